"""Recorded episodes as a player in the page and as a GIF: see `rl_helpers.show.animate`."""

from rl_helpers.show.animate import Animation, animate, outcome, save_gif

__all__ = ["Animation", "animate", "outcome", "save_gif"]
