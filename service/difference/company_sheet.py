"""What two versions of a company's file say otherwise, for a reader: as text and as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.dates import format_date, get_day_names

from service.difference.text_writer import TextWriter
from service.texts import localize, say
from workflows.difference.company.comparison import CompanyDifference
from workflows.difference.company.statement import CompanyChange, Days
from workflows.language.forms.field import Titles
from workflows.timing.durations import Duration
from workflows.timing.escalation_levels import EscalationLevel
from workflows.timing.timetable import WEEKDAYS
from workflows.value_texts import read_locale

_SECTION = "company-difference"


@dataclass(frozen=True)
class CompanySheet(TextWriter):
    """The sentences of a difference, in one language."""

    difference: CompanyDifference
    language: str

    @property
    def title(self) -> str:
        """The heading: which file of the company is compared."""
        return self._say("title", file=self.difference.file)

    @property
    def versions(self) -> str:
        """From which version to which."""
        named = (
            self.say("unpublished") if each is None else self.say("version", number=each)
            for each in (self.difference.older, self.difference.newer)
        )
        old, new = named
        return self.say("versions", old=old, new=new)

    def sentence(self, change: CompanyChange) -> str:
        """A change in words."""
        facts = {name: self._write(name, value) for name, value in change.facts.items()}
        why = facts.get("why")
        facts["because"] = self._say("because", why=why) if why else ""
        entry = self.quote(localize(change.title, self.language) or change.entry)
        if "register" in facts:
            entry = self._say("column", column=entry, register=facts["register"])
        return self._say(change.code, entry=entry, name=change.entry, **facts)

    def _say(self, key: str, **facts: object) -> str:
        text = say(self.language, _SECTION, key, facts)
        if text is None:
            raise KeyError(key)
        return text

    def _write(self, name: str, value: object) -> str:
        match value:
            case Days():
                first, last = map(self._date, value)
                return first if first == last else self._say("days", first=first, last=last)
            case EscalationLevel():
                return self.join(self._acts(value))
            case Mapping():
                return self.quote(localize(_titles(value), self.language))
            case Duration():
                return self.unit(value.amount, value.unit)
            case tuple() if name == "weekdays":
                days = get_day_names("wide", locale=read_locale(self.language))
                return self.join(str(days[WEEKDAYS.index(str(each))]) for each in value)
            case tuple() if value and isinstance(value[0], Duration):
                lengths = self.join(self._write(name, each) for each in value)
                return self._say("after-due", lengths=lengths)
            case tuple():
                return self.join(self._role(each) for each in value)
            case None:
                return self._say("for-ever")
            case "" if name in ("before", "after"):
                return self._say("closed")
        return str(value)

    def _acts(self, level: EscalationLevel) -> Iterator[str]:
        if level.notify:
            yield self._say("act-notify", who=self.join(map(self._role, level.notify)))
        if level.raises:
            yield self._say("act-raise")
        if level.fire:
            yield self._say("act-fire", trigger=self.quote(level.fire))
        if level.urgent:
            yield self._say("act-urgent")

    def _role(self, role: object) -> str:
        """The title of a role, of whoever has to do with the ticket, or of an option."""
        if isinstance(role, Mapping):
            return self.quote(localize(_titles(role), self.language))
        name = str(role)
        known = say(self.language, "roles", name) or say(self.language, _SECTION, f"who-{name}")
        return known or localize(self.difference.roles.get(name, {}), self.language) or name

    def _date(self, day: date) -> str:
        return str(format_date(day, "full", locale=read_locale(self.language)))


def render_company_text(sheet: CompanySheet) -> str:
    """The sheet as plain text."""
    changes = sheet.difference.changes
    said = [f"- {sheet.sentence(each)}" for each in changes]
    lines = [sheet.title, sheet.versions, "", *(said or [_nothing(sheet)])]
    return "\n".join(line.replace("\n", " ") for line in lines) + "\n"


def render_company_data(sheet: CompanySheet) -> dict[str, Any]:
    """The sheet for programs: each change by its code, with its sentence."""
    difference = sheet.difference
    return {
        "file": difference.file,
        "title": sheet.title,
        "from": difference.older,
        "to": difference.newer,
        "same": not difference.changes,
        "changes": [
            {"code": each.code, "entry": each.entry, "sentence": sheet.sentence(each)}
            for each in difference.changes
        ],
        "notes": [] if difference.changes else [_nothing(sheet)],
    }


def _nothing(sheet: CompanySheet) -> str:
    return say(sheet.language, _SECTION, "nothing") or ""


def _titles(value: Mapping[Any, Any]) -> Titles:
    return {str(key): str(text) for key, text in value.items()}
