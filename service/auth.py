"""Who is asking: passwords (argon2id) once, then bearer tokens, of which only the SHA-256 is kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import OrderedDict
from threading import Lock
from uuid import NAMESPACE_URL, uuid5

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from service.refusals import TooMany, Unauthorized, reason
from service.settings import Api
from workflows.core.people import Staff
from workflows.errors import Reason
from workflows.storage.people import People
from workflows.storage.tokens import Bearer, Tokens
from workflows.timing.instants import Instant

PREFIX = "hf_"
LONGEST_PASSWORD = 200
_MOST_REMEMBERED = 10_000
_HASHER = PasswordHasher()
# Verified against when nobody has the account, so that the answer takes as long as for one that somebody has.
_NOBODY = _HASHER.hash(secrets.token_urlsafe(16))


def hash_password(password: str) -> str:
    """The password as it is stored."""
    return _HASHER.hash(password)


def fits(stored: str | None, password: str) -> bool:
    """Whether the password is the one that was stored; takes the same time when none was."""
    try:
        _HASHER.verify(stored or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def new_secret() -> str:
    """A fresh token: 256 random bits."""
    return PREFIX + secrets.token_urlsafe(32)


def derived_secret(secret: str, staff_id: str, key: str) -> str:
    """The token that one idempotency key stands for: the same when the request is repeated, yet kept nowhere.

    It is as hard to guess as the desk's own secret.
    """
    material = hmac.new(secret.encode(), f"token/{staff_id}/{key}".encode(), hashlib.sha256)
    return PREFIX + material.hexdigest()


def digest_of(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def bearer_of(authorization: str | None, tokens: Tokens, now: Instant) -> Bearer:
    """Whose token the header bears. Unauthorized if there is none, or nobody's."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthorized(Reason("token-needed", "send your token as Authorization: Bearer …"))
    found = tokens.authenticate(digest_of(token.strip()), now)
    if found is None:
        raise Unauthorized(Reason("token-unknown", "the token is unknown, expired or revoked"))
    return found


class SignIn:
    """Checks passwords, and makes those wait who fail too often. Failures are counted by account and address
    together, in this process, so that nobody can lock a colleague out from elsewhere."""

    def __init__(self, people: People, bounds: Api) -> None:
        self._people = people
        self._bounds = bounds
        self._failures: OrderedDict[tuple[str, str], tuple[int, Instant]] = OrderedDict()
        self._lock = Lock()

    def check(self, account: str, password: str, address: str, now: Instant) -> Staff:
        """The member of staff, if the password is right. The refusal does not say what was wrong."""
        who = (account.casefold(), address)
        self._wait_over(who, now)
        known = self._people.account(account)
        right = fits(known.password_hash if known else None, password)
        if known is None or not (right and known.active):
            self._failed(who, now)
            raise Unauthorized(Reason("bad-credentials", "the account or the password is not right"))
        with self._lock:
            self._failures.pop(who, None)
        return known.staff

    def _wait_over(self, who: tuple[str, str], now: Instant) -> None:
        with self._lock:
            count, since = self._failures.get(who, (0, now))
            left = since + self._bounds.sign_in_wait - now
            if left <= 0:
                self._failures.pop(who, None)
            elif count >= self._bounds.sign_in_failures:
                raise TooMany(reason("too-many-failures", f"too many failures; try again in {left} s"), left)

    def _failed(self, who: tuple[str, str], now: Instant) -> None:
        with self._lock:
            count, _ = self._failures.pop(who, (0, now))
            self._failures[who] = (count + 1, now)
            while len(self._failures) > _MOST_REMEMBERED:
                self._failures.popitem(last=False)


def derived_id(token: str) -> str:
    """The id of a token that one idempotency key stands for."""
    return str(uuid5(NAMESPACE_URL, f"urn:huifang:token:{digest_of(token)}"))
