"""The room's routes.

    POST /api/join, /api/events, /api/leave     from rl_helpers.room: JSON with the room's code and the person's token
    GET  /r/CODE, /r/CODE/stream                the participants' page, and what it follows
    GET  /i/SECRET, /i/SECRET/stream            the instructor's
    POST /i/SECRET/remove/ID                    takes a person out, with all that they sent

What comes is looked at in this order: how often, how large, whether it knows the code, whether it is of the form.
"""

import asyncio
import hmac
import io
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import segno
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from autograder.room import events
from autograder.room.live import Busy, Room
from autograder.room.rates import Buckets
from autograder.room.standing import Person

MAX_PAGES = 1_500  # participants' pages that are open at a time
_BODY_WITHIN = 10.0  # seconds

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


def application(room: Room, address: Callable[[], str]) -> Starlette:
    """The routes.

    Args:
      room: what they are about.
      address: where learners reach it, for the QR code and the line that they run.
    """

    by_person = Buckets(rate=5.0, burst=100.0)
    by_address = Buckets(rate=400.0, burst=2_000.0)  # a whole room may be behind one
    strangers = Buckets(rate=2.0, burst=100.0)  # by address, what does not know a code, a secret or a token

    def stranger(request: Request, status: int, why: str):
        _at_rate(strangers.wait(_host(request)))
        return HTTPException(status, why)

    async def asked(request: Request) -> dict[str, Any]:
        """A request from a kernel that knows the code."""
        _at_rate(by_address.wait(_host(request)))
        data = events.read(await _body(request))
        if not _same(data["code"].strip().upper(), room.secrets.code):
            raise stranger(request, 403, "the room has another code")
        _at_rate(by_person.wait(events.fingerprint(data["token"])))
        return data

    def member(request: Request, data: dict[str, Any]) -> Person:
        person = room.person(data["token"])
        if person is None:
            raise stranger(request, 403, "nobody here has this token: join first")
        return person

    async def join(request: Request):
        data = await asked(request)
        person = await room.join(data["token"], events.nickname(data))
        return JSONResponse({"nickname": person.nickname, "page": f"/r/{room.secrets.code}#{person.key}"})

    async def take(request: Request):
        data = await asked(request)
        person = member(request, data)
        batch, refused = events.events(data, room.exercises)
        networks = sum(event.kind == "agent" for event in batch)
        _at_rate(by_person.wait(events.fingerprint(data["token"]), len(batch) / 10 + 25 * networks))
        await room.take(person, batch)
        return JSONResponse({"taken": len(batch), "refused": refused})

    async def leave(request: Request):
        data = await asked(request)
        await room.leave(member(request, data), data.get("delete") is True)
        return JSONResponse({})

    def kind_of(request: Request) -> str:
        """Which page it is; a wrong code or secret is no page at all."""
        params = request.path_params
        if "secret" in params and _same(params["secret"], room.secrets.instructor):
            return "instructor"
        if "code" in params and _same(params["code"].upper(), room.secrets.code):
            return "participant"
        raise stranger(request, 404, "there is no such room")

    async def page(request: Request):
        kind_of(request)
        return Response((_HERE / "page" / "room.html").read_bytes(), media_type="text/html")

    async def stream(request: Request):
        kind = kind_of(request)
        if kind == "participant" and room.pages >= MAX_PAGES:
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
        kind_of(request)
        link = f"{address()}/r/{room.secrets.code}"
        if request.url.path.endswith(".svg"):
            picture = io.BytesIO()
            segno.make(link).save(picture, kind="svg", omitsize=True)
            return Response(picture.getvalue(), media_type="image/svg+xml")
        return JSONResponse({"address": address(), "link": link, "code": room.secrets.code})

    def refused(request: Request, error: Exception):
        if isinstance(error, HTTPException):
            return JSONResponse({"error": error.detail}, error.status_code, error.headers)
        return JSONResponse({"error": str(error)}, 503 if isinstance(error, Busy) else 400)

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
    handlers: Any = dict.fromkeys((HTTPException, events.Malformed, Busy), refused)
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
    except ClientDisconnect:
        raise HTTPException(400, "gone before the end") from None
    return bytes(body)


def _host(request: Request) -> str:
    return request.client.host if request.client else ""


def _same(given: str, secret: str) -> bool:
    return hmac.compare_digest(given.encode(), secret.encode())


def _at_rate(seconds: float):
    if seconds:
        raise HTTPException(429, "too often", {"Retry-After": str(math.ceil(seconds))})


def _missing():
    raise HTTPException(404, "there is no such file")
