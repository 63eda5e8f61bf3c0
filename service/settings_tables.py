"""The tables of config.toml, each with its defaults, which stand here only. Durations are seconds.

The schema (`settings_schema`) holds the bounds of the values, and loads into these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """`[server]`: the address, the processes (`workers`; 0: as many as there are cores) and their threads.

    A request must arrive within `read_timeout` seconds. `hosts` are the host names that are accepted; empty:
    any. With `request_log`, each request is one log line.
    """

    host: str = "127.0.0.1"
    port: int = 8765
    workers: int = 0
    threads: int = 8
    proxies: int = 0
    read_timeout: int = 15
    hosts: tuple[str, ...] = ()
    request_log: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiSettings:
    """`[api]`: the limits of the API. Durations are seconds, `largest_body` is bytes."""

    largest_body: int = 1_000_000
    page: int = 50
    largest_page: int = 200
    token_life: int = 90 * 86_400
    publishers: tuple[str, ...] = ("office-director", "project-manager")
    sign_in_failures: int = 5
    sign_in_failures_by_address: int = 50
    sign_in_wait: int = 900
    link_life: int = 3 * 86_400
    longest_lending: int = 92 * 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSettings:
    """`[links]`: what residents do without an account, by a link to their ticket or the code of their unit.

    A link is valid for `life` seconds, a code for `code_life`. Within `wait` seconds a link takes `sends`
    forms, an address sends at most `sends_by_address`, and is shown no page after `misses_by_address` wrong
    links.
    """

    life: int = 90 * 86_400
    code_life: int = 1_095 * 86_400
    sends: int = 30
    sends_by_address: int = 100
    misses_by_address: int = 60
    wait: int = 3_600


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentSettings:
    """`[attachments]`: where uploaded files lie (`url`; empty: a folder in the data folder), and their
    limits.

    Sizes are bytes, `largest_picture` is pixels, durations are seconds. `site_quota` is what all files of a
    site may take together.
    """

    url: str = ""
    largest_file: int = 20_000_000
    most_files: int = 20
    largest_request: int = 100_000_000
    largest_picture: int = 50_000_000
    site_quota: int = 50_000_000_000
    upload_timeout: int = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockSettings:
    """`[clock]`: how often the jobs of the clock process run, and how long it keeps old rows; in seconds.

    `host` and `port` are where `huifang clock` answers about its health; port 0: nowhere.
    """

    sweep_every: int = 10
    sweep_batch: int = 500
    schedules_every: int = 30
    cleanup_every: int = 3_600
    keep_answers: int = 7 * 86_400
    keep_tokens: int = 90 * 86_400
    keep_runs: int = 400 * 86_400
    host: str = "127.0.0.1"
    port: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RelaySettings:
    """`[relay]`: how messages are sent. Durations are seconds; quiet hours are `HH:MM`, or empty."""

    every: int = 5
    batch: int = 50
    attempts: int = 8
    first_wait: int = 30
    longest_wait: int = 3_600
    longest_silence: int = 300
    send_timeout: int = 60
    lease: int = 120
    quiet_from: str = ""
    quiet_until: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """`[mail]`: the SMTP server. Without a host no mail is sent. `password` is HUIFANG_MAIL_PASSWORD."""

    host: str = ""
    port: int = 25
    sender: str = ""
    user: str = ""
    starttls: bool = False
    timeout: int = 10
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcSettings:
    """`[oidc]`: signing in by OpenID Connect; without an `issuer`, by password only. `secret` is
    HUIFANG_OIDC_SECRET; without one the desk is a public client.

    `title` stands on the button. The `claim` names the account; `email` is looked for among the addresses of
    staff instead.
    """

    issuer: str = ""
    client: str = ""
    title: str = ""
    claim: str = "email"
    scopes: tuple[str, ...] = ("openid", "email")
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSettings:
    """`[channels]`: where messages may be sent. `addresses` (name -> URL) is secret: HUIFANG_CHANNELS.

    Addresses of staff may name these `services` and `hosts` only; `base_url` is put before links.
    """

    base_url: str = ""
    services: tuple[str, ...] = ("dingtalk", "feishu", "lark", "wecombot")
    hosts: tuple[str, ...] = ()
    addresses: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def client(self) -> str:
        """The Apprise URL for messages to clients, with `{phone}` for their number; empty: they get none."""
        return self.addresses.get("client", "")
