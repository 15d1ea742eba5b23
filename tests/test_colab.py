"""An environment like Colab's: the learner's install moves nothing there, and every notebook runs in it.

Training is cut short here (`rl_helpers/budget.py`): what agents learn is the business of test_notebooks.py.
"""

import copy
import datetime
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbclient
import pytest
from conftest import ROOT, compiled_into, read_course
from jupyter_client import KernelManager
from jupyter_client.kernelspec import KernelSpec
from packaging.requirements import Requirement
from packaging.version import Version

from autograder.course import as_released
from autograder.sandbox import quick_flags

NAMES = list(read_course().assignments)
PINS = ROOT / "tests" / "colab-pins.txt"


def python313() -> str | None:
    """A working Python 3.13: this one, one on the PATH, or one of pyenv's."""
    candidates = [sys.executable, shutil.which("python3.13")]
    candidates += sorted(
        map(str, Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")).glob("versions/3.13.*/bin/python"))
    )
    for candidate in filter(None, candidates):
        probe = "import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 13))"
        if subprocess.run([candidate, "-c", probe], capture_output=True, check=False).returncode == 0:
            return candidate
    return None


def installed(python) -> dict[str, str]:
    result = subprocess.run([python, "-m", "pip", "list", "--format=json"], capture_output=True, text=True, check=True)
    return {package["name"].lower().replace("_", "-"): package["version"] for package in json.loads(result.stdout)}


@pytest.fixture(scope="module")
def colab(tmp_path_factory):
    """`(python, versions before, versions after)` the install that the set-up cell does, from this repository."""
    interpreter = python313()
    if interpreter is None:
        message = "NOT TESTED: the Colab-like environment needs Python 3.13, and there is none on this machine."
        warnings.warn(message, stacklevel=1)
        pytest.skip(message)
    folder = tmp_path_factory.mktemp("colab")
    subprocess.run([interpreter, "-m", "venv", folder / "venv"], check=True)
    python = folder / "venv" / "bin" / "python"
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "-r", PINS], check=True)
    before = installed(python)
    source = folder / "source"  # a copy, so that building leaves nothing behind in the repository
    for part in ("rl_helpers", "autograder"):
        shutil.copytree(ROOT / part, source / part)
    for part in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / part, source)
    subprocess.run([*pip, f"rl-workshop @ {source.as_uri()}"], check=True)
    return python, before, installed(python)


def test_the_pins_are_recent():
    """An old image is a reason to look and no fault of the commit that is tested: the summary complains."""
    month = re.search(r"Looked up: (\d{4}-\d\d)", PINS.read_text()).group(1)
    looked_up = datetime.date.fromisoformat(f"{month}-01")
    age = (datetime.date.today() - looked_up).days
    if age > 92:
        message = f"{PINS.name} is {age} days old: look up what Colab ships now, in the file that its first lines name."
        warnings.warn(message, stacklevel=1)


def test_the_lowest_jax_we_declare_is_colabs():
    """So the environment below is the proof of the lower bound."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (jax,) = (Requirement(line) for line in project["dependencies"] if line.startswith("jax"))
    lowest = next(s.version for s in jax.specifier if s.operator == ">=")
    pinned = re.search(r"^jax==(.+)$", PINS.read_text(), re.M).group(1)
    assert Version(pinned).release[:2] == Version(lowest).release[:2]


@pytest.mark.slow
def test_the_learners_install_moves_no_pin(colab):
    _, before, after = colab
    assert {name: after[name] for name in before} == before
    assert {"rl-workshop", "dm-haiku"} <= set(after) - set(before)
    assert "pygame-ce" not in after, "two packages would provide the module pygame"


def run(python, notebook, folder, compiled):
    """The errors of `notebook`'s cells by cell id, when a kernel of `python` has run it all."""
    manager = KernelManager(kernel_name="python3")
    argv = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    manager._kernel_spec = KernelSpec(argv=argv, display_name="Colab", language="python")
    environment = {"PATH": f"{Path(python).parent}:/usr/bin:/bin", "HOME": str(folder), "JAX_PLATFORMS": "cpu"}
    environment["RL_HELPERS_SHORT_TRAINING"] = "1"
    (jaxlib,) = Path(python).parents[1].glob("lib/python3.*/site-packages/jaxlib")
    environment |= compiled_into(compiled) | {"XLA_FLAGS": quick_flags(jaxlib)}
    client = nbclient.NotebookClient(notebook, km=manager, timeout=600, allow_errors=True)
    try:
        client.execute(cwd=str(folder), env=environment)
    finally:
        if manager.has_kernel:
            manager.shutdown_kernel(now=True)
    return {c.id: o for c in notebook.cells if c.cell_type == "code" for o in c.outputs if o.output_type == "error"}


@pytest.fixture(scope="module")
def errors(colab, course, request, tmp_path_factory):
    """The errors in the notebooks that tests ask for, by name and whether solved; two notebooks at a time."""
    jobs, compiled = {}, tmp_path_factory.mktemp("compiled")
    with ThreadPoolExecutor(2) as pool:
        for item in reversed(request.session.items):  # the later notebooks take longer, so they begin
            if item.module is request.module and item.function is test_notebooks_run:
                name, solved = item.callspec.params["name"], item.callspec.params["solved"]
                notebook = copy.deepcopy(course.assignments[name].source)
                for cell in notebook.cells:
                    cell.source = cell.source if solved else as_released(cell)
                jobs[name, solved] = pool.submit(run, colab[0], notebook, tmp_path_factory.mktemp("run"), compiled)
    return jobs


@pytest.mark.slow
@pytest.mark.parametrize("solved", [True, False], ids=["solved", "unsolved"])
@pytest.mark.parametrize("name", NAMES)
def test_notebooks_run(errors, course, name, solved):
    found = errors[name, solved].result()
    if solved:
        assert not found, found
    else:
        expected = {"NotImplementedError"} if course.assignments[name].exercises else set()
        assert {error.ename for error in found.values()} == expected, found
