"""Accounts, tokens and sites."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from command_line import ERRANDS, Huifang, Said


def test_accounts_are_listed_with_their_posts(office: Huifang) -> None:
    """One a line."""
    assert office("accounts", "list").out == "li\tLi\toffice:clerk\n"
    assert office("accounts", "list", "--site", "nowhere").out == ""


def test_posts_are_granted_and_revoked(office: Huifang) -> None:
    """Also those that belong to a department."""
    assert office("accounts", "grant", "li", "office:dept-head:works", "office:supervisor").code == 0
    assert office("accounts", "list").out == "li\tLi\toffice:clerk office:dept-head:works office:supervisor\n"
    assert office("accounts", "revoke", "li", "office:clerk").code == 0
    assert office("accounts", "list").out == "li\tLi\toffice:dept-head:works office:supervisor\n"
    assert office("accounts", "revoke", "li", "office:clerk") == Said(
        1, "", "huifang: li does not hold office:clerk\n"
    )


@pytest.mark.parametrize(
    ("post", "why"),
    [
        ("ofice:clerk", "there is no site 'ofice'; did you mean 'office'?"),
        ("office:clark", "there is no role 'clark'; did you mean 'clerk'?"),
        ("office:clerk:work", "there is no department 'work'; did you mean 'works'?"),
    ],
)
def test_a_post_must_be_known_in_all_its_parts(office: Huifang, post: str, why: str) -> None:
    """With what was probably meant."""
    assert office("accounts", "grant", "li", post) == Said(1, "", f"huifang: {why}\n")


def test_a_post_that_is_not_written_as_one_is_usage(office: Huifang) -> None:
    """Exit code 2."""
    assert office("accounts", "grant", "li", "clerk").code == 2


def test_an_account_exists_once(office: Huifang) -> None:
    """The second is refused."""
    said = office("accounts", "add", "li", "--name", "Another", typed="long enough\n")
    assert said == Said(1, "", "huifang: there is an account 'li' already\n")


def test_an_unknown_account_is_refused(office: Huifang) -> None:
    """With what was probably meant."""
    assert (
        office("accounts", "disable", "lu").err == "huifang: there is no account 'lu'; did you mean 'li'?\n"
    )


def test_a_password_is_read_from_standard_input_and_has_a_length(office: Huifang) -> None:
    """It is never an argument, which others could see."""
    assert office("accounts", "password", "li", typed="a new password\n").code == 0
    said = office("accounts", "password", "li", typed="short\n")
    assert said == Said(1, "", "huifang: a password has 8 to 200 characters\n")
    assert office("accounts", "password", "li", "as an argument").code == 2


def test_a_disabled_account_gets_no_token(office: Huifang) -> None:
    """And is shown as disabled until it is enabled again."""
    assert office("accounts", "disable", "li").code == 0
    assert "disabled" in office("accounts", "list").out
    assert office("tokens", "issue", "--account", "li").err == "huifang: the account 'li' is disabled\n"
    assert office("accounts", "enable", "li").code == 0
    assert office("tokens", "issue", "--account", "li").code == 0


def test_a_token_is_all_that_is_printed(office: Huifang) -> None:
    """So that a script can take it as it is."""
    said = office("tokens", "issue", "--account", "li", "--name", "a script", "--expires", "3 days")
    assert said.code == 0
    assert said.err == ""
    assert said.out.startswith("hf_")
    assert len(said.out.split()) == 1
    identity, name, until = office("tokens", "list", "--account", "li").out.strip().split("\t")
    assert (name, until[:6]) == ("a script", "until ")
    assert office("tokens", "revoke", "--account", "li", identity) == Said(0, "revoked\n", "")
    assert office("tokens", "revoke", "--account", "li", identity).code == 1
    assert office("tokens", "list", "--account", "li").out.endswith("revoked\n")


@pytest.mark.parametrize("life", ["3", "P3D", "3 working days", "soon"])
def test_a_tokens_life_is_spelled(office: Huifang, life: str) -> None:
    """A bare number or working time is usage."""
    assert office("tokens", "issue", "--account", "li", "--expires", life).code == 2


def test_sites_are_added_changed_and_listed(office: Huifang) -> None:
    """Adding again changes name and zone."""
    assert office("sites", "add", "madrid", "Madrid", "--zone", "Europe/Madrid").out == "added madrid\n"
    assert (
        office("sites", "add", "madrid", "Madrid norte", "--zone", "Europe/Madrid").out == "changed madrid\n"
    )
    assert "madrid\tMadrid norte\tEurope/Madrid\n" in office("sites", "list").out


@pytest.mark.parametrize("arguments", [("A B", "x"), ("ab", "x", "--zone", "Asia/Shangai"), ("ab",)])
def test_a_site_has_a_code_and_a_zone(office: Huifang, arguments: tuple[str, ...]) -> None:
    """Anything else is usage."""
    assert office("sites", "add", *arguments).code == 2


def test_roles_are_known_only_once_definitions_are_published(huifang: Huifang) -> None:
    """Before, a post cannot be given."""
    huifang("migrate")
    said = huifang("accounts", "add", "li", "--name", "Li", "--post", "office:clerk", typed="long enough\n")
    assert said.code == 1
    assert "huifang publish" in said.err


def test_a_site_decides_for_itself(office: Huifang, tmp_path: Path) -> None:
    """Values are told by type; a name alone gives the default back."""
    publish_settings(office, tmp_path)
    assert office("sites", "settings", "office").out == "strict\tfalse\t(default)\nshare\t0.7\t(default)\n"
    assert office("sites", "set", "office", "strict=true", "share=0.5").out == "office: strict, share\n"
    assert office("sites", "settings", "office").out == "strict\ttrue\nshare\t0.5\n"
    assert office("sites", "set", "office", "share=").code == 0
    assert office("sites", "settings", "office").out == "strict\ttrue\nshare\t0.7\t(default)\n"
    told = [
        line.split("\t")[1:] for line in office("sites", "settings", "office", "--history").out.splitlines()
    ]
    assert told == [
        ["command line", "share", "(default) -> 0.5"],
        ["command line", "strict", "(default) -> true"],
        ["command line", "share", "0.5 -> (default)"],
    ]
    said = office("sites", "set", "office", "share=0.5", "--as", "li")
    assert said.err.startswith("huifang: li does not look after the desk at office")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("strickt=true", "strickt: no such setting; did you mean 'strict'?"),
        ("strict=maybe", "strict must be true or false"),
        ("share=much", "share must be a number"),
    ],
)
def test_a_site_cannot_decide_just_anything(office: Huifang, tmp_path: Path, said: str, why: str) -> None:
    """With what was probably meant, and nothing changes."""
    publish_settings(office, tmp_path)
    assert office("sites", "set", "office", said) == Said(1, "", f"huifang: {why}\n")
    assert office("sites", "set", "nowhere", "strict=true").err == "huifang: there is no site 'nowhere'\n"
    assert office("sites", "set", "office", "strict").code == 2


def publish_settings(office: Huifang, folder: Path) -> None:
    """The company of the tests, and two settings."""
    title = "{en: T, zh-Hans: 题, zh-Hant: 題, es: T}"
    copied = folder / "definitions"
    shutil.copytree(ERRANDS, copied)
    (copied / "settings.yaml").write_text(
        f"strict: {{type: boolean, title: {title}, default: false}}\n"
        f"share: {{type: number, title: {title}, default: 0.7}}\n",
        encoding="utf-8",
    )
    assert office("publish", str(copied)).code == 0


def test_a_list_is_brought_into_a_register(office: Huifang, tmp_path: Path) -> None:
    """Exit code 1 when a row was refused, and the rejects say why."""
    publish_registers(office, tmp_path)
    list_, rejects = tmp_path / "keys.csv", tmp_path / "rejects.csv"
    list_.write_text("number,place,holder\nK-1,roof,王秘密\n,door,\n", encoding="utf-8")
    said = office("registers", "import", "keys", str(list_), "--rejects", str(rejects))
    assert said.code == 1
    assert said.out == "2 rows read, 1 entries written, 1 refused\n"
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


def test_absences_are_noted_listed_and_struck(office: Huifang) -> None:
    """In the site's time, with who stands in."""
    added = office("accounts", "add", "wu", "--name", "Wu", typed="long enough\n")
    assert added == Said(0, "added wu\n", "")
    assert office("accounts", "grant", "wu", "office:clerk").code == 0
    said = office("absences", "add", "office", "li", "2199-03-02 09:00", "2199-03-04", "--substitute", "wu")
    assert said.out == "li is away from 2199-03-02 09:00 until 2199-03-04 00:00\n"
    assert office("absences", "list", "office").out == "li\t2199-03-02 09:00\t2199-03-04 00:00\twu\n"
    assert office("absences", "strike", "office", "li", "2199-03-03").err.startswith(
        "huifang: li has no absence"
    )
    assert office("absences", "strike", "office", "li", "2199-03-02 09:00").out == "struck\n"
    assert office("absences", "list", "office").out == ""
    told = [
        line.split("\t")[1:] for line in office("absences", "list", "office", "--history").out.splitlines()
    ]
    line = ["li", "2199-03-02 09:00", "2199-03-04 00:00", "wu"]
    assert told == [["command line", "note", *line], ["command line", "strike", *line]]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("office", "li", "2199-03-02", "2199-03-02"), 2),
        (("office", "li", "soon", "2199-03-02"), 2),
        (("office", "li", "2199-03-02", "2199-03-03", "--substitute", "li"), 2),
        (("office", "lu", "2199-03-02", "2199-03-03"), 1),
        (("ofice", "li", "2199-03-02", "2199-03-03"), 1),
    ],
)
def test_an_absence_that_cannot_be_is_refused(office: Huifang, arguments: tuple[str, ...], code: int) -> None:
    """With one line."""
    assert office("absences", "add", *arguments).code == code
