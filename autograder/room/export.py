"""Afterwards: what happened in the room as tables and a page, which tell an author which exercise to mend."""

import datetime
import statistics
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from autograder.files import csv_text, write_atomically
from autograder.report import pages
from autograder.room.course import Notebook
from autograder.room.standing import Standing
from autograder.room.store import Store

_MESSAGES = 3  # of an exercise, on the page


@dataclass(frozen=True)
class Line:
    """What happened at one exercise.

    Attributes:
      notebook, exercise: which one.
      began: how many ran its check.
      passed: how many of them saw a tick.
      minutes: quartiles of the minutes to pass, (lower, median, upper); None if nobody did. See
        `Person.minutes_to_pass`.
      tries: the median of how often those who passed ran its check on an answer, the last time included; None.
      gave_up: of those who did not pass, how many went on to another exercise.
      messages: what its check said, commonest first, with to how many people.
    """

    notebook: str
    exercise: str
    began: int
    passed: int
    minutes: tuple[float, float, float] | None
    tries: float | None
    gave_up: int
    messages: list[tuple[str, int]]


def lines(standing: Standing) -> list[Line]:
    """One for each exercise that anybody began, in the course's order."""
    return [
        line
        for notebook in standing.notebooks
        for exercise in notebook.exercises
        if (line := _line(standing, notebook, exercise)).began
    ]


def write(folder: Path, store: Store, notebooks: tuple[Notebook, ...]) -> list[Path]:
    """Writes `exercises.csv`, `events.csv` and `room.html`; returns where they are."""
    standing = store.standing(notebooks)
    found = lines(standing)
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / name for name in ("exercises.csv", "events.csv", "room.html")]
    write_atomically(paths[0], csv_text(_exercise_rows(found)))
    write_atomically(paths[1], csv_text(_event_rows(store, notebooks)))
    write_atomically(paths[2], _page(standing, found))
    return paths


def _line(standing: Standing, notebook: Notebook, exercise: str) -> Line:
    began = [person for person in standing.people.values() if exercise in person.attempts]
    passed = [person for person in began if person.passed_at(exercise) is not None]
    minutes = [m for person in passed if (m := person.minutes_to_pass(exercise)) is not None]
    messages = Counter(m for person in began for m in {a.message for a in person.attempts[exercise]} if m)
    return Line(
        notebook.name,
        exercise,
        len(began),
        len(passed),
        _quartiles(minutes),
        statistics.median(person.tries(exercise) for person in passed) if passed else None,
        sum(person not in passed and person.current() != exercise for person in began),
        sorted(messages.items(), key=lambda pair: (-pair[1], pair[0])),
    )


def _quartiles(values: list[float]) -> tuple[float, float, float] | None:
    if len(values) < 2:
        return (values[0], values[0], values[0]) if values else None
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, middle, high


def _exercise_rows(found: list[Line]) -> list[list]:
    heading = ["notebook", "exercise", "began", "passed", "gave_up", "minutes_lower_quartile", "minutes_median"]
    rows: list[list] = [[*heading, "minutes_upper_quartile", "tries_median", "commonest_message", "people_told_so"]]
    for line in found:
        minutes = [round(m, 1) for m in line.minutes] if line.minutes else ["", "", ""]
        message, count = line.messages[0] if line.messages else ("", "")
        row = [line.notebook, line.exercise, line.began, line.passed, line.gave_up, *minutes]
        rows.append([*row, "" if line.tries is None else f"{line.tries:g}", message, count])
    return rows


def _event_rows(store: Store, notebooks: tuple[Notebook, ...]) -> list[list]:
    notebook_of = {exercise: notebook.name for notebook in notebooks for exercise in notebook.exercises}
    rows: list[list] = [["time", "nickname", "kind", "notebook", "name", "outcome", "message", "score"]]
    for event in store.rows():
        time = datetime.datetime.fromtimestamp(event.time, datetime.UTC).isoformat(timespec="seconds")
        notebook = notebook_of.get(event.name, "") if event.kind == "check" else ""
        score = "" if event.score is None else event.score
        rows.append([time, event.nickname, event.kind, notebook, event.name, event.outcome, event.message, score])
    return rows


def _page(standing: Standing, found: list[Line]) -> str:
    longest = max((line.minutes[2] for line in found if line.minutes), default=1.0) or 1.0
    ticks = sorted(standing.ticks())
    return pages.template("room.html").render(
        people=len(standing.people),
        events=standing.count,
        notebooks=[(n, [line for line in found if line.notebook == n.name]) for n in standing.notebooks],
        longest=longest,
        messages=_MESSAGES,
        day=datetime.datetime.fromtimestamp(ticks[0]).strftime("%d %B %Y") if ticks else "",
    )
