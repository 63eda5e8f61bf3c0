"""The review of a proposal: everything that is found about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from workflows.gate.callers import find_caller_problems
from workflows.gate.company_proposal import find_company_problems
from workflows.gate.in_force import NOTHING, InForce
from workflows.gate.proposal import Proposal
from workflows.language.builder.company import CALENDARS
from workflows.language.checks.check import check
from workflows.language.findings import Finding, Severity, blocking, errors
from workflows.language.load import Folder
from workflows.language.waivers import apply_waivers
from workflows.timing.instants import Instant, to_datetime

Search = Callable[[Proposal, InForce], Iterable[Finding]]
"""Looks for findings in a proposal that has no errors by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """What a proposal means for one process: `change` is `new`, `changed`, `gone` or `stranded` (as a
    parent). `version` is the one in force (0: none), `open_tickets` those that stay on their versions, by
    state. `plan` (YAML) moves those that lose something; empty where none is needed."""

    workflow: str
    change: str
    version: int
    open_tickets: int
    states: Mapping[str, int]
    plan: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseMoves:
    """The open promises of a process that another calendar would move: how many, how many of them to a later
    or an earlier moment (what is paused has none), and how many would be overdue at once. `numbers` are
    those of the first tickets that everybody at their site may see."""

    calendar: str
    workflow: str
    moved: int
    later: int
    earlier: int
    overdue: int
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The findings about a proposal, by file and line, what it means for each process that it changes and for
    the open promises, and what it was compared with."""

    proposal: Proposal
    in_force: InForce
    findings: tuple[Finding, ...]
    impact: tuple[Impact, ...] = ()
    promises: tuple[PromiseMoves, ...] = ()

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """The findings that prevent it from being published."""
        return blocking(self.findings)


def review(
    proposal: Proposal, now: Instant, in_force: InForce = NOTHING, searches: Iterable[Search] = ()
) -> Review:
    """Review a proposal. What it says is checked first; if nothing is wrong with that, the `searches`
    follow."""
    found = list(_find_problems(proposal, now, in_force))
    if not errors(found):
        for search in searches:
            found += search(proposal, in_force)
    files = [proposal.after.sources[name] for name in proposal.names]
    return Review(
        proposal=proposal,
        in_force=in_force,
        findings=tuple(sorted(apply_waivers(dict.fromkeys(found), files))),
    )


def _find_problems(proposal: Proposal, now: Instant, in_force: InForce) -> Iterator[Finding]:
    after = proposal.after
    yield from after.findings
    if proposal.file:
        yield from find_company_problems(proposal, in_force)
    else:
        for name in proposal.names:
            yield from check(
                after.definitions[name], source=after.sources[name], languages=after.context.languages
            )
    if proposal.is_text:
        yield from find_caller_problems(proposal, in_force)
    if proposal.whole or proposal.file == CALENDARS:
        yield from find_unknown_days(after, now)


def find_unknown_days(folder: Folder, now: Instant) -> Iterator[Finding]:
    """Notes on the coming years of which a calendar does not know all days yet."""
    file = str(PurePath(folder.place) / CALENDARS)
    lines = folder.company.get(CALENDARS, b"").decode("utf-8", "replace").splitlines()
    for calendar in folder.context.calendars.values():
        start = f"{calendar.name}:"
        line = next((number for number, line in enumerate(lines, 1) if line.startswith(start)), 1)
        for warning in calendar.warnings(to_datetime(now, calendar.zone).date()):
            yield Finding.of(warning, file, line, 1, severity=Severity.NOTE)
