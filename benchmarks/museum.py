"""Records the exhibits of notebook 11 on CartPole: `python benchmarks/museum.py` trains them and writes
`rl_helpers/data/museum.npz`, which `rl_helpers.museum` reads.
"""

import argparse
import time
from pathlib import Path

import jax
import numpy as np

from rl_helpers.museum import tour

FILE = Path(__file__).resolve().parents[1] / "rl_helpers" / "data" / "museum.npz"
PLANS = {
    "DQN": tour.Plan(60, num_looks=10, episodes=16),
    "PPO": tour.Plan(8, num_looks=10, episodes=16, num_envs=8, num_steps=128),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="short runs, to see that it works")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--out", type=Path, default=FILE)
    arguments = parser.parse_args()
    data = {}
    for kind, plan in PLANS.items():
        start = time.perf_counter()
        plan = plan._replace(num_updates=2) if arguments.quick else plan
        names, bugs = tour.switches(kind)
        keys = jax.random.split(jax.random.key(11), arguments.seeds)
        looks = tour.on_cartpole(keys, bugs, kind, plan)
        returns = np.asarray(looks.episode_return)  # [exhibits, seeds, looks]
        data[f"{kind}_names"] = np.array(names)
        data[f"{kind}_returns"] = returns.astype(np.float32)
        steps = plan.num_updates * plan.num_envs * plan.num_steps
        data[f"{kind}_steps"] = steps * np.arange(1, plan.num_looks + 1)
        readings = [[[tour.readings(tour.check_up(jax.tree.map(lambda x: x[i, j, k], looks),
                                                  jax.tree.map(lambda x: x[i], bugs), kind))
                      for k in range(plan.num_looks)] for j in range(arguments.seeds)] for i in range(len(names))]  # fmt: skip
        for reading in readings[0][0][0]:
            data[f"{kind}_{reading}"] = np.array([[[k[reading] for k in j] for j in i] for i in readings], np.float32)
        data[f"{kind}_probes"] = np.array([list(learnt.values()) for learnt in probes(kind)], object)
        for name, by_seed in zip(names, returns, strict=True):
            print(f"{kind} {name:22s}", *(f"{x:4.0f}" for x in by_seed[:, -1]), flush=True)
        print(f"{kind}: {time.perf_counter() - start:.0f} s", flush=True)
    np.savez_compressed(arguments.out, **data)


if __name__ == "__main__":
    main()
