"""The work of people who have left is found by the API and can be taken, before any clock has seen to it."""

from __future__ import annotations

from api_desk import LAKE, Call

from service.bootstrap import Desk


def test_it_is_listed_as_unassigned_and_can_be_claimed(call: Call, desk: Desk):
    here, other = call("cs-officer"), call("cs-officer-2")
    ticket = here.open(
        "complaint",
        {"complainant": "Li Example", "contact": "13800000000", "channel": "phone", "content": "the lift"},
        site=LAKE,
    )
    place = f"/api/tickets/{ticket['number']}"
    given = other.send(
        "PUT", f"{place}/assignee", {"assignee": "id-cs-officer"}, If_Match=f'"{ticket["seq"]}"'
    )
    assert given.status_code == 200, given.text
    numbers = lambda: [each["number"] for each in other.get("/api/tickets?view=unassigned").json["items"]]  # noqa: E731
    assert ticket["number"] not in numbers()
    desk.people.update_staff("id-cs-officer", active=False)
    assert ticket["number"] in numbers()
    seen = other.get(place)
    claimed = other.post(f"{place}/claim", {}, If_Match=seen.headers["ETag"])
    assert claimed.status_code == 201, claimed.text
    assert claimed.json["assignee"] == "id-cs-officer-2"
    assert ticket["number"] not in numbers()
