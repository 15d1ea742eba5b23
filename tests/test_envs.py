"""Environments: gymnasium's dynamics, a contract that every environment keeps, and the bridge to gymnasium."""

import gymnasium as gym
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from environment_contract import EnvironmentContract, rollout

from rl_helpers.envs import (
    Bandit,
    CartPole,
    CartPoleState,
    CliffWalking,
    GridWorld,
    GymnasiumEnv,
    ModelEnv,
    MountainCar,
    MountainCarState,
    NoOpCartPole,
    Pendulum,
    PendulumState,
)


class TestCartPole(EnvironmentContract):
    env = CartPole()


class TestNoOpCartPole(EnvironmentContract):
    env = NoOpCartPole()


class TestMountainCar(EnvironmentContract):
    env = MountainCar()
    env_that_terminates = MountainCar(min_start=0.3, max_start=0.55)


class TestPendulum(EnvironmentContract):
    env = Pendulum()
    never_terminates = True


class TestGridWorld(EnvironmentContract):
    env, always_starts_alike = GridWorld(), True
    env_that_terminates = GridWorld(("S..", "..G"))


class TestCliffWalking(EnvironmentContract):
    env, always_starts_alike = CliffWalking(), True
    env_that_terminates = CliffWalking(("S..", "CCG"))


class TestBandit(EnvironmentContract):
    env, never_terminates = Bandit(), True


class TestModelEnv(EnvironmentContract):
    """A model that knows what it is of."""

    env = ModelEnv(
        lambda obs, action: CartPole().step(jax.random.key(0), CartPoleState(*obs, jnp.int32(0)), action)[1][:3],
        lambda key: CartPole().reset(key)[1],
        max_steps=500,
        real=CartPole(),
    )

    def made(self, **options):
        return GymnasiumEnv(self.env, **options)


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
