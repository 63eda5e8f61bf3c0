"""What all definitions of a company lean on: its organisation, calendars, escalation policies, settings."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from workflows.language.definition import RECIPIENTS
from workflows.language.files.composing import Node
from workflows.language.forms.organisation import Organisation
from workflows.language.forms.register import Register
from workflows.language.forms.setting import Setting
from workflows.timing.calendars import Calendar
from workflows.timing.escalation import EscalationPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The things definitions may name. `digests` are of what each stands for in its file:
    `organisation`, `calendar:<name>`, `escalation:<name>`, `setting:<name>`, `shape:<name>`,
    `register:<name>`.
    A shape that has problems is None."""

    organisation: Organisation
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    policies: Mapping[str, EscalationPolicy] = field(default_factory=dict)
    settings: Mapping[str, Setting] = field(default_factory=dict)
    registers: Mapping[str, Register] = field(default_factory=dict)
    shapes: Mapping[str, Node | None] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)

    @property
    def recipients(self) -> frozenset[str]:
        """Whom a notice may be addressed to."""
        return RECIPIENTS | self.organisation.roles.keys()

    def digest(self, text: str, calendar: str, policies: Iterable[str], spoken: Iterable[str] = ()) -> str:
        """The digest of a definition: of its text and of what it leans on. `spoken` are further names that
        it leans on: `setting:move_in_variant`, `shape:round`."""
        names = ["organisation", f"calendar:{calendar}", *(f"escalation:{name}" for name in sorted(policies))]
        names += sorted(spoken)
        lines = [digest_of(text), *(f"{name} {self.digests.get(name, '')}" for name in names)]
        return digest_of("\n".join(lines))


NOTHING = Context(organisation=Organisation(roles={}, departments={}))
"""A company without anything, to read on with when its files are missing."""


def digest_of(text: str) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
