"""Reads the company's files (organisation.yaml, calendars.yaml …) into the context of all definitions."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path as FilePath
from typing import Any, TypeVar

from workflows.language.building.context import Context, digest_of
from workflows.language.building.likeness import read_shapes
from workflows.language.building.registers import read_registers
from workflows.language.building.settings import read_settings
from workflows.language.definition import RECIPIENTS, TICKET_ROLES
from workflows.language.files.composing import kind
from workflows.language.files.source import Source
from workflows.language.forms.field import LANGUAGES
from workflows.language.forms.organisation import Organisation, Role
from workflows.language.problems import Path, Problem, Report
from workflows.language.shapes.organisation import OrganisationShape, TitledShape
from workflows.language.shapes.shaping import fitted, shaped
from workflows.timing.calendars import Calendar
from workflows.timing.escalation import EscalationPolicy
from workflows.timing.problems import SpecError, did_you_mean

ORGANISATION, CALENDARS, ESCALATIONS = "organisation.yaml", "calendars.yaml", "escalations.yaml"
SETTINGS, REGISTERS, SHAPES = "settings.yaml", "registers.yaml", "shapes.yaml"
NEEDED = (ORGANISATION, CALENDARS, ESCALATIONS)
COMPANY = (*NEEDED, SETTINGS, REGISTERS, SHAPES)
"""The files that all definitions lean on; a company may do without those that are not needed."""

_ORGANISED, _TITLED = OrganisationShape(), TitledShape()
_T = TypeVar("_T")


def read_context(texts: Mapping[str, bytes], place: str = "") -> tuple[Context, tuple[Problem, ...]]:
    """What definitions may name, and what is wrong in the company's files that say so.

    `texts` are the files by their name; `place` goes before the name in messages.
    """
    found: list[Problem] = []
    organisation, seal = _organisation(_opened(texts, ORGANISATION, place, found), found)
    calendars, calendar_seals = _entries(_opened(texts, CALENDARS, place, found), found, _calendar)
    known = RECIPIENTS | organisation.roles.keys()
    escalations = _opened(texts, ESCALATIONS, place, found)
    policies, policy_seals = _entries(escalations, found, partial(_policy, known))
    digests = {"organisation": seal}
    digests |= {f"calendar:{name}": each for name, each in calendar_seals.items()}
    digests |= {f"escalation:{name}": each for name, each in policy_seals.items()}
    settings, setting_seals = _named(texts, SETTINGS, place, found, read_settings)
    digests |= {f"setting:{name}": each for name, each in setting_seals.items()}
    registers, register_seals = _named(texts, REGISTERS, place, found, partial(read_registers, organisation))
    digests |= {f"register:{name}": each for name, each in register_seals.items()}
    shapes = read_shapes(_opened(texts, SHAPES, place, found), found)
    digests |= {f"shape:{name}": _seal(node.data) for name, node in shapes.items() if node}
    context = Context(
        organisation=organisation,
        calendars=calendars,
        policies=policies,
        settings=settings,
        registers=registers,
        shapes=shapes,
        digests=digests,
    )
    return context, tuple(found)


def company_files(folder: FilePath) -> dict[str, bytes]:
    """The company's files of a folder, those that can be read."""
    found: dict[str, bytes] = {}
    for name in COMPANY:
        with suppress(OSError):
            found[name] = (folder / name).read_bytes()
    return found


def _opened(texts: Mapping[str, bytes], name: str, place: str, found: list[Problem]) -> Source | None:
    """One of the files, if it is there and is YAML."""
    file = f"{place}/{name}" if place else name
    if name not in texts and name not in NEEDED:
        return None
    if name not in texts:
        found.append(Problem(file=file, line=0, column=0, message="is missing, or cannot be read"))
        return None
    source = Source(texts[name], file)
    found.extend(source.problems)
    return source if source.whole else None


def _named(
    texts: Mapping[str, bytes],
    name: str,
    place: str,
    found: list[Problem],
    read: Callable[[Source, Report], dict[str, _T]],
) -> tuple[dict[str, _T], dict[str, str]]:
    """The entries of a file that a company may do without, and the digest of each."""
    source = _opened(texts, name, place, found)
    if source is None:
        return {}, {}
    report = source.report()
    entries = read(source, report)
    found.extend(report.problems)
    return entries, {name: _seal(source.data[name]) for name in entries}


def _organisation(source: Source | None, found: list[Problem]) -> tuple[Organisation, str]:
    if source is None:
        return Organisation(roles={}, departments={}), ""
    report = source.report()
    said = shaped(source.data, _ORGANISED, report)
    roles = {name: _role(name, raw or {}) for name, raw in said.get("roles", {}).items()}
    for name, role in roles.items():
        _check_role(role, roles, ("roles", name), report)
        _check_title(role.title, ("roles", name, "title"), report)
    for name, title in said.get("departments", {}).items():
        _check_title(title, ("departments", name), report)
    found.extend(report.problems)
    return Organisation(roles=roles, departments=said.get("departments", {})), _seal(source.data)


def _role(name: str, raw: Mapping[str, Any]) -> Role:
    return Role(
        name=name,
        title=raw.get("title") or {},
        superior=raw.get("superior"),
        outside=raw.get("outside") or False,
    )


def _check_role(role: Role, roles: Mapping[str, Role], path: Path, report: Report) -> None:
    if role.name in TICKET_ROLES | RECIPIENTS:
        report.add(path, f"{role.name!r} means somebody else already; give the role another name", key=True)
    if role.superior is None:
        return
    if role.superior not in roles:
        report.add((*path, "superior"), f"unknown role {role.superior!r}{did_you_mean(role.superior, roles)}")
        return
    line = [role.name]
    while above := roles[line[-1]].superior:
        if above not in roles:
            return
        if above in line:
            report.add((*path, "superior"), f"nobody stands at the top: {' -> '.join([*line, above])}")
            return
        line.append(above)


def _entries(
    source: Source | None, found: list[Problem], read: Callable[[str, Any, Report], _T]
) -> tuple[dict[str, _T], dict[str, str]]:
    """The entries of a file of names, and the digest of each. Those that cannot be read are left out."""
    if source is None or source.data is None:
        return {}, {}
    report = source.report()
    entries: dict[str, _T] = {}
    if not isinstance(source.data, dict):
        report.add((), f"{kind(source.data)} where a mapping of names belongs")
    else:
        entries = dict(_read_entries(source.data, report, read))
    found.extend(report.problems)
    return entries, {name: _seal(source.data[name]) for name in entries}


def _read_entries(
    data: Mapping[str, Any], report: Report, read: Callable[[str, Any, Report], _T]
) -> Iterator[tuple[str, _T]]:
    for name, spec in data.items():
        if not isinstance(spec, dict):
            report.add((name,), f"{kind(spec)} where a mapping belongs")
            continue
        for path, message in fitted({"title": spec.get("title")}, _TITLED, (name,))[1]:
            report.add(path, message)
        _check_title(spec.get("title"), (name, "title"), report)
        try:
            yield name, read(name, spec, report)
        except SpecError as error:
            for steps, message in error.problems:
                report.add((name, *_steps(steps)), message)


def _check_title(title: object, path: Path, report: Report) -> None:
    missing = [language for language in LANGUAGES if isinstance(title, dict) and language not in title]
    if missing:
        report.add(path, f"the title lacks {', '.join(missing)}")


def _steps(path: tuple[object, ...]) -> Path:
    return tuple(step if isinstance(step, int) else str(step) for step in path)


def _calendar(name: str, spec: Mapping[str, Any], report: Report) -> Calendar:  # noqa: ARG001
    return Calendar.from_spec(name, spec)


def _policy(known: Collection[str], name: str, spec: Mapping[str, Any], report: Report) -> EscalationPolicy:
    for key in spec.keys() - {"title", "levels"}:
        report.add((name, key), f"unknown key {key!r}{did_you_mean(key, ('title', 'levels'))}", key=True)
    try:
        policy = EscalationPolicy.from_spec(name, spec.get("levels"))
    except SpecError as error:
        raise type(error)([(("levels", *path), message) for path, message in error.problems]) from None
    _check_levels(name, spec["levels"], known, report)
    return policy


def _check_levels(name: str, levels: list[Any], known: Collection[str], report: Report) -> None:
    """Whether everybody whom the levels name is known. The list has been read before, so it is well made."""
    for index, level in enumerate(levels):
        path: Path = (name, "levels", index)
        to = level.get("notify", ())
        for one in [to] if isinstance(to, str) else to:
            if one not in known:
                report.add((*path, "notify"), f"unknown recipient {one!r}{did_you_mean(one, known)}")
        if level.get("raise", "priority") != "priority":
            report.add((*path, "raise"), f"{level['raise']!r} cannot be raised; only 'priority' can")
        if not {"notify", "raise", "fire"} & level.keys():
            report.add(path, "the level does nothing; give it notify, raise or fire")


def _seal(data: object) -> str:
    """The digest of plain data, however it is laid out."""
    return digest_of(json.dumps(data, sort_keys=True, ensure_ascii=False))
