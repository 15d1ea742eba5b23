"""Environments in pure JAX, one file each, and their bridge: `gymnasium.make("rl_helpers/CartPole-v1")`."""

from rl_helpers.envs.bandit import Bandit, BanditState
from rl_helpers.envs.base import Environment
from rl_helpers.envs.cartpole import CartPole, CartPoleState, NoOpCartPole
from rl_helpers.envs.grid_world import CliffWalking, GridWorld, GridWorldState
from rl_helpers.envs.gymnasium_bridge import GymnasiumEnv
from rl_helpers.envs.model import ModelEnv
from rl_helpers.envs.mountain_car import MountainCar, MountainCarState
from rl_helpers.envs.pendulum import Pendulum, PendulumState

__all__ = [
    "Bandit",
    "BanditState",
    "CartPole",
    "CartPoleState",
    "CliffWalking",
    "Environment",
    "GridWorld",
    "GridWorldState",
    "GymnasiumEnv",
    "ModelEnv",
    "MountainCar",
    "MountainCarState",
    "NoOpCartPole",
    "Pendulum",
    "PendulumState",
]
