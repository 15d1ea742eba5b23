"""Exceptions from a learner's code in words: what was raised, where it happened, and what to change."""

import builtins
import contextlib
import linecache
import re

from rl_helpers.checks.advice import advise


def explain(error: Exception, name: str, notebook: tuple[dict, str]) -> tuple[str, bool]:
    """An exception from the learner's code as a message with the learner's line, and whether it says what to do."""
    where = _learner_line(error, *notebook)
    text = str(error).strip().splitlines()[0] if str(error).strip() else ""
    if advice := advise(error):
        said = (
            "" if type(error).__module__.startswith("jax") else f"\n  Python said {type(error).__name__}: {clip(text)}"
        )
        return f"{name}: {advice}{where}{said}", True
    if isinstance(error, NameError) and not where:
        return f"{name}: {text}. Did the cell that defines it run, and is the name spelled as given?", True
    return f"{name} raised {type(error).__name__}: {clip(text)}{where}", False


def told(error: BaseException) -> str:
    """What others may be told of how a check ended, in one line: the course's sentence, or, for an exception from the
    learner's code, our advice or else its kind. Never code, the text of an exception, or anything in quotes."""
    said = ""
    with contextlib.suppress(Exception):  # a learner's exception may do anything when it is asked for its text
        said = getattr(error, "told", "") or advise(error)
    if not isinstance(said, str) or not said.strip():
        kind = next(kind for kind in type(error).__mro__ if kind is vars(builtins).get(kind.__name__))
        return f"Your code raised {kind.__name__}."
    line = said.strip().split("\n")[0]
    return clip(_FOREIGN.sub("…", line))


# What a value that a check quotes may hold: strings, which have quotes around them, and paths.
_FOREIGN = re.compile(r"""(?<!\w)'[^']*'(?!\w)|"[^"]*"|\S*[/\\]\S+""")


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


def clip(text: str, length: int = 200) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
