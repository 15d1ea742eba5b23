"""Play an environment yourself, `play("rl_helpers/NoOpCartPole-v1")`: see `rl_helpers.show.play`."""

from rl_helpers.show.play import play

__all__ = ["play"]
