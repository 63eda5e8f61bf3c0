"""The table of pages: each part of the console registers its views in one of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Response

PageView = Callable[..., Response]
MAX_FORM = 1_000_000  # bytes of a form without files


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One method of one path, in Flask's syntax: "/tickets/<number>".

    anybody  it answers who has not signed in
    by_link  it is for residents, who have no account: the secret is in its path, as `<token>`, and is enough
    json     the route of the API, "GET /api/tickets/{number}", that answers who asks for JSON at this address
    uploads  its form may bring files
    """

    method: str
    path: str
    view: PageView
    anybody: bool = False
    by_link: bool = False
    uploads: bool = False
    json: str = ""


@dataclass(slots=True)
class Pages:
    """Decorators that register the views of one part of the console. `guard` is called with each request
    before its view, and raises a refusal for whoever may see none of them. `by_link`: all are for
    residents."""

    pages: list[Page] = field(default_factory=list)
    guard: Callable[[Any], object] | None = None
    by_link: bool = False

    def get(self, path: str, *, anybody: bool = False, json: str = "") -> Callable[[PageView], PageView]:
        """Register a view that shows something."""
        return self._add(method="GET", path=path, anybody=anybody or self.by_link, json=json)

    def post(
        self, path: str, *, anybody: bool = False, uploads: bool = False
    ) -> Callable[[PageView], PageView]:
        """Register a view that takes a form."""
        return self._add(method="POST", path=path, anybody=anybody or self.by_link, uploads=uploads)

    def _add(self, **more: Any) -> Callable[[PageView], PageView]:
        def note(view: PageView) -> PageView:
            self.pages.append(Page(view=self._guard_view(view), by_link=self.by_link, **more))
            return view

        return note

    def _guard_view(self, view: PageView) -> PageView:
        guard = self.guard
        if guard is None:
            return view

        def guarded(call: Any, **path: str) -> Response:
            guard(call)
            return view(call, **path)

        return guarded
