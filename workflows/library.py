"""The definitions in force, compiled once per version and kept.

A published workflow names the versions of the organisation, the calendars and the escalation policies it was
published with, so a ticket's version means the same for ever. What cannot be used is refused with the line:
the running desk goes on with what it had.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import lru_cache

from workflows.core.refusing import glimpse
from workflows.errors import Invalid, NotFound, Reason
from workflows.language.building.company import COMPANY, read_context
from workflows.language.building.context import Context, digest_of
from workflows.language.building.crossing import check_numbers
from workflows.language.checking.check import check
from workflows.language.definition import Definition, RosterSpec
from workflows.language.files.source import Source
from workflows.language.forms.organisation import Organisation
from workflows.language.problems import Problem, errors
from workflows.language.reading import Folder, Reading, read_text
from workflows.language.report import NO_REPORTS, Catalogue
from workflows.language.reports.reading import REPORTS, check_figures, read_reports
from workflows.language.schedule import NO_PLAN, Plan
from workflows.language.schedules.reading import SCHEDULES, read_schedules
from workflows.storage.library import Library as Shelf
from workflows.storage.library import Put
from workflows.timing.calendars import Calendar
from workflows.timing.instants import Instant

WORKFLOW = "workflow"
COMPANY_KIND = "company"  # the files that all definitions lean on, each under its file name
SCHEDULES_KIND, REPORTS_KIND = "schedules", "reports"  # no ticket is on a version of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What publishing did to one workflow: its version, and whether that is a new one."""

    name: str
    version: int
    changed: bool


class Library:
    """Published definitions, ready to be walked."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._compiled = lru_cache(maxsize=1024)(self._compile)
        self._context_of = lru_cache(maxsize=64)(self._read_context)
        self._newest: tuple[int, dict[str, int]] = (-1, {})
        self._rosters: tuple[int, dict[str, tuple[RosterSpec, Calendar]]] = (-1, {})
        self._planned: tuple[int, Plan] = (-1, NO_PLAN)
        self._counted: tuple[int, Catalogue] = (-1, NO_REPORTS)

    def latest(self, name: str) -> Definition:
        """The version that new tickets of the workflow get. `NotFound` says what was probably meant."""
        newest = self._versions()
        if name not in newest:
            shown = glimpse(name)
            near = get_close_matches(shown, sorted(newest), n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            message = f"there is no workflow {shown!r}{hint}"
            raise NotFound(
                Reason("unknown-workflow", message, field="workflow", saw=shown, facts={"name": shown})
            )
        return self._compiled(name, newest[name])

    def get(self, name: str, version: int) -> Definition:
        """One version, for a ticket that is on it."""
        return self._compiled(name, version)

    def names(self) -> tuple[str, ...]:
        """The workflows that tickets can be opened for."""
        return tuple(sorted(self._versions()))

    def versions(self, name: str) -> tuple[Definition, ...]:
        """Every published version of a workflow, oldest first."""
        self.latest(name)
        return tuple(self._compiled(name, each.version) for each in self._shelf.versions(WORKFLOW, name))

    def text(self, name: str, version: int) -> str:
        """The text a version was published from."""
        found = self._shelf.get(WORKFLOW, name, version)
        return found.text if found else ""

    def publish(self, folder: Folder, now: Instant, by: str) -> tuple[Publication, ...]:
        """Publish a folder whole. `Invalid` names every error of every file, and then nothing has changed."""
        refuse(folder.errors)
        known = {**self._present(), **folder.definitions}
        found = (p for name, d in folder.definitions.items() for p in _judged(d, known, folder.sources[name]))
        refuse(errors(found))
        before, held = self._versions(), self._company_versions()
        alone = {(SCHEDULES_KIND, SCHEDULES): folder.schedules, (REPORTS_KIND, REPORTS): folder.reports}
        alone = {key: text for key, text in alone.items() if text or self._shelf.latest(*key)}
        with self._shelf.publishing(now, by) as put:
            company = {
                name: _put_company(put, name, folder.company.get(name, b"").decode())
                for name in COMPANY
                if name in folder.company or name in held  # one that was taken away counts as empty
            }
            for (kind, name), text in alone.items():  # a folder without schedules ends those there were
                put(kind, name, digest_of(text.decode()), text.decode(), {})
            return tuple(
                _put(put, folder.definitions[name], folder.texts[name], company, before)
                for name in sorted(folder.definitions)
            )

    def plan(self) -> Plan:
        """The schedules and events in force, held against the processes in force."""
        revision = self._shelf.revision()
        if revision != self._planned[0]:
            self._planned = (revision, self._plan_with(self._present()))
        return self._planned[1]

    def reports(self) -> Catalogue:
        """The reports in force, held against the processes in force."""
        revision = self._shelf.revision()
        if revision != self._counted[0]:
            found = self._shelf.latest(REPORTS_KIND, REPORTS)
            text, known = found.text if found else "", self._present()
            self._counted = (revision, read_reports(text, REPORTS, self._present_context(), known)[0])
        return self._counted[1]

    @property
    def organisation(self) -> Organisation:
        """The organisation in force."""
        return self._present_context().organisation

    def _plan_with(self, known: Mapping[str, Definition]) -> Plan:
        found = self._shelf.latest(SCHEDULES_KIND, SCHEDULES)
        text = found.text if found else ""
        return read_schedules(text, SCHEDULES, self._present_context(), known)[0]

    def read(self, text: str, filename: str) -> Reading:
        """Read one text against the company as it is published, and the other workflows in force."""
        known = self._present()
        reading = read_text(text, filename, self._present_context(), known)
        if reading.definition is None:
            return reading
        found = (
            *_judged(reading.definition, known, reading.source),
            *self._unkept(reading.definition, known, reading.source),
            *self._unreported(reading.definition, reading.source),
        )
        return reading._replace(problems=(*reading.problems, *found))

    def _unkept(
        self, definition: Definition, known: Mapping[str, Definition], source: Source
    ) -> tuple[Problem, ...]:
        """The schedules that could not be kept any more with this version of a process."""
        report, before = source.report(), self.plan().broken
        after = self._plan_with({**known, definition.name: definition}).broken
        for name, why in after.items():
            if name not in before:
                report.add(("start",), f"the schedule {name!r} could not be kept: {why}", key=True)
        return report.problems

    def _unreported(self, definition: Definition, source: Source) -> tuple[Problem, ...]:
        """The reports whose figures it would keep, and that there are not."""
        report, found = source.report(), self.reports()
        check_figures(definition, {*found.reports, *found.broken}, report)
        return report.problems

    def publish_text(self, text: str, filename: str, now: Instant, by: str) -> Publication:
        """Publish one text. Raises `Invalid` with every error in it."""
        reading = self.read(text, filename)
        refuse(errors(reading.problems))
        assert reading.definition is not None, "a text without errors has a definition"
        before, company = self._versions(), self._company_versions()
        with self._shelf.publishing(now, by) as put:
            return _put(put, reading.definition, text, company, before)

    def rosters(self) -> Mapping[str, tuple[RosterSpec, Calendar]]:
        """The rosters that are kept, each with the calendar of the process that keeps it."""
        revision = self._shelf.revision()
        if revision != self._rosters[0]:
            self._rosters = (revision, dict(self._kept()))
        return self._rosters[1]

    def _kept(self) -> Iterator[tuple[str, tuple[RosterSpec, Calendar]]]:
        for name, version in self._versions().items():
            if "rosters" in self.text(name, version):  # compiling them all would take seconds
                definition = self.latest(name)
                yield from ((each, (spec, definition.calendar)) for each, spec in definition.rosters.items())

    def company(self) -> Context:
        """What the company's files say, as they are in force."""
        return self._present_context()

    def _present(self) -> dict[str, Definition]:
        """The workflows in force; without one that cannot be read any more, so that it may be replaced."""
        found: dict[str, Definition] = {}
        for name in self.names():
            with suppress(NotFound):
                found[name] = self.latest(name)
        return found

    def _versions(self) -> dict[str, int]:
        """Workflow → newest version, read again only when something has been published."""
        revision = self._shelf.revision()
        if revision != self._newest[0]:
            self._newest = (revision, {each.name: each.version for each in self._shelf.list(WORKFLOW)})
        return self._newest[1]

    def _compile(self, name: str, version: int) -> Definition:
        found = self._shelf.get(WORKFLOW, name, version)
        if found is None:
            raise NotFound(Reason("unknown-version", f"there is no version {version} of {name}", saw=version))
        context = self._context_of(tuple(sorted((key, int(str(v))) for key, v in found.context.items())))
        reading = read_text(found.text, f"{name}@{version}", context)
        if reading.definition is None:
            said = "; ".join(map(str, reading.problems))
            raise NotFound(
                Reason("unusable-version", f"version {version} of {name} cannot be read any more: {said}")
            )
        return replace(reading.definition, version=version)

    def _present_context(self) -> Context:
        return self._context_of(tuple(sorted(self._company_versions().items())))

    def _company_versions(self) -> dict[str, int]:
        return {each.name: each.version for each in self._shelf.list(COMPANY_KIND)}

    def _read_context(self, versions: tuple[tuple[str, int], ...]) -> Context:
        found = {name: self._shelf.get(COMPANY_KIND, name, version) for name, version in versions}
        context, _ = read_context({name: each.text.encode() for name, each in found.items() if each})
        return context


def _judged(definition: Definition, known: Mapping[str, Definition], source: Source) -> tuple[Problem, ...]:
    """What is wrong with a definition by itself, and whether another of those in force counts as it does."""
    report = source.report()
    for name, other in known.items():
        if name != definition.name:
            check_numbers({name: other, definition.name: definition}, {definition.name: report})
    return (*check(definition, source=source), *report.problems)


def refuse(problems: Iterable[Problem]) -> None:
    """Raise `Invalid` with the problems, if there are any."""
    reasons = [
        Reason("definition", str(problem), field=f"{problem.line}:{problem.column}", saw=problem.path or None)
        for problem in problems
    ]
    if reasons:
        raise Invalid(reasons)


def _put_company(put: Put, name: str, text: str) -> int:
    return put(COMPANY_KIND, name, digest_of(text), text, {})


def _put(
    put: Put, definition: Definition, text: str, company: Mapping[str, int], before: Mapping[str, int]
) -> Publication:
    version = put(WORKFLOW, definition.name, definition.digest, text, dict(company))
    return Publication(name=definition.name, version=version, changed=version != before.get(definition.name))
