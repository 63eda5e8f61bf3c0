"""What goes wrong on a page fails its test, also where the test looks at something else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from console_pages import ConsolePages
from playwright.sync_api import Browser, Page

from tests.e2e.running_desk import RunningDesk


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("console.error('no good')", "no good"),
        ("setTimeout(() => { throw new Error('none of ours'); })", "none of ours"),
        ("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">')", "style-src"),
        ("fetch('http://elsewhere.invalid/').catch(() => {})", "connect-src"),
        ("location.href = 'http://127.0.0.1:9/'", "another host"),
    ],
)
def test_what_goes_wrong_is_said(browser: Browser, desk: RunningDesk, script: str, said: str) -> None:
    with ConsolePages(browser, desk, {}) as pages:
        page = pages("")
        page.goto("/sign-in")
        page.evaluate(f"() => {{ {script}; }}")
        page.wait_for_timeout(300)
        wrong, pages.wrong = pages.wrong, []
    assert said in "\n".join(wrong)


def test_a_page_that_breaks_a_rule_is_named_with_the_element(
    console_page: ConsolePages, assert_accessible: Callable[[Page], None]
) -> None:
    page = console_page("")
    page.goto("/sign-in")
    page.evaluate("() => document.querySelector('label[for=account]').remove()")
    with pytest.raises(AssertionError, match=r"label: .*\n.*account"):
        assert_accessible(page)
