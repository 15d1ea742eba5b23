"""Which exercises there are, read from the notebooks that learners have."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

_CHECK = "check_"


@dataclass(frozen=True)
class Notebook:
    """A notebook with exercises: its file's stem, its title, the names of its exercises in order."""

    name: str
    title: str
    exercises: tuple[str, ...]


def notebooks(folder: Path) -> tuple[Notebook, ...]:
    """The notebooks of a folder that have exercises, by name.

    Raises:
      ValueError: there are none.
    """
    found = tuple(filter(None, map(_notebook, sorted(folder.glob("*.ipynb")))))
    if not found:
        raise ValueError(f"{folder} holds no notebook with exercises; run this in the course's folder")
    return found


def _notebook(path: Path) -> Notebook | None:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    grades = [cell["metadata"].get("nbgrader", {}).get("grade_id", "") for cell in cells]
    exercises = tuple(grade.removeprefix(_CHECK) for grade in grades if grade.startswith(_CHECK))
    texts = ("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    title = next(filter(None, (re.search(r"^# +(.+?) *$", text, re.M) for text in texts)), None)
    return Notebook(path.stem, title[1] if title else path.stem, exercises) if exercises else None
