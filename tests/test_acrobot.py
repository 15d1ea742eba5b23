"""Acrobot: an example of an environment and its test, see "How to add an environment" in CONTRIBUTING.md."""

import gymnasium as gym
import jax
import numpy as np
from environment_contract import EnvironmentContract

from rl_helpers.envs import Acrobot, AcrobotState


class TestAcrobot(EnvironmentContract):
    env = Acrobot()
    env_that_terminates = Acrobot(max_start=2.0)

    def test_it_steps_like_gymnasium(self):
        """Whole episodes of a policy that pumps, and states all over the space with the highest speeds among them."""
        theirs, rng, steps = gym.make("Acrobot-v1"), np.random.default_rng(0), []
        for seed in range(20):
            theirs.reset(seed=seed)
            for time in range(500):
                if seed >= 16:
                    theirs.unwrapped.state = rng.uniform(-1, 1, 4) * [np.pi, np.pi, 4 * np.pi, 9 * np.pi]
                state = np.array(theirs.unwrapped.state)
                action = int(1 + np.sign(state[3])) if seed % 2 and rng.random() < 0.9 else int(rng.integers(3))
                *outcome, _ = theirs.step(action)
                steps.append((state, time, action, *outcome))
                if outcome[2] or outcome[3]:
                    break
        states, times, actions, next_obs, rewards, terminated, truncated = map(np.array, zip(*steps, strict=True))
        assert terminated.sum() > 10 and truncated.sum() > 0 and np.abs(next_obs[:, 5]).max() > 28
        before = AcrobotState(states[:, :2].astype(np.float32), states[:, 2:].astype(np.float32), times)
        ours = jax.jit(jax.vmap(self.env.step, (None, 0, 0)))(jax.random.key(0), before, actions)[1]
        np.testing.assert_allclose(ours.obs, next_obs, rtol=1e-4, atol=2e-4)
        np.testing.assert_array_equal(ours.reward, rewards)
        np.testing.assert_array_equal(ours.terminated, terminated)
        np.testing.assert_array_equal(ours.truncated, truncated)
