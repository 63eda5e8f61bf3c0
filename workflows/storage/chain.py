"""The chain of a ticket's history: every entry carries the hash of the one before it.

What is hashed are the columns exactly as they are stored, personal values as ciphertext: destroying a key
leaves the chain whole, changing one character of any row does not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from operator import itemgetter
from typing import Any

import orjson

from workflows.storage import tables

HASHED = tuple(column.name for column in tables.history.c if column.name != "hash")
_PERSONAL = HASHED.index("personal")
_VALUES = itemgetter(*HASHED)


def digest(row: Mapping[str, Any]) -> str:
    """The hash of a history row that knows its `prev`."""
    return digest_of(_VALUES(row))


def digest_of(values: Sequence[Any]) -> str:
    """The hash of the values of the columns `HASHED`, in that order."""
    plain = list(values)
    if plain[_PERSONAL] is not None:
        plain[_PERSONAL] = bytes(plain[_PERSONAL]).hex()
    return sha256(orjson.dumps(plain)).hexdigest()
