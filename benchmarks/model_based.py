"""How fast planning with a learned model is, and how long notebooks 07 and 08 take: `python benchmarks/model_based.py`.

python benchmarks/model_based.py --quick    # one repeat, and no notebooks
"""

import argparse
import itertools
import os
import platform
import statistics
import time
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

from rl_helpers.envs import Pendulum

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ("07_learning_from_samples", "08_model_predictive_control")
# Notebook 08's planner: CEM, 4 rounds of 64 sequences of 20 torques, 5,120 imagined steps for each real one.
HORIZON, SAMPLES, ELITE, ROUNDS, FIRST_STD, MAX_TORQUE = 20, 64, 8, 4, 1.5, 2.0
LAYERS = (4, 64, 64, 3)
ENV = Pendulum()


# --- The same model and reward for all: `xp` is numpy or jax.numpy ----------------------------------------------------


def make_model(seed=0):
    """A network of notebook 08's size, and normalisers; its weights are random, which costs the same time."""
    rng = np.random.default_rng(seed)
    layers = [
        (rng.normal(size=(n, m)).astype(np.float32) / np.float32(n) ** 0.5, np.zeros(m, np.float32))
        for n, m in itertools.pairwise(LAYERS)
    ]
    normalisers = [np.ones(n, np.float32) * x for n, x in ((4, 0.1), (4, 1.5), (3, 0.01), (3, 0.1))]
    return layers, normalisers


def predict_next(xp, model, obs, action):
    """The next observation(s), [..., 3], for observations [..., 3] and torques [..., 1]."""
    layers, (input_mean, input_std, delta_mean, delta_std) = model
    x = (xp.concatenate([obs, action], axis=-1) - input_mean) / input_std
    for i, (weights, bias) in enumerate(layers):
        x = x @ weights + bias
        if i < len(layers) - 1:
            x = x / (1.0 + xp.exp(-x))  # swish
    return obs + delta_mean + delta_std * x


def reward(xp, obs, action):
    """The pendulum's reward, [...]."""
    theta = xp.arctan2(obs[..., 1], obs[..., 0])
    return -(theta**2 + 0.1 * obs[..., 2] ** 2 + 0.001 * xp.clip(action[..., 0], -MAX_TORQUE, MAX_TORQUE) ** 2)


# --- The planners -----------------------------------------------------------------------------------------------------


def score_one_by_one(model, obs, sequences):
    """The imagined return of each sequence, [SAMPLES]: a loop over sequences and a loop over steps."""
    scores = np.zeros(len(sequences))
    for i, sequence in enumerate(sequences):
        imagined = obs
        for action in sequence:
            scores[i] += reward(np, imagined, action)
            imagined = predict_next(np, model, imagined, action)
    return scores


def score_all_at_once(model, obs, sequences):
    """The same, all sequences in one array; only the loop over steps is left."""
    scores, imagined = np.zeros(len(sequences)), np.tile(obs, (len(sequences), 1))
    for t in range(HORIZON):
        scores += reward(np, imagined, sequences[:, t])
        imagined = predict_next(np, model, imagined, sequences[:, t])
    return scores


def plan_in_numpy(rng, model, obs, mean, score):
    """CEM: improves the plan `mean` [HORIZON, 1]."""
    std = np.full((HORIZON, 1), FIRST_STD, np.float32)
    for _ in range(ROUNDS):
        noise = rng.standard_normal((SAMPLES, HORIZON, 1), dtype=np.float32)
        sequences = np.clip(mean + std * noise, -MAX_TORQUE, MAX_TORQUE)
        elite = sequences[np.argsort(score(model, obs, sequences))[-ELITE:]]
        mean, std = elite.mean(axis=0), elite.std(axis=0)
    return mean


def plan_compiled(key, model, obs, mean):
    """The same in JAX."""

    def score(sequence):
        def step(obs, action):
            return predict_next(jnp, model, obs, action), reward(jnp, obs, action)

        return jnp.sum(jax.lax.scan(step, obs, sequence)[1])

    def improve(plan, key):
        mean, std = plan
        sequences = mean + std * jax.random.normal(key, (SAMPLES, HORIZON, 1))
        sequences = jnp.clip(sequences, -MAX_TORQUE, MAX_TORQUE)
        elite = sequences[jax.lax.top_k(jax.vmap(score)(sequences), ELITE)[1]]
        return (elite.mean(axis=0), elite.std(axis=0)), None

    start = (mean, jnp.full((HORIZON, 1), FIRST_STD))
    return jax.lax.scan(improve, start, jax.random.split(key, ROUNDS))[0][0]


def numpy_steps_per_second(model, score, num_steps):
    """Real steps/s of planning and acting in gymnasium's Pendulum."""
    import gymnasium as gym

    env, rng, mean = gym.make("Pendulum-v1"), np.random.default_rng(0), np.zeros((HORIZON, 1), np.float32)
    obs, _ = env.reset(seed=0)
    start = time.perf_counter()
    for _ in range(num_steps):
        mean = plan_in_numpy(rng, model, obs, mean, score)
        obs, *_ = env.step(mean[0])
        mean = np.concatenate([mean[1:], np.zeros((1, 1), np.float32)])
    return num_steps / (time.perf_counter() - start)


def compiled_steps_per_second(model, num_envs, num_steps=200):
    """Real steps/s over all environments of planning and acting in our Pendulum, without compilation."""

    def step(carry, key):
        state, obs, mean = carry
        mean = plan_compiled(key, model, obs, mean)
        state, timestep = ENV.step(None, state, mean[0])
        return (state, timestep.obs, jnp.concatenate([mean[1:], jnp.zeros((1, 1))])), timestep.reward

    def episode(key):
        start = (*ENV.reset(key), jnp.zeros((HORIZON, 1)))
        return jax.lax.scan(step, start, jax.random.split(key, num_steps))[1].sum()

    run = jax.jit(jax.vmap(episode)).lower(jax.random.split(jax.random.key(0), num_envs)).compile()
    start = time.perf_counter()
    jax.block_until_ready(run(jax.random.split(jax.random.key(1), num_envs)))
    return num_envs * num_steps / (time.perf_counter() - start)


# --- The tables -------------------------------------------------------------------------------------------------------


def planning_rows(repeats):
    model = make_model()
    check_that_all_score_alike(model)
    ways = {
        "plain Python, one sequence at a time": lambda: numpy_steps_per_second(model, score_one_by_one, 20),
        "NumPy, all sequences at once": lambda: numpy_steps_per_second(model, score_all_at_once, 200),
        "compiled, 1 environment": lambda: compiled_steps_per_second(model, 1),
        "compiled, 10 environments": lambda: compiled_steps_per_second(model, 10),
    }
    plain = vectorised = None
    for name, measure in ways.items():
        speed = statistics.median(measure() for _ in range(repeats))
        plain = plain or speed
        if name.startswith("NumPy"):
            vectorised = speed
        ratio = "" if vectorised is None else f"{speed / vectorised:.3g}×"
        imagined = speed * SAMPLES * HORIZON * ROUNDS
        yield [name, rounded(speed), rounded(imagined), f"{speed / plain:.3g}×", ratio]


def check_that_all_score_alike(model):
    """All planners must do the same work: the same returns for the same sequences."""
    rng = np.random.default_rng(1)
    obs, sequences = np.float32([0.6, -0.8, 1.0]), rng.uniform(-2, 2, (SAMPLES, HORIZON, 1)).astype(np.float32)

    def score(sequence):
        step = lambda obs, action: (predict_next(jnp, model, obs, action), reward(jnp, obs, action))
        return jnp.sum(jax.lax.scan(step, obs, sequence)[1])

    want = score_one_by_one(model, obs, sequences)
    np.testing.assert_allclose(score_all_at_once(model, obs, sequences), want, rtol=1e-3)
    np.testing.assert_allclose(jax.vmap(score)(sequences), want, rtol=1e-3)


def notebook_rows():
    """The solved notebooks from the first cell to the last, demos included, in a new kernel."""
    import nbclient

    from autograder.course import load_course

    for name in NOTEBOOKS:
        assignment = load_course(ROOT).assignments.get(name)
        if assignment is None:
            continue
        start = time.perf_counter()
        nbclient.NotebookClient(assignment.source, timeout=1200).execute(cwd=str(ROOT))
        yield [name, f"{time.perf_counter() - start:.0f}"]


def rounded(value):
    return f"{float(f'{value:.2g}'):,.0f}"


def show(title, header, rows):
    """Prints a markdown table, row by row as they come."""
    print(f"\n**{title}**\n\n| {' | '.join(header)} |\n|{'---|' * len(header)}", flush=True)
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one repeat, and no notebooks")
    arguments = parser.parse_args()
    repeats = 1 if arguments.quick else 3
    machine = f"{os.cpu_count()} cores, {jax.devices()[0].device_kind}"
    print(f"{machine}, Python {platform.python_version()}, JAX {jax.__version__}")
    show(
        f"Model predictive control of the pendulum with a learned model (median of {repeats})",
        ["planner", "real steps/s", "imagined steps/s", "× plain Python", "× NumPy"],
        planning_rows(repeats),
    )
    if not arguments.quick:
        show("Solved notebooks from top to bottom", ["notebook", "seconds"], notebook_rows())
