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
      max_score: what the notebook is worth.
      final_score: what counts, everywhere: points by hand counted, the penalty for lateness taken off.
      message: why it was not graded; empty if it was.
      flags: suspicions for a person to look at; they never change a score.
      notes: repairs and remarks.
      seconds: how long grading took.
      exercises: in the notebook's order.
      late_seconds: how long after the due date, extension included, it came; 0.0 when in time or when nobody can tell.
      penalty: points that the lateness cost.
      hand: the score with what people gave by hand, before the penalty; None if nobody gave anything.
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
        if self.final_score == self.score and self.hand is None and not self.penalty:
            return ""
        parts = [f"{self.score:g} of {self.max_score:g} by the tests"]
        if self.hand is not None:
            parts.append(f"{self.hand:g} by hand")
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
        lists = {name: tuple(data[name]) for name in ("flags", "notes")}
        return cls(**data | lists | {"exercises": exercises, "sender": Sender(**data["sender"])})


def duration(seconds: float) -> str:
    """A time span as people say it: "40 min", "10 h", "3 days"."""
    for unit, length in (("days", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length or (unit != "days" and seconds >= length):
            span = seconds / length
            return f"{span:.0f} {unit}" if span >= 9.95 else f"{span:.2g} {unit}"
    return f"{seconds:.0f} s"
