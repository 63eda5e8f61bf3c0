"""What a definition says of a print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workflows.language.expressions.expression import Expression
from workflows.language.forms.field import Titles


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """A paper on which a ticket can be printed while `when` holds.

    fields      names of fields, and `item.<part>` for the row that a sheet is printed for
    each        a table or checklist field: one sheet is printed for each of its rows
    children    link -> the open fields of the children that are columns of their table
    signatures  the lines that are signed by hand
    """

    name: str
    title: Titles
    size: str = "a4"  # or a5
    fields: tuple[str, ...] = ()
    each: str | None = None
    children: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    signatures: tuple[Titles, ...] = ()
    note: Titles = field(default_factory=dict)
    when: Expression | None = None
    because: Titles = field(default_factory=dict)  # what `when` wants, told to whom the paper is refused
