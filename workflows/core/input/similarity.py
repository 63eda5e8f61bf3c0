"""What makes tickets of a process likely duplicates: the same value in a field."""

from __future__ import annotations

from collections.abc import Mapping

from workflows.folding import identity
from workflows.language.definition import Definition


def find_similarity(definition: Definition, data: Mapping[str, object]) -> str | None:
    """The value by which the definition compares tickets, folded; None if it names no field, or that is
    empty."""
    if definition.duplicates is None:
        return None
    return fold_similarity(data.get(definition.duplicates.same))


def fold_similarity(value: object) -> str | None:
    """A value as it is compared: without case, width and look-alikes; None if it is empty."""
    return (identity(value) or None) if isinstance(value, str) else None
