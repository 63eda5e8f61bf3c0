"""The settings: config.toml, overridden by environment variables.

Secrets come from the environment only. In development the program generates missing ones and keeps them in
the data folder; in production it refuses to start without them.
"""

from __future__ import annotations

import importlib.resources
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from service import secret_files
from service.settings_schema import load_config
from service.settings_tables import (
    ApiSettings,
    AttachmentSettings,
    ChannelSettings,
    ClockSettings,
    LinkSettings,
    MailSettings,
    OidcSettings,
    RelaySettings,
    ServerSettings,
)
from workflows.language.forms.field import LANGUAGES
from workflows.storage.cipher import Cipher, CipherError
from workflows.storage.drivers.timeouts import Timeouts
from workflows.suggestions import did_you_mean

VARIABLES = (
    "HUIFANG_CHANNELS",
    "HUIFANG_CONFIG",
    "HUIFANG_DATA",
    "HUIFANG_DATABASE_URL",
    "HUIFANG_ENV",
    "HUIFANG_KEYS",
    "HUIFANG_MAIL_PASSWORD",
    "HUIFANG_METRICS_TOKEN",
    "HUIFANG_OIDC_SECRET",
    "HUIFANG_SECRET",
)
PURPOSES = ("client",)  # what an address in HUIFANG_CHANNELS may be for
_DEFINITIONS = "definitions"  # beside config.toml; where there is none, the shipped folder


class SettingsError(Exception):
    """The settings cannot be used. `problems` has one line for each thing that is wrong."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings, validated. `database_url`, `keys`, `secret` and `metrics_token` are not in the repr.

    `keys` and `secret` are those of the environment, or empty. Then `cipher` and `signature` use files of the
    data folder, which are made when first needed: a command that only reads definitions leaves no trace.
    """

    environment: Literal["development", "production"] = "development"
    data: Path
    definitions: Path
    database_url: str = field(repr=False)
    keys: str = field(repr=False)
    secret: str = field(repr=False)
    metrics_token: str = field(default="", repr=False)
    synchronous: str = "FULL"
    limits: Timeouts = field(default_factory=Timeouts)
    language: str = "zh-Hans"
    languages: tuple[str, ...] = LANGUAGES
    server: ServerSettings = field(default_factory=ServerSettings)
    api: ApiSettings = field(default_factory=ApiSettings)
    links: LinkSettings = field(default_factory=LinkSettings)
    attachments: AttachmentSettings = field(default_factory=AttachmentSettings)
    clock: ClockSettings = field(default_factory=ClockSettings)
    relay: RelaySettings = field(default_factory=RelaySettings)
    mail: MailSettings = field(default_factory=MailSettings)
    channels: ChannelSettings = field(default_factory=ChannelSettings)
    oidc: OidcSettings = field(default_factory=OidcSettings)

    @classmethod
    def load(cls, path: Path | None = None, environ: Mapping[str, str] = os.environ) -> Settings:
        """Read config.toml (at `path`, at HUIFANG_CONFIG, or the one that comes with the desk).

        Raises SettingsError with every problem at once.
        """
        problems = _unknown_variables(environ)
        file = path or Path(environ.get("HUIFANG_CONFIG") or str(shipped_path("config.toml")))
        config = _read(file, problems)
        environment = _environment(environ, problems)
        data = Path(environ.get("HUIFANG_DATA") or "data").absolute()
        channels = _channels(config.get("channels", {}), environ, problems)
        keys = environ.get("HUIFANG_KEYS", "")
        secret = environ.get("HUIFANG_SECRET", "")
        if environment == "production":
            problems += _missing_secrets(keys, secret)
        problems += _bad_keys(keys)
        if problems:
            raise SettingsError(problems)
        database = config.get("database", {})
        url = environ.get("HUIFANG_DATABASE_URL") or database.get("url") or _default_database(data)
        return cls(
            environment="production" if environment == "production" else "development",
            data=data,
            definitions=_definitions_path(file, config.get("definitions")),
            database_url=url,
            keys=keys,
            secret=secret,
            metrics_token=environ.get("HUIFANG_METRICS_TOKEN", ""),
            limits=Timeouts(**database.get("limits", {})),
            server=ServerSettings(**_freeze_lists(config.get("server", {}))),
            api=ApiSettings(**_freeze_lists(config.get("api", {}))),
            links=LinkSettings(**config.get("links", {})),
            attachments=AttachmentSettings(**config.get("attachments", {})),
            clock=ClockSettings(**config.get("clock", {})),
            relay=RelaySettings(**config.get("relay", {})),
            mail=MailSettings(**config.get("mail", {}), password=environ.get("HUIFANG_MAIL_PASSWORD", "")),
            channels=channels,
            oidc=OidcSettings(
                **_freeze_lists(config.get("oidc", {})), secret=environ.get("HUIFANG_OIDC_SECRET", "")
            ),
            **_pick(config, "language"),
            **_pick(_freeze_lists(config), "languages"),
            **_pick(database, "synchronous"),
        )

    @property
    def cipher(self) -> Cipher:
        """The cipher for personal data, with the keys of HUIFANG_KEYS, or of the file `keys`."""
        return Cipher.from_text(
            self.keys or secret_files.read_or_create(self.folder() / "keys", secret_files.new_key)
        )

    @property
    def signature(self) -> str:
        """The secret from which tokens and codes are derived; HUIFANG_SECRET, or the file `secret`."""
        return self.secret or secret_files.read_or_create(self.folder() / "secret", secret_files.new_secret)

    @property
    def has_database(self) -> bool:
        """Whether there is a database that could be opened: an SQLite file, or an address of PostgreSQL."""
        driver, _, place = self.database_url.partition(":///")
        return not driver.startswith("sqlite") or Path(place.partition("?")[0]).is_file()

    def folder(self) -> Path:
        """The data folder, made if it is missing, with mode 0700."""
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self.data


def shipped_path(name: str) -> Path:
    """Where the shipped `config.toml` or `definitions` is: in the checkout, or in the installed package."""
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
    config, wrong = load_config(raw)
    problems += [f"{file}: {line}" for line in wrong]
    return config


def _unknown_variables(environ: Mapping[str, str]) -> list[str]:
    ours = [name for name in environ if name.startswith("HUIFANG_")]
    return [f"{name}: unknown{did_you_mean(name, VARIABLES)}" for name in ours if name not in VARIABLES]


def _environment(environ: Mapping[str, str], problems: list[str]) -> str:
    environment = environ.get("HUIFANG_ENV") or "development"
    if environment not in ("development", "production"):
        problems.append(f"HUIFANG_ENV: {environment!r} is neither development nor production")
    return environment


def _missing_secrets(keys: str, secret: str) -> list[str]:
    missing = []
    if not keys:
        missing.append(
            "HUIFANG_KEYS: needed in production (1:<base64 of 32 random bytes>), to seal personal words"
        )
    if len(secret) < 32:
        missing.append("HUIFANG_SECRET: needed in production, at least 32 random characters")
    return missing


def _bad_keys(keys: str) -> list[str]:
    if not keys:
        return []
    try:
        Cipher.from_text(keys)
    except CipherError as error:
        return [f"HUIFANG_KEYS: {error}"]
    return []


def _channels(data: Mapping[str, Any], environ: Mapping[str, str], problems: list[str]) -> ChannelSettings:
    lines = [line.strip() for line in environ.get("HUIFANG_CHANNELS", "").splitlines() if line.strip()]
    problems += ["HUIFANG_CHANNELS: write name=url, one a line" for line in lines if "=" not in line]
    addresses = {name.strip(): url.strip() for name, _, url in (line.partition("=") for line in lines)}
    for name in addresses:
        if name not in PURPOSES:
            problems.append(f"HUIFANG_CHANNELS: unknown name {name!r}{did_you_mean(name, PURPOSES)}")
    return ChannelSettings(**_freeze_lists(data), addresses=addresses)


def _freeze_lists(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}


def _pick(table: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The value as a keyword argument; nothing where the file has none, so that the default holds."""
    return {name: table[name]} if name in table else {}


def _definitions_path(file: Path, text: str | None) -> Path:
    beside = (file.parent / (text or _DEFINITIONS)).absolute()
    return beside if beside.exists() or text not in (None, _DEFINITIONS) else shipped_path(_DEFINITIONS)


def _default_database(data: Path) -> str:
    return f"sqlite:///{data / 'huifang.db'}"
