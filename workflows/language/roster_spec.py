"""What a definition says of a roster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workflows.language.expressions.expression import Expression
from workflows.language.forms.field import Titles


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterSpec:
    """A roster: the role whose holders take turns, who keeps it and who leads it, its rulebook and its
    readings. The value of a reading is one of its words, or an expression over the site's settings that gives
    one."""

    name: str
    title: Titles
    members: str
    kept_by: tuple[str, ...] = ()
    led_by: tuple[str, ...] = ()
    rulebook: str | None = None
    readings: Mapping[str, str | Expression] = field(default_factory=dict)
