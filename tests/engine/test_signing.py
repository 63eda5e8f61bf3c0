"""Sign-off: everybody, some, a veto, and asking again after a change."""

from __future__ import annotations

from pathlib import Path

import pytest
from engine_desk import SITE, Desk
from signing import Asking, signing_desk

from workflows.storage.database import Database


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    """A desk that asks for endorsements."""
    return signing_desk(database, tmp_path / "definitions")


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
    situation = desk.inspection("roof")
    desk.fire(situation.children[0].id, "grow")
    assert [child.round for child in desk.store.children(SITE, situation.ticket.id)] == [2, 2]
