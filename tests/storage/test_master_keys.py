"""A desk is not started with the wrong master keys, and the right ones can be changed while it runs."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from storage_samples import LI, NOW, SITE, desk, opened

from workflows.core.people import Staff
from workflows.core.records import EntryWrite
from workflows.storage import key_rotation, master_keys
from workflows.storage.cipher import Cipher, CipherError
from workflows.storage.database import Database
from workflows.storage.drivers.session import Session
from workflows.storage.key_rotation import rotate
from workflows.storage.people.accounts import Accounts
from workflows.storage.people.people import People
from workflows.storage.people.staff_changes import Author
from workflows.storage.registers.entries import Entries
from workflows.storage.registers.write import EntryAuthor
from workflows.storage.sql import Sql
from workflows.storage.tickets.privacy import Privacy
from workflows.storage.tickets.store import Store

OLD, NEW, OTHER = b"o" * 32, b"n" * 32, b"x" * 32
SECRET = {"complainant": "欧阳秘密"}
TICKETS = 7
SEALED = TICKETS + 4  # the entry's two keys, the address, the audit's key

With = Callable[[dict[int, bytes], int], Database]


@pytest.fixture
def opened_with(database_url: str) -> With:
    """Opens the database with other keys."""
    return lambda ring, current: Database(database_url, cipher=Cipher(ring, current), synchronous="OFF")


def filled(database: Database) -> list[str]:
    """Tickets, an entry that began anew and an address, all sealed with the keys given; the tickets' ids."""
    store, entries = desk(database), Entries(database)
    person = Staff(id="li", account="li", name="Li", memberships=())
    Accounts(database).add(person, None, {"address": "li@example.org"}, Author(LI, NOW))
    for strike, owner in ((False, "wang"), (True, ""), (False, "zhao")):
        personal = {"owner": owner} if owner else {}
        entries.write(SITE, [EntryWrite("cars", "A-1", "plate", strike=strike, personal=personal)], LI, NOW)
    return [opened(store, personal=SECRET).id for _ in range(TICKETS)]


def readable(database: Database, tickets: list[str]) -> bool:
    """Whether everything that `filled` has sealed can be opened."""
    loaded = [Store(database).load(SITE, each) for each in tickets]
    entry = Entries(database).find(SITE, "cars", "A-1")
    contact = People(database).contact("li")
    (old,) = database.read("SELECT data_key, personal FROM register_history WHERE seq = 1", {})
    (key,) = database.read("SELECT data_key FROM register_history WHERE kind = 'strike'", {})
    first = database.cipher.open(key[0], f"{SITE}/cars/A-1", "1", old[1])
    assert entry is not None
    return (
        all(each is not None and each[0].personal == SECRET for each in loaded)
        and (entry.personal, contact) == ({"owner": "zhao"}, {"address": "li@example.org"})
        and first["after"] == {"owner": "wang"}
    )


def test_another_key_under_the_same_number_is_refused_by_its_number(opened_with: With) -> None:
    """Also on a desk that holds nothing yet: else what it took in would be lost under the right one."""
    master_keys.check(opened_with({1: OLD}, 1))
    with pytest.raises(CipherError, match="master key 1 in HUIFANG_KEYS is not the one"):
        master_keys.check(opened_with({1: OTHER}, 1))
    with pytest.raises(CipherError, match="master key 1 in HUIFANG_KEYS is not the one"):
        master_keys.check(opened_with({1: OTHER, 2: NEW}, 2))
    master_keys.check(opened_with({1: OLD}, 1))


def test_a_desk_that_is_older_than_the_proofs_refuses_a_key_that_opens_nothing(opened_with: With) -> None:
    """And notes the one that does."""
    filled(opened_with({1: OLD}, 1))
    with pytest.raises(CipherError, match="master key 1 "):
        master_keys.check(opened_with({1: OTHER}, 1))
    master_keys.check(opened_with({1: OLD}, 1))


def test_a_key_that_rows_still_use_must_not_be_missing(opened_with: With) -> None:
    """It is named, with how many rows use it. One that nothing uses may go, and may come back."""
    first = opened_with({1: OLD}, 1)
    master_keys.check(first)
    tickets = filled(first)
    with pytest.raises(CipherError, match=rf"still in use: 1 \({SEALED} rows\)"):
        master_keys.check(opened_with({2: NEW}, 2))
    both = opened_with({1: OLD, 2: NEW}, 2)
    master_keys.check(both)
    assert rotate(both, lambda _: None) == SEALED
    alone = opened_with({2: NEW}, 2)
    for _ in range(2):
        master_keys.check(alone)
    assert readable(alone, tickets)
    with pytest.raises(CipherError, match="master key 1 "):
        master_keys.check(opened_with({1: OTHER, 2: NEW}, 2))
    master_keys.check(opened_with({2: NEW, 1: OLD}, 1))
    opened(Store(opened_with({2: NEW, 1: OLD}, 1)), personal=SECRET)
    with pytest.raises(CipherError, match=r"still in use: 1 \(1 rows\)"):
        master_keys.check(alone)


def test_the_keys_are_shown_with_how_many_rows_they_wrap(opened_with: With) -> None:
    first = opened_with({1: OLD}, 1)
    master_keys.check(first)
    filled(first)
    found = master_keys.list_keys(opened_with({1: OTHER, 3: NEW}, 3))
    assert [(each.number, each.rows, each.right, each.current) for each in found] == [
        (1, SEALED, False, False),
        (3, 0, True, True),
    ]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the process that is killed is forked")
def test_a_rotation_that_is_killed_again_and_again_gets_through(
    opened_with: With, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed one statement later each time; everything stays readable with both keys, and in the end with
    the new one alone."""
    monkeypatch.setattr(key_rotation, "PAGE_SIZE", 2)
    tickets = filled(opened_with({1: OLD}, 1))
    both, number = {1: OLD, 2: NEW}, 0
    while not rotated(opened_with, number):
        assert readable(opened_with(both, 2), tickets)
        number += 1
    assert number > 5
    assert readable(opened_with({2: NEW}, 2), tickets)


def rotated(opened_with: With, statements: int) -> bool:
    """Rotate in a process that is killed after so many statements; whether it got through."""
    child = os.fork()
    if child == 0:
        run, left = Session.run, [statements]

        def counted(session: Session, statement: Sql | str, *row: object) -> object:
            if not left[0]:
                os._exit(9)
            left[0] -= 1
            return run(session, statement, *row)  # type: ignore[arg-type]

        Session.run = counted  # type: ignore[assignment, method-assign]
        try:
            rotate(opened_with({1: OLD, 2: NEW}, 2), lambda _: None)
            os._exit(0)
        finally:
            os._exit(1)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, 9)
    return status == 0


def test_what_is_erased_during_a_rotation_stays_erased(
    opened_with: With, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ticket and an entry whose keys were read, and then destroyed, before they are written anew."""
    tickets = filled(opened_with({1: OLD}, 1))
    desk_running, rotating = opened_with({1: OLD, 2: NEW}, 2), opened_with({1: OLD, 2: NEW}, 2)
    rewrap = Cipher.rewrap

    def erased_meanwhile(cipher: Cipher, wrapped: bytes, whose: str) -> bytes:
        site, *rest = whose.split("/")
        if whose == f"{SITE}/{tickets[3]}":
            Privacy(desk_running, Store(desk_running)).erase(site, tickets[3], LI, NOW + 60)
        if rest[0] == "cars":
            eraser = Entries(desk_running).eraser
            eraser.erase(EntryAuthor(site, LI, NOW + 60), "cars", "A-1")
        return rewrap(cipher, wrapped, whose)

    monkeypatch.setattr(Cipher, "rewrap", erased_meanwhile)
    assert rotate(rotating, lambda _: None) == SEALED - 3
    assert master_keys.count_usage(rotating) == {2: SEALED - 3}
    loaded = Store(rotating).load(SITE, tickets[3])
    assert loaded is not None
    assert loaded[0].personal == {}


def test_progress_is_told_page_by_page(opened_with: With, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_rotation, "PAGE_SIZE", 2)
    filled(opened_with({1: OLD}, 1))
    told: list[int] = []
    rotate(opened_with({1: OLD, 2: NEW}, 2), told.append)
    assert told == [2, 4, 6, 7, 8, 9, 10, 11]
