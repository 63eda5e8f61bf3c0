"""What every page has around it: title, navigation, notices, languages and the theme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from service.console.layout.navigation import NavigationItem
from workflows.language.forms.field import LANGUAGES
from workflows.registry import complete

THEMES = ("auto", "light", "dark")
LANGUAGE_NAMES: Mapping[str, str] = complete(
    LANGUAGES,
    {"zh-Hans": "简体中文", "zh-Hant": "繁體中文", "en": "English", "es": "Español"},
    "frame.LANGUAGE_NAMES",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The parts of a page that are not its own. `person` is empty before a sign-in, `here` is the address to
    come back to, `taken` the key of the form that led here, if it was taken."""

    title: str
    language: str
    theme: str
    person: str
    here: str
    navigation: tuple[NavigationItem, ...]
    notices: tuple[str, ...]
    taken: str
    languages: Mapping[str, str]
