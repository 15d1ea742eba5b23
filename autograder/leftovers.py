"""Private folders of this machine's runs, and how they are removed whatever a submission left in them."""

import contextlib
import itertools
import os
import secrets
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

_PREFIX = "rl-grader-"
_SECONDS = 20.0  # for removing one folder; what is still there then is left to the next run
_BATCH = 1000  # names held at a time


@contextlib.contextmanager
def private_folder() -> Iterator[Path]:
    """A new folder for one kernel's sockets, or one run's files, named after the process that uses it. Removing it
    fails nobody."""
    parent = "/tmp" if Path("/tmp").is_dir() else None  # a socket's path must be short
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=parent)).resolve()
    try:
        yield folder
    finally:
        remove_tree(folder)


def remove_leftovers():
    """Removes the private folders of processes that were killed before they could."""
    for folder in Path("/tmp").glob(f"{_PREFIX}*-*"):
        process = folder.name.removeprefix(_PREFIX).split("-")[0]
        with contextlib.suppress(OSError):
            ours = folder.lstat().st_uid == os.getuid() and process.isascii() and process.isdigit()
            if ours and len(process) < 12 and not psutil.pid_exists(int(process)):
                remove_tree(folder)


def remove_tree(folder: Path, seconds: float = _SECONDS) -> bool:
    """Removes `folder` and returns whether all of it is gone. Never raises, follows no link and goes no deeper than one
    level: what lies deeper is moved up first. A name that cannot be removed (a mount) stays."""
    deadline = time.monotonic() + seconds
    with contextlib.suppress(OSError):
        top = _open_folder(str(folder), None)
        try:
            _empty(top, deadline)
        finally:
            os.close(top)
        os.rmdir(folder)
    return not os.path.lexists(folder)


def _empty(top: int, deadline: float):
    mark, number = f".{secrets.token_hex(8)}-", itertools.count()
    stuck: set[str] = set()
    while names := _names(top, stuck):
        for name in names:
            if time.monotonic() > deadline:
                return
            try:
                if not _is_folder(name, top):
                    os.unlink(name, dir_fd=top)
                    continue
                below = _open_folder(name, top)
                try:
                    _raise_contents(below, top, mark, number, deadline)
                finally:
                    os.close(below)
                os.rmdir(name, dir_fd=top)
            except OSError:
                stuck.add(name)


def _raise_contents(below: int, top: int, mark: str, number: Iterator[int], deadline: float):
    """Removes the files in `below` and moves its folders into `top`."""
    while names := _names(below, ()):
        for name in names:
            if time.monotonic() > deadline:
                return
            if _is_folder(name, below):
                os.chmod(name, 0o700, dir_fd=below)  # a folder that is moved is written to
                os.rename(name, f"{mark}{next(number)}", src_dir_fd=below, dst_dir_fd=top)
            else:
                os.unlink(name, dir_fd=below)


def _names(folder: int, without) -> list[str]:
    with os.scandir(folder) as entries:
        return list(itertools.islice((entry.name for entry in entries if entry.name not in without), _BATCH))


def _is_folder(name: str, parent: int) -> bool:
    return stat.S_ISDIR(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode)


def _open_folder(name: str, parent: int | None) -> int:
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
    os.chmod(name, 0o700, dir_fd=parent)
    return os.open(name, flags, dir_fd=parent)
