"""Finds who bears a secret: the token of a program, or the session of a browser. One statement does.

Bearers are cached while the revision of `people` stays the same; every change of staff, posts, tokens and
sessions bumps it. Then only the revision is read.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from time import monotonic
from typing import NamedTuple

import orjson

from workflows.core.people import Staff
from workflows.storage.database import Database
from workflows.storage.people.staff_rows import build_staff
from workflows.storage.revisions import PEOPLE, Revision
from workflows.timing.instants import Instant

_MAX_CACHED = 10_000


class _BearerRow(NamedTuple):
    """What the statement answers with: one row for each post, or one without a post."""

    token: str
    scopes: str
    expires_at: Instant | None
    id: str
    account: str
    name: str
    language: str
    site_id: str | None
    role: str
    department: str
    revision: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """Whose token or session it is (`token` is the id of either), what it may be used for, and the revision
    of `people` at which it was read."""

    staff: Staff
    token: str
    scopes: frozenset[str]
    revision: int


def bearer_statement(table: str, scopes: str, valid: str) -> str:
    """The statement that finds the bearer of a digest in `table`, whose scopes are the expression `scopes`,
    as long as the condition `valid` holds (of the row `t`, at `:now`)."""
    return (
        f"SELECT t.id, {scopes}, t.expires_at, s.id, s.account, s.name, s.language,"
        " m.site_id, m.role, m.department, (SELECT value FROM revisions WHERE name = 'people')"
        f" FROM {table} t JOIN staff s ON s.id = t.staff_id LEFT JOIN memberships m ON m.staff_id = s.id"
        f" WHERE t.digest = :digest AND s.active AND {valid}"
        " ORDER BY m.site_id, m.role, m.department"
    )


class BearerReader:
    """Finds bearers by a statement of `bearer_statement`. The last ones are cached; the oldest go first."""

    def __init__(self, database: Database, statement: str) -> None:
        self._database = database
        self._revision = Revision(database, PEOPLE)
        self._find = database.sql(statement)
        self._cache: OrderedDict[str, tuple[Bearer, Instant | None]] = OrderedDict()

    def find(self, digest: str, now: Instant) -> Bearer | None:
        """The bearer of the secret with this SHA-256; None if it is not valid, or the account is disabled.

        The bearer's `revision` of `people` spares the caller reading it again for a directory.
        """
        return self._cached(digest, self._revision.current(), now) or self._load(digest, now)

    def _cached(self, digest: str, revision: int, now: Instant) -> Bearer | None:
        bearer, expires_at = self._cache.get(digest, (None, None))
        if bearer is None or bearer.revision != revision:
            return None
        return bearer if expires_at is None or now < expires_at else None

    def _load(self, digest: str, now: Instant) -> Bearer | None:
        asked_at = monotonic()
        values = {"digest": digest, "now": now}
        rows = [_BearerRow._make(row) for row in self._database.read(self._find, values)]
        if not rows:
            return None
        first = rows[0]
        bearer = Bearer(
            staff=build_staff(rows),
            token=first.token,
            scopes=frozenset(orjson.loads(first.scopes)),
            revision=self._revision.remember(first.revision or 0, asked_at),
        )
        self._cache[digest] = (bearer, first.expires_at)
        while len(self._cache) > _MAX_CACHED:
            self._cache.popitem(last=False)
        return bearer
