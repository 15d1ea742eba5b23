"""Examples in the docstrings of `rl_helpers`, which the reference shows, give what they say."""

import doctest
import importlib

import pytest
from conftest import ROOT

FILES = [
    path.relative_to(ROOT) for path in sorted((ROOT / "rl_helpers").rglob("*.py")) if ">>>" in path.read_text("utf-8")
]


@pytest.mark.parametrize("file", FILES, ids=str)
def test_examples(file):
    module = importlib.import_module(".".join(file.with_suffix("").parts))
    result = doctest.testmod(module)
    assert result.attempted and not result.failed, "pytest shows above what came instead"


def test_there_are_some():
    assert len(FILES) >= 3
