"""The provider: what it says of itself, where people are sent, and what it proves of who comes back.

The authorisation code flow with PKCE, state and nonce. Nothing that comes by way of the browser is believed:
the code is exchanged with the provider itself, and its token is checked by the provider's keys.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any
from urllib.parse import quote_plus, urlencode

import orjson
from authlib.common.security import generate_token
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from urllib3 import PoolManager, Timeout
from urllib3.exceptions import HTTPError

from service.address import is_safe_address
from service.oidc.provider_error import ProviderError
from service.settings_tables import OidcSettings
from workflows.timing.instants import Instant

_PATIENCE = 5.0  # seconds that the provider may take for an answer
_LARGEST = 500_000  # bytes of an answer
_KEPT = 3_600  # seconds for which its addresses and keys are kept
_LEEWAY = 60  # seconds by which its clock may differ
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Of signatures by a key of the provider's own: none by a shared secret, and never `none`."""


@dataclass(frozen=True, slots=True)
class PendingSignIn:
    """Somebody who has been sent to the provider and is to come back. The browser keeps it meanwhile."""

    state: str
    nonce: str
    verifier: str
    onwards: str
    began_at: Instant

    def values(self) -> dict[str, Any]:
        """As plain data, for a cookie."""
        return asdict(self)


class OidcProvider:
    """One provider, as the settings name it; people come back to `redirect`."""

    def __init__(self, settings: OidcSettings, redirect: str) -> None:
        self._settings, self._redirect = settings, redirect
        self._pool = PoolManager(timeout=Timeout(total=_PATIENCE), retries=False, maxsize=2)
        self._kept: dict[str, tuple[Instant, dict[str, Any]]] = {}

    def begin(self, onwards: str, now: Instant) -> tuple[str, PendingSignIn]:
        """The address to which somebody is sent to sign in, and what is to be kept until they come back."""
        state, nonce, verifier = (generate_token(48) for _ in range(3))
        address = prepare_grant_uri(
            self._endpoint("authorization_endpoint", now),
            self._settings.client,
            "code",
            redirect_uri=self._redirect,
            scope=" ".join(self._settings.scopes),
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        return str(address), PendingSignIn(state, nonce, verifier, onwards, now)

    def finish(self, code: str, pending: PendingSignIn, now: Instant) -> Mapping[str, Any]:
        """What the provider proves of who came back with this code. Raises ProviderError."""
        answer = self._exchange(code, pending, now)
        claims = dict(self._read_token(answer.get("id_token"), pending, now))
        if self._settings.claim in claims or "userinfo_endpoint" not in self._describe(now):
            return claims
        more = self._ask("GET", self._endpoint("userinfo_endpoint", now), token=answer.get("access_token"))
        if more.get("sub") != claims["sub"]:
            raise ProviderError("unproven")
        return {**more, **claims}

    def _exchange(self, code: str, pending: PendingSignIn, now: Instant) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect,
            "code_verifier": pending.verifier,
        }
        return self._ask("POST", self._endpoint("token_endpoint", now), form)

    def _read_token(self, token: object, pending: PendingSignIn, now: Instant) -> CodeIDToken:
        """The claims of an ID token that is the provider's, for us, of now, and for this sign-in."""
        if not isinstance(token, str):
            raise ProviderError("unproven")
        client = self._settings.client
        options = {
            "iss": {"essential": True, "value": self._settings.issuer},
            "aud": {"essential": True, "value": client},
        }
        try:
            read = self._decode(token, now)
            params = {"nonce": pending.nonce, "client_id": client}
            claims = CodeIDToken(read.claims, read.header, options, params)
            claims.validate(now=now, leeway=_LEEWAY)
        except (JoseError, ValueError, TypeError) as error:
            raise ProviderError("unproven") from error
        return claims

    def _decode(self, token: str, now: Instant) -> jwt.Token:
        """The token, by the provider's keys; they are read again once, since it may have new ones."""
        try:
            return jwt.decode(token, self._keys(now), algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            self._kept.pop(self._endpoint("jwks_uri", now), None)
            return jwt.decode(token, self._keys(now), algorithms=ALGORITHMS)

    def _keys(self, now: Instant) -> KeySet:
        keys = self._keep(self._endpoint("jwks_uri", now), now).get("keys")
        public = [each for each in keys or () if isinstance(each, dict) and each.get("kty") in ("RSA", "EC")]
        return KeySet.import_key_set({"keys": public})

    def _describe(self, now: Instant) -> dict[str, Any]:
        """What the provider says of itself. It has to name itself as the settings do."""
        found = self._keep(f"{self._settings.issuer.rstrip('/')}/.well-known/openid-configuration", now)
        if found.get("issuer") != self._settings.issuer:
            raise ProviderError("away")
        return found

    def _endpoint(self, name: str, now: Instant) -> str:
        address = self._describe(now).get(name)
        if not isinstance(address, str) or not is_safe_address(address):
            raise ProviderError("away")
        return address

    def _keep(self, address: str, now: Instant) -> dict[str, Any]:
        at, found = self._kept.get(address, (-_KEPT, {}))
        if not 0 <= now - at < _KEPT:
            found = self._ask("GET", address)
            self._kept[address] = (now, found)
        return found

    def _ask(
        self, method: str, address: str, form: Mapping[str, str] | None = None, token: object = None
    ) -> dict[str, Any]:
        """A JSON object of the provider. Raises ProviderError if it is away, or refuses."""
        heads, body = {"Accept": "application/json"}, ""
        if form is not None:
            heads |= {"Content-Type": "application/x-www-form-urlencoded", **self._authenticate()}
            body = urlencode(form if self._settings.secret else {**form, "client_id": self._settings.client})
        elif token:
            heads["Authorization"] = f"Bearer {token}"
        try:
            answer = self._pool.request(
                method,
                address,
                body=body or None,
                headers=heads,
                redirect=False,
                preload_content=False,
            )
            try:
                found = answer.read(_LARGEST + 1)
            finally:
                answer.close()
        except (HTTPError, OSError) as error:
            raise ProviderError("away") from error
        if answer.status != 200:
            raise ProviderError("refused" if form is not None and answer.status < 500 else "away")
        return _read_object(found)

    def _authenticate(self) -> dict[str, str]:
        """How the desk says to the provider who it is; without a secret only PKCE proves it."""
        if not self._settings.secret:
            return {}
        pair = f"{quote_plus(self._settings.client)}:{quote_plus(self._settings.secret)}"
        return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def _read_object(body: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(body) if len(body) <= _LARGEST else None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ProviderError("away")
    return found


@cache
def provider_of(settings: OidcSettings, redirect: str) -> OidcProvider:
    """The provider of these settings: one a process, since it keeps what it has asked."""
    return OidcProvider(settings, redirect)
