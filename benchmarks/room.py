"""A workshop of three hours in two minutes: `python benchmarks/room.py` measures the room, and fails if it is not good.

300 of the learners' own clients replay invented checks to a real `autograder room` on loopback, which is killed twice
(kill -9) and started again. Some of them have their page open; an event counts as visible when their own page knows it.

python benchmarks/room.py --quick     # 40 people in 15 seconds, killed once
"""

import argparse
import contextlib
import heapq
import http.client
import json
import random
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from autograder.room.course import notebooks  # noqa: E402
from autograder.room.store import Store  # noqa: E402
from rl_helpers.room import _Member  # noqa: E402

CODE = "BENCH1"
COURSE = notebooks(ROOT / "notebooks")[:3]
MESSAGES = ("Gamma was never used.", "The last reward is missing.", "Did you forget a factor?", "Look at the shapes.")
HOURS = 3.0
FOUND = 2.0


class Server:
    """`autograder room` in a process that can be killed, and what it uses."""

    def __init__(self, folder: Path):
        self.db = f"sqlite:///{folder / 'room.db'}"
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.memory = self.seconds = 0.0
        self.secret = ""
        self.start()

    def start(self):
        command = [sys.executable, "-m", "autograder", "room", "--host", "127.0.0.1", "--port", str(self.port)]
        self.process = psutil.Popen([*command, "--code", CODE, "--db", self.db], cwd=ROOT, stdout=subprocess.PIPE)
        while not self.secret:
            self.secret = (re.search(rb"/i/(\S+)", self.process.stdout.readline()) or [b"", b""])[1].decode()
        while not self.answers():
            time.sleep(0.05)

    def answers(self) -> bool:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            return True
        return False

    def kill(self):
        self.watch()
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def watch(self):
        """Looks at memory in MB, and at processor seconds over all lives."""
        with contextlib.suppress(psutil.Error):
            self.memory = max(self.memory, self.process.memory_info().rss / 1e6)
            times = self.process.cpu_times()
            self._lives = getattr(self, "_lives", {}) | {self.process.pid: times.user + times.system}
            self.seconds = sum(self._lives.values())


class Page(threading.Thread):
    """Somebody's own page: when it knew of how many of their checks."""

    def __init__(self, port: int, key: str):
        super().__init__(daemon=True)
        self._port, self._key = port, key
        self.seen: list[tuple[float, int]] = []

    def run(self):
        while True:
            with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
                connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
                connection.request("GET", f"/r/{CODE}/stream?me={self._key}")
                for line in connection.getresponse():
                    if line.startswith(b'data: {"nickname"'):
                        self.seen.append((time.monotonic(), json.loads(line[6:])["checks"]))
            time.sleep(0.3)


def workshop(seed: int, seconds: float) -> list[tuple[float, str, str, str]]:
    """One person's checks: when in the replay, exercise, outcome, message."""
    rng, time_, checks = random.Random(seed), random.Random(seed).uniform(0, 300), []
    for notebook in COURSE:
        for exercise in notebook.exercises:
            time_ += rng.expovariate(1 / 240)  # reading
            for _ in range(rng.choice((0, 1, 1, 2, 4, 8))):
                checks.append((time_, exercise, "failed", rng.choice(MESSAGES)))
                time_ += rng.expovariate(1 / 90)
            checks.append((time_, exercise, "passed", ""))
    return [(t * seconds / (3600 * HOURS), *check) for t, *check in checks if t < 3600 * HOURS]


def replay(server: Server, people: int, pages: int, seconds: float, kills: int) -> dict:
    """Runs the workshop; returns what was measured."""
    address = f"http://127.0.0.1:{server.port}"
    members = [_Member(address, CODE, f"person {i}", f"token-{i:08}") for i in range(people)]
    followed = {}
    for i, member in enumerate(members):
        status, answer = member.enter()
        assert status == 200, (status, answer)
        member.start()
        if i < pages:
            followed[i] = Page(server.port, answer["page"].partition("#")[2])
            followed[i].start()
    plan = heapq.merge(*([(*check, i) for check in workshop(i, seconds)] for i in range(people)))
    noted, costs, outages = defaultdict(list), [], []

    def killer():
        for number in range(kills):
            time.sleep(max(begin + seconds * (number + 1) / (kills + 1) - time.monotonic(), 0))
            server.kill()
            down = time.monotonic()
            server.start()
            outages.append((down, time.monotonic()))

    begin = time.monotonic()
    killing = threading.Thread(target=killer)
    killing.start()
    watched = 0.0
    for moment, exercise, outcome, message, i in plan:
        if (wait := begin + moment - time.monotonic()) > 0:
            time.sleep(wait)
        if time.monotonic() > watched + 1:
            server.watch()
            watched = time.monotonic()
        noted[i].append((time.monotonic(), exercise, outcome, message))
        start = time.perf_counter()
        members[i].note("check", exercise, outcome=outcome, message=message)
        costs.append(time.perf_counter() - start)
    killing.join()
    deadline = time.monotonic() + 60
    while any(member._waiting for member in members) and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(2.0)
    server.watch()
    return {"noted": noted, "pages": followed, "costs": costs, "outages": outages, "began": begin}


def delays(run: dict) -> tuple[list[float], list[float]]:
    """Seconds from a check to their own page, of all checks that somebody's page followed; and of those made while the
    server was there and had been for `FOUND` seconds: so long clients may wait between two tries after it was gone."""
    every, up = [], []
    for i, page in run["pages"].items():
        for number, (moment, *_) in enumerate(run["noted"][i], 1):
            seen = next((at for at, count in page.seen if count >= number), float("inf"))
            every.append(seen - moment)
            if not any(down <= moment <= back + FOUND for down, back in run["outages"]):
                up.append(seen - moment)
    return every, up


def compare(server: Server, noted: dict) -> tuple[int, int]:
    """How many events are missing in the database, and how many are there twice; and that all are in order."""
    kept = defaultdict(list)
    for row in Store(server.db).rows():
        kept[int(row.nickname.split()[1])].append((row.name, row.outcome, row.message))
    lost = doubled = 0
    for i, events in noted.items():
        wanted = [event[1:] for event in events]
        lost += sum((Counter(wanted) - Counter(kept[i])).values())
        doubled += sum((Counter(kept[i]) - Counter(wanted)).values())
        if not lost and not doubled:
            assert kept[i] == wanted, f"person {i}: not in the order in which it happened"
    return lost, doubled


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="40 people in 15 seconds, killed once")
    quick = parser.parse_args().quick
    people, pages, seconds, kills = (40, 10, 15.0, 1) if quick else (300, 60, 120.0, 2)
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        own = psutil.Process().cpu_times()
        try:
            run = replay(server, people, pages, seconds, kills)
        finally:
            server.kill()
        used = psutil.Process().cpu_times()
        lost, doubled = compare(server, run["noted"])
        size = (Path(folder) / "room.db").stat().st_size / 1e6
    every, up = delays(run)
    count = sum(map(len, run["noted"].values()))
    down = statistics.mean(back - gone for gone, back in run["outages"])
    print(
        f"{people} people, {pages} pages, {HOURS:g} hours in {seconds:g} s: {count:,} events, {len(up):,} of them timed"
    )
    print(f"killed {kills} times, each time gone for {down:.1f} s; lost {lost}, doubled {doubled}")
    print(f"on the page after, seconds: median {percentile(up, 0.5):.2f}, 95 % {percentile(up, 0.95):.2f}")
    print(f"  with those made while the server was gone: 95 % {percentile(every, 0.95):.2f}, all {max(every):.2f}")
    cost = [percentile(run["costs"], share) * 1e6 for share in (0.5, 0.99, 1.0)]
    print("a check waits, microseconds: median {:.0f}, 99 % {:.0f}, longest {:.0f}".format(*cost))
    print(f"server: {server.memory:.0f} MB at most, {server.seconds:.0f} processor seconds; database {size:.1f} MB")
    print(f"clients and pages: {used.user + used.system - own.user - own.system:.0f} processor seconds")
    assert lost == doubled == 0
    assert percentile(up, 0.95) < 1.0
    assert percentile(run["costs"], 0.99) < 1e-3
    assert server.memory < 200


if __name__ == "__main__":
    main()
