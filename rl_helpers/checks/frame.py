"""The frame around a check: where it runs, for how long, and what it makes of an exception."""

import contextlib
import inspect
import signal
import sys
import threading
from collections.abc import Mapping

from rl_helpers import records
from rl_helpers.checks.compare import CheckFailed, fail, values_shown
from rl_helpers.checks.namespace import learners, names_as_given, replaced, with_names
from rl_helpers.checks.words import explain, told


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
        self._notebook = learners(function.__globals__), file
        names = names_as_given(function.__globals__, file)
        self._given = {name: with_names(stand_in, names, file) for name, stand_in in self._given.items()}
        with self:
            names |= {name: self._notebook[0][name] for name in self._given}
            with_names(function, names, file)()

    def __enter__(self):
        if self._notebook is None:
            frame = inspect.currentframe().f_back
            self._notebook = learners(frame.f_globals), frame.f_code.co_filename
        namespace, _ = self._notebook
        self._stack = contextlib.ExitStack()
        self._stack.enter_context(contextlib.redirect_stderr(sys.stdout))
        self._stack.enter_context(replaced(namespace, self._given, f"{type(self).__name__} {self.name}"))
        self._stack.enter_context(_time_limit(self.seconds, self.name))
        self._stack.enter_context(values_shown(not self.hidden))
        return self

    def __exit__(self, kind, error, traceback):
        self._stack.close()
        notebook, self._notebook = self._notebook, None
        if not self.hidden:  # for the progress board, and for the room if the learner is in one
            passed = None if isinstance(error, NotImplementedError) else error is None
            records.note_exercise(self.name, passed, told(error) if passed is False else "")
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
        message, known = explain(error, self.name, notebook)
        if self.hidden or known:
            raise CheckFailed(message) from None
        return False


class hidden(exercise):
    """Runs the hidden test of one exercise: as `exercise`, but messages never show expected values."""

    hidden = True


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
