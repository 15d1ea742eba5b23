"""Which notebook of the course a file is, and on what evidence."""

import re
from dataclasses import dataclass

from autograder.answers import answered
from autograder.course import Course, exercise_name
from autograder.submitted import NotANotebook, SubmittedNotebook, read_notebook

METADATA, GRADE_IDS, NAMES, NOTHING = 3, 2, 1, 0  # strong evidence beats weak
NOT_GRADED = "{} is not graded"
_DEFINED = re.compile(r"^(?:(?:async\s+)?def|class)\s+(\w+)|^(\w+)\s*(?::[^=\n]+)?=(?!=)", re.M)
_ARCHIVE = re.compile(r"\.(rar|7z|tar|tgz|gz|bz2|xz)$", re.I)


@dataclass(frozen=True)
class Content:
    """What a file holds.

    Attributes:
      assignment: the notebook of the course; empty when it is none.
      evidence: METADATA, GRADE_IDS or NAMES; NOTHING when it is none.
      notebook: its cells; None if it is no notebook that can be read.
      answered: how many exercises have another answer than the stub.
      problem: why it cannot be graded; empty if it can.
    """

    assignment: str = ""
    evidence: int = NOTHING
    notebook: SubmittedNotebook | None = None
    answered: int = 0
    problem: str = ""

    @property
    def gradable(self) -> bool:
        """Whether it is meant for a notebook that is graded, be it damaged."""
        return bool(self.assignment) and self.problem != NOT_GRADED.format(self.assignment)


def recognise(course: Course, name: str, data: bytes) -> Content:
    """What a file of this `name` holds. Whatever its ending, what reads as a notebook is one."""
    claims_to_be = name.lower().endswith(".ipynb")
    if not claims_to_be and data.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] != b"{":
        if _ARCHIVE.search(name):
            return Content(problem="it is an archive of a kind that is not unpacked; ask for .zip or .ipynb")
        return Content(problem="it is not a notebook (.ipynb)")
    try:
        notebook = read_notebook(data)
    except Exception as error:  # mostly NotANotebook; what is in it is foreign
        assignment, evidence = _of_damaged(course, data)
        if not claims_to_be and not assignment:
            return Content(problem="it is not a notebook (.ipynb)")
        reason = str(error) if isinstance(error, NotANotebook) else f"it could not be read: {type(error).__name__}"
        if assignment and not course.assignments[assignment].exercises:
            reason = NOT_GRADED.format(assignment)
        return Content(assignment, evidence, None, 0, reason)
    assignment, evidence = _which(course, notebook)
    if not assignment:
        return Content(problem="it belongs to no notebook of this course: nothing of any exercise was found in it")
    if not course.assignments[assignment].exercises:
        return Content(assignment, evidence, None, 0, NOT_GRADED.format(assignment))
    return Content(assignment, evidence, notebook, len(answered(notebook, course.assignments[assignment])))


def _which(course: Course, notebook: SubmittedNotebook) -> tuple[str, int]:
    """The notebook of the course and the evidence: its metadata, else its grade ids, else several of its functions."""
    if notebook.claims in course.assignments:
        return notebook.claims, METADATA
    if found := _most(course, {exercise_name(cell.grade_id) for cell in notebook.cells if cell.grade_id}, at_least=1):
        return found, GRADE_IDS
    defined: set[str] = set()
    for cell in notebook.cells:
        if cell.kind == "code":
            defined.update(function or name for function, name in _DEFINED.findall(cell.source))
    # One function's name happens in anybody's own experiments.
    found = _most(course, defined, at_least=2)
    return found, NAMES if found else NOTHING


def _of_damaged(course: Course, data: bytes) -> tuple[str, int]:
    """The same for a file that is no notebook any more, as far as its text goes."""
    text = data.decode("utf-8", errors="replace")
    claims = re.search(r'"rl_workshop"\s*:\s*\{\s*"notebook"\s*:\s*"(\w+)"', text)
    if claims and claims[1] in course.assignments:
        return claims[1], METADATA
    found = _most(course, {exercise_name(i) for i in re.findall(r'"grade_id"\s*:\s*"(\w+)"', text)}, at_least=1)
    return found, GRADE_IDS if found else NOTHING


def _most(course: Course, names: set[str], at_least: int) -> str:
    scores = {name: sum(e.name in names for e in a.exercises) for name, a in course.assignments.items()}
    best = max(scores, key=lambda name: scores[name], default="")
    return best if scores.get(best, 0) >= at_least else ""
