"""A manager's day: what is late, a report, a process that changes, a day off, and who takes turns."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

import pytest
from console_pages import ConsolePages
from playwright.sync_api import Locator, Page, expect

from service.texts.console_texts import page_text
from tests.e2e.running_desk import SITE, RunningDesk

MANAGER = "project-manager"  # of all sites: what is published concerns them all
LEADER = "sales-manager"  # of who takes turns
PROCESS = "suggestion"
PATIENCE = 60_000  # milliseconds: a check rehearses scenarios
LENGTH = re.compile(r"(?<=told: \{type: text, max: )\d+")  # of an answer; no scenario depends on it
Say = Callable[..., str]

SCRIPTS = pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
SIZES = pytest.mark.parametrize(("language", "size"), [("zh-Hans", "desktop"), ("en", "phone")])


def words(language: str) -> Say:
    """The texts of the console's pages: `say("board", "assign")`."""
    return lambda page, key, **facts: page_text(language, page, key, facts)


@SIZES
@SCRIPTS
def test_a_managers_day(
    console_page: ConsolePages,
    desk: RunningDesk,
    language: str,
    size: Literal["desktop", "phone"],
    script: bool,
) -> None:
    say = words(language)
    page = console_page(MANAGER, language, size=size, script=script)
    page.set_default_timeout(PATIENCE)
    page.goto("/desk")
    acknowledge_what_is_late(page, say)
    give_several_to_somebody(page, say)
    read_a_report(page, say)
    change_a_process(page, say, desk)
    move_what_is_open(page, say)
    ask_what_a_closed_day_would_move(page, say)
    look_at_the_rounds(page, say)
    change_own_address(page, say)


def go_to(page: Page, say: Say, part: str) -> None:
    """A part of the console, by the bar."""
    page.get_by_role("navigation", name=say("layout", "navigation")).get_by_role(
        "link", name=say("layout", part), exact=True
    ).click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def unfold(page: Page, having: str) -> Locator:
    """The process of the board with most tickets of a kind, and their lines shown."""
    processes = page.locator(".process", has=page.locator(having))
    counts = [each.locator("input[name=ticket]").count() for each in processes.all()]
    chosen = processes.nth(counts.index(max(counts)))
    if chosen.get_attribute("open") is None:
        chosen.locator("> summary").click()
    return chosen


def acknowledge_what_is_late(page: Page, say: Say) -> None:
    go_to(page, say, "board")
    escalated = page.locator(".level")
    line = unfold(page, ".late-tickets .level").locator(".late-tickets > li", has=escalated).first
    expect(line.locator(".due")).to_be_visible()
    expect(line.locator(".level")).to_have_text(re.compile(r"\d"))
    line.locator("[name=ticket]").check()
    page.locator(".acts > details > summary").click()
    page.get_by_role("button", name=say("board", "acknowledge")).click()
    expect(page.locator(".answers li")).to_have_count(1)
    expect(page.locator(".answers .seen")).to_have_count(1)
    page.get_by_role("link", name=say("board", "back")).click()
    expect(page.locator(".late-tickets .seen").first).to_be_attached()


def give_several_to_somebody(page: Page, say: Say) -> None:
    lines = unfold(page, ".lateness").locator(".late-tickets > li")
    numbers = [lines.nth(place).locator(".number").inner_text() for place in range(2)]
    for place in range(2):
        lines.nth(place).locator("[name=ticket]").check()
    page.locator(".acts > details > summary").click()
    page.get_by_label(say("board", "assignee")).select_option(index=1)
    page.get_by_label(say("board", "note")).fill("morning")
    page.get_by_role("button", name=say("board", "assign"), exact=True).click()
    answers = page.locator(".answers li")
    expect(answers).to_have_count(2)
    assert sorted(answers.locator(".number").all_inner_texts()) == sorted(numbers)
    page.get_by_role("link", name=say("board", "back")).click()


def read_a_report(page: Page, say: Say) -> None:
    go_to(page, say, "reports")
    page.locator(".choices a[href*=overdue-by-department]").click()
    page.get_by_label(say("reports", "period")).select_option("year")
    page.get_by_role("button", name=say("reports", "show")).click()
    expect(page.locator("table.report tbody tr").first).to_be_visible()
    expect(page.locator("table.report svg .now").first).to_be_attached()
    with page.expect_download() as taken:
        page.get_by_role("link", name="CSV").click()
    assert taken.value.path().stat().st_size > 100


def change_a_process(page: Page, say: Say, desk: RunningDesk) -> None:
    desk("receptionist").open(PROCESS, source="phone", about="service", opinion="…")
    go_to(page, say, "processes")
    page.locator(f'.processes a[href="/processes/{PROCESS}"]').click()
    expect(page.get_by_role("heading", name=say("processes", "states"))).to_be_visible()
    expect(page.locator(".process-picture image")).to_be_visible()
    page.get_by_role("link", name=say("processes", "edit")).click()
    text = page.get_by_label(say("process_editor", "text"))
    right = text.input_value()
    text.fill(right.replace("escalation: standard", "escalation: standrad", 1))
    page.get_by_role("button", name=say("process_editor", "check")).click()
    line = right[: right.index("escalation: standard")].count("\n") + 1
    found = page.locator("#findings .margin li").first
    expect(found.locator("a")).to_have_text(say("process_editor", "line", line=line))
    expect(found).to_contain_text("standrad")
    text.fill(LENGTH.sub(lambda found: str(int(found[0]) + 1), right))
    page.get_by_role("button", name=say("process_editor", "check")).click()
    expect(page.locator("#findings .margin li")).to_have_count(0)
    expect(page.get_by_role("heading", name=say("processes", "otherwise"))).to_be_visible()
    page.get_by_label(say("process_editor", "reason")).fill("a clearer name")
    page.get_by_role("button", name=say("process_editor", "publish")).click()
    expect(page.get_by_role("status").first).to_have_text(say("process_editor", "published"))
    page.get_by_role("button", name=say("processes", "compare")).click()
    expect(page.locator(".sheet li").first).to_be_visible()


def move_what_is_open(page: Page, say: Say) -> None:
    page.goto(f"/processes/{PROCESS}")
    page.locator(f'a[href="/processes/{PROCESS}/migrations"]').click()
    page.get_by_role("button", name=say("process_migrations", "try")).click()
    expect(page.locator("table tbody tr").first).to_be_visible()
    page.get_by_role("button", name=say("process_migrations", "run")).click()
    expect(page.get_by_role("status").first).to_have_text(say("process_migrations", "run-done"))
    page.get_by_role("button", name=say("process_migrations", "undo")).click()
    expect(page.get_by_role("status").first).to_have_text(say("process_migrations", "undo-done"))


def ask_what_a_closed_day_would_move(page: Page, say: Say) -> None:
    go_to(page, say, "calendars")
    page.get_by_label(say("calendars", "site")).select_option(SITE)
    page.get_by_role("button", name=say("calendars", "show")).click()
    page.get_by_label(say("calendars", "day")).fill("2027-03-03")
    page.get_by_role("button", name=say("calendars", "preview")).click()
    expect(page.locator("#what-if [role=status]")).to_contain_text(re.compile(r"\d"))
    expect(page.get_by_role("heading", name="· 2027")).to_be_visible()


def look_at_the_rounds(page: Page, say: Say) -> None:
    go_to(page, say, "rounds")
    page.locator(".tabs a").last.click()
    expect(page.locator("tbody tr").first).to_be_visible()


def change_own_address(page: Page, say: Say) -> None:
    page.locator(".menu summary").click()
    page.locator(".menu").get_by_role("link", name=say("layout", "settings")).click()
    page.get_by_label(say("own_settings", "mail")).fill("manager@example.org")
    page.get_by_role("button", name=say("own_settings", "save")).click()
    expect(page.get_by_role("status").first).to_be_visible()
    page.locator("[name=remove-mail]").check()
    page.get_by_role("button", name=say("own_settings", "save")).click()
    expect(page.locator("[name=remove-mail]")).to_have_count(0)


@pytest.mark.parametrize(
    ("language", "size", "script", "roster"),
    [
        ("zh-Hans", "desktop", False, "consultants"),
        ("en", "phone", True, "salespeople"),
    ],
)
def test_who_takes_turns_signs_in_leaves_and_comes_back(
    console_page: ConsolePages,
    language: str,
    size: Literal["desktop", "phone"],
    script: bool,
    roster: str,
) -> None:
    say = words(language)
    page = console_page(LEADER, language, size=size, script=script)
    page.goto("/rounds")
    page.get_by_role("link", name=say("rosters", "title")).click()
    page.locator(f'.choices a[href$="/{roster}"]').click()
    people = page.locator("#person option")
    assert people.count() == 2
    for place in range(2):
        report(page, say, "sign-in", place)
    expect(page.locator(".book tbody tr")).to_have_count(2)
    page.get_by_label(say("rosters", "substitute")).select_option(index=1)
    report(page, say, "leave", 1)
    expect(page.locator(".book tbody")).to_contain_text(say("rosters", "official-presence"))
    report(page, say, "return", 1)
    expect(page.locator(".book tbody")).not_to_contain_text(say("rosters", "official-presence"))
    report(page, say, "grant", 0)
    expect(page.locator(".story li").first).to_contain_text(say("rosters", "grant-mark"))


def report(page: Page, say: Say, mark: str, place: int) -> None:
    page.locator("#person").select_option(index=place)
    page.get_by_label(say("rosters", f"{mark}-mark"), exact=True).check()
    page.get_by_role("button", name=say("rosters", "report-it")).click()
    expect(page.get_by_role("status").first).to_have_text(say("rosters", "reported"))
