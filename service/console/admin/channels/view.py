"""The channels by which people are told, who has no address, and a test to oneself."""

from __future__ import annotations

from flask import Response

from service.api.http.ids import new_id
from service.channels.contact import CONTACTS
from service.channels.letter import Letter, Undeliverable
from service.channels.post import Post
from service.console.admin.admin_page import PARTS, admin_page, new_pages
from service.console.admin.health.health_check import read_reachability
from service.console.http.console_request import ConsoleRequest
from workflows.language.forms.mask import mask_address

pages = new_pages()
_PATH = PARTS["channels"]


@pages.get(_PATH)
def show_channels(call: ConsoleRequest) -> Response:
    """What is set up, and how many of each site's staff have no address that it serves."""
    return _channels_page(call)


def _channels_page(call: ConsoleRequest, failed: str = "", status: int = 200) -> Response:
    """The page; `failed` is why a test did not leave."""
    reached, managed = read_reachability(call.desk), call.managed_sites()
    names = {each.id: each.name for each in call.desk.people.sites()}
    contact = call.desk.people.contact(call.staff.id)
    return admin_page(
        call,
        "channels",
        "channels/channels.html",
        status=status,
        channels=[
            ("mail", reached.mail),
            ("clients", reached.clients),
            ("link", bool(call.settings.channels.base_url)),
        ],
        services=", ".join(call.settings.channels.services),
        lacking=[(names[each], reached.without_address[each], reached.staff[each]) for each in managed],
        addresses=[(kind, mask_address(contact[kind])) for kind in CONTACTS if kind in contact],
        failed=failed,
    )


@pages.post(f"{_PATH}/test")
def send_test(call: ConsoleRequest) -> Response:
    """Send a letter to one of the user's own addresses, at once and not by the outbox."""
    kind = call.request.form.get("kind", "")
    address = call.desk.people.contact(call.staff.id).get(kind) if kind in CONTACTS else None
    if not address:
        return _channels_page(call, call.text("admin_channels", "no-address"), 422)
    letter = Letter(
        id=new_id(call.now),
        subject=call.text("admin_channels", "subject"),
        body=call.text("admin_channels", "body", name=call.staff.name),
        language=call.language,
        address=address,
    )
    try:
        receipt = Post(call.settings).send(letter)
    except Undeliverable as error:
        return _channels_page(call, call.text("admin_channels", "failed", reason=error.reason), 409)
    sent = call.text("admin_channels", "sent", channel=receipt.channel, address=mask_address(address))
    return call.go_to(_PATH, sent)
