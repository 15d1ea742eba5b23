"""Tests run in a namespace of their own: what a learner names, sets and breaks costs no right answer, and helps no
wrong one."""

import json
import time

import nbformat
import pytest

from autograder.execute import Cell, Limits, execute
from autograder.grading import grade_notebook
from autograder.submitted import read_notebook

SETUP = """import warnings
import numpy as np
from rl_helpers import checks

LIMIT = 10
np.set_printoptions(precision=3)
"""
TEST = """@checks.hidden("double")
def _test():
    values = [double(x) for x in range(LIMIT)]
    checks.equal(np.array(values), 2 * np.arange(len(values)), "double")
    np.log(np.zeros(1))
    warnings.warn("a test may warn")
    checks.that(sum(values) == 90 and str(np.float64(2) / 3)[:4] == "0.66", "double(x) summed up")
"""
RIGHT = "def double(x):\n    return x + x"
WRONG = "def double(x):\n    return 3 * x"
HABITS = {  # one after the other: the mild ones first
    "installs": "%pip install jax\n%conda install numpy\n!apt-get install -y ffmpeg\n!pip install gym && git clone x",
    "installs by a shell": "%%bash\nset -e\npip install gym\nsudo apt install xvfb\nwget -q https://example.org/x",
    "installs by Python": "import sys, subprocess as s; s.check_call([sys.executable, '-m', 'pip', 'install', 'x'])",
    "magics of other places": "%tensorflow_version 2.x\n%load_ext nobody_wrote_this\n%tensorboard --logdir x",
    "every line shown": "%config InteractiveShell.ast_node_interactivity = 'all'",
    "a transformer without tests": (
        "import ast\nclass Gone(ast.NodeTransformer):\n"
        "    def visit_FunctionDef(self, node): return node if node.name == 'double' else ast.Pass()\n"
        "get_ipython().ast_transformers.append(Gone())\n"
        "get_ipython().input_transformers_post.append(lambda lines: [] if 'hidden' in ''.join(lines) else lines)"
    ),
    "errors kept from sight": "get_ipython().set_custom_exc((Exception,), lambda *a, **k: None)",
    "checks": "checks = []; checks.append('set-up works')",
    "np": "import math as np",
    "builtins": "def len(x): return 3\nsum = abs = range = str = None",
    "builtins for everybody": "import builtins; builtins.sum = lambda values: 90",
    "builtins taken away": "import builtins; del builtins.sum",
    "the test's names": "values = _test = hidden = 3",
    "a constant": "LIMIT = 1000",
    "errors of NumPy": "np.seterr(all='raise')",
    "printing of NumPy": "np.set_printoptions(precision=1, formatter={'float': lambda x: 'x'})",
    "warnings as errors": "warnings.simplefilter('error')",
    "prints to nowhere": "import sys; sys.stdout = sys.stderr = None",
    "recursion": "import sys; sys.setrecursionlimit(60)",
    "another folder": "import os; os.makedirs('/tmp/elsewhere', exist_ok=True); os.chdir('/tmp/elsewhere')",
    "no environment": "import os; os.environ.clear()",
    "a window": "import matplotlib; matplotlib.use('TkAgg')",
    "a window by magic": "%matplotlib qt",
    "styles": "import matplotlib.pyplot as plt; plt.rcParams['figure.figsize'] = (99, 99)",
    "a surrogate": "print('\\ud800'); half = '\\udfff'",
    "nothing": "",
    "nothing left": "np = checks = warnings = None",
}


def run(*cells, **options):
    names = ["setup", "habit", "answer", "test"]
    kinds = ["given", "extra", "answer", "graded"]
    program = [Cell(name, cell, kind) for name, cell, kind in zip(names, cells, kinds, strict=True)]
    return execute(program, Limits(cell_seconds=30), exercises=["double"], **options)


@pytest.mark.slow
def test_habits_cost_nothing_and_help_nobody():
    """All habits in one kernel, one after the other and each undone by nobody."""
    program = [Cell("setup", SETUP, "given")]
    for name, habit in HABITS.items():
        program += [Cell(f"habit {name}", habit, "extra")]
        for kind, answer in (("right", RIGHT), ("wrong", WRONG)):
            program += [Cell(f"{kind} {name}", answer, "answer"), Cell(f"test {kind} {name}", TEST, "graded")]
    execution = execute(program, Limits(cell_seconds=60), exercises=["double"])
    outcomes = {outcome.name: outcome for outcome in execution.outcomes}
    lost = {n: outcomes[f"test right {n}"].error or outcomes[f"test right {n}"].problem for n in HABITS}
    assert not {name: error for name, error in lost.items() if error}
    assert all(outcomes[f"test wrong {name}"].error for name in HABITS)
    # A window, an install, a magic of Colab's are no errors, so that the rest of their cell runs.
    for name in HABITS:
        if name.startswith(("a window", "installs", "magics")):
            assert not outcomes[f"habit {name}"].error, (name, outcomes[f"habit {name}"].error)


@pytest.mark.slow
def test_each_habit_alone_in_a_fresh_kernel_before_and_after_the_set_up():
    for name in ("builtins for everybody", "warnings as errors", "no environment", "nothing left"):
        for first in (True, False):
            cells = [Cell("setup", SETUP, "given"), Cell("habit", HABITS[name], "extra")]
            cells = (cells[::-1] if first else cells) + [Cell("double", RIGHT, "answer"), Cell("test", TEST, "graded")]
            if first and name in ("warnings as errors", "nothing left"):
                continue  # there is nothing of that name yet
            outcome = execute(cells, Limits(cell_seconds=30), exercises=["double"]).outcomes[-1]
            assert outcome.ran and not outcome.error, (name, first, outcome.error)


@pytest.mark.slow
@pytest.mark.parametrize(
    "ask",
    [
        "import os; os.environ['JAX_PLATFORMS'] = 'cuda'",
        "%env JAX_PLATFORMS=cuda",
        "import jax; jax.config.update('jax_platforms', 'cuda')",
        "import os; os.environ['JAX_PLATFORMS'] = 'cuda'\nimport jax",
        "import jax; jax.config.update('jax_platforms', 'cuda'); jax.device_put(1.0, jax.devices('gpu')[0]) + 1",
        "import jax; jax.config.update('jax_enable_x64', True); jax.config.update('jax_debug_nans', True)",
    ],
    ids=["environ", "env", "config", "environ and import", "and goes on", "x64 and nans"],
)
def test_the_device_is_the_graders(ask):
    setup = "import jax\nimport jax.numpy as jnp\nfrom rl_helpers import checks"
    test = (
        "@checks.hidden('double')\ndef _test():\n"
        "    checks.equal(jax.jit(double)(jnp.arange(3.0)), [0.0, 2.0, 4.0], 'double')\n"
        "    jnp.log(jnp.array(-1.0)).block_until_ready()\n"
        "    checks.that(jnp.arange(3.0).dtype == jnp.float32, 'float32')\n"
        "    checks.that(jax.config.jax_platforms == 'cpu', 'the platform')\n"
        "    jax.clear_caches()\n    checks.equal(double(jnp.ones(2)), [2.0, 2.0], 'double once more')\n"
    )
    cells = [Cell("ask", ask, "extra"), Cell("setup", setup, "given"), Cell("again", ask, "extra")]
    cells += [Cell("double", "TWO = jnp.array(2.0)\ndef double(x): return TWO * x", "answer")]
    outcomes = execute([*cells, Cell("test", test, "graded")], exercises=["double"]).outcomes
    assert not any(outcome.error for outcome in outcomes if outcome.name in ("ask", "again")), outcomes
    assert not outcomes[-1].error, outcomes[-1].error


def test_helpers_and_stand_ins_reach_the_learners_own_names():
    cells = [
        Cell("setup", "from rl_helpers import checks", "given"),
        Cell("helper", "def twice(x): return 2 * x\nclass checks: pass", "extra"),
        Cell("first", "def first(x): return 0", "answer"),
        Cell("second", "def second(x): return first(x) + twice(x)", "answer"),
        Cell(
            "test_second",
            "@checks.hidden('second', given={'first': lambda x: 100})\n"
            "def _test():\n    checks.equal(second(1), 102, 'second')",
            "graded",
        ),
        Cell("after", "print(first(1))", "extra"),
    ]
    outcomes = execute(cells, exercises=["first", "second"]).outcomes
    assert not outcomes[4].error, outcomes[4].error
    assert outcomes[5].outputs[0]["text"] == "0\n"


@pytest.mark.slow
def test_what_the_set_up_defines_keeps_its_own_names():
    setup = "import numpy as np\nfrom rl_helpers import checks\n\ndef total(values):\n    return float(np.sum(values))"
    test = "@checks.hidden('double')\ndef _test():\n    checks.equal(total([double(2), 1]), 5.0, 'double')"
    cells = [Cell("first", "import numpy as np", "extra"), Cell("setup", setup, "given")]
    cells += [
        Cell("habit", "np = None\ntotal = 3", "extra"),
        Cell("double", RIGHT, "answer"),
        Cell("t", test, "graded"),
    ]
    outcomes = execute(cells, exercises=["double"]).outcomes
    assert not outcomes[-1].error, outcomes[-1].error


@pytest.mark.slow
def test_an_endless_answer_that_a_given_cell_calls_is_the_learners():
    cells = [Cell("setup", "x = 1", "given"), Cell("double", "def double(x):\n    while True: pass", "answer")]
    execution = execute([*cells, Cell("use", "double(1)", "given")], Limits(cell_seconds=2))
    assert execution.outcomes[-1].problem and not execution.problem


def test_an_empty_cell_after_a_failed_one_is_no_failure():
    outcomes = execute([Cell("fails", "1 / 0", "extra"), Cell("empty", "", "answer")]).outcomes
    assert outcomes[0].error and not outcomes[1].error


@pytest.mark.slow
def test_a_test_leaves_nothing_of_itself_behind():
    look = (
        "import gc, linecache, sys, types\n"
        "places = [str(In), str(_ih), str(get_ipython().history_manager.input_hist_raw), str(linecache.cache)]\n"
        "places += [str([repr(v) for v in vars(get_ipython()).values()]), str(sorted(globals()))]\n"
        "places += [str([repr(v) for v in vars(sys).values()])]\n"
        "gc.collect(); functions = [f for f in gc.get_objects() if isinstance(f, types.FunctionType)]\n"
        "places += [str([(f.__code__.co_names, f.__code__.co_varnames) for f in functions])]\n"
        "print(any('SEC' + 'RET' in place for place in places))"
    )
    test = "@checks.hidden('double')\ndef _test():\n    SECRET = 14\n    checks.equal(double(7), SECRET, 'double')"
    outcome = run("from rl_helpers import checks", "", "def double(x): return 0", test)
    assert outcome.outcomes[-1].error["ename"] == "CheckFailed"
    cells = [
        Cell("setup", "from rl_helpers import checks", "given"),
        Cell("double", "def double(x): return 0", "answer"),
    ]
    outcomes = execute([*cells, Cell("test_double", test, "graded"), Cell("look", look, "extra")]).outcomes
    assert outcomes[-1].outputs[0]["text"] == "False\n"


def test_showing_every_line_changes_no_partial_credit():
    setting = '%config InteractiveShell.ast_node_interactivity = "all"'
    outcomes = execute([Cell("setting", setting, "extra"), Cell("test_f", "0.25\n0.5", "graded")]).outcomes
    assert [output["data"]["text/plain"] for output in outcomes[-1].outputs] == ["0.5"]


def test_what_a_graded_cell_shows_and_raises_comes_out_as_before():
    cells = [Cell("double", "def double(x): return 2 * x", "answer")]
    tests = [
        "double(2) / 8",
        "print('said'); double(1)",
        "",
        "raise ValueError('\\ud800 half')",
        "assert double(1) == 3, 'no'",
    ]
    cells += [Cell(f"test_double#{n}", source, "graded") for n, source in enumerate(tests)]
    half, said, empty, surrogate, wrong = execute(cells, exercises=["double"]).outcomes[1:]
    assert half.outputs[0]["data"]["text/plain"] == "0.5"
    assert [o["output_type"] for o in said.outputs] == ["stream", "execute_result"]
    assert empty.ran and not empty.outputs
    assert surrogate.error["ename"] == "ValueError" and json.dumps(surrogate.error).encode("utf-8")
    assert (wrong.error["ename"], wrong.error["evalue"]) == ("AssertionError", "no")


@pytest.mark.slow
def test_a_given_cell_that_does_not_end_is_nobodys_fault(tmp_path):
    from small_course import write

    from autograder.course import load_course

    write(tmp_path, small=7)
    source = tmp_path / "solutions" / "small.py"
    source.write_text(source.read_text().replace("import math", "import time; time.sleep(60)"))
    assignment = load_course(tmp_path).assignments["small"]
    submitted = read_notebook(nbformat.writes(assignment.source).encode())
    begin = time.monotonic()
    grading = grade_notebook(assignment, submitted, Limits(cell_seconds=2, notebook_seconds=40), True)
    assert "the course's own cell" in grading.problem and time.monotonic() - begin < 30
