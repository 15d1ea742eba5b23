"""Moodle's assignment: "Download all submissions" and "Upload grading worksheet"."""

import re
from codecs import BOM_UTF8
from collections.abc import Sequence

from autograder.intake.matching import Who, agree
from autograder.intake.source import Aside, Claim, Found, Source, first_match
from autograder.intake.tables import by_notebook, comment, grade, points, write_pages, write_table
from autograder.intake.worksheets import GradeTable, moodle_worksheet
from autograder.results import Sender

_NAME = re.compile(r"^(?P<name>.+?)(?:_(?P<id>\d+))?_assignsubmission_(?P<plugin>[a-z]+)(?:_|$)")
_COLUMNS = ("Identifier", "Full name", "Grade", "Maximum Grade", "Last modified (grade)", "Feedback comments")


class Moodle(Source):
    """`Full Name_<participant>_assignsubmission_file/<file>`, with a trailing underscore before Moodle 4.5, or, without
    folders, `Full Name_<participant>_assignsubmission_file_<file>` (mod/assign/classes/downloader.php). Where names are
    hidden the full name is "Participant"; a group that has no number is "Default group". The participant's number is
    another one for each assignment.

    The grading worksheet may lie beside them, in any language. Its full names count, and it goes back filled.
    """

    system, global_ids = "Moodle", False

    def __init__(self, files: Sequence[Found]):
        named = [match[1]["id"] for found in files if (match := first_match(_NAME, found.parts))]
        self.worksheets: dict[str, GradeTable] = {}  # by path
        for found in files:
            likely = any(named) or found.data.removeprefix(BOM_UTF8).startswith(b"Identifier")
            if found.data and likely and not first_match(_NAME, found.parts):
                table = moodle_worksheet(found.parts[-1], found.data)
                if table and (table.columns or table.sheet.cell(0, 0) == "Identifier"):
                    self.worksheets[found.path] = table
        self._rows = {entry.id: (table, entry) for table in self.worksheets.values() for entry in table.entries}

    def recognise(self, found: Found) -> tuple[Claim, ...] | Aside | None:
        if table := self.worksheets.get(found.path):
            of = f"; its maximum is {table.best:g}" if table.best else ""
            return Aside(f"read: Moodle's grading worksheet, {len(table.entries)} people{of}")
        if not (match := first_match(_NAME, found.parts)):
            return None
        _, named = match
        number, name = named["id"] or "", named["name"]
        if number in self._rows:
            table, entry = self._rows[number]
            hidden = table.sheet.cell(entry.row, 0)  # "Participant 7", as the folder may be called too
            if agree(Who((name,)), Who((entry.name, hidden))):  # a group's number may be another person's
                name = entry.name
        if not number:
            name = name.strip("_")
        if re.fullmatch(r"Participant", name) and number:
            name = f"Participant {number}"  # anonymous: the number is all there is
        owner = ("Moodle", number or name)
        if named["plugin"] == "onlinetext" and not found.content.assignment:
            return Aside(f"left out: the text that {name} typed into Moodle")
        return (Claim(Sender(name, "Moodle", number), owner, f"participant {number}"),)

    def write(self, folder, results):
        """Writes `moodle-<notebook>.csv`, a grading worksheet, and `moodle-feedback-<notebook>.zip`, everybody's page
        as "Upload multiple feedback files in a zip" takes it (feedback/file/importziplib.php). Moodle finds a person by
        the participant's number, which only files from Moodle carry; others have a line without, and no page."""
        for notebook, rows in by_notebook(results).items():
            table = [_COLUMNS]
            for r in rows:
                ours = r.sender.system == "Moodle" and r.sender.id
                identifier = f"Participant {r.sender.id}" if ours else ""
                table.append((identifier, r.sender.name, grade(r), points(r.max_score), "-", comment(r)))
            write_table(folder / f"moodle-{notebook}.csv", table)
            ours = [r for r in rows if r.sender.system == "Moodle" and r.sender.id and r.status == "graded"]
            name = f"{{}}_{{}}_assignsubmission_file_{notebook}.html".format
            pages = {name(_first_part(r.sender.name), r.sender.id): folder / r.page for r in ours}
            write_pages(folder / f"moodle-feedback-{notebook}.zip", pages)


def _first_part(name: str) -> str:
    """A name that Moodle, which splits at "_" and "/" and skips what begins with "." or "~", reads past."""
    return re.sub(r'[_/\\:*?"<>|]+', " ", name).strip(" .~") or "participant"
