"""Notebooks that are alike: planted copies are found, independent ones are not, and the page shows both as text."""

import json
import random

import pytest
from filling import cells_by_id, code_cell, fill
from small_course import hand_in, write_sources
from typer.testing import CliRunner

from autograder import copies
from autograder.__main__ import app
from autograder.build import build_course
from autograder.copies import COURSE, Comparison, find_copies, normal_form
from autograder.course import load_course
from autograder.report import pages

LOOP = """def double(x):
    # {comment}
    {total} = 0
    for {step} in range(2):
        {total} = {total} + x
    if {total} > 10 and not isinstance({total}, complex):
        print("large", {total}, sep=": ", flush=True)
    history = [{total} for _ in range(int(x)) if {total} is not None]
    while len(history) > 3:
        history.pop()
    return {total} if history or x else x * 2
"""
OTHER = """def double(x):
    values = np.stack([np.asarray(x), np.asarray(x)], axis=0)
    try:
        result = values.sum(axis=0).item()
    except (ValueError, AttributeError) as error:
        raise TypeError(f"no number: {x!r}") from error
    assert result - x == x, "something is wrong with sums"
    with np.errstate(all="raise"):
        halves = {key: value / 2 for key, value in enumerate([result])}
    return sum(value * 2 for value in halves.values())
"""
