"""One request, validated as its route requires, with the desk it is for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from flask import Request

from service import auth, wallclock
from service.accounts import find_managed_sites
from service.api.http import parse
from service.api.http.response import ApiResponse, deserialize
from service.api.http.route import Route
from service.attachments.receive import digest_files
from service.bootstrap import Desk
from service.refusals import reason
from service.schemas.load import read_body, read_query
from service.settings import Settings
from service.sign_in import SignIn
from service.texts import negotiate_language
from workflows.core.access import delegation
from workflows.core.access.permissions import build_actor
from workflows.core.access.visibility import Viewer
from workflows.core.commands import Actor
from workflows.core.people import Staff
from workflows.core.ticket import StepContext
from workflows.engine import IdempotentCommand
from workflows.errors import Forbidden, KeyReused, NotFound, Reason, Refusal
from workflows.language.definition import Definition
from workflows.storage.idempotency import IdempotentRequest
from workflows.storage.people.bearers import Bearer


class ApiRequest:
    """The argument of every view: the parsed request, the authenticated user and the desk.

    `seen` is the step number in If-Match, `base` the version that a text was made from. `about` finds the
    definition the request is about, for titles in refusals.
    """

    __slots__ = (
        "_raw",
        "_sites",
        "_viewer",
        "about",
        "base",
        "bearer",
        "body",
        "boundary",
        "desk",
        "key",
        "language",
        "now",
        "query",
        "request",
        "seen",
        "sign_in",
    )

    def __init__(self, desk: Desk, sign_in: SignIn, request: Request) -> None:
        self.desk = desk
        self.sign_in = sign_in
        self.request = request
        self.now = wallclock.now()
        self.language = negotiate_language(request.headers.get("Accept-Language", ""), desk.settings.language)
        self.bearer: Bearer | None = None
        self.body: dict[str, Any] = {}
        self.boundary = ""
        self.query: dict[str, Any] = {}
        self.seen: int | None = None
        self.base: str | None = None
        self.key: str | None = None
        self.about: Callable[[], Definition] | None = None
        self._raw = b""
        self._sites: tuple[str, ...] | None = None
        self._viewer: Viewer | None = None

    def prepare(self, route: Route) -> ApiResponse | None:
        """Authenticate, parse and validate the request. Returns the stored response if it was answered
        before under its idempotency key."""
        request = self.request
        if not route.anybody:
            self.bearer = auth.authenticate_bearer(
                request.headers.get("Authorization"), self.desk.tokens, self.now
            )
        raw_query = parse.parse_query(request, route.query) if request.query_string else {}
        if route.reads_body:
            self._raw = parse.read_body(request, route.max_body(self.settings.api.largest_body))
            if self._raw or request.mimetype:
                parse.check_content_type(request, route.media)
        data = parse.parse_json_object(self._raw) if self._raw else {}
        if route.uploads:
            self.boundary = parse.parse_boundary(request)
        if route.method == "POST":
            self.key = parse.parse_idempotency_key(request)
            if route.uploads and self.key is not None:  # the same files under another boundary are the same
                self._raw = digest_files(self.upload(), self.boundary, self.settings.attachments.most_files)
            if (
                self.key is not None
                and self.bearer is not None
                and (before := self.find_stored_answer(self.key))
            ):
                return before
        if route.writes:
            self.seen = parse.parse_if_match(request)
        if route.based:
            self.base = parse.parse_base(request)
        if route.query is not None:
            defaults = route.default_query
            given = bool(raw_query) or defaults is None
            self.query = read_query(route.query, raw_query) if given else dict(defaults or {})
        if route.body is not None:
            self.body = read_body(route.body, data)
        elif route.free_body:
            self.body = data
        return None

    def known_browser(self, account: str) -> str:  # noqa: ARG002 - for the console
        """The id of the browser, if the account has signed in there before. A program has none."""
        return ""

    def upload(self) -> parse.UploadBody:
        """The body of an upload, from its beginning, unread. Reading it raises TooLarge or TooSlow."""
        return parse.UploadBody(self.request, self.settings.attachments.largest_request)

    def find_stored_answer(self, key: str) -> ApiResponse | None:
        stored = self.desk.store.stored_answer(self.person, key, self.request_digest)
        return deserialize(stored) if stored is not None else None

    def respond(self, route: Route, **path: str) -> ApiResponse:
        """Call the route's view. Under an idempotency key, the response is stored in the transaction of
        its writes."""
        if self.key is None or self.bearer is None or route.recorded:
            return route.view(self, **path)
        found: list[ApiResponse] = []

        def answering() -> bytes:
            found.append(route.view(self, **path))
            return found[0].serialize()

        self.desk.store.run_once(
            IdempotentRequest(self.staff.id, self.key, self.request_digest, self.now), answering
        )
        return found[0]

    def find_meanwhile_answer(self, refusal: Refusal) -> ApiResponse | None:
        """The stored response to this request, if a second copy of it was served in parallel and was
        first."""
        if self.key is None or self.bearer is None or isinstance(refusal, KeyReused):
            return None
        try:
            return self.find_stored_answer(self.key)
        except KeyReused:
            return None

    @property
    def definition(self) -> Definition | None:
        """The definition of the process the request is about, where known: refusals show its titles."""
        try:
            return self.about() if self.about is not None else None
        except Refusal:
            return None

    @property
    def response_headers(self) -> dict[str, str]:
        """The headers that every response in the user's language has."""
        return {"Content-Language": self.language, "Vary": "Accept-Language"}

    @property
    def settings(self) -> Settings:
        """The settings of the desk."""
        return self.desk.settings

    @property
    def surface(self) -> str:
        """Where the request came from, as histories name it."""
        return "api"

    @property
    def staff(self) -> Staff:
        """The authenticated user."""
        assert self.bearer is not None
        return self.bearer.staff

    @property
    def person(self) -> str:
        """The id under which the user's answers and files are kept: that of `actor_at`."""
        return self.staff.id

    @property
    def request_digest(self) -> str:
        """A digest of method, path, query and body: it tells a repeated request from a different one."""
        request = self.request
        target = f"{request.method} {request.path}?{request.query_string.decode('latin-1')}\n"
        return hashlib.sha256(target.encode("utf-8", "replace") + self._raw).hexdigest()

    @property
    def sites(self) -> tuple[str, ...]:
        """The ids of the sites where the user has a post."""
        if self._sites is None:
            self._sites = tuple(dict.fromkeys(post.site for post in self.staff.memberships))
        return self._sites

    def requested_sites(self) -> tuple[str, ...]:
        """The site of the query, or all of the user's."""
        site = self.query.get("site")
        return self.sites if site is None else (self.check_site(site),)

    def check_site(self, site: str) -> str:
        """The site; NotFound if the user has no post there."""
        if site not in self.sites:
            raise NotFound(
                reason("unknown-site", "there is no such site, or you do not belong to it", site=site)
            )
        return site

    def actor_at(self, site: str) -> Actor:
        """The user as an actor at `site`."""
        return build_actor(self.staff, site)

    @property
    def viewer(self) -> Viewer:
        """The user as a viewer: decides which tickets are visible."""
        if self._viewer is None:
            actors = {site: self.actor_at(site) for site in self.sites}
            self._viewer = delegation.build_viewer(actors, self.desk.people.directory, self.now)
        return self._viewer

    def roles_at(self, site: str) -> frozenset[str]:
        """The user's roles at the site, with those of the absent people they stand in for; for reading.
        Rights of managers are checked by `staff`: a substitute does not get them."""
        return delegation.roles_at(self.staff, self.desk.people.directory(site), self.now)

    def load_ticket(self, site: str, ticket: str) -> StepContext:
        """The ticket; NotFound if it is not visible to the user."""
        return self.desk.engine.look(site, ticket, self.actor_at(site), self.now)

    def managed_sites(self) -> tuple[str, ...]:
        """The sites where the user is an administrator of the desk. Raises Forbidden if there is none."""
        found = find_managed_sites(self.staff, self.settings.api.publishers)
        if not found:
            raise self._managers_only()
        return found

    def check_managed_site(self, site: str) -> str:
        """The site; Forbidden if the user is no administrator of the desk there."""
        managed = self.managed_sites() if site in self.sites else ()
        if self.check_site(site) not in managed:
            raise self._managers_only()
        return site

    def _managers_only(self) -> Forbidden:
        who = tuple(self.settings.api.publishers)
        named = ", ".join(who)
        return Forbidden(Reason("managers-only", f"this is for: {named}", who=who, facts={"roles": named}))

    def find_reader(self, site: str, readers: frozenset[str]) -> Actor | None:
        """The actor as whom the user may read personal data: by a post of their own, else for an absent
        person."""
        return delegation.find_role_holder(
            self.actor_at(site), self.desk.people.directory(site), self.now, readers
        )

    def require_reader(
        self, site: str, readers: frozenset[str], beside: frozenset[str] = frozenset()
    ) -> Actor:
        """Like `find_reader`, or by a role of `beside`. Raises Forbidden if there is none."""
        found, own = self.find_reader(site, readers), self.actor_at(site)
        if found is not None or own.roles & beside:
            return found or own
        who = tuple(sorted(readers | beside))
        named = ", ".join(who) or "nobody"
        message, facts = f"personal fields are read by: {named}", {"roles": named}
        raise Forbidden(Reason("personal-not-yours", message, who=who, facts=facts))

    def idempotent_request(self, render: Callable[[StepContext], ApiResponse]) -> IdempotentCommand | None:
        """What the engine stores under the idempotency key; None without a key."""
        if self.key is None:
            return None
        return IdempotentCommand(
            account=self.person,
            key=self.key,
            digest=self.request_digest,
            render=lambda situation: render(situation).serialize(),
        )
