"""Refusals as `application/problem+json` (RFC 9457), in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from service.condition_texts import describe_conditions, render_alternatives
from service.finding_texts import format_finding, render_finding
from service.texts import localize, say
from workflows.definitions.checks import InvalidDefinition
from workflows.errors import MAX_REASONS, Reason, Refusal
from workflows.language.definition import Definition

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:huifang:problem:"
MAX_TEXT = 500  # of a value that is shown again
_MAX_VALUES = 30
_SEPARATED = ("separate", "separate-in-place")
_MAX_DEPTH = 4

SLUGS = {
    400: "malformed",
    401: "unauthorized",
    403: "forbidden",
    404: "not-found",
    405: "not-allowed",
    406: "not-acceptable",
    408: "too-slow",
    409: "blocked",
    410: "gone",
    412: "stale",
    413: "too-large",
    415: "unsupported",
    416: "out-of-range",
    422: "invalid",
    428: "precondition-required",
    429: "too-many",
    500: "internal",
    503: "unavailable",
    507: "no-room",
}


def build_problem(
    refusal: Refusal, instance: str, language: str, definition: Definition | None = None
) -> dict[str, Any]:
    """The problem document of a refusal; with the process's definition, fields are shown by title."""
    reasons = _limit_reasons(_reasons_of(refusal, language))
    blocked = [render_reason(reason, language, definition) for reason in reasons]
    detail = "; ".join(dict.fromkeys(each["message"] for each in blocked))
    more = len(refusal.reasons) - len(blocked)
    if not more:
        return _problem_members(refusal.slug, refusal.status, detail, instance, language, blocked) | (
            _more_members(refusal, language)
        )
    others = say(language, "problems", "and-more", {"more": more}) or f"and {more} more"
    detail = f"{detail}; {others}"
    members = _problem_members(refusal.slug, refusal.status, detail, instance, language, blocked)
    return members | _more_members(refusal, language) | {"more": more}


def _reasons_of(refusal: Refusal, language: str) -> tuple[Reason, ...]:
    """The reasons; those about definitions are told in the language here, since they are whole findings."""
    if not isinstance(refusal, InvalidDefinition):
        return refusal.reasons
    lines = (format_finding(each, language) for each in refusal.findings)
    return tuple(replace(reason, message=line) for reason, line in zip(refusal.reasons, lines, strict=True))


def _more_members(refusal: Refusal, language: str) -> dict[str, Any]:
    if not isinstance(refusal, InvalidDefinition):
        return dict(refusal.details)
    return {"problems": [render_finding(each, language) for each in refusal.findings[:MAX_REASONS]]}


def _limit_reasons(reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """At most a readable number of reasons; those about unknown names are dropped first."""
    if len(reasons) <= MAX_REASONS:
        return reasons
    return tuple(sorted(reasons, key=lambda reason: reason.code == "unknown-field")[:MAX_REASONS])


def build_plain_problem(status: int, code: str, message: str, instance: str, language: str) -> dict[str, Any]:
    """A problem document without a refusal: an unknown page, an error of the program."""
    reason = Reason(code, message)
    blocked = [render_reason(reason, language, None)]
    slug = SLUGS.get(status, "refused")
    return _problem_members(slug, status, blocked[0]["message"], instance, language, blocked)


def _problem_members(
    slug: str, status: int, detail: str, instance: str, language: str, blocked: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "type": TYPE + slug,
        "title": say(language, "problems", slug) or HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": instance,
        "blocked_by": blocked,
    }


def render_reason(reason: Reason, language: str, definition: Definition | None) -> dict[str, Any]:
    """One reason with its text in `language`."""
    found: dict[str, Any] = {"code": reason.code, "message": _format_reason(reason, language, definition)}
    if reason.field is not None:
        found["field"] = reason.field
    if reason.saw is not None:
        found["saw"] = displayable(reason.saw)
    if reason.who:
        found["who"] = list(reason.who)
    if len(reason.conditions) > 1:
        found["alternatives"] = render_alternatives(reason.conditions, language, definition)
    return found


def _format_reason(reason: Reason, language: str, definition: Definition | None) -> str:
    """The text of the reason: of its rule, of its code, or as it was given (in English)."""
    if reason.conditions:
        return _format_conditions(reason, language, definition)
    facts = _format_facts(reason, language, definition)
    rule = reason.facts.get("rule")
    by_rule = say(language, "rules", rule, facts) if rule else None
    if by_rule is None and rule and language == "en":
        return reason.message
    return by_rule or say(language, "reasons", reason.code, facts) or reason.message


def _format_conditions(reason: Reason, language: str, definition: Definition | None) -> str:
    """What the conditions want. A paper is named beside them, since several may be asked for at once."""
    wanted = describe_conditions(reason.conditions, language, definition)
    if reason.code != "paper-unready":
        return wanted
    unready = say(language, "reasons", reason.code, reason.facts)
    return reason.message if unready is None else f"{unready}{_colon(language)}{wanted}"


def _colon(language: str) -> str:
    return "：" if language.startswith("zh") else ": "


def _format_facts(reason: Reason, language: str, definition: Definition | None) -> Mapping[str, object]:
    facts: dict[str, object] = dict(reason.facts)
    if reason.field is not None:
        facts.setdefault("field", reason.field)
        if definition is not None or "title" not in facts:
            facts["title"] = _field_title(reason.field, language, definition)
    if definition is not None:
        if reason.who:
            facts["roles"] = _separator(language).join(
                role_title(who, language, definition) for who in reason.who
            )
        if reason.facts.get("state") in definition.states:
            facts["state"] = localize(definition.states[reason.facts["state"]].title, language)
        if "paper" in facts:
            facts["paper"] = _document_titles(reason.facts, language, definition)
        if "names" in facts:
            facts["names"] = _field_titles(reason.facts["names"], language, definition)
        for key in ("trigger", "done") if reason.code in _SEPARATED else ():
            facts[key] = _trigger_titles(reason.facts[key], language, definition)
        if "needed" in facts:
            facts["needed"] = _state_titles(reason.facts["needed"], language, definition)
    return facts


def _field_title(field: str, language: str, definition: Definition | None) -> str:
    known = definition.fields.get(field.split(".")[0].split("/")[0]) if definition else None
    return localize(known.title, language) if known else field


def _field_titles(names: str, language: str, definition: Definition) -> str:
    return _separator(language).join(_field_title(name, language, definition) for name in names.split(", "))


def _trigger_titles(names: str, language: str, definition: Definition) -> str:
    rows = definition.transitions
    titles = (next((r.title for r in rows if r.trigger == name), {}) for name in names.split(", "))
    return _separator(language).join(localize(title, language) for title in titles if title) or names


def _document_titles(facts: Mapping[str, str], language: str, definition: Definition) -> str:
    field = definition.fields.get(facts["field"])
    options = (*field.options, *field.items) if field else ()
    titles = next((each.title for each in options if each.value == facts.get("option")), {})
    return localize(titles, language) or facts["paper"]


def role_title(name: str, language: str, definition: Definition) -> str:
    """The title of a role of the organisation, or of one that a ticket gives, such as its opener."""
    role = definition.organisation.roles.get(name)
    return localize(role.title, language) if role else (say(language, "roles", name) or name)


def _state_titles(names: str, language: str, definition: Definition) -> str:
    found = [definition.states.get(name) for name in names.split(", ")]
    return _separator(language).join(localize(state.title, language) for state in found if state) or names


def _separator(language: str) -> str:
    return "、" if language.startswith("zh") else ", "


def displayable(value: object, depth: int = 0) -> object:
    """A value from a request as it may be sent back: valid JSON, shortened."""
    match value:
        case None | bool():
            return value
        case int() | float():
            return value if abs(value) < 2**63 else str(value)[:MAX_TEXT]
        case Mapping() if depth < _MAX_DEPTH:
            pairs = list(value.items())[:_MAX_VALUES]
            return {str(name)[:MAX_TEXT]: displayable(each, depth + 1) for name, each in pairs}
        case list() | tuple() | set() | frozenset() if depth < _MAX_DEPTH:
            return [displayable(each, depth + 1) for each in list(value)[:_MAX_VALUES]]
    text = str(value)
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"
