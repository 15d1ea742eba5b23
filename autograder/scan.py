"""Reads a learner's code for what has no place in an answer: the insides of frames and functions, the kernel's history,
objects that are equal to everything.

This is a second look. What code does, under whatever names, the witness in the kernel sees (`inside/witness.py`).
Nothing here changes a score. A suspicion is a line for a person to read, so each names its cell, line and reason. The
time it takes is linear in the notebook's size: of a cell that is too large or nested too deeply to be parsed, or that
is no Python, only the names are looked at.
"""

import ast
import itertools
import re
import warnings
from collections.abc import Iterable

from autograder.limits import TooLong, in_time

MAX_CHARACTERS = 200_000  # of one cell that are parsed
MAX_IN_ALL = 1_000_000  # of all cells that are parsed
MAX_DEPTH = 60  # of brackets in one another, in a cell that is parsed
MAX_SUSPICIONS = 20

_INSIDES = frozenset(
    {"f_back", "f_locals", "f_globals", "f_builtins", "tb_frame", "gi_frame", "cr_frame", "ag_frame"}
    | {"__globals__", "__closure__", "cell_contents", "__builtins__", "history_manager"}
)
_INSIDE = re.compile(rf"\.(?:{'|'.join(sorted(_INSIDES))})\b")
_ROOTS = frozenset({"object", "Exception", "BaseException", "type"})
_PRETENDING = frozenset({"__eq__", "__ne__", "__instancecheck__"})
_SHELL_LINE = re.compile(r"^([ \t]*+)(?:[\w, ]++=[ \t]*+)?[%!?].*$|^([ \t]*+)[^#'\"\n]*\?[ \t]*$", re.M)


def suspicions(cells: Iterable[tuple[str, str]]) -> list[str]:
    """What in `cells`, pairs of a name and a source, a person should look at."""
    found, left = [], MAX_IN_ALL
    try:
        for name, source in in_time(cells):
            left -= len(source)
            tree = _parse(source) if left >= 0 else None
            lines = _reasons(tree) if tree else _names(source)
            found += [f"{name}, line {line}: {reason}" for line, reason in sorted(lines.items())]
            if len(found) > MAX_SUSPICIONS:
                return [*found[:MAX_SUSPICIONS], "and more"]
    except TooLong as error:
        found.append(f"nobody has looked at all of its code: {error}")
    return found


def _parse(source: str) -> ast.Module | None:
    if len(source) > MAX_CHARACTERS or _depth(source) > MAX_DEPTH:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a learner's invalid escape sequence
            return ast.parse(_SHELL_LINE.sub(lambda line: f"{line[1] or line[2] or ''}pass", source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _reasons(tree: ast.Module) -> dict[int, str]:
    """By line, why it should be looked at."""
    lines: dict[int, str] = {}
    for node in ast.walk(tree):
        if reason := _reason(node):
            lines.setdefault(node.lineno, reason)  # type: ignore[attr-defined]  # no reason without a line
    return lines


def _names(source: str) -> dict[int, str]:
    lines: dict[int, str] = {}
    line = end = 0
    for match in itertools.islice(_INSIDE.finditer(source), MAX_SUSPICIONS + 1):
        line, end = line + source.count("\n", end, match.start()), match.start()
        lines.setdefault(line + 1, f"uses {match[0][1:]}")
    return lines


def _depth(source: str) -> int:
    """How deeply brackets stand in one another: at least."""
    deepest = depth = 0
    for bracket in re.findall(r"[(\[{]|[)\]}]", source):
        depth = depth + 1 if bracket in "([{" else max(depth - 1, 0)
        deepest = max(deepest, depth)
    return deepest


def _reason(node: ast.AST) -> str:
    """Why this part of a program should be looked at; empty if it need not."""
    match node:
        case ast.Attribute(attr=name) if name in _INSIDES:
            return f"uses {name}"
        case ast.Attribute(value=owner, attr="__subclasses__") if not isinstance(owner, ast.Name) or owner.id in _ROOTS:
            return "uses __subclasses__ of what is not its own"
        case ast.Call(func=ast.Name("getattr"), args=[_, ast.Constant(str(name)), *_]) if name in _INSIDES:
            return f"uses {name}"
        case ast.Name(id="_ih", ctx=ast.Load()):
            return "uses _ih, what was run before"
        case ast.ClassDef(body=body):
            return next(filter(None, map(_pretends, body)), "")
    return ""


def _pretends(node: ast.AST) -> str:
    match node:
        case ast.FunctionDef(name=name, body=[*_, ast.Return(ast.Constant(True))] as body) if name in _PRETENDING:
            if not any(isinstance(inner, ast.Return) for part in body[:-1] for inner in ast.walk(part)):
                return f"defines {name} that is true of everything"
    return ""
