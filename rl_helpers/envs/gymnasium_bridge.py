"""Our pure environments as gymnasium environments; importing this module registers them."""

import functools

import gymnasium as gym
import jax
import numpy as np

from rl_helpers.envs.cartpole import CartPole, NoOpCartPole
from rl_helpers.envs.mountain_car import MountainCar
from rl_helpers.envs.pendulum import Pendulum


class GymnasiumEnv(gym.Env):
    """A `gymnasium.Env` around a pure environment.

    `truncated` comes from the environment's own clock, so no `TimeLimit` wrapper belongs around it.

    Args:
      env: the pure environment; anything with `reset`, `step`, `render`, `obs_high` (and `obs_low` where the bounds are
        not symmetric), and `num_actions` or, where actions are continuous, `action_high`.
      render_mode: "rgb_array" to draw, or None.
    """

    metadata = {"render_modes": ["rgb_array"], "render_fps": 50}  # noqa: RUF012 (gymnasium's convention)

    def __init__(self, env, render_mode: str | None = None):
        if render_mode not in (None, "rgb_array"):
            raise ValueError(f"render_mode must be None or 'rgb_array', got {render_mode!r}")
        self.pure, self.render_mode = env, render_mode
        low = getattr(env, "obs_low", -env.obs_high)
        self.observation_space = gym.spaces.Box(low, env.obs_high, dtype=np.float32)
        if hasattr(env, "action_high"):
            self.action_space = gym.spaces.Box(-env.action_high, env.action_high, dtype=np.float32)
        else:
            self.action_space = gym.spaces.Discrete(env.num_actions)
        self._state = None

    def reset(self, *, seed: int | None = None, options: dict | None = None):
        super().reset(seed=seed)
        self._key = self.np_random.integers(2**32, size=2, dtype=np.uint32)  # a JAX key's raw form
        self._state, obs = _reset(self.pure, self._key)
        return np.array(obs), {}

    def step(self, action):
        if self._state is None:
            raise RuntimeError("call reset() before step()")
        action = self._checked(action)
        self._key, self._state, timestep = _step(self.pure, self._key, self._state, action)
        obs, reward, terminated, truncated = timestep
        return np.array(obs), float(reward), bool(terminated), bool(truncated), {}

    def render(self):
        if self.render_mode is None:
            raise ValueError('nothing to draw with: make the environment with render_mode="rgb_array"')
        return self.pure.render(self._state)

    def _checked(self, action):
        """What the pure environment gets: an int, or float32 of the action space's shape, also beyond its bounds."""
        space = self.action_space
        if isinstance(space, gym.spaces.Discrete):
            if not space.contains(action):
                raise ValueError(f"action must be an integer in [0, {space.n}), got {action!r}")
            return int(action)
        if np.shape(action) != space.shape or not np.all(np.isfinite(action)):
            raise ValueError(f"action must be {list(space.shape)} finite numbers, got {action!r}")
        return np.asarray(action, np.float32)


# The pure environment is a static argument, so equal environments share their compiled functions.
@functools.partial(jax.jit, static_argnums=0)
def _reset(env, key):
    return env.reset(key)


@functools.partial(jax.jit, static_argnums=0)
def _step(env, key, state, action):
    key, step_key = jax.random.split(key)
    return key, *env.step(step_key, state, action)


def make_cartpole(render_mode: str | None = None, **constants) -> GymnasiumEnv:
    """For `gymnasium.make("rl_helpers/CartPole-v1", max_steps=200)`: the keywords are CartPole's fields."""
    return GymnasiumEnv(CartPole(**constants), render_mode)


def make_no_op_cartpole(render_mode: str | None = None, **constants) -> GymnasiumEnv:
    """For `gymnasium.make("rl_helpers/NoOpCartPole-v1")`: the keywords are NoOpCartPole's fields."""
    return GymnasiumEnv(NoOpCartPole(**constants), render_mode)


def make_mountain_car(render_mode: str | None = None, **constants) -> GymnasiumEnv:
    """For `gymnasium.make("rl_helpers/MountainCar-v0")`: the keywords are MountainCar's fields."""
    return GymnasiumEnv(MountainCar(**constants), render_mode)


def make_pendulum(render_mode: str | None = None, **constants) -> GymnasiumEnv:
    """For `gymnasium.make("rl_helpers/Pendulum-v1")`: the keywords are Pendulum's fields."""
    return GymnasiumEnv(Pendulum(**constants), render_mode)


gym.register("rl_helpers/CartPole-v1", f"{__name__}:make_cartpole")
gym.register("rl_helpers/NoOpCartPole-v1", f"{__name__}:make_no_op_cartpole")
gym.register("rl_helpers/MountainCar-v0", f"{__name__}:make_mountain_car")
gym.register("rl_helpers/Pendulum-v1", f"{__name__}:make_pendulum")
