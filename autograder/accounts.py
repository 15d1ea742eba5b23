"""Another way to keep a submission in, for a container that grades one and forbids user namespaces, as Gradescope's and
PrairieLearn's do: its kernel runs as an account that owns nothing, may become nothing else and reaches no network.

The account is a number that no process has: whoever holds it may be ended by it, and what it wrote is found by it.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from autograder.leftovers import remove_tree

_NUMBERS = range(61184, 65520)  # systemd's dynamic accounts: no person's, on any system
_SHARED = ("/tmp", "/var/tmp", "/dev/shm")  # where anybody may write
_END_SECONDS = 10.0


class AccountUnavailable(RuntimeError):
    """Submissions cannot be kept in by an account here; the message says why."""


def require(private: Iterable[Path], readable: Iterable[Path]):
    """Looks whether an account keeps submissions in here.

    Args:
      private: what a submission must not be able to read: the tests, the answers, others' work.
      readable: what its kernel has to read: the package, the Python environment.
    Raises:
      AccountUnavailable: it would not.
    """
    if not sys.platform.startswith("linux") or os.getuid() or not shutil.which("setpriv"):
        raise AccountUnavailable("it takes root on Linux, and setpriv of util-linux")
    with lend() as account:
        for path in private:
            if _can_read(account, path):
                raise AccountUnavailable(f"{path} can be read by every account: chmod -R go= {path}")
        for path in readable:
            if not _can_read(account, path):
                raise AccountUnavailable(f"{path} cannot be read by other accounts than root: chmod -R a+rX {path}")


@contextlib.contextmanager
def lend() -> Iterator[int]:
    """An account that nobody else on this machine has meanwhile. In the end its processes and its files are gone."""
    for number in _NUMBERS:
        # An abstract socket's name belongs to one process at a time and is free again when that ends, however it does.
        with socket.socket(socket.AF_UNIX) as claim:
            try:
                claim.bind(f"\0rl-grader-account-{number}")
            except OSError:
                continue
            try:
                yield number
            finally:
                _end_processes(number)
                _remove_files(number)
            return
    raise AccountUnavailable(f"all accounts from {_NUMBERS.start} to {_NUMBERS.stop - 1} are in use")


def command(account: int) -> list[str]:
    """The start of a command line that runs what follows as `account`, with no right but its own."""
    return [
        "setpriv",
        f"--reuid={account}",
        f"--regid={account}",
        "--clear-groups",
        "--inh-caps=-all",
        "--bounding-set=-all",
        "--no-new-privs",
        "--",
    ]


def _can_read(account: int, path: Path) -> bool:
    return _run_as(account, ["test", "-r", str(path)]) == 0


def _run_as(account: int, arguments: list[str]) -> int:
    program = shutil.which(arguments[0]) or arguments[0]
    result = subprocess.run(
        [*command(account), program, *arguments[1:]], cwd="/", capture_output=True, check=False, timeout=_END_SECONDS
    )
    return result.returncode


def _end_processes(account: int):
    """All at once, so that none can start another: kill(2) with -1 reaches whatever the account may signal."""
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        _run_as(account, ["sh", "-c", "kill -s KILL -- -1"])


def _remove_files(account: int):
    for shared in _SHARED:
        with contextlib.suppress(OSError):
            for entry in os.scandir(shared):
                if entry.stat(follow_symlinks=False).st_uid != account:
                    continue
                if entry.is_dir(follow_symlinks=False):
                    remove_tree(Path(entry.path))
                else:
                    os.unlink(entry.path)
