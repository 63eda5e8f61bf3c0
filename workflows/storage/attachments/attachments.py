"""Uploaded files: which there are, what each holds, and how much room a site's take.

A file has a key of its own, and a row for each ticket that has it. The row says what the file is (name, type,
size, key), sealed: until a step names the file with a key of the row, afterwards with the data key of the
ticket. So destroying the ticket's key destroys the file, wherever a copy of its bytes may lie.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Row, select

from workflows.core.attachments import NOT_OPEN, UploadedFile
from workflows.storage.attachments.file_contents import (
    SEALED_IN,
    THUMBNAIL,
    NewAttachment,
    StoredAttachment,
    file_name,
    open_contents,
    own_key_owner,
    stream_owner,
)
from workflows.storage.attachments.places import FilePlace
from workflows.storage.attachments.removal import KEPT_UNNAMED, AttachmentRemover
from workflows.storage.attachments.sealed_stream import open_stream
from workflows.storage.database import Database, Session
from workflows.storage.insert_statements import build_insert
from workflows.storage.tables import attachment_usage, attachments, tickets
from workflows.timing.instants import Instant

_A, _U, _T = attachments.c, attachment_usage.c, tickets.c
_INSERT = build_insert(attachments)
_FIRST_USE = (
    "INSERT INTO attachment_usage (site_id, files, bytes) VALUES (:site, 0, 0) ON CONFLICT DO NOTHING"
)
_USE = (
    "UPDATE attachment_usage SET files = files + :files, bytes = bytes + :bytes"
    " WHERE site_id = :site AND bytes + :bytes <= :quota"
)
_ERASE = (
    "UPDATE attachments SET sealed = NULL, data_key = NULL, erased_at = :at"
    " WHERE site_id = :site AND ticket_id = :ticket AND erased_at IS NULL"
)


class QuotaExceeded(Exception):  # noqa: N818 - reads as what happened
    """The site's files would take more room than it may have; nothing was noted."""


class AttachmentUsage(NamedTuple):
    """How many files a site has, and how many bytes they take in the place."""

    files: int = 0
    bytes: int = 0


class Attachments:
    """The uploaded files of all sites; their bytes lie in `place`."""

    def __init__(self, database: Database, place: FilePlace) -> None:
        self._database = database
        self.place = place
        self.remover = AttachmentRemover(database, place)

    def add(
        self, site: str, ticket: str, uploader: str, files: Sequence[NewAttachment], at: Instant, quota: int
    ) -> None:
        """Note files that were stored in the place, all of them. QuotaExceeded if the site's files would then
        take more than `quota` bytes."""
        rows = [self._build_row(site, ticket, uploader, each, at) for each in files]
        used = {
            "site": site,
            "files": len(files),
            "bytes": sum(each.stored for each in files),
            "quota": quota,
        }
        with self._database.transaction() as session:
            session.run(_FIRST_USE, used)
            if session.run(_USE, used).rowcount != 1:
                raise QuotaExceeded
            session.run_many(self._database.sql(_INSERT), rows)

    def _build_row(
        self, site: str, ticket: str, uploader: str, file: NewAttachment, at: Instant
    ) -> dict[str, object]:
        cipher, owner = self._database.cipher, own_key_owner(site, file.id)
        key = cipher.new_key(owner)
        return {
            "site_id": site,
            "id": file.id,
            "ticket_id": ticket,
            "uploader": uploader,
            "uploaded_at": at,
            "seq": None,
            "place": "",
            "personal": False,
            "stored": file.stored,
            "sealed": cipher.seal(key, owner, SEALED_IN, file.contents.to_values()),
            "data_key": key,
            "erased_at": None,
        }

    def find(self, site: str, ticket: str, identity: str) -> StoredAttachment | None:
        """One file of a ticket; None if the ticket does not have it."""
        found = self._read(site, ticket, _A.id == identity)
        return found[0] if found else None

    def of_ticket(
        self, site: str, ticket: str, viewer: str, after: str = "", limit: int = 1_000
    ) -> tuple[StoredAttachment, ...]:
        """Files of a ticket, oldest first, after that of the id `after`: those that steps have named, and
        those that the viewer has uploaded. The erased ones are among them."""
        shown = _A.seq.is_not(None) | (_A.uploader == viewer)
        return self._read(site, ticket, (_A.ticket_id != NOT_OPEN) & (_A.id > after) & shown, limit)

    def _read(self, site: str, ticket: str, condition: Any, limit: int = 1) -> tuple[StoredAttachment, ...]:
        query = select(attachments, _T.data_key.label("ticket_key"))
        query = query.outerjoin(tickets, (_T.site_id == _A.site_id) & (_T.id == _A.ticket_id))
        query = query.where(_A.site_id == site, _A.ticket_id == ticket, condition)
        query = query.order_by(_A.id).limit(limit)
        return tuple(self._build(row) for row in self._database.rows(query))

    def _build(self, row: Row[Any]) -> StoredAttachment:
        return StoredAttachment(
            site=row.site_id,
            ticket=row.ticket_id,
            id=row.id,
            uploader=row.uploader,
            uploaded_at=row.uploaded_at,
            seq=row.seq,
            place=row.place,
            personal=row.personal,
            erased_at=row.erased_at,
            contents=open_contents(self._database.cipher, row, row.ticket_key),
        )

    def read(self, file: StoredAttachment, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """The bytes of a file from `start` up to `stop`. CipherError if they are not what was uploaded."""
        assert file.contents is not None, "what was erased is not read"
        name = file_name(file.id)
        return open_stream(
            file.contents.key,
            stream_owner(file.site, file.id),
            file.contents.size,
            lambda begin, length: self.place.read(name, begin, length),
            start,
            stop,
        )

    def read_thumbnail(self, file: StoredAttachment) -> Iterator[bytes]:
        """The bytes of a picture's thumbnail. CipherError as for `read`."""
        contents = file.contents
        assert contents is not None, "what was erased is not read"
        name = file_name(file.id) + THUMBNAIL
        owner = stream_owner(file.site, file.id) + THUMBNAIL
        size, key = contents.thumbnail, contents.thumbnail_key
        return open_stream(key, owner, size, lambda begin, length: self.place.read(name, begin, length))

    def usage(self) -> dict[str, AttachmentUsage]:
        """Site -> how much room its files take."""
        rows = self._database.rows(select(_U.site_id, _U.files, _U.bytes).order_by(_U.site_id))
        return {site: AttachmentUsage(files, size) for site, files, size in rows}

    def room_left(self, site: str, quota: int) -> int:
        """The bytes that a site's files may still take."""
        used = self._database.rows(select(_U.bytes).where(_U.site_id == site))
        return quota - (used[0][0] if used else 0)


def erase_of_ticket(session: Session, site: str, ticket: str, at: Instant) -> None:
    """Forget what the files of a ticket are, and their keys; `remove_erased` then removes their bytes."""
    session.run(_ERASE, {"site": site, "ticket": ticket, "at": at})


class AttachmentsOfSite:
    """What a decision at a site, at an instant, sees of uploaded files; read once for each set of ids."""

    def __init__(self, database: Database, site: str, now: Instant) -> None:
        self._database, self._site, self._now = database, site, now
        self._seen: dict[frozenset[str], Mapping[str, Sequence[UploadedFile]]] = {}

    def find(self, ids: Collection[str], /) -> Mapping[str, Sequence[UploadedFile]]:
        """Id -> the file, for each ticket that has it."""
        wanted = frozenset(ids)
        if wanted not in self._seen:
            self._seen[wanted] = self._read(wanted)
        return self._seen[wanted]

    def _read(self, ids: frozenset[str]) -> dict[str, Sequence[UploadedFile]]:
        fresh = _A.uploaded_at >= self._now - KEPT_UNNAMED
        query = select(_A.id, _A.ticket_id, _A.uploader).where(
            _A.site_id == self._site, _A.id.in_(ids), _A.erased_at.is_(None), _A.seq.is_not(None) | fresh
        )
        found: dict[str, Sequence[UploadedFile]] = {}
        for identity, ticket, uploader in self._database.rows(query):
            found[identity] = (*found.get(identity, ()), UploadedFile(ticket, uploader))
        return found
