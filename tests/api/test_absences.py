"""Who is away and who stands in, through the API."""

from __future__ import annotations

from typing import Any

import pytest
from api_desk import COMPLAINT, LAKE, Call, codes

from service import wallclock
from service.bootstrap import Desk
from workflows.core.people import Membership
from workflows.timing.instants import rfc3339

PATH = "/api/absences"


def absence(staff: str = "cs-officer", **more: Any) -> dict[str, Any]:
    now = wallclock.now()
    body = {"site": LAKE, "staff": staff, "from": rfc3339(now - 60), "to": rfc3339(now + 86_400)}
    return body | {"substitute": "cs-officer-2"} | more


def test_one_notes_ones_own_absence_and_everybody_at_the_site_sees_it(call: Call) -> None:
    """With names."""
    noted = call("cs-officer").post(PATH, absence())
    assert noted.status_code == 201, noted.text
    assert noted.headers["Location"] == f"{PATH}/{noted.json['id']}"
    (seen,) = call("receptionist").get(PATH).json["items"]
    assert seen == noted.json
    assert (seen["name"], seen["substitute_name"], seen["now"]) == (
        "员工 cs-officer",
        "员工 cs-officer-2",
        True,
    )
    assert call("elsewhere").get(PATH).json["items"] == []


def test_those_who_look_after_the_desk_note_anybodys(call: Call) -> None:
    """By account or id; nobody else does."""
    assert call("office-director").post(PATH, absence("id-cs-officer")).status_code == 201
    refused = call("receptionist").post(PATH, absence())
    assert (refused.status_code, codes(refused)) == (403, ["not-your-absence"])


def test_what_comes_meanwhile_goes_to_the_substitute(call: Call, desk: Desk) -> None:
    """And the history says so."""
    director = call("office-director")
    director.post(PATH, absence("cs-officer"))
    ticket = call("receptionist").open("complaint", COMPLAINT)
    given = call("cs-officer-2").send(
        "PUT",
        f"/api/tickets/{ticket['id']}/assignee",
        {"assignee": "cs-officer"},
        If_Match=f'"{ticket["seq"]}"',
    )
    assert (given.status_code, given.json["assignee"]) == (200, "id-cs-officer-2")
    history = director.get(f"/api/tickets/{ticket['id']}/history").json["items"]
    assert history[-1]["note"].startswith(
        "员工 cs-officer-2 stands in for 员工 cs-officer, who is away until "
    )


def test_a_second_note_of_the_same_beginning_replaces_the_first(call: Call) -> None:
    """And a request that is repeated under its key is answered as before."""
    director, body = call("office-director"), absence()
    first = director.post(PATH, body, Idempotency_Key="a1")
    assert director.post(PATH, body, Idempotency_Key="a1").json == first.json
    director.post(PATH, body | {"substitute": None})
    (seen,) = director.get(PATH).json["items"]
    assert (seen["substitute"], seen["substitute_name"]) == (None, None)


@pytest.mark.parametrize(
    ("more", "status", "found"),
    [
        ({"to": "2020-01-01T00:00:00Z"}, 422, ["ends-before"]),
        ({"substitute": "cs-officer"}, 422, ["bad-value"]),
        ({"substitute": "nobody"}, 404, ["unknown-staff"]),
        ({"staff": "elsewhere"}, 404, ["unknown-staff"]),
        ({"site": "hill"}, 404, ["unknown-site"]),
        ({"from": "tomorrow"}, 422, ["bad-value"]),
    ],
)
def test_what_does_not_fit_is_refused(
    call: Call, more: dict[str, Any], status: int, found: list[str]
) -> None:
    """And nothing is noted."""
    answer = call("office-director").post(PATH, absence(**more))
    assert (answer.status_code, codes(answer)) == (status, found)
    assert call("office-director").get(PATH).json["items"] == []


def test_ones_posts_are_lent_to_a_colleague_and_for_a_time(call: Call, desk: Desk) -> None:
    """To one of the same department or line, else by those who look after the desk; never for years."""
    guard = desk.people.account("gate-guard-2")
    assert guard is not None
    desk.people.set_posts(guard.staff.id, [Membership(LAKE, "gate-guard")])
    officer, stranger = call("cs-officer"), absence("cs-officer", substitute="gate-guard-2")
    assert codes(officer.post(PATH, stranger)) == ["not-your-colleague"]
    assert call("office-director").post(PATH, stranger).status_code == 201
    for longer in (
        {"to": "2199-01-01T00:00:00Z"},
        {"from": "2198-12-31T00:00:00Z", "to": "2199-01-01T00:00:00Z"},
    ):
        assert codes(officer.post(PATH, absence(**longer))) == ["lending-too-long"]
        assert codes(call("office-director").post(PATH, absence(**longer))) == ["lending-too-long"]
        assert officer.post(PATH, absence(**longer, substitute=None)).status_code == 201


def test_an_absence_is_struck_by_whose_it_is_or_a_manager(call: Call) -> None:
    """And by nobody else."""
    noted = call("cs-officer").post(PATH, absence()).json["id"]
    assert codes(call("receptionist").send("DELETE", f"{PATH}/{noted}")) == ["not-your-absence"]
    assert call("cs-officer").send("DELETE", f"{PATH}/{noted}").status_code == 204
    assert codes(call("cs-officer").send("DELETE", f"{PATH}/{noted}")) == ["unknown-absence"]


def test_who_noted_and_struck_an_absence_is_kept(call: Call) -> None:
    """For those who look after the desk: it says who could act for whom."""
    director, history = call("office-director"), "/api/absence-history"
    assert director.get(history).json == {"items": [], "next": None}
    noted = call("cs-officer").post(PATH, absence()).json
    director.send("DELETE", f"{PATH}/{noted['id']}")
    first, second = director.get(history).json["items"]
    assert (first["seq"], first["kind"], first["actor"]["name"]) == (1, "note", "员工 cs-officer")
    assert (second["seq"], second["kind"], second["actor"]["name"]) == (2, "strike", "员工 office-director")
    assert first["absence"] == noted
    page = director.get(f"{history}?limit=1").json
    assert [each["seq"] for each in director.get(f"{history}?cursor={page['next']}").json["items"]] == [2]
    assert codes(call("cs-officer").get(history)) == ["managers-only"]
