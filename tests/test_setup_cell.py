"""The set-up cell on a bare machine: it fetches the pinned version, and says what to do when it cannot."""

import re
import shutil
import subprocess
import sys

import pytest
from conftest import ROOT

from autograder.course import load_assignment

pytestmark = pytest.mark.slow
PINS = re.findall(r"^(?:ipython|setuptools)==.*$", (ROOT / "constraints.txt").read_text(), re.M)


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """A Python with IPython and what builds our package offline."""
    folder = tmp_path_factory.mktemp("bare")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    pip = [folder / "bin" / "python", "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
    if subprocess.run([*pip, *PINS], check=False).returncode:
        pytest.skip("NOT TESTED: the set-up cell needs IPython in a bare environment, and it could not be installed.")
    return folder


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """A Git repository with the package as version 1.2, and with a newer one that is not to be had."""
    folder = tmp_path_factory.mktemp("repository")
    for part in ("rl_helpers", "autograder"):
        shutil.copytree(ROOT / part, folder / part)
    for part in ("README.md", "LICENSE"):
        shutil.copy(ROOT / part, folder)
    project = (ROOT / "pyproject.toml").read_text()

    def commit(version):
        (folder / "pyproject.toml").write_text(re.sub(r'(?m)^version = "[^"]*"', f'version = "{version}"', project))
        who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        subprocess.run(["git", *who, "add", "--all"], cwd=folder, check=True)
        subprocess.run(["git", *who, "commit", "--quiet", "--message", version], cwd=folder, check=True)

    subprocess.run(["git", "init", "--quiet", folder], check=True)
    commit("1.2")
    subprocess.run(["git", "tag", "v1.2"], cwd=folder, check=True)
    commit("1.3")
    return f"file://localhost{folder}"  # older versions of pip want a host


def run(bare, tmp_path, repository):
    """What a notebook of version 1.2 prints up to its imports, as with "Run all": an error ends it."""
    source = tmp_path / "00_play.py"
    source.write_text('# %% tags=["setup"]\nprint("imports follow")\n')
    cells = [cell.source for cell in load_assignment(source, repository, "1.2").source.cells[1:3]]
    script = tmp_path / "cells.ipy"
    script.write_text(f"all(get_ipython().run_cell(cell).success for cell in {cells!r})\n")
    environment = {
        "PATH": f"{bare / 'bin'}:/usr/bin:/bin",
        "HOME": str(tmp_path),
        "PIP_NO_DEPS": "1",  # JAX and the rest are tests/test_colab.py's
        "PIP_NO_BUILD_ISOLATION": "0",  # pip's way to write "yes, without isolation"
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    command = [bare / "bin" / "ipython", "--no-banner", "--colors=NoColor", script]
    return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True).stdout


def packages(bare) -> dict[str, str]:
    pip = [bare / "bin" / "python", "-m", "pip", "list", "--format=freeze", "--disable-pip-version-check"]
    listed = subprocess.run(pip, capture_output=True, text=True, check=True).stdout
    return dict(line.split("==") for line in listed.split())


@pytest.fixture
def clean(bare):
    """The bare environment, whatever a test before has left in it."""
    pip = [bare / "bin" / "python", "-m", "pip", "--quiet", "uninstall", "--yes", "rl-workshop"]
    subprocess.run(pip, check=True, capture_output=True)
    (site,) = bare.glob("lib/python*/site-packages")
    shutil.rmtree(site / "rl_helpers", ignore_errors=True)
    return bare, site


def test_it_installs_the_pinned_version_once(clean, tmp_path, repository):
    bare, _ = clean
    assert "imports follow" in run(bare, tmp_path, repository)
    assert packages(bare)["rl-workshop"] == "1.2"
    shown = run(bare, tmp_path, "file:///nowhere")
    assert shown.split("\n")[0] == "imports follow", "it is there, so nothing is fetched"


def test_somebody_elses_package_is_not_taken_for_ours(clean, tmp_path, repository):
    bare, site = clean
    (site / "rl_helpers").mkdir()
    (site / "rl_helpers" / "__init__.py").write_text('raise RuntimeError("somebody else\'s")\n')
    assert "imports follow" in run(bare, tmp_path, repository)
    assert packages(bare)["rl-workshop"] == "1.2"


def test_a_failed_download_ends_in_two_lines_of_ours(clean, tmp_path):
    bare, _ = clean
    shown = run(bare, tmp_path, "file:///nowhere")
    said = [line for line in shown.splitlines() if line.strip()][-2:]
    assert said[0].startswith("The workshop's package could not be installed.") and "run this cell once more" in said[0]
    assert "%pip uninstall -y rl-helpers" in said[1]
    assert "imports follow" not in shown and "Traceback" not in shown
