"""Imports a list of staff: a row for each post. New people become accounts, known ones get what is new.

Columns: account, name, language, mail, url, site, role, department, in any of four languages; site, role and
department as they are called, or by their code. An empty cell changes nothing, and nothing is ever taken
away. A second import of the same list changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from service.accounts import AccountDraft, check_draft, check_posts
from service.bootstrap import Desk
from service.channels.contact import CONTACTS, check_contact, merge_contact
from service.imports.cells import UnreadableCell
from service.imports.cells.cell import require_text, require_value
from service.imports.cells.reader import find_option
from service.imports.csv_rows import TableRow
from service.imports.layout import ColumnNames, Layout
from service.imports.rejects import Rejects
from service.imports.table import open_table
from workflows.core.account_names import normalize_account_name
from workflows.core.people import Membership, Staff
from workflows.errors import Invalid, Reason
from workflows.folding import identity
from workflows.language.forms.field import LANGUAGES, Titles, own_titles
from workflows.storage.people.people import Account
from workflows.storage.people.staff_changes import Author
from workflows.suggestions import did_you_mean

COLUMNS: Mapping[str, Titles] = {
    "account": own_titles("Account", "账号", "帳號", "Cuenta"),
    "name": own_titles("Name", "姓名", "姓名", "Nombre"),
    "language": own_titles("Language", "语言", "語言", "Idioma"),
    "mail": own_titles("E-mail", "邮箱", "電郵", "Correo"),
    "url": own_titles("URL", "推送地址", "推送地址", "Enlace"),
    "site": own_titles("Site", "项目", "項目", "Centro"),
    "role": own_titles("Role", "岗位", "崗位", "Puesto"),
    "department": own_titles("Department", "部门", "部門", "Departamento"),
}
_NEEDED = ("account", "name", "site", "role")


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
    """What the rows of one account say together, and those rows."""

    draft: AccountDraft
    rows: list[TableRow] = field(default_factory=list)


def import_staff(
    desk: Desk,
    path: Path,
    author: Author,
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
    names = ColumnNames(word for name, titles in COLUMNS.items() for word in (name, *titles.values()))
    with open_table(path, layout, names) as (records, found):
        columns = _match_columns(records.header, site)
        with Rejects(rejects_path, found, records.header) as rejects:
            run = _StaffImport(desk, author, columns, site, rejects)
            run.read_rows(records)
            run.write(dry_run=dry_run)
            return StaffImportSummary(
                read=run.read,
                rejected=rejects.count,
                added=tuple(run.added),
                changed=tuple(run.changed),
                examples=tuple(rejects.examples),
                described=found.description,
            )


def _match_columns(header: Sequence[str], site: str | None) -> list[str | None]:
    """Our column for each column of the list; None for an empty heading."""
    by_title = {identity(word): name for name, titles in COLUMNS.items() for word in (name, *titles.values())}
    found = [by_title.get(identity(cell)) for cell in header]
    reasons = [
        f"a list of staff has no column {cell!r}{did_you_mean(cell, COLUMNS)}"
        for cell, name in zip(header, found, strict=True)
        if name is None and cell.strip()
    ]
    reasons += [f"two columns are both {name}" for name in COLUMNS if found.count(name) > 1]
    needed = [name for name in _NEEDED if not (name == "site" and site)]
    reasons += [f"the list has no column {name!r}" for name in needed if name not in found]
    if reasons:
        raise Invalid([Reason("file", each) for each in reasons])
    return found


class _StaffImport:
    """One import: gathers the rows by person, then writes the people."""

    def __init__(
        self, desk: Desk, author: Author, columns: Sequence[str | None], site: str | None, rejects: Rejects
    ) -> None:
        self._desk, self._author = desk, author
        self._columns, self._site, self._rejects = columns, site, rejects
        self._organisation = desk.definitions.company().organisation
        self._sites = {each.id: {"en": each.name} for each in desk.people.sites()}
        self._people: dict[str, _Person] = {}
        self.read = 0
        self.added: list[str] = []
        self.changed: list[str] = []

    def read_rows(self, rows: Iterable[TableRow]) -> None:
        """Gather all rows; a row that cannot be read is refused by itself."""
        for row in rows:
            self.read += 1
            try:
                if row.fault:
                    raise UnreadableCell(row.fault)
                draft = self._read_draft(row)
            except UnreadableCell as error:
                self._rejects.add(row.line, row.cells, [str(error)])
                continue
            person = self._people.setdefault(identity(draft.account), _Person(draft))
            person.draft = _join(person.draft, draft)
            person.rows.append(row)

    def write(self, *, dry_run: bool) -> None:
        """Write all people, one by one; with `dry_run` only find out who would change."""
        for person in self._people.values():
            draft = person.draft
            known = self._desk.people.account(normalize_account_name(draft.account)[0])
            reasons = self._check_known(known, draft) if known else check_draft(self._desk, draft)[1]
            if reasons:
                for row in person.rows:
                    self._rejects.add(row.line, row.cells, [each.message for each in reasons])
            elif known is None:
                self._add(draft, dry_run)
            elif self._change(known, draft, dry_run):
                self.changed.append(known.staff.account)

    def _read_draft(self, row: TableRow) -> AccountDraft:
        values: dict[str, str] = {}
        for name, cell in zip(self._columns, row.cells, strict=True):
            if name is not None and cell.strip():
                values[name] = require_text(require_value(cell), name=True)
        if missing := [name for name in ("account", "name", "role") if name not in values]:
            raise UnreadableCell(f"{', '.join(missing)}: needed")
        if not (site := values.get("site") or self._site):
            raise UnreadableCell("site: needed")
        language = values.get("language", self._desk.settings.language)
        if language not in LANGUAGES:
            raise UnreadableCell(f"language: one of {', '.join(LANGUAGES)}, not {language!r}")
        roles = {name: role.title for name, role in self._organisation.roles.items()}
        department = values.get("department")
        post = Membership(
            find_option(site, self._sites),
            find_option(values["role"], roles),
            find_option(department, self._organisation.departments) if department else None,
        )
        contact = {name: values[name] for name in CONTACTS if name in values}
        return AccountDraft(
            account=values["account"], name=values["name"], language=language, posts=(post,), contact=contact
        )

    def _check_known(self, known: Account, draft: AccountDraft) -> list[Reason]:
        reasons = check_posts(self._desk, draft.posts) + check_contact(
            self._desk.settings.channels, draft.contact
        )
        if not known.active:
            reasons.append(Reason("disabled-account", f"the account {known.staff.account!r} is disabled"))
        return reasons

    def _add(self, draft: AccountDraft, dry_run: bool) -> None:
        person, _ = check_draft(self._desk, draft)
        if not dry_run:
            self._desk.accounts.add(person, None, draft.contact, self._author)
        self.added.append(person.account)

    def _change(self, known: Account, draft: AccountDraft, dry_run: bool) -> bool:
        """Write what is new of a known account; whether there was anything."""
        staff, before = known.staff, self._desk.people.contact(known.staff.id)
        posts = tuple(dict.fromkeys((*staff.memberships, *draft.posts)))
        contact = merge_contact(before, draft.contact)
        renamed = draft.name != staff.name
        if posts == staff.memberships and contact == before and not renamed:
            return False
        if not dry_run:
            self._write_changes(known, staff, draft, posts, contact if contact != before else None)
        return True

    def _write_changes(
        self,
        known: Account,
        staff: Staff,
        draft: AccountDraft,
        posts: tuple[Membership, ...],
        contact: Mapping[str, str] | None,
    ) -> None:
        self._desk.accounts.update(known, self._author, name=draft.name, contact=contact)
        if posts != staff.memberships:
            self._desk.accounts.set_posts(staff, posts, self._author)


def _join(one: AccountDraft, other: AccountDraft) -> AccountDraft:
    """What two rows of one account say; where both name something, the later one holds."""
    return AccountDraft(
        account=one.account,
        name=other.name,
        language=other.language,
        posts=tuple(dict.fromkeys((*one.posts, *other.posts))),
        contact={**one.contact, **other.contact},
    )
