"""Reads what a process says of rosters: those it keeps, whom it gives work by them, what it marks in them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from workflows.language.building.draft import Draft
from workflows.language.definition import Definition, RosterSpec
from workflows.language.effect import Allot, Effect, Mark, Set, TakeFigures
from workflows.language.expressions.expression import Expression
from workflows.language.expressions.names import setting_names
from workflows.language.expressions.scope import Scope
from workflows.language.forms.field import Field, FieldType
from workflows.language.problems import Path, Report
from workflows.language.rulebooks import CHOICES, RULEBOOKS, is_span
from workflows.timing.problems import did_you_mean

ASSIGNMENT = "assignment"
"""Under this name a step's history tells who was chosen, and why; no field may be called so beside it."""

_NEEDS = {"hand-over": "other", "pass-on": "other", "suspend": "days"}  # what a mark cannot do without
_TAKES = {
    "finish": {"free"},
    "hand-over": {"other"},
    "pass-on": {"other"},
    "suspend": {"days", "resting", "into"},
}
_OF_TURNS = ("occasion", "named", "designated", "partners", "belongs_to")


def read_rosters(draft: Draft) -> dict[str, RosterSpec]:
    """The rosters that the process keeps, by name."""
    said = draft.said.get("rosters") or {}
    return {name: _roster(draft, name, raw or {}, ("rosters", name)) for name, raw in said.items()}


def _roster(draft: Draft, name: str, raw: Mapping[str, Any], path: Path) -> RosterSpec:
    for key in ("kept_by", "led_by"):
        for index, role in enumerate(raw.get(key) or ()):
            if role:
                draft.knows_role(role, (*path, key, index))
    if raw.get("members"):
        draft.knows_role(raw["members"], (*path, "members"))
    if raw.get("readings") and not raw.get("rulebook"):
        draft.wrong((*path, "readings"), "readings are of a rulebook; say `rulebook`", key=True)
    readings = {
        key: _reading(draft, key, source, (*path, "readings", key))
        for key, source in (raw.get("readings") or {}).items()
        if source and key in CHOICES
    }
    return RosterSpec(
        name=name,
        title=raw.get("title") or {},
        members=raw.get("members") or "",
        kept_by=tuple(role for role in raw.get("kept_by") or () if role),
        led_by=tuple(role for role in raw.get("led_by") or () if role),
        rulebook=raw.get("rulebook"),
        readings={key: value for key, value in readings.items() if value is not None},
    )


def _reading(draft: Draft, key: str, source: str, path: Path) -> str | Expression | None:
    """One of the words of the reading, or an expression over the site's settings."""
    if source in CHOICES[key] or (not CHOICES[key] and is_span(source)):
        return source
    if "setting." not in source:
        words = ", ".join(CHOICES[key]) or "a span such as 12:00-13:30, none"
        draft.wrong(path, f"{source!r} is none of {words}{did_you_mean(source, CHOICES[key])}")
        return None
    found = draft.expression(source, path, "any", Scope({}, more=setting_names(draft.context.settings)))
    if found is not None and found.kind not in ("text", "any"):
        draft.wrong(path, f"a reading is a word; this is a {found.kind}")
    return found


def read_allot(draft: Draft, raw: Mapping[str, Any], path: Path) -> Allot | None:
    """Who gets the ticket, by a strategy."""
    role, by = raw.get("to") or "", raw.get("by") or ""
    if role:
        draft.knows_role(role, (*path, "to"))
    if by == "turn" and not raw.get("occasion"):
        draft.wrong((*path, "by"), "on which occasion? Say `occasion`: a row of the roster's rulebook")
    if by in ("turn", "rotation") and not raw.get("roster"):
        draft.wrong((*path, "by"), f"{by!r} goes by who has signed in; say in which `roster`")
    for key in _OF_TURNS:
        if by and by != "turn" and raw.get(key):
            draft.wrong((*path, key), f"{key!r} belongs to `by: turn`", key=True)
    if raw.get("occasion") in draft.fields:
        draft.open_field(raw["occasion"], (*path, "occasion"), FieldType.CHOICE)
    for key in ("named", "designated", "into", "belongs_to"):
        _staff(draft, raw.get(key), (*path, key))
    for index, name in enumerate(raw.get("partners") or ()):
        _staff(draft, name, (*path, "partners", index))
    _keep_apart(draft, path)
    return Allot(
        role=role,
        by=by,
        roster=raw.get("roster") or role,
        occasion=raw.get("occasion"),
        named=raw.get("named"),
        designated=raw.get("designated"),
        partners=tuple(name for name in raw.get("partners") or () if name),
        into=raw.get("into"),
        belongs_to=raw.get("belongs_to"),
    )


def read_mark(draft: Draft, raw: Mapping[str, Any], path: Path) -> Mark:
    """What a roster is told of somebody."""
    kind = raw.get("mark") or ""
    _staff(draft, raw.get("person"), (*path, "person"))
    _staff(draft, raw.get("other"), (*path, "other"))
    if (needed := _NEEDS.get(kind)) and raw.get(needed) is None:
        draft.wrong((*path, "mark"), f"{kind!r} needs {needed!r}")
    for key in ("other", "free", "days", "resting", "into"):
        if kind and raw.get(key) is not None and key not in _TAKES.get(kind, ()):
            draft.wrong((*path, key), f"{key!r} does not belong to {kind!r}", key=True)
    if raw.get("into"):
        draft.field(raw["into"], (*path, "into"), FieldType.DATE)
    return Mark(
        roster=raw.get("roster") or "",
        kind=kind,
        person=raw.get("person") or "",
        other=raw.get("other"),
        free=_expression(draft, raw.get("free"), (*path, "free"), "boolean"),
        days=_expression(draft, raw.get("days"), (*path, "days"), "number"),
        resting=_expression(draft, raw.get("resting"), (*path, "resting"), "list"),
        into=raw.get("into"),
    )


def _staff(draft: Draft, name: str | None, path: Path) -> None:
    if name:
        draft.open_field(name, path, FieldType.STAFF)


def _keep_apart(draft: Draft, path: Path) -> None:
    if ASSIGNMENT in draft.fields:
        draft.wrong(path, f"the history tells the choice as {ASSIGNMENT!r}; call the field otherwise")


def _expression(draft: Draft, source: str | None, path: Path, wanted: str) -> Expression | None:
    found = draft.expression(source, path, "any") if source else None
    if found is not None and found.kind not in (wanted, "any"):
        draft.wrong(path, f"a {wanted} is needed here; this is a {found.kind}")
    return found


def written_by(effect: Effect) -> Iterator[str]:
    """The fields that an effect writes."""
    match effect:
        case Set():
            yield effect.field
        case Allot():
            yield from (name for name in (effect.into, effect.belongs_to) if name)
        case Mark() if effect.into:
            yield effect.into
        case TakeFigures():
            yield effect.into


def check_rosters(
    definition: Definition, effect: Allot | Mark, path: Path, known: Mapping[str, Definition], report: Report
) -> None:
    """Whether some process keeps the roster, and its rulebook knows the occasion."""
    rosters = {name: spec for each in known.values() for name, spec in each.rosters.items()}
    place = (*path, "assign", "roster") if isinstance(effect, Allot) else (*path, "roster")
    spec = rosters.get(effect.roster)
    if spec is None:
        if isinstance(effect, Mark) or effect.by in ("turn", "rotation") or effect.roster != effect.role:
            report.add(
                place, f"no process keeps a roster {effect.roster!r}{did_you_mean(effect.roster, rosters)}"
            )
        return
    if isinstance(effect, Mark) or effect.by == "turn":
        _check_rulebook(effect, spec, definition.fields, path, place, report)
    if isinstance(effect, Allot) and effect.role != spec.members:
        report.add(
            (*path, "assign", "to"), f"in {spec.name!r} take turns: {spec.members}, not {effect.role!r}"
        )


def _check_rulebook(
    effect: Allot | Mark,
    spec: RosterSpec,
    fields: Mapping[str, Field],
    path: Path,
    place: Path,
    report: Report,
) -> None:
    if spec.rulebook is None:
        report.add(place, f"{spec.name!r} has no rulebook")
    elif isinstance(effect, Allot) and effect.occasion:
        book = RULEBOOKS[spec.rulebook]
        occasions: Collection[str] = book.table(book.readings)
        field = fields.get(effect.occasion)
        said = [option.value for option in field.options] if field else [effect.occasion]
        for name in said:
            if name not in occasions:
                message = f"the rulebook {book.name!r} knows no {name!r}{did_you_mean(name, occasions)}"
                report.add((*path, "assign", "occasion"), message)


def check_unique_rosters(definitions: Mapping[str, Definition], reports: Mapping[str, Report]) -> None:
    """A roster is kept by one process; others may speak of it."""
    first: dict[str, str] = {}
    for name, definition in definitions.items():
        for roster in definition.rosters:
            other = first.setdefault(roster, name)
            if other != name:
                reports[name].add(
                    ("rosters", roster), f"{other!r} keeps a roster {roster!r} already", key=True
                )
