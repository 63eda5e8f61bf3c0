"""The definitions in force, built once a publication and cached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager

from workflows.core.commands import Open
from workflows.core.input.common_reasons import shorten
from workflows.definitions.lifecycle import Lifecycle, build_lifecycle
from workflows.errors import NotFound, Reason
from workflows.language.builder.company import CALENDARS, SHAPES
from workflows.language.builder.context import CompanyContext
from workflows.language.definition import Definition
from workflows.language.forms.field import LANGUAGES
from workflows.language.forms.organisation import Organisation
from workflows.language.forms.register import Register
from workflows.language.report_spec import NO_REPORTS, ReportCatalogue
from workflows.language.reports.load import REPORTS_FILE, read_reports, report_names
from workflows.language.roster_spec import RosterSpec
from workflows.language.schedule_spec import NO_PLAN, SchedulePlan
from workflows.language.schedules.load import SCHEDULES_FILE, read_schedules
from workflows.storage.definitions import COMPANY as COMPANY_KIND
from workflows.storage.definitions import DefinitionStore, PublishedVersion
from workflows.suggestions import find_nearest
from workflows.timing.calendars import Calendar
from workflows.versions import WORKFLOW, Versions

SCHEDULES_KIND, REPORTS_KIND = "schedules", "reports"  # no ticket refers to a version of these


class DefinitionsInForce:
    """Published definitions, schedules and reports, built and cached."""

    def __init__(self, store: DefinitionStore, languages: tuple[str, ...] = LANGUAGES) -> None:
        self._store, self._languages = store, languages
        self._stored = Versions(store, self.company, self._published, languages)
        store.rollback_listeners.append(self._clear_cache)
        self._clear_cache()

    def _clear_cache(self) -> None:
        """Clear the caches, also after a rollback: a publication that was read has not happened."""
        self._stored.forget()
        self._versions_cache: tuple[int, dict[str, PublishedVersion]] = (-1, {})
        self._company_cache: tuple[int, dict[str, int]] = (-1, {})
        self._lifecycle_cache: tuple[int, Lifecycle] = (-1, Lifecycle())
        self._rosters_cache: tuple[int, dict[str, tuple[RosterSpec, Calendar]]] = (-1, {})
        self._plan_cache: tuple[int, SchedulePlan] = (-1, NO_PLAN)
        self._reports_cache: tuple[int, ReportCatalogue] = (-1, NO_REPORTS)

    def without_rechecks(self) -> AbstractContextManager[None]:
        """A context in which this thread does not check for new publications each time it opens a ticket."""
        return self._store.without_rechecks()

    def latest(self, name: str) -> Definition:
        """The version in force of the workflow, under its present name. Raises `NotFound` with a
        suggestion."""
        newest, name = self.current_versions(), self.lifecycle().present_name(name)
        if name not in newest:
            shown = shorten(name)
            near = find_nearest(shown, newest)
            hint = f"; did you mean {near}?" if near else ""
            message = f"there is no workflow {shown!r}{hint}"
            raise NotFound(
                Reason("unknown-workflow", message, field="workflow", saw=shown, facts={"name": shown})
            )
        return self._stored.definition(name, newest[name])

    def get(self, name: str, version: int) -> Definition:
        """The definition of a version. Raises `NotFound` if there is none."""
        return self._stored.definition(name, version)

    def names(self) -> tuple[str, ...]:
        """The names of all workflows in force, sorted."""
        return tuple(sorted(self.current_versions().keys() - self.lifecycle().gone))

    def in_force(self) -> tuple[Definition, ...]:
        """The version in force of each workflow that can be read, by name."""
        newest = self.current_versions()
        definitions = (self._stored.definition(name, newest[name]) for name in self.names())
        return tuple(each for each in definitions if each.readable)

    def open_to(self, role: str) -> tuple[Definition, ...]:
        """Those of `in_force` that a role may open. A text that does not say it, nor a shape that it is like,
        gives the role no right, and is not built for this."""
        newest = self.current_versions()
        shapes = self._store.latest(COMPANY_KIND, SHAPES)
        inherited = shapes is not None and role in shapes.text
        texts = {name: self._versions_cache[1][name].text for name in self.names()}
        found = (
            self._stored.definition(name, newest[name])
            for name, text in texts.items()
            if role in text or (inherited and "like:" in text)
        )
        return tuple(each for each in found if each.readable and role in each.start.roles)

    def lifecycle(self) -> Lifecycle:
        """Which workflows are retired, and which have other names now."""
        revision = self._store.revision()
        if revision != self._lifecycle_cache[0]:
            self._lifecycle_cache = (revision, build_lifecycle(self._store.changes()))
        return self._lifecycle_cache[1]

    def opened_by(self, command: Open) -> Definition:
        """The version for the new ticket. Raises NotFound, or Blocked if the workflow is retired: what the
        step of a ticket opens is let through, so that the ticket can be finished."""
        if not (command.derived and (command.parent or command.origin)):
            self.lifecycle().check_open(command.workflow)
        return self.latest(command.workflow)

    def versions(self, name: str) -> tuple[Definition, ...]:
        """Every published version of a workflow, oldest first."""
        self.latest(name)
        return tuple(
            self._stored.definition(name, each.version) for each in self._store.versions(WORKFLOW, name)
        )

    def text(self, name: str, version: int) -> str:
        """The text that a version was published from; empty without one."""
        published = self._published(name, version)
        return published.text if published else ""

    def plan(self) -> SchedulePlan:
        """The schedules and events in force, checked against the workflows in force."""
        revision = self._store.revision()
        if revision != self._plan_cache[0]:
            self._plan_cache = (revision, self.plan_with(self.load_in_force()))
        return self._plan_cache[1]

    def reports(self) -> ReportCatalogue:
        """The reports in force, checked against the workflows in force."""
        revision = self._store.revision()
        if revision != self._reports_cache[0]:
            published = self._store.latest(REPORTS_KIND, REPORTS_FILE)
            text, known = published.text if published else "", self.load_in_force()
            self._reports_cache = (revision, read_reports(text, REPORTS_FILE, self.company(), known)[0])
        return self._reports_cache[1]

    def report_names(self) -> frozenset[str]:
        """The names of the reports in force, also of those that cannot be used."""
        published = self._store.latest(REPORTS_KIND, REPORTS_FILE)
        return report_names(published.text) if published else frozenset()

    @property
    def organisation(self) -> Organisation:
        """The organisation in force."""
        return self.company().organisation

    def plan_with(self, known: Mapping[str, Definition]) -> SchedulePlan:
        """The schedules in force, checked against these workflows, also under their former names."""
        renamed = self.lifecycle().renamed
        former = {name: known.get(self.lifecycle().present_name(name)) for name in renamed}
        known = {**{name: each for name, each in former.items() if each}, **known}
        published = self._store.latest(SCHEDULES_KIND, SCHEDULES_FILE)
        text = published.text if published else ""
        return read_schedules(text, SCHEDULES_FILE, self.company(), known)[0]

    def rosters(self) -> Mapping[str, tuple[RosterSpec, Calendar]]:
        """Roster name → its specification, and the calendar of the workflow that declares it."""
        revision = self._store.revision()
        if revision != self._rosters_cache[0]:
            self._rosters_cache = (revision, dict(self._find_rosters()))
        return self._rosters_cache[1]

    def _find_rosters(self) -> Iterator[tuple[str, tuple[RosterSpec, Calendar]]]:
        newest = self.current_versions()
        for name in self.names():
            version = newest[name]
            if "rosters" in self.text(name, version):  # compiling them all would take seconds
                definition = self.latest(name)
                yield from ((each, (spec, definition.calendar)) for each, spec in definition.rosters.items())

    def find_register(self, name: str) -> Register | None:
        """The register in force with this name, or None."""
        return self.company().registers.get(name)

    def company(self) -> CompanyContext:
        """The company files in force."""
        return self._stored.context(tuple(sorted(self.company_versions().items())))

    def load_in_force(self) -> dict[str, Definition]:
        """Name → workflow in force; without unreadable ones, so that they can be replaced."""
        return {each.name: each for each in self.in_force()}

    def current_versions(self) -> dict[str, int]:
        """Workflow → newest version; read again only after a publication."""
        revision = self._store.revision()
        if revision != self._versions_cache[0]:
            self._versions_cache = (revision, {each.name: each for each in self._store.list(WORKFLOW)})
        return {name: each.version for name, each in self._versions_cache[1].items()}

    def _published(self, name: str, version: int) -> PublishedVersion | None:
        """A version as it was published; those in force come from the cache."""
        newest = self._versions_cache[1].get(name)
        return newest if newest and newest.version == version else self._store.get(WORKFLOW, name, version)

    def calendar_versions(self) -> tuple[tuple[PublishedVersion, str], ...]:
        """Every version of the company's calendars, oldest first, with the name of who published it."""
        versions = self._store.versions(COMPANY_KIND, CALENDARS)
        return tuple((each, self._store.author_name(each.published_by)) for each in versions)

    def calendar_at(self, name: str, version: int) -> Calendar | None:
        """A calendar as a version of the company's calendars has it, or None."""
        files = {**self.company_versions(), CALENDARS: version}
        return self._stored.context(tuple(sorted(files.items()))).calendars.get(name)

    def company_versions(self) -> dict[str, int]:
        """Company file → its newest version; read again only after a publication."""
        revision = self._store.revision()
        if revision != self._company_cache[0]:
            self._company_cache = (
                revision,
                {each.name: each.version for each in self._store.list(COMPANY_KIND)},
            )
        return dict(self._company_cache[1])
