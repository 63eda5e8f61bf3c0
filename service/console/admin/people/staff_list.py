"""Staff from a spreadsheet: the file is chosen, what would become of it is shown, and it is confirmed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import Response

from service.api.accounts import author_of
from service.console.admin.admin_page import PARTS, admin_page, choose_managed_site, new_pages
from service.console.admin.people.invitations import can_invite, send_invitations
from service.console.admin.people.person import describe_post, person_path
from service.console.admin.people.sealed_table import open_table, seal_table
from service.console.admin.people.staff_upload import read_upload
from service.console.forms.sent_form import sort_faults
from service.console.http.console_request import ConsoleRequest
from service.imports.layout import Layout
from service.imports.row_fault import RowFault
from service.imports.staff_columns import COLUMNS, NEEDED
from service.imports.staff_file import LARGEST_FILE, LIMITS, MOST_ROWS
from service.imports.staff_import import ImportedPerson, StaffImportResult, import_table
from service.imports.staff_importer import StaffImporter
from service.imports.staff_rows import StaffTable, read_staff
from service.problems import render_reason
from service.texts import localize
from workflows.errors import Reason, Refusal

pages = new_pages()
PATH = f"{PARTS['people']}/import"
_SHOWN = 200  # rows of a table of the page; of the others it says how many there are


@pages.get(PATH)
def begin_import(call: ConsoleRequest) -> Response:
    """Which columns a list has, and the form that takes it."""
    return _begin_page(call, choose_managed_site(call))


def _begin_page(call: ConsoleRequest, site: str, refused: Refusal | None = None) -> Response:
    columns = [
        (localize(titles, call.language), call.text("admin_import", f"{name}-column"), name in NEEDED)
        for name, titles in COLUMNS.items()
    ]
    return admin_page(
        call,
        "people",
        "people/import.html",
        title=call.text("admin_import", "title"),
        site=site,
        status=refused.status if refused else 200,
        wrong=_describe_refusal(call, refused) if refused else [],
        columns=columns,
        roles=_list_titles(call),
        path=_path(site),
        most_rows=MOST_ROWS,
        megabytes=LARGEST_FILE // 1_000_000,
    )


def _path(site: str, act: str = "") -> str:
    return f"{PATH}{act}?{urlencode({'site': site})}"


def _list_titles(call: ConsoleRequest) -> list[str]:
    """What the roles of staff are called, as a list may name them."""
    roles = call.desk.definitions.company().organisation.roles.values()
    return sorted(localize(role.title, call.language) for role in roles if not role.outside)


def _describe_refusal(call: ConsoleRequest, refusal: Refusal) -> list[str]:
    """Why the file is not taken; our columns are called as the page calls them."""
    told = [
        replace(each, facts={**each.facts, "column": localize(COLUMNS[column], call.language)})
        if (column := each.facts.get("column", "")) in COLUMNS
        else each
        for each in refusal.reasons
    ]
    return sort_faults(call, type(refusal)(told), None, ())[1]


@pages.post(PATH, uploads=True)
def preview(call: ConsoleRequest) -> Response:
    """What the list would change, and each fault of its rows; nothing is written."""
    site = choose_managed_site(call)
    importer = _importer(call)
    try:
        file = read_upload(call)
        table = read_staff(
            call.desk, file, importer, layout=Layout(), site=site, limits=LIMITS, most_rows=MOST_ROWS
        )
        sealed = seal_table(call, table)
    except Refusal as refusal:
        return _begin_page(call, site, refusal)
    found = import_table(call.desk, table, importer, dry_run=True)
    added = found.having("added")
    return _result_page(
        call,
        "people/import_preview.html",
        call.text("admin_import", "preview"),
        found,
        again=_path(site),
        confirm=_path(site, "/confirm"),
        sealed=sealed,
        read_as=_describe_reading(call, table, file.name),
        read=table.read,
        invitable=sum(bool(each.mail) for each in added),
        without_mail=sum(not each.mail for each in added),
        can_invite=can_invite(call.settings),
    )


def _importer(call: ConsoleRequest) -> StaffImporter:
    return StaffImporter.manager(call.desk, call.staff, author_of(call))


def _describe_reading(call: ConsoleRequest, table: StaffTable, name: str) -> str:
    layout = table.layout
    if layout.sheet is not None:
        return call.text("admin_import", "read-sheet", name=name, sheet=layout.sheet, line=layout.header)
    encoding = (layout.encoding or "utf-8").removesuffix("-sig").upper()
    return call.text("admin_import", "read-text", name=name, encoding=encoding, line=layout.header)


@pages.post(f"{PATH}/confirm")
def confirm(call: ConsoleRequest) -> Response:
    """Write what the preview showed, as far as it still can be. Sent again it changes nothing more: who was
    added is then known."""
    site, form = choose_managed_site(call), call.request.form
    try:
        table = open_table(call, form.get("list", ""))
    except Refusal as refusal:
        return _begin_page(call, site, refusal)
    importer = _importer(call)
    done = import_table(call.desk, table, importer)
    added = done.having("added")
    sent = send_invitations(call.desk, added, importer.author) if form.get("invite") else ()
    invited = {each.staff.id for each in sent}
    return _result_page(
        call,
        "people/import_result.html",
        call.text("admin_import", "done"),
        done,
        again=_path(site),
        people_path=f"{PARTS['people']}?{urlencode({'site': site})}",
        invited=len(invited),
        to_invite=[
            (person_path(each.staff.id), each.staff.name) for each in added if each.staff.id not in invited
        ],
    )


def _result_page(
    call: ConsoleRequest, template: str, title: str, found: StaffImportResult, **values: Any
) -> Response:
    """What becomes of the people and rows of a list, or has."""
    moved = [*found.having("added"), *found.having("changed")]
    return admin_page(
        call,
        "people",
        template,
        title=title,
        added=len(found.having("added")),
        changed=len(found.having("changed")),
        same=len(found.having("same")),
        refused=found.refused,
        people=[_render_person(call, each) for each in moved[:_SHOWN]],
        more_people=max(len(moved) - _SHOWN, 0),
        faults=[_render_fault(call, each) for each in found.faults[:_SHOWN]],
        more_faults=max(len(found.faults) - _SHOWN, 0),
        **values,
    )


def _render_person(call: ConsoleRequest, person: ImportedPerson) -> dict[str, Any]:
    organisation = call.desk.definitions.company().organisation
    posts = (describe_post(organisation, post.role, post.department, call.language) for post in person.posts)
    fields = (localize(COLUMNS[each], call.language) for each in person.fields)
    return {
        "name": person.staff.name,
        "account": person.staff.account,
        "change": call.text("admin_import", person.change),
        "posts": ", ".join(dict.fromkeys(posts)),
        "fields": ", ".join(fields),
    }


def _render_fault(call: ConsoleRequest, fault: RowFault) -> dict[str, Any]:
    return {
        "line": fault.line,
        "place": fault.place,
        "column": fault.column,
        "value": fault.value,
        "why": _describe_reason(call, fault.reason),
    }


def _describe_reason(call: ConsoleRequest, reason: Reason) -> str:
    return str(render_reason(reason, call.language, None)["message"])
