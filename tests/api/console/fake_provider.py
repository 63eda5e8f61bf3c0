"""A provider of OpenID Connect on this machine, which can be told to misbehave."""

from __future__ import annotations

import base64
import hashlib
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

CLIENT, SECRET = "the-desk", "a made-up secret"


@dataclass
class FakeProvider:
    """`says` are the claims of the person who signs in; `token` replaces claims of the ID token, and `hides`
    leaves some out of it."""

    server: HTTPServer
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    says: dict[str, Any] = field(default_factory=dict)
    token: dict[str, Any] = field(default_factory=dict)
    hides: tuple[str, ...] = ()
    signs: RSAKey | OctKey | None = None
    algorithm: str = "RS256"
    sent: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Answer at the usual places."""
        for path in ("/.well-known/openid-configuration", "/keys", "/token", "/userinfo"):
            self.server.expect_request(path).respond_with_handler(self._answer)

    @property
    def issuer(self) -> str:
        """Its name."""
        return self.server.url_for("/").rstrip("/")

    def take(self, address: str) -> str:
        """Somebody comes to sign in, and is sent back: the address there."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        self.sent = asked
        return f"{asked['redirect_uri']}?code=the-code&state={asked['state']}"

    def _answer(self, request: Request) -> Response:
        self.asked.append(request.path)
        if request.path == "/keys":
            return _json({"keys": [self.key.as_dict(private=False)]})
        if request.path == "/userinfo":
            assert request.headers["Authorization"] == "Bearer the-access"
            return _json({"sub": "person-1", **self.says})
        if request.path == "/token":
            return self._exchange(request)
        ends = {"authorization": "login", "token": "token", "userinfo": "userinfo"}
        found = {f"{name}_endpoint": f"{self.issuer}/{path}" for name, path in ends.items()}
        return _json({"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys", **found})

    def _exchange(self, request: Request) -> Response:
        form = request.form
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        proved = base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == self.sent["code_challenge"]
        known = request.authorization is not None and request.authorization.password == "a+made-up+secret"
        if not (proved and known and form["code"] == "the-code"):
            return _json({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "sub": "person-1", "iat": now, "exp": now + 300}
        claims |= {"nonce": self.sent["nonce"], **self.says, **self.token}
        claims = {name: value for name, value in claims.items() if name not in self.hides}
        heads = {"alg": self.algorithm, "kid": "one"}
        signed = jwt.encode(heads, claims, self.signs or self.key, algorithms=[self.algorithm])
        return _json({"id_token": signed, "access_token": "the-access", "token_type": "Bearer"})


def _json(value: object, status: int = 200) -> Response:
    return Response(orjson.dumps(value), status, mimetype="application/json")
