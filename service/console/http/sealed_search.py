"""What somebody looks for, as it stands in the address of a page: sealed, since addresses are kept by
browsers and logged by proxies, and a name or a telephone number is nobody's business there.

A search is a form that is posted and leads to such an address, so that going back, loading again, a second
tab and further pages work as with any other.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping

from service.console.http.console_request import ConsoleRequest
from workflows.storage.cipher import CipherError

FIND = "find"
"""The parameter of the address."""
STATUS_ENDED = 410
"""Of a page that says to search again."""
LASTS = 43_200  # seconds: a long day's work
_AT = "at"  # when it was sealed, among what was said


def seal_search(call: ConsoleRequest, page: str, said: Mapping[str, str]) -> dict[str, str]:
    """The parameter of an address of `page` that holds what was said; none if nothing was. Only the same
    person opens it, for that page, and for half a day."""
    kept = {name: text for name, text in said.items() if text}
    if not kept:
        return {}
    cipher = call.desk.database.cipher
    sealed = cipher.seal_with_master_key(_owner(call, page), {**kept, _AT: call.now})
    return {FIND: urlsafe_b64encode(sealed).decode()}


def open_search(call: ConsoleRequest, page: str) -> dict[str, str] | None:
    """What was said, by the address that is asked for; empty if it holds nothing. None if it is old, somebody
    else's, or made up: then the page says to search again."""
    sealed = call.request.args.get(FIND)
    if sealed is None:
        return {}
    try:
        opened = urlsafe_b64decode(sealed) or None
        found = call.desk.database.cipher.open_with_master_key(_owner(call, page), opened)
    except (CipherError, ValueError):
        return None
    at = found.pop(_AT, 0)
    if not isinstance(at, int) or not 0 <= call.now - at < LASTS:
        return None
    return {name: str(text) for name, text in found.items()}


def _owner(call: ConsoleRequest, page: str) -> str:
    """The cipher's name for what one person looks for on one page."""
    return f"search/{page}/{call.staff.id}"
