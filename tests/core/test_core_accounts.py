"""What an account may be called."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.core.account_names import normalize_account_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("li.example", "li.example"),
        ("ｃｌｅｒｋ", "clerk"),
        (" Clerk ", "Clerk"),
        ("李例", "李例"),
        ("josé", "josé"),
        ("jose\u0301", "josé"),
        ("Пётр", "Пётр"),
        ("a+b@example.org", "a+b@example.org"),
        ("夜班2", "夜班2"),
        ("x" * 64, "x" * 64),
    ],
)
def test_a_name_is_kept_in_one_spelling(text: str, name: str) -> None:
    assert normalize_account_name(text) == (name, [])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\u3000",
        "cle rk",
        "cl/erk",
        "cl\\erk",
        "cle\u200brk",
        "clerk\n",
        "cle\trk",
        "cl\x00erk",
        "cl\u202eerk",
        "clеrk",
        "сlerk",
        "x" * 65,
        "x" * 5_000,
        ".clerk",
        "a:b",
        "a,b",
        "clerk²/",
    ],
)
def test_a_name_that_cannot_be_told_or_written_is_refused(text: str) -> None:
    _, reasons = normalize_account_name(text)
    assert [reason.code for reason in reasons] == ["bad-account"]


@given(st.text(max_size=70))
def test_a_name_that_is_kept_would_be_kept_so_again(text: str) -> None:
    name, reasons = normalize_account_name(text)
    assert reasons or normalize_account_name(name) == (name, [])
