"""Two tickets of people to be found, a search, and the statements that it takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from api_desk import Caller

from service.bootstrap import Desk

CONTACT, NAME = "13877004321", "歐陽測試"
COMPLAINT = {"complainant": NAME, "contact": CONTACT, "content": "電梯異響 Avería", "channel": "phone"}
REPAIR = {
    "reporter": "Ana Pérez",
    "contact": "02155667788;ext=802",
    "unit": "3-2-1001",
    "place": "厨房",
    "content": "水管漏水",
    "urgency": "normal",
}


def found(who: Caller, q: str) -> list[str]:
    """The ids of the tickets that somebody finds."""
    answer = who.client.get(
        "/api/tickets", query_string={"q": q}, headers={"Authorization": f"Bearer {who.token}"}
    )
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json["items"]]


def statements_of(desk: Desk, ask: Callable[[], object]) -> list[tuple[str, int]]:
    """The statements that a question runs, each with the number of its rows."""
    read, ran = desk.database.read, list[tuple[str, int]]()

    def listen(sql: Any, values: Any) -> Any:
        rows = read(sql, values)
        ran.append((getattr(sql, "text", str(sql)), len(rows)))
        return rows

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(desk.database, "read", listen)
        ask()
    return ran
