"""A private overlay: what differs takes the public cells' place, and the same commands build it and grade with it."""

import json
import os
import re
import subprocess
import sys

import pytest
from conftest import ROOT
from filling import cells_by_id
from small_course import write_sources

from autograder.build import build, build_course
from autograder.course import CourseError, load_course
from autograder.execute import Limits
from autograder.grading import grade_notebook
from autograder.overlay import load_overlaid_course
from autograder.submitted import read_notebook
from autograder.versions import versions

PUBLIC = '''# %% [markdown]
# # Small

# %% tags=["setup"]
import math

# %%
FACTOR = 2
half = 1 / FACTOR

# %% [markdown]
# ## Twice

# %% [markdown]
# ### Exercise: twice

# %% exercise="double"
def double(x):
    """Doubles."""
    ### BEGIN SOLUTION
    return FACTOR * x
    ### END SOLUTION


# %% check="double" points=1
assert double(1) == FACTOR, "double(1) is wrong"

# %% test="double" points=3
### BEGIN HIDDEN TESTS
assert double(2) == 2 * FACTOR, "not doubled"
### END HIDDEN TESTS

# %% [markdown]
# See:

# %% tags=["demo"]
shown = double(5)

# %% [markdown]
# ### Exercise: square

# %% exercise="square"
def square(x):
    ### BEGIN SOLUTION
    return x * x
    ### END SOLUTION


# %% check="square" points=1
assert square(1) == 1

# %% test="square" points=3
### BEGIN HIDDEN TESTS
assert square(3) == 9
### END HIDDEN TESTS

# %% [markdown]
# The end.
'''
TEST = """# %% test="double" points=5
### BEGIN HIDDEN TESTS
assert double(7) == 7 * FACTOR, "not for all numbers"
### END HIDDEN TESTS

"""
CONSTANT = """# %% given="FACTOR"
FACTOR = 4
half = 1 / 2

"""
STATEMENT = """# %% [markdown]
# ### Exercise: our own words

"""
ANSWER = """# %% exercise="double"
def double(x):
    ### BEGIN SOLUTION
    return x * FACTOR
    ### END SOLUTION


"""
NEW = """# %% [markdown]
# ### Exercise: negate

# %% exercise="negate"
def negate(x):
    ### BEGIN SOLUTION
    return -x
    ### END SOLUTION


# %% check="negate" points=1
assert negate(1) == -1

# %% test="negate" points=2
### BEGIN HIDDEN TESTS
assert negate(3) == -3
### END HIDDEN TESTS

# %% tags=["demo"]
negated = negate(5)

"""
SQUARE = """# %% [markdown]
# ### Exercise: again

# %% exercise="square"
### BEGIN SOLUTION
square = abs
### END SOLUTION
"""
WRONG = "# %% wrong: never\ndef double(x):\n    return {}\n"


@pytest.fixture
def folders(tmp_path):
    """The public course, with a wrong answer, and the folder of the overlay."""
    write_sources(tmp_path / "public", **{"01_a": PUBLIC, "02_b": PUBLIC})
    write_answer(tmp_path / "public", 1)
    (tmp_path / "mine" / "solutions").mkdir(parents=True)
    return tmp_path / "public", tmp_path / "mine"


def write_answer(folder, value):
    path = folder / "tests" / "answers" / "01_a" / "double.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(WRONG.format(value))


@pytest.fixture
def overlaid(folders):
    """`overlaid(source)` is the course with an overlay of this one source on it."""

    def load(source, name="01_a"):
        (folders[1] / "solutions" / f"{name}.py").write_text(source)
        return load_overlaid_course(folders[1], folders[0])

    return load


def sources(course, name="01_a"):
    return [cell.source for cell in course.assignments[name].source.cells]


def replaced(folders, course):
    """Pairs of the cells that differ from the public notebook, which has as many."""
    pairs = zip(sources(load_course(folders[0])), sources(course), strict=True)
    return [pair for pair in list(pairs)[1:] if pair[0] != pair[1]]  # the first is the badge


def test_a_named_cell_takes_the_place_of_its_namesake_and_nothing_else_changes(folders, overlaid):
    course = overlaid(TEST + CONSTANT)
    (given, _), (test, new_test) = replaced(folders, course)
    assert given.startswith("FACTOR = 2") and "double(2)" in test and "double(7)" in new_test
    assert course.assignments["01_a"].max_score == 10 and course.assignments["02_b"].max_score == 8
    assert sources(course, "02_b") == sources(load_course(folders[0]), "02_b")
    ids = [[cell.id for cell in c.assignments["01_a"].source.cells] for c in (load_course(folders[0]), course)]
    assert ids[0] == ids[1], "cells of notebooks that were handed out are found by them"


def test_a_badge_never_opens_the_public_notebook_in_the_place_of_a_changed_one(overlaid):
    course = overlaid(TEST)
    assert "colab.research" not in "".join(sources(course)) and "colab.research" in sources(course, "02_b")[0]


def test_the_statement_above_an_exercise_and_the_set_up_are_replaced(folders, overlaid):
    setup = '# %% tags=["setup"]\nimport math, cmath\n'
    course = overlaid("# A comment is for whoever reads this.\n" + setup + STATEMENT + ANSWER)
    first_lines = [new.split("\n")[0] for _, new in replaced(folders, course)]
    assert first_lines == ["import math, cmath", "### Exercise: our own words", "def double(x):"]


def test_a_demo_that_is_replaced_by_what_it_defines_stays_one(folders, overlaid):
    course = overlaid('# %% given="shown"\nshown = double(6)\n')
    assert replaced(folders, course) == [("shown = double(5)", "shown = double(6)")]
    (demo,) = [cell for cell in course.assignments["01_a"].source.cells if cell.source == "shown = double(6)"]
    assert demo.metadata == {"tags": ["demo"]}


@pytest.mark.parametrize(
    ("source", "before", "behind"),
    [
        (ANSWER + NEW, "shown = double(5)", "### Exercise: square"),
        (ANSWER + NEW + SQUARE, "shown = double(5)", "### Exercise: again"),
        (NEW, "The end.", None),
    ],
    ids=["behind the demos", "before another statement", "at the end"],
)
def test_a_new_exercise_comes_with_what_stands_around_it(folders, overlaid, source, before, behind):
    course = overlaid(source)
    cells = course.assignments["01_a"].source.cells
    texts = [cell.source for cell in cells]
    place = texts.index("### Exercise: negate")
    assert texts[place - 1] == before and texts[place + 4] == "negated = negate(5)"
    assert behind is None or texts[place + 5] == behind
    assert [e.name for e in course.assignments["01_a"].exercises if e.name == "negate"] and '"negate"' in texts[-1]
    public = {cell.id: cell.source for cell in load_course(folders[0]).assignments["01_a"].source.cells}
    assert public.keys() <= {cell.id for cell in cells} and cells[place].id not in public


def test_a_file_of_another_name_is_a_whole_notebook(overlaid):
    course = overlaid(PUBLIC.replace("# Small", "# Ours"), "03_ours")
    assert list(course.assignments) == ["01_a", "02_b", "03_ours"]
    assert course.assignments["03_ours"].source.metadata.rl_workshop.notebook == "03_ours"


def test_wrong_answers_are_the_overlays_where_it_changes_the_exercise(folders, overlaid):
    assert "return 1" in overlaid(CONSTANT).assignments["01_a"].wrong["double"]
    assert overlaid(TEST).assignments["01_a"].wrong == {}  # the new test may find it right
    before = versions(overlaid(TEST))["course"]["overlay"]
    write_answer(folders[1], 99)
    assert "return 99" in overlaid(TEST).assignments["01_a"].wrong["double"]
    after = versions(overlaid(TEST))["course"]["overlay"]
    assert before["name"] == after["name"] == "mine" and before["digest"] != after["digest"]
    assert versions(load_course(folders[0]))["course"]["overlay"] is None


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("# %% [markdown]\n# Hello\n\n" + TEST, "mine/solutions/01_a.py, cell 1: nothing says what it replaces"),
        (TEST + "# %%\nFACTOR = 9\n", "01_a.py, cell 2: nothing says what it replaces"),
        (STATEMENT * 2 + ANSWER, "01_a.py, cell 1: nothing says what it replaces"),
        (TEST.replace('"double"', '"dubble"'), "cell 1: the public notebook has no test dubble; is double meant?"),
        (
            TEST.replace('"double"', '"x"'),
            "cell 1: the public notebook has no test x; a new exercise needs its exercise",
        ),
        (
            CONSTANT.replace('"FACTOR"', '"f"'),
            "the public notebook has no cell without a name to define f; write",
        ),
        (TEST + TEST, "cell 2: mine/solutions/01_a.py, cell 1 takes the same public cell's place"),
        (TEST.replace(" points=5", ""), "mine/solutions/01_a.py, cell 1: test='double' needs points above 0"),
        (TEST.replace("### END HIDDEN TESTS", ""), "mine/solutions/01_a.py: all of test_double must stand between"),
        (NEW.split("# %% test")[0], "mine/solutions/01_a.py: negate must be followed by check_negate and then test_"),
        ('# %% given="FACTOR" given_="x"\nFACTOR = 1\n', "cell 1: the header does not say one known thing"),
        (CONSTANT.replace("%%", "%% [markdown]"), "cell 1: nothing says what it replaces"),
        ('# %% exercise="double" check="double"\n1\n', "cell 1: the header does not say one known thing"),
    ],
)
def test_what_has_no_place_is_refused(overlaid, source, words):
    with pytest.raises(CourseError, match=re.escape(words)):
        overlaid(source)


def test_a_part_of_a_notebook_that_there_is_not_is_refused(overlaid):
    with pytest.raises(CourseError, match=r"belongs to no exercise .*\. The public course has no notebook 01_aa"):
        overlaid(TEST, "01_aa")


def test_a_whole_notebook_has_nothing_to_replace(overlaid):
    with pytest.raises(CourseError, match=r"03_ours.py, cell 16: the header does not say one known thing.*given"):
        overlaid(PUBLIC + CONSTANT, "03_ours")


def test_what_is_no_overlay_is_refused(folders, overlaid):
    public, mine = folders
    with pytest.raises(CourseError, match="holds no notebook sources"):
        load_overlaid_course(mine, public)
    with pytest.raises(CourseError, match="needs a folder solutions/"):
        load_overlaid_course(mine / "solutions", public)
    with pytest.raises(CourseError, match="lies in the course that it changes"):
        load_overlaid_course(public, public)
    write_answer(mine, 1)
    with pytest.raises(CourseError, match=r"mine/tests/answers/01_a/double.py: solutions/01_a.py of this overlay"):
        overlaid(PUBLIC, "03_ours")


def run(root, *arguments):
    command = [sys.executable, "-m", "autograder", *map(str, arguments)]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_it_is_built_beside_the_overlay_and_nobodys_work_is_overwritten(folders, overlaid):
    public, mine = folders
    build(load_course(public))
    before = {path: path.read_bytes() for path in public.rglob("*.ipynb")}
    overlaid(TEST + CONSTANT)
    made = run(public, "build", "--course", "../mine")
    assert made.returncode == 0, made.stderr
    assert {path: path.read_bytes() for path in public.rglob("*.ipynb")} == before
    assert sorted(path.name for path in (mine / "notebooks").iterdir()) == ["01_a.ipynb", "02_b.ipynb"]
    text = (mine / "notebooks" / "01_a.ipynb").read_text()
    assert "FACTOR = 4" in text and "double(7)" not in text and (mine / "build" / "course" / "source").is_dir()

    notebook = json.loads(text)
    cells_by_id(notebook)["double"]["source"] = "def double(x):\n    return x + x\n"
    (mine / "notebooks" / "01_a.ipynb").write_text(json.dumps(notebook))
    with pytest.raises(CourseError, match=r"notebooks/01_a.ipynb holds answers \(double\).*out of there"):
        build(load_overlaid_course(mine, public))


@pytest.mark.slow
def test_the_overlays_tests_tell_answers_apart_that_the_public_ones_accept(folders, overlaid):
    """Notebooks made from the overlay and from the public course are the same notebook to it. An own late penalty
    shows that the configuration beside the overlay counts."""
    public, mine = folders
    handed_out = build_course(load_course(public), public / "build" / "public")["01_a"]
    private = build_course(overlaid(TEST + ANSWER + NEW), mine / "build" / "private")["01_a"]
    right = {"double": "def double(x):\n    return 2 * x\n", "square": "def square(x):\n    return x**2\n"}
    typed_in = {**right, "double": "def double(x):\n    return {1: 2, 2: 4}.get(x)\n"}
    negated = {**right, "negate": "def negate(x):\n    return 0 - x\n"}
    for student, released, answers in (
        ("ada", handed_out, right), ("ben", handed_out, typed_in), ("cem", private, negated)
    ):  # fmt: skip
        notebook = json.loads(released)
        for name, answer in answers.items():
            cells_by_id(notebook)[name]["source"] = answer
        path = mine / "class" / student / "01_a.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(notebook))
        (path.parent / "timestamp.txt").write_text("2026-11-20 14:00:00 UTC")
    (mine / "nbgrader_config.py").write_text(
        "from nbgrader.plugins import LateSubmissionPlugin\n"
        "class One(LateSubmissionPlugin):\n"
        "    def late_submission_penalty(self, student_id, score, total_seconds_late):\n"
        "        return 1 if total_seconds_late else None\n"
        "c = get_config()\n"
        "c.AssignLatePenalties.plugin_class = One\n"
    )
    due = ("--due", "2026-11-20 12:00 UTC")
    graded = run(public, "grade", "../mine/class", "--course", "../mine", "--out", "../mine/grades", *due)
    assert graded.returncode == 0, graded.stdout + graded.stderr
    written = json.loads((mine / "grades" / "results.json").read_text())
    assert [r["score"] for r in written["submissions"]] == [10, 5, 13]
    assert [r["penalty"] for r in written["submissions"]] == [1, 1, 1]
    assert all(r["max_score"] == 13 and r["flags"] == [] for r in written["submissions"])
    assert written["course"]["overlay"]["name"] == "mine" and str(mine) not in json.dumps(written["course"])

    checked = run(public, "check", "../mine/class/ben/01_a.ipynb", "--course", "../mine", "--json")
    assert json.loads(checked.stdout)["score"] == 5
    ben = read_notebook((mine / "class" / "ben" / "01_a.ipynb").read_bytes())
    by_the_public_tests = grade_notebook(load_course(public).assignments["01_a"], ben, Limits(60, 600, 4 << 30), False)
    assert sum(exercise.score for exercise in by_the_public_tests.exercises) == 8


@pytest.mark.slow
def test_the_real_course_takes_an_overlay(course, tmp_path):
    test = '# %% test="discounted_return" points=7\n### BEGIN HIDDEN TESTS\nassert True\n### END HIDDEN TESTS\n'
    path = tmp_path / "solutions" / "01_agents_and_environments.py"
    path.parent.mkdir()
    path.write_text(test)
    changed = load_overlaid_course(tmp_path, ROOT).assignments
    assert changed.keys() == course.assignments.keys()
    assert [name for name in changed if changed[name] != course.assignments[name]] == [path.stem]
    before, after = (c[path.stem] for c in (course.assignments, changed))
    assert after.max_score == before.max_score + 4
    assert before.wrong.keys() - after.wrong.keys() == {"discounted_return"}
    differ = [new.id for old, new in zip(before.source.cells, after.source.cells, strict=True) if old != new]
    assert differ == ["cell-00", "test_discounted_return"]
