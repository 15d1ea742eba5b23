"""Notebooks that are alike: planted copies are found, independent ones are not, and the page shows both as text."""

import itertools
import json
import os
import random
import re
import subprocess
import sys

import pytest
from conftest import ROOT
from filling import cells_by_id, code_cell, read_blocks
from small_course import write

from autograder import copies
from autograder.build import build_course
from autograder.copies import COURSE, Alike, Comparison, NotebookCopies, Side, normal_form
from autograder.course import as_released, load_course
from autograder.report import pages

NOTEBOOK = "01_small"
LOOP = '''def double(x):
    """Doubles."""
    # my own idea
    total = 0
    for step in range(2):
        total = total + x
    if total > 10 and not isinstance(total, complex):
        print("large", total, sep=": ", flush=True)
    history = [total for _ in range(int(abs(x))) if total is not None]
    while len(history) > 3:
        history.pop()
    return total if history or x else x * 2
'''
RENAMED = """def double(x):


    result = 0  # nothing yet
    for i in range( 2 ):
        result = (result + x)
    if result > 10 and not isinstance(result, complex):
        print('large', result, sep=": ", flush=True)
    seen = [result for _ in range(int(abs(x))) if result is not None]
    while len(seen) > 3:
        seen.pop()
    return result if seen or x else x * 2
"""
CHANGED = LOOP.replace("while len(history) > 3:", "while len(history) >= 7:").replace("total + x", "x + total")
OTHER = """def double(x):
    values = {name: part for name, part in zip(("first", "second"), [x, x])}
    try:
        whole = values["first"] - (-values["second"])
    except (TypeError, ValueError) as error:
        raise ArithmeticError(f"no number: {x!r}") from error
    assert whole - x == x, "sums are strange today"
    with open(os.devnull, "w") as nowhere:
        nowhere.write(str(whole))
    return max(whole, *(lambda *numbers: numbers)(whole, whole))
"""
HELPER = "def half(number):\n    return number / 2 if number else math.pi - math.pi\n"


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A course of one small notebook, and what is handed out."""
    root = tmp_path_factory.mktemp("course")
    write(root, **{NOTEBOOK: 7})
    course = load_course(root)
    return root, course, build_course(course, root / "build")[NOTEBOOK]


@pytest.fixture
def compare(small):
    """`compare({person: cells}, groups)` is what is found among them."""

    def compare(people, groups=None):
        comparison = Comparison(small[1].assignments[NOTEBOOK], groups)
        for person, cells in people.items():
            comparison.add(person, [cells] if isinstance(cells, str) else cells)
        return comparison.result()

    return compare


def people_of(alike):
    return [set(a.sides[0].people) | set(a.sides[1].people) for a in alike]


# --- What is found ----------------------------------------------------------------------------------------------------


def test_other_names_comments_and_layout_make_an_exact_copy(compare):
    found = compare({"Ada": LOOP, "Ben": RENAMED, "Cem": OTHER})
    assert people_of(found.alike) == [{"Ada", "Ben"}]
    assert found.alike[0].exact and found.alike[0].likeness == 1
    assert found.alike[0].sides[1].pieces == ((RENAMED.strip("\n"), True),)


def test_cells_in_another_order_make_an_exact_copy(compare):
    found = compare({"Ada": [LOOP, HELPER], "Ben": [HELPER.replace("number", "n"), RENAMED]})
    assert [a.exact for a in found.alike] == [True]


def test_what_says_something_else_is_no_exact_copy():
    for other in (LOOP.replace("range(2)", "range(3)"), LOOP.replace("history.pop()", "total.pop()"), LOOP + "\nx = 1"):
        assert normal_form([other]) != normal_form([LOOP])
    assert normal_form(["a = np.dot(b, b)"]) != normal_form(["a = jnp.dot(b, b)"])
    assert normal_form(["def f(:\n  a"]) != normal_form(["def f(:\n  b"])  # no Python
    assert normal_form(["%%time\n" + LOOP]) == normal_form([RENAMED])  # read as a notebook's answers are
    for depth in (600, 50_000):  # too deep to say, too deep to parse
        assert normal_form(["x" + " + x" * depth + " + 1"]) != normal_form(["x" + " + x" * depth + " + 2"])


def test_a_changed_copy_is_marked_where_it_is_the_same(compare):
    (found,) = compare({"Ada": LOOP, "Ben": CHANGED, "Cem": OTHER}).alike
    assert not found.exact and copies.THRESHOLD <= found.likeness < 1
    for side, text, differs in zip(found.sides, (LOOP, CHANGED), ("> 3", ">= 7"), strict=True):
        assert "".join(piece for piece, _ in side.pieces) == text.strip("\n"), "the whole text, once"
        shared = "".join(piece for piece, same in side.pieces if same)
        assert not any(re.search(r"\w\0\w", f"{a}\0{b}") for (a, _), (b, _) in itertools.pairwise(side.pieces))
        assert "isinstance" in shared and "history.pop()" in shared and differs not in shared


def test_independent_answers_of_the_course_are_not_alike(course):
    """Every right answer to an exercise is another one's, so no two people share one."""
    assignment = course.assignments["08_model_predictive_control"]
    comparison = Comparison(assignment)
    columns = []
    for exercise in assignment.exercises:
        blocks = read_blocks(ROOT / "tests" / "answers" / assignment.name / f"{exercise.name}.py")
        right = [source for header, source in blocks if header.startswith("right")]
        columns.append(random.Random(exercise.name).sample(right, 4))
    for number, cells in enumerate(zip(*columns, strict=True)):
        comparison.add(f"learner {number}", cells)
    comparison.add("copier", [cell.replace("model", "network") for cell in next(zip(*columns, strict=True))])
    assert people_of(comparison.result().alike) == [{"learner 0", "copier"}]


def test_a_group_is_no_copy_and_others_are(compare):
    people = {"Ada": LOOP, "Ben": RENAMED, "Cem": CHANGED}
    assert compare(people, dict.fromkeys(people, "g1")).alike == ()
    some = compare(people, {"Ada": "g1", "Ben": "g1", "Cem": "g2"}).alike
    assert [a.exact for a in some] == [False], "Ada and Ben are one group"
    assert people_of(some) == [{"Ada", "Ben", "Cem"}]


def test_too_little_of_ones_own_is_counted_and_left_out(compare):
    found = compare({"Ada": "def double(x):\n    return 2 * x\n", "Ben": "def double(x):\n    return 2 * x\n"})
    assert (found.compared, found.short, found.alike) == (0, 2, ())


def test_what_is_given_is_nobodys_own(course):
    assignment = course.assignments["02_random_policy_search"]
    comparison = Comparison(assignment)
    given = [as_released(cell) for cell in assignment.source.cells if cell.cell_type == "code"]
    comparison.add("Ada", given)
    comparison.add("Ben", given)
    assert (comparison.result().short, comparison.result().alike) == (2, ())


def test_the_courses_own_answers_are_one_to_compare_with(course):
    assignment = course.assignments["02_random_policy_search"]
    comparison = Comparison(assignment)
    comparison.add("Ada", copies.course_cells(assignment))
    (found,) = comparison.result().alike
    assert found.exact and people_of([found]) == [{COURSE, "Ada"}]
    assert comparison.result().compared == 1


# --- The page ---------------------------------------------------------------------------------------------------------


def test_names_and_code_are_text(small, tmp_path):
    evil = '<script>alert("x")</script>\u202e'
    sides = Side((evil,), ((f"x = '{evil}'", True), (evil, False))), Side(("Ben",), (("</pre><img src=x>", True),))
    found = NotebookCopies(NOTEBOOK, 2, 1, 3, (Alike(0.9, False, sides),))
    pages.write_copies(tmp_path / "copies.html", [found], small[1])
    page = (tmp_path / "copies.html").read_text()
    assert "<script" not in page and "<img" not in page and "\u202e" not in page
    assert page.count("&lt;script&gt;") == 4 and "<mark>&lt;/pre&gt;&lt;img src=x&gt;</mark>" in page
    assert "2 compared, 1 untouched" in page and "3 with too little" in page and "90 %" in page


def test_pairs_beyond_the_first_are_named_without_texts(small, tmp_path):
    sides = Side(("Ada",), (("a", True),)), Side(("Ben",), (("b", True),))
    found = NotebookCopies(NOTEBOOK, 99, 0, 0, (Alike(0.9, False, sides),) * (copies.SHOWN + 2))
    pages.write_copies(tmp_path / "copies.html", [found], small[1])
    page = (tmp_path / "copies.html").read_text()
    assert page.count("<pre>") == 2 * copies.SHOWN and "And 2 pairs less alike" in page


# --- The command ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def grade(small, tmp_path_factory):
    """`grade(*options)` runs the command on six people, whom the first run grades; returns what the terminal says and
    the folder of results."""
    root, _, released = small
    folder = tmp_path_factory.mktemp("class")
    people = {"Ada": LOOP, "Ben": RENAMED, "Cem <b>Oz": CHANGED, "Dee": OTHER, "Eve": OTHER, "Fay": None}
    for name, answer in people.items():
        notebook = json.loads(released)
        if answer:
            cells_by_id(notebook)["double"]["source"] = answer
            notebook["cells"].append(code_cell(f"import os  # {name}"))
        place = folder / "class" / name / f"{NOTEBOOK}.ipynb"
        place.parent.mkdir(parents=True)
        place.write_text(json.dumps(notebook))

    def grade(*options):
        command = [sys.executable, "-m", "autograder", "grade", folder / "class", "--out", folder / "grades", *options]
        env = os.environ | {"PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, timeout=500)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout, folder / "grades"

    return grade


@pytest.fixture(scope="module")
def graded(grade):
    """What the first run says, its folder of results, and the texts of the two pages as it wrote them."""
    said, out = grade()
    return said, out, (out / "copies.html").read_text(), (out / "report.html").read_text()


@pytest.mark.slow
def test_the_command_writes_a_page_for_the_instructor_alone(graded):
    said, out, page, report = graded
    assert "copies.html" in said and "a reason to talk, never a score" in page
    assert "5 compared, 1 untouched" in page
    summaries = re.findall(r"<summary>(.*?)</summary>", page, re.S)
    names = [re.findall(r"<bdi>(.*?)</bdi>", summary) for summary in summaries]
    assert names == [["Ada", "Ben"], ["Dee", "Eve"], ["Ada", "Ben", "Cem &lt;b&gt;Oz"]]
    assert '<a href="copies.html">Notebooks that are alike</a>: 3 pairs' in report
    for told in [out / "results.json", out / "grades.csv", *(out / "feedback").rglob("*.html")]:
        assert "alike" not in told.read_text() and "copies" not in told.read_text(), told


@pytest.mark.slow
def test_a_run_again_compares_without_grading_and_knows_groups(graded, grade, tmp_path):
    (tmp_path / "list.csv").write_text("name,group\nDee,g1\nEve,g1\nAda,\nBen,\nFay,\n")
    out = graded[1]
    before = {path: path.stat().st_mtime_ns for path in (out / "work" / "graded").iterdir()}
    grade("--roster", tmp_path / "list.csv")
    assert {path: path.stat().st_mtime_ns for path in (out / "work" / "graded").iterdir()} == before
    page = (out / "copies.html").read_text()
    assert "Dee" not in page and "Ada" in page


@pytest.mark.slow
def test_it_can_be_switched_off(grade):
    said, out = grade("--no-copies")
    assert not (out / "copies.html").exists() and "copies.html" not in said
    assert "copies.html" not in (out / "report.html").read_text()
