"""The bandit: what its arms are worth and what they pay."""

import jax
import jax.numpy as jnp
import numpy as np

from rl_helpers.envs.bandit import Bandit, BanditState


def test_arms_have_new_standard_normal_values_in_every_episode():
    states, obs = jax.vmap(Bandit(num_arms=5).reset)(jax.random.split(jax.random.key(0), 4000))
    assert states.values.shape == (4000, 5) and np.all(obs == 0) and obs.dtype == jnp.int32
    assert np.all(np.abs(states.values.mean(axis=0)) < 6 / np.sqrt(4000))
    assert np.all(np.abs(states.values.std(axis=0) - 1.0) < 6 / np.sqrt(2 * 4000))
    assert np.all(np.abs(np.corrcoef(states.values.T) - np.eye(5)) < 6 / np.sqrt(4000))


def test_an_arm_pays_its_value_with_noise_of_size_one():
    bandit, state = Bandit(num_arms=3), BanditState(jnp.array([-2.0, 0.0, 5.0]), jnp.int32(0))
    step = jax.vmap(jax.vmap(lambda key, arm: bandit.step(key, state, arm)[1], (0, None)), (None, 0))
    reward = step(jax.random.split(jax.random.key(0), 10_000), jnp.arange(3)).reward
    assert np.all(np.abs(reward.mean(axis=1) - state.values) < 6 / 100)
    assert np.all(np.abs(reward.std(axis=1) - 1.0) < 6 / np.sqrt(2 * 10_000))


def test_values_stay_and_only_the_clock_ends_an_episode():
    bandit = Bandit(num_arms=4, max_steps=3)
    state, _ = bandit.reset(jax.random.key(0))
    for t in range(3):
        new_state, timestep = jax.jit(bandit.step)(jax.random.key(t), state, 1)
        assert np.array_equal(new_state.values, state.values) and timestep.obs == 0
        assert not timestep.terminated and bool(timestep.truncated) is (t == 2)
        state = new_state
    assert [x.dtype for x in timestep] == [jnp.int32, jnp.float32, jnp.bool_, jnp.bool_]


def test_the_same_key_gives_the_same_reward():
    bandit = Bandit()
    state, _ = bandit.reset(jax.random.key(3))
    rewards = [bandit.step(jax.random.key(k), state, 2)[1].reward for k in (0, 0, 1)]
    assert rewards[0] == rewards[1] != rewards[2]
    assert bandit.num_actions == 10
