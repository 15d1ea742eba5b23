"""Every notebook from top to bottom: solved without an error, unsolved with nothing but NotImplementedError.

What a solved notebook's text says of its pictures is asserted in the same run, by `tests/claims/<notebook>.py`:

    # %% after text in a demo: what is claimed
    assert solved_seeds == 8

Such a block runs right after the cell that holds the text, and sees the notebook's variables. Where exercises are open
there is nothing to claim, and training is cut short (`rl_helpers/budget.py`).
"""

import os
import re
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import pytest
from conftest import ROOT, read_course
from filling import read_blocks

import rl_helpers  # noqa: F401  # it sets XLA_FLAGS
from autograder import sandbox
from autograder.course import as_released
from autograder.execute import Cell, Limits, execute
from autograder.workers import default_count as default_workers

COURSE = read_course()
DRAWS = re.compile(r"^\S.*\b(plt\.(subplots|subplot_mosaic|figure)|plot_\w+)\(", re.MULTILINE)
LIMITS = Limits(cell_seconds=900, notebook_seconds=3000)  # other tests run beside these
SHORT = "__import__('os').environ['RL_HELPERS_SHORT_TRAINING'] = '1'"


class Claim(NamedTuple):
    after: str
    title: str
    source: str


def read_claims(name: str) -> list[Claim]:
    file = ROOT / "tests" / "claims" / f"{name}.py"
    claims = []
    for header, source in read_blocks(file) if file.exists() else []:
        match = re.fullmatch(r"after (.+): (.+)", header)
        assert match, f"{file.name}: {header!r} is not 'after text in a demo: what is claimed'"
        claims.append(Claim(match[1], match[2], source))
    return claims


CLAIMS = {name: read_claims(name) for name in COURSE.assignments}


running = threading.local()


def run(name, solved):
    running.solved = solved
    cells = [c for c in COURSE.assignments[name].source.cells if c.cell_type == "code"]
    program = [] if solved else [Cell("environment", SHORT, "given")]
    for cell in cells:
        program.append(Cell(cell.id, cell.source if solved else as_released(cell), "given"))
        if solved and "demo" in cell.metadata.get("tags", []):
            program += [
                Cell(claim.title, f"def claim():\n{textwrap.indent(claim.source, '    ')}\nclaim()", "given")
                for claim in CLAIMS[name]
                if claim.after in cell.source
            ]
    assert len({cell.name for cell in program}) == len(program)
    return {outcome.name: outcome for outcome in execute(program, LIMITS).outcomes}, cells


@pytest.fixture(scope="module")
def finished(request):
    """What came of the notebooks that tests ask for, by name and whether solved; run as many at a time as cores."""
    asked = [
        (item.callspec.params["name"], item.function is not test_unsolved)
        for item in reversed(request.session.items)  # the later notebooks take longer, so they begin
        if item.module is request.module
    ]
    wanted = list(dict.fromkeys(asked))
    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(default_workers()) as pool:
        quick_flags = sandbox.quick_flags
        flags = lambda jaxlib: os.environ["XLA_FLAGS"] if running.solved else quick_flags(jaxlib)
        patch.setattr(sandbox, "quick_flags", flags)  # what is solved compiles as on a learner's machine
        return dict(zip(wanted, pool.map(lambda job: run(*job), wanted), strict=True))


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
@pytest.mark.parametrize(("name", "title"), [(name, claim.title) for name in CLAIMS for claim in CLAIMS[name]])
def test_what_the_text_claims_is_so(finished, name, title):
    outcomes, _ = finished[name, True]
    assert title in outcomes, "no demo holds the text after which this is to be claimed"
    outcome = outcomes[title]
    assert outcome.ran and not outcome.error, outcome.problem or "\n".join(outcome.error["traceback"])


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
