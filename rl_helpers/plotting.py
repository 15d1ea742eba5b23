"""The course's pictures: `plot_x(data, *, ax=None) -> Axes`. They draw what they are given and never train or show.

Matplotlib is imported when the first picture is drawn.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from rl_helpers import palette
from rl_helpers.evaluation import mean_interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes

OBS_NAMES = ("cart position (m)", "cart velocity (m/s)", "pole angle (rad)", "pole velocity (rad/s)")
_LINE_STYLES = ("-", (0, (6, 2)), (0, (1, 1.2)), (0, (6, 2, 1, 2)))  # the second cue beside colour


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
    ax = _axes(ax, (10, 10 * height / width / len(steps) + 0.5))
    for slot, step in enumerate(steps):
        left = slot * (width + gap)
        ax.imshow(frames[step], extent=(left, left + width, 0, height))
    ax.set(xlim=(0, len(steps) * (width + gap) - gap), ylim=(0, height), yticks=[])
    ax.set_xticks([slot * (width + gap) + width / 2 for slot in range(len(steps))], [str(step) for step in steps])
    ax.set_xlabel("steps since the start of the episode")
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.grid(False)
    return ax


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
    ax = _axes(ax, (8, 4.2))
    drawn = sum(line.get_gid() == "curve" for line in ax.lines)
    colour, style = palette.SERIES[drawn % len(palette.SERIES)], _LINE_STYLES[drawn % len(_LINE_STYLES)]
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
    ax.plot(episodes, centre, color=colour, ls=style, lw=2.2, marker=marker, ms=4, label=label, gid="curve")
    _reference_line(ax, random, "random policy", palette.GREY, (0, (1, 1.5)))
    _reference_line(ax, solved, "solved", palette.GREEN, (0, (5, 2)))
    _reference_line(ax, you, "you", palette.PURPLE, (0, (4, 1.5, 1, 1.5)))
    ax.set(xlabel="training episodes", ylabel="return (sum of rewards per episode)")
    ax.set_ylim(bottom=min(0.0, ax.get_ylim()[0]) if np.nanmin(runs) < 0 else 0.0)
    ax.margins(x=0.02)
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
    ax = _axes(ax, (8, 4.2))
    ax.scatter(tried, candidate_returns, s=16, color=palette.SKY, lw=0, alpha=0.8, label="each candidate", zorder=3)
    ax.step(tried, best, where="post", color=palette.BLUE, lw=2.2, label="best so far")
    ax.set(xlabel="candidates tried", ylabel="average return (sum of rewards per episode)")
    ax.set_ylim(bottom=min(0.0, candidate_returns.min()))
    ax.legend(frameon=False, loc="best")
    return ax


def plot_policy(
    policy,
    *,
    max_angle: float = 0.21,
    max_velocity: float = 2.0,
    action_names: Sequence[str] = ("push left", "push right"),
    ax: "Axes | None" = None,
) -> "Axes":
    """What a CartPole policy does, by pole angle and angular velocity, with the cart at rest in the middle.

    Args:
      policy: `policy(obs) -> action`; or its decisions on an even grid, [velocities, angles], lowest values first.
      max_angle: the picture goes from -max_angle to max_angle, in radians.
      max_velocity: likewise, in rad/s.
      action_names: the actions' names, action 0 first.
    """
    if callable(policy):
        angles, velocities = np.linspace(-max_angle, max_angle, 61), np.linspace(-max_velocity, max_velocity, 61)
        grid = [[np.array([0.0, 0.0, angle, velocity], np.float32) for angle in angles] for velocity in velocities]
        decisions = np.array([[int(policy(obs)) for obs in row] for row in grid])
    else:
        decisions = np.asarray(policy)
    angles = np.linspace(-max_angle, max_angle, decisions.shape[1])
    velocities = np.linspace(-max_velocity, max_velocity, decisions.shape[0])
    ax = _decision_regions(_axes(ax, (5.6, 4.8)), angles, velocities, decisions, action_names)
    ax.axhline(0.0, color=palette.INK, lw=0.6)
    ax.axvline(0.0, color=palette.INK, lw=0.6)
    ax.set(xlabel="pole angle (rad), positive: leans right", ylabel="pole angular velocity (rad/s)")
    return ax


def plot_weights(weights, labels: Sequence[str] = OBS_NAMES, *, ax: "Axes | None" = None) -> "Axes":
    """A linear policy's weights [obs_dim], one bar for each part of the observation."""
    weights = np.asarray(weights, float)
    if weights.shape != (len(labels),):
        raise ValueError(f"weights must have shape [{len(labels)}], one for each label, got {list(weights.shape)}")
    ax = _axes(ax, (6.4, 0.5 * len(labels) + 0.9))
    bars = ax.barh(labels, weights, color=[palette.BLUE if w < 0 else palette.ORANGE for w in weights], height=0.6)
    ax.bar_label(bars, [f"{w:+.2f}" for w in weights], padding=4, color=palette.INK)
    ax.axvline(0.0, color=palette.INK, lw=0.8)
    ax.invert_yaxis()  # the first part of the observation on top
    ax.set_xlabel("weight (score per unit)")
    ax.margins(x=0.18)
    ax.grid(False, axis="y")
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    return ax


def plot_values(
    values, policy=None, *, grid, limits: tuple[float, float] | None = None, ax: "Axes | None" = None
) -> "Axes":
    """A value for each cell of a grid world, as a colour and a number, and the policy as arrows.

    Walls are dark, the cliff is hatched, the start is marked S and the goal G.

    Args:
      values: [S], in the order of the grid's states; or None to draw only the grid (and the policy).
      policy: an action for each state, [S]: 0 up, 1 right, 2 down, 3 left.
      grid: a `GridWorld`, or anything with its `layout`.
      limits: the values with the lightest and the darkest colour, to compare pictures; by default the extremes.
    """
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.patches import Rectangle

    rows, columns = len(grid.layout), len(grid.layout[0])
    size = rows * columns
    for name, given in [("values", values), ("policy", policy)]:
        if given is not None and np.size(given) != size:
            raise ValueError(f"{name} must have one entry for each of {size} cells, got {np.size(given)}")
    cells = "".join(grid.layout)
    walkable = np.array([cell not in "#C" for cell in cells])
    numbers = np.full(size, np.nan) if values is None else np.asarray(values, float).reshape(size)
    low, high = limits or ((np.min(numbers[walkable]), np.max(numbers[walkable])) if values is not None else (0.0, 1.0))
    shade = np.clip((numbers - low) / ((high - low) or 1.0), 0.0, 1.0)
    colours = LinearSegmentedColormap.from_list("values", [palette.PAPER, palette.SKY, palette.BLUE])

    ax = _axes(ax, (0.62 * columns + 0.7, 0.62 * rows + 0.7))
    cell_points = 72 * min(ax.get_position().width * ax.figure.get_figwidth() / columns, 0.8)
    style = {"ha": "center", "va": "center", "fontsize": max(5.0, 0.27 * cell_points)}
    digits = 2 if max(abs(low), abs(high)) < 9.995 else 1
    for s, cell in enumerate(cells):
        row, column = divmod(s, columns)
        face = {"#": palette.INK, "C": palette.SHADE}.get(cell, palette.PAPER if values is None else colours(shade[s]))
        hatch, edge = ("////", palette.VERMILION) if cell == "C" else (None, palette.GREY)
        ax.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=face, edgecolor=edge, hatch=hatch, lw=0.5))
        ink = palette.PAPER if shade[s] > 0.65 else palette.INK
        if cell in "SG":
            ax.text(
                column - 0.46, row - 0.46, cell, color=ink, weight="bold", va="top", fontsize=0.8 * style["fontsize"]
            )
        if cell in "#C":
            continue
        arrow = "" if policy is None or cell == "G" else "↑→↓←"[int(np.reshape(policy, size)[s])]
        number = "" if values is None else f"{numbers[s]:.{digits}f}" if numbers[s] else "0"
        if number:
            ax.text(column, row - (0.12 if arrow else 0.0), number, color=ink, **style)
        if arrow:
            place = {**style, "fontsize": style["fontsize"] * (1.2 if number else 1.8)}
            ax.text(column, row + (0.26 if number else 0.0), arrow, color=ink, **place)
    ax.set(xlim=(-0.5, columns - 0.5), ylim=(rows - 0.5, -0.5), aspect="equal", xlabel="column", ylabel="row")
    ax.set(xticks=range(columns), yticks=range(rows))
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.grid(False)
    return ax


def moving_average(values, window: int) -> np.ndarray:
    """Mean of the last `window` values at each point along the last axis; at the start, of as many as there are."""
    values = np.asarray(values, float)
    if window < 1:
        raise ValueError(f"window must be positive, got {window}")
    total = np.cumsum(np.concatenate([np.zeros((*values.shape[:-1], 1)), values], axis=-1), axis=-1)
    ends = np.arange(1, values.shape[-1] + 1)
    starts = np.maximum(ends - window, 0)
    return (total[..., ends] - total[..., starts]) / (ends - starts)


def _axes(ax: "Axes | None", size: tuple[float, float]) -> "Axes":
    """`ax`, or the axes of a new figure of `size` inches, in the course's style."""
    if ax is None:
        import matplotlib.pyplot as plt

        ax = plt.figure(figsize=size, layout="constrained", facecolor=palette.PAPER).add_subplot()
    ax.set_facecolor(palette.PAPER)
    ax.set_axisbelow(True)
    ax.grid(True, color=palette.SHADE, lw=1.0)
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set_color(palette.GREY)
    ax.tick_params(color=palette.GREY, labelcolor=palette.INK)
    ax.xaxis.label.set_color(palette.INK)
    ax.yaxis.label.set_color(palette.INK)
    return ax


def _reference_line(ax: "Axes", value: float | None, name: str, colour: str, style):
    """A horizontal line with its name to the right of the axes, where no curve can hide it."""
    if value is None:
        return
    ax.axhline(value, color=colour, ls=style, lw=1.4, zorder=1.5)
    ax.annotate(
        f"{name} ({value:.0f})",
        (1.0, value),
        (5, 0),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        va="center",
        color=palette.INK,  # the line has the colour; small text in it would be hard to read
        fontsize="small",
    )


def _decision_regions(ax: "Axes", x, y, decisions, action_names: Sequence[str]) -> "Axes":
    """Colours and hatches the plane by the action chosen at each point: `decisions` [len(y), len(x)]."""
    from matplotlib.patches import Patch

    ax.grid(False)
    colours = {2: (palette.BLUE, palette.ORANGE), 3: (palette.BLUE, palette.GREY, palette.ORANGE)}[len(action_names)]
    hatches = {2: ("\\\\", "//"), 3: ("\\\\", "", "//")}[len(action_names)]
    handles = []
    for action, (name, colour, hatch) in enumerate(zip(action_names, colours, hatches, strict=True)):
        handles.append(Patch(label=name, facecolor=(colour, 0.35), edgecolor=(colour, 0.9), hatch=hatch, lw=0))
        chosen = (decisions == action).astype(float)
        if chosen.any():
            region = ax.contourf(x, y, chosen, [0.5, 1.5], colors=[(colour, 0.35)], hatches=[hatch])
            region.set(edgecolor=(colour, 0.9), lw=0)
    ax.legend(handles=handles, frameon=False, ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return ax


# --- Models: pictures over a state space of two dimensions, MountainCar's unless the labels say otherwise ----------

STATE_LABELS = ("position", "velocity (position per step)")
ACTION_NAMES = ("push left", "no push", "push right")


def state_grid(low, high, num: int = 61) -> np.ndarray:
    """Observations on an even grid between `low` [2] and `high` [2]: float32 [num, num, 2].

    Row by row the second part grows, column by column the first: what `plot_decisions` and `plot_model_error` expect.
    """
    x, y = np.meshgrid(np.linspace(low[0], high[0], num), np.linspace(low[1], high[1], num))
    return np.stack([x, y], axis=-1).astype(np.float32)


def plot_transitions(
    obs,
    next_obs,
    *,
    predicted=None,
    action=None,
    action_names: Sequence[str] = ACTION_NAMES,
    labels: Sequence[str] = STATE_LABELS,
    ax: "Axes | None" = None,
) -> "Axes":
    """Steps through a state space of two dimensions: an arrow from each observation to the next one.

    Args:
      obs, next_obs: before and after each step, [N, 2].
      predicted: what a model says the next observations are, [N, 2]: drawn over the true arrows, which turn grey.
      action: the action of each step, int [N], gives the arrows their colours.
      action_names: the actions' names, action 0 first.
      labels: the names and units of the two parts of an observation.
    """
    obs, next_obs = np.asarray(obs, float), np.asarray(next_obs, float)
    for name, given in [("next_obs", next_obs), ("predicted", predicted)]:
        if given is not None and np.shape(given) != (len(obs), 2):
            raise ValueError(f"{name} must have shape [{len(obs)}, 2], like obs, got {list(np.shape(given))}")
    ax = _axes(ax, (6.4, 4.8))
    arrows = {"angles": "xy", "scale_units": "xy", "scale": 1.0, "width": 0.004}
    if predicted is not None:
        ax.quiver(*obs.T, *(next_obs - obs).T, color=palette.GREY, alpha=0.7, label="true", **arrows | {"width": 0.009})
    change = (next_obs if predicted is None else np.asarray(predicted, float)) - obs
    if action is None:
        ax.quiver(*obs.T, *change.T, color=palette.BLUE, label=None if predicted is None else "predicted", **arrows)
    else:
        colours = (palette.BLUE, palette.INK, palette.ORANGE)[: len(action_names)]
        for number, (name, colour) in enumerate(zip(action_names, colours, strict=True)):
            rows = np.asarray(action) == number
            ax.quiver(*obs[rows].T, *change[rows].T, color=colour, label=name, **arrows)
    if predicted is not None or action is not None:
        ax.legend(frameon=False, ncols=4, loc="lower center", bbox_to_anchor=(0.5, 1.0), handlelength=1.2)
    low, high = np.minimum(obs, next_obs).min(axis=0), np.maximum(obs, next_obs).max(axis=0)
    margin = 0.04 * (high - low) + 1e-9
    ax.set(xlim=(low[0] - margin[0], high[0] + margin[0]), ylim=(low[1] - margin[1], high[1] + margin[1]))
    ax.set(xlabel=labels[0], ylabel=labels[1])
    return ax


def plot_decisions(
    decisions,
    low,
    high,
    *,
    action_names: Sequence[str] = ACTION_NAMES,
    labels: Sequence[str] = STATE_LABELS,
    ax: "Axes | None" = None,
) -> "Axes":
    """What a policy does in each state of a state space of two dimensions.

    Args:
      decisions: its actions on `state_grid(low, high)`, int [num, num].
      low, high: bounds of the observation, [2].
      action_names: the actions' names, action 0 first.
      labels: the names and units of the two parts of an observation.
    """
    decisions = np.asarray(decisions)
    x, y = (np.linspace(low[d], high[d], decisions.shape[1 - d]) for d in range(2))
    ax = _decision_regions(_axes(ax, (5.6, 4.8)), x, y, decisions, action_names)
    ax.set(xlabel=labels[0], ylabel=labels[1])
    return ax


def plot_model_error(
    error,
    low,
    high,
    *,
    error_label: str = "error",
    limit: float | None = None,
    labels: Sequence[str] = STATE_LABELS,
    ax: "Axes | None" = None,
) -> "Axes":
    """How wrong a model is in each state of a state space of two dimensions: the darker, the more.

    Args:
      error: its error on `state_grid(low, high)`, zero or more, [num, num].
      low, high: bounds of the observation, [2].
      error_label: what the colours mean, with its unit.
      limit: the error with the darkest colour, to compare pictures; by default the largest.
      labels: the names and units of the two parts of an observation.
    """
    error = np.asarray(error, float)
    x, y = (np.linspace(low[d], high[d], error.shape[1 - d]) for d in range(2))
    ax = _axes(ax, (6.2, 4.6))
    ax.grid(False)
    image = ax.pcolormesh(x, y, error, cmap="Blues", vmin=0.0, vmax=limit, shading="gouraud")
    ax.figure.colorbar(image, ax=ax, label=error_label, extend="neither" if limit is None else "max")
    ax.set(xlabel=labels[0], ylabel=labels[1])
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
    ax = _axes(ax, (7.0, 3.6))
    drawn = sum(line.get_gid() == "curve" for line in ax.lines)
    colour, style = palette.SERIES[drawn % len(palette.SERIES)], _LINE_STYLES[drawn % len(_LINE_STYLES)]
    steps = np.arange(1, errors.shape[1] + 1)
    low, median, high = np.quantile(errors, [0.25, 0.5, 0.75], axis=0)
    ax.fill_between(steps, low, high, color=colour, alpha=0.2, lw=0)
    ax.plot(steps, median, color=colour, ls=style, lw=2.2, label=label, gid="curve")
    ax.set(xlabel="steps predicted ahead", ylabel=error_label)
    ax.set_ylim(bottom=0.0)
    if label:
        ax.legend(frameon=False, loc="best")
    return ax


# --- Actor-critic: values, advantages, clipping ---------------------------------------------------------------------


def plot_value_spread(values, *, ax: "Axes | None" = None) -> "Axes":
    """How values spread backwards over a row of squares while a critic learns.

    Args:
      values: after each episode, of each square, [num_episodes + 1, num_squares].
    """
    values = np.asarray(values, float)
    ax = _axes(ax, (8, 3.6))
    ax.grid(False)
    edges = (np.arange(values.shape[1] + 1) - 0.5, np.arange(values.shape[0] + 1) - 0.5)
    image = ax.pcolormesh(*edges, values, cmap="Blues", vmin=min(0.0, values.min()), edgecolors=palette.PAPER, lw=0.5)
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
    ax = _axes(ax, (8, 4))
    curves = {
        "typical error of one estimate": np.sqrt(bias**2 + spread**2),
        "spread (standard deviation)": spread,
        "bias (size of the average error)": bias,
    }
    for (label, y), colour, style, marker in zip(curves.items(), palette.SERIES, _LINE_STYLES, "os^", strict=False):
        ax.plot(lambdas, y, color=colour, ls=style, marker=marker, ms=5, lw=2, label=label)
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
    ax = _axes(ax, (5, 3.6))
    ax.plot(ratios, np.where(pulls, losses, np.nan), color=palette.BLUE, lw=2.4, label="the gradient pulls")
    ax.plot(
        ratios, np.where(pulls, np.nan, losses), color=palette.VERMILION, ls=(0, (1, 1.2)), lw=2.4, label="no gradient"
    )
    ax.axvline(1.0, color=palette.GREY, lw=1)
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
    ax = _axes(ax, (10, 2.6))
    ax.grid(False)
    shades = ListedColormap(
        (palette.BLUE, palette.ORANGE, palette.PAPER, palette.INK, palette.SKY, palette.VERMILION)[:count]
    )
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
    ax = _axes(ax, (8, 4))
    for (name, seeds), colour, style in zip(divergence.items(), palette.SERIES, _LINE_STYLES, strict=False):
        seeds = np.maximum(np.asarray(seeds, float), 1e-6)  # rounding may leave less than 0, which no log scale shows
        epochs = np.arange(1, seeds.shape[1] + 1)
        ax.plot(epochs, seeds.T, color=colour, ls=style, lw=0.7, alpha=0.6)
        ax.plot(epochs, np.median(seeds, axis=0), color=colour, ls=style, lw=2.4, label=name, gid="curve")
    ax.set(yscale="log", xlabel="epochs on the same rollout", ylabel="divergence from the old policy (nats)")
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.legend(frameon=False)
    return ax


def plot_intervals(values, *, baseline: str | None = None, label: str = "", ax: "Axes | None" = None) -> "Axes":
    """Several variants side by side: every seed a dot, the mean and its 95 % bootstrap interval a bar.

    Args:
      values: for each variant's name, a number for each seed, [num_seeds].
      baseline: the variant whose interval is shaded over the whole picture.
      label: what the numbers are, with their unit.
    """
    ax = _axes(ax, (8, 0.55 * len(values) + 0.9))
    for row, (name, seeds) in enumerate(values.items()):
        seeds = np.asarray(seeds, float)
        (mean,), (low,), (high,) = mean_interval(seeds[:, None])
        if name == baseline:
            ax.axvspan(low, high, color=palette.SKY, alpha=0.25, lw=0)
        ax.plot(seeds, np.full(len(seeds), row + 0.22), "o", ms=4, color=palette.GREY, alpha=0.8, mew=0)
        ax.plot([low, high], [row, row], color=palette.BLUE, lw=4, solid_capstyle="butt")
        ax.plot(mean, row, "D", ms=8, color=palette.VERMILION, mec=palette.PAPER)
    ax.set_yticks(range(len(values)), values)
    ax.invert_yaxis()
    ax.set_xlabel(label)
    ax.grid(False, axis="y")
    return ax
