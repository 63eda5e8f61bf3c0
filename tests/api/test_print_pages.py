"""How a print is laid out: languages, codes, columns, pages."""

from __future__ import annotations

import re
from typing import Any

import pytest
from api_desk import Call
from print_samples import REPAIR, Seen

from service.bootstrap import Desk
from service.prints.page import PrintLine, PrintSheet, PrintTable, render_page

PERSON = {"owner_name": "李未名", "contact": "13800000001", "unit": "3-1201"}


OPENED: dict[str, tuple[str, dict[str, Any]]] = {
    "repair": ("receptionist", REPAIR),
    "renovation": (
        "receptionist",
        {**PERSON, "works": "翻新", "starts_on": "2099-01-01", "ends_on": "2099-02-01"},
    ),
    "house-acceptance": (
        "repair-team-leader",
        {"unit": "3-1201", "owner_name": "李未名", "owner_phone": "13800000001", "department": "maintenance"},
    ),
    "item-release": (
        "receptionist",
        {
            "applicant": "李未名",
            "contact": "13800000001",
            "unit": "3-1201",
            "applicant_type": "owner",
            "occasion": "goods",
        },
    ),
    "reception-day-case": (
        "cs-officer",
        {
            "visitor": "李未名",
            "contact": "13800000001",
            "matter": "电梯停运",
            "session_at": "2099-01-01T10:00:00+08:00",
        },
    ),
    "group-tour": (
        "cs-supervisor",
        {"kind": "ad-hoc", "guest_kind": "group", "organisation": "云外国代表团", "headcount": 3},
    ),
}


def test_every_paper_is_printed_in_every_language_before_anything_is_filled_in(
    call: Call, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its title, its signatures and a title for every answer; when it is given out is another matter."""
    monkeypatch.setattr("service.api.tickets.prints.check_print_condition", lambda *_: None)
    papers = {name: desk.definitions.latest(name) for name in desk.definitions.names()}
    assert {name for name, each in papers.items() if each.prints} == set(OPENED)
    for name, (opener, form) in OPENED.items():
        ticket = call(opener).open(name, form)
        for language in ("en", "zh-Hans", "zh-Hant", "es"):
            for paper in papers[name].prints.values():
                answer = call(opener, language).get(f"/api/tickets/{ticket['id']}/print/{paper.name}")
                assert answer.status_code == 200, (name, paper.name, answer.text)
                words = set(Seen(answer.text).words)
                asked = [each for each in paper.fields if "." not in each]
                wanted = [
                    paper.title,
                    *paper.signatures,
                    *(papers[name].fields[each].title for each in asked),
                ]
                assert {each[language] for each in wanted} <= words, (name, paper.name, language)


def test_no_sheets_are_an_empty_page() -> None:
    """Not that it is asked for."""
    assert b"<section" not in render_page([], "a4", "en")


def sheet(**said: Any) -> PrintSheet:
    """A sheet with little on it."""
    plain: dict[str, Any] = {
        "title": "Slip",
        "under": "",
        "number": "BX-1",
        "code": "BX-1",
        "lines": (),
        "grids": (),
    }
    return PrintSheet(**{**plain, "signatures": (), "date": "", "note": "", "foot": (), **said})


def test_every_page_says_whose_it_is_and_how_many_there_are() -> None:
    """In its margin, and nothing written there gets out of it; of many passes each is a page of its own."""
    [style] = re.findall(
        r"@bottom-left [^}]+}\s+@bottom-right [^}]+}", render_page([sheet()], "a5", "en").decode()
    )
    assert 'content: "Slip BX-1"' in style
    assert 'counter(page) " / " counter(pages)' in style
    many = render_page([sheet(), sheet()], "a5", "en").decode()
    assert "counter(page)" not in many
    hostile = render_page([sheet(title='a"; } </style><script>')], "a5", "en").decode()
    assert "</style><script>" not in hostile
    assert 'content: "a\\22 \\3b  \\7d  \\3c \\2f style' in hostile


def test_short_answers_stand_two_in_a_row() -> None:
    """Long ones, and those that are sentences, have a row of their own."""
    lines = [
        PrintLine(title=t, value=s)
        for t, s in (("A", "1"), ("B", "2"), ("C", "3"), ("D", "很" * 9), ("E", "5"))
    ]
    text = render_page(
        [sheet(lines=(*lines, PrintLine(title="F", value="6", free=True)))], "a5", "en"
    ).decode()
    rows = re.findall(r'<tr>(<th scope="row">.*)</tr>', text)
    assert [re.findall(r"<th[^>]*>(\w)", row) for row in rows] == [["A", "B"], ["C"], ["D"], ["E"], ["F"]]


def test_only_what_is_longer_than_any_word_is_broken_anywhere() -> None:
    """Short cells of a table stay on one line, and a column is never narrower than its words."""
    rows = [["Number", "Said"], ["BX-1", "w" * 40], ["很" * 60, "2026-03-02 09:00"]]
    text = render_page([sheet(grids=(PrintTable(title="T", rows=rows),))], "a4", "en").decode()
    for cell in (
        '<th class="short">Number</th>',
        f'<td class="long">{"w" * 40}</td>',
        f"<td>{'很' * 60}</td>",
        '<td class="short">2026-03-02 09:00</td>',
    ):
        assert cell in text
