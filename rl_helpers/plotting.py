"""The course's pictures, `plot_x(data, *, ax=None) -> Axes`: see `rl_helpers.show.plotting`."""

from rl_helpers.show.plotting import *  # noqa: F403
