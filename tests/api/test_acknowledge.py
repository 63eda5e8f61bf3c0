"""Whoever was told of a late promise says that it is seen, and by when; the next level waits that long."""

from __future__ import annotations

from api_desk import COMPLAINT, Call, codes

from service import wallclock
from service.bootstrap import Desk
from workflows.timing.instants import parse_rfc3339, rfc3339

CLOCK = "state.registered"


def test_it_is_shown_on_the_clock_and_the_next_level_waits(call: Call, desk: Desk) -> None:
    """A level that was to fire earlier fires when the acknowledgement ends. Whoever only sees it may not."""
    officer = call("cs-officer")
    ticket = officer.open("complaint", COMPLAINT)
    (clock,) = [each for each in ticket["clocks"] if each["name"] == CLOCK]
    first = parse_rfc3339(clock["next_level_at"])
    while desk.engine.sweep(first):
        pass
    seen = officer.get(f"/api/tickets/{ticket['id']}").json
    (clock,) = [each for each in seen["clocks"] if each["name"] == CLOCK]
    assert (clock["level"], clock["acknowledged"]) == (1, None)
    until = rfc3339(parse_rfc3339(clock["next_level_at"]) + 3_600)
    path = f"/api/tickets/{ticket['number']}/clocks/{CLOCK}/acknowledge"
    body = {"until": until, "reason": "the cleaner is on the way"}
    assert codes(call("cleaner").post(path, body)) == ["role-needed"]
    answer = officer.post(path, body)
    assert answer.status_code == 200, answer.text
    (clock,) = [each for each in answer.json["clocks"] if each["name"] == CLOCK]
    assert clock["next_level_at"] == until
    acknowledged = clock["acknowledged"]
    assert (acknowledged["by"], acknowledged["by_name"], acknowledged["until"], acknowledged["level"]) == (
        "id-cs-officer",
        "员工 cs-officer",
        until,
        1,
    )
    event = officer.get(f"/api/tickets/{ticket['number']}/history").json["items"][-1]
    assert (event["kind"], event["note"]) == ("acknowledge", "the cleaner is on the way")


def test_what_is_no_clock_and_what_is_too_long_is_said(call: Call) -> None:
    """With the limit, so that a shorter time can be chosen."""
    ticket = call("cs-officer").open("complaint", COMPLAINT)
    path = f"/api/tickets/{ticket['number']}/clocks"
    body = {"until": rfc3339(wallclock.now() + 10 * 86_400)}
    assert codes(call("cs-officer").post(f"{path}/no-such/acknowledge", body)) == ["unknown-clock"]
    answer = call("cs-officer").post(f"{path}/{CLOCK}/acknowledge", body)
    assert codes(answer) == ["nothing-to-acknowledge", "put-off-too-long"]
    assert call("cs-officer").post(f"{path}/{CLOCK}/acknowledge", {}).status_code == 422
