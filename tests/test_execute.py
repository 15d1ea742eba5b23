"""The sandboxed kernel, with the things submissions do. One run of one notebook, many looks at it."""

import asyncio
import errno
import os
import socket
import subprocess
import sys
import time

import psutil
import pytest
from conftest import ROOT

from autograder import kernel, sandbox
from autograder.execute import Canary, Cell, Limits, execute
from autograder.sandbox import Compiled

NOTEBOOK = {
    "one": ("given", "x = 1"),
    "fails": ("extra", "print('seen'); 1 / 0"),
    "root": ("extra", "import os; print(os.path.exists({course!r}), os.path.exists('/etc/passwd'))"),
    "secret": ("extra", "import os; print(os.path.exists({solutions!r}), os.environ.get('SECRET'), os.getcwd())"),
    "network": ("extra", "import socket; socket.create_connection(('127.0.0.1', {port}), timeout=5)"),
    "write": ("extra", "open({solutions!r} + '/x', 'w')"),
    "package": ("extra", "import rl_helpers, jax; print(rl_helpers.__name__, jax.default_backend())"),
    "shadow": ("extra", "open('numpy.py', 'w').write('1/0'); import importlib, numpy; importlib.reload(numpy)"),
    "stdin": ("extra", "input()"),
    "colab": (
        "answer",
        "from google.colab import drive, files\nimport google.colab.output, os\n"
        "drive.mount('/content/drive', force_remount=True)\nfiles.upload(); google.colab.userdata.get('KEY')\n"
        "os.chdir('/content'); import sys; print('google.colab' in sys.modules)",
    ),
    "pip": ("answer", "%pip install --quiet some-package-nobody-wrote\n!pip install another-one\nprint('went on')"),
    "root is read-only": ("extra", "open('/x', 'w')"),
    "large file": ("extra", "open('big', 'wb').write(b'x' * 2**25)"),
    "full disk": ("extra", "for i in range(9): open(f'big{{i}}', 'wb').write(b'x' * 2**21)"),
    "clean up": ("extra", "import glob, os; [os.remove(p) for p in glob.glob('big*')]"),
    "greedy": ("graded", "import numpy; numpy.ones(2**28)"),
    "after greedy": ("graded", "assert x == 1"),
    "hides errors": (
        "extra",
        "from IPython import get_ipython\nget_ipython().set_custom_exc((AssertionError,), lambda *a, **k: None)",
    ),
    "hidden error": ("graded", "assert False"),
    "own hidden error": ("extra", "assert False"),
    "shows errors": ("extra", "get_ipython().set_custom_exc((), None)"),
    "endless": ("graded", "while True: pass"),
    "after endless": ("graded", "assert x == 1"),
    "uninterruptible": (
        "graded",
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
    ),
    "after uninterruptible": ("graded", "assert x == 1"),
    "exits": ("extra", "import os; os._exit(1)"),
    "after exit": ("graded", "assert x == 1"),
    "flood": ("extra", "for _ in range(300): print('x' * 100_000)"),
    "after flood": ("graded", "assert x == 1"),
    "one long line": ("graded", "print('x' * 5_000_000)"),
    "large picture": (
        "extra",
        "from IPython.display import HTML, display; display(HTML('x' * 5_000_000)); print('still')",
    ),
    "after large picture": ("graded", "assert x == 1"),
    "test_cheated": ("graded", "pass"),
    "test_honest": ("graded", "assert answer == 42"),
}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    solutions = tmp_path_factory.mktemp("solutions")
    listener = socket.create_server(("127.0.0.1", 0))
    os.environ["SECRET"] = "host"
    words = {"course": str(ROOT / "solutions"), "solutions": str(solutions), "port": listener.getsockname()[1]}
    cells = [Cell("answer", "answer = 42", "answer")]
    cells += [
        Cell(name, source.format(**words) if "{" in source else source, kind)
        for name, (kind, source) in NOTEBOOK.items()
    ]
    tests = {cell.name: cell for cell in cells}
    canaries = [Canary("answer = None", tests["test_cheated"]), Canary("answer = None", tests["test_honest"])]
    limits = Limits(cell_seconds=4, memory_bytes=2**30, threads=150, output_bytes=2**20, tmp_bytes=2**24)
    try:
        execution = execute(cells, limits, canaries=canaries)
    finally:
        del os.environ["SECRET"]
        listener.close()
    return execution, {outcome.name: outcome for outcome in execution.outcomes}


def text(outcome):
    return "".join(o.get("text", "") for o in outcome.outputs)


def test_an_exception_ends_a_cell_but_not_the_notebook(run):
    _, outcomes = run
    assert outcomes["fails"].ran and outcomes["fails"].error["ename"] == "ZeroDivisionError"
    assert "seen" in text(outcomes["fails"])


def test_nothing_of_the_host_is_visible(run):
    _, outcomes = run
    assert text(outcomes["root"]).split() == ["False", "False"]
    assert text(outcomes["secret"]).split() == ["False", "None", "/tmp/home"]


def test_there_is_no_network_and_nothing_to_write_to(run):
    _, outcomes = run
    assert outcomes["network"].error["ename"] in ("OSError", "ConnectionRefusedError")
    assert outcomes["write"].error["ename"] == "FileNotFoundError"


def test_colabs_own_cells_and_installs_do_nothing(run):
    _, outcomes = run
    assert text(outcomes["colab"]).split() == ["True"] and not outcomes["colab"].error
    assert "went on" in text(outcomes["pip"]) and not outcomes["pip"].error


def test_what_may_be_written_is_limited(run):
    _, outcomes = run
    assert outcomes["root is read-only"].error["evalue"].startswith("[Errno 30]")
    assert outcomes["large file"].error["ename"] == outcomes["full disk"].error["ename"] == "OSError"


def test_one_process_too_large_gets_an_error_and_goes_on(run):
    _, outcomes = run
    assert "Memory" in outcomes["greedy"].error["ename"]
    assert not outcomes["after greedy"].error


def test_an_error_that_is_kept_from_sight_is_an_error(run):
    _, outcomes = run
    assert outcomes["hidden error"].error["ename"] == "AssertionError"
    assert outcomes["own hidden error"].error["evalue"] == "the cell ended in an error that was not shown"


def test_the_package_and_jax_are_there(run):
    _, outcomes = run
    assert text(outcomes["package"]).split() == ["rl_helpers", "cpu"]
    assert outcomes["shadow"].ran and not outcomes["shadow"].error


def test_asking_for_input_does_not_hang(run):
    _, outcomes = run
    assert outcomes["stdin"].error["ename"] == "StdinNotImplementedError"


@pytest.mark.parametrize("name", ["endless", "uninterruptible", "exits"])
def test_whatever_stops_one_cell_the_rest_is_run(run, name):
    execution, outcomes = run
    after = {"exits": "after exit"}.get(name, f"after {name}")
    assert not outcomes[name].ran and outcomes[name].problem
    assert outcomes[after].ran and not outcomes[after].error
    assert any(note.startswith(f"{name}:") for note in execution.notes)


def test_problems_are_told_in_words(run):
    _, outcomes = run
    assert "still running after 4 seconds" in outcomes["endless"].problem
    assert "ended the Python process" in outcomes["exits"].problem


HOGS = {
    "one": ("given", "x = 1"),
    "hungry": (  # no process too much, all of them together far too much
        "graded",
        "import subprocess, sys, time\n"
        "code = 'b = bytearray(b\"x\") * (3 * 2**28); import time; time.sleep(60)'\n"
        "children = [subprocess.Popen([sys.executable, '-c', code]) for _ in range(2)]\ntime.sleep(60)",
    ),
    "after hungry": ("graded", "assert x == 1"),
    "bomb": (
        "extra",
        "import os, time\nfor _ in range(200):\n    if os.fork() == 0: time.sleep(60); os._exit(0)\ntime.sleep(60)",
    ),
    "after bomb": ("graded", "assert x == 1"),
}


@pytest.mark.slow
def test_processes_are_counted_together():
    cells = [Cell(name, source, kind) for name, (kind, source) in HOGS.items()]
    execution = execute(cells, Limits(cell_seconds=40, memory_bytes=2**30, threads=150))
    outcomes = {outcome.name: outcome for outcome in execution.outcomes}
    assert "memory" in outcomes["hungry"].problem
    assert "150 processes and threads" in outcomes["bomb"].problem
    assert not outcomes["after hungry"].error and not outcomes["after bomb"].error
    assert [note.split(":")[0] for note in execution.notes] == ["hungry", "bomb"]


def test_output_is_capped(run):
    _, outcomes = run
    assert 0 < len(text(outcomes["flood"])) <= 2**20
    assert outcomes["after flood"].ran and outcomes["one long line"].ran and not outcomes["one long line"].error
    assert outcomes["after large picture"].ran and not outcomes["after large picture"].error
    assert "x" * 100 not in str(outcomes["large picture"].outputs)


def test_a_test_that_passes_without_the_answer_is_told_from_one_that_does_not(run):
    execution, _ = run
    assert execution.survived == ["test_cheated"]


@pytest.mark.slow
def test_slow_extra_cells_do_not_use_up_the_notebooks_time():
    cells = [Cell(f"extra-{i}", "import time; time.sleep(1.5)", "extra") for i in range(12)]
    begin = time.monotonic()
    execution = execute([*cells, Cell("test_f", "pass", "graded")], Limits(cell_seconds=2, notebook_seconds=8))
    assert execution.outcomes[0].ran and execution.outcomes[-1].ran and not execution.outcomes[-2].ran
    assert time.monotonic() - begin < 8 + 15


@pytest.mark.slow
def test_graded_cells_share_the_notebooks_time():
    cells = [Cell(f"test_{i}", "import time; time.sleep(1.5)", "graded") for i in range(4)]
    execution = execute(cells, Limits(cell_seconds=2, notebook_seconds=3.2))
    assert execution.outcomes[0].ran and not execution.outcomes[3].ran
    assert "3.2 seconds" in execution.outcomes[3].problem


def test_without_a_sandbox_the_same_comes_out():
    execution = execute(
        [Cell("a", "x = 20 + 1", "answer"), Cell("t", "assert x == 21", "graded")], exercises=["x"], isolation="none"
    )
    assert [outcome.ran and not outcome.error for outcome in execution.outcomes] == [True, True]


@pytest.mark.slow
def test_a_kernel_ends_with_the_grader(tmp_path):
    """Also where bubblewrap's own --die-with-parent comes too late: a grader that was killed while it started one."""
    code = """
import autograder.sandbox as sandbox, os
from autograder.execute import Cell, Limits, execute
sandbox._ISOLATION = ("--unshare-all", "--new-session")
execute([Cell("a", "import time; time.sleep(600)", "extra")], Limits())
"""
    with subprocess.Popen([sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": str(ROOT)}) as grader:
        root, inside, deadline = psutil.Process(grader.pid), [], time.monotonic() + 60
        while not any("launch.py" in " ".join(p.cmdline()[:3]) for p in inside) and time.monotonic() < deadline:
            time.sleep(0.1)
            inside = root.children(recursive=True)
        grader.kill()
        _, alive = psutil.wait_procs(inside, timeout=30)
        for process in alive:
            process.kill()
    assert inside and not alive


def test_where_systemd_serves_the_user_a_kernel_has_a_control_group(tmp_path, monkeypatch):
    """A stand-in for systemd-run notes what it was asked for and then, as that does, becomes the command."""
    script = tmp_path / "systemd-run"
    script.write_text(f"""#!/bin/sh
echo "$@" >> {tmp_path}/asked
while [ "$1" != true ] && [ "${{1##*/}}" != bwrap ]; do shift; done
exec "$@"
""")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    sandbox._control_group.cache_clear()
    sandbox._bubblewrap()
    try:
        code = "import os; print(os.environ.get('XDG_RUNTIME_DIR'))"
        execution = execute([Cell("a", code, "extra")], Limits(memory_bytes=2**30, threads=200))
    finally:
        sandbox._control_group.cache_clear()
    assert text(execution.outcomes[0]).strip() == "None"
    probe, kernel = (tmp_path / "asked").read_text().splitlines()
    assert "-p MemoryMax=1073741824" in kernel and "-p TasksMax=200" in kernel and "ipykernel" not in probe


@pytest.mark.slow
def test_what_the_courses_answers_compiled_is_found_and_cannot_be_listed_or_changed(tmp_path):
    count = """
import jax, jax.numpy as jnp
events = []
jax.monitoring.register_event_listener(lambda event, **_: events.append(event.rpartition("/")[2]))
print(jax.jit(lambda x: 3 * x + 1)(jnp.float32(2)), events.count("cache_hits") > 0, events.count("cache_misses") > 0)
"""
    look = """
import os
for attempt in (os.listdir, lambda folder: os.chmod(folder, 0o777), lambda folder: open(folder + "/x", "w")):
    try:
        attempt("/tmp/compiled")
    except OSError as error:
        print(error.errno)
"""
    first = execute([Cell("count", count, "given")], compiled=Compiled(tmp_path, collect=True))
    kept = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert text(first.outcomes[0]).split() == ["7.0", "False", "True"] and any(kept.values())
    cells = [Cell("look", look, "extra"), Cell("count", count, "given")]
    second = execute(cells, compiled=Compiled(tmp_path))
    assert text(second.outcomes[1]).split() == ["7.0", "True", "False"]
    assert text(second.outcomes[0]).split() == [str(errno.EACCES), str(errno.EROFS), str(errno.EROFS)]
    tmp_path.chmod(0o700)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == kept


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [0.2, 1.5])  # nbclient's own patience is whole seconds
@pytest.mark.parametrize("code", ["import time; time.sleep(60.125)", "pass"], ids=["hangs", "ends"])
def test_a_kernel_that_never_starts_is_told_in_time_and_gone(monkeypatch, code, seconds):
    command = [sys.executable, "-c", code]
    monkeypatch.setattr(sandbox, "kernel_command", lambda *args, **kwargs: (command, {"PATH": "/usr/bin"}))

    async def begin():
        async with kernel.start(Limits(), False, None, kernel.Program((), ()), seconds):
            pass

    with pytest.raises(RuntimeError):
        asyncio.run(begin())
    assert not [p for p in psutil.process_iter(["cmdline"]) if p.info["cmdline"] == command]


def test_a_kernel_asks_for_no_flag_that_its_jaxlib_does_not_know(tmp_path):
    """XLA ends a process that asks for an unknown one."""
    (tmp_path / "lib.so").write_bytes(b"...xla_backend_optimization_level\0xla_cpu_other\0")
    assert sandbox.quick_flags(tmp_path) == "--xla_backend_optimization_level=0"
    flags = sandbox.kernel_environment("/home", "/bin")["XLA_FLAGS"]
    quick = "--xla_backend_optimization_level=0 --xla_cpu_use_fusion_emitters=false"
    assert flags.endswith(f"{quick} --xla_cpu_parallel_codegen_split_count=1"), (
        "this jaxlib knows them no more: what do its kernels compile quickly with?"
    )


def test_xla_reads_a_kernels_flags_to_the_last():
    """It stops, without a word, at whatever is no flag."""
    flags = sandbox.kernel_environment("/home", "/bin")["XLA_FLAGS"] + " --xla_no_such_flag=1"
    environment = os.environ | {"XLA_FLAGS": flags}
    command = [sys.executable, "-c", "import jax; jax.devices()"]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode and "xla_no_such_flag" in result.stderr
