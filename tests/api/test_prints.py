"""Tickets on paper: what is on it, for whom, and that it can be found again."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
import segno
from api_desk import LAKE, Call, Caller, codes
from print_samples import REPAIR, Seen

from service import wallclock
from service.bootstrap import Desk
from service.prints.code_picture import draw_code
from workflows.timing.instants import rfc3339

DAY = 86_400


@pytest.fixture
def slip(call: Call) -> dict[str, Any]:
    """A repair whose slip has been issued."""
    officer = call("cs-officer")
    ticket = call("receptionist").open("repair", REPAIR)
    for trigger, form in (
        ("classify", {"scope": "common", "charge": "common", "part": "water-supply"}),
        ("issue-slip", {}),
    ):
        answer = officer.fire(officer.get(f"/api/tickets/{ticket['id']}").json, trigger, form)
        assert answer.status_code == 201, answer.text
    return dict(answer.json)


def readings(call: Call, ticket: dict[str, Any]) -> list[Any]:
    """Who has read the personal fields."""
    return list(call("cs-officer").get(f"/api/tickets/{ticket['id']}/readings").json["items"])


def test_a_paper_is_a_page_for_printing(call: Call, slip: dict[str, Any]) -> None:
    """In the reader's language, A5, without script, and it fetches nothing."""
    answer = call("receptionist", "zh-Hans").get(f"/api/tickets/{slip['number']}/print/slip")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert answer.headers["Content-Language"] == "zh-Hans"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    seen = Seen(answer.text)
    assert "script" not in seen.tags
    assert "link" not in seen.tags
    assert seen.outside == []
    assert "url(" not in answer.text
    assert "@page { size: A5;" in answer.text
    for word in (
        "维修工作单",
        "报修人",
        "李未名",
        "13800000001",
        "给水",
        "紧急",
        "维修人员签字",
        slip["number"],
    ):
        assert word in seen.words, word
    assert REPAIR["content"] in seen.words  # as it was written, and nothing of it is a tag
    assert "svg" in seen.tags
    assert '<html lang="zh-Hans">' in answer.text


def test_personal_fields_are_masked_for_those_who_may_not_read_them(call: Call, slip: dict[str, Any]) -> None:
    """And only a reading that took place is recorded."""
    masked = call("gate-guard", "es").get(f"/api/tickets/{slip['id']}/print/slip")
    assert "李*" in masked.text
    assert "138****0001" in masked.text
    assert "Parte de trabajo" in masked.text
    assert "李未名" not in masked.text
    assert "13800000001" not in masked.text
    assert readings(call, slip) == []
    call("receptionist").get(f"/api/tickets/{slip['id']}/print/slip")
    [reading] = readings(call, slip)
    assert (reading["staff"], reading["fields"]) == ("id-receptionist", ["contact", "reporter"])


def test_a_paper_is_given_out_when_the_ticket_is_ready(call: Call) -> None:
    """409 before, and the list of papers says so."""
    ticket = call("receptionist").open("repair", REPAIR)
    path = f"/api/tickets/{ticket['id']}"
    refused = call("receptionist").get(f"{path}/print/slip")
    assert (refused.status_code, codes(refused)) == (409, ["paper-unready"])
    listed = call("receptionist", "zh-Hant").get(f"{path}/prints").json["items"]
    assert listed == [{"name": "slip", "title": "維修工作單", "size": "a5", "ready": False}]
    assert readings(call, ticket) == []


def test_a_paper_that_there_is_not_is_not_found(call: Call, slip: dict[str, Any]) -> None:
    """With what was probably meant; and a ticket of others neither."""
    missing = call("receptionist").get(f"/api/tickets/{slip['id']}/print/slpi")
    assert (missing.status_code, codes(missing)) == (404, ["unknown-paper"])
    assert "did you mean 'slip'" in missing.text
    assert call("elsewhere").get(f"/api/tickets/{slip['id']}/print/slip").status_code == 404
    assert call("elsewhere").get(f"/api/tickets/{slip['id']}/prints").status_code == 404


def walked(caller: Caller, ticket: dict[str, Any], *steps: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """The ticket after these steps of one person."""
    for trigger, form in steps:
        answer = caller.fire(caller.get(f"/api/tickets/{ticket['id']}").json, trigger, form)
        assert answer.status_code == 201, answer.text
    return dict(caller.get(f"/api/tickets/{ticket['id']}").json)


@pytest.fixture
def renovation(call: Call) -> dict[str, Any]:
    """A renovation with its permit, and two workers."""
    first, last = (rfc3339(wallclock.now() + days * DAY)[:10] for days in (9, 29))
    works = {"owner_name": "李未名", "contact": "13800000001", "unit": "3-1201", "works": "厨卫翻新"}
    ticket = call("receptionist").open("renovation", {**works, "starts_on": first, "ends_on": last})
    workers = [
        {"name": "工人甲", "id_number": "110101199003070011", "valid": True},
        {"name": "工人乙", "id_number": "110101199003070038", "valid": True},
    ]
    checked = {
        "documents": ["application", "drawings", "qualification", "licence", "worker-ids"],
        "contractor": "恒美装饰",
        "contractor_phone": "13800000041",
        "workers": workers,
        "qualified": True,
    }
    approval = {"handed_over": ["agreement", "notice", "deposit"], "deposit": "2000.00", "receipt": "SJ-1"}
    ticket = walked(call("cs-officer"), ticket, ("check-documents", checked))
    ticket = walked(call("cs-supervisor"), ticket, ("approve", approval))
    passes = [{**each, "pass_number": f"LS-{place}"} for place, each in enumerate(workers)]
    permit = {"permit_number": "XK-1", "permit_date": rfc3339(wallclock.now())[:10], "workers": passes}
    return walked(call("cs-officer"), ticket, ("issue-permit", permit))


def test_each_worker_has_a_pass(call: Call, renovation: dict[str, Any]) -> None:
    """One sheet a row; what is personal in the rows is masked or recorded like the rest."""
    path = f"/api/tickets/{renovation['id']}/print/worker-pass"
    whole = call("cs-officer", "zh-Hans").get(path).text
    assert whole.count('<section class="sheet">') == 2
    assert "工人甲" in whole
    assert "110101199003070038" in whole
    assert "LS-1" in whole
    masked = call("cleaner", "zh-Hans").get(path).text
    assert masked.count('<section class="sheet">') == 2
    for secret in ("工人甲", "110101199003070038", "LS-1"):
        assert secret not in masked, secret
    assert [each["fields"] for each in readings(call, renovation)] == [["workers"]]
    assert "许可证" in call("cs-officer", "zh-Hans").get(path.replace("worker-pass", "permit")).text


@pytest.fixture
def acceptance(call: Call) -> dict[str, Any]:
    """A house whose inspection has begun."""
    return call("repair-team-leader").open(
        "house-acceptance",
        {"unit": "3-1201", "owner_name": "李未名", "owner_phone": "13800000001", "department": "maintenance"},
    )


def test_a_form_that_is_not_filled_in_has_room_to_write(call: Call, acceptance: dict[str, Any]) -> None:
    """Empty cells, boxes to tick where the answer is one of a few, three lines where sentences go."""
    text = call("cs-officer", "en").get(f"/api/tickets/{acceptance['id']}/print/acceptance-form").text
    assert "@page { size: A4;" in text
    assert "Maintenance and domestic services" in text
    assert "☐ Yes  ☐ No" in text
    case = {"visitor": "李未名", "contact": "13800000001", "matter": "电梯停运"}
    ticket = call("cs-officer").open(
        "reception-day-case", {**case, "session_at": rfc3339(wallclock.now() + DAY)}
    )
    text = call("cs-officer", "en").get(f"/api/tickets/{ticket['id']}/print/reception-form").text
    assert '<th scope="row">Decision</th><td colspan="3" class="room"></td>' in text
    assert "☐" not in text  # six departments are too many to tick


def test_checklists_of_the_same_items_stand_beside_one_another(
    call: Call, acceptance: dict[str, Any]
) -> None:
    """Inspection, re-inspection and re-acceptance of each item are one row, as on the paper register."""
    path = f"/api/tickets/{acceptance['id']}/print/acceptance-form"
    text = call("cs-officer", "en").get(path).text
    assert text.count("Gas</td><td></td><td></td><td></td><td></td><td></td><td></td>") == 1
    read = {"water_meter": 3, "electricity_meter": 12, "meters_confirmed": True}
    items = ["doors-windows", "walls-ceilings", "floors", "waterproofing", "water-supply"]
    items += ["drainage", "electricity", "gas", "fittings", "other"]
    found = [{"item": each, "result": "pass"} for each in items[:-1]]
    found.append({"item": "other", "result": "fail", "note": "门锁松动"})
    ticket = walked(
        call("repair-worker"), acceptance, ("read-meters", read), ("record-defects", {"items": found})
    )
    walked(call("cs-officer"), ticket, ("issue-slips", {"rework_by": "maintenance"}))
    text = call("cs-officer", "en").get(path).text
    assert '<td class="short">Gas</td><td class="short">Pass</td><td></td><td></td>' in text
    words = Seen(text).words
    start = words.index("Other", words.index("Item"))
    assert words[start : start + 3] == ["Other", "Fail", "门锁松动"]
    assert "BX-" in words[words.index("Repair") + 5]  # and the defect stands there with its slip


def drawn(said: str) -> str:
    """The square code for `said`, as it stands in a page."""
    return str(segno.make_qr(said, error="m").svg_inline(border=0, omitsize=True))


def test_a_desk_without_an_address_has_the_number_in_the_code(call: Call, slip: dict[str, Any]) -> None:
    """Under which the API finds the ticket."""
    number = slip["number"]
    page = call("receptionist").get(f"/api/tickets/{slip['id']}/print/slip").text
    assert drawn(number) in page
    assert call("receptionist").get(f"/api/tickets/{number}").json["id"] == slip["id"]


def test_the_code_on_a_paper_leads_to_the_ticket(call: Call, desk: Desk, slip: dict[str, Any]) -> None:
    """From the code to the page of the desk, from there to the API, and with a token to the ticket."""
    number = slip["number"]
    other = call("elsewhere").open("repair", REPAIR)
    assert other["number"] == number  # numbers are a site's own
    object.__setattr__(desk.settings.channels, "base_url", "https://desk.example/")
    page = call("receptionist").get(f"/api/tickets/{slip['id']}/print/slip").text
    link = f"https://desk.example/?ticket={number}&site={LAKE}"
    assert drawn(link) in page
    landing = call("receptionist").client.get(
        link.removeprefix("https://desk.example"), base_url="https://desk.example"
    )
    asked = re.search(r"&quot;https://desk\.example(/api/tickets/\S+)&quot;", landing.text)
    assert asked is not None, landing.text
    path = unescape(asked[1])
    found = call("both").get(path)
    assert (found.status_code, found.json["id"]) == (200, slip["id"])
    assert codes(call("both").get(f"/api/tickets/{number}")) == ["ambiguous-number"]
    assert call("elsewhere").get(path).status_code == 404
    assert call("both").client.get(path).status_code == 401


def test_the_picture_of_a_code_has_its_dark_squares() -> None:
    text = "https://desk.example/r/abcdefgh"
    size, path = draw_code(text)
    drawn = [[0] * size for _ in range(size)]
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", path):
        drawn[int(y)][int(x) : int(x) + int(width)] = [1] * int(width)
    assert drawn == [list(row) for row in segno.make_qr(text, error="m").matrix_iter(border=0)]
