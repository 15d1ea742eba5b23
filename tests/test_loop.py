"""The environment loop, on probe environments whose every reward is known."""

from typing import NamedTuple

import gymnasium as gym
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rl_helpers import Agent, CartPole, GymnasiumEnv, Transition, record_episode, run_environment_loop


class ProbeEnv(gym.Env):
    """Episodes of three steps with rewards 1, 2, 4; obs [episode, time]. Remembers what was done to it."""

    observation_space = gym.spaces.Box(-1e6, 1e6, (2,))

    def __init__(self, ends="terminated", action_space=None):
        self.action_space = action_space or gym.spaces.Discrete(2)
        self.ends, self.episode, self.seeds, self.actions = ends, -1, [], []

    def reset(self, *, seed=None, options=None):
        self.seeds.append(seed)
        self.episode, self.time = self.episode + 1, 0
        return self._obs(), {}

    def step(self, action):
        self.actions.append(action)
        self.time += 1
        over = self.time == 3
        return (
            self._obs(),
            2.0 ** (self.time - 1),
            over and self.ends == "terminated",
            over and self.ends == "truncated",
            {},
        )

    def _obs(self):
        return np.array([self.episode, self.time], np.float32)


class Memory:
    """Keeps every transition; ready when `size` new ones came; its length is that of what is not yet sampled."""

    def __init__(self, size=3):
        self.size, self.new, self.all = size, [], []

    def __len__(self):
        return len(self.new)

    def push(self, transition):
        self.new.append(transition)
        self.all.append(transition)

    def is_ready(self):
        return len(self) >= self.size

    def sample(self):
        batch, self.new = self.new[-self.size :], []
        return np.array([t.reward for t in batch], np.float32)


class Counts(NamedTuple):
    updates: int
    reward: float


def always_one(key, params, actor_state, obs, evaluation=False):
    return jnp.int32(1), actor_state


def count_steps(key, params, actor_state, obs, evaluation=False):
    return jnp.int32(1), actor_state + 1


def count_updates(key, params, learner_state, memory):
    return params + 1, Counts(learner_state.updates + 1, learner_state.reward + memory.sum())


def run(agent, memory=None, env=None, key=0, **options):
    options = {"num_episodes": 4, "evaluate_every": 0, "progress": False} | options
    return run_environment_loop(jax.random.key(key), env or ProbeEnv(), agent, memory, **options)


def learner():
    return Agent(count_steps, params=0, actor_state=0, learn=count_updates, learner_state=Counts(0, 0.0))


# --- Acting -----------------------------------------------------------------------------------------------------------


def test_returns_add_up_every_reward_of_the_episode():
    result = run(Agent(always_one, None), num_episodes=5)
    np.testing.assert_array_equal(result.episode_returns, [7.0] * 5)


def test_an_agent_that_does_not_learn_comes_back_as_it_went():
    memory = Memory()
    result = run(Agent(always_one, params=jnp.arange(3.0)), memory)
    assert len(memory.all) == 12 and result.agent.learner_state is None
    np.testing.assert_array_equal(result.agent.params, [0.0, 1.0, 2.0])


def test_the_actor_state_goes_from_step_to_step_and_episode_to_episode():
    assert run(learner(), Memory()).agent.actor_state == 12


@pytest.mark.parametrize("ends", ["terminated", "truncated"])
def test_transitions_are_true_and_keep_the_two_ends_apart(ends):
    memory = Memory()
    run(Agent(always_one, None), memory, ProbeEnv(ends), num_episodes=2)
    for index, transition in enumerate(memory.all):
        episode, time = divmod(index, 3)
        assert isinstance(transition, Transition)
        np.testing.assert_array_equal(transition.obs, [episode, time])
        np.testing.assert_array_equal(transition.next_obs, [episode, time + 1])  # never the next episode's first
        assert transition.terminated == (time == 2 and ends == "terminated")
        assert transition.truncated == (time == 2 and ends == "truncated")
        assert (transition.action, transition.reward) == (1, 2.0**time)


def test_discrete_actions_reach_the_environment_as_ints_and_continuous_ones_as_arrays():
    env = ProbeEnv()
    run(Agent(always_one, None), env=env)
    assert {type(action) for action in env.actions} == {int}
    env = ProbeEnv(action_space=gym.spaces.Box(-1, 1, (2,)))
    run(Agent(lambda key, params, state, obs, evaluation: (jnp.array([0.5, -0.5]), state), None), env=env)
    assert isinstance(env.actions[0], np.ndarray) and env.actions[0].tolist() == [0.5, -0.5]


@pytest.mark.parametrize("action", [1, True, np.int64(1), np.array(1), np.bool_(True), jnp.int32(1), jnp.bool_(True)])
def test_one_number_of_any_kind_is_a_discrete_action(action):
    env = ProbeEnv()
    record_episode(env, lambda obs: action)
    assert env.actions == [1, 1, 1] and {type(a) for a in env.actions} == {int}


@pytest.mark.parametrize("kind", [np, jnp])
def test_several_numbers_are_no_discrete_action(kind):
    with pytest.raises(ValueError, match=r"one number here, got an array of shape \(1,\)"):
        record_episode(ProbeEnv(), lambda obs: kind.array([1]))


def test_the_environment_is_seeded_once():
    env = ProbeEnv()
    run(Agent(always_one, None), env=env, seed=5)
    assert env.seeds == [5, None, None, None]


def test_every_key_is_used_once():
    keys = []

    def act(key, params, actor_state, obs, evaluation=False):
        keys.append(tuple(jax.random.key_data(key).tolist()))
        return 1, actor_state

    def learn(key, params, learner_state, memory):
        keys.append(tuple(jax.random.key_data(key).tolist()))
        return params, learner_state

    run(
        Agent(act, None, learn=learn),
        Memory(),
        num_episodes=300,
        evaluate_every=100,
        evaluation_env=ProbeEnv(),
        jit=False,
    )
    assert len(keys) == 300 * 4 + 3 * 32 * 3 == len(set(keys))


@pytest.mark.parametrize("make_key", [jax.random.key, jax.random.PRNGKey])
def test_both_kinds_of_jax_key_will_do(make_key):
    def act(key, params, actor_state, obs, evaluation=False):
        assert jax.dtypes.issubdtype(key.dtype, jax.dtypes.prng_key)  # agents get one kind
        return jax.random.randint(key, (), 0, 2), actor_state

    env = ProbeEnv()
    run_environment_loop(make_key(0), env, Agent(act, None), num_episodes=20, evaluate_every=0, progress=False)
    assert 10 < sum(env.actions) < 50


# --- Learning ---------------------------------------------------------------------------------------------------------


def test_learning_follows_each_episode_while_the_memory_is_ready():
    result = run(learner(), Memory(size=3), learner_steps_per_episode=5)
    assert result.agent.params == 4  # each episode made the memory ready once, however often it may learn
    assert result.agent.learner_state == (4, 28.0)


def test_nothing_is_learnt_before_the_memory_is_ready():
    assert run(learner(), Memory(size=7), num_episodes=2).agent.params == 0
    assert run(learner(), Memory(size=7), num_episodes=3).agent.params == 1


def test_a_memory_that_stays_ready_is_learnt_from_as_often_as_asked():
    memory = Memory()
    memory.sample = lambda: np.ones(1, np.float32)
    assert run(learner(), memory, learner_steps_per_episode=5).agent.params == 20


def test_learning_without_a_memory_is_refused():
    with pytest.raises(ValueError, match="memory=None"):
        run(learner(), memory=None)


def test_functions_are_compiled_unless_told_not_to():
    calls = []

    def act(key, params, actor_state, obs, evaluation=False):
        calls.append(evaluation)
        return 1, actor_state

    run(Agent(act, None))
    assert calls == [False]  # traced once
    run(Agent(act, None), jit=False)
    assert len(calls) == 1 + 12


def test_a_helper_that_was_redefined_counts_from_the_next_run_on():
    namespace = {}
    exec(
        "def helper(): return 0\ndef act(key, params, state, obs, evaluation=False): return helper(), state", namespace
    )
    for wanted in (0, 1):
        exec(f"def helper(): return {wanted}", namespace)
        env = ProbeEnv()
        run(Agent(namespace["act"], None), env=env)
        assert env.actions == [wanted] * 12


@pytest.mark.parametrize("stub", ["select_action", "learn"])
def test_a_learners_error_comes_through_as_it_is(stub):
    error = NotImplementedError("Replace this line with your answer.")

    def raises(*args, **kwargs):
        raise error

    with pytest.raises(NotImplementedError) as caught:
        run(learner()._replace(**{stub: raises}), Memory())
    assert caught.value is error


# --- Evaluation -------------------------------------------------------------------------------------------------------


def test_evaluations_are_averages_at_the_episodes_they_came_after():
    evaluation_env = ProbeEnv()
    result = run(
        learner(), Memory(), num_episodes=7, evaluate_every=3, evaluation_episodes=2, evaluation_env=evaluation_env
    )
    np.testing.assert_array_equal(result.evaluated_after, [3, 6])
    np.testing.assert_array_equal(result.evaluation_steps, [9, 18])
    np.testing.assert_array_equal(result.evaluation_returns, [7.0, 7.0])
    assert len(evaluation_env.actions) == 2 * 2 * 3


def test_short_training_keeps_the_number_of_evaluations(monkeypatch):
    monkeypatch.setenv("RL_HELPERS_SHORT_TRAINING", "1")
    evaluation_env = ProbeEnv()
    result = run(
        learner(), Memory(), num_episodes=120, evaluate_every=40, evaluation_episodes=40, evaluation_env=evaluation_env
    )
    np.testing.assert_array_equal(result.evaluated_after, [2, 4, 6])
    assert len(evaluation_env.actions) == 3 * 2 * 3


def test_no_evaluation_gives_empty_arrays():
    result = run(Agent(always_one, None))
    assert result.evaluation_steps.shape == result.evaluated_after.shape == result.evaluation_returns.shape == (0,)


def test_a_callback_hears_of_every_evaluation():
    heard = []
    run(learner(), Memory(), num_episodes=7, evaluate_every=3, evaluation_env=ProbeEnv(), callback=heard.append)
    assert [(progress.steps, progress.evaluation_returns) for progress in heard] == [(9, 7.0), (18, 7.0)]
    assert [progress.agent.params for progress in heard] == [3, 6]


def test_evaluation_says_so_and_only_there():
    def act(key, params, actor_state, obs, evaluation=False):
        return jnp.where(evaluation, 1, 0), actor_state

    env, evaluation_env = ProbeEnv(), ProbeEnv()
    run(Agent(act, None), env=env, evaluation_env=evaluation_env, evaluate_every=2)
    assert set(env.actions) == {0} and set(evaluation_env.actions) == {1}


def test_evaluation_sees_what_was_learnt():
    def act(key, params, actor_state, obs, evaluation=False):
        return params, actor_state + 1

    evaluation_env = ProbeEnv()
    agent = learner()._replace(select_action=act)
    run(agent, Memory(), evaluate_every=1, evaluation_episodes=1, evaluation_env=evaluation_env)
    assert evaluation_env.actions == [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]


def test_evaluation_leaves_no_trace_in_the_agent_and_its_memory():
    memory, env = Memory(), ProbeEnv()
    result = run(learner(), memory, env, evaluate_every=1, evaluation_env=ProbeEnv())
    assert result.agent.actor_state == 12 and result.agent.params == 4
    assert len(memory.all) == len(env.actions) == 12


def noisy(key, params, actor_state, obs, evaluation=False):
    action = (jnp.dot(params, obs) + jax.random.normal(key) > 0).astype(jnp.int32)
    return action, actor_state + 1


def drift(key, params, learner_state, memory):
    return params + 0.3 * jax.random.normal(key, params.shape), learner_state + memory.sum()


def train_on_cartpole(key=0, seed=0, env=None, **options):
    agent = Agent(noisy, jnp.zeros(4), 0, drift, 0.0)
    return run(agent, Memory(size=20), env or gym.make("CartPole-v1"), key, num_episodes=20, seed=seed, **options)


def test_training_goes_the_same_way_with_and_without_evaluation():
    without, with_evaluation = train_on_cartpole(), train_on_cartpole(evaluate_every=3, evaluation_episodes=4)
    assert len(with_evaluation.evaluation_returns) == 6
    np.testing.assert_array_equal(without.episode_returns, with_evaluation.episode_returns)
    jax.tree.map(np.testing.assert_array_equal, without.agent[1:3], with_evaluation.agent[1:3])


@pytest.mark.slow
def test_a_run_repeats_itself_and_depends_on_key_and_seed():
    first = train_on_cartpole(evaluate_every=5)
    again = train_on_cartpole(evaluate_every=5)
    np.testing.assert_array_equal(first.episode_returns, again.episode_returns)
    np.testing.assert_array_equal(first.evaluation_returns, again.evaluation_returns)
    assert not np.array_equal(first.episode_returns, train_on_cartpole(key=1).episode_returns)
    assert not np.array_equal(first.episode_returns, train_on_cartpole(seed=1).episode_returns)


def test_the_loop_runs_our_own_environments():
    result = train_on_cartpole(env=gym.make("rl_helpers/CartPole-v1", render_mode="rgb_array"), evaluate_every=10)
    assert np.all(result.episode_returns >= 8) and len(result.evaluation_returns) == 2


def test_an_environment_that_cannot_be_made_again_needs_an_evaluation_env():
    with pytest.raises(ValueError, match="evaluation_env"):
        run(Agent(always_one, None), evaluate_every=2)


def test_the_progress_bar_shows_the_last_returns(capsys):
    run(Agent(always_one, None), progress=True, evaluate_every=2, evaluation_env=ProbeEnv())
    shown = capsys.readouterr().err
    assert "compiling" in shown and "training" in shown and "evaluation=7.0" in shown
    run(Agent(always_one, None), progress=False)
    assert capsys.readouterr() == ("", "")


# --- Recording --------------------------------------------------------------------------------------------------------


def test_a_recorded_episode_holds_everything():
    episode = record_episode(ProbeEnv("truncated"), lambda obs: jnp.int32(obs[1] % 2))
    np.testing.assert_array_equal(episode.obs, [[0, 0], [0, 1], [0, 2], [0, 3]])
    np.testing.assert_array_equal(episode.actions, [0, 1, 0])
    np.testing.assert_array_equal(episode.rewards, [1.0, 2.0, 4.0])
    assert (episode.terminated, episode.truncated, episode.frames) == (False, True, [])


def test_a_recorded_episode_holds_a_picture_of_each_state():
    env = GymnasiumEnv(CartPole(max_steps=5), render_mode="rgb_array")
    episode = record_episode(env, lambda obs: 1, seed=3)
    assert len(episode.frames) == len(episode.obs) == 6
    np.testing.assert_array_equal(episode.frames[2], CartPole().render(episode.obs[2]))
    np.testing.assert_array_equal(episode.obs[0], record_episode(env, lambda obs: 0, seed=3).obs[0])
