"""Pictures of a language model: how sure it is of each token, and what becomes of it update by update."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from rl_helpers.show import style
from rl_helpers.show.plotting import moving_average
from rl_helpers.show.style import axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_token_probs(tokens: Sequence[str], probs: Mapping[str, np.ndarray], *, ax: "Axes | None" = None) -> "Axes":
    """How likely each token of a completion is to some models, when those before it are given.

    Args:
      tokens: as people read them, [T].
      probs: by model, from 0 to 1, [T].
    """
    ax = axes(ax, (8, 3.4))
    places = np.arange(len(tokens))
    for (name, values), colour, line in zip(probs.items(), style.SERIES, style.LINES, strict=False):
        ax.plot(places, 100 * np.asarray(values), color=colour, ls=line, marker="o", ms=6, lw=2, label=name)
    ax.set_xticks(places, tokens)
    ax.set(xlabel="token of the right completion", ylabel="probability (%)", ylim=(-4, 104))
    ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=len(probs))
    return ax


def plot_updates(curves: Mapping[str, np.ndarray], *, ylabel: str, window: int = 1, ax: "Axes | None" = None) -> "Axes":
    """Some quantities over the updates of a training, each smoothed with a moving average.

    Args:
      curves: by name, [num_updates].
      ylabel: what they are, with their unit.
      window: how many updates the average goes over.
    """
    ax = axes(ax, (5.5, 3.4))
    for (name, values), colour, line in zip(curves.items(), style.SERIES, style.LINES, strict=False):
        values = moving_average(np.asarray(values, float), window)
        ax.plot(np.arange(1, len(values) + 1), values, color=colour, ls=line, lw=2.2, label=name, gid="curve")
    ax.set(xlabel="updates", ylabel=ylabel)
    ax.legend(loc="best")
    return ax


def plot_properties(names: Sequence[str], weights, *, ax: "Axes | None" = None) -> "Axes":
    """What a linear reward model pays for, a bar for each property.

    Args:
      names: of the properties, [N].
      weights: how much the score grows when a property grows by 1, [N].
    """
    weights = np.asarray(weights, float)
    ax = axes(ax, (7, 0.5 * len(names) + 1.0))
    ax.barh(range(len(names)), weights, color=[style.BLUE if weight > 0 else style.VERMILION for weight in weights])
    ax.axvline(0.0, color=style.INK, lw=1)
    ax.set_yticks(range(len(names)), names)
    ax.invert_yaxis()
    ax.set_xlabel("weight in the score")
    return ax


def plot_pulls(lengths, pulls: Mapping[str, np.ndarray], *, ax: "Axes | None" = None) -> "Axes":
    """How much one token counts in a loss, against the length of its completion.

    Args:
      lengths: of the completions in tokens, int [B].
      pulls: by loss, the share of the batch that a token of each completion has, [B].
    """
    ax = axes(ax, (8, 3.4))
    order = np.argsort(lengths, kind="stable")
    for (name, shares), colour, line, marker in zip(pulls.items(), style.SERIES, style.LINES, "os^D", strict=False):
        x, y = np.asarray(lengths)[order], 100 * np.asarray(shares)[order]
        ax.plot(x, y, color=colour, ls=line, marker=marker, ms=6, lw=1.5, label=name)
    ax.set(xlabel="length of the completion (tokens)", ylabel="pull of one of its tokens (%)")
    ax.set_ylim(bottom=0.0)
    ax.legend(loc="best")
    return ax
