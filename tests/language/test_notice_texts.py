"""The text of a notice may name open fields; what it names wrongly is refused where it stands."""

from __future__ import annotations

import pytest

from tests.language.finding_assertions import short_id
from tests.language.language_desk import after, changed, definition, titles
from workflows.language.effect import NotifyEffect
from workflows.language.forms.notice_text import NoticeTextError, fill_notice, parse_notice

LOOK = f"text: {titles('Look')}"


def written(en: str, others: str | None = None) -> str:
    """A notice with this English text, and this one in the other languages."""
    other = en if others is None else others
    return f"text: {{en: '{en}', zh-Hans: '{other}', zh-Hant: '{other}', es: '{other}'}}"


@pytest.mark.parametrize(
    ("text", "values", "said"),
    [
        ("It comes at {at}.", {"at": "nine"}, "It comes at nine."),
        ("It comes at {at}.", {}, "It comes at (not known)."),
        ("It comes[ at {at}].", {"at": "nine"}, "It comes at nine."),
        ("It comes[ at {at}].", {"at": ""}, "It comes."),
        ("[{who} comes][ at {at}]", {"who": "Li"}, "Li comes"),
        ("[{who} comes at {at}]", {"who": "Li"}, ""),
        ("No field.", {}, "No field."),
        ("of before {at", {"at": "x"}, "of before {at"),
    ],
)
def test_an_empty_field_reads_well(text: str, values: dict[str, str], said: str) -> None:
    """A clause in brackets goes; outside of one it is said not to be known. Old texts stay as they are."""
    assert fill_notice(text, values, "(not known)") == said


@pytest.mark.parametrize(
    ("text", "at"),
    [("a {b", 2), ("a b}", 3), ("a [b", 2), ("a b]", 3), ("[a [{b}]]", 3), ("a [b] {c}", 2), ("a {b c}", 2)],
)
def test_a_brace_or_bracket_without_a_meaning_has_a_place(text: str, at: int) -> None:
    with pytest.raises(NoticeTextError) as refused:
        parse_notice(text)
    assert refused.value.at == at


def test_the_fields_of_a_text_are_known() -> None:
    notice = definition(changed(LOOK, written("{severity}[ at {appointment}]"))).transitions[0].effects[1]
    assert isinstance(notice, NotifyEffect)
    assert notice.fields == ("severity", "appointment")


@pytest.mark.parametrize(
    ("new", "message"),
    [
        (written("at {apointment}"), "unknown field 'apointment'; did you mean 'appointment'?"),
        (written("of {complainant}"), "'complainant' is personal; such a text names open fields only"),
        (written("{defects}"), "'defects' is a table field; a sentence has room for a single value"),
        (written("at {appointment"), "'{' has no partner"),
        (written("now [or] never"), "there is no field between these brackets"),
        (written("at {Appointment}"), "between the braces belongs a field, not 'Appointment'"),
        (written("at {appointment}", "soon"), "it does not name {appointment}, which en does"),
        (written("soon", "{appointment}"), "it does not name {appointment}, which zh-Hans does"),
    ],
    ids=short_id,
)
def test_what_a_text_names_wrongly_is_refused_in_its_line(new: str, message: str) -> None:
    found = [each for each in after(LOOK, new) if message in each]
    assert found, after(LOOK, new)
    line = next(n for n, each in enumerate(changed(LOOK, new).splitlines(), 1) if new in each)
    assert {int(each.split(":")[1]) for each in found} == {line}


def test_the_place_of_an_unknown_name_is_that_of_its_brace() -> None:
    new = written("at {apointment}", "soon")
    column = next(each for each in changed(LOOK, new).splitlines() if new in each).index("{apointment}") + 1
    assert any(f":{column}: unknown field 'apointment'" in each for each in after(LOOK, new))


@pytest.mark.parametrize(
    ("en", "message"),
    [
        ("for {severity} only", None),
        ("for {severty} only", "unknown field 'severty'; did you mean 'severity'?"),
        ("not for {complainant}", "'complainant' is personal; such a text names open fields only"),
        ("not for {worker}", "'worker' is a staff field; a reason names nobody"),
    ],
    ids=short_id,
)
def test_a_reason_may_name_open_fields_as_well(en: str, message: str | None) -> None:
    """What a guard wants is told to people, and a value helps to see why it was refused."""
    guard = "guard: severity == 'high'"
    because = f"because: {{en: '{en}', zh-Hans: '{en}', zh-Hant: '{en}', es: '{en}'}}"
    found = after(guard, f"{guard}\n    {because}")
    said = [each for each in found if "field" in each]
    assert all(message is not None and message in each for each in said), said
    assert bool(said) == (message is not None)
