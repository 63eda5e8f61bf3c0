"""Lists of tickets: whose, which, and page by page."""

from __future__ import annotations

from typing import Any

import pytest
from api_desk import COMPLAINT, HILL, LAKE, Call, Caller, codes, converted

from service.bootstrap import Desk
from workflows.storage.queries.filters import TicketFilter


def numbers(caller: Caller, query: str) -> list[str]:
    """The numbers of the tickets in a list."""
    answer = caller.get(f"/api/tickets?{query}")
    assert answer.status_code == 200, answer.text
    return [item["number"] for item in answer.json["items"]]


def test_a_list_holds_only_tickets_of_my_sites(call: Call) -> None:
    """Another site's tickets are not in it, whatever is asked for."""
    mine = call("receptionist").open("complaint", COMPLAINT)
    call("elsewhere").open("complaint", {**COMPLAINT, "content": "南山居的投诉"})
    assert numbers(call("receptionist"), "") == [mine["number"]]
    assert [t["site"] for t in call("elsewhere").get("/api/tickets").json["items"]] == [HILL]
    assert call("receptionist").get(f"/api/tickets?site={HILL}").status_code == 404


def test_views_and_filters_find_what_they_say(call: Call) -> None:
    """mine, unassigned, state, category, assignee, words."""
    officer = call("cs-officer")
    taken, left = (
        officer.open("complaint", COMPLAINT),
        officer.open("complaint", {**COMPLAINT, "content": "垃圾未清"}),
    )
    officer.post(f"/api/tickets/{taken['id']}/claim", If_Match='"1"')
    both = {taken["number"], left["number"]}
    assert numbers(officer, "view=mine") == [taken["number"]]
    assert numbers(officer, "assignee=me") == numbers(officer, "assignee=cs-officer") == [taken["number"]]
    assert numbers(officer, "view=unassigned") == [left["number"]]
    assert set(numbers(officer, "state=registered&workflow=complaint&category=open")) == both
    assert numbers(officer, "q=垃圾") == [left["number"]]
    assert numbers(officer, f"q={taken['number']}") == [taken["number"]]
    assert numbers(officer, "overdue=true") == numbers(officer, "view=overdue") == []
    assert numbers(officer, "category=closed") == []


@pytest.mark.parametrize(("language", "title"), [("zh-Hans", "消防演练"), ("es", "Simulacro de incendio")])
def test_a_title_that_is_an_option_is_told_in_the_readers_language(
    call: Call, language: str, title: str
) -> None:
    leader = call("security-team-leader", language)
    drill = leader.open("emergency-drill", {"kind": "fire"})
    (line,) = leader.get("/api/tickets?workflow=emergency-drill").json["items"]
    assert (drill["title"], line["title"]) == (title, title)


def test_a_list_can_be_asked_for_what_a_ticket_became(call: Call) -> None:
    """origin: the tickets that one was converted into."""
    officer = call("cs-officer")
    inquiry, successor = converted(call)
    assert numbers(officer, f"origin={inquiry['id']}") == [successor["number"]]
    assert numbers(officer, f"origin={successor['id']}") == []


def test_pages_follow_each_other_without_gap_or_repetition(call: Call) -> None:
    """Following `next` visits each ticket once; the Link header says the same."""
    officer = call("cs-officer")
    opened = [officer.open("complaint", COMPLAINT)["number"] for _ in range(5)]
    seen: list[str] = []
    cursor = ""
    while cursor is not None:
        answer = officer.get(f"/api/tickets?limit=2{f'&cursor={cursor}' if cursor else ''}")
        seen += [item["number"] for item in answer.json["items"]]
        cursor = answer.json["next"]
        assert (f"cursor={cursor}" in answer.headers["Link"]) == (cursor is not None)
    assert sorted(seen) == opened


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("limit=0", "bad-parameter"),
        ("limit=100000", "bad-parameter"),
        ("limit=-1", "bad-parameter"),
        ("limit=ten", "bad-parameter"),
        ("cursor=nonsense", "bad-cursor"),
        ("cursor=W1siMSIsIDIsIDNd", "bad-cursor"),
        ("cursor=WzEsMSwxXQ", "bad-cursor"),
        ("cursor=%F0%9F%90%88", "bad-cursor"),
        ("view=all", "bad-parameter"),
        ("overdue=perhaps", "bad-parameter"),
        ("stat=open", "unknown-parameter"),
        ("state=a&state=b", "repeated-parameter"),
        ("q=%00", "bad-text"),
        ("q=" + "x" * 201, "bad-parameter"),
    ],
)
def test_a_query_that_cannot_be_honoured_is_refused(call: Call, query: str, code: str) -> None:
    """With the reason; nothing is silently ignored."""
    answer = call("cs-officer").get(f"/api/tickets?{query}")
    assert (answer.status_code, codes(answer)) == (422 if code == "bad-cursor" else 400, [code])


COUNTS = {
    "site": LAKE,
    "view": "mine",
    "workflow": "complaint",
    "state": "registered",
    "category": "waiting",
    "priority": "high",
    "assignee": "me",
    "department": "engineering",
    "parent": "none",
    "origin": "none",
    "overdue": "true",
    "q": "lamp",
    "opener": "me",
    "watcher": "me",
    "unit": "6-0901",
    "level": "2",
    "opened_since": "2026-03-02",
    "opened_until": "2026-03-02",
    "changed_since": "2026-03-02T09:00:00Z",
    "changed_until": "2026-03-02",
    "closed_since": "2026-03-02",
    "closed_until": "2026-03-02",
    "due_since": "2026-03-02",
    "due_until": "2026-03-02",
    "sort": "-due",
}


@pytest.mark.parametrize("name", sorted(COUNTS))
def test_every_parameter_counts(call: Call, desk: Desk, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """What is asked for reaches the question that the database is asked."""
    asked: list[TicketFilter] = []
    tickets = desk.queries.tickets

    def listen(wanted: TicketFilter, *more: Any) -> Any:
        asked.append(wanted)
        return tickets(wanted, *more)

    monkeypatch.setattr(desk.queries, "tickets", listen)
    numbers(call("both"), "")
    numbers(call("both"), f"{name}={COUNTS[name]}")
    everything, some = asked
    assert some != everything


def test_every_parameter_of_the_document_is_asked_for_here(call: Call) -> None:
    """All but where a page begins and ends, and its format."""
    document = call("receptionist").get("/api/openapi.json").json
    parameters = document["paths"]["/api/tickets"]["get"]["parameters"]
    assert {each["name"] for each in parameters if each.get("in") == "query"} == {
        *COUNTS,
        *("limit", "cursor", "format"),
    }
