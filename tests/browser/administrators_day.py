"""The page that an administrator works on through the day, and the ways that lead there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from administered_desk import AdministeredDesk
from playwright.sync_api import Locator, Page, expect

from service.texts.console_texts import page_text

LOOKS, BETWEEN = 200, 300  # times; milliseconds


def sign_in(page: Page, account: str, password: str) -> None:
    """Fill in and send the form of the page."""
    page.locator("#account").fill(account)
    page.locator("#password").fill(password)
    page.locator("main button.main").click()


@dataclass(frozen=True)
class AdministratorsDay:
    """The page that the administrator works on; `mark` is in the names of this day's people and things."""

    page: Page
    desk: AdministeredDesk
    language: str
    mark: str

    def say(self, page: str, key: str, **facts: object) -> str:
        """A text of the console in the administrator's language."""
        return page_text(self.language, page, key, facts)

    def begin(self, account: str) -> None:
        """Sign in at the page that was asked for, and choose the language."""
        self.page.goto("/admin")
        sign_in(self.page, account, self.desk.running.password)
        expect(self.page.locator(".checks")).to_be_visible()
        self.page.locator("#language").select_option(self.language)
        self.page.locator("form", has=self.page.locator("#language")).get_by_role("button").click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text(self.say("admin", "health"))

    def go_to(self, part: str) -> None:
        """A part of the administration, by the links at its side."""
        if not self.page.locator(".parts").count():
            self.page.goto("/admin")
        title = self.say("registers", "title") if part == "registers" else self.say("admin", part)
        self.page.locator(".parts").get_by_role("link", name=title, exact=True).click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text(title)

    def press(self, page: str, key: str, **facts: object) -> None:
        """The button with this text."""
        self.page.get_by_role("button", name=self.say(page, key, **facts), exact=True).click()

    def expect_notice(self, page: str, key: str, **facts: object) -> None:
        """The page says that something was done."""
        expect(self.page.get_by_role("status").first).to_have_text(self.say(page, key, **facts))

    def wait_until(self, seen: Callable[[], object]) -> None:
        """Look again and again: the clock works by itself."""
        for _ in range(LOOKS):
            if seen():
                return
            self.page.wait_for_timeout(BETWEEN)
        raise AssertionError("it was never seen")

    def find_unwell(self, check: str) -> Locator:
        """What the first page says of one thing that is not well, however many there are of it."""
        self.page.goto("/admin")
        said = max(self.say("admin_health", f"{check}-bad", count="#").split("#"), key=len)
        return self.page.locator(".checks .warn", has_text=said)

    @property
    def nothing(self) -> Locator:
        """What a list says that has nothing."""
        return self.page.locator(".nothing")

    def find_person(self, account: str) -> None:
        """Somebody's page, by the search."""
        self.go_to("people")
        self.page.locator("#find").fill(account)
        self.page.locator(".find button").click()
        self.page.locator(".list li", has_text=account).get_by_role("link").click()
        expect(self.page.get_by_role("heading", name=self.say("admin_people", "posts"))).to_be_visible()
