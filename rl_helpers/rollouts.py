"""One agent in one environment, compiled: what every compiled program of the course is made of.

`jax.jit` compiles these functions and `jax.vmap` makes them many: many keys, many environments, many agents.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from rl_helpers.types import Agent, Transition


def rollout(key: jax.Array, env: Any, agent: Agent, num_steps: int, *, evaluation: bool = False) -> Transition:
    """The next `num_steps` steps of an agent in a new environment, episode after episode.

    Args:
      key: from which every random number comes.
      env: a pure environment such as `CartPole()`.
      agent: acts with its `params` and begins with its `actor_state`.
      num_steps: how many steps; `env.max_steps` are exactly one episode where only the clock ends it.
      evaluation: passed on to `select_action`.
    Returns:
      A `Transition` of arrays `[num_steps, ...]`.
    """
    acting = Acting(env, agent.select_action)
    enter_key, steps_key = jax.random.split(key)

    def step(actor, key):
        act_key, step_key = jax.random.split(key)
        fresh = env.reset(jax.random.fold_in(key, 2))
        return acting.step(agent.params, actor, act_key, step_key, fresh, evaluation)

    actor = acting.enter(jax.tree.map(jnp.asarray, agent.actor_state), enter_key)
    _, transitions = jax.lax.scan(step, actor, jax.random.split(steps_key, num_steps))
    return transitions


def episode_return(key: jax.Array, env: Any, agent: Agent, *, evaluation: bool = True) -> jax.Array:
    """The return of one whole episode, float32 []. Arguments as for `rollout`."""
    keys = jax.random.split(key)
    actor_state = jax.tree.map(jnp.asarray, agent.actor_state)
    return Acting(env, agent.select_action).episode_return(agent.params, actor_state, *keys, evaluation)


class Actor(NamedTuple):
    """One environment, and the agent's state in it."""

    env_state: Any
    obs: jax.Array
    state: Any  # the agent's actor_state
    episode_return: jax.Array  # so far
    finished_returns: jax.Array  # the sum over the episodes that have ended
    num_finished: jax.Array


@dataclass(frozen=True)
class Acting:
    """How an agent acts in one environment."""

    env: Any
    select_action: Callable

    def enter(self, actor_state, key) -> Actor:
        """The beginning of an episode."""
        env_state, obs = self.env.reset(key)
        return Actor(env_state, obs, actor_state, jnp.float32(0), jnp.float32(0), jnp.float32(0))

    def step(self, params, actor: Actor, act_key, step_key, fresh, evaluation=False) -> tuple[Actor, Transition]:
        """One step, and on to the `fresh` `(env_state, obs)` where it ends the episode."""
        action, actor_state = self.select_action(act_key, params, actor.state, actor.obs, evaluation=evaluation)
        env_state, (next_obs, reward, terminated, truncated) = self.env.step(step_key, actor.env_state, action)
        transition = Transition(actor.obs, action, reward, next_obs, terminated, truncated)

        over = terminated | truncated
        env_state, obs = jax.tree.map(lambda new, old: jnp.where(over, new, old), fresh, (env_state, next_obs))
        episode_return = actor.episode_return + reward
        actor = Actor(
            env_state,
            obs,
            actor_state,
            episode_return=jnp.where(over, 0.0, episode_return),
            finished_returns=actor.finished_returns + jnp.where(over, episode_return, 0.0),
            num_finished=actor.num_finished + over,
        )
        return actor, transition

    def episode_return(self, params, actor_state, enter_key, steps_key, evaluation=True) -> jax.Array:
        """The return of one whole episode, []."""

        def step(carry):
            time, actor = carry
            act_key, step_key = jax.random.split(jax.random.fold_in(steps_key, time))
            fresh = (actor.env_state, actor.obs)  # is not played: nothing follows the end
            return time + 1, self.step(params, actor, act_key, step_key, fresh, evaluation)[0]

        start = (0, self.enter(actor_state, enter_key))
        _, actor = jax.lax.while_loop(lambda carry: carry[1].num_finished == 0, step, start)
        return actor.finished_returns
