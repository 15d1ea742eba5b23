"""The probes keep the contract of environments, as far as it speaks of them: nobody plays or watches one."""

import gymnasium as gym
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from environment_contract import EnvironmentContract, rollout

from rl_helpers import rollouts
from rl_helpers.envs import GymnasiumEnv, probes
from rl_helpers.types import Agent


class ProbeContract(EnvironmentContract):
    always_starts_alike = True
    test_its_bodies_have_poses_and_words_say_how_it_ended = None
    test_pictures_show_the_observation_or_the_action = None

    def made(self, **options):
        return gym.wrappers.PassiveEnvChecker(GymnasiumEnv(self.env))

    def test_gymnasium_truncates_once(self):
        assert self.made().unwrapped.pure == self.env

    def test_observations_are_all_that_is_ever_seen(self):
        first, steps = rollout(self.env)
        assert self.env.observations.dtype == np.float32 and self.env.observations.shape[1:] == (1,)
        np.testing.assert_array_equal(np.unique([*first.ravel(), *steps.obs.ravel()]), self.env.observations.ravel())


class OneStepContract(ProbeContract):
    def test_termination_does_not_ask_the_clock(self):
        assert rollout(self.env)[1].terminated.all()


class TestOneReward(OneStepContract):
    env = probes.OneReward()


class TestRewardIsObs(OneStepContract):
    env = probes.RewardIsObs()
    always_starts_alike = False


class TestLaterReward(ProbeContract):
    env = probes.LaterReward()


class TestTwoActions(OneStepContract):
    env = probes.TwoActions()


class TestActionMatchesObs(OneStepContract):
    env = probes.ActionMatchesObs()
    always_starts_alike = False


class TestClock(ProbeContract):
    env = probes.Clock()
    never_terminates = True

    def made(self, **options):  # gymnasium's checker takes an environment that is truncated after one step for broken
        return gym.wrappers.PassiveEnvChecker(GymnasiumEnv(probes.Clock(max_steps=2)))

    def test_gymnasium_truncates_once(self):
        assert GymnasiumEnv(self.env).pure == self.env


class TestFall(OneStepContract):
    env = probes.Fall()


def episode(env, action, seed=0):
    """(obs, reward, terminated, truncated) of each step of an episode in which `action` is a function of obs."""
    state, obs = env.reset(jax.random.key(seed))
    steps, over = [], False
    while not over:
        state, (next_obs, reward, terminated, truncated) = env.step(jax.random.key(0), state, jnp.int32(action(obs)))
        steps.append((float(obs[0]), float(reward), bool(terminated), bool(truncated)))
        obs, over = next_obs, terminated or truncated
    return steps


def test_each_probe_is_what_the_contract_of_the_course_says():
    assert episode(probes.OneReward(), lambda obs: 0) == [(0.0, 1.0, True, False)]
    assert episode(probes.LaterReward(), lambda obs: 0) == [(0.0, 0.0, False, False), (1.0, 1.0, True, False)]
    assert episode(probes.Clock(), lambda obs: 0) == [(0.0, 1.0, False, True)]
    assert episode(probes.Fall(), lambda obs: 0) == [(0.0, 1.0, True, False)]
    for action in (0, 1):
        assert episode(probes.TwoActions(), lambda obs, a=action: a) == [(0.0, 2.0 * action - 1, True, False)]
    for seed in range(8):
        ((obs, reward, terminated, truncated),) = episode(probes.RewardIsObs(), lambda obs: 0, seed)
        assert obs == reward and (terminated, truncated) == (True, False)
        for right in (True, False):
            ((_, reward, *_),) = episode(probes.ActionMatchesObs(), lambda obs, r=right: (obs[0] > 0) == r, seed)
            assert reward == (1.0 if right else -1.0)


def test_the_variants_of_later_reward():
    assert episode(probes.LaterReward(reward=-1.0), lambda obs: 0)[1][1] == -1.0
    cut = probes.LaterReward(random_start=True, max_steps=1)
    ways = {tuple(episode(cut, lambda obs: 0, seed)) for seed in range(12)}
    assert ways == {((0.0, 0.0, False, True),), ((1.0, 1.0, True, True),)}


@pytest.mark.slow
@pytest.mark.parametrize("env", probes.PROBES, ids=lambda env: type(env).__name__)
def test_an_agent_runs_in_it(env):
    act = lambda key, params, state, obs, evaluation=False: (jax.random.randint(key, (), 0, env.num_actions), state)
    steps = rollouts.rollout(jax.random.key(0), env, Agent(act, None), 40)
    over = steps.terminated | steps.truncated
    np.testing.assert_array_equal(steps.obs[1:][~over[:-1]], steps.next_obs[:-1][~over[:-1]])
    assert over.mean() == (0.5 if isinstance(env, probes.LaterReward) else 1.0)
