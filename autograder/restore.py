"""A submission and the instructor's source -> the notebook that is graded.

The instructor's skeleton decides everything but the answers: only solution cells are transplanted, by grade id, and the
learner's extra cells are kept where they stand. Whatever had to be mended is noted.
"""

import copy
import re
from dataclasses import dataclass, field

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.course import Assignment, as_released, is_demo, is_grade, is_solution
from autograder.execute import Canary, Cell
from autograder.submitted import SubmittedCell, SubmittedNotebook, answers_by_id, defines


@dataclass
class Restored:
    """The notebook to grade.

    Attributes:
      notebook: the student's release version with their answers and extra cells, for the gradebook and the feedback.
      cells: what to execute: hidden tests included, demo cells left out.
      canaries: for each exercise, its stub and its hidden test.
      notes: what was mended.
    """

    notebook: NotebookNode
    cells: list[Cell]
    canaries: list[Canary]
    notes: list[str] = field(default_factory=list)
    untouched: bool = False


def restore(submission: SubmittedNotebook, assignment: Assignment) -> Restored:
    """Rebuilds `submission` on `assignment`'s skeleton."""
    skeleton = assignment.source.cells
    notes: list[str] = []
    place = {}  # cell of the submission -> position in the skeleton it stands for
    for index, cell in enumerate(submission.cells):
        place[index] = _skeleton_position(cell, skeleton)
    answers, taken = _choose_answers(submission, assignment, place, notes)
    _note_locked_cells(submission, skeleton, place, notes)
    extras = _extra_cells(submission, skeleton, place, taken)

    notebook = copy.deepcopy(assignment.source)
    notebook.cells, cells, canaries = [], [], []
    for extra in extras.get(-1, []):
        _append_extra(extra, notebook, cells)
    for position, original in enumerate(skeleton):
        cell = copy.deepcopy(original)
        cell.source = as_released(original)
        if is_solution(original):
            name = original.metadata.nbgrader.grade_id
            cell.source = answers.get(name, cell.source)
            cells.append(Cell(name, cell.source, "answer"))
        elif is_grade(original):
            name = original.metadata.nbgrader.grade_id
            cells.append(Cell(name, original.source, "graded"))
            if name.startswith("test_"):
                stub = next(c for c in skeleton if is_solution(c) and f"test_{c.metadata.nbgrader.grade_id}" == name)
                canaries.append(Canary(as_released(stub), cells[-1]))
        elif cell.cell_type == "code" and not is_demo(cell):
            cells.append(Cell(cell.id, cell.source, "given"))
        notebook.cells.append(cell)
        for extra in extras.get(position, []):
            _append_extra(extra, notebook, cells)
    return Restored(notebook, cells, canaries, notes, not answers)


def answered(notebook: SubmittedNotebook, assignment: Assignment) -> frozenset[str]:
    """The names of the exercises whose answer differs from the stub."""
    stubs = {c.metadata.nbgrader.grade_id: as_released(c).strip() for c in assignment.source.cells if is_solution(c)}
    sources = answers_by_id(notebook, assignment)
    code = {name: [] for name in stubs}
    for cell in notebook.cells:
        if cell.kind == "code" and cell.grade_id not in stubs:
            for name in set(re.findall(r"^(?:(?:async\s+)?def|class)?\s*(\w+)", cell.source, re.M)) & stubs.keys():
                if defines(cell.source, name):
                    code[name].append(cell.source)
    return frozenset(
        name for name, stub in stubs.items() if any(s.strip() != stub for s in [*sources.get(name, []), *code[name]])
    )


def _append_extra(extra: SubmittedCell, notebook: NotebookNode, cells: list[Cell]):
    number = 1 + sum(cell["id"].startswith("extra-") for cell in notebook.cells)
    if extra.kind == "code":
        notebook.cells.append(new_code_cell(extra.source, id=f"extra-{number}"))
        cells.append(Cell(f"extra-{number}", extra.source, "extra"))
    else:
        notebook.cells.append(new_markdown_cell(extra.source, id=f"extra-{number}"))


def _skeleton_position(cell: SubmittedCell, skeleton) -> int | None:
    """The skeleton's cell that `cell` is a copy of: by grade id, then by its unchanged text, then by cell id."""
    for position, original in enumerate(skeleton):
        if cell.grade_id and original.metadata.get("nbgrader", {}).get("grade_id") == cell.grade_id:
            return position
    for position, original in enumerate(skeleton):
        if cell.kind == original.cell_type and cell.source.strip() == as_released(original).strip():
            return position
    for position, original in enumerate(skeleton):
        if cell.kind == original.cell_type and cell.id == original.id and "nbgrader" not in original.metadata:
            return position
    return None


def _choose_answers(submission, assignment: Assignment, place, notes) -> tuple[dict[str, str], set[int]]:
    """One source for each exercise that has any, and the positions of cells matched by function name."""
    found, taken, answers = answers_by_id(submission, assignment), set(), {}
    for original in filter(is_solution, assignment.source.cells):
        name, stub = original.metadata.nbgrader.grade_id, as_released(original).strip()
        copies = found.get(name, [])
        if not copies:
            strays = [
                index
                for index, cell in enumerate(submission.cells)
                if cell.kind == "code" and defines(cell.source, name) and _may_be_answer(place[index], assignment)
            ]
            copies = [submission.cells[index].source for index in strays]
            taken.update(strays)
            notes.append(
                f"{name}: the answer cell had lost its metadata and was found by its name"
                if strays
                else f"{name}: the answer cell is missing; graded as unanswered"
            )
        changed = [source for source in copies if source.strip() != stub]
        if len(copies) > 1:
            notes.append(f"{name}: {len(copies)} copies of the answer cell; took the last one that was changed")
        if changed:
            answers[name] = changed[-1]
    return answers, taken


def _may_be_answer(position: int | None, assignment: Assignment) -> bool:
    return position is None or is_solution(assignment.source.cells[position])


def _note_locked_cells(submission, skeleton, place, notes):
    """Test cells always come from the instructor; that theirs differ is worth a remark."""
    for position, original in enumerate(skeleton):
        if not is_grade(original):
            continue
        name = original.metadata.nbgrader.grade_id
        copies = [submission.cells[index] for index, where in place.items() if where == position]
        points = {copy.points for copy in copies if copy.points} - {str(original.metadata.nbgrader.points)}
        if not copies:
            notes.append(f"{name}: the cell is missing; the original was used")
        elif any(copy.source.strip() != as_released(original).strip() for copy in copies):
            notes.append(f"{name}: the cell was edited; the original was used")
        if points:
            notes.append(f"{name}: its points had been changed to {points.pop()[:20]}; the original's count")


def _extra_cells(submission, skeleton, place, taken) -> dict[int, list[SubmittedCell]]:
    """The learner's own cells and their changed versions of given cells, by the skeleton cell they stand behind."""
    extras: dict[int, list[SubmittedCell]] = {}
    behind = -1
    for index, cell in enumerate(submission.cells):
        position = place[index]
        if position is None:
            if index not in taken and cell.source.strip():
                extras.setdefault(behind, []).append(cell)
            continue
        behind = position
        original = skeleton[position]
        changed = cell.source.strip() != as_released(original).strip()
        if changed and original.cell_type == "code" and "nbgrader" not in original.metadata:
            extras.setdefault(behind, []).append(cell)
    return extras
