"""A map in its neutral form: how the columns of a file tell of tickets. Frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

Value = str | int | float | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where the value of a field comes from: columns (several are joined), or a `constant`.

    `words` translates what the column says, `otherwise` is for every other word; `slug` makes it a name;
    `default` stands in for an empty column. With `drop_unlisted`, an answer that the field does not list
    leaves it empty, where it would be refused.
    """

    columns: tuple[str, ...] = ()
    separator: str = " "
    constant: Value | None = None
    times: tuple[str, ...] = ()
    words: Mapping[str, Value] | None = None
    otherwise: Value | None = None
    slug: bool = False
    default: Value | None = None
    drop_unlisted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """The condition of a step: the column is filled in, or (with `equals`) says one of these words."""

    column: str
    equals: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One thing that was done: opening (without `trigger`), or a step. `at`, `by` and `note` are columns."""

    at: str
    role: str
    trigger: str | None = None
    by: str | None = None
    note: str | None = None
    when: When | None = None
    fields: Mapping[str, Source] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    """How a file tells of tickets.

    One row a ticket: `key` names it, `steps` are what happened to it. A log of events: `key` names the case,
    each row is one event; `events` says by its `activity` what it stands for (None = no step), `order` sorts.
    """

    name: str
    workflow: str
    key: str
    opening: Act
    steps: tuple[Act, ...] = ()
    activity: str | None = None
    order: str | None = None
    events: Mapping[str, Act | None] = field(default_factory=dict)
    encoding: str = "utf-8-sig"
    delimiter: str = ","
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    times: tuple[str, ...] = ()
    hold: bool = False  # a step dated before the one it follows is taken at that one's moment
