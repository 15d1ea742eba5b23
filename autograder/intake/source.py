"""What every source of submissions is: a class that knows how it names files, and which tables it takes back."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.intake.files import File
from autograder.intake.recognise import Content
from autograder.results import Result, Sender

NOTEBOOK_ENDINGS = re.compile(r"(\.ipynb|\.json|\.txt|\.zip)+$", re.I)


@dataclass(frozen=True)
class Found:
    """One file and what it holds; `text` is kept of small files that a source may want to read, of tables `data`."""

    file: File
    content: Content
    sha256: str
    text: str = ""
    data: bytes = b""

    @property
    def parts(self) -> tuple[str, ...]:
        return self.file.parts

    @property
    def path(self) -> str:
        return self.file.path


@dataclass(frozen=True)
class Claim:
    """Whose a file is, and how sure that is.

    Attributes:
      sender: the person.
      owner: the same for files that surely come from one upload or one person, as (system, number); two owners of one
        name may be two people.
      label: what tells this owner from another of the same name when nothing better does.
      within: where in the owner's folder it lies, if that may be another person's.
      handed_in: UTC, ISO 8601; empty where nothing tells.
      notes: remarks for the instructor.
    """

    sender: Sender
    owner: tuple
    label: str = ""
    within: str = ""
    handed_in: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Aside:
    """A file that is no submission but belongs to a download: its list of people, a receipt."""

    reason: str


class Source:
    """Base class. A source sees all files once, so that what lies beside a file can tell about it.

    Attributes:
      system: its name, as in `Sender.system`.
      global_ids: a person has the same number in all its downloads.
    """

    system = ""
    global_ids = True

    def __init__(self, files: Sequence[Found]):
        pass

    def recognise(self, found: Found) -> tuple[Claim, ...] | Aside | None:
        """Who handed in a file, several for a group; what it is beside the submissions; None if it is not from here."""
        raise NotImplementedError

    def write(self, folder: Path, results: Sequence[Result]):
        """Writes the tables that the system imports, if any of `results` came from it."""


def first_match(pattern: re.Pattern, parts: tuple[str, ...]) -> tuple[int, re.Match] | None:
    """The outermost of `parts` that `pattern` matches, and its position."""
    return next(((n, match) for n, part in enumerate(parts) if (match := pattern.match(part))), None)
