"""Brightspace (D2L): "Download" of an assignment's submissions and the grades' import."""

import re
from collections.abc import Sequence

from autograder.intake.source import Aside, Claim, Found, Source, first_match
from autograder.intake.tables import by_notebook, grade, write_table
from autograder.results import Sender
from autograder.times import local_zone, parse_time

_NAME = re.compile(
    r"^(?P<user>\d+)-(?P<folder>\d+) - (?P<name>.+?) - (?P<date>[^-]*\b\d{4}\b[^-]*?)(?: - (?P<file>.+))?$"
)


class Brightspace(Source):
    """`<user>-<folder> - <Name> - <date> - <file>`, flat, or folders `<user>-<folder> - <Name> - <date>/<file>`, with
    an `index.html` of all of them (community.d2l.com, "Download submissions"). A later upload of the same person is
    another folder; the date, `Nov 28, 2026 415 PM`, tells which is the newest.
    """

    system, global_ids = "Brightspace", False  # some installations put the same first number before everybody

    def __init__(self, files: Sequence[Found]):
        self._folders = {found.parts[: match[0]] for found in files if (match := first_match(_NAME, found.parts))}

    def recognise(self, found: Found) -> tuple[Claim, ...] | Aside | None:
        if found.parts[-1].lower() == "index.html" and found.parts[:-1] in self._folders:
            return Aside("read: Brightspace's list of the submissions")
        if not (match := first_match(_NAME, found.parts)):
            return None
        named, handed_in, attempt = match[1], "", 0
        notes: tuple[str, ...] = ()
        try:
            time = parse_time(named["date"], local_zone())
            handed_in, attempt = time.strftime("%Y-%m-%dT%H:%M:%S"), int(time.timestamp())
        except ValueError:
            notes = (f"when it was handed in could not be read: {named['date']!r}",)
        sender = Sender(named["name"], "Brightspace", named["user"], attempt)
        return (
            Claim(
                sender, ("Brightspace", named["user"], named["name"]), named["user"], handed_in=handed_in, notes=notes
            ),
        )

    def write(self, folder, results):
        """Writes `brightspace-<notebook>.csv`. Brightspace finds a person by OrgDefinedId or Username, which its
        download does not tell: fill in one of them from the grades' export."""
        for notebook, rows in by_notebook(r for r in results if r.sender.system == "Brightspace").items():
            table = [("OrgDefinedId", "Username", "Name", f"{notebook} Points Grade", "End-of-Line Indicator")]
            table += [("", "", r.sender.name, grade(r), "#") for r in rows]
            write_table(folder / f"brightspace-{notebook}.csv", table)
