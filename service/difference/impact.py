"""What a proposed change does, in a reader's language: its differences, and the plans for open tickets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from service.difference.sheet import DifferenceSheet, build_sheet, render_data, render_text
from service.texts import say
from workflows.difference.difference import find_difference
from workflows.gate.review import Impact, Review


def render_impact(reviewed: Review, language: str) -> list[dict[str, Any]]:
    """What a proposal means for each process that it changes, for programs."""
    return [_render(reviewed, each, language) for each in reviewed.impact]


def _render(reviewed: Review, impact: Impact, language: str) -> dict[str, Any]:
    sheet = build_impact_sheet(reviewed, impact, language)
    return {
        "workflow": impact.workflow,
        "change": impact.change,
        "version": impact.version,
        "open_tickets": impact.open_tickets,
        "states": dict(impact.states),
        "plan": impact.plan or None,
        "difference": render_data(sheet) if sheet else None,
    }


def write_impact(reviewed: Review, language: str) -> Iterator[str]:
    """The same for people: what each process does otherwise, and the plans."""
    for impact in reviewed.impact:
        sheet = build_impact_sheet(reviewed, impact, language)
        if sheet is not None and (not sheet.names.difference.same or sheet.names.difference.text_changes):
            yield render_text(sheet)
    for plan in dict.fromkeys(each.plan for each in reviewed.impact if each.plan):
        name = next(each.workflow for each in reviewed.impact if each.plan == plan)
        facts = {"process": name, "file": f"{name}.migration.yaml"}
        yield f"{say(language, 'difference', 'plan', facts)}\n\n{plan}"


def build_impact_sheet(reviewed: Review, impact: Impact, language: str) -> DifferenceSheet | None:
    """What a changed process does otherwise than in force, with the open tickets that may be spoken of."""
    old = reviewed.in_force.definitions.get(impact.workflow)
    new = reviewed.proposal.after.definitions.get(impact.workflow)
    if impact.change != "changed" or old is None or new is None:
        return None
    standing = {(old.version, state): count for state, count in impact.states.items()}
    return build_sheet(find_difference(old, new), language, standing)
