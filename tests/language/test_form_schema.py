"""The JSON Schema of a form says no less than the form itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from sample_fields import FIELDS, ORGANISATION, field

from workflows.language.forms.form import Form
from workflows.language.forms.value_fields import check_digit


def schema_of(name: str, required: bool) -> dict[str, Any]:
    return form_of(name, required).json_schema("en", ORGANISATION)


def form_of(name: str, required: bool) -> Form:
    return Form.of(FIELDS, *(((name,), ()) if required else ((), (name,))))


def validator(schema: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator(schema, format_checker=FormatChecker())


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("required", [True, False])
def test_the_schema_is_a_schema(name: str, required: bool) -> None:
    Draft202012Validator.check_schema(schema_of(name, required))


def filled_in(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """What a client that knows the schema alone might send, and some things it should not."""
    makers: dict[str, Callable[[], st.SearchStrategy[Any]]] = {
        "null": st.none,
        "boolean": st.booleans,
        "integer": lambda: st.integers(schema.get("minimum"), schema.get("maximum")),
        "number": lambda: (
            st.floats(schema.get("minimum"), schema.get("maximum"))
            | st.integers(schema.get("minimum"), schema.get("maximum"))
        ),
        "string": lambda: strings(schema),
        "array": lambda: st.lists(
            filled_in(schema["items"]),
            min_size=schema.get("minItems", 0),
            max_size=min(schema.get("maxItems", 4), schema.get("minItems", 0) + 3),
        ),
        "object": lambda: st.fixed_dictionaries(
            {n: filled_in(p) for n, p in schema["properties"].items() if n in schema["required"]},
            optional={
                n: filled_in(p) for n, p in schema["properties"].items() if n not in schema["required"]
            },
        ),
    }
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return st.one_of([makers[type]() for type in types])


def strings(schema: dict[str, Any]) -> st.SearchStrategy[str]:
    patterns = (
        [schema["pattern"]] if "pattern" in schema else [each["pattern"] for each in schema.get("allOf", [])]
    )
    texts = [st.text(min_size=schema.get("minLength", 0), max_size=min(schema.get("maxLength", 20), 20))]
    texts += [st.from_regex(pattern) for pattern in patterns]
    if "examples" in schema:
        texts.append(st.sampled_from(schema["examples"]))
    if schema.get("format") == "date":
        texts.append(st.dates().map(str))
    if schema.get("format") == "date-time":
        texts.append(st.datetimes(timezones=st.timezones()).map(lambda moment: moment.isoformat()))
    return st.one_of(texts)


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("required", [True, False])
@settings(max_examples=30, suppress_health_check=list(HealthCheck), deadline=None)
@given(data=st.data())
def test_what_the_schema_accepts_the_form_takes(name: str, required: bool, data: st.DataObject) -> None:
    schema = schema_of(name, required)
    sent = data.draw(filled_in(schema))
    if validator(schema).is_valid(sent) and not _beyond_a_schema(sent.get(name)):
        form_of(name, required).load(sent, ORGANISATION)


def test_what_must_have_a_form_of_its_own_is_shown_by_an_example() -> None:
    """Whoever fills it in cannot guess it from a pattern."""
    properties = {name: schema_of(name, True)["properties"][name] for name in FIELDS}
    assert [name for name, each in properties.items() if "pattern" in each and "examples" not in each] == []


def _beyond_a_schema(value: object) -> bool:
    """Check digits are more than a pattern can say."""
    card = isinstance(value, str) and len(value.strip()) == 18 and value.strip()[:17].isdigit()
    return card and check_digit(str(value).strip()) != str(value).strip()[-1].upper()


@pytest.mark.parametrize("name", FIELDS)
def test_its_examples_fit(name: str) -> None:
    schema = schema_of(name, True)
    for example in schema["properties"][name].get("examples", []):
        validator(schema).validate({name: example})
        form_of(name, True).load({name: example}, ORGANISATION)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("fee", "12.30"),
        ("at", "2026-03-02T09:00:00Z"),
        ("card", "11010519491231002X"),
        ("phone", "+8613800138000"),
        ("mail", "Li.Example+lift@example.com"),
        ("mobile", "13800000000"),
        ("extension", "0216123456;ext=802"),
        ("office", "li@example.com"),
        ("passport", "E12345678"),
        ("family", [{"contact": None, "share": "1.00", "home": None}]),
        ("rooms", [{"item": n, "result": "pass", "note": None, "photo": None} for n in ("door", "lamp")]),
        ("account", "  一\r\n"),
    ],
)
def test_what_is_kept_fits_the_schema_too(name: str, kept: object) -> None:
    assert form_of(name, True).load({name: kept}, ORGANISATION) == {name: kept}
    validator(schema_of(name, True)).validate({name: kept})


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("title", " "),
        ("title", "\xad"),
        ("title", "\u200b \u2800"),
        ("title", None),
        ("title", "nul\x00"),
        ("plate", "ab"),
        ("mobile", "02161234567"),
        ("extension", "02161234567"),
        ("office", "li@example.org"),
        ("office", "somebody.else@example.com"),
        ("passport", "G12345678"),
        ("passport", "E1234567"),
        ("area", -1),
        ("fee", "1.234"),
        ("day", "1899-12-31"),
        ("nature", "vaild"),
        ("tags", ["a", "a"]),
        ("tags", []),
        ("home", "kitchen"),
        ("photos", [""]),
        ("family", [{"nope": 1}]),
        ("rooms", [{"item": "door", "result": "pass"}]),
        ("rooms", [{"item": "door", "result": "pass"}, {"item": "door", "result": "pass"}]),
        ("findings", [{"item": "x"}]),
    ],
)
def test_what_the_form_refuses_the_schema_refuses(name: str, sent: object) -> None:
    assert form_of(name, True).check({name: sent}, ORGANISATION)
    assert not validator(schema_of(name, True)).is_valid({name: sent})


def test_titles_are_in_the_language_asked_for() -> None:
    form = Form.of(FIELDS, requires=("title", "nature"), accepts=("home",))
    schema: Any = form.json_schema("zh-Hans", ORGANISATION)
    assert schema["properties"]["title"]["title"] == "栏"
    assert schema["properties"]["title"]["description"] == "In a word"
    assert schema["properties"]["nature"]["oneOf"][0] == {"const": "valid", "title": "VALID"}
    assert schema["required"] == ["title", "nature"]
    assert schema["additionalProperties"] is False


def test_it_says_what_kind_of_field_each_is() -> None:
    schema: Any = Form.of(FIELDS, requires=(), accepts=("caller", "at")).json_schema("es")
    assert schema["properties"]["caller"]["x-type"] == "person"
    assert schema["properties"]["caller"]["x-personal"] is True
    assert schema["properties"]["at"]["format"] == "date-time"


def test_what_is_known_is_not_required() -> None:
    form = Form.of(FIELDS, requires=("title", "fee"), accepts=())
    assert form.json_schema("en", known=["title"])["required"] == ["fee"]


def test_without_the_organisation_a_department_is_a_text() -> None:
    schema: Any = Form.of(FIELDS, requires=("home",), accepts=()).json_schema("en")
    assert schema["properties"]["home"]["type"] == "string"
    assert "enum" not in schema["properties"]["home"]


def test_a_field_without_titles_goes_by_its_name() -> None:
    bare = field("x", "money", min=0)
    schema: Any = Form.of(
        {"x": bare.__class__(name="x", type=bare.type, title={}, min=0)}, (), ("x",)
    ).json_schema("en")
    assert schema["properties"]["x"]["title"] == "x"
    assert not validator(schema).is_valid({"x": "-1"})
