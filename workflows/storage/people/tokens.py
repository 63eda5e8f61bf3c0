"""Bearer tokens of programs. Only their SHA-256 is stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import orjson
from sqlalchemy import select

from workflows.storage.database import Database
from workflows.storage.people.bearers import Bearer, BearerReader, bearer_statement
from workflows.storage.revisions import PEOPLE, Revision
from workflows.storage.tables import tokens
from workflows.timing.instants import Instant

_AUTHENTICATE = bearer_statement(
    "tokens", "t.scopes", "t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > :now)"
)
_ISSUE = (
    "INSERT INTO tokens (id, staff_id, name, digest, scopes, expires_at, created_at)"
    " VALUES (:id, :staff, :name, :digest, :scopes, :expires_at, :at)"
)
_REVOKE = "UPDATE tokens SET revoked_at = :at WHERE id = :id AND staff_id = :staff AND revoked_at IS NULL"
_DELETE_EXPIRED = "DELETE FROM tokens WHERE expires_at < :before OR revoked_at < :before"
_TOUCH = (
    "UPDATE tokens SET last_used_at = :at WHERE id = :id AND (last_used_at IS NULL OR last_used_at < :before)"
)


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
    """Issues, finds and revokes the tokens of all staff."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._revision = Revision(database, PEOPLE)
        self._bearers = BearerReader(database, _AUTHENTICATE)
        self._issue = database.sql(_ISSUE)
        self._revoke, self._touch = database.sql(_REVOKE), database.sql(_TOUCH)
        self._delete_expired = database.sql(_DELETE_EXPIRED)

    def authenticate(self, digest: str, now: Instant) -> Bearer | None:
        """The bearer of the token with this SHA-256; None if it is unknown, revoked or expired, or the
        account is disabled."""
        return self._bearers.find(digest, now)

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
        """Store a new token by its SHA-256. Conflict if the digest is known already."""
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
        """Revoke a token of this member of staff; False if there is no valid one of this id."""
        with self._revision.transaction() as session:
            return session.run(self._revoke, {"id": token, "staff": staff_id, "at": at}).rowcount == 1

    def touch(self, token: str, at: Instant, every: int = 3_600) -> None:
        """Record that a token was used, at most once in `every` seconds."""
        with self._database.transaction() as session:
            session.run(self._touch, {"id": token, "at": at, "before": at - every})

    def delete_expired(self, before: Instant) -> int:
        """Delete the tokens that expired or were revoked before this instant; how many there were."""
        with self._database.transaction() as session:
            return session.run(self._delete_expired, {"before": before}).rowcount

    def list_of(self, staff_id: str) -> tuple[Token, ...]:
        """The tokens of a member of staff, newest first, revoked and expired ones too."""
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
