"""Lists as spreadsheets leave them: encodings, separators, titles, cover sheets, empty columns, error
cells."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from service.imports.cells import UnreadableCell, require_value
from service.imports.csv_rows import TableRow
from service.imports.layout import ColumnNames, Layout
from service.imports.table import open_table
from workflows.errors import Invalid

NAMES = ColumnNames(["unit", "房号", "area", "面积", "备注", "Dirección", "owner"])
ROWS = [("房号", "面积", "备注"), ("9-101", "89.5", "一楼"), ("9-102", "120", "带花园")]


def opened(path: Path, **said: object) -> tuple[tuple[str, ...], list[TableRow], str]:
    """Header, rows, and how the file was read."""
    with open_table(path, Layout(**said), NAMES) as (rows, layout):  # type: ignore[arg-type]
        return rows.header, list(rows), layout.description


def text(rows: list[tuple[str, ...]], separator: str = ",") -> str:
    """The rows as a text file has them."""
    return "".join(separator.join(row) + "\r\n" for row in rows)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_encoding_and_separator_are_found_and_said(tmp_path: Path, encoding: str, separator: str) -> None:
    """As Chinese spreadsheets save, and as they export."""
    path = tmp_path / "u.csv"
    path.write_bytes(text(ROWS, separator).encode(encoding))
    header, rows, described = opened(path)
    assert header == ROWS[0]
    assert [record.cells for record in rows] == ROWS[1:]
    assert described.startswith(f"read as {encoding.removesuffix('-sig')}")
    assert f"separator {'tab' if separator == chr(9) else separator}, header in line 1" in described


@pytest.mark.parametrize(
    ("header", "words", "encoding"),
    [
        ("unit;Dirección", "Ático 3", "cp1252"),
        ("unit;owner", "José Núñez", "cp1252"),
        ("房號;備註", "電梯壞了", "big5"),
    ],
)
def test_other_encodings_are_found_by_the_names_or_by_the_letters(
    tmp_path: Path, header: str, words: str, encoding: str
) -> None:
    """Western ones of old."""
    path = tmp_path / "u.csv"
    path.write_bytes(f"{header}\n1;{words}\n".encode(encoding))
    with open_table(path, Layout(), ColumnNames(["unit", "房號", "備註", "Dirección"])) as (rows, layout):
        assert [record.cells for record in rows] == [("1", words)]
    assert layout.encoding == encoding


def test_a_text_that_may_be_of_two_encodings_asks_which(tmp_path: Path) -> None:
    """Two hanzi say too little."""
    path = tmp_path / "u.csv"
    path.write_bytes("unit,owner\n1,王敏\n".encode("gb18030"))
    with pytest.raises(Invalid, match="gb18030 or big5"):
        opened(path)
    assert opened(path, encoding="gb18030")[1][0].cells == ("1", "王敏")


def test_a_spoilt_byte_makes_no_other_encoding_of_a_text(tmp_path: Path) -> None:
    """It costs its row."""
    path = tmp_path / "u.csv"
    path.write_bytes(text(ROWS).encode() + b"9-103,1,\xff\r\n")
    _, rows, described = opened(path)
    assert described.startswith("read as utf-8,")
    assert [bool(record.fault) for record in rows] == [False, False, True]


def test_a_title_above_the_columns_is_no_header(tmp_path: Path) -> None:
    """Nor are the blank lines between; a quoted title may have line breaks."""
    path = tmp_path / "u.csv"
    path.write_text('"云栖苑房屋\n台账",,\n,,\n' + text(ROWS), encoding="utf-8")
    header, rows, described = opened(path)
    assert header == ROWS[0]
    assert [record.line for record in rows] == [5, 6]
    assert "header in line 4" in described
    assert opened(path, header=5)[0] == ROWS[1]


def test_empty_columns_at_the_right_and_empty_rows_are_no_data(tmp_path: Path) -> None:
    """What a spreadsheet leaves behind; but what stands beyond the columns is refused, not lost."""
    path = tmp_path / "u.csv"
    path.write_text("unit,area,,\n9-101,89.5,,\n,,,\n , ,,\n9-102,120,,\n9-103,1,,x\n", encoding="utf-8")
    header, rows, _ = opened(path)
    assert header == ("unit", "area")
    assert [(record.line, record.cells) for record in rows[:2]] == [
        (2, ("9-101", "89.5")),
        (5, ("9-102", "120")),
    ]
    assert rows[2].fault == "4 cells where the header has 2"


def workbook(path: Path, fill: Callable[[xlsxwriter.Workbook], None]) -> Path:
    """A workbook."""
    with xlsxwriter.Workbook(str(path)) as book:
        fill(book)
    return path


def test_the_sheet_with_the_columns_is_found_behind_a_cover(tmp_path: Path) -> None:
    """Under a merged title; and said."""

    def fill(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet("封面").write(0, 0, "云栖苑")
        sheet = book.add_worksheet("房屋")
        sheet.merge_range("A1:C1", "房屋台账")
        for number, row in enumerate(ROWS, start=2):
            sheet.write_row(number, 0, row)
        book.add_worksheet("other").write_row(0, 0, ["unit", "x"])

    path = workbook(tmp_path / "u.xlsx", fill)
    header, rows, described = opened(path)
    assert header == ROWS[0]
    assert [(record.line, record.cells[0]) for record in rows] == [(4, "9-101"), (5, "9-102")]
    assert described == "read as sheet '房屋', header in line 3"
    assert opened(path, sheet="other")[0] == ("unit", "x")
    with pytest.raises(Invalid, match="has no sheet 'othr'; did you mean 'other'"):
        opened(path, sheet="othr")


def test_a_workbook_is_known_by_its_content(tmp_path: Path) -> None:
    """Whatever it is called."""
    path = workbook(tmp_path / "u.xlsx", lambda book: book.add_worksheet().write_row(0, 0, ["unit"]))
    assert opened(path.rename(tmp_path / "u.csv"))[0] == ("unit",)


def test_error_cells_and_formulas_never_worked_out_are_no_empty_cells(tmp_path: Path) -> None:
    """Each is refused with its place."""

    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["unit", "area", "备注"])
        sheet.write_row(1, 0, ["5-102"])
        sheet.write_formula(1, 1, "=VLOOKUP(1,A1:B2,2)", None, "#N/A")
        sheet.write_formula(2, 1, "=B9*2", None, "")
        sheet.write(2, 0, "5-103")
        sheet.write_datetime(3, 0, date(2026, 3, 12), book.add_format({"num_format": "m-d"}))  # type: ignore[arg-type]

    _, rows, _ = opened(workbook(tmp_path / "u.xlsx", fill))
    for record, why in zip(
        rows, ("cell B2 holds the error #N/A", "cell B3 holds the error of a formula"), strict=False
    ):
        with pytest.raises(UnreadableCell, match=why):
            require_value(record.cells[1])
    assert rows[2].cells[0] == "2026-03-12"


def test_a_sheet_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    """One cell at the far corner makes the reader allot 17 thousand million."""

    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "unit")
        sheet.write(1_048_575, 16_383, "x")

    with pytest.raises(Invalid, match="too large to be read"):
        opened(workbook(tmp_path / "u.xlsx", fill))


def test_a_workbook_that_unpacks_to_much_more_is_refused(tmp_path: Path) -> None:
    """By what its parts say they are."""
    path = tmp_path / "u.xlsx"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/x.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(700):
            part.write(b"\0" * 1_000_000)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(Invalid, match="too large to be read"):
        opened(path)


def test_a_packed_text_that_never_ends_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows before the bound are there, and the last word is that there was more."""
    monkeypatch.setattr("service.imports.csv_rows.MAX_CHARACTERS", 10_000)
    path = tmp_path / "u.csv.gz"
    path.write_bytes(gzip.compress(b"unit\n" + b"x\n" * 100_000))
    _, rows, _ = opened(path)
    assert rows[-1].fault is not None
    assert "no more is read" in rows[-1].fault


_OASIS = "urn:oasis:names:tc:opendocument:xmlns"
ODS = (
    f'<office:document-content xmlns:office="{_OASIS}:office:1.0" xmlns:table="{_OASIS}:table:1.0"'
    f' xmlns:text="{_OASIS}:text:1.0" office:version="1.2"'
    ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">'
    '<office:body><office:spreadsheet><table:table table:name="S">'
    '<table:table-row><table:table-cell office:value-type="string"><text:p>unit</text:p></table:table-cell>'
    '<table:table-cell office:value-type="string"><text:p>area</text:p></table:table-cell></table:table-row>'
    '<table:table-row><table:table-cell office:value-type="string"><text:p>5-102</text:p></table:table-cell>'
    '<table:table-cell office:value-type="string" office:string-value="" calcext:value-type="error">'
    "<text:p>#DIV/0!</text:p></table:table-cell></table:table-row></table:table>"
    "</office:spreadsheet></office:body></office:document-content>"
)


def test_error_cells_of_open_documents_are_found_too(tmp_path: Path) -> None:
    """The reader gives them as empty ones."""
    path = tmp_path / "u.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", ODS)
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
    _, rows, _ = opened(path)
    with pytest.raises(UnreadableCell, match="cell B2 holds the error #DIV/0!"):
        require_value(rows[0].cells[1])


def test_a_kind_of_workbook_in_which_errors_cannot_be_seen_is_refused(tmp_path: Path) -> None:
    """With what to do."""
    path = tmp_path / "u.xlsb"
    path.write_bytes(b"PK\x03\x04")
    with pytest.raises(Invalid, match=r"save it as \.xlsx"):
        opened(path)


def test_error_cells_of_the_old_binary_format_are_found_too() -> None:
    """A made-up list, kept as a file: nothing here writes that format."""
    _, rows, described = opened(Path(__file__).parent / "lists" / "errors.xls")
    assert described == "read as sheet 'S', header in line 1"
    with pytest.raises(UnreadableCell, match="cell B2 holds the error #N/A"):
        require_value(rows[0].cells[1])
    assert rows[1].cells == ("5-103", "89.5")
