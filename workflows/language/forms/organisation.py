"""The roles and departments of a company."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workflows.language.forms.field import Titles

EVERYWHERE = ""
"""In place of a site, where a company says which posts are filled at all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role of the organisation. `superior` is the role that is notified when its holders are late."""

    name: str
    title: Titles
    superior: str | None = None
    outside: bool = False  # owners, residents, visitors: no staff account


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """The roles and departments that definitions may name.

    `posts` are the roles that somebody holds, by site, or under EVERYWHERE those held at every site. It
    is empty if the company does not say so.
    """

    roles: Mapping[str, Role]
    departments: Mapping[str, Titles]
    posts: Mapping[str, frozenset[str]] = field(default_factory=dict)
