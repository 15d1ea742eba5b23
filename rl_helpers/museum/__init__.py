"""The bug museum: agents of notebooks 05, 06 and 09 with one bug each, and what they look like from the outside."""

from rl_helpers.museum.exhibits import EXHIBITS, Exhibit
from rl_helpers.museum.losses import LOSSES, with_padding
from rl_helpers.museum.records import Patient, patient, returns
from rl_helpers.museum.tables import ALL_PROBES, EXTRA, SEVEN
from rl_helpers.museum.tour import GAMMA, HEALTHY, Checkup, check_ups, on_probes, passes
from rl_helpers.museum.words import print_examination, print_table

__all__ = [
    "ALL_PROBES",
    "EXHIBITS",
    "EXTRA",
    "GAMMA",
    "HEALTHY",
    "LOSSES",
    "SEVEN",
    "Checkup",
    "Exhibit",
    "Patient",
    "check_ups",
    "on_probes",
    "passes",
    "patient",
    "print_examination",
    "print_table",
    "returns",
    "with_padding",
]
