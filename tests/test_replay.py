"""The compiled loop's memories, against plain Python ones."""

import itertools

import gymnasium as gym
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rl_helpers import Agent, GymnasiumEnv, TimeStep, Transition, run_environment_loop
from rl_helpers.compiled import run_compiled_loop
from rl_helpers.replay import OnPolicyMemory, ReplayMemory, RolloutMemory, StatefulMemory


def numbered(first: int, num_steps: int, num_envs: int = 1, **fields) -> Transition:
    """Transitions `[num_steps, num_envs]` that carry their number in every field, unless `fields` says otherwise."""
    number = first + np.arange(num_steps * num_envs).reshape(num_steps, num_envs)
    obs = np.stack([number, -number], axis=-1).astype(np.float32)
    nothing = np.zeros(number.shape, bool)
    plain = Transition(obs, number, number + 0.5, obs + 1, nothing, nothing)
    return Transition(*map(jnp.asarray, plain._replace(**fields)))


def one(transitions: Transition) -> Transition:
    return jax.tree.map(lambda x: x[0, 0], transitions)


def fill(memory, pushes, num_envs=1):
    num_steps = len(pushes[0].reward)
    state = memory.init(one(pushes[0]), num_envs, num_steps)
    for transitions in pushes:
        state = memory.push(state, transitions)
    return state


# --- Replay -----------------------------------------------------------------------------------------------------------


def test_replay_is_ready_at_batch_size():
    memory = ReplayMemory(max_size=10, batch_size=4)
    readiness = [bool(memory.is_ready(fill(memory, [numbered(0, n)]))) for n in (3, 4, 12)]
    assert readiness == [False, True, True]
    assert not memory.is_ready(memory.init(one(numbered(0, 1)), 1, 1))


@pytest.mark.slow
@pytest.mark.parametrize(("num_steps", "num_envs"), [(1, 1), (1, 3), (4, 2), (7, 3)])
def test_replay_keeps_exactly_the_newest(num_steps, num_envs):
    """Also where max_size is no whole number of pushes, or smaller than one."""
    memory, rows = ReplayMemory(max_size=10, batch_size=500), num_steps * num_envs
    pushes = [numbered(i * rows, num_steps, num_envs) for i in range(9)]
    for count in (2, 9):
        state = fill(memory, pushes[:count], num_envs)
        batch, _ = memory.sample(jax.random.key(count), state)
        pushed = count * rows
        assert set(np.asarray(batch.action)) == set(range(max(pushed - 10, 0), pushed))


def test_replay_keeps_rows_together_in_the_learners_dtypes():
    ends = {"terminated": np.arange(12).reshape(6, 2) % 2 == 0, "truncated": np.arange(12).reshape(6, 2) % 3 == 0}
    memory = ReplayMemory(max_size=12, batch_size=200)
    state = fill(memory, [numbered(0, 6, 2, **ends)], num_envs=2)
    batch, _ = memory.sample(jax.random.key(0), state)
    dtypes = [np.dtype(x.dtype).name for x in batch]
    assert dtypes == ["float32", "int32", "float32", "float32", "float32", "float32"]
    n = np.asarray(batch.action)
    np.testing.assert_array_equal(batch.obs, np.stack([n, -n], axis=-1))
    np.testing.assert_array_equal(batch.next_obs, np.stack([n + 1, 1 - n], axis=-1))
    np.testing.assert_array_equal(batch.reward, n + 0.5)
    np.testing.assert_array_equal(batch.terminated, n % 2 == 0)
    np.testing.assert_array_equal(batch.truncated, n % 3 == 0)


def test_replay_draws_uniformly_and_anew_for_each_key():
    memory = ReplayMemory(max_size=8, batch_size=4000)
    state = fill(memory, [numbered(i * 3, 3) for i in range(5)])  # 15 pushed, the oldest in mid-ring
    draws = jax.jit(jax.vmap(lambda key: memory.sample(key, state)[0].action))(jax.random.split(jax.random.key(1), 20))
    counts = np.bincount(np.asarray(draws).ravel(), minlength=15)
    assert counts[:7].sum() == 0
    assert np.all(np.abs(counts[7:] - 10_000) < 6 * np.sqrt(80_000 * (1 / 8) * (7 / 8)))
    assert not np.array_equal(draws[0], draws[1])


def test_replay_removes_nothing():
    memory = ReplayMemory(max_size=8, batch_size=4)
    state = fill(memory, [numbered(0, 8)])
    _, after = memory.sample(jax.random.key(0), state)
    assert jax.tree.all(jax.tree.map(np.array_equal, state, after))


def test_replay_holds_continuous_actions():
    torque = np.linspace(-2, 2, 5, dtype=np.float32).reshape(5, 1, 1)
    memory = ReplayMemory(max_size=5, batch_size=100)
    batch, _ = memory.sample(jax.random.key(0), fill(memory, [numbered(0, 5, action=torque)]))
    assert batch.action.shape == (100, 1) and batch.action.dtype == jnp.float32
    assert set(np.asarray(batch.action).ravel()) == set(torque.ravel())


# --- Rewards-to-go ----------------------------------------------------------------------------------------------------


class PythonRewardsToGo:
    """What `OnPolicyMemory` must do, one transition at a time."""

    def __init__(self, batch_size, gamma, num_envs):
        self.batch_size, self.gamma = batch_size, gamma
        self.ready, self.episodes, self.time = [], [[] for _ in range(num_envs)], itertools.count()

    def push(self, t: Transition):
        for step in range(t.reward.shape[0]):
            time = next(self.time)
            for env, episode in enumerate(self.episodes):
                episode.append((time, env, *(np.asarray(x[step, env]) for x in (t.obs, t.action, t.reward))))
                if t.terminated[step, env] or t.truncated[step, env]:
                    to_go = 0.0
                    for *place, obs, action, reward in reversed(episode):
                        to_go = float(reward) + self.gamma * to_go
                        self.ready.append((*place, obs, action, to_go))
                    episode.clear()

    def is_ready(self):
        return len(self.ready) >= self.batch_size

    def sample(self):
        oldest = sorted(self.ready, key=lambda row: row[:2])[: self.batch_size]
        self.ready = []
        return [np.array(column) for column in list(zip(*oldest, strict=True))[2:]]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("num_envs", "num_steps", "batch_size", "gamma"),
    [(1, 1, 5, 1.0), (1, 7, 12, 0.9), (3, 4, 10, 0.5), (5, 2, 40, 0.9)],
)
def test_rewards_to_go_match_the_python_memory(num_envs, num_steps, batch_size, gamma):
    rng = np.random.default_rng(num_envs)
    memory = OnPolicyMemory(batch_size, gamma, max_episode_steps=9)
    reference = PythonRewardsToGo(batch_size, gamma, num_envs)
    push, sample, is_ready = jax.jit(memory.push), jax.jit(memory.sample), jax.jit(memory.is_ready)
    state = memory.init(one(numbered(0, 1)), num_envs, num_steps)
    ages, samples = np.zeros(num_envs, int), 0
    for i in range(400 // num_steps):
        rewards = rng.normal(size=(num_steps, num_envs)).astype(np.float32)
        terminated, truncated = np.zeros((2, num_steps, num_envs), bool)
        for step, env in np.ndindex(num_steps, num_envs):  # the clock stops every episode after 9 steps
            ages[env] += 1
            terminated[step, env], truncated[step, env] = rng.random() < 0.1 * env, ages[env] == 9
            ages[env] *= not (terminated[step, env] or truncated[step, env])
        ends = {"reward": rewards, "terminated": terminated, "truncated": truncated}
        transitions = numbered(i * num_steps * num_envs, num_steps, num_envs, **ends)
        state = push(state, transitions)
        reference.push(transitions)
        assert is_ready(state) == reference.is_ready()
        if reference.is_ready():
            samples += 1
            batch, state = sample(jax.random.key(0), state)
            obs, action, to_go = reference.sample()
            np.testing.assert_array_equal(batch.obs, obs)
            np.testing.assert_array_equal(batch.action, action)
            np.testing.assert_allclose(batch.reward_to_go, to_go, rtol=1e-5, atol=1e-5)
            assert not is_ready(state)
    assert samples >= 5


@pytest.mark.slow
def test_rewards_to_go_have_room_for_the_longest_wait():
    """One environment holds 8 unfinished steps at a sample, and then nobody finishes much for 11 steps."""
    end = np.zeros((19, 4), bool)
    for time, env in [(7, slice(1, 4)), (8, 0), (9, slice(0, 4)), (18, slice(0, 4))]:
        end[time, env] = True
    memory, reference = OnPolicyMemory(batch_size=20, gamma=0.9, max_episode_steps=9), PythonRewardsToGo(20, 0.9, 4)
    state, samples = memory.init(one(numbered(0, 1)), 4, 1), []
    for time in range(19):
        transitions = numbered(4 * time, 1, 4, terminated=end[time : time + 1])
        state = memory.push(state, transitions)
        reference.push(transitions)
        if memory.is_ready(state):
            batch, state = memory.sample(jax.random.key(0), state)
            np.testing.assert_array_equal(batch.action, reference.sample()[1])
            samples.append(time)
    assert samples == [7, 18]


@pytest.mark.slow
def test_a_sample_forgets_what_was_ready_and_keeps_what_is_unfinished():
    """Two episodes of rewards 1, 1, 1, the second of which ends after the first sample; by hand."""
    memory = OnPolicyMemory(batch_size=2, gamma=0.5, max_episode_steps=5)
    end = np.array([[False], [False], [True], [False], [False]])
    ones = np.ones((5, 1), np.float32)
    state = fill(memory, [numbered(0, 5, reward=ones, truncated=end)])
    batch, state = memory.sample(jax.random.key(0), state)
    np.testing.assert_allclose(batch.reward_to_go, [1.75, 1.5])  # the third was ready too, and is forgotten
    np.testing.assert_array_equal(batch.action, [0, 1])
    assert not memory.is_ready(state)
    state = memory.push(state, numbered(5, 1, reward=ones[:1], terminated=np.array([[True]])))
    batch, _ = memory.sample(jax.random.key(0), state)
    np.testing.assert_allclose(batch.reward_to_go, [1.75, 1.5])
    np.testing.assert_array_equal(batch.action, [3, 4])


@pytest.mark.slow
def test_rewards_to_go_have_the_learners_dtypes():
    memory = OnPolicyMemory(batch_size=2, max_episode_steps=5)
    ends = np.array([[False], [True]])
    batch, _ = memory.sample(jax.random.key(0), fill(memory, [numbered(0, 2, terminated=ends)]))
    assert [x.dtype.name for x in batch] == ["float32", "int32", "float32"]
    assert [x.shape for x in batch] == [(2, 2), (2,), (2,)]


def test_of_an_episode_longer_than_promised_the_first_steps_are_lost_and_the_rest_is_right():
    memory = OnPolicyMemory(batch_size=3, max_episode_steps=2)
    state = memory.init(one(numbered(0, 1)), 1, 1)
    for i in range(40):
        state = memory.push(state, numbered(i, 1, reward=np.ones((1, 1), np.float32), truncated=np.array([[i == 39]])))
    batch, _ = memory.sample(jax.random.key(0), state)
    np.testing.assert_array_equal(batch.action, [32, 33, 34])  # there is room for 8
    np.testing.assert_array_equal(batch.reward_to_go, [8, 7, 6])
    for i in range(40, 47):
        state = memory.push(state, numbered(i, 1))
    assert not memory.is_ready(state)  # only 1 of the 8 is of a finished episode


# --- Rollouts ---------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("num_steps", [1, 2, 3, 6, 9])
def test_a_rollout_is_the_newest_steps_in_their_order_each_once(num_steps):
    memory, ready_at = RolloutMemory(num_steps=6), []
    state = memory.init(one(numbered(0, 1)), 2, num_steps)
    for i in range(12):
        state = memory.push(state, numbered(i * num_steps * 2, num_steps, 2))
        if memory.is_ready(state):
            ready_at.append(i)
            rollout, state = memory.sample(jax.random.key(0), state)
            newest = (i + 1) * num_steps * 2 - 12 + np.arange(12).reshape(6, 2)
            np.testing.assert_array_equal(rollout.action, newest)
            np.testing.assert_array_equal(rollout.obs, np.stack([newest, -newest], axis=-1))
            assert not memory.is_ready(state)
    wait = -(-6 // num_steps)
    assert ready_at == list(range(wait - 1, 12, wait))


def test_a_rollout_keeps_the_two_ends_apart_in_the_learners_dtypes():
    ends = {"terminated": np.array([[True], [False], [False]]), "truncated": np.array([[False], [True], [False]])}
    rollout, _ = RolloutMemory(3).sample(jax.random.key(0), fill(RolloutMemory(3), [numbered(0, 3, **ends)]))
    np.testing.assert_array_equal(rollout.terminated[:, 0], [1, 0, 0])
    np.testing.assert_array_equal(rollout.truncated[:, 0], [0, 1, 0])
    assert [x.dtype.name for x in rollout] == ["float32", "int32", "float32", "float32", "float32", "float32"]


# --- In the readable loop ---------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("pure", [ReplayMemory(20, 7), OnPolicyMemory(7, 0.9, 9), RolloutMemory(7)], ids=str)
def test_a_stateful_memory_holds_what_the_pure_one_does(pure):
    memory, state = StatefulMemory(pure, jax.random.key(3)), pure.init(one(numbered(0, 1)), 1, 1)
    assert not memory.is_ready()
    key, samples = jax.random.key(3), 0
    for i in range(30):
        transitions = numbered(i, 1, terminated=np.full((1, 1), i % 4 == 3))
        state = pure.push(state, transitions)
        memory.push(Transition(*(np.asarray(x)[0, 0] for x in transitions)))
        assert memory.is_ready() is bool(pure.is_ready(state))
        if memory.is_ready():
            key, sample_key = jax.random.split(key)
            batch, state = pure.sample(sample_key, state)
            jax.tree.map(np.testing.assert_array_equal, batch, memory.sample())
            samples += 1
    assert samples >= 3


class Counting:
    """Counts its steps: observations are (episode's number, count). From count 2 on, action 1 terminates at an even
    count; after 4 steps the clock truncates, so that both may be true."""

    observation_space, action_space, fps = gym.spaces.Box(-np.inf, np.inf, (2,)), gym.spaces.Discrete(2), 30

    def reset(self, key):
        episode = jax.random.randint(key, (), 1, 1_000_000).astype(jnp.float32)
        return (episode, jnp.float32(0)), jnp.stack([episode, 0.0])

    def step(self, key, state, action):
        episode, count = state[0], state[1] + 1
        terminated = (action == 1) & (count % 2 == 0)
        return (episode, count), TimeStep(jnp.stack([episode, count]), count, terminated, count >= 4)


def rollouts_in(loop, memory, num_envs) -> list[Transition]:
    """The first two rollouts that an agent is given which tosses a coin in `Counting`."""

    def toss(key, params, actor_state, obs, evaluation=False):
        return jax.random.bernoulli(key).astype(int), actor_state

    def keep(key, params, state, rollout):
        count, kept = state
        choose = lambda i: lambda old, new: jnp.where(count == i, new, old)
        return params, (count + 1, [jax.tree.map(choose(i), old, rollout) for i, old in enumerate(kept)])

    empty = memory.init(Transition(*map(jnp.asarray, (np.zeros(2), 0, 0.0, np.zeros(2), 0.0, 0.0))), num_envs).rollout
    agent, key = Agent(toss, 0, None, keep, (0, [empty, empty])), jax.random.key(3)
    if loop == "readable":
        env, options = GymnasiumEnv(Counting()), {"num_episodes": 150, "evaluate_every": 0, "progress": False}
        return run_environment_loop(key, env, agent, StatefulMemory(memory, key), **options).agent.learner_state[1]
    options = {"num_steps": 2 * memory.num_steps * num_envs, "evaluation_episodes": 1, "progress": False}
    result = run_compiled_loop(key, Counting(), agent, memory, num_envs=num_envs, **options)
    return jax.tree.map(lambda x: x[0], result.agent.learner_state[1])


@pytest.mark.slow
@pytest.mark.parametrize(("loop", "num_envs"), [("readable", 1), ("compiled", 1), ("compiled", 5)])
def test_next_obs_is_never_the_next_episodes_and_truncation_is_not_termination(loop, num_envs):
    for rollout in rollouts_in(loop, RolloutMemory(100), num_envs):
        obs, action, reward, next_obs, terminated, truncated = map(np.asarray, rollout)
        count = obs[..., 1] + 1
        np.testing.assert_array_equal(next_obs, np.stack([obs[..., 0], count], axis=-1))  # of the same episode, always
        np.testing.assert_array_equal(reward, count)
        np.testing.assert_array_equal(terminated, (action == 1) & (count % 2 == 0))
        np.testing.assert_array_equal(truncated, count == 4)
        assert all(np.any(flags) for flags in (terminated * truncated, terminated > truncated, terminated < truncated))
        over = (terminated + truncated)[:-1] > 0
        np.testing.assert_array_equal(obs[1:][~over], next_obs[:-1][~over])
        assert np.all(obs[1:, :, 0][over] != next_obs[:-1, :, 0][over]) and np.all(obs[1:, :, 1][over] == 0)


def test_what_a_stateful_memory_gave_is_not_written_over():
    memory, obs = StatefulMemory(RolloutMemory(3), jax.random.key(0)), np.zeros(2, np.float32)
    for n in range(3):
        obs[:] = n  # an environment that reuses its array
        memory.push(Transition(obs, n, float(n), obs, False, False))
    batch = memory.sample()
    for n in range(3, 9):
        memory.push(Transition(obs, n, float(n), obs, False, False))
    np.testing.assert_array_equal(batch.action[:, 0], [0, 1, 2])
    np.testing.assert_array_equal(batch.obs[:, 0, 0], [0, 1, 2])
