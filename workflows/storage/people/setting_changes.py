"""The history of a site's settings: who changed which, from what to what. Append-only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import select

from workflows.core.commands import Actor
from workflows.storage.audit.books import SETTINGS, RecordedChange, author_columns
from workflows.storage.database import Database, Session
from workflows.storage.tables import setting_changes
from workflows.timing.instants import Instant

_C = setting_changes.c


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingChange(RecordedChange):
    """One change of a setting. A `before` or `after` of None means that the default was in force."""

    setting: str
    before: object
    after: object


def insert_changes(
    session: Session,
    key: bytes,
    site: str,
    before: Mapping[str, object],
    after: Mapping[str, object],
    actor: Actor,
    at: Instant,
) -> None:
    """Record the settings that differ, in the transaction that has locked the site's row to change it.

    The rows are chained with the audit's `key`.
    """
    changed = [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]
    rows = [
        {
            **author_columns(actor, at),
            "site_id": site,
            "setting": name,
            "before": _to_json(before.get(name)),
            "after": _to_json(after.get(name)),
        }
        for name in changed
    ]
    if rows:
        SETTINGS.append(session, key, rows)


def read_changes(
    database: Database, site: str, after: int = 0, limit: int = 200
) -> tuple[SettingChange, ...]:
    """Up to `limit` changes after the change of this `seq`, oldest first."""
    query = select(setting_changes).where(_C.site_id == site, _C.seq > after)
    return tuple(map(_build_change, database.rows(query.order_by(_C.seq).limit(limit))))


def read_last_change(database: Database, site: str, setting: str) -> SettingChange | None:
    """The latest change of one setting; None if it was never changed."""
    query = select(setting_changes).where(_C.site_id == site, _C.setting == setting)
    return next(map(_build_change, database.rows(query.order_by(_C.seq.desc()).limit(1))), None)


def _build_change(row: Any) -> SettingChange:
    return SettingChange(
        seq=row.seq,
        at=row.at,
        actor_id=row.actor_id,
        actor_name=row.actor_name,
        surface=row.surface,
        setting=row.setting,
        before=_from_json(row.before),
        after=_from_json(row.after),
    )


def _to_json(value: object) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


def _from_json(text: str | None) -> object:
    return None if text is None else orjson.loads(text)
