"""One person's hand-in, graded by itself: each check and hidden test with its points, and what may be said of it."""

import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import psutil

from autograder.course import Assignment, Course
from autograder.execute import Isolation, Limits
from autograder.grading import grade_notebook
from autograder.intake import IntakeError, Submission, take_in
from autograder.score import explain, score_cell
from autograder.store import Grading

_SPARE_BYTES = 400 * 2**20  # of a container's memory, for the grader itself
_LEAST_MEMORY = 2**30  # with less, JAX would not even be imported
_CONTAINER_MEMORY = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


@dataclass(frozen=True)
class Part:
    """One graded cell of an exercise.

    Attributes:
      exercise: the exercise's name.
      hidden: it is the hidden test, of which learners see the points and no word.
      score, max_score: its points.
      message: for the learner: why points were lost; empty where none were, and for every hidden test.
    """

    exercise: str
    hidden: bool
    score: float
    max_score: float
    message: str = ""

    @property
    def name(self) -> str:
        return f"{self.exercise}: {'hidden test' if self.hidden else 'check'}"


@dataclass(frozen=True)
class Answer:
    """What the platform is told.

    Attributes:
      title: the notebook's title.
      parts: the graded cells, in the notebook's order; without `problem` all of them.
      problem: why nothing was graded, for the learner; empty if something was.
      remarks: for the learner.
      flags, notes: for the instructor: suspicions, and what was repaired.
      seconds: how long it took.
    """

    title: str
    parts: tuple[Part, ...] = ()
    problem: str = ""
    remarks: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def score(self) -> float:
        return sum(part.score for part in self.parts)

    @property
    def max_score(self) -> float:
        return sum(part.max_score for part in self.parts)

    @property
    def summary(self) -> str:
        """In a few lines, for the learner."""
        if self.problem:
            return self.problem
        lines = [f"{self.title}: {self.score:g} of {self.max_score:g} points.", *self.remarks]
        return "\n".join([*lines, "Checks say what is wrong; of hidden tests you see the points."])


def answer(course: Course, folder: Path, limits: Limits, isolation: Isolation) -> Answer:
    """Grades what one person put into `folder`: the notebook, a zip with it, anything beside it.

    Of several files for the assignment one counts, as in a class; where they may be several people's, the best.

    Args:
      course: of one notebook.
    Raises:
      SandboxUnavailable, RuntimeError: nothing could be graded, through no fault of the learner's.
    """
    (assignment,) = course.assignments.values()
    with tempfile.TemporaryDirectory() as name:
        shutil.copytree(folder, Path(name) / "hand-in" / "learner", symlinks=True)
        try:
            intake = take_in(Path(name) / "hand-in", course)
        except IntakeError:
            return Answer(assignment.title, problem=f"Nothing was handed in. {_asked(assignment)}")
    found = [s for s in intake.submissions if s.notebook is not None and not s.problem]
    if not found:
        reasons = [f"{submission.path}: {submission.problem}" for submission in intake.submissions]
        reasons = reasons or [f"{entry.path}: {entry.decision}" for entry in intake.manifest]
        lines = [f"There is nothing to grade. {_asked(assignment)}", *reasons]
        return Answer(assignment.title, problem="\n".join(lines).replace("learner/", ""))
    answers = [_graded(assignment, submission, limits, isolation) for submission in found]
    best = max(answers, key=lambda each: each.score)
    if len(answers) > 1:
        which = found[answers.index(best)].path.removeprefix("learner/")
        remark = f"You handed in {len(answers)} notebooks; the best counts: {which}."
        best = replace(best, remarks=(*best.remarks, remark))
    return best


def limits_here(notebook_seconds: float) -> Limits:
    """The usual limits, and no more memory than this machine or container has."""
    memory = [Limits().memory_bytes, psutil.virtual_memory().total - _SPARE_BYTES, *_container_memory()]
    return Limits(notebook_seconds=notebook_seconds, memory_bytes=max(min(memory), _LEAST_MEMORY))


def _graded(assignment: Assignment, submission: Submission, limits: Limits, isolation: Isolation) -> Answer:
    assert submission.notebook is not None
    grading = grade_notebook(assignment, submission.notebook, limits, isolation)
    remarks = [note.replace("learner/", "") for note in submission.notes]
    remarks += [grading.problem] if grading.problem else []
    if grading.untouched:
        remarks.append("Nothing in it is answered yet.")
    for question in assignment.questions:
        remarks.append(f"{question.name} is read and marked by a person.")
    return Answer(
        title=assignment.title,
        parts=tuple(_parts(assignment, grading)),
        remarks=tuple(remarks),
        flags=grading.flags,
        notes=grading.notes,
        seconds=grading.seconds,
    )


def _parts(assignment: Assignment, grading: Grading) -> Iterable[Part]:
    outcomes = grading.outcomes_by_name()
    for exercise in assignment.exercises:
        for cell, points in exercise.points.items():
            outcome, hidden = outcomes.get(cell), cell.startswith("test_")
            score = score_cell(outcome, points)
            lost = score < points and not hidden
            message = explain(outcomes.get(exercise.name), [outcome]) if lost else ""
            yield Part(exercise.name, hidden, score, points, message)


def _asked(assignment: Assignment) -> str:
    return f"Hand in {assignment.name}.ipynb, with your answers in it."


def _container_memory() -> list[int]:
    for file in _CONTAINER_MEMORY:
        try:
            return [int(Path(file).read_text()) - _SPARE_BYTES]
        except (OSError, ValueError):  # "max": no limit
            continue
    return []
