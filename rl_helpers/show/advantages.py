"""Pictures of values, advantages and what PPO does with them."""

from typing import TYPE_CHECKING

import numpy as np

from rl_helpers.evaluation import mean_interval
from rl_helpers.show import style
from rl_helpers.show.style import axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_value_spread(values, *, ax: "Axes | None" = None) -> "Axes":
    """How values spread backwards over a row of squares while a critic learns.

    Args:
      values: after each episode, of each square, [num_episodes + 1, num_squares].
    """
    values = np.asarray(values, float)
    ax = axes(ax, (8, 3.6))
    ax.grid(False)
    edges = (np.arange(values.shape[1] + 1) - 0.5, np.arange(values.shape[0] + 1) - 0.5)
    image = ax.pcolormesh(*edges, values, cmap="Blues", vmin=min(0.0, values.min()), edgecolors=style.PAPER, lw=0.5)
    ax.figure.colorbar(image, ax=ax, label="value (discounted reward)")
    ax.set(
        xlabel="square (the reward is paid after the last one)",
        ylabel="episodes played",
        xticks=range(len(edges[0]) - 1),
    )
    return ax


def plot_bias_and_spread(lambdas, estimates, truth: float, *, ax: "Axes | None" = None) -> "Axes":
    """What lambda does to an advantage: how wrong its estimates are on average, how far apart, and both together.

    Args:
      lambdas: [L].
      estimates: of the same advantage, from N continuations for each lambda, [L, N].
      truth: the advantage.
    """
    estimates = np.asarray(estimates, float)
    bias, spread = np.abs(estimates.mean(axis=1) - truth), estimates.std(axis=1)
    ax = axes(ax, (8, 4))
    curves = {
        "typical error of one estimate": np.sqrt(bias**2 + spread**2),
        "spread (standard deviation)": spread,
        "bias (size of the average error)": bias,
    }
    for (label, y), colour, line, marker in zip(curves.items(), style.SERIES, style.LINES, "os^", strict=False):
        ax.plot(lambdas, y, color=colour, ls=line, marker=marker, ms=5, lw=2, label=label)
    ax.set(xlabel="λ", ylabel="error of the advantage (reward)")
    ax.set_ylim(bottom=0.0)
    ax.legend(frameon=False)
    return ax


def plot_clipped_loss(ratios, losses, slopes, *, ax: "Axes | None" = None) -> "Axes":
    """A loss against the probability ratio: solid where its slope pulls, dotted where it is zero.

    Args:
      ratios, losses, slopes: [N].
    """
    ratios, losses = np.asarray(ratios), np.asarray(losses, float)
    pulls = np.abs(np.asarray(slopes)) > 1e-6
    ax = axes(ax, (5, 3.6))
    ax.plot(ratios, np.where(pulls, losses, np.nan), color=style.BLUE, lw=2.4, label="the gradient pulls")
    ax.plot(
        ratios, np.where(pulls, np.nan, losses), color=style.VERMILION, ls=style.LINES[2], lw=2.4, label="no gradient"
    )
    ax.axvline(1.0, color=style.GREY, lw=1)
    ax.set(xlabel="probability ratio, new to old", ylabel="loss")
    ax.legend(frameon=False)
    return ax


def plot_minibatches(portion, *, ax: "Axes | None" = None) -> "Axes":
    """Which minibatch each row of a rollout goes to.

    Args:
      portion: a number for each step and environment, int [T, N].
    """
    from matplotlib.colors import ListedColormap

    portion = np.asarray(portion)
    count = int(portion.max()) + 1
    ax = axes(ax, (10, 2.6))
    ax.grid(False)
    shades = ListedColormap((style.BLUE, style.ORANGE, style.PAPER, style.INK, style.SKY, style.VERMILION)[:count])
    image = ax.imshow(portion.T, cmap=shades, vmin=-0.5, vmax=count - 0.5, aspect="auto", interpolation="nearest")
    bar = ax.figure.colorbar(image, ax=ax, ticks=range(count), label="minibatch")
    bar.ax.tick_params(length=0)
    ax.set(xlabel="step of the rollout", ylabel="environment", yticks=range(portion.shape[1]))
    return ax


def plot_divergence(divergence, *, ax: "Axes | None" = None) -> "Axes":
    """How far policies move from the one that collected their data: every seed thin, the median thick.

    Args:
      divergence: for each variant's name, the KL divergence after each epoch in nats, [num_seeds, num_epochs].
    """
    ax = axes(ax, (8, 4))
    for (name, seeds), colour, line in zip(divergence.items(), style.SERIES, style.LINES, strict=False):
        seeds = np.maximum(np.asarray(seeds, float), 1e-6)  # rounding may leave less than 0, which no log scale shows
        epochs = np.arange(1, seeds.shape[1] + 1)
        ax.plot(epochs, seeds.T, color=colour, ls=line, lw=0.7, alpha=0.6)
        ax.plot(epochs, np.median(seeds, axis=0), color=colour, ls=line, lw=2.4, label=name, gid="curve")
    ax.set(yscale="log", xlabel="epochs on the same rollout", ylabel="divergence from the old policy (nats)")
    ax.locator_params(axis="x", integer=True)
    ax.legend(frameon=False)
    return ax


def plot_variants(values, *, baseline: str | None = None, label: str = "", ax: "Axes | None" = None) -> "Axes":
    """Several variants side by side: every seed a dot, the mean and its 95 % bootstrap interval a bar.

    Args:
      values: for each variant's name, a number for each seed, [num_seeds].
      baseline: the variant whose interval is shaded over the whole picture.
      label: what the numbers are, with their unit.
    """
    ax = axes(ax, (8, 0.55 * len(values) + 0.9))
    for row, (name, seeds) in enumerate(values.items()):
        seeds = np.asarray(seeds, float)
        (mean,), (low,), (high,) = mean_interval(seeds[:, None])
        if name == baseline:
            ax.axvspan(low, high, color=style.SKY, alpha=0.25, lw=0)
        ax.plot(seeds, np.full(len(seeds), row + 0.22), "o", ms=4, color=style.GREY, alpha=0.8, mew=0)
        ax.plot([low, high], [row, row], color=style.BLUE, lw=4, solid_capstyle="butt")
        ax.plot(mean, row, "D", ms=8, color=style.VERMILION, mec=style.PAPER)
    ax.set_yticks(range(len(values)), values)
    ax.invert_yaxis()
    ax.set_xlabel(label)
    ax.grid(False, axis="y")
    return ax
