"""An agent moves in without a power of attorney: the paper is named, waited for, and brought."""

from __future__ import annotations

import pytest
from scenario_desk import Day, Json, passed

from tests.inspection_rooms import ROOMS

AGENT = {
    "unit": "5-0302",
    "applicant": "百里小红",
    "contact": "13600000007",
    "owner_name": "百里伟",
    "applicant_type": "agent",
}
OTHERS = ["owner-id", "purchase-contract", "delivery-confirmation", "principal-id", "agent-id"]
WHOLE = [*OTHERS, "power-of-attorney"]
FORMS = [
    "household-registration",
    "renovation-application",
    "service-agreement",
    "renovation-agreement",
    "interim-covenant",
]
ITEMS = {
    "items_given": ["keys", "owner-handbook", "renovation-notice", "receipt-list"],
    "key_count": 5,
    "items_signed": True,
}
FEE = {"area": 88.5, "property_fee": "1911.60", "receipt": "SJ-0002"}
SETTINGS = "/api/sites/yunlan/settings"


@pytest.fixture
def move_in(day: Day) -> Json:
    """At a site where the fee comes before the keys, an agent has been registered."""
    seen = day.as_("office-director").get(SETTINGS).headers["ETag"]
    assert decides(day, "office-director", {}) == 428
    assert decides(day, "cs-officer", {"If_Match": seen}) == 403
    assert decides(day, "office-director", {"If_Match": seen}) == 200
    ticket = day.opens("receptionist", "move-in", **AGENT)
    assert ticket["data"]["variant"] == "b"
    return ticket


def decides(day: Day, account: str, heads: dict[str, str]) -> int:
    """Somebody says how people move in at this site; how it was answered."""
    said = day.as_(account).send("PUT", SETTINGS, {"values": {"move_in_variant": "b"}}, **heads)
    return int(said.status_code)


def test_without_a_power_of_attorney_nobody_moves_in_for_the_owner(day: Day, move_in: Json) -> None:
    """Refused with the paper's name in the reader's language; reminded, supplied, and moved in."""
    papers = {"documents": OTHERS, "documents_match": True}
    both = day.may_not("receptionist", move_in, "verify-documents", **papers)
    assert both == (403, ["missing-paper", "role-needed"])
    named = day.refusal("cs-officer", move_in, "verify-documents", **papers)
    assert named.status_code == 422
    (reason,) = named.json["blocked_by"]
    assert (reason["code"], reason["field"], reason["saw"]) == (
        "missing-paper",
        "documents",
        "power-of-attorney",
    )
    assert reason["message"] == "Power of attorney is still lacking"
    offered = day.as_("cs-officer").get(f"/api/tickets/{move_in['id']}/transitions").json["available"]
    form = next(each["form"] for each in offered if each["trigger"] == "verify-documents")
    assert "power-of-attorney" in form["properties"]["documents"]["items"]["enum"]

    assert day.may_not("cs-officer", move_in, "report-missing") == (422, ["missing-field", "missing-field"])
    ticket = day.does("cs-officer", move_in, "report-missing", **papers)
    assert (ticket["state"], ticket["data"]["lacking"]) == ("documents-missing", ["power-of-attorney"])
    assert day.told(ticket) == {"client"}
    assert day.may_not("cs-officer", ticket, "verify-documents", **papers) == (409, ["not-in-state"])
    day.until("2026-03-16 18:00")
    assert day.escalated_to(ticket) == {"client", "cs-officer"}  # ten working days, and he is reminded

    ticket = day.does("receptionist", ticket, "supply", documents=WHOLE)
    again = day.refusal("cs-officer", ticket, "verify-documents", **papers)
    assert again.json["blocked_by"][0]["saw"] == "power-of-attorney"  # what is shown now is what counts
    foreign = {"documents": WHOLE, "documents_match": False}
    assert day.may_not("cs-officer", ticket, "verify-documents", **foreign) == (409, ["guard"])
    ticket = day.does("cs-officer", ticket, "verify-documents", documents=WHOLE, documents_match=True)
    keys_after_the_fee(day, ticket)


def keys_after_the_fee(day: Day, ticket: Json) -> None:
    """Signed, paid, handed over, accepted room by room and archived, with the copy of the agent's papers."""
    lacking = day.refusal("cs-officer", ticket, "sign-forms", forms_signed=FORMS[:-1])
    assert [each["saw"] for each in lacking.json["blocked_by"]] == ["interim-covenant"]
    ticket = day.does("cs-officer", ticket, "sign-forms", forms_signed=FORMS)
    assert day.may_not("cs-officer", ticket, "hand-out-items", **ITEMS) == (409, ["guard"])  # the fee first
    assert day.may_not("cs-officer", ticket, "collect-fee", **FEE) == (403, ["role-needed"])
    ticket = day.does("finance-officer", ticket, "collect-fee", **FEE)
    assert ticket["data"]["energy_share"] == "26.55"  # 0.3 yuan for each square metre
    assert day.told(ticket) == {"cs-officer"}
    ticket = day.does("cs-officer", ticket, "hand-out-items", **ITEMS)
    ticket = day.does("cs-officer", ticket, "start-acceptance", department="maintenance", record_updated=True)
    assert day.told(ticket) == {"repair-team-leader"}

    acceptance = day.child(ticket, "acceptance")
    rooms = {"items": passed(*ROOMS)}
    assert day.may_not("repair-worker", acceptance, "pass-all", **rooms) == (409, ["guard"])  # meters first
    meters = {"water_meter": 1, "electricity_meter": 4, "meters_confirmed": True}
    acceptance = day.does("repair-worker", acceptance, "read-meters", **meters)
    acceptance = day.does("repair-worker", acceptance, "pass-all", **rooms)
    acceptance = day.does("repair-worker", acceptance, "sign", signed=True)
    assert acceptance["category"] == "closed"
    ticket = day.sees("archivist", ticket)
    assert ticket["state"] == "accepted"  # by itself
    assert day.told(ticket) == {"cs-officer", "archivist"}
    copies = ["owner-id-copy", "registration-form", "agreements"]
    bare = day.refusal("archivist", ticket, "archive", archived_papers=copies)
    assert [each["saw"] for each in bare.json["blocked_by"]] == ["agent-id-copy"]
    ticket = day.does("archivist", ticket, "archive", archived_papers=[*copies, "agent-id-copy"])
    assert (ticket["state"], ticket["category"]) == ("archived", "closed")
