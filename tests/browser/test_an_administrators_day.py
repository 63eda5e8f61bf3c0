"""An administrator's day: who works here, what programs may, whether messages leave, what was set aside, and
whether the record is whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import pytest
from administered_desk import EVENT, PUBLIC, REFUSED, AdministeredDesk, administered
from administrators_day import AdministratorsDay, sign_in
from console_pages import ConsolePages
from playwright.sync_api import Page, expect

from service.imports.staff_columns import COLUMNS
from tests.e2e.running_desk import RunningDesk, sent

ADMINISTRATOR = "office-director"
PASSWORD = "green lanterns over the lake"
NEWCOMER = "柏·虚构"
NUMBER = re.compile(r"\d")
BROWSERS = pytest.mark.parametrize(
    ("language", "size", "script"),
    [("zh-Hans", "desktop", True), ("en", "phone", True), ("zh-Hans", "phone", False)],
    ids=["desktop", "phone", "phone without script"],
)


@pytest.fixture(scope="module")
def administered_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AdministeredDesk]:
    """A desk of its own: its clock ticks, and its people leave."""
    with administered(tmp_path_factory.mktemp("administered")) as found:
        yield found


@pytest.fixture(scope="module")
def desk(administered_desk: AdministeredDesk) -> RunningDesk:
    """What `console_page` shows pages of."""
    return administered_desk.running


@BROWSERS
def test_an_administrators_day(
    console_page: ConsolePages,
    administered_desk: AdministeredDesk,
    language: str,
    size: Literal["desktop", "phone"],
    script: bool,
) -> None:
    page = console_page("", language, size=size, script=script)
    day = AdministratorsDay(page, administered_desk, language, f"{language[:2]}{int(script)}")
    day.begin(ADMINISTRATOR)
    see_that_everything_runs(day)
    invited = bring_a_list_of_staff(day)
    somebody = get_in(day, console_page("", language, size=size, script=script), invited)
    end_their_sign_ins(day, somebody, invited)
    newcomer = add_somebody(day)
    give_another_post(day, newcomer)
    make_and_revoke_a_token(day)
    send_a_test(day)
    supplier = enter_a_supplier(day)
    number = let_something_fail(day)
    send_again_what_failed(day, newcomer, number)
    try_again_what_was_set_aside(day, supplier)
    see_that_it_is_done(day, newcomer)
    decide_otherwise(day)
    verify_the_record(day)
    sign_out_everywhere(day)


def see_that_everything_runs(day: AdministratorsDay) -> None:
    """Clock and relay are well; what is not set up says who can mend it."""
    for each in ("clock", "relay", "parked", "mail"):
        expect(day.page.locator(".checks")).to_contain_text(day.say("admin_health", f"{each}-ok"))
    missing = day.page.locator(".checks .warn", has_text=day.say("admin_health", "clients-bad"))
    expect(missing).to_contain_text("HUIFANG_CHANNELS")


def bring_a_list_of_staff(day: AdministratorsDay) -> str:
    """Somebody new and a row of mistakes; the account of the one who came in."""
    account = f"mei.{day.mark}"
    heads = ",".join(COLUMNS[name][day.language] for name in ("account", "name", "role", "mail"))
    rows = (f"{account},梅·虚构,receptionist,{account}@example.org", f"lan.{day.mark},兰·虚构,janitor,")
    day.go_to("people")
    day.page.get_by_role("link", name=day.say("admin_import", "title")).click()
    day.page.get_by_label(day.say("admin_import", "file")).set_input_files(
        {"name": "staff.csv", "mimeType": "text/csv", "buffer": "\n".join((heads, *rows)).encode()}
    )
    day.press("admin_import", "look")
    assert day.page.locator(".facts dd").all_inner_texts() == ["1", "0", "0", "1"]
    refused = day.page.get_by_role("region", name=day.say("admin_import", "refused-rows")).locator("tbody tr")
    expect(refused.locator("td").nth(0)).to_have_text("3")
    expect(refused.locator("td").nth(2)).to_have_text("janitor")
    assert day.desk.running("project-manager").get(f"/api/accounts?site=yunlan&q={account}")["items"] == []
    day.page.get_by_label(day.say("admin_import", "invite", count=1)).check()
    day.press("admin_import", "confirm")
    expect(day.page.get_by_text(day.say("admin_import", "invited", count=1))).to_be_visible()
    return account


def get_in(day: AdministratorsDay, page: Page, account: str) -> Page:
    """The page of the one who was invited: by the letter's link, with a password of their own."""
    letters = "".join(each.get_content() for each in day.desk.mailbox.to(f"{account}@example.org"))
    (link,) = re.findall(rf"{PUBLIC}(/password\S+)", letters)
    page.goto(link)
    for field in ("#password", "#again"):
        page.locator(field).fill(PASSWORD)
    page.get_by_role("button").click()
    page.get_by_role("link").click()
    sign_in(page, account, PASSWORD)
    expect(page).to_have_url(re.compile("/desk$"))
    return page


def end_their_sign_ins(day: AdministratorsDay, somebody: Page, account: str) -> None:
    """The telephone is lost; then they leave."""
    day.find_person(account)
    day.press("admin_people", "sign-out")
    day.expect_notice("admin_people", "signed-out")
    somebody.goto("/desk")
    expect(somebody.locator("#password")).to_be_visible()
    day.press("admin_people", "disable")
    day.expect_notice("admin_people", "disabled")
    expect(day.page.locator("main .tag.warn")).to_have_text(day.say("admin_people", "is-disabled"))
    sign_in(somebody, account, PASSWORD)
    expect(somebody.get_by_role("alert")).to_be_visible()


def add_somebody(day: AdministratorsDay) -> str:
    """Under a name that is taken, and then under another; with an address that nobody has."""
    account = f"bo.{day.mark}"
    day.go_to("people")
    day.page.get_by_role("link", name=day.say("admin_people", "new")).click()
    day.page.locator("#name").fill(NEWCOMER)
    day.page.locator("#account").fill("receptionist")
    day.page.locator("#mail").fill(f"{REFUSED}{account}@example.org")
    day.page.locator("[name='role.0']").select_option("cs-officer")
    day.press("admin_people", "add")
    expect(day.page.locator("#account-wrong")).to_be_visible()
    day.page.locator("#account").fill(account)
    day.press("admin_people", "add")
    day.expect_notice("admin_people", "added")
    day.press("admin_people", "show-link")
    expect(day.page.locator(".secret")).to_contain_text(PUBLIC)
    return account


def give_another_post(day: AdministratorsDay, account: str) -> None:
    day.find_person(account)
    day.page.locator("[name='role.1']").select_option("receptionist")
    day.press("admin_people", "save-posts")
    day.expect_notice("admin_people", "posts-saved")
    day.go_to("people")
    day.page.get_by_role("link", name=day.say("admin", "history")).click()
    while (following := day.page.locator(".paging [rel=next]")).count():
        following.click()
    given = day.page.locator("tbody tr", has_text=account)
    expect(given.last).to_contain_text(day.say("admin_people", "grant-change"))


def make_and_revoke_a_token(day: AdministratorsDay) -> None:
    day.go_to("tokens")
    name = f"gate {day.mark}"
    day.page.get_by_label(day.say("admin_tokens", "name"), exact=True).fill(name)
    day.page.get_by_label(day.say("admin_tokens", "days"), exact=True).fill("30")
    day.page.get_by_label(day.say("admin_tokens", "password"), exact=True).fill(day.desk.running.password)
    day.press("admin_tokens", "make")
    heads = {"Authorization": f"Bearer {day.page.locator('.secret').inner_text()}"}
    assert sent(day.desk.running.port, "GET", "/api/me", None, heads).status == 200
    day.page.locator(".list li", has_text=name).get_by_role("button").click()
    day.expect_notice("admin_tokens", "revoked")
    assert sent(day.desk.running.port, "GET", "/api/me", None, heads).status == 401


def send_a_test(day: AdministratorsDay) -> None:
    """To an address that is refused, and to the right one."""
    right = f"director.{day.mark}@example.org"
    for address in (f"{REFUSED}{right}", right):
        day.page.goto("/me")
        day.page.get_by_label(day.say("own_settings", "mail")).fill(address)
        day.press("own_settings", "save")
        day.expect_notice("own_settings", "saved")
        day.go_to("channels")
        day.page.locator("form[action='/admin/channels/test'] button").click()
        if address.startswith(REFUSED):
            expect(day.page.get_by_role("alert")).to_contain_text("550")
    expect(day.page.get_by_role("status").first).to_contain_text("mail")
    subjects = [each["Subject"] for each in day.desk.mailbox.to(right)]
    assert subjects.count(day.say("admin_channels", "subject")) == 1


def enter_a_supplier(day: AdministratorsDay) -> str:
    """Without the contract, which a round needs; the address of the entry."""
    day.go_to("registers")
    day.page.locator("a[href*='/registers/suppliers']").click()
    day.page.get_by_role("link", name=day.say("registers", "new")).click()
    day.press("registers", "write")
    expect(day.page.locator("#field-supplier-wrong")).to_be_visible()
    day.page.locator("[name=supplier]").fill(f"虚构绿化 {day.mark}")
    day.press("registers", "write")
    day.expect_notice("registers", "written")
    return day.page.url


def let_something_fail(day: AdministratorsDay) -> str:
    """Somebody with a wrong address is to be told of a complaint, and a round cannot be opened; the number
    of the complaint."""
    complaint = day.desk.running("receptionist").open(
        "complaint", complainant="虚构·甲", contact="+86 138 0013 8000", content="灯不亮", channel="phone"
    )
    body = {"event": EVENT, "data": {"ended": "2026-03-03T07:00:00+08:00"}}
    assert day.desk.running("cs-officer").send("POST", "/api/events", body).status == 201
    day.wait_until(lambda: all(day.find_unwell(each).count() for each in ("dead", "parked")))
    return str(complaint["number"])


def send_again_what_failed(day: AdministratorsDay, account: str, number: str) -> None:
    """A letter was refused for good: its address is mended."""
    day.find_unwell("dead").get_by_role("link").click()
    failed = day.page.locator(".list li", has_text=number)
    expect(failed).to_contain_text("550")
    failed.get_by_role("link", name=NEWCOMER).click()
    day.page.locator("#mail").fill(f"{account}@example.org")
    day.press("admin", "save")
    day.expect_notice("admin_people", "saved")
    day.go_to("messages")
    failed.get_by_role("button").click()
    day.expect_notice("admin_messages", "requeued")
    expect(failed).to_have_count(0)


def try_again_what_was_set_aside(day: AdministratorsDay, supplier: str) -> None:
    """A round could not be opened for want of a contract in the register: it is entered."""
    day.find_unwell("parked").get_by_role("link").click()
    expect(day.page.locator(".list li", has_text=f"虚构绿化 {day.mark}")).to_be_visible()
    day.page.goto(supplier)
    day.page.locator("details summary", has_text=day.say("registers", "change")).click()
    day.page.locator("[name=contract]").fill(f"HT-{day.mark}")
    day.press("registers", "write")
    expect(day.page.locator(".story li")).to_have_count(2)
    day.go_to("parked")
    day.press("admin_parked", "retry")
    day.expect_notice("admin_parked", "retried")
    expect(day.nothing).to_have_text(day.say("admin_parked", "empty"))


def see_that_it_is_done(day: AdministratorsDay, account: str) -> None:
    """The letter has come, and the round is there."""
    everyone, rounds = day.desk.running("everyone"), "/api/tickets?workflow=supplier-liaison"
    day.wait_until(lambda: day.desk.mailbox.to(f"{account}@example.org"))
    day.wait_until(lambda: f"HT-{day.mark}" in {each["title"] for each in everyone.get(rounds)["items"]})
    day.go_to("messages")
    day.page.get_by_role("link", name=day.say("admin_messages", "sent"), exact=True).click()
    expect(day.page.locator(".list li", has_text=NEWCOMER).last).to_be_visible()
    day.page.goto("/admin")
    see_that_everything_runs(day)


def decide_otherwise(day: AdministratorsDay) -> None:
    """A setting that cannot be, one that can, and who changed it."""
    day.go_to("settings")
    days = day.page.locator("#ownership_days")
    days.fill("400")
    day.press("admin", "save")
    expect(day.page.locator("#ownership_days-wrong")).to_be_visible()
    days.fill("45")
    day.page.locator("#move_in_variant").select_option("b")
    day.press("admin", "save")
    day.expect_notice("admin", "saved")
    expect(days).to_have_value("45")
    day.page.get_by_role("link", name=day.say("admin", "history")).click()
    for after in ("45", "B"):
        expect(day.page.locator("tbody tr td:last-child", has_text=after).last).to_be_visible()
    day.go_to("settings")
    days.fill("")
    day.page.locator("#move_in_variant").select_option("")
    day.press("admin", "save")
    day.expect_notice("admin", "saved")


def verify_the_record(day: AdministratorsDay) -> None:
    day.go_to("audit")
    day.press("admin_audit", "run")
    whole = day.say("admin_audit", "whole", entries="#").partition("#")[0]
    expect(day.page.locator(".notice.good")).to_contain_text(whole)
    expect(day.page.locator(".notice.good")).to_contain_text(NUMBER)


def sign_out_everywhere(day: AdministratorsDay) -> None:
    """Programs are out as well."""
    director = day.desk.running.sign_in(ADMINISTRATOR)
    day.page.locator(".menu summary").click()
    day.page.locator(".menu").get_by_role("link", name=day.say("layout", "settings")).click()
    day.press("own_settings", "everywhere")
    expect(day.page.locator("#password")).to_be_visible()
    day.page.goto("/admin")
    expect(day.page.locator("#password")).to_be_visible()
    assert director.send("GET", "/api/me").status == 401
