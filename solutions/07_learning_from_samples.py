# %% [markdown]
# # 7. Learning from samples
#
# So far your agents have learned from the world itself, from hundreds of thousands of its steps. In a real car, a
# clinic or a factory, steps cost money and break things. Today you take a *small* batch of real steps, learn from it
# **how the world works**, and let an agent practise in that model, as in a dream. This is **model-based** reinforcement
# learning in its simplest form.
#
# You will write:
#
# 1. the sampling of states, which shows why it matters where the data come from,
# 2. a **linear model** of the dynamics, fitted by least squares,
# 3. the rest of a dream: when it ends, and a single step of it.
#
# Then a DQN agent learns only in the dream, and after that comes the number that counts: how well it does in the real
# world. Be prepared for dreams that lie.
#
# About 60 minutes. You need notebook 5 for the agent, and you should know what a matrix product is.

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

from rl_helpers import Agent, ModelEnv, MountainCar, Transition, checks, palette, plotting, record_episode
from rl_helpers.animate import animate

plt.style.use("rl_helpers.show.course")  # how the course's pictures look

ENV = MountainCar()
LOW, HIGH = ENV.obs_low, ENV.obs_high  # bounds on the observation: [-1.2, -0.07] and [0.6, 0.07]
NUM_ACTIONS = 3

# %% [markdown]
# ## 1. A car that is too weak
#
# [MountainCar](https://gymnasium.farama.org/environments/classic_control/mountain_car/): a car in a valley, a flag on
# the hill to the right, and an engine that is weaker than gravity. Driving straight at the flag fails. The car has to
# go *away* from it first, up the other hill, and come back at speed.
#
# - **Observation**: position between -1.2 and 0.6 (the bottom of the valley is at -0.52, the flag at 0.5), and
#   velocity, the change of the position in one step, between -0.07 and 0.07.
# - **Actions**: 0 push left, 1 no push, 2 push right.
# - **Reward**: -1 in each step. The episode terminates at the flag, and after 200 steps the clock truncates it. So a
#   return of -200 means that the car never arrived. The best possible driver gets -97 on average.
#
# What makes it hard is not the control but the *silence*: until you reach the flag for the first time, every action in
# every state brings the same -1, and nothing tells you that you are getting warmer.
#
# Let us collect a batch of real data, the way you would without a clue: 50 episodes of random pushes, 10,000 steps.

# %%
from rl_helpers.envs import MountainCarState


@jax.jit
def real_step(obs, action):
    """One step of the real environment from any observation [2]: the next observation [2]."""
    state = MountainCarState(obs[0], obs[1], jnp.int32(0))
    return ENV.step(jax.random.key(0), state, action)[1].obs  # nothing in it is random


@jax.jit
def drive_at_random(key):
    """50 episodes of random pushes: obs [10000, 2], action [10000], next_obs [10000, 2]."""
    start_key, action_key = jax.random.split(key)
    _, start = jax.vmap(ENV.reset)(jax.random.split(start_key, 50))
    actions = jax.random.randint(action_key, (200, 50), 0, NUM_ACTIONS)

    def step(obs, action):
        next_obs = jax.vmap(real_step)(obs, action)
        return next_obs, (obs, action, next_obs)

    return jax.tree.map(lambda x: x.reshape(10_000, *x.shape[2:]), jax.lax.scan(step, start, actions)[1])


RANDOM_DATA = tuple(map(np.asarray, drive_at_random(jax.random.key(7))))
positions = RANDOM_DATA[0][:, 0]
print(f"10,000 random real steps: from position {positions.min():.2f} to {positions.max():.2f}.")
print("The flag is at 0.50. It was never reached.")

# %% [markdown]
# ### Exercise: `sample_observations`
#
# *About 4 minutes · difficulty 1 of 3 · importance 1 of 3*
#
# A model can know only what its data show. To see what the random driver's data leave out, compare them with data from
# *everywhere*: observations drawn uniformly from the whole state space,
#
# $$s_d \sim \text{Uniform}(\text{low}_d,\ \text{high}_d) \qquad \text{for each part } d \text{ of the observation}$$
#
# *In words: every part of every observation is a fresh number between its own lower and upper bounds, all equally
# likely.*
#
# **Shapes.** `key`: a JAX key. `low`, `high`: float `[obs_dim]`. `n`: a Python integer. The result: float32
# `[n, obs_dim]`, one observation in each row.
#
# **Example.** With `low = [-1, 10]`, `high = [1, 30]` and `n = 3` you might get `[[0.2, 27.1], [-0.9, 12.4],
# [0.7, 14.8]]`.
#
# Helpful:
# [`jax.random.uniform`](https://docs.jax.dev/en/latest/_autosummary/jax.random.uniform.html)
#
# <details><summary>Hint 1: a nudge</summary>
#
# The documentation says what `minval` and `maxval` may be. Or draw numbers between 0 and 1 and ask: what do I have to
# multiply them by, and what do I have to add?
# </details>


# %% exercise="sample_observations"
def sample_observations(key, low, high, n):
    """Draws observations uniformly between their bounds.

    Args:
      key: JAX key.
      low, high: the bounds, float [obs_dim].
      n: int, how many observations to draw.
    Returns:
      Observations, float32 [n, obs_dim].
    """
    ### BEGIN SOLUTION
    return jax.random.uniform(key, (n, len(low)), minval=jnp.asarray(low), maxval=jnp.asarray(high))
    ### END SOLUTION


# %% check="sample_observations" points=1
@checks.exercise("sample_observations")
def _check():
    low, high, n = np.array([-1.0, 10.0], np.float32), np.array([1.0, 30.0], np.float32), 2_000
    call = "sample_observations(key, [-1, 10], [1, 30], 2000)"
    got = sample_observations(jax.random.key(70), low, high, n)
    checks.that(
        getattr(got, "shape", None) != (2, n), f"{call} has shape [2, 2000]. One observation in each row: [n, 2]."
    )
    sample = checks.array(got, call, shape=(n, 2), dtype=np.float32)
    checks.that(
        sample.min() < 0.0 or sample.max() > 1.0,
        f"{call} gave only numbers from 0 to 1. Stretch and shift them so that they lie between low and high.",
    )
    for d in range(2):
        least, most = float(sample[:, d].min()), float(sample[:, d].max())
        checks.that(
            low[d] - 1e-5 <= least and most <= high[d] + 1e-5,
            f"Column {d} should lie between {low[d]:g} and {high[d]:g}, but it goes from {least:.3g} to "
            f"{most:.3g}. Each column has bounds of its own.",
        )
    unit = (sample - low) / (high - low)
    checks.that(len(np.unique(sample[:, 0])) > 1, "All 2,000 rows are the same. Draw anew for each row.")
    checks.that(len(np.unique(sample[:, 0])) > 500, "Only a few different values come up. Are they whole numbers?")
    checks.that(len(np.unique(sample[:, 0])) > 0.9 * n, "Some rows come up twice. Draw every row anew.")
    checks.that(
        not np.allclose(unit[:, 0], unit[:, 1], atol=1e-4),
        "Both columns hold the same draw, stretched differently. Draw every entry independently: one key for both "
        "columns gives the same numbers twice.",
    )
    for d in range(2):
        checks.that(
            not np.all(np.abs(np.histogram(unit[:, d], bins=100, range=(0.0, 1.0))[0] - n / 100) <= 1),
            f"Column {d} is spread perfectly evenly, like a grid. Random draws have gaps and clusters.",
        )
    different = len(np.unique(np.round(unit, 5)))  # of 4,000 independent draws about 3,920
    checks.that(
        different > 3_600,
        f"Only {different:,} of 4,000 entries are different: numbers from one column come up again in the other. Two "
        "draws share a key whenever their keys are made from the same number.",
    )
    mirrored = len(np.unique(np.round(np.abs(unit[:, 0] - 0.5), 5)))
    checks.that(
        mirrored > 0.8 * n, "The draws come in pairs, u and 1 - u, mirrored about the middle. Draw each row anew."
    )
    for d in range(2):
        counts = np.histogram(unit[:, d], bins=4, range=(0.0, 1.0))[0]
        for quarter in range(4):
            checks.frequency(
                int(counts[quarter]), n, 0.25, f"Quarter {quarter + 1} of column {d}'s range has the wrong share."
            )
        checks.that(
            bool(unit[:, d].min() < 0.01 and unit[:, d].max() > 0.99),
            f"Column {d} never gets close to one of its bounds. Stretch by high - low, not by less.",
        )
    for count in np.histogram2d(unit[:, 0], unit[:, 1], 3, [(0, 1), (0, 1)])[0].flat:
        checks.frequency(
            int(count),
            n,
            1 / 9,
            "The columns depend on each other: one is made from the other, not drawn independently.",
        )
    few_keys = jax.random.split(jax.random.key(70), 2)
    checks.follows_key(lambda key: sample_observations(key, low, high, 5), few_keys, "observations")
    first, second = (np.asarray(sample_observations(key, low, high, 5)) for key in few_keys)
    for row in range(5):
        checks.that(
            not np.array_equal(first[row], second[row]), f"Row {row} is the same for every key. Draw every row."
        )
    got = sample_observations(jax.random.key(70), np.zeros(1, np.float32), np.ones(1, np.float32), 5)
    checks.that(
        getattr(got, "shape", None) != (5, 2),
        "5 observations of one number should have shape [5, 1], but they have shape [5, 2]. The number of parts of an "
        "observation follows from low and high: it is len(low).",
    )


# %% test="sample_observations" points=2
### BEGIN HIDDEN TESTS
@checks.hidden("sample_observations", seconds=60)
def _test():
    bounds = [
        ([-1.2, -0.07], [0.6, 0.07]),
        ([0.0], [1.0]),
        ([0.0, 0.0], [1.0, 1.0]),
        ([-3.0, 5.0, -0.001], [-2.0, 105.0, 0.001]),
    ]
    _all = []
    for i, (low, high) in enumerate(bounds):
        dim = len(low)
        kinds = [(np.array, 3), (lambda x: np.array(x, np.float32), 1), (jnp.array, 3)]
        for kind, n in kinds if i == 0 else kinds[:1]:
            lo, hi = kind(low), kind(high)
            before = np.array(lo), np.array(hi)
            slack = 1e-5 * (np.abs(before[0]) + np.abs(before[1]))
            what = f"A sample of {n} observations of {dim} numbers"
            samples = []
            for key in (jax.random.key(n), jax.random.key(n), jax.random.PRNGKey(99)):
                got = checks.array(sample_observations(key, lo, hi, n), what, shape=(n, dim), dtype=np.float32)
                checks.that(
                    bool(np.all((got >= before[0] - slack) & (got <= before[1] + slack))),
                    f"{what} goes beyond the bounds.",
                )
                samples.append(got)
            checks.that(np.array_equal(samples[0], samples[1]), f"{what} is another one with the same key.")
            same = np.all(samples[0] == samples[2], axis=1)
            checks.that(not np.any(same), "Another key gave some of the same observations.")
            checks.unchanged(before, (np.array(lo), np.array(hi)), "low or high")

        n = (3_000, 600, 1_500, 1_000)[i]  # a loop over the rows is slow, and right
        got = np.asarray(sample_observations(jax.random.key(700 + i), np.array(low), np.array(high), n), float)
        unit = np.clip((got - low) / (np.array(high) - low), 0.0, 1.0)
        for d in range(dim):
            ends = unit[:, d].min(), 1.0 - unit[:, d].max()
            checks.that(bool(max(ends) < 20 / n), "Nothing comes up near the bounds.")
            for count in np.histogram(unit[:, d], bins=5, range=(0.0, 1.0))[0]:
                checks.frequency(int(count), n, 0.2, "Not every place between the bounds is equally likely.")
            # Independent draws leave gaps and crowds: this sum is about 1 for them, and near 0 for an even spread.
            counts = np.histogram(unit[:, d], bins=n // 10, range=(0.0, 1.0))[0]
            checks.that(bool(np.mean((counts - 10) ** 2) / 10 > 0.3), "The entries are not independent draws.")
            for other in range(d):
                r = np.corrcoef(unit[:, d], unit[:, other])[0, 1]
                checks.that(bool(abs(r) < 6 / np.sqrt(n)), "The parts of an observation depend on each other.")
                for count in np.histogram2d(unit[:, d], unit[:, other], 3, [(0, 1), (0, 1)])[0].flat:
                    checks.frequency(int(count), n, 1 / 9, "The parts of an observation depend on each other.")
            for lag in (1, 2):
                r = np.corrcoef(unit[lag:, d], unit[:-lag, d])[0, 1]
                checks.that(bool(abs(r) < 6 / np.sqrt(n - lag)), "The observations depend on each other.")
        _all.extend(unit.flat)
        if high == [1.0, 1.0]:  # no entry is a copy or the mirror image of another one
            different = len(np.unique(np.abs(unit - 0.5)))
            checks.that(different > 0.98 * unit.size, "The entries are not independent draws.")
    for count in np.histogram(_all, bins=10, range=(0.0, 1.0))[0]:
        checks.frequency(int(count), len(_all), 0.1, "Not every place between the bounds is equally likely.")


### END HIDDEN TESTS

# %% [markdown]
# Left: where 10,000 random steps have been. Right: 10,000 of your samples. Random pushes cancel each other out, so the
# random driver rocks slowly about the bottom of the valley. It has seen a small part of the state space. Nearly
# everything that matters lies outside: the upper slopes, the high speeds, the wall on the left, the flag.

# %% tags=["demo"]
samples = sample_observations(jax.random.key(0), LOW, HIGH, 10_000)

_, axes = plt.subplots(1, 2, figsize=(11, 4), sharex=True, sharey=True)
for ax, obs, name in [(axes[0], RANDOM_DATA[0], "random driver"), (axes[1], samples, "uniform samples")]:
    cells = np.histogram2d(*np.asarray(obs).T, bins=30, range=list(zip(LOW, HIGH, strict=True)))[0]
    ax.plot(*np.asarray(obs).T, ".", color=palette.BLUE, ms=1.5, alpha=0.4)
    ax.axvline(0.5, color=palette.VERMILION, ls="--", lw=1.5)
    ax.annotate("flag", (0.5, 0.064), (-28, 0), textcoords="offset points", color=palette.VERMILION)
    ax.set(title=f"{name}: {np.mean(cells > 0):.0%} of the state space", xlabel=plotting.STATE_LABELS[0])
_ = axes[0].set_ylabel(plotting.STATE_LABELS[1])

# %% [markdown]
# The samples are only half of the data: each still needs an action and the next observation, from one real step that
# starts exactly there. That takes a world that can be *put* into any state. A simulator can be, a car in the field
# cannot, so such data are a luxury. We use both kinds, to compare them.


# %%
def drive_from_anywhere(key, n=10_000):
    """One real step from each of `n` states all over the state space, with random actions: obs, action, next_obs."""
    obs_key, action_key = jax.random.split(key)
    obs = sample_observations(obs_key, LOW, HIGH, n)
    action = jax.random.randint(action_key, (n,), 0, NUM_ACTIONS)
    return tuple(map(np.asarray, (obs, action, jax.vmap(real_step)(obs, action))))


# %% [markdown]
# ## 2. A linear model
#
# Now for the model. Its input is an observation and an action, its output the next observation. The simplest thing that
# could work is a matrix. Two choices make it work better than you might expect:
#
# - It predicts the **change** $s' - s$, not $s'$ itself. One step changes little, and "nothing changes" is a far better
#   first guess than "everything becomes 0".
# - The action is a *label*, not a quantity: "push right" is not twice "no push". So it enters as a **one-hot** vector,
#   with a 1 at the action's index and 0 elsewhere. Each action gets a row of its own in the matrix, and these rows also
#   play the part of the constant term.

# %% [markdown]
# ### Exercise: `fit_linear_dynamics`
#
# *About 10 minutes · difficulty 2 of 3 · importance 3 of 3*
#
# Put the observation and the one-hot action side by side, $x_i = [\,s_i,\ \text{onehot}(a_i)\,]$, and find the matrix
# $W$ that makes the sum of the squared errors of all predicted changes as small as possible:
#
# $$W = \operatorname*{arg\,min}_W\ \sum_i \big\|\, x_i W - (s'_i - s_i) \,\big\|^2$$
#
# *In words: among all matrices, the one whose predicted changes are closest overall to those in the data.* This is
# **least squares**, and there are routines for it.
#
# If an action never occurs in the data, its row of $W$ could be anything. That is not an error: return any solution of
# the least-squares problem. The textbook formula $(X^\top X)^{-1} X^\top Y$ fails there, because that matrix has no
# inverse; a least-squares routine copes with it.
#
# **Shapes.** `obs`, `next_obs`: float `[N, obs_dim]`. `action`: int `[N]`, from 0 to `num_actions - 1`. The result:
# float `[obs_dim + num_actions, obs_dim]`, first one row for each part of the observation, then one for each action.
#
# **Example.** `obs_dim = 1`, one action, positions 0, 1, 2, 3 that change by 0, 1, 1, 2: the best line is
# 0.6 · position + 0.1, so $W$ = `[[0.6], [0.1]]`.
#
# Helpful:
# [`np.linalg.lstsq`](https://numpy.org/doc/stable/reference/generated/numpy.linalg.lstsq.html) or
# [`jnp.linalg.lstsq`](https://docs.jax.dev/en/latest/_autosummary/jax.numpy.linalg.lstsq.html),
# [`jax.nn.one_hot`](https://docs.jax.dev/en/latest/_autosummary/jax.nn.one_hot.html)
#
# <details><summary>Hint 1: a nudge</summary>
#
# Which matrix do you multiply $W$ by, and what should come out? Write the two down with their shapes before you call
# anything.
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Three steps: make the actions one-hot, join them to the observations along the last axis, and solve for the change.
# Look at what the routine returns: the solution is only the first of four things.
# </details>


# %% exercise="fit_linear_dynamics"
def fit_linear_dynamics(obs, action, next_obs, num_actions):
    """Least-squares fit of the change of the observation.

    Args:
      obs: float [N, obs_dim].
      action: int [N].
      next_obs: float [N, obs_dim].
      num_actions: int, how many actions there are, even if some of them do not occur in the data.
    Returns:
      W, float [obs_dim + num_actions, obs_dim], so that next_obs - obs is close to concat(obs, one_hot(action)) @ W.
    """
    ### BEGIN SOLUTION
    inputs = np.concatenate([obs, np.eye(num_actions)[np.asarray(action)]], axis=1)
    change = np.asarray(next_obs) - np.asarray(obs)
    return np.linalg.lstsq(inputs, change, rcond=None)[0].astype(np.float32)
    ### END SOLUTION


# %% check="fit_linear_dynamics" points=2
@checks.exercise("fit_linear_dynamics")
def _check():
    def fit(obs, action, change, num_actions, what):
        """The fitted matrix, after a check of its type and shape."""
        obs, change = np.array(obs, np.float32), np.array(change, np.float32)
        before, data = (obs.copy(), np.array(action), obs + change), (obs, np.array(action), obs + change)
        try:
            W = fit_linear_dynamics(*data, num_actions)
        except np.linalg.LinAlgError as error:
            checks.fail(
                f"{what}: {error}. A matrix has no inverse here, as happens with an action that never occurs; use a "
                "routine for least squares, such as np.linalg.lstsq."
            )
        checks.that(
            not isinstance(W, tuple),
            f"{what} returned a tuple of {len(W) if isinstance(W, tuple) else 0}. np.linalg.lstsq returns four things; "
            "the solution is the first.",
        )
        dim = obs.shape[1]
        W = checks.array(W, what, dtype="float")
        rows = {
            dim + 1: "Is the action in there as a number? Make it one-hot: a row for each action.",
            dim + num_actions + 1: "One row too many: with one-hot actions there is no need for a column of ones.",
            dim: "Where are the rows of the actions?",
        }
        rows.pop(dim + num_actions, None)
        advice = rows.get(W.shape[0], "") if W.ndim == 2 else ""
        if W.ndim == 2 and W.shape == (dim, dim + num_actions):
            advice = "Is it transposed?"
        checks.that(
            W.shape == (dim + num_actions, dim),
            f"{what} should have shape [{dim + num_actions}, {dim}], but it has shape {list(W.shape)}. {advice}",
        )
        checks.that(
            bool(np.all(np.isfinite(W))),
            f"{what} is not finite. (X.T @ X) has no inverse when an action never occurs; use a routine for least "
            "squares, such as np.linalg.lstsq.",
        )
        for name, old, new in zip(("obs", "action", "next_obs"), before, data, strict=True):
            checks.unchanged(old, new, name)
        return W

    # Two parts and three actions, without noise: the data were made with this W.
    true = np.array([[0.5, 0.0], [-0.25, 1.0], [1.0, 2.0], [3.0, -1.0], [0.0, 0.5]])
    _obs = np.array([[0, 1], [2, 1], [1, 3], [4, 0], [-1, 2], [3, 3], [2, -2], [0, -1], [1, 1], [-2, 0]], float)
    _action = np.array([0, 1, 2, 0, 1, 2, 0, 1, 2, 0])
    all_change = np.array(
        [
            [0.75, 3.0],
            [3.75, 0.0],
            [-0.25, 3.5],
            [3.0, 2.0],
            [2.0, 1.0],
            [0.75, 3.5],
            [2.5, 0.0],
            [3.25, -2.0],
            [0.25, 1.5],
            [0.0, 2.0],
        ]
    )
    order, shifted = [2, 3, 4, 0, 1], [0, 1, 3, 4, 2]
    X = np.concatenate([_obs, np.eye(3)[_action]], axis=1)
    ridge = np.linalg.solve(X.T @ X + np.eye(5), X.T @ all_change)
    checks.equal(
        fit(_obs, _action, all_change, 3, "W with 3 actions"), true, "W with 3 actions", atol=1e-3,
        wrong=[
            (true + np.eye(5, 2), "that predicts next_obs itself; the model predicts the change, next_obs - obs"),
            (-true, "the change has the wrong sign; it is next_obs - obs"),
            (true[order], "first the rows of the observation, then those of the actions"),
            (true[shifted], "the rows of the actions are shifted by one; actions are counted from 0"),
            (ridge, "something added to X.T @ X shrinks W towards zero; use plain least squares"),
        ],
        hint="The data were made with this W, without noise, and least squares finds it. A few steps of gradient "
        "descent do not.",
    )  # fmt: skip

    # One position and one action: the example.
    x, _change = [[0.0], [1.0], [2.0], [3.0]], [[0.0], [1.0], [1.0], [2.0]]
    checks.equal(
        fit(x, [0, 0, 0, 0], _change, 1, "W for positions 0, 1, 2, 3 and changes 0, 1, 1, 2"), [[0.6], [0.1]],
        "W for positions 0, 1, 2, 3 and changes 0, 1, 1, 2", atol=1e-3,
        wrong=[
            ([[1.6], [0.1]], "that predicts next_obs itself; the model predicts the change, next_obs - obs"),
            ([[-0.6], [-0.1]], "the change has the wrong sign; it is next_obs - obs"),
            ([[0.1], [0.6]], "first the rows of the observation, then those of the actions"),
        ],
    )  # fmt: skip

    # One position and two actions: the second is seen twice as far out, and changes the position three times as fast.
    x, _change = [[-1.0], [1.0], [-2.0], [2.0]], [[-1.0], [1.0], [-6.0], [6.0]]
    checks.equal(
        fit(x, [0, 0, 1, 1], _change, 2, "W for positions -1, 1, -2, 2, changes -1, 1, -6, 6, actions 0, 0, 1, 1"),
        [[2.6], [0.0], [0.0]], "W for positions -1, 1, -2, 2, changes -1, 1, -6, 6, actions 0, 0, 1, 1", atol=1e-3,
        wrong=[([[2.0], [0.0], [0.0]], "that is a fit for each action, averaged; fit all the data at once")],
    )  # fmt: skip

    # Action 1 never occurs: its row may be anything, the others may not.
    seen = _action != 1
    _W = fit(_obs[seen], _action[seen], all_change[seen], 3, "W when action 1 never occurs")
    checks.equal(
        _W[[0, 1, 2, 4]], true[[0, 1, 2, 4]], "W without the row of action 1, when action 1 never occurs", atol=1e-3,
        hint="Row 2 + a belongs to action a, whichever actions occur in the data.",
    )  # fmt: skip


# %% test="fit_linear_dynamics" points=4
### BEGIN HIDDEN TESTS
@checks.hidden("fit_linear_dynamics")
def _test():
    rng = np.random.default_rng(72)

    def fit(obs, action, next_obs, num_actions, what):
        W = checks.array(fit_linear_dynamics(obs, action, next_obs, num_actions), what, dtype="float",
                         shape=(obs.shape[1] + num_actions, obs.shape[1]))  # fmt: skip
        checks.that(bool(np.all(np.isfinite(W))), f"{what} is not finite.")
        return W.astype(float)

    def reference(obs, action, next_obs, num_actions):
        obs, next_obs = np.asarray(obs, float), np.asarray(next_obs, float)
        inputs = np.zeros((len(obs), obs.shape[1] + num_actions))
        inputs[:, : obs.shape[1]] = obs
        inputs[np.arange(len(obs)), obs.shape[1] + np.asarray(action)] = 1.0
        return inputs, np.linalg.lstsq(inputs, next_obs - obs, rcond=None)[0]

    # Noisy data of every size, in every kind of array.
    kinds = [(np.float32, np.int32, np.array), (np.float64, np.int64, np.array), (np.float32, np.int32, jnp.array)]
    for _case, (dim, actions, n) in enumerate([(1, 1, 40), (2, 3, 60), (2, 2, 2_000), (3, 5, 200), (4, 2, 120)]):
        _float, _int, array = kinds[_case % 3]
        _obs = rng.normal(0.3, 1.0, (n, dim)).astype(_float)
        _action = np.concatenate([np.arange(actions), rng.integers(actions, size=n - actions)]).astype(_int)
        _W = rng.normal(size=(dim + actions, dim))
        change = np.concatenate([_obs, np.eye(actions)[_action]], axis=1) @ _W + rng.normal(0, 0.5, (n, dim))
        _next_obs = (_obs + change).astype(_float)
        want, before = (
            reference(_obs, _action, _next_obs, actions)[1],
            (_obs.copy(), _action.copy(), _next_obs.copy()),
        )
        data = [array(x) for x in (_obs, _action, _next_obs)]
        _what = f"W for {n} noisy transitions of {dim} numbers with {actions} action{'s' if actions > 1 else ''}"
        checks.equal(fit(*data, actions, _what), want, _what, rtol=2e-4, atol=2e-4)
        checks.unchanged(before, tuple(np.array(x) for x in data), "The data")

    # Actions that never occur, the first or the last among them; one action only.
    for dim, actions, seen in [(2, 3, [0, 2]), (2, 4, [1, 2]), (1, 3, [1]), (3, 3, [0, 1]), (2, 5, [4])]:
        n = 80
        _obs, _action = rng.normal(size=(n, dim)).astype(np.float32), rng.choice(seen, size=n)
        _next_obs = (_obs * 0.9 + np.cos(_obs + _action[:, None])).astype(np.float32)
        rows = list(range(dim)) + [dim + a for a in seen]
        _what = f"W when only {len(seen)} of {actions} actions occur"
        want = reference(_obs, _action, _next_obs, actions)[1][rows]
        checks.equal(fit(_obs, _action, _next_obs, actions, _what)[rows], want, f"{_what}, in the rows of what "
                     "does occur,", rtol=2e-4, atol=2e-4)  # fmt: skip

    # MountainCar, where the numbers are small: the predicted changes, in units of a typical one.
    _obs = rng.uniform([-1.2, -0.01], [0.6, 0.01], (1_500, 2)).astype(np.float32)
    _action = rng.integers(3, size=1_500)
    velocity = np.clip(_obs[:, 1] + 0.001 * (_action - 1) - 0.0025 * np.cos(3 * _obs[:, 0]), -0.07, 0.07)
    _next_obs = np.stack([np.clip(_obs[:, 0] + velocity, -1.2, 0.6), velocity], axis=1).astype(np.float32)
    _inputs, _W = reference(_obs, _action, _next_obs, 3)
    want = _inputs @ _W / [0.006, 0.002]
    got = _inputs @ fit(_obs, _action, _next_obs, 3, "W for MountainCar")
    checks.equal(got / [0.006, 0.002], want, "The changes predicted for MountainCar",
                 rtol=0.0, atol=0.02)  # fmt: skip


### END HIDDEN TESTS

# %% [markdown]
# Read the matrix. Each column is an equation. In the random driver's column for the velocity, look at the three rows of
# the actions: they differ by 0.001 from one to the next. That is the engine's force, to the last digit, found in data
# from an environment whose code you never opened. And the row of the position says: the further right, the stronger the
# pull to the left. That is a spring, which is what a valley looks like from its bottom.
#
# The two matrices do not agree about the spring. Which is right?

# %% tags=["demo"]
fits = {
    "random driver": fit_linear_dynamics(*RANDOM_DATA, NUM_ACTIONS),
    "uniform samples": fit_linear_dynamics(*drive_from_anywhere(jax.random.key(1)), NUM_ACTIONS),
}
for name, W in fits.items():
    print(f"Fitted to the {name}:      change of position    change of velocity")
    for row, numbers in zip(["position", "velocity", *plotting.ACTION_NAMES], np.asarray(W), strict=True):
        print(f"{row:>24}  {numbers[0]:24.4f}  {numbers[1]:20.4f}")
    print()

# %% [markdown]
# ### Exercise: `predict_next`
#
# *About 6 minutes · difficulty 2 of 3 · importance 2 of 3*
#
# Now use the model. It predicts the change, so the next observation is
#
# $$\hat s' = s + [\,s,\ \text{onehot}(a)\,]\, W$$
#
# *In words: where you are, plus the change that the model expects.* No clipping here: if the model says that the car
# drives through the wall, then that is what it predicts.
#
# **Shapes.** `W`: float `[obs_dim + num_actions, obs_dim]`. Either one observation, `obs` float `[obs_dim]` and
# `action` an int scalar, result `[obs_dim]`; or a batch, `obs` `[N, obs_dim]` and `action` `[N]`, result
# `[N, obs_dim]`. It has to work under `jax.jit` (with `num_actions` static).
#
# **Example.** `W = [[0.5, 0], [0, 0.25], [1, 2], [-3, 1]]` with two actions, `obs = [2, -4]`, `action = 1`: the change
# is 2 · [0.5, 0] - 4 · [0, 0.25] + [-3, 1] = [-2, 0], so the next observation is `[0, -4]`.
#
# Helpful:
# [`jax.nn.one_hot`](https://docs.jax.dev/en/latest/_autosummary/jax.nn.one_hot.html),
# [`jnp.concatenate`](https://docs.jax.dev/en/latest/_autosummary/jax.numpy.concatenate.html)
#
# <details><summary>Hint 1: a nudge</summary>
#
# `jax.nn.one_hot` adds one axis, at the end, to whatever shape the actions have. Along which axis should you join the
# observations and the one-hot actions, so that the same line works for one and for many?
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Build the same input as for fitting, with `axis=-1`; multiply it by the matrix; and do not forget what the model
# predicts.
# </details>


# %% exercise="predict_next"
def predict_next(W, obs, action, num_actions):
    """The next observation(s), according to the linear model.

    Args:
      W: the model, float [obs_dim + num_actions, obs_dim].
      obs: float [obs_dim], or a batch [N, obs_dim].
      action: int [], or a batch [N].
      num_actions: int, known when the function is compiled.
    Returns:
      The predicted next observation, float [obs_dim], or a batch [N, obs_dim].
    """
    ### BEGIN SOLUTION
    inputs = jnp.concatenate([obs, jax.nn.one_hot(action, num_actions)], axis=-1)
    return obs + inputs @ W
    ### END SOLUTION


# %% check="predict_next" points=1
@checks.exercise("predict_next")
def _check():
    W = jnp.array([[0.5, 0.0], [0.0, 0.25], [1.0, 2.0], [-3.0, 1.0]])
    batch, actions = jnp.array([[2.0, -4.0], [0.0, 8.0], [-2.0, 4.0]]), jnp.array([1, 0, 1])
    print("W = [[0.5, 0], [0, 0.25], [1, 2], [-3, 1]]: two actions")
    for how, predict in checks.ways(predict_next, static_argnums=3):
        checks.equal(
            predict(W, batch[0], jnp.array(1), 2), [0.0, -4.0], f"predict_next(W, [2, -4], 1, 2){how}",
            wrong=[
                ([-2.0, 0.0], "that is the change; add it to the observation"),
                ([4.0, -4.0], "the change is subtracted from the observation; add it"),
                ([4.0, -3.0], "that is action 0; actions are counted from 0 and have their rows below those of obs"),
                ([0.0, -0.07], "no clipping here"),
                ([16.0, -3.75], "that puts the action before the observation; obs comes first, as in the rows of W"),
                ([3.0, -4.75], "that uses row 1 for action 1; rows 0 and 1 belong to obs, and the actions come below"),
                ([3.0, -5.0], "the action is missing"),
            ],
        )  # fmt: skip
        checks.equal(
            predict(W, batch, actions, 2), [[0.0, -4.0], [1.0, 12.0], [-6.0, 6.0]],
            f"predict_next(W, obs, action, 2) for a batch of 3{how}",
            wrong=[
                ([[-2.0, 0.0], [1.0, 4.0], [-4.0, 2.0]], "that is the change; add it to the observation"),
                ([[0.0, -4.0], [-3.0, 11.0], [-6.0, 6.0]], "every row used the first action; each has its own"),
                ([[0.0, -4.0], [0.0, 10.0], [-6.0, 6.0]], "the action is in there as a number; make it one-hot"),
            ],
            hint="For a batch, row i is the prediction for obs[i] and action[i].",
        )  # fmt: skip
        checks.equal(
            predict(W, batch[:1], actions[:1], 2), [[0.0, -4.0]], f"predict_next for a batch of 1{how}",
            wrong=[([0.0, -4.0], "a batch of one row stays a batch, [1, obs_dim]")],
        )  # fmt: skip
    plain = np.array([2.0, -4.0], np.float32)
    checks.equal(predict_next(W, plain, np.array(1), 2), [0.0, -4.0], "predict_next(W, np.array([2, -4]), 1, 2)")
    checks.unchanged(np.array([2.0, -4.0], np.float32), plain, "obs")
    checks.equal(
        predict_next(jnp.eye(5, 3), jnp.array([1.0, 2.0, 3.0]), jnp.array(1), 2), [2.0, 4.0, 6.0],
        "predict_next(W, [1, 2, 3], 1, 2), an observation of three numbers,",
    )  # fmt: skip


# %% test="predict_next" points=3
### BEGIN HIDDEN TESTS
@checks.hidden("predict_next")
def _test():
    rng = np.random.default_rng(73)
    jitted = jax.jit(predict_next, static_argnums=3)
    # Batches, those among them whose size is also that of an observation, or the number of actions.
    for dim, actions, n in [(2, 3, 1), (2, 3, 3), (2, 2, 2), (3, 3, 3), (1, 1, 4), (4, 2, 2), (2, 6, 30)]:
        _W = rng.normal(size=(dim + actions, dim)).astype(np.float32)
        _obs = (3.0 * rng.normal(size=(n, dim))).astype(np.float32)
        _action = rng.integers(actions, size=n)
        want, before = _obs + _obs @ _W[:dim] + _W[dim + _action], (_W.copy(), _obs.copy(), _action.copy())
        what = f"The prediction for a batch of {n} observations of {dim} numbers, with {actions} actions"
        for how, function, array in [("", predict_next, np.asarray), ("", predict_next, jnp.asarray),
                                        (" under jax.jit", jitted, jnp.asarray)]:  # fmt: skip
            got = function(array(_W), array(_obs), array(_action), actions)
            checks.equal(got, want, f"{what}{how}", rtol=1e-4, atol=1e-4)
        checks.unchanged(before, (_W, _obs, _action), "An argument")

    # One observation, the action an integer of every kind.
    for dim, actions in [(2, 3), (1, 2), (3, 2)]:
        _W, _obs = (
            rng.normal(size=(dim + actions, dim)).astype(np.float32),
            rng.normal(size=dim).astype(np.float32),
        )
        for _action in range(actions):
            want = _obs + _obs @ _W[:dim] + _W[dim + _action]
            what = f"The prediction for one observation of {dim} numbers, with {actions} actions"
            for kind in (np.int32, np.int64, jnp.int32):
                arguments = (jnp.asarray(_W), jnp.asarray(_obs), kind(_action), actions)
                checks.equal(predict_next(*arguments), want, what, rtol=1e-4, atol=1e-4)
                checks.equal(jitted(*arguments), want, f"{what} under jax.jit", rtol=1e-4, atol=1e-4)
            got = predict_next(_W, _obs, np.int64(_action), actions)
            checks.equal(got, want, f"{what}, as NumPy arrays", rtol=1e-4, atol=1e-4)
    got = predict_next(W=jnp.zeros((3, 1)), obs=jnp.array([2.5]), action=jnp.array(0), num_actions=2)
    checks.equal(got, [2.5], "With W = 0, the prediction")


### END HIDDEN TESTS

# %% [markdown]
# One step from 150 states all over the state space. The thick grey arrows are the truth, the thin ones the model, in
# the colour of the action. Left, before fitting, with a matrix of small random numbers: nothing matches. Middle, fitted
# to the random driver's data: the arrows agree near the bottom of the valley and diverge on the slope to the right.
# Right, fitted to data from everywhere: to the eye, much the same.

# %% tags=["demo"]
obs, action, next_obs = (x[:150] for x in drive_from_anywhere(jax.random.key(2)))
models = {
    "before fitting": 0.01 * np.random.default_rng(0).normal(size=(5, 2)),
    "fitted to the random driver": fit_linear_dynamics(*RANDOM_DATA, NUM_ACTIONS),
    "fitted to uniform samples": fit_linear_dynamics(*drive_from_anywhere(jax.random.key(1)), NUM_ACTIONS),
}
_, axes = plt.subplots(1, 3, figsize=(17, 4.6), sharex=True, sharey=True)
for ax, (name, W) in zip(axes, models.items(), strict=True):
    predicted = predict_next(W, obs, action, NUM_ACTIONS)
    plotting.plot_transitions(obs, next_obs, predicted=predicted, action=action, ax=ax)
    ax.set_title(name, pad=28)

# %% [markdown]
# That is to the eye. Now look at what the slope does to the velocity, as a function of the position. In truth it is
# $-0.0025\cos(3 \cdot \text{position})$, a valley between two hills, and a linear model has only a straight line to
# express it. It can choose where to be right:
#
# - fitted to the **random driver**, it is right at the bottom of the valley, and believes that the slope gets ever
#   steeper: at the flag it feels a pull to the left that is not there,
# - fitted to **uniform samples**, it is a little wrong nearly everywhere, and puts the bottom of the valley in the
#   wrong place, where its line crosses zero.

# %% tags=["demo"]
positions = np.linspace(-1.2, 0.6, 100)
obs = np.stack([positions, 0 * positions], axis=1).astype(np.float32)
no_push = np.ones(100, int)
models = {
    "linear, random driver": fit_linear_dynamics(*RANDOM_DATA, NUM_ACTIONS),
    "linear, uniform samples": fit_linear_dynamics(*drive_from_anywhere(jax.random.key(1)), NUM_ACTIONS),
}
_, ax = plt.subplots(figsize=(8, 3.8))
ax.plot(positions, -0.0025 * np.cos(3 * positions), color=palette.INK, lw=2.5, label="truth")
for (name, W), colour, style in zip(models.items(), palette.SERIES, ("--", ":"), strict=False):
    ax.plot(positions, predict_next(W, obs, no_push, NUM_ACTIONS)[:, 1], style, color=colour, lw=2.2, label=name)
ax.axhline(0.0, color=palette.GREY, lw=0.8)
ax.axvspan(RANDOM_DATA[0][:, 0].min(), RANDOM_DATA[0][:, 0].max(), color=palette.SHADE, zorder=0)
ax.annotate("seen by the random driver", (-0.53, -0.0078), ha="center", color=palette.INK, fontsize="small")
ax.axvline(0.5, color=palette.VERMILION, ls="--", lw=1.2)
ax.set(xlabel="position (the flag is at 0.5)", ylabel="change of the velocity in a step\nwithout a push, at rest")
_ = ax.legend(frameon=False)

# %% [markdown]
# ## 3. What else a dream needs
#
# The model says where a step leads. To dream whole episodes, you also have to know what the step pays, when an episode
# is over, and where it begins. Often these are known anyway, because it is *we* who define the task. Here every step
# pays -1, and the task is over at the flag.

# %% [markdown]
# ### Exercise: `mountain_car_terminated`
#
# *About 3 minutes · difficulty 1 of 3 · importance 1 of 3*
#
# $$d = \big(\text{position} \ge 0.5\big) \ \text{and}\ \big(\text{velocity} \ge 0\big)$$
#
# *In words: the car is at the flag or beyond it, and it is not rolling back.*
#
# **Shapes.** `obs`: float `[2]`, result a bool; or a batch `[N, 2]`, result bools `[N]`. It has to work under
# `jax.jit`.
#
# **Example.** At `[0.5, 0.0]` the task is over, at `[0.55, -0.01]` it is not.
#
# <details><summary>Hint 1: a nudge</summary>
#
# `obs[..., 0]` is the first entry of the last axis, however many axes come before it. For arrays of conditions,
# Python's `and` does not work; `&` does, with brackets around each side.
# </details>


# %% exercise="mountain_car_terminated"
def mountain_car_terminated(obs):
    """Whether the car has arrived at the flag.

    Args:
      obs: (position, velocity), float [2], or a batch [N, 2].
    Returns:
      bool [], or [N].
    """
    ### BEGIN SOLUTION
    return (obs[..., 0] >= 0.5) & (obs[..., 1] >= 0.0)
    ### END SOLUTION


# %% check="mountain_car_terminated" points=1
@checks.exercise("mountain_car_terminated")
def _check():
    cases = [
        ([0.55, 0.01], True, "The car is beyond the flag and moving on."),
        ([0.45, 0.07], False, "The car is not at the flag yet."),
        ([-0.9, 0.03], False, "The car is on the other hill. What counts is the position, not its size."),
        ([-0.5, 0.0], False, "The car is at the bottom of the valley."),
        ([0.55, -0.01], False, "The car is rolling back: its velocity is below 0."),
        ([0.5, 0.02], True, "A position of exactly 0.5 counts: at least means >=."),
        ([0.55, 0.0], True, "A velocity of exactly 0 counts: at least means >=."),
        ([-0.9, -0.03], False, "The car is on the other hill."),
        ([0.49995, 0.02], False, "Close to 0.5 is not there yet: allow no tolerance."),
        ([0.6, 0.03], True, "The car is beyond the flag and moving on."),
    ]
    wants = np.array([want for _, want, _ in cases])
    either = np.array([obs[0] >= 0.5 or obs[1] >= 0.0 for obs, _, _ in cases])
    ideas = [
        (~wants, "the wrong way round: it is True where the task goes on"),
        (either, "True where either of the two conditions holds. Both have to hold: combine them with &"),
        (
            wants & False,
            "False for every observation. Position is obs[..., 0] and velocity obs[..., 1]: have you swapped them?",
        ),
    ]
    for how, function in checks.ways(mountain_car_terminated):
        answers = []
        for obs, _, _ in cases:
            call = f"mountain_car_terminated({obs}){how}"
            answers.append(bool(checks.array(function(jnp.array(obs)), call, shape=(), dtype="bool")))
        for idea, sentence in ideas:
            checks.that(answers != list(idea), f"mountain_car_terminated{how} is {sentence}.")
        for got, (obs, want, why) in zip(answers, cases, strict=True):
            checks.that(got == want, f"mountain_car_terminated({obs}){how} should be {want}, but it is {got}. {why}")
    for how, function in checks.ways(mountain_car_terminated):
        batch, want = jnp.array([obs for obs, _, _ in cases]), [want for _, want, _ in cases]
        call = f"mountain_car_terminated of a batch [{len(cases)}, 2]{how}"
        got = checks.array(function(batch), call, dtype="bool")
        checks.that(
            got.shape != (2,), f"{call} looks at rows 0 and 1. Position and velocity are the columns: obs[..., 0]."
        )
        checks.that(
            got.shape != (),
            f"{call} is a single {bool(got.any())}. It should be one bool for each row: shape [{len(cases)}].",
        )
        checks.array(got, call, shape=(len(cases),), dtype="bool")
        checks.that(got.tolist() == want, f"{call} should be {want}, but it is {got.tolist()}.")


# %% test="mountain_car_terminated" points=2
### BEGIN HIDDEN TESTS
@checks.hidden("mountain_car_terminated")
def _test():
    rng = np.random.default_rng(74)
    jitted = jax.jit(mountain_car_terminated)
    just_below = np.nextafter(np.float32(0.5), np.float32(0.0))
    edges = [[p, v] for p in (0.5, just_below, 0.6, 0.4, -1.2, -0.5) for v in (0.0, -0.0, 1e-6, -1e-6, 0.07, -0.07)]
    random = rng.uniform([0.3, -0.02], [0.6, 0.05], (60, 2))
    obs = np.concatenate([np.array(edges), random, rng.uniform([-1.2, -0.07], [0.6, 0.07], (14, 2))])
    obs = obs.astype(np.float32)
    want = np.logical_and(obs[:, 0] >= 0.5, obs[:, 1] >= 0)
    before = obs.copy()
    for how, function in [("", mountain_car_terminated), (" under jax.jit", jitted)]:
        for i in range(0, len(obs), 1 if how else 3):
            for array in (np.asarray, jnp.asarray):
                got = checks.array(function(array(obs[i])), f"The answer for one observation{how}", shape=(),
                                    dtype="bool")  # fmt: skip
                checks.that(bool(got) == bool(want[i]), f"The answer for one observation{how} is not right.")
        for rows in (slice(0, 1), slice(0, 2), slice(1, 3), slice(30, 110), slice(None)):
            for array in (np.asarray, jnp.asarray):
                what = f"The answer for a batch of {len(obs[rows])}{how}"
                got = checks.array(function(array(obs[rows])), what, shape=(len(obs[rows]),), dtype="bool")
                checks.that(np.array_equal(got, want[rows]), f"{what} is not right.")
    checks.unchanged(before, obs, "obs")


### END HIDDEN TESTS

# %% [markdown]
# Before any learning, a yardstick: *push in the direction in which you are moving*. It is one line, needs no model, and
# swings the car up. (How would you come up with it? By thinking about swings. Nobody told the agents.) In the state
# space, an episode is a spiral, outwards from the bottom of the valley to the end zone that you have just defined, on
# the right.

# %% tags=["demo"]
grid = plotting.state_grid(LOW, HIGH, 181)
end_zone = np.asarray(mountain_car_terminated(grid.reshape(-1, 2))).reshape(181, 181)

episode = record_episode(gym.make("rl_helpers/MountainCar-v0"), lambda obs: 2 if obs[1] >= 0 else 0, seed=1)
print(f"Return: {episode.rewards.sum():.0f}. Did your function end it? {mountain_car_terminated(episode.obs[-1])}")

_, ax = plt.subplots(figsize=(7, 4.2))
ax.contourf(grid[..., 0], grid[..., 1], end_zone, [0.5, 1.5], colors=[palette.VERMILION], alpha=0.35)
plotting.plot_transitions(episode.obs[:-1], episode.obs[1:], action=episode.actions, ax=ax)
ax.annotate("end zone", (0.55, 0.035), rotation=90, ha="center", va="center", color=palette.VERMILION)
ax.set(xlim=(LOW[0] - 0.03, HIGH[0]), ylim=(-0.073, 0.073))
animate(episode)

# %% [markdown]
# ### Exercise: `model_step`
#
# *About 10 minutes · difficulty 2 of 3 · importance 3 of 3*
#
# Now one whole step of a dream, for one observation:
#
# 1. predict the next observation with `predict_next`,
# 2. **clip** each part of it to its bounds, `low` and `high`,
# 3. the **wall**: if the position is now exactly `low[0]` and the velocity is below 0, set the velocity to 0,
# 4. the reward is -1.0,
# 5. ask `mountain_car_terminated` whether the task is over, for the observation **you return**.
#
# *In words: the model makes a proposal, and what we know for certain about the car corrects it.* The number of actions
# follows from the shape of `W`.
#
# **Shapes.** `W`: float `[2 + num_actions, 2]`. `obs`: float `[2]`. `action`: an int scalar. `low`, `high`: float
# `[2]`. The result: `(next_obs, reward, terminated)`, float `[2]` and two scalars. It has to work under `jax.jit` with
# every argument traced, and under `jax.vmap`.
#
# **Example.** If the model predicts `[-1.3, -0.02]` and `low = [-1.2, -0.07]`, then the position is clipped to -1.2,
# which is the wall, and the result is `([-1.2, 0.0], -1.0, False)`.
#
# Helpful:
# [`jnp.clip`](https://docs.jax.dev/en/latest/_autosummary/jax.numpy.clip.html),
# [`jnp.where`](https://docs.jax.dev/en/latest/_autosummary/jax.numpy.where.html)
#
# <details><summary>Hint 1: a nudge</summary>
#
# Under `jax.jit` the numbers are not known yet, so the wall cannot be an `if`; the shapes are known, so `num_actions`
# can be a plain integer. And JAX arrays cannot be changed in place: build a new observation from its two parts.
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# The number of rows of `W` minus the number of its columns is the number of actions. Predict, clip, take out the two
# parts, let `jnp.where` choose the velocity, join the two with `jnp.stack` or `jnp.array`, and only then ask whether
# the task is over.
# </details>


# %% exercise="model_step"
def model_step(W, obs, action, low, high):
    """One imagined step.

    Args:
      W: the model, float [2 + num_actions, 2].
      obs: (position, velocity), float [2].
      action: int [].
      low, high: bounds on the observation, float [2].
    Returns:
      (next_obs, reward, terminated): float [2], -1.0, and whether the task is over in next_obs.
    """
    ### BEGIN SOLUTION
    num_actions = W.shape[0] - W.shape[1]
    position, velocity = jnp.clip(predict_next(W, obs, action, num_actions), low, high)
    velocity = jnp.where((position == low[0]) & (velocity < 0.0), 0.0, velocity)
    next_obs = jnp.stack([position, velocity])
    return next_obs, -1.0, mountain_car_terminated(next_obs)
    ### END SOLUTION


# %% check="model_step" points=2
def _three_moves(W, obs, action, num_actions):
    """Stands in for your predict_next here, so that this exercise is judged on its own: only for the two W below."""
    checks.that(
        not isinstance(num_actions, jax.core.Tracer) and int(num_actions) == len(W) - 2,
        f"predict_next was called with num_actions={num_actions}, but a W of shape [{len(W)}, 2] has {len(W) - 2} "
        "actions.",
    )
    return obs + jnp.stack([0.5 * action - 0.5, 0.0625 * action - 0.0625], axis=-1) * (num_actions == 3)


def _known_ends(obs):
    """Stands in for your mountain_car_terminated here: it knows the answers only for the observations below."""
    ends = jnp.array([[0.6, 0.02], [0.6, 0.07], [0.55, 0.0]])
    return jnp.any(jnp.all(jnp.abs(jnp.asarray(obs)[..., None, :] - ends) < 1e-4, axis=-1), axis=-1)


@checks.exercise("model_step", given={"predict_next": _three_moves, "mountain_car_terminated": _known_ends})
def _check():
    _W = jnp.array([[0.0, 0.0], [0.0, 0.0], [-0.5, -0.0625], [0.0, 0.0], [0.5, 0.0625]])
    low, high = jnp.array([-1.2, -0.07]), jnp.array([0.6, 0.07])
    print("W moves the observation by [-0.5, -0.0625], [0, 0] and [0.5, 0.0625] for actions 0, 1 and 2.")
    print("low = [-1.2, -0.07], high = [0.6, 0.07]")

    def step(function, obs, action, what):
        return parts(function(_W, jnp.array(obs), jnp.array(action), low, high), what)

    def parts(result, what):
        checks.that(
            isinstance(result, (tuple, list)) and len(result) == 3,
            "model_step should return three things: `return next_obs, reward, terminated`.",
        )
        next_obs, reward, terminated = result
        checks.equal(
            reward, -1.0, f"The reward of {what}",
            wrong=[(0.0, "every step costs 1, the last one too"), (1.0, "a step costs 1: its reward is -1")],
        )  # fmt: skip
        kind = "bool" if np.asarray(terminated).dtype == bool else "number"
        return next_obs, float(checks.array(terminated, f"`terminated` of {what}", shape=(), dtype=kind))

    cases = [
        ([-0.5, 0.01], 1, [-0.5, 0.01], 0, [], "There is no push, and this W leaves the observation as it is."),
        ([-0.25, 0.005], 2, [0.25, 0.0675], 0, [([-0.75, -0.0575], "that is action 0")], ""),
        (
            [-1.0, 0.0], 0, [-1.2, 0.0], 0,
            [
                ([-1.5, -0.0625], "clip the prediction to the bounds"),
                ([-1.2, -0.0625], "at the wall on the left, a velocity below 0 becomes 0"),
                ([-1.2, 0.0625], "the wall does not throw the car back; the velocity becomes 0"),
                ([-1.0, 0.0], "that is the old observation"),
            ],
            "",
        ),
        (
            [-1.2, 0.03], 1, [-1.2, 0.03], 0,
            [([-1.2, 0.0], "at the wall, a velocity above 0 leads away from it, and stays as it is")],
            "",
        ),
        (
            [-1.2, -0.03], 1, [-1.2, 0.0], 0,
            [([-1.2, -0.03], "a position of exactly low[0] is at the wall too; there a velocity below 0 becomes 0")],
            "",
        ),
        (
            [0.0, -0.03], 1, [0.0, -0.03], 0,
            [([0.0, 0.0], "only at the wall does a velocity below 0 become 0"), ([0.0, 0.03], "only at the wall")],
            "",
        ),
        (
            [0.25, 0.04], 2, [0.6, 0.07], 1,
            [
                ([0.75, 0.1025], "clip the prediction to the bounds"),
                ([0.6, 0.1025], "clip the velocity too"),
                ([0.75, 0.07], "clip the position too"),
                ([0.6, 0.0], "there is no wall on the right; the velocity stays"),
            ],
            "",
        ),
        ([0.65, 0.02], 1, [0.6, 0.02], 1, [([0.65, 0.02], "clip the prediction to the bounds")], ""),
        (
            [-1.1995, -0.01], 1, [-1.1995, -0.01], 0,
            [([-1.1995, 0.0], "that is near the wall, not at it; the wall is at exactly low[0]")],
            "",
        ),
        ([0.05, -0.0625], 2, [0.55, 0.0], 1, [], ""),
    ]  # fmt: skip
    rolls_back = "model_step(W, [0.55, -0.03], 1, low, high)"
    for how, _function in checks.ways(model_step):
        for _obs, _action, want, end, _wrong, _hint in cases:
            _what = f"model_step(W, {_obs}, {_action}, low, high){how}"
            _next_obs, _terminated = step(_function, _obs, _action, _what)
            checks.equal(_next_obs, want, f"next_obs of {_what}", atol=1e-4, wrong=_wrong, hint=_hint)
            checks.that(
                _terminated == end,
                f"`terminated` of {_what} should be {bool(end)}, but it is {bool(_terminated)}. Judge the observation "
                "you return, after clipping, not the one before the step and not the raw prediction.",
            )
        checks.that(
            not step(_function, [0.55, -0.03], 1, rolls_back + how)[1],
            f"`terminated` of {rolls_back}{how} should be False: the car is beyond the flag, but it rolls back. "
            "mountain_car_terminated looks at the velocity too.",
        )
    _what = "model_step(zeros, [-1.1, 0.5], 1, low=[-1, -1], high=[0.4, 1]), where zeros has shape [4, 2],"
    bounds = jnp.array([-1.0, -1.0]), jnp.array([0.4, 1.0])
    _next_obs, _ = parts(model_step(jnp.zeros((4, 2)), jnp.array([-1.1, 0.5]), jnp.array(1), *bounds), _what)
    checks.equal(
        _next_obs, [-1.0, 0.5], f"next_obs of {_what}",
        wrong=[([-1.1, 0.07], "those are the bounds of the real car; clip to `low` and `high` as they are passed in")],
    )  # fmt: skip
    got = jax.vmap(model_step, in_axes=(None, 0, 0, None, None))(
        _W, jnp.array([[-1.0, 0.0], [0.25, 0.04]]), jnp.array([0, 2]), low, high
    )[0]
    checks.equal(got, [[-1.2, 0.0], [0.6, 0.07]], "next_obs of model_step under jax.vmap", atol=1e-4)


# %% test="model_step" points=4
### BEGIN HIDDEN TESTS
def _reference_predict_next(W, obs, action, num_actions):
    inputs = jnp.concatenate([jnp.asarray(obs), jax.nn.one_hot(action, num_actions)], axis=-1)
    return jnp.asarray(obs) + inputs @ jnp.asarray(W)


def _reference_terminated(obs):
    return jnp.logical_and(jnp.asarray(obs)[..., 0] >= 0.5, jnp.asarray(obs)[..., 1] >= 0.0)


_references = {"predict_next": _reference_predict_next, "mountain_car_terminated": _reference_terminated}


@checks.hidden("model_step", given=_references)
def _test():
    rng = np.random.default_rng(75)

    def expected(W, obs, action, low, high):
        """next_obs [B, 2] and terminated [B]; and which rows are too close to a threshold to be judged."""
        raw = obs + obs @ W[:2] + W[2 + action]
        next_obs = np.clip(raw, low, high)
        at_wall = (next_obs[:, 0] == low[0]) & (next_obs[:, 1] < 0)
        next_obs[at_wall, 1] = 0.0
        edge = (np.abs(raw[:, 0] - low[0]) < 1e-4) | (np.abs(next_obs[:, 0] - 0.5) < 1e-4) & (low[0] != 0.5)
        edge |= np.abs(raw[:, 1]) < 1e-6
        return next_obs, (next_obs[:, 0] >= 0.5) & (next_obs[:, 1] >= 0), edge & np.any(W)

    def compare(got, want, ends, edge, what, batch):
        checks.that(
            isinstance(got, (tuple, list)) and len(got) == 3, "model_step should return next_obs, reward, terminated."
        )
        shape = (len(want),) if batch else ()
        next_obs = checks.array(got[0], f"next_obs {what}", shape=(*shape, 2), dtype="float")
        checks.equal(got[1], np.full(shape, -1.0), f"The reward {what}")
        kind = "bool" if np.asarray(got[2]).dtype == bool else "number"
        terminated = checks.array(got[2], f"`terminated` {what}", shape=shape, dtype=kind).astype(float)
        if batch:
            next_obs, terminated = next_obs[~edge], terminated[~edge]
            want, ends = want[~edge], ends[~edge]
        checks.equal(next_obs, want, f"next_obs {what}", rtol=1e-4, atol=1e-5)
        checks.equal(terminated, ends, f"`terminated` {what}")

    mountain_car = np.array([[-0.004, -0.004], [0.984, -0.016], [-0.0024, -0.0019], [-0.0015, -0.001], [-0.0006, 0.0]])
    models = [
        (mountain_car, [-1.2, -0.07], [0.6, 0.07]),
        (np.zeros((5, 2)), [-1.2, -0.07], [0.6, 0.07]),  # no change, so every row can be judged
        (rng.normal(0, 0.4, (5, 2)), [-1.2, -0.07], [0.6, 0.07]),
        (rng.normal(0, 0.4, (5, 2)), [-1.5, -2.0], [0.4, 2.0]),  # the flag lies out of reach
        (rng.normal(0, 0.4, (3, 2)), [-1.0, -1.0], [1.0, 0.75]),  # one action
        (rng.normal(0, 0.4, (4, 2)), [-0.75, -1.5], [1.5, 0.5]),  # two
        (rng.normal(0, 0.4, (8, 2)), [0.5, -0.5], [1.5, 0.5]),  # six, and the wall is behind the flag
    ]
    jitted, batched = jax.jit(model_step), jax.vmap(model_step, in_axes=(None, 0, 0, None, None))
    jitted_batched = jax.jit(batched)
    for number, (_W, _low, _high) in enumerate(models):
        _W, _low, _high = (np.array(x, np.float32) for x in (_W, _low, _high))
        _obs = rng.uniform(_low - 0.1 * (_high - _low) * (number > 0), _high, (80, 2)).astype(np.float32)
        _obs[:10, 0], _obs[10:20, 0], _obs[20:30, 0] = _low[0] + 1e-3, 0.52, _low[0]
        _obs[20, 1] = -5e-4
        _action = rng.integers(len(_W) - 2, size=80)
        _want, _ends, _edge = expected(*(np.asarray(x, float) for x in (_W, _obs)), _action, _low, _high)
        arguments = [jnp.asarray(x) for x in (_W, _obs, _action, _low, _high)]
        _what = f"with {len(_W) - 2} action{'s' if len(_W) > 3 else ''}"
        if number == 2:
            compare(batched(*arguments), _want, _ends, _edge, f"under jax.vmap, {_what}", True)
        compare(jitted_batched(*arguments), _want, _ends, _edge, f"under jax.jit and jax.vmap, {_what}", True)
        before = [x.copy() for x in (_W, _obs, _low, _high)]
        for i in np.flatnonzero(~_edge)[:25:4]:
            single = (arguments[0], arguments[1][i], arguments[2][i], *arguments[3:])
            if len(_W) == 5:  # one shape, compiled once
                compare(jitted(*single), _want[i], _ends[i], None, f"under jax.jit, {_what}", False)
            if number not in (2, 6):
                continue
            compare(model_step(*single), _want[i], _ends[i], None, _what, False)
            compare(model_step(_W, _obs[i], _action[i], _low, _high), _want[i], _ends[i], None,
                     f"with NumPy arrays, {_what}", False)  # fmt: skip
        checks.unchanged(before, [_W, _obs, _low, _high], "An argument")


### END HIDDEN TESTS

# %% [markdown]
# How good is a model? Ask it about states for which you know the answer. The first two plots show the error of the
# predicted velocity after one step, all over the state space, for the worst action; a push changes the velocity by
# 0.001. Fitted to the random driver, the model is right where he drove, and at the flag it is off by more than six
# pushes. Fitted to samples from everywhere, it is off by one or two pushes in most places: its straight line crosses
# the cosine twice, and only there is it right.
#
# The third plot shows what matters for dreams: errors over **rollouts**. Each model predicts from its own predictions,
# from 300 starting states all over the state space, with random pushes of ten steps each. One step is nearly perfect,
# but then the errors feed on each other. After 60 steps, half of the predictions are off by more than 0.3, a sixth of
# the whole track. Neither model is good enough to look 60 steps ahead. Is one of them good enough to learn from?

# %% tags=["demo"]
models = {
    "linear, random driver": fit_linear_dynamics(*RANDOM_DATA, NUM_ACTIONS),
    "linear, uniform samples": fit_linear_dynamics(*drive_from_anywhere(jax.random.key(1)), NUM_ACTIONS),
}


def dream_step(W):
    return lambda obs, action: model_step(W, obs, action, LOW, HIGH)[0]


def one_step_error(step):
    """Error of the velocity, for the worst of the three actions, all over the state space [61, 61]."""
    obs = plotting.state_grid(LOW, HIGH).reshape(-1, 2)
    ask = lambda step, a: jax.vmap(step, (0, None))(obs, a)[:, 1]
    return jnp.stack([jnp.abs(ask(step, a) - ask(real_step, a)) for a in jnp.arange(3)]).max(axis=0).reshape(61, 61)


def rollout_errors(step, key, num_rollouts=300, num_steps=60):
    """Error of the position, after 1, 2, ... steps [num_rollouts, num_steps]."""
    start_key, action_key = jax.random.split(key)
    starts = sample_observations(start_key, LOW, HIGH, num_rollouts)
    actions = jnp.repeat(jax.random.randint(action_key, (num_steps // 10, num_rollouts), 0, NUM_ACTIONS), 10, axis=0)
    roll = lambda step: jax.lax.scan(lambda obs, a: 2 * (jax.vmap(step)(obs, a),), starts, actions)[1][..., 0].T
    return jnp.abs(roll(step) - roll(real_step))


_, (left, middle, right) = plt.subplots(1, 3, figsize=(17, 4.4))
for ax, (name, W) in zip((left, middle), models.items(), strict=True):
    error = one_step_error(dream_step(jnp.asarray(W)))
    plotting.plot_model_error(error, LOW, HIGH, limit=0.006, error_label="error of the velocity", ax=ax)
    ax.set_title(f"{name}: one step")
    errors = np.asarray(rollout_errors(dream_step(jnp.asarray(W)), jax.random.key(3)))
    plotting.plot_rollout_error(errors, label=name, ax=right)
_ = right.set_title("rollouts")

# %% [markdown]
# ## 4. Practising in a dream
#
# Now you have everything. `ModelEnv` puts a model behind the interface of an environment, `reset` and `step`, so an
# agent cannot tell whether it is awake. It needs three things:
#
# - a `model(obs, action)` that returns what your `model_step` returns,
# - where episodes **start**. In a dream you choose! The real car always starts at rest in the valley. We start half of
#   the dreams there, and half of them anywhere: at full speed, on the slope, just before the flag. That breaks the
#   silence. An agent whose dream begins next to the flag finds it at once, and the news travels back from state to
#   state.
# - a **time limit**, 200 steps as in the real environment.
#
# The agent is the DQN of notebook 5, part by part (here it is given). Nothing in it knows about models. Only the
# settings differ: it scales the observation to about 1, explores in a fifth of its steps, copies its target network
# every 10 learning steps and lowers its learning rate to 0 by the end. It also keeps a diary: its parameters at every
# thousandth learning step.


# %%
from rl_helpers.compiled import run_compiled_loop
from rl_helpers.replay import ReplayMemory

GAMMA, EPSILON, TARGET_UPDATE_PERIOD = 0.99, 0.2, 10
NUM_UPDATES, NUM_ENVS, NUM_SEEDS = 8_000, 32, 5
OPTIMISER = optax.adam(optax.cosine_decay_schedule(4e-3, NUM_UPDATES))


class DQNParams(NamedTuple):
    online: Any  # is trained, and acts
    target: Any  # an older copy, which provides the targets


class LearnerState(NamedTuple):
    trainer_steps: Any
    optimiser_state: Any
    diary: Any  # the online parameters at learning step 0, 1000, 2000, ...


def q_network(obs):
    """Q-values of all actions [..., 3], for one observation [2] or a batch of them [B, 2]."""
    centre, half_width = (LOW + HIGH) / 2, (HIGH - LOW) / 2
    return hk.nets.MLP([64, 64, NUM_ACTIONS])((obs - centre) / half_width)


Q_NETWORK = hk.without_apply_rng(hk.transform(q_network))


def dqn_select_action(key, params, actor_state, obs, evaluation=False):
    explore_key, action_key = jax.random.split(key)
    explore = (jax.random.uniform(explore_key) < EPSILON) & jnp.logical_not(evaluation)
    greedy_action = jnp.argmax(Q_NETWORK.apply(params.online, obs))
    return jnp.where(explore, jax.random.randint(action_key, (), 0, NUM_ACTIONS), greedy_action), actor_state


def q_learning_loss(online, target, batch):
    q_values = Q_NETWORK.apply(online, batch.obs)  # [B, 3]
    future = Q_NETWORK.apply(target, batch.next_obs).max(axis=1)
    bellman_target = batch.reward + GAMMA * (1.0 - batch.terminated) * future
    q_taken = jnp.take_along_axis(q_values, batch.action[:, None], axis=1)[:, 0]
    return jnp.mean(jnp.square(q_taken - jax.lax.stop_gradient(bellman_target)))


def dqn_learn(key, params, learner_state, batch):
    steps, optimiser_state, diary = learner_state
    gradient = jax.grad(q_learning_loss)(params.online, params.target, batch)
    updates, optimiser_state = OPTIMISER.update(gradient, optimiser_state)
    online = optax.apply_updates(params.online, updates)
    choose = lambda condition: lambda new, old: jnp.where(condition, new, old)
    target = jax.tree.map(choose(steps % TARGET_UPDATE_PERIOD == 0), online, params.target)
    page = steps // 1000
    write = lambda diary, new: diary.at[page].set(jnp.where(steps % 1000 == 0, new, diary[page]))
    return DQNParams(online, target), LearnerState(steps + 1, optimiser_state, jax.tree.map(write, diary, online))


def init_params(key):
    online = Q_NETWORK.init(key, jnp.zeros(2))
    return DQNParams(online, online)


def make_dqn_agent():
    online = init_params(jax.random.key(0)).online
    diary = jax.tree.map(lambda x: jnp.zeros((NUM_UPDATES // 1000, *x.shape)), online)
    learner_state = LearnerState(jnp.int32(0), OPTIMISER.init(online), diary)
    return Agent(dqn_select_action, init_params(jax.random.key(0)), None, dqn_learn, learner_state)


def anywhere_or_in_the_valley(key):
    """Where dreams start: half of them anywhere, half of them where the real car starts."""
    coin_key, anywhere_key, valley_key = jax.random.split(key, 3)
    anywhere = jax.random.uniform(anywhere_key, (2,), minval=LOW, maxval=HIGH)
    return jnp.where(jax.random.bernoulli(coin_key), anywhere, ENV.reset(valley_key)[1])


def train(env, num_steps=NUM_UPDATES * NUM_ENVS, num_envs=NUM_ENVS):
    """Five DQN agents, each with its own network; one learning step after each step of all its environments."""
    memory = ReplayMemory(max_size=50_000, batch_size=64)
    return run_compiled_loop(
        jax.random.key(1), env, make_dqn_agent(), memory,
        num_steps=num_steps, num_envs=num_envs, num_seeds=NUM_SEEDS, init_params=init_params,
        evaluate_every=num_steps // 8,
    )  # fmt: skip


# %% [markdown]
# Five agents dream in the linear model of the uniform samples. Each takes 256,000 steps, every one of them imagined.
#
# What would they do in each state? The plots show the first agent **before**, **during** and **after** its training.
# Before training, the regions are drawn by chance. At the end you can nearly read off the one-line rule: push left when
# you roll to the left, push right when you roll to the right. Look where the agent breaks that rule. At the lower
# right, the car is close to the flag and rolling back; there it pays to brake.

# %% tags=["demo"]
W = jnp.asarray(fit_linear_dynamics(*drive_from_anywhere(jax.random.key(1)), NUM_ACTIONS))
dream = ModelEnv(lambda obs, action: model_step(W, obs, action, LOW, HIGH), anywhere_or_in_the_valley, max_steps=200)
result = train(dream)

grid = plotting.state_grid(LOW, HIGH)
diary = [jax.tree.map(lambda x, page=page: x[0, page], result.agent.learner_state.diary) for page in (0, 1, 3)]
networks = [*diary, jax.tree.map(lambda x: x[0], result.agent.params.online)]
_, axes = plt.subplots(1, 4, figsize=(18, 4.4), sharey=True)
for ax, network, updates in zip(axes, networks, ("before training", "1,000", "3,000", "8,000"), strict=True):
    decisions = Q_NETWORK.apply(network, grid).argmax(axis=-1)
    names = {"action_names": plotting.ACTION_NAMES, "labels": plotting.STATE_LABELS}
    plotting.plot_policy(decisions, LOW, HIGH, **names, ax=ax)
    ax.set_title(updates if " " in updates else f"after {updates} learning steps", pad=28)
    ax.set_ylabel(plotting.STATE_LABELS[1] if ax is axes[0] else "")

# %% [markdown]
# ## 5. The number that counts
#
# In the dream, the agents do well. Does that mean anything? There is one way to know, and it is surprisingly often left
# out: **let the policy drive the real car.** Alongside it is everything that it has to be compared with:
#
# - the **random** driver,
# - the **one-line rule**: push where you are going,
# - **DQN without a model**, in the real environment, with as many real steps as the models had: 10,000,
# - a dream of the linear model fitted to the **random driver's** steps,
# - a dream of the linear model fitted to **uniform samples**,
# - a dream of a **better model**. We know that a slope is involved, so we give the model one more input:
#   $\cos(3 \cdot \text{position})$. The rest is your own code: an observation with three parts instead of two, and the
#   same least squares. It is fitted to the *random driver's* 10,000 steps, which never left the valley.
#
# Each driver drives 100 real episodes; there are five agents of each kind, and they drive greedily. For those that
# learned in a dream, we also look at what they *believe*: the same 100 starts, driven in their own dream. (About 40
# seconds.)


# %%
def with_cosine(obs):
    """Observations of three parts: position, velocity and cos(3 position)."""
    return jnp.concatenate([obs, jnp.cos(3.0 * obs[..., :1])], axis=-1)


def mean_return(env, policy, num_episodes=100):
    """Mean return of `policy(key, obs) -> action` in a pure environment, over episodes of at most 200 steps."""

    def episode(key):
        state, obs = env.reset(key)

        def step(carry, key):
            state, obs, going_on = carry
            state, timestep = env.step(key, state, policy(key, obs))
            return (state, timestep.obs, going_on & ~timestep.terminated), going_on * timestep.reward

        return jax.lax.scan(step, (state, obs, True), jax.random.split(key, 200))[1].sum()

    return jax.vmap(episode)(jax.random.split(jax.random.key(5), num_episodes)).mean()


def greedy_returns(env, result):
    """Mean return of each of the trained agents, greedy, in `env` [NUM_SEEDS]."""
    policy = lambda params: lambda key, obs: Q_NETWORK.apply(params.online, obs).argmax()
    return np.asarray(jax.jit(jax.vmap(lambda params: mean_return(env, policy(params))))(result.agent.params))


# %% tags=["demo"]
obs, action, next_obs = RANDOM_DATA
W_random = jnp.asarray(fit_linear_dynamics(obs, action, next_obs, NUM_ACTIONS))
W_uniform = jnp.asarray(fit_linear_dynamics(*drive_from_anywhere(jax.random.key(1)), NUM_ACTIONS))
W_cosine = jnp.asarray(fit_linear_dynamics(with_cosine(obs), action, with_cosine(next_obs), NUM_ACTIONS))


def cosine_model(obs, action):
    predicted = predict_next(W_cosine, with_cosine(obs), action, NUM_ACTIONS)[:2]
    return model_step(jnp.zeros((5, 2)), predicted, action, LOW, HIGH)  # bounds, wall and end as before: no more change


models = {
    "dream: linear, random driver": lambda obs, action: model_step(W_random, obs, action, LOW, HIGH),
    "dream: linear, uniform samples": lambda obs, action: model_step(W_uniform, obs, action, LOW, HIGH),
    "dream: with cosine, random driver": cosine_model,
}
real = {
    "random driver": [float(mean_return(ENV, lambda key, obs: jax.random.randint(key, (), 0, NUM_ACTIONS)))],
    "one-line rule": [float(mean_return(ENV, lambda key, obs: jnp.where(obs[1] >= 0, 2, 0)))],
    "DQN, no model, 10,000 real steps": greedy_returns(ENV, train(ENV, num_steps=10_000, num_envs=1)),
}
imagined = {}
for name, model in models.items():
    result = train(ModelEnv(model, anywhere_or_in_the_valley, max_steps=200))
    real[name] = greedy_returns(ENV, result)
    imagined[name] = greedy_returns(ModelEnv(model, lambda key: ENV.reset(key)[1], max_steps=200), result)

print(f"{'mean return from the valley':<36}{'in its dream':>14}{'in reality':>12}    each agent, in reality")
for name, returns in real.items():
    dreamt = f"{np.mean(imagined[name]):.0f}" if name in imagined else ""
    each = ", ".join(f"{r:.0f}" for r in sorted(returns)) if len(returns) > 1 else ""
    print(f"{name:<36}{dreamt:>14}{np.mean(returns):>12.0f}    {each}")
print("\nThe model with cosine: its column for the velocity")
for row, number in zip(
    ["position", "velocity", "cos(3 position)", *plotting.ACTION_NAMES], W_cosine[:, 1], strict=True
):
    print(f"{row:>16} {number:10.5f}")

_, ax = plt.subplots(figsize=(9, 3.6))
for row, (name, returns) in enumerate(real.items()):
    dreamt = imagined.get(name, [])
    ax.plot(returns, np.full(len(returns), row), "o", color=palette.BLUE, ms=7, alpha=0.7)
    ax.plot(dreamt, np.full(len(dreamt), row + 0.25), "D", mfc="none", color=palette.VERMILION, ms=6)
reality, dreamt = ax.lines[-2:]
ax.legend([reality, dreamt], ["in reality", "in its own dream"], ncols=2, loc="lower left", bbox_to_anchor=(0, 1))
ax.set(yticks=range(len(real)), yticklabels=real, xlim=(-205, -80))
ax.set_xlabel("mean return of an agent over 100 episodes (-200: never arrived)")
ax.axvline(-97, color=palette.GREEN, ls="--", lw=1.2)
ax.annotate("best possible", (-97, 0), (4, 0), textcoords="offset points", color=palette.GREEN, va="center")
ax.invert_yaxis()
ax.grid(axis="x", color=palette.SHADE)

# %% [markdown]
# Read it line by line; your numbers may differ a little.
#
# - **DQN without a model** never arrived. In 10,000 real steps it did not see the flag once, and every step in its
#   memory says the same: -1. It is not a worse learner than the others; it *is* the others, without the choice of where
#   to start. (We gave it 25 times as many steps: still -200, with each of five seeds.)
# - **Linear, random driver** fails, and you have seen why. Its data end at position -0.2, and from there its slope goes
#   on getting steeper and steeper. In that dream, not even a car at full speed gets from the valley to the flag. The
#   dreamers expect -200 whatever they do, so what they do in the valley is decided by noise. If one of them arrives in
#   reality, it is by luck.
# - **Linear, uniform samples** is wrong too: in its dream the valley lies elsewhere, and what the dreamers believe is
#   off by some 20 steps. Yet in reality they arrive, nearly as fast as those with the better model. The model's numbers
#   are wrong, but it mostly gets right which push is *better*, and a policy needs no more than that. That is luck of a
#   kind as well: nothing in the dream could have told us beforehand.
# - **With cosine**, belief and reality agree, agent by agent, and the data are again those of the random driver, which
#   ruined the first model! One input of the right shape was worth more than 10,000 samples from everywhere. The model's
#   column for the velocity is the program of the environment: -0.0025 · cos(3 · position), and 0.001 for a push. A
#   model that knows the form of a law can leave the place where it was learned. (The remaining gap to the best possible
#   driver is the fault of DQN and its short training. The model has nothing more to teach it.)
#
# Three things to take away:
#
# 1. **A good return in a dream is a claim.** The real return is the test, and it costs only a few episodes. Ask for it
#    whenever someone shows you imagined results.
# 2. A model is only as good as the **coverage of its data**, or as what you knew **beforehand** about how to go beyond
#    it.
# 3. A dream gives you what reality does not: as many steps as you like, and a free choice of where to start.
#
# ## What you have now
#
# A complete model-based learner: collect, fit, dream, and then wake up and check. Before you go on:
#
# - Start all dreams in the valley (`lambda key: ENV.reset(key)[1]`) and predict what happens to the agent with the best
#   model. Then run it.
# - Fit the model with cosine to fewer of the random driver's steps: 1,000, 100, 10. How few are enough? And what would
#   happen if the data were noisy?
# - Let an agent that has learned in a poor dream collect the next 10,000 real steps, then fit again and dream again.
#   That cycle is the heart of methods such as [Dyna](http://incompleteideas.net/book/the-book-2nd.html) (Sutton and
#   Barto, chapter 8) and [MBPO](https://arxiv.org/abs/1906.08253).
# - Notebook 8 puts a neural network in place of the matrix, and instead of learning a policy it *plans*, anew in each
#   step.
