"""What the page of alike notebooks finds, and whom it names wrongly: independent and copied notebooks of right answers.

Independent learners each pick one of the named right answers of tests/answers for every exercise, by chance; three in
ten stop on the way. So whatever two of them share is chance, some answers word for word. A second class has favourites:
the answer that is named first is taken most often (1, 1/2, 1/3, ...), as real people do. Copies are made of somebody's
whole notebook by what people do to hide one.

`.venv/bin/python benchmarks/copies.py` prints the table (`--people 40` is quicker), and `--class-of 300` how long it
takes to compare a class in all notebooks.
"""

import argparse
import ast
import random
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from filling import read_blocks  # noqa: E402

from autograder import copies  # noqa: E402
from autograder.course import Assignment, load_course  # noqa: E402

THRESHOLDS = (0.7, 0.75, 0.8, 0.85, 0.87, 0.9, 0.95)
COPIES = 25  # of each kind, for each notebook


class Answers:
    """The named right answers to the exercises of one notebook, and notebooks made of them.

    Args:
      assignment: the notebook.
      favourites: answers named first are taken more often.
    """

    def __init__(self, assignment: Assignment, favourites: bool = False):
        folder = ROOT / "tests" / "answers" / assignment.name
        self.given = copies.given_fingerprints(assignment)
        self._names = [exercise.name for exercise in assignment.exercises]
        self._right = {
            name: [source for header, source in read_blocks(folder / f"{name}.py") if header.startswith("right")]
            for name in self._names
        }
        self._favourites = favourites

    def whole(self, dice: random.Random) -> list[str]:
        """One person's answers to all exercises."""
        return [self._pick(self._right[name], dice) for name in self._names]

    def notebook(self, dice: random.Random) -> list[str]:
        """One person's answers, as far as they came."""
        cells = self.whole(dice)
        return cells if dice.random() < 0.7 else cells[: dice.randint(1, len(cells))]

    def rewritten(self, cells: list[str], part: float, dice: random.Random) -> list[str]:
        """The same with a part of the answers, at least one, replaced by others."""
        cells = list(cells)
        for place in dice.sample(range(len(cells)), max(1, round(part * len(cells)))):
            cells[place] = dice.choice([a for a in self._right[self._names[place]] if a != cells[place]])
        return cells

    def fingerprints(self, cells: list[str]) -> set[int]:
        return copies.Text("\n\n".join(cells), self.given).own

    def _pick(self, answers: list[str], dice: random.Random) -> str:
        weights = [1 / (rank + 1) if self._favourites else 1 for rank in range(len(answers))]
        return dice.choices(answers, weights)[0]


# --- What people do to a copy -----------------------------------------------------------------------------------------


def renamed(cells: list[str], dice: random.Random) -> list[str]:
    """Other names for all variables, and a comment above each cell."""
    return [f"# my own idea {dice.random()}\n\n{_rename(cell)}" for cell in cells]


def _rename(cell: str) -> str:
    stored = {n.id for n in ast.walk(ast.parse(cell)) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return re.sub(r"(?<![.\w])[A-Za-z_]\w*\b", lambda m: f"my_{m[0]}" if m[0] in stored else m[0], cell)


def reordered(cells: list[str], dice: random.Random) -> list[str]:
    """Cells in another order, and in each two neighbouring statements of a function have changed places."""
    return dice.sample([_swap(cell, dice) for cell in cells], len(cells))


def _swap(cell: str, dice: random.Random) -> str:
    lines = cell.split("\n")
    for function in (n for n in ast.walk(ast.parse(cell)) if isinstance(n, ast.FunctionDef) and len(n.body) > 2):
        place = dice.randrange(len(function.body) - 2)
        first, second = function.body[place : place + 2]
        between = lines[first.end_lineno : second.lineno - 1]
        if first.end_lineno < second.lineno:
            above, below = (lines[s.lineno - 1 : s.end_lineno] for s in (first, second))
            lines[first.lineno - 1 : second.end_lineno] = [*below, *between, *above]
        break
    return "\n".join(lines)


Copy = Callable[[Answers, list[str], random.Random], list[str]]
KINDS: dict[str, Copy] = {
    "variables renamed, comments": lambda answers, cells, dice: renamed(cells, dice),
    "cells and statements reordered": lambda answers, cells, dice: reordered(cells, dice),
    "one exercise rewritten": lambda answers, cells, dice: answers.rewritten(cells, 0, dice),
    "all of these": lambda answers, cells, dice: reordered(renamed(answers.rewritten(cells, 0, dice), dice), dice),
    "a third of the exercises rewritten": lambda answers, cells, dice: answers.rewritten(cells, 1 / 3, dice),
    "half of the exercises rewritten": lambda answers, cells, dice: answers.rewritten(cells, 1 / 2, dice),
}


# --- Tables -----------------------------------------------------------------------------------------------------------


def main(people: int):
    """Prints what is found and what is named wrongly, by threshold."""
    assignments = [a for a in load_course(ROOT).assignments.values() if a.exercises]
    heads = ["independent, any right answer", "independent, with favourites"]
    alone = [_independent(assignments, people, favourites) for favourites in (False, True)]
    _row("", *(f"{threshold:.0%}" for threshold in THRESHOLDS))
    _row(*["---"] * (1 + len(THRESHOLDS)))
    for head, by_notebook in zip(heads, alone, strict=True):
        pairs = np.concatenate(list(by_notebook.values()))
        shares = (f"{1000 * np.mean(pairs >= t):.2g} ‰" for t in THRESHOLDS)
        _row(f"{head}, of {len(pairs):,} pairs", *shares)
    for kind, make in KINDS.items():
        found = np.array([value for assignment in assignments for value in _copied(assignment, make)])
        _row(f"{kind}, of {len(found)}", *(f"{100 * np.mean(found >= t):.0f} %" for t in THRESHOLDS))
    print(f"\nIndependent pairs at {copies.THRESHOLD:.0%} or above, and the median:\n")
    _row("notebook", *heads)
    _row("---", "---", "---")
    for name in alone[0]:
        told = (f"{1000 * np.mean(p[name] >= copies.THRESHOLD):.2g} ‰, {np.median(p[name]):.0%}" for p in alone)
        _row(name, *told)


def _independent(assignments: list[Assignment], people: int, favourites: bool) -> dict[str, np.ndarray]:
    """How alike people are who know nothing of each other: each pair of those who have enough of their own."""
    pairs = {}
    for assignment in assignments:
        dice, answers = random.Random(assignment.name), Answers(assignment, favourites)
        found = [answers.fingerprints(answers.notebook(dice)) for _ in range(people)]
        found = [own for own in found if len(own) >= copies.ENOUGH]
        pairs[assignment.name] = copies.likenesses(found)[np.triu_indices(len(found), 1)]
    return pairs


def _copied(assignment: Assignment, make: Copy) -> Iterator[float]:
    """How alike notebooks and copies of them are; 0 where there is not enough of one's own."""
    dice, answers = random.Random(assignment.name), Answers(assignment)
    for _ in range(COPIES):
        cells = answers.whole(dice)
        two = [answers.fingerprints(cells), answers.fingerprints(make(answers, cells, dice))]
        yield float(copies.likenesses(two)[0, 1]) if min(map(len, two)) >= copies.ENOUGH else 0.0


def _row(*cells: str):
    print(f"| {' | '.join(cells)} |", flush=True)


def measure(people: int):
    """Prints the processor time that a class takes, reading its notebooks left out."""
    total = 0.0
    for assignment in load_course(ROOT).assignments.values():
        dice, answers = random.Random(assignment.name), Answers(assignment)
        if not assignment.exercises:
            continue
        notebooks = [answers.whole(dice) for _ in range(people)]
        start = time.process_time()
        comparison = copies.Comparison(assignment)
        for number, cells in enumerate(notebooks):
            comparison.add(str(number), cells)
        found = comparison.result()
        seconds = time.process_time() - start
        total += seconds
        print(f"{assignment.name}: {found.compared} people, {len(found.alike)} pairs, {seconds:.1f} s", flush=True)
    print(f"All: {total:.1f} s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--people", type=int, default=150, help="independent people for each notebook")
    parser.add_argument("--class-of", type=int, default=0, help="measure the time for so many people instead")
    options = parser.parse_args()
    measure(options.class_of) if options.class_of else main(options.people)
