# %% [markdown]
# # 1. Agents and environments
#
# A thermostat, a chess program and a robot that learns to walk have something in common: each looks at its world, does
# something, and sees what comes of it. Reinforcement learning is about programs that get better at this on their own.
# Before anything can learn, though, somebody has to build the two parts that talk to each other and the loop that
# connects them. That is what you will do here.
#
# By the end of this notebook you will have
#
# - met an environment, CartPole, and the few calls that every environment understands;
# - written two policies, one deterministic and one stochastic, and seen where they differ;
# - computed a discounted return and run whole episodes;
# - moved a policy from Python to JAX, where it acts on a thousand observations at once.
#
# There are seven short exercises; together with the reading they take about 75 minutes.
#
# **How an exercise works.** Read the statement, replace the line `raise NotImplementedError(...)` with your answer, run
# the cell, then run the check below it. Its code is folded away; open it if you are curious. A check ends in a ✓ or
# tells you what is wrong. The locked cell after it holds only a comment; when your notebook is graded, more tests run
# in its place. If you are stuck, open the hints: the first is a nudge, the second describes the approach.
#
# Each exercise says how long it takes, how hard it is and how important it is: the rest of the course builds on those
# of importance 3; skip the 1s if you run short of time.

# %% tags=["setup"]
import collections
import random
import time

import gymnasium as gym
import haiku as hk
import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np
import optax

import rl_helpers.envs  # registers rl_helpers/CartPole-v1, a CartPole that can draw itself anywhere
from rl_helpers import Transition, checks, palette
from rl_helpers.animate import animate
from rl_helpers.loop import record_episode
from rl_helpers.plotting import plot_episode_frames, plot_policy

plt.style.use("rl_helpers.show.course")  # how the course's pictures look

# %% [markdown]
# ## The loop
#
# ```text
#                        action a_t
#          ┌──────────────────────────────────┐
#          │                                  ▼
#     ┌─────────┐                     ┌───────────────┐
#     │  agent  │                     │  environment  │
#     └─────────┘                     └───────────────┘
#          ▲                                  │
#          └──────────────────────────────────┘
#             observation o_t+1, reward r_t
# ```
#
# Time runs in steps $t = 0, 1, 2, \dots$ At each step the **agent** looks at an observation $o_t$ and chooses an action
# $a_t$. The **environment** moves from its state $s_t$ to a new state $s_{t+1}$, and answers with the next observation
# $o_{t+1}$ and a number, the **reward** $r_t$, which says how good that step was. The agent wants as much reward as it
# can get over time: not the best next step, but the best future.
#
# How the environment moves is given by its **transition function**: $s_{t+1} \sim P(\cdot \mid s_t, a_t)$. In words:
# the next state is drawn from a distribution that depends on the current state and the action, and on nothing earlier.
# (In CartPole that distribution has a single outcome: the same push in the same state always has the same effect.)
#
# We use [gymnasium](https://gymnasium.farama.org), which gives hundreds of environments the same few calls.

# %%
env = gym.make("CartPole-v1")
obs, info = env.reset(seed=0)  # starts an episode
print("first observation:", obs)

next_obs, reward, terminated, truncated, info = env.step(1)  # one action, one step
print("next observation: ", next_obs)
print(f"reward {reward}, terminated {terminated}, truncated {truncated}")
print("observations come from", env.observation_space)
print("actions come from     ", env.action_space)

# %% [markdown]
# **CartPole** is a pole on a cart on a track. Fifty times a second you push the cart to the left (action 0) or to the
# right (action 1), and the pole must not fall. The observation is a float32 array of four numbers:
#
# | index | what | unit | the episode ends beyond |
# |---|---|---|---|
# | 0 | position of the cart, $x$ | m | ±2.4 |
# | 1 | velocity of the cart, $\dot x$ | m/s | |
# | 2 | angle of the pole, $\theta$, positive when it leans right | rad | ±0.209 (12°) |
# | 3 | angular velocity of the pole, $\dot\theta$ | rad/s | |
#
# Every step pays a reward of 1, even the step in which the pole falls. So here the sum of rewards is simply the number
# of steps you lasted.
#
# An **episode** is one attempt, from `reset` to the end. It can end in two ways, and `step` tells them apart:
#
# - `terminated`: the task itself is over. The pole fell, or the cart left the track. No more reward could follow.
# - `truncated`: the clock stopped the attempt, here after 500 steps. The pole is still up, and more reward would have
#   followed.
#
# The difference will matter a great deal once an agent asks "how much is this state worth?". For now: an episode is
# over when *either* is true.
#
# `env.observation_space` and `env.action_space` say what to expect. A `Discrete(2)` action is an integer, 0 or 1; a
# `Box` is an array of real numbers between bounds.
#
# **What the agent sees.** In CartPole the observation is the whole state: the environment is **fully observed**, and we
# may write $s_t$ or $o_t$ as we like. Cover the two velocities with your hand and it becomes **partially observed**: in
# a photograph of a pole you cannot tell whether it is falling or being caught, though the two call for different
# actions.
#
# Here is an episode of purely random actions. Gymnasium's own CartPole draws itself with a game library that may not be
# installed, so for pictures we use ours, which moves in exactly the same way.

# %% tags=["demo"]
picture_env = gym.make("rl_helpers/CartPole-v1", render_mode="rgb_array")
picture_env.action_space.seed(0)
episode = record_episode(picture_env, lambda obs: picture_env.action_space.sample(), seed=0)
ax = plot_episode_frames(episode.frames, num=5)
ax.set_title(f"random actions: over after {len(episode.rewards)} steps")
plt.show()

# %% [markdown]
# ## Policies
#
# The rule by which an agent chooses is its **policy**, written $\pi$. It takes an observation and returns an action.
#
# A **deterministic** policy is a function: $a_t = \pi(o_t)$. A **stochastic** policy gives every action a probability
# and draws from them: $a_t \sim \pi(\cdot \mid o_t)$, in words: the action is drawn at random, with probabilities that
# depend on the observation. Why would anyone leave a choice to chance? Because an agent that always does the same thing
# never finds out what else might have worked. Chance is how agents explore.

# %% [markdown]
# ### Exercise: two predictions
#
# *About 2 minutes · difficulty 1 of 3 · importance 2 of 3*
#
# Predict first; in a few minutes your own code will show you. There are two actions, 0 and 1.
#
# **`answer_deterministic`**: Bob's policy is deterministic. For some observation it has just returned action 0. What
# will it return for the very same observation next time?
#
# - A: 0 again
# - B: 1
# - C: you cannot say
#
# Your answer is a string of one capital letter: `"A"`, `"B"` or `"C"`.

# %% exercise="answer_deterministic"
answer_deterministic = None
### BEGIN SOLUTION
answer_deterministic = "A"
### END SOLUTION


# %% check="answer_deterministic" points=1
@checks.exercise("answer_deterministic")
def _check():
    checks.choice(
        answer_deterministic,
        "answer_deterministic",
        digest="ec6c2c86",  # of the right letter, so that you can think before you see it
        hint="The observation is the very same, and this policy leaves nothing to chance. What could change?",
    )


# %% test="answer_deterministic" points=1
### BEGIN HIDDEN TESTS
@checks.hidden("answer_deterministic")
def _test():
    checks.choice(
        answer_deterministic,
        "answer_deterministic",
        digest="ec6c2c86",
        hint="The observation is the very same, and this policy leaves nothing to chance. What could change?",
    )


### END HIDDEN TESTS

# %% [markdown]
# **`answer_stochastic`**: Alice's policy is stochastic, and gives both actions some probability. For some observation
# it has just returned action 0. What will it return for the very same observation next time?
#
# - A: 0 again
# - B: 1
# - C: you cannot say

# %% exercise="answer_stochastic"
answer_stochastic = None
### BEGIN SOLUTION
answer_stochastic = "C"
### END SOLUTION


# %% check="answer_stochastic" points=1
@checks.exercise("answer_stochastic")
def _check():
    checks.choice(
        answer_stochastic,
        "answer_stochastic",
        digest="0eda250d",
        hint="Every call is a new draw, and dice have no memory. What does the last throw tell you about the next?",
    )


# %% test="answer_stochastic" points=1
### BEGIN HIDDEN TESTS
@checks.hidden("answer_stochastic")
def _test():
    checks.choice(
        answer_stochastic,
        "answer_stochastic",
        digest="0eda250d",
        hint="Every call is a new draw, and dice have no memory. What does the last throw tell you about the next?",
    )


### END HIDDEN TESTS

# %% [markdown]
# ### Exercise: `deterministic_policy`
#
# *About 7 minutes · difficulty 1 of 3 · importance 1 of 3*
#
# The simplest policy that uses everything it sees is a linear one: multiply each part of the observation by a weight,
# add the results, and look at the sign. With weights $w = (1, -2, 2, -1)$:
#
# $$\pi(o) = \begin{cases} 1 & \text{if } w \cdot o > 0 \\ 0 & \text{otherwise} \end{cases} \qquad
# w \cdot o = 1\,x - 2\,\dot x + 2\,\theta - 1\,\dot\theta$$
#
# In words: push right when the weighted sum is greater than zero, and left when it is not.
#
# - `obs`: a NumPy array, float32 `[4]`.
# - Return a Python or NumPy integer. (Not a boolean: gymnasium refuses NumPy's.)
#
# **Example.** For `obs = [0.5, 0, 0.25, 2]` the sum is 0.5 − 0 + 0.5 − 2 = −1, so the action is 0.
#
# Helpful: [`numpy.dot`](https://numpy.org/doc/stable/reference/generated/numpy.dot.html).
#
# <details><summary>Hint 1: a nudge</summary>
#
# A comparison such as `a > b` gives a boolean. What turns a boolean into 0 or 1?
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Put the weights into a NumPy array, take its dot product with `obs`, compare that with zero, and turn the outcome into
# an integer. Read the definition again: what should happen when the sum is exactly zero?
#
# </details>


# %% exercise="deterministic_policy"
def deterministic_policy(obs):
    """Chooses an action from the sign of a weighted sum, with weights [1, -2, 2, -1].

    Args:
      obs: x, x_dot, theta, theta_dot, float32 [4].
    Returns:
      1 if the dot product of the weights and `obs` is greater than zero, else 0: a Python or NumPy integer.
    """
    ### BEGIN SOLUTION
    weights = np.array([1.0, -2.0, 2.0, -1.0])
    return int(np.dot(weights, obs) > 0)
    ### END SOLUTION


# %% check="deterministic_policy" points=1
@checks.exercise("deterministic_policy")
def _check():
    # The dot products of these eight observations with the weights are 1, -2, 0.5, -1, 0, -1, 1e-7 and 0.05.
    observations = np.array(
        [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0.25, 0], [0, 0, 0, 1], [1, 1, 1, 1], [1, 1, 0, 0], [1e-7, 0, 0, 0],
         [1.05, 0, 0, 1]], np.float32,
    )  # fmt: skip
    before = observations.copy()
    actions = [
        checks.integer(deterministic_policy(obs), f"deterministic_policy({obs})", allow_jax=False)
        for obs in observations
    ]
    checks.unchanged(before, observations, "obs")
    for i in range(1_200):
        obs, action = observations[5 * i % 8], actions[5 * i % 8]
        checks.that(
            np.array_equal(deterministic_policy(obs), action),
            f"deterministic_policy({obs}) was {action} at first, and another action later. It should depend on "
            "the observation alone: not on chance, and not on earlier calls.",
        )
    checks.equal(
        np.array(actions),
        [1, 0, 1, 0, 0, 0, 1, 1],
        "The list of actions for dot products of 1, -2, 0.5, -1, 0, -1, 1e-7 and 0.05",
        wrong=[
            ([0, 1, 0, 1, 0, 1, 0, 0], "it is the other way round: 1 where the dot product is greater than zero"),
            ([0, 1, 0, 1, 1, 1, 0, 0], "it is the other way round: 1 where the dot product is greater than zero"),
            ([1, 0, 1, 0, 1, 0, 1, 1], "the fifth dot product is exactly zero, and zero is not greater than zero"),
            ([1, 0, 0, 0, 0, 0, 0, 0], "a half is greater than zero too: compare the dot product, not a rounded one"),
            ([1, 0, 1, 0, 0, 0, 0, 1], "1e-7 is greater than zero too: compare with 0, without a margin"),
            ([1, 1, 1, 1, 1, 1, 1, 1], "have the weights lost their minus signs?"),
            ([1, 0, 1, 1, 1, 0, 1, 1], "has the last weight lost its minus sign?"),
            ([1, 1, 0, 0, 0, 1, 1, 1], "are the weights in the right order? Their signs are +, -, +, -"),
            ([1, 0, 1, 0, 0, 1, 1, 1], "are the sizes of the weights in the right order? They are 1, 2, 2, 1"),
            ([1, 0, 1, 0, 0, 0, 1, 0], "a weight is slightly off; they are 1, -2, 2 and -1"),
            ([0, 0, 1, 0, 1, 0, 0, 0], "that looks at the pole alone; the cart's two numbers count as well"),
            ([1, 1, 1, 1, 0, 1, 1, 1], "the sign of the dot product got lost; 1 only where it is greater than zero"),
            ([1, -1, 1, -1, 0, -1, 1, 1], "there is no action -1; return 0 where the sum is not greater than zero"),
            ([1, -2, 0, -1, 0, -1, 0, 0], "that is the dot product itself, cut to a whole number; compare it with 0"),
            ([0, 0, 0, 0, 0, 0, 0, 0], "it is always 0, whatever the observation"),
        ],
        hint="Compute the eight dot products by hand and compare.",
    )


# %% test="deterministic_policy" points=3
### BEGIN HIDDEN TESTS
@checks.hidden("deterministic_policy")
def _test():
    rng = np.random.default_rng(11)
    right_weights = np.array([1.0, -2.0, 2.0, -1.0])
    # Random observations of several sizes, none so close to a tie that rounding could decide.
    random = rng.normal(size=(150, 4)) * rng.choice([0.05, 1.0, 20.0], size=(150, 1))
    random = random[np.abs(random @ right_weights) > 0.02 * np.abs(random).max(axis=1)]
    # Dot products so small, or exactly zero, that every arithmetic gets them exactly right.
    tiny = np.vstack([np.eye(4), -np.eye(4)]) * 2.0**-21
    whole = np.vstack([np.zeros(4), [0, 0, 0.5, 1], rng.integers(-3, 4, size=(200, 4))])
    ties = whole[whole @ right_weights == 0]
    for group, name, _hint in (
        (random, "random", "Are all four weights right, and their order?"),
        (tiny, "almost tied", "Compare the dot product as it is with zero: neither rounded nor with a margin."),
        (ties, "tied (dot product zero)", "Zero is not greater than zero. And are all four weights right?"),
    ):
        group = group.astype(np.float32)
        before = group.copy()
        want = (group.astype(np.float64) @ right_weights > 0).astype(int)
        for repeat in ("", ", asked for a second time"):  # the same observation must give the same action again
            got = [
                checks.integer(deterministic_policy(obs), "deterministic_policy(obs)", allow_jax=False) for obs in group
            ]
            checks.unchanged(before, group, "obs")
            checks.equal(np.array(got), want, f"The list of actions for {name} observations{repeat}", hint=_hint)


### END HIDDEN TESTS

# %% [markdown]
# A policy divides the space of observations into regions, one for each action. Ours is linear, so the border is a
# straight line (in all four dimensions, a flat hyperplane). The picture shows a slice: the cart is at rest in the
# middle, and only the pole's angle and velocity vary. Does this policy do what you would do?

# %% tags=["demo"]
ax = plot_policy(deterministic_policy)
ax.set_title("deterministic_policy, cart at rest in the middle", pad=28)
plt.show()

# %% tags=["demo"]
picture_env = gym.make("rl_helpers/CartPole-v1", render_mode="rgb_array")
episode = record_episode(picture_env, deterministic_policy, seed=0)
ax = plot_episode_frames(episode.frames, num=5)
ax.set_title(f"deterministic_policy: over after {len(episode.rewards)} steps")
plt.show()
print("its actions:", *episode.actions)

# %% [markdown]
# Its weight on $\theta$ makes sense: a pole that leans right calls for a push to the right, which brings the cart back
# under it. But its weight on $\dot\theta$ has the wrong sign: a pole that swings to the right *fast* gets a push to the
# left. And look at its actions. Each push changes the velocities just enough to flip the sign of the sum, so the pushes
# cancel, the cart hardly moves, and the pole falls as it would if nobody helped. Finding better weights is the subject
# of the next notebook.
#
# ### Exercise: `stochastic_policy`
#
# *About 8 minutes · difficulty 2 of 3 · importance 3 of 3*
#
# Now a policy that rolls dice. With the same weights, the probability of action 1 is
#
# $$\pi(1 \mid o) = \begin{cases} 0 & \text{if } w \cdot o > 0 \\ 0.8 & \text{otherwise} \end{cases}$$
#
# In words: if the weighted sum is greater than zero, always return 0. If it is not, return 1 with probability 0.8 and 0
# with probability 0.2. Look closely: this is not the policy above with noise on top.
#
# Where does the randomness come from? From `rng`, a [random number
# generator](https://numpy.org/doc/stable/reference/random/generator.html) that the caller hands in. A function that
# draws from a generator it was given can be replayed: same seed, same draws, same episode, same bug.
#
# - `rng`: a `numpy.random.Generator`, such as `np.random.default_rng(0)` makes.
# - `obs`: a NumPy array, float32 `[4]`.
# - Return a Python or NumPy integer.
#
# **Example.** For `obs = [0.5, 0, 0.25, 2]` the sum is −1: out of 1,000 calls, about 800 return 1.
#
# Helpful:
# [`Generator.random`](https://numpy.org/doc/stable/reference/random/generated/numpy.random.Generator.random.html) or
# [`Generator.choice`](https://numpy.org/doc/stable/reference/random/generated/numpy.random.Generator.choice.html).
#
# <details><summary>Hint 1: a nudge</summary>
#
# `rng.random()` is a number between 0 and 1, every value equally likely. How often is it below 0.3?
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# First deal with the case that needs no randomness. For the other one, draw once from `rng` and turn the draw into 0 or
# 1 with the right odds, or let `rng.choice` do it: it takes the actions and their probabilities.
#
# </details>


# %% exercise="stochastic_policy"
def stochastic_policy(rng, obs):
    """Chooses an action at random, with probabilities that depend on a weighted sum with weights [1, -2, 2, -1].

    Args:
      rng: a numpy.random.Generator; every draw comes from it.
      obs: x, x_dot, theta, theta_dot, float32 [4].
    Returns:
      If the dot product is greater than zero: 0. Otherwise 0 with probability 0.2 and 1 with probability 0.8.
      A Python or NumPy integer.
    """
    ### BEGIN SOLUTION
    weights = np.array([1.0, -2.0, 2.0, -1.0])
    if np.dot(weights, obs) > 0:
        return 0
    return int(rng.random() < 0.8)
    ### END SOLUTION


# %% check="stochastic_policy" points=1
# One observation for each kind of dot product: 1, 1e-7, -2 and 0.
_obs_by_sum = {
    _sum: np.array(_obs, np.float32)
    for _sum, _obs in ((1, [1, 0, 0, 0]), (1e-7, [1e-7, 0, 0, 0]), (-2, [0, 1, 0, 0]), (0, [1] * 4))
}


def _many_draws(weighted_sum, seed, total=1000):
    rng, obs = np.random.default_rng(seed), _obs_by_sum[weighted_sum].copy()
    call = f"stochastic_policy(rng, {obs})"
    actions = [checks.integer(stochastic_policy(rng, obs), call, allow_jax=False) for _ in range(total)]
    checks.unchanged(_obs_by_sum[weighted_sum], obs, "obs")
    others = set(actions) - {0, 1}
    checks.that(not others, f"{call} should be 0 or 1, but some draws were {others}.")
    return np.array(actions)


def _why_always_the_same():
    """What to say when all draws for one observation were the same: what do 20 other observations below zero give?"""
    rng = np.random.default_rng(5)
    below = -rng.random((20, 4), np.float32) * np.array([1, -1, 1, -1], np.float32)
    draws = [[int(stochastic_policy(rng, obs)) for _ in range(40)] for obs in below]
    if any(len(set(some)) > 1 for some in draws):
        return "For other observations you do draw. Is a weight wrong?"
    if len({some[0] for some in draws}) > 1:
        return "An observation gets one draw for ever. Draw anew in every call."
    return "Draw from `rng`; a generator made anew in each call starts from scratch."


@checks.exercise(
    "stochastic_policy",
    given={"deterministic_policy": lambda obs: int(any(np.array_equal(obs, _obs_by_sum[_sum]) for _sum in (1, 1e-7)))},
)
def _check():
    _ones = _many_draws(1, seed=0).mean()
    _certain = "For a dot product of 1, every one of 1,000 draws should be 0"
    checks.that(
        _ones < 0.5, f"{_certain}, but most of yours were 1. It is the other way round from deterministic_policy."
    )
    checks.that(_ones == 0, f"{_certain}, but some of yours were 1. On this side nothing is left to chance.")
    checks.that(
        not _many_draws(1e-7, seed=0).any(),
        "For a dot product of 1e-7, every one of 1,000 draws should be 0. It is greater than zero too, if only just: "
        "compare with 0, without a margin.",
    )
    for _sum in (-2, 0):
        _actions = _many_draws(_sum, seed=0)
        if len(set(_actions.tolist())) == 1:
            advice = "Zero is not greater than zero. Or is a weight wrong?" if _sum == 0 else _why_always_the_same()
            checks.fail(
                f"For a dot product of {_sum}, every one of 1,000 draws was {_actions[0]}, but chance decides here. "
                f"{advice}"
            )
        checks.equal(
            _actions.mean(),
            0.8,
            f"The share of 1s among 1,000 draws for a dot product of {_sum} (give or take 0.08)",
            wrong=[
                (0.2, "The two probabilities are swapped."),
                (0.5, "The two actions are not equally likely here."),
                (0.97, "The probability is the same wherever the dot product is not greater than zero."),
            ],
            rtol=0,
            atol=0.08,
        )
    checks.that(
        np.array_equal(_many_draws(-2, seed=1, total=100), _many_draws(-2, seed=1, total=100)),
        "Two generators with the same seed gave different actions, so something other than `rng` was drawn from. "
        "np.random.choice, for one, has a hidden generator of its own; rng.choice uses yours.",
    )
    checks.that(
        not np.array_equal(_many_draws(-2, seed=1, total=100), _many_draws(-2, seed=2, total=100)),
        "Generators with different seeds gave the same 100 actions, as if by a fixed pattern. Draw from `rng`.",
    )
    for _first in (0, 1):  # pairs of draws, one after the other
        _pairs = _many_draws(-2, seed=3)[_first : 998 + _first].reshape(-1, 2)
        checks.frequency(
            int((_pairs[:, 0] == _pairs[:, 1]).sum()), len(_pairs), 0.8**2 + 0.2**2,
            "Draws are too often, or too seldom, the same as the one before. Draw anew in every call.",
        )  # fmt: skip


# %% test="stochastic_policy" points=3
### BEGIN HIDDEN TESTS
import contextlib as _contextlib
import io as _io
import time as _time


def _right_deterministic_policy(obs):
    return int(np.dot([1.0, -2.0, 2.0, -1.0], obs) > 0)


def _draw_in_turn(rng, observations, total):
    """`total` actions for the observations in turn."""
    turns = [np.array(_obs, np.float32) for _obs in observations]
    before = [_obs.copy() for _obs in turns]
    actions = [
        checks.integer(stochastic_policy(rng, turns[i % len(turns)]), "stochastic_policy(rng, obs)", allow_jax=False)
        for i in range(total)
    ]
    checks.unchanged(before, turns, "obs")
    return np.array(actions)


@checks.hidden("stochastic_policy", given={"deterministic_policy": _right_deterministic_policy})
def _test():
    above = [[1, 0, 0, 0], [0, 0, 2**-22, 0], [0, -8, 0, 0], [3, 1, 1, 1], [0, 0, 0, -0.25]]
    checks.that(
        not _draw_in_turn(np.random.default_rng(21), above, 1000).any(),
        "For dot products greater than zero the action must always be 0, however small or large they are.",
    )
    not_above = {
        "exactly zero": [[0, 0, 0, 0], [1, 1, 1, 1], [2, 1, 0, 0]],
        "a little below zero": [[0, 0, 0, 2**-21], [0, 0, -0.125, 0]],
        "well below zero": [[0, 1, 0, 0], [-5, 0, 0, 0], [0, 2, -2, 1]],
    }
    for seed, (where, _observations) in enumerate(not_above.items()):
        actions = _draw_in_turn(np.random.default_rng(seed), _observations, 3000)
        checks.that(set(actions.tolist()) <= {0, 1}, "Actions must be 0 or 1.")
        message = f"For dot products {where}, action 1 does not come with the right probability."
        checks.frequency(int(actions.sum()), 3000, 0.8, message)
        both = int((actions[0::2] & actions[1::2]).sum())
        checks.frequency(both, 1500, 0.64, "Successive actions are not drawn independently of each other.")
    cycle = [*not_above["well below zero"], *above, *not_above["exactly zero"]]
    first = _draw_in_turn(np.random.default_rng(5), cycle, 303)
    checks.that(
        np.array_equal(first, _draw_in_turn(np.random.default_rng(5), cycle, 303)),
        "Two generators with the same seed gave different actions: every draw must come from `rng`.",
    )
    checks.that(
        not np.array_equal(first, _draw_in_turn(np.random.default_rng(6), cycle, 303)),
        "Generators with different seeds gave the same actions: the draws must come from `rng`.",
    )
    # Only very many draws tell 0.8 from 0.79: as many as a second and a half allow.
    _rng, _obs, ones, _total = np.random.default_rng(8), np.array([0, 1, 0, 0], np.float32), 0, 0
    end = _time.process_time() + 1.5
    with _contextlib.redirect_stdout(_io.StringIO()):
        while _total < 200_000 and _time.process_time() < end:
            ones += int(np.sum([stochastic_policy(_rng, _obs) for _ in range(1000)]))
            _total += 1000
    message = "Over very many draws, action 1 comes a little too often or too seldom. Is the probability exactly 0.8?"
    checks.frequency(ones, _total, 0.8, message)


### END HIDDEN TESTS

# %% [markdown]
# Time to look back at your two predictions. Below, each policy is asked twenty times about the very same observation.
# The picture on the right asks the stochastic policy 25 times at every point. It no longer divides the plane between
# two actions: in one region an action is certain, in the other an action is only likely.

# %% tags=["demo"]
rng = np.random.default_rng(0)
same_obs = np.array([0.0, 0.0, -0.05, 0.4], np.float32)
print("deterministic:", *(deterministic_policy(same_obs) for _ in range(20)))
print("stochastic:   ", *(stochastic_policy(rng, same_obs) for _ in range(20)))

angles, velocities = np.linspace(-0.21, 0.21, 31), np.linspace(-2, 2, 31)
share = [
    [np.mean([stochastic_policy(rng, np.array([0, 0, a, v], np.float32)) for _ in range(25)]) for a in angles]
    for v in velocities
]
figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.6))
plot_policy(deterministic_policy, ax=left)
mesh = right.pcolormesh(angles, velocities, share, cmap="cividis", vmin=0, vmax=1)
figure.colorbar(mesh, label="share of pushes to the right (of 25)")
right.plot(same_obs[2], same_obs[3], "o", ms=9, mfc="white", mec="black")
right.annotate("asked 20 times above", (same_obs[2], same_obs[3]), (0, 9), textcoords="offset points", ha="center")
right.set(xlabel="pole angle (rad), positive: leans right", ylabel="pole angular velocity (rad/s)")
right.set_title("stochastic_policy")
left.set_title("deterministic_policy", pad=28)
plt.show()

# %% [markdown]
# ## Return
#
# The agent cares about the future as a whole. The sum of all rewards of an episode is its **return**. Often a later
# reward counts for less than an early one, and a **discount** $\gamma$ (gamma), between 0 and 1, says how much less:
#
# $$G = r_0 + \gamma\, r_1 + \gamma^2 r_2 + \dots = \sum_{t=0}^{T-1} \gamma^t\, r_t$$
#
# In words: the reward after $t$ steps is multiplied by $\gamma^t$. With $\gamma = 1$ everything counts the same; with
# $\gamma = 0$ only the first reward counts (since $0^0 = 1$). One reason for a discount is that the sum stays finite
# even if the episode never ends. Another is that the far future is hard to foresee.
#
# ### Exercise: `discounted_return`
#
# *About 7 minutes · difficulty 1 of 3 · importance 3 of 3 · two-hour path*
#
# - `rewards`: the rewards of one episode in order, a list or a NumPy or JAX array `[T]`; `T` may be 0.
# - `gamma`: a float between 0 and 1, both included.
# - Return a float; 0.0 when there are no rewards. Leave `rewards` as it is.
#
# **Example.** `discounted_return([1, 2, 3], 0.5)` is 1 + 0.5 · 2 + 0.25 · 3 = 2.75.
#
# Helpful: [`enumerate`](https://docs.python.org/3/library/functions.html#enumerate) if you like loops,
# [`numpy.arange`](https://numpy.org/doc/stable/reference/generated/numpy.arange.html) if you like arrays.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Which power of gamma belongs to the very first reward? It is not 1.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Go through the rewards together with their index $t$, multiply each by `gamma**t`, and add them up. Or build all the
# powers as an array and multiply once.
#
# </details>


# %% exercise="discounted_return"
def discounted_return(rewards, gamma):
    """Adds up the rewards of an episode, the one after t steps multiplied by gamma**t.

    Args:
      rewards: list or array of numbers, [T]; T may be 0.
      gamma: the discount, in [0, 1].
    Returns:
      Their discounted sum, a float.
    """
    ### BEGIN SOLUTION
    return float(sum(gamma**t * reward for t, reward in enumerate(rewards)))
    ### END SOLUTION


# %% check="discounted_return" points=1
@checks.exercise("discounted_return")
def _check():
    rewards = [2, 3, 9]
    of_ones = checks.near(discounted_return([4, 8], 0.5), 1.5)  # 1 + gamma
    checks.equal(
        discounted_return(rewards, 0.5),
        5.75,
        "discounted_return([2, 3, 9], 0.5)",
        wrong=[
            (14.0, "Gamma was never used: this is the plain sum."),
            (2.875, "The first reward counts in full: its power of gamma is 0, not 1."),
            (11.0, "The rewards are discounted from the wrong end: the first one counts in full."),
            (10.5, "Gamma to the power of t is gamma**t, not gamma * t."),
            (8.0, "Every further step adds another factor of gamma; one factor for all is not enough."),
            (1.75, "These are the powers of gamma alone. Multiply each by its reward.")
            if of_ones
            else (1.75, "Each reward has its own power of gamma; do not discount the sum as a whole."),
            (3.5, "The last reward is missing."),
            (3.75, "The first reward is missing."),
            (2.0, "Only the first reward was counted. Is the `return` inside the loop?"),
            (5.75 / 1.75, "This is a weighted mean. The return is a sum: it grows with the length of the episode."),
            (5.75 / 3, "This is a mean. The return is a sum: it grows with the length of the episode."),
            (5.0, "The fractions got lost: integers cannot hold them."),
            ([5.75, 7.5, 9.0], "These are the returns from every step on; return only the first."),
            ([2.0, 1.5, 2.25], "These are the discounted rewards; return their sum."),
        ],
    )
    checks.unchanged([2, 3, 9], rewards, "rewards")
    checks.equal(
        discounted_return([2.5, -3.0, 8.0], 1.0),
        7.5,
        "discounted_return([2.5, -3.0, 8.0], 1.0)",
        wrong=[
            (7.0, "The fractions got lost: rewards need not be whole numbers."),
            (10.5, "The negative reward was left out. It counts like any other."),
        ],
        hint="With gamma = 1 every reward counts in full, the negative ones too.",
    )
    checks.equal(
        discounted_return(np.array([2.0, -3.0, 8.0]), 0.0),
        2.0,
        "discounted_return(np.array([2.0, -3.0, 8.0]), 0.0)",
        wrong=[(np.nan, "Somewhere there is a division by gamma or its logarithm, and gamma is 0 here.")],
        hint="With gamma = 0 the first reward still counts, because 0**0 is 1.",
    )
    checks.equal(
        discounted_return([1.0] * 12, 0.9),
        7.1757046,
        "discounted_return of twelve rewards of 1, with gamma 0.9,",
        wrong=[
            (
                12.0,
                "Equal rewards got equal powers: the power is a reward's place, not where its value first appears.",
            ),
            (6.5132156, "Only the first ten were counted. An episode may have any length."),
            (7.18, "This is rounded. Return the sum as it is."),
        ],
    )
    checks.equal(discounted_return([], 0.9), 0.0, "discounted_return([], 0.9)", hint="No rewards add up to 0.")


# %% test="discounted_return" points=3
### BEGIN HIDDEN TESTS
def _expected_return(rewards, gamma):
    total = 0.0
    for reward in reversed([float(r) for r in rewards]):
        total = reward + gamma * total
    return total


@checks.hidden("discounted_return", seconds=60)  # slices of a JAX array are slow, and right
def _test():
    rng = np.random.default_rng(31)
    for length in (1, 12):
        for _gamma in (0.0, 0.3, 0.9, 1.0):
            values = rng.normal(size=length) * 3
            for kind, _rewards in (
                ("a list", values.tolist()),
                ("a list of integers", rng.integers(-5, 6, size=length).tolist()),
                ("a float32 NumPy array", values.astype(np.float32)),
                ("a float64 NumPy array", values.copy()),
                ("a JAX array", jnp.asarray(values, jnp.float32)),
            ):
                before = jax.tree.map(np.array, _rewards)
                what = f"discounted_return of {length} reward(s), {kind}, with gamma = {_gamma}"
                want = _expected_return(before, _gamma)
                got = checks.number(discounted_return(_rewards, _gamma), what)
                checks.equal(got, want, what, rtol=1e-4, atol=1e-4)
                checks.unchanged(before, _rewards, "rewards")
    for nothing in ([], np.array([], np.float32), jnp.array([], jnp.float32)):
        for _gamma in (0.0, 1.0):
            what = f"discounted_return of no rewards (a {type(nothing).__name__})"
            checks.equal(checks.number(discounted_return(nothing, _gamma), what), 0.0, what)
    for _gamma in (0.99, 1.0):
        values = rng.uniform(0.5, 1.5, size=250)
        what = f"discounted_return of 250 rewards with gamma = {_gamma}"
        want = _expected_return(values, _gamma)
        checks.equal(discounted_return(values, _gamma), want, what, rtol=5e-4, atol=1e-3)


### END HIDDEN TESTS

# %% [markdown]
# On the left is how much a reward $t$ steps ahead counts. On the right is your function at work: the return of an
# episode that pays 1 at every step, as CartPole does. With $\gamma < 1$ it levels off at $1 / (1 - \gamma)$, the dotted
# line. That number is a handy rule of thumb for how far an agent looks ahead: about 10 steps with $\gamma = 0.9$, about
# 100 with $\gamma = 0.99$.

# %% tags=["demo"]
lengths = np.unique(np.geomspace(1, 500, 25).astype(int))
curves = {gamma: [discounted_return([1.0] * int(n), gamma) for n in lengths] for gamma in (0.5, 0.9, 0.99, 1.0)}
styles = ("-", (0, (6, 2)), (0, (1, 1.2)), (0, (6, 2, 1, 2)))
steps = np.arange(101)

figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4))
for (gamma, returns), colour, style in zip(curves.items(), palette.SERIES[:4], styles, strict=True):
    left.plot(steps, gamma**steps, color=colour, ls=style, lw=2.2, label=f"γ = {gamma:g}")
    right.plot(lengths, returns, color=colour, ls=style, lw=2.2)
    if gamma < 1:
        right.axhline(1 / (1 - gamma), color=colour, ls=":", lw=1)
left.set(xlabel="steps ahead, t", ylabel="weight of the reward, γᵗ")
left.legend(frameon=False, ncols=2, loc="lower right", bbox_to_anchor=(1.0, 0.08))
right.set(
    xlabel="length of the episode (steps)", ylabel="discounted return (in rewards of 1)", xscale="log", yscale="log"
)
plt.show()

# %% [markdown]
# ## Closing the loop
#
# You have an environment, policies, and a measure of success. Now connect them.
#
# ### Exercise: `run_episode`
#
# *About 10 minutes · difficulty 2 of 3 · importance 3 of 3*
#
# Play one whole episode: reset the environment, then let the policy choose and the environment respond, until the
# environment says that the episode is over. Return the **undiscounted** return, the plain sum of all rewards.
#
# - `env`: any gymnasium environment, with any rewards, not only CartPole.
# - `policy`: a function from an observation to an action, called as `policy(obs)`. Pass its action to `env.step` as it
#   is.
# - `seed`: passed on to `env.reset(seed=seed)`. It makes an episode repeatable: with the same seed it starts the same
#   way. `None`, the default, means a fresh random start.
# - Return a float.
#
# Reset exactly once, and leave the environment open: whoever made it may want to use it again.
#
# **Example.** If the rewards are 1, 2 and 4 and the third step ends the episode, the result is 7.
#
# Helpful: the [`reset` and `step`](https://gymnasium.farama.org/api/env/) of gymnasium. `reset` returns `(obs, info)`,
# and `step(action)` returns `(obs, reward, terminated, truncated, info)`.
#
# <details><summary>Hint 1: a nudge</summary>
#
# The policy must see the world as it is *now*. Which variable has to change in each pass through your loop? And which
# two flags can end it?
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Before the loop: reset, and set a total to zero. In the loop: ask the policy about the latest observation, step the
# environment with its action, add the reward to the total, and remember the new observation. Leave the loop *after*
# adding the reward, once `terminated` or `truncated` is true.
#
# </details>


# %% exercise="run_episode"
def run_episode(env, policy, seed=None):
    """Plays one episode of `env` with `policy` and leaves `env` open.

    Args:
      env: a gymnasium environment.
      policy: policy(obs) -> action.
      seed: for env.reset; None for a random start.
    Returns:
      The sum of all rewards, the last one included, a float.
    """
    ### BEGIN SOLUTION
    obs, _ = env.reset(seed=seed)
    total, over = 0.0, False
    while not over:
        obs, reward, terminated, truncated, _ = env.step(policy(obs))
        total += reward
        over = terminated or truncated
    return total
    ### END SOLUTION


# %% check="run_episode" points=1
class _Probe(gym.Env):
    """An environment with known rewards, one for each step, that notes what is done to it. It observes (t, 0.5)."""

    observation_space = gym.spaces.Box(-np.inf, np.inf, (2,), np.float32)
    action_space = gym.spaces.Discrete(1000)

    def __init__(self, rewards, ends_with=("terminated",)):
        self.rewards, self.ends_with = rewards, ends_with
        self.seeds, self.actions, self.closed = [], [], False

    def reset(self, *positional, seed=None, options=None):
        checks.that(not positional, "gymnasium wants the seed by name: env.reset(seed=seed).")
        checks.that(not self.seeds, "env.reset should be called once, at the start, but it was called again.")
        super().reset(seed=seed)
        self.seeds.append(seed)
        self.time = 0
        return np.array([0.0, 0.5], np.float32), {}

    def step(self, action):
        checks.that(len(self.seeds) > 0, "run_episode called env.step before env.reset.")
        checks.that(
            self.time < len(self.rewards),
            f"run_episode stepped on although the last step had reported {'=True and '.join(self.ends_with)}=True. "
            "An episode is over when terminated or truncated is true.",
        )
        self.actions.append(checks.integer(action, "The action given to env.step", allow_jax=False))
        self.time += 1
        over = self.time == len(self.rewards)
        obs = np.array([self.time, 0.5], np.float32)
        terminated, truncated = over and "terminated" in self.ends_with, over and "truncated" in self.ends_with
        return obs, self.rewards[self.time - 1], terminated, truncated, {}

    def render(self):
        pass

    def close(self):
        self.closed = True


def _plain_sum_only(rewards, gamma):
    checks.that(float(gamma) == 1, "run_episode should return the plain sum of rewards, without a discount.")
    return float(np.sum(rewards))


@checks.exercise("run_episode", given={"discounted_return": _plain_sum_only})
def _check():
    env, asked = _Probe([1.0, 2.0, 4.0, 8.5]), []

    def three_plus_time(obs):
        checks.that(
            not isinstance(obs, tuple), "env.reset returns two things, obs and info. The policy wants obs alone."
        )
        asked.append(obs)
        return 3 + int(obs[0]) if env.seeds else 0

    _return = run_episode(env, three_plus_time)
    checks.that(len(env.seeds) > 0, "run_episode never used the environment that it was given. Do not make another.")
    checks.that(len(env.actions) == 4, f"In an episode of 4 steps, run_episode took {len(env.actions)}.")
    checks.that(len(asked) > 0, "run_episode never asked the policy that it was given. Act with policy(obs).")
    checks.equal(
        np.array(env.actions),
        [3, 4, 5, 6],
        "The list of actions that reached an environment of four steps, with a policy that returns 3 + t,",
        wrong=[
            ([3, 3, 3, 3], "The policy saw the first observation every time. Each step returns a new one."),
            ([1, 1, 1, 1], "Some environments have more than two actions. Pass on the policy's action as it is."),
        ],
        hint="Each action should be policy(obs) for the latest observation, passed on as it is.",
    )
    checks.equal(
        _return,
        15.5,
        "The return of an episode with rewards 1, 2, 4 and 8.5",
        wrong=[
            (7.0, "The last reward is missing: the step that ends the episode pays too."),
            (8.5, "That is the last reward alone. Add up all of them."),
            (4.0, "That is the number of steps. CartPole pays 1 a step, but other environments do not."),
            (15.0, "The fractions got lost: rewards need not be integers."),
            (3.875, "That is the mean reward. Add up, but do not divide."),
            (14.5, "The first reward is missing."),
        ],
        hint="Add up all rewards as they are, without a discount.",
    )
    checks.number(_return, "run_episode(env, policy)")
    checks.that(not env.closed, "Leave the environment open: whoever made it may want to use it again.")
    checks.that(env.seeds == [None], "Without a seed, env.reset should get seed=None, so that episodes differ.")

    env = _Probe([1.0, 2.0], ends_with=("truncated",))
    checks.equal(
        run_episode(env, lambda obs: 0, seed=0),
        3.0,
        "The return of a truncated episode with rewards 1 and 2",
        wrong=[
            (1.0, "The last reward is missing: the step in which the clock runs out pays too."),
            (18.5, "This includes the episode before it: every call has to start its total at zero."),
        ],
    )
    checks.that(
        env.seeds == [0], f"run_episode(env, policy, seed=0) should reset with seed=0, not seed={env.seeds[0]}."
    )
    run_episode(_Probe([1.0, 2.0], ends_with=("terminated", "truncated")), lambda obs: 0)
    env = _Probe([1.0] * 600)
    run_episode(env, lambda obs: 0)
    checks.that(
        len(env.actions) == 600,
        f"An episode of 600 steps was left after {len(env.actions)}. Only terminated and truncated end an episode.",
    )


# %% test="run_episode" points=4
### BEGIN HIDDEN TESTS
import sys as _sys


class _Scripted(gym.Env):
    """Ends after the given rewards; notes resets, and which observation each action was taken in."""

    observation_space = gym.spaces.Box(-np.inf, np.inf, (2,), np.float32)
    action_space = gym.spaces.Discrete(1_000_000)

    def __init__(self, rewards, ends_with):
        self.rewards, self.ends_with = rewards, ends_with
        self.seeds, self.taken, self.closed = [], [], False

    def _observe(self):
        return np.array([0.25 * self.time, -self.time], np.float32)

    def reset(self, *, seed=None, options=None):
        checks.that(not self.seeds, "run_episode called env.reset more than once; once is right.")
        super().reset(seed=seed)
        self.seeds.append(seed)
        self.time = 0
        return self._observe(), {}

    def step(self, action):
        checks.that(len(self.seeds) > 0, "run_episode called env.step before env.reset.")
        checks.that(
            self.time < len(self.rewards), f"run_episode stepped on after a step had reported {self.ends_with}=True."
        )
        action = checks.integer(action, "The action given to env.step", allow_jax=False)
        self.taken.append((tuple(self._observe().tolist()), action))
        self.time += 1
        over = self.time == len(self.rewards)
        terminated, truncated = over and "terminated" in self.ends_with, over and "truncated" in self.ends_with
        return self._observe(), self.rewards[self.time - 1], terminated, truncated, {}

    def render(self):
        pass

    def close(self):
        self.closed = True


class _Counting:
    """A policy whose every action is another one, and which remembers what it saw."""

    def __init__(self):
        self.calls = []

    def __call__(self, obs):
        checks.that(
            not isinstance(obs, tuple), "The policy was called with what env.reset returned, not with obs alone."
        )
        self.calls.append((tuple(np.asarray(obs).tolist()), len(self.calls) + 7))
        return self.calls[-1][1]


def _right_discounted_return(rewards, gamma):
    return float(np.dot(float(gamma) ** np.arange(len(rewards)), rewards))


def _expected_episode(env, policy, seed):
    _obs, _ = env.reset(seed=seed)
    total = 0.0
    while True:
        _obs, reward, _terminated, _truncated, _ = env.step(policy(_obs))
        total += reward
        if _terminated or _truncated:
            return total


_sys.setrecursionlimit(10_000)  # for an answer that calls itself once a step


@checks.hidden("run_episode", given={"discounted_return": _right_discounted_return})
def _test():
    for _rewards, _ends_with, _seed in (
        ([0.5, -1.25, 3.0], "terminated", 7),
        ([0.5, -1.25, 3.0], "truncated", 0),
        ([2.5], "terminated", None),
        ([-4.0], "truncated", 3),
        ([0.0, 0.0, 0.0, 1.0], "terminated and truncated", None),
        ([-1.0] * 200, "truncated", 12345),
        ([0.25] * 2500 + [100.0], "terminated", 1),
    ):
        _env, counting, want = _Scripted(_rewards, _ends_with), _Counting(), float(np.sum(_rewards))
        got = run_episode(_env, counting) if _seed is None else run_episode(_env, counting, seed=_seed)
        what = f"The return of an episode of {len(_rewards)} step(s) that was {_ends_with}"
        checks.number(got, what)
        checks.that(len(_env.seeds) > 0, "run_episode never reset the environment it was given.")
        checks.that(_env.seeds == [_seed], f"run_episode with seed={_seed} reset the environment with another seed.")
        checks.that(not _env.closed, "run_episode closed the environment; leave it open.")
        checks.that(
            len(_env.taken) == len(_rewards), f"An episode of {len(_rewards)} step(s) saw {len(_env.taken)} action(s)."
        )
        checks.that(
            set(_env.taken) <= set(counting.calls),
            "An action that reached env.step is not what the policy returned for the latest observation.",
        )
        checks.equal(got, want, what)
    _env = _Scripted([1.0], "truncated")
    run_episode(_env, _Counting(), 5)
    checks.that(_env.seeds == [5], "run_episode(env, policy, 5) should reset with seed=5: seed is the third argument.")

    cartpole = gym.make("CartPole-v1")
    for _seed in (0, 4):
        for cartpole_policy in (
            lambda obs: 1,
            lambda obs: np.int64(obs[2] > 0),
            lambda obs: int(obs[2] + 0.5 * obs[3] > 0),
        ):
            want = _expected_episode(cartpole, cartpole_policy, _seed)
            got = run_episode(cartpole, cartpole_policy, seed=_seed)
            checks.equal(got, want, f"A CartPole episode with seed {_seed}")


### END HIDDEN TESTS

# %% [markdown]
# A single episode says little: CartPole starts a bit differently each time, and the policy may act differently, too. So
# play a hundred with each policy and look at the whole distribution. Which of your policies beats pure chance? The
# printed actions tell you why.

# %% tags=["demo"]
env = gym.make("CartPole-v1")
rng = np.random.default_rng(0)
policies = {
    "random": lambda obs: int(rng.integers(2)),
    "deterministic_policy": deterministic_policy,
    "stochastic_policy": lambda obs: stochastic_policy(rng, obs),
}
returns = {name: [run_episode(env, policy, seed=i) for i in range(100)] for name, policy in policies.items()}

bins = np.arange(0, np.concatenate(list(returns.values())).max() + 3, 2)
figure, axes = plt.subplots(3, 1, figsize=(8, 5.4), sharex=True)
for ax, (name, values), colour in zip(axes, returns.items(), palette.SERIES[:3], strict=True):
    ax.hist(values, bins=bins, color=colour, alpha=0.75)
    ax.axvline(np.mean(values), color=palette.INK, ls="--", lw=1.2)
    ax.set_title(f"{name}: mean return {np.mean(values):.1f}", loc="left")
    ax.set_ylabel("episodes")
axes[-1].set_xlabel("return (sum of rewards per episode)")
plt.show()

for name, policy in policies.items():
    print(f"{name:>20}:", *record_episode(env, policy, seed=0).actions)

# %% [markdown]
# The stochastic policy does worse than pure chance. A push to the left makes its weighted sum larger, which makes it
# push to the left again: the cart runs out from under the pole in about ten steps. The deterministic policy pushes back
# after every push, and that alone makes it last three times as long. Acting is easy; acting well takes the right
# weights.
#
# <details><summary>If you have a few minutes: can you find better ones?</summary>
#
# Write a policy with four weights of your own in a new cell and compare its mean return over 100 episodes. Think about
# what you would want to do when the pole leans right, and when it swings right. A perfect score is 500. Two weights are
# enough.
#
# </details>
#
# ## From Python to JAX
#
# Learning takes many thousands of episodes, so it had better be fast. [JAX](https://docs.jax.dev) looks like NumPy
# (`jnp.dot` for `np.dot`, and so on) and adds *transformations*: functions that take your function and return a better
# one. Two of them matter now.
#
# **`jax.jit` compiles.** The first time you call a jitted function, JAX runs your Python once, with placeholders in
# place of numbers, and writes down every array operation. This is called *tracing*. The record is compiled, and all
# later calls run the compiled code; your Python is not run again unless the arguments have a new shape or dtype. See
# for yourself when the `print` happens:


# %%
@jax.jit
def double(x):
    print("  Python is running, and x is", x)
    return 2 * x


print("first call:", double(1.0))
print("second call:", double(21.0))
print("an array:", double(jnp.arange(3.0)))

# %% [markdown]
# Why bother? The record can be optimised as a whole. Here are 150 small operations, one by one and compiled:


# %%
def small_operations(x):
    for _ in range(50):
        x = 0.9 * x + jnp.sin(x)
    return x


def milliseconds(function, *arguments, repeats=20):
    jax.block_until_ready(function(*arguments))  # compiles, where there is something to compile
    start = time.perf_counter()
    for _ in range(repeats):
        jax.block_until_ready(function(*arguments))  # JAX works in the background; wait until it is done
    return 1000 * (time.perf_counter() - start) / repeats


x = jnp.linspace(0, 1, 1000)
print(f"one by one: {milliseconds(small_operations, x):7.3f} ms")
print(f"compiled:   {milliseconds(jax.jit(small_operations), x):7.3f} ms")

# %% [markdown]
# **Why `if` does not work.** While JAX traces, a value such as `x > 0` is a placeholder: neither true nor false.
# Python's `if` has to know which, and cannot. A choice between values must therefore be an array operation itself:
# [`jnp.where(condition, a, b)`](https://docs.jax.dev/en/latest/_autosummary/jax.numpy.where.html) takes `a` where the
# condition holds and `b` where it does not.


# %%
@jax.jit
def absolute_with_if(x):
    if x < 0:
        return -x
    return x


@jax.jit
def absolute_with_where(x):
    return jnp.where(x < 0, -x, x)


try:
    absolute_with_if(-3.0)
except jax.errors.TracerBoolConversionError as error:
    print("with if:   ", str(error).splitlines()[0])
print("with where:", absolute_with_where(-3.0))

# %% [markdown]
# **Pure functions.** What tracing does not see is not in the record. So JAX wants functions whose result depends on
# their arguments and nothing else, and which change nothing outside them. Randomness is the classic trap: a draw from
# NumPy happens once, during tracing, and is frozen into the compiled code. JAX draws from an explicit **key** instead.
# A key is a value, not a machine: the same key gives the same number every time, and you `split` a key to get new ones.


# %%
@jax.jit
def noisy_with_numpy(x):
    return x + np.random.normal()


@jax.jit
def noisy_with_key(key, x):
    return x + jax.random.normal(key)


print("NumPy's generator:", *[f"{noisy_with_numpy(0.0):.3f}" for _ in range(4)])
keys = jax.random.split(jax.random.key(0), 4)  # four new keys from one
print("four keys:        ", *[f"{noisy_with_key(key, 0.0):.3f}" for key in keys])
print("one key, reused:  ", *[f"{noisy_with_key(keys[0], 0.0):.3f}" for _ in range(4)])

# %% [markdown]
# **`jax.vmap` makes batches.** The second transformation takes a function of *one* thing and gives you a function of
# *many*: the array gets a new first axis, and each row is an input of its own. `in_axes` says, for each argument,
# whether it comes in rows (`0`) or is shared by all (`None`). Play with it: which shape comes out if both come in rows?


# %%
def weighted_sum(weights, values):
    """A function of two vectors, [3] and [3], that knows nothing of batches."""
    return jnp.dot(weights, values)


rows = jnp.arange(12.0).reshape(4, 3)  # four vectors
print("one:       ", weighted_sum(jnp.ones(3), rows[0]))
print("all rows:  ", jax.vmap(weighted_sum, in_axes=(None, 0))(jnp.ones(3), rows))

# %% [markdown]
# ### Exercise: `select_action`
#
# *About 12 minutes · difficulty 2 of 3 · importance 2 of 3*
#
# Every agent in this course chooses its actions through one interface, so that one loop can run them all:
#
# ```python
# action, actor_state = select_action(key, params, actor_state, obs, evaluation=False)
# ```
#
# | argument | what it is for |
# |---|---|
# | `key` | a JAX key, for agents that choose at random |
# | `params` | what learning changes: here a weight vector, `[obs_dim]` |
# | `actor_state` | what an agent remembers from step to step: handed in and handed back |
# | `obs` | the observation, float32 `[obs_dim]` |
# | `evaluation` | whether the agent is being measured, and should stop exploring |
#
# Write the linear policy in this form: action 1 where `params · obs > 0`, else 0. This agent needs no randomness,
# remembers nothing and does nothing special when it is evaluated. So leave `key` and `evaluation` unused, and hand
# `actor_state` back as it came, whatever it is.
#
# - Return a pair: the action, an integer scalar, and `actor_state`.
# - It must work under `jax.jit` and under `jax.vmap`. Code that leaves every choice to `jnp` works under both.
#
# **Example.** With `params = [1, 1, -1, -1]` and `obs = [1, 2, 0.5, 2]` the sum is 1 + 2 − 0.5 − 2 = 0.5, so the action
# is 1.
#
# Helpful: [`jnp.dot`](https://docs.jax.dev/en/latest/_autosummary/jax.numpy.dot.html) and
# [`jnp.where`](https://docs.jax.dev/en/latest/_autosummary/jax.numpy.where.html).
#
# <details><summary>Hint 1: a nudge</summary>
#
# Start from `deterministic_policy`. Which of its lines need to know a number while JAX is tracing? `int(...)` is one.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Compute the dot product with `jnp`. Make the comparison choose between two integers without an `if` and without
# leaving JAX. Then return two things, separated by a comma.
#
# </details>


# %% exercise="select_action"
def select_action(key, params, actor_state, obs, evaluation=False):
    """Chooses an action from the sign of params · obs.

    Args:
      key: a JAX key (unused).
      params: the weights, [obs_dim].
      actor_state: any pytree; handed back as it came.
      obs: the observation, float32 [obs_dim].
      evaluation: whether the agent is being evaluated (unused).
    Returns:
      (action, actor_state): action is an integer scalar, 1 where params · obs > 0, else 0.
    """
    ### BEGIN SOLUTION
    action = jnp.where(jnp.dot(params, obs) > 0, 1, 0)
    return action, actor_state
    ### END SOLUTION


# %% check="select_action" points=1
def _not_by_params(obs):
    checks.fail("select_action called deterministic_policy, which has weights of its own. Here they come in `params`.")


@checks.exercise("select_action", given={"deterministic_policy": _not_by_params})
def _check():
    key, memory = jax.random.key(0), jnp.array([3, 4])
    params = np.array([1, 1, -1, -1], np.float32)
    # The dot products of these observations with the parameters are 2, -1, 0.5, 0, -3 and 1e-7.
    observations = np.array(
        [[2, 0, 0, 0], [0, 0, 1, 0], [0, 0.5, 0, 0], [1, 1, 1, 1], [0, 0, 0, 3], [1e-7, 0, 0, 0]], np.float32
    )
    sums = observations @ params

    before = observations.copy()
    pair = select_action(key, params, memory, observations[3])
    pair = checks.pair(pair, "select_action", "action, actor_state")
    checks.that(pair[0] is not memory, "The pair is in the wrong order: first the action, then actor_state.")
    checks.integer(pair[0], "The action")
    checks.unchanged(before, observations, "obs")

    compiled_action = jax.jit(select_action)
    for evaluation in (False, True):
        actions = []
        for obs, _sum in zip(observations, sums, strict=True):
            action, memory_after = compiled_action(key, params, memory, obs, evaluation)
            actions.append(checks.integer(action, "The action under jax.jit"))
            checks.that(memory_after is not None, "actor_state should be handed back as it came, but it is None.")
            checks.equal(
                memory_after,
                [3, 4],
                "actor_state, handed in as [3, 4],",
                wrong=[
                    (obs, "that is the observation; hand actor_state back as it came"),
                    (_sum, "that is the dot product; hand actor_state back as it came"),
                ],
                hint="Hand it back as it came.",
            )
            checks.array(memory_after, "actor_state, handed in as whole numbers,", dtype="int")
        checks.equal(
            np.array(actions),
            [1, 0, 1, 0, 0, 1],
            f"The list of actions for dot products of 2, -1, 0.5, 0, -3 and 1e-7, with evaluation={evaluation},",
            wrong=[
                ([0, 1, 0, 1, 1, 0], "it is the other way round: 1 where the dot product is greater than zero"),
                ([0, 1, 0, 0, 1, 0], "it is the other way round: 1 where the dot product is greater than zero"),
                ([1, 0, 1, 1, 0, 1], "the fourth dot product is exactly zero, and zero is not greater than zero"),
                ([1, 0, 0, 0, 0, 0], "a half is greater than zero too: compare the dot product, not a rounded one"),
                ([1, 0, 1, 0, 0, 0], "1e-7 is greater than zero too: compare with 0, without a margin"),
                *([] if evaluation else [([0] * 6, "it is 0 every time; is one action kept from an earlier call?")]),
                ([1, 1, 0, 0, 0, 1], "these are the weights of deterministic_policy; use the ones in params"),
                ([1, -1, 1, 0, -1, 1], "there is no action -1; return 0 where the sum is not greater than zero"),
            ],
            hint="`evaluation` should make no difference here." if evaluation else "",
        )

    actions, _ = jax.vmap(select_action, in_axes=(None, None, None, 0))(key, params, None, observations)
    checks.equal(actions, [1, 0, 1, 0, 0, 1], "The actions for all six observations at once, with jax.vmap,")
    keys = jax.random.split(key, 300)
    actions, _ = jax.vmap(select_action, in_axes=(0, None, None, None))(keys, params, None, observations[0])
    checks.equal(actions, np.ones(300), "The actions for one observation and 300 keys", hint="`key` has no say here.")
    six = np.array([0, 0, 0, 0, 0, 1], np.float32)
    action, _ = checks.pair(select_action(key, six, None, six), "select_action", "action, actor_state")
    checks.equal(
        action, 1, "The action for six weights, of which only the last one is not zero,",
        wrong=[(0, "all entries count, however many there are")],
    )  # fmt: skip


# %% test="select_action" points=4
### BEGIN HIDDEN TESTS
def _handed_back(got, want):
    if jax.tree.structure(got) != jax.tree.structure(want):
        return False
    for a, b in zip(jax.tree.leaves(got), jax.tree.leaves(want), strict=True):
        if np.asarray(a).dtype != np.asarray(b).dtype or not np.array_equal(a, b):
            return False
    return True


@checks.hidden("select_action")
def _test():
    rng = np.random.default_rng(41)
    key, rows = jax.random.key(3), 300
    all_params = rng.normal(size=(rows, 4)).astype(np.float32)
    all_obs = (rng.normal(size=(rows, 4)) * rng.choice([0.1, 1.0, 10.0], size=(rows, 1))).astype(np.float32)
    sums = np.einsum("nd,nd->n", all_params.astype(np.float64), all_obs)
    _size = np.linalg.norm(all_params, axis=1) * np.linalg.norm(all_obs, axis=1)
    keep = np.abs(sums) > 0.05 * _size  # none so close to a tie that rounding could decide
    all_params, all_obs, sums = all_params[keep], all_obs[keep], sums[keep]
    # And some where every arithmetic is exact: ties, and dot products that are tiny.
    exact_params = np.array([[1, 1, -1, -1], [0, 0, 0, 0], [2, -1, 0, 0], [1, 0, 0, 0], [1, 0, 0, 0]], np.float32)
    exact_obs = np.array(
        [[1, 1, 1, 1], [3, 1, 4, 1], [1, 2, 5, 5], [2**-21, 9, 9, 9], [-(2**-21), 9, 9, 9]], np.float32
    )
    all_params, all_obs = np.vstack([all_params, exact_params]), np.vstack([all_obs, exact_obs])
    _want = np.append(sums > 0, [False, False, False, True, False]).astype(int)
    rows = len(_want)

    # Plain and jitted, NumPy and JAX arrays, any actor state, any key, with and without evaluation.
    states = [(jnp.arange(3), {"h": jnp.ones((2, 2)), "count": jnp.int32(7)}), jnp.float32(2.5), (), None]
    compiled_action = jax.jit(select_action)
    for i in range(-8, 8):
        state, way = states[i % 4], ("jax.jit", "a plain call")[i % 2]
        params, obs = all_params[i].copy(), all_obs[i].copy()
        arrays = (params, obs) if i % 3 else (jnp.asarray(params), jnp.asarray(obs))
        called = compiled_action if way == "jax.jit" else select_action
        for _evaluation in (False, True):
            pair = called(jax.random.key(i % 5), arrays[0], state, arrays[1], evaluation=_evaluation)
            pair = checks.pair(pair, "select_action", "action, actor_state")
            _got = checks.integer(pair[0], f"The action in {way}")
            checks.equal(
                _got,
                _want[i],
                f"The action in {way} with evaluation={_evaluation}",
                hint="The sign of params · obs alone should decide: no margin, no rounding, and no chance.",
            )
            checks.that(_handed_back(pair[1], state), f"actor_state did not come back as it went in, in {way}.")
        checks.unchanged((all_params[i], all_obs[i]), (params, obs), "params or obs")

    # Under vmap: over observations, over parameters, over everything.
    over_obs = jax.jit(jax.vmap(select_action, in_axes=(None, None, None, 0)))
    for params in (np.array([0.5, -1, 2, 0.25], np.float32), np.array([-1, 0, 0, 0], np.float32)):
        grid = rng.integers(-2, 3, size=(200, 4)).astype(np.float32)  # exact, with many ties
        positive = (grid @ params > 0).astype(int)
        actions, _ = over_obs(key, params, None, grid)
        actions = checks.array(actions, "The actions under jax.vmap over obs", shape=(200,), dtype="int")
        checks.equal(actions, positive, "The actions under jax.vmap over obs")
    over_params = jax.jit(jax.vmap(select_action, in_axes=(None, 0, None, None)))
    grid = rng.integers(-2, 3, size=(200, 3)).astype(np.float32)
    obs = np.array([1, 2, -1], np.float32)
    positive = (grid @ obs > 0).astype(int)
    actions, _ = over_params(key, grid, None, obs)
    checks.equal(actions, positive, "The actions under jax.vmap over params, for 3 weights,")
    batch = (
        jax.random.split(key, rows),
        all_params,
        {"h": jnp.arange(rows)},
        all_obs,
        np.arange(rows) % 2 == 0,
    )
    actions, after = jax.jit(jax.vmap(select_action))(*batch)
    actions = checks.array(actions, "The actions under jax.vmap over every argument", shape=(rows,), dtype="int")
    checks.equal(actions, _want, "The actions under jax.vmap over every argument")
    checks.that(_handed_back(after, batch[2]), "actor_state did not come back as it went in, under jax.vmap.")


### END HIDDEN TESTS

# %% [markdown]
# **A thousand observations at once.** You wrote `select_action` for one observation, and `jax.vmap` turns it into the
# function for many. There is no loop, inside or outside: the dot products of all observations become one matrix
# product.

# %% tags=["demo"]
act = jax.jit(select_action)
act_on_many = jax.jit(jax.vmap(select_action, in_axes=(None, None, None, 0)))

key, weights = jax.random.key(1), jnp.array([0.0, 0.0, 1.0, 0.5])
observations = jax.random.uniform(key, (1000, 4), minval=-1.0, maxval=1.0) * jnp.array([2.4, 2.0, 0.21, 1.0])
actions, _ = act_on_many(key, weights, None, observations)
print("observations", observations.shape, "-> actions", actions.shape, actions.dtype)

rows = list(np.asarray(observations))
one_by_one = milliseconds(lambda: [act(key, weights, None, obs)[0] for obs in rows], repeats=3)
at_once = milliseconds(lambda: act_on_many(key, weights, None, observations)[0])
print(f"one by one: {one_by_one:.2f} ms, all at once: {at_once:.3f} ms, {one_by_one / at_once:.0f} times faster")

figure, ax = plt.subplots(figsize=(6.4, 4.4))
for action, name, colour, marker in ((0, "push left", palette.BLUE, "o"), (1, "push right", palette.ORANGE, "^")):
    chosen = np.asarray(observations)[np.asarray(actions) == action]
    ax.scatter(chosen[:, 2], chosen[:, 3], s=14, color=colour, marker=marker, alpha=0.7, label=name)
ax.set(xlabel="pole angle (rad), positive: leans right", ylabel="pole angular velocity (rad/s)")
ax.set_title("1,000 observations, one call", pad=28)
ax.legend(frameon=False, ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1.0))
plt.show()

# %% [markdown]
# Those weights push right when the pole leans or swings to the right. Do they balance it? Your `select_action` can play
# in your `run_episode`; gymnasium just wants the action as a plain integer.

# %% tags=["demo"]
act = jax.jit(select_action)
key, weights = jax.random.key(0), jnp.array([0.0, 0.0, 1.0, 0.5])


def balance(obs):
    action, _ = act(key, weights, None, obs)
    return int(action)


print("returns of five episodes:", [run_episode(gym.make("CartPole-v1"), balance, seed=i) for i in range(5)])
animate(record_episode(gym.make("CartPole-v1", max_episode_steps=250), balance, seed=0))  # 5 seconds are enough to see

# %% [markdown]
# ## What you have now
#
# - An **agent** and an **environment** that take turns, and an **episode** that ends because it *terminated* or was
#   *truncated*.
# - A **policy**, deterministic or stochastic, and the **return** that says how well it did.
# - A loop that plays any policy in any gymnasium environment.
# - `select_action`, a **pure function** of explicit arguments, which JAX can compile and run for a thousand
#   observations at once.
#
# The last weights were picked by a person who knew about poles. In the next notebook the agent finds its own, with the
# simplest search there is.
