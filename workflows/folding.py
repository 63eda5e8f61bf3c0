"""Text folding: one spelling for width, dashes, blanks, case, look-alike letters and accents.

Three foldings, each stronger than the one before, all idempotent: `canonical` is how a value is stored,
`identity` compares names, `search_fold` is how text is indexed and searched. Sources: Unicode's NFKC_Casefold
(The Unicode Standard, 3.13, D146); UTS #39 (confusables, mixed scripts).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC

# Unicode's Default_Ignorable_Code_Point: zero width, joiners, direction marks, variation selectors, fillers.
_NO_WIDTH = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_IGNORABLE = re.compile(f"[{_NO_WIDTH}]")
VISIBLE = rf"[^\s\u2800{_NO_WIDTH}]"
"""A pattern for a visible character, valid in regular expressions of Python and ECMAScript."""
# Dashes that keyboards and word processors write for a hyphen; ー and 一 are letters and stay.
_PUNCTUATION = str.maketrans(dict.fromkeys("‐‑‒–—―⁃−˗─━➖﹘﹣－⸺⸻", "-") | {"\u2800": " "})
# Figures that NFKC would turn into ordinary ones (10² into 102): raised, lowered, circled, fractions.
_FIGURES = re.compile(
    "([\u00b2\u00b3\u00b9\u00bc-\u00be\u2070\u2074-\u2079\u2080-\u2089\u2150-\u215f\u2189\u2460-\u249b\u24ea"
    "\u3251-\u325f\u32b1-\u32bf\U0001f100-\U0001f10a])"
)
# Small letters of other scripts that look like Latin ones, or whose capitals do (UTS #39).
_CONFUSABLES = str.maketrans(
    "авеѕіјкӏмнорсԁтухһԛԝүѵ" + "αβικνορτυχγϲϳ",
    "abesijklmhopcdtyxhqwyv" + "abikvoptuxycj",
)
_MARKS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")
_STROKES = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe"})
# Scripts that are written together with Latin letters in one word (UTS #39, "highly restrictive").
_TOGETHER = frozenset({"LATIN", "CJK", "HIRAGANA", "KATAKANA", "BOPOMOFO", "HANGUL"}) | {
    "IDEOGRAPHIC",  # 々
    "KATAKANA-HIRAGANA",  # ー
}


_BLANK = re.compile(rf"(?:\s|\u2800|{_IGNORABLE.pattern})*")


def is_blank(text: str) -> bool:
    """Whether `text` has no visible character."""
    return _BLANK.fullmatch(text) is not None


def has_unseen(text: str) -> bool:
    """Whether `text` has characters without width, or control characters."""
    return _IGNORABLE.search(text) is not None or any(unicodedata.category(each) == "Cc" for each in text)


def canonical(text: str) -> str:
    """`text` in half width, composed, trimmed, with `-` for dashes and single blanks, nothing invisible.

    Case and look-alike letters stay. So do control characters that are no blanks: the caller refuses them.
    """
    if text.isascii():
        return " ".join(text.split())
    return _fold_until_stable(_canonical_once, text)


def identity(text: str) -> str:
    """`canonical` without case, and with Latin letters for their look-alikes. To compare, not to display."""
    if text.isascii():
        return canonical(text).casefold()
    return _fold_until_stable(_identity_once, text)


def search_fold(text: str) -> str:
    """`identity` without accents and other marks (é → e, ñ → n, ø → o), with ordinary figures and simplified
    Chinese (電梯 → 电梯).

    Kana and Hangul keep their marks. Chinese is simplified character by character, whatever stands beside it:
    a word in a text and the same word in a query must come to the same.
    """
    if text.isascii():
        return identity(text)
    return _fold_until_stable(_search_once, text)


def mixes_scripts(text: str) -> bool:
    """Whether the text mixes scripts that no language writes together, such as Latin and Cyrillic."""
    scripts = {unicodedata.name(letter, "").split(" ")[0] for letter in canonical(text) if letter.isalpha()}
    return len(scripts) > 1 and not scripts <= _TOGETHER


def _canonical_once(text: str) -> str:
    spelled = _IGNORABLE.sub("", text).translate(_PUNCTUATION)
    parts = _FIGURES.split(spelled)  # every second one is a figure
    parts[::2] = [unicodedata.normalize("NFKC", part) for part in parts[::2]]
    return " ".join("".join(parts).split())


def _identity_once(text: str) -> str:
    return _canonical_once(text).casefold().translate(_CONFUSABLES)


def _search_once(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", _identity_once(text))
    return (
        unicodedata.normalize("NFKC", _MARKS.sub("", decomposed)).translate(_STROKES).translate(_SIMPLIFIED)
    )


class _Simplified(dict[int, str]):
    """Code point -> the simplified character. Each is looked up once; OpenCC is loaded with the first."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        simplified = _simplify(letter) if letter >= _FIRST_CHINESE else letter
        self[code] = simplified
        return simplified


_FIRST_CHINESE = "\u2e80"
_SIMPLIFIED = _Simplified()


@cache
def _load_converters() -> tuple[OpenCC, ...]:
    from opencc import OpenCC  # here, for those who fold no Chinese: it reads its dictionaries

    return OpenCC("tw2s"), OpenCC("hk2s")  # the second knows forms that only Hong Kong writes


def _simplify(letter: str) -> str:
    for converter in _load_converters():
        letter = converter.convert(letter)
    return letter


def _fold_until_stable(once: Callable[[str], str], text: str) -> str:
    """Fold `text` until it no longer changes: removing a character may let its neighbours compose."""
    while (folded := once(text)) != text:
        text = folded
    return text
