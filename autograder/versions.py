"""Which course and which grader made a result: it can be understood, and made again, years later."""

import hashlib
import json
import platform
import tomllib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from autograder.course import Course

DISTRIBUTION = "rl-workshop"
_DECIDING = ("jax", "numpy", "gymnasium", "ipykernel", "nbgrader")  # what runs the answers


def versions(course: Course) -> dict[str, dict[str, Any]]:
    """What results.json has as "course" and "grader". A notebook's digest changes with any of its cells, an overlay's
    with any of its sources."""
    project = tomllib.loads((course.root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    overlay = course.overlay
    digests = {
        name: hashlib.sha256(json.dumps(assignment.source, sort_keys=True).encode()).hexdigest()[:12]
        for name, assignment in course.assignments.items()
    }
    return {
        "course": {
            "name": project.get("name", course.root.name),
            "version": project.get("version", ""),
            "notebooks": digests,
            "overlay": overlay and {"name": overlay.folder.name, "digest": overlay.digest},
        },
        "grader": {
            "name": DISTRIBUTION,
            "version": _version(DISTRIBUTION),
            "python": platform.python_version(),
            "packages": {name: _version(name) for name in _DECIDING},
        },
    }


def grader() -> str:
    """Name and version, as "rl-workshop 0.1.0"."""
    return f"{DISTRIBUTION} {_version(DISTRIBUTION)}".strip()


@cache
def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:  # run from a folder that was never installed
        return ""
