"""Finds files by what they are called: a name may hold a person's. Names are sealed, so each is opened."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from workflows.core.attachments import NOT_OPEN
from workflows.folding import search_fold
from workflows.storage.attachments.file_contents import open_contents
from workflows.storage.database import Database
from workflows.storage.tables import attachments, tickets
from workflows.timing.instants import Instant

_A, _T = attachments.c, tickets.c
_ERASE = (
    "UPDATE attachments SET sealed = NULL, data_key = NULL, erased_at = :at"
    " WHERE site_id = :site AND id = :id AND ticket_id = '' AND erased_at IS NULL"
)


def find_tickets_with_file(database: Database, site: str, ids: Sequence[str], folded: str) -> set[str]:
    """Those of these tickets that have a file whose name contains the folded text."""
    return {ticket for ticket, _ in _find(database, site, ids, folded)}


def erase_waiting_files(database: Database, site: str, folded: str, at: Instant) -> list[str]:
    """Erase the files that no ticket has yet whose names contain the folded text; their ids."""
    found = [identity for _, identity in _find(database, site, (NOT_OPEN,), folded)]
    with database.transaction() as session:
        for identity in found:
            session.run(_ERASE, {"site": site, "id": identity, "at": at})
    return found


def _find(database: Database, site: str, ids: Sequence[str], folded: str) -> list[tuple[str, str]]:
    query = select(attachments, _T.data_key.label("ticket_key"))
    query = query.outerjoin(tickets, (_T.site_id == _A.site_id) & (_T.id == _A.ticket_id))
    query = query.where(_A.site_id == site, _A.ticket_id.in_(ids), _A.erased_at.is_(None))
    found = []
    for row in database.rows(query.order_by(_A.id)):
        contents = open_contents(database.cipher, row, row.ticket_key)
        if contents is not None and folded in search_fold(contents.name):
            found.append((row.ticket_id, row.id))
    return found
