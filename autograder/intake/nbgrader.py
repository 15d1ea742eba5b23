"""nbgrader's exchange and `nbgrader zip_collect`."""

import datetime
from collections.abc import Sequence

from autograder.intake.source import Aside, Found, Source
from autograder.times import parse_time


class Nbgrader(Source):
    """`submitted/<student>/<assignment>/<notebook>.ipynb` with a `timestamp.txt` in the same folder
    (nbgrader.readthedocs.io, "Autograding"): a time as `2015-02-02 15:58:23.948203 UTC`, in UTC if it names no zone
    (nbgrader/utils.py, `parse_utc`). Who the student is says the folder, as in any plain class.
    """

    def __init__(self, files: Sequence[Found]):
        self._times: dict[tuple[str, ...], tuple[str, str]] = {}  # folder -> time, remark
        for found in files:
            if found.parts[-1].lower() == "timestamp.txt":
                self._times[found.parts[:-1]] = _read(found.text)

    def recognise(self, found: Found) -> Aside | None:
        if found.parts[-1].lower() == "timestamp.txt":
            return Aside("read: nbgrader's record of when the files beside it were handed in")
        return None

    def time(self, found: Found) -> tuple[str, str]:
        """When the file was handed in, and a remark if that cannot be read."""
        return self._times.get(found.parts[:-1], ("", ""))


def _read(text: str) -> tuple[str, str]:
    try:
        return parse_time(text, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S"), ""
    except ValueError:
        words = " ".join(text.split())[:60]
        return "", f"its timestamp.txt could not be read: {words!r}; whether it came in time is not known"
