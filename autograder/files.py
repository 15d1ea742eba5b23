"""Writing what others read: files that are whole or not there, tables that no spreadsheet runs."""

import csv
import io
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def write_atomically(path: Path, content: str | bytes):
    """Writes bytes, or text as UTF-8; whoever reads `path` meanwhile sees all of it or what was there before.

    Half a surrogate pair, which has no UTF-8, becomes its escape; in JSON that is the same string.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}"[:200] + ".partial")
    try:
        partial.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "backslashreplace"))
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def csv_text(rows: Iterable[Iterable[Any]]) -> str:
    """`rows` as comma-separated values, each text safe for a spreadsheet."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows([no_formula(value) for value in row] for row in rows)
    return buffer.getvalue()


def no_formula(value: Any) -> Any:
    """Spreadsheets run text that starts like a formula; a quote in front keeps it text. A lone dash is none."""
    runs = isinstance(value, str) and value != "-" and value.lstrip(" ").startswith(_FORMULA)
    return f"'{value}" if runs else value
