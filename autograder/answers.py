"""Which cell of a submission answers which exercise: the last one that binds its name and is not the stub.

Where it stands and what kind of cell it is do not matter: people answer in new cells, in copies, in the cell above or
below, and turn cells into Markdown by a slip of the hand.
"""

import ast
import re
import threading
import warnings
from collections.abc import Iterable
from dataclasses import dataclass

from IPython.core.inputtransformer2 import TransformerManager

from autograder.course import Assignment, as_released, is_demo, is_grade, is_solution
from autograder.limits import in_time
from autograder.submitted import SubmittedCell, SubmittedNotebook
from autograder.written import WrittenAnswer, find_written

_PARSING = threading.Lock()  # two threads that parse at once get a SystemError in Python 3.11 (python/cpython#106905)
_PLAIN_MAGICS = re.compile(r"\A(?:\s*%%(?:time|capture|prun)\b[^\n]*\n)+")  # the cell below them runs as it stands
_FENCE = re.compile(r"\A```\w*\n(.*)\n```\Z", re.S)
_MOST_CHARACTERS = 200_000  # of a source that is parsed
_MOST_IN_ALL = 1_000_000  # of a notebook's cells that are parsed; of others, regular expressions say what they define


@dataclass(frozen=True)
class Answer:
    """What a submission has for one exercise.

    Attributes:
      cell: the position of the cell in the submission.
      source: its code, without what was released in the same cell (a check's or demo's text) and without fences.
    """

    cell: int
    source: str


@dataclass(frozen=True)
class Answers:
    """What a submission has for the exercises of its notebook.

    Attributes:
      by_name: the answer to each exercise that has one, in the notebook's order.
      stubs: the names that a cell binds to a stub only, by its position: below an answer it would take it back.
      written: the answer to each written question that has one.
    """

    by_name: dict[str, Answer]
    stubs: dict[int, set[str]]
    written: dict[str, WrittenAnswer]


def find_answers(submission: SubmittedNotebook, assignment: Assignment) -> Answers:
    """Looks through all cells of a submission.

    Raises:
      TooLong: that took too much time.
    """
    stubs = {c.metadata.nbgrader.grade_id: as_released(c) for c in assignment.source.cells if is_solution(c)}
    released = _released_by_id(assignment)
    mentioned = re.compile(r"\b(?:" + "|".join(map(re.escape, stubs)) + r")\b") if stubs else re.compile(r"(?!)")
    shapes = {name: _shape(parse(stub)) for name, stub in stubs.items()}
    answers: dict[str, Answer] = {}
    open_stubs: dict[int, set[str]] = {}
    words = {grade_id for question in assignment.questions for grade_id in (question.name, question.grade_id)}
    left = _MOST_IN_ALL
    second_best: dict[str, Answer] = {}  # defined in a cell that does not parse, or changed without defining anything
    for index, cell in enumerate(in_time(submission.cells)):
        own = cell.grade_id if cell.grade_id in stubs else None
        if cell.grade_id in words or (not own and not mentioned.search(cell.source)):
            continue
        source = _without_released(_code(cell), released.get(cell.grade_id or cell.id, ""))
        left -= len(source)
        tree = parse(source) if left >= 0 else None
        if tree is not None:
            found, shape = bound_names(tree, stubs), _shape(tree)
            for name, node in found.items():
                if _is_stub(node) or shape == shapes[name]:
                    open_stubs.setdefault(index, set()).add(name)
                else:
                    answers[name] = Answer(index, source)
            changed = own not in found and cell.kind == "code" and source.strip()
            if own and changed and source.strip() != stubs[own].strip():
                second_best[own] = Answer(index, source)
        elif cell.kind == "code":
            for name in stubs:
                if defines(source, name) and source.strip() != stubs[name].strip():
                    second_best[name] = Answer(index, source)
            if own and own not in second_best and source.strip():
                second_best[own] = Answer(index, source)
    answers = second_best | answers
    prose = {c.id: as_released(c).strip() for c in assignment.source.cells if c.cell_type == "markdown"}
    taken = {answer.cell for answer in answers.values()}
    written = find_written(submission.cells, assignment.questions, prose, taken)
    return Answers({name: answers[name] for name in stubs if name in answers}, open_stubs, written)


def answered(submission: SubmittedNotebook, assignment: Assignment) -> frozenset[str]:
    """The names of the exercises that have an answer other than the stub, and of the written questions with one."""
    found = find_answers(submission, assignment)
    return frozenset(found.by_name) | frozenset(found.written)


def bound_names(tree: ast.Module, names: Iterable[str]) -> dict[str, ast.stmt]:
    """The statements that bind `names` at the top level of a cell, the last one for each."""
    wanted, found = set(names), {}
    waiting = list(reversed(tree.body))
    while waiting:
        node = waiting.pop()
        for name in _binds(node) & wanted:
            found[name] = node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            inner = [getattr(node, part, []) for part in ("body", "handlers", "orelse", "finalbody", "cases")]
            waiting += [s for part in reversed(inner) if isinstance(part, list) for s in reversed(part)]
    return found


def defines(source: str, name: str) -> bool:
    """Whether `source` defines `name` at its top level, for sources that do not parse."""
    pattern = rf"^(?:(?:async\s+)?def|class)\s+{re.escape(name)}\b|^{re.escape(name)}\s*=(?!=)"
    return re.search(pattern, source, re.M) is not None


def _binds(node: ast.AST) -> set[str]:
    """The names that one statement binds itself, those inside it left out."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {node.name}
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        stored = (n for target in targets for n in ast.walk(target) if isinstance(n, ast.Name))
        called = {n.func.id for n in ast.walk(node.value) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
        return {n.id for n in stored if isinstance(n.ctx, ast.Store)} - called  # `f = f(3)` is a use of an answer
    if isinstance(node, ast.Expr):
        return {n.target.id for n in ast.walk(node) if isinstance(n, ast.NamedExpr)}
    return set()


def _is_stub(node: ast.AST) -> bool:
    """Whether a binding is no answer yet: a function that only raises NotImplementedError, a class of such methods, a
    name that is given None."""
    if isinstance(node, (ast.Assign, ast.AnnAssign)):
        return isinstance(node.value, ast.Constant) and node.value.value is None
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return False
    body = [statement for statement in node.body if not _is_text(statement)]
    if isinstance(node, ast.ClassDef):
        methods = [s for s in body if isinstance(s, (ast.FunctionDef, ast.AsyncFunctionDef))]
        return bool(methods) and len(methods) == len(body) and all(map(_is_stub, methods))
    return len(body) == 1 and isinstance(body[0], ast.Raise) and "NotImplementedError" in ast.dump(body[0])


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _shape(tree: ast.Module | None) -> str:
    """A tree without its docstrings, to tell whether two sources say the same."""
    if tree is None:
        return ""
    return "\n".join(ast.dump(node) for node in tree.body if not _is_text(node))


def _code(cell: SubmittedCell) -> str:
    """A cell's source as Python: without magics that only watch it run, without the fences of a Markdown cell."""
    source = cell.source
    if cell.kind == "markdown" and (fenced := _FENCE.match(source.strip())):
        return fenced.group(1)
    return source


def parse(source: str) -> ast.Module | None:
    """The tree of a cell, IPython's own syntax included; None when it is no Python."""
    source = _PLAIN_MAGICS.sub("", source)
    if len(source) > _MOST_CHARACTERS:
        return None
    with _PARSING, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a learner's invalid escape sequence
        for transform in (str, _transform):  # most cells are plain Python, and IPython takes its time
            try:
                return ast.parse(transform(source))
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                continue
    return None


def _transform(source: str) -> str:
    return TransformerManager().transform_cell(source)


def _released_by_id(assignment: Assignment) -> dict[str, str]:
    """The released text of checks and demos, by id: an answer may share a cell with it."""
    cells = (c for c in assignment.source.cells if c.cell_type == "code" and (is_grade(c) or is_demo(c)))
    return {c.id: as_released(c).strip() for c in cells}


def _without_released(source: str, released: str) -> str:
    return source.replace(released, "") if released and released in source else source
