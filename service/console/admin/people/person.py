"""One person as those who look after the desk see them: name, posts, and how they get in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from flask import Response

from service.api import staff_accounts
from service.console.admin.admin_page import PARTS, admin_page
from service.console.api_answer import read_answer
from service.console.forms.sent_form import sort_faults
from service.console.http.console_request import ConsoleRequest
from service.console.layout.frame import LANGUAGE_NAMES
from service.console.organisation_titles import title_department, title_role
from service.texts import localize
from workflows.errors import Refusal
from workflows.language.forms.organisation import Organisation

PATH = PARTS["people"]
ACCOUNT_FIELDS = ("name", "account", "language", "mail", "url")
SPARE = 2  # empty rows for further posts
Named = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountForm:
    """What was typed and refused: by which form of the page, what is wrong by field, and as a whole."""

    form: str = ""
    wrong: Mapping[str, Sequence[str]] = field(default_factory=dict)
    general: Sequence[str] = ()
    status: int = 200

    @classmethod
    def of(cls, call: ConsoleRequest, form: str, refusal: Refusal) -> AccountForm:
        """The form that was refused."""
        wrong, general = sort_faults(call, refusal, None, ACCOUNT_FIELDS)
        return cls(form=form, wrong=wrong, general=general, status=refusal.status)


NOTHING_REFUSED = AccountForm()


def person_path(staff: str) -> str:
    """The address of somebody's page."""
    return f"{PATH}/{quote(staff, safe='')}"


def show_person(
    call: ConsoleRequest, staff: str, refused: AccountForm = NOTHING_REFUSED, link: str = ""
) -> Response:
    """The page of somebody; with `link`, the invitation that was made just now and is shown this once."""
    person = read_answer(staff_accounts.show_account(call, staff))
    organisation = call.desk.definitions.company().organisation
    sites = {each.id: each.name for each in call.desk.people.sites()}
    managed = call.managed_sites()
    return admin_page(
        call,
        "people",
        "people/person.html",
        title=person["name"],
        status=refused.status,
        person=person,
        path=person_path(person["id"]),
        refused=refused,
        link=link,
        sites_with_posts=[(site, sites[site], _list_posts(person, site)) for site in managed],
        roles=list_roles(organisation, call.language),
        departments=list_departments(organisation, call.language),
        languages=LANGUAGE_NAMES,
    )


def _list_posts(person: Mapping[str, Any], site: str) -> list[tuple[str, str]]:
    """(role, department) of somebody's posts at the site, and some rows for more."""
    held = [(each["role"], each["department"] or "") for each in person["posts"] if each["site"] == site]
    return [*held, *[("", "")] * SPARE]


def list_roles(organisation: Organisation, language: str) -> Named:
    """(name, title) of the roles that staff can hold, by title."""
    names = (name for name, role in organisation.roles.items() if not role.outside)
    return sorted(((name, title_role(organisation, name, language)) for name in names), key=_by_title)


def list_departments(organisation: Organisation, language: str) -> Named:
    """(name, title) of the departments."""
    return [(name, localize(title, language)) for name, title in organisation.departments.items()]


def describe_post(organisation: Organisation, role: str, department: str | None, language: str) -> str:
    """A post in words."""
    titles = (
        title_role(organisation, role, language),
        title_department(organisation, department, language),
    )
    return " · ".join(filter(None, titles))


def _by_title(pair: tuple[str, str]) -> str:
    return pair[1]
