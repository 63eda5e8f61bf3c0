"""One table of routes, from which both the URL map and the OpenAPI document are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from marshmallow import Schema
from werkzeug.routing import BaseConverter

from service.api.answers import Answer

View = Callable[..., Answer]
JSON = ("application/json",)
MERGE_PATCH = ("application/merge-patch+json", "application/json")


@dataclass(frozen=True, kw_only=True)
class Route:
    """One method of one path.

    answers   status -> name of a shape of `shapes`, or None for an answer without body
    refuses   the statuses it refuses with, beside those that every route of its kind has
    writes    it writes to a ticket: If-Match is required
    """

    method: str
    path: str  # "/api/tickets/{number}"
    view: View
    tag: str
    summary: str
    answers: Mapping[int, str | None]
    refuses: tuple[int, ...] = ()
    body: Schema | None = None
    free_body: bool = False  # any JSON object: the merge patch
    media: tuple[str, ...] = JSON
    query: Schema | None = None
    anybody: bool = False
    writes: bool = False
    produces: str = "application/json"
    also: tuple[str, ...] = ()  # the other media types it can be had in
    etag: bool = False
    linked: bool = False  # a page of a list, with links to the others

    @cached_property
    def unasked(self) -> Mapping[str, Any]:
        """What a query without parameters means."""
        return dict(self.query.load({})) if self.query is not None else {}

    @property
    def reads_body(self) -> bool:
        """Whether a body is expected."""
        return self.body is not None or self.free_body

    @property
    def statuses(self) -> tuple[int, ...]:
        """Every status it may refuse with."""
        found = set(self.refuses)
        if not self.anybody:
            found.add(401)
        if self.query is not None or self.reads_body or self.method == "POST":
            found.add(400)
        if self.reads_body:
            found |= {408, 413, 415, 422}
        if self.writes:
            found |= {400, 403, 404, 409, 412, 428}
        return tuple(sorted(found))


@dataclass(slots=True)
class Routes:
    """The routes of one part of the surface."""

    tag: str
    found: list[Route] = field(default_factory=list)

    def get(self, path: str, summary: str, answer: str | None, **more: Any) -> Callable[[View], View]:
        """A route that reads."""
        return self._add("GET", path, summary, {200: answer}, **more)

    def post(self, path: str, summary: str, answer: str | None, **more: Any) -> Callable[[View], View]:
        """A route that makes something."""
        return self._add("POST", path, summary, {more.pop("status", 201): answer}, **more)

    def put(self, path: str, summary: str, answer: str | None, **more: Any) -> Callable[[View], View]:
        """A route that sets something."""
        return self._add("PUT", path, summary, {200: answer}, **more)

    def patch(self, path: str, summary: str, answer: str | None, **more: Any) -> Callable[[View], View]:
        """A route that changes a part of something."""
        return self._add("PATCH", path, summary, {200: answer}, **more)

    def delete(self, path: str, summary: str, **more: Any) -> Callable[[View], View]:
        """A route that takes something away."""
        return self._add("DELETE", path, summary, {204: None}, **more)

    def _add(
        self, method: str, path: str, summary: str, answers: Mapping[int, str | None], **more: Any
    ) -> Callable[[View], View]:
        more["refuses"] = tuple(more.get("refuses", ()))

        def note(view: View) -> View:
            route = Route(
                method=method, path=path, view=view, tag=self.tag, summary=summary, answers=answers, **more
            )
            self.found.append(route)
            return view

        return note


class NameConverter(BaseConverter):
    """The name of a process. `check` is none: it is what one does with a text."""

    regex = "(?!check$)[^/]+"


def flask_path(path: str) -> str:
    """`/api/tickets/{number}` as Flask writes it."""
    return (
        path.replace("{name}", "<process:name>")
        .replace("{key}", "<path:key>")
        .replace("{", "<")
        .replace("}", ">")
    )


def paths(routes: Sequence[Route]) -> dict[str, list[Route]]:
    """The routes by path."""
    found: dict[str, list[Route]] = {}
    for route in routes:
        found.setdefault(route.path, []).append(route)
    return found
