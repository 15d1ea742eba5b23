"""Grid worlds in pure JAX: a maze, and the cliff. Small enough for the whole model to fit into two arrays, P and R."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import gymnasium as gym
import jax
import jax.numpy as jnp
import numpy as np

from rl_helpers.envs import base
from rl_helpers.types import TimeStep

FREE, WALL, START, GOAL, CLIFF = ".#SGC"

MAZE = (
    ".......#G",
    "..#....#.",
    "S.#....#.",
    "..#......",
    ".....#...",
    ".........",
)
CLIFF_WALK = (
    "............",
    "............",
    "............",
    "SCCCCCCCCCCG",
)


class GridWorldState(NamedTuple):
    """Where the agent is, and how long the episode has run.

    Attributes:
      cell: number of the agent's cell, counted row by row from the top left, int32 [].
      time: steps taken in this episode, int32 [].
    """

    cell: jax.Array
    time: jax.Array


@dataclass(frozen=True)
class GridWorld(base.Environment):
    """An agent walks from cell to cell; walls and the edge of the world stop it.

    The observation is the number of the agent's cell, int32 []. Actions 0, 1, 2, 3 go up, right, down and left. The
    goal ends the episode; the cliff costs `cliff_reward` and puts the agent back at the start, and the episode goes on.

    See Sutton & Barto (2018), Example 8.1, for the maze, which is the default.

    Attributes:
      layout: one string for each row: `.` free, `#` wall, `S` start, `G` goal, `C` cliff.
      slip: how often a step goes astray, in [0, 1]: then it goes at a right angle, to either side equally often.
      step_reward, goal_reward, cliff_reward: what a step pays that ends in a free cell or against a wall, in the
        goal, or over the cliff.
      max_steps: the clock truncates the episode here.
    Raises:
      ValueError: the layout's rows differ in length, it does not have one start, or holds something unknown; or
        `slip` is not a probability.
    """

    gym_id = "GridWorld-v0"

    layout: tuple[str, ...] = MAZE
    slip: float = 0.0
    step_reward: float = 0.0
    goal_reward: float = 1.0
    cliff_reward: float = -100.0
    max_steps: int = 1000

    def __post_init__(self):
        cells = "".join(self.layout)
        if len({len(row) for row in self.layout}) != 1:
            raise ValueError(f"layout must have rows of one length, got lengths {[len(row) for row in self.layout]}")
        if set(cells) - {FREE, WALL, START, GOAL, CLIFF}:
            raise ValueError(f"layout must consist of the characters .#SGC, got {''.join(sorted(set(cells)))}")
        if cells.count(START) != 1:
            raise ValueError(f"layout must have one start S, got {cells.count(START)}")
        if not 0.0 <= self.slip <= 1.0:
            raise ValueError(f"slip must be between 0 and 1, got {self.slip}")

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.layout), len(self.layout[0])

    @property
    def num_states(self) -> int:
        return self.shape[0] * self.shape[1]

    @property
    def observation_space(self) -> gym.spaces.Discrete:
        return gym.spaces.Discrete(self.num_states)

    @property
    def action_space(self) -> gym.spaces.Discrete:
        return gym.spaces.Discrete(4)

    @property
    def start(self) -> int:
        return "".join(self.layout).index(START)

    @property
    def P(self) -> np.ndarray:
        """P[s, a, s'], the probability that action a leads from s to s', float64 [S, A, S].

        The goal keeps whoever is there, without reward. So do walls and the cliff, where nobody ever is.
        """
        landing, _ = self._moves()
        P = np.zeros((self.num_states, 4, self.num_states))
        s, a = np.indices(landing.shape)
        for turn, probability in enumerate(self._turns()):
            P[s, a, landing[s, (a + turn) % 4]] += probability
        return P

    @property
    def R(self) -> np.ndarray:
        """R[s, a], the expected reward of action a in s, float64 [S, A]."""
        _, reward = self._moves()
        return sum(probability * np.roll(reward, -turn, axis=1) for turn, probability in enumerate(self._turns()))

    def reset(self, key: jax.Array) -> tuple[GridWorldState, jax.Array]:
        """Starts an episode: `(state, obs)` at the start. `key` is unused."""
        del key
        state = GridWorldState(jnp.int32(self.start), jnp.int32(0))
        return state, state.cell

    def step(self, key: jax.Array, state: GridWorldState, action: jax.Array) -> tuple[GridWorldState, TimeStep]:
        """Goes one step. Once in the goal, the agent stays there and is paid nothing."""
        landing, reward = self._moves()
        turn = jax.random.choice(key, 4, p=self._turns())
        move = state.cell, (action + turn) % 4
        cell = jnp.asarray(landing, jnp.int32)[move]
        state = GridWorldState(cell, state.time + 1)
        terminated = jnp.asarray(self._is(GOAL))[cell]
        return state, TimeStep(cell, jnp.asarray(reward, jnp.float32)[move], terminated, state.time >= self.max_steps)

    @property
    def scene(self) -> base.Scene:
        """Walls, the cliff (hatched), the start and the goal's flag; the agent. A cell is 1 by 1."""
        rows, columns = self.shape
        still = [base.rectangle("paper", 0, 0, columns, rows)]
        for row, cells in enumerate(self.layout):
            for x, cell in enumerate(cells):
                still += _CELLS[cell](x, rows - 1 - row)
        lines = [((x, 0), (x, rows)) for x in range(columns + 1)] + [((0, y), (columns, y)) for y in range(rows + 1)]
        still += [base.Line("grey", line, 0.03) for line in lines]
        return base.Scene((-0.1, -0.1, columns + 0.1, rows + 0.1), tuple(still), ((base.Circle("blue", (0, 0), 0.3),),))

    def poses(self, obs, action=None):
        row, column = divmod(int(obs), self.shape[1])
        return [(column + 0.5, self.shape[0] - row - 0.5, 0.0)]

    def ending(self, obs, terminated: bool) -> base.Ending:
        return base.Ending("at the goal", "You are at the goal!") if terminated else base.ending(terminated)

    @property
    def controls(self) -> base.Controls:
        names = (("▲ up", "w", "Up"), ("right ▶", "d", "Right"), ("▼ down", "s", "Down"), ("◀ left", "a", "Left"))
        return base.Controls(tuple(base.Button(label, (k, f"Arrow{to}"), a) for a, (label, k, to) in enumerate(names)))

    @property
    def fps(self) -> int:
        return 4

    def _is(self, kind: str) -> np.ndarray:
        """Which cells are of this kind, bool [S]."""
        return np.array([cell == kind for cell in "".join(self.layout)])

    def _turns(self) -> np.ndarray:
        """How often a step goes 0, 1, 2, 3 quarter turns clockwise of where it was meant to go."""
        return np.array([1.0 - self.slip, self.slip / 2, 0.0, self.slip / 2])

    def _moves(self) -> tuple[np.ndarray, np.ndarray]:
        """Where a step in each direction ends, int [S, 4], and what it pays, float [S, 4]."""
        rows, columns = self.shape
        wall, goal, cliff = self._is(WALL), self._is(GOAL), self._is(CLIFF)
        cell = np.arange(self.num_states)[:, None]
        row = np.clip(cell // columns + [-1, 0, 1, 0], 0, rows - 1)
        column = np.clip(cell % columns + [0, 1, 0, -1], 0, columns - 1)
        ahead = row * columns + column
        ahead = np.where(wall[ahead], cell, ahead)
        reward = np.select([goal[ahead], cliff[ahead]], [self.goal_reward, self.cliff_reward], self.step_reward)
        landing = np.where(cliff[ahead], self.start, ahead)
        stays = (wall | goal | cliff)[:, None]
        return np.where(stays, cell, landing), np.where(stays, 0.0, reward)


# The shapes of a cell whose lower left corner is at (x, y).
_CELLS: dict[str, Callable[[int, int], list[base.Shape]]] = {
    FREE: lambda x, y: [],
    WALL: lambda x, y: [base.rectangle("ink", x, y, x + 1, y + 1)],
    START: lambda x, y: [base.rectangle("shade", x, y, x + 1, y + 1)],
    GOAL: lambda x, y: [
        base.Line("ink", ((x + 0.35, y + 0.15), (x + 0.35, y + 0.85)), 0.06),
        base.Polygon("green", ((x + 0.35, y + 0.85), (x + 0.35, y + 0.45), (x + 0.8, y + 0.65))),
    ],
    CLIFF: lambda x, y: [
        base.rectangle("shade", x, y, x + 1, y + 1),
        *(base.Line("vermilion", ((x + a, y + 0.05), (x + a + 0.3, y + 0.95)), 0.04) for a in (0.05, 0.35, 0.65)),
    ],
}


@dataclass(frozen=True)
class CliffWalking(GridWorld):
    """The shortest way to the goal runs along a cliff: Sutton & Barto (2018), Example 6.6."""

    gym_id = "CliffWalking-v1"

    layout: tuple[str, ...] = CLIFF_WALK
    step_reward: float = -1.0
    goal_reward: float = -1.0
