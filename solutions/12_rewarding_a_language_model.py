# %% [markdown]
# # 12. Rewarding a language model
#
# A language model learns to *imitate*: it is shown texts, and makes each next token more likely. What turns it into an
# assistant, or a solver of mathematics, is reinforcement learning, and you know nearly all of that already. A token is
# an action. What has been written so far is the observation. The model is the policy, and the loss is PPO's, from
# notebook 9.
#
# Today you do it yourself, with a model so small that two processor cores train it while you watch. It has 13 tokens
# and 57 thousand parameters, and it writes digits. You will write:
#
# 1. the **log-probability of each token**, and the **mask** of those that count,
# 2. a **reward that a program can check**, and **advantages without a critic** (GRPO),
# 3. the **loss**, and the average in it that everybody argues about,
# 4. a **leash** that ties it to the model you began with, once you have seen what happens without one,
# 5. **learning from preferences**: a reward model, and DPO, which needs none.
#
# About 100 minutes. You need notebook 3; the clipped loss comes from notebook 9 and is repeated here.

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

from rl_helpers import Agent, Transition, checks, language_model, palette, plotting, progress
from rl_helpers.language_model import END, NUM_DIGITS, PROMPT_LENGTH
from rl_helpers.show.choose import Choices

plt.style.use("rl_helpers.show.course")  # how the course's pictures look

# %% [markdown]
# ## 1. A model that writes digits
#
# The task: read five digits, write them in ascending order, stop. There are 13 **tokens**: each digit is its own
# number, `>` (10) ends the **prompt**, `.` (11) ends the **completion**, and `_` (12) pads the rest. The network is a
# transformer with the same parts as the large ones, in about a hundred lines that are worth reading:
# `rl_helpers/language_model.py`. You will call four of its functions:
#
# | | |
# |---|---|
# | `draw_prompts(key, num)` | random prompts, `[num, 6]` |
# | `sample(key, params, prompts)` | prompts, each followed by a completion drawn from the model, `[num, 16]` |
# | `logits(params, tokens)` | for each token of `tokens [L]`, the logits of the token *after* it, `[L, 13]` |
# | `supervised(key, params, num_steps)` | the model after that many steps of imitation, on 64 right answers each |

# %%
params = language_model.init(jax.random.key(0))
print(f"{sum(weights.size for weights in jax.tree.leaves(params)):,} parameters")
models = {"untrained": params}
for num_steps in (30, 50):
    models[f"{num_steps} steps"] = language_model.supervised(jax.random.key(1), params, num_steps)
for name, model in models.items():
    print(f"\n{name}:")
    for tokens in language_model.sample(jax.random.key(2), model, language_model.draw_prompts(jax.random.key(3), 4)):
        print("  ", language_model.text(tokens))

# %% [markdown]
# Imitation quickly teaches it what an answer looks like, and it gets some of them right. We stop there on purpose. More
# examples would help, of course, but suppose that right answers are hard to come by and easy to *check*, as in
# mathematics or programming. Then we can let the model try, and reward it.
#
# Every method today needs one number: how likely was the token that was written? The model returns **logits**. Row $t$
# predicts the token that comes *after* token $t$:
#
# $$\log \pi(x_{t+1} \mid x_0, \dots, x_t) = \log \operatorname{softmax}(\text{logits}_t)[x_{t+1}].$$
#
# *In words: look up each token in the logits of the position before it.* The first token has no position before it, and
# nothing comes after the last, so L tokens have L - 1 log-probabilities. Being off by one here is the classic bug:
# nothing crashes, and the model learns to repeat itself.

# %% [markdown]
# ### Exercise: `token_log_probs`
#
# *About 6 minutes · difficulty 2 of 3 · importance 3 of 3*
#
# Given `logits`, float `[L, V]`, and `tokens`, int `[L]`, return a float array `[L - 1]` whose entry t is the
# log-probability of token t + 1. L is at least 2. It must work under `jax.jit`, `jax.vmap` and `jax.grad` (with respect
# to `logits`), and both value and gradient must be finite however large the logits are.
#
# **Example.** There are two possible tokens. The logits are (0, log 3), (5, 5), (0, 0), that is, probabilities
# (1/4, 3/4), (1/2, 1/2), (1/2, 1/2), and the tokens are 0, 1, 0. The 1 is predicted by the first row: log 3/4 =
# -0.2877. The 0 after it is predicted by the second: log 1/2 = -0.6931. The last row predicts beyond the end; ignore
# it.
#
# Helpful: [`jax.nn.log_softmax`](https://docs.jax.dev/en/latest/_autosummary/jax.nn.log_softmax.html),
# [`jnp.take_along_axis`](https://docs.jax.dev/en/latest/_autosummary/jax.numpy.take_along_axis.html), or indexing with
# two arrays, `x[rows, columns]`
#
# <details><summary>Hint 1: a nudge</summary>
#
# Which row of the logits is of no use? Which token was never predicted?
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Leave out the last row, take `log_softmax` over the vocabulary (the last axis), and pick one entry from each row, that
# of the *next* token: `x[rows, columns]` with `jnp.arange(...)` for the rows.
# </details>


# %% exercise="token_log_probs"
def token_log_probs(logits, tokens):
    """The log-probability of each token but the first.

    Args:
      logits: row t predicts the token after token t, float [L, V].
      tokens: int [L].
    Returns:
      Entry t is that of token t + 1, float [L - 1].
    """
    ### BEGIN SOLUTION
    log_probs = jax.nn.log_softmax(logits[:-1])
    return jnp.take_along_axis(log_probs, jnp.asarray(tokens)[1:, None], axis=1)[:, 0]
    ### END SOLUTION


# %% check="token_log_probs" points=1
@checks.exercise("token_log_probs")
def _check():
    weights = np.array([[1, 1, 2], [1, 2, 5], [4, 4, 2], [2, 2, 6]])
    logits = (np.log(weights) + np.array([[1.0], [-2.0], [0.5], [3.0]])).astype(np.float32)
    tokens = np.array([0, 2, 1, 0])
    what = "token_log_probs of the probabilities .25 .25 .5, .125 .25 .625, .4 .4 .2, .2 .2 .6 and tokens 0 2 1 0"
    own_position = "a token was looked up in the logits of its own position; use the row before it"
    last = "nothing comes after the last token, so leave out the last row"
    positions = "the softmax went over the positions; the probabilities of a *row* must add up to 1"
    one_each = "one number for each token after the first is wanted"
    all_pairs = "that looks up every token in every row; take one entry from each row"
    infinite = "a probability rounds to 0 there, or something overflows: stay in log space"
    checks.equal(
        token_log_probs(logits, tokens), [-0.6931472, -1.3862944, -0.9162908], what,
        wrong=[
            ([-1.3862944, -0.4700036, -0.9162908], own_position),
            ([-0.4700036, -0.9162908, -1.6094379], own_position),
            ([-2.0794415, -1.6094379, -1.6094379], "shifted the wrong way: row t predicts token t + 1"),
            ([-0.6931472, -1.3862944, -0.9162908, -1.6094379], last),
            ([-1.3862944, -0.4700036, -0.9162908, -1.6094379], f"{last}; and look in the row before a token"),
            ([1.6931472, -1.3068528, 1.8862944], "these are the logits themselves; they still need log softmax"),
            ([0.5, 0.25, 0.4], "these are the probabilities; their logarithms are wanted"),
            ([-3.1738017, -5.2139623, -2.0180911], positions),
            ([-2.8069196, -4.9465184, -1.7227666], positions),
            ([0.6931472, 1.3862944, 0.9162908], "the minus belongs to a loss; the log-probability itself is wanted"),
            (-2.9957323, f"that is the sum; {one_each}"),
            (-0.9985774, f"that is the mean; {one_each}"),
            ([-0.6931472, -0.4700036, -0.9162908], "that is the likeliest token's; take that of the one written"),
            (np.log(weights / weights.sum(1, keepdims=True))[:-1], f"that is every token's; {one_each}"),
            (np.log(weights / weights.sum(1, keepdims=True))[:-1, tokens[1:]], all_pairs),
        ],
    )  # fmt: skip
    unlikely = np.array([[0.0, 150.0], [0.0, 0.0]], np.float32)
    checks.equal(
        token_log_probs(unlikely, np.array([0, 0])), [-150.0], "token_log_probs of the logits 0 and 150, and token 0",
        wrong=[
            ([-np.inf], infinite),
            ([-18.420681], "a small number added inside a logarithm avoids -inf, but makes the value wrong"),
        ],
        hint="Is something limited, or a small number added inside a logarithm? The exponential of 150 overflows.",
    )  # fmt: skip
    gradient = jax.jit(jax.grad(lambda logits, tokens: token_log_probs(logits, tokens).sum()))(logits, tokens)
    checks.equal(
        gradient, [[-0.25, -0.25, 0.5], [-0.125, 0.75, -0.625], [0.6, -0.4, -0.2], [0.0, 0.0, 0.0]],
        "The gradient of its sum with respect to the logits",
        wrong=[(np.zeros((4, 3)), "no gradient gets through; is there a `stop_gradient`?")],
    )  # fmt: skip


# %% test="token_log_probs" points=2
### BEGIN HIDDEN TESTS
@checks.hidden("token_log_probs")
def _test():
    def picked(logits, tokens):
        return token_log_probs(logits, tokens).sum()

    rng = np.random.default_rng(121)
    ways = [(jax.vmap(token_log_probs), "under jax.vmap"), (jax.jit(jax.vmap(token_log_probs)), "under jit and vmap")]
    slopes = jax.jit(jax.vmap(jax.grad(picked)))
    for length, size in [(2, 2), (7, 5), (5, 7), (16, 13), (6, 6)]:
        for scale in (0.1, 1.0, 8.0, 60.0):
            logits = np.clip(scale * rng.normal(size=(20, length, size)), -200, 200).astype(np.float32)
            logits[:2] = rng.choice([-200.0, 200.0], (2, length, size))
            tokens = rng.integers(0, size, (20, length)).astype(np.int32)
            exact = logits.astype(float)
            shifted = exact - exact.max(axis=2, keepdims=True)
            log_probs = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
            want = np.take_along_axis(log_probs[:, :-1], tokens[:, 1:, None], axis=2)[..., 0]
            slope = np.zeros(logits.shape)
            slope[:, :-1] = np.eye(size)[tokens[:, 1:]] - np.exp(log_probs[:, :-1])
            before = logits.copy(), tokens.copy()
            for function, how in ways if size == 5 else ways[1:]:  # without jit one shape
                got = function(logits, tokens)
                got = checks.array(got, f"token_log_probs {how}", shape=(20, length - 1), dtype="float")
                checks.equal(got, want, f"token_log_probs {how}", rtol=1e-4, atol=1e-4)
            got = checks.array(slopes(logits, tokens), "The gradient of token_log_probs", shape=logits.shape)
            checks.equal(got, slope, "The gradient of token_log_probs", rtol=1e-3, atol=1e-3)
            for row in (0, 5) if size == 5 else ():
                got = token_log_probs(logits[row], tokens[row])
                got = checks.array(got, "token_log_probs of one sequence", shape=(length - 1,), dtype="float")
                checks.equal(got, want[row], "token_log_probs of one sequence", rtol=1e-4, atol=1e-4)
            checks.unchanged(before, (logits, tokens), "An input of token_log_probs")
    for size in (1e4, 1e15, 1e30):
        logits = size * rng.uniform(-1, 1, (8, 3)).astype(np.float32)
        tokens = rng.integers(0, 3, 8)
        finite = np.isfinite(checks.array(token_log_probs(logits, tokens), "token_log_probs of large logits")).all()
        finite &= np.isfinite(np.asarray(jax.grad(picked)(jnp.asarray(logits), jnp.asarray(tokens)))).all()
        checks.that(finite, "token_log_probs or its gradient is not finite for large logits.")


### END HIDDEN TESTS

# %% [markdown]
# How sure is each model of the right answer, token by token? (Here: the answer to `3 9 3 7 1`, with each token
# predicted from all the right ones before it.)


# %% tags=["demo"]
def log_probs(params, sequences):
    """The log-probability of each token but the first, [B, LENGTH - 1], for sequences [B, LENGTH]."""
    return jax.vmap(lambda tokens: token_log_probs(language_model.logits(params, tokens), tokens))(sequences)


progress.warn_unless_done("token_log_probs")
question = language_model.answered(jnp.array([[3, 9, 3, 7, 1, language_model.SORT]]))
answer = slice(PROMPT_LENGTH - 1, PROMPT_LENGTH + NUM_DIGITS)  # the entries that belong to the answer
probs = {name: jnp.exp(log_probs(model, question)[0, answer]) for name, model in models.items()}
plotting.plot_token_probs(language_model.text(question[0, PROMPT_LENGTH:]).split(), probs)
plt.show()

# %% [markdown]
# The untrained model gives every token about one chance in thirteen. After a few steps the end is nearly certain:
# *when* to stop was easy to learn. Which digit comes next is the hard part, above all the second 3: after 30 steps the
# model has not understood that digits can repeat. And one bad token spoils the answer.

# %% [markdown]
# ### Exercise: `completion_mask`
#
# *About 8 minutes · difficulty 2 of 3 · importance 3 of 3*
#
# The model should not be praised for what it did not choose. It did not write the prompt, and everything after the end
# token is padding. So every loss below asks which tokens **count**: those of the completion, up to its first end token.
# That one counts too, because stopping is a choice.
#
# Given `tokens`, int `[L]`, `prompt_length`, with 1 <= `prompt_length` <= L, and `eos`, the number of the end token,
# return a bool array `[L - 1]`. Entry t belongs to token t + 1, as in `token_log_probs`: True if that token's index is
# at least `prompt_length` and no end token of the completion comes before it. An end token in the *prompt* means
# nothing. It must work under `jax.vmap` and under `jax.jit` with every argument traced: no slice like
# `tokens[prompt_length:]` and no `if`.
#
# **Example.** Take the tokens `9 . 4 > 4 . . 7` with `prompt_length = 4`. The completion is `4 . . 7`, of which the `4`
# and the first `.` count. These are tokens 4 and 5, so entries 3 and 4 are True:
# `[False, False, False, True, True, False, False]`.
#
# Helpful: [`jnp.arange`](https://docs.jax.dev/en/latest/_autosummary/jax.numpy.arange.html),
# [`jnp.cumsum`](https://docs.jax.dev/en/latest/_autosummary/jax.numpy.cumsum.html)
#
# <details><summary>Hint 1: a nudge</summary>
#
# Two conditions, combined with `&`. The first compares places with `prompt_length`. For the second, count: how many end
# tokens of the completion come *before* each place?
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# `place = jnp.arange(1, len(tokens))` is the index of the token that each entry belongs to. Mark the end tokens among
# `tokens[1:]` that belong to the completion. Their `cumsum` counts them up to *and including* each place; subtract the
# mark itself again, and the first end token counts, as it should.
# </details>


# %% exercise="completion_mask"
def completion_mask(tokens, prompt_length, eos):
    """Which tokens count: those of the completion, up to and including its first end token.

    Args:
      tokens: the prompt and what follows, int [L].
      prompt_length: how many of them are the prompt, int [], from 1 to L.
      eos: the end token, int [].
    Returns:
      Entry t belongs to token t + 1, bool [L - 1].
    """
    ### BEGIN SOLUTION
    place = jnp.arange(1, len(tokens))
    written = place >= prompt_length
    ends = written & (tokens[1:] == eos)
    return written & (jnp.cumsum(ends) - ends == 0)
    ### END SOLUTION


# %% check="completion_mask" points=1
@checks.exercise("completion_mask")
def _check():
    tokens = np.array([3, 11, 5, 12, 4, 11, 11, 7])
    T, F = 1, 0
    off_by_one = "that is off by one: entry t belongs to token t + 1"
    masks = [
        ([F, F, F, T, T, F, F], off_by_one),
        ([F, F, F, T, T, T, F], off_by_one),
        ([F, T, T, T, T, F, F], "the last token of the prompt counts, but should not"),
        ([F, F, T, T, F, F, F], "the end token itself counts: stopping is a choice too"),
        ([F] * 7, "nothing counts. Were you stopped by an end token in the prompt? That one means nothing"),
        ([F, F, T, T, T, T, T], "what comes after the first end token counts, but should not"),
        ([F, F, T, T, F, F, T], "what comes after the first end token counts, but should not"),
        ([F, F, T, T, T, T, F], "you count up to the last end token; stop at the first end token of the completion"),
        ([T, T, F, F, F, F, F], "that is the prompt, not the completion"),
        ([T, T, T, T, T, F, F], "the prompt counts too, but should not: the model did not write it"),
    ]  # fmt: skip
    numbers = "the numbers are right, but a mask holds True and False"
    got = completion_mask(tokens, 3, 11)
    want = [F, F, T, T, T, F, F]
    if getattr(got, "dtype", np.bool_) != np.bool_ and np.array_equal(got, want):
        checks.fail(f"completion_mask: {numbers}. Compare, as in `... == 0`, or use .astype(bool).")
    got = checks.array(got, "completion_mask(tokens, 3, 11)", shape=(7,), dtype="bool")
    what = "completion_mask of 3 11 5 12 4 11 11 7 with prompt_length 3 and eos 11"
    checks.equal(got.astype(int), want, what, wrong=masks)
    got = checks.array(completion_mask(tokens, 3, 9), "completion_mask without an end", shape=(7,), dtype="bool")
    checks.equal(
        got.astype(int), [F, F, T, T, T, T, T], "completion_mask of 3 11 5 12 4 11 11 7 with prompt_length 3 and eos 9",
        wrong=[
            ([F, F, T, T, T, F, F], "`eos` is an argument; do not write 11"),
            ([F] * 7, "without an end token everything that was written counts (`argmax` of all False is 0)"),
        ],
    )  # fmt: skip
    got = checks.array(jax.jit(completion_mask)(tokens, 8, 11), "completion_mask under jax.jit", dtype="bool")
    checks.equal(got.astype(int), [F] * 7, "Under jax.jit, completion_mask with prompt_length 8, where all is prompt,")


# %% test="completion_mask" points=2
### BEGIN HIDDEN TESTS
@checks.hidden("completion_mask")
def _test():
    def reference(tokens, prompt_length, eos):
        mask, over = np.zeros(len(tokens) - 1, int), False
        for place in range(prompt_length, len(tokens)):
            mask[place - 1] = not over
            over = over or tokens[place] == eos
        return mask

    rng = np.random.default_rng(122)
    jitted, mapped = jax.jit(completion_mask), jax.jit(jax.vmap(completion_mask, (0, 0, 0)))
    shared = jax.jit(jax.vmap(completion_mask, (0, None, None)))
    for length in (2, 9, 16):
        for size in (2, 4, 13):
            tokens = rng.integers(0, size, (40, length)).astype(np.int32)
            prompts = rng.integers(1, length + 1, 40).astype(np.int32)
            prompts[:2] = 1, length
            eos = rng.integers(0, size, 40).astype(np.int32)
            eos[2:4] = size + 3  # no end anywhere
            want = np.stack([reference(*row) for row in zip(tokens, prompts, eos, strict=True)])
            same = np.stack([reference(row, int(prompts[5]), int(eos[5])) for row in tokens])
            before = tokens.copy()
            got = checks.array(mapped(tokens, prompts, eos), "completion_mask under jit and vmap", dtype="bool")
            checks.equal(got.astype(int), want, "completion_mask under jit and vmap")
            got = checks.array(shared(tokens, int(prompts[5]), int(eos[5])), "completion_mask under vmap", dtype="bool")
            checks.equal(got.astype(int), same, "completion_mask under vmap")
            for row in range(8):
                # What JAX compiles for each length is most of the time this takes: one length without jit will do.
                for function in (completion_mask, jitted) if length == 9 else (jitted,):
                    got = function(tokens[row], int(prompts[row]), int(eos[row]))
                    got = checks.array(got, "completion_mask", shape=(length - 1,), dtype="bool")
                    checks.equal(got.astype(int), want[row], "completion_mask of one sequence")
            checks.unchanged(before, tokens, "The tokens")


### END HIDDEN TESTS

# %% tags=["demo"]
progress.warn_unless_done("completion_mask")
prompts = language_model.draw_prompts(jax.random.key(4), 4)
for tokens in language_model.sample(jax.random.key(5), params, prompts):
    counts = completion_mask(tokens, PROMPT_LENGTH, END)
    print(language_model.text(tokens))
    print(" ", " ".join("^" if one else " " for one in counts).rstrip(), "\n")

# %% [markdown]
# These are completions of the *untrained* model, so some run on to the last place. Look at one that stops: the end
# token is marked, but nothing after it.

# %% [markdown]
# ## 2. A reward that can be checked

# %% [markdown]
# ### Exercise: `sorting_reward`
#
# *About 6 minutes · difficulty 1 of 3 · importance 2 of 3*
#
# A program says whether an answer is right. In the field this is called a **verifiable reward**, and it is what models
# that "reason" are trained with: is the result of the sum right, do the program's tests pass?
#
# Return a float scalar: 1.0 if `completion`, int `[M]`, begins with the `digits`, int `[K]`, in ascending order,
# followed by `eos`, and 0.0 otherwise. K is less than M. Digits may repeat and may come in any order. What follows the
# end token does not matter. `eos` is not among the digits, and *need not be larger* than they are. It must work under
# `jax.jit` and `jax.vmap`.
#
# **Example.** With the digits 4 1 4 and eos 11, `1 4 4 . 7` earns 1.0. `1 4 . 7 7` earns 0.0 (a 4 is missing), and so
# does `1 4 4 7 .` (it did not stop).
#
# Helpful: [`jnp.sort`](https://docs.jax.dev/en/latest/_autosummary/jax.numpy.sort.html),
# [`jnp.all`](https://docs.jax.dev/en/latest/_autosummary/jax.numpy.all.html)
#
# <details><summary>Hint 1: a nudge</summary>
#
# What exactly do the first K + 1 tokens have to be?
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Compare the first K tokens with the sorted digits, all of them, and token K with `eos`. `&` combines the two, and
# `jnp.where` or `1.0 * ...` converts the result to a float.
# </details>


# %% exercise="sorting_reward"
def sorting_reward(completion, digits, eos):
    """1.0 for the digits in ascending order and then the end token, otherwise 0.0.

    Args:
      completion: what the model wrote, int [M].
      digits: what it should have sorted, int [K], K < M.
      eos: the end token, int [].
    Returns:
      The reward, float [].
    """
    ### BEGIN SOLUTION
    num = len(digits)
    right = jnp.all(completion[:num] == jnp.sort(digits)) & (completion[num] == eos)
    return jnp.where(right, 1.0, 0.0)
    ### END SOLUTION


# %% check="sorting_reward" points=1
@checks.exercise("sorting_reward")
def _check():
    partial = "no partial credit: 1.0 if everything is right, otherwise 0.0"

    def reward(completion, digits, eos):
        got = sorting_reward(np.array(completion), np.array(digits), eos)
        what = f"sorting_reward of {' '.join(map(str, completion))} for the digits {' '.join(map(str, digits))}"
        if isinstance(got, bool) or getattr(got, "dtype", None) == np.bool_:
            checks.fail("sorting_reward should be the float 1.0 or 0.0, but it is a boolean. 1.0 * ... makes a float.")
        return checks.array(got, what, shape=(), dtype="float"), f"{what} and eos {eos}"

    def expect(want, completion, wrong, digits=(7, 2, 4), eos=11):
        got, what = reward(completion, digits, eos)
        known = [(value, partial) for value in (0.25, 1 / 3, 0.5, 2 / 3, 0.75)]
        checks.equal(got, want, what, wrong=[(1.0 - want, wrong), (-1.0, "otherwise 0, not -1"), *known])

    expect(0.0, [4, 2, 7, 11, 12], "you accept the right digits in whatever order they come")
    expect(0.0, [7, 2, 4, 11, 12], "those are the digits as they came; they have to be sorted")
    expect(0.0, [7, 4, 2, 11, 0], "that is descending")
    expect(1.0, [2, 4, 7, 11, 12], "it is right: the digits in ascending order, then the end token")
    expect(0.0, [2, 4, 7, 7, 12], "the end token has to come after the digits")
    expect(0.0, [2, 4, 7, 7, 11], "the end token has to come right after the digits")
    expect(0.0, [2, 4, 8, 11, 12], "you accept any ascending digits; they have to be those of the prompt")
    expect(1.0, [2, 4, 7, 11, 3, 5], "what follows the end token does not matter")
    expect(1.0, [3, 3, 5, 11, 0], "digits may repeat, and 3 3 5 is the right answer", digits=(3, 5, 3))
    expect(0.0, [3, 5, 5, 11, 0], "how often each digit comes matters too: 3 3 5, not 3 5 5", digits=(3, 5, 3))
    expect(1.0, [3, 3, 5, 1, 0], "do not count on the end token being larger than every digit", (3, 5, 3), 1)
    jitted = jax.jit(sorting_reward)
    got = [float(jitted(jnp.array([2, 4, 7, end, 0]), jnp.array([7, 2, 4]), 11)) for end in (11, 12)]
    checks.equal(np.array(got), [1.0, 0.0], "Under jax.jit, of 2 4 7 11 0 and 2 4 7 12 0 for the digits 7 2 4,")


# %% test="sorting_reward" points=2
### BEGIN HIDDEN TESTS
@checks.hidden("sorting_reward")
def _test():
    rng = np.random.default_rng(123)

    def cases(num, length):
        """Completions [N, length], digits [N, num], end tokens [N], and which are right."""
        for _ in range(60):
            digits = rng.integers(0, 10, num)
            eos = int(rng.choice([token for token in range(13) if token not in digits]))
            right = np.concatenate([np.sort(digits), [eos], rng.integers(0, 13, length - num - 1)])
            yield right, digits, eos, 1.0
            for place in rng.integers(0, num + 1, 2):
                wrong = right.copy()
                wrong[place] = rng.choice([token for token in range(13) if token != right[place]])
                yield wrong, digits, eos, 0.0
            swapped = right.copy()
            swapped[:num] = np.sort(digits)[::-1]
            yield swapped, digits, eos, float(np.array_equal(swapped, right))
            late = np.insert(right, num, digits.max())[:length]  # one digit too many
            yield late, digits, eos, 0.0
            early = np.delete(np.append(right, eos), rng.integers(num))  # one too few
            yield early, digits, eos, 0.0

    jitted, mapped = jax.jit(sorting_reward), jax.jit(jax.vmap(sorting_reward))
    ways = [(jax.vmap(sorting_reward), "under jax.vmap"), (mapped, "under jit and vmap")]
    for num, length in [(1, 2), (1, 4), (3, 4), (3, 9), (5, 10)]:
        completion, digits, eos, want = (np.array(column) for column in zip(*cases(num, length), strict=True))
        completion, digits = completion.astype(np.int32), digits.astype(np.int32)
        before = completion.copy(), digits.copy()
        for function, how in ways if num == 3 else ways[1:]:  # without jit one shape
            got = checks.array(function(completion, digits, eos), f"sorting_reward {how}", dtype="float")
            checks.equal(got, want, f"sorting_reward {how}")
        for row in range(12):
            for function in (sorting_reward, jitted) if num == 3 else (jitted,):
                got = function(completion[row], digits[row], int(eos[row]))
                got = checks.array(got, "sorting_reward of one completion", shape=(), dtype="float")
                checks.equal(got, want[row], "sorting_reward of one completion")
        checks.unchanged(before, (completion, digits), "An input of sorting_reward")
    # the same number of digits, the same sum, the same sum of squares, ascending
    checks.equal(sorting_reward(jnp.array([2, 3, 7, 11, 0]), jnp.array([6, 1, 5]), 11), 0.0, "sorting_reward")
    checks.equal(sorting_reward(jnp.array([1, 5, 6, 11, 0]), jnp.array([6, 1, 5]), 11), 1.0, "sorting_reward")


### END HIDDEN TESTS

# %% [markdown]
# Your reward at work: how often is each model right in 1,024 tries?


# %% tags=["demo"]
def is_right(sequence):
    """The reward of a whole sequence [LENGTH]."""
    return sorting_reward(sequence[PROMPT_LENGTH:], sequence[:NUM_DIGITS], END)


def share_right(params):
    """The share of 1,024 tries that a model gets right."""
    prompts = language_model.draw_prompts(jax.random.key(6), 1_024)
    return float(jax.vmap(is_right)(language_model.sample(jax.random.key(7), params, prompts)).mean())


progress.warn_unless_done("sorting_reward")
for name, model in models.items():
    print(f"{name:>10}: {share_right(model):6.1%} right")

# %% [markdown]
# Nothing in this reward says *how* to sort. It is a single bit for a whole answer. The model has to find a right answer
# by itself, by luck, before there is anything to praise. That is why we do not begin with the untrained model: it would
# never be praised at all.
#
# ## 3. A critic made of siblings

# %% [markdown]
# ### Exercise: `group_advantages`
#
# *About 6 minutes · difficulty 1 of 3 · importance 3 of 3 · two-hour path*
#
# Was an answer better than expected? In notebook 9 a critic said what to expect. GRPO
# ([Shao et al., 2024](https://arxiv.org/abs/2402.03300)) has no critic: let the model answer the *same* prompt G times,
# and compare each answer with the others in its **group**:
#
# $$A_{p,g} = \frac{r_{p,g} - \operatorname{mean}_g(r_{p,g})}{\operatorname{std}_g(r_{p,g}) + 10^{-6}}.$$
#
# *In words: how much better an answer is than its siblings, in standard deviations.* The standard deviation is the
# population's: it divides by G. The small number prevents 0 / 0 in a group whose rewards are all the same: its
# advantages are 0.
#
# Given `rewards`, float `[P, G]`, one row for each prompt, return the advantages, float `[P, G]`. It must work under
# `jax.jit`. Change no input.
#
# **Example.** One prompt, rewards 0, 0, 0, 1: the mean is 0.25, the standard deviation 0.4330, and the advantages are
# -0.5774, -0.5774, -0.5774 and 1.7320. The rewards 1, 1, 1, 1 give 0, 0, 0, 0: there is nothing to learn.
#
# Helpful: [`jnp.mean`](https://docs.jax.dev/en/latest/_autosummary/jax.numpy.mean.html) and
# [`jnp.std`](https://docs.jax.dev/en/latest/_autosummary/jax.numpy.std.html) with `axis` and `keepdims`
#
# <details><summary>Hint 1: a nudge</summary>
#
# Which axis of `[P, G]` are the siblings on? What shape does a mean over it have, and does that fit the rewards element
# by element?
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Mean and standard deviation over `axis=1` with `keepdims=True`, which leaves them `[P, 1]`. The 1e-6 is added to the
# standard deviation, after the square root.
# </details>


# %% exercise="group_advantages"
def group_advantages(rewards):
    """How much better each answer is than the others to the same prompt, in standard deviations.

    Args:
      rewards: one row for each prompt, float [P, G].
    Returns:
      The advantages, float [P, G].
    """
    ### BEGIN SOLUTION
    centred = rewards - jnp.mean(rewards, axis=1, keepdims=True)
    return centred / (jnp.std(rewards, axis=1, keepdims=True) + 1e-6)
    ### END SOLUTION


# %% check="group_advantages" points=1
@checks.exercise("group_advantages")
def _check():
    rewards = np.array([[1, 0, 0, 0], [1, 3, 1, 3], [2, 2, 4, 8]], np.float32)
    mean, std, var = (f(rewards, axis=1, keepdims=True) for f in (np.mean, np.std, np.var))
    want, centred, over_all = (rewards - mean) / (std + 1e-6), rewards - mean, rewards - rewards.mean()
    sample = rewards.std(axis=1, keepdims=True, ddof=1)
    ranks = np.argsort(np.argsort(rewards, axis=1), axis=1)
    checks.equal(
        group_advantages(rewards.copy()), want, "group_advantages of the rows 1 0 0 0, 1 3 1 3 and 2 2 4 8",
        wrong=[
            (over_all / rewards.std(), "mean and deviation are those of the whole batch; take each row's own"),
            (centred / rewards.std(), "the deviation is that of the whole batch; take each row's own"),
            (over_all / std, "the mean is that of the whole batch; take each row's own"),
            ((rewards - rewards.mean(0)) / rewards.std(0), "mean and deviation go over the columns; a row is a group"),
            (centred, "the centred rewards must be divided by their standard deviation"),
            (rewards / std, "the mean was not subtracted"),
            (centred / sample, "that deviation divides by G - 1; the population's divides by G"),
            (centred / var, "that is the variance; the deviation is its square root"),
            (-want, "the sign is reversed: a reward above the mean is an advantage"),
            ((rewards - np.median(rewards, axis=1, keepdims=True)) / std, "that is the median; subtract the mean"),
            ((ranks - ranks.mean(1, keepdims=True)) / ranks.std(1, keepdims=True), "use the rewards, not the ranks"),
            (centred / np.abs(centred).mean(1, keepdims=True), "that is the mean distance, not the deviation"),
            (centred / np.ptp(rewards, axis=1)[:, None], "that is the range; take the standard deviation"),
        ],
    )  # fmt: skip
    equal = np.array([[0.5] * 4, [1.0] * 4], np.float32)
    checks.equal(
        jax.jit(group_advantages)(equal), np.zeros((2, 4)), "group_advantages of groups whose rewards are all the same",
        wrong=[(np.full((2, 4), np.nan), "that is 0 / 0; add 1e-6 to the deviation")],
    )  # fmt: skip
    before = equal.copy()
    group_advantages(equal)
    checks.unchanged(before, equal, "rewards")


# %% test="group_advantages" points=2
### BEGIN HIDDEN TESTS
@checks.hidden("group_advantages")
def _test():
    rng, ways = np.random.default_rng(124), checks.ways(group_advantages)
    for prompts, size in [(1, 2), (4, 4), (32, 8), (3, 16), (5, 1)]:
        for kind in ("right or wrong", "any", "small", "constant"):
            rewards = rng.normal(0, 3, (prompts, size))
            if kind == "right or wrong":
                rewards = (rng.random((prompts, size)) < rng.choice([0.0, 0.2, 0.5, 1.0], (prompts, 1))).astype(float)
            if kind == "small":  # as small as what is added to the deviation
                rewards = 4e-6 * rng.integers(0, 3, (prompts, size))
            if kind == "constant" or size == 1:
                rewards = np.repeat(rng.choice([0.0, 0.5, 1.0], (prompts, 1)), size, axis=1)
            rewards = rewards.astype(np.float32)
            exact = rewards.astype(float)
            want = (exact - exact.mean(1, keepdims=True)) / (exact.std(1, keepdims=True) + 1e-6)
            before = rewards.copy()
            for how, function in ways if prompts == 4 else ways[1:]:  # without jit one shape
                got = function(rewards)
                got = checks.array(got, f"group_advantages{how}", shape=(prompts, size), dtype="float")
                checks.equal(got, want, f"group_advantages{how}", rtol=2e-4, atol=2e-4)
            checks.unchanged(before, rewards, "The rewards")


### END HIDDEN TESTS

# %% [markdown]
# Now think about what a group can teach. If all eight answers are wrong, all advantages are 0. If all eight are right,
# they are 0 too! Only a mixed group has a **signal**. How many mixed groups are there?


# %% tags=["demo"]
progress.warn_unless_done("sorting_reward", "group_advantages")
figure, axes = plt.subplots(1, 2, figsize=(10, 3.2), sharey=True, layout="constrained")
prompts = jnp.repeat(language_model.draw_prompts(jax.random.key(8), 128), 8, axis=0)
for ax, name in zip(axes, ("30 steps", "50 steps"), strict=True):
    sequences = language_model.sample(jax.random.key(9), models[name], prompts)
    rewards = jax.vmap(is_right)(sequences).reshape(128, 8)
    silent = jnp.all(group_advantages(rewards) == 0.0, axis=1)
    counts = [int(jnp.sum(rewards.sum(axis=1) == number)) for number in range(9)]
    ax.bar(range(9), counts, color=[palette.GREY if number in (0, 8) else palette.BLUE for number in range(9)])
    ax.set(xlabel="right answers in a group of 8", title=f"after {name}: {silent.mean():.0%} of 128 groups are silent")
axes[0].set_ylabel("groups")
plt.show()

# %% [markdown]
# The grey groups were written and checked, and taught nothing. So there is a sweet spot for tasks: too hard and too
# easy are both a waste. Large labs choose their prompts accordingly.

# %% [markdown]
# ### Exercise: `grpo_loss`
#
# *About 12 minutes · difficulty 3 of 3 · importance 3 of 3*
#
# The loss of one token is the clipped loss of PPO,
#
# $$\ell = -\min\big(\rho A,\; \operatorname{clip}(\rho,\, 1 - \epsilon,\, 1 + \epsilon)\, A\big), \qquad
# \rho = \exp(\log \pi_\text{new} - \log \pi_\text{old}),$$
#
# where $A$ is the advantage of the completion that the token belongs to: every token is praised or blamed for the whole
# answer, because the reward does not say which of them deserve it. The loss of the batch is the mean over all tokens
# that count, $\sum \ell\, /\, \text{number of tokens where the mask is True}$.
#
# `log_prob`, `old_log_prob` and `mask` (bool) are `[B, T]`, `advantage` is `[B]`, and `clip` is $\epsilon$. Divide by
# the number of tokens that count *in the whole batch*. This is not the mean of each completion's mean! Some completions
# may have no token that counts, but at least one in the batch does. It must work under `jax.jit` and `jax.grad` (with
# respect to `log_prob`). Where a token counts, the difference $\log \pi_\text{new} - \log \pi_\text{old}$ lies between
# -20 and 20; where it does not, nothing may change the value or the gradient.
#
# **Example.** Two completions have the advantages 1 and -1, and all ratios are 1, so each token's loss is -1 in the
# first and +1 in the second. With three tokens that count in the first and one in the second: (-3 + 1) / 4 = -0.5.
#
# Helpful: [`jnp.where`](https://docs.jax.dev/en/latest/_autosummary/jax.numpy.where.html); `advantage[:, None]` has the
# shape `[B, 1]`
#
# <details><summary>Hint 1: a nudge</summary>
#
# Everything is elementwise until the very last line. What shape must the advantage have to meet every token of its
# completion?
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# The ratio, the two products, the smaller of them, the minus: all are `[B, T]`. Then set what does not count to 0, add
# up, and divide by the sum of the mask. `loss[mask]` would work outside `jax.jit`, but inside it the size must be
# known.
# </details>


# %% exercise="grpo_loss"
def grpo_loss(log_prob, old_log_prob, advantage, mask, clip=0.2):
    """The clipped loss, averaged over the tokens of the batch that count.

    Args:
      log_prob: of each token under the current model, float [B, T].
      old_log_prob: under the model that wrote it, float [B, T].
      advantage: of each completion, float [B].
      mask: which tokens count, bool [B, T].
      clip: how far the ratio may move from 1 before a gain stops counting, in (0, 1), [].
    Returns:
      The loss, float [].
    """
    ### BEGIN SOLUTION
    ratio = jnp.exp(jnp.where(mask, log_prob - old_log_prob, 0.0))
    gain = jnp.minimum(ratio * advantage[:, None], jnp.clip(ratio, 1.0 - clip, 1.0 + clip) * advantage[:, None])
    return -jnp.sum(jnp.where(mask, gain, 0.0)) / jnp.sum(mask)
    ### END SOLUTION


# %% check="grpo_loss" points=2
@checks.exercise("grpo_loss")
def _check():
    old = np.log(np.array([[0.4, 0.2, 0.5], [0.4, 0.4, 0.5]], np.float32))
    new = (old + np.log(np.array([[1.5, 0.5, 3.0], [1.5, 1.1, 0.25]]))).astype(np.float32)
    advantage, mask = np.array([2.0, -1.0], np.float32), np.array([[True, True, False], [True, False, False]])
    checks.equal(
        grpo_loss(new, old, advantage, mask), -0.6333333,
        "grpo_loss with ratios 1.5 0.5 (3) and 1.5 (1.1) (0.25), in brackets what does not count, and advantages 2 -1",
        wrong=[
            (-0.1, "that is the mean of each completion's own mean; divide once, by all tokens that count"),
            (-0.4, "the mask was not used"),
            (-0.3166667, "you divided by all B · T tokens; divide by those that count"),
            (-0.95, "you divided by the number of completions; divide by the number of tokens that count"),
            (-1.9, "the sum was not divided by the number of tokens that count"),
            (-0.8333333, "nothing was clipped"),
            (-0.9333333, "you clipped in every case; take the smaller of the two products"),
            (-1.0333333, "that is the larger of the two products; take the smaller one"),
            (0.6333333, "the minus is missing; a loss is minimised, and we want more of a good thing"),
            (1.7053319, "the old policy was not used; that is the loss of REINFORCE"),
            (-0.5, "one ratio for the whole completion? Each token has its own"),
            (-0.9777778, "the ratio is upside down: new over old"),
            (0.4584548, "`exp` is missing: the difference of the logarithms is the logarithm of the ratio"),
            (-0.1666667, "the mask is the wrong way round: True counts"),
        ],
    )  # fmt: skip
    advantage3 = np.array([1.0, -2.0, 0.5], np.float32)
    square = np.log(np.array([[0.9, 1.1, 0.5], [1.1, 0.95, 0.9], [0.9, 0.9, 1.1]], np.float32))
    one_each = np.tri(3, dtype=bool)
    checks.equal(
        grpo_loss(square, 0.0 * square, advantage3, one_each), 0.2916667,
        "grpo_loss of three completions, advantages 1 -2 0.5, ratios that count 0.9, 1.1 0.95 and 0.9 0.9 1.1",
        wrong=[(0.4583333, "there is one advantage for each row, a row being a completion; yours went to the columns")],
        hint="Is each completion's advantage that of its own row? advantage[:, None] has the shape [B, 1].",
    )  # fmt: skip
    checks.equal(
        grpo_loss(new, old, advantage, mask, clip=0.1), -0.5666667, "grpo_loss of the first case with clip=0.1",
        wrong=[(-0.6333333, "`clip` is an argument; do not write 0.2")],
    )  # fmt: skip
    empty = np.array([[True, True, False], [False, False, False]])
    checks.equal(
        grpo_loss(new, old, advantage, empty), -1.7, "grpo_loss where no token of the second completion counts",
        wrong=[
            (np.nan, "that is 0 / 0: a completion may have no token that counts"),
            (-1.2, "what does not count was only left out of the ratio; its loss still counts"),
        ],
    )  # fmt: skip
    gradient = jax.jit(jax.grad(grpo_loss))(new, old, advantage, mask)
    checks.equal(
        gradient, [[0.0, -0.3333333, 0.0], [0.5, 0.0, 0.0]], "The gradient with respect to log_prob",
        wrong=[(np.zeros((2, 3)), "no gradient gets through; is there a `stop_gradient` or a NumPy function?")],
    )  # fmt: skip


# %% test="grpo_loss" points=3
### BEGIN HIDDEN TESTS
@checks.hidden("grpo_loss")
def _test():
    rng = np.random.default_rng(125)
    ways, slopes = checks.ways(grpo_loss), jax.jit(jax.grad(grpo_loss))
    for rows, length in [(1, 1), (2, 3), (6, 6), (16, 9), (40, 15)]:
        for clip, spread in [(0.2, 0.0), (0.2, 0.3), (0.05, 0.3), (0.5, 1.0), (0.2, 6.0)]:
            log_ratio = np.clip(rng.normal(0, 1, (rows, length)) * spread, -19, 19)
            kinks = np.log([1 - clip, 1 + clip])
            log_ratio += 0.04 * (np.abs(log_ratio[..., None] - kinks) < 0.02).any(axis=2)
            old = rng.uniform(-25, -1, (rows, length))
            mask = rng.random((rows, length)) < rng.choice([0.0, 0.3, 0.8, 1.0], (rows, 1))
            mask[rng.integers(rows), rng.integers(length)] = True
            advantage = rng.choice([-1.0, 0.0, 1.0], rows, p=[0.4, 0.2, 0.4]) * rng.uniform(0.1, 3.0, rows)
            new = np.where(mask, old + log_ratio, rng.uniform(-50, 0, (rows, length)))
            old = np.where(mask, old, rng.uniform(-50, 0, (rows, length)))
            new, old, advantage = (x.astype(np.float32) for x in (new, old, advantage))
            ratio = np.exp(np.where(mask, new.astype(float) - old, 0.0))
            products = ratio * advantage[:, None], np.clip(ratio, 1 - clip, 1 + clip) * advantage[:, None]
            count = mask.sum()
            want = -np.minimum(*products)[mask].sum() / count
            slope = np.where(mask & (products[0] <= products[1]), -products[0], 0.0) / count
            scale = max(1.0, np.abs(products[0][mask]).sum() / count)
            before = new.copy(), old.copy(), advantage.copy(), mask.copy()
            for how, function in ways if rows == 6 else ways[1:]:  # without jit one shape
                got = checks.number(function(new, old, advantage, mask, clip), f"grpo_loss{how}")
                checks.equal(got / scale, want / scale, f"grpo_loss{how}", rtol=1e-4, atol=1e-4)
            got = checks.array(slopes(new, old, advantage, mask, clip), "The gradient of grpo_loss", shape=new.shape)
            checks.equal(got / scale, slope / scale, "The gradient of grpo_loss", rtol=1e-3, atol=1e-4)
            checks.that(bool(np.all(got[~mask] == 0.0)), "The gradient of grpo_loss is not 0 where the mask is False.")
            checks.unchanged(before, (new, old, advantage, mask), "An input of grpo_loss")
            if clip == 0.2 and rows == 6:
                got = checks.number(grpo_loss(*map(jnp.asarray, (new, old, advantage, mask))), "grpo_loss")
                checks.equal(got / scale, want / scale, "grpo_loss with the default clip", rtol=1e-4, atol=1e-4)


### END HIDDEN TESTS

# %% [markdown]
# Putting it together: one **update** draws prompts, lets the model answer each of them several times, rewards the
# answers, compares them within their groups, and takes two steps on the loss. (In the first step all ratios are 1. In
# the second, the clip has something to do.) Read it: there is nothing in it that you have not written or seen, except
# the line with `leash`, which comes in section 4.


# %%
class Settings(NamedTuple):
    """What may differ from one training run to another."""

    num_updates: int = 125
    num_prompts: int = 32
    group_size: int = 8
    steps_per_update: int = 2
    learning_rate: float = 5e-4
    leash: float = 0.0  # the price of divergence from the reference, for section 4


class Batch(NamedTuple):
    """What was seen in an update: means over its completions."""

    reward: jax.Array
    right: jax.Array  # whether the answer was right, whatever the reward says
    length: jax.Array  # tokens up to and including the end
    silent: jax.Array  # share of groups whose rewards were all equal
    divergence: jax.Array  # from the reference, in nats per token


def train(key, reference, reward, settings):
    """GRPO, starting from the model `reference`, with `reward` of a whole sequence [LENGTH].

    Returns:
      The trained model, and what was seen, a `Batch` of arrays [num_updates].
    """
    optimiser = optax.chain(optax.clip_by_global_norm(1.0), optax.adam(settings.learning_rate))
    masks = jax.vmap(lambda tokens: completion_mask(tokens, PROMPT_LENGTH, END))

    @jax.jit
    def update(params, state, key):
        prompt_key, sample_key = jax.random.split(key)
        prompts = language_model.draw_prompts(prompt_key, settings.num_prompts)
        sequences = language_model.sample(sample_key, params, jnp.repeat(prompts, settings.group_size, axis=0))
        rewards = jax.vmap(reward)(sequences).reshape(settings.num_prompts, settings.group_size)
        advantage, mask = group_advantages(rewards).reshape(-1), masks(sequences)
        old, ref = log_probs(params, sequences), log_probs(reference, sequences)
        mean = lambda values: jnp.sum(jnp.where(mask, values, 0.0)) / jnp.sum(mask)

        def loss(params):
            new = log_probs(params, sequences)
            pull = settings.leash * mean(kl_to_reference(new, ref)) if settings.leash else 0.0
            return grpo_loss(new, old, advantage, mask) + pull

        right, silent = jax.vmap(is_right)(sequences), rewards.max(axis=1) == rewards.min(axis=1)
        seen = Batch(rewards.mean(), right.mean(), mask.sum(axis=1).mean(), silent.mean(), mean(old - ref))

        def step(_, carry):
            params, state = carry
            updates, state = optimiser.update(jax.grad(loss)(params), state)
            return optax.apply_updates(params, updates), state

        return *jax.lax.fori_loop(0, settings.steps_per_update, step, (params, state)), seen

    params, state, batches = reference, optimiser.init(reference), []
    for update_key in tqdm(jax.random.split(key, settings.num_updates), unit="update"):
        params, state, seen = update(params, state, update_key)
        batches.append(seen)
    return params, jax.tree.map(lambda *values: np.array(values), *batches)


# %% [markdown]
# We begin with the 50-step model and the honest reward. Before you run it: what happens to the silent groups? (About a
# minute on two cores. The first update takes longest, because everything is compiled then.)

# %% tags=["demo"]
progress.warn_unless_done("token_log_probs", "completion_mask", "sorting_reward", "group_advantages", "grpo_loss")
solver, seen = train(jax.random.key(10), models["50 steps"], is_right, Settings())
curves = {"right answers": 100 * seen.right, "silent groups": 100 * seen.silent}
plotting.plot_updates(curves, ylabel="share (%)", window=10).set_ylim(0, 100)
plt.show()
print(f"right before: {share_right(models['50 steps']):.0%}, after: {share_right(solver):.0%}")

# %% [markdown]
# Nobody showed it one more example. It tried, a program said yes or no, and it went from 57 % to more than 90 %. And
# the two curves climb together: the better the model, the more groups are unanimous, and the slower it learns. It has
# run out of signal, and needs harder prompts.
#
# **Was that luck?** You have seen one run. Seven more would take several minutes, so they were trained beforehand, each
# with its own network, examples and prompts, by the same code (`benchmarks/rewards.py`). Beside them is a harder start:
# the 30-step model, which gets one answer in seven right, trained for 60 updates on half as many prompts, at twice the
# learning rate.

# %% tags=["demo"]
from rl_helpers import recorded

seeds = recorded.rewards()
_, axes = plt.subplots(1, 2, figsize=(10, 3.6), layout="constrained", sharey=True)
for ax, name in zip(axes, ("50 steps", "30 steps"), strict=True):
    right = 100 * seeds[name]["right"]  # [8, num_updates]
    plotting.plot_learning_curve(right, window=5, ax=ax)
    ax.set(title=f"from {name}, eight seeds", xlabel="updates", ylabel="right answers (%)", ylim=(0, 100))
    first, last = right[:, :5].mean(axis=1), right[:, -5:].mean(axis=1)
    print(f"from {name}: {first.mean():.0f} % right at first, {last.min():.0f} to {last.max():.0f} % in the end")
plt.show()

# %% [markdown]
# Not luck: every seed climbs, from either start. And a model that was right once in seven tries learned from those few
# tries to be right more than half of the time.
#
# **What the average does.** You divided by the number of tokens in the *whole batch*. The first version of GRPO took
# the mean of each completion, then the mean of those means. It looks like a detail. Here are 64 completions by a model
# that does not yet know when to stop. How hard does the loss pull on a token of each, as a share of the batch?


# %% tags=["demo"]
def mean_of_means(*batch):
    """The loss as GRPO first had it: your loss of each completion alone, then the mean."""
    return jnp.mean(jax.vmap(lambda *row: grpo_loss(*(x[None] for x in row)))(*batch))


progress.warn_unless_done("token_log_probs", "completion_mask", "grpo_loss")
sequences = language_model.sample(jax.random.key(11), params, language_model.draw_prompts(jax.random.key(12), 64))
masks = jax.vmap(lambda tokens: completion_mask(tokens, PROMPT_LENGTH, END))(sequences)
old, lengths = log_probs(params, sequences), masks.sum(axis=1)
pulls = {}
for name, loss in {"mean over all tokens": grpo_loss, "mean of each completion's mean": mean_of_means}.items():
    gradient = jax.grad(loss)(old, old, jnp.ones(64), masks)
    pulls[name] = -gradient.sum(axis=1) / lengths  # on one token of each completion
plotting.plot_pulls(lengths, pulls)
plt.show()

# %% [markdown]
# With your average every token counts the same. With the other, a token of a long completion hardly counts. The tokens
# of a long *wrong* answer are then blamed less than those of a short one, and the tokens of a short *right* answer
# praised more: models learned to be wrong at length ([Liu et al., 2025](https://arxiv.org/abs/2503.20783)). Whenever
# you meet a mean of means, ask who is being counted less.
#
# ## 4. You get what you pay for
#
# Real tasks seldom come with a perfect checker. So we pay for a **proxy**, something that can be measured and *looks*
# like what we want. Sorted digits ascend, so let us pay for every pair of neighbours that ascends: a natural idea, and
# smoother than all or nothing. We take the 30-step model and 30 updates. Before you run it: what will it find?


# %% tags=["demo"]
def ascending_pairs(sequence):
    """The proxy: how many digits of the completion are followed by a larger one."""
    written = sequence[PROMPT_LENGTH:]
    counts = completion_mask(sequence, PROMPT_LENGTH, END)[PROMPT_LENGTH - 1 :] & (written <= 9)
    return jnp.sum(counts[:-1] & counts[1:] & (written[1:] > written[:-1])).astype(float)


progress.warn_unless_done("token_log_probs", "completion_mask", "sorting_reward", "group_advantages", "grpo_loss")
proxy = Settings(num_updates=30, num_prompts=16, learning_rate=1e-3)
hacker, hacked = train(jax.random.key(12), models["30 steps"], ascending_pairs, proxy)
figure, axes = plt.subplots(1, 2, figsize=(10, 3.2), layout="constrained")
plotting.plot_updates({"the proxy": hacked.reward}, ylabel="ascending pairs", window=3, ax=axes[0]).set_ylim(bottom=0)
plotting.plot_updates({"what we wanted": 100 * hacked.right}, ylabel="right answers (%)", window=3, ax=axes[1])
plt.show()
print(f"{'prompt':13}{'before':23}after")
prompts = language_model.draw_prompts(jax.random.key(3), 6)
before, after = (language_model.sample(jax.random.key(2), model, prompts) for model in (models["30 steps"], hacker))
for one, other in zip(before, after, strict=True):
    texts = [language_model.text(tokens[PROMPT_LENGTH:]) for tokens in (one, other)]
    print(f"{language_model.text(one[:PROMPT_LENGTH]):13}{texts[0]:23}{texts[1]}")
right = 100 * seeds["proxy"]["right"]  # [8, num_updates], recorded like those of section 3
print(f"Eight seeds: {right[:, :5].mean():.0f} % right in the first 5 updates, {right[:, 20:].mean():.1f} % after 20.")

# %% [markdown]
# The proxy more than doubled, and right answers went from one in seven to none at all. Compare the completions. The
# model climbs, drops, climbs again and never stops, because stopping would end its income. There is no bug in this: it
# found what we paid for. This is called **reward hacking**, and no cleverness on the model's side is needed for it. A
# reward that merely *agrees* with what you want agrees only until it is optimised.
#
# And notice which curve you would have been watching: in practice there is only the left one.

# %% [markdown]
# ### Exercise: `kl_to_reference`
#
# *About 5 minutes · difficulty 1 of 3 · importance 3 of 3*
#
# The usual remedy is a leash: the model pays for every token on which it disagrees with the **reference**, the model
# you began with. The price is an estimate of the Kullback–Leibler divergence from the reference, made from the tokens
# that were written ([Schulman, 2020](http://joschu.net/blog/kl-approx.html)):
#
# $$k = e^{d} - 1 - d, \qquad d = \log \pi_\text{ref} - \log \pi_\text{new}.$$
#
# *In words: 0 where both models agree about the token, and positive where they do not, in either direction.* The plain
# $-d$ is right on average too, but then single tokens would often have a *negative* price.
#
# `log_prob` and `ref_log_prob` are floats of the same shape, any shape, scalars too; return $k$ elementwise.
# It must work under `jax.jit`, `jax.vmap` and `jax.grad` (with respect to `log_prob`). Log-probabilities go down to
# -1000, while their difference stays between -20 and 20.
#
# **Example.** A token with probability 0.5 now and 0.25 under the reference: $d = \log 0.5 = -0.6931$, and
# $k = 0.5 - 1 + 0.6931 = 0.1931$.
#
# Helpful: [`jnp.exp`](https://docs.jax.dev/en/latest/_autosummary/jax.numpy.exp.html), or
# [`jnp.expm1`](https://docs.jax.dev/en/latest/_autosummary/jax.numpy.expm1.html)
#
# <details><summary>Hint 1: a nudge</summary>
#
# The formula, as it stands. Which of the two is subtracted from which?
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Take the difference first and give it a name. Only then take the exponential: `exp` of -1000 alone is 0.
# </details>


# %% exercise="kl_to_reference"
def kl_to_reference(log_prob, ref_log_prob):
    """What a token adds to an estimate of the divergence from the reference, never negative.

    Args:
      log_prob: under the current model, float, any shape.
      ref_log_prob: under the reference, float, the same shape.
    Returns:
      Elementwise, float, the same shape.
    """
    ### BEGIN SOLUTION
    difference = jnp.subtract(ref_log_prob, log_prob)
    return jnp.expm1(difference) - difference
    ### END SOLUTION


# %% check="kl_to_reference" points=1
@checks.exercise("kl_to_reference")
def _check():
    new, ref = np.log(np.array([[0.5, 0.2, 0.3], [0.25, 0.6, 0.3]], np.float32))
    elementwise = "the price of each token is wanted, elementwise"
    checks.equal(
        kl_to_reference(new, ref), [0.1931472, 0.9013877, 0.0],
        "kl_to_reference of the logarithms of 0.5 0.2 0.3 and, under the reference, 0.25 0.6 0.3",
        wrong=[
            ([0.3068528, 0.4319456, 0.0], "`d` is the wrong way round: the reference minus the current model"),
            ([0.6931472, -1.0986123, 0.0], "that is the plain difference; the price is exp(d) - 1 - d"),
            ([-0.6931472, 1.0986123, 0.0], "that is the plain difference; the price is exp(d) - 1 - d"),
            ([0.2402265, 0.6034745, 0.0], "that is half the square of d, nearly the same only where d is small"),
            ([-0.5, 2.0, 0.0], "`- d` is missing"),
            ([1.1931472, 1.9013877, 1.0], "`- 1` is missing"),
            ([-1.1931472, 3.0986123, 0.0], "`d` is subtracted, not added"),
            ([0.5, 3.0, 1.0], "that is the ratio; the price is exp(d) - 1 - d"),
            ([0.3465736, -0.2197225, 0.0], "do not weight it by the probability: the tokens were drawn with it"),
            (0.364845, f"that is the mean; {elementwise}"),
            (1.0945349, f"that is the sum; {elementwise}"),
            ([-0.1931472, -0.9013877, 0.0], "the sign is reversed"),
        ],
    )  # fmt: skip
    checks.equal(
        kl_to_reference(-300.0, -300.0 + float(np.log(2.0))), 0.3068528, "kl_to_reference(-300.0, -299.307)", atol=1e-4,
        wrong=[(np.nan, "`exp` of -300 is 0, and 0 / 0 is nan: take the difference first")],
    )  # fmt: skip
    checks.equal(
        kl_to_reference(-9.0, -1.0), 2971.957987, "kl_to_reference(-9.0, -1.0)",
        wrong=[(4.3890561, "the difference was limited")],
        hint="Is something limited?",
    )  # fmt: skip
    gradient = jax.jit(jax.vmap(jax.grad(kl_to_reference)))(new, ref)
    checks.equal(
        gradient, [0.5, -2.0, 0.0], "Its gradient with respect to log_prob",
        wrong=[([0.0, 0.0, 0.0], "no gradient gets through; is there a `stop_gradient`?")],
    )  # fmt: skip


# %% test="kl_to_reference" points=2
### BEGIN HIDDEN TESTS
@checks.hidden("kl_to_reference")
def _test():
    def total(new, ref):
        return kl_to_reference(new, ref).sum()

    rng = np.random.default_rng(126)
    slopes = jax.jit(jax.grad(total))
    mapped = jax.jit(jax.vmap(kl_to_reference))
    for shape in [(1,), (300,), (4, 7), (2, 3, 5)]:
        for spread, level in [(1e-4, 1.0), (0.01, 3.0), (1.0, 10.0), (8.0, 20.0), (1.0, 900.0)]:
            new = -level * rng.uniform(0.2, 1.0, shape)
            new = new.astype(np.float32)
            ref = (new + np.clip(rng.normal(0, spread, shape), -19, 19)).astype(np.float32)
            d = ref.astype(float) - new
            want, slope = np.expm1(d) - d, -np.expm1(d)
            scale = np.maximum(1.0, np.exp(d))
            before = new.copy(), ref.copy()
            for function, how in [(kl_to_reference, ""), (mapped, " under jit and vmap")]:
                got = checks.array(function(new, ref), f"kl_to_reference{how}", shape=shape, dtype="float")
                checks.equal(got / scale, want / scale, f"kl_to_reference{how}", rtol=1e-4, atol=3e-4)
                if level < 5.0 and spread < 0.1:
                    checks.equal(got, want, f"kl_to_reference{how} where the two nearly agree", rtol=1e-2, atol=1e-6)
            got = checks.array(slopes(new, ref), "The gradient of kl_to_reference", shape=shape)
            checks.equal(got / scale, slope / scale, "The gradient of kl_to_reference", rtol=1e-3, atol=1e-3)
            checks.unchanged(before, (new, ref), "An input of kl_to_reference")
    for new, ref in [(-1.0, -1.0), (-0.5, -3.0), (-1000.0, -980.5), (-2.0, -21.0)]:
        want = float(np.expm1(ref - new) - (ref - new))
        scale = max(1.0, want)
        for arguments in ((new, ref), (np.float32(new), np.float32(ref)), (jnp.float32(new), jnp.float32(ref))):
            got = checks.number(kl_to_reference(*arguments), "kl_to_reference of two scalars")
            checks.equal(got / scale, want / scale, "kl_to_reference of two scalars", rtol=1e-3, atol=1e-5)


### END HIDDEN TESTS

# %% [markdown]
# The same proxy again, on two leashes: the training adds `leash` times the mean of your `kl_to_reference` to the loss,
# so the larger `leash` is, the shorter the leash. (About half a minute.)

# %% tags=["demo"]
progress.warn_unless_done("completion_mask", "group_advantages", "grpo_loss", "kl_to_reference")
leashed = {}
for leash in (0.3, 1.0):
    settings = proxy._replace(leash=leash)
    leashed[f"leash {leash:g}"] = train(jax.random.key(12), models["30 steps"], ascending_pairs, settings)[1]
runs = {"no leash": hacked} | leashed
figure, axes = plt.subplots(1, 3, figsize=(12, 3.4), layout="constrained")
labels = {"reward": "ascending pairs", "right": "right answers (share)", "divergence": "divergence (nats per token)"}
for ax, (quantity, label) in zip(axes, labels.items(), strict=True):
    plotting.plot_updates({name: getattr(run, quantity) for name, run in runs.items()}, ylabel=label, window=5, ax=ax)
plt.show()

# %% [markdown]
# The leash holds: the shorter it is, the closer the model stays to where it began, and the less of the proxy it earns.
# On the shorter one, most right answers survive. But look for a run that is *better* than the reference at what we
# wanted. There is none! A leash does not mend a reward. It limits how far you follow it, and buys time for somebody to
# notice. (With the honest reward of section 3 no leash was needed: there was nothing to hack.)

# %% [markdown]
# ## 5. Preferences
#
# Often there is no checker, not even a proxy, but people know a good answer when they see one. Nobody can say how
# polite 7 out of 10 is. But *which of two answers is better* is a question that people can answer, and from many such
# choices a reward can be learned.
#
# Now you choose. Below are pairs of completions by the 30-step model. Which do you prefer? Go by any taste you like:
# the more correct one, the shorter one, the one with the prettier digits. Click, or use the arrow keys. Thirty choices
# are enough to see something; stop when you like.

# %% tags=["demo"]
NUM_PAIRS = 512
prompts = jnp.repeat(language_model.draw_prompts(jax.random.key(20), NUM_PAIRS), 2, axis=0)
pairs = language_model.sample(jax.random.key(21), models["30 steps"], prompts).reshape(NUM_PAIRS, 2, -1)
differ = [pair for pair in pairs if jnp.any(pair[0] != pair[1])]
clicks = Choices([tuple(map(language_model.text, (p[0, :PROMPT_LENGTH], *p[:, PROMPT_LENGTH:]))) for p in differ[:60]])
clicks.page()


# %%
def preferences():
    """Your choices, `(chosen, rejected)`, each [N, LENGTH]; a stand-in's if there are fewer than ten of yours."""
    sequences, picks = np.stack(differ), np.array(clicks.chosen, int)
    if len(picks) >= 10:
        print(f"These are your own {len(picks)} choices.")
        sequences = sequences[: len(picks)]
    else:
        print(f"You have chosen {len(picks)} times, so a stand-in has chosen: a program, not a person. It prefers the")
        print("completion with fewer wrong tokens, leaves out pairs that are equal, and errs in one of ten.")
        wanted = np.asarray(language_model.answered(jnp.asarray(sequences[:, 0, :PROMPT_LENGTH])))
        wrong = np.sum(sequences != wanted[:, None], axis=2)
        unequal = wrong[:, 0] != wrong[:, 1]
        sequences, errs = sequences[unequal], np.random.default_rng(0).random(unequal.sum()) < 0.1
        picks = ((wrong[unequal, 1] < wrong[unequal, 0]) ^ errs).astype(int)
    rows = np.arange(len(picks))
    return jnp.asarray(sequences[rows, picks]), jnp.asarray(sequences[rows, 1 - picks])


# %% [markdown]
# ### Exercise: `preference_loss`
#
# *About 5 minutes · difficulty 1 of 3 · importance 3 of 3*
#
# A **reward model** gives every completion a score, so that the one you liked better has the higher score. The usual
# assumption (Bradley and Terry, 1952) is that the probability of preferring `chosen` to `rejected` is
# $\sigma(s_\text{chosen} - s_\text{rejected})$, with the sigmoid $\sigma(x) = 1 / (1 + e^{-x})$. Make what happened
# likely:
#
# $$\ell = -\log \sigma(s_\text{chosen} - s_\text{rejected}).$$
#
# *In words: small when the score of the chosen one is well above the other's, and growing in proportion to the gap when
# it is well below.*
#
# Both arguments are float scalars, and so is the result. It must work under `jax.jit`, `jax.vmap` and `jax.grad` (with
# respect to both), and both value and gradient must be finite for differences up to 10,000 in either direction.
#
# **Example.** Scores 1.5 and 0.5: $-\log \sigma(1) = 0.3133$. Equal scores: $\log 2 = 0.6931$, with the gradient -0.5
# for the chosen and 0.5 for the rejected one.
#
# Helpful: [`jax.nn.log_sigmoid`](https://docs.jax.dev/en/latest/_autosummary/jax.nn.log_sigmoid.html)
#
# <details><summary>Hint 1: a nudge</summary>
#
# $\sigma(-10000)$ rounds to 0, and the logarithm of that is not finite. Which function stays in log space?
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# One line: the function under "Helpful", applied to the difference, with a minus in front.
# </details>


# %% exercise="preference_loss"
def preference_loss(chosen, rejected):
    """The loss of one preference, after Bradley and Terry.

    Args:
      chosen: the score of what was preferred, float [].
      rejected: the score of the other, float [].
    Returns:
      The loss, float [].
    """
    ### BEGIN SOLUTION
    return jax.nn.softplus(rejected - chosen)
    ### END SOLUTION


# %% check="preference_loss" points=1
@checks.exercise("preference_loss")
def _check():
    each = "the sigmoid was taken of each on its own; take that of the difference"
    checks.equal(
        preference_loss(1.5, 0.5), 0.3132617, "preference_loss(1.5, 0.5)",
        wrong=[
            (1.3132617, "the difference is the wrong way round: chosen minus rejected"),
            (-0.3132617, "the minus is missing; a loss is minimised"),
            (-1.3132617, "the minus is missing, and the difference is the wrong way round"),
            (0.7310586, "that is the probability itself; minus its logarithm is wanted"),
            (-0.7310586, "that is minus the probability itself; take the logarithm too"),
            (0.2689414, "that is 1 minus the probability; minus the logarithm of the probability is wanted"),
            (0.4519411, "that is in bits; take the natural logarithm"),
            (0.0, "that is a hinge; take the sigmoid's logarithm"),
            (-1.0, "that is the plain difference; take minus the logarithm of its sigmoid"),
            (1.0, "that is the plain difference; take minus the logarithm of its sigmoid"),
            (0.2014133, "`rejected` was not used"),
            (1.1754903, each),
            (-0.2726637, each),
            (0.126928, "the scores were added; take their difference"),
        ],
    )  # fmt: skip
    got = preference_loss(0.0, 10_000.0)
    checks.equal(
        got, 10_000.0, "preference_loss(0.0, 10000.0)",
        wrong=[
            (np.inf, "the sigmoid rounds to 0 there, or `exp` overflows: stay in log space"),
            (18.420681, "a small number added inside a logarithm makes it finite, but wrong"),
        ],
        hint="Is something limited?",
    )  # fmt: skip
    slopes = jax.jit(jax.grad(preference_loss, (0, 1)))
    for chosen, rejected, want in [(2.0, 2.0, 0.5), (-1.0, 1.0, 0.8807971), (0.0, 10_000.0, 1.0), (1e4, 0.0, 0.0)]:
        got = slopes(chosen, rejected)
        checks.equal(
            jnp.stack(got), [-want, want], f"The gradient of preference_loss at ({chosen:g}, {rejected:g})",
            wrong=[
                ([np.nan, np.nan], "the branch that `jnp.where` does not take has a gradient too, and inf · 0 is nan"),
                ([0.0, 0.0], "no gradient gets through, and training starts at a difference of 0"),
            ],
        )  # fmt: skip


# %% test="preference_loss" points=2
### BEGIN HIDDEN TESTS
@checks.hidden("preference_loss")
def _test():
    rng = np.random.default_rng(127)
    mapped, jitted = jax.vmap(preference_loss), jax.jit(jax.vmap(preference_loss))
    slopes = jax.jit(jax.vmap(jax.grad(preference_loss, (0, 1))))
    for spread in (0.0, 0.1, 1.0, 5.0, 50.0, 3000.0):
        chosen, rejected = np.clip(spread * rng.normal(size=(2, 300)), -5000, 5000).astype(np.float32)
        if spread == 0.0:
            chosen = rejected = np.linspace(-30, 30, 300).astype(np.float32)
        d = chosen.astype(float) - rejected
        want, slope = np.logaddexp(0.0, -d), np.exp(-np.logaddexp(0.0, d))
        before = chosen.copy(), rejected.copy()
        for function, how in [(mapped, "under jax.vmap"), (jitted, "under jit and vmap")]:
            got = function(chosen, rejected)
            got = checks.array(got, f"preference_loss {how}", shape=(300,), dtype="float")
            checks.equal(got, want, f"preference_loss {how}", rtol=1e-4, atol=1e-5)
        of_chosen, of_rejected = slopes(chosen, rejected)
        checks.equal(of_chosen, -slope, "The gradient of preference_loss in chosen", rtol=1e-3, atol=1e-5)
        checks.equal(of_rejected, slope, "The gradient of preference_loss in rejected", rtol=1e-3, atol=1e-5)
        checks.unchanged(before, (chosen, rejected), "An input of preference_loss")
    for chosen, rejected, want in [(0.0, 0.0, np.log(2.0)), (1.0, 3.0, 2.126928), (5000.0, -5000.0, 0.0)]:
        for arguments in ((chosen, rejected), (jnp.float32(chosen), jnp.float32(rejected))):
            got = checks.number(preference_loss(*arguments), "preference_loss of two scalars")
            checks.equal(got, want, "preference_loss of two scalars", rtol=1e-4, atol=1e-5)


### END HIDDEN TESTS

# %% [markdown]
# Now for a reward model. In practice it is a language model itself. Ours looks only at four properties of a completion,
# and learns how much each of them is worth *to you*. Its score is their weighted sum, and your loss trains the weights.


# %% tags=["demo"]
def properties(sequence):
    """Four properties of a completion, each about 0 to 1: length, ascending pairs, right digits, whether it ends."""
    written, digits = sequence[PROMPT_LENGTH:], sequence[:NUM_DIGITS]
    counts = completion_mask(sequence, PROMPT_LENGTH, END)[PROMPT_LENGTH - 1 :]
    number = lambda tokens, counted: jnp.sum((tokens[:, None] == jnp.arange(10)) & counted[:, None], axis=0)
    shared = jnp.minimum(number(written, counts), number(digits, jnp.ones(NUM_DIGITS, bool)))
    return jnp.array([counts.sum() / 10, ascending_pairs(sequence) / 4, shared.sum() / 5, jnp.any(written == END)])


def fit_reward_model(chosen, rejected, num_steps=400):
    """The weights [4] under which the choices are likely, by gradient descent on `preference_loss`."""
    of_chosen, of_rejected = jax.vmap(properties)(chosen), jax.vmap(properties)(rejected)
    loss = lambda weights: jax.vmap(preference_loss)(of_chosen @ weights, of_rejected @ weights).mean()
    step = lambda _, weights: weights - 2.0 * jax.grad(loss)(weights)
    return jax.lax.fori_loop(0, num_steps, step, jnp.zeros(4))


progress.warn_unless_done("completion_mask", "preference_loss")
chosen, rejected = preferences()
weights = fit_reward_model(chosen, rejected)
agrees = jnp.mean(jax.vmap(properties)(chosen) @ weights > jax.vmap(properties)(rejected) @ weights)
ax = plotting.plot_properties(["length", "ascending pairs", "digits of the prompt", "has an end"], weights)
ax.set_title(f"the reward model agrees with {agrees:.0%} of the choices")
plt.show()

# %% [markdown]
# If the stand-in chose: the reward model has found out, from choices alone, that what counts is having the prompt's
# digits and an end. Ascending pairs, which we paid for in section 4, are worth next to nothing to it. It agrees with
# about three quarters of the choices; nine in ten would be the most, because one in ten was an error, and four
# properties do not capture everything. If these are *your* choices: did you know your own taste?

# %% [markdown]
# ### Exercise: `dpo_loss`
#
# *About 6 minutes · difficulty 2 of 3 · importance 3 of 3*
#
# First a reward model, then reinforcement learning on it, with a leash: that is how assistants were first trained.
# **Direct preference optimisation** (DPO, [Rafailov et al., 2023](https://arxiv.org/abs/2305.18290)) turns the two
# steps into one. A policy on a leash *is* a reward model: its score for a completion is
#
# $$s = \beta \big(\log \pi(\text{completion}) - \log \pi_\text{ref}(\text{completion})\big),$$
#
# *in words: how much more likely the completion has become than it was.* Put these scores of the chosen and of the
# rejected completion into `preference_loss`, and train the policy itself.
#
# <details><summary>Why a policy on a leash is a reward model</summary>
#
# Take one prompt, and a reward $r(y)$ for each completion $y$. Reinforcement learning on a leash looks for the policy
# whose completions have the largest average of
#
# $$r(y) - \beta \log \frac{\pi(y)}{\pi_\text{ref}(y)},$$
#
# which is the reward minus the price of the divergence. Now define the policy
#
# $$\pi^*(y) = \frac{1}{Z}\, \pi_\text{ref}(y)\, e^{r(y) / \beta},
# \qquad Z = \sum_y \pi_\text{ref}(y)\, e^{r(y) / \beta}.$$
#
# $Z$ makes its probabilities add up to 1; it depends on the prompt, but not on $y$. Take the logarithm, and solve for
# the reward:
#
# $$r(y) = \beta \log \frac{\pi^*(y)}{\pi_\text{ref}(y)} + \beta \log Z.$$
#
# With that in place of $r(y)$, what we average becomes $-\beta \log (\pi(y) / \pi^*(y)) + \beta \log Z$. The average of
# its first part is $-\beta$ times the divergence of $\pi$ from $\pi^*$: never above 0, and 0 only where $\pi = \pi^*$.
# So $\pi^*$ is the best policy, and the line above reads the reward off it: the score $s$, plus $\beta \log Z$. Two
# completions of the same prompt share that constant, so it cancels in the difference of their scores, and
# `preference_loss` looks at nothing else.
# </details>
#
# `chosen` and `rejected` are the log-probabilities of the two whole completions under the model being trained,
# `ref_chosen` and `ref_rejected` those under the reference, and `beta` sets the length of the leash (the larger, the
# shorter). All are float scalars, and so is the result. It must work under `jax.jit`, `jax.vmap` and `jax.grad` (with
# respect to `chosen` and `rejected`), and be finite for scores up to 10,000 apart.
#
# **Example.** Chosen -3 (reference -5), rejected -4 (reference -4), $\beta = 0.5$: the scores are 0.5 · 2 = 1 and 0, so
# the loss is $-\log \sigma(1) = 0.3133$.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Two scores, then the function that you have just written. (Writing it out again is fine too.)
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Each completion is compared with *its own* log-probability under the reference, and `beta` multiplies that difference.
# </details>


# %% exercise="dpo_loss"
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    """The loss of one preference, on the policy itself.

    See Rafailov et al. (2023), eq. 7.

    Args:
      chosen: log-probability of the preferred completion, float [].
      rejected: of the other one, float [].
      ref_chosen: of the preferred completion under the reference, float [].
      ref_rejected: of the other one under the reference, float [].
      beta: how much moving away from the reference has to be worth, float [].
    Returns:
      The loss, float [].
    """
    ### BEGIN SOLUTION
    return preference_loss(beta * (chosen - ref_chosen), beta * (rejected - ref_rejected))
    ### END SOLUTION


# %% check="dpo_loss" points=1
@checks.exercise("dpo_loss", given={"preference_loss": checks.stand_ins.preference_loss})
def _check():
    part = "`beta` multiplies both differences, that of the chosen and that of the rejected completion"
    loss = lambda margin: float(np.logaddexp(0.0, -margin))
    want = loss(0.375)
    checks.equal(
        dpo_loss(-10.0, -13.0, -12.0, -13.5, 0.25), want, "dpo_loss(-10.0, -13.0, -12.0, -13.5, 0.25)",
        wrong=[
            (loss(0.75), "the reference was not used"),
            (loss(1.5), "`beta` was not used"),
            (0.25 * loss(1.5), "`beta` belongs inside: it multiplies the differences, not the loss"),
            (loss(-0.75), part),
            (loss(2.625), part),
            (loss(0.0), part),
            (loss(1.875), part),
            (loss(6.0), "that is divided by `beta`; multiply"),
            (loss(-0.375), "`chosen` and `rejected` are the wrong way round"),
            (loss(1.125), "the reference was added, or the two references are swapped: subtract each from its own"),
            (loss(0.5), "that is the score of the chosen one alone"),
            (loss(-0.125), "that is the score of the rejected one alone"),
            (-loss(0.375), "the minus is missing"),
            (-1.0 / (1.0 + np.exp(-0.375)), "the logarithm is missing: that is minus the probability"),
            (1.0 / (1.0 + np.exp(-0.375)), "the logarithm is missing: that is the probability"),
            (loss(0.25 * (np.exp(2.0) - np.exp(0.5))), "these are logarithms already, so their difference is wanted"),
            (0.25, "that is a square (as in IPO); take minus the logarithm of the sigmoid"),
        ],
    )  # fmt: skip
    checks.equal(
        dpo_loss(-20_000.0, 0.0, 0.0, 0.0, 0.5), 10_000.0, "dpo_loss(-20000.0, 0.0, 0.0, 0.0, 0.5)",
        wrong=[(np.inf, "the sigmoid rounds to 0 there, or `exp` overflows: stay in log space")],
    )  # fmt: skip
    got = jnp.stack(jax.jit(jax.grad(dpo_loss, (0, 1)))(-9.0, -7.0, -9.0, -7.0, 0.5))
    checks.equal(
        got, [-0.25, 0.25], "The gradient in chosen and rejected, beta 0.5, while the model is the reference,",
        wrong=[
            ([0.0, 0.0], "no gradient gets through, and training starts here"),
            ([-0.25, 0.0], "the rejected completion gets no gradient"),
        ],
    )  # fmt: skip


# %% test="dpo_loss" points=2
### BEGIN HIDDEN TESTS
@checks.hidden("dpo_loss", given={"preference_loss": checks.stand_ins.preference_loss})
def _test():
    rng = np.random.default_rng(128)
    mapped, jitted = jax.vmap(dpo_loss), jax.jit(jax.vmap(dpo_loss))
    slopes = jax.jit(jax.vmap(jax.grad(dpo_loss, (0, 1))))
    for spread, level in [(0.0, 20.0), (0.5, 5.0), (5.0, 40.0), (100.0, 300.0), (3000.0, 20000.0)]:
        ref = -level * rng.uniform(0.1, 1.0, (2, 300))
        policy = np.minimum(0.0, ref + np.clip(spread * rng.normal(size=(2, 300)), -5000, 5000))
        beta = rng.choice([0.05, 0.1, 0.5, 1.0, 3.0 if level < 1000 else 0.2], 300)
        arguments = tuple(x.astype(np.float32) for x in (*policy, *ref, beta))
        chosen, rejected, ref_chosen, ref_rejected, exact = (x.astype(float) for x in arguments)
        margin = exact * ((chosen - ref_chosen) - (rejected - ref_rejected))
        want, slope = np.logaddexp(0.0, -margin), exact * np.exp(-np.logaddexp(0.0, margin))
        # float32 rounds log-probabilities of this size by about level * 1e-7
        room = 1e-5 + 1e-6 * level * exact.max()
        before = tuple(x.copy() for x in arguments)
        for function, how in [(mapped, "under jax.vmap"), (jitted, "under jit and vmap")]:
            got = checks.array(function(*arguments), f"dpo_loss {how}", shape=(300,), dtype="float")
            checks.equal(got, want, f"dpo_loss {how}", rtol=1e-4, atol=room)
        of_chosen, of_rejected = slopes(*arguments)
        checks.equal(of_chosen, -slope, "The gradient of dpo_loss in chosen", rtol=1e-3, atol=room)
        checks.equal(of_rejected, slope, "The gradient of dpo_loss in rejected", rtol=1e-3, atol=room)
        checks.unchanged(before, arguments, "An input of dpo_loss")
    for arguments, want in [((-1.0, -1.0, -1.0, -1.0, 0.1), np.log(2.0)), ((-3.0, -4.0, -5.0, -4.0, 0.5), 0.3132617)]:
        for given in (arguments, tuple(map(jnp.float32, arguments))):
            checks.equal(checks.number(dpo_loss(*given), "dpo_loss of scalars"), want, "dpo_loss of scalars", atol=1e-5)


### END HIDDEN TESTS

# %% [markdown]
# The same choices, without a reward model in between: 80 steps on your `dpo_loss`, with 64 choices in each. Besides the
# right answers we count **wrong tokens**, which is what the stand-in goes by, in 1,024 completions. Before you run it:
# what will happen to the log-probability of the *chosen* completions?


# %% tags=["demo"]
def train_dpo(reference, chosen, rejected, beta=1.0, num_steps=80, learning_rate=6e-4):
    """The model after DPO, and how much likelier it made chosen and rejected completions, each [num_steps]."""
    optimiser = optax.adam(learning_rate)
    mask = lambda tokens: completion_mask(tokens, PROMPT_LENGTH, END)
    whole = lambda params, x: jnp.sum(jnp.where(jax.vmap(mask)(x), log_probs(params, x), 0.0), axis=1)

    def loss(params, rows):
        ours, ref = ([whole(p, x[rows]) for x in (chosen, rejected)] for p in (params, reference))
        return jax.vmap(dpo_loss, (0, 0, 0, 0, None))(*ours, *ref, beta).mean(), jnp.array(ours) - jnp.array(ref)

    @jax.jit
    def step(params, state, key):
        rows = jax.random.choice(key, len(chosen), (min(64, len(chosen)),), replace=False)
        gradient, change = jax.grad(loss, has_aux=True)(params, rows)
        updates, state = optimiser.update(gradient, state)
        return optax.apply_updates(params, updates), state, change.mean(axis=1)

    params, state, changes = reference, optimiser.init(reference), []
    for key in tqdm(jax.random.split(jax.random.key(22), num_steps), unit="step"):
        params, state, change = step(params, state, key)
        changes.append(change)
    return params, np.array(changes).T


def wrong_tokens(params):
    """How many tokens of a completion differ from the right one's, on average."""
    prompts = language_model.draw_prompts(jax.random.key(6), 1_024)
    sequences = language_model.sample(jax.random.key(7), params, prompts)
    return float(jnp.sum(sequences != language_model.answered(prompts), axis=1).mean())


progress.warn_unless_done("token_log_probs", "completion_mask", "sorting_reward", "dpo_loss")
chosen, rejected = preferences()
taught, changes = train_dpo(models["30 steps"], chosen, rejected)
curves = dict(zip(("chosen", "rejected"), changes, strict=True))
ax = plotting.plot_updates(curves, ylabel="change of log-probability (nats)", window=10)
ax.set_xlabel("steps of DPO")
plt.show()
for name, model in {"before": models["30 steps"], "after": taught}.items():
    print(f"{name:>6}: {share_right(model):.1%} right, {wrong_tokens(model):.2f} wrong tokens")

# %% [markdown]
# With the stand-in's choices the model makes fewer mistakes than before: nobody wrote a reward, and still it went where
# the choices point. A few hundred choices do not go far, though; in section 3, a program that checks every answer went
# much further. Now the curves. The rejected completions have become much *less* likely, the chosen ones hardly more
# likely. The loss asks only for a gap between the two, and pushing one down is easier than lifting the other. Do the
# chosen ones still gain with `beta=0.1`, a value often used? Try it.
#
# ## How realistic is this?
#
# **The same:** the losses, the advantages, the mask, the leash, and the ways in which they go wrong. What you wrote
# would run, line for line, on a model a million times larger.
#
# **Not the same:** size, of course, and with it most of the work. Sampling is spread over many machines and falls
# behind training, which is when the clip earns its keep. Prompts are many and varied, answers are thousands of tokens
# long, and one reward for all those tokens is a thin signal. Ours first had to be taught to sort, from examples; a
# large model knows much before its first reward, and whether reinforcement learning teaches it something new or brings
# out what was already there is an open question. Real preferences come from many people, who disagree, and a reward
# model that learns from them is a proxy, like our ascending pairs, only harder to see through. And with real models
# nobody can plot what we could: the share of answers that are *really* right, beside the reward.
#
# ## What you have now
#
# The whole way from imitation to reward to preferences. Before you go on, predict, then try:
#
# - `Settings(steps_per_update=8)`: how far does the clip let you go with one batch?
# - Begin with 10 supervised steps instead of 50. Does GRPO get anywhere? If not, why?
# - Pay for ascending pairs *and* for stopping. Can you write a proxy that cannot be hacked?
# - Choose from sixty pairs by a taste of your own, such as "as many nines as possible", and see whether the reward
#   model finds it. Which property would it need?
# - To read: [Shao et al. (2024)](https://arxiv.org/abs/2402.03300), GRPO;
#   [Rafailov et al. (2023)](https://arxiv.org/abs/2305.18290), DPO;
#   [Gao et al. (2022)](https://arxiv.org/abs/2210.10760), how reward models are over-optimised.
