"""Results -> nbgrader's gradebook: one writer, through nbgrader's own Autograde, so that formgrader opens them."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbgrader.apps.api import NbGraderAPI
from nbgrader.converters import Autograde
from nbgrader.preprocessors import AssignLatePenalties, CheckCellMetadata, NbGraderPreprocessor, SaveAutoGrades
from nbgrader.utils import capture_log, is_grade, temp_attrs

from autograder.build import build_course, nbgrader_config, nbgrader_environment
from autograder.course import Course
from autograder.engine import Graded
from autograder.execute import Outcome
from autograder.ingest import Submission
from autograder.restore import restore
from autograder.score import score_cell
from autograder.submitted import read_notebook


class Replay(NbGraderPreprocessor):
    """Takes the place of nbgrader's Execute: puts in what ran in the sandbox, in a form nbgrader scores as we do."""

    def __init__(self, outcomes: Sequence[Outcome], **kwargs):
        super().__init__(**kwargs)
        self._outcomes = {outcome.name: outcome for outcome in outcomes}

    def preprocess_cell(self, cell, resources, cell_index):
        if cell.cell_type == "code":
            name = cell.metadata.get("nbgrader", {}).get("grade_id") or cell.get("id")
            outcome = self._outcomes.get(name)
            if is_grade(cell):
                cell.outputs = graded_outputs(outcome, float(cell.metadata.nbgrader.points))
            elif outcome:
                cell.outputs = [nbformat.from_dict(output) for output in outcome.outputs]
        return cell, resources


def graded_outputs(outcome: Outcome | None, available: float) -> list:
    """Outputs of a graded cell from which nbgrader reads exactly the points that `score_cell` gives."""
    score = score_cell(outcome, available)
    prints = [o for o in (outcome.outputs if outcome else []) if o["output_type"] == "stream"]
    outputs = [nbformat.v4.new_output("stream", name="stdout", text=o["text"]) for o in prints]
    if score == available:
        return outputs
    if score > 0:
        return [*outputs, nbformat.v4.new_output("execute_result", {"text/plain": repr(score)})]
    error = (outcome.error if outcome else None) or {"ename": "NotRun", "evalue": outcome.problem if outcome else ""}
    text = f"{error['ename']}: {error['evalue']}"
    return [*outputs, nbformat.v4.new_output("error", ename=error["ename"], evalue=error["evalue"], traceback=[text])]


def record(course: Course, graded: Sequence[tuple[Submission, Graded]], folder: Path, progress=lambda: None) -> None:
    """Writes `folder/gradebook.db`, `source/`, `submitted/` and `autograded/`.

    A submission that nbgrader refuses keeps its place in results.json, with a note; the others are recorded.
    """
    folder = folder.resolve()
    build_course(course, folder)
    config = nbgrader_config(folder)
    with nbgrader_environment():
        api = NbGraderAPI(config=config)
        for submission, result in graded:
            if result.result["status"] == "graded":
                error = _record_one(api, course, submission, result, folder)
                if error:
                    result.result["notes"].append(f"nbgrader did not record it: {error}")
            progress()


def _record_one(api: NbGraderAPI, course: Course, submission: Submission, graded: Graded, folder: Path) -> str:
    name = submission.assignment
    target = folder / "submitted" / submission.student / name / f"{name}.ipynb"
    shutil.rmtree(target.parent, ignore_errors=True)
    target.parent.mkdir(parents=True)
    nbformat.write(restore(read_notebook(submission.data), course.assignments[name]).notebook, target)
    with temp_attrs(api.coursedir, assignment_id=name, student_id=submission.student):
        app = Autograde(coursedir=api.coursedir, parent=api)
        app.force = True
        app.create_student = True
        app.autograde_preprocessors = [Replay(graded.outcomes), SaveAutoGrades, AssignLatePenalties, CheckCellMetadata]
        outcome = capture_log(app)
    return "" if outcome["success"] else str(outcome.get("error") or outcome.get("log")).strip()[-500:]
