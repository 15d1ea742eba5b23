"""What became of each submission. These classes are results.json's schema; docs/results.md puts it in words."""

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal

Status = Literal["graded", "failed", "rejected", "missing"]

# Notes that a person should see.
UNKNOWN_SENDER = "who sent it cannot be told: graded under the file's name"
NOT_LISTED = "not on the class list"
DOUBT = "who it is on the class list cannot be told: perhaps "  # and names
NAMESAKE = "one of several people of this name on the class list"
GROUP_DIFFERS = "others of the group handed in different answers; each keeps the own ones"


@dataclass(frozen=True)
class Sender:
    """Who handed in a file, as the system that it came from tells.

    Attributes:
      name: the person's name exactly as the system writes it.
      system: the source's name, as "Moodle"; empty when only the file's place names the person.
      id: the person's number or login there; may be empty. Moodle's is another one for each assignment.
      attempt: what grows from one upload to the next; 0 where the system gives nothing of the kind.
      late: the system itself says that it came after the due date.
    """

    name: str
    system: str = ""
    id: str = ""
    attempt: int = 0
    late: bool = False


@dataclass(frozen=True)
class ExerciseResult:
    """One exercise: the points of its check and its hidden test together.

    Attributes:
      name: the exercise's name, as `discounted_return`.
      score: what the tests gave.
      max_score: what it is worth.
      passed: the tests gave all of it.
      message: why points were lost, for the learner; empty if none were.
      hand: points that a person gave instead in formgrader; None if nobody did.
      comment: what a person wrote about it; may be empty.
      check_passed: the visible check alone gave all its points.
    """

    name: str
    score: float
    max_score: float
    passed: bool
    message: str = ""
    hand: float | None = None
    comment: str = ""
    check_passed: bool = False

    @property
    def final_score(self) -> float:
        """What counts: the points by hand if there are any, else the tests'."""
        return self.score if self.hand is None else self.hand

    @property
    def solved(self) -> bool:
        """Nothing of it was lost, whoever gave the points."""
        return self.final_score >= self.max_score


@dataclass(frozen=True)
class WrittenResult:
    """One written question, which a person reads.

    Attributes:
      name: the question's name, as `why_baseline`.
      max_score: what it is worth.
      answered: it has an answer.
      counts: it counts for the class, because somebody's answer to it has been marked; until then for nobody.
      mark: the points that a person gave in formgrader; None if nobody did.
      comment: what a person wrote about it; may be empty.
      changed: the answer is another one than the one that was marked.
    """

    name: str
    max_score: float
    answered: bool
    counts: bool = False
    mark: float | None = None
    comment: str = ""
    changed: bool = False

    @property
    def final_score(self) -> float:
        """What counts: nothing until it is marked."""
        return (self.mark or 0.0) if self.counts else 0.0

    @property
    def to_mark(self) -> bool:
        """It waits for a person to read it."""
        return self.answered and (self.mark is None or self.changed)

    @property
    def said(self) -> str:
        """Its standing in words: "3 of 4", "still to mark", "blank"."""
        if self.mark is not None:
            return f"{self.mark:g} of {self.max_score:g}"
        return "still to mark" if self.answered else "blank"


@dataclass(frozen=True)
class Result:
    """One submission's entry in results.json.

    Attributes:
      student: the name that people read: the sender's own; namesakes have their number in brackets behind it. Nobody
        else in the class has it.
      notebook: which notebook of the course; the file's path where it is none.
      status: "graded"; "failed" (we could not grade it: `message` says why; its scores are 0 of the notebook's);
        "rejected" (it is no submission of this course; scores 0 of 0); or "missing" (somebody on the class list handed
        in nothing for it; scores 0 of the notebook's).
      score: what the tests gave.
      max_score: what the notebook is worth: its exercises, and the written questions that count.
      final_score: what counts, everywhere: points by hand and for written answers counted, the penalty for lateness
        taken off.
      message: why it was not graded; empty if it was.
      flags: suspicions for a person to look at; they never change a score.
      notes: repairs and remarks.
      seconds: how long grading took.
      exercises: in the notebook's order.
      written: the written questions, in the notebook's order.
      late_seconds: how long after the due date, extension included, it came; 0.0 when in time or when nobody can tell.
      penalty: points that the lateness cost.
      hand: the score with what people gave exercises by hand, before the penalty; None if nobody gave anything.
      untouched: nothing in it was answered.
      path: the file, within what the instructor gave.
      folder: the student's name where it must be safe: in paths and in nbgrader's gradebook.
      sender: who handed it in, as the LMS tells.
      handed_in: when, as far as known: UTC, ISO 8601; else empty.
      section: which part of the class the person is in, as the class list says; else empty.
    """

    student: str
    notebook: str
    status: Status
    score: float = 0.0
    max_score: float = 0.0
    final_score: float = 0.0
    message: str = ""
    flags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    exercises: tuple[ExerciseResult, ...] = ()
    written: tuple[WrittenResult, ...] = ()
    late_seconds: float = 0.0
    penalty: float = 0.0
    hand: float | None = None
    untouched: bool = False
    path: str = ""
    folder: str = ""
    sender: Sender = Sender("")
    handed_in: str = ""
    section: str = ""

    @property
    def parts(self) -> tuple["ExerciseResult | WrittenResult", ...]:
        """Exercises and written questions, what has points of its own."""
        return (*self.exercises, *self.written)

    @property
    def share(self) -> float:
        """The final score as a part of the maximum, from 0 to 1; 0 where nothing can be earned."""
        return self.final_score / self.max_score if self.max_score else 0.0

    @property
    def counts(self) -> bool:
        """It says something about the class: it was graded and somebody worked on it."""
        return self.status == "graded" and not self.untouched

    @property
    def page(self) -> str:
        """Where the learner's page is, seen from the folder of all results."""
        return f"feedback/{self.folder}/{self.notebook}.html"

    @property
    def late(self) -> bool:
        """It came after the due date, by our clock or by the word of the system it comes from."""
        return self.late_seconds > 0 or self.sender.late

    @property
    def explanation(self) -> str:
        """Why the final score is not the tests': "20 of 20 by the tests, late by 10 h: 10 off"; empty where it is."""
        counting = [question for question in self.written if question.counts]
        if self.final_score == self.score and self.hand is None and not self.penalty and not counting:
            return ""
        by_tests = self.max_score - sum(question.max_score for question in counting)
        parts = [f"{self.score:g} of {by_tests:g} by the tests"]
        if self.hand is not None:
            parts.append(f"{self.hand:g} by hand")
        parts += [f"{question.name}: {question.said}" for question in counting]
        if self.penalty:
            parts.append(f"late by {duration(self.late_seconds)}: {self.penalty:g} off")
        return ", ".join(parts)

    def with_notes(self, *notes: str) -> "Result":
        """The same with more remarks."""
        return dataclasses.replace(self, notes=(*self.notes, *notes))

    def as_json(self) -> dict[str, Any]:
        """The entry as results.json has it."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Result":
        """The inverse of `as_json`."""
        exercises = tuple(ExerciseResult(**exercise) for exercise in data["exercises"])
        written = tuple(WrittenResult(**question) for question in data.get("written", ()))
        lists = {name: tuple(data[name]) for name in ("flags", "notes")}
        return cls(**data | lists | {"exercises": exercises, "written": written, "sender": Sender(**data["sender"])})


def duration(seconds: float) -> str:
    """A time span as people say it: "40 min", "10 h", "3 days"."""
    for unit, length in (("days", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length or (unit != "days" and seconds >= length):
            span = seconds / length
            return f"{span:.0f} {unit}" if span >= 9.95 else f"{span:.2g} {unit}"
    return f"{seconds:.0f} s"
