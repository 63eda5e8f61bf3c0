"""Writing to tickets: what is refused says everything at once, and what is done is done once."""

from __future__ import annotations

from typing import Any

import pytest
from api_desk import COMPLAINT, LAKE, Call, codes
from jsonschema import Draft202012Validator

from service.bootstrap import Desk
from workflows.core.people import Membership

NATURE = {"nature": "valid", "subject": "cleaning", "severity": "low"}


@pytest.fixture
def ticket(call: Call) -> dict[str, Any]:
    """A complaint that was just registered."""
    return call("receptionist").open("complaint", COMPLAINT)


def test_a_step_answers_with_the_ticket_as_it_then_stands(call: Call, ticket: dict[str, Any]) -> None:
    """201, the new state, the new ETag; the same that a look at it gives."""
    officer = call("cs-officer")
    answer = officer.fire(ticket, "determine-nature", NATURE)
    assert (answer.status_code, answer.json["state"], answer.headers["ETag"]) == (201, "classified", '"2"')
    assert officer.get(f"/api/tickets/{ticket['id']}").json == answer.json


def test_the_steps_offered_are_those_that_work(call: Call, ticket: dict[str, Any]) -> None:
    """Available with their form, blocked with the reason and who could."""
    found = call("cs-officer").get(f"/api/tickets/{ticket['id']}/transitions").json
    available = {each["trigger"]: each for each in found["available"]}
    form = available["determine-nature"]["form"]
    assert form["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert form["required"] == ["nature"]  # the others hang on it
    judge = Draft202012Validator(form)
    assert judge.is_valid(NATURE)
    assert not judge.is_valid({"nature": "valid"})
    assert judge.is_valid({"nature": "inquiry", "reason": "asks only"})
    assert set(available["determine-nature"]["to"]) == {"classified", "converted-to-communicative"}
    blocked = {each["trigger"]: each for each in found["blocked"]}
    assert blocked["assign-department"]["reasons"][0]["code"] == "not-in-state"
    for_cleaner = call("cleaner").get(f"/api/tickets/{ticket['id']}/transitions").json
    assert for_cleaner["available"] == []
    reason = next(b for b in for_cleaner["blocked"] if b["trigger"] == "determine-nature")
    assert reason["reasons"][0]["code"] == "role-needed"
    assert "cs-officer" in reason["who"]


def test_the_wrong_role_is_forbidden(call: Call, ticket: dict[str, Any]) -> None:
    """403 names the roles that could."""
    answer = call("cleaner").fire(ticket, "determine-nature", NATURE)
    assert (answer.status_code, codes(answer)) == (403, ["role-needed"])
    assert "cs-officer" in answer.json["blocked_by"][0]["who"]


def test_all_missing_fields_are_named_at_once(call: Call, ticket: dict[str, Any]) -> None:
    """422; sending exactly those makes the step succeed."""
    officer = call("cs-officer")
    answer = officer.fire(ticket, "determine-nature", {"nature": "valid"})
    assert (answer.status_code, set(codes(answer))) == (422, {"missing-field"})
    missing = {each["field"] for each in answer.json["blocked_by"]}
    assert missing >= {"subject", "severity"}
    exactly_those = {name: value for name, value in {**NATURE, "reason": "x"}.items() if name in missing}
    assert officer.fire(ticket, "determine-nature", {"nature": "valid", **exactly_those}).status_code == 201


def test_a_write_must_say_what_was_seen(call: Call, ticket: dict[str, Any]) -> None:
    """428 without If-Match, on every write."""
    officer, path = call("cs-officer"), f"/api/tickets/{ticket['id']}"
    for method, part, body in (
        ("POST", "transitions", {"trigger": "withdraw", "data": {"reason": "x"}}),
        ("POST", "notes", {"text": "x"}),
        ("POST", "claim", {}),
        ("PUT", "assignee", {"assignee": None}),
        ("PATCH", "data", {"content": "x"}),
    ):
        answer = officer.send(method, f"{path}/{part}", body)
        assert (answer.status_code, codes(answer)) == (428, ["if-match-needed"]), part
    assert officer.get(path).json["seq"] == 1


def test_a_ticket_that_has_moved_on_is_not_written_over(call: Call, ticket: dict[str, Any]) -> None:
    """412 for the second of two who saw the same."""
    first, second = call("cs-officer"), call("cs-officer-2")
    assert first.fire(ticket, "determine-nature", NATURE).status_code == 201
    answer = second.fire(ticket, "withdraw", {"reason": "x"})
    assert (answer.status_code, codes(answer)) == (412, ["stale"])


@pytest.mark.parametrize("tag", ["*", 'W/"1"', "1", '"1", "2"', '""', '"-1"', '"01"', '"9999999999"', '"x"'])
def test_an_etag_that_would_weaken_the_rule_is_refused(call: Call, ticket: dict[str, Any], tag: str) -> None:
    """400 for weak tags, lists, the star and everything malformed."""
    answer = call("cs-officer").fire(ticket, "withdraw", {"reason": "x"}, If_Match=tag)
    assert (answer.status_code, codes(answer)) == (400, ["bad-if-match"])


def test_an_unknown_trigger_is_refused_with_what_was_meant(call: Call, ticket: dict[str, Any]) -> None:
    """409: no state of the process knows it."""
    answer = call("cs-officer").fire(ticket, "withdrew", {"reason": "x"})
    assert (answer.status_code, codes(answer)) == (409, ["unknown-trigger"])
    assert "withdraw" in answer.json["detail"]


def test_an_ended_ticket_takes_no_more_steps(call: Call, ticket: dict[str, Any]) -> None:
    """409 with the state it ended in."""
    officer = call("cs-officer")
    ended = officer.fire(ticket, "withdraw", {"reason": "it is solved"}).json
    answer = officer.fire(ended, "determine-nature", NATURE)
    assert (answer.status_code, codes(answer)) == (409, ["closed"])
    assert answer.json["blocked_by"][0]["saw"] == "withdrawn"


def test_a_guard_says_what_it_saw(call: Call, ticket: dict[str, Any]) -> None:
    """409 with the expression and the values."""
    officer = call("cs-supervisor")
    seen = officer.fire(ticket, "determine-nature", NATURE).json
    seen = officer.fire(seen, "assign-department", {"department": "environment"}).json
    answer = call("cs-officer").fire(seen, "visit-site", {"head_on_site": False, "findings": "nobody there"})
    assert (answer.status_code, codes(answer)) == (409, ["guard"])
    assert answer.json["blocked_by"][0]["saw"] == {"head_on_site": False}


def test_a_note_is_one_more_step(call: Call, ticket: dict[str, Any]) -> None:
    """201; the words are in the history."""
    officer = call("cs-officer")
    path = f"/api/tickets/{ticket['id']}"
    answer = officer.post(f"{path}/notes", {"text": "业主来电催问"}, If_Match='"1"')
    assert (answer.status_code, answer.json["seq"], answer.json["state"]) == (201, 2, "registered")
    assert officer.get(f"{path}/history").json["items"][-1]["note"] == "业主来电催问"


def test_who_has_no_part_in_a_ticket_does_not_note_it(call: Call, ticket: dict[str, Any], desk: Desk) -> None:
    """The note would move it, and whoever works on it would have to look again."""
    desk.people.set_posts("id-gate-guard", [Membership(LAKE, "gate-guard")])
    path = f"/api/tickets/{ticket['id']}"
    answer = call("gate-guard").post(f"{path}/notes", {"text": "?"}, If_Match='"1"')
    assert (answer.status_code, codes(answer)) == (403, ["role-needed"])
    assert call("cs-officer").get(path).headers["ETag"] == '"1"'


def test_a_ticket_is_claimed_once(call: Call, ticket: dict[str, Any]) -> None:
    """The first has it; the second hears that somebody does."""
    path = f"/api/tickets/{ticket['id']}/claim"
    taken = call("cs-officer").post(path, If_Match='"1"')
    assert (taken.status_code, taken.json["assignee"]) == (201, "id-cs-officer")
    late = call("cs-officer-2").post(path, {}, If_Match='"2"')
    assert (late.status_code, codes(late)) == (409, ["claimed"])


def test_a_ticket_is_given_to_somebody_by_account_or_id_and_back(call: Call, ticket: dict[str, Any]) -> None:
    """PUT assignee with an account, an id, null; somebody unfit or unknown is refused."""
    supervisor, path = call("cs-supervisor"), f"/api/tickets/{ticket['id']}/assignee"
    for seq, to, has in (
        (1, "cs-officer", "id-cs-officer"),
        (2, "id-cs-officer-2", "id-cs-officer-2"),
        (3, None, None),
    ):
        answer = supervisor.send("PUT", path, {"assignee": to}, If_Match=f'"{seq}"')
        assert (answer.status_code, answer.json["assignee"]) == (200, has)
    for unfit in ("cleaner", "nobody-of-that-name", "elsewhere"):
        answer = supervisor.send("PUT", path, {"assignee": unfit}, If_Match='"4"')
        assert (answer.status_code, codes(answer)) == (422, ["bad-value"]), unfit


def test_the_form_is_put_right_without_a_step(call: Call, ticket: dict[str, Any]) -> None:
    """PATCH as RFC 7396: what is named changes, null takes away, the rest stays."""
    officer, path = call("cs-officer"), f"/api/tickets/{ticket['id']}/data"
    heads = {"Content_Type": "application/merge-patch+json"}
    answer = officer.send("PATCH", path, {"unit": "3-1201", "content": "大堂脏"}, If_Match='"1"', **heads)
    assert (answer.status_code, answer.json["data"]["unit"], answer.json["title"]) == (
        200,
        "3-1201",
        "大堂脏",
    )
    answer = officer.send("PATCH", path, {"unit": None}, If_Match='"2"', **heads)
    assert "unit" not in answer.json["data"]
    answer = officer.send("PATCH", path, {"content": None}, If_Match='"3"', **heads)
    assert (answer.status_code, codes(answer)) == (422, ["missing-field"])
    answer = officer.send("PATCH", path, {"colour": "red"}, If_Match='"3"', **heads)
    assert (answer.status_code, codes(answer)) == (422, ["unknown-field"])
