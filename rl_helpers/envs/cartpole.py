"""CartPole in pure JAX, with gymnasium's dynamics, and a variant that a person can play.

A pole stands on a cart that slides along a track. Push the cart left or right so that the pole does not fall and the
cart does not leave the track. Every step pays 1, the last one included.
"""

from dataclasses import dataclass
from math import pi, radians
from typing import NamedTuple

import gymnasium as gym
import jax
import jax.numpy as jnp
import numpy as np

from rl_helpers.envs import base
from rl_helpers.types import TimeStep


class CartPoleState(NamedTuple):
    """Where the cart and the pole are, and how long the episode has run.

    Attributes:
      x: position of the cart on the track in metres, 0 in the middle, float32 [].
      x_dot: its velocity in m/s, float32 [].
      theta: angle of the pole in radians, 0 upright, positive to the right, float32 [].
      theta_dot: its angular velocity in rad/s, float32 [].
      time: steps taken in this episode, int32 [].
    """

    x: jax.Array
    x_dot: jax.Array
    theta: jax.Array
    theta_dot: jax.Array
    time: jax.Array


@dataclass(frozen=True)
class CartPole(base.Environment):
    """The environment's constants; `reset` and `step` are pure functions and work under jit, vmap and scan.

    The observation is (x, x_dot, theta, theta_dot), float32 [4]. Action 0 pushes left, action 1 pushes right.

    See Barto, Sutton & Anderson (1983), and https://gymnasium.farama.org/environments/classic_control/cart_pole/.
    """

    gym_id = "CartPole-v1"

    max_steps: int = 500  # the clock truncates the episode here
    gravity: float = 9.8  # m/s²
    cart_mass: float = 1.0  # kg
    pole_mass: float = 0.1  # kg
    half_length: float = 0.5  # m, from the axle to the middle of the pole
    time_step: float = 0.02  # s
    forces: tuple[float, ...] = (-10.0, 10.0)  # N, one for each action
    max_x: float = 2.4  # m, the end of the track
    max_theta: float = radians(12)  # beyond this angle the pole has fallen
    max_start: float = 0.05  # every part of the first observation lies between -max_start and max_start

    @property
    def observation_space(self) -> gym.spaces.Box:
        high = np.array([2 * self.max_x, np.inf, 2 * self.max_theta, np.inf], np.float32)
        return gym.spaces.Box(-high, high)

    @property
    def action_space(self) -> gym.spaces.Discrete:
        return gym.spaces.Discrete(len(self.forces))

    def reset(self, key: jax.Array) -> tuple[CartPoleState, jax.Array]:
        """Starts an episode: `(state, obs)` with the pole nearly upright in the middle of the track."""
        x, x_dot, theta, theta_dot = jax.random.uniform(key, (4,), minval=-self.max_start, maxval=self.max_start)
        state = CartPoleState(x, x_dot, theta, theta_dot, jnp.int32(0))
        return state, _observe(state)

    def step(self, key: jax.Array, state: CartPoleState, action: jax.Array) -> tuple[CartPoleState, TimeStep]:
        """Pushes the cart for one `time_step`. `key` is unused: nothing here is random."""
        del key
        x, x_dot, theta, theta_dot, time = state
        x_acc, theta_acc = self._accelerations(theta, theta_dot, jnp.asarray(self.forces, jnp.float32)[action])
        state = CartPoleState(  # explicit Euler: positions move with the velocities from before the push
            x=x + self.time_step * x_dot,
            x_dot=x_dot + self.time_step * x_acc,
            theta=theta + self.time_step * theta_dot,
            theta_dot=theta_dot + self.time_step * theta_acc,
            time=time + 1,
        )
        terminated = (jnp.abs(state.x) > self.max_x) | (jnp.abs(state.theta) > self.max_theta)
        truncated = state.time >= self.max_steps
        return state, TimeStep(_observe(state), jnp.float32(1.0), terminated, truncated)

    @property
    def scene(self) -> base.Scene:
        """The cart, with a light fan for the angles at which the pole has not fallen; the pole; and the push.

        In metres. The posts mark the ends of the track.
        """
        right, length, end = self.max_x + 0.45, 2 * self.half_length, self.max_x
        height = 2 * right * base.ASPECT
        posts = [base.rectangle("grey", x - 0.025, -0.09, x + 0.025, 0.09) for x in (-end, end)]
        fan = base.sector("shade", (0.0, 0.3), length, pi / 2 - self.max_theta, pi / 2 + self.max_theta)
        wheels = [base.Circle("ink", (x, 0.07), 0.07) for x in (-0.17, 0.17)]
        cart: tuple[base.Shape, ...] = (fan, *wheels, base.rectangle("ink", -0.32, 0.08, 0.32, 0.34, rounded=0.05))
        pole = (base.Line("orange", ((0.0, 0.0), (0.0, length)), 0.1), base.Circle("paper", (0.0, 0.0), 0.035))
        track = base.rectangle("grey", -end, -0.015, end, 0.015)
        window = (-right, -0.18 * height, right, 0.82 * height)
        return base.Scene(window, (track, *posts), (cart, pole, base.arrow("blue", 0.36)))

    def poses(self, obs, action=None):
        push = 0.0 if action is None else np.sign(self.forces[int(action)])
        arrow = (obs[0] + 0.45 * push, 0.2, pi if push < 0 else 0.0) if push else base.HIDDEN
        return [(obs[0], 0.0, 0.0), (obs[0], 0.3, -obs[2]), arrow]

    def ending(self, obs, terminated: bool) -> base.Ending:
        if not terminated:
            return base.Ending("stopped by the clock", "Time is up, and you never fell!")
        if abs(obs[0]) > self.max_x:
            return base.Ending("the cart left the track", "You left the track.")
        return base.Ending("the pole fell", "You fell. Hold on a bit longer!")

    @property
    def controls(self) -> base.Controls:
        return base.left_right(0, len(self.forces) - 1, self.forces.index(0.0) if 0.0 in self.forces else None)

    @property
    def fps(self) -> int:
        return round(1.0 / self.time_step)

    def _accelerations(self, theta, theta_dot, force):
        """Of the cart in m/s² and of the pole in rad/s²: https://coneural.org/florian/papers/05_cart_pole.pdf."""
        total_mass = self.cart_mass + self.pole_mass
        pole_moment = self.pole_mass * self.half_length
        sin, cos = jnp.sin(theta), jnp.cos(theta)
        push = (force + pole_moment * theta_dot**2 * sin) / total_mass
        theta_acc = (self.gravity * sin - cos * push) / (
            self.half_length * (4.0 / 3.0 - self.pole_mass * cos**2 / total_mass)
        )
        return push - pole_moment * theta_acc * cos / total_mass, theta_acc


@dataclass(frozen=True)
class NoOpCartPole(CartPole):
    """CartPole for people: you may do nothing, and a longer pole falls more slowly and may lean further.

    Action 0 pushes left, action 1 does nothing, action 2 pushes right.
    """

    gym_id = "NoOpCartPole-v1"

    half_length: float = 1.0
    forces: tuple[float, ...] = (-10.0, 0.0, 10.0)
    max_theta: float = radians(24)


def _observe(state: CartPoleState) -> jax.Array:
    return jnp.stack([state.x, state.x_dot, state.theta, state.theta_dot])
