"""Whom a ticket exists for that is not for all: at which post, at which site, and for how long."""

from __future__ import annotations

from typing import Any

from api_desk import COMPLAINT, HILL, LAKE, Call
from restricted_desk import READS, SECRET, WHO_SEES, listed


def test_whoever_has_opened_owns_or_is_named_for_it_sees_all_of_it(
    call: Call, secret: dict[str, Any]
) -> None:
    """Personal words remain for those who may read them."""
    for who in WHO_SEES:
        for door in READS[:-1]:
            if door != "/readings" or who == "office-director":
                assert call(who).get(f"/api/tickets/{secret['number']}{door}").status_code == 200
    assert call("cs-officer").get(f"/api/tickets/{secret['id']}").json["data"]["contact"] == "138****0001"
    assert call("cs-officer").get(f"/api/tickets/{secret['id']}/personal").status_code == 403
    assert call("office-director").get(f"/api/tickets/{secret['id']}/personal").status_code == 200


def test_it_goes_over_to_those_who_own_it_now(call: Call, secret: dict[str, Any]) -> None:
    """And those who owned it before know it no more."""
    assert call("cs-officer").fire(secret, "lead").status_code == 201
    assert call("property-manager").get(f"/api/tickets/{secret['number']}").status_code == 200
    assert call("cs-officer").get(f"/api/tickets/{secret['number']}").status_code == 404


def test_whoever_has_it_sees_it(call: Call, secret: dict[str, Any]) -> None:
    """Until it is given to somebody else."""
    director = call("cs-officer")
    given = director.send(
        "PUT",
        f"/api/tickets/{secret['id']}/assignee",
        {"assignee": "cs-officer-2"},
        If_Match=f'"{secret["seq"]}"',
    )
    assert given.status_code == 200, given.text
    assert secret["number"] in listed(call("cs-officer-2"), "?view=mine")


def test_it_appears_when_it_is_sorted_otherwise(call: Call, secret: dict[str, Any]) -> None:
    """And disappears again, with all its history."""
    officer, stranger = call("cs-officer"), call("foreman")
    sorted_a = officer.fire(secret, "sort", {"kind": "a"}).json
    assert stranger.get(f"/api/tickets/{secret['number']}/history").status_code == 200
    assert officer.fire(sorted_a, "sort", {"kind": "b"}).status_code == 201
    assert stranger.get(f"/api/tickets/{secret['number']}/history").status_code == 404


def test_two_sites_with_one_number_do_not_betray_the_hidden_one(call: Call) -> None:
    """Whoever belongs to both is shown the one that exists for them."""
    hidden = call("elsewhere").open("talk", SECRET)
    seen = call("receptionist-2").open("talk", {**SECRET, "kind": "a"})
    assert hidden["number"] == seen["number"]
    both = call("both").get(f"/api/tickets/{seen['number']}")
    assert (both.status_code, both.json["site"]) == (200, LAKE)
    assert call("both").get(f"/api/tickets/{hidden['id']}").status_code == 404
    assert call("both").get(f"/api/tickets/{hidden['id']}?site={HILL}").status_code == 404


def test_a_post_at_another_site_opens_no_door_here(call: Call) -> None:
    """The names that let somebody in are those held at the ticket's own site."""
    hidden = call("elsewhere").open("talk", SECRET)
    assert call("director-of-both").get(f"/api/tickets/{hidden['id']}").status_code == 200
    assert call("office-director").get(f"/api/tickets/{hidden['id']}").status_code == 404
    assert call("elsewhere").get(f"/api/tickets/{hidden['id']}").status_code == 200


def test_tickets_of_other_processes_are_as_visible_as_ever(call: Call, secret: dict[str, Any]) -> None:
    """Nothing changes for them."""
    ticket = call("receptionist").open("complaint", COMPLAINT)
    assert call("foreman").get(f"/api/tickets/{ticket['number']}").status_code == 200
    assert ticket["number"] in listed(call("foreman"))


def test_a_process_tells_whom_its_tickets_exist_for(call: Call) -> None:
    """And how long they keep personal data."""
    shown = call("foreman").get("/api/workflows/talk").json
    assert shown["visible"] == {"to": ["office-director"], "when": "kind == 'b'"}
    assert shown["retention"] == "365 days"
    plain = call("foreman").get("/api/workflows/complaint").json
    assert (plain["visible"], plain["retention"]) == (None, None)
