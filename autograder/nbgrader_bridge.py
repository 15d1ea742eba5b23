"""Everything that knows nbgrader: its course directory, its gradebook, and how results get into it and back.

There is one writer. Results go in through nbgrader's own Autograde, so that formgrader opens them; what people did
there (scores and comments by hand, extensions) comes back out at every run.
"""

import contextlib
import dataclasses
import datetime
import html
import json
import logging
import re
import shutil
import warnings
from collections.abc import Collection, Mapping
from pathlib import Path

import nbformat
import sqlalchemy
from alembic.script import ScriptDirectory
from nbgrader.api import Comment, Grade, MissingEntry, SubmittedAssignment, SubmittedNotebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.dbutil import ALEMBIC_DIR
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearHiddenTests,
    NbGraderPreprocessor,
    SaveAutoGrades,
    SaveCells,
)
from nbgrader.utils import capture_log, is_grade, temp_attrs
from traitlets.config import Config, PyFileConfigLoader

from autograder.course import STUB, Course, CourseError, as_released
from autograder.execute import Outcome
from autograder.files import write_atomically
from autograder.results import ExerciseResult, Result, WrittenResult
from autograder.score import score_cell
from autograder.store import Grading
from autograder.times import Extension
from autograder.written import TEXT_STUB, is_written, texts

FOLDER_CONFIG = """# For formgrader and nbgrader's commands in this folder, written by `autograder grade`.
from pathlib import Path

c = get_config()
c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.CourseDirectory.course_id = "rl-workshop"
# What learners are shown holds no hidden tests and nothing about marks, and none of their HTML runs.
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "nbgrader.preprocessors.ClearHiddenTests",
    "autograder.nbgrader_bridge.PlainOutputs",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]
"""


_EXTENSIONS = "work/extensions.json"  # in the folder of all results: what the class list gave


def nbgrader_config(folder: Path, db_url: str | None = None) -> Config:
    """nbgrader's configuration for the course directory `folder`; `nbgrader_config.py` is made of it too."""
    config = Config()
    config.CourseDirectory.root = str(folder)
    config.CourseDirectory.course_id = "rl-workshop"
    config.CourseDirectory.db_url = db_url or f"sqlite:///{folder / 'gradebook.db'}"
    config.ClearSolutions.code_stub = {"python": STUB}
    config.ClearSolutions.text_stub = TEXT_STUB
    config.ClearMarkScheme.enforce_metadata = False  # they stand in the cells of written questions
    steps = GenerateAssignment().preprocessors
    config.GenerateAssignment.preprocessors = [SaveNewCells if step is SaveCells else step for step in steps]
    config.Execute.timeout = 600  # stock autograde runs the demo cells too, training included
    config.NbGrader.logfile = ""
    config.Application.log_level = logging.WARNING
    return config


def instructors_config(course: Course) -> Config:
    """What the instructor's own `nbgrader_config.py` says, a late-penalty plugin for instance: the overlay's, else
    the public course's; empty without one."""
    for folder in (course.home, course.root):
        if (folder / "nbgrader_config.py").is_file():
            return PyFileConfigLoader("nbgrader_config.py", path=str(folder)).load_config()
    return Config()


def build_course(
    course: Course, folder: Path, config: Config | None = None, only: Collection[str] | None = None
) -> dict[str, bytes]:
    """Fills `folder` as an nbgrader course directory: `source/`, `release/` and the gradebook. What it has already is
    not made again.

    Args:
      course: what to build.
      folder: the course directory.
      config: nbgrader's configuration; default: `nbgrader_config(folder)`.
      only: the notebooks to build; default: all.
    Returns:
      The student notebooks' bytes by name, the same on every run.
    Raises:
      CourseError: nbgrader refused a notebook, or its database cannot be reached.
    """
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    config = config or nbgrader_config(folder)
    _prepare_database(config.CourseDirectory.db_url)
    student = {}
    with _quiet_nbgrader():
        api = NbGraderAPI(config=config)
        with api.gradebook as gradebook:
            known = {assignment.name for assignment in gradebook.assignments}
        for name, assignment in course.assignments.items():
            if only is not None and name not in only:
                continue
            if not assignment.exercises:  # nothing to strip and nothing for the gradebook
                student[name] = _bytes(assignment.source)
                continue
            source, released = (folder / stage / name / f"{name}.ipynb" for stage in ("source", "release"))
            text = _bytes(assignment.source)
            if name not in known or not released.exists() or not source.exists() or source.read_bytes() != text:
                source.parent.mkdir(parents=True, exist_ok=True)
                source.write_bytes(text)
                released.unlink(missing_ok=True)  # without it the notebook is built again, should this be interrupted
                result = api.generate_assignment(name, force=True, create=True)
                if not result["success"]:
                    raise CourseError(f"nbgrader could not generate {name}: {result.get('error') or result.get('log')}")
            student[name] = _bytes(nbformat.read(released, as_version=4))
    return student


def _bytes(notebook: nbformat.NotebookNode) -> bytes:
    return (nbformat.writes(notebook).rstrip("\n") + "\n").encode()


def _prepare_database(url: str):
    """Gives a new database the table with its version. nbgrader would start the command `alembic` for it, which takes
    two seconds and has to be on the PATH."""
    try:
        engine = sqlalchemy.create_engine(url)
        with engine.begin() as connection:
            if not sqlalchemy.inspect(connection).get_table_names():
                version = ScriptDirectory(ALEMBIC_DIR).get_current_head()
                connection.execute(sqlalchemy.text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
                connection.execute(sqlalchemy.text("INSERT INTO alembic_version VALUES (:v)"), {"v": version})
        engine.dispose()
    except (sqlalchemy.exc.SQLAlchemyError, ModuleNotFoundError) as error:
        shown = sqlalchemy.engine.make_url(url).render_as_string() if "://" in url else url
        raise CourseError(f"the gradebook at {shown} cannot be used: {str(error).splitlines()[0]}") from None


@contextlib.contextmanager
def _quiet_nbgrader():
    """nbgrader reports each step at INFO and warns about things that are as intended; in here it keeps quiet."""
    loggers = [logging.getLogger(name) for name in ("traitlets", "nbgrader", "alembic")]
    levels = [log.level for log in loggers]
    for log in loggers:
        log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", sqlalchemy.exc.SAWarning)
            yield
    finally:
        for log, level in zip(loggers, levels, strict=True):
            log.setLevel(level)


class SaveNewCells(SaveCells):
    """A course may grow: nbgrader refuses a notebook with new cells once somebody has handed it in. Here earlier
    submissions get entries for them."""

    def _create_notebook(self, nb):
        try:
            notebook = self.gradebook.find_notebook(self.notebook_id, self.assignment_id)
        except MissingEntry:
            notebook = None
        if notebook and notebook.submissions:
            ids, api = (self.notebook_id, self.assignment_id), self.gradebook
            known = {cell.name for cell in notebook.source_cells}
            for name in self.new_source_cells.keys() - known:
                api.add_source_cell(name, *ids, **self.new_source_cells[name])
            for name in self.new_grade_cells.keys() - known:
                cell = api.add_grade_cell(name, *ids, **self.new_grade_cells[name])
                api.db.add_all([Grade(cell_id=cell.id, notebook=submission) for submission in notebook.submissions])
            for name in self.new_solution_cells.keys() - known:
                cell = api.add_solution_cell(name, *ids, **self.new_solution_cells[name])
                api.db.add_all([Comment(cell_id=cell.id, notebook=submission) for submission in notebook.submissions])
            api.db.commit()
        super()._create_notebook(nb)


# --- What nbgrader sees of a run --------------------------------------------------------------------------------------


class Replay(NbGraderPreprocessor):
    """Takes the place of nbgrader's Execute: puts in what ran in the sandbox, in a form nbgrader scores as we do."""

    def __init__(self, outcomes: Mapping[str, Outcome], **kwargs):
        super().__init__(**kwargs)
        self._outcomes = outcomes

    def preprocess_cell(self, cell, resources, cell_index):
        if cell.cell_type == "code":
            name = cell.metadata.get("nbgrader", {}).get("grade_id") or cell.get("id")
            outcome = self._outcomes.get(name)
            if is_grade(cell):
                cell.outputs = graded_outputs(outcome, float(cell.metadata.nbgrader.points))
            elif outcome:
                cell.outputs = [nbformat.from_dict(output) for output in outcome.outputs]
        return cell, resources


class PlainOutputs(NbGraderPreprocessor):
    """Leaves text and PNG pictures of what a cell displayed: formgrader and feedback pages would run HTML, SVG and
    scripts in the browser of whoever reads them. Markdown and raw cells that a learner added become code, and a written
    answer becomes text as it was typed. What earns the points of a written question is left to whoever marks."""

    def __init__(self, mark_schemes: bool = False, **kwargs):
        super().__init__(**kwargs)
        self._mark_schemes = mark_schemes

    def preprocess_cell(self, cell, resources, cell_index):
        if cell.cell_type == "code":
            for output in cell.outputs:
                if "data" in output:
                    kept = {kind: value for kind, value in output.data.items() if kind in ("text/plain", "image/png")}
                    output.data = nbformat.from_dict(kept)
        elif is_written(cell):
            cell["source"] = _preformatted(cell.source)
        elif cell.get("id", "").startswith("extra-"):
            cell.cell_type, cell["source"] = "code", _commented(cell.source)
            cell.outputs, cell.execution_count = [], None
            cell.pop("attachments", None)
        elif not self._mark_schemes:
            cell["source"] = as_released(cell)
        return cell, resources


def _commented(text: str) -> str:
    return "\n".join(f"# {line}" for line in text.split("\n"))


_PREFORMATTED = ('<pre style="white-space: pre-wrap; word-break: normal; font-family: inherit">', "</pre>")


def _preformatted(text: str) -> str:
    """Markdown that shows `text` as it is: nothing in it is taken for HTML, a link, a picture or a formula."""
    before, after = map(re.escape, _PREFORMATTED)
    if text == TEXT_STUB or re.fullmatch(f"{before}[^<]*{after}", text):
        return text  # it is already
    return html.escape(text).join(_PREFORMATTED)


class WithoutHiddenTests(ClearHiddenTests):
    """The last step of recording: what stands in `autograded/` shows nobody a hidden test."""

    enforce_metadata = False


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


# --- The gradebook ----------------------------------------------------------------------------------------------------


class Recorder:
    """Writes `folder/gradebook.db` (or the database at `db_url`), `source/`, `submitted/` and `autograded/`.

    Used as a context manager, by one process at a time. Manual scores and comments made in formgrader stay.

    Attributes:
      course: the course with the written questions that count for this class.

    Args:
      course: what is graded.
      folder: nbgrader's course directory.
      db_url: where the gradebook is, as SQLAlchemy writes it; default: sqlite in `folder`.
      due: when each notebook was due, UTC. A notebook that is not named is never late, unless the instructor gave it a
        due date in formgrader. What lateness costs is decided by nbgrader's plugin, set up in `nbgrader_config.py`
        beside the course.
      extensions: who has longer, by folder. They take nothing from extensions given in nbgrader.
      only: the notebooks that will be recorded; default: all of the course.
    Raises:
      CourseError: nbgrader refuses the course or cannot reach the database.
    """

    def __init__(
        self,
        course: Course,
        folder: Path,
        db_url: str | None = None,
        due: Mapping[str, datetime.datetime] | None = None,
        extensions: Mapping[str, Extension] | None = None,
        only: Collection[str] | None = None,
    ):
        self._db_url = db_url
        self._extensions, self._only = extensions or {}, only
        self.course, self._folder = course, folder.resolve()
        self._due = {name: _naive_utc(time) for name, time in (due or {}).items()}
        self._config = instructors_config(course)
        self._config.merge(nbgrader_config(self._folder, db_url))

    def __enter__(self) -> "Recorder":
        with contextlib.ExitStack() as stack:
            build_course(self.course, self._folder, self._config, self._only)
            self._configure_folder()
            stack.enter_context(_quiet_nbgrader())
            self._api = NbGraderAPI(config=self._config)
            self._gradebook = stack.enter_context(self._api.gradebook)
            self._set_due_dates()
            self._given = self._read_extensions()
            self.course = self._with_counting_questions(self.course)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *error):
        self._stack.close()

    def _configure_folder(self):
        """Lets formgrader and nbgrader's commands work in the folder; what the instructor changed there stays."""
        path = self._folder / "nbgrader_config.py"
        if not path.exists():
            database = f"c.CourseDirectory.db_url = {self._db_url!r}\n" if self._db_url else ""
            path.write_text(FOLDER_CONFIG + database)

    def _set_due_dates(self):
        """Due dates of this run; one that only an earlier run gave is taken back, one set in formgrader is not."""
        memory = self._folder / "work" / "due.json"
        earlier = json.loads(memory.read_text()) if memory.exists() else {}
        for entry in self._gradebook.assignments:
            if entry.name in self._due:
                entry.duedate = self._due[entry.name]
            elif entry.duedate and entry.duedate.isoformat() == earlier.get(entry.name):
                entry.duedate = None
        self._gradebook.db.commit()
        memory.parent.mkdir(exist_ok=True)
        write_atomically(memory, json.dumps({name: time.isoformat() for name, time in self._due.items()}))

    def _with_counting_questions(self, course: Course) -> Course:
        """The course in which those written questions count to which a person has marked somebody's answer."""
        assignments, known = {}, {entry.name for entry in self._gradebook.assignments}
        for name, assignment in course.assignments.items():
            if name not in known:
                assignments[name] = assignment
                continue
            cells = [self._gradebook.find_grade_cell(q.name, name, name) for q in assignment.questions]
            counting = frozenset(cell.name for cell in cells if any(map(_by_hand, cell.grades)))
            assignments[name] = dataclasses.replace(assignment, counting=counting)
        return dataclasses.replace(course, assignments=assignments)

    def has(self, result: Result) -> bool:
        """Whether the gradebook has an entry for this submission, and the notebook that belongs to it."""
        autograded = self._folder / "autograded" / result.folder / result.notebook / f"{result.notebook}.ipynb"
        return autograded.exists() and self._find(result) is not None

    def add(self, result: Result, grading: Grading) -> str:
        """Puts one graded submission into the gradebook. Returns why nbgrader refused it; empty if it did not."""
        name = result.notebook
        folder = self._folder / "submitted" / result.folder / name
        marked = self._marked_before(result, grading, folder / f"{name}.ipynb")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        nbformat.write(grading.restored, folder / f"{name}.ipynb")
        if earlier := self._find(result):
            earlier.timestamp = None  # it is set below: nbgrader fails on an extension without a due date
            self._gradebook.db.commit()
        with temp_attrs(self._api.coursedir, assignment_id=name, student_id=result.folder):
            app = Autograde(coursedir=self._api.coursedir, parent=self._api)
            app.force = True
            app.create_student = True
            replay, plain = Replay(grading.outcomes_by_name()), PlainOutputs(mark_schemes=True)
            app.autograde_preprocessors = [replay, SaveAutoGrades, plain, CheckCellMetadata, WithoutHiddenTests]
            outcome = capture_log(app)
        self._gradebook.db.expire_all()
        if not outcome["success"]:
            return str(outcome.get("error") or outcome.get("log")).strip()[-500:]
        for question, look_again in marked.items():
            self._gradebook.find_grade(question, name, name, result.folder).needs_manual_grade = look_again
        student = self._gradebook.find_student(result.folder)
        student.first_name, student.last_name = None, result.student
        self._gradebook.db.commit()
        return ""

    def _marked_before(self, result: Result, grading: Grading, path: Path) -> dict[str, bool]:
        """The written questions whose answer has a mark, and whether a person should look again, because the answer is
        another one than in `path`, which was marked. nbgrader itself would ask that after every run."""
        entry = self._find(result)
        grades = _notebook_of(entry, result).grades if entry else []
        before, after = _written_texts(path), texts(grading.restored.cells)
        marked = [grade for grade in grades if grade.name in after and grade.manual_score is not None]
        for grade in marked:
            grade.needs_manual_grade |= before.get(grade.name, after[grade.name]) != after[grade.name]
        self._gradebook.db.commit()
        return {grade.name: grade.needs_manual_grade for grade in marked}

    def final(self, result: Result) -> Result:
        """`result` with what the gradebook knows beyond the tests: points and comments by hand, marks of written
        answers, lateness, its cost."""
        entry = self._find(result)
        if entry is None:
            return result
        late = self._lateness(entry, result)
        notebook = _notebook_of(entry, result)
        changed = {grade.name: grade.score for grade in notebook.grades if _by_hand(grade)}
        again = {g.name for g in notebook.grades if g.manual_score is not None and g.needs_manual_grade}
        automatic = {grade.name: grade.auto_score or 0.0 for grade in notebook.grades}
        comments = {c.name: c.manual_comment for c in notebook.comments if c.manual_comment}

        def judged(exercise: ExerciseResult) -> ExerciseResult:
            cells = [f"check_{exercise.name}", f"test_{exercise.name}"]
            by_hand = any(cell in changed for cell in cells)
            points = sum(changed.get(cell, automatic.get(cell, 0.0)) for cell in cells) if by_hand else None
            return dataclasses.replace(exercise, hand=points, comment=comments.get(exercise.name, ""))

        def marked(question: WrittenResult) -> WrittenResult:
            name = question.name
            mark, comment = changed.get(name), comments.get(name, "")
            return dataclasses.replace(question, mark=mark, comment=comment, changed=name in again)

        exercises = tuple(judged(exercise) for exercise in result.exercises)
        written = tuple(marked(question) for question in result.written)
        points = sum(e.score if e.hand is None else e.hand for e in exercises)
        penalty = notebook.late_submission_penalty or 0.0
        result = result.with_notes(*(f"{w.name}: the answer changed since it was marked" for w in written if w.changed))
        return dataclasses.replace(
            result,
            exercises=exercises,
            written=written,
            hand=points if any(e.hand is not None for e in exercises) else None,
            late_seconds=late,
            penalty=penalty,
            final_score=max(points + sum(w.final_score for w in written) - penalty, 0.0),
        )

    def _lateness(self, entry: SubmittedAssignment, result: Result) -> float:
        """Seconds after the due date, extension included; has nbgrader's plugin say what they cost."""
        due = entry.assignment.duedate is not None
        self._extend(entry, result)
        known = bool(due and result.handed_in)  # nbgrader fails on an extension without a due date
        entry.timestamp = _naive_utc(datetime.datetime.fromisoformat(result.handed_in)) if known else None
        self._gradebook.db.commit()
        late = float(entry.total_seconds_late) if known else 0.0
        if late or any(notebook.late_submission_penalty for notebook in entry.notebooks):
            names = {"notebook": result.notebook, "assignment": result.notebook, "student": result.folder}
            step = AssignLatePenalties(parent=self._api)
            try:
                step.preprocess(
                    nbformat.v4.new_notebook(), {"nbgrader": names | {"db_url": self._api.coursedir.db_url}}
                )
            except Exception as error:
                raise CourseError(f"the plugin for late penalties failed: {type(error).__name__}: {error}") from error
            self._gradebook.db.expire_all()
        return late

    def _extend(self, entry: SubmittedAssignment, result: Result):
        """Gives the extension of the class list, takes back one that only an earlier list gave, and leaves what an
        instructor gave in nbgrader. What is ours is noted before it is given: a run that is stopped loses nothing."""
        due, wanted = entry.assignment.duedate, None
        if due is not None and result.folder in self._extensions:
            wanted = self._extensions[result.folder].after(due) or None
        key = f"{result.folder}/{result.notebook}"
        known = entry.extension.total_seconds() if entry.extension else None
        if known is not None and known != self._given.get(key):  # an instructor gave it
            return self._remember(key, None)
        if wanted:
            self._remember(key, wanted.total_seconds())
        if entry.extension != wanted:
            entry.extension = wanted
            self._gradebook.db.commit()
        if not wanted:
            self._remember(key, None)

    def _remember(self, key: str, seconds: float | None):
        """Notes the extension that the class list gave a submission; None: it gave none."""
        if self._given.get(key) == seconds:
            return
        self._given[key] = seconds
        kept = {key: seconds for key, seconds in self._given.items() if seconds is not None}
        write_atomically(self._folder / _EXTENSIONS, json.dumps(kept))

    def _read_extensions(self) -> dict[str, float | None]:
        """What earlier class lists gave, in seconds by submission."""
        memory = self._folder / _EXTENSIONS
        return json.loads(memory.read_text()) if memory.exists() else {}

    def _find(self, result: Result) -> SubmittedAssignment | None:
        try:
            return self._gradebook.find_submission(result.notebook, result.folder)
        except MissingEntry:
            return None


def _by_hand(grade: Grade) -> bool:
    """A person gave points."""
    return grade.manual_score is not None or bool(grade.extra_credit)


def _notebook_of(entry: SubmittedAssignment, result: Result) -> SubmittedNotebook:
    (notebook,) = (notebook for notebook in entry.notebooks if notebook.name == result.notebook)
    return notebook


def _written_texts(path: Path) -> dict[str, str]:
    """The written answers in a notebook that was recorded earlier; empty if there is none."""
    try:
        return texts(nbformat.read(path, as_version=4).cells)
    except (OSError, ValueError):
        return {}


def _naive_utc(time: datetime.datetime) -> datetime.datetime:
    return time.astimezone(datetime.UTC).replace(tzinfo=None) if time.tzinfo else time
