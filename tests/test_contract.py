"""docs/contract.md, by which others write answers: it names the exercises that there are, and their arguments."""

import ast
import re

import pytest
from conftest import ROOT, read_course

from autograder.course import is_solution

COURSE = read_course()
PARTS = re.split(r"^### ", (ROOT / "docs" / "contract.md").read_text(encoding="utf-8"), flags=re.M)[1:]
NOTEBOOKS = {part.split(maxsplit=1)[0]: part for part in PARTS}


def promised(name: str) -> dict[str, list[str]]:
    """What the contract's table for a notebook names, each with its arguments."""
    rows = re.findall(r"^\| (`.+?) \|", NOTEBOOKS[name], re.M)
    names = re.findall(r"`(\w+)(?:\((.*?)\))?", " ".join(rows))
    return {name: [argument.split("=")[0].strip() for argument in found.split(",") if found] for name, found in names}


def test_every_notebook_has_a_part():
    assert set(NOTEBOOKS) == set(COURSE.assignments)


@pytest.mark.parametrize("name", COURSE.assignments)
def test_the_exercises_are_the_promised_ones(name):
    exercises = [exercise.name for exercise in COURSE.assignments[name].exercises]
    table = promised(name) if exercises else {}
    assert set(table) == set(exercises)
    for cell in COURSE.assignments[name].source.cells:
        if not is_solution(cell):
            continue
        for node in ast.parse(cell.source).body:
            if isinstance(node, ast.FunctionDef) and node.name == cell.id:
                assert [argument.arg for argument in node.args.args] == table[cell.id], cell.id
