"""The list of staff that a form brings."""

from __future__ import annotations

from functools import partial

from service.console.http.console_request import ConsoleRequest
from service.imports.staff_file import INPUT, read_staff_file
from service.imports.table_file import UploadedTable
from service.refusals import reason
from workflows.errors import Invalid

_PIECE = 65_536  # bytes that are read at once: a stream gives as much as it likes


def read_upload(call: ConsoleRequest) -> UploadedTable:
    """The file of the form. Raises a refusal if there is none, or it cannot be taken."""
    sent = call.request.files.get(INPUT)
    if sent is None or not sent.filename:
        title = call.text("admin_import", "file")
        raise Invalid(reason("missing-field", "choose a file", field=INPUT, title=title))
    return read_staff_file(sent.filename, iter(partial(sent.stream.read, _PIECE), b""))
