"""A wrong move is refused with every reason at once and changes nothing; mend exactly those, and it goes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from form_answers import COMPLAINT, REPAIR, in_days, staff_id, told
from running_desk import ELSEWHERE, Json, RunningDesk, Said

NATURE = {"nature": "valid", "subject": "cleaning", "severity": "low"}


@pytest.fixture
def complaint(desk: RunningDesk) -> Json:
    """A complaint that has just been registered."""
    return desk("receptionist").open("complaint", **COMPLAINT)


def refused(desk: RunningDesk, ticket: Json, move: Callable[[], Said], status: int, codes: list[str]) -> Said:
    """The refusal of a move after which the ticket, its history and all others are as they were."""
    before, census = desk.standing(ticket), desk.census()
    answer = move()
    assert (answer.status, answer.codes) == (status, codes), answer.body.decode()
    assert desk.standing(ticket) == before
    assert desk.census() == census
    return answer


def test_who_has_not_the_role_hears_whose_step_it_is(desk: RunningDesk, complaint: Json) -> None:
    """403, with the roles; one of them can do the very same."""
    answer = refused(
        desk,
        complaint,
        lambda: desk("repair-worker").tries(complaint, "determine-nature", **NATURE),
        403,
        ["role-needed"],
    )
    assert "cs-officer" in answer.reasons[0]["who"]
    desk("cs-officer").does(complaint, "determine-nature", **NATURE)


def test_who_may_not_open_a_ticket_hears_who_may(desk: RunningDesk) -> None:
    """403, and no ticket comes about."""
    census = desk.census()
    answer = desk("cleaner").try_to_open("complaint", **COMPLAINT)
    assert (answer.status, answer.codes) == (403, ["role-needed"])
    assert "receptionist" in answer.reasons[0]["who"]
    assert desk.census() == census


def test_every_missing_and_every_wrong_field_is_named_at_once(desk: RunningDesk) -> None:
    """422 for the start form; what it names, and no more, has to be mended."""
    census = desk.census()
    flawed = {"contact": "call me", "channel": "pigeon", "contnet": "…"}
    answer = desk("receptionist").try_to_open("complaint", **flawed)
    assert answer.status == 422
    assert answer.fields == {"complainant", "contact", "channel", "content", "contnet"}
    assert desk.census() == census
    mended = {name: value for name, value in flawed.items() if name not in answer.fields}
    mended |= {name: COMPLAINT[name] for name in answer.fields if name in COMPLAINT}
    assert desk("receptionist").try_to_open("complaint", **mended).status == 201


def test_a_step_without_its_fields_names_them_all(desk: RunningDesk, complaint: Json) -> None:
    """422; the named fields are enough."""
    ticket = told(desk, complaint, ("cs-officer", "determine-nature", NATURE))
    answer = refused(
        desk, ticket, lambda: desk("cs-officer").tries(ticket, "assign-department"), 422, ["missing-field"]
    )
    assert answer.fields == {"department"}
    desk("cs-officer").does(ticket, "assign-department", department="environment")


def test_a_guard_says_which_values_it_saw_beside_all_that_is_missing(
    desk: RunningDesk, complaint: Json
) -> None:
    """409: nobody goes for the department but its head, and nothing is left for a second refusal."""
    ticket = told(
        desk,
        complaint,
        ("cs-officer", "determine-nature", NATURE),
        ("cs-officer", "assign-department", {"department": "environment"}),
    )
    head = desk("dept-head.environment")
    answer = refused(
        desk,
        ticket,
        lambda: head.tries(ticket, "visit-site", head_on_site=False),
        409,
        ["guard", "missing-field"],
    )
    guard, missing = sorted(answer.reasons, key=lambda reason: str(reason["code"]))
    assert guard["saw"] == {"head_on_site": False}
    assert missing["field"] == "findings"
    head.does(ticket, "visit-site", head_on_site=True, findings="大堂有积尘")


def test_who_saw_an_older_step_must_look_again(desk: RunningDesk, complaint: Json) -> None:
    """412 with the step it stands at."""
    ticket = told(desk, complaint, ("cs-officer", "determine-nature", NATURE))
    officer = desk("cs-officer")
    answer = refused(
        desk,
        ticket,
        lambda: officer.tries(complaint, "assign-department", department="environment"),
        412,
        ["stale"],
    )
    assert answer.reasons[0]["saw"] == 2
    assert officer.tries(ticket, "assign-department", department="environment").status == 201


def test_a_write_without_if_match_is_refused(desk: RunningDesk, complaint: Json) -> None:
    """428: on every write to a ticket."""
    officer, path = desk("cs-officer"), f"/api/tickets/{complaint['number']}"
    writes: list[tuple[str, str, Json]] = [
        ("POST", f"{path}/transitions", {"trigger": "determine-nature", "data": NATURE}),
        ("POST", f"{path}/notes", {"text": "…"}),
        ("POST", f"{path}/claim", {}),
        ("PUT", f"{path}/assignee", {"assignee": None}),
        ("PATCH", f"{path}/data", {"unit": "1-101"}),
    ]
    for method, where, body in writes:
        refused(desk, complaint, partial(officer.send, method, where, body), 428, ["if-match-needed"])


@pytest.mark.parametrize("tag", ["*", "1", 'W/"1"', '"1", "2"', '"01"', '"99999999999"', "''"])
def test_a_loose_if_match_is_refused(desk: RunningDesk, complaint: Json, tag: str) -> None:
    """400: it must be the one strong ETag that was seen."""
    body = {"trigger": "determine-nature", "data": NATURE}
    refused(
        desk,
        complaint,
        lambda: desk("cs-officer").try_with(complaint, body, If_Match=tag),
        400,
        ["bad-if-match"],
    )


def test_a_trigger_that_nobody_knows_is_refused_with_the_one_that_was_meant(
    desk: RunningDesk, complaint: Json
) -> None:
    """409: and the hint is right."""
    answer = refused(
        desk,
        complaint,
        lambda: desk("cs-officer").tries(complaint, "determine-natur", **NATURE),
        409,
        ["unknown-trigger"],
    )
    assert "determine-nature" in answer.reasons[0]["message"]


def test_a_step_out_of_turn_says_which_state_it_needs(desk: RunningDesk, complaint: Json) -> None:
    """409."""
    answer = refused(
        desk,
        complaint,
        lambda: desk("cs-officer").tries(complaint, "assign-department", department="environment"),
        409,
        ["not-in-state"],
    )
    assert answer.reasons[0]["saw"] == "registered"
    assert "classified" in answer.reasons[0]["message"] or "Classified" in answer.reasons[0]["message"]


def test_a_ticket_that_has_ended_moves_no_more(desk: RunningDesk, complaint: Json) -> None:
    """409 with the state; a note can still be written."""
    ticket = told(desk, complaint, ("cs-officer", "withdraw", {"reason": "重复登记"}))
    officer = desk("cs-officer")
    answer = refused(
        desk, ticket, lambda: officer.tries(ticket, "determine-nature", **NATURE), 409, ["closed"]
    )
    assert answer.reasons[0]["saw"] == "withdrawn"
    path, seen = f"/api/tickets/{ticket['number']}", {"If_Match": f'"{ticket["seq"]}"'}
    assert officer.send("POST", f"{path}/notes", {"text": "业主致谢"}, **seen).status == 201


def test_a_ticket_that_has_ended_is_not_put_right_or_given_away(desk: RunningDesk, complaint: Json) -> None:
    """409 as well, and no role is asked for that nobody could have."""
    ticket = told(desk, complaint, ("cs-officer", "withdraw", {"reason": "重复登记"}))
    path, seen = f"/api/tickets/{ticket['number']}", {"If_Match": f'"{ticket["seq"]}"'}
    for method, tail, body in (
        ("PATCH", "data", {"unit": "1-0102"}),
        ("PUT", "assignee", {"assignee": None}),
        ("POST", "claim", {}),
    ):
        sending = partial(desk("cs-officer").send, method, f"{path}/{tail}", body, **seen)
        refused(desk, ticket, sending, 409, ["closed"])


def test_a_ticket_of_another_site_is_as_if_there_were_none(desk: RunningDesk, complaint: Json) -> None:
    """404 for reading and for writing, by number and by id, with the very words for a number never given."""
    stranger = desk(f"cs-officer.{ELSEWHERE}")
    body = {"trigger": "determine-nature", "data": NATURE}
    for name in (complaint["number"], complaint["id"]):
        path = f"/api/tickets/{name}"
        for tail in ("", "/history", "/clocks", "/transitions", "/personal"):
            assert stranger.send("GET", path + tail).codes == ["unknown-ticket"]
        sending = partial(stranger.send, "POST", f"{path}/transitions", body, If_Match='"1"')
        answer = refused(desk, complaint, sending, 404, ["unknown-ticket"])
        nothing = stranger.send("POST", "/api/tickets/TS-1999-00001/transitions", body, If_Match='"1"')
        assert answer.json["detail"] == nothing.json["detail"]
    listed = stranger.get("/api/tickets?limit=200")["items"]
    assert complaint["id"] not in {each["id"] for each in listed}
    assert stranger.send("GET", "/api/tickets?site=yunlan").status == 404


def test_whoever_repaired_it_does_not_ask_whether_it_works(desk: RunningDesk) -> None:
    """403 for somebody who holds both roles; a colleague can do the very same."""
    worker, both = staff_id(desk, "repair-worker"), desk.hire("two-posts", "repair-worker", "cs-officer")
    repair = told(
        desk,
        desk("receptionist").open("repair", **REPAIR),
        ("property-assistant", "classify", {"scope": "common", "charge": "common"}),
        ("property-assistant", "issue-slip", {}),
        ("cs-officer", "assign", {"worker": worker}),
        ("cs-officer", "schedule", {"appointment": in_days(1), "estimate": "一小时"}),
        ("two-posts", "start", {}),
        ("two-posts", "finish", {"result": "已修", "signed": True}),
        ("cs-officer", "inform", {}),
    )
    visit = {"visit_notes": "满意", "satisfied": True}
    assert both.may_not(repair)["revisit"] == ["separate"]
    refused(desk, repair, lambda: both.tries(repair, "revisit", **visit), 403, ["separate"])
    desk("cs-officer").does(repair, "revisit", **visit)


def test_nobody_gets_in_without_a_token(desk: RunningDesk, complaint: Json) -> None:
    """401 with a challenge; a token that was revoked is worth nothing."""
    guest = desk.sign_in("cs-officer")
    mine = guest.get("/api/tokens")["items"]
    (current,) = (token["id"] for token in mine if token["current"])
    assert guest.send("DELETE", f"/api/tokens/{current}").status == 204
    for token in ("", guest.token, "hf_" + "x" * 43):
        answer = guest.send("GET", f"/api/tickets/{complaint['number']}", Authorization=f"Bearer {token}")
        assert answer.status == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert answer.codes in (["token-needed"], ["token-unknown"])


def test_all_that_is_wrong_is_said_to_one_without_the_role_too(desk: RunningDesk, complaint: Json) -> None:
    """Who gets the role after a refusal is not refused again for what was wrong all along."""
    answer = refused(
        desk,
        complaint,
        lambda: desk("repair-worker").tries(complaint, "withdraw"),
        403,
        ["missing-field", "role-needed"],
    )
    assert answer.fields == {"reason"}
