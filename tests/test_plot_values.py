"""The value-grid picture: what stands in which cell."""

import matplotlib
import numpy as np
import pytest

matplotlib.use("agg")
import matplotlib.pyplot as plt

from rl_helpers import palette, plotting
from rl_helpers.envs.grid_world import GridWorld

GRID = GridWorld(("S.#", "C.G"))  # states 0 1 2 / 3 4 5
VALUES = np.array([-1.5, 0.25, 99.0, 99.0, 0.5, 0.0])


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def texts(ax):
    """The texts of each cell, by (column, row)."""
    found = {}
    for text in ax.texts:
        x, y = text.get_position()
        found.setdefault((round(x), round(y)), []).append(text.get_text())
    return {cell: sorted(words) for cell, words in found.items()}


def test_numbers_and_letters_stand_in_their_cells_and_none_in_walls_or_the_cliff():
    assert texts(plotting.plot_values(VALUES, grid=GRID)) == {
        (0, 0): ["-1.50", "S"],
        (1, 0): ["0.25"],
        (1, 1): ["0.50"],
        (2, 1): ["0", "G"],
    }


def test_arrows_point_where_the_policy_goes():
    ax = plotting.plot_values(None, [1, 2, 0, 0, 3, 0], grid=GRID)
    assert texts(ax) == {(0, 0): ["S", "→"], (1, 0): ["↓"], (1, 1): ["←"], (2, 1): ["G"]}


def test_colours_span_the_values_of_the_cells_one_can_be_in():
    colours = [patch.get_facecolor() for patch in plotting.plot_values(VALUES, grid=GRID).patches]
    to_rgba = matplotlib.colors.to_rgba
    assert colours[0] == to_rgba(palette.PAPER) and colours[4] == to_rgba(palette.BLUE)
    assert colours[2] == to_rgba(palette.INK) and colours[3] == to_rgba(palette.SHADE)


def test_limits_make_pictures_comparable():
    first, second = (plotting.plot_values(VALUES * scale, grid=GRID, limits=(0, 1)) for scale in (1, 2))
    assert first.patches[4].get_facecolor() == second.patches[1].get_facecolor()


def test_it_draws_on_the_axes_it_is_given_and_labels_them():
    _, given = plt.subplots()
    assert plotting.plot_values(np.zeros((2, 3)), np.zeros(6, int), grid=GRID, ax=given) is given
    given.figure.canvas.draw()
    assert given.get_xlabel() and given.get_ylabel()


def test_a_wrong_number_of_values_is_refused():
    with pytest.raises(ValueError, match="6 cells"):
        plotting.plot_values(np.zeros(5), grid=GRID)
    with pytest.raises(ValueError, match="policy"):
        plotting.plot_values(VALUES, np.zeros(7, int), grid=GRID)
