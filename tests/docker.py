"""What is made for Docker, where Docker runs: `python tests/docker.py` builds the images and grades in them.

The instructor's image grades the sample class. Gradescope's own base image is set up as Gradescope does it, and
PrairieLearn's image is run as PrairieLearn runs it; both forbid namespaces, and have to give Ben what he deserves.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import sample_class

from autograder.course import load_course
from autograder.platforms.packing import package

ROOT = Path(__file__).resolve().parents[1]
BASE = "gradescope/autograder-base:ubuntu-22.04"
GRADESCOPE = f"""
FROM {BASE}
COPY . /autograder/source
RUN cp /autograder/source/run_autograder /autograder/ && mkdir -p /autograder/results
RUN bash /autograder/source/setup.sh
"""


def docker(*words, **settings):
    print("docker", *words, flush=True)
    subprocess.run(["docker", *map(str, words)], check=True, **settings)


def instructors(folder: Path):
    """`grade` in the image of the Dockerfile, on the sample class."""
    docker("build", "--quiet", "--tag", "rl-workshop", ROOT)
    shutil.copytree(sample_class.FOLDER, folder / "downloads")
    docker("run", "--rm", "--privileged", "--volume", f"{folder}:/class", "rl-workshop", "grade", "downloads")
    entries = json.loads((folder / "grades" / "results.json").read_text())["submissions"]
    return {e["name"]: e["score"] for entry in entries if _is_bens(entry) for e in entry["exercises"]}


def gradescope(folder: Path):
    package(load_course(ROOT), sample_class.FIRST, "gradescope", folder / "package.zip")
    shutil.unpack_archive(folder / "package.zip", folder / "package")
    (folder / "Dockerfile").write_text(GRADESCOPE)
    docker("build", "--quiet", "--tag", "rl-gradescope", "--file", folder / "Dockerfile", folder / "package")
    results = _answered(folder, "/autograder", "submission", "rl-gradescope", "/autograder/run_autograder")
    return _by_exercise(results["tests"], "score")


def prairielearn(folder: Path):
    package(load_course(ROOT), sample_class.FIRST, "prairielearn", folder / "package.zip")
    shutil.unpack_archive(folder / "package.zip", folder / "package")
    docker("build", "--quiet", "--tag", "rl-prairielearn", folder / "package" / "image")
    shutil.copytree(folder / "package" / "questions" / sample_class.FIRST / "tests", folder / "root" / "tests")
    results = _answered(folder, "/grade", "student", "rl-prairielearn", "/opt/run.sh", "--network", "none")
    return _by_exercise(results["tests"], "points")


def _answered(folder: Path, root: str, hand_in: str, image: str, entrypoint: str, *options: str):
    """The results of Ben's notebook, in a container as the platform starts it."""
    places = {name: folder / "root" / name for name in (hand_in, "results", "tests")}
    for place in places.values():
        place.mkdir(parents=True, exist_ok=True)
    shutil.copy(sample_class.FOLDER / _BEN.path, places[hand_in])
    if root == "/autograder":
        del places["tests"]
    volumes = [word for name, place in places.items() for word in ("--volume", f"{place}:{root}/{name}")]
    docker("run", "--rm", *options, *volumes, "--entrypoint", entrypoint, image)
    return json.loads((places["results"] / "results.json").read_text())


def _by_exercise(tests: list[dict], points: str) -> dict[str, float]:
    scores: dict[str, float] = {}
    for test in tests:
        name = test["name"].split(":")[0]
        scores[name] = scores.get(name, 0) + test[points]
    return scores


_BEN = next(learner for learner in sample_class.LEARNERS if learner.path.startswith("ben/"))


def _is_bens(entry: dict) -> bool:
    return entry["student"] == "ben" and entry["notebook"] == sample_class.FIRST


if __name__ == "__main__":
    deserved = _BEN.deserves(load_course(ROOT))
    for grade in (instructors, gradescope, prairielearn):
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:  # root in there makes files of its own
            scores = grade(Path(name))
        if scores != deserved:
            sys.exit(f"{grade.__name__}: {scores} instead of {deserved}")
        print(f"{grade.__name__}: as deserved")
