"""Every notebook from top to bottom: solved without an error, unsolved with nothing but NotImplementedError."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import ROOT

from autograder.course import as_released, load_course
from autograder.execute import Cell, Limits, execute
from autograder.workers import default_count as default_workers

COURSE = load_course(ROOT)
DRAWS = re.compile(r"^\S.*\b(plt\.(subplots|subplot_mosaic|figure)|plot_\w+)\(", re.MULTILINE)
LIMITS = Limits(cell_seconds=300, notebook_seconds=1200)


def run(name, solved):
    cells = [c for c in COURSE.assignments[name].source.cells if c.cell_type == "code"]
    program = [Cell(cell.id, cell.source if solved else as_released(cell), "given") for cell in cells]
    return dict(zip((cell.id for cell in cells), execute(program, LIMITS).outcomes, strict=True)), cells


@pytest.fixture(scope="module")
def finished(request):
    """What came of the notebooks that tests ask for, by name and whether solved; run as many at a time as cores."""
    wanted = [
        (item.callspec.params["name"], item.function is test_solved)
        for item in reversed(request.session.items)  # the later notebooks take longer, so they begin
        if item.module is request.module
    ]
    with ThreadPoolExecutor(default_workers()) as pool:
        yield dict(zip(wanted, pool.map(lambda job: run(*job), wanted), strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("name", COURSE.assignments)
def test_solved(finished, name):
    outcomes, cells = finished[name, True]
    for cell in cells:
        outcome = outcomes[cell.id]
        assert outcome.ran and not outcome.error, f"{cell.id}: {outcome.problem or outcome.error}\n{cell.source[:200]}"
        if "nbgrader" in cell.metadata:
            assert not any(o.get("name") == "stderr" for o in outcome.outputs), f"{cell.id} writes to stderr"
        if DRAWS.search(cell.source):
            assert any("image/png" in o.get("data", {}) for o in outcome.outputs), f"{cell.id} shows no picture"


@pytest.mark.slow
@pytest.mark.parametrize("name", COURSE.assignments)
def test_unsolved(finished, name):
    outcomes, cells = finished[name, False]
    failed = {}
    for cell in cells:
        outcome = outcomes[cell.id]
        assert outcome.ran, f"{cell.id}: {outcome.problem}"
        if outcome.error:
            failed[cell.id] = outcome.error["ename"]
    expected = {"NotImplementedError"} if COURSE.assignments[name].exercises else set()
    assert set(failed.values()) == expected, failed
    assert {f"check_{exercise.name}" for exercise in COURSE.assignments[name].exercises} <= set(failed)
