"""Pictures of a state space from above: where a policy does what, what states are worth, where steps lead."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from rl_helpers.show import style
from rl_helpers.show.style import axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

POLE_LABELS = ("pole angle (rad), positive: leans right", "pole angular velocity (rad/s)")  # CartPole, seen so
POLE_LOW, POLE_HIGH = (-0.21, -2.0), (0.21, 2.0)
STATE_LABELS = ("position", "velocity (position per step)")  # MountainCar
ACTION_NAMES = ("push left", "no push", "push right")


def state_grid(low, high, num: int = 61) -> np.ndarray:
    """Observations on an even grid between `low` [2] and `high` [2]: float32 [num, num, 2].

    Row by row the second part grows, column by column the first: what `plot_policy` and `plot_model_error` expect.
    """
    x, y = np.meshgrid(np.linspace(low[0], high[0], num), np.linspace(low[1], high[1], num))
    return np.stack([x, y], axis=-1).astype(np.float32)


def plot_policy(
    policy,
    low: Sequence[float] = POLE_LOW,
    high: Sequence[float] = POLE_HIGH,
    *,
    action_names: Sequence[str] = ("push left", "push right"),
    labels: Sequence[str] = POLE_LABELS,
    ax: "Axes | None" = None,
) -> "Axes":
    """What a policy does in each state of a state space of two dimensions, CartPole's pole unless you say otherwise.

    Args:
      policy: its actions on `state_grid(low, high)`, int [num, num]; or `policy(obs) -> action` of CartPole, which is
        asked with the cart at rest in the middle.
      low, high: bounds of the picture, [2].
      action_names: the actions' names, action 0 first.
      labels: the names and units of the two dimensions.
    Raises:
      ValueError: an action has no name.
    """
    if callable(policy):
        cart = np.zeros(2, np.float32)
        policy = [[int(policy(np.concatenate([cart, pole]))) for pole in row] for row in state_grid(low, high)]
    decisions = np.asarray(policy)
    if decisions.max() >= len(action_names):
        raise ValueError(f"action_names must name each action, got {len(action_names)} names and {decisions.max()=}")
    x, y = (np.linspace(low[d], high[d], decisions.shape[1 - d]) for d in range(2))
    ax = _regions(axes(ax, (5.6, 4.8)), x, y, decisions, action_names)
    if low[0] < 0.0 < high[0] and low[1] < 0.0 < high[1]:
        ax.axhline(0.0, color=style.INK, lw=0.6)
        ax.axvline(0.0, color=style.INK, lw=0.6)
    ax.set(xlabel=labels[0], ylabel=labels[1])
    return ax


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
    ax = axes(ax, (6.4, 4.8))
    arrows: dict[str, Any] = {"angles": "xy", "scale_units": "xy", "scale": 1.0, "width": 0.004}
    if predicted is not None:
        ax.quiver(*obs.T, *(next_obs - obs).T, color=style.GREY, alpha=0.7, label="true", **arrows | {"width": 0.009})
    change = (next_obs if predicted is None else np.asarray(predicted, float)) - obs
    if action is None:
        ax.quiver(*obs.T, *change.T, color=style.BLUE, label=None if predicted is None else "predicted", **arrows)
    else:
        for number, (name, (colour, _)) in enumerate(zip(action_names, _looks(len(action_names)), strict=True)):
            rows = np.asarray(action) == number
            ax.quiver(*obs[rows].T, *change[rows].T, color=colour, label=name, **arrows)
    if predicted is not None or action is not None:
        ax.legend(frameon=False, ncols=4, loc="lower center", bbox_to_anchor=(0.5, 1.0), handlelength=1.2)
    low, high = np.minimum(obs, next_obs).min(axis=0), np.maximum(obs, next_obs).max(axis=0)
    margin = 0.04 * (high - low) + 1e-9
    ax.set(xlim=(low[0] - margin[0], high[0] + margin[0]), ylim=(low[1] - margin[1], high[1] + margin[1]))
    ax.set(xlabel=labels[0], ylabel=labels[1])
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
    colours = LinearSegmentedColormap.from_list("values", [style.PAPER, style.SKY, style.BLUE])

    ax = axes(ax, (0.62 * columns + 0.7, 0.62 * rows + 0.7))
    inches = ax.figure.bbox.width / ax.figure.dpi
    cell_points = 72 * min(ax.get_position().width * inches / columns, 0.8)
    middle: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": max(5.0, 0.27 * cell_points)}
    digits = 2 if max(abs(low), abs(high)) < 9.995 else 1
    for s, cell in enumerate(cells):
        row, column = divmod(s, columns)
        face = {"#": style.INK, "C": style.SHADE}.get(cell, style.PAPER if values is None else colours(shade[s]))
        hatch, edge = ("////", style.VERMILION) if cell == "C" else (None, style.GREY)
        ax.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=face, edgecolor=edge, hatch=hatch, lw=0.5))
        ink = style.PAPER if shade[s] > 0.65 else style.INK
        if cell in "SG":
            ax.text(
                column - 0.46, row - 0.46, cell, color=ink, weight="bold", va="top", fontsize=0.8 * middle["fontsize"]
            )
        if cell in "#C":
            continue
        arrow = "" if policy is None or cell == "G" else "↑→↓←"[int(np.reshape(policy, size)[s])]
        number = "" if values is None else f"{numbers[s]:.{digits}f}" if numbers[s] else "0"
        if number:
            ax.text(column, row - (0.12 if arrow else 0.0), number, color=ink, **middle)
        if arrow:
            place = {**middle, "fontsize": middle["fontsize"] * (1.2 if number else 1.8)}
            ax.text(column, row + (0.26 if number else 0.0), arrow, color=ink, **place)
    ax.set(xlim=(-0.5, columns - 0.5), ylim=(rows - 0.5, -0.5), aspect="equal", xlabel="column", ylabel="row")
    ax.set(xticks=range(columns), yticks=range(rows))
    return style.bare(ax)


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
    ax = axes(ax, (6.2, 4.6))
    ax.grid(False)
    image = ax.pcolormesh(x, y, error, cmap="Blues", vmin=0.0, vmax=limit, shading="gouraud")
    ax.figure.colorbar(image, ax=ax, label=error_label, extend="neither" if limit is None else "max")
    ax.set(xlabel=labels[0], ylabel=labels[1])
    return ax


def _regions(ax: "Axes", x, y, decisions, action_names: Sequence[str]) -> "Axes":
    """Colours and hatches the plane by the action chosen at each point: `decisions` [len(y), len(x)]."""
    from matplotlib.patches import Patch

    ax.grid(False)
    handles = []
    for action, (name, (colour, hatch)) in enumerate(zip(action_names, _looks(len(action_names)), strict=True)):
        handles.append(Patch(label=name, facecolor=(colour, 0.35), edgecolor=(colour, 0.9), hatch=hatch, lw=0))
        chosen = (decisions == action).astype(float)
        if chosen.any():
            region = ax.contourf(x, y, chosen, [0.5, 1.5], colors=[(colour, 0.35)], hatches=[hatch])
            region.set(edgecolor=(colour, 0.9), lw=0)
    ax.legend(handles=handles, frameon=False, ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return ax


def _looks(num_actions: int) -> list[tuple[str, str]]:
    """A colour and a hatch for each action. Up to three actions go from left over nothing to right."""
    first, middle, last = (style.BLUE, "\\\\"), (style.INK, ""), (style.ORANGE, "//")
    if num_actions <= 3:
        return [first, last] if num_actions == 2 else [first, middle, last][:num_actions]
    hatches = ("\\\\", "//", "", "..", "xx")  # as many as share no factor with the colours: 30 different looks
    return [(style.SERIES[n % len(style.SERIES)], hatches[n % len(hatches)]) for n in range(num_actions)]
