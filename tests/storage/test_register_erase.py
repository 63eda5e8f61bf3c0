"""What is personal of an entry is destroyed, with its history; the rows stay and say so."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from storage_samples import LI, NOW, SITE, desk

from workflows.core.commands import CLOCK
from workflows.core.records import EntryWrite
from workflows.storage.database import Database
from workflows.storage.errors import Conflict
from workflows.storage.registers.entries import Entries
from workflows.storage.registers.write import EntryAuthor
from workflows.storage.tables import register_entries, register_history

DAY = 86_400


@pytest.fixture
def entries(database: Database) -> Entries:
    return desk(database, SITE, "hill").entries


def keep(entries: Entries, key: str, owner: str, at: int = NOW) -> None:
    entries.write(
        SITE, [EntryWrite("cars", key, "plate", data={"model": "blue"}, personal={"owner": owner})], LI, at
    )


def strike(entries: Entries, key: str, at: int) -> None:
    entries.write(SITE, [EntryWrite("cars", key, "plate", strike=True)], LI, at)


def erase(entries: Entries, key: str, at: int, **more: int) -> bool:
    return entries.eraser.erase(EntryAuthor(SITE, CLOCK, at), "cars", key, note="why", **more)


def secrets(database: Database, key: str) -> list[dict[str, object]]:
    """What can still be opened of the entry's history, with whichever key there is."""
    e, h = register_entries.c, register_history.c
    (entry,) = database.rows(select(e.data_key).where(e.key == key))
    rows = database.rows(select(h.seq, h.personal, h.data_key).where(h.key == key).order_by(h.seq))
    keys = [entry.data_key, *(row.data_key for row in rows)]
    opened = (
        database.cipher.open(each, f"{SITE}/cars/{key}", str(row.seq), row.personal)
        for row in rows
        for each in keys
    )
    return [each for each in opened if each]


def test_what_was_struck_long_ago_is_erased_once(entries: Entries, database: Database) -> None:
    keep(entries, "A-1", "wang")
    strike(entries, "A-1", NOW + DAY)
    assert entries.eraser.find_expired("cars", NOW + DAY) == ()
    assert entries.eraser.find_expired("vans", NOW + 9 * DAY) == ()
    assert entries.eraser.find_expired("cars", NOW + DAY + 1) == ((SITE, "A-1"),)
    assert secrets(database, "A-1")
    assert erase(entries, "A-1", NOW + 9 * DAY, struck_before=NOW + DAY + 1)
    found = entries.find(SITE, "cars", "A-1")
    assert found is not None
    assert (found.personal, found.data, found.struck_at, found.seq) == (
        {},
        {"plate": "A-1", "model": "blue"},
        NOW + DAY,
        3,
    )
    assert secrets(database, "A-1") == []
    assert entries.eraser.find_expired("cars", NOW + 99 * DAY) == ()
    assert not erase(entries, "A-1", NOW + 9 * DAY, struck_before=NOW + DAY + 1)
    assert not erase(entries, "nowhere", NOW)
    last = entries.history(SITE, "cars", "A-1")[-1]
    assert (last.kind, last.actor_id, last.note, last.before, last.after) == (
        "erase",
        "system",
        "why",
        {},
        {},
    )


def test_what_is_in_force_or_was_struck_lately_stays(entries: Entries) -> None:
    keep(entries, "A-1", "wang")
    keep(entries, "A-2", "li")
    strike(entries, "A-2", NOW + DAY)
    for key in ("A-1", "A-2"):
        assert not erase(entries, key, NOW + DAY, struck_before=NOW + DAY)
        found = entries.find(SITE, "cars", key)
        assert found is not None
        assert found.personal


def test_who_had_it_before_is_forgotten_while_it_is_somebody_elses(
    entries: Entries, database: Database
) -> None:
    keep(entries, "A-1", "wang")
    strike(entries, "A-1", NOW + DAY)
    keep(entries, "A-1", "li", NOW + 2 * DAY)
    strike(entries, "A-1", NOW + 3 * DAY)
    keep(entries, "A-1", "zhao", NOW + 4 * DAY)
    known = [str(each) for each in secrets(database, "A-1")]
    assert all(any(name in each for each in known) for name in ("wang", "li", "zhao"))
    assert entries.eraser.find_expired("cars", NOW + 2 * DAY) == ((SITE, "A-1"),)
    assert erase(entries, "A-1", NOW + 9 * DAY, struck_before=NOW + 2 * DAY)
    assert entries.eraser.find_expired("cars", NOW + 2 * DAY) == ()
    known = [str(each) for each in secrets(database, "A-1")]
    assert [any(name in each for each in known) for name in ("wang", "li", "zhao")] == [False, True, True]
    found = entries.find(SITE, "cars", "A-1")
    assert found is not None
    assert (found.personal, found.struck_at) == ({"owner": "zhao"}, None)
    strike(entries, "A-1", NOW + 10 * DAY)
    keep(entries, "A-1", "sun", NOW + 11 * DAY)
    assert erase(entries, "A-1", NOW + 99 * DAY, struck_before=NOW + 12 * DAY)
    assert [each["after"] for each in secrets(database, "A-1")] == [{"owner": "sun"}]


def test_all_of_it_is_erased_by_hand_and_written_anew(entries: Entries, database: Database) -> None:
    """Also while it is in force, which it stays."""
    keep(entries, "A-1", "wang")
    strike(entries, "A-1", NOW + DAY)
    keep(entries, "A-1", "li", NOW + 2 * DAY)
    for seen in (0, 2):
        with pytest.raises(Conflict):
            erase(entries, "A-1", NOW + 3 * DAY, expected=seen)
    assert secrets(database, "A-1")
    assert erase(entries, "A-1", NOW + 3 * DAY, expected=3)
    assert secrets(database, "A-1") == []
    assert entries.open_columns(SITE, "cars", "A-1") == {"plate": "A-1", "model": "blue"}
    last = entries.history(SITE, "cars", "A-1")[-1]
    assert last.before == last.after == {"plate": "A-1", "model": "blue"}
    keep(entries, "A-1", "zhao", NOW + 4 * DAY)
    found = entries.find(SITE, "cars", "A-1")
    assert found is not None
    assert found.personal == {"owner": "zhao"}


def test_an_erasure_that_comes_between_keeps_the_key_of_the_last_strike(
    entries: Entries, database: Database
) -> None:
    """Struck, the one before erased, begun anew: the last owner is still forgotten in time."""
    keep(entries, "A-1", "wang")
    strike(entries, "A-1", NOW + DAY)
    keep(entries, "A-1", "li", NOW + 2 * DAY)
    strike(entries, "A-1", NOW + 3 * DAY)
    erase(entries, "A-1", NOW + 4 * DAY, struck_before=NOW + 2 * DAY)
    keep(entries, "A-1", "zhao", NOW + 5 * DAY)
    assert entries.eraser.find_expired("cars", NOW + 4 * DAY) == ((SITE, "A-1"),)
    erase(entries, "A-1", NOW + 9 * DAY, struck_before=NOW + 4 * DAY)
    assert [each["after"] for each in secrets(database, "A-1")] == [{"owner": "zhao"}]
