"""The picture of a process leads to the tickets that stand in each state, and so does the table beside it."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

from api_desk import COMPLAINT, Call
from plain_browser import FormParser, PlainBrowser
from small_process import small_process

from service import wallclock
from service.bootstrap import Desk
from workflows.storage.statement_count import executed

Enter = Callable[..., PlainBrowser]
HIDDEN = "visible: {to: [office-director]}\n"  # and for who opened or has it


def links(browser: PlainBrowser, pattern: str) -> list[tuple[str, str]]:
    """(address, accessible name) of the links of the page's main part whose tag is as the pattern says."""
    page = browser.page.text.partition("<main")[2]
    found = re.findall(rf'<a [^>]*href="(/desk[^"]*)" aria-label="([^"]*)">{pattern}', page)
    return [(unescape(address), unescape(name)) for address, name in found]


def boxes(browser: PlainBrowser) -> list[tuple[str, str]]:
    """The links of the picture."""
    return links(browser, "<title>")


def filter_form(browser: PlainBrowser) -> dict[str, list[str]]:
    """What the filter of the desk would send as it stands."""
    forms = FormParser(browser.page.text).forms
    return next(each.values for each in forms if each.action == "/desk" and "workflow" in each.values)


def test_a_box_leads_to_its_tickets_and_says_how_many_there_are(enter: Enter, call: Call, desk: Desk) -> None:
    first, second = (call("receptionist").open("complaint", COMPLAINT) for _ in range(2))
    form = {"nature": "valid", "subject": "cleaning", "severity": "low"}
    assert call("cs-officer").fire(second, "determine-nature", form).status_code == 201
    with desk.database.transaction() as session:
        session.run("UPDATE tickets SET due_at = 1000 WHERE state = 'registered'", {})
    browser = enter("cs-officer", "en")
    browser.look("/processes/complaint")
    path = "/desk?workflow=complaint&state={}&which=open"
    assert boxes(browser) == [
        (path.format("registered"), "已登记：未结 1，▲ 超时 1"),
        (path.format("classified"), "已定性：未结 1"),
    ], "and no box that is empty"
    listed = browser.look(path.format("registered")).text
    assert (first["number"] in listed, second["number"] in listed) == (True, False)


def test_the_table_says_the_same_without_a_picture(enter: Enter, call: Call, desk: Desk) -> None:
    late = call("receptionist").open("complaint", COMPLAINT)
    with desk.database.transaction() as session:
        session.run("UPDATE tickets SET due_at = 1000 WHERE workflow = 'complaint'", {})
    call("receptionist").open("complaint", COMPLAINT)
    browser = enter("cs-officer")
    browser.look("/processes/complaint")
    ((address, name),) = links(browser, "2</a>")
    assert (address, "2" in name) == ("/desk?workflow=complaint&state=registered&which=open", True)
    ((address, _),) = links(browser, '<span aria-hidden="true">')
    assert address == "/desk?workflow=complaint&state=registered&which=overdue"
    assert re.findall(r'href="/tickets/([^"/?#]+)"', browser.look(address).text) == [late["number"]]


def test_only_what_the_reader_may_see_is_counted_and_led_to(enter: Enter, call: Call, desk: Desk) -> None:
    text = small_process("secret").replace("start:", f"{HIDDEN}start:")
    desk.definitions.publish_text(text, "secret.yaml", wallclock.now(), "tests")
    assert call("receptionist").open("secret", {"what": "x"})
    reader, director = enter("dept-head"), enter("office-director")
    for browser, seen in ((reader, 0), (director, 1)):
        browser.look("/processes/secret")
        assert (len(boxes(browser)), len(links(browser, "1</a>"))) == (seen, seen)


def test_a_link_lies_over_the_box_of_its_state(enter: Enter, call: Call) -> None:
    """The title of the state is written within it, and what the page shows of the picture is all of it."""
    call("receptionist").open("complaint", COMPLAINT)
    browser = enter("cs-officer")
    main = browser.look("/processes/complaint").text.partition("<main")[2]
    number = r'"(-?[\d.]+)"'
    shown = re.search(r'<svg viewBox="([^"]+)"', main)
    laid = re.search(rf"<rect x={number} y={number} width={number} height={number}", main)
    picture = browser.look("/processes/complaint/diagram.svg").text
    drawn = re.search(r'<svg [^>]*viewBox="([^"]+)"', picture)
    written = re.search(rf"<text x={number} y={number}[^>]*>已登记</text>", picture)
    assert shown is not None
    assert laid is not None
    assert drawn is not None
    assert written is not None
    x, y, width, height = map(float, laid.groups())
    at_x, at_y = map(float, written.groups())
    assert x < at_x < x + width
    assert y < at_y < y + height
    assert [float(each) for each in shown[1].split()] == [float(each) for each in drawn[1].split()]


def test_a_process_with_many_tickets_costs_as_few_statements(enter: Enter, call: Call) -> None:
    browser, spent = enter("cs-officer"), []
    for _ in range(2):
        for _ in range(3):
            call("receptionist").open("complaint", COMPLAINT)
        browser.look("/processes/complaint")
        before = executed.total
        browser.look("/processes/complaint")
        spent.append(executed.total - before)
    assert spent[0] == spent[1] <= 12


def test_a_filter_by_state_says_so_and_offers_the_states_of_its_process(enter: Enter, call: Call) -> None:
    opened = call("receptionist").open("complaint", COMPLAINT)
    browser = enter("cs-officer")
    page = browser.look("/desk?which=open&workflow=complaint&state=registered").text
    assert "<h1>投诉 · 已登记</h1>" in page
    assert opened["number"] in page
    assert filter_form(browser)["state"] == ["registered"]
    assert opened["number"] not in browser.look("/desk?which=open&workflow=complaint&state=closed").text
    browser.look("/desk?which=open")
    assert "state" not in filter_form(browser), "of which process?"


def test_a_state_that_only_an_earlier_version_has_stays_chosen(enter: Enter) -> None:
    browser = enter("cs-officer")
    page = browser.look("/desk?which=open&workflow=complaint&state=%3Cb%3Egone").text
    assert filter_form(browser)["state"] == ["<b>gone"]
    assert "<b>gone" not in page
