"""The uploaded files in a backup: sealed as they lie in their place, each under its name there."""

from __future__ import annotations

import re
import tarfile
from collections.abc import Iterator
from hashlib import sha256
from tempfile import TemporaryFile
from typing import IO, Any

from sqlalchemy import select

from workflows.storage.attachments.file_contents import THUMBNAIL, file_name
from workflows.storage.attachments.places import FilePlace
from workflows.storage.database import Session
from workflows.storage.errors import StorageError
from workflows.storage.tables import attachments

FOLDER = "attachments/"
_AT_A_TIME = 1 << 20  # bytes
_NAME = re.compile(f"{FOLDER}\\d{{4}}-\\d\\d-\\d\\d/[0-9a-f-]{{36}}({re.escape(THUMBNAIL)})?")
_A = attachments.c


def save_files(archive: tarfile.TarFile, session: Session, place: FilePlace) -> dict[str, Any]:
    """Write the files of the rows that the session sees; their entry of the manifest. One that is erased
    meanwhile is left out."""
    count, digest = 0, sha256()
    for name in _list_names(session):
        with TemporaryFile() as copy:
            own = _copy(place, name, copy)
            if own is None:
                continue
            info = tarfile.TarInfo(FOLDER + name)
            info.size = copy.tell()
            digest.update(f"{name} {own}\n".encode())
            copy.seek(0)
            archive.addfile(info, copy)
            count += 1
    return {"count": count, "sha256": digest.hexdigest()}


def _list_names(session: Session) -> Iterator[str]:
    query = select(_A.id).where(_A.erased_at.is_(None), _A.stored > 0).distinct().order_by(_A.id)
    for (identity,) in session.connection.execute(query).all():
        yield file_name(identity)
        yield file_name(identity) + THUMBNAIL


def _copy(place: FilePlace, name: str, copy: IO[bytes]) -> str | None:
    """Copy a file; its digest, or None if it is not there (most have no thumbnail)."""
    start, digest = 0, sha256()
    try:
        while piece := place.read(name, start, _AT_A_TIME):
            copy.write(piece)
            digest.update(piece)
            start += len(piece)
    except FileNotFoundError:
        return None
    return digest.hexdigest()


def _read(file: IO[bytes], digest: Any) -> Iterator[bytes]:
    while piece := file.read(_AT_A_TIME):
        digest.update(piece)
        yield piece


class FilesReader:
    """Brings the files of a backup back into the place. What is there under the same name is the same
    file."""

    def __init__(self, archive: tarfile.TarFile, place: FilePlace) -> None:
        self._archive, self._place = archive, place
        self._written: list[str] = []

    def load(self, said: dict[str, Any] | None) -> None:
        """Write all files. StorageError, and nothing is left of them, if they are not those of the
        manifest."""
        before, count, digest = set(self._place.names()), 0, sha256()
        for member in self._archive.getmembers():
            name = member.name.removeprefix(FOLDER)
            file = self._archive.extractfile(member) if _NAME.fullmatch(member.name) else None
            if file is None:
                continue
            if name in before:
                self._place.delete(name)  # perhaps it was damaged
            else:
                self._written.append(name)
            own = sha256()
            self._place.write(name, _read(file, own))
            digest.update(f"{name} {own.hexdigest()}\n".encode())
            count += 1
        if said is not None and (count, digest.hexdigest()) != (said["count"], said["sha256"]):
            raise StorageError("the backup is damaged: its attachments are not as they were written")

    def undo(self) -> None:
        """Remove again what was not there before."""
        for name in self._written:
            self._place.delete(name)
