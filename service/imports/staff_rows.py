"""Reads the rows of a list of staff: a row for each post. Whether what they say can be, the import finds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from service.bootstrap import Desk
from service.channels.contact import CONTACTS
from service.imports.cells import UnreadableCell
from service.imports.cells.cell import require_text, require_value
from service.imports.cells.reader import find_option
from service.imports.csv_rows import TableRow
from service.imports.layout import ColumnNames, Layout
from service.imports.row_fault import MAX_VALUE, RowFault, name_column
from service.imports.sheet_scan import column_name
from service.imports.staff_columns import LONGEST, LONGEST_NAME, column_words, match_columns
from service.imports.staff_importer import StaffImporter
from service.imports.table import TableRows, open_table
from service.imports.table_file import LIMITS, TableFile, TableLimits
from service.refusals import TooLarge, reason
from workflows.core.people import Membership
from workflows.errors import Reason
from workflows.language.forms.field import LANGUAGES, Titles

_NEEDED = ("account", "name", "role")
_FORMULA = ("=", "+", "-", "@")  # what spreadsheets take for the beginning of a formula


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffRow:
    """One post of one person, as a row says it. Without a `language` it is that of the desk."""

    line: int
    account: str
    name: str
    post: Membership
    language: str | None = None
    contact: Mapping[str, str] = field(default_factory=dict)

    def value_of(self, column: str) -> str:
        """What the row says in one of our columns."""
        post = {"site": self.post.site, "role": self.post.role, "department": self.post.department}
        own = {"account": self.account, "name": self.name, "language": self.language}
        return {**own, **post, **self.contact}.get(column) or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffTable:
    """A list that was read: the rows that could be, and the faults of the others.

    `headings` are what the sheet calls our columns, `letters` those of a workbook's columns. `cells` are the
    rows as they stand, by line.
    """

    read: int
    rows: tuple[StaffRow, ...]
    faults: tuple[RowFault, ...]
    headings: Mapping[str, str]
    letters: Mapping[str, str] = field(default_factory=dict)
    header: tuple[str, ...] = ()
    cells: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    layout: Layout = field(default_factory=Layout)

    def fault(self, row: StaffRow, reason: Reason, column: str) -> RowFault:
        """A fault of a row that was read; without a `column`, of the whole row."""
        letters = self.letters.get(column, "")
        return RowFault(
            line=row.line,
            reason=reason,
            column=self.headings.get(column, "") if column else "",
            value=row.value_of(column)[:MAX_VALUE],
            place=f"{letters}{row.line}" if letters else "",
        )


def read_staff(
    desk: Desk,
    file: TableFile,
    importer: StaffImporter,
    *,
    layout: Layout,
    site: str | None = None,
    limits: TableLimits = LIMITS,
    most_rows: int | None = None,
) -> StaffTable:
    """Read a list; `site` is that of rows which name none. Sites are called as those of the importer are.

    Raises Invalid for a file or a header that does not fit, TooLarge for more than `most_rows`.
    """
    with open_table(file, layout, ColumnNames(column_words()), limits) as (records, found):
        columns = match_columns(records.header, site)
        rows = tuple(_take_rows(records, most_rows))
        header = records.header
    reader = _RowReader(desk, importer, header, columns, site, sheet=found.sheet is not None)
    read = [reader.read(row) for row in rows]
    places = {name: place for place, name in enumerate(columns) if name is not None}
    return StaffTable(
        read=len(rows),
        rows=tuple(each for each in read if isinstance(each, StaffRow)),
        faults=tuple(fault for each in read if not isinstance(each, StaffRow) for fault in each),
        headings={name: name_column(header, place) for name, place in places.items()},
        letters={name: column_name(place) for name, place in places.items()} if found.sheet else {},
        header=header,
        cells={row.line: row.cells for row in rows},
        layout=found,
    )


def _take_rows(records: TableRows, most: int | None) -> Iterator[TableRow]:
    for count, row in enumerate(records, start=1):
        if most is not None and count > most:
            raise TooLarge(reason("too-many-rows", f"at most {most} rows at once", most=most))
        yield row


class _RowReader:
    """Reads a row, or finds every fault of it."""

    def __init__(
        self,
        desk: Desk,
        importer: StaffImporter,
        header: Sequence[str],
        columns: Sequence[str | None],
        site: str | None,
        *,
        sheet: bool,
    ) -> None:
        organisation = desk.definitions.company().organisation
        self._header, self._columns, self._site, self._sheet = header, columns, site, sheet
        self._options: Mapping[str, Mapping[str, Titles]] = {
            "site": {each.id: {"en": each.name} for each in desk.people.sites() if each.id in importer.sites},
            "role": {name: role.title for name, role in organisation.roles.items()},
            "department": organisation.departments,
        }

    def read(self, row: TableRow) -> StaffRow | list[RowFault]:
        """The row, or its faults."""
        if row.damage is not None:
            return [RowFault(line=row.line, reason=row.damage)]
        values: dict[str, str] = {}
        faults: list[RowFault] = []
        for place, (name, cell) in enumerate(zip(self._columns, row.cells, strict=True)):
            if name is not None and cell.strip():
                try:
                    values[name] = self._read_cell(name, cell)
                except UnreadableCell as error:
                    faults.append(self._fault(row, place, error.reason))
        faults += self._find_missing(row)
        if faults:
            return faults
        post = Membership(values.get("site") or self._site or "", values["role"], values.get("department"))
        return StaffRow(
            line=row.line,
            account=values["account"],
            name=values["name"],
            language=values.get("language"),
            post=post,
            contact={name: values[name] for name in CONTACTS if name in values},
        )

    def _read_cell(self, name: str, cell: str) -> str:
        text = require_text(require_value(cell), name=True)
        most = LONGEST.get(name, LONGEST_NAME)
        if len(text) > most:
            raise UnreadableCell(f"at most {most} characters", "cell-long", most=most)
        if name == "name" and text.startswith(_FORMULA):
            message = f"{text!r} begins like a formula, not like a name"
            raise UnreadableCell(message, "cell-formula", text=text)
        if name == "language" and text not in LANGUAGES:
            known = ", ".join(LANGUAGES)
            raise UnreadableCell(f"one of {known}, not {text!r}", "cell-language", text=text, known=known)
        return find_option(text, self._options[name]) if name in self._options else text

    def _find_missing(self, row: TableRow) -> list[RowFault]:
        """A fault for each empty cell where something is needed."""
        found: list[RowFault] = []
        for name in _NEEDED if self._site else (*_NEEDED, "site"):
            place = self._columns.index(name)
            if not row.cells[place].strip():
                title = name_column(self._header, place)
                found.append(
                    self._fault(row, place, reason("missing-field", "needed", field=name, title=title))
                )
        return found

    def _fault(self, row: TableRow, place: int, reason: Reason) -> RowFault:
        return RowFault(
            line=row.line,
            reason=reason,
            column=name_column(self._header, place),
            value=row.cells[place].strip()[:MAX_VALUE],
            place=f"{column_name(place)}{row.line}" if self._sheet else "",
        )
