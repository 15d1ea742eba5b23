"""Many submissions on any `concurrent.futures.Executor`; finished ones are kept, so that a rerun does only the rest."""

import concurrent.futures
import hashlib
import json
import multiprocessing
import os
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path

from autograder.course import Assignment, Course
from autograder.execute import Limits, Outcome, execute
from autograder.ingest import Submission
from autograder.restore import restore
from autograder.sandbox import package_folder
from autograder.score import score_exercises
from autograder.submitted import read_notebook


@dataclass
class Graded:
    """One submission's entry in results.json, and the outcomes its points come from."""

    result: dict
    outcomes: list[Outcome] = field(default_factory=list)


def grade_submission(submission: Submission, assignment: Assignment, limits: Limits, sandboxed: bool) -> Graded:
    """Restores, executes and scores one submission. Depends on its arguments only."""
    begin = time.monotonic()
    restored = restore(read_notebook(submission.data), assignment)
    execution = execute(restored.cells, limits, canaries=restored.canaries, sandboxed=sandboxed)
    scores = score_exercises(assignment, {outcome.name: outcome for outcome in execution.outcomes})
    flags = [
        f"{name} passed even with the answer taken out again: something in this notebook interferes with the tests"
        for name in execution.survived
    ]
    result = entry(submission, "graded", max_score=assignment.max_score)
    result |= {
        "score": sum(score.score for score in scores),
        "flags": flags,
        "notes": [*submission.notes, *restored.notes, *execution.notes],
        "seconds": round(time.monotonic() - begin, 2),
        "exercises": [asdict(score) for score in scores],
    }
    return Graded(result, execution.outcomes)


def grade_all(
    submissions: Iterable[Submission],
    course: Course,
    *,
    limits: Limits,
    sandboxed: bool,
    workers: int,
    cache: Path,
    on_done: Callable[[Graded], None] = lambda graded: None,
) -> list[Graded]:
    """Grades all submissions, whatever is in them, and calls `on_done` after each.

    Args:
      submissions: what `ingest` found.
      workers: how many at a time.
      cache: folder of finished results, by what they depend on; a rerun takes them from there.
    Returns:
      One entry for each submission, in the same order.
    """
    submissions, done = list(submissions), {}
    cache.mkdir(parents=True, exist_ok=True)
    todo = {}
    environment = _environment(limits)
    for number, submission in enumerate(submissions):
        if submission.problem:
            done[number] = _not_graded(submission, course)
        elif graded := _load(cache / _key(submission, course, environment)):
            done[number] = graded
        else:
            todo[number] = submission
    for graded in done.values():
        on_done(graded)
    for number, graded in _run(todo, course, limits, sandboxed, workers):
        if graded.result["status"] == "graded":
            _store(cache / _key(submissions[number], course, environment), graded)
        done[number] = graded
        on_done(graded)
    return [done[number] for number in range(len(submissions))]


def _run(todo: dict[int, Submission], course: Course, limits, sandboxed, workers) -> Iterator[tuple[int, Graded]]:
    """Results as they come. A submission whose worker process was lost is tried once more, alone."""
    lost = yield from _run_pool(todo, course, limits, sandboxed, workers)
    for number in lost:
        again = yield from _run_pool({number: todo[number]}, course, limits, sandboxed, 1)
        if again:
            yield number, _failure(todo[number], course, "the process that graded it was lost twice")


def _run_pool(todo: dict[int, Submission], course, limits, sandboxed, workers):
    if not todo:
        return []
    lost = []
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(min(workers, len(todo)), mp_context=context) as pool:
        futures = {
            pool.submit(grade_submission, s, course.assignments[s.assignment], limits, sandboxed): number
            for number, s in todo.items()
        }
        for future in concurrent.futures.as_completed(futures):
            number = futures[future]
            try:
                yield number, future.result()
            except BrokenProcessPool:
                lost.append(number)
            except Exception as error:
                yield number, _failure(todo[number], course, f"{type(error).__name__}: {error}")
    return lost


def entry(submission: Submission, status: str, *, max_score: float = 0.0, message: str = "") -> dict:
    """An entry of results.json with nothing earned yet."""
    return {
        "student": submission.student,
        "notebook": submission.assignment or submission.path,
        "score": 0.0,
        "max_score": max_score,
        "status": status,
        "message": message,
        "flags": [],
        "notes": list(submission.notes),
        "seconds": 0.0,
        "exercises": [],
    }


def _not_graded(submission: Submission, course: Course) -> Graded:
    if submission.assignment:
        return _failure(submission, course, submission.problem)
    return Graded(entry(submission, "rejected", message=f"{submission.path}: {submission.problem}"))


def _failure(submission: Submission, course: Course, reason: str) -> Graded:
    max_score = course.assignments[submission.assignment].max_score
    return Graded(entry(submission, "failed", max_score=max_score, message=f"{submission.path}: {reason}"))


def default_workers() -> int:
    """As many as the process may use cores."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _environment(limits: Limits) -> str:
    """A digest of all that decides a result beside the submission and the notebook it is graded against."""
    digest = hashlib.sha256(json.dumps(asdict(limits), sort_keys=True).encode())
    for folder in (package_folder(), Path(__file__).parent):
        for path in sorted(folder.rglob("*.py")):
            digest.update(path.read_bytes())
    for package in ("jax", "numpy", "gymnasium", "ipykernel"):
        digest.update(version(package).encode())
    return digest.hexdigest()


def _key(submission: Submission, course: Course, environment: str) -> str:
    digest = hashlib.sha256(environment.encode())
    digest.update(json.dumps(course.assignments[submission.assignment].source, sort_keys=True).encode())
    digest.update("\0".join([submission.student, submission.path, *submission.notes]).encode())
    digest.update(submission.data)
    return f"{digest.hexdigest()}.json"


def _store(path: Path, graded: Graded):
    temporary = path.with_suffix(".partial")
    temporary.write_text(json.dumps(asdict(graded)))
    temporary.replace(path)


def _load(path: Path) -> Graded | None:
    try:
        data = json.loads(path.read_text())
    except (OSError, json.JSONDecodeError):
        return None
    return Graded(data["result"], [Outcome(**outcome) for outcome in data["outcomes"]])
