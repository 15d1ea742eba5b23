"""Marks are earned: no honest habit is flagged or loses a point; ways around the tests earn nothing or are flagged."""

import json
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor

import pytest
from filling import cells_by_id, code_cell
from marks import CHEATS, HONEST, UNSEEN
from small_course import write_sources
from test_hostile import RIGHT, SOURCE

from autograder.build import build_course
from autograder.course import load_course
from autograder.execute import Limits
from autograder.grading import grade_notebook
from autograder.submitted import read_notebook


def _grade(assignment, data: bytes):
    return grade_notebook(assignment, read_notebook(data), Limits(cell_seconds=20), True)


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """What came of each honest habit and each cheat, by kind and name."""
    root = tmp_path_factory.mktemp("marks")
    write_sources(root, small=SOURCE)
    course = load_course(root)
    released = build_course(course, root / "build")["small"]
    todo = {}
    for kind, sources in (("honest", HONEST), ("cheat", CHEATS)):
        for name, source in sources.items():
            notebook, answers = json.loads(released), dict(RIGHT)
            if kind == "cheat" or "def double" in source or "double =" in source:
                answers["double"] = source
            else:
                notebook["cells"].insert(0, code_cell(source))
            for exercise, answer in answers.items():
                cells_by_id(notebook)[exercise]["source"] = answer
            todo[kind, name] = json.dumps(notebook).encode()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(2, os.cpu_count() or 1), context) as pool:
        futures = {key: pool.submit(_grade, course.assignments["small"], data) for key, data in todo.items()}
        return {key: future.result() for key, future in futures.items()}


def points(grading, name: str = "double") -> float:
    return next(exercise.score for exercise in grading.exercises if exercise.name == name)


@pytest.mark.slow
@pytest.mark.parametrize("name", HONEST)
def test_an_honest_habit_is_not_flagged(graded, name):
    grading = graded["honest", name]
    assert grading.flags == ()
    assert (points(grading), points(grading, "triple")) == (4, 4), grading.exercises


@pytest.mark.slow
@pytest.mark.parametrize("name", CHEATS)
def test_a_cheat_earns_nothing_or_is_flagged(graded, name):
    grading = graded["cheat", name]
    stopped = points(grading) == 0
    assert (stopped or bool(grading.flags)) != (name in UNSEEN), (grading.exercises, grading.flags)


def test_the_corpus_is_large_and_what_is_unseen_is_little():
    assert len(HONEST) >= 40 and len(CHEATS) >= 40 and len(UNSEEN) <= len(CHEATS) / 10
