"""Results -> nbgrader's gradebook: one writer, through nbgrader's own Autograde, so that formgrader opens them."""

import contextlib
import datetime
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import MissingEntry
from nbgrader.apps.api import NbGraderAPI
from nbgrader.converters import Autograde
from nbgrader.preprocessors import AssignLatePenalties, CheckCellMetadata, NbGraderPreprocessor, SaveAutoGrades
from nbgrader.utils import capture_log, is_grade, temp_attrs
from traitlets.config import Config, PyFileConfigLoader

from autograder.build import build_course, nbgrader_config, nbgrader_environment
from autograder.course import Course
from autograder.engine import Graded
from autograder.execute import Outcome
from autograder.intake import Submission
from autograder.score import score_cell

FOLDER_CONFIG = """# For formgrader and nbgrader's commands in this folder, written by `autograder grade`.
from pathlib import Path

c = get_config()
c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.CourseDirectory.course_id = "rl-workshop"
"""


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


class Recorder:
    """Writes `folder/gradebook.db` (or the database at `db_url`), `source/`, `submitted/` and `autograded/`.

    Used as a context manager, by one process at a time. Manual scores and comments made in formgrader stay.

    Args:
      course: what is graded.
      folder: nbgrader's course directory.
      db_url: where the gradebook is, as SQLAlchemy writes it; default: sqlite in `folder`.
      due: when each notebook was due, UTC; those that are not named are never late. What lateness costs is decided by
        nbgrader's plugin, set up in `nbgrader_config.py` beside the course.
    Raises:
      CourseError: nbgrader refuses the course or cannot reach the database.
    """

    def __init__(
        self,
        course: Course,
        folder: Path,
        db_url: str | None = None,
        due: Mapping[str, datetime.datetime] | None = None,
    ):
        self._db_url = db_url
        self._course, self._folder, self._due = course, folder.resolve(), dict(due or {})
        self._config = instructors_config(course.root)
        self._config.merge(nbgrader_config(self._folder, db_url))

    def __enter__(self) -> "Recorder":
        with contextlib.ExitStack() as stack:
            build_course(self._course, self._folder, self._config)
            self._configure_folder()
            stack.enter_context(nbgrader_environment())
            self._api = NbGraderAPI(config=self._config)
            self._gradebook = stack.enter_context(self._api.gradebook)
            for name, time in self._due.items():
                self._gradebook.update_or_create_assignment(name, duedate=time)
            self._stack = stack.pop_all()
        return self

    def _configure_folder(self):
        """Lets formgrader and nbgrader's commands work in the folder; what is there already is the instructor's."""
        path = self._folder / "nbgrader_config.py"
        if not path.exists():
            database = f"c.CourseDirectory.db_url = {self._db_url!r}\n" if self._db_url else ""
            path.write_text(FOLDER_CONFIG + database)

    def __exit__(self, *error):
        self._stack.close()

    def has(self, submission: Submission, graded: Graded) -> bool:
        """Whether this very result is recorded already."""
        name, student = submission.assignment, submission.folder
        try:
            self._gradebook.find_submission(name, student)
            recorded = self._marker(submission).read_text()
        except (MissingEntry, OSError):
            return False
        autograded = self._folder / "autograded" / student / name / f"{name}.ipynb"
        return recorded == self._mark(submission, graded) and autograded.exists()

    def add(self, submission: Submission, graded: Graded, notebook: NotebookNode):
        """Records one graded submission; `notebook` is what `restore` made of it.

        What nbgrader refuses keeps its place in results.json, with a note.
        """
        name = submission.assignment
        self._marker(submission).unlink(missing_ok=True)
        folder = self._folder / "submitted" / submission.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / f"{name}.ipynb")
        if submission.handed_in:
            (folder / "timestamp.txt").write_text(f"{submission.handed_in} UTC")
        with temp_attrs(self._api.coursedir, assignment_id=name, student_id=submission.folder):
            app = Autograde(coursedir=self._api.coursedir, parent=self._api)
            app.force = True
            app.create_student = True
            replay = Replay(graded.outcomes)
            app.autograde_preprocessors = [replay, SaveAutoGrades, AssignLatePenalties, CheckCellMetadata]
            outcome = capture_log(app)
        self._gradebook.db.expire_all()
        if outcome["success"]:
            self._marker(submission).parent.mkdir(parents=True, exist_ok=True)
            self._marker(submission).write_text(self._mark(submission, graded))
        else:
            reason = str(outcome.get("error") or outcome.get("log")).strip()[-500:]
            graded.result["notes"].append(f"nbgrader did not record it: {reason}")

    def note_final_score(self, submission: Submission, graded: Graded):
        """Puts what the gradebook knows beyond the tests into the result: manual scores, lateness and its cost."""
        try:
            recorded = self._gradebook.find_submission(submission.assignment, submission.folder)
        except MissingEntry:
            return
        result, penalty = graded.result, recorded.late_submission_penalty or 0.0
        if recorded.total_seconds_late > 0:
            hours = recorded.total_seconds_late / 3600
            result["notes"].append(f"handed in {hours:.1f} hours late: {penalty:g} points off")
        if abs(recorded.score - result["score"]) > 1e-9:
            result["notes"].append(
                f"scored {recorded.score:g} by hand in the gradebook; the tests gave {result['score']:g}"
            )
        if recorded.score - penalty != result["score"]:
            result["final_score"] = max(recorded.score - penalty, 0.0)

    def _marker(self, submission: Submission) -> Path:
        return self._folder / "work" / "recorded" / submission.folder / submission.assignment

    def _mark(self, submission: Submission, graded: Graded) -> str:
        return f"{graded.key} {submission.handed_in} {self._due.get(submission.assignment, '')}"


def instructors_config(root: Path) -> Config:
    """What the instructor's own `nbgrader_config.py` says, a late-penalty plugin for instance; empty without one."""
    if not (root / "nbgrader_config.py").is_file():
        return Config()
    return PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
