"""A kernel in its sandbox, seen from outside: started, watched, asked to run cells, and gone afterwards.

nbclient talks to it over sockets that the grader opens and the kernel inherits, so the sandbox needs no folder of this
machine to write to. A second pair of pipes goes to the kernel's witness (`inside/witness.py`), which says what it saw.
"""

import asyncio
import contextlib
import functools
import json
import os
import secrets
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import zmq
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec
from nbclient.exceptions import CellControlSignal, DeadKernelError

from autograder import accounts, sandbox, seccomp, usage
from autograder.leftovers import private_folder
from autograder.limits import Cell, Isolation, Limits, Outcome

GRACE_SECONDS = 5.0  # between the interrupt and the kill
END_SECONDS = 3.0  # for a killed kernel to be gone
POLL_SECONDS = 0.5  # how often memory is looked at
WITNESS_SECONDS = 6.0  # for an answer of the witness, on a machine that is busy too
MESSAGE_CHARACTERS = 10_000  # of an exception's text
MAX_OUTPUTS = 2_000  # of one notebook
MAX_ERRORS = 3  # of one cell
VALUE_CHARACTERS = 1_000  # of a cell's value, which is kept though too much was shown before
MAX_REPORT_BYTES = 100_000  # from one witness
HIDDEN_ERROR = "the cell ended in an error that was not shown"
SILENCED = "the grader's witness in the kernel was silenced"
_WAITING_MESSAGES = 16  # on one socket, before the kernel has to wait
_CHANNELS = ("shell", "iopub", "stdin", "hb", "control")


@dataclass(frozen=True)
class Program:
    """What a kernel has to know of the notebook beforehand.

    Attributes:
      exercises: the names that graded cells see as the learner's cells bound them.
      modules: what the course's own cells import.
    """

    exercises: tuple[str, ...]
    modules: tuple[str, ...]


class KernelLost(Exception):
    """The kernel died or had to be killed; the text says why, and `by_clock` whether it only took too long."""

    def __init__(self, reason: str, *, by_clock: bool = False):
        super().__init__(reason)
        self.by_clock = by_clock


class Kernel:
    """A running kernel and the client that talks to it.

    Attributes:
      flags: what its witness saw that a person should look at.
    """

    def __init__(self, client: "_CappedClient", limits: Limits, token: str, exercises: Sequence[str], witness):
        self._client: Any = client  # nbclient's types leave open whether it has a kernel
        self._witness = witness
        self._marks = {"given": f"# {token} given\n", "graded": f"# {token} graded {','.join(exercises)}\n"}
        self._excess = functools.partial(usage.excess, _process(client.km).pid, limits.memory_bytes, limits.threads)

    @property
    def flags(self) -> list[str]:
        silenced = self._witness.is_silent and _process(self._client.km).poll() is None
        self._witness.listen()
        return self._witness.seen + [SILENCED] * silenced

    async def run(self, source: Cell, seconds: float, *, watched: bool = True) -> Outcome:
        """Runs one cell; raises KernelLost when the kernel is gone afterwards. The witness looks before a graded cell
        and before what follows it, unless nothing of it is to be `watched`."""
        cells = self._client.nb.cells
        marked = {"cell_type": "code", "source": self._marks.get(source.kind, "") + source.source}
        cells.append(cell := nbformat.from_dict(marked | {"metadata": {}, "outputs": [], "execution_count": None}))
        graded = source.kind == "graded"
        self._client.last_status = "ok"  # of an empty cell nothing is heard
        await self._witness.look(source.name if graded and watched else "")
        # A learner's code can read the kernel's history.
        task = asyncio.ensure_future(self._client.async_execute_cell(cell, len(cells) - 1, store_history=not graded))
        watch = asyncio.ensure_future(self._watch())
        try:
            problem = await self._to_its_end(task, watch, seconds)
        finally:
            for leftover in (task, watch):
                leftover.cancel()
            await asyncio.gather(task, watch, return_exceptions=True)
        outputs = [dict(output) for output in cell.get("outputs", [])]
        outcome = Outcome(source.name, ran=not problem, outputs=outputs, problem=problem)
        if outcome.ran and not outcome.error and self._client.last_status != "ok":
            # The kernel says that the cell failed, but showed no error: something keeps errors from being shown.
            outputs.append(nbformat.v4.new_output("error", ename="Error", evalue=HIDDEN_ERROR, traceback=[]))
        return outcome

    async def look(self):
        """Has the witness look once more, when nothing that counts is to come."""
        await self._witness.look("")

    async def _to_its_end(self, task: asyncio.Future, watch: asyncio.Future, seconds: float) -> str:
        """Waits for a cell; returns why it was stopped, empty if it was not."""
        problem = ""
        await asyncio.wait({task, watch}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if watch.done() and not task.done():
            raise KernelLost(watch.result())
        if not task.done():
            problem = (
                f"It was still running after {seconds:.3g} seconds and was stopped. Look for a loop that never ends."
            )
            await self._client.km.interrupt_kernel()
            await asyncio.wait({task, watch}, timeout=GRACE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise KernelLost(watch.result()) if watch.done() else KernelLost(problem, by_clock=True)
        try:
            task.result()
        except (DeadKernelError, CellControlSignal, RuntimeError) as error:
            raise KernelLost(problem or "It ended the Python process that was running the notebook.") from error
        except Exception as error:  # what nbclient makes of it depends on what is wrong with the message
            raise KernelLost(problem or "It sent messages that no kernel sends and was stopped.") from error
        if excess := self._excess():  # looked at once more, or the next cell would take the blame
            raise KernelLost(excess)
        return problem

    async def _watch(self) -> str:
        """Returns once the kernel uses more than it may, and says of what."""
        while True:
            await asyncio.sleep(POLL_SECONDS)  # the cell before was looked at when it ended
            if excess := self._excess():
                return excess


class _Witness:
    """The line to the witness in the kernel. What it says comes from where a learner's code runs: it is cut to size.

    Attributes:
      seen: what it told.
    """

    def __init__(self, requests, reports: int):
        self._requests, self._reports = requests, reports
        self._text, self._bytes, self._number, self._missed = b"", 0, "", 0
        self._during = ""  # the graded cell that ran last, if nothing has run since
        self.seen: list[str] = []
        os.set_blocking(reports, False)

    async def look(self, during: str):
        """Tells it what runs next, a graded cell's name or nothing that counts, and has it compare everything before
        and after such a cell. The first time it remembers what everything consists of."""
        if during or self._during or not self._number:
            await self._ask(during)
        self._during = during

    async def _ask(self, during: str):
        if self._missed > 1:
            return
        self._number = secrets.token_hex(8)
        loop, answered = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._reports, self._read, answered)
        try:
            self._requests.write(json.dumps([self._number, during]).encode() + b"\n")
            self._requests.flush()
            await asyncio.wait_for(answered.wait(), WITNESS_SECONDS)
        except (OSError, TimeoutError):
            self._missed += 1
        finally:
            loop.remove_reader(self._reports)

    @property
    def is_silent(self) -> bool:
        """Whether it has stopped to answer."""
        return self._missed > 1

    def listen(self):
        """Takes in what it told since it was asked last, perhaps just before its kernel ended."""
        while not self.is_silent and self._read(asyncio.Event()):
            pass

    def _read(self, answered: asyncio.Event) -> bool:
        """Takes in what is there to read, and returns whether anything was."""
        try:
            data = os.read(self._reports, 65536)
        except BlockingIOError:
            return False
        self._bytes += len(data)
        if not data or self._bytes > MAX_REPORT_BYTES:
            self._missed = 2
            answered.set()
            return False
        *lines, self._text = (self._text + data).split(b"\n")
        for line in lines:
            with contextlib.suppress(ValueError, TypeError, KeyError, AttributeError):
                report = json.loads(line)
                if "seen" in report:
                    self._note(str(report["seen"])[:300])
                elif report["answer"] == self._number:
                    answered.set()
        return True

    def _note(self, sight: str):
        if sight not in self.seen:
            self.seen.append(sight)


class _CappedClient(nbclient.NotebookClient):
    """nbclient that stops keeping output once a notebook has printed `output_bytes`."""

    output_bytes: int = 0
    seen_bytes: int = 0
    kept: int = 0  # outputs
    last_status: str = "ok"  # of the last cell's execute_reply

    def process_message(self, msg, cell, cell_index):
        kind, content = msg["msg_type"], msg["content"]
        if kind.startswith("comm") or kind == "update_display_data":
            return None  # widgets: nobody is there to move them
        if kind == "error":
            if sum(output["output_type"] == "error" for output in cell.get("outputs", [])) >= MAX_ERRORS:
                return None
            content["evalue"] = str(content.get("evalue"))[:MESSAGE_CHARACTERS]
            content["traceback"] = [str(line)[:MESSAGE_CHARACTERS] for line in content.get("traceback", [])[:100]]
        elif kind in ("stream", "display_data", "execute_result"):
            _check(kind, content)
            left, size = self.output_bytes - self.seen_bytes, len(str(content.get("text") or content.get("data")))
            self.seen_bytes += size
            self.kept += 1
            full = left <= 0 or self.kept > MAX_OUTPUTS or (size > left and kind != "stream")
            if full and not (size <= VALUE_CHARACTERS and _is_first_value(kind, cell)):
                return None
            if kind == "stream":
                content["text"] = content["text"][:left]
        return super().process_message(msg, cell, cell_index)


def _check(kind: str, content: dict):
    """Raises ValueError for an output that scoring and pages could not read: a learner's code can send anything."""
    if kind == "stream":
        sound = content.get("name") in ("stdout", "stderr") and isinstance(content.get("text"), str)
    else:
        data = content.get("data")
        sound = isinstance(data, dict) and isinstance(data.get("text/plain", ""), str)
    if not sound:
        raise ValueError(f"not a message of the kind {kind}")


def _is_first_value(kind: str, cell) -> bool:
    """Whether it is a cell's last value, which may be its points: it counts however much was shown before."""
    return kind == "execute_result" and all(output["output_type"] != kind for output in cell.get("outputs", []))


@contextlib.asynccontextmanager
async def start(
    limits: Limits, isolation: Isolation, compiled: sandbox.Compiled | None, program: Program, seconds: float
) -> AsyncIterator[Kernel]:
    """Starts a kernel; after the block nothing of it is left.

    Raises:
      SandboxUnavailable: the `isolation` cannot be had here.
      RuntimeError: it did not start within `seconds`.
    """
    with private_folder() as folder, contextlib.ExitStack() as files:
        listeners = {f"ipc://{folder}/kernel-{i}": _listen(folder / f"kernel-{i}") for i in range(1, 6)}
        for listener in listeners.values():
            files.enter_context(listener)
        reports, report_to = os.pipe()
        files.callback(os.close, reports)
        inherited = {address: listener.fileno() for address, listener in listeners.items()}
        boxed, account = isolation == "bubblewrap", -1
        filter_fd = _readable(files, seccomp.program()) if boxed and seccomp.program() else -1
        if isolation == "account":
            account = files.enter_context(accounts.lend())
        command, environment = sandbox.kernel_command(
            folder,
            sandbox.package_folder(),
            memory_bytes=limits.memory_bytes,
            threads=limits.threads,
            tmp_bytes=limits.tmp_bytes,
            isolation=isolation,
            compiled=compiled,
            seccomp_fd=filter_fd,
            account=account,
        )
        token = secrets.token_hex(16)
        settings = limits.of_a_process() | {"token": token, "sockets": inherited, "reports": report_to}
        settings |= {"modules": program.modules, "filter": ""}
        manager = _manager(folder, command, limits)
        if isolation == "account":
            settings["filter"] = seccomp.program(network=False).hex()
            manager.write_connection_file()
            os.chown(manager.connection_file, account, account)
        client = _CappedClient(
            nbformat.v4.new_notebook(), km=manager, timeout=None, allow_errors=True, store_widget_state=False
        )
        client.output_bytes, client.startup_timeout = limits.output_bytes, max(1, int(seconds))
        client.on_cell_executed = lambda cell, cell_index, execute_reply: setattr(
            client, "last_status", execute_reply["content"]["status"]
        )
        client.reset_execution_trackers()
        try:
            # The kernel ends when the pipe at its stdin does, so with this process.
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            handed_on = [*inherited.values(), report_to, *([filter_fd] if filter_fd >= 0 else [])]
            try:
                place = str(folder / "home" if isolation == "account" else folder)
                await client.async_start_new_kernel(env=environment, cwd=place, pass_fds=handed_on, **pipes)
            finally:
                os.close(report_to)
                for listener in listeners.values():
                    listener.close()  # the kernel has them now: when it is gone, so are they
            requests: Any = _process(manager).stdin
            try:
                requests.write(json.dumps(settings).encode() + b"\n")
                requests.flush()
                await asyncio.wait_for(client.async_start_new_kernel_client(), seconds)
            except (TimeoutError, OSError) as error:
                raise RuntimeError(f"the kernel did not start within {seconds:.3g} seconds") from error
            kernel = Kernel(client, limits, token, program.exercises, _Witness(requests, reports))
            if not boxed:
                kernel._excess = functools.partial(kernel._excess, folder=folder, folder_bytes=limits.tmp_bytes)
            yield kernel
        finally:
            await _end(client, manager)


def _manager(folder: Path, command: list[str], limits: Limits) -> AsyncKernelManager:
    ports = {f"{channel}_port": number for number, channel in enumerate(_CHANNELS, 1)}
    manager = AsyncKernelManager(
        transport="ipc",
        ip=str(folder / "kernel"),
        connection_file=str(folder / "connection.json"),
        kernel_name="python3",
        **ports,
    )
    # A single message larger than all allowed output is cut off at the socket, before it takes memory here.
    manager.context.setsockopt(zmq.MAXMSGSIZE, limits.output_bytes + 2**20)
    manager.context.setsockopt(zmq.RCVHWM, _WAITING_MESSAGES)
    manager._kernel_spec = KernelSpec(argv=command, display_name="sandbox", language="python", interrupt_mode="message")
    return manager


def _process(manager) -> subprocess.Popen:
    """The process of its kernel, which lives here and was started."""
    return manager.provisioner.process


def _listen(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen(100)
    listener.setblocking(False)
    return listener


def _readable(files: contextlib.ExitStack, data: bytes) -> int:
    """A file descriptor to read `data` from."""
    file = files.enter_context(contextlib.closing(tempfile.TemporaryFile()))  # noqa: SIM115
    file.write(data)
    file.seek(0)
    return file.fileno()


async def _end(client: _CappedClient, manager: AsyncKernelManager):
    process = _process(manager) if manager.has_kernel else None
    if client.kc is not None:
        client.kc.stop_channels()
    if process:
        with contextlib.suppress(
            TimeoutError, OSError, zmq.ZMQError
        ):  # nbclient closes all sockets where a start failed
            await asyncio.wait_for(manager.shutdown_kernel(now=True), END_SECONDS)
        process.kill()  # nothing, if it has ended
    manager.context.destroy(linger=0)
