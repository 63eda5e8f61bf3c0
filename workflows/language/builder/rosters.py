"""Builds the rosters of a process, its assignments by roster, and its marks in rosters."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, assert_never

from workflows.language.builder.draft import WorkflowDraft
from workflows.language.definition import Definition
from workflows.language.effect import (
    AmendChildrenEffect,
    AssignByRosterEffect,
    AssignEffect,
    ConvertEffect,
    Effect,
    FireRelativesEffect,
    LowerPriorityEffect,
    NotifyEffect,
    OpenChildEffect,
    RaisePriorityEffect,
    RosterMarkEffect,
    SetFieldEffect,
    StoreReportEffect,
    StrikeEntryEffect,
    WriteEntryEffect,
)
from workflows.language.expressions.expression import Expression
from workflows.language.expressions.names import setting_names
from workflows.language.expressions.scope import Scope
from workflows.language.findings import Findings, KeyPath
from workflows.language.forms.field import Field, FieldType
from workflows.language.reception_rulebooks import READING_CHOICES, RULEBOOKS, is_time_span
from workflows.language.roster_spec import RosterSpec
from workflows.language.schemas.schema_values import list_items, locate_items, pick_given
from workflows.sentence import Sentence
from workflows.suggestions import find_nearest

ASSIGNMENT = "assignment"
"""The key under which a step's history has who was chosen, and why; no field may have this name."""

_REQUIRED_KEYS = {
    "hand-over": "other",
    "pass-on": "other",
    "suspend": "days",
}  # the fields that a mark requires
_ALLOWED_KEYS = {
    "finish": {"free"},
    "hand-over": {"other"},
    "pass-on": {"other"},
    "suspend": {"days", "resting", "into"},
}
_TURN_KEYS = ("occasion", "named", "designated", "partners", "belongs_to")


def read_rosters(draft: WorkflowDraft) -> dict[str, RosterSpec]:
    """The rosters that the process has, by name."""
    rosters = draft.data.get("rosters") or {}
    return {name: _read_roster(draft, name, raw or {}, ("rosters", name)) for name, raw in rosters.items()}


def _read_roster(draft: WorkflowDraft, name: str, raw: Mapping[str, Any], path: KeyPath) -> RosterSpec:
    for key in ("kept_by", "led_by"):
        for place, role in locate_items(raw, key, path):
            draft.check_role(role, place)
    if raw.get("members"):
        draft.check_role(raw["members"], (*path, "members"))
    if raw.get("readings") and not raw.get("rulebook"):
        draft.report_error(
            (*path, "readings"),
            Sentence("missing-key", "readings are of a rulebook; say `rulebook`"),
            key=True,
        )
    readings = {
        key: _read_reading(draft, key, source, (*path, "readings", key))
        for key, source in (raw.get("readings") or {}).items()
        if source and key in READING_CHOICES
    }
    return RosterSpec(
        name=name,
        title=raw.get("title") or {},
        members=raw.get("members") or "",
        kept_by=list_items(raw, "kept_by"),
        led_by=list_items(raw, "led_by"),
        **pick_given(raw, "rulebook"),
        readings={key: value for key, value in readings.items() if value is not None},
    )


def _read_reading(draft: WorkflowDraft, key: str, source: str, path: KeyPath) -> str | Expression | None:
    """The value of a reading: one of its words, or an expression over the site's settings."""
    if source in READING_CHOICES[key] or (not READING_CHOICES[key] and is_time_span(source)):
        return source
    if "setting." not in source:
        words = ", ".join(READING_CHOICES[key]) or "a span such as 12:00-13:30, none"
        draft.report_error(
            path,
            Sentence(
                "unknown-word",
                "{source!r} is none of {words}",
                source=source,
                words=words,
                meant=find_nearest(source, READING_CHOICES[key]),
            ),
        )
        return None
    expression = draft.parse_expression(
        source, path, "any", Scope({}, more=setting_names(draft.context.settings))
    )
    if expression is not None and expression.kind not in ("text", "any"):
        draft.report_error(
            path, Sentence("type", "a reading is a word; this is a {kind}", kind=expression.kind)
        )
    return expression


def read_assign_by_roster(
    draft: WorkflowDraft, raw: Mapping[str, Any], path: KeyPath
) -> AssignByRosterEffect | None:
    """The effect that assigns the ticket by a strategy; None, with a finding, if that cannot be built."""
    role, by = raw.get("to") or "", raw.get("by") or ""
    if role:
        draft.check_role(role, (*path, "to"))
    if by == "turn" and not raw.get("occasion"):
        draft.report_error(
            (*path, "by"),
            Sentence("missing-key", "on which occasion? Say `occasion`: a row of the roster's rulebook"),
        )
    if by in ("turn", "rotation") and not raw.get("roster"):
        draft.report_error(
            (*path, "by"),
            Sentence("missing-key", "{by!r} goes by who has signed in; say in which `roster`", by=by),
        )
    for key in _TURN_KEYS:
        if by and by != "turn" and raw.get(key):
            draft.report_error(
                (*path, key), Sentence("misplaced-key", "{key!r} belongs to `by: turn`", key=key), key=True
            )
    if raw.get("occasion") in draft.fields:
        draft.find_open_field(raw["occasion"], (*path, "occasion"), FieldType.CHOICE)
    for key in ("named", "designated", "into", "belongs_to"):
        _check_staff_field(draft, raw.get(key), (*path, key))
    for place, name in locate_items(raw, "partners", path):
        _check_staff_field(draft, name, place)
    _check_reserved_name(draft, path)
    return AssignByRosterEffect(
        role=role,
        by=by,
        roster=raw.get("roster") or role,
        partners=list_items(raw, "partners"),
        **pick_given(raw, "occasion", "named", "designated", "into", "belongs_to"),
    )


def read_mark(draft: WorkflowDraft, raw: Mapping[str, Any], path: KeyPath) -> RosterMarkEffect:
    """The effect that records a mark about a person in a roster."""
    kind = raw.get("mark") or ""
    _check_staff_field(draft, raw.get("person"), (*path, "person"))
    _check_staff_field(draft, raw.get("other"), (*path, "other"))
    if (needed := _REQUIRED_KEYS.get(kind)) and raw.get(needed) is None:
        draft.report_error(
            (*path, "mark"), Sentence("missing-key", "{kind!r} needs {needed!r}", kind=kind, needed=needed)
        )
    for key in ("other", "free", "days", "resting", "into"):
        if kind and raw.get(key) is not None and key not in _ALLOWED_KEYS.get(kind, ()):
            draft.report_error(
                (*path, key),
                Sentence("misplaced-key", "{key!r} does not belong to {kind!r}", key=key, kind=kind),
                key=True,
            )
    if raw.get("into"):
        draft.find_field(raw["into"], (*path, "into"), FieldType.DATE)
    return RosterMarkEffect(
        roster=raw.get("roster") or "",
        kind=kind,
        person=raw.get("person") or "",
        free=_read_expression(draft, raw.get("free"), (*path, "free"), "boolean"),
        days=_read_expression(draft, raw.get("days"), (*path, "days"), "number"),
        resting=_read_expression(draft, raw.get("resting"), (*path, "resting"), "list"),
        **pick_given(raw, "other", "into"),
    )


def _check_staff_field(draft: WorkflowDraft, name: str | None, path: KeyPath) -> None:
    if name:
        draft.find_open_field(name, path, FieldType.STAFF)


def _check_reserved_name(draft: WorkflowDraft, path: KeyPath) -> None:
    if ASSIGNMENT in draft.fields:
        draft.report_error(
            path,
            Sentence(
                "reserved-name",
                "the history tells the choice as {assignment!r}; call the field otherwise",
                assignment=ASSIGNMENT,
            ),
        )


def _read_expression(
    draft: WorkflowDraft, source: str | None, path: KeyPath, wanted: str
) -> Expression | None:
    expression = draft.parse_expression(source, path, "any") if source else None
    if expression is not None and expression.kind not in (wanted, "any"):
        draft.report_error(
            path,
            Sentence(
                "type", "a {wanted} is needed here; this is a {kind}", wanted=wanted, kind=expression.kind
            ),
        )
    return expression


def fields_written_by(effect: Effect) -> Iterator[str]:
    """Names of the fields that an effect writes."""
    match effect:
        case SetFieldEffect():
            yield effect.field
        case AssignByRosterEffect():
            yield from (name for name in (effect.into, effect.belongs_to) if name)
        case RosterMarkEffect():
            yield from (effect.into,) if effect.into else ()
        case StoreReportEffect():
            yield effect.into
        case (
            AssignEffect()
            | NotifyEffect()
            | OpenChildEffect()
            | ConvertEffect()
            | FireRelativesEffect()
            | AmendChildrenEffect()
            | RaisePriorityEffect()
            | LowerPriorityEffect()
        ):
            pass
        case WriteEntryEffect() | StrikeEntryEffect():
            pass
        case _ as forgotten:
            assert_never(forgotten)


def check_rosters(
    definition: Definition,
    effect: AssignByRosterEffect | RosterMarkEffect,
    path: KeyPath,
    definitions: Mapping[str, Definition],
    findings: Findings,
) -> None:
    """Check that the rosters used exist in some process, and that their rulebooks have the occasions."""
    rosters = {name: spec for each in definitions.values() for name, spec in each.rosters.items()}
    place = (*path, "assign", "roster") if isinstance(effect, AssignByRosterEffect) else (*path, "roster")
    spec = rosters.get(effect.roster)
    if spec is None:
        if (
            isinstance(effect, RosterMarkEffect)
            or effect.by in ("turn", "rotation")
            or effect.roster != effect.role
        ):
            findings.add(
                place,
                Sentence(
                    "unknown-roster",
                    "no process keeps a roster {roster!r}",
                    roster=effect.roster,
                    meant=find_nearest(effect.roster, rosters),
                ),
            )
        return
    if isinstance(effect, RosterMarkEffect) or effect.by == "turn":
        _check_rulebook(effect, spec, definition.fields, path, place, findings)
    if isinstance(effect, AssignByRosterEffect) and effect.role != spec.members:
        findings.add(
            (*path, "assign", "to"),
            Sentence(
                "no-right",
                "in {name!r} take turns: {members}, not {role!r}",
                name=spec.name,
                members=spec.members,
                role=effect.role,
            ),
        )


def _check_rulebook(
    effect: AssignByRosterEffect | RosterMarkEffect,
    spec: RosterSpec,
    fields: Mapping[str, Field],
    path: KeyPath,
    place: KeyPath,
    findings: Findings,
) -> None:
    if spec.rulebook is None:
        findings.add(place, Sentence("missing-key", "{name!r} has no rulebook", name=spec.name))
    elif isinstance(effect, AssignByRosterEffect) and effect.occasion:
        book = RULEBOOKS[spec.rulebook]
        occasions: Collection[str] = book.table(book.readings)
        field = fields.get(effect.occasion)
        values = [option.value for option in field.options] if field else [effect.occasion]
        for name in values:
            if name not in occasions:
                message = Sentence(
                    "unknown-word",
                    "the rulebook {book!r} knows no {name!r}",
                    book=book.name,
                    name=name,
                    meant=find_nearest(name, occasions),
                )
                findings.add((*path, "assign", "occasion"), message)


def check_unique_rosters(
    definitions: Mapping[str, Definition], findings_by_name: Mapping[str, Findings]
) -> None:
    """Check that no two processes declare the same roster; others may use it by name."""
    first: dict[str, str] = {}
    for name, definition in definitions.items():
        for roster in definition.rosters:
            other = first.setdefault(roster, name)
            if other != name:
                findings_by_name[name].add(
                    ("rosters", roster),
                    Sentence(
                        "duplicate-name",
                        "{other!r} keeps a roster {roster!r} already",
                        other=other,
                        roster=roster,
                    ),
                    key=True,
                )
