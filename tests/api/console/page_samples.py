"""A sample of every page and form of the console, for the tests of what holds for all of them.

A new page adds a line: where it is, who looks, and for a form what is typed. `{number}` and the like are
names of `PageScene.known`; what a page needs beside them is made there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from service import console
from service.console.http.pages import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """How a page is asked for.

    status        what a page is answered with here
    anybody       it says nothing that is not for everybody; a page that asks for no sign-in must say so here
    hidden_from   accounts of `PageScene` that must not learn whether it is there; of a ticket these are known
    """

    path: str
    account: str = "cs-officer"
    form: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    anybody: bool = False
    hidden_from: tuple[str, ...] | None = None


_HERE = "tests/api/console/page_samples.py"
_AWAY = ("elsewhere", "nowhere")
_TICKET, _SEEN = "/tickets/{number}", {"seq": "{seq}"}
_TOKEN = {"name": "script", "days": "9", "password": "{password}"}
_PASSWORD = {
    "current": "{password}",
    "new": "a wholly other made-up one",
    "again": "a wholly other made-up one",
}
_COMPLAINT = {"complainant": "李敏", "contact": "13800000001", "content": "dark", "channel": "phone"}

_OFFICERS = ("cs-officer", "nowhere")
_MOVE = "/processes/<name>/migrations/<id>/<any(run, undo):act>"
_ACTS = "/processes/<name>/acts/<any('take-back', retire, reinstate, rename):act>"


def _register(path: str, form: Mapping[str, Any] | None = None) -> Sample:
    """A page of a register at the site."""
    place = f"/registers{path}"
    return Sample(path=place, form=form or {}, hidden_from=("nowhere",))


def _editor(path: str, form: Mapping[str, Any] | None = None) -> Sample:
    """A page for those who may publish."""
    place = f"/processes{path}"
    return Sample(path=place, account="office-director", form=form or {}, hidden_from=_OFFICERS)


def _administration(path: str, form: Mapping[str, Any] | None = None) -> Sample:
    """A page of the administration."""
    hidden_from = ("cs-officer", "elsewhere", "nowhere")
    return Sample(path=f"/admin{path}", account="office-director", form=form or {}, hidden_from=hidden_from)


def _search(words: str, account: str = "cs-officer") -> Sample:
    """A search of one's desk."""
    return Sample(path="/desk", account=account, form={"q": words})


SAMPLES: Mapping[str, Sample] = {
    "GET /sign-in": Sample(path="/sign-in", anybody=True),
    "POST /sign-in": Sample(
        path="/sign-in", form={"account": "cs-officer", "password": "{password}"}, anybody=True
    ),
    "GET /sign-in/provider": Sample(path="/sign-in/provider", status=404, anybody=True),  # there is none here
    "GET /sign-in/provider/answer": Sample(path="/sign-in/provider/answer", status=404, anybody=True),
    "POST /sign-out": Sample(path="/sign-out", anybody=True),
    "POST /sign-out-everywhere": Sample(path="/sign-out-everywhere"),
    "POST /language": Sample(path="/language", form={"language": "es"}, anybody=True),
    "POST /theme": Sample(path="/theme", form={"theme": "dark"}, anybody=True),
    "GET /console/components": Sample(path="/console/components", anybody=True),
    "GET /me": Sample(path="/me"),
    "POST /me/addresses": Sample(path="/me/addresses", form={"mail": "li.example@example.com"}),
    "POST /me/password": Sample(path="/me/password", form=_PASSWORD),
    "GET /desk": Sample(path="/desk"),
    "POST /desk": Sample(path="/desk", form={"q": "lamp"}),
    "POST /desk/filters": Sample(path="/desk/filters", form={"name": "lamps", "q": "lamp"}),
    "POST /desk/filters/<saved>/remove": Sample(path="/desk/filters/{filter}/remove", hidden_from=()),
    "GET /tickets/<number>": Sample(path=_TICKET),
    "GET /tickets/<number>/files/<file>": Sample(path=_TICKET + "/files/{file}"),
    "GET /tickets/<number>/files/<file>/thumbnail": Sample(path=_TICKET + "/files/{picture}/thumbnail"),
    "GET /tickets/<number>/papers/<paper>": Sample(
        path="/tickets/{house}/papers/acceptance-form", account="repair-team-leader"
    ),
    "GET /tickets/<number>/process.svg": Sample(path=_TICKET + "/process.svg"),
    "POST /tickets/<number>/assign": Sample(path=_TICKET + "/assign", form=_SEEN | {"to": "id-cs-officer"}),
    "POST /tickets/<number>/merge": Sample(path=_TICKET + "/merge", form=_SEEN | {"number": "{other}"}),
    "POST /tickets/<number>/clocks/<clock>/acknowledge": Sample(
        path=_TICKET + "/clocks/state.registered/acknowledge",
        form=_SEEN | {"until": "2030-01-01T10:00"},
    ),
    "POST /tickets/<number>/steps/<trigger>": Sample(
        path=_TICKET + "/steps/withdraw", form={"seq": "{seq}", "reason": "x"}
    ),
    "POST /tickets/<number>/notes": Sample(path=_TICKET + "/notes", form={"note": "called back"}),
    "POST /tickets/<number>/claim": Sample(path=_TICKET + "/claim", form={"seq": "{seq}"}),
    "POST /tickets/<number>/urge": Sample(path=_TICKET + "/urge", form={"note": "again"}),
    "POST /tickets/<number>/watch": Sample(path=_TICKET + "/watch"),
    "GET /inspections": Sample(path="/inspections", account="property-warden"),
    "GET /tickets/<number>/inspection/<checklist>": Sample(
        path="/tickets/{patrol}/inspection/items", account="property-warden"
    ),
    "POST /tickets/<number>/inspection/<checklist>/<trigger>": Sample(
        path="/tickets/{patrol}/inspection/items/{ends}", account="property-warden", form={"seq": "1"}
    ),
    "GET /board": Sample(path="/board", account="cs-director"),
    "POST /board/assign": Sample(
        path="/board/assign",
        account="cs-director",
        form={"ticket": "lake/{id}/{seq}", "assignee": "id-cs-officer", "note": "sent"},
    ),
    "POST /board/acknowledge": Sample(
        path="/board/acknowledge",
        account="cs-director",
        form={"ticket": "lake/{id}/{seq}", "until": "2030-01-01T10:00", "note": "sent"},
    ),
    "GET /inspections/worker.js": Sample(path="/inspections/worker.js", anybody=True),
    "GET /reports": Sample(path="/reports", account="office-director"),
    "GET /reports/<name>": Sample(
        path="/reports/repairs-by-kind", account="office-director", hidden_from=("cleaner", "nowhere")
    ),
    "GET /rounds": Sample(path="/rounds"),
    "GET /rosters": Sample(path="/rosters"),
    "GET /rosters/<site>/<roster>": Sample(
        path="/rosters/lake/consultants", account="sales-office-supervisor", hidden_from=_AWAY
    ),
    "POST /rosters/<site>/<roster>": Sample(
        path="/rosters/lake/consultants",
        account="sales-office-supervisor",
        form={"mark": "sign-in", "person": "id-consultant"},
        hidden_from=_AWAY,
    ),
    "GET /new": Sample(path="/new"),
    "POST /new": Sample(path="/new", form={"caller": "13800000001"}),
    "GET /new/<workflow>": Sample(path="/new/complaint", hidden_from=()),
    "POST /new/<workflow>": Sample(
        path="/new/complaint", form={**_COMPLAINT, "despite": "1"}, hidden_from=()
    ),
    "GET /tickets/<number>/resident": Sample(path=_TICKET + "/resident"),
    "POST /tickets/<number>/resident": Sample(path=_TICKET + "/resident"),
    "POST /tickets/<number>/resident/end": Sample(path=_TICKET + "/resident/end", form={"link": "{link-id}"}),
    "GET /r/<token>": Sample(path="/r/{link}", anybody=True, hidden_from=()),
    "POST /r/<token>/urge": Sample(path="/r/{link}/urge", form={"said": "x"}, anybody=True, hidden_from=()),
    "POST /r/<token>/steps/<trigger>": Sample(
        path="/r/{link}/steps/rate", form={"satisfied": "yes"}, anybody=True, hidden_from=()
    ),
    "GET /r/<token>/report/<workflow>": Sample(path="/r/{code}/report/repair", anybody=True, hidden_from=()),
    "POST /r/<token>/report/<workflow>": Sample(
        path="/r/{code}/report/repair", form={"content": "x"}, anybody=True, hidden_from=()
    ),
    "GET /admin/codes": _administration("/codes"),
    "POST /admin/codes": _administration("/codes", {"units": "6-0902"}),
    "POST /admin/codes/end": _administration("/codes/end", {"code": "{code-id}"}),
    "POST /new/processes": Sample(path="/new/processes", form={"for": "lamp"}),
    "GET /processes": Sample(path="/processes"),
    "GET /processes/<name>": Sample(path="/processes/complaint", hidden_from=()),
    "GET /processes/<name>/diagram.svg": Sample(path="/processes/complaint/diagram.svg", hidden_from=()),
    "GET /processes/<name>/difference": Sample(path="/processes/complaint/difference", hidden_from=()),
    "GET /processes/<name>/versions/<version>": Sample(
        path="/processes/complaint/versions/1",
        account="office-director",
        hidden_from=("cs-officer", "nowhere"),
    ),
    "GET /processes/<name>/edit": _editor("/complaint/edit"),
    "POST /processes/<name>/edit": _editor("/complaint/edit", {"text": "workflow: x", "act": "check"}),
    "POST /processes/findings": _editor("/findings", {"name": "complaint", "text": "workflow: complaint"}),
    "POST /processes/<name>/drafts/<draft>/approve": _editor("/talk/drafts/hostile/approve"),
    "POST /processes/<name>/drafts/<draft>/reject": _editor("/talk/drafts/hostile/reject", {"reason": "x"}),
    "POST /processes/<name>/drafts/<draft>/delete": _editor("/talk/drafts/hostile/delete"),
    f"GET {_ACTS}": _editor("/talk/acts/retire"),
    f"POST {_ACTS}": _editor("/talk/acts/retire", {"reason": "over"}),
    "GET /processes/<name>/migrations": _editor("/talk/migrations"),
    "POST /processes/<name>/migrations": _editor("/talk/migrations", {"plan": "process: talk"}),
    "GET /processes/<name>/migrations/<id>": _editor("/talk/migrations/{migration}"),
    f"POST {_MOVE}": _editor("/talk/migrations/{migration}/run"),
    "GET /registers": Sample(path="/registers"),
    "GET /registers/<register>": _register("/units"),
    "POST /registers/<register>": _register("/units", {"q": "13800000001"}),
    "GET /registers/<register>/entries/<key>": _register("/units/entries/6-0901"),
    "GET /registers/<register>/new": _register("/units/new"),
    "POST /registers/<register>/new": _register("/units/new", {"key": "6-0903"}),
    "POST /registers/<register>/entries/<key>": _register("/units/entries/6-0901", {"seq": "1"}),
    "POST /registers/<register>/personal/<key>": _register("/units/personal/6-0901"),
    "POST /registers/<register>/strike/<key>": _register("/units/strike/6-0901", {"seq": "1"}),
    "GET /new-process": Sample(path="/new-process", account="office-director", hidden_from=_OFFICERS),
    "POST /new-process": Sample(
        path="/new-process", account="office-director", form={"name": "walk"}, hidden_from=_OFFICERS
    ),
    "GET /calendars": Sample(path="/calendars", account="office-director", hidden_from=_OFFICERS),
    "POST /calendars": Sample(
        path="/calendars",
        account="office-director",
        form={"site": "lake", "day": "2026-12-24"},
        hidden_from=_OFFICERS,
    ),
    "GET /admin": _administration(""),
    "GET /admin/people": _administration("/people"),
    "POST /admin/people/find": _administration("/people/find", {"q": "ann"}),
    "GET /admin/people/new": _administration("/people/new"),
    "GET /admin/people/history": _administration("/people/history"),
    "GET /admin/people/import": _administration("/people/import"),
    "POST /admin/people/import": _administration("/people/import"),
    "POST /admin/people/import/confirm": _administration("/people/import/confirm", {"list": "none of ours"}),
    "GET /admin/people/<staff>": _administration("/people/id-both"),
    "POST /admin/people": _administration(
        "/people", {"site": "lake", "account": "ann", "name": "Ann Example", "role.0": "cleaner"}
    ),
    "POST /admin/people/<staff>/account": _administration("/people/id-both/account", {"name": "Ann Example"}),
    "POST /admin/people/<staff>/posts/<site>": _administration(
        "/people/id-both/posts/lake", {"role.0": "cleaner"}
    ),
    "POST /admin/people/<staff>/invitation": _administration("/people/id-both/invitation"),
    "POST /admin/people/<staff>/active": _administration("/people/id-both/active", {"active": "yes"}),
    "POST /admin/people/<staff>/sign-ins": _administration("/people/id-both/sign-ins"),
    "GET /admin/settings": _administration("/settings"),
    "POST /admin/settings": _administration("/settings", {"site": "lake", "ownership_days": "60"}),
    "GET /admin/settings/history": _administration("/settings/history"),
    "GET /admin/channels": _administration("/channels"),
    "POST /admin/channels/test": _administration("/channels/test", {"kind": "mail"}),
    "GET /admin/tokens": _administration("/tokens"),
    "POST /admin/tokens": _administration("/tokens", _TOKEN),
    "POST /admin/tokens/<id>/revoke": _administration("/tokens/{token}/revoke"),
    "GET /admin/audit": _administration("/audit"),
    "POST /admin/audit": _administration("/audit"),
    "GET /admin/messages": _administration("/messages"),
    "POST /admin/messages/<id>/requeue": _administration("/messages/{message}/requeue"),
    "GET /admin/parked": _administration("/parked"),
    "POST /admin/parked/clocks": _administration(
        "/parked/clocks",
        {"site": "lake", "ticket": "{parked}", "clock": "state.registered", "note": "again"},
    ),
    "POST /admin/parked/slots/<schedule>": _administration(
        "/parked/slots/grooming", {"site": "lake", "key": "2026-03-02 09:00"}
    ),
}
SEARCHES: Mapping[str, Sample] = {
    "the desk, by a word": _search("dark"),
    "the desk, by a number": _search("{number}"),
    "the desk, by a telephone number": _search("13800000001"),
    "the desk, by a unit": _search("3-1201"),
    "the desk, by a name": _search("李敏"),
    "the desk, in vain": _search("nothing-of-the-kind"),
    "the desk of two sites": _search("13800000001", "both"),
    "a saved filter by words": Sample(path="/desk?saved=kept"),
    "a saved filter by all": Sample(path="/desk?saved=all"),
    "the caller of a telephone number": Sample(path="/new", form={"caller": "13800000001"}),
    "the household of a unit": Sample(path="/new", form={"caller": "3-1201"}),
    "an unknown caller": Sample(path="/new", form={"caller": "13911111111"}),
    "processes that fit": Sample(path="/new", form={"for": "lamp", "unit": "3-1201"}),
    "a register, by a telephone number": _register("/units", {"q": "13800000001"}),
    "people by a name": _administration("/people/find", {"q": "ann"}),
    "a report of two sites": Sample(path="/reports/repairs-by-kind", account="director-of-both"),
}
"""What people look for: the page that is shown, or that the form leads to."""
PAGES: tuple[Page, ...] = tuple(page for part in console._PAGES for page in part.pages)
SHOWN = [each for each in PAGES if each.method == "GET"]
MOST_STATEMENTS = 12
"""What a page may cost, however many tickets there are."""


def name_of(page: Page) -> str:
    """The page as `SAMPLES` names it."""
    return f"{page.method} {page.path}"


def sample_of(page: Page) -> Sample:
    """Its sample; fails with what to do if there is none."""
    name = name_of(page)
    assert name in SAMPLES, f"add {name!r} to SAMPLES in {_HERE}: its path, who looks, and what is typed"
    sample = SAMPLES[name]
    meant = "" if page.anybody else "not "
    assert sample.anybody == page.anybody, f"{name} is {meant}for anybody; say so in {_HERE} if that is meant"
    hidden = sample.hidden_from is not None or "<" not in page.path or "<number>" in page.path
    assert hidden, (
        f"say in {_HERE} from whom {name} is hidden: hidden_from=(…), or () if it is the same for all"
    )
    return sample


def looked_at() -> dict[str, Sample]:
    """Every page that is shown, and what people look for, by name."""
    return {name_of(each): sample_of(each) for each in SHOWN} | SEARCHES
