"""An officer with a ticket that takes files."""

from __future__ import annotations

from typing import Any

import pytest
from api_desk import COMPLAINT, Call, Caller


@pytest.fixture
def officer(call: Call) -> Caller:
    return call("cs-officer")


@pytest.fixture
def ticket(officer: Caller) -> dict[str, Any]:
    return officer.open("complaint", COMPLAINT)


@pytest.fixture
def at(ticket: dict[str, Any]) -> str:
    return f"/api/tickets/{ticket['number']}/attachments"
