"""An environment made of a model of one: imagined episodes, for agents that cannot tell the difference."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import gymnasium as gym
import jax
import jax.numpy as jnp

from rl_helpers.envs import base
from rl_helpers.types import TimeStep


class ModelState(NamedTuple):
    """What the model has to know, and how long the episode has run.

    Attributes:
      obs: the current observation, float32 [obs_dim].
      time: steps taken in this episode, int32 [].
    """

    obs: jax.Array
    time: jax.Array


@dataclass(frozen=True)
class ModelEnv(base.Environment):
    """Plays what a learned model predicts, with the same `reset` and `step` as the environments themselves.

    The model knows an environment by its observations alone: they are its state.

    Attributes:
      model: `(obs [obs_dim], action) -> (next_obs [obs_dim], reward, terminated)`, traceable by JAX.
      start: `(key) -> obs [obs_dim]`, the first observation of an episode; traceable.
      max_steps: the clock truncates the episode here.
      real: the environment that the model is of. Its spaces and its picture are the model's; without it, only `reset`
        and `step` work.
    """

    model: Callable
    start: Callable
    max_steps: int
    real: base.Environment | None = None

    @property
    def observation_space(self) -> gym.Space:
        return self._known.observation_space

    @property
    def action_space(self) -> gym.Space:
        return self._known.action_space

    def reset(self, key: jax.Array) -> tuple[ModelState, jax.Array]:
        """Starts an episode: `(state, obs)`."""
        obs = jnp.asarray(self.start(key), jnp.float32)
        return ModelState(obs, jnp.int32(0)), obs

    def step(self, key: jax.Array, state: ModelState, action: jax.Array) -> tuple[ModelState, TimeStep]:
        """Asks the model for one step. `key` is unused: the model predicts the same next observation every time."""
        del key
        next_obs, reward, terminated = self.model(state.obs, action)
        state = ModelState(jnp.asarray(next_obs, jnp.float32), state.time + 1)
        truncated = state.time >= self.max_steps
        return state, TimeStep(state.obs, jnp.float32(reward), jnp.asarray(terminated, bool), truncated)

    @property
    def scene(self) -> base.Scene | None:
        return None if self.real is None else self.real.scene

    def poses(self, obs, action=None) -> Any:
        return self._known.poses(obs, action)

    def ending(self, obs, terminated: bool) -> base.Ending:
        return self._known.ending(obs, terminated)

    @property
    def controls(self) -> base.Controls | None:
        return None if self.real is None else self.real.controls

    @property
    def fps(self) -> int:
        return self._known.fps

    @property
    def _known(self) -> base.Environment:
        if self.real is None:
            raise ValueError("a model does not know its spaces or its picture: say what it is of, with real=env")
        return self.real
