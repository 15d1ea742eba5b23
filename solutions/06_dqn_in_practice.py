# %% [markdown]
# # 6. DQN in practice
#
# In notebook 5 you built DQN. Today you build it the way people use it: with a schedule for exploration, a loss that
# does not overreact, a target network that glides, and targets that do not flatter the agent. Each is a few lines.
# Around them you add what turns an algorithm into an experiment: specs, a baseline, a score that means something, a
# log, and runs over many seeds that show **which of these ingredients matters, and when**.
#
# The goal is concrete. A tutorial from which many people have learned DQN keeps the pole up for 200 steps, ten times
# out of ten, after 8,000 steps of experience. Half of your agents should need fewer than 4,000.
#
# About 60 minutes. You need notebook 5. There are five exercises; after them you run experiments and look at the
# results.

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

from rl_helpers import Agent, Transition, checks, palette, plotting, record_episode

plt.style.use("rl_helpers.show.course")  # how the course's pictures look

# %% [markdown]
# ## 1. Read the specs
#
# Before you write an agent, look at the environment it will live in. The **specs** of an environment say what goes in
# and what comes out: shapes, dtypes, bounds. They determine the first and the last layer of your network. What they do
# not say, you have to measure: how large the numbers *really* get.
#
# We use CartPole with a clock of 200 steps, so the best possible return is 200. And we make it twice: one environment
# to train in, and one to evaluate in. An evaluation in the middle of a training episode would end that episode.

# %% tags=["demo"]
train_env = gym.make("CartPole-v1", max_episode_steps=200)
evaluation_env = gym.make("CartPole-v1", max_episode_steps=200)

space, rng = train_env.observation_space, np.random.default_rng(0)
episodes = [record_episode(train_env, lambda obs: int(rng.integers(2)), seed=i) for i in range(100)]
seen = np.concatenate([episode.obs for episode in episodes])

print(f"observation: {space.dtype} {list(space.shape)}    action: one of {train_env.action_space.n}, an int")
print(f"rewards seen: {set(np.concatenate([episode.rewards for episode in episodes]).tolist())}")
print(f"clock: truncates after {train_env.spec.max_episode_steps} steps\n")
print("                         lowest     highest   typical size (100 random episodes)")
for name, low, high, size in zip(plotting.OBS_NAMES, space.low, space.high, seen.std(axis=0), strict=True):
    print(f"{name:<22} {low:>8.2f}    {high:>8.2f}   {size:.2f}")

# %% [markdown]
# Three things to learn from the table:
#
# - The bounds are no help in scaling the inputs: two are infinite, and the episode ends long before the other two are
#   reached (at a position of ±2.4 m and an angle of ±0.21 rad).
# - **The typical sizes differ by a factor of five or more.** A freshly initialised network hardly notices an input that
#   is much smaller than the others, and here that is the angle of the pole (the position starts small too, but grows).
#   We will multiply the angle by 5. That costs nothing. Whether it helps, we shall see at the end.
# - The reward is 1, whatever you do. An agent cannot tell from a single reward that it did well, only from how many
#   follow.

# %% [markdown]
# ## 2. Keep score
#
# An agent has two policies. The **behaviour policy** collects experience, so it explores. The **evaluation policy** is
# what you would hand over if training stopped now: greedy, with no random actions. The score of an agent is the average
# return of its evaluation policy, over several episodes, in a separate environment.

# %% [markdown]
# ### Exercise: `compute_avg_return`
#
# *About 7 minutes · difficulty 1 of 3 · importance 2 of 3*
#
# Play $n$ episodes and average their returns:
#
# $$\bar G = \frac{1}{n} \sum_{i=0}^{n-1} \sum_t r^{(i)}_t$$
#
# *In words: add up all the rewards of each episode, without a discount; then take the mean over the episodes.*
#
# Episode $i$ (counted from 0) starts with `env.reset(seed=seed + i)`. So the $n$ episodes differ from each other, and
# the next agent is evaluated from the very same $n$ starting states.
#
# - `env`: any gymnasium environment, with any rewards and lengths. Leave it open: it will be needed again.
# - `policy`: a function from an observation to an action, called as `policy(obs)`.
# - The result: a float.
#
# **Example.** Two episodes, with rewards 1, 2, 4 and with the single reward 5: the returns are 7 and 5, their average
# is 6.
#
# Helpful: [`reset` and `step`](https://gymnasium.farama.org/api/env/) of
# gymnasium, [`np.mean`](https://numpy.org/doc/stable/reference/generated/numpy.mean.html)
#
# <details><summary>Hint 1: a nudge</summary>
#
# Two loops, one inside the other. What has to start afresh with each episode, and what carries on?
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# For each episode: reset with its own seed, set its return to zero, then act and add up rewards up to the step that is
# `terminated` or `truncated`; that step's reward counts too. Keep the returns in a list, and average them at the end.
# </details>


# %% exercise="compute_avg_return"
def compute_avg_return(env, policy, num_episodes=10, seed=0):
    """The average return of a policy.

    Args:
      env: a gymnasium environment; it stays open.
      policy: policy(obs) -> action, a Python or NumPy int.
      num_episodes: the number of episodes to average over, 1 or more.
      seed: episode i is reset with seed + i, an int.
    Returns:
      The mean over the episodes of the undiscounted sum of rewards, a float.
    """
    ### BEGIN SOLUTION
    returns = []
    for episode in range(num_episodes):
        obs, _ = env.reset(seed=seed + episode)
        episode_return, over = 0.0, False
        while not over:
            obs, reward, terminated, truncated, _ = env.step(policy(obs))
            episode_return += reward
            over = terminated or truncated
        returns.append(episode_return)
    return float(np.mean(returns))
    ### END SOLUTION


# %% check="compute_avg_return" points=1
class _Probe(gym.Env):
    """Its episodes have fixed rewards, determined by the seed. It observes the time, and records what is done to it."""

    observation_space = gym.spaces.Box(-np.inf, np.inf, (2,), np.float32)
    action_space = gym.spaces.Discrete(1000)

    def __init__(self, rewards, ends_with=("terminated",)):
        self.rewards, self.ends_with = rewards, ends_with
        self.seed, self.time = "not reset", None
        self.played, self.actions = [], []  # the seed of each episode played, and all actions

    def close(self):
        checks.fail("compute_avg_return closed the environment. Leave it open: it will be needed again.")

    def __deepcopy__(self, memo):
        return self  # playing on a copy is fine; its records are needed here

    def reset(self, *positional, seed=None, options=None):
        checks.that(not positional, "gymnasium wants the seed by name: env.reset(seed=...).")
        super().reset(seed=seed)
        self.seed, self.time = seed, 0
        return np.array([0.0, 0.5], np.float32), {}

    def step(self, action):
        checks.that(self.seed != "not reset", "compute_avg_return called env.step before env.reset.")
        rewards = self.rewards.get(self.seed, [1.0])
        checks.that(
            self.time < len(rewards),
            f"compute_avg_return kept calling env.step although the last step had reported "
            f"{'=True and '.join(self.ends_with)}=True. An episode is over when terminated or truncated is true.",
        )
        if self.time == 0:
            self.played.append(self.seed)
        self.actions.append(checks.integer(action, "The action given to env.step", allow_jax=False))
        self.time += 1
        over = self.time == len(rewards)
        obs = np.array([self.time, 0.5], np.float32)
        terminated, truncated = over and "terminated" in self.ends_with, over and "truncated" in self.ends_with
        return obs, rewards[self.time - 1], terminated, truncated, {}


@checks.exercise("compute_avg_return")
def _check():
    def three_plus_time(obs):
        checks.that(
            not isinstance(obs, tuple), "env.reset returns two things, obs and info. The policy wants obs alone."
        )
        return 3 + int(obs[0])

    print("Three episodes: seed 7 has rewards 1, 2, 4.5; seed 8 has 6; seed 9 has 0.5 and 2. env.step gets 3 + time.")
    env = _Probe({7: [1.0, 2.0, 4.5], 8: [6.0], 9: [0.5, 2.0]})
    what = "compute_avg_return(env, policy, num_episodes=3, seed=7)"
    got = compute_avg_return(env, three_plus_time, num_episodes=3, seed=7)
    checks.that(len(env.played) > 0, f"{what} never stepped the environment it was given.")
    checks.that(
        len(env.played) == 3,
        f"{what} played {len(env.played)} episode{'s' if len(env.played) > 1 else ''}; it should be 3.",
    )
    checks.that(env.played != [7, 7, 7], "Every episode was reset with the same seed, so it is the same episode three "
                "times. Episode i gets seed + i.")  # fmt: skip
    checks.that(env.played != [0, 1, 2], "The episodes were reset with seeds 0, 1 and 2. Count from `seed`, here 7.")
    checks.that(None not in env.played, "An episode was reset without a seed, so it may begin anywhere. Episode i gets "
                "seed + i.")  # fmt: skip
    checks.that(
        sorted(env.played) == [7, 8, 9],
        f"The episodes were reset with the seeds {env.played}. Episode i, counted from 0, gets seed + i: 7, 8 and 9.",
    )
    checks.that(
        all(_action < 6 for _action in env.actions) and len(env.actions) == 6,
        f"env.step got the actions {env.actions}, which is not what the policy returned. Pass it on as it is.",
    )
    checks.that(env.actions.count(3) < 6, "The policy saw the first observation every time. Each step returns a new "
                "observation.")  # fmt: skip
    checks.equal(
        np.sort(env.actions), [3, 3, 3, 4, 4, 5], "The list of actions in the three episodes, sorted,",
        hint="Each action should be policy(obs) for the latest observation.",
    )  # fmt: skip
    checks.equal(
        got, 16 / 3, what,
        wrong=[
            (16.0, "that is the sum over the episodes; divide by their number"),
            (16 / 6, "that is the mean over all steps; first add up each episode, then average over the episodes"),
            (2.5, "that is the return of the last episode alone"),
            (7.5, "that is the return of the first episode alone"),
            (6.0, "that is the median"),
            (2.0, "that is the mean number of steps. CartPole pays 1 per step, but other environments do not"),
            (3.5 / 3, "the last reward of each episode is missing: the step that ends it pays too"),
            (12.5 / 3, "that is the last reward of each episode alone; add up all of them"),
            (8.5 / 3, "the first reward of each episode is missing"),
            ((7.5 + 13.5 + 16.0) / 3, "each episode's return still contains the ones before it; start every episode at "
              "zero"),
            ((2.5 + 6.0 + 1.25) / 3, "that averages the rewards within each episode; add them up"),
            (16.0 / 10, "you divide by 10 whatever num_episodes is"),
            (5.0, "the fractions are lost: rewards and averages need not be integers"),
            (8.0, "you divide by one episode too few"),
            (4.0, "you divide by one episode too many"),
            (15.87045 / 3, "this is discounted; add up the rewards without a discount"),
        ],
        hint="Add up all rewards of each episode as they are; then take the mean over the episodes.",
    )  # fmt: skip
    checks.number(got, what)

    env = _Probe({0: [1.0, 2.0], 9: [10.5]}, ends_with=("truncated",))
    got = compute_avg_return(env, lambda obs: np.int64(1))
    checks.that(
        len(env.played) == 10, f"compute_avg_return(env, policy) played {len(env.played)} episodes instead of 10."
    )
    checks.equal(
        got, 2.15, "The average return of ten truncated episodes, with returns 3, 1, 1, 1, 1, 1, 1, 1, 1 and 10.5,",
        wrong=[
            (0.1, "the step in which the clock runs out pays too"),
            (37.5 / 13, "the episodes of the previous call are included too; start with an empty list in every call"),
        ],
    )  # fmt: skip

    compute_avg_return(_Probe({0: [1.0, 2.0]}, ends_with=("terminated", "truncated")), lambda obs: 1, 1)
    checks.equal(
        compute_avg_return(_Probe({0: [1.0] * 600}), lambda obs: 1, 1), 600.0,
        "The return of an episode of 600 steps with rewards of 1",
        hint="Only terminated or truncated ends an episode, however long it is.",
    )  # fmt: skip


# %% test="compute_avg_return" points=4
### BEGIN HIDDEN TESTS
import sys


class _Scripted(gym.Env):
    """An episode's length and rewards are drawn from the environment's own dice, so they follow from the seed alone."""

    observation_space = gym.spaces.Box(-np.inf, np.inf, (2,), np.float32)
    action_space = gym.spaces.Discrete(2_000_000)
    seed = "none yet"

    def __init__(self, ends_with, longest=12):
        self.ends_with, self.longest, self.played, self.taken = ends_with, longest, [], []

    @staticmethod
    def script(rng, longest):
        return np.round(rng.normal(1.0, 3.0, rng.integers(1, longest + 1)), 3).tolist()

    def close(self):
        checks.fail("compute_avg_return closed the environment.")

    def __deepcopy__(self, memo):
        return self

    def _observe(self):
        return np.array([self.start, 0.25 * self.time], np.float32)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.rewards = self.script(self.np_random, self.longest)
        self.seed, self.time, self.start = seed, 0, float(self.np_random.integers(1000))
        return self._observe(), {}

    def step(self, action):
        checks.that(self.seed != "none yet", "compute_avg_return called env.step before env.reset.")
        checks.that(
            self.time < len(self.rewards),
            f"compute_avg_return stepped on after a step had reported {self.ends_with}=True.",
        )
        if self.time == 0:
            self.played.append(self.seed)
        action = checks.integer(action, "The action given to env.step", allow_jax=False)
        self.taken.append((tuple(self._observe().tolist()), action))
        self.time += 1
        over = self.time == len(self.rewards)
        terminated, truncated = over and "terminated" in self.ends_with, over and "truncated" in self.ends_with
        return self._observe(), self.rewards[self.time - 1], terminated, truncated, {}


def _action_of(obs):
    """An action that tells which observation it was taken in."""
    checks.that(not isinstance(obs, tuple), "The policy was called with what env.reset returned, not with obs alone.")
    checks.that(np.shape(obs) == (2,), "The policy was called with something that is not an observation.")
    return int(1000 * obs[0] + 4 * obs[1])


def _expected_average(env, policy, seeds):
    returns = []
    for _seed in seeds:
        _obs, _ = env.reset(seed=_seed)
        total, _over = 0.0, False
        while not _over:
            _obs, reward, _terminated, _truncated, _ = env.step(policy(_obs))
            total, _over = total + reward, _terminated or _truncated
        returns.append(total)
    return sum(returns) / len(returns)


@checks.hidden("compute_avg_return")
def _test():
    sys.setrecursionlimit(5_000)  # an answer may play a long episode by recursion
    for _ends_with, _longest, n, _seed, _policy in (
        ("terminated", 12, 5, 3, _action_of),
        ("truncated", 12, 5, 0, _action_of),
        ("terminated and truncated", 6, 4, 123, lambda obs: np.int64(_action_of(obs))),
        ("terminated", 1, 7, 50, lambda obs: np.int32(_action_of(obs))),
        ("truncated", 9, 1, 77, _action_of),
        ("terminated", 40, 30, 1000, _action_of),
        ("terminated", 300, 2, 8, _action_of),
        ("terminated", 1_300, 1, 32, _action_of),  # more than 1,000 steps: no limit of the learner's own
    ):
        _env, _seeds = _Scripted(_ends_with, _longest), list(range(_seed, _seed + n))
        want = _expected_average(_Scripted(_ends_with, _longest), _policy, _seeds)
        what = f"The average return over {n} episode(s) that are {_ends_with}, from seed {_seed} on,"
        got = compute_avg_return(_env, _policy, n, _seed)
        checks.number(got, what)
        checks.that(len(_env.played) == n, f"With num_episodes={n}, compute_avg_return played {len(_env.played)}.")
        checks.that(
            sorted(_env.played, key=str) == sorted(_seeds, key=str),
            f"With seed={_seed} and num_episodes={n}, the episodes were not reset with seed, seed + 1 and so on.",
        )
        checks.that(
            all(_action == _action_of(np.array(_obs)) for _obs, _action in _env.taken),
            "An action that reached env.step is not what the policy returns for the latest observation.",
        )
        checks.equal(got, want, what)
        checks.equal(
            compute_avg_return(env=_env, policy=_policy, num_episodes=n, seed=_seed), want, f"{what} a second time,"
        )

    for arguments, _seeds in [({}, range(10)), ({"num_episodes": 3}, range(3)), ({"seed": 4}, range(4, 14))]:
        _env = _Scripted("truncated")
        want = _expected_average(_Scripted("truncated"), _action_of, _seeds)
        got = compute_avg_return(_env, _action_of, **arguments)
        checks.that(
            sorted(_env.played, key=str) == sorted(_seeds, key=str),
            "With the default arguments, the episodes are wrong.",
        )
        checks.equal(got, want, "The average return with default arguments")

    cartpole = gym.make("CartPole-v1", max_episode_steps=200)
    for _policy in (lambda obs: 1, lambda obs: np.int64(obs[2] > 0), lambda obs: int(obs[2] + 0.5 * obs[3] > 0)):
        want = _expected_average(cartpole, _policy, [20, 21, 22])
        checks.equal(compute_avg_return(cartpole, _policy, 3, 20), want, "The average return in CartPole")


### END HIDDEN TESTS

# %% [markdown]
# **The baseline.** What does an agent that knows nothing score? And how far can you trust an average over ten episodes?
# Each dot is one average return of the random policy, over 10 or over 100 episodes, each with different seeds.

# %% tags=["demo"]
env, rng = gym.make("CartPole-v1", max_episode_steps=200), np.random.default_rng(0)


def random_policy(obs):
    return int(rng.integers(2))


scores = {n: [compute_avg_return(env, random_policy, n, seed=n * i) for i in range(25)] for n in tqdm((10, 100))}
_, ax = plt.subplots(figsize=(7, 2.4))
for height, values in enumerate(scores.values()):
    ax.plot(values, height + rng.uniform(-0.12, 0.12, 25), "os"[height], color=palette.SERIES[height], alpha=0.7)
ax.set(xlabel="average return of the random policy", ylim=(-0.5, 1.5), xlim=(0, None))
ax.set_yticks([0, 1], ["10 episodes", "100 episodes"])
print(f"random baseline: {np.mean(scores[100]):.1f}")

# %% [markdown]
# Ten episodes are enough to tell 22 from 200, but not to tell 22 from 25. With ten times as many episodes, the scatter
# shrinks by a factor of $\sqrt{10} \approx 3$. Remember this picture when somebody reports an average over ten episodes
# to one decimal.
#
# ## 3. Explore less and less

# %% [markdown]
# ### Exercise: `exponential_epsilon`
#
# *About 4 minutes · difficulty 1 of 3 · importance 1 of 3*
#
# In notebook 5, $\varepsilon$ fell in a straight line. More common is a fall that is fast at first and slow later:
#
# $$\varepsilon(t) = \varepsilon_\text{end} + (\varepsilon_\text{start} - \varepsilon_\text{end}) \, e^{-t / \tau}$$
#
# *In words: it starts at `start`, and its distance from `end` shrinks to 37 % in every `decay` $= \tau$ steps.* It
# never quite arrives, and needs no floor.
#
# **Shapes.** `step`: a scalar or an array of any shape, ints or floats; the result has the same shape. The other three
# are scalars. It has to work under `jax.jit` with every argument traced.
#
# **Example.** From 1.0 to 0.2 with `decay` = 100: at step 0 it is 1.0; at step 100 it is 0.2 + 0.8 · 0.368 = 0.494.
#
# Helpful:
# [`jnp.exp`](https://docs.jax.dev/en/latest/_autosummary/jax.numpy.exp.html)
#
# <details><summary>Hint 1: a nudge</summary>
#
# You can type the formula just as it is above. Which `exp` works on traced values: `math.exp`, `np.exp` or `jnp.exp`?
# </details>


# %% exercise="exponential_epsilon"
def exponential_epsilon(step, start, end, decay):
    """The probability of a random action, falling exponentially.

    Args:
      step: how many steps the agent has acted, a scalar or an array, 0 or more.
      start: epsilon at step 0, float [].
      end: the value it falls towards, float [].
      decay: the number of steps in which the distance to `end` shrinks to 1/e of what it was, a number above 0.
    Returns:
      Epsilon, float, the shape of `step`.
    """
    ### BEGIN SOLUTION
    return end + (start - end) * jnp.exp(-step / decay)
    ### END SOLUTION


# %% check="exponential_epsilon" points=1
@checks.exercise("exponential_epsilon")
def _check():
    e = np.exp(-0.5)
    for how, function in checks.ways(exponential_epsilon):
        call = f"exponential_epsilon(step=200, start=0.9, end=0.1, decay=400){how}"
        checks.equal(
            function(200, 0.9, 0.1, 400), 0.1 + 0.8 * e, call,
            wrong=[
                (0.1 + 0.9 * e, "at step 0 this is more than start; what shrinks is the distance, start - end"),
                (0.9 * e, "this falls towards 0, not towards end"),
                (0.8 * e, "this falls towards 0; end has to be added"),
                (0.9 + 0.8 * e, "what is added is end, not start"),
                (0.9 - 0.8 * e, "this rises from end to start; are the two swapped?"),
                (0.1 + 0.8 / e, "this grows; there is a minus sign in the exponent"),
                (0.1 + 0.8 * np.exp(-2), "step and decay are swapped in the exponent"),
                (0.5, "that is a straight line"),
                (0.1 + 0.8 * 0.5**0.5, "that halves the distance every `decay` steps; the base is e, not 2"),
                (0.1 + 0.8 * 10**-0.5, "the base is e, not 10"),
                (0.1, "the exponent is far too large: divide step by decay, don't multiply"),
                (0.9, "nothing has happened in 200 steps. Is that integer division (//)?"),
                (0.1 + 0.8 * np.exp(-0.2), "the exponent is -step / decay, with decay as it is passed in, not 1,000"),
                (0.1 + 0.8 * np.exp(-1), "is that integer division (//)? It rounds -0.5 down to -1"),
            ],
            rtol=1e-4, atol=1e-4,
        )  # fmt: skip
        checks.equal(function(0, 0.9, 0.1, 400), 0.9, f"exponential_epsilon(0, 0.9, 0.1, 400){how}", atol=1e-4)
        checks.equal(
            function(1_000_000, 0.9, 0.1, 400), 0.1, f"exponential_epsilon(1000000, 0.9, 0.1, 400){how}", atol=1e-4
        )
    for how, function in checks.ways(exponential_epsilon):
        checks.equal(
            function(jnp.array([0, 400, 800]), 0.9, 0.1, 400), 0.1 + 0.8 * np.exp([0.0, -1.0, -2.0]),
            f"exponential_epsilon([0, 400, 800], 0.9, 0.1, 400){how}", rtol=1e-4, atol=1e-4,
        )  # fmt: skip
        checks.equal(
            function(2_000, 1_000.0, 0.0, 400), 1_000.0 * np.exp(-5.0),
            f"exponential_epsilon(2000, 1000.0, 0.0, 400){how}", rtol=1e-4, atol=1e-4,
            wrong=[(1_000.0 * 2.718**-5.0, "e is a little more than 2.718; jnp.exp knows all of its digits")],
        )  # fmt: skip
        checks.equal(
            function(1_000_000, 0.9, 0.0, 400), 0.0, f"exponential_epsilon(1000000, 0.9, 0.0, 400){how}", atol=1e-4,
            wrong=[(0.05, "there is no floor of 0.05; it falls towards end, which may be 0")],
        )  # fmt: skip
        checks.equal(
            function(0, 0.1, 0.9, 400), 0.1, f"exponential_epsilon(0, start=0.1, end=0.9, decay=400){how}", atol=1e-4,
            wrong=[(0.9, "start may be below end: then epsilon rises")],
        )  # fmt: skip
    before, after = np.array([0.0, 400.0]), np.array([0.0, 400.0])
    exponential_epsilon(after, 0.9, 0.1, 400)
    checks.unchanged(before, after, "step")


# %% test="exponential_epsilon" points=3
### BEGIN HIDDEN TESTS
@checks.hidden("exponential_epsilon")
def _test():
    rng = np.random.default_rng(61)
    jitted = jax.jit(exponential_epsilon)
    settings = [
        (0.9, 0.05, 1000.0),
        (1.0, 0.0, 50.0),
        (0.3, 0.02, 7.5),
        (0.1, 0.7, 200.0),
        (1, 0, 300),
        (0.5, 0.5, 10.0),
    ]
    for number, (_start, _end, _decay) in enumerate(settings):
        what = f"exponential_epsilon with start={_start}, end={_end}, decay={_decay}"
        close = dict.fromkeys(("rtol", "atol"), 1e-5 if _decay <= 50 else 1e-4)  # a factor per step, to a high power

        def reference(steps, start=_start, end=_end, decay=_decay):
            return end + (start - end) * np.exp(-np.asarray(steps, float) / decay)

        for how, function in [("", exponential_epsilon), (" under jax.jit", jitted)]:
            for step in (0, 1, 3, 60, 249, 250, 777, 1_500, 100_000, 0.5, 99.75):
                want = reference(step)
                checks.equal(function(step, _start, _end, _decay), want, f"{what}{how}", **close)
            if number > 1:
                continue
            want = reference(130)
            for kind in (np.int32, np.int64, np.float32, np.float64, jnp.int32, jnp.float32, np.asarray):
                checks.equal(function(kind(130), _start, _end, _decay), want, f"{what}{how}", **close)
            for shape in ((5,), (1,), (2, 3)):
                for _steps in (rng.integers(0, 3000, shape), rng.uniform(0, 3000, shape).astype(np.float32)):
                    before, want = _steps.copy(), reference(_steps)
                    _all = f"{what}, for steps of shape {list(shape)}{how}"
                    for array in (_steps, jnp.asarray(_steps)):
                        checks.equal(function(array, _start, _end, _decay), want, _all, **close)
                    checks.unchanged(before, _steps, "step")
    arguments = [jnp.float32(0.8), np.float32(0.2), jnp.int32(40)]
    for function in (exponential_epsilon, jitted):
        checks.equal(function(jnp.int32(60), *arguments), 0.2 + 0.6 * np.exp(-1.5), "With JAX scalars, epsilon")


### END HIDDEN TESTS

# %% [markdown]
# The line and the exponential, with the same expected number of random actions in total: the areas under the two curves
# are equal. The exponential spends more of them at the very beginning, when the agent knows least.

# %% tags=["demo"]
steps = np.arange(0, 4_001, 20)
exponential = exponential_epsilon(steps, 1.0, 0.05, 600)
linear = np.maximum(1 - 0.95 * steps / 1200, 0.05)
_, ax = plt.subplots(figsize=(7, 3))
ax.plot(steps, linear, "--", color=palette.VERMILION, lw=2, label="linear, at the floor after 1,200 steps")
ax.plot(steps, exponential, color=palette.BLUE, lw=2, label="exponential, decay 600")
ax.fill_between(steps, exponential, color=palette.BLUE, alpha=0.12)
ax.set(xlabel="time steps acted", ylabel="probability of a\nrandom action", ylim=(0, 1.02), xlim=(0, 4_000))
_ = ax.legend(frameon=False)

# %% [markdown]
# ## 4. Don't overreact

# %% [markdown]
# ### Exercise: `huber_loss`
#
# *About 6 minutes · difficulty 2 of 3 · importance 2 of 3*
#
# The gradient of a squared error is proportional to the error. One wild target means one wild step. The **Huber loss**
# is a parabola in the middle and a straight line on either side, so no error pulls harder than $\delta$:
#
# $$
# L_\delta(e) = \begin{cases} \tfrac{1}{2} e^2 & \text{if } |e| \le \delta \\
# \delta \left(|e| - \tfrac{1}{2}\delta\right) & \text{otherwise} \end{cases}
# $$
#
# *In words: half the square of a small error; for a large one, a line that continues the parabola where it ends, with
# the same slope.*
#
# **Shapes.** `error`: a float array of any shape, including `[]`; the result has the same shape, one loss for each
# error. `delta`: a scalar above 0. It has to work under `jax.jit` with both arguments traced, `jax.vmap` and
# `jax.grad`. The gradient is finite everywhere, and 0 at error 0.
#
# **Example.** With $\delta$ = 2: an error of -1 costs ½, an error of -5 costs 2 · (5 - 1) = 8.
#
# Helpful:
# [`jnp.where`](https://docs.jax.dev/en/latest/_autosummary/jax.numpy.where.html)
#
# <details><summary>Hint 1: a nudge</summary>
#
# An `if` would decide once for a whole array, and under `jax.jit` not at all. And errors can be positive or negative.
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Compute both branches for every error, from its absolute value, and let `jnp.where` choose between them entry by
# entry.
# </details>


# %% exercise="huber_loss"
def huber_loss(error, delta=1.0):
    """The Huber loss of each error.

    Args:
      error: float, any shape.
      delta: where the parabola ends and the line begins, a float above 0, [].
    Returns:
      The losses, float, the shape of `error`.
    """
    ### BEGIN SOLUTION
    size = jnp.abs(error)
    return jnp.where(size <= delta, 0.5 * error**2, delta * (size - 0.5 * delta))
    ### END SOLUTION


# %% check="huber_loss" points=1
@checks.exercise("huber_loss")
def _check():
    _error = jnp.array([1.0, -5.0])
    square = "that is half the square, because -5 is below delta too; what counts is the error's size"
    if checks.near(huber_loss(jnp.array(5.0), 2.0), 12.5):
        square = "that is half the square everywhere; large errors get the line"
    for how, function in checks.ways(huber_loss):
        checks.equal(
            function(_error, 2.0), [0.5, 8.0], f"huber_loss([1, -5], delta=2){how}",
            wrong=[
                ([1.0, 8.0], "it is half the square: the factor 1/2 is missing"),
                ([1.0, 16.0], "this is twice the loss"),
                ([0.5, 12.5], square),
                ([0.5, -12.0], "the second error is negative; the line needs its absolute value"),
                ([0.5, 10.0], "the line has to continue the parabola: subtract delta/2 from the size of the error"),
                ([0.5, 6.0], "you subtract delta; it should be delta/2"),
                ([0.5, 4.0], "the line's slope is delta: multiply by it"),
                ([0.5, 9.0], "delta/2 is subtracted inside the brackets, before multiplying by delta"),
                ([0.5, 4.5], "you used delta = 1, whatever was passed in"),
                ([0.25, 4.0], "that is the smooth L1 loss, the Huber loss divided by delta"),
                ([0.0, 12.5], "the two branches are swapped"),
                ([0.0, 8.0], "that is the line everywhere; small errors get half the square"),
                ([0.5, 2.0], "that is flat for large errors, so nothing would pull them back; the line keeps rising"),
                ([0.5, 5.0], "a large error costs delta times (its size minus delta/2), not its size"),
                (4.0 * (np.sqrt([1.25, 7.25]) - 1.0), "that is the pseudo-Huber loss, a smooth relative of the Huber "
                                 "loss"),
                (4.0 * np.log(np.cosh([0.5, 2.5])), "that is the log-cosh loss, a smooth relative of the Huber loss"),
                (8.5, "that is the sum; return one loss for each error"),
                (4.25, "that is the mean; return one loss for each error"),
            ],
        )  # fmt: skip
        checks.equal(function(jnp.array(-0.5), 2.0), 0.125, f"huber_loss(-0.5, delta=2){how}")
        checks.equal(
            function(jnp.array([-0.5]), 2.0), [0.125], f"huber_loss([-0.5], delta=2){how}",
            wrong=[(0.125, "an array of one error gives an array of one loss")],
        )  # fmt: skip
        checks.equal(
            function(jnp.array([2.0, -2.0]), 2.0), [2.0, 2.0], f"huber_loss([2, -2], delta=2){how}",
            wrong=[([0.0, 0.0], "where the parabola meets the line, neither is used: one of the two needs <= or >=")],
        )  # fmt: skip
        checks.equal(function(jnp.array(2.5)), 2.0, f"huber_loss(2.5){how}", hint="The default delta is 1.")
    gradient = jax.grad(lambda error: huber_loss(error, 2.0).sum())(jnp.array([0.0, 1.0, -1.5, 5.0, -100.0]))
    checks.that(
        not np.any(np.isnan(gradient)),
        f"The gradient at the errors [0, 1, -1.5, 5, -100] is {gradient}. A square root has an infinite slope at 0, "
        "and jnp.where does not stop it: infinity times 0 is nan. Take the size with jnp.abs.",
    )
    checks.equal(
        gradient, [0.0, 1.0, -1.5, 2.0, -2.0], "The gradient at the errors [0, 1, -1.5, 5, -100], with delta=2,",
        wrong=[([0.0, 1.0, -1.5, 0.0, 0.0], "large errors have no gradient; the line has slope delta")],
    )  # fmt: skip


# %% test="huber_loss" points=4
### BEGIN HIDDEN TESTS
@checks.hidden("huber_loss")
def _test():
    rng = np.random.default_rng(63)

    def reference(error, delta):
        size = np.abs(np.asarray(error, np.float64))
        return np.where(size <= delta, size**2 / 2, delta * (size - delta / 2))

    jitted = jax.jit(huber_loss)
    gradient = jax.jit(jax.grad(lambda error, delta: huber_loss(error, delta).sum()))
    default_gradient = jax.jit(jax.grad(lambda error: huber_loss(error).sum()))
    rows, slope = jax.jit(jax.vmap(huber_loss, in_axes=(0, None))), jax.jit(jax.grad(huber_loss))
    edges = np.array([0.0, -0.0, 1e-6, -1e-3], np.float32)
    for _delta in (1.0, 0.25, 2.0, 10.0):
        near = np.float32(_delta) * np.array([1, -1, 0.999, -0.999, 1.001, -1.001, 0.5, -2, 30, -30], np.float32)
        many = np.concatenate([edges, near, 3 * _delta * rng.normal(size=30)]).astype(np.float32)
        for _error in (
            many,
            (2 * _delta * rng.normal(size=(1, 2, 3))).astype(np.float32),
            (2 * _delta * rng.normal(size=(1,))).astype(np.float32),
        ):
            want, before = reference(_error, _delta), _error.copy()
            what = f"The losses of errors of shape {list(_error.shape)} with delta={_delta}"
            checks.equal(jitted(_error, _delta), want, f"{what} under jax.jit")
            if _delta <= 1.0:
                checks.equal(huber_loss(_error, _delta), want, what)
                checks.equal(huber_loss(jnp.asarray(_error), delta=_delta), want, f"{what}, by keyword,")
            if _delta == 1.0:
                checks.equal(huber_loss(jnp.asarray(_error)), want, "The losses with the default delta")
            checks.unchanged(before, _error, "error")
        smooth = np.abs(many) != _delta  # where the branches meet, sums of two kinks may share the slope out
        slopes = np.clip(many, -_delta, _delta)[smooth]
        checks.equal(gradient(many, _delta)[smooth], slopes, f"The gradient with delta={_delta}")
        if _delta == 1.0:
            checks.equal(default_gradient(many)[smooth], slopes, "The gradient by default")
        row = (2 * _delta * rng.normal(size=(6, 3))).astype(np.float32)
        want = reference(row, _delta)
        checks.equal(rows(row, _delta), want, f"The losses under jax.vmap, with delta={_delta}")
        for value in (0.0, 0.3 * _delta, -4.0 * _delta):
            number = jnp.float32 if _delta < 2 else np.float32
            want, slope_there = reference(value, _delta), np.clip(value, -_delta, _delta)
            checks.equal(huber_loss(number(value), _delta), want, "The loss of one error")
            checks.equal(jitted(value, _delta), want, "The loss of one error under jax.jit")
            checks.equal(slope(value, _delta), slope_there, "The gradient at one error")
    each = jax.vmap(huber_loss)(jnp.array([0.5, 3.0, -3.0]), jnp.array([1.0, 2.0, 4.0]))
    checks.equal(each, [0.125, 4.0, 4.5], "The losses under jax.vmap, a delta for each")
    far = np.resize(np.array([1e3, -1e4, 1e-18], np.float32), many.shape)  # loosely: differences of squares are right
    want, slopes = reference(far, 1.0), np.clip(far, -1, 1)
    checks.equal(jitted(far, 1.0), want, "The losses of large and tiny errors", rtol=1e-2)
    checks.equal(gradient(far, 1.0), slopes, "The gradient for large and tiny errors", rtol=1e-2)
    slopes = jax.vmap(jax.grad(huber_loss))(jnp.array([1e18, -1e18, 0.0]))
    checks.that(np.all(np.abs(slopes) <= 1), "The gradient for huge errors is not finite, or larger than delta.")


### END HIDDEN TESTS

# %% [markdown]
# Left: the loss. Right: its gradient, which is what the network feels. The square pulls ever harder. The Huber loss
# does not, and it still eases off near 0, where the absolute error keeps pulling at full strength.

# %% tags=["demo"]
errors = jnp.linspace(-4.0, 4.0, 201)
losses = {
    "Huber, δ = 1": huber_loss,
    "half the square": lambda e: e**2 / 2,
    "absolute error": jnp.abs,
}
_, (left, right) = plt.subplots(1, 2, figsize=(9, 3.2))
for (name, loss), style, colour in zip(losses.items(), ("-", "--", ":"), palette.SERIES, strict=False):
    left.plot(errors, loss(errors), style, color=colour, lw=2, label=name)
    right.plot(errors, jax.vmap(jax.grad(loss))(errors), style, color=colour, lw=2)
left.set(xlabel="error (discounted reward)", ylabel="loss", ylim=(0, 6))
left.legend(frameon=False)
_ = right.set(xlabel="error (discounted reward)", ylabel="gradient of the loss", ylim=(-4.2, 4.2))

# %% [markdown]
# $\delta$ has the unit of a return, so it means something only relative to the returns of your task. $\delta = 1$ is
# the usual choice where rewards are scaled so that values are around 1. The errors from which our agent learns most,
# falls that it did not foresee, are as large as its values: 10 and more. We use $\delta = 10$.
#
# **Two more brakes**, which come with the optimiser. *Gradient clipping*: if the gradient of all parameters together is
# longer than a limit, it is shortened to that length. The direction stays the same. (Clipping each entry by itself, as
# some code does, changes it.) *AdamW* is Adam, except that each step also shrinks every weight by a small fraction,
# which keeps weights from growing needlessly. Optax chains the two:

# %%
gradient = {"w": jnp.array([30.0, 40.0]), "b": jnp.array([0.0])}
for name, clip in {
    "as it is": optax.identity(),
    "by norm, to 10": optax.clip_by_global_norm(10.0),
    "by entry, to 10": optax.clip(10.0),
}.items():
    clipped, _ = clip.update(gradient, clip.init(gradient))
    print(f"{name:<16} {np.round(clipped['w'], 2)}   length {optax.global_norm(clipped):.1f}")

# %% [markdown]
# ## 5. Glide

# %% [markdown]
# ### Exercise: `soft_update`
#
# *About 4 minutes · difficulty 1 of 3 · importance 2 of 3*
#
# The target network in notebook 5 stood still and then jumped. It can also follow slowly, by a little in every learning
# step:
#
# $$\theta^- \leftarrow (1 - \tau)\, \theta^- + \tau\, \theta$$
#
# *In words: the new target parameters are the old ones, moved by a fraction $\tau$ of the way towards the online
# parameters.* So the target is an average over the online network's past, in which the recent past counts most: it
# looks back about $1 / \tau$ steps.
#
# **Shapes.** `target` and `online`: two pytrees of the same structure, all leaves float32 arrays. The result has the
# structure of `target`, and its leaves are float32 too. `tau`: a scalar in [0, 1]. It has to work under `jax.jit` with
# every argument traced.
#
# **Example.** `target = {"w": [0, 10]}`, `online = {"w": [4, 10]}`, $\tau$ = 0.25: the new target is `{"w": [1, 10]}`.
#
# Helpful:
# [`jax.tree.map`](https://docs.jax.dev/en/latest/_autosummary/jax.tree.map.html)
#
# <details><summary>Hint 1: a nudge</summary>
#
# `jax.tree.map(f, a, b)` calls `f` on each pair of arrays at the same place in the two trees. So you only have to
# specify what happens to one pair.
# </details>


# %% exercise="soft_update"
def soft_update(target, online, tau):
    """Moves the target parameters a fraction of the way towards the online parameters.

    Args:
      target: pytree of float32 arrays.
      online: pytree of the same structure and shapes.
      tau: the fraction, a scalar in [0, 1].
    Returns:
      The new target parameters, a pytree like `target`, float32.
    """
    ### BEGIN SOLUTION
    return jax.tree.map(lambda old, new: (1.0 - tau) * old + tau * new, target, online)
    ### END SOLUTION


# %% check="soft_update" points=1
@checks.exercise("soft_update")
def _check():
    def tree(values, bias):
        return {"layer": {"w": jnp.array(values, jnp.float32), "b": [jnp.array(bias, jnp.float32)]}}

    target, online = tree([0.0, 10.0], -2.0), tree([8.0, 10.0], 6.0)
    print('target = {"layer": {"w": [0, 10], "b": [-2]}}, online = {"layer": {"w": [8, 10], "b": [6]}}')
    for how, function in checks.ways(soft_update):
        got = function(target, online, 0.25)
        checks.that(got is not None, "soft_update returned None. Is there a `return`?")
        checks.unchanged(tree([0.0, 10.0], -2.0), target, "target")
        checks.that(
            jax.tree.structure(got) == jax.tree.structure(target),
            f"soft_update(target, online, 0.25){how} should have the structure of target, "
            f"{jax.tree.structure(target)}, but it has {jax.tree.structure(got)}.",
        )
        checks.equal(
            got["layer"]["w"], [2.0, 10.0], f'soft_update(target, online, 0.25)["layer"]["w"]{how}',
            wrong=[
                ([6.0, 10.0], "tau and 1 - tau are swapped: the target moves a quarter of the way, not three quarters"),
                ([8.0, 10.0], "that is the online network; the target moves only part of the way"),
                ([0.0, 10.0], "that is the old target; it did not move"),
                ([2.0, 12.5], "the old target has to lose what it gains: multiply it by 1 - tau"),
                ([2.0, 2.5], "the old target is missing; keep (1 - tau) times it"),
                ([0.0, 7.5], "the online parameters are missing; add tau times them"),
                ([4.0, 10.0], "that is the mean of both; tau says how much of each"),
                ([-2.0, 10.0], "it moves away from the online parameters; the sign is wrong"),
            ],
        )  # fmt: skip
        checks.equal(
            got["layer"]["b"][0], 0.0, f'soft_update(target, online, 0.25)["layer"]["b"][0]{how}',
            wrong=[(-2.0, "every leaf of the tree has to move, not only the weights")],
        )  # fmt: skip
        checks.array(got["layer"]["w"], f'soft_update(target, online, 0.25)["layer"]["w"]{how}', dtype=np.float32)
        checks.equal(
            function(target, online, 0.0)["layer"]["w"], [0.0, 10.0], f"With tau = 0, w{how}",
            wrong=[([2.0, 10.0], "tau is 0.25 in your code, whatever is passed in")],
            hint="With tau = 0 nothing moves at all.",
        )  # fmt: skip
        checks.equal(function(target, online, 1.0)["layer"]["w"], [8.0, 10.0], f"With tau = 1, w{how}")
        checks.equal(
            function(tree([0.0, 0.5], 0.0), tree([0.7, 0.9], 0.0), 0.25)["layer"]["w"], [0.175, 0.6],
            f"From [0, 0.5] a quarter of the way to [0.7, 0.9]{how}",
            wrong=[([0.0, 0.0], "the fractions are gone; parameters are floats")],
            hint="Is something rounded, or in half precision, on the way?",
        )  # fmt: skip
    trees = [tree([0.0, 10.0], -2.0), tree([8.0, 10.0], 6.0)]
    trees = [jax.tree.map(lambda leaf: np.array(leaf), some) for some in trees]
    soft_update(*trees, 0.25)
    checks.unchanged(tree([0.0, 10.0], -2.0), trees[0], "target, of NumPy arrays,")
    try:
        got = soft_update((jnp.array([0.0]), [jnp.array(2.0)]), (jnp.array([4.0]), [jnp.array(2.0)]), 0.25)
    except (AttributeError, TypeError) as error:
        checks.fail(
            f"With parameters in tuples and lists in place of dicts: {error}. The parameters may be any pytree; "
            "jax.tree.map goes through all of it."
        )
    checks.equal(got[0], [1.0], "The new parameters, in tuples and lists")


# %% test="soft_update" points=3
### BEGIN HIDDEN TESTS
@checks.hidden("soft_update")
def _test():
    class _Pair(NamedTuple):
        first: Any
        second: Any

    rng = np.random.default_rng(64)

    def leaf(*shape, array=jnp.asarray):
        return array((3 * rng.normal(size=shape)).astype(np.float32))

    def network(array=jnp.asarray):
        return {
            "mlp/~/linear_0": {"w": leaf(4, 8, array=array), "b": leaf(8, array=array)},
            "mlp/~/linear_1": {"w": leaf(8, 2, array=array), "b": leaf(2, array=array)},
        }

    kinds = {
        "a network's parameters": network,
        "NumPy arrays": lambda: network(np.asarray),
        "a single array": lambda: leaf(5),
        "a scalar": lambda: leaf(),
        "nested tuples, lists and None": lambda: ([leaf(3), {"a": (leaf(2, 2), None)}], (), leaf(1)),
        "a NamedTuple": lambda: _Pair(leaf(2, 1), {"deep": {"deeper": [leaf(4)]}}),
    }
    for name, make in kinds.items():
        _target, _online = make(), make()
        before, jitted = jax.tree.map(np.array, (_target, _online)), jax.jit(soft_update)
        for _tau in (0.25, 0.0, 1.0, 0.01, 0.9, np.float32(0.005), jnp.float32(0.5)):
            for how, function in [("", soft_update), (" under jax.jit", jitted)]:
                what = f"With {name} and tau={float(_tau):g}{how}, the new target"
                got = function(_target, _online, _tau)
                checks.that(
                    jax.tree.structure(got) == jax.tree.structure(_target),
                    f"{what} has another structure than target.",
                )
                for new, old, aim in zip(*map(jax.tree.leaves, (got, _target, _online)), strict=True):
                    new = checks.array(new, f"A leaf: {what}", dtype=np.float32)
                    want = (1 - float(_tau)) * np.asarray(old, np.float64) + float(_tau) * np.asarray(aim, np.float64)
                    checks.equal(new, want, what)
        checks.unchanged(before, jax.tree.map(np.array, (_target, _online)), "target or online")

    chased = jnp.float32(0.0)
    for _ in range(100):
        chased = soft_update(chased, jnp.float32(1.0), 0.02)
    checks.equal(chased, 1 - 0.98**100, "A target after 100 soft updates towards 1", rtol=1e-4, atol=1e-4)
    got = soft_update(target={"w": jnp.zeros(2)}, online={"w": jnp.ones(2)}, tau=0.5)
    checks.equal(got["w"], [0.5, 0.5], "The new target, by keyword")


### END HIDDEN TESTS

# %% [markdown]
# One parameter of an online network that wanders about, and three targets that follow it. The staircase is a copy made
# every 100 steps; the other two glide. All three lag behind: that is their job. A target must be slow enough for the
# agent to learn towards it, and fast enough to pass on what is new.

# %% tags=["demo"]
rng = np.random.default_rng(0)
online = np.cumsum(0.02 + 0.1 * rng.normal(size=600)).astype(np.float32)
glides = {0.01: [], 0.05: []}
for tau, path in glides.items():
    target = np.float32(0.0)
    for parameter in online:
        target = soft_update(target, parameter, tau)
        path.append(target)

_, ax = plt.subplots(figsize=(7, 3.2))
ax.plot(online, color=palette.GREY, lw=1, label="online")
ax.plot(online[np.arange(600) // 100 * 100], color=palette.VERMILION, lw=1.5, ls=":", label="copied every 100 steps")
for (tau, path), style, colour in zip(glides.items(), ("-", "--"), (palette.BLUE, palette.GREEN), strict=True):
    ax.plot(path, style, color=colour, lw=2, label=f"soft, τ = {tau}")
ax.set(xlabel="learning steps", ylabel="value of a parameter")
_ = ax.legend(frameon=False)

# %% [markdown]
# ## 6. Aim without flattery
#
# DQN's target contains the maximum over actions of *estimated* values. Estimates have errors: some are too high, some
# too low. The maximum picks the action with the largest estimate, which is often not the best action but the one with
# the luckiest error. So the target is too high on average, even if no single estimate is biased. It is the winner's
# curse: whoever wins an auction has usually overrated the item.
#
# The cure: ask one network *which* action is best, and another *what it is worth*. The second network need not share
# the error that made the first choose an action. We already have two networks ([van Hasselt et al.,
# 2016](https://arxiv.org/abs/1509.06461)).

# %% [markdown]
# ### Exercise: `double_q_target`
#
# *About 6 minutes · difficulty 2 of 3 · importance 3 of 3*
#
# With $d = 1$ if the step terminated the episode and 0 otherwise:
#
# $$
# a^* = \operatorname*{arg\,max}_{a'} Q_\text{online}(s', a') \qquad\qquad
# y = r + \gamma\,(1 - d)\, Q_\text{target}(s', a^*)
# $$
#
# *In words: the online network chooses the next action, and the target network says what that action is worth. The rest
# is the Bellman target as you know it.* As before, only `terminated` ends the future. A step at which the clock cut the
# episode off is an ordinary step.
#
# **Shapes.** One transition. `q_online_next`, `q_target_next`: float `[num_actions]`, the two networks' values of the
# next observation. `reward`, `terminated` (a bool or 0.0/1.0) and `gamma`: scalars. The result: a scalar. It has to
# work under `jax.jit` and `jax.vmap`.
#
# **Example.** `q_online_next = [1, 4]`, `q_target_next = [10, 2]`, reward 1, $\gamma$ = 0.5: the online network chooses
# action 1, which the target network says is worth 2, and the target is 1 + 0.5 · 2 = 2. (Plain DQN would say 1 + 0.5 ·
# 10 = 6.)
#
# Helpful:
# [`jnp.argmax`](https://docs.jax.dev/en/latest/_autosummary/jax.numpy.argmax.html)
#
# <details><summary>Hint 1: a nudge</summary>
#
# You need no maximum of values here, only its index.
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Find the index of the largest online value; read the target network's value at that index; discount it, remove it
# with a factor if the step terminated (no `if` under `jax.jit`), and add the reward.
# </details>


# %% exercise="double_q_target"
def double_q_target(reward, terminated, q_online_next, q_target_next, gamma):
    """The target of double DQN for one transition.

    Args:
      reward: reward of the step, float [].
      terminated: whether the task ended with this step (not whether the clock ran out), bool or 0.0/1.0, [].
      q_online_next: the online network's values after the step, float [num_actions].
      q_target_next: the target network's values after the step, float [num_actions].
      gamma: discount in [0, 1].
    Returns:
      The target, float [].
    """
    ### BEGIN SOLUTION
    action = jnp.argmax(q_online_next)
    return reward + gamma * (1.0 - terminated) * q_target_next[action]
    ### END SOLUTION


# %% check="double_q_target" points=2
@checks.exercise("double_q_target")
def _check():
    online, target = jnp.array([1.5, 2.0, 7.0, 0.5]), jnp.array([9.0, 3.0, 4.0, -6.0])
    print("reward = 1.5, q_online_next = [1.5, 2, 7, 0.5], q_target_next = [9, 3, 4, -6], gamma = 0.5")
    own = "that is the online network's own value; the target network says what the chosen action is worth"
    if checks.near(double_q_target(0.0, False, jnp.array([0.0, 10.0]), jnp.array([5.0, 1.0]), 1.0), 5.0):
        own = "that is the smaller of the two largest values; the target network values what the online one chooses"
    for how, function in checks.ways(double_q_target):
        for flag in (False, 0.0):
            checks.equal(
                function(1.5, flag, online, target, 0.5), 3.5, f"The target (terminated={flag}){how}",
                wrong=[
                    (6.0, "that is plain DQN, the largest target value; the online network chooses the action"),
                    (5.0, own),
                    (3.0, "only the first two actions were compared; there may be any number"),
                    (2.25, "the roles are swapped: the online network chooses the action, the target network values "
                     "it"),
                    (5.5, "gamma was never used"),
                    (2.75, "gamma multiplies the reward too; only the future is discounted"),
                    (4.75, "gamma multiplies the reward; it belongs to the future"),
                    (2.5, "that uses the number of the action; it should be the value of that action"),
                    (1.5, "the future is missing; is `terminated` the wrong way round?"),
                    (-1.5, "that uses the action which the online network likes least"),
                    (4.25, "that is the mean of both networks' values; the online network only chooses"),
                    (-0.5, "in Python ~False is -1, not True; use 1.0 - terminated"),
                    (2.0, "the reward is missing"),
                ],
            )  # fmt: skip
        for flag in (True, 1.0):
            checks.equal(
                function(1.5, flag, online, target, 0.5), 1.5, f"The target (terminated={flag}){how}",
                wrong=[
                    (3.5, "the step terminated the episode, so there is no future to add"),
                    (0.0, "the last step's reward counts too; only the future is worth nothing"),
                ],
            )  # fmt: skip
        checks.equal(
            function(1.5, False, jnp.array([-3.0, -1.0]), jnp.array([-8.0, 2.0]), 0.5), 2.5,
            f"The target with q_online_next = [-3, -1] and q_target_next = [-8, 2]{how}",
            wrong=[
                (-2.5, "among negative values, the largest is the one nearest to zero"),
                (1.0, "that is the smaller of the two networks' values; take the target network's"),
            ],
        )  # fmt: skip
        checks.equal(
            function(0.0, False, jnp.array([1.0, 1.05]), jnp.array([8.0, -2.0]), 0.5), -1.0,
            f"The target with reward 0, q_online_next = [1, 1.05] and q_target_next = [8, -2]{how}",
            wrong=[
                (4.0, "1.05 is more than 1, if only just: close values are not a tie"),
                (0.0, "the future may be worth less than 0, and it still counts"),
            ],
        )  # fmt: skip


# %% test="double_q_target" points=4
### BEGIN HIDDEN TESTS
@checks.hidden("double_q_target")
def _test():
    rng = np.random.default_rng(62)
    axes, jitted = (0, 0, 0, 0, None), jax.jit(double_q_target)
    batched = jax.jit(jax.vmap(double_q_target, in_axes=axes))
    for n, scale, centre in [(1, 1.0, 0.0), (2, 1.0, 0.0), (2, 50.0, 0.0), (2, 0.01, -10.0), (5, 4.0, 0.0)]:
        b = 60
        online, target = (centre + scale * rng.normal(size=(2, b, n))).astype(np.float32)
        r, d = rng.normal(0.5, 2.0, b).astype(np.float32), rng.random(b) < 0.4
        future = target[np.arange(b), online.argmax(1)]
        before = [x.copy() for x in (online, target)]
        for _gamma in (0.0, 0.5, 0.99, 1.0):
            want = np.where(d, r, r + np.float32(_gamma) * future)
            what = f"The target with {n} action(s) and gamma {_gamma}"
            close = {"rtol": 1e-5, "atol": 1e-5 * max(scale, 1.0)}
            for flag in (bool, np.float32):
                got = batched(*map(jnp.asarray, (r, d.astype(flag), online, target)), _gamma)
                checks.equal(got, want, f"{what} under jax.vmap, terminated as {flag.__name__}", **close)
            some = [int(d.argmax()), int(d.argmin()), 7, 8, 9]  # a step that terminated, one that did not, others
            for i in some:
                for array in (jnp.asarray, np.asarray):
                    for number, flag in [
                        (float, bool),
                        (np.float32, np.bool_),
                        (float, float),
                        (jnp.float32, jnp.asarray),
                    ]:
                        arguments = (number(r[i]), flag(d[i]), array(online[i]), array(target[i]), _gamma)
                        checks.equal(jitted(*arguments), want[i], f"{what} under jax.jit", **close)
                        if _gamma == 0.5 and i in some[:2]:
                            checks.equal(double_q_target(*arguments), want[i], what, **close)
        checks.unchanged(before, [online, target], "q_online_next or q_target_next")

    # Tied actions: any of the best will do.
    got = checks.number(
        double_q_target(0.0, 0.0, jnp.array([2.0, 1.0, 2.0]), jnp.array([5.0, 9.0, 7.0]), 1.0), "A target"
    )
    checks.that(min(abs(got - 5.0), abs(got - 7.0)) < 1e-4, "Among tied actions, the target uses none of them.")
    checks.equal(
        double_q_target(
            reward=1.0, terminated=False, q_online_next=jnp.array([1.0, 4.0]), q_target_next=jnp.array([10.0, 2.0]),
            gamma=0.5,
        ),
        2.0, "The target, by keyword",
    )  # fmt: skip


### END HIDDEN TESTS

# %% [markdown]
# Suppose that all actions are worth **exactly 0**, and that each estimate of two networks is off by a random number,
# but right on average. What do the targets say the next state is worth, on average over 5,000 tries?

# %% tags=["demo"]
numbers = [1, 2, 3, 5, 8, 12, 20]
averages = {"max over one network's values (DQN)": [], "one chooses, the other values (double DQN)": []}
for n in numbers:
    online, target = np.random.default_rng(n).normal(size=(2, 5_000, n))
    targets = jax.vmap(double_q_target, in_axes=(None, None, 0, 0, None))
    for values, second in zip(averages.values(), (online, target), strict=True):  # one network twice, or two networks
        values.append(targets(0.0, 0.0, online, second, 1.0).mean())

_, ax = plt.subplots(figsize=(7, 3))
for (name, values), style, colour in zip(
    averages.items(), ("o--", "s-"), (palette.VERMILION, palette.BLUE), strict=True
):
    ax.plot(numbers, values, style, color=colour, label=name)
ax.axhline(0.0, color=palette.INK, lw=0.8)
ax.set(xticks=numbers, xlabel="number of actions, each worth 0", ylabel="average target\n(in units of a typical error)")
_ = ax.legend(frameon=False)

# %% [markdown]
# The more actions, the worse the curse. In DQN each target feeds the next, so the excess adds up along the way. In a
# real agent the two networks are not independent (one is an older copy of the other), so the cure is only partial.
# CartPole has just two actions: expect little from it here.

# %% [markdown]
# ## 7. The agent
#
# All settings are in one place, where a reader looks for them. The exploration schedule has one more part, the
# **initial collection**: the first 64 steps are random, because the memory has to hold a first batch before there is
# anything to learn from.

# %%
GAMMA = 0.99
BATCH_SIZE = 64
MEMORY_SIZE = 10_000
INITIAL_STEPS = BATCH_SIZE  # random steps before exploration starts to fall
EPSILON_START, EPSILON_END, EPSILON_DECAY = 1.0, 0.05, 300
NUM_STEPS = 4_000  # of training, with one learning step each
LEARNING_RATE = optax.cosine_decay_schedule(2e-3, NUM_STEPS, alpha=0.05)  # from 0.002 down to 0.0001
WEIGHT_DECAY = 1e-4
HUBER_DELTA = 10.0  # about the size of a value
MAX_GRADIENT_NORM = 10.0
TAU = 0.01
INPUT_SCALE = np.array([1.0, 1.0, 5.0, 1.0], np.float32)  # the angle of the pole is the small one


class DQNParams(NamedTuple):
    online: Any  # is trained, and acts
    target: Any  # follows slowly, and provides the targets


class LearnerState(NamedTuple):
    trainer_steps: Any  # learning steps completed
    optimiser_state: Any
    metrics: Any  # of the last batch: {"loss", "gradient_norm", "upright_value"}, each a scalar


# %% [markdown]
# `make_agent()` makes the agent with every ingredient. Most arguments take one of them away; we need that in the last
# section. Look for your functions. Note that plain DQN is double DQN in which the target network chooses for itself.


# %%
def make_agent(
    *,
    scale_inputs=True,
    exponential=True,
    double=True,
    huber=True,
    clip=True,
    weight_decay=True,
    learning_rate=LEARNING_RATE,
    tau=TAU,
    copy_every=None,
    clock_is_fall=False,
    gamma=GAMMA,
):
    """`(agent, init_params)`; the agent's `actor_state` counts its steps."""
    input_scale = INPUT_SCALE if scale_inputs else np.ones(4, np.float32)
    network = hk.without_apply_rng(hk.transform(lambda obs: hk.nets.MLP([64, 64, 2])(input_scale * obs)))
    optimiser = optax.chain(
        optax.clip_by_global_norm(MAX_GRADIENT_NORM) if clip else optax.identity(),
        optax.adamw(learning_rate, weight_decay=WEIGHT_DECAY if weight_decay else 0.0),
    )

    def init_params(key):
        online = network.init(key, jnp.zeros(4))
        return DQNParams(online, online)

    def epsilon(num_steps):
        step = jnp.maximum(num_steps - INITIAL_STEPS, 0)
        if exponential:
            return exponential_epsilon(step, EPSILON_START, EPSILON_END, EPSILON_DECAY)
        return jnp.maximum(EPSILON_START - (EPSILON_START - EPSILON_END) * step / (2 * EPSILON_DECAY), EPSILON_END)

    def select_action(key, params, num_steps, obs, evaluation=False):
        explore_key, action_key = jax.random.split(key)
        greedy_action = jnp.argmax(network.apply(params.online, obs))
        explore = jnp.logical_not(evaluation) & (jax.random.uniform(explore_key) < epsilon(num_steps))
        return jnp.where(explore, jax.random.randint(action_key, (), 0, 2), greedy_action), num_steps + 1

    def mean_loss(online, target, batch):
        values = jnp.take_along_axis(network.apply(online, batch.obs), batch.action[:, None], axis=1)[:, 0]  # [B]
        q_target_next = network.apply(target, batch.next_obs)  # [B, 2]
        q_chooses = network.apply(online, batch.next_obs) if double else q_target_next
        over = jnp.maximum(batch.terminated, batch.truncated) if clock_is_fall else batch.terminated
        targets = jax.vmap(double_q_target, in_axes=(0, 0, 0, 0, None))(
            batch.reward, over, q_chooses, q_target_next, gamma
        )
        errors = values - jax.lax.stop_gradient(targets)
        losses = huber_loss(errors, HUBER_DELTA) if huber else errors**2 / 2
        return jnp.mean(losses)

    def learn(key, params, learner_state, batch):
        loss, gradient = jax.value_and_grad(mean_loss)(params.online, params.target, batch)
        updates, optimiser_state = optimiser.update(gradient, learner_state.optimiser_state, params.online)
        online = optax.apply_updates(params.online, updates)
        rate = tau if copy_every is None else jnp.where(learner_state.trainer_steps % copy_every == 0, 1.0, 0.0)
        target = soft_update(params.target, online, rate)
        upright_value = jnp.max(network.apply(online, jnp.zeros(4)))  # what it believes the upright pole is worth
        metrics = {"loss": loss, "gradient_norm": optax.global_norm(gradient), "upright_value": upright_value}
        return DQNParams(online, target), LearnerState(learner_state.trainer_steps + 1, optimiser_state, metrics)

    params = init_params(jax.random.key(0))
    metrics = {"loss": jnp.nan, "gradient_norm": jnp.nan, "upright_value": jnp.nan}
    learner_state = LearnerState(jnp.int32(0), optimiser.init(params.online), metrics)
    return Agent(select_action, params, jnp.int32(0), learn, learner_state), init_params


# %% [markdown]
# ## 8. A run to watch
#
# The **driver loop**: one step in the environment, one learning step, and so on. At regular intervals it pauses:
#
# - every 50 steps it **logs** numbers that cost nothing, because they were computed anyway,
# - every 500 steps it **evaluates**, which costs ten episodes, and keeps a **checkpoint**: the parameters at that
#   moment. A point on a learning curve tells you how good the agent was; a checkpoint lets you go back and see why.
#
# The replay memory does what yours in notebook 5 does, but in arrays. It will serve the compiled loop as well.

# %%
from rl_helpers.log import TrainingLog
from rl_helpers.replay import ReplayMemory, StatefulMemory

LOG_EVERY = 50
EVALUATE_EVERY = 500


def train(agent, num_steps, log, on_episode=lambda durations: None):
    """Trains in gymnasium's CartPole: returns a checkpoint for each evaluation, {steps: params}."""
    train_env = gym.make("CartPole-v1", max_episode_steps=200)
    evaluation_env = gym.make("CartPole-v1", max_episode_steps=200)
    act, learn = jax.jit(agent.select_action), jax.jit(agent.learn)
    params, num_acted, learner_state = agent.params, agent.actor_state, agent.learner_state
    memory = StatefulMemory(ReplayMemory(MEMORY_SIZE, BATCH_SIZE), jax.random.key(1))
    keys = jax.random.split(jax.random.key(0), num_steps + 1)
    durations, duration, checkpoints = [], 0, {}
    obs, _ = train_env.reset(seed=0)
    for step in tqdm(range(num_steps + 1), desc="training", unit="step"):
        if step % LOG_EVERY == 0 and memory.is_ready():
            log.add(step, **learner_state.metrics)
        if step % EVALUATE_EVERY == 0:
            policy = lambda obs, params=params: int(act(keys[0], params, 0, obs, True)[0])
            log.add(step, average_return=compute_avg_return(evaluation_env, policy, num_episodes=10, seed=1_000))
            checkpoints[step] = params
        if step == num_steps:
            break

        action, num_acted = act(keys[step], params, num_acted, obs)
        next_obs, reward, terminated, truncated, _ = train_env.step(int(action))
        memory.push(Transition(obs, action, reward, next_obs, terminated, truncated))
        obs, duration = next_obs, duration + 1
        if memory.is_ready():
            params, learner_state = learn(None, params, learner_state, memory.sample())  # no key: it draws nothing
        if terminated or truncated:
            durations.append(duration)
            on_episode(durations)
            duration, (obs, _) = 0, train_env.reset()
    log.close()
    return checkpoints


# %% [markdown]
# Watch it learn. The first picture grows while the agent plays. The thin line shows how long each episode lasted; the
# thick one is the mean of the last 100, or of as many as there are. (Some programs fill in the missing ones with zeros.
# Then every agent seems to start at zero and improve.)

# %% tags=["demo"]
from IPython.display import display

figure, ax = plt.subplots(figsize=(8, 3.2))
live = display(figure, display_id=True)
plt.close(figure)  # otherwise the notebook shows it a second time when the cell is done


def redraw(durations):
    if len(durations) % 10 == 0:
        ax.clear()
        plotting.plot_learning_curve(durations, window=100, solved=200, ax=ax)
        ax.set(xlabel="training episodes", ylabel="duration of the episode (steps)")
        live.update(figure)


agent, _ = make_agent()
log = TrainingLog("runs")
checkpoints = train(agent, NUM_STEPS, log, on_episode=redraw)

_, axes = plt.subplots(1, 3, figsize=(13, 3.2), sharex=True)
labels = {
    "average_return": "average return\n(greedy, 10 episodes)",
    "loss": "loss of a batch\n(discounted reward, squared)",
    "upright_value": "believed value of the upright pole\n(discounted reward)",
}
for ax, (name, label), colour in zip(axes, labels.items(), palette.SERIES, strict=False):
    ax.plot(*log[name], "o-" if name == "average_return" else "-", color=colour, ms=4)
    ax.set(xlabel="environment steps", ylabel=label, ylim=(0, None))

_, axes = plt.subplots(1, 4, figsize=(13, 3.6), sharey=True)
steps, returns = log["average_return"]
for ax, step in zip(axes, [0, 500, 1_000, 4_000], strict=True):
    greedy = jax.jit(
        lambda obs, params=checkpoints[step]: agent.select_action(jax.random.key(0), params, 0, obs, True)[0]
    )
    angles, velocities = np.meshgrid(np.linspace(-0.21, 0.21, 41), np.linspace(-2.0, 2.0, 41))
    observations = np.stack([0 * angles, 0 * angles, angles, velocities], axis=-1).astype(np.float32)
    plotting.plot_policy(jax.vmap(jax.vmap(greedy))(observations), ax=ax)
    ax.set_title(f"checkpoint {step:,}: return {returns[steps == step][0]:.0f}", pad=26)
    ax.label_outer()

# %% [markdown]
# ### What the loss tells you, and what it does not
#
# In supervised learning you watch the loss go down. Compare the return with the loss here: the better the agent, the
# **larger** its losses. A good agent has large values, and each fall that turns up in a batch contradicts them. Earlier
# its values were small and wrong, its losses were small too, and it could not play. The targets are the agent's own, so
# a loss measures whether the agent agrees with itself, not whether it is right.
#
# The third plot says the same in another way. A pole that never falls is worth $1 / (1 - \gamma) = 100$. Yours hardly
# falls any more, yet the agent believes it is worth a third of that: with a target that lags 100 steps behind, values
# climb by about 1 in 100 steps. The policy is right long before the values are, because it only compares two of them.
#
# To see how little a small loss can mean, train an agent with $\gamma = 0$. It cares only about the next reward. That
# is always 1, which is easy to predict.

# %% tags=["demo"]
agent, _ = make_agent(gamma=0.0)
log = TrainingLog("runs")
train(agent, 2_000, log)
_, (left, right) = plt.subplots(1, 2, figsize=(8, 2.8))
left.semilogy(*log["loss"], color=palette.VERMILION)
left.set(xlabel="environment steps", ylabel="loss of a batch\n(reward, squared)")
right.plot(*log["average_return"], "o-", color=palette.BLUE)
right.set(xlabel="environment steps", ylabel="average return\n(greedy, 10 episodes)", ylim=(0, 210))
print(f"loss {log['loss'][1][-1]:.7f}, average return {log['average_return'][1][-1]:.1f}")

# %% [markdown]
# The smallest losses you will see today, from an agent that learns nothing: with $\gamma = 0$, all actions are equally
# good. So what is worth logging? The **evaluation return** is what counts. A **believed value** shows whether the
# agent's beliefs are possible at all: above 100 they would not be. The loss and the **gradient norm** are alarms: look
# for sudden changes in size, and for nan.
#
# ### TensorBoard
#
# Plots in the notebook show what you knew you would want to see. For the rest, people keep a log in TensorBoard's
# format, where they can compare runs while they are still going. If `tensorboardX` is installed, your two runs are
# already in the folder `runs`. To look at them, put this into a new cell and run it:
#
# ```
# %load_ext tensorboard
# %tensorboard --logdir runs
# ```
#
# If the package is missing, `%pip install tensorboard tensorboardX` installs it. Then train again. Everything else here
# works without it.

# %% [markdown]
# ## 9. Twenty agents against the tutorial
#
# The tutorial with the 8,000 steps ([TF-Agents' DQN on
# CartPole](https://www.tensorflow.org/agents/tutorials/1_dqn_tutorial)) shows one run. One run of DQN is an anecdote,
# so here are twenty of yours, with the same clock of 200 steps and the same measure: the first evaluation in which
# *all* ten episodes last 200 steps, looking every 1,000 steps. Your functions go into the compiled loop as they are.
# The dashed black line is the log that the tutorial printed; the dotted ones mark where 200 was first seen.

# %% tags=["demo"]
from rl_helpers.compiled import run_compiled_loop
from rl_helpers.envs import CartPole

agent, init_params = make_agent()
result = run_compiled_loop(
    jax.random.key(6),
    CartPole(max_steps=200),
    agent,
    ReplayMemory(MEMORY_SIZE, BATCH_SIZE),
    num_steps=NUM_STEPS,
    num_seeds=20,
    init_params=init_params,
    evaluate_every=250,
    evaluation_episodes=10,
)
steps, returns = result.evaluation_steps, result.evaluation_returns  # [16], [20, 16]
medians = {}
for every in (1_000, 250):
    looks = slice(every // 250 - 1, None, every // 250)
    solved = returns[:, looks] >= 200
    first = np.where(solved.any(axis=1), steps[looks][solved.argmax(axis=1)], np.inf)  # [20]
    medians[every] = np.median(first)
    print(f"looking every {every:,} steps: at 200 after {medians[every]:,.0f} steps in the median of 20 seeds, "
          f"{np.sum(first <= NUM_STEPS)} of 20 within {NUM_STEPS:,}")  # fmt: skip

tutorial = [26.2, 20.4, 25.9, 37.7, 53.6, 89.4, 129.8, 200.0]  # average returns it printed, every 1,000 steps
ax = plotting.plot_learning_curve(
    returns, episodes=steps, window=1, statistic=np.median, label="yours: median of 20 seeds"
)
ax.plot(1_000 * np.arange(1, 9), tutorial, "s--", color=palette.INK, ms=5, label="the tutorial: one run")
for x, colour, text in [(medians[1_000], palette.BLUE, "yours"), (8_000, palette.INK, "tutorial")]:
    ax.axvline(x, color=colour, ls=":", lw=1.5)
    ax.annotate(f"{text}: {x:,.0f}", (x, 6), (4, 0), textcoords="offset points", color=colour)
ax.axhline(200, color=palette.GREEN, ls=(0, (5, 2)), lw=1.2)
ax.set(xlabel="environment steps", ylabel="average return (greedy, 10 episodes)", ylim=(0, 215), xlim=(0, 9_500))
_ = ax.legend(frameon=False, loc="lower right", bbox_to_anchor=(0.85, 0.0))

# %% [markdown]
# Half of the experience, or less. But note the second number: the same runs, looked at four times as often, are
# "solved" in half the time. *First time at 200* picks each agent's luckiest look, so it depends on how often you look.
# (That is why the comparison looks every 1,000 steps, as the tutorial does.) The median curve is the stricter measure,
# and the thin lines that drop below it are agents that had reached 200 and lost it again.
#
# ## 10. Which ingredients matter?
#
# You have heard a good reason for every ingredient. Reasons are cheap; take each ingredient out and see. That is an
# **ablation**: the full recipe without one part, everything else equal, over several seeds. Before you run it, write
# down which two you expect to matter most.
#
# Left: the average return over the whole run, which rewards learning fast and staying good. Right: over its last 1,000
# steps. Each pale dot is a seed, the large one is their mean, and the bar is its 95 % bootstrap interval. (About a
# minute.)

# %% tags=["demo"]
from concurrent.futures import ThreadPoolExecutor

from rl_helpers.compiled import run_compiled_loop
from rl_helpers.envs import CartPole
from rl_helpers.evaluation import mean_interval
from rl_helpers.replay import ReplayMemory

ablations = {
    "all ingredients": {},
    "inputs not scaled": {"scale_inputs": False},
    "linear epsilon": {"exponential": False},
    "plain, not double Q": {"double": False},
    "square, not Huber": {"huber": False},
    "no gradient clipping": {"clip": False},
    "Adam, no weight decay": {"weight_decay": False},
    "constant learning rate": {"learning_rate": 2e-3},
    "target copied every 100": {"copy_every": 100},
    "no target network": {"tau": 1.0},
    "clock counts as a fall": {"clock_is_fall": True},
}


def ablate(changes):
    agent, init_params = make_agent(**changes)
    return run_compiled_loop(
        jax.random.key(7),
        CartPole(max_steps=200),
        agent,
        ReplayMemory(MEMORY_SIZE, BATCH_SIZE),
        num_steps=NUM_STEPS,
        num_seeds=8,
        init_params=init_params,
        evaluate_every=250,
        evaluation_episodes=10,
        progress=False,
    )


with ThreadPoolExecutor(2) as pool:  # two at a time: one compiles while the other runs
    results = list(tqdm(pool.map(ablate, ablations.values()), total=len(ablations), desc="ablations"))

_, axes = plt.subplots(1, 2, figsize=(12, 4.6), sharey=True)
for ax, evaluations in zip(axes, (slice(None), slice(-4, None)), strict=True):
    for row, result in enumerate(results):
        averages = result.evaluation_returns[:, evaluations].mean(axis=1)  # [8]
        mean, low, high = (x.item() for x in mean_interval(averages[:, None]))
        colour, marker = (palette.INK, "D") if row == 0 else (palette.BLUE, "o")
        ax.plot(averages, np.full(len(averages), row), "o", color=colour, ms=4, alpha=0.3)
        ax.plot([low, high], [row, row], color=colour, lw=2)
        ax.plot(mean, row, marker, color=colour, ms=8)
        if row == 0:
            ax.axvspan(low, high, color=palette.SHADE, zorder=0)
axes[0].set_yticks(range(len(ablations)), list(ablations))
axes[0].invert_yaxis()
axes[0].set(xlabel="average return over all 4,000 steps", xlim=(0, 205))
axes[1].set(xlabel="average return over the last 1,000 steps", xlim=(0, 205))
beliefs = {
    name: result.agent.learner_state.metrics["upright_value"] for name, result in zip(ablations, results, strict=True)
}
for name in ("all ingredients", "no target network"):
    print(f"{name}: the upright pole is believed to be worth {np.median(beliefs[name]):,.0f} (at most 100 is possible)")

# %% [markdown]
# An ingredient whose bar overlaps the shaded band makes no difference that eight seeds could show. That is true of most
# of them! What stands out:
#
# - **No target network: nothing is learned.** The believed value of the pole explains why: the agent chases its own
#   tail into the hundreds of thousands. All the other ingredients together cannot save it, and nearly all of them can
#   be left out without visible harm as long as this one is there.
# - **A constant learning rate** learns as fast, but looks restless at the end. Its bar still touches the band, so that
#   is only a suspicion, for more seeds to settle. If it is right, a rate that falls is the cheapest cure for DQN's
#   habit of forgetting.
# - **Copy or glide, line or exponential, square or Huber, plain or double**: no visible difference. Two actions leave
#   little to overrate, and no error here is wild enough to need a brake.
# - **The clock as a fall**: no visible harm either, as at the end of notebook 5. A good agent meets the clock once in
#   200 steps, and its values are far below the 100 at which the mistake would show. It is still wrong, and the right
#   way costs nothing.
#
# Two warnings about this picture. It says what matters *on this task, in 4,000 steps, next to the other ingredients*:
# Huber and clipping do the same job, so each looks useless while the other is there. And eight seeds cannot reveal a
# small difference. With enough comparisons, one of them will stand out by luck: there are ten rows below the first,
# each with its one chance in twenty.
#
# ## What you have now
#
# A DQN that needs half of the tutorial's experience or less, and the habits around it: read the specs, measure a
# baseline, keep behaviour and evaluation apart, log, keep checkpoints, run many seeds, remove one thing at a time.
# Before you go on:
#
# - Take out *two* ingredients at a time. Which pairs hurt although neither ingredient alone did?
# - Make the task harder: `CartPole(max_steps=500)`, or `NoOpCartPole()` (three actions, so two numbers in `make_agent`
#   change). Which ingredients matter now?
# - Further reading: [Mnih et al. (2015)](https://www.nature.com/articles/nature14236) with its own ablations, [Hessel
#   et al. (2018)](https://arxiv.org/abs/1710.02298), who do this properly for six ingredients, and [Henderson et al.
#   (2018)](https://arxiv.org/abs/1709.06560) on how easily we fool ourselves.
