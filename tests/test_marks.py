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
    """What came of each honest habit and each cheat, by kind and name. Habits that are no answer share notebooks, eight
    to each; where a notebook is flagged or loses points, each of its habits goes into one of its own."""
    root = tmp_path_factory.mktemp("marks")
    write_sources(root, small=SOURCE)
    course = load_course(root)
    released = build_course(course, root / "build")["small"]

    def hand_in(*sources: str, double: str = RIGHT["double"]) -> bytes:
        notebook = json.loads(released)
        for exercise, answer in (RIGHT | {"double": double}).items():
            cells_by_id(notebook)[exercise]["source"] = answer
        notebook["cells"][:0] = map(code_cell, sources)
        return json.dumps(notebook).encode()

    answers = {("cheat", name): source for name, source in CHEATS.items()}
    answers |= {("honest", name): source for name, source in HONEST.items() if _is_answer(source)}
    habits = [name for name, source in HONEST.items() if not _is_answer(source)]
    groups = [tuple(habits[start : start + 8]) for start in range(0, len(habits), 8)]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(2, os.cpu_count() or 1), context) as pool:
        grade = lambda data: pool.submit(_grade, course.assignments["small"], data)
        together = {names: grade(hand_in(*map(HONEST.get, names))) for names in groups}
        found = {key: grade(hand_in(double=source)) for key, source in answers.items()}
        for names, future in together.items():
            is_clean = not future.result().flags and {e.score for e in future.result().exercises} == {4}
            found |= {("honest", name): future if is_clean else grade(hand_in(HONEST[name])) for name in names}
        return {key: future.result() for key, future in found.items()}


def _is_answer(source: str) -> bool:
    return "def double" in source or "double =" in source


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
