"""A page that keeps up by itself (refresh.js) takes nothing from the one that somebody opens."""

from __future__ import annotations

from collections.abc import Callable

from plain_browser import PlainBrowser


def test_a_notice_waits_for_the_page_that_somebody_opens(enter: Callable[..., PlainBrowser]) -> None:
    browser = enter("cs-officer")
    browser.look("/me")
    browser.send("/me/addresses", mail="officer@example.org")
    assert browser.page.status_code == 303
    assert "notice good" not in browser.look("/desk", **{"Huifang-Refresh": "1"}).text
    assert "notice good" in browser.look("/desk").text
    assert "notice good" not in browser.look("/desk").text


def test_a_page_knows_which_form_led_to_it_once_it_is_taken(enter: Callable[..., PlainBrowser]) -> None:
    """Then what was typed need not be kept any longer (drafts.js)."""
    browser = enter("receptionist")
    browser.look("/new/complaint")
    (key,) = browser.form("/new/complaint").values["idempotency_key"]
    assert browser.send("/new/complaint").status_code == 422
    assert f'data-taken="{key}"' not in browser.look("/new/complaint").text
    (key,) = browser.form("/new/complaint").values["idempotency_key"]
    said = {"complainant": "虚构·甲", "contact": "13800000001", "content": "灯不亮", "channel": "phone"}
    assert browser.send("/new/complaint", **said).status_code == 303
    assert f'data-taken="{key}"' in browser.follow().text
    assert f'data-taken="{key}"' not in browser.look("/desk").text
