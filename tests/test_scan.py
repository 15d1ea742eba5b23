"""The reader of learners' code: ways around the tests are pointed at, answers are not, right or wrong."""

import time

import pytest
from test_answers import ANSWERS, read_answers

from autograder.scan import suspicions

SUSPECT = {
    "frames": "import sys\nwant = sys._getframe(1).f_locals",
    "traceback": "try: 1/0\nexcept Exception as e: x = e.__traceback__.tb_frame",
    "globals": "f.__globals__['checks'] = 1",
    "closure": "wants = [cell.cell_contents for cell in f.__closure__]",
    "by name": "getattr(f, '__globals__')",
    "history": "tests = _ih[-1]",
    "history's manager": "get_ipython().history_manager.get_range()",
    "subclasses": "object.__subclasses__()",
    "subclasses by the way": "''.__class__.__base__.__subclasses__()",
    "always equal": "class Lie:\n    def __eq__(self, other): return True",
    "always an instance": "class Lie(type):\n    def __instancecheck__(cls, other): return True",
    "after a magic": "%matplotlib inline\nx.f_locals",
    "in a large cell": "data = '''\n" + "0123456789\n" * 30_000 + "'''\nx = y.f_locals\n",
    "deep in brackets": "x = " + "(" * 500 + "y.f_locals" + ")" * 500,
    "in no Python": "x.f_locals\nfor",
}
HONEST = """
import numpy as np, jax.numpy as jnp, jax, random, gc, inspect, sys, threading, ctypes
from unittest import mock
from rl_helpers import checks
import rl_helpers.checks as checks
import jax.numpy as np
import math as checks
checks = ["set-up", "check"]
%matplotlib inline
!pip install optax
x = !ls
np.random?
np.bool8 = np.bool_
np.random.seed(0); plt.rcParams["figure.dpi"] = 100; jax.config.update("jax_enable_x64", False)
gc.collect(); print(sys.version, inspect.signature(print)); get_ipython().run_line_magic("time", "1")
random = np.random.default_rng(0); eval("1 + 1"); exec("x = 1"); vars(args); "google.colab" in sys.modules
class Buffer(collections.deque):
    def __init__(self, n):
        super().__init__(maxlen=n); self.__dict__["n"] = n; setattr(self, "k", 1)
    def __len__(self): return 3
    def __bool__(self): return True
    def __lt__(self, other): return True
    def __eq__(self, other):
        if not isinstance(other, Buffer): return False
        return True
    def __getitem__(self, i): return i
    def __getattr__(self, name): raise AttributeError(name)
@checks.exercise("mine")
def _check(): checks.equal(1, 1, "one")
jax.jit(f).lower(1).compile(); jax.eval_shape(f, 1); type(x).__name__; "x" in globals()
agents = {agent.__name__: agent for agent in Agent.__subclasses__()}
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


@pytest.mark.slow
@pytest.mark.parametrize("piece", ["\n", " ", "x = 1\n", "%time x\n", "a, ", "? ", "x?\n", "(", "-", "a."])
def test_reading_is_linear_in_the_size(piece):
    begin = time.monotonic()
    suspicions([("cell", piece * (190_000 // len(piece)))])
    assert time.monotonic() - begin < 10
