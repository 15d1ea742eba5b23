"""Times as people and systems write them."""

import datetime

import pytest

from autograder.times import parse_time

ZONE = datetime.timezone(datetime.timedelta(hours=2))


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2015-02-02 15:58:23.948203 UTC", "2015-02-02T15:58:23"),
        ("2015-02-02 15:58:23.948203 EST", "2015-02-02T20:58:23"),
        ("2015-02-02 15:58:23 CET", "2015-02-02T14:58:23"),
        ("2015-02-02 15:58:23 -0500", "2015-02-02T20:58:23"),
        ("2026-07-01 12:00 Europe/Berlin", "2026-07-01T10:00:00"),  # summer time
        ("2026-12-01 12:00 Europe/Berlin", "2026-12-01T11:00:00"),
        ("2026-11-30T23:59", "2026-11-30T21:59:00"),  # no zone: the default
        ("2026-11-30T23:59+01:00", "2026-11-30T22:59:00"),
        ("20261130T235900Z", "2026-11-30T23:59:00"),
        ("2026-11-30", "2026-11-30T21:59:59"),  # a date: the end of that day
        ("30 November 2026", "2026-11-30T21:59:59"),
        ("2026-11-30 00:00", "2026-11-29T22:00:00"),
        ("2026-11-28-20-15-01", "2026-11-28T18:15:01"),  # Blackboard
        ("Friday, November 28, 2026 8:15:01 PM GMT", "2026-11-28T20:15:01"),
        ("Nov 28, 2026 415 PM", "2026-11-28T14:15:00"),  # Brightspace
        ("Nov 30, 2026 1159 PM", "2026-11-30T21:59:00"),
    ],
)
def test_times_are_understood(text, utc):
    time = parse_time(text, ZONE)
    assert time.tzinfo is datetime.UTC and time.strftime("%Y-%m-%dT%H:%M:%S") == utc


@pytest.mark.parametrize(
    "text",
    [
        "", "yesterday", "2026", "Nov 2026", "12:30", "2026-13-40", "2015-02-02 15:58:23 XYZ", "2026-11-30 25:00",
        "0001-01-01T00:00:00+14:00", "1" * 5_000, "\x00" * 20, "2026-11-30 12:00 Nowhere/Land",
    ],
)  # fmt: skip
def test_what_is_no_time_is_an_error_in_words(text):
    with pytest.raises(ValueError, match="is not a time; write it as"):
        parse_time(text, ZONE)
