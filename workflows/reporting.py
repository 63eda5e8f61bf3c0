"""The door to the reports: figures of a time, worked out of tickets, their steps and their promises.

Who may ask for a report is judged by whoever asks. What does not exist for the viewer is not counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from workflows.core.figures import Figures, Span
from workflows.core.promises import STATE_CLOCK
from workflows.core.tallying import tally
from workflows.core.visibility import OUTSIDER, Viewer
from workflows.errors import NotFound, Reason
from workflows.language.definition import Definition
from workflows.language.forms.field import Titles
from workflows.language.report import WORDS, Group, ReportSpec
from workflows.library import Library
from workflows.storage.facts import Facts, Wanted
from workflows.timing.problems import did_you_mean


class Reporting:
    """Works out the reports of the company."""

    def __init__(self, library: Library, facts: Facts) -> None:
        self._library, self._facts = library, facts

    def spec(self, name: str) -> ReportSpec:
        """The report of this name. NotFound says what was probably meant."""
        known = self._library.reports().reports
        if name not in known:
            shown = name[:100]
            message = f"there is no report {shown!r}{did_you_mean(shown, known)}"
            raise NotFound(Reason("unknown-report", message, field="name", facts={"name": shown}))
        return known[name]

    def figures(self, spec: ReportSpec, sites: Sequence[str], span: Span, viewer: Viewer) -> Figures:
        """The report of these sites and this time, of the tickets that exist for the viewer."""
        wanted = Wanted(
            sites=sites,
            viewer=viewer,
            since=span.since,
            until=span.until,
            now=span.now,
            which=spec.which,
            workflows=spec.workflows,
        )
        return tally(spec, self._facts.of(spec.counts, wanted), tuple(sites), span, self._labels_of(spec))

    def __call__(self, report: str, site: str, span: Span) -> Figures | None:
        """The report of one site, of tickets that exist for everybody; None if there is no such report."""
        spec = self._library.reports().reports.get(report)
        return self.figures(spec, (site,), span, OUTSIDER) if spec else None

    def _labels_of(self, spec: ReportSpec) -> _Labels:
        return _Labels(self._library, spec)


class _Labels:
    """What the values of groups are called by the definitions in force."""

    def __init__(self, library: Library, spec: ReportSpec) -> None:
        self._library, self._spec = library, spec

    def __call__(self, group: Group, values: Iterable[str]) -> Mapping[str, Titles]:
        """The titles of those values that have one; the options of a field in their order."""
        met = set(values)
        if group.values:
            return {value: title for value, title in group.values.items() if value in met}
        found = {value: self._title(group.name, value) for value in sorted(met)}
        return {value: title for value, title in found.items() if title}

    def _title(self, group: str, value: str) -> Titles:
        if group == "workflow":
            return next((each.title for each in self._definitions([value])), {})
        if group in ("state", "trigger", "clock"):
            titles = (_inner(each, group, value) for each in self._definitions(self._of()))
            return next((title for title in titles if title), {})
        return WORDS.get(value) or self._library.organisation.departments.get(value, {})

    def _of(self) -> Sequence[str]:
        return self._spec.workflows or self._library.names()

    def _definitions(self, names: Iterable[str]) -> Iterable[Definition]:
        for name in names:
            with suppress(NotFound):
                yield self._library.latest(name)


def _inner(definition: Definition, group: str, value: str) -> Titles:
    """What a state, a step or a promise of a process is called."""
    if group == "trigger":
        return next((row.title for row in definition.transitions if row.trigger == value), {})
    if group == "clock" and value in definition.clocks:
        return definition.clocks[value].title
    state = definition.states.get(value.removeprefix(STATE_CLOCK))
    return state.title if state else {}
