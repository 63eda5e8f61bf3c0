"""The import map as frozen data: how the columns of a file become tickets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from service.imports.layout import Layout

ScalarValue = str | int | float | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnSource:
    """Where the value of a field comes from: columns (several are joined, or with `first` the first that is
    filled in), or a `constant`.

    A column that says one of `empty` is empty, and `default` stands in for it. `words` translates what the
    column
    says, `otherwise` is for every other word, and with `keep` it stays as it is; `slug` makes it a name. With
    `drop_unlisted`, an answer that the field does not list leaves it empty, where it would be refused.
    """

    columns: tuple[str, ...] = ()
    separator: str = " "
    first: bool = False
    empty: frozenset[str] = frozenset()
    constant: ScalarValue | None = None
    times: tuple[str, ...] = ()
    words: Mapping[str, ScalarValue] | None = None
    otherwise: ScalarValue | None = None
    keep: bool = False
    slug: bool = False
    default: ScalarValue | None = None
    drop_unlisted: bool = False
    after_step: bool = False  # a moment that is not after its step is taken as one second after it


@dataclass(frozen=True, slots=True, kw_only=True)
class RowCondition:
    """A condition on a row: the column is filled in, or (with `equals`) says one of these words; or several
    conditions together, of which `all` or `any` hold; with `negated`, the contrary."""

    column: str = ""
    equals: tuple[str, ...] | None = None
    all: tuple[RowCondition, ...] = ()
    any: tuple[RowCondition, ...] = ()
    negated: bool = False

    @property
    def columns(self) -> Iterator[str]:
        """The columns that the condition reads."""
        if self.column:
            yield self.column
        for part in (*self.all, *self.any):
            yield from part.columns


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorSource:
    """The actor of a step: named in a column, or always the member of staff with this `account`.

    With `accounts` the column holds accounts of the site; otherwise it holds names.
    """

    column: str | None = None
    account: str | None = None
    accounts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedStep:
    """One step: opening (without `trigger`), or firing a trigger. `at` and `note` are columns."""

    at: str
    role: str
    trigger: str | None = None
    by: ActorSource = ActorSource()
    note: str | None = None
    when: RowCondition | None = None
    fields: Mapping[str, ColumnSource] = field(default_factory=dict)

    @property
    def columns(self) -> Iterator[str]:
        """The columns that the step reads."""
        yield from (name for name in (self.at, self.by.column, self.note) if name)
        yield from self.when.columns if self.when else ()
        for source in self.fields.values():
            yield from source.columns


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportMap:
    """How a file tells of tickets.

    One row a ticket: `key` names it, `steps` are what happened to it. A log of events: `key` names the case,
    each row is one event; `events` says by its `activity` what it stands for (None = no step), `order` sorts.
    Several columns of `key` or `activity` stand for one, joined.
    """

    name: str
    workflow: str
    key: tuple[str, ...]
    opening: MappedStep
    steps: tuple[MappedStep, ...] = ()
    activity: tuple[str, ...] = ()
    order: str | None = None
    events: Mapping[str, MappedStep | None] = field(default_factory=dict)
    layout: Layout = field(default_factory=Layout)
    zone: ZoneInfo | None = None  # of times that name none; None for that of the site
    times: tuple[str, ...] = ()
    decimal: str | None = None  # the decimal mark of its numbers
    day_first: bool | None = None  # how 03/04/2024 is meant
    empty: frozenset[str] = frozenset()  # words that mean nothing
    hold: bool = False  # a step dated before the one it follows is taken at that one's moment
    update: bool = False  # what a later file tells otherwise of an opening is amended
    separation: str | None = None  # why the separation of duties is set aside; None keeps it
    link: str | None = None  # under which tickets of this map hang below another; None for those that do not
    children: ImportMap | None = (
        None  # how the further rows of a key tell of children of the first one's ticket
    )


SEPARATOR = " / "  # between the columns of a key or an activity


def mapped_columns(import_map: ImportMap) -> tuple[str, ...]:
    """Every column that the map reads, each once."""
    acts = (import_map.opening, *import_map.steps, *(act for act in import_map.events.values() if act))
    order = (import_map.order,) if import_map.order else ()
    below = mapped_columns(import_map.children) if import_map.children else ()
    own = (*import_map.key, *import_map.activity, *order, *(column for act in acts for column in act.columns))
    return tuple(dict.fromkeys((*own, *below)))
