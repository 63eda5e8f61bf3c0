"""The user's own settings: language, addresses, password, and where one is signed in."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import Response

from service.api import accounts
from service.channels.contact import CONTACTS
from service.console.http.console_request import ConsoleRequest
from service.console.http.pages import Pages
from service.console.layout.moments import write_moment
from service.problems import render_reason
from service.refusals import TooMany
from service.schemas import account_bodies
from service.schemas.load import read_body
from service.texts import say
from workflows.errors import Invalid, Refusal
from workflows.language.forms.mask import mask_address

pages = Pages()
_PATH = "/me"


@dataclass(slots=True)
class _Wrong:
    """What is wrong with a form, by its fields, in the reader's language."""

    by_field: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, call: ConsoleRequest, refusal: Refusal) -> _Wrong:
        found = cls()
        for each in refusal.reasons:
            message = str(render_reason(each, call.language, None)["message"])
            found.by_field.setdefault(each.field or "", []).append(message)
        return found

    def at(self, name: str) -> list[str]:
        return self.by_field.get(name, [])


@pages.get(_PATH)
def show_settings(call: ConsoleRequest) -> Response:
    """The settings, with a form for each kind."""
    return _settings_page(call, _Wrong())


def _settings_page(call: ConsoleRequest, wrong: _Wrong, status: int = 200) -> Response:
    contact = call.desk.people.contact(call.staff.id)
    zone = call.zone
    sessions = [
        (write_moment(each.last_seen_at, zone, call.language), each.id == call.session_id)
        for each in call.desk.sign_in_sessions.list_of(call.staff.id, call.now)
    ]
    return call.page(
        "own_settings/settings.html",
        call.text("own_settings", "title"),
        status,
        wrong=wrong,
        contact={name: mask_address(contact[name]) if name in contact else "" for name in CONTACTS},
        typed={name: call.request.form.get(name, "") for name in CONTACTS},
        sessions=sessions,
    )


@pages.post(f"{_PATH}/addresses")
def change_addresses(call: ConsoleRequest) -> Response:
    """Set the addresses that are typed in, and take away those that are marked."""
    form = call.request.form
    given: dict[str, str | None] = {
        name: form[name].strip() for name in CONTACTS if form.get(name, "").strip()
    }
    given |= dict.fromkeys((name for name in CONTACTS if form.get(f"remove-{name}")), None)
    try:
        call.body = read_body(account_bodies.ChangeMe(), given)
        accounts.change_me(call)
    except Invalid as refusal:
        return _settings_page(call, _Wrong.of(call, refusal), refusal.status)
    return call.go_to(_PATH, call.text("own_settings", "saved"))


@pages.post(f"{_PATH}/password")
def change_password(call: ConsoleRequest) -> Response:
    """Set a password. Every other sign-in ends."""
    form = call.request.form
    if form.get("new") != form.get("again"):
        differ = say(call.language, "password", "differ") or ""
        return _settings_page(call, _Wrong({"again": [differ]}), 422)
    try:
        given = {name: form.get(name, "") for name in ("current", "new")}
        call.body = read_body(account_bodies.ChangePassword(), given)
        accounts.change_password(call)
    except (Invalid, TooMany) as refusal:
        return _settings_page(call, _Wrong.of(call, refusal), refusal.status)
    return call.go_to(_PATH, call.text("own_settings", "password-set"))
