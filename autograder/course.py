"""The course as the instructor wrote it: `solutions/*.py` read into notebooks with nbgrader's metadata.

A source file is jupytext percent format. A cell says what it is in its header:

    # %% [markdown]                                  prose
    # %% tags=["setup"]                              imports and given types; the build puts the install cell in front
    # %% exercise="discounted_return"                what the learner writes, BEGIN/END SOLUTION inside
    # %% check="discounted_return" points=1          the visible check
    # %% test="discounted_return" points=3           the hidden test, BEGIN/END HIDDEN TESTS around all of it
    # %% tags=["demo"]                               uses what the learner wrote; never graded
    # %% [markdown] written="why_baseline" points=4  a question that a person reads and marks (see `written`)

A written question's text is followed by a model answer, BEGIN/END SOLUTION around it, and by what earns the points,
BEGIN/END MARK SCHEME around it. Learners get the question and an empty cell for their answer.

Checks and the install cell are folded away: JupyterLab shows their first line, Colab their title.
A source without exercises is a notebook that is not graded. One with exercises gets the progress board as last cell.

A private overlay changes some of these notebooks and adds others (see `overlay`).
"""

import re
import textwrap
import tomllib
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder import written
from autograder.written import MARK_SCHEME, TEXT_STUB, Question, is_written

STUB = 'raise NotImplementedError("Replace this line with your answer.")'
HIDDEN = ("### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS")
SOLUTION = ("### BEGIN SOLUTION", "### END SOLUTION")
TEST_COMMENT = "# Hidden tests of {name} run here when the notebook is graded. Leave this cell as it is."


class CourseError(ValueError):
    """The instructor's source breaks a rule of the course; the message says which, where and what to do."""


@dataclass(frozen=True)
class Exercise:
    """One exercise: its name (the solution cell's grade id) and its points by graded cell."""

    name: str
    points: dict[str, float]

    @property
    def max_score(self) -> float:
        return sum(self.points.values())


@dataclass(frozen=True)
class Assignment:
    """One notebook of the course.

    Attributes:
      name: the file's stem, as `01_agents_and_environments`.
      source: the instructor's notebook: solutions and hidden tests included, nbgrader metadata on graded cells.
      wrong: a wrong answer cell by exercise, where the course names any: the first in tests/answers/<name>/.
      counting: the written questions that count: those to which somebody in the class has had an answer marked.
    """

    name: str
    source: NotebookNode
    wrong: dict[str, str] = field(default_factory=dict)
    counting: frozenset[str] = frozenset()

    @cached_property
    def title(self) -> str:
        """The first heading of its text, as people know it: "1. Agents and environments"; without one, its name."""
        texts = (cell.source for cell in self.source.cells if cell.cell_type == "markdown")
        headings = (re.search(r"^#[ \t]+(.*?)[ \t#]*$", text, re.M) for text in texts)
        found = next(filter(None, headings), None)
        return re.sub(r"[*`]", "", found[1]) if found else self.name

    @cached_property
    def exercises(self) -> list[Exercise]:
        names = [c.metadata.nbgrader.grade_id for c in self.source.cells if is_solution(c)]
        points = {
            c.metadata.nbgrader.grade_id: float(c.metadata.nbgrader.points) for c in self.source.cells if is_grade(c)
        }
        return [Exercise(n, {i: points[i] for i in (f"check_{n}", f"test_{n}")}) for n in names]

    @cached_property
    def questions(self) -> list[Question]:
        """Its written questions."""
        return written.questions(self.source.cells)

    @property
    def max_score(self) -> float:
        """The points of the exercises, and of the written questions that count."""
        counting = (question.points for question in self.questions if question.name in self.counting)
        return sum((exercise.max_score for exercise in self.exercises), sum(counting))


@dataclass(frozen=True)
class Overlay:
    """A private folder whose sources take the place of public ones, and a digest of them."""

    folder: Path
    digest: str


@dataclass(frozen=True)
class Course:
    """All graded and ungraded notebooks, in order, and where they came from: the public course, and an overlay's."""

    root: Path
    assignments: dict[str, Assignment]
    overlay: Overlay | None = None

    @property
    def home(self) -> Path:
        """Where its notebooks are built: what an overlay has a part in stays beside it."""
        return self.overlay.folder if self.overlay else self.root


@dataclass(frozen=True)
class SourceCell:
    """A cell of a source file, as jupytext reads it.

    Attributes:
      cell: its header is its metadata.
      where: the file and the cell's number in it, for messages.
      added: an overlay has it, and the public notebook nothing in its place.
    """

    cell: NotebookNode
    where: str
    added: bool = False


def find_root(start: Path | None = None) -> Path:
    """The course's root: the nearest folder at or above `start` that holds `solutions/` and `pyproject.toml`.

    Raises:
      CourseError: there is none.
    """
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents, Path(__file__).resolve().parents[1]):
        if (folder / "solutions").is_dir() and (folder / "pyproject.toml").is_file():
            return folder
    raise CourseError(f"no course found at or above {start}: it needs solutions/ and pyproject.toml")


def load_course(root: Path | None = None) -> Course:
    """Reads every `solutions/*.py` below `root` (default: the course around the working directory)."""
    root = find_root(root)
    repository, version = package_of(root)
    sources = source_files(root)
    return Course(root, {path.stem: load_assignment(path, repository, version) for path in sources})


def source_files(folder: Path) -> list[Path]:
    """The sources of the notebooks of a course or an overlay, in order."""
    sources = sorted((folder / "solutions").glob("*.py"))
    if not sources:
        raise CourseError(f"{folder / 'solutions'} holds no notebook sources (*.py)")
    return sources


def package_of(root: Path) -> tuple[str, str]:
    """Where the course at `root` lives, and the version of the package that its notebooks need; the repository has it
    as the tag `v<version>`."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project["urls"]["Repository"], project["version"]


def load_assignment(path: Path, repository: str, version: str) -> Assignment:
    """Reads one source file and the wrong answers to its exercises; `repository` and `version` as of `package_of`.

    Raises:
      CourseError: a cell breaks a rule of the format (see the module's docstring).
    """
    assignment = make_assignment(path.stem, read_source(path, path.name), path.name, repository, version)
    return replace(assignment, wrong=wrong_answers(path.parents[1], assignment))


def read_source(path: Path, called: str) -> list[SourceCell]:
    """The cells of one source file, which messages name as `called`."""
    import jupytext  # takes most of a second, and the processes that grade need no sources

    parsed = jupytext.reads(path.read_text(encoding="utf-8"), fmt="py:percent")
    return [SourceCell(cell, f"{called}, cell {index + 1}") for index, cell in enumerate(parsed.cells)]


def make_assignment(
    name: str, sources: list[SourceCell], called: str, repository: str, version: str, public: bool = True
) -> Assignment:
    """The notebook that cells of a source make, without any wrong answers.

    Args:
      name: the notebook's.
      sources: its cells.
      called: what messages about all of it name.
      repository, version: as of `package_of`.
      public: it stands in the repository, where its badge finds it.
    Raises:
      CourseError: a cell breaks a rule of the format (see the module's docstring).
    """
    first = _badge(name, repository) if public else new_markdown_cell(_NO_BADGE)
    cells, added = [first], [False]
    for source in sources:
        made = _with_nbgrader_metadata(source.cell, source.where)
        cells += made
        added += [source.added] * len(made)
    if names := [cell.metadata.nbgrader.grade_id for cell in cells if is_solution(cell)]:
        cells.append(_progress_board(name, names))
        added.append(False)
    _give_ids(cells, added)
    if setup := next((i for i, cell in enumerate(cells) if "setup" in cell.metadata.get("tags", [])), None):
        cells.insert(setup, _install(repository, version))
    kernelspec = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = new_notebook(cells=cells, metadata={"kernelspec": kernelspec, "language_info": {"name": "python"}})
    notebook.metadata["rl_workshop"] = {"notebook": name}
    nbformat.validate(notebook)
    _validate(notebook, called)
    return Assignment(name, notebook)


def _give_ids(cells: list[NotebookNode], added: list[bool]):
    """Numbers the cells that have no grade id. Written questions and what an overlay added are not counted: they leave
    the other cells' ids as they are, by which these are found again in notebooks that were handed out before."""
    number = own = 0
    for place, (cell, is_added) in enumerate(zip(cells, added, strict=True)):
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        numbered = f"cell-added-{own:02d}" if is_added else f"cell-{number:02d}"
        cell["id"] = grade_id[:64] if grade_id else numbered
        own += is_added
        number += not (is_added or is_written(cell) or any(map(is_written, cells[place + 1 : place + 2])))


def is_solution(cell) -> bool:
    """Whether it is the answer to an exercise. A written answer is none: nothing runs it."""
    return bool(cell.metadata.get("nbgrader", {}).get("solution")) and not is_written(cell)


def is_grade(cell) -> bool:
    """Whether it is a check or a hidden test."""
    return bool(cell.metadata.get("nbgrader", {}).get("grade")) and not is_written(cell)


def is_demo(cell) -> bool:
    return "demo" in cell.metadata.get("tags", [])


def exercise_name(grade_id: str) -> str:
    """`check_x` and `test_x` both belong to exercise `x`."""
    return re.sub(r"^(check|test)_", "", grade_id)


def without_solution(source: str) -> str:
    """A solution cell's source as the learner gets it: each solution region replaced by the stub."""
    lines, inside = [], False
    for line in source.split("\n"):
        if line.strip() == SOLUTION[0]:
            inside = True
            lines.append(line[: len(line) - len(line.lstrip())] + STUB)
        elif line.strip() == SOLUTION[1]:
            inside = False
        elif not inside:
            lines.append(line)
    return "\n".join(lines)


def as_released(cell) -> str:
    """A cell's source as the learner gets it: no solution, no hidden tests, nothing about marks."""
    if is_solution(cell):
        return without_solution(cell.source)
    if is_written(cell):
        return TEXT_STUB
    lines, hidden = [], False
    for line in cell.source.split("\n"):
        hidden = hidden or line.strip() in (HIDDEN[0], MARK_SCHEME[0])
        if not hidden:
            lines.append(line)
        hidden = hidden and line.strip() not in (HIDDEN[1], MARK_SCHEME[1])
    return "\n".join(lines)


def wrong_answers(folder: Path, assignment: Assignment) -> dict[str, str]:
    """The first answer that is named as a wrong one in each exercise's file below `folder`/tests/answers/."""
    wrong, answers = {}, folder / "tests" / "answers" / assignment.name
    for path in (answers / f"{exercise.name}.py" for exercise in assignment.exercises):
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        if found := re.search(r"^# %% wrong: [^\n]*\n(.*?)(?=^# %% |\Z)", text, re.M | re.S):
            wrong[path.stem] = found[1]
    return wrong


def _badge(name: str, repository: str) -> NotebookNode:
    github = repository.removeprefix("https://github.com/")
    url = f"https://colab.research.google.com/github/{github}/blob/main/notebooks/{name}.ipynb"
    return new_markdown_cell(f"[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({url})")


# What stands in the badge's place in a notebook that the repository does not have.
_NO_BADGE = "To open this notebook in Colab, choose *File → Upload notebook* there."

INSTALL_ID = "install"
_INSTALL = """\
import importlib.util
import pathlib


def workshop_is_here():
    found = importlib.util.find_spec("rl_helpers")
    return bool(found and found.origin) and "rl-workshop" in pathlib.Path(found.origin).read_text(encoding="utf-8")


if not workshop_is_here():
    %pip install --quiet "rl-workshop @ git+{repository}@v{version}"
    importlib.invalidate_caches()
if not workshop_is_here():

    class NotInstalled(ImportError):
        def _render_traceback_(self):  # shown in place of a traceback
            return str(self).split("\\n")

    raise NotInstalled(
        "The workshop's package could not be installed. Is github.com within reach? Then run this cell once more.\\n"
        "Or is there another package called rl_helpers? Then run %pip uninstall -y rl-helpers and restart the kernel."
    )"""


def _install(repository: str, version: str) -> NotebookNode:
    """The cell in front of the set-up. PyPI has another package that is imported as `rl_helpers`; ours says whose it is
    in its first line, so it is recognised without importing the other one."""
    source = _INSTALL.format(repository=repository, version=version)
    title = "Run this cell first: in Colab it installs the workshop's package (20 seconds), elsewhere it does nothing"
    cell = _folded(new_code_cell(source, metadata={"tags": ["setup"]}), title)
    cell["id"] = INSTALL_ID
    return cell


def _folded(cell: NotebookNode, title: str) -> NotebookNode:
    """The cell with its code out of sight. JupyterLab shows the first line of it, Colab the title."""
    cell.source = f"# @title {title}\n{cell.source}"
    cell.metadata |= {"jupyter": {"source_hidden": True}, "cellView": "form"}
    return cell


def _progress_board(notebook: str, names: list[str]) -> NotebookNode:
    listed = textwrap.fill(
        ", ".join(f'"{name}"' for name in names), 110, initial_indent=8 * " ", subsequent_indent=8 * " "
    )
    source = (
        "# What is done and what is left, from the checks that you ran here; run this cell whenever you like.\n"
        "from rl_helpers.progress import board\n\n"
        f'board(\n    "{notebook}",\n    [\n{listed},\n    ],\n)'
    )
    return new_code_cell(source, metadata={"tags": ["demo"]})


def _with_nbgrader_metadata(cell, where: str) -> list[NotebookNode]:
    """The cells of the notebook that a source's cell becomes: one, or the two of a written question."""
    if cell.cell_type == "markdown":
        if unknown := set(cell.metadata) - {"written", "points", "lines_to_next_cell"}:
            raise CourseError(f"{where}: the header of a Markdown cell says {', '.join(sorted(unknown))}")
        if "written" not in cell.metadata:
            return [new_markdown_cell(cell.source)]
        name = cell.metadata["written"]
        try:
            return written.question_cells(name, _points(cell.metadata, f"{where}: written={name!r}"), cell.source)
        except ValueError as error:
            raise CourseError(f"{where}: {error}") from None
    if cell.cell_type != "code":
        raise CourseError(f"{where}: only code and markdown cells are allowed, not {cell.cell_type}")
    header = dict(cell.metadata)
    kinds = [kind for kind in ("exercise", "check", "test") if kind in header]
    tags = list(header.get("tags", []))
    unknown = set(header) - {"exercise", "check", "test", "points", "tags", "lines_to_next_cell"}
    if unknown or len(kinds) > 1 or set(tags) - {"setup", "demo"}:
        raise CourseError(f"{where}: the header does not say one known thing: {header}")
    if not kinds:
        return [new_code_cell(cell.source, metadata={"tags": tags} if tags else {})]
    kind, name = kinds[0], header[kinds[0]]
    grade = kind != "exercise"
    nbgrader = {
        "grade": grade,
        "grade_id": f"{kind}_{name}" if grade else name,
        "locked": grade,
        "schema_version": 3,
        "solution": not grade,
        "task": False,
    }
    source = cell.source
    if grade:
        nbgrader["points"] = _points(header, f"{where}: {kind}={name!r}")
    if kind == "test":
        source = f"{TEST_COMMENT.format(name=name)}\n{source}"
    made = new_code_cell(source, metadata={"nbgrader": nbgrader})
    return [_folded(made, f"Check your {name}") if kind == "check" else made]


def _points(header, whose: str) -> float:
    if not float(header.get("points", 0)) > 0:
        raise CourseError(f"{whose} needs points above 0")
    return header["points"]


def _validate(notebook: NotebookNode, where: str):
    """The rules a notebook must keep so that it can be graded."""
    if any(map(is_written, notebook.cells)) and not any(map(is_solution, notebook.cells)):
        raise CourseError(f"{where}: a notebook with a written question needs an exercise, too, to be graded at all")
    ids = [c.metadata.nbgrader.grade_id for c in notebook.cells if "nbgrader" in c.metadata]
    for grade_id in ids:
        if ids.count(grade_id) > 1:
            raise CourseError(f"{where}: grade id {grade_id!r} is used twice")
    for position, cell in enumerate(notebook.cells):
        if is_solution(cell):
            name, lines = cell.metadata.nbgrader.grade_id, [line.strip() for line in cell.source.split("\n")]
            if lines.count(SOLUTION[0]) != lines.count(SOLUTION[1]) or SOLUTION[0] not in lines:
                raise CourseError(f"{where}: {name} needs matching {SOLUTION[0]!r} and {SOLUTION[1]!r}")
            graded = [c.metadata.nbgrader.grade_id for c in notebook.cells[position:] if is_grade(c)]
            if graded[:2] != [f"check_{name}", f"test_{name}"]:
                raise CourseError(f"{where}: {name} must be followed by check_{name} and then test_{name}")
        if is_grade(cell) and cell.metadata.nbgrader.grade_id.startswith("test_"):
            lines = [line.strip() for line in cell.source.strip().split("\n")]
            if lines[1] != HIDDEN[0] or lines[-1] != HIDDEN[1]:
                grade_id = cell.metadata.nbgrader.grade_id
                raise CourseError(f"{where}: all of {grade_id} must stand between {HIDDEN[0]!r} and {HIDDEN[1]!r}")
    exercises = {cell.metadata.nbgrader.grade_id for cell in notebook.cells if is_solution(cell)}
    for cell in filter(is_grade, notebook.cells):
        if exercise_name(cell.metadata.nbgrader.grade_id) not in exercises:
            raise CourseError(f"{where}: {cell.metadata.nbgrader.grade_id} belongs to no exercise of this notebook")
