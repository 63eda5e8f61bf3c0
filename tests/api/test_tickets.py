"""Opening tickets and looking at them."""

from __future__ import annotations

import pytest
from api_desk import COMPLAINT, HILL, LAKE, Call, codes, converted

from service.bootstrap import Desk


def test_a_ticket_is_opened_and_says_where_it_is(call: Call) -> None:
    """201 with Location and ETag, and the ticket as it stands."""
    answer = call("receptionist").post("/api/tickets", {"workflow": "complaint", "data": COMPLAINT})
    ticket = answer.json
    assert answer.status_code == 201
    assert answer.headers["ETag"] == '"1"'
    assert answer.headers["Location"] == f"/api/tickets/{ticket['id']}"
    assert ticket["number"].startswith("TS-")
    assert (ticket["state"], ticket["seq"], ticket["site"]) == ("registered", 1, LAKE)
    assert ticket["clocks"][0]["verdict"] == "running"


def test_what_was_opened_is_found_by_number_and_by_id(call: Call) -> None:
    """Both lead to the same ticket; only who opens one is told of others that are alike."""
    receptionist = call("receptionist")
    ticket = receptionist.open("complaint", COMPLAINT)
    assert ticket.pop("duplicates") == []
    by_number = receptionist.get(f"/api/tickets/{ticket['number']}")
    by_id = receptionist.get(f"/api/tickets/{ticket['id']}")
    assert by_number.json == by_id.json == ticket


def test_who_belongs_to_several_sites_must_say_which(call: Call) -> None:
    """422 names them; with the site said it is opened there."""
    both = call("both")
    answer = both.post("/api/tickets", {"workflow": "complaint", "data": COMPLAINT})
    assert (answer.status_code, codes(answer)) == (422, ["site-needed"])
    assert LAKE in answer.json["detail"]
    assert HILL in answer.json["detail"]
    assert both.open("complaint", COMPLAINT, site=HILL)["site"] == HILL


def test_a_site_one_does_not_belong_to_is_unknown(call: Call) -> None:
    """404, as if it did not exist."""
    answer = call("receptionist").post(
        "/api/tickets", {"workflow": "complaint", "site": HILL, "data": COMPLAINT}
    )
    assert (answer.status_code, codes(answer)) == (404, ["unknown-site"])


def test_the_same_number_at_two_of_my_sites_is_ambiguous(call: Call) -> None:
    """409 names the sites, ?site= decides."""
    both = call("both")
    here, there = (both.open("complaint", COMPLAINT, site=site) for site in (LAKE, HILL))
    assert here["number"] == there["number"]
    path = f"/api/tickets/{here['number']}"
    answer = both.get(path)
    assert (answer.status_code, codes(answer)) == (409, ["ambiguous-number"])
    assert both.get(f"{path}?site={HILL}").json["id"] == there["id"]


def test_another_sites_ticket_does_not_exist(call: Call) -> None:
    """404 by number and by id, for reading and for writing, with one answer for all of them."""
    ticket = call("receptionist").open("complaint", COMPLAINT)
    stranger = call("elsewhere")
    for name in (ticket["number"], ticket["id"], "TS-1999-00001"):
        for part in ("", "/history", "/clocks", "/transitions", "/personal"):
            answer = stranger.get(f"/api/tickets/{name}{part}")
            assert (answer.status_code, codes(answer)) == (404, ["unknown-ticket"])
    assert stranger.fire(ticket, "withdraw", {"reason": "no"}).status_code == 404


def test_what_the_reader_has_already_is_not_sent_again(call: Call) -> None:
    """304 for If-None-Match with the ETag, 200 once the ticket has moved."""
    officer = call("cs-officer")
    ticket = call("receptionist").open("complaint", COMPLAINT)
    path = f"/api/tickets/{ticket['id']}"
    answer = officer.get(path, If_None_Match='"1"')
    assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", '"1"')
    officer.fire(ticket, "withdraw", {"reason": "it is solved"})
    assert officer.get(path, If_None_Match='"1"').status_code == 200


def test_personal_fields_are_masked(call: Call) -> None:
    """Enough to tell two apart, not enough to use; also for those who may read them."""
    ticket = call("receptionist").open("complaint", COMPLAINT)
    assert ticket["data"]["contact"] == "138****0001"
    assert ticket["data"]["complainant"] == "李*"
    assert ticket["data"]["content"] == COMPLAINT["content"]


def test_reading_personal_fields_is_itself_recorded(call: Call, desk: Desk) -> None:
    """In clear for the roles that may read them, and who read which is kept."""
    receptionist = call("receptionist")
    ticket = receptionist.open("complaint", COMPLAINT)
    answer = receptionist.get(f"/api/tickets/{ticket['id']}/personal")
    assert answer.json["personal"] == {"complainant": "李敏", "contact": "13800000001"}
    assert answer.headers["Cache-Control"] == "no-store"
    (reading,) = desk.queries.readings(LAKE, ticket["id"]).readings
    assert (reading.staff_id, reading.fields) == ("id-receptionist", ("complainant", "contact"))


def test_personal_fields_are_not_for_everybody(call: Call, desk: Desk) -> None:
    """403 says who may, and nothing is recorded."""
    ticket = call("receptionist").open("complaint", COMPLAINT)
    answer = call("cleaner").get(f"/api/tickets/{ticket['id']}/personal")
    assert (answer.status_code, codes(answer)) == (403, ["personal-not-yours"])
    assert "receptionist" in answer.json["blocked_by"][0]["who"]
    assert desk.queries.readings(LAKE, ticket["id"]).readings == ()


def test_who_read_personal_fields_is_shown_page_by_page(call: Call) -> None:
    """Newest first, with who and which; for those who may read them and those who look after the desk."""
    ticket = call("receptionist").open("complaint", COMPLAINT)
    path = f"/api/tickets/{ticket['number']}"
    for account in ("receptionist", "cs-officer", "receptionist"):
        assert call(account).get(f"{path}/personal").status_code == 200
    director = call("office-director")
    first = director.get(f"{path}/readings?limit=2")
    assert 'rel="next"' in first.headers["Link"]
    second = director.get(f"{path}/readings?cursor={first.json['next']}").json
    found = [*first.json["items"], *second["items"]]
    assert sorted(each["staff"] for each in found) == ["id-cs-officer", "id-receptionist", "id-receptionist"]
    assert {each["name"] for each in found} == {"员工 cs-officer", "员工 receptionist"}
    assert found[0]["fields"] == ["complainant", "contact"]
    assert second["next"] is None
    assert call("cs-officer").get(f"{path}/readings").status_code == 200
    refused = call("cleaner").get(f"{path}/readings")
    assert (refused.status_code, codes(refused)) == (403, ["personal-not-yours"])
    assert codes(call("elsewhere").get(f"{path}/readings")) == ["unknown-ticket"]
    assert codes(director.get(f"{path}/readings?cursor=AAAA")) == ["bad-cursor"]


def test_a_ticket_says_what_it_became(call: Call) -> None:
    """In the answer to the converting step and ever after; one that was not converted says nothing."""
    inquiry, successor = converted(call)
    named = {name: successor[name] for name in ("number", "id", "workflow", "state", "category")}
    assert inquiry["successor"] == named
    officer = call("cs-officer")
    assert officer.get(f"/api/tickets/{inquiry['id']}").json["successor"] == named
    assert officer.get(f"/api/tickets/{successor['id']}").json["successor"] is None
    officer.fire(officer.get(f"/api/tickets/{successor['id']}").json, "withdraw", {"reason": "solved"})
    seen = officer.get(f"/api/tickets/{inquiry['id']}").json["successor"]
    assert (seen["state"], seen["category"]) == ("withdrawn", "cancelled")


def test_the_history_names_every_step_in_order(call: Call) -> None:
    """Who, when, from where to where; personal words only as a mark."""
    officer = call("cs-officer")
    ticket = call("receptionist").open("complaint", COMPLAINT)
    officer.fire(ticket, "withdraw", {"reason": "it is solved"})
    found = officer.get(f"/api/tickets/{ticket['id']}/history").json["items"]
    assert [(e["seq"], e["kind"], e["from"], e["to"]) for e in found] == [
        (1, "open", None, "registered"),
        (2, "fire", "registered", "withdrawn"),
    ]
    assert found[0]["personal"] is True
    assert "13800000001" not in str(found)


def test_the_history_comes_in_pages(call: Call) -> None:
    """The cursor of a page leads to the next, and Link says so."""
    officer = call("cs-officer")
    ticket = officer.open("complaint", COMPLAINT)
    officer.fire(ticket, "withdraw", {"reason": "it is solved"})
    path = f"/api/tickets/{ticket['id']}/history"
    first = officer.get(f"{path}?limit=1")
    assert 'rel="next"' in first.headers["Link"]
    second = officer.get(f"{path}?limit=1&cursor={first.json['next']}").json
    assert ([e["seq"] for e in second["items"]], second["next"]) == ([2], None)


def test_a_deadline_shows_its_working(call: Call) -> None:
    """The counted segments of a running promise add up to its budget."""
    officer = call("cs-officer")
    ticket = officer.open("complaint", COMPLAINT)
    (clock,) = officer.get(f"/api/tickets/{ticket['id']}/clocks").json["clocks"]
    assert clock["budget"] == 2 * 3_600
    assert (clock["unit"], clock["paused"], clock["overdue"]) == ("working second", False, False)
    assert clock["explain"][0]["from"] == clock["started_at"]
    assert clock["explain"][-1]["to"] == clock["due_at"]


@pytest.mark.parametrize(
    ("contact", "unit", "shown"),
    [
        ("１３８００００００００", "９-１０１", "138****0000"),
        ("138\u00a00000–0000", "9－101", "138****0000"),
        ("021-61234567转802", "9–101", "021****4567"),
    ],
)
def test_what_is_typed_in_full_width_is_kept_in_half(call: Call, contact: str, unit: str, shown: str) -> None:
    """And so it is an entry of the register that holds it in half width."""
    officer = call("cs-officer")
    put = officer.send("PUT", "/api/registers/units/entries/9-101", {"values": {"area": 90}}, If_Match='"0"')
    assert put.status_code == 200
    ticket = call("receptionist").open("complaint", COMPLAINT | {"contact": contact, "unit": unit})
    assert ticket["data"]["unit"] == "9-101"
    assert ticket["data"]["contact"] == shown
