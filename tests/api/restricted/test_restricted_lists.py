"""A ticket that does not exist for somebody: no trace of it in lists and counts, nor in what managers see."""

from __future__ import annotations

from itertools import count as counting
from typing import Any

import pytest
from api_desk import LAKE, Call, Caller
from restricted_desk import SECRET, WHO_SEES, listed

from service import wallclock
from service.bootstrap import Desk
from service.channels.letter import Letter
from service.channels.receipt import Receipt
from service.relay import Relay
from workflows.storage.cursors import decode_opaque
from workflows.storage.queries import walks, word_matches

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
    "?opener=receptionist",
    "?opened_since=2020-01-01",
    "?changed_since=2020-01-01",
    "?due_since=2020-01-01",
    "?sort=-priority",
    "?sort=closed",
)


@pytest.mark.parametrize("query", LISTS)
def test_it_is_in_no_list_of_others(call: Call, secret: dict[str, Any], query: str) -> None:
    """Search by its words included; in the lists of those who may know it stands."""
    assert secret["number"] not in listed(call("foreman"), query)
    assert secret["number"] not in listed(call("stand-in"), query)
    for who in WHO_SEES:
        assert secret["number"] in listed(call(who), query)


@pytest.mark.parametrize("query", ["", "&workflow=talk", "&q=about"])
def test_where_nearly_all_is_hidden_a_page_is_short_and_the_pages_hold_the_rest(
    call: Call, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    """A page passes over so many and no more; nothing that is hidden can be read from its cursor."""
    monkeypatch.setattr(walks, "LOOK_LIMIT", 3)
    monkeypatch.setattr(word_matches, "SCAN_LIMIT", 3)
    monkeypatch.setattr(word_matches, "SCAN_LIMIT_OF_PAGE", 3)
    start, now = wallclock.now(), counting()
    monkeypatch.setattr(wallclock, "now", lambda: start + next(now))
    opener, open_to_all, hidden = call("receptionist"), [], []
    for place in range(12):
        if place % 6 == 0:
            open_to_all.append(opener.open("talk", {"about": "about nothing", "kind": "a"})["number"])
        hidden.append(opener.open("talk", SECRET | {"about": "about"}))
    for who, expected in (
        ("foreman", open_to_all),
        ("office-director", open_to_all + [each["number"] for each in hidden]),
    ):
        numbers, cursors, shortest = follow(call(who), f"/api/tickets?limit=2{query}")
        assert sorted(numbers) == sorted(expected)
        assert (shortest < 2) is (who == "foreman")
        if who == "foreman":
            assert not any(each["id"] in cursor for each in hidden for cursor in cursors)


def follow(caller: Caller, path: str) -> tuple[list[str], list[str], int]:
    """The numbers on all pages, the cursors as they are inside, and the length of the shortest page that has
    a next one."""
    numbers, cursors, shortest = list[str](), list[str](), 1_000
    page = caller.get(path).json
    while True:
        numbers += [each["number"] for each in page["items"]]
        if page["next"] is None:
            return numbers, cursors, shortest
        cursors.append(decode_opaque(page["next"]))
        shortest = min(shortest, len(page["items"]))
        page = caller.get(f"{path}&cursor={page['next']}").json


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
    """By state, by process, by promise, and by version of the process."""
    for who, count in (("foreman", 0), ("cs-officer", 1)):
        caller = call(who)
        states = caller.get("/api/reports/states?workflow=talk").json["items"]
        assert sum(each["tickets"] for each in states) == count
        opened = caller.get("/api/reports/workflows").json["items"]
        assert [(each["workflow"], each["open"]) for each in opened] == [("talk", 1)] * count
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

    def send(self, letter: Letter) -> Receipt:
        """Keep one."""
        self.letters.append(letter)
        return Receipt("mail")

    send_to_client = send


def test_a_notice_to_somebody_who_may_not_know_says_nothing_of_it(
    call: Call, desk: Desk, secret: dict[str, Any]
) -> None:
    """Neither its number, its title, its process, its text nor a way to it."""
    assert call("cs-officer").fire(secret, "lead").status_code == 201
    post = Posting()
    Relay(desk, post).run()  # type: ignore[arg-type]
    assert {letter.subject for letter in post.letters} == {"[通知] 一件仅限指定人员查看的事项"}
    for letter in post.letters:
        assert letter.body == "一件仅限指定人员查看的事项\n通知\n您收到此消息的身份：资料员"
