"""A desk with complaints that lie, and what the board shows of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from api_desk import COMPLAINT, INQUIRY, Call
from plain_browser import PlainBrowser

from service.bootstrap import Desk
from workflows.timing.instants import parse_rfc3339

Enter = Callable[..., PlainBrowser]
DAY = 86_400


def opened(call: Call, count: int) -> list[dict[str, Any]]:
    """So many fresh complaints."""
    reception = call("receptionist")
    return [reception.open("complaint", {**COMPLAINT, "content": f"第 {each} 件"}) for each in range(count)]


def escalated(desk: Desk, ticket: dict[str, Any]) -> None:
    """Fire the first level of the ticket."""
    (first,) = {each["next_level_at"] for each in ticket["clocks"]}
    while desk.engine.sweep(parse_rfc3339(first)):
        pass


def numbers(browser: PlainBrowser) -> set[str]:
    """The tickets that the board shows."""
    return set(re.findall(r'name="ticket" value="[^/]+/([^/]+)/', browser.page.text))


def boxes(browser: PlainBrowser) -> list[str]:
    """What the tick boxes of the page send."""
    return re.findall(r'name="ticket" value="([^"]+)"', browser.page.text)


def figure(browser: PlainBrowser, title: str) -> str:
    """The number under a title."""
    found = re.search(rf"<dt>{title}</dt><dd>(?:<span[^>]*>▲ </span>)?([^<]+)</dd>", browser.page.text)
    assert found, browser.page.text
    return found[1]


def dispatched(call: Call, department: str) -> dict[str, Any]:
    """A complaint that a department works on."""
    reception = call("receptionist")
    ticket = reception.open("communicative-complaint", INQUIRY)
    for trigger, data in (
        ("confirm-identity", {"identity_confirmed": True}),
        ("check-payment", {"payment_status": "paid"}),
        ("dispatch", {"department": department}),
    ):
        ticket = dict(reception.fire(ticket, trigger, data).json)
    return ticket


def numbers_of(browser: PlainBrowser, path: str = "/board") -> set[str]:
    """What somebody's board shows."""
    assert browser.look(path).status_code == 200
    return numbers(browser)
