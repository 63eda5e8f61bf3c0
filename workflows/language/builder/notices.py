"""Reads texts that name fields, of notices and of reasons: which ones, and whether they may."""

from __future__ import annotations

from workflows.language.builder.draft import WorkflowDraft
from workflows.language.findings import KeyPath, unknown
from workflows.language.forms.field import FieldType, Titles
from workflows.language.forms.notice_text import NoticeSegment, NoticeTextError, parse_notice
from workflows.sentence import Sentence, sentence_of

_MANY = (FieldType.TABLE, FieldType.CHECKLIST, FieldType.ATTACHMENT, FieldType.FIGURES)


def read_notice_fields(draft: WorkflowDraft, text: Titles, path: KeyPath) -> tuple[str, ...]:
    """The fields that the text names in any language. What is wrong with it is reported."""
    named: dict[str, dict[str, None]] = {}
    for language, words in text.items():
        try:
            parts = parse_notice(words)
        except NoticeTextError as error:
            _report(draft, (*path, language), words, error.at, sentence_of(error, "notice-text"))
            continue
        named[language] = {part.field: None for part in parts if part.field and part.field in draft.fields}
        for part in parts:
            if part.field:
                _check_field(draft, part, words, (*path, language))
    fields = tuple(dict.fromkeys(name for names in named.values() for name in names))
    for language, names in named.items():
        if lacking := [name for name in fields if name not in names]:
            where = next(other for other, found in named.items() if lacking[0] in found)
            said = ", ".join(f"{{{name}}}" for name in lacking)
            draft.report_error(
                (*path, language),
                Sentence(
                    "notice-text", "it does not name {said}, which {where} does", said=said, where=where
                ),
            )
    return tuple(name for name in fields if not draft.fields[name].personal)


def check_reason_text(draft: WorkflowDraft, because: Titles, path: KeyPath) -> None:
    """Report what is wrong with the fields that a reason names. Whoever writes it knows no names of staff."""
    for name in read_notice_fields(draft, because, path):
        if draft.fields[name].type is FieldType.STAFF:
            what = "{name!r} is a {type} field; a reason names nobody"
            draft.report_error(path, Sentence("field-type", what, name=name, type=FieldType.STAFF), key=True)


def _check_field(draft: WorkflowDraft, part: NoticeSegment, words: str, path: KeyPath) -> None:
    name = str(part.field)
    field = draft.fields.get(name)
    if field is None:
        if f"field:{name}" not in draft.context.broken and not draft.is_malformed(("fields", name)):
            _report(
                draft,
                path,
                words,
                part.at,
                unknown("field", name, draft.fields),
            )
    elif field.personal:
        _report(
            draft,
            path,
            words,
            part.at,
            Sentence("personal-leak", "{name!r} is personal; such a text names open fields only", name=name),
        )
    elif field.type in _MANY:
        what = Sentence(
            "field-type",
            "{name!r} is a {type} field; a sentence has room for a single value",
            name=name,
            type=field.type,
        )
        _report(draft, path, words, part.at, what)


def _report(draft: WorkflowDraft, path: KeyPath, words: str, at: int, message: Sentence) -> None:
    line = words.count("\n", 0, at) + 1
    column = at - (words.rfind("\n", 0, at) + 1) + 1
    draft.report_error(path, message, within=(line, column))
