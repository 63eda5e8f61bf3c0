"""Registers as they are kept: found, listed, written by hand, each change with who and when."""

from __future__ import annotations

import pytest
from storage_samples import LI, NOW, SITE, desk

from workflows.core.records import EntryWrite, PendingRegisters
from workflows.storage.database import Database
from workflows.storage.errors import Conflict
from workflows.storage.registers.entries import Entries

HILL = "hill"


def filing(key: str, *, register: str = "units", strike: bool = False, **data: object) -> EntryWrite:
    personal = {name: data.pop(name) for name in ("owner",) if name in data}
    return EntryWrite(register, key, "unit", data=data, personal=personal, strike=strike)


@pytest.fixture
def entries(database: Database) -> Entries:
    return desk(database, SITE, HILL).entries


def keep(entries: Entries, key: str, at: int = NOW, **data: object) -> int:
    return entries.write(SITE, [filing(key, **data)], LI, at)


def test_an_entry_is_found_as_it_was_written(entries: Entries) -> None:
    assert keep(entries, "3-1201", area=90, owner="王") == 1
    found = entries.find(SITE, "units", "3-1201")
    assert found is not None
    assert (found.data, found.personal, found.seq) == ({"unit": "3-1201", "area": 90}, {"owner": "王"}, 1)
    assert entries.open_columns(SITE, "units", "3-1201") == {"unit": "3-1201", "area": 90}
    assert entries.find(HILL, "units", "3-1201") is None
    assert entries.find(SITE, "keys", "3-1201") is None


def test_columns_are_laid_over_and_null_empties_one(entries: Entries) -> None:
    keep(entries, "3-1201", area=90, status="vacant", owner="王")
    keep(entries, "3-1201", status=None, owner=None, kind="home")
    found = entries.find(SITE, "units", "3-1201")
    assert found is not None
    assert (found.data, found.personal) == ({"unit": "3-1201", "area": 90, "kind": "home"}, {})


def test_what_changes_nothing_leaves_no_trace(entries: Entries) -> None:
    keep(entries, "3-1201", area=90, owner="王")
    assert keep(entries, "3-1201", NOW + 60, area=90, owner="王") == 0
    assert entries.write(SITE, [filing("nowhere", strike=True)], LI, NOW) == 0
    assert len(entries.history(SITE, "units", "3-1201")) == 1


def test_a_writer_who_saw_an_older_entry_is_refused(entries: Entries) -> None:
    entries.write(SITE, [filing("3-1201", area=90)], LI, NOW, expected=0)
    entries.write(SITE, [filing("3-1201", area=91)], LI, NOW, expected=1)
    for seen in (0, 1, 3):
        with pytest.raises(Conflict):
            entries.write(SITE, [filing("3-1201", area=92)], LI, NOW, expected=seen)
    assert entries.open_columns(SITE, "units", "3-1201") == {"unit": "3-1201", "area": 91}


def test_several_are_written_wholly_or_not_at_all(entries: Entries) -> None:
    with pytest.raises(Conflict):
        entries.write(SITE, [filing("a"), filing("a", area=1)], LI, NOW, expected=0)
    assert not entries.has_entries(SITE, "units")


def test_the_history_tells_what_was_before_and_after(entries: Entries) -> None:
    keep(entries, "3-1201", area=90)
    keep(entries, "3-1201", NOW + 60, area=91, owner="王")
    entries.write(SITE, [filing("3-1201", strike=True)], LI, NOW + 120)
    first, second, third = entries.history(SITE, "units", "3-1201")
    assert (first.before, first.after, first.sealed) == ({}, {"unit": "3-1201", "area": 90}, False)
    assert (second.before["area"], second.after["area"], second.sealed) == (90, 91, True)
    assert (third.kind, third.after, third.actor_name, third.ticket) == ("strike", {}, LI.name, None)
    assert entries.history(SITE, "units", "3-1201", after=2) == (third,)


def test_lists_come_in_the_order_of_the_keys_a_page_at_a_time(entries: Entries) -> None:
    for number in (3, 1, 2):
        keep(entries, f"3-{number}")
    first = entries.page(SITE, "units", limit=2)
    assert [each.key for each in first.entries] == ["3-1", "3-2"]
    last = entries.page(SITE, "units", limit=2, cursor=first.next)
    assert ([each.key for each in last.entries], last.next) == (["3-3"], None)
    with pytest.raises(ValueError, match="no cursor"):
        entries.page(SITE, "units", cursor="ü")


def test_lists_come_as_people_count_however_they_are_paged(entries: Entries) -> None:
    in_order = ["地下1-1", "2-10", "3-2-901", "3-2-1001", "10-1"]
    for key in sorted(in_order):
        keep(entries, key)
    seen: list[str] = []
    cursor = None
    while len(seen) < len(in_order):
        page = entries.page(SITE, "units", limit=2, cursor=cursor)
        seen, cursor = [*seen, *(each.key for each in page.entries)], page.next
    assert (seen, cursor) == (in_order, None)


def test_entries_are_found_by_words_of_their_key_and_open_columns(entries: Entries) -> None:
    keep(entries, "3-1201", kind="Home", note="朝南 100%_ok", owner="秘密")
    keep(entries, "3-1202", kind="shop", note="朝北", tags=["corner", "new"])

    def found(words: str) -> list[str]:
        return [each.key for each in entries.page(SITE, "units", q=words).entries]

    assert found("home") == found("ＨＯＭＥ 1201") == found("朝南") == found("100%_") == ["3-1201"]
    assert found("CORNER") == ["3-1202"]
    assert found("3-12") == ["3-1201", "3-1202"]
    assert found("home 朝北") == found("秘密") == found("%")[1:] == []


def test_what_was_struck_is_listed_by_itself(entries: Entries) -> None:
    keep(entries, "3-1201")
    keep(entries, "3-1202")
    entries.write(SITE, [filing("3-1202", strike=True)], LI, NOW)
    assert [each.key for each in entries.page(SITE, "units").entries] == ["3-1201"]
    assert [each.key for each in entries.page(SITE, "units", struck=True).entries] == ["3-1202"]
    assert entries.open_columns(SITE, "units", "3-1202") is None


def test_all_entries_in_force_can_be_gone_through(entries: Entries) -> None:
    filings = [filing(f"{number:04}", area=number) for number in range(1_001)]
    assert entries.write(SITE, filings, LI, NOW) == 1_001
    entries.write(SITE, [filing("0500", strike=True)], LI, NOW)
    found = list(entries.in_force(SITE, "units"))
    assert len(found) == 1_000
    assert found[0] == ("0000", {"unit": "0000", "area": 0})


def test_a_decision_sees_what_it_has_decided_but_not_yet_written(entries: Entries) -> None:
    keep(entries, "3-1201", area=90)
    drafted = PendingRegisters(
        entries.for_site(SITE),
        [filing("3-1201", area=91), filing("3-1202"), filing("3-1203"), filing("3-1203", strike=True)],
    )
    assert drafted.find("units", "3-1201") == {"unit": "3-1201", "area": 91}
    assert drafted.find("units", "3-1202") == {"unit": "3-1202"}
    assert drafted.find("units", "3-1203") is None
    assert drafted.is_in_use("units")
    assert not drafted.is_in_use("cards")
    assert PendingRegisters(entries.for_site(HILL), [filing("x")]).is_in_use("units")


def test_an_entry_is_found_without_its_accents(entries: Entries) -> None:
    keep(entries, "3-1", note="baño")
    assert [each.key for each in entries.page(SITE, "units", q="BANO").entries] == ["3-1"]


def test_an_entry_is_found_in_simplified_and_in_traditional_characters(entries: Entries) -> None:
    keep(entries, "3-1", note="電梯旁")
    keep(entries, "3-2", note="电梯间")
    for q in ("電梯", "电梯"):
        assert [each.key for each in entries.page(SITE, "units", q=q).entries] == ["3-1", "3-2"]
