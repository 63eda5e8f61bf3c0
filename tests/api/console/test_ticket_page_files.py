"""Files and photos in the forms of steps, also in rows; and what is kept of them when a form comes back."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from api_desk import Call
from attachment_samples import picture
from plain_browser import PlainBrowser
from small_process import small_process

from service import wallclock
from service.bootstrap import Desk

Enter = Callable[..., PlainBrowser]


@pytest.fixture
def ticket(call: Call) -> dict[str, Any]:
    return call("team-leader").open("cleaning-schedule", {"cycle": "daily", "area": "indoor"})


def path_of(ticket: dict[str, Any]) -> str:
    return f"/tickets/{ticket['number']}"


def photo() -> tuple[BytesIO, str]:
    """What a camera sends."""
    return BytesIO(picture()), "photo.jpg"


def rows_of(call: Call, ticket: dict[str, Any], field: str) -> list[dict[str, Any]]:
    """What the ticket has in a table."""
    shown = call("cs-director").get(f"/api/tickets/{ticket['id']}").json
    return list(shown["data"].get(field) or [])


def open_form(browser: PlainBrowser, ticket: dict[str, Any]) -> str:
    """Open the form of cleaning; where it goes."""
    page = browser.look(f"{path_of(ticket)}?step=clean")
    assert 'capture="environment"' in page.text
    return f"{path_of(ticket)}/steps/clean"


PASSED = {f"work__{place}__result": "pass" for place in range(4)}


def test_a_checklist_takes_photos_and_the_page_shows_them(
    enter: Enter, call: Call, ticket: dict[str, Any]
) -> None:
    browser = enter("cleaner")
    done = browser.send(open_form(browser, ticket), **PASSED, work__2__photo__files=photo())
    assert done.status_code == 303, done.text
    rows = {each["item"]: each for each in rows_of(call, ticket, "work")}
    assert rows["signs"]["photo"]
    assert rows["floors"]["photo"] is None
    page = browser.follow().text
    (small,) = re.findall(r'<img src="([^"]+/thumbnail[^"]*)"', page)
    assert browser.look(small.replace("&amp;", "&")).mimetype == "image/jpeg"
    assert "photo.jpg" in page


def test_a_stale_checklist_keeps_what_was_ticked_typed_and_photographed(
    enter: Enter, call: Call, ticket: dict[str, Any]
) -> None:
    browser = enter("cleaner")
    action = open_form(browser, ticket)
    heads = {"If_Match": f'"{ticket["seq"]}"'}
    assert call("team-leader").post(f"/api/tickets/{ticket['id']}/notes", {"text": "先做大堂"}, **heads)
    stale = browser.send(action, **PASSED, work__1__note="扶手已擦", work__1__photo__files=photo())
    assert stale.status_code == 412
    assert "先做大堂" in stale.text
    values = browser.form(action).values
    assert values["work.1.note"] == ["扶手已擦"]
    assert values["work.0.result"] == ["pass"]
    (kept,) = values["work.1.photo"]
    assert browser.send(action).status_code == 303
    rows = {each["item"]: each for each in rows_of(call, ticket, "work")}
    assert (rows["handrails"]["photo"], rows["handrails"]["note"]) == (kept, "扶手已擦")


def test_what_is_wrong_in_a_row_is_said_there_even_if_rows_before_it_are_empty(
    enter: Enter, ticket: dict[str, Any]
) -> None:
    browser = enter("cleaner")
    wrong = browser.send(open_form(browser, ticket), work__2__note="ohne Ergebnis")
    assert wrong.status_code == 422
    assert 'id="field-work.2.result-wrong"' in wrong.text
    assert 'id="field-work.0.result-wrong"' not in wrong.text


def test_a_photo_that_is_unticked_is_left_out(enter: Enter, call: Call, ticket: dict[str, Any]) -> None:
    browser = enter("cleaner")
    action = open_form(browser, ticket)
    missing = browser.send(action, work__0__photo__files=photo(), work__0__note="ohne Ergebnis")
    assert missing.status_code == 422
    assert len(browser.form(action).values["work.0.photo"]) == 1
    assert browser.send(action, **{**PASSED, "work__0__photo": None}).status_code == 303
    assert all(each["photo"] is None for each in rows_of(call, ticket, "work"))


def test_a_table_takes_files_in_its_rows_and_keeps_them_when_it_grows(
    enter: Enter, call: Call, desk: Desk
) -> None:
    title = "{en: T, zh-Hans: 表, zh-Hant: 表, es: T}"
    text = small_process("papers").replace(
        "fields:\n",
        f"fields:\n  sheet:\n    type: table\n    title: {title}\n    columns:\n"
        f"      name: {{type: text, title: {title}}}\n      files: {{type: attachment, title: {title}}}\n",
    )
    text = text.replace(
        "to: done, roles: [receptionist]", "to: done, roles: [receptionist], requires: [sheet]"
    )
    desk.definitions.publish_text(text, "papers.yaml", wallclock.now(), "tests")
    ticket, browser = call("receptionist").open("papers", {"what": "x"}), enter("receptionist")
    action = f"{path_of(ticket)}/steps/finish"
    browser.look(f"{path_of(ticket)}?step=finish")
    grown = browser.send(action, sheet__0__name="a", sheet__0__files__files=[photo(), photo()], add="sheet")
    assert grown.status_code == 200
    kept = browser.form(action).values["sheet.0.files"]
    assert len(kept) == 2
    assert "sheet.1.name" in browser.form(action).values
    done = browser.send(action, sheet__1__name="b", sheet__1__files__files=photo())
    assert done.status_code == 303, done.text
    first, second = rows_of(call, ticket, "sheet")
    assert (first["files"], len(second["files"])) == (kept, 1)


def test_files_for_places_that_take_none_are_not_stored(
    enter: Enter, call: Call, desk: Desk, ticket: dict[str, Any]
) -> None:
    browser = enter("cleaner")
    action = open_form(browser, ticket)
    sent = {f"work__{place}__files": photo() for place in ("0__note", "x__photo", "0__nonsense")}
    assert browser.send(action, **PASSED, **sent, nonsense__files=photo()).status_code == 303
    assert desk.attachments.of_ticket("lake", ticket["id"], "id-cleaner") == ()
