"""DQN of notebooks 05 and 06 and PPO of notebook 09, small, each with switches for bugs that people have shipped.

Every bug is one `where`, the wrong way first, so that exhibits of one agent are trained side by side in one program.
"""

import itertools
from collections.abc import Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import optax

from rl_helpers.types import Agent, Transition


class Bugs(NamedTuple):
    """Which bugs are switched on, bool [] each. `exhibits` tells their stories."""

    clock_is_death: Any = False
    death_is_ignored: Any = False
    maximum_from_zero: Any = False
    loss_broadcasts: Any = False
    one_key: Any = False
    target_never_updated: Any = False
    rate_too_high: Any = False
    buffer_reused: Any = False
    next_episode_seen: Any = False
    advantages_vanish: Any = False
    advantages_leak: Any = False
    ratio_is_one: Any = False


class Settings(NamedTuple):
    """What both agents are trained with."""

    gamma: float = 0.99
    learning_rate: float = 1e-3
    width: int = 64  # of the one hidden layer
    epsilon: float = 0.1  # DQN explores with this probability, from the first step to the last
    target_period: int = 50
    epochs: int = 4  # PPO's passes through a rollout, each of them one step of the optimiser
    lam: float = 0.95


def init_network(key, sizes: Sequence[int]):
    """Weights and biases of the layers of a network, [(w [in, out], b [out]), ...]."""
    shapes = list(itertools.pairwise(sizes))
    keys = jax.random.split(key, len(shapes))
    scaled = lambda key, shape: jax.random.normal(key, shape) / shape[0] ** 0.5
    return [(scaled(key, shape), jnp.zeros(shape[1])) for key, shape in zip(keys, shapes, strict=True)]


def hidden(network, obs):
    """The activations of the hidden layer, [..., width]."""
    w, b = network[0]
    return jax.nn.relu(obs @ w + b)


def apply(network, obs):
    """What the network says about observations [..., obs_dim]: [..., outputs]."""
    w, b = network[1]
    return hidden(network, obs) @ w + b


def _pick(rows, index):
    """rows[..., index], one entry of each row."""
    return jnp.take_along_axis(rows, index[..., None], axis=-1)[..., 0]


class DQNParams(NamedTuple):
    online: Any
    target: Any


def seen(bugs: Bugs, rollout: Transition) -> Transition:
    """What a memory makes of a rollout [T, N, ...]."""
    obs, next_obs = rollout.obs, rollout.next_obs
    last = jnp.broadcast_to(next_obs[-1], obs.shape)  # what the environments' own arrays hold in the end
    reset = jnp.concatenate([obs[1:], next_obs[-1:]])
    next_obs = jnp.where(bugs.next_episode_seen, reset, next_obs)
    obs, next_obs = (jnp.where(bugs.buffer_reused, last, x) for x in (obs, next_obs))
    return rollout._replace(obs=obs, next_obs=next_obs)


def dqn_target(bugs: Bugs, batch: Transition, next_q, gamma):
    """What DQN learns from, [B]: `next_q` [B, A] are the target network's values of the next observations."""
    best = next_q.max(axis=-1)
    best = jnp.where(bugs.maximum_from_zero, jnp.maximum(best, 0.0), best)
    over = jnp.where(bugs.clock_is_death, jnp.maximum(batch.terminated, batch.truncated), batch.terminated)
    over = jnp.where(bugs.death_is_ignored, 0.0, over)
    return batch.reward + gamma * (1.0 - over) * best


def dqn_loss(bugs: Bugs, q, target):
    """The mean squared error of `q` [B] against `target` [B]."""
    crossed = jnp.mean(jnp.square(q[:, None] - target[None, :]))  # every value against every target
    return jnp.where(bugs.loss_broadcasts, crossed, jnp.mean(jnp.square(q - target)))


def make_dqn(bugs: Bugs, obs_dim: int, num_actions: int, settings: Settings):
    """`(agent, init_params)`: the agent of notebook 05."""
    optimiser = optax.scale_by_adam()
    rate = settings.learning_rate * jnp.where(bugs.rate_too_high, 300.0, 1.0)

    def init_params(key):
        online = init_network(key, (obs_dim, settings.width, num_actions))
        return DQNParams(online, online)

    def select_action(key, params, actor_state, obs, evaluation=False):
        explore, which = jax.random.uniform(key, (2,))
        which = jnp.where(bugs.one_key, explore, which)
        explores = (explore < settings.epsilon) & ~jnp.asarray(evaluation)
        greedy = jnp.argmax(apply(params.online, obs))
        return jnp.where(explores, jnp.int32(num_actions * which), greedy), actor_state

    def learn(key, params, learner_state, batch):
        count, state = learner_state
        target = dqn_target(bugs, batch, apply(params.target, batch.next_obs), settings.gamma)
        loss = lambda online: dqn_loss(bugs, _pick(apply(online, batch.obs), batch.action), target)
        updates, state = optimiser.update(jax.grad(loss)(params.online), state)
        online = jax.tree.map(lambda w, u: w - rate * u, params.online, updates)
        renew = (count % settings.target_period == 0) & ~jnp.asarray(bugs.target_never_updated)
        target = jax.tree.map(lambda new, old: jnp.where(renew, new, old), online, params.target)
        return DQNParams(online, target), (count + 1, state)

    params = init_params(jax.random.key(0))
    return Agent(select_action, params, None, learn, (0, optimiser.init(params.online))), init_params


class PPOParams(NamedTuple):
    actor: Any
    critic: Any


class Lesson(NamedTuple):
    """What PPO makes of a rollout before it learns from it, [T, N] each."""

    log_prob: jax.Array
    value: jax.Array
    advantage: jax.Array  # not standardised
    target: jax.Array


def look_back(bugs: Bugs, params: PPOParams, rollout: Transition, settings: Settings) -> Lesson:
    """The old policy's log probabilities, the critic's values, and the advantages of a rollout [T, N, ...]."""
    value, next_value = (apply(params.critic, obs)[..., 0] for obs in (rollout.obs, rollout.next_obs))
    over = jnp.maximum(rollout.terminated, rollout.truncated)
    delta = rollout.reward + settings.gamma * (1.0 - rollout.terminated) * next_value - value
    fade = settings.gamma * settings.lam * (1.0 - jnp.where(bugs.advantages_leak, 0.0, over))
    back = lambda later, x: (x[0] + x[1] * later,) * 2
    _, advantage = jax.lax.scan(back, jnp.zeros(delta.shape[1]), (delta, fade), reverse=True)
    log_prob = policy_log_prob(params, rollout)
    return Lesson(log_prob, value, advantage, advantage + value)


def policy_log_prob(params: PPOParams, rollout: Transition):
    """The log probability of each action of a rollout."""
    return _pick(jax.nn.log_softmax(apply(params.actor, rollout.obs)), rollout.action)


def _standardize(x, axis):
    return (x - x.mean(axis, keepdims=True)) / (x.std(axis, keepdims=True) + 1e-8)


def ppo_loss(bugs: Bugs, params: PPOParams, rollout: Transition, lesson: Lesson):
    """The losses of the actor and of the critic, minus a little entropy."""
    rows = lesson.advantage.reshape(-1, 1)  # one column of B rows
    advantage = jnp.where(bugs.advantages_vanish, _standardize(rows, axis=1), _standardize(rows, axis=0))
    log_probs = jax.nn.log_softmax(apply(params.actor, rollout.obs))
    log_prob = _pick(log_probs, rollout.action).reshape(-1, 1)
    old_log_prob = jnp.where(bugs.ratio_is_one, jax.lax.stop_gradient(log_prob), lesson.log_prob.reshape(-1, 1))
    ratio = jnp.exp(log_prob - old_log_prob)
    actor_loss = -jnp.minimum(ratio * advantage, jnp.clip(ratio, 0.8, 1.2) * advantage).mean()
    critic_loss = jnp.mean(jnp.square(apply(params.critic, rollout.obs)[..., 0] - lesson.target))
    entropy = -jnp.sum(jnp.exp(log_probs) * log_probs, axis=-1).mean()
    return actor_loss + 0.5 * critic_loss - 0.01 * entropy


def make_ppo(bugs: Bugs, obs_dim: int, num_actions: int, settings: Settings):
    """`(agent, init_params)`: the agent of notebook 09, with one batch for each epoch."""
    optimiser = optax.scale_by_adam()

    def init_params(key):
        actor_key, critic_key = jax.random.split(key)
        actor = init_network(actor_key, (obs_dim, settings.width, num_actions))
        actor[-1] = jax.tree.map(lambda x: 0.01 * x, actor[-1])  # all actions begin equally likely
        return PPOParams(actor, init_network(critic_key, (obs_dim, settings.width, 1)))

    def select_action(key, params, actor_state, obs, evaluation=False):
        logits = apply(params.actor, obs)
        return jnp.where(evaluation, jnp.argmax(logits), jax.random.categorical(key, logits)), actor_state

    def learn(key, params, learner_state, rollout):
        rollout = seen(bugs, rollout)
        lesson = look_back(bugs, params, rollout, settings)

        def epoch(carry, _):
            params, state = carry
            gradient = jax.grad(lambda params: ppo_loss(bugs, params, rollout, lesson))(params)
            updates, state = optimiser.update(gradient, state)
            return (jax.tree.map(lambda w, u: w - settings.learning_rate * u, params, updates), state), None

        return jax.lax.scan(epoch, (params, learner_state), length=settings.epochs)[0]

    params = init_params(jax.random.key(0))
    return Agent(select_action, params, None, learn, optimiser.init(params)), init_params
