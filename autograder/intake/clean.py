"""Foreign text made clean, once, where it comes in: names of files, folders and people."""

import hashlib
import unicodedata
from collections.abc import Iterable
from typing import Any

MAX_LENGTH = 200  # characters of one name
_JOINERS = "\u200c\u200d"  # zero width, but letters of several scripts and emoji depend on them


def clean(text: str) -> str:
    """`text` as it can be shown and written anywhere: composed, without control characters, direction marks and NUL.

    Bytes that were no UTF-8 (Python's lone surrogates) become the Latin-1 letters they most likely were. What is too
    long is cut, with a digest that keeps it different from others with the same beginning.
    """
    text = unicodedata.normalize("NFC", "".join(map(_character, text))).strip()
    if len(text) > MAX_LENGTH:
        text = f"{text[: MAX_LENGTH - 10]}…{digest(text)}"
    return text


def _character(c: str) -> str:
    if 0xDC80 <= ord(c) <= 0xDCFF:
        c = chr(ord(c) - 0xDC00)
    category = unicodedata.category(c)
    if category in ("Cc", "Cs", "Zl", "Zp"):
        return "_"
    return "" if category == "Cf" and c not in _JOINERS else c


def fold(name: str) -> str:
    """What is the same for names that differ by case or Unicode form only."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())


def fold_name(name: str) -> str:
    """What is the same for names that people take for one: `fold`, and one space between words."""
    return " ".join(fold(name).split())


def safe_folder(name: str, limit: int = 100) -> str:
    """A name that is safe as a folder's and in a glob, still readable, of at most `limit` bytes."""
    kept = "".join(c if c.isalnum() or unicodedata.combining(c) or c in "._-@" else "_" for c in name)
    kept = unicodedata.normalize("NFC", kept).strip("._ ") or "unknown"
    if len(kept.encode()) > limit:
        kept = f"{cut(kept, limit - 9)}-{digest(name)}"
    return kept


def cut(text: str, limit: int) -> str:
    """The beginning of `text` of at most `limit` bytes, whole characters."""
    return text.encode()[:limit].decode(errors="ignore")


def digest(text: str) -> str:
    """Eight characters that tell texts apart."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def common_start(items: Iterable[Any]) -> Any:
    """What all of `items`, texts or lists, begin with."""
    items = list(items)
    low, high = min(items, default=()), max(items, default=())
    return low[: next((n for n, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), min(len(low), len(high)))]
