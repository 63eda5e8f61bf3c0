"""Registers of a site, their entries, and the history of these."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from service.api.http.paging import page_limit, page_response, refuse_bad_cursor, seq_cursor, seq_page
from service.api.http.request import ApiRequest
from service.api.http.response import ApiResponse, empty_response, format_etag, json_response
from service.api.http.route import Routes
from service.api.list_files import FILE_FORMATS, choose_file_format, read_rows
from service.api.register_file import file_of_entries
from service.api.register_view import render_change, render_entry
from service.api.sites import stale_error
from service.api.tickets.collection import choose_site
from service.api.tickets.history_view import render_reading
from service.refusals import reason
from service.schemas import bodies, queries
from service.texts import localize
from workflows.core.access import delegation
from workflows.core.commands import Actor
from workflows.core.effects.register_writes import parse_entry
from workflows.core.records import EntryWrite
from workflows.errors import Forbidden, Invalid, NotFound, Reason
from workflows.language.forms.examples import with_coming_examples
from workflows.language.forms.register import Register
from workflows.language.forms.schema import json_schema
from workflows.storage.errors import Conflict
from workflows.storage.registers.results import EntryChange, RegisterEntry
from workflows.storage.registers.write import EntryAuthor
from workflows.storage.search_query import list_kinds, parse_query
from workflows.storage.tickets.readings import SEARCH, Reading
from workflows.timing.instants import to_datetime

routes = Routes("registers")


@routes.get("/api/registers", "List the registers", "Registers")
def list_registers(request: ApiRequest) -> ApiResponse:
    """The registers of the company, with the form of an entry, and what the user may do with them."""
    company = request.desk.definitions.company()
    roles = frozenset[str]().union(*map(request.roles_at, request.sites))
    items = [
        {
            "name": register.name,
            "title": localize(register.title, request.language),
            "key": register.key,
            "personal": sorted(register.personal_columns),
            "may_read": bool(roles & register.readers),
            "may_write": bool(roles & register.writers),
            "retention": str(register.retention) if register.retention else None,
            "form": with_coming_examples(
                json_schema(
                    register.fields.values(), (register.key,), request.language, company.organisation
                ),
                to_datetime(request.now, ZoneInfo("UTC")),
            ),
        }
        for register in company.registers.values()
    ]
    return json_response({"items": items}, 200, request.response_headers)


@routes.get(
    "/api/registers/{register}",
    "List the entries of a register",
    "RegisterPage",
    query=queries.EntriesQuery(),
    refuses=(404, 422),
    linked=True,
    also=tuple(FILE_FORMATS.values()),
)
def list_entries(request: ApiRequest, register: str) -> ApiResponse:
    """Entries at a site, their keys as people count, personal columns masked.

    Whoever may read these finds by them, too; that is recorded as a reading of each entry that was found.
    As CSV or as a workbook by `format` or `Accept`: up to 5,000 rows, then `Link` names the next file.
    """
    found, site, query = _find_register(request, register), _choose_site(request), request.query
    q, reader = query.get("q") or "", request.find_reader(site, found.readers)

    def read(cursor: str | None, limit: int) -> tuple[Sequence[RegisterEntry], str | None]:
        with refuse_bad_cursor():
            page = request.desk.store.entries.page(
                site,
                register,
                q=q,
                personal=reader is not None,
                struck=query.get("struck") or False,
                cursor=cursor,
                limit=limit,
            )
        if reader is not None and page.personal:
            _record_search(request, site, reader, list_kinds(parse_query(q)), page.personal)
        return page.entries, page.next

    ending = choose_file_format(request)
    if ending is not None:
        return file_of_entries(request, ending, found, *read_rows(request, read))
    entries, following = read(query.get("cursor"), page_limit(request))
    return page_response(request, [render_entry(each, found) for each in entries], following)


@routes.get(
    "/api/registers/{register}/entries/{key}",
    "Look at an entry",
    "RegisterEntry",
    query=queries.SiteQuery(),
    refuses=(404, 422),
    etag=True,
)
def show_entry(request: ApiRequest, register: str, key: str) -> ApiResponse:
    """The entry, personal columns masked; also if it was struck."""
    found = _find_register(request, register)
    return _entry_response(request, _find_entry(request, _choose_site(request), register, key), found)


@routes.put(
    "/api/registers/{register}/entries/{key}",
    "Write an entry",
    "RegisterEntry",
    body=bodies.PutEntry(),
    query=queries.SiteQuery(),
    writes=True,
)
def put_entry(request: ApiRequest, register: str, key: str) -> ApiResponse:
    """Write columns of the entry; one that is left out is unchanged, null clears it. If-Match is "0" for
    an entry that does not exist yet."""
    found, site = _find_register(request, register), _choose_site(request)
    actor = _require_writer(request, site, found)
    values = request.body["values"]
    if found.key in values:
        raise Invalid(reason("unknown-field", f"{found.key} stands in the address", field=found.key))
    filing = parse_entry(found, {**values, found.key: key}, request.desk.definitions.company().organisation)
    _write_entry(request, site, filing, actor)
    return _entry_response(request, _find_entry(request, site, register, filing.key), found)


@routes.delete(
    "/api/registers/{register}/entries/{key}",
    "Strike an entry",
    query=queries.SiteQuery(),
    writes=True,
)
def strike_entry(request: ApiRequest, register: str, key: str) -> ApiResponse:
    """Strike the entry; its history is kept."""
    found, site = _find_register(request, register), _choose_site(request)
    actor = _require_writer(request, site, found)
    entry = _find_entry(request, site, register, key)
    if entry.if_in_force is None:
        raise _unknown_entry()
    _write_entry(request, site, EntryWrite(register, entry.key, found.key, strike=True), actor)
    return empty_response()


@routes.get(
    "/api/registers/{register}/personal/{key}",
    "Read the personal columns",
    "RegisterPersonal",
    query=queries.SiteQuery(),
    refuses=(403, 404, 422),
)
def show_entry_personal(request: ApiRequest, register: str, key: str) -> ApiResponse:
    """The personal columns in clear, for the roles that may read them. The reading is recorded."""
    found, site = _find_register(request, register), _choose_site(request)
    reader = request.require_reader(site, found.readers)
    entry = _find_entry(request, site, register, key)
    if entry.personal:
        place = f"{register}/{entry.key}"
        request.desk.privacy.record_reading(site, place, reader, entry.personal, request.now)
    shown = {"register": register, "site": site, "key": entry.key, "personal": dict(entry.personal)}
    return json_response(shown, 200, {**request.response_headers, "Cache-Control": "no-store"})


@routes.post(
    "/api/registers/{register}/erasures/{key}",
    "Erase the personal columns",
    "RegisterEntry",
    body=bodies.ErasePersonal(),
    query=queries.SiteQuery(),
    writes=True,
)
def erase_entry(request: ApiRequest, register: str, key: str) -> ApiResponse:
    """Destroy the personal data of the entry and of its history for good; the rest stays, in force or struck.

    For administrators of the desk. The history records who did it, and the note.
    """
    found = _find_register(request, register)
    site = request.check_managed_site(_choose_site(request))
    entry = _find_entry(request, site, register, key)
    author = EntryAuthor(site, request.actor_at(site), request.now)
    eraser, note = request.desk.store.entries.eraser, request.body["note"]
    try:
        eraser.erase(author, register, entry.key, expected=request.seen, note=note)
    except Conflict:
        raise stale_error() from None
    return _entry_response(request, _find_entry(request, site, register, key), found, 201)


@routes.get(
    "/api/registers/{register}/history/{key}",
    "See what was done to an entry",
    "RegisterHistory",
    query=queries.PageQuery(),
    refuses=(404, 422),
    linked=True,
)
def show_entry_history(request: ApiRequest, register: str, key: str) -> ApiResponse:
    """Every change, oldest first; of personal columns only that they have changed."""
    after, limit = seq_cursor(request), page_limit(request)
    columns = _find_register(request, register).open_columns
    entry = _find_entry(request, _choose_site(request), register, key)
    changes = request.desk.store.entries.history(entry.site, register, entry.key, after, limit + 1)
    tickets = {(entry.site, each.ticket) for each in changes if each.ticket is not None}
    unseen = request.desk.queries.find_hidden(tickets, request.viewer) if tickets else frozenset()
    directory = request.desk.people.directory(entry.site)

    def render(change: EntryChange) -> dict[str, Any]:
        return render_change(change, columns, (entry.site, change.ticket or "") in unseen, directory)

    return seq_page(request, changes, render)


@routes.get(
    "/api/registers/{register}/readings/{key}",
    "See who read the personal columns",
    "ReadingPage",
    query=queries.PageQuery(),
    refuses=(403, 404, 422),
    linked=True,
)
def show_entry_readings(request: ApiRequest, register: str, key: str) -> ApiResponse:
    """Who read which personal columns of the entry, or found it by them, and when; newest first.

    For the roles that may read them, and for administrators of the desk.
    """
    found, site, limit = _find_register(request, register), _choose_site(request), page_limit(request)
    request.require_reader(site, found.readers, beside=frozenset(request.settings.api.publishers))
    entry = _find_entry(request, site, register, key)
    with refuse_bad_cursor():
        cursor = request.query.get("cursor")
        page = request.desk.queries.readings(site, f"{register}/{entry.key}", cursor, limit)
    directory = request.desk.people.directory(site)
    return page_response(request, [render_reading(each, directory) for each in page.readings], page.next)


def _record_search(
    request: ApiRequest, site: str, reader: Actor, kinds: Collection[str], entries: Sequence[RegisterEntry]
) -> None:
    fields = [f"{SEARCH}:{kind}" for kind in kinds]
    readings = [Reading(site, SEARCH, request.actor_at(site), kinds)]
    readings += [Reading(site, f"{each.register}/{each.key}", reader, fields) for each in entries]
    request.desk.privacy.record_readings(readings, request.now)


def _choose_site(request: ApiRequest) -> str:
    return choose_site(request, request.query.get("site"))


def _find_register(request: ApiRequest, name: str) -> Register:
    found = request.desk.definitions.company().registers.get(name)
    if found is None:
        raise NotFound(reason("unknown-register", "there is no such register"))
    return found


def _find_entry(request: ApiRequest, site: str, register: str, key: str) -> RegisterEntry:
    found = request.desk.store.entries.find(site, register, key)
    if found is None:
        raise _unknown_entry()
    return found


def _unknown_entry() -> NotFound:
    return NotFound(reason("unknown-entry", "there is no such entry"))


def _require_writer(request: ApiRequest, site: str, register: Register) -> Actor:
    """The actor as whom the user may write by hand: by their own post, or for an absent person. Raises
    Forbidden."""
    found = delegation.find_role_holder(
        request.actor_at(site), request.desk.people.directory(site), request.now, register.writers
    )
    if found is None:
        who = tuple(sorted(register.writers))
        named = ", ".join(who) or "nobody"
        raise Forbidden(Reason("role-needed", f"this is for: {named}", who=who, facts={"roles": named}))
    return found


def _write_entry(request: ApiRequest, site: str, filing: EntryWrite, actor: Actor) -> None:
    try:
        request.desk.store.entries.write(site, [filing], actor, request.now, expected=request.seen)
    except Conflict:
        raise stale_error() from None


def _entry_response(
    request: ApiRequest, entry: RegisterEntry, register: Register, status: int = 200
) -> ApiResponse:
    return json_response(
        render_entry(entry, register), status, {**request.response_headers, "ETag": format_etag(entry.seq)}
    )
