"""Receives uploaded files: each is judged by its content, cleaned if it is a picture, and stored sealed.

All files of a request are kept, or none.
"""

from __future__ import annotations

import errno
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import chain

from service.attachments.file_names import clean_file_name
from service.attachments.media_types import HEAD, PICTURES, FileTypeMismatch, detect_media_type
from service.attachments.multipart import ReadableBody, SentFile, read_files
from service.attachments.pictures import PictureTooLarge, UnreadablePicture, clean_picture
from service.attachments.sealed_spool import SealedSpool
from service.bootstrap import Desk
from service.refusals import NoRoom, OutOfService, TooLarge, reason
from workflows.errors import Invalid
from workflows.storage.attachments.attachments import QuotaExceeded
from workflows.storage.attachments.file_contents import (
    THUMBNAIL,
    FileContents,
    NewAttachment,
    file_name,
    stream_owner,
)
from workflows.storage.attachments.sealed_stream import new_stream_key, seal_stream
from workflows.timing.instants import Instant

_FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass(slots=True)
class Upload:
    """The files of one request, for a ticket of `site`, or for one that is not open yet (`ticket` is empty).

    Used as a context: what was stored is removed again unless `note` was called.
    """

    desk: Desk
    site: str
    ticket: str
    now: Instant
    new_id: Iterator[str]
    files: list[NewAttachment] = field(default_factory=list)
    _stored: list[str] = field(default_factory=list)
    _noted: bool = False

    def __enter__(self) -> Upload:
        return self

    def __exit__(self, *_error: object) -> None:
        if not self._noted:
            for name in self._stored:
                self.desk.attachments.place.delete(name)

    def receive(self, body: ReadableBody, boundary: str) -> None:
        """Store the files of the body. Raises a refusal, if one of them or the whole cannot be taken."""
        self.take(read_files(body, boundary, self.desk.settings.attachments.most_files))

    def take(self, files: Iterable[SentFile]) -> None:
        """Store these files. Raises a refusal, if one of them cannot be taken."""
        quota = self.desk.settings.attachments.site_quota
        try:
            if self.desk.attachments.room_left(self.site, quota) <= 0:
                raise self._no_room()
            for number, sent in enumerate(files):
                self._receive_file(sent, number)
        except OSError as error:
            raise _place_failed(error) from error

    def note(self, uploader: str) -> None:
        """Note what was stored. NoRoom if the site's files would take too much."""
        quota = self.desk.settings.attachments.site_quota
        try:
            self.desk.attachments.add(self.site, self.ticket, uploader, self.files, self.now, quota)
        except QuotaExceeded:
            raise self._no_room() from None
        self._noted = True

    def _no_room(self) -> NoRoom:
        quota = self.desk.settings.attachments.site_quota
        return NoRoom(
            reason("no-room", f"the files of the site may take at most {quota} bytes together", most=quota)
        )

    def _receive_file(self, sent: SentFile, number: int) -> None:
        place, name = f"file[{number}]", clean_file_name(sent.name)
        pieces = _bounded(sent.pieces, self.desk.settings.attachments.largest_file, place)
        head = _take_head(pieces)
        if not head:
            raise Invalid(reason("empty-file", f"{name} is empty", field=place, name=name))
        try:
            media_type = detect_media_type(head, name)
        except FileTypeMismatch as mismatch:
            message = f"{name} says by its name that it is another type than {mismatch.media_type}"
            raise Invalid(
                reason("type-mismatch", message, field=place, name=name, found=mismatch.media_type)
            ) from None
        whole = chain((head,), pieces)
        if media_type in PICTURES:
            self._store_picture(whole, media_type, name, place)
        else:
            self._store_file(whole, media_type, name)

    def _store_file(self, pieces: Iterable[bytes], media_type: str, name: str) -> None:
        identity, key, counted = next(self.new_id), new_stream_key(), _Counted(pieces)
        stored = self._write(identity, key, "", counted)
        self.files.append(NewAttachment(identity, FileContents(name, media_type, counted.size, key), stored))

    def _store_picture(self, pieces: Iterable[bytes], media_type: str, name: str, place: str) -> None:
        most = self.desk.settings.attachments.largest_picture
        with SealedSpool(self.desk.settings.data) as spool:
            for piece in pieces:
                spool.write(piece)
            spool.seek(0)
            try:
                picture = clean_picture(io.BufferedReader(spool), media_type, most)
            except UnreadablePicture:
                message = f"{name} cannot be read as a picture"
                raise Invalid(reason("bad-picture", message, field=place, name=name)) from None
            except PictureTooLarge:
                message = f"{name} has more than {most} pixels"
                raise TooLarge(
                    reason("picture-too-large", message, field=place, name=name, most=most)
                ) from None
        identity, key, small_key = next(self.new_id), new_stream_key(), new_stream_key()
        stored = self._write(identity, key, "", (picture.content,))
        stored += self._write(identity, small_key, THUMBNAIL, (picture.thumbnail,))
        contents = FileContents(
            name, picture.media_type, len(picture.content), key, len(picture.thumbnail), small_key
        )
        self.files.append(NewAttachment(identity, contents, stored))

    def _write(self, identity: str, key: bytes, variant: str, pieces: Iterable[bytes]) -> int:
        name = file_name(identity) + variant
        self._stored.append(name)
        owner = stream_owner(self.site, identity) + variant
        return self.desk.attachments.place.write(name, seal_stream(key, owner, pieces))


def digest_files(body: ReadableBody, boundary: str, most: int) -> bytes:
    """A digest of the files of a body, in order: the same whatever stands between them."""
    whole = sha256()
    for sent in read_files(body, boundary, most):
        one = sha256()
        for piece in sent.pieces:
            one.update(piece)
        whole.update(sha256(sent.name.encode("utf-8", "replace")).digest() + one.digest())
    return whole.digest()


class _Counted:
    """Pieces that are counted as they pass."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = pieces
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self.size += len(piece)
            yield piece


def _bounded(pieces: Iterator[bytes], largest: int, place: str) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > largest:
            message = f"{place}: a file may have at most {largest} bytes"
            raise TooLarge(reason("file-too-large", message, field=place, largest=largest))
        yield piece


def _take_head(pieces: Iterator[bytes]) -> bytes:
    head = b""
    while len(head) < HEAD and (piece := next(pieces, b"")):
        head += piece
    return head


def _place_failed(error: OSError) -> NoRoom | OutOfService:
    """The refusal where the place of the files, or the body, fails: nothing is kept of it."""
    if error.errno in _FULL:
        return NoRoom(reason("disk-full", "there is no room for files on the disk; nothing was kept"))
    return OutOfService(
        reason("no-place", "files cannot be stored at this moment; nothing was kept, try again")
    )
