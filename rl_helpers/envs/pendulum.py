"""Pendulum in pure JAX, with gymnasium's dynamics: swing a rod up with a motor that is too weak to lift it.

A rod turns around one of its ends. Gravity pulls it down with up to 5 N m, and the motor has only 2. So it must swing
to and fro until it has the energy to come up, and then be held there. Every step costs something: the more, the further
the rod is from upright, the faster it turns, and the more torque is used.
"""

from dataclasses import dataclass
from math import atan2, pi
from typing import NamedTuple

import gymnasium as gym
import jax
import jax.numpy as jnp
import numpy as np

from rl_helpers.envs import base
from rl_helpers.types import TimeStep


class PendulumState(NamedTuple):
    """Where the rod is, and how long the episode has run.

    Attributes:
      theta: angle in radians, 0 upright, positive to the left (counter-clockwise), not wrapped, float32 [].
      theta_dot: angular velocity in rad/s, float32 [].
      time: steps taken in this episode, int32 [].
    """

    theta: jax.Array
    theta_dot: jax.Array
    time: jax.Array


_GAUGE = 2.0  # rad: how far the picture's pointer goes for the largest torque


@dataclass(frozen=True)
class Pendulum(base.Environment):
    """The environment's constants; `reset` and `step` are pure functions and work under jit, vmap and scan.

    The observation is (cos theta, sin theta, theta_dot), float32 [3]. The action is a torque in N m, float32 [1]; what
    exceeds `max_torque` is cut off. Nothing ever terminates: only the clock ends an episode.

    See https://gymnasium.farama.org/environments/classic_control/pendulum/.
    """

    gym_id = "Pendulum-v1"

    max_steps: int = 200  # the clock truncates the episode here
    gravity: float = 10.0  # m/s²
    mass: float = 1.0  # kg
    length: float = 1.0  # m
    time_step: float = 0.05  # s
    max_speed: float = 8.0  # rad/s
    max_torque: float = 2.0  # N m
    start_angle: float = 0.0  # rad: an episode starts at this angle, 0 for upright and pi for hanging, ...
    max_start_offset: float = pi  # rad: ... give or take up to this much, ...
    max_start_speed: float = 1.0  # rad/s: ... with up to this speed in either direction

    @property
    def observation_space(self) -> gym.spaces.Box:
        high = np.array([1.0, 1.0, self.max_speed], np.float32)
        return gym.spaces.Box(-high, high)

    @property
    def action_space(self) -> gym.spaces.Box:
        return gym.spaces.Box(-self.max_torque, self.max_torque, (1,))

    def reset(self, key: jax.Array) -> tuple[PendulumState, jax.Array]:
        """Starts an episode: `(state, obs)`, by default at any angle."""
        high = jnp.array([self.max_start_offset, self.max_start_speed])
        offset, theta_dot = jax.random.uniform(key, (2,), minval=-high, maxval=high)
        state = PendulumState(self.start_angle + offset, theta_dot, jnp.int32(0))
        return state, _observe(state)

    def step(self, key: jax.Array, state: PendulumState, action: jax.Array) -> tuple[PendulumState, TimeStep]:
        """Applies the torque `action` [1] for one `time_step`. `key` is unused: nothing here is random.

        The reward is for the state before the step and the torque.
        """
        del key
        theta, theta_dot, time = state
        torque = jnp.clip(jnp.asarray(action, jnp.float32)[0], -self.max_torque, self.max_torque)
        angle = (theta + pi) % (2 * pi) - pi
        reward = -(angle**2 + 0.1 * theta_dot**2 + 0.001 * torque**2)

        moment = self.mass * self.length**2 / 3.0  # of inertia, of a rod around its end, kg m²
        lever = 0.5 * self.length  # gravity pulls at the middle of the rod
        acceleration = (self.mass * self.gravity * lever * jnp.sin(theta) + torque) / moment  # rad/s²
        theta_dot = jnp.clip(theta_dot + self.time_step * acceleration, -self.max_speed, self.max_speed)
        state = PendulumState(theta + self.time_step * theta_dot, theta_dot, time + 1)
        return state, TimeStep(_observe(state), reward, jnp.bool_(False), state.time >= self.max_steps)

    @property
    def scene(self) -> base.Scene:
        """A ring, the path of the rod's tip, with a mark where it should be; the rod; and a pointer for the torque.

        In lengths of the rod. The pointer stands at the bottom of an inner ring for no torque and runs round it the way
        that the torque turns the rod.
        """
        ring = base.Circle("shade", (0.0, 0.0), 1.0), base.Circle("paper", (0.0, 0.0), 0.97)
        gauge = [(0.38 * np.sin(a), -0.38 * np.cos(a)) for a in np.linspace(-_GAUGE, _GAUGE, 25)]
        still = (*ring, base.Circle("sky", (0.0, 1.0), 0.08), base.Line("shade", tuple(gauge), 0.02))
        rod = base.Line("orange", ((0.0, 0.0), (0.0, 0.92)), 0.16), base.Circle("ink", (0.0, 0.0), 0.05)
        pointer = (base.Polygon("blue", ((0.0, -0.32), (0.07, -0.46), (-0.07, -0.46))),)
        return base.Scene((-1.25, -1.25, 1.25, 1.25), still, (rod, pointer))

    def poses(self, obs, action=None):
        torque = 0.0 if action is None else float(np.clip(np.ravel(action)[0] / self.max_torque, -1.0, 1.0))
        pointer = base.HIDDEN if action is None else (0.0, 0.0, _GAUGE * torque)
        return [(0.0, 0.0, atan2(obs[1], obs[0])), pointer]

    @property
    def controls(self) -> base.Controls:
        most = np.array([self.max_torque], np.float32)
        return base.left_right(most, -most, idle=np.array([0.0], np.float32))  # a positive torque turns to the left

    @property
    def fps(self) -> int:
        return round(1.0 / self.time_step)


def _observe(state: PendulumState) -> jax.Array:
    return jnp.stack([jnp.cos(state.theta), jnp.sin(state.theta), state.theta_dot])
