"""A room full of invented people, two hours into a workshop, for pictures."""

import dataclasses
import random
import time
from pathlib import Path

from autograder.room.course import notebooks
from autograder.room.events import Event, fingerprint
from autograder.room.store import Happened, Store

ROOT = Path(__file__).resolve().parents[1]
NAMES = "Ada Alan Amal Barbara Chioma Claude Dorothy Edsger Emmy Fatima Grace Hedy Ines Ivan Jürgen Katherine Kofi Lin"
NAMES += " Margaret Mei Noor Olga Pierre Radia Ravi Richard Rosa Sam Shafi Sofía Thandi Tu Wei Yuki Zoë Łukasz Ngozi"
SAID = (
    "Gamma was never used.",
    "The last reward is missing: the episode ends with it, not before it.",
    "Under jax.jit values are not known yet, so Python's `if` and `while` cannot decide on them. Use jnp.where.",
    "Your code raised IndexError.",
    "It should be an integer, but it is a boolean. Turn it into one with int(...).",
)


def fill(folder: Path, count: int):
    """Puts `count` people and what they did into the database of `serving.Room(folder)`."""
    store, rng, now = Store(f"sqlite:///{folder / 'room.db'}"), random.Random(count), time.time()
    begin, happened = now - 7200, []
    for i in range(count):
        name = NAMES.split()[i % len(NAMES.split())] + (f" {i // len(NAMES.split()) + 1}" if i >= 37 else "")
        person, pace = store.join(fingerprint(f"token-{i}"), name, begin), rng.lognormvariate(0, 0.35)
        events = []
        at = begin + rng.uniform(60, 900)
        for notebook in notebooks(ROOT / "notebooks")[:3]:
            for exercise in notebook.exercises:
                at += pace * rng.expovariate(1 / 300)
                for _ in range(rng.choice((0, 0, 1, 1, 2, 3, 6))):
                    said = rng.choices(SAID, (6, 4, 3, 1, 1))[0]
                    events.append((at, Event("", 0, 0, "check", exercise, "failed", said)))
                    at += pace * rng.expovariate(1 / 150)
                events.append((at, Event("", 0, 0, "check", exercise, "passed")))
        if rng.random() < 0.4:
            events.append((begin, Event("", 0, 0, "game", "NoOpCartPole-v1", score=float(rng.randrange(20, 500)))))
        if rng.random() < 0.1:
            events.append((begin, Event("", 0, 0, "agent", "CartPole-v1", score=round(rng.uniform(90, 500), 1))))
        for number, (moment, event) in enumerate(sorted(events, key=lambda pair: pair[0]), 1):
            if moment < now:
                numbered = dataclasses.replace(event, source=f"{i:032x}", number=number)
                happened.append(Happened(person.id, moment, numbered))
    store.add(happened)
