"""MountainCar in pure JAX, with gymnasium's dynamics.

A car stands in a valley, and its engine is too weak to drive straight up the hill on the right to the flag. It has to
go back up the other hill first, to gain speed. Every step costs 1 until the car is at the flag.
"""

from dataclasses import dataclass
from math import atan, cos, pi, sin
from typing import NamedTuple

import gymnasium as gym
import jax
import jax.numpy as jnp
import numpy as np

from rl_helpers.envs import base
from rl_helpers.types import TimeStep


class MountainCarState(NamedTuple):
    """Where the car is, and how long the episode has run.

    Attributes:
      position: along the track, without a unit; the valley's bottom is at -pi / 6 = -0.52, float32 [].
      velocity: change in position per step, float32 [].
      time: steps taken in this episode, int32 [].
    """

    position: jax.Array
    velocity: jax.Array
    time: jax.Array


@dataclass(frozen=True)
class MountainCar(base.Environment):
    """The environment's constants; `reset` and `step` are pure functions and work under jit, vmap and scan.

    The observation is (position, velocity), float32 [2]. Action 0 pushes to the left, 1 does not push, 2 pushes to the
    right.

    See Moore (1990), and https://gymnasium.farama.org/environments/classic_control/mountain_car/.
    """

    gym_id = "MountainCar-v0"

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
    def observation_space(self) -> gym.spaces.Box:
        low, high = [self.min_position, -self.max_speed], [self.max_position, self.max_speed]
        return gym.spaces.Box(np.array(low, np.float32), np.array(high, np.float32))

    @property
    def action_space(self) -> gym.spaces.Discrete:
        return gym.spaces.Discrete(3)

    def reset(self, key: jax.Array) -> tuple[MountainCarState, jax.Array]:
        """Starts an episode: `(state, obs)` with the car at rest near the bottom of the valley."""
        position = jax.random.uniform(key, minval=self.min_start, maxval=self.max_start)
        state = MountainCarState(position, jnp.float32(0.0), jnp.int32(0))
        return state, _observe(state)

    def step(self, key: jax.Array, state: MountainCarState, action: jax.Array) -> tuple[MountainCarState, TimeStep]:
        """Drives for one step. `key` is unused: nothing here is random."""
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

    @property
    def scene(self) -> base.Scene:
        """The track between its hills, a wall on the left, the flag; the car; and the push. In units of position."""
        left, right = self.min_position - 0.12, self.max_position + 0.12
        height = (right - left) * base.ASPECT
        bottom, top = -0.42 * height, 0.58 * height
        track = tuple((x, _height(x)) for x in np.linspace(left, right, 81))
        wall, flag = self.min_position - 0.09, self.goal_position
        foot, mast = _height(wall), _height(flag) + 0.24
        still = (
            base.Polygon("shade", (*track, (right, bottom), (left, bottom))),
            base.Line("grey", track, 0.012),
            base.rectangle("grey", wall - 0.01, foot, wall + 0.01, foot + 0.13),
            base.Line("ink", ((flag, _height(flag)), (flag, mast)), 0.012),
            base.Polygon("vermilion", ((flag, mast), (flag, mast - 0.1), (flag + 0.11, mast - 0.05))),
        )
        car: tuple[base.Shape, ...] = (
            base.rectangle("blue", -0.07, 0.025, 0.07, 0.075),
            base.Polygon("blue", ((-0.04, 0.07), (0.035, 0.07), (0.02, 0.115), (-0.03, 0.115))),
            *(base.Circle("ink", (x, 0.025), 0.025) for x in (-0.042, 0.042)),
        )
        return base.Scene((left, bottom, right, top), still, (car, base.arrow("ink", 0.12)))

    def poses(self, obs, action=None):
        x, y = obs[0], _height(obs[0])
        slope, push = atan(1.35 * cos(3.0 * x)), 0 if action is None else int(action) - 1
        beside = (x + 0.09 * push * cos(slope) - 0.05 * sin(slope), y + 0.09 * push * sin(slope) + 0.05 * cos(slope))
        arrow = (*beside, slope + (pi if push < 0 else 0.0)) if push else base.HIDDEN
        return [(x, y, slope), arrow]

    def ending(self, obs, terminated: bool) -> base.Ending:
        return base.Ending("at the flag", "You made it to the flag!") if terminated else base.ending(terminated)

    @property
    def controls(self) -> base.Controls:
        return base.left_right(0, 2, idle=1)


def _height(x: float) -> float:
    """The track's height in the picture, in units of position; 0.45 is gymnasium's choice and keeps it drawable."""
    return 0.45 * sin(3.0 * x)


def _observe(state: MountainCarState) -> jax.Array:
    return jnp.stack([state.position, state.velocity])
