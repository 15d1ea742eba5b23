# %% [markdown]
# # 3. Policy gradients
#
# Random search learned one number from 20 whole episodes and then started again from scratch. That works for four
# weights and is hopeless for a thousand. In this notebook the agent learns from *every action it takes*: it makes
# actions that turned out well more likely, and the others less likely. This idea is called a **policy gradient**, and
# its simplest form, REINFORCE, takes about thirty lines of code. You will write the ones that matter:
#
# 1. the quantity whose gradient makes good episodes more likely,
# 2. **rewards-to-go**, which give an action credit for what came after it and for nothing else,
# 3. a **memory** that forgets what it may no longer use,
# 4. a policy that **explores** while it learns and takes its best action when it matters,
# 5. a **loss** that survives a policy that is very sure of itself,
# 6. a **baseline**, and a picture of why it helps.
#
# At the end a small neural network balances the pole.
#
# About 110 minutes. You need notebooks 1 and 2, and to know what a gradient is.

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

from rl_helpers import Agent, CartPole, Transition, checks, palette, plotting, record_episode, run_environment_loop
from rl_helpers.animate import animate
from rl_helpers.compiled import run_compiled_loop
from rl_helpers.records import best_score
from rl_helpers.replay import OnPolicyMemory


class EpisodeRewardsToGoMemory(NamedTuple):
    """A batch of B steps that the agent learns from."""

    obs: np.ndarray  # what it saw, float32 [B, obs_dim]
    action: np.ndarray  # what it did, int32 [B]
    reward_to_go: np.ndarray  # what it earned, from this step to the end of the episode, float32 [B]


plt.style.use("rl_helpers.show.course")  # how the course's pictures look


# %% [markdown]
# ## 1. A policy with a slope
#
# A policy $\pi_\theta(a \mid s)$ says how likely action $a$ is in state $s$; $\theta$ are its parameters: all the
# weights of a neural network, say. Following it gives an episode $\tau$ (states, actions and rewards) with the return
# $R(\tau)$. We look for the $\theta$ with the largest
#
# $$J(\theta) = \mathop{\mathbb{E}}_{\tau \sim \pi_\theta}\big[R(\tau)\big].$$
#
# *In words: the return that this policy gets on average. The wavy line says that the episodes come from this policy.*
#
# Notebook 2 found no slope to follow: a tiny change in the weights changed no action, until suddenly one flipped. A
# policy that draws its actions at random does have a slope, because a tiny change in $\theta$ makes each action a tiny
# bit more or less likely. So we can climb, step by step, with a step size $\alpha$:
#
# $$\theta \leftarrow \theta + \alpha\, \nabla_\theta J(\theta).$$
#
# *In words: move the parameters a little in the direction in which the average return grows fastest.*
#
# One obstacle remains. The return depends on $\theta$ through everything the environment does, and we cannot
# differentiate the environment; we do not even know its rules. The **policy gradient theorem** says that we do not have
# to:
#
# $$\nabla_\theta J(\theta) = \mathop{\mathbb{E}}_{\tau \sim \pi_\theta}
# \Big[\sum_t \nabla_\theta \log \pi_\theta(a_t \mid s_t)\; R(\tau)\Big].$$
#
# *In words: play. For each action you took, find the direction in $\theta$ that makes this action more likely. Go that
# way, and the better the episode went, the bigger the step. Averaged over many episodes, that is uphill.* The
# environment is only ever played, never differentiated.
#
# <details><summary>Where this comes from</summary>
#
# Let $P_\theta(\tau)$ be the probability of episode $\tau$. The average is a sum over all possible episodes:
#
# $$\nabla_\theta J = \sum_\tau \nabla_\theta P_\theta(\tau)\, R(\tau).$$
#
# ($R(\tau)$ stays as it is: how good a *given* episode is does not depend on who played it.) This is no longer an
# average, because $\nabla P$ is not a probability, so we could not estimate it by playing. The **log-derivative trick**
# fixes that. The chain rule says $\nabla \log P = \nabla P / P$, so $\nabla P = P\, \nabla \log P$, and
#
# $$\nabla_\theta J = \sum_\tau P_\theta(\tau)\, \nabla_\theta \log P_\theta(\tau)\, R(\tau)
# = \mathop{\mathbb{E}}_{\tau \sim \pi_\theta}\big[\nabla_\theta \log P_\theta(\tau)\, R(\tau)\big].$$
#
# For an episode to happen, its first state has to come up, then its first action, then the next state, and so on. So
# $P_\theta(\tau)$ is a product, and its logarithm a sum:
#
# $$\log P_\theta(\tau) = \log p(s_0)
# + \sum_t \big[\log \pi_\theta(a_t \mid s_t) + \log p(s_{t+1} \mid s_t, a_t)\big].$$
#
# The environment's part $p$ does not depend on $\theta$. Its gradient is zero, so only the policy's terms remain, and
# that is the theorem.
# </details>
#
# **REINFORCE** ([Williams, 1992](https://doi.org/10.1007/BF00992696)) is what you get when you take the theorem at its
# word: replace the average over all episodes by the average over the few you have just played, and take a step.

# %% [markdown]
# **`jax.grad` finds slopes.** You write the function to climb, and JAX works out the way up. `jax.grad(f)` is a new
# function with the same arguments as `f`; it returns the slope of `f` with respect to the first of them. `f` must
# return one number and compute it with `jnp`, because JAX has to see every operation. Change the numbers and see what
# happens.


# %%
def hill(x):
    """A parabola with its top at x = 3."""
    return 5.0 - (x - 3.0) ** 2


slope = jax.grad(hill)
print("slope at 0, 2 and 4:", slope(0.0), slope(2.0), slope(4.0))
print("for many at once:   ", jax.vmap(slope)(jnp.array([0.0, 2.0, 4.0])))

x = 0.0
for _ in range(20):
    x = x + 0.1 * slope(x)  # a small step uphill
print(f"after 20 steps uphill: x = {x:.2f}")

# %% [markdown]
# ### Exercise: `weighted_log_prob`
#
# *About 5 minutes · difficulty 1 of 3 · importance 3 of 3*
#
# This is the expression being differentiated in the theorem, for one action of probability $p$ in an episode of return
# $R$:
#
# $$\log(p) \cdot R$$
#
# *In words: the natural logarithm of the action's probability, weighted by the return.* The number itself means little.
# It is there to be differentiated: its gradient points to where the action is more likely, and the larger the return,
# the longer the gradient.
#
# `action_prob` is a scalar with $0 < p \le 1$, `episode_return` is a scalar, and so is the result. It must work under
# `jax.jit` and `jax.vmap`.
#
# **Example.** `weighted_log_prob(0.5, 10.0)` is about -6.93.
#
# Helpful:
# [`jnp.log`](https://docs.jax.dev/en/latest/_autosummary/jax.numpy.log.html)
#
# <details><summary>Hint 1: a nudge</summary>
#
# Python's `math.log` and NumPy's `np.log` compute the same number, but JAX cannot look inside them. Which module has
# the logarithm that it can differentiate and compile?
# </details>


# %% exercise="weighted_log_prob"
def weighted_log_prob(action_prob, episode_return):
    """The logarithm of an action's probability, weighted by the episode's return.

    Args:
      action_prob: the probability that the policy gave to the action it took, in (0, 1], [].
      episode_return: the return of the episode in which the action was taken, [].
    Returns:
      The weighted log-probability, float [].
    """
    ### BEGIN SOLUTION
    return jnp.log(action_prob) * episode_return
    ### END SOLUTION


# %% check="weighted_log_prob" points=1
@checks.exercise("weighted_log_prob")
def _check():
    checks.equal(
        weighted_log_prob(0.25, 8.0),
        -11.09035,
        "weighted_log_prob(0.25, 8.0)",
        wrong=[
            (11.09035, "the sign is turned round; the minus that turns it into a loss comes in a later exercise"),
            (2.0, "the logarithm is missing"),
            (-1.38629, "the return is missing"),
            (-4.81648, "that is the logarithm to base 10; take the natural one"),
            (-16.0, "that is the logarithm to base 2; take the natural one"),
            (0.69315, "that is log(p · R); the return multiplies the logarithm, it does not go inside"),
            (6.61371, "that is log(p) + R; multiply"),
            (-0.17329, "that is log(p) / R; multiply"),
            (1.78515, "that is log(1 + p) · R; `log1p` is another function"),
            (-11.0, "the result is rounded; return it as it is"),
            (-2.30146, "that is log(1 - p) · R, for the action that was not taken"),
        ],
    )
    checks.equal(
        jax.jit(weighted_log_prob)(0.5, -3.0),
        2.07944,
        "weighted_log_prob(0.5, -3.0), with jax.jit",
        wrong=[(0.0, "a negative return counts like any other"), (2.0, "the result is rounded; return it as it is")],
    )
    checks.equal(
        weighted_log_prob(1e-6, 100.0),
        -1381.55106,
        "weighted_log_prob(1e-6, 100.0)",
        wrong=[
            (100 * np.log(1e-6 + 1e-8), "a small number was added to the probability; it is above 0 and needs no help"),
            (100 * np.log(1e-5), "the probability was clipped; it is above 0 and needs no help"),
            (-np.inf, "1e-6 ** 100 is 0 for a computer; take the logarithm first, then multiply"),
        ],
    )
    checks.equal(
        jax.vmap(weighted_log_prob)(jnp.array([1.0, 0.5, 0.001]), jnp.array([7.0, 0.0, 400.0])),
        [0.0, 0.0, -2763.10205],
        "With jax.vmap: the actions 1.0, 0.5, 0.001 with the returns 7, 0, 400",
        hint="A certain action gives 0, a return of 0 gives 0, and a rare action with a large return is far below 0.",
    )


# %% test="weighted_log_prob" points=2
### BEGIN HIDDEN TESTS
@checks.hidden("weighted_log_prob")
def _test():
    rng = np.random.default_rng(3)
    probs = np.concatenate([rng.uniform(0.01, 1.0, 40), [1.0, 0.999, 1e-3, 1e-6, 1e-10, 1e-20]]).astype(np.float32)
    for returns in (rng.normal(0, 5, len(probs)), rng.uniform(0, 500, len(probs)), np.zeros(len(probs))):
        returns = returns.astype(np.float32)
        want = np.log(probs.astype(float)) * returns
        got = checks.array(
            jax.jit(jax.vmap(weighted_log_prob))(probs, returns),
            "weighted_log_prob under jit and vmap",
            dtype="float",
        )
        checks.equal(got, want, "weighted_log_prob under jit and vmap", rtol=3e-5)
        for p, r, w in list(zip(probs, returns, want, strict=True))[::5]:
            got = checks.number(weighted_log_prob(float(p), float(r)), "weighted_log_prob of two floats")
            checks.equal(got, w, "weighted_log_prob of two floats", rtol=3e-5)
    jitted = jax.jit(weighted_log_prob)
    for p, r in [(0.3, -2.5), (1.0, 9.0), (1e-4, 321.0)]:
        want = np.log(p) * r
        got = checks.number(jitted(jnp.float32(p), jnp.float32(r)), "weighted_log_prob under jit")
        checks.equal(got, want, "weighted_log_prob under jit", rtol=3e-5)


### END HIDDEN TESTS

# %% [markdown]
# Does the theorem hold? Here is the smallest possible world: one step, two actions, and $\theta$ is a single number.
# Going right has probability $\sigma(\theta) = 1 / (1 + e^{-\theta})$ and pays 3; going left pays 1. So we can work out
# $J(\theta) = 1 + 2\,\sigma(\theta)$ and its slope with pen and paper (the line). The dots know nothing about that:
# they draw actions, differentiate *your* function for each, and average. (`jax.vmap(f, (None, 0))` is
# `jax.vmap(f, in_axes=(None, 0))`, for short.)


# %% tags=["demo"]
def log_prob_times_return(theta, action):
    """What your function returns for one action of the policy with parameter theta."""
    right = jax.nn.sigmoid(theta)
    return weighted_log_prob(jnp.where(action == 1, right, 1.0 - right), jnp.where(action == 1, 3.0, 1.0))


thetas = jnp.linspace(-4.0, 4.0, 17)
draws = jax.random.uniform(jax.random.key(0), (1_000, 17)) < jax.nn.sigmoid(thetas)  # 1,000 actions for each theta
samples = jax.vmap(jax.vmap(jax.grad(log_prob_times_return)), (None, 0))(thetas, draws.astype(int))

fine = np.linspace(-4.0, 4.0, 200)
sigmoid = 1 / (1 + np.exp(-fine))
figure, ax = plt.subplots(figsize=(8, 4))
ax.plot(fine, 2 * sigmoid * (1 - sigmoid), color=palette.BLUE, lw=2, label="slope of J, by calculus")
ax.errorbar(
    thetas,
    samples.mean(0),
    2 * samples.std(0) / np.sqrt(len(samples)),
    fmt="o",
    color=palette.VERMILION,
    capsize=3,
    label="average of 1,000 samples, ± 2 standard errors",
)
ax.set(xlabel="parameter θ (dimensionless)", ylabel="slope of J (reward per unit of θ)", ylim=(0, None))
ax.legend()
plt.show()

# %% [markdown]
# The dots sit on the line: sampling alone finds the slope. Now look at the bars. A thousand samples in a world of one
# step, and the estimate still wobbles. Policy gradients are right on average and noisy every single time, and most of
# what follows is about making them less noisy.

# %% [markdown]
# ## 2. Only the future counts
#
# The theorem weights *every* action by the return of the *whole* episode, so an action near the end gets credit for
# rewards that were paid before it was taken. No action can change what has already happened, so those rewards tell us
# nothing about it. They average out to zero (the fold below shows why), but in any one episode they are noise. Leave
# them out, and each action is weighted by the reward that is still to come, its **reward-to-go**:
#
# $$\hat R_t = \sum_{k=t}^{T-1} \gamma^{\,k-t}\, r_k, \qquad\qquad
# \nabla_\theta J(\theta) = \mathop{\mathbb{E}}_{\tau \sim \pi_\theta}
# \Big[\sum_t \nabla_\theta \log \pi_\theta(a_t \mid s_t)\; \hat R_t\Big].$$
#
# *In words: from step $t$ on, add up the rewards until the episode ends, each multiplied by $\gamma$ once for every
# step of waiting.* The reward of step $t$ itself counts in full. The theorem asks for $\gamma = 1$. A slightly smaller
# $\gamma$ disregards the distant future: slightly wrong, much less noisy, and a common trade-off.
#
# <details><summary>Why the past averages out to zero</summary>
#
# Take a reward $r_k$ from before step $t$. When $a_t$ is drawn, $r_k$ and $s_t$ are already settled; only the action is
# still random. So average over the action alone:
#
# $$\sum_a \pi_\theta(a \mid s_t)\, \nabla_\theta \log \pi_\theta(a \mid s_t)\; r_k
# = r_k \sum_a \nabla_\theta \pi_\theta(a \mid s_t)
# = r_k\, \nabla_\theta \sum_a \pi_\theta(a \mid s_t) = r_k\, \nabla_\theta 1 = 0.$$
#
# *In words: probabilities add up to 1 whatever $\theta$ is, so making all actions more likely at once is impossible.*
# Nothing in this argument requires $r_k$ to be a reward: any number that does not depend on the action would do.
# Remember that for section 6.
# </details>

# %% [markdown]
# ### Exercise: `rewards_to_go`
#
# *About 10 minutes · difficulty 2 of 3 · importance 3 of 3*
#
# `rewards` are the rewards of one episode, $r_0, \dots, r_{T-1}$: a list or a 1-D array. Return a float array `[T]`,
# NumPy or JAX, whose entry $t$ is $\hat R_t$ as above. No rewards give an array of shape `[0]`. Leave the input as it
# is, and keep the fractions, even where the rewards happen to be whole numbers. Plain Python and NumPy are fine here;
# it need not work under `jax.jit`.
#
# **Example.** The rewards 1, 2, 3, 4 with $\gamma = 1$ give 10, 9, 7, 4. With $\gamma = 0.5$ they give 3.25, 4.5, 5, 4:
# the last entry is 4, the one before it 3 + 0.5 · 4 = 5, and so on.
#
# Helpful: [`reversed`](https://docs.python.org/3/library/functions.html#reversed)
# and [`np.zeros`](https://numpy.org/doc/stable/reference/generated/numpy.zeros.html)
#
# <details><summary>Hint 1: a nudge</summary>
#
# Look at the example again. How do you get from 4 to 5, and from 5 to 4.5, without adding everything up again?
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# $\hat R_t = r_t + \gamma\, \hat R_{t+1}$, and after the last step there is nothing to come. So start at the end, walk
# backwards, and carry one number along.
# </details>


# %% exercise="rewards_to_go"
def rewards_to_go(rewards, gamma=1.0):
    """The discounted sum of the rewards from each step to the end of the episode.

    Args:
      rewards: the rewards of one episode, list or array [T].
      gamma: the discount in [0, 1].
    Returns:
      The rewards-to-go, float array [T].
    """
    ### BEGIN SOLUTION
    to_go = np.zeros(len(rewards))
    running = 0.0
    for t in reversed(range(len(rewards))):
        running = rewards[t] + gamma * running
        to_go[t] = running
    return to_go
    ### END SOLUTION


# %% check="rewards_to_go" points=1
@checks.exercise("rewards_to_go")
def _check():
    rewards = [1.0, 2.0, 3.0, 4.0]
    got = rewards_to_go(rewards)
    if isinstance(got, (list, tuple)):
        checks.fail(
            f"rewards_to_go should return an array, but it returned a {type(got).__name__}. Wrap it in np.array(...)."
        )
    checks.equal(
        got,
        [10.0, 9.0, 7.0, 4.0],
        "rewards_to_go([1.0, 2.0, 3.0, 4.0])",
        wrong=[
            ([1.0, 3.0, 6.0, 10.0], "you added up what came before each step; an action only changes what comes after"),
            ([0.0, 1.0, 3.0, 6.0], "you added up what came before each step; an action only changes what comes after"),
            (
                [9.0, 7.0, 4.0, 0.0],
                "the reward of step t itself is missing; it follows from the action at t, so it counts",
            ),
            ([4.0, 7.0, 9.0, 10.0], "the order is reversed; entry 0 belongs to the first step"),
            ([10.0] * 4, "every step got the whole episode's return; leave out what was paid before step t"),
            (10.0, "that is the episode's return, one number; there is one reward-to-go for every step"),
            ([1.0, 2.0, 3.0, 4.0], "these are the rewards as they came in"),
            ([9.801496, 8.8904, 6.96, 4.0], "a gamma of 0.99 has crept in; the default is 1"),
            ([2.5, 3.0, 3.5, 4.0], "these are averages of what is still to come; add up, but do not divide"),
            (np.array([2.5, 1.5, -0.5, -3.5]) / np.sqrt(5.25), "they are standardised; that comes in a later exercise"),
        ],
    )
    checks.unchanged([1.0, 2.0, 3.0, 4.0], rewards, "The list of rewards")
    array = np.array([0.5, 0.25, 2.0])
    got = rewards_to_go(array, 0.5)
    checks.unchanged(np.array([0.5, 0.25, 2.0]), array, "The array of rewards")
    checks.equal(
        got,
        [1.125, 1.25, 2.0],
        "rewards_to_go([0.5, 0.25, 2.0], 0.5)",
        wrong=[
            ([2.75, 2.25, 2.0], "gamma was never used"),
            ([1.125, 0.625, 0.5], "the discount counts from the start of the episode; for entry t it starts at step t"),
            ([0.5625, 0.625, 1.0], "one gamma too many: the reward of step t itself counts in full"),
            ([1.375, 1.125, 1.0], "gamma multiplied the finished sums; each step of waiting needs its own factor"),
            ([1.0, 1.0, 2.0], "the fractions are gone; keep the numbers as floats"),
            ([0.0, 0.0, 2.0], "the fractions are gone; keep the numbers as floats"),
        ],
    )
    checks.equal(
        rewards_to_go(np.array([1, 2, 3]), gamma=0.5),
        [2.75, 3.5, 3.0],
        "rewards_to_go(np.array([1, 2, 3]), gamma=0.5)",
        wrong=[
            ([2.0, 3.0, 3.0], "the fractions are gone: an array made like a whole-number one holds only whole numbers"),
            ([2.0, 3.5, 3.0], "the fractions are gone: an array made like a whole-number one holds only whole numbers"),
        ],
    )
    checks.array(rewards_to_go(np.array([1, 2, 3])), "rewards_to_go(np.array([1, 2, 3]))", dtype="float")
    checks.equal(
        rewards_to_go([1.0, 2.0], 0.0), [1.0, 2.0], "rewards_to_go([1.0, 2.0], 0.0)",
        wrong=[([1.0, np.nan], "do not divide by powers of gamma: gamma may be 0")],
    )  # fmt: skip
    checks.equal(
        rewards_to_go(np.ones(330))[0], 330.0, "The first of rewards_to_go(np.ones(330))",
        wrong=[(100.0, "that looks only 100 steps ahead; an episode may be longer")],
    )  # fmt: skip
    want = (1.0 - 0.1 ** np.arange(330, 0, -1.0)) / 0.9
    got = checks.array(rewards_to_go(np.ones(330), 0.1), "rewards_to_go(np.ones(330), 0.1)")
    checks.that(
        bool(np.all(np.isfinite(got))),
        "rewards_to_go(np.ones(330), 0.1) is not finite. 0.1**329 is too small for a float to hold, so do not divide "
        "by powers of gamma. Go backwards, step by step.",
    )
    checks.equal(
        got, want, "rewards_to_go(np.ones(330), 0.1)",
        wrong=[(np.asarray(want, np.float16), "float16 keeps three digits; use float32 or float64")],
    )  # fmt: skip
    checks.equal(rewards_to_go([], 0.9), np.zeros(0), "rewards_to_go([], 0.9), an episode without steps")


# %% test="rewards_to_go" points=3
### BEGIN HIDDEN TESTS
@checks.hidden("rewards_to_go")
def _test():
    rng = np.random.default_rng(4)

    def reference(rewards, gamma):
        out, running = np.zeros(len(rewards)), 0.0
        for t in reversed(range(len(rewards))):
            running = float(rewards[t]) + gamma * running
            out[t] = running
        return out

    def compare(rewards, what, *gamma, tolerance=1e-5):
        before, want = list(rewards), reference(rewards, *(gamma or [1.0]))
        got = rewards_to_go(rewards, *gamma)
        checks.unchanged(before, list(rewards), "The rewards that were passed in")
        got = checks.array(got, what, shape=(len(rewards),), dtype="float")
        checks.equal(got, want, what, atol=tolerance, rtol=tolerance)

    for length in (1, 2, 3, 12):
        for _gamma in (0.0, 0.5, 0.9, 0.99, 1.0):
            _rewards = rng.normal(0.5, 1.0, length).round(3)
            for _as in (list, np.asarray, lambda r: np.asarray(r, np.float32), jnp.asarray):
                compare(_as(_rewards.tolist()), f"The rewards-to-go of {length} steps with gamma {_gamma}", _gamma)
        compare(_rewards, "The rewards-to-go with the default gamma")
    for values in ([1, 0, 0, 2, -3], np.array([3, -1, 4, 1])):
        compare(values, "The rewards-to-go of whole numbers", 0.75)
        compare(values, "The rewards-to-go of whole numbers with the default gamma")

    for _gamma in (0.1, 0.99, 1.0):  # float32 is enough, so long sums are compared loosely
        compare(rng.normal(0.5, 1.0, 600), "The rewards-to-go of 600 steps", _gamma, tolerance=2e-3)
        compare([1.0] * 500, "The rewards-to-go of 500 steps that pay 1", _gamma, tolerance=2e-3)
    checks.array(rewards_to_go(np.zeros(0)), "The rewards-to-go of no rewards", shape=(0,))


### END HIDDEN TESTS

# %% [markdown]
# Here is an episode that pays 1 at step 8, costs 2 at step 14 and pays 3 at step 25 (the bars). Follow one of the lines
# from right to left: it jumps where a reward comes into view, and between two rewards it fades, faster for a smaller
# $\gamma$. With $\gamma = 1$ it never fades. One step after a reward, the line has forgotten it.

# %% tags=["demo"]
rewards = np.zeros(30)
rewards[[8, 14, 25]] = [1.0, -2.0, 3.0]
to_go = {gamma: rewards_to_go(rewards, gamma) for gamma in (1.0, 0.9, 0.7)}

figure, ax = plt.subplots(figsize=(8, 4))
ax.bar(np.arange(30), rewards, color=palette.GREY, width=0.5, label="reward")
for (gamma, values), colour, style in zip(to_go.items(), palette.SERIES[:3], ["-", "--", ":"], strict=True):
    ax.step(np.arange(30), values, where="mid", color=colour, ls=style, lw=2, label=f"γ = {gamma}")
ax.axhline(0.0, color=palette.INK, lw=0.8)
ax.set(xlabel="step t of the episode", ylabel="reward-to-go (sum of rewards)")
ax.legend(ncols=4, loc="lower center", bbox_to_anchor=(0.5, 1.0))
plt.show()

# %% [markdown]
# ## 3. A memory that forgets
#
# Look at the theorem once more: the average is over episodes of $\pi_\theta$, the policy *as it is now*. A step taken
# by an earlier policy says where uphill was *then*. So REINFORCE is **on-policy**: it collects a batch with the current
# policy, takes one step uphill, and throws the batch away. (In notebook 5 you will meet an algorithm that can learn
# from old data, and see how much it gains from that.)

# %% [markdown]
# ### Exercise: `EpisodeRewardsToGoBuffer`
#
# *About 20 minutes · difficulty 3 of 3 · importance 2 of 3*
#
# A memory with the three methods you know: `push`, `is_ready`, `sample`. The difficulty is that a step's reward-to-go
# is unknown until its episode has ended. So a step goes through three stages: it waits for the end of its episode, then
# it is *ready* and has a reward-to-go, and finally it is learned from or forgotten.
#
# - `push(transition)` records a step. When that step ends the episode (**terminated** or **truncated**, as
#   `True`/`False` or `1.0`/`0.0`), all steps of this episode become ready, each with its reward-to-go, computed with
#   the buffer's `gamma`.
# - `is_ready()` says whether at least `batch_size` steps are ready. Steps of the unfinished episode do not count.
# - `sample()` returns an `EpisodeRewardsToGoMemory` of the `batch_size` **oldest** ready steps, in the order in which
#   they happened: `obs` `[B, obs_dim]` float32, `action` `[B]` int32, `reward_to_go` `[B]` float32. Then it forgets
#   **all** ready steps, including those it did not hand out, because after the next update they are out of date. Steps
#   of an unfinished episode stay. `sample` is only called when the buffer is ready.
#
# **Example.** `batch_size=2`, every reward is 1, `gamma=1`. An episode of three steps ends: three steps are ready, with
# rewards-to-go 3, 2, 1. `sample()` returns the first two of them, with 3 and 2, and forgets the third.
#
# Helpful: your `rewards_to_go`,
# [`np.stack`](https://numpy.org/doc/stable/reference/generated/numpy.stack.html),
# [`np.asarray`](https://numpy.org/doc/stable/reference/generated/numpy.asarray.html) with `dtype=`
#
# <details><summary>Hint 1: a nudge</summary>
#
# Two lists are enough: one for the steps of the current episode, one for the steps that are ready. Which of them does
# `is_ready` count, and which one survives `sample`?
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# In `push`, append to the first list. If the episode is over, compute its rewards-to-go, add every step to the second
# list as a triple of observation, action and reward-to-go, and start a new first list. In `sample`, take the first
# `batch_size` triples; [`zip(*triples)`](https://docs.python.org/3/library/functions.html#zip) turns them into three
# tuples.
# </details>


# %% exercise="EpisodeRewardsToGoBuffer"
class EpisodeRewardsToGoBuffer:
    """A memory of the steps of finished episodes with their rewards-to-go."""

    def __init__(self, batch_size=500, gamma=1.0):
        """Starts with nothing stored and no episode begun.

        Args:
          batch_size: int, how many steps `sample` returns.
          gamma: the discount of the rewards-to-go, in [0, 1].
        """
        ### BEGIN SOLUTION
        self._batch_size, self._gamma = batch_size, gamma
        self._episode, self._ready = [], []
        ### END SOLUTION

    def push(self, transition):
        """Records one step.

        Args:
          transition: a `Transition`; all its fields but `next_obs` matter here.
        """
        ### BEGIN SOLUTION
        self._episode.append(transition)
        if transition.terminated or transition.truncated:
            to_go = rewards_to_go([step.reward for step in self._episode], self._gamma)
            self._ready += [(step.obs, step.action, r) for step, r in zip(self._episode, to_go, strict=True)]
            self._episode = []
        ### END SOLUTION

    def is_ready(self):
        """Whether at least `batch_size` steps of finished episodes are stored: True or False."""
        ### BEGIN SOLUTION
        return len(self._ready) >= self._batch_size
        ### END SOLUTION

    def sample(self):
        """Returns the oldest `batch_size` ready steps as an `EpisodeRewardsToGoMemory`, and forgets all ready steps."""
        ### BEGIN SOLUTION
        obs, action, reward_to_go = zip(*self._ready[: self._batch_size], strict=True)
        self._ready = []
        return EpisodeRewardsToGoMemory(
            np.stack(obs), np.asarray(action, dtype=np.int32), np.asarray(reward_to_go, dtype=np.float32)
        )
        ### END SOLUTION


# %% check="EpisodeRewardsToGoBuffer" points=2
def _equal_rewards_to_go(rewards, gamma=1.0):
    """Stands in for your rewards_to_go here, so that the buffer is judged on its own. It expects equal rewards."""
    left = np.arange(len(rewards), 0, -1.0)
    return jnp.asarray(np.asarray(rewards, float) * (left if gamma == 1.0 else (1.0 - gamma**left) / (1.0 - gamma)))


@checks.exercise("EpisodeRewardsToGoBuffer", given={"rewards_to_go": _equal_rewards_to_go})
def _check():

    def play(buffer, *steps, terminated=True, truncated=False):
        """Pushes one episode that pays 1 a step. Step n sees [n, -n] and takes action n; the last has the flags."""
        for n in steps:
            obs, next_obs = np.array([n, -n], np.float32), np.array([n + 0.5, -n - 0.5], np.float32)
            last = n == steps[-1]
            buffer.push(Transition(obs, n, 1.0, next_obs, last and terminated, last and truncated))

    def field_of(value):
        """The field that a sampled value seems to be meant for."""
        value = np.asarray(value)
        return "obs" if value.ndim == 2 else "action" if value.dtype.kind in "iu" else "reward_to_go"

    def ready_after(batch_size, *episodes, terminated=True, truncated=False):
        """Whether a new buffer is ready after episodes of these lengths, which end as the flags say."""
        probe = EpisodeRewardsToGoBuffer(batch_size)
        for length in episodes:
            play(probe, *range(length), terminated=terminated, truncated=truncated)
        return bool(probe.is_ready())

    def why_not_ready(buffer):
        """What to say about a buffer that is not ready when it should be."""
        if bool(buffer.is_ready()):  # other buffers were made since it was asked
            return "Another buffer was made with another batch_size, and now this one uses it. Keep it in self."
        flags = [(True, False), (False, True), (True, True)]
        ends = [ready_after(1, 1, terminated=terminated, truncated=truncated) for terminated, truncated in flags]
        if any(ends) and not all(ends):
            return {
                (False, False, True): "An episode is over when either flag is true; yours ends only when both are.",
                (True, False, True): "An episode is over when the clock truncates it, too.",
                (False, True, True): "An episode is over when the task is terminated, too.",
            }.get(tuple(ends), "An episode is over when it is terminated or truncated.")
        if not any(ends) and ready_after(1, 1, 1):
            return "Exactly batch_size steps are enough: at least means >=."
        if not any(ends):
            return "Does the step that ends an episode get stored? It belongs to that episode."
        if ready_after(2, 2):
            return "More steps than batch_size are enough, too: at least means >=."
        return "Count steps, not episodes."

    def compare(buffer, steps, reward_to_go, case, wrong_steps=(), wrong=()):
        """Samples from the buffer and compares with the steps and rewards-to-go that it should give."""
        opposite = np.negative(steps)
        memory = buffer.sample()
        checks.that(
            isinstance(memory, EpisodeRewardsToGoMemory),
            f"sample() should return an EpisodeRewardsToGoMemory, not a {type(memory).__name__}.",
        )
        fields = [field_of(value) for value in memory]
        checks.that(
            fields == list(memory._fields) or sorted(fields) != sorted(memory._fields),
            f"sample() puts {', '.join(fields)} into the memory, in this order: some are in each other's places. The "
            "order of its fields is obs, action, reward_to_go.",
        )
        obs = checks.array(memory.obs, "sample().obs", shape=(len(steps), 2), dtype=np.float32)
        action = checks.array(memory.action, "sample().action", shape=(len(steps),), dtype=np.int32)
        to_go = checks.array(memory.reward_to_go, "sample().reward_to_go", shape=(len(steps),), dtype=np.float32)
        order = "the oldest ready steps, in the order in which they happened"
        checks.equal(
            obs[:, 0],
            steps,
            f"sample().obs[:, 0] {case}",
            wrong=[(np.add(steps, 0.5), "that is next_obs; the action was chosen after `obs`"), *wrong_steps],
            hint=f"Return {order}.",
        )
        swapped = (reward_to_go, "that is reward_to_go: the two are in each other's places")
        checks.equal(obs[:, 1], opposite, f"sample().obs[:, 1] {case}")
        checks.equal(
            action, steps, f"sample().action {case}", wrong=[swapped], hint="Actions and observations belong together."
        )
        checks.equal(to_go, reward_to_go, f"sample().reward_to_go {case}", wrong=wrong)
        return memory

    _buffer, other = EpisodeRewardsToGoBuffer(batch_size=4), EpisodeRewardsToGoBuffer(4)
    default = EpisodeRewardsToGoBuffer()
    checks.that(not _buffer.is_ready(), "A new buffer says that it is ready, but no step has been played.")
    play(_buffer, 1, 2, 3, 4, terminated=False)  # goes on
    checks.that(
        not _buffer.is_ready(),
        "The buffer is ready, but its 4 steps belong to an unfinished episode: nobody knows their rewards-to-go yet.",
    )
    play(_buffer, 5, terminated=False, truncated=True)  # the clock stops it after 5 steps
    _ready = _buffer.is_ready()
    checks.that(_ready is not None, "is_ready() returned None, not True or False. Is there a `return`?")
    if not _ready:
        EpisodeRewardsToGoBuffer(4)
        checks.fail(
            "An episode of 5 steps was truncated and batch_size is 4, but the buffer is not ready. "
            f"{why_not_ready(_buffer)}"
        )
    checks.that(
        not other.is_ready(),
        "Two buffers share their memory: one was used and the other became ready. "
        "Create what a buffer remembers in __init__, with self.",
    )
    play(other, 1, 2)
    play(other, 3)
    checks.that(
        not other.is_ready(),
        "Episodes of 2 and 1 steps ended, batch_size is 4, and the buffer is ready. Does each new episode start empty?",
    )
    play(other, 4)
    if not other.is_ready():
        checks.fail(
            "Episodes of 2, 1 and 1 steps were terminated and batch_size is 4, but the buffer is not ready. "
            f"{why_not_ready(other)}"
        )
    play(default, *range(300))
    checks.that(
        not default.is_ready(), "A buffer made without batch_size is ready after 300 steps. The default is 500."
    )
    probe = EpisodeRewardsToGoBuffer(20)
    play(probe, *range(40))
    _obs = np.asarray(getattr(probe.sample(), "obs", ()))
    checks.that(
        _obs.shape != (20, 2) or np.all(np.diff(_obs[:, 0]) == 1) or np.all(np.diff(_obs[:, 0]) == -1),
        "sample() of an episode of 40 steps mixes them up, as if drawn or shuffled. Return the oldest, in order.",
    )

    play(_buffer, 6, 7)
    play(_buffer, 8, terminated=False)  # the third episode has begun
    memory = compare(
        _buffer,
        [1, 2, 3, 4],
        [5.0, 4.0, 3.0, 2.0],
        "after episodes of 5 and 2 steps",
        wrong_steps=[
            ([4, 5, 6, 7], "these are the newest ready steps; return the oldest"),
            ([5, 6, 7, 8], "these are the newest steps; return the oldest of those that are ready"),
            ([7, 6, 5, 4], "these are the newest ready steps, backwards; return the oldest, in order"),
            ([4, 3, 2, 1], "the order is reversed"),
            ([5, 4, 3, 2], "these steps are in reverse order; return them in the order in which they happened"),
        ],
        wrong=[
            ([1.0] * 4, "these are the rewards; each step needs its reward-to-go"),
            (np.array([1.5, 0.5, -0.5, -1.5]) / np.sqrt(1.25), "they are standardised; return them as they are"),
            ([5.0] * 4, "every step got the return of its whole episode; it needs its reward-to-go"),
            (
                [1.0, 2.0, 3.0, 4.0],
                "the rewards-to-go are in the wrong order: the first step has the most still to come",
            ),
            ([4.0, 3.0, 2.0, 1.0], "the last step is missing; it belongs to the episode that it ends"),
            ([4.90099, 3.9404, 2.9701, 1.99], "a gamma of 0.99 has crept in; the buffer was made with the default, 1"),
            ([7.0, 6.0, 5.0, 4.0], "they run on into the next episode; each episode's rewards-to-go end with it"),
            ([8.0, 7.0, 6.0, 5.0], "they run on into the next episodes; each episode's rewards-to-go end with it"),
        ],
    )

    checks.that(
        not _buffer.is_ready(), "The buffer is still ready after sample(), which should forget the ready steps."
    )
    play(_buffer, 9)  # ends the third episode: 2 steps are ready
    checks.that(
        not _buffer.is_ready(),
        "After sample() an episode of 2 steps ended, batch_size is 4, and the buffer is ready. Steps 5, 6 and 7 were "
        "left over; sample() forgets them too, because they come from a policy that is about to change.",
    )
    play(_buffer, 10, 11, 12, terminated=1.0, truncated=0.0)
    checks.that(
        bool(_buffer.is_ready()),
        "After sample() episodes of 2 and 3 steps ended, and the buffer is not ready for a batch of 4. (Step 8 was "
        "played before sample(), in an episode that was still going on; it stays. One flag came as 1.0, not as True.)",
    )
    compare(
        _buffer,
        [8, 9, 10, 11],
        [2.0, 1.0, 3.0, 2.0],
        "after sample() and episodes of 2 and 3 steps",
        wrong_steps=[([9, 10, 11, 12], "step 8 is missing: its episode was going on during sample(), so it stays")],
        wrong=[([5.0, 4.0, 3.0, 2.0], "they run on into the next episode; each episode's rewards-to-go end with it")],
    )

    checks.that(
        np.asarray(memory.obs)[:, 0].tolist() == [1, 2, 3, 4],
        "The second sample() changed the arrays that the first one had returned. Make new ones each time.",
    )

    _buffer = EpisodeRewardsToGoBuffer(batch_size=3, gamma=0.5)
    play(_buffer, 1, 2, 3)
    compare(_buffer, [1, 2, 3], [1.75, 1.5, 1.0], "with gamma=0.5", wrong=[([3.0, 2.0, 1.0], "gamma was not used")])


# %% test="EpisodeRewardsToGoBuffer" points=4
### BEGIN HIDDEN TESTS
def _reference_rewards_to_go(rewards, gamma=1.0):
    traced = any(isinstance(value, jax.core.Tracer) for value in jax.tree.leaves((rewards, gamma)))
    xp = jnp if traced else np
    ahead = np.arange(len(rewards)) - np.arange(len(rewards))[:, None]
    return xp.where(ahead >= 0, xp.asarray(gamma) ** np.maximum(ahead, 0), 0.0) @ xp.asarray(rewards)


@checks.hidden("EpisodeRewardsToGoBuffer", given={"rewards_to_go": _reference_rewards_to_go})
def _test():
    rng = np.random.default_rng(5)
    ends = [(True, False), (False, True), (True, True)]
    flag_types, reward_types = [bool, np.bool_, float, np.float32], [float, np.float32, np.float64]
    action_types, obs_types = [int, np.int64, np.int32, jnp.int32], [np.array, np.array, jnp.array]

    def _any(kinds):
        return kinds[rng.integers(len(kinds))]

    def compare(buffer, steps, batch_size, obs_dim, what):
        memory = buffer.sample()
        checks.that(
            isinstance(memory, EpisodeRewardsToGoMemory),
            f"sample() should return an EpisodeRewardsToGoMemory, not a {type(memory).__name__}.",
        )
        obs, action, to_go = (np.array(column) for column in zip(*steps[:batch_size], strict=True))
        got = checks.array(memory.obs, f"obs {what}", shape=(batch_size, obs_dim), dtype=np.float32)
        checks.equal(got, obs, f"obs {what}")
        got = checks.array(memory.action, f"action {what}", shape=(batch_size,), dtype=np.int32)
        checks.equal(got, action, f"action {what}")
        got = checks.array(memory.reward_to_go, f"reward_to_go {what}", shape=(batch_size,), dtype=np.float32)
        checks.equal(got, to_go, f"reward_to_go {what}", atol=1e-4)
        return memory

    # Long random streams against the rule.
    for _batch_size, _gamma, _obs_dim in [(1, 1.0, 4), (3, 0.5, 2), (8, 0.9, 4), (5, 0.0, 1), (25, 1.0, 3)]:
        _buffer = EpisodeRewardsToGoBuffer(_batch_size, _gamma)
        _what = f"with batch_size={_batch_size} and gamma={_gamma}"
        ready, last = [], None
        for _ in range(30 + 2 * _batch_size):
            episode = []
            length = int(rng.integers(1, 7))
            for t in range(length):
                _obs = rng.normal(size=_obs_dim).astype(np.float32)
                _action, reward = int(rng.integers(5)), round(float(rng.normal(0.3, 2.0)), 3)
                end = _any(ends) if t == length - 1 else (False, False)
                given_obs, next_obs = _any(obs_types)(_obs), _obs + 1.0
                transition = Transition(
                    given_obs,
                    _any(action_types)(_action),
                    _any(reward_types)(reward),
                    next_obs,
                    *map(_any(flag_types), end),
                )
                _buffer.push(transition)
                checks.unchanged(_obs, given_obs, "An observation")
                episode.append((_obs, _action, reward))
                if any(end):
                    _to_go, running = [], 0.0
                    for _, _, r in reversed(episode):
                        running = r + _gamma * running
                        _to_go.insert(0, running)
                    ready += [(o, a, g) for (o, a, _), g in zip(episode, _to_go, strict=True)]
                    episode = []
                is_ready = bool(_buffer.is_ready())
                checks.that(
                    is_ready == (len(ready) >= _batch_size),
                    f"The buffer is {'ready too early' if is_ready else 'not ready in time'} {_what}.",
                )
                if is_ready and rng.random() < 0.25:
                    _memory = compare(_buffer, ready, _batch_size, _obs_dim, _what)
                    ready = []
                    checks.that(not _buffer.is_ready(), "The buffer is still ready right after sample().")
                    if last is not None:
                        checks.unchanged(*last, "A batch that was returned earlier")
                    last = jax.tree.map(np.array, _memory), _memory

    # Two buffers, used in turn, with rewards as JAX scalars; then the defaults.
    a, b = EpisodeRewardsToGoBuffer(batch_size=2, gamma=0.5), EpisodeRewardsToGoBuffer(1)
    for _buffer, scale in [(a, 1.0), (b, 10.0), (a, 2.0), (b, 20.0)]:
        _obs = np.full(2, scale, np.float32)
        _buffer.push(Transition(_obs, 1, jnp.float32(scale), -_obs, False, scale in (2.0, 20.0)))
    compare(a, [(np.ones(2), 1, 2.0), (np.full(2, 2.0), 1, 2.0)], 2, 2, "of the first of two buffers")
    checks.that(bool(b.is_ready()), "Sampling from one buffer emptied another.")
    compare(b, [(np.full(2, 10.0), 1, 30.0)], 1, 2, "of the second of two buffers")

    _buffer = EpisodeRewardsToGoBuffer()
    for i in range(501):
        _obs = np.full(4, i, np.float32)
        checks.that(not _buffer.is_ready(), "With the default batch_size the buffer is ready too early.")
        _buffer.push(Transition(_obs, i % 2, 1.0, _obs + 1, i % 100 == 98 and i < 400, i in (498, 500)))
    checks.that(bool(_buffer.is_ready()), "With the default batch_size the buffer does not get ready.")
    ends_at = [98, 198, 298, 398, 498, 500]
    _steps = [(np.full(4, i), i % 2, 1.0 + min(e for e in ends_at if e >= i) - i) for i in range(501)]
    compare(_buffer, _steps, 500, 4, "with the defaults")


### END HIDDEN TESTS

# %% [markdown]
# Your buffer listens while CartPole is played at random. Left: the rewards-to-go of the first 200 steps of a batch.
# Each tooth is an episode: at its start the most is still to come, at its end hardly anything. Right: the average
# reward-to-go against the angle of the pole. Nobody told the buffer that a leaning pole is bad news; it is in the
# numbers, and a policy can learn it from them.

# %% tags=["demo"]
buffer = EpisodeRewardsToGoBuffer(batch_size=5_000)
env = gym.make("CartPole-v1")
env.action_space.seed(0)
obs, _ = env.reset(seed=0)
for _ in range(6_000):
    action = env.action_space.sample()
    next_obs, reward, terminated, truncated, _ = env.step(action)
    buffer.push(Transition(obs, action, reward, next_obs, terminated, truncated))
    obs = env.reset()[0] if terminated or truncated else next_obs
batch = buffer.sample()

edges = np.linspace(-0.2, 0.2, 17)
bins = np.digitize(batch.obs[:, 2], edges)
angles = (edges[:-1] + edges[1:]) / 2
averages = [batch.reward_to_go[bins == i].mean() for i in range(1, len(edges))]
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.6), sharey=True)
left.plot(batch.reward_to_go[:200], ".", color=palette.BLUE)
left.set(xlabel="step in the batch", ylabel="reward-to-go (sum of rewards)")
right.plot(angles, averages, "o-", color=palette.VERMILION)
right.set(xlabel="pole angle (rad)", ylabel="average reward-to-go", ylim=(0, None))
plt.show()

# %% [markdown]
# ## 4. A policy that is a neural network
#
# The policy becomes a small neural network: an observation goes in, one number per action comes out. These numbers are
# called **logits**. They may be anything between minus and plus infinity; the **softmax** turns them into
# probabilities:
#
# $$\pi_\theta(a \mid s) = \operatorname{softmax}(z)_a = \frac{e^{z_a}}{\sum_b e^{z_b}},
# \qquad z = \text{the network's logits for } s.$$
#
# *In words: the larger a logit, the likelier its action. Only differences count: one more unit of logit makes an action
# $e \approx 2.7$ times as likely, relative to the others.*
#
# We build the network with [haiku](https://dm-haiku.readthedocs.io). You write the layers as if they kept their own
# weights; `hk.transform` turns that into two pure functions: `init(key, obs)` returns fresh parameters, and
# `apply(params, obs)` returns the logits. (`hk.without_apply_rng` drops the key that `apply` would otherwise expect.)
# `hk.nets.MLP([32, 2])` is one hidden layer of 32 and an output of 2.


# %%
def network(obs):
    """Logits of CartPole's two actions: [4] -> [2], or a batch [B, 4] -> [B, 2]."""
    return hk.nets.MLP([32, 2])(obs)


policy_network = hk.without_apply_rng(hk.transform(network))
initial_params = policy_network.init(jax.random.key(0), np.zeros(4, np.float32))

print(jax.tree.map(jnp.shape, initial_params))
print("logits of one observation:", policy_network.apply(initial_params, np.ones(4, np.float32)))
print("logits of a batch of 3:   ", policy_network.apply(initial_params, np.ones((3, 4), np.float32)).shape)

# %% [markdown]
# ### Exercise: `sample_action`
#
# *About 8 minutes · difficulty 1 of 3 · importance 2 of 3*
#
# While it learns, the agent **explores**: it draws its actions from the policy. It learns nothing about actions it
# never tries. Draw an action from $\operatorname{softmax}(\text{logits})$:
#
# $$P(\text{action} = a) = \operatorname{softmax}(\text{logits})_a$$
#
# *In words: each action comes up as often as the policy says.*
#
# `key` is a JAX key, `logits` has shape `[num_actions]`, and the action is an integer scalar. It must work under
# `jax.jit` and `jax.vmap`, and with logits in the thousands, where $e^z$ is far beyond what a float can hold.
#
# **Example.** With logits 0 and 1, action 1 is drawn with probability $e / (1 + e) \approx 0.73$, action 0 with 0.27.
#
# Helpful:
# [`jax.random.categorical`](https://docs.jax.dev/en/latest/_autosummary/jax.random.categorical.html)
#
# <details><summary>Hint 1: a nudge</summary>
#
# Look up what the function expects: probabilities or logits? Softmax should be applied only once.
# </details>


# %% exercise="sample_action"
def sample_action(key, logits):
    """Draws an action from softmax(logits).

    Args:
      key: JAX key.
      logits: one for each action, float [num_actions].
    Returns:
      The action, int [].
    """
    ### BEGIN SOLUTION
    return jax.random.categorical(key, logits)
    ### END SOLUTION


# %% check="sample_action" points=1
@checks.exercise("sample_action")
def _check():
    _logits = jnp.array([0.0, 1.0, 2.0])
    want = np.round(jax.nn.softmax(_logits), 3)
    checks.integer(sample_action(jax.random.key(0), _logits), "sample_action(key, logits)")

    many = jax.jit(jax.vmap(sample_action, in_axes=(0, None)))
    keys = jax.random.split(jax.random.key(1), 20_000)

    def shares(logits):
        """How often each action comes up in 20,000 draws with different keys."""
        actions = checks.array(many(keys, logits), "20,000 actions, with jax.vmap", shape=(20_000,), dtype="int")
        return np.array([np.mean(actions == a) for a in range(len(logits))]).round(3)

    always = "every key gave the same action; draw with `key`, and do not take the most likely action every time"
    if shares(jnp.zeros(2)).max() < 1:
        always = "the noise is too small to let another action win; use jax.random.categorical, or Gumbel noise"
    checks.equal(
        shares(_logits),
        want,
        "How often actions 0, 1, 2 come up with the logits 0, 1, 2",
        atol=0.025,  # more than 7 standard deviations
        wrong=[
            ([0.0, 0.0, 1.0], always),
            ([0.0, 1.0, 0.0], always),
            ([1.0, 0.0, 0.0], always),
            ([1 / 3, 1 / 3, 1 / 3], "the logits were ignored: all actions come up equally often"),
            ([0.0, 1 / 3, 2 / 3], "the logits were used as if they were probabilities"),
            (jax.nn.softmax(jax.nn.softmax(_logits)), "softmax was applied twice; `categorical` wants the logits"),
            (jax.nn.softmax(-_logits), "the smallest logit comes up most often; a sign is turned round"),
            ([0.047, 0.224, 0.729], "that is what normal noise on the logits gives; softmax needs Gumbel noise"),
            (jax.nn.softmax(_logits / 2), "the logits were divided by a temperature of 2"),
            ([0.033, 0.033, 0.933], "that is epsilon-greedy; every action has its own probability, from softmax"),
            ([0.269, 0.731, 0.0], "only the first two actions come up; there may be any number of them"),
            ([0.0, 0.09, 0.245], "actions are counted from 0"),
        ],
    )
    checks.equal(
        shares(jnp.array([1000.0, 1001.0])),
        [0.269, 0.731],
        "How often actions 0, 1 come up with the logits 1000, 1001",
        atol=0.025,
        wrong=[([0.5, 0.5], "the two became equal, as if clipped; only the difference between logits counts")],
        hint="Only differences between logits count. If you compute exp(1000) yourself, you get infinity.",
    )
    rare = int((np.asarray(many(keys, jnp.array([0.0, 7.0]))) == 0).sum())
    checks.that(rare > 0, "With the logits 0, 7 action 0 should come up about 18 times in 20,000, but it never does.")
    checks.that(
        rare < 60,
        f"With the logits 0, 7 action 0 should come up about 18 times in 20,000, but it comes up {rare} times. Small "
        "probabilities need no help.",
    )


# %% test="sample_action" points=3
### BEGIN HIDDEN TESTS
@checks.hidden("sample_action")
def _test():
    base, never = np.array([0.0, 1.5, -1.0, 1.0, 0.5]), [-1e30] * 3
    cases = [base, base + 5.0, base - 40.0, 1_000.0 + base, 88.0 + base, np.zeros(5), [1e30, -1e30, 0, 0, 0]]
    cases += [[-3e3, -3e3, 5e3, -3e3, 0], [2_000.0, 1_999.0, *never], [-0.4, 0.4, *never], [5.3, 0.0, *never]]
    logits = np.array(cases, np.float32)
    keys = jax.random.split(jax.random.key(2), (len(logits), 15_000))
    many = jax.jit(jax.vmap(jax.vmap(sample_action, in_axes=(0, None))))
    actions = checks.array(many(keys, logits), "Many actions", shape=keys.shape, dtype="int")
    checks.that(int(np.sum((actions < 0) | (actions > 4))) <= 3, "Some actions are no valid index of the logits.")
    for row, _case in zip(actions, logits.astype(float), strict=True):
        probabilities = np.exp(_case - _case.max()) / np.sum(np.exp(_case - _case.max()))
        for action, probability in enumerate(probabilities):
            count, what = int(np.sum(row == action)), "Actions do not come up as often as softmax(logits) says."
            if probability in (0.0, 1.0):  # rounding may make an exception of a few draws
                checks.that(abs(count - len(row) * probability) <= 3, what)
            else:
                checks.frequency(count, len(row), probability, what)

    jitted = jax.jit(sample_action)
    for i in range(5):
        key = jax.random.key(i) if i % 2 else jax.random.PRNGKey(i)
        for logits in (np.zeros(4, np.float32), np.linspace(-1, 1, 4), jnp.arange(4.0)):
            for function in (sample_action, jitted):
                action = checks.integer(function(key, logits), "sample_action(key, logits)")
                checks.that(0 <= action < 4, "An action is no valid index of the logits.")
                checks.that(action == int(function(key, logits)), "The same key gave different actions.")
    logits = np.array([0.5, -1.0, 2.0], np.float32)
    sample_action(key, logits)
    checks.unchanged(np.array([0.5, -1.0, 2.0], np.float32), logits, "logits")


### END HIDDEN TESTS

# %% [markdown]
# Here are ten thousand actions from your function, next to the probabilities that the softmax promises. Even the least
# likely action comes up now and then. REINFORCE has no other source of exploration, so a policy that becomes sure of
# itself too early stops looking. The **entropy** $-\sum_a \pi(a) \log \pi(a)$ measures how undecided a policy is, and
# some algorithms add it to what they maximise.

# %% tags=["demo"]
logits = jnp.array([-1.0, 0.0, 1.0, 2.0])
actions = jax.vmap(sample_action, (0, None))(jax.random.split(jax.random.key(0), 10_000), logits)
shares = np.bincount(actions, minlength=4) / len(actions)
figure, ax = plt.subplots(figsize=(7, 3.6))
ax.bar(np.arange(4) - 0.2, jax.nn.softmax(logits), 0.4, color=palette.BLUE, label="softmax(logits)")
ax.bar(np.arange(4) + 0.2, shares, 0.4, color=palette.ORANGE, hatch="//", label="share of 10,000 draws")
ax.set(xticks=range(4), xticklabels=[f"action {a}\nlogit {z:+.0f}" for a, z in enumerate(logits)], ylabel="probability")
ax.legend()
plt.show()

# %% [markdown]
# ### Exercise: `greedy_action`
#
# *About 3 minutes · difficulty 1 of 3 · importance 1 of 3*
#
# When we evaluate the agent, it should do its best, without randomness. This is called acting **greedily**: take the
# action with the largest logit,
#
# $$\operatorname*{argmax}_a\ \text{logits}_a.$$
#
# *In words: the index of the largest logit, not the logit itself.* The likeliest action has the largest logit, so no
# softmax is needed. If several are equally large, any of them will do. It must work under `jax.jit` and `jax.vmap`.
#
# **Example.** The logits 0.5, 2.0, -3.0 give 1.
#
# Helpful:
# [`jnp.argmax`](https://docs.jax.dev/en/latest/_autosummary/jax.numpy.argmax.html)
#
# <details><summary>Hint 1: a nudge</summary>
#
# There are two functions for "the largest": one returns the value, the other its position. Which one is an action?
# </details>


# %% exercise="greedy_action"
def greedy_action(logits):
    """The index of the largest logit.

    Args:
      logits: one for each action, float [num_actions].
    Returns:
      The action, int [].
    """
    ### BEGIN SOLUTION
    return jnp.argmax(logits)
    ### END SOLUTION


# %% check="greedy_action" points=1
@checks.exercise("greedy_action")
def _check():
    logits = jnp.array([1.0, 4.0, 2.0, -9.0])
    last = "that is the action of the smallest logit; we want the largest"
    if checks.near(greedy_action(jnp.array([-2.0, 1.0, 3.0])), 2):
        last = "that is the logit of the largest size; -9 is less than 4, so look at the logits with their signs"
    action = greedy_action(logits)
    checks.equal(
        action,
        1,
        "greedy_action([1.0, 4.0, 2.0, -9.0])",
        wrong=[
            (4.0, "that is the largest logit itself; we need to know which action it belongs to: its index"),
            (3, last),
            (2, "actions are counted from 0"),
            (jnp.max(jax.nn.softmax(logits)), "that is the largest probability; we need the action's index"),
            (jax.nn.softmax(logits), "these are the probabilities; we need the index of the largest"),
            ([0, 1, 0, 0], "that is a one-hot vector; we need the index itself"),
        ],
    )
    checks.integer(action, "greedy_action([1.0, 4.0, 2.0, -9.0])")
    checks.equal(
        jax.jit(greedy_action)(jnp.array([100.0, 300.0, 200.0])),
        1,
        "greedy_action([100.0, 300.0, 200.0]), with jax.jit",
        wrong=[(0, "the exponential of 100 is more than a float32 can hold; compare the logits themselves")],
    )
    for difference, places in ((1.0, np.arange(8)), (0.004, np.arange(4))):
        checks.equal(
            jax.vmap(greedy_action)(difference * jnp.eye(len(places))),
            places,
            f"With jax.vmap: logits of 0 and one of {difference:g}, at positions 0 to {places[-1]}",
            wrong=[
                (places * (places == 1), "only the first two were compared; there may be any number of them"),
                (0 * places, "logits that differ only a little were taken for equal; is something rounded?"),
            ],
            hint="Nothing may be drawn here: the largest logit always wins.",
        )
    checks.equal(
        jax.vmap(greedy_action)(jnp.array([[3.0, 1.0, 2.0], [-3.0, -2.0, -1.0]])),
        [0, 2],
        "With jax.vmap: the logits 3, 1, 2 and -3, -2, -1",
    )
    for low, high, sentence in (
        (100.0, 100.03, "that is float16's precision, which takes the two for equal; compare the logits as they are"),
        (600.0, 700.0, "the two became equal, as if clipped; compare the logits as they are"),
        (-3e9, -2e9, "a search for the largest has to start from -jnp.inf or from the first logit"),
    ):
        checks.equal(
            greedy_action(jnp.array([low, high])), 1, f"greedy_action([{low:g}, {high:g}])", wrong=[(0, sentence)]
        )


# %% test="greedy_action" points=1
### BEGIN HIDDEN TESTS
@checks.hidden("greedy_action")
def _test():
    rng = np.random.default_rng(6)
    special = {
        1: [[3.0], [-1e30]],
        2: [[-5.0, -6.0], [1e30, -1e30], [-1e30, -1e29], [200.0, 100.0], [0.0, 0.0], [2_000.0, 2_000.5]],
        5: [[1, 7, 7, 0, 7], [2, 2, 2, 2, 2], [-9, -8, -9, -8, -10], [500, 700, 600, 900, 800], [1, 1, 1.002, 1, 1]],
    }
    for n, cases in special.items():
        random = np.argsort(rng.random((200, n)), axis=1) * 0.5 + rng.normal(size=(200, 1))
        logits = np.concatenate([random, cases]).astype(np.float32)
        best = logits == logits.max(axis=1, keepdims=True)
        for function in (jax.vmap(greedy_action), jax.jit(jax.vmap(greedy_action))):
            got = checks.array(function(logits), "greedy_action under vmap", shape=(len(logits),), dtype="int")
            checks.that(bool(np.all((got >= 0) & (got < n))), "greedy_action gave something that is no valid index.")
            checks.that(
                bool(np.all(best[np.arange(len(logits)), got])), "greedy_action did not find the largest logit."
            )
        rows = list(zip(logits, best, strict=True))
        for row, is_best in rows[::40] + rows[-6:]:
            for values in (row, jnp.asarray(row)):
                for function in (greedy_action, jax.jit(greedy_action)):
                    action = checks.integer(function(values), "greedy_action(logits)")
                    checks.that(0 <= action < n, "greedy_action gave something that is no valid index.")
                    checks.that(bool(is_best[action]), "greedy_action did not find the largest logit.")
    checks.unchanged(np.array(row), row, "logits")


### END HIDDEN TESTS

# %% [markdown]
# Together the two make up the agent's `select_action`. The picture shows what it does with an *untrained* network, for
# each angle and angular velocity of the pole (with the cart at rest in the middle). Sampled, it is close to a coin flip
# everywhere, and that is how it will explore. Greedy, the very same network looks decisive, though its logits differ by
# next to nothing. Neither picture has anything to do with balancing yet.


# %%
def reinforce_select_action(key, params, actor_state, obs, evaluation=False):
    """Draws an action from the policy; in an evaluation, takes the likeliest one."""
    logits = policy_network.apply(params, obs)
    return jnp.where(evaluation, greedy_action(logits), sample_action(key, logits)), actor_state


grid_angles, grid_velocities = np.meshgrid(np.linspace(-0.21, 0.21, 61), np.linspace(-2.0, 2.0, 61))
at_rest = np.zeros((61, 61))  # the cart's position and velocity
grid = np.stack([at_rest, at_rest, grid_angles, grid_velocities], axis=-1).astype(np.float32)  # [61, 61, 4]


def draw_map(ax, values, title):
    """Colours the grid of pole angles and velocities by `values` [61, 61] between 0 and 1."""
    image = ax.pcolormesh(grid_angles, grid_velocities, values, cmap="cividis", vmin=0, vmax=1, rasterized=True)
    ax.set(title=title, xlabel="pole angle (rad)", ylabel="pole angular velocity (rad/s)")
    return image


# %% tags=["demo"]
keys = jax.random.split(jax.random.key(0), grid.shape[:2])
act = jax.vmap(jax.vmap(reinforce_select_action, (0, None, None, 0, None)), (0, None, None, 0, None))
sampled, _ = act(keys, initial_params, None, grid, False)
greedy, _ = act(keys, initial_params, None, grid, True)
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4))
draw_map(left, sampled, "sampled, for learning")
image = draw_map(right, greedy, "greedy, for evaluation")
figure.colorbar(image, ax=[left, right], ticks=[0, 1]).ax.set_yticklabels(["push left", "push right"])
plt.show()
difference = jnp.diff(policy_network.apply(initial_params, grid))
print(f"The two logits differ by {jnp.abs(difference).max():.2f} at most.")

# %% [markdown]
# ## 5. A loss to differentiate
#
# Libraries for training networks *minimise* a loss. We want to climb, so our loss is the weighted log-probability with
# a minus sign:
#
# $$\ell = -\log \pi_\theta(a_t \mid s_t)\; \hat R_t.$$
#
# *In words: pushing this down pushes the action's probability up if its reward-to-go is positive, and down if it is
# negative.* Its value is not a measure of success: watch the return, not the loss.
#
# There is a trap here. $\pi_\theta(a_t \mid s_t)$ is a softmax, and the formula seems to ask for the `log` of a
# `softmax`. But a policy that is sure of itself has logits like 0 and 200. The softmax of the first is $e^{-200}$,
# which rounds to 0. The logarithm of 0 is $-\infty$, its gradient is `nan`, and one `nan` in a batch is enough to make
# every weight of the network `nan`, for good. The **log-softmax** is the same function on paper, but it never leaves
# the logarithm:
#
# $$\log \operatorname{softmax}(z)_a = z_a - m - \log \sum_b e^{z_b - m}, \qquad m = \max_b z_b.$$
#
# *In words: subtract the largest logit from all of them first. Then nothing overflows, and the sum is at least 1, so
# its logarithm is harmless.*

# %% [markdown]
# ### Exercise: `pg_loss`
#
# *About 12 minutes · difficulty 2 of 3 · importance 3 of 3 · two-hour path*
#
# The loss of **one** transition:
#
# $$\ell = -\log \operatorname{softmax}(\text{logits})_\text{action} \cdot \text{reward-to-go}$$
#
# *In words: minus the log-probability of the action that was taken, times what came of it.*
#
# `action` is an integer scalar, `logits` has shape `[num_actions]`, `reward_to_go` is a scalar, and so is the result.
# It must work under `jax.jit` and `jax.vmap` and be differentiable with respect to the logits. Value and gradient must
# be finite for all logits up to $10^{30}$ in size.
#
# **Example.** Action 0, logits 0 and 1, reward-to-go 10: the action's probability is 0.269, its logarithm is -1.313,
# and the loss is 13.13.
#
# Helpful:
# [`jax.nn.log_softmax`](https://docs.jax.dev/en/latest/_autosummary/jax.nn.log_softmax.html)
#
# <details><summary>Hint 1: a nudge</summary>
#
# Your `weighted_log_prob` takes a probability, so it comes too late here: the probability may already be 0. Start from
# the *log*-probabilities of all actions. Which one do you need?
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# `jax.nn.log_softmax(logits)` gives one log-probability per action. An array can be indexed with `action`, even under
# `jax.jit`, where `action` is a JAX value. Mind the sign.
# </details>


# %% exercise="pg_loss"
def pg_loss(action, logits, reward_to_go):
    """The policy-gradient loss of one transition.

    Args:
      action: the action that was taken, int [].
      logits: the policy's logits for the observation, float [num_actions].
      reward_to_go: the rewards that followed, float [].
    Returns:
      The loss, float [].
    """
    ### BEGIN SOLUTION
    return -jax.nn.log_softmax(logits)[action] * reward_to_go
    ### END SOLUTION


# %% check="pg_loss" points=2
@checks.exercise("pg_loss")
def _check():
    logits = jnp.array([2.0, 0.0, 1.5])
    log_probs = np.array([-0.55496, -2.55496, -1.05496])
    slopes = 4.0 * (np.exp(log_probs) - [0, 0, 1])
    checks.equal(
        pg_loss(2, logits, 4.0),
        4.21984,
        "pg_loss(2, [2.0, 0.0, 1.5], 4.0)",
        wrong=[
            (-4.21984, "the minus sign is missing; an optimiser minimises, and we want this action to become likelier"),
            (1.05496, "the weight reward_to_go was not used"),
            (-1.05496, "the weight reward_to_go was not used, and the minus sign is missing"),
            (-6.0, "that is -logit · reward_to_go; the logit is not the log-probability"),
            (6.0, "that is logit · reward_to_go; the logit is not the log-probability"),
            (-4.0 * np.exp(-1.05496), "the logarithm is missing"),
            (4.0 * np.exp(-1.05496), "the logarithm is missing"),
            (-4.0 * log_probs, "that is a loss for every action; only the one that was taken counts"),
            (-4.0 * log_probs.sum(), "all actions were added up; only the one that was taken counts"),
            (-4.0 * log_probs.mean(), "that is the average over all actions; only the one that was taken counts"),
            (-4.0 * log_probs[0], "that is the loss of the likeliest action; take the one that was played, `action`"),
            (-4.0 * log_probs[1], "that is the loss of action 1; take the one that was played, `action`, here 2"),
            (-4.0 * log_probs[2] / 3, "that is divided by the number of actions; no average is needed here"),
            (1.83265, "that is the logarithm to base 10; take the natural one"),
            (
                0.80566,
                "that is log(sigmoid(logit)), which looks at one logit alone; softmax compares it with the others",
            ),
            (
                4.21984 + 0.01 * np.sum(np.exp(log_probs) * log_probs),
                "an entropy bonus has been added; leave it out here",
            ),
        ],
    )
    too_large = "exp(200) is more than a float32 can hold; jax.nn.log_softmax subtracts the largest logit first"
    checks.equal(
        pg_loss(1, jnp.array([0.0, 200.0]), 1.0),
        0.0,
        "pg_loss(1, [0.0, 200.0], 1.0)",
        wrong=[(np.inf, too_large), (-np.inf, too_large), (np.nan, too_large)],
    )
    too_late = "softmax rounds to 0 here, and its logarithm is -infinity; jax.nn.log_softmax takes both steps in one"
    floor = "a small number that keeps log away from 0 also changes the loss; jax.nn.log_softmax needs no such help"
    checks.equal(
        pg_loss(0, jnp.array([0.0, 200.0]), 1.0),
        200.0,
        "pg_loss(0, [0.0, 200.0], 1.0)",
        wrong=[(np.inf, too_late), (np.nan, too_late), *[(k * np.log(10), floor) for k in range(3, 40)]],
    )
    gradient = jax.jit(jax.grad(pg_loss, argnums=1))
    checks.equal(
        gradient(2, logits, 4.0),
        slopes,
        "The gradient of pg_loss(2, [2.0, 0.0, 1.5], 4.0) with respect to the logits",
        wrong=[(np.zeros(3), "no gradient gets through; has something cut it off?")],
        atol=1e-4,
        hint="The logits must stay JAX values all the way from the argument to the result.",
    )
    checks.equal(
        gradient(0, jnp.array([0.0, 1e30, -1e30]), 1.0),
        [-1.0, 1.0, 0.0],
        "The gradient of pg_loss(0, [0.0, 1e30, -1e30], 1.0) with respect to the logits",
        wrong=[
            (np.full(3, np.nan), too_late),
            (np.zeros(3), "no gradient gets through: the loss has been cut off here"),
            ([-1.0, 0.0, 0.0], "logits of a million and more have been clipped, and no gradient gets through the clip"),
        ],
    )
    checks.equal(
        jax.vmap(pg_loss)(jnp.array([0, 1]), jnp.array([[0.0, 0.0], [5.0, 5.0]]), jnp.array([1.0, -2.0])),
        [0.69315, -1.38629],
        "With jax.vmap: two transitions with equal logits and the rewards-to-go 1 and -2",
        wrong=[([0.69315, 1.38629], "the sign of reward_to_go got lost; a bad action has to become less likely")],
    )


# %% test="pg_loss" points=4
### BEGIN HIDDEN TESTS
def _reference_weighted_log_prob(action_prob, episode_return):
    return jnp.log(action_prob) * episode_return


@checks.hidden("pg_loss", given={"weighted_log_prob": _reference_weighted_log_prob})
def _test():
    rng = np.random.default_rng(7)
    values = jax.jit(jax.vmap(pg_loss))
    gradients = jax.jit(jax.vmap(jax.grad(pg_loss, argnums=1)))

    def reference(action, logits, to_go):
        shifted = logits.astype(float) - logits.max(axis=1, keepdims=True)
        log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        rows = np.arange(len(action))
        chosen = np.zeros(logits.shape)
        chosen[rows, action] = 1.0
        return -log_probs[rows, action] * to_go, (np.exp(log_probs) - chosen) * to_go[:, None]

    for n, scale in [(2, 1.0), (2, 50.0), (2, 1e4), (2, 1e30), (5, 3.0), (5, 300.0), (5, 1e20), (5, 1e30)]:
        _logits = (scale * rng.uniform(-1, 1, (60, n))).astype(np.float32)
        _logits[:6] = scale * np.sign(_logits[:6])
        _logits[6:9] = scale  # all equal
        _action = rng.integers(0, n, 60).astype(np.int32)
        _to_go = np.concatenate([rng.normal(0, 2, 28), rng.uniform(0, 500, 28), [0, 0, 1, -1]]).astype(np.float32)
        _to_go = rng.permutation(_to_go)
        want, want_gradient = reference(_action, _logits, _to_go)
        what = f"for {n} actions and logits up to {scale:g} in size"
        got = checks.array(values(_action, _logits, _to_go), f"The loss {what}", shape=(60,), dtype="float")
        checks.that(bool(np.all(np.isfinite(got))), f"The loss is not finite {what}.")
        for g, w, r in zip(got, want, _to_go, strict=True):  # float32 holds a logit to about 1e-7 of its size
            checks.equal(g, w, f"The loss {what}", atol=1e-5 + abs(r) * max(1e-6, 1e-6 * scale), rtol=2e-5)
        got = checks.array(gradients(_action, _logits, _to_go), f"The gradient {what}", shape=(60, n))
        checks.that(bool(np.all(np.isfinite(got))), f"The gradient is not finite {what}.")
        for g, w, r in zip(got, want_gradient, _to_go, strict=True):
            checks.equal(g, w, f"The gradient {what}", atol=1e-5 + 2e-5 * abs(r), rtol=0)

    # One transition at a time, plain and jitted, with the numbers as they may come.
    _logits = np.array([0.5, -1.0, 2.0, 0.0], np.float32)
    jitted = jax.jit(pg_loss)
    for a in (0, np.int64(1), jnp.int32(2), np.int32(3)):
        for r in (2.5, np.float32(-1.5), jnp.float32(0.0), np.float64(300.0)):
            want = reference(np.array([int(a)]), _logits[None], np.array([float(r)]))[0][0]
            for function in (pg_loss, jitted):
                for x in (_logits, jnp.asarray(_logits)):
                    got = checks.number(function(a, x, r), "pg_loss(action, logits, reward_to_go)")
                    checks.equal(got, want, "pg_loss of one transition", rtol=2e-5)
    checks.unchanged(np.array([0.5, -1.0, 2.0, 0.0], np.float32), _logits, "logits")


### END HIDDEN TESTS

# %% [markdown]
# Action 0 has logit 0; the other one has the logit on the horizontal axis. The further right, the surer the policy is
# of the *other* action. The naive `log(softmax(...))` follows the same line until the probability is too small for a
# float; from there on its value is infinite and its gradient `nan`. Yours carries on.

# %% tags=["demo"]
other = jnp.linspace(0.0, 200.0, 401)
pairs = jnp.stack([jnp.zeros_like(other), other], axis=1)  # [401, 2]
naive_loss = lambda logits: -jnp.log(jax.nn.softmax(logits)[0])
yours = jax.vmap(lambda logits: pg_loss(0, logits, 1.0))(pairs)
naive = jax.vmap(naive_loss)(pairs)
your_slope = jax.vmap(jax.grad(lambda logits: pg_loss(0, logits, 1.0)))(pairs)[:, 1]
naive_slope = jax.vmap(jax.grad(naive_loss))(pairs)[:, 1]

figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.6))
for ax, mine, theirs, ylabel in [
    (left, yours, naive, "loss"),
    (right, your_slope, naive_slope, "gradient of the loss"),
]:
    ax.plot(other, mine, color=palette.BLUE, lw=2, label="yours")
    ax.plot(
        other,
        jnp.where(jnp.isfinite(theirs), theirs, jnp.nan),
        color=palette.VERMILION,
        ls=":",
        lw=4,
        label="log(softmax)",
    )
    last = float(other[jnp.isfinite(theirs)].max())
    ax.axvline(last, color=palette.GREY, lw=1)
    ax.annotate(
        f"from {last:.0f} on: {'inf' if ax is left else 'nan'}", (last, 0.5), (6, 0), textcoords="offset points"
    )
    ax.set(xlabel="logit of the other action (dimensionless)", ylabel=ylabel)
    ax.legend()
plt.show()

# %% [markdown]
# ## 6. A baseline
#
# Every step of CartPole pays 1, so every reward-to-go is positive. So REINFORCE pushes up *every* action it took, good
# or bad, and learns only because the good ones are pushed a little harder. The signal is a small difference between
# large numbers.
#
# The fold in section 2 shows the way out: we may subtract a number $b$ that does not depend on the action, and the
# average gradient stays the same,
#
# $$\nabla_\theta J(\theta) = \mathop{\mathbb{E}}_{\tau \sim \pi_\theta}
# \Big[\sum_t \nabla_\theta \log \pi_\theta(a_t \mid s_t)\, \big(\hat R_t - b\big)\Big].$$
#
# *In words: judge an action by whether it went better or worse than usual.* Such a $b$ is called a **baseline**. The
# simplest choice is the average reward-to-go of the batch. Then about half of the actions are pushed up and half down.

# %% [markdown]
# ### Exercise: `standardize`
#
# *About 5 minutes · difficulty 1 of 3 · importance 2 of 3*
#
# We go one step further and also divide by the spread. CartPole's returns grow from 20 to 500 during training, and the
# next game may score in the thousands. Once we divide by the spread, the size of the gradient no longer depends on the
# scale of the rewards.
#
# $$\text{out}_i = \frac{x_i - \operatorname{mean}(x)}{\operatorname{std}(x) + 10^{-8}},
# \qquad \operatorname{std}(x) = \sqrt{\tfrac{1}{N} \textstyle\sum_i (x_i - \operatorname{mean}(x))^2}$$
#
# *In words: how far is each value from the average, measured in standard deviations? The tiny number prevents a
# division by zero when all values are equal; the result is then all zeros.* The standard deviation divides by $N$ (the
# population's), not by $N - 1$.
#
# `values` is an array `[N]`, and so is the result. It must work under `jax.jit`.
#
# **Example.** 1, 2, 3 have the mean 2 and the standard deviation 0.816, so they become -1.22, 0, 1.22.
#
# Helpful:
# [`jnp.mean`](https://docs.jax.dev/en/latest/_autosummary/jax.numpy.mean.html) and
# [`jnp.std`](https://docs.jax.dev/en/latest/_autosummary/jax.numpy.std.html)
#
# <details><summary>Hint 1: a nudge</summary>
#
# Equal values need no `if`: the tiny number in the formula takes care of them. Mind what it is added to, and mind the
# brackets.
# </details>


# %% exercise="standardize"
def standardize(values):
    """Shifts and scales values to mean 0 and standard deviation 1.

    Args:
      values: float [N].
    Returns:
      (values - mean) / (standard deviation + 1e-8), float [N].
    """
    ### BEGIN SOLUTION
    return (values - jnp.mean(values)) / (jnp.std(values) + 1e-8)
    ### END SOLUTION


# %% check="standardize" points=1
@checks.exercise("standardize")
def _check():
    values = np.array([1.0, 2.0, 3.0, 6.0], np.float32)
    spread = values - 3.0
    checks.equal(
        standardize(values),
        spread / np.sqrt(3.5),
        "standardize([1.0, 2.0, 3.0, 6.0])",
        wrong=[
            (spread, "the mean is gone, but the division by the standard deviation is missing"),
            (values / np.sqrt(3.5), "the mean was not subtracted"),
            (spread / 3.5, "that is divided by the variance; the standard deviation is its square root"),
            (spread / np.sqrt(14 / 3), "the standard deviation divides by N - 1; here it should divide by N"),
            (-spread / np.sqrt(3.5), "the sign is turned round: what lies above the mean should be positive"),
            (values - 3.0 / np.sqrt(3.5), "the brackets are missing around values - mean"),
            ((values - 1) / 5, "that maps to the interval from 0 to 1; use the mean and the standard deviation"),
            ((values - 2.5) / np.sqrt(3.5), "that is the median; use the mean"),
            (spread / np.sqrt(14), "that is divided by the vector's length; use the standard deviation"),
            (spread / (np.sqrt(3.5) + 1e-3), "1e-3 was added to the standard deviation; add 1e-8"),
        ],
        hint="Subtract the mean and divide by the standard deviation. Nothing is clipped.",
    )
    checks.unchanged(np.array([1.0, 2.0, 3.0, 6.0], np.float32), values, "The array of values")
    checks.equal(
        jax.jit(standardize)(jnp.full(4, 5.0)),
        np.zeros(4),
        "standardize([5.0, 5.0, 5.0, 5.0]), with jax.jit",
        wrong=[(np.full(4, np.nan), "0 divided by 0 is nan; add 1e-8 to the standard deviation, inside the brackets")],
    )
    checks.equal(
        standardize(jnp.array([0.0, 4e-8])),
        [-2 / 3, 2 / 3],
        "standardize([0.0, 4e-8])",
        wrong=[
            ([-1.0, 1.0], "the 1e-8 had no effect; add it to the standard deviation, which is 2e-8 here"),
            ([-2e-4, 2e-4], "1e-8 was added to the variance, under the square root; add it to the standard deviation"),
        ],
        hint="Add exactly 1e-8 to the standard deviation, which is 2e-8 here.",
    )


# %% test="standardize" points=2
### BEGIN HIDDEN TESTS
@checks.hidden("standardize")
def _test():
    rng = np.random.default_rng(8)
    jitted = jax.jit(standardize)

    def compare(values, what, atol=1e-5):
        before = np.array(values)
        x = before.astype(float)
        want = (x - x.mean()) / (x.std() + 1e-8)
        for function, how in [(standardize, ""), (jitted, " under jit")]:
            got = checks.array(function(values), f"standardize of {what}{how}", shape=x.shape, dtype="float")
            checks.equal(got, want, f"standardize of {what}{how}", atol=atol)
        checks.unchanged(before, values, "values")

    for n in (2, 3, 64):
        for scale, shift in [(1.0, 0.0), (3.0, -2.0), (100.0, 50.0), (1e-3, 0.0)]:
            _values = (shift + scale * rng.normal(size=n)).astype(np.float32)
            _values[:2] = shift - scale, shift + 2 * scale  # far enough apart for float32
            compare(_values, f"{n} values", 1e-4)
            compare(jnp.asarray(_values), f"{n} values", 1e-4)
    compare(np.arange(500, 0, -1).astype(np.float32), "500 rewards-to-go", 1e-4)
    for constant in (0.0, 1.0, -8.0, 256.0):
        for n in (1, 2, 8):
            compare(np.full(n, constant, np.float32), "equal values")
    compare(np.array([0.0, 2e-8], np.float32), "values that are almost equal", 1e-4)
    compare(np.array([-6e-8, 0.0, 6e-8, 0.0], np.float32), "values that are almost equal", 1e-4)
    compare(np.array([0.0, 2e-6], np.float32), "values that are almost equal", 1e-4)


### END HIDDEN TESTS

# %% [markdown]
# See what it does in the small world of section 1, where going right pays 3 and going left 1. Now somebody adds 10 to
# both, which does not change what to do. Each estimate of the gradient comes from 20 actions, and we make 2,000 of
# them, all as multiples of their average, so the right answer is 1. With the plain returns, four in ten estimates point
# the wrong way. Standardised, from the very same actions, nearly all of them are right.


# %%
def policy_loss(theta, actions, weights):
    """The average loss of some actions in the world of two actions with the logits 0 and theta."""
    return jnp.mean(jax.vmap(pg_loss, (0, None, 0))(actions, jnp.array([0.0, 1.0]) * theta, weights))


# %% tags=["demo"]
actions = jax.random.bernoulli(jax.random.key(0), 0.5, (2_000, 20)).astype(int)  # theta = 0: both are equally likely
returns = jnp.where(actions == 1, 13.0, 11.0)
standardised = jax.vmap(standardize)(returns)
gradient = jax.vmap(jax.grad(policy_loss), (None, 0, 0))
plain, better = gradient(0.0, actions, returns), gradient(0.0, actions, standardised)

figure, ax = plt.subplots(figsize=(8, 4))
for name, estimates, colour, hatch in [
    ("returns 13 and 11", plain, palette.VERMILION, "//"),
    ("the same, standardised", better, palette.BLUE, ""),
]:
    relative = np.asarray(estimates / estimates.mean())
    label = f"{name}: {np.mean(relative < 0):.0%} point the wrong way"
    ax.hist(relative, bins=np.arange(-8.0, 10.25, 0.25), color=colour, alpha=0.7, hatch=hatch, label=label)
ax.axvline(0.0, color=palette.INK, lw=1)
ax.set(xlabel="estimate of the gradient (multiple of the average)", ylabel="number of estimates")
ax.legend(ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1.0))
plt.show()

# %% [markdown] written="why_baseline" points=4
# ### Question: what does a baseline change?
#
# *About 5 minutes · a person reads your answer*
#
# Look at the two histograms once more. Both estimate the same slope from the same actions; for the blue one, the
# average return of about 12 was subtracted first. (Then the result was divided by the spread, but that is about 1
# here.) In four or five sentences of your own:
#
# 1. Why can a number be subtracted from all returns without moving the *average* of the estimates?
# 2. Why do the individual estimates come closer together?
# 3. What must such a number never depend on? Name one that would spoil the average.
#
# ### BEGIN SOLUTION
# Subtracting b from every return subtracts b times the gradient of log π from every term. Averaged over the policy's
# own actions, that gradient is zero: the probabilities add up to 1, so the actions cannot all become likelier at once.
# So the individual estimates change, but their average does not. Each of them is a sum of pushes, to the right with the
# weight 13 and to the left with 11. These large pushes nearly cancel, and what remains is mostly luck: how many of the
# 20 actions happened to go right. With 12 subtracted, the weights are 1 and -1. That luck is gone, and the difference
# between the actions, which is all we want to know, is still there. The number must not depend on the action that was
# drawn. Subtract what the action earns on average, 13 for right and 11 for left, and nothing is left to learn from.
# ### END SOLUTION
# ### BEGIN MARK SCHEME
# **One point for each of these, in whatever words:**
#
# - What is subtracted averages to zero, *because* probabilities add up to 1 (the actions cannot all become likelier at
#   once). A correct line of algebra will do as well.
# - That needs a number which is the same whichever action was drawn. ("It is a constant" will do; a baseline that
#   depends on the state is right, too.)
# - The spread: large weights of one sign make large pushes that nearly cancel, so the luck of which actions came up
#   drowns the small difference between them. With the baseline the pushes are small, and the difference is as large as
#   before.
# - An example that depends on the action: its own return, its expected return (Q), a separate number for left and
#   right.
#
# **Nothing for these, although they sound right:**
#
# - "The baseline reduces the variance": that is the question, not the answer.
# - "The returns get smaller, so the gradient gets smaller": both histograms are drawn as multiples of their average.
# - "It normalises the returns", "it has mean zero", "it is better for Adam": none of them says why the average stays
#   the same.
# - "Half of the actions are pushed up and half down": true, but no reason for either.
# ### END MARK SCHEME

# %% [markdown]
# ## 7. REINFORCE
#
# Everything is in place. The learning step weights a batch by its standardised rewards-to-go, asks JAX for the
# gradient, and hands it to an optimiser. If the first argument is a pytree, as the network's weights are, `jax.grad`
# returns one of the same structure: a slope for every weight. [optax](https://optax.readthedocs.io)'s `adam` is
# gradient descent that adapts the step size of each weight; like our own functions it is pure: its state goes in and
# comes out as `learner_state`.

# %%
BATCH_SIZE, GAMMA, LEARNING_RATE, NUM_EPISODES = 1_000, 0.99, 1e-2, 800
optimiser = optax.adam(LEARNING_RATE)


def weighted_loss(params, obs, action, weight):
    """The average loss of a batch: your loss is for one transition, jax.vmap turns it into one for many."""
    logits = policy_network.apply(params, obs)  # [B, 2]
    return jnp.mean(jax.vmap(pg_loss)(action, logits, weight))


def improve(params, learner_state, memory, weight):
    """One step downhill in the loss, which is uphill in the return."""
    gradient = jax.grad(weighted_loss)(params, memory.obs, memory.action, weight)
    updates, learner_state = optimiser.update(gradient, learner_state)
    return optax.apply_updates(params, updates), learner_state


def reinforce_learn(key, params, learner_state, memory):
    """REINFORCE with the simplest baseline. Nothing here is random, so `key` is not needed."""
    return improve(params, learner_state, memory, standardize(memory.reward_to_go))


def init_params(key):
    """The parameters of an untrained network."""
    return policy_network.init(key, np.zeros(4, np.float32))


def make_agent(key):
    """A fresh agent: an untrained network and an optimiser that has seen nothing."""
    params = init_params(key)
    return Agent(reinforce_select_action, params, None, reinforce_learn, optimiser.init(params))


# %% [markdown]
# Here it learns, in the same loop as the random search of notebook 2; only the agent and the memory are new. It takes
# less than a minute. Every 40 episodes the loop evaluates the agent, without randomness, and we keep the one that did
# best: REINFORCE can lose what it has found, and you will see why below.
#
# The upper panel shows the return of every training episode (thin) and its moving average; if you have played CartPole
# in notebook 0, the line *you* is your best score. The lower panels show what it learned: the probability of pushing
# right, before training and at its best. A pole that leans right, or swings right, needs a push to the right, to get
# the cart back under it. Between "surely left" and "surely right" lies a band in which the policy still tosses a coin.
# The film shows the same two policies.

# %% tags=["demo"]
agent = make_agent(jax.random.key(0))
memory = EpisodeRewardsToGoBuffer(BATCH_SIZE, GAMMA)
env = gym.make("CartPole-v1")
looks = []  # the agent at each evaluation, and how it did
run = run_environment_loop(
    jax.random.key(1),
    env,
    agent,
    memory,
    num_episodes=NUM_EPISODES,
    evaluate_every=40,
    evaluation_episodes=10,
    callback=looks.append,
)
best = max(looks, key=lambda look: (look.evaluation_returns, look.steps))
print(f"best evaluation: {best.evaluation_returns:.0f}, the last one: {looks[-1].evaluation_returns:.0f}")

figure, axes = plt.subplot_mosaic([["curve", "curve"], ["before training", "at its best"]], figsize=(10, 7.5))
you = best_score("CartPole-v1")  # or type a number: Colab does not know what you played in another notebook
plotting.plot_learning_curve(run.episode_returns, random=22, solved=475, you=you, ax=axes["curve"])
for name, params in [("before training", agent.params), ("at its best", best.agent.params)]:
    image = draw_map(axes[name], jax.nn.softmax(policy_network.apply(params, grid))[..., 1], name)
figure.colorbar(image, ax=[axes["before training"], axes["at its best"]], label="probability of pushing right")
plt.show()

key = jax.random.key(0)  # not used: evaluation is greedy
act = jax.jit(lambda params, obs: reinforce_select_action(key, params, None, obs, evaluation=True)[0])
before, after = (
    record_episode(env, lambda obs, params=params: act(params, obs), seed=0)
    for params in (agent.params, best.agent.params)
)
animate(before, after, labels=["before training", "at its best"])

# %% [markdown]
# The curve is one policy that gets better in many small steps, not a series of lottery draws.
#
# ### Why it falls back
#
# It also collapses now and then, often just after it has become good. Three causes work together:
#
# - **Each update trusts one noisy batch.** After a bad one, the next batch is collected by a worse policy, and so on.
#   That is the price of being on-policy.
# - **When every episode lasts 500 steps, there is nothing left to tell actions apart by.** All rewards-to-go are then
#   the same function of time: large early in an episode, small late in it. Standardised, they praise every early action
#   and blame every late one, whatever it was, and Adam turns that noise into full steps.
# - **We mistake the clock for a fall.** An episode that is stopped after 500 steps was not over, yet its last
#   rewards-to-go are counted as if nothing could have followed. Notebooks 5 and 9 treat the clock as what it is, with
#   an estimate of what would have followed.
#
# So people keep the agent with the best evaluation, as we did, or let the learning rate fall to 0. A number that you
# report needs fresh episodes, though: the best of twenty evaluations was also the luckiest (notebook 10).
#
# ### Was the baseline worth it?
#
# Let us measure it, with a policy that has had 20 updates and is past the beginner stage. It collects many batches.
# Each gives an estimate of the same gradient, once from plain rewards-to-go and once from standardised ones. A gradient
# has 226 numbers here, so the picture projects it: to the right, how far an estimate goes along the average gradient;
# upwards, how far it strays, in the direction in which plain estimates stray most. Both are given as multiples of the
# average gradient's length, so a perfect estimate sits on the cross, and everything left of the line makes the policy
# worse.
#
# It takes only a moment, because `CartPole` from `rl_helpers` is the environment written in JAX: `jax.vmap` plays
# thousands of episodes at once. You may skip the code; its `jax.lax.scan` is a loop that JAX can compile.


# %%
def play_episode(key, params):
    """Plays 500 steps of CartPole in JAX: what it saw and did, and which steps came before the episode's end."""
    env = CartPole()

    def step(carry, key):
        state, obs, alive = carry
        action_key, env_key = jax.random.split(key)
        action, _ = reinforce_select_action(action_key, params, None, obs)
        state, timestep = env.step(env_key, state, action)
        return (state, timestep.obs, alive & ~(timestep.terminated | timestep.truncated)), (obs, action, alive)

    reset_key, key = jax.random.split(key)
    start = (*env.reset(reset_key), jnp.array(True))
    return jax.lax.scan(step, start, jax.random.split(key, 500))[1]


def collect(play_many, key, params, num_episodes):
    """All steps of many episodes, one episode after the other, with their rewards-to-go."""
    obs, action, alive = map(np.asarray, play_many(jax.random.split(key, num_episodes), params))
    to_go = np.concatenate([rewards_to_go(np.ones(length), GAMMA) for length in alive.sum(axis=1)])
    return EpisodeRewardsToGoMemory(obs[alive], action[alive], to_go.astype(np.float32))


# %% tags=["demo"]
play_many, learn = jax.jit(jax.vmap(play_episode, (0, None))), jax.jit(reinforce_learn)
_, params, _, _, learner_state = make_agent(jax.random.key(0))
for key in tqdm(jax.random.split(jax.random.key(1), 20), desc="20 updates"):
    batch = jax.tree.map(lambda x: x[:BATCH_SIZE], collect(play_many, key, params, 100))
    params, learner_state = learn(key, params, learner_state, batch)

memory = collect(play_many, jax.random.key(2), params, 3_000)
num_batches = len(memory.action) // BATCH_SIZE
in_batches = lambda x: x[: num_batches * BATCH_SIZE].reshape(num_batches, BATCH_SIZE, *x.shape[1:])
batches = jax.tree.map(in_batches, memory)
gradient_of_each = jax.jit(jax.vmap(jax.grad(weighted_loss), (None, 0, 0, 0)))

weights_by_name = {"plain": batches.reward_to_go, "standardised": jax.vmap(standardize)(batches.reward_to_go)}

figure, axes = plt.subplots(1, 2, figsize=(10, 4.4), sharex=True, sharey=True)
stray = None
for ax, (name, weights), colour in zip(axes, weights_by_name.items(), [palette.VERMILION, palette.BLUE], strict=True):
    tree = gradient_of_each(params, batches.obs, batches.action, weights)
    gradients = np.concatenate([leaf.reshape(num_batches, -1) for leaf in jax.tree.leaves(tree)], axis=1)
    length = np.linalg.norm(gradients.mean(axis=0))
    gradients = gradients / length
    uphill = gradients.mean(axis=0)
    noise = gradients - uphill
    if stray is None:
        stray = np.linalg.svd(noise - np.outer(noise @ uphill, uphill), full_matrices=False)[2][0]
    along = gradients @ uphill
    ax.scatter(along, gradients @ stray, s=16, color=colour, alpha=0.6, lw=0)
    ax.plot(1.0, 0.0, "P", color=palette.INK, ms=11, mec="white")
    ax.axvline(0.0, color=palette.INK, lw=1)
    size = np.sqrt(np.mean(np.sum(noise**2, axis=1)))
    ax.set_title(f"{name}: noise is {size:.1f} × the gradient,\n{np.mean(along < 0):.0%} of the batches point downhill")
    ax.set_xlabel("along the average gradient (× its length)")
axes[0].set_ylabel("astray (same unit)")
plt.show()

# %% [markdown]
# Standardised, the cloud is smaller. To get that from plain estimates would take more episodes: noise shrinks with the
# square root of their number, so halving it takes four times as many. (Strictly, the batch's mean is not a constant: it
# contains the rewards-to-go of the action's own episode. With many episodes in a batch, that moves the average gradient
# only a little.) With the untrained network the clouds hardly differ: short episodes have small rewards-to-go, and
# there is not much to subtract. A better baseline would depend on the state: "better than usual *for a pole that leans
# like this*". Learning such a baseline with a second network leads to actor-critic methods.
#
# ## 8. Twenty seeds
#
# A smaller cloud is one thing. Does the agent *learn* better with the baseline? One run cannot tell: run the training
# cell above with another key and you get another curve. So let us train 20 agents with plain rewards-to-go, 20 with the
# batch's mean subtracted (centred) and 20 that also divide by the spread (standardised), each starting from its own
# random network. That is nine million steps, too many for the loop above. `run_compiled_loop` does the same as that
# loop, but with the environment, the loop and *your functions, unchanged,* inside one program that JAX compiles, and
# with all seeds side by side. That is possible because they are pure functions, and it takes less than a minute. (Only
# the memory is a different one: `OnPolicyMemory` does the same as your buffer but keeps its steps in JAX arrays.)


# %%
def learn_plain(key, params, learner_state, memory):
    """REINFORCE with plain rewards-to-go."""
    return improve(params, learner_state, memory, memory.reward_to_go)


def learn_centred(key, params, learner_state, memory):
    """REINFORCE with the batch's mean as the baseline."""
    return improve(params, learner_state, memory, memory.reward_to_go - jnp.mean(memory.reward_to_go))


# %% tags=["demo"]
agents = {"standardised": make_agent(jax.random.key(0))}
agents["centred"] = agents["standardised"]._replace(learn=learn_centred)
agents["plain"] = agents["standardised"]._replace(learn=learn_plain)
results = {}
for name, agent in tqdm(agents.items(), desc="20 seeds of each"):
    results[name] = run_compiled_loop(
        jax.random.key(1),
        CartPole(),
        agent,
        OnPolicyMemory(BATCH_SIZE, GAMMA),
        num_steps=150_000,
        num_seeds=20,
        init_params=init_params,
        steps_per_update=10,
        evaluate_every=5_000,
    )

ax = None
for name, result in results.items():
    returns, steps = result.evaluation_returns, result.evaluation_steps
    ax = plotting.plot_learning_curve(returns, episodes=steps, label=name, window=1, ax=ax)
    best_so_far = np.maximum.accumulate(returns, axis=1)
    late = returns[best_so_far >= 500]  # from the first perfect evaluation of each seed on
    print(f"{name}: {np.sum(best_so_far[:, -1] >= 500)} of 20 seeds reach 500;", end=" ")
    print(f"after that, {np.mean(late < 450):.0%} of their evaluations are below 450 again")
ax.set(xlabel="environment steps of each seed", ylabel="return in evaluations (mean of 32 episodes)")
plt.show()

# %% [markdown]
# Thin lines are single seeds, thick ones their mean, and the bands say how sure we can be of the mean. Plain agents
# learn too, but those with a baseline get there sooner and fall back less often once they are there. Also dividing by
# the spread makes no difference that these 20 seeds could show: Adam rescales the gradient anyway. Nearly all seeds
# reach 500, and most of them fall below it again for a while. (In our own runs the difference is gone with 8
# environments and batches of 2,000. A large batch averages the noise away; a baseline prevents it. Either works.)
#
# <details><summary>Things to try</summary>
#
# - Check that last claim: `num_envs=8`, `OnPolicyMemory(2_000, GAMMA)` and 300,000 steps.
# - Set `GAMMA` to 1, to 0.9, to 0.5. How far ahead must the agent look to balance a pole?
# - Make the learning rate ten times smaller, then three times larger. What do you gain, and what does it cost?
# - Print the entropy of the policy, averaged over a batch, at every update. When does it stop exploring?
# </details>
#
# **What you have now.** A policy gradient learns from every action, needs no model of the world, and works for any
# policy that can be differentiated. What it lacks is economy: it uses each step once and forgets it. Notebooks 4 and 5
# take the other road: they learn what actions are *worth*, and can learn from the same step again and again.
