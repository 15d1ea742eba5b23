"""What became of the exhibits on CartPole, recorded beforehand: `benchmarks/museum.py` trains them and writes the file.

Six of them are the patients of notebook 11.
"""

from importlib import resources
from typing import NamedTuple

import numpy as np

from rl_helpers.museum.tables import ALL_PROBES

PATIENTS = {  # by number; not for the eyes of whoever has still to make a diagnosis
    1: ("DQN", "loss_broadcasts"),
    2: ("DQN", "clock_is_death"),
    3: ("PPO", "buffer_reused"),
    4: ("DQN", "healthy"),
    5: ("DQN", "target_never_updated"),
    6: ("PPO", "advantages_vanish"),
}


class Patient(NamedTuple):
    """What is known about an agent from the outside.

    Attributes:
      agent: "DQN" or "PPO".
      steps: of CartPole, at each evaluation, [E].
      returns: of 16 greedy episodes, the mean, [num_seeds, E].
      learnt: by probe, the values that three seeds have learnt, [3, K].
      readings: by name, the diagnostics after the last round of learning on CartPole.
    """

    agent: str
    steps: np.ndarray
    returns: np.ndarray
    learnt: dict[str, np.ndarray]
    readings: dict[str, float]


def patient(number: int) -> Patient:
    """A patient of the clinic, 1 to 6."""
    return record(*PATIENTS[number])


def record(agent: str, name: str) -> Patient:
    """What was recorded of the exhibit `name` ("healthy" is one too) of an agent, "DQN" or "PPO"."""
    with _file() as data:
        index = data[f"{agent}_names"].tolist().index(name)
        probes = zip(ALL_PROBES.items(), data[f"{agent}_learnt"][index], strict=True)
        learnt = {probe: values[:, : len(env.observations)] for (probe, env), values in probes}
        names = data[f"{agent}_reading_names"].tolist()
        readings = dict(zip(names, map(float, data[f"{agent}_readings"][index]), strict=True))
        return Patient(agent, data[f"{agent}_steps"], data[f"{agent}_returns"][index], learnt, readings)


def returns() -> dict[str, dict[str, np.ndarray]]:
    """By agent and exhibit, the returns in each evaluation on CartPole, [num_seeds, E]."""
    with _file() as data:
        return {
            agent: dict(zip(data[f"{agent}_names"].tolist(), data[f"{agent}_returns"], strict=True))
            for agent in ("DQN", "PPO")
        }


def _file():
    return np.load(resources.files("rl_helpers") / "data" / "museum.npz")
