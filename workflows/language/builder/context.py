"""What all definitions of a company depend on: its organisation, calendars, escalation policies, shapes,
registers, settings."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from workflows.language.definition import RECIPIENTS
from workflows.language.files.yaml_parser import Node
from workflows.language.forms.field import LANGUAGES
from workflows.language.forms.organisation import Organisation
from workflows.language.forms.register import Register
from workflows.language.forms.setting import Setting
from workflows.timing.calendars import Calendar
from workflows.timing.escalation import EscalationPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyContext:
    """What definitions may name. `digests` holds the digest of each item's part of its file, under
    `organisation`, `escalation:<name>`, `setting:<name>`, `shape:<name>` or `register:<name>`.

    A shape with errors is None. `broken` names the items that exist but have errors of their own, such as
    `escalation:standard`: a definition that uses one is not reported for it. A text is asked for in each of
    the `languages`.
    """

    organisation: Organisation
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    policies: Mapping[str, EscalationPolicy] = field(default_factory=dict)
    settings: Mapping[str, Setting] = field(default_factory=dict)
    registers: Mapping[str, Register] = field(default_factory=dict)
    shapes: Mapping[str, Node | None] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    broken: frozenset[str] = frozenset()
    languages: tuple[str, ...] = LANGUAGES  # those in which the company writes its texts

    @property
    def recipients(self) -> frozenset[str]:
        """The possible recipients of a notice."""
        return RECIPIENTS | self.organisation.roles.keys()

    def over(self, other: CompanyContext) -> CompanyContext:
        """This context, completed by the items of another that it lacks: a stored version uses today's item
        where its own file of that time could not be read."""
        return replace(
            self,
            calendars={**other.calendars, **self.calendars},
            policies={**other.policies, **self.policies},
            settings={**other.settings, **self.settings},
            registers={**other.registers, **self.registers},
            broken=frozenset(),
        )

    def mentions_broken(self, expression: str) -> bool:
        """Whether an expression that could not be parsed uses an item that has errors of its own."""
        parts = (each.partition(":") for each in self.broken)
        return any(
            f"setting.{name}" in expression
            if what == "setting"
            else what == "register" and "record." in expression
            for what, _, name in parts
        )

    def digest(self, text: str, policies: Iterable[str], used_names: Iterable[str] = ()) -> str:
        """The digest of a definition: of its text and of everything it depends on. `used_names` are further
        names that it uses, such as `setting:move_in_variant` or `shape:round`.

        Its calendar is not included: the text names only a role, and the days and hours behind it may change
        while tickets are open.
        """
        names = ["organisation", *(f"escalation:{name}" for name in sorted(policies))]
        names += sorted(used_names)
        lines = [digest_of(text), *(f"{name} {self.digests.get(name, '')}" for name in names)]
        return digest_of("\n".join(lines))


EMPTY_CONTEXT = CompanyContext(organisation=Organisation(roles={}, departments={}))
"""A company without any items: used where its files are missing."""


def digest_of(text: str) -> str:
    """The SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
