"""The progress board at the end of each notebook: what is done and what is left."""

import html
from collections.abc import Sequence

from rl_helpers import records
from rl_helpers.show import style


class Board:
    """What `board` returns; a notebook shows it as a list, anything else as text.

    Attributes:
      notebook: the notebook's name.
      passed: for each exercise, in order, whether its check ended in a tick the last time; None if it never ran.
      before: the exercises whose check ran before the kernel started, so what it saw is no longer in memory.
    """

    def __init__(self, notebook: str, passed: dict[str, bool | None], before: frozenset[str] = frozenset()):
        self.notebook, self.passed, self.before = notebook, passed, before

    def __str__(self) -> str:
        rows = (f"  {_MARKS[p]} {name}  {self._words(name)}".rstrip() for name, p in self.passed.items())
        return "\n".join([self._summary(), *rows])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        done = sum(passed is True for passed in self.passed.values())
        share = 100 * done / len(self.passed)
        items = "".join(
            f'<li style="margin: 2px 0"><span style="{_BADGE}background: {_COLOURS[passed]}">{_MARKS[passed]}</span>'
            f"<code>{html.escape(name)}</code> <span>{self._words(name)}</span></li>"
            for name, passed in self.passed.items()
        )
        return (
            f'<div style="max-width: 480px"><p style="margin: 0 0 6px"><b>{self._summary()}</b></p>'
            f'<div style="height: 10px; border-radius: 5px; background: {style.SHADE}; '
            f'border: 1px solid {style.GREY}"><div style="height: 100%; width: {share:.0f}%; border-radius: 4px; '
            f'background: {style.GREEN}"></div></div>'
            f'<ul style="list-style: none; padding: 0; margin: 8px 0 0">{items}</ul></div>'
        )

    def _words(self, name: str) -> str:
        earlier = "from before this kernel started" if name in self.before else ""
        return ", ".join(filter(None, [_WORDS[self.passed[name]], earlier]))

    def _summary(self) -> str:
        done = sum(passed is True for passed in self.passed.values())
        left = [name for name, passed in self.passed.items() if passed is not True]
        todo = f"Next: {left[0]}." if left else "All done. Well played!"
        return f"{self.notebook.split('_')[0]}: {done} of {len(self.passed)} exercises done. {todo}"


_MARKS = {True: "✓", False: "✗", None: "○"}
_WORDS = {True: "", False: "the last check said no", None: "not checked yet"}
_COLOURS = {True: style.DONE, False: style.WRONG, None: style.INK}  # white on them has a contrast above 6
_BADGE = (
    "display: inline-block; width: 1.5em; margin-right: 8px; border-radius: 50%; text-align: center; color: white; "
    "border: 1px solid white; "
)


def board(notebook: str, exercises: Sequence[str]) -> Board:
    """The progress board of a notebook: how the check of each exercise ended when it last ran on this computer.

    Args:
      notebook: the notebook's name, such as "02_random_policy_search".
      exercises: the names of its exercises, in order.
    """
    known = records.exercises_done()
    before = frozenset(known) - records.checked_now()
    return Board(notebook, {name: known.get(name) for name in exercises}, before)


def warn_unless_done(*exercises: str):
    """Says which of the exercises that a picture depends on have no tick yet, so that nobody trusts a wrong picture."""
    known = records.exercises_done()
    for name in exercises:
        if (passed := known.get(name)) is not True:
            print(f"{_MARKS[passed]} {name}: {_WORDS[passed]}. What follows is only as right as your answer.")
