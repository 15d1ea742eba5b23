"""Filling in notebooks the way learners do, by cell and by grade id, and the files of cells that tests run there."""

import re
from pathlib import Path

from autograder.course import Assignment, is_solution


def read_blocks(path: Path) -> list[tuple[str, str]]:
    """The blocks of a file of cells: what stands behind each `# %%`, and the source below it."""
    start, *blocks = re.split(r"^# %% ", path.read_text(encoding="utf-8"), flags=re.M)
    assert not start.strip(), f"{path.name} has text before its first block"
    return [(header.strip(), source) for header, source in (block.split("\n", 1) for block in blocks)]


def cells_by_id(notebook: dict) -> dict[str, dict]:
    """A notebook's nbgrader cells by grade id."""
    return {c["metadata"]["nbgrader"]["grade_id"]: c for c in notebook["cells"] if "nbgrader" in c["metadata"]}


def fill(notebook: dict, answers: dict[str, str]) -> dict:
    """Puts `answers` (source by exercise name) into the notebook's solution cells, in place."""
    cells = cells_by_id(notebook)
    for name, source in answers.items():
        cells[name]["source"] = source
    return notebook


def solutions(assignment: Assignment) -> dict[str, str]:
    """The instructor's answers by exercise name."""
    return {c.metadata.nbgrader.grade_id: c.source for c in assignment.source.cells if is_solution(c)}


def code_cell(source: str, **metadata) -> dict:
    """A code cell as a learner adds one."""
    return {"cell_type": "code", "execution_count": None, "metadata": metadata, "outputs": [], "source": source}
