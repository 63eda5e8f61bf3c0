"""Turns on a database: given out once each, in the step's own transaction, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from engine_desk import SITE
from turn_desk import Office, keeping, sales_folder

from workflows.errors import Blocked, Forbidden, Invalid, NotFound
from workflows.storage.database import Database

DAY = 86_400


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the definitions are written."""
    texts = tmp_path / "definitions"
    texts.mkdir()
    return texts


@pytest.fixture
def office(database: Database, folder: Path) -> Office:
    """The office on a morning on which all three have signed in."""
    office = Office.on(database, sales_folder(folder))
    for who in ("wang", "li", "zhao"):
        office.tells(who, "sign-in")
    return office


def test_the_next_in_turn_gets_the_ticket_and_the_history_says_why(office: Office) -> None:
    tickets = [office.received() for _ in range(3)]
    assert [ticket.assignee for ticket in tickets] == ["wang", "li", "zhao"]
    assert tickets[1].data == {"consultant": "li", "has": "li"}
    why = office.why(tickets[1])
    assert (why["rule"], why["occasion"], why["person"]) == ("project 2, 8", "new-client", "li")
    assert {each["person"]: each["why"] for each in why["verdicts"]} == {
        "li": "in-turn",
        "wang": "had-turn",
        "zhao": "later",
    }


def test_the_occasion_may_stand_in_a_field_and_who_was_chosen_is_told(office: Office) -> None:
    ticket = office.fire(office.open(), "sort", kind="old-client", original="zhao")
    assert ticket.assignee == "zhao"
    assert office.why(ticket)["occasion"] == "old-client"
    told = office.queries.messages("pending", None, 10)
    assert [(each.recipient, each.role) for each in told.messages] == [("zhao", "consultant")]
    with pytest.raises(Invalid, match="kind"):
        office.fire(office.open(), "sort")


def test_with_nobody_free_the_ticket_waits_to_be_given(office: Office) -> None:
    for _ in range(3):
        office.received()
    ticket = office.received()
    assert ticket.assignee is None
    assert {each["why"] for each in office.why(ticket)["verdicts"]} == {"receiving"}


def test_a_free_service_is_made_up_before_the_order_goes_on(office: Office) -> None:
    office.fire(office.received(), "finish", deal=False)
    assert office.received().assignee == "wang"
    assert office.received().assignee == "li"


def test_a_client_recognised_in_mid_reception_goes_on_with_his_own(office: Office) -> None:
    ticket = office.fire(office.received(), "recognise", original="zhao")
    assert (ticket.assignee, ticket.data["consultant"]) == ("zhao", "zhao")
    assert office.received().assignee == "wang"
    office.fire(ticket, "finish", deal=True)
    assert [office.received().assignee, office.received().assignee] == ["li", "zhao"]


def test_two_desks_at_the_same_moment_never_give_one_turn_twice(office: Office) -> None:
    waiting = [office.open() for _ in range(3)]
    with ThreadPoolExecutor(3) as desks:
        received = list(desks.map(lambda ticket: office.fire(ticket, "receive").assignee, waiting))
    assert sorted(filter(None, received)) == ["li", "wang", "zhao"]
    roster = office.store.rosters.load(SITE, "sales")
    assert [place.used for place in roster.places] == [1, 1, 1]
    log = office.store.rosters.read_log(SITE, "sales", roster.day)
    assert [entry.seq for entry in log] == list(range(1, roster.seq + 1))


def test_people_who_sign_in_at_the_same_moment_have_one_place_each(database: Database, folder: Path) -> None:
    office = Office.on(database, sales_folder(folder))
    with ThreadPoolExecutor(3) as doors:
        list(doors.map(lambda who: office.tells(who, "sign-in"), ("wang", "li", "zhao")))
    assert sorted(place.person for place in office.store.rosters.load(SITE, "sales").places) == [
        "li",
        "wang",
        "zhao",
    ]


def test_a_refused_step_leaves_the_roster_as_it_was(office: Office) -> None:
    before = office.store.rosters.load(SITE, "sales")
    with pytest.raises(Forbidden):
        office.fire(office.open(), "meet", who="wang", original="li")
    assert office.store.rosters.load(SITE, "sales") == before


def test_a_step_reads_a_roster_once_whichever_rows_speak_of_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket, read = office.open(), []
    load = office.store.rosters.load
    monkeypatch.setattr(office.store.rosters, "load", lambda *asked: read.append(asked) or load(*asked))
    office.fire(ticket, "receive")
    assert read == [(SITE, "sales")]


def test_a_suspension_lasts_three_working_days_from_the_next_one_on(office: Office) -> None:
    dispute = office.fire(office.open("dispute", accused="wang"), "prove", rests=[{"day": "2026-03-04"}])
    assert dispute.data["last_day"] == "2026-03-06"  # Tuesday, Thursday, Friday: on Wednesday he rests
    assert office.received().assignee == "wang"
    for days, receives in ((1, "li"), (4, "li"), (7, "wang")):
        later = Office(office.engine, office.people, office.store, office.queries, office.now + days * DAY)
        for who in ("wang", "li"):
            later.tells(who, "sign-in")
        assert later.received().assignee == receives


def test_a_suspension_may_be_lifted(office: Office) -> None:
    dispute = office.fire(office.open("dispute", accused="wang"), "prove")
    office.fire(dispute, "lift")
    assert office.store.rosters.load(SITE, "sales").suspensions == ()


def test_who_has_left_the_company_is_passed_over(office: Office) -> None:
    office.people.update_staff("wang", active=False)
    assert office.received().assignee == "li"


def test_who_may_say_what_of_whom(office: Office) -> None:
    office.tells("wang", "leave", leave="official")
    office.tells("chen", "return", about="wang")
    with pytest.raises(Forbidden, match="this is for: chief"):
        office.tells("wang", "sign-out", about="li")
    with pytest.raises(Forbidden, match="this is for: chief"):
        office.tells("wang", "permit")
    with pytest.raises(Invalid, match="takes no turns here"):
        office.tells("chen", "sign-in")
    with pytest.raises(Blocked, match="has signed in already"):
        office.tells("wang", "sign-in")
    with pytest.raises(NotFound, match="did you mean 'sales'"):
        office.engine.rosters.find(SITE, "sale")


def strategic(database: Database, folder: Path, by: str, more: str = "") -> Office:
    return Office.on(database, sales_folder(folder, record=keeping(by, more)))


def test_least_loaded_counts_all_open_work(database: Database, folder: Path) -> None:
    office = strategic(database, folder, "least-loaded")
    office.tells("li", "sign-in")
    office.received()  # li has one
    found = [office.open("record").assignee for _ in range(4)]
    assert found == ["wang", "zhao", "li", "wang"]


def test_least_loaded_asks_nobody_who_is_absent(database: Database, folder: Path) -> None:
    office = strategic(database, folder, "least-loaded")
    office.away("li")
    ticket = [office.open("record") for _ in range(4)][-1]
    assert ticket.assignee == "zhao"
    assert {"person": "li", "why": "away", "turn": "untouched"} in office.why(ticket)["verdicts"]


def test_balanced_is_equal_by_number_and_weighed_by_ability(database: Database, folder: Path) -> None:
    office = strategic(database, folder, "balanced", ", roster: sales")
    for who, ability in (("wang", 200), ("li", 100), ("zhao", 0)):
        office.tells(who, "sign-in")
        office.tells("chen", "describe", about=who, ability=ability)
    found = [office.open("record").assignee for _ in range(6)]
    assert (found.count("wang"), found.count("li"), found.count("zhao")) == (4, 2, 0)


def test_rotation_goes_round_those_on_shift(database: Database, folder: Path) -> None:
    office = strategic(database, folder, "rotation", ", roster: sales")
    assert office.open("record").assignee is None  # nobody is on shift
    for who in ("wang", "zhao"):
        office.tells(who, "sign-in")
    assert [office.open("record").assignee for _ in range(3)] == ["wang", "zhao", "wang"]
    office.tells("li", "sign-in")
    assert [office.open("record").assignee for _ in range(3)] == ["li", "zhao", "wang"]


def test_many_at_once_are_shared_out_evenly(database: Database, folder: Path) -> None:
    office = strategic(database, folder, "least-loaded")
    with ThreadPoolExecutor(4) as desks:
        found = [each.assignee for each in desks.map(lambda _: office.open("record"), range(6))]
    assert sorted(found, key=str) == ["li", "li", "wang", "wang", "zhao", "zhao"]


def test_a_day_can_be_looked_at_afterwards(office: Office) -> None:
    office.received()
    day = office.store.rosters.load(SITE, "sales").day
    assert day == "2026-03-02"
    office.now += DAY
    office.tells("zhao", "sign-in")
    then = office.store.rosters.load_day(SITE, "sales", day)
    assert then is not None
    assert [place.person for place in then.places] == ["wang", "li", "zhao"]
    assert then.by_person["wang"].used == 1
    assert office.store.rosters.load_day(SITE, "sales", "2026-03-01") is None
