"""Many tickets are written at once, and stand as if each had been written by itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from import_desks import MAPS, SITE, bring, written
from sqlalchemy import select
from test_import_rows import HEADER, MAP, row

from service import wallclock
from service.bootstrap import Desk
from service.imports import import_file
from service.imports.case_importer import derive_ticket_id
from workflows.core.commands import Actor, Note
from workflows.core.people import Membership
from workflows.storage import tables
from workflows.storage.audit.verify import verify
from workflows.storage.drivers.session import Session
from workflows.storage.people.people import Site
from workflows.storage.tickets import store
from workflows.storage.tickets.imported_rows import ImportDigests

MANY = 60
REPLIED = "2018-03-02 09:00:00"
_BY_LOT = {"site_id", "id", "ticket_id", "hash", "prev", "head", "outcome", "personal", "data_key", "doc"}

_BLIND = re.compile(r"#[0-9a-f]{16}")  # terms of personal values, under a key of the site


def rows(replied: str = "") -> list[list[str]]:
    """Messages, every third of which has been answered; all of them, where it is said when."""
    return [
        row(str(number), replied=replied or ("" if number % 3 else REPLIED)) for number in range(1, MANY + 1)
    ]


def test_a_row_costs_less_than_a_statement_of_its_own(
    messages_desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On PostgreSQL, where each is a journey to the server; on SQLite none is asked for the next number of
    each ticket, nor for what is in force."""
    asked: list[str] = []
    run = Session.run

    def counted(self: Session, statement: object, values: object = None) -> object:
        asked.append(getattr(statement, "text", str(statement)))
        return run(self, statement, values or {})  # type: ignore[arg-type]

    monkeypatch.setattr(Session, "run", counted)
    assert bring(messages_desk, written(tmp_path / "in.csv", HEADER, rows()), MAP).opened == MANY
    assert sum("counters" in each for each in asked) == 1
    assert sum("revisions" in each for each in asked) < MANY / 2
    if messages_desk.database.postgres:
        assert len(asked) < MANY


def test_what_is_written_at_once_stands_as_if_written_one_by_one(
    messages_desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tickets with their numbers, histories, clocks and words, and the record is whole."""
    messages_desk.people.store_site(Site(id="other", name="Other", zone="Asia/Shanghai"))
    messages_desk.people.set_posts("id-boss", [Membership(site, "clerk") for site in (SITE, "other")])
    path = written(tmp_path / "in.csv", HEADER, rows())
    monkeypatch.setattr(wallclock, "now", lambda: 1_900_000_000)
    bring(messages_desk, path, MAP)
    monkeypatch.setattr(store, "FEWEST", 10_000)
    import_file(messages_desk, path, MAPS / MAP, "other")
    for table in ("tickets", "history", "clocks", "texts"):
        assert stored(messages_desk, table, SITE) == stored(messages_desk, table, "other")
    assert list(verify(messages_desk.database, None, lambda _: None)) == []


def stored(desk: Desk, table: str, site: str) -> Sequence[object]:
    """The rows of a site, without what is drawn by lot or follows from its name or keys."""
    found = tables.metadata.tables[table]
    columns = [column for column in found.c if column.name not in _BY_LOT]
    query = select(*columns).where(found.c.site_id == site)
    return sorted(_BLIND.sub("#", repr(row)) for row in desk.database.rows(query))


def test_one_that_was_moved_meanwhile_costs_the_others_nothing(
    messages_desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody writes a note on one of sixty between the decision and the writing."""
    opened = [each for number, each in enumerate(rows(), start=1) if number % 3]
    bring(messages_desk, written(tmp_path / "open.csv", HEADER, opened), MAP)
    noting, noted = ImportDigests.store_with, list[int]()

    def late(*arguments: object) -> None:
        if not noted:
            noted.append(1)
            boss = Actor(id="id-boss", name="Boss", roles=frozenset({"clerk"}))
            command = Note(
                site=SITE, ticket=derive_ticket_id(SITE, "messages-2018", "4"), actor=boss, note="seen"
            )
            messages_desk.engine.do(command, wallclock.now())
        noting(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(ImportDigests, "store_with", late)
    found = bring(messages_desk, written(tmp_path / "later.csv", HEADER, rows(REPLIED)), MAP)
    assert (found.opened, found.steps, found.rejected) == (MANY // 3, MANY - 1, 1)
    assert "has moved on since" in found.examples[0]
