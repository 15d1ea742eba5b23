# %% [markdown]
# # 4. Tabular methods
#
# So far you have looked for good *policies* directly: by luck in notebook 2, uphill in notebook 3. Now we ask another
# question: **how good is it** to be here, and how good is it to do this? Once you can answer that, you have a policy
# for free: do what is best. Today the answers fit into a table, one number for each state and action, so you can look
# at every single one of them. The ideas remain when the tables are gone: notebook 5 puts a neural network in their
# place.
#
# You will write:
#
# 1. a running **average** and an **epsilon-greedy** choice, enough to play ten slot machines well,
# 2. the **Bellman backup**, and **value iteration**, which solves a maze whose map is known,
# 3. **Q-learning** and **SARSA**, which learn from steps, without a map, and disagree about how close to walk to a
#    cliff.
#
# About 75 minutes. You need notebook 1, and sums and expectations, but no calculus.

# %% tags=["setup"]
import collections
import random

import gymnasium as gym
import haiku as hk
import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np
import optax
from tqdm.auto import tqdm

from rl_helpers import Transition, checks, palette, plotting
from rl_helpers.envs.bandit import Bandit
from rl_helpers.envs.grid_world import CliffWalking, GridWorld

plt.style.use("rl_helpers.show.course")  # how the course's pictures look

# %% [markdown]
# ## 1. One state: the bandit
#
# Ten slot machines stand in a row: a **ten-armed bandit**. Pull an arm and it pays a random reward. Each arm has its
# own mean, its **value**, and nobody tells you which is the best. You have 1,000 pulls. There is only one state,
# nothing you do changes the machines, and yet the central conflict of reinforcement learning is already here:
#
# - **exploit**: pull the arm that has paid best so far,
# - **explore**: pull another one, because it might be better than it looked.
#
# Never explore, and you may stay with a mediocre arm for ever. Always explore, and you know the best arm but do not use
# it. The picture shows one such bandit: the bars are the arms' values, the dots are 40 rewards from each. The best arm
# is easy to see *here*, because every arm was pulled 40 times. That knowledge costs 400 pulls.

# %%
bandit = Bandit(num_arms=10)


@jax.jit
def draw_bandit(key):
    """A new bandit: the arms' values [10], and what each arm would pay at each of 1,000 steps [1000, 10]."""
    reset_key, step_key = jax.random.split(key)
    state, _ = bandit.reset(reset_key)
    pull = lambda key, arm: bandit.step(key, state, arm)[1].reward
    rewards = jax.vmap(pull)(jax.random.split(step_key, 10_000), jnp.tile(jnp.arange(10), 1000))
    return state.values, rewards.reshape(1000, 10)


arm_values, arm_rewards = map(np.asarray, draw_bandit(jax.random.key(4)))

_, ax = plt.subplots(figsize=(8, 3.6))
ax.bar(range(10), arm_values, color=palette.SKY, label="value (mean reward)")
jitter = np.random.default_rng(0).uniform(-0.3, 0.3, (40, 10))
ax.plot(np.arange(10) + jitter, arm_rewards[:40], ".", color=palette.INK, ms=3, alpha=0.5)
ax.axhline(0.0, color=palette.INK, lw=0.8)
ax.set(xlabel="arm", ylabel="reward", xticks=range(10))
ax.legend()
plt.show()

# %% [markdown]
# ### Exercise: `update_mean`
#
# *About 5 minutes · difficulty 1 of 3 · importance 2 of 3*
#
# What an arm is worth is unknown, so we estimate it by the average of what it has paid. There is no need to store all
# rewards: the old average and the number of rewards in it are enough. With $\bar r_n$ for the average of the first $n$
# rewards,
#
# $$\bar r_{n+1} = \bar r_n + \frac{1}{n+1}\,\bigl(r_{n+1} - \bar r_n\bigr)$$
#
# *In words: move the old average towards the new reward, by one part in $n + 1$, the number of rewards there are now.*
# Remember this shape, **estimate + step size × (target - estimate)**. Every learning rule in this notebook has it.
#
# Write `update_mean(mean, count, reward)`: it gets the average of `count` rewards and one more reward, and returns
# `(new_mean, new_count)`. At count 0 there has been no reward yet, and **the old mean means nothing**: it may be 0, or
# nan, or any number. The new mean is then the reward itself.
#
# **Example.** Four rewards with mean 4.0, then a reward of 9.5: `update_mean(4.0, 4, 9.5)` gives `(5.1, 5)`, because (4
# · 4.0 + 9.5) / 5 = 5.1.
#
# Helpful: [`float("nan")`](https://docs.python.org/3/library/math.html#math.nan),
# the "not a number" that turns everything it is added to into nan
#
# <details><summary>Hint 1: a nudge</summary>
#
# By how many rewards is the sum divided, once the new one is in it? And what is nan times 0?
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Work out the new count first. Treat count 0 separately, so that the old mean does not enter the result at all.
# Otherwise use the formula above, or get the old sum back from the mean and the count.
# </details>


# %% exercise="update_mean"
def update_mean(mean, count, reward):
    """Adds one more reward to an average.

    Args:
      mean: float, the average so far; without meaning (perhaps nan) when `count` is 0.
      count: int, how many rewards it is the average of.
      reward: float, the new one.
    Returns:
      `(new_mean, new_count)`: a float and an int.
    """
    ### BEGIN SOLUTION
    if count == 0:
        return reward, 1
    return mean + (reward - mean) / (count + 1), count + 1
    ### END SOLUTION


# %% check="update_mean" points=1
@checks.exercise("update_mean")
def _check():

    def update(mean, count, reward):
        return checks.pair(update_mean(mean, count, reward), "update_mean", "new_mean, new_count")

    _mean, _count = update(4.0, 4, 9.5)
    checks.equal(
        _mean,
        5.1,
        "The new mean of update_mean(4.0, 4, 9.5)",
        wrong=[
            (5.375, "it moved 1/4 of the way, but with the new reward there are 5"),
            (6.375, "the sum of all 5 rewards was divided by 4"),
            (4 + 5.5 / 6, "it moved 1/6 of the way, but with the new reward there are 5"),
            (6.75, "that is halfway between the old mean and the new reward; the old mean stands for 4 rewards"),
            (2.9, "it moved away from the new reward; the direction is reward - mean"),
            (5.9, "a fifth of the reward was added to the old mean; the old mean has to shrink too"),
            (2.7, "the old mean stands for 4 rewards, not for 1"),
            (9.5, "that is only the new reward"),
            (4.55, "it moved 1/10 of the way; the step gets smaller the more rewards there are"),
            (25.5, "that is the sum of all rewards; divide it by their number"),
            (5.0, "that is the new count; return the mean first")
            if checks.near(_count, 5.1)
            else (5.0, "the fraction is gone; a mean is a float"),
        ],
    )
    checks.equal(
        checks.integer(_count, "The new count of update_mean(4.0, 4, 9.5)"),
        5,
        "The new count of update_mean(4.0, 4, 9.5)",
        wrong=[(4, "the new reward counts too")],
    )
    _, _count = update(2.0, 1500, 2.0)
    checks.equal(
        _count, 1501, "The new count of update_mean(2.0, 1500, 2.0)", wrong=[(1500, "the new reward counts too")]
    )
    for old_mean in (0.0, float("nan"), float("inf")):
        _either_way = "whatever the old mean is, at count 0 it is left out; replacing nan alone is not enough"
        _mean, _count = update(old_mean, 0, 3.0)
        checks.equal(
            _mean,
            3.0,
            f"The new mean of update_mean({old_mean}, 0, 3.0)",
            wrong=[
                *([(np.nan, _either_way), (0.0, _either_way)] if old_mean == float("inf") else []),
                (0.0, "before the first reward the count is 0, and afterwards the mean is that reward"),
                (1.5, "the first reward counts fully: the old mean stands for no reward at all"),
                (np.nan, "at count 0 the old mean means nothing, so leave it out altogether: nan times 0 is still nan"),
            ],
        )
        checks.equal(checks.integer(_count, "The new count"), 1, f"The new count of update_mean({old_mean}, 0, 3.0)")


# %% test="update_mean" points=2
### BEGIN HIDDEN TESTS
@checks.hidden("update_mean")
def _test():
    rng = np.random.default_rng(1)

    def update(mean, count, reward):
        result = checks.pair(update_mean(mean, count, reward), "update_mean", "new_mean, new_count")
        return checks.number(result[0], "The new mean"), checks.integer(result[1], "The new count")

    # Single updates.
    for _ in range(60):
        _count = int(rng.choice([1, 2, 3, 7, 50, 1000, 100_000]))
        _mean, _reward = (float(x) for x in rng.normal(scale=rng.choice([1.0, 30.0]), size=2))
        want = (_mean * _count + _reward) / (_count + 1)
        new_mean, new_count = update(_mean, _count, _reward)
        checks.equal(new_mean, want, f"The new mean after a reward at count {_count}", atol=1e-4)
        checks.equal(new_count, _count + 1, f"The new count after a reward at count {_count}")
    checks.equal(update(-2.5, 3, -2.5)[0], -2.5, "The new mean after a reward equal to the mean")

    # Count 0: whatever the old mean is, the reward is the mean.
    for old in (0.0, 7.0, -3.0, np.nan, np.inf, -np.inf, 1e30, -1e30, np.float64("nan")):
        for _reward in (3.25, -0.75, 0.0):
            new_mean, new_count = update(old, 0, _reward)
            checks.equal(
                new_mean, _reward, "The mean after the first reward", hint="The old mean must play no part in it."
            )
            checks.equal(new_count, 1, "The count after the first reward")

    # Two streams of rewards, in turn.
    streams = rng.normal([3.0, -1.0], 2.0, size=(150, 2))
    state = [(np.nan, 0), (0.0, 0)]
    for t in range(len(streams)):
        for k in range(2):
            want = streams[: t + 1, k].mean()
            state[k] = update(*state[k], float(streams[t, k]))
            checks.equal(state[k][0], want, "The mean of a stream of rewards", atol=1e-4)
            checks.equal(state[k][1], t + 1, "The count of a stream of rewards")


### END HIDDEN TESTS

# %% [markdown]
# Here is one arm, pulled 1,000 times, five times over. Each line is your running mean. The shaded funnel is ±2 standard
# errors, $2/\sqrt{n}$ around the arm's value: an estimate from 25 rewards is still off by 0.2 in a typical run, and to
# halve that you need four times as many rewards.

# %% tags=["demo"]
_, ax = plt.subplots(figsize=(8, 3.6))
pulls = np.arange(1, 1001)
for run in range(5):
    rewards, mean, count, means = np.random.default_rng(run).normal(1.0, 1.0, size=1000), 0.0, 0, []
    for reward in rewards:
        mean, count = update_mean(mean, count, reward)
        means.append(mean)
    ax.plot(
        pulls, means, lw=1.2, color=palette.BLUE, alpha=0.7, label="running mean, one line a run" if run == 0 else None
    )
ax.fill_between(pulls, 1 - 2 / np.sqrt(pulls), 1 + 2 / np.sqrt(pulls), color=palette.ORANGE, alpha=0.25, lw=0)
ax.axhline(1.0, color=palette.VERMILION, ls="--", lw=1.2, label="value of the arm")
ax.set(xscale="log", xlabel="pulls", ylabel="estimated value (reward per pull)", ylim=(-1.2, 3.2))
ax.legend()
plt.show()

# %% [markdown]
# ### Exercise: `epsilon_greedy`
#
# *About 8 minutes · difficulty 2 of 3 · importance 3 of 3*
#
# The simplest compromise between exploring and exploiting is to toss a coin each time:
#
# $$\text{action} = \begin{cases} \text{any action, all equally likely} & \text{with probability } \varepsilon \\
# \text{an action of largest } q & \text{with probability } 1 - \varepsilon \end{cases}$$
#
# *In words: mostly do what looks best, and now and then do anything at all, so that nothing stays unknown for ever.*
#
# Three things to get right:
#
# - "Any action" includes the greedy one. So with $n$ actions and no ties the greedy action has probability
#   $1 - \varepsilon + \varepsilon / n$.
# - If several actions share the largest value, choose **uniformly among them**. At the start all estimates are 0, and
#   an agent that always takes the first of them tries arm 0 far more often than arm 9.
# - **Every** random number comes from `rng`, a NumPy generator (`rng.random()`, `rng.integers(n)`, `rng.choice(...)`).
#   The same generator in the same state then gives the same choice, and an experiment can be repeated.
#
# `q` is a float array `[num_actions]`, and its values may be negative; the result is the action's number, an int.
#
# **Example.** `q = [0, 9, 0, 0]` and `epsilon = 0.4`: action 1 with probability 0.6 + 0.4 / 4 = 0.7, each of the others
# with probability 0.1.
#
# Helpful:
# [`np.flatnonzero`](https://numpy.org/doc/stable/reference/generated/numpy.flatnonzero.html) (the positions where
# something is true),
# [`Generator.choice`](https://numpy.org/doc/stable/reference/random/generated/numpy.random.Generator.choice.html)
#
# <details><summary>Hint 1: a nudge</summary>
#
# Two questions, two random numbers: "do I explore?" and "which one?". What does `q == q.max()` look like?
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Draw a number between 0 and 1 and compare it with epsilon. If you explore, draw from all the actions. If not, collect
# the numbers of all actions whose value equals the maximum, and draw one of those.
# </details>


# %% exercise="epsilon_greedy"
def epsilon_greedy(rng, q, epsilon):
    """Chooses an action: usually one of the largest value, sometimes any.

    Args:
      rng: `numpy.random.Generator`, the source of every random number.
      q: estimated values, float array [num_actions].
      epsilon: how often to explore, float in [0, 1].
    Returns:
      int, the number of the action.
    """
    ### BEGIN SOLUTION
    if rng.random() < epsilon:
        return int(rng.integers(len(q)))
    best = np.flatnonzero(q == np.max(q))
    return int(best[rng.integers(len(best))])
    ### END SOLUTION


# %% check="epsilon_greedy" points=2
@checks.exercise("epsilon_greedy", seconds=40)
def _check():
    rng = np.random.default_rng(0)

    def count(q, epsilon, calls=1200):
        """How often each action comes in that many calls."""
        actions = [epsilon_greedy(rng, np.array(q), epsilon) for _ in range(calls)]
        actions = [checks.integer(action, f"epsilon_greedy(rng, {q}, {epsilon})") for action in actions]
        checks.that(
            set(actions) <= set(range(len(q))),
            f"There are {len(q)} actions, 0 to {len(q) - 1}, but the actions chosen were {sorted(set(actions))}.",
        )
        return np.bincount(actions, minlength=len(q))

    action = epsilon_greedy(rng, np.array([-3.0, -1.0, -2.0]), 0.0)
    checks.that(
        not np.array_equal(action, -1.0),
        "epsilon_greedy(rng, [-3.0, -1.0, -2.0], 0.0) is the largest value; return the number of its action.",
    )
    greedy = count([-3.0, -1.0, -2.0], 0.0, 100)
    checks.that(
        greedy[0] < 100, "With q = [-3, -1, -2] and epsilon 0, action 0 came every time: -3 is largest in size alone."
    )
    checks.that(
        greedy[1] == 100 or count([-300.0, -100.0, -200.0], 0.0, 100)[1] < 100,
        "With epsilon 0 an action other than the best comes now and then, more often the closer its value is, as from "
        "softmax. Without exploring, always choose the best.",
    )
    checks.that(
        greedy[1] == 100 or count([0.0, 0.0, 9.0], 1.0, 100)[2] < 100,
        "With epsilon 0 it still explores. Epsilon is how often it explores, not how often it is greedy.",
    )
    checks.that(
        greedy[1] == 100, "With epsilon 0 it still explores. How often depends on `epsilon`, and at 0 it is never."
    )
    _ones = [count(list(np.eye(4)[a]), 1.0, 10) for a in range(4)]
    checks.that(
        max(map(max, _ones)) < 10 or any(not np.array_equal(_ones[0], other) for other in _ones),
        "With epsilon 1 the same action comes in every call, whatever q is. A generator that is made anew in each call "
        "starts from scratch; draw from `rng`.",
    )
    for close, sentence in (
        ([1.0049, 1.0051], "is noise added to q? Find all the actions of the largest value, and draw one of them"),
        ([1.0001, 1.0003], "is q rounded? Compare the values as they are"),
    ):
        checks.that(
            count(close, 0.0, 40)[1] == 40,
            f"With q = {close} and epsilon 0, action 0 came, though this is not a tie: {sentence}.",
        )

    ties = count([2.0, 5.0, 5.0, 1.0, 5.0], 0.0)
    checks.that(ties[[0, 3]].sum() == 0, "With epsilon 0 and q = [2, 5, 5, 1, 5], an action came that is not the best.")
    checks.that(
        ties[1] < 1200 and ties[4] < 1200,
        f"With q = [2, 5, 5, 1, 5] the {'first' if ties[1] else 'last'} of the three best actions came every time"
        f"{' (np.argmax always takes the first)' if ties[1] else ''}. Choose among all of them.",
    )
    for _action in (1, 2, 4):
        checks.frequency(
            ties[_action],
            1200,
            1 / 3,
            f"With q = [2, 5, 5, 1, 5] and epsilon 0, action {_action} has the wrong share.",
        )

    _any = count([0.0, 0.0, 9.0, 0.0], 1.0)
    checks.that(
        _any[2] > 0,
        "With epsilon 1 the greedy action never comes. Exploring means any action at all, the greedy one included.",
    )
    checks.that(_any[2] < 1200, "With epsilon 1 it should always explore, but only the greedy action came.")
    checks.that(
        _any[3] > 0, "With epsilon 1 the last action never comes. rng.integers(n) leaves out n itself, not n - 1."
    )
    for _action in range(4):
        checks.frequency(_any[_action], 1200, 1 / 4, f"With epsilon 1, action {_action} of 4 has the wrong share.")

    mixed = count([0.0, 9.0, 0.0, 0.0], 0.4)
    checks.that(
        np.all(mixed > 0),
        f"With q = [0, 9, 0, 0] and epsilon 0.4, the 4 actions came {mixed} times, but each should come. "
        "Do you use one random number for two decisions?",
    )
    for _action, share in enumerate([0.1, 0.7, 0.1, 0.1]):
        checks.frequency(
            mixed[_action],
            1200,
            share,
            f"With q = [0, 9, 0, 0] and epsilon 0.4, action {_action} has the wrong share.",
        )

    checks.frequency(
        400 - count([0.0, 9.0, 0.0, 0.0], 0.01, 400)[1],
        400,
        0.0075,
        "With 4 actions and epsilon 0.01, others than the best come too often or too seldom. Compare epsilon with "
        "rng.random(), which may be any fraction.",
    )
    _q = np.array([1.0, 3.0, 3.0, 2.0])
    generators = np.random.default_rng(7), np.random.default_rng(7)
    runs = [[int(epsilon_greedy(generator, _q, 0.5)) for _ in range(100)] for generator in generators]
    checks.unchanged(np.array([1.0, 3.0, 3.0, 2.0]), _q, "q")
    checks.that(
        runs[0] == runs[1],
        "Two generators with the same seed led to different actions. Draw every random number from the `rng` that was "
        "passed in, not from np.random, random or a generator of your own.",
    )


# %% test="epsilon_greedy" points=4
### BEGIN HIDDEN TESTS
@checks.hidden("epsilon_greedy", seconds=50)
def _test():

    def count(rng, q, epsilon, calls):
        """How often each action comes in that many calls."""
        before, counts = q.copy(), np.zeros(len(q), int)
        for _ in range(calls):
            action = checks.integer(epsilon_greedy(rng, q, epsilon), "The action")
            checks.that(0 <= action < len(q), f"The action is not one of 0 to {len(q) - 1}.")
            counts[action] += 1
        checks.unchanged(before, q, "q")
        return counts

    _rng = np.random.default_rng(3)
    # Never exploring: only the best, wherever it stands, whatever its sign, however close the second.
    for _q in (
        [5.0, 1.0, 2.0],
        [-1.0, -0.5, -0.25],
        [0.0, -1.0],
        [-2.0],
        [0.5, 0.5001, 0.5],
        [-1e6, -1e3],
        [0.0, 1e-4, 0.0],
    ):
        for _type in (np.float64, np.float32):
            counts = count(_rng, np.array(_q, _type), 0.0, 25)
            checks.that(counts[int(np.argmax(_q))] == 25, "With epsilon 0 and a single best action, another one came.")

    # Shares: of the best ones, and of all others.
    for _q, _epsilon, _calls in [
        ([-1.0, -1.0, -4.0, -1.0, -3.0, -2.0], 0.3, 1200),  # three of six share the first place
        ([0.0, 0.0], 0, 300),  # all tied, an int for epsilon
        ([3.0, 7.0], 0.5, 500),
        ([2.0, 1.0, 0.0], 1, 500),
        ([0.0, 0.0, 0.0, 0.0, 0.0], np.float64(0.6), 700),
        ([1.0, 2.0, 3.0, 4.0, 5.0], 0.8, 1200),
        ([0.0, 1.0, 0.0, 0.0], 0.04, 1500),
    ]:
        _q = np.array(_q)
        best = _q == _q.max()
        shares = (1 - _epsilon) * best / best.sum() + _epsilon / len(_q)
        counts = count(_rng, _q, _epsilon, _calls)
        for action in range(len(_q)):
            checks.frequency(
                counts[action],
                _calls,
                float(shares[action]),
                f"With {len(_q)} actions, {best.sum()} of them tied for the best, and epsilon {_epsilon}, an action's "
                "share is wrong.",
            )

    # Every draw comes from rng.
    _q = np.array([0.0, 2.0, 1.0, 2.0, 2.0, -1.0])
    for _epsilon in (0.0, 0.5, 1.0):
        runs = []
        for seed in (11, 11, 12):
            _rng = np.random.default_rng(seed)
            runs.append([int(epsilon_greedy(_rng, _q, _epsilon)) for _ in range(80)])
        checks.that(
            runs[0] == runs[1],
            "Two generators in the same state led to different actions. Draw everything from `rng`.",
        )
        checks.that(runs[0] != runs[2], "Generators with different seeds led to the same actions. Use `rng`.")


### END HIDDEN TESTS

# %% [markdown]
# Now both together: 200 different bandits, 1,000 pulls each, with three values of epsilon. Every line is an average
# over the 200 runs (smoothed over 20 pulls). This reproduces Figure 2.2 of Sutton & Barto's book with your code.
#
# Look at three things: how fast the lines rise, where they end, and which of them has not finished rising. The greedy
# one settles early on an arm that was lucky once. Which epsilon would you choose for 100 pulls, and which for 100,000?


# %% tags=["demo"]
def play_bandit(rng, rewards, epsilon):
    """Plays one bandit.

    Args:
      rng: NumPy generator for the agent.
      rewards: what each arm would pay at each step, [T, num_arms]; the agent sees only what it pulls.
      epsilon: float.
    Returns:
      The arms that were pulled, int [T].
    """
    num_steps, num_arms = rewards.shape
    q, counts, arms = np.zeros(num_arms), np.zeros(num_arms, int), np.zeros(num_steps, int)
    for t in range(num_steps):
        arms[t] = arm = epsilon_greedy(rng, q, epsilon)
        q[arm], counts[arm] = update_mean(q[arm], counts[arm], rewards[t, arm])
    return arms


values, rewards = map(np.stack, zip(*map(draw_bandit, jax.random.split(jax.random.key(0), 200)), strict=True))
_, axes = plt.subplots(1, 2, figsize=(11, 4))
for epsilon, colour, style in [(0.0, palette.VERMILION, ":"), (0.01, palette.GREEN, "--"), (0.1, palette.BLUE, "-")]:
    rng = np.random.default_rng(1)
    arms = np.stack(
        [play_bandit(rng, run, epsilon) for run in tqdm(rewards, desc=f"epsilon {epsilon}", unit="bandits")]
    )
    received = np.take_along_axis(rewards, arms[..., None], axis=-1)[..., 0].mean(axis=0)
    best = 100 * (arms == values.argmax(axis=1)[:, None]).mean(axis=0)
    for ax, line in zip(axes, (received, best), strict=True):
        smooth = plotting.moving_average(line, 20)
        ax.plot(np.arange(1, 1001), smooth, color=colour, ls=style, lw=2, label=f"epsilon {epsilon:g}")
axes[0].axhline(values.max(axis=1).mean(), color=palette.GREY, lw=1)
axes[0].annotate(
    "always the best arm", (1000, values.max(axis=1).mean()), (0, -12), textcoords="offset points", ha="right"
)
axes[0].set(xlabel="pulls", ylabel="mean reward", ylim=(0, 1.7))
axes[1].set(xlabel="pulls", ylabel="pulls of the best arm (%)", ylim=(0, 100))
axes[1].legend(loc="upper left")
plt.show()

# %% [markdown]
# ## 2. Many states: values and the Bellman equation
#
# In a maze, what you do now decides where you are next, so an action is worth more than the reward it pays immediately.
# Here is one, the maze of Sutton & Barto's Example 8.1: from S to the goal G, around dark walls, with actions 0 up, 1
# right, 2 down, 3 left. Entering the goal pays 1 and ends the episode; every other step pays 0. To make it interesting,
# the floor is slippery: one step in five goes astray, to the left or right of where it was meant to go.
#
# A world like this, with finitely many states and actions, is described completely by two arrays:
#
# | array | shape | meaning |
# |---|---|---|
# | `P[s, a, s']` | `[S, A, S]` | the probability that action `a` in state `s` leads to state `s'` |
# | `R[s, a]` | `[S, A]` | the reward that action `a` in state `s` pays, on average |
#
# States are the cells, numbered row by row. The end of an episode is a state too, one that nobody leaves and that pays
# nothing: the goal.

# %%
maze = GridWorld(slip=0.2)
P, R = maze.P, maze.R
print(f"P has shape {P.shape}, R has shape {R.shape}: {maze.num_states} states, {maze.num_actions} actions.")
print("Going right from the start, cell 18:", {s: round(p, 2) for s, p in enumerate(P[18, 1].tolist()) if p > 0})
plotting.plot_values(None, grid=maze)
plt.show()

# %% [markdown]
# Two tables say how good things are:
#
# - **state values** $v_*(s)$: the largest expected discounted return that any policy can get from state $s$ on,
# - **action values** $q_*(s, a)$: the same, if the first action is $a$ and everything after it is as good as possible.
#
# Each follows from the other:
#
# $$v_*(s) = \max_a q_*(s, a) \qquad\qquad q_*(s, a) = R(s, a) + \gamma \sum_{s'} P(s' \mid s, a)\, v_*(s')$$
#
# *In words: a state is worth as much as its best action. An action is worth the reward it pays now, plus the discounted
# value of where it leads, averaged over where it may lead.* Put the second into the first and you have the **Bellman
# optimality equation**,
#
# $$v_*(s) = \max_a \Bigl[ R(s, a) + \gamma \sum_{s'} P(s' \mid s, a)\, v_*(s') \Bigr],$$
#
# one equation for each state. And once you have $q_*$, you need not plan any more: the policy $\arg\max_a q_*(s, a)$ is
# optimal. Looking one step ahead is enough, because the values have already looked further.

# %% [markdown]
# ### Exercise: `bellman_backup`
#
# *About 5 minutes · difficulty 1 of 3 · importance 3 of 3*
#
# Write the step from `v` to `Q`, for all states and actions at once and for *any* table `v`, right or wrong:
#
# $$Q(s, a) = R(s, a) + \gamma \sum_{s'} P(s' \mid s, a)\, v(s')$$
#
# *In words: what the action pays now, plus gamma times the average of what the next states are worth, each weighted by
# how likely it is.*
#
# `P` has shape `[S, A, S]` (the last axis is the next state), `R` has `[S, A]`, `v` has `[S]`, and the result is a new
# array `[S, A]`. The arguments stay as they are.
#
# **Example.** $\gamma = 0.9$; an action pays 1 and leads to a state worth 10 with probability 0.2 and to one worth 20
# with probability 0.8. It is worth 1 + 0.9 · (0.2 · 10 + 0.8 · 20) = 17.2.
#
# Helpful:
# [`np.matmul`](https://numpy.org/doc/stable/reference/generated/numpy.matmul.html) or
# [`np.einsum`](https://numpy.org/doc/stable/reference/generated/numpy.einsum.html)
#
# <details><summary>Hint 1: a nudge</summary>
#
# Which axis of `P` disappears in the sum, and which array has only that axis?
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Three nested loops over s, a and s' are a correct answer. There is a shorter one: for fixed s and a, the sum is the
# dot product of `P[s, a]` with `v`, and a matrix product does that for all s and a in one go.
# </details>


# %% exercise="bellman_backup"
def bellman_backup(P, R, v, gamma):
    """Looks one step ahead from every state, with every action.

    Args:
      P: transition probabilities, float [S, A, S], the next state last.
      R: expected rewards, float [S, A].
      v: what the next states are worth, float [S].
      gamma: discount in [0, 1].
    Returns:
      The action values Q, float [S, A].
    """
    ### BEGIN SOLUTION
    return R + gamma * (P @ v)
    ### END SOLUTION


# %% check="bellman_backup" points=1
@checks.exercise("bellman_backup")
def _check():
    # Two states and three actions.
    P = np.array([[[1.0, 0.0], [0.2, 0.8], [0.0, 1.0]], [[0.5, 0.5], [0.9, 0.1], [0.0, 1.0]]])
    R = np.array([[0.0, 1.0, -1.0], [2.0, 0.0, 0.5]])
    v = np.array([10.0, 20.0])
    checks.equal(
        bellman_backup(P.copy(), R.copy(), v.copy(), 0.9),
        [[9.0, 17.2, 17.0], [15.5, 9.9, 18.5]],
        "bellman_backup(P, R, [10, 20], 0.9)",
        wrong=[
            ([[10.0, 19.0, 19.0], [17.0, 11.0, 20.5]], "gamma was never used"),
            ([[9.0, 17.1, 17.1], [15.3, 9.9, 18.45]], "gamma discounts the future only; the reward is paid now"),
            ([[9.0, 16.2, 18.0], [13.5, 9.9, 18.0]], "the rewards are missing"),
            ([[9.0, 10.0, 8.0], [20.0, 18.0, 18.5]], "what counts is the value of the next state, not of this one"),
            ([[9.0, 19.0, 17.0], [11.0, 9.0, 18.5]], "only the likeliest next state was looked at; average over all"),
            ([[9.0, 15.4, 17.0], [11.0, 8.1, 18.5]], "take the sum over the next states, not the largest term"),
            (
                [[4.5, 9.1, 8.0], [8.75, 4.95, 9.5]],
                "the probabilities are the weights: sum over s', do not take the mean",
            ),
            ([[27.0, 28.0, 26.0], [29.0, 27.0, 27.5]], "P was never used: weight each next state by its probability"),
            ([[13.5, 14.5, 12.5], [15.5, 13.5, 14.0]], "P was never used: weight each next state by its probability"),
            (
                [[18.0, 19.0, -1.0], [11.0, 9.0, 27.5]],
                "the next state is the last axis of P; the sum went over the first",
            ),
            ([17.2, 18.5], "those are state values; this function returns Q, before the maximum over actions"),
            ([[9.0, 15.5], [17.2, 9.9], [17.0, 18.5]], "the axes are swapped: states first, actions second"),
            ([[9.0, 17.0, 17.0], [15.0, 9.0, 18.0]], "the fractions are gone; values are floats"),
            ([[9.0, 17.2, 17.0], [2.0, 0.0, 0.5]], "the last state has a future like any other"),
        ],
        hint="Go through one entry by hand: Q[0, 1] = R[0, 1] + 0.9 · (P[0, 1, 0] · v[0] + P[0, 1, 1] · v[1]).",
    )
    checks.equal(
        bellman_backup(P.copy(), R.copy(), v.copy(), 0.5),
        [[5.0, 10.0, 9.0], [9.5, 5.5, 10.5]],
        "bellman_backup(P, R, [10, 20], 0.5)",
        wrong=[([[9.0, 17.2, 17.0], [15.5, 9.9, 18.5]], "gamma is 0.9 in your code, whatever comes in")],
    )
    arguments = (P.copy(), R.copy(), v.copy())
    bellman_backup(*arguments, 0.9)
    for name, before, after in zip("PRv", (P, R, v), arguments, strict=True):
        checks.unchanged(before, after, name)


# %% test="bellman_backup" points=3
### BEGIN HIDDEN TESTS
@checks.hidden("bellman_backup")
def _test():
    rng = np.random.default_rng(5)
    for S, A in [(4, 3), (3, 4), (3, 3), (5, 1), (1, 2), (2, 6), (7, 2)]:
        for gamma in (0.0, 0.5, 0.97, 1.0):
            P = rng.dirichlet(np.full(S, 0.4), size=(S, A))
            P[0, 0] = np.eye(S)[-1]  # one transition without chance
            R, v = rng.normal(size=(S, A)), rng.normal(scale=3.0, size=S)
            want = np.array(
                [[R[s, a] + gamma * sum(P[s, a, n] * v[n] for n in range(S)) for a in range(A)] for s in range(S)]
            )
            before, arguments = (P.copy(), R.copy(), v.copy()), (P, R, v)
            what = f"Q for {S} states, {A} actions and gamma {gamma}"
            got = checks.array(bellman_backup(*arguments, gamma), what, shape=(S, A), dtype="float")
            checks.equal(got, want, what, atol=3e-5)
            for name, old, new in zip("PRv", before, arguments, strict=True):
                checks.unchanged(old, new, name)
    arguments = tuple(x.astype(np.float32) for x in arguments)
    checks.equal(bellman_backup(*arguments, 1.0), want, "Q from float32 arrays", atol=3e-5)


### END HIDDEN TESTS

# %% [markdown]
# Here are two backups in the slippery maze, starting from a table that knows nothing (all zeros). After the first, only
# the cell below the goal knows something: it is one step away from the reward. After the second, its neighbour has
# heard of it. The bars show Q of these two cells after the second backup. Up is best in both. But why is left in cell
# (1, 8), into the wall, not worthless?

# %% tags=["demo"]
v_1 = np.max(bellman_backup(P, R, np.zeros(maze.num_states), 0.9), axis=1)
q_2 = np.asarray(bellman_backup(P, R, v_1, 0.9))
_, ax = plt.subplots(figsize=(7, 3.4))
for place, (row, colour, hatch) in enumerate([(1, palette.BLUE, ""), (2, palette.SKY, "//")]):
    heights = q_2[row * 9 + 8]
    bars = ax.bar(np.arange(4) + 0.4 * place, heights, 0.36, color=colour, hatch=hatch, label=f"cell ({row}, 8)")
    ax.bar_label(bars, [f"{height:.2f}" for height in heights])
ax.set_xticks(np.arange(4) + 0.2, ["up", "right", "down", "left"])
ax.set(xlabel="action", ylabel="Q after two backups\n(discounted sum of rewards)", ylim=(0, 1))
ax.legend(title="(row, column)")
plt.show()

# %% [markdown]
# ### Exercise: `value_iteration`
#
# *About 12 minutes · difficulty 2 of 3 · importance 2 of 3*
#
# The Bellman equation says what $v_*$ has to satisfy; it also says how to find it. Start with $v_0 = 0$ and use the
# right-hand side as an assignment, again and again:
#
# $$v_{k+1}(s) = \max_a Q_k(s, a), \qquad Q_k = \text{the Bellman backup of } v_k$$
#
# *In words: replace every state's value by the value of its best action, as judged by the values so far.* One pass over
# all states is a **sweep**. Stop after the first sweep in which no state's value changed by `tol` or more, that is,
# when
#
# $$\max_s \bigl| v_{k+1}(s) - v_k(s) \bigr| < \text{tol}.$$
#
# Return `(v, policy)`: the values `[S]` and, for each state, an action that is best according to them, an **int** array
# `[S]`. Among equally good actions any will do.
#
# You may call `bellman_backup`. (This exercise is judged on its own: while it is checked, a correct backup stands in
# for yours.)
#
# **Example.** One state, one action that pays 1 and leads back to it, $\gamma = 0.5$: the values are 0, 1, 1.5, 1.75,
# ..., and they approach 1 / (1 - 0.5) = 2.
#
# Helpful:
# [`np.max`](https://numpy.org/doc/stable/reference/generated/numpy.max.html) and
# [`np.argmax`](https://numpy.org/doc/stable/reference/generated/numpy.argmax.html) with their `axis` argument
#
# <details><summary>Hint 1: a nudge</summary>
#
# To know how much a sweep has changed, you need the values from before and after it at the same time. And when all
# rewards are negative, in which direction do the values move?
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# A `while True` loop: back up, take the maximum over the actions, compare the new values with the old ones in absolute
# terms, replace the old ones, and leave the loop once the largest difference is small. The policy needs to be computed
# only once, at the end, with the argmax of the same axis.
# </details>


# %% exercise="value_iteration"
def value_iteration(P, R, gamma, tol=1e-6):
    """Finds optimal values and an optimal policy of a known world.

    Args:
      P: transition probabilities, float [S, A, S].
      R: expected rewards, float [S, A].
      gamma: discount in [0, 1].
      tol: stop when no value changes by this much or more in a sweep, float > 0.
    Returns:
      `(v, policy)`: float [S] and int [S].
    """
    ### BEGIN SOLUTION
    v = np.zeros(len(R))
    while True:
        new_v = bellman_backup(P, R, v, gamma).max(axis=1)
        change = np.max(np.abs(new_v - v))
        v = new_v
        if change < tol:
            return v, bellman_backup(P, R, v, gamma).argmax(axis=1)
    ### END SOLUTION


# %% check="value_iteration" points=2
def _backup_without_chance(P, R, v, gamma):
    """Stands in for your bellman_backup in this check; only right in worlds where nothing is left to chance."""
    return R + gamma * (v if hasattr(v, "shape") else np.array(v))[P.argmax(axis=-1)]


@checks.exercise("value_iteration", given={"bellman_backup": _backup_without_chance})
def _check():

    def solve(*arguments, **keywords):
        return checks.pair(value_iteration(*arguments, **keywords), "value_iteration", "v, policy")

    # Four places in a row, the last one is home. Action 0 stays (pays -1), action 1 walks on (pays -2). Home is free.
    _P, _R = np.zeros((4, 2, 4)), np.array([[-1.0, -2.0], [-1.0, -2.0], [-1.0, -2.0], [0.0, 0.0]])
    for s in range(4):
        _P[s, 0, s] = _P[s, 1, min(s + 1, 3)] = 1.0
    before = (_P.copy(), _R.copy())
    _v, policy = solve(_P, _R, 0.9)
    checks.unchanged(before[0], _P, "P")
    checks.unchanged(before[1], _R, "R")

    def alone(pay):
        """The value of a single place that pays this much in each step, with gamma 0.5: 2 * pay."""
        return np.ravel(solve(np.ones((1, 1, 1)), np.array([[pay]]), 0.5)[0])[:1].tolist()

    early = "it stopped after one sweep: compare state by state, and go on while any state, not just one, still changes"
    stopped = checks.near(_v, [-1.0, -1.0, -1.0, 0.0], atol=1e-3)
    if stopped and alone(1.0) == [1.0]:
        early = "it stops after one sweep, whatever happens; go on until the largest absolute change is below tol"
    elif stopped and alone(-1.0) == [-1.0]:
        early = "it stopped after one sweep, because values fall here; look at the absolute change, without its sign"
    checks.equal(
        _v,
        [-5.42, -3.8, -2.0, 0.0],
        "The values on the way home, value_iteration(P, R, 0.9)[0],",
        atol=1e-3,
        wrong=[
            ([-1.0, -1.0, -1.0, 0.0], early),
            ([-1.9, -1.9, -1.9, 0.0], "it stopped as soon as the policy stayed the same; the values still moved"),
            ([0.0, 0.0, 0.0, 0.0], "it stopped before the first sweep, or returned the values from before it"),
            ([-6.0, -4.0, -2.0, 0.0], "gamma was never used"),
            ([-11.9, -11.0, -10.0, 0.0], "take the best action in each state, the maximum, not the minimum"),
            ([-2730.0, -300.0, -30.0, 0.0], "take the maximum over the actions, not their sum"),
            (
                [-6.784373, -4.958678, -2.727273, 0.0],
                "take the maximum over the actions; their mean is the value of a policy that acts at random",
            ),
            ([1.0, 1.0, 1.0, 0.0], "that is the policy; return the values first"),
            ([1.0, 1.0, 1.0, 1.0], "that is the policy; return the values first"),
            ([-10.0, -10.0, -10.0, 0.0], "that is what staying for ever costs; take the maximum over the actions"),
        ],
    )
    policy = checks.array(policy, "The policy", shape=(4,))
    checks.equal(
        policy[:3],
        [1, 1, 1],
        "The policy in the first three places",
        wrong=[
            ([0, 0, 0], "staying is cheaper now, but what counts is R plus gamma times the value of where it leads"),
            ([2, 2, 2], "the actions are numbered from 0"),
            ([-5.42, -3.8, -2.0], "those are values; return the number of the best action, with argmax"),
        ],
    )
    checks.array(policy, "The policy", dtype="int")

    # One place where you stay for ever and are paid 1 each time: worth 1 / (1 - 0.99) = 100.
    _v, _ = solve(np.ones((1, 2, 1)), np.array([[1.0, 0.5]]), 0.99, tol=1e-3)
    checks.equal(
        _v,
        [100.0],
        "The value of 1 a step for ever with gamma 0.99 and tol=1e-3",
        atol=0.101,
        wrong=[([91.03714], "the change was taken in proportion to the values; compare it with `tol` as it is")],
        hint="It stopped too early, or after a fixed number of sweeps. Go on until the largest change is below tol.",
    )
    solve(*before, 0.0)

    # Ten places where you stay for ever. The first one pays 1, the second one costs 1, the others are free.
    _pay = np.zeros(10)
    _pay[:2] = 1.0, -1.0
    _v, _ = solve(np.eye(10)[:, None], _pay[:, None], 0.99, tol=1e-3)
    checks.equal(
        _v,
        100.0 * _pay,
        "The values of ten places, of which two pay 1 and -1 for ever, with gamma 0.99 and tol=1e-3,",
        atol=0.101,
        wrong=[(_pay, "the changes were added up, and 1 and -1 cancel; take the largest absolute one")],
        hint="Eight places that have settled do not make up for two that have not: take the largest, not the mean.",
    )
    after = lambda sweeps: [500.0 * (1.0 - 0.99**sweeps)]
    _v, _ = solve(np.ones((1, 1, 1)), np.array([[5.0]]), 0.99, tol=1e-6)
    checks.equal(
        _v,
        [500.0],
        "The value of 5 a step for ever with gamma 0.99 and tol=1e-6",
        rtol=0.0,
        atol=3e-3,  # float32 comes no closer
        wrong=[
            (after(849), "it stopped at a change of 1e-3; use `tol` as it comes in"),
            (after(689), "np.allclose also tolerates a change in proportion to the values; compare with `tol` alone"),
            (after(918), "the change was taken in proportion to the values; compare it with `tol` as it is"),
            (after(1_000), "it gave up after 1,000 sweeps; go on until the largest change is below tol"),
        ],
        hint="Go on until the largest change is below tol.",
    )


# %% test="value_iteration" points=4
### BEGIN HIDDEN TESTS
def _reference_backup(P, R, v, gamma):
    return R + gamma * (P @ v)


@checks.hidden("value_iteration", given={"bellman_backup": _reference_backup}, seconds=50)
def _test():

    def judge(what, P, R, gamma, **keywords):
        """The values' Bellman residual is below tol; the policy is greedy for values within tol of them."""
        before, _tol = (P.copy(), R.copy()), keywords.get("tol", 1e-6)
        result = value_iteration(P, R, gamma, **keywords)
        checks.unchanged(before[0], P, "P")
        checks.unchanged(before[1], R, "R")
        result = checks.pair(result, "value_iteration", "v, policy")
        _v = checks.array(result[0], f"v {what}", shape=(len(R),), dtype="float").astype(np.float64)
        policy = checks.array(result[1], f"The policy {what}", shape=(len(R),), dtype="int")
        checks.that(bool(np.all(np.isfinite(_v))), f"v {what} holds nan or infinity.")
        q = R + gamma * np.einsum("ijk,k->ij", P, _v)
        slack = 1e-6 + 2e-6 * max(np.abs(_v).max(), np.abs(R).max())  # v may have been computed in float32
        checks.that(
            bool(np.abs(q.max(axis=1) - _v).max() < _tol + slack),
            f"v {what} does not satisfy the Bellman equation: one more sweep would change a value by more than tol.",
        )
        checks.that(bool(policy.min() >= 0 and policy.max() < R.shape[1]), f"The policy {what} holds unknown actions.")
        regret = q.max(axis=1) - q[np.arange(len(R)), policy]
        checks.that(
            bool(regret.max() <= 2 * _tol + 2 * slack),
            f"The policy {what} does not choose the best action everywhere.",
        )

    rng = np.random.default_rng(8)

    def world(S, A, low, high, concentration=0.5):
        return rng.dirichlet(np.full(S, concentration), size=(S, A)), rng.uniform(low, high, size=(S, A))

    judge("in a random world", *world(6, 3, -0.1, 0.1), 0.9)
    judge("in a second random world", *world(6, 3, -0.1, 0.1, 0.1), 0.8)
    judge("when all rewards are negative", *world(6, 3, -1.0, -0.1), 0.95, tol=1e-3)
    judge("when all rewards are positive", *world(6, 3, 0.1, 1.0), 0.95, tol=1e-3)
    judge("with gamma 0", *world(6, 3, -1.0, 1.0), 0.0)
    judge("with large rewards", *world(6, 3, -100.0, 50.0), 0.9, tol=0.01)
    judge("with a large tol", *world(6, 3, -1.0, 1.0), 0.9, tol=0.3)
    judge("without any rewards", world(6, 3, 0.0, 1.0)[0], np.zeros((6, 3)), 0.9)
    judge("with more actions than states", *world(2, 5, -0.3, 0.1), 0.7)
    judge("with a single state and action", np.ones((1, 1, 1)), np.array([[-0.2]]), 0.8)
    judge("with gamma near 1", *world(2, 2, 0.003, 0.005), 0.995)

    # One slow state among states where nothing happens: the largest change counts, in whatever place it stands.
    for slow in (0, 3, 5):
        _P, _R = np.repeat(np.eye(6)[:, None], 3, axis=1), np.zeros((6, 3))
        _R[slow] = [-1.0, -2.0, -1.5]
        judge("when only one state's value changes", _P, _R, 0.9, tol=0.01)
    # One value rises as much as another falls: changes do not cancel.
    _P, _R = np.repeat(np.eye(4)[:, None], 2, axis=1), np.array([[1.0, 0.0], [0.0, 0.0], [-1.0, -2.0], [0.0, -1.0]])
    judge("when one value rises as another falls", _P, _R, 0.9, tol=0.01)
    # A reward far away: for several sweeps hardly anything happens.
    for order in (1, -1):
        _P, _R = np.zeros((6, 3, 6)), np.zeros((6, 3))
        for s in range(6):
            _P[s, 0, s] = _P[s, 1, max(s - 1, 0)] = _P[s, 2, min(s + 1, 5)] = 1.0
        _R[4, 2], _P[5] = 1.0, np.eye(6)[5]
        judge("when the only reward is far away", _P[::order, :, ::order].copy(), _R[::order].copy(), 0.9)
    # A small reward now against a large one later.
    _R[0, 0] = 0.02
    judge("when patience pays", _P[::-1, :, ::-1].copy(), _R[::-1].copy(), 0.9)


### END HIDDEN TESTS

# %% [markdown]
# Here is the maze again, sweep by sweep, with $\gamma = 0.9$ (walls are dark, numbers are values). Knowledge of the
# reward spreads from the goal by one cell per sweep and never jumps, because a backup looks only one step ahead. The
# last picture shows the values and the policy from your `value_iteration`. Nobody planned a path, and yet the arrows
# lead from every cell to the goal.

# %% tags=["demo"]
v, sweeps = np.zeros(maze.num_states), {}
for k in range(17):
    sweeps[k] = v
    v = np.asarray(bellman_backup(P, R, v, 0.9)).max(axis=1)
final_v, policy = value_iteration(P, R, 0.9)
figure, axes = plt.subplots(3, 2, figsize=(12, 12))
for ax, k in zip(axes.flat, [1, 2, 4, 8, 16], strict=False):
    plotting.plot_values(sweeps[k], grid=maze, limits=(0, 1), ax=ax).set_title(f"after {k} sweep{'s' if k > 1 else ''}")
plotting.plot_values(final_v, policy, grid=maze, limits=(0, 1), ax=axes.flat[-1]).set_title(
    "until the changes are below tol"
)
for ax in axes.flat:
    ax.label_outer()
plt.show()

# %% [markdown]
# **Why does it converge?** Because a sweep is a *contraction*: whatever two tables you start from, one sweep brings
# them closer together, by at least the factor $\gamma$,
#
# $$\max_s \bigl|v_{k+1}(s) - v_*(s)\bigr| \;\le\; \gamma\, \max_s \bigl|v_k(s) - v_*(s)\bigr|.$$
#
# *In words: after each sweep, the worst error is at most gamma times what it was.* (The table $v_*$ is the one that a
# sweep does not change.) So the error after $k$ sweeps is at most $\gamma^k$ times the error at the start: a straight
# line on a logarithmic axis. Below, the dashed lines are that bound and the solid ones are your errors: never above it,
# and far below once news of the goal has reached every cell, because in this maze most walks end soon. A gamma close to
# 1 means looking far ahead, and paying for it with many sweeps. It also means that a small *change* may hide a larger
# *error*: all you know after stopping is that the error is below $\text{tol} / (1 - \gamma)$.

# %% tags=["demo"]
_, ax = plt.subplots(figsize=(8, 4.4))
for gamma, colour, marker in [(0.8, palette.GREEN, "s"), (0.9, palette.BLUE, "o"), (0.97, palette.VERMILION, "^")]:
    v, history = np.zeros(maze.num_states), []
    for _ in range(800):
        history.append(v)
        v = np.asarray(bellman_backup(P, R, v, gamma)).max(axis=1)
    errors = np.abs(np.stack(history[:61]) - v).max(axis=1)  # after 800 sweeps, v is as good as exact
    ax.semilogy(errors, color=colour, marker=marker, markevery=10, lw=2, label=f"error, gamma {gamma:g}")
    ax.semilogy(errors[0] * gamma ** np.arange(61), "--", color=colour, lw=1.2, label=f"bound {gamma:g}$^k$")
ax.set(xlabel="sweeps k", ylabel="largest error of any state's value", ylim=(1e-5, 2))
ax.legend(ncols=3, loc="upper center", bbox_to_anchor=(0.5, 1.18))
plt.show()

# %% [markdown]
# ## 3. Without a map: learning from steps
#
# Value iteration needs `P` and `R`. Usually nobody has them: all you have is steps, (s, a, r, s'). One step says little
# about the sum in the Bellman equation, but it is a *sample* of it: $r + \gamma \max_{a'} q(s', a')$ is, on average
# over what may happen, exactly the right-hand side for $q(s, a)$. And averaging over samples is what you did for the
# bandit: move the estimate a little towards each new one,
#
# $$q(s, a) \leftarrow q(s, a) + \alpha\, \delta, \qquad
# \delta = \underbrace{r + \gamma \max_{a'} q(s', a')}_{\text{target}} - q(s, a)$$
#
# *In words: move the entry by a fraction $\alpha$ (the step size) of the way to the target.* The difference $\delta$ is
# the **temporal-difference error** (TD error): how much one step of reality surprised the table. This is
# **Q-learning**. Two remarks:
#
# - The target contains the table's own estimate for $s'$. Learning a guess from a guess is called **bootstrapping**.
# - If the task **terminated** with this step (goal reached, pole fallen), there is no future, and the target is $r$
#   alone. If the episode was merely **truncated** (the clock ran out), the future would have had value, and the target
#   keeps it. So the update needs only `terminated`; the loop around it ends the episode for either.

# %% [markdown]
# ### Exercise: `q_learning_update`
#
# *About 6 minutes · difficulty 1 of 3 · importance 3 of 3 · two-hour path*
#
# Write one step of Q-learning: return a **new** table, equal to `q` except for the entry `[s, a]`,
#
# $$q(s, a) + \alpha\,\bigl(\text{target} - q(s, a)\bigr), \qquad
# \text{target} = \begin{cases} r & \text{if terminated} \\
# r + \gamma \max_{a'} q(s', a') & \text{otherwise.} \end{cases}$$
#
# *In words: the entry moves a fraction alpha of the way towards the reward plus the discounted value of the best action
# in the next state; after the end there is no next value.*
#
# `q` is a float array `[S, A]`, and it must not change. `s`, `a` and `s_next` are ints (`s_next` is a valid index even
# when the episode has ended), `terminated` is a bool or 0.0/1.0, `alpha` and `gamma` are floats in [0, 1].
#
# **Example.** q[s, a] = 5, r = 3, the row of `s_next` is [0.5, 4, 3], alpha = 0.25, gamma = 0.9. The target is 3 + 0.9
# · 4 = 6.6, and the entry becomes 5 + 0.25 · (6.6 - 5) = 5.4. If this step terminated, the target is 3 and the entry
# becomes 4.5.
#
# Helpful:
# [`np.copy`](https://numpy.org/doc/stable/reference/generated/numpy.copy.html)
#
# <details><summary>Hint 1: a nudge</summary>
#
# `new = q` gives the same table a second name. What happens to the first when you write into the second?
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Compute the target first, from the old table. Copy the table, change one entry of the copy, and return the copy.
# </details>


# %% exercise="q_learning_update"
def q_learning_update(q, s, a, r, s_next, terminated, alpha, gamma):
    """One step of Q-learning.

    Args:
      q: action values, float [S, A]; not modified.
      s, a: state and action, ints.
      r: the reward that followed, float.
      s_next: the state that followed, int, always a valid index.
      terminated: whether the task ended with this step, bool or 0.0/1.0.
      alpha: step size in [0, 1].
      gamma: discount in [0, 1].
    Returns:
      The new table, float [S, A].
    """
    ### BEGIN SOLUTION
    target = r if terminated else r + gamma * np.max(q[s_next])
    new_q = q.copy()
    new_q[s, a] += alpha * (target - q[s, a])
    return new_q
    ### END SOLUTION


# %% check="q_learning_update" points=2
@checks.exercise("q_learning_update")
def _check():
    table = np.array([[1.0, 2.0, 5.0], [0.5, 4.0, 3.0], [8.0, 6.0, 7.0]])

    def update(terminated, s_next=1):
        """One update of q[0, 2] = 5 after a reward of 3 and state 1, with alpha 0.25 and gamma 0.9: the new table."""
        q = table.copy()
        new_q = q_learning_update(q, 0, 2, 3.0, s_next, terminated, 0.25, 0.9)
        checks.unchanged(table, q, "The table q")
        new_q = checks.array(new_q, "The new table", shape=(3, 3), dtype="float")
        others = [(s, a) for s in range(3) for a in range(3) if (s, a) != (0, 2) and new_q[s, a] != table[s, a]]
        checks.that(not others, f"Only q[0, 2], the entry of s and a, should change, but these did too: {others}.")
        return new_q

    checks.equal(
        update(terminated=False)[0, 2],
        5.4,
        "q[0, 2] after q_learning_update(q, 0, 2, 3.0, 1, False, 0.25, 0.9)",
        wrong=[
            (5.0, "nothing changed: write the new value into the table that you return"),
            (6.6, "that is the target itself; go only the fraction alpha of the way"),
            (5.5, "gamma was never used"),
            (4.6, "it moved away from the target; the TD error is target - q[s, a]"),
            (6.2, "alpha is on the wrong side: it is the share of the target, and 1 - alpha is that of the old value"),
            (6.65, "alpha times the target was added; the old value belongs in the TD error: target - q[s, a]"),
            (4.5, "the value of the next state is missing; the task has not terminated here"),
            (5.325, "gamma discounts the future only; the reward is paid now"),
            (5.175, "it used the same action again in the next state; take the best one there"),
            (5.0625, "it used the mean over the actions in the next state; take the largest"),
            (4.6125, "it used the first action, or the smallest value, in the next state; take the largest"),
            (4.725, "it used the number of the best action in the next state (argmax); take its value (max)"),
            (5.625, "it used the values of s; the future starts in s_next"),
            (6.3, "it used the largest entry of the whole table; look only at the row of s_next"),
        ],
    )
    checks.equal(
        update(False, s_next=2)[0, 2],
        6.3,
        "q[0, 2] after q_learning_update(q, 0, 2, 3.0, 2, False, 0.25, 0.9)",
        wrong=[(4.5, "the last state of the table is one like any other; only `terminated` says that the task ended")],
    )
    checks.equal(
        update(False, s_next=0)[0, 2],
        5.625,
        "q[0, 2] after q_learning_update(q, 0, 2, 3.0, 0, False, 0.25, 0.9)",
        wrong=[(5.5125, "the maximum was taken after the entry had changed; take it in the old table")],
    )
    for flag in (True, 1.0):
        checks.equal(
            update(terminated=flag)[0, 2],
            4.5,
            f"q[0, 2] after q_learning_update(q, 0, 2, 3.0, 1, {flag}, 0.25, 0.9)",
            wrong=[
                (5.4, "this step terminated: there is no next value, so the target is r alone")
                if flag is True
                else (5.4, "a `terminated` of 1.0 means the same as True: `if terminated`, without `is True`"),
                (3.0, "that is the target itself; the last step, too, moves only the fraction alpha of the way"),
                (3.75, "the target of a step that terminates is r, not 0"),
                (5.0, "nothing changed: the last step is worth learning from too; its target is r"),
            ],
        )
    q = table.copy()
    checks.that(
        not np.shares_memory(q_learning_update(q, 0, 2, 3.0, 1, False, 0.0, 0.9), q),
        "With alpha = 0 you return the table that came in. Return a new one, even where nothing changes.",
    )
    checks.equal(update(terminated=0.0)[0, 2], 5.4, "The same entry when terminated is 0.0")


# %% test="q_learning_update" points=4
### BEGIN HIDDEN TESTS
@checks.hidden("q_learning_update")
def _test():
    rng = np.random.default_rng(6)
    ints = [int, np.int64, np.int32]
    flags = [bool, np.bool_, float, np.float32]

    for i in range(120):
        S, A = [(5, 3), (3, 5), (1, 1), (2, 4), (6, 2)][i % 5]
        before = rng.normal(scale=2.0, size=(S, A)).astype(np.float32 if i % 7 == 6 else np.float64)
        s, _next = rng.integers(S, size=2)
        if i % 4 == 3:
            _next = s  # a step may lead back to where it began
        a, end = rng.integers(A), bool(i // 5 % 2)
        if end:
            before[_next] += 30.0  # what must not be looked at after the end
        r = float(rng.normal())
        alpha, gamma = (float(rng.choice(x)) for x in ([0.0, 0.1, 0.5, 1.0], [0.0, 0.9, 0.99, 1.0]))
        want = before.astype(np.float64)
        target = r + (0.0 if end else gamma * max(before[_next]))
        want[s, a] = before[s, a] + alpha * (target - before[s, a])
        _int, flag = ints[i % 3], flags[i % 4 if i < 60 else (i + 1) % 4]
        q = before.copy()
        got = q_learning_update(q, _int(s), _int(a), r, _int(_next), flag(end), alpha, gamma)
        checks.unchanged(before, q, "The table q")
        new = checks.array(got, "The new table", shape=(S, A), dtype="float")
        checks.that(
            got is not q and not (isinstance(got, np.ndarray) and np.shares_memory(got, q)),
            "The table that comes back is the old one, not a new one. Whoever changes one later changes both.",
        )
        _case = (
            "after the end of a task" if end else "after a step that leads back to s" if _next == s else "after a step"
        )
        checks.equal(new[s, a], want[s, a], f"q[s, a] {_case}", atol=5e-5)
        checks.equal(new, want, f"The rest of the table {_case}", atol=5e-5, hint="Only q[s, a] should change.")

    # Many updates, one after another.
    q, want = np.zeros((4, 3)), np.zeros((4, 3))
    for i in range(60):
        s, a, _next = int(rng.integers(4)), int(rng.integers(3)), int(rng.integers(4))
        r, end = float(rng.normal()), i % 6 == 5
        target = r if end else r + 0.9 * want[_next].max()
        want[s, a] = 0.5 * want[s, a] + 0.5 * target
        q = np.array(q_learning_update(q, s, a, r, _next, end, 0.5, 0.9), float)
        checks.equal(q, want, "The table after many updates", atol=1e-4)


### END HIDDEN TESTS

# %% [markdown]
# Does the difference between terminated and truncated matter? Take the smallest possible world: one state, one action,
# a reward of 1 at every step, no end. With $\gamma = 0.9$ it is worth 1 / (1 - 0.9) = 10. A clock stops every episode
# after 10 steps. Here are the same updates, once with the truth (nothing ever terminates) and once with "the episode is
# over" passed off as `terminated`:

# %% tags=["demo"]
_, ax = plt.subplots(figsize=(8, 3.8))
for honest, colour in [(True, palette.BLUE), (False, palette.VERMILION)]:
    q, learned = np.zeros((1, 1)), []
    for step in range(1, 1001):
        truncated = step % 10 == 0
        q = np.asarray(q_learning_update(q, 0, 0, 1.0, 0, False if honest else truncated, 0.05, 0.9))
        learned.append(q[0, 0])
    label = "truncation keeps the future" if honest else "truncation treated as termination"
    ax.plot(learned, color=colour, lw=1.5, label=label)
ax.axhline(10.0, color=palette.GREY, lw=1)
ax.annotate("true value", (1000, 10.0), (0, 4), textcoords="offset points", ha="right", color=palette.INK)
ax.set(xlabel="updates", ylabel="q (discounted sum of rewards)", ylim=(0, 11))
ax.legend(loc="lower right")
plt.show()

# %% [markdown]
# The vermilion table has learned that the world ends every ten steps, and believes that life is worth half as much as
# it really is. (Its teeth are the ends of the episodes.) An agent that sees no clock cannot know when that would
# happen, and should not learn it.

# %% [markdown]
# ### Exercise: `sarsa_update`
#
# *About 4 minutes · difficulty 1 of 3 · importance 2 of 3*
#
# Q-learning's target assumes that the *best* action comes next. But the agent explores: now and then something else
# comes next. **SARSA** learns what *its own* behaviour is worth, exploring included. It waits until the next action
# $a'$ is chosen, and uses that:
#
# $$q(s, a) \leftarrow q(s, a) + \alpha\,\bigl(\text{target} - q(s, a)\bigr), \qquad
# \text{target} = \begin{cases} r & \text{if terminated} \\ r + \gamma\, q(s', a') & \text{otherwise.} \end{cases}$$
#
# *In words: as before, but the next state is worth what the action actually taken there is worth.* (The name spells
# what the update needs: s, a, r, s', a'.) SARSA is **on-policy**: it learns the values of the policy that acts.
# Q-learning is **off-policy**: whatever the agent does to collect steps, as long as it keeps trying everything, it
# learns what the best policy is worth, which does not explore.
#
# Shapes, types and the new table are as in `q_learning_update`; `a_next` is an int, always a valid index.
#
# **Example.** q[s, a] = 5, r = 3, the row of `s_next` is [0.5, 4, 3], `a_next` = 0, alpha = 0.25, gamma = 0.9. The
# target is 3 + 0.9 · 0.5 = 3.45, and the entry becomes 5 + 0.25 · (3.45 - 5) = 4.6125.
#
# Helpful: [indexing with two
# numbers](https://numpy.org/doc/stable/user/basics.indexing.html#single-element-indexing)
#
# <details><summary>Hint 1: a nudge</summary>
#
# Only one expression differs from Q-learning.
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Where Q-learning looks up the largest entry of the next state's row, look up the entry of `a_next`. Nothing else
# changes; here, too, the old table stays as it is.
# </details>


# %% exercise="sarsa_update"
def sarsa_update(q, s, a, r, s_next, a_next, terminated, alpha, gamma):
    """One step of SARSA.

    Args:
      q: action values, float [S, A]; not modified.
      s, a: state and action, ints.
      r: the reward that followed, float.
      s_next, a_next: the state that followed and the action chosen there, ints, always valid indices.
      terminated: whether the task ended with this step, bool or 0.0/1.0.
      alpha: step size in [0, 1].
      gamma: discount in [0, 1].
    Returns:
      The new table, float [S, A].
    """
    ### BEGIN SOLUTION
    target = r if terminated else r + gamma * q[s_next, a_next]
    new_q = q.copy()
    new_q[s, a] += alpha * (target - q[s, a])
    return new_q
    ### END SOLUTION


# %% check="sarsa_update" points=1
@checks.exercise("sarsa_update")
def _check():
    table = np.array([[1.0, 2.0, 5.0], [0.5, 4.0, 3.0], [8.0, 6.0, 7.0]])

    def update(terminated, s_next=1, a_next=0):
        """One update of q[0, 2] = 5 after a reward of 3, state 1 and action 0, with alpha 0.25 and gamma 0.9."""
        q = table.copy()
        new_q = sarsa_update(q, 0, 2, 3.0, s_next, a_next, terminated, 0.25, 0.9)
        checks.unchanged(table, q, "The table q")
        new_q = checks.array(new_q, "The new table", shape=(3, 3), dtype="float")
        others = [(s, a) for s in range(3) for a in range(3) if (s, a) != (0, 2) and new_q[s, a] != table[s, a]]
        checks.that(not others, f"Only q[0, 2], the entry of s and a, should change, but these did too: {others}.")
        return new_q

    checks.equal(
        update(terminated=False)[0, 2],
        4.6125,
        "q[0, 2] after sarsa_update(q, 0, 2, 3.0, 1, 0, False, 0.25, 0.9)",
        wrong=[
            (5.0, "nothing changed: write the new value into the table that you return"),
            (5.4, "that is Q-learning, with the best action in the next state; use the one that was chosen, a_next"),
            (5.175, "it used the same action again in the next state; use a_next"),
            (4.725, "it used a_next in the state s; the future starts in s_next"),
            (4.95, "the two indices are swapped: states are the rows, q[s_next, a_next]"),
            (5.0625, "it used the mean over the next actions; use the action that was chosen, a_next"),
            (3.45, "that is the target itself; go only the fraction alpha of the way"),
            (4.625, "gamma was never used"),
            (5.3875, "it moved away from the target; the TD error is target - q[s, a]"),
            (
                3.8375,
                "alpha is on the wrong side: it is the share of the target, and 1 - alpha is that of the old value",
            ),
            (5.8625, "alpha times the target was added; the old value belongs in the TD error: target - q[s, a]"),
            (4.5, "the value of what comes next is missing; the task has not terminated here"),
            (4.5375, "gamma discounts the future only; the reward is paid now"),
        ],
    )
    checks.equal(
        update(False, s_next=2)[0, 2],
        6.3,
        "q[0, 2] after sarsa_update(q, 0, 2, 3.0, 2, 0, False, 0.25, 0.9)",
        wrong=[(4.5, "the last state of the table is one like any other; only `terminated` says that the task ended")],
    )
    checks.equal(
        update(False, s_next=0, a_next=2)[0, 2],
        5.625,
        "q[0, 2] after sarsa_update(q, 0, 2, 3.0, 0, 2, False, 0.25, 0.9)",
        wrong=[(5.5125, "the next value was looked up after the entry had changed; take it from the old table")],
    )
    for flag in (True, 1.0):
        checks.equal(
            update(terminated=flag)[0, 2],
            4.5,
            f"q[0, 2] after sarsa_update(q, 0, 2, 3.0, 1, 0, {flag}, 0.25, 0.9)",
            wrong=[
                (4.6125, "this step terminated: there is no next value, so the target is r alone")
                if flag is True
                else (4.6125, "a `terminated` of 1.0 means the same as True: `if terminated`, without `is True`"),
                (3.0, "that is the target itself; the last step, too, moves only the fraction alpha of the way"),
                (3.75, "the target of a step that terminates is r, not 0"),
                (5.0, "nothing changed: the last step is worth learning from too; its target is r"),
            ],
        )
    q = table.copy()
    checks.that(
        not np.shares_memory(sarsa_update(q, 0, 2, 3.0, 1, 0, False, 0.0, 0.9), q),
        "With alpha = 0 you return the table that came in. Return a new one, even where nothing changes.",
    )
    checks.equal(update(terminated=0.0)[0, 2], 4.6125, "The same entry when terminated is 0.0")


# %% test="sarsa_update" points=2
### BEGIN HIDDEN TESTS
@checks.hidden("sarsa_update")
def _test():
    rng = np.random.default_rng(7)
    ints = [int, np.int64, np.int32]
    flags = [bool, np.bool_, float, np.float32]

    for i in range(120):
        S, A = [(5, 3), (3, 5), (1, 1), (2, 4), (6, 2)][i % 5]
        before = rng.normal(scale=2.0, size=(S, A)).astype(np.float32 if i % 7 == 6 else np.float64)
        s, _next = rng.integers(S, size=2)
        a, a_next = rng.integers(A, size=2)
        if i % 4 == 3:
            _next = s  # a step may lead back to where it began, and the same action may come again
            a_next = a if i % 8 == 7 else a_next
        end = bool(i // 5 % 2)
        if end:
            before[_next] += 30.0  # what must not be looked at after the end
        r = float(rng.normal())
        alpha, gamma = (float(rng.choice(x)) for x in ([0.0, 0.1, 0.5, 1.0], [0.0, 0.9, 0.99, 1.0]))
        want = before.astype(np.float64)
        target = r + (0.0 if end else gamma * before[_next, a_next])
        want[s, a] = before[s, a] + alpha * (target - before[s, a])
        _int, flag = ints[i % 3], flags[i % 4 if i < 60 else (i + 1) % 4]
        q = before.copy()
        got = sarsa_update(q, _int(s), _int(a), r, _int(_next), _int(a_next), flag(end), alpha, gamma)
        checks.unchanged(before, q, "The table q")
        new = checks.array(got, "The new table", shape=(S, A), dtype="float")
        checks.that(
            got is not q and not (isinstance(got, np.ndarray) and np.shares_memory(got, q)),
            "The table that comes back is the old one, not a new one. Whoever changes one later changes both.",
        )
        _case = (
            "after the end of a task" if end else "after a step that leads back to s" if _next == s else "after a step"
        )
        checks.equal(new[s, a], want[s, a], f"q[s, a] {_case}", atol=5e-5)
        checks.equal(new, want, f"The rest of the table {_case}", atol=5e-5, hint="Only q[s, a] should change.")

    # Many updates, one after another.
    q, want = np.zeros((4, 3)), np.zeros((4, 3))
    for i in range(60):
        s, a, _next, a_next = (int(rng.integers(n)) for n in (4, 3, 4, 3))
        r, end = float(rng.normal()), i % 6 == 5
        target = r if end else r + 0.9 * want[_next, a_next]
        want[s, a] = 0.5 * want[s, a] + 0.5 * target
        q = np.array(sarsa_update(q, s, a, r, _next, a_next, end, 0.5, 0.9), float)
        checks.equal(q, want, "The table after many updates", atol=1e-4)


### END HIDDEN TESTS

# %% [markdown]
# ## 4. A walk along the cliff
#
# Sutton & Barto's Example 6.6: from S to G, each step costs 1. The hatched cells are a cliff: whoever steps there pays
# 100 and starts again at S (the episode goes on). The shortest way leads straight along the edge, in 13 steps. Both
# agents explore with $\varepsilon = 0.1$: now and then they take a random step. Before you run the cell, guess: which
# of them will walk where, and which will collect more reward *while it learns*?

# %%
cliff = CliffWalking()
cliff_next, cliff_reward = (
    cliff.P.argmax(axis=-1),
    cliff.R,
)  # nothing is left to chance: one next state for each s and a
cliff_goal = cliff.num_states - 1


# %% tags=["demo"]
def walk_the_cliff(seed, use_sarsa, num_episodes=300, alpha=0.2, epsilon=0.1, gamma=1.0, max_steps=1000):
    """Learns a table on the cliff: (q [S, A], return of each episode [num_episodes])."""
    rng, q, returns = (
        np.random.default_rng(seed),
        np.zeros((cliff.num_states, cliff.num_actions)),
        np.zeros(num_episodes),
    )
    for episode in range(num_episodes):
        s = cliff.start
        a = int(epsilon_greedy(rng, q[s], epsilon))
        for _ in range(max_steps):  # the clock: it ends the episode, but it is not a termination
            s_next, r = cliff_next[s, a], cliff_reward[s, a]
            terminated = bool(s_next == cliff_goal)
            a_next = int(epsilon_greedy(rng, q[s_next], epsilon))
            if use_sarsa:
                q = np.asarray(sarsa_update(q, s, a, r, s_next, a_next, terminated, alpha, gamma))
            else:
                q = np.asarray(q_learning_update(q, s, a, r, s_next, terminated, alpha, gamma))
            returns[episode] += r
            s, a = s_next, a_next
            if terminated:
                break
    return q, returns


figure = plt.figure(figsize=(10, 12))
curves, *grids = figure.subplots(3, 1, height_ratios=(1.1, 1, 1))
for name, use_sarsa, ax in [("Q-learning", False, grids[0]), ("SARSA", True, grids[1])]:
    tables, returns = zip(
        *[walk_the_cliff(seed, use_sarsa) for seed in tqdm(range(10), desc=name, unit="seeds")], strict=True
    )
    plotting.plot_learning_curve(np.stack(returns), label=name, window=20, ax=curves)
    q = np.mean(tables, axis=0)
    plotting.plot_values(q.max(axis=1), q.argmax(axis=1), grid=cliff, limits=(-18, 0), ax=ax)
    path = [cliff.start]
    while path[-1] != cliff_goal and len(path) < 40:
        path.append(cliff_next[path[-1], q[path[-1]].argmax()])
    ax.plot(*np.divmod(path, 12)[::-1], color=palette.ORANGE, lw=9, alpha=0.45, solid_capstyle="round", zorder=2)
    ax.set_title(f"{name}: largest action value, greedy action, and the greedy walk ({len(path) - 1} steps)")
    print(f"{name:10}  mean return of the last 100 episodes: {np.mean(returns, axis=0)[-100:].mean():6.1f}")
curves.set(ylim=(-120, 0), title="Returns while learning, 10 seeds")
plt.show()

# %% [markdown]
# Q-learning learns the shortest way, because it asks what the best policy would get, and the best policy does not
# stumble. But the agent that learns *does* stumble: one step in ten is random, and along the edge one in four of those
# costs 100. SARSA's values include the stumbling: its cells beside the cliff are worth less, and it walks higher up.
# So SARSA collects more reward while it learns, and Q-learning has the better policy once the exploring stops. If
# epsilon shrinks towards 0, the two agree in the end.
#
# Which of them is "right" depends on what you want to know: what the world allows, or what *you*, with your habits,
# will get.

# %% [markdown]
# ## What you take with you
#
# - Every update today was **estimate + step size × (target - estimate)**. Only the target changed:
#
# | method | needs | target |
# |---|---|---|
# | running mean | rewards | $r$ |
# | value iteration | P and R, all states | $\max_a [R + \gamma \sum P v]$ (with step size 1) |
# | Q-learning | steps | $r + \gamma \max_{a'} q(s', a')$ |
# | SARSA | steps of its own policy | $r + \gamma\, q(s', a')$ |
#
# - Without exploring, nothing new is ever learned; but exploring costs reward.
# - After termination the target is $r$; after truncation it still has a future.
#
# **And CartPole?** Its state is four real numbers, so there is no table with a row for each. Cut every number into 10
# slices and there are 10⁴ = 10,000 rows; 50 slices make 6 million. An Atari screen has more possible states than there
# are atoms in the universe. And a table learns each row on its own: what it found out about one pole angle says nothing
# about the angle next to it. So in notebook 5 a neural network takes the place of the table: it takes the state as
# numbers and gives all action values at once, and similar states get similar values. The target stays the one that you
# have just written.
#
# **Further reading.** Sutton & Barto, [*Reinforcement Learning: An
# Introduction*](http://incompleteideas.net/book/the-book-2nd.html) (2018): chapter 2 (bandits), chapters 3 and 4
# (values, Bellman equations, value iteration), chapter 6 (TD learning, SARSA, Q-learning). Q-learning itself: [Watkins
# & Dayan (1992)](https://doi.org/10.1007/BF00992698).
