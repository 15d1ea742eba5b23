"""An environment made of a model of one: imagined episodes, for agents that cannot tell the difference."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import jax
import jax.numpy as jnp

from rl_helpers.types import TimeStep


class ModelState(NamedTuple):
    """What the model has to know, and how long the episode has run.

    Attributes:
      obs: the present observation, float32 [obs_dim].
      time: steps taken in this episode, int32 [].
    """

    obs: jax.Array
    time: jax.Array


@dataclass(frozen=True)
class ModelEnv:
    """Plays what a learned model predicts, with the same `reset` and `step` as the environments themselves.

    The model knows an environment by its observations alone: they are its state.

    Attributes:
      model: `(obs [obs_dim], action) -> (next_obs [obs_dim], reward, terminated)`, traceable by JAX.
      start: `(key) -> obs [obs_dim]`, the first observation of an episode; traceable.
      max_steps: the clock truncates the episode here.
    """

    model: Callable
    start: Callable
    max_steps: int

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
