"""`huifang accounts`, `invite` and `tokens`: staff, posts, passwords, links and tokens."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import Huifang, Said

from service.channels.letter import Letter
from service.channels.mail import MailChannel


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


@pytest.mark.parametrize("account", ["li", "Li", "LI", "li ", "ｌｉ", "lі", "l\u200bi"])
def test_accounts_that_the_eye_cannot_tell_apart_are_one(office: Huifang, account: str) -> None:
    said = office("accounts", "add", account, "--name", "Another", typed="long enough\n")
    assert said.code == 1
    assert office("accounts", "list").out == "li\tLi\toffice:clerk\n"


@pytest.mark.parametrize(
    ("account", "why"),
    [
        ("cle rk", "letters and digits"),
        ("cl/erk", "letters and digits"),
        ("clerk\n", "cannot be seen"),
        ("cle\u200brk", "cannot be seen"),
        ("clеrk", "does not mix alphabets"),
        ("x" * 65, "at most 64"),
    ],
)
def test_an_account_has_a_name_that_can_be_told_and_written(office: Huifang, account: str, why: str) -> None:
    said = office("accounts", "add", account, "--name", "Another", typed="long enough\n")
    assert (said.code, why in said.err) == (1, True)


@pytest.mark.parametrize("password", ["12345678", "password1", "qwertyuiop", "lilililili", "woaini1314"])
def test_a_password_that_is_tried_first_is_refused(office: Huifang, password: str) -> None:
    said = office("accounts", "password", "li", typed=f"{password}\n")
    assert (said.code, "easy to guess" in said.err) == (1, True)


def test_what_is_known_of_an_account_is_changed(office: Huifang) -> None:
    assert office("accounts", "set", "LI", "--name", "Li Example", "--account", "li.example").code == 0
    assert office("accounts", "list").out == "li.example\tLi Example\toffice:clerk\n"
    assert office("accounts", "set", "li.example", "--mail", "nobody").code == 2
    assert office("accounts", "set", "li.example", "--mail", "li@example.org", "--language", "es").code == 0
    assert office("accounts", "add", "wu", "--name", "Wu", typed="long enough\n").code == 0
    said = office("accounts", "set", "wu", "--account", "Li.Example")
    assert said.err == (
        "huifang: there is an account 'li.example' already, which 'Li.Example' cannot be told from\n"
    )
    assert office("accounts", "set", "wu", "--account", "WU").code == 0


def test_who_did_what_to_which_account_is_told(office: Huifang) -> None:
    office("accounts", "grant", "li", "office:supervisor")
    office("accounts", "disable", "li")
    lines = [line.split("\t")[1:] for line in office("accounts", "history").out.splitlines()]
    assert lines[-2:] == [
        ["command line", "grant", "li", "office:- -> office:role=supervisor department=None"],
        ["command line", "disable", "li"],
    ]
    assert "grant" in office("accounts", "history", "--site", "office").out


def test_tokens_of_one_or_of_all_are_ended(office: Huifang) -> None:
    office("tokens", "issue", "--account", "li")
    office("tokens", "issue", "--account", "li")
    assert office("tokens", "end", "--account", "li") == Said(0, "ended 2\n", "")
    office("tokens", "issue", "--account", "li")
    assert office("tokens", "end", "--everybody").out == "ended 1\n"
    assert office("tokens", "end").code == 2
    assert office("tokens", "end", "--everybody", "--account", "li").code == 2


@pytest.mark.parametrize("name", ["", "a\nb", "a\u200bb"])
def test_a_token_has_a_name_that_can_be_seen(office: Huifang, name: str) -> None:
    assert office("tokens", "issue", "--account", "li", "--name", name).code == 2


def test_a_link_is_printed_and_nothing_else(office: Huifang) -> None:
    for command in ("invite", "reset"):
        said = office("accounts", command, "li")
        assert said.code == 0
        assert said.out.startswith("http://127.0.0.1:8765/password?code=")
        assert len(said.out.split()) == 1
    assert "base_url" in office("accounts", "reset", "li", "--mail").err
    office("accounts", "disable", "li")
    assert office("accounts", "reset", "li").err == "huifang: the account 'li' is disabled\n"


def test_a_link_is_sent_in_the_words_of_whose_it_is(
    office: Huifang, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(
        '[channels]\nbase_url = "https://desk.example.org"\n'
        '[mail]\nhost = "mail.example.org"\nsender = "desk@example.org"\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("HUIFANG_CONFIG", str(config))
    sent: list[Letter] = []
    monkeypatch.setattr(MailChannel, "send", lambda self, letter: sent.append(letter))
    assert "has no e-mail address" in office("accounts", "reset", "li", "--mail").err
    office("accounts", "set", "li", "--mail", "li@example.org", "--language", "es")
    assert office("accounts", "reset", "li", "--mail") == Said(0, "a link is sent to li\n", "")
    (letter,) = sent
    assert (letter.address, letter.subject) == ("li@example.org", "Huifang: elija su contraseña")
    assert "https://desk.example.org/password?code=" in letter.body


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
