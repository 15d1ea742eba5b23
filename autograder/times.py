"""Times as people and systems write them."""

import datetime
import re
from dataclasses import dataclass
from functools import cache

import dateutil.parser
import dateutil.tz

# Names of zones that systems print in English; those that mean several are read as nbgrader's users mean them.
_HOURS = {
    "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "MET": 1, "CEST": 2, "MEST": 2, "EET": 2,
    "EEST": 3, "MSK": 3, "IST": 5.5, "SGT": 8, "AWST": 8, "JST": 9, "KST": 9, "ACST": 9.5, "AEST": 10, "ACDT": 10.5,
    "AEDT": 11, "NZST": 12, "NZDT": 13, "NST": -3.5, "NDT": -2.5, "AST": -4, "ADT": -3, "EST": -5, "EDT": -4,
    "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10,
}  # fmt: skip
_NAMED = {name: dateutil.tz.tzoffset(name, int(hours * 3600)) for name, hours in _HOURS.items()}
_REGION = re.compile(r"\s+([A-Z][A-Za-z_]+/[A-Za-z_/+-]+)$")
_DASHES = re.compile(r"^(\d{4}-\d\d-\d\d)-(\d\d)-(\d\d)-(\d\d)$")  # Blackboard's, in file names
_COMPACT = re.compile(r"(?<=\d{4} )(\d{1,2})(\d\d)(?= ?[AP]M)", re.I)  # Brightspace: "Nov 28, 2026 415 PM"


def parse_time(text: str, default_zone: datetime.tzinfo) -> datetime.datetime:
    """Reads a time: ISO 8601, nbgrader's `2015-02-02 15:58:23.948203 UTC`, `Friday, 28 November 2026 8:15:01 PM CET`.

    A date without a clock means the end of that day.

    Args:
      text: the time; it may end in an offset, a zone's abbreviation, or its name, as `Europe/Berlin`.
      default_zone: where it was written, if it does not say.
    Returns:
      The time in UTC, aware.
    Raises:
      ValueError: it is no time, or not one time; the message says what was read and what is understood.
    """
    text = " ".join(text.split())
    try:
        if not 6 <= len(text) <= 100:
            raise ValueError
        zone = default_zone
        if region := _REGION.search(text):
            text, zone = text[: region.start()], _zone(region[1])
        time = _read(_COMPACT.sub(r"\1:\2", _DASHES.sub(r"\1 \2:\3:\4", text)))
        if time.tzinfo is None:
            time = time.replace(tzinfo=zone)
        return time.astimezone(datetime.UTC)
    except (ValueError, OverflowError, TypeError, AttributeError):
        raise ValueError(
            f"{text[:60]!r} is not a time; write it as 2026-11-30 23:59 or 2026-11-30T23:59+01:00"
        ) from None


def _read(text: str) -> datetime.datetime:
    """The time in `text`, its zone that of the text; all of year, month and day have to be in it."""
    # Two defaults: what differs between the results was not in the text.
    begin, end = datetime.datetime(2000, 1, 1), datetime.datetime(2004, 2, 2, 23, 59, 59)
    first, second = (dateutil.parser.parse(text, default=default, tzinfos=_offset) for default in (begin, end))
    if first.date() != second.date():
        raise ValueError("a part of the date is missing")
    return first if first.hour == second.hour else second


def _offset(name: str | None, offset: int | None) -> datetime.tzinfo | None:
    if not name:
        return None if offset is None else dateutil.tz.tzoffset(None, offset)
    if name.upper() in _NAMED:
        return _NAMED[name.upper()]
    return _zone(name)


@cache
def _zone(name: str) -> datetime.tzinfo:
    zone = dateutil.tz.gettz(name) if name and "." not in name else None
    if zone is None:
        raise ValueError(f"there is no time zone {name!r}")
    return zone


def local_zone() -> datetime.tzinfo:
    """The zone of this machine, by the rules of whatever date it is asked about."""
    return dateutil.tz.tzlocal()


# --- Extensions -------------------------------------------------------------------------------------------------------

_UNITS = {"min": 60, "minute": 60, "h": 3600, "hour": 3600, "d": 86400, "day": 86400, "week": 7 * 86400}
_PART = re.compile(r"(\d+(?:[.,]\d+)?)\s*([a-z]+?)s?\b[\s,]*", re.I)


@dataclass(frozen=True)
class Extension:
    """How much longer somebody has: a span after the due date, or a time of their own, UTC and aware.

    Attributes:
      text: as it was written.
    """

    text: str
    span: datetime.timedelta = datetime.timedelta()
    until: datetime.datetime | None = None

    def after(self, due: datetime.datetime) -> datetime.timedelta:
        """How long after `due`, UTC and naive, it ends; 0 where its time is earlier."""
        if self.until is None:
            return self.span
        return max(self.until.replace(tzinfo=None) - due, datetime.timedelta())


def parse_extension(text: str, default_zone: datetime.tzinfo) -> Extension:
    """Reads `2 days`, `48 h`, `1 day 12 hours`, `90 min`, or a time as `parse_time` does.

    Raises:
      ValueError: it is neither; the message says what was read and what is understood.
    """
    parts = _PART.findall(text)
    if parts and not _PART.sub("", text).strip() and all(unit.lower() in _UNITS for _, unit in parts):
        seconds = sum(float(number.replace(",", ".")) * _UNITS[unit.lower()] for number, unit in parts)
        return Extension(text, datetime.timedelta(seconds=seconds))
    try:
        return Extension(text, until=parse_time(text, default_zone))
    except ValueError:
        raise ValueError(
            f"{text[:60]!r} is neither a span nor a time; write it as 2 days, 48 h or 90 min, or as 2026-12-03 23:59"
        ) from None
