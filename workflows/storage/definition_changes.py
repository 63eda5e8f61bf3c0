"""What became of each process: it was retired, reinstated, or renamed. A book, see `books`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from workflows.core.commands import Actor
from workflows.storage.audit import books
from workflows.storage.database import Database, Session
from workflows.storage.tables import definition_changes
from workflows.timing.instants import Instant, rfc3339

RETIRE, REINSTATE, RENAME = "retire", "reinstate", "rename"


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionChange:
    """One act about a process. `renamed_to` is its new name, if it has been renamed."""

    name: str
    act: str
    reason: str
    at: Instant
    actor_id: str
    actor_name: str
    renamed_to: str | None = None

    def __str__(self) -> str:
        done = f"renamed to {self.renamed_to}" if self.act == RENAME else "retired"
        return f"{self.name} was {done} by {self.actor_name} at {rfc3339(self.at)} ({self.reason})"


def append_change(
    session: Session, key: bytes, name: str, act: str, actor: Actor, at: Instant, reason: str, to: str | None
) -> None:
    """Write an act to the book. The caller has locked the definitions."""
    row: dict[str, object] = {"name": name, "act": act, "reason": reason, "renamed_to": to}
    books.DEFINITION_CHANGES.append(session, key, [row | books.author_columns(actor, at)])


def read_changes(database: Database) -> tuple[DefinitionChange, ...]:
    """All acts, by process, oldest first."""
    order = (definition_changes.c.name, definition_changes.c.seq)
    return tuple(map(_build_change, database.rows(select(definition_changes).order_by(*order))))


def _build_change(row: Any) -> DefinitionChange:
    return DefinitionChange(
        name=row.name,
        act=row.act,
        reason=row.reason,
        at=row.at,
        actor_id=row.actor_id,
        actor_name=row.actor_name,
        renamed_to=row.renamed_to,
    )
