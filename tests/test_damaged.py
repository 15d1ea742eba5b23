"""Nothing that is handed in stops a class: damaged files, JSON, cells, metadata, names and zips beside honest work."""

import damage
import pytest


@pytest.mark.slow
def test_damaged_submissions_stop_nobody(tmp_path):
    """Sixty, always the same; `make fuzz` runs a thousand others."""
    assert not (found := damage.grade_and_judge(tmp_path, 0, 60)), "\n".join(found)
