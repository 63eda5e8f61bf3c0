"""Registers: listed, searched, changed by whoever may; personal columns masked until asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from api_desk import HILL, LAKE, Call
from plain_browser import PlainBrowser

from workflows.storage.statement_count import executed

Enter = Callable[..., PlainBrowser]
UNITS = "/registers/units"
ENTRY = f"{UNITS}/entries/3-1201"
OWNER = {"owner": "王秘密", "owner_phone": "13800000001", "owner_id_number": "11010519491231002X"}
VALUES = {"area": 90, "status": "vacant", "building": "3", **OWNER}


@pytest.fixture
def unit(call: Call) -> None:
    """A flat in the register."""
    path = "/api/registers/units/entries/3-1201"
    answer = call("cs-officer").send("PUT", path, {"values": VALUES}, If_Match='"0"')
    assert answer.status_code == 200, answer.text


def values(call: Call) -> dict[str, Any]:
    """The entry as the API has it."""
    return dict(call("cs-officer").get("/api/registers/units/entries/3-1201").json["values"])


def test_registers_are_listed_and_an_empty_one_says_so(enter: Enter) -> None:
    browser = enter("gate-guard")
    assert "房屋台账" in browser.look("/registers").text
    page = browser.look(UNITS)
    assert 'class="nothing"' in page.text
    assert "/new?" not in page.text
    assert browser.look("/registers/nonsense").status_code == 404
    assert browser.look(f"{UNITS}?site={HILL}").status_code == 404


def test_entries_are_found_and_masked(enter: Enter, unit: None) -> None:
    browser = enter("cs-officer")
    for path in (UNITS, ENTRY):
        assert_masked(browser.look(path).text)
    for words in ("3-1201", "王秘密"):
        assert_masked(browser.search(UNITS, q=words).text)
    assert "138****0001" not in browser.search(UNITS, q="zzzz").text
    assert "138****0001" not in enter("gate-guard").search(UNITS, q="13800000001").text
    assert browser.look(f"{UNITS}?cursor=é").status_code == 422


def assert_masked(page: str) -> None:
    assert "138****0001" in page
    assert "13800000001" not in page


def test_personal_columns_are_shown_to_who_may_and_the_reading_is_recorded(
    enter: Enter, call: Call, unit: None
) -> None:
    readings = "/api/registers/units/readings/3-1201"
    browser = enter("cs-officer")
    browser.look(ENTRY)
    assert call("cs-officer").get(readings).json["items"] == []
    shown = browser.send(f"{UNITS}/personal/3-1201")
    assert "13800000001" in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    recorded = call("cs-officer").get(readings).json["items"]
    assert [each["staff"] for each in recorded] == ["id-cs-officer"]
    guard = enter("gate-guard")
    assert f"{UNITS}/personal" not in guard.look(ENTRY).text
    token = guard.form("/language").values["csrf_token"][0]
    refused = guard.client.post(f"{UNITS}/personal/3-1201", data={"csrf_token": token})
    assert refused.status_code == 403


def test_an_entry_is_changed_and_what_is_personal_stays(enter: Enter, call: Call, unit: None) -> None:
    browser = enter("cs-officer")
    browser.look(ENTRY)
    assert browser.send(ENTRY, area="95", building="").status_code == 303
    changed = values(call)
    assert str(changed["area"]) == "95"
    assert changed.get("building") is None
    assert changed["owner_phone"] == "138****0001"


def test_what_does_not_fit_is_refused_beside_its_field(enter: Enter, call: Call, unit: None) -> None:
    browser = enter("cs-officer")
    browser.look(ENTRY)
    refused = browser.send(ENTRY, area="wide")
    assert refused.status_code == 422
    assert 'id="field-area-wrong"' in refused.text
    assert "建筑面积（平方米）：" in refused.text
    assert browser.form(ENTRY).values["area"] == ["wide"]
    assert str(values(call)["area"]) == "90"


def test_what_somebody_else_has_changed_is_not_overwritten(enter: Enter, call: Call, unit: None) -> None:
    one, other = enter("cs-officer"), enter("cs-supervisor")
    one.look(ENTRY)
    other.look(ENTRY)
    assert other.send(ENTRY, area="100").status_code == 303
    refused = one.send(ENTRY, area="95")
    assert refused.status_code == 412
    assert str(values(call)["area"]) == "100"


def test_a_new_entry_is_written_once_and_struck(enter: Enter, unit: None) -> None:
    browser, new = enter("cs-officer"), f"{UNITS}/new"
    browser.look(new)
    assert browser.send(new, unit="3-1202", area="80").status_code == 303
    assert "3-1202" in browser.follow().text
    browser.look(new)
    assert browser.send(new, unit="3-1202", area="81").status_code == 412
    browser.look(new)
    assert browser.send(new, unit="", area="81").status_code == 422
    browser.look(f"{UNITS}/entries/3-1202")
    assert browser.send(f"{UNITS}/strike/3-1202").status_code == 303
    assert "3-1202" not in browser.look(UNITS).text
    assert "3-1202" in browser.look(f"{UNITS}?struck=1").text
    assert "已于" in browser.look(f"{UNITS}/entries/3-1202").text


def test_who_may_not_write_has_no_form_and_is_refused(enter: Enter, unit: None) -> None:
    browser = enter("receptionist")
    assert f'action="{ENTRY}' not in browser.look(ENTRY).text
    token = browser.form("/language").values["csrf_token"][0]
    for path in (ENTRY, f"{UNITS}/strike/3-1201"):
        assert browser.client.post(path, data={"csrf_token": token, "seen": "1"}).status_code == 403, path
    new = browser.client.post(f"{UNITS}/new", data={"csrf_token": token, "seen": "0", "unit": "3-9"})
    assert new.status_code == 403


def test_the_pages_cost_few_statements(enter: Enter, unit: None) -> None:
    browser = enter("cs-officer")
    found = browser.search(UNITS, q="3-1201").request.full_path
    for path in ("/registers", UNITS, found, ENTRY, f"{UNITS}/new"):
        assert browser.look(f"{path}{'&' if '?' in path else '?'}site={LAKE}").status_code == 200
        browser.look(path)
        before = executed.total
        browser.look(path)
        assert executed.total - before <= 12, path
