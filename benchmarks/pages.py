"""The pages of the console that are measured, and somebody who looks at them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from werkzeug.test import Client

from benchmarks.copies import RARE_WORD
from benchmarks.walked import NOW
from service import auth
from service.bootstrap import Desk
from service.console.http.cookie import SESSION

WHO = "reader"  # at one site, in all roles
TICKET_PARTS = ("", "/transitions", "/clocks", "/history", "/messages", "/children", "/links", "/watchers")
_PAGE = "limit=25"
PAGES: Mapping[str, tuple[str, ...]] = {
    "/desk": (f"/api/tickets?view=queue&{_PAGE}", "/api/queue/counts"),
    "/desk?tab=mine": (f"/api/tickets?view=mine&{_PAGE}", "/api/queue/counts"),
    "/desk?tab=due": (f"/api/tickets?view=overdue&{_PAGE}", "/api/queue/counts"),
    f"/desk, searched for {RARE_WORD}": (f"/api/tickets?q={RARE_WORD}&{_PAGE}",),
    "/desk?which=open&workflow=repair": (
        f"/api/tickets?category=open&workflow=repair&{_PAGE}",
        "/api/workflows",  # whose titles can be chosen
        "/api/workflows/repair",  # and its states
    ),
    "/tickets/{number}": tuple(f"/api/tickets/{{number}}{part}" for part in TICKET_PARTS),
    "/new": ("/api/workflows",),
    "/processes": ("/api/workflows", "/api/reports/workflows"),
    "/board": (),
    "/reports": (),
    "/reports/work-done": ("/api/reports/work-done",),
    "/rounds": (),
    "/inspections": (),
}
"""A page, and what a program would ask for to show the same; nothing: the API has no such answer."""
COUNTS_OPEN = ("/processes", "/board", "/reports/work-done", "/inspections")
"""Pages that read every open ticket, or some of each process."""


class Browser:
    """Somebody who has signed in, on a client; `number` is that of the ticket which is looked at."""

    def __init__(self, desk: Desk, client: Client, number: str) -> None:
        self._client, self._number = client, number
        secret = auth.new_secret()
        desk.sign_in_sessions.begin(
            id=secret[:32], staff_id=WHO, digest=auth.hash_token(secret), at=NOW, expires_at=NOW + 86_400
        )
        client.set_cookie(SESSION, secret)

    def fill(self, path: str) -> str:
        """The path with the number of the ticket, or the one that a search of the page leads to."""
        page, _, words = path.partition(", searched for ")
        return self._search(page, words) if words else path.replace("{number}", self._number)

    def _search(self, page: str, words: str) -> str:
        shown = self._client.get(page, headers={"Accept": "text/html"}).text
        token = re.search(r'name="csrf_token" value="([^"]+)"', shown)
        assert token is not None, shown[:500]
        led = self._client.post(page, data={"q": words, "csrf_token": token[1]})
        assert led.status_code == 303, led.text[:500]
        return str(led.headers["Location"])

    def look(self, path: str) -> Any:
        """The page."""
        answer = self._client.get(path, headers={"Accept": "text/html"})
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:500])
        return answer.get_data()
