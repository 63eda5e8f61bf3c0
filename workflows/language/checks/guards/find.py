"""Finds guards that cannot mean what they say: never true, always true, behind rows that take everything
before them, or with a gap between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from workflows.language.checks.guards.contradictions import explain_never
from workflows.language.checks.guards.evidence import Evidence
from workflows.language.checks.guards.field_facts import EMPTY, FILLED, FieldFacts, all_options
from workflows.language.checks.guards.gaps import Gap, find_gap
from workflows.language.checks.guards.groups import RowGroup, leaving_groups, row_groups
from workflows.language.checks.guards.shadows import ShadowFinder, build_problem
from workflows.language.checks.guards.solve import Demand
from workflows.language.checks.guards.terms import is_option_field
from workflows.language.definition import Definition, Transition
from workflows.language.findings import KeyPath, Problem
from workflows.sentence import Sentence


class GuardFindings:
    """The findings about the guards of one definition; what follows from another finding is left out."""

    def __init__(self, definition: Definition) -> None:
        self._definition = definition
        self._facts = FieldFacts(definition)
        self._groups = tuple(row_groups(self._facts))

    @cached_property
    def _evidence(self) -> Evidence:
        return Evidence(self._definition)

    def errors(self) -> Iterator[Problem]:
        """Guards that never hold, rows that are never taken, values for which no row is."""
        yield from self._never.values()
        yield from self._unfilled.values()
        yield from (each for index, each in self._always.items() if index in self._hiding)
        yield from self._shadowed.values()
        yield from self._gaps.values()

    def warnings(self) -> Iterator[Problem]:
        """Guards that always hold, and hide nothing."""
        yield from (each for index, each in self._always.items() if index not in self._hiding)

    @cached_property
    def paths(self) -> frozenset[KeyPath]:
        """The guards of all rows beside one with an error: what else they lack follows from it."""
        wrong = {*self._wrong, *self._gaps}
        groups = ({index for index, _ in group.rows} for group in self._groups)
        return frozenset(("transitions", index, "guard") for rows in groups if wrong & rows for index in rows)

    @cached_property
    def _wrong(self) -> frozenset[int]:
        """The rows with an error of their own."""
        return frozenset((*self._never, *self._unfilled, *self._always, *self._shadowed))

    def _by_row(self) -> Iterator[tuple[int, Transition, list[tuple[RowGroup, int]]]]:
        """Every row with the groups in which it stands, and its place there."""
        places: dict[int, list[tuple[RowGroup, int]]] = {}
        for group in self._groups:
            for place, (index, _) in enumerate(group.rows):
                places.setdefault(index, []).append((group, place))
        for index, found in sorted(places.items()):
            yield index, self._definition.transitions[index], found

    @cached_property
    def _never(self) -> dict[int, Problem]:
        """Guards that hold in none of the states that their row leaves. One that cannot hold at all explains
        those that only cannot hold there."""
        found: dict[int, Problem] = {}
        here: dict[int, Problem] = {}
        for index, row, places in self._by_row():
            formula = self._facts.formula(row)
            if formula is None:
                continue
            demand = [Demand(formula, True)]
            if not all(group.solve(demand, filled=row.requires).impossible for group, _ in places):
                continue
            group = places[0][0]
            walk = self._evidence.refusal(group, {}) if len(group.rows) == 1 else ""
            if all(each.solve(demand, anything=True).impossible for each, _ in places):
                sentence = self._never_anywhere(row, group)
                found[index] = build_problem(("transitions", index, "guard"), sentence, walk=walk)
            else:
                sentence = self._never_here(row, group, demand)
                here[index] = build_problem(("transitions", index, "guard"), sentence, walk=walk)
        return found or here

    def _never_anywhere(self, row: Transition, group: RowGroup) -> Sentence:
        assert row.guard is not None, "it has one"
        plain = Sentence("never-holds", "this guard never holds, whatever the fields say")
        return explain_never(
            row.guard,
            self._definition.fields,
            lambda demands: group.solve(demands, anything=True).impossible,
            plain,
        )

    def _never_here(self, row: Transition, group: RowGroup, demand: list[Demand]) -> Sentence:
        assert row.guard is not None, "it has one"
        options = {name: self._facts.options(group.state, name) or EMPTY for name in row.guard.names}
        options = {name: each for name, each in options.items() if name not in row.fields}
        empty = [name for name, each in sorted(options.items()) if each == EMPTY and name in group.terms]
        if empty:
            return Sentence(
                "never-filled",
                "this guard never holds: no step before this one can have filled {names}",
                names=", ".join(map(repr, empty)),
            )
        known = {name: each for name, each in sorted(options.items()) if FILLED not in each}
        decisive = {
            name: each
            for name, each in known.items()
            if all(group.solve(demand, {name: value}, anything=True).impossible for value in each)
        }
        values = (_say(name, sorted(each, key=str)) for name, each in (decisive or known).items())
        return Sentence(
            "never-holds",
            "this guard never holds in {state!r}: all walks lead there with {values}",
            state=group.state,
            values=" && ".join(values),
        )

    @cached_property
    def _unfilled(self) -> dict[int, Problem]:
        """Guards that never hold with some value of a field, since another field cannot have been filled."""
        found: dict[int, Problem] = {}
        for index, row, places in self._by_row():
            if row.guard is None or index in self._never:
                continue
            empty = [
                name
                for name in sorted(row.guard.names - set(row.fields))
                if all(group.facts.options(group.state, name) == EMPTY for group, _ in places)
            ]
            for name in empty:
                values = list(self._lost(row, places[0][0], name))
                if values:
                    sentence = Sentence(
                        "never-filled",
                        "no step before can have filled {name!r}; with {values} the guard never holds",
                        name=name,
                        values=" || ".join(values),
                    )
                    found[index] = build_problem(("transitions", index, "guard"), sentence)
        return found

    def _lost(self, row: Transition, group: RowGroup, empty: str) -> Iterator[str]:
        """The values with which the guard can hold only if the field is filled, in words."""
        formula, fields = self._facts.formula(row), self._definition.fields
        assert formula is not None, "it has a guard"
        for name in sorted(group.keys_of(formula) - {empty}):
            if not is_option_field(fields.get(name)):
                continue
            known = None if name in row.fields else self._facts.options(group.state, name)
            for value in sorted(all_options(fields[name]) if known is None else known - EMPTY, key=str):
                demand, given = [Demand(formula, True)], {name: value}
                if (
                    group.solve(demand, {**given, empty: None}).impossible
                    and not group.solve(demand, given, anything=True).impossible
                ):
                    yield _say(name, (value,))

    @cached_property
    def _always(self) -> dict[int, Problem]:
        """Guards that always hold, whatever the fields say; they are errors where rows come after them."""
        found: dict[int, Problem] = {}
        for index, row, places in self._by_row():
            formula = self._facts.formula(row)
            if formula is None or index in self._never:
                continue
            demand = [Demand(formula, False)]
            if not all(group.solve(demand, anything=True).impossible for group, _ in places):
                continue
            sentence = Sentence("always-holds", "this guard always holds, whatever the fields say")
            later = self._hidden_by(index, row)
            if later:
                sentence = Sentence(
                    "always-holds",
                    "this guard always holds, so the row in line {line} is never taken",
                    line=later[0].line,
                )
            found[index] = build_problem(("transitions", index, "guard"), sentence)
        return found

    @cached_property
    def _hiding(self) -> frozenset[int]:
        """The guards that always hold, and have rows after them."""
        rows = self._definition.transitions
        return frozenset(index for index in self._always if self._hidden_by(index, rows[index]))

    def _hidden_by(self, index: int, row: Transition) -> list[Transition]:
        """The rows that are never taken where the row always is."""
        groups = (group for group in self._groups if any(at == index for at, _ in group.rows))
        return [
            each
            for group in groups
            for at, each in group.rows
            if at > index and (row.auto or set(each.roles) & set(row.roles))
        ]

    @cached_property
    def _shadowed(self) -> dict[int, Problem]:
        """Rows that are never taken from some state, since for each of their roles an earlier row of the
        trigger is."""
        found: dict[int, Problem] = {}
        shadows = ShadowFinder(self._facts, self._evidence, anything=bool(self._never))
        for index, row, places in self._by_row():
            if index in self._never or index in self._always:
                continue
            for group, place in places:
                before = [pair for pair in group.rows[:place] if pair[0] not in self._never]
                if any(each in self._always for each, _ in before) or not before:
                    continue
                problem = shadows.find(group, index, row, before)
                if problem:
                    found[index] = problem
                    break
        return found

    @cached_property
    def _gaps(self) -> dict[int, Problem]:
        """Values for which no row is taken, though the rows of a trigger, or all that leave a state, divide
        what a field may hold."""
        found: dict[int, Problem] = {}
        stuck = set[str]()
        triggered = (group for group in self._groups if group.trigger)
        for group in (*triggered, *leaving_groups(self._facts)):
            indexes = {index for index, _ in group.rows}
            if self._wrong & indexes or (not group.trigger and group.state in stuck):
                continue
            gap = (
                find_gap(group) if group.trigger or len({row.trigger for _, row in group.rows}) > 1 else None
            )
            if gap is not None:
                stuck.add(group.state)
                found.setdefault(gap.row, self._gapbuild_problem(group, gap))
        return found

    def _gapbuild_problem(self, group: RowGroup, gap: Gap) -> Problem:
        values = " && ".join(_say(name, each) for name, each in gap.values.items())
        sentence = Sentence(
            "gap", "from {state!r} with {values} no step leads on", state=group.state, values=values
        )
        if group.trigger:
            sentence = Sentence(
                "gap",
                "{trigger!r} from {state!r}: with {values} no row is taken",
                trigger=group.trigger,
                state=group.state,
                values=values,
            )
        walk = self._evidence.refusal(group, gap.fields)
        return build_problem(("transitions", gap.row, "guard"), sentence, walk=walk)


def _say(name: str, values: Iterable[object]) -> str:
    """Which values a field has, as a guard would say it."""
    said = [
        "null" if each is None else str(each).lower() if isinstance(each, bool) else str(each)
        for each in values
    ]
    return f"{name} = {said[0]}" if len(said) == 1 else f"{name} in [{', '.join(said)}]"
