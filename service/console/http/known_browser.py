"""The browsers in which somebody has signed in before, known by a signed cookie.

Wrong passwords are counted by account and address, and by address alone; somebody in the same building could
so keep a colleague waiting. A browser that is known for an account is counted by itself instead.
"""

from __future__ import annotations

import hashlib
import secrets

from flask import Request, Response
from itsdangerous import BadSignature, URLSafeTimedSerializer

from service.console.http.cookie import KNOWN, read_cookie, set_cookie
from workflows.folding import identity

_KNOWN_FOR = 180 * 86_400  # seconds since the last sign-in
_MOST_ACCOUNTS = 12  # of one browser, as at a reception; then the one that signed in first is forgotten


class KnownBrowser:
    """What a browser's cookie says: its random id, and the accounts that have signed in there."""

    def __init__(self, request: Request, secret: str) -> None:
        self._request = request
        self._signer = URLSafeTimedSerializer(secret, salt="known-browser")
        self._id, self._accounts = self._read()

    def _read(self) -> tuple[str, list[str]]:
        try:
            number, accounts = self._signer.loads(read_cookie(self._request, KNOWN) or "", _KNOWN_FOR)
        except BadSignature:
            return secrets.token_urlsafe(16), []
        return str(number), list(accounts)

    def id_for(self, account: str) -> str:
        """The id, if the account has signed in here; else empty."""
        return self._id if _digest(account) in self._accounts else ""

    def remember(self, answer: Response, account: str) -> None:
        """Note in the answer that the account has signed in here."""
        digest = _digest(account)
        accounts = [each for each in self._accounts if each != digest] + [digest]
        value = self._signer.dumps((self._id, accounts[-_MOST_ACCOUNTS:]))
        set_cookie(self._request, answer, KNOWN, str(value), _KNOWN_FOR)


def _digest(account: str) -> str:
    return hashlib.sha256(identity(account).encode("utf-8", "replace")).hexdigest()[:32]
