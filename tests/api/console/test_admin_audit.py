"""The record is verified by a button, and what is amiss is shown."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from api_desk import COMPLAINT, HILL, Call
from plain_browser import PlainBrowser

from service.bootstrap import Desk
from service.console.admin.audit import view

Enter = Callable[..., PlainBrowser]
PATH = "/admin/audit"


def change_history(desk: Desk) -> None:
    """Change what a history says, past the desk."""
    with desk.database.transaction() as session:
        session.run(desk.database.sql("UPDATE history SET note = 'something else' WHERE seq = 1"), {})


def test_a_whole_record_is_said_to_be_whole(enter: Enter, call: Call) -> None:
    call("receptionist").open("complaint", COMPLAINT)
    browser = enter("office-director")
    browser.look(PATH)
    assert "记录完整" in browser.send(PATH).text


def test_what_was_changed_is_found(enter: Enter, call: Call, desk: Desk) -> None:
    ticket = call("receptionist").open("complaint", COMPLAINT)
    change_history(desk)
    browser = enter("office-director")
    browser.look(PATH)
    page = browser.send(PATH).text
    assert ticket["id"] in page
    assert "broken-hash" in page
    assert "记录完整" not in page


def test_the_record_of_another_site_is_for_who_looks_after_it(enter: Enter, call: Call, desk: Desk) -> None:
    call("elsewhere").open("complaint", COMPLAINT, site=HILL)
    change_history(desk)
    browser = enter("office-director")
    browser.look(PATH)
    assert "记录完整" in browser.send(PATH).text
    assert browser.look(f"{PATH}?site={HILL}").status_code == 404


def test_a_long_verification_says_how_far_it_came(
    enter: Enter, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "PATIENCE", -1.0)
    for _ in range(3):
        call("receptionist").open("complaint", COMPLAINT)
    browser = enter("office-director")
    browser.look(PATH)
    page = browser.send(PATH).text
    assert "没有核验完" in page
    assert "记录完整" not in page
