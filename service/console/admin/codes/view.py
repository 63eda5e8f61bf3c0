"""The QR codes by which residents report: those that are valid, new ones to print, and ending one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from urllib.parse import urlencode

from flask import Response

from service.api.http.ids import new_id
from service.auth import hash_token
from service.console.admin.admin_page import PARTS, admin_page, choose_managed_site, new_pages
from service.console.http.console_request import ConsoleRequest
from service.console.resident_link.link_view import choose_token, show_link
from service.refusals import reason
from service.texts import localize
from workflows.errors import NotFound
from workflows.folding import canonical
from workflows.language.definition import GUEST
from workflows.storage.people.resident_links import ResidentLink

pages = new_pages()
_PATH = PARTS["codes"]
_REGISTER = "units"
_MOST = 200  # codes on one print
_LONGEST = 40  # characters of a unit


@pages.get(_PATH)
def show_codes(call: ConsoleRequest) -> Response:
    """The codes that are valid; with `?from=register` the form has the units of the register."""
    site = choose_managed_site(call)
    units: Sequence[str] = ()
    if call.request.args.get("from") == "register":
        units = [key for key, _ in islice(call.desk.store.entries.in_force(site, _REGISTER), _MOST)]
    return _codes_page(call, site, "\n".join(units))


def _codes_page(call: ConsoleRequest, site: str, typed: str, wrong: str = "") -> Response:
    return admin_page(
        call,
        "codes",
        "codes/codes.html",
        site=site,
        status=422 if wrong else 200,
        action=f"{_PATH}?{urlencode({'site': site})}",
        ending=f"{_PATH}/end?{urlencode({'site': site})}",
        register=f"{_PATH}?{urlencode({'site': site, 'from': 'register'})}",
        typed=typed,
        wrong=wrong,
        codes=call.desk.resident_links.codes(site, call.now),
        reportable=_list_reportable(call),
        most=_MOST,
    )


def _list_reportable(call: ConsoleRequest) -> list[str]:
    """What residents may report, as the definitions say."""
    return sorted(localize(each.title, call.language) for each in call.desk.definitions.open_to(GUEST))


@pages.post(_PATH)
def print_codes(call: ConsoleRequest) -> Response:
    """Make a code for each unit that is typed, and show them to be printed: this once. Earlier codes of
    these units end."""
    site, typed = choose_managed_site(call), call.request.form.get("units", "")
    units = list(dict.fromkeys(filter(None, (canonical(line).strip() for line in typed.splitlines()))))
    if not units or len(units) > _MOST or any(len(each) > _LONGEST for each in units):
        wrong = call.text("admin_codes", "wrong", most=_MOST, longest=_LONGEST)
        return _codes_page(call, site, typed, wrong)
    tokens = {unit: choose_token(call, f"{site}/{unit}") for unit in units}
    codes = [(_build_code(call, site, unit), hash_token(tokens[unit])) for unit in units]
    call.desk.resident_links.replace_codes(codes, call.now)
    return call.page(
        "admin/codes/sheet.html",
        call.text("admin_codes", "sheet"),
        back=f"{_PATH}?{urlencode({'site': site})}",
        place=next((each.name for each in call.desk.people.sites() if each.id == site), site),
        cards=[show_link(call, tokens[unit], unit) for unit in units],
    )


def _build_code(call: ConsoleRequest, site: str, unit: str) -> ResidentLink:
    return ResidentLink(
        site=site,
        id=new_id(call.now),
        unit=unit,
        created_by=call.staff.id,
        created_at=call.now,
        expires_at=call.now + call.settings.links.code_life,
    )


@pages.post(f"{_PATH}/end")
def end_code(call: ConsoleRequest) -> Response:
    """End a code: whoever scans it is told to call."""
    site, id = choose_managed_site(call), call.request.form.get("code", "")
    back = f"{_PATH}?{urlencode({'site': site})}"
    if id not in {each.id for each in call.desk.resident_links.codes(site, call.now)}:
        raise NotFound(reason("link-over", "this link is not valid, or not any more"))
    call.desk.resident_links.revoke(site, id, call.now)
    return call.go_to(back, call.text("admin_codes", "ended"))
