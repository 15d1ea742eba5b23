"""Records eight seeds of what notebook 12 trains once: `python benchmarks/rewards.py` writes
`rl_helpers/data/rewards.npz`, which `rl_helpers.recorded.rewards` reads. It takes about eight minutes on two cores.

The functions are those of the solved notebook, so nothing of it is written again here. Seed 0 is the notebook's own;
the others have networks, examples and prompts of their own from the start.
"""

import argparse
import ast
import time
from pathlib import Path

import jax
import numpy as np

from autograder.course import load_course
from rl_helpers import language_model

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "rl_helpers" / "data" / "rewards.npz"
NAME = "12_rewarding_a_language_model"


def solved_notebook() -> dict:
    """The names that the solved notebook defines: of demos only their functions, nothing of checks and tests."""
    names: dict = {}
    for cell in load_course(ROOT).assignments[NAME].source.cells:
        if cell.cell_type != "code" or cell.id == "install" or cell.id.startswith(("check_", "test_")):
            continue
        tree = ast.parse(cell.source)
        if "demo" in cell.metadata.get("tags", []):
            tree.body = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
        exec(compile(tree, cell.id, "exec"), names)
    return names


def keys(seed: int) -> list[jax.Array]:
    """Where a seed's network, its examples and its two trainings start; the notebook's keys for seed 0."""
    numbers = (0, 1, 10, 12) if seed == 0 else range(1_000 * seed, 1_000 * seed + 4)
    return [jax.random.key(number) for number in numbers]


def record(seed: int, quick: bool) -> dict[str, np.ndarray]:
    notebook = solved_notebook()
    train, settings, ascending_pairs = notebook["train"], notebook["Settings"](), notebook["ascending_pairs"]
    network_key, example_key, honest_key, proxy_key = keys(seed)
    params = language_model.init(network_key)
    few, more = (language_model.supervised(example_key, params, steps) for steps in (30, 50))
    small = settings._replace(num_prompts=16, learning_rate=1e-3)
    runs = {
        "50 steps": (honest_key, more, notebook["is_right"], settings),
        "30 steps": (honest_key, few, notebook["is_right"], small._replace(num_updates=60)),
        "proxy": (proxy_key, few, ascending_pairs, small._replace(num_updates=30)),
    }
    seen = {}
    for name, (key, model, reward, options) in runs.items():
        batch = train(key, model, reward, options._replace(num_updates=2) if quick else options)[1]
        seen |= {f"{name}/{field}": getattr(batch, field) for field in ("reward", "right", "silent")}
    return seen


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="two updates each, to see that it works")
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--out", type=Path, default=FILE)
    arguments = parser.parse_args()
    seeds = []
    for seed in range(arguments.seeds):
        start = time.perf_counter()
        seeds.append(record(seed, arguments.quick))
        ends = {name: f"{values[:5].mean():.2f} to {values[-5:].mean():.2f}" for name, values in seeds[-1].items()}
        print(f"seed {seed}, {time.perf_counter() - start:.0f} s: {ends}", flush=True)
    data = {name: np.stack([seen[name] for seen in seeds]).astype(np.float32) for name in seeds[0]}
    np.savez_compressed(arguments.out, **data)
    print(f"{arguments.out}: {arguments.out.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
