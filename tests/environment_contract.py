"""The contract of environments. The test of a new one is three lines:

class TestAcrobot(EnvironmentContract):
    env = Acrobot()
"""

import dataclasses
import functools
import warnings

import gymnasium as gym
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from rl_helpers.envs.base import HIDDEN
from rl_helpers.envs.gymnasium_bridge import pure_environment
from rl_helpers.show import picture


def some_actions(env):
    """All actions, or where they are continuous the extremes and the middle, each as `step` takes it."""
    space = env.action_space
    if isinstance(space, gym.spaces.Discrete):
        return list(range(env.num_actions))
    return [space.low, (space.low + space.high) / 2, space.high]


@functools.cache
def rollout(env):
    """First observations [64, ...] and TimeSteps [60, 64] of 64 episodes of random actions, past their end too."""
    return _play(env)[1:]


def _play(env):
    """States before each step, first observations, and TimeSteps, as `rollout`."""

    @jax.jit
    def run(keys, actions):
        start, obs = jax.vmap(env.reset)(keys)

        def step(state, action):
            next_state, timestep = jax.vmap(env.step)(keys, state, action)
            return next_state, (state, timestep)

        states, steps = jax.lax.scan(step, start, actions)[1]
        return states, obs, steps

    actions = np.array(some_actions(env))
    actions = actions[np.random.default_rng(0).integers(len(actions), size=(60, 64))]
    return jax.tree.map(np.asarray, run(jax.random.split(jax.random.key(0), 64), actions))


class EnvironmentContract:
    """What every environment promises. Inherit it and name the environment: that is its test."""

    env = None
    always_starts_alike = False
    env_that_terminates = None  # where random actions of the environment itself never end an episode
    never_terminates = False

    def test_reset_follows_its_key(self):
        first, again, other = (self.env.reset(jax.random.key(seed))[0] for seed in (0, 0, 1))
        jax.tree.map(np.testing.assert_array_equal, first, again)
        same = jax.tree.map(np.array_equal, first, other)
        assert all(jax.tree.leaves(same)) == self.always_starts_alike

    def test_step_is_pure_and_the_same_under_jit(self):
        state, _ = self.env.reset(jax.random.key(0))
        before = jax.tree.map(np.array, state)
        plain = self.env.step(jax.random.key(1), state, some_actions(self.env)[0])
        compiled = jax.jit(self.env.step)(jax.random.key(1), state, some_actions(self.env)[0])
        jax.tree.map(np.testing.assert_array_equal, before, state)
        jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-7), plain, compiled)

    def test_shapes_and_dtypes(self):
        space = self.env.observation_space
        state, obs = self.env.reset(jax.random.key(0))
        next_state, timestep = self.env.step(jax.random.key(1), state, some_actions(self.env)[0])
        assert obs.shape == timestep.obs.shape == space.shape
        assert obs.dtype == timestep.obs.dtype == (jnp.int32 if isinstance(space, gym.spaces.Discrete) else space.dtype)
        assert timestep.reward.dtype == jnp.float32
        assert timestep.terminated.dtype == timestep.truncated.dtype == bool
        assert timestep.reward.shape == timestep.terminated.shape == timestep.truncated.shape == ()
        describe = lambda tree: jax.tree.map(lambda leaf: (leaf.shape, leaf.dtype), tree)
        assert describe(state) == describe(next_state)

    @pytest.mark.slow
    def test_every_action_matters_somewhere(self):
        states = jax.tree.map(lambda leaf: leaf.reshape(-1, *leaf.shape[2:])[:640], _play(self.env)[0])
        step = jax.jit(jax.vmap(lambda state, action: self.env.step(jax.random.key(1), state, action)[1], (0, None)))
        outcomes = [step(states, action) for action in some_actions(self.env)]
        for number, outcome in enumerate(outcomes):
            for other in outcomes[:number]:
                assert not (np.array_equal(outcome.obs, other.obs) and np.array_equal(outcome.reward, other.reward))

    def test_observations_lie_within_the_bounds(self):
        first, steps = rollout(self.env)
        before_the_end = np.cumsum(steps.terminated, axis=0) - steps.terminated == 0
        for obs in [*first, *steps.obs[before_the_end]]:
            assert self.env.observation_space.contains(obs), obs

    def test_the_clock_truncates_and_only_the_clock(self):
        _, steps = rollout(dataclasses.replace(self.env, max_steps=30))
        np.testing.assert_array_equal(steps.truncated, np.repeat(np.arange(1, 61)[:, None] >= 30, 64, axis=1))

    def test_termination_does_not_ask_the_clock(self):
        env = self.env_that_terminates or self.env
        short, long = rollout(dataclasses.replace(env, max_steps=30))[1], rollout(env)[1]
        np.testing.assert_array_equal(short.terminated, long.terminated)
        assert not long.terminated.any() if self.never_terminates else 0 < long.terminated.mean() < 1

    def test_equal_environments_hash_alike(self):
        assert hash(dataclasses.replace(self.env)) == hash(self.env)

    # --- For people ---

    def test_its_bodies_have_poses_and_words_say_how_it_ended(self):
        _, steps = rollout(self.env)
        for obs in [*steps.obs[0], *steps.obs[-1]]:
            for action in (None, *some_actions(self.env)):
                poses = np.array(self.env.poses(obs, action), float)
                assert poses.shape == (len(self.env.scene.bodies), 3)
                assert all(np.isfinite(pose).all() or np.array_equal(pose, HIDDEN, equal_nan=True) for pose in poses)
            assert all(all(self.env.ending(obs, terminated)) for terminated in (False, True))

    @pytest.mark.slow
    def test_pictures_show_the_observation_or_the_action(self):
        first, steps = rollout(self.env)
        images = [self.env.render(o, a) for o in (first[0], steps.obs[-1, 0]) for a in some_actions(self.env)]
        assert len({image.tobytes() for image in images}) > 1
        for image in images:
            (height, width, _), colours = image.shape, np.unique(image.reshape(-1, 3), axis=0)
            assert image.dtype == np.uint8 and len(colours) > 2
            assert min(picture.WIDTH - width, picture.HEIGHT - height) == 0 <= max(width, height) <= picture.WIDTH

    def test_its_buttons_are_actions(self):
        if self.env.controls is not None:
            actions = [button.action for button in self.env.controls.buttons]
            actions += [] if self.env.controls.idle is None else [self.env.controls.idle]
            assert len(actions) > 1 and all(self.env.action_space.contains(action) for action in actions)

    # --- In gymnasium ---

    def test_gymnasium_accepts_it(self):
        with warnings.catch_warnings():
            warnings.filterwarnings("error")
            warnings.filterwarnings("ignore", message=".*Box observation space m.*imum value is")  # CartPole-v1's too
            warnings.filterwarnings("ignore", message=".*not having a spec")  # made without an id
            warnings.filterwarnings("ignore", message=".*recommend using a symmetric and normalized space")
            check_env(self.made(render_mode="rgb_array").unwrapped)

    def test_gymnasium_episodes_are_the_same_for_the_same_seed(self):
        def episode(seed):
            env, actions = self.made(), some_actions(self.env)
            start = env.reset(seed=seed)[0]
            steps = [env.step(actions[i % len(actions)])[:2] for i in range(30)]
            return np.array([*map(np.ravel, [start, *(obs for obs, _ in steps)])]), [reward for _, reward in steps]

        for first, second in zip(episode(3), episode(3), strict=True):
            np.testing.assert_array_equal(first, second)

    def test_gymnasium_truncates_once(self):
        env = self.made()
        wrapper = env
        while wrapper is not env.unwrapped:
            assert not isinstance(wrapper, gym.wrappers.TimeLimit)
            wrapper = wrapper.env
        assert env.unwrapped.pure == self.env == pure_environment(env)

    def made(self, **options):
        return gym.make(f"rl_helpers/{self.env.gym_id}", **options)
