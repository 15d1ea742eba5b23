"""Limits, measured from outside: time, this machine's memory and disk, while a notebook does its worst."""

import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest
from conftest import ROOT

from autograder import leftovers, limits, sandbox, seccomp
from autograder.execute import Canary, Cell, Limits, execute
from autograder.limits import at_most
from autograder.scan import suspicions
from autograder.score import score_cell

MIB = 2**20
EXCESS_SECONDS = 15
SLEEP = "import time; time.sleep(600)"
DEAF = "while True:\n    try:\n        while True: pass\n    except BaseException: pass"


class Watched:
    """Runs cells and looks at the machine meanwhile: `seconds`, `memory` (of everything below this process), `disk` (of
    the private folders), `shared` (of the machine's /dev/shm), each at its most, in bytes."""

    def __init__(self, cells, limits, **options):
        self.memory = self.disk = self.shared = 0
        self._ended = threading.Event()
        watch, begin = threading.Thread(target=self._watch), time.monotonic()
        watch.start()
        try:
            self.execution = execute(cells, limits, **options)
        finally:
            self.seconds = time.monotonic() - begin
            self._ended.set()
            watch.join()
        self.outcomes = {outcome.name: outcome for outcome in self.execution.outcomes}

    def _watch(self):
        shared = shutil.disk_usage("/dev/shm").used
        while not self._ended.wait(0.1):
            memory = 0
            for process in psutil.Process().children(recursive=True):
                try:
                    info = process.memory_full_info()
                    memory += info.pss
                except (psutil.Error, AttributeError):
                    pass
            self.memory = max(self.memory, memory)
            self.shared = max(self.shared, shutil.disk_usage("/dev/shm").used - shared)
            for folder in Path("/tmp").glob(f"rl-grader-{os.getpid()}-*"):
                size = sum(p.lstat().st_size for p in folder.rglob("*") if p.is_file() and not p.is_symlink())
                self.disk = max(self.disk, size)


# --- Time -------------------------------------------------------------------------------------------------------------

SLOW = {
    "loses kernels": [
        Cell(f"extra-{i}", f"import time; time.sleep({i}); import os; os._exit(1)", "extra") for i in range(9)
    ],
    "deaf cells": [Cell(f"extra-{i}", DEAF, "extra") for i in range(9)],
    "deaf tests": [Cell(f"test_{i}", DEAF, "graded") for i in range(9)],
    "loses one when it is run again": [
        Cell("first", "import os, time\nif os.path.exists('/tmp/x'): os._exit(1)", "answer"),
        Cell("second", "import time; time.sleep(3)", "answer"),
        *(Cell(f"extra-{i}", "import os; os._exit(1)", "extra") for i in range(9)),
    ],
    "many slow cells": [Cell(f"extra-{i}", "import time; time.sleep(0.9)", "extra") for i in range(100)],
    "a burst of messages": [Cell("extra", "import sys\nwhile True: print('x'); sys.stdout.flush()", "extra")],
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SLOW)
def test_the_notebooks_time_bounds_everything(name):
    limits = Limits(cell_seconds=5, notebook_seconds=10)
    run = Watched([*SLOW[name], Cell("test_f", "pass", "graded")], limits)
    assert run.seconds < limits.notebook_seconds + EXCESS_SECONDS, run.execution.notes


@pytest.mark.slow
@pytest.mark.parametrize("answer", [SLEEP, DEAF, "import os; os._exit(1)"])
def test_canaries_have_no_time_of_their_own(answer):
    """Tests that pass with the answer, and without it, sleep, hang or end the kernel."""
    test = f"if f is None:\n    {answer.replace(chr(10), chr(10) + '    ')}"
    cells = [Cell("f", "f = 1", "answer"), *(Cell(f"test_f{i}", test, "graded") for i in range(9))]
    canaries = [Canary("f = None", cell) for cell in cells[1:]]
    limits = Limits(cell_seconds=5, notebook_seconds=10)
    run = Watched(cells, limits, canaries=canaries, exercises=["f"])
    assert run.seconds < limits.notebook_seconds + EXCESS_SECONDS
    assert all(outcome.ran and not outcome.error for outcome in run.execution.outcomes)
    # A test that hangs without the answer may only be slow; one that ends the kernel is worth a look.
    assert bool(run.execution.flags) == ("_exit" in answer) and (run.execution.flags or run.execution.notes)


@pytest.mark.slow
def test_a_kernel_lost_while_cells_run_again_changes_no_outcome():
    """The first cell ends the second kernel: what it and the test after it gave in the first one stays."""
    begin = time.time()  # kernels have nothing in common but the time
    cells = [
        Cell(
            "first", f"import os, time\nfirst = 1\nif time.time() > {begin} + 6: os._exit(1)\nprint('here')", "answer"
        ),
        Cell("test_first", "print('passed')", "graded"),
        Cell("ends", f"import os, time\nwhile time.time() < {begin} + 7: time.sleep(0.1)\nos._exit(1)", "extra"),
        Cell("test_last", "assert first == 1", "graded"),
    ]
    execution = execute(cells, Limits(), exercises=["first"])
    first, test, ends, last = execution.outcomes
    assert first.ran and first.outputs and not first.problem
    assert test.ran and not test.error and not test.problem
    assert ends.problem and last.ran
    assert any(note.startswith("first: when it was run again") for note in execution.notes)


def test_reading_a_notebook_is_under_a_clock(monkeypatch):
    monkeypatch.setattr(limits, "READ_SECONDS", 0.0)
    cells = [("a", "x = 1"), ("b", "y = 1")]
    assert suspicions(cells) == ["nobody has looked at all of its code: reading it took more than 0 seconds"]
    with pytest.raises(limits.TooLong, match="more than 0 seconds"):
        list(limits.in_time(cells))


@pytest.mark.slow
def test_what_is_told_is_capped():
    lines = at_most([f"line {i} " + "x" * 10_000 for i in range(60)], 20)
    assert len(lines) == 21 and lines[-1] == "and 40 more" and max(map(len, lines)) == 500
    cells = [Cell(f"extra-{i}", "1 / 0" if i else "for i in range(9000): display(i)", "extra") for i in range(3)]
    execution = execute(cells, Limits())
    assert sum(len(outcome.outputs) for outcome in execution.outcomes) <= 2010
    assert execution.outcomes[2].error


@pytest.mark.slow
def test_a_value_that_is_points_is_kept_whatever_was_shown_before():
    cells = [Cell("flood", "for i in range(3000): display(i)", "extra"), Cell("test_f", "0.5", "graded")]
    _, test = execute(cells, Limits()).outcomes
    assert score_cell(test, 4.0) == 0.5


@pytest.mark.slow
@pytest.mark.parametrize(
    "message",
    [
        "'stream', {}",
        "'stream', {'name': 1, 'text': 'x'}",
        "'stream', {'name': 'stdout', 'text': 5}",
        "'display_data', {}",
        "'display_data', {'data': 5, 'metadata': {}}",
        "'execute_result', {'data': {'text/plain': 5}, 'metadata': {}, 'execution_count': 1}",
        "'error', {'traceback': 5}",
        "'status', {}",
    ],
)
def test_a_message_that_no_kernel_sends_costs_its_own_cell_only(message):
    send = f"kernel = get_ipython().kernel\nkernel.session.send(kernel.iopub_socket, {message}, kernel.get_parent())"
    cells = [Cell("test_a", "", "graded"), Cell("sends", send, "extra"), Cell("test_b", "", "graded")]
    before, _, after = execute(cells, Limits()).outcomes
    assert before.ran and not before.error and after.ran and not after.error


# --- Memory and disk --------------------------------------------------------------------------------------------------

HOGS = {
    "memfd": "import os\nfds = []\nwhile True:\n    fds.append(os.memfd_create('x')); os.write(fds[-1], b'x' * 2**22)",
    "shared memory": "import os\nfor i in range(10_000):\n    open(f'/dev/shm/{i}', 'wb').write(b'x' * 2**22)",
    "files in /dev": "for i in range(10_000):\n    open(f'/dev/{i}', 'wb').write(b'x' * 2**22)",
    "deleted and open": (
        "import os\nfiles = []\nwhile True:\n"
        "    files.append(open('x', 'wb')); files[-1].write(b'x' * 2**22); os.remove('x')"
    ),
    "beside the sockets": (
        "import glob\nfor i in range(10_000):\n"
        "    for folder in ['/tmp/x', *glob.glob('/tmp/rl-*')]: open(f'{folder}{i}', 'wb').write(b'x' * 2**22)"
    ),
    "shared and forgotten": (
        "import mmap\nmaps = []\nwhile True:\n    maps.append(mmap.mmap(-1, 2**24))\n"
        "    maps[-1].write(b'x' * 2**24); maps[-1].madvise(mmap.MADV_DONTNEED)"
    ),
    "System V": (
        "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True); libc.shmat.restype = ctypes.c_void_p\n"
        "while True:\n    number = libc.shmget(0, 2**24, 0o1600)\n"
        "    if number < 0: raise OSError(ctypes.get_errno(), 'shmget')\n"
        "    place = libc.shmat(number, 0, 0); ctypes.memset(place, 1, 2**24); libc.shmdt(ctypes.c_void_p(place))"
    ),
    "a mount of its own": (
        "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "if libc.unshare(0x10000000 | 0x20000): raise OSError(ctypes.get_errno(), 'unshare')\n"
        "libc.mount(b'x', b'/tmp/home', b'tmpfs', 0, 0)\n"
        "for i in range(1000): open(f'/tmp/home/{i}', 'wb').write(b'x' * 2**22)"
    ),
    "a child's mount": (
        "import subprocess\nsubprocess.run(['unshare', '-Urm', 'sh', '-c', "
        "'mount -t tmpfs x /tmp && head -c 2000000000 /dev/zero > /tmp/x'], check=True)"
    ),
    "sockets": (
        "import socket\npairs = []\n"
        "while True:\n    pairs.append(socket.socketpair()); pairs[-1][0].setblocking(False)\n"
        "    pairs[-1][0].send(b'x' * 200_000)"
    ),
    "processes' own": "kept = []\nwhile True: kept.append(bytearray(2**24))",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOGS)
def test_no_memory_or_disk_is_without_a_limit(name):
    limits = Limits(cell_seconds=20, memory_bytes=1024 * MIB, tmp_bytes=64 * MIB)
    cells = [Cell("one", "x = 1", "given"), Cell("hog", HOGS[name], "extra"), Cell("test_x", "assert x == 1", "graded")]
    available = psutil.virtual_memory().available
    low = available
    ended = threading.Event()

    def watch():
        nonlocal low
        while not ended.wait(0.1):
            low = min(low, psutil.virtual_memory().available)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        run = Watched(cells, limits)
    finally:
        ended.set()
        thread.join()
    assert run.outcomes["hog"].error or run.outcomes["hog"].problem
    assert run.outcomes["test_x"].ran and not run.outcomes["test_x"].error
    assert run.memory < limits.memory_bytes + 700 * MIB
    assert available - low < limits.memory_bytes + 1500 * MIB  # others use this machine too
    assert run.disk < MIB and run.shared < MIB


@pytest.mark.slow
def test_without_a_sandbox_the_folder_is_counted():
    code = HOGS["deleted and open"].replace("2**22", "2**20")
    run = Watched([Cell("hog", code, "extra")], Limits(cell_seconds=20, tmp_bytes=64 * MIB), isolation="none")
    assert "of files" in run.outcomes["hog"].problem


def test_the_filter_is_for_this_machine_and_says_so():
    assert len(seccomp.program("x86_64")) % 8 == 0 and seccomp.program("x86_64") != seccomp.program("aarch64")
    assert seccomp.program("pdp11") == b""
    code = (
        "import os\ntry: os.memfd_create('x')\nexcept OSError as e: print(e.errno)\nprint(sorted(os.listdir('/dev')))"
    )
    execution = execute([Cell("a", code, "extra")])
    text = execution.outcomes[0].outputs[0]["text"]
    assert text.startswith("38\n")  # ENOSYS
    wanted = "core fd full null ptmx pts random shm stderr stdin stdout tty urandom zero console"
    assert set(eval(text.splitlines()[1])) <= set(wanted.split())


def test_what_keeps_submissions_in_is_told():
    told = sandbox.describe()
    assert "bubblewrap" in told and ("control group" in told or "counting" in told)


# --- Leftovers --------------------------------------------------------------------------------------------------------


def deep(folder: Path, levels: int):
    """Folders in one another, made without a path that gets too long."""
    here = os.open(folder, os.O_RDONLY)
    for level in range(levels):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
        if level % 1000 == 0:
            os.close(os.open(b"\xff\n", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    os.close(here)


@pytest.mark.slow
def test_whatever_was_left_is_removed(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    deep(folder, 5000)
    (folder / "closed").mkdir()
    (folder / "closed" / "file").write_text("x")
    (folder / "closed" / "inner").mkdir(mode=0)
    (folder / "closed").chmod(0)
    (folder / "link").symlink_to(tmp_path / "beside")
    (folder / "many").mkdir()
    for number in range(3000):
        (folder / "many" / str(number)).touch()
    os.mkfifo(folder / "pipe")
    (tmp_path / "beside").mkdir()
    (tmp_path / "beside" / "stays").write_text("x")
    assert leftovers.remove_tree(folder)
    assert not folder.exists() and (tmp_path / "beside" / "stays").exists()


def test_removing_has_an_end(tmp_path):
    folder = tmp_path / "folder"
    (folder / "a" / "b").mkdir(parents=True)
    assert not leftovers.remove_tree(folder, seconds=-1) and folder.exists()
    assert leftovers.remove_tree(folder)
    assert leftovers.remove_tree(folder)  # there is none


def test_leftovers_of_others_stop_nobody():
    """A folder of a process that is gone goes; what only looks like one, or is a file, or a link, harms nobody."""
    process = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True)
    gone = Path(f"/tmp/rl-grader-{process.stdout.strip()}-x")
    odd = [Path(f"/tmp/rl-grader-{name}-x") for name in ("½", "9" * 30, "")]
    link = Path(f"/tmp/rl-grader-{process.stdout.strip()}-link")
    try:
        for folder in (gone, *odd):
            folder.mkdir()
        deep(gone, 1500)
        link.symlink_to(ROOT)
        leftovers.remove_leftovers()
        assert not gone.exists() and all(folder.exists() for folder in odd) and (ROOT / "README.md").exists()
    finally:
        link.unlink(missing_ok=True)
        for folder in (gone, *odd):
            leftovers.remove_tree(folder)


# --- bubblewrap -------------------------------------------------------------------------------------------------------


def fake_bwrap(path: Path, version: str) -> str:
    """A bubblewrap that is the real one but for the version it tells."""
    real = sandbox.require_bubblewrap()
    path.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo bubblewrap {version} && exit\nexec {real} "$@"\n')
    path.chmod(0o755)
    return str(path)


def test_the_better_bubblewrap_is_used(tmp_path, monkeypatch):
    distributions, packaged = fake_bwrap(tmp_path / "bwrap", "0.9.0"), fake_bwrap(tmp_path / "other", "0.11.0")
    monkeypatch.setattr(sandbox, "_packaged_bubblewrap", lambda: packaged)
    try:
        for path, package, chosen, warned in (
            (str(tmp_path), packaged, distributions, False),
            ("/nowhere", packaged, packaged, True),
            ("/nowhere", fake_bwrap(tmp_path / "third", "0.12.1"), str(tmp_path / "third"), False),
        ):
            sandbox._bubblewrap.cache_clear()
            monkeypatch.setenv("PATH", path)
            monkeypatch.setattr(sandbox, "_packaged_bubblewrap", lambda package=package: package)
            assert sandbox.require_bubblewrap() == chosen
            assert ("GHSA" in sandbox.describe()) == warned
    finally:
        sandbox._bubblewrap.cache_clear()


def test_nothing_is_mounted_where_a_submission_could_have_put_a_link(tmp_path):
    """What GHSA-pxhw-h44j-8pfx needs is a link, made by who is kept in, in a folder that is bound before something else
    is mounted below it. No place of ours is below another but on new, empty file systems."""
    (tmp_path / "compiled").mkdir()
    command, _ = sandbox.kernel_command(
        tmp_path,
        sandbox.package_folder(),
        memory_bytes=2**30,
        threads=100,
        tmp_bytes=2**24,
        isolation="bubblewrap",
        compiled=sandbox.Compiled(tmp_path / "compiled"),
    )
    bound, places, writable = [], [], []
    for position, word in enumerate(command):
        if word in ("--bind", "--ro-bind", "--dev-bind"):
            places.append(Path(command[position + 2]))
            bound.append(places[-1])
            writable += [command[position + 1]] if word != "--ro-bind" else []
        elif word in ("--dir", "--tmpfs", "--symlink", "--file", "--proc", "--dev"):
            places.append(Path(command[position + 2 if word == "--symlink" else position + 1]))
    assert len(bound) > 5 and not writable
    assert not [(place, folder) for place in places for folder in bound if folder in place.parents]
