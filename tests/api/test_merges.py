"""Two tickets of one matter become one: both histories are kept, and nobody who waits is forgotten."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from api_desk import COMPLAINT, LAKE, Call, Caller, caller, codes, open_for_tests
from flask import Flask

from service.application import create_app
from service.bootstrap import Desk
from workflows.language.load import Folder
from workflows.storage.audit.verify import verify
from workflows.storage.database import Database

OTHER = {**COMPLAINT, "complainant": "Wang Example", "contact": "13800000232"}


@pytest.fixture
def office(database: Database, tmp_path: Path, ours: Folder) -> tuple[Flask, Desk]:
    """A desk on either database."""
    desk = open_for_tests(database, tmp_path, ours)
    return create_app(desk), desk


def merge(someone: Caller, ticket: dict[str, Any], into: dict[str, Any], **heads: str) -> Any:
    """Merge one ticket into another."""
    heads = {"If_Match": f'"{ticket["seq"]}"', **heads}
    return someone.post(f"/api/tickets/{ticket['number']}/merge", {"into": into["number"]}, **heads)


def told(desk: Desk, ticket: dict[str, Any], seq: int) -> dict[str, str]:
    """Who is told of a step, each with the capacity in which they are addressed."""
    sql = "SELECT recipient, role FROM outbox WHERE ticket_id = :id AND seq = :seq"
    return dict(map(tuple, desk.database.read(sql, {"id": ticket["id"], "seq": seq})))


def test_the_one_ends_and_the_other_takes_over_on_either_database(office: tuple[Flask, Desk]) -> None:
    """Clocks stop, histories name each other, watchers move; sent twice under one key it is done once."""
    app, desk = office
    officer, cleaner = caller(app, desk, "cs-officer"), caller(app, desk, "cleaner")
    first = officer.open("complaint", COMPLAINT)
    second = caller(app, desk, "receptionist").open("complaint", OTHER)
    assert cleaner.send("PUT", f"/api/tickets/{second['id']}/watchers/me").status_code == 200
    answer = merge(officer, second, first, Idempotency_Key="m1")
    assert answer.status_code == 201, answer.text
    assert (answer.json["state"], answer.json["merged_into"]) == ("merged", first["id"])
    assert all(clock["stopped_at"] for clock in answer.json["clocks"])
    assert merge(officer, second, first, Idempotency_Key="m1").json == answer.json
    history = officer.get(f"/api/tickets/{second['id']}/history").json["items"]
    assert (history[-1]["kind"], history[-1]["data"]["into"]) == ("merge", first["number"])
    history = officer.get(f"/api/tickets/{first['id']}/history").json["items"]
    assert (history[-1]["kind"], history[-1]["data"]["merged"]) == ("take-over", second["number"])
    watchers = officer.get(f"/api/tickets/{first['id']}/watchers").json["items"]
    assert [each["id"] for each in watchers] == ["id-cleaner"]
    assert list(verify(desk.database)) == []


def test_client_and_opener_of_the_merged_one_hear_how_the_other_goes_on(call: Call, desk: Desk) -> None:
    """The client what the other client hears, the opener of its end."""
    officer = call("cs-officer")
    first = officer.open("complaint", COMPLAINT)
    second = call("receptionist").open("complaint", OTHER)
    assert merge(officer, second, first).status_code == 201
    done = officer.fire(first | {"seq": 2}, "withdraw", {"reason": "solved"})
    assert done.status_code == 201, done.text
    assert done.json["category"] == "cancelled"
    found = told(desk, first, done.json["seq"])
    assert found.get("id-receptionist") == "opener"
    if "client" in found:
        assert found[f"client:{second['id']}"] == "client"


def test_only_another_open_ticket_of_the_process_takes_over(call: Call) -> None:
    """Not itself, not one that has ended; not by whoever has no right, nor into what is not there."""
    officer = call("cs-officer")
    first, second = officer.open("complaint", COMPLAINT), officer.open("complaint", OTHER)
    assert codes(merge(officer, first, first)) == ["not-to-be-merged"]
    assert codes(merge(call("receptionist"), second, first)) == ["role-needed"]
    assert codes(merge(officer, second, {"number": "TS-1999-00001"})) == ["unknown-ticket"]
    assert merge(officer, second, first, If_Match='"99"').status_code == 412
    assert merge(officer, second, first).status_code == 201
    third = officer.open("complaint", COMPLAINT)
    assert codes(merge(officer, third, second)) == ["not-to-be-merged"]


def test_a_merged_ticket_is_no_duplicate_any_more(call: Call) -> None:
    """Only what is open is told of."""
    officer = call("cs-officer")
    first = officer.open("complaint", {**COMPLAINT, "unit": "3-1201"})
    second = officer.open("complaint", {**OTHER, "unit": "3-1201"})
    merge(officer, second, first)
    found = officer.get(f"/api/duplicates?workflow=complaint&site={LAKE}&value=3-1201").json["items"]
    assert [each["number"] for each in found] == [first["number"]]
