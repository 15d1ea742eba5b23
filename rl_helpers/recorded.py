"""What became of agents that were trained beforehand: more of them than anybody wants to wait for.

`benchmarks/seeds.py` trains them and writes the file. Agents and settings are those of notebooks 03 and 05, except that
REINFORCE looks every 250 steps, not every 10, whether a batch is ready, and that DQN stops at 80,000 steps. The
language models of notebook 12 are from `benchmarks/rewards.py`.
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


def rewards() -> dict[str, dict[str, np.ndarray]]:
    """Eight seeds each of what notebook 12 trains once; seed 0 is the notebook's.

    Returns:
      By training, "50 steps" and "30 steps" (GRPO from these with the honest reward, 125 and 60 updates) and "proxy"
      (from 30 steps, paid for ascending pairs, 30 updates): the means of each update's batch, "reward", "right" and
      "silent", float32 [8, num_updates].
    """
    trainings: dict[str, dict[str, np.ndarray]] = {}
    with _file("rewards.npz") as data:
        for name in data.files:
            training, quantity = str(name).split("/")
            trainings.setdefault(training, {})[quantity] = data[name]
    return trainings


def _training(data, name: str) -> Training:
    return Training(data[f"{name}_steps"], data[name] / _EPISODES)


def _file(name: str = "seeds.npz"):
    return np.load(str(resources.files("rl_helpers") / "data" / name))
