"""Keys that nobody has: the answer stays small, whoever asks, and no name that a library keeps reaches it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from api_desk import COMPLAINT, Call, Caller, codes
from flask import Flask
from werkzeug.test import Client

from workflows.errors import MAX_HINTS, MAX_REASONS

MANY = {f"acount{number}": 1 for number in range(900)}
STRANGE = ["_schema", "__class__", "__proto__", "$ref", "", "x" * 5_000, "_", "_meta"]
PLACES = {
    "tickets": lambda key: ("/api/tickets", {"workflow": "complaint", "data": {**COMPLAINT, **key}}),
    "the body": lambda key: ("/api/tickets", {"workflow": "complaint", "data": COMPLAINT, **key}),
    "events": lambda key: ("/api/events", {"event": "heavy-rain-announced", "site": "lake", "data": key}),
    "settings": lambda key: ("PUT /api/sites/lake/settings", {"values": key}),
    "registers": lambda key: ("PUT /api/registers/units/entries/9-101?site=lake", {"values": key}),
    "rosters": lambda key: ("/api/rosters/lake/reception/entries", {"mark": "sign-in", **key}),
    "tokens": lambda key: ("/api/tokens", {"account": "x", "password": "y", "name": "z", **key}),
    "a check": lambda key: ("/api/workflows/check", {"text": "a: b", **key}),
}


def send(caller: Caller, place: str, key: dict[str, Any]) -> Any:
    path, body = PLACES[place](key)
    method, _, path = path.rpartition(" ")
    seen = caller.get(path).headers.get("ETag", '"0"') if place == "settings" else '"0"'
    return caller.send(method or "POST", path, body, If_Match=seen)


@pytest.mark.parametrize("place", PLACES)
def test_of_very_many_reasons_fifty_are_told_and_how_many_more_there_are(call: Call, place: str) -> None:
    answer = send(call("office-director"), place, MANY)
    assert answer.status_code in (403, 404, 422), answer.text
    assert len(answer.data) < 30_000
    assert len(answer.json["blocked_by"]) == MAX_REASONS
    assert answer.json["more"] >= len(MANY) - MAX_REASONS
    assert str(answer.json["more"]) in answer.json["detail"]
    assert answer.text.count("did you mean") <= 2 * MAX_HINTS


def test_names_that_nobody_knows_do_not_crowd_out_what_matters(call: Call) -> None:
    answer = send(call("office-director"), "tickets", MANY)
    assert (answer.status_code, codes(answer)[0]) == (403, "role-needed")


@pytest.mark.parametrize("key", STRANGE)
@pytest.mark.parametrize("place", PLACES)
def test_a_name_that_is_none_is_refused_wherever_it_stands(call: Call, place: str, key: str) -> None:
    answer = send(call("office-director"), place, {key: 1})
    assert (answer.status_code, codes(answer)) == (422, ["unknown-field"]), answer.text
    assert len(answer.data) < 2_000


@pytest.mark.parametrize("inside", [[{"_schema": 1}], {"_schema": {"_schema": []}}, [[{"": 1}]]])
def test_and_so_it_is_deep_inside(call: Call, inside: object) -> None:
    body = {"workflow": "complaint", "data": {**COMPLAINT, "content": inside}}
    answer = call("receptionist").post("/api/tickets", body)
    assert (answer.status_code, codes(answer)) == (422, ["unknown-field"])


def test_an_object_has_no_more_keys_than_any_form(call: Call) -> None:
    body = {"workflow": "complaint", "data": {f"k{number}": 1 for number in range(55_000)}}
    answer = call("receptionist").post("/api/tickets", body)
    assert (answer.status_code, codes(answer)) == (400, ["too-many-keys"])


def test_a_body_has_no_more_values_than_any_table(call: Call) -> None:
    body = {"workflow": "complaint", "data": {"content": [[1] * 100] * 2_000}}
    answer = call("receptionist").post("/api/tickets", body)
    assert (answer.status_code, codes(answer)) == (400, ["too-many-values"])


def test_who_has_not_signed_in_sends_sixteen_kilobytes_at_most(app: Flask) -> None:
    body = json.dumps({f"k{number}": 1 for number in range(55_000)})
    answer = Client(app).post("/api/tokens", data=body, content_type="application/json")
    assert (answer.status_code, codes(answer)) == (413, ["body-too-large"])
    assert "16000" in answer.json["detail"]


@pytest.mark.parametrize(
    "body",
    [
        '{"workflow": "complaint", "workflow": "complaint", "data": %s}',
        '{"workflow": "complaint", "data": {}, "data": %s}',
        '{"workflow": "complaint", "note": "", "data": %s, "note": ""}',
    ],
)
def test_a_key_that_stands_there_twice_is_refused_though_all_else_is_right(call: Call, body: str) -> None:
    caller = call("receptionist")
    said = (body % json.dumps(COMPLAINT)).encode()
    heads = {"Authorization": f"Bearer {caller.token}", "Content-Type": "application/json"}
    answer = caller.client.post("/api/tickets", data=said, headers=heads)
    assert (answer.status_code, codes(answer)) == (400, ["duplicate-key"])
    assert caller.get("/api/tickets").json["items"] == []


def test_and_so_is_one_inside_a_form_or_a_row(call: Call) -> None:
    caller = call("receptionist")
    twice = json.dumps(COMPLAINT)[:-1] + ', "content": "another"}'
    for data in (twice, '{"content": [{"a": 1, "a": 1}]}'):
        heads = {"Authorization": f"Bearer {caller.token}", "Content-Type": "application/json"}
        said = f'{{"workflow": "complaint", "data": {data}}}'
        answer = caller.client.post("/api/tickets", data=said.encode(), headers=heads)
        assert (answer.status_code, codes(answer)) == (400, ["duplicate-key"])


def test_a_form_may_have_every_name_that_a_schema_has_of_its_own() -> None:
    from marshmallow import Schema

    from tests.language.expression_desk import field
    from workflows.language.forms.form import Form
    from workflows.language.forms.organisation import Organisation

    names = [name for name in dir(Schema) if name.islower() and name[0] != "_"]
    names += ["self", "cls", "data", "many", "partial", "unknown", "only", "exclude"]
    said = dict.fromkeys(dict.fromkeys(names), "x")
    form = Form({name: field(name, "text") for name in said}, list(said), [])
    assert form.load(said, Organisation(roles={}, departments={})) == said
