"""What the course remembers on this computer from one notebook to the next: best scores, and exercises that are done.

Three small JSON files in the user's data folder (`folder()` says where). A file that cannot be read or written is no
reason to stop a notebook: then nothing is remembered.
"""

import contextlib
import json
import os
import tempfile
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

_SESSION = uuid.uuid4().hex  # this kernel, until it is restarted
_listener: Callable[..., Any] | None = None  # rl_helpers.room, once somebody has joined one; until then nobody


def folder() -> Path:
    """The folder that holds the files: on Linux ~/.local/share/rl-workshop."""
    import platformdirs

    return Path(platformdirs.user_data_dir("rl-workshop", appauthor=False))


def best_score(env_id: str) -> float | None:
    """The highest score (undiscounted return) that you have played in an environment, None if there is none.

    Gymnasium's environment and ours are the same game: "CartPole-v1" is also "rl_helpers/CartPole-v1".
    """
    score = _load("scores").get(_game(env_id))
    return float(score) if isinstance(score, (int, float)) else None


def note_score(env_id: str, score: float) -> float:
    """Remembers a score if it is the best, and returns the best. You may also enter one that you played elsewhere."""
    earlier = best_score(env_id)
    best = float(score) if earlier is None else max(float(score), earlier)
    _update("scores", {_game(env_id): best})
    _tell("game", _game(env_id), score=float(score))
    return best


def exercises_done() -> dict[str, bool]:
    """For each exercise whose check has run: whether it ended in a tick the last time."""
    return {name: passed for name, (passed, _) in _exercises().items()}


def checked_now() -> set[str]:
    """The exercises whose check has run since this kernel started."""
    return {name for name, (_, session) in _exercises().items() if session == _SESSION}


def note_exercise(name: str, passed: bool | None, sentence: str = ""):
    """Remembers how the check of an exercise ended. Never raises.

    Args:
      name: the exercise's name.
      passed: whether it ended in a tick; None: there is no answer to check.
      sentence: what the check said, in the course's words. It is told to a listener and not kept.
    """
    with contextlib.suppress(Exception):
        entry = None if passed is None else [passed, _SESSION]
        if _load("exercises").get(name) != entry:
            _update("exercises", {name: entry})
    _tell("check", name, outcome={True: "passed", False: "failed", None: "open"}[passed], message=sentence)


def room_token(room: str) -> str:
    """What a room recognises you by after a restart of the kernel; empty: you have not been there."""
    token = _load("rooms").get(room)
    return token if isinstance(token, str) else ""


def note_room_token(room: str, token: str):
    """Remembers what a room recognises you by; an empty token forgets it."""
    _update("rooms", {room: token})


def listen(listener: Callable[..., Any] | None):
    """From now on `listener(kind, name, **what)` is told at once of each check and each game; None: nobody is."""
    global _listener
    _listener = listener


def _tell(kind: str, name: str, **what):
    with contextlib.suppress(Exception):
        if _listener is not None:
            _listener(kind, name, **what)


def _exercises() -> dict[str, tuple[bool, str]]:
    """How checks ended, and in which session. Earlier versions of the course kept no session."""
    found = {}
    for name, entry in _load("exercises").items():
        passed, session = entry if isinstance(entry, list) and len(entry) == 2 else (entry, "")
        if isinstance(passed, bool):
            found[name] = passed, session
    return found


def _game(env_id: str) -> str:
    return env_id.removeprefix("rl_helpers/")


def _load(name: str) -> dict:
    with contextlib.suppress(OSError, ValueError):
        data = json.loads((folder() / f"{name}.json").read_text(encoding="utf-8"))
        if isinstance(data, dict):
            return data
    return {}


def _update(name: str, changes: dict):
    """Replaces the file in one step, so that two notebooks at a time cannot leave half of one."""
    with contextlib.suppress(OSError):
        folder().mkdir(parents=True, exist_ok=True)
        data = json.dumps(_load(name) | changes, indent=1, sort_keys=True)
        handle, temporary = tempfile.mkstemp(dir=folder(), prefix=name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(data)
            os.replace(temporary, folder() / f"{name}.json")
        except OSError:
            os.unlink(temporary)
