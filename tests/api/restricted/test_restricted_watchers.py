"""Who loses the right to see a ticket hears nothing more of it."""

from __future__ import annotations

from typing import Any

from api_desk import Call, codes

from service import wallclock
from service.bootstrap import Desk
from service.relay import relay_batch


def told(desk: Desk, ticket: dict[str, Any], seq: int) -> list[str]:
    """Who is told of a step as one who follows."""
    sql = "SELECT recipient FROM outbox WHERE ticket_id = :id AND seq = :seq AND role = 'watcher'"
    return [row[0] for row in desk.database.read(sql, {"id": ticket["id"], "seq": seq})]


def open_talk(call: Call) -> dict[str, Any]:
    """A talk that everybody sees yet."""
    return call("receptionist").open("talk", {"about": "the weather", "kind": "a"})


def test_who_loses_the_right_hears_nothing_of_the_very_step_that_takes_it(call: Call, desk: Desk) -> None:
    """Nor of those after it; those who still see it hear on."""
    ticket = open_talk(call)
    for who in ("cleaner", "office-director"):
        assert call(who).send("PUT", f"/api/tickets/{ticket['id']}/watchers/me").status_code == 200
    officer = call("cs-officer")
    assert officer.fire(ticket, "sort", {"kind": "b"}).status_code == 201
    assert told(desk, ticket, 2) == ["id-office-director"]
    assert call("cleaner").get(f"/api/tickets/{ticket['id']}/watchers").status_code == 404


def test_a_letter_that_waits_is_not_sent_to_somebody_who_has_lost_the_right(call: Call, desk: Desk) -> None:
    """Not even one that says nothing."""
    ticket = open_talk(call)
    call("cleaner").send("PUT", f"/api/tickets/{ticket['id']}/watchers/me")
    officer = call("cs-officer")
    officer.post(f"/api/tickets/{ticket['id']}/notes", {"text": "x"}, If_Match='"1"')
    assert told(desk, ticket, 2) == ["id-cleaner"]
    officer.fire(ticket | {"seq": 2}, "sort", {"kind": "b"})
    relay_batch(desk, wallclock.now())
    messages = call("receptionist").get(f"/api/tickets/{ticket['id']}/messages").json["items"]
    assert [(each["status"], each["body"]) for each in messages if each["role"] == "watcher"] == [
        ("withdrawn", None)
    ]


def test_nobody_is_made_to_follow_what_they_may_not_see(call: Call, secret: dict[str, Any]) -> None:
    """In the words that are said of somebody who does not work there."""
    path = f"/api/tickets/{secret['id']}/watchers"
    answer = call("cs-officer").send("PUT", f"{path}/cleaner")
    never = call("cs-officer").send("PUT", f"{path}/nobody-of-that-name")
    assert (answer.status_code, codes(answer)) == (422, ["not-a-reader"])
    assert answer.json["blocked_by"][0]["message"] == never.json["blocked_by"][0]["message"]
