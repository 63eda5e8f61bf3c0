"""Somebody asks a question, is answered badly or not at all, and so it becomes a complaint."""

from __future__ import annotations

from typing import Any

import pytest
from scenario_desk import Day, Json

QUESTION = {
    "complainant": "令狐小小",
    "contact": "13600000001",
    "unit": "6-0901",
    "content": "月底为什么停水",
    "nature": "inquiry",
}
CLASSIFIED = {"nature": "valid", "subject": "dereliction", "severity": "medium"}


@pytest.fixture
def question(day: Day) -> Json:
    """A question that has gone to the engineering department."""
    ticket = day.opens("receptionist", "communicative-complaint", **QUESTION)
    assert day.may_not("receptionist", ticket, "confirm-identity", identity_confirmed=False) == (
        409,
        ["guard"],
    )
    assert day.may_not("receptionist", ticket, "dispatch", department="engineering") == (
        409,
        ["not-in-state"],
    )
    ticket = day.does("receptionist", ticket, "confirm-identity", identity_confirmed=True)
    ticket = day.does(
        "receptionist", ticket, "check-payment", payment_status="overdue"
    )  # it stops no service
    ticket = day.does("receptionist", ticket, "dispatch", department="engineering")
    assert day.told(ticket) == {"dept-head.engineering"}
    return ticket


def answered(day: Day, ticket: Json, answer: str) -> Json:
    """The department has answered and the desk has passed it on; he is not content."""
    ticket = day.does("dept-head.engineering", ticket, "answer", answer=answer, promised=False)
    ticket = day.does("receptionist", ticket, "give-feedback", told=answer, satisfied=False)
    assert day.told(ticket) == {"client"}
    return ticket


def test_who_is_twice_answered_badly_has_a_complaint_in_the_end(day: Day, question: Json) -> None:
    """Answered again once, then converted; the complaint is judged, handled, revisited and closed."""
    for who in ("dept-head.security", "cleaner"):
        assert day.may_not(who, question, "answer", answer="检修", promised=False) == (403, ["role-needed"])
    ticket = answered(day, question, "管网检修")
    assert day.may_not("receptionist", ticket, "accept") == (409, ["guard"])
    ticket = day.does("receptionist", ticket, "answer-again", reason="没有说何时恢复")
    assert day.told(ticket) == {"dept-head.engineering"}
    ticket = answered(day, ticket, "等通知")
    assert day.may_not("receptionist", ticket, "answer-again", reason="仍未答复") == (409, ["guard"])
    assert day.may_not("receptionist", ticket, "mishandled", reason="两次不满意") == (403, ["role-needed"])
    assert day.may_not("cs-officer", ticket, "mishandled") == (422, ["missing-field"])

    ended = day.does("cs-officer", ticket, "mishandled", reason="两次答复均不满意")
    assert (ended["state"], ended["category"]) == ("converted", "cancelled")
    assert day.told(ended) == {"cs-supervisor", "dept-head.engineering"}
    complaint = linked_both_ways(day, ended)
    assert day.told(complaint) == {"client"}  # the officer converted it
    assert day.may_not("cs-officer", ended, "withdraw", reason="重复") == (409, ["closed"])

    complaint = day.does("cs-officer", complaint, "determine-nature", **CLASSIFIED)
    complaint = day.does("cs-officer", complaint, "assign-department", department="engineering")
    assert day.told(complaint) == {"dept-head.engineering"}
    head: dict[str, Any] = {
        "visit-site": {"head_on_site": True, "findings": "停水通知未张贴到 6 栋"},
        "handle": {"measures": "补贴通知并逐户告知", "promised": False},
        "solve": {"result": "已告知恢复供水时间"},
    }
    for trigger, form in head.items():
        complaint = day.does("dept-head.engineering", complaint, trigger, **form)
    complaint = day.does("receptionist", complaint, "report-result", told="已电话告知")
    assert day.told(complaint) == {"client"}
    visit = {"visit_notes": "满意", "satisfied": True}
    refused = day.may_not("cs-officer", complaint, "revisit", manner="phone", **visit)
    assert refused == (409, ["guard"])  # a complaint of medium severity is revisited in writing too
    complaint = day.does("cs-officer", complaint, "revisit", manner="phone-and-written", **visit)
    complaint = day.does("cs-officer", complaint, "close", cause="process", analysis="通知范围未核对")
    assert complaint["category"] == "closed"
    assert day.escalated_to(complaint) == set()


def linked_both_ways(day: Day, ended: Json) -> Json:
    """What the ticket goes on as: each names the other, and what the client said is not asked again."""
    (found,) = day.found("cs-officer", "workflow=complaint")
    assert ended["successor"]["number"] == found["number"]
    assert found["origin"] == ended["id"]
    complaint = day.sees("cs-officer", found)
    told = {"content": QUESTION["content"], "unit": "6-0901", "channel": "communicative"}
    assert told.items() <= complaint["data"].items()
    words = day.reads("cs-officer", complaint)
    assert words == {"complainant": QUESTION["complainant"], "contact": QUESTION["contact"]}
    assert [entry["to"] for entry in day.history(complaint)] == ["registered"]
    assert day.history(ended)[-1]["to"] == "converted"  # and all that went before stays with it
    return complaint


def test_what_nobody_answers_becomes_a_complaint_by_itself(day: Day, question: Json) -> None:
    """The head is late, his superiors hear one after another, and half a promise later the clock converts."""
    day.until("2026-03-03 17:59")
    assert day.escalated_to(question) == {"dept-head.engineering"}  # a reminder before it is due
    day.until("2026-03-03 18:00")
    assert day.escalated_to(question) == {"project-manager"}
    day.until("2026-03-09 17:59")
    assert day.escalated_to(question) >= {"leader-in-charge", "office-director"}
    assert day.sees("cs-officer", question)["state"] == "dispatched"
    day.until("2026-03-09 18:00")
    ended = day.sees("cs-officer", question)
    assert ended["state"] == "converted"
    last = day.history(ended)[-1]
    assert (last["actor"]["name"], last["trigger"], last["surface"]) == ("clock", "mishandled", "clock")
    assert day.told(ended) == {"cs-supervisor", "dept-head.engineering"}
    linked_both_ways(day, ended)
