"""Who may read `/metrics`: a scrape that shows the token, or one from this very machine."""

from __future__ import annotations

import hmac
from enum import Enum
from ipaddress import ip_address

from werkzeug.wrappers import Request

_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")


class ScrapeAccess(Enum):
    """What a scrape may read: nothing, the counts of what the process did, or the state of the desk as
    well."""

    NONE = 0
    COUNTS = 1
    WHOLE = 2


def find_access(request: Request, token: str) -> ScrapeAccess:
    """What this scrape may read. `token` is that of the settings; empty: nobody can show it.

    A loopback address has the counts, unless a proxy passed the request on: then it is the proxy's address.
    """
    _, _, shown = request.headers.get("Authorization", "").partition(" ")
    if shown:
        right = bool(token) and hmac.compare_digest(shown.strip().encode(), token.encode())
        return ScrapeAccess.WHOLE if right else ScrapeAccess.NONE
    return ScrapeAccess.COUNTS if _is_local(request) else ScrapeAccess.NONE


def _is_local(request: Request) -> bool:
    if any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
