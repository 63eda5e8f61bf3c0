"""Staff from a list: what it would change, and its import."""

from __future__ import annotations

from functools import partial
from typing import Any

from service.api.accounts import author_of
from service.api.http.request import ApiRequest
from service.api.http.response import ApiResponse, json_response
from service.api.http.route import Routes
from service.attachments.multipart import read_files
from service.imports.layout import Layout
from service.imports.row_fault import RowFault
from service.imports.staff_file import LIMITS, MOST_ROWS, read_staff_file
from service.imports.staff_import import ImportedPerson, import_table
from service.imports.staff_importer import StaffImporter
from service.imports.staff_rows import StaffTable, read_staff
from service.problems import render_reason
from service.schemas import queries

routes = Routes("people")
_PATH = "/api/staff-imports"
_post = partial(
    routes.post, status=200, uploads=True, one_file=True, query=queries.SiteQuery(), refuses=(403, 404)
)


@_post(f"{_PATH}/check", "Check a list of staff", "StaffImport")
def check_staff_list(request: ApiRequest) -> ApiResponse:
    """What importing it would change, and every fault of its rows. Stores nothing."""
    return _import(request, dry_run=True)


@_post(_PATH, "Import a list of staff", "StaffImport")
def import_staff_list(request: ApiRequest) -> ApiResponse:
    """One file, a spreadsheet or CSV with a row for each post: account, name, role, and site, department,
    language, mail, url. `site` is that of rows which name none. A person comes in with all their rows or not
    at all; no post is taken away, so that a file that was mended can be imported again. Nobody is told, and
    nobody can sign in yet: that takes an invitation. For administrators of the desk, at the sites that they
    look after."""
    return _import(request, dry_run=False)


def _import(request: ApiRequest, *, dry_run: bool) -> ApiResponse:
    importer = StaffImporter.manager(request.desk, request.staff, author_of(request))
    table = _read_table(request, importer)
    found = import_table(request.desk, table, importer, dry_run=dry_run)
    shown = {
        "read": table.read,
        "refused": found.refused,
        "people": [_render_person(each, dry_run=dry_run) for each in found.people],
        "faults": [_render_fault(each, request.language) for each in found.faults],
    }
    return json_response(shown, 200, request.response_headers)


def _read_table(request: ApiRequest, importer: StaffImporter) -> StaffTable:
    """The list of the body. Raises a refusal before anything of it is read, unless the user may import."""
    managed, named = request.managed_sites(), request.query.get("site")
    site = request.check_managed_site(named) if named else managed[0] if len(managed) == 1 else None
    (file,) = (
        read_staff_file(each.name, each.pieces)
        for each in read_files(request.upload(), request.boundary, most=1)
    )
    return read_staff(
        request.desk, file, importer, layout=Layout(), site=site, limits=LIMITS, most_rows=MOST_ROWS
    )


def _render_person(person: ImportedPerson, *, dry_run: bool) -> dict[str, Any]:
    staff = person.staff
    return {
        "id": None if dry_run and person.change == "added" else staff.id,
        "account": staff.account,
        "name": staff.name,
        "change": person.change,
        "posts": [
            {"site": post.site, "role": post.role, "department": post.department} for post in person.posts
        ],
        "fields": sorted(person.fields),
    }


def _render_fault(fault: RowFault, language: str) -> dict[str, Any]:
    told = render_reason(fault.reason, language, None)
    return {
        "row": fault.line,
        "cell": fault.place or None,
        "column": fault.column or None,
        "value": fault.value,
        "code": told["code"],
        "message": told["message"],
    }
