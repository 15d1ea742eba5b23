"""Environments: gymnasium's dynamics, a contract that every environment keeps, and the bridge to gymnasium."""

import dataclasses
import functools
import warnings

import gymnasium as gym
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from rl_helpers.envs import (
    CartPole,
    CartPoleState,
    GymnasiumEnv,
    ModelEnv,
    MountainCar,
    MountainCarState,
    NoOpCartPole,
    Pendulum,
    PendulumState,
)


def some_actions(env):
    """All actions, or where they are continuous the extremes and the middle, each as `step` takes it."""
    if hasattr(env, "action_high"):
        return [-env.action_high, 0.0 * env.action_high, env.action_high]
    return list(range(env.num_actions))


@functools.cache
def rollout(env):
    """First observations [64, obs_dim] and TimeSteps [60, 64] of 64 episodes of random actions, past their end too."""

    @jax.jit
    def run(keys, actions):
        state, obs = jax.vmap(env.reset)(keys)
        return obs, jax.lax.scan(lambda state, action: jax.vmap(env.step)(keys, state, action), state, actions)[1]

    actions = np.array(some_actions(env))
    actions = actions[np.random.default_rng(0).integers(len(actions), size=(60, 64))]
    return jax.tree.map(np.asarray, run(jax.random.split(jax.random.key(0), 64), actions))


class EnvironmentContract:
    """What every environment promises. Inherit it and name the environment: that is its test."""

    env = None
    gym_id = None
    env_that_terminates = None  # where random actions of the environment itself never end an episode

    def test_reset_follows_its_key(self):
        first, again, other = (self.env.reset(jax.random.key(seed))[1] for seed in (0, 0, 1))
        np.testing.assert_array_equal(first, again)
        assert not np.array_equal(first, other)

    def test_step_is_pure_and_the_same_under_jit(self):
        state, _ = self.env.reset(jax.random.key(0))
        before = jax.tree.map(np.array, state)
        plain = self.env.step(jax.random.key(1), state, some_actions(self.env)[0])
        compiled = jax.jit(self.env.step)(jax.random.key(1), state, some_actions(self.env)[0])
        jax.tree.map(np.testing.assert_array_equal, before, state)
        jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-7), plain, compiled)

    def test_shapes_and_dtypes(self):
        state, obs = self.env.reset(jax.random.key(0))
        next_state, timestep = self.env.step(jax.random.key(1), state, some_actions(self.env)[0])
        assert obs.shape == timestep.obs.shape == self.env.obs_high.shape
        assert obs.dtype == timestep.obs.dtype == timestep.reward.dtype == jnp.float32
        assert timestep.terminated.dtype == timestep.truncated.dtype == bool
        assert timestep.reward.shape == timestep.terminated.shape == timestep.truncated.shape == ()
        describe = lambda tree: jax.tree.map(lambda leaf: (leaf.shape, leaf.dtype), tree)
        assert describe(state) == describe(next_state)

    def test_every_action_matters(self):
        state, _ = self.env.reset(jax.random.key(0))
        outcomes = [self.env.step(jax.random.key(1), state, action)[1].obs for action in some_actions(self.env)]
        assert len(np.unique(outcomes, axis=0)) == len(outcomes)

    def test_observations_lie_within_the_bounds(self):
        first, steps = rollout(self.env)
        before_the_end = np.cumsum(steps.terminated, axis=0) - steps.terminated == 0
        low, high = getattr(self.env, "obs_low", -self.env.obs_high), self.env.obs_high
        assert np.all((low <= first) & (first <= high))
        assert np.all((low <= steps.obs[before_the_end]) & (steps.obs[before_the_end] <= high))

    def test_the_clock_truncates_and_only_the_clock(self):
        _, steps = rollout(dataclasses.replace(self.env, max_steps=30))
        np.testing.assert_array_equal(steps.truncated, np.repeat(np.arange(1, 61)[:, None] >= 30, 64, axis=1))

    def test_termination_does_not_ask_the_clock(self):
        env = self.env_that_terminates or self.env
        short, long = rollout(dataclasses.replace(env, max_steps=30))[1], rollout(env)[1]
        np.testing.assert_array_equal(short.terminated, long.terminated)
        assert 0 < short.terminated.mean() < 1

    def test_equal_environments_hash_alike(self):
        assert hash(dataclasses.replace(self.env)) == hash(self.env)

    def test_pictures_show_the_state(self):
        state, obs = self.env.reset(jax.random.key(0))
        for _ in range(10):
            state, timestep = self.env.step(jax.random.key(1), state, some_actions(self.env)[0])
        picture = self.env.render(state)
        assert picture.dtype == np.uint8 and picture.ndim == 3 and picture.shape[2] == 3
        assert not np.array_equal(picture, self.env.render(obs))
        np.testing.assert_array_equal(picture, self.env.render(timestep.obs))

    def test_gymnasium_accepts_it(self):
        env = gym.make(self.gym_id, render_mode="rgb_array")
        with warnings.catch_warnings():
            warnings.filterwarnings("error")
            warnings.filterwarnings(
                "ignore", message=".*Box observation space m.*imum value is"
            )  # true of CartPole-v1 too
            warnings.filterwarnings("ignore", message=".*recommend using a symmetric and normalized space")
            check_env(env.unwrapped)

    def test_gymnasium_episodes_are_the_same_for_the_same_seed(self):
        def observations(seed):
            env, (first, second, *_) = gym.make(self.gym_id), some_actions(self.env)
            return np.array([env.reset(seed=seed)[0], env.step(first)[0], env.step(second)[0], env.reset()[0]])

        np.testing.assert_array_equal(observations(3), observations(3))
        assert not np.array_equal(observations(3), observations(4))

    def test_gymnasium_truncates_once(self):
        env = gym.make(self.gym_id)
        wrapper = env
        while wrapper is not env.unwrapped:
            assert not isinstance(wrapper, gym.wrappers.TimeLimit)
            wrapper = wrapper.env
        assert env.unwrapped.pure == self.env


class TestCartPole(EnvironmentContract):
    env, gym_id = CartPole(), "rl_helpers/CartPole-v1"


class TestNoOpCartPole(EnvironmentContract):
    env, gym_id = NoOpCartPole(), "rl_helpers/NoOpCartPole-v1"


class TestMountainCar(EnvironmentContract):
    env, gym_id = MountainCar(), "rl_helpers/MountainCar-v0"
    env_that_terminates = MountainCar(min_start=0.3, max_start=0.55)


class TestPendulum(EnvironmentContract):
    env, gym_id = Pendulum(), "rl_helpers/Pendulum-v1"

    def test_termination_does_not_ask_the_clock(self):
        assert not rollout(dataclasses.replace(self.env, max_steps=30))[1].terminated.any()


# --- Against gymnasium's CartPole -------------------------------------------------------------------------------------


def gymnasium_steps(policy, seeds, gym_id="CartPole-v1"):
    """Whole episodes of gymnasium's: arrays state, time, action, next_obs, reward, terminated, truncated."""
    env, steps = gym.make(gym_id), []
    for seed in seeds:
        env.reset(seed=seed)
        for time in range(10_000):
            state = np.array(env.unwrapped.state)
            action = policy(state)
            *outcome, _ = env.step(action)
            steps.append((state, time, action, *outcome))
            if outcome[2] or outcome[3]:
                break
    return [np.array(column) for column in zip(*steps, strict=True)]


def balance(state):
    return int(np.dot(state, [0.3, 0.5, 3.0, 0.8]) > 0)


def random_actions(seed):
    rng = np.random.default_rng(seed)
    return lambda state: int(rng.integers(2))


@pytest.mark.parametrize(
    ("policy", "episodes", "terminations"), [(random_actions(0), 150, 150), (balance, 4, 0)], ids=["random", "balance"]
)
def test_cartpole_steps_like_gymnasium(policy, episodes, terminations):
    states, times, actions, next_obs, rewards, terminated, truncated = gymnasium_steps(policy, range(episodes))
    assert len(states) > 1500
    assert (terminated.sum(), truncated.sum()) == (terminations, episodes - terminations)
    before = CartPoleState(*states.astype(np.float32).T, times)
    ours = jax.jit(jax.vmap(CartPole().step, (None, 0, 0)))(jax.random.key(0), before, actions)[1]
    np.testing.assert_allclose(ours.obs, next_obs, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(ours.reward, rewards)
    np.testing.assert_array_equal(ours.terminated, terminated)
    np.testing.assert_array_equal(ours.truncated, truncated)


def test_a_fall_in_the_last_step_is_both_terminated_and_truncated():
    falling = CartPoleState(*(jnp.float32(v) for v in (0.0, 0.0, 0.2, 3.0)), jnp.int32(499))
    _, timestep = CartPole().step(jax.random.key(0), falling, 0)
    assert timestep.terminated and timestep.truncated and timestep.reward == 1.0


def test_leaving_the_track_terminates_on_either_side():
    for x, terminated in ((2.5, True), (-2.5, True), (2.3, False)):
        state = CartPoleState(jnp.float32(x), *(jnp.float32(0.0),) * 3, jnp.int32(0))
        assert CartPole().step(jax.random.key(0), state, 0)[1].terminated == terminated


def test_reset_uses_the_whole_range_and_no_more():
    obs, _ = rollout(CartPole())
    assert np.all(np.abs(obs) <= 0.05)
    assert np.all(obs.max(axis=0) > 0.04) and np.all(obs.min(axis=0) < -0.04)


# --- Against gymnasium's MountainCar ----------------------------------------------------------------------------------


def swing(state):
    return 2 if state[1] >= 0 else 0


def mostly(policy, seed):
    """`policy`, and a random action now and then."""
    rng = np.random.default_rng(seed)
    return lambda state: policy(state) if rng.random() < 0.9 else int(rng.integers(3))


@pytest.mark.parametrize(
    ("policy", "episodes", "terminations"),
    [(mostly(swing, 0), 20, 20), (mostly(lambda state: 1, 1), 4, 0), (lambda state: 0 if state[1] <= 0 else 1, 4, 0)],
    ids=["swing", "roll", "into the wall"],
)
def test_mountain_car_steps_like_gymnasium(policy, episodes, terminations):
    states, times, actions, next_obs, rewards, terminated, truncated = gymnasium_steps(
        policy, range(episodes), "MountainCar-v0"
    )
    assert len(states) > 700
    assert (terminated.sum(), truncated.sum()) == (terminations, episodes - terminations)
    before = MountainCarState(*states.astype(np.float32).T, times)
    ours = jax.jit(jax.vmap(MountainCar().step, (None, 0, 0)))(jax.random.key(0), before, actions)[1]
    np.testing.assert_allclose(ours.obs, next_obs, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(ours.reward, rewards)
    np.testing.assert_array_equal(ours.terminated, terminated)
    np.testing.assert_array_equal(ours.truncated, truncated)


def test_mountain_car_steps_like_gymnasium_all_over_the_state_space():
    """The wall, the right end and the highest speeds included, where whole episodes hardly ever go."""
    env = gym.make("MountainCar-v0").unwrapped
    env.reset(seed=0)
    rng = np.random.default_rng(0)
    states = rng.uniform(env.low, env.high, (500, 2)).astype(np.float32)
    states[:100, 0] = rng.uniform(-1.2, -1.14, 100)
    states[100:200, 0] = rng.uniform(0.46, 0.6, 100)
    actions, theirs = rng.integers(3, size=500), []
    for state, action in zip(states, actions, strict=True):
        env.state = tuple(state.astype(float))
        obs, _, terminated, _, _ = env.step(int(action))
        theirs.append((*obs, terminated))
    theirs = np.array(theirs)
    assert (theirs[:, 0] == np.float32(-1.2)).sum() > 10 and (theirs[:, 0] == np.float32(0.6)).sum() > 10
    before = MountainCarState(*states.T, np.zeros(500, np.int32))
    ours = jax.vmap(MountainCar().step, (None, 0, 0))(jax.random.key(0), before, actions)[1]
    np.testing.assert_allclose(ours.obs, theirs[:, :2], rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(ours.terminated, theirs[:, 2].astype(bool))


def test_an_arrival_in_the_last_step_is_both_terminated_and_truncated():
    arriving = MountainCarState(jnp.float32(0.49), jnp.float32(0.03), jnp.int32(199))
    _, timestep = MountainCar().step(jax.random.key(0), arriving, 2)
    assert timestep.terminated and timestep.truncated and timestep.reward == -1.0


def test_mountain_car_starts_at_rest_in_the_whole_range():
    obs, _ = rollout(MountainCar())
    assert np.all((obs[:, 0] >= -0.6) & (obs[:, 0] <= -0.4)) and np.all(obs[:, 1] == 0.0)
    assert obs[:, 0].max() > -0.42 and obs[:, 0].min() < -0.58


# --- Against gymnasium's Pendulum -------------------------------------------------------------------------------------


def test_pendulum_steps_like_gymnasium():
    env, rng, steps = gym.make("Pendulum-v1"), np.random.default_rng(0), []
    for seed in range(20):
        env.reset(seed=seed)
        push = rng.uniform(-2.0, 2.0)  # some episodes swing wide, up to the speed limit
        for time in range(200):
            state = np.array(env.unwrapped.state)
            swing = np.sign(state[1]) * abs(push) if seed % 2 else push
            action = np.float32([swing + rng.normal()])  # also beyond the limits
            *outcome, _ = env.step(action)
            steps.append((*state, time, action, *outcome))
    theta, theta_dot, times, actions, next_obs, rewards, terminated, truncated = map(np.array, zip(*steps, strict=True))
    assert np.abs(actions).max() > 2 and np.abs(theta).max() > 7 and np.abs(theta_dot).max() == 8
    before = PendulumState(theta.astype(np.float32), theta_dot.astype(np.float32), times)
    ours = jax.jit(jax.vmap(Pendulum().step, (None, 0, 0)))(jax.random.key(0), before, actions)[1]
    np.testing.assert_allclose(ours.obs, next_obs, rtol=1e-5, atol=1e-5)
    # At the very bottom the angle jumps from -pi to pi, but its square does not.
    np.testing.assert_allclose(ours.reward, rewards, rtol=1e-5, atol=1e-4)
    np.testing.assert_array_equal(ours.terminated, terminated)
    np.testing.assert_array_equal(ours.truncated, truncated)


def test_pendulum_stays_upright_by_itself_and_a_torque_turns_it_to_the_left():
    upright = PendulumState(jnp.float32(0.0), jnp.float32(0.0), jnp.int32(0))
    still, pushed = (Pendulum().step(jax.random.key(0), upright, jnp.array([torque]))[1] for torque in (0.0, 1.0))
    np.testing.assert_array_equal(still.obs, [1.0, 0.0, 0.0])
    assert still.reward == 0.0 and pushed.obs[1] > 0 and pushed.obs[2] == pytest.approx(0.15)


def test_a_rod_to_the_left_is_drawn_on_the_left():
    picture = Pendulum().render(np.array([0.0, 1.0, 0.0]))
    orange = np.all(np.abs(picture.astype(int) - [230, 159, 0]) < 5, axis=2)
    rows, columns = np.nonzero(orange)
    height, width = orange.shape
    assert columns.min() < 0.15 * width and columns.max() < 0.6 * width
    assert abs(rows.mean() - height / 2) < 3


def test_pendulum_starts_anywhere():
    obs, _ = rollout(Pendulum())
    angle = np.arctan2(obs[:, 1], obs[:, 0])
    assert angle.min() < -2.8 and angle.max() > 2.8
    assert 0.9 < np.abs(obs[:, 2]).max() <= 1.0


def test_pendulum_can_start_hanging_at_rest():
    obs, _ = rollout(Pendulum(start_angle=np.pi, max_start_offset=0.1, max_start_speed=0.0))
    assert np.all(obs[:, 0] < np.cos(np.pi - 0.11)) and np.ptp(obs[:, 1]) > 0.15
    np.testing.assert_array_equal(obs[:, 2], 0.0)


def test_the_bridge_takes_torques_as_gymnasium_does():
    env = gym.make("rl_helpers/Pendulum-v1").unwrapped
    env.reset(seed=0)
    assert env.action_space == gym.make("Pendulum-v1").action_space
    assert env.observation_space == gym.make("Pendulum-v1").observation_space
    for action in ([0.5], np.array([1.0]), np.float32([-2.0]), jnp.array([0.1]), np.array([9.0])):
        assert env.step(action)[0].dtype == np.float32
    for action in (0.5, [0.1, 0.2], [np.nan], np.zeros((1, 1))):
        with pytest.raises(ValueError, match="finite numbers"):
            env.step(action)


# --- An environment made of a model -----------------------------------------------------------------------------------

MODEL = ModelEnv(lambda obs, action: (obs + action, 2, obs[0] > 2.5), lambda key: jnp.array([1.0, 0.5]), max_steps=3)


def test_a_model_env_plays_its_model_from_its_start():
    state, obs = MODEL.reset(jax.random.key(0))
    np.testing.assert_array_equal(obs, [1.0, 0.5])
    steps = []
    for action in (1, 0, 2):
        state, timestep = jax.jit(MODEL.step)(jax.random.key(1), state, action)
        steps.append(timestep)
    np.testing.assert_array_equal([step.obs for step in steps], [[2.0, 1.5], [2.0, 1.5], [4.0, 3.5]])
    assert [bool(step.truncated) for step in steps] == [False, False, True]
    assert [bool(step.terminated) for step in steps] == [False, False, False]
    assert MODEL.step(jax.random.key(1), state, 0)[1].terminated


def test_a_model_env_of_the_true_dynamics_is_the_environment():
    def true_model(obs, action):
        _, timestep = MountainCar().step(jax.random.key(0), MountainCarState(*obs, jnp.int32(0)), action)
        return timestep.obs, timestep.reward, timestep.terminated

    dream = ModelEnv(true_model, lambda key: MountainCar(min_start=0.3).reset(key)[1], max_steps=200)
    for field, imagined, real in zip(
        ("obs", "reward", "terminated", "truncated"),
        play(dream),
        play(MountainCar(min_start=0.3)),
        strict=True,
    ):
        np.testing.assert_allclose(imagined, real, err_msg=field)


def play(env):
    """TimeSteps [60, 64] of random actions."""
    keys, actions = jax.random.split(jax.random.key(2), 64), np.random.default_rng(2).integers(3, size=(60, 64))
    step = lambda state, action: jax.vmap(env.step)(keys, state, action)
    return jax.jit(lambda: jax.lax.scan(step, jax.vmap(env.reset)(keys)[0], actions)[1])()


def test_a_model_env_gives_what_the_loops_expect():
    """A model may pay an int, end with a 1.0 and start in NumPy."""
    env = ModelEnv(lambda obs, action: (obs, -1, 1.0), lambda key: np.zeros(2), max_steps=9)
    state, obs = env.reset(jax.random.key(0))
    next_state, timestep = env.step(jax.random.key(0), state, 0)
    assert obs.dtype == timestep.obs.dtype == timestep.reward.dtype == jnp.float32
    assert timestep.terminated.dtype == timestep.truncated.dtype == bool and timestep.terminated
    describe = lambda tree: jax.tree.map(lambda leaf: (leaf.shape, leaf.dtype), tree)
    assert describe(state) == describe(next_state)


# --- The variant for people and the bridge ----------------------------------------------------------------------------


def test_doing_nothing_leaves_a_resting_cart_where_it_is():
    resting = CartPoleState(*(jnp.float32(0.0),) * 4, jnp.int32(0))
    velocity = [NoOpCartPole().step(jax.random.key(0), resting, action)[1].obs[1] for action in range(3)]
    assert velocity[0] < 0 and velocity[1] == 0 and velocity[2] > 0


def test_the_variant_for_people_may_lean_further_and_its_longer_pole_falls_slower():
    leaning = CartPoleState(*(jnp.float32(v) for v in (0.0, 0.0, 0.05, 0.0)), jnp.int32(0))
    velocities = [
        NoOpCartPole(half_length=length).step(jax.random.key(0), leaning, 1)[1].obs[3]
        for length in (CartPole().half_length, NoOpCartPole().half_length)
    ]
    assert 0 < 1.5 * velocities[1] < velocities[0]
    assert NoOpCartPole().max_theta > 1.5 * CartPole().max_theta


def test_gymnasium_make_passes_constants_on():
    env = gym.make("rl_helpers/CartPole-v1", max_steps=3)
    env.reset(seed=0)
    assert [env.step(0)[3] for _ in range(3)] == [False, False, True]


def test_the_bridge_refuses_what_gymnasium_refuses():
    env = GymnasiumEnv(CartPole())
    with pytest.raises(RuntimeError, match="reset"):
        env.step(0)
    env.reset(seed=0)
    for action in (2, -1, 0.0, np.True_, None):
        with pytest.raises(ValueError, match="action must be an integer"):
            env.step(action)
    with pytest.raises(ValueError, match="render_mode"):
        GymnasiumEnv(CartPole(), render_mode="human")
    with pytest.raises(ValueError, match="rgb_array"):
        env.render()


def test_the_bridge_returns_plain_values_of_its_own():
    env = GymnasiumEnv(CartPole())
    obs, _ = env.reset(seed=0)
    next_obs, reward, terminated, truncated, _ = env.step(np.int64(1))
    assert [type(v) for v in (obs, next_obs, reward, terminated, truncated)] == [
        np.ndarray,
        np.ndarray,
        float,
        bool,
        bool,
    ]
    next_obs[:] = 99.0  # nobody else's array
    assert np.all(np.abs(env.step(0)[0]) < 5)
