"""The titles of roles and departments in the reader's language."""

from __future__ import annotations

from service.texts import localize, say
from workflows.language.forms.organisation import Organisation


def title_role(organisation: Organisation, name: str, language: str) -> str:
    """The title of a role, or of one that a ticket gives, such as its opener; the name if it has none."""
    role = organisation.roles.get(name)
    return localize(role.title, language) if role else (say(language, "roles", name) or name)


def title_department(organisation: Organisation, name: str | None, language: str) -> str:
    """The title of a department; empty without one."""
    return localize(organisation.departments.get(name, {"en": name}), language) if name else ""
