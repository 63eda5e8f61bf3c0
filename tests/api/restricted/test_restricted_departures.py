"""A restricted ticket of somebody who has left goes to one for whom it exists, and is seen by nobody else."""

from __future__ import annotations

from typing import Any

from api_desk import Call

from service import wallclock
from service.bootstrap import Desk
from service.departures import hand_over_departures


def test_it_goes_to_its_owner_and_stays_hidden_from_others(call: Call, desk: Desk, secret: dict[str, Any]):
    here, other, stranger = call("cs-officer"), call("cs-officer-2"), call("repair-worker")
    place = f"/api/tickets/{secret['number']}"
    seen = here.get(place)
    assert here.post(f"{place}/claim", {}, If_Match=seen.headers["ETag"]).status_code == 201

    def unassigned(who: Any) -> list[str]:
        return [each["number"] for each in who.get("/api/tickets?view=unassigned").json["items"]]

    desk.people.update_staff("id-cs-officer", active=False)
    assert secret["number"] in unassigned(other)
    assert secret["number"] not in unassigned(stranger)
    assert hand_over_departures(desk, wallclock.now()) == 1
    assert other.get(place).json["assignee"] == "id-cs-officer-2"
    assert unassigned(other) == []
    assert stranger.get(place).status_code == 404
    told = {each.recipient for each in desk.queries.messages("pending", None, 200).messages if each.text}
    assert told == {"id-cs-officer-2"}
