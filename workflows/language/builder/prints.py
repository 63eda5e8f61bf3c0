"""Builds the printed papers of a ticket from `prints`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from workflows.language.builder.draft import WorkflowDraft
from workflows.language.builder.notices import check_reason_text
from workflows.language.findings import KeyPath
from workflows.language.forms.field import Field, FieldType, lacking_sentence, missing_languages
from workflows.language.print_spec import Print
from workflows.language.schemas.schema_values import list_items, locate_items, pick_given
from workflows.sentence import Sentence

_ROW_TYPES = (FieldType.TABLE, FieldType.CHECKLIST)


def read_prints(draft: WorkflowDraft) -> dict[str, Print]:
    """The prints by name."""
    prints = draft.data.get("prints") or {}
    return {name: _read_print(draft, name, raw or {}, ("prints", name)) for name, raw in prints.items()}


def _read_print(draft: WorkflowDraft, name: str, raw: Mapping[str, Any], path: KeyPath) -> Print:
    each, when = raw.get("each"), raw.get("when")
    rows = draft.find_field(each, (*path, "each"), *_ROW_TYPES) if each else None
    if not (raw.get("fields_") or raw.get("children")):
        draft.report_error(
            path, Sentence("missing-key", "what is on it? Say `fields` or `children`"), key=True
        )
    for place, title in locate_items(raw, "signatures", path):
        _check_title(draft, title, place)
    if raw.get("because") and not when:
        draft.report_error(
            (*path, "because"), Sentence("misplaced-key", "`because` of what? There is no `when`"), key=True
        )
    check_reason_text(draft, raw.get("because") or {}, (*path, "because"))
    return Print(
        name=name,
        title=raw.get("title") or {},
        fields=tuple(_read_fields(draft, raw, path, rows)),
        each=each if rows else None,
        children={link: tuple(_read_columns(draft, link, names, path)) for link, names in _read_links(raw)},
        signatures=list_items(raw, "signatures"),
        when=draft.parse_expression(when, (*path, "when"), "bool") if when else None,
        **pick_given(raw, "size", "note", "because"),
    )


def _read_fields(
    draft: WorkflowDraft, raw: Mapping[str, Any], path: KeyPath, rows: Field | None
) -> Iterator[str]:
    """The names of the printed fields; `item.…` is a part of the row for which the sheet is printed."""
    for index, name in enumerate(raw.get("fields_") or ()):
        place = (*path, "fields", index)
        root, _, part = (name or "").partition(".")
        if not name:
            continue
        if root == "item" and part:
            if rows is None:
                draft.report_error(
                    place, Sentence("missing-key", "{name!r} of which row? Say `each: <table>`", name=name)
                )
            elif not draft.check_known("column", part, {each.name for each in rows.parts}, place):
                continue
        elif draft.find_field(name, place) is not None:
            draft.used_names.add(name)
        yield name


def _read_links(raw: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for link, names in (raw.get("children") or {}).items():
        yield link, tuple(each for each in names or () if each)


def _read_columns(draft: WorkflowDraft, link: str, names: tuple[str, ...], path: KeyPath) -> Iterator[str]:
    """The columns for the children of a link; whether the children have these fields is checked with the
    other processes."""
    draft.check_known("link", link, draft.links, (*path, "children", link))
    yield from names


def _check_title(draft: WorkflowDraft, title: Mapping[str, str], path: KeyPath) -> None:
    missing = missing_languages(title, draft.context.languages)
    if missing:
        draft.report_error(path, lacking_sentence("title", missing))
