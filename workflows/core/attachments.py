"""What a decision knows of uploaded files, and what a step says of those that it names."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, Protocol

NOTE = ""
"""The place of a file that a note names."""
NOT_OPEN = ""
"""The ticket of a file that was uploaded for one that is not open yet."""


class UploadedFile(NamedTuple):
    """A file that can be named: to which ticket it was uploaded, and by whom (staff id)."""

    ticket: str
    uploader: str


class AttachmentUse(NamedTuple):
    """A file that a step names: its id, the field (`NOTE`: the note), and whether that is personal."""

    id: str
    place: str
    personal: bool


class AttachmentReader(Protocol):
    """Read access to the files that were uploaded at a site."""

    def find(self, ids: Collection[str], /) -> Mapping[str, Sequence[UploadedFile]]:
        """Id -> the file, for each ticket that has it. Unknown, erased and forgotten ones are left out."""


class NoAttachments:
    """The files of a site where nothing was uploaded."""

    def find(self, ids: Collection[str], /) -> Mapping[str, Sequence[UploadedFile]]:  # noqa: ARG002 - it has none
        """No file: none was uploaded."""
        return {}


NO_ATTACHMENTS: AttachmentReader = NoAttachments()
