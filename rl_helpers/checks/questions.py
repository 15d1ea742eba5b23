"""What the course asks of many functions: two results, the same under `jax.jit`, randomness from the key alone."""

from collections.abc import Callable, Iterable
from typing import Any

import jax
import numpy as np

from rl_helpers.checks.compare import fail


def pair(result: Any, name: str, returns: str) -> tuple[Any, Any]:
    """The two things that a function returned.

    Args:
      result: what it returned.
      name: the function's name.
      returns: what should stand behind `return`: "action, actor_state".
    Raises:
      CheckFailed: it did not return two things.
    """
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        came = f"{len(result)} things" if isinstance(result, (tuple, list)) else f"one thing, a {type(result).__name__}"
        fail(
            f"{name} should return two things, a pair: `return {returns}`. It returned "
            + ("nothing: is there a `return`?" if result is None else f"{came}.")
        )
    return result[0], result[1]


def ways(function: Callable, **options) -> list[tuple[str, Callable]]:
    """`[("", function), (" under jax.jit", jax.jit(function, **options))]`: both have to give the same."""
    return [("", function), (" under jax.jit", jax.jit(function, **options))]


def follows_key(draw: Callable[[jax.Array], Any], keys: Iterable[jax.Array], what: str, *, varies: bool = True):
    """Fails unless `draw(key)` is the same for the same key and, where it `varies`, not the same for all keys.

    Args:
      draw: gives numbers or an array.
      keys: keys to try; so many, that a right answer does not give the same for all.
      what: what is drawn, in the plural: "actions".
      varies: False where the check has a better sentence for an answer that always draws the same.
    """
    draws = []
    for key in keys:
        draws.append(np.asarray(draw(key)))
        if not np.array_equal(draws[-1], np.asarray(draw(key))):
            fail(f"The same key gave different {what}. All randomness has to come from `key`, through jax.random.")
    if varies and len(draws) > 1 and all(np.array_equal(draws[0], other) for other in draws[1:]):
        fail(f"Different keys gave the same {what}. Draw with the `key` passed in, through jax.random.")
