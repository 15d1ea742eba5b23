"""The LMS's own tables, with everybody's points in one column."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from autograder.files import write_atomically
from autograder.intake.clean import fold
from autograder.intake.tables import points
from autograder.intake.worksheets import GradeTable
from autograder.results import Result


def write_filled(tables: Sequence[GradeTable], folder: Path, results: Sequence[Result]) -> list[str]:
    """Writes each table as `moodle-<its name>.csv` or `canvas-<its name>.csv`, and takes away what it takes the place
    of. Returns a line about each."""
    handed_in = {result.notebook for result in results if result.status != "rejected"}
    covered = {
        system: {n for t in tables if t.system == system for n in t.notebooks} for system in ("Moodle", "Canvas")
    }
    for notebook in covered["Moodle"]:
        (folder / f"moodle-{notebook}.csv").unlink(missing_ok=True)
    if handed_in and handed_in <= covered["Canvas"]:
        (folder / "canvas.csv").unlink(missing_ok=True)
    taken = {fold(f"moodle-{notebook}.csv") for notebook in handed_in - covered["Moodle"]}
    lines = []
    for table in tables:
        if table.column is None or not table.notebooks:
            why = "which notebooks it takes cannot be told" if table.columns else "its grades are no numbers"
            lines.append(f"{table.file}: {why}; it was read for its people only." if handed_in else "")
            continue
        stem = name = f"{table.system.lower()}-{Path(table.file).stem}"
        number = 1
        while fold(f"{name}.csv") in taken:
            number += 1
            name = f"{stem}-{number}"
        taken.add(fold(f"{name}.csv"))
        earned: dict[str, float] = defaultdict(float)
        for result in results:
            if result.notebook in table.notebooks and result.status in ("graded", "failed"):
                earned[result.student] += result.final_score
        write_atomically(folder / f"{name}.csv", table.filled(earned, table.available))
        lines.append(_said(table, f"{name}.csv", earned))
    return [line for line in lines if line]


def _said(table: GradeTable, name: str, earned: Mapping[str, float]) -> str:
    """What a person should know about a filled table."""
    count = sum(student in earned for student in table.students.values())
    there = f"{points(table.best)} there" if table.best else "as they are there: it names no best grade"
    of = f"{points(table.available)} of {points(table.available)} points"
    several = f" of {', '.join(table.notebooks)}" if len(table.notebooks) > 1 else ""
    more = " Nobody has more: Moodle would skip it." if table.system == "Moodle" and _too_many(table, earned) else ""
    return f"{name}, column {table.title!r}: {count} of {len(table.entries)} people; {of}{several} are {there}.{more}"


def _too_many(table: GradeTable, earned: Mapping[str, float]) -> bool:
    return any(earned.get(student, 0) > table.available for student in table.students.values())
