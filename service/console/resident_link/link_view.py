"""A link of a resident as it is shown once: its address, and a QR code to hold a telephone at."""

from __future__ import annotations

from dataclasses import dataclass

from service.auth import derive_secret, new_secret
from service.console.http.console_request import ConsoleRequest
from service.console.http.link_request import PATH
from service.password_links import base_url
from service.prints.code_picture import CodePicture, draw_code


@dataclass(frozen=True, slots=True)
class LinkView:
    """The address, its QR code, and what it is for."""

    address: str
    code: CodePicture
    title: str


def choose_token(call: ConsoleRequest, subject: str) -> str:
    """The secret of a new link: the same when the form is repeated, although it is not stored."""
    if call.key is None:
        return new_secret()
    return derive_secret(call.settings.signature, call.person, f"{call.key}/{subject}")


def show_link(call: ConsoleRequest, token: str, title: str) -> LinkView:
    """The link of this secret."""
    address = f"{base_url(call.settings)}{PATH}/{token}"
    return LinkView(address, draw_code(address), title)
