"""A desk full of texts that would be markup if a page forgot to escape them, and its people."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from io import BytesIO
from itertools import count
from typing import Any

from api_desk import COMPLAINT, HILL, LAKE, PASSWORD, Caller, caller
from attachment_samples import picture
from flask import Flask
from page_samples import Sample
from plain_browser import FormParser, PlainBrowser
from resident_office import give_code, give_link
from werkzeug.test import TestResponse

from service import auth, wallclock
from service.bootstrap import Desk
from service.console.http.cookie import SESSION
from workflows.core.commands import CLOCK
from workflows.core.people import Membership, Staff
from workflows.core.records import EntryWrite
from workflows.core.schedule_slots import Occurrence
from workflows.storage import tables
from workflows.storage.definition_drafts import DefinitionDraft, DraftStore
from workflows.storage.people.saved_filters import SavedFilter
from workflows.storage.schedule_runs import ScheduleRun
from workflows.storage.statement_count import executed

HOSTILE = (
    "'\"></textarea></title><hostile onhostile=1><script>hostile()</script><img src=x onerror=hostile()>"
    "{{7919*7907}}${7919*7907}"
)
LINK = "javascript:hostile()"
_TITLE = json.dumps(dict.fromkeys(("en", "zh-Hans", "zh-Hant", "es"), HOSTILE))
TALK = f"""
workflow: talk
title: {_TITLE}
purpose: A talk that is nobody else's business.
numbering: 'TK-{{year}}-{{seq:4}}'
calendar: office
summary: about
visible: {{to: [office-director]}}
fields:
  about: {{type: text, title: {_TITLE}}}
start: {{state: heard, roles: [cs-officer], requires: [about]}}
states:
  heard: {{title: {_TITLE}, owner: {{role: cs-officer}}, due: 1 hour, escalation: standard}}
  over: {{title: {{en: Over, zh-Hans: 完, zh-Hant: 完, es: Fin}}, category: closed}}
transitions:
  - {{trigger: withdraw, title: {_TITLE}, from: heard, to: over, roles: [cs-officer]}}
"""
FILES = {
    "html": b"<html><script>hostile()</script></html>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="hostile()"><script>hostile()</script></svg>',
    "png": picture(form="PNG"),
}
STRANGERS = ("elsewhere", "nowhere", "has-left")
"""Who must not learn of a ticket whether it is there: people of another site, of none, and who has lost the
post there that was once theirs."""
OUTSIDER = "cleaner"
"""Of the site, and without a part in the talk."""
_UNMOVED = ("idempotency_keys", "revisions", "sign_in_sessions", "attempt_counts")


@dataclass
class PageScene:
    """The desk, its tickets, and browsers that are signed in."""

    app: Flask
    desk: Desk
    known: dict[str, str] = field(default_factory=dict)
    browsers: dict[str, PlainBrowser] = field(default_factory=dict)
    serial: count[int] = field(default_factory=count)

    def furnish(self) -> PageScene:
        """Make what the samples of pages name."""
        now = wallclock.now()
        for each in ("cs-officer", "receptionist", "office-director"):
            self.desk.people.update_staff(f"id-{each}", name=f"{each} {HOSTILE}")
        self._hire("nowhere", ())
        self._hire("has-left", (Membership(LAKE, "cs-officer"), Membership(HILL, "cs-officer")))
        self.desk.definitions.publish_text(TALK, "talk.yaml", now, "tests")
        entry = EntryWrite("units", "6-0901", "unit", {"status": HOSTILE})
        self.desk.store.entries.write(LAKE, (entry,), CLOCK, now)
        self.known["password"] = PASSWORD
        self._open_complaints()
        self._open_others()
        self._set_aside()
        self._give_links()
        self._plan_move()
        self._draft()
        self.by("office-director")
        self.known["token"] = self.desk.tokens.list_of("id-office-director")[0].id
        return self

    def _open_complaints(self) -> None:
        ticket, other = self.open(), self.open()
        files, seq = self._files_of(ticket), self._seq(ticket)
        self.known |= {"number": ticket["number"], "id": ticket["id"], "seq": str(seq)}
        self.known |= {"other": other["number"], "file": files["html"], "svg": files["svg"]}
        self.known["picture"] = files["png"]

    def _open_others(self) -> None:
        """One that is restricted, one with a checklist, and one with papers."""
        talk = self.by("cs-officer").open("talk", {"about": HOSTILE})
        patrol = self.by("property-warden").open("property-patrol", {"place": HOSTILE})
        owner = {"unit": "3-1201", "owner_name": HOSTILE[:80], "owner_phone": "13800000001"}
        leader = self.by("repair-team-leader")
        house = leader.open("house-acceptance", {**owner, "department": "maintenance"}, note=HOSTILE)
        self.known |= {"talk": talk["number"], "patrol": patrol["number"], "house": house["number"]}
        inspection = f"/tickets/{patrol['number']}/inspection/items"
        self.known["ends"] = self._find("property-warden", inspection, r'formaction="[^"]+/items/([\w-]+)')

    def _set_aside(self) -> None:
        """A clock, a slot of a schedule, and a message that was given up."""
        ticket, now = self.open(), wallclock.now()
        self.desk.store.park(LAKE, ticket["id"], "state.registered", HOSTILE)
        slot = Occurrence(LAKE, "grooming", "2026-03-02 09:00", 1_772_413_200, 1_772_413_200)
        self.desk.runs.add([ScheduleRun(slot)])
        self.desk.runs.record_result(ScheduleRun(slot, "parked", 0, HOSTILE, now))
        message, *_ = self.desk.outbox.claim(now, 50, 60, "test")
        self.desk.outbox.mark_dead(message, "test", HOSTILE)
        self.known |= {"message": str(message.id), "parked": ticket["id"]}

    def _give_links(self) -> None:
        """A link to a ticket, and the code of a unit: their secrets, and their ids."""
        link, code = give_link(self.desk, self.known["id"]), give_code(self.desk, "6-0901")
        self.known |= {"link": link, "code": code}
        self.known |= {"link-id": f"link-{link[-8:]}", "code-id": f"link-{code[-8:]}"}

    def _plan_move(self) -> None:
        """Tickets of the talk are to move to a version that is of no other use."""
        self.desk.definitions.publish_text(f"{TALK}# 2\n", "talk.yaml", wallclock.now(), "tests")
        plan = {"text": f"process: talk\nfrom: 1\nto: 2\nbecause: {json.dumps(HOSTILE)}\n"}
        answer = self.by("office-director").post("/api/workflows/talk/migrations", plan)
        assert answer.status_code == 201, answer.text
        self.known["migration"] = answer.json["id"]

    def _draft(self) -> None:
        """A process somebody has changed and not published, and conditions that somebody keeps."""
        draft = DefinitionDraft(
            workflow="talk",
            id="hostile",
            author="id-director-of-both",
            text=TALK + f"# {HOSTILE}\n",
            based_on=1,
            state="proposed",
            reason=HOSTILE,
            changed_at=wallclock.now(),
        )
        DraftStore(self.desk.database).store(draft, None)
        self.desk.saved_filters.save("id-cs-officer", SavedFilter("kept", HOSTILE[:40], {"q": HOSTILE}))
        everything = {"q": self.known["number"], "workflow": "complaint", "which": "open"}
        everything |= {"site": LAKE, "department": "customer-service"}
        self.desk.saved_filters.save("id-cs-officer", SavedFilter("all", "all", everything))
        self.known["filter"] = "kept"

    def _hire(self, account: str, posts: tuple[Membership, ...]) -> None:
        person = Staff(id=f"id-{account}", account=account, name=f"{account} {HOSTILE}", memberships=posts)
        self.desk.people.add_staff(person)

    def dismiss(self) -> None:
        """Take the post at the site from who has left, whose browser is signed in."""
        self.browser("has-left")
        self.desk.people.set_posts("id-has-left", (Membership(HILL, "cs-officer"),))

    def open(self, *, plain: bool = False) -> dict[str, Any]:
        """A complaint whose texts are hostile, with files and a note; or a plain one without them."""
        officer, number = self.by("cs-officer"), next(self.serial)
        if plain:
            return officer.open("complaint", {**COMPLAINT, "content": f"number {number}"})
        data = {**COMPLAINT, "complainant": HOSTILE[:80], "content": f"{HOSTILE} {LINK} {number}"}
        ticket = officer.open("complaint", {**data, "photos": self._upload(officer)}, note=HOSTILE)
        heads = {"If_Match": f'"{ticket["seq"]}"'}
        path = f"/api/tickets/{ticket['id']}"
        assert officer.post(f"{path}/notes", {"text": f"{HOSTILE} {LINK}"}, **heads).status_code == 201
        return ticket

    def _upload(self, officer: Caller) -> list[str]:
        heads = {"Authorization": f"Bearer {officer.token}"}
        files = [(BytesIO(content), f"' onerror=hostile() .{end}") for end, content in FILES.items()]
        place = f"/api/attachments?site={LAKE}"
        answer = self.app.test_client().post(place, data={"file": files}, headers=heads)
        assert answer.status_code == 201, answer.text
        return [str(each["id"]) for each in answer.json["items"]]

    def _seq(self, ticket: Mapping[str, Any]) -> int:
        return int(self.by("cs-officer").get(f"/api/tickets/{ticket['id']}").json["seq"])

    def _files_of(self, ticket: Mapping[str, Any]) -> dict[str, str]:
        """Their ids by ending."""
        found = self.by("cs-officer").get(f"/api/tickets/{ticket['id']}/attachments").json["items"]
        return {each["name"].rpartition(".")[2]: str(each["id"]) for each in found}

    def _find(self, account: str, path: str, pattern: str) -> str:
        """What is found on a page."""
        return str(re.findall(pattern, self.browser(account).look(path).text)[0])

    def by(self, account: str) -> Caller:
        """Somebody at the API."""
        return caller(self.app, self.desk, account)

    def browser(self, account: str) -> PlainBrowser:
        """The browser of somebody who has signed in; of nobody for ""."""
        if not account:
            return PlainBrowser(self.app.test_client())
        if account not in self.browsers:
            self.browsers[account] = self.new_browser(account)
        return self.browsers[account]

    def new_browser(self, account: str) -> PlainBrowser:
        """A browser of its own, signed in without the form, which takes its time."""
        browser, secret, now = PlainBrowser(self.app.test_client()), auth.new_secret(), wallclock.now()
        known = self.desk.people.account(account)
        assert known is not None, account
        digest = auth.hash_token(secret)
        self.desk.sign_in_sessions.begin(
            id=f"session-{secret[-12:]}",
            staff_id=known.staff.id,
            digest=digest,
            at=now,
            expires_at=now + 3_600,
        )
        browser.client.set_cookie(SESSION, secret)
        return browser

    def fill(self, sample: Sample, **more: str) -> Sample:
        """The sample with what it names."""
        known = {**self.known, **more}

        def put(text: str) -> str:
            return re.sub(r"\{([\w-]+)\}", lambda found: known[found[1]], text)

        form = {name: put(value) if isinstance(value, str) else value for name, value in sample.form.items()}
        return replace(sample, path=put(sample.path), form=form)

    def token(self, browser: PlainBrowser) -> str:
        """The token of the forms of a browser."""
        forms = FormParser(browser.look("/console/components").text).forms
        return next(each.values["csrf_token"][0] for each in forms if "csrf_token" in each.values)

    def ask(
        self, method: str, sample: Sample, browser: PlainBrowser, token: str | None = None
    ) -> TestResponse:
        """Ask for the page, or send its form with this token."""
        heads = {"Accept": "text/html", "Accept-Language": "en"}
        if method == "GET":
            return browser.client.get(sample.path, headers=heads)
        form = {**sample.form, **({} if token is None else {"csrf_token": token})}
        return browser.client.post(sample.path, data=form, headers=heads)

    def count_statements(self, asked: Sample) -> int:
        """What the page costs when it was shown before."""
        sample = self.fill(asked)
        browser = self.browser("" if sample.anybody else sample.account)
        if sample.form:  # which leads to the page
            led = self.ask("POST", sample, browser, self.token(browser))
            assert led.status_code == 303, led.text
            sample = replace(sample, path=led.headers["Location"])
        for _ in range(2):
            before = executed.total
            answer = self.ask("GET", sample, browser)
            assert answer.status_code == sample.status, (sample.path, answer.text)
            assert answer.get_data(), "a page that is streamed is read to its end"
        return executed.total - before

    def rows(self) -> dict[str, int]:
        """How many rows there are of what people write."""
        names = [each for each in tables.metadata.tables if each not in _UNMOVED]
        return {
            each: int(self.desk.database.read(f"SELECT count(*) FROM {each}", {})[0][0]) for each in names
        }
