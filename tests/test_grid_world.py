"""The grid worlds: the model P and R, the sampled steps, and the two against each other and against gymnasium's."""

import gymnasium as gym
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rl_helpers.envs.grid_world import CLIFF_WALK, CliffWalking, GridWorld, GridWorldState

UP, RIGHT, DOWN, LEFT = range(4)
WORLDS = [
    GridWorld(),
    GridWorld(slip=0.3, step_reward=-0.5),
    CliffWalking(),
    CliffWalking(slip=0.5),
    GridWorld(("S#C", ".CG", "G.."), slip=1.0, step_reward=-0.5, cliff_reward=-3.0),
]
worlds = pytest.mark.parametrize(
    "world", WORLDS, ids=lambda world: f"{type(world).__name__}-{world.slip}-{world.shape}"
)


def at(cell: int, time: int = 0) -> GridWorldState:
    return GridWorldState(jnp.int32(cell), jnp.int32(time))


@worlds
def test_rows_of_P_sum_to_one(world):
    assert world.P.shape == (world.num_states, world.num_actions, world.num_states)
    assert world.R.shape == (world.num_states, world.num_actions)
    assert np.all(world.P >= 0)
    np.testing.assert_allclose(world.P.sum(axis=-1), 1.0)


@worlds
def test_goals_walls_and_the_cliff_are_absorbing_and_pay_nothing(world):
    for s, cell in enumerate("".join(world.layout)):
        if cell in "#GC":
            assert np.all(world.P[s, :, s] == 1.0) and np.all(world.R[s] == 0.0)


@worlds
def test_nobody_gets_into_a_wall_or_over_the_cliff(world):
    outside = np.array([cell in "#C" for cell in "".join(world.layout)])
    assert np.all(world.P[~outside][:, :, outside] == 0.0)


@pytest.mark.slow
@worlds
def test_sampled_steps_follow_P_and_R(world):
    """Every state and action often enough that a wrong frequency shows: 6 standard deviations."""
    n = 2000
    keys = jax.random.split(jax.random.key(0), n)
    step = jax.vmap(lambda key, s, a: world.step(key, at(s), a)[1], (0, None, None))
    step = jax.jit(jax.vmap(jax.vmap(step, (None, None, 0)), (None, 0, None)))
    result = step(keys, jnp.arange(world.num_states), jnp.arange(4))  # fields [S, A, n]
    frequency = (np.asarray(result.obs)[..., None] == np.arange(world.num_states)).mean(axis=2)
    assert np.all(np.abs(frequency - world.P) <= 6 * np.sqrt(world.P * (1 - world.P) / n) + 1e-9)
    reward = np.asarray(result.reward, float)
    assert np.all(np.abs(reward.mean(axis=2) - world.R) <= 6 * reward.std(axis=2) / np.sqrt(n) + 1e-5)
    is_goal = np.array([cell == "G" for cell in "".join(world.layout)])
    np.testing.assert_array_equal(result.terminated, is_goal[result.obs])
    assert not np.any(result.truncated)


def test_moves_in_a_small_world_worked_out_by_hand():
    """0 S   1 .
    2 #   3 G"""
    world = GridWorld(("S.", "#G"), step_reward=-1.0, goal_reward=5.0)
    landing = [[0, 1, 0, 0], [1, 1, 3, 0], [2, 2, 2, 2], [3, 3, 3, 3]]
    np.testing.assert_array_equal(world.P.argmax(axis=-1), landing)
    np.testing.assert_array_equal(world.R, [[-1, -1, -1, -1], [-1, -1, 5, -1], [0, 0, 0, 0], [0, 0, 0, 0]])


def test_slipping_goes_at_right_angles():
    world = GridWorld(("S.", "#G"), slip=0.2, step_reward=-1.0, goal_reward=5.0)
    np.testing.assert_allclose(world.P[1, RIGHT], [0.0, 0.9, 0.0, 0.1])  # stays at 1 twice: ahead and up; or slips down
    np.testing.assert_allclose(world.P[1, DOWN], [0.1, 0.1, 0.0, 0.8])
    np.testing.assert_allclose(world.P[1, LEFT], [0.8, 0.1, 0.0, 0.1])  # never the opposite way
    np.testing.assert_allclose(world.R[1], [-1.0, -0.4, 3.8, -0.4])


@pytest.mark.slow
def test_the_cliff_is_gymnasiums():
    """Except in cells where nobody can be, and in the goal, which gymnasium lets one leave."""
    model = gym.make("CliffWalking-v1").unwrapped.P
    world = CliffWalking()
    for s, cell in enumerate("".join(CLIFF_WALK)):
        for a in range(4):
            if cell in "CG":
                continue
            [(_, next_state, reward, terminated)] = model[s][a]
            _, timestep = world.step(jax.random.key(0), at(s), a)
            assert (timestep.obs, timestep.reward, timestep.terminated) == (next_state, reward, terminated)


def test_an_episode_starts_at_S_and_ends_in_G():
    world = CliffWalking()
    state, obs = world.reset(jax.random.key(0))
    assert obs == world.start == 36 and obs.dtype == jnp.int32
    rewards = []
    for action in [UP, *[RIGHT] * 11, DOWN]:
        state, timestep = world.step(jax.random.key(1), state, action)
        rewards.append(float(timestep.reward))
        assert bool(timestep.terminated) == (len(rewards) == 13)
    assert timestep.obs == 47 and rewards == [-1.0] * 13
    _, timestep = world.step(jax.random.key(1), state, UP)
    assert timestep.obs == 47 and timestep.reward == 0.0 and timestep.terminated


def test_the_cliff_costs_a_hundred_and_leads_back_to_the_start():
    world = CliffWalking()
    _, timestep = world.step(jax.random.key(0), at(30), DOWN)
    assert timestep.obs == world.start and timestep.reward == -100.0 and not timestep.terminated


def test_truncation_is_the_clock_and_nothing_else():
    world = GridWorld(("SG",), max_steps=3)
    state, _ = world.reset(jax.random.key(0))
    for expected in [False, False, True]:
        state, timestep = world.step(jax.random.key(0), state, LEFT)
        assert bool(timestep.truncated) is expected and not timestep.terminated
    _, timestep = world.step(jax.random.key(0), at(0, time=2), RIGHT)
    assert timestep.truncated and timestep.terminated


def test_steps_work_inside_scan_and_keep_their_types():
    world = GridWorld(slip=0.2)

    def walk(state, key):
        return world.step(key, state, jax.random.randint(key, (), 0, 4))

    state, _ = world.reset(jax.random.key(0))
    last, timesteps = jax.jit(lambda state, keys: jax.lax.scan(walk, state, keys))(
        state, jax.random.split(jax.random.key(1), 50)
    )
    assert last.time == 50
    assert [x.dtype for x in timesteps] == [jnp.int32, jnp.float32, jnp.bool_, jnp.bool_]


@pytest.mark.parametrize(
    ("layout", "slip", "message"),
    [
        (("S.", "G"), 0.0, "rows of one length"),
        (("SX", "G."), 0.0, "characters"),
        (("..", "G."), 0.0, "one start"),
        (("SS", "G."), 0.0, "one start"),
        (("S.", "G."), 1.5, "slip"),
    ],
)
def test_impossible_worlds_are_refused(layout, slip, message):
    with pytest.raises(ValueError, match=message):
        GridWorld(layout, slip=slip)
