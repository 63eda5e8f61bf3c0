"""The texts of the console's pages: one file a page, with every text in each language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("console")


def page_text(language: str, page: str, key: str, facts: Mapping[str, object] | None = None) -> str:
    """The text `key` of `page` with its facts filled in. KeyError if there is none: every text is in every
    language."""
    text = read_page(page)[key][language]
    return text.format_map(facts) if facts else text


@cache
def read_page(page: str) -> Mapping[str, Mapping[str, str]]:
    """All texts of a page: key → language → text."""
    return tomllib.loads((FOLDER / f"{page}.toml").read_text("utf-8"))
