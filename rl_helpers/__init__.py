"""The small package behind the notebooks of the rl-workshop: environments, loops, plots and checks.

The set-up cells look for the name rl-workshop in this file, because PyPI has another package called rl_helpers.

The modules `checks`, `evaluation` and `plotting` are imported by name: `from rl_helpers import plotting`.
"""

import os

# Most of what a notebook computes it computes a few times at most, so one waits for the compiler, and what XLA's
# ordinary level adds does not pay. It is read when JAX first computes something, not when it is imported.
os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=1")

from rl_helpers.envs import CartPole, GymnasiumEnv, ModelEnv, MountainCar, NoOpCartPole
from rl_helpers.loop import Episode, LoopResult, record_episode, run_environment_loop
from rl_helpers.types import Agent, TimeStep, Transition

__all__ = [
    "Agent",
    "CartPole",
    "Episode",
    "GymnasiumEnv",
    "LoopResult",
    "ModelEnv",
    "MountainCar",
    "NoOpCartPole",
    "TimeStep",
    "Transition",
    "record_episode",
    "run_environment_loop",
]
