"""nbgrader's own commands on the same course: `nbgrader autograde` and `nbgrader validate`."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from filling import fill, solutions
from nbgrader.api import Gradebook

COMMAND = Path(sys.executable).parent / "nbgrader"


def nbgrader(folder, *arguments):
    environment = {
        "PATH": f"{COMMAND.parent}:/usr/bin:/bin",
        "HOME": str(folder),
        "PYTHONPATH": str(ROOT),
        "JAX_PLATFORMS": "cpu",
    }
    command = [str(COMMAND), *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_solutions_earn_everything_and_untouched_notebooks_nothing(course, course_folder, released, tmp_path):
    folder = tmp_path / "build" / "course"
    shutil.copytree(course_folder, folder)
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    graded = {name: assignment for name, assignment in course.assignments.items() if assignment.exercises}
    for name, assignment in graded.items():
        for student, answers in (("solved", solutions(assignment)), ("untouched", {})):
            path = folder / "submitted" / student / name / f"{name}.ipynb"
            path.parent.mkdir(parents=True)
            notebook = fill(json.loads(released[name]), answers)
            # Demo cells earn nothing and train for minutes; other tests run them.
            notebook["cells"] = [c for c in notebook["cells"] if "demo" not in c["metadata"].get("tags", [])]
            path.write_text(json.dumps(notebook))
        result = nbgrader(tmp_path, "autograde", name)
        assert result.returncode == 0, result.stderr[-3000:]
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "rl-workshop") as gradebook:
        for name, assignment in graded.items():
            solved, untouched = (gradebook.find_submission(name, student) for student in ("solved", "untouched"))
            assert (solved.score, solved.max_score) == (assignment.max_score, assignment.max_score), name
            assert untouched.score == 0, name


@pytest.mark.slow
def test_validate_tells_a_solved_notebook_from_an_unsolved_one(course, released, tmp_path):
    name = "01_agents_and_environments"
    (tmp_path / "open.ipynb").write_text(released[name])
    done = fill(json.loads(released[name]), solutions(course.assignments[name]))
    (tmp_path / "done.ipynb").write_text(json.dumps(done))
    assert "failed" in nbgrader(tmp_path, "validate", "open.ipynb").stdout
    assert "Success" in nbgrader(tmp_path, "validate", "done.ipynb").stdout
