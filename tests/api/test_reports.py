"""Reports at the API: who may see which, of which time, and in which form."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

import pytest
from api_desk import COMPLAINT, HILL, LAKE, Call, codes
from python_calamine import load_workbook

from service import wallclock
from service.api.http.ids import new_id
from service.bootstrap import Desk
from service.channels.letter import Letter
from service.channels.post import Post
from service.channels.receipt import Receipt
from service.relay import Relay
from service.reports.csv_writer import escape_formula
from service.reports.table import ReportTable
from workflows.core.commands import CLOCK, Open
from workflows.timing.instants import rfc3339

REPAIR = {
    "reporter": "李某",
    "contact": "13800000001",
    "place": "3-1201",
    "content": "漏水",
    "urgency": "urgent",
}
NOW = "?from=2020-01-01"
DAY = 86_400
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def repairs(call: Call) -> None:
    """Three repairs at the lake, one at the hill."""
    for part in ("floors", "floors", "gas"):
        call("receptionist").open("repair", {**REPAIR, "part": part})
    call("elsewhere").open("repair", REPAIR)


def test_reports_are_listed_for_those_who_may_see_them(call: Call) -> None:
    """With the sites where they may."""
    found = {each["name"]: each for each in call("director-of-both").get("/api/reports").json["items"]}
    assert found["work-done"]["sites"] == [HILL, LAKE] or found["work-done"]["sites"] == [LAKE, HILL]
    mine = [each["name"] for each in call("water-bar-officer").get("/api/reports").json["items"]]
    assert mine == ["work-done", "consumables", "drinks"]
    assert call("guard").get("/api/reports").json == {"items": [], "broken": []}


@pytest.mark.usefixtures("repairs")
def test_a_report_answers_in_json(call: Call) -> None:
    """Titles in the reader's language, of the reader's sites only."""
    found = call("receptionist", "zh-Hans").get(f"/api/reports/repairs-by-kind{NOW}").json
    assert (found["title"], found["sites"], found["columns"][1]["title"]) == ("报修分类统计", [LAKE], "报修")
    assert [row[:3] for row in found["rows"]] == [["floors", 2, 2], ["gas", 1, 1]]
    assert found["columns"][0]["labels"] == {"floors": "地面", "gas": "燃气"}
    both = call("director-of-both").get(f"/api/reports/repairs-by-kind{NOW}").json
    assert both["total"][1] == 4
    one = call("director-of-both").get(f"/api/reports/repairs-by-kind{NOW}&site={HILL}").json
    assert (one["total"][1], one["sites"]) == (1, [HILL])


def test_who_may_not_see_a_report_is_told_who_may(call: Call) -> None:
    """403 with the roles; 404 for a report that there is not, and for a site of others."""
    refused = call("guard").get("/api/reports/repairs-by-kind")
    assert (refused.status_code, codes(refused)) == (403, ["role-needed"])
    assert "cs-officer" in refused.json["blocked_by"][0]["who"]
    missing = call("receptionist").get("/api/reports/repairs-by-kinds")
    assert (missing.status_code, codes(missing)) == (404, ["unknown-report"])
    assert "did you mean 'repairs-by-kind'" in missing.text
    assert call("receptionist").get(f"/api/reports/repairs-by-kind?site={HILL}").status_code == 404


@pytest.mark.usefixtures("repairs")
def test_a_report_is_had_as_csv(call: Call) -> None:
    """UTF-8 with BOM, by the ending or by what is accepted."""
    receptionist = call("receptionist", "zh-Hant")
    answer = receptionist.get(f"/api/reports/repairs-by-kind.csv{NOW}")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith(
        'attachment; filename="repairs-by-kind-2020-01-01.csv"'
    )
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert (rows[0][:2], rows[1][:2], rows[-1][:2]) == (["維修部位", "報修"], ["地面", "2"], ["合計", "3"])
    negotiated = receptionist.get(
        f"/api/reports/repairs-by-kind{NOW}", Accept="text/csv, application/json;q=0.5"
    )
    assert negotiated.data == answer.data
    assert receptionist.get(f"/api/reports/repairs-by-kind{NOW}", Accept="*/*").json["report"]
    assert receptionist.get(f"/api/reports/repairs-by-kind.json{NOW}", Accept="text/csv").json["report"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "\n=1"])
def test_no_text_becomes_a_formula(text: str) -> None:
    """A spreadsheet is told that it is a text; numbers stay numbers."""
    assert escape_formula(text) == f"'{text}"
    assert (escape_formula(-1), escape_formula("a=b"), escape_formula(None)) == (-1, "a=b", None)


@pytest.mark.usefixtures("repairs")
def test_a_report_is_had_as_a_workbook(call: Call) -> None:
    """What it is, of which time; then the table, texts as texts."""
    answer = call("receptionist").get(f"/api/reports/repairs-by-kind.xlsx{NOW}")
    assert answer.headers["Content-Type"] == XLSX
    rows: list[list[Any]] = load_workbook(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    assert rows[0][0] == "Repairs by kind"
    assert rows[1][:2] == ["Site", "月湖园"]
    assert [row[:2] for row in rows[5:]] == [
        ["Part", "Reported"],
        ["Floors", 2.0],
        ["Gas", 1.0],
        ["Total", 3.0],
    ]


def test_a_formula_in_a_workbook_stays_a_text() -> None:
    """Whatever stands in a label."""
    from service.reports import render_table

    table = ReportTable(
        title="[a]: */?",
        about={"Site": "=1"},
        heads=("=2", "n"),
        rows=(("=HYPERLINK(1)", 1), ("https://example.org", None)),
        total=("=3", 1),
        keys=1,
        chart="bar",
        kinds=("group", "count"),
        empty="nothing",
    )
    sheet = load_workbook(io.BytesIO(render_table(table, "xlsx"))).get_sheet_by_index(0)
    assert sheet.to_python()[3:] == [
        ["=2", "n"],
        ["=HYPERLINK(1)", 1.0],
        ["https://example.org", ""],
        ["=3", 1.0],
    ]
    assert b"'=HYPERLINK" in render_table(table, "csv")


def counted(rows: Sequence[tuple[Any, ...]], **said: Any) -> ReportTable:
    """A table of two counts, or what is said."""
    plain: dict[str, Any] = {
        "title": "Repairs",
        "about": {"Site": "月湖园", "Period": "March", "Worked out at": "April"},
        "heads": ("Part", "Reported", "Done"),
        "rows": tuple(rows),
        "total": ("Total", 1, 1),
        "keys": 1,
        "chart": "bar",
        "kinds": ("group", "count", "count"),
        "empty": "There is nothing to count",
    }
    return ReportTable(**{**plain, **said})


def chart_of(table: ReportTable) -> tuple[ElementTree.Element, list[str]]:
    """The picture, and what is written in it."""
    from service.reports import render_table

    root = ElementTree.fromstring(render_table(table, "svg"))
    return root, [each.text for each in root.iter() if each.text and each.tag.endswith("text")]


def test_a_chart_says_of_where_and_when_it_is_and_spells_its_numbers() -> None:
    """Under its title and at its bars; there are no halves of a ticket."""
    _, said = chart_of(counted([("Gas", 2, 1)]))
    assert ("Repairs" in said, "月湖园 · March" in said) == (True, True)
    assert {"0", "1", "2"} <= set(said)
    assert "0.5" not in said


@pytest.mark.parametrize("letters", ["房屋及公共设施维护", "Mantenimiento de las instalaciones comunes"])
def test_bars_lie_where_their_names_would_not_stand_side_by_side(letters: str) -> None:
    """The first at the top, each name whole and beside its bars."""
    root, said = chart_of(counted([(f"{letters} {n}", n, 1) for n in range(10, 30)]))
    ys = {
        each.text: float(each.get("y", 0))
        for each in root.iter()
        if each.text and each.text.startswith(letters) and each.tag.endswith("text")
    }
    assert list(dict(sorted(ys.items(), key=lambda at: at[1]))) == [f"{letters} {n}" for n in range(10, 30)]
    assert not any("rotate" in (each.get("transform") or "") for each in root.iter())
    assert int(root.get("height", "0")) > 540
    assert "29" in said


def test_of_many_rows_the_largest_are_drawn_and_it_is_said() -> None:
    """In the order of the table."""
    rows = [(f"kind {n:03}", n % 50, 0) for n in range(100)]
    _, said = chart_of(counted(rows, part="the 40 largest of 100 rows"))
    names = [each for each in said if each.startswith("kind")]
    assert len(names) == 40
    assert all(int(each[-3:]) % 50 >= 30 for each in names)
    assert "月湖园 · March · the 40 largest of 100 rows" in said


@pytest.mark.parametrize("rows", [[], [("Gas", 0, 0), ("Water", None, 0)]])
@pytest.mark.parametrize("chart", ["bar", "line", "pie"])
def test_a_chart_of_nothing_says_so(rows: list[tuple[Any, ...]], chart: str) -> None:
    """Also where every count is nought."""
    _, said = chart_of(counted(rows, chart=chart))
    assert "There is nothing to count" in said


def test_a_line_of_many_days_names_some_of_them() -> None:
    """Those that can be read beside one another."""
    rows = [(f"2026-03-{n:02}", n, n) for n in range(1, 32)]
    _, said = chart_of(counted(rows, chart="line"))
    assert 8 <= len([each for each in said if each.startswith("2026-03-")]) <= 16


def test_a_workbook_is_as_wide_and_as_high_as_what_is_in_it() -> None:
    """Chinese is wider than Latin, a list of tickets takes several lines, and it is printed across."""
    from service.reports import render_table

    many = ", ".join(f"BX-2026-{n:05}" for n in range(100))
    table = counted([("维修部（家政服务中心）", 1_234, many)], kinds=("group", "count", "numbers"))
    book = io.BytesIO(render_table(table, "xlsx"))
    with zipfile.ZipFile(book) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    widths = [float(each) for each in re.findall(r'<col [^>]*width="([\d.]+)"', sheet)]
    assert widths[0] > 22
    assert 'orientation="landscape"' in sheet
    assert max(float(each) for each in re.findall(r' ht="([\d.]+)"', sheet)) > 300


@pytest.mark.usefixtures("repairs")
@pytest.mark.parametrize(
    "name", ["repairs-by-kind", "drinks", "work-done", "escalation-levels", "calls-and-visits"]
)
def test_a_report_is_had_as_a_chart_without_script(call: Call, name: str) -> None:
    """Also where there is nothing to show; nothing is fetched from anywhere."""
    asker = call("cs-director", "zh-Hans")
    answer = asker.get(f"/api/reports/{name}.svg")
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    root = ElementTree.fromstring(answer.data)
    assert not [each for each in root.iter() if str(each.tag).endswith("script")]
    assert b"http" not in answer.data.replace(b"http://www.w3.org/", b"")


def test_the_time_is_checked(call: Call) -> None:
    """Days and instants; not backwards."""
    director = call("cs-director")
    found = director.get("/api/reports/work-done?from=2026-03-01&until=2026-03-01").json
    assert (found["since"], found["until"]) == ("2026-02-28T16:00:00Z", "2026-03-01T16:00:00Z")
    exact = director.get("/api/reports/work-done?from=2026-03-01T00:00:00Z&until=2026-03-01T12:00:00Z").json
    assert (exact["since"], exact["until"]) == ("2026-03-01T00:00:00Z", "2026-03-01T12:00:00Z")
    own = director.get("/api/reports/return-visits?until=2026-03-10").json
    assert (own["since"], own["until"]) == ("2026-02-24T16:00:00Z", "2026-03-10T16:00:00Z")
    for query in (
        "from=2026-03-02&until=2026-03-01",
        "from=yesterday",
        "until=2026-02-30",
        "since=2026-01-01",
    ):
        refused = director.get(f"/api/reports/work-done?{query}")
        assert refused.status_code == 400, query


def test_restricted_tickets_are_not_counted_for_others(call: Call, desk: Desk) -> None:
    """Not even as one more."""
    ticket = call("receptionist").open("complaint", COMPLAINT)
    with desk.database.transaction() as session:
        sql = desk.database.sql("UPDATE tickets SET audience = :audience WHERE id = :id")
        session.run(sql, {"audience": '["property-manager"]', "id": ticket["id"]})
    path = f"/api/reports/complaint-causes{NOW}"
    assert call("cs-officer").get(path).json["total"][1] == 0
    assert call("property-manager").get(path).json["total"][1] == 1


def test_figures_that_a_ticket_does_not_keep_are_not_found(call: Call) -> None:
    """404, also for a field of another kind."""
    ticket = call("receptionist").open("complaint", COMPLAINT)
    for name in ("content", "figures", "contact", "nothing.csv"):
        answer = call("receptionist").get(f"/api/tickets/{ticket['id']}/figures/{name}")
        assert (answer.status_code, codes(answer)) == (404, ["no-figures"]), name


def test_a_report_is_sent_with_its_figures_and_read_as_it_was_sent(
    call: Call, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Figures are taken at the opening and when it is compiled; the recipient's file is the sender's."""
    receptionist, director = call("receptionist"), call("office-director", "zh-Hans")
    receptionist.open("repair", {**REPAIR, "part": "gas"})
    now = wallclock.now()
    monkeypatch.setattr(wallclock, "now", lambda: now)  # however long the machine takes
    form = {"post": "desk", "period": "today", "deadline": rfc3339(now + DAY)}
    command = Open(site=LAKE, id=new_id(now), workflow="daily-report", actor=CLOCK, data=form)
    report = desk.engine.do(command, now).ticket
    assert report is not None
    path = f"/api/tickets/{report.id}"
    for _ in range(2):
        receptionist.open("repair", REPAIR)
    monkeypatch.setattr(wallclock, "now", lambda: now + 5)
    compiled = receptionist.fire(
        receptionist.get(path).json, "compile", {"figures": "x", "done": "y", "undone": "z"}
    )
    assert compiled.status_code == 201, compiled.text
    sent = receptionist.get(f"{path}/figures/work").json
    assert (sent["report"], sent["total"][1:]) == ("work-done", [4, 0, 4, 0])
    receptionist.open("repair", REPAIR)
    assert director.get(f"{path}/figures/work").json["rows"] == sent["rows"]
    table = director.get(f"{path}/figures/work.csv")
    assert table.data.decode("utf-8-sig").splitlines()[0] == "流程,新受理,已办,未办,其中逾期"
    assert director.get(f"{path}/figures/calls.svg").mimetype == "image/svg+xml"
    assert director.get("/api/tickets?q=其中逾期").json["items"] == []  # nobody wrote the words of figures


@dataclass
class Kept(Post):
    """A post that keeps what it is given."""

    letters: list[Letter] = field(default_factory=list)

    def send(self, letter: Letter) -> Receipt:
        self.letters.append(letter)
        return Receipt("mail")


@pytest.fixture
def sent(call: Call, desk: Desk) -> str:
    """The id of a daily report that has gone its way to the director, whose letters wait."""
    call("receptionist").open("repair", {**REPAIR, "part": "gas"})
    now = wallclock.now()
    form = {"post": "desk", "period": "today", "deadline": rfc3339(now + DAY)}
    command = Open(site=LAKE, id=new_id(now), workflow="daily-report", actor=CLOCK, data=form)
    report = desk.engine.do(command, now).ticket
    assert report is not None
    ticket = call("receptionist").get(f"/api/tickets/{report.id}").json
    for account, trigger, data in (
        ("receptionist", "compile", {"figures": "x", "done": "y", "undone": "z"}),
        ("foreman", "check", {"compared": True}),
        ("foreman", "send", {}),
    ):
        ticket = call(account).fire(ticket, trigger, data).json
    return report.id


def told(desk: Desk) -> list[Letter]:
    """The letters that say that the report has been sent."""
    post = Kept()
    Relay(desk, post).run()
    return [each for each in post.letters if each.attachments or "已报送给您" in each.body]


def test_who_is_told_of_a_report_has_it_with_the_letter(desk: Desk, sent: str) -> None:
    """As workbooks in the reader's language, beside the words."""
    letters = told(desk)
    assert letters
    for letter in letters:
        work, calls = letter.attachments
        assert (work.name[:10], calls.name[:17], work.media_type) == ("work-done-", "calls-and-visits-", XLSX)
        rows: list[list[Any]] = load_workbook(io.BytesIO(work.content)).get_sheet_by_index(0).to_python()
        assert (rows[1][1], rows[-1][0]) == ("月湖园", "合计")


def test_for_whom_the_ticket_does_not_exist_nothing_is_enclosed(
    desk: Desk, sent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It became restricted after they were told."""
    monkeypatch.setattr("service.letter_writer.may_see", lambda *_: False)
    letters = told(desk)
    assert letters
    assert not any(letter.attachments for letter in letters)
