"""The title of a ticket, in the reader's language."""

from __future__ import annotations

from service.texts import localize
from workflows.language.definition import Definition


def localize_title(title: str, definition: Definition, language: str) -> str:
    """The title as stored; where a chosen option gives it, the title of that option."""
    field = definition.fields.get(definition.summary or "")
    options = field.options if field else ()
    return next((localize(each.title, language) for each in options if each.value == title), title)
