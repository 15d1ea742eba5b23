"""Runs the room: finds its address, says how to join, and serves until it is stopped."""

import asyncio
import contextlib
import io
import socket
from pathlib import Path
from typing import Any

import psutil
import segno
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from autograder.room.app import application
from autograder.room.course import notebooks
from autograder.room.live import Room
from autograder.room.store import Store

PORT = 8642
_FIRST_REQUEST_WITHIN = 10.0  # seconds


class _Impatient(H11Protocol):
    """Closes a connection on which no whole request has come in time, so that idle ones cannot fill the server."""

    def connection_made(self, transport):
        super().connection_made(transport)
        self.loop.call_later(_FIRST_REQUEST_WITHIN, self._close_if_silent)

    def _close_if_silent(self):
        if self.cycle is None:
            self.transport.close()


class _Server(uvicorn.Server):
    """Lets the pages go when it is stopped: it would wait for them."""

    def __init__(self, config: uvicorn.Config, room: Room):
        super().__init__(config)
        self._room, self._loop = room, asyncio.get_running_loop()

    def handle_exit(self, sig, frame):
        for feed in self._room.feeds.values():
            self._loop.call_soon_threadsafe(feed.end)
        super().handle_exit(sig, frame)


def listen(host: str, port: int) -> socket.socket:
    """The socket on which the room answers.

    Raises:
      OSError: somebody else has the port, or it may not be had.
    """
    return socket.create_server((host, port), backlog=1024, family=socket.AF_INET6 if ":" in host else socket.AF_INET)


def address(listening: socket.socket, public: str = "") -> str:
    """Where learners reach the room: as given, else this computer's first address in the local network."""
    if public:
        return public.rstrip("/")
    host, port = listening.getsockname()[:2]
    if host in ("0.0.0.0", "::"):
        host = next(iter(_own_addresses()), "127.0.0.1")
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def qr(text: str) -> str:
    """A QR code for a terminal, with half blocks."""
    out = io.StringIO()
    segno.make(text).terminal(out, compact=True)
    return out.getvalue()


def serve(listening: socket.socket, store: Store, folder: Path, code: str, names: bool, public: str, tell: Any):
    """Serves until Ctrl+C.

    Args:
      listening: from `listen`.
      store: the database.
      folder: the course's notebooks.
      code: takes the place of the code that the room has.
      names: whether participants see nicknames.
      public: the address that a tunnel or a proxy has, if there is one.
      tell: is given the room and its address, once it answers.
    """

    async def run():
        room = Room(store, notebooks(folder), code, names)
        where = address(listening, public)
        config = uvicorn.Config(
            application(room, lambda: where),
            http=_Impatient,
            ws="none",
            lifespan="on",
            log_level="error",
            access_log=False,
            server_header=False,
            limit_concurrency=3_000,
            timeout_keep_alive=20,
            timeout_graceful_shutdown=1,
        )
        tell(room, where)
        await _Server(config, room).serve(sockets=[listening])

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(run())


def _own_addresses() -> list[str]:
    """IPv4 addresses of this computer that others may reach, private ones of local networks first."""
    up = {name for name, stats in psutil.net_if_stats().items() if stats.isup}
    found = [
        entry.address
        for name, entries in psutil.net_if_addrs().items()
        for entry in entries
        if name in up and entry.family == socket.AF_INET and not entry.address.startswith(("127.", "169.254."))
    ]
    return sorted(found, key=lambda a: not a.startswith(("192.168.", "10.")))
