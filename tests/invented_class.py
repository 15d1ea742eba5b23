"""A class of invented results with everything that goes wrong in a real one, for what people read.

`python tests/invented_class.py FOLDER` writes its reports there, to be looked at.
"""

import base64
import dataclasses
import io
import random
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from autograder.course import Assignment, Course, load_course
from autograder.execute import Outcome
from autograder.results import ExerciseResult, Result, Sender, WrittenResult

FIRST, SECOND, THIRD = "01_agents_and_environments", "02_random_policy_search", "03_policy_gradients"
NOBODY = "answer_stochastic"  # whose test nobody passes
TWO_LINES = "discounted_return([1, 2], 0.5) should be 2.0, but it is 3.0.\nGamma was never used."
MARKUP = '<script>alert("x")</script><b>Bobby</b> "Tables" [red]x[/red] \x1b[31m'
NAMES = (
    "Ada Lovelace", "Ben Li", "Chloé Martin", "Dmitri Ivanov", "Eve Okafor", "فاطمة الزهراء", "王小明", "Goran Đukić",
    "Hana 🌸 Sato", "Íñigo Núñez", "Jun Park", "Kofi Mensah", "Lena Groß", "Mika Virtanen", "Nora O'Brien",
)  # fmt: skip
MISTAKES = (TWO_LINES, "Not implemented yet.", "Your cell raised IndexError: list index out of range")


def results(course: Course) -> list[Result]:
    """Some forty, the same each time."""
    dice = random.Random(0)
    made = [
        graded(course.assignments[notebook], student, dice)
        for student in NAMES
        for notebook in (FIRST, SECOND, THIRD)
        if not (student == NAMES[-1] and notebook == THIRD)
    ]
    change = dataclasses.replace
    made[1] = change(full(made[1]), late_seconds=36_000, penalty=10, final_score=made[1].max_score - 10)
    made[3] = by_hand(made[3])
    made[6] = change(made[6], flags=("run_episode passed even with the answer taken out again",))
    for place in (9, 13, 20):
        made[place] = untouched(made[place])
    made[10] = failed(made[10], "it is a damaged notebook (cut short?)")
    made[26] = failed(made[26], "the process that graded it was lost twice")
    made[12] = change(made[12], notes=("discounted_return: 2 copies of the answer cell; took the last one",))
    made[16] = change(made[16], late_seconds=90 * 60)
    made[18] = change(made[18], sender=change(made[18].sender, system="Canvas", late=True))
    odd = {"student": MARKUP, "folder": "bobby 100% #1?"}
    made.append(change(made[7], **odd, flags=(MARKUP,), sender=Sender(MARKUP, "Moodle", "=1+1")))
    made.append(change(made[4], student="\u202eflipped " + "long " * 1000 + "(7)", folder="flipped", sender=Sender("")))
    for number in (4711, 4712):
        student = f"Kim Min-jun ({number})"
        made.append(
            change(
                made[4],
                student=student,
                folder=student,
                sender=Sender("Kim Min-jun", "Moodle", str(number)),
                flags=(),
            )
        )
    made.append(Result("Olu Ade", "essay.docx", "rejected", message="essay.docx: it is not a Jupyter notebook"))
    return made


def graded(assignment: Assignment, student: str, dice: random.Random) -> Result:
    """A result as it comes from the tests."""
    skill = dice.random()
    exercises = []
    for exercise in assignment.exercises:
        passed = dice.random() < skill + 0.4 and exercise.name != NOBODY
        score = exercise.max_score if passed else dice.choice((0, 0, exercise.max_score - 1))
        message = "" if passed else dice.choice(MISTAKES)
        exercises.append(ExerciseResult(exercise.name, score, exercise.max_score, passed, message))
    score = sum(e.score for e in exercises)
    written = []
    for question in assignment.questions:  # they count: some are marked
        mark = dice.choice((None, 0.0, 1.5, question.points))
        comment = "" if mark is None else "See <b>section 2</b>."
        written.append(WrittenResult(question.name, question.points, dice.random() < 0.8, True, mark, comment))
    number = str(NAMES.index(student) + 100)
    return Result(
        student=student,
        notebook=assignment.name,
        status="graded",
        score=score,
        max_score=assignment.max_score + sum(question.max_score for question in written),
        final_score=score + sum(question.final_score for question in written),
        seconds=round(dice.uniform(2, 9), 1),
        exercises=tuple(exercises),
        written=tuple(written),
        path=f"{student}_{number}_assignsubmission_file/{assignment.name}.ipynb",
        folder=student,
        sender=Sender(student, "Moodle", number),
    )


def full(result: Result) -> Result:
    """The same with every point."""
    exercises = [dataclasses.replace(e, score=e.max_score, passed=True, message="") for e in result.exercises]
    return _with(result, exercises)


def by_hand(result: Result) -> Result:
    """The same with points and a comment by hand on its first exercise."""
    first, *rest = result.exercises
    first = dataclasses.replace(first, score=0, passed=False, message=TWO_LINES, hand=1.5, comment="Right idea <3")
    tests = _with(result, [first, *rest])
    return dataclasses.replace(tests, hand=tests.score + 1.5, final_score=tests.score + 1.5)


def untouched(result: Result) -> Result:
    """The same notebook as it was handed out."""
    message = "Not implemented yet."
    return dataclasses.replace(
        _with(result, [dataclasses.replace(e, score=0, passed=False, message=message) for e in result.exercises]),
        written=tuple(dataclasses.replace(w, answered=False, mark=None, comment="") for w in result.written),
        final_score=0,
        untouched=True,
    )


def failed(result: Result, message: str) -> Result:
    """The same file, which cannot be graded."""
    empty = {"score": 0, "final_score": 0, "exercises": (), "written": (), "seconds": 0}
    return dataclasses.replace(result, status="failed", message=f"{result.path}: {message}", **empty)


def _with(result: Result, exercises) -> Result:
    score = sum(e.score for e in exercises)
    final = score + sum(question.final_score for question in result.written)
    return dataclasses.replace(result, exercises=tuple(exercises), score=score, final_score=final)


def outcomes(assignment: Assignment) -> dict[str, Outcome]:
    """What cells showed: a text, a picture, and things that must not reach a page as they are."""
    picture = io.BytesIO()
    Image.fromarray(np.full((40, 120, 3), (0, 114, 178), np.uint8)).save(picture, "PNG")
    png = base64.b64encode(picture.getvalue()).decode()
    shown = [
        {"output_type": "stream", "name": "stdout", "text": "rewards: <b>[1, 2]</b>\n"},
        {"output_type": "display_data", "data": {"image/png": png}, "metadata": {}},
        {"output_type": "display_data", "data": {"text/html": "<script>steal()</script>", "text/plain": "<Table>"}},
        {"output_type": "display_data", "data": {"image/svg+xml": "<svg onload='steal()'/>"}},
        {"output_type": "display_data", "data": {"image/png": '" onerror="steal()'}},
        {"output_type": "error", "ename": "ValueError", "evalue": "<img src=x onerror=steal()>", "traceback": []},
    ]
    return {exercise.name: Outcome(exercise.name, True, shown) for exercise in assignment.exercises[:2]}


def main(folder: Path):
    """Writes the class report and two learners' pages, and prints what the terminal shows."""
    from rich.console import Console

    from autograder.report import pages, tables, terminal

    course = load_course()
    made = results(course)
    pages.write_class_report(folder / "report.html", made, course)
    tables.write_csv(folder / "grades.csv", made)
    tables.write_results(folder, made, [], {})
    for result in (made[1], made[3], made[2]):
        assignment = course.assignments[result.notebook]
        shown = (assignment.source, outcomes(assignment), assignment.title, assignment.questions)
        pages.write_feedback(folder, result, *shown)
    for width in (80, 130):
        console = Console(width=width)
        console.print(terminal.summary(made))
        console.print(terminal.files(folder, made, course))
        console.print(terminal.changes([full(r) if r.exercises else r for r in made[:5]], made))
        console.print(terminal.exercises(made[3], "1. Agents and environments"))
        console.print(terminal.exercises(made[9]))
    Console(width=130).print(terminal.summary(made, everything=True))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
