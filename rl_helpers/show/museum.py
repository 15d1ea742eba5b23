"""The picture of the bug museum: which exhibit passes which probe."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from rl_helpers.show import style
from rl_helpers.show.style import axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_passes(shares: Mapping[str, Mapping[str, float]], *, num_seeds: int = 3, ax: "Axes | None" = None) -> "Axes":
    """A row for each agent, a column for each probe: ✓ where all seeds passed, ✗ where none, else how many.

    Args:
      shares: by agent and by probe, the share of seeds that passed.
      num_seeds: how many there are.
    """
    from matplotlib.colors import LinearSegmentedColormap

    probes = list(next(iter(shares.values())))
    table = np.array([[row[probe] for probe in probes] for row in shares.values()])
    ax = axes(ax, (0.8 * len(probes) + 2.5, 0.32 * len(shares) + 1.6))
    ax.grid(False)
    colours = LinearSegmentedColormap.from_list("passes", [style.ORANGE, style.PAPER])
    ax.pcolormesh(table, cmap=colours, vmin=0, vmax=1, edgecolors=style.SHADE, lw=1)
    for (row, column), share in np.ndenumerate(table):
        word = {0.0: "✗", 1.0: "✓"}.get(float(share), f"{round(share * num_seeds)}/{num_seeds}")
        ax.text(column + 0.5, row + 0.5, word, ha="center", va="center", color=style.INK)
    ax.set_xticks(np.arange(len(probes)) + 0.5, probes, rotation=35, ha="left", rotation_mode="anchor")
    ax.set_yticks(np.arange(len(shares)) + 0.5, list(shares))
    ax.tick_params(length=0, labeltop=True, labelbottom=False)
    ax.set(xlabel=f"probe (✓: all {num_seeds} seeds learnt the right values)", ylim=(len(shares), 0))
    return ax
