"""What goes into a run of one notebook and comes out of it: limits, cells, outcomes."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeVar

READ_SECONDS = 15.0  # to look through the cells of a notebook for its answers, and again for what is suspicious
Thing = TypeVar("Thing")

Isolation = Literal["bubblewrap", "account", "none"]  # what keeps a submission in
Kind = Literal["given", "answer", "extra", "graded"]


@dataclass(frozen=True)
class Limits:
    """What one submission may use. Seconds are wall time; threads are those of all its processes together."""

    cell_seconds: float = 60.0
    notebook_seconds: float = 600.0
    memory_bytes: int = 4 * 2**30
    threads: int = 512
    tmp_bytes: int = 2**30
    output_bytes: int = 10 * 2**20

    def of_a_process(self) -> dict[str, int]:
        """What binds each process by itself, as `inside/launch.py` takes it."""
        return {
            "memory_bytes": self.memory_bytes,
            "threads": self.threads,
            "tmp_bytes": self.tmp_bytes,
            "output_bytes": self.output_bytes,
            "cpu_seconds": int(2 * self.notebook_seconds) + 60,
        }


@dataclass(frozen=True)
class Cell:
    """One cell to run. `kind` decides what happens when it fails: only a `graded` cell costs points."""

    name: str
    source: str
    kind: Kind


@dataclass(frozen=True)
class Canary:
    """A test that must fail once `stub`, and again once `wrong`, has replaced the answer; if it passes, something
    interferes with the tests. Without a `wrong` answer of its own a test gets a function that returns nonsense."""

    stub: str
    test: Cell
    wrong: str = ""

    @property
    def replacements(self) -> tuple[Cell, Cell]:
        """The cells that take the answer out again."""
        name = self.test.name.partition("_")[2] or self.test.name
        nonsense = f"def {name}(*arguments, **named):\n    return 'nonsense'\n"
        return Cell("stub", self.stub, "answer"), Cell("wrong", self.wrong or nonsense, "answer")


@dataclass
class Outcome:
    """What running one cell gave.

    Attributes:
      name: the cell's name.
      ran: whether it ran to its end (an exception is an end, an interrupt or a dead kernel is not).
      outputs: notebook outputs as nbformat has them.
      problem: why it did not run to its end, for the learner; empty when it did.
    """

    name: str
    ran: bool = False
    outputs: list[dict] = field(default_factory=list)
    problem: str = ""

    @property
    def error(self) -> dict | None:
        """The first error output, if any."""
        return next((o for o in self.outputs if o["output_type"] == "error"), None)


@dataclass
class Execution:
    """What came of one notebook.

    Attributes:
      outcomes: one for each cell, in order.
      notes: remarks about the run for the instructor.
      survived: the canaries' names whose test passed although the answer had been taken out again.
      flags: effects of the learner's code that a person should look at.
      problem: why nothing can be said about this notebook: a cell of the course itself did not run to its end. Then it
        is tried again another time. Empty otherwise.
    """

    outcomes: list[Outcome]
    notes: list[str] = field(default_factory=list)
    survived: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    problem: str = ""


def at_most(lines: list[str], most: int, characters: int = 500) -> list[str]:
    """The first `most` of `lines`, each once and cut to `characters`, and how many more there were."""
    short = [line if len(line) <= characters else line[: characters - 1] + "…" for line in dict.fromkeys(lines)]
    return short[:most] + ([f"and {len(short) - most} more"] if len(short) > most else [])


class TooLong(Exception):
    """Reading a submission took more time than it may; the text says so."""


def in_time(things: Iterable[Thing]) -> Iterator[Thing]:
    """The same things, as long as the time to read a notebook is not over; then TooLong."""
    end = time.monotonic() + READ_SECONDS
    for thing in things:
        if time.monotonic() > end:
            raise TooLong(f"reading it took more than {READ_SECONDS:g} seconds")
        yield thing
