"""Grading a class with stock nbgrader and with ours: `python benchmarks/grading.py` prints the tables of the README.

python benchmarks/grading.py --learners 6     # a smaller class: minutes instead of most of an hour
python benchmarks/grading.py --small 1000     # only the class of small submissions: memory of the grading process
"""

import argparse
import contextlib
import csv
import dataclasses
import json
import os
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from filling import fill, solutions  # noqa: E402
from small_course import RIGHT, hand_in, write  # noqa: E402
from test_answers import ANSWERS, read_answers  # noqa: E402

from autograder.build import build_course  # noqa: E402
from autograder.course import load_course  # noqa: E402
from autograder.execute import execute  # noqa: E402
from autograder.restore import restore  # noqa: E402
from autograder.sandbox import Compiled  # noqa: E402
from autograder.submitted import read_notebook  # noqa: E402

NOTEBOOKS = ("01_agents_and_environments", "02_random_policy_search", "03_policy_gradients")
BIN = Path(sys.executable).parent


@dataclasses.dataclass
class Usage:
    """What a command used: seconds of wall and processor time, and the largest memory in MB of its own process."""

    wall: float
    cpu: float
    memory: float


def measure(command: list, cwd: Path) -> Usage:
    """Runs `command` and watches it and everything it starts."""
    env = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    seen, peak, begin = {}, 0.0, time.perf_counter()
    with tempfile.TemporaryFile("w+") as log:
        process = psutil.Popen([str(word) for word in command], cwd=cwd, env=env, stdout=log, stderr=log)
        while process.poll() is None:
            with contextlib.suppress(psutil.Error):
                peak = max(peak, process.memory_info().rss)
                for child in (process, *process.children(recursive=True)):
                    times = child.cpu_times()
                    seen[child.pid, child.create_time()] = times.user + times.system
            time.sleep(0.2)
        wall = time.perf_counter() - begin
        if process.returncode:
            log.seek(0)
            raise SystemExit(f"{' '.join(map(str, command))} failed:\n{log.read()[-3000:]}")
    return Usage(wall, sum(seen.values()), peak / 1e6)


def make_class(folder: Path, released: dict[str, bytes], learners: int) -> int:
    """Writes `<learner>/<notebook>/<notebook>.ipynb`, one notebook for each learner in turn: all right, a wrong answer,
    several wrong ones, untouched, an extra cell that takes ten seconds. Returns how many there are."""
    course, rng = load_course(ROOT), random.Random(0)
    for number in range(learners):
        name = NOTEBOOKS[number % len(NOTEBOOKS)]
        right, notebook = solutions(course.assignments[name]), json.loads(released[name])
        wrong = {
            path.stem: [a for a in read_answers(path) if a.kind == "wrong"] for path in (ANSWERS / name).glob("*.py")
        }
        kind = ("right", "partial", "right", "wrong", "right", "untouched", "slow", "partial")[number // 3 % 8]
        for exercise in rng.sample(sorted(right), {"partial": 1, "wrong": len(right) // 2}.get(kind, 0)):
            # Answers that never end are stopped by our clock and by none of stock's that a class could wait for.
            ending = [a for a in wrong[exercise] if "while True" not in a.source]
            right[exercise] = rng.choice(ending).source
        if kind != "untouched":
            fill(notebook, right)
        if kind == "slow":
            cell = {"cell_type": "code", "execution_count": None, "id": "slow", "metadata": {}, "outputs": []}
            notebook["cells"].append(cell | {"source": "import time\ntime.sleep(10)"})
        path = folder / f"learner{number:02}" / name / f"{name}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(notebook))
    return learners


def stock(folder: Path, submissions: Path) -> tuple[Usage, dict]:
    """Stock `nbgrader autograde` on the class, notebook by notebook as an instructor runs it, and its scores."""
    build_course(load_course(ROOT), folder)
    shutil.copytree(submissions, folder / "submitted")
    (folder / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'rl-workshop'\nc.Execute.timeout = 600\n"
    )
    usages = [
        measure([BIN / "nbgrader", "autograde", f"--assignment={name}", "--create", "--log-level=ERROR"], folder)
        for name in NOTEBOOKS
        if any(submissions.glob(f"*/{name}"))
    ]
    total = Usage(sum(u.wall for u in usages), sum(u.cpu for u in usages), max(u.memory for u in usages))
    measure([BIN / "nbgrader", "export", "--log-level=ERROR"], folder)
    with (folder / "grades.csv").open(newline="") as file:
        return total, {(r["student_id"], r["assignment"]): float(r["score"]) for r in csv.DictReader(file)}


def ours(out: Path, submissions: Path, workers: int, root: Path = ROOT) -> tuple[Usage, dict]:
    """`autograder grade` on the class, nothing kept from earlier runs, and its scores."""
    command = [sys.executable, "-m", "autograder", "grade", submissions, "--out", out, "--workers", workers]
    usage = measure(command, root)
    entries = json.loads((out / "results.json").read_text())["submissions"]
    return usage, {(e["student"], e["notebook"]): e["score"] for e in entries}


def row(name: str, usage: Usage, count: int, reference: float) -> str:
    each, cpu = usage.wall / count, usage.cpu / count
    return f"| {name} | {each:.1f} | {cpu:.1f} | {usage.memory:.0f} | {reference / usage.wall:.1f}× |"


def compare(learners: int):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        released = build_course(load_course(ROOT), folder / "release")
        count = make_class(folder / "class", released, learners)
        print(f"\n**Grading {count} submissions of {', '.join(NOTEBOOKS)}**\n", flush=True)
        print(
            "| | seconds per submission | processor seconds | grading process, MB | throughput |\n|---|---|---|---|---|"
        )
        theirs, their_scores = stock(folder / "stock", folder / "class")
        print(row("stock `nbgrader autograde`", theirs, count, theirs.wall), flush=True)
        for workers in (1, 2):
            usage, scores = ours(folder / f"ours{workers}", folder / "class", workers)
            label = f"`autograder grade`, {workers} worker{'s' if workers > 1 else ''}"
            print(row(label, usage, count, theirs.wall), flush=True)
            if workers == 1:
                alone = usage.wall
        print(f"\nFrom 1 to 2 workers: {alone / usage.wall:.2f}×.")
        different = {
            key: (score, their_scores.get(key)) for key, score in scores.items() if their_scores.get(key) != score
        }
        print(f"Scores: {len(scores) - len(different)} of {len(scores)} the same.")
        for (student, notebook), (mine, their) in different.items():
            print(f"- {student}, {notebook}: ours {mine:g}, stock {their}")


def parts():
    """Where the seconds of one right submission go, measured by leaving parts out; the machine does nothing else."""

    def seconds(cells, compiled=None):
        begin = time.perf_counter()
        outcomes = execute(cells, compiled=compiled).outcomes
        assert all(outcome.ran and not outcome.error for outcome in outcomes)
        return time.perf_counter() - begin

    print("\n**One right submission, in seconds**\n")
    print("| | kernel | imports | compiling, saved | the rest |\n|---|---|---|---|---|", flush=True)
    for name in NOTEBOOKS:
        assignment = load_course(ROOT).assignments[name]
        cells = restore(read_notebook(nbformat.writes(assignment.source).encode()), assignment).cells
        with tempfile.TemporaryDirectory() as folder:
            cold = seconds(cells, Compiled(Path(folder), collect=True))
            kernel, imports, warm = seconds([]), seconds(cells[:2]), seconds(cells, Compiled(Path(folder)))
        print(
            f"| {name} | {kernel:.1f} | {imports - kernel:.1f} | {cold - warm:.1f} | {warm - imports:.1f} |", flush=True
        )


def small(count: int):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, small=7)
        submissions = hand_in(folder, {(f"learner{n:04}", "small"): f"{RIGHT}  # {n}" for n in range(count)})
        usage, scores = ours(folder / "out", submissions, 0, folder)
        assert set(scores.values()) == {4.0} and len(scores) == count
        print(f"\n{count} small submissions: {usage.wall / count:.2f} s each, {usage.memory:.0f} MB at most.")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--learners", type=int, default=40, help="size of the class that is compared; 0 for none")
    parser.add_argument("--small", type=int, default=0, help="size of a class of small submissions")
    arguments = parser.parse_args()
    print(f"{os.cpu_count()} cores")
    if arguments.learners and not (arguments.small and arguments.learners == 40):
        compare(arguments.learners)
        parts()
    if arguments.small:
        small(arguments.small)
