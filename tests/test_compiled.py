"""The compiled loop: it does what the readable loop does, for many seeds and environments at once."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import gymnasium as gym
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from test_replay import PythonRewardsToGo

from rl_helpers import Agent, CartPole, GymnasiumEnv, TimeStep, Transition, run_environment_loop
from rl_helpers.compiled import run_compiled_loop
from rl_helpers.envs import Environment
from rl_helpers.replay import OnPolicyMemory, ReplayMemory, RewardsToGo

KEY = jax.random.key(0)


@dataclass(frozen=True)
class Clock(Environment):
    """Episodes of `length` steps, and up to `spread` more. The reward is 1, or the action.

    obs: [a number between 0 and 1 drawn for the episode, time].
    """

    length: int = 3
    terminates: bool = False
    pays_action: bool = False
    spread: int = 0
    observation_space = gym.spaces.Box(np.float32([0.0, 0.0]), np.float32([1.0, 100.0]))
    action_space = gym.spaces.Discrete(2)

    def reset(self, key):
        obs = jnp.array([jax.random.uniform(key), 0.0])
        return obs, obs

    def step(self, key, state, action):
        obs = state + jnp.array([0.0, 1.0])
        over = obs[1] >= self.length + jnp.floor(self.spread * obs[0])
        reward = jnp.float32(action if self.pays_action else 1.0)
        return obs, TimeStep(obs, reward, over & self.terminates, over & (not self.terminates))


@dataclass(frozen=True)
class LastPush:
    """A memory for the compiled loop that gives whatever came last."""

    def init(self, transition, num_envs, num_steps):
        return jax.tree.map(lambda x: jnp.zeros((num_steps, num_envs, *x.shape), x.dtype), transition)

    def push(self, state, transitions):
        return transitions

    def is_ready(self, state):
        return jnp.array(True)

    def sample(self, key, state):
        return state, state


class LastEpisode:
    """A memory for the readable loop that gives the last finished episode."""

    def __init__(self):
        self.episode, self.last = [], None

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated or transition.truncated:
            self.last, self.episode = Transition(*map(np.array, zip(*self.episode, strict=True))), []

    def is_ready(self):
        return self.last is not None

    def sample(self):
        return self.last


class ReadableRewardsToGo:
    """`EpisodeRewardsToGoBuffer` for the readable loop."""

    def __init__(self, batch_size, gamma):
        self.memory = PythonRewardsToGo(batch_size, gamma, num_envs=1)
        self.is_ready = self.memory.is_ready

    def push(self, transition):
        self.memory.push(Transition(*(np.asarray(x)[None, None] for x in transition)))

    def sample(self):
        obs, action, reward_to_go = self.memory.sample()
        return RewardsToGo(obs, action.astype(np.int32), reward_to_go.astype(np.float32))


class Count(NamedTuple):
    count: Any
    best: Any


def random_action(key, params, actor_state, obs, evaluation=False):
    return jax.random.bernoulli(key).astype(int), actor_state


def random_walk(key, params, learner_state, memory):
    """Learns something that depends on every key and on all of the data."""
    data = sum(jnp.mean(x) for x in jax.tree.leaves(memory))
    return params + jax.random.normal(key, params.shape) + 0.01 * data, learner_state + 1


WANDERER = Agent(random_action, jnp.zeros(2), None, random_walk, 0)


def run(*args, **options):
    return run_compiled_loop(*args, **{"evaluation_episodes": 2, "progress": False, **options})


# --- Both loops -------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_deterministic_run_is_the_same_in_both_loops():
    """Same data, so the same batches at the same times, so the same parameters after many learner steps."""

    def select_action(key, params, actor_state, obs, evaluation=False):
        return jnp.where(params @ obs > 0, 1, 0), actor_state + 1

    def learn(key, params, learner_state, memory):
        def objective(params):
            chosen = (2 * memory.action - 1) * (memory.obs @ params)
            return jnp.mean((memory.reward_to_go - memory.reward_to_go.mean()) * jax.nn.log_sigmoid(chosen))

        return params + jax.grad(objective)(params), learner_state + 1

    env = CartPole(max_start=0.0, max_steps=30)
    agent = Agent(select_action, jnp.array([0.1, 0.2, -0.3, 0.1]), 0, learn, 0)
    memory = ReadableRewardsToGo(batch_size=15, gamma=0.9)
    readable = run_environment_loop(
        KEY, GymnasiumEnv(env), agent, memory, num_episodes=20, evaluate_every=0, progress=False
    )
    num_steps = int(readable.episode_returns.sum())  # CartPole pays 1 a step
    compiled = run(KEY, env, agent, OnPolicyMemory(15, 0.9, 30), num_steps=num_steps, evaluate_every=num_steps)

    assert len(set(readable.episode_returns)) > 1  # something was learnt
    assert compiled.agent.learner_state[0] == readable.agent.learner_state > 5
    assert compiled.agent.actor_state[0, 0] == readable.agent.actor_state
    np.testing.assert_allclose(compiled.agent.params[0], readable.agent.params, rtol=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize(("terminates", "value"), [(False, 10.0), (True, 2.5)])
def test_both_loops_tell_termination_from_truncation(terminates, value):
    """1 a step for ever is worth 1 / (1 - 0.9) = 10. If each third step is the last, v = 1 + 0.9 · 2/3 · v = 2.5."""

    def learn(key, params, learner_state, memory):
        return jnp.mean(memory.reward + 0.9 * (1.0 - memory.terminated) * params), None

    env = Clock(length=3, terminates=terminates)
    agent = Agent(random_action, 0.0, None, learn, None)
    readable = run_environment_loop(
        KEY, GymnasiumEnv(env), agent, LastEpisode(), num_episodes=120, evaluate_every=0, progress=False
    )
    compiled = run(KEY, env, agent, LastPush(), num_steps=360, steps_per_update=3)
    np.testing.assert_allclose(readable.agent.params, value, rtol=1e-3)
    np.testing.assert_allclose(compiled.agent.params, [value], rtol=1e-3)


@pytest.mark.slow
def test_both_loops_learn_alike_over_seeds():
    """Two actions, the second pays 1: how likely it has become, on average over seeds."""

    def select_action(key, params, actor_state, obs, evaluation=False):
        return jax.random.categorical(key, params), actor_state

    def learn(key, params, learner_state, memory):
        gradient = jax.grad(lambda p: jnp.mean(jax.nn.log_softmax(p)[memory.action] * memory.reward_to_go))(params)
        return params + 0.1 * gradient, learner_state

    env, agent = Clock(length=1, pays_action=True), Agent(select_action, jnp.zeros(2), None, learn, None)
    options = {"num_episodes": 40, "evaluate_every": 0, "progress": False}
    readable = [
        run_environment_loop(jax.random.key(seed), GymnasiumEnv(env), agent, ReadableRewardsToGo(2, 1.0), **options)
        for seed in range(6)
    ]
    compiled = run(KEY, env, agent, OnPolicyMemory(2, 1.0, 1), num_steps=40, num_seeds=200)
    chances = [np.asarray(jax.nn.softmax(jnp.stack([r.agent.params for r in readable])))[:, 1]]
    chances.append(np.asarray(jax.nn.softmax(compiled.agent.params))[:, 1])
    spread = chances[1].std()
    assert chances[1].mean() > 0.65
    assert abs(chances[0].mean() - chances[1].mean()) < 6 * spread / np.sqrt(6)


# --- What the compiled loop promises ----------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("terminates", [False, True])
def test_next_obs_is_never_that_of_the_next_episode(terminates):
    def learn(key, params, learner_state, memory):
        same_episode = memory.obs[..., 0] == memory.next_obs[..., 0]
        one_later = memory.obs[..., 1] + 1 == memory.next_obs[..., 1]
        ends = memory.terminated if terminates else memory.truncated
        at_end = ends == (memory.next_obs[..., 1] == 3)
        right = same_episode & one_later & at_end & ~(memory.terminated & memory.truncated)
        episodes = jnp.sum(memory.obs[0, :, 1] == 0)
        return params, (learner_state[0] & jnp.all(right), learner_state[1] + episodes)

    agent = Agent(random_action, None, None, learn, (True, 0))
    result = run(KEY, Clock(3, terminates), agent, LastPush(), num_steps=60, num_envs=4, num_seeds=2)
    right, episodes = result.agent.learner_state
    np.testing.assert_array_equal(right, [True, True])
    np.testing.assert_array_equal(episodes, [20, 20])  # 4 environments, 15 steps each


@pytest.mark.slow
def test_evaluation_does_not_disturb_training():
    env, memory, options = (
        Clock(spread=9),
        ReplayMemory(50, 8),
        {"num_steps": 240, "num_envs": 2, "steps_per_update": 3},
    )
    often = run(KEY, env, WANDERER, memory, evaluate_every=12, evaluation_episodes=5, **options)
    # The same run with the key in its other form and one evaluation at the end.
    once = run(jax.random.PRNGKey(0), env, WANDERER, memory, evaluate_every=240, **options)
    assert len(often.evaluation_steps) == 20 and len(once.evaluation_steps) == 1
    assert often.agent.learner_state == once.agent.learner_state
    np.testing.assert_allclose(often.agent.params, once.agent.params, rtol=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("memory", [ReplayMemory(50, 8), OnPolicyMemory(20, 0.9, 12)], ids=["replay", "on-policy"])
def test_a_seed_runs_the_same_however_many_there_are_and_seeds_differ(memory):
    options = {"num_steps": 200, "num_envs": 2, "steps_per_update": 5, "learner_steps_per_update": 2}
    alone, four = (run(KEY, Clock(spread=9), WANDERER, memory, num_seeds=seeds, **options) for seeds in (1, 4))
    np.testing.assert_array_equal(alone.agent.learner_state, four.agent.learner_state[:1])
    np.testing.assert_allclose(alone.agent.params, four.agent.params[:1], rtol=1e-4)
    np.testing.assert_allclose(alone.evaluation_returns, four.evaluation_returns[:1])
    np.testing.assert_allclose(alone.training_returns, four.training_returns[:1])
    assert len(np.unique(np.round(four.agent.params[:, 0], 3))) == 4


@pytest.mark.slow
def test_evaluation_is_of_the_evaluation_policy_and_of_whole_first_episodes():
    def select_action(key, params, actor_state, obs, evaluation=False):
        return jnp.where(evaluation, 1, 0), actor_state

    result = run(KEY, Clock(5, pays_action=True), Agent(select_action, None), num_steps=16, evaluate_every=4)
    np.testing.assert_array_equal(result.evaluation_returns, [[5, 5, 5, 5]])
    np.testing.assert_array_equal(result.training_returns, [[np.nan, 0, 0, 0]])


@pytest.mark.slow
def test_evaluation_episodes_end_each_at_its_own_time():
    """CartPole pays 1 a step, so a mean return is a mean length; the random policy's is about 22."""
    result = run(KEY, CartPole(), WANDERER._replace(learn=None), num_steps=20_000, num_envs=20, evaluation_episodes=400)
    np.testing.assert_allclose(result.evaluation_returns.mean(), 22.2, atol=1.0)
    np.testing.assert_allclose(np.nanmean(result.training_returns), 22.2, atol=2.0)
    assert len(set(result.evaluation_returns[0])) == 20  # new episodes every time


@pytest.mark.slow
def test_each_environment_has_an_actor_state_and_evaluation_starts_from_the_one_that_training_reached():
    def select_action(key, params, actor_state, obs, evaluation=False):
        return jnp.where(actor_state >= 6, 1, 0), actor_state + 1

    agent = Agent(select_action, None, actor_state=0)
    result = run(KEY, Clock(4, pays_action=True), agent, num_steps=16, num_envs=2, num_seeds=3, evaluate_every=8)
    np.testing.assert_array_equal(result.agent.actor_state, np.full((3, 2), 8))
    np.testing.assert_array_equal(result.evaluation_returns, [[2, 4]] * 3)  # from 4: 0 0 1 1; from 8: 1 1 1 1
    np.testing.assert_array_equal(result.training_returns, [[0, 2]] * 3)


@pytest.mark.slow
def test_every_update_learns_as_often_as_asked_and_the_memory_allows():
    options = {"num_steps": 80, "num_envs": 2, "steps_per_update": 4, "learner_steps_per_update": 3}
    replay = run(KEY, Clock(3), WANDERER, ReplayMemory(40, 20), **options)
    assert replay.agent.learner_state[0] == (10 - 2) * 3  # 8 transitions an update: ready from the third update on
    on_policy = run(KEY, Clock(3), WANDERER, OnPolicyMemory(12, 1.0, 3), **options)
    # After 8, 16, 24 ... transitions 6, 12, 24 ... are in finished episodes; each time 12 are ready all are used up.
    finished, used, updates = np.arange(4, 41, 4) // 3 * 6, 0, 0
    for ready in finished:
        if ready - used >= 12:
            used, updates = ready, updates + 1
    assert on_policy.agent.learner_state[0] == updates


@pytest.mark.slow
def test_init_params_gives_each_seed_its_own_start():
    learn = lambda key, params, learner_state, memory: (params, learner_state)
    agent = Agent(random_action, jnp.zeros(3), None, learn, None)
    draw = lambda key: jax.random.normal(key, (3,))
    same = run(KEY, Clock(), agent, LastPush(), num_steps=3, num_seeds=2)
    own = run(KEY, Clock(), agent, LastPush(), num_steps=3, num_seeds=2, init_params=draw)
    np.testing.assert_array_equal(same.agent.params, np.zeros((2, 3)))
    assert len(np.unique(own.agent.params)) == 6


def test_states_may_begin_as_python_numbers_and_shared_arrays():
    def learn(key, params, learner_state, memory):
        best = jnp.maximum(learner_state.best, memory.obs[..., 1].mean() + 0.25)  # begins as an int, becomes a float
        return params, Count(learner_state.count + 1, best)

    shared = jnp.ones(2)
    agent = Agent(random_action, (shared, shared), None, learn, Count(0, -1))
    result = run(KEY, Clock(), agent, LastPush(), num_steps=3)
    assert result.agent.learner_state == Count(3, 2.25)
    np.testing.assert_array_equal(shared, [1, 1])  # still there


def test_numbers_of_steps_are_rounded_up_to_whole_updates_and_evaluations():
    agent = Agent(random_action, None, actor_state=None)
    result = run(KEY, Clock(), agent, num_steps=100, num_envs=3, steps_per_update=4, evaluate_every=30)
    np.testing.assert_array_equal(result.evaluation_steps, [36, 72, 108])
    assert result.evaluation_returns.shape == result.training_returns.shape == (1, 3)


def test_short_training_keeps_the_number_of_evaluations(monkeypatch):
    monkeypatch.setenv("RL_HELPERS_SHORT_TRAINING", "1")
    agent = Agent(random_action, None, actor_state=None)
    result = run(KEY, Clock(), agent, num_steps=1200, num_envs=2, evaluate_every=400)
    np.testing.assert_array_equal(result.evaluation_steps, [20, 40, 60])


def test_what_cannot_work_says_why():
    with pytest.raises(ValueError, match="memory=None"):
        run(KEY, Clock(), WANDERER, num_steps=10)
    with pytest.raises(ValueError, match="num_envs must be positive, got 0"):
        run(KEY, Clock(), WANDERER, LastPush(), num_steps=10, num_envs=0)
    forgetful = WANDERER._replace(learn=lambda key, params, learner_state, memory: (params, None))
    with pytest.raises(ValueError, match=r"agent\.learn .* learner_state .* same structure"):
        run(KEY, Clock(), forgetful, LastPush(), num_steps=10)
    growing = Agent(lambda key, params, state, obs, evaluation=False: (0, jnp.append(state, 0)), None, jnp.zeros(2))
    with pytest.raises(ValueError, match=r"agent\.select_action .* actor_state"):
        run(KEY, Clock(), growing, num_steps=10)


@pytest.mark.slow
def test_a_callback_hears_of_every_evaluation_and_may_keep_the_agent():
    heard = []
    result = run(KEY, Clock(3), WANDERER, LastPush(), num_steps=40, num_seeds=2, callback=heard.append)
    np.testing.assert_array_equal([progress.steps for progress in heard], result.evaluation_steps)
    np.testing.assert_array_equal([progress.evaluation_returns for progress in heard], result.evaluation_returns.T)
    counts = [progress.agent.learner_state.tolist() for progress in heard]
    assert counts == [[n, n] for n in range(2, 41, 2)]


@pytest.mark.slow
def test_the_progress_bar_shows_the_evaluation(capsys):
    run(KEY, Clock(4), WANDERER._replace(learn=None), num_steps=40, progress=True)
    shown = capsys.readouterr().err
    assert "compiling" in shown and "training: 100%" in shown and "evaluation=4.0" in shown
    run(KEY, Clock(4), WANDERER._replace(learn=None), num_steps=40)
    assert capsys.readouterr().err == ""
