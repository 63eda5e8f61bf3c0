"""The queries of a growing desk: every filter alone and combined, every search, report, page and job."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain, product
from typing import Any

from flask import Flask
from werkzeug.test import Client

from benchmarks.copies import PARENT, RARE_ASSIGNEE, RARE_DEPARTMENT, RARE_STATE, RARE_WORD
from benchmarks.pages import COUNTS_OPEN, PAGES, TICKET_PARTS, Browser
from benchmarks.people import COMMON_SURNAME, RARE_NAME, RARE_PHONE, RARE_UNIT
from benchmarks.walked import METRICS, NOW, RARE_WORKFLOW, READERS, SITES, STRANGERS
from service import auth
from service.application import create_app
from service.bootstrap import Desk
from service.relay import Relay
from service.scheduler import JOBS, ClockTick, open_due
from service.schemas.queries import SORT_KEYS
from workflows.timing.instants import parse_rfc3339

LIMIT = 10  # a page that is full at a thousand tickets as well
MONTH = "from=2026-10-01&until=2026-10-31"
MONTH_BEGIN, MONTH_END = (parse_rfc3339(f"{day}T00:00:00+08:00") for day in ("2026-10-01", "2026-11-01"))
END_OF_MONTH = parse_rfc3339("2026-11-28T02:00:00Z")
SINCE = "since=2026-10-01T00:00:00Z&until=2026-11-01T00:00:00Z"
COMMON_WORKFLOW, COMMON_STATE = "repair", "closed"
COMMON_WORD = "会议"  # one ticket in six: more than a search takes from the index, at every size compared

# For every parameter of the list of tickets the values that are asked for: rare and common ones.
FILTERS: dict[str, tuple[str, ...]] = {
    "site": (SITES[0],),
    "view": ("mine", "overdue", "unassigned", "queue"),
    "workflow": (RARE_WORKFLOW, COMMON_WORKFLOW, "no-such"),
    "state": (RARE_STATE, COMMON_STATE, "registered", "no-such"),
    "category": ("open", "waiting", "closed", "cancelled", "ended"),
    "priority": ("low", "normal", "high", "urgent"),
    "assignee": (RARE_ASSIGNEE, "me"),
    "department": (RARE_DEPARTMENT, "maintenance"),
    "parent": (PARENT, "no-such"),
    "origin": (PARENT, "no-such"),
    "overdue": ("true",),
    "q": (
        *(RARE_WORD, "电梯", "电", "灯泡", "a", "1", "13800000001", "6-0901", "N-0000500", "absent", "缺席"),
        *(
            RARE_PHONE,
            RARE_PHONE[-4:],
            RARE_NAME,
            COMMON_SURNAME,
            "13900000000",
            f"{COMMON_SURNAME} {RARE_WORD}",
        ),
    ),
    "opener": ("everyone", "me", "no-such"),
    "watcher": ("me", "no-such"),
    "unit": ("6-0901", "no-such"),
    "level": ("1", "2", "100"),
    "opened_since": ("2026-11-20", "2020-01-01", "2030-01-01"),
    "opened_until": ("2026-11-20", "2020-01-01"),
    "changed_since": ("2026-11-20", "2020-01-01", "2030-01-01"),
    "changed_until": ("2026-11-20", "2020-01-01"),
    "closed_since": ("2026-11-20", "2020-01-01", "2030-01-01"),
    "closed_until": ("2026-11-20", "2020-01-01"),
    "due_since": ("2026-11-20", "2020-01-01", "2030-01-01"),
    "due_until": ("2026-11-20", "2020-01-01"),
    "sort": SORT_KEYS,
    "limit": (),
    "cursor": (),
    "format": ("csv",),
}
_TOGETHER = (
    f"workflow={RARE_WORKFLOW}&state={COMMON_STATE}",
    f"workflow={COMMON_WORKFLOW}&state={COMMON_STATE}",
    f"workflow={COMMON_WORKFLOW}&state={RARE_STATE}",
    f"workflow={COMMON_WORKFLOW}&category=open",
    f"department={RARE_DEPARTMENT}&category=ended",
    f"department=maintenance&state={RARE_STATE}",
    f"assignee={RARE_ASSIGNEE}&state={COMMON_STATE}",
    f"priority=normal&state={RARE_STATE}",
    f"priority=high&workflow={COMMON_WORKFLOW}",
    f"priority=low&workflow={COMMON_WORKFLOW}",
    "priority=normal&category=open",
    "priority=urgent&view=unassigned",
    "q=absent&priority=normal",
    f"q=normal&workflow={COMMON_WORKFLOW}",
    f"q=电梯&workflow={RARE_WORKFLOW}",
    f"q={RARE_WORD}&state={COMMON_STATE}",
    "q=absent&category=open",
    f"sort=-due&state={RARE_STATE}",
    "sort=closed&category=open",
    "sort=-changed&category=open&priority=high",
    "sort=opened&closed_since=2030-01-01",
    "sort=-priority&category=open",
    f"changed_since=2026-11-20&department={RARE_DEPARTMENT}",
    "level=1&category=ended",
    "q=absent&sort=due",
    "unit=6-0901&category=open",
    "view=queue&priority=urgent",
    "view=queue&priority=normal",
    f"view=queue&workflow={RARE_WORKFLOW}",
    f"view=queue&q={RARE_WORD}",
)
_LATE = (
    f"state={COMMON_STATE}",
    f"state={RARE_STATE}",
    f"workflow={RARE_WORKFLOW}",
    f"workflow={COMMON_WORKFLOW}",
    f"workflow={COMMON_WORKFLOW}&state={COMMON_STATE}",
    "category=waiting",
    "category=closed",
    f"department={RARE_DEPARTMENT}",
    f"assignee={RARE_ASSIGNEE}",
    "priority=normal",
    "priority=low",
    f"parent={PARENT}",
    f"q={RARE_WORD}",
    "q=absent",
)


_HIDDEN = (
    "",
    f"state={COMMON_STATE}",
    f"state={RARE_STATE}",
    "category=closed",
    f"workflow={COMMON_WORKFLOW}",
    f"workflow={COMMON_WORKFLOW}&state={COMMON_STATE}",
    "priority=normal",
    "view=unassigned",
    "overdue=true",
    f"workflow={COMMON_WORKFLOW}&overdue=true",
    f"q={COMMON_WORD}",
    f"q={RARE_WORD}",
    "q=absent",
    f"q={COMMON_WORD}&overdue=true",
)
SOUGHT = (
    ("phone", RARE_PHONE, "13877004323"),
    ("phone", RARE_PHONE[-4:], "4323"),
    ("name", RARE_NAME, "欧阳无人"),
)
"""What is looked for by who may not read it: of what kind, of somebody who is there, and of nobody."""


@dataclass(frozen=True)
class Question:
    """A query with its name. Its cost is the same when repeated, unless it is of the `first` time only.

    `size` is how many tickets or promises the answer counts, where a larger desk has more of them. With
    `passing` it looks at some hundred tickets at most, of which a desk of a thousand may have fewer: a page
    passes over those that no index tells from the ones it shows.
    """

    name: str
    ask: Callable[[], Any]
    first: bool = False
    size: int = 1
    passing: bool = False


class Asking:
    """A client of a desk, signed in as a user of one site, of three, and of one where all is restricted."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.app: Flask = create_app(desk)
        self.client: Client = self.app.test_client()
        self._tokens = {who: self._token(who) for who in (*READERS, *STRANGERS)}

    def _token(self, account: str) -> str:
        token, now = auth.new_secret(), NOW
        self.desk.tokens.issue(
            id=token,
            staff_id=account,
            name="growth",
            digest=auth.hash_token(token),
            scopes=(),
            expires_at=now + 10**9,
            at=now,
        )
        return token

    def get(self, path: str, who: str = "reader-of-all") -> Any:
        """The response, which must be a success; or a refusal, of who may look for nobody."""
        token = METRICS if path == "/metrics" else self._tokens[who]
        answer = self.client.get(path, headers={"Authorization": f"Bearer {token}"})
        refused = path.startswith("/api/callers") and who == "reader-of-nobody"
        assert answer.status_code == (403 if refused else 200), (path, answer.text)
        return answer

    def questions(self) -> Iterator[Question]:
        """All queries."""
        tick = ClockTick(self.desk, NOW, Relay(self.desk), lambda: False)
        for who in ("reader", "reader-of-all"):
            yield from (self._list(query, who) for query in self.lists())
        for report, spec in self.desk.definitions.reports().reports.items():
            path = f"/api/reports/{report}?{MONTH}"
            size = self._count_alive(spec.counts) if spec.which == "alive" else 1
            yield Question(path, partial(self.get, path), size=size)
        yield from (Question(path, partial(self.get, path)) for path in (*self._callers(), *self._others()))
        counted = "/api/reports/workflows"
        yield Question(counted, partial(self.get, counted), size=self._count_open())
        yield from self._pages()
        yield from chain.from_iterable(self.strangers())
        counts = "/api/queue/counts"  # up to a hundred of each
        yield Question(counts, partial(self.get, counts), passing=True)
        for part in TICKET_PARTS:
            path = f"/api/tickets/{self.oldest_ticket()}{part}"
            yield Question(f"a ticket{part}", partial(self.get, path))
        opening = partial(open_due, self.desk, END_OF_MONTH)
        yield Question("first tick of schedules, the month's reports among it", opening, first=True)
        yield from (Question(f"job {job.name}", partial(job.work, tick)) for job in JOBS)

    def _pages(self) -> Iterator[Question]:
        """The pages of the console; some read all that is open, the others as many tickets as they show."""
        browser = Browser(self.desk, self.client, self.oldest_ticket())
        for name in PAGES:
            size = self._count_open() if name in COUNTS_OPEN else 1
            passing = name.startswith("/desk") or name == "/rounds"
            look = partial(browser.look, browser.fill(name))
            yield Question(f"page {name}", look, size=size, passing=passing)

    def _callers(self) -> Iterator[str]:
        for asked in (f"phone={RARE_PHONE}", f"phone={RARE_PHONE[-4:]}", f"name={RARE_NAME}"):
            yield f"/api/callers?site={SITES[0]}&{asked}"
        for asked in (f"unit={RARE_UNIT}", "phone=13000000000"):  # a frequent name costs up to the limits
            yield f"/api/callers?site={SITES[0]}&{asked}"

    def searches(self) -> Iterator[Question]:
        """How somebody is looked for who may be read: by number, name and unit, in both ways, at one site
        and at three."""
        for path in (*self._callers(), *(each.replace(SITES[0], SITES[1]) for each in self._callers())):
            yield Question(path, partial(self.get, path))
        for value in (RARE_PHONE, RARE_PHONE[-4:], RARE_NAME, "13000000000"):
            yield from (self._list(f"q={value}", who) for who in ("reader", "reader-of-all"))

    def strangers(self) -> Iterator[tuple[Question, Question]]:
        """Pairs: who may not read it looks for somebody who is there, and for nobody."""
        for who, (kind, *values) in product(STRANGERS, SOUGHT):
            paths = (f"/api/callers?site={SITES[0]}&{kind}={value}" for value in values)
            known, unknown = (Question(f"{path}, {who}", partial(self.get, path, who)) for path in paths)
            yield known, unknown
            known, unknown = (self._list(f"q={value}", who) for value in values)
            yield known, unknown

    def hidden_lists(self) -> Iterator[Question]:
        """Lists of a site where nearly every ticket is hidden from who asks."""
        yield from (self._list(query, "reader-of-hidden") for query in _HIDDEN)

    def _list(self, query: str, who: str) -> Question:
        path = f"/api/tickets?limit={LIMIT}&{query}"
        passing = "&" in query or "q=" in query or who == "reader-of-hidden"
        return Question(f"{query or 'all tickets'}, {who}", partial(self.get, path, who), passing=passing)

    def oldest_ticket(self) -> str:
        """The number of the first ticket of the first site that everybody may see and of which somebody was
        told: the same at each size."""
        query = (
            "SELECT min(number) FROM tickets t WHERE site_id = :site AND audience IS NULL AND EXISTS"
            " (SELECT 1 FROM outbox o WHERE o.site_id = t.site_id AND o.ticket_id = t.id)"
        )
        ((number,),) = self.desk.database.read(self.desk.database.sql(query), {"site": SITES[0]})
        return str(number)

    def _count_open(self) -> int:
        """How many tickets have not ended."""
        ((count,),) = self.desk.database.read("SELECT count(*) FROM tickets WHERE closed_at IS NULL", {})
        return int(count)

    def _count_alive(self, table: str) -> int:
        """How many tickets or clocks existed at some time of the month: of those that are open, all."""
        begin, end = {"tickets": ("opened_at", "closed_at"), "clocks": ("started_at", "stopped_at")}[table]
        query = f"SELECT count(*) FROM {table} WHERE {begin} < :until AND coalesce({end}, :since) >= :since"
        ((count,),) = self.desk.database.read(query, {"since": MONTH_BEGIN, "until": MONTH_END})
        return int(count)

    def lists(self) -> Iterator[str]:
        """Query strings for lists of tickets, built from the parameters in the OpenAPI document."""
        document = self.client.get("/api/openapi.json").json
        parameters = document["paths"]["/api/tickets"]["get"]["parameters"]
        asked = [each["name"] for each in parameters if each.get("in") == "query"]
        unknown = set(asked) - set(FILTERS)
        assert not unknown, f"nobody measures what is asked for by {unknown}"
        yield ""
        for name in asked:
            yield from (f"{name}={value}" for value in FILTERS[name])
        yield from _TOGETHER
        yield from (f"{query}&overdue=true" for query in _LATE)

    def _others(self) -> Iterator[str]:
        for more in ("", f"&site={SITES[0]}", f"&workflow={COMMON_WORKFLOW}", f"&workflow={RARE_WORKFLOW}"):
            yield f"/api/reports/promises?{SINCE}{more}"
        yield from ("/api/reports/promises", "/api/reports/states", "/api/reports", "/metrics", "/api/parked")
        yield from (
            f"/api/outbox?limit={LIMIT}&status={status}" for status in ("waiting", "sent", "logged", "dead")
        )
        for value in ("6-0901", "no-such"):
            yield f"/api/duplicates?site={SITES[0]}&workflow={COMMON_WORKFLOW}&value={value}"
        yield f"/api/sites/{SITES[0]}/searches?limit={LIMIT}"
        yield from (f"/api/changes?limit={LIMIT}{more}" for more in ("", "&after=now", f"&site={SITES[0]}"))
        yield from ("/api/workflows", f"/api/workflows/{COMMON_WORKFLOW}/versions")
