"""The probes as arrays, so that one compiled program trains on all of them, and what is right in each."""

import functools
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from rl_helpers.envs.probes import PROBES, LaterReward, ProbeState, TwoActions
from rl_helpers.types import TimeStep

EXTRA = {  # probes that were built for one exhibit each, because it passes all seven
    "LaterReward, -1": LaterReward(reward=-1.0),
    "LaterReward, cut": LaterReward(random_start=True, max_steps=1),
    "TwoActions, 0.5 or 1": TwoActions(rewards=(0.5, 1.0)),
}
SEVEN = tuple(type(env).__name__ for env in PROBES)
ALL_PROBES = dict(zip(SEVEN, PROBES, strict=True)) | EXTRA


class Tables(NamedTuple):
    """A probe as arrays, so that all of them run in one program; K observations, two actions.

    Attributes:
      obs: [K, 1].
      num_starts, max_steps: of the probe, [].
      next_row, reward, terminated: by observation and action, [K, 2].
    """

    obs: Any
    num_starts: Any
    max_steps: Any
    next_row: Any
    reward: Any
    terminated: Any

    def reset(self, key):
        row = jnp.int32(jax.random.uniform(key) * self.num_starts)
        return (row, jnp.int32(0)), self.obs[row]

    def step(self, key, state, action):
        row, time = state
        after = self.next_row[row, action]
        step = TimeStep(self.obs[after], self.reward[row, action], self.terminated[row, action], None)
        return (after, time + 1), step._replace(truncated=time + 1 >= self.max_steps)


def tabulate(env) -> Tables:
    """The tables of a probe; one with a single observation or action gets the same once more."""
    obs = np.resize(env.observations, (2, 1))
    ask = lambda o, action: env.step(jax.random.key(0), ProbeState(jnp.asarray(o), jnp.int32(0)), action)[1]
    steps = [[ask(o, jnp.int32(min(action, env.num_actions - 1))) for action in (0, 1)] for o in obs]
    next_row = [[int(np.argmax(env.observations == step.obs)) for step in row] for row in steps]
    reward, terminated = ([[getattr(step, name) for step in row] for row in steps] for name in ("reward", "terminated"))
    tables = Tables(obs, np.int32(env.num_starts), np.int32(env.max_steps), next_row, reward, terminated)
    return Tables(*map(jnp.asarray, tables))


@functools.cache
def right_values(env, gamma: float) -> np.ndarray:
    """What each observation of a probe is worth under the best policy, [K], by value iteration on its tables."""
    tables = Tables(*map(np.asarray, tabulate(env)))
    value = np.zeros(2)
    for _ in range(200):
        value = np.max(tables.reward + gamma * (1 - tables.terminated) * value[tables.next_row], axis=1)
    return value[: len(env.observations)]
