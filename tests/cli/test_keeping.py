"""Backups, the audit and the outbox from the command line."""

from __future__ import annotations

import sys
import tarfile
from pathlib import Path

import pytest

from conftest import Huifang, Said

sys.path.insert(0, str(Path(__file__).parent.parent / "clock"))
import office as errands

from service.scheduler import sweep
from service.settings import Settings
from service.wiring import Desk, open_desk


@pytest.fixture()
def tickets(office: Huifang, tmp_path: Path) -> Huifang:
    """Some errands, late and on time, with personal words in them."""
    desk = open_desk(Settings.load(environ={"HUIFANG_DATA": str(tmp_path / "data")}))
    fill(desk)
    desk.close()
    return office


def fill(desk: Desk) -> None:
    member = next(iter(desk.people.directory("office").staff.values()))
    from workflows.core.commands import Open
    from workflows.core.rights import actor_of

    for number in range(12):
        data = {"content": f"取钥匙 {number}", "caller": "Li", "phone": "13800000001"}
        who = actor_of(member, "office")
        opening = Open(site="office", id=errands.ticket_id(number), workflow="errand", actor=who, data=data)
        desk.engine.do(opening, errands.MONDAY)
    sweep(desk, errands.MONDAY + 7_200)


def test_a_backup_brings_everything_back(tickets: Huifang, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Into another database, which then is whole, reads the personal words and finds by words."""
    file = tmp_path / "desk.tar.gz"
    assert tickets("backup", file).code == 0
    assert file.stat().st_mode & 0o077 == 0
    assert "Li" not in unpacked(file)
    (tmp_path / "other").mkdir()
    for secret in ("keys", "secret"):
        (tmp_path / "other" / secret).write_bytes((tmp_path / "data" / secret).read_bytes())
    monkeypatch.setenv("HUIFANG_DATA", str(tmp_path / "other"))
    assert tickets("restore", file).code == 0
    assert tickets("audit", "verify") == Said(0, "the record is whole\n", "")
    assert tickets("accounts", "list").out == "li\tLi\toffice:clerk\n"
    again = tmp_path / "again.tar.gz"
    assert tickets("backup", again).code == 0
    assert unpacked(again) == unpacked(file)
    desk = open_desk(Settings.load(environ={"HUIFANG_DATA": str(tmp_path / "other")}))
    assert desk.engine.look("office", errands.ticket_id(3)).ticket.personal["caller"] == "Li"
    desk.close()


def unpacked(file: Path) -> str:
    with tarfile.open(file) as archive:
        return "".join(archive.extractfile(name).read().decode() for name in archive.getnames())


def test_a_backup_does_not_replace_what_is_there(tickets: Huifang, tmp_path: Path) -> None:
    """Neither a file nor a database, unless told so."""
    file = tmp_path / "desk.tar.gz"
    assert tickets("backup", file).code == 0
    assert tickets("backup", file) == Said(1, "", f"huifang: {file} exists; say --force to replace it\n")
    assert tickets("restore", file).code == 1
    assert tickets("restore", file, "--force").code == 0
    assert tickets("audit", "verify").code == 0


def test_a_damaged_backup_is_refused_whole(tickets: Huifang, tmp_path: Path) -> None:
    """Cut off or changed, nothing of it gets in, and nothing gets lost."""
    file = tmp_path / "desk.tar.gz"
    tickets("backup", file)
    cut = tmp_path / "cut.tar.gz"
    cut.write_bytes(file.read_bytes()[:-600])
    changed = tmp_path / "changed.tar.gz"
    change(file, changed, "staff.jsonl", b'"Li"', b'"Lu"')
    for broken in (cut, changed):
        said = tickets("restore", broken, "--force")
        assert said.code == 3
        assert len(said.err.splitlines()) == 1
    assert tickets("accounts", "list").out == "li\tLi\toffice:clerk\n"


def change(source: Path, target: Path, name: str, old: bytes, new: bytes) -> None:
    import io

    with tarfile.open(source) as read, tarfile.open(target, "w:gz") as written:
        for member in read.getmembers():
            content = read.extractfile(member).read()
            if member.name == name:
                assert old in content
                content = content.replace(old, new)
            member.size = len(content)
            written.addfile(member, io.BytesIO(content))


def test_the_audit_finds_what_was_changed_behind_the_desks_back(tickets: Huifang, tmp_path: Path) -> None:
    """One character of the history, and exit code 1."""
    import sqlite3

    connection = sqlite3.connect(tmp_path / "data" / "huifang.db")
    connection.execute("UPDATE history SET note = 'x' WHERE seq = 1 AND ticket_id = ?", (errands.ticket_id(5),))
    connection.commit()
    connection.close()
    said = tickets("audit", "verify")
    assert said.code == 1
    assert "broken-hash" in said.out
    assert errands.ticket_id(5) in said.out


def test_dead_messages_are_listed_and_put_back(tickets: Huifang, tmp_path: Path) -> None:
    """By name, or all of them."""
    desk = open_desk(Settings.load(environ={"HUIFANG_DATA": str(tmp_path / "data")}))
    for message in desk.outbox.claim(errands.MONDAY + 7_200, 3, 60, "test"):
        desk.outbox.dead(message.site, message.id, "no such mailbox")
    desk.close()
    lines = tickets("outbox", "list").out.splitlines()
    assert len(lines) == 3
    assert all(line.endswith("no such mailbox") for line in lines)
    first = lines[0].split("\t")[0]
    assert tickets("outbox", "requeue", first).out == "1 will be tried again\n"
    assert tickets("outbox", "requeue", first).code == 1
    assert tickets("outbox", "requeue").code == 2
    assert tickets("outbox", "requeue", "--all").out == "2 will be tried again\n"
    assert tickets("outbox", "list").out == ""


def test_a_clock_can_be_run_once(tickets: Huifang) -> None:
    """For those who have a timer of their own."""
    assert tickets("clock", "--once").code == 0
    assert tickets("outbox", "list", "--status", "pending").out == ""
