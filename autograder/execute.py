"""One notebook, one sandboxed kernel -> what every cell printed, showed or raised. Nothing but JSON comes back.

A cell that runs too long is interrupted; one that cannot be interrupted takes its kernel with it, and the rest of the
notebook goes on in a new kernel in which the cells before it (but not the culprit, and no tests) are run again. All of
that together, and the canaries after it, has the notebook's time.
"""

import ast
import asyncio
import contextlib
import functools
import itertools
from collections.abc import Callable, Sequence

from autograder import answers, kernel, sandbox
from autograder.course import exercise_name
from autograder.kernel import Kernel, KernelLost
from autograder.limits import Canary, Cell, Execution, Isolation, Kind, Limits, Outcome, at_most

__all__ = ["Canary", "Cell", "Execution", "Isolation", "Limits", "Outcome", "execute"]

CANARY_SECONDS = 10.0
LATE_SECONDS = 3.0  # that canaries may take when the notebook's time is over
START_SECONDS = 30.0  # for the first kernel, however short the notebook's time is
SHORT_SECONDS = 1.0  # for each of the learner's extra cells once their common budget is spent
MAX_KERNELS = 6  # kernels one notebook may use up
MAX_NOTES, MAX_FLAGS = 40, 20
_DEFAULT_LIMITS = Limits()


def execute(
    cells: Sequence[Cell],
    limits: Limits = _DEFAULT_LIMITS,
    *,
    canaries: Sequence[Canary] = (),
    exercises: Sequence[str] = (),
    isolation: Isolation = "bubblewrap",
    compiled: sandbox.Compiled | None = None,
) -> Execution:
    """Runs `cells` in order, then the canaries of those tests that passed.

    Args:
      exercises: the names that graded cells see as the learner's cells bound them; what else they see comes from the
        given cells. Default: those whose tests are among `cells`.
      compiled: a compilation cache that the kernel starts from, or fills.
    Raises:
      SandboxUnavailable: the `isolation` cannot be had here.
      RuntimeError: the first kernel did not start at all.
    """
    names = exercises or dict.fromkeys(exercise_name(cell.name) for cell in cells if cell.kind == "graded")
    program = kernel.Program(tuple(names), _imported(cells))
    start = functools.partial(kernel.start, limits, isolation, compiled, program)
    run = _Run(list(cells), list(canaries), limits)
    asyncio.run(run.whole(start))
    return run.result()


def _imported(cells: Sequence[Cell]) -> tuple[str, ...]:
    """What the course's own cells import: loaded, and looked at, before any learner's cell runs."""
    names = []
    for cell in (cell for cell in cells if cell.kind == "given"):
        tree = answers.parse(cell.source)
        for node in tree.body if tree else []:
            if isinstance(node, ast.Import):
                names += [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return tuple(dict.fromkeys(names))


class _Run:
    """One notebook on its way: what has come of it so far, and where to go on when a kernel is lost."""

    def __init__(self, cells: list[Cell], canaries: list[Canary], limits: Limits):
        self._cells, self._canaries, self._limits = cells, canaries, limits
        self._outcomes = [Outcome(cell.name) for cell in cells]
        self._next = 0  # the first cell that has no outcome yet
        self._again: set[int] = set()  # cells before it that a new kernel runs again
        self._current: int | str = 0  # a position, or the name of the test whose canary runs
        self._notes: list[str] = []
        self._flags: list[str] = []
        self._survived: list[str] = []
        before = itertools.takewhile(lambda pair: pair[1].kind != "answer", enumerate(cells))
        self._setup = {i for i, cell in before if cell.kind == "given"}  # later ones may call what the learner wrote
        self._broken = ""  # what the set-up met with

    async def whole(self, start: Callable):
        """Runs everything, in as many kernels as it takes."""
        self._clock = _Clock(self._limits)
        for number in range(MAX_KERNELS):
            if number and (self._clock.left() <= 0 or self._next == len(self._cells)):
                break
            try:
                async with start(max(self._clock.left(), 0 if number else START_SECONDS)) as running:
                    if not number:
                        self._clock = _Clock(self._limits)  # how fast the first one starts is not the learner's affair
                    try:
                        await self._on(running)
                        break
                    except KernelLost as lost:
                        self._lost(lost)
                    finally:
                        self._flags += running.flags
            except RuntimeError as error:
                if not number:
                    raise
                self._notes.append(f"A new kernel was needed: {error}")
        for outcome in self._outcomes[self._next :]:
            outcome.problem = outcome.problem or (
                self._too_late()
                if self._clock.left() <= 0
                else "Not run: the notebook had already ended several kernels."
            )

    async def _on(self, running: Kernel):
        for position in sorted(self._again):
            self._current = position
            cell = self._cells[position]
            with self._clock.spending(cell.kind) as seconds:
                if seconds > 0:
                    await running.run(cell, seconds)
        while self._next < len(self._cells):
            self._current = position = self._next
            cell = self._cells[position]
            with self._clock.spending(cell.kind) as seconds:
                outcome = (
                    await running.run(cell, seconds) if seconds > 0 else Outcome(cell.name, False, [], self._too_late())
                )
            self._keep(position, outcome)
            if cell.kind != "graded":
                self._again.add(position)
        await running.look()
        await self._try_canaries(running)

    def _keep(self, position: int, outcome: Outcome):
        self._outcomes[position] = outcome
        self._next = position + 1
        if position in self._setup and outcome.problem and self._clock.left() > 0:
            self._broken = self._broken or f"the course's own cell {outcome.name} did not end: {outcome.problem}"

    def _lost(self, lost: KernelLost):
        """A kernel is gone. What ran in it is not run again; an outcome that is there stays."""
        reason = str(lost)
        if isinstance(self._current, str):  # a slow machine is nobody's fault
            told = self._notes if lost.by_clock else self._flags
            told.append(f"{self._current}: without the answer its test did not end as it should: {reason}")
            return
        cell = self._cells[self._current]
        if self._current < self._next:
            self._notes.append(f"{cell.name}: when it was run again: {reason}")
            self._again.discard(self._current)
        else:
            self._keep(self._current, Outcome(cell.name, problem=reason))

    async def _try_canaries(self, running: Kernel):
        passed = {outcome.name for outcome in self._outcomes if outcome.ran and not outcome.error}
        for canary in [canary for canary in self._canaries if canary.test.name in passed]:
            self._current = canary.test.name
            for replacement in canary.replacements:
                for cell in (replacement, canary.test):
                    seconds = min(CANARY_SECONDS, self._clock.left() + LATE_SECONDS)
                    if seconds <= 0:
                        self._notes.append("No time was left to try the tests without the answers.")
                        return
                    outcome = await running.run(cell, seconds, watched=False)  # it is the course's
                if outcome.ran and not outcome.error:
                    self._survived.append(canary.test.name)
                    break

    def _too_late(self) -> str:
        return f"The notebook's {self._limits.notebook_seconds:g} seconds were used up before this cell."

    def result(self) -> Execution:
        """What came of it all."""
        problems = [f"{outcome.name}: {outcome.problem}" for outcome in self._outcomes if outcome.problem]
        return Execution(
            self._outcomes,
            notes=at_most([*problems, *self._notes], MAX_NOTES),
            survived=self._survived,
            flags=at_most(self._flags, MAX_FLAGS),
            problem=self._broken,
        )


class _Clock:
    """Wall time left. The learner's extra cells share half of the notebook's time; then each has a moment as long as
    half of the rest is there."""

    def __init__(self, limits: Limits):
        self._now, self._limits = asyncio.get_running_loop().time, limits
        self._end = self._now() + limits.notebook_seconds
        self._extra = limits.notebook_seconds / 2

    def left(self) -> float:
        """Seconds left for everything."""
        return self._end - self._now()

    @contextlib.contextmanager
    def spending(self, kind: Kind):
        """Within the block a cell runs; gives the seconds it may take, 0 for none."""
        begin, most = self._now(), min(self._limits.cell_seconds, self.left())
        if kind == "extra":
            late = SHORT_SECONDS if self.left() > self._limits.notebook_seconds / 4 else 0.0
            most = min(most, max(self._extra, late))
        try:
            yield max(most, 0.0)
        finally:
            if kind == "extra":
                self._extra -= self._now() - begin
