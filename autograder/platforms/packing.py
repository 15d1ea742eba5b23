"""`autograder package`: what one uploads to a platform, as one zip.

Each has the same two folders somewhere in it:

    program/     the grader and rl_helpers, to be installed; nothing in it is secret
    material/    one notebook's source with its answers and hidden tests, and an overlay's: only root may read it there
"""

import json
import re
import stat
import tempfile
import uuid
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Literal, get_args

from autograder.course import Course, CourseError, package_of

PlatformName = Literal["gradescope", "prairielearn", "actions"]
NAMES: tuple[PlatformName, ...] = get_args(PlatformName)
_HOME = Path(__file__).resolve().parents[2]
_PACKAGES = ("autograder", "rl_helpers")
_PROGRAM = ("pyproject.toml", "constraints.txt", "README.md", "LICENSE")
_DATE = (2026, 1, 1, 0, 0, 0)  # of every file, so that the same course makes the same zip
_PLACEHOLDER = re.compile(r"@(\w+)@")


@dataclass(frozen=True)
class _Layout:
    """Where things go in a platform's zip; in paths, too, `@…@` is filled in.

    Attributes:
      program, material: folders.
      own: the platform's own files, by path: which of templates/platforms it is made from.
      notebook: where the learners' notebook goes; empty for nowhere.
    """

    program: str
    material: str
    own: Mapping[str, str]
    notebook: str = ""


_LAYOUTS: Mapping[PlatformName, _Layout] = {
    # https://gradescope-autograders.readthedocs.io/en/latest/specs/
    "gradescope": _Layout(
        "program", "material", {"setup.sh": "gradescope-setup.sh", "run_autograder": "gradescope-run.sh"}
    ),
    # https://prairielearn.readthedocs.io/en/latest/externalGrading/
    "prairielearn": _Layout(
        "image/program",
        "questions/@NOTEBOOK@/tests",
        {
            "README.md": "prairielearn-readme.md",
            "image/Dockerfile": "prairielearn-dockerfile",
            "image/run.sh": "prairielearn-run.sh",
            "questions/@NOTEBOOK@/info.json": "prairielearn-info.json",
            "questions/@NOTEBOOK@/question.html": "prairielearn-question.html",
        },
        "questions/@NOTEBOOK@/clientFilesQuestion/@NOTEBOOK@.ipynb",
    ),
    # https://docs.github.com/en/actions/sharing-automations/creating-actions/creating-a-composite-action
    "actions": _Layout(
        "grader/program",
        "grader/material",
        {
            "README.md": "actions-readme.md",
            "grader/action.yml": "actions-action.yml",
            "assignment/.github/workflows/grade.yml": "actions-workflow.yml",
        },
        "assignment/@NOTEBOOK@.ipynb",
    ),
}

NEXT: Mapping[PlatformName, str] = {
    "gradescope": "In Gradescope, make a programming assignment, upload this as its autograder, and choose a container "
    "with at least 3 GB of memory.",
    "prairielearn": "Its README.md says where image/ and questions/ go.",
    "actions": "Its README.md says which repositories to make from grader/ and assignment/.",
}


def package(course: Course, notebook: str, platform: PlatformName, out: Path):
    """Writes the zip for `platform` that grades `notebook`.

    Raises:
      CourseError: there is nothing to grade in it.
      OSError: `out` cannot be written.
    """
    assignment = course.assignments[notebook]
    if not assignment.exercises:
        raise CourseError(f"{notebook} has no exercises: there is nothing to grade in it")
    layout, (repository, version) = _LAYOUTS[platform], package_of(course.root)
    words = {
        "NOTEBOOK": notebook,
        "TITLE": assignment.title,
        "POINTS": f"{sum(exercise.max_score for exercise in assignment.exercises):g}",
        "VERSION": version,
        "UUID": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{repository}#{notebook}")),
        "REPOSITORY": repository,
    }
    contents: dict[str, bytes] = {}
    for name, file in _program():
        contents[f"{layout.program}/{name}"] = file.read_bytes()
    for name, file in _material(course, notebook):
        contents[f"{layout.material}/{name}"] = file.read_bytes()
    for name, template in layout.own.items():
        text = (files("autograder") / "templates" / "platforms" / template).read_text(encoding="utf-8")
        quoted = {word: json.dumps(value)[1:-1] for word, value in words.items()} if name.endswith(".json") else words
        contents[name] = _fill(text, quoted).encode()
    if layout.notebook:
        from autograder.nbgrader_bridge import build_course  # nbgrader takes seconds to import

        with tempfile.TemporaryDirectory() as folder:
            released = build_course(replace(course, assignments={notebook: assignment}), Path(folder))
        contents[layout.notebook] = released[notebook]
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(contents.items()):
            entry = zipfile.ZipInfo(_fill(name, words), _DATE)
            mode = 0o755 if data.startswith(b"#!") else 0o644
            entry.external_attr = (stat.S_IFREG | mode) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)


def _fill(text: str, words: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda word: words[word[1]], text)


def _program() -> Iterable[tuple[str, Path]]:
    """What is installed there: the code as it stands here, whoever's changes are in it."""
    for name in _PROGRAM:
        if not (_HOME / name).is_file():
            raise CourseError(f"a package is made from a clone of the repository; there is no {name} in {_HOME}")
        yield name, _HOME / name
    for name in _PACKAGES:
        for file in sorted((_HOME / name).rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                yield file.relative_to(_HOME).as_posix(), file


def _material(course: Course, notebook: str) -> Iterable[tuple[str, Path]]:
    """One notebook's source and the wrong answers named for it: the public course's, and an overlay's."""
    yield "course/pyproject.toml", course.root / "pyproject.toml"
    folders = [course.root, *([course.overlay.folder] if course.overlay else [])]
    folders = [folder for folder in folders if (folder / "solutions" / f"{notebook}.py").is_file()]
    for name, folder in zip(("course", "overlay"), folders, strict=False):  # an overlay's own notebook is a course's
        for file in [folder / "solutions" / f"{notebook}.py", *(folder / "tests" / "answers" / notebook).glob("*.py")]:
            yield f"{name}/{file.relative_to(folder).as_posix()}", file
