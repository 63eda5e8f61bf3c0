"""Who was told what about a ticket stands on the ticket, for everybody who may read it."""

from __future__ import annotations

import pytest
from api_desk import COMPLAINT, HILL, Call, codes

from service import wallclock
from service.bootstrap import Desk
from service.relay import relay_batch


@pytest.fixture
def ticket(call: Call, desk: Desk) -> dict[str, object]:
    """A complaint of whose registration somebody was told."""
    opened = call("receptionist").open("complaint", COMPLAINT)
    relay_batch(desk, wallclock.now())
    return opened


def test_the_ticket_says_who_was_told_by_which_channel_and_in_which_words(
    call: Call, ticket: dict[str, object]
) -> None:
    page = call("cs-officer").get(f"/api/tickets/{ticket['number']}/messages")
    assert page.status_code == 200
    message, *_, to_client = sorted(page.json["items"], key=lambda each: each["recipient"] == "client")
    assert (message["status"], message["channel"]) == ("no-address", "log")
    assert (to_client["status"], to_client["name"]) == ("logged", None)
    assert (message["reason"], message["address"]) == ("the recipient has no address", None)
    assert (message["seq"], message["kind"], message["tries"]) == (1, "notice", 1)
    assert message["name"].startswith("员工 ")
    assert str(ticket["number"]) in message["subject"]
    assert "13800000001" not in page.text


def test_the_step_that_caused_it_says_who_was_told(call: Call, ticket: dict[str, object]) -> None:
    """And leads to the words."""
    officer = call("cs-officer")
    path = f"/api/tickets/{ticket['number']}"
    event = officer.get(f"{path}/history").json["items"][0]
    found = officer.get(f"{path}/messages?seq={event['seq']}").json["items"]
    brief = ("id", "recipient", "name", "role", "channel", "status", "reason")
    assert event["messages"] == [{name: each[name] for name in brief} for each in found]
    assert event["messages"]
    assert officer.get(f"{path}/messages?seq=2").json == {"items": [], "next": None}


def test_messages_come_page_by_page(call: Call, ticket: dict[str, object]) -> None:
    officer, path = call("cs-officer"), f"/api/tickets/{ticket['number']}/messages"
    whole = officer.get(path).json["items"]
    assert len(whole) > 1
    first = officer.get(f"{path}?limit=1")
    assert (first.json["items"], first.json["next"] is None) == (whole[:1], False)
    assert 'rel="next"' in first.headers["Link"]
    second = officer.get(f"{path}?limit=100&cursor={first.json['next']}").json
    assert second == {"items": whole[1:], "next": None}
    refused = officer.get(f"{path}?cursor=lost")
    assert (refused.status_code, codes(refused)) == (422, ["bad-cursor"])
    assert officer.get(f"{path}?seq=0").status_code == 400


def test_of_a_ticket_that_one_may_not_read_nobody_learns_who_was_told(
    call: Call, ticket: dict[str, object]
) -> None:
    """Another site's ticket does not exist; neither do its messages."""
    path = f"/api/tickets/{ticket['id']}/messages"
    assert call("elsewhere").get(path).status_code == 404
    assert call("elsewhere").get(f"{path}?site={HILL}").status_code == 404
    assert call("receptionist").get("/api/tickets/NONE-1/messages").status_code == 404


def test_what_waits_has_no_words_yet_and_says_when_it_is_tried(call: Call) -> None:
    ticket = call("receptionist").open("complaint", COMPLAINT)
    message = call("cs-officer").get(f"/api/tickets/{ticket['number']}/messages").json["items"][0]
    assert (message["status"], message["channel"], message["subject"]) == ("pending", None, None)
    assert message["due_at"] == message["at"]


def test_the_outbox_is_asked_for_by_what_became_of_a_message(call: Call, ticket: dict[str, object]) -> None:
    """`waiting` are those still to be sent; what had no address can be put back among them."""
    director = call("office-director")
    assert director.get("/api/outbox").json["items"] == []
    found = director.get("/api/outbox?status=no-address").json["items"]
    assert {each["ticket"] for each in found} == {ticket["id"]}
    path = f"/api/outbox/{found[0]['id']}/requeue"
    assert director.post(path).status_code == 200
    assert [each["id"] for each in director.get("/api/outbox?status=waiting").json["items"]] == [
        found[0]["id"]
    ]
    assert director.get("/api/outbox?status=lost").status_code == 400
