"""Lengths of time of a definition, in the reader's language."""

from __future__ import annotations

from service.difference.text_writer import TextWriter
from workflows.timing.durations import Duration, DurationError


def write_length(language: str, length: Duration) -> str:
    """A length, such as `2 working days`."""
    writer = TextWriter()
    writer.language = language
    return writer.unit(length.amount, length.unit)


def write_length_of(language: str, text: str) -> str:
    """A length as a definition writes it; what is none stays as it is."""
    try:
        return write_length(language, Duration.parse(text))
    except DurationError:
        return text
