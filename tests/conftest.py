"""Fixtures: the course, and its student notebooks as the build makes them."""

import functools
import json
import os
import tempfile
from pathlib import Path

import pytest

from autograder.build import build_course
from autograder.course import Course, load_course

ROOT = Path(__file__).resolve().parents[1]

# Scores and ticks that tests make are nobody's. Kernels that tests start inherit the folder.
_records = tempfile.TemporaryDirectory()
os.environ["XDG_DATA_HOME"] = _records.name

# The files that take longest, longest first: they begin, so that no worker has one of them left when the other is done.
# `make test` keeps the order (`--no-loadscope-reorder`).
_LONGEST = (
    "answers", "notebooks", "pipeline", "marks", "colab", "stock_nbgrader", "hostile", "grade", "compiled", "limits",
    "browser", "site", "odd_answers", "overlay", "class_list", "execute", "formgrader", "damaged", "copies",
)  # fmt: skip


def pytest_collection_modifyitems(items):
    """Sorts the files of tests by how long they take; the rest stays as it is."""
    place = {f"test_{name}.py": number for number, name in enumerate(_LONGEST)}
    items.sort(key=lambda item: place.get(item.path.name, len(place)))


def compiled_into(folder: Path) -> dict[str, str]:
    """What a kernel's environment needs so that JAX finds again what was compiled once, in another kernel too."""
    return {"JAX_COMPILATION_CACHE_DIR": str(folder), "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0"}


@functools.cache
def read_course() -> Course:
    """The course. It takes seconds to read, and several files of tests need it while they are collected."""
    return load_course(ROOT)


@pytest.fixture(scope="session")
def course() -> Course:
    return read_course()


@pytest.fixture(scope="session")
def built(course, tmp_path_factory) -> tuple[Path, dict[str, bytes]]:
    folder = tmp_path_factory.mktemp("course")
    return folder, build_course(course, folder)


@pytest.fixture(scope="session")
def course_folder(built) -> Path:
    """An nbgrader course directory with source/, release/ and a gradebook."""
    return built[0]


@pytest.fixture(scope="session")
def released(built) -> dict[str, str]:
    """The student notebooks' JSON text by name."""
    return {name: data.decode() for name, data in built[1].items()}


@pytest.fixture
def student(released):
    """`student(name)` is a fresh copy of a student notebook, as a dict."""
    return lambda name: json.loads(released[name])
