"""Environments in pure JAX, one file each, and their bridge: `gymnasium.make("rl_helpers/CartPole-v1")`."""

from rl_helpers.envs.cartpole import CartPole, CartPoleState, NoOpCartPole
from rl_helpers.envs.gymnasium_bridge import GymnasiumEnv

__all__ = ["CartPole", "CartPoleState", "GymnasiumEnv", "NoOpCartPole"]
