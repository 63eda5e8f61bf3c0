"""The effects of a step, beyond its change of state, as frozen data.

`builder.effects` builds them, `core.effects` applies them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from workflows.language.expressions.expression import Expression
from workflows.language.forms.field import Titles
from workflows.timing.periods import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionalEffect:
    """The base of all effects. One with a `when` is applied only if that holds, after the effects before it
    have been applied."""

    when: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignEffect(ConditionalEffect):
    """Assign the ticket to the person in a staff field, to the actor (`actor`), or to nobody (`nobody`)."""

    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignByRosterEffect(ConditionalEffect):
    """Assign the ticket to one of the holders of `role`, chosen by a strategy; `roster` records the turns.

    For the strategy `turn`, `occasion` is a row of the roster's rulebook. `named`, `designated` and
    `partners` are staff fields that the row may use. The receiver is written to the field `into`, the owner
    of the client to `belongs_to`.
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
class RosterMarkEffect(ConditionalEffect):
    """Record in a roster what has happened to the person in the staff field `person`.

    `other` is the staff field of the person who goes on; the last day of a suspension is written to the date
    field `into`.
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
class NotifyEffect(ConditionalEffect):
    """Notify `to`: roles of the organisation and `RECIPIENTS`. `fields` are those that the text names."""

    to: tuple[str, ...]
    text: Titles = field(default_factory=dict)
    urgent: bool = False
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildRow(ConditionalEffect):
    """One of several children that are always the same; the values of its fields are constants."""

    values: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenChildEffect(ConditionalEffect):
    """Open one child, or one for each item of a list, or one for each of `rows`. The children of a `sequence`
    are opened one after another, each when the one before it has closed.

    `values` fills the child's fields, each by an expression over this ticket's fields (and `item`). Guards
    see the children as `children.<link>`.
    """

    workflow: str
    link: str
    each: Expression | None = None
    rows: tuple[ChildRow, ...] = ()
    sequence: bool = False
    values: Mapping[str, Expression] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertEffect(ConditionalEffect):
    """Convert the ticket to one of another workflow, which keeps the link and the history."""

    workflow: str
    values: Mapping[str, Expression] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFieldEffect(ConditionalEffect):
    """Write the value of an expression to a field."""

    field: str
    value: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class FireRelativesEffect(ConditionalEffect):
    """Fire a trigger on each open child of the link `on`, or on the parent, where the trigger is available.

    `values` fills its form, each field by an expression over this ticket's fields.
    """

    trigger: str
    on: str  # a link, or `parent`
    values: Mapping[str, Expression] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendChildrenEffect(ConditionalEffect):
    """Write fields of each open child of the link. A null value leaves the child's field as it is."""

    link: str
    values: Mapping[str, Expression] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RaisePriorityEffect(ConditionalEffect):
    """Raise the ticket's priority by one."""

    what: Literal["priority"] = "priority"


@dataclass(frozen=True, slots=True, kw_only=True)
class LowerPriorityEffect(ConditionalEffect):
    """Lower the ticket's priority by one."""

    what: Literal["priority"] = "priority"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreReportEffect(ConditionalEffect):
    """Compute a report of the ticket's site and store it in the field `into`, with the figures of this
    moment.

    `period` is counted from the opening of the ticket; the part of it that is in the future is not counted.
    """

    report: str
    into: str
    period: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteEntryEffect(ConditionalEffect):
    """Write columns of the register entry `key`, which is created if it does not exist; with a list, one
    entry for each item. An empty value leaves its column as it is."""

    register: str
    key: Expression
    values: Mapping[str, Expression] = field(default_factory=dict)
    each: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StrikeEntryEffect(ConditionalEffect):
    """Strike the register entry `key`, if it exists; its history is kept."""

    register: str
    key: Expression
    each: Expression | None = None


Effect = (
    WriteEntryEffect
    | StrikeEntryEffect
    | AssignEffect
    | AssignByRosterEffect
    | RosterMarkEffect
    | NotifyEffect
    | OpenChildEffect
    | ConvertEffect
    | SetFieldEffect
    | FireRelativesEffect
    | AmendChildrenEffect
    | RaisePriorityEffect
    | LowerPriorityEffect
    | StoreReportEffect
)
