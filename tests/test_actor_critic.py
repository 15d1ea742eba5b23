"""What notebook 09 says about its pictures, measured: its own cells run here, and their variables are looked at."""

import matplotlib
import numpy as np
import pytest
from conftest import ROOT

matplotlib.use("agg")
import matplotlib.pyplot as plt

from autograder.course import is_grade, load_course
from rl_helpers.evaluation import mean_interval

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def after():
    """`after(text)`: the notebook's variables after the solved demo that contains `text`; of the other demos only those
    run that contain `also`."""
    cells = [c for c in load_course(ROOT).assignments["09_actor_critic"].source.cells if c.cell_type == "code"]
    is_demo = lambda cell: "demo" in cell.metadata.get("tags", [])

    def run(text, also=None):
        (last,) = (cell for cell in cells if is_demo(cell) and text in cell.source)
        wanted = lambda cell: cell is last or (also is not None and also in cell.source)
        names = {"__name__": "__main__"}
        for cell in cells[: cells.index(last) + 1]:
            installs = cell.source.startswith("# @title")
            if not (installs or is_grade(cell) or (is_demo(cell) and not wanted(cell))):
                exec(cell.source, names)
        plt.close("all")
        return names

    return run


def test_the_dial_has_its_best_place_in_between(after):
    names = after("plot_bias_and_spread(")
    estimates, truth = names["estimates"], float(names["true_advantage"])
    bias, spread = np.abs(estimates.mean(axis=1) - truth), estimates.std(axis=1)
    typical = np.hypot(bias, spread)
    assert estimates.shape == (11, 1_000)
    assert spread[0] < 0.01 < 1.0 < bias[0] and bias[-1] < 0.01  # agreed and wrong; right on average
    assert typical.min() < 0.7 * min(typical[0], typical[-1])


def test_the_clip_keeps_the_policy_near(after):
    names = after("half_trained")
    (near, kept), (far, lost) = names["kept"]["clip 0.2"], names["kept"]["no clip"]
    assert np.median(far[:, -1]) > 100 * np.median(near[:, -1])
    assert np.median(near[:, -1]) < 3 * np.median(near[:, 0])  # it stops where one epoch has brought it
    assert kept.mean() > 1.3 * lost.mean()


def test_cartpole_is_solved_by_all_eight_seeds(after):
    names = after("of 8 seeds have a return of 500")
    assert np.all(names["returns"][:, -1] >= 475)
    assert np.all(names["solved"].any(axis=1)) and names["steps"][-1] == 102_400


def test_the_pendulum_swings_up_without_a_model(after):
    names = after("CEM, true dynamics")
    scores, returns = names["scores"], names["result"].evaluation_returns
    assert scores["random torques"] < -900 and -300 < returns[:, -1].mean() < scores["CEM, true dynamics"]


def test_ten_seeds_can_hardly_tell_the_details_apart(after):
    details = after("plot_variants(", also="mean_over_the_run(")["details"]
    intervals = {name: mean_interval(np.asarray(seeds)[:, None])[1:] for name, seeds in details.items()}
    low, high = intervals.pop("all details")
    assert len(intervals) == 5 and np.ptp(details["all details"]) > 90
    assert sum(bool(lower < high and upper > low) for lower, upper in intervals.values()) >= 4
    assert min(details, key=lambda name: np.mean(details[name])) == "advantages not standardised"
