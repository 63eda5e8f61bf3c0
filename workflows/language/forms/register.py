"""A register as frozen data: entries that a site keeps and forms look up by their key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from workflows.language.forms.field import Field, Titles
from workflows.language.forms.form import Form
from workflows.timing.durations import Duration


@dataclass(frozen=True, kw_only=True)
class Register:
    """What an entry holds. `key` is the column that identifies it; `readers` may read the personal columns;
    `writers` may write entries by hand, as steps of processes can. `retention` is how long after its end an
    entry keeps its personal columns; None: for ever."""

    name: str
    title: Titles
    key: str
    fields: Mapping[str, Field]
    readers: frozenset[str] = field(default_factory=frozenset)
    writers: frozenset[str] = field(default_factory=frozenset)
    retention: Duration | None = None

    @cached_property
    def personal_columns(self) -> frozenset[str]:
        """Names of the personal columns."""
        return frozenset(name for name, each in self.fields.items() if each.personal)

    @cached_property
    def open_columns(self) -> Mapping[str, Field]:
        """The columns that everybody at the site may read, including the key."""
        return {name: each for name, each in self.fields.items() if not each.personal}

    @cached_property
    def form(self) -> Form:
        """The form of an entry: the key is required, every other column optional."""
        others = [name for name in self.fields if name != self.key]
        return Form.of(self.fields, requires=(self.key,), accepts=others)
