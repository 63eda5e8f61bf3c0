"""What became of the processes: retired ones take no new tickets, renamed ones answer to both names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from workflows.errors import Blocked, Reason
from workflows.storage.definition_changes import REINSTATE, RENAME, RETIRE, DefinitionChange
from workflows.timing.instants import rfc3339


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifecycle:
    """The retired processes and the former names of renamed ones, with the act that made them so."""

    retired: Mapping[str, DefinitionChange] = field(default_factory=dict)
    renamed: Mapping[str, DefinitionChange] = field(default_factory=dict)

    @property
    def gone(self) -> frozenset[str]:
        """The names under which nothing is published any more."""
        return frozenset({*self.retired, *self.renamed})

    def present_name(self, name: str) -> str:
        """The name that a process has now."""
        while name in self.renamed:  # a name is given once, so this ends
            name = self.renamed[name].renamed_to or name
        return name

    def former_names(self, name: str) -> tuple[str, ...]:
        """The names that a process had before, sorted."""
        return tuple(sorted(each for each in self.renamed if self.present_name(each) == name))

    def check_publishable(self, names: Iterable[str]) -> None:
        """Raise Blocked for every name under which nothing is published any more."""
        reasons = [self._gone_reason(name) for name in names if name in self.gone]
        if reasons:
            raise Blocked(reasons)

    def check_open(self, name: str) -> None:
        """Raise Blocked if the process takes no new tickets."""
        present = self.present_name(name)
        if present in self.retired:
            raise Blocked(self._gone_reason(present))

    def _gone_reason(self, name: str) -> Reason:
        change = self.retired.get(name) or self.renamed[name]
        facts = {"name": name, "by": change.actor_name, "at": rfc3339(change.at)}
        if name in self.renamed:
            to = self.present_name(name)
            message = f"{change}; publish it as {to}"
            return Reason("renamed", message, field="workflow", facts=facts | {"to": to})
        message = f"{change}: its tickets are finished, and no new ones opened"
        return Reason("retired", message, field="workflow", facts=facts)


def build_lifecycle(changes: Iterable[DefinitionChange]) -> Lifecycle:
    """The state after these acts, which are oldest first for each process."""
    last = {each.name: each for each in changes}
    of = {act: {n: c for n, c in last.items() if c.act == act} for act in (RETIRE, RENAME, REINSTATE)}
    return Lifecycle(retired=of[RETIRE], renamed=of[RENAME])
