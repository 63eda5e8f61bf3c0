"""Who changed which setting of a site, from what to what; only ever added to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import orjson
from sqlalchemy import func, insert, select

from workflows.core.commands import Actor
from workflows.storage.database import Database, Session
from workflows.storage.tables import setting_changes
from workflows.timing.instants import Instant

_C = setting_changes.c


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingChange:
    """One setting, changed once. None, before or after: the default held."""

    seq: int
    at: Instant
    actor_id: str
    actor_name: str
    surface: str
    setting: str
    before: object
    after: object


def written(
    session: Session,
    site: str,
    before: Mapping[str, object],
    after: Mapping[str, object],
    actor: Actor,
    at: Instant,
) -> None:
    """Note what is different, in the transaction that has locked the site's row to change it."""
    changed = [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]
    if not changed:
        return
    last = select(func.coalesce(func.max(_C.seq), 0)).where(_C.site_id == site)
    seq = session.connection.execute(last).scalar_one()
    rows = [
        {
            "site_id": site,
            "seq": seq + number,
            "at": at,
            "actor_id": actor.id,
            "actor_name": actor.name,
            "surface": actor.surface,
            "setting": name,
            "before": _json(before.get(name)),
            "after": _json(after.get(name)),
        }
        for number, name in enumerate(changed, 1)
    ]
    session.connection.execute(insert(setting_changes), rows)


def changes(database: Database, site: str, after: int = 0, limit: int = 200) -> tuple[SettingChange, ...]:
    """What was changed after the change of this `seq`, oldest first."""
    query = select(setting_changes).where(_C.site_id == site, _C.seq > after)
    return tuple(
        SettingChange(
            seq=row.seq,
            at=row.at,
            actor_id=row.actor_id,
            actor_name=row.actor_name,
            surface=row.surface,
            setting=row.setting,
            before=_value(row.before),
            after=_value(row.after),
        )
        for row in database.rows(query.order_by(_C.seq).limit(limit))
    )


def _json(value: object) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


def _value(text: str | None) -> object:
    return None if text is None else orjson.loads(text)
