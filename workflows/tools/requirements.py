"""Which part of the definitions meets which requirement of the trade, and which scenario shows it.

`definitions/requirements/*.yaml` states this; here the statements are checked. Without the part, the
scenario, or the id in a process's `covers`, a requirement is unmet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from workflows.language.definition import Definition, Invariant, PassesInvariant
from workflows.language.files.source import SourceFile
from workflows.language.findings import Finding, Findings, KeyPath
from workflows.language.load import REQUIREMENTS_FILE, Folder
from workflows.language.reception_rulebooks import RULEBOOKS
from workflows.language.reports.load import REPORTS_FILE
from workflows.language.roster_spec import RosterSpec
from workflows.language.schedules.load import SCHEDULES_FILE
from workflows.language.schemas.containers import ListField, MappingField, NestedField
from workflows.language.schemas.fields import NameField, StrictSchema, TextField
from workflows.language.schemas.load import is_about_key, load_part
from workflows.sentence import Sentence
from workflows.suggestions import did_you_mean, find_nearest

_ID = (r"R\d{3}", "R and three digits")


class RequirementSchema(StrictSchema):
    """The statement about one requirement."""

    says = TextField(longest=400, required=True)
    met = ListField(TextField(longest=200), single=True)
    shown = MappingField(NameField(), TextField(longest=200))
    unmet = TextField(longest=400)


class _FileSchema(StrictSchema):
    """The whole file under one key, so that its ids are checked as names."""

    entries = MappingField(NameField(_ID), NestedField(RequirementSchema))


_SCHEMA = _FileSchema()


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One thing that the trade requires of the desk.

    `met` are the parts that meet it (`complaint.transitions.confirm`, `schedules.weekly-statistics`), `shown`
    the scenarios by process. `unmet` is the reason why nothing meets it.
    """

    id: str
    says: str
    met: tuple[str, ...] = ()
    shown: Mapping[str, str]
    unmet: str | None = None


def read_requirements(
    path: Path | str, folder: Folder
) -> tuple[tuple[Requirement, ...], tuple[Finding, ...]]:
    """The requirements of the folder at `path`, which has been read as `folder`, and the findings about
    them."""
    files = {**folder.company, SCHEDULES_FILE: folder.schedules, REPORTS_FILE: folder.reports}
    company = {name: SourceFile(text, name).data for name, text in files.items() if text}
    checker = _RequirementChecker(
        folder.definitions, {name.removesuffix(".yaml"): data for name, data in company.items()}
    )
    problems: list[Finding] = []
    requirements: dict[str, Requirement] = {}
    for file in sorted((Path(path) / REQUIREMENTS_FILE).glob("*.yaml")):
        source = SourceFile(file.read_bytes(), str(file))
        findings = source.new_findings()
        for each in _read_entries(source, findings):
            if each.id in requirements:
                findings.add(
                    (each.id,),
                    Sentence("requirement", "{id} is spoken of in another place already", id=each.id),
                    key=True,
                )
            requirements.setdefault(each.id, each)
            checker.check(each, findings)
        problems += (*source.findings, *findings.in_file_order)
    problems += _check_covered_ids(folder, requirements)
    return tuple(requirements[id] for id in sorted(requirements)), tuple(problems)


def find_unmet_requirements(
    requirements: Iterable[Requirement], definitions: Mapping[str, Definition]
) -> Iterator[str]:
    """The ids of the requirements that a part of one of the `definitions` is stated to meet, and does not."""
    for each in requirements:
        for home, *steps in (part.split(".") for part in each.met):
            definition = definitions.get(home)
            if definition and (
                each.id not in definition.covers or _missing_step(_parts_of(definition), steps)
            ):
                yield each.id


def _read_entries(source: SourceFile, findings: Findings) -> Iterator[Requirement]:
    loaded, complaints = load_part({"entries": source.data}, _SCHEMA, ())
    for (_, *place), message in complaints:
        findings.add(tuple(place), message, key=is_about_key(message))
    for id, entry in (loaded.get("entries") or {}).items():
        if entry:
            yield Requirement(
                id=id,
                says=entry.get("says") or "",
                met=tuple(each for each in entry.get("met") or () if each),
                shown=entry.get("shown") or {},
                unmet=entry.get("unmet"),
            )


def _check_covered_ids(folder: Folder, requirements: Mapping[str, Requirement]) -> Iterator[Finding]:
    """Report ids that a process covers without an entry that says how."""
    for name, definition in folder.definitions.items():
        findings = folder.sources[name].new_findings()
        for index, id in enumerate(definition.covers):
            if id not in requirements or not _mentions(requirements[id], name):
                findings.add(
                    ("covers", index),
                    Sentence(
                        "requirement",
                        "{id} is covered, but its entry in {folder}/ does not say how",
                        id=id,
                        folder=REQUIREMENTS_FILE,
                    ),
                )
        yield from findings.in_file_order


def _mentions(requirement: Requirement, process: str) -> bool:
    return requirement.unmet is not None or any(part.partition(".")[0] == process for part in requirement.met)


class _RequirementChecker:
    """Checks the statements against the definitions and the company's files."""

    def __init__(self, definitions: Mapping[str, Definition], company: Mapping[str, Any]) -> None:
        self._definitions, self._company = definitions, company

    def check(self, requirement: Requirement, findings: Findings) -> None:
        """Report whatever is wrong in the entry of one requirement."""
        here: KeyPath = (requirement.id,)
        if requirement.unmet is not None:
            if requirement.met or requirement.shown:
                findings.add(
                    (*here, "unmet"),
                    Sentence("requirement", "either something meets it, or a reason says why nothing does"),
                    key=True,
                )
            return
        if not requirement.met or not requirement.shown:
            lacking = "met" if not requirement.met else "shown"
            findings.add(
                here,
                Sentence(
                    "requirement",
                    "{lacking!r} is missing: which part meets it, which scenario shows it?",
                    lacking=lacking,
                ),
                key=True,
            )
        for index, part in enumerate(requirement.met):
            self._check_part(requirement.id, part, findings, (*here, "met", index))
        for process, scenario in requirement.shown.items():
            self._check_scenario(process, scenario, findings, (*here, "shown", process))

    def _check_part(self, id: str, part: str, findings: Findings, path: KeyPath) -> None:
        home, *steps = part.split(".")
        definition = self._definitions.get(home)
        if definition is None and home not in self._company:
            meant = find_nearest(home, [*self._definitions, *self._company])
            findings.add(
                path, Sentence("requirement", "there is no process or file {home!r}", home=home, meant=meant)
            )
        elif definition is not None and id not in definition.covers:
            findings.add(
                path,
                Sentence(
                    "requirement", "{home} does not say in `covers` that it meets {id}", home=home, id=id
                ),
            )
        elif missing := _missing_step(_parts_of(definition) if definition else self._company[home], steps):
            findings.add(path, Sentence("requirement", "{home} has no {missing}", home=home, missing=missing))

    def _check_scenario(self, process: str, scenario: str, findings: Findings, path: KeyPath) -> None:
        definition = self._definitions.get(process)
        names = [each.name for each in definition.scenarios] if definition else []
        if scenario not in names:
            findings.add(
                path,
                Sentence(
                    "requirement",
                    "{process!r} has no scenario {scenario!r}",
                    process=process,
                    scenario=scenario,
                    meant=find_nearest(scenario, names),
                ),
            )


def _missing_step(data: Any, steps: list[str]) -> str | None:
    """The first of the `steps` into nested mappings that does not exist; None if all do."""
    for count, step in enumerate(steps, start=1):
        if not isinstance(data, Mapping) or step not in data:
            known = data if isinstance(data, Mapping) else ()
            return ".".join(steps[:count]) + did_you_mean(step, known)
        data = data[step]
    return None


def _parts_of(definition: Definition) -> dict[str, Any]:
    """The parts of a process as nested mappings, under the names that entries use."""
    return {
        "start": dict.fromkeys(definition.start.fields),
        "fields": {name: _field_parts(field) for name, field in definition.fields.items()},
        "states": dict.fromkeys(definition.states),
        "transitions": {row.trigger: dict.fromkeys(row.fields) for row in definition.transitions},
        "clocks": dict.fromkeys(definition.clocks),
        "invariants": {invariant_name(rule): None for rule in definition.invariants},
        "owners": {name: None for name, state in definition.states.items() if state.owner},
        "due": {name: None for name, state in definition.states.items() if state.due},
        "readers": dict.fromkeys(definition.readers),
        "prints": {name: dict.fromkeys(each.fields) for name, each in definition.prints.items()},
        "client": dict.fromkeys(definition.client),
        "rosters": {name: _roster_parts(spec) for name, spec in definition.rosters.items()},
    }


def _roster_parts(spec: RosterSpec) -> dict[str, Any]:
    """The occasions of a roster's rulebook, and its readings."""
    book = RULEBOOKS.get(spec.rulebook or "")
    return (
        {**dict.fromkeys(book.table(book.readings)), **dict.fromkeys(asdict(book.readings))} if book else {}
    )


def _field_parts(field: Any) -> dict[str, Any]:
    """The options, items and columns of a field."""
    made = (*(each.value for each in (*field.options, *field.items)), *(each.name for each in field.columns))
    return dict.fromkeys(made)


def invariant_name(rule: Invariant) -> str:
    """The name that entries use for an invariant: `revisited-before-closed`, `finish-apart-from-confirm`."""
    if isinstance(rule, PassesInvariant):
        return f"{rule.passes}-before-{rule.before}"
    return "-apart-from-".join(rule.triggers)
