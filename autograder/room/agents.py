"""The board's agents: networks that learners sent, played here, so that a score is what a network does.

They are played one after the other by `python -m rl_helpers.network`, in a process of its own with a limit of time.
What comes is data, numbers of a known count, and no code; the process is there so that JAX, and whatever goes wrong in
it, is not in the room's.
"""

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from autograder.sandbox import ONE_THREAD

LIMIT = 60.0  # seconds for one network, JAX's start and compiling included
_IDLE = 120.0  # seconds without work after which the process ends, and gives its memory back


class Referee:
    """Plays what waits in the database.

    Args:
      waiting: gives the networks that have not been played.
      tell: is given each of them with its score, None if it could not be played.
    """

    def __init__(
        self, waiting: Callable[[], Awaitable[list[Any]]], tell: Callable[[Any, float | None], Awaitable[None]]
    ):
        self._waiting, self._tell = waiting, tell
        self._news = asyncio.Event()
        self._process: asyncio.subprocess.Process | None = None

    def wake(self):
        """There is a new network."""
        self._news.set()

    async def run(self):
        """Plays what waits, and waits for more; to be called again and again."""
        try:
            self._news.clear()
            for row in await self._waiting():
                await self._tell(row, await self._play(row.name, row.network))
            await asyncio.wait_for(self._news.wait(), _IDLE if self._process else None)
        except TimeoutError:
            await self._end()
        except BaseException:
            await self._end()
            raise

    async def _play(self, env: str, network: str) -> float | None:
        asked = f'{{"env":{json.dumps(env)},"network":{network}}}\n'.encode()
        try:
            async with asyncio.timeout(LIMIT):
                if self._process is None:
                    self._process = await asyncio.create_subprocess_exec(
                        sys.executable,
                        *("-m", "rl_helpers.network"),
                        stdin=asyncio.subprocess.PIPE,
                        stdout=asyncio.subprocess.PIPE,
                        stderr=asyncio.subprocess.DEVNULL,
                        env=os.environ | ONE_THREAD,
                    )
                assert self._process.stdin and self._process.stdout
                self._process.stdin.write(asked)
                await self._process.stdin.drain()
                return json.loads(await self._process.stdout.readline()).get("score")
        except (OSError, TimeoutError, ValueError):
            await self._end()
            return None

    async def _end(self):
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
