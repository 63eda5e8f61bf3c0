"""Finds conditions beside the guards of rows that never hold: of the start, of papers, of effects, of who
sees tickets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from workflows.language.checks.guards.contradictions import explain_never
from workflows.language.checks.guards.domains import Domains
from workflows.language.checks.guards.formula import FormulaReader, predicates_of
from workflows.language.checks.guards.solve import Demand, Solver
from workflows.language.checks.guards.terms import TermReader
from workflows.language.checks.relatives import effects_of
from workflows.language.definition import Definition
from workflows.language.expressions.expression import Expression
from workflows.language.findings import KeyPath, Problem
from workflows.sentence import Sentence


def find_idle_conditions(definition: Definition) -> Iterator[Problem]:
    """Conditions that hold with no values at all."""
    reader = FormulaReader(TermReader(definition.fields))
    for path, condition in _conditions(definition):
        formula = reader.read(condition.tree)
        solver = Solver(Domains(predicates_of(formula)))
        if solver.solve([Demand(formula, True)]).impossible:
            plain = Sentence("never-holds", "this condition never holds, whatever the fields say")
            sentence = explain_never(condition, definition.fields, partial(_is_impossible, solver), plain)
            yield Problem(path, sentence, sentence.code, sentence.facts)


def _is_impossible(solver: Solver, demands: Sequence[Demand]) -> bool:
    return solver.solve(demands).impossible


def _conditions(definition: Definition) -> Iterator[tuple[KeyPath, Expression]]:
    if definition.start.guard is not None:
        yield ("start", "guard"), definition.start.guard
    for path, effect in effects_of(definition):
        if effect.when is not None:
            yield (*path, "when"), effect.when
    for name, paper in definition.prints.items():
        if paper.when is not None:
            yield ("prints", name, "when"), paper.when
    if definition.visible is not None and definition.visible.when is not None:
        yield ("visible", "when"), definition.visible.when
