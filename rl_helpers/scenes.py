"""What a page needs to draw an environment from its observations: a description, and the few numbers of each state."""

import json
from pathlib import Path

import gymnasium as gym
import numpy as np

from rl_helpers import envs, palette

_PAGE = Path(__file__).parent / "page"
_COLOURS = {
    name.lower(): getattr(palette, name)
    for name in ("PAPER", "SHADE", "GREY", "INK", "BLUE", "ORANGE", "GREEN", "VERMILION", "PURPLE", "SKY")
}
# Gymnasium's environments, and ours with the same dynamics.
_TWINS = {"CartPoleEnv": "CartPole", "MountainCarEnv": "MountainCar", "PendulumEnv": "Pendulum"}


def pure_environment(env: gym.Env):
    """The pure environment inside `env`, or the one of ours that draws gymnasium's; None for an environment that a page
    cannot draw from its observations."""
    inner = env.unwrapped
    pure = getattr(inner, "pure", None)
    if pure is None:
        twin = getattr(envs, _TWINS.get(type(inner).__name__, ""), None)
        pure = twin() if twin else None
    return pure if _kind(pure) else None


def describe(pure) -> dict:
    """The scene of a pure environment as JSON: its `kind`, its constants, and the course's colours.

    `pure=None` describes pictures that were drawn elsewhere.
    """
    kind = _kind(pure)
    if kind == "cartpole":
        constants = {"max_x": pure.max_x, "max_theta": pure.max_theta, "length": 2 * pure.half_length}
    elif kind == "mountain_car":
        names = ("min_position", "max_position", "goal_position")
        constants = {name: getattr(pure, name) for name in names}
    else:
        constants = {}
    return {"kind": kind or "picture", **constants, "colours": _COLOURS}


def frames_per_second(env: gym.Env) -> int:
    """How many steps of `env` make a second for a person who watches; for CartPole and Pendulum, a second of theirs."""
    known = {"cartpole": 50, "mountain_car": 30, "pendulum": 20}
    return known.get(_kind(pure_environment(env))) or int(env.metadata.get("render_fps") or 30)


def state(pure, obs, action=None) -> list[float]:
    """The numbers that the page draws: of `obs` [obs_dim], and of the action taken in it, None at an episode's end."""
    obs = [float(number) for number in obs]
    kind = _kind(pure)
    if kind == "pendulum":
        torque = 0.0 if action is None else float(np.clip(np.ravel(action)[0] / 2.0, -1.0, 1.0))
        return [float(np.arctan2(obs[1], obs[0])), torque]
    push = 0.0 if action is None else float(np.linspace(-1.0, 1.0, pure.num_actions)[int(action)])
    return [obs[0], obs[2], push] if kind == "cartpole" else [obs[0], push]


def script(name: str) -> str:
    """A script of `rl_helpers/page` with all it uses: drawings, keys, and its style as the string STYLE."""
    style = _read("style.css") + (_read(f"{name}.css") if (_PAGE / f"{name}.css").exists() else "")
    for colour, value in _COLOURS.items():
        style = style.replace(colour.upper(), value)
    scripts = [_read(f"{part}.js") for part in ("scenes", "keys", name)]
    return "\n".join([f"const STYLE = {json.dumps(style)};", *scripts])


def _read(name: str) -> str:
    return (_PAGE / name).read_text(encoding="utf-8")


def _kind(pure) -> str | None:
    if isinstance(pure, envs.CartPole):
        return "cartpole"
    return {"MountainCar": "mountain_car", "Pendulum": "pendulum"}.get(type(pure).__name__)
