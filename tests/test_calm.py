"""What IPython shows for an open exercise and an unknown name: a sentence, and the same exception behind it."""

import re

import nbclient
import pytest
from nbformat.v4 import new_code_cell, new_notebook

STUB = 'raise NotImplementedError("Replace this line with your answer.")'
CELLS = {
    "set-up": "import jax\nfrom rl_helpers import checks",
    "stub": f"def f(x):\n    {STUB}\n\nclass Memory:\n    def push(self, item):\n        {STUB}",
    "check": '@checks.exercise("f")\ndef _check():\n    checks.equal(f(1), 2, "f(1)")',
    "demo": "frames = [jax.jit(f)(i) for i in range(3)]",
    "method": "Memory().push(1)",
    "choice": f"answer_a = None\n{STUB}",
    "choice's check": '@checks.exercise("a")\ndef _check():\n    checks.choice(answer_a, "answer_a", "00", "hm")',
    "unknown": "x = 1\nplot_all(x)",
    "inside": "def g():\n    return typo\ng()",
    "other": 'raise NotImplementedError("not ours")',
}


@pytest.fixture(scope="module")
def errors():
    """The error output of each cell that has one."""
    notebook = new_notebook(cells=[new_code_cell(source, id=f"cell-{i}") for i, source in enumerate(CELLS.values())])
    nbclient.NotebookClient(notebook, allow_errors=True, kernel_name="python3", timeout=120).execute()
    found = zip(CELLS, (cell.outputs for cell in notebook.cells), strict=True)
    return {name: o for name, outputs in found for o in outputs if o.output_type == "error"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cell", "kind", "words"),
    [
        ("check", "NotImplementedError", "○ f is still open"),
        ("demo", "NotImplementedError", "○ f is still open"),
        ("method", "NotImplementedError", "○ Memory is still open"),
        ("choice", "NotImplementedError", "○ This exercise is still open"),
        ("choice's check", "NotImplementedError", "○ answer_a is still None"),
        ("unknown", "NameError", "○ Nothing is called plot_all yet (line 2: plot_all(x))"),
    ],
)
def test_a_sentence_says_what_to_do(errors, cell, kind, words):
    shown = "\n".join(errors[cell].traceback)
    assert errors[cell].ename == kind
    assert shown.startswith(words) and len(shown.strip().splitlines()) <= 2
    assert max(map(len, shown.splitlines())) <= 88


@pytest.mark.parametrize("cell", ["inside", "other"])
def test_other_errors_keep_their_traceback(errors, cell):
    shown = re.sub(r"\x1b\[[\d;]*m", "", "\n".join(errors[cell].traceback))
    assert "---->" in shown and "○" not in shown


def test_nothing_else_goes_wrong(errors):
    assert errors.keys() == CELLS.keys() - {"set-up", "stub"}
