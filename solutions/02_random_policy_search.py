# %% [markdown]
# # 2. Random policy search
#
# In the last notebook you wrote policies by hand. Now the computer looks for one: it draws a policy at random, tries
# it, keeps the best it has seen, and draws again. This is the simplest learning algorithm there is. It balances
# CartPole's pole, and it already has every part that the cleverer algorithms of later notebooks have.
#
# You will write those parts:
#
# 1. a **memory** that turns single steps into something to learn from,
# 2. a **policy** with two sets of weights, one to try out and one to keep,
# 3. a source of **randomness** that you control yourself,
# 4. a **learning step** that is a pure function.
#
# At the end you run the search, look at the policy it found, and find out how much of the success was luck.
#
# About 55 minutes. You need notebook 1; no calculus today.

# %% tags=["setup"]
import collections
import random
from typing import NamedTuple

import gymnasium as gym
import haiku as hk
import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np
import optax
from tqdm.auto import tqdm

from rl_helpers import Agent, CartPole, Transition, checks, plotting, record_episode, rollouts, run_environment_loop
from rl_helpers.animate import animate

plt.style.use("rl_helpers.show.course")  # how the course's pictures look


class AverageEpisodeReturnMemory(NamedTuple):
    """What the agent's memory hands to the learning step."""

    average_episode_return: float


class RandomPolicySearchParams(NamedTuple):
    """Two sets of weights, each an array [obs_dim]."""

    current: jax.Array  # being tried out now
    best: jax.Array  # the best so far


class LearnerState(NamedTuple):
    """What the learning step remembers from one call to the next."""

    count: int  # learning steps done
    best_average_episode_return: float  # what `best` achieved


# %% [markdown]
# ## Why search before gradients?
#
# The policy is the one you know. Its weights $w$ are four numbers, one for each number of CartPole's observation (cart
# position $x$, cart velocity $\dot x$, pole angle $\theta$, pole velocity $\dot\theta$):
#
# $$
# \text{action} = \begin{cases}
# 1 \text{ (push right)} & \text{if } w \cdot \text{obs} > 0 \\
# 0 \text{ (push left)} & \text{otherwise.}
# \end{cases}
# $$
#
# *In words: multiply each number by its weight, add up, and push right if the sum is positive.*
#
# We want the weights with the largest average **episode return**, the sum of an episode's rewards. How would you
# improve them a little? A tiny change in $w$ usually changes no action at all, so the return does not move; then
# suddenly one action flips, and the return jumps. There is no slope to follow. Notebook 3 makes one by letting the
# policy choose at random. Today we ask for less: no slope, only the return. So all we can do is *try*:
#
# 1. play 20 episodes with the current weights,
# 2. if their average return beats the best so far, keep these weights,
# 3. draw new weights at random, and go back to 1.
#
# This is called random search. Whenever you meet an impressive learning curve, ask what random search would have done.

# %% [markdown]
# ## 1. A memory
#
# The environment loop produces one `Transition` per step: `obs`, `action`, `reward`, `next_obs`, `terminated`,
# `truncated`. The learning step wants something else: here, the average return of 20 episodes. In between sits the
# agent's **memory**. Every memory in this course has the same three methods:
#
# | method | when the loop calls it | what it gives back |
# |---|---|---|
# | `push(transition)` | after every step | nothing; it takes notes |
# | `is_ready()` | after every episode | whether there is enough to learn from |
# | `sample()` | only if it is ready, just before learning | what the learning step needs |
#
# The loop knows nothing else about the memory, and the memory knows nothing about the agent. So next time we can swap
# in another one, and the loop stays as it is.

# %% [markdown]
# ### Exercise: `AverageEpisodeReturnBuffer`
#
# *About 10 minutes · difficulty 2 of 3 · importance 2 of 3*
#
# One episode says little about a policy: the pole starts at a slightly different angle each time. So the memory
# collects several returns $G$ (the sum of one episode's rewards) and reports their average
#
# $$\bar G = \frac{1}{n} \sum_{i=1}^{n} G_i$$
#
# *In words: add up the returns of the last $n$ episodes that ended, and divide by how many there are.*
#
# Write the class:
#
# - `push(transition)` adds the reward to the running return of the current episode. When the episode is over, the
#   running return is stored and a new one starts at 0. An episode is over when it was **terminated** (the pole fell) or
#   **truncated** (the clock stopped it at 500 steps); both flags may come as `True`/`False` or as `1.0`/`0.0`.
# - Only the **last** `num_episodes_to_store` returns are kept: if more finish before anyone samples, the oldest go.
# - `is_ready()` says whether that many are stored.
# - `sample()` returns `AverageEpisodeReturnMemory(average)` and empties the store, because the next weights must not be
#   judged by the episodes of these. The running return of an unfinished episode survives.
#
# **Example.** With `num_episodes_to_store=2`, three episodes with returns 12, 30 and 18 and then `sample()`:
# the average is (30 + 18) / 2 = 24, and afterwards `is_ready()` is false.
#
# Helpful:
# [`collections.deque`](https://docs.python.org/3/library/collections.html#collections.deque), a list that can forget
#
# <details><summary>Hint 1: a nudge</summary>
#
# The object has to remember two things between calls: how much reward the current episode has collected, and the
# returns of the episodes that are over. Where do you create them, so that two buffers do not share them?
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# In `__init__`, set up a number and an empty `deque` with a maximum length. In `push`, first add the reward (the last
# step's reward counts too), then look at the two flags. In `sample`, compute the average *before* you empty the store.
# </details>


# %% exercise="AverageEpisodeReturnBuffer"
class AverageEpisodeReturnBuffer:
    """A memory that averages the returns of the last finished episodes."""

    def __init__(self, num_episodes_to_store=20):
        """Starts with nothing stored and no episode begun.

        Args:
          num_episodes_to_store: int, how many episodes to average over.
        """
        ### BEGIN SOLUTION
        self._returns = collections.deque(maxlen=num_episodes_to_store)
        self._running_return = 0.0
        ### END SOLUTION

    def push(self, transition):
        """Records one step.

        Args:
          transition: a `Transition`; only `reward`, `terminated` and `truncated` matter here.
        """
        ### BEGIN SOLUTION
        self._running_return += transition.reward
        if transition.terminated or transition.truncated:
            self._returns.append(self._running_return)
            self._running_return = 0.0
        ### END SOLUTION

    def is_ready(self):
        """Whether `num_episodes_to_store` episode returns are stored: True or False."""
        ### BEGIN SOLUTION
        return len(self._returns) == self._returns.maxlen
        ### END SOLUTION

    def sample(self):
        """Returns an `AverageEpisodeReturnMemory` with the mean of the stored returns, and empties the store."""
        ### BEGIN SOLUTION
        average = np.mean(self._returns)
        self._returns.clear()
        return AverageEpisodeReturnMemory(average)
        ### END SOLUTION


# %% check="AverageEpisodeReturnBuffer" points=2
@checks.exercise("AverageEpisodeReturnBuffer")
def _check():

    def play(buffer, *rewards, terminated=True, truncated=False):
        """Pushes one episode with these rewards. The flags belong to its last step."""
        for t, reward in enumerate(rewards):
            end = (terminated, truncated) if t == len(rewards) - 1 else (False, False)
            buffer.push(Transition(np.zeros(4), 0, reward, np.zeros(4), *end))

    def why_not_ready():
        """What to say about a buffer that is not ready when it should be: which flags end an episode in it?"""
        ends = []
        for terminated, truncated in ((True, False), (False, True), (True, True)):
            probe = AverageEpisodeReturnBuffer(1)
            play(probe, 1.0, terminated=terminated, truncated=truncated)
            ends.append(bool(probe.is_ready()))
        return {
            (False, False, True): "An episode ends when either flag is true; yours ends only when both are.",
            (True, False, True): "An episode ends when the clock truncates it, too.",
            (False, True, True): "An episode ends when the task is terminated, too.",
        }.get(tuple(ends), "As many episodes as num_episodes_to_store says are enough.")

    _buffer, other = AverageEpisodeReturnBuffer(num_episodes_to_store=2), AverageEpisodeReturnBuffer(2)
    checks.that(not _buffer.is_ready(), "A new buffer says that it is ready, but no episode has been played.")
    play(_buffer, 1.0, 2.0, 4.0)  # return 7
    if _buffer.is_ready():
        probe = AverageEpisodeReturnBuffer(5)
        play(probe, *[1.0] * 6)
        by_steps = bool(probe.is_ready())
        why = "Count episodes, not steps." if by_steps else "That is one episode too early: both have to be over."
        checks.fail(f"The buffer is ready after 1 of 2 episodes. {why}")
    play(_buffer, 0.5, 0.25, 0.0, 2.0, terminated=False, truncated=True)  # return 2.75
    _ready = _buffer.is_ready()
    checks.that(_ready is not None, "2 of 2 episodes are over, but is_ready() returned None, not True.")
    if not _ready:
        checks.fail(
            "2 of 2 episodes are over, one terminated and one truncated, but the buffer is not ready. "
            f"{why_not_ready()}"
        )
    checks.that(
        bool(_buffer.is_ready()),
        "is_ready() said True, but False when asked again. Asking should change nothing; "
        "only sample() empties the store.",
    )
    checks.that(
        not other.is_ready(),
        "Two buffers share their memory: one was used and the other became ready. "
        "Create what a buffer remembers in __init__, with self.",
    )

    play(_buffer, 10.0, terminated=False)  # the third episode has begun
    play(other, 64.0, terminated=False)  # and one in another buffer
    memory = _buffer.sample()
    checks.that(
        isinstance(memory, AverageEpisodeReturnMemory),
        f"sample() should return an AverageEpisodeReturnMemory, not a {type(memory).__name__}.",
    )
    checks.equal(
        memory.average_episode_return,
        4.875,
        "The average of the returns 1 + 2 + 4 and 0.5 + 0.25 + 0 + 2",
        wrong=[
            (9.75, "that is their sum; divide by the number of episodes"),
            (9.75 / 7, "that is the average reward of a step; add up each episode's rewards first"),
            (3.5, "that is the average number of steps; add up the rewards, which are not always 1"),
            (8.375, "the second episode starts with the first one's return; start again at 0 when an episode is over"),
            (1.875, "the last reward of each episode is missing; add the reward before you look at the flags"),
            (
                3.875,
                "the last reward of each episode was counted for the next one; add it before you look at the flags",
            ),
            (3.0, "only the last reward of each episode was kept; add the rewards up as they come"),
            (4.5, "the fractions are gone; returns are floats"),
            (2.75, "that is only the last episode; store several"),
            (19.75 / 3, "an episode that is still running was counted"),
            (9.875, "an episode that is still running was counted"),
        ],
    )

    checks.that(
        not _buffer.is_ready(),
        "After sample() the buffer is still ready. Empty it there: the next weights are judged by their own episodes.",
    )
    play(_buffer, 1.0)  # ends the third episode: return 11
    play(_buffer, 1.0, 2.0, terminated=1.0, truncated=0.0)
    checks.that(
        bool(_buffer.is_ready()),
        "After sample() two more episodes ended, but the buffer is not ready. (One flag came as 1.0 instead of True.)",
    )
    checks.equal(
        _buffer.sample().average_episode_return,
        7.0,
        "The average of the returns 11 and 3",
        wrong=[
            (2.0, "the episode that was running during sample() lost the reward it had (10)"),
            (39.0, "the running return is shared by all buffers; keep it in self"),
            (23.75 / 4, "returns from before the last sample() were counted again; sample() empties the store"),
        ],
    )

    for _return in (100.0, 1.0, 2.0):
        play(_buffer, _return, terminated=True, truncated=True)
    checks.that(
        bool(_buffer.is_ready()),
        "3 episodes are over, 2 were wanted, but the buffer is not ready. More than enough is enough, too. "
        "(This time both flags were True at each end.)",
    )
    checks.equal(
        _buffer.sample().average_episode_return,
        1.5,
        "The average of the last 2 of the returns 100, 1, 2",
        wrong=[
            (50.5, "those are the first two; when more finish, the oldest go"),
            (103 / 3, "that is the average of all three; when more finish, the oldest go"),
            (103 / 2, "that is the sum of all three, divided by 2; when more finish, the oldest go"),
            (2.0, "an episode that is both terminated and truncated was counted twice"),
        ],
    )
    play(_buffer, 8.0)
    checks.that(
        not _buffer.is_ready(),
        "Since sample() only 1 of 2 episodes has ended, but the buffer is ready: sample() left an older return in it.",
    )
    _buffer = AverageEpisodeReturnBuffer(30)
    for _ in range(30):
        play(_buffer, 1.0)
    checks.that(bool(_buffer.is_ready()), "30 of 30 episodes are over, but the buffer is not ready. Does it hold 30?")


# %% test="AverageEpisodeReturnBuffer" points=4
### BEGIN HIDDEN TESTS
@checks.hidden("AverageEpisodeReturnBuffer")
def _test():
    rng = np.random.default_rng(2)
    zeros = np.zeros(4, np.float32)
    ends = [(True, False), (False, True), (True, True)]
    flag_types, reward_types = [bool, np.bool_, float, np.float32], [float, np.float32, np.float64]

    def step(buffer, reward, end=(False, False)):
        buffer.push(Transition(zeros, 1, reward, zeros, *end))

    def compare(buffer, returns, what):
        want = np.mean(returns)
        memory = buffer.sample()
        checks.that(
            isinstance(memory, AverageEpisodeReturnMemory),
            f"sample() should return an AverageEpisodeReturnMemory, not a {type(memory).__name__}.",
        )
        got = checks.number(memory.average_episode_return, "sample().average_episode_return")
        checks.equal(got, want, what, atol=1e-4)

    for i, capacity in enumerate((1, 2, 5, 33, 20)):
        _buffer = AverageEpisodeReturnBuffer(capacity) if capacity != 20 else AverageEpisodeReturnBuffer()
        reward_type = reward_types[i % 3]  # one for each buffer: statistics.mean does not mix them
        stored, running = collections.deque(maxlen=capacity), 0.0
        for _ in range(5 * capacity + 20):
            length = int(rng.integers(1, 7))
            for t in range(length):
                _reward = round(float(rng.normal(0.3, 2.0)), 3)
                _end = ends[rng.integers(3)] if t == length - 1 else (False, False)
                _as = flag_types[rng.integers(4)]
                step(_buffer, reward_type(_reward), tuple(map(_as, _end)))
                running += _reward
                if any(_end):
                    stored.append(running)
                    running = 0.0
                ready, want = bool(_buffer.is_ready()), len(stored) == capacity
                checks.that(
                    ready == want,
                    f"With num_episodes_to_store={capacity} the buffer is "
                    + ("ready too early." if ready else "not ready, although enough episodes have finished."),
                )
                if want and rng.random() < 0.3 / capacity:
                    compare(_buffer, stored, f"The average with num_episodes_to_store={capacity}")
                    stored.clear()
                    checks.that(not _buffer.is_ready(), "The buffer is still ready right after sample().")

    # Two buffers, used in turn.
    a, b = AverageEpisodeReturnBuffer(2), AverageEpisodeReturnBuffer(num_episodes_to_store=2)
    for _reward in (1.0, 2.0):
        step(a, _reward), step(b, 10.0 * _reward)
        step(a, _reward, (True, False)), step(b, _reward, (False, True))
    compare(a, [2.0, 4.0], "The average of the first of two buffers that are used in turn")
    checks.that(bool(b.is_ready()), "Sampling from one buffer emptied another.")
    compare(b, [11.0, 22.0], "The average of the second of two buffers that are used in turn")


### END HIDDEN TESTS

# %% [markdown]
# The picture uses your buffer: the same weights play 80 episodes of CartPole. Each dot is one episode, and each line is
# one average that `sample()` gave. The policy never changes, and yet the averages differ. Remember that for the end of
# this notebook.

# %% tags=["demo"]
env = gym.make("CartPole-v1")
weights = np.array([-1.0, 0.5, 1.0, 1.0])  # a middling policy
memory = AverageEpisodeReturnBuffer(num_episodes_to_store=20)
returns, averages = [], []
for seed in range(80):
    obs, _ = env.reset(seed=seed)
    episode_return, over = 0.0, False
    while not over:
        action = int(weights @ obs > 0)
        next_obs, reward, terminated, truncated, _ = env.step(action)
        memory.push(Transition(obs, action, reward, next_obs, terminated, truncated))
        obs, episode_return, over = next_obs, episode_return + reward, terminated or truncated
    returns.append(episode_return)
    if memory.is_ready():
        averages.append(float(memory.sample().average_episode_return))

_, ax = plt.subplots(figsize=(8, 3.6))
ax.plot(np.arange(1, 81), returns, "o", ms=4, color="C0", alpha=0.5, label="one episode")
ax.hlines(averages, np.arange(1, 81, 20), np.arange(20, 81, 20), color="C1", lw=3, label="average from your buffer")
ax.set(xlabel="episode", ylabel="return (sum of rewards per episode)", ylim=(0, 520))
ax.legend(frameon=False, loc="upper right")
print("averages of the same policy:", ", ".join(f"{average:.0f}" for average in averages))

# %% [markdown]
# ## 2. One agent, two sets of weights
#
# The agent's parameters travel through the loop as one value, `params`. Here it is a `NamedTuple` with two fields:
#
# - `params.current`: the weights being tried out now,
# - `params.best`: the best weights so far.
#
# While it learns, the agent acts with `current`; when we evaluate it, it should act with `best`. To JAX, NamedTuples,
# dictionaries and lists of arrays are **pytrees**: a function compiled with `jax.jit` takes them and returns them
# whole, and `jax.tree.map` applies a function to every array inside.

# %%
params = RandomPolicySearchParams(current=jnp.array([1.0, 0.0, 0.0, 2.0]), best=jnp.array([0.0, 1.0, 1.0, 1.0]))
print(params)
print(jax.tree.map(lambda w: 10 * w, params))
print(params._replace(best=params.current))  # a new tuple; `params` itself stays as it is

# %% [markdown]
# ### Exercise: `rps_select_action`
#
# *About 6 minutes · difficulty 1 of 3 · importance 2 of 3*
#
# This is `select_action` from notebook 1, with a choice in front:
#
# $$
# w = \begin{cases} w_\text{best} & \text{when evaluating} \\ w_\text{current} & \text{otherwise} \end{cases}
# \qquad
# \text{action} = \begin{cases} 1 & \text{if } w \cdot \text{obs} > 0 \\ 0 & \text{otherwise} \end{cases}
# $$
#
# *In words: pick the weights first, then act as before; exactly zero gives action 0.*
#
# It has to work under `jax.jit` and `jax.vmap` with every argument traced, `evaluation` included. Traced means: JAX
# runs your function once, with placeholders in place of numbers, to see which operations it is made of, and compiles
# those. A Python `if` would have to know the placeholder's value. So you compute both sides and let the array
# operation choose:
#
# ```python
# x if condition else y            # Python: decides now, only one side is computed
# jnp.where(condition, x, y)       # JAX: part of the program, decides each time it runs
# ```
#
# **Shapes.** `obs`, `params.current`, `params.best`: float `[obs_dim]`. The action: an integer scalar (not a boolean).
# `actor_state` is handed back as it came; `key` is not used, because nothing here is random.
#
# **Example.** `current = [1, 0]`, `best = [0, 1]`, `obs = [3, -5]`: the action is 1 (from 3 > 0), and 0 with
# `evaluation=True` (from -5).
#
# Helpful:
# [`jnp.where`](https://docs.jax.dev/en/latest/_autosummary/jax.numpy.where.html)
#
# <details><summary>Hint 1: a nudge</summary>
#
# Two choices are made here. Both can be written without `if`: one chooses between two arrays, the other between two
# integers.
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Choose the weights with `jnp.where`, take the dot product with `obs` using `jnp.dot`, and turn the comparison into an
# integer, with another `jnp.where` or with `.astype(jnp.int32)`. Return two things.
# </details>


# %% exercise="rps_select_action"
def rps_select_action(key, params, actor_state, obs, evaluation=False):
    """Acts with the best weights when evaluating, and with the current ones otherwise.

    Args:
      key: JAX key, not used.
      params: `RandomPolicySearchParams` of two arrays, each float [obs_dim].
      actor_state: anything; handed back as it came.
      obs: observation, float [obs_dim].
      evaluation: bool, may be traced.
    Returns:
      `(action, actor_state)`: the action is an integer scalar, 0 or 1.
    """
    ### BEGIN SOLUTION
    weights = jnp.where(evaluation, params.best, params.current)
    action = jnp.where(jnp.dot(weights, obs) > 0, 1, 0)
    return action, actor_state
    ### END SOLUTION


# %% check="rps_select_action" points=1
@checks.exercise("rps_select_action")
def _check():
    params = RandomPolicySearchParams(current=jnp.array([1.0, 0.0]), best=jnp.array([0.0, 1.0]))

    def _action(function, obs, *evaluation):
        result = function(jax.random.key(0), params, 7, jnp.array(obs), *evaluation)
        action, state = checks.pair(result, "rps_select_action", "action, actor_state")
        checks.that(np.array_equal(state, 7), "Hand actor_state back as it came: 7 went in, something else came out.")
        return checks.integer(action, "The action")

    for name, _function in checks.ways(rps_select_action):
        checks.equal(
            _action(_function, [3.0, 5.0]),
            1,
            f"The action for current=[1, 0], best=[0, 1], obs=[3, 5]{name}",
            wrong=[(0, "the dot product is 3; above zero the action is 1")],
        )
        for _obs, _sentence in (
            ([5.0, -3.0], "that is what `best` says; unless evaluating, the agent acts with `current`"),
            ([3.0, -5.0], "that is what a mix of both says; unless evaluating, the agent acts with `current` alone"),
        ):
            checks.equal(
                _action(_function, _obs),
                1,
                f"The action for obs={_obs} without `evaluation`{name}",
                wrong=[(0, _sentence)],
            )
        checks.equal(
            _action(_function, [3.0, -5.0], True),
            0,
            f"The action for obs=[3, -5] with evaluation=True{name}",
            wrong=[
                (1, "that is what `current` says; a traced `evaluation` is never `is True`, so choose with jnp.where")
                if name
                else (1, "that is what `current` says; when evaluating, the agent acts with `best`")
            ],
        )
        checks.equal(
            _action(_function, [0.0, 1.0]),
            0,
            f"The action for obs=[0, 1], whose dot product with current=[1, 0] is exactly zero{name}",
            wrong=[(1, "the action is 1 only above zero")],
        )
    _vmapped = jax.vmap(rps_select_action, in_axes=(0, None, None, None))
    _actions, _ = _vmapped(jax.random.split(jax.random.key(0), 300), params, 7, jnp.array([3.0, 5.0]))
    checks.equal(_actions, np.ones(300), "The actions for obs=[3, 5] and 300 keys", hint="`key` has no say here.")


# %% test="rps_select_action" points=3
### BEGIN HIDDEN TESTS
@checks.hidden("rps_select_action")
def _test():
    rng = np.random.default_rng(3)
    key = jax.random.key(3)

    def split_result(result):
        return checks.pair(result, "rps_select_action", "action, actor_state")

    jitted, batched = jax.jit(rps_select_action), jax.vmap(rps_select_action)
    for dim in (4, 2):
        obs, current, best = rng.normal(size=(3, 1500, dim)).astype(np.float32)
        dots = np.stack([(current * obs).sum(1), (best * obs).sum(1)])
        clear = np.flatnonzero(np.abs(dots).min(0) > 1e-2)  # float32 cannot get these wrong
        obs, current, best, want = obs[clear], current[clear], best[clear], (dots[:, clear] > 0).astype(int)

        for i in range(12):
            params = RandomPolicySearchParams(jnp.asarray(current[i]), jnp.asarray(best[i]))
            for _evaluation in (False, True):
                what = f"The action with evaluation={_evaluation}"
                action, _ = split_result(jitted(key, params, None, obs[i], evaluation=_evaluation))
                checks.equal(checks.integer(action, what), want[int(_evaluation), i], f"{what} under jax.jit")
                action, _ = split_result(rps_select_action(key, params, None, obs[i], _evaluation))
                checks.equal(checks.integer(action, what), want[int(_evaluation), i], what)
            action, _ = split_result(rps_select_action(key, params, None, obs[i]))
            checks.equal(checks.integer(action, "The action"), want[0, i], "The action when `evaluation` is left out")

        n = len(clear)
        keys, which = jax.random.split(key, n), rng.random(n) < 0.5
        chosen = np.where(which, want[1], want[0])
        params = RandomPolicySearchParams(jnp.asarray(current), jnp.asarray(best))
        actions, states = split_result(batched(keys, params, jnp.arange(n), jnp.asarray(obs), jnp.asarray(which)))
        actions = checks.array(actions, "The actions under jax.vmap", shape=(n,), dtype="int")
        checks.equal(actions, chosen, "What rps_select_action gives under jax.vmap")
        checks.that(
            np.array_equal(states, np.arange(n)), "Under jax.vmap the actor_state is not handed back as it came."
        )

    # NumPy weights, as in the first call of a loop; and exactly zero.
    zeros, ones = np.zeros(4, np.float32), np.ones(4, np.float32)
    action, _ = split_result(jitted(key, RandomPolicySearchParams(zeros, ones), None, ones, False))
    checks.equal(checks.integer(action, "The action"), 0, "The action when the dot product is exactly zero")
    action, _ = split_result(jitted(key, RandomPolicySearchParams(ones, zeros), None, ones, True))
    checks.equal(checks.integer(action, "The action"), 0, "The action when the dot product is exactly zero")

    for state in (None, {"steps": jnp.arange(3), "notes": (1.5, [2])}, jnp.ones((2, 2))):
        for function in (rps_select_action, jitted):
            _, back = split_result(function(key, RandomPolicySearchParams(zeros, ones), state, ones, False))
            same = jax.tree.structure(back) == jax.tree.structure(state) and all(
                map(np.array_equal, jax.tree.leaves(back), jax.tree.leaves(state))
            )
            checks.that(same, "The actor_state is not handed back as it came.")


### END HIDDEN TESTS

# %% [markdown]
# Because it works under `jax.vmap`, one call asks the policy about forty thousand situations. The picture shows what
# `current` and `best` do at every pole angle and pole velocity, with the cart at rest in the middle: a straight line
# cuts the plane in two. The weights decide how it is tilted, and that is all they can do.


# %%
def actions_everywhere(params, evaluation):
    """What the policy does at 201 pole velocities and 201 pole angles, the cart at rest in the middle, [201, 201]."""
    angles, velocities = jnp.meshgrid(jnp.linspace(-0.21, 0.21, 201), jnp.linspace(-2.0, 2.0, 201))
    observations = jnp.stack([0 * angles, 0 * angles, angles, velocities], axis=-1).reshape(-1, 4)
    act_on_all = jax.vmap(rps_select_action, in_axes=(None, None, None, 0, None))  # only obs comes in rows
    actions, _ = act_on_all(jax.random.key(0), params, jnp.float32(0), observations, evaluation)
    return np.reshape(actions, angles.shape)


# %% tags=["demo"]
params = RandomPolicySearchParams(current=jnp.array([0.0, 0.0, 1.0, 0.02]), best=jnp.array([0.0, 0.0, 1.0, 0.3]))
actions = [actions_everywhere(params, evaluation) for evaluation in (False, True)]
_, axes = plt.subplots(1, 2, figsize=(10, 4.6), sharey=True)
for i, title in enumerate(["evaluation=False: the current weights", "evaluation=True: the best weights"]):
    plotting.plot_policy(actions[i], ax=axes[i])
    axes[i].set_title(title, pad=30)

# %% [markdown]
# ## 3. Randomness in your own hands
#
# `np.random.uniform()` gives a new number at each call, because NumPy hides a state and changes it behind your back. A
# pure function cannot do that: the same inputs must give the same output. So JAX asks you for the randomness. A random
# function takes a **key**, and the same key always gives the same numbers.
#
# For two independent draws you need two keys. `jax.random.split` makes them from one, and the old key is used up:
# never draw from it again. Think of a key as a ticket that is good for one draw, or for a book of new tickets.

# %%
key = jax.random.key(0)
print("the same key twice: ", jax.random.uniform(key), jax.random.uniform(key))

first_key, second_key = jax.random.split(key)
print("two keys from split:", jax.random.uniform(first_key), jax.random.uniform(second_key))

# %% [markdown]
# It looks like more work, but it pays off: an experiment can be repeated to the last digit, and a function that takes a
# key can be compiled, run on a thousand keys at once with `vmap`, and tested.

# %% [markdown]
# ### Exercise: `sample_weights`
#
# *About 4 minutes · difficulty 1 of 3 · importance 1 of 3*
#
# Draw new weights, each entry independently from the uniform distribution
#
# $$w_i \sim \mathcal{U}(-2, 2)$$
#
# *In words: every number between -2 and 2 is equally likely, and no entry knows about the others.*
#
# The result has the shape and the dtype of `old_weights` (float32, float16 or bfloat16), and that is all `old_weights`
# is for: its values do not matter. It must work under `jax.jit`.
#
# **Example.** For `old_weights` of shape `[4]` and dtype float16 the result is four float16 numbers such as
# `[0.7, -1.9, 1.2, -0.1]`; half of all entries, in the long run, lie between -1 and 1.
#
# Helpful:
# [`jax.random.uniform`](https://docs.jax.dev/en/latest/_autosummary/jax.random.uniform.html)
#
# <details><summary>Hint 1: a nudge</summary>
#
# By default, the library function draws one float32 number between 0 and 1. Look at its other arguments.
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# An array knows its `.shape` and its `.dtype`. The function takes both, along with a smallest and a largest value. One
# call is enough: it draws all entries independently.
# </details>


# %% exercise="sample_weights"
def sample_weights(key, old_weights):
    """Draws weights uniformly between -2 and 2.

    Args:
      key: JAX key.
      old_weights: array of any shape; only its shape and dtype matter.
    Returns:
      Array of the same shape and dtype.
    """
    ### BEGIN SOLUTION
    return jax.random.uniform(key, old_weights.shape, old_weights.dtype, minval=-2.0, maxval=2.0)
    ### END SOLUTION


# %% check="sample_weights" points=1
@checks.exercise("sample_weights", seconds=40)
def _check():
    _key, other_key = jax.random.key(1), jax.random.key(2)
    for name, function in checks.ways(sample_weights):
        weights = function(_key, jnp.array([0.5, 1.0, 1.5, 2.0]))
        checks.array(weights, f"sample_weights(key, [0.5, 1.0, 1.5, 2.0]){name}", shape=(4,), dtype="float")
        checks.follows_key(
            lambda key, draw=function: draw(key, jnp.array([0.5, 1.0, 1.5, 2.0])),
            [_key, other_key],
            f"weights{name}",
        )

    checks.that(
        np.abs(np.asarray(function(_key, jnp.full(4, 100.0)))).max() <= 10,
        "The new weights build on the values of the old ones. Only the shape and dtype of those matter.",
    )

    # 200 draws of 50 weights
    many = np.stack([function(jax.random.key(seed), jnp.zeros(50)) for seed in range(200)])
    checks.array(many, "200 results for jnp.zeros(50), stacked,", shape=(200, 50))
    checks.that(len(np.unique(many[0])) > 1, "All entries are the same number. Draw one for each: give the shape.")
    checks.that(not np.array_equal(many, np.round(many)), "All weights are whole. Draw real numbers, not integers.")
    checks.that(len(np.unique(many)) > 200, "The same few numbers come up in every draw, as from a grid. Draw anew.")
    checks.that(many.min() < 0, "None of 10,000 weights is negative. What does jax.random.uniform take for `minval`?")
    checks.that(many.max() > 0, "None of 10,000 weights is positive. What does jax.random.uniform take for `maxval`?")
    checks.that(
        np.mean(np.abs(many) == 2) < 0.01, "Many weights are exactly -2 or 2, as if clipped. Draw between them instead."
    )
    checks.that(np.abs(many).max() <= 2, "Some weights are below -2 or above 2. Is the distribution uniform?")
    checks.that(
        min(many.max(), -many.min()) > 1.9,
        f"All of 10,000 weights lie between {many.min():.2f} and {many.max():.2f}. Use the whole interval; "
        "where one weight is made of two draws, each needs a key of its own.",
    )
    one_sign = np.all(many > 0, axis=1) | np.all(many < 0, axis=1)
    checks.that(
        not one_sign.any(), "Some draws of 50 weights have one sign for all. Every weight has a sign of its own."
    )
    checks.that(
        len(np.unique(np.abs(many[0]))) > 45,
        "Half of the weights are the others with the sign changed. Draw every one on its own.",
    )
    empty = np.mean([np.histogram(row, bins=50, range=(-2, 2))[0] == 0 for row in many])  # about 0.36
    checks.that(empty > 0.2, "The 50 weights of a draw are spread too evenly. Independent draws have gaps and crowds.")
    checks.frequency(int((np.abs(many) < 1).sum()), 10_000, 0.5, "Too many or too few weights lie between -1 and 1.")
    rows = np.asarray(function(_key, jnp.zeros((40, 3))))
    checks.array(rows, "sample_weights(key, jnp.zeros((40, 3)))", shape=(40, 3))
    checks.that(
        len(np.unique(rows)) > 100, "Weights of shape [40, 3] are one row repeated. Draw every entry on its own."
    )
    half = function(_key, jnp.zeros((3, 2), jnp.float16))
    checks.array(half, "sample_weights(key, jnp.zeros((3, 2), jnp.float16))", shape=(3, 2), dtype=jnp.float16)


# %% test="sample_weights" points=3
### BEGIN HIDDEN TESTS
@checks.hidden("sample_weights", seconds=60)  # a draw for each entry is slow, and right
def _test():
    jitted = jax.jit(sample_weights)
    keys = [jax.random.key(seed) for seed in range(250)]

    # Shapes and dtypes. Half precision is coarse, so only its range is looked at.
    for _shape, _dtype in [
        ((), "float32"),
        ((4,), "float32"),
        ((2, 3, 2), "float32"),
        ((8, 4), "float16"),
        ((30,), "bfloat16"),
    ]:
        what = f"The weights for old weights of shape {list(_shape)} and dtype {_dtype}"
        draws = [jitted(_key, jnp.ones(_shape, _dtype)) for _key in keys[:20]]
        draws.append(jitted(keys[20], np.zeros(_shape, jnp.dtype(_dtype))))
        draws = np.stack([checks.array(x, what, shape=_shape, dtype=jnp.dtype(_dtype)).astype(float) for x in draws])
        checks.that(np.all(np.abs(draws) <= 2), f"{what} lie outside of -2 and 2.")
        if draws.size > 500:
            counts = np.histogram(draws, bins=[-2.1, -1.5, 0.0, 1.5, 2.1])[0]
            checks.that(np.all(counts > 10) and len(np.unique(draws)) > 50, f"{what} are not spread over the interval.")

    # The distribution: 250 draws of 80 weights, whatever the old values are.
    for old in (jnp.zeros((10, 8)), jnp.linspace(-60.0, 50.0, 80).reshape(10, 8)):
        x = np.stack([checks.array(jitted(_key, old), "The weights", shape=(10, 8)) for _key in keys]).astype(float)
        checks.that(np.all(np.abs(x) <= 2), "The weights depend on the values of the old ones, or leave the interval.")
        for count in np.histogram(x, bins=16, range=(-2, 2))[0]:
            checks.frequency(int(count), x.size, 1 / 16, "The weights are not spread evenly between -2 and 2.")
        checks.that(len(np.unique(np.abs(x))) > 0.98 * x.size, "Weights repeat: each should be a draw of its own.")
        for axis in range(3):
            for a, b in [(x, np.flip(x, axis)), (x, np.roll(x, 1, axis))]:
                together = abs(np.mean(a * b)) * np.sqrt(x.size) / (4 / 3)  # in standard deviations, about
                checks.that(together < 12, "The weights depend on one another: each should be a draw of its own.")
        sums = x.sum((1, 2)) / np.sqrt(80 * 4 / 3)  # of independent weights: about standard normal
        checks.that(0.3 < np.std(sums) < 1.7, "The weights of one draw depend on one another.")

    for function in (jitted, sample_weights):
        checks.follows_key(lambda key, draw=function: draw(key, old), keys[:2], "weights")
    old = np.arange(6, dtype=np.float32)
    sample_weights(keys[0], old)
    checks.unchanged(np.arange(6, dtype=np.float32), old, "old_weights")


### END HIDDEN TESTS

# %% [markdown]
# Left: ten thousand weights, evenly spread between -2 and 2. Middle and right: two sets of weights drawn one after the
# other, the second against the first. With a fresh key for each they have nothing to do with each other. With the same
# key they are the same, and a search would try one policy for ever.

# %% tags=["demo"]
many = sample_weights(jax.random.key(5), jnp.zeros(10_000))

pairs_split, pairs_reused = [], []
for key in jax.random.split(jax.random.key(6), 100):
    first_key, second_key = jax.random.split(key)
    pairs_split.append((sample_weights(first_key, jnp.zeros(4)), sample_weights(second_key, jnp.zeros(4))))
    pairs_reused.append((sample_weights(key, jnp.zeros(4)), sample_weights(key, jnp.zeros(4))))

_, (left, middle, right) = plt.subplots(1, 3, figsize=(11, 3.6))
left.hist(np.asarray(many), bins=40, range=(-2.5, 2.5), color="C0")
left.set(title="10,000 weights", xlabel="weight", ylabel="number of weights")
for ax, pairs, title in [(middle, pairs_split, "a fresh key for each"), (right, pairs_reused, "the same key twice")]:
    first, second = np.array(pairs).transpose(1, 0, 2).reshape(2, -1)
    ax.plot(first, second, ".", ms=4, color="C0")
    ax.set(title=title, xlabel="weight in the first draw", ylabel="the same weight in the second", aspect="equal")

# %% [markdown]
# ## 4. Learning as a pure function
#
# The learning step takes everything it needs as arguments and returns everything it changes:
#
# ```python
# params, learner_state = rps_learn(key, params, learner_state, memory)
# ```
#
# No globals, no `self`, nothing modified in place. That makes it easy to test (same inputs, same outputs), and
# `jax.jit` can compile it as it is. Every agent in this course learns through a function of this form; in notebook 3
# its body will contain a gradient, and the loop around it will not notice.

# %% [markdown]
# ### Exercise: `rps_learn`
#
# *About 8 minutes · difficulty 2 of 3 · importance 3 of 3*
#
# The current weights have just played their episodes, and `memory.average_episode_return` says how they did. Write
# $\bar G$ for that number and $\bar G_\text{best}$ for the best so far.
#
# $$
# \text{if } \bar G > \bar G_\text{best}: \qquad
# w_\text{best} \leftarrow w_\text{current}, \quad \bar G_\text{best} \leftarrow \bar G
# $$
#
# $$
# \text{always:} \qquad
# w_\text{current} \leftarrow \text{fresh random weights}, \quad \text{count} \leftarrow \text{count} + 1
# $$
#
# *In words: what beats the record becomes the record; then try something new, whatever happened.* Strictly greater: an
# equal average changes nothing. The new weights are drawn from scratch with `sample_weights`; they do not build on the
# old ones. A run starts with `count` 0 and a best return of minus infinity, so the first weights always set a record.
#
# It must work under `jax.jit`, so no `if`. Return a `RandomPolicySearchParams` and a `LearnerState`.
#
# **Example.** Best so far 100, average 150: the weights just tried become `best`, the best return becomes 150, and
# `current` is new. Average 80 instead: `best` and 100 stay, and `current` is new all the same.
#
# Helpful:
# [`jnp.where`](https://docs.jax.dev/en/latest/_autosummary/jax.numpy.where.html)
#
# <details><summary>Hint 1: a nudge</summary>
#
# One comparison decides two things at once. Give its result a name and use it twice.
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Work out the new best weights and the new best return from the *old* `params` first. Then draw the new current
# weights from `key`, and only then put the two new tuples together.
# </details>


# %% exercise="rps_learn"
def rps_learn(key, params, learner_state, memory):
    """Keeps the current weights if they beat the best so far, and draws new ones to try.

    Args:
      key: JAX key for the new weights.
      params: `RandomPolicySearchParams` of two float arrays of the same shape, as [obs_dim].
      learner_state: `LearnerState`: an int and a float.
      memory: `AverageEpisodeReturnMemory`: what `params.current` achieved, a float.
    Returns:
      `(params, learner_state)`, both new.
    """
    ### BEGIN SOLUTION
    average = memory.average_episode_return
    better = average > learner_state.best_average_episode_return
    params = RandomPolicySearchParams(
        current=sample_weights(key, params.current),
        best=jnp.where(better, params.current, params.best),
    )
    learner_state = LearnerState(
        count=learner_state.count + 1,
        best_average_episode_return=jnp.where(better, average, learner_state.best_average_episode_return),
    )
    return params, learner_state
    ### END SOLUTION


# %% check="rps_learn" points=2
def _coin_flips(key, old_weights):
    """Stands in for your sample_weights here, so that this exercise is judged on its own: weights of -1 and 1."""
    return jax.random.choice(key, jnp.array([-1.0, 1.0]), old_weights.shape)


@checks.exercise("rps_learn", given={"sample_weights": _coin_flips})
def _check():
    tens, twenties = jnp.full(64, 10.0), jnp.full(64, 20.0)

    def learn(average, best=100.0, key=0, count=3):
        """Runs one jitted learning step: all current weights are 10, all best ones 20, the best return is 100."""
        arguments = (
            jax.random.key(key),
            RandomPolicySearchParams(current=tens, best=twenties),
            LearnerState(count=count, best_average_episode_return=best),
            AverageEpisodeReturnMemory(average),
        )
        result = jax.jit(rps_learn)(*arguments)
        checks.that(
            not isinstance(result, RandomPolicySearchParams), "Return two things: `return params, learner_state`."
        )
        params, state = checks.pair(result, "rps_learn", "params, learner_state")
        checks.that(
            isinstance(params, RandomPolicySearchParams), "The first thing to return is a RandomPolicySearchParams."
        )
        checks.that(isinstance(state, LearnerState), "The second thing to return is a LearnerState.")
        return params, state

    def tops(average):
        return np.ravel(learn(average)[0].best)[:1].tolist() == [10.0]

    checks.that(
        not tops(80.0) or tops(150.0),
        "`current` becomes `best` after a worse average, not after a better one. A larger return is better.",
    )
    for _average, _case in [(150.0, "a better average"), (80.0, "a worse average"), (100.0, "an equal average")]:
        want = 10.0 if _average > 100 else 20.0
        _params, _state = learn(_average)
        _current = checks.array(_params.current, "current", shape=(64,))
        _old = bool(np.isin(_current, [10.0, 20.0]).all())
        checks.that(
            not (_old and np.abs(checks.array(_params.best, "best", shape=(64,))).max() <= 2.0),
            f"After {_case}, `best` holds new weights and `current` old ones: they are in each other's places.",
        )
        checks.that(
            not np.any(np.isin(_current, [10.0, 20.0])),
            f"After {_case}, `current` holds old weights. It is replaced by fresh ones every time.",
        )
        checks.that(
            np.abs(_current).max() <= 7.0,
            f"After {_case}, some new weights are close to old ones. Does `current` build on them? Draw it from "
            "scratch with sample_weights.",
        )
        checks.that(
            np.abs(_current).max() <= 2.0,
            f"After {_case}, some new weights are below -2 or above 2. Draw them as before: with sample_weights.",
        )
        checks.that(
            len(np.unique(_current)) > 1,
            f"After {_case}, all new weights are the same number. Draw each on its own, with sample_weights.",
        )
        checks.that(
            not np.array_equal(_params.best, _current),
            f"After {_case}, `best` holds the new weights, which nobody has tried. Keep the `current` that came in.",
        )
        checks.equal(
            checks.array(_params.best, "best", shape=(64,))[0],
            want,
            f"A weight of `best` after {_case} (current was 10, best was 20)",
            wrong=[
                (20.0, "`current` beat the record, so it becomes `best`"),
                (10.0, "only a strictly greater average replaces `best`"),
            ],
        )
        checks.equal(
            checks.number(_state.best_average_episode_return, "best_average_episode_return"),
            max(_average, 100.0),
            f"The best return after {_case} ({_average} against 100.0)",
            wrong=[
                (100.0, "the record was beaten and the old one kept"),
                (_average, "the record was not beaten"),
                ((_average + 100.0) / 2, "that is an average of old and new; the record is the better of the two"),
            ],
        )
        checks.equal(
            checks.integer(_state.count, "count"),
            4,
            f"count after {_case} (it was 3)",
            wrong=[(3, "each learning step counts, whatever comes of it")],
        )

    checks.equal(
        learn(100.05)[0].best[0], 10.0, "A weight of `best` after an average of 100.05 against 100.0 (current was 10)",
        wrong=[(20.0, "strictly greater is enough, even if only just; no margin")],
    )  # fmt: skip
    before = (
        RandomPolicySearchParams(tens, twenties),
        LearnerState(jnp.int32(3), jnp.float32(100.0)),
        AverageEpisodeReturnMemory(jnp.float32(80.0)),
    )
    checks.follows_key(lambda key: rps_learn(key, *before)[0].current, [jax.random.key(0)], "new weights")
    checks.that(
        not np.array_equal(learn(80.0, key=0)[0].current, learn(80.0, key=1)[0].current),
        "Two different keys drew the same new weights. Use the `key` that was passed in.",
    )
    _params, _state = learn(-250.0, best=-jnp.inf, count=0)
    checks.equal(
        _params.best[0],
        10.0,
        "A weight of `best` after the first average of a run, -250 (current was 10)",
        wrong=[(20.0, "the best return starts at minus infinity, so any first average is a record")],
    )
    checks.equal(
        _state.best_average_episode_return,
        -250.0,
        "The best return after the first average of a run, -250",
        wrong=[(np.nan, "0 times infinity is not a number; choose with jnp.where, do not multiply by 0 or 1")],
    )


# %% test="rps_learn" points=4
### BEGIN HIDDEN TESTS
def _reference_sample_weights(key, old_weights):
    return jax.random.uniform(key, jnp.shape(old_weights), jnp.result_type(old_weights), minval=-2.0, maxval=2.0)


@checks.hidden("rps_learn", given={"sample_weights": _reference_sample_weights})
def _test():
    jitted = jax.jit(rps_learn)

    def learn(function, key, params, state, average):
        result = function(key, params, state, AverageEpisodeReturnMemory(average))
        new_params, new_state = checks.pair(result, "rps_learn", "params, learner_state")
        checks.that(
            isinstance(new_params, RandomPolicySearchParams), "The first result should be a RandomPolicySearchParams."
        )
        checks.that(isinstance(new_state, LearnerState), "The second result should be a LearnerState.")
        shape = np.shape(params.current)
        checks.array(new_params.current, "The new current weights", shape=shape, dtype="float")
        checks.array(new_params.best, "The new best weights", shape=shape, dtype="float")
        checks.number(new_state.best_average_episode_return, "The new best return")
        return new_params, new_state

    # Whole runs, step by step, against the rule.
    rng = np.random.default_rng(4)
    for seed, (_shape, _function) in enumerate([((4,), jitted), ((3, 2), jitted), ((6,), rps_learn)]):
        start = RandomPolicySearchParams(*jnp.asarray(rng.normal(size=(2, *_shape)), jnp.float32))
        _params, _state = start, LearnerState(0, -jnp.inf)
        record, best, seen = -np.inf, np.asarray(start.best), [np.asarray(start.current), np.asarray(start.best)]
        averages = [
            -75.5,
            -75.5,
            -120.0,
            3.25,
            9.5,
            9.5,
            9.25,
            9.75,
            -1.0,
            12.0,
            11.0,
            12.05,  # 20 episodes, one of them a step longer
            400.05,
            500.0,
            500.0,
            21.15,
        ]
        keys = [jax.random.key(100 * seed + i) for i in range(len(averages))]
        for i, (_key, _average) in enumerate(zip(keys, averages, strict=True)):
            before = jax.tree.map(np.array, _params)
            _new_params, _state = learn(_function, _key, _params, _state, jnp.float32(_average))
            checks.unchanged(before, _params, "params")
            if _average > record:
                record, best = _average, before.current
            checks.equal(_new_params.best, best, f"`best` after learning step {i + 1}")
            checks.equal(_state.best_average_episode_return, record, f"The best return after learning step {i + 1}")
            checks.equal(checks.integer(_state.count, "count"), i + 1, f"`count` after learning step {i + 1}")
            current = np.asarray(_new_params.current)
            checks.that(
                not any(np.any(current == old) for old in seen),
                "The current weights are not fresh after every step.",
            )
            checks.that(np.abs(current).max() <= 2, "The new current weights lie outside of -2 and 2.")
            seen.append(current)
            _params = _new_params

    # The draw: fresh, from `key`, uniform, whatever the old weights and the result were.
    for scale, _average in [(0.0, 10.0), (0.0, 0.0), (50.0, 10.0), (50.0, 0.0)]:
        _params = RandomPolicySearchParams(jnp.full(64, scale), jnp.full(64, 1.5 * scale))
        old_state = LearnerState(5, 5.0)
        keys = [jax.random.key(seed) for seed in range(120)]
        x = np.stack([learn(jitted, _key, _params, old_state, _average)[0].current for _key in keys]).astype(float)
        checks.that(np.abs(x).max() <= 2, "The new current weights build on the old ones, or leave the interval.")
        for count in np.histogram(x, bins=8, range=(-2, 2))[0]:
            checks.frequency(int(count), x.size, 1 / 8, "The new current weights are not uniform between -2 and 2.")
        checks.that(len(np.unique(np.abs(x))) > 0.98 * x.size, "The new weights repeat. Draw them from `key`.")
        together = abs(np.mean(x[1:] * x[:-1])) * np.sqrt(x.size) / (4 / 3)
        checks.that(together < 12, "The new weights of different keys depend on one another.")
        again, _ = learn(jitted, keys[0], _params, old_state, _average)
        checks.that(np.array_equal(again.current, x[0]), "The same key gave different weights.")

    # The numbers may be Python's, NumPy's or JAX's.
    weights = np.arange(8, dtype=np.float32).reshape(2, 4)
    before = weights.copy()
    for kind in (float, np.float32, np.float64, jnp.float32):
        for _average, record in [(3.5, 3.25), (3.25, 3.5), (-2.5, -np.inf), (3.5, 3.5)]:
            _params = RandomPolicySearchParams(*weights)
            old_state = LearnerState(np.int32(41) if kind is np.float32 else 41, kind(record))
            _new_params, _state = learn(jitted, keys[0], _params, old_state, kind(_average))
            what = f"with the returns as {kind.__name__}"
            checks.equal(_new_params.best, before[0 if _average > record else 1], f"`best` {what}")
            checks.equal(_state.best_average_episode_return, max(_average, record), f"The best return {what}")
            checks.equal(checks.integer(_state.count, "count"), 42, f"count {what}")
    checks.unchanged(before, weights, "params")


### END HIDDEN TESTS

# %% [markdown]
# Here is your learning step on its own, without any environment: the averages are invented. Follow the line: it moves
# only when a dot lands above it.

# %% tags=["demo"]
averages = [22.0, 9.4, 61.3, 35.8, 61.3, 180.5, 12.0, 95.1, 244.0, 31.2]  # invented
params = RandomPolicySearchParams(current=jnp.ones(4), best=jnp.ones(4))
learner_state = LearnerState(count=0, best_average_episode_return=-jnp.inf)
records = []
for key, average in zip(jax.random.split(jax.random.key(7), len(averages)), averages, strict=True):
    params, learner_state = rps_learn(key, params, learner_state, AverageEpisodeReturnMemory(average))
    records.append(float(learner_state.best_average_episode_return))
    print(
        f"step {int(learner_state.count):2d}: average {average:5.1f}, best so far {records[-1]:5.1f}, weights kept",
        end=" ",
    )
    print(np.array2string(np.asarray(params.best), precision=2, suppress_small=True))
_, ax = plt.subplots(figsize=(8, 3.2))
_ = plotting.plot_search_progress(averages, best_so_far=records, ax=ax)

# %% [markdown]
# ## 5. Everything together
#
# Here is the loop that runs the agents of notebooks 2, 3 and 5, without its progress bar and its evaluations:
#
# ```python
# for episode in range(num_episodes):
#     obs, _ = env.reset()
#     over = False
#     while not over:
#         action, actor_state = select_action(next(keys), params, actor_state, obs)
#         next_obs, reward, terminated, truncated, _ = env.step(int(action))
#         memory.push(Transition(obs, action, reward, next_obs, terminated, truncated))
#         obs, over = next_obs, terminated or truncated
#     if memory.is_ready():
#         params, learner_state = learn(next(keys), params, learner_state, memory.sample())
# ```
#
# You know every line: the loop of notebook 1, a memory that listens, and a learning step at the end of an episode. The
# real one, `run_environment_loop` in [`rl_helpers/loop.py`](../rl_helpers/loop.py), is hardly longer. You hand it an
# `Agent`, which holds your two functions and their states, and it compiles them with `jax.jit`. (To read it here, run
# `run_environment_loop??` in a new cell.)
#
# Every 200 episodes it also **evaluates** the agent: with `evaluation=True`, in an environment of its own, on episodes
# that played no part in choosing the weights. We will need that soon.

# %%
# Weights from an earlier search, so that the pictures below work even before yours is finished.
best_weights = np.array([0.05, 0.87, 1.64, 1.16], np.float32)

# %% [markdown]
# Now let it search: 1,200 episodes, that is, 60 sets of weights with 20 episodes each. Each dot is one set of weights,
# the line is the best so far, and the diamonds are the evaluations of the best.

# %% tags=["demo"]
start = jnp.ones(4)
agent = Agent(
    select_action=rps_select_action,
    params=RandomPolicySearchParams(current=start, best=start),
    learn=rps_learn,
    learner_state=LearnerState(count=0, best_average_episode_return=-jnp.inf),
)
result = run_environment_loop(
    jax.random.key(8),
    gym.make("CartPole-v1"),
    agent,
    AverageEpisodeReturnBuffer(num_episodes_to_store=20),
    num_episodes=1200,
    evaluate_every=200,
    evaluation_episodes=20,
)
best_weights = np.asarray(result.agent.params.best)
print("best average:", float(result.agent.learner_state.best_average_episode_return), " weights:", best_weights)

candidate_returns = result.episode_returns.reshape(-1, 20).mean(axis=1)  # 20 episodes for each set of weights
ax = plotting.plot_search_progress(candidate_returns)
ax.plot(result.evaluated_after / 20, result.evaluation_returns, "D", color="C3", label="best, evaluated afresh")
_ = ax.legend(frameon=False, loc="center right")
# %% [markdown]
# Look at the dots. Most sets of weights are hopeless (the pole is down after ten steps), a few are fair, and now and
# then one is perfect. The dots do not rise: the 60th attempt is as blind as the first; only the *record* gets better.
# **Nothing is learnt about what makes weights good.** That sets this algorithm apart from all that follow.
#
# Which weights did it find? Each bar is the weight of one number in the observation.

# %% tags=["demo"]
_ = plotting.plot_weights(best_weights)
# %% [markdown]
# Nearly all good policies look like this. The pole's angle and velocity have positive weights, because pushing to the
# side to which the pole leans or falls brings the cart back under it. The cart's position hardly matters; its weight
# may just as well be negative. But the weight of the cart's *velocity* is positive too: a cart that drifts to the right
# is pushed further to the right. Few people would write that by hand, yet it is right: the push makes the pole lean to
# the left, and following the pole then takes the cart back to the left.
#
# Only the direction of the four weights counts. Multiply them all by 3, and no dot product changes its sign, so no
# action changes. That is why it did not matter much that we drew between -2 and 2 and not between -50 and 50.
#
# Here are the same weights as a picture of the policy, drawn by your `rps_select_action`, with the cart at rest in the
# middle:

# %% tags=["demo"]
params = RandomPolicySearchParams(current=jnp.zeros(4), best=best_weights)
_ = plotting.plot_policy(actions_everywhere(params, evaluation=True))
# %% [markdown]
# And one episode with it (press Play):

# %% tags=["demo"]
params = RandomPolicySearchParams(current=jnp.zeros(4), best=best_weights)
policy = jax.jit(lambda obs: rps_select_action(None, params, None, obs, evaluation=True)[0])
animate(record_episode(gym.make("CartPole-v1"), policy, seed=1))

# %% [markdown]
# ## 6. How much of it was luck?
#
# Your search had one key. We chose number 8 because with our solution it succeeds; with number 7 the best average of
# the whole run is 224. One run of a random algorithm is an anecdote, and a hand-picked one is an advertisement. So let
# us run 200 searches. The loop above would be busy for half an hour. But your `rps_select_action` is a pure function
# that works under `jit` and `vmap`, and `rl_helpers` has CartPole's physics in pure JAX. So one compiled program can
# play thousands of episodes side by side, with your function, unchanged, inside.
#
# `rollouts.episode_return` (in [`rl_helpers/rollouts.py`](../rl_helpers/rollouts.py)) is the loop of notebook 1 once
# more, with `jax.lax.while_loop` in place of `while`. The first function below hands it an agent made from your
# function, and the second does so for many sets of weights. Look at them if you like; nothing later depends on every
# line. (The `useless` numbers are for the very end.)


# %%
def return_of(key, weights):
    """The return of one compiled episode of CartPole, played by rps_select_action."""
    episode_key, useless_key = jax.random.split(key)
    useless = jax.random.uniform(useless_key, (len(weights) - 4,), minval=-0.2, maxval=0.2)  # none for 4 weights

    def select_action(key, params, useless, obs, evaluation=False):
        action, _ = rps_select_action(key, params, None, jnp.concatenate([obs, useless]), evaluation)
        return action, useless

    agent = Agent(select_action, RandomPolicySearchParams(current=weights, best=weights), actor_state=useless)
    return rollouts.episode_return(episode_key, CartPole(), agent)


def many_returns(key, weights, num_episodes):
    """The returns of `num_episodes` episodes with each row of `weights` [N, 4], an array [N, num_episodes]."""
    keys = jax.random.split(key, (len(weights), num_episodes))
    play = jax.jit(jax.vmap(jax.vmap(return_of, in_axes=(0, None))))  # all rows, and all episodes of a row
    batches = tqdm(range(0, len(weights), 1000), desc="compiling, then playing", unit="batch")
    return np.concatenate([play(keys[i : i + 1000], weights[i : i + 1000]) for i in batches])


# %% [markdown]
# Random search never looks back, so 200 searches of 60 attempts are nothing but 12,000 draws, cut into 200 pieces.
# Left: the best so far, for 40 of the searches. Right: the share of searches that have found a policy above 475.

# %% tags=["demo"]
draw_key, play_key = jax.random.split(jax.random.key(10))
weights = jax.vmap(sample_weights, in_axes=(0, None))(jax.random.split(draw_key, 200 * 60), jnp.zeros(4))
averages = many_returns(play_key, weights, num_episodes=20).mean(axis=1).reshape(200, 60)
best_so_far = np.maximum.accumulate(averages, axis=1)

attempts = np.arange(1, 61)
good = (averages > 475).mean()
_, (left, right) = plt.subplots(1, 2, figsize=(11, 4))
left.step(attempts, best_so_far[:40].T, where="post", color="C0", lw=0.8, alpha=0.4)
left.step(attempts, np.median(best_so_far, axis=0), where="post", color="C1", lw=3, label="median search")
left.set(xlabel="candidates tried", ylabel="best average so far (return per episode)", title="40 of the 200 searches")
left.legend(frameon=False, loc="lower right")
right.plot(attempts, 100 * (best_so_far > 475).mean(axis=0), color="C0", lw=3, label="200 searches")
right.plot(attempts, 100 * (1 - (1 - good) ** attempts), "--", color="C1", lw=2, label=f"1 - (1 - {good:.3f})$^n$")
right.set(xlabel="candidates tried, n", ylabel="searches above 475 (%)", ylim=(0, 100), title="How fast?")
right.legend(frameon=False, loc="upper left")
print(f"{good:.1%} of all draws are above 475; {(best_so_far[:, -1] > 475).mean():.0%} of the searches found one.")

# %% [markdown]
# Fewer than two draws in a hundred are that good, so the median search needs around 40 attempts, and after 60 a good
# third still have nothing. If yours succeeded, it was a little lucky; if it did not, there was nothing wrong with your
# code. The dashed line is all the theory there is: with probability $p$ of a good draw, $n$ draws contain at least one
# with probability $1 - (1 - p)^n$.
#
# ### The winner looks better than it is
#
# There is a second kind of luck, and it fools even professionals. An average over a few episodes is a noisy
# measurement: remember how it moved in the first picture although the policy did not. The search keeps the *highest* of
# many noisy numbers, and the highest is the one most likely to have been measured too high. This is **selection bias**,
# also called the winner's curse.
#
# Below are 200 searches of 60 attempts each, with a memory of 1 episode, of 5 and of 20. On the horizontal axis: the
# average that made the winner win. On the vertical axis: what the same weights achieve in 100 fresh episodes. Points
# below the diagonal are promises that were not kept.

# %% tags=["demo"]
draw_key, play_key, fresh_key = jax.random.split(jax.random.key(11), 3)
weights = jax.vmap(sample_weights, in_axes=(0, None))(jax.random.split(draw_key, 200 * 60), jnp.zeros(4))
returns = many_returns(play_key, weights, num_episodes=20)
averages = np.stack([returns[:, :n].mean(axis=1) for n in (1, 5, 20)]).reshape(3, 200, 60)
winners = weights.reshape(200, 60, 4)[np.arange(200), averages.argmax(axis=-1)]  # [3, 200, 4]
promised = averages.max(axis=-1)
delivered = many_returns(fresh_key, winners.reshape(600, 4), num_episodes=100).mean(axis=1).reshape(3, 200)

_, axes = plt.subplots(1, 3, figsize=(11, 4), sharey=True)
for i, n in enumerate((1, 5, 20)):
    axes[i].plot([0, 500], [0, 500], color="0.6", lw=1)
    axes[i].plot(promised[i], delivered[i], "o", ms=4, color="C0", alpha=0.6)
    axes[i].set(title=f"chosen by {n} episode{'s' if n > 1 else ''}", xlabel="promised (return)", aspect="equal")
    gap = (promised[i] - delivered[i])[delivered[i] < 499]
    print(f"chosen by {n:2d}: {len(gap)} of 200 winners are not perfect; they deliver {gap.mean():.0f} less on average")
_ = axes[0].set_ylabel("delivered in 100 episodes (return)")

# %% [markdown]
# With one episode nearly every winner disappoints: a policy that is usually down after 300 steps has a lucky episode of
# 500, and that is the one we pick. (Perfect policies cannot disappoint: nothing beats 500.) More episodes mean less
# noise, and with 20 the bias is almost gone, but only because these candidates differ so much. When they are nearly
# equal, as five seeds of the same algorithm are, *all* of the winner's lead is noise.
#
# The cure is simple: **never report the number you selected by.** Play fresh episodes, as the loop's evaluation does.
# The same holds for the best of ten learning rates, or the best of all checkpoints of a run.

# %% [markdown]
# ## 7. Where search ends
#
# CartPole has four weights. A small neural network has a few hundred. What happens to blind search when there is
# more to get right?
#
# We give the policy useless extra numbers: each is drawn when an episode starts, as large as the pole's angle ever
# gets, and has nothing to do with the pole (think of the temperature in the room). A perfect policy still exists: it
# gives them weight 0. The search only has to find it.

# %% tags=["demo"]
useless_numbers = np.array([0, 4, 16, 64])
draw_key, play_key = jax.random.split(jax.random.key(12))
weights = jax.vmap(sample_weights, in_axes=(0, None))(jax.random.split(draw_key, 4 * 4000), jnp.zeros(4 + 64))
used = jnp.arange(4 + 64) < 4 + useless_numbers[:, None]  # [4, 68]; weight 0 takes a number out of the game
weights = (weights.reshape(4, 4000, 68) * used[:, None]).reshape(-1, 68)
averages = many_returns(play_key, weights, num_episodes=5).mean(axis=1).reshape(4, 4000)
share = (averages > 195).mean(axis=1)

_, ax = plt.subplots(figsize=(7, 3.8))
ax.plot(range(4), 100 * share, "o-", color="C0", lw=2)
ax.set_xticks(range(4), [f"4 + {useless}" for useless in useless_numbers])
ax.set(
    xlabel="weights to find: useful + useless",
    ylabel="draws above 195 (%)",
    yscale="log",
    xlim=(-0.3, 3.3),
    ylim=(0.4, 16),
)
ax.set_yticks([0.5, 1, 2, 5, 10], ["0.5", "1", "2", "5", "10"])
for x, value in enumerate(share):
    ax.annotate(f"1 in {1 / value:.0f}", (x, 100 * value), (0, 10), textcoords="offset points", ha="center")

# %% [markdown]
# The share of good draws shrinks with every number that has to be right, and these numbers merely had to be kept out of
# the way. A network in which hundreds of weights have to work *together* is out of reach for blind draws.
#
# What would help? After each attempt the search throws away everything but one number. It never asks *which actions*
# led to the good episodes, or in *which direction* the weights should move. If the policy chooses at random, with
# probabilities that change smoothly with the weights, these questions have an answer: a slope that can be estimated
# from the very same episodes. That is the **policy gradient**, the subject of the next notebook. The loop, the memory's
# three methods, the keys and the form of the learning step all stay as you built them today.
#
# **Before you go:** change one thing, but first predict what will happen. For example: let the memory average over 1
# episode instead of 20 (twenty times as many attempts, but how good are the winners?), or start the loop with another
# key.
