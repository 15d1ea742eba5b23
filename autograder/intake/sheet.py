"""A table of comma-separated values that can be given back with some of its cells changed and not one other byte."""

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

DELIMITERS = ",;\t"
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


class ListError(ValueError):
    """A class list that cannot be read, or a table of grades that cannot be filled; the message says what was seen and
    what to do."""


@dataclass(frozen=True)
class _Cell:
    """What stands in a cell, without its quotes, and where it stands in the text, with them."""

    text: str
    begin: int
    end: int
    quoted: bool


class Sheet:
    """A table as a system or a spreadsheet wrote it: UTF-8, UTF-16 or Windows' Western European, with commas,
    semicolons or tabs.

    Attributes:
      delimiter: which of them.
      rows: the cells' texts; the first row is the header. Empty lines are left out.
    """

    def __init__(self, data: bytes):
        self._mark, self._encoding, self._text = _decoded(data)
        self.delimiter = max(DELIMITERS, key=lambda d: len(next(_records(self._text, d), [])))
        self._cells = list(_records(self._text, self.delimiter))
        self.rows = [[cell.text.strip() for cell in row] for row in self._cells]

    def cell(self, row: int, column: int) -> str:
        """What stands there; nothing where the row is too short."""
        return self.rows[row][column] if column < len(self.rows[row]) else ""

    def with_cells(self, changed: Mapping[tuple[int, int], str]) -> bytes:
        """The file with other texts in these cells, given by row and column; quoted where they were or need to be."""
        parts, place = [], 0
        for (row, column), text in sorted(changed.items()):
            cells = self._cells[row]
            cell = cells[column] if column < len(cells) else _Cell("", cells[-1].end, cells[-1].end, False)
            if cell.quoted or re.search(rf'["\r\n{self.delimiter}]', text):
                text = '"' + text.replace('"', '""') + '"'
            more = self.delimiter * (column + 1 - len(cells))  # none, unless the row is too short
            parts += [self._text[place : cell.begin], more, text]
            place = cell.end
        return self._mark + "".join([*parts, self._text[place:]]).encode(self._encoding)


def number(text: str) -> float | None:
    """The number that a cell holds, with a decimal point or comma; None if it holds something else."""
    return float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None


def _decoded(data: bytes) -> tuple[bytes, str, str]:
    """The byte order mark, the encoding and the text, from which the same bytes can be made again."""
    mark, encoding = next((known for known in _MARKS if data.startswith(known[0])), (b"", ""))
    for name in (encoding,) if encoding else ("utf-8", "cp1252"):
        try:
            return mark, name, data[len(mark) :].decode(name)
        except UnicodeDecodeError:
            pass
    return mark, "latin-1", data[len(mark) :].decode("latin-1")


def _records(text: str, delimiter: str) -> Iterator[list[_Cell]]:
    """The rows that are not empty."""
    field = re.compile(rf'("(?:[^"]|"")*"?)?([^{delimiter}\r\n]*)(\r\n|[{delimiter}\r\n]|\Z)')
    row: list[_Cell] = []
    place, more = 0, bool(text)
    while more:
        match = field.match(text, place)
        assert match is not None  # every part of it may be empty
        quoted, rest, end = match.groups()
        inside = (quoted or "").removeprefix('"').removesuffix('"').replace('""', '"') + rest
        row.append(_Cell(inside, match.start(), match.end(2), quoted is not None))
        place, more = match.end(), bool(end)
        if end != delimiter:
            if any(cell.text.strip() for cell in row):
                yield row
            row = []
