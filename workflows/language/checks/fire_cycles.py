"""Finds steps of relatives that fire each other for ever: a child fires on its parent, which fires on the
child.

As with openings (`opening_cycles`), only what always happens counts: effects and rows without a condition,
and forms that are filled by what fires them. One family is followed, with one ticket of a process at each
depth. A cycle that depends on an answer is stopped at run time, by the limit on follow-ups.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from workflows.language.checks.opening_cycles import always_next, always_one, certain
from workflows.language.definition import CHILD, PARENT, Definition, Start, Transition
from workflows.language.effect import FireRelativesEffect, OpenChildEffect
from workflows.language.findings import Findings, KeyPath
from workflows.sentence import Sentence

_MOST = 5_000  # steps followed for one process: a hostile text would take minutes
_LONGEST = 200  # steps after the first one: a longer chain must be a cycle
_DEEPEST = 8  # generations
_START = -1  # in place of a row: the opening

Member = tuple[int, str]
"""A ticket of the family: its depth below the first one, and its process."""
TakenStep = tuple[Member, int]
"""A member, and the index of the row that it takes."""
States = frozenset[tuple[Member, str]]
PendingStep = TakenStep | tuple[Member, FireRelativesEffect]
"""An auto transition to be taken, or a trigger that a relative fires."""


class Standing(NamedTuple):
    """The states of the family, the steps still to be taken, and those taken so far, each with the states
    before it."""

    states: States
    todo: tuple[PendingStep, ...]
    done: tuple[tuple[States, tuple[PendingStep, ...], TakenStep], ...] = ()


def check_feedback(definition: Definition, known: Mapping[str, Definition], findings: Findings) -> None:
    """Report steps of the process that lead back to themselves by way of its relatives."""
    for cycle in _cycles(definition, known):
        _report_cycle(definition, cycle, known, findings)


def check_feedback_together(
    known: Mapping[str, Definition], findings_by_name: Mapping[str, Findings]
) -> None:
    """The same for all processes of a folder; a cycle is reported once, at the first of its processes by
    name."""
    for name in sorted(known):
        for cycle in _cycles(known[name], known):
            if name == min(member[1] for member, _ in cycle):
                _report_cycle(known[name], cycle, known, findings_by_name[name])


def _report_cycle(
    definition: Definition, cycle: tuple[TakenStep, ...], known: Mapping[str, Definition], findings: Findings
) -> None:
    words = [f"{name}.{_trigger(known[name], row)}" for (_, name), row in cycle]
    message = Sentence(
        "opening-cycle",
        "each step brings about another, for ever: {walk}",
        walk=" -> ".join((*words, words[0])),
    )
    findings.add(_place(definition, cycle[0][1]), message)


def _trigger(definition: Definition, row: int) -> str:
    return "open" if row == _START else definition.transitions[row].trigger


def _place(definition: Definition, row: int) -> KeyPath:
    """The path of the effect that keeps the cycle going; without one, of the row after which an auto
    transition does."""
    path: KeyPath = ("start",) if row == _START else ("transitions", row)
    for index, effect in enumerate(_step(definition, row).effects):
        if isinstance(effect, FireRelativesEffect | OpenChildEffect) and effect.when is None:
            return (*path, "effects", index, "fire" if isinstance(effect, FireRelativesEffect) else "open")
    return path


def _step(definition: Definition, row: int) -> Start | Transition:
    if row == _START:
        return definition.start
    return definition.transitions[row]


def _cycles(definition: Definition, known: Mapping[str, Definition]) -> Iterator[tuple[TakenStep, ...]]:
    """The cycles with a step of the process in them, each once, beginning with such a step."""
    walk, reported = _Walk(known), set[frozenset[tuple[str, int]]]()
    me = (0, definition.name)
    firsts = [(_START, "")]
    firsts += [(index, state) for index, row in enumerate(definition.transitions) for state in row.sources]
    for index, state in firsts:
        effects = _step(definition, index).effects
        if not any(isinstance(each, FireRelativesEffect | OpenChildEffect) for each in effects):
            continue
        cycle = walk.cycle(Standing(frozenset({(me, state)}), ((me, index),)))
        mine = [place for place, (member, _) in enumerate(cycle) if member[1] == definition.name]
        # A step with an effect comes first: the cycle is reported where an effect stands.
        mine.sort(key=lambda place: not _step(definition, cycle[place][1]).effects)
        rows = frozenset((member[1], row) for member, row in cycle)
        if mine and rows not in reported:
            reported.add(rows)
            yield (*cycle[mine[0] :], *cycle[: mine[0]])


class _Walk:
    """Follows what a step brings about in the same order as the engine does."""

    def __init__(self, known: Mapping[str, Definition]) -> None:
        self._known = known
        self._left = _MOST

    def cycle(self, first: Standing) -> tuple[TakenStep, ...]:
        """The steps of the cycle that begins with `first`; empty if the steps come to an end."""
        ways = [first]
        while ways and self._left > 0:
            self._left -= 1
            way = ways.pop()
            if not way.todo:
                continue
            places = [place for place, done in enumerate(way.done) if done[:2] == way[:2]]
            if not places and len(way.done) >= _LONGEST:
                places = [place for place, done in enumerate(way.done[:-1]) if done[2] == way.done[-1][2]][
                    -1:
                ]
            if places:
                return tuple(taken for _, _, taken in way.done[places[0] :])
            ways += self._steps(way)
        return ()

    def _steps(self, way: Standing) -> Iterator[Standing]:
        """The family after the next pending step; several possibilities where a state is not known."""
        member, pending = way.todo[0]
        rest, states = way.todo[1:], dict(way.states)
        if isinstance(pending, int):
            yield self._after(way, (member, pending), states, rest)
            return
        possible = list(self._fired(pending, member, states))
        for state, row in possible:
            yield self._after(way, (member, row), {**states, member: state}, rest)
        if not possible:
            yield way._replace(todo=rest)

    def _after(
        self, way: Standing, taken: TakenStep, states: dict[Member, str], rest: tuple[PendingStep, ...]
    ) -> Standing:
        """The family after a step, with the steps that it always brings about."""
        member, row = taken
        definition = self._known[member[1]]
        step = _step(definition, row)
        states[member] = step.state if isinstance(step, Start) else step.to or states[member]
        following: list[PendingStep] = []
        for effect in step.effects:
            if isinstance(effect, FireRelativesEffect) and effect.when is None:
                following += [(relative, effect) for relative in self._relatives(member, effect.on, states)]
            elif isinstance(effect, OpenChildEffect) and effect.when is None and self._opens(effect, member):
                following.append(((member[0] + 1, effect.workflow), _START))
        if auto := always_next(definition, states[member]):
            following.append((member, auto[0]))
        done = (*way.done, (way.states, way.todo, taken))
        return Standing(frozenset(states.items()), (*rest, *following), done)

    def _opens(self, effect: OpenChildEffect, member: Member) -> bool:
        child = self._known.get(effect.workflow)
        if child is None or member[0] >= _DEEPEST or effect.each is not None:
            return False
        return always_one(effect) and certain(child.start.guard)

    def _relatives(self, member: Member, on: str, states: Mapping[Member, str]) -> Iterator[Member]:
        depth, name = member
        if on != PARENT:
            yield from ((depth + 1, each) for each in _opened(self._known[name], on) if each in self._known)
            return
        known = [each for each in states if each[0] == depth - 1]  # a ticket has one parent
        yield from known or (
            (depth - 1, other) for other, each in sorted(self._known.items()) if name in _opened(each)
        )

    def _fired(
        self, effect: FireRelativesEffect, relative: Member, states: Mapping[Member, str]
    ) -> Iterator[tuple[str, int]]:
        """The relative's state and the row that it takes there, for every possible state if that is not
        known."""
        definition, role = self._known[relative[1]], CHILD if effect.on == PARENT else PARENT
        for state in [states[relative]] if relative in states else definition.states:
            if role == PARENT and definition.states[state].category.ended:
                continue  # triggers are fired on open children only
            rows = enumerate(definition.transitions)
            named = ((i, row) for i, row in rows if row.trigger == effect.trigger and state in row.sources)
            first = next(((i, row) for i, row in named if not row.auto and role in row.roles), None)
            if first and _takes(first[1], effect):
                yield state, first[0]


def _takes(row: Transition, effect: FireRelativesEffect) -> bool:
    """Whether the row is always taken."""
    return certain(row.guard) and not row.complete and set(row.requires) <= effect.values.keys()


def _opened(definition: Definition, link: str | None = None) -> tuple[str, ...]:
    """The processes of its children, or of those under one link."""
    steps: tuple[Start | Transition, ...] = (definition.start, *definition.transitions)
    effects = (each for step in steps for each in step.effects if isinstance(each, OpenChildEffect))
    return tuple(dict.fromkeys(each.workflow for each in effects if link in (None, each.link)))
