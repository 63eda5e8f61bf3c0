"""Sign-off: everybody, some, a veto, and asking again after a change."""

from __future__ import annotations

from pathlib import Path

import pytest
from approval_processes import ENDORSEMENT, Asking, signing_desk
from engine_desk import INSPECTION, SITE, Desk
from test_engine import together

from workflows.storage.audit.verify import verify
from workflows.storage.database import Database


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    """A desk that asks for endorsements."""
    in_turn = INSPECTION.replace("workflow: inspection", "workflow: inspection-in-turn")
    in_turn = in_turn.replace("'I-", "'IT-").replace("as: rework", "as: rework\n        in: sequence")
    return signing_desk(database, tmp_path / "definitions", **{"inspection-in-turn": in_turn})


def test_in_parallel_all_are_asked_at_once_and_the_last_one_decides(desk: Desk):
    asking = Asking(desk, "parallel", "eng", "sec", "fin")
    assert asking.stand() == [("eng", "asked"), ("sec", "asked"), ("fin", "asked")]
    assert [asking.answer("fin"), asking.answer("eng"), asking.answer("sec")] == ["asked", "asked", "agreed"]


def test_two_of_three_are_enough(desk: Desk):
    asking = Asking(desk, "two-of-three", "eng", "sec", "fin")
    assert [asking.answer("fin"), asking.answer("eng", "refuse"), asking.answer("sec")] == [
        "asked",
        "asked",
        "agreed",
    ]


def test_one_no_is_a_veto(desk: Desk):
    asking = Asking(desk, "veto", "eng", "sec", "fin")
    asking.answer("fin")
    assert asking.answer("sec", "refuse") == "refused"
    assert asking.stand() == [("eng", "withdrawn"), ("sec", "refused"), ("fin", "approved")]


def test_after_a_change_all_are_asked_again_and_what_they_said_before_does_not_count(desk: Desk):
    asking = Asking(desk, "veto", "eng", "sec")
    assert asking.answer("eng") == "asked"
    asking.ask("eng", "sec", "fin")
    assert asking.stand() == [
        ("eng", "approved"),
        ("sec", "asked"),
        ("eng", "asked"),
        ("sec", "asked"),
        ("fin", "asked"),
    ]
    assert [asking.answer(whom) for whom in ("sec", "fin", "eng")] == ["asked", "asked", "agreed"]
    assert [child.round for child in asking.children()] == [2, 2, 4, 4, 4]


def test_nor_does_an_old_no(desk: Desk):
    asking = Asking(desk, "veto", "eng", "sec")
    asking.ask("fin")
    assert asking.answer("sec", "refuse") == "asked"
    assert asking.answer("fin") == "agreed"


def test_asked_again_of_nobody_nobody_of_before_counts(desk: Desk):
    asking = Asking(desk, "two-of-three", "eng", "sec")
    asking.answer("eng")
    asking.ask("fin")
    assert asking.answer("sec") == "asked"


def test_what_they_wrote_may_be_asked(desk: Desk):
    asking = Asking(desk, "cheap", "eng", "sec", "fin")
    assert asking.answer("eng", fee="9.50", phone="13800000000") == "asked"
    assert asking.answer("sec", fee="10.50") == "asked"
    assert asking.answer("fin", fee="9.99") == "agreed"


def test_it_is_read_only_where_it_is_asked_for(desk: Desk):
    asking = Asking(desk, "cheap", "eng")
    asking.answer("eng", fee="9.50", phone="13800000000")
    (seen,) = desk.engine.look(SITE, asking.id, None).children
    assert (seen.data["fee"], seen.data["by"], "phone" in seen.data) == (9.5, None, False)
    other = Asking(desk, "parallel", "eng")
    assert [dict(child.data) for child in desk.engine.look(SITE, other.id, None).children] == [{}]


def test_a_successor_is_of_its_predecessors_round(desk: Desk):
    context = desk.inspection("roof")
    desk.fire(context.children[0].id, "grow")
    assert [child.round for child in desk.store.children(SITE, context.ticket.id)] == [2, 2]


class TestInSequence:
    def test_the_next_is_asked_when_the_one_before_has_answered(self, desk: Desk):
        asking = Asking(desk, "sequential", "eng", "sec", "fin")
        assert asking.stand() == [("eng", "asked")]
        assert asking.answer("eng") == "asked"
        assert asking.stand() == [("eng", "approved"), ("sec", "asked")]
        assert [asking.answer("sec"), asking.answer("fin")] == ["asked", "agreed"]
        assert [child.round for child in asking.children()] == [2, 2, 2]
        assert not list(verify(desk.database))

    def test_both_happen_in_one_step_of_the_request(self, desk: Desk):
        asking = Asking(desk, "sequential", "eng", "sec")
        before = asking.here.seq
        asking.answer("eng")
        assert (asking.here.seq, asking.here.trail.asked) == (before + 1, {"endorsements": [2, 0, 2]})

    def test_who_ends_cancelled_stops_it(self, desk: Desk):
        asking = Asking(desk, "sequential", "eng", "sec")
        assert asking.answer("eng", "give-up") == "asked"
        assert asking.stand() == [("eng", "withdrawn")]

    def test_after_a_veto_nobody_else_is_troubled(self, desk: Desk):
        asking = Asking(desk, "sequential-veto", "eng", "sec", "fin")
        asking.answer("eng")
        assert asking.answer("sec", "refuse") == "refused"
        assert asking.stand() == [("eng", "approved"), ("sec", "refused")]

    def test_nor_when_enough_have_agreed(self, desk: Desk):
        asking = Asking(desk, "sequential-two", "eng", "sec", "fin")
        assert [asking.answer("eng"), asking.answer("sec")] == ["asked", "agreed"]
        assert asking.stand() == [("eng", "approved"), ("sec", "approved")]

    def test_nor_when_what_they_wrote_is_enough(self, desk: Desk):
        asking = Asking(desk, "sequential-cheap", "eng", "sec", "fin")
        assert [asking.answer("eng", fee="1"), asking.answer("sec", fee="2")] == ["asked", "agreed"]
        assert len(asking.children()) == 2

    def test_asked_again_it_begins_anew_and_the_old_one_asks_nobody(self, desk: Desk):
        asking = Asking(desk, "sequential", "eng", "sec")
        asking.ask("sec", "fin")
        old, new = asking.children()
        desk.fire(old, "approve")
        assert asking.stand() == [("eng", "approved"), ("sec", "asked")]
        assert [asking.answer("sec"), asking.answer("fin")] == ["asked", "agreed"]
        assert new.round == 3

    def test_what_was_changed_meanwhile_counts_for_the_next(self, desk: Desk):
        asking = Asking(desk, "sequential", "eng", "sec")
        desk.fire(asking.id, "postpone", by="2026-03-02T09:00:00Z", subject="A wall")
        asking.answer("eng")
        assert [child.data["subject"] for child in asking.children()] == ["A wall", "A wall"]

    def test_the_end_of_the_request_is_the_end_of_it(self, desk: Desk):
        asking = Asking(desk, "sequential", "eng", "sec", subject="sacred")
        desk.fire(asking.id, "stop")
        assert asking.answer("eng") == "refused"
        assert asking.stand() == [("eng", "approved")]

    def test_nobody_to_be_asked_is_nobody_to_wait_for(self, desk: Desk):
        found = desk.open("inspection-in-turn", place="House 3").ticket
        assert found is not None
        context = desk.fire(found, "report", round=[{"item": "roof", "result": "pass"}])
        assert (context.ticket.state, context.children) == ("signed", ())

    def test_one_that_goes_on_as_another_is_waited_for(self, desk: Desk):
        found = desk.open("inspection-in-turn", place="House 3").ticket
        assert found is not None
        failed = [{"item": item, "result": "fail"} for item in ("roof", "door")]
        context = desk.fire(found, "report", round=failed)
        desk.fire(context.children[0].id, "grow")
        children = desk.store.children(SITE, found.id)
        assert sorted((c.workflow, c.state) for c in children) == [("order", "ordered"), ("repair", "grown")]
        desk.fire(next(child.id for child in children if not child.closed), "deliver")
        assert [c.state for c in desk.store.children(SITE, found.id) if not c.closed] == ["open-job"]

    def test_a_child_that_ends_at_once_is_followed_at_once(self, desk: Desk):
        asking = Asking(desk, "sequential", "eng", "sec", subject="trifle")
        assert (asking.here.state, asking.stand()) == ("agreed", [("eng", "approved"), ("sec", "approved")])

    def test_one_that_is_not_for_all_to_see_is_followed_too(self, database: Database, tmp_path: Path):
        restricted = ENDORSEMENT.replace("readers: [chief]", "readers: [chief]\nvisible: {to: [clerk]}")
        asking = Asking(
            signing_desk(database, tmp_path / "restricted", endorsement=restricted),
            "sequential",
            "eng",
            "sec",
        )
        assert [asking.answer("eng"), asking.answer("sec")] == ["asked", "agreed"]

    def test_two_that_end_at_the_same_moment_ask_the_next_once(self, desk: Desk):
        asking = Asking(desk, "sequential", "eng", "sec", "fin")
        (child,) = asking.children()
        together(lambda: desk.fire(child, "approve"), lambda: desk.fire(child, "approve"))
        assert asking.stand() == [("eng", "approved"), ("sec", "asked")]
