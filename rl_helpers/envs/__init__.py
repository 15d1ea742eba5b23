"""Environments in pure JAX, one file each, and their bridge: `gymnasium.make("rl_helpers/CartPole-v1")`."""

from rl_helpers.envs.cartpole import CartPole, CartPoleState, NoOpCartPole
from rl_helpers.envs.gymnasium_bridge import GymnasiumEnv
from rl_helpers.envs.model import ModelEnv
from rl_helpers.envs.mountain_car import MountainCar, MountainCarState
from rl_helpers.envs.pendulum import Pendulum, PendulumState

__all__ = [
    "CartPole",
    "CartPoleState",
    "GymnasiumEnv",
    "ModelEnv",
    "MountainCar",
    "MountainCarState",
    "NoOpCartPole",
    "Pendulum",
    "PendulumState",
]
