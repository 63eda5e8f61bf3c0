"""Steps that look up the entries of registers and write them, on both databases."""

from __future__ import annotations

from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from engine_desk import MONDAY, SITE, Desk, T, folder_of
from sqlalchemy import select

from workflows.core.commands import Amend
from workflows.core.effects.register_writes import parse_entry
from workflows.core.records import EntryWrite
from workflows.core.ticket import Ticket
from workflows.errors import Invalid, Refusal
from workflows.schedules import Opener, Schedules
from workflows.storage import tables
from workflows.storage.database import Database
from workflows.storage.queries.filters import TicketFilter
from workflows.storage.registers.results import RegisterEntry
from workflows.storage.schedule_runs import ScheduleRuns

REGISTERS = f"""
units:
  title: {T}
  key: unit
  readers: [chief]
  writers: [clerk]
  fields:
    unit: {{type: unit, title: {T}}}
    area: {{type: number, title: {T}}}
    rate: {{type: money, title: {T}}}
    owner: {{type: person, title: {T}}}
cards:
  title: {T}
  key: card
  readers: [chief]
  fields:
    card: {{type: text, title: {T}}}
    unit: {{type: unit, title: {T}}}
    holder: {{type: person, title: {T}}}
    status: {{type: choice, title: {T}, options: {{active: {T}, lost: {T}}}}}
"""
MOVE = f"""
workflow: move
title: {T}
purpose: Somebody moves in, and the registers are filled.
numbering: 'M-{{year}}-{{seq:4}}'
calendar: office
readers: [chief]
fields:
  unit: {{type: unit, register: units, title: {T}}}
  other: {{type: text, title: {T}}}
  name: {{type: person, title: {T}}}
  area: {{type: number, title: {T}}}
  fee: {{type: money, value: record.unit.area * record.unit.rate, title: {T}}}
  cards:
    type: table
    title: {T}
    columns:
      card: {{type: text, title: {T}}}
      place: {{type: unit, register: units, title: {T}}}
start: {{state: asked, roles: [clerk], requires: [unit], accepts: [name, area, other]}}
states:
  asked: {{title: {T}, owner: {{role: clerk}}, due: 1 working day}}
  done: {{title: {T}, category: closed}}
transitions:
  - {{trigger: check, title: {T}, from: asked, roles: [clerk], guard: record.unit.area > 50}}
  - trigger: enter
    title: {T}
    from: asked
    roles: [clerk]
    accepts: [cards, area, name]
    effects:
      - {{record: units, key: unit, with: {{area: area, owner: name}}}}
      - {{record: cards, key: item.card, each: cards, with: {{unit: unit, status: "'active'"}}}}
  - trigger: enter-other
    title: {T}
    from: asked
    roles: [clerk]
    accepts: [other, area]
    effects:
      - {{record: units, key: other, with: {{area: area}}}}
      - {{open: move, with: {{unit: other}}, as: moves}}
  - trigger: take-back
    title: {T}
    from: asked
    roles: [clerk]
    requires: [cards]
    effects: [{{strike: cards, key: item.card, each: cards}}]
  - {{trigger: finish, title: {T}, from: asked, to: done, roles: [clerk]}}
"""


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    """A desk whose company keeps registers."""
    (tmp_path / "registers.yaml").write_text(REGISTERS, encoding="utf-8")
    return Desk.on(database, folder_of(tmp_path, move=MOVE))


def keep(desk: Desk, register: str, **values: object) -> None:
    """Write an entry by hand."""
    definition = desk.library.latest("move")
    filing = parse_entry(definition.registers[register], values, definition.organisation)
    desk.store.entries.write(SITE, [filing], desk.actor("chen"), MONDAY)


def entry(desk: Desk, register: str, key: str) -> RegisterEntry:
    found = desk.store.entries.find(SITE, register, key)
    assert found is not None
    return found


def move(desk: Desk, unit: str = "3-1201", **more: object) -> Ticket:
    ticket = desk.open("move", unit=unit, **more).ticket
    assert ticket is not None
    return ticket


def refusals(act: Any, *arguments: object, **more: object) -> list[tuple[str, str | None]]:
    with pytest.raises(Refusal) as caught:
        act(*arguments, **more)
    return [(reason.code, reason.field) for reason in caught.value.reasons]


def test_as_long_as_a_register_is_empty_any_key_will_do(desk: Desk) -> None:
    assert move(desk, "anything").data["unit"] == "anything"


def test_as_soon_as_it_has_an_entry_only_its_keys_will_do(desk: Desk) -> None:
    keep(desk, "units", unit="3-1201")
    assert move(desk).data["unit"] == "3-1201"
    assert refusals(move, desk, "9-9999") == [("no-entry", "unit")]
    desk.people.store_site(desk.people.sites()[0].__class__(id="hill", name="Hill", zone="Asia/Shanghai"))
    assert desk.store.entries.has_entries("hill", "units") is False


def test_other_faults_are_said_in_the_same_breath(desk: Desk) -> None:
    keep(desk, "units", unit="3-1201")
    assert refusals(move, desk, "9-9999", area="big") == [("bad-value", "area"), ("no-entry", "unit")]


def test_the_cells_of_a_table_are_looked_up_as_well(desk: Desk) -> None:
    keep(desk, "units", unit="3-1201")
    rows = [{"card": "C-1", "place": "3-1201"}, {"card": "C-2", "place": "9"}, {"card": "C-3"}]
    assert refusals(desk.fire, move(desk), "enter", cards=rows) == [("no-entry", "cards[1].place")]


def test_an_amendment_is_looked_up_as_well(desk: Desk) -> None:
    keep(desk, "units", unit="3-1201")
    amend = Amend(site=SITE, ticket=move(desk).id, actor=desk.actor(), data={"unit": "9"})
    assert refusals(desk.engine.do, amend, MONDAY) == [("no-entry", "unit")]


def test_an_entry_that_was_struck_is_no_key_any_more(desk: Desk) -> None:
    keep(desk, "units", unit="3-1201")
    keep(desk, "units", unit="3-1202")
    strike = EntryWrite("units", "3-1202", "unit", strike=True)
    desk.store.entries.write(SITE, [strike], desk.actor(), MONDAY)
    assert refusals(move, desk, "3-1202") == [("no-entry", "unit")]


def test_guards_and_computed_fields_read_the_entry_that_a_field_names(desk: Desk) -> None:
    keep(desk, "units", unit="3-1201", area=90, rate="2.50")
    keep(desk, "units", unit="3-1202", area=40, rate="2.50")
    big, small = move(desk), move(desk, "3-1202")
    assert (big.data["fee"], small.data["fee"]) == ("225.00", "100.00")
    assert desk.fire(big, "check").ticket
    assert refusals(desk.fire, small, "check") == [("guard", None)]


def test_without_an_entry_its_columns_are_empty(desk: Desk) -> None:
    ticket = move(desk)
    assert "fee" not in ticket.data
    assert refusals(desk.fire, ticket, "check") == [("guard", None)]


def test_a_computed_field_follows_its_entry_at_the_next_step(desk: Desk) -> None:
    keep(desk, "units", unit="3-1201", area=90, rate="2.50")
    ticket = move(desk)
    keep(desk, "units", unit="3-1201", area=100)
    assert desk.fire(ticket, "check").ticket.data["fee"] == "250.00"  # type: ignore[union-attr]


def test_a_step_writes_entries_and_their_history_names_it(desk: Desk) -> None:
    ticket = move(desk, area=90, name="李敏")
    desk.fire(ticket, "enter", MONDAY + 60, cards=[{"card": "C-1"}, {"card": "C-2"}])
    unit = entry(desk, "units", "3-1201")
    assert (unit.data, unit.personal, unit.seq) == ({"unit": "3-1201", "area": 90}, {"owner": "李敏"}, 1)
    assert entry(desk, "cards", "C-2").data == {"card": "C-2", "unit": "3-1201", "status": "active"}
    (change,) = desk.store.entries.history(SITE, "units", "3-1201")
    assert (change.kind, change.at, change.ticket, change.actor_id) == (
        "record",
        MONDAY + 60,
        ticket.id,
        "cleo",
    )
    assert (change.before, change.after, change.sealed) == ({}, {"unit": "3-1201", "area": 90}, True)


def test_what_is_empty_leaves_its_column_as_it_was(desk: Desk) -> None:
    keep(desk, "units", unit="3-1201", area=90, rate="2.50", owner="王")
    desk.fire(move(desk), "enter", name="李敏")
    unit = entry(desk, "units", "3-1201")
    assert (unit.data["area"], unit.data["rate"], unit.personal) == (90, "2.50", {"owner": "李敏"})


def test_writing_what_is_there_already_changes_nothing(desk: Desk) -> None:
    keep(desk, "units", unit="3-1201", area=90)
    desk.fire(move(desk, area=90), "enter")
    assert entry(desk, "units", "3-1201").seq == 1


def test_an_entry_is_ended_and_its_history_stays(desk: Desk) -> None:
    ticket = desk.fire(move(desk), "enter", cards=[{"card": "C-1"}]).ticket
    assert ticket is not None
    desk.fire(ticket, "take-back", cards=[{"card": "C-1"}, {"card": "never there"}])
    assert entry(desk, "cards", "C-1").struck_at == MONDAY
    assert desk.store.entries.find(SITE, "cards", "never there") is None
    kinds = [(each.seq, each.kind, each.after) for each in desk.store.entries.history(SITE, "cards", "C-1")]
    assert kinds[1] == (2, "strike", {})


def test_an_entry_that_was_ended_begins_anew(desk: Desk) -> None:
    ticket = desk.fire(move(desk), "enter", cards=[{"card": "C-1"}]).ticket
    keep(desk, "cards", card="C-1", holder="王", status="lost")
    desk.fire(ticket, "take-back", cards=[{"card": "C-1"}])  # type: ignore[arg-type]
    keep(desk, "cards", card="C-1", status="active")
    again = entry(desk, "cards", "C-1")
    assert (again.data, again.personal, again.seq, again.struck_at) == (
        {"card": "C-1", "status": "active"},
        {},
        4,
        None,
    )


def test_a_child_opened_in_the_same_breath_may_name_the_new_entry(desk: Desk) -> None:
    keep(desk, "units", unit="3-1201")
    context = desk.fire(move(desk), "enter-other", other="3-1202", area=80)
    assert len(context.children) == 1
    assert entry(desk, "units", "3-1202").data["area"] == 80


def test_without_a_key_the_step_is_refused_and_nothing_is_written(desk: Desk) -> None:
    ticket = move(desk)
    assert refusals(desk.fire, ticket, "enter-other", area=1) == [("bad-entry", "units.unit")]
    assert desk.now_of(ticket).seq == 1
    assert desk.store.entries.has_entries(SITE, "units") is False


def test_a_value_that_does_not_fit_its_column_is_refused_without_being_quoted(desk: Desk) -> None:
    ticket = move(desk)
    with pytest.raises(Invalid) as caught:
        desk.fire(ticket, "enter", cards=[{"card": "x" * 501}])
    assert caught.value.reasons[0].code in ("bad-value", "bad-entry")
    assert desk.store.entries.has_entries(SITE, "cards") is False


def test_personal_columns_are_nowhere_in_clear(desk: Desk) -> None:
    desk.fire(move(desk, name="欧阳秘密"), "enter", cards=[{"card": "C-1"}])
    keep(desk, "units", unit="3-1201", owner="司马秘密")
    rows = [
        str(value) if not isinstance(value, bytes) else value.decode("utf-8", "replace")
        for table in (tables.register_entries, tables.register_history, tables.tickets, tables.history)
        for row in desk.database.rows(select(table))
        for value in row
    ]
    assert not any("秘密" in each for each in rows)
    assert entry(desk, "units", "3-1201").personal == {"owner": "司马秘密"}


def test_two_steps_that_write_one_entry_at_once_both_count(desk: Desk) -> None:
    tickets = [move(desk, "3-1201", area=each, name=f"P{each}") for each in (10, 20, 30, 40)]
    barrier, failures = Barrier(len(tickets)), []

    def enter(ticket: Ticket) -> None:
        barrier.wait()
        try:
            desk.fire(ticket, "enter", cards=[{"card": "C-1"}])
        except Exception as error:
            failures.append(error)

    threads = [Thread(target=enter, args=(ticket,)) for ticket in tickets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    history = desk.store.entries.history(SITE, "units", "3-1201")
    assert [each.seq for each in history] == [1, 2, 3, 4]
    assert [each.before for each in history[1:]] == [each.after for each in history[:-1]]
    assert entry(desk, "cards", "C-1").seq == 1


SCHEDULES = f"""
each-flat:
  title: {T}
  opens: move
  on: {{daily: "11:00"}}
  each: {{register: units, where: item.area > 50}}
  with: {{unit: item.unit, area: item.area}}
"""


def test_a_schedule_opens_a_ticket_for_each_entry_that_is_meant(desk: Desk, tmp_path: Path) -> None:
    for unit, area in (("3-1201", 90), ("3-1202", 40), ("3-1203", 60)):
        keep(desk, "units", unit=unit, area=area, owner="王")
    (tmp_path / "schedules.yaml").write_text(SCHEDULES, encoding="utf-8")
    process = MOVE.replace("roles: [clerk], requires: [unit]", "roles: [clerk, clock], requires: [unit]")
    desk.library.publish(folder_of(tmp_path, move=process), MONDAY, "lead")
    runs = ScheduleRuns(desk.database)
    opener = Opener(desk.engine, desk.library, desk.people, desk.store, desk.queries, runs)
    schedules = Schedules(desk.library, desk.people, runs, opener)
    schedules.tick(MONDAY)
    assert schedules.tick(MONDAY + 7_200) == 1
    found = desk.queries.tickets(TicketFilter(sites=(SITE,), workflow="move")).tickets
    assert sorted(ticket.data["unit"] for ticket in found) == ["3-1201", "3-1203"]  # type: ignore[type-var]


def test_a_schedule_hands_on_the_personal_columns_of_an_entry(desk: Desk, tmp_path: Path) -> None:
    """Sealed as before, under the key of the ticket."""
    keep(desk, "units", unit="3-1201", area=90, owner="王")
    schedules_text = SCHEDULES.replace("area: item.area}", "name: item.owner}")
    (tmp_path / "schedules.yaml").write_text(schedules_text, encoding="utf-8")
    process = MOVE.replace("roles: [clerk], requires: [unit]", "roles: [clerk, clock], requires: [unit]")
    desk.library.publish(folder_of(tmp_path, move=process), MONDAY, "lead")
    runs = ScheduleRuns(desk.database)
    opener = Opener(desk.engine, desk.library, desk.people, desk.store, desk.queries, runs)
    outcomes = Schedules(desk.library, desk.people, runs, opener).open_between(MONDAY, MONDAY + 7_201)
    [ticket] = [ticket for outcome in outcomes for ticket in outcome.tickets]
    assert desk.now_of(ticket).personal == {"name": "王"}
    assert "name" not in ticket.data


def test_a_process_without_registers_asks_for_none(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk.store, "entries", None)
    assert desk.open("repair", content="tap").ticket
