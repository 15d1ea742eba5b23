"""Gradescope: "Export Submissions" of a programming assignment."""

import datetime
import re
from collections.abc import Sequence

import yaml

from autograder.intake.clean import clean
from autograder.intake.source import Aside, Claim, Found, Source, first_match
from autograder.intake.tables import by_notebook, comment, grade, points, write_table
from autograder.results import Sender
from autograder.times import parse_time

_FOLDER = re.compile(r"^submission_(?P<id>\w+)$")


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Reads the file of a Ruby program: objects as what is in them, times as text."""


def _plain(loader, _, node):
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    return loader.construct_sequence(node, deep=True) if isinstance(node, yaml.SequenceNode) else str(node.value)


_Loader.add_multi_constructor("!", _plain)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", lambda loader, node: str(node.value))


class Gradescope(Source):
    """`submission_<number>/<file>` and beside them `submission_metadata.yml`: for each folder `:submitters:`, a list of
    `:name:`, `:sid:`, `:email:`, then `:created_at:`, `:score:` and results (help.gradescope.com, "Exporting
    submissions"). A group has several submitters; each of them has the points.
    """

    system = "Gradescope"

    def __init__(self, files: Sequence[Found]):
        self._entries: dict[tuple[str, ...], dict] = {}
        self._read: dict[str, str] = {}
        self._exports: set[tuple[str, ...]] = set()  # folders with a list of submitters
        for found in files:
            if found.parts[-1] == "submission_metadata.yml":
                self._read_metadata(found)

    def _read_metadata(self, found: Found):
        self._exports.add(found.parts[:-1])
        try:
            content = yaml.load(found.text, _Loader)  # a safe loader
        except (yaml.YAMLError, ValueError, RecursionError):
            self._read[found.path] = "Gradescope's list of submitters; it could not be read"
            return
        entries = content if isinstance(content, dict) else {}
        for name, entry in entries.items():
            if isinstance(entry, dict):
                self._entries[*found.parts[:-1], str(name)] = {str(k).strip(":"): v for k, v in entry.items()}
        self._read[found.path] = f"read: Gradescope's list of submitters, {len(entries)} submissions"

    def recognise(self, found: Found) -> tuple[Claim, ...] | Aside | None:
        if reason := self._read.get(found.path):
            return Aside(reason)
        if not (match := first_match(_FOLDER, found.parts[:-1])):
            return None
        entry = self._entries.get(found.parts[: match[0] + 1], {})
        if not entry and found.parts[: match[0]] not in self._exports:
            return None
        people = [person for person in map(_person, _list(entry.get("submitters"))) if any(person)]
        handed_in, attempt, notes = "", 0, []
        if not people:
            notes.append("Gradescope's list of submitters does not say who sent it")
        if written := _time(entry.get("created_at")):
            try:
                time = parse_time(written, datetime.UTC)
                handed_in, attempt = time.strftime("%Y-%m-%dT%H:%M:%S"), int(time.timestamp())
            except ValueError:
                notes.append(f"when it was handed in could not be read: {written[:40]!r}")
        if late := bool(entry.get("late") or entry.get("lateness")):
            notes.append("Gradescope marks it as late")
        if len(people) > 1:
            notes.append(f"handed in together by {', '.join(name or number for name, number in people)}")
        claims = []
        for name, number in people or [(f"submission {match[1]['id']}", match[1]["id"])]:
            sender = Sender(name or number, "Gradescope", number, attempt, late)
            claims.append(
                Claim(sender, ("Gradescope", number or name), number, handed_in=handed_in, notes=tuple(notes))
            )
        return tuple(claims)

    def write(self, folder, results):
        """Writes `gradescope-<notebook>.csv`: names, numbers or addresses, points and comments."""
        for notebook, rows in by_notebook(r for r in results if r.sender.system == "Gradescope").items():
            table = [("Name", "SID or Email", f"{notebook}", "Max Points", "Comments")]
            table += [(r.sender.name, r.sender.id, grade(r), points(r.max_score), comment(r)) for r in rows]
            write_table(folder / f"gradescope-{notebook}.csv", table)


def _list(value) -> list:
    return value if isinstance(value, list) else []


def _person(entry) -> tuple[str, str]:
    """A submitter's name and number, or the address where there is none."""
    values = {str(k).strip(":"): v for k, v in entry.items()} if isinstance(entry, dict) else {}
    name, number = (clean(str(values.get(key) or "")) for key in ("name", "sid"))
    return name, number or clean(str(values.get("email") or ""))


def _time(value) -> str:
    """A time, which Ruby writes as text or as an object with its parts."""
    if isinstance(value, dict):
        value = value.get("utc") or value.get("time")
    return str(value or "")
