"""`huifang absences`: who is away, who stands in, and what is handed over."""

from __future__ import annotations

import pytest
from command_line import Huifang, Said


def test_absences_are_noted_listed_and_struck(office: Huifang) -> None:
    """In the site's time, with who stands in."""
    added = office("accounts", "add", "wu", "--name", "Wu", typed="long enough\n")
    assert added == Said(0, "added wu\n", "")
    assert office("accounts", "grant", "wu", "office:clerk").code == 0
    said = office("absences", "add", "office", "li", "2199-03-02 09:00", "2199-03-04", "--substitute", "wu")
    assert said.out == "li is away from 2199-03-02 09:00 until 2199-03-04 00:00\n"
    assert office("absences", "list", "office").out == "li\t2199-03-02 09:00\t2199-03-04 00:00\twu\n"
    assert office("absences", "strike", "office", "li", "2199-03-03").err.startswith(
        "huifang: li has no absence"
    )
    assert office("absences", "strike", "office", "li", "2199-03-02 09:00").out == "struck\n"
    assert office("absences", "list", "office").out == ""
    told = [
        line.split("\t")[1:] for line in office("absences", "list", "office", "--history").out.splitlines()
    ]
    line = ["li", "2199-03-02 09:00", "2199-03-04 00:00", "wu"]
    assert told == [["command line", "note", *line], ["command line", "strike", *line]]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("office", "li", "2199-03-02", "2199-03-02"), 2),
        (("office", "li", "soon", "2199-03-02"), 2),
        (("office", "li", "2199-03-02", "2199-03-03", "--substitute", "li"), 2),
        (("office", "lu", "2199-03-02", "2199-03-03"), 1),
        (("ofice", "li", "2199-03-02", "2199-03-03"), 1),
    ],
)
def test_an_absence_that_cannot_be_is_refused(office: Huifang, arguments: tuple[str, ...], code: int) -> None:
    """With one line."""
    assert office("absences", "add", *arguments).code == code


def test_who_is_disabled_or_loses_a_post_hands_over(tickets: Huifang) -> None:
    """It is said how many tickets there are, and what becomes of them."""
    said = tickets("accounts", "disable", "li").out.splitlines()
    assert said[0] == "li is disabled"
    assert said[1].startswith("open tickets: ")
    assert said[1].endswith("; still theirs: 0")
    assert tickets("accounts", "disable", "li").out == "li is disabled\nopen tickets: none\n"
    assert tickets("accounts", "enable", "li").out == "li is enabled\n"
    assert tickets("accounts", "revoke", "li", "office:clerk").out == "li holds 0 posts\nopen tickets: none\n"
