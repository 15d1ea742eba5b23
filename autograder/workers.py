"""Where submissions are graded: processes of this machine, or the workers of a Dask scheduler. Each has the course
once; a job names its notebook."""

import concurrent.futures
import contextlib
import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any, Protocol

from autograder.course import Assignment, Course


class SchedulerUnavailable(RuntimeError):
    """The Dask cluster cannot be used; the message says why."""


class Workers(Protocol):
    """What runs jobs.

    Attributes:
      at_once: how many jobs run at the same time.
    """

    at_once: int

    def submit(self, function: Callable[..., Any], name: str, *arguments: Any) -> Future:
        """Runs `function(assignment, *arguments)` with the notebook `name` of the course."""


def default_count() -> int:
    """As many as the process may use cores."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextlib.contextmanager
def start(course: Course, count: int, scheduler: str = "") -> Iterator[Workers]:
    """Workers for the `with` block: `count` processes here, or those of the Dask scheduler at `scheduler`. Where the
    block is left by an exception, what still runs is ended.

    Raises:
      SchedulerUnavailable: `scheduler` cannot be reached, or has no workers, or Dask is not installed.
    """
    if scheduler:
        with _dask(scheduler) as client:
            yield _Cluster(client, course)
        return
    pool = concurrent.futures.ProcessPoolExecutor(
        count, multiprocessing.get_context("spawn"), initializer=_begin, initargs=(course,)
    )
    try:
        yield _Processes(pool, count)
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in multiprocessing.active_children():
            process.kill()
        raise
    finally:
        pool.shutdown()


class _Processes:
    def __init__(self, pool: concurrent.futures.ProcessPoolExecutor, at_once: int):
        self._pool, self.at_once = pool, at_once

    def submit(self, function, name, *arguments):
        with _without_ctrl_c():  # this may start a process, which inherits that Ctrl+C is not for it
            return self._pool.submit(_run, function, name, *arguments)


class _Cluster:
    def __init__(self, client, course: Course):
        self._executor = client.get_executor(pure=False, retries=1)
        self.at_once = sum(client.nthreads().values())
        self._client, self._course = client, course
        self._sent: dict = {}  # futures of the assignments that are there, by name

    def submit(self, function, name, *arguments):
        if name not in self._sent:
            self._sent[name] = self._client.scatter(self._course.assignments[name], broadcast=True, hash=False)
        return self._executor.submit(function, self._sent[name], *arguments)


@contextlib.contextmanager
def _dask(address: str):
    try:
        from dask.distributed import Client
    except ImportError:
        raise SchedulerUnavailable("--scheduler needs Dask: in the course's folder, pip install '.[cluster]'") from None
    try:
        client = Client(address, timeout=10)
    except (OSError, TimeoutError, ValueError) as error:
        raise SchedulerUnavailable(f"no Dask scheduler answers at {address}: {error}") from None
    with client:
        if not client.nthreads():
            raise SchedulerUnavailable(f"the Dask scheduler at {address} has no workers")
        yield client


# --- In a worker process ----------------------------------------------------------------------------------------------

_assignments: dict[str, Assignment] = {}


def _begin(course: Course):
    """Keeps the course, and makes this process end when the one that started it is gone, and its sandboxes with it."""
    _assignments.update(course.assignments)

    def wait():
        multiprocessing.connection.wait([multiprocessing.parent_process().sentinel])
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _run(function: Callable[..., Any], name: str, *arguments: Any) -> Any:
    return function(_assignments[name], *arguments)


@contextlib.contextmanager
def _without_ctrl_c():
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
