"""Two versions of the organisation: roles, superiors, departments, and which posts are filled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workflows.difference.company.statement import CompanyChange, compare_entries
from workflows.language.forms.field import Titles
from workflows.language.forms.organisation import Organisation, Role


def compare_organisations(before: Organisation, after: Organisation) -> Iterator[CompanyChange]:
    """Who hears instead of whom when somebody is late, is what a change of superiors means."""
    yield from compare_entries("role", before.roles, after.roles, lambda _, role: role.title, _compare_roles)
    departments = before.departments, after.departments
    yield from compare_entries("department", *departments, lambda _, title: title, _compare_nothing)
    for site in {**before.posts, **after.posts}:
        old, new = (each.posts.get(site, frozenset()) for each in (before, after))
        for code, roles in (("post-filled", new - old), ("post-empty", old - new)):
            if roles:
                facts = {"who": tuple(sorted(roles)), "site": site}
                yield CompanyChange(code=code if site else f"{code}-everywhere", entry="posts", facts=facts)


def _compare_roles(name: str, old: Role, new: Role) -> Iterator[CompanyChange]:
    if old.superior != new.superior:
        facts = {"before": _listed(old.superior), "after": _listed(new.superior)}
        yield CompanyChange(code="superior", entry=name, title=old.title, facts=facts)
    if old.outside != new.outside:
        yield CompanyChange(
            code="role-outside" if new.outside else "role-inside", entry=name, title=old.title
        )


def _listed(role: str | None) -> tuple[str, ...]:
    return (role,) if role else ()


def _compare_nothing(_: str, __: Titles, ___: Titles) -> Iterator[CompanyChange]:
    yield from ()


def list_titles(*organisations: Organisation) -> Mapping[str, Titles]:
    """Role -> its title, in the last organisation that has it."""
    return {name: role.title for each in organisations for name, role in each.roles.items()}
