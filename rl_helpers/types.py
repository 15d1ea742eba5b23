"""The data types and the protocols that notebooks, environments, memories and loops share."""

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

import jax


class Transition(NamedTuple):
    """One step of experience, or a batch of them with a leading axis `[B]`.

    Attributes:
      obs: observation before the action, float32 `[obs_dim]`.
      action: the action taken, an int (or float32 `[act_dim]` where actions are continuous).
      reward: the reward that followed, float.
      next_obs: the observation that followed, float32 `[obs_dim]`; never that of the next episode.
      terminated: the task ended, so there is no future value. bool, or 0.0/1.0.
      truncated: the clock stopped the episode, but the future still has value. bool, or 0.0/1.0.
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
      learn: `(key, params, learner_state, memory) -> (params, learner_state)`; `memory` is what a memory's `sample`
        gave. None for an agent that does not learn.
      learner_state: what `learn` carries from update to update, any pytree.
    """

    select_action: Callable
    params: Any
    actor_state: Any = None
    learn: Callable | None = None
    learner_state: Any = None


class Memory(Protocol):
    """What the readable loop remembers with: an object that takes one transition at a time."""

    def push(self, transition: Transition, /) -> Any:
        """Remembers a transition: `obs [obs_dim]` and so on."""

    def is_ready(self) -> Any:
        """Whether `sample` may be called."""

    def sample(self) -> Any:
        """What `agent.learn` gets. A memory may then forget."""


class PureMemory(Protocol):
    """What the compiled loop remembers with: pure functions over a state, which is a pytree of arrays."""

    def init(self, transition: Transition, num_envs: int, num_steps: int = 1) -> Any:
        """The state of an empty memory.

        Args:
          transition: what one environment's step looks like, `obs [obs_dim]` and so on; the values do not matter.
          num_envs: how many environments push side by side.
          num_steps: how many steps of each environment a push brings.
        """

    def push(self, state: Any, transitions: Transition) -> Any:
        """The state after the next steps of every environment: `obs [num_steps, num_envs, obs_dim]` and so on."""

    def is_ready(self, state: Any) -> jax.Array:
        """Whether `sample` may be called, bool []."""

    def sample(self, key: jax.Array, state: Any) -> tuple[Any, Any]:
        """`(what agent.learn gets, state)`. A memory may then have forgotten."""


class Progress(NamedTuple):
    """What a loop tells its callback after each evaluation.

    Attributes:
      steps: environment steps taken so far (in the compiled loop, by each seed).
      agent: the agent as it is now.
      evaluation_returns: the mean return of this evaluation, a float (in the compiled loop of each seed, [num_seeds]).
    """

    steps: int
    agent: Agent
    evaluation_returns: Any


def typed_key(key: jax.Array) -> jax.Array:
    """The one kind of key that agents get, `jax.random.key(0)`, even for a key of the older kind, `PRNGKey(0)`."""
    return key if jax.dtypes.issubdtype(key.dtype, jax.dtypes.prng_key) else jax.random.wrap_key_data(key)
