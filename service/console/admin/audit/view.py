"""Whether the record of a site is whole, as `huifang audit verify` says, for as long as a page may take."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic

from flask import Response

from service.console.admin.admin_page import PARTS, admin_page, choose_managed_site, new_pages
from service.console.http.console_request import ConsoleRequest
from workflows.storage.audit.finding import AuditFinding
from workflows.storage.audit.verify import verify

pages = new_pages()
_PATH = PARTS["audit"]
PATIENCE = 20.0  # seconds; a longer one is for the command line
MOST_SHOWN = 100


class _TimeUp(Exception):  # noqa: N818 - no error
    """The time that a page may take is over."""


@dataclass(slots=True)
class AuditRun:
    """How far a verification has come, and what it found. `more` findings are not kept."""

    until: float
    entries: int = 0
    findings: list[AuditFinding] = field(default_factory=list)
    more: int = 0
    complete: bool = False

    def reach(self, entries: int) -> None:
        """Note that so many entries have been read. Raises once the time is over."""
        self.entries = entries
        if monotonic() > self.until:
            raise _TimeUp


@pages.get(_PATH)
def show_audit(call: ConsoleRequest) -> Response:
    """What a verification is, and the button that begins it."""
    return admin_page(
        call, "audit", "audit/audit.html", site=choose_managed_site(call), run=None, findings=[]
    )


@pages.post(_PATH)
def run_audit(call: ConsoleRequest) -> Response:
    """Verify the record of the site, and say what was found."""
    site = choose_managed_site(call)
    run = verify_record(call, site, monotonic() + PATIENCE)
    tickets = {(each.site, each.ticket) for each in run.findings}
    hidden = call.desk.queries.find_hidden(tickets, call.viewer)
    shown = [(each, (each.site, each.ticket) in hidden) for each in run.findings]
    return admin_page(call, "audit", "audit/audit.html", site=site, run=run, findings=shown)


def verify_record(call: ConsoleRequest, site: str, until: float) -> AuditRun:
    """Verify the record of a site until a moment of the monotonic clock."""
    run = AuditRun(until)
    try:
        for finding in verify(call.desk.database, site, run.reach):
            if len(run.findings) < MOST_SHOWN:
                run.findings.append(finding)
            else:
                run.more += 1
        run.complete = True
    except _TimeUp:
        pass
    return run
