"""A small made-up log: repairs that are reported, done and checked, some of them twice; and a folder for
them."""

from __future__ import annotations

from pathlib import Path

from workflows.language.definition import Definition
from workflows.language.load import read_folder
from workflows.language.schemas.calendars import read_calendar
from workflows.mining.company_texts import write_company
from workflows.mining.discovery import DiscoveryRequest, discover, leave_out_rare, name_groups
from workflows.mining.event_log import EventLog, LogEvent
from workflows.mining.outline import Outline
from workflows.mining.outline_text import write_outline
from workflows.timing.instants import parse_rfc3339

LANGUAGES = ("en", "zh-Hans")
OFFICE = read_calendar(
    "office", {"zone": "UTC", "hours": {"mon-fri": ["09:00-17:00"]}, "title": {"en": "Office"}}
)
MONDAY = parse_rfc3339("2026-03-02T09:00:00Z")
HOUR = 3_600
WHO = {"Report": "ann", "Repair": "bob", "Check": "ann", "报废": "bob"}


def case(name: str, *steps: tuple[str, float], who: dict[str, str] | None = None) -> list[LogEvent]:
    """The events of one case: activities, each with its hours since Monday at nine."""
    return [
        LogEvent(case=name, activity=activity, at=MONDAY + int(hours * HOUR), resource=(who or WHO)[activity])
        for activity, hours in steps
    ]


def repairs() -> EventLog:
    """Ten repairs that wait ten to a hundred minutes for the worker; one is done twice, one scrapped."""
    cases = [
        case(f"R{number}", ("Report", 0), ("Repair", number / 6), ("Check", number / 6 + 1))
        for number in range(1, 11)
    ]
    cases.append(case("twice", ("Report", 0), ("Repair", 1), ("Check", 2), ("Repair", 3), ("Check", 4)))
    cases.append(case("scrapped", ("Report", 0), ("报废", 1)))
    return EventLog(event for each in cases for event in each)


def discovered(log: EventLog, least: float = 0.0) -> Outline:
    kept, _ = leave_out_rare(log, least)
    request = DiscoveryRequest(
        name="repairs", title="Repairs", numbering="RP-{year}-{seq:5}", calendar=OFFICE, escalation="standard"
    )
    return discover(kept, request, least, name_groups(kept, {"": "worker"}))


def definition_of(folder: Path, text: str, name: str = "repairs") -> Definition:
    """The process of a text in a new company; nothing is wrong with it."""
    for file, words in write_company(["worker"], "UTC", LANGUAGES).items():
        (folder / file).write_text(words, "utf-8")
    (folder / f"{name}.yaml").write_text(text, "utf-8")
    read = read_folder(folder, languages=LANGUAGES)
    assert [str(each) for each in read.errors] == []
    return read.definitions[name]


def definition_in(folder: Path, outline: Outline) -> Definition:
    return definition_of(folder, write_outline(outline, LANGUAGES), outline.name)
