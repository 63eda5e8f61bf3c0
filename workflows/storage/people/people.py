"""Stores sites, staff, posts and absences. Every change bumps the revision `people`, which renews cached
copies."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, select

from workflows.core.commands import Actor
from workflows.core.people import Absence as Absence
from workflows.core.people import Directory, Membership, Staff
from workflows.folding import identity
from workflows.storage.audit.key import load_audit_key
from workflows.storage.database import Database, Session
from workflows.storage.people import absence_changes
from workflows.storage.people.absence_changes import AbsenceChange
from workflows.storage.people.sites import Site as Site
from workflows.storage.people.sites import Sites, execute_update
from workflows.storage.people.staff_rows import build_staff, insert_staff, replace_posts, update_staff
from workflows.storage.tables import absences, memberships, staff
from workflows.timing.instants import Instant

_M = memberships.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A member of staff as the sign-in needs it. Without a `password_hash` there is no sign-in by
    password."""

    staff: Staff
    password_hash: str | None
    active: bool


class People(Sites):
    """Staff, posts and absences at all sites. A directory may be `max_age` seconds behind changes made by
    other processes."""

    def __init__(self, database: Database, max_age: float = 0.0) -> None:
        super().__init__(database)
        self._max_age = max_age
        self._directories: dict[str, Directory] = {}
        database.rollback_listeners.append(self._directories.clear)

    def revision(self) -> int:
        """A number that grows with every change of sites, staff, posts, absences and tokens."""
        return self._revision.current()

    # Staff

    def add_staff(self, person: Staff, password_hash: str | None = None) -> None:
        """Add a member of staff with their posts. Conflict if the account name is taken."""
        with self._revision.transaction() as session:
            insert_staff(session, person, password_hash)

    def update_staff(
        self,
        staff_id: str,
        *,
        name: str | None = None,
        language: str | None = None,
        password_hash: str | None = None,
        active: bool | None = None,
    ) -> bool:
        """Change what is given; False if there is no such member of staff."""
        given = {"name": name, "language": language, "password_hash": password_hash, "active": active}
        changed = {key: value for key, value in given.items() if value is not None}
        with self._revision.transaction() as session:
            return update_staff(session, staff_id, changed)

    def set_posts(self, staff_id: str, posts: Iterable[Membership]) -> None:
        """Give a member of staff these posts and no others."""
        with self._revision.transaction() as session:
            replace_posts(session, staff_id, posts)

    def contact(self, staff_id: str) -> dict[str, str]:
        """The addresses at which a member of staff gets messages; empty if there are none."""
        rows = self._database.rows(select(staff.c.contact).where(staff.c.id == staff_id))
        sealed = rows[0][0] if rows else None
        contact = self._database.cipher.open_with_master_key(f"staff/{staff_id}", sealed)
        return {name: str(value) for name, value in contact.items()}

    def address_kinds(self) -> dict[str, frozenset[str]]:
        """Which kinds of address (`mail`, `url`) the active members of staff have, by id; who has none is
        left out."""
        query = select(staff.c.id, staff.c.contact).where(staff.c.active, staff.c.contact.is_not(None))
        opened = self._database.cipher.open_with_master_key
        return {
            staff_id: frozenset(
                kind for kind, address in opened(f"staff/{staff_id}", sealed).items() if address
            )
            for staff_id, sealed in self._database.rows(query)
        }

    def find_by_mail(self, mail: str) -> tuple[Staff, ...]:
        """The active members of staff who get their messages at this mail address, however it is capitalised.

        Addresses are sealed, so all of them are opened.
        """
        query = select(staff.c.id, staff.c.contact).where(staff.c.active, staff.c.contact.is_not(None))
        opened, wanted = self._database.cipher.open_with_master_key, mail.casefold()
        found = [
            self.staff(staff_id)
            for staff_id, sealed in self._database.rows(query)
            if str(opened(f"staff/{staff_id}", sealed).get("mail", "")).casefold() == wanted
        ]
        return tuple(each for each in found if each is not None)

    def staff(self, staff_id: str) -> Staff | None:
        """A member of staff with all their posts; None if there is none of this id."""
        return next((each.staff for each in self._read_accounts(staff.c.id == staff_id)), None)

    def account(self, name: str) -> Account | None:
        """The account of this name, for signing in: spelled exactly so, or else so that it looks the same."""
        accounts = self._read_accounts((staff.c.account == name) | (staff.c.folded == identity(name)))
        return next((each for each in accounts if each.staff.account == name), next(iter(accounts), None))

    def all_accounts(self) -> tuple[Account, ...]:
        """All accounts, by name; also those that are no longer active."""
        return self._read_accounts(None)

    def accounts_at(self, site: str, after: str, limit: int, q: str = "") -> tuple[Account, ...]:
        """Up to `limit` accounts with a post at a site, by account name, after that name; disabled ones too.
        With `q`, those that have it in their name or account."""
        here = select(_M.staff_id).where(_M.site_id == site)
        ids = select(staff.c.id).where(staff.c.id.in_(here), staff.c.account > after)
        if q:
            named = staff.c.name.icontains(q, autoescape=True)
            ids = ids.where(named | staff.c.folded.contains(identity(q), autoescape=True))
        ids = ids.order_by(staff.c.account).limit(limit)
        return self._read_accounts(staff.c.id.in_(ids))

    def directory(self, site: str) -> Directory:
        """The active staff of a site with its settings, absences and calendars. The same object until
        something changes."""
        revision = self._revision.current(self._max_age)
        directory = self._directories.get(site)
        if directory is None or directory.revision != revision:
            staff_here = select(_M.staff_id).where(_M.site_id == site)
            accounts = self._read_accounts(staff.c.id.in_(staff_here) & staff.c.active)
            members = {each.staff.id: each.staff for each in accounts}
            site_row = self.site(site) or Site(id=site, name=site, zone="")
            directory = self._directories[site] = Directory(
                site=site,
                staff=members,
                revision=revision,
                settings=site_row.settings,
                absences=self._absences_by_staff(site),
                zone=site_row.zone,
                calendars=site_row.calendars,
            )
        return directory

    # Absences

    def store_absence(self, absence: Absence, actor: Actor, at: Instant) -> None:
        """Record an absence; one with the same beginning replaces the earlier one. The history records who
        did so."""
        key = load_audit_key(self._database)
        with self._revision.transaction() as session:
            self._delete_absence(session, absence)
            row = {
                "site_id": absence.site,
                "staff_id": absence.staff_id,
                "substitute_id": absence.substitute_id,
            }
            values = insert(absences).values(row | {"from_at": absence.from_at, "to_at": absence.to_at})
            session.connection.execute(values)
            absence_changes.insert_change(session, key, "note", absence, actor, at)

    def delete_absence(self, absence: Absence, actor: Actor, at: Instant) -> None:
        """Strike an absence, if it is there. The history records who did so."""
        key = load_audit_key(self._database)
        with self._revision.transaction() as session:
            if self._delete_absence(session, absence):
                absence_changes.insert_change(session, key, "strike", absence, actor, at)

    def absence_history(self, site: str, after: int = 0, limit: int = 200) -> tuple[AbsenceChange, ...]:
        """Up to `limit` changes of a site's absences after the change of this `seq`, oldest first."""
        return absence_changes.read_changes(self._database, site, after, limit)

    def absences(self, site: str, at: Instant) -> tuple[Absence, ...]:
        """Who is away from a site at an instant."""
        a = absences.c
        return self._read_absences(a.site_id == site, a.from_at <= at, a.to_at > at)

    def absences_with_substitute(self, at: Instant) -> tuple[Absence, ...]:
        """The absences at all sites that have a substitute and include an instant."""
        a = absences.c
        return self._read_absences(a.from_at <= at, a.to_at > at, a.substitute_id.is_not(None))

    def absences_since(self, sites: Collection[str], since: Instant) -> tuple[Absence, ...]:
        """The absences from these sites that end after an instant."""
        a = absences.c
        return self._read_absences(a.site_id.in_(sites), a.to_at > since)

    def _absences_by_staff(self, site: str) -> dict[str, tuple[Absence, ...]]:
        by_staff: dict[str, tuple[Absence, ...]] = {}
        for absence in self._read_absences(absences.c.site_id == site):
            by_staff[absence.staff_id] = (*by_staff.get(absence.staff_id, ()), absence)
        return by_staff

    def _read_absences(self, *conditions: ColumnElement[bool]) -> tuple[Absence, ...]:
        a = absences.c
        query = select(absences).where(*conditions).order_by(a.site_id, a.staff_id, a.from_at)
        return tuple(
            Absence(
                site=row.site_id,
                staff_id=row.staff_id,
                from_at=row.from_at,
                to_at=row.to_at,
                substitute_id=row.substitute_id,
            )
            for row in self._database.rows(query)
        )

    def _delete_absence(self, session: Session, absence: Absence) -> bool:
        a = absences.c
        condition = (
            (a.site_id == absence.site) & (a.staff_id == absence.staff_id) & (a.from_at == absence.from_at)
        )
        return execute_update(session, delete(absences).where(condition))

    def _read_accounts(self, condition: Any) -> tuple[Account, ...]:
        """The accounts that match a condition (None: all), with their posts, by account name."""
        query = select(staff, _M.site_id, _M.role, _M.department).outerjoin(
            memberships, _M.staff_id == staff.c.id
        )
        query = query if condition is None else query.where(condition)
        rows = self._database.rows(query.order_by(staff.c.account, _M.site_id, _M.role, _M.department))
        people: dict[str, list[Any]] = {}
        for row in rows:
            people.setdefault(row.id, []).append(row)
        return tuple(_build_account(rows) for rows in people.values())


def _build_account(rows: list[Any]) -> Account:
    return Account(staff=build_staff(rows), password_hash=rows[0].password_hash, active=bool(rows[0].active))
