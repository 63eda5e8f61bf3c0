"""What the desk is told about its surroundings: config.toml, and the environment over it.

Secrets come from the environment only. In development the desk makes its own and keeps them in the data
folder; in production it refuses to start without.
"""

from __future__ import annotations

import importlib.resources
import os
import secrets
import tomllib
from base64 import b64encode
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from service.settings_shape import shaped
from workflows.storage.cipher import KEY, Cipher, CipherError
from workflows.timing.problems import did_you_mean

VARIABLES = (
    "HUIFANG_CHANNELS",
    "HUIFANG_CONFIG",
    "HUIFANG_DATA",
    "HUIFANG_DATABASE_URL",
    "HUIFANG_ENV",
    "HUIFANG_KEYS",
    "HUIFANG_MAIL_PASSWORD",
    "HUIFANG_SECRET",
)
PURPOSES = ("client",)  # what an address in HUIFANG_CHANNELS may be for


class SettingsError(Exception):
    """The desk cannot start so. `problems` has one line for each thing that is wrong."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where the desk listens, with how many hands, and for how many seconds to one request."""

    host: str = "127.0.0.1"
    port: int = 8765
    workers: int = 1
    threads: int = 8
    proxies: int = 0
    read_timeout: int = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """The bounds of the API. Times are seconds."""

    largest_body: int = 1_000_000
    page: int = 50
    largest_page: int = 200
    token_life: int = 90 * 86_400
    publishers: tuple[str, ...] = ("office-director", "project-manager")
    sign_in_failures: int = 5
    sign_in_wait: int = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockJobs:
    """How often the clock process looks. Times are seconds."""

    sweep_every: int = 10
    sweep_batch: int = 500
    schedules_every: int = 30
    cleanup_every: int = 3_600
    keep_answers: int = 7 * 86_400
    keep_messages: int = 90 * 86_400
    keep_runs: int = 400 * 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """How messages leave. Times are seconds; quiet hours are `HH:MM`, or empty."""

    every: int = 5
    batch: int = 50
    attempts: int = 8
    first_wait: int = 30
    longest_wait: int = 3_600
    lease: int = 120
    quiet_from: str = ""
    quiet_until: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """The mail server; without a host, no mail leaves. The password comes from HUIFANG_MAIL_PASSWORD."""

    host: str = ""
    port: int = 25
    sender: str = ""
    user: str = ""
    starttls: bool = False
    timeout: int = 10
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    """Whereto messages may leave. `addresses` holds secrets: name -> URL, from HUIFANG_CHANNELS.

    `services` and `hosts` are what the address of a member of staff may name; `base_url` is put before links.
    """

    base_url: str = ""
    services: tuple[str, ...] = ("dingtalk", "feishu", "lark", "wecombot")
    hosts: tuple[str, ...] = ()
    addresses: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def client(self) -> str:
        """The URL by which clients are told, `{phone}` standing for theirs; empty when they are not."""
        return self.addresses.get("client", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All of it, checked. `database_url`, `keys` and `secret` are never printed.

    `keys` and `secret` are those of the environment. Where it gives none, the desk has its own, which are
    made when they are first needed: looking at definitions leaves no trace.
    """

    environment: Literal["development", "production"] = "development"
    data: Path
    definitions: Path
    database_url: str = field(repr=False)
    keys: str = field(repr=False)
    secret: str = field(repr=False)
    synchronous: str = "FULL"
    language: str = "zh-Hans"
    server: Server = field(default_factory=Server)
    api: Api = field(default_factory=Api)
    clock: ClockJobs = field(default_factory=ClockJobs)
    relay: Relay = field(default_factory=Relay)
    mail: Mail = field(default_factory=Mail)
    channels: Channels = field(default_factory=Channels)

    @classmethod
    def load(cls, path: Path | None = None, environ: Mapping[str, str] = os.environ) -> Settings:
        """Read config.toml (at `path`, at HUIFANG_CONFIG, or the one that comes with the desk).

        Raises SettingsError with every problem at once.
        """
        problems = _unknown_variables(environ)
        file = path or Path(environ.get("HUIFANG_CONFIG") or str(shipped("config.toml")))
        said = _read(file, problems)
        environment = _environment(environ, problems)
        data = Path(environ.get("HUIFANG_DATA") or "data").absolute()
        channels = _channels(said.get("channels", {}), environ, problems)
        keys = environ.get("HUIFANG_KEYS", "")
        secret = environ.get("HUIFANG_SECRET", "")
        if environment == "production":
            problems += _missing_secrets(keys, secret)
        problems += _bad_keys(keys)
        if problems:
            raise SettingsError(problems)
        database = said.get("database", {})
        url = environ.get("HUIFANG_DATABASE_URL") or database.get("url") or _own_database(data)
        return cls(
            environment="production" if environment == "production" else "development",
            data=data,
            definitions=_definitions(file, said.get("definitions", "definitions")),
            database_url=url,
            keys=keys,
            secret=secret,
            synchronous=database.get("synchronous", "FULL"),
            language=said.get("language", "zh-Hans"),
            server=Server(**said.get("server", {})),
            api=Api(**_frozen(said.get("api", {}))),
            clock=ClockJobs(**said.get("clock", {})),
            relay=Relay(**said.get("relay", {})),
            mail=Mail(**said.get("mail", {}), password=environ.get("HUIFANG_MAIL_PASSWORD", "")),
            channels=channels,
        )

    @property
    def cipher(self) -> Cipher:
        """What personal words are sealed with."""
        return Cipher.from_text(self.keys or _kept(self.folder() / "keys", _new_key))

    @property
    def signature(self) -> str:
        """The secret from which the desk derives others."""
        return self.secret or _kept(self.folder() / "secret", _new_secret)

    def folder(self) -> Path:
        """The data folder, made when it is first needed, for nobody else to look into."""
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self.data


def shipped(name: str) -> Path:
    """`config.toml` or `definitions` as they come with the desk: in the checkout, or in the package."""
    checkout = Path(__file__).resolve().parent.parent / name
    return checkout if checkout.exists() else Path(str(importlib.resources.files("service"))) / "_data" / name


def _read(file: Path, problems: list[str]) -> dict[str, Any]:
    try:
        raw = tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        problems.append(f"{file}: cannot be read: {error.strerror}")
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(f"{file}: {error}")
        return {}
    said, wrong = shaped(raw)
    problems += [f"{file}: {line}" for line in wrong]
    return said


def _unknown_variables(environ: Mapping[str, str]) -> list[str]:
    ours = [name for name in environ if name.startswith("HUIFANG_")]
    return [f"{name}: unknown{did_you_mean(name, VARIABLES)}" for name in ours if name not in VARIABLES]


def _environment(environ: Mapping[str, str], problems: list[str]) -> str:
    found = environ.get("HUIFANG_ENV") or "development"
    if found not in ("development", "production"):
        problems.append(f"HUIFANG_ENV: {found!r} is neither development nor production")
    return found


def _missing_secrets(keys: str, secret: str) -> list[str]:
    found = []
    if not keys:
        found.append(
            "HUIFANG_KEYS: needed in production (1:<base64 of 32 random bytes>), to seal personal words"
        )
    if len(secret) < 32:
        found.append("HUIFANG_SECRET: needed in production, at least 32 random characters")
    return found


def _bad_keys(keys: str) -> list[str]:
    if not keys:
        return []
    try:
        Cipher.from_text(keys)
    except CipherError as error:
        return [f"HUIFANG_KEYS: {error}"]
    return []


def _channels(said: Mapping[str, Any], environ: Mapping[str, str], problems: list[str]) -> Channels:
    lines = [line.strip() for line in environ.get("HUIFANG_CHANNELS", "").splitlines() if line.strip()]
    problems += ["HUIFANG_CHANNELS: write name=url, one a line" for line in lines if "=" not in line]
    addresses = {name.strip(): url.strip() for name, _, url in (line.partition("=") for line in lines)}
    for name in addresses:
        if name not in PURPOSES:
            problems.append(f"HUIFANG_CHANNELS: unknown name {name!r}{did_you_mean(name, PURPOSES)}")
    return Channels(**_frozen(said), addresses=addresses)


def _frozen(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in said.items()}


def _definitions(file: Path, said: str) -> Path:
    beside = (file.parent / said).absolute()
    return beside if beside.exists() or said != "definitions" else shipped("definitions")


def _own_database(data: Path) -> str:
    return f"sqlite:///{data / 'huifang.db'}"


def _new_key() -> str:
    return f"1:{b64encode(secrets.token_bytes(KEY)).decode()}"


def _new_secret() -> str:
    return secrets.token_urlsafe(48)


def _kept(file: Path, make: Callable[[], str]) -> str:
    """A secret of this data folder, made when it is first asked for and readable by nobody else."""
    if not file.exists():
        draft = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
            opened.write(make())
        with suppress(FileExistsError):  # another process was quicker; its secret holds
            os.link(draft, file)
        draft.unlink()
    return file.read_text("utf-8").strip()
