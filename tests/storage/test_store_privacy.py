"""What is personal is never stored in clear, each reading of it is noted, and can be forgotten for good."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

import pytest
from sqlalchemy import select
from storage_samples import LI, NOW, PATTERN, SITE, clock, desk, moving, opened, opening

from workflows.core.commands import Actor
from workflows.storage import tables
from workflows.storage.cipher import Cipher, CipherError
from workflows.storage.database import Database
from workflows.storage.errors import Conflict
from workflows.storage.queries.filters import TicketFilter
from workflows.storage.queries.queries import Queries
from workflows.storage.tickets.privacy import Privacy

SECRET = {"complainant": "欧阳秘密", "contact": "13812345678"}


def everything(database: Database) -> str:
    """All rows of all tables, as text."""
    found = []
    for table in tables.metadata.sorted_tables:
        for row in database.rows(select(table)):
            found += [v.decode("utf-8", "replace") if isinstance(v, bytes) else str(v) for v in row]
    return "\n".join(found)


def test_personal_values_are_nowhere_in_clear(database: Database) -> None:
    store = desk(database)
    ticket = opened(store, personal=SECRET)
    store.record([moving(ticket, personal={"reason": "家里有病人"})])
    said = everything(database)
    assert "电梯" in said
    for word in ("欧阳秘密", "13812345678", "家里有病人"):
        assert word not in said
    if not database.postgres:
        path = Path(database.url.removeprefix("sqlite:///"))
        kept = b"".join(each.read_bytes() for each in path.parent.glob("desk.db*"))
        assert "电梯".encode() in kept
        assert "欧阳秘密".encode() not in kept


def test_lists_and_histories_do_not_open_personal_values(database: Database) -> None:
    store, queries = desk(database), Queries(database)
    ticket = opened(store, personal=SECRET)
    assert queries.tickets(TicketFilter(sites=[SITE])).tickets[0].personal == {}
    (entry,) = queries.history(SITE, ticket.id)
    assert (entry.personal, entry.sealed) == ({}, True)
    (entry,) = queries.history(SITE, ticket.id, personal=True)
    assert entry.personal == SECRET


def test_each_reading_is_noted(database: Database) -> None:
    store, queries = desk(database), Queries(database)
    ticket = opened(store, personal=SECRET)
    privacy = Privacy(database, store)
    privacy.record_reading(SITE, ticket.id, LI, ["contact"], NOW)
    lent = Actor(id="staff-wang", name="王芳", on_behalf=LI.id)
    privacy.record_reading(SITE, ticket.id, lent, ["contact", "complainant"], NOW + 1)
    readings = queries.readings(SITE, ticket.id).readings
    assert [(each.staff_id, each.on_behalf, each.fields) for each in readings] == [
        ("staff-wang", "staff-li", ("complainant", "contact")),
        ("staff-li", None, ("contact",)),
    ]


def test_an_erased_person_cannot_be_read_again(database: Database) -> None:
    store, queries = desk(database), Queries(database)
    ticket = opened(store, personal=SECRET)
    ticket = store.record([moving(ticket, personal={"contact": "139"})])[0]
    erased = Privacy(database, store).erase(SITE, ticket.id, LI, NOW + 500, note="asked for it")
    assert erased is not None
    assert store.load(SITE, ticket.id) == (erased, (clock(),))
    assert (erased.personal, erased.seq) == ({}, 3)
    entries = queries.history(SITE, ticket.id, personal=True)
    assert [(each.kind, each.personal) for each in entries] == [("open", {}), ("fire", {}), ("erase", {})]
    assert database.rows(select(tables.tickets.c.personal, tables.tickets.c.data_key)) == [(None, None)]


def test_who_saw_the_person_before_cannot_write_it_back(database: Database) -> None:
    store = desk(database)
    ticket = opened(store, personal=SECRET)
    Privacy(database, store).erase(SITE, ticket.id, LI, NOW + 500)
    with pytest.raises(Conflict):
        store.record([moving(ticket, personal={"contact": "139"})])


def test_a_ticket_may_learn_of_another_person_after_an_erasure(database: Database) -> None:
    store = desk(database)
    ticket = opened(store, personal=SECRET)
    erased = Privacy(database, store).erase(SITE, ticket.id, LI, NOW + 500)
    assert erased is not None
    after = store.record([moving(erased, personal={"contact": "137"})])[0]
    loaded = store.load(SITE, ticket.id)
    assert loaded is not None
    assert loaded[0].personal == after.personal == {"contact": "137"}
    assert [each.personal for each in Queries(database).history(SITE, ticket.id, personal=True)][2:] == [
        {"contact": "137"}
    ]


def test_nothing_is_erased_of_an_unknown_ticket(database: Database) -> None:
    assert Privacy(database, desk(database)).erase(SITE, "none", LI, NOW) is None


def test_personal_values_may_come_later_and_go_on(database: Database) -> None:
    store = desk(database)
    step = opening()
    first = moving(step.after, personal={"contact": "138"})
    second = moving(first.after, personal={"complainant": "李"})
    store.record([step, first, second], {step.after.id: PATTERN})
    loaded = store.load(SITE, step.after.id)
    assert loaded is not None
    assert loaded[0].personal == {"contact": "138", "complainant": "李"}


def test_a_master_key_can_be_replaced_and_a_lost_one_is_named() -> None:
    old = Cipher({1: b"a" * 32}, 1)
    key = old.new_key("s/t")
    sealed = old.seal(key, "s/t", "ticket", {"a": 1})
    both = Cipher({1: b"a" * 32, 2: b"b" * 32}, 2)
    assert both.open(key, "s/t", "ticket", sealed) == {"a": 1}
    renewed = both.rewrap(key, "s/t")
    alone = Cipher({2: b"b" * 32}, 2)
    assert alone.open(renewed, "s/t", "ticket", sealed) == {"a": 1}
    with pytest.raises(CipherError, match="master key 1 is missing"):
        alone.open(key, "s/t", "ticket", sealed)


def test_sealed_bytes_belong_to_their_place() -> None:
    cipher = Cipher({1: b"a" * 32}, 1)
    key = cipher.new_key("s/t")
    sealed = cipher.seal(key, "s/t", "ticket", {"a": 1})
    with pytest.raises(CipherError, match="tampered"):
        cipher.open(key, "s/t", "7", sealed)
    with pytest.raises(CipherError, match="tampered"):
        cipher.open(key, "s/other", "ticket", sealed)


@pytest.mark.parametrize("text", ["", "1", "1:zz", "x:YQ==", "1:YQ==", "0:" + "YWFh" * 10 + "YWE="])
def test_master_keys_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(CipherError):
        Cipher.from_text(text)


def test_master_keys_are_read_the_last_one_is_current() -> None:
    text = f"1:{b64encode(b'a' * 32).decode()}, 2:{b64encode(b'b' * 32).decode()}"
    assert Cipher.from_text(text).new_key("s/t")[0] == 2
    with pytest.raises(CipherError, match="no master key 3"):
        Cipher({1: b"a" * 32}, 3)
