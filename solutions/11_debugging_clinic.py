# %% [markdown]
# # 11. The debugging clinic
#
# A bug in ordinary code crashes, or gives a wrong answer that someone notices. A bug in reinforcement learning gives
# you an agent that learns *a bit worse*. The network works around what you got wrong, the curve goes up all the same,
# and you blame the learning rate. Some of the bugs in this notebook still do well on CartPole, and people who knew what
# they were doing have shipped nearly every one of them.
#
# So today nobody reads code. You learn to examine an agent from the outside, as a doctor would:
#
# 1. **Probes**: environments so small that you know what an agent must learn, each of which asks one question.
# 2. **Diagnostics**: a handful of numbers that cost nothing and are telling: is the critic any use, how far does the
#    policy move, is the network alive, is the memory telling the truth?
# 3. **Two repairs**, of the two bugs that everybody writes once.
# 4. **The museum**: fourteen bugs that people reported in public, and what each does to probes, diagnostics and return.
# 5. **The clinic**: six patients. You make the diagnosis.
#
# At the end there is a field guide of one page, to keep.
#
# About 85 minutes. You need notebooks 5 and 9.

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

from rl_helpers import Transition, checks, museum, plotting, progress
from rl_helpers.envs import probes

plt.style.use("rl_helpers.show.course")  # how the course's pictures look

# %% [markdown]
# ## 1. Probes
#
# On CartPole nobody knows what an observation is *worth*, so nobody can say that a value is wrong. A **probe**
# ([Jones, 2021](https://andyljones.com/posts/rl-debugging.html)) is an environment in which you can work this out in
# your head. Each of the first six asks one more question than the one before, so the first probe that an agent fails
# says where to look. (`Fall` is `OneReward` once more, to stand beside `Clock`: only the flag differs.)
#
# | probe | what happens | what it asks |
# |---|---|---|
# | `OneReward` | one observation, one step, reward 1 | does the loss learn a constant? |
# | `RewardIsObs` | the observation is -1 or 1, and so is the reward; one step | does the value see the observation? |
# | `LaterReward` | observation 0 pays nothing, then observation 1 pays 1 | does the value travel back, discounted? |
# | `TwoActions` | one step; action 0 pays -1, action 1 pays 1 | does it find the better action? |
# | `ActionMatchesObs` | action 0 at -1 and action 1 at 1 pay 1, the others -1; one step | does the policy see it? |
# | `Clock` | reward 1 per step, for ever; a clock **truncates** each episode after one | does the future survive it? |
# | `Fall` | the same, but the task **terminates** after one step | does the future end with the task? |
#
# Unless the table says otherwise, the task terminates after its last step.

# %%
for env in probes.PROBES:
    print(f"{type(env).__name__:17s} observations {env.observations.ravel().tolist()}, actions: {env.num_actions}")

# %% [markdown]
# ### Exercise: `probe_values`
#
# *About 8 minutes · difficulty 2 of 3 · importance 3 of 3*
#
# A probe is only as good as your knowledge of what is right. So what is each of its observations worth, under the
# *best* policy, with discount $\gamma$?
#
# $$V^*(o) = \max_\pi \; \mathbb{E}\Big[\sum_{k \ge 0} \gamma^k r_{t+k} \;\Big|\; o_t = o\Big]$$
#
# In words: the discounted sum of all rewards that are still to come, if every action is the best one. `terminated` ends
# the sum. `truncated` does not: the clock stopped *us* from watching, and the world would have gone on.
#
# - `name` is the probe's name, a string as in the table. `gamma` is a float from 0 to 0.99.
# - Return a NumPy or JAX float array `[K]`, the values of the probe's `observations` in their order, as printed above.
#
# **Example.** `probe_values("RewardIsObs", 0.9)` is `[-1, 1]`: there is one step, and the reward is what you see.
#
# Helpful: `dict`s, and pencil and paper for `Clock`.
#
# <details><summary>Hint 1: a nudge</summary>
#
# For `LaterReward`: observation 1 is the second of the two. What is it worth by itself, and one step before? For
# `Clock`: let its value be $v$. After one step you have 1, and are back where you were.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# A dictionary from names to lists will do, built anew in each call because two of the entries depend on `gamma`.
# `Clock` is the sum $1 + \gamma + \gamma^2 + \dots$, which you met in notebook 1. Turn the list into an array at the
# end.
#
# </details>


# %% exercise="probe_values"
def probe_values(name, gamma):
    """What each observation of a probe is worth under the best policy.

    Args:
      name: the name of a probe's class, such as "OneReward".
      gamma: the discount, from 0 to 0.99.
    Returns:
      The values of the probe's K observations in their order, float [K].
    """
    ### BEGIN SOLUTION
    values = {
        "OneReward": [1.0],
        "RewardIsObs": [-1.0, 1.0],
        "LaterReward": [gamma, 1.0],
        "TwoActions": [1.0],
        "ActionMatchesObs": [1.0, 1.0],
        "Clock": [1.0 / (1.0 - gamma)],
        "Fall": [1.0],
    }
    return np.array(values[name])
    ### END SOLUTION


# %% check="probe_values" points=1
@checks.exercise("probe_values")
def _check():
    g = 0.8
    table = [
        ("OneReward", [1.0], [
            ([5.0], "the task terminates with its one step, so there is no more to come"),
            ([0.8], "the reward of the very next step is not discounted"),
            ([0.0], "the last step pays too"),
        ]),
        ("RewardIsObs", [-1.0, 1.0], [
            ([1.0, -1.0], "the order is that of `observations`: -1 first"),
            ([0.0, 0.0], "that is the average over both observations; each has a value of its own"),
            ([1.0, 1.0], "no policy can help here: an agent that sees -1 gets -1"),
            ([-0.8, 0.8], "the reward of the very next step is not discounted"),
            ([-5.0, 5.0], "the task terminates with its one step, so there is no more to come"),
        ]),
        ("LaterReward", [0.8, 1.0], [
            ([1.0, 1.0], "at observation 0 the reward is a step away: discount it"),
            ([0.0, 1.0], "those are the rewards. A value counts what comes later too"),
            ([1.0, 0.8], "the order is that of `observations`: 0, which is a step away from the reward, comes first"),
            ([0.64, 0.8], "discounted once too often: the reward of the very next step counts in full"),
            ([0.8, 0.8], "at observation 1 the reward comes with the very next step, not discounted"),
            ([0.8, 0.0], "at observation 1 the reward is still to come, with the next step"),
            ([0.8, 1.8], "at observation 1 there is one reward to come, 1, and then the task ends"),
        ]),
        ("TwoActions", [1.0], [
            ([0.0], "that is what a policy that tosses a coin is worth; the best one takes action 1"),
            ([-1.0, 1.0], "those are the values of the two actions; the observation is worth the better one"),
            ([-1.0], "that is the worse action"),
        ]),
        ("ActionMatchesObs", [1.0, 1.0], [
            ([-1.0, 1.0], "the best policy takes the matching action at -1 too, and is paid 1 for it"),
            ([0.0, 0.0], "that is what a policy that tosses a coin is worth; the best one always matches"),
            ([1.0], "there are two observations, so two values"),
        ]),
        ("Clock", [5.0], [
            ([1.0], "`truncated`: the clock stopped us, but the world would have gone on. The future has value"),
            ([1.8], "not one step more but all of them: 1 + γ + γ² + …"),
            ([4.0], "the first reward is not discounted: 1 + γ + γ² + …"),
            ([0.2], "upside down: the sum 1 + γ + γ² + … is larger than 1"),
            ([100.0], "`gamma` is an argument; do not write 0.99"),
            ([10.0], "`gamma` is an argument; do not write 0.9"),
            ([np.inf], "an endless sum need not be infinite: each reward counts γ times as much as the one before"),
        ]),
        ("Fall", [1.0], [
            ([5.0], "here the task *terminates* after one step: there is nothing more to come"),
            ([1.8], "here the task *terminates* after one step: there is nothing more to come"),
            ([0.0], "the step that ends the task pays too"),
        ]),
    ]  # fmt: skip
    for name, want, wrong in table:
        what = f'probe_values("{name}", {g})'
        got = probe_values(name, g)
        if isinstance(got, (list, tuple)):
            checks.fail(f"{what} should be an array, but it is a {type(got).__name__}: np.array makes one of it.")
        checks.equal(got, want, what, wrong=wrong, rtol=1e-4)
    got = checks.array(probe_values("OneReward", 0.5), 'probe_values("OneReward", 0.5)', shape=(1,))
    checks.array(got, 'probe_values("OneReward", 0.5)', dtype="float")
    checks.equal(
        probe_values("Clock", 0.0), [1.0], 'probe_values("Clock", 0.0)',
        hint="With γ = 0 only the next reward counts.",
    )  # fmt: skip


# %% test="probe_values" points=2
### BEGIN HIDDEN TESTS
@checks.hidden("probe_values")
def _test():
    for gamma in (0.0, 0.25, 0.5, 0.9, 0.95, 0.99, np.float32(0.75), np.float64(0.6)):
        g = float(gamma)
        right = {
            "OneReward": [1.0], "RewardIsObs": [-1.0, 1.0], "LaterReward": [g, 1.0], "TwoActions": [1.0],
            "ActionMatchesObs": [1.0, 1.0], "Clock": [1.0 / (1.0 - g)], "Fall": [1.0],
        }  # fmt: skip
        for name, want in [*right.items(), *reversed(right.items())]:
            what = f'probe_values("{name}", {g:g})'
            got = checks.array(probe_values(name, gamma), what, shape=(len(want),), dtype="float")
            checks.equal(got, want, what, rtol=2e-4)


### END HIDDEN TESTS

# %% [markdown]
# Now for an examination. A healthy DQN, a small one like that of notebook 5, is trained on every probe, with three
# seeds each, all in one compiled program. (About 20 seconds.) Your answers are printed beside the learnt values.

# %% tags=["demo"]
dqn_on_probes = museum.on_probes(jax.random.key(0), "DQN")  # by exhibit and probe: values [num_seeds, K]
right = {env: probe_values(env, museum.GAMMA) for env in museum.SEVEN}
progress.warn_unless_done("probe_values")
museum.print_examination(dqn_on_probes["healthy"], right)

# %% [markdown]
# Three seeds, and every one of them is right. Seeds hardly matter on a probe, so it tells you in seconds what CartPole
# tells you in minutes, and it says yes or no. Run probes whenever you change an agent, just as you run tests.
#
# ## 2. Diagnostics
#
# A probe shows *that* something is wrong. Here are numbers to print in every training run, so that you see *what*.
#
# ### Exercise: `explained_variance`
#
# *About 5 minutes · difficulty 1 of 3 · importance 3 of 3*
#
# The loss of a critic tells you little: is 40 good? That depends on how large the targets are and how much they vary.
# The share of their variance that the critic explains can be read on any task:
#
# $$\text{EV} = 1 - \frac{\operatorname{Var}(\text{target} - \text{value})}{\operatorname{Var}(\text{target})}$$
#
# In words: 1 if the values are the targets, 0 if a constant would have done as well, and below 0 if they are worse than
# a constant. A critic that stays at 0 for a long time does not see its observations.
#
# - `value` and `target` are float arrays `[B]`, B ≥ 1. Variances are population variances (divide by B).
# - Where all targets are the same, their variance is 0 and there is nothing to explain: return 0.0.
# - Return a float scalar. It must work under `jax.jit`, so there is no room for an `if`.
#
# **Example.** Targets 0, 2, 4 have variance 8/3. Values 0, 2, 1 leave the errors 0, 0, 3 with variance 2, so EV is
# 1 − 2 / (8/3) = 0.25.
#
# Helpful: [`jnp.var`](https://docs.jax.dev/en/latest/_autosummary/jax.numpy.var.html),
# [`jnp.where`](https://docs.jax.dev/en/latest/_autosummary/jax.numpy.where.html).
#
# <details><summary>Hint 1: a nudge</summary>
#
# `jnp.where(condition, a, b)` computes both and takes one. What if `b` divides by 0? The result is right all the same.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Assign each variance to a variable, then use one `jnp.where` that tests whether the target variance is positive.
#
# </details>


# %% exercise="explained_variance"
def explained_variance(value, target):
    """The share of the targets' variance that the values explain.

    Args:
      value: what a critic said, float [B].
      target: what it should have said, float [B].
    Returns:
      1 - Var(target - value) / Var(target), or 0.0 where all targets are equal, float [].
    """
    ### BEGIN SOLUTION
    variance = jnp.var(target)
    share = 1.0 - jnp.var(target - value) / jnp.where(variance > 0, variance, 1.0)
    return jnp.where(variance > 0, share, 0.0)
    ### END SOLUTION


# %% check="explained_variance" points=1
@checks.exercise("explained_variance")
def _check():
    value, target = np.array([1.0, 2.0, 4.0, 9.0], np.float32), np.array([0.0, 2.0, 8.0, 10.0], np.float32)
    error = target - value  # -1 0 4 1, variance 3.5; targets: 17
    before = (value.copy(), target.copy())
    checks.equal(
        explained_variance(value, target), 1 - 3.5 / 17, "explained_variance([1, 2, 4, 9], [0, 2, 8, 10])",
        wrong=[
            (3.5 / 17, "that is the share that is left over; 1 minus it is explained"),
            (1 - np.mean(error**2) / 17, "that has the mean squared error; a variance subtracts the mean error first"),
            (1 - 3.5 / value.var(), "divide by the variance of the targets, not of the values"),
            (1 - np.mean(error**2) / np.mean(target**2), "those are mean squares; take variances"),
            (1 - error.std() / target.std(), "those are standard deviations; take variances"),
            (1 - error.var(ddof=1) / 17, "one of the two variances divides by B - 1; take the population variance"),
            (1 - 3.5 / target.var(ddof=1), "one of the two variances divides by B - 1; take the population variance"),
            (np.corrcoef(value, target)[0, 1] ** 2, "that is the squared correlation, which ignores a wrong scale"),
            (np.corrcoef(value, target)[0, 1], "that is the correlation, which ignores a wrong scale"),
            (value.var() / 17, "that is the variance of the values over that of the targets"),
            (1 - 17 / 3.5, "the fraction is upside down"),
        ],
    )  # fmt: skip
    checks.unchanged(before, (value, target), "An input of explained_variance")
    checks.equal(
        explained_variance(np.array([1.0, 5.0, 3.0]), np.array([2.0, 2.0, 2.0])), 0.0,
        "explained_variance([1, 5, 3], [2, 2, 2])",
        wrong=[
            (np.nan, "0 / 0 or a number / 0: where all targets are equal, return 0"),
            (-np.inf, "a number / 0: where all targets are equal, return 0"),
            (1.0, "where all targets are equal, there is nothing to explain: return 0, not 1"),
        ],
        hint="Where all targets are equal, return 0: a small number added to the denominator does not do it.",
    )  # fmt: skip
    checks.equal(explained_variance(np.array([3.0]), np.array([3.0])), 0.0, "explained_variance([3], [3]), one row,")
    checks.equal(
        explained_variance(10 - target, target), -3.0, "explained_variance of values that are exactly wrong",
        wrong=[(0.0, "worse than a constant is below 0: do not clip"), (1.0, "worse than a constant is below 0")],
    )  # fmt: skip
    checks.equal(
        jax.jit(explained_variance)(value, target), 1 - 3.5 / 17, "explained_variance under jax.jit"
    )  # fmt: skip


# %% test="explained_variance" points=2
### BEGIN HIDDEN TESTS
@checks.hidden("explained_variance")
def _test():
    rng = np.random.default_rng(1101)
    cases = []
    for size in (2, 3, 40):
        for shift, spread, noise in [(0, 1, 0.5), (20, 3, 3.0), (-5, 0.5, 4.0), (0, 10, 0.0), (3, 1, 1.0)]:
            target = (shift + spread * rng.permutation(np.linspace(-1, 1, size))).astype(np.float32)
            value = (target + noise * rng.normal(size=size) - noise).astype(np.float32)
            precise = target.astype(float)
            cases.append((value, target, 1 - np.var(precise - value) / np.var(precise)))
    for constant in (0.0, 1.0, -4.0, 12.0):
        for size in (1, 3, 40):
            target = np.full(size, constant, np.float32)
            cases += [(target.copy(), target, 0.0), (rng.normal(size=size).astype(np.float32), target, 0.0)]
    ways = checks.ways(explained_variance)
    for value, target, want in cases:
        for how, function in ways if len(value) == 3 else ways[1:]:  # compiling is most of the time: one shape
            for make in (np.array, jnp.asarray):
                inputs = make(value), make(target)
                what = f"explained_variance of {len(value)} values{how}"
                checks.equal(checks.number(function(*inputs), what), want, what, rtol=1e-4, atol=1e-4)
                checks.unchanged([value, target], [np.array(x) for x in inputs], "An input of explained_variance")
    for how, function in ways:
        result = function(jnp.ones(3), jnp.arange(3.0))
        checks.array(result, f"explained_variance{how}", shape=(), dtype="float")


### END HIDDEN TESTS

# %% [markdown]
# ### Exercise: `approx_kl`
#
# *About 5 minutes · difficulty 1 of 3 · importance 3 of 3*
#
# How far has the policy moved in an update? Notebook 9 plotted this. Here is the number behind the picture, and every
# PPO in production prints it. It is estimated from the actions that were taken, with
# $r = \pi_\text{new}(a \mid o) / \pi_\text{old}(a \mid o)$:
#
# $$\text{KL} \approx \frac1B \sum_{i=1}^{B} \big((r_i - 1) - \log r_i\big)$$
#
# In words: each term is 0 where nothing has changed and positive wherever something has, upwards or downwards, so
# nothing cancels. Around 0.01 is usual. If it is exactly 0, update after update, the policy does not learn. Above 0.1,
# it is running away.
#
# - `log_prob` and `old_log_prob` are float arrays `[B]`, the logarithms of the probabilities. They may be as low as
#   -300, whose `exp` is 0 in float32, while their differences stay within 1.
# - Return a float scalar. It must work under `jax.jit`.
#
# **Example.** If both actions had probability 0.5 and now have 0.75 and 0.25, then r is 1.5 and 0.5, and KL is the
# mean of 0.5 − log 1.5 = 0.0945 and −0.5 − log 0.5 = 0.1931, which is 0.1438.
#
# Helpful: [`jnp.expm1`](https://docs.jax.dev/en/latest/_autosummary/jax.numpy.expm1.html) is `exp(x) - 1`.
#
# <details><summary>Hint 1: a nudge</summary>
#
# You need $\log r$ anyway. How do you get it from the two logarithms, and $r$ from it?
#
# </details>


# %% exercise="approx_kl"
def approx_kl(log_prob, old_log_prob):
    """How far a policy has moved, estimated from the actions that the old one took.

    See http://joschu.net/blog/kl-approx.html.

    Args:
      log_prob: the actions' log probabilities under the new policy, float [B].
      old_log_prob: those under the policy that took them, float [B].
    Returns:
      The mean of (r - 1) - log r, where r is the ratio of new to old, float [].
    """
    ### BEGIN SOLUTION
    log_ratio = log_prob - old_log_prob
    return jnp.mean(jnp.expm1(log_ratio) - log_ratio)
    ### END SOLUTION


# %% check="approx_kl" points=1
@checks.exercise("approx_kl")
def _check():
    new, old = np.log(np.array([0.75, 0.25, 0.3], np.float32)), np.log(np.array([0.5, 0.5, 0.2], np.float32))
    before = (new.copy(), old.copy())
    d = (new - old).astype(float)
    want = np.mean(np.expm1(d) - d)
    checks.equal(
        approx_kl(new, old), want, "approx_kl of the new probabilities 0.75, 0.25, 0.3 and the old 0.5, 0.5, 0.2",
        atol=1e-6,
        wrong=[
            (np.mean(np.expm1(-d) + d), "the ratio is upside down: it is new over old"),
            (np.mean(-d), "that is the mean of -log r, in which ups and downs cancel; (r - 1) is missing"),
            (np.mean(d), "that is the mean of log r; (r - 1) - log r is wanted"),
            (np.mean(np.exp(d) - d), "that is r - log r; subtract 1, so that no change gives 0"),
            (np.mean(np.expm1(d) + d), "log r was added; subtract it"),
            (np.mean(np.expm1(d)), "that is r - 1; subtract log r"),
            (np.mean(d**2) / 2, "that is half the mean of (log r)²: close for small changes, but not the formula"),
            (np.mean(np.exp(new) * d), "that is the sum of p log(p/q), as if these were all actions"),
            (np.sum(np.expm1(d) - d), "that is the sum; take the mean"),
            (np.mean((new / old - 1) - np.log(new / old)), "that is a ratio of logarithms; the logarithm of the "
             "ratio is their difference"),
            (np.mean(np.expm1(d)) - np.log(np.mean(np.exp(d))), "take the mean last, of all the terms"),
        ],
    )  # fmt: skip
    checks.unchanged(before, (new, old), "An input of approx_kl")
    same = np.array([-1.0, -300.0, -0.1], np.float32)
    checks.equal(
        approx_kl(same, same), 0.0, "approx_kl of a policy that has not moved, with log probabilities down to -300,",
        atol=1e-6,
        wrong=[(np.nan, "`exp` of -300 is 0, and 0 / 0 is nan: take the difference of the logarithms first")],
    )  # fmt: skip
    checks.equal(
        jax.jit(approx_kl)(jnp.array([-250.0]), jnp.array([-249.5])), np.expm1(-0.5) + 0.5,
        "approx_kl([-250], [-249.5]) under jax.jit", atol=1e-6,
        wrong=[(np.nan, "`exp` of -250 is 0, and 0 / 0 is nan: take the difference of the logarithms first"),
               (np.expm1(0.5) - 0.5, "the ratio is upside down: it is new over old")],
    )  # fmt: skip


# %% test="approx_kl" points=2
### BEGIN HIDDEN TESTS
@checks.hidden("approx_kl")
def _test():
    rng = np.random.default_rng(1102)
    cases = []
    for size in (1, 2, 40):
        for low, change in [(-2, 0.01), (-2, 0.3), (-30, 1.0), (-300, 0.5), (-300, 1.0), (-2, 0.0)]:
            old = rng.uniform(low, -1.5, size).astype(np.float32)
            new = (old + 0.999 * rng.uniform(-change, change, size)).astype(np.float32)
            d = new.astype(float) - old.astype(float)
            cases.append((new, old, np.mean(np.expm1(d) - d)))
    ways = checks.ways(approx_kl)
    for new, old, want in cases:
        for how, function in ways if len(new) == 2 else ways[1:]:  # compiling is most of the time: one shape
            for make in (np.array, jnp.asarray):
                inputs = make(new), make(old)
                what = f"approx_kl of {len(new)} actions{how}"
                checks.equal(checks.number(function(*inputs), what), want, what, rtol=1e-4, atol=1e-6)
                checks.unchanged([new, old], [np.array(x) for x in inputs], "An input of approx_kl")
    for how, function in ways:
        result = function(jnp.array([-1.0, -2.0]), jnp.array([-1.5, -1.5]))
        checks.array(result, f"approx_kl{how}", shape=(), dtype="float")


### END HIDDEN TESTS

# %% [markdown]
# ### Exercise: `dead_units`
#
# *About 4 minutes · difficulty 1 of 3 · importance 2 of 3*
#
# A unit with a ReLU that outputs 0 for every observation also has no gradient. It is **dead**: nothing will ever wake
# it. One step that was far too large can kill half a network, and what is left goes on learning, a little worse.
#
# $$\text{dead} = \frac1D \, \#\{d : x_{b,d} = 0 \text{ for all } b\}$$
#
# In words: what share of the columns holds nothing but zeros?
#
# - `activations` is a float array `[B, D]`, with a row for each observation and a column for each unit. Values may be
#   negative (not all units are ReLUs). B ≥ 1 and D ≥ 1.
# - Return a float scalar between 0 and 1. It must work under `jax.jit`.
#
# **Example.** In `[[0, 2, 0], [0, 0, -1]]` only the first column is dead, so the share is 1/3.
#
# Helpful: [`jnp.all`](https://docs.jax.dev/en/latest/_autosummary/jax.numpy.all.html) with `axis`.
#
# <details><summary>Hint 1: a nudge</summary>
#
# First, which entries are 0, `[B, D]`; then, which columns are 0 from top to bottom, `[D]`; then, what share of them
# that is.
#
# </details>


# %% exercise="dead_units"
def dead_units(activations):
    """The share of a layer's units that are 0 for every observation of a batch.

    Args:
      activations: the units' outputs, float [B, D].
    Returns:
      The share of columns that are 0 in every row, float [].
    """
    ### BEGIN SOLUTION
    return jnp.mean(jnp.all(activations == 0, axis=0))
    ### END SOLUTION


# %% check="dead_units" points=1
@checks.exercise("dead_units")
def _check():
    x = np.array([[0, 1, 0, -2, 0, 0], [0, 0, 0, 2, 3, 0], [0, 0, 0, 0, 0, 0], [0, 4, 0, 0, 0, 0]], np.float32)
    before = x.copy()
    checks.equal(
        dead_units(x), 0.5,
        "dead_units([[0, 1, 0, -2, 0, 0], [0, 0, 0, 2, 3, 0], [0, 0, 0, 0, 0, 0], [0, 4, 0, 0, 0, 0]])",
        wrong=[
            (19 / 24, "that is the share of zeros; a unit is dead if its whole *column* is 0"),
            (0.25, "those are the dead rows; units are columns: axis=0"),
            (1.0, "a unit is dead if it is 0 in *every* row, not in some"),
            (4 / 6, "a column whose entries cancel (-2 and 2) is not dead: do not add them up"),
            (3.0, "that is how many; return their share"),
            (1 / 3, "that is the share of units with a positive sum; which units are never anything but 0?"),
            (0.75, "divide by the number of columns, not of rows"),
        ],
    )  # fmt: skip
    checks.unchanged(before, x, "The input of dead_units")
    checks.equal(
        dead_units(np.array([[-1.0, 0.0, 0.0, 0.0], [-3.0, 0.0, 0.0, 2.0]])), 0.5,
        "dead_units([[-1, 0, 0, 0], [-3, 0, 0, 2]])",
        wrong=[(0.75, "a negative unit is alive: only 0 is dead")],
    )  # fmt: skip
    checks.equal(
        dead_units(np.array([[3.0, 0.0], [3.0, 0.0]])), 0.5, "dead_units([[3, 0], [3, 0]])",
        wrong=[(1.0, "a unit that outputs the same for every input is not dead, unless that is 0")],
    )  # fmt: skip
    checks.equal(
        dead_units(np.array([[1e-6, 0.0]], np.float32)), 0.5, "dead_units([[1e-6, 0]])",
        wrong=[(1.0, "small is not dead: only exactly 0 is")],
    )  # fmt: skip
    checks.equal(jax.jit(dead_units)(x), 0.5, "dead_units under jax.jit")


# %% test="dead_units" points=2
### BEGIN HIDDEN TESTS
@checks.hidden("dead_units")
def _test():
    rng = np.random.default_rng(1103)
    cases = []
    for rows, columns in [(1, 1), (1, 8), (6, 1), (5, 7), (3, 50)]:
        for share in (0.0, 0.4, 1.0):
            x = rng.normal(size=(rows, columns)) * (rng.random((rows, columns)) < 0.4)
            x[:, rng.random(columns) < share] = 0.0
            if rows > 1:
                x[1::2] = -x[: rows - rows % 2 : 2]  # columns that cancel
            cases.append((x.astype(np.float32), float(np.mean([not column.any() for column in x.T]))))
    cases.append((np.full((4, 3), -1e-20, np.float32), 0.0))
    ways = checks.ways(dead_units)
    for x, want in cases:
        for how, function in ways if len(x) > 3 else ways[1:]:  # compiling is most of the time: without jit some shapes
            for make in (np.array, jnp.asarray):
                given = make(x)
                what = f"dead_units of {list(x.shape)}{how}"
                checks.equal(checks.number(function(given), what), want, what)
                checks.unchanged(x, np.array(given), "The input of dead_units")
    for how, function in ways:
        checks.array(function(jnp.zeros((2, 2))), f"dead_units{how}", shape=(), dtype="float")


### END HIDDEN TESTS

# %% [markdown]
# ### Exercise: `update_ratio`
#
# *About 5 minutes · difficulty 2 of 3 · importance 2 of 3*
#
# Is the learning rate in the right order of magnitude? Compare the size of a step with the size of what it changes:
#
# $$\text{ratio} = \frac{\lVert \theta_\text{new} - \theta_\text{old} \rVert}{\lVert \theta_\text{old} \rVert}$$
#
# where $\lVert \cdot \rVert$ is the **global norm**: the square root of the sum of the squares of *all* numbers, over
# all leaves together. For one step of an optimiser, about 0.001 is healthy. 0 means that these parameters are never
# changed at all, which the loss alone would not reveal.
#
# - `old` and `new` are pytrees of float arrays with the same structure; `old` is not all zero.
# - Return a float scalar. It must work under `jax.jit`.
#
# **Example.** `old = {"w": [3, 0], "b": [4]}` has norm 5. If `new = {"w": [3, 0.3], "b": [4.4]}`, the change has norm
# 0.5, so the ratio is 0.1.
#
# Helpful: [`jax.tree.map`](https://docs.jax.dev/en/latest/_autosummary/jax.tree.map.html), and
# [`jax.tree.leaves`](https://docs.jax.dev/en/latest/_autosummary/jax.tree.leaves.html), a list of all arrays in a tree.
#
# <details><summary>Hint 1: a nudge</summary>
#
# `jax.tree.map` takes a function of two arguments and two trees.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Make one tree of differences, then take two global norms. Do not take a norm for each leaf: their mean is something
# else.
#
# </details>


# %% exercise="update_ratio"
def update_ratio(old, new):
    """How large a change of parameters is, compared with the parameters.

    Args:
      old: the parameters before, a pytree of float arrays.
      new: the parameters after, likewise.
    Returns:
      The global norm of new - old over that of old, float [].
    """
    ### BEGIN SOLUTION
    norm = lambda tree: jnp.sqrt(sum(jnp.sum(jnp.square(x)) for x in jax.tree.leaves(tree)))
    return norm(jax.tree.map(lambda a, b: b - a, old, new)) / norm(old)
    ### END SOLUTION


# %% check="update_ratio" points=1
@checks.exercise("update_ratio")
def _check():
    old = {"w": np.array([[2.0, 0.0], [1.0, 2.0]], np.float32), "b": np.array([4.0, 0.0], np.float32)}
    new = {"w": np.array([[2.0, 1.0], [1.0, 4.0]], np.float32), "b": np.array([4.0, -2.0], np.float32)}
    before = jax.tree.map(np.copy, (old, new))
    checks.equal(
        update_ratio(old, new), 0.6, 'update_ratio({"w": [[2, 0], [1, 2]], "b": [4, 0]}, '
        '{"w": [[2, 1], [1, 4]], "b": [4, -2]})',
        wrong=[
            (0.36, "the root is missing: a norm is the root of the sum of squares"),
            (3.0, "that is the size of the change; divide by that of the old parameters"),
            (3.0 / np.sqrt(42), "divide by the norm of the old parameters, not of the new ones"),
            ((np.sqrt(5) / 3 + 0.5) / 2, "that is the mean over the leaves of their ratios; take one norm over all"),
            (np.sqrt(5) / 3 + 0.5, "that is the sum over the leaves of their ratios; take one norm over all"),
            ((np.sqrt(5) + 2) / 7, "norms of leaves do not add up: add the squares of all numbers, then take the root"),
            (np.sqrt(42) / 5 - 1, "that compares two norms; take the norm of the difference"),
            (np.sqrt(42) / 5, "that compares two norms; take the norm of the difference"),
            (5.0 / 9.0, "those are sums of absolute values; a norm has squares and a root"),
            (1.0 / 9.0, "changes up and down cancel in your sum; square them"),
            (np.sqrt(5) / 3, "that is one leaf alone; all of them count"),
            (0.5, "that is one leaf alone; all of them count"),
            (5.0 / 3.0, "the fraction is upside down"),
        ],
        hint="One norm over all leaves of new - old, over one norm over all leaves of old.",
    )  # fmt: skip
    checks.unchanged(before, (old, new), "An input of update_ratio")
    deep = [(jnp.array([3.0]), {"x": jnp.zeros((2, 2))}), jnp.array(4.0)]
    moved = [(jnp.array([3.0]), {"x": jnp.full((2, 2), 0.5)}), jnp.array(4.0)]
    checks.equal(jax.jit(update_ratio)(deep, moved), 0.2, "update_ratio of lists, tuples and dicts under jax.jit")
    checks.equal(update_ratio(old, old), 0.0, "update_ratio of parameters that did not change")


# %% test="update_ratio" points=2
### BEGIN HIDDEN TESTS
@checks.hidden("update_ratio")
def _test():
    rng = np.random.default_rng(1104)
    make = lambda *shape: rng.normal(size=shape).astype(np.float32)
    Pair = collections.namedtuple("Pair", "actor critic")
    trees = [
        lambda: make(5), lambda: [make(3, 2), make(2)], lambda: {"a": {"w": make(4, 4), "b": make(4)}, "c": make()},
        lambda: Pair([(make(2, 8), make(8))], [(make(2, 3), make(3))]), lambda: (make(1), [make(1, 1, 1)]),
    ]  # fmt: skip
    norm = lambda leaves: np.sqrt(sum(np.sum(np.square(x)) for x in leaves))
    cases = []
    for tree in trees:
        for size in (1e-3, 0.1, 3.0, 0.0):
            old, step = tree(), tree()
            new = jax.tree.map(lambda x, y, s=size: (x + s * y).astype(np.float32), old, step)
            leaves, moved = ([np.asarray(x, float) for x in jax.tree.leaves(params)] for params in (old, new))
            cases.append((old, new, norm([b - a for a, b in zip(leaves, moved, strict=True)]) / norm(leaves)))
    ways = checks.ways(update_ratio)
    for old, new, want in cases:
        for how, function in ways if isinstance(old, dict) else ways[1:]:  # compiling is most of the time: one tree
            for convert in (np.array, jnp.asarray):
                given = jax.tree.map(convert, (old, new))
                got = checks.number(function(*given), f"update_ratio{how}")
                checks.equal(got, want, f"update_ratio{how}", rtol=1e-4, atol=2e-6)
                checks.unchanged((old, new), jax.tree.map(np.array, given), "An input of update_ratio")
    for how, function in ways:
        checks.array(function(jnp.ones(3), jnp.zeros(3)), f"update_ratio{how}", shape=(), dtype="float")


### END HIDDEN TESTS

# %% [markdown]
# ### Exercise: `check_rollout`
#
# *About 10 minutes · difficulty 2 of 3 · importance 3 of 3*
#
# Many bugs are not in the learning at all, but in what the memory tells the learner. Whatever produced a
# rollout, some things must hold in it, and a few lines check them for every environment that you will ever use.
#
# A rollout is a `Transition` of NumPy arrays with the axes `[T, N, ...]`: `T` ≥ 1 steps of `N` environments. A step is
# **over** if it is terminated or truncated (bool, or 0.0 and 1.0). Return a dictionary with exactly these four keys,
# whose values are counts (Python or NumPy integers):
#
# - `"not_finite"`: how many entries of `obs`, `reward` and `next_obs`, all three together, are nan or infinite.
# - `"broken_chain"`: how many pairs (t, n) with t < T − 1, not over at t, have a `next_obs[t, n]` that differs
#   *anywhere* from `obs[t + 1, n]`. Inside an episode, what follows must be what comes next. (nan differs from
#   everything.)
# - `"frozen"`: for how many pairs (t, n) `next_obs` equals `obs` in every entry. A world in which nothing moves is
#   suspicious: it is what a memory that keeps references to one array looks like.
# - `"both_flags"`: how many pairs are terminated *and* truncated. That is possible, but rare.
#
# `obs` and `next_obs` may be `[T, N]`, `[T, N, obs_dim]`, or `[T, N, height, width]`. Do not look at the actions.
# Change nothing.
#
# **Example.** One environment, T = 3, with observations 1, 2, 2, next observations 2, 5, 2, and no flags set: the chain
# is broken once (5 is followed by 2), and the last step is frozen.
#
# Helpful: [`np.isfinite`](https://numpy.org/doc/stable/reference/generated/numpy.isfinite.html),
# [`np.all`](https://numpy.org/doc/stable/reference/generated/numpy.all.html), slices like `obs[1:]`.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Each count is a sum over a boolean array `[T, N]` (or `[T - 1, N]`). How do you get one from arrays that may or may
# not have further axes?
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# `same = a == b` has the shape of the observations; `same.reshape(T, N, -1).all(axis=2)` is `[T, N]` whatever the shape
# was. For the chain, compare `next_obs[:-1]` with `obs[1:]` where `over[:-1]` is False.
#
# </details>


# %% exercise="check_rollout"
def check_rollout(rollout):
    """Counts what should not be in a rollout.

    Args:
      rollout: a Transition of NumPy arrays [T, N, ...].
    Returns:
      A dict of four integers: "not_finite", "broken_chain", "frozen", "both_flags".
    """
    ### BEGIN SOLUTION
    obs, next_obs = rollout.obs, rollout.next_obs
    terminated, truncated = rollout.terminated.astype(bool), rollout.truncated.astype(bool)
    equal = lambda a, b: np.all((a == b).reshape(*a.shape[:2], -1), axis=2)
    linked = equal(next_obs[:-1], obs[1:]) if len(obs) > 1 else True
    return {
        "not_finite": sum(int(np.sum(~np.isfinite(x))) for x in (obs, rollout.reward, next_obs)),
        "broken_chain": int(np.sum(~linked & ~(terminated | truncated)[:-1])) if len(obs) > 1 else 0,
        "frozen": int(np.sum(equal(obs, next_obs))),
        "both_flags": int(np.sum(terminated & truncated)),
    }
    ### END SOLUTION


# %% check="check_rollout" points=2
@checks.exercise("check_rollout")
def _check():
    keys = ["not_finite", "broken_chain", "frozen", "both_flags"]

    def counts(rollout, case):
        """The four counts, when what came back is a dictionary of them."""
        before = jax.tree.map(np.copy, rollout)
        got = check_rollout(rollout)
        if not isinstance(got, dict):
            checks.fail(f"check_rollout should return a dictionary, but it returned a {type(got).__name__}.")
        if sorted(map(str, got)) != sorted(keys):
            checks.fail(f"check_rollout should have exactly the keys {keys}, but has {sorted(map(str, got))}.")
        checks.unchanged(before, rollout, "The rollout")
        return {key: checks.integer(got[key], f'"{key}" of {case}', allow_jax=False) for key in keys}

    def one(obs, next_obs, terminated=None, truncated=None, reward=None):
        """A rollout of a single environment, observations [T, 1, obs_dim]."""
        obs, next_obs = (np.array(x, np.float32)[:, None] for x in (obs, next_obs))
        zeros = np.zeros((len(obs), 1), np.float32)
        flags = [zeros if x is None else np.array(x, np.float32)[:, None] for x in (terminated, truncated)]
        reward = zeros if reward is None else np.array(reward, np.float32)[:, None]
        return Transition(obs, zeros.astype(int), reward, next_obs, *flags)

    got = counts(one([[1.0, 0], [2, 0], [2, 0]], [[2.0, 0], [5, 0], [2, 0]]), "the statement's example")
    checks.equal(
        got["broken_chain"], 1, '"broken_chain" of the statement\'s example',
        wrong=[
            (0, "next_obs of the second step is 5, and the third obs is 2. Compare next_obs[t] with obs[t + 1]"),
            (2, "a pair (t, n) counts once if next_obs[t] and obs[t + 1] differ *anywhere*; the last step never does"),
            (3, "compare next_obs[t] with obs[t + 1], for t < T - 1"),
        ],
    )  # fmt: skip
    checks.equal(
        got["frozen"], 1, '"frozen" of the statement\'s example',
        wrong=[
            (4, "a pair (t, n) is frozen if *every* entry is the same; you counted entries"),
            (3, "a pair (t, n) is frozen if *every* entry is the same, not if any is"),
            (2, "next_obs[t] is compared with obs[t] of the same step"),
            (0, "next_obs of the last step equals its obs"),
        ],
    )  # fmt: skip
    got = np.array([got["not_finite"], got["both_flags"]])
    checks.equal(got, [0, 0], '"not_finite" and "both_flags" of that example')

    over = one([[1.0], [2], [3], [4]], [[8.0], [9], [7], [5]], terminated=[1, 0, 0, 0], truncated=[0, 1, 0, 0])
    got = counts(over, "four steps, the first terminated, the second truncated, every next_obs different,")
    checks.equal(
        got["broken_chain"], 1,
        '"broken_chain" of four steps, the first terminated, the second truncated, every next_obs different',
        wrong=[
            (3, "where an episode is over, another one begins: those pairs do not count"),
            (2, "an episode is over when it is terminated *or* truncated; both kinds are left out"),
            (4, "the last step has no successor in the rollout: only t < T - 1 counts"),
            (0, "`over` belongs to step t, whose next_obs you compare; or did you leave out the whole rollout?"),
        ],
    )  # fmt: skip
    checks.equal(
        got["both_flags"], 0, '"both_flags" of that rollout',
        wrong=[(2, "that is how many have one of the flags; count those with both at once"),
               (1, "count the steps at which both flags are true at once")],
    )  # fmt: skip
    nan = np.nan
    sick = one([[nan, 1.0], [2, nan]], [[2.0, nan], [3, np.inf]], reward=[-np.inf, 0])
    got = counts(sick, "two steps with nan in obs twice, nan and inf in next_obs, and -inf in reward,")
    checks.equal(
        got["not_finite"], 5,
        '"not_finite" of two steps with nan in obs twice, nan and inf in next_obs, -inf in reward',
        wrong=[
            (3, "infinite counts too, not only nan (and all of obs, reward and next_obs)"),
            (4, "obs, next_obs and the reward: all three count, and minus infinity too"),
            (2, "obs, next_obs and the reward: all three count, or do you count steps? Entries are wanted"),
        ],
    )  # fmt: skip
    checks.equal(
        np.array([got["broken_chain"], got["frozen"]]), [1, 0], '"broken_chain" and "frozen" of that rollout',
        wrong=[([0, 0], "nan differs from everything, even from nan: the chain is broken")],
    )  # fmt: skip
    both = Transition(np.zeros((1, 3)), np.zeros((1, 3)), np.ones((1, 3)), np.ones((1, 3)),
                      np.array([[True, False, True]]), np.array([[True, True, False]]))  # fmt: skip
    got = counts(both, "one step of three environments, obs [1, 3]")
    checks.equal(
        np.array([got[key] for key in keys]), [0, 0, 0, 1], f"{keys} of one step of three environments, obs [1, 3]",
        wrong=[([0, 0, 0, 3], "count where both flags are true *in the same pair*, not one or the other")],
        hint="T may be 1, and observations need not have a third axis.",
    )  # fmt: skip


# %% test="check_rollout" points=4
### BEGIN HIDDEN TESTS
@checks.hidden("check_rollout")
def _test():
    rng = np.random.default_rng(1105)
    keys = ["not_finite", "broken_chain", "frozen", "both_flags"]

    def reference(r):
        out = dict.fromkeys(keys, 0)
        for x in (r.obs, r.reward, r.next_obs):
            out["not_finite"] += sum(1 for value in x.ravel() if not np.isfinite(value))
        steps, envs = r.reward.shape
        for t in range(steps):
            for n in range(envs):
                over = bool(r.terminated[t, n]) or bool(r.truncated[t, n])
                if t < steps - 1 and not over:
                    out["broken_chain"] += not np.array_equal(r.next_obs[t, n], r.obs[t + 1, n])
                out["frozen"] += np.array_equal(r.obs[t, n], r.next_obs[t, n])
                out["both_flags"] += bool(r.terminated[t, n]) and bool(r.truncated[t, n])
        return [int(out[key]) for key in keys]

    def make(steps, envs, shape, flags, sick):
        """A rollout with some of everything; episodes begin anew where they are over."""
        obs = rng.integers(0, 3, (steps + 1, envs, *shape)).astype(np.float32)
        terminated, truncated = rng.random((2, steps, envs)) < 0.25
        next_obs = obs[1:].copy()
        over = terminated | truncated
        next_obs[over] = rng.integers(0, 3, next_obs[over].shape)
        reward = rng.normal(size=(steps, envs)).astype(np.float32)
        obs = obs[:-1].copy()
        if sick:
            for x in (obs, next_obs, reward):
                at = rng.random(x.shape) < 0.08
                x[at] = rng.choice([np.nan, np.inf, -np.inf], at.sum())
            wrong = rng.random((steps, envs)) < 0.2
            next_obs[wrong] = np.roll(next_obs, 1, axis=0)[wrong]
            still = rng.random((steps, envs)) < 0.2
            next_obs[still] = obs[still]
        action = rng.integers(0, 2, (steps, envs))
        return Transition(obs, action, reward, next_obs, terminated.astype(flags), truncated.astype(flags))

    sizes = [(1, 1), (1, 4), (2, 1), (2, 3), (7, 1), (12, 5), (30, 8)]
    for steps, envs in sizes:
        for shape in [(), (1,), (2,), (4,), (2, 3), (envs,)]:
            for flags in (bool, np.float32):
                for sick in (False, True):
                    rollout = make(steps, envs, shape, flags, sick)
                    want = reference(rollout)
                    before = jax.tree.map(np.copy, rollout)
                    got = check_rollout(rollout)
                    what = f"obs of shape {[steps, envs, *shape]}"
                    if not isinstance(got, dict) or sorted(map(str, got)) != sorted(keys):
                        checks.fail(f"check_rollout should return a dictionary with the keys {keys}.")
                    checks.unchanged(before, rollout, "The rollout")
                    for key, count in zip(keys, want, strict=True):
                        value = checks.integer(got[key], f'"{key}" with {what}', allow_jax=False)
                        checks.equal(value, count, f'"{key}" with {what}')
    odd = make(6, 2, (3,), bool, True)
    odd = odd._replace(action=np.full((6, 2, 2), np.nan, np.float32))  # actions are not looked at
    want = reference(odd)
    got = check_rollout(odd)
    for key, count in zip(keys, want, strict=True):
        checks.equal(checks.integer(got[key], f'"{key}"', allow_jax=False), count, f'"{key}" with odd actions')


### END HIDDEN TESTS

# %% [markdown]
# ## 3. Two repairs
#
# Everyone writes these two bugs once. First, this loss:


# %%
def td_loss(q_values, action, target):
    """The mean of (q_values[i, action[i]] - target[i])². It has a bug."""
    chosen = jnp.take_along_axis(q_values, action[:, None], axis=1)  # [B, 1]
    return jnp.mean(jnp.square(chosen - target))


q_values, target = jnp.array([[1.0, 9.0], [3.0, 9.0]]), jnp.array([1.0, 3.0])
print("every chosen value is on target, so the loss should be 0:", td_loss(q_values, jnp.array([0, 0]), target))

# %% [markdown]
# `chosen` is `[B, 1]`, `target` is `[B]`, and their difference is `[B, B]`: every value minus every target. There is no
# error, the loss goes down in training, and the values are all drawn towards the *mean* target. (A critic like that has
# an explained variance of 0, for ever.)
#
# ### Exercise: `mended_td_loss`
#
# *About 4 minutes · difficulty 1 of 3 · importance 3 of 3 · two-hour path*
#
# Mend it. In the wild, targets come in either shape, so let the function take both.
#
# $$L = \frac1B \sum_{i=1}^{B} \big(q_{i, a_i} - y_i\big)^2$$
#
# In words: each row's value of its own action, against its own target.
#
# - `q_values` is float `[B, A]`, `action` int `[B]`, and `target` float `[B]` **or** `[B, 1]`.
# - Return a float scalar. It must work under `jax.jit` and `jax.grad` with respect to `q_values`.
#
# **Example.** With the numbers above the loss is 0. If the first target were 3, it would be ((1 − 3)² + 0²) / 2 = 2.
#
# Helpful: [`jnp.reshape`](https://docs.jax.dev/en/latest/_autosummary/jax.numpy.reshape.html) with -1.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Bring both to the same shape before you subtract. Which shape can you make from `[B]` as well as from `[B, 1]`?
#
# </details>


# %% exercise="mended_td_loss"
def mended_td_loss(q_values, action, target):
    """The mean squared error between the values of the actions taken and their targets.

    Args:
      q_values: float [B, A].
      action: int [B].
      target: float [B] or [B, 1].
    Returns:
      The mean over [B] of (q_values[i, action[i]] - target[i])², float [].
    """
    ### BEGIN SOLUTION
    chosen = jnp.take_along_axis(q_values, action[:, None], axis=1)[:, 0]
    return jnp.mean(jnp.square(chosen - target.reshape(-1)))
    ### END SOLUTION


# %% check="mended_td_loss" points=1
@checks.exercise("mended_td_loss")
def _check():
    q = np.array([[1.0, 5.0, 0.0], [2.0, 7.0, 4.0], [0.0, 6.0, 3.0], [8.0, 1.0, 2.0]], np.float32)
    action, target = np.array([1, 0, 2, 0]), np.array([4.0, 2.0, 7.0, 5.0], np.float32)
    before = (q.copy(), action.copy(), target.copy())
    chosen = q[np.arange(4), action]  # 5 2 3 8, errors 1 0 -4 3
    crossed = float(np.mean((chosen[:, None] - target) ** 2))
    wrong = [
        (crossed, "still [B, B]: every value against every target. Print the shapes of both before you subtract"),
        (26.0, "that is the sum; take the mean over the batch"),
        (3.25, "that is 26 / 8: the factor one half does not belong here"),
        (2.0, "those are absolute errors; square them"),
        (0.0, "the errors cancel, or only their mean was squared; square each of them first"),
        (np.mean((q - target[:, None]) ** 2), "all actions' values are in your loss; only those of the actions taken "
         "have a target"),
        (np.mean((q.max(1) - target) ** 2), "that is the largest value of each row; take that of the action taken"),
        (26.0 / 3, "divide by the number of rows, B; you divided by the number of actions"),
        (26.0 / 12, "divide by the number of rows, B; you divided by B · A"),
        (np.mean((q[action[0]] - target[0]) ** 2), "take_along_axis: the action picks a column, not a row"),
        (np.sqrt(6.5), "no root: the mean of the squares"),
    ]  # fmt: skip
    for y, shape in [(target, "[4]"), (target[:, None], "[4, 1]")]:
        given = y.copy()
        checks.equal(mended_td_loss(q, action, given), 6.5, f"mended_td_loss with errors 1 0 -4 3 and a target {shape}",
                     wrong=wrong)  # fmt: skip
        checks.unchanged(y, given, "target")
    checks.unchanged(before, (q, action, target), "An input of mended_td_loss")
    want = np.zeros((4, 3))
    want[[0, 2, 3], [1, 2, 0]] = [0.5, -2.0, 1.5]
    gradient = jax.jit(jax.grad(mended_td_loss))
    for y, shape in [(target, "[4]"), (target[:, None], "[4, 1]")]:
        checks.equal(
            gradient(q, action, y), want, f"Its gradient with a target {shape}",
            wrong=[(np.zeros((4, 3)), "no gradient gets through; is there a `stop_gradient` or a NumPy function?"),
                   (2 * want, "that is the gradient of a sum of two losses, or the mean is missing a half")],
        )  # fmt: skip


# %% test="mended_td_loss" points=2
### BEGIN HIDDEN TESTS
@checks.hidden("mended_td_loss")
def _test():
    rng = np.random.default_rng(1106)
    ways, gradient = checks.ways(mended_td_loss), jax.jit(jax.grad(mended_td_loss))
    for size, actions in [(1, 3), (3, 3), (40, 5)]:
        for scale in (1.0, 20.0):
            q = (scale * rng.normal(size=(size, actions))).astype(np.float32)
            target = (scale * rng.normal(size=size)).astype(np.float32)
            action = rng.integers(0, actions, size)
            error = q[np.arange(size), action].astype(float) - target
            want = np.mean(error**2)
            slope = np.zeros((size, actions))
            slope[np.arange(size), action] = 2 * error / size
            for y in (target, target[:, None]):
                for make in (np.array, jnp.asarray):
                    inputs = make(q), make(action), make(y)
                    before = [np.array(x) for x in inputs]
                    what = f"mended_td_loss with a target {list(y.shape)}"
                    for how, function in ways if size == 3 else ways[1:]:  # compiling is most of the time: one shape
                        got = checks.array(function(*inputs), what + how, shape=(), dtype="float")
                        checks.equal(got / max(1.0, want), want / max(1.0, want), what + how, rtol=1e-4, atol=1e-5)
                    got = checks.array(gradient(*inputs), f"The gradient of {what}", shape=(size, actions))
                    checks.equal(got / scale, slope / scale, f"The gradient of {what}", rtol=1e-4, atol=1e-5)
                    checks.unchanged(before, [np.array(x) for x in inputs], "An input of mended_td_loss")


### END HIDDEN TESTS

# %% [markdown]
# The second bug is one line, and looks as innocent as a line can:


# %%
def push(storage, obs):
    """Appends an observation to a list. It has a bug."""
    storage.append(obs)


storage, obs = [], np.zeros(2)
for _ in range(3):
    obs += 1.0  # an environment that reuses its array: fast, and allowed
    push(storage, obs)
print("pushed [1 1], [2 2] and [3 3]; stored:", *storage)

# %% [markdown]
# These are three references to one array. Changing it changes the past. (Q-learning from such a memory learns about one
# observation, the last one.)
#
# ### Exercise: `mended_push`
#
# *About 3 minutes · difficulty 1 of 3 · importance 2 of 3*
#
# Mend it: what the caller does to `obs` afterwards must change nothing that is stored.
#
# - `storage` is a list. Append one entry to it. `obs` is a NumPy array of any shape and dtype. Store a NumPy array of
#   the same shape and dtype. Leave `obs` itself as it was. Return None.
#
# **Example.** With `mended_push` the loop above stores `[1 1]`, `[2 2]` and `[3 3]`.
#
# Helpful: [`np.ndarray.copy`](https://numpy.org/doc/stable/reference/generated/numpy.ndarray.copy.html).
#
# <details><summary>Hint 1: a nudge</summary>
#
# Some ways to "make an array" of an array give you the same memory again: `np.asarray`, `obs[:]`, `obs.view()`,
# `obs.reshape(...)`.
#
# </details>


# %% exercise="mended_push"
def mended_push(storage, obs):
    """Appends an observation to a list, so that it stays what it is now.

    Args:
      storage: a list of arrays.
      obs: an observation, a NumPy array.
    """
    ### BEGIN SOLUTION
    storage.append(obs.copy())
    ### END SOLUTION


# %% check="mended_push" points=1
@checks.exercise("mended_push")
def _check():
    storage, obs = [], np.array([1.0, 2.0], np.float32)
    result = mended_push(storage, obs)
    checks.that(result is None, "mended_push should return nothing: it changes the list.")
    checks.that(len(storage) == 1, f"After one push the list should have 1 entry, but it has {len(storage)}.")
    checks.equal(obs, [1.0, 2.0], "obs after the push")
    obs += 10.0
    mended_push(storage, obs)
    obs[0] = -5.0
    checks.that(len(storage) == 2, f"After two pushes the list should have 2 entries, but it has {len(storage)}.")
    for entry in storage:
        if type(entry) is not np.ndarray:
            checks.fail(f"What is stored should be a NumPy array, but it is a {type(entry).__name__}.")
    checks.equal(
        storage[0], [1.0, 2.0], "The first entry, after the caller has added 10 to its array and pushed again",
        wrong=[
            ([-5.0, 12.0], "it is still the caller's own array; store a copy of it. (np.asarray, obs[:] and views are "
             "not copies)"),
            ([11.0, 12.0], "the newest comes last: append"),
        ],
    )  # fmt: skip
    checks.equal(
        storage[1], [11.0, 12.0], "The second entry", wrong=[([-5.0, 12.0], "it is still the caller's own array")]
    )
    checks.that(
        storage[0].dtype == np.float32 and storage[0].shape == (2,),
        f"A float32 array [2] was pushed, and {storage[0].dtype.name} {list(storage[0].shape)} was stored.",
    )
    whole = np.arange(4, dtype=np.uint8).reshape(2, 2)
    mended_push(storage, whole)
    checks.that(
        storage[-1].dtype == np.uint8 and storage[-1].shape == (2, 2),
        f"A uint8 array [2, 2] was pushed, and {storage[-1].dtype.name} {list(storage[-1].shape)} was stored.",
    )


# %% test="mended_push" points=2
### BEGIN HIDDEN TESTS
@checks.hidden("mended_push")
def _test():
    rng = np.random.default_rng(1107)
    storage, kept = [], []
    for dtype in (np.float32, np.float64, np.uint8, np.int64, bool):
        for shape in [(), (1,), (4,), (3, 2), (2, 3, 4)]:
            obs = np.asarray((9 * rng.normal(size=shape)).astype(dtype))
            for view in (obs, obs[..., ::-1] if shape else obs, obs.T):
                want = np.copy(view)
                result = mended_push(storage, view)
                checks.that(result is None, "mended_push should return None.")
                checks.unchanged(want, view, "obs")
                kept.append(want)
                checks.that(len(storage) == len(kept), "Each push adds one entry.")
                checks.that(type(storage[-1]) is np.ndarray, "What is stored should be a NumPy array.")
                obs[...] = 7 if dtype is not bool else ~obs
                obs[...] = 3 if dtype is not bool else obs
    for got, want in zip(storage, kept, strict=True):
        checks.that(got.dtype == want.dtype, "What is stored should have the dtype of what was pushed.")
        checks.that(got.shape == want.shape, "What is stored should have the shape of what was pushed.")
        checks.that(np.array_equal(got, want), "What is stored has changed since it was pushed.")
    other = []
    mended_push(other, np.ones(2))
    checks.that(len(other) == 1 and len(storage) == len(kept), "Two lists got in each other's way.")


### END HIDDEN TESTS

# %% [markdown]
# ## 4. The museum
#
# Fourteen bugs, each linked to a public report of it (one is a paper). Good libraries are among them, and good people;
# that is the point.
#
# - `clock_is_death`, DQN. An episode that the clock cut off counts as dead: no future value.
#   ([Seen here.](https://github.com/DLR-RM/stable-baselines3/issues/284))
# - `death_is_ignored`, DQN. The target has a future value after the end of the task too.
#   ([Seen here.](https://github.com/navneet-nmk/pytorch-rl/issues/2))
# - `maximum_from_zero`, DQN. The maximum over actions starts at 0, as if no value could be negative.
#   ([Seen here.](https://github.com/yandexdataschool/Practical_RL/issues/296))
# - `loss_broadcasts`, DQN. Values [B] minus targets [B, 1] are [B, B]: all against all.
#   ([Seen here.](https://github.com/google-deepmind/acme/issues/277))
# - `one_key`, DQN. One random key decides whether to explore and which action to take.
#   ([Seen here.](https://github.com/google-deepmind/mujoco_playground/pull/349))
# - `target_never_updated`, DQN. The target network is loaded from itself and stays as it began.
#   ([Seen here.](https://github.com/thesouther/MARL/issues/8))
# - `rate_too_high`, DQN. A learning rate 300 times too high; the units of the hidden layer die.
#   ([Seen here.](https://arxiv.org/abs/2302.12902))
# - `buffer_reused`, PPO. The environment reuses its array, and the memory keeps references to it.
#   ([Seen here.](https://github.com/chainer/chainerrl/issues/157))
# - `next_episode_seen`, PPO. After the clock, the next observation is the first one of the next episode.
#   ([Seen here.](https://github.com/openai/gym/issues/3177))
# - `advantages_vanish`, PPO. Advantages are standardised over an axis of length 1: all of them become 0.
#   ([Seen here.](https://github.com/tensorflow/agents/issues/651))
# - `advantages_leak`, PPO. The sum of surprises is not cut where an episode ends.
#   ([Seen here.](https://github.com/vietnh1009/Super-mario-bros-PPO-pytorch/issues/21))
# - `ratio_is_one`, PPO. The old log probability is computed with the new policy: nothing is ever clipped.
#   ([Seen here.](https://github.com/tensorforce/tensorforce/issues/312))
# - `mask_after_mean`, language model. The loss is averaged over the padding first, and masked afterwards.
#   ([Seen here.](https://github.com/huggingface/trl/pull/6654))
# - `tokens_after_end`, language model. Tokens after the end of a completion still count.
#   ([Seen here.](https://github.com/bingreeky/MemGen/pull/33))
#
# Each is one of the agents of notebooks 5, 6 and 9 with one switch on (`rl_helpers/museum/agents.py`: every bug is a
# single `where`). The two of the language model belong to notebook 12 and stand at the end of this section.
#
# **Guess before you run on**: which of the twelve agents still reach a return above 195 on CartPole, once the gold
# standard for "solved"? These returns are **recorded** (five seeds each, 16 greedy episodes every few thousand steps;
# `benchmarks/museum.py` trains them), because that takes longer than you want to wait.

# %%
my_guess = []  # names, as "clock_is_death"

# %% tags=["demo"]
best = {
    f"{agent}, {name}": returns.mean(axis=0)[1:].max()  # by the mean of the seeds, the best evaluation
    for agent, by_name in museum.returns().items()
    for name, returns in by_name.items()
}
solved = [name for name, value in best.items() if value > 195]
museum.print_table({name: {"best return": value} for name, value in best.items()})
right = set(my_guess) & {name.split(", ")[1] for name in solved}
print(f"{len(solved)} of {len(best)} get above 195, the two healthy ones among them.")
print(f"Of your {len(my_guess)} guesses {len(right)} are right.")

# %% [markdown]
# Seven of the twelve, and some of them do not even look ill: two of the broken PPOs are ahead of the healthy one, and
# `one_key` is ahead of the healthy DQN. (Five seeds: notebook 10 tells you what such an order is worth.) A return says
# that something works. It does not say that nothing is wrong.
#
# ### Bugs × probes
#
# Now every exhibit on every probe. Ask of each row: which is the *first* probe that fails? The last three columns are
# probes that were built for this museum, because there are bugs that pass all seven: `LaterReward` with a reward of -1;
# `LaterReward` that starts anywhere and is cut by the clock after one step; and `TwoActions` that pay 0.5 and 1. Each
# agent has three seeds; 2/3 means that two of them pass. (About 20 seconds.)

# %% tags=["demo"]
learnt = dqn_on_probes | museum.on_probes(jax.random.key(0), "PPO")
learnt |= {"healthy DQN": dqn_on_probes["healthy"], "healthy PPO": learnt.pop("healthy")}
plotting.plot_passes({name: museum.passes(values) for name, values in learnt.items()})
plt.show()

# %% [markdown]
# Read each row from the left.
#
# - **Loud.** `death_is_ignored` fails at once: it values a single reward of 1 at 2. `loss_broadcasts`, `rate_too_high`
#   and `buffer_reused` pass where there is one observation and stumble over the first probe that has two.
# - **Where you would look for them.** `target_never_updated` fails as soon as a value has to travel back, and
#   `advantages_vanish` where there is a choice. `clock_is_death` fails `Clock` and none of the other six. On
#   CartPole it hardly shows, because an agent that falls does not meet the clock.
# - **Quiet.** Five pass all seven. For three of them a probe was built that they fail. `maximum_from_zero` is right as
#   long as no value is negative. `one_key` finds the better action only where the worse one hurts. `next_episode_seen`
#   needs a world in which the end and the beginning are worth different things. A bug that no probe sees is a reason to
#   write one.
# - **Silent.** `advantages_leak` and `ratio_is_one` pass everything. Where every value is right, each surprise is 0,
#   and nothing can leak; and a policy that nothing clips may learn all the same. For these there is only the code, and
#   a test of the function itself, such as those of notebook 9.
#
# Both healthy agents pass all ten. Had they not, the museum would prove nothing.
#
# ### Bugs × diagnostics
#
# The same agents on CartPole, one seed of each, after 12,800 steps of DQN and 41,000 of PPO, examined with **your**
# functions: one round of learning, before and after. A round is 50 learning steps of DQN, and all the minibatches of
# one rollout of PPO. (About 40 seconds.)


# %% tags=["demo"]
progress.warn_unless_done("explained_variance", "approx_kl", "dead_units", "update_ratio", "check_rollout")


def examine(checkup, has_policy):
    """Your diagnostics of one check-up."""
    moved = {name: update_ratio(checkup.before[name], checkup.after[name]) for name in checkup.before}
    kl = {"KL": approx_kl(checkup.log_prob, checkup.old_log_prob)} if has_policy else {}
    rollout = check_rollout(checkup.rollout)
    return {
        "expl. var.": explained_variance(checkup.value, checkup.target),
        **kl,
        "dead": dead_units(checkup.activations),
        **{f"upd. {name}": ratio for name, ratio in moved.items()},
        "broken": rollout["broken_chain"],
        "frozen": rollout["frozen"],
    }


for agent in tqdm(("DQN", "PPO")):
    checkups = museum.check_ups(jax.random.key(1), agent)
    museum.print_table({name: examine(checkup, agent == "PPO") for name, checkup in checkups.items()})

# %% [markdown]
# - `loss_broadcasts` explains almost nothing of its targets' variance, and never will: after 76,800 steps, when every
#   other DQN explains more than 85 %, it explains 0. (`one_key` explains little *yet*.)
# - `death_is_ignored` explains its targets best of all, and they are wrong: the same mistake is in the targets and in
#   the values. Explained variance asks whether the two agree, not whether either is right; that is what probes are for.
# - The target network of `target_never_updated` has moved by exactly 0.
# - Nine in ten of the units of `rate_too_high` are dead. It reaches a return of almost 300 with the remaining tenth.
# - All 1,024 steps of `buffer_reused` are frozen. Where the rollout is wrong, nothing else needs to be looked at.
# - The KL divergence of `advantages_vanish` is practically 0. (What moves the policy at all is the bonus for entropy.)
# - The critics of PPO explain little yet, even the healthy one's: the better the agent, the larger the values, and a
#   critic runs after them. After 102,400 steps the healthy one explains 95 %. One reading is no diagnosis; follow it.
# - `clock_is_death` and `next_episode_seen` give the very numbers of the healthy agents. Both err where an episode
#   meets the clock, and on CartPole a beginner never gets that far. Examine an agent where its bug would have to show.
# - `maximum_from_zero`, `advantages_leak` and `ratio_is_one` have no reading here that would alarm anybody. The first
#   has a probe of its own. The other two are the silent ones again.
#
# ### Losses and padding
#
# Completions of a language model differ in length, so the shorter ones are padded, and a mask says what counts. The
# probe for such a loss is the simplest of all: **pad more**. Nothing that counts has changed, so the loss must not.

# %% tags=["demo"]
padded = {f"{extra} more": museum.with_padding(extra) for extra in (0, 4, 32)}
museum.print_table({
    name: {title: loss(*batch) for title, batch in padded.items()} for name, loss in museum.LOSSES.items()
})  # fmt: skip

# %% [markdown]
# With the mask after the mean, the padding is in the mean of every row before the mask could keep it out: the more
# padding there is, the more of the loss comes from tokens that mean nothing. With tokens after the end, the model is
# praised and blamed for what nobody reads. Either way the loss changes, and it must not.
#
# ## 5. The clinic
#
# Six patients. Of each you see five seeds on CartPole (thin, with their mean and its 95 % interval), what three seeds
# learnt on the probes (γ = 0.5; values that are off by 0.1 or more are wrong), and the first seed's diagnostics after
# the last round of learning. (All of it was **recorded**.) There are eight possible diagnoses:
#
# - **A**: the clock counts as death: no future value after truncation
# - **B**: death is ignored: a future value after the end of the task too
# - **C**: the loss broadcasts to [B, B]
# - **D**: the target network is never updated
# - **E**: one random key decides whether to explore and which action to take
# - **F**: the memory keeps references to an array that the environment reuses
# - **G**: standardised over an axis of length 1, all advantages are 0
# - **H**: there is no bug; this is what its learning curve looks like
#
# Write one capital letter in quotes for each patient. A letter may come up more than once, or never. Proceed as a
# doctor does: the first probe that fails, then the diagnostic that settles it, and the curve last, if at all.


# %% tags=["demo"]
def show_patient(number):
    """All that is known about a patient from outside."""
    patient = museum.patient(number)
    print(f"Patient {number}, a {patient.agent}")
    museum.print_examination(patient.learnt)
    museum.print_table({"": patient.readings})
    ax = plotting.plot_learning_curve(patient.returns, episodes=patient.steps, window=1, solved=475, random=22)
    ax.set(xlabel="environment steps of each seed", ylabel="return (mean of 16 episodes)", title=f"patient {number}")
    plt.show()


# %% [markdown]
# ### Exercise: `diagnosis_1`
#
# *About 2 minutes · difficulty 2 of 3 · importance 2 of 3*
#
# What ails patient 1? A, B, C, D, E, F, G or H, as listed above.

# %% tags=["demo"]
show_patient(1)

# %% exercise="diagnosis_1"
diagnosis_1 = None
### BEGIN SOLUTION
diagnosis_1 = "C"
### END SOLUTION


# %% check="diagnosis_1" points=1
@checks.exercise("diagnosis_1")
def _check():
    checks.choice(
        diagnosis_1,
        "diagnosis_1",
        digest="cafec0bc",  # of the right letter, so that you can think before you see it
        options="ABCDEFGH",
        hint="The first failure is that two different observations got one and the same value. "
        "Which bug draws all values to the mean target? And the rollout: is it in order?",
    )


# %% test="diagnosis_1" points=1
### BEGIN HIDDEN TESTS
@checks.hidden("diagnosis_1")
def _test():
    checks.choice(
        diagnosis_1,
        "diagnosis_1",
        digest="cafec0bc",
        options="ABCDEFGH",
        hint="The first failure is that two different observations got one and the same value. "
        "Which bug draws all values to the mean target? And the rollout: is it in order?",
    )


### END HIDDEN TESTS

# %% [markdown]
# ### Exercise: `diagnosis_2`
#
# *About 2 minutes · difficulty 2 of 3 · importance 2 of 3*
#
# What ails patient 2? A, B, C, D, E, F, G or H, as listed above.

# %% tags=["demo"]
show_patient(2)

# %% exercise="diagnosis_2"
diagnosis_2 = None
### BEGIN SOLUTION
diagnosis_2 = "A"
### END SOLUTION


# %% check="diagnosis_2" points=1
@checks.exercise("diagnosis_2")
def _check():
    checks.choice(
        diagnosis_2,
        "diagnosis_2",
        digest="c72b35cd",  # of the right letter, so that you can think before you see it
        options="ABCDEFGH",
        hint="Only what comes after a step that the clock cut off is wrong, and everything else is "
        "right. What is missing from the value?",
    )


# %% test="diagnosis_2" points=1
### BEGIN HIDDEN TESTS
@checks.hidden("diagnosis_2")
def _test():
    checks.choice(
        diagnosis_2,
        "diagnosis_2",
        digest="c72b35cd",
        options="ABCDEFGH",
        hint="Only what comes after a step that the clock cut off is wrong, and everything else is "
        "right. What is missing from the value?",
    )


### END HIDDEN TESTS

# %% [markdown]
# ### Exercise: `diagnosis_3`
#
# *About 2 minutes · difficulty 2 of 3 · importance 2 of 3*
#
# What ails patient 3? A, B, C, D, E, F, G or H, as listed above.

# %% tags=["demo"]
show_patient(3)

# %% exercise="diagnosis_3"
diagnosis_3 = None
### BEGIN SOLUTION
diagnosis_3 = "F"
### END SOLUTION


# %% check="diagnosis_3" points=1
@checks.exercise("diagnosis_3")
def _check():
    checks.choice(
        diagnosis_3,
        "diagnosis_3",
        digest="53184f3e",  # of the right letter, so that you can think before you see it
        options="ABCDEFGH",
        hint="Two observations got one value, as with patient 1. But look at the rollout: can a pole stand still?",
    )


# %% test="diagnosis_3" points=1
### BEGIN HIDDEN TESTS
@checks.hidden("diagnosis_3")
def _test():
    checks.choice(
        diagnosis_3,
        "diagnosis_3",
        digest="53184f3e",
        options="ABCDEFGH",
        hint="Two observations got one value, as with patient 1. But look at the rollout: can a pole stand still?",
    )


### END HIDDEN TESTS

# %% [markdown]
# ### Exercise: `diagnosis_4`
#
# *About 2 minutes · difficulty 2 of 3 · importance 2 of 3*
#
# What ails patient 4? A, B, C, D, E, F, G or H, as listed above.

# %% tags=["demo"]
show_patient(4)

# %% exercise="diagnosis_4"
diagnosis_4 = None
### BEGIN SOLUTION
diagnosis_4 = "H"
### END SOLUTION


# %% check="diagnosis_4" points=1
@checks.exercise("diagnosis_4")
def _check():
    checks.choice(
        diagnosis_4,
        "diagnosis_4",
        digest="485b479c",  # of the right letter, so that you can think before you see it
        options="ABCDEFGH",
        hint="Go through the probes one by one: which of them fails? And which diagnostic is out "
        "of order? An ugly curve alone is no finding.",
    )


# %% test="diagnosis_4" points=1
### BEGIN HIDDEN TESTS
@checks.hidden("diagnosis_4")
def _test():
    checks.choice(
        diagnosis_4,
        "diagnosis_4",
        digest="485b479c",
        options="ABCDEFGH",
        hint="Go through the probes one by one: which of them fails? And which diagnostic is out "
        "of order? An ugly curve alone is no finding.",
    )


### END HIDDEN TESTS

# %% [markdown]
# ### Exercise: `diagnosis_5`
#
# *About 2 minutes · difficulty 2 of 3 · importance 2 of 3*
#
# What ails patient 5? A, B, C, D, E, F, G or H, as listed above.

# %% tags=["demo"]
show_patient(5)

# %% exercise="diagnosis_5"
diagnosis_5 = None
### BEGIN SOLUTION
diagnosis_5 = "D"
### END SOLUTION


# %% check="diagnosis_5" points=1
@checks.exercise("diagnosis_5")
def _check():
    checks.choice(
        diagnosis_5,
        "diagnosis_5",
        digest="98ed249b",  # of the right letter, so that you can think before you see it
        options="ABCDEFGH",
        hint="What needs no future is right, what needs the future is wrong. Which of the two "
        "networks says what the future is worth, and has it moved?",
    )


# %% test="diagnosis_5" points=1
### BEGIN HIDDEN TESTS
@checks.hidden("diagnosis_5")
def _test():
    checks.choice(
        diagnosis_5,
        "diagnosis_5",
        digest="98ed249b",
        options="ABCDEFGH",
        hint="What needs no future is right, what needs the future is wrong. Which of the two "
        "networks says what the future is worth, and has it moved?",
    )


### END HIDDEN TESTS

# %% [markdown]
# ### Exercise: `diagnosis_6`
#
# *About 2 minutes · difficulty 2 of 3 · importance 2 of 3*
#
# What ails patient 6? A, B, C, D, E, F, G or H, as listed above.

# %% tags=["demo"]
show_patient(6)

# %% exercise="diagnosis_6"
diagnosis_6 = None
### BEGIN SOLUTION
diagnosis_6 = "G"
### END SOLUTION


# %% check="diagnosis_6" points=1
@checks.exercise("diagnosis_6")
def _check():
    checks.choice(
        diagnosis_6,
        "diagnosis_6",
        digest="f6d4436b",  # of the right letter, so that you can think before you see it
        options="ABCDEFGH",
        hint="The values are right where only one action is available. Does the policy move at "
        "all? One of the diagnostics tells you.",
    )


# %% test="diagnosis_6" points=1
### BEGIN HIDDEN TESTS
@checks.hidden("diagnosis_6")
def _test():
    checks.choice(
        diagnosis_6,
        "diagnosis_6",
        digest="f6d4436b",
        options="ABCDEFGH",
        hint="The values are right where only one action is available. Does the policy move at "
        "all? One of the diagnostics tells you.",
    )


### END HIDDEN TESTS

# %% [markdown]
# # Field guide: debugging a reinforcement learner
#
# In this order, and one thing at a time: **the rollout, the probes, the diagnostics, the code**, and the learning rate
# last. A curve that looks bad proves nothing, and one that looks good proves nothing either.
#
# 1. **Look at a rollout** before anything learns. Finite? What follows is what comes next? Does the world move?
# 2. **Run the probes** in order, three seeds of each. The first one that fails says where to look.
# 3. **Print the diagnostics** in every training, from the first update on.
# 4. **Read the code** of the part that they point at, with shapes and flags in mind.
# 5. **Compare seeds** before you believe that it helped: notebook 10.
#
# | first probe that fails | likely cause |
# |---|---|
# | `OneReward` | the loss or its sign; a future value after the end of the task; the optimiser is not applied |
# | `RewardIsObs` | values that do not see the observation: a loss of [B, B], a reused array, dead units |
# | `LaterReward` | the target: discount, `next_obs`, target network, a maximum from 0 (try a reward of -1) |
# | `TwoActions` | the actor's loss or its sign; advantages that are 0; no exploration (try rewards of 0.5 and 1) |
# | `ActionMatchesObs` | observations and actions of different rows; a policy that does not see the observation |
# | `Clock` | truncation taken for termination |
# | `Fall` | luck, if `OneReward` passed: the two are one world; take more seeds |
# | none | the ends of episodes (start anywhere, cut by the clock), the clip, or nothing at all |
#
# | diagnostic | healthy | out of order |
# |---|---|---|
# | explained variance | rises above 0.5 | stays near 0: values do not see the observations; below: they lag |
# | KL of an update | 0.0005 to 0.02 | practically 0: the actor does not learn; above 0.1: it runs away |
# | dead units | few | most: a rate that was too high, or inputs that are not scaled |
# | update ratio of a round | 0.001 to 0.03 | 0: these parameters are never changed; above 0.05: the rate |
# | broken chain | 0 | the wrong `next_obs` inside an episode, or environments mixed up |
# | frozen | 0, where the world moves | references to an array that is reused |
# | loss with more padding | the same | a mask that is applied too late, or not at all |

# %% [markdown]
# <details><summary>Things to try</summary>
#
# - Write an eighth probe: a reward that depends on the action *before* the last one. Which agents can learn it?
# - Run your own DQN of notebook 5 on `probes.LaterReward()`, in the compiled loop.
# - Switch on two bugs at once, in `rl_helpers.museum.agents.Bugs`. Can you still tell them apart?
# - Break the healthy PPO in a way of your own, and have somebody else find it with the field guide.
# </details>
#
# **What you have now.** Seven probes and how to build more, five numbers and a rule: look before you read the code, and
# read the code before you touch the learning rate.
