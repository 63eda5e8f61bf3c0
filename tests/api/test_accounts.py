"""One's own account, tokens that end, and who did what to which account."""

from __future__ import annotations

import pytest
from api_desk import HILL, LAKE, PASSWORD, Call, Caller, codes
from flask import Flask

from service import wallclock
from service.bootstrap import Desk
from workflows.core.commands import Actor
from workflows.core.people import Membership
from workflows.storage.people.staff_changes import Author

NEW = "seven umbrellas in a lift"


def change(caller: Caller, current: str = PASSWORD, new: str = NEW) -> object:
    """Ask for another password."""
    return caller.send("PUT", "/api/me/password", {"current": current, "new": new})


def signed_in(app: Flask, account: str, password: str) -> int:
    """The status that this password gets."""
    body = {"account": account, "password": password, "name": "test"}
    return Caller(app.test_client(), "", "").post("/api/tokens", body).status_code


def test_a_changed_password_ends_every_other_token(call: Call, app: Flask) -> None:
    """The one that changed it goes on; the old password is worth nothing."""
    mine, other = call("cs-officer"), call("cs-officer")
    assert change(mine).status_code == 200  # type: ignore[attr-defined]
    assert mine.get("/api/me").status_code == 200
    assert codes(other.get("/api/me")) == ["token-unknown"]
    assert signed_in(app, "cs-officer", PASSWORD) == 401
    assert signed_in(app, "cs-officer", NEW) == 201


@pytest.mark.parametrize(
    ("current", "new", "code", "field"),
    [
        ("wrong", NEW, "bad-credentials", "current"),
        (PASSWORD, "12345678", "password-guessable", "new"),
        (PASSWORD, "cs-officer", "password-guessable", "new"),
        (PASSWORD, "woaini1314", "password-guessable", "new"),
        (PASSWORD, "ＰＡＳＳＷＯＲＤ", "password-guessable", "new"),
        (PASSWORD, "short", "bad-value", "new"),
    ],
)
def test_a_password_is_changed_by_who_knows_it_to_one_that_is_hard_to_guess(
    call: Call, app: Flask, current: str, new: str, code: str, field: str
) -> None:
    caller = call("cs-officer")
    answer = change(caller, current, new)
    assert codes(answer) == [code]  # type: ignore[arg-type]
    assert answer.json["blocked_by"][0]["field"] == field  # type: ignore[attr-defined]
    assert signed_in(app, "cs-officer", PASSWORD) == 201


def test_whoever_has_somebodys_token_cannot_guess_the_password_with_it(call: Call) -> None:
    """The same wait as for signing in."""
    caller = call("cs-officer")
    for _ in range(5):
        assert codes(change(caller, "wrong")) == ["bad-credentials"]  # type: ignore[arg-type]
    assert codes(change(caller)) == ["too-many-failures"]  # type: ignore[arg-type]


def test_one_chooses_ones_language(call: Call) -> None:
    caller = call("cs-officer")
    assert caller.send("PATCH", "/api/me", {"language": "es"}).json["language"] == "es"
    assert caller.get("/api/me").json["language"] == "es"
    assert caller.send("PATCH", "/api/me", {"language": "fr"}).status_code == 422


def test_one_ends_ones_other_tokens(call: Call) -> None:
    mine, other = call("cs-officer"), call("cs-officer")
    assert mine.send("DELETE", "/api/tokens").status_code == 204
    assert mine.get("/api/me").status_code == 200
    assert other.get("/api/me").status_code == 401


def test_who_looks_after_the_desk_ends_the_tokens_of_a_colleague(call: Call) -> None:
    """At the sites that they look after; nobody else does."""
    director, guard = call("office-director"), call("gate-guard")
    lost, elsewhere = call("cs-officer"), call("elsewhere")
    assert codes(guard.send("DELETE", "/api/staff/cs-officer/tokens")) == ["managers-only"]
    assert codes(director.send("DELETE", "/api/staff/elsewhere/tokens")) == ["unknown-staff"]
    assert director.send("DELETE", "/api/staff/ＣＳ－Officer/tokens").status_code == 204
    assert (lost.get("/api/me").status_code, elsewhere.get("/api/me").status_code) == (401, 200)
    history = director.get("/api/account-history").json["items"]
    assert [(each["kind"], each["account"], each["actor"]["name"]) for each in history] == [
        ("tokens", "cs-officer", "员工 office-director")
    ]


def test_who_gave_which_post_is_told_to_those_who_look_after_the_desk_there(call: Call, desk: Desk) -> None:
    member = desk.people.account("gate-guard")
    assert member is not None
    post = Membership(HILL, "receptionist")
    author = Author(Actor(id="command-line", name="command line", surface="cli"), wallclock.now())
    desk.accounts.set_posts(member.staff, [*member.staff.memberships, post], author)
    found = call("director-of-both").get(f"/api/account-history?site={HILL}").json["items"]
    assert [(each["kind"], each["account"], each["site"], each["after"]) for each in found] == [
        ("grant", "gate-guard", HILL, {"role": "receptionist", "department": None})
    ]
    assert (found[0]["surface"], found[0]["actor"]["id"]) == ("cli", "command-line")
    assert call("director-of-both").get(f"/api/account-history?site={LAKE}").json["items"] == []
    assert codes(call("gate-guard").get(f"/api/account-history?site={LAKE}")) == ["managers-only"]
    assert codes(call("office-director").get(f"/api/account-history?site={HILL}")) == ["unknown-site"]


def test_colleagues_are_named_however_their_account_is_typed(call: Call) -> None:
    caller = call("receptionist")
    found = caller.get("/api/tickets?assignee=ＣＳ－Officer")
    assert found.status_code == 200
    body = {
        "site": LAKE,
        "staff": "Receptionist",
        "from": "2199-01-01T00:00:00Z",
        "to": "2199-01-02T00:00:00Z",
    }
    assert caller.post("/api/absences", body).json["staff"] == "id-receptionist"
