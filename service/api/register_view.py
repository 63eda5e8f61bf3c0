"""Entries of registers and their changes as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.api.tickets.view import format_instant, staff_name
from workflows.core.people import Directory
from workflows.language.forms.field import Field
from workflows.language.forms.mask import mask
from workflows.language.forms.register import Register
from workflows.storage.registers.results import EntryChange, RegisterEntry
from workflows.timing.instants import rfc3339


def render_entry(entry: RegisterEntry, register: Register) -> dict[str, Any]:
    """An entry as JSON; columns the register no longer has are left out, personal ones are masked."""
    masked = {
        n: mask(register.fields[n], v) for n, v in entry.personal.items() if n in register.personal_columns
    }
    opened = {n: v for n, v in entry.data.items() if n in register.open_columns}
    return {
        "register": entry.register,
        "site": entry.site,
        "key": entry.key,
        "seq": entry.seq,
        "values": {**opened, **masked},
        "changed_at": rfc3339(entry.changed_at),
        "struck_at": format_instant(entry.struck_at),
    }


def render_change(
    change: EntryChange, columns: Mapping[str, Field], hidden: bool, directory: Directory
) -> dict[str, Any]:
    """A change as JSON, with the columns that are not personal now. With `hidden`, its ticket is not
    named."""
    return {
        "seq": change.seq,
        "at": rfc3339(change.at),
        "kind": change.kind,
        "actor": {
            "id": change.actor_id,
            "name": change.actor_name,
            "on_behalf": change.on_behalf,
            "on_behalf_name": staff_name(change.on_behalf, directory),
        },
        "note": change.note,
        "surface": change.surface,
        "ticket": None if hidden else change.ticket,
        "before": {name: value for name, value in change.before.items() if name in columns},
        "after": {name: value for name, value in change.after.items() if name in columns},
        "personal": change.sealed,
    }
