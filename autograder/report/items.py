"""Whether an exercise is a good one: how hard it is, and whether those who can do the rest can do it.

The measures are those of classical test theory: facility, and discrimination as the item-rest correlation, whose
confidence interval comes from Fisher's transformation.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from autograder.results import Result

ENOUGH = 20  # notebooks; with fewer the interval of a correlation covers nearly everything
POOR = 0.3  # an exercise whose discrimination is surely below this tells little about anyone


@dataclass(frozen=True)
class Item:
    """One exercise in a class, by the points that the tests gave; what people gave by hand says nothing about a test.

    Attributes:
      name: the exercise's name.
      number: of how many notebooks.
      facility: the mean part of its points that people have, from 0 to 1.
      discrimination: the correlation of its points with those of the notebook's other exercises together; None where
        there are too few notebooks, or one of the two is the same for everybody.
      interval: the 95 % confidence interval of the discrimination.
      only_check: how many passed the visible check and not the hidden test.
    """

    name: str
    number: int
    facility: float
    discrimination: float | None
    interval: tuple[float, float] | None
    only_check: int

    @property
    def too_few(self) -> bool:
        return self.number < ENOUGH

    @property
    def poor(self) -> bool:
        """It surely does not tell those who can do the rest from those who cannot."""
        return self.interval is not None and self.interval[1] < POOR


def items(results: Iterable[Result], order: Sequence[str] = ()) -> list[Item]:
    """The exercises of one notebook, in `order`.

    Args:
      results: of one notebook; those that say nothing about the class, untouched ones for instance, are left out.
      order: the exercises' names; by default those that most results have. A result with others, an older version's,
        is left out.
    """
    counted = [{e.name: e for e in result.exercises} for result in results if result.counts]
    names = tuple(order) or next(iter(Counter(map(tuple, counted)).most_common(1)), ((),))[0]
    whole = [mine for mine in counted if set(mine) == set(names)]
    points = np.array([[mine[name].score for name in names] for mine in whole], float).reshape(len(whole), len(names))
    found = []
    for place, name in enumerate(names):
        exercises = [mine[name] for mine in whole]
        rest = points.sum(axis=1) - points[:, place]
        best = exercises[0].max_score if exercises else 0.0
        discrimination, interval = _correlation(points[:, place], rest)
        found.append(
            Item(
                name,
                len(exercises),
                float(points[:, place].mean() / best) if best else 0.0,
                discrimination,
                interval,
                sum(e.check_passed and not e.passed for e in exercises),
            )
        )
    return found


def _correlation(item: np.ndarray, rest: np.ndarray) -> tuple[float | None, tuple[float, float] | None]:
    """Pearson's correlation of two [N] and its 95 % interval; None where nothing can be said."""
    if len(item) < ENOUGH or np.ptp(item) == 0 or np.ptp(rest) == 0:
        return None, None
    from scipy.stats import pearsonr  # takes longer to import than everything else here

    found = pearsonr(item, rest)
    low, high = found.confidence_interval(0.95)
    return float(found.statistic), (float(low), float(high))
