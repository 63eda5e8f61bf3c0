"""Finds what a proposal means for the open tickets of a desk, by a bounded number of statements."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from workflows.definitions import Definitions
from workflows.gate.change import ProcessChange, Usage, find_asked_fields
from workflows.gate.gone import find_gone
from workflows.gate.impact import find_impact
from workflows.gate.in_force import InForce
from workflows.gate.parents import OpenParent, find_stranded
from workflows.gate.plans import find_plans, needs_plan
from workflows.gate.proposal import Proposal
from workflows.gate.review import Impact
from workflows.gate.scenarios import find_changed
from workflows.language.findings import Finding, Severity
from workflows.storage.definitions import DefinitionStore
from workflows.storage.queries.open_tickets import OpenTickets
from workflows.storage.queries.ticket_counts import TicketCounts
from workflows.versions import WORKFLOW

Text = tuple[str, int]
"""Process and version."""


@dataclass(frozen=True)
class ImpactReader:
    """Compares a proposal with the versions on which tickets are open."""

    definitions: Definitions
    store: DefinitionStore
    counts: TicketCounts
    tickets: OpenTickets

    def read(
        self, proposal: Proposal, in_force: InForce, sites: Collection[str] | None
    ) -> tuple[tuple[Finding, ...], tuple[Impact, ...]]:
        """The findings, and a summary of each process. Tickets are named and counted that somebody at these
        sites may hear of (None: all); whoever would be stranded is found everywhere."""
        names = find_changed(proposal, in_force) | _find_absent(proposal, in_force)
        texts = self.store.texts(WORKFLOW, self.counts.versions_in_use()) if names else {}
        changes = self._changes(names, proposal, in_force, texts)
        parents = _mentioning(names, texts)
        standing = self.tickets.by_state(names | {name for name, _ in parents}, sites)
        usage = Usage(standing, self.tickets.by_value(find_asked_fields(changes.values()), sites))
        notes = {name: find_impact(change, usage) for name, change in changes.items()}
        stranded = dict(self._stranded(changes, parents, texts, usage, proposal, in_force))
        losing = {name for name, found in notes.items() if needs_plan(found)}
        plans = self._plans(losing | {name for name, _ in stranded}, changes, usage, proposal, in_force)
        findings = [
            *(finding for found in notes.values() for finding in found),
            *find_gone(proposal, changes.values(), usage, in_force.texts.items()),
            *(finding for found in stranded.values() for finding in found),
        ]
        return tuple(findings), tuple(_summaries(changes, usage, in_force, plans))

    def _plans(
        self,
        names: Collection[str],
        changes: dict[str, ProcessChange],
        usage: Usage,
        proposal: Proposal,
        in_force: InForce,
    ) -> dict[str, str]:
        """Process -> the plan for its open tickets, and for those that have to move with them."""
        if not names:
            return {}
        newest = {**in_force.definitions, **proposal.after.definitions}
        in_use = {
            name: {each.version: self.definitions.get(name, each.version) for each in usage.of(name)}
            for name in {*changes, *names}
        }
        plans = find_plans(names, changes, usage, newest, in_use)
        return {name: plan for group, plan in plans for name in group}

    def _changes(
        self, names: Collection[str], proposal: Proposal, in_force: InForce, texts: dict[Text, str]
    ) -> dict[str, ProcessChange]:
        after, digests = proposal.after, self.store.digests(WORKFLOW, names)
        found = {}
        for name in sorted(names):
            used = {version: text for (other, version), text in texts.items() if other == name}
            new = after.definitions.get(name) if name in proposal.names else None
            same_as = digests.get((name, new.digest)) if new else None
            found[name] = ProcessChange(
                name=name,
                before=in_force.definitions.get(name),
                after=new,
                in_use={version: self.definitions.get(name, version) for version in used},
                texts=used,
                source=after.sources[name] if new else None,
                same_as=same_as if same_as != in_force.versions.get(name) else None,
            )
        return found

    def _stranded(
        self,
        changes: dict[str, ProcessChange],
        parents: Collection[Text],
        texts: dict[Text, str],
        usage: Usage,
        proposal: Proposal,
        in_force: InForce,
    ) -> Iterator[tuple[Text, tuple[Finding, ...]]]:
        """The open parents that would not get on, each with what is said of it; a process that is absent can
        be opened for now."""
        after = {**in_force.definitions, **proposal.after.definitions}
        for name, version in sorted(parents):
            group = usage.of(name, [version])
            definition = self.definitions.get(name, version)
            if definition.readable and group.count:
                parent = OpenParent(definition, texts[name, version], group)
                found = find_stranded(changes, parent, in_force.definitions, after)
                if (name, version) in proposal.moving:
                    found = (replace(each, severity=Severity.NOTE) for each in found)
                if said := tuple(found):
                    yield (name, version), said


def _find_absent(proposal: Proposal, in_force: InForce) -> frozenset[str]:
    """The processes in force that are not in the folder."""
    if not proposal.whole:
        return frozenset()
    return frozenset(in_force.versions.keys() - proposal.after.definitions.keys())


def _mentioning(names: Collection[str], texts: dict[Text, str]) -> frozenset[Text]:
    """The versions in use whose text has the name of another process among these: most have none."""
    return frozenset(
        key for key, text in texts.items() if any(name != key[0] and name in text for name in names)
    )


def _summaries(
    changes: dict[str, ProcessChange], usage: Usage, in_force: InForce, plans: dict[str, str]
) -> Iterator[Impact]:
    for name in sorted(changes.keys() | plans.keys()):
        change, version = changes.get(name), in_force.versions.get(name, 0)
        states: dict[str, int] = {}
        for each in usage.of(name):
            states[each.state] = states.get(each.state, 0) + each.seen
        yield Impact(
            workflow=name,
            change=_kind(change, version),
            version=version,
            open_tickets=sum(states.values()),
            states={state: count for state, count in sorted(states.items()) if count},
            plan=plans.get(name, ""),
        )


def _kind(change: ProcessChange | None, version: int) -> str:
    if change is None:
        return "stranded"
    return "gone" if change.after is None else "changed" if version else "new"
