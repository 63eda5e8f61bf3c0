"""Numbers, days and names in cells: read as they were meant, or refused; never another value."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from service.imports.cells import CellKind, CellReader, NumberReader, TimeReader, UnreadableCell, WorkbookCell
from service.imports.cells.cell import is_total
from workflows.core.people import Directory
from workflows.language.forms.field import Field, FieldType
from workflows.language.forms.organisation import Organisation

NOBODY = Directory(site="s", staff={})
NOTHING = Organisation(roles={}, departments={})


def reader(decimal: str | None = None, day_first: bool | None = None) -> CellReader:
    """A reader to whom this much was said of a list."""
    times = TimeReader(ZoneInfo("Asia/Shanghai"), day_first=day_first)
    return CellReader(times, NumberReader(decimal), NOBODY, NOTHING, frozenset({"key"}))


def read(cell: str, kind: FieldType, *, name: str = "f", **said: object) -> object:
    """What a cell is for a field of this type."""
    return reader(**said).read_value(cell, Field(name=name, type=kind, title={}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("89,5", 89.5),
        ("2,80", 2.8),
        ("1.234,56", 1234.56),
        ("1,234.56", 1234.56),
        ("1.234.567", 1234567),
        ("1 234,5", 1234.5),
        ("1’234.50", 1234.5),
        ("1\u202f234\u202f567,25", 1234567.25),
        ("-12", -12),
        ("−3,5", -3.5),
        ("0,125", 0.125),
        ("1234.567", 1234.567),
        ("８９．５", 89.5),
        ("¥1,280.5", 1280.5),
        (".5", 0.5),
    ],
)
def test_a_number_that_can_be_read_in_one_way_is(cell: str, number: float) -> None:
    """A comma before one or two last digits is a decimal comma: never ten times the area."""
    assert read(cell, FieldType.NUMBER) == number


@pytest.mark.parametrize("cell", ["1,234", "1.234", "12.345", "-100,000"])
def test_a_number_that_may_be_two_is_refused_unless_the_list_says_which(cell: str) -> None:
    """The refusal says both; with the decimal mark it is one of them."""
    with pytest.raises(UnreadableCell, match=r"may be .* or .*; say which mark is the decimal one"):
        read(cell, FieldType.NUMBER)
    both = {read(cell, FieldType.NUMBER, decimal="."), read(cell, FieldType.NUMBER, decimal=",")}
    assert len(both) == 2


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("1_000", "'1_000' is no number: '_' at character 2"),
        ("1e5", "'1e5' is no number: 'e' at character 2"),
        ("12%", "'%' at character 3"),
        ("2,80 €", "'€' at character 6"),
        ("nan", "'n' at character 1"),
        ("1\x0012", r"U\+0000 at character 2"),
        ("1,2,3", "is no number"),
        ("1 23", "is no number"),
        ("12,34.5", "is no number"),
        ("１２a", "'a' at character 3"),
        ("٣", "'٣' at character 1"),
        ("1234567890123456", "more digits than a number keeps"),
        ("0.12345678901234567890", "more digits than a number keeps"),
    ],
)
def test_what_is_no_number_is_refused_with_its_character_and_place(cell: str, why: str) -> None:
    """So that it can be found."""
    with pytest.raises(UnreadableCell, match=why):
        read(cell, FieldType.NUMBER)


# (decimal mark, mark between groups, how a day is written) as CLDR has it
LOCALES = {
    "en": (".", ",", "{m:02}/{d:02}/{y:04}"),
    "de": (",", ".", "{d:02}.{m:02}.{y:04}"),
    "es": (",", ".", "{d}/{m}/{y:04}"),
    "fr": (",", "\u202f", "{d:02}/{m:02}/{y:04}"),
    "sv": (",", "\xa0", "{y:04}-{m:02}-{d:02}"),
    "zh": (".", ",", "{y:04}年{m}月{d}日"),
    "de-CH": (".", "’", "{d}.{m}.{y:04}"),
}


def spelled(number: Decimal, mark: str, group: str) -> str:
    """A number as the locale writes it."""
    return f"{number:,f}".replace(",", "\0").replace(".", mark).replace("\0", group)


def amounts(chance: random.Random, count: int) -> Iterator[Decimal]:
    """Numbers of all sizes."""
    for _ in range(count):
        digits = chance.choice((0, 0, 1, 2, 2, 3, 4))
        yield Decimal(chance.randrange(-(10 ** chance.randint(1, 10)), 10 ** chance.randint(1, 10))).scaleb(
            -digits
        )


def test_a_hundred_thousand_cells_of_seven_locales_are_read_as_meant_or_refused() -> None:
    """With what the list says of itself every one is read exactly; without it none becomes another value."""
    chance = random.Random(20261128)
    for mark, group, day in LOCALES.values():
        told, unreached = reader(mark, day.startswith("{d")), reader()
        for number in amounts(chance, 11_000):
            cell = spelled(number, mark, chance.choice((group, "")))
            assert told.numbers.read_decimal(cell) == number, cell
            if (found := _or_refused(unreached.numbers.read_decimal, cell)) is not None:
                assert found == number, cell
        for _ in range(4_000):
            when = date(1900, 1, 1) + timedelta(days=chance.randrange(70_000))
            cell = day.format(y=when.year, m=when.month, d=when.day)
            assert told.times.read_day(cell) == when, cell
            if (seen := _or_refused(unreached.times.read_day, cell)) is not None:
                assert seen == when, cell


def _or_refused(read: Callable[[str], object], cell: str) -> object:
    try:
        return read(cell)
    except UnreadableCell:
        return None


@pytest.mark.parametrize("cell", ["03/04/2024", "3-4-2024 10:00"])
def test_a_day_that_may_be_two_is_refused_unless_the_list_says_which(cell: str) -> None:
    """Day and month, or month and day."""
    with pytest.raises(
        UnreadableCell, match="may be 2024-03-04 or 2024-04-03; say whether the day or the month"
    ):
        read(cell, FieldType.DATE)
    assert read(cell, FieldType.DATE, day_first=True) == "2024-04-03"
    assert read(cell, FieldType.DATE, day_first=False) == "2024-03-04"


def test_formats_that_make_two_days_of_one_cell_are_refused_too() -> None:
    """A list of formats is no order of preference."""
    times = TimeReader(ZoneInfo("UTC"), ("%d/%m/%Y", "%m/%d/%Y"))
    assert times.read_day("13/04/2024") == date(2024, 4, 13)
    with pytest.raises(UnreadableCell, match="may be"):
        times.read_day("03/04/2024")


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("1952-04-16", "1952-04-16"),
        ("1969-12-31", "1969-12-31"),
        ("0999-01-02", "0999-01-02"),
        ("13/04/2024", "2024-04-13"),
        ("04/13/2024", "2024-04-13"),
        ("03/03/2024", "2024-03-03"),
        ("3.4.2024", "2024-04-03"),
        ("２０２４年３月４日", "2024-03-04"),
    ],
)
def test_days_are_of_any_year(cell: str, day: str) -> None:
    """A resident may be born before 1970; only moments are of the years 1970 to 2200."""
    assert read(cell, FieldType.DATE) == day


def test_a_moment_before_1970_is_refused() -> None:
    """With the reason."""
    with pytest.raises(UnreadableCell, match="outside the years 1970 to 2200"):
        read("1969-12-31 10:00", FieldType.DATETIME)


ERRORS = (
    "#N/A",
    "#DIV/0!",
    "#REF!",
    "#VALUE!",
    "#NAME?",
    "#NUM!",
    "#NULL!",
    "#NV",
    "#¡DIV/0!",
    "Err:502",
    "#####",
)


@pytest.mark.parametrize("kind", [kind for kind in FieldType if kind is not FieldType.ATTACHMENT])
@pytest.mark.parametrize("cell", ERRORS)
def test_an_error_of_a_spreadsheet_is_a_value_nowhere(cell: str, kind: FieldType) -> None:
    """In a text as little as in a number."""
    with pytest.raises(UnreadableCell, match="the cell holds the error"):
        read(cell, kind)


def test_the_error_names_its_cell_in_a_workbook() -> None:
    """Row and column, as the spreadsheet shows them."""
    with pytest.raises(UnreadableCell, match="cell B2 holds the error #N/A"):
        read(WorkbookCell("#N/A", CellKind.ERROR, "B2"), FieldType.TEXT)


@pytest.mark.parametrize("kind", [FieldType.TEXT, FieldType.UNIT, FieldType.PHONE, FieldType.CHOICE])
def test_a_date_cell_is_no_text(kind: FieldType) -> None:
    """The unit 3-12 that a spreadsheet made a day."""
    with pytest.raises(UnreadableCell, match="cell A2 holds the date 2026-03-12 where a text belongs"):
        read(WorkbookCell("2026-03-12", CellKind.DATE, "A2"), kind)


@pytest.mark.parametrize("cell", ["2026-03-12", "12-Mar", "Mar-12", "3月12日", "2026/3/12 00:00:00"])
@pytest.mark.parametrize(("kind", "name"), [(FieldType.UNIT, "f"), (FieldType.TEXT, "key")])
def test_nor_is_a_day_in_words_the_name_of_a_thing(cell: str, kind: FieldType, name: str) -> None:
    """As the spreadsheet saves it in a text file."""
    with pytest.raises(UnreadableCell, match="is a date where a name belongs"):
        read(cell, kind, name=name)
    assert read(cell, FieldType.TEXT) == cell


@pytest.mark.parametrize(
    "cell", ["1.1E+17", "1,1E+17", WorkbookCell("110101199003070000", CellKind.NUMBER, "C2"), "4.4E17"]
)
@pytest.mark.parametrize("kind", [FieldType.TEXT, FieldType.ID_NUMBER])
def test_a_long_number_that_was_rounded_is_refused(cell: str, kind: FieldType) -> None:
    """A spreadsheet keeps fifteen digits of an identity number."""
    with pytest.raises(UnreadableCell, match="was rounded by the spreadsheet"):
        read(cell, kind)


def test_totals_are_known_by_their_names() -> None:
    """In the languages of the desk and its neighbours; a thing that begins so is none."""
    assert all(map(is_total, ("合计", "合计：", "Total", "TOTAL:", "小计", "Summe", "Suma", "sub-total")))
    assert not any(map(is_total, ("Total House 3", "3-1201", "")))
