"""Pictures of episodes, of training and of weights."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from rl_helpers.evaluation import mean_interval
from rl_helpers.show import style
from rl_helpers.show.style import axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

OBS_NAMES = ("cart position (m)", "cart velocity (m/s)", "pole angle (rad)", "pole velocity (rad/s)")
_LINE_OF_TEXT = 0.055  # of the axes' height, for a line of small text


def plot_episode_frames(frames: Sequence[np.ndarray], *, num: int = 6, ax: "Axes | None" = None) -> "Axes":
    """A film strip: `num` frames of an episode, evenly spaced, the first and the last among them.

    Args:
      frames: images [height, width, 3], frame t taken after t steps.
      num: how many to show, fewer when there are fewer.
    """
    if len(frames) == 0:
        raise ValueError('frames is empty: record an environment made with render_mode="rgb_array"')
    steps = np.unique(np.linspace(0, len(frames) - 1, num).round().astype(int))
    height, width = frames[0].shape[:2]
    gap = width // 40
    ax = axes(ax, (10, 10 * height / width / len(steps) + 0.5))
    for slot, step in enumerate(steps):
        left = slot * (width + gap)
        ax.imshow(frames[step], extent=(left, left + width, 0, height))
    ax.set(xlim=(0, len(steps) * (width + gap) - gap), ylim=(0, height), yticks=[])
    ax.set_xticks([slot * (width + gap) + width / 2 for slot in range(len(steps))], [str(step) for step in steps])
    ax.set_xlabel("steps since the start of the episode")
    return style.bare(ax)


def plot_learning_curve(
    returns,
    *,
    episodes=None,
    label: str | None = None,
    window: int = 20,
    statistic: Callable = np.mean,
    random: float | None = None,
    solved: float | None = None,
    you: float | None = None,
    ax: "Axes | None" = None,
) -> "Axes":
    """Return against episodes, of one run or of several seeds; call it again with the same `ax` to add an agent.

    One run: every episode thin, its moving average thick. Several seeds: every seed's moving average thin, the
    statistic over seeds thick, its 95 % bootstrap interval shaded.

    Args:
      returns: [T] for one run, [num_seeds, T] for several.
      episodes: how many episodes had been played at each point, [T]; by default 1, 2, ..., T.
      label: the curve's name in the legend.
      window: over how many points the moving average goes; 1 for evaluations, which are averages already.
      statistic: `np.mean` or `evaluation.interquartile_mean`.
      random, solved, you: returns to mark with a line: a random policy's, the one that counts as solved, your own.
    """
    runs = np.atleast_2d(np.asarray(returns, float))
    episodes = np.arange(1, runs.shape[1] + 1) if episodes is None else np.asarray(episodes)
    if runs.ndim != 2 or episodes.shape != runs.shape[1:]:
        raise ValueError(f"returns {list(np.shape(returns))} and episodes {list(episodes.shape)} do not fit together")
    ax = axes(ax, (8, 4.2))
    ax.set_autoscaley_on(True)  # an agent before this one has fixed the limits
    colour, line = _next_look(ax)
    marker = "o" if len(episodes) <= 30 else None
    smooth = moving_average(runs, window)
    if len(runs) == 1:
        centre = smooth[0]
        if window > 1:
            ax.plot(episodes, runs[0], color=colour, lw=0.7, alpha=0.3)
    else:
        centre, low, high = mean_interval(smooth, statistic=statistic)
        ax.plot(episodes, smooth.T, color=colour, lw=0.6, alpha=0.35)
        ax.fill_between(episodes, low, high, color=colour, alpha=0.2, lw=0)
    ax.plot(episodes, centre, color=colour, ls=line, lw=2.2, marker=marker, ms=4, label=label, gid="curve")
    ax.set(xlabel="training episodes", ylabel="return (sum of rewards per episode)")
    ax.set_ylim(bottom=min(0.0, ax.get_ylim()[0]) if np.nanmin(runs) < 0 else 0.0)
    ax.margins(x=0.02)
    _reference_lines(
        ax,
        (random, "random policy", style.GREY, (0, (1, 1.5))),
        (solved, "solved", style.GREEN, (0, (5, 2))),
        (you, "you", style.PURPLE, (0, (4, 1.5, 1, 1.5))),
    )
    if label:
        ax.legend(frameon=False, loc="best")
    return ax


def plot_search_progress(candidate_returns, *, best_so_far=None, ax: "Axes | None" = None) -> "Axes":
    """Random search: a dot for each candidate's average return, a step line for the best so far.

    Args:
      candidate_returns: in the order in which they were tried, [N].
      best_so_far: the best after each candidate, [N]; by default it follows from `candidate_returns`.
    """
    candidate_returns = np.asarray(candidate_returns, float)
    best = np.maximum.accumulate(candidate_returns) if best_so_far is None else np.asarray(best_so_far, float)
    tried = np.arange(1, len(candidate_returns) + 1)
    ax = axes(ax, (8, 4.2))
    ax.scatter(tried, candidate_returns, s=16, color=style.SKY, lw=0, alpha=0.8, label="each candidate", zorder=3)
    ax.step(tried, best, where="post", color=style.BLUE, lw=2.2, label="best so far")
    ax.set(xlabel="candidates tried", ylabel="average return (sum of rewards per episode)")
    ax.set_ylim(bottom=min(0.0, candidate_returns.min()))
    ax.legend(frameon=False, loc="best")
    return ax


def plot_weights(weights, labels: Sequence[str] = OBS_NAMES, *, ax: "Axes | None" = None) -> "Axes":
    """A linear policy's weights [obs_dim], one bar for each part of the observation."""
    weights = np.asarray(weights, float)
    if weights.shape != (len(labels),):
        raise ValueError(f"weights must have shape [{len(labels)}], one for each label, got {list(weights.shape)}")
    ax = axes(ax, (6.4, 0.5 * len(labels) + 0.9))
    bars = ax.barh(labels, weights, color=[style.BLUE if w < 0 else style.ORANGE for w in weights], height=0.6)
    ax.bar_label(bars, [f"{w:+.2f}" for w in weights], padding=4, color=style.INK)
    ax.axvline(0.0, color=style.INK, lw=0.8)
    ax.invert_yaxis()  # the first part of the observation on top
    ax.set_xlabel("weight (score per unit)")
    ax.margins(x=0.18)
    ax.grid(False, axis="y")
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    return ax


def plot_rollout_error(
    errors, *, label: str | None = None, error_label: str = "error of the position", ax: "Axes | None" = None
) -> "Axes":
    """How a model's error grows while it predicts from its own predictions; call it again with `ax` to compare models.

    The line is the median over rollouts, the shade reaches from the lower quartile to the upper one.

    Args:
      errors: of each rollout after 1, 2, ..., H steps, [num_rollouts, H].
      label: the curve's name in the legend.
      error_label: the name of the error, with its unit.
    """
    errors = np.asarray(errors, float)
    if errors.ndim != 2:
        raise ValueError(f"errors must be [num_rollouts, H], got shape {list(errors.shape)}")
    ax = axes(ax, (7.0, 3.6))
    colour, line = _next_look(ax)
    steps = np.arange(1, errors.shape[1] + 1)
    low, median, high = np.quantile(errors, [0.25, 0.5, 0.75], axis=0)
    ax.fill_between(steps, low, high, color=colour, alpha=0.2, lw=0)
    ax.plot(steps, median, color=colour, ls=line, lw=2.2, label=label, gid="curve")
    ax.set(xlabel="steps predicted ahead", ylabel=error_label)
    ax.set_ylim(bottom=0.0)
    if label:
        ax.legend(frameon=False, loc="best")
    return ax


def moving_average(values, window: int) -> np.ndarray:
    """Mean of the last `window` values at each point along the last axis; at the start, of as many as there are.

    >>> moving_average([1, 3, 8], window=2).tolist()
    [1.0, 2.0, 5.5]
    """
    values = np.asarray(values, float)
    if window < 1:
        raise ValueError(f"window must be positive, got {window}")
    total = np.cumsum(np.concatenate([np.zeros((*values.shape[:-1], 1)), values], axis=-1), axis=-1)
    ends = np.arange(1, values.shape[-1] + 1)
    starts = np.maximum(ends - window, 0)
    return (total[..., ends] - total[..., starts]) / (ends - starts)


def _reference_lines(ax: "Axes", *lines: tuple[float | None, str, str, Any]):
    """Horizontal lines, each a value, a name, a colour and a style, with their names to the right of the axes, where no
    curve can hide them; names of lines that lie close together make room for each other."""
    there = sorted((value, name, colour, look) for value, name, colour, look in lines if value is not None)
    bottom, top = ax.get_ylim()
    top = max([top, *(1.02 * value for value, *_ in there)])
    ax.set_ylim(bottom, top)
    place = bottom - _LINE_OF_TEXT * (top - bottom)
    for value, name, colour, look in there:
        ax.axhline(value, color=colour, ls=look, lw=1.4, zorder=1.5)
        place = max(value, place + _LINE_OF_TEXT * (top - bottom))
        ax.annotate(
            f"{name} ({value:.0f})",
            (1.0, place),
            (5, 0),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            va="center",
            color=style.INK,  # the line has the colour; small text in it would be hard to read
            fontsize="small",
        )


def _next_look(ax: "Axes") -> tuple[str, Any]:
    """Colour and line style for one more curve."""
    drawn = style.num_curves(ax)
    return style.SERIES[drawn % len(style.SERIES)], style.LINES[drawn % len(style.LINES)]
