"""A renovation touches a bearing wall: stopped, put right, accepted in the end, the deposit refunded."""

from __future__ import annotations

import pytest
from scenario_desk import Day, Json, passed

WORKS = {
    "owner_name": "慕容装修",
    "contact": "13600000010",
    "unit": "3-1201",
    "works": "厨卫翻新",
    "starts_on": "2026-03-10",
    "ends_on": "2026-04-30",
}
WORKER = {"name": "工人甲", "id_number": "110101199003070011", "valid": True}
CHECKED = {
    "documents": ["application", "drawings", "qualification", "licence", "worker-ids"],
    "contractor": "恒美装饰",
    "contractor_phone": "13600000011",
    "workers": [WORKER],
    "qualified": True,
}
APPROVAL = {"handed_over": ["agreement", "notice", "deposit"], "deposit": "2000.00", "receipt": "SJ-0501"}
PERMIT = {
    "permit_number": "XK-001",
    "permit_date": "2026-03-02",
    "workers": [{**WORKER, "pass_number": "LS-001"}],
}
RULES = ("permit", "structure", "waterproofing", "fire", "hours", "rubbish", "facade")
RESULT = ("as-approved", "structure", "waterproofing", "common-parts", "passes")
TOLD_OF_A_BREACH = {"client", "cs-officer", "security-team-leader"}


@pytest.fixture
def works(day: Day) -> Json:
    """Checked strictly, approved, permitted; the workers are on the site."""
    ticket = day.opens("receptionist", "renovation", **WORKS)
    unfit = day.may_not("cs-officer", ticket, "check-documents", **{**CHECKED, "qualified": False})
    assert unfit == (409, ["guard"])
    unlicensed = {**CHECKED, "documents": [each for each in CHECKED["documents"] if each != "licence"]}
    lacking = day.refusal("cs-officer", ticket, "check-documents", **unlicensed)
    assert [each["saw"] for each in lacking.json["blocked_by"]] == ["licence"]
    ticket = day.does("cs-officer", ticket, "check-documents", **CHECKED)
    cheap = {**APPROVAL, "deposit": "1999.99"}
    assert day.may_not("cs-supervisor", ticket, "approve", **cheap) == (409, ["guard"])
    assert day.may_not("gate-guard", ticket, "start-works", permit_shown=True) == (409, ["not-in-state"])
    ticket = day.does("cs-supervisor", ticket, "approve", **APPROVAL)
    ticket = day.does("cs-officer", ticket, "issue-permit", **PERMIT)
    assert day.told(ticket) == {"security-team-leader", "gate-guard", "client"}
    assert day.may_not("gate-guard", ticket, "start-works", permit_shown=False) == (409, ["guard"])
    day.until("2026-03-10 09:00")
    return day.does("gate-guard", ticket, "start-works", permit_shown=True)


def test_a_violation_is_put_right_before_the_deposit_is_paid_back(day: Day, works: Json) -> None:
    """Found on patrol, put right at the second try, accepted at the second, refunded less the damage."""
    breach = {"patrol": passed(*RULES, structure="拆动承重墙")}
    assert day.may_not("property-warden", works, "patrol", **breach) == (422, ["missing-field"])
    assert day.may_not("gate-guard", works, "patrol", **breach)[0] == 403
    ticket = day.does("property-warden", works, "patrol", violation="拆动承重墙，立即停工恢复", **breach)
    assert ticket["state"] == "rectifying"
    assert day.told(ticket) == TOLD_OF_A_BREACH
    assert day.may_not("receptionist", ticket, "ask-acceptance") == (409, ["not-in-state"])
    day.until("2026-03-13 18:00")  # three working days
    assert day.escalated_to(ticket) >= {"cs-officer", "cs-supervisor"}

    ticket = day.does("cs-officer", ticket, "report-fixed", fix="已停工")
    ticket = day.does("property-warden", ticket, "re-check", fixed=False)
    assert ticket["state"] == "rectifying"
    assert day.told(ticket) == TOLD_OF_A_BREACH
    ticket = day.does("cs-officer", ticket, "report-fixed", fix="已砌回")
    ticket = day.does("property-warden", ticket, "re-check", fixed=True)
    assert ticket["state"] == "in-works"
    accepted = accepted_at_the_second_try(day, ticket)

    assert day.may_not("receptionist", accepted, "refund") == (403, ["role-needed"])
    ended = day.does("cs-officer", accepted, "refund")
    assert (ended["state"], ended["category"]) == ("closed", "closed")
    refund = day.child(ended, "refund")
    carried = {"deposit": "2000.00", "permit_number": "XK-001", "accepted": True, "unit": WORKS["unit"]}
    assert carried.items() <= refund["data"].items()
    refunded_less_damage(day, refund)


def accepted_at_the_second_try(day: Day, ticket: Json) -> Json:
    """A damaged wall in the hall is put right, and then it goes back to the acceptance, not to the works."""
    ticket = day.does("receptionist", ticket, "ask-acceptance")
    assert day.told(ticket) == {"repair-team-leader"}
    damaged = {"acceptance": passed(*RESULT, common_parts="电梯厅墙面破损")}
    half = day.refusal("repair-team-leader", ticket, "accept", **damaged)
    assert [(each["code"], each["saw"]) for each in half.json["blocked_by"]] == [
        ("missing-paper", "common-parts")
    ]
    assert day.may_not("cs-officer", ticket, "accept", acceptance=passed(*RESULT))[0] == 403
    ticket = day.does("repair-team-leader", ticket, "reject", violation="公共墙面破损", **damaged)
    assert day.told(ticket) == TOLD_OF_A_BREACH
    ticket = day.does("cs-officer", ticket, "report-fixed", fix="已修补")
    ticket = day.does("property-warden", ticket, "re-check", fixed=True)
    assert ticket["state"] == "acceptance"
    ticket = day.does("repair-team-leader", ticket, "accept", acceptance=passed(*RESULT))
    assert day.told(ticket) == {"client", "cs-officer"}
    return ticket


def refunded_less_damage(day: Day, refund: Json) -> None:
    """By the rules: all papers back, the damage explained, approved by two, paid once."""
    sheet = {"papers": ["permit", "receipt", "passes"], "damage": "350.50"}
    assert day.may_not("cs-officer", refund, "check", **sheet) == (409, ["guard"])  # for what?
    sheet["grounds"] = "公共墙面破损"
    without = day.refusal("cs-officer", refund, "check", **{**sheet, "papers": ["permit", "receipt"]})
    assert [each["saw"] for each in without.json["blocked_by"]] == ["passes"]
    assert day.may_not("cs-officer", refund, "check", **{**sheet, "damage": "2000.01"}) == (409, ["guard"])
    refund = day.does("cs-officer", refund, "check", **sheet)
    assert refund["data"]["refund"] == "1649.50"
    assert day.told(refund) == {"cs-supervisor", "finance-officer"}

    assert day.may_not("finance-officer", refund, "pay", payment="FK-0001") == (409, ["not-in-state"])
    refund = day.does("finance-officer", refund, "agree-finance", finance_agrees=True)
    assert refund["state"] == "checked"  # not by one alone
    assert day.may_not("cs-officer", refund, "agree", supervisor_agrees=True)[0] == 403
    refund = day.does("cs-supervisor", refund, "agree", supervisor_agrees=True)
    assert refund["state"] == "approved"
    assert day.may_not("cs-supervisor", refund, "pay", payment="FK-0001") == (403, ["role-needed"])
    refund = day.does("finance-officer", refund, "pay", payment="FK-0001")
    assert (refund["state"], refund["category"]) == ("paid", "closed")
    assert day.told(refund) == {"client"}
    assert day.may_not("finance-officer", refund, "pay", payment="FK-0002") == (409, ["closed"])


def test_a_weekly_patrol_that_nobody_makes_is_heard_of(day: Day, works: Json) -> None:
    """Each patrol begins the week anew; three days before the permit ends, the owner is reminded."""
    day.until("2026-03-16 09:00")
    works = day.does("property-warden", works, "patrol", patrol=passed(*RULES))
    day.escalated_to(works)
    day.until("2026-03-23 08:59")
    assert "cs-supervisor" not in day.escalated_to(works)
    day.until("2026-03-23 09:00")
    assert "cs-supervisor" in day.escalated_to(works)
    day.until("2026-04-27 18:00")
    assert "client" in day.escalated_to(works)
