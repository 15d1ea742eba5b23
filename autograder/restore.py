"""A submission and the instructor's source -> the notebook that is graded.

The instructor's skeleton decides everything but the answers (see `answers`). Every other cell that the learner wrote or
changed runs beside them, in its order. Whatever had to be mended is noted.
"""

import copy
from collections import defaultdict
from dataclasses import dataclass, field

from nbformat import NotebookNode

from autograder.answers import Answer, Answers, find_answers
from autograder.course import Assignment, as_released, exercise_name, is_demo, is_grade, is_solution
from autograder.execute import Canary, Cell
from autograder.submitted import SubmittedCell, SubmittedNotebook
from autograder.written import is_written


@dataclass
class Restored:
    """The notebook to grade.

    Attributes:
      notebook: the student's release version with their answers and extra cells, for the gradebook and the feedback.
      cells: what to execute: hidden tests included, demo cells left out. An answer runs where it stands, and its tests
        after it.
      canaries: for each exercise, its stub, a wrong answer and its hidden test.
      notes: what was mended.
      written: the written questions that are answered.
      untouched: nothing in it is answered.
    """

    notebook: NotebookNode
    cells: list[Cell]
    canaries: list[Canary]
    notes: list[str] = field(default_factory=list)
    written: frozenset[str] = frozenset()
    untouched: bool = False


def restore(submission: SubmittedNotebook, assignment: Assignment) -> Restored:
    """Rebuilds `submission` on `assignment`'s skeleton, in time linear in the number of cells."""
    skeleton = _Skeleton(assignment)
    found = find_answers(submission, assignment)
    answers = found.by_name
    places = _Places(submission, skeleton)
    program = _Program(submission, skeleton, found, places)
    notes = [*_answer_notes(submission, skeleton, answers), *_locked_notes(submission, skeleton, places)]
    notes += _written_notes(submission, found)
    notebook = _notebook(assignment, found, program.extras)
    untouched = not answers and not found.written
    return Restored(notebook, program.cells, program.canaries, notes, frozenset(found.written), untouched)


class _Skeleton:
    """The instructor's cells as they were released, and where each is found: by grade id, by its text, by its id."""

    def __init__(self, assignment: Assignment):
        self.cells, self.wrong = assignment.source.cells, assignment.wrong
        self.released = [as_released(cell) for cell in self.cells]
        self.by_grade_id: dict[str, int] = {}
        self.by_text: dict = {}
        self.by_id: dict[tuple[str, str], int] = {}
        for position, cell in enumerate(self.cells):
            if "nbgrader" in cell.metadata:
                self.by_grade_id[cell.metadata.nbgrader.grade_id] = position
            else:
                self.by_id[cell.cell_type, cell.id] = position
            self.by_text.setdefault((cell.cell_type, self.released[position].strip()), position)

    def position(self, cell: SubmittedCell) -> int | None:
        """The cell that `cell` is a copy of, whatever was changed in it."""
        for found in (
            self.by_grade_id.get(cell.grade_id),
            self.by_text.get((cell.kind, cell.source.strip())),
            self.by_id.get((cell.kind, cell.id)),
        ):
            if found is not None:
                return found
        return None

    def is_changed(self, position: int, cell: SubmittedCell) -> bool:
        return cell.source.strip() != self.released[position].strip()


class _Places:
    """For each cell of the skeleton, the submission's cells that stand for it (`copies`) and those that stand there or
    behind it, in order (`here`; -1: before everything)."""

    def __init__(self, submission: SubmittedNotebook, skeleton: _Skeleton):
        self.copies: dict[int, list[int]] = defaultdict(list)
        self.here: dict[int, list[int]] = defaultdict(list)
        behind = -1
        for index, cell in enumerate(submission.cells):
            position = skeleton.position(cell)
            if position is not None:
                self.copies[position].append(index)
                behind = position
            self.here[behind].append(index)


class _Program:
    """The cells to execute, in order."""

    def __init__(self, submission: SubmittedNotebook, skeleton: _Skeleton, found: Answers, places: _Places):
        self.cells: list[Cell] = []
        self.canaries: list[Canary] = []
        self.extras: dict[int, list[tuple[str, SubmittedCell]]] = defaultdict(list)  # by the position they stand behind
        self._submission, self._skeleton = submission, skeleton
        self._answers, self._stubs = found.by_name, found.stubs
        self._written = {index for answer in found.written.values() for index in answer.cells}
        self._copy_of = {index: position for position, copies in places.copies.items() for index in copies}
        self._answer_of: dict[int, list[str]] = defaultdict(list)
        for name, answer in self._answers.items():
            self._answer_of[answer.cell].append(name)
        self._answered: set[str] = set()
        self._waiting: dict[str, list[Cell]] = defaultdict(list)  # graded cells whose answer is still to come
        self._count = 0
        for position in range(-1, len(skeleton.cells)):
            if position >= 0:
                self._begin(position)
            for index in places.here[position]:
                self._submitted(index, position)

    def _begin(self, position: int):
        """The skeleton's own part of what happens at a position."""
        original, released = self._skeleton.cells[position], self._skeleton.released[position]
        if is_solution(original):
            name = original.metadata.nbgrader.grade_id
            if name not in self._answers:
                self.cells.append(Cell(name, released, "answer"))
                self._answered.add(name)
        elif is_grade(original):
            grade_id = original.metadata.nbgrader.grade_id
            name, cell = exercise_name(grade_id), Cell(grade_id, original.source, "graded")
            if name in self._answered:
                self.cells.append(cell)
            else:
                self._waiting[name].append(cell)
            if grade_id.startswith("test_"):
                stub = self._skeleton.released[self._skeleton.by_grade_id[name]]
                self.canaries.append(Canary(stub, cell, self._skeleton.wrong.get(name, "")))
        elif original.cell_type == "code" and not is_demo(original):
            self.cells.append(Cell(original.id, released, "given"))

    def _submitted(self, index: int, behind: int):
        """A cell of the submission: an answer with the tests that waited for it, or one that runs beside."""
        cell, names = self._submission.cells[index], self._answer_of.get(index)
        if names:
            first, *others = names
            self.cells.append(Cell(first, self._answers[first].source, "answer"))
            self._answered |= {first, *others}
            for name in names:
                self.cells += self._waiting.pop(name, [])
        elif cell.source.strip() and self._runs_beside(index, cell):
            self._count += 1
            name = f"extra-{self._count}"
            self.extras[behind].append((name, cell))
            if cell.kind == "code":
                self.cells.append(Cell(name, cell.source, "extra"))

    def _runs_beside(self, index: int, cell: SubmittedCell) -> bool:
        """Cells of the learner's own, and what they changed in cells that are not tests; no stub below its answer."""
        if index in self._written or self._stubs.get(index, set()) & self._answered:
            return False
        position = self._copy_of.get(index)
        if position is None:
            return True
        original = self._skeleton.cells[position]
        return original.cell_type == "code" and not is_grade(original) and self._skeleton.is_changed(position, cell)


def _notebook(assignment: Assignment, found: Answers, extras) -> NotebookNode:
    """The release version with the answers in their own cells, one for each grade id, and the learner's other cells."""
    notebook = copy.deepcopy(assignment.source)
    cells = [_extra(*extra) for extra in extras[-1]]
    for position, cell in enumerate(notebook.cells):
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if is_solution(cell) and name in found.by_name:
            cell.source = found.by_name[name].source
        elif is_written(cell) and name in found.written:
            cell.source = found.written[name].text
        else:
            cell.source = as_released(cell)
        cells += [cell, *(_extra(*extra) for extra in extras[position])]
    notebook.cells = cells
    return notebook


def _extra(name: str, cell: SubmittedCell) -> NotebookNode:
    """A cell of the learner's own. nbformat's makers would hold each against the schema; the notebook is checked as one
    when it is written."""
    node = NotebookNode(id=name, cell_type="markdown", metadata=NotebookNode(), source=cell.source)
    if cell.kind == "code":
        node.update(cell_type="code", execution_count=None, outputs=[])
    return node


# --- Notes ------------------------------------------------------------------------------------------------------------


def _answer_notes(submission: SubmittedNotebook, skeleton: _Skeleton, answers: dict[str, Answer]) -> list[str]:
    """For each exercise, a remark unless its answer simply stood in its cell."""
    copies: defaultdict[str, int] = defaultdict(int)
    for cell in submission.cells:
        copies[cell.grade_id] += 1
    notes = []
    for original in filter(is_solution, skeleton.cells):
        name = original.metadata.nbgrader.grade_id
        answer = answers.get(name)
        taken = submission.cells[answer.cell] if answer else None
        if taken is None:
            if not copies[name]:
                kept = any(c.source.strip() == as_released(original).strip() for c in submission.cells)
                lost = "had lost its metadata" if kept else "is missing"
                notes.append(f"{name}: the answer cell {lost}; graded as unanswered")
        elif taken.grade_id != name:
            where = f"the cell {taken.grade_id}" if taken.grade_id else "another cell"
            if copies[name]:
                notes.append(f"{name}: answered in {where}; took the last cell that defines it")
            else:
                notes.append(f"{name}: the answer cell had lost its metadata and was found by its name")
        elif taken.kind != "code":
            notes.append(f"{name}: the answer cell had become a {taken.kind} cell; it was run as code")
        if copies[name] > 1:
            notes.append(f"{name}: {copies[name]} copies of the answer cell; took the last one that answers it")
    return notes


def _written_notes(submission: SubmittedNotebook, found: Answers) -> list[str]:
    """For each written answer, a remark unless it stood in its cell."""
    return [
        f"{name}: answered beside its cell; the answer was put into it"
        for name, answer in found.written.items()
        if submission.cells[answer.cells[0]].grade_id != name
    ]


def _locked_notes(submission: SubmittedNotebook, skeleton: _Skeleton, places: _Places) -> list[str]:
    """Test cells always come from the instructor; that theirs differ is worth a remark."""
    notes = []
    for position, original in enumerate(skeleton.cells):
        if not is_grade(original):
            continue
        name = original.metadata.nbgrader.grade_id
        copies = [submission.cells[index] for index in places.copies.get(position, [])]
        points = {copy.points for copy in copies if copy.points} - {str(original.metadata.nbgrader.points)}
        if not copies:
            notes.append(f"{name}: the cell is missing; the original was used")
        elif any(skeleton.is_changed(position, copy) for copy in copies):
            notes.append(f"{name}: the cell was edited; the original was used")
        if points:
            notes.append(f"{name}: its points had been changed to {points.pop()[:20]}; the original's count")
    return notes
