"""Authentication: passwords (argon2id) for sign-in, then bearer tokens, of which only the SHA-256 is
stored."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from functools import cache
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

from service.refusals import Unauthorized
from workflows.errors import Reason
from workflows.storage.people.bearers import Bearer
from workflows.storage.people.tokens import Tokens
from workflows.timing.instants import Instant

if TYPE_CHECKING:
    from argon2 import PasswordHasher

PREFIX = "hf_"


def hash_password(password: str) -> str:
    """The argon2id hash of the password, as it is stored."""
    return _hasher().hash(password)


def verify_password(stored: str | None, password: str) -> bool:
    """Whether the password matches the stored hash. Takes the same time if there is none."""
    from argon2.exceptions import InvalidHashError, VerificationError

    nobody = _dummy_hash()  # computed in either case, so that the first sign-in takes as long
    try:
        _hasher().verify(stored or nobody, password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher  # loaded, and the other password hashed, by the first who signs in

    return PasswordHasher()


@cache
def _dummy_hash() -> str:
    """A hash to verify against if the account does not exist, so that the answer takes as long."""
    return _hasher().hash(secrets.token_urlsafe(16))


def new_secret() -> str:
    """A new token with 256 random bits."""
    return PREFIX + secrets.token_urlsafe(32)


def derive_secret(secret: str, staff_id: str, key: str) -> str:
    """The token of an idempotency key: the same when the request is repeated, although it is not stored.

    It is as hard to guess as the secret of the settings.
    """
    material = hmac.new(secret.encode(), f"token/{staff_id}/{key}".encode(), hashlib.sha256)
    return PREFIX + material.hexdigest()


def hash_token(token: str) -> str:
    """The SHA-256 of the token, as it is stored."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def authenticate_bearer(authorization: str | None, tokens: Tokens, now: Instant) -> Bearer:
    """The token of the Authorization header and its account. Raises Unauthorized if there is none, or it
    is not valid."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthorized(Reason("token-needed", "send your token as Authorization: Bearer …"))
    found = tokens.authenticate(hash_token(token.strip()), now)
    if found is None:
        raise Unauthorized(Reason("token-unknown", "the token is unknown, expired or revoked"))
    return found


def derive_token_id(token: str) -> str:
    """The id of a token that belongs to an idempotency key."""
    return str(uuid5(NAMESPACE_URL, f"urn:huifang:token:{hash_token(token)}"))
