"""Somebody who has a keyboard and no mouse. Wherever the focus stops on the way, it must be seen, and nothing
may lie over it (WCAG 2.4.7, 2.4.11)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

Words = str | re.Pattern[str]
MOST_STOPS = 60  # presses of Tab until something is said not to be within reach
MOST_ANSWERS = 80  # of one question


@dataclass(frozen=True)
class KeyboardUser:
    """Works on the page by its keys alone; each of these fails when that cannot be done."""

    page: Page

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def write(self, label: Words, text: str) -> None:
        """Go on to the field, and type the text in place of what stands there."""
        self.reach(self.page.get_by_label(label))
        self.press("Control+A")
        self.page.keyboard.type(text)

    def choose(self, question: Words, answer: Words) -> None:
        """Go on to a question with radio buttons, and answer it."""
        group = self.page.get_by_role("group", name=question)
        wanted = group.get_by_role("radio", name=answer, exact=True)
        self.reach(group.get_by_role("radio"))
        for _ in range(MOST_ANSWERS):
            if self._stop_at(wanted):
                break
            self.press("ArrowDown")
        self.press("Space")
        expect(wanted).to_be_checked()

    def pick(self, label: Words, option: Words) -> None:
        """Go on to a list, and choose the first option below the present one that has these words."""
        pattern = re.compile(re.escape(option)) if isinstance(option, str) else option
        self.reach(self.page.get_by_role("combobox", name=label))
        for _ in range(MOST_ANSWERS):
            self.press("ArrowDown")
            if pattern.search(self.page.evaluate("document.activeElement.selectedOptions[0].text")):
                return
        raise AssertionError(f"no {option} in {label}")

    def reach_button(self, name: Words, *, back: bool = False) -> None:
        """Go on to the button, or back."""
        self.reach(self.page.get_by_role("button", name=name, exact=True), back=back)

    def reach_link(self, name: Words, *, back: bool = False) -> None:
        """Go on to the link, or back."""
        self.reach(self.page.get_by_role("link", name=name, exact=True), back=back)

    def unfold(self, summary: Locator, *, back: bool = False) -> None:
        """Go on to a summary, and unfold what is below."""
        self.reach(summary, back=back)
        self.press("Enter")

    def send(self, button: Words, *, back: bool = False) -> None:
        """Go on to the button, press it, and wait for the page that it leads to."""
        self.reach_button(button, back=back)
        with self.led_on():
            self.press("Enter")

    def follow(self, link: Words, *, back: bool = False) -> None:
        """Go on to the link, and open it."""
        self.reach_link(link, back=back)
        with self.led_on():
            self.press("Enter")

    @contextmanager
    def led_on(self) -> Iterator[None]:
        """What is pressed here leads to another page."""
        with self.page.expect_navigation():
            yield

    def skip_to_content(self) -> None:
        """By the first link of each page."""
        self.press("Tab", "Enter")
        expect(self.page.locator("main")).to_be_focused()

    def reach(self, wanted: Locator, *, back: bool = False) -> None:
        """Press Tab until one of these has the focus; of radio buttons, one of the group."""
        for _ in range(MOST_STOPS):
            if self._stop_at(wanted):
                return
            self.press("Shift+Tab" if back else "Tab")
        raise AssertionError(f"{wanted} is not within {MOST_STOPS} stops on {self.page.url}")

    def _stop_at(self, wanted: Locator) -> bool:
        """Whether one of these has the focus. What has it, is seen."""
        reached, fault = wanted.evaluate_all(_STOP)
        assert not fault, f"{self.page.url}: {fault}"
        return bool(reached)


# Whether the focus is where it is wanted; and what is wrong with where it is.
_STOP = """wanted => {
    const here = document.activeElement;
    if (here.matches('body, main')) return [wanted.includes(here), ''];
    const shown = [here, here.closest('label')].filter(Boolean);
    const isSeen = shown.some(each => getComputedStyle(each).outlineStyle !== 'none');
    const parts = [0.05, 0.5, 0.95];
    const isBare = shown.flatMap(each => [...each.getClientRects()]).some(box =>
        parts.some(x => parts.some(y => {
            const hit = document.elementFromPoint(box.left + x * box.width, box.top + y * box.height);
            return shown.some(each => each.contains(hit));
        })));
    const fault = !isSeen ? 'the focus is not seen on' : !isBare ? 'something lies over' : '';
    return [wanted.includes(here), fault && `${fault} ${here.outerHTML.slice(0, 200)}`];
}"""
