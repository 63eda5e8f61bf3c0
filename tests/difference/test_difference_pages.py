"""A difference as a reader sees it: in every language, and with nothing in it that a browser would run."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from test_brute_force import BASE, EDITS, process
from test_version_changes import PROCESS

from service.difference.page import render_page
from service.difference.sheet import build_sheet, render_data, render_text
from workflows.difference.difference import find_difference
from workflows.language.forms.field import LANGUAGES

TEXTS = Path(__file__).parents[2] / "service" / "texts"
HOSTILE = "<script>alert(1)</script>&\\\"'"


def texts(language: str) -> dict[str, str]:
    found: dict[str, str] = tomllib.loads((TEXTS / f"{language}.toml").read_text("utf-8"))["difference"]
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_every_text_of_a_difference(language: str) -> None:
    assert texts(language).keys() == texts("en").keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_change_can_be_said(language: str) -> None:
    """A sentence each, with all its facts filled in."""
    for before, after, _ in EDITS.values():
        difference = find_difference(process(BASE), process(BASE.replace(before, after)), limit=300)
        said = render_text(build_sheet(difference, language, {(0, "new"): 3}))
        assert "{" not in said
        assert len(said.splitlines()) >= 3 + len(difference.changes)


def test_open_tickets_are_counted_where_a_change_matters() -> None:
    new = PROCESS.replace("roles: [assignee]", "roles: [chief]")
    difference = find_difference(process(PROCESS), process(new))
    sheet = build_sheet(difference, "en", {(1, "busy"): 7, (2, "busy"): 5, (2, "new"): 9})
    assert "Open tickets there: 12." in render_text(sheet)
    assert {each["open_tickets"] for each in render_data(sheet)["changes"]} == {12}


def test_the_example_is_the_simplest_form() -> None:
    new = BASE.replace("price <= 500.0", "price <= 50.0")
    sheet = build_sheet(find_difference(process(BASE), process(new)), "en", {})
    said = render_text(sheet)
    assert "“Price” is more than 50 and “Price” is 500 or less" in said
    assert render_data(sheet)["changes"][0]["example"]["form"]["price"] == "500.00"


def test_what_a_definition_says_is_only_text_on_the_page() -> None:
    """Titles, options and expressions are escaped."""
    old = PROCESS.replace("{en: New}", f'{{en: "{HOSTILE}"}}').replace("{en: Assign}", f'{{en: "{HOSTILE}"}}')
    new = old.replace("due: 4 working hours", "due: 2 working hours").replace("to: busy", "to: done")
    page = render_page(build_sheet(find_difference(process(old), process(new)), "zh-Hans", {}))
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert 'lang="zh-Hans"' in page
