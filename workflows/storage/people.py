"""Sites, staff, posts and absences. Every change bumps the revision `people`: cached copies are renewed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.sql.expression import Executable

from workflows.core.commands import Actor
from workflows.core.people import Absence as Absence
from workflows.core.people import Directory, Membership, Staff
from workflows.storage import absence_changes, setting_changes
from workflows.storage.absence_changes import AbsenceChange
from workflows.storage.database import Database, Session
from workflows.storage.revisions import PEOPLE, Revision
from workflows.storage.setting_changes import SettingChange
from workflows.storage.tables import absences, memberships, sites, staff
from workflows.timing.instants import Instant

_M = memberships.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """An estate that is looked after. `id` is a short code."""

    id: str
    name: str
    zone: str
    settings: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A member of staff as the sign-in needs it; without a `password_hash` nobody signs in by password."""

    staff: Staff
    password_hash: str | None
    active: bool


class People:
    """Who works where. A directory may lag `fresh_for` seconds behind changes made by other processes."""

    def __init__(self, database: Database, fresh_for: float = 0.0) -> None:
        self._database = database
        self._fresh_for = fresh_for
        self._revision = Revision(database, PEOPLE)
        self._directories: dict[str, Directory] = {}

    def revision(self) -> int:
        """Grows with every change of sites, staff, posts, absences and tokens."""
        return self._revision.current()

    # Sites

    def put_site(self, site: Site) -> None:
        """Add a site, or change what is known of it."""
        row = {"name": site.name, "zone": site.zone, "settings": orjson.dumps(site.settings).decode()}
        with self._revision.changing() as session:
            if not _touched(session, update(sites).where(sites.c.id == site.id).values(row)):
                session.connection.execute(insert(sites).values(row | {"id": site.id}))

    def sites(self) -> tuple[Site, ...]:
        """All sites, by id."""
        return tuple(
            Site(id=row.id, name=row.name, zone=row.zone, settings=orjson.loads(row.settings))
            for row in self._database.rows(select(sites).order_by(sites.c.id))
        )

    def settings(self, site: str) -> dict[str, object]:
        """What a site has said of its settings; nothing, where there is no such site."""
        rows = self._database.rows(select(sites.c.settings).where(sites.c.id == site))
        said: dict[str, object] = orjson.loads(rows[0][0]) if rows else {}
        return said

    def change_settings(
        self, site: str, before: Mapping[str, object], after: Mapping[str, object], actor: Actor, at: Instant
    ) -> bool:
        """Write a site's settings and who changed them; False, and nothing is changed, if they are not
        `before` any more."""
        where = (sites.c.id == site) & (sites.c.settings == orjson.dumps(before).decode())
        changed = update(sites).where(where).values(settings=orjson.dumps(after).decode())
        with self._revision.changing() as session:
            if not _touched(session, changed):
                return False
            setting_changes.written(session, site, before, after, actor, at)
            return True

    def settings_history(self, site: str, after: int = 0, limit: int = 200) -> tuple[SettingChange, ...]:
        """Who changed which setting of a site after the change of this `seq`, oldest first."""
        return setting_changes.changes(self._database, site, after, limit)

    # Staff

    def add_staff(self, person: Staff, password_hash: str | None = None) -> None:
        """Add a member of staff with the posts held. Conflict if the account name is taken."""
        row = {"id": person.id, "account": person.account, "name": person.name, "language": person.language}
        with self._revision.changing() as session:
            session.connection.execute(
                insert(staff).values(row | {"password_hash": password_hash, "active": True})
            )
            _put_posts(session, person.id, person.memberships)

    def change_staff(
        self,
        staff_id: str,
        *,
        name: str | None = None,
        language: str | None = None,
        password_hash: str | None = None,
        active: bool | None = None,
    ) -> bool:
        """Change what is given; whether there is such a member of staff."""
        given = {"name": name, "language": language, "password_hash": password_hash, "active": active}
        row = {key: value for key, value in given.items() if value is not None}
        with self._revision.changing() as session:
            return _touched(
                session, update(staff).where(staff.c.id == staff_id).values(row or {"id": staff_id})
            )

    def put_posts(self, staff_id: str, posts: Iterable[Membership]) -> None:
        """Give a member of staff these posts and no others."""
        with self._revision.changing() as session:
            session.connection.execute(delete(memberships).where(_M.staff_id == staff_id))
            _put_posts(session, staff_id, posts)

    def set_contact(self, staff_id: str, contact: Mapping[str, str]) -> None:
        """Keep where a member of staff is told things; sealed."""
        sealed = self._database.cipher.seal_alone(f"staff/{staff_id}", contact)
        with self._revision.changing() as session:
            session.connection.execute(update(staff).where(staff.c.id == staff_id).values(contact=sealed))

    def contact(self, staff_id: str) -> dict[str, str]:
        """Where a member of staff is told things."""
        rows = self._database.rows(select(staff.c.contact).where(staff.c.id == staff_id))
        sealed = rows[0][0] if rows else None
        opened = self._database.cipher.open_alone(f"staff/{staff_id}", sealed)
        return {name: str(value) for name, value in opened.items()}

    def staff(self, staff_id: str) -> Staff | None:
        """A member of staff with all posts."""
        return next((each.staff for each in self._accounts(staff.c.id == staff_id)), None)

    def account(self, name: str) -> Account | None:
        """The account of this name, for signing in."""
        return next(iter(self._accounts(staff.c.account == name)), None)

    def everybody(self) -> tuple[Account, ...]:
        """All accounts, by name; also those that are no longer active."""
        return self._accounts(None)

    def directory(self, site: str) -> Directory:
        """The active staff of a site. The same object until somebody changes something."""
        revision = self._revision.current(self._fresh_for)
        known = self._directories.get(site)
        if known is None or known.revision != revision:
            here = select(_M.staff_id).where(_M.site_id == site)
            found = self._accounts(staff.c.id.in_(here) & staff.c.active)
            members = {each.staff.id: each.staff for each in found}
            known = self._directories[site] = Directory(
                site=site,
                staff=members,
                revision=revision,
                settings=self.settings(site),
                absences=self._absences_of(site),
            )
        return known

    # Absences

    def put_absence(self, absence: Absence, actor: Actor, at: Instant) -> None:
        """Note that somebody is away; a second note of the same beginning replaces the first. It is kept who
        noted it."""
        with self._revision.changing() as session:
            self._forget(session, absence)
            row = {
                "site_id": absence.site,
                "staff_id": absence.staff_id,
                "substitute_id": absence.substitute_id,
            }
            values = insert(absences).values(row | {"from_at": absence.from_at, "to_at": absence.to_at})
            session.connection.execute(values)
            absence_changes.written(session, "note", absence, actor, at)

    def drop_absence(self, absence: Absence, actor: Actor, at: Instant) -> None:
        """Strike an absence. It is kept who struck it."""
        with self._revision.changing() as session:
            if self._forget(session, absence):
                absence_changes.written(session, "strike", absence, actor, at)

    def absence_history(self, site: str, after: int = 0, limit: int = 200) -> tuple[AbsenceChange, ...]:
        """Who noted or struck which absence after the change of this `seq`, oldest first."""
        return absence_changes.changes(self._database, site, after, limit)

    def absences(self, site: str, at: Instant) -> tuple[Absence, ...]:
        """Who is away from a site at a moment."""
        a = absences.c
        return self._found(a.site_id == site, a.from_at <= at, a.to_at > at)

    def away(self, at: Instant) -> tuple[Absence, ...]:
        """Who is away from any site at a moment and has a substitute."""
        a = absences.c
        return self._found(a.from_at <= at, a.to_at > at, a.substitute_id.is_not(None))

    def coming_absences(self, sites: Collection[str], since: Instant) -> tuple[Absence, ...]:
        """The absences from these sites that are not over by then."""
        a = absences.c
        return self._found(a.site_id.in_(sites), a.to_at > since)

    def _absences_of(self, site: str) -> dict[str, tuple[Absence, ...]]:
        found: dict[str, tuple[Absence, ...]] = {}
        for absence in self._found(absences.c.site_id == site):
            found[absence.staff_id] = (*found.get(absence.staff_id, ()), absence)
        return found

    def _found(self, *which: ColumnElement[bool]) -> tuple[Absence, ...]:
        a = absences.c
        query = select(absences).where(*which).order_by(a.site_id, a.staff_id, a.from_at)
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

    def _forget(self, session: Session, absence: Absence) -> bool:
        a = absences.c
        which = (
            (a.site_id == absence.site) & (a.staff_id == absence.staff_id) & (a.from_at == absence.from_at)
        )
        return _touched(session, delete(absences).where(which))

    def _accounts(self, which: Any) -> tuple[Account, ...]:
        """The accounts that match, with their posts."""
        query = select(staff, _M.site_id, _M.role, _M.department).outerjoin(
            memberships, _M.staff_id == staff.c.id
        )
        query = query if which is None else query.where(which)
        rows = self._database.rows(query.order_by(staff.c.account, _M.site_id, _M.role, _M.department))
        people: dict[str, list[Any]] = {}
        for row in rows:
            people.setdefault(row.id, []).append(row)
        return tuple(_account(rows) for rows in people.values())


def person(rows: list[Any]) -> Staff:
    """A member of staff from the rows of staff and posts."""
    first = rows[0]
    return Staff(
        id=first.id,
        account=first.account,
        name=first.name,
        language=first.language,
        memberships=tuple(
            Membership(row.site_id, row.role, row.department or None)
            for row in rows
            if row.site_id is not None
        ),
    )


def _account(rows: list[Any]) -> Account:
    return Account(staff=person(rows), password_hash=rows[0].password_hash, active=bool(rows[0].active))


def _put_posts(session: Session, staff_id: str, posts: Iterable[Membership]) -> None:
    rows = [
        {"site_id": p.site, "staff_id": staff_id, "role": p.role, "department": p.department or ""}
        for p in dict.fromkeys(posts)
    ]
    if rows:
        session.connection.execute(insert(memberships), rows)


def _touched(session: Session, statement: Executable) -> bool:
    return bool(session.connection.execute(statement).rowcount)
