"""What a cell says, as the field it goes into holds it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from service.importing.mapping import Source, Value
from workflows.language.forms.field import Field, FieldType
from workflows.timing.instants import FIRST_YEAR, LAST_YEAR, Instant, from_datetime, rfc3339

_WORDS = {
    "true": True, "yes": True, "y": True, "1": True, "是": True, "sí": True,
    "false": False, "no": False, "n": False, "0": False, "否": False,
}  # fmt: skip
_WHOLE = re.compile(r"[-+]?[0-9]{1,15}")


class Unfit(ValueError):  # noqa: N818 - what the cell is
    """A cell that does not say what it should."""


@dataclass(frozen=True, slots=True)
class Times:
    """Reads moments: by the formats of strptime, or by ISO 8601 where none is given.

    A moment without a zone is the wall clock's in `zone`: one that the clock shows twice is taken the first
    time, one that it skips is taken as much later.
    """

    zone: ZoneInfo
    formats: tuple[str, ...] = ()

    def moment(self, text: str, formats: tuple[str, ...] = ()) -> datetime:
        """The moment, with its zone. Unfit if it is none."""
        found = _parsed(text.strip(), formats or self.formats)
        if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
            raise Unfit(f"{text!r} is no time that can be read")
        return found if found.tzinfo else found.replace(tzinfo=self.zone)

    def instant(self, text: str, formats: tuple[str, ...] = ()) -> Instant:
        """The moment as an instant."""
        return from_datetime(self.moment(text, formats))


def _parsed(text: str, formats: tuple[str, ...]) -> datetime | None:
    for form in formats or (None,):
        try:
            return datetime.strptime(text, form) if form else datetime.fromisoformat(text)  # noqa: DTZ007
        except (ValueError, OverflowError):
            continue
    return None


def value_of(source: Source, cells: Mapping[str, str], field: Field, times: Times) -> object:
    """What `field` is to hold; None when the columns are empty. Unfit if they cannot be read."""
    if source.constant is not None:
        return source.constant
    text = source.separator.join(filter(None, (cells[column].strip() for column in source.columns)))
    if not text:
        return source.default
    said = _translated(text, source)
    if source.drop_unlisted and said not in {option.value for option in field.options}:
        return None
    return _typed(said, field, source, times) if isinstance(said, str) else said


def _translated(text: str, source: Source) -> Value:
    said: Value = text
    if source.words is not None:
        if text not in source.words and source.otherwise is None:
            raise Unfit(f"{text!r} is not in the map's list of words")
        said = source.words.get(text, source.otherwise or text)
    return slug(said) if source.slug and isinstance(said, str) else said


def slug(text: str) -> str:
    """A lower-case name from any wording: `New Sign  Crosswalk` becomes `new-sign-crosswalk`."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if not name:
        raise Unfit(f"no name can be made of {text!r}")
    return name


def _typed(text: str, field: Field, source: Source, times: Times) -> object:
    match field.type:
        case FieldType.DATETIME:
            return rfc3339(times.instant(text, source.times))
        case FieldType.DATE:
            return times.moment(text, source.times).date().isoformat()
        case FieldType.NUMBER:
            return number_of(text)
        case FieldType.BOOLEAN:
            return truth_of(text)
        case FieldType.CHOICES:
            return [part.strip() for part in text.split(";") if part.strip()]
        case _:
            return text


def number_of(text: str) -> int | float:
    try:
        return int(text) if _WHOLE.fullmatch(text) else float(text)
    except ValueError:
        raise Unfit(f"{text!r} is no number") from None


def truth_of(text: str) -> bool:
    found = _WORDS.get(text.lower())
    if found is None:
        raise Unfit(f"{text!r} is neither yes nor no")
    return found
