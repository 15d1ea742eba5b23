# %% [markdown]
# # 9. Actor-critic and PPO
#
# REINFORCE waited for the end of an episode, weighted each action by everything that came after it, took one step, and
# threw the data away. Notebook 3 ended with two wishes: a baseline that depends on the *state*, and more than one step
# from a batch. Today you grant both. A second network, the **critic**, says what to expect from a state, so that the
# **actor** is praised only for what was *better than expected*. And a loss that knows when to stop lets it learn from
# the same batch several times. Together they are **PPO**, the algorithm behind much of robotics and behind the first
# language models trained on people's preferences. You will write the parts that everybody gets wrong at first:
#
# 1. the **TD error**: the surprise in one step,
# 2. the **advantage**: surprises added up, with a dial between hasty and noisy, and with the two ways to end an episode
#    kept apart,
# 3. the **clipped loss**, and what it clips,
# 4. the **entropy**, which keeps a policy curious,
# 5. **minibatches**,
# 6. a policy for **continuous** actions.
#
# Then CartPole is solved eight times out of eight, a pendulum swings up beside the planner of notebook 8, and you find
# out how hard it is to say which of PPO's famous details matter.
#
# About 105 minutes. You need notebooks 1, 3 and 4, and notebook 8 for the comparison near the end.

# %% tags=["setup"]
import collections
import functools
import random
import time
from collections.abc import Callable
from typing import NamedTuple

import gymnasium as gym
import haiku as hk
import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np
import optax
from tqdm.auto import tqdm

from rl_helpers import Agent, CartPole, Transition, checks, palette, plotting, progress, rollouts
from rl_helpers.compiled import run_compiled_loop
from rl_helpers.envs import Pendulum
from rl_helpers.replay import RolloutMemory

plt.style.use("rl_helpers.show.course")  # how the course's pictures look


def standardize(values):
    """Mean 0 and standard deviation 1, as you wrote it in notebook 3."""
    return (values - jnp.mean(values)) / (jnp.std(values) + 1e-8)


# %% [markdown]
# ## 1. A critic
#
# The **value** $V(s)$ of a state is the discounted return that the policy can expect from there. Suppose that we have
# an estimate of it, however rough. Then every single step tests it. Before the step we expected $V(s_t)$. After it we
# have a reward in hand and expect $\gamma V(s_{t+1})$ more. The difference is the **TD error** (temporal difference):
#
# $$\delta_t = r_t + \gamma\,(1 - \text{terminated}_t)\,V(s_{t+1}) - V(s_t).$$
#
# *In words: what we got, plus what we expect now, minus what we expected before. If it is positive, the surprise was
# pleasant.*
#
# It has two uses. The critic learns from it: move $V(s_t)$ a little towards the better-informed guess. And so does the
# actor: an action that was followed by a pleasant surprise was probably better than usual.
#
# Watch the flags. When the task has **terminated** (the pole fell), there is no future, and what the critic says about
# the last observation must not count. When the clock **truncated** the episode, the world would have gone on: the
# future is there; we only stopped watching. So truncation does not appear in the formula at all.

# %% [markdown]
# ### Exercise: `td_error`
#
# *About 4 minutes · difficulty 1 of 3 · importance 3 of 3*
#
# Compute $\delta_t$ as above for one step. All five arguments are scalars: `reward`, `value` ($V(s_t)$), `next_value`
# ($V(s_{t+1})$) and `gamma` are floats, and `terminated` is `True`/`False` or `1.0`/`0.0`. The result is a float
# scalar. It must work under `jax.jit` and `jax.vmap`, so there is no room for an `if`.
#
# **Example.** With reward 1, value 10, next value 12 and $\gamma = 0.5$: 1 + 0.5 · 12 - 10 = -3. If the task terminated
# with this step: 1 - 10 = -9.
#
# Helpful: in arithmetic, `True` counts as 1 and `False` as 0.
#
# <details><summary>Hint 1: a nudge</summary>
#
# The formula never asks *whether*; it multiplies: by what if the task has ended, and by what if it has not?
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# One line of arithmetic. `1.0 - terminated` is 0 at the end of the task and 1 otherwise, for both kinds of flag;
# `~terminated` and `not terminated` each fail for one of them.
# </details>


# %% exercise="td_error"
def td_error(reward, terminated, value, next_value, gamma):
    """How much better a step went than expected.

    See Sutton & Barto (2018), eq. 6.5.

    Args:
      reward: the reward of the step, [].
      terminated: whether the task ended with it, bool or 0.0/1.0, [].
      value: what was expected from the observation before the step, [].
      next_value: what is expected from the observation after it, [].
      gamma: the discount in [0, 1], [].
    Returns:
      The TD error, float [].
    """
    ### BEGIN SOLUTION
    return reward + gamma * (1.0 - terminated) * next_value - value
    ### END SOLUTION


# %% check="td_error" points=1
@checks.exercise("td_error")
def _check():
    turned = "the sign is reversed: what came, minus what was expected"
    if checks.near(td_error(0.0, False, 1.0, 0.0, 0.5), 0.5):
        turned = "that is the reward, plus gamma times the value, minus next_value: the two values are swapped"
    checks.equal(
        td_error(2.0, False, 3.0, 5.0, 0.5),
        1.5,
        "td_error(2.0, False, 3.0, 5.0, 0.5)",
        wrong=[
            (4.5, "that is the target; subtract what was expected before, the value"),
            (4.0, "`gamma` was never used"),
            (-1.5, turned),
            (-1.0, "the future is missing although the task went on; is the flag the wrong way round?"),
            (7.5, "the value was added; subtract it"),
            (3.0, "`gamma` multiplied the value too; it belongs to next_value alone"),
            (0.5, "`gamma` multiplied the reward too; it belongs to next_value alone"),
            (0.25, "`gamma` multiplied the reward too, and once too often; it belongs to next_value alone"),
            (2.0, "`gamma` multiplied everything; it belongs to next_value alone"),
            (2.25, "that is the squared error; the error itself is wanted, with its sign"),
            (-0.5, "that is the reward, plus gamma times the value, minus next_value: the two values are swapped"),
            (-3.5, "`~` of the Python bool False is -1; use 1.0 - terminated"),
        ],
    )  # fmt: skip
    checks.equal(
        td_error(2.0, True, 3.0, 5.0, 0.5),
        -1.0,
        "td_error(2.0, True, 3.0, 5.0, 0.5), with which the task terminated",
        wrong=[
            (1.5, "`terminated` was not used; after the end of the task there is no future value"),
            (2.0, "after the end only the future is gone: the value that was expected before still counts"),
            (0.0, "after the end only the future is gone: the reward and the value that was expected before count"),
            (-3.0, "the reward is missing; the step that ends the task pays too"),
            (-6.0, "`~` of the Python bool True is -2; use 1.0 - terminated"),
        ],
    )  # fmt: skip
    flags = jnp.array([0.0, 1.0])
    checks.equal(
        jax.jit(jax.vmap(td_error, (0, 0, 0, 0, None)))(flags + 1.0, flags, 2.0 * flags, flags + 3.0, 0.5),
        [2.5, 0.0],
        "With jax.jit and jax.vmap, flags 0.0 and 1.0: rewards 1 2, values 0 2, next values 3 4, gamma 0.5",
        wrong=[([2.5, 2.0], "the flag 1.0 means terminated, as True does")],
    )


# %% test="td_error" points=2
### BEGIN HIDDEN TESTS
@checks.hidden("td_error")
def _test():
    rng = np.random.default_rng(91)
    mapped, jitted = jax.vmap(td_error), jax.jit(jax.vmap(td_error))
    for size in (1, 64):
        reward, value, next_value = rng.normal(0, [[1], [5], [5]], (3, size)).astype(np.float32)
        gamma = rng.choice([0.0, 0.5, 0.9, 0.99, 1.0], size).astype(np.float32)
        terminated = rng.random(size) < 0.5
        want = reward + np.where(terminated, 0.0, gamma * next_value.astype(float)) - value
        for flags in (terminated, terminated.astype(np.float32)):
            for function, how in [(mapped, "jax.vmap"), (jitted, "jax.jit and jax.vmap")]:
                got = function(reward, flags, value, next_value, gamma)
                got = checks.array(got, f"td_error with {how}", shape=(size,), dtype="float")
                checks.equal(got, want, f"td_error with {how} and {flags.dtype} flags", atol=3e-5)
    jitted = jax.jit(td_error)
    rows = list(zip(reward, terminated, value, next_value, gamma, want, strict=True))
    for r, end, v, nv, g, w in rows[:12]:
        for flag in (bool(end), np.bool_(end), jnp.bool_(end), float(end), jnp.float32(end)):
            for function in (td_error, jitted):
                got = checks.number(function(float(r), flag, float(v), float(nv), float(g)), "td_error of one step")
                checks.equal(got, w, f"td_error with a flag that is a {type(flag).__name__}", atol=3e-5)
    checks.equal(jitted(1e4, True, 0.0, 1e6, 1.0), 1e4, "td_error at the end of a task, whatever the next value is")


### END HIDDEN TESTS

# %% [markdown]
# Watch a critic learn from nothing but your function. There are ten squares in a row; every step goes one square to the
# right, and the last step pays 1 and terminates. The values start at 0, and after every step $V(s_t)$ moves by half the
# surprise. Before you run it: after how many episodes does the reward reach the first square?


# %% tags=["demo"]
progress.warn_unless_done("td_error")
values = np.zeros((16, 11))  # after each episode, of each square; square 10 lies beyond the end
for episode in range(1, 16):
    values[episode] = values[episode - 1]
    for square in range(10):
        last = square == 9
        surprise = td_error(float(last), last, values[episode, square], values[episode, square + 1], 0.9)
        values[episode, square] += 0.5 * float(surprise)
plotting.plot_value_spread(values[:, :10])
plt.show()

# %% [markdown]
# News of the reward travels back by one square in each episode, because a step only ever asks its neighbour. That is
# the price of looking one step ahead: no noise at all, but for many episodes the answer is simply wrong. REINFORCE pays
# the other price. It looks all the way to the end, so it is right on average from the first episode, but noisy. The
# next exercise builds the dial between them.

# %% [markdown]
# ## 2. Advantages
#
# The **advantage** $A(s, a) = Q(s, a) - V(s)$ says how much better than usual an action is. One TD error estimates it
# from one step. Two look further: $\delta_t + \gamma\,\delta_{t+1}$. And all of them, up to the end of the task, add up
# to the rewards-to-go minus the baseline $V(s_t)$. **Generalised advantage estimation** (GAE,
# [Schulman et al., 2016](https://arxiv.org/abs/1506.02438)) mixes all these lengths and lets the far ones fade by a
# factor $\lambda$:
#
# $$A_t = \delta_t + \gamma\lambda\,(1 - \text{over}_t)\,A_{t+1}, \qquad A_T = 0.$$
#
# *In words: this step's surprise, plus the later surprises of the same episode, each fainter than the one before.*
# $\lambda = 0$ is the TD error alone, $\lambda = 1$ is everything up to the end. And `over` means terminated **or**
# truncated: the next row belongs to another episode, and its surprises do not belong to this sum.
#
# <details><summary>Why all of them add up to the rewards-to-go minus the baseline</summary>
#
# Let the task terminate with step $n$, and add up its discounted TD errors from step $t$ on:
#
# $$\sum_{k=t}^{n} \gamma^{k-t}\, \delta_k = \sum_{k=t}^{n} \gamma^{k-t}\, r_k
# + \sum_{k=t}^{n-1} \gamma^{k-t+1}\, V(s_{k+1}) - \sum_{k=t}^{n} \gamma^{k-t}\, V(s_k).$$
#
# (The last step has no $V(s_{n+1})$, because there is no future.) The two sums of values hold the same terms: what step
# $k$ adds for $s_{k+1}$, the next step takes away again. Only $V(s_t)$ is taken away without having been added. What
# remains are the rewards-to-go minus $V(s_t)$. If the clock stops the episode instead, one more value remains at the
# end: the critic's guess at the rewards that we did not see.
# </details>
#
# So the two flags do two different things. **Terminated** silences the critic: no future. **Terminated or truncated**
# cuts the sum: another episode. Mixing these up is the most common bug in home-made PPO, and it does not crash. It just
# learns worse.
#
# Why `next_value` as well as `value`? Inside an episode, `next_value[t]` *is* `value[t + 1]`. At an episode's end it is
# not: row t + 1 is the first observation of the *next* episode, while `next_value[t]` is about the observation that
# actually followed.

# %% [markdown]
# ### Exercise: `gae`
#
# *About 15 minutes · difficulty 3 of 3 · importance 3 of 3*
#
# The arrays hold one environment's last T steps, oldest first, with whole episodes and parts of episodes among them:
# `reward`, `value`, `next_value`, `terminated`, `truncated`, all `[T]`. The flags are bool or 0.0/1.0, and both may be
# true. `gamma` and `lam` are scalars. Return the advantages, a float array `[T]`. It must work under `jax.jit` with
# every argument traced, and `jax.vmap` will map it over environments. Change no input.
#
# **Example.** The rewards are 3, 3, 3, all values and next values are 2, $\gamma = 0.5$, $\lambda = 0.5$, and nothing
# ends. Each TD error is 3 + 0.5 · 2 - 2 = 2, so the advantages are 2.625, 2.5, 2: from the back, 2, then 2 + 0.25 · 2,
# then 2 + 0.25 · 2.5. If the clock stops an episode at the second step: 2.5, **2**, 2. If the task terminates there,
# its TD error is 1: 2.25, **1**, 2.
#
# Helpful: your `td_error`, which takes whole arrays too, and
# [`jax.lax.scan`](https://docs.jax.dev/en/latest/_autosummary/jax.lax.scan.html) with `reverse=True`. A Python loop
# over T is right too, and passes every check. But JAX writes out each of its rounds, so the training further down would
# take minutes to compile; a scan is compiled once, whatever T is.
#
# <details><summary>Hint 1: a nudge</summary>
#
# It is `rewards_to_go` from notebook 3, with TD errors in place of rewards and a walk that forgets what it carries
# whenever it crosses from one episode into another.
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Compute all TD errors first, then walk backwards with one number in hand: the advantage of the step after. As a loop:
# collect the advantages in a Python list, reverse it at the end, and make an array of it with `jnp.stack` (filling in a
# NumPy array does not work under `jax.jit`). As a scan: the carry is that one number, and the inputs are the TD errors
# and whether to go on. `jax.lax.scan(step, start, inputs, reverse=True)` calls `step(carry, x)` for each row `x` of the
# inputs; `step` returns `(new_carry, output)`, and the scan returns `(last_carry, outputs)`.
# </details>


# %% exercise="gae"
def gae(reward, value, next_value, terminated, truncated, gamma, lam):
    """Generalised advantage estimates of T steps in a row.

    Args:
      reward: the rewards, [T].
      value: what the critic says about the observation before each step, [T].
      next_value: what it says about the observation after each step, [T].
      terminated: whether the task ended with the step, bool or 0.0/1.0, [T].
      truncated: whether the clock stopped the episode there, bool or 0.0/1.0, [T].
      gamma: the discount in [0, 1], [].
      lam: how much the later surprises count, in [0, 1], [].
    Returns:
      The advantages, float [T].
    """
    ### BEGIN SOLUTION
    delta = td_error(reward, terminated, value, next_value, gamma)
    go_on = (1.0 - terminated) * (1.0 - truncated)

    def backwards(later, step):
        delta_t, go_on_t = step
        advantage = delta_t + gamma * lam * go_on_t * later
        return advantage, advantage

    _, advantages = jax.lax.scan(backwards, jnp.zeros(()), (delta, go_on), reverse=True)
    return advantages
    ### END SOLUTION


# %% check="gae" points=2
@checks.exercise("gae", given={"td_error": checks.stand_ins.td_error})
def _check():
    reward, value, next_value = np.array([[1, 2, 3, 4, 5], [2, 4, 6, 1, 3], [4, 8, 1, 7, 10]], np.float32)
    truncated, terminated = np.array([[0, 1, 0, 0, 0], [0, 0, 0, 1, 0]], np.float32)
    before = [x.copy() for x in (reward, value, next_value, terminated, truncated)]
    got = gae(reward, value, next_value, terminated, truncated, 0.8, 0.75)
    if isinstance(got, tuple) and len(got) == 2 and np.ndim(got[0]) == 0:
        checks.fail(
            "gae returned two things, as a scan does: what it carried last, and the outputs. Return the outputs."
        )
    if isinstance(got, (list, tuple)):
        checks.fail(f"gae should return an array, but it returned a {type(got).__name__}: jnp.stack turns it into one.")
    checks.unchanged(before, [reward, value, next_value, terminated, truncated], "An input of gae")
    case = "gae of the rewards 1 2 3 4 5, truncated at step 1, terminated at step 3, with γ = 0.8 and λ = 0.75,"
    checks.equal(
        got, [4.84, 4.4, -0.4, 3.0, 10.0], case,
        wrong=[
            ([1.0, -2.0, -0.4, 3.0, 10.0], "the truncated step lost its future. The clock stopped it, but the "
             "task went on, so its TD error keeps next_value"),
            ([4.696, 4.16, -0.4, 3.0, 10.0], "after the truncated step the sum went on into the next episode. Cut it "
             "where an episode is over, terminated or truncated"),
            ([4.84, 4.4, 3.2, 9.0, 10.0], "after the terminated step the sum went on into the next episode. Cut it "
             "where an episode is over, terminated or truncated"),
            ([5.992, 6.32, 3.2, 9.0, 10.0], "the sum is never cut: advantages leak from one episode into the one "
             "before it"),
            ([3.88, 2.8, -0.4, 3.0, 10.0], "at the truncated step you took value[t + 1], which belongs to the next "
             "episode; next_value[t] is about the observation that actually followed"),
            ([3.88, 2.8, -0.4, 3.0, 2.0], "you took value[t + 1] in place of next_value[t]: at an episode's end that "
             "is another episode's, and after the last row there is nothing"),
            ([1.0, -2.0, -0.4, 3.0, 2.0], "you took value[t + 1] in place of next_value[t]: at an episode's end that "
             "is another episode's, and after the last row there is nothing"),
            ([3.88, 2.8, -0.4, 3.0, 4.4], "you took value[t + 1] in place of next_value[t]; after the last row there "
             "is no such value"),
            ([4.84, 4.4, -0.4, 3.0, 2.0], "the last row lost its future. The rollout ends there, but the "
             "episode does not: its TD error keeps next_value"),
            ([5.72, 4.4, 0.2, 3.0, 10.0], "`lam` was never used"),
            ([5.5, 4.4, 0.05, 3.0, 10.0], "`gamma` is missing where the later advantages are added"),
            ([6.6, 4.4, 0.8, 3.0, 10.0], "the later advantages are added in full; they fade by gamma · lam"),
            ([3.08, 4.4, -1.6, 3.0, 10.0], "the later advantages fade by gamma · (1 - lam); make it gamma · lam"),
            ([2.2, 4.4, -2.2, 3.0, 10.0], "those are the TD errors; the later ones of the same episode are missing"),
            ([6.84, 8.4, 5.6, 4.0, 13.0], "those are the critic's targets, advantage + value; return the advantages"),
            ([2.2, 5.72, -2.2, 1.68, 10.0], "you walked forwards: each step got the surprises before it; walk from "
             "the back"),
            ([2.2, 4.4, 0.44, 3.0, 11.8], "you walked forwards: each step got the surprises before it; walk from "
             "the back"),
            ([10.0, 3.0, -0.4, 4.4, 4.84], "the order is reversed: entry 0 belongs to the oldest step"),
            ([2.2, 3.08, -2.2, 9.0, 10.0], "the sum is cut one row too early: over[t] says that the episode ends "
             "after step t, so it is A[t + 1] that does not count"),
            ([4.048, 3.08, -2.2, 9.0, 10.0], "the sum is cut one row too late: over[t] belongs to step t"),
            ([4.84, 4.4, 2.96, 8.6, 10.0], "the terminated step still counts on the future: its TD error has no "
             "next_value"),
            ([4.84, 4.4, 6.56, 14.6, 10.0], "`terminated` was never used"),
            ([7.2016, 8.336, 6.56, 14.6, 10.0], "neither flag was used"),
            ([1.0, -2.0, 2.96, 8.6, 10.0], "the flags are swapped: terminated means no future, truncated does not"),
            ([2.2, 0.0, -2.2, 0.0, 10.0], "where an episode ends, the whole advantage became 0; only the later steps' "
             "part goes"),
            ([2.2, 2.0, 5.4, 4.0, 5.0], "those are sums of rewards; add up TD errors"),
            ([2.6, 2.0, 6.2, 4.0, 5.0], "those are rewards-to-go; add up TD errors"),
            ([0.6, -2.0, 0.2, 3.0, 2.0], "those are rewards-to-go minus values, with λ = 1 and no next_value"),
            ([0.14035, 0.00952, -1.41779, -0.40678, 1.6747], "you standardised them; ppo_learn does that later"),
            ([8.52776, 5.92, 0.8115, 3.0, 11.9], "`gamma` is 0.99 and `lam` 0.95 in your code, whatever comes in"),
            (-0.4, "that is one number; there is an advantage for every step"),
            (4.84, "that is the advantage of the first step; there is one for every step"),
        ],
    )  # fmt: skip
    for dtype in (bool, np.float32):
        both = np.array([0, 1, 0], dtype)
        got = jax.jit(gae)(np.full(3, 3.0), np.full(3, 2.0), np.full(3, 2.0), both, both, 0.5, 0.5)
        checks.equal(
            got, [2.25, 1.0, 2.0],
            f"With jax.jit, the example, the second step terminated and truncated, {np.dtype(dtype)} flags",
            wrong=[
                ([2.5, 2.0, 2.0], "when both flags are true, the task has terminated: no future"),
                ([2.375, 1.5, 2.0], "when both flags are true, the episode is over all the same: nothing later counts"),
                ([2.125, 0.5, 2.0], "the two flags added up to 2; an episode is either over or not"),
            ],
        )  # fmt: skip
    ones, zeros = np.ones(5, np.float32), np.zeros(5, np.float32)  # in the second column each step is an episode
    seconds = (reward[::-1], value[::-1], next_value[::-1], zeros, ones)
    columns = [np.stack(pair, axis=1) for pair in zip(before, seconds, strict=True)]
    want = [[1.0, 7.0], [2.0, 6.5], [-2.5, -2.5], [3.0, 2.0], [7.0, 1.0]]
    got = jax.vmap(gae, (1, 1, 1, 1, 1, None, None), 1)(*columns, 0.5, 0.0)
    got = checks.array(got, "gae under jax.vmap over a second axis", shape=(5, 2))
    checks.equal(got, want, "gae under jax.vmap, with λ = 0", hint="With λ = 0 only the TD errors remain.")


# %% test="gae" points=4
### BEGIN HIDDEN TESTS
@checks.hidden("gae", given={"td_error": checks.stand_ins.td_error}, seconds=60.0)
def _test():
    rng = np.random.default_rng(92)

    def make(length, share):
        """Random steps as a critic would see them: inside an episode next_value is the value of the next row."""
        reward, value, last = rng.normal(0.5, 2.0, (3, length)).round(2)
        terminated, truncated = rng.random((2, length)) < share
        over = terminated | truncated
        next_value = np.where(over, last, np.append(value[1:], last[-1]))
        return reward, value, next_value, terminated, truncated

    def reference(reward, value, next_value, terminated, truncated, gamma, lam):
        out, later = np.zeros(len(reward)), 0.0
        for t in reversed(range(len(reward))):
            delta = reward[t] + gamma * (0.0 if terminated[t] else next_value[t]) - value[t]
            later = delta + (0.0 if terminated[t] or truncated[t] else gamma * lam * later)
            out[t] = later
        return out

    def compare(function, length, share, gamma, lam, dtype, what):
        *numbers, terminated, truncated = make(length, share)
        want = reference(*numbers, terminated, truncated, gamma, lam)
        inputs = [x.astype(np.float32) for x in numbers] + [terminated.astype(dtype), truncated.astype(dtype)]
        before = [x.copy() for x in inputs]
        got = checks.array(function(*inputs, gamma, lam), what, shape=(length,), dtype="float")
        scale = max(1.0, np.abs(want).max())
        what = f"{what} of {length} steps with γ = {gamma} and λ = {lam}"
        checks.equal(got / scale, want / scale, what, rtol=3e-5, atol=3e-5)
        checks.unchanged(before, inputs, "An input of gae")

    jitted = jax.jit(gae)
    dials = [(0.9, 0.6), (0.99, 0.95), (1.0, 1.0), (0.5, 0.0), (0.0, 1.0), (0.95, 1.0), (1.0, 0.3)]
    for dtype in (bool, np.float32):
        for gamma, lam in dials:
            for length, share in [(1, 0.0), (1, 1.0), (12, 0.0), (12, 0.1), (12, 0.3), (12, 0.5), (12, 1.0)]:
                compare(jitted, length, share, gamma, lam, dtype, "gae under jax.jit")
        compare(gae, 130, 0.05, 0.97, 0.9, dtype, "gae")  # not compiled: that takes a minute for a Python loop
    several = [make(6, 0.3) for _ in range(4)]
    want = np.stack([reference(*steps, 0.9, 0.7) for steps in several], axis=1)
    columns = [jnp.asarray(np.stack(x, axis=1).astype(np.float32)) for x in zip(*several, strict=True)]
    got = jax.jit(jax.vmap(gae, (1, 1, 1, 1, 1, None, None), 1))(*columns, 0.9, 0.7)
    got = checks.array(got, "gae under jax.vmap", shape=(6, 4), dtype="float")
    checks.equal(got, want, "gae under jax.vmap over a second axis", rtol=3e-5, atol=3e-4)


### END HIDDEN TESTS


# %% [markdown]
# How should we set $\lambda$? Let us compare what it does with the truth. We take one CartPole state, one action, a
# clumsy policy (it falls after a few dozen steps), and a critic that is too simple, a linear fit to ten episodes. From
# that state we play on 1,000 times. Each continuation gives one advantage from your `gae`; the average of all 1,000
# true returns, minus what the critic said, is what it should have been.

# %%
SWEEP_GAMMA, SWEEP_STEPS = 0.95, 200  # after 200 steps a reward counts 0.95²⁰⁰ = 0.00004


def push_clumsily(key, obs):
    """Pushes the way the pole leans and swings, but not always."""
    return jax.random.bernoulli(key, jax.nn.sigmoid(4.0 * obs[2] + obs[3])).astype(int)


def play_on(key, state, obs, first_action=None):
    """200 steps of CartPole from a state: `(obs, next_obs, terminated)`; what follows an end means nothing."""

    def step(carry, inputs):
        (state, obs), (time, key) = carry, inputs
        action = push_clumsily(key, obs)
        if first_action is not None:
            action = jnp.where(time == 0, first_action, action)
        state, timestep = CartPole().step(None, state, action)
        return (state, timestep.obs), (obs, timestep.obs, timestep.terminated)

    times_and_keys = (jnp.arange(SWEEP_STEPS), jax.random.split(key, SWEEP_STEPS))
    return jax.lax.scan(step, (state, obs), times_and_keys)[1]


def returns_to_go(terminated):
    """Every step pays 1 until the pole falls: the discounted rewards-to-go, [200]."""
    backwards = lambda later, over: (1.0 + SWEEP_GAMMA * jnp.where(over, 0.0, later),) * 2
    return jax.lax.scan(backwards, 0.0, terminated, reverse=True)[1]


def features(obs):
    """The critic is a linear function of these, [..., 5]."""
    return jnp.concatenate([jnp.ones_like(obs[..., :1]), obs], axis=-1)


@jax.jit
def fit_critic(key):
    """Least squares on ten episodes: the critic's weights, [5]."""
    reset_key, key = jax.random.split(key)
    starts = jax.vmap(CartPole().reset)(jax.random.split(reset_key, 10))
    obs, _, terminated = jax.vmap(play_on)(jax.random.split(key, 10), *starts)
    alive = jnp.cumsum(terminated, axis=1) - terminated == 0  # up to the end, the last step included
    weigh = lambda x: (x * alive[..., None]).reshape(-1, x.shape[-1])
    return jnp.linalg.lstsq(weigh(features(obs)), weigh(jax.vmap(returns_to_go)(terminated)[..., None]))[0][:, 0]


# %% tags=["demo"]
progress.warn_unless_done("td_error", "gae")
critic = fit_critic(jax.random.key(3))
leaning = jnp.array([0.0, 0.0, 0.08, 0.2])  # the pole leans right and swings right, and the action is to push right
state = CartPole().reset(jax.random.key(0))[0]._replace(x=0.0, x_dot=0.0, theta=leaning[2], theta_dot=leaning[3])
keys = jax.random.split(jax.random.key(4), 1_000)
obs, next_obs, terminated = jax.jit(jax.vmap(play_on, (0, None, None, None)))(keys, state, leaning, 1)

true_advantage = jax.vmap(returns_to_go)(terminated)[:, 0].mean() - features(leaning) @ critic
value, next_value = features(obs) @ critic, features(next_obs) @ critic
ones, zeros = jnp.ones(SWEEP_STEPS), jnp.zeros(SWEEP_STEPS)  # every step pays 1, the clock stops nothing


def first_advantage(value, next_value, terminated, lam):
    return gae(ones, value, next_value, terminated, zeros, SWEEP_GAMMA, lam)[0]


many = jax.jit(jax.vmap(first_advantage, (0, 0, 0, None)))
lambdas = np.linspace(0.0, 1.0, 11)
estimates = np.stack([many(value, next_value, terminated, lam) for lam in lambdas])  # [11, 1000]
plotting.plot_bias_and_spread(lambdas, estimates, float(true_advantage))
plt.show()

# %% [markdown]
# On the left, $\lambda = 0$: all thousand estimates agree, and they agree on something wrong: the critic's opinion. On
# the right, $\lambda = 1$: they are right on average, but a single one may be anything, and in training a single one is
# all you get. The typical error of one estimate is smallest in between, and far smaller than at either end. With a
# better critic there is less to repair, and a smaller $\lambda$ will do. That is why the dial is worth having; 0.95 is
# a common setting.

# %% [markdown]
# ## 3. Trust, but clip
#
# REINFORCE takes one step and throws its batch away, because after the step the batch is from a different policy. The
# **probability ratio** says how far we have moved since the batch was collected:
#
# $$\rho = \frac{\pi_\text{new}(a \mid s)}{\pi_\text{old}(a \mid s)}
# = \exp\big(\log \pi_\text{new}(a \mid s) - \log \pi_\text{old}(a \mid s)\big).$$
#
# With $\rho \cdot A$ in place of $\log \pi \cdot A$, old data may be used, as long as $\rho$ stays near 1. PPO
# ([Schulman et al., 2017](https://arxiv.org/abs/1707.06347)) ensures this simply. A good action earns nothing more for
# going above $1 + \epsilon$, and a bad one earns nothing more for going below $1 - \epsilon$, so there is no reason to
# push either further:
#
# $$\ell = -\min\big(\rho A,\; \operatorname{clip}(\rho,\, 1 - \epsilon,\, 1 + \epsilon)\, A\big).$$
#
# *In words: the smaller of two gains, the one we have and the one we would have if the policy had moved only a little.*
# The minimum is pessimistic. It ignores a gain beyond the limit, but never a loss: if the policy has moved the wrong
# way, the gradient is there to bring it back.

# %% [markdown]
# ### Exercise: `ppo_loss`
#
# *About 8 minutes · difficulty 2 of 3 · importance 3 of 3 · two-hour path*
#
# Return the loss $\ell$ of one transition. All arguments are scalars: `log_prob` and `old_log_prob` are the logarithms
# of the action's probability now and when it was collected, `advantage` is $A$, and `clip` is $\epsilon$, in (0, 1).
# The result is a float scalar. It must work under `jax.jit`, `jax.vmap` and `jax.grad`. Log-probabilities can be -300,
# or, for densities, +300, while their difference stays between -20 and 20; `exp` of either alone would be 0 or
# infinite.
#
# **Example.** $\rho = 1.5$ and $A = 2$ with $\epsilon = 0.2$: min(3, 1.2 · 2) = 2.4, so the loss is -2.4. With
# $A = -2$: min(-3, -2.4) = -3, so it is 3.
#
# Helpful: [`jnp.clip`](https://docs.jax.dev/en/latest/_autosummary/jax.numpy.clip.html),
# [`jnp.minimum`](https://docs.jax.dev/en/latest/_autosummary/jax.numpy.minimum.html)
#
# <details><summary>Hint 1: a nudge</summary>
#
# Work out both parts of the example by hand, then $\rho = 0.5$ with $A = 2$ and $A = -2$. In which two of the four
# cases does the clip win?
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Take the ratio first, from the difference of the logarithms. Then the two products, the smaller one, and the minus.
# Clip the ratio, not the product.
# </details>


# %% exercise="ppo_loss"
def ppo_loss(log_prob, old_log_prob, advantage, clip=0.2):
    """The clipped loss of one transition.

    See Schulman et al. (2017), eq. 7.

    Args:
      log_prob: the log-probability of the action under the current policy, [].
      old_log_prob: its log-probability under the policy that took it, [].
      advantage: how much better than expected it was, [].
      clip: how far the ratio may move from 1 before a gain stops counting, in (0, 1), [].
    Returns:
      The loss, float [].
    """
    ### BEGIN SOLUTION
    ratio = jnp.exp(log_prob - old_log_prob)
    return -jnp.minimum(ratio * advantage, jnp.clip(ratio, 1.0 - clip, 1.0 + clip) * advantage)
    ### END SOLUTION


# %% check="ppo_loss" points=1
@checks.exercise("ppo_loss")
def _check():
    old = float(np.log(0.4))
    up, down = old + float(np.log(1.5)), old + float(np.log(0.5))
    unclipped = "nothing was clipped: beyond a ratio of 1.2 a gain no longer counts"
    if checks.near(ppo_loss(up, old, -2.0), 2.4):
        unclipped = "that is the larger of the two products, or the smaller of two losses; take the smaller product"
    always = "you clipped in every case. Take the smaller of the two: a loss beyond the limit counts in full"
    if checks.near(ppo_loss(down, old, -2.0), 1.0):
        always = "the smaller ratio is not the smaller product where the advantage is negative; multiply first"
    checks.equal(
        ppo_loss(up, old, 2.0), -2.4, "ppo_loss with a ratio of 1.5 and an advantage of 2",
        wrong=[
            (-3.0, unclipped),
            (2.4, "the minus is missing; a loss is minimised, and we want more of a good thing"),
            (3.0, "the minus is missing, and nothing was clipped"),
            (-1.2, "the product was clipped, or the advantage left out; clip the ratio, then multiply"),
            (-4.0 / 3.0, "the ratio is upside down: new over old"),
            (-1.6, "the ratio is upside down: new over old"),
            (-2.0 * up / old, "that is a ratio of logarithms; the logarithm of the ratio is their difference"),
            (-0.8109302, "`exp` is missing: the difference of the logarithms is the logarithm of the ratio"),
            (-2.0 * up, "the old policy was not used; that is the loss of REINFORCE"),
        ],
    )  # fmt: skip
    checks.equal(
        ppo_loss(up, old, -2.0), 3.0, "ppo_loss with a ratio of 1.5 and an advantage of -2",
        wrong=[
            (2.4, always),
            (-3.0, "the sign is wrong for a negative advantage"),
        ],
    )  # fmt: skip
    got = np.array([checks.number(ppo_loss(down, old, advantage), "ppo_loss") for advantage in (2.0, -2.0)])
    checks.equal(
        got, [-1.0, 1.6],
        "ppo_loss with a ratio of 0.5 and the advantages 2 and -2",
        wrong=[
            ([-1.6, 1.6], "you clipped in every case; take the smaller of the two products"),
            ([-1.6, 1.0], "that is the larger of the two; take the smaller one, then the minus"),
            ([-1.0, 1.0], "below 1 - clip a gain does not count either, and with a negative advantage less is a gain"),
        ],
    )  # fmt: skip
    got = ppo_loss(up, old, 2.0, clip=0.1)
    checks.equal(
        got,
        -2.2,
        "ppo_loss with a ratio of 1.5, an advantage of 2 and clip=0.1",
        wrong=[(-2.4, "`clip` is an argument; do not write 0.2")],
    )
    checks.equal(
        ppo_loss(old + 6.0, old, -1.0), float(np.exp(6.0)), "ppo_loss with a ratio of exp(6) and an advantage of -1",
        wrong=[(float(np.exp(5.0)), "the logarithm of the ratio was limited to 5; a loss counts in full")],
        rtol=1e-4,
    )  # fmt: skip
    checks.equal(
        ppo_loss(-300.0, -300.0 + float(np.log(2.0)), 4.0), -2.0, "ppo_loss(-300.0, -299.307, 4.0)",
        wrong=[(np.nan, "`exp` of -300 is 0, and 0 / 0 is nan: take the difference of the logarithms first")],
    )  # fmt: skip
    gradient = jax.jit(jax.grad(ppo_loss))
    slopes = [float(gradient(new, old, advantage)) for new, advantage in [(up, 2.0), (up, -2.0), (down, 2.0)]]
    checks.equal(
        np.array(slopes), [0.0, 3.0, -1.0], "Its gradient, for (ratio, advantage) of (1.5, 2), (1.5, -2) and (0.5, 2),",
        wrong=[([0.0, 0.0, 0.0], "no gradient gets through; is there a `stop_gradient` or a NumPy function?")],
    )  # fmt: skip


# %% test="ppo_loss" points=2
### BEGIN HIDDEN TESTS
@checks.hidden("ppo_loss")
def _test():
    rng = np.random.default_rng(93)
    functions = [(jax.vmap(ppo_loss), "under jax.vmap"), (jax.jit(jax.vmap(ppo_loss)), "under jax.jit and jax.vmap")]
    gradient = jax.jit(jax.vmap(jax.grad(ppo_loss)))
    for clip in (0.2, 0.05, 0.5, 0.9):
        for spread, level in [(0.3, 1.0), (1.0, 5.0), (6.0, 5.0), (0.3, 300.0), (0.5, -300.0)]:
            log_ratio = np.clip(rng.normal(0, spread, 200), -20, 20)
            kinks = np.log([1 - clip, 1 + clip])
            log_ratio += 0.02 * (np.abs(log_ratio[:, None] - kinks) < 0.01).any(axis=1)
            old = (-level * rng.uniform(0.2, 1.0, 200)).astype(np.float32)
            new = (old + log_ratio).astype(np.float32)
            advantage = rng.choice([-1.0, 1.0], 200) * rng.uniform(0.1, 5.0, 200)
            ratio = np.exp(new.astype(float) - old)
            parts = ratio * advantage, np.clip(ratio, 1 - clip, 1 + clip) * advantage
            want, slope = -np.minimum(*parts), np.where(parts[0] <= parts[1], -parts[0], 0.0)
            arguments = new, old, advantage.astype(np.float32), np.full(200, clip, np.float32)
            scale = np.maximum(1.0, np.abs(parts[0]))
            near = (np.abs(ratio[:, None] - [1 - clip, 1 + clip]) < 2e-3).any(axis=1)  # float32 rounds there
            for function, how in functions:
                got = checks.array(function(*arguments), f"ppo_loss {how}", shape=(200,), dtype="float")
                checks.equal((got / scale)[~near], (want / scale)[~near], f"ppo_loss {how}", rtol=1e-4, atol=1e-4)
            got = checks.array(gradient(*arguments), "The gradient of ppo_loss", shape=(200,))
            checks.equal((got / scale)[~near], (slope / scale)[~near], "The gradient of ppo_loss", rtol=1e-4, atol=1e-4)
    for new, old, advantage, want in [(-0.5, -0.5, 3.0, -3.0), (-1.0, -1.0, -2.5, 2.5), (-0.1, -1.5, 1.0, -1.2)]:
        for arguments in ((new, old, advantage), tuple(map(jnp.float32, (new, old, advantage)))):
            got = checks.number(ppo_loss(*arguments), "ppo_loss of three scalars")
            checks.equal(got, want, "ppo_loss of three scalars, with the default clip")


### END HIDDEN TESTS

# %% [markdown]
# Where does the clip stop the gradient? Here is your loss against the ratio, for an action that turned out well and for
# one that turned out badly. The line is solid where it still pulls, dotted where JAX says that its slope is 0.

# %% tags=["demo"]
progress.warn_unless_done("ppo_loss")
ratios = jnp.linspace(0.3, 1.8, 301)
figure, axes = plt.subplots(1, 2, figsize=(10, 3.6), layout="constrained")
for ax, advantage in zip(axes, (1.0, -1.0), strict=True):
    loss_and_slope = jax.vmap(jax.value_and_grad(ppo_loss), (0, None, None))
    plotting.plot_clipped_loss(ratios, *loss_and_slope(jnp.log(ratios), 0.0, advantage), ax=ax)
    ax.set_title(f"advantage {advantage:+.0f}: make it {'more' if advantage > 0 else 'less'} likely")
plt.show()

# %% [markdown]
# Left: a good action is pushed up until it is 1.2 times as likely, then left alone. If it has become *less* likely, it
# is pulled back all the way. Right: the mirror image. The flat parts are not walls. A step of the optimiser, or the
# pull of other actions, may carry a ratio beyond them; clipping only takes away the *reason* to go there.

# %% [markdown]
# ## 4. Stay curious
#
# A policy that is sure of itself stops trying things, and what it never tries it never learns. **Entropy** measures how
# undecided it is:
#
# $$H = -\sum_a \pi(a) \log \pi(a), \qquad \pi = \operatorname{softmax}(\text{logits}).$$
#
# *In words: how surprised you will be, on average, by the next action.* It is 0 for a policy that always does the same
# thing, and largest, $\log n$, for a fair die with $n$ sides. PPO subtracts about a hundredth of it from the loss.

# %% [markdown]
# ### Exercise: `entropy`
#
# *About 5 minutes · difficulty 2 of 3 · importance 2 of 3*
#
# Return the entropy of $\operatorname{softmax}(\text{logits})$ in nats (natural logarithm), a float scalar. `logits` is
# a float array `[A]`. It must work under `jax.jit`, `jax.vmap` and `jax.grad`. Both value and gradient must be finite
# for any finite logits, 1e30 included: a single `nan` here makes every weight of the network `nan`.
#
# **Example.** The logits 0, 0 give log 2 = 0.6931. The logits 0 and log 3 are the probabilities 1/4 and 3/4:
# 0.25 · log 4 + 0.75 · log(4/3) = 0.5623.
#
# Helpful: [`jax.nn.log_softmax`](https://docs.jax.dev/en/latest/_autosummary/jax.nn.log_softmax.html)
#
# <details><summary>Hint 1: a nudge</summary>
#
# The trap is that of `pg_loss` in notebook 3: an action whose probability rounds to 0 has a logarithm that is not
# finite, and 0 times infinity is `nan`. Which function stays in log space?
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Call `log_softmax` once. Its `exp` gives the probabilities. Multiply, add up, and put a minus in front.
# </details>


# %% exercise="entropy"
def entropy(logits):
    """The entropy of softmax(logits), in nats.

    Args:
      logits: float [A].
    Returns:
      The entropy, float [].
    """
    ### BEGIN SOLUTION
    log_probs = jax.nn.log_softmax(logits)
    return -jnp.sum(jnp.exp(log_probs) * log_probs)
    ### END SOLUTION


# %% check="entropy" points=1
@checks.exercise("entropy")
def _check():
    logits = np.array([0.5, 0.5 + np.log(3.0)], np.float32)
    checks.equal(
        entropy(logits), 0.5623351, "entropy of the logits 0.5 and 0.5 + log 3 (the probabilities 1/4 and 3/4)",
        wrong=[
            (-0.5623351, "the minus is missing"),
            (0.8112781, "that is in bits; take the natural logarithm"),
            (0.2811676, "that is the mean over the actions; add them up"),
            (0.8369882, "that is minus the sum of the log-probabilities or their mean; weight each by its probability"),
            (1.6739764, "that is minus the sum of the log-probabilities; weight each by its probability"),
            (0.2876821, "that is -log of the likeliest action's probability; average over all actions"),
            (-0.4054651, "the probabilities were left out or the sign is wrong"),
            ([0.3465736, 0.2157615], "add the actions up: a single number is wanted"),
            (float(-np.sum(logits * np.log(logits))), "the logits were taken for probabilities; a softmax comes first"),
            (float(-np.sum([0.25, 0.75] * logits)), "you averaged the logits; average the logarithms of the "
             "probabilities"),
            (0.6628473, "softmax was applied twice"),
            (float(-np.sum([0.25, 0.75] * np.log([0.251, 0.751]))), "a small number inside the logarithm changes the "
             "result; `jax.nn.log_softmax` needs none"),
        ],
    )  # fmt: skip
    checks.equal(
        entropy(np.zeros(4, np.float32)), 1.3862944, "entropy of four equal logits",
        wrong=[(0.6931472, "only the first two actions counted; there may be any number")],
    )  # fmt: skip
    checks.equal(
        entropy(np.full(2, 200.0, np.float32)), 0.6931472, "entropy of the logits 200 and 200",
        wrong=[(np.nan, "exp(200) is more than a float32 can hold; `jax.nn.log_softmax` subtracts the largest first")],
    )  # fmt: skip
    sure = jnp.array([200.0, 0.0, -1e30])
    value, gradient = jax.jit(jax.value_and_grad(entropy))(sure)
    checks.equal(
        value, 0.0, "entropy of the logits 200, 0 and -1e30",
        wrong=[(np.nan, "a probability rounds to 0, and 0 · log 0 is nan: `jax.nn.log_softmax` stays in log "
                "space")],
        hint="Logits may have any size; nothing is clipped.",
    )  # fmt: skip
    checks.that(
        bool(np.all(np.isfinite(gradient))),
        "The gradient of entropy is not finite for the logits 200, 0 and -1e30: a probability rounds to 0 and its "
        "logarithm is infinite, also in a branch that `jnp.where` does not take. `jax.nn.log_softmax` avoids it.",
    )
    checks.equal(
        jax.grad(entropy)(jnp.asarray(logits)), [0.2059898, -0.2059898], "The gradient of entropy at the same logits",
        wrong=[([0.0, 0.0], "no gradient gets through; is there a `stop_gradient`?")], atol=1e-4,
    )  # fmt: skip


# %% test="entropy" points=2
### BEGIN HIDDEN TESTS
@checks.hidden("entropy")
def _test():
    rng = np.random.default_rng(94)
    mapped, slopes = jax.jit(jax.vmap(entropy)), jax.jit(jax.vmap(jax.grad(entropy)))
    for size in (1, 2, 5):
        for spread in (0.1, 1.0, 5.0, 40.0):
            logits = np.clip(rng.normal(0, spread, (50, size)) + rng.normal(0, 10, (50, 1)), -100, 100)
            logits = logits.astype(np.float32)
            shifted = logits.astype(float) - logits.max(axis=1, keepdims=True)
            log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
            want = -np.sum(np.exp(log_probs) * log_probs, axis=1)
            slope = -np.exp(log_probs) * (log_probs + want[:, None])
            before = logits.copy()
            got = checks.array(mapped(logits), "entropy under jax.jit and jax.vmap", shape=(50,), dtype="float")
            checks.equal(got, want, f"entropy of {size} logits under jax.jit and jax.vmap", rtol=2e-5, atol=1e-5)
            checks.equal(slopes(logits), slope, f"The gradient of entropy of {size} logits", rtol=1e-3, atol=2e-4)
            for as_array in (np.asarray, jnp.asarray):
                got = checks.number(entropy(as_array(logits[0])), "entropy(logits)")
                checks.equal(got, want[0], "entropy(logits)", rtol=2e-5, atol=1e-5)
            checks.unchanged(before, logits, "logits")
    huge = [[1e30, -1e30], [-1e30, -1e30], [1e30, 1e30], [500.0, 0.0], [-2e4, 3e4], [1e10, 9e9], [-1e30, 0.0]]
    huge += [[0.0, 88.0], [0.0, 90.0], [0.0, 104.0], [-745.0, 0.0]]
    for rows in (huge, [[*row, 0.0] for row in huge], [[*row, *row] for row in huge]):
        rows = np.array(rows, np.float32)
        checks.that(bool(np.all(np.isfinite(mapped(rows)))), "entropy is not finite for large logits.")
        checks.that(bool(np.all(np.isfinite(slopes(rows)))), "The gradient of entropy is not finite for large logits.")


### END HIDDEN TESTS

# %% [markdown]
# Take two actions, and pull one logit away from the other. Left: the entropy. Right: how hard it pulls back. Where does
# the bonus help most, and can it bring back a policy that is already sure?

# %% tags=["demo"]
progress.warn_unless_done("entropy")
gaps = jnp.linspace(-8.0, 8.0, 161)
value, slope = jax.vmap(jax.value_and_grad(lambda gap: entropy(jnp.array([0.0, gap]))))(gaps)
figure, axes = plt.subplots(1, 2, figsize=(10, 3.2), layout="constrained", sharex=True)
for ax, y, label in zip(axes, (value, slope), ("entropy (nats)", "its slope (nats per unit of the gap)"), strict=True):
    ax.plot(gaps, y, color=palette.BLUE, lw=2.2)
    ax.set(xlabel="difference of the two logits", ylabel=label)
plt.show()

# %% [markdown]
# It pulls hardest where a policy is *becoming* sure (at a gap of 1.5 the likelier action has a probability of 0.82),
# and hardly at all at a gap of 8, where it is sure. The bonus keeps curiosity alive; it does not raise it from the
# dead.

# %% [markdown]
# ## 5. Several passes, in small portions
#
# A **rollout** of 128 steps in 8 environments is 1,024 rows. PPO passes through them a few times (**epochs**), each
# time in a new random order and in a few portions (**minibatches**), with a step of the optimiser for each. Rows that
# lie side by side in time look alike; in random order every portion is a fair sample of the whole. And nothing is left
# out: each row is used once in every epoch.

# %% [markdown]
# ### Exercise: `minibatch_indices`
#
# *About 5 minutes · difficulty 1 of 3 · importance 1 of 3*
#
# Deal the row numbers 0 to `batch_size` - 1 into `num_minibatches` portions of equal size. Return one int array
# `[num_minibatches, batch_size // num_minibatches]` with every number exactly once, all orders equally likely, drawn
# with `key`. `batch_size` is a multiple of `num_minibatches`. It must work under `jax.jit` with both numbers static.
#
# **Example.** `minibatch_indices(key, 6, 2)` may be `[[4, 0, 3], [2, 5, 1]]`, and with another key something else.
#
# Helpful: [`jax.random.permutation`](https://docs.jax.dev/en/latest/_autosummary/jax.random.permutation.html)
#
# <details><summary>Hint 1: a nudge</summary>
#
# Shuffle a deck of cards first. Then deal.
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# `jax.random.permutation(key, n)` shuffles the numbers below n. `reshape` cuts them into rows.
# </details>


# %% exercise="minibatch_indices"
def minibatch_indices(key, batch_size, num_minibatches):
    """Deals the numbers below `batch_size` into minibatches at random.

    Args:
      key: a JAX key.
      batch_size: int, how many rows there are, a multiple of num_minibatches.
      num_minibatches: int, how many portions to deal them into.
    Returns:
      The row numbers, int [num_minibatches, batch_size // num_minibatches].
    """
    ### BEGIN SOLUTION
    return jax.random.permutation(key, batch_size).reshape(num_minibatches, -1)
    ### END SOLUTION


# %% check="minibatch_indices" points=1
@checks.exercise("minibatch_indices")
def _check():
    dealt = []
    for seed in range(200):
        got = minibatch_indices(jax.random.key(seed), 12, 3)
        if isinstance(got, (list, tuple)):
            checks.fail(f"minibatch_indices should return one array, but it returned a {type(got).__name__}.")
        got = checks.array(got, "minibatch_indices(key, 12, 3)", dtype="int")
        checks.that(
            got.shape != (4, 3),
            "minibatch_indices(key, 12, 3) has 4 rows of 3; there should be 3 minibatches, each a row of 4.",
        )
        checks.that(got.shape != (12,), "minibatch_indices(key, 12, 3) is one long row; cut it into 3 rows of 4.")
        checks.array(got, "minibatch_indices(key, 12, 3)", shape=(3, 4))
        checks.that(
            got.min() >= 0 and got.max() <= 11,
            f"minibatch_indices(key, 12, 3) goes from {got.min()} to {got.max()}; rows are numbered from 0 to 11.",
        )
        checks.that(
            len(np.unique(got)) == 12,
            "In minibatch_indices(key, 12, 3) a row came up twice and another never: draw without replacement.",
        )
        dealt.append(got)
    dealt = np.stack(dealt)
    checks.that(not np.all(dealt == dealt[0]), "minibatch_indices gave the same result for every key: is the key used?")
    partners = [set(map(tuple, np.sort(deal, axis=1))) for deal in dealt]
    checks.that(
        any(p != partners[0] for p in partners),
        "Only the order changes; the same rows are always in a minibatch together. Shuffle all rows, then cut.",
    )
    together = sum(any({0, 1} <= set(row) for row in deal) for deal in dealt.tolist())  # about 55 of 200
    checks.that(
        together < 100,
        f"Rows 0 and 1 are in a minibatch together in {together} of 200 deals, which is far too often: the rows only "
        "move round. Shuffle them all.",
    )
    checks.that(
        bool(np.any(np.diff(dealt, axis=2) < 0)),
        "Within each minibatch the rows are always in ascending order; all orders should be equally likely.",
    )
    jitted = jax.jit(minibatch_indices, static_argnums=(1, 2))
    got = checks.array(jitted(jax.random.key(0), 10, 5), "minibatch_indices under jax.jit", shape=(5, 2), dtype="int")
    checks.equal(np.sort(got.ravel()), np.arange(10), "minibatch_indices under jax.jit, sorted")


# %% test="minibatch_indices" points=2
### BEGIN HIDDEN TESTS
@checks.hidden("minibatch_indices")
def _test():
    jitted = jax.jit(minibatch_indices, static_argnums=(1, 2))
    for size, portions, make_key in [
        (1, 1, jax.random.key), (8, 1, jax.random.PRNGKey), (8, 8, jax.random.key), (6, 2, jax.random.key),
        (1024, 4, jax.random.PRNGKey), (100, 10, jax.random.key),
    ]:  # fmt: skip
        for function, how in [(minibatch_indices, ""), (jitted, " under jax.jit")]:
            what, want = f"minibatch_indices(key, {size}, {portions}){how}", np.arange(size)
            got = function(make_key(size), size, portions)
            got = checks.array(got, what, shape=(portions, size // portions), dtype="int")
            checks.equal(np.sort(got.ravel()), want, f"{what}, sorted")

    # Every order of four rows, and of six the place of each and who is with whom. Six standard deviations each.
    keys = jax.random.split(jax.random.key(94), 20_000)
    draw = lambda size, portions: np.asarray(
        jax.jit(lambda keys: jax.lax.map(lambda key: minibatch_indices(key, size, portions), keys))(keys)
    )
    orders = draw(4, 2).reshape(-1, 4) @ np.array([64, 16, 4, 1])
    _, counts = np.unique(orders, return_counts=True)
    checks.that(len(counts) == 24, "Some orders never come up.")
    for count in counts:
        checks.frequency(int(count), len(keys), 1 / 24, "Some orders come up more often than others.")
    six = draw(6, 3)
    for row in range(6):
        place = np.argmax(six.reshape(-1, 6) == row, axis=1)
        for count in np.bincount(place, minlength=6):
            checks.frequency(
                int(count), len(keys), 1 / 6, "Some rows come up more often in some places than in others."
            )
        for other in range(row):
            together = int(np.any(np.any(six == row, axis=2) & np.any(six == other, axis=2), axis=1).sum())
            checks.frequency(
                together, len(keys), 1 / 5, "Some rows are in a minibatch together more often than others."
            )


### END HIDDEN TESTS

# %% [markdown]
# A rollout as PPO sees it: 8 environments, 128 steps, and the colour shows which of four minibatches a row goes to.

# %% tags=["demo"]
progress.warn_unless_done("minibatch_indices")
rows = minibatch_indices(jax.random.key(0), 128 * 8, 4)
portion = np.zeros(128 * 8, int)
for number, members in enumerate(np.asarray(rows)):
    portion[members] = number
plotting.plot_minibatches(portion.reshape(128, 8))
plt.show()

# %% [markdown]
# ## 6. PPO
#
# You have all the parts; here is the whole. First, how a network's output becomes actions. For CartPole the output is a
# row of logits, and PPO needs four functions of it, one of which, the entropy, is yours.


# %%
class Policy(NamedTuple):
    """How the network's output for one observation becomes an action."""

    sample: Callable  # (key, output) -> action
    best: Callable  # output -> action
    log_prob: Callable  # (action, output) -> []
    entropy: Callable  # output -> []


DISCRETE = Policy(
    sample=lambda key, logits: jax.random.categorical(key, logits),
    best=lambda logits: jnp.argmax(logits),
    log_prob=lambda action, logits: jax.nn.log_softmax(logits)[action],
    entropy=lambda logits: entropy(logits),
)


class Settings(NamedTuple):
    """What PPO leaves for you to choose. The second half are switches for section 9."""

    num_envs: int = 8
    num_steps: int = 128  # of each environment, in a rollout
    num_updates: int = 100  # rollouts: 102,400 steps in all
    epochs: int = 4
    num_minibatches: int = 4
    gamma: float = 0.99
    lam: float = 0.95
    clip: float = 0.2
    learning_rate: float = 2.5e-3
    entropy_bonus: float = 0.01
    value_weight: float = 0.5
    reward_scale: float = 1.0

    rate_falls: bool = True  # to 0 at the end
    standardized_advantages: bool = True
    small_start: bool = True  # the actor's last layer starts near 0
    max_gradient_norm: float | None = 0.5
    truncated_is_terminated: bool = False  # a bug, to see what it costs


# %% [markdown]
# The actor and the critic are two networks with two hidden layers each. At the start the actor's last layer is a
# hundred times smaller than the others, so that all actions begin almost equally likely.


# %%
def make_network(num_outputs, settings, continuous=False):
    """A network `obs -> (output, value)`: the output is logits, or `(mean, log_std)` where actions are continuous."""

    def mlp(obs, size, start=None):
        hidden = jnp.tanh(hk.Linear(64)(obs))
        hidden = jnp.tanh(hk.Linear(64)(hidden))
        return hk.Linear(size, w_init=start)(hidden)

    def network(obs):
        small = hk.initializers.VarianceScaling(1e-4) if settings.small_start else None
        output, value = mlp(obs, num_outputs, small), mlp(obs, 1)[..., 0]
        if continuous:
            log_std = hk.get_parameter("log_std", (num_outputs,), init=jnp.zeros)
            output = output, jnp.broadcast_to(log_std, output.shape)
        return output, value

    return hk.without_apply_rng(hk.transform(network))


# %% [markdown]
# Learning from one rollout takes two functions. The first looks at it once, before anything changes: what was likely,
# what was expected, what came of it. Its `next_value` asks the critic about the observations that actually followed.
# The critic's **target** is the advantage plus the value: its old guess, moved by the surprises.
#
# Then `ppo_learn` passes through the rows `epochs` times, one minibatch after the other, and takes a step downhill in
# three losses at once: yours for the actor, the squared error for the critic, and minus a little entropy.


# %%
class Batch(NamedTuple):
    """The rows of a rollout, with what the old policy and critic say about them."""

    obs: jax.Array  # [B, obs_dim]
    action: jax.Array  # [B] or [B, act_dim]
    old_log_prob: jax.Array  # [B]
    advantage: jax.Array  # [B]
    target: jax.Array  # what the critic should say, [B]


class PPO(NamedTuple):
    """What stays the same while PPO learns."""

    network: hk.Transformed
    policy: Policy
    settings: Settings
    optimiser: optax.GradientTransformation


def look_back(params, rollout, ppo):
    """A rollout of arrays [T, N, ...] as a `Batch` of T * N rows."""
    _, policy, settings, _ = ppo
    output, value = ppo.network.apply(params, rollout.obs)
    _, next_value = ppo.network.apply(params, rollout.next_obs)
    old_log_prob = jax.vmap(jax.vmap(policy.log_prob))(rollout.action, output)
    reward, terminated, truncated = settings.reward_scale * rollout.reward, rollout.terminated, rollout.truncated
    if settings.truncated_is_terminated:
        terminated = jnp.maximum(terminated, truncated)
    gae_of_each_env = jax.vmap(gae, (1, 1, 1, 1, 1, None, None), 1)
    advantage = gae_of_each_env(reward, value, next_value, terminated, truncated, settings.gamma, settings.lam)
    batch = Batch(rollout.obs, rollout.action, old_log_prob, advantage, advantage + value)
    return jax.tree.map(lambda x: x.reshape(-1, *x.shape[2:]), batch)


def batch_loss(params, batch, ppo):
    """The three losses of a minibatch, added up."""
    network, policy, settings, _ = ppo
    output, value = network.apply(params, batch.obs)
    log_prob = jax.vmap(policy.log_prob)(batch.action, output)
    advantage = standardize(batch.advantage) if settings.standardized_advantages else batch.advantage
    actor_loss = jax.vmap(ppo_loss, (0, 0, 0, None))(log_prob, batch.old_log_prob, advantage, settings.clip)
    critic_loss = jnp.square(value - batch.target)
    bonus = jax.vmap(policy.entropy)(output)
    return jnp.mean(actor_loss + settings.value_weight * critic_loss - settings.entropy_bonus * bonus)


def one_epoch(key, training, batch, ppo):
    """One pass through the rows: a step of the optimiser for each minibatch. `training` is (params, learner_state)."""

    def one_minibatch(training, rows):
        params, state = training
        gradient = jax.grad(batch_loss)(params, jax.tree.map(lambda x: x[rows], batch), ppo)
        updates, state = ppo.optimiser.update(gradient, state)
        return (optax.apply_updates(params, updates), state), None

    rows = minibatch_indices(key, len(batch.advantage), ppo.settings.num_minibatches)
    return jax.lax.scan(one_minibatch, training, rows)[0]


def ppo_learn(key, params, learner_state, rollout, ppo):
    """One update: look back once, then pass through the rollout a few times."""
    batch = look_back(params, rollout, ppo)
    epoch = lambda training, key: (one_epoch(key, training, batch, ppo), None)
    return jax.lax.scan(epoch, (params, learner_state), jax.random.split(key, ppo.settings.epochs))[0]


def make_ppo(num_outputs, policy, settings, continuous=False):
    """The networks, and an optimiser whose learning rate falls to 0."""
    num_gradients = settings.num_updates * settings.epochs * settings.num_minibatches
    end = 0.0 if settings.rate_falls else settings.learning_rate
    adam = optax.adam(optax.linear_schedule(settings.learning_rate, end, num_gradients), eps=1e-5)
    limit = settings.max_gradient_norm
    optimiser = optax.chain(optax.clip_by_global_norm(limit) if limit else optax.identity(), adam)
    return PPO(make_network(num_outputs, settings, continuous), policy, settings, optimiser)


def make_agent(ppo, params):
    """The agent that both loops run."""

    def select_action(key, params, actor_state, obs, evaluation=False):
        output, _ = ppo.network.apply(params, obs)
        return jnp.where(evaluation, ppo.policy.best(output), ppo.policy.sample(key, output)), actor_state

    learn = functools.partial(ppo_learn, ppo=ppo)
    return Agent(select_action, params, None, learn, ppo.optimiser.init(params))


def train(key, env, obs_dim, ppo, num_seeds, **options):
    """PPO in the compiled loop: a rollout, an update, and again."""
    settings = ppo.settings
    init_params = lambda key: ppo.network.init(key, jnp.zeros(obs_dim))
    return run_compiled_loop(
        key,
        env,
        make_agent(ppo, jax.jit(init_params)(key)),
        RolloutMemory(settings.num_steps),
        num_steps=settings.num_updates * settings.num_envs * settings.num_steps,
        num_envs=settings.num_envs,
        num_seeds=num_seeds,
        init_params=init_params,
        steps_per_update=settings.num_steps,
        **options,
    )


# %% [markdown]
# Eight seeds, 102,400 steps each. (The readable loop would take the same functions, with
# `StatefulMemory(RolloutMemory(128), key)` from `rl_helpers.replay`, one environment, and a cup of tea. Here it takes
# about half a minute.)

# %% tags=["demo"]
progress.warn_unless_done("td_error", "gae", "ppo_loss", "entropy", "minibatch_indices")
ppo = make_ppo(2, DISCRETE, Settings())
result = train(jax.random.key(0), CartPole(), 4, ppo, num_seeds=8, evaluate_every=5_120)
returns, steps = result.evaluation_returns, result.evaluation_steps
solved = returns >= 475
first = [f"{steps[np.argmax(row)]:,}" if row.any() else "never" for row in solved]
print(f"{np.sum(returns[:, -1] >= 500)} of 8 seeds have a return of 500 at the end.")
print(f"First evaluation of at least 475 after {', '.join(first)} steps.")
ax = plotting.plot_learning_curve(returns, episodes=steps, window=1, solved=475, random=22)
ax.set(xlabel="environment steps of each seed", ylabel="return in evaluations (mean of 32 episodes)")
plt.show()

# %% [markdown]
# Compare with the last picture of notebook 3: there the agents fell back again and again. Much is different now: a
# critic, GAE, eight environments at once, and truncated episodes that keep their future. Two more things guard against
# falling back. No single batch can carry the policy far away, and the learning rate falls to zero, so that the last
# batches only polish. Some seeds still fall back in the middle, when the rate is high.
#
# ### What does clipping prevent?
#
# Take eight half-trained agents, let each collect one rollout, and let it learn from that one rollout for **20
# epochs**, once with the clip and once without. How far does the policy wander from the one that collected the data,
# and what is it worth afterwards? The distance is the **KL divergence**, estimated from the same ratios: the average of
# $(\rho - 1) - \log \rho$. It is 0 when nothing has changed.


# %%
def twenty_epochs(key, params, clip):
    """The divergence from the old policy after each of 20 epochs on one rollout [20], and the return afterwards."""
    ppo = make_ppo(2, DISCRETE, Settings(clip=clip, rate_falls=False))
    rollout_key, learn_key, play_key = jax.random.split(key, 3)
    collect = lambda key: rollouts.rollout(key, CartPole(), make_agent(ppo, params), 128)
    batch = look_back(params, jax.vmap(collect, out_axes=1)(jax.random.split(rollout_key, 8)), ppo)

    def epoch(training, key):
        training = one_epoch(key, training, batch, ppo)
        output, _ = ppo.network.apply(training[0], batch.obs)
        log_ratio = jax.vmap(ppo.policy.log_prob)(batch.action, output) - batch.old_log_prob
        return training, jnp.mean(jnp.expm1(log_ratio) - log_ratio)

    training = params, ppo.optimiser.init(params)
    (after, _), divergence = jax.lax.scan(epoch, training, jax.random.split(learn_key, 20))
    play = lambda key: rollouts.episode_return(key, CartPole(), make_agent(ppo, after))
    return divergence, jax.vmap(play)(jax.random.split(play_key, 16)).mean()


# %% tags=["demo"]
progress.warn_unless_done("td_error", "gae", "ppo_loss", "entropy", "minibatch_indices")
options = {"num_seeds": 8, "evaluate_every": 10_240, "evaluation_episodes": 1}
half_trained = train(jax.random.key(2), CartPole(), 4, make_ppo(2, DISCRETE, Settings(num_updates=10)), **options)
params, keys = half_trained.agent.params, jax.random.split(jax.random.key(3), 8)
study = jax.jit(jax.vmap(twenty_epochs, (0, 0, None)))
kept = {}  # for each loss, the divergences [8, 20] and the returns afterwards [8]
for name, clip in [("clip 0.2", 0.2), ("no clip", 1e9)]:
    kept[name] = divergence, after = jax.tree.map(np.asarray, study(keys, params, clip))
    print(f"{name:8s}: a return of {after.mean():3.0f} afterwards, {after.min():3.0f} for the worst of 8")
plotting.plot_divergence({name: divergence for name, (divergence, _) in kept.items()})
plt.show()

# %% [markdown]
# The scale is logarithmic. After one epoch the two cannot be told apart. Then the clipped policies stop where they are,
# although nobody told them to: there is simply nothing left to gain. Without the clip every epoch pulls them further
# towards whatever this one rollout happened to reward, a hundred times as far and more. And that has a price: the same
# rows, learned by heart, leave a worse policy than the one that stopped.

# %% [markdown]
# ## 7. Actions that are numbers
#
# Pushing left or right was a choice between two. A motor takes a *number*: a torque, say. So let the policy be a normal
# distribution: the network gives its **mean**, and one learned number for each part of the action gives the logarithm
# of its standard deviation, **log_std**. (The logarithm, because a learned number may be anything, while
# $\sigma = e^{\text{log\_std}}$ is always positive.) All of the above stays as it is: PPO asks only how likely an
# action was, and the log-**density** answers that too.

# %% [markdown]
# ### Exercise: `gaussian_sample`
#
# *About 4 minutes · difficulty 1 of 3 · importance 2 of 3*
#
# Draw an action: $a = \mu + \sigma\,\epsilon$ with $\sigma = e^{\text{log\_std}}$ and $\epsilon$ standard normal, with
# an independent draw for each part. `mean` and `log_std` are float `[act_dim]`, and the result is float32 `[act_dim]`.
# It must work under `jax.jit`, and under `jax.vmap` over keys.
#
# **Example.** With mean 3 and log_std 0, two draws in three lie between 2 and 4.
#
# Helpful: [`jax.random.normal`](https://docs.jax.dev/en/latest/_autosummary/jax.random.normal.html)
#
# <details><summary>Hint 1: a nudge</summary>
#
# A standard normal draw has mean 0 and standard deviation 1. Stretch it, then move it. How many draws do you need?
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# `jax.random.normal` takes a shape; give it that of the mean. Multiply by `jnp.exp(log_std)`, add the mean.
# </details>


# %% exercise="gaussian_sample"
def gaussian_sample(key, mean, log_std):
    """Draws an action from a normal distribution, each part independently.

    Args:
      key: a JAX key.
      mean: float [act_dim].
      log_std: the logarithm of the standard deviation, float [act_dim].
    Returns:
      The action, float32 [act_dim].
    """
    ### BEGIN SOLUTION
    return mean + jnp.exp(log_std) * jax.random.normal(key, jnp.shape(mean))
    ### END SOLUTION


# %% check="gaussian_sample" points=1
@checks.exercise("gaussian_sample")
def _check():
    mean, std = np.array([1.0, -2.0], np.float32), np.array([0.5, 3.0], np.float32)
    log_std = np.log(std)
    one = gaussian_sample(jax.random.key(0), mean, log_std)
    checks.array(one, "gaussian_sample(key, mean, log_std)", shape=(2,), dtype=np.float32)
    keys = jax.random.split(jax.random.key(1), 4_000)
    draws = jax.jit(jax.vmap(gaussian_sample, (0, None, None)))(keys, mean, log_std)
    draws = checks.array(draws, "gaussian_sample under jax.jit and jax.vmap over keys", shape=(4_000, 2), dtype="float")
    checks.that(
        not np.allclose(draws, mean), "Every draw is the mean itself. Add the noise, stretched by exp(log_std)."
    )
    checks.that(
        bool(np.any(draws != draws[0])), "Every key gave the same action: is the key used, and is it JAX that draws?"
    )
    of = "of 4,000 draws with mean [1, -2] and standard deviation [0.5, 3] (log_std is [-0.69, 1.10])"
    checks.that(
        draws[:, 1].min() < 0,
        f"None {of} is below 0: the exponential is for log_std alone, and not for the mean and the noise.",
    )
    checks.that(
        np.abs(draws).max() > 1.0, f"All {of} lie between -1 and 1, as after tanh. Return the draws as they are."
    )
    checks.that(
        np.mean(np.abs(draws[:, 1]) == 2.0) < 0.01,
        f"Many {of} are exactly -2 or 2, as if clipped to torques. Return the draws as they are.",
    )
    distance = np.abs((draws - mean) / std).max()
    got = draws.std(axis=0)
    near = lambda want: bool(np.all(np.abs(got / np.maximum(want, 1e-6) - 1.0) < 0.07))  # 6 standard errors
    known = [
        (np.ones(2), "log_std was not used"),
        (std**2, "the draws were stretched by the variance; stretch them by the standard deviation"),
        (np.sqrt(std), "log_std is the logarithm of the standard deviation, not of the variance"),
        (np.abs(log_std), "`log_std` itself was used as the standard deviation; take its `exp`"),
        (std / np.sqrt(12.0), "the draws look uniform; draw from a normal distribution"),
        (np.zeros(2), "nothing random was added to the mean"),
        (1.0 / std, "the draws were divided by the standard deviation; multiply"),
        (std * np.abs(mean), "the mean was multiplied by the draw too; it is added"),
    ]
    for want, message in known:
        checks.that(
            near(std) or not near(want), f"The standard deviation {of} is {got[0]:.2f}, {got[1]:.2f}: {message}."
        )
    checks.that(
        near(std) or not 1.9 < distance < 2.01,
        f"None {of} is more than 2 standard deviations from the mean, where one in twenty should be: as with truncated "
        "noise. Use jax.random.normal.",
    )
    checks.that(near(std), f"The standard deviation {of} is {got[0]:.2f}, {got[1]:.2f}.")
    middle = draws.mean(axis=0)
    right = np.abs(middle - mean) < 6.0 * std / np.sqrt(4_000)
    checks.that(bool(np.all(right)), f"The mean {of} is {middle[0]:.2f}, {middle[1]:.2f}. Add the mean to the draws.")
    together = np.corrcoef(draws.T)[0, 1]
    checks.that(
        abs(together) < 0.1,
        f"The two parts of the action move together (their correlation is {together:.2f}): draw for each part on its "
        "own, as many numbers as the mean has.",
    )
    inside = int(np.sum(np.abs(draws[:, 0] - 1.0) < 0.5))
    checks.frequency(inside, 4_000, 0.682689, "Two draws in three should lie within one standard deviation of the mean")


# %% test="gaussian_sample" points=2
### BEGIN HIDDEN TESTS
@checks.hidden("gaussian_sample")
def _test():
    rng = np.random.default_rng(95)
    many = jax.jit(jax.vmap(gaussian_sample, (0, None, None)))
    jitted, count = jax.jit(gaussian_sample), 20_000
    for size, seed in [(1, 0), (3, 1), (3, 2), (1, 3)]:
        mean = rng.normal(0, 3, size).astype(np.float32)
        log_std = rng.uniform(-2, 2, size).astype(np.float32)
        log_std[0] = (-5.0, -1.0, 2.0, 0.0)[seed]
        mean[0] *= seed != 0  # so that float32 holds draws with a small standard deviation
        before = mean.copy(), log_std.copy()
        key = jax.random.key(seed) if seed % 2 else jax.random.PRNGKey(seed)
        for function in (gaussian_sample, jitted):
            for arguments in ((mean, log_std), (jnp.asarray(mean), jnp.asarray(log_std))):
                got = function(key, *arguments)
                checks.array(got, "gaussian_sample", shape=(size,), dtype=np.float32)
        checks.unchanged(before, (mean, log_std), "An input of gaussian_sample")
        draws = many(jax.random.split(jax.random.key(seed), count), mean, log_std)
        draws = checks.array(draws, "gaussian_sample under jax.jit and jax.vmap", shape=(count, size))
        z = (draws.astype(float) - mean) / np.exp(log_std.astype(float))
        checks.that(bool(np.all(np.abs(z.mean(axis=0)) < 6 / np.sqrt(count))), "The mean of many draws is off.")
        off = np.abs(z.std(axis=0) - 1.0) < 6 / np.sqrt(2 * count)
        checks.that(bool(np.all(off)), "The standard deviation of many draws is off.")
        for d in range(size):
            for low, high, share in [(-1, 1, 0.682689), (-2, 2, 0.954500), (-9, -1.5, 0.066807), (0, 0.5, 0.191462)]:
                inside = int(np.sum((z[:, d] > low) & (z[:, d] < high)))
                checks.frequency(inside, count, share, "The draws are not normally distributed.")
            for other in range(d):
                both = int(np.sum((z[:, d] > 0) & (z[:, other] > 0)))
                checks.frequency(both, count, 0.25, "The parts of an action are not drawn independently.")
                large = int(np.sum((np.abs(z[:, d]) > 1) & (np.abs(z[:, other]) > 1)))
                checks.frequency(large, count, 0.317311**2, "The parts of an action are not drawn independently.")


### END HIDDEN TESTS

# %% [markdown]
# ### Exercise: `gaussian_log_prob`
#
# *About 7 minutes · difficulty 2 of 3 · importance 2 of 3*
#
# Return the logarithm of the density of the same normal distribution at `action`:
#
# $$\log p(a) = \sum_d \Big[-\frac12\Big(\frac{a_d - \mu_d}{\sigma_d}\Big)^2 - \log \sigma_d - \frac12 \log 2\pi\Big].$$
#
# *In words: far from the mean is unlikely, a wide distribution is thin everywhere, and independent parts multiply, so
# their logarithms add up.* All three arguments are float `[act_dim]`, and the result is a float scalar. It may be
# positive: a density can exceed 1. It must work under `jax.jit`, `jax.vmap`, and `jax.grad` with respect to `mean` and
# `log_std`. Do not clip the action.
#
# **Example.** In one dimension with mean 0 and log_std 0, the action 2 has the log-density -2 - 0 - 0.9189 = -2.9189.
#
# Helpful: $\log \sigma$ is `log_std`, and $\frac12 \log 2\pi$ = 0.9189385.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Do not compute the density and then take its logarithm: far from the mean the density rounds to 0. The formula stays
# in log space.
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# $z = (a - \mu) / \sigma$ first, then the three terms for each part, then `jnp.sum`.
# </details>


# %% exercise="gaussian_log_prob"
def gaussian_log_prob(action, mean, log_std):
    """The log-density of an action under a normal distribution with independent parts.

    Args:
      action: float [act_dim].
      mean: float [act_dim].
      log_std: the logarithm of the standard deviation, float [act_dim].
    Returns:
      The log-density, summed over the parts, float [].
    """
    ### BEGIN SOLUTION
    z = (action - mean) / jnp.exp(log_std)
    return jnp.sum(-0.5 * z**2 - log_std - 0.5 * jnp.log(2.0 * jnp.pi))
    ### END SOLUTION


# %% check="gaussian_log_prob" points=1
@checks.exercise("gaussian_log_prob")
def _check():
    action, mean, std = np.array([[1.0, -1.0], [0.5, 1.0], [0.5, 6.0]], np.float32)
    log_std = np.log(std)
    checks.equal(
        gaussian_log_prob(action, mean, log_std), -3.492045,
        "gaussian_log_prob of the action [1, -1] with mean [0.5, 1] and standard deviation [0.5, 6] "
        "(log_std is [-0.69, 1.79])",
        wrong=[
            ([-0.725791, -2.766254], "that is one number for each part; add them up"),
            (-1.746022, "that is the mean over the parts; add them up"),
            (-1.654168, "the constant is missing, half the logarithm of 2π for each part"),
            (-2.573106, "the constant counts once for each part"),
            (-2.393433, "`log_std` is missing: a wide distribution is thin everywhere"),
            (-1.29482, "the sign of log_std is reversed: a wide distribution is thin everywhere"),
            (-0.555556, "only the first of the three terms is there"),
            (0.030439, "that is the density; return its logarithm, and stay in log space"),
            (3.492045, "the sign is reversed; the loss adds its own minus"),
            (-3.519823, "the distance was divided by the standard deviation only once: divide first, then square"),
            (-3.603156, "the distance is not squared"),
            (-2.970517, "`log_std` is the logarithm of the standard deviation, not of the variance"),
            (-2.937708, "`log_std` itself was used as the standard deviation; take its `exp`"),
            (-3.819635, "`log_std` itself was used as the standard deviation; take its `exp`"),
            (-4.0476, "the factor one half before the square is missing"),
            (-5.329922, "the constant is half the logarithm of 2π"),
            (-2.942739, "`log_std` counts in full; half of it would belong to a variance"),
            (-4.590657, "`log_std` counts once, not twice"),
            (0.546839, "the densities were added up; independent parts multiply, so add the logarithms"),
            (-5.061489, "the distance was not divided by the standard deviation"),
            (-2.798898, "the constant is half the logarithm of 2π, not of π"),
            (-6.036645, "`log_std` is the logarithm of the standard deviation, and it was doubled"),
            (-1.756926, "there is a correction for tanh in it; this action does not go through one"),
            (-3.214267, "all three terms are added up over the parts; you averaged one of them"),
        ],
    )  # fmt: skip
    wide = gaussian_log_prob(np.zeros(1, np.float32), np.zeros(1, np.float32), np.array([3.0], np.float32))
    checks.equal(
        wide, -3.918939, "gaussian_log_prob of the action 0 with mean 0 and log_std 3",
        wrong=[(-2.918939, "`log_std` was kept below 2; take it as it comes")],
    )  # fmt: skip
    far = gaussian_log_prob(np.array([40.0], np.float32), np.zeros(1, np.float32), np.zeros(1, np.float32))
    checks.equal(
        far, -800.918939, "gaussian_log_prob of an action 40 standard deviations out",
        wrong=[(-np.inf, "the density rounds to 0 there, and its logarithm is -inf: stay in log space"),
               (-2.918939, "the action was clipped to [-2, 2]; take it as it comes"),
               (-100.0, "the result was cut off at -100; leave it as small as it is")],
        hint="Is something clipped, or a small number added inside a logarithm?",
    )  # fmt: skip
    of_mean, of_log_std = jax.jit(jax.grad(gaussian_log_prob, (1, 2)))(action, mean, log_std)
    checks.equal(
        of_mean, [2.0, -0.0555556], "Its gradient with respect to the mean",
        wrong=[([0.0, 0.0], "no gradient gets through; is there a `stop_gradient` or a NumPy function?")],
    )  # fmt: skip
    checks.equal(
        of_log_std, [0.0, -0.8888889], "Its gradient with respect to log_std",
        wrong=[([0.0, 0.0], "no gradient gets through; is there a `stop_gradient`?")],
    )  # fmt: skip


# %% test="gaussian_log_prob" points=2
### BEGIN HIDDEN TESTS
@checks.hidden("gaussian_log_prob")
def _test():
    rng = np.random.default_rng(96)
    mapped = jax.vmap(gaussian_log_prob)
    ways = [(mapped, "jax.vmap"), (jax.jit(mapped), "jax.jit and jax.vmap")]
    slopes = jax.jit(jax.vmap(jax.grad(gaussian_log_prob, (1, 2))))
    for size in (1, 2, 6):
        for distance in (0.5, 2.0, 30.0):
            log_std = rng.uniform(-5, 2, (100, size)).astype(np.float32)
            log_std[:2] = [[-5.0], [2.0]]
            mean = rng.normal(0, 1, (100, size)).astype(np.float32)
            action = (mean + distance * rng.normal(size=(100, size)) * np.exp(log_std)).astype(np.float32)
            std = np.exp(log_std.astype(float))
            z = (action.astype(float) - mean) / std
            each = -0.5 * z**2 - log_std - 0.5 * np.log(2 * np.pi)
            want, scale = each.sum(axis=1), np.maximum(1.0, np.abs(each).sum(axis=1))
            size_of_mean, size_of_std = np.maximum(1.0, np.abs(z)) / std, np.maximum(1.0, z**2)
            want_of_mean, want_of_std = z / std / size_of_mean, (z**2 - 1) / size_of_std
            before = action.copy(), mean.copy(), log_std.copy()
            for function, how in ways if size == 2 else ways[1:]:  # compiling is most of the time: one shape
                got = function(action, mean, log_std)
                got = checks.array(got, f"gaussian_log_prob under {how}", shape=(100,), dtype="float")
                what = f"gaussian_log_prob of {size} parts under {how}"
                checks.equal(got / scale, want / scale, what, rtol=1e-4, atol=1e-4)
            for row in range(3) if size == 2 else ():
                got = gaussian_log_prob(action[row], mean[row], log_std[row])
                got = checks.number(got, "gaussian_log_prob of one action")
                checks.equal(got / scale[row], want[row] / scale[row], "gaussian_log_prob of one action", atol=1e-4)
            of_mean, of_log_std = slopes(action, mean, log_std)
            checks.equal(of_mean / size_of_mean, want_of_mean, "The gradient in the mean", rtol=1e-3, atol=1e-3)
            checks.equal(of_log_std / size_of_std, want_of_std, "The gradient in log_std", rtol=1e-3, atol=1e-3)
            checks.unchanged(before, (action, mean, log_std), "An input of gaussian_log_prob")


### END HIDDEN TESTS

# %% [markdown]
# Do the two agree? Bars: 20,000 draws from `gaussian_sample`. Lines: what `gaussian_log_prob` says about them.

# %% tags=["demo"]
progress.warn_unless_done("gaussian_sample", "gaussian_log_prob")
figure, ax = plt.subplots(figsize=(8, 3.6), layout="constrained")
keys = jax.random.split(jax.random.key(0), 20_000)
torques = jnp.linspace(-6.0, 6.0, 241)
for mean, log_std, colour, style in [(-1.0, -0.7, palette.BLUE, "-"), (1.5, 0.4, palette.VERMILION, "--")]:
    arguments = jnp.array([mean]), jnp.array([log_std])
    draws = jax.vmap(gaussian_sample, (0, None, None))(keys, *arguments)
    density = jnp.exp(jax.vmap(gaussian_log_prob, (0, None, None))(torques[:, None], *arguments))
    ax.hist(draws[:, 0], bins=120, range=(-6, 6), density=True, color=colour, alpha=0.35)
    ax.plot(torques, density, color=colour, ls=style, lw=2, label=f"mean {mean:g}, log_std {log_std:g}")
ax.set(xlabel="action (torque in N m)", ylabel="probability density (per N m)")
ax.legend(frameon=False)
plt.show()

# %% [markdown]
# ## 8. A pendulum, without a model
#
# This is the pendulum of notebook 8: swing a rod up with a motor that is too weak to lift it. There you learned a
# *model*, and a planner thought ahead at every step. PPO has no model and does not think ahead: it maps what it sees to
# a torque, and has to find out by trying. Same parts, different policy. (The reward is scaled by 0.1, so that the
# critic's targets are of a size that a network likes; $\gamma = 0.95$ looks one second ahead. The action is not
# squashed, that is, no tanh keeps it within bounds: the motor cuts off whatever exceeds its 2 N m.)

# %%
GAUSSIAN = Policy(
    sample=lambda key, output: gaussian_sample(key, *output),
    best=lambda output: output[0],
    log_prob=lambda action, output: gaussian_log_prob(action, *output),
    entropy=lambda output: jnp.sum(output[1] + 0.5 * jnp.log(2.0 * jnp.pi * jnp.e)),
)
PENDULUM = Pendulum()
START_PLAN = jnp.zeros((20, 1))  # torques for one second


def play_pendulum(act, key):
    """The return of one episode of `act(key, obs, plan) -> (torque, plan)`.

    Policies that do not plan return the plan unchanged.
    """
    reset_key, key = jax.random.split(key)

    def step(carry, key):
        state, obs, plan = carry
        torque, plan = act(key, obs, plan)
        state, timestep = PENDULUM.step(None, state, torque)
        return (state, timestep.obs, plan), timestep.reward

    return jax.lax.scan(step, (*PENDULUM.reset(reset_key), START_PLAN), jax.random.split(key, 200))[1].sum()


# %% [markdown]
# For comparison we take the planner of notebook 8, CEM, using the true dynamics as its model: the best that it can do.
# (With a learned model it came close after 1,200 to 1,400 real steps.) At every step it imagines 4 rounds of 64 plans
# of one second: 5,120 steps, and with a learned model each of them is a pass through a network. All play from the same
# 100 starts. (About half a minute.)


# %%
def imagined_return(obs, plan, predict_next=None):
    """The sum of rewards of a plan [20, 1], by the true dynamics or by another model."""
    state, _ = PENDULUM.reset(jax.random.key(0))

    def step(obs, torque):
        here = state._replace(theta=jnp.arctan2(obs[1], obs[0]), theta_dot=obs[2])
        _, timestep = PENDULUM.step(None, here, torque)
        return timestep.obs if predict_next is None else predict_next(obs, torque), timestep.reward

    return jax.lax.scan(step, obs, plan)[1].sum()


def cem(key, obs, mean, predict_next=None):
    """One step of CEM: the first torque of the best plan, and the rest of it to start from next time."""
    std = jnp.full_like(mean, 1.5)
    for draw_key in jax.random.split(key, 4):
        plans = jnp.clip(mean + std * jax.random.normal(draw_key, (64, 20, 1)), -2.0, 2.0)
        scores = jax.vmap(imagined_return, (None, 0, None))(obs, plans, predict_next)
        elite = plans[jax.lax.top_k(scores, 8)[1]]
        mean, std = elite.mean(axis=0), elite.std(axis=0)
    return mean[0], jnp.concatenate([mean[1:], jnp.zeros((1, 1))])


def cem_with_a_network(key, obs, mean):
    """CEM with a network of notebook 8's size as its model. It is untrained: it only shows how long thinking takes."""
    network = hk.without_apply_rng(hk.transform(lambda x: hk.nets.MLP([64, 64, 3], activation=jax.nn.swish)(x)))
    weights = network.init(jax.random.key(0), jnp.zeros(4))
    predict_next = lambda obs, torque: obs + 0.01 * network.apply(weights, jnp.concatenate([obs, torque]))
    return cem(key, obs, mean, predict_next)


def seconds_per_action(act):
    """How long one action takes once it is compiled, the median of 200."""
    act, times, hanging = jax.jit(act), [], jnp.array([-1.0, 0.0, 0.0])
    for key in jax.random.split(jax.random.key(0), 201):
        started = time.perf_counter()
        jax.block_until_ready(act(key, hanging, START_PLAN))
        times.append(time.perf_counter() - started)
    return float(np.median(times[1:]))


# %% tags=["demo"]
progress.warn_unless_done("td_error", "gae", "ppo_loss", "minibatch_indices", "gaussian_sample", "gaussian_log_prob")
settings = Settings(
    num_envs=16, num_steps=64, num_updates=40, epochs=8, num_minibatches=8,
    gamma=0.95, learning_rate=3e-3, entropy_bonus=0.0, reward_scale=0.1,
)  # fmt: skip
ppo = make_ppo(1, GAUSSIAN, settings, continuous=True)
result = train(jax.random.key(1), PENDULUM, 3, ppo, num_seeds=8, evaluate_every=2_048)
params = jax.tree.map(lambda x: x[0], result.agent.params)
learned = lambda key, obs, plan: (ppo.network.apply(params, obs)[0][0], plan)
at_random = lambda key, obs, plan: (jax.random.uniform(key, (1,), minval=-2.0, maxval=2.0), plan)

keys = jax.random.split(jax.random.key(5), 100)
table = {"random torques": (at_random, "0"), "PPO, first seed": (learned, "40,960"), "CEM, true dynamics": (cem, "-")}
print(f"{'':20s} {'real steps':>10s} {'ms for an action':>17s} {'return':>8s}   (mean over the same 100 starts)")
scores = {}
for name, (act, real_steps) in table.items():
    scores[name] = float(jax.jit(jax.vmap(lambda key, act=act: play_pendulum(act, key)))(keys).mean())
    print(f"{name:20s} {real_steps:>10s} {1_000 * seconds_per_action(act):17.3f} {scores[name]:8.0f}")
thinking = 1_000 * seconds_per_action(cem_with_a_network)
print(f"{'CEM, learned model':20s} {'1,300':>10s} {thinking:17.3f}   in notebook 8: close to the true dynamics")

ax = plotting.plot_learning_curve(result.evaluation_returns, episodes=result.evaluation_steps, label="PPO", window=1)
ax.axhline(scores["CEM, true dynamics"], color=palette.GREEN, ls="--", label="CEM, true dynamics")
ax.axhline(scores["random torques"], color=palette.GREY, ls=":", label="random torques")
ax.set(xlabel="environment steps of each seed", ylabel="return in evaluations (mean of 32 episodes)")
ax.set_ylim(top=0.0)
ax.legend(frameon=False)
plt.show()

# %% [markdown]
# PPO needs about thirty times as many real steps as the planner with its learned model, and swings up almost as well.
# In return, an action costs it only a single pass through a small network. Planning is for when experience is expensive
# and there is time to think; a policy is for the opposite case.
#
# ## 9. Which details matter?
#
# PPO is known for its small print. A
# [well-known list](https://iclr-blog-track.github.io/2022/03/25/ppo-implementation-details/) has 37 details. Four of
# them are switches in `Settings`, and the fifth switch is a bug. Each variant gets ten seeds and 40 updates of
# CartPole. The score is the mean of a seed's evaluations over the whole run: learning early and keeping it scores high.
#
# Before you run it: which one matters most? Which not at all? (There are three cells, each taking about as long as the
# training in section 6: most of the time goes into compiling.)


# %%
def mean_over_the_run(**changes):
    """Ten seeds of CartPole with some settings changed: the mean evaluation of each, [10]."""
    ppo = make_ppo(2, DISCRETE, Settings(num_updates=40)._replace(**changes))
    options = {"num_seeds": 10, "evaluate_every": 4_096, "evaluation_episodes": 8}
    return train(jax.random.key(6), CartPole(), 4, ppo, **options).evaluation_returns.mean(axis=1)


# %% tags=["demo"]
details = {"all details": mean_over_the_run()}
details["advantages not standardised"] = mean_over_the_run(standardized_advantages=False)

# %% tags=["demo"]
details["learning rate stays"] = mean_over_the_run(rate_falls=False)
details["last layer like the others"] = mean_over_the_run(small_start=False)

# %% tags=["demo"]
progress.warn_unless_done("td_error", "gae", "ppo_loss", "entropy", "minibatch_indices")
details["gradients of any length"] = mean_over_the_run(max_gradient_norm=None)
details["bug: truncated is terminated"] = mean_over_the_run(truncated_is_terminated=True)
plotting.plot_variants(details, baseline="all details", label="mean return over the whole run (sum of rewards)")
plt.show()

# %% [markdown]
# A grey dot is a seed, the diamond is their mean, the bar its 95 % interval, and the shade the interval of the complete
# algorithm. So what does the picture let us say? Very little! Seeds of the very same algorithm lie a hundred apart, and
# nearly all the bars reach into the shade. Advantages that are not standardised look worst, and that may well be so.
# About the others we have learned nothing: not that they do not matter, but that ten seeds of a short run on an easy
# task cannot tell. Even the bug hides. As long as the agent keeps falling, its episodes *terminate*, and the flag that
# the bug mixes up is hardly ever raised. A mistake that no curve shows is found by checks on numbers, like today's, and
# that is what notebook 11 is about. How many seeds would be enough is the question of notebook 10.
#
# ## What you have now
#
# An actor, a critic, and the algorithm that most people mean when they say reinforcement learning. Before you go on,
# predict, then try:
#
# - `Settings(lam=0.0)` and `Settings(lam=1.0)`: which end of the dial hurts CartPole more?
# - `Settings(gamma=0.9)`: how far ahead must an agent look to balance a pole?
# - The bug of section 9 on the pendulum, where *every* episode is truncated. Why does it hurt less than you would think
#   with $\gamma = 0.95$, and what happens with 0.99?
# - To read: [Schulman et al. (2017)](https://arxiv.org/abs/1707.06347), PPO;
#   [Andrychowicz et al. (2021)](https://arxiv.org/abs/2006.05990), fifty choices in 250,000 agents.
#
# In notebook 12 the very same clipped loss rewards a language model.
