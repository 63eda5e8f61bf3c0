"""Bearer tokens. Only their SHA-256 is kept. Finding the bearer is one statement: every request needs it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from time import monotonic

import orjson
from sqlalchemy import select

from workflows.core.people import Membership, Staff
from workflows.storage.database import Database
from workflows.storage.revisions import PEOPLE, Revision
from workflows.storage.tables import tokens
from workflows.timing.instants import Instant

_AUTHENTICATE = (
    "SELECT t.id, t.scopes, s.id, s.account, s.name, s.language, m.site_id, m.role, m.department,"
    " (SELECT value FROM revisions WHERE name = 'people')"
    " FROM tokens t JOIN staff s ON s.id = t.staff_id LEFT JOIN memberships m ON m.staff_id = s.id"
    " WHERE t.digest = :digest AND s.active"
    " AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > :now)"
    " ORDER BY m.site_id, m.role, m.department"
)
_ISSUE = (
    "INSERT INTO tokens (id, staff_id, name, digest, scopes, expires_at, created_at)"
    " VALUES (:id, :staff, :name, :digest, :scopes, :expires_at, :at)"
)
_REVOKE = "UPDATE tokens SET revoked_at = :at WHERE id = :id AND staff_id = :staff AND revoked_at IS NULL"
_FORGET = "DELETE FROM tokens WHERE expires_at < :before OR revoked_at < :before"
_TOUCH = (
    "UPDATE tokens SET last_used_at = :at WHERE id = :id AND (last_used_at IS NULL OR last_used_at < :before)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """Whose token it is, what it may be used for, and the revision of `people` it was read at."""

    staff: Staff
    token: str
    scopes: frozenset[str]
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token as its owner sees it in a list."""

    id: str
    staff_id: str
    name: str
    scopes: frozenset[str]
    expires_at: Instant | None
    revoked_at: Instant | None
    last_used_at: Instant | None
    created_at: Instant


class Tokens:
    """The tokens that were issued."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._revision = Revision(database, PEOPLE)
        self._find, self._issue = database.sql(_AUTHENTICATE), database.sql(_ISSUE)
        self._revoke, self._touch = database.sql(_REVOKE), database.sql(_TOUCH)
        self._forget = database.sql(_FORGET)

    def authenticate(self, digest: str, now: Instant) -> Bearer | None:
        """Who bears the token with this SHA-256. None if it is unknown, revoked or expired, or they left.

        The revision of `people` comes along, so that who asks for a directory next need not ask for it again.
        """
        asked_at = monotonic()
        rows = self._database.read(self._find, {"digest": digest, "now": now})
        if not rows:
            return None
        token, scopes, identity, account, name, language, *_, revision = rows[0]
        posts = tuple(Membership(row[6], row[7], row[8] or None) for row in rows if row[6] is not None)
        revision = self._revision.saw(revision or 0, asked_at)
        bearer = Staff(id=identity, account=account, name=name, language=language, memberships=posts)
        return Bearer(staff=bearer, token=token, scopes=frozenset(orjson.loads(scopes)), revision=revision)

    def issue(
        self,
        *,
        id: str,
        staff_id: str,
        name: str,
        digest: str,
        scopes: Iterable[str],
        expires_at: Instant | None,
        at: Instant,
    ) -> None:
        """Keep a token by its SHA-256. Conflict if it is known already."""
        values = {
            "id": id,
            "staff": staff_id,
            "name": name,
            "digest": digest,
            "expires_at": expires_at,
            "at": at,
        }
        with self._database.transaction() as session:
            session.run(self._issue, values | {"scopes": orjson.dumps(sorted(scopes)).decode()})

    def revoke(self, staff_id: str, token: str, at: Instant) -> bool:
        """Make a token of this member of staff worthless; whether there was one."""
        with self._revision.changing() as session:
            return session.run(self._revoke, {"id": token, "staff": staff_id, "at": at}).rowcount == 1

    def touch(self, token: str, at: Instant, every: int = 3_600) -> None:
        """Note that a token was used, at most once in `every` seconds."""
        with self._database.transaction() as session:
            session.run(self._touch, {"id": token, "at": at, "before": at - every})

    def forget(self, before: Instant) -> int:
        """Forget the tokens that ran out or were revoked before this moment; how many."""
        with self._database.transaction() as session:
            return session.run(self._forget, {"before": before}).rowcount

    def of(self, staff_id: str) -> tuple[Token, ...]:
        """The tokens of a member of staff, newest first."""
        t = tokens.c
        query = select(tokens).where(t.staff_id == staff_id).order_by(t.created_at.desc(), t.id)
        return tuple(
            Token(
                id=row.id,
                staff_id=row.staff_id,
                name=row.name,
                scopes=frozenset(orjson.loads(row.scopes)),
                expires_at=row.expires_at,
                revoked_at=row.revoked_at,
                last_used_at=row.last_used_at,
                created_at=row.created_at,
            )
            for row in self._database.rows(query)
        )
