"""What a learner handed in, read leniently: only cells, their sources and ids matter, whatever else is broken."""

import json
from dataclasses import dataclass

import nbformat

MAX_CELLS = 10_000


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
        content = json.loads(data.decode("utf-8-sig"), parse_int=_int)
    except UnicodeDecodeError:
        raise NotANotebook("it is not text, so not a Jupyter notebook") from None
    except (ValueError, RecursionError) as error:
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
    if len(cells) > MAX_CELLS:
        raise NotANotebook(f"it has {len(cells)} cells, more than the {MAX_CELLS} that are read")
    metadata = _dict(_dict(content.get("metadata")).get("rl_workshop"))
    return SubmittedNotebook(
        [_cell(cell) for cell in cells if isinstance(cell, dict)], _text(metadata.get("notebook", ""))
    )


def _int(digits: str) -> int | str:
    """A number; one that is longer than Python reads stays text."""
    return int(digits) if len(digits) < 1000 else digits[:1000]


def _text(value) -> str:
    """What should have been text, as text that can be written anywhere: no half surrogate pair, not too long."""
    return str(value)[:1000].encode("utf-8", "replace").decode("utf-8")


def _cell(cell: dict) -> SubmittedCell:
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    source = source.replace("\r\n", "\n").replace("\r", "\n") if isinstance(source, str) else ""
    source = source.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair cannot be written anywhere
    metadata = _dict(cell.get("metadata"))
    identity = cell.get("id") or metadata.get("id") or ""
    nbgrader = _dict(metadata.get("nbgrader"))
    grade_id, points = _text(nbgrader.get("grade_id", "")), _text(nbgrader.get("points", ""))
    return SubmittedCell(_text(cell.get("cell_type", "")), source, grade_id, _text(identity), points)


def _dict(value) -> dict:
    return value if isinstance(value, dict) else {}
