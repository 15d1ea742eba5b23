"""What people see: plots, pictures of environments, recorded episodes, and a game.

One module for each, imported by name. Notebooks know them as `rl_helpers.plotting`, `rl_helpers.animate`,
`rl_helpers.play` and `rl_helpers.palette`.
"""
