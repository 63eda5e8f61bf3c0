"""The same matter again: likely duplicates are told, and a further call is joined to the first ticket."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from api_desk import DEFINITIONS, HILL, LAKE, Call, Caller, caller, codes, open_for_tests
from flask import Flask

from service import wallclock
from service.application import create_app
from service.bootstrap import Desk
from workflows.language.load import Folder
from workflows.storage.database import Database

REPAIR = {
    "reporter": "Hao Example",
    "contact": "13800000231",
    "unit": "3-1201",
    "place": "the kitchen",
    "content": "a pipe drips",
    "urgency": "normal",
}


@pytest.fixture
def office(database: Database, tmp_path: Path, ours: Folder) -> tuple[Flask, Desk]:
    """A desk on either database."""
    desk = open_for_tests(database, tmp_path, ours)
    return create_app(desk), desk


def duplicates(someone: Caller, unit: str, workflow: str = "repair", site: str = LAKE) -> list[str]:
    """The numbers that are told of."""
    answer = someone.get(f"/api/duplicates?workflow={workflow}&site={site}&value={unit}")
    assert answer.status_code == 200, answer.text
    return [each["number"] for each in answer.json["items"]]


def urge(someone: Caller, ticket: dict[str, Any], **headers: str) -> Any:
    """A further call."""
    return someone.post(f"/api/tickets/{ticket['number']}/urge", {"note": "they called again"}, **headers)


def test_the_open_ones_of_the_same_unit_are_told_on_either_database(office: tuple[Flask, Desk]) -> None:
    """However the unit is written; neither another unit's, nor another process's, nor those that ended."""
    app, desk = office
    here = caller(app, desk, "receptionist")
    first, second = here.open("repair", REPAIR), here.open("repair", REPAIR)
    assert (first["duplicates"], [each["number"] for each in second["duplicates"]]) == ([], [first["number"]])
    here.open("repair", {**REPAIR, "unit": "3-1202"})
    assert set(duplicates(here, "３－1201")) == {second["number"], first["number"]}
    assert duplicates(here, "3-1201", "complaint") == []
    assert duplicates(here, "nowhere") == []
    answer = here.send(
        "PATCH", f"/api/tickets/{second['id']}/data", {"unit": "3-1203"}, If_Match=f'"{second["seq"]}"'
    )
    assert answer.status_code == 200, answer.text
    assert duplicates(here, "3-1201") == [first["number"]]
    assert duplicates(here, "3-1203") == [second["number"]]


def test_nobody_hears_of_another_sites(call: Call) -> None:
    """The question is asked of one site, to which one must belong."""
    call("receptionist").open("repair", REPAIR)
    assert duplicates(call("elsewhere"), "3-1201", site=HILL) == []
    path = f"/api/duplicates?workflow=repair&site={LAKE}&value=3-1201"
    assert call("elsewhere").get(path).status_code == 404


def test_a_process_that_compares_nothing_says_so(call: Call) -> None:
    """With no field, and no tickets; one that nobody knows is refused."""
    answer = call("receptionist").get("/api/duplicates?workflow=lost-and-found&value=x")
    if answer.status_code == 200:
        assert answer.json == {"field": None, "items": []}
    assert call("receptionist").get("/api/duplicates?workflow=no-such&value=x").status_code == 404


def test_where_the_definition_says_so_none_is_opened_beside_another(call: Call, desk: Desk) -> None:
    """The refusal names what is open; whoever insists opens it."""
    text = (DEFINITIONS / "repairs" / "repair.yaml").read_text("utf-8")
    strict = text.replace("duplicates: {same: unit}", "duplicates: {same: unit, opening: refuse}")
    desk.definitions.publish_text(strict, "repair.yaml", wallclock.now(), "tests")
    here = call("receptionist")
    first = here.open("repair", REPAIR)
    body = {"workflow": "repair", "data": REPAIR}
    answer = here.post("/api/tickets", body)
    assert (answer.status_code, codes(answer)) == (409, ["duplicate"])
    assert answer.json["blocked_by"][0]["saw"] == [first["number"]]
    assert here.post("/api/tickets", {**body, "despite_duplicates": True}).status_code == 201
    assert here.post("/api/tickets", {**body, "data": {**REPAIR, "unit": "3-1202"}}).status_code == 201


def test_a_call_is_counted_told_to_the_owner_and_raises_the_priority(office: tuple[Flask, Desk]) -> None:
    """As the definition says: the second one here. Sent twice under one key, it counts once."""
    app, desk = office
    here = caller(app, desk, "receptionist")
    ticket = here.open("repair", REPAIR)
    first = urge(here, ticket, Idempotency_Key="call-1")
    assert (first.status_code, first.json["urges"], first.json["priority"]) == (201, 1, "normal")
    assert urge(here, ticket, Idempotency_Key="call-1").json == first.json
    second = urge(here, ticket, Idempotency_Key="call-2").json
    assert (second["urges"], second["priority"], second["seq"]) == (2, "high", ticket["seq"] + 2)
    sql = "SELECT DISTINCT recipient FROM outbox WHERE ticket_id = :id AND seq = :seq ORDER BY recipient"
    told = [row[0] for row in desk.database.read(sql, {"id": ticket["id"], "seq": second["seq"]})]
    assert told == ["id-property-assistant", "id-property-assistant-2"]
    event = here.get(f"/api/tickets/{ticket['id']}/history").json["items"][-1]
    assert (event["kind"], event["data"]["urges"], event["note"]) == ("urge", 2, "they called again")


def test_what_has_ended_is_not_urged(call: Call, desk: Desk) -> None:
    """And what nobody there may see is not there."""
    ticket = call("receptionist").open("repair", REPAIR)
    assert urge(call("elsewhere"), ticket).status_code == 404
    with desk.database.transaction() as session:
        session.run("UPDATE tickets SET closed_at = 1, head = head || 'x'")
    answer = urge(call("receptionist"), ticket)
    assert (answer.status_code, codes(answer)) == (409, ["closed"])
