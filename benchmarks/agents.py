"""The two agents that the benchmark trains, written the way the notebooks write them."""

from typing import Any, NamedTuple

import haiku as hk
import jax
import jax.numpy as jnp
import optax

from rl_helpers import Agent


class DQNParams(NamedTuple):
    online: Any
    target: Any


class LearnerState(NamedTuple):
    count: Any
    optimiser: Any


def make_reinforce(layers=(32,), learning_rate=0.01, obs_dim=4, num_actions=2, baseline=True):
    """`(agent, init_params)`: a policy gradient on rewards-to-go, standardised if there is a `baseline`."""
    network = _network(layers, num_actions)
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
    network = _network(layers, num_actions)
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


def _network(layers, num_actions):
    return hk.without_apply_rng(hk.transform(lambda obs: hk.nets.MLP([*layers, num_actions])(obs)))
