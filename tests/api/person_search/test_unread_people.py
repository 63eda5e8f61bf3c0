"""Who may not read it finds nobody, and learns nothing from what a search costs; nor does who may read it of
other tickets, but not of one that is hidden from them."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from api_desk import Call, Caller
from person_search_desk import CONTACT, NAME, found, statements_of

from service import wallclock
from service.bootstrap import Desk

T = "{en: Visit, zh-Hans: 来访, zh-Hant: 來訪, es: Visita}"
VISIT = f"""
workflow: quiet-visit
title: {T}
purpose: A visit of which a guard may know who came, unless it is nobody's business.
numbering: 'QV-{{year}}-{{seq:4}}'
calendar: office
summary: about
readers: [cs-director, guard]
visible: {{to: [cs-director], when: quiet}}
fields:
  about: {{type: text, title: {T}}}
  quiet: {{type: boolean, title: {T}}}
  visitor: {{type: person, title: {T}}}
  contact: {{type: phone, title: {T}}}
start: {{state: announced, roles: [cs-officer], requires: [about, quiet], accepts: [visitor, contact]}}
states:
  announced: {{title: {T}, owner: {{role: cs-officer}}, due: 1 working day}}
  over: {{title: {T}, category: closed}}
transitions:
  - {{trigger: finish, title: {T}, from: announced, to: over, roles: [cs-officer]}}
"""


@pytest.mark.parametrize("account", ["archivist", "guard", "elsewhere"])
def test_whoever_may_not_read_it_does_not_find_it(
    call: Call, complaint: dict[str, Any], account: str
) -> None:
    """By no spelling, though some of them see the ticket and find it by its words; another site's
    receptionist does not even that."""
    for q in (CONTACT, "4321", NAME, "欧阳"):
        assert found(call(account), q) == []
    assert found(call(account), "電梯異響") == ([] if account == "elsewhere" else [complaint["id"]])


def test_the_right_is_that_of_the_process(
    call: Call, complaint: dict[str, Any], repair: dict[str, Any]
) -> None:
    """A repair worker reads who reported a repair, and not who complained."""
    assert found(call("repair-worker"), "7788") == [repair["id"]]
    assert found(call("repair-worker"), "4321") == []


@pytest.mark.parametrize("account", ["archivist", "repair-worker"])
def test_without_the_right_nothing_differs(
    call: Call, desk: Desk, complaint: dict[str, Any], repair: dict[str, Any], account: str
) -> None:
    """The same statements run, and each gives as many rows, whether there is such a caller or not."""
    who = call(account)
    found(who, "4329")
    theirs, absent = (statements_of(desk, partial(found, who, q)) for q in ("4321", "4329"))
    assert theirs == absent


@pytest.fixture(scope="module")
def visits(desk: Desk, call: Call) -> dict[str, dict[str, Any]]:
    """One that a guard may know of, and one that he may not."""
    desk.definitions.publish_text(VISIT, "quiet-visit.yaml", wallclock.now(), "tests")
    officer = call("cs-officer")
    common = {"about": "delegation", "quiet": False, "visitor": "江有名", "contact": "13900008642"}
    quiet = {"about": "delegation", "quiet": True, "visitor": "江未名", "contact": "13900007531"}
    return {"common": officer.open("quiet-visit", common), "quiet": officer.open("quiet-visit", quiet)}


def test_a_guard_finds_who_came_unless_it_is_nobodys_business(
    call: Call, visits: dict[str, dict[str, Any]]
) -> None:
    guard, director = call("guard"), call("cs-director")
    for q in ("8642", "江有名", "delegation 8642", "江有名 8642"):
        assert found(guard, q) == [visits["common"]["id"]], q
    assert found(guard, "others 8642") == []
    for q in ("7531", "江未名", "delegation 7531", "江未名 7531"):
        assert (found(guard, q), found(director, q)) == ([], [visits["quiet"]["id"]]), q


@pytest.mark.parametrize(
    ("hidden", "absent"),
    [
        ("7531", "7533"),
        ("13900007531", "13900007533"),
        ("江未名", "江不名"),
        ("delegation 7531", "delegation 7533"),
        ("others 7531", "others 7533"),
    ],
)
def test_what_is_hidden_takes_the_statements_of_what_is_not_there(
    call: Call, desk: Desk, visits: dict[str, dict[str, Any]], hidden: str, absent: str
) -> None:
    """In a list as in a search for a caller."""
    guard = call("guard")
    for ask in (found, found_caller):
        ask(guard, absent)
        theirs, nobodys = (statements_of(desk, partial(ask, guard, q)) for q in (hidden, absent))
        assert [text for text, _ in theirs] == [text for text, _ in nobodys]
        assert len(theirs) > 1


def found_caller(who: Caller, words: str) -> None:
    """Look for a caller by the last of some words, of whom nobody is found."""
    last = words.split()[-1]
    kind = "phone" if last.isdecimal() else "name"
    heads = {"Authorization": f"Bearer {who.token}"}
    answer = who.client.get("/api/callers", query_string={kind: last}, headers=heads)
    assert answer.status_code == 200, answer.text
    assert (answer.json["people"], answer.json["households"], answer.json["tickets"]) == ([], [], [])
