"""What several schemas share: titles, options, names, formulas."""

from __future__ import annotations

from typing import Any

from workflows.language.forms.field import LANGUAGES
from workflows.language.schemas.containers import ListField, MappingField
from workflows.language.schemas.fields import (
    OPTION_NAMES,
    UNDERSCORES,
    ExpressionField,
    NameField,
    TextField,
    WordField,
)

WHEN = "when"  # a key among the titles of an option
UNKNOWN_LANGUAGE = "unknown-language"


INHERITED = {"inherited": True}  # required, but may come from a shape, which editors do not see


def titles(**kwargs: Any) -> MappingField:
    """A text in the four languages."""
    return MappingField(WordField(LANGUAGES, unknown=UNKNOWN_LANGUAGE), TextField(), **kwargs)


def answers(**kwargs: Any) -> MappingField:
    """The options of a choice or the items of a checklist: titles, and the condition under which they
    apply."""
    return MappingField(
        NameField(OPTION_NAMES),
        MappingField(WordField((*LANGUAGES, WHEN), unknown=UNKNOWN_LANGUAGE), TextField()),
        **kwargs,
    )


def names(**kwargs: Any) -> ListField:
    """A list of names."""
    return ListField(NameField(), **kwargs)


def field_names(**kwargs: Any) -> ListField:
    """A list of names of fields."""
    return ListField(NameField(UNDERSCORES), **kwargs)


def formulas(**kwargs: Any) -> MappingField:
    """Field names with the expressions that fill them."""
    return MappingField(NameField(UNDERSCORES), ExpressionField(literal=True), **kwargs)
