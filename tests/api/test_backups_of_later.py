"""Whoever was erased is neither found nor opened in a backup that is taken later, on either database."""

from __future__ import annotations

import shutil
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from api_desk import COMPLAINT, LAKE, Caller, caller, codes, open_for_tests, settings
from attachment_samples import noted, sent

from service.application import create_app
from service.backup import load_backup, save_backup
from service.bootstrap import Desk, build_desk
from workflows.core.commands import CLOCK
from workflows.core.records import EntryWrite
from workflows.language.load import Folder
from workflows.storage.audit.verify import verify
from workflows.storage.cipher import Cipher
from workflows.storage.database import Database

GONE = {"complainant": "莫留痕", "contact": "13900007531"}
STAYS = {"complainant": "安在", "contact": "13900008642"}
PAPER = b"%PDF-1.4\nsigned by hand\n"
PEOPLE = tuple(
    EntryWrite(
        "residents", key, "resident", {"unit": unit}, {"name": who["complainant"], "phone": who["contact"]}
    )
    for key, unit, who in (("R-1", "3-2-1001", GONE), ("R-2", "3-2-1002", STAYS))
)


@pytest.fixture
def elsewhere(
    database: Database, cipher: Cipher, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Desk]:
    """An empty desk on the other database, with the same keys."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    with ExitStack() as stack:
        if database.postgres:
            path = folder / "desk.db"
            shutil.copy(request.getfixturevalue("sqlite_template"), path)
            url = f"sqlite:///{path}"
        else:
            clone = request.getfixturevalue("postgres_clone")
            url = stack.enter_context(clone(request.getfixturevalue("postgres_template")))
        desk = build_desk(settings(folder), Database(url, cipher=cipher, synchronous="OFF"))
        yield desk
        desk.close()


def test_neither_found_nor_opened(database: Database, elsewhere: Desk, tmp_path: Path, ours: Folder) -> None:
    """Tickets, entries and files; by number, name and last digits; and not with the bytes of before, which
    somebody may have kept. Somebody else is found and opened as ever."""
    desk = open_for_tests(database, tmp_path, ours)
    desk.store.entries.write(LAKE, PEOPLE, CLOCK, 1_790_000_000)
    officer, director = (caller(create_app(desk), desk, each) for each in ("cs-officer", "office-director"))
    tickets = [officer.open("complaint", {**COMPLAINT, **who}) for who in (GONE, STAYS)]
    files = [sent(officer, f"/api/tickets/{each['number']}/attachments", PAPER) for each in tickets]
    for ticket, file in zip(tickets, files, strict=True):
        assert noted(officer, ticket, file).status_code == 201
    assert shown(officer, GONE) == {("residents/R-1", tickets[0]["number"])}
    shutil.copytree(tmp_path / "attachments", tmp_path / "bytes of before")
    done = director.post("/api/erasures", {"site": LAKE, "value": GONE["complainant"]})
    assert {each["what"] for each in done.json["items"]} == {tickets[0]["number"], "residents/R-1"}

    backup = tmp_path / "desk.tar.gz"
    save_backup(database, backup, lambda _: None, desk.attachments.place)
    desk.close()
    assert not held(backup, *GONE.values(), files[0] + "\n")
    load_backup(elsewhere.database, backup, lambda _: None, elsewhere.attachments.place)
    shutil.copytree(tmp_path / "bytes of before", elsewhere.settings.data / "attachments", dirs_exist_ok=True)

    officer = caller(create_app(elsewhere), elsewhere, "cs-officer")
    while elsewhere.store.indexer.renew():  # nor does an index that is made anew bring it back
        pass
    assert shown(officer, GONE) == set()
    assert shown(officer, STAYS) == {("residents/R-2", tickets[1]["number"])}
    assert opened(officer, tickets[0], files[0]) == ({}, 410)
    assert opened(officer, tickets[1], files[1]) == (STAYS, 200)
    entries = {key: elsewhere.store.entries.find(LAKE, "residents", key) for key in ("R-1", "R-2")}
    assert [bool(each and each.personal) for each in entries.values()] == [False, True]
    assert list(verify(elsewhere.database)) == []


def shown(staff: Caller, who: dict[str, str]) -> set[tuple[str, str]]:
    """Each entry and ticket that is found of somebody, as every way to look for them finds it."""
    answers = []
    heads = {"Authorization": f"Bearer {staff.token}"}
    phone, name = who["contact"], who["complainant"]
    for asked in ({"phone": phone}, {"phone": phone[-4:]}, {"name": name}):
        found = staff.client.get("/api/callers", query_string=asked, headers=heads).json
        (value,) = asked.values()
        listed = staff.client.get("/api/tickets", query_string={"q": value}, headers=heads).json["items"]
        entries = [f"{each['register']}/{each['key']}" for each in found["people"]]
        assert [each["number"] for each in found["tickets"]] == [each["number"] for each in listed]
        answers.append(set(zip(entries, [each["number"] for each in listed], strict=True)))
    assert answers[0] == answers[1] == answers[2]
    return answers[0]


def opened(staff: Caller, ticket: dict[str, Any], file: str) -> tuple[dict[str, object], int]:
    """The personal values of a ticket, and what comes of asking for a file of it."""
    personal = staff.get(f"/api/tickets/{ticket['id']}/personal").json["personal"]
    answer = staff.get(f"/api/tickets/{ticket['number']}/attachments/{file}")
    assert codes(answer) == ["erased-file"] if answer.status_code == 410 else answer.data == PAPER
    return personal, answer.status_code


def held(backup: Path, *words: str) -> list[str]:
    """Those of the words that stand anywhere in a backup, the names of its members among it."""
    with tarfile.open(backup) as archive:
        names = "".join(f"{each}\n" for each in archive.getnames())
        content = b"".join(archive.extractfile(each).read() for each in archive.getnames())  # type: ignore[union-attr]
    return [each for each in words if each.encode() in content or each in names]
