"""Files that are no list of staff, or a bad one: each is refused in words, and nothing is written."""

from __future__ import annotations

import gzip
import html
import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from api_desk import Call
from attachment_samples import picture
from plain_browser import PlainBrowser
from staff_lists import CONFIRM, HEADER, PATH, cells, counts, text_list, upload, workbook

from service.bootstrap import Desk
from service.console.admin.people import staff_list

Enter = Callable[..., PlainBrowser]
GOOD = ("an", "安", "receptionist", "")


@pytest.fixture
def director(enter: Enter) -> PlainBrowser:
    """The browser of who looks after the site."""
    return enter("office-director")


def zipped(**parts: bytes) -> bytes:
    """An archive that is no workbook."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def wide_workbook(folder: Path) -> bytes:
    """A small workbook whose last cell is far away."""
    path = folder / "wide.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        sheet.write(60_000, 40, "x")
    return path.read_bytes()


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.png", picture(form="PNG"), "不是可以读取的表格文件"),
        ("staff.csv", picture(form="PNG"), "不是可以读取的表格文件"),
        ("a.pdf", b"%PDF-1.7\nall of it can be read", "不是可以读取的表格文件"),
        ("a.docx", zipped(word=b"<x/>"), "不是可以读取的表格文件"),
        ("a.xlsx", zipped(word=b"0" * 60_000_000), "表格太大"),
        ("a.xls", b"<html><table><tr><td>name</td></tr></table></html>", "不是可以读取的表格文件"),
        ("a.xls", b"\xd0\xcf\x11\xe0" + bytes(5_000), "不是可以读取的表格文件"),
        ("a.xlsb", b"x", "请另存为 .xlsx"),
        ("a.csv.gz", gzip.compress(text_list("an,安,receptionist,")), "不是可以读取的表格文件"),
        ("a.csv", b"", "是空文件"),
        ("a.csv", b"\n\n", "没有表头"),
        ("a.csv", "Ärger;Straße\n".encode("cp1252"), "这一列"),
        ("a.csv", b"x" * 2_000_001, "2000000"),
        ("a.csv", text_list("an,安,receptionist,", header="账号,姓名,职务,邮箱"), "没有“职务”这一列"),
        ("a.csv", text_list(header="账号,账号,姓名,岗位"), "重复"),
        ("a.csv", text_list(header="账号,account,姓名,岗位"), "有两列都是"),
        ("a.csv", text_list(header="账号,姓名"), "名单缺少“岗位”一列"),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else None,
)
def test_what_is_no_list_of_staff_is_refused_in_words(
    director: PlainBrowser, name: str, content: bytes, why: str
) -> None:
    """And the form is there again."""
    answer = upload(director, content, name)
    assert answer.status_code in (413, 422), answer.text
    assert why in html.unescape(answer.text)
    assert 'role="alert"' in answer.text
    assert "file" in director.form("/admin/people/import").names


def test_the_columns_are_called_as_the_reader_calls_them(enter: Enter, desk: Desk) -> None:
    for language, why in (
        ("en", "the list has no column"),
        ("es", "A la lista le falta la columna «Puesto»"),
        ("zh-Hant", "名單缺少「崗位」一欄"),
    ):
        desk.people.update_staff("id-office-director", language=language)
        answer = upload(enter("office-director"), text_list(header="account,name"))
        assert why in html.unescape(answer.text)


def test_a_workbook_with_a_cell_far_away_is_not_spread_out(director: PlainBrowser, tmp_path: Path) -> None:
    assert upload(director, wide_workbook(tmp_path), "a.xlsx").status_code == 422


def test_more_rows_than_a_page_takes_are_refused_whole(
    director: PlainBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staff_list, "MOST_ROWS", 2)
    rows = [f"a{each},安,receptionist," for each in range(3)]
    assert upload(director, text_list(*rows)).status_code == 413
    assert counts(upload(director, text_list(*rows[:2]))) == [2, 0, 0, 0]


def test_a_long_list_is_read_to_its_end(director: PlainBrowser) -> None:
    """A file comes in pieces."""
    rows = [f"a{each},{'长' * 60},receptionist,a{each}@example.com" for each in range(600)]
    shown = upload(director, text_list(*rows))
    assert counts(shown) == [600, 0, 0, 0]


def test_a_form_without_a_file_asks_for_one(director: PlainBrowser) -> None:
    director.look(PATH)
    answer = director.send("/admin/people/import")
    assert answer.status_code == 422
    assert "请填写：表格文件" in answer.text


def test_a_list_of_nobody_has_nothing_to_confirm(director: PlainBrowser) -> None:
    for content in (text_list(), text_list(",,,", "")):
        shown = upload(director, content)
        assert "没有人员" in shown.text
        assert CONFIRM not in shown.text


def test_a_list_that_changes_nothing_has_nothing_to_confirm(director: PlainBrowser) -> None:
    upload(director, text_list("an,安,receptionist,"))
    director.send(CONFIRM)
    shown = upload(director, text_list("an,安,receptionist,"))
    assert counts(shown) == [0, 0, 1, 0]
    assert "什么也不会改变" in shown.text
    assert CONFIRM not in shown.text


def test_formulas_errors_and_dates_are_refused_with_their_cells(
    director: PlainBrowser, tmp_path: Path
) -> None:
    """And the rows around them come in."""
    rows: tuple[tuple[Any, ...], ...] = (
        GOOD,
        ("ba", "=A1", "receptionist", ""),
        ("ca", "#N/A", "receptionist", ""),
        (12345678901234567890, "数", "receptionist", ""),
        ("ea", "", "receptionist", ""),
    )
    shown = upload(director, workbook(tmp_path, *rows), "list.xlsx")
    assert counts(shown) == [1, 0, 0, 4]
    found = cells(shown)[:4]
    assert [row[0] for row in found] == ["3 · B3", "4 · B4", "5 · A5", "6 · B6"]
    assert [row[1] for row in found] == ["姓名", "姓名", "账号", "姓名"]
    assert "#N/A" in found[1][3]
    assert "舍入" in found[2][3]


def test_a_fault_that_is_found_later_names_the_cell_too(director: PlainBrowser, tmp_path: Path) -> None:
    shown = upload(director, workbook(tmp_path, ("an", "安", "janitor", "no address")), "list.xlsx")
    assert [row[:3] for row in cells(shown)] == [
        ["2 · C2", "岗位", "janitor"],
        ["2 · D2", "邮箱", "no address"],
    ]


def test_a_name_that_a_spreadsheet_would_work_out_is_refused(director: PlainBrowser) -> None:
    rows = [f"a{each},{sign}cmd|' /C calc'!A0,receptionist," for each, sign in enumerate("=+-@")]
    assert counts(upload(director, text_list(*rows))) == [0, 0, 0, 4]


def test_a_list_in_another_encoding_is_read_and_bytes_of_none_cost_their_row(director: PlainBrowser) -> None:
    text = text_list("an,安,receptionist,").decode()
    for encoding in ("gb18030", "utf-16", "utf-8-sig"):
        shown = upload(director, text.encode(encoding))
        assert counts(shown) == [1, 0, 0, 0], encoding
    broken = text_list("an,安,receptionist,", "ba,巴,receptionist,") + b"\nca,\xff\xfe,receptionist,\n"
    shown = upload(director, broken)
    assert counts(shown) == [2, 0, 0, 1]
    assert "编码" in cells(shown)[0][3]


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd.csv",
        "<script>alert(1)</script>.csv",
        "a\u202egpj.csv",
        "con.csv",
        "'\"><img src=x>.csv",
    ],
)
def test_a_hostile_name_is_shown_as_a_harmless_one(director: PlainBrowser, name: str, tmp_path: Path) -> None:
    shown = upload(director, text_list("an,安,receptionist,"), name)
    assert counts(shown) == [1, 0, 0, 0]
    for harm in ("../", "<script>alert", "\u202e", "<img src"):
        assert harm not in shown.text
    assert [each.name for each in tmp_path.iterdir() if "csv" in each.name] == []


def test_hostile_cells_are_shown_as_they_are(director: PlainBrowser) -> None:
    hostile = "<script>hostile()</script>"
    shown = upload(director, text_list(f"an,{hostile},receptionist,", f"{hostile},安,receptionist,"))
    assert hostile not in shown.text
    assert hostile not in director.send(CONFIRM).text


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="the system does not say what is open")
def test_the_file_never_lies_on_the_disk_in_clear(
    director: PlainBrowser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark, found = b"nobody-may-read-this", list[bytes]()
    read = staff_list.read_upload

    def look_and_read(call: Any) -> Any:
        links = [each for each in Path("/proc/self/fd").iterdir() if os.path.exists(each)]
        found.extend(each.read_bytes() for each in links if "(deleted)" in os.readlink(each))
        return read(call)

    monkeypatch.setattr(staff_list, "read_upload", look_and_read)
    rows = [f"a{each},{mark.decode() * 5},receptionist," for each in range(900)]
    content = text_list(*rows, "x," + "y" * 1_000_000 + ",,")
    assert counts(upload(director, content))[0] == 900
    assert max(map(len, found)) > 500_000
    assert not any(mark in each for each in found)
    assert not any(mark in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())


def test_what_was_imported_is_known_to_come_by_the_console(director: PlainBrowser, call: Call) -> None:
    upload(director, text_list("an,安,receptionist,"))
    director.send(CONFIRM)
    changes = call("office-director").get("/api/account-history").json["items"]
    assert {each["surface"] for each in changes if each["account"] == "an"} == {"console"}
    assert {each["actor"]["id"] for each in changes if each["account"] == "an"} == {"id-office-director"}
