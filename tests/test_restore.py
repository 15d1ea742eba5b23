"""Submissions as editors, Colab and learners leave them: the right cells are graded, and each repair is noted."""

import json

import pytest
from filling import cells_by_id, code_cell, fill, solutions

from autograder.course import as_released
from autograder.intake.recognise import recognise
from autograder.restore import restore
from autograder.submitted import NotANotebook, read_notebook

NAME = "01_agents_and_environments"
ANSWER = "def discounted_return(rewards, gamma):\n    return 'mine'"


@pytest.fixture
def assignment(course):
    return course.assignments[NAME]


@pytest.fixture
def graded(assignment):
    def grade(notebook):
        data = notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode()
        return restore(read_notebook(data), assignment)

    return grade


def sources(restored, kind=None):
    return {cell.name: cell.source for cell in restored.cells if kind in (None, cell.kind)}


def position(notebook, name):
    return notebook["cells"].index(cells_by_id(notebook)[name])


def test_an_untouched_notebook_needs_no_repair(graded, student, assignment):
    restored = graded(student(NAME))
    assert restored.notes == []
    assert not sources(restored, "extra")
    assert "### BEGIN HIDDEN TESTS" in sources(restored)["test_discounted_return"]
    assert "NotImplementedError" in sources(restored)["discounted_return"]
    demos = [c.source for c in assignment.source.cells if "demo" in c.metadata.get("tags", [])]
    assert demos and not set(demos) & set(sources(restored).values())


def test_answers_are_transplanted_and_nothing_else(graded, student, assignment):
    notebook = fill(student(NAME), solutions(assignment) | {"discounted_return": ANSWER})
    cells_by_id(notebook)["check_discounted_return"]["source"] = "pass"
    cells_by_id(notebook)["check_discounted_return"]["metadata"]["nbgrader"]["points"] = 100
    restored = graded(notebook)
    assert sources(restored, "answer")["discounted_return"] == ANSWER
    assert "checks.exercise" in sources(restored)["check_discounted_return"]
    assert restored.notes == [
        "check_discounted_return: the cell was edited; the original was used",
        "check_discounted_return: its points had been changed to 100; the original's count",
    ]


def test_extra_cells_stay_where_they_stand(graded, student):
    notebook = student(NAME)
    notebook["cells"].insert(position(notebook, "discounted_return"), code_cell("before = 1"))
    notebook["cells"].insert(position(notebook, "check_discounted_return"), code_cell("between = 1"))
    order = [cell.source if cell.kind == "extra" else cell.name for cell in graded(notebook).cells]
    here = order.index("discounted_return")
    assert order[here - 1 : here + 3] == ["before = 1", "discounted_return", "between = 1", "check_discounted_return"]


def test_an_edited_setup_cell_runs_after_the_given_one(graded, student):
    notebook = student(NAME)
    setup = next(c for c in notebook["cells"] if "setup" in c["metadata"].get("tags", []))
    setup["source"] = "".join(setup["source"]) + "\nimport math"
    order = graded(notebook).cells
    assert [cell.kind for cell in order[:2]] == ["given", "extra"]
    assert order[1].source.endswith("import math")


@pytest.mark.parametrize("stub_last", [True, False])
def test_of_duplicated_answers_the_changed_one_counts(graded, student, stub_last):
    notebook = student(NAME)
    copy = json.loads(json.dumps(cells_by_id(notebook)["discounted_return"]))
    (cells_by_id(notebook)["discounted_return"] if stub_last else copy)["source"] = ANSWER
    notebook["cells"].insert(position(notebook, "discounted_return") + 1, copy)
    if stub_last:
        notebook["cells"].insert(0, notebook["cells"].pop(position(notebook, "discounted_return")))
    restored = graded(notebook)
    assert sources(restored, "answer")["discounted_return"] == ANSWER
    assert any("2 copies" in note for note in restored.notes)


def test_of_several_changed_copies_the_last_counts(graded, student):
    notebook = fill(student(NAME), {"discounted_return": "def discounted_return(rewards, gamma): return 1"})
    copy = json.loads(json.dumps(cells_by_id(notebook)["discounted_return"])) | {"source": ANSWER}
    notebook["cells"].append(copy)
    assert sources(graded(notebook), "answer")["discounted_return"] == ANSWER


def test_deleted_cells_come_back(graded, student):
    notebook = student(NAME)
    gone = {"discounted_return", "check_discounted_return", "test_run_episode"}
    notebook["cells"] = [c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") not in gone]
    restored = graded(notebook)
    assert gone <= set(sources(restored))
    assert {note.split(":")[0] for note in restored.notes} == gone


def test_lost_metadata_is_found_by_function_name(graded, student, assignment):
    notebook = fill(student(NAME), solutions(assignment))
    for cell in notebook["cells"]:
        cell["metadata"] = {}
        cell.pop("id", None)
    restored = graded(notebook)
    assert sources(restored, "answer") == solutions(assignment)
    assert not sources(restored, "extra")
    assert all("found by its name" in note for note in restored.notes)


def test_a_broken_answer_without_metadata_is_still_found(graded, student):
    notebook = fill(student(NAME), {"discounted_return": "def discounted_return(rewards, gamma:\n    return 1"})
    cells_by_id(notebook)["discounted_return"]["metadata"] = {}
    assert sources(graded(notebook), "answer")["discounted_return"].startswith("def discounted_return(rewards, gamma:")


def test_colab_saved(graded, student, assignment):
    """Colab adds a first cell and metadata.id, drops cell ids and the minor version, and breaks widget metadata."""
    notebook = fill(student(NAME), solutions(assignment))
    for number, cell in enumerate(notebook["cells"]):
        del cell["id"]
        cell["metadata"]["id"] = f"xYz{number}"
        cell["source"] = "".join(cell["source"]).splitlines(keepends=True)
    badge = {"cell_type": "markdown", "metadata": {"id": "view-in-github", "colab_type": "text"}, "source": ["<a></a>"]}
    notebook["cells"].insert(0, badge)
    notebook["nbformat_minor"] = 0
    notebook["metadata"] |= {"widgets": {"application/vnd.jupyter.widget-state+json": {"x": 1}}, "colab": {}}
    restored = graded(notebook)
    assert sources(restored, "answer") == solutions(assignment)
    assert restored.notes == [] and not sources(restored, "extra")


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: json.dumps(json.loads(text.replace("\\n", "\\r\\n"))).encode(),
        lambda text: json.dumps(json.loads(text) | {"nbformat_minor": 0, "metadata": None}).encode(),
        lambda text: json.dumps(json.loads(text) | {"metadata": {"kernelspec": {"name": "nonsense"}}}).encode(),
    ],
    ids=["BOM", "CRLF in the file", "CRLF in the cells", "no metadata", "wrong kernelspec"],
)
def test_odd_files_are_read_all_the_same(graded, released, assignment, encode):
    notebook = fill(json.loads(released[NAME]), solutions(assignment))
    restored = graded(encode(json.dumps(notebook, indent=1)))
    assert sources(restored, "answer") == solutions(assignment)
    assert restored.notes == []


@pytest.mark.parametrize(
    "data", [b"", b"   ", b"\x89PNG\r\n\x1a\n\x00", b"hello", b"[]", b"{}", b'{"cells": 3}', b"[" * 100_000], ids=repr
)
def test_what_is_no_notebook_is_refused_with_a_reason(data):
    with pytest.raises(NotANotebook, match=r"\w+ \w+"):
        read_notebook(data)


def test_notebooks_are_recognised_by_content_never_by_file_name(course, student):
    def which(notebook):
        data = notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode()
        return recognise(course, "whatever.ipynb", data).assignment

    notebook = student(NAME)
    assert which(notebook) == NAME
    notebook["metadata"] = {}
    assert which(notebook) == NAME
    answers = ["def discounted_return(rewards, gamma):\n    return 0", "def run_episode(env, policy, seed=None): pass"]
    assert which({"cells": [code_cell(answer) for answer in answers]}) == NAME
    assert which({"cells": [code_cell(answers[0])]}) == "", "one function is anybody's experiment"
    assert which({"cells": [code_cell("x = 1")]}) == ""
    cut = json.dumps(student(NAME)).encode()
    assert which(cut[: len(cut) // 2]) == NAME


def test_the_release_shows_neither_answers_nor_tests(released, assignment):
    for name, text in released.items():
        assert "BEGIN SOLUTION" not in text and "HIDDEN TESTS" not in text, name
    for cell in assignment.source.cells:
        if "nbgrader" in cell.metadata and cell.metadata.nbgrader.grade_id.startswith("test_"):
            assert len(as_released(cell).strip().splitlines()) == 1
