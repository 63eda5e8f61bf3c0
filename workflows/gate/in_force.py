"""What is in force when a change is proposed, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workflows.language.builder.context import EMPTY_CONTEXT, CompanyContext
from workflows.language.definition import Definition


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """The company's files and the processes in force. `definitions` lacks those that cannot be read any more,
    `versions` does not. `revision` is the number of the last publication."""

    context: CompanyContext = EMPTY_CONTEXT
    company: Mapping[str, bytes] = field(default_factory=dict)
    definitions: Mapping[str, Definition] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, int] = field(default_factory=dict)
    schedules: bytes = b""
    reports: bytes = b""
    revision: int = 0


NOTHING = InForce()
"""Nothing has been published, or there is no desk to compare with."""
