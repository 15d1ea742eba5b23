"""Lets stock nbgrader and formgrader work on the course that `autograder build` writes to build/course."""

from pathlib import Path

from autograder.nbgrader_bridge import nbgrader_config

c = get_config()  # noqa: F821 (traitlets puts it there)
c.merge(nbgrader_config(Path(__file__).resolve().parent / "build" / "course"))
