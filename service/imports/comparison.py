"""Compares a case in a file with its ticket, which an earlier import made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from service.bootstrap import Desk
from service.imports.case_reader import Case, CaseStep
from service.imports.import_map import ImportMap
from workflows.core.ticket import Ticket
from workflows.errors import Reason, Refusal
from workflows.language.definition import Definition
from workflows.language.forms.form import Form
from workflows.storage.queries.results import StoredHistoryEvent
from workflows.timing.instants import rfc3339

_MOST_ENTRIES = 100_000
_AMENDED = "amended by a later list"
_ENDED = "the ticket has ended here, and stays as it is"
FieldValues = dict[str, object]


@dataclass(frozen=True, slots=True)
class CaseDifference:
    """The result: `done` steps exist already. `amendments` correct the opening, `refused` differences
    cannot be corrected."""

    done: int
    amendments: tuple[CaseStep, ...] = ()
    refused: tuple[int, tuple[str, ...]] | None = None


class CaseComparison:
    """Compares cases with their tickets at a site."""

    def __init__(self, desk: Desk, site: str, definition: Definition, import_map: ImportMap) -> None:
        self._desk, self._site = desk, site
        self._definition, self._map = definition, import_map
        self._opening = Form.of(definition.fields, requires=(), accepts=definition.start.fields)
        self._all = Form.of(definition.fields, requires=(), accepts=tuple(definition.input_fields))

    def compare(self, case: Case, ticket: Ticket) -> CaseDifference:
        """What the case adds to its ticket. Raises a refusal if steps taken earlier are different in the
        file now."""
        entries = [
            entry
            for entry in self._desk.queries.history(self._site, ticket.id, limit=_MOST_ENTRIES, personal=True)
            if entry.surface == "import"
        ]
        opening, *rest = entries
        if opening.at != case.opening.at:
            then, now = rfc3339(opening.at), rfc3339(case.opening.at)
            raise _build_refusal(ticket, f"it was opened at {then}, now it says {now}")
        steps = [entry for entry in rest if entry.kind == "fire"]
        self._check_steps(ticket, steps, case.steps)
        changed = self._find_changes(
            opening, [entry for entry in rest if entry.kind == "amend"], case.opening
        )
        different = self._find_step_changes(steps, case.steps)
        if not changed:
            return CaseDifference(len(steps), refused=_build_refused(case, different))
        if not self._map.update or ticket.closed_at is not None:
            why = _ENDED if ticket.closed_at is not None else "`update: true` in the map amends it"
            reasons = [*map(self._format_change, changed.items()), *different, why]
            return CaseDifference(len(steps), refused=_build_refused(case, reasons))
        return self._build_amendment(
            case, ticket, changed, CaseDifference(len(steps), refused=_build_refused(case, different))
        )

    def _check_steps(
        self, ticket: Ticket, taken: Sequence[StoredHistoryEvent], given: Sequence[CaseStep]
    ) -> None:
        """Raise a refusal unless `given` begins with the steps taken, and may continue from there."""
        for entry, step in zip(taken, given, strict=False):
            if (entry.trigger, entry.at) != (step.trigger, step.at):
                then, now = f"{entry.trigger} at {rfc3339(entry.at)}", f"{step.trigger} at {rfc3339(step.at)}"
                raise _build_refusal(ticket, f"its step was {then}, now it says {now}")
        if len(taken) > len(given):
            raise _build_refusal(ticket, f"its step {taken[len(given)].trigger} is no longer told of")
        if len(taken) < len(given) and given[len(taken)].at < ticket.changed_at:
            when = rfc3339(ticket.changed_at)
            raise Refusal(Reason("moved-on", f"ticket {ticket.number} has moved on since, at {when}"))

    def _find_changes(
        self, opening: StoredHistoryEvent, amendments: Sequence[StoredHistoryEvent], given: CaseStep
    ) -> dict[str, tuple[object, object]]:
        """The fields of the opening that differ: name → (then, now)."""
        fields = self._definition.start.fields
        before: FieldValues = {}
        for entry in (opening, *amendments):
            before |= {name: value for name, value in _event_values(entry).items() if name in fields}
        now = self._opening.load(given.data, self._definition.organisation)
        if opening.sealed and not opening.personal:  # erased: what it held is not known, nor told anew
            now = {name: value for name, value in now.items() if name not in self._definition.personal_fields}
        return {
            name: (before.get(name), now.get(name))
            for name in fields
            if before.get(name) != now.get(name) and (name in now or name in before)
        }

    def _find_step_changes(self, taken: Sequence[StoredHistoryEvent], given: Sequence[CaseStep]) -> list[str]:
        """Differences in steps taken earlier, which cannot be corrected."""
        found: list[str] = []
        for entry, step in zip(taken, given, strict=False):
            now = self._all.load(step.data, self._definition.organisation)
            if entry.sealed and not entry.personal:
                now = {
                    name: value for name, value in now.items() if name not in self._definition.personal_fields
                }
            then = _event_values(entry)
            found += [
                f"{step.trigger}: {self._format_change((name, (then.get(name), value)))}"
                for name, value in now.items()
                if then.get(name) != value
            ]
        return found

    def _build_amendment(
        self, case: Case, ticket: Ticket, changed: Mapping[str, tuple[object, object]], found: CaseDifference
    ) -> CaseDifference:
        """The difference with a step that corrects the opening, unless somebody has changed it here since."""
        stored = {**ticket.data, **ticket.personal}
        ours = [name for name, (then, _) in changed.items() if stored.get(name) != then]
        if ours:
            reasons = [f"{name}: it was changed here since; the list's is left out" for name in ours]
            earlier = found.refused[1] if found.refused else ()
            return replace(found, refused=_build_refused(case, [*reasons, *earlier]))
        amendment = replace(
            case.opening,
            at=ticket.changed_at,
            data={name: now for name, (_, now) in changed.items()},
            note=_AMENDED,
            amends=True,
        )
        return replace(found, amendments=(amendment,))

    def _format_change(self, change: tuple[str, tuple[object, object]]) -> str:
        """A changed field, with its values unless they are personal."""
        name, (then, now) = change
        if name in self._definition.personal_fields:
            return f"{name} was told otherwise before"
        return f"{name} was told as {_format_value(then)} before, now as {_format_value(now)}"


def _event_values(entry: StoredHistoryEvent) -> FieldValues:
    return {name: value for name, value in {**entry.data, **entry.personal}.items() if value is not None}


def _format_value(value: object) -> str:
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


def _build_refused(case: Case, reasons: Sequence[str]) -> tuple[int, tuple[str, ...]] | None:
    return (case.opening.line, tuple(reasons)) if reasons else None


def _build_refusal(ticket: Ticket, what: str) -> Refusal:
    return Refusal(Reason("imported", f"ticket {ticket.number} was brought in from this key before; {what}"))
