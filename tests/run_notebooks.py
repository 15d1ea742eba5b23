"""Runs notebooks solved, from top to bottom and without a sandbox: `python tests/run_notebooks.py 00_play 01_…`.

For machines that have the learner's install and none of the instructor's tools but jupytext and nbclient.
"""

import sys
import time
from pathlib import Path

import nbclient

from autograder.course import load_course


def main(names: list[str]):
    assignments = load_course(Path(__file__).parents[1]).assignments
    for name in names or list(assignments):
        begin = time.perf_counter()
        nbclient.NotebookClient(assignments[name].source, timeout=600, kernel_name="python3").execute()
        print(f"{name}: {time.perf_counter() - begin:.0f} s", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
