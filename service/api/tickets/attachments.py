"""The files of tickets: uploading and reading them."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator
from itertools import chain, count
from typing import Any

from service.api.http.byte_range import is_known, parse_byte_range
from service.api.http.paging import page_limit, page_response, refuse_bad_cursor
from service.api.http.request import ApiRequest
from service.api.http.response import ApiResponse, json_response
from service.api.http.route import Routes
from service.api.tickets.collection import choose_site
from service.api.tickets.lookup import find_ticket_key
from service.attachments.file_names import content_disposition
from service.attachments.media_types import PICTURES, UNKNOWN
from service.attachments.multipart import SentFile
from service.attachments.receive import Upload
from service.refusals import Gone, OutOfService, reason
from service.schemas import queries
from workflows.core.access.permissions import takes_part
from workflows.core.attachments import NOT_OPEN
from workflows.core.ticket import StepContext
from workflows.errors import Forbidden, NotFound, Reason
from workflows.identifiers import uuid7
from workflows.storage.attachments.file_contents import StoredAttachment
from workflows.timing.instants import rfc3339

routes = Routes("attachments")
_ACTIVE = ("html", "xml", "svg", "javascript", "ecmascript")
"""Parts of the names of types that a browser might run: their files are sent as bytes of no type."""
_ID = re.compile("[0-9a-f-]{36}")
_HARMLESS = {"Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'"}


@routes.post(
    "/api/attachments",
    "Upload files for a ticket that is not open yet",
    "UploadedFiles",
    uploads=True,
    query=queries.SiteQuery(),
    refuses=(403, 404),
)
def upload_for_opening(request: ApiRequest) -> ApiResponse:
    """Store files; the answer has their ids, in the order of the files. They belong to the user until the
    form of a step of the user names them: then to its ticket. What no step has named within a day is
    removed."""
    site = choose_site(request, request.query.get("site"))
    return _store(request, site, NOT_OPEN)


@routes.post(
    "/api/tickets/{number}/attachments",
    "Upload files to a ticket",
    "UploadedFiles",
    uploads=True,
    query=queries.SiteQuery(),
    refuses=(403, 404, 409),
)
def upload_to_ticket(request: ApiRequest, number: str) -> ApiResponse:
    """Store files that the next steps, notes or corrections of the ticket may name, for those who take part
    in it. What no step has named within a day is removed; until then only the uploader can read it."""
    site, ticket = find_ticket_key(request, number)
    context = request.load_ticket(site, ticket)
    if not takes_part(context, request.actor_at(site)):
        raise Forbidden(Reason("not-taking-part", "files are for those who take part in the ticket"))
    return _store(request, site, ticket)


def _store(request: ApiRequest, site: str, ticket: str) -> ApiResponse:
    with Upload(request.desk, site, ticket, request.now, _ids(request)) as upload:
        upload.receive(request.upload(), request.boundary)
        upload.note(request.staff.id)
    items = [
        {
            "id": each.id,
            "media_type": each.contents.media_type,
            "size": each.contents.size,
            "thumbnail": each.contents.thumbnail > 0,
        }
        for each in upload.files
    ]
    return json_response({"items": items}, 201, request.response_headers)


def store_files(request: ApiRequest, site: str, ticket: str, files: Iterable[SentFile]) -> list[str]:
    """Store the files of a form for a step of the ticket (empty: of one that is not open yet); their ids, in
    order. Raises a refusal."""
    with Upload(request.desk, site, ticket, request.now, _ids(request)) as upload:
        upload.take(files)
        upload.note(request.person)
    return [each.id for each in upload.files]


def _ids(request: ApiRequest) -> Iterator[str]:
    """Ids in the order in which the files are sent."""
    for number in count():
        yield uuid7(request.now, number, secrets.token_bytes(8))


@routes.get(
    "/api/tickets/{number}/attachments",
    "List the files of a ticket",
    "AttachmentPage",
    query=queries.PageQuery(),
    refuses=(404, 409, 422),
    linked=True,
)
def list_attachments(request: ApiRequest, number: str) -> ApiResponse:
    """The files that steps and notes of the ticket have named, oldest first, and what the user has uploaded
    to it. Of those in personal fields only who may read these fields is told name and type; a reading is
    recorded. Of erased ones nothing but the id is left."""
    site, ticket = find_ticket_key(request, number)
    context = request.load_ticket(site, ticket)
    limit, after = page_limit(request), _parse_cursor(request)
    found = request.desk.attachments.of_ticket(site, ticket, request.staff.id, after, limit + 1)
    shown = found[:limit]
    reader = request.find_reader(site, context.definition.readers)
    read = {each.place for each in shown if each.personal and each.contents is not None}
    if reader is not None and read:
        request.desk.privacy.record_reading(site, ticket, reader, read, request.now)
    items = [_render(each, clear=reader is not None or not each.personal) for each in shown]
    return page_response(request, items, shown[-1].id if len(found) > limit else None)


def _parse_cursor(request: ApiRequest) -> str:
    """The id after which the page begins."""
    cursor: str = request.query.get("cursor", "")
    with refuse_bad_cursor():
        if cursor and not _ID.fullmatch(cursor):
            raise ValueError(cursor)
    return cursor


def _render(file: StoredAttachment, *, clear: bool) -> dict[str, Any]:
    contents = file.contents if clear else None
    return {
        "id": file.id,
        "field": file.place or None,
        "seq": file.seq,
        "personal": file.personal,
        "uploader": file.uploader,
        "uploaded_at": rfc3339(file.uploaded_at),
        "erased": file.contents is None,
        "name": contents.name if contents else None,
        "media_type": contents.media_type if contents else None,
        "size": contents.size if contents else None,
        "thumbnail": bool(contents and contents.thumbnail),
    }


@routes.get(
    "/api/tickets/{number}/attachments/{file}",
    "Read a file",
    None,
    query=queries.SiteQuery(),
    refuses=(403, 404, 409, 410, 416, 503),
    produces="application/octet-stream",
    downloads=True,
)
def download(request: ApiRequest, number: str, file: str) -> ApiResponse:
    """The file, or with `Range` a part of it. Pictures may be shown, everything else is to be saved. A file
    of a personal field is for those who may read the field; the reading is recorded."""
    stored = _find_file(request, number, file)
    assert stored.contents is not None, "what was erased is not found"
    if is_known(request.request, stored.id):
        return ApiResponse(304, headers=_headers(stored, stored.id))
    size = stored.contents.size
    wanted = parse_byte_range(request.request, stored.id, size)
    heads = _headers(stored, stored.id) | {"Accept-Ranges": "bytes"}
    heads["Content-Length"] = str(wanted.stop - wanted.start)
    if not wanted.whole:
        heads["Content-Range"] = f"bytes {wanted.start}-{wanted.stop - 1}/{size}"
    pieces = request.desk.attachments.read(stored, wanted.start, wanted.stop)
    media_type = _served_type(stored.contents.media_type)
    return ApiResponse(200 if wanted.whole else 206, b"", heads, media_type, stream=_begin(pieces))


@routes.get(
    "/api/tickets/{number}/attachments/{file}/thumbnail",
    "See a small picture of a picture",
    None,
    query=queries.SiteQuery(),
    refuses=(403, 404, 409, 410, 503),
    produces="image/jpeg",
    also=("image/png",),
    downloads=True,
)
def download_thumbnail(request: ApiRequest, number: str, file: str) -> ApiResponse:
    """At most 320 pixels wide and high; for whoever may read the picture. 404 if the file is none."""
    stored = _find_file(request, number, file)
    contents, etag = stored.contents, f"{stored.id}-thumbnail"
    assert contents is not None, "what was erased is not found"
    if not contents.thumbnail:
        raise _unknown_file()
    if is_known(request.request, etag):
        return ApiResponse(304, headers=_headers(stored, etag))
    heads = _headers(stored, etag) | {"Content-Length": str(contents.thumbnail)}
    first, *rest = _begin(request.desk.attachments.read_thumbnail(stored))
    media_type = "image/png" if first.startswith(b"\x89PNG") else "image/jpeg"
    return ApiResponse(200, b"", heads, media_type, stream=(first, *rest))


def _find_file(request: ApiRequest, number: str, identity: str) -> StoredAttachment:
    """The file, if the user may read it. Raises NotFound, Gone if it was erased, or Forbidden if it stands in
    a personal field that the user may not read."""
    site, ticket = find_ticket_key(request, number)
    context = request.load_ticket(site, ticket)
    found = request.desk.attachments.find(site, ticket, identity)
    if found is None or (found.seq is None and found.uploader != request.staff.id):
        raise _unknown_file()
    if found.contents is None:
        raise Gone(reason("erased-file", "the file was erased, with what was personal of its ticket"))
    if found.personal:
        _record_reading(request, context, found)
    return found


def _record_reading(request: ApiRequest, context: StepContext, file: StoredAttachment) -> None:
    reader = request.require_reader(file.site, context.definition.readers)
    request.desk.privacy.record_reading(file.site, file.ticket, reader, (file.place,), request.now)


def _unknown_file() -> NotFound:
    return NotFound(reason("unknown-file", "the ticket has no such file"))


def _headers(file: StoredAttachment, etag: str) -> dict[str, str]:
    assert file.contents is not None, "what was erased is not found"
    inline = file.contents.media_type in PICTURES
    return {
        "ETag": f'"{etag}"',
        "Content-Disposition": content_disposition(file.contents.name, inline=inline),
        "Cache-Control": "private, no-store" if file.personal else "private, no-cache",
        "Vary": "Authorization",
        **_HARMLESS,
    }


def _served_type(media_type: str) -> str:
    return UNKNOWN if any(each in media_type for each in _ACTIVE) else media_type


def _begin(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces, once the first could be read: what fails by then is still answered as a problem."""
    try:
        first = next(pieces, b"")
    except FileNotFoundError:
        raise Gone(reason("lost-file", "the file is not where files are kept any more")) from None
    except OSError as error:
        message = "files cannot be stored or read at this moment; nothing was changed, try again"
        raise OutOfService(reason("no-place", message)) from error
    return chain((first,), pieces)
