"""Asks which of two texts somebody prefers, pair after pair, on a small page with buttons and keys."""

import importlib.util
from collections.abc import Sequence

from rl_helpers.show import picture


class Choices:
    """Pairs of texts, and which of each was preferred.

    Attributes:
      pairs: `(question, first, second)` of each pair.
      chosen: for each pair that was answered, in order, 0 for the first text or 1 for the second.
    """

    def __init__(self, pairs: Sequence[tuple[str, str, str]]):
        self.pairs = list(pairs)
        self.chosen: list[int] = []

    def receive(self, message: dict) -> dict:
        """What the page says (it is there, one was chosen, back), and what it should show now."""
        kind, choice = message.get("type"), message.get("choice")
        here = message.get("number") == len(self.chosen)  # a second click on the same pair counts once
        if kind == "choose" and here and choice in (0, 1) and len(self.chosen) < len(self.pairs):
            self.chosen.append(int(choice))
        elif kind == "back" and here and self.chosen:
            self.chosen.pop()
        number = len(self.chosen)
        pair = self.pairs[number] if number < len(self.pairs) else None
        return {"number": number, "total": len(self.pairs), "pair": pair}

    def page(self):
        """The page that asks, a widget for a notebook to show; what was clicked is in `chosen` at any time.

        Without the package anywidget: None, and a line that says so.
        """
        if importlib.util.find_spec("anywidget") is None:
            print("To click, you need the package anywidget. Run  %pip install anywidget  and restart the kernel.")
            return None
        import anywidget

        class Page(anywidget.AnyWidget):
            """See page/choose.js."""

            _esm = picture.script("choose")

            def __repr__(self):  # what a page without widgets shows
                return "Run this cell to choose. Nothing here? Reload the page."

        page = Page()
        page.on_msg(lambda widget, content, buffers: widget.send(self.receive(content)))
        return page
