"""Published definitions. A version never changes; publishing the same text again gives the same version."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import func, insert, select

from workflows.storage.database import Database, Session
from workflows.storage.revisions import DEFINITIONS, Revision
from workflows.storage.tables import definitions
from workflows.timing.instants import Instant

_D = definitions.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One version of a definition. `context` names what it leans on."""

    kind: str  # workflow | organisation | calendars | escalations
    name: str
    version: int
    digest: str
    text: str
    context: Mapping[str, object]
    published_at: Instant
    published_by: str


Put = Callable[[str, str, str, str, Mapping[str, object]], int]
"""Kind, name, digest, text and context of a definition in, its version out."""


class Library:
    """The definitions on the shelf."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._revision = Revision(database, DEFINITIONS)
        self._lock = database.sql("LOCK TABLE definitions IN EXCLUSIVE MODE")

    def revision(self) -> int:
        """Grows with every new version."""
        return self._revision.current()

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
        """Put one definition on the shelf; its version. The latest one, if that has the same digest."""
        with self.publishing(at, by) as put:
            return put(kind, name, digest, text, context)

    @contextmanager
    def publishing(self, at: Instant, by: str) -> Iterator[Put]:
        """Put several definitions on the shelf: all of them, or none if anything is raised."""
        with self._database.transaction() as session:
            if self._database.postgres:  # two publishers at once would take the same version
                session.run(self._lock)

            def put(kind: str, name: str, digest: str, text: str, context: Mapping[str, object]) -> int:
                last = self._last(session, kind, name)
                if last is not None and last.digest == digest:
                    return last.version
                version = last.version + 1 if last else 1
                row = {"kind": kind, "name": name, "version": version, "digest": digest, "text": text}
                row |= {"context": orjson.dumps(context).decode(), "published_at": at, "published_by": by}
                session.connection.execute(insert(definitions).values(row))
                self._revision.bump(session)
                return version

            yield put

    def latest(self, kind: str, name: str) -> Published | None:
        """The newest version."""
        with self._database.connect() as session:
            return self._last(session, kind, name)

    def get(self, kind: str, name: str, version: int) -> Published | None:
        """One version."""
        query = select(definitions).where(_D.kind == kind, _D.name == name, _D.version == version)
        return next(map(_published, self._database.rows(query)), None)

    def list(self, kind: str | None = None) -> tuple[Published, ...]:
        """The newest version of each definition, by kind and name."""
        newest = select(_D.kind, _D.name, func.max(_D.version).label("version")).group_by(_D.kind, _D.name)
        last = newest.subquery()
        query = select(definitions).join(
            last, (last.c.kind == _D.kind) & (last.c.name == _D.name) & (last.c.version == _D.version)
        )
        query = query.where(_D.kind == kind) if kind is not None else query
        return tuple(map(_published, self._database.rows(query.order_by(_D.kind, _D.name))))

    def versions(self, kind: str, name: str) -> tuple[Published, ...]:
        """All versions of one definition, oldest first."""
        query = select(definitions).where(_D.kind == kind, _D.name == name).order_by(_D.version)
        return tuple(map(_published, self._database.rows(query)))

    def _last(self, session: Session, kind: str, name: str) -> Published | None:
        query = (
            select(definitions).where(_D.kind == kind, _D.name == name).order_by(_D.version.desc()).limit(1)
        )
        return next(map(_published, session.connection.execute(query)), None)


def _published(row: Any) -> Published:
    return Published(
        kind=row.kind,
        name=row.name,
        version=row.version,
        digest=row.digest,
        text=row.text,
        context=orjson.loads(row.context),
        published_at=row.published_at,
        published_by=row.published_by,
    )
