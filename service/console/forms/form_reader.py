"""What was typed into a form, as the data that the API would be sent; and stored data as texts for a form.

Nothing is judged here: what does not fit is sent on as it was typed, and the form's own rules refuse it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from service.console.forms.form_input import Texts
from service.console.forms.row_numbers import count_rows, row_name
from workflows.language.forms.field import Field, FieldType
from workflows.timing.instants import from_datetime, rfc3339

YES, NO = "yes", "no"
_LOCAL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?")
_LISTS = (FieldType.CHOICES, FieldType.ATTACHMENT)
_BOOLEANS = {YES: True, NO: False}


def read_form(
    fields: Iterable[Field], texts: Texts, shown: Mapping[str, object], zone: ZoneInfo
) -> dict[str, object]:
    """The data of a form. A field that is empty is left out, unless a value of `shown` stood in it: then
    it is taken away."""
    data: dict[str, object] = {}
    for field in fields:
        value = _read_value(field, field.name, texts, zone)
        if value is not None:
            data[field.name] = value
        elif shown.get(field.name) not in (None, "", []):
            data[field.name] = None
    return data


def _read_value(field: Field, name: str, texts: Texts, zone: ZoneInfo) -> object | None:
    """The value of one input; None if it is empty."""
    if field.parts:
        return _read_rows(field, name, texts, zone) or None
    typed = [text for text in texts.get(name, ()) if text.strip()]
    if not typed:
        return None
    if field.type in _LISTS:
        return typed
    text = typed[0].replace("\r\n", "\n")
    if field.type is FieldType.BOOLEAN:
        return _BOOLEANS.get(text, text)
    return read_moment(text, zone) if field.type is FieldType.DATETIME else text


def read_moment(text: str, zone: ZoneInfo) -> str:
    """A time at the site as an instant; anything else as it is."""
    if not _LOCAL.fullmatch(text):
        return text
    try:
        return rfc3339(from_datetime(datetime.fromisoformat(text).replace(tzinfo=zone)))
    except (ValueError, OverflowError):
        return text


def _read_rows(field: Field, name: str, texts: Texts, zone: ZoneInfo) -> list[dict[str, object]]:
    """The rows in which something was typed; of a checklist with items those that have a result."""
    rows = []
    for place in find_filled_places(field, name, texts):
        prefix = row_name(name, place)
        values = {
            part.name: _read_value(part, f"{prefix}.{part.name}", texts, zone) for part in _asked_parts(field)
        }
        values |= {
            part: _read_files(field, part, texts.get(f"{prefix}.{part}", ()))
            for part in field.attachment_parts
        }
        row = {part: value for part, value in values.items() if value is not None}
        rows.append({"item": field.items[place].value, **row} if field.items else row)
    return rows


def find_filled_places(field: Field, name: str, texts: Texts) -> list[int]:
    """The places of the rows in which something was typed: the others are not sent."""
    return [
        place
        for place in range(len(field.items) or count_rows(name, texts))
        if any(
            text.strip()
            for part in _asked_parts(field)
            for text in texts.get(f"{row_name(name, place)}.{part.name}", ())
        )
    ]


def _asked_parts(field: Field) -> Sequence[Field]:
    """The parts of a row that are typed; the item of a checklist stands there already."""
    return field.parts[1:] if field.items else field.parts


def _read_files(field: Field, part: str, ids: Sequence[str]) -> object | None:
    """The files of a row; the last one where there can be only one."""
    several = any(each.name == part and each.type is FieldType.ATTACHMENT for each in field.parts)
    return (list(ids) if several else ids[-1]) if ids else None


def write_texts(fields: Iterable[Field], data: Mapping[str, object], zone: ZoneInfo) -> dict[str, list[str]]:
    """Stored data as the texts of the inputs of a form with these fields."""
    texts: dict[str, list[str]] = {}
    for field in fields:
        _write_value(field, field.name, data.get(field.name), zone, texts)
    return texts


def _write_value(field: Field, name: str, value: object, zone: ZoneInfo, texts: dict[str, list[str]]) -> None:
    if value in (None, "", []):
        return
    if field.parts and isinstance(value, list):
        places = {item.value: place for place, item in enumerate(field.items)}
        for number, row in enumerate(value):
            place = places.get(str(row.get("item")), number) if field.items else number
            for part in field.parts:
                _write_value(part, f"{row_name(name, place)}.{part.name}", row.get(part.name), zone, texts)
    elif isinstance(value, list):
        texts[name] = [str(each) for each in value]
    elif isinstance(value, bool):
        texts[name] = [YES if value else NO]
    elif field.type is FieldType.DATETIME:
        texts[name] = [datetime.fromisoformat(str(value)).astimezone(zone).strftime("%Y-%m-%dT%H:%M")]
    else:
        texts[name] = [str(value)]
