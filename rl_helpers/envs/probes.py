"""Probes: environments so small that the right values are known, each of which asks an agent one question.

Train an agent on one and compare what it learnt with what is right. The first probe that it fails says where to look:
a loss that never learns `OneReward` is wrong; one that learns it but not `RewardIsObs` does not see its observations.
The idea is Andy Jones's: https://andyljones.com/posts/rl-debugging.html.
"""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import gymnasium as gym
import jax
import jax.numpy as jnp
import numpy as np

from rl_helpers.envs import base
from rl_helpers.types import TimeStep


class ProbeState(NamedTuple):
    """What is seen, float32 [1], and the steps taken in this episode, int32 []."""

    obs: jax.Array
    time: jax.Array


@dataclass(frozen=True)
class _Probe(base.Environment):
    """A probe shows single numbers and is over after a step or two.

    Attributes:
      observations: its different observations in a fixed order, float32 [K, 1].
      num_starts: an episode begins at one of so many of them, the first, all equally likely.
    """

    max_steps: int = 10  # the clock never gets that far, unless it is what the probe asks about

    seen: ClassVar[tuple[float, ...]] = (0.0,)
    actions: ClassVar[int] = 1

    @property
    def observations(self) -> np.ndarray:
        return np.array(self.seen, np.float32)[:, None]

    @property
    def num_starts(self) -> int:
        return len(self.seen)

    @property
    def observation_space(self) -> gym.spaces.Box:
        return gym.spaces.Box(-1.0, 1.0, (1,), np.float32)

    @property
    def action_space(self) -> gym.spaces.Discrete:
        return gym.spaces.Discrete(self.actions)

    def reset(self, key: jax.Array) -> tuple[ProbeState, jax.Array]:
        obs = jax.random.choice(key, jnp.asarray(self.observations[: self.num_starts]))
        return ProbeState(obs, jnp.int32(0)), obs

    def step(self, key: jax.Array, state: ProbeState, action: jax.Array) -> tuple[ProbeState, TimeStep]:
        del key
        next_obs, reward, terminated = self._outcome(state.obs, action)
        state = ProbeState(next_obs, state.time + 1)
        return state, TimeStep(next_obs, jnp.float32(reward), jnp.bool_(terminated), state.time >= self.max_steps)

    def _outcome(self, obs, action):
        """`(next_obs, reward, terminated)`."""
        raise NotImplementedError


class OneReward(_Probe):
    """One observation, one step, reward 1. Does the loss learn a constant?"""

    def _outcome(self, obs, action):
        return obs, 1.0, True


class RewardIsObs(_Probe):
    """The reward is the observation, -1 or 1. Does the value depend on what is seen?"""

    seen = (-1.0, 1.0)

    def _outcome(self, obs, action):
        return obs, obs[0], True


@dataclass(frozen=True)
class LaterReward(_Probe):
    """Observation 0 pays nothing, observation 1 after it pays 1. Does the value travel back, and is it discounted?

    Attributes:
      reward: what is paid in the end.
      random_start: begin at either observation. With `max_steps=1` the clock then stops the way from 0 to 1, and the
        value of 1 is known all the same: does the future after the clock come from the right observation?
    """

    reward: float = 1.0
    random_start: bool = False

    seen = (0.0, 1.0)

    @property
    def num_starts(self):
        return 2 if self.random_start else 1

    def _outcome(self, obs, action):
        return jnp.ones_like(obs), self.reward * obs[0], obs[0] > 0


@dataclass(frozen=True)
class TwoActions(_Probe):
    """Action 0 pays -1 and action 1 pays 1. Is the better one found?

    Attributes:
      rewards: what the two pay. Where both are above 0, only an agent that explores finds the better one.
    """

    rewards: tuple[float, float] = (-1.0, 1.0)

    actions = 2

    def _outcome(self, obs, action):
        return obs, jnp.asarray(self.rewards)[action], True


class ActionMatchesObs(_Probe):
    """Action 0 at -1 and action 1 at 1 pay 1, the others -1. Does the policy depend on what is seen?"""

    seen = (-1.0, 1.0)
    actions = 2

    def _outcome(self, obs, action):
        return obs, (2.0 * action - 1.0) * obs[0], True


@dataclass(frozen=True)
class Clock(_Probe):
    """Reward 1 a step for ever, and a clock that stops each episode after one. Does the future survive the clock?"""

    max_steps: int = 1

    def _outcome(self, obs, action):
        return obs, 1.0, False


class Fall(_Probe):
    """The same, but the task is over after one step. Does the future end with the task?"""

    def _outcome(self, obs, action):
        return obs, 1.0, True


PROBES = (OneReward(), RewardIsObs(), LaterReward(), TwoActions(), ActionMatchesObs(), Clock(), Fall())
