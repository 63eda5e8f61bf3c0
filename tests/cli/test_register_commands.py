"""`huifang registers` and `huifang erase`: lists brought into a register, and entries erased."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from command_line import ERRANDS, Huifang, Said


def test_a_list_is_brought_into_a_register(office: Huifang, tmp_path: Path) -> None:
    """Exit code 1 when a row was refused, and the rejects say why."""
    publish_registers(office, tmp_path)
    list_, rejects = tmp_path / "keys.csv", tmp_path / "rejects.csv"
    list_.write_text("number,place,holder\nK-1,roof,王秘密\n,door,\n", encoding="utf-8")
    said = office("registers", "import", "keys", str(list_), "--rejects", str(rejects))
    assert said.code == 1
    told = "(read as utf-8, separator ,, header in line 1)"
    assert said.out == f"2 rows read, 1 entries written, 1 refused {told}\n"
    assert said.err == "line 3: number is needed\n"
    assert "number is needed" in rejects.read_text("utf-8-sig")
    assert office("registers", "show", "keys", "office").out == 'K-1\t{"number":"K-1","place":"roof"}\n'
    assert office("registers", "show", "keys", "office", "--find", "door").out == ""
    assert office("registers", "show", "keys", "office", "--struck").out == ""
    assert office("registers", "list").out == "keys\tnumber\tnumber, place, holder\n"


def test_what_is_wrong_with_a_list_is_said_in_a_line(office: Huifang, tmp_path: Path) -> None:
    """With what was probably meant."""
    publish_registers(office, tmp_path)
    list_ = tmp_path / "keys.csv"
    list_.write_text("number,plaec\nK-1,roof\n", encoding="utf-8")
    said = office("registers", "import", "keys", str(list_))
    assert (said.code, said.out) == (1, "")
    assert "keys has no column 'plaec'; did you mean 'place'? (--skip leaves it out)" in said.err
    assert office("registers", "import", "keys", str(list_), "--skip", "plaec").code == 0
    assert "did you mean 'keys'?" in office("registers", "import", "keyz", str(list_)).err
    assert "did you mean 'keys'?" in office("registers", "show", "keyz", "office").err
    assert office("registers", "import", "keys", str(list_), "--encoding", "latin-99").code == 2
    assert office("registers", "import", "keys", str(list_), "--delimiter", "::").code == 2


def test_an_entry_is_erased_by_who_looks_after_the_desk(
    office: Huifang, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once; by nobody else."""
    publish_registers(office, tmp_path)
    list_ = tmp_path / "keys.csv"
    list_.write_text("number,holder\nK-1,王秘密\n", encoding="utf-8")
    assert office("registers", "import", "keys", str(list_)).code == 0
    erase = ("registers", "erase", "keys", "K-1", "--site", "office", "--as", "li", "--note", "asked for")
    assert office(*erase).err.startswith("huifang: li does not look after the desk at office")
    config = tmp_path / "config.toml"
    config.write_text("[api]\npublishers = ['clerk']\n", encoding="utf-8")
    monkeypatch.setenv("HUIFANG_CONFIG", str(config))
    assert office(*erase) == Said(0, "erased\n", "")
    assert office(*erase) == Said(0, "there was nothing to erase\n", "")
    assert "no entry 'K-2'" in office("registers", "erase", "keys", "K-2", *erase[4:]).err
    assert "did you mean 'keys'?" in office("registers", "erase", "kyes", *erase[3:]).err


def publish_registers(office: Huifang, folder: Path) -> None:
    """The company of the tests, and a register of keys."""
    title = "{en: T, zh-Hans: 题, zh-Hant: 題, es: T}"
    copied = folder / "definitions"
    shutil.copytree(ERRANDS, copied)
    columns = ("number: {type: text", "place: {type: text", "holder: {type: person")
    fields = "".join(f"    {column}, title: {title}}}\n" for column in columns)
    (copied / "registers.yaml").write_text(
        f"keys:\n  title: {title}\n  key: number\n  readers: [clerk]\n  fields:\n{fields}", encoding="utf-8"
    )
    assert office("publish", str(copied)).code == 0
