"""A resident reports by the code of a unit, with a photo, without an account and without script."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from api_desk import Call
from PIL import Image
from plain_browser import PlainBrowser
from resident_office import REPORT, UNIT, give_code

from service.bootstrap import Desk
from workflows.storage.statement_count import executed


def photo() -> tuple[BytesIO, str]:
    """A picture as a telephone takes one."""
    written = BytesIO()
    Image.new("RGB", (64, 48), "teal").save(written, "JPEG")
    written.seek(0)
    return written, "photo.jpg"


def repairs(call: Call) -> list[dict[str, Any]]:
    """All repairs there are."""
    return list(call("cs-officer").get("/api/tickets?workflow=repair").json["items"])


def test_a_report_opens_a_ticket_of_the_unit_and_leads_to_its_page(
    browser: PlainBrowser, desk: Desk, call: Call
) -> None:
    token = give_code(desk)
    page = browser.look(f"/r/{token}/report/repair")
    assert page.status_code == 200, page.text
    assert UNIT in page.text
    assert "unit" not in browser.form("/r/").names, "the code says it"
    done = browser.send(f"/r/{token}/report/repair", **REPORT, **{"photos.files": photo()})
    assert done.status_code == 303, done.text
    (ticket,) = repairs(call)
    seen = call("cs-officer").get(f"/api/tickets/{ticket['id']}").json
    assert (seen["data"]["unit"], len(seen["data"]["photos"])) == (UNIT, 1)
    (first,) = call("cs-officer").get(f"/api/tickets/{ticket['id']}/history").json["items"]
    assert (first["surface"], first["actor"]["name"]) == ("resident", "guest")
    assert token not in done.headers["Location"]
    followed = browser.follow()
    assert ticket["number"] in followed.text
    assert not any(value in followed.text for value in (REPORT["reporter"], REPORT["contact"]))


def test_a_form_sent_twice_opens_one_ticket_and_leads_to_the_same_page(
    browser: PlainBrowser, desk: Desk, call: Call
) -> None:
    browser.look(f"/r/{give_code(desk)}/report/repair")
    form = browser.form("/r/")
    values = {**form.values, **REPORT}
    one, other = (browser.client.post(form.action, data=values) for _ in range(2))
    assert one.status_code == 303, one.text
    assert one.headers["Location"] == other.headers["Location"]
    assert len(repairs(call)) == 1
    token = one.headers["Location"].removeprefix("/r/")
    kept = str(desk.database.read("SELECT answer FROM idempotency_keys", {}))
    assert token not in kept, "a secret is stored nowhere"


def test_what_is_missing_is_said_and_the_rest_kept(browser: PlainBrowser, desk: Desk, call: Call) -> None:
    token = give_code(desk)
    browser.look(f"/r/{token}/report/repair")
    refused = browser.send("/r/", content="水槽下方滴水", contact="x")
    assert refused.status_code == 422
    assert 'id="field-contact-wrong"' in refused.text
    assert browser.form("/r/").values["content"] == ["水槽下方滴水"]
    assert repairs(call) == []


def test_a_file_that_is_not_what_it_says_is_refused(browser: PlainBrowser, desk: Desk, call: Call) -> None:
    browser.look(f"/r/{give_code(desk)}/report/repair")
    page = browser.send("/r/", **REPORT, **{"photos.files": (BytesIO(b"%PDF-1.4\n"), "photo.jpg")})
    assert page.status_code == 422
    assert repairs(call) == []
    assert desk.database.read("SELECT count(*) FROM attachments", {})[0][0] == 0


def test_a_likely_duplicate_is_opened_and_names_no_other_ticket(
    browser: PlainBrowser, desk: Desk, call: Call
) -> None:
    first = call("receptionist").open("repair", {**REPORT, "unit": UNIT})
    browser.look(f"/r/{give_code(desk)}/report/repair")
    assert browser.send("/r/", **REPORT).status_code == 303
    assert first["number"] not in browser.follow().text
    assert len(repairs(call)) == 2


def test_only_what_the_definitions_open_to_residents_can_be_reported(
    browser: PlainBrowser, desk: Desk, call: Call
) -> None:
    token = give_code(desk)
    for workflow in ("suggestion", "nonsense"):
        assert browser.look(f"/r/{token}/report/{workflow}").status_code == 404
    browser.look(f"/r/{token}/report/repair")
    form = browser.form("/r/")
    sent = browser.client.post(f"/r/{token}/report/suggestion", data={**form.values, **REPORT})
    assert sent.status_code == 404
    assert call("cs-director").get("/api/tickets?workflow=suggestion").json["items"] == []


def test_what_residents_may_open_is_found_without_building_all(desk: Desk) -> None:
    """Else the first resident after a restart would wait for every process of the company."""
    for role in ("guest", "receptionist"):
        found = [each.name for each in desk.definitions.open_to(role)]
        assert found == [each.name for each in desk.definitions.in_force() if role in each.start.roles]


def test_a_code_answers_the_same_whether_there_is_such_a_unit_or_not(
    browser: PlainBrowser, desk: Desk, call: Call
) -> None:
    entered = {"values": {"building": "6"}}
    entry = f"/api/registers/units/entries/{UNIT}"
    assert call("cs-officer").send("PUT", entry, entered, If_Match='"0"').status_code == 200
    pages = []
    for unit in (UNIT, "9-9999"):
        browser.look(f"/r/{give_code(desk, unit)}/report/repair")
        pages.append((browser.page.status_code, browser.send("/r/", **REPORT).status_code))
    assert pages == [(200, 303)] * 2
    known, unknown = sorted(repairs(call), key=lambda each: str(each["number"]))
    units = [
        call("cs-officer").get(f"/api/tickets/{each['id']}").json["data"].get("unit")
        for each in (known, unknown)
    ]
    assert units == [UNIT, None]
    (first,) = call("cs-officer").get(f"/api/tickets/{unknown['id']}/history").json["items"]
    assert first["note"] == "9-9999", "where it hangs"


def test_the_page_is_small_and_costs_few_statements(browser: PlainBrowser, desk: Desk) -> None:
    """All that a cheap telephone loads: the page and its style sheet; no script."""
    token = give_code(desk)
    for path in ("", "/report/repair", "/report/complaint"):
        browser.look(f"/r/{token}{path}")
        before = executed.total
        page = browser.look(f"/r/{token}{path}")
        assert executed.total - before <= 12
        style = page.text.split('rel="stylesheet" href="')[1].split('"')[0]
        assert "<script" not in page.text
        assert len(page.data) + len(browser.client.get(style).data) < 30_000
