"""Reads a migration plan, and reports every problem in it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from workflows.language.builder.context import digest_of
from workflows.language.definition import Definition
from workflows.language.files.source import SourceFile
from workflows.language.files.yaml_parser import kind
from workflows.language.findings import Finding, Findings, KeyPath, errors
from workflows.language.migration_plan import DROP, FieldMove, MigrationPlan, ProcessMove
from workflows.language.migrations.move_checks import check_move
from workflows.language.schemas.load import load_with_schema
from workflows.language.schemas.migrations import ANY, LATEST, MigrationSchema
from workflows.sentence import Sentence
from workflows.suggestions import find_nearest

_SCHEMA = MigrationSchema()


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownVersions:
    """What a plan is checked against: the versions of each process, each of them built, and where open
    tickets stand (state -> how many)."""

    versions: Mapping[str, tuple[int, ...]]
    definition: Callable[[str, int], Definition]
    standing: Callable[[str, int], Mapping[str, int]]

    def with_next(self, proposed: Mapping[str, Definition]) -> KnownVersions:
        """The same with one more version of each of these processes."""
        coming = {name: max(self.versions.get(name, ()), default=0) + 1 for name in proposed}

        def definition(name: str, version: int) -> Definition:
            if coming.get(name) == version:
                return replace(proposed[name], version=version)
            return self.definition(name, version)

        versions = {
            **self.versions,
            **{name: (*self.versions.get(name, ()), version) for name, version in coming.items()},
        }
        return KnownVersions(versions=versions, definition=definition, standing=self.standing)


def read_plan(
    text: str | bytes, file: str, known: KnownVersions
) -> tuple[MigrationPlan | None, tuple[Finding, ...]]:
    """The plan of a text, and its findings; None with an error among them."""
    source = SourceFile(text, file)
    if not source.is_complete:
        return None, source.findings
    findings = source.new_findings()
    if not isinstance(source.data, dict):
        said = f"{kind(source.data)} where a plan belongs: process, from, to, because"
        findings.add((), said, code="wrong-kind")
        return None, (*source.findings, *findings.in_file_order)
    raw = load_with_schema(source.data, _SCHEMA, findings)
    moves = [_read_move(raw, (), known, findings)]
    moves += [
        _read_move(each, ("also", index), known, findings)
        for index, each in enumerate(raw.get("also") or ())
        if isinstance(each, dict)
    ]
    _check_apart(moves, findings)
    found = tuple(sorted((*source.findings, *findings.in_file_order)))
    sound = [each for each in moves if each is not None]
    if errors(found) or not sound:
        return None, found
    plain = text if isinstance(text, str) else text.decode()
    meant = [f"{each.process} {each.sources} {each.target}" for each in sound]
    digest = digest_of("\n".join((plain, *meant)))
    return MigrationPlan(moves=tuple(sound), because=raw["because"], digest=digest), found


def _read_move(
    raw: Mapping[str, Any], path: KeyPath, known: KnownVersions, findings: Findings
) -> ProcessMove | None:
    process = raw.get("process")
    if not process:
        return None
    versions = known.versions.get(process)
    if versions is None:
        meant = find_nearest(process, known.versions)
        pattern = "there is no process '{process}'"
        findings.add((*path, "process"), Sentence("unknown-process", pattern, meant=meant, process=process))
        return None
    target = _read_target(raw.get("to"), versions, (*path, "to"), findings)
    if target is None or raw.get("from_") is None:
        return None
    sources = _read_sources(raw["from_"], target, versions, (*path, "from"), findings)
    move = ProcessMove(
        process=process,
        sources=sources,
        target=target,
        states=_given(raw.get("states")),
        fields=_read_fields(raw),
        clocks=_given(raw.get("clocks")),
        roles=_given(raw.get("roles")),
    )
    olds = {version: known.definition(process, version) for version in sources}
    standing = {version: known.standing(process, version) for version in sources}
    check_move(move, raw, olds, known.definition(process, target), standing, path, findings)
    return move


def _given(mapping: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (mapping or {}).items() if value is not None}


def _read_target(to: object, versions: tuple[int, ...], path: KeyPath, findings: Findings) -> int | None:
    if to == LATEST:
        return versions[-1]
    if isinstance(to, int) and to not in versions:
        _add_unknown_version(to, versions, path, findings)
        return None
    return to if isinstance(to, int) else None


def _read_sources(
    said: object, target: int, versions: tuple[int, ...], path: KeyPath, findings: Findings
) -> tuple[int, ...]:
    if said == ANY:
        return tuple(each for each in versions if each != target)
    named = [each for each in said if isinstance(each, int)] if isinstance(said, tuple) else []
    for index, each in enumerate(named):
        if each not in versions:
            _add_unknown_version(each, versions, (*path, index), findings)
        elif each == target:
            pattern = "its tickets are on version {version} already"
            findings.add((*path, index), Sentence("same-version", pattern, version=target))
    return tuple(dict.fromkeys(each for each in named if each in versions and each != target))


def _add_unknown_version(version: int, versions: Collection[int], path: KeyPath, findings: Findings) -> None:
    pattern = "there is no version {version}; there are {versions}"
    there = ", ".join(map(str, versions))
    findings.add(path, Sentence("unknown-version", pattern, version=version, versions=there))


def _read_fields(raw: Mapping[str, Any]) -> dict[str, FieldMove]:
    """What becomes of the fields, with the options that are given apart from them."""
    options = {name: _given(each) for name, each in _given(raw.get("options")).items()}
    moves: dict[str, FieldMove] = {}
    for name, said in _given(raw.get("fields_")).items():
        if isinstance(said, str):
            moves[name] = FieldMove(None if said == DROP else said, options=options.pop(name, {}))
        else:
            given = {**options.pop(name, {}), **_given(said.get("options"))}
            moves[name] = FieldMove(said.get("to") or name, said.get("convert"), given)
    return moves | {name: FieldMove(name, options=each) for name, each in options.items()}


def _check_apart(moves: list[ProcessMove | None], findings: Findings) -> None:
    """A version moves in one way."""
    seen: set[tuple[str, int]] = set()
    for index, move in enumerate(moves):
        for version in move.sources if move else ():
            assert move is not None
            if (move.process, version) in seen:
                path: KeyPath = ("also", index - 1) if index else ()
                pattern = "version {version} of {process} is moved twice"
                sentence = Sentence("moved-twice", pattern, version=version, process=move.process)
                findings.add((*path, "from"), sentence)
            seen.add((move.process, version))
