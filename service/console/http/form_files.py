"""The files of forms: from whom they are taken in at all, and where they lie until a view reads them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import IO, Any, cast

from flask import Request
from werkzeug.http import parse_cookie

from service.attachments.multipart import too_many_files
from service.attachments.sealed_spool import SealedSpool
from service.auth import hash_token
from service.bootstrap import Desk
from service.console.http.cookie import SESSION_NAMES
from service.console.http.link_request import PATH
from workflows.timing.instants import Instant


def is_known_sender(desk: Desk, path: str, cookies: str, now: Instant) -> bool:
    """Whether the path has a valid resident link, or the Cookie header is of a browser that is signed in."""
    if path.startswith(f"{PATH}/"):
        return desk.resident_links.find(hash_token(path.split("/")[2]), now) is not None
    sent = parse_cookie(cookies)
    secrets = [sent[name] for name in SESSION_NAMES if name in sent]
    return any(desk.sign_in_sessions.authenticate(hash_token(each), now) for each in secrets)


class FormRequest(Request):
    """A request that takes no file until `take_files` is called. While its form is read, they lie sealed in a
    folder; Flask would put large ones on the disk in clear."""

    _folder: Path | None = None
    _most = _count = 0

    def take_files(self, most: int, folder: Path) -> None:
        """Take so many files, and keep them in this folder until the request is answered."""
        self._most, self._folder = most, folder

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        del total_content_length, content_type, content_length
        if not filename:  # an input in which nothing was chosen
            return _Nothing()
        self._count += 1
        if self._count > self._most:
            raise too_many_files(self._most)  # each holds a file descriptor
        return cast("IO[bytes]", SealedSpool(self._folder))


class _Nothing(io.BytesIO):
    """Forgets what is written to it."""

    def write(self, data: Any) -> int:
        return len(data)
