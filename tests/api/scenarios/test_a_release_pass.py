"""A tenant moves out and the owner cannot be reached: the goods stay until somebody answers for them."""

from __future__ import annotations

import pytest
from scenario_desk import Day, Json, at

TENANT = {
    "applicant": "上官飞",
    "contact": "13600000002",
    "unit": "6-0901",
    "applicant_type": "tenant",
    "occasion": "moving",
}
PIANO = [{"article": "钢琴", "quantity": 1}]
TWO = [*PIANO, {"article": "空调", "quantity": 2}]
OWNER = "13600000003"
TONIGHT = {"valid_until": at("2026-03-02 20:30")}


@pytest.fixture
def application(day: Day) -> Json:
    """Paid up, goods and identity established: nothing is lacking but the owner's word."""
    lacking = {name: value for name, value in TENANT.items() if name != "unit"}
    refused = day.may_not_open("receptionist", "item-release", **lacking)
    assert (refused.status_code, refused.json["blocked_by"][0]["field"]) == (422, "unit")
    assert day.may_not_open("gate-guard", "item-release", **TENANT).status_code == 403
    ticket = day.opens("receptionist", "item-release", **TENANT)
    ticket = day.does("receptionist", ticket, "check-payment", id_document="id-card", payment_status="paid")
    unnamed = {"goods": [{"article": "钢琴"}], "identity_confirmed": True}
    assert day.may_not("receptionist", ticket, "confirm-identity", **unnamed) == (409, ["guard"])
    return day.does("receptionist", ticket, "confirm-identity", goods=PIANO, identity_confirmed=True)


def not_reached(day: Day, ticket: Json, when: str) -> Json:
    """A call in vain: it is written down, and nothing else happens."""
    call = {"owner_phone": OWNER, "owner_called_at": at(when)}
    day.until(when)
    ticket = day.does("receptionist", ticket, "not-reached", **call)
    assert ticket["state"] == "identified"
    assert day.told(ticket) == set()
    return ticket


def test_nothing_leaves_while_the_owner_is_not_reached(day: Day, application: Json) -> None:
    """Two calls, half an hour, the supervisor hears, a written consent; the gate stops what is too much."""
    ticket = application
    assert day.may_not("receptionist", ticket, "issue-pass", **TONIGHT) == (409, ["guard"])
    ticket = not_reached(day, ticket, "2026-03-02 09:05")
    consent = {"written_consent": "业主手写同意书"}
    early = day.refusal("cs-supervisor", ticket, "accept-consent", **consent)
    (reason,) = early.json["blocked_by"]
    assert (early.status_code, reason["code"], reason["saw"]) == (409, "guard", {"attempts": 1})

    day.until("2026-03-02 09:29")
    assert day.escalated_to(ticket) == {"receptionist"}  # a reminder at four fifths of the half hour
    assert not day.sees("receptionist", ticket)["overdue"]
    day.until("2026-03-02 09:30")
    assert day.escalated_to(ticket) == {"cs-supervisor"}
    ticket = not_reached(day, ticket, "2026-03-02 09:32")
    assert ticket["overdue"]  # a call in vain buys no time
    assert ticket["data"]["attempts"] == 2

    assert day.may_not("receptionist", ticket, "accept-consent", **consent) == (403, ["role-needed"])
    assert day.may_not("cs-supervisor", ticket, "accept-consent") == (422, ["missing-field"])
    ticket = day.does("cs-supervisor", ticket, "accept-consent", **consent)
    past = {"valid_until": at("2026-03-02 09:00")}
    assert day.may_not("receptionist", ticket, "issue-pass", **past) == (409, ["guard"])
    assert day.may_not("gate-guard", ticket, "issue-pass", **TONIGHT) == (403, ["role-needed"])
    ticket = day.does("receptionist", ticket, "issue-pass", **TONIGHT)
    assert day.told(ticket) == {"gate-guard", "client"}

    assert day.may_not("receptionist", ticket, "gate-check", gate_check="match") == (403, ["role-needed"])
    assert day.may_not("gate-guard", ticket, "gate-check", gate_check="differ") == (422, ["missing-field"])
    ticket = day.does("gate-guard", ticket, "gate-check", gate_check="differ", difference="多了两台空调")
    assert ticket["state"] == "held"
    assert day.told(ticket) == {"receptionist", "security-team-leader"}
    ticket = day.does("receptionist", ticket, "correct", goods=TWO, **TONIGHT)
    ticket = day.does("gate-guard", ticket, "gate-check", gate_check="match")
    assert (ticket["state"], ticket["category"]) == ("released", "closed")


def test_what_was_said_of_the_owner_is_not_for_everybody(day: Day, application: Json) -> None:
    """His number and the consent are masked, for the guard as for any who may not read them."""
    ticket = not_reached(day, application, "2026-03-02 09:05")
    ticket = not_reached(day, ticket, "2026-03-02 09:10")
    ticket = day.does("cs-supervisor", ticket, "accept-consent", written_consent="业主手写同意书")
    seen = day.sees("gate-guard", ticket)["data"]
    assert OWNER not in seen.values()
    assert "业主手写同意书" not in seen.values()
    assert day.as_("gate-guard").get(f"/api/tickets/{ticket['id']}/personal").status_code == 403
    assert "业主手写同意书" not in day.as_("gate-guard").get(f"/api/tickets/{ticket['id']}/history").text


def test_who_is_reached_at_last_and_says_no_is_obeyed(day: Day, application: Json) -> None:
    """The applicant hears; no consent on paper helps any more."""
    ticket = not_reached(day, application, "2026-03-02 09:05")
    day.until("2026-03-02 09:20")
    said = {"owner_phone": OWNER, "owner_called_at": at("2026-03-02 09:20"), "owner_agrees": False}
    assert day.may_not("gate-guard", ticket, "call-owner", **said) == (403, ["role-needed"])
    ticket = day.does("receptionist", ticket, "call-owner", **said)
    assert (ticket["state"], ticket["category"]) == ("refused", "cancelled")
    assert day.told(ticket) == {"client"}
    assert day.may_not("cs-supervisor", ticket, "accept-consent", written_consent="x") == (409, ["closed"])


def test_a_pass_that_is_not_used_lapses_in_the_evening(day: Day, application: Json) -> None:
    """And the client and the gate hear of it, before and after."""
    ticket = not_reached(day, application, "2026-03-02 09:05")
    ticket = not_reached(day, ticket, "2026-03-02 09:10")
    ticket = day.does("cs-supervisor", ticket, "accept-consent", written_consent="业主手写同意书")
    ticket = day.does("receptionist", ticket, "issue-pass", **TONIGHT)
    assert day.told(ticket) == {"gate-guard", "client"}
    day.until("2026-03-02 20:29")
    assert day.escalated_to(ticket) == {"gate-guard", "client"}
    day.until("2026-03-02 20:30")
    assert day.sees("receptionist", ticket)["state"] == "expired"
    assert day.told(ticket) == {"gate-guard", "client"}
    assert day.may_not("gate-guard", ticket, "gate-check", gate_check="match") == (409, ["closed"])
