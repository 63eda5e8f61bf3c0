"""`huifang sites`: sites, their settings, and the history of these."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from command_line import ERRANDS, Huifang, Said


def test_sites_are_added_changed_and_listed(office: Huifang) -> None:
    """Adding again changes name and zone."""
    assert office("sites", "add", "madrid", "Madrid", "--zone", "Europe/Madrid").out == "added madrid\n"
    assert (
        office("sites", "add", "madrid", "Madrid norte", "--zone", "Europe/Madrid").out == "changed madrid\n"
    )
    assert "madrid\tMadrid norte\tEurope/Madrid\n" in office("sites", "list").out


@pytest.mark.parametrize("arguments", [("A B", "x"), ("ab", "x", "--zone", "Asia/Shangai"), ("ab",)])
def test_a_site_has_a_code_and_a_zone(office: Huifang, arguments: tuple[str, ...]) -> None:
    """Anything else is usage."""
    assert office("sites", "add", *arguments).code == 2


def test_roles_are_known_only_once_definitions_are_published(huifang: Huifang) -> None:
    """Before, a post cannot be given."""
    huifang("migrate")
    said = huifang("accounts", "add", "li", "--name", "Li", "--post", "office:clerk", typed="long enough\n")
    assert said.code == 1
    assert "huifang publish" in said.err


def test_a_site_decides_for_itself(office: Huifang, tmp_path: Path) -> None:
    """Values are told by type; a name alone gives the default back."""
    publish_settings(office, tmp_path)
    assert office("sites", "settings", "office").out == "strict\tfalse\t(default)\nshare\t0.7\t(default)\n"
    assert office("sites", "set", "office", "strict=true", "share=0.5").out == "office: strict, share\n"
    assert office("sites", "settings", "office").out == "strict\ttrue\nshare\t0.5\n"
    assert office("sites", "set", "office", "share=").code == 0
    assert office("sites", "settings", "office").out == "strict\ttrue\nshare\t0.7\t(default)\n"
    told = [
        line.split("\t")[1:] for line in office("sites", "settings", "office", "--history").out.splitlines()
    ]
    assert told == [
        ["command line", "share", "(default) -> 0.5"],
        ["command line", "strict", "(default) -> true"],
        ["command line", "share", "0.5 -> (default)"],
    ]
    said = office("sites", "set", "office", "share=0.5", "--as", "li")
    assert said.err.startswith("huifang: li does not look after the desk at office")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("strickt=true", "strickt: no such setting; did you mean 'strict'?"),
        ("strict=maybe", "strict must be true or false"),
        ("share=much", "share must be a number"),
    ],
)
def test_a_site_cannot_decide_just_anything(office: Huifang, tmp_path: Path, said: str, why: str) -> None:
    """With what was probably meant, and nothing changes."""
    publish_settings(office, tmp_path)
    assert office("sites", "set", "office", said) == Said(1, "", f"huifang: {why}\n")
    assert office("sites", "set", "nowhere", "strict=true").err == "huifang: there is no site 'nowhere'\n"
    assert office("sites", "set", "office", "strict").code == 2


def publish_settings(office: Huifang, folder: Path) -> None:
    """The company of the tests, and two settings."""
    title = "{en: T, zh-Hans: 题, zh-Hant: 題, es: T}"
    copied = folder / "definitions"
    shutil.copytree(ERRANDS, copied)
    (copied / "settings.yaml").write_text(
        f"strict: {{type: boolean, title: {title}, default: false}}\n"
        f"share: {{type: number, title: {title}, default: 0.7}}\n",
        encoding="utf-8",
    )
    assert office("publish", str(copied)).code == 0
