"""Registers through the API: listed, searched, written, struck; personal columns for their readers only."""

from __future__ import annotations

from typing import Any

import pytest
from api_desk import HILL, LAKE, Call, Caller, codes

from service import wallclock
from service.bootstrap import Desk
from workflows.core.access.permissions import build_actor
from workflows.core.effects.register_writes import parse_entry

UNITS = "/api/registers/units"
UNIT = f"{UNITS}/entries/3-1201"
OWNER = {"owner": "王秘密", "owner_phone": "13800000001", "owner_id_number": "11010519491231002X"}
VALUES = {"area": 90, "status": "vacant", "building": "3", **OWNER}


def put(caller: Caller, values: dict[str, Any], seen: str = '"0"', path: str = UNIT) -> Any:
    """Write an entry."""
    return caller.send("PUT", path, {"values": values}, If_Match=seen)


@pytest.fixture
def unit(call: Call) -> dict[str, Any]:
    """A flat in the register."""
    answer = put(call("cs-officer"), VALUES)
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


def test_the_registers_are_listed_with_the_form_of_an_entry(call: Call) -> None:
    """And what the reader may do, in the reader's language."""
    found = {
        each["name"]: each for each in call("receptionist", "zh-Hant").get("/api/registers").json["items"]
    }
    units = found["units"]
    assert (units["title"], units["key"]) == ("房屋臺帳", "unit")
    assert (units["may_read"], units["may_write"]) == (True, False)
    assert units["personal"] == ["owner", "owner_id_number", "owner_phone"]
    assert units["form"]["properties"]["status"]["enum"][0] == "undelivered"
    assert {"residents", "vehicles", "keys", "cards", "parking-spaces", "suppliers", "clients"} < found.keys()


def test_an_entry_is_written_and_read_with_its_personal_columns_masked(
    call: Call, unit: dict[str, Any]
) -> None:
    """For everybody, readers too: they ask for them by name."""
    for who in ("cs-officer", "gate-guard"):
        answer = call(who).get(UNIT)
        values = answer.json["values"]
        assert (values["unit"], values["area"], values["status"]) == ("3-1201", 90, "vacant")
        assert (values["owner"], values["owner_phone"]) == ("王*", "138****0001")
        assert answer.headers["ETag"] == '"1"'
        assert not any(word in answer.text for word in OWNER.values())


def test_lists_and_search_mask_them_and_do_not_find_by_them(call: Call, unit: dict[str, Any]) -> None:
    """Search looks at the key and the open columns, for whoever may not read the others."""
    put(call("cs-officer"), {"area": 60, "building": "4"}, path=f"{UNITS}/entries/4-0101")
    reader = call("gate-guard")

    def listed(query: str) -> list[str]:
        answer = reader.get(f"{UNITS}{query}")
        assert answer.status_code == 200, answer.text
        assert not any(word in answer.text for word in OWNER.values())
        return [each["key"] for each in answer.json["items"]]

    assert listed("") == ["3-1201", "4-0101"]
    assert listed("?q=3-12") == listed("?q=VACANT") == ["3-1201"]
    assert listed("?q=秘密") == listed("?q=13800000001") == []
    assert listed("?struck=true") == []
    first = reader.get(f"{UNITS}?limit=1")
    assert listed(f"?limit=1&cursor={first.json['next']}") == ["4-0101"]
    assert 'rel="next"' in first.headers["Link"]


@pytest.mark.parametrize(
    "q", ["13800000001", "0001", "138 0000 0001", "王秘密", "秘密", "王秘密 vacant", "王 0001"]
)
def test_readers_find_by_personal_columns_and_it_is_kept(
    call: Call, desk: Desk, unit: dict[str, Any], q: str
) -> None:
    """Masked as ever; by a value that nobody has, nothing is found."""
    put(call("cs-officer"), {"owner": "李别人", "owner_phone": "13900000002"}, path=f"{UNITS}/entries/4-0101")
    answer = call("receptionist").get(f"{UNITS}?q={q}")
    assert [each["key"] for each in answer.json["items"]] == ["3-1201"]
    assert answer.json["items"][0]["values"]["owner"] == "王*"
    (reading,) = desk.queries.readings(LAKE, "units/3-1201").readings
    assert reading.staff_id == "id-receptionist"
    assert {field.partition(":")[0] for field in reading.fields} == {"search"}
    for nobody in ("0009", "王别人", "秘密 0002"):
        assert call("receptionist").get(f"{UNITS}?q={nobody}").json["items"] == []
    assert desk.queries.readings(LAKE, "units/4-0101").readings == ()


def test_personal_columns_are_read_by_readers_and_it_is_kept(call: Call, unit: dict[str, Any]) -> None:
    """Who, when, and which; shown to them and to administrators of the desk."""
    answer = call("cs-director").get(f"{UNITS}/personal/3-1201")
    assert answer.json["personal"] == OWNER
    assert answer.headers["Cache-Control"] == "no-store"
    (reading,) = call("cs-director").get(f"{UNITS}/readings/3-1201").json["items"]
    assert (reading["staff"], reading["fields"]) == ("id-cs-director", sorted(OWNER))
    assert call("office-director").get(f"{UNITS}/readings/3-1201").json["items"] == [reading]
    assert codes(call("gate-guard").get(f"{UNITS}/readings/3-1201")) == ["personal-not-yours"]
    for path, status in (("readings/9-9999", 404), ("readings/3-1201?cursor=x", 422)):
        assert call("cs-director").get(f"{UNITS}/{path}").status_code == status


def test_others_do_not_read_them(call: Call, desk: Desk, unit: dict[str, Any]) -> None:
    """Nor may they by a post at another site; and nothing is kept of it."""
    put_at_hill(desk)
    assert codes(call("gate-guard").get(f"{UNITS}/personal/3-1201")) == ["personal-not-yours"]
    assert call("elsewhere").get(f"{UNITS}/personal/3-1201?site={LAKE}").status_code == 404
    both = call("both")
    assert both.get(f"{UNITS}/personal/8-0808?site={HILL}").status_code == 200
    assert desk.queries.readings(LAKE, "units/3-1201").readings == ()


def put_at_hill(desk: Desk) -> None:
    register = desk.definitions.company().registers["units"]
    filing = parse_entry(register, {"unit": "8-0808", **OWNER}, desk.definitions.company().organisation)
    staff = desk.people.directory(HILL).staff["id-elsewhere"]
    desk.store.entries.write(HILL, [filing], build_actor(staff, HILL), wallclock.now())


def test_each_site_has_its_own(call: Call, desk: Desk, unit: dict[str, Any]) -> None:
    """Those of several sites say which they mean."""
    put_at_hill(desk)
    assert [each["key"] for each in call("elsewhere").get(UNITS).json["items"]] == ["8-0808"]
    assert call("elsewhere").get(UNIT).status_code == 404
    assert codes(call("both").get(UNITS)) == ["site-needed"]
    assert call("elsewhere").get(f"{UNITS}?site={LAKE}").status_code == 404


def test_columns_left_out_stay_and_null_empties_one(call: Call, unit: dict[str, Any]) -> None:
    """So a writer who may not read them does not lose them."""
    answer = put(call("archivist"), {"status": "let", "area": None}, '"1"')
    assert (answer.json["values"]["status"], answer.json["seq"]) == ("let", 2)
    assert "area" not in answer.json["values"]
    assert call("cs-officer").get(f"{UNITS}/personal/3-1201").json["personal"] == OWNER


def test_who_saw_an_older_entry_is_refused(call: Call, unit: dict[str, Any]) -> None:
    """And so is one who says nothing of what was seen."""
    officer = call("cs-officer")
    assert put(officer, {"area": 91}, '"1"').status_code == 200
    for seen in ('"1"', '"0"', '"3"'):
        late = put(officer, {"area": 92}, seen)
        assert (late.status_code, codes(late)) == (412, ["changed-since"])
    assert officer.send("PUT", UNIT, {"values": {}}).status_code == 428
    assert officer.send("DELETE", UNIT).status_code == 428
    assert officer.get(UNIT).json["values"]["area"] == 91


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"area": "big", "statuss": "let"}, {"bad-value", "unknown-field"}),
        ({"owner_phone": "none"}, {"bad-value"}),
        ({"unit": "3-1202"}, {"unknown-field"}),
        ({"status": "hotel"}, {"bad-value"}),
    ],
)
def test_what_does_not_fit_is_refused_with_every_reason(
    call: Call, desk: Desk, values: dict[str, Any], found: set[str]
) -> None:
    """And nothing is written."""
    answer = put(call("cs-officer"), values)
    assert (answer.status_code, set(codes(answer))) == (422, found)
    assert not desk.store.entries.has_entries(LAKE, "units")


def test_only_writers_write(call: Call, unit: dict[str, Any]) -> None:
    """The others hear who could."""
    guard = call("gate-guard")
    for answer in (put(guard, {"area": 1}, '"1"'), guard.send("DELETE", UNIT, If_Match='"1"')):
        assert (answer.status_code, codes(answer)) == (403, ["role-needed"])
        assert "cs-officer" in answer.json["blocked_by"][0]["who"]


def test_an_entry_is_struck_and_its_history_stays(call: Call, unit: dict[str, Any]) -> None:
    """It can be written anew."""
    officer = call("cs-officer")
    assert officer.send("DELETE", UNIT, If_Match='"7"').status_code == 412
    assert officer.send("DELETE", UNIT, If_Match='"1"').status_code == 204
    assert officer.send("DELETE", UNIT, If_Match='"2"').status_code == 404
    assert officer.get(UNITS).json["items"] == []
    assert [each["key"] for each in officer.get(f"{UNITS}?struck=true").json["items"]] == ["3-1201"]
    assert officer.get(UNIT).json["struck_at"] is not None
    assert put(officer, {"area": 95}, '"2"').json["values"] == {"unit": "3-1201", "area": 95}


def test_the_history_tells_every_change_and_no_personal_word(call: Call, unit: dict[str, Any]) -> None:
    """A page at a time."""
    officer = call("cs-officer")
    put(officer, {"area": 91, "owner": "李"}, '"1"')
    answer = call("gate-guard").get(f"{UNITS}/history/3-1201")
    first, second = answer.json["items"]
    assert (first["before"], first["after"]["area"], first["personal"]) == ({}, 90, True)
    assert (second["before"]["area"], second["after"]["area"], second["actor"]["name"]) == (
        90,
        91,
        "员工 cs-officer",
    )
    assert not any(word in answer.text for word in (*OWNER.values(), "李"))
    page = officer.get(f"{UNITS}/history/3-1201?limit=1")
    assert officer.get(f"{UNITS}/history/3-1201?cursor={page.json['next']}").json["items"] == [second]


def test_there_is_no_such_register_or_entry(call: Call, unit: dict[str, Any]) -> None:
    """At every door."""
    officer = call("cs-officer")
    for door in ("entries", "personal", "history"):
        assert codes(officer.get(f"/api/registers/unitz/{door}/3-1201")) == ["unknown-register"]
        assert codes(officer.get(f"{UNITS}/{door}/9-9999")) == ["unknown-entry"]
    assert codes(officer.get("/api/registers/unitz")) == ["unknown-register"]
    assert codes(officer.get(f"{UNITS}?cursor=%C3%BC")) == ["bad-cursor"]


@pytest.mark.parametrize("spelling", ["９-１０１", "9－101", "9–101", "9\u200b-101"])
def test_a_key_is_one_however_it_is_typed(call: Call, spelling: str) -> None:
    from urllib.parse import quote

    path = f"{UNITS}/entries/{quote(spelling)}"
    assert put(call("cs-officer"), {"area": 1}, path=path).json["key"] == "9-101"
    assert call("cs-officer").get(path).json["key"] == "9-101"
    assert put(call("cs-officer"), {"area": 1}, path=path).status_code == 412


@pytest.mark.parametrize("key", ["A座/1201", "粤B·12345", "a b", "100%", "〒"])
def test_a_key_may_be_whatever_people_write(call: Call, key: str) -> None:
    """It stands in the address."""
    from urllib.parse import quote

    path = f"{UNITS}/entries/{quote(key)}"
    assert put(call("cs-officer"), {"area": 1}, path=path).json["key"] == key
    assert call("receptionist").get(path).json["values"]["unit"] == key


def test_a_form_says_which_register_a_field_names(call: Call, desk: Desk) -> None:
    """So that a client can offer its entries."""
    title = "{en: T, zh-Hans: 题, zh-Hant: 題, es: T}"
    text = f"""
workflow: viewing
title: {title}
purpose: Somebody looks at a flat.
numbering: 'VW-{{year}}-{{seq:4}}'
calendar: office
fields: {{unit: {{type: unit, register: units, title: {title}}}}}
start: {{state: asked, roles: [receptionist], requires: [unit]}}
states:
  asked: {{title: {title}, owner: {{role: receptionist}}, due: 1 day}}
  seen: {{title: {title}, category: closed}}
transitions: [{{trigger: look, title: {title}, from: asked, to: seen, roles: [receptionist]}}]
"""
    desk.definitions.publish_text(text, "viewing.yaml", wallclock.now(), "tests")
    form = call("receptionist").get("/api/workflows/viewing").json["start"]["form"]
    assert form["properties"]["unit"]["x-register"] == "units"
    put(call("cs-officer"), {"area": 90})
    refused = call("receptionist", "zh-Hans").post(
        "/api/tickets", {"workflow": "viewing", "data": {"unit": "9"}}
    )
    assert (refused.status_code, codes(refused)) == (422, ["no-entry"])
    assert refused.json["blocked_by"][0]["message"] == "题：units 登记中没有这一条"
