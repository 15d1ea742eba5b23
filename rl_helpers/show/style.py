"""How the course looks. Its colours are Okabe and Ito's, which colour-blind readers can tell apart, on off-white paper.

The purple and the grey are a little darker, so that lines have a contrast of 3 against the paper. Orange and sky have
less and are for areas with a label; any darker, and colour-blind readers take them for vermilion and blue.

See https://jfly.uni-koeln.de/color/.
"""

import contextlib
import functools
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHEET = "rl_helpers.show.course"  # for plt.style.use

PAPER = "#fbfaf7"
SHADE = "#efece4"
GREY = "#95918a"
INK = "#2b2f36"

BLUE = "#0072b2"
ORANGE = "#e69f00"
GREEN = "#009e73"
VERMILION = "#d55e00"
PURPLE = "#ca74a4"
SKY = "#56b4e9"

DONE = "#00664a"  # for text and marks that mean good or bad, beside a second cue; the class report has them too
WRONG = "#a03a00"

SERIES = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY)  # in the order in which a picture uses them
LINES: tuple[Any, ...] = ("-", (0, (6, 2)), (0, (1, 1.2)), (0, (6, 2, 1, 2)))  # the second cue beside colour
COLOURS = {  # by the names that scenes, the page's scripts and its style sheets use
    name.lower(): globals()[name]
    for name in ("PAPER", "SHADE", "GREY", "INK", "BLUE", "ORANGE", "GREEN", "VERMILION", "PURPLE", "SKY")
}


def axes(ax: "Axes | None", size: tuple[float, float]) -> "Axes":
    """`ax`, or the axes of a new figure of `size` inches in the course's style; with a grid."""
    if ax is None:
        import matplotlib.pyplot as plt  # when the first picture is drawn

        with _only_here(_sheet()):
            ax = plt.figure(figsize=size).add_subplot()
            ax.get_xticklabels(), ax.get_yticklabels()  # ticks take their style when they are made, and that is late
    ax.grid(True)
    return ax


@functools.cache
def _sheet() -> Any:  # a setting's name is one of matplotlib's literals to the type checker
    import matplotlib

    with resources.as_file(resources.files(__package__) / "course.mplstyle") as path:
        return dict(matplotlib.rc_params_from_file(path, use_default_template=False))


@contextlib.contextmanager
def _only_here(settings: Any):
    """Like plt.style.context, but puts nothing else back.

    The first figure loads Jupyter's backend, which turns on that figures are shown: taken back, no later one would be.
    """
    import matplotlib

    before = {name: matplotlib.rcParams[name] for name in settings}
    matplotlib.rcParams.update(settings)
    try:
        yield
    finally:
        matplotlib.rcParams.update(before)


def bare(ax: "Axes") -> "Axes":
    """`ax` without frame, grid and ticks, for a picture of something that is not a graph."""
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.grid(False)
    return ax


def num_curves(ax: "Axes") -> int:
    """How many curves, lines with the gid "curve", were drawn into `ax` before."""
    return sum(line.get_gid() == "curve" for line in ax.lines)
