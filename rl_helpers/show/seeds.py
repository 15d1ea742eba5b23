"""Pictures of many seeds: how they are spread, what can be said of them, and how often that is wrong."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from rl_helpers.show import style
from rl_helpers.show.style import axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MARKERS = ("o", "s", "D", "^")  # a second cue beside colour, as `style.LINES` are


def plot_seeds(scores: Mapping[str, np.ndarray], *, xlabel: str, ax: "Axes | None" = None) -> "Axes":
    """A dot for each seed, a row for each agent, and a line at each agent's mean.

    Args:
      scores: by agent, [num_seeds].
      xlabel: what a score is, with its unit.
    """
    ax = axes(ax, (8, 0.9 * len(scores) + 0.8))
    rng = np.random.default_rng(0)
    for row, (values, colour) in enumerate(zip(scores.values(), style.SERIES, strict=False)):
        ax.scatter(values, row + rng.uniform(-0.28, 0.28, len(values)), s=14, color=colour, alpha=0.45, lw=0)
        ax.plot([np.mean(values)] * 2, [row - 0.4, row + 0.4], color=style.INK, lw=2)
        ax.annotate(
            f"mean {np.mean(values):.0f}", (np.mean(values), row - 0.42), ha="right", va="bottom", color=style.INK
        )
    ax.set_yticks(range(len(scores)), scores)
    ax.set(xlabel=xlabel, ylim=(len(scores) - 0.4, -0.75))
    ax.grid(False, axis="y")
    ax.tick_params(axis="y", length=0)
    return ax


def plot_shares(
    num_seeds: Sequence[int],
    shares,
    *,
    label: str,
    ylabel: str = "",
    guesses: Sequence[float] | None = None,
    promised: float | None = None,
    ax: "Axes | None" = None,
) -> "Axes":
    """A share, in per cent, against the number of seeds; call it again with the same `ax` to add another.

    Args:
      num_seeds: of each experiment, [K].
      shares: from 0 to 1, [K].
      label: the curve's name in the legend.
      guesses: shares that were guessed, to be drawn beside it.
      promised: a share that was promised, as a dashed line.
    """
    ax = axes(ax, (7, 3.8))
    drawn = style.num_curves(ax)
    colour, line, marker = (series[drawn % 4] for series in (style.SERIES, style.LINES, _MARKERS))
    ax.plot(num_seeds, 100 * np.asarray(shares), color=colour, ls=line, marker=marker, lw=2, label=label, gid="curve")
    for x, share in zip(num_seeds, shares, strict=True):
        place = (0, -16 if drawn else 7)  # the first curve has its numbers above it, the others below
        ax.annotate(f"{share:.0%}", (x, 100 * share), place, textcoords="offset points", ha="center", color=style.INK)
    if guesses is not None:
        ax.plot(num_seeds, 100 * np.asarray(guesses), "X", color=style.ORANGE, mec=style.INK, ms=9, label="your guess")
    if promised is not None:
        ax.axhline(100 * promised, color=style.INK, ls="--", lw=1, label=f"promised: {promised:.0%}")
    ax.set(xscale="log", xlabel="seeds of each agent", ylim=(-12, 110), yticks=range(0, 101, 20))
    ax.set_xticks(num_seeds, [str(n) for n in num_seeds])
    ax.minorticks_off()
    if ylabel:
        ax.set_ylabel(ylabel)
    ax.legend(loc="best")
    return ax


def plot_intervals(
    intervals: Mapping[str, Mapping[str, tuple[float, float, float]]], *, xlabel: str, ax: "Axes | None" = None
) -> "Axes":
    """A value and its interval for each statistic and agent, agents of a statistic side by side.

    Args:
      intervals: `(value, low, high)` by statistic and by agent.
      xlabel: what a value is, with its unit.
    """
    ax = axes(ax, (7, 0.9 * len(intervals) + 1.0))
    for row, by_agent in enumerate(intervals.values()):
        for number, (agent, (value, low, high)) in enumerate(by_agent.items()):
            y = row + 0.22 * (number - (len(by_agent) - 1) / 2)
            colour = style.SERIES[number]
            ax.plot([low, high], [y, y], color=colour, lw=3, alpha=0.5, solid_capstyle="butt")
            label = agent if row == 0 else None
            ax.plot(value, y, _MARKERS[number % len(_MARKERS)], color=colour, ms=8, ls="", label=label)
    ax.set_yticks(range(len(intervals)), intervals)
    ax.set(xlabel=xlabel, ylim=(len(intervals) - 0.5, -0.5))
    ax.tick_params(axis="y", length=0)
    ax.legend(ncols=len(next(iter(intervals.values()))), loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return ax


def plot_profiles(thresholds, profiles: Mapping[str, np.ndarray], *, xlabel: str, ax: "Axes | None" = None) -> "Axes":
    """Performance profiles: the share of runs above each threshold, a line for each agent.

    Args:
      thresholds: [K].
      profiles: by agent, shares from 0 to 1, [K].
      xlabel: what a threshold is, with its unit.
    """
    ax = axes(ax, (7, 3.6))
    for (agent, profile), colour, line in zip(profiles.items(), style.SERIES, style.LINES, strict=False):
        ax.plot(thresholds, 100 * np.asarray(profile), color=colour, ls=line, lw=2.2, label=agent)
    ax.set(xlabel=xlabel, ylabel="runs above it (%)", ylim=(-2, 102))
    ax.legend(loc="lower left")
    return ax


def plot_histograms(values: Mapping[str, np.ndarray], *, bins, xlabel: str, ax: "Axes | None" = None) -> "Axes":
    """Histograms on top of each other, a dashed line at each mean.

    Args:
      values: by name, [N].
      bins: the edges of the bins.
      xlabel: what a value is, with its unit.
    """
    ax = axes(ax, (7, 3.6))
    for (name, numbers), colour, hatch in zip(values.items(), style.SERIES, ("", "//", "\\\\", ".."), strict=False):
        label = f"{name}: {np.mean(numbers):.0f} on average"
        ax.hist(numbers, bins=bins, color=colour, alpha=0.45, hatch=hatch, edgecolor=colour, lw=0.5, label=label)
        ax.axvline(np.mean(numbers), color=colour, ls="--", lw=2)
    ax.set(xlabel=xlabel, ylabel="number of papers")
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
    return ax
