"""The proof that checks and hidden tests are right: named wrong and right answers for every exercise.

`tests/answers/<notebook>/<exercise>.py` holds blocks, each a whole answer cell:

    # %% right: uses a loop
    # %% wrong: forgets gamma | says: gamma was never used

They run through the code that grades, the sandboxed kernel of `execute` and the strict points of `score`, those of a
notebook in one kernel. A right answer must keep all points. A wrong one must lose some, and where `says:` stands, the
visible check must say so. These words are the idea behind the answer: two ideas must not share one message, and of all
wrong answers of the course nine in ten are named. The first wrong one must fail the hidden test: in a class it takes
each answer's place, to see that the test still fails.
"""

import re
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from conftest import ROOT, read_course
from filling import read_blocks

from autograder.course import Assignment, Exercise, as_released, is_solution
from autograder.execute import Cell, Limits, Outcome, execute
from autograder.score import score_cell
from autograder.workers import default_count as default_workers

ANSWERS = ROOT / "tests" / "answers"
LIMITS = Limits(cell_seconds=240, notebook_seconds=3600)
COURSE = read_course()
TIDY = "%reset -f\nimport jax\njax.clear_caches()"  # what answers to one exercise define, and their share of memory
NAMED = 0.9  # the share of wrong answers that the visible check has to name
EXERCISES = [(a.name, e.name) for a in COURSE.assignments.values() for e in a.exercises]


@dataclass(frozen=True)
class Answer:
    kind: str
    title: str
    says: str
    source: str
    others_stubbed: bool = False


@dataclass(frozen=True)
class Verdict:
    answer: Answer
    check_points: float
    test_points: float
    check_message: str
    test_message: str


def read_answers(path) -> list[Answer]:
    answers = []
    for header, source in read_blocks(path):
        match = re.fullmatch(r"(right|wrong): (.+?)(?: \| says: (.+))?", header)
        assert match, f"{path.name}: {header!r} is neither 'right: title' nor 'wrong: title | says: text'"
        answers.append(Answer(match[1], match[2], match[3] or "", source))
    return answers


def judge(assignment: Assignment, exercises: list[Exercise]) -> dict[str, list[Verdict]]:
    """Runs each answer's cell, check and hidden test, the other exercises answered by the instructor. One kernel does
    for all: most of what JAX compiles, the next answer needs too. Each exercise begins with the set-up's names only."""
    cells = {c.metadata.nbgrader.grade_id: c for c in assignment.source.cells if "nbgrader" in c.metadata}
    given = [c for c in assignment.source.cells if "setup" in c.metadata.get("tags", [])]
    program, answers = [], {exercise.name: all_answers(assignment, exercise) for exercise in exercises}
    for exercise in exercises:
        others = [c for c in assignment.source.cells if is_solution(c) and c.id != exercise.name]
        check, test = exercise.points
        program += [Cell("setup", cell.source, "given") for cell in given]
        program += [Cell("other", cell.source, "answer") for cell in others]
        for number, answer in enumerate(answers[exercise.name]):
            if answer.others_stubbed:
                program += [Cell("other", as_released(cell), "answer") for cell in others]
            program += [
                Cell("forget", f"globals().pop({exercise.name!r}, None)", "given"),
                Cell("answer", answer.source, "answer"),
                Cell(f"{check}#{number}", cells[check].source, "graded"),
                Cell(f"{test}#{number}", cells[test].source, "graded"),
            ]
            if answer.others_stubbed:
                program += [Cell("other", cell.source, "answer") for cell in others]
        program.append(Cell("tidy", TIDY, "answer"))
    ran = execute(program, LIMITS, exercises=[e.name for e in assignment.exercises])
    outcomes = {outcome.name: outcome for outcome in ran.outcomes}
    return {e.name: [_verdict(e, n, a, outcomes) for n, a in enumerate(answers[e.name])] for e in exercises}


def _verdict(exercise: Exercise, number: int, answer: Answer, outcomes: dict[str, Outcome]) -> Verdict:
    pair = [outcomes[f"{cell}#{number}"] for cell in exercise.points]
    points = [score_cell(outcome, most) for outcome, most in zip(pair, exercise.points.values(), strict=True)]
    messages = [o.problem or (f"{o.error['ename']}: {o.error['evalue']}" if o.error else "") for o in pair]
    return Verdict(answer, *points, *messages)


def shared_messages(verdicts: list[Verdict]) -> list[str]:
    """The messages that a check has for several ideas, or for an idea and for an answer that it does not name."""
    by_message = defaultdict(list)
    for verdict in verdicts:
        if verdict.answer.kind == "wrong" and verdict.check_message:
            by_message[verdict.check_message].append(verdict.answer)
    shared = []
    for message, answers in by_message.items():
        if len({answer.says.lower() for answer in answers}) > 1:
            titles = ", ".join(f"{answer.title} ({answer.says or 'unnamed'})" for answer in answers)
            shared.append(f"one message for several ideas: {titles}: {message!r}")
    return shared


def all_answers(assignment: Assignment, exercise: Exercise) -> list[Answer]:
    """The instructor's answer with every other exercise left open (test_notebooks.py runs it among the others'), the
    stub, and the named answers."""
    cell = next(c for c in assignment.source.cells if is_solution(c) and c.id == exercise.name)
    return [
        Answer("right", "the solution, all other exercises open", "", cell.source, others_stubbed=True),
        Answer("stub", "the stub", "", as_released(cell)),
        *read_answers(ANSWERS / assignment.name / f"{exercise.name}.py"),
    ]


@pytest.fixture(scope="module")
def verdicts(request) -> dict[tuple[str, str], list[Verdict]]:
    """The verdicts on all answers of the exercises that this run of the tests has selected."""
    selected = {tuple(i.callspec.params.values()) for i in request.session.items if "verdicts" in i.fixturenames}
    jobs = {name: [e for e in a.exercises if (name, e.name) in selected] for name, a in COURSE.assignments.items()}
    with ThreadPoolExecutor(default_workers()) as pool:
        judged = {
            name: pool.submit(judge, COURSE.assignments[name], exercises)
            for name, exercises in reversed(jobs.items())  # those of the later notebooks take longer, so they begin
            if exercises
        }
        return {(name, exercise): found for name, job in judged.items() for exercise, found in job.result().items()}


@pytest.mark.slow
@pytest.mark.parametrize(("notebook", "name"), EXERCISES, ids=[name for _, name in EXERCISES])
def test_every_answer_gets_what_it_deserves(verdicts, notebook, name):
    exercise = next(e for e in COURSE.assignments[notebook].exercises if e.name == name)
    check, test = exercise.points.values()
    mistakes = []
    for verdict in verdicts[notebook, name]:
        answer, got = verdict.answer, (verdict.check_points, verdict.test_points)
        if answer.kind == "right" and got != (check, test):
            mistakes.append(
                f"a right answer lost points: {answer.title}: {verdict.check_message or verdict.test_message}"
            )
        if answer.kind == "stub" and got != (0, 0):
            mistakes.append(f"the stub earned points: {got}")
        if answer.kind == "wrong" and got == (check, test):
            mistakes.append(f"a wrong answer kept its points: {answer.title}")
        if answer.says and answer.says.lower() not in verdict.check_message.lower():
            mistakes.append(f"{answer.title}: the check should say {answer.says!r}, but: {verdict.check_message!r}")
        if re.search(r"\bchecks\.|Traceback|line \d+, in ", verdict.test_message):
            mistakes.append(f"{answer.title}: the hidden test's message shows code: {verdict.test_message!r}")
    mistakes += shared_messages(verdicts[notebook, name])
    first = next(verdict for verdict in verdicts[notebook, name] if verdict.answer.kind == "wrong")
    if first.test_points:
        mistakes.append(f"the first wrong answer, {first.answer.title}, must fail the hidden test: it is tried there")
    assert not mistakes, "\n".join(mistakes)


@pytest.mark.parametrize(("notebook", "name"), EXERCISES, ids=[name for _, name in EXERCISES])
def test_every_exercise_has_enough_named_answers(notebook, name):
    answers = read_answers(ANSWERS / notebook / f"{name}.py")
    titles = [answer.title for answer in answers]
    right, wrong = (sum(answer.kind == kind for answer in answers) for kind in ("right", "wrong"))
    assert right >= 3 and wrong >= (6 if name.startswith("answer_") else 8)
    assert len(set(titles)) == len(titles), "two answers have the same title"
    assert sum(bool(answer.says) for answer in answers if answer.kind == "wrong") > wrong / 2, (
        "most should be recognised"
    )


def test_nine_in_ten_wrong_answers_are_named_by_the_check():
    named = defaultdict(list)  # by notebook: for each wrong answer, whether it has words
    for notebook, name in EXERCISES:
        answers = read_answers(ANSWERS / notebook / f"{name}.py")
        named[notebook] += [bool(answer.says) for answer in answers if answer.kind == "wrong"]
    table = "\n".join(f"{sum(some):5} of {len(some):4} {sum(some) / len(some):6.1%}  {n}" for n, some in named.items())
    everywhere = [is_named for some in named.values() for is_named in some]
    assert sum(everywhere) >= NAMED * len(everywhere), f"named by the visible check:\n{table}"


def test_ideas_that_share_a_message_are_found():
    verdict = lambda title, says, message: Verdict(Answer("wrong", title, says, ""), 0.0, 0.0, message, "")
    halves = [
        verdict("half", "factor 1/2", "No factor 1/2 here."),
        verdict("optax", "factor 1/2", "No factor 1/2 here."),
    ]
    assert not shared_messages([*halves, verdict("root", "the root", "Leave the root out.")])
    assert not shared_messages([verdict("passes", "", ""), verdict("passes too", "x", "")])
    (found,) = shared_messages([*halves, verdict("unlucky", "", "No factor 1/2 here.")])
    assert "half (factor 1/2), optax (factor 1/2), unlucky (unnamed)" in found
