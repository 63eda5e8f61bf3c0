"""An expression that YAML reads otherwise is shown as it has to be quoted."""

from __future__ import annotations

import pytest

from workflows.language.files.source import SourceFile


@pytest.mark.parametrize(
    ("value", "quoted"),
    [
        ("!paid", '"!paid"'),
        ("!(paid == true)", '"!(paid == true)"'),
        ("!paid && kind == 'x'", "\"!paid && kind == 'x'\""),
        ("'x' in kinds", "\"'x' in kinds\""),
        ("\"x\" in kinds && kind == 'y'", "'\"x\" in kinds && kind == ''y'''"),
        ("paid ? true : false", '"paid ? true : false"'),
        ("[1, 2].size() == 2", '"[1, 2].size() == 2"'),
    ],
)
def test_the_whole_value_is_put_in_quotation_marks(value: str, quoted: str) -> None:
    (found,) = SourceFile(f"a: 1\nguard: {value}\nb: 2\n", "f.yaml").findings
    assert found.message.endswith(f"in quotation marks: {quoted}")
    assert (found.line, found.column) == (2, 8)
    read = SourceFile(f"a: 1\nguard: {quoted}\nb: 2\n", "f.yaml")
    assert read.findings == ()
    assert read.data["guard"] == value


def test_a_tag_elsewhere_is_named() -> None:
    (found,) = SourceFile("a: {b: !x y}\n", "f.yaml").findings
    assert "tags such as '!x'" in found.message
