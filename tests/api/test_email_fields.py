"""A mail address that a form asks for: one, plain, sealed, and gone when its person is forgotten."""

from __future__ import annotations

import pytest
from api_desk import LAKE, Call, codes

from service import wallclock
from service.bootstrap import Desk
from workflows.core.commands import Actor
from workflows.storage.registers.write import EntryAuthor

T = "{en: Address, zh-Hans: 邮箱, zh-Hant: 電郵, es: Correo}"
LETTER = f"""
workflow: letter
title: {T}
purpose: Who is to be written to.
numbering: 'LE-{{year}}-{{seq:4}}'
calendar: office
readers: [receptionist]
fields:
  address: {{type: email, title: {T}}}
  open_address: {{type: email, personal: false, title: {T}}}
start: {{state: begun, roles: [receptionist], accepts: [address, open_address]}}
states:
  begun: {{title: {T}, owner: {{role: receptionist}}, due: 1 hour, escalation: standard}}
  done: {{title: {T}, category: closed}}
transitions:
  - {{trigger: finish, title: {T}, from: begun, to: done, roles: [receptionist], accepts: [address]}}
"""
ADDRESS = "Li.Example@Example.com"
KEPT = "Li.Example@example.com"


@pytest.fixture
def letters(desk: Desk, call: Call) -> Call:
    desk.definitions.publish_text(LETTER, "letter.yaml", wallclock.now(), "tests")
    return call


def test_an_address_is_sealed_and_masked_and_read_in_clear_by_its_readers(letters: Call) -> None:
    ticket = letters("receptionist").open("letter", {"address": ADDRESS})
    assert KEPT not in str(ticket)
    assert "L***@e***" in str(ticket)
    assert letters("cleaner").get(f"/api/tickets/{ticket['id']}/personal").status_code == 403
    shown = letters("receptionist").get(f"/api/tickets/{ticket['id']}/personal").json
    assert shown["personal"] == {"address": KEPT}


def test_the_form_says_what_an_address_is(letters: Call) -> None:
    ticket = letters("receptionist").open("letter", {})
    found = letters("receptionist").get(f"/api/tickets/{ticket['id']}/transitions").json
    [step] = [each for each in found["available"] if each["trigger"] == "finish"]
    asked = step["form"]["properties"]["address"]
    assert (asked["format"], asked["maxLength"], asked["x-personal"]) == ("email", 254, True)
    assert (
        letters("receptionist").fire(ticket, "finish", {"address": asked["examples"][0]}).status_code == 201
    )


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "one mail address"),
        ("zh-Hans", "邮箱地址"),
        ("zh-Hant", "電郵地址"),
        ("es", "una sola dirección"),
    ],
)
def test_what_is_no_address_is_refused_in_the_readers_language(
    letters: Call, language: str, sentence: str
) -> None:
    for wrong in ("Li <li@example.com>", "li@example.com, wang@example.com", "li example@example.com"):
        body = {"workflow": "letter", "data": {"address": wrong}}
        answer = letters("receptionist", language).post("/api/tickets", body)
        assert (answer.status_code, codes(answer)) == (422, ["bad-value"])
        assert sentence in answer.json["blocked_by"][0]["message"]
        assert wrong not in answer.text


def test_who_is_forgotten_by_his_address_is_gone(letters: Call, desk: Desk) -> None:
    """Sealed or not, however its domain is spelled."""
    sealed = letters("receptionist").open("letter", {"address": ADDRESS})
    plain = letters("receptionist").open("letter", {"open_address": ADDRESS})
    other = letters("receptionist").open("letter", {"address": "wang@example.com"})
    author = EntryAuthor(LAKE, Actor(id="id-receptionist", name="员工"), wallclock.now())
    hits = [each.what for each in desk.erasures.erase_value("li.example@EXAMPLE.com", author)]
    assert sorted(hits) == sorted([sealed["number"], plain["number"]])
    shown = letters("receptionist").get(f"/api/tickets/{other['id']}/personal").json
    assert shown["personal"] == {"address": "wang@example.com"}
    assert KEPT not in letters("receptionist").get(f"/api/tickets/{plain['id']}").text
