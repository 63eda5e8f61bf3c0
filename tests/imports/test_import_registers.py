"""Lists brought into a register, from CSV files and workbooks."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter
from import_desks import HERE, SITE, desk_on, read, written

from service import wallclock
from service.bootstrap import Desk
from service.imports.layout import Layout
from service.imports.register_import import ListFile, RegisterSummary, import_register
from workflows.errors import Invalid, NotFound
from workflows.language.load import read_folder
from workflows.storage.cipher import Cipher
from workflows.storage.database import Database
from workflows.storage.registers.results import RegisterEntry


def title(word: str, hans: str) -> str:
    return f"{{en: {word}, zh-Hans: {hans}, zh-Hant: {hans}, es: {word}}}"


REGISTERS = f"""\
units:
  title: {title("Units", "房屋")}
  key: unit
  readers: [READER]
  fields:
    unit: {{type: unit, title: {title("Unit", "房号")}}}
    area: {{type: number, min: 0, title: {title("Area", "面积")}}}
    rate: {{type: money, title: {title("Rate", "单价")}}}
    status:
      type: choice
      title: {title("Status", "状态")}
      options: {{vacant: {title("Vacant", "空置")}, let: {title("Let", "出租")}}}
    tags: {{type: choices, title: {title("Tags", "标签")}, options: {{new: {title("New", "新")}, big: {title("Big", "大")}}}}}
    moved_in: {{type: date, title: {title("Moved in", "入住")}}}
    seen: {{type: datetime, title: {title("Seen", "查看")}}}
    lift: {{type: boolean, title: {title("Lift", "电梯")}}}
    keeper: {{type: staff, title: {title("Keeper", "管家")}}}
    owner: {{type: person, title: {title("Owner", "业主")}}}
    phone: {{type: phone, title: {title("Phone", "电话")}}}
"""  # noqa: E501


@pytest.fixture
def desk(sqlite_template: Path, tmp_path: Path, cipher: Cipher) -> Desk:
    """A desk whose company keeps a register of units."""
    shutil.copy(sqlite_template, tmp_path / "desk.db")
    database = Database(f"sqlite:///{tmp_path / 'desk.db'}", cipher=cipher, synchronous="OFF")
    found = desk_on(database, "cn", "Asia/Shanghai", tmp_path)
    folder = tmp_path / "definitions"
    shutil.copytree(HERE / "cn", folder)
    role = next(iter(read_folder(folder).context.organisation.roles))
    (folder / "registers.yaml").write_text(REGISTERS.replace("READER", role), encoding="utf-8")
    found.definitions.publish(read_folder(folder), wallclock.now(), "test")
    return found


def bring(desk: Desk, path: Path, rejects: Path | None = None, **more: object) -> RegisterSummary:
    return import_register(desk, "units", ListFile(path=path, **more), SITE, rejects)  # type: ignore[arg-type]


def entry(desk: Desk, key: str) -> RegisterEntry:
    found = desk.store.entries.find(SITE, "units", key)
    assert found is not None
    return found


HEADER = ("unit", "Area", "状态", "业主", "phone")
ROWS = (
    ("3-1201", "90", "空置", "王敏", "138 0000 0001"),
    ("3-1202", "85.5", "LET", "", ""),
    ("3-1203", "1,200.0", "vacant", "", ""),
)


def test_a_list_goes_in_its_columns_named_as_people_name_them(desk: Desk, tmp_path: Path) -> None:
    """By name or by title, in any language; options likewise."""
    done = bring(desk, written(tmp_path / "u.csv", HEADER, ROWS))
    assert (done.read, done.changed, done.rejected) == (3, 3, 0)
    first = entry(desk, "3-1201")
    assert first.data == {"unit": "3-1201", "area": 90, "status": "vacant"}
    assert first.personal == {"owner": "王敏", "phone": "13800000001"}
    assert (entry(desk, "3-1202").data["status"], entry(desk, "3-1203").data["area"]) == ("let", 1200)
    (change,) = desk.store.entries.history(SITE, "units", "3-1201")
    assert (change.actor_id, change.surface) == ("import", "import")


def test_brought_in_twice_it_adds_nothing(desk: Desk, tmp_path: Path) -> None:
    """Not even a row of history."""
    path = written(tmp_path / "u.csv", HEADER, ROWS)
    bring(desk, path)
    again = bring(desk, path)
    assert (again.read, again.changed, again.rejected) == (3, 0, 0)
    assert entry(desk, "3-1201").seq == 1


def test_columns_the_list_does_not_have_stay_and_empty_cells_empty_theirs(desk: Desk, tmp_path: Path) -> None:
    """So a list of phones does not take the areas away."""
    bring(desk, written(tmp_path / "u.csv", HEADER, ROWS))
    bring(desk, written(tmp_path / "v.csv", ("unit", "phone", "Status"), [("3-1201", "", "let")]))
    assert entry(desk, "3-1201").data == {"unit": "3-1201", "area": 90, "status": "let"}
    assert entry(desk, "3-1201").personal == {"owner": "王敏"}


def test_a_list_typed_in_full_width_is_the_same_list(desk: Desk, tmp_path: Path) -> None:
    """Keys with another dash are the entries that are there, and what is in them is kept in half width."""
    header = ("unit", "Area", "Rate", "Moved in", "phone")
    plain = ("9-101", "120", "1.5", "2026-03-02", "13800000000")
    wide = ("９－１０１", "１２０", "１.５", "２０２６－０３－０２", "１３８００００００００")
    bring(desk, written(tmp_path / "u.csv", header, [plain]))
    again = bring(desk, written(tmp_path / "v.csv", header, [wide, ("9–102", *wide[1:])]))
    assert (again.read, again.changed, again.rejected) == (2, 1, 0)
    assert entry(desk, "9-101").seq == 1
    assert entry(desk, "9-102").data == entry(desk, "9-101").data | {"unit": "9-102"}
    assert entry(desk, "9-102").personal == {"phone": "13800000000"}


def test_bad_rows_go_to_the_rejects_and_the_good_ones_in(desk: Desk, tmp_path: Path) -> None:
    """With their lines and every reason, and they can be mended and brought in."""
    rows = [
        ("3-1201", "90", "vacant", "", ""),
        ("", "90", "vacant", "", ""),
        ("3-1203", "much", "hotel", "", "none"),
        ("3-1204", "-1", "", "", ""),
        ("3-1201", "91", "", "", ""),
        ("3-1205", "80"),
        ("3-1206", "70", "let", "", ""),
    ]
    rejects = tmp_path / "rejects.csv"
    done = bring(desk, written(tmp_path / "u.csv", HEADER, rows), rejects)
    assert (done.read, done.changed, done.rejected) == (7, 2, 5)
    said = {row["line"]: row["reason"] for row in read(rejects)}
    assert said["3"] == "unit is needed"
    assert said["4"] == "Area: 'much' is no number: 'm' at character 1"
    assert said["5"] == "Area must be at least 0"
    assert said["6"] == "'3-1201' stands in line 2 already"
    assert said["7"] == "2 cells where the header has 5"
    assert done.examples[0] == "line 3: unit is needed"
    assert entry(desk, "3-1201").data["area"] == 90
    assert bring(desk, rejects, skip=("line", "reason")).read == 5


@pytest.mark.parametrize(
    ("header", "why"),
    [
        (("unit", "aera"), "units has no column 'aera'; did you mean 'area'? (--skip leaves it out)"),
        (("area", "状态"), "the list has no column 'unit', which names an entry"),
        (("unit", "area", "面积"), "two columns are both area"),
        (("unit", "unit"), "the header names a column twice: 'unit'"),
        (("", ""), "the list has no column 'unit', which names an entry"),  # the first row that says anything
    ],
)
def test_a_header_that_does_not_fit_is_refused_whole(
    desk: Desk, tmp_path: Path, header: tuple[str, ...], why: str
) -> None:
    """Before anything is written."""
    with pytest.raises(Invalid) as caught:
        bring(desk, written(tmp_path / "u.csv", header, [("3-1201", "90", "1")[: len(header)]]))
    assert why in [reason.message for reason in caught.value.reasons]
    assert not desk.store.entries.has_entries(SITE, "units")


def test_cells_are_read_as_people_write_them(desk: Desk, tmp_path: Path) -> None:
    """Amounts with their sign, days and moments of the site, several options, yes and no, accounts."""
    header = ("unit", "rate", "moved_in", "seen", "lift", "tags", "keeper")
    rows = [
        ("a", "¥1,280.5", "2026/3/2", "2026-03-02 09:00", "是", "New；大", "boss"),
        ("b", "2.50元", "2026年3月2日", "2026/3/2 9:00:30", "no", "big", "id-boss"),
        ("c", "x", "32.1.2026", "soon", "maybe", "old", "nobody"),
    ]
    done = bring(desk, written(tmp_path / "u.csv", header, rows))
    assert entry(desk, "a").data == {
        "unit": "a",
        "rate": "1280.50",
        "moved_in": "2026-03-02",
        "seen": "2026-03-02T01:00:00Z",
        "lift": True,
        "tags": ["new", "big"],
        "keeper": "id-boss",
    }
    assert entry(desk, "b").data["seen"] == "2026-03-02T01:00:30Z"
    assert done.rejected == 1
    assert "keeper: 'nobody' is no account of this site" in done.examples[0]


def workbook(path: Path, fill: Callable[[xlsxwriter.Workbook], None]) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        fill(book)
    return path


def test_a_workbook_is_read_like_a_list(desk: Desk, tmp_path: Path) -> None:
    """Its first sheet: numbers, days, moments, empty lines, and a header that stands lower down."""

    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("房屋")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.write_row(1, 0, ["房号", "面积", "入住", "seen", "lift", "单价"])
        sheet.write_row(3, 0, [1201, 89.5])
        sheet.write_datetime(3, 2, date(2026, 3, 2), day)  # type: ignore[arg-type]
        sheet.write_datetime(3, 3, datetime(2026, 3, 2, 9), moment)  # noqa: DTZ001 - a cell has no zone
        sheet.write_boolean(3, 4, True)
        sheet.write_number(3, 5, 2.5)
        sheet.write_row(4, 0, ["3-1202", "many"])
        book.add_worksheet("other").write(0, 0, "not read")

    done = bring(desk, workbook(tmp_path / "u.xlsx", fill), tmp_path / "r.csv")
    assert (done.read, done.changed, done.rejected) == (2, 1, 1)
    assert entry(desk, "1201").data == {
        "unit": "1201",
        "area": 89.5,
        "moved_in": "2026-03-02",
        "seen": "2026-03-02T01:00:00Z",
        "lift": True,
        "rate": "2.50",
    }
    assert read(tmp_path / "r.csv")[0]["line"] == "5"


@pytest.mark.parametrize("content", [b"", b"not a workbook", b"PK\x03\x04broken"])
def test_what_is_no_workbook_is_refused(desk: Desk, tmp_path: Path, content: bytes) -> None:
    """With a sentence, not a stack."""
    path = tmp_path / "u.xlsx"
    path.write_bytes(content)
    with pytest.raises(Invalid, match="no workbook that can be read"):
        bring(desk, path)


def test_an_empty_workbook_has_no_header(desk: Desk, tmp_path: Path) -> None:
    """And is refused for it."""
    with pytest.raises(Invalid, match="no header row"):
        bring(desk, workbook(tmp_path / "u.xlsx", lambda book: book.add_worksheet()))


def test_another_encoding_can_be_named(desk: Desk, tmp_path: Path) -> None:
    """As spreadsheets in China write it."""
    path = tmp_path / "u.csv"
    path.write_bytes("房号,业主\n3-1201,王敏\n".encode("gb18030"))
    assert bring(desk, path, layout=Layout(encoding="gb18030")).changed == 1
    assert entry(desk, "3-1201").personal == {"owner": "王敏"}


def test_there_is_no_such_register_or_site(desk: Desk, tmp_path: Path) -> None:
    """With what was probably meant."""
    path = written(tmp_path / "u.csv", ("unit",), [("1",)])
    with pytest.raises(NotFound, match="did you mean 'units'"):
        import_register(desk, "unit", ListFile(path=path), SITE)
    with pytest.raises(NotFound, match="there is no site 'sit'"):
        import_register(desk, "units", ListFile(path=path), "sit")
    with pytest.raises(Invalid, match="would overwrite"):
        bring(desk, path, path)


def test_many_rows_go_in(desk: Desk, tmp_path: Path) -> None:
    """In batches, none is lost."""
    rows = [(f"{number:05}", str(number), "let", f"P{number}", "") for number in range(2_000)]
    assert bring(desk, written(tmp_path / "u.csv", HEADER, rows)).changed == 2_000
    assert len(list(desk.store.entries.in_force(SITE, "units"))) == 2_000


def test_a_list_with_decimal_commas_is_read_as_it_was_meant(desk: Desk, tmp_path: Path) -> None:
    """Never ten or a hundred times the rate; what may be either is refused unless the list says which."""
    header = ("unit", "area", "rate")
    rows = [("9-201", "89,5", "2,80"), ("9-202", "1.234,56", "1.234,50"), ("9-203", "1.234", "3")]
    path = written(tmp_path / "u.csv", header, rows)
    done = bring(desk, path)
    assert (done.changed, done.rejected) == (2, 1)
    assert done.examples == ("line 4: area: '1.234' may be 1.234 or 1234; say which mark is the decimal one",)
    assert entry(desk, "9-201").data == {"unit": "9-201", "area": 89.5, "rate": "2.80"}
    assert entry(desk, "9-202").data == {"unit": "9-202", "area": 1234.56, "rate": "1234.50"}
    assert bring(desk, path, decimal=",").changed == 1
    assert entry(desk, "9-203").data["area"] == 1234


def test_error_cells_take_away_nothing(desk: Desk, tmp_path: Path) -> None:
    """The row is refused, and what the entry held stays."""
    bring(desk, written(tmp_path / "u.csv", ("unit", "area"), [("5-102", "89.5")]))

    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["unit", "area", "rate"])
        sheet.write(1, 0, "5-102")
        sheet.write_formula(1, 1, "=VLOOKUP(A2,D1:E2,2,FALSE)", None, "#N/A")
        sheet.write_formula(1, 2, "=1/0", None, "#DIV/0!")

    done = bring(desk, workbook(tmp_path / "u.xlsx", fill))
    assert (done.changed, done.rejected) == (0, 1)
    assert done.examples == (
        "line 2: area: cell B2 holds the error #N/A; rate: cell C2 holds the error #DIV/0!",
    )
    assert entry(desk, "5-102").data["area"] == 89.5


def test_a_row_of_totals_is_no_entry(desk: Desk, tmp_path: Path) -> None:
    """Also where the total is named before the key."""
    rows = [("1", "3-1201", "90"), ("", "合计", "231810"), ("Total:", "", "231810")]
    done = bring(desk, written(tmp_path / "u.csv", ("no", "unit", "area"), rows), skip=("no",))
    assert (done.changed, done.rejected) == (1, 2)
    assert all("a row of totals is no entry" in example for example in done.examples)


def test_what_stands_in_a_column_without_a_name_is_not_lost_in_silence(desk: Desk, tmp_path: Path) -> None:
    """An empty one is no column; one that says something costs its row, unless it is left out."""
    text = "unit,,area\n9-101,,89.5\n9-102,with a garden,120\n"
    (tmp_path / "list.csv").write_text(text, encoding="utf-8")
    found = import_register(desk, "units", ListFile(path=tmp_path / "list.csv"), "site")
    assert (found.changed, found.rejected) == (1, 1)
    assert found.examples == (
        "line 3: column 2 has no name, and says 'with a garden' (--skip '' leaves it out)",
    )
    found = import_register(desk, "units", ListFile(path=tmp_path / "list.csv", skip=("",)), "site")
    assert (found.changed, found.rejected) == (1, 0)


def test_days_before_1970_go_in_and_doubtful_ones_are_asked_about(desk: Desk, tmp_path: Path) -> None:
    """A resident may have moved in long ago; 3 April and 4 March are not mixed up."""
    path = written(
        tmp_path / "u.csv",
        ("unit", "moved_in"),
        [("1", "1952-04-16"), ("2", "03/04/2024"), ("3", "2026-03-12")],
    )
    done = bring(desk, path)
    assert entry(desk, "1").data["moved_in"] == "1952-04-16"
    assert "'03/04/2024' may be 2024-03-04 or 2024-04-03; say whether" in done.examples[0]
    assert bring(desk, path, day_first=True).changed == 1
    assert entry(desk, "2").data["moved_in"] == "2024-04-03"


def test_a_list_in_another_encoding_with_another_separator_needs_no_options(
    desk: Desk, tmp_path: Path
) -> None:
    """And says how it was read."""
    path = tmp_path / "u.csv"
    path.write_bytes("云栖苑房屋台账;;\n房号;业主;\n3-1201;王敏;\n;;\n".encode("gb18030"))
    done = bring(desk, path)
    assert (done.read, done.changed, done.rejected) == (1, 1, 0)
    assert done.described == "read as gb18030, separator ;, header in line 2"
