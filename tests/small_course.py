"""A course of small notebooks that need no JAX, and classes that answer it: for what is about many submissions."""

import json

from filling import cells_by_id

from autograder.build import build_course
from autograder.course import load_course

SOURCE = '''# %% [markdown]
# # {title}

# %% tags=["setup"]
import math

# %% exercise="double"
def double(x):
    """Doubles."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION


# %% check="double" points=1
assert double(1) == 2, "double(1) should be 2"

# %% test="double" points=3
### BEGIN HIDDEN TESTS
assert double({number}) == 2 * {number}, "not doubled"
### END HIDDEN TESTS
'''
QUESTION = """
# %% [markdown] written="why_twice" points=4
# ### Question: why twice?
#
# In your own words.
#
# ### BEGIN SOLUTION
# Two shoes make a pair.
# ### END SOLUTION
# ### BEGIN MARK SCHEME
# - One point for the word *pair*.
# ### END MARK SCHEME

# %% [markdown]
# The end.
"""
PROJECT = """[project]
name = "small"
version = "1.2"
urls.Repository = "https://github.com/someone/a-fork"
"""
RIGHT, HALF, WRONG = "return 2 * x", "return 2 if x == 1 else 0", "return 1"


def write(root, question="", **numbers):
    """A course of small notebooks, each with the number its hidden test uses, and with `question` at its end."""
    sources = {name: SOURCE.format(title=name, number=number) + question for name, number in numbers.items()}
    write_sources(root, **sources)


def write_sources(root, **sources):
    """A course of these sources."""
    (root / "solutions").mkdir(parents=True, exist_ok=True)
    (root / "pyproject.toml").write_text(PROJECT)
    for name, source in sources.items():
        (root / "solutions" / f"{name}.py").write_text(source)


def hand_in(root, answers, folder="class", words=None):
    """Writes submissions: `{(student, notebook): body of double}`, and what somebody wrote, by student."""
    course = load_course(root)
    released = build_course(course, root / "build")
    for (student, name), body in answers.items():
        notebook = json.loads(released[name])
        cells_by_id(notebook)["double"]["source"] = f"# {student}'s\ndef double(x):\n    {body}\n"
        if student in (words or {}):
            cells_by_id(notebook)["why_twice"]["source"] = words[student]
        path = root / folder / student / name / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(notebook))
    return root / folder
