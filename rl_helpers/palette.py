"""The course's colours by name, `palette.BLUE`: see `rl_helpers.show.style`."""

from rl_helpers.show.style import *  # noqa: F403
