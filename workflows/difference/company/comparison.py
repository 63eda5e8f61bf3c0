"""Compares two versions of a company's file by what they say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from workflows.difference.company.calendar_changes import compare_calendars
from workflows.difference.company.column_changes import compare_registers, compare_settings
from workflows.difference.company.entry_changes import compare_data
from workflows.difference.company.level_changes import compare_policies
from workflows.difference.company.post_changes import compare_organisations, list_titles
from workflows.difference.company.statement import CompanyChange
from workflows.language.builder.company import (
    CALENDARS,
    ESCALATIONS,
    ORGANISATION,
    REGISTERS,
    SETTINGS,
    read_context,
)
from workflows.language.builder.context import CompanyContext
from workflows.language.files.source import SourceFile
from workflows.language.forms.field import Titles


@dataclass(frozen=True, kw_only=True)
class CompanyDifference:
    """What the newer version of a file says otherwise. `roles` are the titles of the posts in it; a version
    is None for a text that is not published."""

    file: str
    older: int | None
    newer: int | None
    changes: tuple[CompanyChange, ...]
    roles: Mapping[str, Titles] = field(default_factory=dict)


def compare_company_file(
    name: str,
    older: tuple[int | None, str],
    newer: tuple[int | None, str],
    company: Mapping[str, bytes],
    today: date,
) -> CompanyDifference:
    """The difference of two versions (number and text) of a file. `company` are the files in force, among
    which each of the two is read; what has mistakes in it counts as not there."""
    contexts = [read_context({**company, name: text.encode()})[0] for _, text in (older, newer)]
    data = [SourceFile(text, name).data for _, text in (older, newer)]
    return CompanyDifference(
        file=name,
        older=older[0],
        newer=newer[0],
        changes=tuple(_compare(name, (contexts[0], contexts[1]), (data[0], data[1]), today)),
        roles=list_titles(*(each.organisation for each in contexts)),
    )


def _compare(
    name: str, contexts: tuple[CompanyContext, CompanyContext], data: tuple[object, object], today: date
) -> Iterator[CompanyChange]:
    before, after = contexts
    if name == CALENDARS:
        return compare_calendars(before.calendars, after.calendars, today)
    if name == ESCALATIONS:
        return compare_policies(before.policies, after.policies, _titles(*data))
    if name == ORGANISATION:
        return compare_organisations(before.organisation, after.organisation)
    if name == SETTINGS:
        return compare_settings(before.settings, after.settings)
    if name == REGISTERS:
        return compare_registers(before.registers, after.registers)
    return compare_data(*data)


def _titles(*data: object) -> dict[str, Titles]:
    """The titles of the policies, which say themselves only who hears when."""
    named = (item for each in data if isinstance(each, Mapping) for item in each.items())
    return {
        str(name): each["title"]
        for name, each in named
        if isinstance(each, Mapping) and isinstance(each.get("title"), Mapping)
    }
