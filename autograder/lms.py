"""How learning-management systems name the files they hand out, and the tables of grades they take back.

Moodle (mod/assign, "Download all submissions"): `Full Name_<participant>_assignsubmission_file/<file>`, with a trailing
underscore before Moodle 4.5, or in one flat `Full Name_<participant>_assignsubmission_file_<file>`. Canvas
(content_zipper.rb, "Download Submissions"): `<sortablename>[_LATE]_<user>_<attachment>_<file>`, anonymous ones
`[LATE_]anon_<code>_<attachment>_<file>`. Google Classroom: `Full Name - <file>` in the assignment's Drive folder, which
Drive hands out as one or several `<folder>-<time>-<part>.zip`.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.files import no_formula
from autograder.results import Result

_MOODLE = re.compile(r"^(?P<name>.+?)_(?P<id>\d+)_assignsubmission_[a-z]+(?:_|$)")
_CANVAS = re.compile(
    r"^(?:(?!LATE_)(?P<name>\D.*?)_)?(?P<late>LATE_)?(?P<id>\d+|anon_[0-9A-Za-z]+)_(?P<attachment>\d+)_(?P<file>.+)$"
)
_CLASSROOM = re.compile(r"^(?P<name>.+?) - (?!(?:copy|kopie|copie|copia)(?: ?\(\d+\))?\.)(?P<file>.+)$", re.I)
_DRIVE_PART = re.compile(r"-\d{8}T\d{6}Z(?:-\d+)+\.zip$", re.I)


@dataclass(frozen=True)
class Sender:
    """Who handed in a file.

    Attributes:
      name: the person's name as the LMS writes it.
      system: "Moodle", "Canvas", "Classroom", or empty when the file's place names the person.
      id: Moodle's participant number (another one for each assignment) or Canvas's user id; may be empty.
      attempt: a number that grows from one upload to the next; 0 where the LMS gives none.
      late: the LMS says it came after the due date.
    """

    name: str
    system: str = ""
    id: str = ""
    attempt: int = 0
    late: bool = False


def moodle_sender(parts: Sequence[str]) -> Sender | None:
    """Who handed in the file at `parts` (its folders and its name), if Moodle's naming tells."""
    for part in parts:
        if found := _MOODLE.match(part):
            return Sender(found["name"], "Moodle", found["id"])
    return None


def canvas_senders(paths: Sequence[Sequence[str]]) -> list[Sender] | None:
    """Who handed in the files at `paths`; None unless they are one Canvas download: all in one folder, all named so."""
    senders, folders = [], []
    for parts in paths:
        found = next(((n, m) for n, part in enumerate(parts) if (m := _CANVAS.match(part))), None)
        if found is None:
            return None
        position, match = found
        name, number = match["name"] or match["id"], match["id"]
        senders.append(Sender(name, "Canvas", number, int(match["attachment"]), bool(match["late"])))
        folders.append(parts[:position])
    return senders if _one_folder(folders) else None


def classroom_senders(paths: Sequence[Sequence[str]]) -> list[Sender] | None:
    """Who handed in the files at `paths`; None unless they are a Google Classroom folder, all named so."""
    found = [_CLASSROOM.match(parts[-1]) for parts in paths]
    if not found or not all(found) or not _one_folder([parts[:-1] for parts in paths]):
        return None
    return [Sender(match["name"], "Classroom") for match in found]


def _one_folder(folders: Sequence[Sequence[str]]) -> bool:
    """Whether all are the same folder, the zips that it may have come in apart."""
    return len({tuple(part for part in parts if not part.lower().endswith(".zip")) for parts in folders}) == 1


def is_drive_download(name: str) -> bool:
    """Whether `name` is a zip in which Google Drive hands out a folder, or a part of one."""
    return bool(_DRIVE_PART.search(name))


# --- Grades back to the LMS -------------------------------------------------------------------------------------------

_MOODLE_COLUMNS = ("Identifier", "Full name", "Grade", "Maximum Grade", "Last modified (grade)", "Feedback comments")


@dataclass(frozen=True)
class Grade:
    """One student's points for one notebook, late penalty taken off."""

    sender: Sender
    student: str
    notebook: str
    points: float
    max_points: float
    comment: str = ""


def write_moodle(folder: Path, grades: Iterable[Grade]):
    """Writes `moodle-<notebook>.csv`, as "Upload grading worksheet" of Moodle's assignment takes it.

    Moodle finds a student by the participant number, which only files from Moodle carry; others have a line without.
    """
    worksheets: dict[str, list[Grade]] = {}
    for grade in grades:
        worksheets.setdefault(grade.notebook, []).append(grade)
    for notebook, rows in worksheets.items():
        with (folder / f"moodle-{notebook}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(_MOODLE_COLUMNS)
            for g in rows:
                participant = f"Participant {g.sender.id}" if g.sender.system == "Moodle" else ""
                name, comment = no_formula(g.sender.name), no_formula(g.comment)
                writer.writerow([participant, name, f"{g.points:g}", f"{g.max_points:g}", "-", comment])


def write_canvas(path: Path, grades: Iterable[Grade]):
    """Writes one table as Canvas's gradebook imports it: a line for each student, a column for each notebook.

    Canvas finds a student by ID; a column it does not know becomes a new assignment unless it is renamed on import.
    """
    grades = list(grades)
    maxima = {g.notebook: g.max_points for g in sorted(grades, key=lambda g: g.notebook)}
    students: dict[str, dict[str, Grade]] = {}
    for grade in grades:
        students.setdefault(grade.student, {})[grade.notebook] = grade
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["Student", "ID", "SIS Login ID", "Section", *maxima])
        writer.writerow(["Points Possible", "", "", "", *(f"{points:g}" for points in maxima.values())])
        for student, mine in students.items():
            who = next(iter(mine.values())).sender
            canvas = who.id if who.system == "Canvas" else ""
            points = [f"{mine[notebook].points:g}" if notebook in mine else "" for notebook in maxima]
            writer.writerow([no_formula(who.name), canvas, "" if canvas else no_formula(student), "", *points])


def write_tables(folder: Path, results: Iterable[Result]):
    """Writes `moodle-<notebook>.csv` and `canvas.csv`, the final scores as these systems import them."""
    grades = []
    for result in results:
        if result.status == "graded":
            lost = [
                e.message if e.message.startswith(e.name) else f"{e.name}: {e.message}"
                for e in result.exercises
                if not e.passed
            ]
            row = (result.sender, result.student, result.notebook, result.final_score, result.max_score)
            grades.append(Grade(*row, "\n".join(lost)))
    write_moodle(folder, grades)
    write_canvas(folder / "canvas.csv", grades)
