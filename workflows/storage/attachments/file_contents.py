"""What a file is: its name, type, size and key, as they are sealed in the row of a ticket that has it."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from workflows.storage.cipher import Cipher
from workflows.timing.instants import Instant

THUMBNAIL = ".thumbnail"  # what the name of a picture's thumbnail ends with


class FileContents(NamedTuple):
    """What a file is, as it is sealed in its row. `thumbnail` is the size of the thumbnail; 0: it has
    none."""

    name: str
    media_type: str
    size: int
    key: bytes
    thumbnail: int = 0
    thumbnail_key: bytes = b""

    def to_values(self) -> dict[str, object]:
        """The values as JSON can hold them, to be sealed."""
        return {
            **self._asdict(),
            "key": b64encode(self.key).decode(),
            "thumbnail_key": b64encode(self.thumbnail_key).decode(),
        }

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> FileContents:
        """From the values that were sealed."""
        keys = {name: b64decode(values[name]) for name in ("key", "thumbnail_key")}
        return cls(**{**values, **keys})


class NewAttachment(NamedTuple):
    """A file that has just been stored: its id, what it is, and its bytes in the place."""

    id: str
    contents: FileContents
    stored: int


class StoredAttachment(NamedTuple):
    """A file that a ticket has. `contents` is None once it was erased."""

    site: str
    ticket: str
    id: str
    uploader: str
    uploaded_at: Instant
    seq: int | None
    place: str
    personal: bool
    erased_at: Instant | None
    contents: FileContents | None


SEALED_IN = "attachment"
"""The location by which the sealed values of a row are bound to it; beside the file's id, if a ticket's key
seals them."""


def own_key_owner(site: str, identity: str) -> str:
    """The cipher's name for a file with a key of its own; see `master_keys.WRAPPED_COLUMNS`."""
    return f"attachment/{site}/{identity}"


def stream_owner(site: str, identity: str) -> str:
    """What the sealed chunks of a file are bound to."""
    return f"{site}/{identity}"


def open_contents(cipher: Cipher, row: Any, ticket_key: bytes | None) -> FileContents | None:
    """What a file is; None if it was erased. `ticket_key` is the wrapped data key of its ticket."""
    if row.data_key is not None:
        owner = own_key_owner(row.site_id, row.id)
        values = cipher.open(row.data_key, owner, SEALED_IN, row.sealed)
    else:
        owner = f"{row.site_id}/{row.ticket_id}"
        values = cipher.open(ticket_key, owner, f"{SEALED_IN}/{row.id}", row.sealed)
    return FileContents.from_values(values) if values else None


def file_name(identity: str) -> str:
    """The name of a file in the place: its id begins with the moment it was made in."""
    return f"{day_of(int(identity.replace('-', '')[:12], 16) // 1000)}/{identity}"


def day_of(at: Instant) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d")


def id_of(name: str) -> str:
    return name.rpartition("/")[2].removesuffix(THUMBNAIL)


def time_of(name: str) -> Instant:
    try:
        return int(id_of(name).replace("-", "")[:12], 16) // 1000
    except ValueError:  # no file of ours
        return 2**62
