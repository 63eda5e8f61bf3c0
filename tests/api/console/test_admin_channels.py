"""Which channels there are, and a test of them to oneself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from api_desk import Call
from plain_browser import PlainBrowser

from service.channels.letter import Letter, Undeliverable
from service.channels.post import Post
from service.channels.receipt import Receipt
from workflows.storage.statement_count import executed

Enter = Callable[..., PlainBrowser]
PATH = "/admin/channels"
ADDRESS = "director@example.org"


def test_what_is_not_set_up_says_what_to_do(enter: Enter) -> None:
    page = enter("office-director").look(PATH).text
    assert "没有设置邮件服务器" in page
    assert "您自己没有地址" in page


def test_a_test_goes_to_ones_own_address(enter: Enter, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    letters: list[Letter] = []

    def send(_: Post, letter: Letter) -> Receipt:
        letters.append(letter)
        return Receipt("mail")

    monkeypatch.setattr(Post, "send", send)
    call("office-director").send("PATCH", "/api/me", {"mail": ADDRESS})
    browser = enter("office-director")
    assert ADDRESS not in browser.look(PATH).text
    assert browser.send(f"{PATH}/test", to="somebody@example.org").status_code == 303
    assert [each.address for each in letters] == [ADDRESS]
    assert ADDRESS not in browser.follow().text


def test_why_a_test_did_not_leave_is_said(enter: Enter, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Post, letter: Letter) -> Receipt:
        raise Undeliverable("the server is away", channel=True)

    monkeypatch.setattr(Post, "send", refuse)
    call("office-director").send("PATCH", "/api/me", {"mail": ADDRESS})
    browser = enter("office-director")
    browser.look(PATH)
    failed = browser.send(f"{PATH}/test")
    assert failed.status_code == 409
    assert "the server is away" in failed.text
    assert browser.send(f"{PATH}/test", kind="url").status_code == 422


def test_the_page_costs_few_statements(enter: Enter) -> None:
    browser = enter("office-director")
    browser.look(PATH)
    before = executed.total
    browser.look(PATH)
    assert executed.total - before <= 12
