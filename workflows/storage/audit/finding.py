"""The findings of an audit of the record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

FindingKind = Literal[
    "broken-hash",
    "broken-chain",
    "missing-seq",
    "head-mismatch",
    "ticket-changed",
    "clock-changed",
    "no-ticket",
    "number-gap",
    "row-changed",
    "missing-row",
    "entry-changed",
    "setting-changed",
    "absence-changed",
    "post-changed",
    "unsealed",
    "lost",
    "rewritten",
]
ProgressCallback = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFinding:
    """One thing that is not as it was written. `ticket` is the ticket's id; for a `number-gap` the name of
    the counter, for a book its name and group."""

    kind: FindingKind
    site: str
    ticket: str
    seq: int | None
    message: str


def build_finding(kind: FindingKind, site: str, ticket: str, seq: int | None, message: str) -> AuditFinding:
    """A finding from values in the order of its fields."""
    return AuditFinding(kind=kind, site=site, ticket=ticket, seq=seq, message=message)
