"""The outline of a process that has only been told: its states one after another, and a way to cancel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from workflows.language.definition import Category
from workflows.mining.outline import Outline, OutlineState, OutlineStep, choose_names
from workflows.timing.durations import Duration

_CANCELLED = {"en": "Cancelled", "zh-Hans": "已取消", "zh-Hant": "已取消", "es": "Cancelado"}
_CANCEL = {"en": "Cancel", "zh-Hans": "取消", "zh-Hant": "取消", "es": "Cancelar"}


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlineAnswers:
    """What is asked of somebody who starts a process. `states` are titles, two at least; the last
    one closes."""

    name: str
    title: str
    states: Sequence[str]
    role: str
    due: Duration
    numbering: str
    calendar: str
    escalation: str | None = None


def outline_of(answers: OutlineAnswers) -> Outline:
    """A step leads from each state to the next, and from each open one to `cancelled`."""
    names = choose_names(answers.states, "state")
    *opened, last = answers.states
    states = [
        OutlineState(name=names[title], title=title, owner=answers.role, due=answers.due) for title in opened
    ]
    states.append(OutlineState(name=names[last], title=last, category=Category.CLOSED))
    steps = [
        OutlineStep(
            trigger=names[after],
            title=after,
            sources=(names[before],),
            to=names[after],
            roles=(answers.role,),
        )
        for before, after in pairwise(answers.states)
    ]
    if "cancelled" not in names.values():
        states.append(OutlineState(name="cancelled", title=_CANCELLED, category=Category.CANCELLED))
        sources = tuple(names[title] for title in opened)
        steps.append(
            OutlineStep(
                trigger="cancel", title=_CANCEL, sources=sources, to="cancelled", roles=(answers.role,)
            )
        )
    return Outline(
        name=answers.name,
        title=answers.title,
        purpose="Begun from a few questions; its forms are still to be written.",
        numbering=answers.numbering,
        calendar=answers.calendar,
        start=names[answers.states[0]],
        start_roles=(answers.role,),
        states=tuple(states),
        steps=tuple(steps),
        escalation=answers.escalation,
    )


def make_numbering(name: str) -> str:
    """The numbers of a process, after the first letters of its name."""
    return f"{''.join(word[0] for word in name.split('-'))[:6].upper():X<2}-{{year}}-{{seq:5}}"
