# %% [markdown]
# # 5. Q-learning
#
# A policy gradient plays some episodes, takes a step, and throws the episodes away: they were played by a policy that
# no longer exists. Today's agent keeps everything. It does not learn *what to do* but *what each action is worth*, and
# it can learn that from any experience, however old and whoever produced it.
#
# You will write every building block of **DQN**, the algorithm that learned to play Atari games from pixels ([Mnih et
# al., 2015](https://www.nature.com/articles/nature14236)):
#
# 1. **acting**: greedily, at random, and with a mixture that gets greedier over time,
# 2. **remembering**: a replay memory,
# 3. **learning**: a target to move towards, a loss, and a target network that holds still for a while.
#
# Then you put the parts together, train the agent, look at what it believes, and break it on purpose to see what each
# part is for.
#
# About 130 minutes. You need notebooks 1 and 2, and you should know what a neural network is and what `jax.grad` does
# (notebook 3 has a cell to play with, before its first exercise). Notebook 4 does the same with a table.

# %% tags=["setup"]
import collections
import random
from typing import Any, NamedTuple

import gymnasium as gym
import haiku as hk
import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np
import optax
from tqdm.auto import tqdm

from rl_helpers import Agent, Transition, checks, palette, plotting
from rl_helpers.records import best_score

plt.style.use("rl_helpers.show.course")  # how the course's pictures look

EPSILON_DECAY_TIMESTEPS = 3000  # epsilon falls by 1/3000 in each time step ...
EPSILON_MIN = 0.05  # ... and never below this
TARGET_UPDATE_PERIOD = 50  # learning steps from one update of the target network to the next


class DQNParams(NamedTuple):
    """The parameters of two networks of the same shape, each a pytree."""

    online: Any  # is trained in every learning step, and acts
    target: Any  # an older copy of it, which provides the targets


# %% [markdown]
# ## 1. What is an action worth?
#
# The **return** from time $t$ on is the sum of the rewards that follow, each counting a little less than the one
# before: $G_t = r_t + \gamma r_{t+1} + \gamma^2 r_{t+2} + \dots$ with a discount $\gamma$ between 0 and 1. The return
# is a mixture of luck and skill. A **value** is what remains when the luck is averaged out:
#
# $$
# V_\pi(s) = \mathbb{E}_\pi\left[\,G_t \mid s_t = s\,\right] \qquad\qquad
# Q_\pi(s, a) = \mathbb{E}_\pi\left[\,G_t \mid s_t = s,\ a_t = a\,\right]
# $$
#
# *In words: $V_\pi(s)$ is the return you can expect from state $s$ on if you follow the policy $\pi$. $Q_\pi(s, a)$ is
# the same, except that your first action is $a$, whatever $\pi$ would have chosen, and you follow $\pi$ from then on.*
#
# That small freedom is the point: $Q_\pi$ can tell us that an action is better than the one $\pi$ takes. If we always
# switch to the better one, eventually nothing is left to improve. Then we have the **optimal** values, the highest that
# any policy can reach:
#
# $$Q_*(s, a) = \max_\pi Q_\pi(s, a) \qquad\qquad V_*(s) = \max_a Q_*(s, a)$$
#
# *In words: the best you can get after doing $a$ in $s$; and a state is worth what its best action is worth.*
#
# Once you know $Q_*$, you can act perfectly without planning: all the looking ahead is already in the numbers:
#
# $$\pi_*(s) = \operatorname*{arg\,max}_a\, Q_*(s, a)$$
#
# *In words: in every state, take the action with the largest value.* So we learn $Q_*$, and get the policy for free.

# %% [markdown]
# ### Exercise: `select_greedy_action`
#
# *About 3 minutes · difficulty 1 of 3 · importance 2 of 3*
#
# The agent has computed the Q-values of all actions in the current state. Choose the **greedy** one:
#
# $$a = \operatorname*{arg\,max}_i\ q_i$$
#
# *In words: the index of the largest entry.* If there is a tie, any of the best will do.
#
# **Shapes.** `q_values`: float `[num_actions]`. The action: an integer scalar, shape `[]`. It has to work under
# `jax.jit` and `jax.vmap`.
#
# **Example.** For `[0.5, 2.5, 1.0]` the greedy action is 1.
#
# Helpful:
# [`jnp.argmax`](https://docs.jax.dev/en/latest/_autosummary/jax.numpy.argmax.html)
#
# <details><summary>Hint 1: a nudge</summary>
#
# Return the index, not the value. Leave the result a JAX scalar: `int(...)` needs to know the number, and under
# `jax.jit` it is not known yet.
# </details>


# %% exercise="select_greedy_action"
def select_greedy_action(q_values):
    """Index of the largest Q-value.

    Args:
      q_values: what each action is worth, float [num_actions].
    Returns:
      The action, an integer scalar [].
    """
    ### BEGIN SOLUTION
    return jnp.argmax(q_values)
    ### END SOLUTION


# %% check="select_greedy_action" points=1
@checks.exercise("select_greedy_action")
def _check():
    for how, function in checks.ways(select_greedy_action):
        call = f"select_greedy_action([0.5, 2.5, 1.0, 0.25]){how}"
        action = function(jnp.array([0.5, 2.5, 1.0, 0.25]))
        checks.equal(
            action, 1, call,
            wrong=[
                (2.5, "that is the largest value itself; the action is its index"),
                (3, "that is the action with the smallest value"),
                (2, "JAX counts from 0"),
            ],
        )  # fmt: skip
        checks.integer(action, call)
        cut = checks.near(function(jnp.array([-7.0, -2.0])), 0)
        checks.equal(
            function(jnp.array([-2.0, -7.0, -0.5])), 2, f"select_greedy_action([-2.0, -7.0, -0.5]){how}",
            wrong=[
                (1, "Q-values may be negative; the largest is the one furthest to the right on the number line"),
                (0, "values below 0 were treated as equal; do not cut them off at 0")
                if cut
                else (0, "only the first two were compared; there may be any number of actions"),
            ],
            hint="Q-values may be negative, and there may be any number of actions.",
        )  # fmt: skip
        checks.equal(
            function(jnp.array([100.25, 100.5, 100.0])), 1, f"select_greedy_action([100.25, 100.5, 100.0]){how}",
            wrong=[(0, "compare the Q-values as they are: integers lose the fraction, and the exponential of 100 is "
                    "more than a float32 can hold")],
        )  # fmt: skip
        checks.equal(
            function(jnp.array([0.0, 0.0005])), 1, f"select_greedy_action([0.0, 0.0005]){how}",
            wrong=[(0, "a little more is still more; is something rounded before the comparison?")],
        )  # fmt: skip


# %% test="select_greedy_action" points=2
### BEGIN HIDDEN TESTS
@checks.hidden("select_greedy_action")
def _test():
    rng = np.random.default_rng(51)
    jitted = jax.jit(select_greedy_action)
    for n in (1, 2, 3, 6):
        what = f"The greedy action of {n} Q-value{'s' if n > 1 else ''}"
        for scale in (1.0, 100.0, 1e-3, 1e30):
            q = (scale * rng.normal(size=(40, n)) - scale * rng.integers(4)).astype(np.float32)
            want, before = q.argmax(1), q.copy()
            batch = checks.array(jax.vmap(select_greedy_action)(jnp.asarray(q)), f"{what} under jax.vmap", dtype="int")
            checks.equal(batch, want, f"{what} under jax.vmap")
            for row, action in list(zip(q, want, strict=True))[:6]:
                checks.equal(checks.integer(select_greedy_action(row), what), action, what)
                checks.equal(checks.integer(select_greedy_action(jnp.asarray(row)), what), action, what)
                checks.equal(checks.integer(jitted(row), f"{what} under jax.jit"), action, f"{what} under jax.jit")
            checks.unchanged(before, q, "q_values")

    # Ties: any of the best.
    for q in ([2.0, 2.0], [0.0, 1.0, 1.0], [3.0, -1.0, 3.0, 3.0], [0.0, 0.0, 0.0, 0.0, 0.0], [-1.0, -4.0, -1.0]):
        for function in (select_greedy_action, jitted):
            action = checks.integer(function(jnp.array(q)), "The greedy action")
            checks.that(0 <= action < len(q), "Among tied actions, the greedy action is none of them.")
            checks.equal(q[action], max(q), "The value of the greedy action among ties")


### END HIDDEN TESTS

# %% [markdown]
# Let us make up a Q-function for CartPole: the more the pole leans or falls to the right, the more pushing right is
# worth, and pushing left is worth the opposite. Acting greedily on it cuts the plane of pole angle and pole velocity in
# two. One line of physics, and the pole stays up: a good Q-function is all it takes. It was easy because we know how
# poles fall. Near the end of this notebook, an agent that starts with no such knowledge draws this picture itself.


# %% tags=["demo"]
def made_up_q_values(obs):
    pole_angle, pole_velocity = obs[2], obs[3]
    falls_right = pole_angle + 0.2 * pole_velocity
    return jnp.array([-falls_right, falls_right])  # push left, push right


policy = jax.jit(lambda obs: select_greedy_action(made_up_q_values(obs)))
policy(np.zeros(4, np.float32))

env = gym.make("CartPole-v1")
returns = []
for episode in tqdm(range(10), desc="playing"):
    obs, _ = env.reset(seed=episode)
    returns.append(0.0)
    over = False
    while not over:
        obs, reward, terminated, truncated, _ = env.step(int(policy(obs)))
        returns[-1] += reward
        over = terminated or truncated
print(
    f"10 episodes, greedy on a made-up Q-function: {np.mean(returns):.0f} steps on average, {max(returns):.0f} at best"
)
_ = plotting.plot_policy(policy)

# %% [markdown]
# ## 2. Greed and curiosity
#
# An agent that is always greedy only sees what follows from the actions it already likes. If its first guesses are
# wrong, it may never find out: a restaurant you never enter cannot surprise you. So the agent also has to **explore**:
# to take actions that look worse, because its estimates may be wrong. The simplest way is to act at random now and
# then.

# %% [markdown]
# ### Exercise: `select_random_action`
#
# *About 5 minutes · difficulty 1 of 3 · importance 1 of 3*
#
# $$a \sim \text{Uniform}\{0, 1, \dots, n - 1\}$$
#
# *In words: every one of the `num_actions` $= n$ actions is equally likely.*
#
# **Shapes.** `key`: a JAX key. `num_actions`: a Python integer (under `jax.jit` it is a *static* argument, one that is
# known when the function is compiled). The action: an integer scalar, shape `[]`, not an array with one entry. It has
# to work under `jax.vmap` over keys.
#
# **Example.** With `num_actions=4`, a thousand keys give each of 0, 1, 2, 3 about 250 times.
#
# Helpful: [`jax.random.randint`](https://docs.jax.dev/en/latest/_autosummary/jax.random.randint.html), called as
# `jax.random.randint(key, shape, minval, maxval)`
#
# <details><summary>Hint 1: a nudge</summary>
#
# The documentation says which of `minval` and `maxval` can be drawn. And what is the `shape` of a scalar?
# </details>


# %% exercise="select_random_action"
def select_random_action(key, num_actions):
    """Draws an action; all are equally likely.

    Args:
      key: JAX key.
      num_actions: int, the number of actions; known when the function is compiled.
    Returns:
      The action, an integer scalar [] from 0 to num_actions - 1.
    """
    ### BEGIN SOLUTION
    return jax.random.randint(key, shape=(), minval=0, maxval=num_actions)
    ### END SOLUTION


# %% check="select_random_action" points=1
@checks.exercise("select_random_action")
def _check():
    keys = jax.random.split(jax.random.key(52), 6_000)
    action = select_random_action(keys[0], 3)
    checks.that(
        getattr(action, "shape", ()) != (1,),
        "select_random_action(key, 3) is an array with one number in it. An action is a plain number: its shape is ().",
    )
    checks.that(
        0 <= checks.integer(action, "select_random_action(key, 3)") < 3,
        f"select_random_action(key, 3) gave {action}. With 3 actions, they are 0, 1 and 2.",
    )
    checks.follows_key(lambda key: int(select_random_action(key, 3)), keys[:20], "actions")
    for _n in (5, 3):
        actions = jax.vmap(lambda key, n=_n: select_random_action(key, n))(keys)
        actions = checks.array(actions, f"select_random_action(key, {_n}) for 6,000 keys", shape=(6_000,), dtype="int")
        seen = sorted(set(actions.tolist()))
        checks.that(len(seen) > 1, f"6,000 different keys all gave action {seen[0]}. Draw with the `key` passed in.")
        checks.that(
            seen[0] >= 0 and seen[-1] < _n,
            f"select_random_action(key, {_n}) gave {seen}. Which of minval and maxval can be drawn?",
        )
        checks.that(
            seen == list(range(_n)),
            f"With num_actions={_n}, 6,000 draws gave only {seen}. Use num_actions; and which of minval and maxval can "
            "be drawn?",
        )
        counts = np.bincount(actions, minlength=_n)
        checks.that(
            _n != 5 or counts[2] < 1.3 * counts[[1, 3]].max(),
            "Of 5 actions, the middle one comes up most often, as if several numbers were averaged. Draw just one.",
        )
        checks.that(
            counts[[0, -1]].max() > 0.7 * counts[1:-1].min(),
            "The first and the last action come up half as often as the others. Rounding does that: only half as many "
            "numbers round to them.",
        )
        slope = counts[0] - counts[-1] > 6 * np.sqrt(2 * 6_000 / _n) and np.all(np.diff(counts) < 0)
        checks.that(not slope, "An action comes up more often the smaller it is. Use the uniform number as it comes.")
        for a in range(_n):
            checks.frequency(int(counts[a]), 6_000, 1 / _n, f"Action {a} of {_n} is not as likely as the others.")


# %% test="select_random_action" points=2
### BEGIN HIDDEN TESTS
@checks.hidden("select_random_action")
def _test():
    jitted = jax.jit(select_random_action, static_argnums=1)
    keys = jax.random.split(jax.random.key(520), 20_000)
    for _n in (1, 2, 3, 5):
        what = f"select_random_action(key, {_n})"
        for how, function in [("", select_random_action), (" under jax.jit", jitted)]:
            for _key in [keys[0], jax.random.PRNGKey(8)] if _n == 3 else [keys[1]]:
                action = checks.integer(function(_key, _n), f"{what}{how}")
                checks.that(0 <= action < _n, f"{what}{how} is not one of the {_n} actions.")
                checks.equal(function(_key, _n), action, f"{what}{how}, with the same key once more,")
        actions = jax.vmap(lambda key, n=_n: select_random_action(key, n))(keys)
        actions = checks.array(actions, f"{what} under jax.vmap", shape=(20_000,), dtype="int")
        checks.that(actions.min() >= 0 and actions.max() < _n, f"{what} is not always one of the {_n} actions.")
        for count in np.bincount(actions, minlength=_n):
            checks.frequency(int(count), 20_000, 1 / _n, f"With {_n} actions, not every one is equally likely.")
        for lag in (1, 2):  # one key's action says nothing about the next key's
            same = int((actions[lag:] == actions[:-lag]).sum())
            checks.frequency(same, 20_000 - lag, 1 / _n, "The actions of different keys depend on each other.")
    one_by_one = {int(jitted(_key, 3)) for _key in keys[:60]}  # all three, except once in 10^10 times
    checks.that(one_by_one == {0, 1, 2}, "Under jax.jit, 60 different keys did not give all of 3 actions.")


### END HIDDEN TESTS

# %% [markdown]
# How far does chance get us? Here are two hundred episodes of purely random actions. CartPole's clock stops an episode
# at 500 steps; chance never comes near it. So an agent that only explored would never see what comes later, and could
# not learn about it either: curiosity alone is not enough.

# %% tags=["demo"]
keys = jax.random.split(jax.random.key(0), 20_000)
actions = iter(np.asarray(jax.vmap(lambda key: select_random_action(key, 2))(keys)))

env, lengths = gym.make("CartPole-v1"), []
for episode in tqdm(range(200), desc="playing"):
    env.reset(seed=episode)
    steps, over = 0, False
    while not over:
        _, _, terminated, truncated, _ = env.step(int(next(actions)))
        steps, over = steps + 1, terminated or truncated
    lengths.append(steps)
_, ax = plt.subplots(figsize=(7, 3))
ax.hist(lengths, bins=range(0, 100, 4), color=palette.BLUE)
ax.axvline(np.mean(lengths), color=palette.VERMILION, ls="--", label=f"mean: {np.mean(lengths):.0f} steps")
ax.set(xlabel="length of an episode of random actions (steps)", ylabel="number of episodes")
_ = ax.legend(frameon=False)

# %% [markdown]
# ### Exercise: `get_epsilon`
#
# *About 6 minutes · difficulty 1 of 3 · importance 1 of 3*
#
# At first the agent knows nothing and should explore all the time. The more it has learned, the more acting greedily
# pays. So the probability $\varepsilon$ of a random action falls with the number of time steps $t$:
#
# $$\varepsilon(t) = \max\left(1 - \frac{t}{T},\ \varepsilon_\text{min}\right)$$
#
# *In words: start at 1 and go down by $1/T$ in each step; once that would drop below the floor, stay on the floor.*
# Here $T$ is `EPSILON_DECAY_TIMESTEPS` (3,000) and $\varepsilon_\text{min}$ is `EPSILON_MIN` (0.05). The floor is not
# 0: the agent always keeps a little curiosity, because the values keep changing.
#
# **Shapes.** `num_timesteps`: an integer scalar. The result: a float scalar. It has to work under `jax.jit`.
#
# **Example.** $\varepsilon(600) = 1 - 600 / 3000 = 0.8$; the floor is reached at step 2,850.
#
# Helpful:
# [`jnp.maximum`](https://docs.jax.dev/en/latest/_autosummary/jax.numpy.maximum.html)
#
# <details><summary>Hint 1: a nudge</summary>
#
# Under `jax.jit` the number of steps is not known when the function is compiled, so neither `if` nor Python's own
# `max` can compare it. JAX has a function for "the larger of two".
# </details>


# %% exercise="get_epsilon"
def get_epsilon(num_timesteps):
    """The probability of a random action after a given number of time steps.

    Args:
      num_timesteps: how many steps the agent has acted, an int scalar, 0 or more.
    Returns:
      Float scalar: 1.0 at 0, then falling in a straight line to EPSILON_MIN.
    """
    ### BEGIN SOLUTION
    return jnp.maximum(1.0 - num_timesteps / EPSILON_DECAY_TIMESTEPS, EPSILON_MIN)
    ### END SOLUTION


# %% check="get_epsilon" points=1
@checks.exercise("get_epsilon")
def _check():
    for how, function in checks.ways(get_epsilon):
        floor = "that is already the floor; you want the larger of two numbers, not the smaller"
        if checks.near(function(2_900), 0.05):
            floor = "yours is always the floor; check the brackets in 1 - num_timesteps / EPSILON_DECAY_TIMESTEPS"
        checks.equal(
            function(600), 0.8, f"get_epsilon(600){how}",
            wrong=[
                (0.2, "epsilon falls from 1; yours rises from 0"),
                (0.81, "you take 3,000 steps to go down to EPSILON_MIN; epsilon falls by 1/3000 in each step until it "
                 "meets the floor, at step 2,850"),
                (1 - 600 / 2850, "yours falls by 1/2850 in each step; it should fall by 1/3000 in each step"),
                (1.0, "did you use integer division (//)?"),
                (0.85, "you add the floor; it only catches what would fall below it"),
                (1 - 601 / 3000, "that is epsilon one step later; at step 0 it is 1"),
                (0.05, floor),
                (1 - 2 / 3000, "your function counts the calls; use num_timesteps"),
                (np.exp(-0.2), "that is an exponential; epsilon falls in a straight line"),
                (0.05 + 0.95 * np.exp(-0.2), "that is an exponential; epsilon falls in a straight line"),
            ],
        )  # fmt: skip
        checks.equal(function(0), 1.0, f"get_epsilon(0){how}")
        checks.equal(
            function(2_820), 0.06, f"get_epsilon(2820){how}",
            wrong=[(0.05, "that is already the floor; the line meets it at step 2,850")],
        )  # fmt: skip
        below = "that is below the floor, EPSILON_MIN; the line meets it at step 2,850"
        if checks.near(function(12_000), -3.0):
            below = "there is no floor; epsilon never falls below EPSILON_MIN"
        elif checks.near(function(12_000), 0.0):
            below = "your floor is 0; it is EPSILON_MIN"
        checks.equal(
            function(2_900), 0.05, f"get_epsilon(2900){how}",
            wrong=[
                (1 - 2900 / 3000, below),
                (1.0, "on the floor epsilon is EPSILON_MIN"),
            ],
        )  # fmt: skip
        checks.equal(
            function(12_000), 0.05, f"get_epsilon(12000){how}",
            wrong=[
                (-3.0, "a probability cannot be negative; the floor is EPSILON_MIN"),
                (0.0, "the floor is EPSILON_MIN, not 0"),
                (1.0, "epsilon starts again at 1; it stays on the floor"),
            ],
        )  # fmt: skip
        checks.equal(
            function(40_000), 0.05, f"get_epsilon(40000){how}",
            wrong=[(1 + 25_536 / 3000, "the number of steps does not fit into 16 bits; leave its dtype as it is")],
        )  # fmt: skip
    for _name, _value in (("EPSILON_DECAY_TIMESTEPS", 6_000), ("EPSILON_MIN", 0.9)):
        checks.remark_on_constant(get_epsilon, _name, _value, lambda: checks.near(get_epsilon(600), 0.9))


# %% test="get_epsilon" points=2
### BEGIN HIDDEN TESTS
@checks.hidden("get_epsilon")
def _test():
    jitted = jax.jit(get_epsilon)
    steps = [0, 1, 2, 3, 10, 100, 299, 1_499, 1_500, 1_501, 2_399, 2_700, 2_849, 2_850, 2_851, 2_999, 3_000, 3_001]
    for kind in (int, np.int32, np.int64, jnp.int32, jnp.asarray, np.asarray):
        for n in [*steps, 6_000, 10_000, 40_000, 1_000_000]:
            for how, function in [("", get_epsilon), (" under jax.jit", jitted)]:
                what = f"get_epsilon({n}), with the steps as {getattr(kind, '__name__', 'a scalar')}{how}"
                checks.equal(checks.number(function(kind(n)), what), max(1.0 - n / 3000, 0.05), what)


### END HIDDEN TESTS

# %% [markdown]
# The shaded area is the expected number of random actions: about 1,500 on the way down, and then one step in twenty for
# ever.

# %% tags=["demo"]
timesteps = np.arange(0, 5_001, 50)
epsilons = [float(get_epsilon(n)) for n in timesteps]
_, ax = plt.subplots(figsize=(7, 3))
ax.plot(timesteps, epsilons, color=palette.BLUE, lw=2)
ax.fill_between(timesteps, epsilons, color=palette.BLUE, alpha=0.15)
ax.axhline(EPSILON_MIN, color=palette.VERMILION, ls="--", lw=1)
ax.annotate("EPSILON_MIN", (0, EPSILON_MIN), (4, 4), textcoords="offset points", color=palette.VERMILION)
_ = ax.set(xlabel="time steps acted", ylabel="probability of a\nrandom action", ylim=(0, 1.02), xlim=(0, 5_000))

# %% [markdown]
# ### Exercise: `select_epsilon_greedy_action`
#
# *About 12 minutes · difficulty 2 of 3 · importance 2 of 3*
#
# Put the three together: explore with probability $\varepsilon$, and otherwise be greedy. The random action may happen
# to be the greedy one, so with $n$ actions
#
# $$
# P(a) = \frac{\varepsilon}{n} + \begin{cases} 1 - \varepsilon & \text{if } a \text{ is the greedy action} \\
# 0 & \text{otherwise} \end{cases}
# $$
#
# *In words: all actions share $\varepsilon$ equally, and the greedy one gets the rest.*
#
# There are two random questions here: *do I explore?* and *which action?* Give each a **key of its own**. If one key
# answers both, the answers depend on each other: "explore" may always come with the same few actions.
#
# **Shapes.** `q_values`: float `[num_actions]`. `num_timesteps`: an int scalar; $\varepsilon$ is `get_epsilon` of it.
# The action: an integer scalar. It has to work under `jax.jit`, and under `jax.vmap` over keys.
#
# **Example.** Four actions, $\varepsilon = 0.5$: the greedy one has probability 0.5 + 0.5 / 4 = 0.625, each of the
# others 0.125.
#
# Helpful:
# [`jax.random.split`](https://docs.jax.dev/en/latest/_autosummary/jax.random.split.html),
# [`jax.random.uniform`](https://docs.jax.dev/en/latest/_autosummary/jax.random.uniform.html)
#
# <details><summary>Hint 1: a nudge</summary>
#
# A number drawn uniformly from 0 to 1 is below 0.3 with probability 0.3. And the shape of `q_values` tells you how many
# actions there are, even under `jax.jit`.
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Split the key in two. Compute both actions, the random one and the greedy one, and let `jnp.where` choose between
# them. Computing one that you do not need costs nothing here.
# </details>


# %% exercise="select_epsilon_greedy_action"
def select_epsilon_greedy_action(key, q_values, num_timesteps):
    """Acts at random with probability epsilon, and greedily otherwise.

    Args:
      key: JAX key.
      q_values: what each action is worth, float [num_actions].
      num_timesteps: how many steps the agent has acted, an int scalar; decides epsilon.
    Returns:
      The action, an integer scalar [].
    """
    ### BEGIN SOLUTION
    explore_key, action_key = jax.random.split(key)
    explore = jax.random.uniform(explore_key) < get_epsilon(num_timesteps)
    random_action = select_random_action(action_key, q_values.shape[0])
    return jnp.where(explore, random_action, select_greedy_action(q_values))
    ### END SOLUTION


# %% check="select_epsilon_greedy_action" points=2
def _four_sided_die(key, num_actions):
    """Stands in for your select_random_action here, so that this exercise is judged on its own: four actions only."""
    return jnp.where(num_actions == 4, (jax.random.bits(key) >> 30).astype(jnp.int32), -1)


_VALUES = (1.0, -2.0, 3.0, 0.5)  # the greedy action is 2

_stand_ins = {
    "select_random_action": _four_sided_die,
    "select_greedy_action": lambda q_values: jnp.where(jnp.array_equal(q_values, jnp.array(_VALUES)), 2, -2),
    "get_epsilon": lambda num_timesteps: jnp.interp(
        num_timesteps, jnp.array([0, 1500, 9000]), jnp.array([1, 0.5, 0.05])
    ),
}


@checks.exercise("select_epsilon_greedy_action", given=_stand_ins)
def _check():
    _q_values = jnp.array(_VALUES)
    keys = jax.random.split(jax.random.key(54), 20_000)
    _action = select_epsilon_greedy_action(keys[0], _q_values, 1500)
    checks.integer(_action, "select_epsilon_greedy_action(key, [1.0, -2.0, 3.0, 0.5], 1500)")
    act_once = lambda key: int(select_epsilon_greedy_action(key, _q_values, 1500))
    checks.follows_key(act_once, keys[:30], "actions", varies=False)  # see "never explores" below

    untouched = (
        "select_greedy_action was called with something other than `q_values`. Pass them on as they are: chance comes "
        "in through a random action, not through noise on the values."
    )
    checks.that(int(_action) != -2, untouched)
    act = jax.jit(jax.vmap(select_epsilon_greedy_action, in_axes=(0, None, None)))

    def _counts(num_timesteps):
        """How often each of the four actions comes up in 20,000 draws."""
        actions = act(keys, _q_values, num_timesteps)
        actions = checks.array(actions, f"The actions at step {num_timesteps}", shape=(20_000,), dtype="int")
        checks.that(actions.min() != -2, untouched)
        checks.that(
            actions.min() >= 0 and actions.max() < 4,
            "There are 4 Q-values, so the actions are 0, 1, 2 and 3, but another one came out. To draw a random action "
            "you need to know how many there are.",
        )
        return np.bincount(actions, minlength=4)

    start, middle, end = _counts(0), _counts(1500), _counts(9000)
    checks.that(
        start.max() < 20_000 or middle.max() < 20_000,
        "Your agent never explores, or its randomness does not come from `key`.",
    )
    checks.that(
        start.max() < 20_000 or end[2] < 10_000,
        f"At step 0, where it only explores, 20,000 keys all gave action {np.argmax(start)}. Is the random action "
        "drawn with a constant key? It needs its own part of `key`, from jax.random.split.",
    )
    checks.that(
        not (start[0] > start[3] + 550 and start[3] > start[1] + 550),
        "Exploring at step 0, an action comes up more often the larger its Q-value, as with softmax or with noise on "
        "the values. All actions should be equally likely here.",
    )
    always = (
        "Is epsilon always the same?" if abs(start[2] - end[2]) < 1_000 else "Are the two cases the wrong way round?"
    )
    checks.that(
        start[2] < 18_000 and end[2] > 10_000,
        "At step 0 epsilon is 1 and the agent only explores; at step 9000 epsilon is small and it is mostly greedy. "
        f"{always}",
    )
    checks.that(
        start[2] > 0,
        "Exploring at step 0, your agent never takes the greedy action. A random action may be the greedy one too.",
    )
    checks.that(
        np.all(start > 0),
        f"Exploring at step 0, your agent never takes action {np.argmin(start)}. Any of the actions may come up.",
    )

    def compare(num_timesteps, epsilon, counts):
        explored = (1 - counts[2] / 20_000) * 4 / 3
        below = {1.0: 0.841, 0.5: 0.691, 0.05: 0.52}[epsilon]  # how often a normal number is below epsilon
        checks.that(
            abs(explored - below) > 0.02,
            f"At step {num_timesteps}, where epsilon is {epsilon}, it explores in {explored:.0%} of the draws: as "
            "often as a normal number is below epsilon. Compare epsilon with a uniform one, from jax.random.uniform.",
        )
        for action in range(4):
            name = "the greedy action" if action == 2 else f"action {action}"
            checks.frequency(
                int(counts[action]), 20_000, epsilon / 4 + (1 - epsilon) * (action == 2),
                f"At step {num_timesteps}, where epsilon is {epsilon}, {name} comes up too often or too rarely, "
                f"as if epsilon were {explored:.2f}.",
            )  # fmt: skip

    compare(0, 1.0, start)
    checks.that(
        np.all(middle > 600),
        f"At step 0 all four actions come up, but at step 1500 action {np.argmin(middle)} hardly ever does. One key "
        "answers both questions here, so the answers depend on each other. Split the key.",
    )
    compare(1500, 0.5, middle)
    compare(9000, 0.05, end)
    checks.remark_on_keys(select_epsilon_greedy_action, keys[0], _q_values, 1500)


# %% test="select_epsilon_greedy_action" points=4
### BEGIN HIDDEN TESTS
_references = {
    "get_epsilon": lambda num_timesteps: jnp.maximum(1.0 - num_timesteps / 3000, 0.05),
    "select_random_action": lambda key, num_actions: jnp.floor(jax.random.uniform(key) * num_actions).astype(jnp.int32),
    "select_greedy_action": lambda q_values: jnp.argmax(q_values),
}


@checks.hidden("select_epsilon_greedy_action", given=_references)
def _test():
    keys = jax.random.split(jax.random.key(540), 30_000)
    jitted = jax.jit(select_epsilon_greedy_action)
    batched = jax.jit(jax.vmap(select_epsilon_greedy_action, in_axes=(0, None, None)))
    for q in (
        [0.0, 1.0],
        [0.5, -1.0, -3.0],
        [1.0, 1.0, 0.0],
        [-4.0, 2.0, 2.0, 2.0, 0.0],
        [10.0, 20.0, -5.0, 0.0, 30.0],
    ):
        n, best = len(q), np.flatnonzero(np.array(q) == max(q))
        for timesteps in (0, 750, 2_000, 2_850, 500_000):
            epsilon = max(1.0 - timesteps / 3000, 0.05)
            actions = batched(keys, jnp.array(q), jnp.int32(timesteps))
            actions = checks.array(actions, "The actions under jax.vmap", shape=(30_000,), dtype="int")
            checks.that(actions.min() >= 0 and actions.max() < n, f"With {n} Q-values an action was not one of {n}.")
            counts = np.bincount(actions, minlength=n)
            checks.frequency(
                int(counts[best].sum()), 30_000, 1.0 - epsilon + epsilon * len(best) / n,
                f"With {n} actions at step {timesteps}, the greedy action is too likely or too unlikely.",
            )  # fmt: skip
            for a in sorted(set(range(n)) - set(best.tolist())):
                checks.frequency(
                    int(counts[a]), 30_000, epsilon / n,
                    f"With {n} actions at step {timesteps}, one of the others is too likely or too unlikely. Is the "
                    "random action independent of the decision to explore?",
                )  # fmt: skip

    # One call at a time, with NumPy and Python values too.
    q = np.array([0.0, 5.0, 1.0], np.float32)
    for how, function in [("", select_epsilon_greedy_action), (" under jax.jit", jitted)]:
        for _key, timesteps in [(keys[0], 0), (keys[1], np.int32(100)), (keys[2], jnp.int32(5_000))]:
            action = checks.integer(function(_key, q, timesteps), f"The action{how}")
            checks.that(0 <= action < 3, "With 3 Q-values an action was not 0, 1 or 2.")
            checks.equal(function(_key, q, timesteps), action, f"With the same key once more{how}, the action")
    checks.unchanged(np.array([0.0, 5.0, 1.0], np.float32), q, "q_values")


### END HIDDEN TESTS

# %% [markdown]
# The same three Q-values at three moments of the agent's life. The dashed lines are the formula, the bars 10,000 draws
# from your function. Even with $\varepsilon = 0.5$, the favourite gets two thirds.

# %% tags=["demo"]
q_values, keys = jnp.array([0.0, 1.0, 0.5]), jax.random.split(jax.random.key(0), 10_000)
draw = jax.jit(jax.vmap(select_epsilon_greedy_action, in_axes=(0, None, None)))
draws = [(n, draw(keys, q_values, n), float(get_epsilon(n))) for n in (0, 1_500, 10_000)]

_, axes = plt.subplots(1, 3, figsize=(9, 2.8), sharey=True)
for ax, (n, actions, epsilon) in zip(axes, draws, strict=True):
    ax.bar(range(3), np.bincount(actions, minlength=3) / 10_000, color=[palette.GREY, palette.BLUE, palette.GREY])
    expected = [epsilon / 3 + (1 - epsilon) * (a == 1) for a in range(3)]
    ax.hlines(expected, np.arange(3) - 0.45, np.arange(3) + 0.45, color=palette.VERMILION, ls="--")
    ax.set(title=f"step {n:,}: ε = {epsilon:.2f}", xlabel="action (Q = 0, 1, 0.5)", xticks=range(3))
_ = axes[0].set_ylabel("share of 10,000 draws")

# %% [markdown]
# ## 3. Remember
#
# The agent could learn from each step once and then forget it. That wastes data, and worse, consecutive steps look
# nearly the same. For seconds on end, the cart rolls to the left. A network trained on those steps alone adapts to
# carts that roll to the left, and by the time this one rolls to the right, the network has forgotten what it knew about
# that.
#
# A **replay memory** helps with both problems. It keeps the last few thousand transitions, and the agent learns from
# random batches of them. Old transitions are welcome: how the world responds to an action does not depend on who tried
# it. (That is what *off-policy* means, and policy gradients cannot do it.)

# %% [markdown]
# ### Exercise: `TransitionMemory`
#
# *About 25 minutes · difficulty 2 of 3 · importance 2 of 3*
#
# Write the class. It has the three methods that every memory in this course has, and a length:
#
# - `push(transition)` stores a `Transition(obs, action, reward, next_obs, terminated, truncated)`. Only the **newest**
#   `max_size` are kept.
# - `len(memory)` says how many are stored.
# - `is_ready()` says whether at least `batch_size` are stored.
# - `sample()` draws `batch_size` different transitions, each set of them equally likely, and returns **one**
#   `Transition` whose fields are stacked: row `i` of every field belongs to the same step. Nothing is removed. Before
#   the memory is ready, it raises a `ValueError`.
#
# | field | shape | dtype |
# |---|---|---|
# | `obs`, `next_obs` | `[batch_size, obs_dim]` | float32 |
# | `action` | `[batch_size]` | int32 |
# | `reward`, `terminated`, `truncated` | `[batch_size]` | float32 |
#
# `terminated` and `truncated` may come as `True`/`False` or as `1.0`/`0.0`. They stay **two** fields; you will need
# the difference in a minute.
#
# Each memory has its own random generator: two memories made with the same `seed` and given the same pushes return the
# same batches, whatever else in the program draws random numbers. Each call of `sample()` draws afresh. With
# `seed=None`, any seed will do.
#
# **Example.** `TransitionMemory(max_size=3, batch_size=2)` after pushes A, B, C, D holds B, C, D, and `sample()`
# returns B and C, or B and D, or C and D, each with probability 1/3.
#
# Helpful:
# [`collections.deque`](https://docs.python.org/3/library/collections.html#collections.deque),
# [`random.Random`](https://docs.python.org/3/library/random.html#random.Random) and its method `sample`, or
# [`np.random.default_rng`](https://numpy.org/doc/stable/reference/random/generator.html) and its method `choice`
#
# <details><summary>Hint 1: a nudge</summary>
#
# A `deque` with a maximum length drops the oldest entry by itself. A `random.Random(seed)` is a random generator of
# your own. Where do you make it, so that each memory has its own and it is not re-seeded at every call?
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Draw a list of transitions. `zip(*transitions)` turns rows into columns: all obs, all actions, and so on. Make each
# column an array (`np.stack` or `np.array`, with the dtype from the table), and put the six arrays into a `Transition`.
# </details>


# %% exercise="TransitionMemory"
class TransitionMemory:
    """A replay memory: keeps the newest transitions and returns random batches of them."""

    def __init__(self, max_size=5000, batch_size=256, seed=None):
        """Starts empty.

        Args:
          max_size: int, the largest number of transitions kept.
          batch_size: int, how many transitions `sample` returns.
          seed: int, or None for any seed; decides what `sample` draws.
        """
        ### BEGIN SOLUTION
        self._transitions = collections.deque(maxlen=max_size)
        self._batch_size = batch_size
        self._random = random.Random(seed)
        ### END SOLUTION

    def __len__(self):
        """How many transitions are stored, an int."""
        ### BEGIN SOLUTION
        return len(self._transitions)
        ### END SOLUTION

    def push(self, transition):
        """Stores one transition, and forgets the oldest when there are more than `max_size`.

        Args:
          transition: a `Transition` of obs [obs_dim], action, reward, next_obs [obs_dim], terminated, truncated.
        """
        ### BEGIN SOLUTION
        self._transitions.append(transition)
        ### END SOLUTION

    def is_ready(self):
        """Whether at least `batch_size` transitions are stored: True or False."""
        ### BEGIN SOLUTION
        return len(self._transitions) >= self._batch_size
        ### END SOLUTION

    def sample(self):
        """Draws `batch_size` different transitions, every set of them equally likely.

        Returns:
          `Transition` of arrays: obs and next_obs float32 [B, obs_dim], action int32 [B], the others float32 [B].
        Raises:
          ValueError: fewer than `batch_size` are stored.
        """
        ### BEGIN SOLUTION
        if not self.is_ready():
            raise ValueError(f"sample() needs {self._batch_size} transitions, and only {len(self)} are stored")
        batch = self._random.sample(self._transitions, self._batch_size)
        obs, action, reward, next_obs, terminated, truncated = zip(*batch, strict=True)
        return Transition(
            obs=np.stack(obs).astype(np.float32),
            action=np.array(action, np.int32),
            reward=np.array(reward, np.float32),
            next_obs=np.stack(next_obs).astype(np.float32),
            terminated=np.array(terminated, np.float32),
            truncated=np.array(truncated, np.float32),
        )
        ### END SOLUTION


# %% check="TransitionMemory" points=2
import random as _shared_dice


@checks.exercise("TransitionMemory")
def _check():

    def transition(i):
        """Transition i, recognisable by its numbers. Every third is terminated, every fourth is truncated."""
        obs = np.array([i, -i, 0.5], np.float32)
        return Transition(obs, i % 2, i / 4, obs + 1, i % 3 == 0, i % 4 == 0)

    _memory, _other = TransitionMemory(max_size=6, batch_size=4, seed=0), TransitionMemory(9, 5, 1)
    checks.equal(len(_memory), 0, "len(memory) of a new memory")
    checks.equal(len(TransitionMemory()), 0, "len(TransitionMemory()), where seed is None,")
    for _i in range(3):
        _memory.push(transition(_i))
    checks.equal(len(_memory), 3, "len(memory) after 3 pushes")
    checks.that(
        not _memory.is_ready(),
        "With batch_size=4, your memory is ready after 3 pushes already. Compare with batch_size.",
    )
    try:
        early = _memory.sample()
    except NotImplementedError:
        raise
    except Exception as error:
        raised = type(error)
    else:
        raised = None
    checks.that(
        raised is not None and issubclass(raised, ValueError),
        "sample() before the memory is ready should raise a ValueError, but it "
        + (
            f"returned a batch of {len(getattr(early, 'obs', ()))}."
            if raised is None
            else f"raised {raised.__name__} instead."
        ),
    )
    _memory.push(transition(3))
    checks.that(_memory.is_ready() is not None, "is_ready() returned None, not True or False. Is there a `return`?")
    checks.that(
        bool(_memory.is_ready()), "With batch_size=4, your memory is not ready after 4 pushes. At least means >=."
    )
    checks.that(len(_other) == 0, "Two memories share what they store: pushing to one filled the other. Create the "
                "store in __init__, as an attribute of self.")  # fmt: skip

    def rows(batch, size):
        """Checks a batch, and returns the numbers of its transitions."""
        checks.that(
            isinstance(batch, Transition), f"sample() should return one Transition, not a {type(batch).__name__}."
        )
        obs = checks.array(batch.obs, "sample().obs", shape=(size, 3), dtype=np.float32)
        next_obs = checks.array(batch.next_obs, "sample().next_obs", shape=(size, 3), dtype=np.float32)
        action = checks.array(batch.action, "sample().action", shape=(size,), dtype=np.int32)
        reward = checks.array(batch.reward, "sample().reward", shape=(size,), dtype=np.float32)
        terminated = checks.array(batch.terminated, "sample().terminated", shape=(size,), dtype=np.float32)
        truncated = checks.array(batch.truncated, "sample().truncated", shape=(size,), dtype=np.float32)
        checks.that(not np.array_equal(next_obs + 1, obs), "obs and next_obs are swapped.")
        number = obs[:, 0].astype(int)
        checks.that(
            np.array_equal(obs, [transition(i).obs for i in number]),
            "sample().obs holds rows that nobody pushed. Did you draw from places that nothing was stored in yet?",
        )
        together = "Row i of every field has to belong to the same step, but"
        checks.that(np.array_equal(next_obs, obs + 1), f"{together} next_obs has different rows from obs.")
        checks.that(np.array_equal(action, number % 2), f"{together} action has different rows from obs.")
        checks.that(
            np.array_equal(reward, number / 4),
            f"{together} reward has different rows from obs (or its fractions are lost).",
        )
        over = (number % 3 == 0) | (number % 4 == 0)
        for flag, other, got, want in [
            ("terminated", "truncated", terminated, number % 3 == 0),
            ("truncated", "terminated", truncated, number % 4 == 0),
        ]:
            checks.that(
                not np.array_equal(got, over) or np.array_equal(over, want),
                f"{flag} is 1 where a transition was only {other}. Keep the two apart: they mean different things.",
            )
        checks.that(np.array_equal(terminated, number % 3 == 0), f"{together} terminated has different rows from obs.")
        checks.that(np.array_equal(truncated, number % 4 == 0), f"{together} truncated has different rows from obs.")
        return number.tolist()

    for _ in range(3):  # a memory of exactly batch_size: every batch holds all of it
        numbers = sorted(rows(_memory.sample(), 4))
        checks.that(
            len(set(numbers)) == 4,
            f"A batch held the transitions {numbers}. No transition may come twice in one batch.",
        )
        checks.equal(len(_memory), 4, "len(memory) after sample()", hint="Sampling removes nothing.")

    for _i in range(4, 10):
        _memory.push(transition(_i))
    checks.equal(len(_memory), 6, "len(memory) after 10 pushes with max_size=6",
                 wrong=[(10, "only the newest max_size are kept"), (5, "that is one too few")])  # fmt: skip
    drawn = [sorted(rows(_memory.sample(), 4)) for _ in range(25)]
    checks.that(
        any(numbers != drawn[0] for numbers in drawn),
        "25 calls of sample() returned the same batch. Draw afresh in every call, and make the random generator once, "
        "in __init__: a new one from the same seed draws the same numbers every time.",
    )
    first = _memory.sample()
    kept = first.obs.copy()
    for _ in range(5):
        _memory.sample()
    checks.that(
        np.array_equal(kept, first.obs),
        "A later sample() changed the arrays that an earlier one had returned. Make new ones in every call.",
    )
    seen = sorted({i for numbers in drawn for i in numbers})  # 25 batches miss one of 6 transitions once in 10^11 times
    checks.that(
        seen == [4, 5, 6, 7, 8, 9],
        f"After pushes 0 to 9 with max_size=6, the samples held the transitions {seen}. They should come from all of "
        "the newest six, and from those only.",
    )

    twice = TransitionMemory(max_size=6, batch_size=4, seed=0)
    for _ in range(4):
        twice.push(transition(1))
    checks.equal(len(twice), 4, "len(memory) after 4 pushes of equal transitions", hint="Store them all.")
    pushed = TransitionMemory(max_size=50, batch_size=10, seed=3)
    for _i in range(50):
        pushed.push(transition(_i))
    places = []  # of what was drawn, among what was stored
    for _i in range(50, 56):
        places.append(sorted(i - _i for i in rows(pushed.sample(), 10)))
        pushed.push(transition(_i))
    checks.that(
        any(numbers != list(range(-10, 0)) for numbers in places),
        "Every batch holds the newest transitions. Draw from everything that is stored.",
    )
    checks.that(
        any(numbers != places[0] for numbers in places),
        "After every push(), sample() draws from the same places. Make the random generator once, in __init__, and not "
        "in push().",
    )

    def _batches(seed, disturb=False):
        """Three batches of 20 out of 100, as sorted numbers."""
        memory, batches = TransitionMemory(max_size=200, batch_size=20, seed=seed), []
        for i in range(100):
            memory.push(transition(i))
        for _ in range(3):
            batches.append(sorted(rows(memory.sample(), 20)))
            if disturb:  # somebody else draws from the generators that the whole program shares
                _shared_dice.random(), np.random.random()
        return batches

    batches = _batches(seed=7)
    neighbours = sum(i + 1 in batches[0] for i in batches[0])  # about 4 of 20
    checks.that(neighbours < 14, "A batch holds steps that follow one another. Draw each of them at random.")
    checks.that(
        len({i for numbers in batches for i in numbers}) < 60,
        "Three batches of 20 out of 100 have nothing in common, as if dealt from a pack of cards. Draw every batch "
        "from everything that is stored.",
    )
    checks.that(
        batches == _batches(seed=7, disturb=True),
        "Two memories with the same seed and the same pushes returned different batches. Use `seed`, and a random "
        "generator that belongs to this memory alone: random.sample and np.random.choice use one that the whole "
        "program shares.",
    )
    checks.that(
        _batches(seed=0) == _batches(seed=0), "Two memories with seed 0 returned different batches. 0 is a seed like "
        "any other, and `if seed` treats it as no seed: test `seed is None`.",
    )  # fmt: skip
    checks.that(batches != _batches(seed=8), "Two different seeds gave the same batches. Use `seed`.")
    older = TransitionMemory(max_size=200, batch_size=20, seed=9)
    for _i in range(100):
        older.push(transition(_i))
    average = np.mean([older.sample().obs[:, 0] for _ in range(60)])  # 49.5, with a standard deviation of 0.75
    checks.that(
        abs(average - 49.5) < 5,
        f"Transitions 0 to 99 are stored, and those in 60 batches have an average number of {average:.1f} instead of "
        "about 49.5. New and old ones should be equally likely.",
    )


# %% test="TransitionMemory" points=5
### BEGIN HIDDEN TESTS
import random as _shared_dice  # under a name of its own: a learner may have written `from jax import random`


@checks.hidden("TransitionMemory", seconds=50)
def _test():

    def transition(i, obs_dim=4, kind=float):
        """Transition number i; its flags and its action follow from i in a way that no two fields share."""
        obs = np.full(obs_dim, 0.25, np.float32)
        obs[0] = i
        next_obs = np.full(obs_dim, -0.5, np.float32)
        next_obs[-1] = i + 0.25
        flags = (kind(i * 7 % 5 < 2), kind(i * 5 % 7 < 3))
        return Transition(obs, i * 3 % 4, i / 8 - 1.5, next_obs, *flags)

    def numbers(batch, size, obs_dim=4):
        """Checks a batch, and returns the numbers of its transitions."""
        checks.that(
            isinstance(batch, Transition), f"sample() should return a Transition, not a {type(batch).__name__}."
        )
        obs = checks.array(batch.obs, "sample().obs", shape=(size, obs_dim), dtype=np.float32)
        number = np.round(obs[:, 0]).astype(int)
        for name, shape, dtype in [
            ("obs", (size, obs_dim), np.float32), ("action", (size,), np.int32), ("reward", (size,), np.float32),
            ("next_obs", (size, obs_dim), np.float32), ("terminated", (size,), np.float32),
            ("truncated", (size,), np.float32),
        ]:  # fmt: skip
            got = checks.array(getattr(batch, name), f"sample().{name}", shape=shape, dtype=dtype)
            want = np.array([getattr(transition(i, obs_dim), name) for i in number.tolist()], dtype)
            checks.that(
                bool(np.allclose(got, want, atol=1e-6)), f"sample().{name} does not hold what was pushed, row by row."
            )
        return number

    def raises_value_error(memory):
        try:
            memory.sample()
        except ValueError:
            return True
        except Exception:
            return False
        return False

    # What is stored, step by step: a batch as large as the memory shows all of it.
    for _size, _obs_dim, _kind in [(1, 4, bool), (5, 1, np.bool_), (7, 6, float), (8, 3, np.float32)]:
        _memory = TransitionMemory(max_size=_size, batch_size=_size, seed=0)
        for _i in range(3 * _size + 5):
            ready = _i >= _size
            checks.that(
                len(_memory) == min(_i, _size), f"len(memory) with max_size={_size} is wrong after {_i} pushes."
            )
            checks.that(
                bool(_memory.is_ready()) == ready, f"is_ready() with batch_size={_size} is wrong after {_i} pushes."
            )
            if ready:
                _got = np.sort(numbers(_memory.sample(), _size, _obs_dim))
                checks.that(np.array_equal(_got, np.arange(_i - _size, _i)),
                            "The memory does not hold exactly the newest max_size transitions.")  # fmt: skip
            else:
                checks.that(
                    raises_value_error(_memory), "sample() before the memory is ready should raise a ValueError."
                )
            _memory.push(transition(_i, _obs_dim, _kind))

    # The world may repeat itself.
    _memory = TransitionMemory(10, 3, seed=7)
    for _ in range(3):
        _memory.push(transition(1))
    checks.equal(len(_memory), 3, "len(memory) after three pushes of equal transitions")
    checks.equal(numbers(_memory.sample(), 3), [1, 1, 1], "The batch after three pushes of equal transitions")

    # The defaults.
    _memory = TransitionMemory()
    for _i in range(5_100):
        if _i in (0, 255, 256, 4_999, 5_000, 5_001):
            checks.that(bool(_memory.is_ready()) == (_i >= 256), "With the default batch_size, is_ready() is wrong.")
            checks.equal(len(_memory), min(_i, 5_000), f"len(memory) after {_i} pushes, with the default max_size")
            checks.that(_i >= 256 or raises_value_error(_memory), "sample() before the memory is ready should raise "
                        "a ValueError.")  # fmt: skip
        _memory.push(transition(_i))
    first, second = (numbers(_memory.sample(), 256) for _ in range(2))
    checks.that(len(set(first.tolist())) == 256, "A batch holds a transition twice.")
    checks.that(min(first.min(), second.min()) >= 100, "The memory holds transitions that are too old.")
    checks.that(not np.array_equal(np.sort(first), np.sort(second)), "Two calls of sample() returned the same batch.")

    # Every set of transitions is equally likely, in every call anew; also after old ones have gone.
    for pushes, _max_size in [(21, 8), (8, 50)]:
        _memory = TransitionMemory(max_size=_max_size, batch_size=4, seed=3)
        for _i in range(pushes):
            _memory.push(transition(_i, 2))
        oldest, draws = max(0, pushes - _max_size), 500
        chosen = np.zeros((draws, 8), bool)
        for draw in range(draws):
            if pushes > _max_size:  # as in training: a new transition before every batch
                _memory.push(transition(pushes + draw, 2))
                oldest += 1
            _batch = numbers(_memory.sample(), 4, 2) - oldest
            checks.that(np.all((_batch >= 0) & (_batch < 8)), "A batch holds a transition that should be gone.")
            chosen[draw, _batch] = True
        checks.that(bool(np.all(chosen.sum(1) == 4)), "A batch holds a transition twice.")
        for count in chosen.sum(0):
            checks.frequency(int(count), draws, 4 / 8, "Not every stored transition is equally likely to be drawn.")
        for _i in range(8):
            for j in range(_i):
                checks.frequency(int((chosen[:, _i] & chosen[:, j]).sum()), draws, 4 * 3 / (8 * 7),
                                 "Some transitions are drawn together too often or too rarely.")  # fmt: skip
        overlap = (chosen[1:] & chosen[:-1]).sum(1).mean()  # 2 on average, standard deviation 0.76 for one pair
        checks.that(abs(overlap - 2.0) < 6 * 0.76 / np.sqrt(draws - 1), "A batch depends on the batch before it.")
        checks.equal(len(_memory), 8, "len(memory) after many calls of sample()")

    # Seeds, and two memories used in turn while others roll the shared dice.
    def history(seed, disturb=0):
        memory, out = TransitionMemory(max_size=60, batch_size=12, seed=seed), []
        for i in range(100):
            memory.push(transition(i))
            for _ in range(disturb):
                _shared_dice.random(), np.random.random()
            if i >= 20 and i % 10 == 0:
                out.append(np.sort(numbers(memory.sample(), 12)).tolist())
        return out

    for _seed in (0, 12345):
        checks.that(
            history(_seed) == history(_seed, disturb=3),
            "The same seed and the same pushes gave different batches. Does the memory have a generator of its own?",
        )
    checks.that(any(history(_seed) != history(0) for _seed in (1, 2, 3)), "The seed makes no difference.")
    a, b = TransitionMemory(50, 10, 4), TransitionMemory(50, 10, 4)
    for _i in range(30):
        a.push(transition(_i)), b.push(transition(_i))
    from_a = [np.sort(numbers(a.sample(), 10)).tolist() for _ in range(4)]
    from_b = [np.sort(numbers(b.sample(), 10)).tolist() for _ in range(4)]
    checks.that(
        from_a == from_b, "Two memories with the same seed and pushes gave different batches: they share a generator."
    )
    checks.that(len({tuple(_x) for _x in from_a}) > 1, "Successive calls of sample() return the same batch.")
    a.push(transition(30))
    checks.that((len(a), len(b)) == (31, 30), "Pushing to one memory changed another.")

    # What may come in: float64 and JAX observations, scalars of every kind. What was pushed stays as it is.
    _memory, kinds = TransitionMemory(20, 6, seed=5), [float, np.float32, np.float64, jnp.float32]
    for _i in range(12):
        t, _as = transition(_i), kinds[_i % 4]
        array = jnp.asarray if _i % 2 else (lambda x: np.asarray(x, np.float64))
        action = [int, np.int64, jnp.int32, np.int32][_i % 4](t.action)
        _memory.push(
            Transition(array(t.obs), action, _as(t.reward), array(t.next_obs), _as(t.terminated), bool(t.truncated))
        )
    _batch = _memory.sample()
    before = jax.tree.map(np.array, _batch)
    for _ in range(5):
        numbers(_memory.sample(), 6)
    checks.unchanged(before, _batch, "A batch that was returned earlier")
    _memory, pushed = TransitionMemory(10, 5, seed=6), [transition(_i) for _i in range(10)]
    for t in pushed:
        _memory.push(t)
    for _ in range(4):
        numbers(_memory.sample(), 5)
    for _i, t in enumerate(pushed):
        checks.unchanged(tuple(transition(_i)), tuple(t), "A pushed transition")


### END HIDDEN TESTS

# %% [markdown]
# Where the cart is and how fast it moves, for an agent that does the sensible thing seven times out of ten. Left: 64
# consecutive steps, as the agent experiences them. Right: a batch of 64 from your memory. The dots on the left follow
# one cart on its way; those on the right come from everywhere the agent has been.

# %% tags=["demo"]
memory = TransitionMemory(max_size=2_000, batch_size=64, seed=0)
env, rng = gym.make("CartPole-v1"), np.random.default_rng(0)
recent = collections.deque(maxlen=64)
obs, _ = env.reset(seed=0)
for _ in range(2_000):
    action = int(obs[2] + 0.2 * obs[3] > 0) if rng.random() < 0.7 else int(rng.integers(2))
    next_obs, reward, terminated, truncated, _ = env.step(action)
    memory.push(Transition(obs, action, reward, next_obs, terminated, truncated))
    recent.append(obs)
    obs = env.reset()[0] if terminated or truncated else next_obs

_, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4), sharex=True, sharey=True)
left.plot(*np.array(recent)[:, :2].T, "o-", color=palette.BLUE, ms=4, lw=0.6)
left.set(title="64 steps in a row", xlabel="cart position (m)", ylabel="cart velocity (m/s)")
right.plot(*memory.sample().obs[:, :2].T, "o", color=palette.BLUE, ms=4)
_ = right.set(title="a batch of 64", xlabel="cart position (m)")

# %% [markdown]
# ## 4. Learn: towards what?
#
# The memory holds questions (what is action $a$ worth in state $s$?) but no answers. Where does a target for $Q(s, a)$
# come from? From the most useful equation in the field. A return is the first reward plus the rest, so
#
# $$Q_*(s, a) = \mathbb{E}\left[\, r + \gamma \max_{a'} Q_*(s', a') \,\right]$$
#
# *In words: an action is worth the reward it brings, plus what the next state is worth, discounted by one step.* This
# is the **Bellman equation**. It relates $Q_*$ to itself, one step later. As long as the values are not yet right, the
# two sides differ, and the difference is the **Bellman error**. We take the right-hand side as the target, and learn to
# make the error small.
#
# The target is itself a guess: it contains a value that we are still learning. Learning a guess from a guess is called
# **bootstrapping**. It works because the right-hand side contains one thing that is not a guess: the reward.
#
# ### When there is no next step
#
# An episode can end in two ways, and they mean opposite things:
#
# - **Terminated**: the pole fell. Nothing comes afterwards, so the future is worth 0, and the target is the reward
#   alone.
# - **Truncated**: the clock ran out at step 500. The pole still stands! Had we not stopped, rewards would have kept
#   coming. The future keeps its value, and the target is the same as in the middle of an episode.
#
# So the target looks at `terminated` and never at `truncated`. If you treat the clock running out like a fall, the
# agent gets contradictory lessons: the pole upright in the middle of the track is worth a lot at step 200 and next to
# nothing at step 500, and the agent cannot see the clock.

# %% [markdown]
# ### Exercise: `compute_bellman_target`
#
# *About 6 minutes · difficulty 1 of 3 · importance 3 of 3 · two-hour path*
#
# With $d = 1$ if the step terminated the episode and $d = 0$ otherwise, and $v$ the value of the next state,
#
# $$y = r + \gamma \, (1 - d) \, v$$
#
# *In words: the reward, plus the discounted value of the next state, unless there is no next state.*
#
# **Shapes.** All four arguments are scalars, and so is the result. `terminated` may be a bool or 0.0/1.0. It has to
# work under `jax.jit` and `jax.vmap`.
#
# **Example.** reward 2, next value 10, $\gamma$ = 0.9: the target is 2 + 0.9 · 10 = 11; and 2 if the step terminated.
#
# <details><summary>Hint 1: a nudge</summary>
#
# You can type the formula just as it is above. No `if`: under `jax.jit` it is not known whether the step terminated. In
# arithmetic, True counts as 1 and False as 0.
# </details>


# %% exercise="compute_bellman_target"
def compute_bellman_target(reward, terminated, target_value, gamma):
    """What Q(s, a) should be, judging by the next step.

    Args:
      reward: reward of the step, float [].
      terminated: whether the task ended with this step (not whether the clock ran out), bool or 0.0/1.0, [].
      target_value: the value of the next state, float [].
      gamma: discount in [0, 1].
    Returns:
      The target, float [].
    """
    ### BEGIN SOLUTION
    return reward + gamma * (1.0 - terminated) * target_value
    ### END SOLUTION


# %% check="compute_bellman_target" points=1
@checks.exercise("compute_bellman_target")
def _check():
    for how, target in checks.ways(compute_bellman_target):
        for going_on in (0.0, False):
            checks.equal(
                target(2.0, going_on, 10.0, 0.9), 11.0, f"compute_bellman_target(2.0, {going_on}, 10.0, 0.9){how}",
                wrong=[
                    (12.0, "gamma was never used"),
                    (10.8, "gamma multiplies the reward too; only the future is discounted"),
                    (11.8, "gamma multiplies the reward; it belongs to the next value"),
                    (2.0, "the future is missing; is `terminated` the wrong way round?"),
                    (9.0, "the reward is missing"),
                    (-7.0, "the future is subtracted; add it"),
                    (3.0, "the next value is multiplied by 1 - gamma; the factor is gamma"),
                ],
            )  # fmt: skip
        checks.equal(
            target(0.25, False, -10.0, 0.5), -4.75, f"compute_bellman_target(0.25, False, -10.0, 0.5){how}",
            wrong=[
                (-8.75, "gamma is 0.9 in your code, whatever comes in"),
                (0.25, "what comes next may be worth less than 0, and it still counts"),
                (-4.0, "the fractions are gone; the target is a float"),
                (-5.0, "the fractions are gone; the target is a float"),
            ],
        )  # fmt: skip
        for over in (1.0, True):
            checks.equal(
                target(2.0, over, 10.0, 0.9), 2.0, f"compute_bellman_target(2.0, {over}, 10.0, 0.9){how}",
                wrong=[
                    (11.0, "the step terminated the episode, so there is no future to add"),
                    (0.0, "the last step's reward counts too; only the future is worth nothing"),
                    (12.0, "`terminated` removes the discount; it should remove the whole future"),
                ],
            )  # fmt: skip


# %% test="compute_bellman_target" points=3
### BEGIN HIDDEN TESTS
@checks.hidden("compute_bellman_target")
def _test():
    rng = np.random.default_rng(56)
    jitted = jax.jit(compute_bellman_target)
    r, v = rng.normal(0.5, 2.0, (2, 60)).astype(np.float32) * np.array([[1.0], [20.0]], np.float32)
    d = rng.random(60) < 0.4
    for _gamma in (0.0, 0.5, 0.99, 1.0):
        want = np.where(d, r, r + np.float32(_gamma) * v)
        what = f"The target with gamma {_gamma}"
        for flag in (bool, float):
            batched = jax.vmap(compute_bellman_target, in_axes=(0, 0, 0, None))
            got = batched(jnp.asarray(r), jnp.asarray(d.astype(flag)), jnp.asarray(v), _gamma)
            checks.equal(got, want, f"{what} under jax.vmap, terminated as {flag.__name__}", atol=1e-4)
        for i in range(12):
            for number, flag in [(float, bool), (float, float), (np.float32, np.bool_), (np.float64, np.float32)]:
                arguments = (number(r[i]), flag(d[i]), number(v[i]), number(_gamma))
                checks.equal(compute_bellman_target(*arguments), want[i], f"{what}", atol=1e-4)
                checks.equal(jitted(*arguments), want[i], f"{what} under jax.jit", atol=1e-4)
            arguments = (jnp.float32(r[i]), jnp.asarray(d[i]), jnp.float32(v[i]), jnp.float32(_gamma))
            checks.equal(compute_bellman_target(*arguments), want[i], f"{what}, with JAX scalars", atol=1e-4)
            arguments = (jnp.float32(r[i]), jnp.float32(d[i]), jnp.float32(v[i]), jnp.float32(_gamma))
            checks.equal(jitted(*arguments), want[i], f"{what} under jax.jit", atol=1e-4)
    checks.equal(
        compute_bellman_target(reward=1.0, terminated=False, target_value=3.0, gamma=0.5), 2.5, "The target, by keyword"
    )


### END HIDDEN TESTS

# %% [markdown]
# Bootstrapping in its purest form: one state, and a reward of 1 in every step, for ever (a pole that never falls). We
# start from the guess $v = 0$ and replace it with its own target again and again.
#
# With $\gamma < 1$ the values settle at $1 / (1 - \gamma)$, the one number that equals its own target. With
# $\gamma = 1$ there is no such number, because the sum of infinitely many ones is infinite: each update adds another 1,
# for ever. That is the practical reason for a discount. When the clock is told apart from a fall, as it should be, a
# good CartPole agent's future has no end, and without a discount its values would grow without bound. With
# $\gamma = 0.99$, the true values never exceed 100.

# %% tags=["demo"]
curves = {}
for gamma in (0.9, 0.99, 1.0):
    values = [0.0]
    for _ in range(400):
        values.append(float(compute_bellman_target(1.0, False, values[-1], gamma)))
    curves[gamma] = values

_, ax = plt.subplots(figsize=(7, 3.4))
for (gamma, values), style, colour in zip(curves.items(), ("-", "--", ":"), palette.SERIES, strict=False):
    settles = f"settles at {1 / (1 - gamma):.0f}" if gamma < 1 else "never settles"
    ax.plot(values, style, color=colour, lw=2, label=f"γ = {gamma}: {settles}")
ax.set(xlabel="updates", ylabel="value of the state", ylim=(0, 250), xlim=(0, 400))
_ = ax.legend(frameon=False)

# %% [markdown]
# ### Exercise: `q_learning_loss`
#
# *About 15 minutes · difficulty 2 of 3 · importance 3 of 3*
#
# Now the loss of one transition $(s, a, r, s', d)$: the squared Bellman error,
#
# $$L = \big(\, Q(s, a) - y \,\big)^2, \qquad y = r + \gamma\,(1 - d)\, \max_{a'} Q_\text{target}(s', a')$$
#
# *In words: the distance between the value of the action that was taken and its target, squared. The next state is
# worth as much as its best action.* (No factor 1/2 here.)
#
# The target is what we move towards, not something to adjust: a student who may change the answers in the back of the
# book learns nothing. So **no gradient may flow into the target**, and JAX has a function that stops it.
#
# **Shapes.** `q_values`, `target_q_values`: float `[num_actions]`, the values of all actions in $s$ and in $s'$.
# `action`: an int scalar. `reward`, `terminated`, `gamma`: scalars. The loss: a scalar. It has to work under
# `jax.jit`, `jax.vmap` and `jax.grad`.
#
# **Example.** `q_values = [1, 3]`, `action = 1`, reward 2, not terminated, `target_q_values = [4, 0]`, $\gamma$ = 0.5:
# the target is 2 + 0.5 · 4 = 4, the loss (3 - 4)² = 1, and its gradient with respect to `q_values` is [0, -2].
#
# Helpful:
# [`jax.lax.stop_gradient`](https://docs.jax.dev/en/latest/_autosummary/jax.lax.stop_gradient.html)
#
# <details><summary>Hint 1: a nudge</summary>
#
# Two entries are picked here, in different ways: on the left that of the action that was taken, on the right that of
# the best action there is.
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Four lines: the value of the action taken; the largest of the target values; the target, from your
# `compute_bellman_target` and passed through `stop_gradient`; and the square of the difference.
# </details>


# %% exercise="q_learning_loss"
def q_learning_loss(q_values, action, reward, terminated, target_q_values, gamma):
    """Squared Bellman error of one transition.

    Args:
      q_values: values of all actions before the step, from the online network, float [num_actions].
      action: the action taken, an int scalar [].
      reward: float [].
      terminated: whether the task ended, bool or 0.0/1.0, [].
      target_q_values: values of all actions after the step, from the target network, float [num_actions].
      gamma: discount in [0, 1].
    Returns:
      The loss, float []. Its gradient with respect to `target_q_values` is zero.
    """
    ### BEGIN SOLUTION
    target = compute_bellman_target(reward, terminated, jnp.max(target_q_values), gamma)
    return jnp.square(q_values[action] - jax.lax.stop_gradient(target))
    ### END SOLUTION


# %% check="q_learning_loss" points=2
def _table(reward, terminated, target_value, gamma):
    """Stands in for your compute_bellman_target here. Only for reward 1.5 and gamma 0.5; otherwise nan."""
    value = jnp.interp(target_value, jnp.array([0.0, 20.0]), jnp.where(terminated, 1.5, jnp.array([1.5, 11.5])))
    return jnp.where((jnp.asarray(reward) == 1.5) & (jnp.asarray(gamma) == 0.5), value, jnp.nan)


@checks.exercise("q_learning_loss", given={"compute_bellman_target": _table})
def _check():
    q_values, target_q_values = jnp.array([1.0, 2.0, 4.0, 0.0]), jnp.array([2.25, 6.0, 2.5, 0.5])
    print("q_values = [1, 2, 4, 0], action = 0, reward = 1.5, target_q_values = [2.25, 6, 2.5, 0.5], gamma = 0.5")
    for how, function in checks.ways(q_learning_loss):
        checks.equal(
            function(q_values, 0, 1.5, False, target_q_values, 0.5), 12.25, f"The loss (not terminated){how}",
            wrong=[
                (6.125, "that is half of it; there is no factor 1/2 here"),
                (3.5, "that is the error without its sign; square it"),
                (-3.5, "that is the error; square it"),
                (3.0, "that is the Huber loss; here it is the plain square"),
                (0.25, "on the left you used the largest of q_values; use that of the action that was taken"),
                (2.640625, "you used the target value of the action taken; the next state is worth its best action"),
                (3.0625, "the online values chose the next action; that is double Q-learning, which comes later"),
                (6.25, "the next state's value comes from target_q_values, not from q_values"),
                (0.5625, "that takes the smallest of target_q_values"),
                (1.0, "that uses the number of the best action (argmax) instead of its value (max)"),
                (1.5625, "q_values and target_q_values have changed places"),
                (np.nan, "compute_bellman_target was called with other arguments than reward, terminated, the best "
                 "target value and gamma, or with these in another order"),
                ((1 - 1.5 - 0.5 * 2.8125) ** 2, "that takes the mean of target_q_values; take the best"),
                (42.25, "gamma was never used"),
                (9.75, "that is the mean over all actions; only the action that was taken is learned about"),
                (39.0, "that is the sum over all actions; only the action that was taken is learned about"),
            ],
        )  # fmt: skip
        checks.equal(
            function(q_values, 0, 1.5, True, target_q_values, 0.5), 0.25, f"The loss when terminated{how}",
            wrong=[(12.25, "`terminated` was not used: after the end there is no future")],
        )  # fmt: skip

    checks.equal(
        q_learning_loss(jnp.array([30.0, 2.0, 4.0, 0.0]), 0, 1.5, False, target_q_values, 0.5), 650.25,
        "The loss with q_values = [30, 2, 4, 0]",
        wrong=[(100.0, "the error was clipped; square it as it is, however large")],
    )  # fmt: skip
    gradient, target_gradient = jax.grad(q_learning_loss, argnums=(0, 4))(q_values, 0, 1.5, False, target_q_values, 0.5)
    checks.that(
        bool(np.any(gradient)) or not np.any(target_gradient),
        "The gradient reaches target_q_values but not q_values: it was stopped on the wrong side.",
    )
    checks.that(
        not np.any(target_gradient),
        f"The gradient with respect to target_q_values is {target_gradient}. It should be zero: the target has to hold "
        "still. Look at jax.lax.stop_gradient.",
    )
    checks.equal(
        gradient, [-7.0, 0.0, 0.0, 0.0], "The gradient with respect to q_values",
        wrong=[(np.zeros(4), "no gradient arrives at all; stop it at the target, but not at q_values")],
    )  # fmt: skip


# %% test="q_learning_loss" points=4
### BEGIN HIDDEN TESTS
def _reference_target(reward, terminated, target_value, gamma):
    return reward + gamma * (1.0 - terminated) * target_value


@checks.hidden("q_learning_loss", given={"compute_bellman_target": _reference_target})
def _test():
    rng = np.random.default_rng(57)

    def expected(q, a, r, d, tq, gamma):
        """Loss [B] and its gradient with respect to q [B, n]."""
        error = q[np.arange(len(q)), a] - np.where(d, r, r + gamma * tq.max(1))
        gradient = np.zeros_like(q)
        gradient[np.arange(len(q)), a] = 2 * error
        return error**2, gradient

    axes, jitted = (0, 0, 0, 0, 0, None), jax.jit(q_learning_loss)
    losses = jax.jit(jax.vmap(q_learning_loss, in_axes=axes))
    gradients = jax.jit(jax.vmap(jax.grad(q_learning_loss, argnums=(0, 4)), in_axes=axes))
    for n, scale in [(2, 1.0), (2, 30.0), (5, 4.0)]:
        b = 40
        _q, _tq = (scale * rng.normal(size=(2, b, n))).astype(np.float32)
        _a, _r, _d = rng.integers(n, size=b), rng.normal(1.0, 1.0, b).astype(np.float32), rng.random(b) < 0.4
        close = {"rtol": 1e-4, "atol": 1e-3 * scale}
        for _gamma in (0.0, 0.9, 1.0):
            loss, _gradient = expected(_q, _a, _r, _d, _tq, _gamma)
            what = f"under jax.vmap, with {n} actions and gamma {_gamma}"
            for flag in (bool, np.float32):
                batch = (*map(jnp.asarray, (_q, _a.astype(np.int32), _r, _d.astype(flag), _tq)), jnp.float32(_gamma))
                checks.equal(losses(*batch), loss, f"The loss {what}", **close)
                got = gradients(*batch)
                checks.equal(got[0], _gradient, f"The gradient with respect to q_values {what}", **close)
                checks.that(not np.any(got[1]), "A gradient reaches target_q_values. It should be exactly zero.")
            for i in range(6):
                arguments = (int(_a[i]), float(_r[i]), bool(_d[i]), _tq[i], _gamma)
                checks.equal(jitted(_q[i], *arguments), loss[i], "The loss under jax.jit", **close)
                checks.equal(q_learning_loss(jnp.asarray(_q[i]), *arguments), loss[i], "The loss", **close)

    # The same network on both sides: a gradient through the target would not cancel.
    _w = jnp.array([0.5, -1.0, 2.0])
    got = jax.grad(lambda w: q_learning_loss(2.0 * w, 1, 1.0, 0.0, 3.0 * w, 0.5))(_w)
    checks.equal(got, [0.0, 2 * 2 * (-2.0 - 4.0), 0.0], "The gradient when one network gives both kinds of values")


### END HIDDEN TESTS

# %% [markdown]
# A world small enough to check by hand: a corridor of five rooms. In each you can go left (in the first you then stay
# where you are) or right; to the right of the last one is the exit, which pays 1 and ends the episode. With
# $\gamma = 0.9$ the best value in a room is $0.9^{k}$, with $k$ more steps to go after this one. We use your loss, and
# a table of ten numbers in place of a network: after 300 small gradient steps, the dots should lie on the lines.

# %% tags=["demo"]
rooms, actions = np.repeat(np.arange(5), 2), np.tile([0, 1], 5)  # every pair of room and action, once
next_rooms = np.clip(rooms + np.where(actions == 1, 1, -1), 0, 4)
terminated = (rooms == 4) & (actions == 1)
rewards = terminated.astype(np.float32)


def corridor_loss(table):
    loss = jax.vmap(q_learning_loss, in_axes=(0, 0, 0, 0, 0, None))
    return loss(table[rooms], actions, rewards, terminated, table[next_rooms], 0.9).sum()


step = jax.jit(lambda table: table - 0.2 * jax.grad(corridor_loss)(table))
table = jnp.zeros((5, 2))
for _ in range(300):
    table = step(table)

_, ax = plt.subplots(figsize=(7, 3.2))
ax.plot(range(1, 6), 0.9 ** np.arange(4, -1, -1), color=palette.GREY, label="right: exact")
ax.plot(range(1, 6), 0.9 ** np.array([5, 5, 4, 3, 2]), color=palette.GREY, ls="--", label="left: exact")
ax.plot(range(1, 6), table[:, 1], "o", color=palette.ORANGE, label="right: learned")
ax.plot(range(1, 6), table[:, 0], "s", color=palette.BLUE, label="left: learned")
ax.set(xlabel="room", ylabel="value (discounted reward)", xticks=range(1, 6), ylim=(0, 1.05))
_ = ax.legend(frameon=False, ncols=2)

# %% [markdown]
# ## 5. Hold the target still
#
# With a table, learning about one state leaves the others alone. A network generalises: raise the value of one state
# and its neighbours rise too, among them the next state, and with it the target you were moving towards. You chase your
# own tail, and the values can run away.
#
# DQN's answer: keep **two** copies of the network. The **online** network learns and acts. The **target** network only
# provides the targets; it holds still, and every 50 learning steps it becomes a copy of the online one. In between,
# learning is ordinary regression towards fixed numbers.
#
# Two tools for that. The parameters of a network are a **pytree**: nested dictionaries, tuples and lists with arrays at
# the leaves. `jax.tree.map(f, a, b)` walks through two trees of the same structure, calls `f` on each pair of leaves
# and returns a tree of the results. And where you cannot use Python's `if`, because the condition is traced,
# `jax.lax.cond(condition, f, g, *arguments)` calls `f` if it holds and `g` if it does not; both must return the same
# structure, shapes and dtypes. (`jnp.where` chooses between two arrays that both exist already.)

# %%
a = {"layer 1": {"w": jnp.array([1.0, 2.0]), "b": jnp.array(3.0)}, "layer 2": {"w": jnp.array([10.0])}}
b = {"layer 1": {"w": jnp.array([0.0, 0.0]), "b": jnp.array(1.0)}, "layer 2": {"w": jnp.array([20.0])}}
halfway = jax.tree.map(lambda x, y: (x + y) / 2, a, b)
print("halfway from a to b:", jax.tree.map(lambda x: x.tolist(), halfway))  # lists are easier to read than arrays


@jax.jit
def larger_tree(a, b):
    """The tree whose layer 2 is larger."""
    return jax.lax.cond(a["layer 2"]["w"][0] > b["layer 2"]["w"][0], lambda a, b: a, lambda a, b: b, a, b)


print("the larger one:     ", jax.tree.map(lambda x: x.tolist(), larger_tree(a, b)))

# %% [markdown]
# ### Exercise: `update_target`
#
# *About 10 minutes · difficulty 2 of 3 · importance 2 of 3*
#
# With $\theta$ the online parameters, $\theta^-$ the target parameters, $k$ the number of learning steps so far (not
# counting the one in progress), and $N$ = `TARGET_UPDATE_PERIOD` = 50:
#
# $$
# \theta^- \leftarrow \begin{cases} \theta & \text{if } k \text{ is a multiple of } N \text{ (0 is one)} \\
# \theta^- & \text{otherwise} \end{cases}
# $$
#
# *In words: every 50 learning steps the target network becomes an exact copy of the online one; otherwise nothing
# changes.*
#
# Your function has to work for any pytree of parameters, leave the dtype of every array as it is, and return a
# `DQNParams` with the online parameters untouched. It has to work under `jax.jit` with `trainer_steps` traced.
#
# **Example.** `online = {"w": 1.0}`, `target = {"w": 0.0}`: at `trainer_steps` 0, 50 and 100 the new target is
# `{"w": 1.0}`, at 1, 49 and 51 it stays `{"w": 0.0}`.
#
# Helpful:
# [`jax.lax.cond`](https://docs.jax.dev/en/latest/_autosummary/jax.lax.cond.html), or
# [`jax.tree.map`](https://docs.jax.dev/en/latest/_autosummary/jax.tree.map.html) with
# [`jnp.where`](https://docs.jax.dev/en/latest/_autosummary/jax.numpy.where.html)
#
# <details><summary>Hint 1: a nudge</summary>
#
# The remainder of a division, `%`, tells you whether a number is a multiple. It works on traced numbers as well.
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# `jax.tree.map(f, a, b)` calls `f` on each pair of arrays at the same place in two pytrees. Which two trees do you
# pass, and which choice does `f` make for one pair?
# </details>


# %% exercise="update_target"
def update_target(params, trainer_steps):
    """Copies the online parameters into the target network every TARGET_UPDATE_PERIOD learning steps.

    Args:
      params: `DQNParams` of two pytrees of the same structure.
      trainer_steps: how many learning steps have been completed, an int scalar, may be traced.
    Returns:
      `DQNParams`: the same online parameters, and the new target.
    """
    ### BEGIN SOLUTION
    copy = trainer_steps % TARGET_UPDATE_PERIOD == 0
    target = jax.tree.map(lambda online, target: jnp.where(copy, online, target), params.online, params.target)
    return DQNParams(online=params.online, target=target)
    ### END SOLUTION


# %% check="update_target" points=1
@checks.exercise("update_target")
def _check():
    online = {"layer": {"w": jnp.array([1.0, 2.0]), "limit": jnp.array([jnp.inf]), "count": jnp.array(3)}}
    target = {"layer": {"w": jnp.array([-8.0, -9.0]), "limit": jnp.array([-jnp.inf]), "count": jnp.array(5)}}
    fresh = lambda: jax.tree.map(lambda leaf: leaf, DQNParams(online, target))
    all_steps = (0, 1, 25, 49, 50, 51, 100)
    ideas = {  # at which steps the target moves, and the idea behind that
        (): "the target never moves. (`params._replace(...)` changes nothing either: it returns new parameters.)",
        all_steps: "the target moves in every step, and should move only at multiples of 50",
        (1, 25, 49, 51): "it is the wrong way round: the target moves in every step except the multiples of 50",
        (50, 100): "the target does not move at step 0, but 0 is a multiple of 50 too",
        (49,): "the target moves one step early, at 49",
        (1, 51): "the target moves one step late, at 1 and 51",
        (50,): "the target moves at step 50 alone, but 0 and 100 are multiples of 50 too",
        (0, 50): "the target moves at steps 0 and 50 and never again, but 100 is a multiple of 50 too",
        (0, 50, 51, 100): "the target moves in every step from 50 on, but 51 is not a multiple of 50",
        (50, 51, 100): "the target moves in every step from 50 on, but 51 is not a multiple of 50",
        (0, 100): "the target moves only at every second multiple of 50; TARGET_UPDATE_PERIOD is 50",
        (0, 1, 25, 49): "the target moves in the first 50 steps: // divides, and % is what gives the remainder",
    }
    for how, function in checks.ways(update_target):
        moved = []
        for steps in all_steps:
            before, params = fresh(), fresh()
            got = function(params, steps)
            checks.that(isinstance(got, DQNParams), f"Return a DQNParams, not a {type(got).__name__}.")
            checks.that(
                jax.tree.structure(got) == jax.tree.structure(before),
                f"The new parameters have a different structure from the old ones: {jax.tree.structure(got)}.",
            )
            checks.unchanged(before, params, "params")
            call, w = f"update_target(params, {steps})", got.target["layer"]["w"]
            checks.that(
                not (np.array_equal(got.online["layer"]["w"], [-8.0, -9.0]) and np.array_equal(w, [1.0, 2.0])),
                f"{call}{how}: online and target have changed places. The online parameters stay as they are.",
            )
            checks.equal(
                got.online["layer"]["w"], [1.0, 2.0], f"{call}.online{how}",
                wrong=[([-8.0, -9.0], "that is the target; the online parameters stay, and the target follows them")],
            )  # fmt: skip
            checks.that(
                np.array_equal(w, [1.0, 2.0]) or np.array_equal(w, [-8.0, -9.0]),
                f"{call}.target{how}, from online [1, 2] and target [-8, -9], is {w}. It should be either the old "
                "target or the online parameters, never a mixture.",
            )
            moved += [steps] * np.array_equal(w, [1.0, 2.0])
            limit, exact = got.target["layer"]["limit"], "values are copied exactly, infinity too"
            infinite = "0 times infinity is not a number; choose with jnp.where, and do not multiply by 0 and 1"
            checks.equal(
                limit, [np.inf if moved[-1:] == [steps] else -np.inf],
                f"{call}.target{how}, a leaf of infinity in online and -infinity in target,",
                wrong=[([np.nan], infinite)], hint=exact[0].upper() + exact[1:] + ".",
            )  # fmt: skip
            checks.array(got.target["layer"]["count"], f"{call}.target{how}, of leaves that are integers,", dtype="int")
        checks.that(
            tuple(moved) not in ideas, f"Of the steps 0, 1, 25, 49, 50, 51 and 100{how}, {ideas.get(tuple(moved))}."
        )
        checks.that(
            moved == [0, 50, 100],
            f"The target should move at steps 0, 50 and 100 of {all_steps}, but moves at {moved}.",
        )
    try:
        got = update_target(DQNParams((jnp.array([1.0]), [jnp.array(2.0)]), (jnp.array([3.0]), [jnp.array(4.0)])), 50)
    except (AttributeError, TypeError) as error:
        checks.fail(
            f"With parameters in tuples and lists in place of dicts: {error}. The parameters may be any pytree; "
            "jax.tree.map goes through all of it."
        )
    checks.equal(got.target[0], [1.0], "The target of parameters in tuples and lists")
    checks.remark_on_constant(
        update_target, "TARGET_UPDATE_PERIOD", 7,
        lambda: checks.near(update_target(fresh(), 21).target["layer"]["w"], [1.0, 2.0]),
    )  # fmt: skip


# %% test="update_target" points=3
### BEGIN HIDDEN TESTS
@checks.hidden("update_target")
def _test():
    rng = np.random.default_rng(58)

    def leaf(shape, dtype, array=jnp.asarray):
        values = rng.normal(size=shape) * 100
        return array(np.asarray(values > 0 if dtype == "bool" else values).astype(jnp.dtype(dtype)))

    def numpy(tree):
        return [(np.asarray(x).dtype, np.asarray(x).astype(np.float64)) for x in jax.tree.leaves(tree)]

    def same(got, want):
        return jax.tree.structure(got) == jax.tree.structure(want) and all(
            a[0] == b[0] and np.array_equal(a[1], b[1], equal_nan=True)
            for a, b in zip(numpy(got), numpy(want), strict=True)
        )

    def network():
        return {
            "mlp/~/linear_0": {"w": leaf((4, 8), "float32"), "b": leaf((8,), "float32")},
            "out": {"w": leaf((8, 2), "float32")},
        }

    def mixed():
        return (
            [leaf((3,), "float16"), {"count": leaf((), "int32"), "mask": leaf((2, 2), "bool")}],
            None,
            DQNParams(leaf((), "float32"), (leaf((2, 1), "bfloat16"), ())),
            jnp.array([123456789, -5, 16777217], jnp.int32),
        )

    odd = jnp.array([jnp.inf, -jnp.inf, jnp.nan, 3e38, 1e-38, 1.0])
    cases = {
        "a network's parameters": DQNParams(network(), network()),
        "a single array": DQNParams(leaf((5,), "float32"), leaf((5,), "float32")),
        "nested tuples, lists and dictionaries of several dtypes": DQNParams(mixed(), mixed()),
        "infinite numbers in the target": DQNParams({"w": leaf((6,), "float32")}, {"w": odd}),
        "infinite numbers in the online network": DQNParams([odd], [leaf((6,), "float32")]),
        "NumPy arrays": DQNParams(
            *[{"w": leaf((3, 2), "float32", np.array), "n": leaf((), "int32", np.array)} for _ in "ab"]
        ),
    }
    for name, params in cases.items():
        jitted, before = jax.jit(update_target), jax.tree.map(np.array, params)
        for steps in (0, 50, 100, 150, 5_000, 1_000_000, 1, 2, 10, 25, 49, 51, 75, 99, 101, 149, 4_999, 5_001):
            for kind in (int, np.int32, jnp.int32) if steps == 50 else (int,):
                for how, function in [("", update_target), (" under jax.jit", jitted)]:
                    if function is update_target and steps not in (0, 1, 49, 50):
                        continue
                    _got = function(params, kind(steps))
                    checks.that(isinstance(_got, DQNParams), f"update_target should return a DQNParams{how}.")
                    checks.that(
                        same(_got.online, params.online),
                        f"With {name} at trainer_steps {steps}{how}, the online parameters have changed.",
                    )
                    checks.that(
                        same(_got.target, params.target if steps % 50 else params.online),
                        f"With {name} at trainer_steps {steps}{how}, the target is not exactly what it should be, "
                        "dtypes included.",
                    )
        checks.unchanged(before, jax.tree.map(np.array, params), "params")


### END HIDDEN TESTS

# %% [markdown]
# One parameter of an online network that wanders about, and its target: a staircase. Each step of the staircase is a
# fixed problem to solve.

# %% tags=["demo"]
rng = np.random.default_rng(0)
params, history = DQNParams(online=jnp.float32(0.0), target=jnp.float32(0.0)), []
update = jax.jit(update_target)
for trainer_steps in range(300):
    params = params._replace(online=params.online + np.float32(0.02 + 0.1 * rng.normal()))
    params = update(params, trainer_steps)
    history.append([params.online, params.target])

_, ax = plt.subplots(figsize=(7, 3))
ax.plot(np.array(history)[:, 0], color=palette.BLUE, lw=1, label="online")
ax.plot(np.array(history)[:, 1], color=palette.VERMILION, lw=2, ls="--", label="target")
ax.set(xlabel="learning steps", ylabel="value of a parameter")
_ = ax.legend(frameon=False)

# %% [markdown]
# ## 6. Put it together
#
# The Q-function is a small neural network: four numbers in, two hidden layers of 64, and one Q-value for each action
# out. So a single pass through the network gives the values of all actions. [Haiku](https://dm-haiku.readthedocs.io)
# turns the description into two pure functions: `init` makes parameters, `apply` uses them. (`without_apply_rng` drops
# the key that `apply` would otherwise expect.)

# %%
GAMMA = 0.99
BATCH_SIZE = 64
OPTIMISER = optax.adam(3e-4)


def q_network(obs):
    """Q-values of all actions [..., 2], for one observation [4] or a batch of them [B, 4]."""
    return hk.nets.MLP([64, 64, 2])(obs)


Q_NETWORK = hk.without_apply_rng(hk.transform(q_network))
parameters = Q_NETWORK.init(jax.random.key(0), jnp.zeros(4))
print(jax.tree.map(jnp.shape, parameters))
print("Q-values of one observation, untrained:", Q_NETWORK.apply(parameters, jnp.array([0.1, 0.0, -0.05, 0.3])))

# %% [markdown]
# To act, the agent asks the online network and passes the values to your functions. It counts its time steps in the
# `actor_state`; when it is evaluated, it is greedy.


# %%
class ActorState(NamedTuple):
    num_timesteps: Any  # how many steps the agent has acted, decides epsilon


def dqn_select_action(key, params, actor_state, obs, evaluation=False):
    q_values = Q_NETWORK.apply(params.online, obs)
    curious_action = select_epsilon_greedy_action(key, q_values, actor_state.num_timesteps)
    action = jnp.where(evaluation, select_greedy_action(q_values), curious_action)
    return action, ActorState(actor_state.num_timesteps + 1)


# %% [markdown]
# To learn, it averages your loss over a batch from the memory, takes one gradient step on the *online* parameters, and
# calls your `update_target`. Note which network values which observations.


# %%
class LearnerState(NamedTuple):
    trainer_steps: Any  # learning steps completed, decides when the target is updated
    optimiser_state: Any


def mean_loss(online, target, batch, gamma):
    q_values = Q_NETWORK.apply(online, batch.obs)  # [B, 2]
    target_q_values = Q_NETWORK.apply(target, batch.next_obs)  # [B, 2]
    losses = jax.vmap(q_learning_loss, in_axes=(0, 0, 0, 0, 0, None))(
        q_values, batch.action, batch.reward, batch.terminated, target_q_values, gamma
    )
    return jnp.mean(losses)


def dqn_learn(key, params, learner_state, memory, gamma=GAMMA):
    gradient = jax.grad(mean_loss)(params.online, params.target, memory, gamma)
    updates, optimiser_state = OPTIMISER.update(gradient, learner_state.optimiser_state)
    params = params._replace(online=optax.apply_updates(params.online, updates))
    params = update_target(params, learner_state.trainer_steps)
    return params, LearnerState(learner_state.trainer_steps + 1, optimiser_state)


def init_params(key):
    """Both networks as they begin, the same."""
    online = Q_NETWORK.init(key, jnp.zeros(4))
    return DQNParams(online=online, target=online)


def make_dqn_agent(key, learn=dqn_learn):
    params = init_params(key)
    return Agent(
        select_action=dqn_select_action,
        params=params,
        actor_state=ActorState(jnp.int32(0)),
        learn=learn,
        learner_state=LearnerState(jnp.int32(0), OPTIMISER.init(params.online)),
    )


# %% [markdown]
# That is all of DQN. Let it play: the same loop as in the earlier notebooks, with 64 learning steps after each episode.
# It takes about 20 seconds, and it is only a start: 150 episodes.
#
# - **Left:** the return of each training episode, and of the evaluations, where the agent is greedy. In the first
#   episodes it mostly acts at random. It learns all the same, from its random actions.
# - **Middle:** what it would do at each pole angle and velocity, as in the picture at the top of this notebook. That
#   one we made up; this one the agent found by itself.
# - **Right:** what it believes each of these situations to be worth. With $\gamma = 0.99$ a pole that never falls is
#   worth 100, and one that falls in the next step is worth 1. Can you find values that cannot be true? The agent has
#   hardly ever been there, but a network has an opinion on everything.

# %% tags=["demo"]
from rl_helpers.loop import run_environment_loop

result = run_environment_loop(
    jax.random.key(1),
    gym.make("CartPole-v1"),
    make_dqn_agent(jax.random.key(2)),
    TransitionMemory(max_size=5_000, batch_size=BATCH_SIZE, seed=3),
    num_episodes=150,
    evaluate_every=25,
    evaluation_episodes=10,
    learner_steps_per_episode=64,
)

angles, velocities = np.meshgrid(np.linspace(-0.21, 0.21, 61), np.linspace(-2.0, 2.0, 61))
observations = np.stack([0 * angles, 0 * angles, angles, velocities], axis=-1).astype(np.float32)  # [61, 61, 4]
q_values = Q_NETWORK.apply(result.agent.params.online, observations)  # [61, 61, 2]

_, (left, middle, right) = plt.subplots(1, 3, figsize=(15, 4.2), width_ratios=[4, 3, 3.6])
plotting.plot_learning_curve(result.episode_returns, label="training", you=best_score("CartPole-v1"), ax=left)
plotting.plot_learning_curve(
    result.evaluation_returns, episodes=result.evaluated_after, window=1, label="evaluation, greedy", ax=left
)
plotting.plot_policy(jax.vmap(jax.vmap(select_greedy_action))(q_values), ax=middle)
levels = right.contourf(angles, velocities, q_values.max(axis=-1), levels=12, cmap="Blues")
right.set(xlabel="pole angle (rad), positive: leans right", ylabel="pole angular velocity (rad/s)")
_ = plt.colorbar(levels, ax=right, label="value (discounted reward)")

# %% [markdown]
# Another key gives another curve; try a few. Some climb, others climb and fall back, because each improvement changes
# the data, the targets and the policy all at once. One run tells you that the code works, but not how well DQN works.
# For that you need many seeds, and a faster loop.
# %% [markdown]
# ## 7. Twenty agents at once
#
# The agent's functions are pure, CartPole exists in pure JAX, and a replay memory can be a few arrays. So the whole
# loop can be compiled: `run_compiled_loop` takes *the same agent* and plays in 8 environments at a time, with one
# learning step after each step of all 8, for 20 seeds side by side. Your code does not change at all. Each seed starts
# with its own network, sees its own episodes, and takes 30,000 learning steps. (The memory draws its batches *with*
# replacement, which is faster; with 64 out of 20,000 that hardly matters.) It takes about a minute.
#
# Each thin line is one agent, and the thick one is their mean; each evaluation is greedy, over 32 episodes.

# %% tags=["demo"]
from rl_helpers.compiled import run_compiled_loop
from rl_helpers.envs import CartPole
from rl_helpers.replay import ReplayMemory

result = run_compiled_loop(
    jax.random.key(0),
    CartPole(),
    make_dqn_agent(jax.random.key(0)),
    ReplayMemory(max_size=20_000, batch_size=BATCH_SIZE),
    num_steps=240_000,
    num_envs=8,
    num_seeds=20,
    init_params=init_params,
    evaluate_every=8_000,
)
returns = result.evaluation_returns  # [20, 30]
print(f"{np.sum(returns.max(axis=1) >= 500)} of 20 agents reach 500 in some evaluation,")
print(f"{np.sum(returns[:, -1] >= 500)} of 20 in the last one.")
ax = plotting.plot_learning_curve(returns, episodes=result.evaluation_steps, window=1)
_ = ax.set(xlabel="environment steps of each agent", ylabel="return of the greedy policy (mean of 32 episodes)")

# %% [markdown]
# DQN works, but it is restless. Most agents reach 500, and some lose it again for a while. A likely story: when all
# goes well, the memory fills with upright poles, the network forgets what falling looks like, its values there drift,
# and one day the policy follows them. Then poles fall, the memory fills with falls, and the agent recovers. If this is
# right, a larger memory should help. This one holds 20,000 steps; try 5,000 and compare.
#
# And be wary of "our agent reached 500". *At its best evaluation* is a flattering way to count, because it picks each
# agent's luckiest moment. The last evaluation, over many seeds, is an honest one.

# %% [markdown]
# ## 8. Break it on purpose
#
# What are the parts for? Take them out and see. Here are four versions of the agent, each differing by one line and run
# with ten seeds:
#
# 1. **DQN** as it is,
# 2. **no target network**: the online network provides its own targets,
# 3. **clock = fall**: a truncated step counts as terminated,
# 4. **no discount**: $\gamma = 1$.
#
# We watch two things: what the greedy policy earns, and what each agent *believes* an upright pole in the middle of the
# track to be worth, its value at `obs = 0`. With the discount, a pole that never falls is worth
# $1 / (1 - \gamma) = 100$. Before you run the cell, predict: which versions earn less? And which believe something
# absurd? (About a minute.)

# %%
RECORD_EVERY = 200  # learning steps


def learn_without_target(key, params, learner_state, memory):
    return dqn_learn(key, params._replace(target=params.online), learner_state, memory)


def learn_with_clock_as_fall(key, params, learner_state, memory):
    over = jnp.maximum(memory.terminated, memory.truncated)
    return dqn_learn(key, params, learner_state, memory._replace(terminated=over))


def learn_without_discount(key, params, learner_state, memory):
    return dqn_learn(key, params, learner_state, memory, gamma=1.0)


def recorded(learn):
    """`learn`, which also keeps a record of the upright pole's value. The record travels in the learner state."""

    def learn_and_record(key, params, learner_state, memory):
        inner_state, record = learner_state
        params, inner_state = learn(key, params, inner_state, memory)
        value = jnp.max(Q_NETWORK.apply(params.online, jnp.zeros(4)))
        return params, (inner_state, record.at[inner_state.trainer_steps // RECORD_EVERY].set(value))

    return learn_and_record


# %% tags=["demo"]
from rl_helpers.compiled import run_compiled_loop
from rl_helpers.envs import CartPole
from rl_helpers.replay import ReplayMemory

NUM_UPDATES, NUM_ENVS = 12_000, 4
versions = {
    "DQN": dqn_learn,
    "no target network": learn_without_target,
    "clock = fall": learn_with_clock_as_fall,
    "no discount": learn_without_discount,
}

beliefs, returns = {}, {}
with tqdm(total=len(versions) * NUM_UPDATES, unit="learning step", unit_scale=True) as bar:
    for name, learn in versions.items():
        bar.set_description(name)
        agent = make_dqn_agent(jax.random.key(0), recorded(learn))
        agent = agent._replace(learner_state=(agent.learner_state, jnp.zeros(NUM_UPDATES // RECORD_EVERY)))
        result = run_compiled_loop(
            jax.random.key(1),
            CartPole(),
            agent,
            ReplayMemory(max_size=20_000, batch_size=BATCH_SIZE),
            num_steps=NUM_ENVS * NUM_UPDATES,
            num_envs=NUM_ENVS,
            num_seeds=10,
            init_params=init_params,
            progress=False,
            callback=lambda progress: bar.update(NUM_UPDATES / 20),
        )
        beliefs[name], returns[name] = np.asarray(result.agent.learner_state[1]), result.evaluation_returns

_, axes = plt.subplots(2, 4, figsize=(14, 5.8), sharex=True, sharey="row", layout="constrained")
thousands = [np.arange(1, x.shape[1] + 1) * NUM_UPDATES / 1000 / x.shape[1] for x in (beliefs["DQN"], returns["DQN"])]
for (top, bottom), name in zip(axes.T, versions, strict=True):
    for ax, seeds, x in ((top, beliefs[name], thousands[0]), (bottom, returns[name], thousands[1])):
        plotting.plot_learning_curve(seeds, episodes=x, window=1, ax=ax).set(xlabel="", ylabel="")
    top.axhline(100, color=palette.INK, ls="--", lw=1)
    top.set_title(name)
    bottom.set_xlabel("learning steps (thousands)")
axes[0, 0].set_ylabel("believed value of the upright pole\n(dashed: 100, never falls)")
_ = axes[1, 0].set_ylabel("return of the greedy policy\n(mean of 32 episodes)")

# %% [markdown]
# - **DQN.** The belief climbs towards 100, what a pole that never falls is worth.
# - **No target network.** Look at the very beginning. Within a thousand learning steps the belief shoots up to four
#   times what DQN believes by then, and no random agent has earned anything like it: the network chases its own tail.
#   It comes down again, but meanwhile the greedy policy has learned hardly anything. It catches up late, and not in
#   every seed.
# - **Clock = fall.** Did you expect it to break? It is wrong, and *nothing* shows. At $\gamma = 0.99$ only the next
#   hundred steps or so count, few episodes reach step 500, and of those one step in 500 is labelled wrongly. A bug that
#   does no harm today waits for the day on which it does: try shorter episodes, or $\gamma = 1$.
# - **No discount.** The belief climbs by nearly 1 with every update of the target, 50 learning steps apart, and has no
#   reason to stop. It walks through 100, which is a limit only with a discount; without one there is none. It is the
#   straight line from the section on targets, in a real agent.
#
# Now look at the last version's returns: they are as good as DQN's. A greedy policy only compares actions, so it
# survives values that never settle for a long time. A good return does not prove that the agent learns what you think
# it learns. Look at the values too.
#
# ## What you have now
#
# All of DQN, built from eight pieces that you wrote: they explore, remember, aim, learn and hold still. Before you go
# on:
#
# - Change one thing, and predict what will happen before you run it: `GAMMA = 0.9`, a target update in every step, a
#   memory of 500, a network with a single layer.
# - In notebook 6 the same ideas come back in the form people use in practice: soft target updates, the Huber loss,
#   double Q-learning.
# - Further reading: [Mnih et al. (2015)](https://www.nature.com/articles/nature14236), and chapters 6 and 11 of [Sutton
#   and Barto](http://incompleteideas.net/book/the-book-2nd.html); chapter 11 explains why the combination of
#   bootstrapping, a network and off-policy data can go wrong (*the deadly triad*).
