"""One request, read and checked as far as its route says, with the desk it is put to."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from flask import Request

from service import auth, wallclock
from service.api import reading
from service.api.answers import Answer, unpacked
from service.api.routing import Route
from service.refusals import reason
from service.schemas.reading import read_body, read_query
from service.settings import Settings
from service.texts import negotiated
from service.wiring import Desk
from workflows.core import lending
from workflows.core.commands import Actor
from workflows.core.people import Staff
from workflows.core.rights import actor_of
from workflows.core.ticket import Situation
from workflows.core.visibility import Viewer
from workflows.engine import Request as Repeatable
from workflows.errors import Forbidden, KeyReused, NotFound, Reason, Refusal
from workflows.language.definition import Definition
from workflows.storage.tokens import Bearer


class Call:
    """What a view works with.

    `seen` is the step that If-Match names. `about` looks up the process, should it be asked for.
    """

    __slots__ = (
        "_raw",
        "_sites",
        "_viewer",
        "about",
        "bearer",
        "body",
        "desk",
        "key",
        "language",
        "now",
        "query",
        "request",
        "seen",
        "sign_in",
    )

    def __init__(self, desk: Desk, sign_in: auth.SignIn, request: Request) -> None:
        self.desk = desk
        self.sign_in = sign_in
        self.request = request
        self.now = wallclock.now()
        self.language = negotiated(request.headers.get("Accept-Language", ""), desk.settings.language)
        self.bearer: Bearer | None = None
        self.body: dict[str, Any] = {}
        self.query: dict[str, Any] = {}
        self.seen: int | None = None
        self.key: str | None = None
        self.about: Callable[[], Definition] | None = None
        self._raw = b""
        self._sites: tuple[str, ...] | None = None
        self._viewer: Viewer | None = None

    def prepare(self, route: Route) -> Answer | None:
        """Read the request as the route has it. An answer, if it was answered before."""
        request = self.request
        if not route.anybody:
            self.bearer = auth.bearer_of(request.headers.get("Authorization"), self.desk.tokens, self.now)
        raw_query = reading.parameters(request, route.query) if request.query_string else {}
        if route.reads_body:
            self._raw = reading.body_bytes(request, self.settings.api.largest_body)
            if self._raw or request.mimetype:
                reading.content_type(request, route.media)
        said = reading.json_object(self._raw) if self._raw else {}
        if route.method == "POST":
            self.key = reading.idempotency_key(request)
            if self.key is not None and self.bearer is not None and (before := self._answered(self.key)):
                return before
        if route.writes:
            self.seen = reading.if_match(request)
        if route.query is not None:
            self.query = read_query(route.query, raw_query) if raw_query else dict(route.unasked)
        if route.body is not None:
            self.body = read_body(route.body, said)
        elif route.free_body:
            self.body = said
        return None

    def _answered(self, key: str) -> Answer | None:
        kept = self.desk.store.receipt_answer(self.staff.id, key, self.digest)
        return unpacked(kept) if kept is not None else None

    def answered_meanwhile(self, refusal: Refusal) -> Answer | None:
        """The answer to this very request, if it came twice at once and the other one was served first."""
        if self.key is None or self.bearer is None or refusal.status not in (409, 412):
            return None
        try:
            return self._answered(self.key)
        except KeyReused:
            return None

    @property
    def definition(self) -> Definition | None:
        """The process the request is about, where that is known: its titles make a refusal readable."""
        try:
            return self.about() if self.about is not None else None
        except Refusal:
            return None

    @property
    def heads(self) -> dict[str, str]:
        """The headers of an answer in the asker's language."""
        return {"Content-Language": self.language, "Vary": "Accept-Language"}

    @property
    def settings(self) -> Settings:
        """The desk's settings."""
        return self.desk.settings

    @property
    def staff(self) -> Staff:
        """Who is asking."""
        assert self.bearer is not None
        return self.bearer.staff

    @property
    def digest(self) -> str:
        """What was asked, for telling a repetition from another request."""
        request = self.request
        asked = f"{request.method} {request.path}?{request.query_string.decode('latin-1')}\n"
        return hashlib.sha256(asked.encode("utf-8", "replace") + self._raw).hexdigest()

    @property
    def sites(self) -> tuple[str, ...]:
        """The sites the asker belongs to."""
        if self._sites is None:
            self._sites = tuple(dict.fromkeys(post.site for post in self.staff.memberships))
        return self._sites

    def wanted_sites(self) -> tuple[str, ...]:
        """The site the query names, or all of the asker's."""
        site = self.query.get("site")
        return self.sites if site is None else (self.site_named(site),)

    def site_named(self, site: str) -> str:
        """The site, if the asker belongs to it."""
        if site not in self.sites:
            raise NotFound(
                reason("unknown-site", "there is no such site, or you do not belong to it", site=site)
            )
        return site

    def actor(self, site: str) -> Actor:
        """The asker as an actor at `site`."""
        return actor_of(self.staff, site)

    @property
    def viewer(self) -> Viewer:
        """The asker as one for whom some tickets exist and others do not."""
        if self._viewer is None:
            actors = {site: self.actor(site) for site in self.sites}
            self._viewer = lending.viewer(actors, self.desk.people.directory, self.now)
        return self._viewer

    def roles(self, site: str) -> frozenset[str]:
        """The asker's posts at the site with those that are lent to them, for what is read. Who looks after
        the desk is asked of `staff`: that is not lent."""
        return lending.roles_at(self.staff, self.desk.people.directory(site), self.now)

    def look(self, site: str, ticket: str) -> Situation:
        """The ticket, if it exists for the asker."""
        return self.desk.engine.look(site, ticket, self.actor(site), self.now)

    def managed_sites(self) -> tuple[str, ...]:
        """The sites where the asker looks after the desk. Forbidden if there is none."""
        managers = set(self.settings.api.publishers)
        found = tuple(site for site in self.sites if self.staff.roles(site) & managers)
        if not found:
            raise self._managers_only()
        return found

    def managed_site(self, site: str) -> str:
        """The site, if the asker looks after it."""
        managed = self.managed_sites() if site in self.sites else ()
        if self.site_named(site) not in managed:
            raise self._managers_only()
        return site

    def _managers_only(self) -> Forbidden:
        who = tuple(self.settings.api.publishers)
        named = ", ".join(who)
        return Forbidden(Reason("managers-only", f"this is for: {named}", who=who, facts={"roles": named}))

    def require_reader(
        self, site: str, readers: frozenset[str], beside: frozenset[str] = frozenset()
    ) -> None:
        """Forbidden unless the asker holds, or is lent, one of the posts that may read what is personal; or
        holds one of those `beside`."""
        if not (self.roles(site) & readers or self.staff.roles(site) & beside):
            who = tuple(sorted(readers | beside))
            named = ", ".join(who) or "nobody"
            raise Forbidden(
                Reason(
                    "personal-not-yours",
                    f"personal fields are read by: {named}",
                    who=who,
                    facts={"roles": named},
                )
            )

    def repeatable(self, render: Callable[[Situation], Answer]) -> Repeatable | None:
        """What is to be kept under the idempotency key, if one was given."""
        if self.key is None:
            return None
        return Repeatable(
            account=self.staff.id,
            key=self.key,
            digest=self.digest,
            render=lambda situation: render(situation).packed(),
        )
