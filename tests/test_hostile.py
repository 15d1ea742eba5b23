"""What people hand in on purpose or by accident, graded as one class: no undeserved point without a flag, no honest
submission that loses one, and nothing that stops the others."""

import contextlib
import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass

import psutil
import pytest
from conftest import ROOT
from filling import cells_by_id, code_cell
from small_course import write_sources

from autograder.build import build_course
from autograder.course import load_course

SOURCE = '''# %% [markdown]
# # Small

# %% tags=["setup"]
import jax
import jax.numpy as jnp
import numpy as np

from rl_helpers import checks

# %% exercise="double"
def double(x):
    """Doubles."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION


# %% check="double" points=1
@checks.exercise("double")
def _check():
    checks.equal(double(1), 2, "double(1)")

# %% test="double" points=3
### BEGIN HIDDEN TESTS
@checks.hidden("double", seconds=2)
def _test():
    secret_number = 987654
    for x in (3, 4.5, secret_number):
        checks.equal(double(x), 2 * x, f"double({x})")
    checks.that(all([True]) and isinstance(double(2), int), "double(2) should be an integer")
### END HIDDEN TESTS

# %% exercise="triple"
def triple(x):
    """Triples."""
    ### BEGIN SOLUTION
    return 3 * x
    ### END SOLUTION


# %% check="triple" points=1
@checks.exercise("triple")
def _check():
    checks.equal(triple(1), 3, "triple(1)")

# %% test="triple" points=3
### BEGIN HIDDEN TESTS
@checks.hidden("triple")
def _test():
    checks.equal(triple(7), 21, "triple(7)")
### END HIDDEN TESTS
'''
RIGHT = {"double": "def double(x):\n    return 2 * x\n", "triple": "def triple(x):\n    return 3 * x\n"}


@dataclass(frozen=True)
class Case:
    """One submission.

    Attributes:
      double: the answer to `double`; `triple` is always right.
      score: points in all, or None where they may have been got by cheating: then there must be a flag.
      flagged: whether a person must be told to look.
      before: cells the learner added in front of everything.
      edit: what else happened to the notebook's JSON.
      says: words that must occur in the notes or messages.
    """

    double: str = RIGHT["double"]
    score: float | None = 8
    flagged: bool = False
    before: tuple[str, ...] = ()
    edit: object = None
    says: str = ""


def _wrong(prelude: str = "", **kwargs) -> Case:
    """A wrong answer with something in front of it that tries to make it pass."""
    return Case(f"{prelude}\ndef double(x):\n    return 0\n", **kwargs)


def _lie(method: str) -> Case:
    body = f"class Lie(int):\n    def {method}(self, *args, **kwargs): return True\n"
    return Case(f"{body}def double(x):\n    return Lie(7)\n", score=4, flagged=method == "__eq__")


def _each(change):
    def edit(notebook):
        for cell in notebook["cells"]:
            change(cell)

    return edit


def _reorder(notebook):
    notebook["cells"].reverse()


def _split(notebook):
    cell = cells_by_id(notebook)["double"]
    position = notebook["cells"].index(cell)
    notebook["cells"].insert(position, code_cell("def _twice(x):\n    return x + x\n"))
    cell["source"] = "def double(x):\n    return _twice(x)\n"


def _lose_everything(notebook):
    for cell in notebook["cells"]:
        cell["metadata"] = {}
        cell.pop("id", None)
    notebook["metadata"], notebook["nbformat_minor"] = {}, 0


def _points(notebook):
    cells_by_id(notebook)["test_double"]["metadata"]["nbgrader"]["points"] = 1000


def _own_tests(notebook):
    for name, cell in cells_by_id(notebook).items():
        if name.startswith(("check_", "test_")):
            cell["source"] = "print('fine')"


def _forged_outputs(notebook):
    output = {"output_type": "execute_result", "data": {"text/plain": "1000"}, "metadata": {}, "execution_count": 1}
    cells_by_id(notebook)["test_double"]["outputs"] = [output]


CASES = {
    # --- Ways to get points that are not deserved
    "patches the checks": _wrong("checks.equal = checks.that = lambda *a, **k: None", score=None, flagged=True),
    "patches them later": _wrong(
        "import threading, time\n"
        "def patch():\n    time.sleep(0.2); checks.equal = checks.that = lambda *a, **k: None\n"
        "threading.Thread(target=patch).start(); time.sleep(0.5)",
        score=None,
        flagged=True,
    ),
    "patches them out of sight": _wrong(
        "import base64\nexec(base64.b64decode(b'Y2hlY2tzLmVxdWFsPWNoZWNrcy50aGF0PWxhbWJkYSAqYSwqKms6Tm9uZQ=='))",
        score=None,
        flagged=True,
    ),
    "patches them through another name": _wrong(
        "import sys\nm = [v for k, v in sys.modules.items() if k.endswith('s.checks')][0]\n"
        "m.equal = m.that = lambda *a, **k: None",
        score=None,
        flagged=True,
    ),
    "its own checks": _wrong(  # the tests do not see it
        "class checks:\n    exercise = hidden = staticmethod(lambda *a, **k: lambda f: None)", score=4
    ),
    "strips tests from the source": _wrong(
        "import ast\nclass T(ast.NodeTransformer):\n    def visit_FunctionDef(self, node):\n"
        "        return None if node.name in ('_check', '_test') else node\n"
        "get_ipython().ast_transformers.append(T())",
        score=None,
        flagged=True,
    ),
    "rewrites cells": _wrong(
        "get_ipython().input_transformers_post.append(lambda lines: [] if 'checks' in ''.join(lines) else lines)",
        score=None,
        flagged=True,
    ),
    "hides errors": _wrong("get_ipython().set_custom_exc((Exception,), lambda *a, **k: None)", score=4, flagged=True),
    "shows no traceback": _wrong("get_ipython().showtraceback = lambda *a, **k: None", score=4, flagged=True),
    "reads the test's values": Case(
        "import sys\ndef double(x):\n    frame = sys._getframe()\n    while frame:\n"
        "        if 'secret_number' in frame.f_locals: print(frame.f_locals)\n        frame = frame.f_back\n"
        "    return 2 * x\n",
        score=None,
        flagged=True,
    ),
    "always equal": _lie("__eq__"),
    "any array": _lie("__array__"),
    "a lying float": _lie("__float__"),
    "a value to print": _wrong("1000", score=4),
    "a forged output": Case(edit=_forged_outputs),
    "more points": Case(edit=_points, says="points had been changed"),
    "tests of its own": Case("def double(x):\n    return 0\n", score=4, edit=_own_tests, says="edited"),
    "Python's names": _wrong("def all(*a): return True\nisinstance = lambda *a: True\nlen = abs = all", score=4),
    "quits when it is tested": Case("def double(x):\n    exit()\n", score=4),
    "raises SystemExit": Case("def double(x):\n    raise SystemExit\n", score=4),
    "raises KeyboardInterrupt": Case("def double(x):\n    raise KeyboardInterrupt\n", score=4),
    "ends the process": Case("import os\ndef double(x):\n    os._exit(0)\n", score=4, says="ended the Python process"),
    "no time limit": Case(
        "import signal\ndef double(x):\n    signal.setitimer(signal.ITIMER_PROF, 0)\n    while True: pass\n",
        score=4,
        says="still running",
    ),
    # --- Ways to do harm
    "segfault": Case("import ctypes\ndef double(x):\n    ctypes.string_at(0)\n", score=4, flagged=True),
    "endless": Case("def double(x):\n    while True: pass\n", score=4, says="still"),
    "endless and deaf": Case(
        "def double(x):\n    while True:\n        try:\n            while True: pass\n"
        "        except BaseException: pass\n",
        score=4,
        says="still running",
    ),
    "recursion": Case("def double(x):\n    return double(x)\n", score=4),
    "floods": Case("def double(x):\n    for _ in range(200): print('x' * 100_000)\n    return 2 * x\n"),
    "a message of 50 MB": Case("def double(x):\n    raise ValueError('x' * 50_000_000)\n", score=4),
    "script": Case(
        before=(
            "from IPython.display import HTML\nHTML('<script>alert(1)</script>')",
            "print('<script>alert(2)</script>')",
        )
    ),
    "writes everywhere": Case(
        before=(
            "import os, pathlib\nfor p in ('/', '/etc', '/usr', os.getcwd(), '/tmp/course'):\n"
            "    try: pathlib.Path(p, 'pwned').write_text('x')\n    except OSError: pass",
        )
    ),
    # --- Accidents and honest oddities: nothing is lost
    "cell that fails": Case(before=("1 / 0", "this is not Python", "%%bash\nexit 3", "%load_ext nobody_wrote_this")),
    "slow cell": Case(before=("import time; time.sleep(60)",), says="still running"),
    "Colab": Case(
        "from google.colab import drive\ndrive.mount('/content/drive')\n%pip install -q nothing\n" + RIGHT["double"]
    ),
    "sum is a number": Case("sum = max = list = len = 0\n" + RIGHT["double"]),
    "stderr": Case(
        "import sys, warnings, logging\ndef double(x):\n    warnings.warn('w'); print('e', file=sys.stderr)\n"
        "    logging.warning('l')\n    return 2 * x\n"
    ),
    "reordered": Case(edit=_reorder),
    "helper in a cell of its own": Case(edit=_split),
    "all metadata lost": Case(edit=_lose_everything, says="lost its metadata"),
    "collapsed and tagged": Case(edit=_each(lambda cell: cell["metadata"].update(collapsed=True, tags=["hide", 7]))),
    "outputs of another world": Case(edit=_each(lambda cell: cell.update(outputs=[{"output_type": "?", "data": 3}]))),
    "source as lines": Case(edit=_each(lambda cell: cell.update(source=list("".join(cell["source"]))))),
    "half a surrogate pair": Case(before=("x = '\ud800'",)),
    "a null byte": Case(before=("x = '\x00'",)),
    "wrong kernel": Case(edit=lambda n: n["metadata"].update(kernelspec={"name": "ir", "language": "R"})),
    "nested deeply": Case(before=("x = " + "[" * 300 + "]" * 300,)),
    "five hundred cells": Case(edit=lambda n: n["cells"].extend(code_cell(f"x = {i}") for i in range(500))),
    "cells of no kind": Case(edit=lambda n: n["cells"].extend([None, 3, {}, {"cell_type": "raw", "source": [1]}])),
    "no outputs and no counts": Case(
        edit=_each(lambda cell: [cell.pop(k, None) for k in ("outputs", "execution_count")])
    ),
}
FILES = {
    "BOM and CRLF": lambda data: b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n"),
    "not UTF-8": lambda data: data.decode().encode("utf-16"),
    "cut short": lambda data: data[: len(data) // 2],
    "empty": lambda data: b"",
    "only braces": lambda data: b"[" * 100_000,
    "a number": lambda data: b"NaN",
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The folder of results, and every process that was seen below the command while it ran."""
    root = tmp_path_factory.mktemp("hostile")
    write_sources(root, small=SOURCE)
    released = build_course(load_course(root), root / "build")["small"]
    for number, case in enumerate(CASES.values()):
        notebook = json.loads(released)
        for name, source in (RIGHT | {"double": case.double}).items():
            cells_by_id(notebook)[name]["source"] = source
        if case.edit:
            case.edit(notebook)
        notebook["cells"][:0] = [code_cell(source) for source in case.before]
        _write(root / "class" / f"s{number}" / "small.ipynb", json.dumps(notebook, indent=1).encode())
    for number, change in enumerate(FILES.values()):
        notebook = json.loads(released)
        for name, source in RIGHT.items():
            cells_by_id(notebook)[name]["source"] = source
        _write(root / "class" / f"f{number}" / "small.ipynb", change(json.dumps(notebook, indent=1).encode()))
    _write(root / "class" / "s0" / "numpy.py", b"raise SystemExit")
    before = _snapshot(root)
    command = [sys.executable, "-m", "autograder", "grade", root / "class", "--out", root / "out"]
    command += ["--cell-timeout", "6", "--output", "1M", "--memory", "2G"]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(command, cwd=root, env=env, text=True, **pipes) as process:
        descendants, ended = {}, threading.Event()
        watch = threading.Thread(target=_collect_descendants, args=(process.pid, descendants, ended))
        watch.start()
        try:
            printed, _ = process.communicate(timeout=1500)
        finally:
            process.kill()
            ended.set()
            watch.join()
    assert process.returncode == 0, printed
    assert _snapshot(root) == before, "grading changed the instructor's files"
    return root / "out", descendants


def _collect_descendants(pid, found, ended):
    """Puts every process that is seen below `pid` into `found`, with its name, until `ended`."""
    while not ended.wait(0.1):
        with contextlib.suppress(psutil.Error):
            for process in psutil.Process(pid).children(recursive=True):
                found.setdefault(process, process.name())


@pytest.fixture(scope="module")
def out(graded):
    return graded[0]


def _write(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _snapshot(root):
    folders = [root / "class", root / "solutions", root / "build"]
    return {p: p.read_bytes() for folder in folders for p in folder.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def entries(out):
    return {e["student"]: e for e in json.loads((out / "results.json").read_text())["submissions"]}


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_case(entries, name):
    case, entry = CASES[name], entries[f"s{list(CASES).index(name)}"]
    assert entry["status"] == "graded", entry["message"]
    assert bool(entry["flags"]) == case.flagged, entry["flags"]
    assert case.flagged or case.score is not None
    if case.score is not None:
        assert entry["score"] == case.score, entry["exercises"]
    triple = entry["exercises"][1]
    assert triple["passed"], triple
    told = "\n".join([*entry["notes"], *(e["message"] for e in entry["exercises"])])
    assert case.says in told
    assert all(len(e["message"]) < 11_000 for e in entry["exercises"])


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_file(entries, name):
    entry = entries[f"f{list(FILES).index(name)}"]
    if name == "BOM and CRLF":
        assert (entry["status"], entry["score"]) == ("graded", 8)
    else:
        assert entry["status"] in ("failed", "rejected") and entry["score"] == 0 and entry["message"]


@pytest.mark.slow
def test_feedback_gives_nothing_away(out, entries):
    for student, entry in entries.items():
        if entry["status"] != "graded":
            continue
        page = (out / "feedback" / student / "small.html").read_text()
        assert ("<script" not in page.lower() and "&lt;script" in page) or "script" not in page.lower()
        assert "BEGIN HIDDEN" not in page and "checks.that(all" not in page
        if not entry["flags"]:
            assert "987654" not in page and "1975308" not in page


@pytest.mark.slow
def test_nothing_is_left_behind(graded):
    _, descendants = graded
    assert sum(name == "bwrap" for name in descendants.values()) > len(CASES)
    _, there = psutil.wait_procs(descendants, timeout=10)
    assert not [process for process in there if process.status() != psutil.STATUS_ZOMBIE]
