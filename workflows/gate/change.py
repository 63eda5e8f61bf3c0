"""What a proposal changes: of each process what is in force, what is to be, and the versions in use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from workflows.language.definition import Definition
from workflows.language.files.source import SourceFile
from workflows.language.findings import KeyPath
from workflows.language.forms.field import FieldType
from workflows.storage.queries.open_tickets import AskedFields, StandingTickets, StoredValues

WITH_OPTIONS = (FieldType.CHOICE, FieldType.CHOICES)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessChange:
    """The change of one process. `after` is None if the process is no longer there, `before` if it is new.

    in_use   the versions on which tickets are open
    same_as  the earlier version that has the same text
    """

    name: str
    before: Definition | None
    after: Definition | None
    in_use: Mapping[int, Definition] = field(default_factory=dict)
    texts: Mapping[int, str] = field(default_factory=dict)
    source: SourceFile | None = None
    same_as: int | None = None

    def line_of(self, version: int, path: KeyPath) -> int:
        """The line of a path in the text of a version in use."""
        return SourceFile(self.texts[version], self.name).locate(path, key=True)[0]


@dataclass(frozen=True, slots=True)
class Usage:
    """The open tickets that changes concern, and what is in their fields."""

    standing: tuple[StandingTickets, ...] = ()
    values: tuple[StoredValues, ...] = ()

    def of(self, name: str, versions: Iterable[int] | None = None) -> Group:
        """The open tickets of a process, on these versions or on all."""
        chosen = None if versions is None else set(versions)
        return Group(
            tuple(
                each
                for each in self.standing
                if each.workflow == name and (chosen is None or each.version in chosen)
            )
        )

    def count_values(self, name: str, versions: Iterable[int], field_name: str, value: str = "") -> int:
        """How many open tickets of these versions have the value in the field."""
        chosen = set(versions)
        return sum(
            each.count
            for each in self.values
            if (each.workflow, each.field, each.value) == (name, field_name, value) and each.version in chosen
        )


@dataclass(frozen=True, slots=True)
class Group:
    """Some open tickets, as they are spoken of."""

    members: tuple[StandingTickets, ...]

    def __iter__(self) -> Iterator[StandingTickets]:
        return iter(self.members)

    def in_states(self, states: Iterable[str]) -> Group:
        """Those that stand in one of these states."""
        chosen = frozenset(states)
        return Group(tuple(each for each in self.members if each.state in chosen))

    @property
    def count(self) -> int:
        """How many there are, also those that are not spoken of."""
        return sum(each.count for each in self.members)

    @property
    def seen(self) -> int:
        """How many of them may be spoken of."""
        return sum(each.seen for each in self.members)

    @property
    def sealed(self) -> int:
        """How many of those have personal values, of whatever field."""
        return sum(each.sealed for each in self.members)

    @property
    def versions(self) -> str:
        """The numbers of the versions that its tickets are on, such as `1, 3`."""
        return ", ".join(map(str, sorted({each.version for each in self.members})))

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numbers of the first of them."""
        return tuple(sorted(number for each in self.members for number in each.numbers))[:3]

    @property
    def named(self) -> str:
        """Their numbers in brackets, at most three; empty if none may be named."""
        more = " …" if self.count > len(self.numbers) else ""
        return f" ({', '.join(self.numbers)}{more})" if self.numbers else ""


def find_asked_fields(changes: Iterable[ProcessChange]) -> AskedFields:
    """The open fields whose contents decide what a change means."""
    options, others = set[str](), set[str]()
    for change in changes:
        for old in change.in_use.values() if change.after else ():
            for each in old.fields.values():
                new = change.after.fields.get(each.name) if change.after else None
                place = f"{change.name}/{each.name}"
                if each.personal or each.value is not None:
                    continue
                if new is None or new.type is not each.type:
                    others.add(place)
                elif each.type in WITH_OPTIONS and new.options != each.options:
                    options.add(place)
    return AskedFields(options=frozenset(options), others=frozenset(others - options))
