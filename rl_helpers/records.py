"""What the course remembers on this computer from one notebook to the next: best scores, and exercises that are done.

Two small JSON files in the user's data folder (`folder()` says where). A file that cannot be read or written is no
reason to stop a notebook: then nothing is remembered.
"""

import contextlib
import json
import os
import tempfile
from pathlib import Path


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
    best = max(float(score), best_score(env_id) if best_score(env_id) is not None else float("-inf"))
    _update("scores", {_game(env_id): best})
    return best


def exercises_done() -> dict[str, bool]:
    """For each exercise whose check has run: whether it ended in a tick the last time."""
    return {name: passed for name, passed in _load("exercises").items() if isinstance(passed, bool)}


def note_exercise(name: str, passed: bool | None):
    """Remembers how the check of an exercise ended; None: there is no answer to check. Never raises."""
    with contextlib.suppress(Exception):
        if exercises_done().get(name) is not passed:
            _update("exercises", {name: passed})


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
