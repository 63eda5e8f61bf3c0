"""Forgetting a person: what an erasure leaves is told, free texts can go, one request finds all of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from api_desk import COMPLAINT, LAKE, caller, codes, open_for_tests
from flask import Flask
from sqlalchemy import select

from service.application import create_app
from service.bootstrap import Desk
from workflows.core.people import Membership, Staff
from workflows.language.load import Folder
from workflows.storage import tables
from workflows.storage.audit.verify import verify
from workflows.storage.database import Database

NAME, PHONE = "欧阳测试", "13800000099"
WHO = {"complainant": NAME, "contact": PHONE}


class Scene:
    """A desk on either database, with an officer and a director."""

    def __init__(self, app: Flask, desk: Desk) -> None:
        self.app, self.desk = app, desk
        self.officer, self.director = (caller(app, desk, each) for each in ("cs-officer", "office-director"))

    def complaint(self, **data: Any) -> dict[str, Any]:
        """A complaint of the person."""
        return self.officer.open("complaint", {**COMPLAINT, **WHO, **data})

    def note(self, ticket: dict[str, Any], text: str, **heads: str) -> dict[str, Any]:
        """Somebody writes something down."""
        path = f"/api/tickets/{ticket['id']}/notes"
        answer = self.officer.post(path, {"text": text}, If_Match=f'"{ticket["seq"]}"', **heads)
        assert answer.status_code == 201, answer.text
        return dict(answer.json)

    def erase(self, ticket: dict[str, Any], **body: Any) -> Any:
        """The director erases."""
        path = f"/api/tickets/{ticket['id']}/erasures"
        return self.director.post(path, body, If_Match=f'"{ticket["seq"]}"')

    def history(self, ticket: dict[str, Any]) -> list[dict[str, Any]]:
        """What was done."""
        return list(self.officer.get(f"/api/tickets/{ticket['id']}/history").json["items"])

    def whole(self) -> bool:
        """Whether the record verifies."""
        return list(verify(self.desk.database)) == []

    def kept(self, word: str) -> bool:
        """Whether a word stands anywhere in the tables in clear."""
        rows = [row for t in tables.metadata.sorted_tables for row in self.desk.database.rows(select(t))]
        return any(word in str(bytes(v) if isinstance(v, memoryview) else v) for row in rows for v in row)


@pytest.fixture
def scene(database: Database, tmp_path: Path, ours: Folder) -> Scene:
    desk = open_for_tests(database, tmp_path, ours)
    return Scene(create_app(desk), desk)


def test_the_answer_says_which_free_texts_and_relatives_remain(scene: Scene) -> None:
    ticket = scene.note(scene.complaint(), f"called {NAME} {PHONE} back")
    done = scene.erase(ticket, note="asked for")
    assert done.status_code == 201, done.text
    left = [(each["kind"], each["what"], each["seq"]) for each in done.json["remaining"]]
    assert ("note", "", 2) in left
    assert ("field", "content", None) in left
    assert ("field", "content", 1) in left
    assert ("note", "", 3) in left, "the note of the erasure itself"
    assert scene.whole()


def test_a_note_can_be_erased_and_its_row_stays(scene: Scene) -> None:
    """And the rest of the row is still vouched for."""
    ticket = scene.note(scene.complaint(), f"called {NAME} back")
    done = scene.erase(ticket, texts=[2], personal=False)
    assert done.status_code == 201, done.text
    entries = scene.history(ticket)
    assert [(each["kind"], each["note"]) for each in entries][1:] == [("note", ""), ("redact", "")]
    personal = scene.officer.get(f"/api/tickets/{ticket['id']}/personal").json["personal"]
    assert personal["complainant"] == NAME, "only the text was to go"
    assert scene.whole()
    with scene.desk.database.transaction() as session:
        session.run("UPDATE history SET actor_name = 'x' WHERE seq = 2")
    assert [each.kind for each in verify(scene.desk.database)] == ["broken-hash"]


def test_an_answer_that_names_somebody_is_erased_with_its_entry(scene: Scene) -> None:
    """From the history, from the ticket, from its title and from the search."""
    ticket = scene.complaint(content=f"{NAME} 的电梯坏了")
    assert len(scene.officer.get(f"/api/tickets?q={NAME}").json["items"]) == 1
    done = scene.erase(ticket, texts=[1])
    assert "content" not in done.json["data"]
    assert scene.officer.get(f"/api/tickets?q={NAME}").json["items"] == []
    assert not scene.kept(NAME)
    assert scene.whole()


def test_an_answer_that_was_kept_is_erased_too(scene: Scene) -> None:
    """Who repeats the request hears so, and nothing is done again."""
    ticket = scene.note(scene.complaint(), f"called {NAME}", Idempotency_Key="k")
    scene.erase(ticket, texts=None)
    path = f"/api/tickets/{ticket['id']}/notes"
    again = scene.officer.post(path, {"text": f"called {NAME}"}, If_Match='"1"', Idempotency_Key="k")
    assert (again.status_code, codes(again)) == (410, ["erased"])
    assert not scene.kept(NAME)


def test_one_request_forgets_a_person_everywhere(scene: Scene) -> None:
    """Tickets with the name, a ticket where only a note has it, a register; another person's stay."""
    first, second = scene.complaint(), scene.complaint()
    other = scene.complaint(complainant="别人", contact="13800000001")
    named = scene.note(other, f"{NAME} 也打来过")
    unit = {"values": {"area": 90, "owner": NAME, "owner_phone": PHONE}}
    scene.officer.send("PUT", "/api/registers/units/entries/3-1201", unit, If_Match='"0"')
    done = scene.director.post("/api/erasures", {"site": LAKE, "value": NAME}, Idempotency_Key="k")
    assert done.status_code == 201, done.text
    found = {each["what"]: each["personal"] for each in done.json["items"]}
    expected = {first["number"]: True, second["number"]: True, named["number"]: False, "units/3-1201": True}
    assert found == expected
    for ticket in (first, second):
        assert scene.officer.get(f"/api/tickets/{ticket['id']}/personal").json["personal"] == {}
    kept = scene.officer.get(f"/api/tickets/{other['id']}/personal").json["personal"]
    assert kept["complainant"] == "别人"
    assert not scene.kept(NAME)
    assert scene.whole()
    again = scene.director.post("/api/erasures", {"site": LAKE, "value": NAME}, Idempotency_Key="k")
    assert (again.json, again.headers["Idempotency-Replayed"]) == (done.json, "true")
    assert scene.director.post("/api/erasures", {"site": LAKE, "value": NAME}).json["items"] == []


def test_of_a_client_who_is_staff_as_well_it_is_told_where_the_record_says_that_they_acted(
    scene: Scene,
) -> None:
    """Who acted is kept, so that the record can be answered for; what they said as a client goes."""
    post = Membership(LAKE, "receptionist")
    scene.desk.people.add_staff(Staff(id="id-li", account="li", name=NAME, memberships=(post,)))
    own = caller(scene.app, scene.desk, "li").open("complaint", {**COMPLAINT, **WHO})
    scene.complaint()
    done = scene.director.post("/api/erasures", {"site": LAKE, "value": NAME})
    acted = {
        each["what"]: [(left["what"], left["seq"]) for left in each["remaining"] if left["kind"] == "actor"]
        for each in done.json["items"]
    }
    assert acted == {own["number"]: [("id-li", 1)], "TS-2026-00002": []}
    assert not scene.kept(PHONE)
    assert scene.whole()


def test_only_who_looks_after_the_desk_forgets_people(scene: Scene) -> None:
    body = {"site": LAKE, "value": NAME}
    assert codes(scene.officer.post("/api/erasures", body)) == ["managers-only"]
    assert codes(scene.director.post("/api/erasures", {**body, "value": "x"})) == ["bad-value"]


def test_the_key_of_the_erased_stays_neither_in_sqlites_file_nor_in_its_log(app: Flask, desk: Desk) -> None:
    """PostgreSQL keeps old rows until they are vacuumed, as docs/custody.md says."""
    scene = Scene(app, desk)
    ticket = scene.complaint()
    (wrapped,) = desk.database.read("SELECT data_key FROM tickets", {})[0]
    path = Path(desk.database.url.removeprefix("sqlite:///"))

    def stored() -> bool:
        return any(bytes(wrapped) in each.read_bytes() for each in path.parent.glob(f"{path.name}*"))

    assert stored()
    scene.erase(ticket)
    assert not stored()


def test_an_erasure_does_not_wait_for_who_reads(app: Flask, desk: Desk) -> None:
    """Nor does anybody else: the log is then cut by the next one."""
    scene = Scene(app, desk)
    first, second = scene.complaint(), scene.complaint()
    patience = desk.database.read("PRAGMA busy_timeout", {})
    with desk.database.snapshot() as session:
        session.run("SELECT count(*) FROM tickets").fetchall()
        assert scene.erase(first).status_code == 201
        assert desk.database.read("PRAGMA busy_timeout", {}) == patience, "others are waited for as ever"
    assert scene.erase(second).status_code == 201
    path = Path(desk.database.url.removeprefix("sqlite:///"))
    assert path.with_name(f"{path.name}-wal").stat().st_size == 0
