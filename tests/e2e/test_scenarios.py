"""Four stories from the front desk to the archive, each deed by somebody who signs in by himself."""

from __future__ import annotations

from form_answers import COMPLAINT, INQUIRY, MOVE_IN, REPAIR, checked, in_days, repaired, staff_id, told
from running_desk import Json, RunningDesk

HANDLED = (
    ("dept-head.environment", "solve", {"result": "已清扫，班次已调整"}),
    ("receptionist", "report-result", {"told": "已电话告知"}),
)


def test_a_complaint_is_handled_until_the_client_is_satisfied_and_then_archived(desk: RunningDesk) -> None:
    """Registered, judged, given to the department, seen, handled, revisited twice, closed."""
    ticket = desk("receptionist").open("complaint", **COMPLAINT)
    ticket = told(
        desk,
        ticket,
        ("cs-officer", "determine-nature", {"nature": "valid", "subject": "cleaning", "severity": "low"}),
        ("cs-officer", "assign-department", {"department": "environment"}),
    )
    assert (ticket["state"], ticket["department"]) == ("dept-assigned", "environment")
    assert "visit-site" in desk("dept-head.environment").may(ticket)
    assert desk("dept-head.security").may_not(ticket)["visit-site"] == ["role-needed"]
    ticket = told(
        desk,
        ticket,
        ("dept-head.environment", "visit-site", {"head_on_site": True, "findings": "大堂有积尘"}),
        ("dept-head.environment", "handle", {"measures": "当日补扫", "promised": False}),
        *HANDLED,
        ("cs-officer", "revisit", {"manner": "phone", "visit_notes": "仍有灰尘", "satisfied": False}),
    )
    assert desk("cs-officer").may_not(ticket)["close"] == ["guard"]
    ticket = told(desk, ticket, ("cs-officer", "handle-again", {"reason": "仍有灰尘"}), *HANDLED)
    assert ticket["data"].get("satisfied") is None, "he is asked anew"
    ticket = told(
        desk,
        ticket,
        ("cs-officer", "revisit", {"manner": "phone", "visit_notes": "满意", "satisfied": True}),
        ("cs-officer", "close", {"cause": "process", "analysis": "换班时无人交接"}),
    )
    assert (ticket["state"], ticket["category"]) == ("closed", "closed")
    assert ticket["closed_at"] is not None
    assert {clock["verdict"] for clock in ticket["clocks"]} <= {"met", "missed"}, "no promise runs on"
    ticket = told(desk, ticket, ("archivist", "archive", {}))
    assert ticket["state"] == "archived"
    assert [entry["to"] for entry in desk("cs-officer").history(ticket)] == [
        "registered",
        "classified",
        "dept-assigned",
        "on-site",
        "in-handling",
        "solved",
        "feedback-given",
        "revisited",
        "in-handling",
        "solved",
        "feedback-given",
        "revisited",
        "closed",
        "archived",
    ]


def test_every_deed_of_a_story_stands_in_the_history_under_its_doers_name(desk: RunningDesk) -> None:
    """Who, when, from where to where, and with which words; personal words are not repeated there."""
    ticket = desk("receptionist").open("complaint", **COMPLAINT)
    form = {"nature": "valid", "subject": "cleaning", "severity": "low"}
    ticket = told(desk, ticket, ("cs-officer", "determine-nature", form))
    opening, judging = desk("cs-officer").history(ticket)
    assert (opening["kind"], opening["actor"]["name"], opening["personal"]) == ("open", "前台接待·演示", True)
    assert (judging["kind"], judging["actor"]["name"]) == ("fire", "客服专员·演示")
    assert (judging["from"], judging["to"], judging["data"]) == ("registered", "classified", form)
    assert (judging["seq"], judging["surface"]) == (2, "api")
    assert opening["hash"] != judging["hash"]


def test_a_repair_by_appointment_is_paid_for_revisited_and_closed(desk: RunningDesk) -> None:
    """The price is agreed before anybody goes, and collected before it counts as done."""
    worker = staff_id(desk, "repair-worker")
    ticket = desk("receptionist").open("repair", **REPAIR)
    ticket = told(
        desk,
        ticket,
        ("property-assistant", "classify", {"scope": "indoor", "charge": "paid", "part": "fittings"}),
        ("property-assistant", "issue-slip", {"price": "80.00", "price_agreed": True}),
        ("cs-officer", "assign", {"worker": worker}),
    )
    assert ticket["assignee"] == worker
    ticket = told(desk, ticket, ("cs-officer", "schedule", {"appointment": in_days(2), "estimate": "半小时"}))
    assert (ticket["data"]["register"], ticket["data"]["price"]) == ("paid-service", "80.00")
    assert ticket["due_at"] > in_days(2), "half an hour of grace after the agreed time"
    ticket = told(desk, ticket, ("repair-worker", "start", {}))
    unpaid = desk("repair-worker").tries(ticket, "finish", result="已更换", signed=True)
    assert (unpaid.status, unpaid.codes) == (409, ["guard"])
    paid = {"result": "已更换", "signed": True, "fee": "80.00", "fee_collected": True, "receipt": "SJ-0102"}
    ticket = told(
        desk,
        ticket,
        ("repair-worker", "finish", paid),
        ("cs-officer", "inform", {"told": "已电话告知"}),
        ("cs-officer", "revisit", {"visit_notes": "不漏了", "satisfied": True}),
        ("cs-officer", "close", {}),
    )
    assert (ticket["state"], ticket["category"]) == ("closed", "closed")


def test_a_move_in_waits_for_every_repair_and_then_goes_on_by_itself(desk: RunningDesk) -> None:
    """Three items fail, one fails again; nobody can pass over an open repair."""
    move_in = _moved_in_up_to_the_acceptance(desk)
    (child,) = move_in["children"]
    assert desk("cs-officer").may_not(move_in)["restart-acceptance"] == ["guard"]
    meters = {"water_meter": 3, "electricity_meter": 12, "meters_confirmed": True}
    defects = checked(doors_windows="推拉门关不严", waterproofing="卫生间渗水", gas="阀门松动")
    acceptance = told(
        desk,
        child,
        ("repair-worker", "read-meters", meters),
        ("repair-worker", "record-defects", {"items": defects}),
        ("cs-officer", "issue-slips", {"rework_by": "developer"}),
    )
    slips = acceptance["children"]
    assert [slip["workflow"] for slip in slips] == ["repair"] * 3
    assert [desk("cs-officer").sees(slip)["title"] for slip in slips] == [
        "推拉门关不严",
        "卫生间渗水",
        "阀门松动",
    ]
    acceptance = _repaired_one_after_another(desk, acceptance, slips)
    again = {"reinspection": checked(waterproofing="仍有渗水")}
    acceptance = told(desk, acceptance, ("repair-team-leader", "re-inspect", again))
    assert (acceptance["state"], len(acceptance["children"])) == ("rework", 4)
    acceptance = _repaired_one_after_another(desk, acceptance, acceptance["children"][3:])
    acceptance = told(
        desk,
        acceptance,
        ("repair-team-leader", "re-inspect", {"reinspection": checked()}),
        ("cs-officer", "schedule-re-acceptance", {"re_acceptance_at": in_days(3)}),
        ("repair-worker", "re-accept", {"reacceptance": checked()}),
    )
    assert desk("cs-officer").sees(move_in)["state"] == "in-acceptance", (
        "nothing is accepted without a signature"
    )
    told(desk, acceptance, ("repair-worker", "sign", {"signed": True}))
    move_in = desk("cs-officer").sees(move_in)
    assert (move_in["state"], move_in["category"]) == ("accepted", "open"), "it went on by itself"
    assert desk("cs-officer").history(move_in)[-1]["kind"] == "settle"
    papers = ["move-in-notice", "owner-id-copy", "registration-form", "agreements"]
    move_in = told(desk, move_in, ("archivist", "archive", {"archived_papers": papers}))
    assert (move_in["state"], move_in["category"]) == ("archived", "closed")


def _moved_in_up_to_the_acceptance(desk: RunningDesk) -> Json:
    ticket = desk("receptionist").open("move-in", **MOVE_IN)
    papers = ["owner-id", "move-in-notice", "sale-contract"]
    handed = ["keys", "resident-handbook", "utility-drawing"]
    return told(
        desk,
        ticket,
        ("cs-officer", "verify-documents", {"documents": papers, "documents_match": True}),
        ("cs-officer", "sign-forms", {"forms_signed": ["resident-registration", "rules-and-agreements"]}),
        ("cs-officer", "hand-out-items", {"items_given": handed, "key_count": 5, "items_signed": True}),
        ("finance-officer", "collect-fee", {"area": 100, "property_fee": "2160.00", "receipt": "SJ-0001"}),
        ("cs-officer", "start-acceptance", {"department": "maintenance", "record_updated": True}),
    )


def _repaired_one_after_another(desk: RunningDesk, acceptance: Json, slips: list[Json]) -> Json:
    """The acceptance after these repairs: it waits for the last of them."""
    worker, eyes = staff_id(desk, "repair-worker"), desk("repair-team-leader")
    for slip in slips:
        acceptance = eyes.sees(acceptance)
        assert acceptance["state"] == "rework"
        assert eyes.may_not(acceptance)["re-inspect"] == ["not-in-state"]
        passed = eyes.tries(acceptance, "re-inspect", reinspection=checked())
        assert (passed.status, passed.codes) == (409, ["not-in-state"])
        ended = told(desk, slip, *repaired(worker))
        assert ended["category"] == "closed"
    acceptance = eyes.sees(acceptance)
    assert acceptance["state"] == "re-inspection", "the last repair brought it here"
    assert all(child["closed"] for child in acceptance["children"])
    return acceptance


def test_a_mishandled_inquiry_becomes_a_complaint_and_nothing_of_it_is_lost(desk: RunningDesk) -> None:
    """Its history stays as it was, and its words need not be written down again."""
    inquiry = _dispatched(desk)
    before = desk("cs-officer").history(inquiry)
    inquiry = told(desk, inquiry, ("cs-officer", "mishandled", {"reason": "三天无人答复"}))
    assert (inquiry["state"], inquiry["category"]) == ("converted", "cancelled")
    assert desk("cs-officer").history(inquiry)[: len(before)] == before
    complaint = _successor(desk, inquiry)
    assert (complaint["workflow"], complaint["state"]) == ("complaint", "registered")
    assert complaint["origin"] == inquiry["id"]
    assert complaint["data"]["content"] == INQUIRY["content"]
    assert complaint["data"]["channel"] == "communicative"
    personal = desk("cs-officer").get(f"/api/tickets/{complaint['number']}/personal")["personal"]
    assert personal == {"complainant": INQUIRY["complainant"], "contact": INQUIRY["contact"]}


def test_whoever_looks_at_the_old_ticket_finds_the_new_one(desk: RunningDesk) -> None:
    """The link holds in both directions."""
    inquiry = told(desk, _dispatched(desk), ("cs-officer", "mishandled", {"reason": "无人答复"}))
    complaint = _successor(desk, inquiry)
    seen = b"".join(desk.standing(inquiry)).decode()
    assert complaint["number"] in seen or complaint["id"] in seen


def _dispatched(desk: RunningDesk) -> Json:
    return told(
        desk,
        desk("receptionist").open("communicative-complaint", **INQUIRY),
        ("receptionist", "confirm-identity", {"identity_confirmed": True}),
        ("receptionist", "check-payment", {"payment_status": "paid"}),
        ("receptionist", "dispatch", {"department": "engineering"}),
    )


def _successor(desk: RunningDesk, ticket: Json) -> Json:
    newest = desk("cs-officer").get("/api/tickets?workflow=complaint&state=registered&limit=20")["items"]
    (found,) = (each for each in newest if each["origin"] == ticket["id"])
    return desk("cs-officer").sees(found)
