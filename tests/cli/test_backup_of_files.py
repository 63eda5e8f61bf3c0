"""Uploaded files in backups: they come back with their tickets, and what was erased does not."""

from __future__ import annotations

import io
import shutil
import tarfile
from pathlib import Path

import orjson
import pytest
from command_line import Huifang, desk_in, ticket_id

from service import wallclock
from service.attachments.receive import Upload
from service.bootstrap import Desk
from workflows.core.access.permissions import build_actor
from workflows.core.commands import CLOCK, Note
from workflows.identifiers import uuid7

PAPER = b"the words of a signed paper"
HEAD = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'


def attach(data: Path, number: int) -> str:
    """A note of an errand, with a file."""
    desk = desk_in(data)
    clerk = build_actor(next(iter(desk.people.directory("office").staff.values())), "office")
    now, errand = wallclock.now(), ticket_id(number)
    ids = iter([uuid7(now, number, b"12345678")])
    with Upload(desk, "office", errand, now, ids) as upload:
        upload.receive(io.BytesIO(HEAD + PAPER + b"\r\n--x--"), "x")
        upload.note(clerk.id)
    identity = upload.files[0].id
    note = Note(site="office", ticket=errand, actor=clerk, note="see", attachments=(identity,))
    desk.engine.do(note, now)
    desk.close()
    return identity


def words(desk: Desk, number: int, identity: str) -> bytes | None:
    found = desk.attachments.find("office", ticket_id(number), identity)
    assert found is not None
    return None if found.contents is None else b"".join(desk.attachments.read(found))


def erase(data: Path, number: int) -> None:
    desk = desk_in(data)
    desk.privacy.erase("office", ticket_id(number), CLOCK, wallclock.now())
    desk.close()


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tickets: Huifang) -> Path:
    """Another data folder with the same keys; `go` there by the environment."""
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(tmp_path / "data" / "keys", other / "keys")
    return other


def members(file: Path) -> dict[str, bytes]:
    with tarfile.open(file) as archive:
        return {name: archive.extractfile(name).read() for name in archive.getnames()}


def test_files_come_back_with_their_tickets(
    tickets: Huifang, tmp_path: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sealed in the backup as they were, and not a byte of them in clear."""
    file, identity = tmp_path / "desk.tar.gz", attach(tmp_path / "data", 3)
    assert tickets("backup", file).code == 0
    assert any(identity in name for name in members(file))
    assert not any(PAPER in content or b"a.txt" in content for content in members(file).values())
    monkeypatch.setenv("HUIFANG_DATA", str(elsewhere))
    assert tickets("restore", file).code == 0
    desk = desk_in(elsewhere)
    assert words(desk, 3, identity) == PAPER
    desk.close()
    again = tmp_path / "again.tar.gz"
    assert tickets("backup", again).code == 0
    assert members(again) == members(file)


@pytest.mark.parametrize("removed", [True, False])
def test_what_was_erased_is_neither_found_nor_opened_from_a_backup_of_later(
    tickets: Huifang, tmp_path: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch, removed: bool
) -> None:
    """Nor with the bytes of before, which somebody may have kept, or which could not be removed at once."""
    data, file = tmp_path / "data", tmp_path / "desk.tar.gz"
    identity, kept = attach(data, 3), attach(data, 4)
    shutil.copytree(data / "attachments", tmp_path / "bytes of before")
    erase(data, 3)
    if removed:
        desk = desk_in(data)
        assert desk.attachments.remover.remove_erased() == 1
        desk.close()
    assert tickets("backup", file).code == 0
    assert not any(identity in name for name in members(file) if name.startswith("attachments/"))
    monkeypatch.setenv("HUIFANG_DATA", str(elsewhere))
    assert tickets("restore", file).code == 0
    shutil.copytree(tmp_path / "bytes of before", elsewhere / "attachments", dirs_exist_ok=True)
    desk = desk_in(elsewhere)
    assert words(desk, 3, identity) is None
    assert words(desk, 4, kept) == PAPER
    desk.close()


def repacked(file: Path, to: Path, **changes: bytes) -> None:
    """The same archive, with members that end so replaced."""
    with tarfile.open(to, "w:gz") as archive:
        for name, content in members(file).items():
            found = next((new for end, new in changes.items() if name.endswith(end)), content)
            info = tarfile.TarInfo(name)
            info.size = len(found)
            archive.addfile(info, io.BytesIO(found))


def test_a_backup_whose_files_were_changed_is_refused_whole(
    tickets: Huifang, tmp_path: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, changed, identity = tmp_path / "a.tar.gz", tmp_path / "b.tar.gz", attach(tmp_path / "data", 3)
    assert tickets("backup", file).code == 0
    repacked(file, changed, **{identity: b"other bytes"})
    monkeypatch.setenv("HUIFANG_DATA", str(elsewhere))
    refused = tickets("restore", changed)
    assert refused.code == 3
    assert "its attachments are not as they were written" in refused.err
    assert [path for path in (elsewhere / "attachments").rglob("*") if path.is_file()] == []
    assert tickets("restore", file).code == 0


def test_no_member_is_written_outside_of_the_place(
    tickets: Huifang, tmp_path: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever an archive calls itself."""
    file, evil = tmp_path / "a.tar.gz", tmp_path / "b.tar.gz"
    assert tickets("backup", file).code == 0
    with tarfile.open(evil, "w:gz") as archive:
        for name, content in (members(file) | {"attachments/../keys": b"1:evil"}).items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    monkeypatch.setenv("HUIFANG_DATA", str(elsewhere))
    before = (elsewhere / "keys").read_bytes()
    assert tickets("restore", evil).code == 0
    assert (elsewhere / "keys").read_bytes() == before


def test_files_can_be_left_out_and_old_ones_do_not_stay(tickets: Huifang, tmp_path: Path) -> None:
    """A backup without them brings back the rows alone; what no row knows is removed from the desk's own
    folder."""
    file, identity = tmp_path / "desk.tar.gz", attach(tmp_path / "data", 3)
    assert tickets("backup", file, "--without-attachments").code == 0
    assert "files" not in orjson.loads(members(file)["manifest.json"])
    later = attach(tmp_path / "data", 4)
    assert tickets("restore", file, "--force").code == 0
    kept = [path.name for path in (tmp_path / "data" / "attachments").rglob("*") if path.is_file()]
    assert (identity in kept, later in kept) == (True, False)
