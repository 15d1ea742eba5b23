"""What became of agents that were trained beforehand: more of them than anybody wants to wait for.

`benchmarks/seeds.py` trains them and writes the file. Agents and settings are those of notebooks 03 and 05, except that
REINFORCE looks every 250 steps, not every 10, whether a batch is ready, and that DQN stops at 80,000 steps.
"""

from importlib import resources
from typing import NamedTuple

import numpy as np

_NAMES = {"with baseline": "reinforce_baseline", "without": "reinforce_plain", "DQN": "dqn"}
_EPISODES = 32  # in an evaluation; the file keeps the sum of their returns, which are whole numbers on CartPole


class Training(NamedTuple):
    """Many seeds of one agent on CartPole.

    Attributes:
      steps: how many environment steps a seed had taken at each evaluation, int32 [E].
      returns: the mean return of 32 greedy episodes in each evaluation, float64 [num_seeds, E].
    """

    steps: np.ndarray
    returns: np.ndarray


def agents() -> dict[str, Training]:
    """200 seeds each of REINFORCE with a baseline, the same without one (notebook 03), and DQN (notebook 05)."""
    with _file() as data:
        return {name: _training(data, stored) for name, stored in _NAMES.items()}


def learning_rates() -> tuple[np.ndarray, np.ndarray]:
    """REINFORCE with a baseline and other learning rates, after 60,000 steps.

    Returns:
      The learning rates [C], rising, and the returns [C, 100] of 100 seeds each.
    """
    prefix = "learning_rate_"
    with _file() as data:
        rates = sorted(
            float(name.removeprefix(prefix)) for name in data if name.startswith(prefix) and "step" not in name
        )
        return np.array(rates), np.stack([_training(data, f"{prefix}{rate}").returns[:, -1] for rate in rates])


def _training(data, name: str) -> Training:
    return Training(data[f"{name}_steps"], data[name] / _EPISODES)


def _file():
    return np.load(resources.files("rl_helpers") / "data" / "seeds.npz")
