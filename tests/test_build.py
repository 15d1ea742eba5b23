"""From sources to notebooks: the committed ones are those the sources give, and the build refuses broken sources."""

import json
import re

import nbformat
import pytest
from filling import cells_by_id

from autograder.build import build_course, stale
from autograder.course import CourseError, load_assignment, without_solution

REPOSITORY = "https://github.com/someone/a-fork"

SOURCE = '''# %% [markdown]
# # Title

# %% tags=["setup"]
import math

# %% exercise="double"
def double(x):
    """Doubles."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION


# %% check="double" points=1
assert double(1) == 2

# %% test="double" points=2
### BEGIN HIDDEN TESTS
assert double(3) == 6
### END HIDDEN TESTS

# %% tags=["demo"]
print(double(5))
'''


def assignment(tmp_path, source):
    path = tmp_path / "01_double.py"
    path.write_text(source)
    return load_assignment(path, REPOSITORY)


def test_committed_notebooks_are_up_to_date(course, released):
    assert stale(course, {name: text.encode() for name, text in released.items()}) == [], "run `make build`"


def test_a_second_build_gives_the_same_bytes(course, released, tmp_path):
    again = build_course(course, tmp_path)
    assert {name: data.decode() for name, data in again.items()} == released


def test_what_a_learner_gets(tmp_path):
    cells = cells_by_id(assignment(tmp_path, SOURCE).source)
    assert set(cells) == {"double", "check_double", "test_double"}
    assert without_solution(cells["double"]["source"]).splitlines() == [
        "def double(x):",
        '    """Doubles."""',
        '    raise NotImplementedError("Replace this line with your answer.")',
    ]


def test_badge_and_install_come_from_the_repository_address(tmp_path):
    first, _, setup = assignment(tmp_path, SOURCE).source.cells[:3]
    assert "colab.research.google.com/github/someone/a-fork/blob/main/notebooks/01_double.ipynb" in first.source
    assert f'%pip install --quiet "rl-helpers @ git+{REPOSITORY}"' in setup.source


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('test="double" points=2', 'test="dubble" points=2', "must be followed by check_double and then test_double"),
        ("### END SOLUTION", "", "needs matching"),
        ("### BEGIN HIDDEN TESTS", "x = 1", "must stand between"),
        ('check="double" points=1', 'check="double"', "needs points above 0"),
        ('tags=["demo"]', 'tags=["dmeo"]', "does not say one known thing"),
        ('tags=["demo"]', 'exercise="double"', "used twice"),
    ],
)
def test_broken_sources_are_refused_with_the_reason(tmp_path, old, new, words):
    assert old in SOURCE
    with pytest.raises(CourseError, match=re.escape(words)):
        assignment(tmp_path, SOURCE.replace(old, new))


def test_every_exercise_of_the_contract_is_there(course):
    """The names of course.md for the notebooks that exist."""
    contract = {
        "01_agents_and_environments": "answer_deterministic answer_stochastic deterministic_policy stochastic_policy "
        "discounted_return run_episode select_action",
        "02_random_policy_search": "AverageEpisodeReturnBuffer rps_select_action sample_weights rps_learn",
        "03_policy_gradients": "weighted_log_prob rewards_to_go EpisodeRewardsToGoBuffer sample_action greedy_action "
        "pg_loss standardize",
        "04_tabular_methods": "update_mean epsilon_greedy bellman_backup value_iteration q_learning_update "
        "sarsa_update",
        "05_q_learning": "select_greedy_action select_random_action get_epsilon select_epsilon_greedy_action "
        "TransitionMemory compute_bellman_target q_learning_loss update_target",
        "07_learning_from_samples": "sample_observations fit_linear_dynamics predict_next mountain_car_terminated "
        "model_step",
    }
    assert course.assignments.keys() <= contract.keys() and len(course.assignments) >= 2
    for name, assignment in course.assignments.items():
        assert [exercise.name for exercise in assignment.exercises] == contract[name].split()


def test_notebooks_are_valid_and_most_points_are_in_the_hidden_tests(course, released):
    for name, text in released.items():
        notebook = json.loads(text)
        nbformat.validate(notebook)
        assert "jupytext" not in notebook["metadata"] and "lines_to_next_cell" not in text
        for exercise in course.assignments[name].exercises:
            check, test = exercise.points.values()
            assert test >= check, exercise.name


def test_set_up_cells_import_what_learners_may_use(course):
    imports = (
        "import collections", "import random", "import numpy as np", "import jax", "import jax.numpy as jnp",
        "import haiku as hk", "import optax", "import gymnasium as gym", "Transition",
    )  # fmt: skip
    for name, assignment in course.assignments.items():
        setup = "\n".join(c.source for c in assignment.source.cells if "setup" in c.metadata.get("tags", []))
        assert [line for line in imports if line not in setup] == [], name
