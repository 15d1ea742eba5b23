"""Records what notebook 10 looks at: `python benchmarks/seeds.py` trains 1,400 agents and writes
`rl_helpers/data/seeds.npz`, which `rl_helpers.recorded` reads.

Returns on CartPole are whole numbers, and an evaluation averages 32 episodes: the file keeps their sums, in 16 bits.
"""

import argparse
import time
from pathlib import Path

import jax
import numpy as np
from agents import make_dqn, make_reinforce

from rl_helpers import CartPole
from rl_helpers.compiled import run_compiled_loop
from rl_helpers.replay import OnPolicyMemory, ReplayMemory

FILE = Path(__file__).resolve().parents[1] / "rl_helpers" / "data" / "seeds.npz"
EVALUATION_EPISODES = 32
NUM_EVALUATIONS = 10
LEARNING_RATES = (0.004, 0.006, 0.008, 0.01, 0.012, 0.015, 0.02, 0.025)

# 250 steps between looks whether a batch is ready: with so many seeds side by side one nearly always is, and then all
# compute. (Notebook 03 has 10 and loses fewer steps.)
REINFORCE = {"memory": OnPolicyMemory(1_000, 0.99), "num_steps": 150_000, "steps_per_update": 250}
DQN = {"memory": ReplayMemory(20_000, 64), "num_steps": 80_000, "num_envs": 8}


def runs():
    """What is trained, with the notebooks' settings: `(name, (agent, init_params), options)`."""
    yield "reinforce_baseline", make_reinforce(), REINFORCE
    yield "reinforce_plain", make_reinforce(baseline=False), REINFORCE
    for rate in LEARNING_RATES:
        short = REINFORCE | {"num_steps": 60_000, "num_seeds": 100, "evaluate_every": 60_000}
        yield f"learning_rate_{rate}", make_reinforce(learning_rate=rate), short
    yield "dqn", make_dqn(learning_rate=3e-4), DQN


def record(number, agent, init_params, *, num_steps, num_seeds=200, evaluate_every=None, **options):
    """`(steps [E], sums [num_seeds, E])`: when the evaluations came, and the sum of the returns in each."""
    result = run_compiled_loop(
        jax.random.key(number),
        CartPole(),
        agent,
        num_steps=num_steps,
        num_seeds=num_seeds,
        init_params=init_params,
        evaluate_every=evaluate_every or num_steps // NUM_EVALUATIONS,
        evaluation_episodes=EVALUATION_EPISODES,
        progress=False,
        **options,
    )
    sums = np.rint(EVALUATION_EPISODES * result.evaluation_returns)
    return result.evaluation_steps.astype(np.int32), sums.astype(np.uint16)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few seeds and short runs, to see that it works")
    parser.add_argument("--out", type=Path, default=FILE)
    arguments = parser.parse_args()
    less = {"num_steps": 3_000, "num_seeds": 4, "evaluate_every": None} if arguments.quick else {}
    data = {}
    for number, (name, agent_and_params, options) in enumerate(runs()):
        start = time.perf_counter()
        steps, sums = record(number, *agent_and_params, **options | less)
        data |= {name: sums, f"{name}_steps": steps}
        np.savez_compressed(arguments.out, **data)
        mean = sums[:, -1].mean() / EVALUATION_EPISODES
        print(f"{name}: {mean:.0f} in the end, on average; {time.perf_counter() - start:.0f} s", flush=True)
    print(f"{arguments.out}: {arguments.out.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
