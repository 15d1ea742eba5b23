"""What the course asks of many functions: two results, the same under `jax.jit`, randomness from the key alone. And
remarks: what is worth telling and costs no points."""

import contextlib
import inspect
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
      returns: what should come after `return`: "action, actor_state".
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
    """`[("", function), (" under jax.jit", jax.jit(function, **options))]`: both must give the same."""
    return [("", function), (" under jax.jit", jax.jit(function, **options))]


def follows_key(draw: Callable[[jax.Array], Any], keys: Iterable[jax.Array], what: str, *, varies: bool = True):
    """Fails unless `draw(key)` is the same for the same key and, where it `varies`, not the same for all keys.

    Args:
      draw: gives numbers or an array.
      keys: keys to try; so many that a right answer does not give the same for all.
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


def remark_on_keys(function: Callable, *arguments):
    """Remarks on a key that `function` uses twice, such as one that it has split already."""
    try:
        with jax.debug_key_reuse(True):
            jax.jit(function)(*arguments)
    except jax.errors.KeyReuseError:
        _remark("a key is used again after it was split or drawn from. Take a new part of it for every draw.")
    except Exception:  # not what is asked here
        return


def remark_on_constant(function: Callable, name: str, value: Any, follows: Callable[[], bool]):
    """Remarks on a number of its own that `function` has where the notebook has the constant `name`.

    Args:
      function: what the learner wrote.
      name: the constant's name in the notebook.
      value: another value for it, as long as `follows` asks.
      follows: whether the function gives what belongs to that value.
    """
    namespace = getattr(inspect.unwrap(function), "__globals__", {})
    if name not in namespace:
        return
    before, namespace[name] = namespace[name], value
    jax.clear_caches()  # a jitted function has the old value in it
    followed = False
    try:
        with contextlib.suppress(Exception):
            followed = follows()
    finally:
        namespace[name] = before
        jax.clear_caches()
    if not followed:
        _remark(f"a number stands in place of {name}. By its name it would follow when the notebook changes it.")


def _remark(message: str):
    print(f"(Costs no points: {message})")
