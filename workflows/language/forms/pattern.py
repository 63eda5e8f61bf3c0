"""Patterns for texts: matched in time linear in the length of the text, and valid for every client.

The engine is RE2, which has no look-around and no back-reference, and so never backtracks. Clients get the
pattern in JSON Schema, where it is ECMA-262 with the flag `u`: so only what both read alike is accepted. This
is the only file that uses RE2.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import re2

from workflows.sentence import Sentence

MAX_LENGTH = 500
_MEMORY = 2_000_000  # bytes: the limit of one compiled pattern
_ESCAPES = frozenset("dDwWsSbBtnrfv") | frozenset(r"^$\.*+?()[]{}|/")
_TOKEN = re.compile(
    r"""(?P<escape>\\(?:x[0-9A-Fa-f]{2}|.)?)
    |(?P<group>\((?:\?(?:<?[=!]|.?))?)
    |(?P<count>\{[0-9]+(?:,[0-9]*)?\})
    |(?P<named>\[[:.=])
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_BACK_REFERENCES = frozenset("123456789k")


class PatternError(ValueError):
    """An invalid pattern. `column` counts from 1 within the pattern."""

    def __init__(self, message: str, column: int = 1) -> None:
        super().__init__(message)
        self.column = column


def check_pattern(pattern: str) -> None:
    """Raises PatternError if the pattern is invalid, or clients would read it differently."""
    if len(pattern) > MAX_LENGTH:
        raise PatternError(
            Sentence(
                "too-large",
                "a pattern has at most {most} characters; this one {number}",
                most=MAX_LENGTH,
                number=len(pattern),
            )
        )
    _check_syntax(pattern)
    try:
        _compile(pattern)
    except re2.error as error:
        message = error.args[0].decode("utf-8", "replace") if error.args else "it cannot be read"
        fragment = message.rpartition(": ")[2]
        column = pattern.find(fragment) + 1 if fragment else 1
        raise PatternError(
            Sentence("pattern", "no regular expression: {message}", message=message), max(column, 1)
        ) from None


def is_matchable(pattern: str) -> bool:
    """Whether RE2 can match the pattern, however clients read it."""
    try:
        _compile(pattern)
    except re2.error:
        return False
    return True


@lru_cache(maxsize=1_000)
def is_portable(pattern: str) -> bool:
    """Whether clients read the pattern as RE2 does. One stored before this was checked may not be."""
    try:
        check_pattern(pattern)
    except PatternError:
        return False
    return True


def fits_pattern(pattern: str, text: str) -> bool:
    """Whether the pattern matches the whole text. Raises PatternError if it is invalid."""
    try:
        return _compile(pattern).fullmatch(text) is not None
    except re2.error:
        raise PatternError("no regular expression") from None


def finds_pattern(pattern: str, text: str) -> bool:
    """Whether the pattern matches some part of the text. Raises PatternError if it is invalid."""
    try:
        return _compile(pattern).search(text) is not None
    except re2.error:
        raise PatternError("no regular expression") from None


@lru_cache(maxsize=1_000)
def _compile(pattern: str) -> Any:
    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    return re2.compile(pattern, options)


def _check_syntax(pattern: str) -> None:
    """Raises PatternError, with the column, for what RE2 or ECMA-262 does not have."""
    inside = False  # between [ and ]
    for token in _TOKEN.finditer(pattern):
        text, at = token.group(), token.start() + 1
        if token["escape"]:
            _check_escape(text, at, inside)
        elif token["named"]:
            raise PatternError(
                Sentence("pattern", "named classes such as [:digit:] are not read everywhere; write 0-9"), at
            )
        elif inside:
            inside = text != "]"
        elif token["group"]:
            _check_group(text, at)
        elif text in ("{", "}", "]"):
            raise PatternError(
                Sentence(
                    "pattern", "{text} stands alone; write \\{text} if the character is meant", text=text
                ),
                at,
            )
        inside = inside or text == "["


def _check_escape(text: str, at: int, inside: bool) -> None:
    what = text[1:2]
    if len(text) > 2 or what in _ESCAPES or (inside and what == "-"):
        return
    if what in _BACK_REFERENCES and what:
        raise PatternError(
            Sentence(
                "pattern", "back-references are not used: such a pattern cannot be matched in bounded time"
            ),
            at,
        )
    raise PatternError(
        Sentence(
            "pattern", "{text} is not read everywhere; leave out the \\ or write a class in [ ]", text=text
        ),
        at,
    )


def _check_group(text: str, at: int) -> None:
    if text in ("(?=", "(?!", "(?<=", "(?<!"):
        raise PatternError(
            Sentence(
                "pattern",
                "{text} looks around, which is not used: such a pattern cannot be matched in bounded time",
                text=text,
            ),
            at,
        )
    if text not in ("(", "(?:"):
        raise PatternError(
            Sentence("pattern", "{text} is not read everywhere; use ( ) or (?: )", text=text), at
        )
