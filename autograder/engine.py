"""Many submissions on any `concurrent.futures.Executor`; finished ones are kept, so that a rerun does only the rest."""

import concurrent.futures
import contextlib
import functools
import hashlib
import json
import multiprocessing
import multiprocessing.connection
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import nbformat

from autograder import sandbox
from autograder.course import Assignment, Course
from autograder.execute import Limits, Outcome, execute
from autograder.intake import Submission
from autograder.restore import restore
from autograder.scan import suspicions
from autograder.score import score_exercises
from autograder.submitted import SubmittedNotebook, read_notebook


@dataclass
class Graded:
    """One submission's entry in results.json, and the file that its cells' outcomes can be read from."""

    result: dict
    file: Path | None = None

    @property
    def outcomes(self) -> list[Outcome]:
        """What each cell printed, showed or raised; not kept in memory."""
        return [Outcome(**outcome) for outcome in json.loads(self.file.read_text())["outcomes"]] if self.file else []

    @property
    def key(self) -> str:
        """A digest of everything that the outcomes depend on."""
        return self.file.stem if self.file else ""


def grade_notebook(
    notebook: SubmittedNotebook,
    assignment: Assignment,
    limits: Limits,
    sandboxed: bool,
    compiled: sandbox.Compiled | None = None,
) -> dict:
    """Restores, executes and scores one notebook. Depends on its arguments only; `compiled` saves time.

    Returns:
      JSON data: "exercises", "flags", "notes", "seconds" as in results.json, and the "outcomes" of all cells.
    """
    begin = time.monotonic()
    restored = restore(notebook, assignment)
    execution = execute(restored.cells, limits, canaries=restored.canaries, sandboxed=sandboxed, compiled=compiled)
    scores = score_exercises(assignment, {outcome.name: outcome for outcome in execution.outcomes})
    flags = [
        f"{name} passed even with the answer taken out again: something in this notebook interferes with the tests"
        for name in execution.survived
    ]
    return {
        "exercises": [asdict(score) for score in scores],
        "flags": flags + suspicions((c.name, c.source) for c in restored.cells if c.kind in ("answer", "extra")),
        "notes": [*restored.notes, *execution.notes],
        "seconds": round(time.monotonic() - begin, 2),
        "outcomes": [asdict(outcome) for outcome in execution.outcomes],
    }


def grade_all(
    submissions: Sequence[Submission],
    course: Course,
    *,
    limits: Limits,
    sandboxed: bool,
    workers: int,
    cache: Path,
    scheduler: str = "",
    on_done: Callable[[Submission, Graded], None] = lambda submission, graded: None,
    tell: Callable[[str], None] = lambda message: None,
) -> list[Graded]:
    """Grades all submissions, whatever is in them, and calls `on_done` after each.

    Args:
      submissions: what `ingest` found.
      workers: how many at a time on this machine.
      cache: folder of finished results, by what they depend on; a rerun takes them from there.
      scheduler: the address of a Dask scheduler (`tcp://…`) whose workers grade instead of this machine's cores.
      tell: called with a line for the instructor: what takes long, what is wrong.
    Returns:
      One entry for each submission, in the same order.
    """
    cache.mkdir(parents=True, exist_ok=True)
    environment = _environment(limits, sandboxed)
    digests = {name: _digest(assignment, environment) for name, assignment in course.assignments.items()}
    done: dict[int, Graded] = {}
    waiting: dict[Path, list[int]] = {}  # file of the result -> who waits for it: copies are graded once

    def finish(number: int, graded: Graded):
        done[number] = graded
        on_done(submissions[number], graded)

    for number, submission in enumerate(submissions):
        if submission.problem:
            finish(number, _not_graded(submission, course))
            continue
        digest = hashlib.sha256(digests[submission.assignment] + repr(submission.notebook).encode("utf-8", "replace"))
        file = cache / f"{digest.hexdigest()}.json"
        if finished := _load(file):
            finish(number, _graded(submission, course, finished, file))
        else:
            waiting.setdefault(file, []).append(number)
    if waiting:
        sandbox.remove_leftovers()
    todo = {file: submissions[numbers[0]] for file, numbers in waiting.items()}
    for file, finished in _run(todo, course, limits, sandboxed, workers, scheduler, tell):
        if isinstance(finished, dict):
            _store(file, finished)
        for number in waiting[file]:
            if isinstance(finished, dict):
                finish(number, _graded(submissions[number], course, finished, file))
            else:
                finish(number, _failure(submissions[number], course, finished))
    return [done[number] for number in range(len(submissions))]


# --- Executors --------------------------------------------------------------------------------------------------------


def _run(todo: dict[Path, Submission], course: Course, limits, sandboxed, workers, scheduler, tell):
    """Pairs of a file's name and the result for it, or the reason why there is none, as they come. A submission whose
    worker process was lost is tried once more, alone."""
    if not todo:
        return
    lost = []
    with sandbox.private_folder() as folder:
        with _executor(min(workers, len(todo)), scheduler) as (executor, at_once):
            often = [name for name, n in Counter(s.assignment for s in todo.values()).items() if n > 2 * at_once]
            if scheduler:  # its workers need not see this machine's disk
                often = []
            often.sort(key=lambda name: -len(course.assignments[name].exercises))  # what takes long goes first
            if often:
                tell(f"First the course's own answers to {', '.join(often)}: what they compile is kept.")
            own = {
                name: executor.submit(_compile, course.assignments[name], limits, sandboxed, Path(folder) / name)
                for name in often
            }

            @functools.cache
            def compiled(name: str) -> sandbox.Compiled | None:
                try:
                    kept, warning = own[name].result() if name in own else (None, "")
                except Exception:
                    return None  # whatever it is, it will be said of each submission too
                if warning:
                    tell(warning)
                return kept

            def job(file: Path) -> tuple:
                name = todo[file].assignment
                return todo[file].notebook, course.assignments[name], limits, sandboxed, compiled(name)

            rank = {name: place for place, name in enumerate(often)}  # the course's own answers are done in this order
            order = sorted(todo, key=lambda file: rank.get(todo[file].assignment, len(rank)))
            yield from _on_executor(executor, at_once, order, job, lost)
        for file in lost:
            again = []
            with _executor(1, scheduler) as (executor, _):
                yield from _on_executor(executor, 1, [file], job, again)
            if again:
                yield file, "the process that graded it was lost twice"


def _compile(assignment: Assignment, limits: Limits, sandboxed: bool, folder: Path) -> tuple[sandbox.Compiled, str]:
    """Grades the course's own answers to a notebook and keeps in `folder` what JAX compiled for them, which is most of
    the time that a submission takes. Also says what is wrong if they do not earn all points; empty if they do."""
    folder.mkdir()
    data, compiled = read_notebook(nbformat.writes(assignment.source).encode()), sandbox.Compiled(folder, collect=True)
    exercises = grade_notebook(data, assignment, limits, sandboxed, compiled)["exercises"]
    missed = [exercise["name"] for exercise in exercises if exercise["score"] < exercise["max_score"]]
    warning = (
        f"Warning: {assignment.name}: on this machine the course's own answers to {', '.join(missed)} do not earn all "
        "points. Find out why before you trust these grades."
    )
    return sandbox.Compiled(folder), warning if missed else ""


def _on_executor(executor, at_once: int, todo: Iterable[Path], job: Callable, lost: list[Path]) -> Iterator:
    waiting, futures = iter(todo), {}
    while True:
        for file in waiting:  # a few more than can run at once: the rest need not be in two places
            try:
                future = executor.submit(grade_notebook, *job(file))
            except BrokenProcessPool:
                lost += [file, *waiting]
                break
            futures[future] = file
            if len(futures) >= at_once + 2:
                break
        if not futures:
            return
        finished, _ = concurrent.futures.wait(futures, return_when=concurrent.futures.FIRST_COMPLETED)
        for future in finished:
            file = futures.pop(future)
            try:
                yield file, future.result()
            except BrokenProcessPool:
                lost.append(file)
            except Exception as error:
                yield file, f"{type(error).__name__}: {error}"


@contextlib.contextmanager
def _executor(workers: int, scheduler: str):
    """An executor and how many it runs at once: processes of this machine, or the workers of a Dask scheduler.

    Raises:
      SchedulerUnavailable: `scheduler` cannot be reached, or has no workers, or Dask is not installed.
    """
    if scheduler:
        with _dask(scheduler) as client:
            yield client.get_executor(pure=False, retries=1), sum(client.nthreads().values())
        return
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(workers, context, initializer=_end_with_parent) as pool:
        yield pool, workers


class SchedulerUnavailable(RuntimeError):
    """The Dask cluster cannot be used; the message says why."""


@contextlib.contextmanager
def _dask(address: str):
    try:
        from dask.distributed import Client
    except ImportError:
        raise SchedulerUnavailable("--scheduler needs Dask: pip install 'rl-helpers[cluster]'") from None
    try:
        client = Client(address, timeout=10)
    except (OSError, TimeoutError, ValueError) as error:
        raise SchedulerUnavailable(f"no Dask scheduler answers at {address}: {error}") from None
    with client:
        if not client.nthreads():
            raise SchedulerUnavailable(f"the Dask scheduler at {address} has no workers")
        yield client


def _end_with_parent():
    """Makes this worker process end when the one that started it is gone, and its sandboxes with it."""

    def wait():
        multiprocessing.connection.wait([multiprocessing.parent_process().sentinel])
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def default_workers() -> int:
    """As many as the process may use cores."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


# --- Entries of results.json ------------------------------------------------------------------------------------------


def entry(submission: Submission, status: str, *, max_score: float = 0.0, message: str = "") -> dict:
    """An entry of results.json with nothing earned yet."""
    return {
        "student": submission.student,
        "folder": submission.folder,
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


def _graded(submission: Submission, course: Course, finished: dict, file: Path | None = None) -> Graded:
    result = entry(submission, "graded", max_score=course.assignments[submission.assignment].max_score)
    result["score"] = sum(exercise["score"] for exercise in finished["exercises"])
    result["notes"] += finished["notes"]
    result |= {name: finished[name] for name in ("flags", "seconds", "exercises")}
    return Graded(result, file)


def _not_graded(submission: Submission, course: Course) -> Graded:
    if submission.assignment:
        return _failure(submission, course, submission.problem)
    return Graded(entry(submission, "rejected", message=f"{submission.path}: {submission.problem}"))


def _failure(submission: Submission, course: Course, reason: str) -> Graded:
    max_score = course.assignments[submission.assignment].max_score
    return Graded(entry(submission, "failed", max_score=max_score, message=f"{submission.path}: {reason}"))


def grade_one(submission: Submission, course: Course, limits: Limits, sandboxed: bool) -> Graded:
    """Grades one submission here and now."""
    finished = grade_notebook(submission.notebook, course.assignments[submission.assignment], limits, sandboxed)
    return _graded(submission, course, finished)


# --- Finished results -------------------------------------------------------------------------------------------------


def _environment(limits: Limits, sandboxed: bool) -> str:
    """A digest of all that decides a result beside the submission and the notebook it is graded against."""
    digest = hashlib.sha256(json.dumps([asdict(limits), sandboxed], sort_keys=True).encode())
    for folder in (sandbox.package_folder(), Path(__file__).parent):
        for path in sorted(folder.rglob("*.py")):
            digest.update(path.read_bytes())
    for package in ("jax", "numpy", "gymnasium", "ipykernel"):
        digest.update(version(package).encode())
    return digest.hexdigest()


def _digest(assignment: Assignment, environment: str) -> bytes:
    """A digest of the notebook that submissions are graded against, and of `environment`."""
    return hashlib.sha256((environment + json.dumps(assignment.source, sort_keys=True)).encode()).digest()


def _store(path: Path, finished: dict):
    temporary = path.with_suffix(".partial")
    temporary.write_text(json.dumps(finished))
    temporary.replace(path)


def _load(path: Path) -> dict | None:
    try:
        return json.loads(path.read_text())
    except (OSError, json.JSONDecodeError):
        return None
