"""The settings of a site: what the company leaves to it, with the defaults, and who changed what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Response

from service.api import sites
from service.console.admin.admin_page import PAGE_SIZE, PARTS, admin_page, choose_managed_site, new_pages
from service.console.api_answer import read_answer
from service.console.forms.form_reader import NO, YES
from service.console.forms.sent_form import sort_faults
from service.console.http.console_request import ConsoleRequest
from workflows.errors import Refusal
from workflows.language.forms.field import FieldType

pages = new_pages()
_PATH = PARTS["settings"]
_BOOLEANS = {YES: True, NO: False}
Shown = Mapping[str, Any]


@pages.get(_PATH)
def show_settings(call: ConsoleRequest) -> Response:
    """Every setting with its value at the site."""
    return _settings_page(call, choose_managed_site(call))


def _settings_page(call: ConsoleRequest, site: str, refused: Refusal | None = None) -> Response:
    """The page; with what was typed, if that was refused."""
    answer = sites.show_settings(call, site)
    shown = read_answer(answer)["items"]
    titles = {each["name"]: each["title"] for each in shown}
    wrong, general = sort_faults(call, refused, None, titles, titles) if refused else ({}, [])
    typed = call.request.form if refused else None
    return admin_page(
        call,
        "settings",
        "settings/settings.html",
        site=site,
        status=refused.status if refused else 200,
        settings=[_render_setting(call, each, typed) for each in shown],
        seen=answer.headers["ETag"].strip('"'),
        wrong=wrong,
        general=general,
    )


def _render_setting(call: ConsoleRequest, setting: Shown, typed: Mapping[str, str] | None) -> dict[str, Any]:
    options = _list_options(call, setting["schema"])
    text = _write(setting["value"]) if setting["said"] else ""
    return {
        "name": setting["name"],
        "title": setting["title"],
        "help": setting["help"],
        "options": options,
        "default": _describe(options, setting["default"]),
        "text": text if typed is None else typed.get(setting["name"], ""),
    }


def _list_options(call: ConsoleRequest, schema: Shown) -> Sequence[tuple[str, str]]:
    """(text, title) of what can be chosen; none if anything can be typed."""
    if "boolean" in schema.get("type", ()):
        return [(YES, call.text("forms", "yes")), (NO, call.text("forms", "no"))]
    return [
        (str(each["const"]), each["title"]) for each in schema.get("oneOf", ()) if each["const"] is not None
    ]


def _describe(options: Sequence[tuple[str, str]], value: object) -> str:
    """A value as the page says it: by its title, if there is a choice."""
    return dict(options).get(_write(value), _write(value))


def _write(value: object) -> str:
    if isinstance(value, bool):
        return YES if value else NO
    return str(value)


@pages.post(_PATH)
def put_settings(call: ConsoleRequest) -> Response:
    """Set what was typed; what is empty has its default."""
    site, form = choose_managed_site(call), call.request.form
    known = call.desk.definitions.company().settings
    values: dict[str, object] = {}
    for name, setting in known.items():
        text = form.get(name, "").strip()
        if text:
            values[name] = _BOOLEANS.get(text, text) if setting.field.type is FieldType.BOOLEAN else text
    seen = form.get("seen", "")
    call.seen = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 10 else None
    call.body = {"values": values}
    try:
        sites.put_settings(call, site)
    except Refusal as refusal:
        return _settings_page(call, site, refusal)
    return call.go_to(f"{_PATH}?{urlencode({'site': site})}", call.text("admin", "saved"))


@pages.get(f"{_PATH}/history")
def show_history(call: ConsoleRequest) -> Response:
    """Every change of a setting at the site, oldest first."""
    site, cursor = choose_managed_site(call), call.request.args.get("cursor")
    call.query = {"cursor": cursor, "limit": PAGE_SIZE}
    found = read_answer(sites.show_settings_history(call, site))
    schemas = {each["name"]: each["schema"] for each in read_answer(sites.show_settings(call, site))["items"]}
    following = urlencode({"site": site, "cursor": found["next"]}) if found["next"] else ""
    return admin_page(
        call,
        "settings",
        "settings/history.html",
        title=call.text("admin", "history"),
        site=site,
        changes=[_render_change(call, each, schemas.get(each["name"], {})) for each in found["items"]],
        first=f"{_PATH}/history?{urlencode({'site': site})}" if cursor else "",
        following=f"{_PATH}/history?{following}" if following else "",
    )


def _render_change(call: ConsoleRequest, change: Shown, schema: Shown) -> dict[str, Any]:
    options = _list_options(call, schema)
    said = {side: change[side] for side in ("before", "after") if change[side] is not None}
    return {**change, **{side: _describe(options, value) for side, value in said.items()}}
