"""The change feed over HTTP: for programs that poll."""

from __future__ import annotations

import pytest
from api_desk import COMPLAINT, HILL, LAKE, Call, codes


def test_a_program_begins_now_and_follows(call: Call) -> None:
    officer = call("cs-officer")
    officer.open("complaint", COMPLAINT)
    begun = officer.get("/api/changes?after=now").json
    assert (begun["items"], begun["more"]) == ([], False)
    ticket = officer.open("complaint", COMPLAINT)
    officer.fire(ticket, "withdraw", {"reason": "twice"})
    page = officer.get(f"/api/changes?after={begun['next']}").json
    assert [(each["number"], each["seq"], each["to"]) for each in page["items"]] == [
        (ticket["number"], 1, "registered"),
        (ticket["number"], 2, "withdrawn"),
    ]
    last = page["items"][1]
    assert (last["trigger"], last["from"], last["data"]) == ("withdraw", "registered", {"reason": "twice"})
    assert last["actor"]["id"] == "id-cs-officer"
    after = officer.get(f"/api/changes?after={page['next']}").json
    assert after == {"items": [], "next": page["next"], "more": False}


def test_personal_values_are_in_no_change(call: Call) -> None:
    officer = call("cs-officer")
    officer.open("complaint", {**COMPLAINT, "contact": "13800000077", "complainant": "欧阳某"})
    shown = officer.get("/api/changes").text
    assert "13800000077" not in shown
    assert "欧阳某" not in shown


def test_changes_are_of_the_sites_of_the_user(call: Call) -> None:
    call("cs-officer").open("complaint", COMPLAINT)
    assert call("elsewhere").get("/api/changes").json["items"] == []
    assert len(call("both").get("/api/changes").json["items"]) == 1
    assert call("both").get(f"/api/changes?site={HILL}").json["items"] == []
    assert call("cs-officer").get(f"/api/changes?site={HILL}").status_code == 404
    assert call("cs-officer").get(f"/api/changes?site={HILL}&after=now").status_code == 404


def test_a_page_is_as_long_as_is_asked_for(call: Call) -> None:
    officer = call("cs-officer")
    for _ in range(3):
        officer.open("complaint", COMPLAINT)
    first = officer.get(f"/api/changes?limit=2&site={LAKE}").json
    assert (len(first["items"]), first["more"]) == (2, True)
    second = officer.get(f"/api/changes?limit=2&site={LAKE}&after={first['next']}").json
    assert (len(second["items"]), second["more"]) == (1, False)


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("after=nonsense", 422, "bad-cursor"),
        ("after=WyJ4IiwxLDFd", 409, "feed-restarted"),
        ("limit=0", 400, "bad-parameter"),
        ("cursor=x", 400, "unknown-parameter"),
    ],
)
def test_what_cannot_be_followed_is_refused(call: Call, query: str, status: int, code: str) -> None:
    answer = call("cs-officer").get(f"/api/changes?{query}")
    assert (answer.status_code, codes(answer)) == (status, [code])
