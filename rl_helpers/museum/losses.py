"""Losses of a language model on padded completions, right and wrong, for the two exhibits of notebook 12.

Each takes `log_prob [B, T]`, `advantage [B]` and `mask [B, T]`, 1.0 where a token counts, and gives a scalar.
"""

import jax
import jax.numpy as jnp


def healthy(log_prob, advantage, mask):
    """The mean over the tokens that count."""
    return -jnp.sum(log_prob * advantage[:, None] * mask) / jnp.sum(mask)


def mask_after_mean(log_prob, advantage, mask):
    """The mean of each completion over all of its row, padding included; the mask comes too late to take it out."""
    rows = -jnp.mean(log_prob * advantage[:, None], axis=1, keepdims=True)
    return jnp.sum(rows * mask) / jnp.sum(mask)


def tokens_after_end(log_prob, advantage, mask):
    """What comes after the end of a completion is not part of it, but counts all the same."""
    return -jnp.mean(log_prob * advantage[:, None])


LOSSES = {loss.__name__: loss for loss in (healthy, mask_after_mean, tokens_after_end)}


def with_padding(extra: int, num_completions: int = 4, num_tokens: int = 6):
    """`(log_prob, advantage, mask)` of the same completions, in rows that are `extra` tokens longer than need be."""
    log_prob = -jax.random.exponential(jax.random.key(12), (num_completions, 64))[:, : num_tokens + extra]
    advantage = jnp.where(jnp.arange(num_completions) % 2 == 0, 1.0, -1.0)
    length = num_tokens - jnp.arange(num_completions)  # of each completion
    return log_prob, advantage, jnp.float32(jnp.arange(num_tokens + extra) < length[:, None])
