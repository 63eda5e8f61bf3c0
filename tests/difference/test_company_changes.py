"""What two versions of a company's file say otherwise: days, levels, posts, columns, not lines of text."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

from service.difference.company_sheet import CompanySheet, render_company_data, render_company_text
from workflows.difference.company.comparison import compare_company_file
from workflows.language.builder.company import company_files
from workflows.language.forms.field import LANGUAGES

ROOT = Path(__file__).resolve().parents[2]
COMPANY = company_files(ROOT / "definitions")
OFFICE = 'hours: {mon-fri: ["09:00-12:00", "13:30-18:00"]}'
CHANGES = {
    "days": (
        "calendars.yaml",
        [("holidays: CN\n", "holidays: CN\n  closed: {2026-11-30: typhoon, 2026-12-01: typhoon}\n")],
        [
            "“Office hours”: Monday, 30 November 2026 to Tuesday, 1 December 2026 becomes closed (typhoon);"
            " before: 09:00-12:00, 13:30-18:00."
        ],
    ),
    "hours": (
        "calendars.yaml",
        [(OFFICE, 'hours: {mon-thu: ["09:00-12:00", "13:30-18:00"], fri: ["09:00-12:00"]}')],
        ["“Office hours”, on every Friday: 09:00-12:00 instead of 09:00-12:00, 13:30-18:00."],
    ),
    "levels": (
        "escalations.yaml",
        [
            ("at: 80%, notify: assignee", "at: 70%, notify: assignee"),
            ("    - {at: 150%, notify: next-superior}\n", ""),
        ],
        [
            "“Standard”: no longer told of delays: the next superior.",
            "“Standard”: at 70% instead of 80%, so earlier: told: the assignee.",
            "“Standard”, the level at 150% is gone: told: the next superior.",
        ],
    ),
    "superiors": (
        "organisation.yaml",
        [("receptionist: {superior: cs-supervisor", "receptionist: {superior: cs-director")],
        [
            "When “Front-desk receptionist” is late, Customer-service director hears of it instead of"
            " Customer-service supervisor."
        ],
    ),
    "defaults": (
        "settings.yaml",
        [("  default: a\n", "  default: b\n")],
        [
            "“Order of moving in”: where a site has chosen nothing, “B - fees then items” holds instead of"
            " “A - items then fees”."
        ],
    ),
    "columns": (
        "registers.yaml",
        [("owner_phone: {type: phone", "owner_phone: {type: text")],
        [
            "“Owner's phone” of “Units” is of the type `text` instead of `phone`.",
            "“Owner's phone” of “Units” is personal no longer: everybody at the site may read it.",
        ],
    ),
    "schedules": (
        "schedules.yaml",
        [("  due: ended\n", "  due: ended\n  lead: 1 hour\n")],
        ["“Houses in custody after heavy rain”: `lead` is new: 1 hour."],
    ),
    "nothing": ("reports.yaml", [("# What is counted", "# It is counted")], []),
}


def sheet(name: str, changes: list[tuple[str, str]], language: str = "en") -> CompanySheet:
    before = after = (ROOT / "definitions" / name).read_text("utf-8")
    for old, new in changes:
        assert old in after, old
        after = after.replace(old, new, 1)
    found = compare_company_file(name, (1, before), (None, after), COMPANY, date(2026, 3, 2))
    return CompanySheet(found, language)


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_told_by_what_it_says(name: str) -> None:
    file, changes, sentences = CHANGES[name]
    told = render_company_data(sheet(file, changes))
    assert [each["sentence"] for each in told["changes"]] == sentences
    assert told["same"] is not bool(sentences)


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_a_change_is_told_in_every_language(language: str) -> None:
    """By the titles of that language."""
    file, changes, _ = CHANGES["days"]
    said = render_company_text(sheet(file, changes, language))
    assert {"zh-Hans": "办公时间", "zh-Hant": "辦公時間", "es": "Horario de oficina"}[language] in said
    texts = [
        tomllib.loads((ROOT / "service" / "texts" / f"{each}.toml").read_text("utf-8"))["company-difference"]
        for each in ("en", language)
    ]
    assert texts[0].keys() == texts[1].keys()


def test_each_kind_of_change_has_its_sentence() -> None:
    """The codes stand in the sources."""
    known = tomllib.loads((ROOT / "service" / "texts" / "en.toml").read_text("utf-8"))["company-difference"]
    for kind in ("calendar", "policy", "role", "department", "setting", "register", "column", "entry"):
        assert {f"{kind}-added", f"{kind}-removed"} <= known.keys()
    for level in ("added", "removed", "changed", "earlier", "later", "moved"):
        assert f"level-{level}" in known
