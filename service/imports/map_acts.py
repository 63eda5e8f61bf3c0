"""Builds the steps of a map from its YAML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.imports.import_map import ActorSource, ColumnSource, MappedStep, RowCondition
from service.imports.map_schema import IGNORE


def build_step(
    data: Mapping[str, Any],
    role: str,
    empty: frozenset[str],
    fields: Mapping[str, Any] | None = None,
    at: str = "",
) -> MappedStep:
    """The step as written. `role`, `fields` and `at` are its defaults; cells that say one of `empty` count
    as empty."""
    when = data.get("when")
    return MappedStep(
        at=data.get("at", at),
        role=data.get("role", role),
        trigger=data.get("trigger"),
        by=_build_actor(data.get("by")),
        note=data.get("note"),
        when=None if when is None else _build_condition(when),
        fields={
            name: _build_source(each, empty) for name, each in (fields or data.get("fields_") or {}).items()
        },
    )


def build_event(data: Any, opening: MappedStep, empty: frozenset[str]) -> MappedStep | None:
    """The step for an activity of an event log; None for no step."""
    if data == IGNORE:
        return None
    event = {"trigger": data} if isinstance(data, str) else data
    return build_step({"by": opening.by} | event, opening.role, empty, at=opening.at)


def format_scalar(value: object) -> str:
    """A scalar as the text that a file has for it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _build_actor(data: Any) -> ActorSource:
    if data is None or isinstance(data, ActorSource):
        return data or ActorSource()
    if isinstance(data, str):
        return ActorSource(column=data)
    return ActorSource(column=data.get("column"), account=data.get("account"), accounts=True)


def _build_condition(data: Any) -> RowCondition:
    if isinstance(data, str):
        return RowCondition(column=data)
    for key in ("all", "any"):
        if key in data:
            parts = tuple(_build_condition(part) for part in data[key])
            return RowCondition(all=parts) if key == "all" else RowCondition(any=parts)
    if "not_" in data:
        inner = _build_condition(data["not_"])
        return RowCondition(all=(inner,), negated=True)
    equals = data.get("equals")
    return RowCondition(
        column=data["column"], equals=None if equals is None else tuple(map(format_scalar, equals))
    )


def _build_source(data: Any, empty: frozenset[str]) -> ColumnSource:
    if isinstance(data, str):
        return ColumnSource(columns=(data,), empty=empty)
    columns = (data["column"],) if "column" in data else tuple(data.get("join") or data.get("first") or ())
    return ColumnSource(
        columns=columns,
        separator=str(data.get("separator", " ")),
        first="first" in data,
        empty=empty | frozenset(map(format_scalar, data.get("empty", ()))),
        constant=data.get("value"),
        times=data.get("times", ()),
        words=data.get("map"),
        otherwise=data.get("otherwise"),
        keep=data.get("unmapped") == "keep",
        slug=data.get("slug", False),
        default=data.get("default"),
        drop_unlisted=data.get("unlisted") == "empty",
        after_step=data.get("after_step", False),
    )
