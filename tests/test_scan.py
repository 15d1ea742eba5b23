"""The reader of learners' code: ways around the tests are pointed at, answers are not, right or wrong."""

import time

import pytest
from test_answers import ANSWERS, read_answers

from autograder.scan import suspicions

SUSPECT = {
    "frames": "import sys\nwant = sys._getframe(1).f_locals",
    "stack": "import inspect\ndef f(): return inspect.stack()[1]",
    "traceback": "try: 1/0\nexcept Exception as e: x = e.__traceback__.tb_frame",
    "objects": "import gc\n[o for o in gc.get_objects()]",
    "patch checks": "checks.equal = lambda *a, **k: None",
    "patch numpy": "np.allclose = lambda *a, **k: True",
    "setattr": "setattr(checks, 'eq' + 'ual', print)",
    "vars": "vars(checks)['equal'] = print",
    "module dict": "checks.__dict__.update(equal=print)",
    "private": "checks._show_values = True",
    "modules": "import sys\nsys.modules['rl_helpers.checks'] = None",
    "mock": "from unittest import mock",
    "mock.patch": "from unittest.mock import patch",
    "always equal": "class Lie:\n    def __eq__(self, other): return True",
    "array": "class Lie:\n    def __array__(self): return 1",
    "exec": "exec('x = 1')",
    "hidden import": "__import__('sys')",
    "builtins": "import builtins\nbuiltins.AssertionError = Exception",
    "transformer": "get_ipython().ast_transformers.append(1)",
    "custom exception": "ip = get_ipython()\nip.set_custom_exc((AssertionError,), print)",
    "event": "get_ipython().events.register('pre_run_cell', print)",
    "kernel": "get_ipython().kernel.session.send",
    "magic in between": "%matplotlib inline\nsys._getframe()",
    "globals": "globals()['_test'] = 1",
    "no timer": "import signal\nsignal.setitimer(signal.ITIMER_PROF, 0)",
    "subclasses": "object.__subclasses__()",
    "memory": "import ctypes",
    "proc": "open('/proc/self/environ')",
}
HONEST = """
import numpy as np, jax.numpy as jnp, jax, random, gc, inspect, sys, threading
from rl_helpers import checks
import rl_helpers.checks as checks
import jax.numpy as np
import math as checks
checks = ["set-up", "check"]
%matplotlib inline
!pip install optax
np.random.seed(0); plt.rcParams["figure.dpi"] = 100; jax.config.update("jax_enable_x64", False)
gc.collect(); print(sys.version, inspect.signature(print)); get_ipython().run_line_magic("time", "1")
random = np.random.default_rng(0)
class Buffer(collections.deque):
    def __init__(self, n):
        super().__init__(maxlen=n); self.__dict__["n"] = n; setattr(self, "k", 1)
    def __len__(self): return 3
    def __getitem__(self, i): return i
    def __getattr__(self, name): raise AttributeError(name)
@checks.exercise("mine")
def _check(): checks.equal(1, 1, "one")
jax.jit(f).lower(1).compile(); jax.eval_shape(f, 1); type(x).__name__; "x" in globals()
"""


@pytest.mark.parametrize("name", SUSPECT)
def test_ways_around_the_tests_are_pointed_at(name):
    (found, *_) = suspicions([("cell", SUSPECT[name])])
    assert found.startswith("cell, line ")


def test_ordinary_code_is_not():
    assert suspicions([("cell", HONEST), ("broken", "def f(:"), ("deep", "(" * 5000)]) == []


def test_of_all_named_answers_only_the_one_that_cheats_is_suspected():
    answers = {path: read_answers(path) for path in ANSWERS.glob("*/*.py")}
    assert sum(map(len, answers.values())) > 500
    found = suspicions((f"{path.stem}: {a.title}", a.source) for path in answers for a in answers[path])
    assert [line.split(",")[0] for line in found] == ["answer_deterministic: equal to everything"]


@pytest.mark.parametrize("piece", ["\n", " ", "x = 1\n", "%time x\n", "a, ", "? ", "x?\n", "(", "-", "a."])
def test_reading_is_linear_in_the_size(piece):
    begin = time.monotonic()
    suspicions([("cell", piece * (190_000 // len(piece)))])
    assert time.monotonic() - begin < 10
