"""A register: entries that a site keeps and forms look up, each under its key. Frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from workflows.language.forms.field import Field, Titles
from workflows.language.forms.form import Form
from workflows.timing.durations import Duration


@dataclass(frozen=True, kw_only=True)
class Register:
    """What an entry holds. `key` is the column that names it; `readers` may read the personal columns,
    `writers` may write entries by hand (the steps of processes may as well). `retention` says how long after
    its end an entry keeps its personal columns; None for ever."""

    name: str
    title: Titles
    key: str
    fields: Mapping[str, Field]
    readers: frozenset[str] = field(default_factory=frozenset)
    writers: frozenset[str] = field(default_factory=frozenset)
    retention: Duration | None = None

    @cached_property
    def personal(self) -> frozenset[str]:
        """Names of the personal columns."""
        return frozenset(name for name, each in self.fields.items() if each.personal)

    @cached_property
    def open_columns(self) -> Mapping[str, Field]:
        """The columns that everybody at the site may read, the key among them."""
        return {name: each for name, each in self.fields.items() if not each.personal}

    @cached_property
    def form(self) -> Form:
        """What may be written into an entry: the key always, of the others as many as one likes."""
        others = [name for name in self.fields if name != self.key]
        return Form.of(self.fields, requires=(self.key,), accepts=others)
