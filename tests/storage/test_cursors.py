"""A cursor stands for a place in a list, or for nothing that a database would be asked for."""

from __future__ import annotations

import pytest

from workflows.storage.cursors import Cursor, decode_opaque, encode_opaque


def test_a_cursor_comes_back_as_it_was() -> None:
    cursor = Cursor(1_772_422_200, "018f", True)
    assert Cursor.parse(cursor.text, True) == cursor
    assert decode_opaque(encode_opaque("沪A·12345".encode())) == "沪A·12345"


@pytest.mark.parametrize(
    "content",
    [
        '[9223372036854775808,"x",false]',
        '[9223372036854775807,"x",false]',
        '[-9223372036854775808,"x",false]',
        '[1,"a\\u0000b",false]',
        "[1,2,false]",
        '[1,"x",true]',
        '[1.5,"x",false]',
        '[true,"x",false]',
        "[1]",
        "null",
        "{",
        "a\0b",
    ],
)
def test_what_no_list_has_written_is_no_cursor(content: str) -> None:
    with pytest.raises(ValueError, match="cursor"):
        Cursor.parse(encode_opaque(content.encode()), False)


@pytest.mark.parametrize("word", ["a\0b", "ü", "A"])
def test_what_is_no_word_of_ours_is_refused(word: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of several kinds
        decode_opaque(encode_opaque(b"a\0b") if word == "a\0b" else word)
