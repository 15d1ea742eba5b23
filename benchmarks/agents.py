"""The agents that the benchmarks train, written the way the notebooks write them."""

from typing import Any, NamedTuple

import haiku as hk
import jax
import jax.numpy as jnp
import optax

from rl_helpers import Agent

ORDINARY = {"xla_backend_optimization_level": "3"}  # XLA's own choice, where `rl_helpers` has another


class DQNParams(NamedTuple):
    online: Any
    target: Any


class LearnerState(NamedTuple):
    count: Any
    optimiser: Any


def make_reinforce(layers=(32,), learning_rate=0.01, obs_dim=4, num_actions=2, baseline=True):
    """`(agent, init_params)`: a policy gradient on rewards-to-go, standardised if there is a `baseline`."""
    network = mlp(layers, num_actions)
    optimiser = optax.adam(learning_rate)

    def init_params(key):
        return network.init(key, jnp.zeros(obs_dim))

    def select_action(key, params, actor_state, obs, evaluation=False):
        logits = network.apply(params, obs)
        return jnp.where(evaluation, jnp.argmax(logits), jax.random.categorical(key, logits)), actor_state

    def loss(params, memory):
        log_probs = jax.nn.log_softmax(network.apply(params, memory.obs))
        chosen = jnp.take_along_axis(log_probs, memory.action[:, None], axis=1)[:, 0]
        weights = memory.reward_to_go
        if baseline:
            weights = (weights - weights.mean()) / (weights.std() + 1e-8)
        return -jnp.mean(chosen * weights)

    def learn(key, params, learner_state, memory):
        gradient = jax.grad(loss)(params, memory)
        updates, optimiser_state = optimiser.update(gradient, learner_state.optimiser)
        return optax.apply_updates(params, updates), LearnerState(learner_state.count + 1, optimiser_state)

    params = init_params(jax.random.key(0))
    return Agent(select_action, params, None, learn, LearnerState(0, optimiser.init(params))), init_params


def make_dqn(
    layers=(64, 64),
    learning_rate=1e-3,
    gamma=0.99,
    epsilon_steps=3000,
    epsilon_min=0.05,
    target_period=50,
    obs_dim=4,
    num_actions=2,
):
    """`(agent, init_params)`: Q-learning with a target network; epsilon falls with the steps of each environment."""
    network = mlp(layers, num_actions)
    optimiser = optax.adam(learning_rate)

    def init_params(key):
        params = network.init(key, jnp.zeros(obs_dim))
        return DQNParams(params, params)

    def select_action(key, params, actor_state, obs, evaluation=False):
        explore_key, action_key = jax.random.split(key)
        greedy = jnp.argmax(network.apply(params.online, obs))
        epsilon = jnp.maximum(1 - actor_state / epsilon_steps, epsilon_min)
        explore = ~jnp.asarray(evaluation) & (jax.random.uniform(explore_key) < epsilon)
        return jnp.where(explore, jax.random.randint(action_key, (), 0, num_actions), greedy), actor_state + 1

    def loss(online, target, batch):
        q = jnp.take_along_axis(network.apply(online, batch.obs), batch.action[:, None], axis=1)[:, 0]
        future = network.apply(target, batch.next_obs).max(axis=1)
        return jnp.mean(jnp.square(batch.reward + gamma * (1 - batch.terminated) * future - q))

    def learn(key, params, learner_state, memory):
        gradient = jax.grad(loss)(params.online, params.target, memory)
        updates, optimiser_state = optimiser.update(gradient, learner_state.optimiser)
        online = optax.apply_updates(params.online, updates)
        renew = learner_state.count % target_period == 0
        target = jax.tree.map(lambda new, old: jnp.where(renew, new, old), online, params.target)
        return DQNParams(online, target), LearnerState(learner_state.count + 1, optimiser_state)

    params = init_params(jax.random.key(0))
    return Agent(select_action, params, 0, learn, LearnerState(0, optimiser.init(params.online))), init_params


def make_ppo(num_updates, learning_rate=2.5e-4, gamma=0.99, lam=0.95, epochs=4, num_minibatches=4, obs_dim=4):
    """`(agent, init_params)`: PPO as purejaxrl has it, two networks of 64 x 64 and a learning rate that falls to 0."""
    network = actor_and_critic(2)
    rate = optax.linear_schedule(learning_rate, 0.0, num_updates * epochs * num_minibatches)
    optimiser = optax.chain(optax.clip_by_global_norm(0.5), optax.adam(rate, eps=1e-5))

    def init_params(key):
        return network.init(key, jnp.zeros(obs_dim))

    def select_action(key, params, actor_state, obs, evaluation=False):
        logits, _ = network.apply(params, obs)
        return jnp.where(evaluation, jnp.argmax(logits), jax.random.categorical(key, logits)), actor_state

    def advantages(delta, fade):
        step = lambda later, x: (x[0] + x[1] * later,) * 2
        return jax.lax.scan(step, jnp.zeros(delta.shape[1]), (delta, fade), reverse=True, unroll=8)[1]

    def loss(params, batch):
        obs, action, old_log_prob, advantage, target = batch
        logits, value = network.apply(params, obs)
        log_probs = jax.nn.log_softmax(logits)
        log_prob = jnp.take_along_axis(log_probs, action[:, None], axis=1)[:, 0]
        advantage = (advantage - advantage.mean()) / (advantage.std() + 1e-8)
        ratio = jnp.exp(log_prob - old_log_prob)
        actor_loss = -jnp.minimum(ratio * advantage, jnp.clip(ratio, 0.8, 1.2) * advantage)
        entropy = -jnp.sum(jnp.exp(log_probs) * log_probs, axis=1)
        return jnp.mean(actor_loss + 0.5 * jnp.square(value - target) - 0.01 * entropy)

    def learn(key, params, learner_state, memory):
        # After a row comes the next one, or, where the clock stopped an episode, that episode's last observation. A
        # rollout is shorter than what the clock allows, so it stops each environment once at most.
        stop = jnp.argmax(memory.truncated, axis=0)
        stopped = jnp.take_along_axis(memory.next_obs, stop[None, :, None], axis=0)
        logits, value = network.apply(params, jnp.concatenate([memory.obs, memory.next_obs[-1:], stopped]))
        logits, value, following, at_stop = logits[:-2], value[:-2], value[1:-1], value[-1]
        next_value = jnp.where(memory.truncated, at_stop, following)
        log_prob = jnp.take_along_axis(jax.nn.log_softmax(logits), memory.action[..., None], axis=-1)[..., 0]
        delta = memory.reward + gamma * (1.0 - memory.terminated) * next_value - value
        fade = gamma * lam * (1.0 - jnp.maximum(memory.terminated, memory.truncated))
        advantage = advantages(delta, fade)
        batch = (memory.obs, memory.action, log_prob, advantage, advantage + value)
        batch = jax.tree.map(lambda x: x.reshape(-1, *x.shape[2:]), batch)

        def one_minibatch(training, rows):
            params, state = training
            gradient = jax.grad(loss)(params, jax.tree.map(lambda x: x[rows], batch))
            updates, optimiser_state = optimiser.update(gradient, state.optimiser)
            return (optax.apply_updates(params, updates), LearnerState(state.count + 1, optimiser_state)), None

        keys = jax.random.split(key, epochs)
        rows = jax.vmap(lambda key: jax.random.permutation(key, advantage.size).reshape(num_minibatches, -1))(keys)
        rows = rows.reshape(epochs * num_minibatches, -1)
        return jax.lax.scan(one_minibatch, (params, learner_state), rows)[0]

    params = init_params(jax.random.key(0))
    return Agent(select_action, params, None, learn, LearnerState(0, optimiser.init(params))), init_params


def mlp(layers, num_actions):
    """A network with hidden `layers`, as haiku transforms it."""
    return hk.without_apply_rng(hk.transform(lambda obs: hk.nets.MLP([*layers, num_actions])(obs)))


def actor_and_critic(num_actions):
    """Two networks of 64 x 64 side by side: logits and value."""

    def body(obs, size, scale):
        for width in (64, 64):
            obs = jnp.tanh(hk.Linear(width, w_init=hk.initializers.Orthogonal(2**0.5))(obs))
        return hk.Linear(size, w_init=hk.initializers.Orthogonal(scale))(obs)

    return hk.without_apply_rng(hk.transform(lambda obs: (body(obs, num_actions, 0.01), body(obs, 1, 1.0)[..., 0])))
