"""Reports, the outbox and what was set aside."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from api_desk import COMPLAINT, HILL, LAKE, Call, codes
from small_process import publish_small

from service import wallclock
from service.bootstrap import Desk
from workflows.timing.instants import parse_rfc3339, rfc3339


def test_promises_are_counted_from_their_instants(call: Call) -> None:
    """One met, one running; outside the time asked for, none."""
    officer = call("cs-officer")
    ticket = officer.open("complaint", COMPLAINT)
    officer.open("complaint", COMPLAINT)
    officer.fire(ticket, "withdraw", {"reason": "solved"})
    found = officer.get("/api/reports/promises?workflow=complaint").json
    assert (found["met"], found["missed"], found["running"], found["share"]) == (1, 0, 1, 1.0)
    later = officer.get("/api/reports/promises?since=2199-01-01T00:00:00Z").json
    assert (later["met"], later["running"], later["share"]) == (0, 0, None)


def test_promises_are_asked_for_by_day_as_other_figures_are(call: Call) -> None:
    """A day is the whole of it, where the site is; a moment may be given too."""
    officer = call("cs-officer")
    now = parse_rfc3339(officer.open("complaint", COMPLAINT)["opened_at"])  # midnight may follow
    today = datetime.fromtimestamp(now, ZoneInfo("Asia/Shanghai")).date()
    after = today + timedelta(days=1)
    path = "/api/reports/promises?workflow=complaint"
    assert officer.get(f"{path}&since={today}&until={today}").json["running"] == 1
    assert officer.get(f"{path}&since={after}").json["running"] == 0
    assert officer.get(f"{path}&since={rfc3339(now - 60)}").json["running"] == 1


def test_states_are_counted(call: Call) -> None:
    """By process and state, of my sites only."""
    call("elsewhere").open("complaint", COMPLAINT)
    officer = call("cs-officer")
    officer.open("complaint", COMPLAINT)
    assert officer.get("/api/reports/states").json["items"] == [
        {"workflow": "complaint", "state": "registered", "tickets": 1}
    ]


def test_open_and_overdue_tickets_are_counted_by_process(call: Call, desk: Desk) -> None:
    """Of my sites only, and none that has ended; of one site if it is named."""
    both = call("both")
    officer = call("cs-officer")
    for _ in range(2):
        officer.open("complaint", COMPLAINT)
    call("elsewhere").open("complaint", COMPLAINT)
    officer.fire(officer.open("complaint", COMPLAINT), "withdraw", {"reason": "solved"})
    with desk.database.transaction() as session:
        session.run(f"UPDATE tickets SET due_at = 1000 WHERE site_id = '{HILL}'")
    path = "/api/reports/workflows"
    assert officer.get(path).json["items"] == [{"workflow": "complaint", "open": 2, "overdue": 0}]
    assert both.get(path).json["items"] == [{"workflow": "complaint", "open": 3, "overdue": 1}]
    assert both.get(f"{path}?site={HILL}").json["items"] == [
        {"workflow": "complaint", "open": 1, "overdue": 1}
    ]
    assert officer.get(f"{path}?site={HILL}").status_code == 404


def test_a_process_that_was_renamed_is_counted_under_its_name_of_now(call: Call, desk: Desk) -> None:
    """Its earlier tickets with those since; as the list of processes in the console shows it."""
    publish_small(desk, "walk")
    clerk, director = call("receptionist"), call("director-of-both")
    clerk.open("walk", {"what": "a round"})
    renamed = director.post("/api/workflows/walk/rename", {"reason": "a better word", "to": "stroll"})
    assert renamed.status_code == 200, renamed.text
    clerk.open("stroll", {"what": "another"})
    assert clerk.get("/api/reports/workflows").json["items"] == [
        {"workflow": "stroll", "open": 2, "overdue": 0}
    ]


def test_the_outbox_is_for_managers_and_shows_their_sites_only(call: Call) -> None:
    """403 for others; a director of one site does not see the other's messages."""
    call("receptionist").open("complaint", COMPLAINT)
    call("elsewhere").open("complaint", COMPLAINT)
    refused = call("receptionist").get("/api/outbox")
    assert (refused.status_code, codes(refused)) == (403, ["managers-only"])
    mine = call("office-director").get("/api/outbox").json["items"]
    assert {message["site"] for message in mine} == {LAKE}
    both = call("director-of-both").get("/api/outbox").json["items"]
    assert {message["site"] for message in both} == {LAKE, HILL}
    assert "13800000001" not in str(both)


def test_a_page_of_the_outbox_is_full_though_others_have_messages(call: Call) -> None:
    """The other site's do not count."""
    for _ in range(3):
        call("elsewhere").open("complaint", COMPLAINT)
    for _ in range(3):
        call("receptionist").open("complaint", COMPLAINT)
    page = call("office-director").get("/api/outbox?limit=2").json
    assert [message["site"] for message in page["items"]] == [LAKE, LAKE]


def test_a_dead_message_is_tried_again(call: Call, desk: Desk) -> None:
    """200 once; a message that is not dead, or another site's, is not found."""
    call("receptionist").open("complaint", COMPLAINT)
    director = call("office-director")
    message = director.get("/api/outbox").json["items"][0]["id"]
    path = f"/api/outbox/{message}/requeue"
    assert director.post(path).status_code == 404
    claimed = {row.id: row for row in desk.outbox.claim(wallclock.now(), 50, 60, "test")}
    desk.outbox.mark_dead(claimed[message], "test", "no such address")
    assert [m["id"] for m in director.get("/api/outbox?status=dead").json["items"]] == [message]
    assert call("receptionist").post(path).status_code == 403
    first = director.post(path, Idempotency_Key="again")
    assert (first.status_code, first.json["status"]) == (200, "pending")
    assert director.post(path, Idempotency_Key="again").data == first.data


def test_parked_clocks_are_shown_with_their_reason(call: Call, desk: Desk) -> None:
    """To those who look after the desk."""
    ticket = call("receptionist").open("complaint", COMPLAINT)
    desk.store.park(LAKE, ticket["id"], "state.registered", "nobody to tell")
    found = call("office-director").get("/api/parked").json["items"]
    assert found == [
        {"site": LAKE, "ticket": ticket["id"], "clock": "state.registered", "reason": "nobody to tell"}
    ]


def test_colleagues_and_sites_are_listed(call: Call) -> None:
    """Whom a ticket can be given to; only at sites one belongs to."""
    officer = call("cs-officer")
    assert [s["id"] for s in officer.get("/api/sites").json["items"]] == [LAKE]
    staff = {s["account"]: s for s in officer.get("/api/staff").json["items"]}
    assert staff["cs-supervisor"]["roles"] == ["cs-supervisor"]
    assert "elsewhere" not in staff
    assert officer.get(f"/api/staff?site={HILL}").status_code == 404


def test_a_late_ticket_is_late_without_anybody_having_looked(
    call: Call, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Overdue is a question about now: a month later it is in the list though no clock process ran."""
    officer = call("cs-officer")
    ticket = officer.open("complaint", COMPLAINT)
    later = wallclock.now() + 30 * 86_400
    monkeypatch.setattr(wallclock, "now", lambda: later)
    officer = call("cs-officer")
    assert [t["number"] for t in officer.get("/api/tickets?view=overdue").json["items"]] == [ticket["number"]]
    assert officer.get(f"/api/tickets/{ticket['id']}").json["overdue"] is True
