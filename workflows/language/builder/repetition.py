"""Builds `duplicates`, `urge` and `merge`: what happens when the same matter comes again."""

from __future__ import annotations

from collections.abc import Mapping

from workflows.language.builder.draft import WorkflowDraft
from workflows.language.definition import State
from workflows.language.forms.field import FieldType
from workflows.language.repetition import ONLY_COUNTED, DuplicateRule, MergeRule, UrgeRule
from workflows.language.schemas.schema_values import list_items, locate_items
from workflows.sentence import Sentence

_COMPARABLE = (FieldType.UNIT, FieldType.TEXT, FieldType.CHOICE, FieldType.DATE)


def read_duplicates(draft: WorkflowDraft) -> DuplicateRule | None:
    """By which field tickets are likely duplicates; None if the process does not ask."""
    raw = draft.data.get("duplicates")
    if raw is None or not raw.get("same"):
        return None
    name = raw["same"]
    field = draft.find_field(name, ("duplicates", "same"))
    if field is not None and (field.personal or field.type not in _COMPARABLE):
        pattern = "{name!r} is a {type}; tickets are not compared by it"
        message = Sentence("field-type", pattern, name=name, type=field.type)
        if field.personal:
            pattern = "{name!r} is personal; tickets are not compared by it"
            message = Sentence("personal-leak", pattern, name=name)
        draft.report_error(("duplicates", "same"), message)
    return DuplicateRule(same=name, refuses=raw.get("opening") == "refuse")


def read_urge(draft: WorkflowDraft) -> UrgeRule:
    """What a further call does; without the section, the assignee hears of it."""
    raw = draft.data.get("urge")
    if raw is None:
        return ONLY_COUNTED
    for place, role in locate_items(raw, "roles", ("urge",)):
        draft.check_role(role, place)
    for place, recipient in locate_items(raw, "notify", ("urge",)):
        draft.check_known("recipient", recipient, draft.context.recipients, place)
    return UrgeRule(
        roles=list_items(raw, "roles"),
        notify=list_items(raw, "notify") or ONLY_COUNTED.notify,
        raise_after=raw.get("raise_after"),
    )


def read_merge(draft: WorkflowDraft, states: Mapping[str, State]) -> MergeRule | None:
    """In which state a merged ticket ends, and who merges; None if the process merges none."""
    raw = draft.data.get("merge")
    if raw is None or not raw.get("to"):
        return None
    for place, role in locate_items(raw, "roles", ("merge",)):
        draft.check_role(role, place)
    if draft.check_state(raw["to"], ("merge", "to")):
        state = states.get(raw["to"])
        if state is not None and not state.category.ended:
            draft.report_error(
                ("merge", "to"),
                Sentence("wrong-state", "{raw!r} is no end; a merged ticket ends", raw=raw["to"]),
            )
    return MergeRule(to=raw["to"], roles=list_items(raw, "roles"))
