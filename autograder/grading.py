"""One submission from its cells to its points: what a worker does. Depends on its arguments only."""

import time
from dataclasses import asdict

from autograder import sandbox
from autograder.course import Assignment
from autograder.execute import Isolation, Limits, execute
from autograder.restore import restore
from autograder.results import WrittenResult
from autograder.scan import suspicions
from autograder.score import score_exercises
from autograder.store import Grading
from autograder.submitted import SubmittedNotebook


def grade_notebook(
    assignment: Assignment,
    submitted: SubmittedNotebook,
    limits: Limits,
    isolation: Isolation,
    compiled: sandbox.Compiled | None = None,
) -> Grading:
    """Restores, executes and scores one notebook; `compiled` only saves time.

    Raises:
      SandboxUnavailable: the `isolation` cannot be had here.
      RuntimeError: no kernel started.
    """
    begin = time.monotonic()
    restored = restore(submitted, assignment)
    execution = execute(
        restored.cells,
        limits,
        canaries=restored.canaries,
        exercises=[exercise.name for exercise in assignment.exercises],
        isolation=isolation,
        compiled=compiled,
    )
    flags = [
        f"{name} passed even with the answer taken out again: something in this notebook interferes with the tests"
        for name in execution.survived
    ]
    flags += execution.flags
    flags += suspicions((c.name, c.source) for c in restored.cells if c.kind in ("answer", "extra"))
    return Grading(
        exercises=tuple(score_exercises(assignment, {outcome.name: outcome for outcome in execution.outcomes})),
        flags=tuple(flags),
        notes=(*restored.notes, *execution.notes),
        seconds=round(time.monotonic() - begin, 2),
        untouched=restored.untouched,
        written=tuple(WrittenResult(q.name, q.points, q.name in restored.written) for q in assignment.questions),
        notebook=restored.notebook,
        outcomes=[asdict(outcome) for outcome in execution.outcomes],
        problem=execution.problem,
    )
