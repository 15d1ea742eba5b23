"""The few data types that notebooks, environments and loops share."""

from collections.abc import Callable
from typing import Any, NamedTuple


class Transition(NamedTuple):
    """One step of experience, or a batch of them with a leading axis `[B]`.

    Attributes:
      obs: observation before the action, float32 `[obs_dim]`.
      action: the action taken, an int (or float32 `[act_dim]` where actions are continuous).
      reward: the reward that followed, float.
      next_obs: the observation that followed, float32 `[obs_dim]`; never that of the next episode.
      terminated: the task ended, there is no future value. bool, or 0.0/1.0.
      truncated: the clock stopped the episode, the future still has value. bool, or 0.0/1.0.
    """

    obs: Any
    action: Any
    reward: Any
    next_obs: Any
    terminated: Any
    truncated: Any


class TimeStep(NamedTuple):
    """What an environment's `step` reports: see `Transition` for the fields."""

    obs: Any
    reward: Any
    terminated: Any
    truncated: Any


class Agent(NamedTuple):
    """An agent as pure functions and their states; any loop can run it.

    Attributes:
      select_action: `(key, params, actor_state, obs, evaluation=False) -> (action, actor_state)`.
      params: what `learn` changes and `select_action` reads, any pytree.
      actor_state: what `select_action` carries from step to step, any pytree.
      learn: `(key, params, learner_state, memory) -> (params, learner_state)`; None for an agent that does not learn.
      learner_state: what `learn` carries from update to update, any pytree.
    """

    select_action: Callable
    params: Any
    actor_state: Any = None
    learn: Callable | None = None
    learner_state: Any = None
