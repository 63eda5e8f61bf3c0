"""Lists as files: what a spreadsheet opens, and what the reader may read."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from api_desk import COMPLAINT, HILL, INQUIRY, LAKE, Call, Caller
from python_calamine import load_workbook

from service.api import list_files

CSV, XLSX = "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def rows_of(answer: Any) -> list[dict[str, str]]:
    """The rows of a CSV file, by heading."""
    assert answer.status_code == 200, answer.text
    assert answer.content_type.startswith(CSV)
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def sheet_of(answer: Any) -> list[list[Any]]:
    """The rows of the only sheet of a workbook."""
    assert answer.content_type == XLSX
    return list(load_workbook(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python())


def by_list(who: Caller, query: str = "") -> list[str]:
    return [each["number"] for each in who.get(f"/api/tickets?limit=200{query}").json["items"]]


def test_a_list_is_had_as_csv_by_parameter_or_by_accept(call: Call) -> None:
    officer = call("cs-officer")
    for _ in range(3):
        officer.open("complaint", COMPLAINT)
    found = rows_of(officer.get("/api/tickets?format=csv"))
    assert [each["Number"] for each in found] == by_list(officer)
    assert (found[0]["State"], found[0]["Priority"], found[0]["Overdue"]) == ("Registered", "normal", "no")
    accepted = officer.get("/api/tickets", Accept=CSV)
    assert accepted.data == officer.get("/api/tickets?format=csv").data
    assert accepted.headers["Content-Disposition"] == 'attachment; filename="tickets.csv"'
    assert officer.get("/api/tickets?format=json", Accept=CSV).is_json


def test_a_list_is_had_as_a_workbook_in_the_readers_language(call: Call) -> None:
    officer = call("cs-officer", "zh-Hans")
    ticket = officer.open("complaint", COMPLAINT)
    sheet = sheet_of(officer.get("/api/tickets?format=xlsx"))
    assert any("编号" in row for row in sheet)
    assert any(ticket["number"] in row for row in sheet)


def test_a_file_of_one_process_has_its_open_fields_and_no_personal_ones(call: Call) -> None:
    officer = call("cs-officer")
    officer.open("complaint", {**COMPLAINT, "complainant": "欧阳某", "contact": "13800000066"})
    answer = officer.get("/api/tickets?format=csv&workflow=complaint")
    assert "大堂连续三天无人清扫" in answer.text
    assert "13800000066" not in answer.text
    assert "欧阳某" not in answer.text
    assert "大堂连续三天无人清扫" in officer.get("/api/tickets?format=csv").text  # as the title
    assert len(rows_of(answer)[0]) > len(rows_of(officer.get("/api/tickets?format=csv"))[0])


def test_what_a_spreadsheet_would_run_is_a_text(call: Call) -> None:
    officer = call("cs-officer")
    officer.open("complaint", {**COMPLAINT, "content": '=HYPERLINK("http://example.invalid")'})
    (row,) = rows_of(officer.get("/api/tickets?format=csv&workflow=complaint"))
    assert not any(value.startswith("=") for value in row.values())
    cells = [cell for line in sheet_of(officer.get("/api/tickets?format=xlsx")) for cell in line]
    assert '=HYPERLINK("http://example.invalid")' in cells


def test_a_file_holds_what_the_list_holds_and_nothing_of_other_sites(call: Call) -> None:
    """Filters, the queue and the sites of the user count as in the list."""
    officer = call("cs-officer")
    complaint = officer.open("complaint", COMPLAINT)["number"]
    call("receptionist").open("communicative-complaint", INQUIRY)
    call("elsewhere").open("complaint", COMPLAINT)
    assert [
        each["Number"] for each in rows_of(officer.get("/api/tickets?format=csv&workflow=complaint"))
    ] == [complaint]
    queue = rows_of(officer.get("/api/tickets?format=csv&view=queue"))
    assert len(queue) == len(by_list(officer, "&view=queue"))
    assert officer.get(f"/api/tickets?format=csv&site={HILL}").status_code == 404
    assert rows_of(officer.get("/api/tickets?format=csv&state=none")) == []


def test_a_long_list_comes_in_several_files(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounded, with a link to the next one; none is left out."""
    monkeypatch.setattr(list_files, "MAX_ROWS", 3)
    officer = call("cs-officer")
    for _ in range(5):
        officer.open("complaint", COMPLAINT)
    first = officer.get("/api/tickets?format=csv")
    link = next(each for each in first.headers["Link"].split(", ") if 'rel="next"' in each)
    second = officer.get(link[1 : link.index(">")])
    found = [each["Number"] for answer in (first, second) for each in rows_of(answer)]
    assert (len(rows_of(first)), found) == (3, by_list(officer))
    assert 'rel="next"' not in second.headers["Link"]


def test_a_register_is_had_as_a_file_with_personal_columns_masked(call: Call) -> None:
    officer = call("cs-officer")
    values = {"area": 90, "owner": "王秘密"}
    written = officer.send("PUT", "/api/registers/units/entries/3-1001", {"values": values}, If_Match='"0"')
    assert written.status_code == 200, written.text
    answer = officer.get(f"/api/registers/units?format=csv&site={LAKE}")
    (row,) = rows_of(answer)
    assert "3-1001" in row.values()
    assert "王秘密" not in answer.text
    assert "3-1001" in [
        cell for line in sheet_of(officer.get("/api/registers/units?format=xlsx")) for cell in line
    ]
    assert answer.headers["Content-Disposition"] == 'attachment; filename="units.csv"'


def test_counts_of_states_and_promises_are_had_as_files(call: Call) -> None:
    """With the numbers of the answer in JSON."""
    officer = call("cs-officer")
    officer.open("complaint", COMPLAINT)
    (row,) = rows_of(officer.get("/api/reports/states?format=csv"))
    assert list(row.values()) == ["complaint", "registered", "1"]
    (row,) = rows_of(officer.get("/api/reports/workflows?format=csv"))
    assert row == {"Process": "complaint", "Open": "1", "Overdue": "0"}
    (row,) = rows_of(officer.get("/api/reports/promises", Accept=CSV))
    assert row["Running"] == str(officer.get("/api/reports/promises").json["running"])
    assert sheet_of(officer.get("/api/reports/promises?format=xlsx"))


def test_a_format_that_there_is_not_is_refused(call: Call) -> None:
    assert call("cs-officer").get("/api/tickets?format=pdf").status_code == 400
