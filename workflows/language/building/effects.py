"""Reads `effects`: what a step brings about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from workflows.language.building.childrows import read_child_rows
from workflows.language.building.draft import Draft, link_of
from workflows.language.building.filing import read_record, read_strike
from workflows.language.building.fitting import fits
from workflows.language.building.turns import read_allot, read_mark
from workflows.language.definition import PARENT
from workflows.language.effect import (
    AmendChildren,
    Assign,
    Convert,
    Effect,
    FireOn,
    Notify,
    OpenChild,
    Raise,
    Set,
    TakeFigures,
)
from workflows.language.expressions.expression import Expression
from workflows.language.expressions.scope import Scope
from workflows.language.expressions.text import ExpressionError
from workflows.language.forms.field import FieldType
from workflows.language.problems import Path

_ASSIGNEES = ("actor", "nobody")


def read_effects(draft: Draft, rows: Any, path: Path) -> tuple[Effect, ...]:
    """The effects that could be read; the others have been complained about."""
    found = (_conditional(draft, raw, place) for place, raw in draft.index(path, rows))
    return tuple(effect for effect in found if effect is not None)


def _conditional(draft: Draft, raw: Mapping[str, Any], path: Path) -> Effect | None:
    """The effect, with the condition that it hangs on."""
    effect, source = _effect(draft, raw, path), raw.get("when")
    if not source:
        return effect
    when = draft.expression(source, (*path, "when"), "bool")
    return replace(effect, when=when) if effect and when else None


def _effect(draft: Draft, raw: Mapping[str, Any], path: Path) -> Effect | None:
    match raw:
        case {"assign": Mapping() as chosen}:
            return read_allot(draft, chosen, (*path, "assign"))
        case {"roster": _}:
            return read_mark(draft, raw, path)
        case {"assign": to}:
            if to not in _ASSIGNEES:
                draft.open_field(to, (*path, "assign"), FieldType.STAFF)
            return Assign(to=to)
        case {"notify": to}:
            return _notify(draft, to, raw, path)
        case {"open": workflow}:
            if link_of(raw) == PARENT:
                draft.wrong(path, "no link is called 'parent'; say `as: <another name>`")
            each, scope = _each(draft, raw, path)
            values = _values(draft, raw, path, scope)
            rows = read_child_rows(draft, raw, path)
            return OpenChild(
                workflow=workflow,
                link=link_of(raw),
                each=each,
                rows=rows,
                sequence=_in_sequence(draft, raw, path),
                values=values,
            )
        case {"record": _}:
            return read_record(draft, raw, _each(draft, raw, path), path)
        case {"strike": _}:
            return read_strike(draft, raw, _each(draft, raw, path), path)
        case {"convert": workflow}:
            return Convert(workflow=workflow, values=_values(draft, raw, path, None))
        case {"fire": trigger}:
            return _fire_on(draft, trigger, raw, path)
        case {"amend": link}:
            draft.knows("link", link, draft.links, (*path, "amend"))
            return AmendChildren(link=link, values=_values(draft, raw, path, None))
        case {"field": name, "value": source}:
            return _set(draft, name, source, path)
        case {"what": "priority"}:
            return Raise()
        case {"figures": report}:
            return _figures(draft, report, raw, path)
        case _:
            return None


def _in_sequence(draft: Draft, raw: Mapping[str, Any], path: Path) -> bool:
    if "order" in raw and not ({"each", "rows"} & raw.keys()):
        draft.wrong((*path, "in"), "one child is no sequence; say `each` or `rows`", key=True)
    return raw.get("order") == "sequence"


def _fire_on(draft: Draft, trigger: str, raw: Mapping[str, Any], path: Path) -> FireOn:
    on = raw.get("on") or ""
    if on:
        draft.knows("link", on, draft.links | {PARENT}, (*path, "on"))
    return FireOn(trigger=trigger, on=on, values=_values(draft, raw, path, None))


def _notify(draft: Draft, to: tuple[str | None, ...], raw: Mapping[str, Any], path: Path) -> Notify:
    for index, one in enumerate(to):
        place = (*path, "notify", index)
        if one and one in draft.fields and one not in draft.context.recipients:
            draft.open_field(one, place, FieldType.STAFF)
        elif one and draft.knows("recipient", one, draft.context.recipients, place):
            check_client(draft, one, place)
    names = tuple(one for one in to if one)
    return Notify(to=names, text=raw.get("text") or {}, urgent=raw.get("urgent") or False)


def check_client(draft: Draft, recipient: str, path: Path) -> None:
    """`client` can be told something only where the file says who that is."""
    if recipient == "client" and not draft.said.get("client"):
        draft.wrong(path, "who is the client? Say `client: {name: field, contact: field}`")


def _each(draft: Draft, raw: Mapping[str, Any], path: Path) -> tuple[Expression | None, Scope | None]:
    """The list to open a child for each item of, and what may be said of an item."""
    if not raw.get("each"):
        return None, None
    each = draft.expression(raw["each"], (*path, "each"), "list")
    if each is None:
        return None, None
    try:
        return each, draft.scope.within(each)
    except ExpressionError as error:
        draft.wrong((*path, "each"), str(error))
        return None, None


def _values(draft: Draft, raw: Mapping[str, Any], path: Path, scope: Scope | None) -> dict[str, Expression]:
    found = {
        name: draft.expression(source, (*path, "with", name), "any", scope)
        for name, source in (raw.get("values") or {}).items()
        if source is not None
    }
    return {name: each for name, each in found.items() if each is not None}


def _figures(draft: Draft, report: str, raw: Mapping[str, Any], path: Path) -> TakeFigures | None:
    """Which report; whether there is one of this name is judged when reports.yaml is known."""
    into, period = raw.get("into"), raw.get("period")
    if into:
        draft.open_field(into, (*path, "into"), FieldType.FIGURES)
    if into is None or period is None:
        return None
    return TakeFigures(report=report, into=into, period=period)


def _set(draft: Draft, name: str, source: str, path: Path) -> Set | None:
    field = draft.written(name, (*path, "set"))
    value = draft.expression(source, (*path, "value"), "any")
    if field and value and not fits(value, field):
        draft.wrong((*path, "value"), f"{name!r} is a {field.type} field; this is a {value.kind}")
    return None if value is None else Set(field=name, value=value)
