"""One request of a resident, who has no account: the secret in the path says what it is about."""

from __future__ import annotations

from flask import Request

from service.auth import hash_token
from service.bootstrap import Desk
from service.console.http.console_request import ConsoleRequest
from service.console.http.link_limits import LinkLimits
from service.refusals import reason
from service.sign_in import SignIn
from workflows.core.commands import Actor, build_guest
from workflows.errors import NotFound
from workflows.language.forms.field import LANGUAGES
from workflows.storage.people.resident_links import ResidentLink

PATH = "/r"
LANGUAGE_ARGUMENT = "lang"


class LinkRequest(ConsoleRequest):
    """A request by a resident link. Who comes by it acts as `guest`."""

    __slots__ = ("_link",)
    refusal_template = "resident/refusal.html"

    def __init__(self, desk: Desk, sign_in: SignIn, request: Request) -> None:
        super().__init__(desk, sign_in, request)
        self._link: ResidentLink | None = None
        wished = request.args.get(LANGUAGE_ARGUMENT)
        if wished in LANGUAGES:
            self.language = str(wished)

    def authenticate(self) -> None:
        """Take the link of the path. NotFound, in the same words, if it is unknown, revoked or expired;
        TooMany for who tries many, or sends too much."""
        limits = LinkLimits(self.desk, self.request.remote_addr or "", self.now)
        limits.check_misses()
        self._link = self.desk.resident_links.find(hash_token(self.token), self.now)
        if self._link is None:
            limits.count_miss()
            raise NotFound(reason("link-over", "this link is not valid, or not any more"))
        if self.request.method == "POST":
            limits.take_send(self._link.id)

    @property
    def token(self) -> str:
        """The secret of the link."""
        return str((self.request.view_args or {})["token"])

    @property
    def link(self) -> ResidentLink:
        """The link."""
        assert self._link is not None
        return self._link

    @property
    def person(self) -> str:
        """The id under which a resident's answers and files are kept."""
        return build_guest(self.link.id).id

    def actor_at(self, site: str) -> Actor:  # noqa: ARG002 - a link is of one site
        """The resident as an actor."""
        return build_guest(self.link.id)

    def address_of(self, more: str = "", token: str = "") -> str:
        """The path of a page by this link, or by another `token`, in the language that was chosen."""
        chosen = self.request.args.get(LANGUAGE_ARGUMENT)
        query = f"?{LANGUAGE_ARGUMENT}={self.language}" if chosen else ""
        return f"{PATH}/{token or self.token}{more}{query}"
