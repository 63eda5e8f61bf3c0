"""A guard that cannot mean what it says is found in its line, and the walk that shows it goes as is said."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from workflows.language.checks.check import check
from workflows.language.checks.guards.find import GuardFindings
from workflows.language.findings import Finding
from workflows.language.load import read_folder
from workflows.language.scenario import Scenario
from workflows.rehearsal.scenario import rehearse
from workflows.rehearsal.virtual_desk import VirtualDesk

DEFINITIONS = Path(__file__).resolve().parents[2] / "definitions"
MOST = 3  # lines of one mistake
MARGIN = 2_000  # characters before the change where its finding may stand


class Mistake(NamedTuple):
    """One passage of one process changed; the finding stands in the line of the first `at` after the change.
    `walk`: whether a walk is found that shows it."""

    process: str
    old: str
    new: str
    code: str
    said: str = ""
    at: str = ""
    walk: bool = True


MISTAKES = {
    "an option that no row takes": Mistake(
        "complaint",
        "guard: severity != 'high' && (severity != 'medium' || manner != 'phone')",
        "guard: severity == 'low'",
        "gap",
        "with severity = medium no row",
    ),
    "an option taken out of a list": Mistake(
        "complaint",
        "nature in ['help-seeking', 'inquiry', 'venting']",
        "nature in ['help-seeking', 'inquiry']",
        "gap",
        "with nature = venting no row",
    ),
    "an option that no row takes together with another": Mistake(
        "complaint",
        "nature == 'valid' && severity != 'high'",
        "nature == 'valid' && severity == 'low'",
        "gap",
        "with nature = valid && severity = medium no row",
    ),
    "two options that no row takes": Mistake(
        "repair",
        "    guard: charge != 'paid'\n",
        "    guard: charge == 'warranty'\n",
        "gap",
        "with charge in [common, developer] no row",
    ),
    "a number between two rows": Mistake(
        "return-visit", 'visits("retry") < 2', 'visits("retry") < 1', "gap", "with visits('retry') = 1 no row"
    ),
    "an option with which no step leads on": Mistake(
        "emergency-visit",
        "guard: kind == 'c' && location == 'company'",
        "guard: kind == 'c' && location == 'office'",
        "gap",
        "with location = company && kind = c no step leads on",
        walk=False,
    ),
    "one option twice, another never": Mistake(
        "client-reception",
        "guard: occasion == 'phone-client'",
        "guard: occasion == 'old-client'",
        "gap",
        "with occasion = phone-client no row",
    ),
    "or for and": Mistake(
        "repair",
        "    guard: charge != 'paid'\n",
        "    guard: charge != 'paid' || charge != 'warranty'\n",
        "always-holds",
        "so the row in line",
        walk=False,
    ),
    "two values of one field": Mistake(
        "complaint",
        "nature == 'valid' && severity == 'high'",
        "nature == 'valid' && nature == 'venting'",
        "never-holds",
        walk=False,
    ),
    "bounds that exclude each other": Mistake(
        "repair", "guard: attempts >= 3", "guard: attempts >= 3 && attempts < 2", "never-holds"
    ),
    "before and after now": Mistake(
        "repair",
        "    guard: appointment > now\n",
        "    guard: appointment > now && appointment < now\n",
        "never-holds",
    ),
    "a count below nothing": Mistake(
        "repair", "guard: attempts >= 3", 'guard: visits("done") < 0', "never-holds"
    ),
    "two days in both orders": Mistake(
        "lease",
        "guard: starts_on < ends_on",
        "guard: starts_on < ends_on && ends_on < starts_on",
        "never-holds",
        walk=False,
    ),
    "an option with which no step leads on, in another row": Mistake(
        "emergency-visit",
        "guard: kind in ['a', 'b'] && location == 'office'",
        "guard: kind == 'a' && location == 'office'",
        "gap",
        "with location = office && kind = b no step leads on",
        walk=False,
    ),
    "the guard of the first row taken away": Mistake(
        "repair",
        "    guard: charge != 'paid'\n    because: {en: It is not a paid repair, zh-Hans: 不属有偿服务, "
        "zh-Hant: 不屬有償服務, es: No es una reparación de pago}\n",
        "",
        "shadowed",
        "without a guard this row is always taken",
        at="    roles: [property-assistant, cs-officer]\n    effects:",
        walk=False,
    ),
    "a row that asks for less than the one before": Mistake(
        "complaint",
        "guard: severity == 'high' && manner == 'visit'",
        "guard: severity == 'low' && manner == 'visit'",
        "shadowed",
        walk=False,
    ),
    "a lost exclamation mark": Mistake(
        "visitor",
        "guard: identity_verified && !security_needed",
        "guard: identity_verified && security_needed",
        "shadowed",
        at='guard: identity_verified && security_needed\n    because: {en: "The identity is verified, and a',
    ),
    "one finding decides twice": Mistake(
        "client-dispute",
        "guard: finding == 'not-proven'",
        "guard: finding == 'serious'",
        "shadowed",
        at="guard: finding == 'serious'\n    because: {en: The finding is that it is serious",
    ),
    "a field that nobody asks for any more": Mistake(
        "repair",
        "    accepts: [warranty_end, part, unit, urgency]\n",
        "    accepts: [part, unit, urgency]\n",
        "never-filled",
        "with charge = warranty the guard never holds",
        at="guard: charge != 'warranty' ||",
        walk=False,
    ),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the shipped definitions."""
    return Path(shutil.copytree(DEFINITIONS, tmp_path_factory.mktemp("guards") / "definitions"))


@pytest.fixture(scope="module")
def desk(folder: Path) -> Iterator[VirtualDesk]:
    """A desk where the shipped processes are in force."""
    read = read_folder(folder)
    desk = VirtualDesk.create()
    desk.definitions.publish(read, 0, "guards")
    desk.add_sample_staff(read.context.organisation, "UTC")
    yield desk
    desk.close()


def goes_as_written(desk: VirtualDesk, process: str, walk: str) -> str | None:
    """Where the walk deviates on a desk; None if it goes as written."""
    definition = desk.definitions.latest(process)
    (story,) = yaml.safe_load(walk)
    scenario = Scenario(name=story["name"], at=story["at"], steps=tuple(story["steps"]))
    return rehearse(desk, scenario, definition).failure


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_in_a_guard_is_found_in_its_line(
    folder: Path, desk: VirtualDesk, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    mistake = MISTAKES[name]
    file = next(folder.rglob(f"{mistake.process}.yaml"))
    before = file.read_text("utf-8")
    assert mistake.old in before, f"{mistake.old!r} is not in {file.name}"
    text = before.replace(mistake.old, mistake.new, 1)
    changed = before.index(mistake.old)
    place = text.index(mistake.at, changed - MARGIN) if mistake.at else changed
    try:
        file.write_text(text, "utf-8")
        read = read_folder(folder, about=file)
    finally:
        file.write_text(before, "utf-8")
    definition, source = read.definitions[mistake.process], read.sources[mistake.process]
    found = check(definition, source=source)
    assert 1 <= len(found) <= MOST, "\n".join(map(str, found))
    line = text.count("\n", 0, place) + 1 + (text[place] == "\n")
    (about,) = [each for each in found if each.code == mistake.code and each.line == line] or list(found)
    assert (about.code, about.line) == (mistake.code, line), about
    assert mistake.said in about.message
    if mistake.walk:
        assert about.walk, about
        monkeypatch.setattr(GuardFindings, "errors", lambda _: ())  # as if published before there was a check
        desk.definitions.publish(read, 0, "guards")
        assert goes_as_written(desk, mistake.process, about.walk) is None, about.walk


def test_nothing_is_wrong_with_the_shipped_guards(folder: Path) -> None:
    read = read_folder(folder)
    found: list[Finding] = []
    for name, each in read.definitions.items():
        found += check(each, source=read.sources[name])
    assert found == []
