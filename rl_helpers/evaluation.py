"""How good is an agent, given a few seeds: a mean or interquartile mean, and how sure we can be of it."""

from collections.abc import Callable

import numpy as np


def interquartile_mean(values, axis: int = 0) -> np.ndarray:
    """Mean of the middle half: the lowest and the highest quarter of `values` along `axis` are left out.

    Unlike the median it uses half of the values, and unlike the mean it does not hang on one lucky seed. With fewer
    than four values it is the mean.

    See Agarwal et al. (2021), https://arxiv.org/abs/2108.13264.
    """
    ordered = np.sort(np.asarray(values, float), axis=axis)
    count = ordered.shape[axis]
    return np.take(ordered, np.arange(count // 4, count - count // 4), axis=axis).mean(axis=axis)


def mean_interval(
    curves,
    confidence: float = 0.95,
    rng: np.random.Generator | None = None,
    *,
    statistic: Callable = np.mean,
    num_resamples: int = 1000,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A statistic over seeds and its bootstrap interval.

    The bootstrap asks how much the statistic would move had other seeds been drawn: it draws as many seeds as there
    are, with replacement, again and again. With fewer than about five seeds the interval is too narrow.

    Args:
      curves: one row for each seed, [num_seeds, T].
      confidence: how often such an interval contains the true value, in (0, 1).
      rng: draws the resamples; by default always the same ones.
      statistic: `np.mean` or `interquartile_mean`; called with `axis=0`.
      num_resamples: how many times to resample.
    Returns:
      (statistic, low, high), each [T].
    """
    curves = np.asarray(curves, float)
    if curves.ndim != 2:
        raise ValueError(f"curves must be [num_seeds, T], got shape {list(curves.shape)}")
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"confidence must be between 0 and 1, got {confidence}")
    rng = rng or np.random.default_rng(0)
    rows = rng.integers(len(curves), size=(num_resamples, len(curves)))
    resampled = np.array([statistic(curves[row], axis=0) for row in rows])
    low, high = np.quantile(resampled, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    return statistic(curves, axis=0), low, high
