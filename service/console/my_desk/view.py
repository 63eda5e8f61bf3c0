"""The desk of whoever is signed in: tabs with counts, a search, filters, and the tickets of one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Response

from service.api.http.ids import new_id
from service.api.http.paging import refuse_bad_cursor
from service.console.http.console_request import ConsoleRequest
from service.console.http.pages import Pages
from service.console.http.sealed_search import FIND, STATUS_ENDED, open_search
from service.console.my_desk.desk_filter import (
    PATH,
    build_parameters,
    describe_filter,
    filter_address,
    find_tickets,
    list_filter_choices,
    read_conditions,
)
from service.console.my_desk.tabs import TABS, DeskTabs, read_tabs
from service.console.ticket_rows import build_ticket_rows
from workflows.errors import Forbidden, Reason
from workflows.storage.people.saved_filters import SavedFilter

pages = Pages()
PAGE_SIZE = 25
_LONGEST_NAME = 60  # characters of a filter's name


@pages.get(PATH)
def show_desk(call: ConsoleRequest) -> Response:
    """One tab (`?tab=mine`), a filter that was saved (`?saved=`), or what a search finds (`?find=`, sealed,
    and other conditions)."""
    if not call.sites:
        raise Forbidden(Reason("not-a-member", "you belong to no site"))
    arguments = call.request.args
    saved = call.desk.saved_filters.list_of(call.staff.id)
    current = next((each for each in saved if each.id == arguments.get("saved")), None)
    words = open_search(call, PATH)
    if words is None or "q" in arguments:  # what is looked for is not taken from an address
        return _say_to_search_again(call, saved)
    chosen = {**arguments, "q": words.get("q", "")}
    conditions = dict(current.conditions) if current else read_conditions(chosen)
    cursor = arguments.get("cursor")
    tab = str(arguments.get("tab")) if arguments.get("tab") in TABS else TABS[0]
    with refuse_bad_cursor():
        found = (
            DeskTabs(find_tickets(call, conditions, cursor, PAGE_SIZE), {})
            if conditions
            else read_tabs(call, tab, cursor, PAGE_SIZE)
        )
    sealed = build_parameters(call, conditions, arguments.get(FIND))
    here = {"saved": current.id} if current else sealed or {"tab": tab}
    following = f"{PATH}?{urlencode({**here, 'cursor': found.page.next})}" if found.page.next else ""
    choices = list_filter_choices(call, conditions) if "which" in conditions else None
    described = describe_filter(conditions, choices) if choices else conditions.get("q", "")
    return call.page(
        "my_desk/desk.html",
        current.name if current else call.text("my_desk", "found" if conditions else "title"),
        rows=build_ticket_rows(call, found.page.tickets),
        conditions=conditions,
        described=described,
        choices=choices,
        to_filter=filter_address(call, {**conditions, "which": "open"}),
        searched=conditions.get("q", ""),
        ended=False,
        saved=saved,
        current=current,
        tab=tab,
        tabs=[_render_tab(call, each, found.counts, not conditions and each == tab) for each in TABS],
        first=f"{PATH}?{urlencode(here)}" if cursor else "",
        following=following,
    )


def _say_to_search_again(call: ConsoleRequest, saved: Sequence[SavedFilter]) -> Response:
    """The desk without a list."""
    return call.page(
        "my_desk/desk.html",
        call.text("my_desk", "found"),
        STATUS_ENDED,
        rows=[],
        conditions={},
        described="",
        choices=None,
        to_filter=filter_address(call, {"which": "open"}),
        ended=True,
        saved=saved,
        current=None,
        tab=TABS[0],
        tabs=[_render_tab(call, each, {}, False) for each in TABS],
        first="",
        following="",
    )


@pages.post(PATH)
def search(call: ConsoleRequest) -> Response:
    """Look for tickets. What is looked for may be personal: the address that this leads to has it sealed."""
    return call.go_to(filter_address(call, read_conditions(call.request.form)))


def _render_tab(call: ConsoleRequest, name: str, counts: Mapping[str, str], current: bool) -> dict[str, Any]:
    title = call.text("my_desk", name)
    return {"path": f"{PATH}?tab={name}", "title": title, "count": counts.get(name), "current": current}


@pages.post(f"{PATH}/filters")
def save_filter(call: ConsoleRequest) -> Response:
    """Keep the conditions that are shown, under a name."""
    form = call.request.form
    conditions = read_conditions(form)
    name = " ".join(form.get("name", "").split())[:_LONGEST_NAME]
    if not conditions:
        return call.go_to(PATH)
    if not name:
        return call.go_to(filter_address(call, conditions), call.text("my_desk", "name-needed"))
    saved = SavedFilter(new_id(call.now), name, conditions)
    if not call.desk.saved_filters.save(call.staff.id, saved):
        return call.go_to(filter_address(call, conditions), call.text("my_desk", "too-many-saved"))
    return call.go_to(f"{PATH}?saved={saved.id}", call.text("my_desk", "filter-saved"))


@pages.post(f"{PATH}/filters/<saved>/remove")
def remove_filter(call: ConsoleRequest, saved: str) -> Response:
    """Keep a filter no longer."""
    call.desk.saved_filters.remove(call.staff.id, saved)
    return call.go_to(PATH, call.text("my_desk", "filter-removed"))
