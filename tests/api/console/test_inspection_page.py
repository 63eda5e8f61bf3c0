"""An inspection is answered point by point by a plain form, and goes through the same door as every step."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from api_desk import Call
from attachment_samples import picture
from plain_browser import PlainBrowser

from workflows.storage.statement_count import executed

Enter = Callable[..., PlainBrowser]
ACCEPTANCE = {
    "unit": "3-1201",
    "owner_name": "李敏",
    "owner_phone": "13800000001",
    "department": "maintenance",
}


@pytest.fixture
def patrol(call: Call) -> dict[str, Any]:
    """A patrol of the estate that is due."""
    return call("property-warden").open("property-patrol", {"place": "北区"})


@pytest.fixture
def acceptance(call: Call) -> dict[str, Any]:
    """The acceptance of a house whose meters have been read."""
    leader = call("repair-team-leader")
    opened = leader.open("house-acceptance", ACCEPTANCE)
    meters = {"water_meter": 1, "electricity_meter": 2, "meters_confirmed": True}
    return dict(leader.fire(opened, "read-meters", meters).json)


def path_of(ticket: dict[str, Any], checklist: str = "items") -> str:
    return f"/tickets/{ticket['number']}/inspection/{checklist}"


def now(call: Call, ticket: dict[str, Any]) -> dict[str, Any]:
    """The ticket as it stands."""
    return dict(call("cs-supervisor").get(f"/api/tickets/{ticket['id']}").json)


def points(browser: PlainBrowser) -> list[str]:
    """The names of the points on the page."""
    return list(dict.fromkeys(re.findall(r'type="radio" name="(\w+\.\d+)\.result"', browser.page.text)))


def results(browser: PlainBrowser, *failed: int) -> dict[str, str]:
    """Each point passes but for the failed ones, each with its sentence."""
    found = {}
    for place, name in enumerate(points(browser)):
        found[f"{name}.result"] = "fail" if place in failed else "pass"
        if place in failed:
            found[f"{name}.note"] = f"第{place}项渗水"
    return found


def test_the_ticket_offers_a_guided_inspection_of_its_checklist(enter: Enter, patrol: dict[str, Any]) -> None:
    browser = enter("property-warden")
    page = browser.look(f"/tickets/{patrol['number']}")
    (link,) = re.findall(rf'href="({path_of(patrol)}[^"]*)"', page.text)
    assert browser.look(link).status_code == 200
    assert len(points(browser)) == 5
    assert "capture=" in browser.page.text


def test_a_ticket_whose_step_has_no_checklist_offers_none(enter: Enter, acceptance: dict[str, Any]) -> None:
    """Who may not take the step is offered none either."""
    page = enter("cs-supervisor").look(f"/tickets/{acceptance['number']}")
    assert "/inspection/" not in page.text


def test_a_patrol_passes_point_by_point(enter: Enter, call: Call, patrol: dict[str, Any]) -> None:
    browser = enter("property-warden", "zh-Hans")
    browser.look(path_of(patrol))
    done = browser.send(path_of(patrol), **results(browser))
    assert done.status_code == 303, done.text
    assert done.headers["Location"].startswith(f"/tickets/{patrol['number']}")
    ticket = now(call, patrol)
    assert (ticket["state"], {each["result"] for each in ticket["data"]["items"]}) == ("checked", {"pass"})
    assert 'role="status"' in browser.follow().text


def test_each_answer_is_kept_with_its_sentence_and_its_photo(
    enter: Enter, call: Call, patrol: dict[str, Any]
) -> None:
    browser = enter("property-warden")
    browser.look(path_of(patrol))
    values: dict[str, Any] = results(browser, 1)
    values |= {"items.4.result": "not-applicable", "items.4.note": "没有施工"}
    values["items.1.photo.files"] = (BytesIO(picture()), "wall.jpg")
    assert browser.send(path_of(patrol), **values).status_code == 303
    rows = now(call, patrol)["data"]["items"]
    assert rows[1]["note"] == "第1项渗水"
    assert (rows[4]["result"], rows[4]["note"]) == ("not-applicable", "没有施工")
    photo = call("property-warden").get(f"/api/tickets/{patrol['id']}/attachments/{rows[1]['photo']}")
    assert (photo.status_code, photo.mimetype) == (200, "image/jpeg")


def test_what_is_refused_keeps_every_answer_and_the_photo(
    enter: Enter, call: Call, patrol: dict[str, Any]
) -> None:
    """A failed point without its sentence: the reason is the process's own."""
    browser = enter("property-warden")
    browser.look(path_of(patrol))
    values: dict[str, Any] = results(browser)
    values |= {"items.2.result": "fail", "items.0.note": "干净"}
    values["items.2.photo.files"] = (BytesIO(picture()), "gate.jpg")
    refused = browser.send(path_of(patrol), **values)
    assert refused.status_code == 409
    assert "不合格的项目须逐项填写备注" in refused.text
    form = browser.form(path_of(patrol)).values
    assert (form["items.2.result"], form["items.0.note"]) == (["fail"], ["干净"])
    assert browser.send(path_of(patrol), **{"items.2.note": "滑梯松动"}).status_code == 303
    assert now(call, patrol)["data"]["items"][2]["photo"] == form["items.2.photo"][0]


def test_a_point_that_was_left_out_is_asked_for(enter: Enter, patrol: dict[str, Any]) -> None:
    browser = enter("property-warden")
    browser.look(path_of(patrol))
    values = results(browser)
    del values["items.3.result"]
    refused = browser.send(path_of(patrol), **values)
    assert refused.status_code in (409, 422)
    assert 'role="alert"' in refused.text


def test_one_walk_may_end_in_either_step(enter: Enter, call: Call, acceptance: dict[str, Any]) -> None:
    """Nobody has to know before the walk whether everything will pass."""
    browser = enter("repair-worker")
    page = browser.look(path_of(acceptance))
    ends = re.findall(r'formaction="([^"]+)"', page.text)
    assert [each.split("?")[0].rsplit("/", 1)[1] for each in ends] == ["pass-all", "record-defects"]
    refused = browser.send(path_of(acceptance), **results(browser, 3))
    assert refused.status_code == 409
    values = browser.form(path_of(acceptance)).values
    done = browser.client.post(ends[1].replace("&amp;", "&"), data=values)
    assert done.status_code == 303, done.text
    assert now(call, acceptance)["state"] == "defects-recorded"


def test_failed_points_become_repairs_as_the_process_says(
    enter: Enter, call: Call, acceptance: dict[str, Any]
) -> None:
    """Two defects, a slip for each; and at the re-inspection the page tells what had failed."""
    browser = enter("repair-worker")
    page = browser.look(path_of(acceptance))
    record = re.findall(r'formaction="([^"]+record-defects[^"]*)"', page.text)[0].replace("&amp;", "&")
    values: dict[str, Any] = {**browser.form(path_of(acceptance)).values, **results(browser, 0, 3)}
    values["items.3.photo.files"] = (BytesIO(picture()), "wall.jpg")
    assert browser.client.post(record, data=values).status_code == 303
    officer = call("cs-officer")
    slips = officer.fire(now(call, acceptance), "issue-slips", {"rework_by": "maintenance"})
    assert slips.status_code == 201
    repairs = officer.get(f"/api/tickets?parent={acceptance['id']}").json["items"]
    assert {each["workflow"] for each in repairs} == {"repair"}
    assert len(repairs) == 2
    shown = [officer.get(f"/api/tickets/{each['id']}").json["data"].get("photos") for each in repairs]
    (photo,) = next(each for each in shown if each)
    (slip,) = (each for each, photos in zip(repairs, shown, strict=True) if photos)
    assert officer.get(f"/api/tickets/{slip['id']}/attachments/{photo}").mimetype == "image/jpeg"
    again = browser.look(path_of(acceptance, "reinspection"))
    assert again.text.count("第3项渗水") == 1
    assert "formaction" not in again.text  # the rework is not done yet


def test_what_failed_on_a_patrol_stands_in_the_report_of_its_findings(
    enter: Enter, call: Call, patrol: dict[str, Any]
) -> None:
    """As repairs, with place, sentence and photo: nobody types them again."""
    browser = enter("property-warden")
    browser.look(path_of(patrol))
    photo = (BytesIO(picture()), "wall.jpg")
    assert (
        browser.send(path_of(patrol), **results(browser, 1), **{"items.1.photo.files": photo}).status_code
        == 303
    )
    path = f"/tickets/{patrol['number']}"
    browser.look(f"{path}?step=report")
    form = browser.form(f"{path}/steps/report").values
    shown = [form[f"findings.0.{name}"] for name in ("place", "finding", "handling")]
    assert shown == [["北区"], ["第1项渗水"], ["repair"]]
    done = browser.send(f"{path}/steps/report", reporter="巡查员乙", contact="13800000062")
    assert done.status_code == 303, done.text
    officer = call("cs-officer")
    (repair,) = officer.get(f"/api/tickets?parent={patrol['id']}").json["items"]
    data = officer.get(f"/api/tickets/{repair['id']}").json["data"]
    assert (data["content"], len(data["photos"])) == ("第1项渗水", 1)


def test_an_inspection_that_is_sent_twice_is_recorded_once(
    enter: Enter, call: Call, patrol: dict[str, Any]
) -> None:
    """As a telephone does that never heard the first answer."""
    browser = enter("property-warden")
    browser.look(path_of(patrol))
    form = browser.form(path_of(patrol))
    values: dict[str, Any] = {**form.values, **results(browser)}
    answers = []
    for _ in range(2):
        sent = {**values, "items.0.photo.files": (BytesIO(picture()), "wall.jpg")}
        answers.append(browser.client.post(form.action, data=sent))
    assert [each.status_code for each in answers] == [303, 303]
    assert len({each.headers["Location"] for each in answers}) == 1
    assert now(call, patrol)["seq"] == 2
    assert len(call("property-warden").get(f"/api/tickets/{patrol['id']}/attachments").json["items"]) == 1


def test_a_late_return_shows_what_others_have_answered(
    enter: Enter, call: Call, patrol: dict[str, Any]
) -> None:
    """The ticket has moved meanwhile: nothing is overwritten, and nothing that was typed is lost."""
    late = enter("property-warden")
    late.look(path_of(patrol))
    mine = results(late, 2)
    items = [
        {
            "item": item,
            "result": "fail" if item == "grounds" else "pass",
            "note": "积水" if item == "grounds" else None,
        }
        for item in ("building-body", "houses", "public-facilities", "grounds", "renovation-works")
    ]
    other = call("property-warden-2").fire(patrol, "check", {"items": items})
    assert other.status_code == 201, other.text
    stale = late.send(path_of(patrol), **mine)
    assert stale.status_code == 412
    assert "积水" in stale.text
    assert "第2项渗水" in stale.text
    assert "员工 property-warden-2" in stale.text
    assert "formaction" not in stale.text
    assert now(call, patrol)["seq"] == 2
    assert late.form(path_of(patrol)).values["items.2.result"] == ["fail"]


def test_a_note_of_a_colleague_is_shown_and_then_it_is_sent_again(
    enter: Enter, call: Call, patrol: dict[str, Any]
) -> None:
    browser = enter("property-warden")
    browser.look(path_of(patrol))
    noted = call("cs-supervisor").post(
        f"/api/tickets/{patrol['id']}/notes", {"text": "请注意西门"}, If_Match=f'"{patrol["seq"]}"'
    )
    assert noted.status_code == 201
    stale = browser.send(path_of(patrol), **results(browser))
    assert (stale.status_code, "请注意西门" in stale.text) == (412, True)
    assert browser.send(path_of(patrol)).status_code == 303
    assert now(call, patrol)["state"] == "checked"


def test_what_cannot_be_inspected_is_not_found(enter: Enter, patrol: dict[str, Any]) -> None:
    browser = enter("property-warden")
    for name in ("findings", "place", "nonsense"):
        assert browser.look(path_of(patrol, name)).status_code == 404
    assert browser.look("/tickets/NONE-1/inspection/items").status_code == 404


def test_who_may_not_take_the_step_is_refused_by_the_engine(enter: Enter, patrol: dict[str, Any]) -> None:
    supervisor = enter("cs-supervisor")
    page = supervisor.look(path_of(patrol))
    assert (page.status_code, "formaction" in page.text) == (200, False)
    values = {**supervisor.form(path_of(patrol)).values, "items.0.result": "pass"}
    refused = supervisor.client.post(f"{path_of(patrol)}/check", data=values)
    assert refused.status_code == 403


def test_the_list_has_what_is_to_be_inspected_and_leads_there(
    enter: Enter, call: Call, patrol: dict[str, Any]
) -> None:
    call("receptionist")
    browser = enter("property-warden")
    page = browser.look("/inspections")
    assert page.status_code == 200
    assert path_of(patrol) in page.text
    assert "/inspections" in browser.look("/desk").text


def test_the_list_of_somebody_without_inspections_says_so(enter: Enter, patrol: dict[str, Any]) -> None:
    page = enter("cs-supervisor").look("/inspections")  # who may only cancel it
    assert patrol["number"] not in page.text
    assert "现在没有轮到您检查的工单" in page.text


def test_who_has_not_signed_in_sees_no_inspection(browser: PlainBrowser, patrol: dict[str, Any]) -> None:
    for path in ("/inspections", path_of(patrol)):
        assert browser.look(path).status_code == 303


def test_both_pages_cost_few_statements(enter: Enter, call: Call, patrol: dict[str, Any]) -> None:
    warden = call("property-warden")
    for place in ("东区", "南区", "西区"):
        warden.open("property-patrol", {"place": place})
    browser = enter("property-warden")
    for path in ("/inspections", path_of(patrol)):
        browser.look(path)
        before = executed.total
        browser.look(path)
        assert executed.total - before <= 12, path


def test_the_page_can_be_kept_and_signing_out_clears_what_was_kept(enter: Enter) -> None:
    browser = enter("property-warden")
    worker = browser.look("/inspections/worker.js")
    assert (worker.mimetype, worker.headers["Service-Worker-Allowed"]) == ("text/javascript", "/")
    assert worker.headers["Cache-Control"] == "no-store"  # so that a newer one is taken at once
    browser.look("/inspections")
    assert browser.send("/sign-out").headers["Clear-Site-Data"] == '"storage"'
