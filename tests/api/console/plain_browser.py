"""A browser without script: it follows links and fills in the forms that a page shows, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from api_desk import PASSWORD
from werkzeug.test import Client, TestResponse


@dataclass
class ShownForm:
    """A form of a page: where it goes, and what it would send as it stands."""

    action: str
    method: str
    values: dict[str, list[str]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


class FormParser(HTMLParser):
    """Reads the forms of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[ShownForm] = []
        self.inside: ShownForm | None = None
        self.select: str | None = None
        self.textarea: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = ShownForm(given.get("action", ""), given.get("method", "get"))
            self.forms.append(self.inside)
        if self.inside is None:
            return
        name = given.get("name", "")
        if name:
            self.inside.names.add(name)
        kind = given.get("type", "text")
        if tag == "input" and name and kind not in ("submit", "file"):
            if kind not in ("radio", "checkbox") or "checked" in given:
                self.inside.values.setdefault(name, []).append(given.get("value", ""))
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select:
            known = self.inside.values.setdefault(self.select, [])
            if "selected" in given:
                known[:] = [given.get("value", "")]
            elif not known:
                known.append(given.get("value", ""))
        elif tag == "textarea":
            self.textarea = name
            self.inside.values[name] = [""]

    def handle_data(self, data: str) -> None:
        if self.textarea and self.inside:
            self.inside.values[self.textarea][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = None
        elif tag == "select":
            self.select = None
        elif tag == "textarea" and self.textarea and self.inside:
            text = self.inside.values[self.textarea][0]
            self.inside.values[self.textarea][0] = text.removeprefix("\n")
            self.textarea = None


@dataclass
class PlainBrowser:
    """A browser, and what it shows."""

    client: Client
    language: str = "en"
    shown: TestResponse | None = None

    @property
    def page(self) -> TestResponse:
        """What it shows."""
        assert self.shown is not None, "it shows nothing yet"
        return self.shown

    def look(self, path: str, **headers: str) -> TestResponse:
        """Go to a page, and on to where it leads."""
        heads = {"Accept-Language": self.language, "Accept": "text/html", **headers}
        self.shown = self.client.get(path, headers=heads)
        return self.page

    def form(self, action: str) -> ShownForm:
        """The form of the page whose action begins so."""
        forms = [each for each in FormParser(self.page.text).forms if each.action.startswith(action)]
        assert forms, f"no form {action!r} on the page: {self.page.text}"
        return forms[0]

    def send(self, action: str, **values: Any) -> TestResponse:
        """Send a form of the page as it stands, with other values; None leaves one out."""
        form = self.form(action)
        data: dict[str, Any] = {**form.values, **{name.replace("__", "."): v for name, v in values.items()}}
        data = {name: value for name, value in data.items() if value is not None}
        self.shown = self.client.post(
            form.action, data=data, headers={"Accept-Language": self.language, "Accept": "text/html"}
        )
        return self.page

    def follow(self) -> TestResponse:
        """Go where the answer leads."""
        return self.look(self.page.headers["Location"])

    def search(self, page: str, **said: str) -> TestResponse:
        """Look for something by a form of a page that leads to it, and go there."""
        self.look(page)
        assert self.send(page.partition("?")[0], **said).status_code == 303
        return self.follow()

    def sign_in(self, account: str, password: str = PASSWORD, path: str = "/sign-in") -> TestResponse:
        """Sign in by the form."""
        self.look(path)
        return self.send("/sign-in", account=account, password=password)
