"""Backups, the audit and the outbox from the command line."""

from __future__ import annotations

import io
import shutil
import sqlite3
import tarfile
from hashlib import sha256
from pathlib import Path

import orjson
import pytest
from command_line import CALLER, LATE, Huifang, Said, desk_in, ticket_id

from service.bootstrap import Desk, open_desk
from service.settings import Settings
from workflows.core.commands import CLOCK
from workflows.core.records import EntryWrite
from workflows.storage.schema import revisions


def test_a_backup_brings_everything_back(
    tickets: Huifang, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Into another database, which then is whole, reads the personal words and finds by words."""
    file = tmp_path / "desk.tar.gz"
    assert tickets("backup", file).code == 0
    assert file.stat().st_mode & 0o077 == 0
    assert CALLER not in unpacked(file)
    (tmp_path / "other").mkdir()
    shutil.copy(tmp_path / "data" / "keys", tmp_path / "other" / "keys")
    monkeypatch.setenv("HUIFANG_DATA", str(tmp_path / "other"))
    assert tickets("restore", file).code == 0
    assert tickets("audit", "verify") == Said(0, "the record is whole\n", "")
    assert tickets("accounts", "list").out == "li\tLi\toffice:clerk\n"
    again = tmp_path / "again.tar.gz"
    assert tickets("backup", again).code == 0
    assert unpacked(again) == unpacked(file)
    desk = desk_in(tmp_path / "other")
    assert desk.engine.look("office", ticket_id(3), None).ticket.personal["caller"] == CALLER
    desk.close()


def test_a_backup_goes_from_one_kind_of_database_to_the_other_and_back(
    tickets: Huifang, tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is changed by the journey."""
    first, second = tmp_path / "first.tar.gz", tmp_path / "second.tar.gz"
    assert tickets("backup", first).code == 0
    monkeypatch.setenv("HUIFANG_DATABASE_URL", database_url)
    assert tickets("restore", first).code == 0
    assert tickets("audit", "verify").code == 0
    assert tickets("backup", second).code == 0
    monkeypatch.delenv("HUIFANG_DATABASE_URL")
    assert tickets("restore", second, "--force").code == 0
    third = tmp_path / "third.tar.gz"
    assert tickets("backup", third).code == 0
    assert unpacked(third) == unpacked(first)


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


def test_a_backup_of_the_last_program_before_the_first_release_is_restored(
    tickets: Huifang, tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It called the same tables schema 0020, and had one more, in which nothing ever was."""
    file, of_old = tmp_path / "desk.tar.gz", tmp_path / "of-old.tar.gz"
    assert tickets("backup", file).code == 0
    rewrite_manifest(file, of_old, schema="0020", table="attachments", rows=0)
    monkeypatch.setenv("HUIFANG_DATABASE_URL", database_url)
    assert tickets("restore", of_old).code == 0
    assert tickets("audit", "verify") == Said(0, "the record is whole\n", "")
    again = tmp_path / "again.tar.gz"
    assert tickets("backup", again).code == 0
    assert unpacked(again) == unpacked(file)


ADDED = {
    "tickets": ("candidates",),
    "register_entries": ("natural_key", "edition"),
    "texts": ("notes", "edition"),
    "outbox": ("tried_at", "channel", "letter", "sealed_letter"),
}
"""Columns that are younger than the first schema."""


def test_a_backup_of_an_older_schema_is_restored(
    tickets: Huifang, tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What has been added since is empty or worked out: entries come as people count."""
    desk = desk_in(tmp_path / "data")
    units = ["2-1", "3-2-901", "3-2-1001", "10-1"]
    desk.store.entries.write(
        "office", [EntryWrite("units", key, "unit", {}) for key in units[::-1]], CLOCK, LATE
    )
    desk.close()
    file, of_old = tmp_path / "desk.tar.gz", tmp_path / "of-old.tar.gz"
    assert tickets("backup", file).code == 0
    rewrite_as_first(file, of_old)
    monkeypatch.setenv("HUIFANG_DATABASE_URL", database_url)
    assert tickets("restore", of_old).code == 0
    assert tickets("audit", "verify") == Said(0, "the record is whole\n", "")
    desk = open_desk(Settings.load())
    assert [each.key for each in desk.store.entries.page("office", "units").entries] == units
    desk.close()


def rewrite_as_first(source: Path, target: Path) -> None:
    """The same backup as the first schema would have written it."""
    with tarfile.open(source) as archive:
        files = {name: archive.extractfile(name).read() for name in archive.getnames()}
    manifest = orjson.loads(files["manifest.json"]) | {"schema": "0001"}
    for table, columns in ADDED.items():
        said, name = manifest["tables"][table], f"{table}.jsonl"
        kept = [place for place, column in enumerate(said["columns"]) if column not in columns]
        rows = map(orjson.loads, files[name].splitlines())
        files[name] = b"".join(orjson.dumps([row[place] for place in kept]) + b"\n" for row in rows)
        said["columns"] = [said["columns"][place] for place in kept]
        said["sha256"] = sha256(files[name]).hexdigest()
    files["manifest.json"] = orjson.dumps(manifest)
    with tarfile.open(target, "w:gz") as written:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            written.addfile(member, io.BytesIO(content))


@pytest.mark.parametrize(
    ("schema", "rows", "told"),
    [
        ("0019", 0, "the backup is of schema 0019, the database of {here}; use the same program for both"),
        ("0020", 1, "the backup has rows of enclosures, which this program does not know"),
    ],
)
def test_a_backup_that_this_program_cannot_hold_whole_is_refused(
    tickets: Huifang, tmp_path: Path, schema: str, rows: int, told: str
) -> None:
    file, of_old = tmp_path / "desk.tar.gz", tmp_path / "of-old.tar.gz"
    assert tickets("backup", file).code == 0
    rewrite_manifest(file, of_old, schema=schema, table="enclosures", rows=rows)
    here = revisions()[-1]
    assert tickets("restore", of_old, "--force") == Said(3, "", f"huifang: {told.format(here=here)}\n")
    assert tickets("accounts", "list").out == "li\tLi\toffice:clerk\n"


def rewrite_manifest(source: Path, target: Path, *, schema: str, table: str, rows: int) -> None:
    """The same backup as of another schema, with one more table."""
    with tarfile.open(source) as archive:
        before = archive.extractfile("manifest.json").read()
    manifest = orjson.loads(before)
    manifest["tables"][table] = {"columns": ["id"], "rows": rows, "sha256": sha256(b"").hexdigest()}
    change(source, target, "manifest.json", before, orjson.dumps(manifest | {"schema": schema}))


@pytest.mark.parametrize("command", [("migrate",), ("serve", "--port", "1"), ("backup", "desk.tar.gz")])
def test_a_desk_of_a_program_that_was_never_released_is_told_what_to_do(
    tickets: Huifang, tmp_path: Path, command: tuple[str, ...]
) -> None:
    """In one line, and nothing is written to it."""
    with sqlite3.connect(tmp_path / "data" / "huifang.db") as older:
        older.execute("UPDATE alembic_version SET version_num = '0013'")
    older.close()
    assert tickets(*command) == Said(
        3,
        "",
        "huifang: the database is at schema 0013, of a program that was never released, and stays as it is;"
        " start with an empty database. What this one holds comes into it by `huifang backup` with the last"
        " of those programs (schema 0020), then `huifang restore` with this one\n",
    )


def change(source: Path, target: Path, name: str, old: bytes, new: bytes) -> None:
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
    connection = sqlite3.connect(tmp_path / "data" / "huifang.db")
    connection.execute("UPDATE history SET note = 'x' WHERE seq = 1 AND ticket_id = ?", (ticket_id(5),))
    connection.commit()
    connection.close()
    said = tickets("audit", "verify")
    assert said.code == 1
    assert "broken-hash" in said.out
    assert ticket_id(5) in said.out


def test_dead_messages_are_listed_and_put_back(tickets: Huifang, tmp_path: Path) -> None:
    """By name, or all of them."""
    desk = desk_in(tmp_path / "data")
    for message in desk.outbox.claim(LATE, 3, 60, "test"):
        desk.outbox.mark_dead(message, "test", "no such mailbox")
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
    assert tickets("outbox", "list", "--status", "waiting").out == ""


def test_what_the_desk_keeps_is_for_nobody_else_to_read(tickets: Huifang, tmp_path: Path) -> None:
    """The folder, the database with the files beside it, and the keys."""
    folder = tmp_path / "data"
    desk = desk_in(folder)
    assert desk.queries.messages("pending") is not None
    modes = {file.name: file.stat().st_mode & 0o777 for file in (folder, *folder.iterdir())}
    desk.close()
    assert modes.pop("data") == 0o700
    assert {"huifang.db", "huifang.db-wal", "keys"} <= modes.keys()
    assert set(modes.values()) == {0o600}


def test_an_import_does_not_wait_for_the_disk_at_each_row(
    tickets: Huifang, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It can be run again; nothing else is so bold."""
    waits: list[str] = []

    def opened(settings: Settings) -> Desk:
        waits.append(settings.synchronous)
        return open_desk(settings)

    monkeypatch.setattr("service.bootstrap.open_desk", opened)
    rows, told = tmp_path / "rows.csv", tmp_path / "map.yaml"
    rows.write_text("key\n")
    told.write_text("name: none\n")
    tickets("import", rows, "--map", told)
    tickets("audit", "verify")
    assert waits == ["NORMAL", "FULL"]


def test_a_ticket_is_erased_by_who_looks_after_the_desk(
    tickets: Huifang, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The record is whole afterwards; nobody else erases."""
    desk = desk_in(tmp_path / "data")
    (number,) = {
        row[0] for row in desk.database.read("SELECT number FROM tickets ORDER BY number LIMIT 1", {})
    }
    desk.close()
    erase = ("erase", number, "--site", "office", "--as", "li")
    assert tickets(*erase).err.startswith("huifang: li does not look after the desk at office")
    config = tmp_path / "config.toml"
    config.write_text("[api]\npublishers = ['clerk']\n", encoding="utf-8")
    monkeypatch.setenv("HUIFANG_CONFIG", str(config))
    left = "  the free text 'content' stays\n  the free text 'content' stays in entry 1\n"
    assert tickets(*erase) == Said(0, f"erased\n{left}", "")
    assert (
        tickets("erase", "CS-1999-1", *erase[2:]).err == "huifang: there is no ticket 'CS-1999-1' at office\n"
    )
    assert tickets("audit", "verify").out == "the record is whole\n"


def test_a_person_is_erased_wherever_the_site_holds_the_name(
    tickets: Huifang, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told where, and what remains; a second time there is nothing."""
    config = tmp_path / "config.toml"
    config.write_text("[api]\npublishers = ['clerk']\n", encoding="utf-8")
    monkeypatch.setenv("HUIFANG_CONFIG", str(config))
    erase = ("erase", "--person", CALLER, "--site", "office", "--as", "li")
    lines = tickets(*erase).out.splitlines()
    assert [line for line in lines if line.endswith(": erased")] == [
        line for line in lines if line[0] != " "
    ][:-1]
    assert lines[-1] == "12 erased"
    assert "  the free text 'content' stays" in lines
    assert tickets(*erase).out == "0 erased\n"
    assert tickets("audit", "verify").out == "the record is whole\n"
    assert tickets("erase", "--site", "office", "--as", "li").code == 2


def test_migrating_an_older_desk_says_what_is_still_to_be_sealed(tickets: Huifang, tmp_path: Path) -> None:
    """In one line, with the command, until it was run; so does a backup of such a desk that is restored."""
    line = "older parts of the record are not sealed yet; `huifang audit seal` seals them, once\n"
    assert tickets("migrate") == Said(0, "the database is ready\n", "")
    with sqlite3.connect(tmp_path / "data" / "huifang.db") as older:
        older.execute("UPDATE definitions SET mac = NULL")
    older.close()
    assert tickets("migrate") == Said(0, f"the database is ready\n{line}", "")
    file = tmp_path / "desk.tar.gz"
    assert tickets("backup", file).code == 0
    assert tickets("audit", "seal").code == 0
    assert tickets("migrate").out == "the database is ready\n"
    assert tickets("restore", file, "--force").out.endswith(line)
