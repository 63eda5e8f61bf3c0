"""Pictures of the main pages: `make screenshots`, for maintainers.

They come from a demonstration desk that is made for them, in two languages, light and dark, into
docs/pictures/; with names behind the command (`desk ticket`) only those.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, NamedTuple

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.browser.chromium import CHROMIUM, FLAGS
from tests.browser.console_pages import ConsolePages
from tests.e2e.running_desk import ROOT, RunningDesk, command, served, stopped

FOLDER = ROOT / "docs" / "pictures"
LANGUAGES = ("zh-Hans", "en")
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PATIENCE = 900  # seconds for the month of the demonstration
QUALITY = 82


class Picture(NamedTuple):
    """A page to be shown. `{repair}` in its path is the number of the repair that has come furthest."""

    name: str
    account: str
    path: str
    size: Literal["desktop", "phone"] = "desktop"
    about: str = ""  # what is typed on it


PICTURES = (
    Picture("sign-in", "", "/sign-in", "phone"),
    Picture("desk", "cs-officer", "/desk"),
    Picture("desk-phone", "dept-head.environment", "/desk", "phone"),
    Picture("new-ticket", "receptionist", "/new", about="投诉"),
    Picture("form", "receptionist", "/new/complaint", "phone"),
    Picture("ticket", "everyone", "/tickets/{reception-day-case}"),
    Picture("ticket-phone", "everyone", "/tickets/{reception-day-case}", "phone"),
    Picture("step", "everyone", "/tickets/{complaint}?step=determine-nature"),
    Picture("board", "everyone", "/board"),
    Picture("inspection", "everyone", "/tickets/{daily-building-inspection}/inspection/items", "phone"),
    Picture("processes", "everyone", "/processes"),
    Picture("process", "everyone", "/processes/complaint"),
    Picture("reports", "everyone", "/reports"),
    Picture("rounds", "everyone", "/rounds"),
    Picture("admin", "everyone", "/admin"),
    Picture("calendars", "everyone", "/calendars"),
    Picture("editor", "everyone", "/processes/complaint/edit"),
)


def main() -> None:
    """Make the pictures that are named, or all."""
    wished = [picture for picture in PICTURES if picture.name in (sys.argv[1:] or [picture.name])]
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        desk = make_desk(Path(folder) / "data")
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        try:
            with ConsolePages(browser, desk, {}) as pages:
                for name, image in take(pages, desk, wished):
                    (FOLDER / f"{name}.webp").write_bytes(image)
                    print(f"{name}.webp: {len(image) // 1000} kB")
        finally:
            browser.close()
            stopped(desk)


def make_desk(folder: Path) -> RunningDesk:
    """A desk with a month of tickets."""
    made = command(folder, "demo", patience=PATIENCE)
    assert made.returncode == 0, made.stderr
    return served(folder, "server.log")


def take(pages: ConsolePages, desk: RunningDesk, pictures: list[Picture]) -> Iterator[tuple[str, bytes]]:
    """Each picture with its name: `desk.en.dark`."""
    for picture, language in product(pictures, LANGUAGES):
        page = pages(picture.account, language, size=picture.size)
        page.goto(fill_path(desk, picture.path))
        if picture.about:
            page.locator("#for").fill(picture.about)
            with page.expect_navigation():
                page.locator("#for").press("Enter")
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            yield f"{picture.name}.{language}.{scheme}", shoot(page)


def fill_path(desk: RunningDesk, path: str) -> str:
    """The path with the numbers of tickets in place of their processes."""
    return re.sub(r"\{([\w-]+)\}", lambda found: find_number(desk, found[1]), path)


def find_number(desk: RunningDesk, workflow: str) -> str:
    """The number of the open ticket of the process that has come furthest; of any, if none is open."""
    found = desk("everyone").get(f"/api/tickets?workflow={workflow}&limit=200")["items"]
    return str(max(found, key=lambda each: (each["category"] == "open", each["seq"]))["number"])


def shoot(page: Page) -> bytes:
    """What the window shows, small enough to be committed."""
    written = BytesIO()
    Image.open(BytesIO(page.screenshot())).convert("RGB").save(written, "WEBP", quality=QUALITY, method=6)
    return written.getvalue()


if __name__ == "__main__":
    main()
