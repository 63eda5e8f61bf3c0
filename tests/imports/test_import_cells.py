"""What a cell says, as the field it goes into holds it; and the rows of files that are spoilt."""

from __future__ import annotations

import gzip
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from service.imports.cells import CellReader, NumberReader, TimeReader, UnreadableCell
from service.imports.csv_rows import CsvRows, TableRow, open_text
from service.imports.import_map import ColumnSource
from service.imports.values import read_value, slugify
from workflows.core.people import Directory
from workflows.language.forms.field import Field, FieldType, Option
from workflows.language.forms.organisation import Organisation
from workflows.timing.instants import parse_rfc3339, rfc3339

BOSTON = TimeReader(ZoneInfo("America/New_York"))
READER = CellReader(
    BOSTON, NumberReader(), Directory(site="s", staff={}), Organisation(departments={}, roles={})
)
COLUMN = ColumnSource(columns=("c",))


def field(kind: FieldType) -> Field:
    """A field of a type."""
    return Field(name="f", type=kind, title={}, options=(Option("a", {}), Option("b", {})))


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (FieldType.TEXT, " a b ", "a b"),
        (FieldType.MONEY, "12.30", "12.30"),
        (FieldType.NUMBER, "12", 12),
        (FieldType.NUMBER, "-1.5", -1.5),
        (FieldType.BOOLEAN, "是", True),
        (FieldType.BOOLEAN, "No", False),
        (FieldType.DATE, "2011-07-01 01:32:33", "2011-07-01"),
        (FieldType.DATETIME, "2011-07-01 01:32:33", "2011-07-01T05:32:33Z"),
        (FieldType.DATETIME, "2011-07-01T01:32:33+08:00", "2011-06-30T17:32:33Z"),
        (FieldType.CHOICES, "a; b;", ["a", "b"]),
        (FieldType.EMAIL, " li@example.com ", "li@example.com"),
        (FieldType.TEXT, "  ", None),
    ],
)
def test_a_cell_becomes_what_the_field_holds(kind: FieldType, text: str, value: object) -> None:
    """By the field's type, not by guessing."""
    assert read_value(COLUMN, {"c": text}, field(kind), READER) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (FieldType.NUMBER, "twelve"),
        (FieldType.BOOLEAN, "perhaps"),
        (FieldType.DATE, "1/7"),
        (FieldType.DATETIME, "1969-12-31 00:00:00"),
    ],
)
def test_a_cell_that_cannot_be_read_is_unfit(kind: FieldType, text: str) -> None:
    """It is never guessed at."""
    with pytest.raises(UnreadableCell):
        read_value(COLUMN, {"c": text}, field(kind), READER)


def test_words_are_translated() -> None:
    """A word that the map does not have is unfit, unless there is one for all others."""
    source = ColumnSource(columns=("c",), words={"Y": True})
    assert read_value(source, {"c": "Y"}, field(FieldType.BOOLEAN), READER) is True
    with pytest.raises(UnreadableCell, match="not in the map's list"):
        read_value(source, {"c": "X"}, field(FieldType.BOOLEAN), READER)


def test_an_answer_that_is_not_listed_can_leave_the_field_empty() -> None:
    """Where the map says so."""
    source = ColumnSource(columns=("c",), slug=True, drop_unlisted=True)
    assert read_value(source, {"c": "A"}, field(FieldType.CHOICE), READER) == "a"
    assert read_value(source, {"c": "Z"}, field(FieldType.CHOICE), READER) is None


def test_names_are_made_of_any_wording() -> None:
    """If there is anything to make them of."""
    assert (
        slugify("New Sign  Crosswalk or Pavement-Marking (Ñandú)")
        == "new-sign-crosswalk-or-pavement-marking-nandu"
    )
    with pytest.raises(UnreadableCell):
        slugify("电梯")


@pytest.mark.parametrize(
    ("local", "instant"),
    [
        ("2011-11-06 01:30:00", "2011-11-06T05:30:00Z"),  # shown twice: the first time
        ("2011-03-13 02:30:00", "2011-03-13T07:30:00Z"),  # skipped: as much later
    ],
)
def test_the_nights_when_the_clocks_change(local: str, instant: str) -> None:
    """As the calendars have it."""
    assert rfc3339(BOSTON.read_instant(local)) == instant


def test_several_formats_are_tried_in_turn() -> None:
    """Those of the map; a field may have its own."""
    times = TimeReader(ZoneInfo("UTC"), ("%d/%m/%Y", "%m/%d/%Y %I:%M %p"))
    assert times.read_instant("9/15/2020 2:41 PM") == parse_rfc3339("2020-09-15T14:41:00Z")
    assert times.read_instant("2020", ("%Y",)) == parse_rfc3339("2020-01-01T00:00:00Z")


def records(path: Path, text: bytes, encoding: str = "utf-8-sig") -> tuple[tuple[str, ...], list[TableRow]]:
    """The header and the rows of a file."""
    path.write_bytes(text)
    with open_text(path, encoding) as stream:
        found = CsvRows(stream, ",")
        return found.header, list(found)


def test_rows_know_the_line_they_begin_in(tmp_path: Path) -> None:
    """Also after a cell with line breaks; empty lines are no rows."""
    header, found = records(tmp_path / "f.csv", b'\xef\xbb\xbfa,b\r\n1,"x\ny"\r\n\r\n2,z\r\n')
    assert header == ("a", "b")
    assert [(record.line, record.cells) for record in found] == [(2, ("1", "x\ny")), (5, ("2", "z"))]


def test_a_quotation_mark_that_never_closes_costs_its_line_only(tmp_path: Path) -> None:
    """However many lines come after it."""
    lines = b"".join(b"%d,x\n" % number for number in range(5_000))
    _, found = records(tmp_path / "f.csv", b'a,b\n1,"open\n' + lines)
    assert [record.line for record in found if record.fault] == [2]
    assert len(found) == 5_001
    assert found[-1].line == 5_002


def test_a_file_that_breaks_off_says_so(tmp_path: Path) -> None:
    """A download cut short: the rows before the cut are there, and the last word is that there is more."""
    import random

    text = "".join(f"{number},{random.random()}\n" for number in range(10_000))
    packed = gzip.compress(f"a,b\n{text}".encode())
    _, found = records(tmp_path / "f.csv.gz", packed[: len(packed) // 2])
    assert len(found) > 100
    assert found[-1].fault is not None
    assert "breaks off here" in found[-1].fault


def test_bytes_of_another_encoding_cost_their_row_only(tmp_path: Path) -> None:
    """GB 18030 with a byte too many."""
    text = "编号,内容\n1,电梯\n".encode("gb18030") + b"2,\xff\n" + "3,停水\n".encode("gb18030")
    _, found = records(tmp_path / "f.csv", text, "gb18030")
    assert [bool(record.fault) for record in found] == [False, True, False]


def test_a_cell_may_be_long_but_not_endless(tmp_path: Path) -> None:
    """More than 100,000 characters are no form's."""
    _, found = records(tmp_path / "f.csv", b"a,b\n1," + b"x" * 100_001 + b"\n2,y\n")
    assert [bool(record.fault) for record in found] == [True, False]
