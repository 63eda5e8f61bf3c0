"""A refusal as `application/problem+json` (RFC 9457), in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from service.texts import say, titled
from workflows.errors import Reason, Refusal
from workflows.language.definition import Definition

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:huifang:problem:"
LONGEST = 500  # of a value that is shown again
_MOST_VALUES = 30
_DEEPEST = 4

SLUGS = {
    400: "malformed",
    401: "unauthorized",
    403: "forbidden",
    404: "not-found",
    405: "not-allowed",
    406: "not-acceptable",
    408: "too-slow",
    409: "blocked",
    412: "stale",
    413: "too-large",
    415: "unsupported",
    422: "invalid",
    428: "precondition-required",
    429: "too-many",
    500: "internal",
    503: "unavailable",
}


def problem(
    refusal: Refusal, instance: str, language: str, definition: Definition | None = None
) -> dict[str, Any]:
    """The refusal for a client; with the process's definition, names are shown as their titles."""
    blocked = [blocked_by(reason, language, definition) for reason in refusal.reasons]
    detail = "; ".join(dict.fromkeys(each["message"] for each in blocked))
    return _problem(refusal.slug, refusal.status, detail, instance, language, blocked)


def plain_problem(status: int, code: str, message: str, instance: str, language: str) -> dict[str, Any]:
    """A problem that no refusal stands behind: no such page, an error of ours."""
    reason = Reason(code, message)
    blocked = [blocked_by(reason, language, None)]
    slug = SLUGS.get(status, "refused")
    return _problem(slug, status, blocked[0]["message"], instance, language, blocked)


def _problem(
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


def blocked_by(reason: Reason, language: str, definition: Definition | None) -> dict[str, Any]:
    """One reason, worded in `language`; in English as it was given."""
    found: dict[str, Any] = {"code": reason.code, "message": _worded(reason, language, definition)}
    if reason.field is not None:
        found["field"] = reason.field
    if reason.saw is not None:
        found["saw"] = shown(reason.saw)
    if reason.who:
        found["who"] = list(reason.who)
    return found


def _worded(reason: Reason, language: str, definition: Definition | None) -> str:
    """The reason's sentence: of its rule, where it names one, or of its code, or as it was given."""
    facts = _facts(reason, language, definition)
    rule = reason.facts.get("rule")
    by_rule = say(language, "rules", rule, facts) if rule else None
    if by_rule is None and rule and language == "en":
        return reason.message
    return by_rule or say(language, "reasons", reason.code, facts) or reason.message


def _facts(reason: Reason, language: str, definition: Definition | None) -> Mapping[str, object]:
    facts: dict[str, object] = dict(reason.facts)
    if reason.field is not None:
        facts.setdefault("field", reason.field)
        facts["title"] = _field_title(reason.field, language, definition)
    if definition is not None:
        if reason.who:
            facts["roles"] = _separator(language).join(_role(who, language, definition) for who in reason.who)
        if reason.facts.get("state") in definition.states:
            facts["state"] = titled(definition.states[reason.facts["state"]].title, language)
        if "paper" in facts:
            facts["paper"] = _paper(reason.facts, language, definition)
        if "needed" in facts:
            facts["needed"] = _states(reason.facts["needed"], language, definition)
    return facts


def _field_title(field: str, language: str, definition: Definition | None) -> str:
    known = definition.fields.get(field.split(".")[0].split("/")[0]) if definition else None
    return titled(known.title, language) if known else field


def _paper(facts: Mapping[str, str], language: str, definition: Definition) -> str:
    field = definition.fields.get(facts["field"])
    options = (*field.options, *field.items) if field else ()
    titles = next((each.title for each in options if each.value == facts.get("option")), {})
    return titled(titles, language) or facts["paper"]


def _role(name: str, language: str, definition: Definition) -> str:
    role = definition.organisation.roles.get(name)
    return titled(role.title, language) if role else (say(language, "roles", name) or name)


def _states(names: str, language: str, definition: Definition) -> str:
    found = [definition.states.get(name) for name in names.split(", ")]
    return _separator(language).join(titled(state.title, language) for state in found if state) or names


def _separator(language: str) -> str:
    return "、" if language.startswith("zh") else ", "


def shown(value: object, depth: int = 0) -> object:
    """A value as it may be shown again: JSON, and no longer than need be."""
    match value:
        case None | bool():
            return value
        case int() | float():
            return value if abs(value) < 2**63 else str(value)[:LONGEST]
        case Mapping() if depth < _DEEPEST:
            pairs = list(value.items())[:_MOST_VALUES]
            return {str(name)[:LONGEST]: shown(each, depth + 1) for name, each in pairs}
        case list() | tuple() | set() | frozenset() if depth < _DEEPEST:
            return [shown(each, depth + 1) for each in list(value)[:_MOST_VALUES]]
    text = str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
