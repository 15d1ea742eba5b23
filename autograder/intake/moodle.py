"""Moodle's assignment: "Download all submissions" and "Upload grading worksheet"."""

import csv
import io
import re
from collections.abc import Sequence

from autograder.intake.clean import clean
from autograder.intake.source import Aside, Claim, Found, Source, first_match
from autograder.intake.tables import by_notebook, comment, points, write_pages, write_table
from autograder.results import Sender

_NAME = re.compile(r"^(?P<name>.+?)(?:_(?P<id>\d+))?_assignsubmission_(?P<plugin>[a-z]+)(?:_|$)")
_COLUMNS = ("Identifier", "Full name", "Grade", "Maximum Grade", "Last modified (grade)", "Feedback comments")


class Moodle(Source):
    """`Full Name_<participant>_assignsubmission_file/<file>`, with a trailing underscore before Moodle 4.5, or, without
    folders, `Full Name_<participant>_assignsubmission_file_<file>` (mod/assign/classes/downloader.php). Where names are
    hidden the full name is "Participant"; a group that has no number is "Default group". The participant's number is
    another one for each assignment.

    The grading worksheet (mod/assign/gradingtable.php and feedback/offline) may lie beside them: a table whose first
    column holds "Participant <number>". Its full names count.
    """

    system, global_ids = "Moodle", False

    def __init__(self, files: Sequence[Found]):
        self._rows: dict[str, dict[str, str]] = {}  # of the worksheets, by participant
        self._worksheets: dict[str, str] = {}
        for found in files:
            if found.path.lower().endswith(".csv") and found.text:
                self._read_worksheet(found)

    def _read_worksheet(self, found: Found):
        try:
            rows = list(csv.DictReader(io.StringIO(found.text.lstrip("\ufeff"))))
        except csv.Error:
            return
        known = {}
        for row in rows:
            number = re.search(r"(\d+)\s*$", row.get("Identifier") or "")
            if number:
                known[number[1]] = {key: value or "" for key, value in row.items() if isinstance(key, str)}
        header = found.text.lstrip("\ufeff").splitlines()[:1]
        if known or (header and header[0].startswith("Identifier,")):
            self._rows |= known
            maxima = sorted({row.get("Maximum Grade", "") for row in known.values()} - {""})
            of = f"; its maximum is {', '.join(maxima[:3])}" if maxima else ""
            self._worksheets[found.path] = f"read: Moodle's grading worksheet, {len(known)} people{of}"

    def recognise(self, found: Found) -> tuple[Claim, ...] | Aside | None:
        if reason := self._worksheets.get(found.path):
            return Aside(reason)
        if not (match := first_match(_NAME, found.parts)):
            return None
        _, named = match
        number, name = named["id"] or "", named["name"]
        if full := clean(self._rows.get(number, {}).get("Full name", "")):
            name = full
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
                row = self._rows.get(r.sender.id, {}) if ours else {}
                identifier = row.get("Identifier") or (f"Participant {r.sender.id}" if ours else "")
                name = row.get("Full name") or r.sender.name
                table.append((identifier, name, points(r.final_score), points(r.max_score), "-", comment(r)))
            write_table(folder / f"moodle-{notebook}.csv", table)
            ours = [r for r in rows if r.sender.system == "Moodle" and r.sender.id and r.status == "graded"]
            name = f"{{}}_{{}}_assignsubmission_file_{notebook}.html".format
            pages = {name(_first_part(r.sender.name), r.sender.id): folder / r.page for r in ours}
            write_pages(folder / f"moodle-feedback-{notebook}.zip", pages)


def _first_part(name: str) -> str:
    """A name that Moodle, which splits at "_" and "/" and skips what begins with "." or "~", reads past."""
    return re.sub(r'[_/\\:*?"<>|]+', " ", name).strip(" .~") or "participant"
