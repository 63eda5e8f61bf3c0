"""Forms of the console over the wire, with photos as telephones take them."""

from __future__ import annotations

import http.client
import os
import re
from contextlib import closing, suppress
from html import unescape

from running_desk import PATIENCE, RunningDesk, Said

LARGE = b"%PDF-1.4\n" + os.urandom(1 << 20) * 4  # more than any other body may have
FORM = "/new/complaint?site=yunlan"
VALUES = {
    "complainant": "Ann Example",
    "contact": "13800000001",
    "content": "dirty stairs",
    "channel": "phone",
}


class Cookies(dict[str, str]):
    """What a browser keeps of the answers."""

    def look(self, desk: RunningDesk, path: str) -> Said:
        """GET."""
        return self._ask(desk, "GET", path, None, {})

    def send(self, desk: RunningDesk, path: str, values: dict[str, str], file: bytes = b"") -> Said:
        """POST a form; with a file, if there is one."""
        parts = [
            f'--xx\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in values.items()
        ]
        if file:
            head = '--xx\r\nContent-Disposition: form-data; name="photos.files"; filename="a.pdf"\r\n\r\n'
            parts += [head.encode(), file, b"\r\n"]
        media = {"Content-Type": "multipart/form-data; boundary=xx"}
        return self._ask(desk, "POST", path, b"".join([*parts, b"--xx--\r\n"]), media)

    def _ask(
        self, desk: RunningDesk, method: str, path: str, body: bytes | None, media: dict[str, str]
    ) -> Said:
        cookies = "; ".join(f"{name}={value}" for name, value in self.items())
        heads = {"Accept": "text/html", "Accept-Language": "en", "Cookie": cookies, **media}
        with closing(http.client.HTTPConnection("127.0.0.1", desk.port, timeout=PATIENCE)) as line:
            with suppress(BrokenPipeError):  # who is told that it is too much is not listened to any longer
                line.request(method, path, body=body, headers=heads)
            answer = line.getresponse()
            for each in answer.headers.get_all("Set-Cookie", []):
                name, _, value = each.partition(";")[0].partition("=")
                self[name] = value
            return Said(answer.status, dict(answer.headers), answer.read())


def hidden(page: Said) -> dict[str, str]:
    """The values of the page's hidden inputs."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.body.decode())
    return {name: unescape(value) for name, value in found}


def test_a_form_with_a_large_file_is_taken_and_lies_nowhere_in_clear(desk: RunningDesk) -> None:
    browser = Cookies()
    signing_in = hidden(browser.look(desk, "/sign-in"))
    who = {"account": "everyone", "password": desk.password}
    assert browser.send(desk, "/sign-in", signing_in | who).status == 303
    form = hidden(browser.look(desk, FORM))
    done = browser.send(desk, FORM, form | VALUES, LARGE)
    assert done.status == 303, done.body.decode()
    some = LARGE[2_000_000:2_000_040]
    assert not any(some in file.read_bytes() for file in desk.folder.rglob("*") if file.is_file())


def test_a_large_form_of_somebody_unknown_is_refused_unread(desk: RunningDesk) -> None:
    answer = Cookies().send(desk, FORM, VALUES, LARGE)
    assert (answer.status, answer.headers["location"]) == (303, "/sign-in")
