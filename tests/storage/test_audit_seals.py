"""A desk from before its books were chained is sealed, and changes of what was sealed are found."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, insert, update
from storage_samples import PATTERN, clock, desk, opening
from tampered_desk import BOOKS, OLD, Scene, advance, change_ticket, hire_wu, make_chain_anew

from workflows.core.people import Staff
from workflows.storage import tables as t
from workflows.storage.audit.hash_chain import UNKEYED_COLUMNS, compute_unkeyed_hash
from workflows.storage.audit.seal import seal, waiting
from workflows.storage.database import Database
from workflows.storage.people.people import People


@pytest.fixture
def old(database: Database) -> Scene:
    """A desk from before the record was chained with a key."""
    store = desk(database)
    for name in ("li", "wang"):
        People(database).add_staff(Staff(id=name, account=name, name=name, memberships=()))
    hire_wu(database)
    store.record([opening(id=OLD, clocks=(clock(),))], {OLD: PATTERN})
    for turn in (1, 2):
        advance(database, turn)
    scene = Scene(database)
    prev = ""
    for row in sorted(scene.rows(t.history), key=lambda row: row["seq"]):
        row |= {"outcome": None, "prev": prev}
        prev = row["hash"] = compute_unkeyed_hash([row[name] for name in UNKEYED_COLUMNS])
        scene.run(update(t.history).where(t.history.c.seq == row["seq"]).values(row))
    scene.run(update(t.tickets).values(head=prev))
    for table in (t.readings, t.setting_changes, t.absence_changes, t.definitions, t.register_history):
        scene.run(update(table).values(mac=None))
    scene.run(update(t.staff_changes).values(mac=None, number=None))
    scene.run(update(t.readings).values(seq=None))
    scene.run(update(t.register_history).values(outcome=None))
    scene.run(update(t.register_entries).values(head=None))
    return scene


def sealed(scene: Scene) -> list[object]:
    """What sealing says."""
    return list(seal(scene.database, lambda _: None))


def test_an_older_desk_is_sealed_and_then_whole(old: Scene) -> None:
    """Until then every book says that nothing vouches for it. What comes afterwards goes on from there."""
    assert old.found() == {("unsealed", each) for each in BOOKS}
    advance(old.database, 3)
    assert old.found() == {("unsealed", each) for each in BOOKS}
    assert sealed(old) == [1 + 5 * 3 + 5]
    assert old.found() == set()
    assert sealed(old) == [0]
    advance(old.database, 4)
    assert old.found() == set()


def test_what_waits_to_be_sealed_is_known_at_a_look(old: Scene) -> None:
    """A single book is enough, or a single history; what was sealed, or keyed from the beginning, is none."""
    assert waiting(old.database)
    sealed(old)
    assert not waiting(old.database)
    old.run(delete(t.history_seals))
    assert waiting(old.database)
    sealed(old)
    old.run(update(t.readings).where(t.readings.c.seq == 2).values(mac=None))
    assert waiting(old.database)


def test_what_was_sealed_cannot_be_changed_unnoticed(old: Scene) -> None:
    """Neither the old entries, nor the ticket that has not moved since, nor the seal."""
    sealed(old)
    seals = old.rows(t.history_seals)
    make_chain_anew(old, keep_outcome=False)
    assert ("broken-chain", OLD) in old.found()
    old.run(delete(t.history_seals))
    assert ("unsealed", OLD) in old.found()
    old.run(insert(t.history_seals).values(seals[0] | {"hash": "0" * 64}))
    assert ("broken-hash", OLD) in old.found()


def test_a_ticket_that_has_not_moved_since_it_was_sealed_is_held_fast(old: Scene) -> None:
    sealed(old)
    change_ticket(assignee="staff-x")(old)
    assert old.found() == {("ticket-changed", OLD)}


def test_what_is_broken_already_is_not_sealed_but_told(old: Scene) -> None:
    old.run(update(t.history).where(t.history.c.seq == 2).values(note="another"))
    broken, _ = sealed(old)
    assert (broken.kind, broken.ticket, broken.seq) == ("broken-hash", OLD, 2)  # type: ignore[attr-defined]
    assert ("unsealed", OLD) in old.found()
