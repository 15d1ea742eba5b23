"""What a learner handed in, read leniently: only cells, their sources and ids matter, whatever else is broken."""

import json
import re
from dataclasses import dataclass

import nbformat

from autograder.course import Course, exercise_name, is_solution


class NotANotebook(ValueError):
    """The file's bytes are no Jupyter notebook; the message says why."""


@dataclass(frozen=True)
class SubmittedCell:
    """One cell of a submission. `grade_id`, `id` and `points` are empty when the file has none."""

    kind: str
    source: str
    grade_id: str = ""
    id: str = ""
    points: str = ""


@dataclass(frozen=True)
class SubmittedNotebook:
    """A submission's cells and the notebook it says it is (empty when it does not say)."""

    cells: list[SubmittedCell]
    claims: str = ""


def read_notebook(data: bytes) -> SubmittedNotebook:
    """Reads a notebook of any format version, with a BOM or CRLF, with broken metadata.

    Raises:
      NotANotebook: there is nothing to grade in it.
    """
    if not data.strip():
        raise NotANotebook("the file is empty")
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise NotANotebook("it is not text, so not a Jupyter notebook") from None
    except (json.JSONDecodeError, RecursionError) as error:
        cut = data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{")
        reason = "it is a damaged notebook (cut short?)" if cut else "it is not a Jupyter notebook"
        raise NotANotebook(f"{reason}: {str(error)[:100]}") from None
    if isinstance(content, dict) and "worksheets" in content:
        try:
            content = nbformat.reads(json.dumps(content), as_version=4)
        except Exception as error:
            raise NotANotebook(f"it is a notebook of an old format that cannot be read: {error}") from None
    cells = content.get("cells") if isinstance(content, dict) else None
    if not isinstance(cells, list):
        raise NotANotebook("it is JSON, but not a Jupyter notebook: it has no list of cells")
    metadata = _dict(_dict(content.get("metadata")).get("rl_workshop"))
    return SubmittedNotebook(
        [_cell(cell) for cell in cells if isinstance(cell, dict)], str(metadata.get("notebook", ""))
    )


def recognise(course: Course, data: bytes) -> str | None:
    """Which notebook of the course `data` is: by its metadata, then its grade ids, then the functions it defines.

    Works on damaged files too, as far as their text goes. None when nothing of the course is in it.
    """
    try:
        notebook = read_notebook(data)
        claims, ids = notebook.claims, [cell.grade_id for cell in notebook.cells]
        text = "\n".join(cell.source for cell in notebook.cells if cell.kind == "code")
    except NotANotebook:
        text = data.decode("utf-8", errors="replace")
        found = re.search(r'"rl_workshop"\s*:\s*\{\s*"notebook"\s*:\s*"(\w+)"', text)
        claims, ids = found.group(1) if found else "", re.findall(r'"grade_id"\s*:\s*"(\w+)"', text)
        text = ""
    if claims in course.assignments:
        return claims
    names = {exercise_name(i) for i in ids}
    scores = {n: sum(e.name in names for e in a.exercises) for n, a in course.assignments.items()}
    if not any(scores.values()):
        scores = {n: sum(defines(text, e.name) for e in a.exercises) for n, a in course.assignments.items()}
    best = max(scores, key=scores.get)
    return best if scores[best] else None


def defines(source: str, name: str) -> bool:
    """Whether `source` defines `name` at its top level, even if it does not parse."""
    return (
        re.search(rf"^(?:(?:async\s+)?def|class)\s+{re.escape(name)}\b|^{re.escape(name)}\s*=", source, re.M)
        is not None
    )


def answers_by_id(notebook: SubmittedNotebook, assignment) -> dict[str, list[str]]:
    """The sources found for each exercise's solution cell, by grade id."""
    names = {c.metadata.nbgrader.grade_id for c in assignment.source.cells if is_solution(c)}
    found: dict[str, list[str]] = {}
    for cell in notebook.cells:
        if cell.kind == "code" and cell.grade_id in names:
            found.setdefault(cell.grade_id, []).append(cell.source)
    return found


def _cell(cell: dict) -> SubmittedCell:
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    source = source.replace("\r\n", "\n").replace("\r", "\n") if isinstance(source, str) else ""
    source = source.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair cannot be written anywhere
    metadata = _dict(cell.get("metadata"))
    identity = cell.get("id") or metadata.get("id") or ""
    nbgrader = _dict(metadata.get("nbgrader"))
    grade_id, points = str(nbgrader.get("grade_id", "")), str(nbgrader.get("points", ""))
    return SubmittedCell(str(cell.get("cell_type", "")), source, grade_id, str(identity), points)


def _dict(value) -> dict:
    return value if isinstance(value, dict) else {}
