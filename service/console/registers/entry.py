"""One entry: its columns, its history, the personal ones for whoever may read them and asks, and its form."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

from flask import Response

from service.api import registers
from service.api.http.time_parameters import site_zone
from service.console.api_answer import read_answer
from service.console.forms.sent_form import sort_faults
from service.console.http.console_request import ConsoleRequest
from service.console.http.pages import Pages
from service.console.layout.moments import write_instant
from service.console.registers.columns import (
    NO_WRONGS,
    PATH,
    build_entry_inputs,
    column_titles,
    entry_path,
    find_register,
    read_entry,
    register_path,
    write_columns,
)
from service.console.site_choice import choose_one_site
from service.texts import localize
from workflows.errors import NotFound, Refusal
from workflows.language.forms.register import Register

pages = Pages()
_HISTORY = 50  # changes on a page
NO_VALUES: Mapping[str, Any] = {}


@pages.get(f"{PATH}/<register>/entries/<key>")
def show_entry(call: ConsoleRequest, register: str, key: str) -> Response:
    """The entry, personal columns masked; also if it was struck."""
    return _entry_page(call, choose_one_site(call), register, key)


def _entry_page(
    call: ConsoleRequest,
    site: str,
    register: str,
    key: str,
    *,
    clear: Mapping[str, object] = NO_VALUES,
    refused: Refusal | None = None,
) -> Response:
    """The page; `clear` are personal values that were asked for, `refused` why something was not written."""
    found = find_register(call, register)
    entry = _read_entry(call, site, register, key)
    wrong, general = (
        sort_faults(call, refused, None, found.fields, column_titles(call, found))
        if refused
        else (NO_WRONGS, [])
    )
    roles, struck = call.roles_at(site), entry["struck_at"] is not None
    return call.page(
        "registers/entry.html",
        f"{entry['key']} · {localize(found.title, call.language)}",
        refused.status if refused else 200,
        entry=entry,
        columns=write_columns(call, found, {**entry["values"], **clear}),
        register_title=localize(found.title, call.language),
        list_path=register_path(register, site),
        path=partial(entry_path, register, site, entry["key"]),
        may_read=bool(found.personal_columns and roles & found.readers and not clear),
        may_write=bool(roles & found.writers and not struck),
        inputs=build_entry_inputs(call, found, entry["values"], wrong),
        general=general,
        opened=refused is not None,
        **_read_history(call, site, register, entry["key"]),
        at=partial(write_instant, call.language, site_zone(call, site), call.now),
    )


def _read_entry(call: ConsoleRequest, site: str, register: str, key: str) -> dict[str, Any]:
    call.query = {"site": site}
    return dict(read_answer(registers.show_entry(call, register, key)))


def _read_history(call: ConsoleRequest, site: str, register: str, key: str) -> dict[str, Any]:
    """The changes, oldest first, and the address of further ones."""
    after = call.request.args.get("after")
    call.query = {"site": site, "cursor": after, "limit": _HISTORY}
    found = read_answer(registers.show_entry_history(call, register, key))
    following = urlencode({"after": found["next"]}) if found["next"] else ""
    return {"changes": found["items"], "following": following}


@pages.post(f"{PATH}/<register>/personal/<key>")
def show_personal(call: ConsoleRequest, register: str, key: str) -> Response:
    """The entry with its personal columns in clear. A form asks for them, so that nothing is read by a link;
    the reading is recorded."""
    site = choose_one_site(call)
    call.query = {"site": site}
    clear = read_answer(registers.show_entry_personal(call, register, key))["personal"]
    return _entry_page(call, site, register, key, clear=clear)


@pages.post(f"{PATH}/<register>/entries/<key>")
def write_entry(call: ConsoleRequest, register: str, key: str) -> Response:
    """Write what was typed into the entry, unless somebody has changed it meanwhile."""
    site, found = choose_one_site(call), find_register(call, register)
    before = _read_entry(call, site, register, key)["values"]
    call.body = {"values": read_entry(call, found, before)}
    call.seen = _read_seen(call)
    try:
        registers.put_entry(call, register, key)
    except NotFound:
        raise
    except Refusal as refusal:
        return _entry_page(call, site, register, key, refused=refusal)
    return call.go_to(entry_path(register, site, key), call.text("registers", "written"))


def _read_seen(call: ConsoleRequest) -> int:
    """The change that the form was opened on."""
    text = call.request.form.get("seen", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


@pages.post(f"{PATH}/<register>/strike/<key>")
def strike_entry(call: ConsoleRequest, register: str, key: str) -> Response:
    """Strike the entry; its history stays."""
    site = choose_one_site(call)
    call.query, call.seen = {"site": site}, _read_seen(call)
    registers.strike_entry(call, register, key)
    return call.go_to(entry_path(register, site, key), call.text("registers", "struck-now"))


@pages.get(f"{PATH}/<register>/new")
def begin_entry(call: ConsoleRequest, register: str) -> Response:
    """The form of a new entry."""
    return _new_page(call, choose_one_site(call), find_register(call, register))


def _new_page(
    call: ConsoleRequest, site: str, register: Register, refused: Refusal | None = None
) -> Response:
    wrong, general = (
        sort_faults(call, refused, None, register.fields, column_titles(call, register))
        if refused
        else (NO_WRONGS, [])
    )
    return call.page(
        "registers/new.html",
        call.text("registers", "new-of", register=localize(register.title, call.language)),
        refused.status if refused else 200,
        inputs=build_entry_inputs(call, register, NO_VALUES, wrong, new=True),
        general=general,
        path=f"{PATH}/{quote(register.name, safe='')}/new?{urlencode({'site': site})}",
        list_path=register_path(register.name, site),
    )


@pages.post(f"{PATH}/<register>/new")
def add_entry(call: ConsoleRequest, register: str) -> Response:
    """Write an entry that is not there yet."""
    site, found = choose_one_site(call), find_register(call, register)
    values = read_entry(call, found, NO_VALUES, new=True)
    key = str(values.pop(found.key, "")).strip()
    call.query, call.body, call.seen = {"site": site}, {"values": values}, 0
    try:
        written = read_answer(registers.put_entry(call, register, key))
    except Refusal as refusal:
        return _new_page(call, site, found, refusal)
    return call.go_to(entry_path(register, site, written["key"]), call.text("registers", "written"))
