"""The sessions of browsers that are signed in. Only the SHA-256 of their secret is stored.

A session that ends is deleted, so that nothing revives it. `Accounts` ends all of a person's sessions,
together with the tokens.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from workflows.storage.database import Database
from workflows.storage.people.bearers import Bearer, BearerReader, bearer_statement
from workflows.storage.revisions import PEOPLE, Revision
from workflows.timing.instants import Instant

_AUTHENTICATE = bearer_statement("sign_in_sessions", "'[]'", "t.expires_at > :now")
_BEGIN = (
    "INSERT INTO sign_in_sessions (id, staff_id, digest, created_at, last_seen_at, expires_at)"
    " VALUES (:id, :staff, :digest, :at, :at, :expires_at)"
)
_END = "DELETE FROM sign_in_sessions WHERE id = :id AND staff_id = :staff"
_TOUCH = "UPDATE sign_in_sessions SET last_seen_at = :at WHERE id = :id AND last_seen_at < :at"
_DELETE_EXPIRED = "DELETE FROM sign_in_sessions WHERE expires_at <= :now"
_LIST = (
    "SELECT id, created_at, last_seen_at, expires_at FROM sign_in_sessions"
    " WHERE staff_id = :staff AND expires_at > :now ORDER BY created_at DESC, id"
)
_TOUCHED_EVERY = 600  # seconds
_MAX_TOUCHED = 10_000


@dataclass(frozen=True, slots=True)
class SignInSession:
    """A session as its owner sees it in a list."""

    id: str
    created_at: Instant
    last_seen_at: Instant
    expires_at: Instant


class SignInSessions:
    """Begins, finds and ends the sessions of all staff."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._revision = Revision(database, PEOPLE)
        self._bearers = BearerReader(database, _AUTHENTICATE)
        self._begin, self._end = database.sql(_BEGIN), database.sql(_END)
        self._touch, self._list = database.sql(_TOUCH), database.sql(_LIST)
        self._delete_expired = database.sql(_DELETE_EXPIRED)
        self._touched: OrderedDict[str, Instant] = OrderedDict()

    def authenticate(self, digest: str, now: Instant) -> Bearer | None:
        """Whose session this is; None if it is unknown, ended or expired, or the account is disabled. That it
        was seen is noted every ten minutes."""
        bearer = self._bearers.find(digest, now)
        if bearer is not None and now - self._touched.get(bearer.token, 0) >= _TOUCHED_EVERY:
            self._note_seen(bearer.token, now)
        return bearer

    def _note_seen(self, session: str, now: Instant) -> None:
        with self._database.transaction() as transaction:
            transaction.run(self._touch, {"id": session, "at": now})
        self._touched[session] = now
        while len(self._touched) > _MAX_TOUCHED:
            self._touched.popitem(last=False)

    def begin(self, *, id: str, staff_id: str, digest: str, at: Instant, expires_at: Instant) -> None:
        """Store a new session by the SHA-256 of its secret. Conflict if the digest is known already."""
        values = {"id": id, "staff": staff_id, "digest": digest, "at": at, "expires_at": expires_at}
        with self._database.transaction() as transaction:
            transaction.run(self._begin, values)
        self._touched[id] = at

    def end(self, staff_id: str, session: str) -> bool:
        """End a session of this member of staff; False if there is none of this id."""
        with self._revision.transaction() as transaction:
            return transaction.run(self._end, {"id": session, "staff": staff_id}).rowcount == 1

    def list_of(self, staff_id: str, now: Instant) -> tuple[SignInSession, ...]:
        """The sessions of a member of staff that go on, newest first."""
        rows = self._database.read(self._list, {"staff": staff_id, "now": now})
        return tuple(SignInSession(*row) for row in rows)

    def delete_expired(self, now: Instant) -> int:
        """Delete the sessions that have expired; how many there were."""
        with self._database.transaction() as transaction:
            return transaction.run(self._delete_expired, {"now": now}).rowcount
