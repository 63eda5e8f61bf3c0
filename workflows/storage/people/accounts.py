"""Changes accounts. Every change is recorded with who made it, and ends the tokens and links that it should
end.

A changed password or a disabled account ends all tokens and sessions of the person. A link to set a
password works once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import delete, insert, select, update

from workflows.core.people import Membership, Staff
from workflows.folding import identity
from workflows.storage.audit.key import load_audit_key
from workflows.storage.database import Database, Session
from workflows.storage.people import staff_changes
from workflows.storage.people.people import Account
from workflows.storage.people.staff_changes import Author, StaffChange
from workflows.storage.people.staff_rows import insert_staff, replace_posts, update_staff
from workflows.storage.revisions import PEOPLE, Revision
from workflows.storage.tables import password_links, sign_in_sessions, tokens
from workflows.timing.instants import Instant

_LINK = password_links.c


class Accounts:
    """Changes accounts, each change in one transaction with its record."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._revision = Revision(database, PEOPLE)

    def add(
        self, person: Staff, password_hash: str | None, contact: Mapping[str, str], author: Author
    ) -> None:
        """Add an account with its posts. Conflict if the account name is taken, or looks like another one."""
        with self._transaction() as (session, key):
            insert_staff(session, person, password_hash)
            if contact:
                update_staff(session, person.id, {"contact": self._seal_contact(person, contact)})
            after = {"name": person.name, "language": person.language, "contact": sorted(contact)}
            staff_changes.insert_change(session, key, author, "add", person, after=after)
            _insert_post_changes(session, key, author, person, person.memberships, "grant")

    def update(
        self,
        account: Account,
        author: Author,
        *,
        name: str | None = None,
        language: str | None = None,
        rename: str | None = None,
        contact: Mapping[str, str] | None = None,
    ) -> None:
        """Change what is given; `contact` replaces all addresses. Conflict if the new account name is taken.

        The record names the kinds of contact, not the addresses.
        """
        person = account.staff
        before = {"name": person.name, "language": person.language, "account": person.account}
        given = {"name": name, "language": language, "account": rename}
        changed = {each: value for each, value in given.items() if value not in (None, before[each])}
        after: dict[str, object] = dict(changed)
        with self._transaction() as (session, key):
            columns: dict[str, object] = dict(changed)
            if rename is not None:
                columns["folded"] = identity(rename)
            if contact is not None:
                columns["contact"], after["contact"] = self._seal_contact(person, contact), sorted(contact)
            if not columns:
                return
            update_staff(session, person.id, columns)
            staff_changes.insert_change(
                session,
                key,
                author,
                "change",
                person,
                before={each: before[each] for each in changed},
                after=after,
            )

    def set_password(
        self, person: Staff, password_hash: str, author: Author, keep: str | None = None
    ) -> None:
        """Set a password. All tokens and sessions of the person end, but for the one of id `keep`, and so do
        all links."""
        with self._transaction() as (session, key):
            self._set_password(session, key, person, password_hash, author, keep)

    def set_active(self, person: Staff, author: Author, *, active: bool) -> None:
        """Enable or disable an account. Disabling ends tokens and links; enabling does not bring them
        back."""
        with self._transaction() as (session, key):
            update_staff(session, person.id, {"active": active})
            staff_changes.insert_change(session, key, author, "enable" if active else "disable", person)
            if not active:
                _revoke_tokens(session, key, author, person)
                _expire_links(session, person.id, author.at)

    def set_posts(self, person: Staff, posts: Iterable[Membership], author: Author) -> None:
        """Give a person these posts and no others."""
        new = tuple(dict.fromkeys(posts))
        with self._transaction() as (session, key):
            replace_posts(session, person.id, new)
            _insert_post_changes(
                session, key, author, person, [p for p in new if p not in person.memberships], "grant"
            )
            _insert_post_changes(
                session, key, author, person, [p for p in person.memberships if p not in new], "revoke"
            )

    def revoke_tokens(self, people: Iterable[Staff], author: Author, keep: str | None = None) -> int:
        """End all tokens and sessions of these people, but for the one of id `keep`; how many of them were
        still valid."""
        with self._transaction() as (session, key):
            return sum([_revoke_tokens(session, key, author, person, keep) for person in people])

    def store_link(self, person: Staff, digest: str, expires_at: Instant, author: Author) -> None:
        """Store a link by which somebody may set a password once. Earlier links end."""
        with self._transaction() as (session, key):
            _expire_links(session, person.id, author.at)
            row = {"digest": digest, "staff_id": person.id, "created_at": author.at, "expires_at": expires_at}
            session.connection.execute(insert(password_links).values(row))
            staff_changes.insert_change(session, key, author, "link", person)

    def find_link_owner(self, digest: str, now: Instant) -> str | None:
        """The staff id that a link belongs to; None if it is unknown, used or expired."""
        valid = (_LINK.digest == digest) & _LINK.used_at.is_(None) & (_LINK.expires_at > now)
        rows = self._database.rows(select(_LINK.staff_id).where(valid))
        return str(rows[0][0]) if rows else None

    def use_link(self, digest: str, person: Staff, password_hash: str, author: Author) -> bool:
        """Set the password by a link; False if the link was used meanwhile, or has expired."""
        valid = (_LINK.digest == digest) & _LINK.used_at.is_(None) & (_LINK.expires_at > author.at)
        with self._transaction() as (session, key):
            used = session.connection.execute(update(password_links).where(valid).values(used_at=author.at))
            if not used.rowcount:
                return False
            self._set_password(session, key, person, password_hash, author, None)
            return True

    def history(self, site: str | None = None, after: int = 0, limit: int = 200) -> tuple[StaffChange, ...]:
        """Up to `limit` changes of accounts, oldest first; see `staff_changes.read_changes`."""
        return staff_changes.read_changes(self._database, site, after, limit)

    @contextmanager
    def one_transaction(self) -> Iterator[None]:
        """All changes within, in one transaction: what is read within stays so until it ends, since nobody
        else changes an account meanwhile."""
        with self._database.unit_of_work(lambda _session: None):
            with self._transaction():  # it locks
                pass
            yield

    @contextmanager
    def _transaction(self) -> Iterator[tuple[Session, bytes]]:
        """A transaction that has locked the revision of `people`, so that changes are recorded in order,
        and the key that chains their records."""
        key = load_audit_key(self._database)
        with self._revision.transaction() as session:
            self._revision.bump(session)
            yield session, key

    def _set_password(
        self,
        session: Session,
        key: bytes,
        person: Staff,
        password_hash: str,
        author: Author,
        keep: str | None,
    ) -> None:
        update_staff(session, person.id, {"password_hash": password_hash})
        staff_changes.insert_change(session, key, author, "password", person)
        _revoke_tokens(session, key, author, person, keep)
        _expire_links(session, person.id, author.at)

    def _seal_contact(self, person: Staff, contact: Mapping[str, str]) -> bytes | None:
        return self._database.cipher.seal_with_master_key(f"staff/{person.id}", contact) if contact else None


def _insert_post_changes(
    session: Session, key: bytes, author: Author, person: Staff, posts: Iterable[Membership], kind: str
) -> None:
    for post in posts:
        description = {"role": post.role, "department": post.department}
        side = {"after": description} if kind == "grant" else {"before": description}
        staff_changes.insert_change(session, key, author, kind, person, site=post.site, **side)


def _revoke_tokens(
    session: Session, key: bytes, author: Author, person: Staff, keep: str | None = None
) -> int:
    t = tokens.c
    valid = (t.staff_id == person.id) & t.revoked_at.is_(None)
    ended = (
        update(tokens).where(valid if keep is None else valid & (t.id != keep)).values(revoked_at=author.at)
    )
    count = int(session.connection.execute(ended).rowcount) + _end_sessions(session, person, keep)
    if count:
        staff_changes.insert_change(session, key, author, "tokens", person, after={"ended": count})
    return count


def _end_sessions(session: Session, person: Staff, keep: str | None) -> int:
    s = sign_in_sessions.c
    mine = s.staff_id == person.id
    ended = delete(sign_in_sessions).where(mine if keep is None else mine & (s.id != keep))
    return int(session.connection.execute(ended).rowcount)


def _expire_links(session: Session, staff_id: str, at: Instant) -> None:
    unused = (_LINK.staff_id == staff_id) & _LINK.used_at.is_(None)
    session.connection.execute(update(password_links).where(unused).values(used_at=at))
