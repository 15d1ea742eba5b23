"""Outputs -> points, with outputs as a kernel sends them."""

import pytest

from autograder.execute import Outcome
from autograder.score import explain, score_cell


def shown(text):
    return Outcome("c", True, [{"output_type": "execute_result", "data": {"text/plain": text}, "metadata": {}}])


def raised(name, text):
    return {"output_type": "error", "ename": name, "evalue": text, "traceback": []}


@pytest.mark.parametrize(
    ("outcome", "points"),
    [
        (Outcome("c", True), 2.0),
        (Outcome("c", True, [{"output_type": "stream", "name": "stderr", "text": "Warning"}]), 2.0),
        (Outcome("c", True, [raised("ValueError", "x")]), 0.0),
        (Outcome("c", True, [{"output_type": "stream", "name": "stdout", "text": "fine"}, raised("E", "x")]), 0.0),
        (Outcome("c", False), 0.0),
        (None, 0.0),
        (shown("1.5"), 1.5),
        (shown("np.float64(1.5)"), 1.5),
        (shown("Array(0.5, dtype=float32)"), 0.5),
        (shown("0"), 0.0),
        (shown("2"), 2.0),
        (shown("2.01"), 0.0),
        (shown("-1"), 0.0),
        (shown("nan"), 0.0),
        (shown("inf"), 0.0),
        (shown("True"), 2.0),
        (shown("False"), 0.0),
        (shown("'well done'"), 2.0),
    ],
)
def test_points_of_one_cell(outcome, points):
    assert score_cell(outcome, 2.0) == points


def test_the_learners_own_broken_cell_explains_the_loss():
    answer = Outcome("f", True, [raised("SyntaxError", "invalid syntax (line 3)")])
    test = Outcome("test_f", True, [raised("CheckFailed", "f is not defined")])
    assert explain(answer, [test]) == "Your cell raised SyntaxError: invalid syntax (line 3)"


def test_a_checks_message_stands_as_it_is_and_other_errors_are_named():
    assert explain(Outcome("f", True), [Outcome("check_f", True, [raised("CheckFailed", "gamma was never used")])]) == (
        "gamma was never used"
    )
    assert explain(None, [Outcome("check_f", True, [raised("ValueError", "\x1b[31mbad\x1b[0m")])]) == "ValueError: bad"
    stub = [Outcome("check_f", True, [raised("NotImplementedError", "...")])]
    stub += [Outcome("test_f", True, [raised("CheckFailed", "f is not implemented yet.")])]
    assert explain(None, stub) == "Not implemented yet."


def test_a_message_written_for_the_learner_comes_before_a_bare_exception():
    check, test = raised("IndexError", "out of range"), raised("CheckFailed", "f raised IndexError in line 2")
    outcomes = [Outcome("check_f", True, [check]), Outcome("test_f", True, [test])]
    assert explain(None, outcomes) == "f raised IndexError in line 2"


def test_a_test_that_was_stopped_says_so():
    assert "stopped" in explain(None, [Outcome("test_f", False, problem="It was stopped.")])
