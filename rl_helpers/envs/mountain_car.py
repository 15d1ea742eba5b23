"""MountainCar in pure JAX, with gymnasium's dynamics.

A car stands in a valley, and its engine is too weak to drive straight up the hill on the right to the flag. It has to
go back up the other hill first, to gain speed. Every step costs 1 until the car is at the flag.
"""

from dataclasses import dataclass
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from rl_helpers.types import TimeStep


class MountainCarState(NamedTuple):
    """Where the car is, and how long the episode has run.

    Attributes:
      position: along the track, without a unit; the valley's bottom is at -pi / 6 = -0.52, float32 [].
      velocity: change of the position in one step, float32 [].
      time: steps taken in this episode, int32 [].
    """

    position: jax.Array
    velocity: jax.Array
    time: jax.Array


@dataclass(frozen=True)
class MountainCar:
    """The environment's constants; `reset` and `step` are pure functions and work under jit, vmap and scan.

    The observation is (position, velocity), float32 [2]. Action 0 pushes to the left, 1 does not push, 2 pushes to the
    right.

    See Moore (1990), and https://gymnasium.farama.org/environments/classic_control/mountain_car/.
    """

    max_steps: int = 200  # the clock truncates the episode here
    force: float = 0.001  # velocity that an action adds in one step
    gravity: float = 0.0025  # velocity that the steepest slope adds in one step
    min_position: float = -1.2  # an inelastic wall
    max_position: float = 0.6
    max_speed: float = 0.07
    goal_position: float = 0.5  # the flag: reached at this position or beyond, and not on the way back
    min_start: float = -0.6  # the first position lies between min_start and max_start, the first velocity is 0
    max_start: float = -0.4

    @property
    def num_actions(self) -> int:
        return 3

    @property
    def obs_low(self) -> np.ndarray:
        """Lower bounds of the observation, [2]."""
        return np.array([self.min_position, -self.max_speed], np.float32)

    @property
    def obs_high(self) -> np.ndarray:
        """Upper bounds of the observation, [2]."""
        return np.array([self.max_position, self.max_speed], np.float32)

    def reset(self, key: jax.Array) -> tuple[MountainCarState, jax.Array]:
        """Starts an episode: `(state, obs)` with the car at rest near the bottom of the valley."""
        position = jax.random.uniform(key, minval=self.min_start, maxval=self.max_start)
        state = MountainCarState(position, jnp.float32(0.0), jnp.int32(0))
        return state, _observe(state)

    def step(self, key: jax.Array, state: MountainCarState, action: jax.Array) -> tuple[MountainCarState, TimeStep]:
        """Drives for one step. `key` is unused: nothing here is random.

        Termination and truncation are reported apart, and both are true when the car arrives in the very last step.
        The environment never resets itself; what it reports after the end of an episode has no meaning.
        """
        del key
        position, velocity, time = state
        slope = jnp.cos(3.0 * position)  # the track's height is sin(3 * position)
        velocity = velocity + (action - 1) * self.force - self.gravity * slope
        velocity = jnp.clip(velocity, -self.max_speed, self.max_speed)
        position = jnp.clip(position + velocity, self.min_position, self.max_position)
        velocity = jnp.where((position == self.min_position) & (velocity < 0.0), 0.0, velocity)
        state = MountainCarState(position, velocity, time + 1)
        terminated = (position >= self.goal_position) & (velocity >= 0.0)
        truncated = state.time >= self.max_steps
        return state, TimeStep(_observe(state), jnp.float32(-1.0), terminated, truncated)

    def render(self, state) -> np.ndarray:
        """Draws a state, or an observation, as an image: uint8 [height, width, 3]."""
        from rl_helpers.envs.render import draw_mountain_car  # Pillow is loaded when something is drawn

        return draw_mountain_car(self, float(state[0]))


def _observe(state: MountainCarState) -> jax.Array:
    return jnp.stack([state.position, state.velocity])
