"""Links and codes of residents for tests, and a repair that is as far as they need it."""

from __future__ import annotations

from typing import Any

from api_desk import LAKE, Call

from service import wallclock
from service.auth import hash_token, new_secret
from service.bootstrap import Desk
from workflows.storage.people.resident_links import ResidentLink

REPORT = {
    "reporter": "江舟",
    "contact": "13800000022",
    "place": "厨房",
    "content": "水槽下方滴水",
    "urgency": "normal",
}
UNIT = "6-0901"
DAY = 86_400


def give_link(desk: Desk, ticket: str, *, days: int = 1) -> str:
    """The token of a new link to a ticket (id); expired, if its days are none."""
    return _give(desk, ticket=ticket, days=days)


def give_code(desk: Desk, unit: str = UNIT, *, days: int = 1) -> str:
    """The token of a new code of a unit."""
    return _give(desk, unit=unit, days=days)


def _give(desk: Desk, *, days: int, **what: str) -> str:
    token, now = new_secret(), wallclock.now()
    link = ResidentLink(
        site=LAKE, id=f"link-{token[-8:]}", created_at=now, expires_at=now + days * DAY, **what
    )
    desk.resident_links.add(link, hash_token(token))
    return token


def revisited_complaint(call: Call) -> dict[str, Any]:
    """A complaint whose return visit has been made, and whose author was not content."""
    officer, head = call("cs-officer"), call("dept-head")
    ticket = call("receptionist").open(
        "complaint",
        {
            "complainant": "苏晴",
            "contact": "13800000006",
            "unit": UNIT,
            "content": "垃圾房异味",
            "channel": "online",
        },
    )
    for who, trigger, data in (
        (officer, "determine-nature", {"nature": "valid", "subject": "cleaning", "severity": "low"}),
        (officer, "assign-department", {"department": "environment"}),
        (head, "visit-site", {"head_on_site": True, "findings": "垃圾未日清"}),
        (head, "handle", {"measures": "改为日清", "promised": False}),
        (head, "solve", {"result": "已日清"}),
        (call("receptionist"), "report-result", {"told": "已告知"}),
        (officer, "revisit", {"manner": "phone", "visit_notes": "秘密备注", "satisfied": False}),
    ):
        answer = who.fire(ticket, trigger, data)
        assert answer.status_code == 201, answer.text
        ticket = dict(answer.json)
    return ticket
