"""Uploads of a rehearsal: a scenario names a file (`photos: [leak.jpg]`), and whoever acts has just uploaded
it.

Nothing lies in a place: a rehearsal reads no file. The rows are those of a real upload, so the engine's
checks are, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from workflows.core.attachments import NOT_OPEN
from workflows.core.commands import Amend, Command, Fire, Open
from workflows.core.input.attachment_references import replace_references
from workflows.language.definition import Definition
from workflows.storage.attachments.attachments import Attachments
from workflows.storage.attachments.file_contents import FileContents, NewAttachment
from workflows.storage.attachments.places import FolderPlace
from workflows.storage.database import Database
from workflows.timing.instants import Instant

_KEY = bytes(32)
_QUOTA = 2**60
_FIRST = 1 << 100  # the ids of tickets begin at one


class VirtualFiles:
    """The files that the scenarios of a desk have named, by id."""

    def __init__(self, database: Database, site: str) -> None:
        self._attachments = Attachments(database, FolderPlace(Path("nowhere")))
        self._site = site
        self._names: dict[str, str] = {}

    def upload(self, definition: Definition, command: Command, now: Instant) -> Command:
        """The command, with the files that it names uploaded by its actor."""
        if not definition.attachment_parts or not isinstance(command, Open | Fire | Amend):
            return command

        def store(name: str) -> str:
            return self._store(name, command.actor.id, now)

        return replace(command, data=replace_references(definition, command.data, store))

    def _store(self, name: str, uploader: str, now: Instant) -> str:
        identity = str(UUID(int=_FIRST + len(self._names)))
        contents = FileContents(name, "application/octet-stream", 1, _KEY)
        new = NewAttachment(identity, contents, 1)
        self._attachments.add(self._site, NOT_OPEN, uploader, [new], now, _QUOTA)
        self._names[identity] = name
        return identity

    def show_names(self, definition: Definition, values: Mapping[str, object]) -> dict[str, object]:
        """The values with the names of files, as scenarios write them."""
        return replace_references(definition, values, lambda identity: self._names.get(identity, identity))
