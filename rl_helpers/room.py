"""The workshop's room: lets those who join be seen by the instructor while they work. `autograder room` runs the other
end.

    from rl_helpers import room

    room.join("http://192.168.1.5:8642", code="K7QM4T", nickname="Ada")

Without `join` nothing is ever sent. `join` prints what is sent then; it goes into a queue in memory, and a thread of
its own delivers it, so that no check waits for a network. Where there is none it tries again, and says nothing.
"""

import atexit
import collections
import contextlib
import json
import math
import random
import secrets
import threading
import time
import uuid

from rl_helpers import records

_QUEUE = 1_000  # events that wait for a network; beyond these the oldest are forgotten
_BATCH = 50
_ANSWER_WITHIN = 10.0  # seconds
_LONGEST_PAUSE = 15.0  # seconds between two tries

_member: "_Member | None" = None


def join(address: str, code: str, nickname: str, token: str = ""):
    """Joins a room, and prints what is sent from now on. Joining again, with another nickname or room, is fine.

    Args:
      address: the room's, as the organiser shows it: "http://192.168.1.5:8642".
      code: the room's code.
      nickname: what others see; not your name unless you want that.
      token: from an earlier `join` on another computer, to stay the same person. On the same one it is remembered.
    """
    global _member
    records.listen(None)
    if _member is not None:
        _member.stop()
        _member = None
    address = _address(address)
    token = token or records.room_token(_place(address, code)) or secrets.token_urlsafe(12)
    member = _Member(address, code, nickname, token)
    status, answer = member.enter()
    if status in _REFUSED:
        return print(f"You are not in the room: {answer.get('error', 'the address or the code is wrong')}")
    _member = member
    records.note_room_token(_place(address, code), token)
    member.start()
    records.listen(member.note)
    print(_welcome(member, answer if status == 200 else None))


def leave(delete: bool = False):
    """Ends what `join` began: nothing is sent any more.

    Args:
      delete: also has the room delete what was sent, your nickname included.
    """
    global _member
    records.listen(None)
    member, _member = _member, None
    if member is None:
        return print("You are in no room. To delete what was sent earlier, join again first.")
    if not delete:
        member.deliver(2.0)
    member.stop()
    member.wait()  # nothing may come after this
    status, _ = member.ask("leave", delete=delete)
    if delete and status not in (200, 403):  # 403: the room knows nobody with this token, so there is nothing of yours
        _member = member
        return print("The room does not answer, so nothing is deleted yet. Run this again when it does.")
    if delete:
        records.note_room_token(_place(member.address, member.code), "")
    print("You have left the room" + (", and what was sent is deleted." if delete else ". What was sent stays there."))


def submit(env_id: str, params, activation: str = "relu"):
    """Sends a trained network to the room's board. The room plays it itself, greedily, over the same 32 episodes for
    everybody; so what is sent is its numbers, and no score.

    Args:
      env_id: such as "CartPole-v1".
      params: haiku's parameters, or the weights of a linear policy; what was done to observations before the network is
        not in them: see `rl_helpers.network`.
      activation: "relu", "tanh" or "swish".
    Raises:
      ValueError: it is not a network that can be sent.
    """
    from rl_helpers import network

    data = network.as_data(params, activation)
    if _member is None:
        return print("You are in no room: join one first.")
    _member.note("agent", env_id.removeprefix("rl_helpers/"), network=data)
    count = sum(len(layer["b"]) * (len(layer["w"]) + 1) for layer in data["layers"])
    print(f"{count:,} numbers are on their way. The board shows what the room makes of them.")


# --- The thread that delivers -----------------------------------------------------------------------------------------

_REFUSED = (400, 403, 404, 410, 413, 422)  # asking again would not help


class _Member:
    """One kernel in one room: a queue, and the thread that empties it."""

    def __init__(self, address: str, code: str, nickname: str, token: str):
        self.address, self.code, self.nickname, self.token = address, code, nickname, token
        self._source = uuid.uuid4().hex  # numbers count within it: with it an event that comes twice is known
        self._number = 0
        self._waiting: collections.deque[dict] = collections.deque(maxlen=_QUEUE)
        self._lock = threading.Lock()
        self._news, self._stopped, self._empty = threading.Event(), threading.Event(), threading.Event()
        self._empty.set()
        self._entered = self._reachable = False
        self._thread = threading.Thread(target=self._run, name="room", daemon=True)

    def note(self, kind: str, name: str, **what):
        """Puts an event into the queue. All that a check waits for."""
        if not math.isfinite(what.get("score", 0.0)):  # is no JSON
            return
        with self._lock:
            self._number += 1
            self._waiting.append({"number": self._number, "kind": kind, "name": name, "at": time.monotonic()} | what)
            self._empty.clear()
        self._news.set()

    def enter(self) -> tuple[int, dict]:
        status, answer = self.ask("join", nickname=self.nickname)
        self._entered = status == 200
        return status, answer

    def start(self):
        self._thread.start()
        atexit.register(self._at_exit)

    def stop(self):
        self._stopped.set()
        self._news.set()
        atexit.unregister(self._at_exit)

    def wait(self):
        """Until the thread has ended; it may be in the middle of a request."""
        if self._thread.is_alive():
            self._thread.join(_ANSWER_WITHIN)

    def deliver(self, seconds: float):
        """Waits until the queue is empty, or so long."""
        self._empty.wait(seconds if self._reachable else 0.0)

    def _at_exit(self):
        self.deliver(2.0)

    def _run(self):
        pause = 0.5
        while not self._stopped.is_set():
            self._news.wait()
            self._news.clear()
            while (batch := self._batch()) and not self._stopped.is_set():
                status = 200 if self._entered else self.enter()[0]
                if status == 200:
                    status, _ = self.ask("events", source=self._source, events=[_aged(event) for event in batch])
                if status == 403:  # the room has forgotten this person, or has another code now
                    return self.stop()
                if status == 200 or status in _REFUSED:
                    pause = 0.5
                    self._forget(batch[-1]["number"])
                else:
                    self._stopped.wait(pause * random.uniform(0.5, 1.0))  # not everybody at the same moment
                    pause = min(
                        (1.4 if status == 0 else 2.0) * pause, _LONGEST_PAUSE
                    )  # gone may soon be back, busy not

    def _batch(self) -> list[dict]:
        """What goes next: some events, or one network, which is large."""
        with self._lock:
            batch: list[dict] = []
            for event in self._waiting:
                if len(batch) == _BATCH or (batch and "network" in event):
                    break
                batch.append(event)
                if "network" in event:
                    break
            return batch

    def _forget(self, number: int):
        with self._lock:
            while self._waiting and self._waiting[0]["number"] <= number:
                self._waiting.popleft()
            if not self._waiting:
                self._empty.set()

    def ask(self, what: str, **content) -> tuple[int, dict]:
        """Posts to the room: the status, 0 where nothing answers, and the answer."""
        import http.client
        import urllib.error
        import urllib.request

        body = json.dumps({"code": self.code, "token": self.token} | content).encode()
        try:
            request = urllib.request.Request(f"{self.address}/api/{what}", body, {"Content-Type": "application/json"})
            with urllib.request.urlopen(request, timeout=_ANSWER_WITHIN) as response:
                status, answer = response.status, response.read(100_000)
        except urllib.error.HTTPError as error:
            status, answer = error.code, error.read(100_000)
        except (OSError, ValueError, http.client.HTTPException):
            status, answer = 0, b""
        self._reachable = status != 0
        with contextlib.suppress(ValueError):
            if isinstance(told := json.loads(answer), dict):
                return status, told
        return (0 if status == 200 else status), {}  # somebody else answers at this address


def _aged(event: dict) -> dict:
    """How long ago it was, by a clock that nobody sets, in place of when."""
    return {name: value for name, value in event.items() if name != "at"} | {"age": time.monotonic() - event["at"]}


# --- Words, and who one is --------------------------------------------------------------------------------------------


def _welcome(member: _Member, answer: dict | None) -> str:
    if answer is None:
        state = f"No room answers at {member.address} yet; it is tried again in the background."
    else:
        other = "" if answer["nickname"] == member.nickname else f" ({member.nickname} is somebody else, or too long)"
        state = f"You are in the room as {answer['nickname']}{other}."
        state += f" Where everybody is: {member.address}{answer['page']}"
    return f"""{state}

Sent, each time you run a check: your nickname, the exercise's name, and the tick or the check's
sentence, at most 200 characters; it may quote numbers that your function returned. Also the scores
of games in notebook 00, and the network's numbers if you call room.submit(...).
Never sent: your code, its other values and outputs, the text of Python's errors, names of files or
of this computer.

room.leave() ends this; room.leave(delete=True) also deletes what was sent. To stay the same person
on another computer, or after Colab has given you a new one, add token="{member.token}" there."""


def _address(text: str) -> str:
    """The room's address, also where somebody has copied that of its page, or only what follows http://."""
    text = text.strip().partition("/r/")[0].rstrip("/")
    return text if "://" in text else f"http://{text}"


def _place(address: str, code: str) -> str:
    return f"{address} {code}"
