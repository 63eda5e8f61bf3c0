"""The posts and departments of a company."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workflows.language.forms.field import Titles


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A post of the organisation. `superior` is the role that hears when its holders are late."""

    name: str
    title: Titles
    superior: str | None = None
    outside: bool = False  # owners, residents, visitors: no staff account


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """The roles and departments that definitions may name."""

    roles: Mapping[str, Role]
    departments: Mapping[str, Titles]
