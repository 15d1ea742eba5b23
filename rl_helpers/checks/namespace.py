"""The learner's names: stand-ins for earlier exercises, and the meaning that a check's own cell may rely on."""

import builtins
import contextlib
import sys
import types
from collections.abc import Callable, Mapping
from typing import Any

import jax


def learners(namespace: dict) -> dict:
    """The learner's namespace. Where a check runs in a namespace of its own, as in grading, that one names it."""
    return namespace.get("__learner__", namespace)


# JAX keeps what it traced and compiled apart by this value: the name of a check with stand-ins, and these. So what a
# jitted function of the learner's traced with the original is not used within such a check, nor the other way round.
_within = jax.make_user_context("")


@contextlib.contextmanager
def replaced(namespace: dict, given: Mapping, name: str = ""):
    """Puts stand-ins for earlier exercises into the learner's namespace, aliases and jitted versions included, for the
    check called `name`."""
    saved: dict[str, Any] = {}
    for exercise, stand_in in given.items():
        original = namespace.get(exercise)
        saved.setdefault(exercise, original)
        namespace[exercise] = stand_in
        if original is None:
            continue
        for alias, value in list(namespace.items()):
            if alias in given:
                continue
            if value is original or _jitted(value, original):
                saved.setdefault(alias, value)
                namespace[alias] = stand_in
    try:
        with _within((name, *map(_meaning, given.values()))) if given else contextlib.nullcontext():
            yield
    finally:
        for exercise, value in saved.items():
            if value is None:
                namespace.pop(exercise, None)
            else:
                namespace[exercise] = value


def _meaning(stand_in: Any) -> Any:
    """The same for the same stand-in in another run of the check: that finds again what JAX compiled in this one."""
    function = isinstance(stand_in, types.FunctionType) and stand_in
    own = not function or function.__closure__ or function.__defaults__ or function.__kwdefaults__
    return stand_in if own else stand_in.__code__


_GIVEN_NAMES = {
    "np": "numpy",
    "jax": "jax",
    "jnp": "jax.numpy",
    "hk": "haiku",
    "optax": "optax",
    "gym": "gymnasium",
    "random": "random",
    "collections": "collections",
    "checks": "rl_helpers.checks",
}


def names_as_given(notebook: Mapping, file: str) -> dict:
    """The notebook's names for the cell of a check, as the set-up cell and Python mean them, whatever the learner has
    since called `sum`, `max` or `np`. The cell's functions use them too; the learner's keep the learner's meaning."""
    names = {name: value for name, value in notebook.items() if not hasattr(builtins, name)}
    names.setdefault("__builtins__", builtins)  # also if somebody put that name into builtins: imports in C need it
    for name, module in _GIVEN_NAMES.items():
        if name in names and module in sys.modules:
            names[name] = sys.modules[module]
    names |= {name: with_names(value, names, file) for name, value in names.items()}
    return names


def with_names(value, names: dict, file: str):
    """A function from `file` with `names` as its globals; anything else as it is."""
    if not isinstance(value, types.FunctionType) or value.__code__.co_filename != file:
        return value
    function = types.FunctionType(value.__code__, names, value.__name__, value.__defaults__, value.__closure__)
    function.__kwdefaults__ = value.__kwdefaults__
    return function


def _jitted(value: Any, function: Callable) -> bool:
    """Whether `value` is `jax.jit(function)`; jax.vmap, jax.grad and the like also name what they wrap, and are not."""
    return isinstance(value, type(jax.jit(_jitted))) and getattr(value, "__wrapped__", None) is function
