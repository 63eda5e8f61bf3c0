"""What an answer of each type may be, how it is stored, and what is refused."""

from __future__ import annotations

import pytest
from form_samples import against, one
from hypothesis import given
from hypothesis import strategies as st
from sample_fields import FIELDS, field

from workflows.language.forms.field import FieldType
from workflows.language.forms.value_fields import check_digit


def test_every_type_that_is_asked_for_has_an_example() -> None:
    """What is tested for all types is tested for a new one, too."""
    assert {each.type for each in FIELDS.values()} == set(FieldType) - {FieldType.FIGURES}


@pytest.mark.parametrize(
    ("type", "sent", "kept"),
    [
        ("text", "  漏水  ", "漏水"),
        ("text", "a\tb\nc", "a\tb\nc"),
        ("number", 3, 3),
        ("number", 3.0, 3),
        ("number", -0.0, 0),
        ("number", 3.25, 3.25),
        ("number", "89.5", 89.5),
        ("number", " ８９．５０ ", 89.5),
        ("number", "−3", -3),
        ("number", "0.1", 0.1),
        ("number", "1000000000000000", 10**15),
        ("number", 10**15, 10**15),
        ("money", "12.3", "12.30"),
        ("money", 12, "12.00"),
        ("money", 0.07, "0.07"),
        ("money", 1e11, "100000000000.00"),
        ("money", "007", "7.00"),
        ("money", "-0", "0.00"),
        ("money", "-3.5", "-3.50"),
        ("money", "１２", "12.00"),
        ("money", "－１.５", "-1.50"),
        ("date", "2024-02-29", "2024-02-29"),
        ("date", "２０２４－０２－２９", "2024-02-29"),
        ("datetime", "2026-03-02T09:00:00+08:00", "2026-03-02T01:00:00Z"),
        ("datetime", "2026-03-02t01:00:00.999z", "2026-03-02T01:00:00Z"),
        ("datetime", "２０２６－０３－０２T０９：００：００＋０８：００", "2026-03-02T01:00:00Z"),
        ("boolean", False, False),
        ("phone", "+86 138-0013 8000", "+8613800138000"),
        ("phone", "(010) 6512 3456", "01065123456"),
        ("phone", "１３８００００００００", "13800000000"),
        ("phone", "＋86\u00a0138–0013–8000", "+8613800138000"),
        ("phone", "021-61234567转802", "02161234567;ext=802"),
        ("phone", "０２１－６１２３４５６７ 轉分機：８０２", "02161234567;ext=802"),
        ("phone", "021 6123 4567 ext. 802", "02161234567;ext=802"),
        ("phone", "02161234567;ext=802", "02161234567;ext=802"),
        ("phone", "021-61234567#802", "02161234567;ext=802"),
        ("phone", "+34 91 123 45 67 extensión 12", "+34911234567;ext=12"),
        ("email", " Li.Example+lift@Example.COM ", "Li.Example+lift@example.com"),
        ("email", "ｌｉ＠ｅｘａｍｐｌｅ．ｃｏｍ", "li@example.com"),
        ("email", "o'li_2@mail-1.example.co", "o'li_2@mail-1.example.co"),
        ("email", "li@xn--fsqu00a.xn--0zwm56d", "li@xn--fsqu00a.xn--0zwm56d"),
        ("email", f"{'l' * 64}@example.com", f"{'l' * 64}@example.com"),
        ("email", f"l@{'e.' * 125}cc", f"l@{'e.' * 125}cc"),
        ("email", f"l@{'e' * 63}.cc", f"l@{'e' * 63}.cc"),
        ("id-number", "11010519491231002x", "11010519491231002X"),
        ("id-number", "１１０１０５１９４９１２３１００２ｘ", "11010519491231002X"),
        ("id-number", "e12345678", "E12345678"),
        ("unit", " 3-2-1201 ", "3-2-1201"),
        ("unit", "９-１０１", "9-101"),
        ("unit", "9－101", "9-101"),
        ("unit", "9–101", "9-101"),
        ("unit", "9\u200b-101", "9-101"),
        ("text", "９–１０１", "９–１０１"),
        ("text", "\u200b\u3000\ufeff", None),
        ("person", "李明", "李明"),
        ("staff", "0192-aa", "0192-aa"),
        ("department", "engineering", "engineering"),
        ("attachment", ["files/a.jpg"], ["files/a.jpg"]),
    ],
)
def test_an_answer_is_kept_in_its_own_form(type: str, sent: object, kept: object) -> None:
    found = one(field("x", type), sent)
    assert found == kept
    assert found.__class__ is kept.__class__


@pytest.mark.parametrize(
    ("type", "sent"),
    [
        ("text", 3),
        ("text", "x" * 501),
        ("text", "nul\x00"),
        ("text", "a\rb"),
        ("text", "half \ud800"),
        ("number", "1,234"),
        ("number", "1.234,5"),
        ("number", "1 234"),
        ("number", "1e3"),
        ("number", "+3"),
        ("number", ".5"),
        ("number", "5."),
        ("number", "0x10"),
        ("number", "三"),
        ("number", "10²"),
        ("number", "12345678901.1234567"),
        ("number", "1000000000000001"),
        ("number", "9" * 5_000),
        ("number", True),
        ("number", float("nan")),
        ("number", float("inf")),
        ("number", 10**15 + 1),
        ("number", 10**400),
        ("money", "12.345"),
        ("money", 12.345),
        ("money", "1e3"),
        ("money", "1234567890123"),
        ("money", float("nan")),
        ("money", 10**400),
        ("money", True),
        ("money", 1e-9),
        ("money", "10²"),
        ("money", "1½"),
        ("date", "2026-02-30"),
        ("date", "0000-01-01"),
        ("date", "9999-01-01"),
        ("date", "20260302"),
        ("date", 20260302),
        ("datetime", "2026-03-02T09:00:00"),
        ("datetime", "2026-03-02 09:00:00Z"),
        ("datetime", "2026-03-02T09:00:60Z"),
        ("datetime", "9999-12-31T23:59:59-01:00"),
        ("datetime", "1970-01-01T00:00:00+01:00"),
        ("datetime", "2200-12-31T23:59:59-01:00"),
        ("datetime", "0000-01-01T00:00:00Z"),
        ("boolean", 1),
        ("boolean", "true"),
        ("phone", "1234"),
        ("phone", "call me"),
        ("phone", "86+13800138000"),
        ("email", "li example@example.com"),
        ("email", "li@example.com, wang@example.com"),
        ("email", "li@example.com;wang@example.com"),
        ("email", "Li Example <li@example.com>"),
        ("email", "<li@example.com>"),
        ("email", '"li"@example.com'),
        ("email", "li@example@example.com"),
        ("email", "li@example.com\nBcc: wang@example.com"),
        ("email", "li@localhost"),
        ("email", "li@192.0.2.1"),
        ("email", "li@[192.0.2.1]"),
        ("email", ".li@example.com"),
        ("email", "li..li@example.com"),
        ("email", "li@-example.com"),
        ("email", "li@example..com"),
        ("email", "li@example.com."),
        ("email", "李@example.com"),
        ("email", "@example.com"),
        ("email", "li@"),
        ("email", "li"),
        ("email", f"{'l' * 65}@example.com"),
        ("email", f"l@{'e.' * 125}ccc"),
        ("email", f"l@{'e' * 64}.cc"),
        ("email", 5),
        ("email", ["li@example.com"]),
        ("id-number", "110105194912310021"),
        ("id-number", "A-1"),
        ("unit", "x" * 41),
        ("person", "x" * 81),
        ("staff", "x" * 81),
        ("department", "kitchen"),
        ("attachment", "files/a.jpg"),
        ("attachment", ["x"] * 21),
        ("attachment", [""]),
        ("attachment", ["x" * 201]),
        ("attachment", [3]),
    ],
)
def test_what_does_not_fit_is_a_bad_value(type: str, sent: object) -> None:
    reasons = against(field("x", type), sent)
    assert [reason.code for reason in reasons] == ["bad-value"]
    assert str(reasons[0].field).startswith("x")
    assert reasons[0].facts["rule"]


@pytest.mark.parametrize("blank", [None, "", "   ", "\u3000"])
def test_a_blank_answer_is_null_and_missing_where_one_is_needed(blank: object) -> None:
    asked = field("x", "text")
    assert one(asked, blank) is None
    assert [reason.code for reason in against(asked, blank, required=True)] == ["missing-field"]


@pytest.mark.parametrize("type", ["choices", "attachment", "table", "checklist"])
def test_an_empty_list_is_no_answer(type: str) -> None:
    assert one(field("x", type), []) is None
    assert [reason.code for reason in against(field("x", type), [], required=True)] == ["missing-field"]


@given(st.from_regex(r"[0-9]{17}", fullmatch=True).filter(str.isascii))
def test_one_check_digit_in_eleven_fits(first: str) -> None:
    fitting = [last for last in "0123456789X" if check_digit(first + last) == last]
    assert len(fitting) == 1
    assert one(field("x", "id-number"), first + fitting[0]) == first + fitting[0]
