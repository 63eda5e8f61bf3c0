"""The hash chain of a ticket's history: every entry has the hash of the one before it, and digests of what it
left.

The columns are hashed exactly as they are stored, personal values as ciphertext: destroying a key leaves the
chain valid, and changing one character of any row does not. The hash is keyed (HMAC, RFC 2104): without the
key, nobody who can write to the database can make a chain that verifies. `outcome` holds digests of the
ticket's row and of the clocks that were written, as they were after the step, so that changing those is
noticed, too.

Entries from before the chain was keyed have no outcome and a plain SHA-256; a row of `history_seals` vouches
for them.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from operator import itemgetter
from typing import Any

import orjson

from workflows.storage import tables

UNKEYED_COLUMNS = tuple(column.name for column in tables.history.c if column.name not in ("hash", "outcome"))
HASHED_COLUMNS = (*UNKEYED_COLUMNS, "outcome")
_VALUES = itemgetter(*HASHED_COLUMNS)
# Never to be changed: the digests of existing entries were made of these columns.
HASHED_TICKET_COLUMNS = (
    "site_id",
    "id",
    "number",
    "workflow",
    "version",
    "title",
    "state",
    "category",
    "seq",
    "opener",
    "assignee",
    "department",
    "priority",
    "parent",
    "link",
    "origin",
    "opened_at",
    "changed_at",
    "entered_at",
    "closed_at",
    "due_at",
    "round",
    "audience",
)
SEPARATE_COLUMNS = ("data", "trail", "personal")
"""Columns of a ticket that are digested each separately, when they change."""
HASHED_CLOCK_COLUMNS = (
    "name",
    "state",
    "promise",
    "basis",
    "calendar",
    "budget",
    "slack",
    "consumed",
    "started_at",
    "running_since",
    "stopped_at",
    "due_at",
    "policy",
    "level",
    "next_level_at",
    "ledger",
)
"""Columns of a clock that are digested; not `parked`, which changes without a step."""
_CLOCK = itemgetter(*HASHED_CLOCK_COLUMNS)


def short_digest(value: object) -> str:
    """The first 128 bits of the SHA-256 of a value as JSON, in base64url. It is hashed again with the key."""
    return (
        urlsafe_b64encode(sha256(orjson.dumps(value, default=_encode_bytes)).digest()[:16])
        .decode()
        .rstrip("=")
    )


def compute_mac(key: bytes, values: Sequence[object]) -> str:
    """The keyed hash of some values, in hexadecimal."""
    return hmac.digest(key, orjson.dumps(values, default=_encode_bytes), "sha256").hex()


def compute_entry_hash(row: Mapping[str, Any], key: bytes) -> str:
    """The hash of a history row that has its `prev` and `outcome`."""
    return compute_mac(key, _VALUES(row))


def compute_unkeyed_hash(values: Sequence[Any]) -> str:
    """The hash of the values of `UNKEYED_COLUMNS`, as entries without an outcome have it."""
    return sha256(orjson.dumps(list(values), default=_encode_bytes)).hexdigest()


def build_outcome(
    ticket_values: Sequence[object],
    separate_values: Mapping[str, object],
    clocks: Iterable[Mapping[str, Any]],
    removed_clocks: Iterable[str] = (),
) -> str:
    """Digests, as JSON, of a ticket after a step: its `HASHED_TICKET_COLUMNS`, those of its
    `SEPARATE_COLUMNS` that were written, and the clocks that were written; null for one that was removed."""
    digests: dict[str, object] = {"ticket": short_digest(ticket_values)}
    digests |= {
        name: short_digest(separate_values[name]) for name in SEPARATE_COLUMNS if name in separate_values
    }
    written: dict[str, str | None] = {row["name"]: short_digest(_CLOCK(row)) for row in clocks}
    return orjson.dumps(digests | {"clocks": written | dict.fromkeys(removed_clocks)}).decode()


def _encode_bytes(value: object) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    raise TypeError(type(value))
