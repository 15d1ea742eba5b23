"""One notebook, one sandboxed kernel -> what every cell printed, showed or raised. Nothing but JSON comes back.

The kernel runs inside the sandbox and nbclient outside of it; they talk over sockets in a private folder. A cell that
runs too long is interrupted; one that cannot be interrupted takes its kernel with it, and the rest of the notebook goes
on in a new kernel in which the cells before it (but not the culprit, and no tests) are run again.
"""

import asyncio
import contextlib
import functools
import itertools
import secrets
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import nbclient
import nbformat
import psutil
import zmq
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec
from nbclient.exceptions import CellControlSignal, DeadKernelError

from autograder import sandbox
from autograder.course import exercise_name

GRACE_SECONDS = 5.0  # between the interrupt and the kill
POLL_SECONDS = 0.5  # how often memory is looked at
CANARY_SECONDS = 10.0
MAX_KERNELS = 6  # kernels one notebook may use up
MESSAGE_CHARACTERS = 10_000  # of an exception's text
HIDDEN_ERROR = "the cell ended in an error that was not shown"
LEFTOVER_SECONDS = 5.0  # for each of the learner's extra cells once their common budget is spent

Kind = Literal["given", "answer", "extra", "graded"]


@dataclass(frozen=True)
class Limits:
    """What one submission may use. Seconds are wall time; threads are those of all its processes together."""

    cell_seconds: float = 60.0
    notebook_seconds: float = 600.0
    memory_bytes: int = 4 * 2**30
    threads: int = 512
    tmp_bytes: int = 2**30
    output_bytes: int = 10 * 2**20

    def of_a_process(self) -> dict[str, int]:
        """What binds each process by itself, as `inside/launch.py` takes it."""
        return {
            "memory_bytes": self.memory_bytes,
            "threads": self.threads,
            "tmp_bytes": self.tmp_bytes,
            "output_bytes": self.output_bytes,
            "cpu_seconds": int(2 * self.notebook_seconds) + 60,
        }


@dataclass(frozen=True)
class Cell:
    """One cell to run. `kind` decides what happens when it fails: only a `graded` cell costs points."""

    name: str
    source: str
    kind: Kind


@dataclass(frozen=True)
class Canary:
    """A test that must fail once `stub` has replaced the answer; if it passes, something interferes with the tests."""

    stub: str
    test: Cell


@dataclass
class Outcome:
    """What running one cell gave.

    Attributes:
      name: the cell's name.
      ran: whether it ran to its end (an exception is an end, an interrupt or a dead kernel is not).
      outputs: notebook outputs as nbformat has them.
      problem: why it did not run to its end, for the learner; empty when it did.
    """

    name: str
    ran: bool = False
    outputs: list[dict] = field(default_factory=list)
    problem: str = ""

    @property
    def error(self) -> dict | None:
        """The first error output, if any."""
        return next((o for o in self.outputs if o["output_type"] == "error"), None)


@dataclass
class Execution:
    """What came of one notebook.

    Attributes:
      outcomes: one for each cell, in order.
      notes: remarks about the run for the instructor.
      survived: the canaries' names whose test passed although the answer had been taken out again.
      problem: why nothing can be said about this notebook: a cell of the course itself did not run to its end. Then it
        is tried again another time. Empty otherwise.
    """

    outcomes: list[Outcome]
    notes: list[str] = field(default_factory=list)
    survived: list[str] = field(default_factory=list)
    problem: str = ""


class _KernelLost(Exception):
    """The kernel died or had to be killed; the text says why."""


def execute(
    cells: Sequence[Cell],
    limits: Limits = Limits(),
    *,
    canaries: Sequence[Canary] = (),
    exercises: Sequence[str] = (),
    sandboxed: bool = True,
    compiled: sandbox.Compiled | None = None,
) -> Execution:
    """Runs `cells` in order, then the canaries of those tests that passed.

    Args:
      exercises: the names that graded cells see as the learner's cells bound them; what else they see comes from the
        given cells. Default: those whose tests are among `cells`.
      compiled: a compilation cache that the kernel starts from, or fills.
    Raises:
      SandboxUnavailable: `sandboxed`, and bubblewrap cannot run here.
      RuntimeError: the first kernel did not start at all.
    """
    names = exercises or dict.fromkeys(exercise_name(cell.name) for cell in cells if cell.kind == "graded")
    kernels = functools.partial(_kernel, limits, sandboxed, compiled, tuple(names))
    return asyncio.run(_execute(list(cells), limits, list(canaries), kernels))


async def _execute(cells: list[Cell], limits: Limits, canaries: list[Canary], new_kernel: Callable) -> Execution:
    outcomes = [Outcome(cell.name) for cell in cells]
    result = Execution(outcomes)
    budget = _Budget(limits)
    start, culprits = 0, set()
    for _ in range(MAX_KERNELS):
        async with new_kernel() as kernel:
            try:
                for position in [i for i in range(start) if cells[i].kind != "graded" and i not in culprits]:
                    await kernel.run(cells[position], budget.seconds_for("extra"))
                for position in range(start, len(cells)):
                    seconds = budget.seconds_for(cells[position].kind)
                    if seconds <= 0:
                        outcomes[
                            position
                        ].problem = f"The notebook's {limits.notebook_seconds:g} seconds were used up before this cell."
                        continue
                    with budget.spending(cells[position].kind):
                        outcomes[position] = await kernel.run(cells[position], seconds)
                start = len(cells)
                passed = {outcome.name for outcome in outcomes if outcome.ran and not outcome.error}
                for canary in [c for c in canaries if c.test.name in passed]:
                    await kernel.run(Cell("stub", canary.stub, "extra"), CANARY_SECONDS)
                    outcome = await kernel.run(canary.test, CANARY_SECONDS)
                    if outcome.ran and not outcome.error:
                        result.survived.append(canary.test.name)
                break
            except _KernelLost as lost:
                if start == len(cells):
                    break  # a canary ended the kernel: nothing left to learn from it
                outcomes[position] = Outcome(cells[position].name, problem=str(lost))
                result.notes.append(f"{cells[position].name}: {lost}")
                culprits.add(position)
                start = max(start, position + 1)
    else:
        for outcome in outcomes[start:]:
            outcome.problem = "Not run: the notebook had already ended several kernels."
    before = itertools.takewhile(lambda pair: pair[0].kind != "answer", zip(cells, outcomes, strict=True))
    ended = [o for cell, o in before if cell.kind == "given" and o.problem]  # later ones may call what a learner wrote
    if ended and not budget.is_used_up():
        result.problem = f"the course's own cell {ended[0].name} did not end: {ended[0].problem}"
    result.notes += [
        f"{o.name}: {o.problem}" for o in outcomes if o.problem and f"{o.name}: {o.problem}" not in result.notes
    ]
    return result


class _Budget:
    """Wall time left. The learner's extra cells share half of the notebook's time and cannot use up the rest."""

    def __init__(self, limits: Limits):
        self._cell = limits.cell_seconds
        self._left = {"extra": limits.notebook_seconds / 2, "other": limits.notebook_seconds}

    def seconds_for(self, kind: Kind) -> float:
        if kind == "extra":
            return min(self._cell, max(self._left["extra"], LEFTOVER_SECONDS))
        return min(self._cell, self._left["other"])

    def is_used_up(self) -> bool:
        """Whether the notebook itself took all the time there was."""
        return self._left["other"] <= 0

    @contextlib.contextmanager
    def spending(self, kind: Kind):
        clock = asyncio.get_running_loop().time
        begin = clock()
        try:
            yield
        finally:
            self._left["extra" if kind == "extra" else "other"] -= clock() - begin


class _Kernel:
    """A running kernel and the client that talks to it."""

    def __init__(self, client: "_CappedClient", limits: Limits, token: str, exercises: Sequence[str]):
        self._client, self._limits = client, limits
        self._marks = {"given": f"# {token} given\n", "graded": f"# {token} graded {','.join(exercises)}\n"}

    async def run(self, source: Cell, seconds: float) -> Outcome:
        """Runs one cell; raises _KernelLost when the kernel is gone afterwards."""
        cells = self._client.nb.cells
        cells.append(cell := nbformat.v4.new_code_cell(self._marks.get(source.kind, "") + source.source))
        self._client.last_status = "ok"  # of an empty cell nothing is heard
        in_history = source.kind != "graded"  # a learner's code can read the kernel's history
        task = asyncio.ensure_future(self._client.async_execute_cell(cell, len(cells) - 1, store_history=in_history))
        watch = asyncio.ensure_future(self._watch())
        problem = ""
        try:
            await asyncio.wait({task, watch}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if watch.done() and not task.done():
                raise _KernelLost(watch.result())
            if not task.done():
                problem = (
                    f"It was still running after {seconds:g} seconds and was stopped. Look for a loop that never ends."
                )
                await self._client.km.interrupt_kernel()
                await asyncio.wait({task}, timeout=GRACE_SECONDS)
                if not task.done():
                    raise _KernelLost(problem)
            try:
                task.result()
            except (DeadKernelError, CellControlSignal, RuntimeError) as error:
                raise _KernelLost(problem or "It ended the Python process that was running the notebook.") from error
            if excess := self._excess():  # looked at once more, or the next cell would take the blame
                raise _KernelLost(excess)
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

    async def _watch(self) -> str:
        """Returns once the kernel uses more than it may, and says of what."""
        while not (excess := self._excess()):
            await asyncio.sleep(POLL_SECONDS)
        return excess

    def _excess(self) -> str:
        """What the kernel and all its children together use too much of, for the learner; empty if nothing."""
        processes, memory, threads = [], 0, 0
        with contextlib.suppress(psutil.Error):
            root = psutil.Process(self._client.km.provisioner.process.pid)
            processes = [root, *root.children(recursive=True)]
        for process in processes:
            with contextlib.suppress(psutil.Error):
                memory += process.memory_info().rss
                threads += process.num_threads()
        if threads > self._limits.threads:
            return f"It started more than {self._limits.threads} processes and threads and was stopped."
        if memory > self._limits.memory_bytes and _without_sharing(processes) > self._limits.memory_bytes:
            return f"It used more than {self._limits.memory_bytes / 2**30:g} GiB of memory and was stopped."
        return ""


def _without_sharing(processes: Sequence[psutil.Process]) -> int:
    """Memory of all `processes` in bytes, what they share counted once. Slower to find out than the sum of all."""
    memory = 0
    for process in processes:
        with contextlib.suppress(psutil.Error):
            info = process.memory_full_info()
            memory += getattr(info, "pss", info.rss)  # pss: Linux only
    return memory


class _CappedClient(nbclient.NotebookClient):
    """nbclient that stops keeping output once a notebook has printed `output_bytes`."""

    output_bytes: int = 0
    seen_bytes: int = 0
    last_status: str = "ok"  # of the last cell's execute_reply

    def process_message(self, msg, cell, cell_index):
        if msg["msg_type"] in ("stream", "display_data", "execute_result", "update_display_data"):
            content, left = msg["content"], self.output_bytes - self.seen_bytes
            self.seen_bytes += len(str(content.get("text") or content.get("data")))
            if left <= 0 or (self.seen_bytes > self.output_bytes and msg["msg_type"] != "stream"):
                return None
            if msg["msg_type"] == "stream":
                content["text"] = content["text"][:left]
        if msg["msg_type"] == "error":
            content = msg["content"]
            content["evalue"] = str(content.get("evalue"))[:MESSAGE_CHARACTERS]
            content["traceback"] = [str(line)[:MESSAGE_CHARACTERS] for line in content.get("traceback", [])[:100]]
        return super().process_message(msg, cell, cell_index)


@contextlib.asynccontextmanager
async def _kernel(limits: Limits, sandboxed: bool, compiled: sandbox.Compiled | None, exercises: Sequence[str]):
    """Starts a kernel with a private folder for its sockets; afterwards nothing of it is left."""
    with sandbox.private_folder() as name:
        folder, token = Path(name).resolve(), secrets.token_hex(16)
        (folder / "mark").write_text(token)
        settings = limits.of_a_process() | {"mark": str(folder / "mark")}
        command, environment = sandbox.kernel_command(
            folder, sandbox.package_folder(), settings, sandboxed=sandboxed, compiled=compiled
        )
        manager = AsyncKernelManager(
            transport="ipc",
            ip=str(folder / "kernel"),
            connection_file=str(folder / "connection.json"),
            kernel_name="python3",
        )
        # A single message larger than all allowed output is cut off at the socket, before it takes memory here.
        manager.context.setsockopt(zmq.MAXMSGSIZE, limits.output_bytes + 2**20)
        manager._kernel_spec = KernelSpec(
            argv=command, display_name="sandbox", language="python", interrupt_mode="message"
        )
        notebook = nbformat.v4.new_notebook()
        client = _CappedClient(notebook, km=manager, timeout=None, allow_errors=True, store_widget_state=False)
        client.output_bytes = limits.output_bytes
        client.on_cell_executed = lambda cell, cell_index, execute_reply: setattr(
            client, "last_status", execute_reply["content"]["status"]
        )
        client.reset_execution_trackers()
        try:
            # The kernel ends when the pipe at its stdin does, so with this process.
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            await client.async_start_new_kernel(env=environment, cwd=str(folder), **pipes)
            await client.async_start_new_kernel_client()
            yield _Kernel(client, limits, token, exercises)
        finally:
            if client.kc is not None:
                client.kc.stop_channels()
            if manager.has_kernel:
                await manager.shutdown_kernel(now=True)
            manager.context.destroy(linger=0)
