"""One request of a browser: who is signed in, the form that was sent, and the page that answers it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from flask import Request, Response, flash, get_flashed_messages

from service.api.http.ids import new_id
from service.api.http.request import ApiRequest
from service.api.http.response import ApiResponse
from service.api.http.time_parameters import site_zone
from service.auth import hash_token
from service.bootstrap import Desk
from service.console.http.cookie import LANGUAGE, SESSION, THEME, read_cookie, renew_keys
from service.console.http.known_browser import KnownBrowser
from service.console.layout.frame import LANGUAGE_NAMES, THEMES, Frame
from service.console.layout.navigation import NavigationItem, find_navigation
from service.console.layout.templates import render_template
from service.refusals import Unauthorized
from service.sign_in import SignIn
from service.texts.console_texts import page_text
from workflows.core.commands import Actor
from workflows.errors import Reason
from workflows.language.forms.field import LANGUAGES
from workflows.storage.idempotency import IdempotentRequest

KEY = "idempotency_key"  # the name of the form's field
_MAX_KEY = 100
_REFRESH = "Huifang-Refresh"  # a header
_NOTICE, _TAKEN = "notice", "taken"  # what the next page is told


class ConsoleRequest(ApiRequest):
    """A request of the console: what the API's is, signed in by a session instead of a token."""

    __slots__ = ()
    refusal_template = "layout/refusal.html"

    def __init__(self, desk: Desk, sign_in: SignIn, request: Request) -> None:
        super().__init__(desk, sign_in, request)
        chosen = read_cookie(request, LANGUAGE)
        if chosen in LANGUAGES:
            self.language = str(chosen)

    def authenticate(self) -> None:
        """Take the person of the browser's session, if there is a valid one."""
        secret = read_cookie(self.request, SESSION)
        if secret is None:
            return
        self.bearer = self.desk.sign_in_sessions.authenticate(hash_token(secret), self.now)
        if self.bearer is not None:
            self.language = self.staff.language

    def require_staff(self) -> None:
        """Raise Unauthorized unless somebody is signed in."""
        if self.bearer is None:
            raise Unauthorized(Reason("", ""))

    @property
    def surface(self) -> str:
        """The console, as histories name it."""
        return "console"

    def known_browser(self, account: str) -> str:
        """The id of the browser, if the account has signed in there before."""
        return KnownBrowser(self.request, self.settings.signature).id_for(account)

    def take_form(self) -> None:
        """Take the form's idempotency key, and what tells a repetition of the form from another one."""
        form = self.request.form
        key = form.get(KEY, "")
        self.key = key if 0 < len(key) <= _MAX_KEY and key.isascii() and key.isprintable() else None
        lines = sorted((name, value) for name, value in form.items(multi=True) if name != "csrf_token")
        self._raw = hashlib.sha256(repr(lines).encode("utf-8", "replace")).digest()

    def answered_before(self) -> Response | None:
        """Where the form led when it was sent before, under the same key; None the first time."""
        stored = self.find_stored_answer(self.key) if self.key is not None else None
        return self.go_to(stored.headers.get("Location", "/desk")) if stored is not None else None

    def act_once(self, path: str, act: Callable[[], object], notice: str = "") -> Response:
        """Do what the form asks for, once for its key, and go on to `path`. A refusal of `act` undoes it."""

        def create() -> str:
            act()
            return path

        return self.create_once(create, notice)

    def create_once(self, create: Callable[[], str], notice: str = "") -> Response:
        """Like `act_once`; `create` returns where it leads to."""
        return self.answer_once(lambda: self.go_to(create(), notice))

    def answer_once(self, act: Callable[[], Response]) -> Response:
        """Like `act_once`; `act` returns the answer, with a notice of its own."""
        if (before := self.answered_before()) is not None:
            return before
        if self.key is None:
            return act()
        done: list[Response] = []

        def answer() -> bytes:
            done.append(act())
            return ApiResponse(303, headers={"Location": done[0].headers["Location"]}).serialize()

        request = IdempotentRequest(self.staff.id, self.key, self.request_digest, self.now)
        self.desk.store.run_once(request, answer)
        return done[0]

    def actor_at(self, site: str) -> Actor:
        """The user as an actor at `site`, by the console."""
        return replace(super().actor_at(site), surface=self.surface)

    def text(self, page: str, key: str, **facts: object) -> str:
        """A text of a page in the reader's language."""
        return page_text(self.language, page, key, facts)

    def new_key(self) -> str:
        """The idempotency key of a form that is to be shown."""
        return new_id(self.now)

    @property
    def is_manager(self) -> bool:
        """Whether the user is an administrator of the desk at any site."""
        managers = set(self.settings.api.publishers)
        return any(self.staff.roles(site) & managers for site in self.sites)

    @property
    def session_id(self) -> str:
        """The id of the browser's session."""
        assert self.bearer is not None
        return self.bearer.token

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the user's first site."""
        return site_zone(self, self.sites[0]) if self.sites else ZoneInfo("UTC")

    @property
    def theme(self) -> str:
        """`light`, `dark`, or `auto`: as the reader's machine says."""
        chosen = read_cookie(self.request, THEME)
        return chosen if chosen in THEMES else THEMES[0]

    @property
    def address(self) -> str:
        """The path asked for, with its query; of a form, the page that one comes back to is said by it."""
        query = self.request.query_string.decode("latin-1")
        path = quote(self.request.path)
        return f"{path}?{query}" if query else path

    def page(self, template: str, title: str, status: int = 200, **values: Any) -> Response:
        """The answer with this template (`my_desk/desk.html`), inside the frame that all pages have."""
        html = render_template(template, frame=self._frame(title), call=self, **values)
        answer = Response(html, status, mimetype="text/html")
        renew_keys(self.request, answer)
        return answer

    def _frame(self, title: str) -> Frame:
        signed_in = self.bearer is not None
        return Frame(
            title=title,
            language=self.language,
            theme=self.theme,
            person=self.staff.name if signed_in else "",
            here=self.address if self.request.method == "GET" else self.request.path,
            navigation=self._list_navigation() if signed_in else (),
            notices=self._take_flashes(_NOTICE),
            taken="".join(self._take_flashes(_TAKEN)[-1:]),
            languages=LANGUAGE_NAMES,
        )

    def _take_flashes(self, category: str) -> tuple[str, ...]:
        """What this page is told; a page that only keeps up (refresh.js) leaves it to one that is opened."""
        if _REFRESH in self.request.headers:
            return ()
        return tuple(map(str, get_flashed_messages(category_filter=[category])))

    def _list_navigation(self) -> tuple[NavigationItem, ...]:
        leads = bool(self.desk.board.find_led(self.staff, self.sites, self.now))
        return find_navigation(manager=self.is_manager, leads=leads)

    def go_to(self, path: str, notice: str = "") -> Response:
        """The answer to a form that was taken: on to a page of ours, which shows the notice once."""
        if notice:
            flash(notice, _NOTICE)
        if self.key is not None and self.request.method == "POST":
            flash(self.key, _TAKEN)
        return Response(status=303, headers={"Location": path})


def own_path(path: str | None, otherwise: str) -> str:
    """`path` if it is one of our own, else another: nobody is led elsewhere by a link to us."""
    if not path or not path.startswith("/") or path[1:2] in ("/", "\\"):
        return otherwise
    return otherwise if any(ord(letter) < 33 or letter == "\\" for letter in path) else path
