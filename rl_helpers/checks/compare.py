"""Comparisons that explain themselves: what came back, and whether it is right."""

import contextlib
import hashlib
import textwrap
from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np

from rl_helpers.checks import calm
from rl_helpers.checks.words import clip

RTOL = ATOL = 1e-5

# What jax.lax.stop_gradient makes of a Python or NumPy number: JAX's own subclasses of float and np.ndarray.
_JAX_LITERALS = tuple(type(jax.lax.stop_gradient(number)) for number in (0.0, np.zeros(1)))

_values_shown = True  # whether messages may show expected values


@contextlib.contextmanager
def values_shown(shown: bool):
    """Whether messages may show expected values, within this context."""
    global _values_shown
    before, _values_shown = _values_shown, shown
    try:
        yield
    finally:
        _values_shown = before


class CheckFailed(AssertionError):
    """An answer is wrong. The message is written for the learner, and notebooks show it without a traceback.

    Attributes:
      told: the same without the values in it, for others to read; the message itself where nothing else is given.
    """

    def __init__(self, message: str, told: str = ""):
        super().__init__(message)
        self.told = told or message

    def _render_traceback_(self):  # IPython shows this in place of the traceback
        lines = [textwrap.fill(line, 88, subsequent_indent="  ") for line in f"✗ {self}".split("\n")]
        return ["\n".join(lines)]  # notebooks break long lines anywhere, in the middle of words too


def fail(message: str, told: str = ""):
    """Raises CheckFailed with `message`; `told` is the same without the learner's values."""
    raise CheckFailed(message, told)


def that(condition, message: str):
    """Raises CheckFailed with `message` unless `condition` is exactly True (or NumPy's True)."""
    if condition is not True and condition is not np.True_:
        fail(message)


# --- What came back: exact types first, so that everything after can trust the value ---------------------------------


def array(value, what: str, *, shape: Sequence[int] | None = None, dtype=None) -> np.ndarray:
    """`value` as a NumPy array, when it is a number or an array of numbers.

    Args:
      value: what the learner's code returned.
      what: the call, as the learner would write it; messages start with it.
      shape: the shape wanted, or None for any.
      dtype: a dtype, or a kind as a word: "int", "float" or "number" (the default).
    Raises:
      CheckFailed: it is something else (None, a list, a string, a traced value), or of another shape or dtype.
    """
    if value is None:
        fail(f"{what} returned None. Is there a `return` on every path through your function?")
    if isinstance(value, jax.core.Tracer):
        fail(f"{what} leaked a value that only exists while JAX is tracing. Do not store JAX values outside.")
    if isinstance(value, jax.Array) and jnp.issubdtype(value.dtype, jax.dtypes.prng_key):
        fail(f"{what} should be {_a_number_or_array(shape)}, but it is a JAX key.")
    if isinstance(value, int) and type(value) is not bool:
        value = int.__add__(value, 0)  # a member of an IntEnum is an integer too
    plain = type(value) in (int, float, bool, np.ndarray, *_JAX_LITERALS)
    if isinstance(value, np.generic):
        plain = type(value) is value.dtype.type
    if not plain and not isinstance(value, jax.Array):
        wanted = f"{what} should be {_a_number_or_array(shape)}"
        fail(f"{wanted}, but it is a {type(value).__name__}: {_short(value)}.", f"{wanted}.")
    result = np.asarray(value)
    numbers = _is_float(result.dtype) or np.issubdtype(result.dtype, np.number)
    if not numbers and not (result.dtype == bool and dtype in (bool, "bool")):
        wanted = f"{what} should hold numbers, but its dtype is {result.dtype}"
        fail(f"{wanted}: {_short(value)}.", f"{wanted}.")
    if shape is not None and result.shape != tuple(shape):
        fail(_wrong_shape(what, result.shape, tuple(shape)))
    if dtype is not None and not _dtype_matches(result.dtype, dtype):
        wanted = dtype if isinstance(dtype, str) else np.dtype(dtype).name
        fail(f"{what} should have dtype {wanted}, but it has dtype {result.dtype}.")
    return result


def number(value, what: str) -> float:
    """`value` as a float, when it is a single number: Python's, NumPy's or a 0-d array. Otherwise CheckFailed."""
    return float(array(value, what, shape=()))


def integer(value, what: str, *, allow_jax: bool = True) -> int:
    """`value` as an int, when it is a single integer: Python's, NumPy's or a 0-d integer array, never a bool.

    Args:
      value: what the learner's code returned.
      what: the call, as the learner would write it.
      allow_jax: accept a 0-d JAX array too; gymnasium's spaces do not.
    Raises:
      CheckFailed: it is something else.
    """
    cure = ".astype(int)" if allow_jax and isinstance(value, jax.Array) else "int(...)"  # int(...) fails under jax.jit
    if type(value) is bool or isinstance(value, np.bool_) or getattr(value, "dtype", None) == np.bool_:
        fail(f"{what} should be an integer, but it is the boolean {value}. Turn it into one with {cure}.")
    if not allow_jax and isinstance(value, jax.Array):
        fail(f"{what} should be a Python or NumPy integer, but it is a JAX array. Turn it into one with int(...).")
    result = array(value, what, shape=())
    if not np.issubdtype(result.dtype, np.integer):
        advice = f" Turn it into one with {cure}." if np.isreal(result) and float(result.real).is_integer() else ""
        wanted = f"{what} should be an integer, but it is"
        fail(f"{wanted} the {result.dtype} {_short(value)}.{advice}", f"{wanted} a {result.dtype}.{advice}")
    return int(result)


# --- Comparisons ------------------------------------------------------------------------------------------------------


def equal(got, want, what: str, *, wrong=(), rtol: float = RTOL, atol: float = ATOL, hint: str = ""):
    """Compares numbers or arrays within a tolerance, shapes included (dtypes not).

    Args:
      got: what the learner's code returned.
      want: the right value.
      what: the call, as the learner would write it: `"discounted_return([1, 2, 3], 0.5)"`.
      wrong: pairs `(value, message)`: what a known misconception would give here, and the sentence that names it.
      rtol, atol: relative and absolute tolerance.
      hint: a sentence to add when no misconception is recognised.
    Raises:
      CheckFailed: they differ.
    """
    want = np.asarray(want)
    got = array(got, what)
    for value, message in wrong:
        if not _close(want, np.asarray(value), rtol, atol) and _close(got, np.asarray(value), rtol, atol):
            fail(f"{_should_be(what, want, got)} {_sentence(message)}", _sentence(message))
    if got.shape != want.shape:
        fail(f"{_wrong_shape(what, got.shape, want.shape)} {hint}".rstrip())
    if not _close(got, want, rtol, atol):
        fail(f"{_should_be(what, want, got)} {hint}".rstrip(), f"{what} is not right. {hint}".rstrip())


def near(got, want, *, rtol: float = RTOL, atol: float = ATOL) -> bool:
    """Whether `got` would pass as `equal` to `want`: for a check that asks which of two misconceptions it sees."""
    with contextlib.suppress(CheckFailed):
        return _close(array(got, ""), np.asarray(want), rtol, atol)
    return False


def unchanged(before, after, what: str):
    """Fails when the pytree `after` no longer equals `before`: the learner's code modified its input."""
    same = jax.tree.structure(before) == jax.tree.structure(after) and all(  # type: ignore[operator]
        np.array_equal(a, b, equal_nan=True)
        for a, b in zip(jax.tree.leaves(before), jax.tree.leaves(after), strict=True)
    )
    that(same, f"{what} was modified by your code. Work on a copy, or build a new one.")


def frequency(count: int, total: int, probability: float, message: str):
    """Fails when `count` of `total` draws cannot plausibly have happened with `probability` (6 standard deviations).

    A right answer fails about once in 10^8 times for the sample sizes used here (at least a few hundred draws with
    probabilities away from 0 and 1); an event of probability 0 or 1 allows no exception.
    """
    spread = 6.0 * np.sqrt(total * probability * (1.0 - probability))
    slack = 1.0 if 0.0 < probability < 1.0 else 0.0
    if abs(count - total * probability) > spread + slack:
        if _values_shown:
            message = f"{message} (expected about {probability:.0%} of {total} draws, saw {count / total:.1%})"
        fail(message)


def choice(answer, what: str, digest: str, hint: str, options: str = "ABC"):
    """Checks a multiple-choice answer against a digest, so that the cell the learner reads does not show the letter.

    Args:
      answer: what the learner wrote, a string of one capital letter.
      what: the variable's name.
      digest: the start of the SHA-256 digest, in hex, of `f"{what}={letter}"` for the right letter.
      hint: what to think about when it is another letter.
      options: the possible letters.
    Raises:
      NotImplementedError: it is still None.
      CheckFailed: it is not a capital letter, or not the right one.
    """
    if answer is None:
        error = NotImplementedError(f"{what} is still None. Give it a letter in quotes.")
        calm.show_as(error, f"○ {error}")
        raise error
    if not isinstance(answer, str) or str.__str__(answer) not in tuple(options):
        *others, last = (f'"{letter}"' for letter in options)
        letters = f"{', '.join(others)} or {last}"
        wanted = f"{what} should be one capital letter in quotes and nothing else"
        fail(f"{wanted}, {letters}; it is {_short(answer)}.", f"{wanted}.")
    if not hashlib.sha256(f"{what}={str.__str__(answer)}".encode()).hexdigest().startswith(digest):
        fail(f"{what}: not that one. {_sentence(hint)}")


# --- Words ------------------------------------------------------------------------------------------------------------


def _is_float(dtype) -> bool:
    return jnp.issubdtype(dtype, jnp.floating)  # knows bfloat16, which NumPy takes for a void type


def _dtype_matches(dtype, wanted) -> bool:
    kinds = {"int": np.integer, "float": jnp.floating, "number": jnp.number, "bool": np.bool_}
    return jnp.issubdtype(dtype, kinds[wanted]) if isinstance(wanted, str) and wanted in kinds else dtype == wanted


def _close(got: np.ndarray, want: np.ndarray, rtol: float, atol: float) -> bool:
    if got.shape != want.shape:
        return False
    return bool(np.allclose(got.astype(np.float64), want.astype(np.float64), rtol=rtol, atol=atol, equal_nan=True))


def _should_be(what: str, want: np.ndarray, got: np.ndarray) -> str:
    if not _values_shown:
        return f"{what} is not right."
    return f"{what} should be {_short(want)}, but it is {_short(got)}."


def _short(value) -> str:
    if isinstance(value, (np.ndarray, np.generic, jax.Array)):
        if value.ndim == 0 and _is_float(value.dtype):
            return f"{float(value):.6g}"
        return clip(np.array2string(np.asarray(value), precision=5, separator=", ", threshold=12).replace("\n", " "))
    return clip(repr(value))


def _shape(shape) -> str:
    return "[" + ", ".join(map(str, shape)) + "]"


def _wrong_shape(what: str, got: tuple, want: tuple) -> str:
    single = " A single number is wanted, not an array." if want == () else ""
    return f"{what} should have shape {_shape(want)}, but it has shape {_shape(got)}.{single}"


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "?", "!")) else text + "."


def _a_number_or_array(shape) -> str:
    return "a single number" if shape is not None and tuple(shape) == () else "a number or an array"
