"""A question that a person reads and marks: the two cells it is made of, and where a learner put the answer.

In a source file it is one Markdown cell (`course` has the format). In a notebook it is the question, which is locked,
and below it the answer's cell, which nbgrader knows as manually graded. What earns the points and a model answer stand
in the question's cell, between nbgrader's marks: nbgrader takes them out of what learners get, and puts them back for
whoever marks in formgrader, as it does with hidden tests.
"""

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from autograder.submitted import SubmittedCell

TEXT_STUB = "Double-click this cell and write your answer here, in place of this line."
MARK_SCHEME = ("### BEGIN MARK SCHEME", "### END MARK SCHEME")
_PARTS = re.compile(
    r"\s*(?P<text>\S.*?)\s*\n### BEGIN SOLUTION\n\s*(?P<answer>\S.*?)\s*\n### END SOLUTION\n"
    r"\s*### BEGIN MARK SCHEME\n\s*(?P<scheme>\S.*?)\s*\n### END MARK SCHEME\s*",
    re.S,
)
_MARKS = ("BEGIN SOLUTION", "END SOLUTION", "BEGIN MARK SCHEME", "END MARK SCHEME")
_QUESTION = "question_"


@dataclass(frozen=True)
class Question:
    """A written question.

    Attributes:
      name: the grade id of its answer's cell.
      points: what it is worth.
      text: the question, in Markdown.
      mark_scheme: what earns the points, and a model answer: for whoever marks, and for learners once they are marked.
    """

    name: str
    points: float
    text: str
    mark_scheme: str

    @property
    def grade_id(self) -> str:
        """Of the cell with the question."""
        return _QUESTION + self.name


@dataclass(frozen=True)
class WrittenAnswer:
    """What a submission has for one question: its text, and the positions of the cells that it was found in."""

    text: str
    cells: tuple[int, ...]


def is_written(cell) -> bool:
    """Whether it is the cell of a written answer: nbgrader's manually graded cell."""
    nbgrader = cell.metadata.get("nbgrader", {})
    return bool(nbgrader.get("solution") and nbgrader.get("grade"))


def question_cells(name: str, points: float, source: str) -> list[NotebookNode]:
    """The two cells that a source's cell becomes.

    Raises:
      ValueError: a part of it is missing, or out of order.
    """
    parts = _PARTS.fullmatch(source)
    if not parts or any(source.count(mark) != 1 for mark in _MARKS):
        raise ValueError(
            f"written={name!r} needs a question, then a model answer between '### BEGIN SOLUTION' and "
            f"'### END SOLUTION', then what earns the points between {MARK_SCHEME[0]!r} and {MARK_SCHEME[1]!r}"
        )
    text, answer, scheme = parts["text"], parts["answer"], parts["scheme"]
    question = f"{text}\n\n{MARK_SCHEME[0]}\n{scheme}\n\n**A model answer:** {answer}\n{MARK_SCHEME[1]}"
    common = {"schema_version": 3, "task": False}
    asked = {"grade": False, "grade_id": _QUESTION + name, "locked": True, "solution": False}
    answered = {"grade": True, "grade_id": name, "locked": False, "points": points, "solution": True}
    return [
        new_markdown_cell(question, metadata={"nbgrader": asked | common}),
        new_markdown_cell(f"### BEGIN SOLUTION\n{answer}\n### END SOLUTION", metadata={"nbgrader": answered | common}),
    ]


def questions(cells: Sequence[NotebookNode]) -> list[Question]:
    """The written questions of an instructor's notebook."""
    asked = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell.source for cell in cells}
    found = []
    for cell in filter(is_written, cells):
        name = cell.metadata.nbgrader.grade_id
        text, _, rest = asked[_QUESTION + name].partition(MARK_SCHEME[0])
        scheme = rest.removesuffix(MARK_SCHEME[1]).strip()
        found.append(Question(name, float(cell.metadata.nbgrader.points), text.strip(), scheme))
    return found


def texts(cells: Iterable[NotebookNode]) -> dict[str, str]:
    """What stands in the answers' cells of a notebook, by question."""
    return {cell.metadata.nbgrader.grade_id: cell.source for cell in filter(is_written, cells)}


def find_written(
    cells: Sequence[SubmittedCell], asked: Iterable[Question], course: Mapping[str, str], taken: Set[int]
) -> dict[str, WrittenAnswer]:
    """The answers of a submission that are not blank, by question.

    An answer stands in its cell, whatever kind that has become; else below the question in the question's own cell;
    else in Markdown right behind the question or behind the empty cell.

    Args:
      cells: the submission's.
      asked: the course's questions.
      course: the text of each Markdown cell of the course as it was released, by the cell's id: nobody's answer.
      taken: the positions of cells that answer an exercise.
    """
    released, found = set(course.values()), {}
    for question in asked:
        own = [place for place, cell in enumerate(cells) if cell.grade_id == question.name]
        above = [
            place
            for place, cell in enumerate(cells)
            if cell.grade_id == question.grade_id or (question.text in cell.source and not cell.grade_id)
        ]
        known, behind = {*own, *above}, []
        for place in range(min(known, default=len(cells)) + 1, len(cells)):
            cell = cells[place]
            if place in known:
                continue
            if cell.kind not in ("markdown", "raw") or cell.grade_id or place in taken:
                break
            if cell.id in course or cell.source.strip() in released:
                break
            behind.append(place)
        below = [place for place in above if question.text in cells[place].source]  # not that of an older release
        for places, given in ((own, TEXT_STUB), (below, question.text), (behind, TEXT_STUB)):
            texts = {place: cells[place].source.replace(given, "").strip() for place in places}
            if texts := {place: text for place, text in texts.items() if text}:
                found[question.name] = WrittenAnswer("\n\n".join(dict.fromkeys(texts.values())), tuple(texts))
                break
    return found
