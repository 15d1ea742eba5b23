"""Acrobot in pure JAX, with gymnasium's dynamics: two links hang from a bar, and the only motor is in their joint.

Like a gymnast, it has to swing until the free end rises by the length of one link above the bar. Every step costs 1
until then.
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


class AcrobotState(NamedTuple):
    """How the links hang, and how long the episode has run.

    Attributes:
      angles: of the first link, 0 hanging down, and of the second relative to the first, radians in [-pi, pi), positive
        counter-clockwise, float32 [2].
      speeds: their velocities in rad/s, float32 [2].
      time: steps taken in this episode, int32 [].
    """

    angles: jax.Array
    speeds: jax.Array
    time: jax.Array


@dataclass(frozen=True)
class Acrobot(base.Environment):
    """The environment's constants; `reset` and `step` are pure functions and work under jit, vmap and scan.

    The observation is (cos, sin of the first angle, cos, sin of the second, both velocities), float32 [6]. Action 0
    turns the second link with -1 N m, action 1 does nothing, action 2 turns it with 1 N m.

    See Sutton (1996), and https://gymnasium.farama.org/environments/classic_control/acrobot/.
    """

    gym_id = "Acrobot-v1"

    max_steps: int = 500  # the clock truncates the episode here
    gravity: float = 9.8  # m/s²
    mass: float = 1.0  # kg, of each link
    length: float = 1.0  # m, of each link; its centre of mass is in the middle
    moment: float = 1.0  # kg m², of inertia, of each link around its centre of mass
    time_step: float = 0.2  # s
    torques: tuple[float, ...] = (-1.0, 0.0, 1.0)  # N m, one for each action
    max_speeds: tuple[float, float] = (4 * pi, 9 * pi)  # rad/s
    max_start: float = 0.1  # both angles and both velocities start between -max_start and max_start

    @property
    def observation_space(self) -> gym.spaces.Box:
        high = np.array([1.0, 1.0, 1.0, 1.0, *self.max_speeds], np.float32)
        return gym.spaces.Box(-high, high)

    @property
    def action_space(self) -> gym.spaces.Discrete:
        return gym.spaces.Discrete(len(self.torques))

    def reset(self, key: jax.Array) -> tuple[AcrobotState, jax.Array]:
        """Starts an episode: `(state, obs)`, nearly at rest."""
        start = jax.random.uniform(key, (2, 2), minval=-self.max_start, maxval=self.max_start)
        state = AcrobotState(start[0], start[1], jnp.int32(0))
        return state, _observe(state)

    def step(self, key: jax.Array, state: AcrobotState, action: jax.Array) -> tuple[AcrobotState, TimeStep]:
        """Turns the motor for one `time_step`. `key` is unused: nothing here is random."""
        del key
        torque, h = jnp.asarray(self.torques, jnp.float32)[action], self.time_step
        before = jnp.stack([state.angles, state.speeds])
        k1 = self._change(before, torque)  # the classical Runge-Kutta method
        k2 = self._change(before + h / 2 * k1, torque)
        k3 = self._change(before + h / 2 * k2, torque)
        k4 = self._change(before + h * k3, torque)
        angles, speeds = before + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)

        limits = jnp.asarray(self.max_speeds, jnp.float32)
        state = AcrobotState((angles + pi) % (2 * pi) - pi, jnp.clip(speeds, -limits, limits), state.time + 1)
        terminated = -jnp.cos(state.angles[0]) - jnp.cos(state.angles.sum()) > 1.0
        reward = jnp.where(terminated, 0.0, -1.0)
        return state, TimeStep(_observe(state), reward, terminated, state.time >= self.max_steps)

    @property
    def scene(self) -> base.Scene:
        """The line that the free end has to cross, the two links, and where the motor pushes. In lengths of a link."""
        goal = base.Line("sky", ((-2.2, 1.0), (2.2, 1.0)), 0.03)
        first, second = (
            (base.Line(colour, ((0.0, 0.0), (0.0, -1.0)), 0.14), base.Circle("ink", (0.0, 0.0), 0.06))
            for colour in ("orange", "blue")
        )
        window = (-2.35 / base.ASPECT, -2.35, 2.35 / base.ASPECT, 2.35)
        return base.Scene(window, (goal,), (first, second, base.arrow("vermilion", 0.4)))

    def poses(self, obs, action=None):
        first = atan2(obs[1], obs[0])
        second = first + atan2(obs[3], obs[2])
        x, y = np.sin(first), -np.cos(first)
        torque = 0.0 if action is None else np.sign(self.torques[int(action)])
        tip = (x + 1.15 * np.sin(second), y - 1.15 * np.cos(second))
        arrow = (*tip, second + (pi if torque < 0 else 0.0)) if torque else base.HIDDEN
        return [(0.0, 0.0, first), (x, y, second), arrow]

    def ending(self, obs, terminated: bool) -> base.Ending:
        return base.Ending("over the line", "You made it over the line!") if terminated else base.ending(terminated)

    @property
    def controls(self) -> base.Controls:
        return base.left_right(0, len(self.torques) - 1, idle=self.torques.index(0.0) if 0.0 in self.torques else None)

    @property
    def fps(self) -> int:
        return 15  # three times as fast as it is

    def _change(self, now: jax.Array, torque) -> jax.Array:
        """Velocities and accelerations of both angles, [2, 2], when they and their velocities are `now`.

        See Sutton & Barto (1998), section 11.3.
        """
        (angle_1, angle_2), (speed_1, speed_2) = now
        m, length, middle = self.mass, self.length, self.length / 2
        sin, cos = jnp.sin(angle_2), jnp.cos(angle_2)
        coupling = m * length * middle
        d_2 = m * middle**2 + coupling * cos + self.moment
        d_1 = m * (2 * middle**2 + length**2) + 2 * coupling * cos + 2 * self.moment
        pull_2 = m * middle * self.gravity * jnp.sin(angle_1 + angle_2)
        pull_1 = pull_2 + m * (middle + length) * self.gravity * jnp.sin(angle_1)
        pull_1 -= coupling * sin * speed_2 * (speed_2 + 2 * speed_1)
        acceleration_2 = (torque + d_2 / d_1 * pull_1 - coupling * speed_1**2 * sin - pull_2) / (
            m * middle**2 + self.moment - d_2**2 / d_1
        )
        acceleration_1 = -(d_2 * acceleration_2 + pull_1) / d_1
        return jnp.array([[speed_1, speed_2], [acceleration_1, acceleration_2]])


def _observe(state: AcrobotState) -> jax.Array:
    (first, second), speeds = state.angles, state.speeds
    return jnp.concatenate([jnp.stack([jnp.cos(first), jnp.sin(first), jnp.cos(second), jnp.sin(second)]), speeds])
