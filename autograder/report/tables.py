"""Results as files for programs: results.json and manifest.json (docs/results.md has the schema), and grades.csv."""

import dataclasses
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from autograder.files import csv_text, write_atomically
from autograder.results import Result

_COLUMNS = ("student", "notebook", "status", "score", "max_score", "final_score")


def write_results(out: Path, results: Iterable[Result], manifest: Iterable[Any], versions: Mapping[str, Any]):
    """Writes `results.json` (the whole truth) and `manifest.json` (every file, taken or why not).

    Args:
      out: the folder of all results.
      results: one for each submission.
      manifest: dataclasses, one for each file.
      versions: what goes before the submissions: "course" and "grader".
    """
    submissions = [result.as_json() for result in results]
    write_atomically(out / "results.json", _json({**versions, "submissions": submissions}))
    write_atomically(out / "manifest.json", _json({"files": [dataclasses.asdict(entry) for entry in manifest]}))


def write_csv(path: Path, results: Sequence[Result]):
    """Writes one line for each submission. An exercise's points are those that count: by hand where there are any. A
    written question's are empty until it counts.

    UTF-8 without a byte order mark, which programs would take for a part of the first column's name.
    """
    exercises = list(dict.fromkeys(e.name for result in results for e in result.parts))
    rows = [[*_COLUMNS, "late_hours", "penalty", "explanation", "id", "section", *exercises]]
    for result in results:
        points = {e.name: e.final_score for e in result.exercises}
        points |= {question.name: question.final_score for question in result.written if question.counts}
        row = [getattr(result, column) for column in _COLUMNS]
        row += [round(result.late_seconds / 3600, 2), result.penalty, result.explanation]
        row += [result.sender.id, result.section]
        rows.append(row + [points.get(name, "") for name in exercises])
    write_atomically(path, csv_text(rows))


def _json(data: Mapping[str, Any]) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
