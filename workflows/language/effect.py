"""What a step brings about beside its change of state: frozen data.

`building.effects` makes them, `core` carries them out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from workflows.language.expressions.expression import Expression
from workflows.language.forms.field import Titles
from workflows.timing.periods import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditional:
    """What all effects have in common: one with a `when` comes about only where that holds, seen after what
    the effects before it have written."""

    when: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assign(Conditional):
    """Give the ticket to a staff field's person, to the actor (`actor`), or to nobody (`nobody`)."""

    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Allot(Conditional):
    """Give the ticket to one of those who hold `role`, chosen by a strategy; `roster` keeps count of it.

    For `turn` the `occasion` is a row of the roster's rulebook. `named`, `designated` and `partners` are
    staff fields it may ask for; `into` and `belongs_to` are told who receives, and whose client it is.
    """

    role: str
    by: str  # one of STRATEGIES
    roster: str
    occasion: str | None = None
    named: str | None = None
    designated: str | None = None
    partners: tuple[str, ...] = ()
    into: str | None = None
    belongs_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark(Conditional):
    """Say in a roster what has happened to the person in the staff field `person`.

    `other` is the staff field of who goes on, `into` the date field that is told a suspension's last day.
    """

    roster: str
    kind: str  # one of MARKS
    person: str
    other: str | None = None
    free: Expression | None = None
    days: Expression | None = None
    resting: Expression | None = None
    into: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify(Conditional):
    """Tell `to`: roles of the organisation and `RECIPIENTS`."""

    to: tuple[str, ...]
    text: Titles = field(default_factory=dict)
    urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildRow(Conditional):
    """One of several children that are always the same, by the constants in its fields."""

    values: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenChild(Conditional):
    """Open a child ticket, or one for each item of a list, or for each of `rows`; those of a `sequence` one
    after the other, the next when the one before has closed.

    `values` gives the child's fields, each an expression over this ticket's fields (and `item`).
    The children are known to guards as `children.<link>`.
    """

    workflow: str
    link: str
    each: Expression | None = None
    rows: tuple[ChildRow, ...] = ()
    sequence: bool = False
    values: Mapping[str, Expression] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Convert(Conditional):
    """Go on as a ticket of another workflow; the new one keeps the link and the history."""

    workflow: str
    values: Mapping[str, Expression] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Set(Conditional):
    """Write a field from an expression."""

    field: str
    value: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class FireOn(Conditional):
    """Fire a trigger on each open child of the link `on`, or on the parent, wherever it is available.

    `values` fills its form, each an expression over this ticket's fields.
    """

    trigger: str
    on: str  # a link, or `parent`
    values: Mapping[str, Expression] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendChildren(Conditional):
    """Write fields of each open child of the link. A value that is null leaves the child's as it is."""

    link: str
    values: Mapping[str, Expression] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Raise(Conditional):
    """Raise the ticket's priority by one."""

    what: Literal["priority"] = "priority"


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeFigures(Conditional):
    """Work out a report of the ticket's site and keep it in the field `into`, as it is at this moment.

    `period` lies around the opening of the ticket; what of it is still to come is not counted.
    """

    report: str
    into: str
    period: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(Conditional):
    """Write columns of the entry `key` of a register, which is there from then on; one for each item of a
    list, where there is one. What is empty leaves its column as it was."""

    register: str
    key: Expression
    values: Mapping[str, Expression] = field(default_factory=dict)
    each: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Strike(Conditional):
    """End the entry `key` of a register, if it is there; its history stays."""

    register: str
    key: Expression
    each: Expression | None = None


Effect = (
    Record
    | Strike
    | Assign
    | Allot
    | Mark
    | Notify
    | OpenChild
    | Convert
    | Set
    | FireOn
    | AmendChildren
    | Raise
    | TakeFigures
)
