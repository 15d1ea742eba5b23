"""The checks behind every exercise: comparisons that explain themselves.

A check cell in a notebook reads

    @checks.exercise("discounted_return")
    def _check():
        checks.equal(discounted_return([1, 2, 3], 0.5), 2.75, "discounted_return([1, 2, 3], 0.5)",
                     wrong=[(6.0, "gamma was never used")])

and ends in a tick, or in one message that says what is wrong, names the misconception when the wrong value is a known
one, and points at the learner's own line when their code raised. Hidden tests use `checks.hidden(name)` instead of
`checks.exercise(name)`: the same comparisons, but messages never show the expected values. The decorated function runs
at once; being a function it keeps the check's own variables away from the learner's names. Both also work as context
managers.
"""

import builtins
import contextlib
import hashlib
import inspect
import linecache
import signal
import sys
import textwrap
import threading
import types
from collections.abc import Mapping, Sequence

import jax
import jax.numpy as jnp
import numpy as np

from rl_helpers import calm, records
from rl_helpers.advice import advise

RTOL = ATOL = 1e-5

# What jax.lax.stop_gradient makes of a Python or NumPy number: JAX's own subclasses of float and np.ndarray.
_JAX_LITERALS = tuple(type(jax.lax.stop_gradient(number)) for number in (0.0, np.zeros(1)))

_show_values = True  # whether messages may show expected values: False inside `hidden`


calm.install()


class CheckFailed(AssertionError):
    """An answer is wrong. The message is written for the learner, and notebooks show it without a traceback."""

    def _render_traceback_(self):  # IPython shows this in place of the traceback
        lines = [textwrap.fill(line, 88, subsequent_indent="  ") for line in f"✗ {self}".split("\n")]
        return ["\n".join(lines)]  # notebooks break long lines anywhere, in the middle of words too


def fail(message: str):
    """Raises CheckFailed with `message`."""
    raise CheckFailed(message)


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
        fail(f"{what} should be {_a_number_or_array(shape)}, but it is a {type(value).__name__}: {_short(value)}.")
    result = np.asarray(value)
    numbers = _is_float(result.dtype) or np.issubdtype(result.dtype, np.number)
    if not numbers and not (result.dtype == bool and dtype in (bool, "bool")):
        fail(f"{what} should hold numbers, but its dtype is {result.dtype}: {_short(value)}.")
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
        fail(f"{what} should be an integer, but it is the {result.dtype} {_short(value)}.{advice}")
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
            fail(f"{_should_be(what, want, got)} {_sentence(message)}")
    if got.shape != want.shape:
        fail(f"{_wrong_shape(what, got.shape, want.shape)} {hint}".rstrip())
    if not _close(got, want, rtol, atol):
        fail(f"{_should_be(what, want, got)} {hint}".rstrip())


def unchanged(before, after, what: str):
    """Fails when the pytree `after` no longer equals `before`: the learner's code modified its input."""
    same = jax.tree.structure(before) == jax.tree.structure(after) and all(
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
        if _show_values:
            message = f"{message} (expected about {probability:.0%} of {total} draws, saw {count / total:.1%})"
        fail(message)


def choice(answer, what: str, digest: str, hint: str):
    """Checks a multiple-choice answer against a digest, so that the cell the learner reads does not show the letter.

    Args:
      answer: what the learner wrote, a string of one capital letter.
      what: the variable's name.
      digest: the start of the SHA-256 digest, in hex, of `f"{what}={letter}"` for the right letter.
      hint: what to think about when it is another letter.
    Raises:
      NotImplementedError: it is still None.
      CheckFailed: it is not a capital letter, or not the right one.
    """
    if answer is None:
        error = NotImplementedError(f"{what} is still None. Give it a letter in quotes.")
        calm.show_as(error, f"○ {error}")
        raise error
    if not isinstance(answer, str) or str.__str__(answer) not in tuple("ABC"):
        fail(
            f'{what} should be one capital letter in quotes and nothing else, "A", "B" or "C"; it is {_short(answer)}.'
        )
    if not hashlib.sha256(f"{what}={str.__str__(answer)}".encode()).hexdigest().startswith(digest):
        fail(f"{what}: not that one. {_sentence(hint)}")


# --- The frame around a check -----------------------------------------------------------------------------------------


class exercise:
    """Runs the visible check of one exercise: ends in a tick or in a message for the learner.

    Errors that the learner's code raised under JAX's transformations are explained; everything that went to stderr is
    shown as ordinary output; code that does not end is stopped.

    Args:
      name: the exercise's name, its grade id.
      given: replacements for earlier exercises, by name, so that this one is judged alone: `{"sample_weights": f}`.
        They stand in the notebook for the length of the check, also where the learner wrapped them in `jax.jit`.
      seconds: processor time the learner's code may take.
    """

    hidden = False

    def __init__(self, name: str, *, given: Mapping | None = None, seconds: float = 20.0):
        self.name, self.seconds = name, seconds
        self._given = dict(given or {})
        self._notebook = None  # the learner's namespace, and the file name of the check's own cell

    def __call__(self, function):
        """Runs `function()`, the body of the check, at once."""
        __tracebackhide__ = True  # IPython leaves this frame out of tracebacks
        file = function.__code__.co_filename
        self._notebook = _learners(function.__globals__), file
        names = _names_as_given(function.__globals__, file)
        self._given = {name: _with_names(stand_in, names, file) for name, stand_in in self._given.items()}
        with self:
            names |= {name: self._notebook[0][name] for name in self._given}
            _with_names(function, names, file)()

    def __enter__(self):
        global _show_values
        if self._notebook is None:
            frame = inspect.currentframe().f_back
            self._notebook = _learners(frame.f_globals), frame.f_code.co_filename
        namespace, _ = self._notebook
        self._stack = contextlib.ExitStack()
        self._stack.enter_context(contextlib.redirect_stderr(sys.stdout))
        self._stack.enter_context(_replaced(namespace, self._given))
        self._stack.enter_context(_time_limit(self.seconds, self.name))
        self._stack.callback(_restore_show_values, _show_values)
        _show_values = not self.hidden
        return self

    def __exit__(self, kind, error, traceback):
        self._stack.close()
        notebook, self._notebook = self._notebook, None
        if not self.hidden:  # for the progress board
            records.note_exercise(self.name, None if isinstance(error, NotImplementedError) else error is None)
        if error is None:
            if not self.hidden:
                print(f"✓ {self.name}: all good.")
            return False
        if not isinstance(error, Exception) or isinstance(error, CheckFailed):
            return False
        if isinstance(error, NotImplementedError):
            if self.hidden:
                raise CheckFailed(f"{self.name} is not implemented yet.") from None
            return False
        message, known = _explain(error, self.name, notebook)
        if self.hidden or known:
            raise CheckFailed(message) from None
        return False


class hidden(exercise):
    """Runs the hidden test of one exercise: as `exercise`, but messages never show expected values."""

    hidden = True


def _restore_show_values(value: bool):
    global _show_values
    _show_values = value


def _learners(namespace: dict) -> dict:
    """The learner's namespace. Where a check runs in one of its own, as when it is graded, that one names it."""
    return namespace.get("__learner__", namespace)


@contextlib.contextmanager
def _replaced(namespace: dict, given: Mapping):
    """Puts stand-ins for earlier exercises into the learner's namespace, aliases and jitted versions included."""
    saved = {}
    for name, stand_in in given.items():
        original = namespace.get(name)
        saved.setdefault(name, original)
        namespace[name] = stand_in
        if original is None:
            continue
        for alias, value in list(namespace.items()):
            if alias in given:
                continue
            if value is original or _jitted(value, original):
                saved.setdefault(alias, value)
                namespace[alias] = stand_in
    if given:
        jax.clear_caches()  # a jitted learner function may have traced the original already
    try:
        yield
    finally:
        for name, value in saved.items():
            if value is None:
                namespace.pop(name, None)
            else:
                namespace[name] = value
        if given:
            jax.clear_caches()


_GIVEN_NAMES = {
    "np": "numpy",
    "jax": "jax",
    "jnp": "jax.numpy",
    "hk": "haiku",
    "optax": "optax",
    "gym": "gymnasium",
    "random": "random",
    "collections": "collections",
    "checks": __name__,
}


def _names_as_given(notebook: Mapping, file: str) -> dict:
    """The notebook's names for the cell of a check, as the set-up cell and Python mean them, whatever the learner has
    since called `sum`, `max` or `np`. The cell's functions use them too; the learner's keep the learner's meaning."""
    names = {name: value for name, value in notebook.items() if not hasattr(builtins, name)}
    for name, module in _GIVEN_NAMES.items():
        if name in names and module in sys.modules:
            names[name] = sys.modules[module]
    names |= {name: _with_names(value, names, file) for name, value in names.items()}
    return names


def _with_names(value, names: dict, file: str):
    """A function from `file` with `names` as its globals; anything else as it is."""
    if not isinstance(value, types.FunctionType) or value.__code__.co_filename != file:
        return value
    function = types.FunctionType(value.__code__, names, value.__name__, value.__defaults__, value.__closure__)
    function.__kwdefaults__ = value.__kwdefaults__
    return function


def _jitted(value, function) -> bool:
    """Whether `value` is `jax.jit(function)`; jax.vmap, jax.grad and the like also name what they wrap, and are not."""
    return isinstance(value, type(jax.jit(_jitted))) and value.__wrapped__ is function


@contextlib.contextmanager
def _time_limit(seconds: float, name: str):
    """Raises CheckFailed in the main thread when the body takes more than `seconds` of processor time, so that a right
    answer does not fail on a busy machine. Does nothing on Windows."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(signum, frame):
        fail(f"{name} was still computing after {seconds:g} seconds. Look for a loop that never ends.")

    previous = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0.0)
        signal.signal(signal.SIGPROF, previous)


def _explain(error: Exception, name: str, notebook: tuple[dict, str]) -> tuple[str, bool]:
    """An exception from the learner's code as a message with the learner's line, and whether it says what to do."""
    where = _learner_line(error, *notebook)
    text = str(error).strip().splitlines()[0] if str(error).strip() else ""
    if advice := advise(error):
        said = (
            "" if type(error).__module__.startswith("jax") else f"\n  Python said {type(error).__name__}: {_clip(text)}"
        )
        return f"{name}: {advice}{where}{said}", True
    if isinstance(error, NameError) and not where:
        return f"{name}: {text}. Did the cell that defines it run, and is the name spelled as given?", True
    return f"{name} raised {type(error).__name__}: {_clip(text)}{where}", False


def _learner_line(error: Exception, namespace: dict, own_file: str) -> str:
    """The last line of notebook code, other than the check's own cell, that the exception passed through."""
    found = ""
    traceback = error.__traceback__
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if traceback.tb_frame.f_globals is namespace and code.co_filename != own_file:
            line = linecache.getline(code.co_filename, traceback.tb_lineno).strip()
            found = f"\n  It happened here, in line {traceback.tb_lineno} of your cell: {line}" if line else ""
        traceback = traceback.tb_next
    return found


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
    if not _show_values:
        return f"{what} is not right."
    return f"{what} should be {_short(want)}, but it is {_short(got)}."


def _short(value) -> str:
    if isinstance(value, (np.ndarray, np.generic, jax.Array)):
        if value.ndim == 0 and _is_float(value.dtype):
            return f"{float(value):.6g}"
        return _clip(np.array2string(np.asarray(value), precision=5, separator=", ", threshold=12).replace("\n", " "))
    return _clip(repr(value))


def _clip(text: str, length: int = 200) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


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
