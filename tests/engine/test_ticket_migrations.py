"""Open tickets move to another version by a plan, each in one step, and come back as they were."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from engine_desk import HOUR, INSPECTION, MONDAY, SITE, Desk, T
from migration_office import FIRST, PLAN, SECOND, Migrations

from workflows.core.commands import CLOCK, Amend, Claim, Note
from workflows.errors import NotFound, Refusal, Stale
from workflows.replan import Replanner
from workflows.storage.audit.verify import verify
from workflows.storage.drivers.session import NOTHING, Session
from workflows.storage.tickets.privacy import Privacy
from workflows.timing.clock_operations import explain


@pytest.fixture
def office(desk: Desk, tmp_path: Path) -> Migrations:
    return Migrations.on(desk, tmp_path / "definitions")


def test_a_ticket_moves_with_its_state_fields_and_options_and_the_history_says_so(office: Migrations):
    ticket = office.open()
    office.publish(repair=SECOND)
    office.run()
    moved, clocks = office.loaded(ticket)
    assert (moved.version, moved.state, moved.seq, moved.assignee) == (3, "in-repair", 2, ticket.assignee)
    assert moved.data == {"content": "lift", "nature": "drains", "cost": 12.5}
    assert moved.personal == ticket.personal
    assert set(clocks) == {"state.in-repair", "whole"}
    kind, data = office.events(ticket)[-1]
    assert (kind, data["because"], data["version"]) == (
        "migrated",
        "sewage is called drains",
        {"from": 2, "to": 3},
    )
    assert (data["dropped"], "12.5" in str(data)) == (["nick"], False)
    assert list(verify(office.desk.database)) == []
    office.desk.fire(moved, "mend")


def test_applied_and_undone_every_row_is_as_it_was(office: Migrations):
    tickets = [office.open(), office.open(phone=None), office.open(content="gate", fee=None)]
    office.desk.fire(tickets[1], "doze", MONDAY + HOUR)
    office.desk.engine.sweep(MONDAY + 2 * HOUR)
    office.publish(repair=SECOND)
    before = office.standing()
    migration = office.run(now=MONDAY + 2 * HOUR)
    assert {office.loaded(each)[0].version for each in tickets} == {3}
    assert office.standing() != before
    office.undo(migration, MONDAY + 5 * HOUR)
    assert office.standing() == before
    assert list(verify(office.desk.database)) == []
    assert office.migrator.progress(migration).undone == 3


def test_what_cannot_be_converted_stays_and_is_named_by_its_number(office: Migrations):
    good, bad = office.open(), office.open(fee="a little")
    office.publish(repair=SECOND)
    previews = office.preview()
    assert previews[good.id].after is not None
    assert (previews[good.id].dropped, previews[good.id].lacking) == (("nick",), ())
    assert [each.field for each in previews[bad.id].reasons] == ["fee"]
    assert "a little" not in str(previews[bad.id].reasons)
    migration = office.run()
    ((number, reason),) = [
        (each.number, each.reason) for each in office.migrator.with_status(migration, "refused")
    ]
    assert (number, "a little" in (reason or "")) == (bad.number, False)
    assert office.loaded(bad)[0].version == 2
    office.desk.engine.do(
        Amend(site=SITE, ticket=bad.id, actor=office.desk.actor(), data={"fee": "3"}), MONDAY
    )
    office.migrator.retry(migration)
    assert office.migrator.run(migration, MONDAY, "lead") == 1
    assert office.loaded(bad)[0].data["cost"] == 3


@pytest.mark.parametrize(
    ("policy", "hours", "level"), [("keep", 2, 1), ("restart", 7, 0), ("recompute", 6, 1)]
)
def test_a_clock_is_kept_restarted_or_computed_anew(office: Migrations, policy: str, hours: int, level: int):
    """Two working hours from nine, of which one is over and a level has fired; the new version gives six.
    What has fired does not fire again, unless the promise begins again."""
    ticket = office.open()
    assert office.desk.engine.sweep(MONDAY + HOUR) == 1
    office.publish(repair=SECOND)
    plan = PLAN + f"clocks: {{state.in-repair: {policy}}}\n"
    ((_, before, after),) = [
        each
        for each in office.preview(plan, MONDAY + HOUR)[ticket.id].clocks
        if each.name == "state.in-repair"
    ]
    office.run(plan, MONDAY + HOUR)
    clock = office.loaded(ticket)[1]["state.in-repair"]
    assert (before, after) == (None, clock)
    assert (clock.due_at, clock.level) == (MONDAY + hours * HOUR, level)
    calendar = office.desk.library.latest("repair").calendar
    assert sum(each.end - each.start for each in explain(clock, calendar, 0) if each.counted) == clock.budget
    data = office.events(ticket)[-1][1]["clocks"]
    assert data["state.in-repair"]["how"] == policy
    fired = sum(office.desk.engine.sweep(MONDAY + 8 * HOUR) for _ in range(3))
    assert office.loaded(ticket)[1]["state.in-repair"].level == 2
    assert fired == 2 - level


def test_a_clock_that_the_version_lacks_is_stopped_and_one_that_it_has_besides_is_started(
    office: Migrations,
):
    ticket = office.open()
    lean = SECOND.replace("clocks:\n  whole:", "clocks:\n  all-of-it:")
    office.publish(repair=lean)
    before = office.standing()
    migration = office.run(now=MONDAY + HOUR)
    clocks = office.loaded(ticket)[1]
    assert (clocks["whole"].stopped_at, clocks["all-of-it"].started_at) == (MONDAY + HOUR, MONDAY + HOUR)
    office.undo(migration)
    assert office.standing() == before
    assert list(verify(office.desk.database)) == []


def test_a_promise_that_was_kept_stays_it_when_days_are_announced(office: Migrations):
    """Two working hours, though the version now gives six."""
    ticket, desk = office.open(), office.desk
    office.publish(repair=SECOND)
    office.run()
    said = {"hours": {"mon-fri": ["09:00-10:00", "14:00-18:00"]}}
    assert desk.people.change_calendar(SITE, "office", {}, said, CLOCK, MONDAY)
    Replanner(desk.engine, desk.library, desk.people, desk.store, desk.engine.calendars).replan(MONDAY)
    clock = office.loaded(ticket)[1]["state.in-repair"]
    assert (clock.promise, clock.due_at) == ("2 working hours", MONDAY + 6 * HOUR)


def test_a_step_taken_meanwhile_is_never_lost(office: Migrations):
    """Who saw the ticket before it moved is refused; the migration decides again on what it finds."""
    ticket, other = office.open(), office.open()
    office.publish(repair=SECOND)
    migration = office.start()
    for each in (ticket, other):
        office.desk.store.load(SITE, each.id)
    office.desk.fire(ticket, "doze", MONDAY)
    assert office.migrator.run(migration, MONDAY, "lead") == 2
    assert office.loaded(ticket)[0].state == "dozing"
    note = Note(site=SITE, ticket=other.id, actor=office.desk.actor(), note="x", expected=other.seq)
    with pytest.raises(Stale):
        office.desk.engine.do(note, MONDAY)


def test_an_undo_leaves_what_has_moved_on_and_says_so(office: Migrations):
    ticket, other = office.open(), office.open()
    office.publish(repair=SECOND)
    migration = office.run()
    office.desk.fire(ticket, "doze", MONDAY)
    office.undo(migration)
    assert (office.loaded(ticket)[0].version, office.loaded(other)[0].version) == (3, 2)
    (left,) = office.migrator.with_status(migration, "moved-on")
    assert (left.number, "moved on since" in (left.reason or "")) == (ticket.number, True)


def test_what_was_replaced_is_sealed_and_erased_with_the_ticket(office: Migrations):
    ticket, open_one = office.open(), office.open(phone=None)
    office.publish(repair=SECOND)
    office.run()
    kept = "SELECT ticket_id, replaced, sealed FROM migrated_tickets"
    rows = {row[0]: row[1:] for row in office.desk.rows(kept)}
    assert rows[ticket.id][0] is None
    assert rows[open_one.id][1] is None
    store = office.desk.store
    Privacy(office.desk.database, store).erase(SITE, ticket.id, office.desk.actor(), MONDAY)
    assert {row[0]: row[1:] for row in office.desk.rows(kept)}[ticket.id] == (None, None)


def test_an_assignee_who_may_not_go_on_hands_over(office: Migrations):
    ticket = office.open()
    desk = office.desk
    desk.engine.do(Claim(site=SITE, ticket=ticket.id, actor=desk.actor()), MONDAY)
    chiefs = SECOND.replace("roles: [clerk]}", "roles: [chief]}").replace(
        "owner: {role: clerk}, due: 6 working hours, escalation: standard",
        "owner: {role: chief}, due: 6 working hours",
    )
    office.publish(repair=chiefs)
    before = office.standing()
    migration = office.run(PLAN + "roles: {clerk: chief}\n")
    assert office.loaded(ticket)[0].assignee == "chen"
    office.undo(migration)
    assert office.standing() == before
    assert office.loaded(ticket)[0].assignee == "cleo"


def test_a_plan_is_proposed_for_those_on_older_versions(office: Migrations):
    ticket = office.open()
    office.publish(repair=SECOND)
    text = office.migrator.propose("repair")
    assert "open-job: in-repair" in text
    assert "sewage: drains" in text
    office.run(text)
    assert office.loaded(ticket)[0].state == "in-repair"
    with pytest.raises(NotFound):
        office.migrator.propose("repair")


def test_a_plan_leads_out_of_a_version_on_which_nothing_leads_on(office: Migrations):
    ticket = office.desk.fire(office.open(), "doze", MONDAY).ticket
    with office.desk.database.transaction() as session:  # as if later rules could read nothing of it any more
        session.run("UPDATE definitions SET text = 'lost' WHERE name = 'repair' AND version = 2")
    office.forget()
    with pytest.raises(Refusal):
        office.desk.fire(ticket, "wake")
    office.publish(repair=SECOND)
    office.run(PLAN.replace("from: 2", "from: any").replace("in-repair}", "in-repair, dozing: in-repair}"))
    moved = office.desk.fire(ticket, "mend", MONDAY).ticket
    assert moved.category == "closed"


def test_an_open_parent_is_not_stranded_and_moves_together_with_its_children(office: Migrations):
    """It waits for a state of its children by name; alone, neither of them may move."""
    seen = INSPECTION.replace("c.closed", "c.closed || c.state == 'open-job'")
    waits = seen.replace("auto: true\n", "roles: [clerk]\n")
    office.publish(repair=FIRST, inspection=waits)
    parent = office.desk.inspection("roof").ticket
    (child,) = office.desk.store.children(SITE, parent.id)
    office.publish(repair=SECOND, inspection=waits.replace("'open-job'", "'in-repair'"))
    alone = office.preview()[child.id]
    assert [each.code for each in alone.reasons] == ["family-stranded"]
    assert parent.number in alone.reasons[0].message
    parents = "process: inspection\nfrom: any\nto: latest\nbecause: x\n"
    assert [each.code for each in office.preview(parents)[parent.id].reasons] == ["family-stranded"]
    office.run(PLAN + "also: [{process: inspection, from: any, to: latest}]\n")
    assert office.desk.now_of(parent).version == office.desk.library.latest("inspection").version
    assert office.desk.now_of(child.id).state == "in-repair"
    assert office.desk.fire(parent, "join").ticket.state == "signed"


def test_a_parent_stays_where_what_its_child_became_is_still_understood(office: Migrations):
    """The end of the repairs gets another name. A parent whose repair ended under the old one finishes on its
    own version; one whose repair is still open moves together with it."""
    waits = INSPECTION.replace("c.closed", "c.state == 'mended'").replace("auto: true\n", "roles: [clerk]\n")
    office.publish(repair=FIRST, inspection=waits)
    ended, going_on = (office.desk.inspection(place).ticket for place in ("roof", "cellar"))
    (child,) = office.desk.store.children(SITE, ended.id)
    office.desk.fire(child.id, "mend")
    new = {"repair": FIRST.replace("mended", "put-right"), "inspection": waits.replace("mended", "put-right")}
    office.publish(**new)
    plan = "process: inspection\nfrom: any\nto: latest\nbecause: x\n"
    plan += "also: [{process: repair, from: any, to: latest}]\n"
    office.run(plan)
    stays, moved = office.desk.now_of(ended), office.desk.now_of(going_on)
    latest = office.desk.library.latest("inspection").version
    assert (stays.version, moved.version) == (latest - 1, latest)
    (refusal,) = office.preview(plan)[ended.id].reasons
    assert (refusal.code, refusal.facts["number"]) == ("ended-child-unrecognised", child.number)
    assert office.desk.fire(ended.id, "join").ticket.state == "signed"
    (child,) = office.desk.store.children(SITE, going_on.id)
    office.desk.fire(child.id, "mend")
    assert office.desk.fire(going_on.id, "join").ticket.state == "signed"


@pytest.mark.parametrize("undoing", [False, True])
def test_interrupted_between_any_two_statements_it_goes_on(
    office: Migrations, monkeypatch: pytest.MonkeyPatch, undoing: bool
):
    """Each time a statement that writes fails; the next run goes on, until there is nothing left to do."""
    tickets = [office.open(), office.open(phone=None)]
    office.publish(repair=SECOND)
    before = office.standing()
    migration = office.run() if undoing else office.start()
    run, failures = Session.run, 0

    def work() -> bool:
        act = office.migrator.undo if undoing else office.migrator.run
        return bool(act(migration, MONDAY, "lead"))

    for failing in range(1, 40):
        count = 0

        def fail(session: Session, statement: Any, row: Any = NOTHING, failing: int = failing) -> Any:
            nonlocal count
            text = statement if isinstance(statement, str) else statement.text
            count += not text.startswith(("SELECT", "SAVEPOINT", "BEGIN"))
            if count == failing:
                raise KeyboardInterrupt
            return run(session, statement, row)

        monkeypatch.setattr(Session, "run", fail)
        try:
            going = work()
        except KeyboardInterrupt:
            failures, going = failures + 1, True
        monkeypatch.setattr(Session, "run", run)
        assert list(verify(office.desk.database)) == []
        if not going:
            break
    assert failures > 1
    assert {office.loaded(each)[0].version for each in tickets} == {2 if undoing else 3}
    if not undoing:
        office.undo(migration)
    assert office.standing() == before


def test_a_moved_ticket_is_found_as_if_it_were_indexed_anew(office: Migrations):
    office.open(content="leaking lift")
    office.publish(
        repair=SECOND.replace("summary: content", "summary: matter").replace(
            f"  content: {{type: text, title: {T}}}\n",
            f"  content: {{type: text, title: {T}}}\n  matter: {{type: text, title: {T}}}\n",
        )
    )
    office.run(PLAN.replace("nick: drop", "nick: drop\n  content: matter"))
    terms = office.desk.rows("SELECT terms FROM texts ORDER BY ticket_id")
    assert "leaking" in terms[0][0]
    with office.desk.database.transaction() as session:
        session.run("UPDATE texts SET edition = -1")
    assert office.desk.store.indexer.renew() == 1
    assert office.desk.rows("SELECT terms FROM texts ORDER BY ticket_id") == terms


def test_what_is_only_for_some_moves_too_and_comes_back(office: Migrations):
    """Whoever set the desk going need not be among its readers; units and personal values are found as
    before."""
    some = "readers: [clerk]\nvisible: {to: [chief]}\n"
    office.publish(repair=FIRST.replace("readers: [clerk]\n", some))
    ticket = office.open()
    assert ticket.audience is not None
    office.publish(repair=SECOND.replace("readers: [clerk]\n", some))
    before = office.standing()
    migration = office.run(PLAN.replace("from: 2", "from: any"))
    assert office.loaded(ticket)[0].state == "in-repair"
    office.undo(migration)
    assert office.standing() == before
