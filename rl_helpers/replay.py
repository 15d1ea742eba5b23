"""Memories as pure functions over arrays, with the same meaning as those that the notebooks build.

Each is a `PureMemory` for the compiled loop, a frozen dataclass of four functions; what it holds is a pytree that the
loop carries along:

    state = memory.init(transition, num_envs, num_steps)   # what one environment's step looks like, what a push brings
    state = memory.push(state, transitions)                # [num_steps, num_envs, ...]: the next steps of every env
    if memory.is_ready(state):
        batch, state = memory.sample(key, state)

`StatefulMemory(memory, key)` makes of any of them a `Memory` for the readable loop.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from rl_helpers.types import PureMemory, Transition


class ReplayState(NamedTuple):
    """A ring of transitions.

    Attributes:
      ring: each field `[capacity, ...]`, where `capacity` is a whole number of pushes.
      pushed: how many transitions were ever pushed, int32 [].
    """

    ring: Transition
    pushed: jax.Array


@dataclass(frozen=True)
class ReplayMemory:
    """Keeps the newest `max_size` transitions and gives batches of them, as `TransitionMemory` of notebook 05 does.

    One difference: a batch is drawn *with* replacement, because drawing without takes time in proportion to `max_size`.
    """

    max_size: int = 5000
    batch_size: int = 256

    def init(self, transition: Transition, num_envs: int, num_steps: int = 1) -> ReplayState:
        rows = num_envs * num_steps  # in every push, so that no push wraps around the end of the ring
        capacity = -(-self.max_size // rows) * rows
        ring = jax.tree.map(lambda x: jnp.zeros((capacity, *x.shape), x.dtype), _in_learners_dtypes(transition))
        return ReplayState(ring, jnp.int32(0))

    def push(self, state: ReplayState, transitions: Transition) -> ReplayState:
        rows = jax.tree.map(lambda x: x.reshape(-1, *x.shape[2:]), _in_learners_dtypes(transitions))
        start = state.pushed % state.ring.reward.shape[0]
        write = lambda ring, new: jax.lax.dynamic_update_slice_in_dim(ring, new, start, axis=0)
        return ReplayState(jax.tree.map(write, state.ring, rows), state.pushed + rows.reward.shape[0])

    def is_ready(self, state: ReplayState) -> jax.Array:
        return jnp.minimum(state.pushed, self.max_size) >= self.batch_size

    def sample(self, key: jax.Array, state: ReplayState) -> tuple[Transition, ReplayState]:
        """A `Transition` with a leading `[batch_size]`; nothing is removed."""
        size = jnp.minimum(state.pushed, self.max_size)
        age = jnp.int32(jax.random.uniform(key, (self.batch_size,)) * size)
        row = (state.pushed - 1 - jnp.minimum(age, size - 1)) % state.ring.reward.shape[0]
        return jax.tree.map(lambda ring: ring[row], state.ring), state


class RewardsToGo(NamedTuple):
    """A batch for a policy gradient.

    Attributes:
      obs: float32 `[B, obs_dim]`.
      action: int32 `[B]` (or float32 `[B, act_dim]`).
      reward_to_go: the discounted sum of this reward and all that followed it in its episode, float32 `[B]`.
    """

    obs: jax.Array
    action: jax.Array
    reward_to_go: jax.Array


class OnPolicyState(NamedTuple):
    """The newest `length` steps of every environment, the last one pushed at the end.

    Attributes:
      obs: `[length, num_envs, obs_dim]`.
      action: `[length, num_envs]`.
      reward: `[length, num_envs]`.
      over: 1.0 where the episode ended with this step, `[length, num_envs]`.
      held: how many of an environment's newest steps have not been forgotten, int32 `[num_envs]`.
      unfinished: how many of those belong to an episode that goes on, int32 `[num_envs]`.
    """

    obs: jax.Array
    action: jax.Array
    reward: jax.Array
    over: jax.Array
    held: jax.Array
    unfinished: jax.Array


@dataclass(frozen=True)
class OnPolicyMemory:
    """Gives each transition once, with its reward-to-go, as `EpisodeRewardsToGoBuffer` of notebook 03 does.

    A transition becomes ready when its episode ends. A sample is the `batch_size` oldest ready transitions, by time and
    then by environment; after it every ready transition is forgotten and those of unfinished episodes are kept.

    Attributes:
      batch_size: how many transitions a sample holds, and must be ready for one.
      gamma: discount in [0, 1].
      max_episode_steps: the longest episode; of a longer one the first steps may be lost.
    """

    batch_size: int = 500
    gamma: float = 1.0
    max_episode_steps: int = 500

    def init(self, transition: Transition, num_envs: int, num_steps: int = 1) -> OnPolicyState:
        # The most an environment can hold: an episode that was unfinished at the last sample, the steps until all
        # together had nearly enough ready (while each played one more long episode), and one more push.
        length = 2 * self.max_episode_steps + -(-self.batch_size // num_envs) + num_steps
        t = _in_learners_dtypes(transition)
        empty = lambda x: jnp.zeros((length, num_envs, *x.shape), x.dtype)
        none = jnp.zeros(num_envs, jnp.int32)
        return OnPolicyState(empty(t.obs), empty(t.action), empty(t.reward), empty(t.terminated), none, none)

    def push(self, state: OnPolicyState, transitions: Transition) -> OnPolicyState:
        t = _in_learners_dtypes(transitions)
        over = jnp.maximum(t.terminated, t.truncated)
        (length, _), num_steps = state.over.shape, over.shape[0]
        slide = lambda window, new: jnp.concatenate([window[num_steps:], new])
        last_end = jnp.max(over * jnp.arange(1, num_steps + 1)[:, None], axis=0).astype(jnp.int32)  # 0: none ended
        unfinished = jnp.where(last_end > 0, num_steps - last_end, state.unfinished + num_steps)
        return OnPolicyState(
            obs=slide(state.obs, t.obs),
            action=slide(state.action, t.action),
            reward=slide(state.reward, t.reward),
            over=slide(state.over, over),
            held=jnp.minimum(state.held + num_steps, length),
            unfinished=jnp.minimum(unfinished, length),
        )

    def is_ready(self, state: OnPolicyState) -> jax.Array:
        return jnp.sum(state.held - state.unfinished) >= self.batch_size

    def sample(self, key: jax.Array, state: OnPolicyState) -> tuple[RewardsToGo, OnPolicyState]:
        """The oldest ready transitions as `RewardsToGo`. `key` is unused: nothing here is random."""
        del key
        length, num_envs = state.over.shape

        def backwards(later, step):
            reward, over = step
            reward_to_go = reward + self.gamma * (1.0 - over) * later
            return reward_to_go, reward_to_go

        _, rewards_to_go = jax.lax.scan(
            backwards, jnp.zeros(num_envs), (state.reward, state.over), reverse=True, unroll=8
        )
        age = jnp.arange(length)[::-1, None]
        ready = (state.unfinished <= age) & (age < state.held)  # [length, num_envs]
        rank = jnp.cumsum(ready)  # in order of time, then of environment
        rows = jnp.searchsorted(rank, jnp.arange(1, self.batch_size + 1))
        take = lambda window: window.reshape(length * num_envs, *window.shape[2:])[rows]
        batch = RewardsToGo(take(state.obs), take(state.action), take(rewards_to_go))
        return batch, state._replace(held=state.unfinished)


class RolloutState(NamedTuple):
    """The newest steps of every environment, the last one pushed at the end.

    Attributes:
      rollout: each field `[num_steps, num_envs, ...]`.
      held: how many of an environment's newest steps have not been sampled, int32 [].
    """

    rollout: Transition
    held: jax.Array


@dataclass(frozen=True)
class RolloutMemory:
    """Gives the newest steps of every environment in their order, each once: for advantages, and PPO.

    A sample is a `Transition` of `[num_steps, num_envs, ...]`. Row t + 1 of an environment follows row t, even across
    the end of an episode: there `terminated` or `truncated` says so, and `next_obs` is the last observation of the old
    episode, so its value is the right one to bootstrap from.

    Attributes:
      num_steps: how many steps of each environment a sample holds, and must be new for one.
    """

    num_steps: int = 128

    def init(self, transition: Transition, num_envs: int, num_steps: int = 1) -> RolloutState:
        empty = lambda x: jnp.zeros((self.num_steps, num_envs, *x.shape), x.dtype)
        return RolloutState(jax.tree.map(empty, _in_learners_dtypes(transition)), jnp.int32(0))

    def push(self, state: RolloutState, transitions: Transition) -> RolloutState:
        new = _in_learners_dtypes(transitions)
        slide = lambda old, new: jnp.concatenate([old, new])[-self.num_steps :]
        held = jnp.minimum(state.held + new.reward.shape[0], self.num_steps)
        return RolloutState(jax.tree.map(slide, state.rollout, new), held)

    def is_ready(self, state: RolloutState) -> jax.Array:
        return state.held >= self.num_steps

    def sample(self, key: jax.Array, state: RolloutState) -> tuple[Transition, RolloutState]:
        """All steps, none of which comes a second time. `key` is unused: nothing here is random."""
        del key
        return state.rollout, state._replace(held=jnp.int32(0))


class StatefulMemory:
    """A pure memory as an object, for the readable loop: one environment, one transition at a time.

    Args:
      memory: a `ReplayMemory`, an `OnPolicyMemory`, a `RolloutMemory` or another `PureMemory`.
      key: where its draws come from.
    """

    def __init__(self, memory: PureMemory, key: jax.Array):
        self._memory, self._key, self._state = memory, key, None
        self._push = jax.jit(memory.push, donate_argnums=0)  # in place
        self._is_ready, self._sample = jax.jit(memory.is_ready), jax.jit(memory.sample)

    def push(self, transition: Transition):
        """Remembers a transition."""
        transition = Transition(*map(np.asarray, transition))
        if self._state is None:
            empty = self._memory.init(transition, num_envs=1, num_steps=1)
            self._state = jax.tree.map(jnp.copy, empty)  # of arrays that share nothing, so that each can be overwritten
        self._state = self._push(self._state, jax.tree.map(lambda x: x[None, None], transition))

    def is_ready(self) -> bool:
        return self._state is not None and bool(self._is_ready(self._state))

    def sample(self) -> Any:
        self._key, key = jax.random.split(self._key)
        batch, self._state = self._sample(key, self._state)
        return batch


def _in_learners_dtypes(tree: Any) -> Any:
    """int32 for integers and float32 for everything else, flags included: what the notebooks' memories give."""
    convert = lambda x: jnp.asarray(x, jnp.int32 if jnp.issubdtype(x.dtype, jnp.integer) else jnp.float32)
    return jax.tree.map(convert, tree)
