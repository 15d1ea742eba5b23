"""The bug museum: agents of notebooks 05, 06 and 09 with one bug each, and what one sees of them from outside."""

from rl_helpers.museum.exhibits import EXHIBITS, Exhibit
from rl_helpers.museum.tour import ALL_PROBES, EXTRA, GAMMA, HEALTHY, SEVEN, Checkup, check_ups, on_probes, passes

__all__ = [
    "ALL_PROBES",
    "EXHIBITS",
    "EXTRA",
    "GAMMA",
    "HEALTHY",
    "SEVEN",
    "Checkup",
    "Exhibit",
    "check_ups",
    "on_probes",
    "passes",
]
