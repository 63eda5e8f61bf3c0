"""The table of routes: the URL map and the OpenAPI document are built from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from marshmallow import Schema
from werkzeug.routing import BaseConverter

from service.api.http.response import ApiResponse

View = Callable[..., ApiResponse]
JSON = ("application/json",)
MAX_ANONYMOUS_BODY = 16_000  # bytes of a body from somebody who has not signed in
MULTIPART = "multipart/form-data"
MERGE_PATCH = ("application/merge-patch+json", "application/json")


@dataclass(frozen=True, kw_only=True)
class Route:
    """One method of one path.

    answers   status -> name of a shape of `shapes`, or None for an answer without body
    refuses   the statuses it refuses with, beside those that every route of its kind has
    writes    it writes to a ticket: If-Match is required
    based     it writes a text: If-Match names the version that it was made from, where there is one
    uploads   its body is files (multipart/form-data), which are not read before the view asks for them
    one_file  it takes one file, not several
    downloads it answers with a file, of which a part can be had, or nothing if the reader has it
    recorded  its answer is kept with the step that it takes (`Call.repeatable`); that of every other POST is
              kept by the route, with whatever the view writes
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
    uploads: bool = False
    one_file: bool = False
    downloads: bool = False
    media: tuple[str, ...] = JSON
    query: Schema | None = None
    anybody: bool = False
    writes: bool = False
    based: bool = False
    recorded: bool = False
    produces: str = "application/json"
    also: tuple[str, ...] = ()  # the other media types it can be had in
    etag: bool = False
    linked: bool = False  # a page of a list, with links to the others

    @cached_property
    def default_query(self) -> Mapping[str, Any] | None:
        """The query's values when no parameter is given; None if one has to be."""
        if self.query is None:
            return {}
        required = any(field.required for field in self.query.fields.values())
        return None if required else dict(self.query.load({}))

    @property
    def reads_body(self) -> bool:
        """Whether the route takes a body."""
        return self.body is not None or self.free_body

    def max_body(self, largest: int) -> int:
        """The maximum size of the body in bytes, where the settings allow `largest`."""
        return min(largest, MAX_ANONYMOUS_BODY) if self.anybody else largest

    @property
    def refusal_statuses(self) -> tuple[int, ...]:
        """All HTTP statuses with which the route may refuse, in order."""
        found = set(self.refuses)
        if not self.anybody:
            found.add(401)
        if self.query is not None or self.reads_body or self.method == "POST":
            found.add(400)
        if self.query is not None:
            found.add(414)
        if self.reads_body or self.uploads:
            found |= {408, 413, 415, 422}
        if self.uploads:
            found |= {503, 507}
        if self.based:
            found |= {400, 412, 428}
        if self.writes:
            found |= {400, 403, 404, 409, 412, 428}
        return tuple(sorted(found))


@dataclass(slots=True)
class Routes:
    """Decorators that register the views of one part of the API as routes."""

    tag: str
    routes: list[Route] = field(default_factory=list)

    def get(self, path: str, summary: str, answer: str | None, **more: Any) -> Callable[[View], View]:
        """Register a GET: a view that reads."""
        return self._add("GET", path, summary, {200: answer}, **more)

    def post(self, path: str, summary: str, answer: str | None, **more: Any) -> Callable[[View], View]:
        """Register a POST: a view that creates something."""
        return self._add("POST", path, summary, {more.pop("status", 201): answer}, **more)

    def put(self, path: str, summary: str, answer: str | None, **more: Any) -> Callable[[View], View]:
        """Register a PUT: a view that sets something."""
        return self._add("PUT", path, summary, {200: answer}, **more)

    def patch(self, path: str, summary: str, answer: str | None, **more: Any) -> Callable[[View], View]:
        """Register a PATCH: a view that changes a part of something."""
        return self._add("PATCH", path, summary, {200: answer}, **more)

    def delete(self, path: str, summary: str, **more: Any) -> Callable[[View], View]:
        """Register a DELETE: a view that removes something."""
        return self._add("DELETE", path, summary, {204: None}, **more)

    def _add(
        self, method: str, path: str, summary: str, answers: Mapping[int, str | None], **more: Any
    ) -> Callable[[View], View]:
        more["refuses"] = tuple(more.get("refuses", ()))

        def note(view: View) -> View:
            route = Route(
                method=method, path=path, view=view, tag=self.tag, summary=summary, answers=answers, **more
            )
            self.routes.append(route)
            return view

        return note


class NameConverter(BaseConverter):
    """The name of a process or a report in a path; a report may end in its format, as `.csv`. `check` and
    `difference` are excluded: `/api/workflows/check` is a route of its own. What is no name is no path."""

    regex = r"(?!(?:check|difference)$)[A-Za-z0-9-]{1,100}(?:\.[a-z]{3,4})?"


def flask_path(path: str) -> str:
    """The path in Flask's syntax: `{number}` becomes `<number>`, with its converter."""
    return (
        path.replace("{name}", "<process:name>")
        .replace("{key}", "<path:key>")
        .replace("{", "<")
        .replace("}", ">")
    )


def routes_by_path(routes: Sequence[Route]) -> dict[str, list[Route]]:
    """The routes grouped by path."""
    found: dict[str, list[Route]] = {}
    for route in routes:
        found.setdefault(route.path, []).append(route)
    return found
