"""A real Chromium in front of a demonstration desk that a process of its own serves.

`CHROMIUM` names the browser, if it is elsewhere; where there is none, these tests skip. A page is watched: a
mistake of a script, something that the policy forbids, a request to another host or a failure of the server
fails the test that saw it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from accessibility import find_violations
from chromium import CHROMIUM, FLAGS
from console_pages import ConsolePages
from playwright.sync_api import Browser, Page

from tests.e2e.running_desk import RunningDesk, started, stopped


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """How pytest-playwright starts the browser."""
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}; CHROMIUM names another one")
    return browser_type_launch_args | {"executable_path": str(CHROMIUM), "args": list(FLAGS)}


@pytest.fixture(scope="session")
def desk(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    """A demonstration desk; `desk("cs-officer")` works through its API. Not made without a browser."""
    running = started(tmp_path_factory.mktemp("browser") / "data")
    yield running
    assert stopped(running) == 0, running.log.read_text()
    assert "request failed" not in running.log.read_text(), "the server made a mistake of its own"


@pytest.fixture(scope="session")
def sign_ins() -> dict[str, Any]:
    """The cookies of who has signed in already."""
    return {}


@pytest.fixture
def console_page(browser: Browser, desk: RunningDesk, sign_ins: dict[str, Any]) -> Iterator[ConsolePages]:
    """`console_page("cs-officer", "en", size="phone", scheme="dark", script=False)` is a page of a browser in
    which that person has signed in, or nobody if the account is empty; from there, `page.goto("/desk")`."""
    with ConsolePages(browser, desk, sign_ins) as pages:
        yield pages


@pytest.fixture(scope="session")
def assert_accessible() -> Callable[..., None]:
    """`assert_accessible(page)`: axe finds nothing against the page as it is shown; `colours=False` does not
    look at the contrast of colours."""

    def check(page: Page, *, colours: bool = True) -> None:
        violations = find_violations(page, colours=colours)
        assert not violations, f"{page.url}:\n{violations}"

    return check
