"""What people write on the forms of the processes, so that the stories can be told without it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from running_desk import Json, RunningDesk

from tests.inspection_rooms import ROOMS

COMPLAINT = {
    "complainant": "欧阳若兰",
    "contact": "13912345678",
    "unit": "1-0101",
    "content": "大堂连续三天无人清扫",
    "channel": "phone",
}
REPAIR = {
    "reporter": "司徒建国",
    "contact": "13987654321",
    "place": "7-0203 厨房",
    "content": "水龙头漏水",
    "urgency": "normal",
}
MOVE_IN = {
    "unit": "1-0102",
    "applicant": "端木晓彤",
    "contact": "13700001234",
    "owner_name": "端木晓彤",
    "owner_id": "11010519491231002X",
    "applicant_type": "owner",
}
INQUIRY = {
    "complainant": "令狐小小",
    "contact": "13611112222",
    "unit": "3-0801",
    "content": "月底为什么停水",
    "nature": "inquiry",
}

Deed = tuple[str, str, dict[str, Any]]  # who, the trigger, the form


def told(desk: RunningDesk, ticket: Json, *deeds: Deed) -> Json:
    """The ticket after these deeds, each done by somebody who signs in by himself."""
    for account, trigger, data in deeds:
        ticket = desk(account).does(ticket, trigger, **data)
    return ticket


def in_days(days: float) -> str:
    """An instant from now, as a form takes it."""
    return (datetime.now(UTC) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def checked(**failing: str) -> list[Json]:
    """An inspection in which all passes but what `failing` names, with what is wrong with it."""
    wrong = {name.replace("_", "-"): note for name, note in failing.items()}
    passed = [{"item": item, "result": "pass"} for item in ROOMS if item not in wrong]
    return passed + [{"item": item, "result": "fail", "note": note} for item, note in wrong.items()]


def repaired(worker: str) -> tuple[Deed, ...]:
    """How a free repair goes from its registration to its end."""
    return (
        ("property-assistant", "classify", {"scope": "indoor", "charge": "developer"}),
        ("property-assistant", "issue-slip", {}),
        ("cs-officer", "assign", {"worker": worker}),
        ("cs-officer", "schedule", {"appointment": in_days(1), "estimate": "半天"}),
        ("repair-worker", "start", {}),
        ("repair-worker", "finish", {"result": "已修好", "signed": True}),
        ("cs-officer", "inform", {}),
        ("cs-officer", "revisit", {"visit_notes": "电话回访", "satisfied": True}),
        ("cs-officer", "close", {}),
    )


def staff_id(desk: RunningDesk, account: str) -> str:
    """The id by which forms name a colleague."""
    return str(desk(account).get("/api/me")["id"])
