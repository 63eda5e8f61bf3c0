"""The history of accounts: who added, changed, enabled or disabled which, and gave or took posts.
Append-only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import orjson
from sqlalchemy import and_, func, or_, select

from workflows.core.commands import Actor
from workflows.core.people import Staff
from workflows.storage.audit.books import STAFF, RecordedChange, author_columns
from workflows.storage.database import Database, Session
from workflows.storage.tables import memberships, staff_changes
from workflows.timing.instants import Instant

KINDS = ("add", "change", "password", "link", "enable", "disable", "grant", "revoke", "tokens")
_C, _M = staff_changes.c, memberships.c


class Author(NamedTuple):
    """Who makes a change, and the instant at which it is made."""

    actor: Actor
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffChange(RecordedChange):
    """One change of an account. `site` is that of a post, else None; `before` and `after` hold what has
    changed."""

    kind: str
    staff_id: str
    account: str
    site: str | None
    before: object
    after: object


def insert_change(
    session: Session,
    key: bytes,
    author: Author,
    kind: str,
    person: Staff,
    *,
    site: str | None = None,
    before: object = None,
    after: object = None,
) -> None:
    """Record a change in the transaction that makes it and has locked the revision of `people`.

    The row is chained with the audit's `key` to the account's previous change.
    """
    last = select(func.coalesce(func.max(_C.seq), 0))
    row = {
        **author_columns(author.actor, author.at),
        "seq": session.connection.execute(last).scalar_one() + 1,
        "kind": kind,
        "staff_id": person.id,
        "account": person.account,
        "site_id": site,
        "before": _to_json(before),
        "after": _to_json(after),
    }
    STAFF.append(session, key, [row])


def read_changes(
    database: Database, site: str | None = None, after: int = 0, limit: int = 200
) -> tuple[StaffChange, ...]:
    """Up to `limit` changes after the change of this `seq`, oldest first.

    With a site: the changes of posts there, and the other changes of accounts that have a post there.
    """
    query = select(staff_changes).where(_C.seq > after)
    if site is not None:
        here = select(_M.staff_id).where(_M.site_id == site)
        query = query.where(or_(_C.site_id == site, and_(_C.site_id.is_(None), _C.staff_id.in_(here))))
    return tuple(
        StaffChange(
            seq=row.seq,
            at=row.at,
            kind=row.kind,
            actor_id=row.actor_id,
            actor_name=row.actor_name,
            surface=row.surface,
            staff_id=row.staff_id,
            account=row.account,
            site=row.site_id,
            before=None if row.before is None else orjson.loads(row.before),
            after=None if row.after is None else orjson.loads(row.after),
        )
        for row in database.rows(query.order_by(_C.seq).limit(limit))
    )


def _to_json(value: object) -> str | None:
    return None if value is None else orjson.dumps(value).decode()
