"""Stores drafts: texts that are being written, or that wait for a second person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select, update

from workflows.storage.database import Database
from workflows.storage.errors import Conflict
from workflows.storage.tables import definition_drafts
from workflows.timing.instants import Instant

_D = definition_drafts.c
DRAFT, PROPOSED, REJECTED, PUBLISHED = "draft", "proposed", "rejected", "published"


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionDraft:
    """A text of a process that is not in force. `author` is the id of an account, `based_on` the version that
    the text was made from, `version` the one as which it was published."""

    workflow: str
    id: str
    author: str
    text: str
    based_on: int | None
    state: str
    reason: str
    changed_at: Instant
    decided_by: str | None = None
    decided_at: Instant | None = None
    decision_reason: str | None = None
    version: int | None = None


class DraftStore:
    """Writes and reads drafts. A write names the draft as it was seen."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, workflow: str, draft: str) -> DefinitionDraft | None:
        """The draft of this name; None if there is none."""
        query = select(definition_drafts).where(_D.workflow == workflow, _D.id == draft)
        return next(map(_build_draft, self._database.rows(query)), None)

    def list(self, workflow: str | None = None) -> tuple[DefinitionDraft, ...]:
        """All drafts of a process, or of all of them, the last changed first."""
        query = select(definition_drafts)
        query = query if workflow is None else query.where(_D.workflow == workflow)
        return tuple(map(_build_draft, self._database.rows(query.order_by(_D.changed_at.desc(), _D.id))))

    def store(self, draft: DefinitionDraft, seen: DefinitionDraft | None) -> None:
        """Write a draft in place of the one that was seen (None: there was none). Conflict if that has
        changed meanwhile; then nothing is written."""
        row = {column.name: getattr(draft, column.name) for column in definition_drafts.columns}
        with self._database.transaction() as session:
            if seen is not None:
                change = update(definition_drafts).where(*_same(seen)).values(row)
                if not session.connection.execute(change).rowcount:
                    raise Conflict
                return
            known = select(_D.id).where(_D.workflow == draft.workflow, _D.id == draft.id)
            if session.connection.execute(known).first() is not None:
                raise Conflict
            session.connection.execute(insert(definition_drafts).values(row))

    def delete(self, seen: DefinitionDraft) -> None:
        """Delete a draft. Conflict if it has changed meanwhile."""
        with self._database.transaction() as session:
            if not session.connection.execute(delete(definition_drafts).where(*_same(seen))).rowcount:
                raise Conflict


def _same(seen: DefinitionDraft) -> list[Any]:
    """The conditions that a draft is still as it was seen."""
    conditions = [_D.workflow == seen.workflow, _D.id == seen.id, _D.author == seen.author]
    return [*conditions, _D.text == seen.text, _D.state == seen.state, _D.changed_at == seen.changed_at]


def _build_draft(row: Any) -> DefinitionDraft:
    return DefinitionDraft(**row._mapping)
