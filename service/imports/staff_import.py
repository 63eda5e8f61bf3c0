"""Imports a list of staff: a row for each post. New people become accounts, known ones get what is new.

Columns: account, name, language, mail, url, site, role, department, in any of four languages; site, role and
department as they are called, or by their code. An empty cell changes nothing, and nothing is ever taken
away. A second import of the same list changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from service.accounts import AccountDraft, check_draft, check_posts, taken_reason
from service.bootstrap import Desk
from service.channels.contact import check_contact, merge_contact
from service.imports.layout import Layout
from service.imports.rejects import Rejects
from service.imports.row_fault import RowFault
from service.imports.staff_importer import StaffImporter
from service.imports.staff_rows import StaffRow, StaffTable, read_staff
from service.refusals import reason
from workflows.core.account_names import normalize_account_name
from workflows.core.people import Membership, Staff
from workflows.errors import Invalid, Reason
from workflows.folding import identity
from workflows.storage.errors import Conflict
from workflows.storage.people.people import Account

Change = Literal["added", "changed", "same"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedPerson:
    """Somebody whom rows of the list are about. `posts` and `fields` are what is new; `mail` is where an
    invitation of somebody new may go."""

    staff: Staff
    change: Change
    posts: tuple[Membership, ...] = ()
    fields: tuple[str, ...] = ()
    mail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffImportResult:
    """The people of the rows that went in, and the faults of the others."""

    people: tuple[ImportedPerson, ...]
    faults: tuple[RowFault, ...]

    @property
    def refused(self) -> int:
        """How many rows have a fault."""
        return len({fault.line for fault in self.faults})

    def having(self, change: Change) -> tuple[ImportedPerson, ...]:
        """Those to whom this happened."""
        return tuple(each for each in self.people if each.change == change)


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffImportSummary:
    """What an import did, or would do: rows read and refused, accounts added and changed, by name."""

    read: int
    rejected: int
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    described: str = ""


@dataclass(slots=True)
class _Person:
    """What the rows of one account say together; where several name something, the last one holds."""

    rows: list[StaffRow] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.rows[-1].name

    @property
    def language(self) -> str | None:
        return next((each.language for each in reversed(self.rows) if each.language), None)

    @property
    def posts(self) -> tuple[Membership, ...]:
        return tuple(dict.fromkeys(each.post for each in self.rows))

    @property
    def contact(self) -> dict[str, str]:
        return {kind: address for each in self.rows for kind, address in each.contact.items()}


def import_staff(
    desk: Desk,
    path: Path,
    importer: StaffImporter,
    *,
    layout: Layout,
    site: str | None = None,
    rejects_path: Path | None = None,
    dry_run: bool = False,
) -> StaffImportSummary:
    """Import a list; `site` is that of rows which name none.

    If what the readable rows of one person say together cannot be, all of them are refused. Raises Invalid
    for a header that does not fit, or rejects that would overwrite the list.
    """
    if rejects_path is not None and rejects_path.resolve() == path.resolve():
        raise Invalid(Reason("file", "the rejects would overwrite what is brought in; name another file"))
    table = read_staff(desk, path, importer, layout=layout, site=site)
    with Rejects(rejects_path, table.layout, table.header) as rejects:
        done = import_table(desk, table, importer, dry_run=dry_run)
        for line, messages in sorted(_by_line(done.faults).items()):
            rejects.add(line, table.cells[line], messages)
        return StaffImportSummary(
            read=table.read,
            rejected=rejects.count,
            added=tuple(each.staff.account for each in done.having("added")),
            changed=tuple(each.staff.account for each in done.having("changed")),
            examples=tuple(rejects.examples),
            described=table.layout.description,
        )


def _by_line(faults: Iterable[RowFault]) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = {}
    for fault in faults:
        found.setdefault(fault.line, []).append(fault.message)
    return found


def import_table(
    desk: Desk, table: StaffTable, importer: StaffImporter, *, dry_run: bool = False
) -> StaffImportResult:
    """Write the people of a list, each with all their rows or not at all; with `dry_run` only find out who
    would change. What was refused when the list was read stays refused."""
    run, people = _StaffImport(desk, importer), dict[str, _Person]()
    for row in table.rows:
        people.setdefault(identity(row.account), _Person()).rows.append(row)
    found: list[ImportedPerson] = []
    faults = list(table.faults)
    for person in people.values():
        done = run.preview(person) if dry_run else run.write(person)
        if isinstance(done, ImportedPerson):
            found.append(done)
        else:
            faults += _place_faults(table, person, done)
    columns = list(table.headings.values())

    def place(fault: RowFault) -> tuple[int, int]:
        return fault.line, columns.index(fault.column) if fault.column in columns else -1

    return StaffImportResult(people=tuple(found), faults=tuple(sorted(faults, key=place)))


class _StaffImport:
    """Decides about one person at a time, and writes them."""

    def __init__(self, desk: Desk, importer: StaffImporter) -> None:
        self._desk, self._importer = desk, importer
        self._checked: dict[Membership, list[Reason]] = {}  # few different ones for many people

    def _check_posts(self, posts: Iterable[Membership]) -> list[Reason]:
        """Every reason against these posts."""
        found: list[Reason] = []
        for post in posts:
            if post not in self._checked:
                self._checked[post] = self._importer.check_posts([post]) or check_posts(self._desk, [post])
            found += self._checked[post]
        return found

    def preview(self, person: _Person) -> ImportedPerson | list[Reason]:
        """What would become of the person, or every reason against it."""
        known = self._find_known(person)
        return self._decide_new(person) if known is None else self._decide_known(person, known)

    def write(self, person: _Person) -> ImportedPerson | list[Reason]:
        """Write the person, whole or not at all: nobody else changes an account between the decision and the
        write."""
        try:
            with self._desk.accounts.one_transaction():
                known = self._find_known(person)
                if known is None:
                    return self._add(person)
                return self._change(person, known)
        except Conflict:  # an account was added by another way at this moment
            return [taken_reason(person.rows[0].account, person.rows[0].account)]

    def _find_known(self, person: _Person) -> Account | None:
        return self._desk.people.account(normalize_account_name(person.rows[0].account)[0])

    def _draft(self, person: _Person) -> AccountDraft:
        return AccountDraft(
            account=person.rows[0].account,
            name=person.name,
            language=person.language or self._desk.settings.language,
            contact=person.contact,
        )

    def _decide_new(self, person: _Person) -> ImportedPerson | list[Reason]:
        staff, reasons = check_draft(self._desk, self._draft(person))
        if reasons := [*reasons, *self._check_posts(person.posts)]:
            return reasons
        staff = replace(staff, memberships=person.posts)
        return ImportedPerson(
            staff=staff, change="added", posts=person.posts, mail=person.contact.get("mail", "")
        )

    def _add(self, person: _Person) -> ImportedPerson | list[Reason]:
        decided = self._decide_new(person)
        if isinstance(decided, ImportedPerson):
            self._desk.accounts.add(decided.staff, None, person.contact, self._importer.author)
        return decided

    def _decide_known(self, person: _Person, known: Account) -> ImportedPerson | list[Reason]:
        staff = known.staff
        reasons = self._importer.check_account(staff)
        reasons += self._check_posts(person.posts)
        reasons += check_contact(self._desk.settings.channels, person.contact)
        if not known.active:
            message = f"the account {staff.account!r} is disabled"
            reasons.append(reason("disabled-account", message, field="account"))
        if reasons:
            return reasons
        before = self._desk.people.contact(staff.id)
        fields = [kind for kind, address in person.contact.items() if before.get(kind) != address]
        fields += ["name"] if person.name != staff.name else []
        fields += ["language"] if person.language not in (None, staff.language) else []
        posts = tuple(post for post in person.posts if post not in staff.memberships)
        change: Change = "changed" if fields or posts else "same"
        return ImportedPerson(staff=staff, change=change, posts=posts, fields=tuple(fields))

    def _change(self, person: _Person, known: Account) -> ImportedPerson | list[Reason]:
        decided = self._decide_known(person, known)
        if not isinstance(decided, ImportedPerson):
            return decided
        staff, author, accounts = known.staff, self._importer.author, self._desk.accounts
        if decided.fields:
            contact = merge_contact(self._desk.people.contact(staff.id), person.contact)
            accounts.update(
                known,
                author,
                name=person.name,
                language=person.language,
                contact=contact if {*person.contact} & {*decided.fields} else None,
            )
        if decided.posts:
            accounts.set_posts(staff, (*staff.memberships, *decided.posts), author)
        return decided


def _place_faults(table: StaffTable, person: _Person, reasons: Iterable[Reason]) -> list[RowFault]:
    """Each reason at the rows that it is about; the other rows of the person are refused with them."""
    found = [
        table.fault(row, each, column)
        for row in person.rows
        for each in reasons
        if _concerns(row, each, column := _column_of(each), person)
    ]
    lines = {fault.line for fault in found}
    for row in person.rows:
        if row.line not in lines:
            first = min(lines, default=row.line)
            message = f"refused together with line {first}, which is of the same account"
            found.append(table.fault(row, reason("refused-together", message, line=first), ""))
    return found


def _column_of(reason: Reason) -> str:
    """Which of our columns the reason is about; empty if it is of the row as a whole."""
    return reason.facts.get("what", "") if reason.field == "posts" else reason.field or ""


def _concerns(row: StaffRow, reason: Reason, column: str, person: _Person) -> bool:
    if reason.field == "posts":
        return row.value_of(column) == reason.facts.get("name")
    return column not in person.contact or row.contact.get(column) == person.contact[column]
