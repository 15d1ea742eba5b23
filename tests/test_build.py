"""From sources to notebooks: the committed ones are those the sources give, and the build refuses broken sources."""

import json
import re

import nbformat
import pytest
import small_course
from conftest import ROOT
from filling import cells_by_id, code_cell
from nbgrader.api import Gradebook

from autograder.build import build, build_course, check, stale
from autograder.course import Course, CourseError, load_assignment, load_course, without_solution

REPOSITORY = "https://github.com/someone/a-fork"

SOURCE = '''# %% [markdown]
# # Title

# %% tags=["setup"]
import math

# %% exercise="double"
def double(x):
    """Doubles."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION


# %% check="double" points=1
assert double(1) == 2

# %% test="double" points=2
### BEGIN HIDDEN TESTS
assert double(3) == 6
### END HIDDEN TESTS

# %% tags=["demo"]
print(double(5))
'''


def assignment(tmp_path, source):
    path = tmp_path / "01_double.py"
    path.write_text(source)
    return load_assignment(path, REPOSITORY, "1.2")


def test_committed_notebooks_are_up_to_date(course, released):
    assert stale(course, {name: text.encode() for name, text in released.items()}) == [], "run `make build`"


@pytest.mark.slow
def test_a_second_build_gives_the_same_bytes(course, released, tmp_path):
    again = build_course(course, tmp_path)
    assert {name: data.decode() for name, data in again.items()} == released


def test_what_a_learner_gets(tmp_path):
    cells = cells_by_id(assignment(tmp_path, SOURCE).source)
    assert set(cells) == {"double", "check_double", "test_double"}
    board = assignment(tmp_path, SOURCE).source.cells[-1]
    assert '"01_double"' in board.source and '["double"]' in re.sub(r"\s|,", "", board.source)
    assert without_solution(cells["double"]["source"]).splitlines() == [
        "def double(x):",
        '    """Doubles."""',
        '    raise NotImplementedError("Replace this line with your answer.")',
    ]


def test_a_source_without_exercises_is_a_notebook_that_is_not_graded(tmp_path):
    ungraded = assignment(tmp_path, '# %% [markdown]\n# # Play\n\n# %% tags=["demo"]\nprint(1)\n')
    assert ungraded.exercises == [] and ungraded.max_score == 0
    assert ungraded.source.cells[-1].source == "print(1)"  # and no board
    folder = tmp_path / "course"
    built = build_course(Course(tmp_path, {"00_play": ungraded, "01_double": assignment(tmp_path, SOURCE)}), folder)
    assert json.loads(built["00_play"])["cells"][-1]["source"] in ("print(1)", ["print(1)"])
    assert [path.name for path in (folder / "release").iterdir()] == ["01_double"]  # nbgrader has never heard of it
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "rl-workshop") as gradebook:
        assert [entry.name for entry in gradebook.assignments] == ["01_double"]


def test_badge_and_install_come_from_the_repository_address(tmp_path):
    first, _, install = assignment(tmp_path, SOURCE).source.cells[:3]
    assert "colab.research.google.com/github/someone/a-fork/blob/main/notebooks/01_double.ipynb" in first.source
    assert f'%pip install --quiet "rl-workshop @ git+{REPOSITORY}@v1.2"' in install.source


@pytest.fixture
def worked_in(tmp_path):
    """`worked_in(change)` builds a course, lets `change` alter its notebook as an editor would, and reads it again."""

    def prepare(change=None, name="01_a"):
        small_course.write(tmp_path, **{"01_a": 3})
        build(load_course(tmp_path))
        path = tmp_path / "notebooks" / f"{name}.ipynb"
        notebook = json.loads((tmp_path / "notebooks" / "01_a.ipynb").read_text())
        if change:
            change(notebook)
        path.write_text(json.dumps(notebook))
        return load_course(tmp_path), path

    return prepare


def answer(notebook):
    cells_by_id(notebook)["double"]["source"] = "def double(x):\n    return x + x\n"


def half_an_answer(notebook):
    notebook["metadata"]["language_info"]["version"] = "3.12.3"  # as JupyterLab saves it
    cell = cells_by_id(notebook)["double"]
    cell["source"] = "".join(cell["source"]).replace("    raise", "    y = 2 * x\n    raise")


def own_cell(notebook):
    notebook["cells"].append(code_cell("double(4)") | {"id": "f3a9"})
    notebook["cells"][-1]["execution_count"] = 3


@pytest.mark.parametrize(
    ("change", "name", "words"),
    [
        (answer, "01_a", "notebooks/01_a.ipynb holds answers (double)"),
        (half_an_answer, "01_a", "notebooks/01_a.ipynb holds answers (double)"),
        (own_cell, "01_a", "notebooks/01_a.ipynb holds 1 cell of your own"),
        (lambda notebook: notebook["metadata"].pop("rl_workshop"), "mine", "notebooks/mine.ipynb holds a notebook of"),
    ],
)
def test_nobodys_work_is_overwritten(worked_in, change, name, words):
    course, path = worked_in(change, name)
    before = path.read_bytes()
    for command in (build, check):
        with pytest.raises(CourseError, match=re.escape(words) + ".*Move such a notebook to work/"):
            command(course)
    assert path.read_bytes() == before


def test_outputs_are_no_work(worked_in):
    def run(notebook):
        cells_by_id(notebook)["double"]["execution_count"] = 1

    assert build(worked_in(run)[0]) == ["01_a"]


def test_what_an_earlier_build_made_is_rewritten(worked_in):
    """Sources change, in answer cells too; and conflicts in notebooks end with a build."""
    course, path = worked_in()
    source = course.root / "solutions" / "01_a.py"
    source.write_text(source.read_text().replace('"""Doubles."""', "unit = 2").replace("2 * x", "unit * x"))
    assert build(load_course(course.root)) == ["01_a"]
    path.write_text("<<<<<<< ours\n" + path.read_text().replace("{", "\n<<<<<<< ours\n{", 1))
    assert build(load_course(course.root)) == ["01_a"]
    source.unlink()
    small_course.write(course.root, **{"02_b": 3})
    assert build(load_course(course.root)) == ["01_a", "02_b"] and not path.exists()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('test="double" points=2', 'test="dubble" points=2', "must be followed by check_double and then test_double"),
        ("### END SOLUTION", "", "needs matching"),
        ("### BEGIN HIDDEN TESTS", "x = 1", "must stand between"),
        ('check="double" points=1', 'check="double"', "needs points above 0"),
        ('tags=["demo"]', 'tags=["dmeo"]', "does not say one known thing"),
        ('tags=["demo"]', 'exercise="double"', "used twice"),
    ],
)
def test_broken_sources_are_refused_with_the_reason(tmp_path, old, new, words):
    assert old in SOURCE
    with pytest.raises(CourseError, match=re.escape(words)):
        assignment(tmp_path, SOURCE.replace(old, new))


def test_no_two_exercises_have_the_same_name(course):
    names = [exercise.name for assignment in course.assignments.values() for exercise in assignment.exercises]
    assert len(names) == len(set(names)) > 70, "the progress board knows exercises by their names"


def test_notebooks_are_valid_and_most_points_are_in_the_hidden_tests(course, released):
    for name, text in released.items():
        notebook = json.loads(text)
        nbformat.validate(notebook)
        assert "jupytext" not in notebook["metadata"] and "lines_to_next_cell" not in text
        for exercise in course.assignments[name].exercises:
            check, test = exercise.points.values()
            assert test >= check, exercise.name


def test_set_up_cells_import_what_learners_may_use(course):
    imports = (
        "import collections", "import random", "import numpy as np", "import jax", "import jax.numpy as jnp",
        "import haiku as hk", "import optax", "import gymnasium as gym", "Transition",
    )  # fmt: skip
    for name, assignment in course.assignments.items():
        if not assignment.exercises:
            continue
        setup = "\n".join(c.source for c in assignment.source.cells if "setup" in c.metadata.get("tags", []))
        assert [line for line in imports if line not in setup] == [], name


def test_the_page_is_the_learners_and_the_lesson(released):
    """Checks and the installation are folded away, each with a line that says what it is; most of what stands open is
    no plotting."""
    plotting = re.compile(r"\b(ax|axes|axis|plt|fig|figure|palette|plot\w*|legend|color|label|title)\b|\bset_\w+\(")
    for name, text in released.items():
        open_lines = []
        for cell in json.loads(text)["cells"]:
            if cell["cell_type"] != "code":
                continue
            folded = cell["metadata"].get("jupyter", {}).get("source_hidden", False)
            is_answer = cell["metadata"].get("nbgrader", {}).get("solution", False)  # one is called check_rollout
            assert folded == (cell["id"].startswith(("check_", "install")) and not is_answer), (name, cell["id"])
            assert folded == (cell["metadata"].get("cellView") == "form")
            lines = "".join(cell["source"]).splitlines()
            if folded:
                assert lines[0].startswith("# @title "), (name, cell["id"])
            else:
                open_lines += filter(str.strip, lines)
        assert 3 * sum(bool(plotting.search(line)) for line in open_lines) < len(open_lines), name


def test_the_two_hour_path_is_marked_where_the_readme_says(course):
    mark = re.compile(r"^### Exercise: `(\w+)`\n\n\*About (\d+) minutes .* · two-hour path\*$", re.M)
    marked = {}
    for name, assignment in course.assignments.items():
        for cell in assignment.source.cells:
            marked |= {f"`{exercise}` ({name[:2]})": int(minutes) for exercise, minutes in mark.findall(cell.source)}
    (listed,) = re.findall(r"\*\*Only two hours\?\*\*.*?\n\n", (ROOT / "README.md").read_text(), re.S)
    assert re.findall(r"`\w+`\s\(\d\d\)", " ".join(listed.split())) == list(marked) and len(marked) == 9
    play = 10
    assert abs(play + sum(marked.values()) - int(re.search(r"about (\d+) minutes", " ".join(listed.split()))[1])) <= 2


def test_exercises_look_alike_and_take_the_time_that_their_notebook_says(course):
    line = re.compile(
        r"\*About (\d+) minutes(?: together)? · difficulty [123] of 3 · importance [123] of 3(?: · two-hour path)?\*"
    )
    for name, assignment in course.assignments.items():
        texts = [cell.source for cell in assignment.source.cells if cell.cell_type == "markdown"]
        under_headings = re.findall(r"^### Exercise.*\n\n(.*)", "\n".join(texts), re.M)
        found = [line.fullmatch(text) for text in under_headings]
        assert all(found), (name, under_headings)
        for text in texts:
            hints = re.findall("<summary>(.*(?:[Hh]int|nudge|approach).*)</summary>", text)
            assert hints == ["Hint 1: a nudge", "Hint 2: the approach"][: len(hints)], (name, hints)
        if found:
            (total,) = re.findall(r"(?:^About|they take about) (\d+) minutes\.", "\n".join(texts), re.M)
            assert 1.3 < int(total) / sum(int(match[1]) for match in found) < 2.3, name  # and read, run, look
            (listed,) = re.findall(rf"\(notebooks/{name}\.ipynb\).*\| (\d+) min \|", (ROOT / "README.md").read_text())
            assert listed == total, name
