"""Values in a sentence are written as the reader's language and the site's zone write them."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from tests.language.language_desk import definition
from workflows.core.people import Directory, Staff
from workflows.language.forms.field import LANGUAGES, Field, FieldType, Option
from workflows.value_texts import SentenceWriter

TITLED = {"en": "Small", "zh-Hans": "小", "zh-Hant": "小型", "es": "Pequeño"}
OTHER = {"en": "Large", "zh-Hans": "大", "zh-Hant": "大型", "es": "Grande"}
OPTIONS = (Option("small", TITLED), Option("large", OTHER))


def writer(language: str, zone: str = "Asia/Shanghai") -> SentenceWriter:
    people = {"id-li": Staff(id="id-li", account="li", name="Li Example", memberships=())}
    return SentenceWriter(
        definition=definition(),
        directory=Directory(site="s", staff=people),
        zone=ZoneInfo(zone),
        language=language,
    )


def write(language: str, kind: FieldType, value: object, zone: str = "Asia/Shanghai") -> str:
    options = OPTIONS if kind in (FieldType.CHOICE, FieldType.CHOICES) else ()
    return writer(language, zone).write(Field(name="f", type=kind, title={}, options=options), value)


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        (
            FieldType.DATETIME,
            "2026-03-02T06:05:00Z",
            (
                "2026年3月2日星期一 14:05",
                "2026年3月2日 星期一 14:05",
                "Monday, 2 March 2026, 14:05",
                "lunes, 2 de marzo de 2026, 14:05",
            ),
        ),
        (
            FieldType.DATE,
            "2026-03-02",
            (
                "2026年3月2日星期一",
                "2026年3月2日 星期一",
                "Monday, 2 March 2026",
                "lunes, 2 de marzo de 2026",
            ),
        ),
        (FieldType.MONEY, "12345.5", ("12,345.50", "12,345.50", "12,345.50", "12.345,50")),
        (FieldType.NUMBER, 0.25, ("0.25", "0.25", "0.25", "0,25")),
        (FieldType.BOOLEAN, True, ("是", "是", "yes", "sí")),
        (FieldType.CHOICE, "small", ("小", "小型", "Small", "Pequeño")),
        (
            FieldType.CHOICES,
            ["small", "large"],
            ("小和大", "小型和大型", "Small and Large", "Pequeño y Grande"),
        ),
        (FieldType.DEPARTMENT, "engineering", ("Engineering",) * 4),
        (FieldType.STAFF, "id-li", ("Li Example",) * 4),
        (FieldType.UNIT, "3-1201", ("3-1201",) * 4),
    ],
)
def test_a_value_is_written_as_each_language_writes_it(
    kind: FieldType, value: object, said: tuple[str, ...]
) -> None:
    assert tuple(write(language, kind, value) for language in LANGUAGES) == said


def test_the_same_moment_is_another_day_in_another_zone() -> None:
    moment = "2026-03-01T23:30:00Z"
    assert write("en", FieldType.DATETIME, moment) == "Monday, 2 March 2026, 07:30"
    assert write("en", FieldType.DATETIME, moment, "America/Lima") == "Sunday, 1 March 2026, 18:30"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_type_has_a_text_and_an_empty_value_none(language: str) -> None:
    """Someone who has left has no name any more; what a sentence has no room for is not written."""
    for kind in FieldType:
        assert write(language, kind, None) == ""
    assert write(language, FieldType.STAFF, "id-of-who-has-left") == ""
    assert write(language, FieldType.TABLE, [{"a": 1}]) == ""


def test_an_empty_field_is_said_not_to_be_known() -> None:
    text = {"en": "At {appointment}.", "zh-Hans": "时间：{appointment}。"}
    values: dict[str, object] = {"appointment": None}
    assert writer("en").fill(text, values) == "At not yet known."
    assert writer("zh-Hans").fill(text, values) == "时间：待定。"
    assert writer("es").fill(text, values) == "At por determinar."
