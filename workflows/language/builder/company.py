"""Reads the company's files (organisation.yaml, calendars.yaml …) into the context of all definitions."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path as FilePath
from typing import Any, TypeVar

from workflows.language.builder.context import CompanyContext, digest_of
from workflows.language.builder.registers import read_registers
from workflows.language.builder.settings import read_settings
from workflows.language.builder.templates import read_shapes
from workflows.language.definition import RECIPIENTS, TICKET_ROLES
from workflows.language.files.source import SourceFile
from workflows.language.files.yaml_parser import kind
from workflows.language.findings import Finding, Findings, KeyPath, unknown
from workflows.language.forms.field import LANGUAGES, lacking_sentence, missing_languages
from workflows.language.forms.organisation import EVERYWHERE, Organisation, Role
from workflows.language.schemas.calendars import read_calendar
from workflows.language.schemas.escalations import read_policy
from workflows.language.schemas.load import SpecError, is_about_key, load_part, load_with_schema
from workflows.language.schemas.organisation import OrganisationSchema, TitledSchema
from workflows.language.schemas.schema_values import pick_given
from workflows.sentence import Sentence
from workflows.timing.calendars import Calendar
from workflows.timing.escalation import EscalationPolicy

ORGANISATION, CALENDARS, ESCALATIONS = "organisation.yaml", "calendars.yaml", "escalations.yaml"
SETTINGS, REGISTERS, SHAPES = "settings.yaml", "registers.yaml", "shapes.yaml"
REQUIRED_FILES = (ORGANISATION, CALENDARS, ESCALATIONS)
COMPANY_FILES = (*REQUIRED_FILES, SETTINGS, REGISTERS, SHAPES)
"""The files that all definitions lean on; a company may do without those that are not needed."""

_ORGANISATION_SCHEMA, _TITLED_SCHEMA = OrganisationSchema(), TitledSchema()
_T = TypeVar("_T")


def read_context(
    texts: Mapping[str, bytes],
    place: str = "",
    *,
    stored: bool = False,
    languages: tuple[str, ...] = LANGUAGES,
) -> tuple[CompanyContext, tuple[Finding, ...]]:
    """What definitions may name, and what is wrong in the company's files that say so.

    `texts` are the files by their name; `place` goes before the name in messages. Shapes that are `stored`
    are taken as they are. Titles are asked for in the `languages`.
    """
    found: list[Finding] = []
    broken: set[str] = set()
    opened = _open_file(texts, ORGANISATION, place, found)
    organisation, seal = _read_organisation(opened, found, languages)
    broken |= _broken_entries("role", _section(opened, "roles"), organisation.roles)
    broken |= _broken_entries("department", _section(opened, "departments"), organisation.departments)
    opened = _open_file(texts, CALENDARS, place, found)
    calendars, _ = _read_entry_file(opened, found, _read_calendar, languages)
    broken |= _broken_entries("calendar", opened.data if opened else None, calendars)
    known = RECIPIENTS | organisation.roles.keys()
    escalations = _open_file(texts, ESCALATIONS, place, found)
    policies, policy_seals = _read_entry_file(escalations, found, partial(_read_policy, known), languages)
    broken |= _broken_entries("escalation", escalations.data if escalations else None, policies)
    digests = {"organisation": seal}
    digests |= {f"escalation:{name}": each for name, each in policy_seals.items()}
    settings, setting_seals, out = _read_optional_file(
        texts, SETTINGS, place, found, partial(read_settings, languages)
    )
    broken |= {f"setting:{name}" for name in out}
    digests |= {f"setting:{name}": each for name, each in setting_seals.items()}
    reading = partial(read_registers, organisation, languages)
    registers, register_seals, out = _read_optional_file(texts, REGISTERS, place, found, reading)
    broken |= {f"register:{name}" for name in out}
    digests |= {f"register:{name}": each for name, each in register_seals.items()}
    shapes = read_shapes(_open_file(texts, SHAPES, place, found), found, stored=stored)
    digests |= {f"shape:{name}": _data_digest(node.data) for name, node in shapes.items() if node}
    context = CompanyContext(
        organisation=organisation,
        calendars=calendars,
        policies=policies,
        settings=settings,
        registers=registers,
        shapes=shapes,
        digests=digests,
        broken=frozenset(broken),
        languages=languages,
    )
    return context, tuple(found)


def company_files(folder: FilePath) -> dict[str, bytes]:
    """The company's files of a folder, those that can be read."""
    found: dict[str, bytes] = {}
    for name in COMPANY_FILES:
        with suppress(OSError):
            found[name] = (folder / name).read_bytes()
    return found


def _open_file(texts: Mapping[str, bytes], name: str, place: str, found: list[Finding]) -> SourceFile | None:
    """One of the files, if it is there and is YAML."""
    file = f"{place}/{name}" if place else name
    if name not in texts and name not in REQUIRED_FILES:
        return None
    if name not in texts:
        found.append(Finding.of(Sentence("unreadable-file", "is missing, or cannot be read"), file))
        return None
    source = SourceFile(texts[name], file)
    found.extend(source.findings)
    return source if source.is_complete else None


def _read_optional_file(
    texts: Mapping[str, bytes],
    name: str,
    place: str,
    found: list[Finding],
    read: Callable[[SourceFile, Findings], dict[str, _T]],
) -> tuple[dict[str, _T], dict[str, str], set[str]]:
    """The entries of a file that a company may do without, the digest of each, and which have problems."""
    source = _open_file(texts, name, place, found)
    if source is None:
        return {}, {}, set()
    findings = source.new_findings()
    entries = read(source, findings)
    found.extend(findings.in_file_order)
    data = source.data if isinstance(source.data, dict) else {}
    seals = {name: _data_digest(data[name]) for name in entries}
    return entries, seals, {name for name in data if name not in entries}


def _section(source: SourceFile | None, name: str) -> object:
    data = source.data if source else None
    return data.get(name) if isinstance(data, dict) else None


def _broken_entries(what: str, value: object, kept: Collection[str]) -> set[str]:
    """What is written there and could not be kept: `escalation:standard`."""
    return {f"{what}:{name}" for name in value if name not in kept} if isinstance(value, dict) else set()


def _read_organisation(
    source: SourceFile | None, found: list[Finding], languages: Sequence[str]
) -> tuple[Organisation, str]:
    if source is None:
        return Organisation(roles={}, departments={}), ""
    findings = source.new_findings()
    said = load_with_schema(source.data, _ORGANISATION_SCHEMA, findings)
    roles = {name: _read_role(name, raw or {}) for name, raw in said.get("roles", {}).items()}
    for name, role in roles.items():
        _check_role(role, roles, ("roles", name), findings)
        _check_title(role.title, ("roles", name, "title"), findings, languages)
    for name, title in said.get("departments", {}).items():
        _check_title(title, ("departments", name), findings, languages)
    posts = _read_posts(said.get("posts") or (), roles, findings)
    found.extend(findings.in_file_order)
    organisation = Organisation(roles=roles, departments=said.get("departments", {}), posts=posts)
    return organisation, _data_digest(_without_posts(source.data))


def _read_posts(said: Any, roles: Mapping[str, Role], findings: Findings) -> dict[str, frozenset[str]]:
    """Site -> the posts that somebody holds there; a list is for every site."""
    by_site = said if isinstance(said, Mapping) else {EVERYWHERE: said} if said else {}
    for site, posts in by_site.items():
        path: KeyPath = ("posts", site) if site else ("posts",)
        for index, post in enumerate(posts or ()):
            if post and post not in roles:
                findings.add((*path, index), unknown("role", post, roles))
    return {site: frozenset(posts or ()) for site, posts in by_site.items()}


def _without_posts(data: object) -> object:
    """The organisation without who holds what: that changes nothing in what a process does."""
    if not isinstance(data, dict):
        return data
    return {key: value for key, value in data.items() if key != "posts"}


def _read_role(name: str, raw: Mapping[str, Any]) -> Role:
    return Role(
        name=name,
        title=raw.get("title") or {},
        superior=raw.get("superior"),
        **pick_given(raw, "outside"),
    )


def _check_role(role: Role, roles: Mapping[str, Role], path: KeyPath, findings: Findings) -> None:
    if role.name in TICKET_ROLES | RECIPIENTS:
        findings.add(
            path,
            Sentence(
                "reserved-name",
                "{name!r} means somebody else already; give the role another name",
                name=role.name,
            ),
            key=True,
        )
    if role.superior is None:
        return
    if role.superior not in roles:
        findings.add(
            (*path, "superior"),
            unknown("role", role.superior, roles),
        )
        return
    line = [role.name]
    while above := roles[line[-1]].superior:
        if above not in roles:
            return
        if above in line:
            findings.add(
                (*path, "superior"),
                Sentence(
                    "superior-cycle", "nobody stands at the top: {walk}", walk=" -> ".join([*line, above])
                ),
            )
            return
        line.append(above)


def _read_entry_file(
    source: SourceFile | None,
    found: list[Finding],
    read: Callable[[str, Any, Findings], _T],
    languages: Sequence[str],
) -> tuple[dict[str, _T], dict[str, str]]:
    """The entries of a file of names, and the digest of each. Those that cannot be read are left out."""
    if source is None or source.data is None:
        return {}, {}
    findings = source.new_findings()
    entries: dict[str, _T] = {}
    if not isinstance(source.data, dict):
        findings.add(
            (), Sentence("wrong-kind", "{kind} where a mapping of names belongs", kind=kind(source.data))
        )
    else:
        entries = dict(_read_entries(source.data, findings, read, languages))
    found.extend(findings.in_file_order)
    return entries, {name: _data_digest(source.data[name]) for name in entries}


def _read_entries(
    data: Mapping[str, Any],
    findings: Findings,
    read: Callable[[str, Any, Findings], _T],
    languages: Sequence[str],
) -> Iterator[tuple[str, _T]]:
    for name, spec in data.items():
        if not isinstance(spec, dict):
            findings.add((name,), Sentence("wrong-kind", "{kind} where a mapping belongs", kind=kind(spec)))
            continue
        for path, message in load_part({"title": spec.get("title")}, _TITLED_SCHEMA, (name,))[1]:
            findings.add(path, message)
        _check_title(spec.get("title"), (name, "title"), findings, languages)
        try:
            yield name, read(name, spec, findings)
        except SpecError as error:
            for steps, message in error.problems:
                findings.add((name, *steps), message, key=is_about_key(message))


def _check_title(title: object, path: KeyPath, findings: Findings, languages: Sequence[str]) -> None:
    missing = missing_languages(title, languages) if isinstance(title, dict) else ()
    if missing:
        findings.add(path, lacking_sentence("title", missing))


def _read_calendar(name: str, spec: Mapping[str, Any], findings: Findings) -> Calendar:  # noqa: ARG001
    return read_calendar(name, spec)


def _read_policy(
    known: Collection[str], name: str, spec: Mapping[str, Any], findings: Findings
) -> EscalationPolicy:
    policy = read_policy(name, spec)
    _check_recipients(name, spec["levels"], known, findings)
    return policy


def _check_recipients(name: str, levels: list[Any], known: Collection[str], findings: Findings) -> None:
    """Whether everybody whom the levels name is known. The list has been read before, so it is well made."""
    for index, level in enumerate(levels):
        to = level.get("notify", ())
        for one in [to] if isinstance(to, str) else to:
            if one not in known:
                findings.add(
                    (name, "levels", index, "notify"),
                    unknown("recipient", one, known),
                )


def _data_digest(data: object) -> str:
    """The digest of plain data, however it is laid out."""
    return digest_of(json.dumps(data, sort_keys=True, ensure_ascii=False))
