"""The files of a ticket, and small pictures of its pictures."""

from __future__ import annotations

from flask import Response

from service.api.http.response import ApiResponse
from service.api.tickets import attachments
from service.console.http.console_request import ConsoleRequest
from service.console.http.pages import Pages

pages = Pages()
_PATH = "/tickets/<number>/files/<file>"


@pages.get(_PATH)
def show_file(call: ConsoleRequest, number: str, file: str) -> Response:
    """A file, as the API gives it."""
    _take_site(call)
    return _answer(attachments.download(call, number, file))


@pages.get(f"{_PATH}/thumbnail")
def show_thumbnail(call: ConsoleRequest, number: str, file: str) -> Response:
    """A small picture of it."""
    _take_site(call)
    return _answer(attachments.download_thumbnail(call, number, file))


def _take_site(call: ConsoleRequest) -> None:
    site = call.request.args.get("site")
    call.query = {"site": site} if site else {}


def _answer(found: ApiResponse) -> Response:
    answer = Response(found.stream or found.body, found.status, found.headers, mimetype=found.media_type)
    answer.headers["Vary"] = "Cookie"
    return answer
