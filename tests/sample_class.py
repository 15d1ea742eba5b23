"""The sample class: what a dozen learners handed in, made from the real notebooks, and what each of them deserves.

`python tests/sample_class.py` writes it to tests/data/sample_class; a test fails when that is out of date.
"""

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from filling import cells_by_id, code_cell, fill, solutions

from autograder.build import build_course
from autograder.course import Course, load_course

FOLDER = Path(__file__).parent / "data" / "sample_class"
FIRST, SECOND = "01_agents_and_environments", "02_random_policy_search"

TIES = """def deterministic_policy(obs):
    return 1 if np.dot([1, -2, 2, -1], obs) >= 0 else 0
"""
NO_GAMMA = """def discounted_return(rewards, gamma):
    return sum(rewards)
"""
RAISES = """def discounted_return(rewards, gamma):
    total = 0
    for t, reward in enumerate(rewards):
        total += gamma**t * rewards[t + 1]
    return total
"""
SYNTAX_ERROR = """def run_episode(env, policy, seed=None):
    obs, info = env.reset(seed=seed
    return 0.0
"""
ENDLESS = """def deterministic_policy(obs):
    while True:
        pass
"""
PYTHON_IF = """def select_action(key, params, actor_state, obs, evaluation=False):
    if jnp.dot(params, obs) > 0:
        return 1, actor_state
    return 0, actor_state
"""
OLD_WEIGHTS = """def sample_weights(key, old_weights):
    return old_weights + jax.random.uniform(key, old_weights.shape, old_weights.dtype, -2.0, 2.0)
"""
CHATTY = """import warnings

def discounted_return(rewards, gamma):
    warnings.warn("I am sure about this")
    print("rewards:", list(rewards))
    return sum(gamma**t * r for t, r in enumerate(rewards))
"""


@dataclass(frozen=True)
class Learner:
    """One file somebody handed in.

    Attributes:
      path: where it lies in the class's folder.
      notebook: which notebook it is; empty for none of the course.
      answers: how answers differ from the instructor's, by exercise; None for an untouched notebook.
      edit: what else happened to the notebook; returns the file's bytes.
      status: what results.json must say.
      lost: points lost, by exercise: "check", "test" or "all".
      notes: words that must occur in the notes or, for what is not graded, in the message.
    """

    path: str
    notebook: str
    answers: dict[str, str] | None = field(default_factory=dict)
    edit: Callable[[dict], bytes] = lambda notebook: json.dumps(notebook, indent=1).encode()
    status: str = "graded"
    lost: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def deserves(self, course: Course) -> dict[str, float]:
        """Points by exercise, of a graded notebook."""
        exercises = course.assignments[self.notebook].exercises
        lost = dict.fromkeys((e.name for e in exercises), "all") if "" in self.lost else self.lost
        return {e.name: 0 if lost.get(e.name) == "all" else e.max_score for e in exercises}


def _edited(change: Callable[[dict], None]) -> Callable[[dict], bytes]:
    def edit(notebook: dict) -> bytes:
        change(notebook)
        return json.dumps(notebook, indent=1).encode()

    return edit


def _colab(notebook: dict):
    for number, cell in enumerate(notebook["cells"]):
        del cell["id"]
        cell["metadata"]["id"] = f"{number:012x}"
    badge = {"cell_type": "markdown", "metadata": {"id": "view-in-github", "colab_type": "text"}, "source": ["<a/>"]}
    notebook["cells"].insert(0, badge)
    notebook["nbformat_minor"] = 0
    notebook["metadata"] |= {"colab": {"provenance": []}, "widgets": {"application/vnd.jupyter.widget-state+json": {}}}


def _duplicate(notebook: dict):
    answered = cells_by_id(notebook)["discounted_return"]
    stub = json.loads(json.dumps(answered)) | {"source": 'def discounted_return(rewards, gamma):\n    """Again."""\n'}
    notebook["cells"].insert(notebook["cells"].index(answered), stub)


def _delete_tests(notebook: dict):
    gone = {"check_deterministic_policy", "test_deterministic_policy"}
    notebook["cells"] = [c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") not in gone]


def _quit_kernel(notebook: dict):
    notebook["cells"].insert(8, code_cell("# trying things out\nimport os\nos._exit(0)"))


def _own_test(notebook: dict):
    """Makes the visible check print what it likes, and gives it more points."""
    cell = cells_by_id(notebook)["check_discounted_return"]
    cell["source"] = "print('all good')"
    cell["metadata"]["nbgrader"]["points"] = 50


LEARNERS = (
    Learner(f"ada/{FIRST}.ipynb", FIRST),
    Learner(f"ada/{SECOND}.ipynb", SECOND),
    Learner(
        f"ben/{FIRST}.ipynb",
        FIRST,
        {"deterministic_policy": TIES, "discounted_return": NO_GAMMA, "answer_stochastic": 'answer_stochastic = "A"'},
        lost={"deterministic_policy": "all", "discounted_return": "all", "answer_stochastic": "all"},
    ),
    Learner(f"chloe/{FIRST}.ipynb", FIRST, None, lost={"": "all"}),
    Learner(
        f"dmitri/{FIRST}.ipynb",
        FIRST,
        {"discounted_return": RAISES, "run_episode": SYNTAX_ERROR, "select_action": PYTHON_IF},
        lost={"discounted_return": "all", "run_episode": "all", "select_action": "all"},
    ),
    Learner(f"eve/{FIRST}.ipynb", FIRST, {"deterministic_policy": ENDLESS}, lost={"deterministic_policy": "all"}),
    Learner(f"farah/{FIRST}.ipynb", FIRST, edit=_edited(_colab)),
    Learner(f"goran/{FIRST}.ipynb", FIRST, edit=_edited(_duplicate), notes=("2 copies of the answer cell",)),
    Learner(
        f"hana/{FIRST}.ipynb",
        FIRST,
        {"deterministic_policy": TIES},
        _edited(_delete_tests),
        lost={"deterministic_policy": "all"},
        notes=("test_deterministic_policy: the cell is missing",),
    ),
    Learner("ivan_my homework (final).ipynb", FIRST),
    Learner(
        f"jun/{FIRST}.ipynb",
        FIRST,
        edit=lambda notebook: json.dumps(notebook, indent=1).encode()[:40_000],
        status="failed",
        notes=("damaged notebook",),
    ),
    Learner("kofi/answers.docx", "", edit=lambda notebook: b"PK\x03\x04", status="rejected", notes=("not a notebook",)),
    Learner(
        "lena/holiday.ipynb",
        "",
        edit=lambda notebook: json.dumps({"cells": [code_cell("print('beach')")], "nbformat": 4}).encode(),
        status="rejected",
        notes=("no notebook of this course",),
    ),
    Learner(f"mika/{SECOND}.ipynb", SECOND, edit=_edited(_quit_kernel), notes=("It ended the Python process",)),
    Learner(f"nora/{SECOND}/{SECOND}.ipynb", SECOND, {"sample_weights": OLD_WEIGHTS}, lost={"sample_weights": "all"}),
    Learner(
        f"omar/{FIRST}.ipynb",
        FIRST,
        {"discounted_return": CHATTY, "deterministic_policy": TIES},
        _edited(_own_test),
        lost={"deterministic_policy": "all"},
        notes=("check_discounted_return: the cell was edited",),
    ),
)


def make(course: Course, released: Mapping[str, bytes | str]) -> dict[str, bytes]:
    """The class's files, by path; `released` are the course's student notebooks."""
    files = {}
    for learner in LEARNERS:
        notebook = {}
        if learner.notebook:
            notebook = json.loads(released[learner.notebook])
            if learner.answers is not None:
                fill(notebook, solutions(course.assignments[learner.notebook]) | learner.answers)
        files[learner.path] = learner.edit(notebook)
    return files


def main():
    course = load_course()
    with tempfile.TemporaryDirectory() as folder:
        files = make(course, build_course(course, Path(folder)))
    shutil.rmtree(FOLDER, ignore_errors=True)
    for path, data in files.items():
        (FOLDER / path).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / path).write_bytes(data)


if __name__ == "__main__":
    main()
