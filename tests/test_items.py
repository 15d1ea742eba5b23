"""Whether exercises are good ones, on simulated classes with a known answer."""

import numpy as np
import pytest

from autograder.report import standing
from autograder.report.items import ENOUGH, items
from autograder.results import ExerciseResult, Result

POINTS = 4.0


def result(student: int, shares, *, check_passed=(), untouched=False, message="Gamma was never used.") -> Result:
    exercises = tuple(
        ExerciseResult(
            f"e{place}", POINTS * share, POINTS, share == 1, "" if share == 1 else message,
            check_passed=place in check_passed or share == 1,
        )
        for place, share in enumerate(shares)
    )  # fmt: skip
    score = sum(e.score for e in exercises)
    return Result(
        f"s{student}",
        "n",
        "graded",
        score,
        POINTS * len(exercises),
        score,
        exercises=exercises,
        untouched=untouched,
    )


def simulated(rng, number: int, slopes, difficulties) -> list[Result]:
    """A class by the two-parameter logistic model: P(solved) = sigmoid(slope (ability - difficulty))."""
    ability = rng.normal(size=(number, 1))
    solved = rng.random((number, len(slopes))) < 1 / (1 + np.exp(-np.array(slopes) * (ability - difficulties)))
    return [result(student, row.astype(float)) for student, row in enumerate(solved)]


def test_the_figures_are_those_of_the_textbook():
    rng = np.random.default_rng(0)
    shares = rng.choice([0.0, 0.25, 1.0], (60, 5))
    found = items([result(n, row) for n, row in enumerate(shares)])
    for place, item in enumerate(found):
        rest = np.delete(shares, place, axis=1).sum(axis=1)
        r = np.corrcoef(shares[:, place], rest)[0, 1]
        half = 1.959964 / np.sqrt(60 - 3)
        assert item.facility == pytest.approx(shares[:, place].mean())
        assert item.discrimination == pytest.approx(r)
        assert item.interval == pytest.approx(np.tanh([np.arctanh(r) - half, np.arctanh(r) + half]), abs=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize(("number", "share"), [(100, 0.8), (300, 0.98)])
def test_a_broken_test_stands_out_and_good_ones_do_not(number, share):
    """Item 3 is decided by a coin. In 200 classes it is nearly always called poor, and hardly ever another one."""
    rng = np.random.default_rng(1)
    broken = others = 0
    for _ in range(200):
        found = items(simulated(rng, number, [2.0, 1.5, 2.0, 0.0, 1.5, 2.0], [-1.0, -0.5, 0.0, 0.0, 0.5, 1.0]))
        broken += found[3].poor
        others += sum(item.poor for item in found[:3] + found[4:])
    assert broken > share * 200 and others < 0.01 * 1000


@pytest.mark.slow
def test_intervals_hold_what_they_promise():
    """The correlation in a very large class lies in 95 % of the intervals of classes of 60."""
    rng = np.random.default_rng(2)
    slopes, difficulties = [1.5, 1.0, 2.0, 1.5], [-0.5, 0.0, 0.0, 0.5]
    truth = items(simulated(rng, 20_000, slopes, difficulties))[0].discrimination
    found = [items(simulated(rng, 60, slopes, difficulties))[0].interval for _ in range(300)]
    assert 0.91 < np.mean([low <= truth <= high for low, high in found]) < 0.985


def test_what_cannot_be_said_is_not_said():
    few = items([result(n, [n % 2, n % 3 == 0, 1]) for n in range(ENOUGH - 1)])
    assert all(item.too_few and item.discrimination is None and not item.poor for item in few)
    same = items([result(n, [1, n % 2, n % 2]) for n in range(ENOUGH)])
    assert same[0].discrimination is None and same[1].discrimination == pytest.approx(1.0)
    assert items([]) == [] and items([result(0, [1.0])])[0].facility == 1.0


def test_untouched_notebooks_and_those_of_an_older_version_do_not_count():
    mine = [result(n, [n % 2, n % 2]) for n in range(ENOUGH)]
    more = [result(90, [0, 0], untouched=True), result(91, [0]), result(92, [0, 1, 0])]
    assert items(mine + more, ["e0", "e1"]) == items(mine) == items(mine + more)


def test_who_passed_the_check_only_is_counted():
    results = [result(0, [0.25, 1], check_passed={0}), result(1, [0.0, 1]), result(2, [1, 1])]
    assert [item.only_check for item in items(results)] == [1, 0]


def test_the_first_five_minutes_are_about_what_several_people_hold():
    results = [result(n, [0, 1]) for n in range(3)]
    results += [result(n, [1, 0], message="That is the sum.") for n in range(3, 5)]
    results += [result(n, [0, 1], message=text) for n, text in ((5, "Not implemented yet."), (6, "Alone with this."))]
    results += [result(n, [0, 1], message="Your cell raised NameError: name 'x' is not defined") for n in (7, 8)]
    results += [result(9, [0, 0], untouched=True)]
    (notebook,) = standing.standings(results)
    assert notebook.misconceptions == [("e0", "Gamma was never used.", 3), ("e1", "That is the sum.", 2)]
