"""What notebook 10 says of the recorded seeds, computed anew with NumPy alone."""

import numpy as np
import pytest

from rl_helpers import progress, recorded, records
from rl_helpers.evaluation import interquartile_mean

AGENTS = recorded.agents()
BASELINE, PLAIN = AGENTS["with baseline"].returns, AGENTS["without"].returns
NUM_SEEDS = (3, 5, 10, 20)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_recorded_returns_are_those_of_cartpole():
    for steps, returns in AGENTS.values():
        assert returns.shape == (200, len(steps)) and np.all(np.diff(steps) > 0)
        assert returns.min() >= 8 and returns.max() == 500
        np.testing.assert_array_equal(returns * 32, np.rint(returns * 32))
    rates, returns = recorded.learning_rates()
    assert np.all(np.diff(rates) > 0) and returns.shape == (len(rates), 100) == (8, 100)


def test_the_baseline_is_better():
    better, worse = BASELINE[:, -1], PLAIN[:, -1]
    assert (round(better.mean()), round(worse.mean())) == (482, 455)
    assert np.mean(better >= 475) == 0.84 and 0.25 < np.mean(worse < 475) < 0.3  # the quarter that never got there


def test_the_best_evaluation_of_each_seed_tells_nothing():
    assert min(returns.max(axis=1).mean() for returns in (BASELINE, PLAIN)) > 499


def test_one_against_one(rng):
    better, worse, dqn = (training.returns[:, -1] for training in AGENTS.values())
    wins = lambda x, y: np.mean(0.5 + 0.5 * np.sign(x[:, None] - y))
    assert round(wins(better, worse), 2) == 0.58 and wins(worse, dqn) > 0.75
    assert np.mean(better[:, None] == worse) == pytest.approx(np.mean(better == 500) * np.mean(worse == 500), abs=0.01)


def test_four_summaries_of_twenty_seeds():
    better, worse = BASELINE[:20, -1], PLAIN[:20, -1]
    gaps = [statistic(better) - statistic(worse) for statistic in (np.mean, np.median, interquartile_mean)]
    assert [round(float(gap)) for gap in gaps] == [60, 1, 19]
    assert [np.mean(x > 450) for x in (better, worse)] == [0.95, 0.7]
    assert np.mean(worse >= 498) > 0.5 and np.mean(better == 500) > 0.8


def test_papers_are_upside_down_as_often_as_the_text_says(rng):
    means = [[rng.choice(x[:, -1], (50_000, n)).mean(axis=1) for x in (BASELINE, PLAIN)] for n in NUM_SEEDS]
    upside_down = [np.mean(worse > better) for better, worse in means]
    np.testing.assert_allclose(upside_down, [0.30, 0.27, 0.195, 0.107], atol=0.01)


def test_averages_swing_as_the_text_says(rng):
    samples = np.sort(rng.choice(PLAIN[:, -1], (50_000, 10)), axis=1)
    mean, median, middle = samples.mean(axis=1), np.median(samples, axis=1), samples[:, 2:8].mean(axis=1)
    assert round(mean.std()) == 28 and middle.std() < 0.85 * mean.std()
    assert mean.mean() < middle.mean() < median.mean() and np.mean(median >= 475) > 0.85


@pytest.mark.parametrize(("evaluation", "expected"), [(1, [0.71, 0.83, 0.90, 0.92]), (-1, [0.53, 0.67, 0.80, 0.88])])
def test_intervals_contain_the_truth_as_often_as_the_text_says(rng, evaluation, expected):
    x = PLAIN[:, evaluation]
    assert AGENTS["without"].steps[evaluation] == (30_000 if evaluation == 1 else 150_000)
    coverage = []
    for n in NUM_SEEDS:
        samples = rng.choice(x, (2_000, n))
        rows = rng.integers(n, size=(2_000, 200, n))
        resampled = np.take_along_axis(samples[:, None], rows, axis=2).mean(axis=2)  # [2000, 200]
        low, high = np.quantile(resampled, [0.025, 0.975], axis=1)
        coverage.append(np.mean((low <= x.mean()) & (x.mean() <= high)))
    np.testing.assert_allclose(coverage, expected, atol=0.03)


def finds_a_difference(rng, x, y, n, num_papers=600, num_permutations=199):
    """The share of papers whose permutation test has p < 0.05."""
    pack = np.concatenate([rng.choice(x, (num_papers, n)), rng.choice(y, (num_papers, n))], axis=1)
    gap = lambda deal: np.abs(deal[:, :n].mean(axis=1) - deal[:, n:].mean(axis=1))
    reached = sum(gap(rng.permuted(pack, axis=1)) >= gap(pack) - 1e-9 for _ in range(num_permutations))
    return np.mean((1 + reached) / (1 + num_permutations) < 0.05)


@pytest.mark.slow
def test_the_permutation_test_needs_as_many_seeds_as_the_text_says(rng):
    better, worse = BASELINE[:, -1], PLAIN[:, -1]
    assert finds_a_difference(rng, better, worse, 3) < 0.02
    assert 0.15 < finds_a_difference(rng, better, worse, 20) < 0.26  # one in five
    assert finds_a_difference(rng, better, worse, 100) < 0.8 < finds_a_difference(rng, better, worse, 200)
    assert all(finds_a_difference(rng, better, better, n) < 0.075 for n in (5, 20, 100))


def test_the_winner_is_flattered_as_the_text_says(rng):
    _, returns = recorded.learning_rates()
    tuning = rng.choice(returns, (20_000, 5), axis=1).mean(axis=2)  # [8, 20000]
    claimed, worth = tuning.max(axis=0), returns.mean(axis=1)[tuning.argmax(axis=0)]
    assert (round(claimed.mean()), round(worth.mean())) == (493, 460)
    assert round(returns.mean(axis=1).max()) == 468 and 0.97 < np.mean(claimed > 468) < 0.99


def test_a_picture_warns_of_answers_without_a_tick(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(records, "folder", lambda: tmp_path)
    records.note_exercise("ticked", True)
    records.note_exercise("failed", False)
    progress.warn_unless_done("ticked", "failed", "open")
    said = capsys.readouterr().out
    assert "ticked" not in said and "failed: the last check said no" in said and "open: not checked yet" in said
