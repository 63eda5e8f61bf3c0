"""Reports: figures of a period, computed from tickets, their steps and their clocks.

The caller checks who may see a report. Tickets that are not visible to the viewer are not counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from workflows.core.access.visibility import OUTSIDER, Viewer
from workflows.core.clocks.advance import STATE_CLOCK
from workflows.core.ranking import OTHERS
from workflows.core.reports.aggregate import aggregate
from workflows.core.reports.report_data import Figures, ReportWindow
from workflows.definitions import Definitions
from workflows.errors import NotFound, Reason
from workflows.language.definition import Definition
from workflows.language.forms.field import Titles
from workflows.language.report_spec import ALL_OTHERS, WORDS, ReportGroup, ReportSpec
from workflows.storage.queries.report_facts import FactFilter, ReportFacts
from workflows.suggestions import did_you_mean


class Reports:
    """Computes the company's reports."""

    def __init__(self, definitions: Definitions, facts: ReportFacts) -> None:
        self._definitions, self._facts = definitions, facts

    def spec(self, name: str) -> ReportSpec:
        """The specification of a report. Raises NotFound with a suggestion."""
        known = self._definitions.reports().reports
        if name not in known:
            shown = name[:100]
            message = f"there is no report {shown!r}{did_you_mean(shown, known)}"
            raise NotFound(Reason("unknown-report", message, field="name", facts={"name": shown}))
        return known[name]

    def figures(self, spec: ReportSpec, sites: Sequence[str], span: ReportWindow, viewer: Viewer) -> Figures:
        """The figures of these sites and this period, over the tickets visible to the viewer."""
        wanted = FactFilter(
            sites=sites,
            viewer=viewer,
            since=span.since,
            until=span.until,
            now=span.now,
            which=spec.which,
            workflows=spec.workflows,
        )
        return aggregate(
            spec, self._facts.read(spec.counts, wanted), tuple(sites), span, self._build_labels(spec)
        )

    def __call__(self, report: str, site: str, span: ReportWindow) -> Figures | None:
        """The figures of one site over its unrestricted tickets; None if there is no such report."""
        spec = self._definitions.reports().reports.get(report)
        return self.figures(spec, (site,), span, OUTSIDER) if spec else None

    def _build_labels(self, spec: ReportSpec) -> _DefinitionLabels:
        return _DefinitionLabels(self._definitions, spec)


class _DefinitionLabels:
    """The titles of group values, from the definitions in force."""

    def __init__(self, definitions: Definitions, spec: ReportSpec) -> None:
        self._definitions, self._spec = definitions, spec

    def __call__(self, group: ReportGroup, values: Iterable[str]) -> Mapping[str, Titles]:
        """Value → titles, for those that have one; the options of a field in their order."""
        occurring = set(values)
        if group.written:  # free texts have no titles
            return {OTHERS: ALL_OTHERS} if OTHERS in occurring else {}
        if group.values:
            return {value: title for value, title in group.values.items() if value in occurring}
        titles = {value: self._title(group.name, value) for value in sorted(occurring)}
        return {value: title for value, title in titles.items() if title}

    def _title(self, group: str, value: str) -> Titles:
        if group == "workflow":
            return next((each.title for each in self._load_latest([value])), {})
        if group in ("state", "trigger", "clock"):
            titles = (_find_title(each, group, value) for each in self._load_latest(self._list_workflows()))
            return next((title for title in titles if title), {})
        return WORDS.get(value) or self._definitions.organisation.departments.get(value, {})

    def _list_workflows(self) -> Sequence[str]:
        return self._spec.workflows or self._definitions.names()

    def _load_latest(self, names: Iterable[str]) -> Iterable[Definition]:
        for name in names:
            if name in self._definitions.names():
                yield self._definitions.latest(name)


def _find_title(definition: Definition, group: str, value: str) -> Titles:
    """The titles of a state, trigger or clock of a definition."""
    if group == "trigger":
        return next((row.title for row in definition.transitions if row.trigger == value), {})
    if group == "clock" and value in definition.clocks:
        return definition.clocks[value].title
    state = definition.states.get(value.removeprefix(STATE_CLOCK))
    return state.title if state else {}
