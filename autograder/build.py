"""solutions/*.py -> notebooks/*.ipynb: jupytext reads, nbgrader strips answers and hidden tests."""

import shutil
import tempfile
from pathlib import Path

from autograder.course import Course
from autograder.nbgrader_bridge import build_course


def build(course: Course) -> list[str]:
    """Writes `notebooks/*.ipynb` and the instructor's course directory `build/course`.

    Returns:
      The names of the notebooks whose committed text changed.
    """
    folder = course.root / "build" / "course"
    shutil.rmtree(folder, ignore_errors=True)
    student = build_course(course, folder)
    changed = stale(course, student)
    for name in changed:
        path = course.root / "notebooks" / f"{name}.ipynb"
        if name in student:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(student[name])
        else:
            path.unlink()
    return changed


def check(course: Course) -> list[str]:
    """The names of committed notebooks that differ from what their sources give. Writes nothing."""
    with tempfile.TemporaryDirectory() as folder:
        return stale(course, build_course(course, Path(folder)))


def stale(course: Course, student: dict[str, bytes]) -> list[str]:
    """The notebooks in `notebooks/` that are missing, different or without a source."""
    committed = {path.stem: path.read_bytes() for path in (course.root / "notebooks").glob("*.ipynb")}
    return sorted(name for name in committed.keys() | student.keys() if committed.get(name) != student.get(name))
