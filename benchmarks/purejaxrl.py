"""DQN and PPO the way purejaxrl writes them, to be measured beside ours: gymnax's CartPole, one `scan` over everything.

The two scripts follow dqn.py and ppo.py of github.com/luchris429/purejaxrl, settings included; the networks are haiku's
in place of flax's, and DQN's replay is an array in place of flashbax. Needs gymnax.
"""

import time
from typing import Any, NamedTuple

import gymnax
import jax
import jax.numpy as jnp
import optax
from agents import ORDINARY, actor_and_critic, mlp


def steps_per_second(train, num_steps: int, num_seeds: int) -> float:
    """Environment steps/s of `train(key)` for so many seeds at once, compilation left out."""
    run = jax.jit(jax.vmap(train)).lower(jax.random.split(jax.random.key(0), num_seeds)).compile(ORDINARY)
    begin = time.perf_counter()
    jax.block_until_ready(run(jax.random.split(jax.random.key(1), num_seeds)))
    return num_seeds * num_steps / (time.perf_counter() - begin)


class Log(NamedTuple):
    """gymnax's state with what purejaxrl's LogWrapper counts for each environment."""

    state: Any
    episode_return: jax.Array
    last_return: jax.Array


def _environments(num_envs: int):
    """`(reset, step)` of so many CartPoles that start anew by themselves."""
    env, env_params = gymnax.make("CartPole-v1")

    def reset(key):
        obs, state = jax.vmap(env.reset, (0, None))(jax.random.split(key, num_envs), env_params)
        return obs, Log(state, jnp.zeros(num_envs), jnp.zeros(num_envs))

    def step(key, log, action):
        keys = jax.random.split(key, num_envs)
        obs, state, reward, *ends, _ = jax.vmap(env.step, (0, 0, 0, None))(keys, log.state, action, env_params)
        done = ends[0] if len(ends) == 1 else ends[0] | ends[1]  # gymnax 1.0 tells two kinds of end
        total = log.episode_return + reward
        return obs, Log(state, total * (1 - done), jnp.where(done, total, log.last_return)), reward, done

    return reset, step


# --- DQN --------------------------------------------------------------------------------------------------------------


class Experience(NamedTuple):
    obs: Any
    action: Any
    reward: Any
    done: Any
    next_obs: Any


def make_dqn(num_steps: int):
    """`train(key)` as dqn.py has it: 10 environments, a replay of 10,000, batches of 128, layers of 120 and 84."""
    num_envs, size, batch_size, learning_starts, target_interval = 10, 10_000, 128, 10_000, 500
    reset, step = _environments(num_envs)
    network, optimiser = mlp((120, 84), 2), optax.adam(2.5e-4)

    def train(key):
        key, init_key, reset_key = jax.random.split(key, 3)
        obs, log = reset(reset_key)
        params = network.init(init_key, jnp.zeros(4))
        row = Experience(jnp.zeros(4), jnp.int32(0), jnp.float32(0), jnp.bool_(False), jnp.zeros(4))
        replay = jax.tree.map(lambda x: jnp.zeros((size, *x.shape), x.dtype), row)

        def learn(params, target, state, replay, filled, key):
            rows = jax.random.randint(key, (batch_size,), 0, filled)
            batch = jax.tree.map(lambda x: x[rows], replay)
            future = network.apply(target, batch.next_obs).max(axis=-1)
            goal = batch.reward + (1 - batch.done) * 0.99 * future

            def loss(params):
                q = jnp.take_along_axis(network.apply(params, batch.obs), batch.action[:, None], axis=-1)[:, 0]
                return jnp.mean((q - goal) ** 2)

            updates, state = optimiser.update(jax.grad(loss)(params), state)
            return optax.apply_updates(params, updates), state

        def update(carry, _):
            params, target, state, replay, log, obs, count, key = carry
            key, explore_key, action_key, step_key, sample_key = jax.random.split(key, 5)
            epsilon = jnp.maximum(1.0 - 0.95 * count / 250_000, 0.05)
            greedy = network.apply(params, obs).argmax(axis=-1)
            random = jax.random.randint(action_key, (num_envs,), 0, 2)
            action = jnp.where(jax.random.uniform(explore_key, (num_envs,)) < epsilon, random, greedy)
            next_obs, log, reward, done = step(step_key, log, action)
            new = Experience(obs, action.astype(jnp.int32), reward, done, next_obs)
            replay = jax.tree.map(
                lambda old, x: jax.lax.dynamic_update_slice_in_dim(old, x, count % size, axis=0), replay, new
            )
            count += num_envs
            params, state = jax.lax.cond(
                count > learning_starts,
                lambda: learn(params, target, state, replay, jnp.minimum(count, size), sample_key),
                lambda: (params, state),
            )
            target = jax.lax.cond(count % target_interval == 0, lambda: params, lambda: target)
            return (params, target, state, replay, log, next_obs, count, key), log.last_return.mean()

        start = (params, params, optimiser.init(params), replay, log, obs, jnp.int32(0), key)
        carry, returns = jax.lax.scan(update, start, None, num_steps // num_envs)
        return carry[0], returns

    return train


# --- PPO --------------------------------------------------------------------------------------------------------------


class Step(NamedTuple):
    done: Any
    action: Any
    value: Any
    reward: Any
    log_prob: Any
    obs: Any


def make_ppo(num_updates: int, num_envs: int = 4, length: int = 128, epochs: int = 4, num_minibatches: int = 4):
    """`train(key)` as ppo.py has it: 4 environments of 128 steps, 4 epochs of 4 minibatches, networks of 64 x 64."""
    reset, step = _environments(num_envs)
    network = actor_and_critic(2)
    rate = optax.linear_schedule(2.5e-4, 0.0, num_updates * epochs * num_minibatches)
    optimiser = optax.chain(optax.clip_by_global_norm(0.5), optax.adam(rate, eps=1e-5))

    def play(carry, _):
        params, log, obs, key = carry
        key, action_key, step_key = jax.random.split(key, 3)
        logits, value = network.apply(params, obs)
        action = jax.random.categorical(action_key, logits)
        log_prob = jnp.take_along_axis(jax.nn.log_softmax(logits), action[:, None], axis=-1)[:, 0]
        next_obs, log, reward, done = step(step_key, log, action)
        return (params, log, next_obs, key), Step(done, action, value, reward, log_prob, obs)

    def advantages(steps, last_value):
        def one(carry, now):
            advantage, next_value = carry
            delta = now.reward + 0.99 * next_value * (1 - now.done) - now.value
            advantage = delta + 0.99 * 0.95 * (1 - now.done) * advantage
            return (advantage, now.value), advantage

        return jax.lax.scan(one, (jnp.zeros_like(last_value), last_value), steps, reverse=True, unroll=16)[1]

    def loss(params, steps, advantage, target):
        logits, value = network.apply(params, steps.obs)
        log_probs = jax.nn.log_softmax(logits)
        log_prob = jnp.take_along_axis(log_probs, steps.action[:, None], axis=-1)[:, 0]
        clipped = steps.value + jnp.clip(value - steps.value, -0.2, 0.2)
        value_loss = 0.5 * jnp.maximum((value - target) ** 2, (clipped - target) ** 2).mean()
        ratio = jnp.exp(log_prob - steps.log_prob)
        advantage = (advantage - advantage.mean()) / (advantage.std() + 1e-8)
        actor_loss = -jnp.minimum(ratio * advantage, jnp.clip(ratio, 0.8, 1.2) * advantage).mean()
        entropy = -(jnp.exp(log_probs) * log_probs).sum(axis=-1).mean()
        return actor_loss + 0.5 * value_loss - 0.01 * entropy

    def update(carry, _):
        params, state, log, obs, key = carry
        (_, log, obs, key), steps = jax.lax.scan(play, (params, log, obs, key), None, length)
        advantage = advantages(steps, network.apply(params, obs)[1])
        data = jax.tree.map(lambda x: x.reshape(-1, *x.shape[2:]), (steps, advantage, advantage + steps.value))

        def minibatch(training, batch):
            params, state = training
            updates, state = optimiser.update(jax.grad(loss)(params, *batch), state)
            return (optax.apply_updates(params, updates), state), None

        def epoch(training, key):
            rows = jax.random.permutation(key, num_envs * length)
            batches = jax.tree.map(lambda x: x[rows].reshape(num_minibatches, -1, *x.shape[1:]), data)
            return jax.lax.scan(minibatch, training, batches)[0], None

        key, shuffle_key = jax.random.split(key)
        (params, state), _ = jax.lax.scan(epoch, (params, state), jax.random.split(shuffle_key, epochs))
        return (params, state, log, obs, key), log.last_return.mean()

    def train(key):
        key, init_key, reset_key = jax.random.split(key, 3)
        obs, log = reset(reset_key)
        params = network.init(init_key, jnp.zeros(4))
        carry, returns = jax.lax.scan(update, (params, optimiser.init(params), log, obs, key), None, num_updates)
        return carry[0], returns

    return train
