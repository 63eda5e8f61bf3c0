"""Somebody comes unannounced and beside himself: an owner out of control, an employee whom few may see."""

from __future__ import annotations

import pytest
from api_desk import codes
from scenario_desk import Day, Json, passed
from werkzeug.test import TestResponse

OWNER = {"kind": "a", "location": "office", "notice": "arrived", "matter": "业主在前台吵闹"}
EMPLOYEE = {"kind": "b", "location": "company", "notice": "arrived", "matter": "离职员工到前台"}
CALM = ("polite", "seat-and-tea", "surroundings")
AS_TO_AN_OWNER = (*CALM, "no-comments", "no-conflict")
RECORD = {
    "persons": "业主一名",
    "headcount": 1,
    "composition": "业主",
    "purpose": "漏水未修",
    "actions": "接待、安抚、答复",
    "typical": True,
}
STRANGERS = ("cs-officer", "cs-director", "lobby-receptionist", "project-manager", "dept-head.cs", "guard")
WHO_MAY_KNOW = ("receptionist", "hr-officer", "hr-manager", "office-director", "leader-in-charge")


def test_an_owner_out_of_control_brings_the_director_of_customer_service(day: Day) -> None:
    """Received, seated, out of control, calmed by the director; recorded within two days and made a case."""
    visit = day.opens("receptionist", "emergency-visit", **OWNER)
    assert visit["priority"] == "high"
    assert day.may_not("receptionist", visit, "tell-centre") == (409, ["guard"])  # that is the company's way
    assert day.may_not("cleaner", visit, "receive", record="漏水") == (403, ["role-needed"])
    day.until("2026-03-02 09:05")
    assert day.escalated_to(visit) == {"receptionist", "cs-supervisor"}  # five minutes are the first moment
    visit = day.does("cs-officer", visit, "receive", record="业主反映漏水未修")
    crowd = {"room": "talk-room", "manner": passed(*CALM)}
    rude = day.refusal("cs-officer", visit, "seat", **crowd)
    lacking = {each["saw"] for each in rude.json["blocked_by"] if each["code"] == "missing-paper"}
    assert (rude.status_code, lacking) == (422, {"no-comments", "no-conflict"})
    visit = day.does("cs-assistant", visit, "seat", room="talk-room", manner=passed(*AS_TO_AN_OWNER))
    assert day.told(visit) >= {"dept-head.service-centre"}

    assert day.may_not("cs-officer", visit, "call-hr", reason="拍桌") == (409, ["guard"])  # not for owners
    assert day.may_not("cs-officer", visit, "call-director") == (422, ["missing-field"])
    visit = day.does("cs-officer", visit, "call-director", reason="拍桌、辱骂")
    assert visit["state"] == "with-director"
    assert day.told(visit) == {"cs-director"}
    assert day.may_not("cs-officer", visit, "calm", answer="当日维修") == (403, ["role-needed"])
    day.until("2026-03-02 10:05")
    assert day.escalated_to(visit) >= {"cs-director", "office-director"}
    visit = day.does("cs-director", visit, "calm", answer="当日安排维修")

    complaint = {"complainant": "公孙大郎", "contact": "13600000006", "complaint": "漏水三次未修"}
    visit = day.does("cs-officer", visit, "take-complaint", **complaint)
    assert day.child(visit, "complaints")["data"]["channel"] == "visit"
    assert day.may_not("dept-head.service-centre", visit, "settle") == (422, ["missing-field"])
    visit = day.does("dept-head.service-centre", visit, "settle", outcome="业主满意离开")
    recorded_and_archived(day, visit)


def recorded_and_archived(day: Day, visit: Json) -> None:
    """The record is due by the close of the second working day after, and goes to the company's centre."""
    day.until("2026-03-04 18:00")
    # It is the head of department's own to do, so when it is late those above him hear of it and not he.
    assert day.escalated_to(visit) == {"dept-head.service-centre", "project-manager"}
    visit = day.does("dept-head.service-centre", visit, "file-record", **RECORD)
    assert day.told(visit) == {"dept-head.company-csc"}
    bare = day.may_not("dept-head.company-csc", visit, "archive", archive_number="AL-01")
    assert bare == (409, ["guard"])  # a typical case becomes a study
    assert day.may_not("dept-head.service-centre", visit, "archive", archive_number="AL-01")[0] == 403
    study = {"archive_number": "AL-01", "case_study": "漏水群访"}
    assert day.does("dept-head.company-csc", visit, "archive", **study)["state"] == "archived"


@pytest.fixture
def secret(day: Day) -> Json:
    """A dismissed employee at the company's front desk; human resources has been told."""
    visit = day.opens("receptionist", "emergency-visit", **EMPLOYEE)
    case = {"responsible": "hr", "employee_case": "试用期辞退", "opinion": "按合同办理"}
    elsewhere = {**case, "responsible": "cs"}
    assert day.may_not("receptionist", visit, "tell-hr", **elsewhere) == (409, ["guard"])
    visit = day.does("receptionist", visit, "tell-hr", **case)
    assert day.told(visit) == {"dept-head.hr", "hr-manager", "hr-officer"}
    return visit


@pytest.mark.parametrize("stranger", STRANGERS)
def test_for_whom_an_employees_case_is_not_meant_it_does_not_exist(
    day: Day, secret: Json, stranger: str
) -> None:
    """Not by its number, in no list, search, count or report, at no door to write through."""
    caller, tag = day.as_(stranger), {"If_Match": f'"{secret["seq"]}"'}
    for name in (secret["id"], secret["number"]):
        at = f"/api/tickets/{name}"
        for door in ("", "/transitions", "/history", "/clocks", "/personal", "/assignment"):
            assert_unknown(caller.get(at + door))
        assert_unknown(caller.post(f"{at}/transitions", {"trigger": "settle", "data": {}}, **tag))
        assert_unknown(caller.post(f"{at}/notes", {"text": "?"}, **tag))
        assert_unknown(caller.post(f"{at}/claim", {}, **tag))
        assert_unknown(caller.send("PUT", f"{at}/assignee", {"assignee": None}, **tag))
        assert_unknown(caller.send("PATCH", f"{at}/data", {"matter": "?"}, **tag))
    for query in ("workflow=emergency-visit", "q=离职员工", f"q={secret['number']}", "category=open"):
        assert day.found(stranger, query) == []
    counted = caller.get("/api/reports/states?workflow=emergency-visit").json["items"]
    assert sum(each["tickets"] for each in counted) == 0
    assert day.sees("office-director", secret)["seq"] == secret["seq"]


def assert_unknown(answer: TestResponse) -> None:
    """404, as if there had never been such a ticket."""
    assert (answer.status_code, codes(answer)) == (404, ["unknown-ticket"])


@pytest.mark.parametrize("account", WHO_MAY_KNOW)
def test_who_may_know_of_it_finds_it(day: Day, secret: Json, account: str) -> None:
    """Whoever opened it, human resources, the director of the office and the leader in charge."""
    (found,) = day.found(account, "workflow=emergency-visit")
    assert found["number"] == secret["number"]
    assert day.sees(account, found)["state"] == "notified"


def test_human_resources_alone_answers_him_and_closes_the_case(day: Day, secret: Json) -> None:
    """In the talk room; what does not belong to it is refused, and nobody else is asked to the record."""
    room = {"manner": passed(*CALM)}
    assert day.may_not("receptionist", secret, "guide-in", room="meeting-room", **room) == (409, ["guard"])
    visit = day.does("receptionist", secret, "guide-in", room="talk-room", **room)
    assert day.told(visit) == {"dept-head.hr", "hr-manager", "hr-officer"}
    assert day.may_not("receptionist", visit, "answer", answer="合同") == (403, ["role-needed"])
    visit = day.does("hr-officer", visit, "answer", answer="说明解除依据并约定结算时间")
    visit = day.does("dept-head.hr", visit, "settle", outcome="员工接受")
    record = {**RECORD, "persons": "离职员工一名", "composition": "员工", "typical": False}
    visit = day.does("dept-head.hr", visit, "file-record", **record)
    assert day.told(visit) == {"dept-head.company-csc"}
    centre = day.as_("dept-head.company-csc").get(f"/api/tickets/{visit['id']}")
    assert centre.status_code == 200  # it is theirs to archive now
    assert day.does("dept-head.company-csc", visit, "archive", archive_number="AL-02")["state"] == "archived"
