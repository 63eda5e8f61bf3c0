"""Who looks after the desk adds people, gives posts, invites and disables; nobody else, and not elsewhere."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from api_desk import COMPLAINT, HILL, LAKE, Call, Caller, codes
from flask import Flask

from service.application import create_app
from service.bootstrap import Desk

ZHOU = {
    "account": "zhou.demo",
    "name": "周演示",
    "language": "zh-Hans",
    "posts": [{"site": LAKE, "role": "receptionist"}],
    "mail": "zhou@example.com",
}


@pytest.fixture
def director(call: Call) -> Caller:
    """Who looks after the desk at the lake."""
    return call("office-director")


def add(director: Caller, **changes: Any) -> dict[str, Any]:
    """Zhou, added."""
    answer = director.post("/api/accounts", {**ZHOU, **changes})
    assert answer.status_code == 201, answer.text
    return dict(answer.json)


def test_somebody_is_added_invited_and_signs_in(app: Flask, director: Caller) -> None:
    """Without that anybody typed a password for them; the link works once."""
    zhou = add(director)
    assert (zhou["active"], zhou["password"], zhou["mail"]) == (True, False, "z***@e***")
    link = director.send("PUT", f"/api/accounts/{zhou['id']}/invitation", {}).json["link"]
    code = re.search(r"code=(.+)", link)[1]  # type: ignore[index]
    client = app.test_client()
    form = {"code": code, "password": "a long made-up one", "again": "a long made-up one"}
    assert client.post("/password", data=form).status_code == 200
    assert client.post("/password", data=form).status_code != 200
    signed = client.post(
        "/api/tokens", json={"account": "zhou.demo", "password": "a long made-up one", "name": "x"}
    )
    assert signed.status_code == 201
    assert director.get("/api/accounts/zhou.demo").json["password"] is True


def test_an_invitation_is_kept_nowhere_and_ends_the_one_before(director: Caller, desk: Desk) -> None:
    """Only a hash of its code stands in the database."""
    add(director)
    links = [director.send("PUT", "/api/accounts/zhou.demo/invitation", {}).json["link"] for _ in range(2)]
    assert links[0] != links[1]
    with desk.database.connect() as session:
        tables = session.run("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        rows = "".join(str(session.run(f"SELECT * FROM {table}").fetchall()) for (table,) in tables)
        ended = session.run("SELECT count(*) FROM password_links WHERE used_at IS NULL").fetchone()
    assert not any(link.partition("code=")[2] in rows for link in links)
    assert ended == (1,)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"account": "receptionist"}, "account-taken"),
        ({"account": "Receptionist"}, "account-taken"),
        ({"account": "re ceptionist"}, "bad-account"),
        ({"posts": [{"site": LAKE, "role": "recepcionist"}]}, "bad-post"),
        ({"posts": [{"site": LAKE, "role": "dept-head", "department": "kitchens"}]}, "bad-post"),
        ({"posts": [{"site": LAKE, "role": "guest"}]}, "bad-post"),
        ({"mail": "zhou at example"}, "bad-address"),
        ({"url": "json://203.0.113.9/x"}, "bad-address"),
        ({"name": "  "}, "missing-field"),
        ({"posts": []}, "bad-value"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    director: Caller, changes: dict[str, Any], code: str
) -> None:
    """With the reason; the account name is free afterwards."""
    refused = director.post("/api/accounts", {**ZHOU, **changes})
    assert refused.status_code == 422
    assert code in codes(refused)
    add(director)


@pytest.mark.parametrize("account", ["receptionist", "dept-head", "elsewhere"])
def test_who_does_not_look_after_the_desk_adds_and_sees_nobody(call: Call, account: str) -> None:
    """Neither accounts nor that they exist."""
    other = call(account)
    assert other.post("/api/accounts", ZHOU).status_code in (403, 404)
    for path in ("/api/accounts/office-director", "/api/accounts/nobody"):
        assert other.get(path).status_code == 403
    assert other.get(f"/api/accounts?site={LAKE}").status_code in (403, 404)


def test_posts_are_given_at_ones_own_sites_only(call: Call, director: Caller) -> None:
    """Neither with a new account nor to an old one; whom one does not know one does not find."""
    there = [{"site": HILL, "role": "receptionist"}]
    assert director.post("/api/accounts", {**ZHOU, "posts": there}).status_code == 404
    assert director.get("/api/accounts/elsewhere").status_code == 404
    body = {"site": HILL, "posts": [{"role": "receptionist"}]}
    assert director.send("PUT", "/api/accounts/receptionist/posts", body).status_code == 404
    assert director.send("PUT", "/api/accounts/elsewhere/posts", {**body, "site": LAKE}).status_code == 404
    of_both = call("director-of-both")
    assert of_both.post("/api/accounts", {**ZHOU, "posts": there}).status_code == 201


def test_what_concerns_a_person_everywhere_is_for_who_looks_after_every_site(
    call: Call, director: Caller
) -> None:
    """A link to the password of somebody of another site would be their account."""
    seen = director.get("/api/accounts/both").json
    assert seen["elsewhere"] is True
    assert {post["site"] for post in seen["posts"]} == {LAKE}
    for refused in (
        director.send("PUT", "/api/accounts/both/invitation", {}),
        director.send("PATCH", "/api/accounts/both", {"active": False}),
        director.send("PATCH", "/api/accounts/both", {"account": "mine"}),
    ):
        assert (refused.status_code, codes(refused)) == (403, ["works-elsewhere"])
    assert director.send("PATCH", "/api/accounts/both", {"name": "双项目"}).json["name"] == "双项目"
    assert (
        call("director-of-both").send("PATCH", "/api/accounts/both", {"active": False}).json["active"]
        is False
    )


def test_who_leaves_leaves_nothing_behind(call: Call, director: Caller) -> None:
    """Disabled: what they had goes to somebody else or waits to be claimed, by a step that says why."""
    officer = call("cs-officer")
    ticket = call("receptionist").open("complaint", COMPLAINT)
    assert claim(officer, ticket)["assignee"] == "id-cs-officer"
    answer = director.send("PATCH", "/api/accounts/cs-officer", {"active": False})
    assert (answer.json["active"], answer.json["handover"]["total"]) == (False, 1)
    assert answer.json["handover"]["kept"] == 0
    now = director.get(f"/api/tickets/{ticket['number']}").json
    assert now["assignee"] != "id-cs-officer"
    history = director.get(f"/api/tickets/{ticket['number']}/history").json["items"]
    assert history[-1]["kind"] == "assign"
    assert officer.get("/api/me").status_code == 401
    assert "handover" not in director.send("PATCH", "/api/accounts/cs-officer", {"active": False}).json


def test_who_loses_the_post_keeps_the_account_and_not_the_tickets(call: Call, director: Caller) -> None:
    """What they had at the site is handed over; they still sign in."""
    officer = call("cs-officer")
    ticket = claim(officer, call("receptionist").open("complaint", COMPLAINT))
    answer = director.send(
        "PUT", "/api/accounts/cs-officer/posts", {"site": LAKE, "posts": [{"role": "guard"}]}
    )
    assert answer.json["handover"]["total"] == 1
    assert director.get(f"/api/tickets/{ticket['number']}").json["assignee"] != "id-cs-officer"
    assert officer.get("/api/me").status_code == 200


def claim(officer: Caller, ticket: dict[str, Any]) -> dict[str, Any]:
    """The ticket, claimed by the officer."""
    heads = {"If_Match": f'"{ticket["seq"]}"'}
    answer = officer.post(f"/api/tickets/{ticket['number']}/claim", {}, **heads)
    assert answer.status_code in (200, 201), answer.text
    return dict(answer.json)


def test_nobody_disables_themselves_and_the_last_who_looks_after_a_site_stays(
    call: Call, director: Caller
) -> None:
    refused = director.send("PATCH", "/api/accounts/office-director", {"active": False})
    assert (refused.status_code, codes(refused)) == (409, ["own-account"])
    of_both = call("director-of-both")
    none = {"site": HILL, "posts": []}
    refused = of_both.send("PUT", "/api/accounts/director-of-both/posts", none)
    assert (refused.status_code, codes(refused)) == (409, ["last-manager"])


def test_posts_of_a_site_are_replaced_and_those_elsewhere_stay(call: Call) -> None:
    """A department is part of a post; a disabled account keeps its posts and is listed."""
    of_both = call("director-of-both")
    body = {"site": LAKE, "posts": [{"role": "dept-head", "department": "engineering"}]}
    answer = of_both.send("PUT", "/api/accounts/both/posts", body)
    assert answer.status_code == 200, answer.text
    assert answer.json["posts"] == [
        {"site": HILL, "role": "receptionist", "department": None},
        {"site": LAKE, "role": "dept-head", "department": "engineering"},
    ]
    of_both.send("PATCH", "/api/accounts/elsewhere", {"active": False})
    listed = of_both.get(f"/api/accounts?site={HILL}").json["items"]
    assert [(each["account"], each["active"]) for each in listed if each["account"] == "elsewhere"] == [
        ("elsewhere", False)
    ]


def test_accounts_come_in_pages(director: Caller) -> None:
    """Each once, in the order of their names."""
    whole = [each["account"] for each in director.get("/api/accounts?limit=200").json["items"]]
    paged, path = [], "/api/accounts?limit=7"
    while path:
        page = director.get(path).json
        paged += [each["account"] for each in page["items"]]
        path = page["next"] and f"/api/accounts?limit=7&cursor={page['next']}"
    assert paged == whole == sorted(whole)


def test_one_sets_ones_own_addresses(call: Call) -> None:
    """They are sealed, and a URL must be one to which the desk sends; null takes one away."""
    staff = call("receptionist")
    assert (
        staff.send("PATCH", "/api/me", {"mail": "reception@example.com"}).json["mail"]
        == "reception@example.com"
    )
    assert staff.get("/api/me").json["mail"] == "reception@example.com"
    refused = staff.send("PATCH", "/api/me", {"url": "json://203.0.113.9/x"})
    assert (refused.status_code, codes(refused)) == (422, ["bad-address"])
    assert staff.send("PATCH", "/api/me", {"mail": None}).json["mail"] is None
    assert staff.send("PATCH", "/api/me", {"language": "es"}).json["language"] == "es"


def test_an_invitation_by_mail_needs_an_address_and_the_desks_own(
    desk: Desk, call: Call, director: Caller
) -> None:
    """Otherwise it would lead nowhere; that it was not sent is said."""
    add(director)
    path = "/api/accounts/zhou.demo/invitation"
    refused = director.send("PUT", path, {"send": True})
    assert (refused.status_code, codes(refused)) == (422, ["no-address"])
    channels = replace(desk.settings.channels, base_url="https://desk.example.org")
    based = create_app(replace(desk, settings=replace(desk.settings, channels=channels))).test_client()
    heads = {"Authorization": f"Bearer {director.token}", "Accept-Language": "en"}
    refused = based.put(path, json={"send": True}, headers=heads)
    assert refused.status_code == 409
    assert "not-sent" in refused.text


def test_what_was_done_stands_in_the_history_of_accounts(director: Caller) -> None:
    """With who did it, and without addresses."""
    zhou = add(director)
    director.send("PATCH", "/api/accounts/zhou.demo", {"name": "周示范", "mail": "other@example.com"})
    mine = [
        each
        for each in director.get("/api/account-history?limit=200").json["items"]
        if each["staff"] == zhou["id"]
    ]
    assert [each["kind"] for each in mine] == ["add", "grant", "change"]
    assert {each["actor"]["id"] for each in mine} == {"id-office-director"}
    assert "example.com" not in str(mine)
