"""Full-width punctuation, as Chinese keyboards type it: YAML and expressions want the plain one."""

from __future__ import annotations

import re

from workflows.sentence import Sentence

_PLAIN = dict(
    zip(
        "：，、；　‘’“”（）［］【】｛｝！＝＜＞＆｜＋－＊／％．",
        ":,,; ''\"\"()[][]{}!=<>&|+-*/%.",
        strict=True,
    )
)
_FULL_WIDTH = re.compile(f"[{''.join(_PLAIN)}]")


def find_full_width(text: str) -> int | None:
    """The offset of the first full-width sign in the text; None if there is none."""
    found = _FULL_WIDTH.search(text)
    return found.start() if found else None


def full_width_sentence(sign: str) -> Sentence:
    """That a full-width `sign` stands where the plain one is meant."""
    pattern = "{sign} (U+{point}) is a full-width sign; write {plain!r}"
    return Sentence("full-width", pattern, sign=sign, point=f"{ord(sign):04X}", plain=_PLAIN[sign])
