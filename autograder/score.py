"""Outputs -> points. Strict and pure: a graded cell earns its points by running to its end without an exception."""

import math
import re
from collections.abc import Mapping

from autograder.course import Assignment
from autograder.execute import Outcome
from autograder.results import ExerciseResult

NOT_IMPLEMENTED = "Not implemented yet."
RAISED = "Your cell raised "  # begins what is said of an answer that does not even run
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def score_exercises(assignment: Assignment, outcomes: Mapping[str, Outcome]) -> list[ExerciseResult]:
    """The score of each exercise of `assignment`, from the outcomes of its cells by name."""
    scores = []
    for exercise in assignment.exercises:
        points = {cell: score_cell(outcomes.get(cell), available) for cell, available in exercise.points.items()}
        total, passed = sum(points.values()), all(points[cell] >= exercise.points[cell] for cell in points)
        message = "" if passed else explain(outcomes.get(exercise.name), [outcomes.get(cell) for cell in points])
        check = next(iter(points))
        checked = points[check] >= exercise.points[check]
        scores.append(ExerciseResult(exercise.name, total, exercise.max_score, passed, message, check_passed=checked))
    return scores


def score_cell(outcome: Outcome | None, available: float) -> float:
    """The points of one graded cell: none after an exception or when it did not run to its end; a cell whose last value
    is a number earns that number if it is finite and between 0 and `available`, else nothing, and False earns nothing;
    any other ends earn all of them. Warnings and prints do not matter."""
    if outcome is None or not outcome.ran or outcome.error:
        return 0.0
    for output in outcome.outputs:
        if output["output_type"] == "execute_result":
            return _partial(str(output["data"].get("text/plain", "")), available)
    return available


def _partial(text: str, available: float) -> float:
    if match := re.fullmatch(r"np\.float(?:32|64)\((.*)\)|(?:Array|array)\(([^,]*)(?:,.*)?\)", text, re.S):
        text = match.group(1) or match.group(2)
    if text in ("True", "False"):
        return available if text == "True" else 0.0
    try:
        value = float(text)
    except ValueError:
        return available
    return value if math.isfinite(value) and 0 <= value <= available else 0.0


def explain(answer: Outcome | None, graded: list[Outcome | None]) -> str:
    """Why points were lost, for the learner: what stopped their own cell, else the first message a check wrote, else
    the first exception."""
    if answer is not None and answer.error and answer.error.get("ename") != "NotImplementedError":
        return f"{RAISED}{_message(answer.error)}"
    errors = [outcome.error for outcome in graded if outcome is not None and outcome.error]
    if any(error.get("ename") == "NotImplementedError" for error in errors):
        return NOT_IMPLEMENTED
    written = [error for error in errors if error.get("ename") == "CheckFailed"]
    problems = [outcome.problem for outcome in graded if outcome is not None and outcome.problem]
    nothing_said = "Partial credit." if all(graded) else "The test did not run."
    return next(iter([*problems, *map(_message, written + errors)]), nothing_said)


def _message(error: Mapping) -> str:
    """An error output in words: a check's own message as it stands, anything else with the exception's name."""
    name, text = error.get("ename", ""), _ANSI.sub("", str(error.get("evalue", ""))).strip()
    text = re.sub(r" \(\d+\.py, line (\d+)\)$", r" (line \1 of the cell)", text)  # IPython's name for a cell's file
    return text if name == "CheckFailed" else f"{name}: {text}".rstrip(": ")
