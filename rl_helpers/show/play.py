"""Play an environment yourself: `play("rl_helpers/NoOpCartPole-v1")`.

In a notebook the game appears in the page, with keys, buttons and touch; the environment runs in the kernel. In a plain
Python with a display it opens a window. Your best score is kept (see `records`).
"""

import asyncio
import importlib.util
import os
import sys
import time
from collections.abc import Mapping
from typing import Any

import gymnasium as gym
import numpy as np

from rl_helpers import records
from rl_helpers.envs.base import Controls, ending
from rl_helpers.envs.gymnasium_bridge import frames_per_second, pure_environment
from rl_helpers.show import picture
from rl_helpers.show.game import Game, Pacer, controls

_playing = None  # the player that was started last: an older one stops


def play(env: str | gym.Env, *, keys: Mapping[str, Any] | None = None, idle: Any = None, fps: float | None = None):
    """Lets you play an environment; returns the player, which a notebook shows, or None in a plain Python.

    Args:
      env: an id, such as "rl_helpers/NoOpCartPole-v1", or an environment of your own. One that we cannot draw from its
        observations must have been made with render_mode="rgb_array".
      keys: an action for each key, where the usual ones (a and d, the arrows, or the digits) do not fit.
      idle: with `keys`, the action while no key is held; None: the last one goes on.
      fps: steps per second; half of the usual makes the game twice as slow.
    Raises:
      ValueError: nobody can draw the environment, or its actions need `keys`.
      ImportError, RuntimeError: in a plain Python, pygame is missing, or there is no display.
    """
    env = _make(env) if isinstance(env, str) else env
    if pure_environment(env) is None and env.render_mode != "rgb_array":
        raise ValueError('this environment must draw itself: make it with render_mode="rgb_array"')
    game_controls = controls(env, keys, idle)
    fps = fps or frames_per_second(env)
    if not _in_notebook():
        return _play_in_window(env, game_controls, fps)
    if importlib.util.find_spec("anywidget") is None:
        print("The player needs the package anywidget. Run  %pip install anywidget  in a cell, restart the kernel, and")
        print("reload the page.")
        return None
    return _player(env, game_controls, fps)


def _make(env_id: str) -> gym.Env:
    """The environment, which draws itself only when the page cannot draw it."""
    env = gym.make(env_id)
    if pure_environment(env) is not None:
        return env
    env.close()
    try:
        env = gym.make(env_id, render_mode="rgb_array")
        env.reset()
        env.render()
    except Exception as error:
        raise ValueError(f"{env_id} cannot draw itself here: {error}") from None
    return env


def _game_id(env: gym.Env) -> str:
    """What the best score of an environment is kept under."""
    return env.spec.id if env.spec else type(env.unwrapped).__name__


def _in_notebook() -> bool:
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    return hasattr(get_ipython(), "kernel")


# --- In the page ------------------------------------------------------------------------------------------------------


class Session:
    """A game and the page that shows it: frames go out at the game's pace, what the player does comes in.

    Args:
      env, game_controls, fps: as for `play`.
      send: `send(content, buffers)`, to the page.
    """

    def __init__(self, env: gym.Env, game_controls: Controls, fps: float, send):
        self.env, self._send = env, send
        self._pure, self._id = pure_environment(env), _game_id(env)
        self._fps, self._frame = fps, 0
        self._task: asyncio.Task | None = None
        self._news = asyncio.Event()
        self.game = Game(env, game_controls)
        self.game.hold(0)
        self.game.step()  # compiles the environment before somebody plays
        self.game.restart()
        self.best = self._earlier = records.best_score(self._id)
        self._error = ""

    def receive(self, message: dict):
        """What the page says: it is there, a button is held, a frame was shown, play again."""
        kind = message.get("type")
        if kind == "hold":
            button = message.get("button")
            known = isinstance(button, int) and 0 <= button < len(self.game.controls.buttons)
            self.game.hold(button if known else None)
            if self.game.status == "playing" and self._task is None:
                self._pacer = Pacer(1.0 / self._fps)
                self._task = asyncio.get_running_loop().create_task(self._run())
        elif kind == "shown" and self._task is not None:
            self._pacer.shown(int(message.get("frame", 0)), time.monotonic())
            self._news.set()
        elif kind == "restart":
            self.stop()
            self._error = ""
            self.game.restart()
            self.show()
        elif kind == "hello":
            self.show()

    def stop(self):
        """Leaves the game where it is."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def show(self):
        """Sends the game as it is now."""
        game = self.game
        self._frame += 1
        content = {
            "type": "frame",
            "frame": self._frame,
            "status": game.status,
            "steps": game.steps,
            "score": game.score,
            "best": self.best,
            "message": self._message(),
        }
        if self._pure is not None:
            poses = self._pure.poses(np.asarray(game.obs), game.action)
            return self._send(content | {"poses": picture.numbers(poses)}, [])
        return self._send(content, [picture.small(self.env.render(), 480, "JPEG", 75)])

    async def _run(self):
        while self.game.status == "playing":
            wait = self._pacer.wait(time.monotonic())
            if wait is None:
                self._news.clear()
                await self._news.wait()
            elif wait > 0:
                await asyncio.sleep(wait)
            else:
                self._step()
                self._pacer.sent(self._frame, time.monotonic())
                await asyncio.sleep(0)  # what the player does comes first
        self._task = None

    def _step(self):
        try:
            self.game.step()
        except Exception as error:  # there is no cell that could show it
            self.game.status, self._error = "over", f"The environment raised {type(error).__name__}: {error}"
        else:
            if self.game.status == "over":
                self._earlier, self.best = self.best, records.note_score(self._id, self.game.score)
        self.show()

    def _message(self) -> str:
        game = self.game
        if game.status != "over" or self._error:
            return self._error
        over = game.terminated
        how = ending(over) if self._pure is None else self._pure.ending(game.obs, over)
        best = self._earlier is None or game.score > self._earlier
        return f"{how.played} {'Your best so far.' if best else ''}".strip()


def _player(env: gym.Env, game_controls: Controls, fps: float):
    global _playing
    import anywidget
    import traitlets

    class Player(anywidget.AnyWidget):
        """The game in the page, see page/player.js."""

        _esm = picture.script("player")
        scene = traitlets.Dict(allow_none=True).tag(sync=True)
        buttons: traitlets.List = traitlets.List().tag(sync=True)
        title = traitlets.Unicode().tag(sync=True)
        idle = traitlets.Bool().tag(sync=True)

        def __repr__(self):  # what a page without widgets shows; anywidget cuts it at 110 characters
            return (
                "Run this cell to play. Still no game? Reload the page, or install anywidget where Jupyter itself runs."
            )

    if _playing is not None:
        _playing.stop()
    pure = pure_environment(env)
    player = Player(
        scene=picture.describe(pure.scene) if pure is not None and pure.scene is not None else None,
        buttons=[{"label": button.label, "keys": list(button.keys)} for button in game_controls.buttons],
        title=env.spec.name if env.spec else type(env.unwrapped).__name__,
        idle=game_controls.idle is not None,
    )
    player.session = _playing = Session(
        env, game_controls, fps, lambda content, buffers: player.send(content, buffers=buffers)
    )
    player.on_msg(lambda widget, content, buffers: player.session.receive(content))
    return player


# --- In a window ------------------------------------------------------------------------------------------------------


class _Recorder(gym.Wrapper):
    """For gymnasium's player: `None` is "no key is held", an episode waits for the first key, its score is kept."""

    def __init__(self, env: gym.Env, game_controls: Controls):
        super().__init__(env)
        self._controls = game_controls

    def reset(self, **options):
        self._score, self._last = 0.0, None
        self._obs, info = self.env.reset(**options)
        return self._obs, info

    def step(self, action):
        if action is None and self._last is None:
            return self._obs, 0.0, False, False, {}
        if action is None:
            action = self._last if self._controls.idle is None else self._controls.idle
        self._last = action
        obs, reward, terminated, truncated, info = self.env.step(action)
        self._score += float(reward)
        if terminated or truncated:
            best = records.note_score(_game_id(self.env), self._score)
            print(f"score {self._score:.0f}, best so far {best:.0f}")
        return obs, reward, terminated, truncated, info


def _play_in_window(env: gym.Env, game_controls: Controls, fps: float):
    """Gymnasium's player: a pygame window that stays until it is closed or Esc is pressed."""
    if importlib.util.find_spec("pygame") is None:
        raise ImportError('the window needs pygame: pip install "gymnasium[classic-control]"')
    if sys.platform == "linux" and not {"DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"} & set(os.environ):
        raise RuntimeError("there is no display here: play in a notebook instead, where the game appears in the page")
    import pygame
    from gymnasium.utils.play import play as play_in_window

    if env.render_mode != "rgb_array" and env.spec is not None:
        env = gym.make(env.spec, render_mode="rgb_array")
    pygame.init()
    codes = {"ArrowLeft": "left", "ArrowRight": "right", "ArrowUp": "up", "ArrowDown": "down", " ": "space"}
    keys = {
        (pygame.key.key_code(codes.get(key, key)),): button.action
        for button in game_controls.buttons
        for key in button.keys
    }
    recorder = _Recorder(env, game_controls)
    play_in_window(recorder, keys_to_action=keys, noop=None, fps=round(fps), wait_on_player=False)
