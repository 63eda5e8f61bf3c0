"""Whatever is changed behind the desk's back is found, and named.

Each tampering is done to the same desk, by somebody who can write to the database but has not the keys. Those
after which the database is whole in itself are found with a head that was taken before."""

from __future__ import annotations

from collections.abc import Callable

import orjson
import pytest
from sqlalchemy import Table, delete, insert, update
from storage_samples import NOW, PATTERN, SITE, clock, desk, moving, opening
from tampered_desk import (
    BOOKS,
    CARS,
    COMPLAINT,
    NEWEST,
    OLD,
    READ,
    ROW,
    WU,
    Scene,
    advance,
    change_ticket,
    hire_wu,
    make_chain_anew,
)

from workflows.core.people import Staff
from workflows.core.ticket import Ticket
from workflows.storage import tables as t
from workflows.storage.audit.head import build_head, compare
from workflows.storage.audit.seal import waiting
from workflows.storage.audit.verify import verify
from workflows.storage.cipher import Cipher
from workflows.storage.database import Database
from workflows.storage.errors import StorageError
from workflows.storage.key_rotation import rotate
from workflows.storage.people.people import People
from workflows.storage.tickets.store import Store


@pytest.fixture
def scene(database: Database) -> Scene:
    """The desk."""
    store = desk(database)
    for name in ("li", "wang"):
        People(database).add_staff(Staff(id=name, account=name, name=name, memberships=()))
    hire_wu(database)
    first = opening(id=OLD, personal={"contact": "13800000000"}, clocks=(clock(), clock("response")))
    store.record([first], {OLD: PATTERN})
    for turn in (1, 2):
        advance(database, turn)
    scene = Scene(database)
    scene.earlier = {table.name: scene.rows(table) for table in t.metadata.sorted_tables}
    advance(database, 3)
    store.record([opening(id=NEWEST)], {NEWEST: PATTERN})
    scene.lines = list(build_head(database, NOW))
    assert scene.found() == set()
    assert scene.missed() == set()
    return scene


def _history(**values: object) -> Callable[[Scene], None]:
    return lambda scene: scene.run(update(t.history).where(t.history.c.seq == 2).values(values))


def _clock(**values: object) -> Callable[[Scene], None]:
    return lambda scene: scene.run(update(t.clocks).where(t.clocks.c.name == "response").values(values))


def _row(table: Table, order: str, number: object, **values: object) -> Callable[[Scene], None]:
    return lambda scene: scene.run(update(table).where(table.c[order] == number).values(values))


def _gone(table: Table, order: str, number: object) -> Callable[[Scene], None]:
    return lambda scene: scene.run(delete(table).where(table.c[order] == number))


def _clock_added(scene: Scene) -> None:
    row = next(row for row in scene.rows(t.clocks) if row["name"] == "response")
    scene.run(insert(t.clocks).values(row | {"name": "another"}))


def _last_entry_cut_off(scene: Scene) -> None:
    scene.run(delete(t.history).where(t.history.c.ticket_id == OLD, t.history.c.seq == 4))


def _cut_off_and_head_set_back(scene: Scene) -> None:
    _last_entry_cut_off(scene)
    (last,) = (row for row in scene.rows(t.history) if (row["ticket_id"], row["seq"]) == (OLD, 3))
    change_ticket(seq=3, head=last["hash"])(scene)


def _older_personal_words(scene: Scene) -> None:
    (row,) = (row for row in scene.earlier["tickets"] if row["id"] == OLD)
    change_ticket(personal=row["personal"])(scene)


def _newest_ticket_gone(scene: Scene) -> None:
    for table, name in ((t.tickets, "id"), (t.history, "ticket_id"), (t.clocks, "ticket_id")):
        scene.run(delete(table).where(table.c[name] == NEWEST))


def _newest_ticket_gone_and_the_counter_set_back(scene: Scene) -> None:
    _newest_ticket_gone(scene)
    scene.run(update(t.counters).values(value=1))


def _ticket_row_gone(scene: Scene) -> None:
    scene.run(delete(t.tickets).where(t.tickets.c.id == OLD))


def _absence_made_up(scene: Scene) -> None:
    row = {"site_id": SITE, "staff_id": "li", "substitute_id": "wang", "from_at": NOW, "to_at": NOW + 99}
    scene.run(insert(t.absences).values(row))


def _ticket_put_back(scene: Scene) -> None:
    scene.put_back(t.tickets, t.history, t.clocks, t.counters)


def _settings_put_back(scene: Scene) -> None:
    scene.put_back(t.setting_changes)
    (site,) = scene.earlier["sites"]
    scene.run(update(t.sites).values(settings=site["settings"]))


FOUND: dict[str, tuple[Callable[[Scene], None], tuple[str, str]]] = {
    "the state": (change_ticket(state="closed"), ("ticket-changed", OLD)),
    "the category": (change_ticket(category="closed"), ("ticket-changed", OLD)),
    "the data": (change_ticket(data="{}"), ("ticket-changed", OLD)),
    "the assignee": (change_ticket(assignee="staff-x"), ("ticket-changed", OLD)),
    "the audience": (change_ticket(audience=None), ("ticket-changed", OLD)),
    "the priority": (change_ticket(priority=0), ("ticket-changed", OLD)),
    "the title": (change_ticket(title="another"), ("ticket-changed", OLD)),
    "when it is due": (change_ticket(due_at=None), ("ticket-changed", OLD)),
    "the trail": (change_ticket(trail="{}"), ("ticket-changed", OLD)),
    "the number": (change_ticket(number="TS-2026-00009"), ("ticket-changed", OLD)),
    "the parent": (change_ticket(parent=NEWEST), ("ticket-changed", OLD)),
    "older personal words": (_older_personal_words, ("ticket-changed", OLD)),
    "a clock's end": (_clock(due_at=NOW + 9_999), ("clock-changed", OLD)),
    "a clock's next level": (_clock(next_level_at=None), ("clock-changed", OLD)),
    "a clock taken away": (_gone(t.clocks, "name", "response"), ("clock-changed", OLD)),
    "a clock added": (_clock_added, ("clock-changed", OLD)),
    "a note": (_history(note="another"), ("broken-hash", OLD)),
    "who did it": (_history(actor_id="staff-x"), ("broken-hash", OLD)),
    "what it left": (_history(outcome="{}"), ("broken-hash", OLD)),
    "an entry in the middle": (_gone(t.history, "seq", 2), ("missing-seq", OLD)),
    "the last entry": (_last_entry_cut_off, ("head-mismatch", OLD)),
    "the last entry, and the head set back": (_cut_off_and_head_set_back, ("ticket-changed", OLD)),
    "the chain made anew": (lambda scene: make_chain_anew(scene, keep_outcome=True), ("broken-hash", OLD)),
    "the chain made anew, as of old": (
        lambda scene: make_chain_anew(scene, keep_outcome=False),
        ("unsealed", OLD),
    ),
    "the newest ticket": (_newest_ticket_gone, ("number-gap", "TS-2026-#")),
    "a ticket's row": (_ticket_row_gone, ("no-ticket", OLD)),
    "a reading": (_row(t.readings, "seq", 1, staff_id="staff-x"), (ROW, READ)),
    "a reading taken away": (_gone(t.readings, "seq", 2), ("missing-row", READ)),
    "a reading without hash": (_row(t.readings, "seq", 2, mac=None), ("unsealed", READ)),
    "a change of a setting": (_row(t.setting_changes, "seq", 2, actor_id="x"), (ROW, "setting-changes")),
    "a setting": (
        lambda scene: scene.run(update(t.sites).values(settings='{"quiet":9}')),
        ("setting-changed", "setting-changes/quiet"),
    ),
    "a register's history": (_row(t.register_history, "seq", 2, after="{}"), (ROW, CARS)),
    "an entry of a register": (_row(t.register_entries, "key", "A-1", data="{}"), ("entry-changed", CARS)),
    "a definition's text": (_row(t.definitions, "version", 2, text="another"), (ROW, COMPLAINT)),
    "a version of a definition": (_gone(t.definitions, "version", 2), ("missing-row", COMPLAINT)),
    "who noted an absence": (_row(t.absence_changes, "seq", 1, actor_id="x"), (ROW, "absence-changes")),
    "an absence that nobody noted": (_absence_made_up, ("absence-changed", "absence-changes/li")),
    "who changed an account": (_row(t.staff_changes, "number", 3, actor_id="x"), (ROW, WU)),
    "a change of an account taken away": (_gone(t.staff_changes, "number", 3), ("missing-row", WU)),
    "another post": (
        lambda scene: scene.run(update(t.memberships).values(role="director")),
        ("post-changed", WU),
    ),
    "a longer absence": (
        lambda scene: scene.run(update(t.absences).values(to_at=NOW + 10**9)),
        ("absence-changed", "absence-changes/wang"),
    ),
}


@pytest.mark.parametrize("what", FOUND)
def test_what_is_changed_is_found_and_named(scene: Scene, what: str) -> None:
    tamper, expected = FOUND[what]
    tamper(scene)
    assert expected in scene.found()


PUT_BACK: dict[str, tuple[Callable[[Scene], None], set[tuple[str, str]]]] = {
    "the newest ticket, and the counter set back": (
        _newest_ticket_gone_and_the_counter_set_back,
        {("lost", NEWEST)},
    ),
    "a ticket with its history and clocks": (_ticket_put_back, {("lost", OLD), ("lost", NEWEST)}),
    "the last reading": (_gone(t.readings, "seq", 3), {("lost", READ)}),
    "a register with its history": (
        lambda scene: scene.put_back(t.register_entries, t.register_history),
        {("lost", CARS)},
    ),
    "the settings with their history": (_settings_put_back, {("lost", "setting-changes")}),
    "the newest version of a definition": (_gone(t.definitions, "version", 3), {("lost", COMPLAINT)}),
    "all of it, as when the newest part of the database is lost": (
        lambda scene: scene.put_back(),
        {("lost", each) for each in (NEWEST, *BOOKS)},
    ),
}


@pytest.mark.parametrize("what", PUT_BACK)
def test_what_is_put_back_as_a_whole_is_missed_by_a_head_that_was_kept(scene: Scene, what: str) -> None:
    tamper, expected = PUT_BACK[what]
    tamper(scene)
    assert scene.missed() == expected


def test_a_head_stays_good_while_the_desk_goes_on(scene: Scene) -> None:
    """More may come; nothing of what there was may go."""
    advance(scene.database, 4)
    assert scene.found() == scene.missed() == set()


@pytest.mark.parametrize("spoil", ["cut", "changed", "another desk's", "none", "no text"])
def test_a_head_that_is_not_whole_is_refused(scene: Scene, spoil: str) -> None:
    """Else a shorter one would hide what was lost."""
    lines = {
        "cut": scene.lines[:-1],
        "changed": [line.replace(OLD.encode(), b"x") for line in scene.lines],
        "another desk's": [*scene.lines[:-1], orjson.dumps({"mac": "0" * 64})],
        "none": [],
        "no text": [b"\xff", *scene.lines],
    }[spoil]
    with pytest.raises(StorageError):
        list(compare(scene.database, lines))


def test_a_new_desk_has_nothing_to_seal(scene: Scene) -> None:
    assert not waiting(scene.database)


def test_a_ticket_keeps_its_history_when_the_keys_are_rotated(database: Database) -> None:
    """The audit's key is wrapped anew like the others, and stays the same key."""
    store = desk(database)
    ticket: Ticket = store.record([opening(id=OLD)], {OLD: PATTERN})[0]
    ring = {1: b"1" * 32, 2: b"2" * 32, 3: b"3" * 32}
    rotate(Database(database.url, cipher=Cipher(ring, 3)), lambda _: None)
    alone = Database(database.url, cipher=Cipher({3: ring[3]}, 3))
    Store(alone).record([moving(ticket)])
    assert list(verify(alone)) == []
