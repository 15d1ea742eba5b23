"""How fast the compiled loop is: `python benchmarks/training.py` prints the tables of the README.

python benchmarks/training.py --quick    # one repeat and short limits, to see that it runs
python benchmarks/training.py --references   # only the table of other people's environments and agents
pip install gymnax                       # then these are measured beside ours, not quoted
"""

import argparse
import collections
import contextlib
import functools
import importlib.metadata
import os
import platform
import random
import statistics
import time

import gymnasium as gym
import haiku as hk
import jax
import jax.numpy as jnp
import numpy as np
from agents import ORDINARY, make_dqn, make_ppo, make_reinforce

from rl_helpers import CartPole, Transition, run_environment_loop
from rl_helpers.compiled import run_compiled_loop
from rl_helpers.replay import OnPolicyMemory, ReplayMemory, RewardsToGo, RolloutMemory

SOLVED = 475.0
EVALUATION_EPISODES = 32
# Stated for two cores; ours are only comparable when measured on such a machine.
GYMNAX_0_0_8 = {1: 106e3, 64: 2.9e6, 1024: 4.4e6}  # random CartPole, environment steps/s
PUREJAXRL = {("DQN", 1): 41e3, ("DQN", 8): 58e3, ("PPO", 1): 116e3, ("PPO", 8): 131e3}  # environment steps/s, by seeds
NOTES = []  # sentences to print below the table


# --- Memories for the Python loops, as a learner writes them ----------------------------------------------------------


class RewardsToGoBuffer:
    def __init__(self, batch_size, gamma):
        self.batch_size, self.gamma, self.ready, self.episode = batch_size, gamma, [], []

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated or transition.truncated:
            to_go, rows = 0.0, []
            for t in reversed(self.episode):
                to_go = t.reward + self.gamma * to_go
                rows.append((t.obs, t.action, to_go))
            self.ready += rows[::-1]
            self.episode = []

    def is_ready(self):
        return len(self.ready) >= self.batch_size

    def sample(self):
        obs, action, to_go = zip(*self.ready[: self.batch_size], strict=True)
        self.ready = []
        return RewardsToGo(np.stack(obs), np.array(action, np.int32), np.array(to_go, np.float32))


class TransitionBuffer:
    def __init__(self, max_size, batch_size):
        self.batch_size, self.buffer = batch_size, collections.deque(maxlen=max_size)

    def push(self, transition):
        self.buffer.append(transition)

    def is_ready(self):
        return len(self.buffer) >= self.batch_size

    def sample(self):
        columns = zip(*random.sample(self.buffer, self.batch_size), strict=True)
        dtypes = (np.float32, np.int32, np.float32, np.float32, np.float32, np.float32)
        return Transition(*(np.array(column, dtype) for column, dtype in zip(columns, dtypes, strict=True)))


# --- The loops --------------------------------------------------------------------------------------------------------


class Done(Exception):
    """Ends a Python loop's run: solved, or out of time."""


class Judge(gym.Wrapper):
    """An evaluation environment that ends the run (raises Done) once an evaluation is good enough or time is up."""

    def __init__(self, limit):
        super().__init__(gym.make("CartPole-v1"))
        self.start, self.limit, self.total, self.episodes, self.solved_after = time.perf_counter(), limit, 0.0, 0, None
        self.spent = 0.0  # seconds in evaluations; their first reset comes before their clock starts, and hardly counts

    def step(self, action):
        now = time.perf_counter()
        if self.episodes == 0 and self.total == 0.0:
            self.began = now
        result = self.env.step(action)
        self.total += result[1]
        self.episodes += result[2] or result[3]
        if self.episodes == EVALUATION_EPISODES:
            seconds, mean = now - self.start, self.total / EVALUATION_EPISODES
            self.spent += now - self.began
            self.total, self.episodes = 0.0, 0
            if mean >= SOLVED:
                self.solved_after = seconds
            if mean >= SOLVED or seconds > self.limit:
                raise Done
        return result


class Counter:
    """A memory that counts what passes through it and when its first batch had been learnt from (and compiled)."""

    def __init__(self, memory):
        self.memory, self.steps, self.batches, self.first = memory, 0, 0, None
        self.is_ready = memory.is_ready

    def push(self, transition):
        self.steps += 1
        if self.batches and self.first is None:
            self.first = (time.perf_counter(), self.steps, self.batches)
        self.memory.push(transition)

    def sample(self):
        self.batches += 1
        return self.memory.sample()


def plain_loop(key, env, agent, memory, judge, learner_steps_per_episode, evaluate_every):
    """The loop that the course grew from, in its style: eager JAX around two jitted functions, a key for every step."""
    keys = hk.PRNGSequence(key)
    select_action, learn = jax.jit(agent.select_action), jax.jit(agent.learn)
    params, actor_state, learner_state = agent.params, agent.actor_state, agent.learner_state
    episode = 0
    while True:
        obs, _ = env.reset()
        over = False
        while not over:
            action, actor_state = select_action(next(keys), params, actor_state, np.array(obs))
            next_obs, reward, terminated, truncated, _ = env.step(int(action))
            memory.push(Transition(obs, action, reward, next_obs, terminated, truncated))
            obs, over = next_obs, terminated or truncated
        for _ in range(learner_steps_per_episode):
            if memory.is_ready():
                params, learner_state = learn(next(keys), params, learner_state, memory.sample())
        episode += 1
        if episode % evaluate_every == 0:
            for _ in range(EVALUATION_EPISODES):
                obs, _ = judge.reset()
                over = False
                while not over:
                    action, _ = select_action(next(keys), params, actor_state, np.array(obs), evaluation=True)
                    obs, _, terminated, truncated, _ = judge.step(int(action))
                    over = terminated or truncated


def readable_loop(key, env, agent, memory, judge, learner_steps_per_episode, evaluate_every):
    run_environment_loop(
        key,
        env,
        agent,
        memory,
        num_episodes=10**6,
        evaluation_env=judge,
        evaluate_every=evaluate_every,
        evaluation_episodes=EVALUATION_EPISODES,
        learner_steps_per_episode=learner_steps_per_episode,
        progress=False,
    )


def run_python(loop, seed, agent, memory, limit, **options):
    """`(env steps/s, learner steps/s, seconds to solve or None)`; the speeds without compilation and evaluation."""
    random.seed(seed)
    env, counter, judge = gym.make("CartPole-v1"), Counter(memory), Judge(limit)
    env.reset(seed=seed)
    with contextlib.suppress(Done):
        loop(jax.random.key(seed), env, agent, counter, judge, **options)
    since, steps, batches = counter.first
    seconds = time.perf_counter() - since - judge.spent
    return (counter.steps - steps) / seconds, (counter.batches - batches) / seconds, judge.solved_after


def run_compiled(seed, make_agent, memory, num_seeds=1, **options):
    """`(env steps/s, learner steps/s, seconds to solve or None, seeds solved, seconds in all)`.

    The speeds are over all seeds, without compilation, with evaluation. Of several seeds nine in ten must be solved.
    """
    agent, init_params = make_agent()
    times, start = [], time.perf_counter()
    result = run_compiled_loop(
        jax.random.key(seed),
        CartPole(),
        agent,
        memory,
        num_seeds=num_seeds,
        init_params=init_params,
        callback=lambda progress: times.append(time.perf_counter()),
        progress=False,
        **options,
    )
    first, *_, last = times
    steps = result.evaluation_steps[-1] - result.evaluation_steps[0]
    share = steps / result.evaluation_steps[-1]
    solved = np.maximum.accumulate(result.evaluation_returns >= SOLVED, axis=1).sum(axis=0)
    enough = np.flatnonzero(solved >= 0.9 * num_seeds)
    return (
        num_seeds * steps / (last - first),
        share * float(result.agent.learner_state.count.sum()) / (last - first),
        times[enough[0]] - start if len(enough) else None,
        int(solved[-1]),
        last - start,
    )


# --- The tables -------------------------------------------------------------------------------------------------------

# The Python loops and the compiled ones train the same agents on the same batches. Epsilon falls with the steps of each
# environment, so of 64 it has to fall sooner.
SETTINGS = {
    "REINFORCE": {
        "make": functools.partial(make_reinforce, layers=(32,), learning_rate=0.02),
        "python": (lambda: RewardsToGoBuffer(1000, 0.99), {"learner_steps_per_episode": 1, "evaluate_every": 50}),
        "memory": OnPolicyMemory(1000, 0.99),
        1: {"num_envs": 1, "steps_per_update": 500, "num_steps": 200_000, "evaluate_every": 10_000},
        64: {"num_envs": 64, "steps_per_update": 16, "num_steps": 400_000, "evaluate_every": 10_000},
        20: {"num_envs": 16, "steps_per_update": 32, "num_steps": 400_000, "evaluate_every": 10_000},
    },
    "DQN": {
        "make": functools.partial(make_dqn, layers=(64, 64), learning_rate=3e-4),
        "python": (lambda: TransitionBuffer(20_000, 64), {"learner_steps_per_episode": 16, "evaluate_every": 50}),
        "memory": ReplayMemory(20_000, 64),
        1: {"num_envs": 1, "num_steps": 100_000, "evaluate_every": 2_000},
        64: {
            "num_envs": 64,
            "learner_steps_per_update": 8,
            "num_steps": 240_000,
            "evaluate_every": 8_000,
            "agent": {"epsilon_steps": 500},
        },
        20: {"num_envs": 8, "num_steps": 240_000, "evaluate_every": 8_000},
    },
}


def training_rows(name, repeats, limit):
    setting = SETTINGS[name]
    make_memory, options = setting["python"]
    speeds = {}
    for label, loop in (("plain Python loop", plain_loop), ("readable loop", readable_loop)):
        runs = []
        for seed in range(repeats):
            agent, init_params = setting["make"]()
            agent = agent._replace(params=init_params(jax.random.key(seed)))
            runs.append(run_python(loop, seed, agent, make_memory(), limit, **options))
        speeds[label] = middle([run[0] for run in runs])
        yield [name, label, *summary(runs, limit), ratio(speeds[label], speeds["plain Python loop"])]
    for label, size, num_seeds in (
        ("compiled, 1 environment", 1, 1),
        ("compiled, 64 environments", 64, 1),
        ("compiled, 20 seeds", 20, 20),
    ):
        options = dict(setting[size])
        make = functools.partial(setting["make"], **options.pop("agent", {}))
        runs = [run_compiled(seed, make, setting["memory"], num_seeds, **options) for seed in range(repeats)]
        yield [name, label, *summary(runs, None), ratio(middle([run[0] for run in runs]), speeds["plain Python loop"])]
        if num_seeds > 1:
            NOTES.append(
                f"{name}: {min(run[3] for run in runs)} of {num_seeds} seeds or more reached {SOLVED:.0f}; "
                f"all {setting[size]['num_steps']:,} steps of them took {middle([run[4] for run in runs]):.0f} s."
            )


def summary(runs, limit):
    seconds = middle([np.inf if run[2] is None else run[2] for run in runs])
    unsolved = "not solved" if limit is None else f"> {limit:.0f}"
    return [
        speed(middle([run[0] for run in runs])),
        speed(middle([run[1] for run in runs])),
        f"{seconds:.1f}" if np.isfinite(seconds) else unsolved,
    ]


def random_rollouts(num_envs, num_steps, block=100):
    """Environment steps/s of our CartPole under random actions, episode after episode."""
    env = CartPole()

    def step(carry, inputs):
        (state, total), (action, fresh) = carry, inputs
        state, timestep = env.step(None, state, action)
        over = timestep.terminated | timestep.truncated
        state = jax.tree.map(lambda new, old: jnp.where(over, new, old), fresh, state)
        return (state, total + timestep.obs.sum()), None

    def play(carry, key):  # what is random is drawn for a block of steps at a time
        action_key, reset_key = jax.random.split(key)
        actions = jax.random.bernoulli(action_key, shape=(block, num_envs)).astype(int)
        fresh, _ = jax.vmap(env.reset)(jax.random.split(reset_key, block * num_envs))
        fresh = jax.tree.map(lambda x: x.reshape(block, num_envs), fresh)
        return jax.lax.scan(jax.vmap(step), carry, (actions, fresh))

    def run(key):
        state, _ = jax.vmap(env.reset)(jax.random.split(key, num_envs))
        return jax.lax.scan(play, (state, jnp.zeros(num_envs)), jax.random.split(key, num_steps // block))[0]

    return steps_per_second(run, num_envs * num_steps)


def gymnax_rollouts(num_envs, num_steps):
    """The same with gymnax, which draws and resets inside its own `step`."""
    import gymnax

    env, env_params = gymnax.make("CartPole-v1")

    def step(carry, key):
        state, total = carry
        action_key, step_key = jax.random.split(key)
        actions = jax.random.bernoulli(action_key, shape=(num_envs,)).astype(int)
        obs, state, *_ = jax.vmap(env.step, (0, 0, 0, None))(
            jax.random.split(step_key, num_envs), state, actions, env_params
        )
        return (state, total + obs.sum(axis=1)), None

    def run(key):
        _, state = jax.vmap(env.reset, (0, None))(jax.random.split(key, num_envs), env_params)
        return jax.lax.scan(step, (state, jnp.zeros(num_envs)), jax.random.split(key, num_steps))[0]

    return steps_per_second(run, num_envs * num_steps)


def steps_per_second(run, num_steps):
    run = jax.jit(run).lower(jax.random.key(0)).compile(ORDINARY)
    seconds = []
    for seed in range(4):
        start = time.perf_counter()
        jax.block_until_ready(run(jax.random.key(seed)))
        seconds.append(time.perf_counter() - start)
    return num_steps / middle(seconds[1:])


def rollout_rows():
    try:
        label, theirs = f"gymnax {importlib.metadata.version('gymnax')}, measured", gymnax_rollouts
    except importlib.metadata.PackageNotFoundError:
        label, theirs = "gymnax 0.0.8, quoted", lambda num_envs, _: GYMNAX_0_0_8[num_envs]
    for num_envs, num_steps in ((1, 500_000), (64, 50_000), (1024, 5_000)):
        ours, reference = random_rollouts(num_envs, num_steps), theirs(num_envs, num_steps)
        yield [
            f"random CartPole, {num_envs} environment{'s' * (num_envs > 1)}",
            speed(ours),
            f"{speed(reference)} ({label})",
            ratio(ours, reference),
        ]


class LateReplayMemory(ReplayMemory):
    """With purejaxrl's `LEARNING_STARTS`."""

    def is_ready(self, state):
        return state.pushed > 10_000


def purejaxrl_rows(repeats):
    make = functools.partial(make_dqn, layers=(120, 84), learning_rate=2.5e-4, target_period=50, epsilon_steps=25_000)
    options = {"num_envs": 10, "num_steps": 200_000, "evaluate_every": 50_000, "evaluation_episodes": 1}
    yield from compare_with_purejaxrl("DQN", make, LateReplayMemory(10_000, 128), options, repeats)

    num_updates = 800
    make, num_steps = functools.partial(make_ppo, num_updates), num_updates * 4 * 128
    options = {"num_envs": 4, "steps_per_update": 128, "num_steps": num_steps, "evaluate_every": num_steps // 8}
    options |= {"evaluation_episodes": 1}
    yield from compare_with_purejaxrl("PPO", make, RolloutMemory(128), options, repeats)


def compare_with_purejaxrl(name, make, memory, options, repeats):
    """Medians of `repeats` runs of each, in turns. Ours evaluates now and then meanwhile, purejaxrl's does not."""
    try:
        import purejaxrl
    except ImportError:
        label, reference = "purejaxrl, quoted", lambda num_seeds: PUREJAXRL[name, num_seeds]
    else:
        label, num_steps = "purejaxrl's way, measured", options["num_steps"]
        train = purejaxrl.make_dqn(num_steps) if name == "DQN" else purejaxrl.make_ppo(num_steps // (4 * 128))
        reference = functools.partial(purejaxrl.steps_per_second, train, num_steps)
    for num_seeds in (1, 8):
        runs = [
            (run_compiled(seed, make, memory, num_seeds, **options)[0], reference(num_seeds)) for seed in range(repeats)
        ]
        ours, theirs = map(middle, zip(*runs, strict=True))
        seeds = f"{num_seeds} seed{'s' * (num_seeds > 1)}"
        yield [
            f"{name} with purejaxrl's settings, {seeds}",
            speed(ours),
            f"{speed(theirs)} ({label})",
            ratio(ours, theirs),
        ]


def speed(value):
    return f"{float(f'{value:.2g}'):,.0f}"


def ratio(value, reference):
    return f"{value / reference:.3g}×"


middle = statistics.median


def show(title, header, rows):
    """Prints a markdown table, row by row as they come."""
    print(f"\n**{title}**\n\n| {' | '.join(header)} |\n|{'---|' * len(header)}", flush=True)
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)
    print()
    while NOTES:
        print(NOTES.pop(0))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one repeat, and 20 seconds for a Python loop")
    parser.add_argument("--references", action="store_true", help="only the second table")
    arguments = parser.parse_args()
    repeats, limit = (1, 20.0) if arguments.quick else (3, 300.0)
    machine = f"{os.cpu_count()} cores, {jax.devices()[0].device_kind}"
    print(f"{machine}, Python {platform.python_version()}, JAX {jax.__version__}")
    if not arguments.references:
        show(
            f"Training on CartPole-v1 (median of {repeats})",
            [
                "agent",
                "loop",
                "environment steps/s",
                "learner steps/s",
                f"seconds to a greedy {SOLVED:.0f}",
                "environment steps/s, × plain",
            ],
            (row for name in SETTINGS for row in training_rows(name, repeats, limit)),
        )
    show(
        "Environment steps/s",
        ["", "ours", "reference", "ours / reference"],
        (row for rows in (rollout_rows(), purejaxrl_rows(repeats)) for row in rows),
    )
