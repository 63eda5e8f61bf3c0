"""Texts that would be markup, addresses that would lead elsewhere, files that would be run: wherever they
come from, a page shows them as what they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import pytest
from markup import find_faults
from page_samples import PAGES, Sample, name_of, sample_of
from page_scene import HOSTILE, LINK, PageScene
from plain_browser import FormParser, PlainBrowser
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.test import TestResponse

from service.console.http.form_files import FormRequest
from service.console.http.pages import Page

SHOWN = [each for each in PAGES if each.method == "GET"]
FORMS = [each for each in PAGES if each.method == "POST"]
ELSEWHERE = (
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    "/%09/evil.example",
    "https://evil.example",
    "https:evil.example",
    "///evil.example",
    "/.//evil.example",
    "javascript:hostile()",
    "data:text/html,<script>hostile()</script>",
    "/\r\nSet-Cookie: huifang_session=x",
    "//evil.example\\@localhost/",
    ".evil.example",
    "@evil.example",
)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names of the parameters and fields that the views have asked for."""
    names: set[str] = set()

    class Noting(ImmutableMultiDict[str, str]):
        def get(self, key: Any, *rest: Any, **more: Any) -> Any:
            names.add(key)
            return super().get(key, *rest, **more)

        def __getitem__(self, key: Any) -> Any:
            names.add(key)
            return super().__getitem__(key)

        def getlist(self, key: Any, *rest: Any, **more: Any) -> Any:
            names.add(key)
            return super().getlist(key, *rest, **more)

        def __contains__(self, key: Any) -> bool:
            names.add(key)
            return super().__contains__(key)

    monkeypatch.setattr(FormRequest, "parameter_storage_class", Noting)
    return names


@pytest.mark.parametrize("route", SHOWN, ids=name_of)
def test_what_is_stored_is_text(route: Page, scene: PageScene) -> None:
    """What tickets, notes, people, registers, files, processes and reasons say."""
    assert_text(look(scene, scene.fill(sample_of(route))))


@pytest.mark.parametrize(
    "path",
    [
        "/tickets/{talk}",
        "/tickets/{talk}?step=withdraw",
        "/tickets/{talk}/process.svg",
        "/processes/talk",
        "/processes/talk/diagram.svg",
        "/processes/talk/versions/1",
        "/new/talk",
    ],
)
def test_what_a_process_is_called_is_text(path: str, scene: PageScene) -> None:
    """Its title, and those of its states, fields and steps."""
    answer = look(scene, scene.fill(Sample(path=path, account="office-director")))
    assert answer.status_code == 200
    assert_text(answer)


def assert_text(answer: TestResponse) -> None:
    if answer.mimetype in ("text/html", "image/svg+xml"):
        found = find_faults(answer.text)
        drawn = answer.mimetype == "image/svg+xml"  # a picture has styles of its own
        assert [each for each in found if not (drawn and " style=" in each)] == []


def look(scene: PageScene, sample: Sample) -> TestResponse:
    return scene.ask("GET", sample, scene.browser("" if sample.anybody else sample.account))


def test_the_texts_are_there(scene: PageScene) -> None:
    """Else it would be easy to show none of them as markup."""
    for path in ("/desk", "/tickets/{number}", "/tickets/{talk}", "/admin/messages", "/admin/parked", "/me"):
        assert "&lt;hostile" in look(scene, scene.fill(Sample(path=path, account="office-director"))).text, (
            path
        )
    assert "&lt;hostile" in look(scene, scene.fill(Sample(path="/tickets/{talk}?step=withdraw"))).text


@pytest.mark.parametrize("route", SHOWN, ids=name_of)
def test_what_is_asked_for_is_text_and_leads_nowhere_else(
    route: Page, scene: PageScene, asked: set[str]
) -> None:
    """Whatever parameters the page reads; they are found by what it asks its request for."""
    sample = scene.fill(sample_of(route))
    look(scene, sample)
    tried: set[str] = set()
    while left := asked - tried:  # some are read only beside others
        for name in sorted(left):
            for value in (HOSTILE, LINK, *ELSEWHERE):
                answer = look(scene, replace(sample, path=f"{sample.path}?{quote(name)}={quote(value)}"))
                assert_harmless(answer, f"{name}={value}")
        tried |= left
        everything = "&".join(f"{quote(name)}={quote(HOSTILE)}" for name in sorted(asked))
        assert_harmless(look(scene, replace(sample, path=f"{sample.path}?{everything}")), everything)


def assert_harmless(answer: TestResponse, of: str) -> None:
    """It is a page of ours, or leads to one."""
    assert answer.status_code < 500, of
    if answer.mimetype == "text/html":
        assert find_faults(answer.text) == [], of
    for place in answer.headers.getlist("Location"):
        assert place.startswith("/"), of
        seen = place.replace("\\", "/").replace("\t", "")  # as browsers read it
        assert urlsplit(urljoin("http://localhost/desk", seen)).netloc == "localhost", of
    assert not any("=x" in each for each in answer.headers.getlist("Set-Cookie")), of


@pytest.mark.parametrize("kind", ["file", "svg"])
def test_a_file_that_a_browser_would_run_is_saved(scene: PageScene, kind: str) -> None:
    path = scene.fill(Sample(path=f"/tickets/{{number}}/files/{{{kind}}}"))
    heads = look(scene, path).headers
    assert heads["Content-Disposition"].startswith("attachment;")
    assert heads["Content-Type"] == "application/octet-stream"
    assert heads["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in heads["Content-Security-Policy"]
    assert look(scene, replace(path, path=path.path + "/thumbnail")).status_code == 404


def test_a_picture_is_drawn_anew_and_may_be_shown(scene: PageScene) -> None:
    heads = look(scene, scene.fill(Sample(path="/tickets/{number}/files/{picture}"))).headers
    assert heads["Content-Type"] == "image/png"
    assert "sandbox" in heads["Content-Security-Policy"]


@pytest.mark.parametrize("route", FORMS, ids=name_of)
def test_what_is_typed_is_text_and_leads_nowhere_else(route: Page, scene: PageScene, asked: set[str]) -> None:
    """In each field that is read, and in all at once; also what the page shows again of it. Since it changes
    the desk it is the last."""
    sample = scene.fill(sample_of(route))
    browser = scene.new_browser(sample.account)
    for form in forms_of(scene, sample, browser, asked):
        answer = scene.ask("POST", replace(sample, form=form), browser, scene.token(browser))
        assert_harmless(answer, str(form))
        if answer.status_code == 303:
            assert_harmless(browser.look(answer.headers["Location"]), str(form))


def forms_of(
    scene: PageScene, sample: Sample, browser: PlainBrowser, asked: set[str]
) -> Iterator[dict[str, Any]]:
    """The form of the sample, with all its fields replaced, and then one by one those that a view names."""
    bare = scene.ask("POST", replace(sample, form={}), browser, scene.token(browser))
    shown = [each for each in FormParser(bare.text).forms if each.action.startswith(sample.path)]
    named = (asked | set(sample.form)) - {"csrf_token", "password", "current"}  # which take their time
    yield dict.fromkeys(named.union(*(each.names for each in shown)), HOSTILE)
    for name in sorted(named):
        for value in (HOSTILE, *(ELSEWHERE if name in ("next", "back") else ())):
            yield {**sample.form, name: value}
