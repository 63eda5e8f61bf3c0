"""What a schema has loaded of a mapping, for the dataclass that is built of it.

A key that is missing or malformed is left to the dataclass, which alone states the default.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from workflows.language.findings import KeyPath


def pick_given(data: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    """Those of the keys that have a value, as arguments of a dataclass."""
    return {key: data[key] for key in keys if data.get(key) is not None}


def list_items(data: Mapping[str, Any], key: str) -> tuple[Any, ...]:
    """The valid items of the list under `key`; empty without one."""
    return tuple(item for item in data.get(key) or () if item)


def locate_items(data: Mapping[str, Any], key: str, path: KeyPath) -> Iterator[tuple[KeyPath, Any]]:
    """The valid items of the list under `key` of the mapping at `path`, each with its own path."""
    for index, item in enumerate(data.get(key) or ()):
        if item:
            yield (*path, key, index), item
