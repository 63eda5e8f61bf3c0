"""Somebody is found by telephone and name, by those who may read these, and by nobody else."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from api_desk import HILL, LAKE, Call, caller
from person_search_desk import COMPLAINT, CONTACT, NAME, found

from service.application import create_app
from service.bootstrap import Desk, build_desk
from workflows.storage.cipher import Cipher
from workflows.storage.database import Database

RING = {1: b"1" * 32, 2: b"2" * 32}
OF_COMPLAINT = (
    *(
        CONTACT,
        "4321",
        "77004321",
        "138-7700-4321",
        "138 7700 4321",
        "+86 138 7700 4321",
        "１３８７７００４３２１",
    ),
    *(NAME, "欧阳测试", "欧阳", "歐", "测试", "電梯 4321", "电梯 欧阳"),
)
OF_REPAIR = ("55667788", "021-55667788转802", "7788", "perez", "ANA", "Pérez ana", "3-2-1001 perez")


@pytest.mark.parametrize("q", OF_COMPLAINT)
def test_a_reader_finds_a_complaint_by_its_caller(call: Call, complaint: dict[str, Any], q: str) -> None:
    assert found(call("receptionist"), q) == [complaint["id"]]


@pytest.mark.parametrize("q", OF_REPAIR)
def test_a_reader_finds_a_repair_by_its_reporter(call: Call, repair: dict[str, Any], q: str) -> None:
    assert found(call("receptionist"), q) == [repair["id"]]


@pytest.mark.parametrize("q", ["321", "13877004322", "3877004320", "欧测", "电梯 perez", "4321 7788"])
def test_what_is_another_value_is_not_found(
    call: Call, complaint: dict[str, Any], repair: dict[str, Any], q: str
) -> None:
    assert found(call("receptionist"), q) == []


def test_numbers_units_and_words_are_found_as_people_type_them(
    call: Call, complaint: dict[str, Any], repair: dict[str, Any]
) -> None:
    """By anybody who may see the ticket."""
    guard, number = call("guard"), complaint["number"]
    for q in (number, number.lower(), number.rpartition("-")[2], f" {number} "):
        assert complaint["id"] in found(guard, q), q
    for q in ("3-2-1001", "３－２－１００１", "3–2–1001"):
        assert found(guard, q) == [repair["id"]], q
    for q in ("averia", "电梯异响", "電梯異響", "AVERÍA 电梯"):
        assert found(guard, q) == [complaint["id"]], q


def test_notes_are_found_and_gone_when_they_are_erased(call: Call, desk: Desk) -> None:
    officer = call("cs-officer")
    ticket = officer.open("complaint", {**COMPLAINT, "contact": "13900005555", "complainant": "周某"})
    path = f"/api/tickets/{ticket['id']}/notes"
    for seq, note in ((1, "鄰居作證：張先生看見了"), (2, "監控壞了")):
        assert officer.post(path, {"text": note}, If_Match=f'"{seq}"').status_code in (200, 201)
    assert found(officer, "邻居作证") == found(officer, "监控") == [ticket["id"]]
    erased = call("office-director").post(
        f"/api/tickets/{ticket['id']}/erasures", {"texts": [2], "personal": False}, If_Match='"3"'
    )
    assert erased.status_code == 201, erased.text
    assert found(officer, "邻居作证") == []
    assert found(officer, "监控") == [ticket["id"]]


def test_a_search_for_somebody_is_recorded(call: Call, repair: dict[str, Any]) -> None:
    """At the ticket that was found, and among the searches of the site; not by which value."""
    who, path = call("cs-supervisor"), f"/api/sites/{LAKE}/searches"
    searches = partial(call("office-director").get, path)
    before = searches().json["items"]
    assert found(who, "02155667788") == [repair["id"]]
    last = who.get(f"/api/tickets/{repair['id']}/readings").json["items"][0]
    assert last["staff"] == "id-cs-supervisor"
    assert last["fields"] == ["search:id", "search:phone"]
    assert found(who, "13000000000") == []
    after = searches().json["items"]
    mine = after[: len(after) - len(before)]
    assert [(each["staff"], each["fields"]) for each in mine] == [
        ("id-cs-supervisor", ["phone"]),
        ("id-cs-supervisor", ["id", "phone"]),
    ]
    assert "02155667788" not in searches().text
    assert found(who, "水管") == [repair["id"]]
    assert searches().json["items"] == after, "words are no search for somebody"
    page = call("office-director").get(f"{path}?limit=1").json
    rest = call("office-director").get(f"{path}?limit=1&cursor={page['next']}").json
    assert page["items"] + rest["items"] == mine


def test_who_looked_for_whom_is_for_administrators_of_the_site(call: Call) -> None:
    for account, path, status in (
        ("cs-supervisor", f"/api/sites/{LAKE}/searches", 403),
        ("office-director", "/api/sites/nowhere/searches", 404),
        ("office-director", f"/api/sites/{LAKE}/searches?cursor=x", 422),
    ):
        assert call(account).get(path).status_code == status, path


def test_after_erasure_nobody_is_found_and_no_hash_is_left(call: Call, desk: Desk) -> None:
    receptionist = call("receptionist")
    ticket = receptionist.open("complaint", {**COMPLAINT, "contact": "13900009876", "complainant": "钱某某"})
    assert found(receptionist, "9876") == found(receptionist, "钱某某") == [ticket["id"]]
    path = f"/api/tickets/{ticket['id']}/erasures"
    assert call("office-director").post(path, {}, If_Match='"1"').status_code == 201
    assert (
        found(receptionist, "9876")
        == found(receptionist, "13900009876")
        == found(receptionist, "钱某某")
        == []
    )
    ((terms,),) = desk.database.read("SELECT terms FROM texts WHERE ticket_id = :id", {"id": ticket["id"]})
    assert "#" not in terms


def test_nothing_personal_stands_in_the_database(
    call: Call, desk: Desk, complaint: dict[str, Any], repair: dict[str, Any]
) -> None:
    """Not a byte of any value in any column of any table, after it was searched for; nor in the file."""
    found(call("receptionist"), CONTACT)
    found(call("receptionist"), "perez")
    secrets = (CONTACT, CONTACT[-8:], "欧阳", "歐陽", "测试", "perez", "Pérez", "55667788")
    held = "\n".join(
        str(value) if not isinstance(value, bytes | memoryview) else bytes(value).decode("latin-1")
        for table in tables_of(desk)
        for row in desk.database.read(f'SELECT * FROM "{table}"', {})
        for value in row
        if value is not None
    )
    assert [each for each in secrets if each in held] == []
    if not desk.database.postgres:
        path = Path(desk.database.url.removeprefix("sqlite:///"))
        content = b"".join(file.read_bytes() for file in path.parent.glob("desk.db*"))
        assert [each for each in secrets if each.encode() in content] == []


def tables_of(desk: Desk) -> list[str]:
    """Every table of the database, the full-text index's own among them."""
    query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    if not desk.database.postgres:
        query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'texts_index'"
    return [name for (name,) in desk.database.read(query, {})]


def test_what_an_older_program_has_stored_is_found_once_it_is_indexed(
    call: Call, desk: Desk, complaint: dict[str, Any], repair: dict[str, Any]
) -> None:
    """In pages, counted, and nothing is done twice; what was erased stays unfound."""
    receptionist, person = call("receptionist"), {"contact": "13900002468", "complainant": "吴某"}
    noted, erased = (receptionist.open("complaint", {**COMPLAINT, **person}) for _ in range(2))
    path = "/api/tickets/{}/{}"
    note = receptionist.post(path.format(noted["id"], "notes"), {"text": "借了梯子"}, If_Match='"1"')
    gone = [
        call("office-director").post(path.format(each, "erasures"), {}, If_Match=seq)
        for each, seq in ((noted["id"], '"2"'), (erased["id"], '"1"'))
    ]
    assert [note.status_code, *(each.status_code for each in gone)] == [201, 201, 201]
    with desk.database.transaction() as session:
        session.run("UPDATE texts SET terms = 'old', notes = '', edition = 0")
    waiting = desk.store.indexer.count()
    assert waiting >= 2
    assert found(receptionist, "4321") == found(receptionist, "电梯异响") == []
    done = 0
    while page := desk.store.indexer.renew(2):
        assert page <= 2
        done += page
    assert (done, desk.store.indexer.count()) == (waiting, 0)
    assert found(receptionist, "4321") == [complaint["id"]]
    assert repair["id"] in found(receptionist, "3-2-1001")
    assert found(receptionist, "梯子") == [noted["id"]]
    assert found(receptionist, "2468") == []


def test_people_are_found_while_keys_are_changed_and_afterwards(
    call: Call, desk: Desk, url: str, complaint: dict[str, Any], tmp_path: Path
) -> None:
    """By the hashes of either key; when the index is made anew, the old key is not needed any more."""
    newer = Database(url, cipher=Cipher({**RING, 3: b"3" * 32}, 3), synchronous="OFF")
    later = build_desk(desk.settings, newer)
    try:
        receptionist = caller(create_app(later), later, "receptionist")
        assert found(receptionist, "4321") == [complaint["id"]]
        while later.store.indexer.renew():
            pass
        assert found(receptionist, "4321") == [complaint["id"]]
        assert found(call("receptionist"), "4321") == [], (
            "who has only the old keys knows none of the new hashes"
        )
    finally:
        while desk.store.indexer.renew():
            pass
        later.close()


def test_each_site_has_its_own_people(call: Call) -> None:
    """`both` is a receptionist at two sites, and finds what each holds."""
    person = {"contact": "13900001357", "complainant": "孙某"}
    there = call("elsewhere").open("complaint", {**COMPLAINT, **person})
    assert there["site"] == HILL
    assert found(call("both"), "1357") == [there["id"]]
    assert found(call("receptionist"), "1357") == []
