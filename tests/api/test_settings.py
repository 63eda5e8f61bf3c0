"""Settings: every problem at once, secrets from the environment only."""

from __future__ import annotations

import tomllib
from base64 import b64encode
from pathlib import Path

import pytest
from marshmallow.fields import Nested

from service.settings import Settings, SettingsError, shipped_path
from service.settings_schema import ConfigSchema, TableSchema

KEYS = f"1:{b64encode(b'k' * 32).decode()}"


def written(folder: Path, text: str) -> Path:
    """A file of settings."""
    file = folder / "config.toml"
    file.write_text(text, "utf-8")
    return file


def refused(file: Path | None, **environ: str) -> tuple[str, ...]:
    """The lines with which the settings are refused."""
    with pytest.raises(SettingsError) as caught:
        Settings.load(file, environ)
    return caught.value.problems


def test_the_shipped_settings_are_the_defaults(tmp_path: Path) -> None:
    """config.toml says what holds without it."""
    environ = {"HUIFANG_DATA": str(tmp_path)}
    shipped = Settings.load(None, environ)
    without = Settings.load(written(tmp_path, ""), environ)
    for part in (
        "language",
        "synchronous",
        "limits",
        "server",
        "api",
        "clock",
        "relay",
        "mail",
        "channels",
        "oidc",
    ):
        assert getattr(shipped, part) == getattr(without, part), part


def test_the_shipped_file_shows_every_setting() -> None:
    """Whoever reads it sees all that can be set; it is a copy of the defaults, held by the test above."""
    shipped = tomllib.loads(shipped_path("config.toml").read_text("utf-8"))
    assert keys_of(shipped) == keys_of(ConfigSchema())


def keys_of(table: object, above: str = "") -> set[str]:
    """The dotted keys of tables of the file, or of the schema's."""
    if isinstance(table, TableSchema):
        inner = {
            name: field.schema if isinstance(field, Nested) else None for name, field in table.fields.items()
        }
        return keys_of(inner, above)
    if not isinstance(table, dict):
        return {above}
    return {key for name, value in table.items() for key in keys_of(value, f"{above}.{name}")}


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    """One line each, with the key and what was probably meant."""
    file = written(tmp_path, 'langage = "en"\n[server]\nport = "x"\nprot = 1\n[clock]\nsweep_every = "10"\n')
    lines = refused(file, HUIFANG_DATABSE_URL="x", HUIFANG_ENV="live")
    for said in ("did you mean 'language'", "server.port", "did you mean 'port'", "clock.sweep_every"):
        assert any(said in line for line in lines), said
    assert any("HUIFANG_DATABASE_URL" in line for line in lines)
    assert any("HUIFANG_ENV" in line for line in lines)


def test_production_does_not_start_without_its_secrets(tmp_path: Path) -> None:
    """Both are named."""
    lines = refused(None, HUIFANG_ENV="production", HUIFANG_DATA=str(tmp_path))
    assert [line.split(":")[0] for line in lines] == ["HUIFANG_KEYS", "HUIFANG_SECRET"]


def test_in_development_the_secrets_are_made_when_they_are_needed(tmp_path: Path) -> None:
    """Reading the settings leaves no trace; what is made is for nobody else to read, and kept."""
    environ = {"HUIFANG_DATA": str(tmp_path / "data")}
    first = Settings.load(None, environ)
    assert not (tmp_path / "data").exists()
    sealed = first.cipher.seal_with_master_key("x", {"name": "Li"})
    assert Settings.load(None, environ).cipher.open_with_master_key("x", sealed) == {"name": "Li"}
    assert Settings.load(None, environ).signature == first.signature
    for name, mode in (("", 0o700), ("keys", 0o600), ("secret", 0o600)):
        assert (tmp_path / "data" / name).stat().st_mode & 0o777 == mode, name


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    """Database, keys, channels; and what is secret is never printed."""
    file = written(tmp_path, '[database]\nurl = "sqlite:///a.db"\n')
    environ = {
        "HUIFANG_DATA": str(tmp_path),
        "HUIFANG_DATABASE_URL": "sqlite:///b.db",
        "HUIFANG_KEYS": KEYS,
        "HUIFANG_CHANNELS": "client = json://made.up/{phone}",
    }
    found = Settings.load(file, environ)
    assert (found.database_url, found.keys) == ("sqlite:///b.db", KEYS)
    assert found.channels.client == "json://made.up/{phone}"
    for secret in (KEYS, "made.up", found.signature, "b.db"):
        assert secret not in repr(found)


@pytest.mark.parametrize("text", ["[", 'language = "en', "\x00", 'language = "\\ud800"'])
def test_a_file_that_is_no_toml_is_refused_with_its_name(tmp_path: Path, text: str) -> None:
    """One line that names the file."""
    (line,) = refused(written(tmp_path, text), HUIFANG_DATA=str(tmp_path))
    assert line.startswith(str(tmp_path))


def test_a_key_that_is_none_is_refused_without_being_shown(tmp_path: Path) -> None:
    """The line names the variable, not its value."""
    (line,) = refused(None, HUIFANG_KEYS="1:not-base64", HUIFANG_DATA=str(tmp_path))
    assert line.startswith("HUIFANG_KEYS")
    assert "not-base64" not in line
