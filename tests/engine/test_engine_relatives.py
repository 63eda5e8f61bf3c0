"""What a ticket asks of its children and of its parent, and what both histories say of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from approval_processes import ENDORSEMENT, Asking, signing_desk
from engine_desk import HOUR, MONDAY, SITE, Desk

from workflows.core.commands import Amend, Fire
from workflows.errors import Refusal
from workflows.storage.audit.verify import verify
from workflows.storage.database import Database

AT_NOON, AT_FIVE = "2026-03-02T04:00:00Z", "2026-03-02T09:00:00Z"


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    """A desk that asks for endorsements."""
    return signing_desk(database, tmp_path / "definitions")


def last(desk: Desk, ticket: str) -> tuple[str, str | None, str, str | None, str]:
    """The last line of a ticket's history: kind, trigger, who, on whose behalf, and the note."""
    past = desk.queries.history(SITE, ticket)[-1]
    return past.kind, past.trigger, past.actor_name, past.on_behalf, past.note


class TestFiring:
    def test_every_open_child_takes_the_step(self, desk: Desk):
        asking = Asking(desk, "parallel", "eng", "sec", "fin")
        asking.answer("sec")
        desk.fire(asking.id, "stop")
        assert asking.stand() == [("eng", "withdrawn"), ("sec", "approved"), ("fin", "withdrawn")]
        assert [child.data.get("reason") for child in asking.children()] == [
            "stopped: A fence",
            None,
            "stopped: A fence",
        ]

    def test_both_histories_say_so(self, desk: Desk):
        asking = Asking(desk, "parallel", "eng", "sec")
        desk.fire(asking.id, "stop")
        number = asking.here.number
        for child in asking.children():
            assert last(desk, child.id) == ("fire", "withdraw", "parent", "cleo", f"parent {number}")
        notes = [past.note for past in desk.queries.history(SITE, asking.id)]
        assert notes[2:] == [
            "asks for withdraw: endorsements E-001, E-002",
            "child E-001 has ended",
            "child E-002 has ended",
        ]
        assert not list(verify(desk.database))

    def test_one_where_it_is_not_available_stays_as_it_is(self, desk: Desk):
        asking = Asking(desk, "parallel", "eng", subject="sacred")
        desk.fire(asking.id, "stop")
        assert (asking.here.state, asking.stand()) == ("refused", [("eng", "asked")])

    def test_nobody_else_may_take_a_step_that_is_a_relatives(self, desk: Desk):
        asking = Asking(desk, "parallel", "eng")
        with pytest.raises(Refusal) as caught:
            desk.fire(asking.children()[0], "withdraw")
        assert [(reason.code, reason.who) for reason in caught.value.reasons] == [
            ("role-needed", ("parent",))
        ]

    def test_a_child_moves_its_parent(self, desk: Desk):
        asking = Asking(desk, "parallel", "eng", "sec")
        assert asking.answer("sec", "object", reason="too high") == "drafted"
        assert asking.here.data["reason"] == "too high"
        assert last(desk, asking.id) == ("fire", "doubt", "child", "cleo", "child E-002")
        assert last(desk, asking.children()[1].id)[-1] == "asks for doubt: parent"

    def test_a_parent_that_has_gone_on_is_left_alone(self, desk: Desk):
        asking = Asking(desk, "parallel", "eng", "sec")
        asking.answer("eng", "object", reason="too high")
        assert asking.answer("sec", "object", reason="too low") == "drafted"
        assert asking.here.data["reason"] == "too high"

    def test_a_ticket_without_a_parent_asks_nobody(self, desk: Desk):
        alone = desk.open("endorsement", whom="eng", subject="A fence").ticket
        assert alone is not None
        desk.fire(alone, "object", reason="why not")
        assert last(desk, alone.id)[-1] == ""

    def test_what_its_form_lacks_refuses_the_whole_step(self, desk: Desk):
        asking = Asking(desk, "parallel", "eng")
        with pytest.raises(Refusal, match="reason is needed"):
            asking.answer("eng", "object")
        assert asking.children()[0].seq == 1


class TestAmending:
    def test_the_children_follow_and_so_do_their_deadlines(self, desk: Desk):
        asking = Asking(desk, "parallel", "eng", "sec", by=AT_NOON)
        asking.answer("sec")
        desk.fire(asking.id, "postpone", by=AT_FIVE)
        eng, sec = asking.children()
        assert (eng.data["by"], eng.due_at) == (AT_FIVE, MONDAY + 6 * HOUR)
        assert (sec.data["by"], sec.seq) == (AT_NOON, 2)

    def test_both_histories_say_so(self, desk: Desk):
        asking = Asking(desk, "parallel", "eng", by=AT_NOON)
        desk.fire(asking.id, "postpone", by=AT_FIVE)
        assert last(desk, asking.id)[-1] == "amends by, subject: endorsements E-001"
        number = asking.here.number
        assert last(desk, asking.children()[0].id) == ("amend", None, "parent", "cleo", f"parent {number}")

    def test_what_is_so_already_is_no_step(self, desk: Desk):
        asking = Asking(desk, "parallel", "eng", by=AT_NOON)
        desk.fire(asking.id, "postpone", by=AT_NOON)
        assert asking.children()[0].seq == 1

    def test_the_child_keeps_what_it_was_opened_with(self, desk: Desk):
        asking = Asking(desk, "parallel", "eng", by=AT_NOON)
        (child,) = asking.children()
        command = Amend(
            site=SITE, ticket=child.id, actor=desk.actor(), data={"subject": None}, by_relative=True
        )
        with pytest.raises(Refusal, match="subject is needed"):
            desk.engine.do(command, MONDAY)

    def test_a_child_of_an_older_version_takes_what_it_knows(self, desk: Desk):
        asking = Asking(desk, "parallel", "eng", by=AT_NOON)
        (child,) = asking.children()
        data = {"by": AT_FIVE, "colour": "red"}
        desk.engine.do(
            Amend(site=SITE, ticket=child.id, actor=desk.actor(), data=data, by_relative=True), MONDAY
        )
        assert asking.children()[0].data["by"] == AT_FIVE


def test_relatives_that_ask_each_other_for_ever_are_stopped(database: Database, tmp_path: Path):
    ping = ENDORSEMENT.replace(
        "on: parent, with: {reason: reason}", "on: parent, with: {reason: \"'x'\"}"
    ).replace("roles: [clerk]\n    accepts: [reason]", "roles: [clerk, parent]\n    accepts: [reason]")
    desk = signing_desk(
        database,
        tmp_path / "definitions",
        change=lambda each: each.replace(
            "{trigger: doubt,",  # on a condition: without one the check finds it
            "{trigger: doubt, effects: [{fire: object, on: endorsements, when: ticket.state != 'drafted'}],",
        ).replace("from: asked, to: drafted, roles: [child]", "from: asked, roles: [child]"),
        endorsement=ping,
    )
    asking = Asking(desk, "parallel", "eng")
    with pytest.raises(Refusal, match="more than 2000 others"):
        asking.answer("eng", "object")
    assert asking.children()[0].seq == 1


def test_a_command_of_kin_is_nothing_to_a_ticket_in_another_state(desk: Desk):
    asking = Asking(desk, "parallel", "eng")
    command = Fire(site=SITE, ticket=asking.id, actor=desk.actor(), trigger="doubt", by_relative=True)
    assert desk.engine.do(command, MONDAY).ticket == asking.here
