"""Statistics over seeds, against numbers worked out by hand."""

import numpy as np
import pytest
from conftest import read_course

from autograder.course import is_solution
from rl_helpers.evaluation import interquartile_mean, mean_interval


def test_interquartile_mean_leaves_out_a_quarter_at_each_end():
    assert interquartile_mean([100.0, 1.0, 2.0, -50.0]) == 1.5
    assert interquartile_mean([5.0, 1.0, 3.0, 2.0, 1000.0]) == pytest.approx((2 + 3 + 5) / 3)
    assert interquartile_mean([1.0, 2.0, 6.0]) == 3.0  # too few to leave any out


def test_interquartile_mean_goes_along_an_axis():
    values = np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0], [99.0, -9.0]])
    np.testing.assert_allclose(interquartile_mean(values), [2.5, 15.0])
    np.testing.assert_allclose(interquartile_mean(values.T, axis=1), [2.5, 15.0])


def test_interval_is_that_of_a_mean():
    curves = np.random.default_rng(1).normal(5.0, 2.0, size=(50, 3))
    mean, low, high = mean_interval(curves)
    np.testing.assert_allclose(mean, curves.mean(axis=0))
    half = 1.96 * curves.std(axis=0) / np.sqrt(50)
    np.testing.assert_allclose(high - mean, half, rtol=0.15)
    np.testing.assert_allclose(mean - low, half, rtol=0.15)


def test_interval_covers_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(2)
    _, low, high = mean_interval(rng.normal(size=(20, 2000)), confidence=0.8)  # 2,000 experiments of 20 seeds
    assert 0.74 < np.mean((low < 0) & (high > 0)) < 0.83


def test_interval_takes_another_statistic_and_is_wider_when_surer():
    curves = np.random.default_rng(3).normal(size=(12, 4))
    center, low, high = mean_interval(curves, statistic=interquartile_mean)
    np.testing.assert_allclose(center, interquartile_mean(curves))
    _, lower, higher = mean_interval(curves, confidence=0.99, statistic=interquartile_mean)
    assert np.all(lower < low) and np.all(low < center) and np.all(center < high) and np.all(high < higher)


def test_interval_of_the_interquartile_mean_does_not_hang_on_one_lucky_seed():
    curves = np.random.default_rng(3).normal(size=(12, 4))
    curves[0] = 1e6
    assert np.all(mean_interval(curves, statistic=interquartile_mean)[2] < 5)
    assert np.all(mean_interval(curves)[2] > 1e4)


def test_interval_repeats_itself_and_one_seed_has_none():
    curves = np.random.default_rng(4).normal(size=(5, 4))
    np.testing.assert_array_equal(mean_interval(curves), mean_interval(curves))
    other = mean_interval(curves, rng=np.random.default_rng(9))
    assert not np.array_equal(mean_interval(curves), other)
    np.testing.assert_array_equal(*mean_interval(curves[:1])[1:])


def test_interval_names_what_is_wrong():
    with pytest.raises(ValueError, match=r"curves must be \[num_seeds, T\]"):
        mean_interval([1.0, 2.0])
    with pytest.raises(ValueError, match="confidence"):
        mean_interval([[1.0, 2.0]], confidence=95)


@pytest.fixture(scope="module")
def exercises() -> dict:
    """The answers of notebook 10, as the learner has them once all is right."""
    source = read_course().assignments["10_is_it_real"].source
    namespace = {"np": np}
    for cell in filter(is_solution, source.cells):
        exec(cell.source, namespace)
    return namespace


def test_exercises_of_notebook_10_agree_on_the_interquartile_mean(exercises):
    rng = np.random.default_rng(5)
    for n in range(1, 30):
        values = rng.normal(size=n)
        assert exercises["iqm"](values) == pytest.approx(float(interquartile_mean(values)))


@pytest.mark.slow
@pytest.mark.parametrize("statistic", [np.mean, interquartile_mean])
def test_exercises_of_notebook_10_agree_on_the_interval(exercises, statistic):
    scores = np.random.default_rng(6).exponential(size=(15, 1))
    ours = mean_interval(scores, 0.9, statistic=statistic, num_resamples=20_000)
    theirs = exercises["bootstrap_interval"](
        np.random.default_rng(7), scores, lambda resample: float(statistic(resample, axis=0)[0]), 20_000, 0.9
    )
    np.testing.assert_allclose(theirs, [float(end[0]) for end in ours[1:]], rtol=0.03)
