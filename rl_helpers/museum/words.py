"""Tables in words: what an agent has learnt on the probes, and what the diagnostics say."""

from collections.abc import Mapping

import numpy as np

from rl_helpers.museum.tables import ALL_PROBES, right_values
from rl_helpers.museum.tour import GAMMA, TOLERANCE


def print_examination(learnt: Mapping[str, np.ndarray], right: Mapping[str, np.ndarray] | None = None):
    """Prints what each seed has learnt on each probe, and whether that is right.

    Args:
      learnt: by probe, values [num_seeds, K].
      right: by probe, values [K]; the right ones where there are none.
    """
    right = right or {probe: right_values(env, GAMMA) for probe, env in ALL_PROBES.items()}
    print(f"{'probe':21s}    {'right':14s} learnt, by three seeds")
    for probe, values in right.items():
        close = np.abs(learnt[probe] - np.asarray(values)).max(axis=1) < TOLERANCE
        mark = "✓" if close.all() else "✗"
        seeds = "  ".join(_numbers(seed) for seed in learnt[probe])
        print(f"{probe:21s} {mark}  {_numbers(values):14s} {seeds}")


def print_table(rows: Mapping[str, Mapping[str, float]]):
    """Prints numbers in rows and columns; "-" where there is none.

    Args:
      rows: by row and column.
    """
    columns = list(dict.fromkeys(column for row in rows.values() for column in row))
    widths = [max(len(column), 7) for column in columns]
    first = max(map(len, rows))
    print(" " * first, *(f"{c:>{w}}" for c, w in zip(columns, widths, strict=True)), sep="  ")
    for name, row in rows.items():
        cells = (f"{_number(row.get(c)):>{w}}" for c, w in zip(columns, widths, strict=True))
        print(f"{name:{first}}", *cells, sep="  ")


def _number(value) -> str:
    if value is None:
        return "-"
    value = float(value)
    return f"{value:.0f}" if value == round(value) and value != 0 else f"{value:.3g}"


def _numbers(values) -> str:
    return "[" + " ".join(f"{float(value):5.2f}" for value in values) + "]"
