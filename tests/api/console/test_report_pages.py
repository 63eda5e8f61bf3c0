"""The pages of reports: who sees which, figures as the API has them, periods beside earlier ones, files, and
what is owed."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from api_desk import COMPLAINT, HILL, LAKE, Call, caller, open_for_tests
from flask import Flask
from plain_browser import PlainBrowser

from service import wallclock
from service.api.http.ids import new_id
from service.application import create_app
from service.bootstrap import Desk
from workflows.core.commands import CLOCK, Open
from workflows.language.load import Folder
from workflows.storage.database import Database
from workflows.storage.statement_count import executed
from workflows.timing.instants import parse_rfc3339

Enter = Callable[..., PlainBrowser]
MOST_STATEMENTS = 12  # of the page, however many tickets there are
REPAIR = {
    "reporter": "李某",
    "contact": "13800000001",
    "place": "3-1201",
    "content": "漏水",
    "urgency": "urgent",
}


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """`on("2026-03-05")`: it is noon of that day in Shanghai."""

    def move(day: str) -> None:
        monkeypatch.setattr(wallclock, "now", lambda: parse_rfc3339(f"{day}T12:00:00+08:00"))

    return move


def rows(browser: PlainBrowser) -> dict[str, list[str]]:
    """The names and numbers of the table of the page, without differences."""
    found = {}
    for row in re.findall(r"<tr>(.*?)</tr>", browser.page.text, re.S):
        names = re.findall(r'<th scope="row"[^>]*>(.*?)</th>', row)
        cells = re.findall(r'<td class="figure">\s*([^<]*?)\s*(?:<|$)', row)
        if names:
            found[" ".join(names)] = cells
    return found


def differences(browser: PlainBrowser, name: str) -> list[str]:
    """The differences in the row of this name."""
    (row,) = [
        each for each in re.findall(r"<tr>(.*?)</tr>", browser.page.text, re.S) if f">{name}</th>" in each
    ]
    return re.findall(r'<span class="quiet" title="[^"]*">([^<]+)</span>', row)


def test_the_list_has_what_the_reader_may_see(enter: Enter, call: Call) -> None:
    browser = enter("water-bar-officer")
    browser.look("/reports")
    shown = set(re.findall(r'href="/reports/([\w-]+)"', browser.page.text))
    assert shown == {each["name"] for each in call("water-bar-officer").get("/api/reports").json["items"]}
    guard = enter("guard")
    assert "没有供您查看的报表" in guard.look("/reports").text
    assert "应报送的报表" not in guard.page.text


def test_who_may_not_see_a_report_is_refused(enter: Enter) -> None:
    guard = enter("guard")
    assert guard.look("/reports/repairs-by-kind").status_code == 403
    assert guard.look("/reports/repairs-by-kind.csv").status_code == 403
    assert guard.look("/reports/none").status_code == 404
    assert enter("receptionist").look(f"/reports/repairs-by-kind?site={HILL}").status_code == 404


def test_a_period_stands_beside_the_one_before(enter: Enter, call: Call, on: Callable[[str], None]) -> None:
    """As the API counts each; what there was only before is a row as well."""
    on("2026-02-03")
    call("receptionist").open("repair", {**REPAIR, "part": "gas"})
    on("2026-02-20")
    call("receptionist").open("repair", {**REPAIR, "part": "floors"})
    on("2026-03-05")
    for _ in range(2):
        call("receptionist").open("repair", {**REPAIR, "part": "floors"})
    browser = enter("office-director")
    browser.look("/reports/repairs-by-kind?period=month")
    of_api = call("office-director").get("/api/reports/repairs-by-kind?from=2026-03-01").json
    assert rows(browser)["地面"][0] == str(of_api["rows"][0][1]) == "2"
    assert rows(browser)["合计"][0] == str(of_api["total"][1]) == "2"
    assert differences(browser, "地面")[0] == "+2", "up to the fifth there was none in February"
    assert (rows(browser)["燃气"][0], differences(browser, "燃气")[0]) == ("0", "−1")
    assert "本期尚未结束" in browser.page.text
    browser.look("/reports/repairs-by-kind?period=month&compare=none")
    assert differences(browser, "地面") == []
    assert "燃气" not in rows(browser)


def test_last_year_and_days_of_ones_own_can_be_chosen(
    enter: Enter, call: Call, on: Callable[[str], None]
) -> None:
    on("2025-03-03")
    call("receptionist").open("repair", {**REPAIR, "part": "floors"})
    on("2026-03-05")
    call("receptionist").open("repair", {**REPAIR, "part": "floors"})
    browser = enter("office-director")
    browser.look("/reports/repairs-by-kind?period=month&compare=last-year")
    assert differences(browser, "合计")[0] == "±0"
    browser.look("/reports/repairs-by-kind?from=2025-03-03&until=2025-03-03&compare=none")
    assert rows(browser)["合计"][0] == "1"
    browser.look("/reports/repairs-by-kind?from=2025-03-04&until=2025-03-04&compare=none")
    assert "没有可统计的内容" in browser.page.text


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("from=x&until=2026-03-01", "请填写开始日期"),
        ("from=2026-03-01", "请填写结束日期"),
        ("until=2026-03-01", "请填写开始日期"),
        ("from=2026-03-01&until=9999-01-01", "请填写结束日期"),
        ("from=2026-03-02&until=2026-03-01", "结束日期早于开始日期"),
    ],
)
def test_bad_days_are_said_in_the_form(enter: Enter, query: str, why: str) -> None:
    browser = enter("office-director")
    answer = browser.look(f"/reports/work-done?{query}")
    assert answer.status_code == 422
    assert why in answer.text
    assert browser.form("/reports/work-done").values["until"] == [query.partition("until=")[2] or ""], (
        "what was typed is still there"
    )
    assert browser.look(f"/reports/work-done.csv?{query}").status_code == 422
    assert browser.look("/reports/work-done?period=nonsense&compare=nonsense").status_code == 200


def test_files_are_of_the_period_that_is_shown(enter: Enter, call: Call, on: Callable[[str], None]) -> None:
    on("2026-03-05")
    call("receptionist").open("repair", {**REPAIR, "part": "floors"})
    browser = enter("office-director")
    browser.look("/reports/repairs-by-kind?period=month")
    found = dict(re.findall(r'<a class="button small" href="([^"]+)">(\w+)</a>', browser.page.text))
    kinds = {}
    for address, name in found.items():
        answer = browser.look(address.replace("&amp;", "&"))
        assert answer.status_code == 200, address
        kinds[name] = answer.mimetype
    assert kinds == {
        "CSV": "text/csv",
        "XLSX": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "SVG": "image/svg+xml",
    }
    csv = browser.look("/reports/repairs-by-kind.csv?period=month").text
    assert "地面,1," in csv
    of_api = call("office-director", "zh-Hans").get("/api/reports/repairs-by-kind.csv?from=2026-03-01")
    assert csv == of_api.text


def test_of_several_sites_one_can_be_chosen(enter: Enter, call: Call) -> None:
    call("receptionist").open("repair", REPAIR)
    call("elsewhere").open("repair", REPAIR)
    browser = enter("director-of-both")
    browser.look("/reports/repairs-by-kind?period=month")
    assert rows(browser)["合计"][0] == "2"
    browser.look(f"/reports/repairs-by-kind?period=month&site={LAKE}")
    assert rows(browser)["合计"][0] == "1"


def test_it_is_said_which_reports_went_out_in_time(
    database: Database, tmp_path: Path, ours: Folder, on: Callable[[str], None]
) -> None:
    """On either database: one sent in time, one too late, one still owed and one overdue."""
    on("2026-03-02")
    desk = open_for_tests(database, tmp_path, ours)
    app = create_app(desk)
    sent = {name: owed(desk, name, f"2026-03-{day}") for name, day in (("in time", "10"), ("late", "04"))}
    owed(desk, "overdue", "2026-03-05")
    owed(desk, "not due", "2026-03-20")
    for name, day in (("in time", "03"), ("late", "06")):
        on(f"2026-03-{day}")
        send(app, desk, sent[name])
    on("2026-03-09")
    browser = PlainBrowser(app.test_client())
    browser.sign_in("office-director")
    page = browser.look("/reports").text
    found = {
        period: re.sub(r"<[^>]+>|\s|▲|✓", "", verdict)
        for period, verdict in re.findall(r"· ([\w ]+)</td>.*?<td class=\"[^\"]*\">(.*?)</td>", page, re.S)
    }
    assert found == {
        "in time": "按时报送",
        "late": "逾期报送",
        "overdue": "已逾期，未报送",
        "not due": "尚未到期",
    }


def test_many_tickets_cost_as_many_statements_as_few(enter: Enter, call: Call, desk: Desk) -> None:
    costs: dict[str, list[int]] = {}
    for more in (5, 60):
        for each in range(more):
            call("receptionist").open("complaint", {**COMPLAINT, "content": f"第 {each} 件"})
        for each in range(more // 5):
            owed(desk, f"{each}", "2026-03-05")
        browser = enter("office-director")
        for path in ("/reports", "/reports/work-done?period=month", "/reports/complaint-causes?period=month"):
            browser.look(path)
            before = executed.total
            browser.look(path)
            costs.setdefault(path, []).append(executed.total - before)
    for path, (few, many) in costs.items():
        assert few == many <= MOST_STATEMENTS, (path, few, many)


def owed(desk: Desk, period: str, day: str) -> str:
    """A monthly report with its recipient by the evening of a day; its id."""
    now = wallclock.now()
    form = {"period": period, "deadline": f"{day}T18:00:00+08:00"}
    command = Open(site=LAKE, id=new_id(now), workflow="monthly-work-report", actor=CLOCK, data=form)
    return desk.engine.do(command, now).ticket.id


def send(app: Flask, desk: Desk, report: str) -> None:
    """Compile the report, and send it."""
    reception = caller(app, desk, "receptionist")
    ticket = reception.get(f"/api/tickets/{report}").json
    for trigger, data in (("compile", {"figures": "小结", "exchange": "要点"}), ("send", {})):
        answer = reception.fire(ticket, trigger, data)
        assert answer.status_code == 201, answer.text
        ticket = answer.json
