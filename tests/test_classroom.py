"""The workshop's room: a real server on a real port, and the learners' own client."""

import contextlib
import csv
import os
import random
import socket
import subprocess
import sys
import threading
import time
from types import SimpleNamespace

import numpy as np
import pytest
from conftest import ROOT
from serving import Room

from autograder.room import events
from autograder.room.course import Notebook
from autograder.room.rates import Buckets
from autograder.room.standing import AWAY, Person, Standing, for_participants
from rl_helpers import CartPole, checks, network, records, room
from rl_helpers.checks import words

NOTEBOOKS = (Notebook("01", "1. First", ("a", "b")), Notebook("02", "2. Second", ("c",)))
GAMMA = "Gamma was never used."


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    running = Room(tmp_path_factory.mktemp("room"))
    yield running
    running.stop()  # after all that was done to it


@pytest.fixture
def ada(server, capsys):
    """Somebody in the room, whose checks are told to it."""
    room.join(server.address, server.CODE, "Ada")
    capsys.readouterr()
    yield server
    room.leave(delete=True)


def check(number, name="discounted_return", outcome="failed", message=GAMMA, age=0.0):
    return {"number": number, "kind": "check", "name": name, "outcome": outcome, "message": message, "age": age}


def enter(server, name):
    """A person of that name, without a client: their token and the key of their page."""
    token = f"token-of-{name}"
    status, answer = server.post("join", token, nickname=name)
    assert status == 200, answer
    return token, answer["page"].partition("#")[2]


def own_page(server, key):
    return f"/r/{server.CODE}/stream?me={key}"


# --- From events to the page ------------------------------------------------------------------------------------------


def standing(*happened):
    """`(person, minute, exercise, outcome, message)` in this order."""
    found = Standing(NOTEBOOKS)
    for number in sorted({person for person, *_ in happened}):
        found.enter(Person(number, f"person {number}", f"key{number}", joined=0.0))
    for person, minute, name, outcome, message in happened:
        event = SimpleNamespace(kind="check", name=name, outcome=outcome, message=message, score=None)
        found.happened(person, 60.0 * minute, event)
    return found


HAPPENED = (
    (1, 2, "a", "failed", GAMMA),
    (1, 5, "a", "failed", "no"),
    (1, 9, "a", "passed", ""),
    (1, 12, "b", "failed", GAMMA),
    (2, 4, "a", "open", ""),
    (2, 6, "b", "failed", GAMMA),
    (2, 10, "b", "failed", GAMMA),
    (3, 1, "a", "passed", ""),
)


def test_where_everybody_is():
    view = standing(*HAPPENED).view(now=60.0 * 20)
    assert view["people"] == 3 and view["events"] == 8
    assert view["exercise a"] == [2, 1] and view["exercise b"] == [0, 2] and view["exercise c"] == [0, 0]
    assert view["messages"] == [{"exercise": "b", "message": GAMMA, "count": 2, "since": 60 * 9}]
    assert [(s["who"], s["since"], s["tries"]) for s in view["stuck"]] == [("person 2", 360, 2), ("person 1", 720, 1)]
    assert view["timeline"] == {"start": 60, "step": 60, "ticks": [1, 0, 0, 0, 0, 0, 0, 0, 1]}


def test_the_order_of_arrival_changes_nothing():
    wanted = standing(*HAPPENED).view(now=1200.0)
    for seed in range(20):
        shuffled = random.Random(seed).sample(HAPPENED, len(HAPPENED))
        assert standing(*shuffled).view(now=1200.0) == wanted


def test_participants_see_no_names():
    found = standing(*HAPPENED)
    found.happened(1, 0.0, SimpleNamespace(kind="game", name="CartPole-v1", score=57.0))
    view = for_participants(found.view(now=1200.0))
    assert "person" not in str(view) and view["stuck_count"] == 2
    assert view["games"] == [{"env": "CartPole-v1", "best": [[57.0, ""]]}]
    named = for_participants(found.view(now=1200.0), names=True)
    assert named["games"][0]["best"] == [[57.0, "person 1"]] and "stuck" not in named


def test_who_is_away_is_not_counted_as_being_at_it():
    found = standing(*HAPPENED)
    assert len(found.stuck(60.0 * 12 + AWAY - 1)) == 1 and not found.stuck(60.0 * 12 + AWAY + 1)


def test_minutes_and_tries_until_the_first_tick():
    first = standing(*HAPPENED, (1, 30, "a", "failed", ""), (1, 40, "a", "passed", "")).people[1]
    assert (first.minutes_to_pass("a"), first.tries("a"), first.passed_at("a")) == (9.0, 3, 540.0)
    assert first.minutes_to_pass("b") is None and first.tries("b") == 1
    assert standing(*HAPPENED, (2, 14, "b", "passed", "")).people[2].minutes_to_pass("b") == 10.0, "from a's check on"


# --- What is sent -----------------------------------------------------------------------------------------------------


def told_of(fault):
    """What a listener is told of a check of `fault()`."""
    heard = []
    records.listen(lambda kind, name, **what: heard.append(what))
    try:
        with contextlib.suppress(Exception):
            checks.exercise("f")(fault)
    finally:
        records.listen(None)
    (what,) = heard
    return what


def test_the_checks_sentence_is_told_and_no_value():
    what = told_of(lambda: checks.equal(6.0, 2.75, "f([1, 2, 3], 0.5)", wrong=[(6.0, "gamma was never used")]))
    assert what == {"outcome": "failed", "message": GAMMA}
    what = told_of(lambda: checks.equal(7.0, 2.75, "f([1, 2, 3], 0.5)", hint="Look again."))
    assert what["message"] == "f([1, 2, 3], 0.5) is not right. Look again."
    assert told_of(lambda: None) == {"outcome": "passed", "message": ""}


def test_hidden_tests_tell_nothing():
    heard = []
    records.listen(lambda *what, **more: heard.append(what))
    checks.hidden("f")(lambda: None)
    records.listen(None)
    assert heard == []


@pytest.mark.parametrize(
    "fault",
    [
        lambda: checks.number("/home/ada/thesis.py", "f()"),
        lambda: checks.fail("f() gave 'my secret', and not 3."),
        lambda: checks.fail('f() gave "my secret" at C:\\Users\\ada\\x.py'),
        lambda: checks.choice("my secret", "answer", "00", "Think."),
        lambda: os.stat("/home/ada/thesis.py"),
        lambda: {}["my secret"],
        lambda: (_ for _ in ()).throw(type("MySecret", (ValueError,), {"__str__": lambda self: 1 / 0})("ada")),
    ],
)
def test_nothing_of_the_learners_own_is_told(fault):
    message = told_of(fault)["message"]
    assert message and not any(word in message.lower() for word in ("secret", "ada", "thesis", "lambda")), message


def test_advice_is_told_without_the_learners_line():
    assert "bool" in words.told(TypeError("ufunc 'invert' not supported"))
    assert words.told(FileNotFoundError("no /home/ada")) == "Your code raised FileNotFoundError."


_ALONE = """
import sys
opened = []
sys.addaudithook(lambda event, args: opened.append(event) if event.startswith("socket.") else None)
from rl_helpers import checks, records, room
for outcome in (True, False, None):
    records.note_exercise("f", outcome, "words")
with __import__("contextlib").suppress(Exception):
    checks.exercise("f")(lambda: checks.fail("no"))
records.note_score("CartPole-v1", 3)
room.leave(delete=True)
room.submit("CartPole-v1", [0.0, 0.0, 1.0, 1.0])
import threading
assert threading.active_count() == 1 and not opened, opened
room.join("http://127.0.0.1:9", "CODE", "Ada")
assert opened
"""


def test_without_joining_nothing_is_ever_sent(tmp_path):
    environment = os.environ | {"XDG_DATA_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", _ALONE], cwd=ROOT, check=True, env=environment, capture_output=True)


def test_a_check_only_puts_it_into_a_queue(monkeypatch):
    member = room._Member("http://127.0.0.1:9", "CODE", "Ada", "token-of-ada")
    monkeypatch.setattr(member, "ask", lambda *a, **k: pytest.fail("a check must not wait for a network"))
    member.note("game", "CartPole-v1", score=float("nan"))
    for number in range(5_000):
        member.note("check", "f", outcome="failed", message=str(number))
    assert [event["message"] for event in member._waiting] == [str(n) for n in range(4_000, 5_000)], "the newest stay"
    assert member._batch()[0]["number"] == 4_001


# --- The server: people -----------------------------------------------------------------------------------------------


def test_joining_says_what_is_sent(server, capsys):
    room.join(f"127.0.0.1:{server.port}/r/{server.CODE}", server.CODE.lower(), "Grace")  # copied in haste
    said = capsys.readouterr().out
    assert "You are in the room as Grace." in said and "Never sent: your code" in said
    room.join(server.address, "WRONG1", "Grace")
    assert "another code" in capsys.readouterr().out and room._member is None
    room.join("http://127.0.0.1:9", "CODE", "Grace")
    assert "No room answers" in capsys.readouterr().out
    room.leave()


def test_nicknames_are_unique_and_a_token_is_a_person(server):
    names = [server.post("join", f"token-number-{i}", nickname=name)[1]["nickname"] for i, name in enumerate("XxX")]
    assert names == ["X", "x 2", "X 3"]
    assert server.post("join", "token-number-1", nickname="X")[1]["nickname"] == "X 2"
    assert server.post("join", "token-number-1", nickname="Y" * 60)[1]["nickname"].startswith("YYY")
    assert server.post("join", "token-number-1", nickname=" \n\u202e ")[0] == 400
    assert server.post("events", "token-of-nobody", source="0" * 32, events=[check(1)])[0] == 403


def test_a_restarted_kernel_and_a_second_notebook_are_the_same_person(server, capsys):
    for _ in range(2):
        room.join(server.address, server.CODE, "Emmy")
        assert "as Emmy." in capsys.readouterr().out, "and not as Emmy 2"
    room.leave(delete=True)
    assert "is deleted" in capsys.readouterr().out
    assert server.post("join", "another-token", nickname="Emmy")[1]["nickname"] == "Emmy", "the name is free again"


# --- The server: events -----------------------------------------------------------------------------------------------


def test_a_check_appears_on_the_page(ada):
    passed, trying = ada.view()["exercise rewards_to_go"]
    with contextlib.suppress(checks.CheckFailed):
        checks.exercise("rewards_to_go")(lambda: checks.equal(1, 2, "f()", wrong=[(1, "gamma was never used")]))
    state = ada.view(ready=lambda state: state["exercise rewards_to_go"] == [passed, trying + 1])
    assert GAMMA in [message["message"] for message in state["messages"]]
    checks.exercise("rewards_to_go")(lambda: None)
    ada.view(ready=lambda state: state["exercise rewards_to_go"] == [passed + 1, trying])


def test_an_event_counts_once_however_often_it_comes(server):
    token, key = enter(server, "Once")
    batch = [check(1), check(2, outcome="passed", message="")]
    for events_ in (batch, batch, batch[1:], [check(3), *batch]):
        assert server.post("events", token, source="1" * 32, events=events_)[0] == 200
    assert server.view(own_page(server, key), ready=lambda s: s.get("me"))["me"]["checks"] == 3


def test_numbers_give_the_order_and_the_servers_clock_the_time(server):
    token, key = enter(server, "Clock")
    late = [check(2, outcome="passed", message="", age=0.0), check(1, age=-1e9)]
    assert server.post("events", token, source="2" * 32, events=late)[1] == {"taken": 2, "refused": []}
    assert (
        server.post("events", token, source="2" * 32, events=[check(3, outcome="open", message="", age=1e11)])[0] == 200
    )
    me = server.view(own_page(server, key), ready=lambda s: s.get("me", {}).get("checks") == 3)["me"]
    assert me["outcomes"] == {"discounted_return": "open"}, "the third came last, whatever its clock says"
    offline = [check(1, "rewards_to_go", age=600.0)]
    assert server.post("events", token, source="3" * 32, events=offline)[0] == 200
    me = server.view(own_page(server, key), ready=lambda s: s.get("me", {}).get("checks") == 4)["me"]
    assert me["current"] == "discounted_return", "rewards_to_go was ten minutes ago, though it came last"


GARBAGE = {
    "no object": [],
    "unknown kind": {"kind": "code", "number": 1, "name": "f", "age": 0},
    "a field too many": check(1) | {"code": "print(1)"},
    "a number that is true": check(True),
    "a huge number": check(2**40),
    "an unknown exercise": check(1, "my_own_function"),
    "a long message": check(1, message="x" * 5_000),
    "an infinite age": check(1, age=1e400),
    "markup as a name": check(1, "<b>"),
    "a score without a network": {"kind": "agent", "number": 1, "name": "CartPole-v1", "age": 0, "score": 500},
    "a score beyond reason": {"kind": "game", "number": 1, "name": "CartPole-v1", "age": 0, "score": 1e9},
    "a network of words": {
        **{"kind": "agent", "number": 1, "name": "CartPole-v1", "age": 0},
        "network": {"layers": [{"w": [["a"]], "b": [0]}], "activation": "relu"},
    },
}


@pytest.mark.parametrize("event", GARBAGE.values(), ids=GARBAGE)
def test_garbage_is_refused_and_what_is_good_beside_it_is_taken(event):
    good = check(7, "a")
    taken, refused = events.events({"source": "0" * 32, "events": [event, good]}, {"a"})
    assert [e.number for e in taken] == [7] and len(refused) == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"\xff\xfe", 400),
        (b"[" * 100_000, 400),
        (b'{"code": NaN}', 400),
        (b'{"code": "TEST42", "token": "' + b"9" * 5_000 + b'"}', 400),
        (b'{"code": "TEST42", "token": "token-of-ada", "n": ' + b"9" * 5_000 + b"}", 400),
        (b'{"code": "WRONG1", "token": "token-of-ada"}', 403),
        (b"x" * 300_000, 413),
    ],
)
def test_bodies_that_are_nothing_are_answered_and_forgotten(server, body, status):
    with contextlib.suppress(ConnectionError):  # the answer may come before all of a large body is sent
        assert server.ask("POST", "/api/events", body)[0] == status
    assert server.post("join", nickname="Ada")[0] == 200


def test_what_is_no_http_and_what_is_slow_holds_nobody_up(server):
    slow = []
    for first in (b"\x00\xff\r\n\r\n", b"POST /api/events HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{", b""):
        for _ in range(30):
            slow.append(socket.create_connection(("127.0.0.1", server.port)))
            slow[-1].sendall(first)
    begin = time.monotonic()
    assert server.post("join", nickname="Ada")[0] == 200
    assert time.monotonic() - begin < 5
    for connection in slow:
        connection.close()


def test_a_flood_is_slowed_down_and_costs_nobody_else_anything(server):
    flooding, quiet = enter(server, "Flood")[0], enter(server, "Quiet")[0]
    found = [server.post("events", flooding, source="4" * 32, events=[check(i + 1)])[0] for i in range(150)]
    assert 429 in found and 200 in found
    assert server.post("events", quiet, source="5" * 32, events=[check(1)])[0] == 200
    guesses = [server.ask("GET", f"/r/GUESS{i}", source="127.0.0.2")[0] for i in range(130)]
    assert guesses[0] == 404 and guesses[-1] == 429
    assert server.ask("GET", f"/r/{server.CODE}")[0] == 200


def test_a_bucket_by_hand():
    buckets = Buckets(rate=2.0, burst=3.0, keep=2)
    assert [buckets.wait("a", now=0.0) for _ in range(3)] == [0, 0, 0]
    assert buckets.wait("a", now=0.0) == 0.5 and buckets.wait("b", now=0.0) == 0
    assert buckets.wait("a", now=0.5) == 0 and buckets.wait("a", tokens=4.0, now=100.0) == 0.5
    buckets.wait("c", now=100.0)
    assert buckets.wait("b", tokens=3.0, now=100.0) == 0, "forgotten, and full"


def test_pages_run_nothing_but_our_script_and_need_an_address(server):
    status, page = server.ask("GET", f"/i/{server.secret}")
    assert status == 200 and "<script src=" in page
    assert server.ask("GET", "/i/" + "x" * 22)[0] == 404 and server.ask("GET", "/page/../app.py")[0] == 404
    assert server.ask("POST", f"/i/{server.secret}/remove/1")[0] == 403, "a form of another site has no such header"
    assert server.ask("GET", f"/r/{server.CODE.lower()}/invitation.svg")[1].startswith("<?xml")


# --- The server: kill -9 ----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_killed_server_forgets_nothing_that_it_acknowledged(tmp_path, capsys):
    server = Room(tmp_path)
    try:
        room.join(server.address, server.CODE, "Ada")
        member, secret = room._member, server.secret
        stop, done = threading.Event(), []

        def work():
            while not stop.is_set():
                records.note_exercise("discounted_return", len(done) % 3 == 0, f"try {len(done)}")
                done.append(None)
                time.sleep(0.02)

        worker = threading.Thread(target=work)
        worker.start()
        time.sleep(0.5)
        server.kill()
        time.sleep(0.2)
        server.start()
        stop.set()
        worker.join()
        assert server.secret == secret, "the addresses stay what they were"
        state = server.view(ready=lambda s: s["events"] == len(done), seconds=30)
        assert state["people"] == 1 and member._empty.wait(5)
        last = check(1, message=f"try {len(done)}")
        assert server.post("events", member.token, source="6" * 32, events=[last])[0] == 200
        server.kill()  # at once after the answer
        done.append(None)
        out = tmp_path / "after"
        command = [sys.executable, "-m", "autograder", "room", "--export", out, "--db", server.db]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    finally:
        server.kill()
        room._member, member = None, room._member
        records.listen(None)
        if member:
            member.stop()
    with (out / "events.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["message"] for row in rows] == [
        f"try {i}" if i % 3 or i == len(done) - 1 else "" for i in range(len(done))
    ]
    with (out / "exercises.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["exercise"], row["began"], row["passed"]) == ("discounted_return", "1", "1")
    assert "1 × <bdi>try 1</bdi>" in (out / "room.html").read_text()


# --- The board --------------------------------------------------------------------------------------------------------

BALANCE = np.array([0.0, 0.5, 4.0, 2.0])


@pytest.mark.slow
def test_the_room_plays_networks_itself(ada):
    room.submit("CartPole-v1", BALANCE)
    state = ada.view(ready=lambda state: state["agents"], seconds=90)
    (score, who), *_ = state["agents"][0]["best"]
    assert who.startswith("Ada") and score == network.evaluate("CartPole-v1", network.as_data(BALANCE))
    records.note_score("NoOpCartPole-v1", 57.0)
    state = ada.view(ready=lambda state: state["games"])
    assert [57.0, who] in state["games"][0]["best"]


@pytest.mark.slow
def test_a_network_is_what_haiku_would_have_computed():
    import haiku as hk
    import jax
    import jax.numpy as jnp

    net = hk.without_apply_rng(hk.transform(lambda obs: hk.nets.MLP([8] * 11 + [2], activation=jnp.tanh)(obs)))
    params = net.init(jax.random.key(0), jnp.zeros(4))
    data = network.as_data(jax.tree.map(jnp.asarray, params), "tanh")
    agent = network._agent(CartPole(), "tanh", network._arrays(data))
    batch = np.random.default_rng(0).normal(size=(50, 4)).astype(np.float32)
    ours = jax.jit(jax.vmap(lambda obs: agent.select_action(None, agent.params, None, obs)[0]))(batch)
    assert ours.tolist() == jnp.argmax(net.apply(params, batch), axis=1).tolist() and len(set(ours.tolist())) == 2


@pytest.mark.parametrize(
    ("params", "words_"),
    [
        (
            {"a": {"w": np.zeros((4, 8)), "b": np.zeros(8)}, "b": {"w": np.zeros((4, 2)), "b": np.zeros(2)}},
            "do not fit",
        ),
        (np.array([np.nan, 1.0]), "nan"),
        (np.zeros(30_000), "at most"),
        ("weights", "vector"),
    ],
)
def test_what_is_no_network_is_said(params, words_):
    with pytest.raises(ValueError, match=words_):
        network.as_data(params)
    with pytest.raises(ValueError, match="needs 4 inputs and 1 or 2 outputs"):
        network.evaluate("CartPole-v1", network.as_data(np.zeros(3)))
