"""What may be tried with the links of residents, and does not work."""

from __future__ import annotations

import io
import logging
from contextlib import redirect_stderr
from dataclasses import replace

import pytest
from api_desk import COMPLAINT, LAKE, Call
from flask import Flask
from plain_browser import PlainBrowser
from resident_office import REPORT, give_code, give_link

from service import logs, wallclock
from service.application import create_app
from service.auth import hash_token
from service.bootstrap import Desk, build_desk
from service.settings_tables import LinkSettings
from workflows.core.commands import CLOCK

EVIL = '"><script>alert(1)</script>'


def limited(desk: Desk, **bounds: int) -> PlainBrowser:
    """A browser in front of the same desk with narrower limits."""
    chosen = replace(desk.settings, links=LinkSettings(**bounds))
    return PlainBrowser(create_app(build_desk(chosen, desk.database)).test_client())


def test_unknown_expired_and_revoked_links_answer_the_same(
    browser: PlainBrowser, desk: Desk, call: Call
) -> None:
    ticket = call("receptionist").open("complaint", COMPLAINT)
    revoked, expired = give_link(desk, ticket["id"]), give_link(desk, ticket["id"], days=0)
    found = desk.resident_links.find(hash_token(revoked), wallclock.now())
    assert found is not None
    assert desk.resident_links.revoke(LAKE, found.id, wallclock.now())
    answers = [
        browser.look(f"/r/{token}") for token in ("hf_guessed", revoked, expired, give_link(desk, "x"))
    ]
    assert {each.status_code for each in answers} == {404}
    assert len({each.text for each in answers}) == 1
    assert all(each.headers["Referrer-Policy"] == "no-referrer" for each in answers)


def test_who_guesses_has_to_wait_and_is_then_shown_nothing(desk: Desk, call: Call) -> None:
    ticket = call("receptionist").open("complaint", COMPLAINT)
    right, browser = give_link(desk, ticket["id"]), limited(desk, misses_by_address=3)
    assert [browser.look(f"/r/guess-{n}").status_code for n in range(3)] == [404] * 3
    refused = browser.look("/r/guess-4")
    assert (refused.status_code, int(refused.headers["Retry-After"]) > 0) == (429, True)
    assert browser.look(f"/r/{right}").status_code == 429, "the right one tells nothing, either"


def test_a_flood_by_one_code_is_stopped(desk: Desk, call: Call) -> None:
    token, other, browser = give_code(desk), give_code(desk, "6-0902"), limited(desk, sends=2)
    browser.look(f"/r/{token}/report/repair")
    form = browser.form("/r/")
    answers = []
    for number in range(3):
        key = {"idempotency_key": f"key-{number}"}
        answers.append(browser.client.post(form.action, data={**form.values, **REPORT, **key}).status_code)
    assert answers == [303, 303, 429]
    assert len(call("cs-officer").get("/api/tickets?workflow=repair").json["items"]) == 2
    browser.look(f"/r/{other}/report/repair")
    assert browser.send("/r/", **REPORT).status_code == 303, "another code goes on"


def test_a_flood_from_one_address_is_stopped_whatever_its_codes(desk: Desk) -> None:
    browser = limited(desk, sends_by_address=2)
    answers = []
    for number in range(3):
        browser.look(f"/r/{give_code(desk, f'6-090{number}')}/report/repair")
        answers.append(browser.send("/r/", **REPORT).status_code)
    assert answers == [303, 303, 429]


@pytest.mark.parametrize("forged", ["", "IjEyMyI.forged", None])
def test_a_form_of_another_page_is_refused(
    browser: PlainBrowser, desk: Desk, call: Call, forged: str | None
) -> None:
    browser.look(f"/r/{give_code(desk)}/report/repair")
    refused = browser.send("/r/", **REPORT, csrf_token=forged)
    assert refused.status_code == 400
    assert call("cs-officer").get("/api/tickets?workflow=repair").json["items"] == []


def test_over_https_a_form_needs_no_referrer(app: Flask, desk: Desk) -> None:
    """The page tells the browser to send none."""
    client, path = app.test_client(), f"/r/{give_code(desk)}/report/repair"
    browser = PlainBrowser(client)
    browser.shown = client.get(path, base_url="https://desk.example.org")
    form = browser.form("/r/")
    sent = client.post(form.action, data={**form.values, **REPORT}, base_url="https://desk.example.org")
    assert sent.status_code == 303, sent.text


def test_what_is_typed_is_text_and_no_page(browser: PlainBrowser, desk: Desk, call: Call) -> None:
    token = give_code(desk, EVIL)
    assert "<script>" not in browser.look(f"/r/{token}/report/repair?lang={EVIL}").text
    again = browser.send("/r/", **{**REPORT, "contact": EVIL, "content": EVIL})
    assert again.status_code == 422
    assert "<script>" not in again.text
    assert "<script>" not in browser.look(f"/r/{EVIL.replace('/', '')}").text
    ticket = call("receptionist").open("complaint", COMPLAINT)
    browser.look(f"/r/{give_link(desk, ticket['id'])}")
    browser.send("/r/", said=EVIL)
    assert "<script>" not in browser.follow().text


def test_a_session_of_the_staff_changes_nothing(app: Flask, desk: Desk, call: Call) -> None:
    """Who is signed in acts by a link as a resident, too."""
    ticket = call("receptionist").open("complaint", COMPLAINT)
    browser = PlainBrowser(app.test_client())
    assert browser.sign_in("cs-officer").status_code == 303
    page = browser.look(f"/r/{give_link(desk, ticket['id'])}").text
    assert "determine-nature" not in page
    assert "员工" not in page


def test_a_file_of_somebody_else_is_not_named(browser: PlainBrowser, desk: Desk, call: Call) -> None:
    theirs = call("receptionist").upload()
    browser.look(f"/r/{give_code(desk)}/report/repair")
    assert browser.send("/r/", **REPORT, photos=theirs).status_code == 422


def test_no_log_has_the_secret(desk: Desk, call: Call, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither of a page, nor of a refusal, nor of a mistake, nor of an outage."""
    ticket = call("receptionist").open("complaint", COMPLAINT)
    token, written = give_link(desk, ticket["id"]), io.StringIO()
    with redirect_stderr(written):
        logs.configure(replace(desk.settings, environment="production"), logging.DEBUG)
        app = create_app(desk)
        browser = PlainBrowser(app.test_client())
        browser.look(f"/r/{token}")
        browser.send("/r/", said="x", csrf_token="")
        browser.look(f"/r/{token}x")
        browser.look(f"/r/{token}/nowhere")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(desk.engine, "look", lambda *_: 1 / 0)
            assert browser.look(f"/r/{token}").status_code == 500
    said = written.getvalue() + capsys.readouterr().err
    assert "/r/<token>" in said
    assert token not in said
    assert token[3:20] not in said


def test_an_erased_ticket_has_no_link(browser: PlainBrowser, desk: Desk, call: Call) -> None:
    ticket = call("receptionist").open("complaint", COMPLAINT)
    token = give_link(desk, ticket["id"])
    assert browser.look(f"/r/{token}").status_code == 200
    desk.privacy.erase(LAKE, ticket["id"], CLOCK, wallclock.now(), "asked for")
    assert browser.look(f"/r/{token}").status_code == 404
    assert desk.database.read("SELECT count(*) FROM resident_links", {})[0][0] == 0
