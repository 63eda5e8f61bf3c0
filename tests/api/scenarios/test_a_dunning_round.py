"""A bill falls overdue by itself, and is asked for at the door and by phone until it is paid."""

from __future__ import annotations

import pytest
from scenario_desk import Day, Json, passed

BILL = {
    "payer": "东方朔明",
    "contact": "13600000004",
    "unit": "3-1201",
    "period": "2026-03",
    "fee_kind": "property",
    "area": 88.5,
    "months": 1,
    "rate": "2.35",
    "rate_notice": "价费〔2025〕12 号",
}
AT_THE_DOOR = ("identity-stated", "purpose-stated", "person-checked")
ON_THE_PHONE = ("identity-stated", "person-checked", "reason-stated", "payment-asked")


@pytest.fixture
def bill(day: Day) -> Json:
    """Told to the owner, by the rates of the price bureau."""
    nameless = {name: value for name, value in BILL.items() if name != "rate_notice"}
    assert day.may_not_open("cs-officer", "fee-collection", **nameless).status_code == 409  # by whose rate?
    assert day.may_not_open("receptionist", "fee-collection", **BILL).status_code == 403
    ticket = day.opens("cs-officer", "fee-collection", **BILL)
    assert day.told(ticket) == {"client"}
    return ticket


def planned(day: Day, ticket: Json, mode: str, collector: str, on: str) -> Json:
    """Somebody is to go there, or to call."""
    form = {"mode": mode, "collector": day.id_of(collector), "planned_on": on}
    return day.does("cs-officer", ticket, "choose-mode", **form)


def test_a_bill_is_dunned_three_times_and_paid_to_finance(day: Day, bill: Json) -> None:
    """Reminded, due, overdue by itself; the door in vain, the phone twice, then finance, then the money."""
    assert (
        day.reads("cs-officer", bill)["amount"] == "234.53"
    )  # 207.98 by area and rate, 26.55 of public energy
    day.until("2026-03-14 09:00")
    assert day.escalated_to(bill) == {"client"}
    day.until("2026-03-17 09:00")
    assert day.escalated_to(bill) == {"client", "cs-officer"}
    assert day.may_not("cs-officer", bill, "fall-overdue") == (
        403,
        ["role-needed"],
    )  # the clock alone says so
    day.until("2026-04-01 08:59")
    assert day.sees("cs-officer", bill)["state"] == "notified"
    day.until("2026-04-01 09:00")
    assert day.sees("cs-officer", bill)["state"] == "overdue"
    assert day.told(bill) == {"client", "cs-officer", "finance-officer"}

    ticket = in_vain(day, bill)
    assert day.may_not("cs-officer", ticket, "hand-over", record="两次未果") == (409, ["guard"])
    ticket = called_and_not_promised(day, ticket)
    day.until("2026-04-10 09:00")  # a week later it is followed by itself
    assert day.sees("cs-officer", ticket)["state"] == "overdue"
    assert day.told(ticket) == {"cs-officer"}

    assert day.may_not("property-assistant", ticket, "hand-over", record="三次") == (403, ["role-needed"])
    ticket = day.does("cs-officer", ticket, "hand-over", record="上门一次、致电两次未果")
    assert ticket["state"] == "escalated"
    assert day.told(ticket) == {"finance-officer", "office-director", "client"}
    assert day.may_not("finance-officer", ticket, "write-off", decision="收不回") == (403, ["role-needed"])
    short = day.refusal("finance-officer", ticket, "pay", amount_paid="234.52", receipt="SJ-0101")
    assert (short.status_code, short.json["blocked_by"][0]["code"]) == (409, "guard")
    assert "234.53" not in short.text  # what somebody owes is personal, in a refusal too
    ticket = day.does("finance-officer", ticket, "pay", amount_paid="234.53", receipt="SJ-0101")
    assert (ticket["state"], ticket["category"]) == ("paid", "closed")
    assert day.told(ticket) == {"client"}  # the finance officer did it


def in_vain(day: Day, ticket: Json) -> Json:
    """Nobody at home, nobody on the phone: two attempts, each on record."""
    ticket = planned(day, ticket, "door", "property-assistant", "2026-04-02")
    assert ticket["assignee"] == day.id_of("property-assistant")
    assert day.may_not("cs-officer", ticket, "not-reached", record="无人") == (403, ["role-needed"])
    assert day.may_not("property-assistant", ticket, "not-reached") == (422, ["missing-field"])
    ticket = day.does("property-assistant", ticket, "not-reached", record="家中无人")
    ticket = planned(day, ticket, "phone", "cs-assistant", "2026-04-03")
    ticket = day.does("cs-assistant", ticket, "not-reached", record="无人接听")
    assert (ticket["state"], ticket["data"]["contacts"]) == ("overdue", 2)
    return ticket


def called_and_not_promised(day: Day, ticket: Json) -> Json:
    """He is reached and does not agree; nothing was promised to him."""
    ticket = planned(day, ticket, "phone", "cs-assistant", "2026-04-03")
    tenant = {
        "record": "接电话的是租客",
        "call_steps": passed(*ON_THE_PHONE, person_checked="不是业主"),
    }
    assert day.may_not("cs-assistant", ticket, "call", **tenant) == (409, ["guard"])
    ticket = day.does("cs-assistant", ticket, "call", record="资金紧张", call_steps=passed(*ON_THE_PHONE))
    promised = {"outcome": "unpaid", "no_promise": False}
    assert day.may_not("cs-assistant", ticket, "conclude", **promised)[0] == 409
    assert day.may_not("property-assistant", ticket, "conclude", outcome="unpaid", no_promise=True)[0] == 403
    day.until("2026-04-03 09:00")
    ticket = day.does("cs-assistant", ticket, "conclude", outcome="unpaid", no_promise=True)
    assert (ticket["state"], ticket["data"]["contacts"]) == ("unpaid", 3)
    day.told(ticket)
    return ticket


def test_what_is_asked_at_the_door_is_answered_before_he_pays(day: Day, bill: Json) -> None:
    """His question becomes a ticket of its own; he agrees, forgets, is collected from again, and pays."""
    day.until("2026-04-01 09:00")
    ticket = planned(day, bill, "door", "property-assistant", "2026-04-02")
    shy = {"record": "未说明来意", "visit_steps": passed(*AT_THE_DOOR, purpose_stated="未说明")}
    assert day.may_not("property-assistant", ticket, "visit", **shy) == (409, ["guard"])
    ticket = day.does(
        "property-assistant", ticket, "visit", record="问公摊", visit_steps=passed(*AT_THE_DOOR)
    )
    question = {"question": "公摊能耗如何计算", "question_contact": "电话", "no_promise": True}
    day.told(ticket)
    ticket = day.does("property-assistant", ticket, "take-question", **question)
    assert day.told(ticket) == {"cs-officer"}
    inquiry = day.child(ticket, "questions")
    assert (inquiry["workflow"], inquiry["parent"]) == ("inquiry", ticket["id"])

    answer = {"answer": "每平方米每月 0.3 元", "outcome": "will-pay", "no_promise": True}
    assert day.may_not("cs-officer", ticket, "answer-question", **answer) == (
        422,
        ["missing-field"],
    )  # by when?
    ticket = day.does("cs-officer", ticket, "answer-question", pays_on="2026-04-03", **answer)
    assert ticket["state"] == "promised"
    day.until("2026-04-03 18:00")
    assert day.sees("cs-officer", ticket)["state"] == "overdue"  # the day he named has gone by
    assert day.told(ticket) == {"cs-officer"}
    ticket = day.does("receptionist", ticket, "pay", amount_paid="234.53", receipt="SJ-0102")
    assert ticket["state"] == "paid"
