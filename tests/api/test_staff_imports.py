"""A list of staff comes in by the API as by the console: checked first, row for row, and then imported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from answer_schemas import check_answer
from api_desk import HILL, LAKE, Call, Caller, codes
from attachment_samples import upload
from werkzeug.test import TestResponse

PATH = "/api/staff-imports"
CHECK = f"{PATH}/check"
HEADER = "account,name,role,mail"
MEI, BAD = "mei,Mei,receptionist,mei@example.org", "lan,Lan,janitor,"


@pytest.fixture
def director(call: Call) -> Caller:
    """Who looks after the desk at the lake."""
    return call("office-director")


def send(staff: Caller, path: str, *rows: str, header: str = HEADER, **headers: str) -> TestResponse:
    """Send a list of these rows."""
    answer = upload(staff, path, ("staff.csv", "\n".join((header, *rows)).encode()), **headers)
    check_answer("POST", path, answer)
    return answer


def changes(answer: TestResponse) -> dict[str, str]:
    """What happens to whom."""
    assert answer.status_code == 200, answer.text
    return {each["account"]: each["change"] for each in answer.json["people"]}


def known(staff: Caller, account: str) -> Any:
    """The account, or None."""
    found = staff.get(f"/api/accounts/{account}")
    return found.json if found.status_code == 200 else None


def test_a_check_says_what_an_import_does_and_stores_nothing(director: Caller) -> None:
    rows = (MEI, BAD, "cleaner,Another Name,guard,")
    checked = send(director, CHECK, *rows)
    assert known(director, "mei") is None
    done = send(director, PATH, *rows)
    assert changes(checked) == changes(done) == {"mei": "added", "cleaner": "changed"}
    assert (done.json["read"], done.json["refused"]) == (3, 1)
    assert checked.json["faults"] == done.json["faults"]
    mei = known(director, "mei")
    assert [each["id"] for each in checked.json["people"]] == [None, "id-cleaner"]
    assert [each["id"] for each in done.json["people"]] == [mei["id"], "id-cleaner"]
    assert done.json["people"][1]["fields"] == ["name"]
    assert done.json["people"][1]["posts"] == [{"site": LAKE, "role": "guard", "department": None}]
    assert (mei["password"], mei["posts"][0]["role"]) == (False, "receptionist")


def test_a_fault_names_row_column_and_value_in_the_readers_language(director: Caller, tmp_path: Path) -> None:
    """Of a workbook the cell as well."""
    (fault,) = send(director, PATH, MEI, BAD).json["faults"]
    assert (fault["row"], fault["column"], fault["value"], fault["cell"]) == (3, "role", "janitor", None)
    (said,) = send(director, CHECK, MEI, BAD, Accept_Language="es").json["faults"]
    assert (said["code"], said["message"] != fault["message"]) == (fault["code"], True)
    path = tmp_path / "staff.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for line, row in enumerate((HEADER, MEI, BAD)):
            sheet.write_row(line, 0, row.split(","))
    answer = upload(director, CHECK, ("staff.xlsx", path.read_bytes()))
    assert [each["cell"] for each in answer.json["faults"]] == ["C3"]


def test_the_same_list_again_changes_nothing(director: Caller) -> None:
    assert changes(send(director, PATH, MEI)) == {"mei": "added"}
    assert changes(send(director, PATH, MEI)) == {"mei": "same"}


def test_a_list_reaches_the_sites_of_who_sends_it(call: Call, director: Caller) -> None:
    header = "account,name,site,role"
    rows = (f"mei,Mei,{HILL},receptionist", f"bo,Bo,{LAKE},receptionist")
    refused = send(director, PATH, *rows, header=header)
    assert changes(refused) == {"bo": "added"}
    assert [each["code"] for each in refused.json["faults"]] == ["site-not-managed"]
    assert send(director, f"{PATH}?site={HILL}", MEI).status_code == 404
    of_both = call("director-of-both")
    assert changes(send(of_both, PATH, *rows, header=header)) == {"mei": "added", "bo": "same"}
    assert codes(send(of_both, CHECK, MEI)) == ["staff-column-missing"]  # at which of the two?
    assert changes(send(of_both, f"{CHECK}?site={HILL}", MEI.replace("mei", "lan"))) == {"lan": "added"}


@pytest.mark.parametrize("path", [CHECK, PATH])
def test_it_is_for_who_looks_after_the_desk(call: Call, path: str) -> None:
    assert codes(send(call("cs-officer"), path, MEI)) == ["managers-only"]


def test_what_is_no_list_is_refused_whole(director: Caller) -> None:
    for name, content, status, code in (
        ("a.csv", b"", 422, "empty-file"),
        ("a.csv", "account,账号,name,role\n".encode(), 422, "staff-column-twice"),
        ("a.pdf", b"%PDF-1.7", 422, "table-unreadable"),
        ("a.csv", b"x" * 2_000_001, 413, "file-too-large"),
        ("a.csv", "\n".join((HEADER, *[MEI] * 1_001)).encode(), 413, "too-many-rows"),
    ):
        answer = upload(director, PATH, (name, content))
        assert (answer.status_code, codes(answer)) == (status, [code]), name
    two = upload(director, PATH, ("a.csv", b"x"), ("b.csv", b"x"))
    assert (two.status_code, codes(two)) == (413, ["too-many-files"])
