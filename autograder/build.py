"""solutions/*.py -> notebooks/*.ipynb: jupytext reads, nbgrader strips answers and hidden tests."""

import contextlib
import logging
import shutil
import tempfile
import warnings
from pathlib import Path
from unittest.mock import patch

import nbformat
import sqlalchemy.exc
from alembic.script import ScriptDirectory
from nbgrader.apps.api import NbGraderAPI
from nbgrader.dbutil import ALEMBIC_DIR
from traitlets.config import Config

from autograder.course import STUB, Course, CourseError


def nbgrader_config(folder: Path, db_url: str | None = None) -> Config:
    """nbgrader's configuration for the course directory `folder`; `nbgrader_config.py` is made of it too."""
    config = Config()
    config.CourseDirectory.root = str(folder)
    config.CourseDirectory.course_id = "rl-workshop"
    config.CourseDirectory.db_url = db_url or f"sqlite:///{folder / 'gradebook.db'}"
    config.ClearSolutions.code_stub = {"python": STUB}
    config.Execute.timeout = 600  # stock autograde runs the demo cells too, training included
    config.NbGrader.logfile = ""
    config.Application.log_level = logging.WARNING
    return config


def build_course(course: Course, folder: Path, config: Config | None = None) -> dict[str, bytes]:
    """Fills `folder` as an nbgrader course directory: `source/`, `release/` and the gradebook.

    Args:
      course: what to build.
      folder: the course directory.
      config: nbgrader's configuration; default: `nbgrader_config(folder)`.
    Returns:
      The student notebooks' bytes by name, the same on every run.
    Raises:
      CourseError: nbgrader refused a notebook.
    """
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    with nbgrader_environment():
        api = NbGraderAPI(config=config or nbgrader_config(folder))
    student = {}
    for name, assignment in course.assignments.items():
        if not assignment.exercises:  # nothing to strip and nothing for the gradebook
            student[name] = _bytes(assignment.source)
            continue
        source = folder / "source" / name / f"{name}.ipynb"
        source.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(assignment.source, source)
        with nbgrader_environment():
            result = api.generate_assignment(name, force=True, create=True)
        if not result["success"]:
            raise CourseError(f"nbgrader could not generate {name}: {result.get('error') or result.get('log')}")
        notebook = nbformat.read(folder / "release" / name / f"{name}.ipynb", as_version=4)
        student[name] = _bytes(notebook)
    return student


def _bytes(notebook: nbformat.NotebookNode) -> bytes:
    return (nbformat.writes(notebook).rstrip("\n") + "\n").encode()


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


@contextlib.contextmanager
def nbgrader_environment():
    """Calls into nbgrader happen in here: it knows the version of its database without a command on the PATH, and it
    keeps quiet (it reports each step at INFO and warns about things that are as intended)."""
    loggers = [logging.getLogger(name) for name in ("traitlets", "nbgrader", "alembic")]
    levels = [log.level for log in loggers]
    for log in loggers:
        log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", sqlalchemy.exc.SAWarning)
            with patch("nbgrader.api.get_alembic_version", _database_version):
                yield
    finally:
        for log, level in zip(loggers, levels, strict=True):
            log.setLevel(level)


def _database_version() -> str:
    """The version that nbgrader gives a new database. It asks the command `alembic`, which takes two seconds."""
    return ScriptDirectory(ALEMBIC_DIR).get_current_head()
