"""What all definitions of a company lean on: its organisation, its calendars, its escalation policies."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from workflows.language.definition import RECIPIENTS, Organisation
from workflows.timing.calendars import Calendar
from workflows.timing.escalation import EscalationPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The things definitions may name. `digests` are of what each stands for in its file:
    `organisation`, `calendar:<name>`, `escalation:<name>`."""

    organisation: Organisation
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    policies: Mapping[str, EscalationPolicy] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)

    @property
    def recipients(self) -> frozenset[str]:
        """Whom a notice may be addressed to."""
        return RECIPIENTS | self.organisation.roles.keys()

    def digest(self, text: str, calendar: str, policies: Iterable[str]) -> str:
        """The digest of a definition: of its text and of what it leans on."""
        names = ["organisation", f"calendar:{calendar}", *(f"escalation:{name}" for name in sorted(policies))]
        lines = [digest_of(text), *(f"{name} {self.digests.get(name, '')}" for name in names)]
        return digest_of("\n".join(lines))


NOTHING = Context(organisation=Organisation(roles={}, departments={}))
"""A company without anything, to read on with when its files are missing."""


def digest_of(text: str) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
