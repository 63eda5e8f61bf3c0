"""Stores sites with their settings and calendars. Every change bumps the revision `people`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import insert, select, update
from sqlalchemy.sql.expression import Executable

from workflows.core.commands import Actor
from workflows.storage.audit.key import load_audit_key
from workflows.storage.database import Database, Session
from workflows.storage.people import setting_changes
from workflows.storage.people.setting_changes import SettingChange
from workflows.storage.revisions import PEOPLE, Revision
from workflows.storage.tables import sites
from workflows.timing.instants import Instant

CALENDAR_PREFIX = "calendar."
"""A change of a calendar is recorded in the history of settings under this prefix and the calendar's role."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """An estate or office of the company. `id` is a short code, `zone` an IANA time zone."""

    id: str
    name: str
    zone: str
    settings: Mapping[str, object] = field(default_factory=dict)
    calendars: Mapping[str, Mapping[str, object]] = field(
        default_factory=dict
    )  # role -> what the site has set (`said`), and since when


class Sites:
    """Reads and changes the sites of the company."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._revision = Revision(database, PEOPLE)

    def store_site(self, site: Site) -> None:
        """Insert a site, or update the one with this id."""
        row = {"name": site.name, "zone": site.zone, "settings": orjson.dumps(site.settings).decode()}
        row["calendars"] = orjson.dumps(site.calendars).decode()
        with self._revision.transaction() as session:
            if not execute_update(session, update(sites).where(sites.c.id == site.id).values(row)):
                session.connection.execute(insert(sites).values(row | {"id": site.id}))

    def sites(self) -> tuple[Site, ...]:
        """All sites with their settings and calendars, by id."""
        return tuple(map(_build_site, self._database.rows(select(sites).order_by(sites.c.id))))

    def site(self, site: str) -> Site | None:
        """The site of this id; None if there is none."""
        return next(map(_build_site, self._database.rows(select(sites).where(sites.c.id == site))), None)

    def settings(self, site: str) -> dict[str, object]:
        """The settings that a site has set, without defaults; empty if there is no such site."""
        stored = self.site(site)
        return dict(stored.settings) if stored else {}

    def change_settings(
        self, site: str, before: Mapping[str, object], after: Mapping[str, object], actor: Actor, at: Instant
    ) -> bool:
        """Write a site's settings and record who changed them; False, with nothing written, if they are no
        longer as they were `before`."""
        where = (sites.c.id == site) & (sites.c.settings == orjson.dumps(before).decode())
        changed = update(sites).where(where).values(settings=orjson.dumps(after).decode())
        key = load_audit_key(self._database)
        with self._revision.transaction() as session:
            if not execute_update(session, changed):
                return False
            setting_changes.insert_changes(session, key, site, before, after, actor, at)
            return True

    def change_calendar(
        self,
        site: str,
        role: str,
        before: Mapping[str, object],
        after: Mapping[str, object],
        by: Actor,
        at: Instant,
    ) -> bool:
        """Write what a site sets for a calendar, and record who did so; False, with nothing written, if it
        is no longer as it was `before`. If `after` is empty, the company's calendar is in force again."""
        key = load_audit_key(self._database)
        with self._revision.transaction() as session:
            rows = session.connection.execute(select(sites.c.calendars).where(sites.c.id == site)).all()
            stored = rows[0][0] if rows else "{}"
            calendars = orjson.loads(stored)
            if calendars.get(role, {}).get("said", {}) != before:
                return False
            calendars[role] = {"since": at, "said": after}
            row = {"calendars": orjson.dumps(calendars).decode()}
            where = (sites.c.id == site) & (sites.c.calendars == stored)
            if not execute_update(session, update(sites).where(where).values(row)):
                return False
            name = CALENDAR_PREFIX + role
            changed = {name: before or None}, {name: after or None}
            setting_changes.insert_changes(session, key, site, *changed, by, at)
            return True

    def settings_history(self, site: str, after: int = 0, limit: int = 200) -> tuple[SettingChange, ...]:
        """Up to `limit` changes of a site's settings after the change of this `seq`, oldest first."""
        return setting_changes.read_changes(self._database, site, after, limit)

    def last_change(self, site: str, setting: str) -> SettingChange | None:
        """The latest change of one setting of a site; None if it was never changed."""
        return setting_changes.read_last_change(self._database, site, setting)


def _build_site(row: Any) -> Site:
    return Site(
        id=row.id,
        name=row.name,
        zone=row.zone,
        settings=orjson.loads(row.settings),
        calendars=orjson.loads(row.calendars),
    )


def execute_update(session: Session, statement: Executable) -> bool:
    """Run a statement; whether it has changed any row."""
    return bool(session.connection.execute(statement).rowcount)
