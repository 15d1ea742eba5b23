"""The room's database: whatever was acknowledged is in it, and a room that starts again begins from it."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from autograder.room.course import Notebook
from autograder.room.events import Event
from autograder.room.standing import Person, Standing

DEFAULT = "sqlite:///room.db"
_LETTERS = "ABCDEFGHJKLMNPQRTUVWXY346789"  # none that is taken for another on a projector

_metadata = sa.MetaData()
_settings = sa.Table(
    "settings",
    _metadata,
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("value", sa.String(200), nullable=False),
)
_people = sa.Table(
    "people",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("fingerprint", sa.String(64), nullable=False, unique=True),
    sa.Column("nickname", sa.String(64), nullable=False),
    sa.Column("key", sa.String(32), nullable=False),
    sa.Column("joined", sa.Double, nullable=False),
    sa.Column("left", sa.Boolean, nullable=False),
)
_events = sa.Table(
    "events",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("person", sa.Integer, sa.ForeignKey("people.id"), nullable=False),
    sa.Column("source", sa.String(32), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("time", sa.Double, nullable=False),
    sa.Column("kind", sa.String(8), nullable=False),
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("outcome", sa.String(8), nullable=False),
    sa.Column("message", sa.String(400), nullable=False),
    sa.Column("score", sa.Double),
    sa.Column("network", sa.Text),  # until it has been played
    sa.UniqueConstraint("person", "source", "number"),
)


@dataclass(frozen=True)
class Happened:
    """An event of a person, at a time of the server's clock."""

    person: int
    time: float
    event: Event


@dataclass(frozen=True)
class Secrets:
    """What opens the room.

    Attributes:
      code: what learners type.
      instructor: the part of the address that only instructors know.
    """

    code: str
    instructor: str


class Store:
    """The database at an SQLAlchemy address. Its methods block; one thread calls them at a time.

    Raises:
      sqlalchemy.exc.SQLAlchemyError: here and everywhere, the database cannot be used.
    """

    def __init__(self, address: str = DEFAULT):
        self._engine = sa.create_engine(address)
        if self._engine.dialect.name == "sqlite":
            sa.event.listen(self._engine, "connect", _write_ahead)
        _metadata.create_all(self._engine)

    def secrets(self, code: str = "") -> Secrets:
        """The room's, made when it is new. A `code` takes the place of the one it had."""
        with self._engine.begin() as connection:
            known = {row.name: row.value for row in connection.execute(sa.select(_settings))}
            new = {"code": "".join(secrets.choice(_LETTERS) for _ in range(6)), "instructor": secrets.token_urlsafe(16)}
            wanted = new | known | ({"code": code} if code else {})
            if wanted != known:
                connection.execute(sa.delete(_settings))
                connection.execute(sa.insert(_settings), [{"name": n, "value": v} for n, v in wanted.items()])
        return Secrets(wanted["code"], wanted["instructor"])

    def people(self) -> list[tuple[str, Person]]:
        """Everybody, each with the fingerprint of their token."""
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(_people).order_by(_people.c.id))
            return [(row.fingerprint, Person(row.id, row.nickname, row.key, row.joined, row.left)) for row in rows]

    def join(self, fingerprint: str, nickname: str, time: float) -> Person:
        """Adds a person."""
        row: dict[str, Any] = {"fingerprint": fingerprint, "nickname": nickname, "joined": time, "left": False}
        row["key"] = secrets.token_hex(8)
        with self._engine.begin() as connection:
            key = connection.execute(sa.insert(_people).values(row)).inserted_primary_key
        assert key is not None
        return Person(key[0], nickname, row["key"], time)

    def change(self, person: int, **columns):
        """A person has another nickname, or has left."""
        with self._engine.begin() as connection:
            connection.execute(sa.update(_people).where(_people.c.id == person).values(columns))

    def delete(self, person: int):
        """A person and all that they sent."""
        with self._engine.begin() as connection:
            connection.execute(sa.delete(_events).where(_events.c.person == person))
            connection.execute(sa.delete(_people).where(_people.c.id == person))

    def add(self, happened: Iterable[Happened]):
        """Adds events, all of them or none; they are on the disk when this returns."""
        rows = [vars(h.event) | {"person": h.person, "time": h.time} for h in happened]
        for row in rows:
            del row["age"]
        if rows:
            with self._engine.begin() as connection:
                connection.execute(sa.insert(_events), rows)

    def not_played(self) -> list[sa.Row]:
        """Of each person and environment the latest network that has not been played: id, person, name, network."""
        c = _events.c
        wanted = sa.select(c.id, c.person, c.name, c.network).where(c.kind == "agent", c.network != "").order_by(c.id)
        with self._engine.connect() as connection:
            return list({(row.person, row.name): row for row in connection.execute(wanted)}.values())

    def note_played(self, played: sa.Row, score: float | None):
        """What a network scored, None if it could not be played; it is not kept, and nor are its predecessors."""
        c = _events.c
        mine = (c.person == played.person) & (c.name == played.name) & (c.network != "") & (c.id <= played.id)
        with self._engine.begin() as connection:
            connection.execute(sa.update(_events).where(mine).values(network=""))
            connection.execute(sa.update(_events).where(c.id == played.id).values(score=score))

    def sources(self) -> dict[tuple[int, str], tuple[int, float]]:
        """For each kernel of each person the number and the time of its latest event."""
        c = _events.c
        latest = sa.select(c.person, c.source, sa.func.max(c.number), sa.func.max(c.time)).group_by(c.person, c.source)
        with self._engine.connect() as connection:
            return {(person, source): (number, time) for person, source, number, time in connection.execute(latest)}

    def rows(self) -> list[sa.Row]:
        """All events with their people's nicknames, by time."""
        columns = [column for column in _events.c if column.name != "network"]
        wanted = sa.select(*columns, _people.c.nickname).join(_people).order_by(_events.c.time, _events.c.id)
        with self._engine.connect() as connection:
            return list(connection.execute(wanted))

    def standing(self, notebooks: tuple[Notebook, ...]) -> Standing:
        """Where everybody is, from all that is in the database."""
        standing = Standing(notebooks)
        for _, person in self.people():
            standing.enter(person)
        for row in self.rows():
            standing.happened(row.person, row.time, row)
        return standing


def _write_ahead(connection, _):
    """SQLite with a log that readers do not wait for. A killed process loses nothing; only a power cut may."""
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=5000", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
