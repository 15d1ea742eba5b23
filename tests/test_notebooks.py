"""Every notebook from top to bottom: solved without an error, unsolved with nothing but NotImplementedError."""

import pytest
from conftest import ROOT

from autograder.course import as_released, load_course
from autograder.execute import Cell, Limits, execute

COURSE = load_course(ROOT)
LIMITS = Limits(cell_seconds=300, notebook_seconds=1200)


def run(assignment, source_of):
    cells = [c for c in assignment.source.cells if c.cell_type == "code"]
    program = [Cell(cell.id, source_of(cell), "given") for cell in cells]
    return dict(zip((cell.id for cell in cells), execute(program, LIMITS).outcomes, strict=True)), cells


@pytest.mark.slow
@pytest.mark.parametrize("name", COURSE.assignments)
def test_solved(name):
    outcomes, cells = run(COURSE.assignments[name], lambda cell: cell.source)
    for cell in cells:
        outcome = outcomes[cell.id]
        assert outcome.ran and not outcome.error, f"{cell.id}: {outcome.problem or outcome.error}\n{cell.source[:200]}"
        if "nbgrader" in cell.metadata:
            assert not any(o.get("name") == "stderr" for o in outcome.outputs), f"{cell.id} writes to stderr"
    pictures = [o for outcome in outcomes.values() for o in outcome.outputs if "image/png" in o.get("data", {})]
    assert len(pictures) >= 3


@pytest.mark.slow
@pytest.mark.parametrize("name", COURSE.assignments)
def test_unsolved(name):
    outcomes, cells = run(COURSE.assignments[name], as_released)
    failed = {}
    for cell in cells:
        outcome = outcomes[cell.id]
        assert outcome.ran, f"{cell.id}: {outcome.problem}"
        if outcome.error:
            failed[cell.id] = outcome.error["ename"]
    expected = {"NotImplementedError"} if COURSE.assignments[name].exercises else set()
    assert set(failed.values()) == expected, failed
    assert {cell.id for cell in cells if cell.id.startswith("check_")} <= set(failed)
