"""A training log: numbers by name and step, for plots and, where tensorboardX is installed, for TensorBoard."""

from collections import defaultdict
from pathlib import Path

import numpy as np


class TrainingLog:
    """Keeps every number it is given, and writes it to an event file that TensorBoard reads while training goes on.

    Without tensorboardX it keeps the numbers all the same, and writes no file.

        log = TrainingLog("runs")
        log.add(200, loss=0.31, epsilon=0.8)
        steps, losses = log["loss"]

    Attributes:
      folder: this run's own folder, `runs/run-1`, `runs/run-2` and so on; None when nothing is written.
    """

    def __init__(self, folder: str | Path = "runs"):
        self._series: dict[str, list[tuple[int, float]]] = defaultdict(list)
        self.folder: Path | None = None
        self._writer = None
        try:
            from tensorboardX import SummaryWriter
        except ImportError:
            return
        number = 1
        while (Path(folder) / f"run-{number}").exists():
            number += 1
        self.folder = Path(folder) / f"run-{number}"
        self._writer = SummaryWriter(str(self.folder))

    def add(self, step: int, **values: float):
        """Records what each named number was after `step` steps."""
        for name, value in values.items():
            self._series[name].append((int(step), float(value)))
            if self._writer is not None:
                self._writer.add_scalar(name, float(value), int(step))

    def __getitem__(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """`(steps, values)` of one name in the order in which they came, int64 [N] and float64 [N].

        Raises:
          KeyError: nothing was added under this name.
        """
        if name not in self._series:
            raise KeyError(f"nothing is logged as {name!r}, only {sorted(self._series)}")
        steps, values = zip(*self._series[name], strict=True)
        return np.array(steps, int), np.array(values, float)

    def close(self):
        """Writes what is not yet in the file. The numbers stay readable."""
        if self._writer is not None:
            self._writer.close()
