"""A sentence in place of a traceback that says nothing: an exercise still open, a name that no cell has defined yet.
The exception itself stays what it is."""

import linecache
import sys
import textwrap

_STUB = "Replace this line with your answer."  # what the line says that an answer replaces


def quieten(error: NotImplementedError | NameError):
    """Lets IPython show `error` as one sentence, if it is one of these."""
    text = _about_open_exercise(error) if isinstance(error, NotImplementedError) else _about_unknown_name(error)
    if text:
        show_as(error, text)


def show_as(error: BaseException, text: str):
    """Lets IPython show `text` in place of the traceback; it asks the exception for this method first."""
    shown = textwrap.fill(text, 88, subsequent_indent="  ")  # notebooks break long lines in the middle of words
    setattr(error, "_render_traceback_", lambda: [shown])  # noqa: B010 (exceptions have no such method)


def install():
    """From now on IPython shows such errors as one sentence in every cell. Does nothing outside IPython."""
    ipython = sys.modules.get("IPython")  # a notebook has it loaded, and nobody else needs it
    if shell := ipython and ipython.get_ipython():
        shell.set_custom_exc((NotImplementedError, NameError), _show)


def _show(shell, kind, error, traceback, tb_offset=None):
    quieten(error)
    shell.showtraceback((kind, error, traceback), tb_offset=tb_offset)


def _about_open_exercise(error: NotImplementedError) -> str:
    if _STUB not in str(error):
        return ""
    frame, _ = _frames(error.__traceback__)[-1]
    name = frame.f_code.co_qualname.split(".")[0]  # of a method, its class
    if name == "<module>":
        return "○ This exercise is still open: replace the last line of this cell with your answer."
    return (
        f"○ {name} is still open, so there is nothing to run here yet. Replace its raise NotImplementedError(...) "
        "with your answer, run that cell, then this one."
    )


def _about_unknown_name(error: NameError) -> str:
    """Only for names that the cell itself uses: inside a function the traceback says where."""
    frames = [frame for frame in _frames(error.__traceback__) if "__file__" not in frame[0].f_globals]
    if len(frames) != 1 or frames[0][0].f_code.co_name != "<module>" or not getattr(error, "name", None):
        return ""
    frame, number = frames[0]
    line = linecache.getline(frame.f_code.co_filename, number).strip()
    return (
        f"○ Nothing is called {error.name} yet (line {number}: {line}). Run the cell that defines it, the set-up "
        "at the top included; or look at the spelling."
    )


def _frames(traceback) -> list:
    """The traceback's frames with the lines they stand at, outermost first."""
    found = []
    while traceback is not None:
        found.append((traceback.tb_frame, traceback.tb_lineno))
        traceback = traceback.tb_next
    return found
