"""What a kernel and all the processes below it use, counted from outside: also memory that is in no process's share."""

import contextlib
import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil

MAX_DESCRIPTORS = 8192  # open files of all processes together: each may hold some memory in the system
_NOWHERE = ("/dev/zero (deleted)", "/memfd:", "/SYSV")  # how shared memory that is no file is called in /proc/PID/maps


def excess(pid: int, memory_bytes: int, threads: int, folder: Path | None = None, folder_bytes: int = 0) -> str:
    """What the process `pid` and all below it use too much of, for the learner; empty if nothing. Files in the sandbox
    lie in memory, so they count as such.

    Args:
      folder: without a sandbox, the folder on this machine's disk that they write to, and what it may hold.
    """
    processes = []
    with contextlib.suppress(psutil.Error):
        root = psutil.Process(pid)
        processes = [root, *root.children(recursive=True)]
    memory, tasks = 0, 0
    for process in processes:
        with contextlib.suppress(psutil.Error):
            memory += process.memory_info().rss
            tasks += process.num_threads()
    if tasks > threads:
        return f"It started more than {threads} processes and threads and was stopped."
    descriptors, hidden, deleted = _held(processes)
    if not folder:
        hidden += _in_memory_file_systems(processes)
    if memory + hidden > memory_bytes and _without_sharing(processes) + hidden > memory_bytes:
        return f"It used more than {memory_bytes / 2**30:g} GiB of memory, its files included, and was stopped."
    if descriptors > MAX_DESCRIPTORS:
        return f"It opened more than {MAX_DESCRIPTORS} files and was stopped."
    if folder and deleted + size_of(folder, folder_bytes) > folder_bytes:
        return f"It wrote more than {folder_bytes / 2**30:g} GiB of files and was stopped."
    return ""


def _without_sharing(processes: Sequence[psutil.Process]) -> int:
    """Memory of all `processes` in bytes, what they share counted once and without what is in files or memory that has
    no name. Slower to find out than the sum of all."""
    memory = 0
    for process in processes:
        with contextlib.suppress(psutil.Error, OSError):
            parts = {}
            # No such file: not Linux, or an old one.
            with contextlib.suppress(OSError, ValueError), open(f"/proc/{process.pid}/smaps_rollup") as lines:
                parts = {line.split()[0]: int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss")}
            if "Pss_Anon:" in parts:
                memory += parts["Pss_Anon:"] + parts["Pss_File:"]
            else:
                memory += parts.get("Pss:") or process.memory_info().rss
    return memory


def _in_memory_file_systems(processes: Sequence[psutil.Process]) -> int:
    """Bytes of files in the sandbox's /tmp and /dev/shm, seen through its processes; deleted ones that are open too."""
    used = {}
    for process in processes:
        for place in ("/tmp", "/dev/shm"):
            with contextlib.suppress(OSError):
                inside = f"/proc/{process.pid}/root{place}"
                system = os.stat(inside).st_dev
                if system not in used and system != os.stat(place).st_dev:
                    status = os.statvfs(inside)
                    used[system] = (status.f_blocks - status.f_bfree) * status.f_frsize
    return sum(used.values())


def _held(processes: Sequence[psutil.Process]) -> tuple[int, int, int]:
    """How many files are open, pipes and sockets that forks share once; bytes of shared memory that is open or mapped
    somewhere, whether or not it counts in a process's own; bytes of files on disk that are open but have no name any
    more. Each counted once."""
    descriptors, shared = 0, set()
    memory: dict[tuple, int] = {}
    files: dict[tuple, int] = {}
    for process in processes:
        with contextlib.suppress(OSError):
            folder = f"/proc/{process.pid}/fd"
            for name in os.listdir(folder):
                with contextlib.suppress(OSError):
                    target = os.readlink(f"{folder}/{name}")
                    if target.startswith(("pipe:", "socket:")):
                        shared.add(target)
                    else:
                        descriptors += 1
                    if not target.endswith("(deleted)"):
                        continue
                    status = os.stat(f"{folder}/{name}")
                    if stat.S_ISREG(status.st_mode):
                        found = memory if target.startswith("/memfd:") else files
                        found[status.st_dev, status.st_ino] = status.st_blocks * 512
        with contextlib.suppress(OSError):
            for fields in _shared_maps(process.pid):
                begin, end = (int(part, 16) for part in fields[0].split("-"))
                key = os.makedev(*(int(part, 16) for part in fields[3].split(":"))), int(fields[4])
                memory[key] = max(memory.get(key, 0), int(fields[2], 16) + end - begin)
    return descriptors + len(shared), sum(memory.values()), sum(files.values())


def _shared_maps(pid: int) -> Iterator[list[str]]:
    """The fields of the lines of /proc/PID/maps that are about shared memory that is no file. Of thousands of lines
    these are few, and this is asked for with every cell, so it looks for the names first."""
    text = Path(f"/proc/{pid}/maps").read_text(errors="replace")
    if any(name in text for name in _NOWHERE):
        for line in text.split("\n"):
            fields = line.split(maxsplit=5)
            if len(fields) == 6 and fields[5].startswith(_NOWHERE) and "s" in fields[1]:
                yield fields


def size_of(folder: Path, most: int) -> int:
    """Bytes on disk of what lies in `folder`; stops counting beyond `most`."""
    total, waiting = 0, [str(folder)]
    while waiting and total <= most:
        with contextlib.suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    total += 4096 + entry.stat(follow_symlinks=False).st_blocks * 512
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                if total > most:
                    break
    return total
