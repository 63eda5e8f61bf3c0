"""Every text of the console is there in each language, and every text that a page asks for is there."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from service.console.layout.assets import FOLDER as STATIC
from service.texts.console_texts import FOLDER, read_page
from workflows.language.forms.field import LANGUAGES

CONSOLE = STATIC.parent
PAGES = sorted(file.stem for file in FOLDER.glob("*.toml"))
_ASKED = re.compile(r'text\(\s*"(\w+)",\s*"([\w-]+)"')
_ASKED_PAGE = re.compile(r'page_text\(\s*[\w.]+,\s*"(\w+)",\s*"([\w-]+)"')


def facts(text: str) -> set[str]:
    """The facts that a text names."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("page", PAGES)
def test_every_text_is_in_every_language_with_the_same_facts(page: str) -> None:
    for key, text in read_page(page).items():
        assert set(text) == set(LANGUAGES), key
        assert len({frozenset(facts(each)) for each in text.values()}) == 1, key


def test_every_text_that_is_asked_for_is_there() -> None:
    texts = [file.read_text("utf-8") for file in (*CONSOLE.rglob("*.py"), *CONSOLE.rglob("*.html"))]
    asked = {each for text in texts for each in (*_ASKED.findall(text), *_ASKED_PAGE.findall(text))}
    assert ("my_desk", "results") in asked
    assert {(page, key) for page, key in asked if key not in read_page(page)} == set()


def test_no_template_has_a_style_or_a_script_of_its_own() -> None:
    """The policy of the pages would refuse it."""
    for file in CONSOLE.rglob("*.html"):
        text = file.read_text("utf-8")
        assert not re.search(r"\sstyle=|\son\w+=|<style|<script(?![^>]*\bsrc=)|\|\s*safe", text), file
        assert "//" not in re.sub(r"\{#.*?#\}", "", text, flags=re.S).replace("http://www.w3.org", ""), file


def test_every_form_that_changes_something_carries_the_token() -> None:
    for file in CONSOLE.rglob("*.html"):
        for form in re.findall(r'<form[^>]*method="post".*?</form>', file.read_text("utf-8"), re.S):
            assert "ui.token()" in form, (file, form)
