"""What `autograder package` makes, unpacked and run as each platform runs it: same scores, nothing to be read or kept.

The container is bubblewrap's, with root's own rights as in Docker; as there, it forbids namespaces unless asked not to.
"""

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest
import sample_class
import small_course
from conftest import ROOT
from filling import cells_by_id, code_cell

from autograder import accounts, sandbox, seccomp
from autograder.course import load_course
from autograder.execute import Limits
from autograder.platforms import formats
from autograder.platforms.answering import answer

NAMES = ("gradescope", "prairielearn", "actions")
PROGRAM = {"gradescope": "program", "prairielearn": "image/program", "actions": "grader/program"}
needs_root = pytest.mark.skipif(os.getuid() != 0, reason="a container's root is needed to run as another account")


def autograder(*arguments, cwd):
    command = [sys.executable, "-m", "autograder", *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, env=environment, check=False)


def package(root, notebook, platform, out, *arguments):
    """Runs the real command in the course at `root` and unpacks what it makes, as the platform does."""
    result = autograder("package", notebook, "--for", platform, "--out", f"{out}.zip", *arguments, cwd=root)
    assert result.returncode == 0, result.stdout + result.stderr
    with zipfile.ZipFile(f"{out}.zip") as archive:
        for entry in archive.infolist():
            os.chmod(archive.extract(entry, out), entry.external_attr >> 16)
    return out


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A small course, with all that is packed besides."""
    root = tmp_path_factory.mktemp("small")
    small_course.write(root, small=7)
    return root


@pytest.fixture(scope="module")
def packed(small, tmp_path_factory):
    folder = tmp_path_factory.mktemp("packed")
    return {name: package(small, "small", name, folder / name) for name in NAMES}


@pytest.fixture(scope="module")
def installed(packed, tmp_path_factory):
    """The program of a package, installed; the libraries it needs are this environment's."""
    folder = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--target", folder]
    subprocess.run([*pip, packed["gradescope"] / PROGRAM["gradescope"]], check=True)
    subprocess.run(["chmod", "-R", "a+rX", folder], check=True)  # as set-up's umask has it
    return folder


class Container:
    """A machine of a platform: this one's system and Python environment, and nothing of the project but `installed`."""

    def __init__(self, installed: Path, *, namespaces: bool):
        self._installed, self._namespaces = installed, namespaces

    def run(self, command: list[str], places: dict[str, Path], **environment: str) -> subprocess.CompletedProcess:
        """Runs `command` with folders of ours at `places`."""
        processes = ["--bind", "/proc", "/proc"] if self._namespaces else ["--unshare-pid", "--proc", "/proc"]
        bwrap = [sandbox.require_bubblewrap(), *processes, "--dev", "/dev", "--clearenv"]
        bwrap += ["--perms", "1777", "--tmpfs", "/tmp", "--perms", "1777", "--tmpfs", "/dev/shm"]
        folders = sandbox._read_only_folders()
        parents = dict.fromkeys(parent for place in (*folders, *places, "/opt/-") for parent in Path(place).parents)
        for parent in sorted(parents):
            bwrap += ["--perms", "0755", "--dir", str(parent)] if parent not in (Path("/"), Path("/tmp")) else []
        for system in folders:
            bwrap += ["--ro-bind", system, system]
        bwrap += ["--ro-bind", str(self._installed), "/opt/installed", "--symlink", sys.prefix, "/opt/rl-grader"]
        for place, folder in places.items():
            bwrap += ["--bind", str(folder), place]
        settings = {"PATH": "/usr/bin:/bin", "PYTHONPATH": "/opt/installed", "HOME": "/tmp"} | environment
        for name, value in settings.items():
            bwrap += ["--setenv", name, value]
        with tempfile.TemporaryFile() as filter_file:
            filter_file.write(seccomp.program())
            filter_file.seek(0)
            if not self._namespaces:
                bwrap += ["--seccomp", str(filter_file.fileno())]
            return subprocess.run(
                [*bwrap, *command], capture_output=True, text=True, pass_fds=[filter_file.fileno()], timeout=300
            )


@pytest.fixture(scope="module")
def machine(installed):
    """A container that forbids namespaces, so that submissions run as an account; for who is not root, one that allows
    them."""
    return Container(installed, namespaces=os.getuid() != 0)


def on_gradescope(container, package, files, folder):
    """Gradescope's results for a hand-in: https://gradescope-autograders.readthedocs.io/en/latest/specs/."""
    root = folder / "autograder"
    shutil.copytree(package, root / "source")
    shutil.copy(package / "run_autograder", root)  # what its harness does while the image is built
    (root / "results").mkdir()
    write(root / "submission", files)
    (root / "submission_metadata.json").write_text('{"users": [{"email": "ada@example.org"}]}')
    result = container.run(["/autograder/run_autograder"], {"/autograder": root})
    assert result.returncode == 0, result.stdout + result.stderr
    return json.loads((root / "results" / "results.json").read_text()), result.stdout


def on_prairielearn(container, package, files, folder):
    root = folder / "grade"
    shutil.copytree(package / "questions" / "small" / "tests", root / "tests")
    write(root / "student", files)
    write(root / "data", {"data.json": b"{}"})
    places = {"/grade": root, "/opt/run.sh": package / "image" / "run.sh"}
    result = container.run(["/opt/run.sh"], places)
    assert result.returncode == 0, result.stdout + result.stderr
    return json.loads((root / "results" / "results.json").read_text()), result.stdout


def on_actions(container, package, files, folder):
    """The workflow's last step of its own, as its shell runs it; installing is `installed`."""
    import yaml

    root = folder / "workspace"
    shutil.copytree(package / "grader", root / "grader")
    write(root / "submission", files)
    action = yaml.safe_load((package / "grader" / "action.yml").read_text())
    step = action["runs"]["steps"][-1]
    given = {
        name: value.replace("${{ github.action_path }}", "/workspace/grader") for name, value in step["env"].items()
    }
    places = {"/workspace": root}
    given |= {"RUNNER_TEMP": "/opt", "GITHUB_WORKSPACE": "/workspace", "GITHUB_STEP_SUMMARY": "/workspace/summary.md"}
    result = container.run(["bash", "-e", "-c", step["run"]], places, **given)
    assert result.returncode == 0, result.stdout + result.stderr
    return json.loads((root / "results.json").read_text()), (root / "summary.md").read_text()


def zipped(name, data):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, data)
    return buffer.getvalue()


def write(folder, files):
    folder.mkdir(parents=True)
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


@pytest.fixture(scope="module")
def notebook(packed):
    """`notebook(source)`: the learners' notebook, as a platform hands it out, with this answer in it."""
    data = (packed["actions"] / "assignment" / "small.ipynb").read_text()

    def answered(source, *extra):
        made = json.loads(data)
        cells_by_id(made)["double"]["source"] = source
        made["cells"] += [code_cell(each) for each in extra]
        return json.dumps(made).encode()

    return answered


RIGHT, HALF, WRONG = (
    f"def double(x):\n    {body}\n" for body in (small_course.RIGHT, small_course.HALF, small_course.WRONG)
)


# --- What is packed ---------------------------------------------------------------------------------------------------


def test_a_package_is_the_same_each_time_and_holds_what_is_needed(small, packed, tmp_path):
    package(small, "small", "gradescope", tmp_path / "again")
    assert (tmp_path / "again.zip").read_bytes() == Path(f"{packed['gradescope']}.zip").read_bytes()
    with zipfile.ZipFile(f"{packed['gradescope']}.zip") as archive:
        names = archive.namelist()
    assert {"setup.sh", "run_autograder", "program/rl_helpers/__init__.py"} <= set(names)  # at the archive's root
    assert "program/autograder/inside/launch.py" in names and not [name for name in names if "__pycache__" in name]
    assert not list(packed["gradescope"].glob("program/**/solutions"))


@pytest.mark.parametrize("name", NAMES)
def test_only_the_material_tells_what_is_hidden(packed, name):
    hidden = [path for path in packed[name].rglob("*") if path.is_file() and b"2 * 7, " in path.read_bytes()]
    material = {"gradescope": "material", "prairielearn": "questions/small/tests", "actions": "grader/material"}[name]
    assert hidden == [packed[name] / material / "course" / "solutions" / "small.py"]
    for path in packed[name].rglob("*"):
        if path.is_file() and not path.is_relative_to(packed[name] / PROGRAM[name]):
            assert b"@NOTEBOOK@" not in path.read_bytes() and b"@VERSION@" not in path.read_bytes(), path


def test_scripts_are_scripts(packed):
    for path in ("gradescope/setup.sh", "gradescope/run_autograder", "prairielearn/image/run.sh"):
        name, _, rest = path.partition("/")
        assert os.access(packed[name] / rest, os.X_OK)
        subprocess.run(["bash", "-n", packed[name] / rest], check=True)


@pytest.mark.slow
def test_github_knows_what_is_made_for_it(packed):
    for schema, file in (("workflows", "assignment/.github/workflows/grade.yml"), ("actions", "grader/action.yml")):
        checker = [sys.executable, "-m", "check_jsonschema", "--quiet", "--builtin-schema", f"vendor.github-{schema}"]
        subprocess.run([*checker, packed["actions"] / file], check=True)


@pytest.mark.slow
def test_a_mistyped_name_is_told(small):
    for arguments, words in (
        (["smal", "--for", "gradescope"], "there is no notebook 'smal'"),
        (["small", "--for", "gradescop"], "it can be gradescope, prairielearn, actions"),
        (["small", "--for", "actions", "--out", "/nowhere/a.zip"], "cannot be written to"),
    ):
        result = autograder("package", *arguments, cwd=small)
        assert result.returncode == 2 and words in " ".join(result.stderr.split())


# --- What a hand-in gets ----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_gradescope_shows_the_check_and_counts_the_hidden_test(machine, packed, notebook, tmp_path):
    two = {"ada/small.ipynb": notebook(RIGHT), "ben/small.ipynb": notebook(HALF)}
    for name, files, scores in (
        ("half", {"small (1).ipynb": notebook(HALF), "screenshot.png": b"\x89PNG"}, (1, 0)),
        ("wrong", {"work.zip": zipped("small.ipynb", notebook(WRONG))}, (0, 0)),
        ("two", two, (1, 3)),
    ):
        results, printed = on_gradescope(machine, packed["gradescope"], files, tmp_path / name)
        assert results["score"] == sum(scores) and results["stdout_visibility"] == "hidden"
        assert [(t["name"], t["score"], t["max_score"]) for t in results["tests"]] == [
            ("double: check", scores[0], 1),
            ("double: hidden test", scores[1], 3),
        ]
        assert f"{sum(scores)} of 4 points" in results["output"]
        assert "not doubled" not in json.dumps(results) + printed, "a hidden test's message"
        assert ("should be 2" in results["tests"][0].get("output", "")) == (scores[0] == 0)
        assert ("2 notebooks; the best counts: ada/small.ipynb" in results["output"]) == (name == "two")


@pytest.mark.slow
def test_prairielearn_reads_a_share_and_points(machine, packed, notebook, tmp_path):
    results, _ = on_prairielearn(machine, packed["prairielearn"], {"small.ipynb": notebook(HALF)}, tmp_path / "half")
    assert results["gradable"] and results["score"] == 0.25
    told = [(test["points"], test["max_points"], test["message"]) for test in results["tests"]]
    assert told == [(1, 1, ""), (0, 3, "")]
    results, _ = on_prairielearn(machine, packed["prairielearn"], {"small.ipynb": b"{"}, tmp_path / "broken")
    assert results["gradable"] is False and "small.ipynb" in results["format_errors"]


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "Nothing was handed in"),
        ({"other.ipynb": b'{"cells": []}'}, "other.ipynb"),
        ({"small.ipynb": b"{"}, "small."),
    ],
    ids=["nothing", "another notebook", "a broken one"],
)
def test_what_cannot_be_graded_is_told(small, files, words, tmp_path):
    write(tmp_path / "submission", files)
    given = answer(load_course(small), tmp_path / "submission", Limits(), "none")
    for write_results in (formats.gradescope, formats.actions):
        results = json.loads(write_results(given))
        assert results["score"] == 0 and not results["tests"]
        assert words in results["output"] and "Hand in small.ipynb" in results["output"]


@pytest.mark.slow
def test_a_workflow_has_a_summary_and_a_file(installed, packed, notebook, tmp_path):
    evil = 'def double(x):\n    raise ValueError("|</td><script>alert(1)</script> [x](javascript:1) @everyone")\n'
    container = Container(installed, namespaces=True)
    results, summary = on_actions(container, packed["actions"], {"small.ipynb": notebook(evil)}, tmp_path)
    assert results["score"] == 0 and results["max_score"] == 4
    assert r"0 of 4" in summary and r"\<script\>" in summary and r"\@everyone" in summary
    assert len([line for line in summary.splitlines() if line.startswith("|")]) == 4


# --- What a hand-in can do --------------------------------------------------------------------------------------------

REACHING = """
import os, socket, subprocess

def reach():
    found = []
    for folder in {folders}:
        for path in [os.path.join(folder, name) for name in {names}]:
            try:
                found.append(os.listdir(path) if os.path.isdir(path) else open(path).read()[:20])
            except OSError:
                pass
    for path in ({results}, "/opt/installed/evil.py", "/usr/evil"):
        try:
            open(path, "w").close()
            found.append(path)
        except OSError:
            pass
    for family, address in ((socket.AF_INET, ("127.0.0.1", 9)), (socket.AF_INET6, ("::1", 9))):
        try:
            socket.socket(family, socket.SOCK_DGRAM).sendto(b"x", address)
            if os.path.exists({folders}[0]):  # else it is a network of its own
                found.append("network")
        except OSError:
            pass
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            if "autograder.platforms" in open(f"/proc/{{process}}/cmdline").read():
                os.kill(int(process), 0)
                found.append(process)
        except OSError:
            pass
    return found


def double(x):
    assert not reach(), reach()
    return 2 * x
"""


@pytest.mark.slow
@pytest.mark.parametrize("namespaces", [pytest.param(False, marks=needs_root), True], ids=["account", "bubblewrap"])
def test_a_hand_in_reaches_neither_tests_nor_results_nor_a_network(installed, namespaces, packed, notebook, tmp_path):
    reaching = REACHING.format(
        folders=["/autograder", "/autograder/source", "/autograder/source/material/course/solutions"],
        names=["source", "small.py", "submission_metadata.json", "results/results.json", "submission/small.ipynb"],
        results="'/autograder/results/results.json'",
    )
    container = Container(installed, namespaces=namespaces)
    results, printed = on_gradescope(container, packed["gradescope"], {"small.ipynb": notebook(reaching)}, tmp_path)
    assert results["score"] == 4, results["tests"][0]["output"]
    assert "Look at this: check_double: opens /proc/1/cmdline" in printed


@needs_root
def test_where_tests_could_be_read_nothing_is_graded(installed, packed, notebook, tmp_path):
    """A disk that knows no owners, as a Mac's in Docker: root closes the folder and it stays open."""
    code = (
        "from pathlib import Path; Path.chmod = lambda *a, **k: None; from autograder.platforms.__main__ import main;"
        "main('gradescope', Path('/autograder/source/material'))"
    )
    root = tmp_path / "autograder"
    shutil.copytree(packed["gradescope"], root / "source")
    write(root / "submission", {"small.ipynb": notebook(RIGHT)})
    tmp_path.chmod(0o755)
    container = Container(installed, namespaces=False)
    result = container.run(["/opt/rl-grader/bin/python", "-P", "-c", code], {"/autograder": root})
    assert result.returncode == 1 and "can be read by every account" in result.stderr
    assert not (root / "results").exists()


@needs_root
def test_an_account_leaves_nothing_behind():
    with accounts.lend() as account, accounts.lend() as other:
        assert account != other
        command = ["sh", "-c", "echo > /tmp/left-$$; mkdir /dev/shm/left-$$; setsid sleep 300 & echo on; sleep 300"]
        process = subprocess.Popen([*accounts.command(account), *command], stdout=subprocess.PIPE, cwd="/")
        others = subprocess.Popen([*accounts.command(other), *command], stdout=subprocess.PIPE, cwd="/")
        assert process.stdout.readline() == others.stdout.readline() == b"on\n"  # they have become the account
        assert owned_by(account) and process.poll() is None
    assert process.wait(5) == -9 and others.wait(5) == -9
    assert not owned_by(account) and not owned_by(other)


def owned_by(account):
    found = [str(path) for folder in ("/tmp", "/dev/shm") for path in Path(folder).glob("left-*")]
    found = [path for path in found if os.stat(path).st_uid == account]
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if process.stat().st_uid == account and "Z" not in (process / "stat").read_text().split()[2]:
                found.append(str(process))
    return found


# --- The sample class -------------------------------------------------------------------------------------------------


@pytest.mark.slow
@needs_root
def test_the_sample_class_gets_the_same_scores_as_from_grade(course, installed, tmp_path):
    made = package(ROOT, sample_class.FIRST, "gradescope", tmp_path / "package")
    container = Container(installed, namespaces=False)
    for learner in sample_class.LEARNERS:
        if learner.notebook != sample_class.FIRST or learner.status != "graded" or learner.path.startswith("eve"):
            continue  # Eve's answer never ends: that takes minutes until it is stopped
        name, file = learner.path.split("/")[0], learner.path.split("/")[-1]
        files = {file: (sample_class.FOLDER / learner.path).read_bytes()}
        results, _ = on_gradescope(container, made, files, tmp_path / name)
        by_exercise = dict.fromkeys((test["name"].split(":")[0] for test in results["tests"]), 0)
        for test in results["tests"]:
            by_exercise[test["name"].split(":")[0]] += test["score"]
        assert by_exercise == learner.deserves(course), name
        assert results["score"] == sum(by_exercise.values())


@pytest.mark.slow
def test_an_overlay_goes_along(small, installed, notebook, tmp_path):
    overlay = tmp_path / "private"
    (overlay / "solutions").mkdir(parents=True)
    source = small_course.SOURCE.format(title="small", number=7)
    test = source[source.index("# %% test=") :].replace("2 * 7", "3 * 7").replace("points=3", "points=5")
    (overlay / "solutions" / "small.py").write_text(test)
    made = package(small, "small", "gradescope", tmp_path / "package", "--course", overlay)
    assert (made / "material" / "overlay" / "solutions" / "small.py").read_text() == test
    files = {"small.ipynb": notebook("def double(x):\n    return {1: 2, 7: 21}[x]\n")}
    results, _ = on_gradescope(Container(installed, namespaces=True), made, files, tmp_path)
    assert results["score"] == 6
