"""The tables in which Moodle and Canvas take grades: read for their people, given back with one column filled."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from autograder.intake.clean import clean, fold
from autograder.intake.matching import Who
from autograder.intake.sheet import Sheet, number

_PARTICIPANT = re.compile(r"^(?P<word>\D+?)\s*(?P<number>\d+)$")
TITLE_AND_ID = re.compile(r"^(?P<title>.*?)\s*\((?P<id>\d+)\)$")
_TOTALS = re.compile(r"(Current|Final) (Score|Points|Grade)|Override (Score|Grade|Status)")  # of Canvas
KEPT = re.compile(r"EX|N/A", re.I)  # cells of Canvas that stay: excused; not assigned to this person


@dataclass(frozen=True)
class Entry:
    """One person's line in a list; `id` is what tells namesakes apart, as it was written."""

    row: int
    name: str
    ids: frozenset[tuple[str, str]] = frozenset()
    id: str = ""
    extension: str = ""
    group: str = ""
    section: str = ""

    @property
    def who(self) -> Who:
        return Who((self.name,), self.ids)


@dataclass(frozen=True)
class GradeTable:
    """A table that takes grades.

    Attributes:
      system: "Moodle" or "Canvas".
      file: its name.
      sheet: its cells.
      entries: the people in it.
      columns: the columns that take grades, with the best grade there; None where the table does not say.
      column: the one to fill; None before it is chosen, or where none can be.
      digest: of the file.
      students: whose line a row is, by `Result.student`; rows of nobody who handed in anything may be left out.
      notebooks: whose points together are the grade.
      available: how many points that is.
    """

    system: str
    file: str
    sheet: Sheet
    entries: tuple[Entry, ...]
    columns: Mapping[int, float | None]
    column: int | None = None
    digest: str = ""
    students: Mapping[int, str] = field(default_factory=dict)
    notebooks: tuple[str, ...] = ()
    available: float = 0.0

    @property
    def title(self) -> str:
        """The chosen column's."""
        return self.sheet.rows[0][self.column] if self.column is not None else ""

    @property
    def best(self) -> float | None:
        return self.columns[self.column] if self.column is not None else None

    def filled(self, points: Mapping[str, float], available: float) -> bytes:
        """The file with these points, by student, of those `available`, scaled to its best grade, in its column.

        A grade has at most two decimals and the file's decimal sign. Moodle skips a grade above the best one without a
        word (mod/assign/feedback/offline/locallib.php, process_import_grades, "Out of range"), so none is. Cells in
        which Canvas says that somebody is excused or need not do it stay, and so do those of people without points.
        """
        assert self.column is not None
        best, comma = self.best, self._has_comma()
        changed = {}
        for row, student in self.students.items():
            if student not in points or KEPT.fullmatch(self.sheet.cell(row, self.column)):
                continue
            grade = points[student] * best / available if best and available else points[student]
            if self.system == "Moodle" and best:
                grade = min(grade, best)
            text = f"{grade:.2f}".rstrip("0").rstrip(".")
            changed[row, self.column] = text.replace(".", ",") if comma else text
        return self.sheet.with_cells(changed)

    def _has_comma(self) -> bool:
        """Whether the file's numbers have a decimal comma: by its best grades, else by what stands in the columns."""
        rows = range(1, len(self.sheet.rows))
        cells = [self.sheet.cell(row, place) for row in rows for c in self.columns for place in (c, c + 1)]
        return any(number(cell) is not None and "," in cell for cell in cells)


# --- Moodle -----------------------------------------------------------------------------------------------------------


def moodle_worksheet(file: str, data: bytes) -> GradeTable | None:
    """Moodle's grading worksheet, in any language; None if it is something else.

    Its columns (mod/assign/gradingtable.php, __construct): the record's id, the word for "Participant" and a number
    (col_recordid); the full name, unless names are hidden; fields that identify; status, team and marker; the grade and
    behind it its maximum, the same for everybody (col_grademax), or a scale; and more. On import the number is what
    follows the word (importgradeslib.php, next: `substr($idstr, strlen(get_string('hiddenuser', 'assign')))`), the
    columns are found by their headings, and an empty grade is skipped (locallib.php, process_import_grades).
    """
    sheet = Sheet(data)
    rows = range(1, len(sheet.rows))
    found = {row: match for row in rows if (match := _PARTICIPANT.match(sheet.cell(row, 0)))}
    if not rows or len(found) < len(rows) or len({fold(match["word"]) for match in found.values()}) > 1:
        return None
    width = len(sheet.rows[0])
    if width < 4 or _PARTICIPANT.match(sheet.cell(0, 0)) or len({m["number"] for m in found.values()}) < len(found):
        return None
    grade, best = _grades(sheet)
    names = [sheet.cell(row, 1) for row in rows]
    hidden = grade == 2 or (len(names) > 3 and 2 * len(set(names)) < len(names))  # then it is the status
    ids = identifiers(sheet, range(1 if hidden else 2, width if grade is None else grade))
    entries = tuple(
        Entry(
            row,
            clean(re.sub(r"<[^>]*>", "", sheet.cell(row, 0 if hidden else 1))) or sheet.cell(row, 0),  # "suspended"
            ids[row] | {("Moodle", match["number"])},
            match["number"],
        )
        for row, match in found.items()
    )
    columns = {} if grade is None else {grade: best}
    return GradeTable("Moodle", file, sheet, entries, columns, grade, hashlib.sha256(data).hexdigest())


def _grades(sheet: Sheet) -> tuple[int | None, float | None]:
    """The column of the grades and the best one: it stands before the last that holds one number for everybody."""
    rows = range(1, len(sheet.rows))
    for place in range(len(sheet.rows[0]) - 1, 2, -1):
        tops = {sheet.cell(row, place) for row in rows}
        top = number(next(iter(tops))) if len(tops) == 1 else None
        grades = [sheet.cell(row, place - 1) for row in rows]
        if top and all(not grade or 0 <= (-1 if (n := number(grade)) is None else n) <= top for grade in grades):
            return place - 1, top
    return None, None


def identifiers(sheet: Sheet, columns: Iterable[int]) -> dict[int, frozenset[tuple[str, str]]]:
    """By row, what means one person in these columns: addresses, and words with digits that nobody else has."""
    ids: dict[int, set[tuple[str, str]]] = {row: set() for row in range(1, len(sheet.rows))}
    for column in columns:
        cells = {row: fold(cell) for row in ids if (cell := sheet.cell(row, column))}
        if len(set(cells.values())) == len(cells) and all(map(re.compile(r"\S*[@\d]\S*").fullmatch, cells.values())):
            for row, cell in cells.items():
                ids[row].add(("", cell))
    return {row: frozenset(known) for row, known in ids.items()}


# --- Canvas -----------------------------------------------------------------------------------------------------------


def canvas_export(file: str, data: bytes) -> GradeTable | None:
    """Canvas's gradebook export; None if it is something else.

    Its header is English in every language (lib/gradebook_exporter.rb, csv_data): Student (or LastName, FirstName), ID,
    SIS User ID, SIS Login ID, …, Section, columns of the school's own, then "title (id)" for each assignment, then
    totals. On import (lib/gradebook_importer.rb) people are found by ID, else by the SIS columns (process_student),
    assignments by the id in their heading (parse_assignments); totals are taken out by their headings
    (strip_non_assignment_columns), columns whose cell beside "Points Possible" says "read only" never change
    (readonly_assignment?), and a cell that is emptied loses its score (no_change_to_value?).
    """
    sheet = Sheet(data)
    header = sheet.rows[0] if sheet.rows else []
    two = header[:2] == ["LastName", "FirstName"]
    place = header[1 + two :].index("ID") + 1 + two if "ID" in header[1 + two : 3 + two] else 0
    if len(header) < 4 or not place or "Section" not in header or not (two or "Student" in header[0]):
        return None
    section = header.index("Section")
    logins = [header.index(name) for name in ("SIS Login ID", "SIS User ID", "Integration ID") if name in header]
    entries, possible = [], 0
    for row in range(1, len(sheet.rows)):
        name = ", ".join(filter(None, sheet.rows[row][: 1 + two]))
        if "Points Possible" in name:
            possible = possible or row
        elif name and name != "Student, Test" and (sheet.cell(row, place) or any(sheet.cell(row, n) for n in logins)):
            known = {("Canvas", fold(sheet.cell(row, place)))} | {("", fold(sheet.cell(row, n))) for n in logins}
            ids = frozenset(pair for pair in known if pair[1])
            entries.append(
                Entry(row, clean(name), ids, sheet.cell(row, place), section=clean(sheet.cell(row, section)))
            )
    columns = {}
    for column in range(section + 1, len(header)):
        top = sheet.cell(possible, column) if possible else ""
        is_assignment = TITLE_AND_ID.match(header[column]) and not _TOTALS.search(header[column])
        if is_assignment and (not top or number(top) is not None):
            columns[column] = number(top)
    return GradeTable("Canvas", file, sheet, tuple(entries), columns, None, hashlib.sha256(data).hexdigest())
