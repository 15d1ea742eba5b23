"""What clients may send: small JSON objects of a known form. Anything else is refused."""

import dataclasses
import hashlib
import json
import math
import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from autograder.report import words

MAX_BODY = 256 * 1024  # bytes of a request
MAX_BATCH = 50  # events in one
MAX_MESSAGE = 200  # characters
MAX_NICKNAME = 24
MAX_NUMBERS = 20_000  # in a network
MAX_SCORE = 1e6  # of a game, in size
OLDEST = 12 * 3600.0  # seconds that an event may have waited for a network

_SOURCE = re.compile(r"[0-9a-f]{32}")
_NAME = re.compile(r"[A-Za-z0-9_./-]{1,64}")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,64}")
_FIELDS = {
    "check": {"outcome", "message"},
    "game": {"score"},
    "agent": {"network"},
}


class Malformed(ValueError):
    """What came is not of the form; the message says what of it."""


@dataclass(frozen=True)
class Event:
    """Something that happened to one person.

    Attributes:
      source: the kernel that sent it; `number` counts its events, so that the two name an event.
      age: seconds from when it happened to when it was sent.
      kind: "check", "game" or "agent".
      name: of an exercise, or of an environment.
      outcome: of a check: "passed", "failed" or "open".
      message: what a check said.
      score: of a game.
      network: of an agent, as JSON.
    """

    source: str
    number: int
    age: float
    kind: str
    name: str
    outcome: str = ""
    message: str = ""
    score: float | None = None
    network: str = ""


def read(body: bytes) -> dict[str, Any]:
    """A request's body as a JSON object, without NaN, and with the strings `code` and `token`."""
    try:
        data = json.loads(body, parse_constant=_refuse)
    except (ValueError, RecursionError):
        _refuse("the body is not JSON")
    if not isinstance(data, dict) or not isinstance(data.get("code"), str):
        _refuse("the body is not an object with a code")
    if not isinstance(data.get("token"), str) or not _TOKEN.fullmatch(data["token"]):
        _refuse("token: 8 to 64 letters and digits")
    return data


def fingerprint(token: str) -> str:
    """What is kept of a token: whoever reads the database cannot be somebody else."""
    return hashlib.sha256(token.encode()).hexdigest()


def nickname(data: Mapping[str, Any]) -> str:
    """The nickname that somebody wishes for, on one line."""
    name = data.get("nickname")
    shown = words.line(name[:1000], MAX_NICKNAME) if isinstance(name, str) else ""
    return shown if shown.strip() else _refuse("nickname: a name of at least one character")


def events(data: Mapping[str, Any], exercises: Container[str]) -> tuple[list[Event], list[str]]:
    """The events of a batch by number, and what is wrong with those that were left out.

    Args:
      data: the request.
      exercises: names of the exercises that there are; the course has no other checks.
    Raises:
      Malformed: it is no batch.
    """
    source, found = data.get("source"), data.get("events")
    if not isinstance(source, str) or not _SOURCE.fullmatch(source):
        _refuse("source: 32 hexadecimal digits")
    if not isinstance(found, list) or not 0 < len(found) <= MAX_BATCH:
        _refuse(f"events: a list of 1 to {MAX_BATCH}")
    taken, refused = [], []
    for item in found:
        try:
            event = _event(source, item)
            if event.kind == "check" and event.name not in exercises:
                _refuse("name: not an exercise of this course")
            taken.append(event)
        except Malformed as error:
            refused.append(str(error))
    return sorted(taken, key=lambda event: event.number), refused


def _event(source: str, data: Any) -> Event:
    if not isinstance(data, dict) or data.get("kind") not in _FIELDS:
        _refuse("kind: check, game or agent")
    kind = data["kind"]
    if set(data) != {"number", "kind", "name", "age"} | _FIELDS[kind]:
        _refuse(f"a {kind} has a number, a name, an age and {' and '.join(sorted(_FIELDS[kind]))}, and no more")
    number, name = data["number"], data["name"]
    if type(number) is not int or not 0 < number < 2**31:
        _refuse("number: a positive integer")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        _refuse("name: at most 64 letters, digits, dots, dashes, slashes and underscores")
    age = min(max(_number(data, "age", 1e12), 0.0), OLDEST)
    event = Event(source, number, age, kind, name)
    return {"check": _check, "game": _game, "agent": _agent}[kind](event, data)


def _check(event: Event, data: Mapping[str, Any]) -> Event:
    outcome, message = data["outcome"], data["message"]
    if outcome not in ("passed", "failed", "open"):
        _refuse("outcome: passed, failed or open")
    if not isinstance(message, str) or len(message) > 5 * MAX_MESSAGE:
        _refuse(f"message: at most {MAX_MESSAGE} characters")
    return dataclasses.replace(
        event, outcome=outcome, message=words.line(message, MAX_MESSAGE) if outcome == "failed" else ""
    )


def _game(event: Event, data: Mapping[str, Any]) -> Event:
    return dataclasses.replace(event, score=_number(data, "score", MAX_SCORE))


def _agent(event: Event, data: Mapping[str, Any]) -> Event:
    """Its shapes are looked at where it is played; here only that it is numbers, and how many."""
    network = data["network"]
    if not isinstance(network, dict) or set(network) != {"layers", "activation"}:
        _refuse("network: layers and activation")
    layers, activation = network["layers"], network["activation"]
    if activation not in ("relu", "tanh", "swish") or not isinstance(layers, list) or not 0 < len(layers) <= 8:
        _refuse("network: 1 to 8 layers, and the activation relu, tanh or swish")
    count = 0
    for layer in layers:
        if not isinstance(layer, dict) or set(layer) != {"w", "b"} or not isinstance(layer["w"], list):
            _refuse("network: each layer has w and b")
        for row in (*layer["w"], layer["b"]):
            if not isinstance(row, list) or not all(type(x) in (int, float) and abs(x) < 1e30 for x in row):
                _refuse("network: w is a list of rows of numbers, b a list of numbers")
            count += len(row)
    if count > MAX_NUMBERS:
        _refuse(f"network: at most {MAX_NUMBERS} numbers")
    return dataclasses.replace(event, network=json.dumps(network, separators=(",", ":")))


def _number(data: Mapping[str, Any], name: str, largest: float) -> float:
    value = data[name]
    if type(value) not in (int, float) or not abs(value) <= largest or not math.isfinite(value):
        _refuse(f"{name}: a number of at most {largest:g} in size")
    return float(value)


def _refuse(what: str) -> NoReturn:
    raise Malformed(what)
