"""Master keys from the command line: nothing starts with the wrong ones, and they can be changed."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

import pytest
from command_line import CALLER, Huifang, Said, desk_in, ticket_id

from service.bootstrap import open_desk
from service.settings import Settings

OTHER, NEXT = (b64encode(byte * 32).decode() for byte in (b"x", b"n"))


@pytest.fixture
def own(tickets: Huifang, tmp_path: Path) -> str:
    """The key that the desk has made for itself, as HUIFANG_KEYS has it."""
    return (tmp_path / "data" / "keys").read_text()


def test_nothing_starts_with_a_wrong_key(
    tickets: Huifang, own: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each says so in one line that names the key, exit code 3; with the right one all is as it was."""
    rows, told = tmp_path / "rows.csv", tmp_path / "map.yaml"
    rows.write_text("key\n")
    told.write_text("name: none\n")
    commands = (
        ("serve", "--port", 1),
        ("web", "--port", 1),
        ("clock", "--once"),
        ("import", rows, "--map", told),
        ("audit", "verify"),
        ("outbox", "list"),
        ("migrate",),
        ("keys", "rotate"),
    )
    monkeypatch.setenv("HUIFANG_KEYS", f"1:{OTHER}")
    monkeypatch.setattr("service.server.check_free", lambda *_: None)
    for command in commands:
        said = tickets(*command)
        assert (said.code, len(said.err.splitlines())) == (3, 1), (command, said)
        assert said.err.startswith("huifang: master key 1 in HUIFANG_KEYS is not the one"), command
    monkeypatch.setenv("HUIFANG_KEYS", own)
    assert tickets("audit", "verify").code == 0


def test_keys_are_rotated_and_the_old_one_taken_out(
    tickets: Huifang, own: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tickets("keys").out == "1\t13 rows\tcurrent\n"
    monkeypatch.setenv("HUIFANG_KEYS", f"2:{NEXT}")
    said = tickets("audit", "verify")
    assert (said.code, "lacks a master key that is still in use: 1 (13 rows)" in said.err) == (3, True)
    monkeypatch.setenv("HUIFANG_KEYS", f"{own},2:{NEXT}")
    said = "12 tickets and entries were indexed anew\n13 rows are now wrapped by master key 2\n"
    assert tickets("keys", "rotate").out == said
    assert (
        tickets("keys").out == "1\t0 rows\tgiven, and may be taken out of HUIFANG_KEYS\n2\t13 rows\tcurrent\n"
    )
    monkeypatch.setenv("HUIFANG_KEYS", f"2:{NEXT}")
    assert tickets("audit", "verify").code == 0
    assert tickets("keys").out == "1\t0 rows\ttaken away\n2\t13 rows\tcurrent\n"
    environ = {"HUIFANG_DATA": str(tmp_path / "data"), "HUIFANG_KEYS": f"2:{NEXT}"}
    desk = open_desk(Settings.load(environ=environ))
    ticket = desk.engine.look("office", ticket_id(3), None).ticket
    desk.close()
    assert ticket is not None
    assert ticket.personal["caller"] == CALLER


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o602, 0o666])
@pytest.mark.parametrize("name", ["keys", "secret"])
def test_a_key_file_that_others_may_read_or_write_is_refused(
    tickets: Huifang, tmp_path: Path, name: str, mode: int
) -> None:
    """With what to do about it."""
    file = tmp_path / "data" / name
    if not file.exists():
        desk = desk_in(tmp_path / "data")
        assert desk.settings.signature
        desk.close()
    file.chmod(mode)
    if name == "secret":
        with pytest.raises(PermissionError, match="chmod 600"):
            assert Settings.load(environ={"HUIFANG_DATA": str(tmp_path / "data")}).signature
        return
    why = f"others may read or write it (mode {mode:04o}); `chmod 600` it, and see who has"
    assert tickets("audit", "verify") == Said(3, "", f"huifang: {file}: {why}\n")
    file.chmod(0o600)
    assert tickets("audit", "verify").code == 0


def test_a_backup_is_only_restored_with_the_keys_it_was_made_with(
    tickets: Huifang, own: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wholly or not at all: what is there stays."""
    file = tmp_path / "desk.tar.gz"
    assert tickets("backup", file).code == 0
    monkeypatch.setenv("HUIFANG_DATA", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("HUIFANG_KEYS", f"1:{OTHER}")
    said = tickets("restore", file)
    assert (said.code, "master key 1 in HUIFANG_KEYS is not the one" in said.err) == (3, True)
    assert tickets("accounts", "list").out == ""
    monkeypatch.setenv("HUIFANG_KEYS", f"2:{NEXT}")
    assert "master key 1 is missing in HUIFANG_KEYS" in tickets("restore", file).err
    monkeypatch.setenv("HUIFANG_KEYS", f"{own},2:{NEXT}")
    monkeypatch.setenv("HUIFANG_DATA", str(tmp_path / "third"))
    assert tickets("restore", file).code == 0
    assert tickets("keys").out.splitlines()[0].startswith("1\t13 rows")
