"""The checks behind every exercise: comparisons that explain themselves.

A check cell in a notebook reads

    @checks.exercise("discounted_return")
    def _check():
        checks.equal(discounted_return([1, 2, 3], 0.5), 2.75, "discounted_return([1, 2, 3], 0.5)",
                     wrong=[(6.0, "gamma was never used")])

and ends in a tick, or in one message that says what is wrong, names the misconception when the wrong value is a known
one, and points at the learner's own line when their code raised. Hidden tests use `checks.hidden(name)` instead of
`checks.exercise(name)`: the same comparisons, but messages never show the expected values. The decorated function runs
at once; being a function it keeps the check's own variables away from the learner's names. Both also work as context
managers.
"""

from rl_helpers.checks import calm, stand_ins
from rl_helpers.checks.compare import (
    CheckFailed,
    array,
    choice,
    equal,
    fail,
    frequency,
    integer,
    near,
    number,
    that,
    unchanged,
)
from rl_helpers.checks.frame import exercise, hidden
from rl_helpers.checks.questions import follows_key, pair, remark_on_constant, remark_on_keys, ways

__all__ = [
    "CheckFailed",
    "array",
    "choice",
    "equal",
    "exercise",
    "fail",
    "follows_key",
    "frequency",
    "hidden",
    "integer",
    "near",
    "number",
    "pair",
    "remark_on_constant",
    "remark_on_keys",
    "stand_ins",
    "that",
    "unchanged",
    "ways",
]

calm.install()
