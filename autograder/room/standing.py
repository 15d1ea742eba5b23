"""From events to where everybody is: what the page shows, what the export tells, what the tests compare.

People's events are kept in order and everything else is computed from them, so whoever reads the same events sees the
same standing, in whatever order they arrived.
"""

import bisect
import math
import statistics
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from autograder.room.course import Notebook

AWAY = 30 * 60.0  # seconds without an event after which somebody is no longer counted as being at it
STUCK = 5 * 60.0  # seconds of tries after which somebody is called stuck
SHOWN = {"messages": 5, "stuck": 8, "board": 5}  # lines on the page
BARS = 60  # of the timeline, at most
_STEPS = (60, 120, 300, 600, 1800, 3600, 6 * 3600, 24 * 3600)  # seconds that one of its bars may stand for


class Attempt(NamedTuple):
    """One run of a check: when, as the server's clock has it in seconds, and how it ended."""

    time: float
    outcome: str
    message: str


@dataclass(eq=False)
class Person:
    """Somebody in the room.

    Attributes:
      id: the number in the database.
      nickname: unique in the room.
      key: in the address of their own page.
      joined: when, in seconds.
      left: whether they have left.
      attempts: by exercise, in the order of time.
      games: the best score by environment.
      agents: the best score of their networks by environment, as the room has played them.
    """

    id: int
    nickname: str
    key: str
    joined: float
    left: bool = False
    attempts: dict[str, list[Attempt]] = field(default_factory=dict)
    games: dict[str, float] = field(default_factory=dict)
    agents: dict[str, float] = field(default_factory=dict)

    def outcome(self, exercise: str) -> str:
        """How its check ended the last time, as on the learner's own board; empty if it never ran."""
        attempts = self.attempts.get(exercise)
        return attempts[-1].outcome if attempts else ""

    def current(self) -> str:
        """The exercise that they tried last; empty if none."""
        return max(self.attempts, key=lambda name: self.attempts[name][-1].time, default="")

    def stuck_since(self, exercise: str) -> float | None:
        """Since when its check has said no, again and again; None if the last word was another."""
        since = None
        for attempt in reversed(self.attempts.get(exercise, ())):
            if attempt.outcome == "passed":
                break
            since = attempt.time if attempt.outcome == "failed" else since
        return since if self.outcome(exercise) == "failed" else None

    def passed_at(self, exercise: str) -> float | None:
        """When its check ended in a tick for the first time."""
        return next((a.time for a in self.attempts.get(exercise, ()) if a.outcome == "passed"), None)

    def minutes_to_pass(self, exercise: str) -> float | None:
        """From their last event before they tried it, or from joining, to the first tick. A break counts."""
        passed = self.passed_at(exercise)
        if passed is None:
            return None
        first = self.attempts[exercise][0].time
        others = (a.time for name, mine in self.attempts.items() if name != exercise for a in mine if a.time <= first)
        return (passed - max(others, default=min(self.joined, first))) / 60

    def tries(self, exercise: str) -> int:
        """How often its check ran on an answer until the first tick, that one included."""
        passed = self.passed_at(exercise)
        until = math.inf if passed is None else passed
        return sum(a.outcome != "open" and a.time <= until for a in self.attempts.get(exercise, ()))


class Place(NamedTuple):
    """Where one person is, as of their last event.

    Attributes:
      outcomes: by exercise how its check ended the last time.
      current: the exercise that they tried last; empty if none.
      message: what its check said then.
      last: when.
      since: since when it has said no; None if it did not.
      tries: how often its check ran on an answer.
      ticks: when they passed an exercise for the first time.
    """

    outcomes: dict[str, str]
    current: str
    message: str
    last: float
    since: float | None
    tries: int
    ticks: list[float]


def place(person: Person) -> Place:
    """Where somebody is."""
    current = person.current()
    last = person.attempts[current][-1] if current else Attempt(person.joined, "", "")
    outcomes = {name: person.outcome(name) for name in person.attempts}
    ticks = [time for name in person.attempts if (time := person.passed_at(name)) is not None]
    since, tries = person.stuck_since(current), person.tries(current)
    return Place(outcomes, current, last.message, last.time, since, tries, ticks)


class Standing:
    """Where everybody is.

    Args:
      notebooks: the course.
    """

    def __init__(self, notebooks: Sequence[Notebook]):
        self.notebooks = notebooks
        self.people: dict[int, Person] = {}
        self.count = 0  # of events
        self._places: dict[int, Place] = {}  # of those who have done nothing since it was computed

    # --- What happens -------------------------------------------------------------------------------------------------

    def enter(self, person: Person):
        """Somebody joins, or comes back under another nickname."""
        known = self.people.setdefault(person.id, person)
        known.nickname, known.left = person.nickname, person.left

    def remove(self, person: int):
        self.people.pop(person, None)
        self._places.pop(person, None)

    def happened(self, person: int, time: float, event: Any):
        """An `Event`, or the database's row of one, of a person at a time of the server's clock."""
        mine = self.people[person]
        self.count += 1
        self._places.pop(person, None)
        if event.kind == "check":
            attempt = Attempt(time, sys.intern(event.outcome), sys.intern(event.message))
            bisect.insort(mine.attempts.setdefault(sys.intern(event.name), []), attempt, key=lambda a: a.time)
        elif event.kind == "game":
            mine.games[event.name] = max(event.score, mine.games.get(event.name, -math.inf))
        elif event.score is not None:  # an agent's network counts when it has been played
            self.played(person, event.name, event.score)

    def played(self, person: int, env: str, score: float):
        """The room has played somebody's network."""
        if mine := self.people.get(person):
            mine.agents[env] = max(score, mine.agents.get(env, -math.inf))

    # --- What can be seen ---------------------------------------------------------------------------------------------

    def present(self) -> list[Person]:
        return [person for person in self.people.values() if not person.left]

    def place(self, person: Person) -> Place:
        if person.id not in self._places:
            self._places[person.id] = place(person)
        return self._places[person.id]

    def stuck(self, now: float) -> list[tuple[float, Person, Place]]:
        """Those whose latest check said no, and not too long ago, with since when; longest first."""
        places = [(person, self.place(person)) for person in self.present()]
        found = [(at.since, p, at) for p, at in places if at.since is not None and at.last > now - AWAY]
        return sorted(found, key=lambda stuck: stuck[0])

    def messages(self, now: float) -> list[dict[str, Any]]:
        """What checks say at this moment, commonest first: to how many, and since when to half of them."""
        groups: dict[tuple[str, str], list[float]] = {}
        for since, _, at in self.stuck(now):
            groups.setdefault((at.current, at.message), []).append(since)
        found = sorted(groups.items(), key=lambda group: (-len(group[1]), min(group[1])))
        return [
            {"exercise": exercise, "message": message, "count": len(since), "since": round(statistics.median(since))}
            for (exercise, message), since in found
        ]

    def ticks(self) -> Iterator[float]:
        """When somebody passed an exercise for the first time."""
        for person in self.people.values():
            yield from self.place(person).ticks

    def timeline(self, now: float) -> dict[str, Any]:
        """Ticks in each stretch of time since the first one, for bars."""
        times = list(self.ticks())
        if not times:
            return {"start": 0, "step": _STEPS[0], "ticks": []}
        step = next((step for step in _STEPS if (now - min(times)) / step < BARS - 1), _STEPS[-1])
        start = math.floor(min(times) / step) * step
        counts = Counter(math.floor((time - start) / step) for time in times)
        return {"start": start, "step": step, "ticks": [counts[i] for i in range(max(counts) + 1)]}

    def view(self, now: float) -> dict[str, Any]:
        """What the instructor's page shows, as one flat dict: of what does not change nothing has to be sent again.

        Args:
          now: in seconds; decides who is stuck, and who is away.
        """
        places = [(person, self.place(person)) for person in self.present()]
        counts = Counter(pair for _, at in places for pair in at.outcomes.items())
        long = [stuck for stuck in self.stuck(now) if stuck[0] <= now - STUCK]
        state: dict[str, Any] = {"people": len(places), "events": self.count, "stuck_count": len(long)}
        for notebook in self.notebooks:
            for name in notebook.exercises:
                state[f"exercise {name}"] = [counts[name, "passed"], counts[name, "failed"] + counts[name, "open"]]
        for person, at in places:
            state[f"person {person.id}"] = [person.nickname, len(at.ticks), at.current]
        return state | {
            "stuck": [_line(*stuck) for stuck in long[: SHOWN["stuck"]]],
            "messages": self.messages(now)[: SHOWN["messages"]],
            "timeline": self.timeline(now),
            "games": _boards((person.nickname, person.games) for person, _ in places),
            "agents": _boards((person.nickname, person.agents) for person, _ in places),
        }

    def me(self, person: int) -> dict[str, Any]:
        """What somebody's own page adds: how their checks ended."""
        mine = self.people[person]
        at, checks = self.place(mine), sum(map(len, mine.attempts.values()))
        return {"nickname": mine.nickname, "outcomes": at.outcomes, "current": at.current, "checks": checks}


def for_participants(view: dict[str, Any], names: bool = False) -> dict[str, Any]:
    """A view without who is stuck and where each person is and, unless `names` may be seen, without any nickname."""
    public = {name: value for name, value in view.items() if name != "stuck" and not name.startswith("person ")}
    for board in () if names else ("games", "agents"):
        public[board] = [{**one, "best": [[score, ""] for score, _ in one["best"]]} for one in view[board]]
    return public


def _line(since: float, person: Person, at: Place) -> dict[str, Any]:
    line = {"id": person.id, "who": person.nickname, "exercise": at.current, "message": at.message}
    return line | {"since": round(since), "tries": at.tries}


def _boards(scores: Iterable[tuple[str, Mapping[str, float]]]) -> list[dict[str, Any]]:
    """For each environment the best scores, and whose they are."""
    boards: dict[str, list[tuple[float, str]]] = {}
    for nickname, mine in scores:
        for env, score in mine.items():
            boards.setdefault(env, []).append((-score, nickname))
    return [
        {"env": env, "best": [[-score, nickname] for score, nickname in sorted(board)[: SHOWN["board"]]]}
        for env, board in sorted(boards.items())
    ]
