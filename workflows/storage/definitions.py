"""Stores published definitions. A version is immutable; publishing the same text again gives the same
version."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from threading import local
from typing import Any

import orjson
from sqlalchemy import func, insert, select, tuple_

from workflows.core.commands import Actor
from workflows.storage.audit import books
from workflows.storage.audit.key import load_audit_key
from workflows.storage.database import Database, Session
from workflows.storage.definition_changes import DefinitionChange, append_change, read_changes
from workflows.storage.revisions import DEFINITIONS, PEOPLE, Revision
from workflows.storage.tables import definitions, staff
from workflows.timing.instants import Instant

_D = definitions.c
COMPANY, ORGANISATION = "company", "organisation.yaml"
"""The kind of the company's files, which all definitions use; each under its file name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedVersion:
    """One version of a definition. `context` names the versions of what it uses, `based_on` the version that
    it was made from."""

    kind: str  # workflow | organisation | calendars | escalations
    name: str
    version: int
    digest: str
    text: str
    context: Mapping[str, object]
    published_at: Instant
    published_by: str
    reason: str | None = None
    based_on: int | None = None
    approved_by: str | None = None
    mac: str | None = None  # see `books`


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorship:
    """Who publishes, when and why; and who has approved it, where a second person had to."""

    at: Instant
    by: str
    reason: str | None = None
    approved_by: str | None = None


class PublishedMeanwhile(Exception):  # noqa: N818 - no error: what was decided is to be decided again
    """Somebody has published since the definitions were read; nothing was written."""


class _Own(local):
    """What one thread takes for the revision; None: it reads it."""

    revision: int | None = None


class DefinitionStore:
    """Publishes and reads the versions of definitions."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._revision, self._own = Revision(database, DEFINITIONS), _Own()
        self.rollback_listeners = (
            database.rollback_listeners
        )  # called when a transaction whose writes were read is undone
        self._people_revision = Revision(database, PEOPLE)
        self._lock = database.sql("LOCK TABLE definitions IN EXCLUSIVE MODE")

    def revision(self) -> int:
        """A number that grows with every new version of any definition."""
        own = self._own.revision
        return self._revision.current() if own is None else own

    @contextmanager
    def without_rechecks(self) -> Iterator[None]:
        """Within, this thread takes the revision for what it is now, and does not read it again."""
        before, self._own.revision = self._own.revision, self.revision()
        try:
            yield
        finally:
            self._own.revision = before

    def publish(
        self,
        kind: str,
        name: str,
        digest: str,
        text: str,
        context: Mapping[str, object],
        at: Instant,
        by: str,
    ) -> int:
        """Publish one definition; its version. If the latest version has the same digest, that one."""
        with self.publish_transaction(Authorship(at=at, by=by)) as transaction:
            return transaction.put(kind, name, digest, text, context)

    @contextmanager
    def publish_transaction(
        self, authorship: Authorship, revision: int | None = None
    ) -> Iterator[PublishTransaction]:
        """Publish several definitions in one transaction: all of them, or none if anything is raised.

        With the `revision` at which they were checked, PublishedMeanwhile is raised if it is another by now.
        Publishing the company's files renews the directories of the sites, whose calendars come from them.
        """
        key = load_audit_key(self._database)
        with self._database.transaction() as session:
            if self._database.postgres:  # two publishers at once would take the same version
                session.run(self._lock)
            if revision is not None and self._revision.read(session) != revision:
                raise PublishedMeanwhile
            yield PublishTransaction(self, session, authorship, key)
        self._database.seen_revisions.pop(PEOPLE, None)
        self._database.held_revisions.renew()

    def bump_revisions(self, session: Session, kind: str) -> None:
        """Tell every process that a definition of this kind has a new version."""
        self._revision.bump(session)
        if kind == COMPANY:
            self._people_revision.bump(session)

    def latest(self, kind: str, name: str) -> PublishedVersion | None:
        """The newest version of a definition; None if it was never published."""
        with self._database.connect() as session:
            return _load_latest(session, kind, name)

    def get(self, kind: str, name: str, version: int) -> PublishedVersion | None:
        """This version of a definition; None if there is none."""
        query = select(definitions).where(_D.kind == kind, _D.name == name, _D.version == version)
        return next(map(_build_version, self._database.rows(query)), None)

    def list(self, kind: str | None = None) -> tuple[PublishedVersion, ...]:
        """The newest version of each definition, of one kind or of all, by kind and name."""
        newest = select(_D.kind, _D.name, func.max(_D.version).label("version")).group_by(_D.kind, _D.name)
        last = newest.subquery()
        query = select(definitions).join(
            last, (last.c.kind == _D.kind) & (last.c.name == _D.name) & (last.c.version == _D.version)
        )
        query = query.where(_D.kind == kind) if kind is not None else query
        return tuple(map(_build_version, self._database.rows(query.order_by(_D.kind, _D.name))))

    def identity(self) -> str:
        """What tells this desk's versions from those of another desk; empty before the first publication."""
        query = select(_D.digest, _D.published_at, _D.mac).where(
            _D.kind == COMPANY, _D.name == ORGANISATION, _D.version == 1
        )
        rows = self._database.rows(query)
        return sha256(repr(tuple(rows[0])).encode()).hexdigest()[:12] if rows else ""

    def changes(self) -> tuple[DefinitionChange, ...]:
        """What became of the processes, by name, oldest first."""
        return read_changes(self._database)

    def author_name(self, by: str) -> str:
        """The name of whoever is `published_by`: of an account, else as it stands."""
        rows = self._database.rows(select(staff.c.name).where(staff.c.id == by))
        return str(rows[0].name) if rows else by

    def author_names(self, ids: Collection[str]) -> dict[str, str]:
        """The names of those who are `published_by`, by what stands there."""
        if not ids:
            return {}
        rows = self._database.rows(select(staff.c.id, staff.c.name).where(staff.c.id.in_(sorted(ids))))
        return {each: each for each in ids} | {str(row.id): str(row.name) for row in rows}

    def versions(self, kind: str, name: str) -> tuple[PublishedVersion, ...]:
        """All versions of one definition, oldest first."""
        query = select(definitions).where(_D.kind == kind, _D.name == name).order_by(_D.version)
        return tuple(map(_build_version, self._database.rows(query)))

    def texts(self, kind: str, versions: Collection[tuple[str, int]]) -> dict[tuple[str, int], str]:
        """(name, version) -> the text that it was published from, of those that there are."""
        query = select(_D.name, _D.version, _D.text).where(
            _D.kind == kind, tuple_(_D.name, _D.version).in_(sorted(versions))
        )
        return {(row.name, row.version): row.text for row in self._database.rows(query)} if versions else {}

    def digests(self, kind: str, names: Collection[str]) -> dict[tuple[str, str], int]:
        """(name, digest) -> the newest version that has it, of the definitions of these names."""
        query = select(_D.name, _D.digest, func.max(_D.version).label("version"))
        query = query.where(_D.kind == kind, _D.name.in_(sorted(names))).group_by(_D.name, _D.digest)
        return {(row.name, row.digest): row.version for row in self._database.rows(query)} if names else {}


class PublishTransaction:
    """A publication while it is written; nobody else publishes meanwhile."""

    def __init__(
        self, store: DefinitionStore, session: Session, authorship: Authorship, audit_key: bytes
    ) -> None:
        self._store, self._session, self._key = store, session, audit_key
        self.authorship = authorship

    def latest(self, kind: str, name: str) -> PublishedVersion | None:
        """The newest version of a definition; None if it was never published."""
        return _load_latest(self._session, kind, name)

    def record(self, name: str, act: str, actor: Actor, reason: str, to: str | None = None) -> None:
        """Note what becomes of a process."""
        append_change(self._session, self._key, name, act, actor, self.authorship.at, reason, to)
        self._store.bump_revisions(self._session, "workflow")

    def put(
        self,
        kind: str,
        name: str,
        digest: str,
        text: str,
        context: Mapping[str, object],
        based_on: int | None = None,
    ) -> int:
        """Publish one definition; its version. If the latest version has the same digest, that one."""
        last = self.latest(kind, name)
        if last is not None and last.digest == digest:
            return last.version
        by, version = self.authorship, last.version + 1 if last else 1
        row: dict[str, object] = {"kind": kind, "name": name, "version": version, "digest": digest}
        row |= {"text": text, "context": orjson.dumps(context).decode(), "based_on": based_on}
        row |= {"published_at": by.at, "published_by": by.by, "reason": by.reason}
        row["approved_by"] = by.approved_by
        row["mac"] = books.DEFINITIONS.compute_mac(row, last.mac if last else "", self._key)
        self._session.connection.execute(insert(definitions).values(row))
        self._store.bump_revisions(self._session, kind)
        return version


def _load_latest(session: Session, kind: str, name: str) -> PublishedVersion | None:
    query = select(definitions).where(_D.kind == kind, _D.name == name).order_by(_D.version.desc()).limit(1)
    return next(map(_build_version, session.connection.execute(query)), None)


def _build_version(row: Any) -> PublishedVersion:
    return PublishedVersion(
        kind=row.kind,
        name=row.name,
        version=row.version,
        digest=row.digest,
        text=row.text,
        context=orjson.loads(row.context),
        published_at=row.published_at,
        published_by=row.published_by,
        reason=row.reason,
        based_on=row.based_on,
        approved_by=row.approved_by,
        mac=row.mac,
    )
