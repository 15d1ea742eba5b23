"""Pure environments as gymnasium environments."""

import functools
from typing import Any

import gymnasium as gym
import jax
import numpy as np

from rl_helpers.envs.base import REGISTERED, Environment


class GymnasiumEnv(gym.Env):
    """A `gymnasium.Env` around a pure environment.

    `truncated` comes from the environment's own clock, so no `TimeLimit` wrapper belongs around it.

    Args:
      env: the pure environment.
      render_mode: "rgb_array" to draw, or None.
    """

    metadata = {"render_modes": ["rgb_array"]}  # noqa: RUF012 (gymnasium's convention)

    def __init__(self, env: Environment, render_mode: str | None = None):
        if render_mode not in (None, "rgb_array"):
            raise ValueError(f"render_mode must be None or 'rgb_array', got {render_mode!r}")
        self.pure, self.render_mode = env, render_mode
        self.observation_space, self.action_space = env.observation_space, env.action_space
        self.metadata = {**self.metadata, "render_fps": env.fps}
        self._plain = int if isinstance(env.observation_space, gym.spaces.Discrete) else np.array
        self._state = None

    def reset(self, *, seed: int | None = None, options: dict | None = None):
        super().reset(seed=seed)
        self._key = self.np_random.integers(2**32, size=2, dtype=np.uint32)  # a JAX key's raw form
        self._state, obs = _reset(self.pure, self._key)
        self._obs = obs
        return self._plain(obs), {}

    def step(self, action):
        if self._state is None:
            raise RuntimeError("call reset() before step()")
        action = self._checked(action)
        self._key, self._state, timestep = _step(self.pure, self._key, self._state, action)
        obs, reward, terminated, truncated = timestep
        self._obs = obs
        return self._plain(obs), float(reward), bool(terminated), bool(truncated), {}

    def render(self):
        if self.render_mode is None:
            raise ValueError('nothing to draw with: make the environment with render_mode="rgb_array"')
        return self.pure.render(np.asarray(self._obs))

    def _checked(self, action):
        """What the pure environment gets: an int, or float32 of the action space's shape, also beyond its bounds."""
        space = self.action_space
        if isinstance(space, gym.spaces.Discrete):
            if not space.contains(action):
                raise ValueError(f"action must be an integer in [0, {space.n}), got {action!r}")
            return int(action)
        if np.shape(action) != space.shape or not np.all(np.isfinite(action)):
            raise ValueError(f"action must be {list(space.shape)} finite numbers, got {action!r}")
        return np.asarray(action, np.float32)


# The pure environment is a static argument, so equal environments share their compiled functions.
@functools.partial(jax.jit, static_argnums=0)
def _reset(env, key):
    return env.reset(key)


@functools.partial(jax.jit, static_argnums=0)
def _step(env, key, state, action):
    key, step_key = jax.random.split(key)
    return key, *env.step(step_key, state, action)


def make(gym_id: str, render_mode: str | None = None, **constants) -> GymnasiumEnv:
    """For `gymnasium.make("rl_helpers/CartPole-v1", max_steps=200)`: the keywords are the environment's fields."""
    return GymnasiumEnv(REGISTERED[gym_id](**constants), render_mode)


def pure_environment(env: gym.Env) -> Environment | None:
    """The pure environment that draws `env`'s observations: the one inside, or ours with the same id as gymnasium's.

    None where there is none with a scene.
    """
    inner: Any = env.unwrapped
    pure: Environment | None
    if isinstance(inner, GymnasiumEnv):
        pure = inner.pure
    else:
        twin = REGISTERED.get(env.spec.id) if env.spec else None
        pure = twin() if twin else None
    return pure if pure is not None and pure.scene is not None else None


def frames_per_second(env: gym.Env) -> int:
    """How many steps of `env` make a second for a person who watches."""
    pure = pure_environment(env)
    return pure.fps if pure is not None else int(env.metadata.get("render_fps") or 30)
