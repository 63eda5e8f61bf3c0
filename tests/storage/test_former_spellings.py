"""Keys and accounts from before each had one spelling, as a restored backup brings them: nothing is lost."""

from __future__ import annotations

import orjson
import pytest
from sqlalchemy import insert
from storage_samples import LI, NOW, SITE

from workflows.core.records import EntryWrite
from workflows.folding import canonical, identity
from workflows.storage.database import Database
from workflows.storage.people.people import People, Site
from workflows.storage.registers.entries import Entries
from workflows.storage.tables import register_entries, staff


@pytest.fixture
def old(database: Database) -> Database:
    """A database with one site."""
    People(database).store_site(Site(id=SITE, name="x", zone="Asia/Shanghai"))
    return database


def keep_entry(database: Database, key: str, area: int) -> None:
    """An entry keeps its key; where that is not in the one spelling, this stands beside it."""
    row = dict.fromkeys(register_entries.c.keys())
    row |= {"site_id": SITE, "register": "units", "key": key, "seq": 1, "changed_at": NOW}
    row |= {"data": orjson.dumps({"unit": key, "area": area}).decode(), "words": canonical(key)}
    row |= {"folded_key": None if key == canonical(key) else canonical(key), "edition": 0}
    with database.engine.begin() as connection:
        connection.execute(insert(register_entries), row)


def test_an_entry_of_old_is_found_under_either_spelling_of_its_key(old: Database) -> None:
    keep_entry(old, "９－１０１", 90)
    entries = Entries(old)
    for spelling in ("9-101", "９－１０１", "9–101"):
        assert entries.open_columns(SITE, "units", spelling) == {"unit": "９－１０１", "area": 90}
    assert [each.key for each in entries.page(SITE, "units", q="9-101").entries] == ["９－１０１"]


def test_writing_to_an_entry_of_old_makes_no_second_one(old: Database) -> None:
    keep_entry(old, "９－１０１", 90)
    entries = Entries(old)
    assert (
        entries.write(SITE, [EntryWrite("units", "9-101", "unit", data={"area": 91})], LI, NOW, expected=1)
        == 1
    )
    assert entries.write(SITE, [EntryWrite("units", "9-101", "unit", strike=True)], LI, NOW) == 1
    kept = [*entries.page(SITE, "units").entries, *entries.page(SITE, "units", struck=True).entries]
    assert [(each.key, each.seq) for each in kept] == [("９－１０１", 3)]
    assert kept[0].data["area"] == 91


def test_entries_of_old_whose_keys_look_alike_are_both_kept(old: Database) -> None:
    keep_entry(old, "９-101", 1)
    keep_entry(old, "9-101", 2)
    entries = Entries(old)
    assert entries.open_columns(SITE, "units", "９-101") == {"unit": "９-101", "area": 1}
    assert entries.open_columns(SITE, "units", "9-101") == {"unit": "9-101", "area": 2}


def test_accounts_of_old_that_look_alike_lose_nobody(old: Database) -> None:
    """One of them has the folded name; the others sign in spelled exactly so."""
    names = ["clerk", "CLERK", "ｃｌｅｒｋ", "cl/erk"]
    taken: set[str] = set()
    with old.engine.begin() as connection:
        for name in names:
            row = {"id": f"id-{name}", "account": name, "name": "x", "language": "en", "active": True}
            folded = identity(name)
            connection.execute(insert(staff), row | {"folded": None if folded in taken else folded})
            taken.add(folded)
    people = People(old)
    for name in names:
        account = people.account(name)
        assert account is not None
        assert account.staff.id == f"id-{name}"
    assert people.account("Clerk").staff.id == "id-clerk"  # type: ignore[union-attr]
