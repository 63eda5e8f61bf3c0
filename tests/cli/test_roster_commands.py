"""Rosters on the command line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from command_line import Huifang, furnished

DEFINITIONS = Path(__file__).resolve().parents[2] / "definitions"


POST = ("--post", "hill:consultant", "--no-password")


@pytest.fixture(scope="module")
def sales_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a sales office with two consultants, to copy."""
    folder = tmp_path_factory.mktemp("sales")
    shutil.copytree(DEFINITIONS, folder / "definitions")
    return furnished(
        folder / "data",
        ("migrate",),
        ("publish", folder / "definitions"),
        ("sites", "add", "hill", "A hill"),
        ("accounts", "add", "wang", "--name", "Wang", *POST),
        ("accounts", "add", "li", "--name", "Li", *POST),
    )


@pytest.fixture
def sales(huifang: Huifang, sales_data: Path, tmp_path: Path) -> Huifang:
    """A sales office with two consultants."""
    shutil.copytree(sales_data, tmp_path / "data")
    return huifang


def test_people_sign_in_and_it_is_seen_whose_turn_it_is(sales: Huifang) -> None:
    assert "consultants\tconsultant\tproject\tConsultants in turn" in sales("rosters", "list").out
    for name in ("wang", "li"):
        assert sales("rosters", "mark", "hill", "consultants", "sign-in", name).out == f"{name}: sign-in\n"
    assert sales("rosters", "mark", "hill", "consultants", "leave", "wang", "--leave", "official").code == 0
    shown = sales("rosters", "show", "hill", "consultants").out
    assert "wang\tofficial\t0 used, 0 lost, 0 to make up" in shown
    assert "next: li" in shown
    assert "  wang: away on official business: makes it up" in shown


REFUSED = {
    ("show", "hill", "consultant"): "there is no roster 'consultant'; did you mean 'consultants'?",
    ("show", "hull", "consultants"): "there is no site 'hull'; did you mean 'hill'?",
    ("mark", "hill", "consultants", "return", "wang"): "wang has not signed in",
    ("mark", "hill", "consultants", "sign-in", "wong"): "there is no account 'wong'; did you mean 'wang'?",
    ("mark", "hill", "salespeople", "sign-in", "wang"): "wang takes no turns here: that is for salesperson",
}


def test_what_is_refused(sales: Huifang) -> None:
    for arguments, why in REFUSED.items():
        said = sales("rosters", *arguments)
        assert (said.code, why in said.err) == (1, True), said.err


def test_an_empty_book_says_nobody(sales: Huifang) -> None:
    assert "next: nobody" in sales("rosters", "show", "hill", "consultants").out
    assert "next" not in sales("rosters", "show", "hill", "client-keepers").out
