"""Finds rows that are never taken, because rows of the same trigger before them take everything."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from workflows.language.checks.guards.evidence import Evidence
from workflows.language.checks.guards.field_facts import FieldFacts
from workflows.language.checks.guards.groups import RowGroup
from workflows.language.checks.guards.solve import Demand
from workflows.language.definition import Transition
from workflows.language.findings import KeyPath, Problem
from workflows.sentence import Sentence


class ShadowFinder:
    """Finds them in one definition. With `anything`, fields may hold what they cannot hold in a state: that
    may only follow from a guard that never holds."""

    def __init__(self, facts: FieldFacts, evidence: Evidence, *, anything: bool) -> None:
        self._facts, self._evidence, self._anything = facts, evidence, anything

    def find(
        self, group: RowGroup, index: int, row: Transition, before: Sequence[tuple[int, Transition]]
    ) -> Problem | None:
        """The finding about one row of a group, if the rows `before` it shadow it."""
        if not self._is_shadowed(group, row, [each for _, each in before]):
            return None
        unguarded = [(at, each) for at, each in before if each.guard is None]
        if unguarded:
            return self._unguarded(group, index, row, unguarded[0])
        alone = [each for _, each in before if self._is_shadowed(group, row, [each])]
        covering = alone[:1] or [each for _, each in before if set(each.roles) & set(row.roles)]
        values = group.solve(self._demands([row], True), filled=row.requires).values or {}
        sentence = Sentence(
            "shadowed",
            "{trigger!r} from {state!r} never comes to this row: line {lines} takes all that it would",
            trigger=group.trigger or row.trigger,
            state=group.state,
            lines=_lines(covering),
        )
        walk = self._evidence.other_row(group, row, covering[0], values) if len(covering) == 1 else ""
        return build_problem(("transitions", index, *(("guard",) if row.guard else ())), sentence, walk=walk)

    def _is_shadowed(self, group: RowGroup, row: Transition, before: Sequence[Transition]) -> bool:
        """Whether for each role of the row one of the rows before it is taken wherever it could be."""
        for role in row.roles or ("",):
            rivals = [each for each in before if not group.trigger or role in each.roles]
            if any(each.guard is None for each in rivals):
                continue
            demands = [*self._demands(rivals, False), *self._demands([row], True)]
            if (
                not rivals
                or not group.solve(demands, filled=row.requires, anything=self._anything).impossible
            ):
                return False
        return True

    def _unguarded(
        self, group: RowGroup, index: int, row: Transition, first: tuple[int, Transition]
    ) -> Problem:
        """It stands at the row without a guard if the later one has a guard: there one is missing."""
        at, earlier = first
        walk = self._evidence.other_row(group, row, earlier, {})
        facts = {"trigger": group.trigger or row.trigger, "state": group.state}
        if row.guard is None:
            sentence = Sentence(
                "shadowed",
                "{trigger!r} from {state!r} never comes to this row: the row in line {line} has no guard",
                line=earlier.line,
                **facts,
            )
            return build_problem(("transitions", index), sentence, walk=walk)
        sentence = Sentence(
            "shadowed",
            "without a guard this row is always taken: {trigger!r} from {state!r} never comes to line {line}",
            line=row.line,
            **facts,
        )
        return build_problem(("transitions", at, _last_key(earlier)), sentence, walk=walk)

    def _demands(self, rows: Sequence[Transition], holds: bool) -> list[Demand]:
        formulas = (self._facts.formula(row) for row in rows)
        return [Demand(formula, holds) for formula in formulas if formula is not None]


def build_problem(path: KeyPath, sentence: Sentence, walk: str = "") -> Problem:
    """The finding that a sentence makes at a path."""
    return Problem(path, sentence, sentence.code, sentence.facts, walk)


def _lines(rows: Iterable[Transition]) -> str:
    """The lines on which the rows stand, such as `12, 15`."""
    return ", ".join(str(row.line) for row in rows)


def _last_key(row: Transition) -> str:
    """The key after which a guard would stand."""
    keys = {"complete": row.complete, "accepts": row.accepts, "requires": row.requires, "roles": row.roles}
    return next((key for key, given in keys.items() if given), "from")
