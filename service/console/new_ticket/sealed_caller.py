"""What was said of a caller, as it stands in the address of a page: sealed, since addresses are kept by
browsers and logged by proxies, and a telephone number is nobody's business there."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode

from service.console.http.console_request import ConsoleRequest
from workflows.storage.cipher import CipherError


def seal_caller(call: ConsoleRequest, said: str) -> str:
    """What was said, for an address. Only the same session opens it."""
    sealed = call.desk.database.cipher.seal_with_master_key(_owner(call), {"said": said})
    return urlsafe_b64encode(sealed).decode()


def open_caller(call: ConsoleRequest, sealed: str) -> str:
    """What was said; empty if it is none of this session."""
    try:
        opened = urlsafe_b64decode(sealed) or None
        found = call.desk.database.cipher.open_with_master_key(_owner(call), opened)
    except (CipherError, ValueError):
        return ""
    return str(found.get("said", ""))


def _owner(call: ConsoleRequest) -> str:
    return f"caller/{call.session_id}"
