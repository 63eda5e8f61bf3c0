"""A list of staff between its preview and its confirmation: sealed, in the form itself.
It is kept nowhere, and what is confirmed is what was shown."""

from __future__ import annotations

import zlib
from base64 import b64decode, b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

import orjson

from service.console.http.console_request import ConsoleRequest
from service.imports.row_fault import RowFault
from service.imports.staff_rows import StaffRow, StaffTable
from service.refusals import TooLarge, reason
from workflows.core.people import Membership
from workflows.errors import Blocked, Reason
from workflows.storage.cipher import CipherError

_LARGEST = 400_000  # characters; a form takes half a million


def seal_table(call: ConsoleRequest, table: StaffTable) -> str:
    """The list, for a form. Only the same session opens it. Raises TooLarge."""
    shown = {
        "read": table.read,
        "rows": table.rows,
        "faults": table.faults,
        "headings": table.headings,
        "letters": table.letters,
    }
    packed = b64encode(zlib.compress(orjson.dumps(shown))).decode()
    sealed = call.desk.database.cipher.seal_with_master_key(_owner(call), {"table": packed})
    text = urlsafe_b64encode(sealed).decode()
    if len(text) > _LARGEST:
        raise TooLarge(reason("list-too-large", "the list is too large; divide it"))
    return text


def open_table(call: ConsoleRequest, sealed: str) -> StaffTable:
    """The list again. Raises Blocked if it is none of this session."""
    try:
        opened = urlsafe_b64decode(sealed) or None
        found = call.desk.database.cipher.open_with_master_key(_owner(call), opened)
        data = orjson.loads(zlib.decompress(b64decode(str(found["table"]))))
    except (CipherError, KeyError, ValueError):
        raise Blocked(reason("list-over", "the preview is no longer valid; choose the file again")) from None
    return StaffTable(
        read=data["read"],
        rows=tuple(map(_read_row, data["rows"])),
        faults=tuple(map(_read_fault, data["faults"])),
        headings=data["headings"],
        letters=data["letters"],
    )


def _read_row(row: Mapping[str, Any]) -> StaffRow:
    return StaffRow(**{**row, "post": Membership(**row["post"])})


def _read_fault(fault: Mapping[str, Any]) -> RowFault:
    why = fault["reason"]
    told = Reason(why["code"], why["message"], field=why["field"], facts=why["facts"])
    return RowFault(**{**fault, "reason": told})


def _owner(call: ConsoleRequest) -> str:
    return f"staff-list/{call.session_id}"
