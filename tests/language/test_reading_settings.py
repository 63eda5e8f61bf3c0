"""What each site may decide for itself: read from settings.yaml, and spoken of in expressions."""

from __future__ import annotations

import pytest
from language_desk import COMPANY, COMPLAINT, changed, titles

from workflows.language.builder.company import read_context
from workflows.language.builder.context import CompanyContext
from workflows.language.definition import Definition
from workflows.language.expressions.names import setting_names
from workflows.language.expressions.scope import Scope
from workflows.language.forms.values import Values
from workflows.language.load import read_text

SETTINGS = f"""\
variant:
  type: choice
  title: {titles("Variant")}
  options:
    a: {titles("A")}
    b: {titles("B")}
  default: a
rate: {{type: money, min: 0, title: {titles("Rate")}, default: 0.3}}
strict: {{type: boolean, title: {titles("Strict")}, default: false}}
"""


def read(text: str) -> tuple[CompanyContext, list[str]]:
    context, problems = read_context({**COMPANY, "settings.yaml": text.encode()}, "d")
    return context, [str(problem) for problem in problems]


CONTEXT, PROBLEMS = read(SETTINGS)


def process(
    old: str = "severity == 'high'", new: str = "setting.variant == 'b'", context: CompanyContext = CONTEXT
):
    return read_text(changed(old, new, COMPLAINT), "f.yaml", context, {})


def test_settings_are_read_with_their_defaults_as_a_field_would_keep_them() -> None:
    assert not PROBLEMS
    assert {name: each.default for name, each in CONTEXT.settings.items()} == {
        "variant": "a",
        "rate": "0.30",
        "strict": False,
    }


def test_a_company_without_settings_has_none() -> None:
    context, problems = read_context(COMPANY)
    assert (dict(context.settings), problems) == ({}, ())


def test_an_empty_file_has_no_settings() -> None:
    context, problems = read("")
    assert (dict(context.settings), problems) == ({}, [])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("default: a", "default: c", "d/settings.yaml:7:12: variant must be one of a, b"),
        ("default: 0.3", "default: dear", "must be an amount of at most 12 digits and 2 decimals"),
        ("default: false", "default: ''", "strict cannot be empty; leave it out to have its default"),
        (", default: false", "", "'default' is missing"),
        ("type: boolean", "type: bool", "'bool' is none of"),
        ("type: boolean", "type: phone", "a setting is no phone field; one of text"),
        ("type: boolean", "type: attachment", "a setting is no attachment field"),
        ("strict:", "Strict:", "'Strict' is no name; names here are lower-case words joined by underscores"),
        ("strict:", "type:", "'type' is a word of the expressions"),
        ("strict: {", "strict: {personal: true, ", "unknown key 'personal'"),
        ("min: 0, ", "pattern: x, ", "a money field has no pattern"),
        (f"title: {titles('Rate')}", "title: {en: Rate}", "the title lacks zh-Hans, zh-Hant, es"),
        (f"a: {titles('A')}", "a: {en: A}", "the title lacks zh-Hans, zh-Hant, es"),
    ],
)
def test_what_is_wrong_with_a_setting_is_said_in_its_place(old: str, new: str, message: str) -> None:
    found = read(changed(old, new, SETTINGS))[1]
    assert any(message in problem for problem in found), found
    assert all(problem.startswith("d/settings.yaml:") for problem in found)


@pytest.mark.parametrize("text", ["- a", "variant", "variant: a", "variant:", "1: {type: text}"])
def test_hostile_settings_are_refused(text: str) -> None:
    assert read(text)[1]


def test_an_expression_may_ask_for_a_setting_with_its_type() -> None:
    assert process().definition
    found = process(new="setting.rate > 1 && !setting.strict")
    assert found.definition, found.findings


@pytest.mark.parametrize(
    ("new", "message"),
    [
        ("setting.varient == 'b'", "setting has no 'varient'; did you mean 'variant'?"),
        ("setting.variant == 'c'", "'c' is no option of setting.variant"),
        ("setting.rate == 'b'", "f.yaml:"),
        ("setting.variant", "a guard must be yes or no"),
    ],
)
def test_what_is_wrong_with_the_asking_is_said(new: str, message: str) -> None:
    problems = [str(problem) for problem in process(new=new).findings]
    assert problems
    assert message in problems[0]


def test_no_field_may_be_called_setting() -> None:
    assert any(
        "word of the expressions" in p.message for p in process("attempts: {type", "setting: {type").findings
    )


def ask(source: str, values: dict[str, object]) -> object:
    scope = Scope({}, more=setting_names(CONTEXT.settings))
    return scope.check(source).value(Values(settings=values))


def test_the_default_holds_until_the_site_has_said_otherwise() -> None:
    assert ask("setting.variant", {}) == "a"
    assert ask("setting.variant", {"variant": "b"}) == "b"
    assert ask("setting.rate * 2", {"rate": "1.50"}) == 3.0


@pytest.mark.parametrize("value", ["c", 7, None, ["a"]])
def test_a_value_that_no_longer_fits_counts_as_not_said(value: object) -> None:
    assert ask("setting.variant", {"variant": value}) == "a"


def digest(context: CompanyContext, **more: str) -> str:
    found: Definition | None = process(context=context, **more).definition
    assert found is not None
    return found.digest


def test_a_definition_leans_on_the_settings_it_speaks_of_and_no_others() -> None:
    variant, _ = read(changed("default: a", "default: b", SETTINGS))
    rate, _ = read(changed("default: 0.3", "default: 0.4", SETTINGS))
    assert digest(variant) != digest(CONTEXT)
    assert digest(rate) == digest(CONTEXT)


STORY = changed(
    "    at: 2026-03-02 09:00\n", "    at: 2026-03-02 09:00\n    settings: {variant: b}\n", COMPLAINT
)


def test_a_story_may_say_what_the_site_has_decided() -> None:
    found = read_text(STORY, "f.yaml", CONTEXT, {}).definition
    assert found
    assert found.scenarios[0].settings == {"variant": "b"}


@pytest.mark.parametrize(
    ("new", "message"),
    [
        ("{varian: b}", "unknown setting 'varian'; did you mean 'variant'?"),
        ("{variant: c}", "variant must be one of a, b"),
        ("b", "a text where a mapping belongs"),
    ],
)
def test_what_is_wrong_with_a_storys_settings_is_said(new: str, message: str) -> None:
    problems = read_text(changed("{variant: b}", new, STORY), "f.yaml", CONTEXT, {}).findings
    assert any(message in problem.message for problem in problems), problems
