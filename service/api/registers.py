"""Registers: what a site keeps entries of, the entries, and what was done to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.api import receipts, showing
from service.api.answers import Answer, as_json, etag, nothing
from service.api.call import Call
from service.api.paging import as_page, limit_of, own_cursor, seq_after
from service.api.routing import Routes
from service.api.showing import when
from service.api.sites import changed_since
from service.api.tickets import chosen_site
from service.refusals import reason
from service.schemas import bodies, queries
from service.texts import titled
from workflows.core import lending
from workflows.core.commands import Actor
from workflows.core.filing import written
from workflows.core.people import Directory
from workflows.core.records import Filing
from workflows.errors import Forbidden, Invalid, NotFound, Reason
from workflows.language.forms.field import Field
from workflows.language.forms.masking import mask
from workflows.language.forms.register import Register
from workflows.language.forms.schema import json_schema
from workflows.storage.conflicts import Conflict
from workflows.storage.entry_views import Entry, EntryChange
from workflows.storage.entry_writing import Author
from workflows.timing.instants import rfc3339

routes = Routes("registers")


@routes.get("/api/registers", "List the registers", "Registers")
def list_registers(call: Call) -> Answer:
    """What the company keeps registers of, with the form of an entry, and what the asker may do."""
    company = call.desk.library.company()
    roles = frozenset[str]().union(*map(call.roles, call.sites))
    items = [
        {
            "name": register.name,
            "title": titled(register.title, call.language),
            "key": register.key,
            "personal": sorted(register.personal),
            "may_read": bool(roles & register.readers),
            "may_write": bool(roles & register.writers),
            "retention": str(register.retention) if register.retention else None,
            "form": json_schema(
                register.fields.values(), (register.key,), call.language, company.organisation
            ),
        }
        for register in company.registers.values()
    ]
    return as_json({"items": items}, 200, call.heads)


@routes.get(
    "/api/registers/{register}",
    "List the entries of a register",
    "RegisterPage",
    query=queries.EntriesQuery(),
    refuses=(404, 422),
    linked=True,
)
def list_entries(call: Call, register: str) -> Answer:
    """Entries at a site in the order of their keys, personal columns masked."""
    found, site, asked = _register(call, register), _site(call), call.query
    with own_cursor():
        page = call.desk.store.entries.page(
            site,
            register,
            q=asked.get("q") or "",
            struck=asked.get("struck") or False,
            cursor=asked.get("cursor"),
            limit=limit_of(call),
        )
    items = [_entry(each, found) for each in page.entries]
    return as_page(call, items, page.next)


@routes.get(
    "/api/registers/{register}/entries/{key}",
    "Look at an entry",
    "RegisterEntry",
    query=queries.SiteQuery(),
    refuses=(404, 422),
    etag=True,
)
def show_entry(call: Call, register: str, key: str) -> Answer:
    """The entry, personal columns masked; also one that was struck."""
    found = _register(call, register)
    return _shown(call, _known(call, _site(call), register, key), found)


@routes.put(
    "/api/registers/{register}/entries/{key}",
    "Write an entry",
    "RegisterEntry",
    body=bodies.PutEntry(),
    query=queries.SiteQuery(),
    writes=True,
)
def put_entry(call: Call, register: str, key: str) -> Answer:
    """Write columns of the entry; one that is left out stays as it was, null empties it. If-Match is "0" for
    an entry that is not there yet."""
    found, site = _register(call, register), _site(call)
    actor = _writer(call, site, found)
    values = call.body["values"]
    if found.key in values:
        raise Invalid(reason("unknown-field", f"{found.key} stands in the address", field=found.key))
    filing = written(found, {**values, found.key: key}, call.desk.library.company().organisation)
    _file(call, site, filing, actor)
    return _shown(call, _known(call, site, register, filing.key), found)


@routes.delete(
    "/api/registers/{register}/entries/{key}",
    "Strike an entry",
    query=queries.SiteQuery(),
    writes=True,
)
def strike_entry(call: Call, register: str, key: str) -> Answer:
    """The entry has ended; its history stays."""
    found, site = _register(call, register), _site(call)
    actor = _writer(call, site, found)
    if _known(call, site, register, key).standing is None:
        raise _no_entry()
    _file(call, site, Filing(register, key, found.key, strike=True), actor)
    return nothing()


@routes.get(
    "/api/registers/{register}/personal/{key}",
    "Read the personal columns",
    "RegisterPersonal",
    query=queries.SiteQuery(),
    refuses=(403, 404, 422),
)
def show_entry_personal(call: Call, register: str, key: str) -> Answer:
    """The personal columns in clear, for the roles that may read them. That they were read is kept."""
    found, site = _register(call, register), _site(call)
    call.require_reader(site, found.readers)
    entry = _known(call, site, register, key)
    if entry.personal:
        place = f"{register}/{entry.key}"
        call.desk.privacy.record_reading(site, place, call.staff.id, entry.personal, call.now)
    shown = {"register": register, "site": site, "key": entry.key, "personal": dict(entry.personal)}
    return as_json(shown, 200, {**call.heads, "Cache-Control": "no-store"})


@routes.post(
    "/api/registers/{register}/erasures/{key}",
    "Erase the personal columns",
    "RegisterEntry",
    body=bodies.ErasePersonal(),
    query=queries.SiteQuery(),
    writes=True,
)
def erase_entry(call: Call, register: str, key: str) -> Answer:
    """Destroy what is personal of the entry and of its history, for good; the rest stays, in force or struck.

    For those who look after the desk. The history says that it was done, by whom and with which words.
    """
    found = _register(call, register)
    site = call.managed_site(_site(call))
    entry = _known(call, site, register, key)
    author = Author(site, call.actor(site), call.now)
    eraser, note = call.desk.store.entries.eraser, call.body["note"]
    try:
        eraser.erase(author, register, entry.key, expected=call.seen, note=note)
    except Conflict:
        raise changed_since() from None
    answer = _shown(call, _known(call, site, register, key), found, 201)
    return receipts.kept(call, answer)


@routes.get(
    "/api/registers/{register}/history/{key}",
    "See what was done to an entry",
    "RegisterHistory",
    query=queries.PageQuery(),
    refuses=(404, 422),
    linked=True,
)
def show_entry_history(call: Call, register: str, key: str) -> Answer:
    """Every change, oldest first; of personal columns only that they have changed."""
    after, limit = seq_after(call), limit_of(call)
    columns = _register(call, register).open_columns
    entry = _known(call, _site(call), register, key)
    changes = call.desk.store.entries.history(entry.site, register, entry.key, after, limit + 1)
    tickets = {(entry.site, each.ticket) for each in changes if each.ticket is not None}
    unseen = call.desk.queries.unseen(tickets, call.viewer) if tickets else frozenset()
    directory = call.desk.people.directory(entry.site)
    items = [
        _change(each, columns, (entry.site, each.ticket or "") in unseen, directory)
        for each in changes[:limit]
    ]
    following = str(changes[limit - 1].seq) if len(changes) > limit else None
    return as_page(call, items, following)


def _site(call: Call) -> str:
    return chosen_site(call, call.query.get("site"))


def _register(call: Call, name: str) -> Register:
    found = call.desk.library.company().registers.get(name)
    if found is None:
        raise NotFound(reason("unknown-register", "there is no such register"))
    return found


def _known(call: Call, site: str, register: str, key: str) -> Entry:
    found = call.desk.store.entries.find(site, register, key)
    if found is None:
        raise _no_entry()
    return found


def _no_entry() -> NotFound:
    return NotFound(reason("unknown-entry", "there is no such entry"))


def _writer(call: Call, site: str, register: Register) -> Actor:
    """As whom the asker may write by hand: by right of their own, or in the place of somebody away."""
    found = lending.holder(call.actor(site), call.desk.people.directory(site), call.now, register.writers)
    if found is None:
        who = tuple(sorted(register.writers))
        named = ", ".join(who) or "nobody"
        raise Forbidden(Reason("role-needed", f"this is for: {named}", who=who, facts={"roles": named}))
    return found


def _file(call: Call, site: str, filing: Filing, actor: Actor) -> None:
    try:
        call.desk.store.entries.file(site, [filing], actor, call.now, expected=call.seen)
    except Conflict:
        raise changed_since() from None


def _shown(call: Call, entry: Entry, register: Register, status: int = 200) -> Answer:
    return as_json(_entry(entry, register), status, {**call.heads, "ETag": etag(entry.seq)})


def _entry(entry: Entry, register: Register) -> dict[str, Any]:
    """An entry; a column that the register has no more is not shown, and personal ones are masked."""
    masked = {n: mask(register.fields[n], v) for n, v in entry.personal.items() if n in register.personal}
    opened = {n: v for n, v in entry.data.items() if n in register.open_columns}
    return {
        "register": entry.register,
        "site": entry.site,
        "key": entry.key,
        "seq": entry.seq,
        "values": {**opened, **masked},
        "changed_at": rfc3339(entry.changed_at),
        "struck_at": when(entry.struck_at),
    }


def _change(
    change: EntryChange, columns: Mapping[str, Field], hidden: bool, directory: Directory
) -> dict[str, Any]:
    """A change, of the columns that are open now; no ticket is named that is hidden from the reader."""
    return {
        "seq": change.seq,
        "at": rfc3339(change.at),
        "kind": change.kind,
        "actor": {
            "id": change.actor_id,
            "name": change.actor_name,
            "on_behalf": change.on_behalf,
            "on_behalf_name": showing.name_of(change.on_behalf, directory),
        },
        "note": change.note,
        "surface": change.surface,
        "ticket": None if hidden else change.ticket,
        "before": {name: value for name, value in change.before.items() if name in columns},
        "after": {name: value for name, value in change.after.items() if name in columns},
        "personal": change.sealed,
    }
