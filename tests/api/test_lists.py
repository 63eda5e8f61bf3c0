"""Lists of tickets: whose, which, and page by page."""

from __future__ import annotations

import pytest
from api_desk import COMPLAINT, HILL, Call, Caller, codes, converted


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
