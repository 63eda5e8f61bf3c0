"""Tickets that were brought in are counted and filtered by a text of theirs."""

# ruff: noqa: E501  # YAML as its authors write it
from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from import_desks import HERE, Asker, bring, written
from test_import_maps import GOOD, HEADER

from service.bootstrap import Desk
from workflows.language.load import read_folder

TITLE = "{en: X, zh-Hans: 某, zh-Hant: 某, es: X}"
REPORTS = f"""
by-product: {{title: {TITLE}, roles: [agent], counts: tickets, of: helpdesk, by: product, most: 2, columns: {{all: {{title: {TITLE}, count: true}}}}}}
of-lifts: {{title: {TITLE}, roles: [agent], counts: tickets, of: helpdesk, where: "data.product == 'Lift'", by: seriousness, columns: {{all: {{title: {TITLE}, count: true}}}}}}
"""
TIME = {"from": "2012-01-01", "until": "2012-12-31"}


@pytest.fixture
def asker(helpdesk: Desk, tmp_path: Path) -> Asker:
    """Asks a desk of the reports, on which a list with five products was brought in."""
    folder = shutil.copytree(HERE / "helpdesk", tmp_path / "counted")
    (folder / "reports.yaml").write_text(REPORTS, encoding="utf-8")
    read = read_folder(folder)
    assert read.findings == ()
    helpdesk.definitions.publish(read, 1, "test")
    mapped = tmp_path / "map.yaml"
    mapped.write_text(GOOD.replace("product: {value: lift}", "product: what"), encoding="utf-8")
    products = ["Lift", "Door", "lift", "Door", "Lift", "Gate", "Lamp", "=1+1"]
    rows = [[str(n), "2012-02-28", "Ann", what, "A", "", ""] for n, what in enumerate(products)]
    assert bring(helpdesk, written(tmp_path / "in.csv", HEADER, rows), mapped).opened == len(products)
    return Asker(helpdesk)


def test_a_report_counts_them_by_the_text(asker: Asker) -> None:
    """The two most frequent, and all others in one row that is called so."""
    found = asker.get("/api/reports/by-product", **TIME)
    assert found["rows"] == [["Lift", 3], ["Door", 2], ["", 3]]
    assert found["columns"][0]["labels"] == {"": "all others"}  # type: ignore[index]
    assert found["total"] == [None, 8]


def test_a_report_counts_only_those_of_one_text(asker: Asker) -> None:
    assert asker.get("/api/reports/of-lifts", **TIME)["total"] == [None, 2]


@pytest.mark.parametrize(
    ("language", "word"),
    [("en", "all others"), ("zh-Hans", "其他"), ("zh-Hant", "其他"), ("es", "los demás")],
)
def test_a_table_calls_the_others_so_in_each_language(asker: Asker, language: str, word: str) -> None:
    answer = asker.file("/api/reports/by-product.csv", language, **TIME)
    assert f"{word},3\r\n" in answer
