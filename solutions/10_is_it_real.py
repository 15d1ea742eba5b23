# %% [markdown]
# # 10. Is it real?
#
# Train the same agent twice, from two seeds, and you get two curves. Change one line of code, train twice more, and you
# get two others. Did the line help, or were you lucky? Many published comparisons rest on three or five seeds, and you
# are about to see how often such a comparison is wrong. Today you learn to tell luck from skill, with tools that have
# come into use only recently ([Agarwal et al., 2021](https://arxiv.org/abs/2108.13264)):
#
# 1. a **scale** on which different tasks can be averaged,
# 2. an average that does not depend on one lucky seed: the **interquartile mean**,
# 3. an **interval** around it: the stratified bootstrap,
# 4. a **probability** that one agent beats the other, and a **profile** that hides nothing,
# 5. a **test** that asks what luck alone could have done,
# 6. a rule that is easily broken: **never report the seeds that you tuned on**.
#
# No score in this notebook is invented. More than a thousand agents like yours were trained for it.
#
# About 65 minutes. You need NumPy, and you should have seen a learning curve; the agents come from notebooks 3 and 5.

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

from rl_helpers import Transition, checks, plotting, progress, recorded

plt.style.use("rl_helpers.show.course")  # how the course's pictures look

# %% [markdown]
# ## 1. Two hundred seeds
#
# Three agents on CartPole: REINFORCE from notebook 3, with its baseline and without, and DQN from notebook 5. Of each,
# 200 seeds were trained. That takes longer than you want to wait, so it was done once and for all in the compiled loop,
# and you get the **recorded** returns. (`benchmarks/seeds.py` in the course's repository records them anew.) The score
# of a seed is its *last* evaluation, 32 greedy episodes at the end of its training. It is not its best one: by that
# measure, both kinds of REINFORCE have 500 on average, because every seed has a good day, and there is nothing left to
# compare.

# %% tags=["demo"]
agents = recorded.agents()  # by name: steps [10] and returns [200, 10] of the evaluations
scores = {name: training.returns[:, -1] for name, training in agents.items()}  # [200] each

for name, returns in scores.items():
    print(f"{name:14s} trained for {agents[name].steps[-1]:,} steps: mean return {returns.mean():.0f}, "
          f"{np.mean(returns >= 475):.0%} of the seeds reach 475")  # fmt: skip
plotting.plot_seeds(scores, xlabel="return at the end of training (mean of 32 episodes)")
plt.show()

# %% [markdown]
# There are no bell curves here. Most seeds of REINFORCE are at the ceiling of 500, and the rest lie anywhere below.
# (DQN played half as many steps, and its curve is still rising.) With 200 seeds there is little doubt that the baseline
# helps: more of its seeds get to the top, and its mean is higher. But nobody trains 200 seeds.
#
# ### Ten thousand papers
#
# Imagine ten thousand research groups. Each trains 3 agents with the baseline and 3 without, draws two bars for the
# means, and publishes. In what share of these papers is the *worse* agent ahead? And with 5, 10 and 20 seeds of each?
#
# **Guess before you run on.** Replace `None` with a list of four shares, between 0 for never and 0.5 for a coin toss.

# %%
num_seeds = [3, 5, 10, 20]
my_guess = None

# %% tags=["demo"]
rng = np.random.default_rng(10)


def write_papers(x, y, n, num_papers=10_000):
    """What papers with `n` seeds of each agent report: the means of x and those of y, both [num_papers]."""
    return rng.choice(x, (num_papers, n)).mean(axis=1), rng.choice(y, (num_papers, n)).mean(axis=1)


upside_down = []
for n in num_seeds:
    better, worse = write_papers(scores["with baseline"], scores["without"], n)
    upside_down.append(np.mean(worse > better))
ax = plotting.plot_shares(num_seeds, upside_down, label="the truth", guesses=my_guess)
ax.set(ylabel="papers with the worse agent ahead (%)", ylim=(0, 55), yticks=range(0, 51, 10))
plt.show()
if my_guess is None:
    print("You have not guessed. We remember what surprises us: guess at least for the next pictures.")

# %% [markdown]
# With three seeds, three papers in ten have it the wrong way round, and with five it is hardly better. With twenty, as
# many as in notebook 3, one in ten is still wrong. None of them cheated. They stopped too early, and nothing in their
# picture of two bars told them so. The rest of this notebook is about what would have told them.
#
# ## 2. One scale for all tasks
#
# ### Exercise: `normalized_score`
#
# *About 3 minutes · difficulty 1 of 3 · importance 1 of 3*
#
# A return of -100 is superb on MountainCar and impossible on CartPole, and an average over both tasks means nothing. So
# measure how far every score has come on the way from a player who presses buttons at random to a reference, such as a
# good agent or a human:
#
# $$\text{normalised} = \frac{\text{score} - \text{random}}{\text{reference} - \text{random}}$$
#
# In words: 0 is as good as random, 1 is as good as the reference, 0.5 is half-way. An agent may be worse than random or
# better than the reference, so do not clip.
#
# - All three are numbers, or NumPy float arrays that
#   [broadcast](https://numpy.org/doc/stable/user/basics.broadcasting.html) against each other, such as `score`
#   `[num_seeds, num_tasks]` and the other two `[num_tasks]`.
# - The random score and the reference score differ. Where less is better (seconds, crashes), the reference is the lower
#   of the two; the formula works all the same.
# - Return a number, or a float array.
#
# **Example.** On CartPole, random play reaches about 22 and the clock stops everyone at 500. A return of 261
# is (261 − 22) / (500 − 22) = 0.5.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Try the formula by hand for a score that equals the random score, and for one that equals the reference. Where do the
# brackets go?
#
# </details>


# %% exercise="normalized_score"
def normalized_score(score, random_score, reference_score):
    """How far a score has come on the way from random play to a reference.

    Args:
      score, random_score, reference_score: numbers, or float arrays that broadcast.
    Returns:
      0 at the random score, 1 at the reference score, linear and not clipped: float, of the shape they broadcast to.
    """
    ### BEGIN SOLUTION
    return (score - random_score) / (reference_score - random_score)
    ### END SOLUTION


# %% check="normalized_score" points=1
@checks.exercise("normalized_score")
def _check():
    checks.equal(
        normalized_score(30.0, 20.0, 60.0), 0.25, "normalized_score(30, 20, 60)",
        wrong=[
            (0.5, "that is score / reference; random play should score 0, not 20 / 60"),
            (1 / 6, "the denominator is the whole way from random to the reference, not that from 0 to the reference"),
            (10.0, "that is the distance covered; divide it by the whole way"),
            (0.75, "that is the way that is left; 0 is random and 1 is the reference"),
            (-0.25, "the sign is reversed: better than random is above 0"),
            (4.0, "the fraction is upside down"),
            (0.125, "subtract the random score in the denominator too, do not add it"),
            (1.5, "that is score / random; compare with the reference"),
            (30 - 20 / (60 - 20), "brackets: subtract first, then divide"),
            (30 - 20 / 60 - 20, "brackets: subtract first, then divide"),
            ((30 - 20) / 60 - 20, "brackets around the denominator too"),
            (25.0, "that is in per cent; 1 should mean as good as the reference"),
            (0.0, "the fraction is gone: / divides, but // rounds down"),
            (-0.75, "that is measured from the reference; measure from the random score"),
        ],
    )  # fmt: skip
    for score, want, end in [(80.0, 1.5, 1.0), (0.0, -0.5, 0.0)]:
        checks.equal(
            normalized_score(score, 20.0, 60.0), want, f"normalized_score({score:g}, 20, 60)",
            wrong=[(end, "do not clip: an agent may be worse than random, or better than the reference"),
                   (abs(want), "an agent may be worse than random: no absolute values"),
                   ((score - 20.0) / 40.001, "something was added to the denominator; leave it as it is")],
        )  # fmt: skip
    checks.equal(
        normalized_score(3.0, 10.0, 2.0), 0.875, "normalized_score(3, 10, 2), where less is better",
        wrong=[
            (-0.875, "a reference below the random score is fine, and the formula takes care of the sign by itself: no "
             "absolute values"),
            (0.0, "a reference below the random score is fine: do not clip, and do not swap the two"),
            (1.0, "a reference below the random score is fine: do not clip"),
            (0.125, "a reference below the random score is fine: do not sort the two"),
            (0.88, "this is rounded; round when you print, if at all"),
            (-7e8, "a reference below the random score is fine: the denominator may be negative, no guard is needed"),
        ],
    )  # fmt: skip
    scores = np.array([[30.0, -90.0], [60.0, -110.0], [20.0, -200.0]])
    low, high = scores.min(0), scores.max(0)
    checks.equal(
        normalized_score(scores, np.array([20.0, -200.0]), np.array([60.0, -100.0])),
        [[0.25, 1.1], [1.0, 0.9], [0.0, 0.0]],
        "The scores [[30, -90], [60, -110], [20, -200]], random [20, -200], reference [60, -100]",
        wrong=[
            ((scores - low) / (high - low), "that is the way from the worst score to the best one; use the random and "
             "the reference scores that were passed in"),
            (np.clip([[0.25, 1.1], [1.0, 0.9], [0.0, 0.0]], 0.0, 1.0), "do not clip"),
        ],
        hint="Arrays broadcast by themselves: a row of random scores, one for each task, fits every row of scores.",
    )  # fmt: skip
    checks.unchanged(np.array([[30.0, -90.0], [60.0, -110.0], [20.0, -200.0]]), scores, "score")


# %% test="normalized_score" points=2
### BEGIN HIDDEN TESTS
@checks.hidden("normalized_score")
def _test():
    rng = np.random.default_rng(1001)
    shapes = [
        ((), (), ()), ((5,), (), ()), ((), (4,), (4,)), ((6, 3), (3,), (3,)), ((6, 3), (6, 1), ()),
        ((3, 3), (3,), (3, 1)), ((2, 3, 4), (4,), ()), ((1,), (1,), (1,)),
    ]  # fmt: skip
    for shape, random_shape, reference_shape in shapes:
        for size in (0.5, 1.0, 300.0):
            random_score = size * rng.uniform(-2, 2, random_shape)
            way = size * rng.uniform(1, 3, reference_shape) * rng.choice([-1.0, 1.0])
            reference = np.broadcast_to(random_score, np.broadcast_shapes(random_shape, reference_shape)) + way
            score = size * rng.uniform(-6, 6, shape)
            want = (score - random_score) / (reference - random_score)
            inputs = [score, random_score, reference]
            if shape == random_shape == reference_shape == ():
                inputs = [float(value) for value in inputs]
            before = [np.copy(value) for value in inputs]
            what = f"normalized_score of shapes {list(shape)}, {list(random_shape)} and {list(reference.shape)}"
            got = checks.array(normalized_score(*inputs), what, shape=want.shape, dtype="float")
            checks.equal(got, want, what)
            checks.unchanged(before, [np.asarray(value) for value in inputs], "An input of normalized_score")
    for score, random_score, reference, want in [(7, 2, 12, 0.5), (-4, 0, 2, -2.0), (5, 3, -1, -0.5), (9, 9, 8, 0.0)]:
        got = checks.number(normalized_score(score, random_score, reference), "normalized_score of whole numbers")
        checks.equal(got, want, "normalized_score of whole numbers")


### END HIDDEN TESTS

# %% [markdown]
# On this scale, the curves of different tasks fit into one picture. Here are the first 20 seeds of our three agents,
# all on CartPole; the bands are 95 % intervals of the kind that you are about to write.

# %% tags=["demo"]
progress.warn_unless_done("normalized_score")
RANDOM, REFERENCE = 22.0, 500.0  # CartPole: random play, and the clock
ax = None
for name, training in agents.items():
    curves = normalized_score(training.returns[:20], RANDOM, REFERENCE)
    ax = plotting.plot_learning_curve(curves, episodes=training.steps, window=1, label=name, ax=ax)
ax.set(xlabel="environment steps of each seed", ylabel="normalised score (0: random play, 1: perfect)")
plt.show()

# %% [markdown]
# ## 3. The middle half
#
# ### Exercise: `iqm`
#
# *About 5 minutes · difficulty 1 of 3 · importance 2 of 3*
#
# The mean of five seeds depends on the one that was lucky. The median does not, but it looks at one or two numbers and
# throws the rest away, so it jumps about. Between them lies the **interquartile mean**: sort, drop the lowest quarter
# and the highest quarter, and average what is left.
#
# $$\text{IQM}(x) = \frac{1}{n - 2k} \sum_{i=k+1}^{n-k} x_{(i)}, \qquad k = \lfloor n / 4 \rfloor$$
#
# In words: sort all $n$ numbers, drop $k$ at each end, which is a quarter of them rounded down, and take the mean of
# the rest. With fewer than four numbers, nothing is dropped.
#
# - `scores`: a NumPy float array of any shape; all its numbers count equally, whichever row they are in.
# - Return a float. Do not change the order of `scores`.
#
# **Example.** Of 100, 2, 3, 1, 4, 7, 5, 6, two are dropped at each end. That leaves 3, 4, 5, 6, and their mean is 4.5.
# (The plain mean is 16.)
#
# Helpful: [`np.sort`](https://numpy.org/doc/stable/reference/generated/numpy.sort.html).
#
# <details><summary>Hint 1: a nudge</summary>
#
# First put all numbers into one row. Then think of the slice that leaves out `k` at the front and `k` at the back. Does
# it work for `k = 0` too?
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# `np.sort(scores, axis=None)` returns all numbers as one sorted row, and leaves `scores` alone. `//` rounds down. A
# slice from `k` to `n - k` is right for every `k`; one that ends at `-k` is empty when `k` is 0.
#
# </details>


# %% exercise="iqm"
def iqm(scores):
    """The interquartile mean: the mean of the middle half of all scores.

    Args:
      scores: at least one number, float array of any shape.
    Returns:
      The mean of what is left when floor(n / 4) of the n numbers are dropped at each end, float.
    """
    ### BEGIN SOLUTION
    ordered = np.sort(scores, axis=None)
    drop = len(ordered) // 4
    return ordered[drop : len(ordered) - drop].mean()
    ### END SOLUTION


# %% check="iqm" points=1
@checks.exercise("iqm")
def _check():
    scores = np.array([[20.0, 0.0, 7.0, 100.0, 4.0, 13.0, 2.0], [9.0, 50.0, 1.0, 15.0, 5.0, 30.0, 12.0]])
    before, ordered, n = scores.copy(), np.sort(scores, axis=None), scores.size
    cut = lambda low, high: ordered[low : n - high].mean()
    inner = lambda x: np.sort(x, axis=0)[len(x) // 4 : len(x) - len(x) // 4].mean(axis=0)
    plain = "that is the plain mean; drop a quarter at each end first"
    if checks.near(iqm(np.arange(8.0) ** 2), 13.5):
        plain = "nothing was dropped: n is the number of all scores, scores.size, not the number of rows"
    checks.equal(
        iqm(scores), 10.625, f"iqm of {scores.tolist()}, 14 numbers",
        wrong=[
            (scores.mean(), plain),
            (np.median(scores), "that is the median; average the whole middle half"),
            (cut(4, 4), "a quarter of 14 is 3.5, rounded *down*: drop 3 at each end, not 4"),
            (cut(3, 0), "you dropped the lowest quarter only; drop the highest too"),
            (cut(0, 3), "you dropped the highest quarter only; drop the lowest too"),
            (cut(1, 1), "you dropped one at each end; drop floor(n / 4)"),
            (cut(6, 6), "you dropped nearly half at each end; drop a quarter at each"),
            (cut(2, 2), "you dropped 2 at each end, or one at each end of a row; drop floor(14 / 4) = 3 of all"),
            (scores.ravel()[3:11].mean(), "you dropped the first and the last scores as they came; sort them first"),
            (ordered[3:11].sum(), "that is the sum of the middle half; take its mean"),
            (inner(scores), "that is one number for each column; take all scores together"),
            (inner(scores.T), "that is one number for each row; take all scores together"),
            (inner(scores).mean(), "you went column by column; take all scores together"),
            (inner(scores.T).mean(), "you went row by row; take all scores together"),
            (np.sort(scores)[:, 1:-1].mean(), "you dropped scores in each row; take all scores together"),
            (np.sort(scores).ravel()[3:11].mean(), "you sorted within each row; sort all scores together"),
            (np.subtract(*np.quantile(scores, [0.75, 0.25])), "that is the interquartile *range*, how wide the middle "
             "half is; take its mean"),
            (np.quantile(scores, [0.25, 0.75]).mean(), "that is the middle of the two quartiles; take the mean of the "
             "scores between them"),
            (cut(4, 3), "you dropped one more at the low end than at the high end"),
            (cut(3, 4), "you dropped one more at the high end than at the low end: a slice ends *before* its second "
             "number"),
            ((0.5 * ordered[3] + ordered[4:10].sum() + 0.5 * ordered[10]) / 7, "you let the scores at the edges count "
             "half; drop whole scores, floor(n / 4) at each end"),
            (np.clip(scores, ordered[3], ordered[10]).mean(), "you moved the outer scores to the edges; drop them"),
        ],
    )  # fmt: skip
    checks.unchanged(before, scores, "scores")
    checks.equal(
        iqm(np.array([1.5, 1.5, 1.5, 1.5, 5.0, 9.0])), 2.375, "iqm of [1.5, 1.5, 1.5, 1.5, 5, 9]",
        wrong=[
            (15.5 / 3, "equal scores count as often as they occur; a set keeps each of them only once"),
            (2.0, "the fractions are gone; scores need not be integers"),
        ],
    )  # fmt: skip
    for few, want in [([5.0], 5.0), ([1.0, 9.0, 2.0], 4.0)]:
        checks.equal(
            iqm(np.array(few)), want, f"iqm of {few}",
            wrong=[
                (np.nan, "with fewer than four scores, nothing is dropped, but a slice that ends at -0 is empty"),
                (2.0, "with fewer than four scores, nothing is dropped: floor(3 / 4) is 0"),
            ],
        )  # fmt: skip


# %% test="iqm" points=2
### BEGIN HIDDEN TESTS
@checks.hidden("iqm")
def _test():
    rng = np.random.default_rng(1002)
    shapes = [(n,) for n in range(1, 21)] + [(3, 5), (5, 3), (1, 7), (7, 1), (2, 3, 4), (13, 3), (1, 1), (50, 6)]
    for shape in shapes:
        for make in (
            lambda shape: rng.normal(1.0, 3.0, shape),
            lambda shape: 10.0 ** rng.uniform(0, 3, shape),
            lambda shape: rng.integers(0, 3, shape).astype(float),  # ties
            lambda shape: np.asfortranarray(np.arange(np.prod(shape, dtype=float)).reshape(shape)[..., ::-1]),
        ):
            scores = make(shape)
            before, ordered = scores.copy(), sorted(scores.ravel().tolist())
            drop = len(ordered) // 4
            middle = ordered[drop : len(ordered) - drop]
            want = sum(middle) / len(middle)
            scale = max(1.0, max(abs(value) for value in middle))
            got = checks.number(iqm(scores), f"iqm of scores of shape {list(shape)}")
            checks.equal(got / scale, want / scale, f"iqm of scores of shape {list(shape)}", atol=1e-6)
            checks.unchanged(before, scores, "scores")
    scores = np.arange(24.0).reshape(4, 6)
    checks.equal(iqm(scores[::2, 1:4]), 8.0, "iqm of a slice of an array")


### END HIDDEN TESTS

# %% [markdown]
# Two thousand papers, each with ten seeds of the agent without a baseline: what does each of them report if it uses the
# mean, the median, or your `iqm`?

# %% tags=["demo"]
progress.warn_unless_done("iqm")
samples = rng.choice(scores["without"], (2_000, 10))  # a paper is a row
reported = {
    "mean": samples.mean(axis=1),
    "median": np.median(samples, axis=1),
    "interquartile mean": np.array([iqm(sample) for sample in samples]),
}
plotting.plot_histograms(reported, bins=np.arange(350, 501, 5), xlabel="what the paper reports (return)")
plt.show()

# %% [markdown]
# These are three answers to three questions, and none of them is wrong. The **mean** is what you get on average,
# failures included; it swings by 28 points from paper to paper. The **median** stays close to 500, come what may: it
# cannot see the quarter of the agents that never got there. The **interquartile mean** lies between the two. It swings
# less than the mean, uses half of the seeds where the median uses two, and one seed that fails, or one that shines,
# does not move it far. What it hides is at the two ends, so never show it alone.
#
# ## 4. How sure are we?
#
# ### Exercise: `bootstrap_interval`
#
# *About 12 minutes · difficulty 3 of 3 · importance 3 of 3*
#
# Other seeds would have given another mean. How different would it be? We cannot afford to train again a thousand
# times, but we can pretend: our seeds stand for all seeds, so drawing from them *with replacement* is like training
# anew. Do this a thousand times, compute the statistic each time, and look at how far the results spread. That is the
# **bootstrap**. It works for any statistic, even where no textbook has a formula.
#
# Scores often come from several tasks, and a seed on one task has nothing to do with the same seed on another. So each
# task draws *separately*: the bootstrap is **stratified**.
#
# For `scores` `[num_seeds, num_tasks]`, repeat `num_resamples` times: make an array of the same shape whose column $j$
# holds num_seeds draws, with replacement, from column $j$ of `scores`. Every entry is a draw of its own, independent of
# all others, including those in its row. Pass the array to `statistic`, which returns a float, and keep that float. The
# **percentile interval** goes from one quantile of the kept numbers to another:
#
# $$\text{low} = Q\big(\tfrac{1 - c}{2}\big), \qquad \text{high} = Q\big(\tfrac{1 + c}{2}\big)$$
#
# In words: the middle share $c$ of the statistics, such as 95 %, lies between the two; as many lie below as above.
#
# - `rng`: a `numpy.random.Generator`; every draw comes from it.
# - `scores`: NumPy float array `[num_seeds, num_tasks]`; `num_seeds` may be 1. Leave the array as it is.
# - `statistic`: a function of an array of the shape of `scores`, such as `np.mean` or your `iqm`.
# - Return `(low, high)`, two floats.
#
# **Example.** With one task and the scores 0 and 1, a resample is (0, 0), (0, 1), (1, 0) or (1, 1), each equally
# likely. Its mean is 0 a quarter of the time, and 1 as often, so the 95 % interval of the mean is (0, 1); and so it
# is for every confidence above 50 %. Two seeds say next to nothing.
#
# Helpful:
# [`rng.integers`](https://numpy.org/doc/stable/reference/random/generated/numpy.random.Generator.integers.html),
# [`np.quantile`](https://numpy.org/doc/stable/reference/generated/numpy.quantile.html).
#
# <details><summary>Hint 1: a nudge</summary>
#
# Which seeds does a resample of one task take? Draw their numbers: an index for each *entry* of the array, not for each
# row. Then collect the statistics in a list, and think about the quantiles at the very end.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# An integer array `rows` of the shape of `scores` says for each entry which seed it takes, and the column of the entry
# says from which task. NumPy picks all of them at once with `scores[rows, columns]`, where `columns` is 0, 1, ...,
# num_tasks - 1. (A loop over tasks that fills an empty array works as well.)
#
# </details>


# %% exercise="bootstrap_interval"
def bootstrap_interval(rng, scores, statistic, num_resamples=1000, confidence=0.95):
    """The stratified percentile bootstrap: the values between which a statistic would lie with other seeds.

    Args:
      rng: a NumPy generator, from which every draw comes.
      scores: float [num_seeds, num_tasks].
      statistic: maps an array of the same shape to a float.
      num_resamples: the number of times to resample.
      confidence: the share of the resampled statistics between the two ends, in (0, 1).
    Returns:
      (low, high), floats.
    """
    ### BEGIN SOLUTION
    num_seeds, num_tasks = scores.shape
    statistics = []
    for _ in range(num_resamples):
        rows = rng.integers(num_seeds, size=scores.shape)
        statistics.append(statistic(scores[rows, np.arange(num_tasks)]))
    low, high = np.quantile(statistics, [(1 - confidence) / 2, (1 + confidence) / 2])
    return low, high
    ### END SOLUTION


# %% check="bootstrap_interval" points=1
@checks.exercise("bootstrap_interval")
def _check():
    scores = np.array([[0.0, 10.0], [1.0, 21.0], [3.0, 32.0], [8.0, 54.0], [20.0, 98.0], [40.0, 186.0]])
    before, seen, values = scores.copy(), [], []

    def statistic(resample):
        seen.append(np.array(resample))
        values.append(float(np.mean(resample) ** 2 / 100))
        return values[-1]

    def interval(num_resamples, confidence):
        seen.clear(), values.clear()
        result = bootstrap_interval(np.random.default_rng(5), scores, statistic, num_resamples, confidence)
        checks.that(result is not None, "bootstrap_interval returned None. Is there a `return` at its end?")
        try:
            low, high = result
        except (TypeError, ValueError):
            checks.fail("bootstrap_interval should return two floats: `return low, high`.")
        checks.that(len(seen) > 0, "statistic was never called. Call it on every resample.")
        return checks.number(low, "low"), checks.number(high, "high")

    low, high = interval(2_000, 0.8)
    checks.unchanged(before, scores, "scores")
    for resample in seen:
        checks.that(
            resample.shape == scores.shape,
            f"statistic should get an array of the shape of scores, {list(scores.shape)}, one resample at a time; it "
            f"got {list(resample.shape)}.",
        )
    own = lambda column: np.isin(np.array(seen)[:, :, column], scores[:, column]).all()
    checks.that(own(0) and own(1), "A task got scores from another one. Each task draws only from its own scores.")
    rows = np.array([[np.searchsorted(scores[:, j], r[:, j]) for j in (0, 1)] for r in seen])  # [calls, 2, 6]
    checks.that(
        not np.all(np.sort(rows, axis=-1) == np.arange(6)),
        "Every resample holds every seed exactly once. Draw *with* replacement: some seeds come twice, others not at "
        "all.",
    )
    checks.that(not np.all(rows == rows[:1]), "All resamples are the same. Draw a new one each time.")
    checks.that(
        not np.all(rows[:, 0] == rows[:, 1]),
        "Both tasks drew the same seeds: you resampled whole rows. Each task draws separately.",
    )
    checks.that(
        len({tuple(sorted(r)) for r in rows[:, 0]}) > 6,
        "In the end resamples hold a single seed, as resamples of resamples do. Draw each from `scores`."
        if len(set(rows[0, 0])) > 1
        else "All entries of a task hold the same seed. Every entry should be a draw of its own.",
    )
    checks.that(
        len(seen) >= 2_000,
        f"statistic should be called for each of num_resamples = 2000 resamples; it was called {len(seen)} times.",
    )

    theta, mean, spread = np.mean(scores) ** 2 / 100, np.mean(values), np.std(values)
    sound = "the percentile interval goes from one quantile of the resampled statistics to another"
    mistakes = [
        (np.quantile(values, [0.2, 0.8]), "80 % should lie *between* the two, so 10 % below and 10 % above"),
        (np.quantile(values, [0.025, 0.975]), "that is the 95 % interval; use `confidence`, which is 0.8 here"),
        (np.quantile(values, [0.05, 0.95]), "that is the 90 % interval; use `confidence`, which is 0.8 here"),
        (np.quantile(values, [0.25, 0.75]), "those are the quartiles; use `confidence`, which is 0.8 here"),
        (np.quantile(values, [0.0, 0.8]), "cut off as much at the low end as at the high end"),
        (np.quantile(values, [0.4, 0.9]), "the ends are at (1 - confidence) / 2 and (1 + confidence) / 2; mind the "
         "brackets"),
        (np.quantile(values, [0.9, 0.1]), "low comes first, then high"),
        (np.percentile(values, [0.1, 0.9]), "percentiles count from 0 to 100, quantiles from 0 to 1"),
        ([min(values), max(values)], "those are the smallest and the largest statistic; take quantiles"),
        (2 * theta - np.quantile(values, [0.9, 0.1]), f"that is the mirrored, *basic* bootstrap; {sound}"),
        (mean + 1.2816 * spread * np.array([-1, 1]), f"that is the mean and its standard error; {sound}"),
        (theta + 1.2816 * spread * np.array([-1, 1]), f"that is the statistic and its standard error; {sound}"),
        (mean + 1.96 * spread * np.array([-1, 1]), f"that is the mean ± 1.96 standard errors; {sound}"),
        (theta + 1.96 * spread * np.array([-1, 1]), f"that is the statistic ± 1.96 standard errors; {sound}"),
        (mean + spread * np.array([-1, 1]), f"that is the mean ± one standard error; {sound}"),
        ([theta, spread], f"that is the statistic and its standard error; {sound}"),
        ([mean, spread], f"that is the mean and its standard error; {sound}"),
        (np.quantile(values, [0.1, 0.9]) - mean, "that is the distance from the mean; return the ends themselves"),
        (np.quantile(values, [0.1, 0.9]) - theta, "that is the distance from the statistic; return the ends "
         "themselves"),
    ]  # fmt: skip
    ordered = np.sort(values)
    size = len(ordered)
    for end, share, got in [("low", 0.1, low), ("high", 0.9, high)]:
        first, last = (ordered[min(max(int(share * size) + step, 0), size - 1)] for step in (-30, 30))
        if not first <= got <= last:
            for wrong, message in mistakes:
                if np.allclose([low, high], wrong, rtol=0.01, atol=0.05):
                    checks.fail(f"{message[:1].upper()}{message[1:]}.")
            checks.fail(f"{end} should be about {np.quantile(values, share):.2f}, but it is {got:.2f}.")

    interval(500, 0.5)
    checks.that(
        len(seen) < 2_000,
        f"With num_resamples = 500, statistic was called {len(seen)} times. Use the argument, not your own number.",
    )
    draw = lambda seed: [float(end) for end in bootstrap_interval(np.random.default_rng(seed), scores, np.mean, 20)]
    checks.that(
        len({tuple(draw(seed)) for seed in range(4)}) > 1,
        "Four different generators gave the same interval. Every draw should come from `rng`.",
    )


# %% test="bootstrap_interval" points=4
### BEGIN HIDDEN TESTS
@checks.hidden("bootstrap_interval", seconds=60)
def _test():
    data = np.random.default_rng(1003)
    fresh = lambda: np.random.default_rng(data.integers(2**31))

    def call(rng, scores, function, *args, **kwargs):
        """(low, high), the resamples in order, and the statistics of all calls."""
        before, seen, values = scores.copy(), [], []

        def statistic(resample):
            resample = np.array(resample)
            checks.that(resample.shape == scores.shape, "statistic got an array of another shape than scores.")
            seen.append(resample)
            values.append(float(function(resample)))
            return values[-1]

        result = bootstrap_interval(rng, scores, statistic, *args, **kwargs)
        try:
            low, high = result
        except (TypeError, ValueError):
            checks.fail("bootstrap_interval should return two floats.")
        checks.unchanged(before, scores, "scores")
        return (checks.number(low, "low"), checks.number(high, "high")), seen, values

    def ends_are_right(ends, values, num_resamples, confidence):
        checks.that(len(values) >= num_resamples, "statistic was called less often than num_resamples.")
        ordered, size = np.sort(values), len(values)
        margin = 4 + 0.005 * size + min(size - num_resamples, 3)  # NumPy's methods differ; calls may be more
        for got, share in zip(ends, [(1 - confidence) / 2, (1 + confidence) / 2], strict=True):
            first, last = (int(np.clip(share * size + step, 0, size - 1)) for step in (-margin, margin))
            slack = 1e-5 * (1 + abs(got))
            checks.that(ordered[first] - slack <= got <= ordered[last] + slack, "The interval is not right.")

    # The interval is that of the statistics, whatever the statistic, the number of resamples and the confidence.
    skewed = lambda resample: float(np.mean(resample) ** 3)
    first_entry = lambda resample: float(resample[0, 0])  # depends on the order of rows
    for (num_seeds, num_tasks), num_resamples, confidence, function in [
        ((5, 1), 400, 0.8, np.mean), ((8, 3), 1_000, 0.95, skewed), ((20, 2), 1_000, 0.5, np.median),
        ((40, 1), 600, 0.9, first_entry), ((3, 6), 300, 0.6, np.max), ((1, 1), 50, 0.95, np.mean),
        ((1, 4), 20, 0.5, skewed), ((6, 2), 1, 0.95, np.mean), ((30, 5), 500, 0.99, np.std),
    ]:  # fmt: skip
        scores = data.exponential(2.0, (num_seeds, num_tasks)) - 1.0
        single = function(scores)
        ends, seen, values = call(fresh(), scores, function, num_resamples, confidence)
        ends_are_right(ends, values, num_resamples, confidence)
        checks.that(all(np.isin(r[:, j], scores[:, j]).all() for r in seen for j in range(num_tasks)),
                    "A task got scores that are not its own.")  # fmt: skip
        if num_seeds == 1:
            checks.equal(np.array(ends), [single, single], "The interval of a single seed")
    ends, _, values = call(fresh(), data.normal(size=(10, 2)), np.mean)
    checks.that(1_000 <= len(values) < 4_000, "num_resamples is 1000 by default.")
    ends_are_right(ends, values, 1_000, 0.95)
    ends, _, values = call(fresh(), data.normal(size=(10, 2)), np.mean, confidence=0.4, num_resamples=700)
    ends_are_right(ends, values, 700, 0.4)

    # Every entry of every resample is a draw of its own, and every seed as likely as any other.
    for num_seeds, num_tasks, num_resamples in [(6, 3, 3_000), (7, 2, 2_000), (8, 1, 2_000)]:
        scores = data.permuted(np.arange(num_seeds * num_tasks, dtype=float)).reshape(num_seeds, num_tasks)
        _, seen, _ = call(fresh(), scores, np.mean, num_resamples)
        _, first = np.unique(np.reshape(seen, (len(seen), -1)), axis=0, return_index=True)  # calls may be repeated
        resamples = np.array(seen)[np.sort(first)]
        checks.that(len(resamples) >= 0.95 * num_resamples, "Resamples are repeated; draw a new one each time.")
        seeds = np.argmax(resamples[:, :, None, :] == scores[None, None], axis=2)  # [resamples, rows, tasks]
        checks.that(np.array_equal(np.take_along_axis(scores[None], seeds, 1), resamples), "A task got foreign scores.")
        total = len(seeds)
        for places in [seeds[:, row] for row in range(num_seeds)] + [seeds[:, :, task] for task in range(num_tasks)]:
            for seed in range(num_seeds):
                count = int(np.sum(places == seed))
                checks.frequency(count, places.size, 1 / num_seeds, "Some seeds are drawn more often than others.")
        same = "Draws depend on each other; every entry of a resample is a draw of its own."
        for a in range(num_seeds):
            for b in range(a):
                equal = int(np.sum(seeds[:, a] == seeds[:, b]))
                checks.frequency(equal, total * num_tasks, 1 / num_seeds, same)
        for a in range(num_tasks):
            for b in range(a):
                equal = int(np.sum(seeds[:, :, a] == seeds[:, :, b]))
                checks.frequency(equal, total * num_seeds, 1 / num_seeds, same)
        equal = int(np.sum(seeds[1:] == seeds[:-1]))
        checks.frequency(equal, (total - 1) * num_seeds * num_tasks, 1 / num_seeds, "Resamples depend on each other.")

    # Randomness comes from rng, and from nowhere else.
    scores = data.normal(size=(20, 2))
    draw = lambda seed: call(np.random.default_rng(seed), scores, np.mean, 50)[0]
    checks.that(draw(7) == draw(7), "The same generator twice gives two results; every draw should come from rng.")
    checks.that(len({draw(seed) for seed in range(5)}) > 1, "Different generators give one result; draw from rng.")


### END HIDDEN TESTS

# %% [markdown]
# ### Does the interval keep its word?
#
# "95 %" is a promise: of all such intervals, 95 % contain the true value. For once we can check, because we know the
# truth: the mean of all 200 seeds. Let 250 papers draw a few seeds of the agent without a baseline and compute *your*
# interval. How many of these intervals contain the truth? We ask twice: at the end of training, and early on, after
# 30,000 steps, when the scores are spread more evenly. **Guess first**, for 3 seeds and for 20. It takes about 10
# seconds.

# %% tags=["demo"]
progress.warn_unless_done("bootstrap_interval")


def covers(x, n):
    """Whether the interval from `n` seeds of x contains the mean of all seeds."""
    low, high = bootstrap_interval(rng, rng.choice(x, (n, 1)), np.mean, num_resamples=200)
    return low <= x.mean() <= high


early, late = agents["without"].returns[:, 1], agents["without"].returns[:, -1]
ax = None
for x, label in [(early, "after 30,000 steps"), (late, "after 150,000 steps")]:
    coverage = [np.mean([covers(x, n) for _ in range(250)]) for n in tqdm(num_seeds, desc=label)]
    ax = plotting.plot_shares(num_seeds, coverage, label=label, promised=0.95 if x is late else None, ax=ax)
ax.set(ylabel="intervals that contain the truth (%)")
plt.show()

# %% [markdown]
# With few seeds, the promise is broken. After 30,000 steps, 95 % means about 71 % with three seeds, and 92 % with
# twenty. At the end of training it is worse: nearly half of the intervals from three seeds miss the truth. By then most
# seeds are at 500, so the few that you drew may all be there; then every resample is the same, and the interval has no
# width at all. The bootstrap reshuffles what it has seen. It cannot know about the failures that it has not seen.
#
# So take an interval from fewer than ten seeds as a minimum: you are *at least* that uncertain.
#
# ## 5. Which one is better, and by how much?
#
# ### Exercise: `probability_of_improvement`
#
# *About 4 minutes · difficulty 1 of 3 · importance 2 of 3*
#
# Two means differ by 12 points: is that a lot? It depends on how far apart the seeds lie. Here is a question whose
# answer everyone understands: if I train one agent of each kind, how likely is it that $X$ beats $Y$?
#
# $$P(X > Y) \approx \frac{1}{N M} \sum_{i=1}^{N} \sum_{j=1}^{M}
# \begin{cases} 1 & x_i > y_j \\ \tfrac12 & x_i = y_j \\ 0 & x_i < y_j \end{cases}$$
#
# In words: let every seed of $X$ meet every seed of $Y$. Count the wins of $X$, with a draw as half a win, and divide
# by the number of meetings. 0.5 says that neither is better.
#
# - `x` `[N]` and `y` `[M]`: NumPy float arrays, not paired, and perhaps of different lengths.
# - Return a float.
#
# **Example.** $x = (1, 3)$ and $y = (2, 3, 0)$ meet six times. The 1 beats only the 0. The 3 beats the 2 and the 0, and
# draws with the 3. That makes 3.5 wins out of 6, or 0.583.
#
# Helpful: [broadcasting](https://numpy.org/doc/stable/user/basics.broadcasting.html): `x[:, None]` is a column.
#
# <details><summary>Hint 1: a nudge</summary>
#
# A column `[N, 1]` compared with a row `[M]` is a table `[N, M]` of booleans, and the mean of booleans is a share.
#
# </details>


# %% exercise="probability_of_improvement"
def probability_of_improvement(x, y):
    """The probability that a random score of x beats a random score of y.

    Args:
      x: float [N].
      y: float [M], not paired with x.
    Returns:
      The share of all N * M pairs with x[i] > y[j], a tie counting one half: a float.
    """
    ### BEGIN SOLUTION
    x = x[:, None]
    return np.mean((x > y) + 0.5 * (x == y))
    ### END SOLUTION


# %% check="probability_of_improvement" points=1
@checks.exercise("probability_of_improvement")
def _check():
    x, y = np.array([5.0, 2.0, 2.0, 9.0, 8.0]), np.array([7.0, 2.0, 1.0])
    checks.equal(
        probability_of_improvement(x, y), 11 / 15, "probability_of_improvement([5, 2, 2, 9, 8], [7, 2, 1])",
        wrong=[
            (0.73, "this is rounded; round when you print, if at all"),
            (10 / 15, "a tie counts one half; in yours it counts nothing"),
            (12 / 15, "a tie counts one half; in yours it counts as a win"),
            (4 / 15, "that is how often y beats x; you want it the other way round"),
            (3 / 15, "that is how often y beats x, without ties; you want it the other way round"),
            (7 / 15, "that is wins minus losses; a loss counts 0 and a tie one half"),
            (11.0, "that is the number of wins; divide it by the number of pairs, 15"),
            (10.0, "that is the number of wins; divide it by the number of pairs, and count a tie one half"),
            (10 / 13, "you left the ties out of the pairs; they count one half"),
            (11 / 5, "divide by the number of all pairs, N · M = 15, not by N"),
            (11 / 3, "divide by the number of all pairs, N · M = 15, not by M"),
            (11 / 8, "divide by the number of all pairs, N · M = 15, not by N + M"),
            (11 / 25, "divide by the number of all pairs, N · M = 15"),
            (0.5, "x and y are not paired: compare every x with every y, not the first with the first"),
            (1 / 3, "x and y are not paired: compare every x with every y, and a tie counts one half"),
            (3 / 5, "that compares each x with one number (the mean or median of y); compare it with every y"),
            (1.0, "that compares two averages; let every x meet every y"),
            (5.2 - 10 / 3, "that is the difference of the means; what counts is the share of meetings won"),
        ],
    )  # fmt: skip
    checks.unchanged(np.array([5.0, 2.0, 2.0, 9.0, 8.0]), x, "x")
    checks.equal(
        probability_of_improvement(np.array([1.0]), np.array([0.97])), 1.0, "probability_of_improvement([1], [0.97])",
        wrong=[(0.5, "1 is more than 0.97, if only just: a tie is two equal numbers")],
    )  # fmt: skip
    checks.equal(
        probability_of_improvement(np.array([3.0]), np.array([3.0, 3.0])), 0.5,
        "probability_of_improvement([3], [3, 3])",
        wrong=[(0.0, "two agents that always draw are equally good"), (1.0, "two agents that always draw are equally "
                                                                       "good")],
    )  # fmt: skip


# %% test="probability_of_improvement" points=2
### BEGIN HIDDEN TESTS
@checks.hidden("probability_of_improvement")
def _test():
    rng = np.random.default_rng(1004)
    for n, m in [(1, 1), (1, 6), (6, 1), (5, 5), (4, 9), (30, 30), (60, 45), (3, 50), (25, 24)]:
        for make in (
            lambda size: rng.normal(0.3, 1.0, size),
            lambda size: rng.integers(0, 4, size).astype(float),  # many ties
            lambda size: 0.1 * rng.integers(-3, 3, size),
            lambda size: np.minimum(500.0, rng.exponential(400.0, size)),  # ties at the top, as with CartPole
        ):
            x, y = make(n), make(m)
            before = (x.copy(), y.copy())
            wins = sum(float(a > b) + 0.5 * float(a == b) for a in x.tolist() for b in y.tolist())
            what = f"probability_of_improvement of {n} and {m} scores"
            got = checks.number(probability_of_improvement(x, y), what)
            checks.equal(got, wins / (n * m), what)
            checks.unchanged(before, (x, y), "An input of probability_of_improvement")
    rising = np.arange(10.0)
    checks.equal(checks.number(probability_of_improvement(rising + 100, rising), "Always better"), 1.0, "Always better")
    checks.equal(checks.number(probability_of_improvement(rising - 100, rising), "Always worse"), 0.0, "Always worse")


### END HIDDEN TESTS

# %% [markdown]
# Every agent against every other, and against itself, with all 200 seeds:

# %% tags=["demo"]
progress.warn_unless_done("probability_of_improvement")
print(f"{'row beats column':17s}" + "".join(f"{name:>15s}" for name in scores))
for row, x in scores.items():
    print(f"{row:17s}" + "".join(f"{probability_of_improvement(x, y):15.2f}" for y in scores.values()))

# %% [markdown]
# Train one agent with the baseline and one without, and the baseline wins 58 times in a hundred, where a draw, mostly
# with both at 500, counts half. That is the honest size of this improvement: real, but nothing to bet on with a single
# run. That either of them beats DQN, which had half as many steps, is a safer bet.
#
# ### Exercise: `performance_profile`
#
# *About 4 minutes · difficulty 1 of 3 · importance 2 of 3*
#
# Every average hides something: 300 may mean every agent at 300, or half of them at 500 and half at 100. The
# **performance profile** hides nothing. For each threshold $\tau$, it says what share of the runs did better:
#
# $$F(\tau) = \frac{1}{n} \sum_{i=1}^{n} \mathbb{1}[x_i > \tau]$$
#
# In words: the share of all scores that are strictly greater than the threshold. The profile of a better agent lies
# higher, and the area under it, from 0 on, is the mean.
#
# - `scores`: NumPy float array of any shape; all its numbers count equally.
# - `thresholds`: NumPy float array `[K]`, in any order, perhaps with repetitions.
# - Return a NumPy float array `[K]`.
#
# **Example.** For the scores 0, 1, 2, 3 and the thresholds 1, 2.5, -1, the profile is 0.5, 0.25, 1: a score that equals
# the threshold is not greater.
#
# <details><summary>Hint 1: a nudge</summary>
#
# One threshold is one line. For K of them, write a loop, or compare a row of all scores with a column of thresholds.
#
# </details>


# %% exercise="performance_profile"
def performance_profile(scores, thresholds):
    """The share of scores above each threshold.

    Args:
      scores: float array of any shape.
      thresholds: float [K], in any order.
    Returns:
      For each threshold, the share of all scores that are strictly greater, float [K].
    """
    ### BEGIN SOLUTION
    return np.mean(np.ravel(scores) > thresholds[:, None], axis=1)
    ### END SOLUTION


# %% check="performance_profile" points=1
@checks.exercise("performance_profile")
def _check():
    scores = np.array([[2.0, 0.0, 5.0, 2.0], [7.0, 2.0, 9.0, 0.0]])
    thresholds = np.array([2.0, 8.0, -1.0, 2.0, 4.0, 9.0])
    want = np.array([0.375, 0.125, 1.0, 0.375, 0.375, 0.0])
    at_least = np.array([0.75, 0.125, 1.0, 0.75, 0.375, 0.125])
    order = np.argsort(thresholds)
    strictly = "a score that equals the threshold is not strictly greater: `>`, not `>=`"
    if checks.near(performance_profile(np.array([1.0, 3.0]), np.array([1.001, 2.5])), [1.0, 0.5]):
        strictly = "a score just below the threshold is not greater: compare without a tolerance"
    checks.equal(
        performance_profile(scores, thresholds), want,
        "The profile of [[2, 0, 5, 2], [7, 2, 9, 0]] at the thresholds [2, 8, -1, 2, 4, 9]",
        wrong=[
            (at_least, strictly),
            (1 - want, "that is the share of scores that are *not* greater; a profile falls from 1 to 0"),
            (1 - at_least, "that is the share of scores below the threshold; count those above it"),
            (8 * want, "those are numbers of scores; divide them by how many scores there are"),
            (4 * want, "divide by the number of all scores, 8, not by that of the rows"),
            (2 * want, "divide by the number of all scores, 8, not by that in one row"),
            (0.5 * (want + at_least), "a score that equals the threshold does not count at all here"),
            (want[order], "you sorted the thresholds; entry k belongs to threshold k in the order in which they came"),
            (at_least[order], "you sorted the thresholds, and a score that equals one is not greater"),
            (np.unique(thresholds) * 0 + [1, 0.375, 0.375, 0.125, 0], "you left out a repeated threshold; every entry "
             "of `thresholds` gets a share"),
            (want.mean(), "that is one number; return one for each threshold"),
            ((scores[:, :, None] > thresholds).mean(0), "average over all axes of scores, whatever its shape"),
            ((scores[:, :, None] > thresholds).mean(1), "average over all axes of scores, whatever its shape"),
            ((scores[0, :, None] > thresholds).mean(0), "only the first row counted; all scores should"),
            (np.array([(scores.mean(0) > t).mean() for t in thresholds]), "you averaged over the rows first; every "
             "single score is compared with the threshold"),
            (np.array([(scores.mean(1) > t).mean() for t in thresholds]), "you averaged each row first; every single "
             "score is compared with the threshold"),
            ((want > 0).astype(float), "the share is between 0 and 1; yours only says whether any score is greater"),
            (want.astype(int), "your shares lost their fractions: build a float array"),
        ],
    )  # fmt: skip
    checks.unchanged(np.array([[2.0, 0.0, 5.0, 2.0], [7.0, 2.0, 9.0, 0.0]]), scores, "scores")
    got = performance_profile(np.array([1.0, 3.0]), np.array([2.0]))
    checks.array(got, "The profile of [1, 3] at [2]", shape=(1,), dtype="float")


# %% test="performance_profile" points=2
### BEGIN HIDDEN TESTS
@checks.hidden("performance_profile")
def _test():
    rng = np.random.default_rng(1005)
    for shape, k in [((1,), 1), ((7,), 5), ((5,), 5), ((4, 6), 6), ((6, 4), 6), ((3, 3), 3), ((2, 3, 4), 10),
                     ((10, 2), 1), ((200, 3), 60)]:  # fmt: skip
        for make in (lambda size: rng.normal(size=size), lambda size: rng.integers(-2, 4, size).astype(float),
                     lambda size: 0.1 * rng.integers(0, 6, size)):  # fmt: skip
            scores, thresholds = make(shape), make(k)
            thresholds[::3] = rng.choice(scores.ravel(), len(thresholds[::3]))  # a score itself
            before = (scores.copy(), thresholds.copy())
            flat = scores.ravel().tolist()
            want = [sum(score > threshold for score in flat) / len(flat) for threshold in thresholds.tolist()]
            what = f"performance_profile of scores {list(shape)} at {k} thresholds"
            got = checks.array(performance_profile(scores, thresholds), what, shape=(k,), dtype="float")
            checks.equal(got, want, what)
            checks.unchanged(before, (scores, thresholds), "An input of performance_profile")


### END HIDDEN TESTS

# %% [markdown]
# ### One data set, four honest summaries
#
# The first 20 seeds of each agent, as someone might publish them: three averages, each with your interval, and the
# whole profile.

# %% tags=["demo"]
progress.warn_unless_done("iqm", "bootstrap_interval", "performance_profile")
data = {name: x[:20, None] for name, x in scores.items()}  # [20, 1]: twenty seeds, one task
statistics = {"mean": np.mean, "median": np.median, "IQM": iqm}
intervals = {
    label: {name: (statistic(x), *bootstrap_interval(rng, x, statistic)) for name, x in data.items()}
    for label, statistic in statistics.items()
}
thresholds = np.linspace(0, 500, 201)
profiles = {name: performance_profile(x, thresholds) for name, x in data.items()}

_, axes = plt.subplots(1, 2, figsize=(11, 3.6))
plotting.plot_intervals(intervals, xlabel="return, and its 95 % interval", ax=axes[0])
plotting.plot_profiles(thresholds, profiles, xlabel="return", ax=axes[1])
plt.show()

# %% [markdown]
# The same runs tell different stories, all of them true. By the mean, the baseline is worth 60 points. By the median it
# is worth one: more than half of the seeds of both agents are at the ceiling, and the median sees no further. The
# interquartile mean says 19. And look at the baseline's intervals for the last two: they have no width, and by now you
# know what to think of that.
#
# The profile shows where the difference lies: not at the top but in the tail. Of the runs with a baseline, 95 % get
# beyond 450; of those without, only 70 %. That is what a baseline is good for: fewer failures, not better successes. No
# single number says so.
#
# ## 6. What luck alone could have done
#
# ### Exercise: `permutation_p_value`
#
# *About 10 minutes · difficulty 2 of 3 · importance 3 of 3*
#
# Suppose that the change you are so proud of does nothing. Then it is a coincidence which runs are called $x$ and which
# $y$: someone might as well have dealt the labels like cards. So deal them again, a few thousand times, and see how
# often chance produces a difference as large as yours. If it hardly ever does, chance is a poor explanation.
#
# $$p = \frac{1 + \#\{\text{relabellings with } |\bar x' - \bar y'| \ge |\bar x - \bar y| - 10^{-9}\}}
# {1 + \text{num\_permutations}}$$
#
# In words: pool all $N + M$ scores, deal $N$ of them to $x'$ and the other $M$ to $y'$ at random, and count how often
# the means differ by at least as much as the observed ones, in either direction. The labels as they were are one more
# relabelling, hence the 1 above and below the line; so $p$ is never 0. The $10^{-9}$ is for rounding: a deal that gives
# the very same difference must count, in whatever order the numbers were added.
#
# - `rng`: a `numpy.random.Generator`; every draw comes from it.
# - `x` `[N]` and `y` `[M]`: NumPy float arrays; N and M may differ. Leave both as they are.
# - Every way to deal is equally likely, including the true one.
# - Return a float.
#
# **Example.** With $x = (5, 6)$ and $y = (1, 2)$ there are six ways to deal. Two of them, the true one and the swapped
# one, have means that differ by 4 or more. A third of all deals reach the observed difference, so $p$ is about 0.33.
# However clear the difference looks, four runs cannot prove it.
#
# Helpful:
# [`rng.permutation`](https://numpy.org/doc/stable/reference/random/generated/numpy.random.Generator.permutation.html),
# [`np.concatenate`](https://numpy.org/doc/stable/reference/generated/numpy.concatenate.html).
#
# <details><summary>Hint 1: a nudge</summary>
#
# Think of dealing cards: shuffle the whole pack, give the first N to one player and the rest to the other. No card
# comes twice.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# First compute the observed difference, as an absolute value. Then loop: make a permuted copy of all scores, take the
# mean of its first `len(x)` entries and the mean of the others, and count up when their absolute difference is large
# enough.
#
# </details>


# %% exercise="permutation_p_value"
def permutation_p_value(rng, x, y, num_permutations=2000):
    """How often randomly dealt labels give a difference of means as large as the observed one, two-sided.

    Args:
      rng: a NumPy generator, from which every draw comes.
      x: float [N].
      y: float [M].
      num_permutations: the number of random relabellings to try.
    Returns:
      (1 + the number of relabellings that reach the observed difference, less 1e-9) / (1 + num_permutations): a float.
    """
    ### BEGIN SOLUTION
    observed = abs(np.mean(x) - np.mean(y))
    scores = np.concatenate([x, y])
    count = 0
    for _ in range(num_permutations):
        dealt = rng.permutation(scores)
        count += abs(np.mean(dealt[: len(x)]) - np.mean(dealt[len(x) :])) >= observed - 1e-9
    return (1 + count) / (1 + num_permutations)
    ### END SOLUTION


# %% check="permutation_p_value" points=1
@checks.exercise("permutation_p_value")
def _check():
    x, y, num = np.array([6.0, 8.0, 5.0]), np.array([1.0, 3.0, 2.0]), 5_000
    before = (x.copy(), y.copy())
    what = "permutation_p_value(rng, [6, 8, 5], [1, 3, 2], 5000)"
    p = checks.number(permutation_p_value(np.random.default_rng(3), x, y, num), what)
    checks.unchanged(before, (x, y), "x or y")
    told = f"{what} should be about 0.1, since 2 of the 20 ways to deal are as extreme, but it is {p:.4f}."
    checks.that(p != 0, f"{told} A p value is never 0: the labels as they were count too, above and below the line.")
    for wrong, message in [
        (0.05, "That is one-sided: a large difference in the other direction counts too, so compare absolute values. "
         "(Or is one deal left out?)"),
        (0.2, "That compares medians; compare means."),
        (0.9, "That is the share of deals with a *smaller* difference. Count those that reach the observed one."),
        (0.95, "That is the share of deals below the observed difference. Count those that reach it."),
        (1.0, "Every deal counted. Compare each deal's difference with the observed one, and shuffle all scores "
         "together."),
        (100.0, "That is a number of deals or a percentage; divide by 1 + num_permutations."),
    ]:  # fmt: skip
        checks.that(abs(p - wrong) > (0.01 if wrong < 1 else 1e-3), f"{told} {message}")
    if p <= 2 / (1 + num):
        alike = np.full(4, 2.0)
        strict = checks.near(permutation_p_value(np.random.default_rng(3), alike, alike[:2], 99), 0.01)
        exactly = "A deal with exactly the observed difference counts: `>=`, not `>`."
        why = exactly if strict else "Shuffle all of the scores, not just a pair of them."
        checks.fail(f"{told} No deal counted, or only one. {why}")
    checks.that(p < 1, f"{told} A p value is a share, at most 1. Divide by 1 + num_permutations.")
    checks.that(
        abs(p - 0.1) < 6 * np.sqrt(0.1 * 0.9 / num),
        f"{told} Deal all scores anew each time: shuffle them together, without drawing any twice, and split them into "
        "groups as large as x and y.",
    )
    checks.that(
        abs(p * (1 + num) - round(p * (1 + num))) < 0.01,
        f"{what} is {p:.6f}, which is no whole number divided by 1 + 5000. The labels as they were count as one more "
        "relabelling, above and below the line: (1 + count) / (1 + num_permutations).",
    )

    same = np.full(4, 2.0)
    checks.equal(
        permutation_p_value(np.random.default_rng(3), same, same[:2], 99), 1.0,
        "permutation_p_value when all scores are equal",
        wrong=[
            (0.01, "every deal gives the observed difference, 0, and all of them count: `>=`, not `>`"),
            (0.0, "every deal gives the observed difference, 0, and all of them count: `>=`, not `>`"),
            (0.99, "the observed labels count too, above as below: (1 + count) / (1 + num_permutations)"),
            (100 / 99, "divide by 1 + num_permutations"),
        ],
    )  # fmt: skip
    apart = permutation_p_value(np.random.default_rng(3), np.arange(12.0) + 100, np.arange(9.0), 199)
    checks.equal(
        apart, 1 / 200, "permutation_p_value of twelve scores near 100 and nine near 0, with 199 relabellings",
        wrong=[
            (0.0, "a p value is never 0: the labels as they were are one more relabelling, above and below the line"),
            (1 / 199, "divide by 1 + num_permutations"),
            (1 / 2001, "num_permutations is an argument; use it"),
        ],
        hint="Chance would not do that once in a thousand years; only the 1 for the labels as they were is left.",
    )  # fmt: skip
    x, y = np.array([0.4, 0.1, 0.2, 0.1]), np.array([0.2, 0.4, 0.3, 0.2])
    p = checks.number(permutation_p_value(np.random.default_rng(3), x, y, 1_000), "permutation_p_value")
    told = f"With [0.4, 0.1, 0.2, 0.1] and [0.2, 0.4, 0.3, 0.2] the p value should be about 0.571, but it is {p:.3f}."
    checks.that(
        p > 0.47,
        f"{told} Many deals give the very same difference but for rounding: compare with the observed one less 1e-9.",
    )
    checks.that(p < 0.67, f"{told} A deal has to reach the observed difference, less 1e-9 and no more.")
    draws = {float(permutation_p_value(np.random.default_rng(seed), np.arange(6.0), np.arange(6.0) + 1, 400))
             for seed in range(6)}  # fmt: skip
    checks.that(len(draws) > 1, "Six different generators gave the same p value. Every draw should come from `rng`.")


# %% test="permutation_p_value" points=4
### BEGIN HIDDEN TESTS
@checks.hidden("permutation_p_value", seconds=60)
def _test():
    import itertools

    rng = np.random.default_rng(1006)

    def share(x, y):
        """Which share of all ways to deal reaches the observed difference."""
        scores, n, m = np.concatenate([x, y]), len(x), len(y)
        observed = abs(x.mean() - y.mean())
        sums = [sum(scores[list(deal)]) for deal in itertools.combinations(range(n + m), n)]
        differences = np.abs([s / n - (scores.sum() - s) / m for s in sums])
        return np.mean(differences >= observed - 1e-9)

    def compare(x, y, num):
        want = share(x, y)
        before = (x.copy(), y.copy())
        what = f"permutation_p_value of {len(x)} and {len(y)} scores"
        p = checks.number(permutation_p_value(np.random.default_rng(rng.integers(2**31)), x, y, num), what)
        checks.unchanged(before, (x, y), "x or y")
        count = p * (1 + num) - 1
        checks.that(abs(count - round(count)) < 0.01, f"{what} is no whole number divided by 1 + num_permutations.")
        checks.that(-0.01 < count < num + 0.01, f"{what} is not between 1 / (1 + num_permutations) and 1.")
        slack = 6 * np.sqrt(num * want * (1 - want)) + 6 * (0 < want < 1)
        checks.that(abs(count - num * want) <= slack + 0.01, f"{what} is not right.")

    for n, m in [(3, 3), (4, 4), (2, 8), (8, 2), (5, 3), (1, 9), (6, 5)]:
        compare(rng.normal(0.5, 1.0, n), rng.normal(0.0, 1.0, m), 2_000)
        compare(rng.normal(0.0, 1.0, n), rng.normal(2.0, 1.0, m), 2_000)
        compare(rng.integers(0, 3, n).astype(float), rng.integers(0, 3, m).astype(float), 2_000)  # many ties
    compare(np.array([4.0, 4.0, 0.0, 0.0]), np.array([4.0, 0.0, 4.0, 0.0]), 500)  # equal means: p is 1
    compare(np.array([2.5, 2.5]), np.array([2.5, 2.5, 2.5]), 300)
    # Rounding: the same differences, added up in another order.
    for x, y in [([0.3, 0.4, 0.3, 0.3, 0.3], [0.3, 0.4, 0.2, 0.4]), ([0.4, 0.1, 0.3, 0.2, 0.4], [0.1, 0.4, 0.1]),
                 ([0.3, 0.2, 0.2, 0.1, 0.1], [0.1, 0.1, 0.4, 0.3])]:  # fmt: skip
        compare(np.array(x), np.array(y), 2_000)
    apart = np.linspace(0.0, 1.0, 15)
    for num in (1, 50, 999):
        p = checks.number(permutation_p_value(rng, apart + 10, apart, num), "Two groups far apart")
        checks.equal(p, 1 / (1 + num), "permutation_p_value of two groups that are far apart")
    checks.equal(checks.number(permutation_p_value(rng, apart + 10, apart), "Two groups far apart"), 1 / 2001,
                 "permutation_p_value with the default num_permutations")  # fmt: skip
    draw = lambda seed: float(permutation_p_value(np.random.default_rng(seed), apart, apart + 0.2, 500))
    checks.that(draw(7) == draw(7), "The same generator twice gives two results; every draw should come from rng.")
    checks.that(len({draw(seed) for seed in range(8)}) > 1, "Different generators give one result; draw from rng.")


### END HIDDEN TESTS

# %% [markdown]
# ### How many seeds did the baseline need?
#
# Notebook 3 says that a baseline helps. Let us see how many seeds it takes before a test agrees. Again there are many
# papers, 200 for each number of seeds. One line shows how many of them find $p < 0.05$ where there *is* a difference:
# the baseline against none. The other shows how many find it where there is none: the baseline against itself. This
# takes about 15 seconds.

# %% tags=["demo"]
progress.warn_unless_done("permutation_p_value")


def find_a_difference(x, y, n, num_papers=200):
    """The share of papers with `n` seeds of each agent that report p < 0.05."""
    return np.mean([
        permutation_p_value(rng, rng.choice(x, n), rng.choice(y, n), num_permutations=199) < 0.05
        for _ in range(num_papers)
    ])  # fmt: skip


many_seeds = [3, 5, 10, 20, 50, 100, 200]
power = [find_a_difference(scores["with baseline"], scores["without"], n) for n in tqdm(many_seeds)]
alarms = [find_a_difference(scores["with baseline"], scores["with baseline"], n) for n in tqdm(many_seeds)]

ax = plotting.plot_shares(many_seeds, power, label="baseline against none", ylabel="papers with p < 0.05 (%)")
plotting.plot_shares(many_seeds, alarms, label="baseline against itself", ax=ax)
plt.show()

# %% [markdown]
# With three seeds of each, the test never finds anything. There are only twenty ways to deal six runs, so $p$, which
# random deals estimate, is never below 0.1, whatever the agents do. With twenty of each, as in notebook 3, one paper in
# five finds the difference, which *is* there. To find it four times in five takes more than a hundred. The lower line
# is the price of asking: where there is nothing to find, up to one paper in twenty finds something nevertheless. That
# is what 0.05 means.
#
# So "no significant difference" from a few seeds says nothing about the agents. It says that there were few seeds.
#
# ## 7. The winner's curse
#
# ### Exercise: `honest_winner`
#
# *About 5 minutes · difficulty 1 of 3 · importance 3 of 3 · two-hour path*
#
# You try twelve learning rates with five seeds each, pick the best, and report its mean. That number is too good, even
# if every run was honest: of twelve means you took the largest, so you picked a configuration that was good *and*
# lucky. The cure costs a few more runs: choose with one set of seeds, and **report another**.
#
# $$c^\star = \arg\max_c\; \frac1n \sum_{i=1}^{n} \text{tuning}_{c,i}, \qquad
# \text{score} = \frac1m \sum_{i=1}^{m} \text{final}_{c^\star,i}$$
#
# In words: the tuning runs decide which configuration wins, but have no say in how good it is.
#
# - `tuning` `[C, n]` and `final` `[C, m]`: NumPy float arrays. Row $c$ belongs to configuration $c$, and each column is
#   a seed. There are no ties for the best mean.
# - Return `(index, score)`: the winner's row, an integer, and its score, a float.
#
# **Example.** `tuning = [[10, 20], [40, 10], [0, 30]]` has the means 15, 25 and 15, so configuration 1 wins.
# If `final[1]` is `[12, 16, 20]`, report `(1, 16.0)`, not 25.
#
# Helpful: [`np.argmax`](https://numpy.org/doc/stable/reference/generated/numpy.argmax.html).
#
# <details><summary>Hint 1: a nudge</summary>
#
# Two lines: which configuration wins, by `tuning` alone, and how good it is, by `final` alone. Over which axis do you
# average?
#
# </details>


# %% exercise="honest_winner"
def honest_winner(tuning, final):
    """Chooses a configuration by one set of runs and scores it by another.

    Args:
      tuning: scores of C configurations with n seeds each, float [C, n].
      final: scores of the same configurations with m other seeds, float [C, m].
    Returns:
      (index, score): the configuration with the best mean in `tuning`, an int, and its mean in `final`, a float.
    """
    ### BEGIN SOLUTION
    winner = np.argmax(tuning.mean(axis=1))
    return winner, final[winner].mean()
    ### END SOLUTION


# %% check="honest_winner" points=1
@checks.exercise("honest_winner")
def _check():
    tuning = np.array([[50.0, 10.0, 0.0], [26.0, 30.0, 25.0], [1.0, 2.0, 3.0], [5.0, 35.0, 34.0]])
    final = np.array([[20.0, 24.0], [21.0, 8.0], [2.0, 1.0], [40.0, 30.0]])
    result = honest_winner(tuning, final)
    checks.that(result is not None, "honest_winner returned None. Is there a `return` at its end?")
    try:
        index, score = result
    except (TypeError, ValueError):
        checks.fail("honest_winner should return two things: `return index, score`.")
    what = "For tuning = [[50, 10, 0], [26, 30, 25], [1, 2, 3], [5, 35, 34]], the index of the winner"
    if isinstance(index, (float, np.floating)) and float(index) in (14.5, 27.0, 35.0):
        checks.fail("The index comes first, then the score: `return index, score`.")

    def chosen(tuning, final=None):
        """The index that is returned; where the final runs do not matter, all of them are 1."""
        tuning = np.array(tuning, float)
        final = np.ones((len(tuning), 2)) if final is None else np.array(final, float)
        try:
            return honest_winner(tuning, final)[0]
        except IndexError:  # no row has that number
            return None

    best = "you chose by the mean of tuning and final runs together; the tuning runs decide, and nothing else"
    if chosen([[10, 10, 10], [0, 0, 1]], [[0, 0], [5, 5]]) == 1:
        best = "that one has the best *final* runs; the mean of the tuning runs decides, and nothing else"
    elif chosen([[0, 9, 9], [7, 7, 7]]) == 0:
        best = "that one has the best median; the mean of the tuning runs decides, and nothing else"
    first = "that one has the best single run; take the best *mean* of a row"
    if chosen([[9, 5], [0, 8]]) == 1:
        first = "you averaged over the wrong axis: rows are configurations, so take the best *mean* of a row"
    last = "that is the worst one; take the best (argmax)" if chosen([[9], [5], [1]]) == 2 else "rows count from 0"
    checks.equal(
        checks.integer(index, what), 1, what,
        wrong=[
            (3, best),
            (0, first),
            (2, last),
        ],
        hint="Rows are configurations, columns are seeds: one mean for each row.",
    )  # fmt: skip
    checks.equal(
        checks.number(score, "The score"), 14.5,
        "For final = [[20, 24], [21, 8], [2, 1], [40, 30]], the winner's score",
        wrong=[
            (27.0, "that is its mean in the tuning runs, which chose it; report the final ones"),
            (35.0, "that is the best mean among the final runs; report the mean of the configuration that you chose"),
            (21.0, "that is its best final run; report the mean"),
            (np.mean([26, 30, 25, 21, 8]), "the tuning runs are in your average; report the final runs only"),
            ((27.0 + 14.5) / 2, "the tuning runs are in your average; report the final runs only"),
            (final.mean(), "that is the mean of all configurations; report the winner's"),
            (final[:, 1].mean(), "that is the mean of a column; a configuration is a row"),
            (29.0, "that is the sum; report the mean"),
            (8.0, "that is one run; report the mean of all of the winner's final runs"),
        ],
    )  # fmt: skip
    index, score = honest_winner(np.array([[-5.0, -7.0], [-3.0, -1.0]]), np.array([[1.0] * 4, [1.0, 2.0, 3.0, 30.0]]))
    checks.equal(
        index, 1, "For tuning = [[-5, -7], [-3, -1]], the index of the winner",
        wrong=[(0, "scores may all be below 0; start a search for the largest from the first one, or from -inf")],
    )  # fmt: skip
    checks.equal(
        score, 9.0, "For the final runs 1, 2, 3 and 30, the winner's score",
        wrong=[(2.5, "that is the interquartile mean; report the plain mean, by which it was chosen")],
    )  # fmt: skip


# %% test="honest_winner" points=2
### BEGIN HIDDEN TESTS
@checks.hidden("honest_winner")
def _test():
    rng = np.random.default_rng(1007)
    sizes = [(1, 1, 1), (1, 3, 2), (2, 1, 1), (3, 5, 5), (5, 3, 7), (12, 5, 20), (4, 4, 4), (20, 2, 1), (3, 10, 3)]
    for configurations, n, m in sizes:
        for shift in (0.0, -500.0, 300.0):
            for _ in range(5):
                tuning = shift + 50 * rng.exponential(1.0, (configurations, n))
                final = shift + 50 * rng.exponential(1.0, (configurations, m))
                means = tuning.mean(axis=1)
                winner = int(np.argmax(means))
                tuning[winner] += 1.0  # no ties, nor anything like them
                want = float(final[winner].mean())
                before = (tuning.copy(), final.copy())
                try:
                    index, score = honest_winner(tuning, final)
                except (TypeError, ValueError):
                    checks.fail("honest_winner should return two things, the index and the score.")
                what = f"With tuning [{configurations}, {n}] and final [{configurations}, {m}]"
                checks.equal(checks.integer(index, f"{what}, the index"), winner, f"{what}, the index")
                scale = max(1.0, abs(want))
                score = checks.number(score, f"{what}, the score")
                checks.equal(score / scale, want / scale, f"{what}, the score")
                checks.unchanged(before, (tuning, final), "An input of honest_winner")


### END HIDDEN TESTS

# %% [markdown]
# ### Tuning on the seeds you report
#
# We have eight learning rates, with 100 recorded seeds of each, for REINFORCE with its baseline after 60,000 steps. Two
# thousand papers draw 5 seeds of each learning rate to choose one. The flattering ones report the mean by which they
# chose, the honest ones that of 20 fresh seeds.

# %% tags=["demo"]
progress.warn_unless_done("honest_winner")
rates, returns = recorded.learning_rates()  # [8] and [8, 100]
claimed, honest = [], []
for _ in range(2_000):
    tuning = rng.choice(returns, 5, axis=1)  # [8, 5]
    final = rng.choice(returns, 20, axis=1)  # [8, 20]
    winner, score = honest_winner(tuning, final)
    claimed.append(tuning[winner].mean())
    honest.append(score)
print("true means:", *(f"{rate:g}: {x.mean():.0f}" for rate, x in zip(rates, returns, strict=True)), sep="  ")
reported = {"on the tuning seeds": claimed, "on fresh seeds": honest}
plotting.plot_histograms(reported, bins=np.arange(400, 501, 4), xlabel="reported return")
plt.show()

# %% [markdown]
# The flattering papers report 493 on average. What they chose is worth 460, 33 points less, and that is what the honest
# ones report. No learning rate has a true mean above 468, and yet 98 % of the flattering papers claim more. The more
# configurations you try, the worse it gets. The same happens with seeds instead of configurations ("we report the best
# of three runs"), with checkpoints, and with yourself, when you try things until one works.

# %% [markdown] written="review" points=4
# ### Question: you review a paper
#
# *About 5 minutes · a person reads your answer*
#
# This abstract is made up; it is the only thing in the notebook that is. You have read others like it.
#
# > SteadyQ reaches 489 ± 6 on CartPole, DQN 431 ± 39. (Mean ± standard error over 3 seeds, of each seed's best
# > evaluation. The learning rate of SteadyQ was chosen from eight, on the same seeds; DQN has the settings of its
# > authors.) SteadyQ is significantly better.
#
# 1. Suppose that both agents are *equally good*. Name three things that could nevertheless have produced the gap. For
#    each: how does it do that, and what do you ask the authors for?
# 2. What may the abstract claim, as things stand?
#
# ### BEGIN SOLUTION
# Three seeds: means of three jump about so much that three papers in ten have the worse agent ahead, and with three
# against three no permutation test can reach 0.05. I ask for 20 seeds or more, all of them shown, with an interval for
# the difference. The best evaluation: it takes each seed's luckiest moment, and an agent that swings more has more of
# those; I ask for the last evaluation, or for the whole curve. Tuned on the reported seeds: the largest of eight means
# was also the luckiest; I ask for fresh seeds for the learning rate that was chosen. (DQN was not tuned at all: it
# should get the same eight tries.) As things stand, the paper shows that SteadyQ *can* do well on CartPole. Whether or
# not it is better than DQN, three seeds do not say.
# ### END SOLUTION
# ### BEGIN MARK SCHEME
# **One point for each of three different causes, if it says how the gap arises and what to ask for:**
#
# - Too few seeds: chance alone gives such gaps. Ask for more (20, say), all shown, with an interval or a test.
# - The best evaluation of each seed: it rewards swings. Ask for the last one, or for one fixed beforehand.
# - The learning rate was chosen on the seeds that are reported: the winner's curse. Ask for fresh seeds.
# - One agent was tuned and the other was not. Ask for the same search, with the same number of runs, for DQN.
#
# A cause without how it works, or without a request that would settle it: half a point.
#
# **One point for the verdict:** these numbers show neither that SteadyQ is better nor that it is not.
#
# **Nothing for these, although they sound right:**
#
# - More tasks, newer rivals, ablations: fair requests, but not causes of *this* gap.
# - "The error bars do not overlap": with three seeds, they are guesses themselves.
# - "It is not significant, so the agents are equally good": no evidence of a difference is not evidence of no
#   difference.
# - "They cheated": nothing here needs any cheating.
# ### END MARK SCHEME

# %% [markdown]
# ## Before you believe a curve
#
# - **How many seeds?** With three, the picture is an anecdote. Ask what it would look like with the next three.
# - **What is averaged, and what does the average hide?** Look at every seed, or at the profile.
# - **How wide is the interval, and does it deserve its name?** With few seeds it is too narrow; if there is none, ask
#   why.
# - **Best or last?** "The best evaluation" picks each run's luckiest moment.
# - **Who chose the settings, and on which seeds?** Were the baselines tuned with the same care?
#
# For the same reasons, the learning curves in this course have a dot or a line for each seed and a bootstrap interval
# (`rl_helpers.evaluation`, which a test compares with the exercises).
#
# <details><summary>Things to try</summary>
#
# - Write ten thousand papers about the agents after 30,000 steps, `training.returns[:, 1]`. Does the baseline help
#   there?
# - Which of two agents wins if each paper reports the best *evaluation* out of ten (`training.returns.max(axis=1)`)?
# - Does the permutation test keep its word too? Count its false alarms with ten seeds and 2,000 papers.
# - Replace the interval in the coverage demo with mean ± 1.96 standard errors. Is it any better with three seeds?
# </details>
#
# **What you have now.** A scale, an average, an interval, a probability, a profile and a test: enough to read a paper
# with your eyes open, and to know when you may say that your change has helped.
