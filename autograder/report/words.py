"""Foreign text made fit to be read: names, messages and notes come from people's files."""

import re
import unicodedata

from autograder.results import Result, duration

_NEWLINES = re.compile(r"\r\n?|[\u2028\u2029\x85]")
# What moves a cursor, reverses what stands beside it or cannot be written. Joiners stay: scripts and emoji need them.
_INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
_MARKS_IN_A_ROW = 4  # more accents on one letter than any language has climb over the lines above


def shown(text: str) -> str:
    """`text` without what a terminal or a page would act on; its lines stay lines."""
    text = _INVISIBLE.sub("", _NEWLINES.sub("\n", text))
    kept, marks = [], 0
    for character in text if not text.isascii() else "":
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if marks <= _MARKS_IN_A_ROW:
            kept.append(character)
    return "".join(kept) or text


def prose(text: str) -> str:
    """The course's own Markdown as text: without the marks of headings, quotes, emphasis and code, each paragraph and
    each point of a list on one line."""
    plain = re.sub(r"(?m)^(?:#+|>) |[*`]", "", text)
    return shown(re.sub(r"(?<=[^\n])\n[ \t]*(?!- |\d+\. )(?=[^\s])", " ", plain))


def line(text: str, limit: int = 300) -> str:
    """`text` on one line of at most `limit` characters; what is cut out is the middle, where names differ least."""
    text = " ".join(shown(text[: 20 * limit] + text[-limit:] if len(text) > 21 * limit else text).split())
    return cut(text, limit)


def cut(text: str, limit: int) -> str:
    """`text` with so much of its middle left out that `limit` characters stay."""
    tail = limit // 4
    return text if len(text) <= limit else f"{text[: limit - tail - 1]}…{text[-tail:]}"


def name(text: str) -> str:
    """A person's name, or a file's: a line that leaves room for other things, and never empty."""
    return line(text, 60) or "(no name)"


def plural(number: float, noun: str) -> str:
    """As "1 flag", "2.5 points"."""
    return f"{number:g} {noun}" if number == 1 else f"{number:g} {noun}s"


def lateness(result: Result) -> str:
    """As "10 h late: 10 points off"; empty when it was in time."""
    if not result.late:
        return ""
    if result.late_seconds:
        how = f"{duration(result.late_seconds)} late"
    else:
        how = f"late, as {line(result.sender.system, 30)} says"
    return f"{how}: {plural(result.penalty, 'point') if result.penalty else 'nothing'} off"


def score(result: Result) -> str:
    """What counts, of what could be had: "20/26"."""
    return f"{result.final_score:g}/{result.max_score:g}"
