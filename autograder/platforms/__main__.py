"""What runs on the platform: `python -m autograder.platforms gradescope MATERIAL [ROOT]` grades one hand-in and writes
the results where the platform looks for them. What it prints only the instructor sees.

MATERIAL is the folder that `packing` describes; ROOT is /autograder, /grade or, in a workflow, what was checked out.
"""

import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.course import Course, load_course
from autograder.platforms import formats
from autograder.platforms.answering import Answer, answer, limits_here
from autograder.sandbox import SandboxUnavailable, best_isolation


@dataclass(frozen=True)
class Platform:
    """Where a platform has its things, below its root, and how it wants to be told.

    Attributes:
      root: where that is, unless an argument says otherwise.
      hand_in: the folder of what the person handed in.
      results: the file that it reads.
      private: what nobody else may read while a submission runs; some of it may be absent.
      seconds: for the notebook; the platform itself gives up a little later.
      write: makes the file's text.
    """

    root: Path
    hand_in: str
    results: str
    private: tuple[str, ...]
    seconds: float
    write: Callable[[Answer], str]


PLATFORMS: Mapping[str, Platform] = {
    "gradescope": Platform(
        Path("/autograder"),
        "submission",
        "results/results.json",
        ("source", "submission", "results", "submission_metadata.json"),
        500,
        formats.gradescope,
    ),
    "prairielearn": Platform(
        Path("/grade"), "student", "results/results.json", ("tests", "student", "data", "results"), 500,
        formats.prairielearn,
    ),
    "actions": Platform(Path(), "submission", "results.json", (), 900, formats.actions),
}  # fmt: skip


def main(name: str, material: Path, root: Path | None = None):
    """Grades what lies there and writes the results; ends the process with a message where nothing can be graded."""
    platform = PLATFORMS[name]
    root = root or platform.root
    private = [path for path in (material, *(root / each for each in platform.private)) if path.exists()]
    if os.getuid() == 0:
        for path in private:
            path.chmod(0o700 if path.is_dir() else 0o600)
    try:
        limits = limits_here(platform.seconds)
        given = answer(_course(material), root / platform.hand_in, limits, best_isolation(private))
    except (SandboxUnavailable, RuntimeError) as error:
        raise SystemExit(f"Nothing was graded, through no fault of the learner's: {error}") from None
    results = root / platform.results
    results.parent.mkdir(parents=True, exist_ok=True)
    results.write_text(platform.write(given), encoding="utf-8")
    if name == "actions" and (summary := os.environ.get("GITHUB_STEP_SUMMARY")):
        with open(summary, "a", encoding="utf-8") as file:
            file.write(formats.markdown(given))
        return
    for line in (*(f"Look at this: {flag}" for flag in given.flags), *(f"Note: {note}" for note in given.notes)):
        print(line)
    print(json.dumps({"score": given.score, "max_score": given.max_score, "seconds": given.seconds}))


def _course(material: Path) -> Course:
    overlay = material / "overlay"
    if not overlay.is_dir():
        return load_course(material / "course")
    from autograder.overlay import load_overlaid_course

    return load_overlaid_course(overlay, material / "course")


if __name__ == "__main__":
    main(sys.argv[1], *map(Path, sys.argv[2:]))
