"""What goes back to the sources, tables and zips of pages, as far as it is alike."""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from autograder.files import csv_text, write_atomically
from autograder.results import Result


def write_table(path: Path, rows: Iterable[Sequence]):
    """Writes a CSV file in which no text is a formula."""
    write_atomically(path, csv_text(rows))


def write_pages(path: Path, pages: Mapping[str, Path]):
    """Writes a zip of learners' pages by their names in it: the same bytes for the same pages, no file for none."""
    there = {name: page for name, page in sorted(pages.items()) if page.is_file()}
    if not there:
        return
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, page in there.items():
            entry = zipfile.ZipInfo(name)  # of 1980, for all
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, page.read_bytes(), zipfile.ZIP_DEFLATED)
    write_atomically(path, buffer.getvalue())


def counting(results: Iterable[Result]) -> list[Result]:
    """What has a score: a submission that could not be graded has its 0 here as everywhere."""
    return [result for result in results if result.status != "rejected"]


def by_notebook(results: Iterable[Result]) -> dict[str, list[Result]]:
    """The results that have a score, by notebook."""
    tables: dict[str, list[Result]] = {}
    for result in counting(results):
        tables.setdefault(result.notebook, []).append(result)
    return dict(sorted(tables.items()))


def comment(result: Result) -> str:
    """What the learner should read beside the points: why they are what they are, and what to look at."""
    lines = [result.explanation, result.message if result.status == "failed" else ""]
    for exercise in result.exercises:
        if exercise.message and not exercise.passed:
            named = exercise.message.startswith(exercise.name)
            lines.append(exercise.message if named else f"{exercise.name}: {exercise.message}")
        if exercise.comment:
            lines.append(f"{exercise.name}: {exercise.comment}")
    lines += [f"{question.name}: {question.comment}" for question in result.written if question.comment]
    return "\n".join(line for line in lines if line)


def grade(result: Result) -> str:
    """A person's points in a table that goes back: nothing, not 0, for who handed in nothing."""
    return "" if result.status == "missing" else points(result.final_score)


def points(value: float) -> str:
    """Points as people write them: 26, 12.5."""
    return f"{value:.6g}"
