"""Binds the files that a step names to its ticket, in the step's own transaction.

A file of the uploader, or of this ticket, is sealed anew with the ticket's data key. One that a relative has
(the parent, the ticket it was converted from, a child) is shared: the ticket gets a row of its own, sealed
with its own key, so that erasing one ticket leaves the other's. Whatever else a step may name stays a name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select

from workflows.core.attachments import NOT_OPEN, AttachmentUse
from workflows.core.step import Step
from workflows.core.ticket import TicketKey
from workflows.storage.attachments.file_contents import SEALED_IN, FileContents, open_contents
from workflows.storage.database import Database, Session
from workflows.storage.errors import Conflict
from workflows.storage.sql import RowValues
from workflows.storage.tables import attachments, tickets

_A, _T = attachments.c, tickets.c
_WHICH = "site_id = :site AND id = :id AND erased_at IS NULL"
_NAME = (
    "UPDATE attachments SET ticket_id = :ticket, seq = :seq, place = :place, personal = :personal,"
    f" sealed = :sealed, data_key = NULL WHERE {_WHICH} AND ticket_id = :source AND seq IS NULL"
)
_SHARE = (
    "INSERT INTO attachments"
    " (site_id, id, ticket_id, uploader, uploaded_at, seq, place, personal, stored, sealed)"
    " SELECT site_id, id, :ticket, uploader, uploaded_at, :seq, :place, :personal, stored, :sealed"
    f" FROM attachments WHERE {_WHICH} AND ticket_id = :source"
)
_RESTRICT = (
    f"UPDATE attachments SET place = :place, personal = :personal WHERE {_WHICH} AND ticket_id = :ticket"
)

ReadDataKey = Callable[[TicketKey], bytes | None]


class AttachmentWrite(NamedTuple):
    """A statement about one file that a step names, with its values."""

    sql: str
    values: RowValues


class _File(NamedTuple):
    """A file as one ticket has it, with the steps so far."""

    uploader: str
    named: bool
    personal: bool
    contents: FileContents | None


class AttachmentBinder:
    """Prepares the writes for the files that steps name. `read_data_key` gives the wrapped key of a
    ticket."""

    def __init__(self, database: Database, read_data_key: ReadDataKey) -> None:
        self._database = database
        self._read_data_key = read_data_key
        self._files: dict[tuple[str, str], dict[str, _File]] = {}  # (site, id) -> ticket -> the file
        self._relatives: dict[str, set[str | None]] = {}  # of tickets that the steps open

    def prepare(self, steps: Sequence[Step]) -> list[list[AttachmentWrite]]:
        """For each step its writes."""
        self._load(steps)
        return [self._prepare_step(step) for step in steps]

    def _load(self, steps: Iterable[Step]) -> None:
        ids: dict[str, set[str]] = {}
        for step in steps:
            ids.setdefault(step.after.site, set()).update(use.id for use in step.attachments)
            if step.before is None:
                self._relatives[step.after.id] = {step.after.parent, step.after.origin}
        for site, wanted in ids.items():
            if not wanted:
                continue
            query = select(attachments).where(_A.site_id == site, _A.id.in_(wanted), _A.erased_at.is_(None))
            for row in self._database.rows(query):
                key = None if row.data_key is not None else self._read_data_key((site, row.ticket_id))
                contents = open_contents(self._database.cipher, row, key)
                file = _File(row.uploader, row.seq is not None, row.personal, contents)
                self._files.setdefault((site, row.id), {})[row.ticket_id] = file

    def _prepare_step(self, step: Step) -> list[AttachmentWrite]:
        writes = (self._prepare_use(step, use) for use in step.attachments)
        return [write for write in writes if write is not None]

    def _prepare_use(self, step: Step, use: AttachmentUse) -> AttachmentWrite | None:
        held = self._files.get((step.after.site, use.id), {})
        source = self._find_source(step, held)
        if source is None or held[source].contents is None:
            return None
        file, ticket = held[source], step.after.id
        if source == ticket and file.named:
            return self._restrict(step, use, held) if use.personal and not file.personal else None
        values = self._build_values(step, use, file) | {"source": source}
        move = not file.named
        if move:
            del held[source]
        held[ticket] = file._replace(named=True, personal=use.personal)
        return AttachmentWrite(_NAME if move else _SHARE, values)

    def _find_source(self, step: Step, held: dict[str, _File]) -> str | None:
        """The ticket from which a step takes a file: its own, none yet, or a relative; None if it may not."""
        ticket, actor = step.after.id, step.event.actor
        if ticket in held:
            return ticket
        if NOT_OPEN in held and held[NOT_OPEN].uploader in (actor.id, actor.on_behalf):
            return NOT_OPEN
        named = [other for other, file in held.items() if other != NOT_OPEN and file.named]
        return next((other for other in named if self._are_related(step, other)), None)

    def _are_related(self, step: Step, other: str) -> bool:
        after = step.after
        if other in (after.parent, after.origin) or after.id in self._relatives.get(other, ()):
            return True
        child = (_T.parent == after.id) | (_T.origin == after.id)
        return bool(self._database.rows(select(_T.id).where(_T.site_id == after.site, _T.id == other, child)))

    def _build_values(self, step: Step, use: AttachmentUse, file: _File) -> RowValues:
        after, key = step.after, self._read_data_key((step.after.site, step.after.id))
        assert key is not None, "a step that names files has made a key"
        assert file.contents is not None, "it was opened"
        sealed = self._database.cipher.seal(
            key, f"{after.site}/{after.id}", f"{SEALED_IN}/{use.id}", file.contents.to_values()
        )
        return self._build_key(step, use) | {"seq": after.seq, "sealed": sealed}

    def _build_key(self, step: Step, use: AttachmentUse) -> RowValues:
        after = step.after
        return {
            "site": after.site,
            "id": use.id,
            "ticket": after.id,
            "place": use.place,
            "personal": use.personal,
        }

    def _restrict(self, step: Step, use: AttachmentUse, held: dict[str, Any]) -> AttachmentWrite:
        """What was open is personal from now on; never the other way round."""
        held[step.after.id] = held[step.after.id]._replace(personal=True)
        return AttachmentWrite(_RESTRICT, self._build_key(step, use))


def write_uses(session: Session, writes: Iterable[AttachmentWrite]) -> None:
    """Write what was prepared. Conflict if a file has been named by another step, or removed, meanwhile."""
    for write in writes:
        if session.run(write.sql, write.values).rowcount != 1:
            raise Conflict(f"the file {write.values['id']} has moved")
