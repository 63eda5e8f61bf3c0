"""The titles of roles and departments in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from service.texts import localize, say
from workflows.errors import Reason
from workflows.language.forms.organisation import Organisation


def title_role(organisation: Organisation, name: str, language: str) -> str:
    """The title of a role, or of one that a ticket gives, such as its opener; the name if it has none."""
    role = organisation.roles.get(name)
    return localize(role.title, language) if role else (say(language, "roles", name) or name)


def title_department(organisation: Organisation, name: str | None, language: str) -> str:
    """The title of a department; empty without one."""
    return localize(organisation.departments.get(name, {"en": name}), language) if name else ""


def title_roles(organisation: Organisation, reasons: Iterable[Reason], language: str) -> tuple[Reason, ...]:
    """The reasons with the titles of the roles that could do it, in the place of their names."""
    return tuple(_title_roles(organisation, each, language) if each.who else each for each in reasons)


def _title_roles(organisation: Organisation, reason: Reason, language: str) -> Reason:
    separator = "、" if language.startswith("zh") else ", "
    titles = separator.join(title_role(organisation, each, language) for each in reason.who)
    message = reason.message.replace(", ".join(reason.who), titles)
    return replace(reason, message=message, facts={**reason.facts, "roles": titles})
