"""Cases with several rows under one key: the first row opens the ticket, each further one a child of it.

The ticket stores which row was the first: it remains the first if a later file is sorted differently, and a
file with only further rows has no first one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from service.imports.case_importer import CaseImporter
from service.imports.case_reader import CaseReader
from service.imports.row_identity import RowIdentifier, TicketRows


@dataclass(frozen=True, slots=True)
class Side:
    """How rows of one kind (parents or children) are read, identified and imported."""

    reader: CaseReader
    identity: RowIdentifier
    importer: CaseImporter


@dataclass(frozen=True, slots=True)
class Family:
    """The rows of one key; `further` are the children. `first` opens the ticket of `parent`; None if no
    row of this file does."""

    parent: TicketRows
    first: TicketRows | None
    further: tuple[TicketRows, ...]


def families(
    groups: Sequence[tuple[str, Sequence[TicketRows]]], parents: Side, children: Side
) -> Iterator[Family]:
    """Divides each group (key, its rows) into first and further rows: the first is the stored one, or for
    a new key the first in the file."""
    every = [item.ticket for _, items in groups for item in items]
    below, noted = children.importer.find_digests(every), children.importer.noted(every)
    heads = [parents.identity.identify(key, items[0].rows) for key, items in groups]
    there = parents.importer.find_digests([head.ticket for head in heads])
    for head, (key, items) in zip(heads, groups, strict=True):
        fresh = [item for item in items if item.ticket not in below]
        first = next((item for item in fresh if item.ticket in noted), None)
        if first is None and head.ticket not in there:
            first = next(iter(fresh), None)
        parent = head if first is None else parents.identity.identify(key, first.rows)
        yield Family(parent, first, tuple(item for item in items if item is not first))
