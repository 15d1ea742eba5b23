"""How good is an agent, given a few seeds: a mean or interquartile mean, and how sure we can be of it."""

from collections.abc import Callable

import numpy as np


def interquartile_mean(values, axis: int = 0) -> np.ndarray:
    """Mean of the middle half: the lowest and the highest quarter of `values` along `axis` are left out.

    Unlike the median it uses half of the values, and unlike the mean it does not depend on one lucky seed. With fewer
    than four values it is the mean.

    >>> float(interquartile_mean([0, 1, 3, 500]))
    2.0

    See Agarwal et al. (2021), https://arxiv.org/abs/2108.13264.
    """
    from scipy.stats import trim_mean  # it takes a moment to load

    return trim_mean(np.asarray(values, float), 0.25, axis=axis)


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
      statistic: `np.mean` or `interquartile_mean`; called with an `axis`.
      num_resamples: how many times to resample.
    Returns:
      (statistic, low, high), each [T].
    """
    curves = np.asarray(curves, float)
    if curves.ndim != 2:
        raise ValueError(f"curves must be [num_seeds, T], got shape {list(curves.shape)}")
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"confidence must be between 0 and 1, got {confidence}")
    centre = statistic(curves, axis=0)
    if len(curves) == 1:
        return centre, centre, centre
    from scipy.stats import bootstrap

    interval = bootstrap(
        (curves,),
        statistic,
        axis=0,
        n_resamples=num_resamples,
        batch=50,  # of all at once the resamples of a long curve fill the memory
        confidence_level=confidence,
        method="percentile",
        random_state=rng or np.random.default_rng(0),
    ).confidence_interval
    return centre, interval.low, interval.high
