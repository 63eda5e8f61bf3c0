"""Words and signs of other languages that authors write in expressions, and what is written here instead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from workflows.language.expressions.text import ExpressionText, ExpressionToken
from workflows.sentence import Sentence

_LITERALS = ("string", "int", "float", "name")
_JOINING = {"and": "&&", "or": "||", "is": "=="}  # between two values only: a field may have such a name
_CONSTANTS = {
    "True": "true",
    "TRUE": "true",
    "False": "false",
    "FALSE": "false",
    "None": "null",
    "NULL": "null",
}
_SIGNS = ("=", "<>", "=>", "=<", "===", "!==", "&", "|")
_MEANT = {"=": "==", "<>": "!=", "=>": ">=", "=<": "<=", "===": "==", "!==": "!=", "&": "&&", "|": "||"}
_OPERATORS = frozenset("=<>!&|")


class Slip(NamedTuple):
    """What is written from one offset to another, and what stands for it here."""

    start: int
    end: int
    written: str
    meant: str


def check_slips(text: ExpressionText) -> None:
    """Raises ExpressionError for the first slip, with the expression as it would be without any."""
    slips = tuple(find_slips(text.tokens))
    if not slips:
        return
    pieces, at = [], 0
    for slip in slips:
        pieces += [text.source[at : slip.start], slip.meant]
        at = slip.end
        if slip.meant == "!" and text.source[at : at + 1] == " ":
            at += 1
    instead = " ".join(("".join(pieces) + text.source[at:]).split())
    first = slips[0]
    raise text.error_at(
        Sentence(
            "expression",
            "{written!r} is written {plain!r} here: {instead}",
            written=first.written,
            plain=first.meant,
            instead=instead,
        ),
        first.start,
    )


def find_slips(tokens: Sequence[ExpressionToken]) -> Iterator[Slip]:
    """All slips, in their order."""
    index = 0
    while index < len(tokens):
        word, length = tokens[index], 1
        meant = _word_meant(tokens, index) if word.kind == "name" else None
        written = word.text
        if word.kind == "sign" and set(word.text) <= _OPERATORS:
            length = _sign_length(tokens, index)
            written = "".join(each.text for each in tokens[index : index + length])
            meant = _MEANT.get(written)
        if meant:
            yield Slip(
                word.at, tokens[index + length - 1].at + len(tokens[index + length - 1].text), written, meant
            )
        index += length


def _word_meant(tokens: Sequence[ExpressionToken], index: int) -> str | None:
    word = tokens[index].text
    after_value = index > 0 and _ends_value(tokens[index - 1])
    before_value = index + 1 < len(tokens) and _begins_value(tokens[index + 1])
    if index and tokens[index - 1].text == ".":
        return None
    if word.lower() in _JOINING and after_value and before_value:
        return _JOINING[word.lower()]
    if word.lower() == "not" and not after_value and before_value:
        return "!"
    return None if after_value else _CONSTANTS.get(word)


def _ends_value(token: ExpressionToken) -> bool:
    if token.kind == "name":
        return token.text.lower() not in ("in", "not", *_JOINING)
    return token.kind in _LITERALS or token.text in (")", "]", "}")


def _begins_value(token: ExpressionToken) -> bool:
    return (token.kind in _LITERALS and token.text != "in") or token.text in ("(", "[", "!", "-")


def _sign_length(tokens: Sequence[ExpressionToken], index: int) -> int:
    """How many tokens that touch each other are one sign of another language: the longest one."""
    end, text, longest = index, "", 1
    while end < len(tokens) and tokens[end].at == tokens[index].at + len(text) and len(text) < 3:
        text += tokens[end].text
        end += 1
        longest = end - index if text in _SIGNS else longest
    return longest
