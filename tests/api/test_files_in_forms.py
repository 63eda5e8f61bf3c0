"""Fields name uploaded files: the photo of a leak from the call to the erasure, on either database."""

from __future__ import annotations

from typing import Any

import pytest
from api_desk import Caller, caller, codes, open_for_tests
from attachment_samples import PDF, picture, sent, stored, upload
from flask import Flask

from service.api.metrics import Metrics
from service.application import create_app
from service.bootstrap import Desk
from workflows.language.load import Folder
from workflows.storage.database import Database, Session

REPAIR = {
    "reporter": "李敏",
    "contact": "13800000001",
    "place": "kitchen",
    "content": "the tap leaks",
    "urgency": "normal",
}
Told = tuple[Flask, Desk]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def either(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, ours: Folder, cipher: Any
) -> Any:
    """An application on either database, for all tests of this file."""
    folder = tmp_path_factory.mktemp("files")
    if request.param == "sqlite":
        path = folder / "desk.db"
        path.write_bytes(request.getfixturevalue("sqlite_template").read_bytes())
        url, done = f"sqlite:///{path}", None
    else:
        done = request.getfixturevalue("postgres_clone")(request.getfixturevalue("postgres_template"))
        url = done.__enter__()
    database = Database(url, cipher=cipher, synchronous="OFF")
    desk = open_for_tests(database, folder, ours)
    yield create_app(desk), desk
    desk.close()
    if done is not None:
        done.__exit__(None, None, None)


@pytest.fixture
def clerk(either: Told) -> Caller:
    return caller(*either, "receptionist")


def early(staff: Caller, content: bytes = PDF, name: str = "paper.pdf") -> str:
    """Uploaded before there is a ticket."""
    return sent(staff, "/api/attachments", content, name)


def test_a_field_takes_what_was_uploaded_and_no_name(clerk: Caller) -> None:
    for wrong in (["a.jpg"], ["a.jpg", early(clerk)], ["0199c0de-0000-7000-8000-000000000000"]):
        answer = clerk.post("/api/tickets", {"workflow": "repair", "data": {**REPAIR, "photos": wrong}})
        assert (answer.status_code, codes(answer)) == (422, ["no-attachment"])
        assert answer.json["blocked_by"][0]["field"] == "photos[0]"
    form = clerk.get("/api/workflows/repair").json["start"]["form"]
    said = form["properties"]["photos"]
    assert (said["x-type"], said["items"]["format"], said["items"]["x-upload"]) == (
        "attachment",
        "uuid",
        "/api/attachments",
    )


def test_a_photo_from_before_the_opening_belongs_to_the_ticket_from_then_on(
    either: Told, clerk: Caller
) -> None:
    photo = early(clerk, picture(), "leak.jpg")
    ticket = clerk.open("repair", {**REPAIR, "photos": [photo]})
    assert ticket["data"]["photos"] == [photo]
    path = f"/api/tickets/{ticket['id']}/attachments/{photo}"
    colleague = caller(*either, "property-assistant")
    assert colleague.get(path).headers["Content-Type"] == "image/jpeg"
    assert colleague.get(f"{path}/thumbnail").status_code == 200
    (item,) = colleague.get(f"/api/tickets/{ticket['id']}/attachments").json["items"]
    assert (item["name"], item["field"], item["seq"], item["personal"]) == ("leak.jpg", "photos", 1, False)
    other = clerk.post("/api/tickets", {"workflow": "repair", "data": {**REPAIR, "photos": [photo]}})
    assert codes(other) == ["no-attachment"]
    assert caller(*either, "elsewhere").get(path).status_code == 404


def test_a_signed_paper_is_for_those_who_may_read_personal_fields(either: Told, clerk: Caller) -> None:
    """Each reading is recorded, and who may not read it is not even told its name."""
    ticket = clerk.open("repair", REPAIR)
    at = f"/api/tickets/{ticket['id']}"
    paper = sent(clerk, f"{at}/attachments")
    amended = clerk.send("PATCH", f"{at}/data", {"signature": [paper]}, If_Match='"1"')
    assert amended.status_code == 200, amended.text
    assert paper not in amended.text
    outsider = caller(*either, "office-director")
    answer = outsider.get(f"{at}/attachments/{paper}")
    assert (answer.status_code, codes(answer)) == (403, ["personal-not-yours"])
    (item,) = outsider.get(f"{at}/attachments").json["items"]
    assert (item["personal"], item["name"], item["media_type"], item["size"]) == (True, None, None, None)
    assert clerk.get(f"{at}/attachments/{paper}").data == PDF
    readings = clerk.get(f"{at}/readings").json["items"]
    assert [each["fields"] for each in readings] == [["signature"]]


def test_an_erased_person_takes_the_photos_along(either: Told, clerk: Caller) -> None:
    """Found by name, by phone, or by what a file was called."""
    _, desk = either
    named = clerk.open(
        "repair", {**REPAIR, "reporter": "欧阳照片", "photos": [early(clerk, picture(), "a.jpg")]}
    )
    called = clerk.open("repair", {**REPAIR, "photos": [early(clerk, picture(), "欧阳照片 厨房.jpg")]})
    kept = clerk.open("repair", {**REPAIR, "photos": [early(clerk, picture(), "c.jpg")]})
    waiting = early(clerk, PDF, "欧阳照片.pdf")
    before = len(stored(desk))
    director = caller(*either, "office-director")
    answer = director.post("/api/erasures", {"site": "lake", "value": "欧阳照片"})
    assert {each["what"] for each in answer.json["items"]} == {named["number"], called["number"], waiting}
    for ticket, status in ((named, 410), (called, 410), (kept, 200)):
        (photo,) = ticket["data"]["photos"]
        assert clerk.get(f"/api/tickets/{ticket['id']}/attachments/{photo}").status_code == status
    assert before - len(stored(desk)) == 5  # two photos with their thumbnails, and a paper
    answer = clerk.post("/api/tickets", {"workflow": "repair", "data": {**REPAIR, "photos": [waiting]}})
    assert codes(answer) == ["no-attachment"]


def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    run, statements = Session.run, []

    def counting(session: Session, statement: Any, *row: Any) -> Any:
        statements.append(getattr(statement, "text", str(statement)))
        return run(session, statement, *row)

    monkeypatch.setattr(Session, "run", counting)
    return statements


def test_only_a_step_that_names_a_file_asks_for_files(clerk: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process may have a field for photos; who sends none pays nothing for it."""
    photo = early(clerk, picture(), "leak.jpg")
    clerk.open("repair", REPAIR)
    statements = counted(monkeypatch)
    clerk.open("repair", REPAIR)
    assert not any("attachments" in each for each in statements)
    statements.clear()
    clerk.open("repair", {**REPAIR, "photos": [photo]})
    assert sum("attachments" in each for each in statements) == 1  # the two that look are made of Core's


def test_a_scrape_tells_how_much_room_files_take(either: Told, clerk: Caller) -> None:
    """From one row a site, however many files there are."""
    early(clerk)
    metrics = Metrics(either[1]).render(whole=True).decode()
    usage = either[1].attachments.usage()["lake"]
    assert f'huifang_attachments{{site="lake"}} {float(usage.files)}' in metrics
    assert 'huifang_attachments_bytes{site="lake"} ' in metrics


def test_an_upload_is_one_short_transaction(clerk: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many files there are."""
    statements = counted(monkeypatch)
    assert upload(clerk, "/api/attachments", *[(f"{n}.txt", b"x") for n in range(9)]).status_code == 201
    writes = [each for each in statements if each.startswith(("INSERT", "UPDATE"))]
    assert len(writes) == 2
    assert statements.count("COMMIT") == 1


def test_the_files_of_a_ticket_come_page_by_page(clerk: Caller) -> None:
    """Oldest first; what others have uploaded and no step has named is on no page."""
    ticket = clerk.open("repair", REPAIR)
    at = f"/api/tickets/{ticket['id']}/attachments"
    files = [(f"{n}.txt", b"x") for n in range(5)]
    ids = [each["id"] for each in upload(clerk, at, *files).json["items"]]
    found, path = [], f"{at}?limit=2"
    for _ in range(3):
        page = clerk.get(path)
        found += [each["id"] for each in page.json["items"]]
        path = f"{at}?limit=2&cursor={page.json['next']}"
    assert (found, page.json["next"]) == (ids, None)
    assert codes(clerk.get(f"{at}?cursor=x")) == ["bad-cursor"]
