"""The room while it runs: who is in it, what they do, and what the pages are told.

An event is acknowledged when it is in the database. One task writes, whatever came meanwhile in one transaction; after
it the standing in memory is told, and the pages follow that.
"""

import asyncio
import contextlib
import logging
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from autograder.room import events
from autograder.room.agents import Referee
from autograder.room.course import Notebook
from autograder.room.feed import Feed, message
from autograder.room.standing import Person, for_participants
from autograder.room.store import Happened, Store

MAX_PEOPLE = 1_000
MAX_EVENTS = 5_000  # of one person, since the start
_PAUSE = 0.2  # seconds between two looks at what has changed
_LOOK = 5.0  # seconds after which the standing is looked at anew, though nothing came: time itself makes people stuck


class Busy(RuntimeError):
    """It cannot be done now; the same may be asked again."""


class Room:
    """What the server knows and does; the routes are below.

    Args:
      store: the database.
      notebooks: the course.
      code: takes the place of the code that the room has.
      names: whether participants see each other's nicknames on the boards.
    """

    def __init__(self, store: Store, notebooks: tuple[Notebook, ...], code: str = "", names: bool = False):
        self._store, self._names = store, names
        self.notebooks = notebooks
        self.secrets = store.secrets(code)
        self.exercises = {exercise for notebook in notebooks for exercise in notebook.exercises}
        self.standing = store.standing(notebooks)
        self._people = {fingerprint: self.standing.people[person.id] for fingerprint, person in store.people()}
        self._sources = store.sources()
        self._counts: dict[int, int] = {}  # of events, by person, since the start
        self.feeds = {"instructor": Feed(), "participant": Feed()}
        self.pages = 0  # that follow
        self._thread = ThreadPoolExecutor(1, "store")
        self._writing = asyncio.Lock()
        self._waiting: list[tuple[Person, list[events.Event], asyncio.Future]] = []
        self._changed, self._arrived = asyncio.Event(), asyncio.Event()
        self._referee = Referee(lambda: self._stored(store.not_played), self._played)

    @contextlib.asynccontextmanager
    async def open(self, app: Any) -> AsyncIterator[None]:
        """While the server runs."""
        self._tell_pages()
        works = (self._write, self._publish, self._referee.run)
        tasks = [asyncio.create_task(_again(work)) for work in works]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._thread.shutdown()

    # --- People -------------------------------------------------------------------------------------------------------

    def person(self, token: str) -> Person | None:
        return self._people.get(events.fingerprint(token))

    async def join(self, token: str, wish: str) -> Person:
        """Somebody new, or somebody known under perhaps another nickname."""
        async with self._writing:
            known = self.person(token)
            name = self._free(wish, known)
            if known is not None:
                if (known.nickname, known.left) != (name, False):
                    await self._stored(self._store.change, known.id, nickname=name, left=False)
                    known.nickname, known.left = name, False
            elif len(self._people) >= MAX_PEOPLE:
                raise Busy("the room is full")
            else:
                known = await self._stored(self._store.join, events.fingerprint(token), name, time.time())
                self._people[events.fingerprint(token)] = known
                self.standing.enter(known)
        self._changed.set()
        return known

    def _free(self, wish: str, person: Person | None) -> str:
        """The nickname, with a number behind it when somebody else has it."""
        taken = {other.nickname.casefold() for other in self._people.values() if other is not person}
        names = [wish, *(f"{wish[: events.MAX_NICKNAME - 4]} {number}" for number in range(2, MAX_PEOPLE + 2))]
        return next(name for name in names if name.casefold() not in taken)

    async def leave(self, person: Person, delete: bool):
        async with self._writing:
            if delete:
                await self._stored(self._store.delete, person.id)
                self._people = {f: other for f, other in self._people.items() if other is not person}
                self.standing.remove(person.id)
            else:
                await self._stored(self._store.change, person.id, left=True)
                person.left = True
        self._changed.set()

    # --- Events -------------------------------------------------------------------------------------------------------

    async def take(self, person: Person, batch: list[events.Event]):
        """Returns when the events are in the database.

        Raises:
          Busy: they could not be written now.
          Malformed: the person has sent enough.
        """
        if self._counts.get(person.id, 0) + len(batch) > MAX_EVENTS:
            raise events.Malformed("that is enough from one person")
        if len(self._waiting) > MAX_PEOPLE:
            raise Busy("too much at once")
        future = asyncio.get_running_loop().create_future()
        self._waiting.append((person, batch, future))
        self._arrived.set()
        await future

    async def _write(self):
        """Writes what has come since the last time."""
        await self._arrived.wait()
        async with self._writing:
            self._arrived.clear()
            waiting, self._waiting = self._waiting, []
            happened, sources = self._new(waiting)
            try:
                await self._stored(self._store.add, happened)
                for person in {person for person, _, _ in waiting if person.left}:  # still there, in another notebook
                    await self._stored(self._store.change, person.id, left=False)
                    person.left = False
            except SQLAlchemyError as error:
                for _, _, future in waiting:
                    _settle(future, Busy(f"the database: {type(error).__name__}"))
                self._sources = await self._stored(self._store.sources)
                raise
            self._sources |= sources
            for event in happened:
                self.standing.happened(event.person, event.time, event.event)
                self._counts[event.person] = self._counts.get(event.person, 0) + 1
            for _, _, future in waiting:
                _settle(future)
        if any(event.event.kind == "agent" for event in happened):
            self._referee.wake()
        self._changed.set()

    def _new(self, waiting) -> tuple[list[Happened], dict[tuple[int, str], tuple[int, float]]]:
        """The events that were not there before, each at its time; and where each kernel stands then.

        The server's clock counts, less the time that an event waited for a network; the numbers give the order.
        """
        now, happened = time.time(), []
        sources: dict[tuple[int, str], tuple[int, float]] = {}
        for person, batch, _ in waiting:
            for event in batch if person.id in self.standing.people else ():
                source = person.id, event.source
                number, earliest = sources.get(source) or self._sources.get(source, (0, -math.inf))
                if event.number > number:
                    moment = max(now - event.age, earliest)
                    happened.append(Happened(person.id, moment, event))
                    sources[source] = event.number, moment
        return happened, sources

    async def _played(self, row: Any, score: float | None):
        await self._stored(self._store.note_played, row, score)
        if score is not None:
            self.standing.played(row.person, row.name, score)
            self._changed.set()

    async def _stored(self, work: Callable, *arguments, **options) -> Any:
        """Does something with the database in the one thread that may."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, lambda: work(*arguments, **options))

    # --- Pages --------------------------------------------------------------------------------------------------------

    async def _publish(self):
        """Tells the pages what has changed; at most so often that it takes a tenth of the time."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._changed.wait(), _LOOK)
        self._changed.clear()
        begin = time.thread_time()  # of the processor: on a busy machine the clock would make long pauses longer
        self._tell_pages()
        await asyncio.sleep(max(_PAUSE, 10 * (time.thread_time() - begin)))

    def _tell_pages(self):
        view = self.standing.view(time.time())
        self.feeds["instructor"].publish(view)
        self.feeds["participant"].publish(for_participants(view, self._names))

    async def follow(self, kind: str, key: str) -> AsyncIterator[bytes]:
        """What a page gets: how the course is made, the standing, and where its own person is."""
        self.pages += 1
        try:
            yield b"retry: 1000\n\n" + message("course", self._course(kind))
            mine, told = next((p for p in self._people.values() if p.key == key), None) if key else None, None
            async for news in self.feeds[kind].follow():
                if mine is not None and mine.id in self.standing.people and (me := self.standing.me(mine.id)) != told:
                    told = me
                    news += message("me", me)
                yield news
        finally:
            self.pages -= 1

    def _course(self, kind: str) -> dict[str, Any]:
        course = [{"name": n.name, "title": n.title, "exercises": n.exercises} for n in self.notebooks]
        return {"notebooks": course, "view": kind, "code": self.secrets.code, "now": time.time()}


async def _again(work: Callable[[], Awaitable[None]]):
    """Does something again and again. What goes wrong is told, and does not end the room."""
    while True:
        try:
            await work()
        except Exception:
            logging.getLogger(__name__).exception("the room goes on after this")
            await asyncio.sleep(1.0)


def _settle(future: asyncio.Future, error: Exception | None = None):
    """Answers who waits, if they still do."""
    if not future.done():
        future.set_result(None) if error is None else future.set_exception(error)
