"""Reads `prints`: the papers that a ticket can be printed as."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from workflows.language.building.draft import Draft
from workflows.language.definition import Print
from workflows.language.forms.field import LANGUAGES, Field, FieldType
from workflows.language.problems import Path

_ROWS = (FieldType.TABLE, FieldType.CHECKLIST)


def read_prints(draft: Draft) -> dict[str, Print]:
    """The papers by name."""
    said = draft.said.get("prints") or {}
    return {name: _print(draft, name, raw or {}, ("prints", name)) for name, raw in said.items()}


def _print(draft: Draft, name: str, raw: Mapping[str, Any], path: Path) -> Print:
    each, when = raw.get("each"), raw.get("when")
    rows = draft.field(each, (*path, "each"), *_ROWS) if each else None
    if not (raw.get("fields_") or raw.get("children")):
        draft.wrong(path, "what is on it? Say `fields` or `children`", key=True)
    for index, title in enumerate(raw.get("signatures") or ()):
        _check_title(draft, title, (*path, "signatures", index))
    return Print(
        name=name,
        title=raw.get("title") or {},
        size=raw.get("size") or "a4",
        fields=tuple(_fields(draft, raw, path, rows)),
        each=each if rows else None,
        children={link: tuple(_children(draft, link, names, path)) for link, names in _links(raw)},
        signatures=tuple(title for title in raw.get("signatures") or () if title),
        note=raw.get("note") or {},
        when=draft.expression(when, (*path, "when"), "bool") if when else None,
    )


def _fields(draft: Draft, raw: Mapping[str, Any], path: Path, rows: Field | None) -> Iterator[str]:
    """The fields on it; `item.…` are the parts of the row that the sheet is for."""
    for index, name in enumerate(raw.get("fields_") or ()):
        place = (*path, "fields", index)
        root, _, part = (name or "").partition(".")
        if not name:
            continue
        if root == "item" and part:
            if rows is None:
                draft.wrong(place, f"{name!r} of which row? Say `each: <table>`")
            elif not draft.knows("column", part, {each.name for each in rows.parts}, place):
                continue
        elif draft.field(name, place) is not None:
            draft.expressed.add(name)
        yield name


def _links(raw: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for link, names in (raw.get("children") or {}).items():
        yield link, tuple(each for each in names or () if each)


def _children(draft: Draft, link: str, names: tuple[str, ...], path: Path) -> Iterator[str]:
    """The columns of the children under a link; whether they have them is judged with the other processes."""
    draft.knows("link", link, draft.links, (*path, "children", link))
    yield from names


def _check_title(draft: Draft, title: Mapping[str, str] | None, path: Path) -> None:
    missing = [language for language in LANGUAGES if language not in (title or {})]
    if title is not None and missing:
        draft.wrong(path, f"the title lacks {', '.join(missing)}")
