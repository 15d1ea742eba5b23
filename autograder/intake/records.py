"""What the intake hands on: submissions, and a manifest in which every file is accounted for."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.intake.filled import write_filled
from autograder.intake.worksheets import GradeTable
from autograder.results import Result, Sender
from autograder.submitted import SubmittedNotebook
from autograder.times import Extension


class IntakeError(ValueError):
    """There is nothing to grade at the given path; the message says what was looked for."""


@dataclass(frozen=True)
class Submission:
    """One person's file for one notebook of the course, or the reason why there is none.

    Attributes:
      student: the name to show, as the LMS writes it; nobody else in the class has it ("Ada Lovelace (4711)").
      folder: the same where it must be safe: in paths and in nbgrader. At most 100 bytes; nobody else has it.
      path: where the file lay in what the instructor gave, as `class.zip/ada/x.ipynb`.
      assignment: which notebook of the course it is; empty when it is none.
      notebook: what is graded; None when `problem` says why nothing is.
      problem: why it cannot be graded; empty if it can.
      notes: remarks for the instructor.
      sender: who handed it in, as the system that it came from tells.
      handed_in: when, as far as known: UTC, ISO 8601 with seconds; else empty.
      section: which part of the class the person is in; may be empty.
      extension: how much longer the person has, by the class list; None for no longer.
    """

    student: str
    folder: str
    path: str
    assignment: str
    notebook: SubmittedNotebook | None
    problem: str = ""
    notes: tuple[str, ...] = ()
    sender: Sender = Sender("")  # noqa: RUF009 (it is frozen)
    handed_in: str = ""
    section: str = ""
    extension: Extension | None = None


@dataclass(frozen=True)
class ManifestEntry:
    """What became of one file. Junk in an archive has one entry together; what was not read has no digest."""

    path: str
    bytes: int
    sha256: str
    decision: str


@dataclass(frozen=True)
class Intake:
    """Everything that was handed in.

    Attributes:
      submissions: in order of student and notebook; those that cannot be graded included.
      manifest: every file accounted for.
      sources: where they came from; they write the tables that go back there.
      missing: what people of the class list did not hand in, in the same order, without files.
      tables: the LMS's own tables, which go back with one column filled.
    """

    submissions: tuple[Submission, ...]
    manifest: tuple[ManifestEntry, ...]
    sources: tuple = ()
    missing: tuple[Submission, ...] = ()
    tables: tuple[GradeTable, ...] = ()

    @property
    def notebooks(self) -> set[str]:
        """The notebooks that somebody handed in."""
        return {submission.assignment for submission in self.submissions if submission.assignment}

    def write_tables(self, folder: Path, results: Sequence[Result]) -> list[str]:
        """Writes into `folder` what the sources take back: tables of their own, as `canvas.csv`, or the LMS's tables
        filled, which then take their place. Returns what a person should know about those, a line for each."""
        for source in self.sources:
            source.write(folder, results)
        return write_filled(self.tables, folder, results)
