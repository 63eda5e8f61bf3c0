"""The text of a notice, which may name fields: `Your worker comes[ on {appointment}].`

`{field}` stands for the value of a field. What is between square brackets is left out when a field in it is
empty; an empty field outside of them is written as the reader's word for "not yet known".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import NamedTuple

from workflows.sentence import Sentence

_MARK = re.compile(r"\{([^{}\[\]]*)\}|[\[\]{}]")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


class NoticeTextError(ValueError):
    """The text cannot be read; `at` is the place of the mistake, counted from 0."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.at = at


class NoticeSegment(NamedTuple):
    """A piece of a text: words, or the name of a field. `clause` numbers the brackets that it stands in."""

    text: str
    field: str | None
    clause: int | None
    at: int


def parse_notice(text: str) -> tuple[NoticeSegment, ...]:
    """The parts of a text. NoticeTextError if a brace or a bracket has no partner, or nothing to do."""
    parts: list[NoticeSegment] = []
    clause: int | None = None
    end = clauses = opened_at = 0
    for mark in _MARK.finditer(text):
        if mark.start() > end:
            parts.append(NoticeSegment(text[end : mark.start()], None, clause, end))
        end = mark.end()
        sign, name = mark.group(), mark.group(1)
        if name is not None:
            if not _NAME.fullmatch(name):
                raise NoticeTextError(
                    Sentence("notice-text", "between the braces belongs a field, not {name!r}", name=name),
                    mark.start(),
                )
            parts.append(NoticeSegment("", name, clause, mark.start()))
        elif sign == "[" and clause is None:
            clause, clauses, opened_at = clauses, clauses + 1, mark.start()
        elif sign == "]" and clause is not None:
            if not any(each.clause == clause and each.field for each in parts):
                raise NoticeTextError(
                    Sentence("notice-text", "there is no field between these brackets"), opened_at
                )
            clause = None
        else:
            raise NoticeTextError(
                Sentence("notice-text", "{sign!r} has no partner, or stands within another", sign=sign),
                mark.start(),
            )
    if clause is not None:
        raise NoticeTextError(Sentence("notice-text", "'[' has no partner"), opened_at)
    if end < len(text):
        parts.append(NoticeSegment(text[end:], None, None, end))
    return tuple(parts)


def fields_named(texts: Mapping[str, str]) -> tuple[str, ...]:
    """The fields that a text names in any language; none where it cannot be read."""
    found: dict[str, None] = {}
    for text in texts.values():
        with suppress(NoticeTextError):
            found |= {part.field: None for part in parse_notice(text) if part.field}
    return tuple(found)


def fill_notice(text: str, values: Mapping[str, str], unknown: str) -> str:
    """The text with the `values` of its fields, `unknown` for an empty one. A text that cannot be read (of a
    version of before texts named fields) stays as it is."""
    try:
        parts = parse_notice(text)
    except NoticeTextError:
        return text
    lacking = {part.clause for part in parts if part.field and not values.get(part.field)} - {None}
    return "".join(
        (values.get(part.field) or unknown) if part.field else part.text
        for part in parts
        if part.clause is None or part.clause not in lacking
    )
