"""Which part of the definitions meets which requirement of the trade, and which scenario shows it.

`definitions/requirements/*.yaml` says it; here it is judged whether what it says is there. Take away the
part, the scenario or the id in a process's `covers`, and the requirement is unmet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path as FilePath
from typing import Any

from workflows.language.definition import Definition, Invariant, Passes, RosterSpec
from workflows.language.files.source import Source
from workflows.language.problems import Path, Problem, Report
from workflows.language.reading import REQUIREMENTS, Folder
from workflows.language.reports.reading import REPORTS
from workflows.language.rulebooks import RULEBOOKS
from workflows.language.schedules.reading import SCHEDULES
from workflows.language.shapes.fields import Name, Shape, Text
from workflows.language.shapes.groups import ByName, Inner, Rows
from workflows.language.shapes.shaping import fitted, is_about_key
from workflows.timing.problems import did_you_mean

_ID = (r"R\d{3}", "R and three digits")


class TraceShape(Shape):
    """What is said of one requirement."""

    says = Text(longest=400, required=True)
    met = Rows(Text(longest=200), single=True)
    shown = ByName(Name(), Text(longest=200))
    unmet = Text(longest=400)


class _FileShape(Shape):
    """The whole file, under one key so that its ids are judged as names."""

    entries = ByName(Name(_ID), Inner(TraceShape))


_SHAPE = _FileShape()


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One thing that the trade asks of the desk.

    `met` are the parts that meet it (`complaint.transitions.confirm`, `schedules.weekly-statistics`), `shown`
    the scenarios by process. `unmet` is the stated reason of one that nothing meets.
    """

    id: str
    says: str
    met: tuple[str, ...] = ()
    shown: Mapping[str, str]
    unmet: str | None = None


def trace(path: FilePath | str, folder: Folder) -> tuple[tuple[Requirement, ...], tuple[Problem, ...]]:
    """The requirements of the folder at `path`, which has been read, and what is wrong in what is said."""
    files = {**folder.company, SCHEDULES: folder.schedules, REPORTS: folder.reports}
    company = {name: Source(text, name).data for name, text in files.items() if text}
    judge = _Judge(folder.definitions, {name.removesuffix(".yaml"): data for name, data in company.items()})
    problems: list[Problem] = []
    found: dict[str, Requirement] = {}
    for file in sorted((FilePath(path) / REQUIREMENTS).glob("*.yaml")):
        source = Source(file.read_bytes(), str(file))
        report = source.report()
        for each in _read(source, report):
            if each.id in found:
                report.add((each.id,), f"{each.id} is spoken of in another place already", key=True)
            found.setdefault(each.id, each)
            judge.judge(each, report)
        problems += (*source.problems, *report.problems)
    problems += _untraced(folder, found)
    return tuple(found[id] for id in sorted(found)), tuple(problems)


def untrue(requirements: Iterable[Requirement], definitions: Mapping[str, Definition]) -> Iterator[str]:
    """The ids of those that a part of one of the `definitions` is said to meet, and does not."""
    for each in requirements:
        for home, *steps in (part.split(".") for part in each.met):
            definition = definitions.get(home)
            if definition and (each.id not in definition.covers or _missing(_parts(definition), steps)):
                yield each.id


def _read(source: Source, report: Report) -> Iterator[Requirement]:
    loaded, complaints = fitted({"entries": source.data}, _SHAPE, ())
    for (_, *place), message in complaints:
        report.add(tuple(place), message, key=is_about_key(message))
    for id, said in (loaded.get("entries") or {}).items():
        if said:
            yield Requirement(
                id=id,
                says=said.get("says") or "",
                met=tuple(each for each in said.get("met") or () if each),
                shown=said.get("shown") or {},
                unmet=said.get("unmet"),
            )


def _untraced(folder: Folder, found: Mapping[str, Requirement]) -> Iterator[Problem]:
    """Ids that a process says it covers, and of which nothing more is said."""
    for name, definition in folder.definitions.items():
        report = folder.sources[name].report()
        for index, id in enumerate(definition.covers):
            if id not in found or not _speaks_of(found[id], name):
                report.add(
                    ("covers", index), f"{id} is covered, but its entry in {REQUIREMENTS}/ does not say how"
                )
        yield from report.problems


def _speaks_of(requirement: Requirement, process: str) -> bool:
    return requirement.unmet is not None or any(part.partition(".")[0] == process for part in requirement.met)


class _Judge:
    """Holds what is said against what there is."""

    def __init__(self, definitions: Mapping[str, Definition], company: Mapping[str, Any]) -> None:
        self._definitions, self._company = definitions, company

    def judge(self, requirement: Requirement, report: Report) -> None:
        """Report whatever of one entry is not so."""
        here: Path = (requirement.id,)
        if requirement.unmet is not None:
            if requirement.met or requirement.shown:
                report.add(
                    (*here, "unmet"), "either something meets it, or a reason says why nothing does", key=True
                )
            return
        if not requirement.met or not requirement.shown:
            lacking = "met" if not requirement.met else "shown"
            report.add(
                here, f"{lacking!r} is missing: which part meets it, which scenario shows it?", key=True
            )
        for index, part in enumerate(requirement.met):
            self._part(requirement.id, part, report, (*here, "met", index))
        for process, scenario in requirement.shown.items():
            self._scenario(process, scenario, report, (*here, "shown", process))

    def _part(self, id: str, part: str, report: Report, path: Path) -> None:
        home, *steps = part.split(".")
        definition = self._definitions.get(home)
        if definition is None and home not in self._company:
            meant = did_you_mean(home, [*self._definitions, *self._company])
            report.add(path, f"there is no process or file {home!r}{meant}")
        elif definition is not None and id not in definition.covers:
            report.add(path, f"{home} does not say in `covers` that it meets {id}")
        elif missing := _missing(_parts(definition) if definition else self._company[home], steps):
            report.add(path, f"{home} has no {missing}")

    def _scenario(self, process: str, scenario: str, report: Report, path: Path) -> None:
        definition = self._definitions.get(process)
        told = [each.name for each in definition.scenarios] if definition else []
        if scenario not in told:
            report.add(path, f"{process!r} has no scenario {scenario!r}{did_you_mean(scenario, told)}")


def _missing(data: Any, steps: list[str]) -> str | None:
    """The first of the `steps` into nested mappings that leads nowhere; None when all lead somewhere."""
    for count, step in enumerate(steps, start=1):
        if not isinstance(data, Mapping) or step not in data:
            known = data if isinstance(data, Mapping) else ()
            return ".".join(steps[:count]) + did_you_mean(step, known)
        data = data[step]
    return None


def _parts(definition: Definition) -> dict[str, Any]:
    """The parts of a process by the names an entry may call them, as nested mappings."""
    return {
        "start": dict.fromkeys(definition.start.fields),
        "fields": {name: _answers(field) for name, field in definition.fields.items()},
        "states": dict.fromkeys(definition.states),
        "transitions": {row.trigger: dict.fromkeys(row.fields) for row in definition.transitions},
        "clocks": dict.fromkeys(definition.clocks),
        "invariants": {invariant_name(rule): None for rule in definition.invariants},
        "owners": {name: None for name, state in definition.states.items() if state.owner},
        "due": {name: None for name, state in definition.states.items() if state.due},
        "readers": dict.fromkeys(definition.readers),
        "prints": {name: dict.fromkeys(each.fields) for name, each in definition.prints.items()},
        "client": dict.fromkeys(definition.client),
        "rosters": {name: _rules(spec) for name, spec in definition.rosters.items()},
    }


def _rules(spec: RosterSpec) -> dict[str, Any]:
    """What a roster is kept by: the occasions of its rulebook, and what may be read in two ways."""
    book = RULEBOOKS.get(spec.rulebook or "")
    return (
        {**dict.fromkeys(book.table(book.readings)), **dict.fromkeys(asdict(book.readings))} if book else {}
    )


def _answers(field: Any) -> dict[str, Any]:
    """What a field is made of: options, items, columns."""
    made = (*(each.value for each in (*field.options, *field.items)), *(each.name for each in field.columns))
    return dict.fromkeys(made)


def invariant_name(rule: Invariant) -> str:
    """What an entry calls an invariant: `revisited-before-closed`, `finish-apart-from-confirm`."""
    if isinstance(rule, Passes):
        return f"{rule.passes}-before-{rule.before}"
    return "-apart-from-".join(rule.triggers)
