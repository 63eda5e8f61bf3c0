"""The first Friday of May is a holiday: the reception day moves, and on the way a matter is endorsed."""

from __future__ import annotations

from typing import Any

import pytest
from scenario_desk import Day, Json, at, passed, utc

SESSION, NEXT = "2026-05-06 10:00", "2026-05-08 10:00"
OWNER = {"visitor": "诸葛未央", "contact": "13600000012", "unit": "6-1602", "matter": "6 栋电梯一周停运三次"}
STRANGER = {"visitor": "尉迟迟", "contact": "13600000013", "matter": "想买车位"}
OPINION = {"opinion": "更换主板", "handling_department": "engineering", "deadline": "2026-05-20"}
PREPARED = ("room", "forms", "owners", "host")
HEARD = {"heard": "要求更换维保单位", "reply_needed": True, "handling_needed": True}


def opened_by_the_clock(day: Day) -> list[Json]:
    """The sessions there are at the site."""
    day.look_at_schedules()
    return [day.sees("cs-supervisor", each) for each in day.found("cs-supervisor", "workflow=reception-day")]


@pytest.fixture
def session(day: Day) -> Json:
    """Fifteen days before the day it has been moved to, the clock opens it, once."""
    day.until("2026-04-20 18:00")
    assert all(each["data"]["starts_at"] != utc(SESSION) for each in opened_by_the_clock(day))
    planned = day.as_("cs-supervisor").get("/api/schedules?site=yunlan").json["items"]
    slots = next(each["next"] for each in planned if each["name"] == "reception-day")
    assert [slot["at"] for slot in slots[:2]] == [utc(SESSION), utc("2026-06-05 10:00")]
    day.until("2026-04-21 10:00")
    (found,) = opened_by_the_clock(day)
    assert opened_by_the_clock(day) == [found]
    assert (found["data"]["starts_at"], found["data"]["ends_at"]) == (utc(SESSION), utc("2026-05-06 12:00"))
    assert day.history(found)[0]["actor"]["name"] == "clock"
    return found


def registered(day: Day, session: Json) -> Json:
    """The registration is open, and two owners have come; the one with a matter of ours goes on."""
    closing = {"registration_until": at("2026-04-29 18:00"), "notice": "5 月 6 日接访，欢迎预约"}
    after = {**closing, "registration_until": at("2026-05-07 10:00")}
    assert day.may_not("cs-officer", session, "collect", **after) == (409, ["guard"])
    assert day.may_not("receptionist", session, "collect", **closing) == (403, ["role-needed"])
    session = day.does("cs-officer", session, "collect", **closing)
    nameless: Any = [{"visitor": "某业主"}]
    assert day.may_not("cs-officer", session, "register", matters=nameless) == (409, ["guard"])
    session = day.does("cs-officer", session, "register", matters=[OWNER, STRANGER])
    ours, other = day.children(session, "cases")
    assert day.reads("cs-officer", ours)["visitor"] == OWNER["visitor"]
    assert ours["data"]["session_at"] == utc(SESSION)
    elsewhere = {"other_channel": "answered", "feedback": "已告知销售处电话"}
    assert day.does("cs-officer", other, "redirect", **elsewhere)["state"] == "handled-otherwise"
    early = day.may_not("hosting-leader", session, "choose", departments=["engineering"])
    assert early == (409, ["guard"])  # before it is endorsed nobody is asked to sit there
    return ours


def endorsed_in_sequence(day: Day, case: Json) -> Json:
    """One after another: the next is asked when the one before has signed, and nobody out of turn."""
    assert day.may_not("cs-officer", case, "endorse") == (409, ["not-in-state"])
    case = day.does("cs-officer", case, "review", review="属实", departments=["engineering", "security"])
    case = day.does("cs-officer", case, "endorse")
    signers = ("dept-head.cs", "dept-head.engineering", "dept-head.security", "office-director")
    for turn, signer in enumerate(signers):
        asked = day.children(case, "endorsements")
        assert len(asked) == turn + 1
        assert [each["category"] for each in asked] == ["closed"] * turn + ["open"]
        assert day.told(asked[-1]) == {signer}
        for other in {*signers, "cs-officer"} - {signer}:
            assert day.may_not(other, asked[-1], "sign") == (403, ["role-needed"])
        assert day.may_not(signer, asked[-1], "refuse") == (422, ["missing-field"])
        day.does(signer, asked[-1], "sign")
    case = day.sees("cs-officer", case)
    assert case["state"] == "accepted"  # by itself, with the last of them
    assert day.told(case) == {"client"}
    return case


def opinions_given(day: Day, case: Json) -> Json:
    """All heads at once; whose deadline binds is the project manager's, and none is before the session."""
    heads = ("dept-head.cs", "dept-head.engineering", "dept-head.security", "project-manager")
    asked = day.children(case, "opinions")
    assert [day.told(each) for each in asked] == [{head} for head in heads]
    too_soon = {**OPINION, "deadline": "2026-05-05"}
    assert day.may_not(heads[0], asked[0], "advise", **too_soon) == (409, ["guard"])
    assert day.may_not(heads[0], asked[0], "refuse", reason="不办") == (409, ["guard"])
    for head, each in zip(heads, asked, strict=True):
        deadline = OPINION["deadline"] if head == "project-manager" else "2026-06-30"
        day.does(head, each, "advise", **{**OPINION, "deadline": deadline})
    case = day.sees("cs-officer", case)
    assert (case["state"], case["data"]["deadline"]) == ("opinions-given", "2026-05-20")
    assert day.told(case) == {"property-manager"}
    return case


def test_a_reception_day_on_a_holiday_is_held_on_the_next_working_day(day: Day, session: Json) -> None:
    """Registered, endorsed in sequence, prepared, held, decided, followed to the deadline on the form."""
    case = opinions_given(day, endorsed_in_sequence(day, registered(day, session)))
    assert day.may_not("cs-officer", session, "choose", departments=["engineering"]) == (403, ["role-needed"])
    session = day.does("hosting-leader", session, "choose", departments=["engineering"])
    everything = {"preparation": passed(*PREPARED)}
    assert day.may_not("cs-officer", session, "prepare", **everything) == (409, ["guard"])  # who comes?
    attendance = day.child(session, "attendances")
    assert day.told(attendance) == {"dept-head.engineering"}
    day.does("dept-head.engineering", attendance, "attend", attendee="部门主管")
    session = day.does("cs-officer", session, "prepare", **everything)
    assert day.told(session) == {"property-manager"}
    session = day.does("property-manager", session, "study", studied="维保合同到期日")

    assert day.may_not("property-manager", session, "hold") == (409, ["guard"])  # not before ten
    assert day.may_not("property-manager", case, "receive", **HEARD) == (409, ["guard"])
    day.until(SESSION)
    session = day.does("property-manager", session, "hold")
    assert day.may_not("property-manager", session, "end") == (409, ["guard"])  # somebody still waits
    assert day.may_not("cs-officer", case, "receive", **HEARD) == (403, ["role-needed"])
    case = day.does("property-manager", case, "receive", **HEARD)
    session = day.does("property-manager", session, "end")
    session = day.does("property-manager", session, "analyse", analysis="电梯维保", common=False)
    session = day.does("cs-officer", session, "summarise", report="接待一户")
    assert day.told(session) >= {"cs-officer", "property-manager", "leader-in-charge"}
    assert session["state"] == "summarised"  # it waits for its matters
    followed(day, case)
    assert day.sees("cs-officer", session)["state"] == "closed"


def followed(day: Day, case: Json) -> None:
    """The decision is told, the department is late for the deadline on the form, and the owner is content."""
    case = day.does("property-manager", case, "decide", decision="两周内更换主板")
    assert day.told(case) == {"cs-officer"}
    case = day.does("cs-officer", case, "reply", reply="已电话告知")
    assert day.told(case) == {"dept-head.engineering", "client"}
    assert day.promise(case, "state.in-handling")["due_at"] == utc("2026-05-20 18:00")
    day.until("2026-05-20 18:01")
    assert day.escalated_to(case) >= {"dept-head.engineering", "project-manager"}
    assert day.may_not("dept-head.security", case, "finish", result="x") == (403, ["role-needed"])
    case = day.does("dept-head.engineering", case, "finish", result="主板已更换并试运行")
    unhappy = day.may_not("cs-officer", case, "tell", feedback="电话回访", satisfied=False)
    assert unhappy == (409, ["guard"])  # then it is done again, until he is
    case = day.does("cs-officer", case, "tell", feedback="电话回访", satisfied=True)
    assert day.told(case) >= {"client", "cs-officer"}
    assert case["category"] == "closed"


def test_who_refuses_to_endorse_stops_the_sequence(day: Day, session: Json) -> None:
    """Those after him are never asked; the desk offers the owner another way."""
    case = registered(day, session)
    case = day.does("cs-officer", case, "review", review="待核实", departments=["engineering"])
    case = day.does("cs-officer", case, "endorse")
    day.does("dept-head.cs", day.child(case, "endorsements", 0), "sign")
    refused = day.child(case, "endorsements", 1)
    day.does("dept-head.engineering", refused, "refuse", reason="已列入大修计划")
    case = day.sees("cs-officer", case)
    assert case["state"] == "not-accepted"
    assert len(day.children(case, "endorsements")) == 2
    assert day.told(case) == {"cs-officer"}
    other = {"other_channel": "complaint", "feedback": "已转投诉"}
    case = day.does("cs-officer", case, "redirect", **other)
    assert (case["state"], day.child(case, "complaints")["data"]["channel"]) == (
        "handled-otherwise",
        "reception-day",
    )


def test_a_site_that_keeps_to_fridays_moves_it_to_the_next_one(day: Day) -> None:
    """By its own setting; the day after the holidays is then a day like any other."""
    director, path = day.as_("office-director"), "/api/sites/yunlan/settings"
    seen = director.get(path).headers["ETag"]
    values = {"values": {"reception_day_moves_to": "next-friday"}}
    assert director.send("PUT", path, values, If_Match=seen).status_code == 200
    day.until("2026-04-20 18:00")
    day.look_at_schedules()
    day.until("2026-04-23 10:00")
    (found,) = opened_by_the_clock(day)
    assert found["data"]["starts_at"] == utc(NEXT)
