"""The k-armed bandit in pure JAX: one state, k actions, and the question which of them pays best."""

from dataclasses import dataclass
from typing import NamedTuple

import gymnasium as gym
import jax
import jax.numpy as jnp

from rl_helpers.envs import base
from rl_helpers.types import TimeStep


class BanditState(NamedTuple):
    """What the arms are worth, which the agent has to find out, and how long the episode has run.

    Attributes:
      values: mean reward of each arm, float32 [num_arms].
      time: steps taken in this episode, int32 [].
    """

    values: jax.Array
    time: jax.Array


@dataclass(frozen=True)
class Bandit(base.Environment):
    """Pull one of `num_arms` arms; it pays a reward from N(its value, 1). Every episode has new values, from N(0, 1).

    The observation is always 0, int32 []: there is a single state. Only the clock ends an episode.

    See Sutton & Barto (2018), section 2.3.
    """

    gym_id = "Bandit-v0"

    num_arms: int = 10
    max_steps: int = 1000  # the clock truncates the episode here

    @property
    def observation_space(self) -> gym.spaces.Discrete:
        return gym.spaces.Discrete(1)

    @property
    def action_space(self) -> gym.spaces.Discrete:
        return gym.spaces.Discrete(self.num_arms)

    @property
    def num_states(self) -> int:
        return 1

    def reset(self, key: jax.Array) -> tuple[BanditState, jax.Array]:
        """Starts an episode: `(state, obs)` with new values for all arms."""
        return BanditState(jax.random.normal(key, (self.num_arms,)), jnp.int32(0)), jnp.int32(0)

    def step(self, key: jax.Array, state: BanditState, action: jax.Array) -> tuple[BanditState, TimeStep]:
        """Pulls the arm `action`."""
        reward = state.values[action] + jax.random.normal(key)
        state = state._replace(time=state.time + 1)
        return state, TimeStep(jnp.int32(0), reward, jnp.bool_(False), state.time >= self.max_steps)

    @property
    def scene(self) -> base.Scene:
        """The arms in a row, the first on the left, and a mark on the one that is pulled. An arm is 1 wide."""
        still = [base.rectangle("shade", -0.6, -0.4, self.num_arms - 0.4, 0.1)]
        for arm in range(self.num_arms):
            still += [base.Line("grey", ((arm, 0), (arm, 1)), 0.1), base.Circle("ink", (arm, 1), 0.2)]
        return base.Scene((-1, -1, self.num_arms, 2), tuple(still), ((base.Circle("orange", (0, 1), 0.28),),))

    def poses(self, obs, action=None):
        return [base.HIDDEN if action is None else (int(action), 0.0, 0.0)]

    @property
    def fps(self) -> int:
        return 4
