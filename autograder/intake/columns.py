"""Which column takes the points, and of which notebooks: told by what columns and files are called."""

import dataclasses
import re
from collections.abc import Mapping, Sequence

from autograder.intake.clean import fold
from autograder.intake.sheet import ListError
from autograder.intake.worksheets import KEPT, TITLE_AND_ID, GradeTable


def choose(table: GradeTable, titles: Mapping[str, str], wanted: str = "") -> GradeTable:
    """The table with the column that takes the points of these notebooks, given with their titles: the one that is
    `wanted`, else the one whose heading names them best, else the only one that is empty for everybody.

    Raises:
      ListError: which one it is cannot be told; the message lists them.
    """
    header = table.sheet.rows[0]
    columns = list(table.columns)
    if wanted:
        columns = [c for c in columns if fold(wanted) in _called(header[c])]
    else:
        names = {c: max((_names(_called(header[c])[1], *item) for item in titles.items()), default=0) for c in columns}
        columns = [c for c in columns if names[c] == max(names.values())]
        if len(columns) > 1 or not any(names.values()):
            columns = [c for c in columns if _is_empty(table, c)]
    if len(columns) != 1:
        listed = "".join(f"\n  {header[c]}" for c in table.columns) or " none: no column of assignments was found"
        why = f"there is no column {wanted!r}" if wanted else f"which column takes {', '.join(titles)} cannot be told"
        raise ListError(f"{table.file}: {why}; choose one with --column NAME. Its columns:{listed}")
    (column,) = columns
    return dataclasses.replace(table, column=column, notebooks=named(_called(header[column])[1], titles) or (*titles,))


def _called(heading: str) -> tuple[str, str, str]:
    """What a column may be called: its heading, the title alone, the number alone."""
    match = TITLE_AND_ID.match(heading)
    return (fold(heading), fold(match["title"]), match["id"]) if match else (fold(heading), fold(heading), "")


def _is_empty(table: GradeTable, column: int) -> bool:
    cells = (table.sheet.cell(entry.row, column) for entry in table.entries)
    return all(not cell or KEPT.fullmatch(cell) for cell in cells)


def named(text: str, titles: Mapping[str, str]) -> tuple[str, ...]:
    """Which of these notebooks, given with their titles, a text names; those that it names best."""
    strengths = {name: _names(text, name, title) for name, title in titles.items()}
    best = max(strengths.values(), default=0)
    return tuple(name for name in titles if best and strengths[name] == best)


def _names(text: str, name: str, title: str) -> int:
    """How well a text names a notebook: by its number and words (3), by its words (2), by its number (1), not (0)."""
    inside = _tokens(text)
    strength = 0
    for label in (_tokens(name), _tokens(title)):
        plain = label[1:] if label and label[0].isdecimal() else label
        if plain and _contains(inside, label):
            strength = max(strength, 3)
        elif plain and _contains(inside, plain):
            strength = max(strength, 2)
        elif label != plain and label[0] in inside:
            strength = max(strength, 1)
    return strength


def _tokens(text: str) -> list[str]:
    """Words and numbers, "01" and "1" alike."""
    return [t.lstrip("0") or t if t.isdecimal() else t for t in re.findall(r"[^\W\d_]+|\d+", fold(text))]


def _contains(tokens: Sequence[str], part: Sequence[str]) -> bool:
    return any(list(tokens[n : n + len(part)]) == list(part) for n in range(len(tokens) - len(part) + 1))
