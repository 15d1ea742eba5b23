"""A question that a person reads: what learners get, where they put the answer, and what its mark does to a class."""

import copy
import csv
import dataclasses
import io
import json
import re

import nbformat
import pytest
from filling import cells_by_id, code_cell, fill
from rich.console import Console
from small_course import HALF, QUESTION, RIGHT, SOURCE, hand_in, write, write_sources
from test_pipeline import grade, gradebook, start

from autograder.build import build, build_course
from autograder.course import CourseError, load_course
from autograder.nbgrader_bridge import PlainOutputs
from autograder.report import terminal, words
from autograder.restore import restore
from autograder.results import ExerciseResult, Result, WrittenResult
from autograder.submitted import read_notebook
from autograder.written import TEXT_STUB, is_written

SECRETS = ("MARK SCHEME", "BEGIN SOLUTION", "One point", "shoes make a pair")


@pytest.fixture(scope="module")
def small_build(tmp_path_factory):
    root = tmp_path_factory.mktemp("small")
    write(root, QUESTION, small=7)
    course = load_course(root)
    return course, build_course(course, root / "build")["small"]


@pytest.fixture
def small(small_build):
    """A course of one notebook with a question, and the notebook as learners get it."""
    return small_build[0], json.loads(small_build[1])


# --- The source and what becomes of it --------------------------------------------------------------------------------


def test_learners_get_the_question_and_an_empty_cell(small):
    course, notebook = small
    (question,) = course.assignments["small"].questions
    assert (question.name, question.points) == ("why_twice", 4) and question.text.endswith("In your own words.")
    assert "One point for the word" in question.mark_scheme and "Two shoes make a pair." in question.mark_scheme
    cells = cells_by_id(notebook)
    assert "".join(cells["question_why_twice"]["source"]).strip() == question.text
    assert cells["why_twice"]["source"] in (TEXT_STUB, [TEXT_STUB]) and cells["why_twice"]["cell_type"] == "markdown"
    told = {key: cells["why_twice"]["metadata"]["nbgrader"][key] for key in ("grade", "solution", "locked", "points")}
    assert told == {"grade": True, "solution": True, "locked": False, "points": 4}
    assert not [secret for secret in SECRETS if secret in json.dumps(notebook)]
    board = "".join(notebook["cells"][-1]["source"])
    assert '"double"' in board and "why_twice" not in board


def test_no_released_notebook_holds_what_is_for_the_marker(course, released):
    asked = [name for name, assignment in course.assignments.items() if assignment.questions]
    assert asked == ["03_policy_gradients", "08_model_predictive_control", "10_is_it_real"]
    for name in asked:
        (question,) = course.assignments[name].questions
        notebook = nbformat.reads(released[name], as_version=4)
        text = "\n".join(cell.source for cell in notebook.cells)
        assert question.text in text and TEXT_STUB in text and question.points == 4
        for line in filter(None, question.mark_scheme.splitlines()):
            assert line not in text, "a learner must not see this"


def test_a_question_leaves_the_ids_of_the_other_cells_as_they_are(tmp_path):
    """Older submissions are matched by them."""
    write(tmp_path, QUESTION, asked=7)
    write_sources(tmp_path, not_asked=SOURCE.format(title="asked", number=7) + "\n# %% [markdown]\n# The end.\n")
    asked, not_asked = (load_course(tmp_path).assignments[name].source.cells for name in ("asked", "not_asked"))
    assert [c.id for c in asked if not c.id.endswith("why_twice")] == [c.id for c in not_asked]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (" points=4", "", "written='why_twice' needs points above 0"),
        ("# ### END SOLUTION\n", "", "a model answer between"),
        ("# ### BEGIN MARK SCHEME\n", "", "what earns the points between"),
        ("# Two shoes make a pair.\n", "", "a model answer between"),
        ("# ### Question: why twice?\n#\n# In your own words.\n", "", "needs a question"),
        ("# ### END MARK SCHEME\n", "# ### END MARK SCHEME\n# And this.\n", "needs a question"),
        ("written=", "writen=", "the header of a Markdown cell says writen"),
        ('written="why_twice"', 'written="double"', "used twice"),
    ],
)
def test_broken_questions_are_refused_with_the_reason(tmp_path, old, new, reason):
    assert old in QUESTION
    write(tmp_path, QUESTION.replace(old, new), small=7)
    with pytest.raises(CourseError, match=reason):
        load_course(tmp_path)


def test_a_question_alone_makes_no_notebook_that_is_graded(tmp_path):
    write_sources(tmp_path, words=QUESTION)
    with pytest.raises(CourseError, match="needs an exercise, too"):
        load_course(tmp_path)


def test_the_build_overwrites_nobodys_prose(tmp_path):
    write(tmp_path, QUESTION, small=7)
    build(load_course(tmp_path))
    path = tmp_path / "notebooks" / "small.ipynb"
    path.write_text(json.dumps(fill(json.loads(path.read_text()), {"why_twice": "A pair."})))
    with pytest.raises(CourseError, match=re.escape("holds answers (why_twice)")):
        build(load_course(tmp_path))


# --- Where the answer is ----------------------------------------------------------------------------------------------


def _prose(text):
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def _place(notebook, name):
    return notebook["cells"].index(cells_by_id(notebook)[name])


def _in_its_cell(notebook):
    fill(notebook, {"why_twice": "A pair."})


def _below_the_stub(notebook):
    fill(notebook, {"why_twice": f"{TEXT_STUB}\n\nA pair."})


def _as_code(notebook):
    place = _place(notebook, "why_twice")
    notebook["cells"][place] |= code_cell("A pair.") | {"metadata": notebook["cells"][place]["metadata"]}


def _under_the_question(notebook):
    cell = cells_by_id(notebook)["question_why_twice"]
    cell["source"] = "".join(cell["source"]) + "\n\nA pair."


def _in_a_cell_behind(notebook):
    notebook["cells"].insert(_place(notebook, "why_twice") + 1, _prose("A pair."))


def _in_a_cell_before(notebook):
    notebook["cells"].insert(_place(notebook, "why_twice"), _prose("A pair."))


def _in_place_of_its_cell(notebook):
    notebook["cells"][_place(notebook, "why_twice")] = _prose("A pair.")


def _without_metadata(notebook):
    _in_its_cell(notebook)
    for cell in notebook["cells"]:
        cell["metadata"] = {}
        cell.pop("id", None)


def _in_two_copies(notebook):
    _in_its_cell(notebook)
    notebook["cells"].append(copy.deepcopy(cells_by_id(notebook)["why_twice"]) | {"source": TEXT_STUB, "id": "again"})


WAYS = [
    (_in_its_cell, False), (_below_the_stub, False), (_as_code, False), (_under_the_question, True),
    (_in_a_cell_behind, True), (_in_a_cell_before, True), (_in_place_of_its_cell, True), (_without_metadata, True),
    (_in_two_copies, False),
]  # fmt: skip


@pytest.mark.parametrize(("way", "moved"), WAYS, ids=lambda value: getattr(value, "__name__", ""))
def test_it_is_found_where_a_learner_put_it(small, way, moved):
    course, notebook = small
    way(notebook)
    restored = restore(read_notebook(json.dumps(notebook).encode()), course.assignments["small"])
    (cell,) = filter(is_written, restored.notebook.cells)
    assert (cell.source, cell.cell_type) == ("A pair.", "markdown")
    assert restored.written == {"why_twice"} and not restored.untouched, "who wrote only prose has done something"
    assert [note for note in restored.notes if "why_twice" in note] == (
        ["why_twice: answered beside its cell; the answer was put into it"] if moved else []
    )
    assert not [c for c in restored.cells if "pair" in c.source], "it is never run"
    text = "\n".join(cell.source for cell in restored.notebook.cells)
    assert "In your own words." in text and not [secret for secret in SECRETS if secret in text]
    assert len([c for c in restored.notebook.cells if "A pair." in c.source]) == 1


def _blank(notebook):
    fill(notebook, {"why_twice": "  \n"})


def _deleted(notebook):
    del notebook["cells"][_place(notebook, "why_twice")]


def _asked_in_other_words(notebook):
    cells_by_id(notebook)["question_why_twice"]["source"] = "### Question: why not thrice?"


def _of_an_older_release(notebook):
    _deleted(notebook)
    del notebook["cells"][_place(notebook, "question_why_twice")]


@pytest.mark.parametrize("way", [dict, _blank, _deleted, _asked_in_other_words, _of_an_older_release])
def test_a_blank_one_is_known(small, way):
    course, notebook = small
    way(notebook)
    restored = restore(read_notebook(json.dumps(notebook).encode()), course.assignments["small"])
    assert restored.written == frozenset() and restored.untouched and restored.notes == []
    assert [c.source for c in restored.notebook.cells if is_written(c)] == [TEXT_STUB], "formgrader shows the cell"


def test_prose_is_never_taken_for_code_nor_code_for_prose(small):
    course, notebook = small

    def graded():
        restored = restore(read_notebook(json.dumps(notebook).encode()), course.assignments["small"])
        (answer,) = (cell.source for cell in restored.cells if cell.kind == "answer")
        return answer, restored.written

    fill(notebook, {"why_twice": "double = lambda x: 2 * x"})
    answer, written = graded()
    assert "NotImplementedError" in answer and written == {"why_twice"}
    fill(notebook, {"why_twice": TEXT_STUB})
    exercise = "def double(x):\n    return 0"  # in a cell that became Markdown
    notebook["cells"].insert(_place(notebook, "why_twice") + 1, _prose(exercise))
    assert graded() == (exercise, frozenset())


# --- What it counts ---------------------------------------------------------------------------------------------------


def test_a_score_says_what_the_written_answer_gave():
    def explained(**changes):
        question = dataclasses.replace(WrittenResult("why", 4, True), **changes)
        points = question.max_score if question.counts else 0
        exercise = ExerciseResult("double", 26, 26, True)
        result = Result("ada", "small", "graded", 26, 26 + points, 26 + question.final_score, exercises=(exercise,))
        result = dataclasses.replace(result, written=(question,))
        assert Result.from_json(json.loads(json.dumps(result.as_json()))) == result
        return result.explanation

    assert explained() == explained(mark=3) == explained(answered=False) == ""
    assert explained(counts=True) == "26 of 26 by the tests, why: still to mark"
    assert explained(counts=True, answered=False) == "26 of 26 by the tests, why: blank"
    assert explained(counts=True, mark=2.5) == "26 of 26 by the tests, why: 2.5 of 4"


@pytest.mark.parametrize(
    "text", ["<script>x</script>", "</pre><b>", "![](http://a/b.png) [a](javascript:b) $x$", "a\n\n\n- b"]
)
def test_pages_of_nbgrader_show_it_as_it_was_typed(small, text):
    notebook = nbformat.reads(json.dumps(small[1]), as_version=4)
    (cell,) = filter(is_written, notebook.cells)
    cell["source"] = text
    for _ in range(2):  # once when it is recorded, once more for feedback
        PlainOutputs().preprocess(notebook, {})
        assert re.fullmatch("<pre[^<>]*>[^<>]*</pre>", cell.source)
    cell["source"] = TEXT_STUB
    assert PlainOutputs().preprocess(notebook, {})[0] and cell.source == TEXT_STUB


def test_what_earns_the_points_is_in_formgrader_and_in_no_feedback(small_build):
    for steps, shown in ((PlainOutputs(mark_schemes=True), True), (PlainOutputs(), False)):
        notebook = copy.deepcopy(small_build[0].assignments["small"].source)  # as nbgrader keeps the question
        steps.preprocess(notebook, {})
        (question,) = (cell.source for cell in notebook.cells if cell.id == "question_why_twice")
        assert "In your own words." in question and ("One point" in question) == shown


def _results(root, submissions, out):
    return {r["student"]: r for r in grade(root, submissions, out)}


def _scores(results):
    return {name: (r["final_score"], r["max_score"]) for name, r in results.items()}


@pytest.mark.slow
def test_a_class_is_marked(tmp_path):
    write(tmp_path, QUESTION, small=7)
    said = {"ada": "A <b>pair</b>.", "cy": "Two."}
    bodies = {"ada": RIGHT, "ben": RIGHT, "cy": "raise NotImplementedError", "dee": HALF}
    submissions = hand_in(tmp_path, {(who, "small"): body for who, body in bodies.items()}, words=said)
    out, path = tmp_path / "out", submissions / "dee" / "small" / "small.ipynb"
    older = json.loads(path.read_text())
    _of_an_older_release(older)
    path.write_text(json.dumps(older))
    (submissions / "eve").mkdir()
    (submissions / "eve" / "small.ipynb").write_text('{"cells": [], "metadata": {"rl_workshop": {"notebook": "small"}')

    write(tmp_path, small=7)  # the course before it had the question: its gradebook is grown
    by_tests = {"ada": (4, 4), "ben": (4, 4), "cy": (0, 4), "dee": (1, 4), "eve": (0, 4)}
    assert _scores(_results(tmp_path, submissions, out)) == by_tests

    # Nobody is marked: the scores of before. Who wrote only prose is not untouched.
    write(tmp_path, QUESTION, small=7)
    process = start(tmp_path, submissions, out)
    printed = " ".join(process.communicate(timeout=500)[0].split())
    before = {r["student"]: r for r in json.loads((out / "results.json").read_text())["submissions"]}
    assert _scores(before) == by_tests
    assert "Changed since the last run" not in printed and "Answers still to mark (2)" in printed
    assert "why_twice: 2 of 2" in printed and not before["cy"]["untouched"]
    assert {who: [w["answered"] for w in r["written"]] for who, r in before.items()} == {
        "ada": [True], "ben": [False], "cy": [True], "dee": [False], "eve": []
    }  # fmt: skip
    page = (out / "feedback" / "ada" / "small.html").read_text()
    assert "A &lt;b&gt;pair&lt;/b&gt;." in page and "In your own words." in page
    assert not [secret for secret in SECRETS if secret in page]
    autograded = (out / "autograded" / "ada" / "small" / "small.ipynb").read_text()
    assert "One point for the word" in autograded and "<b>pair" not in autograded

    # One is marked: the question counts for everybody.
    with gradebook(out) as book:
        grade_of = lambda who: book.find_grade("why_twice", "small", "small", who)
        assert [grade_of(who).needs_manual_grade for who in ("ada", "ben", "cy", "dee")] == [True, False, True, False]
        grade_of("ada").manual_score, grade_of("ada").needs_manual_grade = 3, False
        grade_of("cy").manual_score, grade_of("cy").needs_manual_grade = 1.5, False
        book.find_comment("why_twice", "small", "small", "ada").manual_comment = "Well put."
        book.db.commit()
    marked = _results(tmp_path, submissions, out)
    assert _scores(marked) == {"ada": (7, 8), "ben": (4, 8), "cy": (1.5, 8), "dee": (1, 8), "eve": (0, 8)}
    with (out / "grades.csv").open(newline="") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert [rows[who]["why_twice"] for who in marked] == ["3.0", "0.0", "1.5", "0.0", ""]
    assert rows["ben"]["explanation"] == "4 of 4 by the tests, why_twice: blank"
    assert {who: r["exercises"] for who, r in marked.items()} == {who: r["exercises"] for who, r in before.items()}
    page = (out / "feedback" / "ada" / "small.html").read_text()
    assert "Well put." in page and "One point for the word pair." in page and "Two shoes make a pair." in page
    assert "One point" not in (out / "feedback" / "ben" / "small.html").read_text()

    # A test is mended, and ada hands in another answer: marks stay, and hers is to be looked at again.
    write(tmp_path, QUESTION, small=5)
    path = submissions / "ada" / "small" / "small.ipynb"
    path.write_text(path.read_text().replace("pair", "couple"))
    again = _results(tmp_path, submissions, out)
    assert _scores(again) == _scores(marked)
    assert {who: r["written"][0]["changed"] for who, r in again.items() if r["written"]} == {
        "ada": True, "ben": False, "cy": False, "dee": False
    }  # fmt: skip
    assert again["ada"]["notes"] == ["why_twice: the answer changed since it was marked"]
    assert again["ada"]["written"][0]["comment"] == "Well put." and again["cy"]["notes"] == []
    with gradebook(out) as book:
        assert [grade_of(who).needs_manual_grade for who in ("ada", "cy")] == [True, False]  # until "Resolve"


def test_the_learners_terminal_says_that_a_person_reads_it(tmp_path):
    """And nothing of points."""
    result = Result("me", "small", "graded", 4, 4, 4, exercises=(ExerciseResult("double", 4, 4, True),))
    for answered, word in ((True, "answered"), (False, "still blank")):
        console = Console(file=io.StringIO(), width=100)
        console.print(terminal.exercises(dataclasses.replace(result, written=(WrittenResult("why", 4, answered),))))
        printed = console.file.getvalue()
        assert f"why: {word}. A person reads it." in printed and "4 of 4 points" in printed and "All solved." in printed
        assert "still to mark" not in printed and "0 of 4" not in printed


def test_the_courses_own_words_are_shown_without_their_markdown():
    text = "### Why?\n\n> One *line*\n> and more.\n\n1. `a`\n   b\n2. c\n\n- 12.5 is\n  a number"
    assert words.prose(text) == "Why?\n\nOne line and more.\n\n1. a b\n2. c\n\n- 12.5 is a number"
