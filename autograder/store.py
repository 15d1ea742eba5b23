"""What a results folder knows already: the one answer to "is it done?", and all that reports are written from.

work/graded/<key>.json                a grading, by a digest of everything that it depends on: copies share one
work/recorded/<folder>/<notebook>     a submission's result as it stands in the gradebook and on the learner's page
"""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder import sandbox
from autograder.course import Assignment
from autograder.execute import Isolation, Limits, Outcome
from autograder.files import write_atomically
from autograder.results import ExerciseResult, Result, WrittenResult
from autograder.submitted import SubmittedNotebook


@dataclass(frozen=True)
class Grading:
    """What grading one notebook gave, whoever handed it in. All of it is JSON.

    Attributes:
      exercises: points and messages, in the notebook's order.
      flags, notes: as in `Result`.
      seconds: how long it took.
      untouched: nothing in it was answered.
      written: the written questions, before anybody has marked one.
      notebook: the restored notebook, as nbformat has it.
      outcomes: what its cells printed, showed or raised, as dicts of `Outcome`.
      problem: why it could not be graded after all; then it is tried again at the next run. Empty otherwise.
    """

    exercises: tuple[ExerciseResult, ...]
    flags: tuple[str, ...]
    notes: tuple[str, ...]
    seconds: float
    untouched: bool
    written: tuple[WrittenResult, ...]
    notebook: dict[str, Any]
    outcomes: list[dict[str, Any]]
    problem: str = ""

    @property
    def restored(self) -> NotebookNode:
        return nbformat.from_dict(self.notebook)

    def outcomes_by_name(self) -> dict[str, Outcome]:
        return {data["name"]: Outcome(**data) for data in self.outcomes}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Grading":
        lists = {name: tuple(data[name]) for name in ("flags", "notes")}
        exercises = tuple(ExerciseResult(**exercise) for exercise in data["exercises"])
        written = tuple(WrittenResult(**question) for question in data["written"])
        return cls(**data | lists | {"exercises": exercises, "written": written})


class Store:
    """The folder `work/` below a results folder. Whatever is damaged in it counts as not done."""

    def __init__(self, out: Path):
        self._folder = out / "work"
        (self._folder / "graded").mkdir(parents=True, exist_ok=True)

    def grading(self, key: str) -> Grading | None:
        """The finished grading with this key."""
        return _read(self._folder / "graded" / f"{key}.json", Grading.from_json)

    def grading_of(self, folder: str, notebook: str) -> Grading | None:
        """What a recorded submission's result came from."""
        known = self.recorded(folder, notebook)
        return self.grading(known[0].partition(" ")[0]) if known else None

    def keep(self, key: str, grading: Grading):
        """Stores a grading, unless it is one to try again."""
        if not grading.problem:
            _write(self._folder / "graded" / f"{key}.json", dataclasses.asdict(grading))

    def recorded(self, folder: str, notebook: str) -> tuple[str, Result] | None:
        """The mark and the result with which a submission was recorded last."""
        return _read(self._entry(folder, notebook), lambda data: (data["mark"], Result.from_json(data["result"])))

    def all_recorded(self) -> dict[tuple[str, str], Result]:
        """Every submission's recorded result, by folder and notebook."""
        entries = {}
        for path in sorted((self._folder / "recorded").glob("*/*")):
            if found := self.recorded(path.parent.name, path.name):
                entries[path.parent.name, path.name] = found[1]
        return entries

    def record(self, mark: str, result: Result):
        """Notes that `result` stands in the gradebook and on the learner's page; `mark` says what it came from."""
        _write(self._entry(result.folder, result.notebook), {"mark": mark, "result": result.as_json()})

    def forget(self, folder: str, notebook: str):
        """Before the gradebook is changed: a run that is stopped in the middle records it again."""
        self._entry(folder, notebook).unlink(missing_ok=True)

    def passed(self, name: str, digest: str) -> bool:
        """Whether the course's own answers to a notebook have earned all points before, with the same tests."""
        return _read(self._folder / "own" / name, str) == digest

    def note_passed(self, name: str, digest: str):
        _write(self._folder / "own" / name, digest)

    def _entry(self, folder: str, notebook: str) -> Path:
        return self._folder / "recorded" / folder / notebook


class Keys:
    """Digests of everything that decides a grading: the notebook's source, the code that grades it, the limits."""

    def __init__(self, assignments: Mapping[str, Assignment], limits: Limits, isolation: Isolation):
        environment = _environment(limits, isolation)
        self._assignments = {name: _digest(environment, [a.source, a.wrong]) for name, a in assignments.items()}

    def assignment(self, name: str) -> str:
        """Of the tests of one notebook."""
        return self._assignments[name]

    def submission(self, name: str, notebook: SubmittedNotebook) -> str:
        """Of one submission: its cells count, not its outputs."""
        return _digest(self._assignments[name], [dataclasses.astuple(cell) for cell in notebook.cells])


def _environment(limits: Limits, isolation: Isolation) -> str:
    digest = hashlib.sha256(json.dumps([dataclasses.asdict(limits), isolation], sort_keys=True).encode())
    for folder in (sandbox.package_folder(), Path(__file__).parent):
        for path in sorted(folder.rglob("*.py")):
            digest.update(path.read_bytes())
    for package in ("jax", "numpy", "gymnasium", "ipykernel"):
        digest.update(version(package).encode())
    return digest.hexdigest()


def _digest(before: str, data: Any) -> str:
    return hashlib.sha256((before + json.dumps(data, sort_keys=True)).encode()).hexdigest()


def _write(path: Path, data: Any):
    write_atomically(path, json.dumps(data))


def _read(path: Path, make):
    try:
        return make(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
