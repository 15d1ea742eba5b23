"""Blackboard Learn: "Assignment File Download" and the Grade Center's "Work Offline"."""

import re
from collections import defaultdict
from collections.abc import Sequence

from autograder.intake.clean import clean, common_start
from autograder.intake.source import Aside, Claim, Found, Source, first_match
from autograder.intake.tables import by_notebook, comment, grade, points, write_table
from autograder.results import Sender
from autograder.times import local_zone, parse_time

_NAME = re.compile(r"^(?P<head>.+)_attempt_(?P<time>\d{4}(?:-\d\d){5})(?P<receipt>\.txt$)?(?:_|\.txt$|$)")
_PERSON = re.compile(r"^\s*Name:\s*(?P<name>.*?)\s*\((?P<login>[^()]+)\)\s*$", re.M)
_TIME = re.compile(r"^\s*Date Submitted:\s*(?P<time>.+?)\s*$", re.M)


class Blackboard(Source):
    """`<assignment>_<user>_attempt_<time>_<file>`, and for each attempt a receipt `…_attempt_<time>.txt` whose first
    line is `Name: Ada Lovelace (adalo)` (help.blackboard.com, "Download assignments"; the same names are the example of
    nbgrader's zip_collect). Both the assignment and the user may have underscores in them; the receipt's login tells
    where one ends, without it what the names in a folder have in common.
    """

    system = "Blackboard"

    def __init__(self, files: Sequence[Found]):
        self._receipts: dict[tuple[str, str], Found] = {}
        heads = defaultdict(set)
        self._same_end = defaultdict(set)  # the end of a name and a notebook -> all names that end so
        for found in files:
            if match := first_match(_NAME, found.parts):
                position, named = match
                heads[found.parts[:position]].add(named["head"])
                for notebook in {"", found.content.assignment}:
                    self._same_end[_end(named["head"]), notebook].add(named["head"])
                if named["receipt"] and not found.content.assignment:
                    self._receipts[named["head"], named["time"]] = found
        self._common = {above: _common(all_heads) for above, all_heads in heads.items()}

    def recognise(self, found: Found) -> tuple[Claim, ...] | Aside | None:
        if not (match := first_match(_NAME, found.parts)):
            return None
        position, named = match
        head, time = named["head"], named["time"]
        receipt = self._receipts.get((head, time))
        if receipt is found:
            return Aside("read: Blackboard's receipt")
        text = receipt.text if receipt else ""
        login = _end(head)
        name, handed_in = "", ""
        notes: tuple[str, ...] = ()
        if (person := _PERSON.search(text)) and f"_{head}".endswith(f"_{person['login']}"):
            login, name = person["login"], clean(person["name"])
        else:
            if len(self._same_end[login, found.content.assignment or " "]) > 1:
                login = head.removeprefix(self._common[found.parts[:position]])
            elif len(self._same_end[login, ""]) > 1:
                notes = (f"its receipt is missing: that {login!r} sent it was read from the file's name",)
        said = _TIME.search(text)
        for written in filter(None, (said and said["time"], time)):
            try:
                handed_in = parse_time(written, local_zone()).strftime("%Y-%m-%dT%H:%M:%S")
                break
            except ValueError:
                notes += (f"the time of its attempt could not be read: {written[:40]!r}",)
        sender = Sender(name or login, "Blackboard", login, int(re.sub(r"\D", "", time)))
        return (Claim(sender, ("Blackboard", login, "" if name else head), head, handed_in=handed_in, notes=notes),)

    def write(self, folder, results):
        """Writes `blackboard-<notebook>.csv` for "Upload Grades"; Blackboard finds a person by the username."""
        for notebook, rows in by_notebook(r for r in results if r.sender.system == "Blackboard").items():
            table = [("Username", f"{notebook} [Total Pts: {points(rows[0].max_score)}]", "Feedback to Learner")]
            table += [(r.sender.id, grade(r), comment(r)) for r in rows]
            write_table(folder / f"blackboard-{notebook}.csv", table)


def _end(head: str) -> str:
    return head.rpartition("_")[2]


def _common(heads: set[str]) -> str:
    """The assignment's part of several names: what all begin with, up to an underscore."""
    if len(heads) < 2:
        return ""
    return re.sub(r"[^_]*$", "", common_start(heads))
