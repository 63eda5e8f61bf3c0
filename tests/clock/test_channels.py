"""The channels, against a real mail server and a real web server on this machine."""

from __future__ import annotations

import ast
import socket
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from mail_servers import Script, serving
from pytest_httpserver import HTTPServer
from structlog.testing import capture_logs

from service.channels import post as post_module
from service.channels.apprise_url import AppriseChannel
from service.channels.deadline import Deadline
from service.channels.letter import Attachment, Letter, Undeliverable
from service.channels.mail import MailChannel
from service.channels.post import Post, channel_of
from service.settings import Settings
from service.settings_tables import ChannelSettings, MailSettings

# One of Apprise's plugins asks for `imghdr`; none that the desk uses does.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

LETTER = Letter(id="018f", subject="[已超时] TS-2026-00001", body="请处理。", language="zh-Hans", urgent=True)


def to(address: str) -> Letter:
    return Letter(id=LETTER.id, subject=LETTER.subject, body=LETTER.body, language="zh-Hans", address=address)


class Mailbox:
    """Takes mail, and refuses what begins with `no-`."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.busy = False

    async def handle_RCPT(  # noqa: N802 - so aiosmtpd calls it
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address.startswith("no-"):
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.busy:
            return "451 4.3.0 try again later"
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, MailChannel]]:
    """A mail server and the channel to it."""
    box = Mailbox()
    server = Controller(box, hostname="127.0.0.1", port=free_port())
    server.start()
    yield box, MailChannel(host="127.0.0.1", port=server.port, sender="Desk <desk@example.org>", timeout=5)
    server.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_mail_carries_what_is_enclosed(mailbox: tuple[Mailbox, MailChannel]) -> None:
    """Each file under its name, as it was."""
    box, channel = mailbox
    book = Attachment(
        name="work-done-2026-03-02.xlsx", media_type="application/x-book", content=b"\x00\xffbook"
    )
    channel.send(replace(to("li@example.org"), attachments=(book,)))
    (mail,) = box.mails
    (file,) = mail.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == (book.name, book.media_type)
    assert file.get_content() == book.content
    words = mail.get_body()
    assert words is not None
    assert words.get_content().strip() == "请处理。"


def test_a_mail_arrives_with_its_words_and_a_stable_id(mailbox: tuple[Mailbox, MailChannel]) -> None:
    """Sent twice, both carry the same Message-ID."""
    box, channel = mailbox
    channel.send(to("li@example.org"))
    channel.send(to("li@example.org"))
    first, second = box.mails
    assert first["Subject"] == LETTER.subject
    assert first.get_content().strip() == "请处理。"
    assert first["To"] == "li@example.org"
    assert first["Message-ID"] == second["Message-ID"] == "<018f@example.org>"


def test_an_address_that_is_refused_is_refused_for_good(mailbox: tuple[Mailbox, MailChannel]) -> None:
    """And the reason does not repeat the address."""
    with pytest.raises(Undeliverable) as refused:
        mailbox[1].send(to("no-one@example.org"))
    assert refused.value.permanent
    assert refused.value.reason == "the mail server refuses the address (550)"


def test_a_busy_mail_server_is_asked_again(mailbox: tuple[Mailbox, MailChannel]) -> None:
    """4xx is not final."""
    mailbox[0].busy = True
    with pytest.raises(Undeliverable) as refused:
        mailbox[1].send(to("li@example.org"))
    assert not refused.value.permanent


def test_a_mail_server_that_is_down_is_asked_again() -> None:
    """Nor is silence."""
    channel = MailChannel(host="127.0.0.1", port=free_port(), sender="desk@example.org", timeout=1)
    with pytest.raises(Undeliverable, match="ConnectionRefusedError") as refused:
        channel.send(to("li@example.org"))
    assert not refused.value.permanent


@pytest.mark.parametrize("address", ["li@example.org\nBcc: all@example.org", "li@ex\rample.org"])
def test_an_address_cannot_smuggle_in_headers(mailbox: tuple[Mailbox, MailChannel], address: str) -> None:
    """A line break in an address is no address."""
    with pytest.raises(Undeliverable) as refused:
        mailbox[1].send(to(address))
    assert refused.value.permanent
    assert mailbox[0].mails == []


def test_a_webhook_is_called_with_the_words_and_the_id(httpserver: HTTPServer) -> None:
    """Any Apprise URL whose host the settings allow."""
    httpserver.expect_request("/hook", method="POST").respond_with_data("ok")
    AppriseChannel(hosts=frozenset({f"localhost:{httpserver.port}"})).send(
        to(f"json://localhost:{httpserver.port}/hook")
    )
    request, _ = httpserver.log[0]
    assert request.get_json()["title"] == LETTER.subject
    assert request.get_json()["message"] == LETTER.body
    assert request.headers["X-Message-Id"] == LETTER.id


def test_a_webhook_that_fails_says_why_and_keeps_its_secrets(httpserver: HTTPServer) -> None:
    """The reason goes into the outbox and the log, the address does not."""
    httpserver.expect_request("/s3cret-path").respond_with_data("no", status=503)
    url = f"json://user:passw0rd@localhost:{httpserver.port}/s3cret-path"
    with pytest.raises(Undeliverable) as refused:
        AppriseChannel(hosts=frozenset({f"localhost:{httpserver.port}"})).send(to(url))
    assert "503" in refused.value.reason
    assert "s3cret" not in refused.value.reason
    assert "passw0rd" not in refused.value.reason
    assert not refused.value.permanent


@pytest.mark.parametrize(
    "url",
    [
        "json://169.254.169.254/latest",
        "json://localhost@internal/hook",
        "json://localhost:6379/hook",
        "ntfy://internal/topic",
        "mailto://user:pw@example.org?smtp=internal",
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
        "syslog://",
        "dingtalk://0123456789abcdef/?template=/etc/passwd",
        "not a url",
        "file:///etc/passwd",
    ],
)
def test_an_address_reaches_only_what_the_settings_allow(url: str) -> None:
    """Addresses are written by people, and sent to from inside the network."""
    with pytest.raises(Undeliverable) as refused:
        AppriseChannel(hosts=frozenset({"localhost"}), services=frozenset({"dingtalk"})).send(to(url))
    assert refused.value.permanent


def test_a_host_may_be_named_without_its_usual_port() -> None:
    """Then the address may leave it out, or say it; nothing listens there, which is a failure of its own."""
    channel = AppriseChannel(hosts=frozenset({"localhost"}))
    for url in ("json://localhost/hook", "json://localhost:80/hook", "jsons://localhost:443/hook"):
        with pytest.raises(Undeliverable) as failed:
            channel.send(to(url))
        assert not failed.value.permanent


def test_a_webhook_that_drips_is_cut_in_time_and_its_channel_is_away() -> None:
    """Each byte comes within the time-out, and the line of the answer never ends."""
    with serving(Script(greeting="", drips=("POST",))) as port, Deadline(0.5):
        with pytest.raises(Undeliverable) as failed:
            AppriseChannel(hosts=frozenset({f"localhost:{port}"})).send(to(f"json://localhost:{port}/hook"))
        assert (failed.value.permanent, failed.value.channel) == (False, True)


def test_a_webhook_that_answers_with_an_error_is_not_away(httpserver: HTTPServer) -> None:
    """It is a try of this one letter."""
    httpserver.expect_request("/hook").respond_with_data("no", status=503)
    with Deadline(5), pytest.raises(Undeliverable) as failed:
        AppriseChannel(hosts=frozenset({f"localhost:{httpserver.port}"})).send(
            to(f"json://localhost:{httpserver.port}/hook")
        )
    assert not failed.value.channel


def test_an_address_cannot_have_us_wait_for_its_server() -> None:
    """`?rto=600` would hold up everybody else's letters; ten seconds are the most."""
    target = AppriseChannel(hosts=frozenset({"localhost"}))._target(
        "json://localhost/hook?rto=600&cto=600&retry=5"
    )
    assert (target.request_timeout, target.retry) == ((10, 10), 0)


def test_a_redirect_is_not_followed(httpserver: HTTPServer) -> None:
    """An allowed host must not send us on to another."""
    httpserver.expect_request("/hook").respond_with_data("", status=307, headers={"Location": "/inside"})
    httpserver.expect_request("/inside").respond_with_data("reached")
    with pytest.raises(Undeliverable):
        AppriseChannel(hosts=frozenset({f"localhost:{httpserver.port}"})).send(
            to(f"json://localhost:{httpserver.port}/hook")
        )
    assert [request.path for request, _ in httpserver.log] == ["/hook"]


def post(settings: Settings, **channels: Any) -> Post:
    from dataclasses import replace

    return Post(replace(settings, channels=ChannelSettings(**channels)))


@pytest.fixture
def settings(tmp_path: Any) -> Settings:
    """The settings as they come, with a data folder of the test's own."""
    return Settings.load(environ={"HUIFANG_DATA": str(tmp_path)})


def test_without_an_address_a_letter_goes_to_the_log(settings: Settings) -> None:
    """Nobody who left no address is forgotten silently."""
    with capture_logs() as lines:
        post(settings).send(LETTER)
    assert [(line["event"], line["subject"]) for line in lines] == [("letter", LETTER.subject)]


def test_clients_are_told_by_the_url_of_the_settings(settings: Settings, httpserver: HTTPServer) -> None:
    """`{phone}` stands for the client's number; without such a URL the letter goes to the log."""
    httpserver.expect_request("/sms/13800000001").respond_with_data("ok")
    url = f"json://localhost:{httpserver.port}/sms/{{phone}}"
    post(settings, addresses={"client": url}).send_to_client(to("13800000001"))
    assert [request.path for request, _ in httpserver.log] == ["/sms/13800000001"]
    with capture_logs() as lines:
        post(settings).send_to_client(to("13800000001"))
    assert "13800000001" not in str(lines)


def test_a_mail_address_without_a_mail_server_is_tried_again_later(settings: Settings) -> None:
    """It is for the operator to set one up; the message waits."""
    assert settings.mail == MailSettings()
    with pytest.raises(Undeliverable, match="no mail server is set up") as refused:
        post(settings).send(to("li@example.org"))
    assert not refused.value.permanent


ADDRESSES = {"LogChannel": "", "MailChannel": "li@example.com", "AppriseChannel": "https://example.com/li"}


def channels() -> set[str]:
    """The classes of `service.channels` that can send, by whatever name."""
    folder = Path(post_module.__file__).parent
    return {
        node.name
        for file in folder.glob("*.py")
        for node in ast.parse(file.read_text("utf-8")).body
        if isinstance(node, ast.ClassDef)
        and any(isinstance(each, ast.FunctionDef) and each.name == "send" for each in node.body)
    } - {"Channel", "Post"}


def test_every_channel_is_reached_from_the_post() -> None:
    """A class of `service.channels` that can send, and that the post does not know, would never be used."""
    assert channels()
    text = Path(post_module.__file__).read_text("utf-8")
    assert {name for name in channels() if f"{name}(" not in text} == set()


def test_every_channel_stands_and_falls_by_itself() -> None:
    """Each has its own name: what is away holds up no letter that another channel carries."""
    assert set(ADDRESSES) == channels()
    assert len({channel_of(address) for address in ADDRESSES.values()}) == len(ADDRESSES)
