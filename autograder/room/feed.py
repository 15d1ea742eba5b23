"""A flat dict that any number of pages follow: first the whole of it, then only what changes.

A page that reads slowly misses patches and gets the whole again; nobody waits for it, and nothing piles up.
"""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from typing import Any

_KEPT = 64  # patches for those who are a little behind
_SILENCE = 15.0  # seconds after which a comment keeps a connection open, and shows whether there still is one


def message(kind: str, data: Any) -> bytes:
    """A server-sent event."""
    return f"event: {kind}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n".encode()


class Feed:
    """What is followed."""

    def __init__(self) -> None:
        self._state: dict[str, Any] = {}
        self._version = 0
        self._patches: deque[bytes] = deque(maxlen=_KEPT)
        self._news = asyncio.Event()
        self._ended = False

    def publish(self, state: dict[str, Any]):
        """Sends what is new in `state` to all followers; what is no longer in it goes as null."""
        before, self._state = self._state, state
        patch = {name: value for name, value in state.items() if name not in before or before[name] != value}
        patch |= {name: None for name in before if name not in state}
        if patch:
            self._version += 1
            self._patches.append(message("patch", patch))
            self._news.set()
            self._news = asyncio.Event()

    def end(self):
        """Lets all followers go."""
        self._ended = True
        self._news.set()

    async def follow(self) -> AsyncIterator[bytes]:
        """Events for one page, until the end."""
        version = self._version
        yield message("all", self._state)
        while not self._ended:
            if version == self._version:
                news = self._news
                try:
                    await asyncio.wait_for(news.wait(), _SILENCE)
                except TimeoutError:
                    yield b": still here\n\n"
                continue
            behind, version = self._version - version, self._version
            if behind > len(self._patches):
                yield message("all", self._state)
            else:
                yield b"".join(list(self._patches)[-behind:])
