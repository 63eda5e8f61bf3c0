"""Whoever asks, and by whatever door, the same is found: check, publish, dry run, and both of the API."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from uuid import uuid4

import pytest
from gate_desk import FILES, SITE, T

from service import auth, cli, wallclock
from service.application import create_app
from service.bootstrap import open_desk
from service.settings import Settings
from workflows.core.access.permissions import build_actor
from workflows.core.commands import Open
from workflows.core.people import Membership, Staff
from workflows.language.load import read_folder
from workflows.storage.people.people import Site

REPORTS = f"""
rented:
  title: {T}
  roles: [clerk]
  counts: tickets
  of: rental
  by: plan
  period: month
  columns: {{all: {{title: {T}, count: true}}}}
"""
SENT = "definition.yaml"
LINE = re.compile(r"(?:.*/)?(?P<file>[a-z.]+)(?:@1)?(?P<rest>:\d+:\d+: .*?)(?: \[[a-z-]+\])?")
CHANGES = {
    "a role that nobody has": ("fee.yaml", "owner: {role: clerk}", "owner: {role: clark}"),
    "an end that is never reached": ("fee.yaml", "from: due, to: paid", "from: due, to: due"),
    "a child that asks its caller for more": ("fee.yaml", "[what], accepts: [receipt]", "[what, receipt]"),
    "a report over a field that is gone": ("rental.yaml", "plan", "tariff"),
    "a scenario of earlier days": ("rental.yaml", "expect: {state: issued}", "expect: {state: billed}"),
    "a parent that would wait for ever": ("fee.yaml", "paid", "settled"),
    "a state in which a ticket stands": ("rental.yaml", "asked", "wanted"),
    "nothing that matters": ("fee.yaml", "purpose: Somebody pays.", "purpose: Somebody has to pay."),
}


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk with a folder of definitions, a clerk who may publish, and a ticket."""
    home = tmp_path_factory.mktemp("doors")
    (home / "trade").mkdir()
    for name, text in {**FILES, "reports.yaml": REPORTS}.items():
        (home / "trade" / name).write_text(text, "utf-8")
    (home / "config.toml").write_text("[api]\npublishers = ['clerk']\n", "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        live_in(home, patch)
        assert cli.run(["migrate"]) == 0
    desk = open_desk(settings(home))
    desk.people.store_site(Site(id=SITE, name="Garden", zone="Asia/Shanghai"))
    cleo = Staff(id="cleo", account="cleo", name="Cleo", memberships=(Membership(SITE, "clerk"),))
    desk.people.add_staff(cleo)
    desk.definitions.publish(read_folder(home / "trade"), wallclock.now(), "cleo")
    actor = build_actor(cleo, SITE)
    data = {"space": "A1", "plan": "yearly"}
    desk.engine.do(
        Open(site=SITE, id=str(uuid4()), workflow="rental", actor=actor, data=data), wallclock.now()
    )
    desk.close()
    return home


def settings(home: Path) -> Settings:
    environ = {"HUIFANG_DATA": str(home / "data"), "HUIFANG_CONFIG": str(home / "config.toml")}
    return Settings.load(environ=environ)


def live_in(home: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("HUIFANG_DATA", str(home / "data"))
    patch.setenv("HUIFANG_CONFIG", str(home / "config.toml"))
    patch.delenv("HUIFANG_DATABASE_URL", raising=False)


@pytest.fixture
def home(furnished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the desk."""
    copied = Path(shutil.copytree(furnished, tmp_path / "home"))
    live_in(copied, monkeypatch)
    return copied


def found_in(lines: str, file: str) -> set[str]:
    """The findings among printed lines, each without the way to its file or the version of it."""
    found = (LINE.fullmatch(line) for line in lines.splitlines())
    return {f"{each['file'].removesuffix('.yaml')}{each['rest']}" for each in found if each} - _days(lines)


def _days(lines: str) -> set[str]:
    """What is said of coming years in the calendars, which only a folder has."""
    return {line for line in lines.splitlines() if "not known yet" in line}


@pytest.mark.parametrize("change", CHANGES)
def test_every_door_finds_the_same(home: Path, change: str, capsys: pytest.CaptureFixture[str]) -> None:
    file, old, new = CHANGES[change]
    path = home / "trade" / file
    text = path.read_text("utf-8").replace(old, new)
    assert text != path.read_text("utf-8")
    path.write_text(text, "utf-8")
    by_door: dict[str, set[str]] = {}
    refused: dict[str, bool] = {}

    capsys.readouterr()
    for door in (["check"], ["publish", "--dry-run", "--take-over", "tried"]):
        refused[" ".join(door)] = cli.run([*door, str(home / "trade")]) != 0
        said = capsys.readouterr()
        by_door[" ".join(door)] = found_in(said.out + said.err, file)
    desk = open_desk(settings(home))
    client = create_app(desk).test_client()
    head = {"Authorization": f"Bearer {token_of(desk)}", "If-Match": '"1"', "Accept-Language": "en"}
    checked = client.post("/api/workflows/check", json={"text": text}, headers=head).json
    lines = "\n".join(map(line_of, checked["findings"]))
    by_door["check by API"] = found_in(lines.replace(SENT, file), file)
    refused["check by API"] = any(each["severity"] == "error" for each in checked["findings"])
    answer = client.post("/api/workflows", json={"text": text, "reason": "tried"}, headers=head)
    refused["publish by API"] = answer.status_code == 422
    desk.close()
    said_by_api = [each["message"] for each in answer.json.get("blocked_by", [])]

    assert len(set(map(frozenset, by_door.values()))) == 1, by_door
    assert len(set(refused.values())) == 1, refused
    errors = {each for each in by_door["check"] if ": note: " not in each and ": warning: " not in each}
    assert found_in("\n".join(said_by_api).replace(SENT, file), file) == errors
    assert refused["check"] is bool(errors)
    assert bool(by_door["check"]) is (change != "nothing that matters")


def test_every_door_says_what_is_done_otherwise_and_how_many_tickets_are_there(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In sentences, and with the plan for those who would lose their place."""
    path = home / "trade" / "rental.yaml"
    text = path.read_text("utf-8").replace("from: [asked, billed]", "from: billed").replace("asked", "wanted")
    path.write_text(text, "utf-8")
    capsys.readouterr()
    for door in (["check"], ["publish", "--dry-run", "--take-over", "tried"]):
        assert cli.run([*door, str(home / "trade")]) == 0
        said = capsys.readouterr().out
        assert "What changes: " in said
        assert "Open tickets there: 1." in said, said
        assert "states:\n  asked: wanted" in said
    assert cli.run(["check", "--json", str(home / "trade")]) == 0
    (by_check,) = json.loads(capsys.readouterr().out)["impact"]
    desk = open_desk(settings(home))
    client = create_app(desk).test_client()
    head = {"Authorization": f"Bearer {token_of(desk)}", "If-Match": '"1"', "Accept-Language": "en"}
    (checked,) = client.post("/api/workflows/check", json={"text": text}, headers=head).json["impact"]
    published = client.post("/api/workflows", json={"text": text, "reason": "tried"}, headers=head).json
    desk.close()
    assert checked == published["impact"][0] == by_check
    assert 1 in {each["open_tickets"] for each in checked["difference"]["changes"]}


def line_of(finding: dict[str, object]) -> str:
    severity = "" if finding["severity"] == "error" else f"{finding['severity']}: "
    return f"{finding['file']}:{finding['line']}:{finding['column']}: {severity}{finding['message']}"


def token_of(desk) -> str:  # type: ignore[no-untyped-def]
    token = auth.new_secret()
    now = wallclock.now()
    desk.tokens.issue(
        id="token",
        staff_id="cleo",
        name="test",
        digest=auth.hash_token(token),
        scopes=(),
        expires_at=now + 3_600,
        at=now,
    )
    return token
