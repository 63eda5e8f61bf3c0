"""A ticket that does not exist for somebody: no trace of it in lists and counts, nor in what managers see."""

from __future__ import annotations

from typing import Any

import pytest
from api_desk import LAKE, Call
from hidden_desk import WHO_SEES, listed

from service import wallclock
from service.channels.letter import Letter
from service.relay import Relay
from service.wiring import Desk

LISTS = (
    "",
    "?workflow=talk",
    "?state=heard",
    "?category=open",
    "?view=unassigned",
    "?site=lake",
    "?q=离职",
    "?q=quiet",
    "?overdue=false",
)


@pytest.mark.parametrize("query", LISTS)
def test_it_is_in_no_list_of_others(call: Call, secret: dict[str, Any], query: str) -> None:
    """Search by its words included; in the lists of those who may know it stands."""
    assert secret["number"] not in listed(call("foreman"), query)
    assert secret["number"] not in listed(call("stand-in"), query)
    for who in WHO_SEES:
        assert secret["number"] in listed(call(who), query)


def test_it_is_not_found_by_its_number_nor_as_overdue(
    call: Call, secret: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though it is late by now."""
    later = wallclock.now() + 7_200
    monkeypatch.setattr(wallclock, "now", lambda: later)
    seen, stranger = call("cs-officer"), call("foreman")
    for query in (f"?q={secret['number']}", "?overdue=true", "?view=overdue"):
        assert listed(stranger, query) == set()
        assert listed(seen, query) == {secret["number"]}


def test_reports_do_not_count_it_for_others(call: Call, secret: dict[str, Any]) -> None:
    """By state, by promise, and by version of the process."""
    for who, count in (("foreman", 0), ("cs-officer", 1)):
        caller = call(who)
        states = caller.get("/api/reports/states?workflow=talk").json["items"]
        assert sum(each["tickets"] for each in states) == count
        assert caller.get("/api/reports/promises?workflow=talk").json["running"] == count
        assert caller.get("/api/workflows/talk/versions").json["items"][0]["open_tickets"] == count


def test_messages_and_parked_clocks_do_not_name_it_to_managers_who_may_not_know(
    call: Call, desk: Desk, secret: dict[str, Any]
) -> None:
    """They still see that something waits, so that it can be sent again."""
    assert call("cs-officer").fire(secret, "lead").status_code == 201
    desk.store.park(LAKE, secret["id"], "state.led", f"{secret['number']} cannot be worked on")
    for who, ticket in (("office-director", secret["id"]), ("project-manager", None)):
        messages = call(who).get("/api/outbox").json["items"]
        (parked,) = call(who).get("/api/parked").json["items"]
        assert {each["ticket"] for each in messages} == {parked["ticket"]} == {ticket}
    assert secret["number"] not in call("project-manager").get("/api/parked").text


class Posting:
    """Keeps the letters."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []

    def send(self, letter: Letter) -> None:
        """Keep one."""
        self.letters.append(letter)

    send_to_client = send


def test_a_notice_to_somebody_who_may_not_know_says_nothing_of_it(
    call: Call, desk: Desk, secret: dict[str, Any]
) -> None:
    """Neither its number, its title, its process, its text nor a way to it."""
    assert call("cs-officer").fire(secret, "lead").status_code == 201
    post = Posting()
    Relay(desk, post).run(wallclock.now())  # type: ignore[arg-type]
    assert {letter.subject for letter in post.letters} == {"[通知] 一件仅限指定人员查看的事项"}
    for letter in post.letters:
        assert letter.body == "一件仅限指定人员查看的事项\n通知\n您收到此消息的身份：资料员"
