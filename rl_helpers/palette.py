"""The course's colours by name, `palette.BLUE`: see `rl_helpers.show.style`."""

from rl_helpers.show.style import (
    BLUE,
    COLOURS,
    DONE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PAPER,
    PURPLE,
    SERIES,
    SHADE,
    SKY,
    VERMILION,
    WRONG,
)

__all__ = [
    "BLUE",
    "COLOURS",
    "DONE",
    "GREEN",
    "GREY",
    "INK",
    "ORANGE",
    "PAPER",
    "PURPLE",
    "SERIES",
    "SHADE",
    "SKY",
    "VERMILION",
    "WRONG",
]
