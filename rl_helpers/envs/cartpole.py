"""CartPole in pure JAX, with gymnasium's dynamics, and a variant that a person can play.

A pole stands on a cart that slides along a track. Push the cart left or right so that the pole does not fall and the
cart does not leave the track. Every step pays 1, the last one included.
"""

from dataclasses import dataclass
from math import radians
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

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
class CartPole:
    """The environment's constants; `reset` and `step` are pure functions and work under jit, vmap and scan.

    The observation is (x, x_dot, theta, theta_dot), float32 [4]. Action 0 pushes left, action 1 pushes right.

    See Barto, Sutton & Anderson (1983), and https://gymnasium.farama.org/environments/classic_control/cart_pole/.
    """

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
    def num_actions(self) -> int:
        return len(self.forces)

    @property
    def obs_high(self) -> np.ndarray:
        """Upper bounds of the observation, the episode's last included, [4]; the lower bounds are -obs_high."""
        return np.array([2 * self.max_x, np.inf, 2 * self.max_theta, np.inf], np.float32)

    def reset(self, key: jax.Array) -> tuple[CartPoleState, jax.Array]:
        """Starts an episode: `(state, obs)` with the pole nearly upright in the middle of the track."""
        x, x_dot, theta, theta_dot = jax.random.uniform(key, (4,), minval=-self.max_start, maxval=self.max_start)
        state = CartPoleState(x, x_dot, theta, theta_dot, jnp.int32(0))
        return state, _observe(state)

    def step(self, key: jax.Array, state: CartPoleState, action: jax.Array) -> tuple[CartPoleState, TimeStep]:
        """Pushes the cart for one `time_step`. `key` is unused: nothing here is random.

        Termination and truncation are reported apart, and both are true when the pole falls in the very last step.
        The environment never resets itself; what it reports after the end of an episode has no meaning.
        """
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

    def render(self, state) -> np.ndarray:
        """Draws a state, or an observation, as an image: uint8 [height, width, 3]."""
        from rl_helpers.envs.render import draw_cartpole  # Pillow is loaded when something is drawn

        return draw_cartpole(self, float(state[0]), float(state[2]))

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
    """CartPole for people: one may do nothing, and a longer pole falls slower and may lean further.

    Action 0 pushes left, action 1 does nothing, action 2 pushes right.
    """

    half_length: float = 1.0
    forces: tuple[float, ...] = (-10.0, 0.0, 10.0)
    max_theta: float = radians(24)


def _observe(state: CartPoleState) -> jax.Array:
    return jnp.stack([state.x, state.x_dot, state.theta, state.theta_dot])
