"""nbgrader's own commands on the same course: `nbgrader autograde` and `nbgrader validate`."""

import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import small_course
from conftest import ROOT, compiled_into
from filling import cells_by_id, fill, solutions
from nbgrader.api import Gradebook

from autograder import sandbox
from autograder.build import build_course
from autograder.course import load_course
from autograder.workers import default_count as default_workers

COMMAND = Path(sys.executable).parent / "nbgrader"


def nbgrader(folder, *arguments):
    environment = {
        "PATH": f"{COMMAND.parent}:/usr/bin:/bin",
        "HOME": str(folder),
        "PYTHONPATH": str(ROOT),
        "JAX_PLATFORMS": "cpu",
        "XLA_FLAGS": sandbox.kernel_environment("", "")["XLA_FLAGS"],  # compiles quickly
    } | compiled_into(folder / "compiled")
    command = [str(COMMAND), *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def autograde(assignment, course_folder, released, folder) -> dict:
    """What `nbgrader autograde` gives a solved and an untouched notebook, and what it could give."""
    name, course = assignment.name, folder / "build" / "course"
    shutil.copytree(course_folder, course)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    for student, answers in (("solved", solutions(assignment)), ("untouched", {})):
        path = course / "submitted" / student / name / f"{name}.ipynb"
        path.parent.mkdir(parents=True)
        notebook = fill(json.loads(released), answers)
        # Demo cells earn nothing and train for minutes; other tests run them.
        notebook["cells"] = [c for c in notebook["cells"] if "demo" not in c["metadata"].get("tags", [])]
        path.write_text(json.dumps(notebook))
    result = nbgrader(folder, "autograde", name)
    assert result.returncode == 0, result.stderr[-3000:]
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "rl-workshop") as gradebook:
        scores = {s: gradebook.find_submission(name, s).score for s in ("solved", "untouched")}
        return scores | {"most": gradebook.find_submission(name, "solved").max_score}


@pytest.mark.slow
def test_solutions_earn_everything_and_untouched_notebooks_nothing(course, course_folder, released, tmp_path):
    graded = {name: assignment for name, assignment in course.assignments.items() if assignment.exercises}
    with ThreadPoolExecutor(default_workers()) as pool:
        scores = pool.map(
            lambda assignment: autograde(
                assignment, course_folder, released[assignment.name], tmp_path / assignment.name
            ),
            graded.values(),
        )
        scores = dict(zip(graded, scores, strict=True))
    for name, assignment in graded.items():
        words = sum(question.points for question in assignment.questions)  # blank in both
        most = assignment.max_score
        assert scores[name] == {"solved": most, "untouched": 0, "most": most + words}


@pytest.mark.slow
def test_validate_tells_a_solved_notebook_from_an_unsolved_one(course, released, tmp_path):
    name = "01_agents_and_environments"
    (tmp_path / "open.ipynb").write_text(released[name])
    done = fill(json.loads(released[name]), solutions(course.assignments[name]))
    (tmp_path / "done.ipynb").write_text(json.dumps(done))
    assert "failed" in nbgrader(tmp_path, "validate", "open.ipynb").stdout
    assert "Success" in nbgrader(tmp_path, "validate", "done.ipynb").stdout


@pytest.mark.slow
def test_validate_is_content_with_a_written_answer(tmp_path):
    small_course.write(tmp_path, small_course.QUESTION, small=7)
    notebook = json.loads(build_course(load_course(tmp_path), tmp_path / "build")["small"])
    fill(notebook, {"double": "def double(x):\n    return x + x", "why_twice": "A pair."})
    assert cells_by_id(notebook)["question_why_twice"]["metadata"]["editable"] is False
    (tmp_path / "done.ipynb").write_text(json.dumps(notebook))
    told = nbgrader(tmp_path, "validate", "done.ipynb")
    assert "Success" in told.stdout, told.stderr
