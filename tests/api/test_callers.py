"""Somebody calls: one request finds who it is, where they live, and what of theirs is open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from api_desk import LAKE, Call, Caller, caller, codes, open_for_tests

from service.application import create_app
from service.bootstrap import Desk
from workflows.callers import MAX_OF_UNIT
from workflows.core.commands import CLOCK
from workflows.core.records import EntryWrite
from workflows.language.load import Folder
from workflows.storage.cipher import Cipher
from workflows.storage.database import Database

PHONE, OTHER, NAME = "13877004321", "13877009999", "歐陽測試"
ENTRIES = (
    EntryWrite("units", "3-2-1001", "unit", {"status": "let"}, {"owner": "钱某某", "owner_phone": OTHER}),
    EntryWrite("units", "3-2-100", "unit", {}),
    EntryWrite("residents", "R-1", "resident", {"unit": "3-2-1001"}, {"name": NAME, "phone": PHONE}),
    EntryWrite("residents", "R-2", "resident", {"unit": "3-2-1001"}, {"name": "Ana Pérez"}),
    EntryWrite("vehicles", "沪A00001", "plate", {"unit": "10-1"}, {"driver": NAME, "driver_phone": PHONE}),
    EntryWrite("residents", "R-3", "resident", {"unit": "9-9"}, {"name": "欧阳别人", "phone": "13811112222"}),
    EntryWrite("clients", "K-1", "client_number", {}, {"name": NAME, "phone": PHONE}),
)
REPAIR = {"reporter": "x", "contact": "13000000000", "place": "厨房", "content": "漏水", "urgency": "normal"}
COMPLAINT = {"complainant": NAME, "contact": PHONE, "content": "电梯", "channel": "phone"}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def desk(
    request: pytest.FixtureRequest, cipher: Cipher, tmp_path_factory: pytest.TempPathFactory, ours: Folder
) -> Iterator[Desk]:
    """A desk on either database with a few entries."""
    folder = tmp_path_factory.mktemp("callers")
    if request.param == "sqlite":
        (folder / "desk.db").write_bytes(Path(request.getfixturevalue("sqlite_template")).read_bytes())
        yield from _opened(f"sqlite:///{folder / 'desk.db'}", cipher, folder, ours)
        return
    clone, template = (request.getfixturevalue(f"postgres_{name}") for name in ("clone", "template"))
    with clone(template) as url:
        yield from _opened(url, cipher, folder, ours)


def _opened(url: str, cipher: Cipher, folder: Path, ours: Folder) -> Iterator[Desk]:
    desk = open_for_tests(Database(url, cipher=cipher, synchronous="OFF"), folder, ours)
    desk.store.entries.write(LAKE, ENTRIES, CLOCK, 1_790_000_000)
    yield desk
    desk.close()


@pytest.fixture(scope="module")
def call(desk: Desk) -> Call:
    """Signs somebody in, once."""
    app, known = create_app(desk), dict[str, Caller]()
    return lambda account: known.setdefault(account, caller(app, desk, account))


@pytest.fixture(scope="module")
def tickets(call: Call) -> dict[str, dict[str, Any]]:
    """An open repair of the unit, a complaint by telephone without a unit, and one that is closed."""
    receptionist = call("receptionist")
    repair = receptionist.open("repair", {**REPAIR, "unit": "3-2-1001"})
    elsewhere = receptionist.open("repair", {**REPAIR, "unit": "3-2-100"})
    complaint, over = (receptionist.open("complaint", COMPLAINT) for _ in range(2))
    assert call("cs-officer").fire(over, "withdraw", {"reason": "x"}).status_code == 201
    return {"repair": repair, "elsewhere": elsewhere, "complaint": complaint, "over": over}


def ask(who: Caller, **asked: str) -> Any:
    """The answer."""
    heads = {"Authorization": f"Bearer {who.token}"}
    return who.client.get("/api/callers", query_string=asked, headers=heads)


def found(who: Caller, **asked: str) -> dict[str, Any]:
    """What is found."""
    answer = ask(who, **asked)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert not any(word in answer.text for word in (PHONE, OTHER, NAME, "钱某某", "Pérez"))
    return dict(answer.json)


def keys(entries: list[dict[str, Any]]) -> list[str]:
    return [f"{each['register']}/{each['key']}" for each in entries]


ASKED = (
    *({"phone": phone} for phone in (PHONE, "4321", "+86 138-7700-4321")),
    *({"name": name} for name in (NAME, "欧阳测试")),
)


@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_a_caller_is_found_with_household_units_and_open_tickets(
    call: Call, tickets: dict[str, dict[str, Any]], asked: dict[str, str]
) -> None:
    """In one request; units as people count, personal columns masked, nothing that is over."""
    shown = found(call("receptionist"), **asked)
    assert keys(shown["people"]) == ["residents/R-1", "vehicles/沪A00001"]
    assert shown["people"][0]["values"]["phone"] == "138****4321"
    flat, garage = shown["households"]
    assert (flat["unit"], garage["unit"]) == ("3-2-1001", "10-1")
    assert keys(flat["entries"]) == ["residents/R-1", "residents/R-2", "units/3-2-1001"]
    assert keys(garage["entries"]) == ["vehicles/沪A00001"]
    assert [each["id"] for each in flat["tickets"]] == [tickets["repair"]["id"]]
    assert [each["id"] for each in shown["tickets"]] == [tickets["complaint"]["id"]]
    assert shown["more"] is False


def test_by_part_of_a_name_all_are_found_who_are_called_so(call: Call) -> None:
    receptionist = call("receptionist")
    assert keys(found(receptionist, name="歐陽")["people"]) == [
        "residents/R-1",
        "residents/R-3",
        "vehicles/沪A00001",
    ]
    assert keys(found(receptionist, name="perez ana")["people"]) == ["residents/R-2"]
    assert found(receptionist, name="perez bob")["people"] == []


def test_a_unit_is_found_as_a_whole(call: Call, tickets: dict[str, dict[str, Any]]) -> None:
    """Full width or not; by anybody at the site, who sees of the registers what they may read."""
    (flat,) = found(call("receptionist"), unit="３－２－１００１")["households"]
    assert keys(flat["entries"]) == ["residents/R-1", "residents/R-2", "units/3-2-1001"]
    assert [each["id"] for each in flat["tickets"]] == [tickets["repair"]["id"]]
    (flat,) = found(call("guard"), unit="3-2-1001")["households"]
    assert (flat["entries"], len(flat["tickets"])) == ([], 1)
    (empty,) = found(call("receptionist"), unit="99-9")["households"]
    assert (empty["entries"], empty["tickets"]) == ([], [])


def test_nobody_is_found_in_what_one_may_not_read(call: Call, tickets: dict[str, dict[str, Any]]) -> None:
    """A gate guard reads the vehicles' columns; a repair worker reads repairs alone; a guard nothing."""
    shown = found(call("gate-guard"), phone=PHONE)
    assert (keys(shown["people"]), shown["tickets"]) == (["vehicles/沪A00001"], [])
    assert [each["unit"] for each in shown["households"]] == ["10-1"]
    shown = found(call("repair-worker"), phone=PHONE)
    assert (shown["people"], shown["households"], shown["tickets"]) == ([], [], [])
    shown = found(call("sales-manager"), phone=PHONE)
    assert keys(shown["people"]) == ["clients/K-1"]
    refusals = [ask(call("cleaner"), phone=phone) for phone in (PHONE, "13000000001")]
    assert [(each.status_code, codes(each)) for each in refusals] == [(403, ["callers-not-yours"])] * 2
    assert refusals[0].json["blocked_by"] == refusals[1].json["blocked_by"]


def test_what_one_may_not_read_takes_nobodys_place(call: Call, desk: Desk) -> None:
    """A dormitory of sixty, of whom a gate guard may know nothing, and its one vehicle."""
    beds = [EntryWrite("residents", f"D-{bed}", "resident", {"unit": "77-1"}, {}) for bed in range(60)]
    bus = EntryWrite("vehicles", "沪B00077", "plate", {"unit": "77-1"})
    desk.store.entries.write(LAKE, [*beds, bus], CLOCK, 1_790_000_000)
    shown = found(call("gate-guard"), unit="77-1")
    assert (keys(shown["households"][0]["entries"]), shown["more"]) == (["vehicles/沪B00077"], False)
    shown = found(call("receptionist"), unit="77-1")
    assert (len(shown["households"][0]["entries"]), shown["more"]) == (MAX_OF_UNIT, True)


def test_somebody_of_another_site_is_not_found(call: Call) -> None:
    assert ask(call("elsewhere"), phone=PHONE, site=LAKE).status_code == 404
    assert found(call("elsewhere"), phone=PHONE)["people"] == []
    assert codes(ask(call("both"), phone=PHONE)) == ["site-needed"]
    assert len(found(call("both"), phone=PHONE, site=LAKE)["people"]) == 2


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({}, "say-one"),
        ({"phone": PHONE, "name": NAME}, "say-one"),
        ({"phone": "321"}, "too-little"),
        ({"phone": "abcd"}, "too-little"),
        ({"name": "!"}, "too-little"),
        ({"phone": "1" * 61}, "bad-parameter"),
        ({"telephone": PHONE}, "unknown-parameter"),
    ],
    ids=str,
)
def test_a_question_that_asks_for_nobody_is_refused(call: Call, asked: dict[str, str], code: str) -> None:
    answer = ask(call("receptionist"), **asked)
    assert (answer.status_code, codes(answer)) == (
        400 if code in ("bad-parameter", "unknown-parameter") else 422,
        [code],
    )


def test_each_search_is_recorded_where_it_found_somebody(
    call: Call, desk: Desk, tickets: dict[str, dict[str, Any]]
) -> None:
    """By what kind of value, and not by which; a unit is nobody."""
    director = call("cs-director")
    places = ("search", "residents/R-1", tickets["complaint"]["id"], "residents/R-2", tickets["repair"]["id"])

    def counted() -> list[int]:
        return [len(desk.queries.readings(LAKE, place, limit=200).readings) for place in places]

    before = counted()
    found(director, phone=PHONE)
    found(director, phone="13000000009")
    found(director, unit="3-2-1001")
    assert [now - then for now, then in zip(counted(), before, strict=True)] == [2, 1, 1, 0, 0]
    reading = desk.queries.readings(LAKE, "residents/R-1").readings[0]
    assert (reading.staff_id, reading.fields) == ("id-cs-director", ("search:phone",))


def test_who_was_struck_erased_or_changed_is_not_found(call: Call, desk: Desk) -> None:
    """And what an entry is found by goes with it."""
    officer, path = call("cs-officer"), "/api/registers/residents/entries/R-9"

    def put(phone: str | None, seen: int) -> None:
        body = {"values": {"name": "孙临时", "phone": phone, "unit": "8-8"}}
        assert officer.send("PUT", path, body, If_Match=f'"{seen}"').status_code == 200

    def terms() -> int:
        query = "SELECT count(*) FROM entry_terms WHERE key = 'R-9'"
        return int(desk.database.read(query, {})[0][0])

    put("13855556666", 0)
    assert keys(found(officer, phone="6666")["people"]) == ["residents/R-9"]
    put("13855557777", 1)
    assert found(officer, phone="6666")["people"] == []
    assert keys(found(officer, phone="13855557777")["people"]) == ["residents/R-9"]
    erased = call("office-director").post("/api/registers/residents/erasures/R-9", {}, If_Match='"2"')
    assert erased.status_code == 201, erased.text
    assert found(officer, phone="7777")["people"] == found(officer, name="孙临时")["people"] == []
    assert terms() == 1, "the unit alone"
    put("13855558888", 3)
    assert officer.send("DELETE", path, If_Match='"4"').status_code == 204
    assert found(officer, phone="8888")["people"] == []
    assert terms() == 0


def test_entries_of_an_older_program_are_found_once_they_are_indexed(call: Call, desk: Desk) -> None:
    receptionist = call("receptionist")
    with desk.database.transaction() as session:
        session.run("DELETE FROM entry_terms")
        session.run("UPDATE register_entries SET edition = 0, words = ''")
    assert found(receptionist, phone=OTHER)["people"] == []
    assert desk.store.indexer.count() >= len(ENTRIES)
    while desk.store.indexer.renew(2):
        pass
    assert keys(found(receptionist, phone=OTHER)["people"]) == ["units/3-2-1001"]
    listed = receptionist.get("/api/registers/units?q=let").json["items"]
    assert [each["key"] for each in listed] == ["3-2-1001"]
