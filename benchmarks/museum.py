"""Records the exhibits of notebook 11: `python benchmarks/museum.py` trains them on CartPole and on the probes, and
writes `rl_helpers/data/museum.npz`, which `rl_helpers.museum.records` reads.
"""

import argparse
import time
from pathlib import Path

import jax
import numpy as np

from rl_helpers.museum import tour

FILE = Path(__file__).resolve().parents[1] / "rl_helpers" / "data" / "museum.npz"
PLANS = {
    "DQN": tour.Plan(24, num_looks=10, episodes=16, num_envs=8, num_steps=40, learner_steps=50),
    "PPO": tour.Plan(10, num_looks=10, episodes=16, num_envs=8, num_steps=128),
}


def readings(checkup: tour.Checkup) -> dict[str, float]:
    """The diagnostics of notebook 11, in plain NumPy."""
    value, target, rollout = checkup.value, checkup.target, checkup.rollout
    d = checkup.log_prob - checkup.old_log_prob
    norm = lambda tree: np.sqrt(sum(np.sum(np.square(x)) for x in jax.tree.leaves(tree)))
    change = lambda a, b: norm(jax.tree.map(np.subtract, b, a)) / norm(a)
    same = lambda a, b: (a == b).all(axis=-1)
    over = rollout.terminated | rollout.truncated
    moved = {f"upd. {name}": change(checkup.before[name], checkup.after[name]) for name in checkup.before}
    return {
        "expl. var.": 1 - np.var(target - value) / np.var(target),
        "KL": np.mean(np.expm1(d) - d),
        "dead": np.mean((checkup.activations == 0).all(axis=0)),
        **moved,
        "broken": np.sum(~same(rollout.next_obs[:-1], rollout.obs[1:]) & ~over[:-1]),
        "frozen": np.sum(same(rollout.obs, rollout.next_obs)),
    }


def record(kind: str, plan: tour.Plan, num_seeds: int) -> dict[str, np.ndarray]:
    """What the file keeps of one kind of agent."""
    names, bugs = tour.switches(kind)
    looks = tour.on_cartpole(jax.random.split(jax.random.key(11), num_seeds), bugs, kind, plan)
    looks = jax.tree.map(np.asarray, looks)
    pick = lambda tree, *index: jax.tree.map(lambda x: x[index], tree)
    last = [readings(tour.check_up(pick(looks, i, 0, -1), pick(bugs, i), kind)) for i in range(len(names))]
    if kind == "DQN":  # which has no policy of its own
        last = [{name: value for name, value in row.items() if name != "KL"} for row in last]
    learnt = tour.on_probes(jax.random.key(0), kind)
    pad = lambda values: np.resize(values.T, (2, len(values))).T
    return {
        "names": np.array(names),
        "steps": plan.num_updates * plan.num_envs * plan.num_steps * np.arange(1, plan.num_looks + 1),
        "returns": looks.episode_return.astype(np.float32),
        "learnt": np.array([[pad(values) for values in by.values()] for by in learnt.values()], np.float32),
        "reading_names": np.array(list(last[0])),
        "readings": np.array([list(row.values()) for row in last], np.float32),
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
        recorded = record(kind, plan._replace(num_updates=1) if arguments.quick else plan, arguments.seeds)
        data |= {f"{kind}_{name}": value for name, value in recorded.items()}
        for name, returns, row in zip(recorded["names"], recorded["returns"], recorded["readings"], strict=True):
            print(f"{kind} {name:22s}", *(f"{x:4.0f}" for x in returns[:, -1]), "|", *(f"{x:.3g}" for x in row))
        print(f"{kind}: {time.perf_counter() - start:.0f} s", flush=True)
    np.savez_compressed(arguments.out, **data)
    print(f"{arguments.out}: {arguments.out.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
