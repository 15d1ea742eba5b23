"""The room's server: takes events from learners' kernels, keeps them, and shows where everybody is.

    POST /api/join, /api/events, /api/leave     from rl_helpers.room: JSON with the room's code and the person's token
    GET  /r/CODE, /r/CODE/stream                the participants' page, and what it follows
    GET  /i/SECRET, /i/SECRET/stream            the instructor's
    POST /i/SECRET/remove/ID                    takes a person out, with all that they sent

An event is acknowledged when it is in the database. One task writes, whatever came meanwhile in one transaction.
"""

import asyncio
import contextlib
import hmac
import io
import math
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from autograder.room import events
from autograder.room.agents import Referee
from autograder.room.course import Notebook
from autograder.room.feed import Feed, message
from autograder.room.rates import Buckets
from autograder.room.standing import Person, for_participants
from autograder.room.store import Happened, Store

MAX_PEOPLE = 1_000
MAX_PAGES = 1_500  # followers at a time
MAX_EVENTS = 5_000  # of one person
_BODY_WITHIN = 10.0  # seconds
_PAUSE = 0.2  # seconds between two looks at what has changed
_LOOK = 5.0  # seconds after which the standing is looked at anew, though nothing came: time itself makes people stuck

_HERE = Path(__file__).parent
_FILES = {"room.js": ("text/javascript", ["page/room.js"])}
_FILES["room.css"] = ("text/css", ["../templates/style.css", "page/room.css"])
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",  # the instructor's address is a secret
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


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
        self._waiting: list[tuple[int, list[events.Event], asyncio.Future]] = []
        self._changed, self._arrived = asyncio.Event(), asyncio.Event()
        self._referee = Referee(lambda: self._stored(store.not_played), self._played)
        self.requests = Buckets(rate=5.0, burst=100.0)  # by person
        self.addresses = Buckets(rate=400.0, burst=2_000.0)  # by address: a whole room may be behind one
        self.strangers = Buckets(rate=2.0, burst=100.0)  # by address: wrong codes

    @contextlib.asynccontextmanager
    async def open(self, app: Starlette) -> AsyncIterator[None]:
        """While the server runs."""
        self._tell_pages()
        tasks = [asyncio.create_task(task()) for task in (self._write, self._publish, self._referee.run)]
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
                raise HTTPException(503, "the room is full")
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
        """Returns when the events are in the database."""
        if len(self._waiting) > MAX_PEOPLE:
            raise HTTPException(503, "too much at once", {"Retry-After": "2"})
        future = asyncio.get_running_loop().create_future()
        self._waiting.append((person.id, batch, future))
        self._arrived.set()
        await future

    async def _write(self):
        """Writes what has come, again and again."""
        while True:
            await self._arrived.wait()
            async with self._writing:
                self._arrived.clear()
                waiting, self._waiting = self._waiting, []
                happened, sources = self._new(waiting)
                try:
                    await self._stored(self._store.add, happened)
                except SQLAlchemyError as error:
                    for _, _, future in waiting:
                        if not future.done():
                            future.set_exception(HTTPException(503, f"the database: {type(error).__name__}"))
                    continue
                self._sources |= sources
                for event in happened:
                    self.standing.happened(event.person, event.time, event.event)
                    self._counts[event.person] = self._counts.get(event.person, 0) + 1
                for _, _, future in waiting:
                    if not future.done():
                        future.set_result(None)
            if any(event.event.kind == "agent" for event in happened):
                self._referee.wake()
            self._changed.set()

    def _new(self, waiting) -> tuple[list[Happened], dict]:
        """The events that were not there before, each at its time; and where each kernel stands then.

        The server's clock counts, less the time that an event waited for a network; the numbers give the order.
        """
        now, happened, sources = time.time(), [], {}
        for person, batch, _ in waiting:
            for event in batch if person in self.standing.people else ():
                source = person, event.source
                number, earliest = sources.get(source) or self._sources.get(source, (0, -math.inf))
                if event.number > number and self._counts.get(person, 0) + len(batch) <= MAX_EVENTS:
                    moment = max(now - event.age, earliest)
                    happened.append(Happened(person, moment, event))
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
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), _LOOK)
            self._changed.clear()
            begin = time.perf_counter()
            self._tell_pages()
            await asyncio.sleep(max(_PAUSE, 10 * (time.perf_counter() - begin)))

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


def application(room: Room, address: Callable[[], str]) -> Starlette:
    """The routes.

    Args:
      room: what they are about.
      address: where learners reach it, for the QR code and the line that they run.
    """

    async def asked(request: Request, *, tokens: float = 1.0) -> dict[str, Any]:
        """A request from a kernel that knows the code."""
        host = request.client.host if request.client else ""
        _at_rate(room.addresses.wait(host))
        data = events.read(await _body(request))
        if not _same(data["code"].strip().upper(), room.secrets.code):
            _at_rate(room.strangers.wait(host))
            raise HTTPException(403, "the room has another code")
        _at_rate(room.requests.wait(events.fingerprint(data["token"]), tokens))
        return data

    def member(data: dict[str, Any]) -> Person:
        person = room.person(data["token"])
        if person is None:
            raise HTTPException(403, "nobody here has this token: join first")
        return person

    async def join(request: Request):
        data = await asked(request)
        person = await room.join(data["token"], events.nickname(data))
        return JSONResponse({"nickname": person.nickname, "page": f"/r/{room.secrets.code}#{person.key}"})

    async def take(request: Request):
        data = await asked(request)
        person = member(data)
        batch, refused = events.events(data, room.exercises)
        networks = sum(event.kind == "agent" for event in batch)
        _at_rate(room.requests.wait(events.fingerprint(data["token"]), len(batch) / 10 + 25 * networks))
        await room.take(person, batch)
        return JSONResponse({"taken": len(batch), "refused": refused})

    async def leave(request: Request):
        data = await asked(request)
        await room.leave(member(data), data.get("delete") is True)
        return JSONResponse({})

    def kind_of(request: Request) -> str:
        """Which page it is; a wrong code or secret is no page at all."""
        params = request.path_params
        if "secret" in params and _same(params["secret"], room.secrets.instructor):
            return "instructor"
        if "code" in params and _same(params["code"].upper(), room.secrets.code):
            return "participant"
        _at_rate(room.strangers.wait(request.client.host if request.client else ""))
        raise HTTPException(404, "there is no such room")

    async def page(request: Request):
        kind_of(request)
        return Response((_HERE / "page" / "room.html").read_bytes(), media_type="text/html")

    async def stream(request: Request):
        kind = kind_of(request)
        if room.pages >= MAX_PAGES:
            raise HTTPException(503, "too many pages are open")
        return StreamingResponse(
            room.follow(kind, request.query_params.get("me", "")[:64]),
            media_type="text/event-stream",
            headers={"X-Accel-Buffering": "no"},  # nginx would keep events for itself
        )

    async def remove(request: Request):
        if kind_of(request) != "instructor" or not request.headers.get("X-Room"):  # no other site's form can send it
            raise HTTPException(403, "only from the instructor's page")
        person = room.standing.people.get(request.path_params["id"])
        if person is None:
            raise HTTPException(404, "nobody has this number")
        await room.leave(person, delete=True)
        return JSONResponse({})

    async def file(request: Request):
        media_type, parts = _FILES.get(request.path_params["name"]) or _missing()
        return Response("\n".join((_HERE / part).read_text(encoding="utf-8") for part in parts), media_type=media_type)

    async def invitation(request: Request):
        """How to join, for the instructor's page: the address, and its QR code."""
        import segno

        kind_of(request)
        link = f"{address()}/r/{room.secrets.code}"
        if request.url.path.endswith(".svg"):
            picture = io.BytesIO()
            segno.make(link).save(picture, kind="svg", omitsize=True)
            return Response(picture.getvalue(), media_type="image/svg+xml")
        return JSONResponse({"address": address(), "link": link, "code": room.secrets.code})

    def refused(request: Request, error: Exception):
        status = error.status_code if isinstance(error, HTTPException) else 400
        detail = error.detail if isinstance(error, HTTPException) else str(error)
        return JSONResponse({"error": detail}, status, getattr(error, "headers", None))

    routes = [
        Route("/api/join", join, methods=["POST"]),
        Route("/api/events", take, methods=["POST"]),
        Route("/api/leave", leave, methods=["POST"]),
        Route("/i/{secret}/remove/{id:int}", remove, methods=["POST"]),
        Route("/page/{name}", file),
    ]
    for place in ("/r/{code}", "/i/{secret}"):
        routes += [Route(place, page), Route(f"{place}/stream", stream)]
        routes += [Route(f"{place}/invitation{ending}", invitation) for ending in ("", ".svg")]
    handlers: Any = {HTTPException: refused, events.Malformed: refused}
    return Starlette(
        routes=routes, lifespan=room.open, exception_handlers=handlers, middleware=[Middleware(_SafeHeaders)]
    )


class _SafeHeaders:
    """Every answer says what a browser may do with it: run our script, show our pictures, and nothing else."""

    def __init__(self, app: Any):
        self._app = app

    async def __call__(self, scope, receive, send):
        async def with_headers(message):
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(_HEADERS)
            await send(message)

        await self._app(scope, receive, with_headers)


async def _body(request: Request) -> bytes:
    """The request's body, unless it is too large or too slow."""
    if int(request.headers.get("content-length") or 0) > events.MAX_BODY:
        raise HTTPException(413, "too large")
    body = bytearray()
    try:
        async with asyncio.timeout(_BODY_WITHIN):
            async for chunk in request.stream():
                body += chunk
                if len(body) > events.MAX_BODY:
                    raise HTTPException(413, "too large")
    except TimeoutError:
        raise HTTPException(408, "too slow") from None
    return bytes(body)


def _same(given: str, secret: str) -> bool:
    return hmac.compare_digest(given.encode(), secret.encode())


def _at_rate(seconds: float):
    if seconds:
        raise HTTPException(429, "too often", {"Retry-After": str(math.ceil(seconds))})


def _missing():
    raise HTTPException(404, "there is no such file")
