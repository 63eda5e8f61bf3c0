"""A clock that was set aside is taken up again by who looks after the desk, and the history says why."""

from __future__ import annotations

from api_desk import LAKE, Call

from service.bootstrap import Desk

CLOCK = "state.registered"


def parked(call: Call, desk: Desk) -> str:
    """The number of a complaint whose clock has been set aside, by another process."""
    here = call("cs-officer")
    ticket = here.open(
        "complaint",
        {"complainant": "Li Example", "contact": "13800000000", "channel": "phone", "content": "the lift"},
        site=LAKE,
    )
    here.get(f"/api/tickets/{ticket['number']}")  # this process remembers it as it was
    with desk.database.transaction() as session:
        session.run(
            desk.database.sql(
                "UPDATE clocks SET parked = 'no such luck' WHERE ticket_id = :id AND name = :name"
            ),
            {"id": ticket["id"], "name": CLOCK},
        )
    return str(ticket["number"])


def test_it_is_tried_again_and_the_history_says_who_and_why(call: Call, desk: Desk):
    number, director = parked(call, desk), call("office-director")
    place = f"/api/tickets/{number}/clocks/{CLOCK}/unpark"
    answer = director.post(place, {"note": "the post is filled again"})
    assert answer.status_code == 200, answer.text
    assert next(each for each in answer.json["clocks"] if each["name"] == CLOCK)["parked"] is None
    assert director.get("/api/parked").json["items"] == []
    entry = director.get(f"/api/tickets/{number}/history").json["items"][-1]
    assert (entry["kind"], entry["actor"]["id"]) == ("unpark", "id-office-director")
    assert entry["note"] == "the post is filled again"
    assert entry["data"] == {"clock": CLOCK, "level": 1, "reason": "no such luck"}
    again = director.post(place, {"note": "once more"})
    assert again.status_code == 409, again.text
    assert '"not-parked"' in again.text


def test_it_is_for_those_who_look_after_the_desk_and_needs_a_reason(call: Call, desk: Desk):
    place = f"/api/tickets/{parked(call, desk)}/clocks/{CLOCK}/unpark"
    assert call("cs-officer").post(place, {"note": "please"}).status_code == 403
    assert call("office-director").post(place, {}).status_code == 422
    assert len(call("office-director").get("/api/parked").json["items"]) == 1
