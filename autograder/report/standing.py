"""How a class stands in each notebook, and what in it needs a person: counted once, shown in the terminal and the page.

An untouched notebook tells nothing about an exercise: it is counted, and is in no mean, histogram or pass rate.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from autograder.course import Course
from autograder.intake.clean import fold_name
from autograder.report import items, words
from autograder.results import (
    DOUBT,
    GROUP_DIFFERS,
    NAMESAKE,
    NOT_LISTED,
    UNKNOWN_SENDER,
    ExerciseResult,
    Result,
    WrittenResult,
)
from autograder.score import NOT_IMPLEMENTED, RAISED

SHARED = 3  # misconceptions that a notebook's standing names
ENOUGH_TO_TELL = 2  # an exercise that one person did not solve says nothing about its test
BINS = (*(f"{low}–{low + 9}" for low in range(0, 100, 10)), "100")  # per cent; full marks have a bin of their own


@dataclass(frozen=True)
class ExerciseStanding:
    """One exercise in a class.

    Attributes:
      attempted: in how many notebooks; untouched ones do not count.
      solved: how many have all its points.
      mistakes: what was said most often to those who have not, with how often.
      suspect: not one passed the tests.
    """

    name: str
    attempted: int
    solved: int
    mistakes: tuple[tuple[str, int], ...]
    suspect: bool


@dataclass(frozen=True)
class WrittenStanding:
    """One question that a person reads, in a class.

    Attributes:
      answered: how many have written something.
      left: how many of these answers are to be read, because nobody has or because they changed since.
      mean: of the marks; None while there is none.
    """

    name: str
    max_score: float
    answered: int
    left: int
    mean: float | None


@dataclass(frozen=True)
class NotebookStanding:
    """One notebook in a class: `results` are all that were handed in for it, failed and untouched ones included, and
    those that are missing."""

    name: str
    title: str
    order: tuple[str, ...]
    results: tuple[Result, ...]

    @property
    def counted(self) -> list[Result]:
        """Those that mean, histogram and pass rates are about."""
        return [result for result in self.results if result.counts]

    @property
    def untouched(self) -> int:
        return sum(result.status == "graded" and result.untouched for result in self.results)

    @property
    def failed(self) -> int:
        return sum(result.status == "failed" for result in self.results)

    @property
    def missing(self) -> int:
        return sum(result.status == "missing" for result in self.results)

    @property
    def late(self) -> int:
        return sum(result.late for result in self.results)

    @property
    def mean(self) -> float | None:
        """Of the final scores' shares, from 0 to 1; None where nothing counts."""
        return _mean(self.counted)

    @property
    def sections(self) -> list[tuple[str, int, float]]:
        """Of each section: its name, how many worked on it, the mean; empty where there are not several."""
        parts: dict[str, list[Result]] = {}
        for result in self.counted:
            parts.setdefault(result.section, []).append(result)
        named = sorted(parts.items(), key=lambda part: (not part[0], part[0]))
        means = [(name or "none", len(mine), _mean(mine) or 0.0) for name, mine in named]
        return means if len(means) > 1 else []

    @property
    def bins(self) -> list[tuple[str, int]]:
        """How many final scores are in each part of the scale."""
        places = Counter(min(max(int(10 * result.share + 1e-9), 0), 10) for result in self.counted)
        return [(label, places[place]) for place, label in enumerate(BINS)]

    @cached_property
    def exercises(self) -> list[ExerciseStanding]:
        found: dict[str, list[ExerciseResult]] = {name: [] for name in self.order}
        for exercise in (exercise for result in self.counted for exercise in result.exercises):
            found.setdefault(exercise.name, []).append(exercise)
        return [_standing(name, exercises) for name, exercises in found.items()]

    @cached_property
    def written(self) -> list[WrittenStanding]:
        found: dict[str, list[WrittenResult]] = {}
        for question in (question for result in self.results for question in result.written):
            found.setdefault(question.name, []).append(question)
        standings = []
        for name, mine in found.items():
            marks = [question.mark for question in mine if question.mark is not None]
            mean = sum(marks) / len(marks) if marks else None
            left = sum(question.to_mark for question in mine)
            answered = sum(question.answered for question in mine)
            standings.append(WrittenStanding(name, mine[0].max_score, answered, left, mean))
        return standings

    @cached_property
    def items(self) -> list[items.Item]:
        """How good the exercises are."""
        return items.items(self.results, self.order)

    @cached_property
    def misconceptions(self) -> list[tuple[str, str, int]]:
        """What several people got wrong in the same way, commonest first: the exercise, the sentence that names it, how
        many. For the first five minutes of the next lesson."""
        told = [e for r in self.counted for e in r.exercises if e.message and not e.solved]
        counts = Counter((e.name, e.message) for e in told if _names_a_mistake(e.message))
        shared = [(name, message, count) for (name, message), count in counts.most_common() if count >= ENOUGH_TO_TELL]
        return shared[:SHARED]


def _mean(results: Sequence[Result]) -> float | None:
    shares = [result.share for result in results]
    return sum(shares) / len(shares) if shares else None


def _standing(name: str, exercises: Sequence[ExerciseResult]) -> ExerciseStanding:
    mistakes = Counter(e.message for e in exercises if e.message and not e.solved).most_common(3)
    suspect = len(exercises) >= ENOUGH_TO_TELL and not any(e.passed for e in exercises)
    return ExerciseStanding(name, len(exercises), sum(e.solved for e in exercises), tuple(mistakes), suspect)


def _names_a_mistake(message: str) -> bool:
    """Whether it is a check's sentence about an answer, and not that there is none or that it stopped."""
    return message != NOT_IMPLEMENTED and not message.startswith(RAISED)


def standings(results: Iterable[Result], course: Course | None = None) -> list[NotebookStanding]:
    """Every notebook that somebody handed in, in the course's order; without a course, by name."""
    mine: dict[str, list[Result]] = {}
    for result in results:
        if result.status != "rejected":
            mine.setdefault(result.notebook, []).append(result)
    assignments = course.assignments if course else {}
    order = [name for name in assignments if name in mine] + sorted(set(mine) - set(assignments))
    return [
        NotebookStanding(
            name,
            assignments[name].title if name in assignments else name,
            tuple(e.name for e in assignments[name].exercises) if name in assignments else (),
            tuple(mine[name]),
        )
        for name in order
    ]


# --- What needs a person ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Concern:
    """What a person should look at: whose (None: the whole class's), in which notebook, what, and how many of it."""

    result: Result | None
    notebook: str
    text: str
    count: int = 1


@dataclass(frozen=True)
class Need:
    """Concerns of one kind: a heading, what to do about them, and whether they can wait."""

    kind: str
    heading: str
    advice: str
    concerns: tuple[Concern, ...]

    @property
    def count(self) -> int:
        return sum(concern.count for concern in self.concerns)


def needs(results: Sequence[Result], course: Course | None = None) -> list[Need]:
    """What needs a person, most urgent first; kinds of which there is nothing are left out."""
    of_course = [result for result in results if result.status != "rejected"]
    found = [
        Need(
            "failed",
            "Could not be graded",
            "They have 0 points until you do something: mend the file, or ask for it again.",
            _each(results, lambda r: [r.message] if r.status == "failed" else []),
        ),
        Need(
            "rejected",
            "Nothing of this course",
            "Handed in, but no notebook of the course; they have no points.",
            tuple(Concern(r, "", r.message) for r in results if r.status == "rejected"),
        ),
        Need(
            "flagged",
            "Flagged",
            "A flag asks you to look; it never changes a score.",
            _each(results, lambda r: r.flags),
        ),
        Need(
            "identity",
            "Whose is it?",
            "One person or two? Compare with your list of the class.",
            (*_namesakes(results), *_put_together(results), *_noted(results, UNKNOWN_SENDER)),
        ),
        Need(
            "unlisted",
            "Not on the class list",
            "They are graded all the same. Someone new, or somebody of the list under another name?",
            tuple(Concern(c.result, "", _doubt(c.result)) for c in _once(of_course, NOT_LISTED)),
        ),
        Need(
            "group",
            "Different answers in one group",
            "Each keeps the own ones; who has none got the newest.",
            tuple(_noted(results, GROUP_DIFFERS, "")),
        ),
        Need(
            "suspect",
            "A test that nobody passes",
            "Perhaps the exercise is hard. Perhaps its test is wrong: look at one or two answers before you hand back.",
            tuple(
                Concern(None, notebook.name, f"{exercise.name}: 0 of {exercise.attempted} passed")
                for notebook in standings(results, course)
                for exercise in notebook.exercises
                if exercise.suspect
            ),
        ),
        Need(
            "to_mark",
            "Answers still to mark",
            "A person reads them: run `jupyter lab` in this folder, mark them in formgrader, then grade again. A "
            "question counts for the whole class once an answer to it is marked, and for nobody before.",
            tuple(
                Concern(None, notebook.name, f"{question.name}: {question.left} of {question.answered}", question.left)
                for notebook in standings(results, course)
                for question in notebook.written
                if question.left
            ),
        ),
        Need("late", "Late", "", _each(results, lambda r: [words.lateness(r)] if r.late else [])),
        Need(
            "missing",
            "Missing",
            "On the class list, and nothing of theirs is there. In no mean; tables for the LMS leave the grade empty.",
            _missing(results),
        ),
        Need(
            "untouched",
            "Untouched",
            "As they were given out. Counted apart, in no mean and among no mistakes. The wrong file, perhaps?",
            _each(results, lambda r: [""] if r.status == "graded" and r.untouched else []),
        ),
    ]
    return [need for need in found if need.concerns]


def _missing(results: Iterable[Result]) -> tuple[Concern, ...]:
    """A line for each person, with the notebooks."""
    mine: dict[str, list[Result]] = {}
    for result in results:
        if result.status == "missing":
            mine.setdefault(result.student, []).append(result)
    return tuple(Concern(same[0], "", ", ".join(r.notebook for r in same)) for same in mine.values())


def _each(results, texts) -> tuple[Concern, ...]:
    return tuple(Concern(result, result.notebook, text) for result in results for text in texts(result))


def _namesakes(results: Iterable[Result]) -> list[Concern]:
    """Those who have the same name and are kept apart, unless the class list does it."""
    mine: dict[str, dict[str, Result]] = {}
    for result in results:
        if result.sender.name and result.status != "missing":
            mine.setdefault(fold_name(result.sender.name), {}).setdefault(result.student, result)
    return [
        Concern(result, "", f"kept apart from {_listed(name for name in same if name != student)}")
        for same in mine.values()
        for student, result in same.items()
        if len(same) > 1 and NAMESAKE not in result.notes
    ]


def _put_together(results: Iterable[Result]) -> list[Concern]:
    """People whose notebooks came from several systems or under several names."""
    mine: dict[str, list[Result]] = {}
    for result in results:
        if result.status != "missing":
            mine.setdefault(result.student, []).append(result)
    concerns = []
    for same in mine.values():
        systems = list(dict.fromkeys(r.sender.system or "plain files" for r in same))
        names = {fold_name(r.sender.name): r.sender.name for r in same}
        what = systems if len(systems) > 1 else list(names.values()) if len(names) > 1 else []
        if what:
            concerns.append(Concern(same[0], "", f"put together from {_listed(what)}"))
    return concerns


def _noted(results: Iterable[Result], note: str, text: str | None = None) -> list[Concern]:
    """Those with a note that a person should see; `text` is said instead of it."""
    return [Concern(r, r.notebook, note if text is None else text) for r in results if note in r.notes]


def _once(results: Iterable[Result], note: str) -> list[Concern]:
    """The same, each person once."""
    return list({concern.result.student: concern for concern in _noted(results, note) if concern.result}.values())


def _doubt(result: Result | None) -> str:
    """Who it may be."""
    return next((note for note in result.notes if note.startswith(DOUBT)), "") if result else ""


def _listed(names: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(map(words.name, names)))
