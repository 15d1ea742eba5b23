"""Human play without a page: which keys mean which action, one game in an environment, and the pace of its frames."""

from collections.abc import Mapping
from typing import Any

import gymnasium as gym
import numpy as np

from rl_helpers.envs.base import Button, Controls, left_right
from rl_helpers.envs.gymnasium_bridge import pure_environment

_DIGITS = "1234567890"


def controls(env: gym.Env, keys: Mapping[str, Any] | None = None, idle: Any = None) -> Controls:
    """The controls of an environment.

    Args:
      env: with discrete actions, or one continuous action.
      keys: an action for each key, to choose them yourself: `{"ArrowUp": 2}`.
      idle: with `keys`, the action while no key is held.
    Raises:
      ValueError: several continuous actions, or too many discrete ones, and no `keys`.
    """
    if keys is not None:
        return Controls(tuple(Button(f"{action} ({key})", (key,), action) for key, action in keys.items()), idle)
    pure, space = pure_environment(env), env.action_space
    if pure is not None and pure.controls is not None:
        return pure.controls
    if isinstance(space, gym.spaces.Discrete) and space.n <= len(_DIGITS):
        names = _action_names(env) or [f"action {space.start + i}" for i in range(space.n)]
        buttons = tuple(Button(name, (_DIGITS[i],), int(space.start) + i) for i, name in enumerate(names))
        return Controls(buttons, int(space.start) + names.index("NOOP") if "NOOP" in names else None)
    if isinstance(space, gym.spaces.Box) and space.shape == (1,):
        low, high = (bound.astype(space.dtype) for bound in (space.low, space.high))
        return left_right(low, high, idle=np.zeros_like(low))
    raise ValueError(f'say which key means which action of {space}, as play(env, keys={{"ArrowUp": ...}}, idle=...)')


class Game:
    """One player in one environment, with no clock and no page.

    A game is "ready" until the first button is held, "playing" while `step` is to be called, and then "over".

    Attributes:
      status: "ready", "playing" or "over".
      obs: the last observation.
      action: the last action, None while the game is "ready".
      score: sum of the rewards so far.
      steps: steps taken.
      terminated: whether the task ended (rather than the clock running out).
    """

    def __init__(self, env: gym.Env, controls: Controls):
        self.env, self.controls = env, controls
        self.restart()

    def restart(self):
        """A new episode, waiting for the player."""
        self.obs, _ = self.env.reset()
        self.status, self.action, self._held = "ready", None, None
        self.score, self.steps, self.terminated = 0.0, 0, False

    def hold(self, button: int | None):
        """The player now holds this button (its place in `controls.buttons`), or none."""
        self._held = button
        if button is not None and self.status == "ready":
            self.status = "playing"
            self.action = self.controls.buttons[button].action  # goes on even if let go before the first step

    def step(self):
        """One step of the environment with what is held now. Does nothing unless the game is "playing"."""
        if self.status != "playing":
            return
        if self._held is not None:
            self.action = self.controls.buttons[self._held].action
        elif self.controls.idle is not None:
            self.action = self.controls.idle
        self.obs, reward, self.terminated, truncated, _ = self.env.step(self.action)
        self.score += float(reward)
        self.steps += 1
        if self.terminated or truncated:
            self.status = "over"


class Pacer:
    """Says when the next frame may be sent: one every `period` seconds, and more slowly when the page falls behind.

    No frame is ever left out. Behind a slow connection the game slows down evenly, so that a reaction to what one sees
    always comes within about the same number of steps. All times are seconds, by the caller's clock.

    Args:
      period: seconds between frames.
      patience: how many seconds a frame may be under way, there and back, before the game slows down.
    """

    def __init__(self, period: float, patience: float = 0.25):
        self.period, self.patience = period, patience
        self._due = self._delay = 0.0
        self._under_way: dict[int, float] = {}

    def sent(self, frame: int, now: float):
        """Frame number `frame` has been sent."""
        self._under_way[frame] = now
        pace = self.period * max(1.0, self._delay / self.patience)
        self._due = max(self._due, now - self.period / 2) + pace  # catches up half a frame of jitter, no more

    def shown(self, frame: int, now: float):
        """The page has shown frame number `frame`, and so all before it."""
        self._delay = now - self._under_way.get(frame, now)
        self._under_way = {n: time for n, time in self._under_way.items() if n > frame}

    def wait(self, now: float) -> float | None:
        """Seconds until the next frame may be sent, 0 for now; None: not before the page has shown more."""
        if len(self._under_way) > self.patience / self.period:
            return None
        return max(0.0, self._due - now)


def _action_names(env: gym.Env) -> list[str] | None:
    names = getattr(env.unwrapped, "get_action_meanings", None)
    return list(names()) if names else None
