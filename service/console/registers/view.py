"""The registers of a site, and the entries of one of them with a search."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Response

from service.api import registers
from service.console.api_answer import read_answer
from service.console.http.console_request import ConsoleRequest
from service.console.http.pages import Pages
from service.console.http.sealed_search import FIND, STATUS_ENDED, open_search, seal_search
from service.console.registers.columns import (
    PATH,
    entry_path,
    find_register,
    register_path,
    write_column,
)
from service.console.site_choice import choose_one_site, list_site_choices
from service.texts import localize

pages = Pages()
PAGE_SIZE = 25
_NOTHING: Mapping[str, Any] = {"items": [], "next": None}
_LONGEST = 200  # characters of a search


@pages.get(PATH)
def list_registers(call: ConsoleRequest) -> Response:
    """What is kept, and what the user may do with it."""
    site = choose_one_site(call)
    found = read_answer(registers.list_registers(call))["items"]
    return call.page(
        "registers/list.html",
        call.text("registers", "title"),
        registers=[{**each, "path": register_path(each["name"], site)} for each in found],
        sites=list_site_choices(call, site, call.sites),
    )


@pages.get(f"{PATH}/<register>")
def list_entries(call: ConsoleRequest, register: str) -> Response:
    """Entries by key, personal columns masked. A search by what is personal is recorded, as by the API."""
    site, found, asked = choose_one_site(call), find_register(call, register), call.request.args
    said, struck = open_search(call, _page_of(register)), bool(asked.get("struck"))
    q = (said or {}).get("q", "")
    here = {"site": site, **{name: asked[name] for name in (FIND, "struck") if asked.get(name)}}
    call.query = {
        "site": site,
        "q": q or None,
        "struck": struck,
        "cursor": asked.get("cursor"),
        "limit": PAGE_SIZE,
        "format": "json",
    }
    page = read_answer(registers.list_entries(call, register)) if said is not None else _NOTHING
    shown = [each["values"] for each in page["items"]]
    columns = [
        each
        for name, each in found.fields.items()
        if name != found.key and any(values.get(name) not in (None, "", []) for values in shown)
    ]
    path = register_path(register, site).partition("?")[0]
    following = urlencode({**here, "cursor": page["next"]}) if page["next"] else ""
    return call.page(
        "registers/entries.html",
        localize(found.title, call.language),
        200 if said is not None else STATUS_ENDED,
        ended=said is None,
        site=site,
        path=path,
        key_title=localize(found.fields[found.key].title, call.language),
        heads=[localize(each.title, call.language) for each in columns],
        entries=[
            (
                each["key"],
                entry_path(register, site, each["key"]),
                [write_column(call, column, each["values"].get(column.name)) for column in columns],
            )
            for each in page["items"]
        ],
        q=q,
        struck=struck,
        may_write=bool(call.roles_at(site) & found.writers),
        sites=list_site_choices(call, site, call.sites),
        first=f"{path}?{urlencode(here)}" if asked.get("cursor") else "",
        following=f"{path}?{following}" if following else "",
    )


@pages.post(f"{PATH}/<register>")
def search_entries(call: ConsoleRequest, register: str) -> Response:
    """Look for entries. Who is looked for stands sealed in the address that this leads to."""
    site, form = choose_one_site(call), call.request.form
    find_register(call, register)
    said = {"q": form.get("q", "").strip()[:_LONGEST]}
    struck = {"struck": "1"} if form.get("struck") else {}
    parameters = {"site": site, **seal_search(call, _page_of(register), said), **struck}
    return call.go_to(f"{register_path(register, site).partition('?')[0]}?{urlencode(parameters)}")


def _page_of(register: str) -> str:
    """The page that a search is sealed for."""
    return f"{PATH}/{register}"
