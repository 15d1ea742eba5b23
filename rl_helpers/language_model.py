"""A language model small enough to train while you watch, and the task it is trained on.

It reads digits and writes them in ascending order: `7 2 9 2 5 >` continues with `2 2 5 7 9 .`. There are 13 tokens:
each digit is its own number, SORT ends the prompt, END ends the completion, PAD fills the rest. The network is a
transformer with the same parts as the large ones, but 57 thousand parameters instead of billions.

A sequence is int32 [LENGTH], a prompt of PROMPT_LENGTH tokens and a completion of up to MAX_COMPLETION.
"""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

SORT, END, PAD = 10, 11, 12
NUM_TOKENS = 13
NUM_DIGITS = 5
PROMPT_LENGTH = NUM_DIGITS + 1
MAX_COMPLETION = 10
LENGTH = PROMPT_LENGTH + MAX_COMPLETION

_WIDTH, _HEADS, _LAYERS = 48, 4, 2
Params = Any  # a pytree of float32 arrays


# --- The network ------------------------------------------------------------------------------------------------------


def init(key: jax.Array) -> Params:
    """Random weights of a model that has learned nothing."""

    def matrix(key, rows, columns):
        return jax.random.normal(key, (rows, columns)) / np.sqrt(rows)

    def layer(key):
        keys = jax.random.split(key, 4)
        shapes = {"qkv": (1, 3), "out": (1, 1), "up": (1, 4), "down": (4, 1)}
        return {
            name: matrix(k, rows * _WIDTH, columns * _WIDTH)
            for k, (name, (rows, columns)) in zip(keys, shapes.items(), strict=True)
        }

    keys = jax.random.split(key, _LAYERS + 3)
    return {
        "tokens": 0.5 * jax.random.normal(keys[0], (NUM_TOKENS, _WIDTH)),
        "positions": 0.5 * jax.random.normal(keys[1], (LENGTH, _WIDTH)),
        "layers": [layer(k) for k in keys[3:]],
        "head": 0.1 * matrix(keys[2], _WIDTH, NUM_TOKENS),
    }


def logits(params: Params, tokens: jax.Array) -> jax.Array:
    """The model's logits for the token that comes after each one, [L, NUM_TOKENS], for `tokens` [L], L <= LENGTH."""
    return _read(params, tokens, 0, _nothing_read())[0]


def _read(params, tokens, start, memory):
    """Reads `tokens` [T] that stand at `start` and after: their logits [T, NUM_TOKENS], and the memory with them in it.

    The memory holds, for each layer, the key and the value of every place (the "KV cache"), so that a writer reads each
    token once.
    """
    places = start + jnp.arange(len(tokens))
    x = params["tokens"][tokens] + params["positions"][places]  # [T, width]
    remembered = []
    for layer, past in zip(params["layers"], memory, strict=True):
        attended, past = _attention(layer, _normalised(x), places, past)
        x = x + attended
        x = x + jax.nn.gelu(_normalised(x) @ layer["up"]) @ layer["down"]
        remembered.append(past)
    return _normalised(x) @ params["head"], remembered


def _attention(layer, x, places, past):
    """Each token asks (query) itself and those before it (key), and takes in what they have to say (value)."""
    query, key, value = jnp.split((x @ layer["qkv"]).reshape(len(x), _HEADS, -1), 3, axis=-1)  # [T, heads, width/heads]
    write = lambda old, new: jax.lax.dynamic_update_slice_in_dim(old, new, places[0], axis=0)
    keys, values = write(past[0], key), write(past[1], value)  # [LENGTH, heads, width/heads]
    scores = jnp.einsum("thd,shd->hts", query, keys) / np.sqrt(query.shape[-1])
    earlier = jnp.arange(LENGTH) <= places[:, None]  # nobody looks at what comes later
    weights = jax.nn.softmax(jnp.where(earlier, scores, -jnp.inf))
    return jnp.einsum("hts,shd->thd", weights, values).reshape(x.shape) @ layer["out"], (keys, values)


def _nothing_read():
    empty = jnp.zeros((LENGTH, _HEADS, _WIDTH // _HEADS))
    return [(empty, empty)] * _LAYERS


def _normalised(x):
    return (x - x.mean(axis=-1, keepdims=True)) / (x.std(axis=-1, keepdims=True) + 1e-5)


# --- Writing ----------------------------------------------------------------------------------------------------------


@jax.jit
def sample(key: jax.Array, params: Params, prompts: jax.Array) -> jax.Array:
    """Lets the model continue prompts, one token drawn at a time; after END comes PAD.

    Args:
      prompts: int32 [B, PROMPT_LENGTH].
    Returns:
      int32 [B, LENGTH], the prompts first.
    """
    read = jax.vmap(_read, (None, 0, None, 0))
    nothing = jax.tree.map(lambda x: jnp.stack([x] * len(prompts)), _nothing_read())
    output, memory = read(params, prompts, 0, nothing)

    def write(carry, step):
        output, memory, ended = carry
        place, key = step
        token = jnp.where(ended, PAD, jax.random.categorical(key, output))
        output, memory = read(params, token[:, None], place, memory)
        return (output[:, -1], memory, ended | (token == END)), token

    steps = jnp.arange(PROMPT_LENGTH, LENGTH), jax.random.split(key, MAX_COMPLETION)
    start = output[:, -1], memory, jnp.zeros(len(prompts), bool)
    return jnp.concatenate([prompts, jax.lax.scan(write, start, steps)[1].T], axis=1)


def text(tokens) -> str:
    """Tokens as people read them, without the padding at the end.

    >>> text([7, 2, 9, SORT, 2, 7, 9, END, PAD])
    '7 2 9 > 2 7 9 .'
    """
    return " ".join("0123456789>._"[int(token)] for token in tokens).rstrip(" _")


# --- The task, and examples of it -------------------------------------------------------------------------------------


@partial(jax.jit, static_argnums=1)
def draw_prompts(key: jax.Array, num: int) -> jax.Array:
    """Random digits to sort, int32 [num, PROMPT_LENGTH]."""
    digits = jax.random.randint(key, (num, NUM_DIGITS), 0, 10)
    return jnp.pad(digits, ((0, 0), (0, 1)), constant_values=SORT)


def answered(prompts: jax.Array) -> jax.Array:
    """The prompts [B, PROMPT_LENGTH] with their right completions, int32 [B, LENGTH]."""
    sequence = jnp.concatenate([prompts, jnp.sort(prompts[:, :NUM_DIGITS], axis=1)], axis=1)
    sequence = jnp.pad(sequence, ((0, 0), (0, 1)), constant_values=END)
    return jnp.pad(sequence, ((0, 0), (0, LENGTH - sequence.shape[1])), constant_values=PAD)


@jax.jit
def supervised(key: jax.Array, params: Params, num_steps: int, learning_rate: float = 5e-3) -> Params:
    """`num_steps` steps of imitation: in each, 64 new prompts, and the right completions are made more likely."""
    optimiser = optax.adam(learning_rate)
    right = jnp.arange(PROMPT_LENGTH - 1, PROMPT_LENGTH + NUM_DIGITS)  # the places from which the answer is predicted

    def loss(params, sequences):
        output = jax.vmap(logits, (None, 0))(params, sequences)[:, right]
        return optax.softmax_cross_entropy_with_integer_labels(output, sequences[:, right + 1]).mean()

    def step(number, carry):
        params, state = carry
        gradient = jax.grad(loss)(params, answered(draw_prompts(jax.random.fold_in(key, number), 64)))
        updates, state = optimiser.update(gradient, state)
        return optax.apply_updates(params, updates), state

    return jax.lax.fori_loop(0, num_steps, step, (params, optimiser.init(params)))[0]
