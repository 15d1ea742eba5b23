"""Whose notebooks are alike: whole notebooks compared, by the code that is the learner's own, never single exercises.

An exact copy is code that says the same under other names, with other comments, blank lines and in another order of
cells. Of all others, copydetect takes every run of `RUN` characters, each name being one letter, as a fingerprint
(winnowing with a window of 1: Schleimer et al., 2003). Fingerprints of the released notebook are nobody's own. How
alike two notebooks are is how many fingerprints they share, of as many as they have on average. benchmarks/copies.py
shows what `THRESHOLD` finds and misses.

Likeness is a reason to talk with people, never a score: nothing of it reaches results or learners' pages.
"""

import ast
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from nbformat import NotebookNode

from autograder.answers import parse
from autograder.course import SOLUTION, Assignment, Course, as_released, is_solution
from autograder.results import Result
from autograder.store import Store

RUN = 8  # characters of filtered code
THRESHOLD = 0.87  # from here on likeness is told
SHOWN = 20  # pairs of each notebook that are shown with their texts
ENOUGH = 150  # own fingerprints; with fewer, there is one natural way to write it
COURSE = "The course's own answers"
_MOST_CHARACTERS = 100_000  # of one notebook's code that are compared


@dataclass(frozen=True)
class Side:
    """One of two texts that are alike.

    Attributes:
      people: who handed it in; several where they are exact copies.
      pieces: the text in pieces, each with whether the other text has it, too.
    """

    people: tuple[str, ...]
    pieces: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Alike:
    """Two notebooks that share more than independent ones do.

    Attributes:
      likeness: the part of both that is shared, in (0, 1].
      exact: they are the same but for names, comments, blank lines and the order of cells.
    """

    likeness: float
    exact: bool
    sides: tuple[Side, Side]


@dataclass(frozen=True)
class NotebookCopies:
    """What was found among those who handed in one notebook.

    Attributes:
      compared: how many people's notebooks were compared.
      untouched, short: how many were left out: as given out; with too little of one's own.
      alike: most alike first.
    """

    notebook: str
    compared: int
    untouched: int
    short: int
    alike: tuple[Alike, ...]


def find_copies(
    course: Course,
    results: Sequence[Result],
    store: Store,
    groups: Mapping[str, str],
    begin: Callable[[int], Any] = lambda total: None,
    advance: Callable[[], Any] = lambda: None,
) -> list[NotebookCopies]:
    """Compares everybody's graded notebooks with everybody else's and with the course's own answers.

    Args:
      results: of this run; their notebooks are read from the store, and nothing is graded.
      groups: who works with whom: the group of each student who has one; they are no copies of each other.
      begin, advance: are told how many notebooks there are to read, and that one of them is read.
    Returns:
      An entry for each notebook of the course that somebody handed in.
    """
    graded = [result for result in results if result.status == "graded"]
    begin(len(graded))
    found = []
    for name, assignment in course.assignments.items():
        mine = [result for result in graded if result.notebook == name]
        if not mine:
            continue
        comparison = Comparison(assignment, groups)
        for result in mine:
            grading = None if result.untouched else store.grading_of(result.folder, name)
            if grading:
                comparison.add(result.student, own_cells(grading.restored, assignment))
            advance()
        found.append(comparison.result(sum(result.untouched for result in mine)))
    return found


def own_cells(restored: NotebookNode, assignment: Assignment) -> list[str]:
    """The code of a restored notebook that is the learner's own: answers, other than stubs, and cells of their own."""
    released = {as_released(cell).strip() for cell in assignment.source.cells if cell.cell_type == "code"}
    own = (c for c in restored.cells if c.cell_type == "code" and (is_solution(c) or c["id"].startswith("extra-")))
    return [cell.source for cell in own if cell.source.strip() not in released]


def course_cells(assignment: Assignment) -> list[str]:
    """The course's own answers, as if somebody had handed them in."""
    answers = (cell.source.split("\n") for cell in assignment.source.cells if is_solution(cell))
    return ["\n".join(line for line in lines if line.strip() not in SOLUTION) for lines in answers]


def given_fingerprints(assignment: Assignment) -> frozenset[int]:
    """Those of the notebook as it is handed out."""
    released = (as_released(cell) for cell in assignment.source.cells if cell.cell_type == "code")
    return frozenset(_fingerprint("\n".join(released)).hashes)


class Comparison:
    """The notebooks of one assignment, each distinct one once."""

    def __init__(self, assignment: Assignment, groups: Mapping[str, str] | None = None):
        self._name, self._groups = assignment.name, groups or {}
        self._texts: dict[tuple[str, ...], Text] = {}
        self._given = given_fingerprints(assignment)
        self._short = 0
        self.add(COURSE, course_cells(assignment))

    def add(self, student: str, cells: Sequence[str]):
        """Takes in somebody's own code."""
        key = normal_form(cells)
        written = "\n\n".join(cell.strip("\n") for cell in cells)
        text = self._texts.get(key) or Text(written, self._given)
        if len(text.own) >= ENOUGH:
            self._texts[key] = text
            text.written[student] = written
        else:
            self._short += student != COURSE

    def result(self, untouched: int = 0) -> NotebookCopies:
        """What was found."""
        texts = list(self._texts.values())
        alike = [Alike(1.0, True, _same(text)) for text in texts if self._is_news(text.people, text.people)]
        likeness = likenesses([text.own for text in texts])
        for i, j in zip(*np.nonzero(np.triu(likeness >= THRESHOLD, 1)), strict=True):
            if self._is_news(texts[i].people, texts[j].people):
                alike.append(Alike(float(likeness[i, j]), False, _marked(texts[i], texts[j])))
        alike.sort(key=lambda a: (not a.exact, -a.likeness, a.sides[0].people, a.sides[1].people))
        compared = sum(person != COURSE for text in texts for person in text.people)
        return NotebookCopies(self._name, compared, untouched, self._short, tuple(alike))

    def _is_news(self, some: Iterable[str], others: Iterable[str]) -> bool:
        """Whether two of these people are not of one group."""
        return any(
            a != b and (a not in self._groups or self._groups[a] != self._groups.get(b)) for a in some for b in others
        )


@dataclass(eq=False)
class Text:
    """One distinct text, its fingerprints less those in `given`, and who wrote it in which words."""

    code: str
    given: frozenset[int]
    written: dict[str, str] = field(default_factory=dict)

    @property
    def people(self) -> tuple[str, ...]:
        return tuple(self.written)

    @cached_property
    def fingerprint(self):
        """copydetect's, without those that were given. (Its own way to take them out takes repeated ones along.)"""
        found = _fingerprint(self.code)
        found.hash_idx = {value: places for value, places in found.hash_idx.items() if value not in self.given}
        found.hashes = set(found.hash_idx)
        # Offsets grow along the text; those that copydetect notes at a class's name do not.
        found.offsets[:, 1] = np.maximum.accumulate(found.offsets[:, 1])
        return found

    @property
    def own(self) -> set[int]:
        return self.fingerprint.hashes


def normal_form(cells: Iterable[str]) -> tuple[str, ...]:
    """What is the same for code that says the same: the trees of its cells in a fixed order, without docstrings, its
    own names numbered. A cell that is no Python stands for itself."""
    trees = [(cell.strip(), parse(cell)) for cell in cells]
    own = {name for _, tree in trees if tree for name in _bound(tree)}
    return tuple(sorted(_numbered(tree, own) or cell if tree else cell for cell, tree in trees))


def likenesses(sets: Sequence[set[int]]) -> np.ndarray:
    """For each two sets, what they share of their mean size (Dice's coefficient), [n, n]."""
    from scipy.sparse import csr_array

    numbers: dict[int, int] = {}
    columns = [numbers.setdefault(value, len(numbers)) for values in sets for value in values]
    sizes = np.array([len(values) for values in sets])
    starts = np.concatenate([[0], np.cumsum(sizes)])
    there = csr_array((np.ones(len(columns), np.float32), columns, starts), shape=(len(sets), max(len(numbers), 1)))
    return 2 * (there @ there.T).toarray() / np.maximum(sizes[:, None] + sizes, 1)


def _fingerprint(text: str):
    """copydetect's fingerprint of Python code. (It imports matplotlib, which takes its time.)"""
    from copydetect import CodeFingerprint

    source = io.StringIO(text.strip("\n")[:_MOST_CHARACTERS])
    return CodeFingerprint("notebook.py", RUN, 1, language="python", fp=source)


def _same(text: Text) -> tuple[Side, Side]:
    """An exact copy in the words of the first two."""
    first, second, *others = text.people
    return Side((first,), ((text.written[first], True),)), Side((second, *others), ((text.written[second], True),))


def _marked(first: Text, second: Text) -> tuple[Side, Side]:
    """Both texts with what copydetect says that they share."""
    from copydetect import compare_files

    slices = compare_files(first.fingerprint, second.fingerprint)[2]
    sides = []
    for text, (starts, ends) in zip((first, second), slices, strict=True):
        code, pieces, done = text.fingerprint.raw_code, [], 0
        for start, end in zip(map(int, starts), map(int, ends), strict=True):
            start, end = _whole_words(code, max(start, done), max(end, done))
            start, end = max(start, done), start + len(code[start:end].rstrip())
            pieces += [(code[done:start], False), (code[start:end], True)]
            done = max(start, end)
        pieces.append((code[done:], False))
        sides.append(Side(text.people, tuple(piece for piece in pieces if piece[0])))
    return sides[0], sides[1]


def _whole_words(code: str, start: int, end: int) -> tuple[int, int]:
    """The stretch made longer where it begins or ends within a word; runs of characters do."""
    while 0 < start < len(code) and _in_word(code[start - 1]) and _in_word(code[start]):
        start -= 1
    while 0 < end < len(code) and _in_word(code[end - 1]) and _in_word(code[end]):
        end += 1
    return start, end


def _in_word(character: str) -> bool:
    return character.isalnum() or character == "_"


# --- The same under other names ---------------------------------------------------------------------------------------

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_NAMES = ("id", "arg", "name", "asname", "rest")  # where a node keeps a name that a learner chooses


def _bound(tree: ast.AST) -> Iterable[str]:
    """The names that code gives to things of its own: variables, arguments, functions, classes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, _DEFINITIONS):
            yield node.name
        elif isinstance(node, ast.alias) and node.asname:
            yield node.asname


def _numbered(tree: ast.AST, own: set[str]) -> str:
    """A tree in words, names in `own` numbered as they come; nothing where it is too deep."""
    numbers: dict[str, int] = {}
    for node in ast.walk(tree):
        if isinstance(node, _DEFINITIONS) and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
        if isinstance(node, ast.keyword):
            continue
        for part in _NAMES:
            if (name := getattr(node, part, None)) in own:
                setattr(node, part, f"v{numbers.setdefault(name, len(numbers))}")
    try:
        return ast.dump(tree)
    except RecursionError:
        return ""
