"""What people do in a day, with the keyboard alone: no mouse, and no address typed after the first page."""

from __future__ import annotations

import re
from datetime import date

from console_pages import ConsolePages
from keyboard_user import KeyboardUser
from page_list import EVERYONE
from playwright.sync_api import expect

from tests.e2e.running_desk import SITE, Json, RunningDesk

MANAGER = "office-director"
PHONE = "+86 138 0013 8111"  # of an example
UNIT = "2-0203"
PATIENCE = 60_000  # milliseconds: a check rehearses scenarios


def test_a_repair_is_classified_and_given_to_a_worker(console_page: ConsolePages, desk: RunningDesk) -> None:
    officer = "cs-officer"
    assert desk(officer).send("PATCH", "/api/me", {"language": "en"}).status == 200
    repair = open_repair(desk)
    page = console_page("", "en")
    user = KeyboardUser(page)
    page.goto("/sign-in")
    sign_in(user, officer, desk.password)
    find(user, repair)

    user.follow("Classify")
    user.choose("Indoor or common", "Indoor")
    user.choose("Who pays", "In warranty")
    write_date(user, "Warranty until", date(2031, 12, 30))
    user.pick("Part", "Electricity")
    user.write("Note", "Seen by phone")
    user.send("Classify")
    expect(page.locator(".head .state")).to_have_text("Classified")
    user.follow("Issue the slip")
    user.send("Issue the slip")
    user.follow("Assign a worker")
    user.pick("Repair worker", re.compile(r"open"))
    user.send("Assign a worker")
    user.follow("Tell the client the time")
    write_moment(user, "Agreed time", date(2031, 12, 29))
    user.write("Estimated repair time", "an hour")
    user.send("Tell the client the time")
    expect(page.locator(".head .state")).to_have_text("Appointment made")
    assert desk(officer).sees(repair)["data"]["warranty_end"] == "2031-12-30"

    user.reach(page.locator("#remark"), back=True)
    user.page.keyboard.type("The key is at the reception")
    user.send("Write the note")
    expect(page.locator(".story")).to_contain_text("The key is at the reception")
    user.send("Somebody called again", back=True)
    user.send("Follow", back=True)
    user.reach_button("Follow no more", back=True)

    user.unfold(page.locator(".menu summary"))
    user.send("Sign out")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_a_call_becomes_a_ticket(console_page: ConsolePages, desk: RunningDesk) -> None:
    register_resident(desk)
    page = console_page("receptionist", "en")
    user = KeyboardUser(page)
    page.goto("/desk")
    user.follow("New ticket")
    user.skip_to_content()
    user.write("Who is calling?", PHONE)
    with user.led_on():
        user.press("Enter")
    expect(page.get_by_role("heading", name=UNIT, exact=True)).to_be_visible()
    user.skip_to_content()
    user.write("What is it about?", "fault")
    expect(page.locator("#processes-told")).to_contain_text("Processes that fit")
    user.reach(page.get_by_role("link", name=re.compile(r"^Repair\b")))
    with user.led_on():
        user.press("Enter")
    user.skip_to_content()
    user.write("Reported by", "虚构·乙")
    user.write("Contact phone", PHONE)
    expect(page.locator("[name=unit]")).to_have_value(UNIT)
    user.write("Address and place", "Kitchen")
    user.write("What is wrong", "The lamp does not light")
    user.choose("Urgency", "Normal")
    user.send("Open the ticket")
    expect(page.locator(".head .state")).to_have_text("Registered")


def test_the_morning_board_is_worked_through(console_page: ConsolePages) -> None:
    page = console_page(MANAGER, "en")
    user = KeyboardUser(page)
    page.goto("/desk")
    user.follow("Board")
    ticked = sorted([tick(user), tick(user)])
    expect(page.locator("[data-ticked]")).to_have_text("2 ticked")
    user.unfold(page.locator(".acts summary"))
    user.reach(page.locator("[name=ticket]:checked").first, back=True)  # under what is unfolded now
    user.write("Note, kept", "at the morning round")
    user.send("Say “seen”")
    assert sorted(page.locator(".answers .number").all_inner_texts()) == ticked
    expect(page.locator(".answers .seen")).to_have_count(2)
    user.skip_to_content()
    user.follow("Back to the board")

    third = tick(user)
    user.unfold(page.locator(".acts summary"))
    user.pick("Give to", re.compile(r"\w"))
    user.send("Give")
    expect(page.locator(".answers .number")).to_have_text([third])
    user.skip_to_content()
    user.follow("Back to the board")


def test_the_editor_of_a_process_is_left_as_it_is_entered(console_page: ConsolePages) -> None:
    page = console_page(MANAGER, "en")
    page.set_default_timeout(PATIENCE)
    user = KeyboardUser(page)
    page.goto("/desk")
    user.follow("Processes")
    user.skip_to_content()
    user.reach(page.get_by_role("searchbox").or_(page.locator("main input[name=for]")))
    user.press("Control+A")
    page.keyboard.type("suggestion")
    with user.led_on():
        user.press("Enter")
    user.skip_to_content()
    user.follow("Suggestion")
    user.skip_to_content()
    user.follow("Change the process")
    text = page.get_by_label("Text of the process")
    user.skip_to_content()
    user.reach(text)
    line = text.input_value().split("category: closed")[0].count("\n")
    user.press("Control+Home", *["ArrowDown"] * line, "End")
    page.keyboard.type("x")
    finding = page.locator("#findings a[data-line]").first
    expect(finding).to_be_visible(timeout=PATIENCE)
    user.press("Tab")
    expect(text).not_to_be_focused()
    user.reach(finding)
    user.press("Enter")
    expect(text).to_be_focused()
    user.press("Shift+Tab")
    expect(text).not_to_be_focused()
    user.follow("Processes", back=True)


def test_an_inspection_is_answered_and_sent(console_page: ConsolePages, desk: RunningDesk) -> None:
    patrol = desk(EVERYONE).open("property-patrol", place="北区")
    page = console_page(EVERYONE, "en", size="phone")
    page.set_viewport_size({"width": 390, "height": 500})  # what a keyboard on the screen leaves of it
    user = KeyboardUser(page)
    page.goto("/desk")
    find(user, patrol)
    user.reach(page.get_by_role("link", name=re.compile("Point by point")))
    with user.led_on():
        user.press("Enter")
    expect(page.locator("[data-walked]")).to_be_visible()
    user.skip_to_content()
    for place in range(5):
        answer(user, place, "Fail" if place == 1 else "Pass")
    user.reach(page.locator("[data-end]"))
    with user.led_on():
        user.press("Enter")
    found = desk(EVERYONE).sees(patrol)["data"]["items"]
    assert [each["result"] for each in found] == ["pass", "fail", "pass", "pass", "pass"]
    assert found[1]["note"] == "The lock is loose"


def test_a_setting_is_changed(console_page: ConsolePages) -> None:
    page = console_page(EVERYONE, "en")
    user = KeyboardUser(page)
    page.goto("/desk")
    user.follow("Administration")
    user.skip_to_content()
    user.follow("Settings")
    for value in ("41", ""):  # and the default again
        user.skip_to_content()
        user.write("Days until a client's ownership lapses", value)
        user.send("Save")
        expect(page.get_by_role("status").first).to_have_text("Saved.")


def sign_in(user: KeyboardUser, account: str, password: str) -> None:
    user.write("Account", account)
    user.write("Password", password)
    with user.led_on():
        user.press("Enter")


def find(user: KeyboardUser, ticket: Json) -> None:
    """Look for the ticket by the console's own keys, and open it."""
    user.press("/")
    user.page.keyboard.type(ticket["number"])
    with user.led_on():
        user.press("Enter")
    user.skip_to_content()
    user.press("j")
    with user.led_on():
        user.press("Enter")
    expect(user.page.locator(".head .number")).to_have_text(ticket["number"])


def tick(user: KeyboardUser) -> str:
    """Go on to the next ticket that has escalated, unfold what is folded, and tick it; its number."""
    row = user.page.locator(".late-tickets > li:has(:focus):has(.level)")
    while not row.count():
        _go_on(user)
    number = row.locator(".number").inner_text()
    user.press("x")
    expect(row.locator("[name=ticket]")).to_be_checked()
    _go_on(user)
    return number


def _go_on(user: KeyboardUser) -> None:
    user.press("j")
    if user.page.locator("summary:focus").count():
        user.press("Enter")


def answer(user: KeyboardUser, place: int, result: str) -> None:
    """Answer the point that is shown, and go on to the next one."""
    point = user.page.locator("[data-point]").nth(place)
    user.choose(re.compile(re.escape(point.locator("legend").inner_text())), result)
    if result == "Fail":
        user.write("In a sentence", "The lock is loose")
    user.reach(user.page.locator("[data-onwards]"))
    user.press("Enter")
    expect(user.page.locator("[data-point]").nth(place + 1)).to_have_class(re.compile("current"))


def write_date(user: KeyboardUser, label: str, day: date) -> None:
    """Type a date into the parts that the browser has for it: month, day, year."""
    field = user.page.get_by_label(label)
    user.reach(field)
    user.page.keyboard.type(f"{day:%m%d%Y}")
    expect(field).to_have_value(f"{day}")


def write_moment(user: KeyboardUser, label: str, day: date) -> None:
    """The same, at half past nine in the morning."""
    field = user.page.get_by_label(label)
    user.reach(field)
    user.page.keyboard.type(f"{day:%m%d%Y}")
    user.press("ArrowRight")  # years may be longer
    user.page.keyboard.type("0930AM")
    expect(field).to_have_value(f"{day}T09:30")


def open_repair(desk: RunningDesk) -> Json:
    said = {
        "reporter": "虚构·丙",
        "contact": PHONE,
        "place": "Hall",
        "content": "No light",
        "urgency": "normal",
    }
    return desk("receptionist").open("repair", **said)


def register_resident(desk: RunningDesk) -> None:
    values = {"unit": UNIT, "name": "虚构·乙", "phone": PHONE}
    path = f"/api/registers/residents/entries/R-7001?site={SITE}"
    answered = desk("cs-officer").send("PUT", path, {"values": values}, If_Match='"0"')
    assert answered.status in (200, 201), answered.body
