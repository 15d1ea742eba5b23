"""solutions/*.py -> notebooks/*.ipynb: jupytext reads, nbgrader strips answers and hidden tests."""

import json
import shutil
import tempfile
from pathlib import Path

from autograder.answers import answered
from autograder.course import INSTALL_ID, STUB, Assignment, Course, CourseError, is_solution
from autograder.nbgrader_bridge import build_course
from autograder.submitted import NotANotebook, SubmittedCell, read_notebook
from autograder.written import TEXT_STUB, is_written


def build(course: Course) -> list[str]:
    """Writes `notebooks/*.ipynb` and the instructor's course directory `build/course`, an overlay's beside it.

    Returns:
      The names of the notebooks whose committed text changed.
    Raises:
      CourseError: somebody worked in `notebooks/`; nothing was written.
    """
    _refuse_to_lose_work(course)
    folder = course.home / "build" / "course"
    shutil.rmtree(folder, ignore_errors=True)
    student = build_course(course, folder)
    changed = stale(course, student)
    for name in changed:
        path = course.home / "notebooks" / f"{name}.ipynb"
        if name in student:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(student[name])
        else:
            path.unlink()
    return changed


def check(course: Course) -> list[str]:
    """The names of committed notebooks that differ from what their sources give. Writes nothing.

    Raises:
      CourseError: somebody worked in `notebooks/`, so they would hand out answers.
    """
    _refuse_to_lose_work(course)
    with tempfile.TemporaryDirectory() as folder:
        return stale(course, build_course(course, Path(folder)))


def stale(course: Course, student: dict[str, bytes]) -> list[str]:
    """The notebooks in `notebooks/` that are missing, different or without a source."""
    committed = {path.stem: path.read_bytes() for path in (course.home / "notebooks").glob("*.ipynb")}
    return sorted(name for name in committed.keys() | student.keys() if committed.get(name) != student.get(name))


def _refuse_to_lose_work(course: Course):
    """A build overwrites what is in `notebooks/`, and a class gets what is in there: it must be nobody's work."""
    found = []
    for path in sorted((course.home / "notebooks").glob("*.ipynb")):
        if work := _work_in(path.read_bytes(), course.assignments.get(path.stem)):
            found.append(f"notebooks/{path.name} holds {work}")
    if found:
        instead = (
            "out of there"
            if course.overlay
            else "to work/, where your own copies live, and take the released one back with `git checkout notebooks`"
        )
        raise CourseError(f"{'; '.join(found)}. Nothing was changed. Move such a notebook {instead}.")


def _work_in(data: bytes, assignment: Assignment | None) -> str:
    """What a person has written into a notebook, in words; empty if it only has outputs, or is as some build made it.

    An older build's notebook is nobody's work, though its cells differ from today's: no editor has saved it, and the
    stub stands in every answer cell.
    """
    try:
        notebook = read_notebook(data)
    except NotANotebook:  # Git's marks of a merge conflict, with both versions in Git
        return "" if b"\n<<<<<<< " in data else "something that is no notebook"
    content = json.loads(data.decode("utf-8-sig"))
    saved = content["metadata"].get("language_info") != {"name": "python"}
    saved |= any(cell.get("outputs") or cell.get("execution_count") for cell in content["cells"])
    if assignment is None:  # its source is gone, and the build takes away what an earlier one made
        return "" if notebook.claims and not saved else "a notebook of your own"
    filled = {c.grade_id for c in notebook.cells if c.grade_id and STUB not in c.source and TEXT_STUB not in c.source}
    to_fill = {c.metadata.nbgrader.grade_id for c in assignment.source.cells if is_solution(c) or is_written(c)}
    if not saved and not filled & to_fill:
        return ""
    names = answered(notebook, assignment)
    own = sum(bool(cell.source.strip()) and not _from_build(cell) for cell in notebook.cells)
    words = [f"answers ({', '.join(sorted(names))})"] if names else []
    words += [f"{own} cell{'s' * (own > 1)} of your own"] if own else []
    return " and ".join(words)


def _from_build(cell: SubmittedCell) -> bool:
    return bool(cell.grade_id) or cell.id == INSTALL_ID or cell.id.startswith("cell-")
