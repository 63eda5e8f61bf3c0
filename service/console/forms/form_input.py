"""A field of a generated form, as a page shows it: a name, a kind of input, what was typed and what is wrong
with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Texts = Mapping[str, Sequence[str]]  # what was typed, by the names of the inputs: `family.0.phone`


@dataclass(frozen=True, slots=True, kw_only=True)
class FormRow:
    """A row of a table or a checklist; `title` is that of a checklist's item."""

    title: str
    inputs: tuple[FormInput, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormInput:
    """One field.

    kind     the value of its `FieldType`
    texts    what stands in it: one text, or those of several options or files
    options  (value, title) of what can be chosen; empty if anything can be typed
    rows     of a table or a checklist; `growing` if further ones can be added
    several  of files: whether it takes more than one
    hint     what the desk knows of what may be entered, such as opening hours
    """

    name: str
    kind: str
    title: str
    help: str = ""
    example: str = ""
    required: bool = False
    multiline: bool = False
    personal: bool = False
    texts: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    rows: tuple[FormRow, ...] = ()
    growing: bool = False
    several: bool = True
    hint: str = ""
    wrong: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What stands in it, where that is one text."""
        return self.texts[0] if self.texts else ""
