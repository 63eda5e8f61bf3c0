"""What is written in several ways is kept, compared and found in one."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.folding import canonical, identity, mixes_scripts, search_fold
from workflows.storage.search import split_terms

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.text(
    st.sampled_from("aA1ａＡ１éÉe\u0301ñN\u0303-–－\u200b\u00ad\u3000 \tаАοß²①ﬀ\u0345İıが\u3099か한"),
    max_size=12,
)
FOLDINGS = pytest.mark.parametrize("folding", [canonical, identity, search_fold])


@FOLDINGS
@given(TEXTS)
def test_what_is_folded_stays_as_it_is(folding, text):
    assert folding(folding(text)) == folding(text)


@given(TEXTS)
def test_composed_and_decomposed_are_one(text):
    for folding in (canonical, identity, search_fold):
        composed = folding(unicodedata.normalize("NFC", text))
        assert folding(unicodedata.normalize("NFD", text)) == composed


@given(TEXTS)
def test_each_folding_sees_alike_what_the_weaker_one_does(text):
    assert identity(canonical(text)) == identity(text)
    assert search_fold(identity(text)) == search_fold(text)
    assert search_fold(canonical(text)) == search_fold(text)


@given(st.text(st.sampled_from("abcXYZ019._@+"), max_size=12))
def test_full_width_is_half_width(text):
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in text)
    assert canonical(wide) == canonical(text)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("１３８００００００００", "13800000000"),
        ("９-１０１", "9-101"),
        ("9－101", "9-101"),
        ("9–101", "9-101"),
        ("9\u2212101", "9-101"),
        ("\u3000９栋\u00a0１０１ ", "9栋 101"),
        ("9\u200b-\u00ad101\ufeff", "9-101"),
        ("ＡＢ", "AB"),
        ("ー一", "ー一"),
        ("10²", "10²"),
        ("①", "①"),
        ("e\u0301", "é"),
    ],
)
def test_an_answer_is_kept_in_one_spelling(written, kept):
    assert canonical(written) == kept


@pytest.mark.parametrize(
    "spelling", ["Clerk", "CLERK", "clerk ", "\tclerk", "ｃｌｅｒｋ", "cle\u200brk", "сlеrk", "сӏеrk"]
)
def test_names_that_look_alike_are_one(spelling):
    assert identity(spelling) == "clerk"


def test_names_that_the_eye_tells_apart_are_two():
    assert (
        len({identity(name) for name in ("clerk", "clerk1", "clérk", "clerk2", "clerk²", "李例", "李倒")})
        == 7
    )


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Avería", "averia"),
        ("AVERI\u0301A", "averia"),
        ("baño", "bano"),
        ("ＢＡＮ\u0303Ｏ", "bano"),
        ("Straße", "strasse"),
        ("Ålesund", "alesund"),
        ("120㎡", "120m2"),
        ("電梯が한국", "电梯が한국"),
        ("臺灣衞生間裡", "台湾卫生间里"),
        ("乾淨", "干净"),
    ],
)
def test_a_word_is_found_without_its_accents(text, word):
    assert search_fold(text) == word


@pytest.mark.parametrize("name", ["clеrk", "Ωmega", "李а"])
def test_scripts_that_nobody_writes_together_are_noticed(name):
    assert mixes_scripts(name)


@pytest.mark.parametrize("name", ["clerk", "li.例1", "Пётр", "佐々木サーバーA", "김-2", "９-１０１", ""])
def test_scripts_that_are_written_together_may_be(name):
    assert not mixes_scripts(name)


@given(TEXTS)
def test_what_is_spelled_in_two_ways_is_one_hit_of_a_search(text):
    terms = list(split_terms(text))
    for spelled in (canonical(text), identity(text), unicodedata.normalize("NFD", text)):
        assert list(split_terms(spelled)) == terms
