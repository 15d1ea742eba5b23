"""A class from what arrived to its results: grade what is not done yet, record it, write everybody's page.

Nothing in a submission stops the others.
Everything that is finished is kept at once, so that a run that ends early, by Ctrl+C or worse, goes on where it was.
"""

import contextlib
import dataclasses
import signal
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import nbformat

from autograder import sandbox, workers
from autograder.course import Assignment, Course, CourseError
from autograder.execute import Isolation, Limits
from autograder.grading import grade_notebook
from autograder.intake import Intake, Submission
from autograder.leftovers import private_folder, remove_leftovers
from autograder.nbgrader_bridge import Recorder
from autograder.report import pages
from autograder.results import Result
from autograder.store import Grading, Keys, Store
from autograder.submitted import SubmittedNotebook, read_notebook

POLL_SECONDS = 0.2  # how soon Ctrl+C is noticed


@dataclass(frozen=True)
class Settings:
    """How a class is graded.

    Attributes:
      limits: what each submission may use.
      isolation: what keeps each submission in.
      workers: how many submissions at a time on this machine.
      scheduler: the address of a Dask scheduler whose workers grade instead; empty for none.
    """

    limits: Limits
    isolation: Isolation = "bubblewrap"
    workers: int = 1
    scheduler: str = ""


class Listener(Protocol):
    """Hears what happens while a class is graded."""

    def begin(self, total: int):
        """So many submissions will be graded or looked up."""

    def advance(self):
        """One of them is finished."""

    def tell(self, line: str):
        """Something that the instructor should know at once."""


@dataclass(frozen=True)
class Graded:
    """What came of a run.

    Attributes:
      results: one for each submission, and for what is missing, by student and notebook; of a stopped run, those that
        were finished.
      before: the results of earlier runs, by folder and notebook.
      stopped: Ctrl+C ended the run before everything was graded.
    """

    results: tuple[Result, ...]
    before: Mapping[tuple[str, str], Result]
    stopped: bool = False


def grade_class(
    course: Course, intake: Intake, store: Store, recorder: Recorder, out: Path, settings: Settings, listener: Listener
) -> Graded:
    """Grades what is not done yet, and records and writes the page of everything that changed.

    Raises:
      CourseError: the course's own answers do not earn all points, so that nobody's grades could be trusted.
      SchedulerUnavailable, SandboxUnavailable: there is nothing to grade with.
    """
    before, done = store.all_recorded(), {}
    keys = Keys(course.assignments, settings.limits, settings.isolation)
    listener.begin(len(intake.submissions))

    def finish(number: int, key: str, grading: Grading | str):
        result = result_of(intake.submissions[number], course, grading)
        if isinstance(grading, Grading) and result.status == "graded":
            result = _settle(result, key, grading, course, store, recorder, out)
        done[number] = result
        listener.advance()

    with _ctrl_c() as stopped:
        todo: dict[str, _Job] = {}  # copies are graded once
        for number, submission in enumerate(intake.submissions):
            if submission.problem or submission.notebook is None:
                finish(number, "", submission.problem)
                continue
            key = keys.submission(submission.assignment, submission.notebook)
            if key not in todo and (grading := store.grading(key)):
                finish(number, key, grading)
            else:
                todo.setdefault(key, _Job(key, submission.assignment, submission.notebook)).numbers.append(number)
            if stopped():
                break
        for job, outcome in _grade(list(todo.values()), course, keys, store, settings, stopped, listener.tell):
            if isinstance(outcome, Grading):
                store.keep(job.key, outcome)
            for number in job.numbers:
                finish(number, job.key, outcome)
        was_stopped = len(done) < len(intake.submissions)
    absent = [result_of(submission, course, "") for submission in intake.missing]
    results = sorted([*done.values(), *absent], key=lambda r: (r.student, r.notebook, r.path))
    return Graded(tuple(results), before, was_stopped)


def result_of(submission: Submission, course: Course, grading: Grading | str) -> Result:
    """A submission's result as the tests alone decide it. In place of a grading may stand why there is none; nothing
    where nothing was handed in."""
    entry = Result(
        student=submission.student,
        notebook=submission.assignment or submission.path,
        status="graded",
        notes=submission.notes,
        path=submission.path,
        folder=submission.folder,
        sender=submission.sender,
        handed_in=submission.handed_in,
        section=submission.section,
    )
    problem = grading if isinstance(grading, str) else grading.problem
    if not submission.assignment:
        return dataclasses.replace(entry, status="rejected", message=f"{submission.path}: {problem}")
    max_score = course.assignments[submission.assignment].max_score
    if not submission.path:
        return dataclasses.replace(entry, status="missing", max_score=max_score)
    if problem or isinstance(grading, str):
        message = f"{submission.path}: {problem}"
        return dataclasses.replace(entry, status="failed", max_score=max_score, message=message)
    score = sum(exercise.score for exercise in grading.exercises)
    counting = course.assignments[submission.assignment].counting
    return dataclasses.replace(
        entry,
        score=score,
        max_score=max_score,
        final_score=score,
        flags=grading.flags,
        notes=(*submission.notes, *grading.notes),
        seconds=grading.seconds,
        exercises=grading.exercises,
        written=tuple(dataclasses.replace(w, counts=w.name in counting) for w in grading.written),
        untouched=grading.untouched,
    )


def _settle(result: Result, key: str, grading: Grading, course, store: Store, recorder: Recorder, out: Path) -> Result:
    """Puts a graded result into the gradebook and onto the learner's page, unless both have it already. Returns the
    result with what people decided in the gradebook."""
    mark = f"{key} {result.handed_in}"
    known = store.recorded(result.folder, result.notebook)
    refused = ""
    same = known is not None and known[0] == mark and known[1].student == result.student
    if not same or not recorder.has(result):
        store.forget(result.folder, result.notebook)
        refused = recorder.add(result, grading)
        known = None
    result = recorder.final(result)
    if refused:
        return result.with_notes(f"nbgrader did not record it: {refused}")
    if known is None or known[1] != result or not (out / result.page).exists():
        assignment = course.assignments[result.notebook]
        restored, outcomes = grading.restored, grading.outcomes_by_name()
        pages.write_feedback(out, result, restored, outcomes, assignment.title, assignment.questions)
        store.record(mark, result)
    return result


# --- Grading what is left ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Job:
    """One notebook to grade, and the submissions that wait for it."""

    key: str
    assignment: str
    notebook: SubmittedNotebook
    numbers: list[int] = dataclasses.field(default_factory=list)


class _Stopped(Exception):
    """Ctrl+C: leaves the workers' block so that they are ended."""


def _grade(
    jobs: Sequence[_Job], course: Course, keys: Keys, store: Store, settings: Settings, stopped, tell
) -> Iterator[tuple[_Job, Grading | str]]:
    """Pairs of a job and its grading, or the reason why there is none, as they come. One whose worker process was lost
    is tried once more, alone."""
    if not jobs or stopped():
        return
    remove_leftovers()
    pending = deque(jobs)
    suspects: list[_Job] = []
    with private_folder() as folder, contextlib.suppress(_Stopped):
        own = _OwnAnswers(course, keys, store, settings, folder, Counter(job.assignment for job in jobs), tell)
        while pending:
            count = min(settings.workers, len(pending))
            with workers.start(course, count, settings.scheduler) as pool:
                yield from _drain(pool, pending, suspects, own, settings, stopped)
        for job in suspects:
            again: list[_Job] = []
            with workers.start(course, 1, settings.scheduler) as pool:
                yield from _drain(pool, deque([job]), again, own, settings, stopped)
            if again:
                yield job, "the process that graded it was lost twice"


def _drain(pool, pending: deque, suspects: list, own: "_OwnAnswers", settings: Settings, stopped) -> Iterator:
    """Grades `pending` on `pool`, each notebook's submissions once the course's own answers to it have passed. When a
    process of the pool is lost, what it had in hand goes to `suspects`, and the rest stays in `pending`."""
    running: dict[Future, _Job | str] = {
        pool.submit(grade_own_answers, name, *own.arguments(name)): name for name in own.open()
    }
    while pending or running:
        if stopped():
            raise _Stopped
        broken = False
        for job in own.ready(pending, pool.at_once + 2 - len(running)):
            arguments = (job.notebook, settings.limits, settings.isolation, own.compiled(job.assignment))
            try:
                running[pool.submit(grade_notebook, job.assignment, *arguments)] = job
            except BrokenProcessPool:
                pending.appendleft(job)
                broken = True
        for future in wait(running, POLL_SECONDS, FIRST_COMPLETED).done:
            work = running.pop(future)
            try:
                outcome = future.result()
            except BrokenProcessPool:
                broken = True
                if isinstance(work, str):
                    own.lost(work)
                else:
                    suspects.append(work)
                continue
            except Exception as error:
                outcome = f"{type(error).__name__}: {error}"
            if isinstance(work, str):
                own.judge(work, outcome)
            else:
                yield work, outcome
        if broken:
            suspects += [job for job in running.values() if not isinstance(job, str)]
            return


class _OwnAnswers:
    """The course's own answers go first: they must earn all points, with these tests and on this machine, before anyone
    is graded. What JAX compiles for them is most of what it would compile for every learner, so it is kept."""

    def __init__(self, course, keys: Keys, store: Store, settings: Settings, folder: Path, counts: Counter, tell):
        self._keys, self._store, self._settings, self._tell = keys, store, settings, tell
        self._folder = None if settings.scheduler else folder  # a cluster's workers need not see this machine's disk
        self._names = sorted(counts, key=lambda name: -len(course.assignments[name].exercises))  # the longest begin
        self._tries: Counter[str] = Counter()
        often = {name for name, count in counts.items() if self._folder and count > 2 * settings.workers}
        self._passed = {
            name for name in counts if name not in often and store.passed(name, keys.assignment(name))
        }  # what is worth compiling for runs again
        if left := self.open():
            tell(f"First the course's own answers to {', '.join(left)}.")

    def open(self) -> list[str]:
        """The notebooks whose answers have not passed yet."""
        return [name for name in self._names if name not in self._passed]

    def arguments(self, name: str) -> tuple:
        compiled = None
        if self._folder:
            folder = self._folder / name
            folder.mkdir(exist_ok=True)
            compiled = sandbox.Compiled(folder, collect=True)
        return self._settings.limits, self._settings.isolation, compiled

    def ready(self, pending: deque, most: int) -> Iterable[_Job]:
        """Takes up to `most` jobs whose notebook's answers have passed out of `pending`."""
        taken = [job for job in pending if job.assignment in self._passed][: max(most, 0)]
        for job in taken:
            pending.remove(job)
        return taken

    def compiled(self, name: str) -> sandbox.Compiled | None:
        folder = self._folder / name if self._folder else None
        return sandbox.Compiled(folder) if folder and folder.is_dir() else None

    def judge(self, name: str, outcome: Grading | str):
        """Raises CourseError unless the answers earned all points."""
        if isinstance(outcome, str) or outcome.problem:
            reason = outcome if isinstance(outcome, str) else outcome.problem
            raise CourseError(f"{name}: the course's own answers could not be graded: {reason}")
        missed = [e for e in outcome.exercises if e.score < e.max_score]
        if missed:
            reasons = "\n".join(f"  {e.name}: {e.score:g} of {e.max_score:g}: {e.message}" for e in missed)
            raise CourseError(
                f"{name}: on this machine the course's own answers do not earn all points, so nobody was graded. "
                f"Mend the tests (or the answers) in solutions/{name}.py first:\n{reasons}"
            )
        for flag in outcome.flags:
            self._tell(f"{name}: the course's own answers would be flagged, so honest learners' will be too: {flag}")
        self._passed.add(name)
        self._store.note_passed(name, self._keys.assignment(name))

    def lost(self, name: str):
        self._tries[name] += 1
        if self._tries[name] > 1:
            raise CourseError(f"{name}: the process that graded the course's own answers was lost twice")


def grade_own_answers(assignment: Assignment, limits: Limits, isolation: Isolation, compiled) -> Grading:
    """Grades the course's own answers to a notebook as if somebody had handed them in."""
    return grade_notebook(
        assignment, read_notebook(nbformat.writes(assignment.source).encode()), limits, isolation, compiled
    )


@contextlib.contextmanager
def _ctrl_c() -> Iterator[Callable[[], bool]]:
    """Within the block Ctrl+C only says that it was pressed, so that nothing is left half recorded; a second one ends
    the program as usual."""
    pressed = []

    def press(number, frame):
        pressed.append(number)
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, press)
    try:
        yield lambda: bool(pressed)
    finally:
        signal.signal(signal.SIGINT, before)
