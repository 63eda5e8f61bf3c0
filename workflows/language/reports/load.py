"""Loads reports.yaml, and reports every problem in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from workflows.language.builder.context import CompanyContext
from workflows.language.checks.relatives import effects_of
from workflows.language.definition import Definition
from workflows.language.effect import StoreReportEffect
from workflows.language.expressions.expression import Expression
from workflows.language.files.source import SourceFile
from workflows.language.findings import Finding, Findings, KeyPath, unknown
from workflows.language.forms.field import Field, FieldType
from workflows.language.report_spec import (
    GROUPS,
    HEADINGS,
    MEASURES,
    MOST_TEXTS,
    NO_REPORTS,
    SUBJECTS,
    WORDS,
    Measure,
    ReportCatalogue,
    ReportGroup,
    ReportSpec,
    Subject,
)
from workflows.language.reports.scope import ReportScope, shared_fields
from workflows.language.schedules.draft import CompanyFileDraft, DiscardedFindings, read_company_file
from workflows.language.schemas.load import load_entry
from workflows.language.schemas.reports import ReportSchema
from workflows.language.schemas.schema_values import list_items, pick_given
from workflows.sentence import Sentence
from workflows.suggestions import find_nearest

REPORTS_FILE = "reports.yaml"
_ALL = "true"
_AMBIGUOUS_TYPES = (FieldType.CHOICE, FieldType.BOOLEAN)  # a department field sets the ticket's own
_FIELD_PREFIX = "data."  # before a form field with the name of a ticket property
_WRITTEN = (FieldType.TEXT, FieldType.UNIT)  # free texts of one line
_GROUP_TYPES = (FieldType.CHOICE, FieldType.BOOLEAN, FieldType.DEPARTMENT, *_WRITTEN)
_EXPECTED_KINDS = {
    "count": "boolean",
    "share": "boolean",
    "numbers": "boolean",
    "sum": "number",
    "average": "number",
}


_REPORT_SCHEMA = ReportSchema()


def read_reports(
    text: str | bytes,
    file: str,
    context: CompanyContext,
    definitions: Mapping[str, Definition],
    names: Collection[str] | None = None,
) -> tuple[ReportCatalogue, tuple[Finding, ...]]:
    """The reports of a file, and its findings.

    `definitions` are the usable processes, `names` all that exist. A report with an error is among `broken`.
    """
    return read_company_file(text, file, context, definitions, names, _read_catalogue, NO_REPORTS)


@lru_cache(maxsize=8)
def report_names(text: str | bytes) -> frozenset[str]:
    """The names of the reports in a file, whatever errors it has."""
    data = SourceFile(text, REPORTS_FILE).data
    return frozenset(data) if isinstance(data, dict) else frozenset()


def check_report_names(definition: Definition, reports: Collection[str], findings: Findings) -> None:
    """Check that the reports whose figures a process stores are among `reports`."""
    for path, effect in effects_of(definition):
        if isinstance(effect, StoreReportEffect) and effect.report not in reports:
            message = unknown("report", effect.report, reports)
            findings.add((*path, "figures"), message)


def _read_catalogue(draft: CompanyFileDraft, data: Any) -> ReportCatalogue:
    reports: dict[str, ReportSpec] = {}
    broken: dict[str, str] = {}
    for name, spec in data.items():
        report = _read_report(draft, name, load_entry(spec, _REPORT_SCHEMA, (name,), draft.schema_findings))
        if messages := [*draft.schema_findings.messages_at((name,)), *draft.findings.messages_at((name,))]:
            broken[name] = "; ".join(messages)
        elif unusable := [each for each in report.workflows if each not in draft.definitions]:
            broken[name] = Sentence("leans-on-broken", "{unusable} cannot be used", unusable=unusable[0])
        else:
            reports[name] = report
    return ReportCatalogue(reports=reports, broken=broken)


def _read_report(draft: CompanyFileDraft, name: str, raw: Mapping[str, Any]) -> ReportSpec:
    path: KeyPath = (name,)
    counts: Subject = raw.get("counts", SUBJECTS[0])
    roles, workflows = list_items(raw, "roles"), list_items(raw, "of")
    for index, role in enumerate(roles):
        draft.check_known("role", role, draft.context.organisation.roles, (*path, "roles", index))
    for index, workflow in enumerate(workflows):
        draft.check_known("workflow", workflow, draft.names, (*path, "of", index))
    if not draft.definitions.keys() >= set(workflows):  # their fields are unknown: nothing is reported
        draft = replace(draft, findings=DiscardedFindings(draft.findings))
    if counts == "steps" and "which" in raw:
        draft.report_error(
            (*path, "which"), Sentence("misplaced-key", "steps are those taken in the period"), key=True
        )
    fields = _fields_of(draft, workflows)
    scope = ReportScope(fields, counts, _personal_of(draft, workflows))
    where = raw.get("where")
    groups = tuple(_read_groups(draft, raw, path, counts, fields))
    _check_most(draft, raw, path, groups)
    return ReportSpec(
        name=name,
        title=draft.check_title(raw.get("title"), (*path, "title")),
        roles=roles,
        counts=counts,
        which=raw.get("which") or ("alive" if counts == "clocks" else "opened"),
        workflows=workflows,
        where=draft.parse_expression(where, (*path, "where"), "bool", scope) if where else None,
        groups=groups,
        measures=tuple(_read_measures(draft, raw, path, scope)),
        **pick_given(raw, "period", "chart", "most"),
    )


def _fields_of(draft: CompanyFileDraft, workflows: tuple[str, ...]) -> dict[str, Field]:
    used = (draft.definitions[name] for name in workflows if name in draft.definitions)
    return shared_fields(pair for each in used for pair in each.fields.items())


def _personal_of(draft: CompanyFileDraft, workflows: tuple[str, ...]) -> frozenset[str]:
    used = (draft.definitions[name] for name in workflows if name in draft.definitions)
    return frozenset(name for each in used for name, field in each.fields.items() if field.personal)


def _read_groups(
    draft: CompanyFileDraft, raw: Mapping[str, Any], path: KeyPath, counts: str, fields: Mapping[str, Field]
) -> Iterator[ReportGroup]:
    for index, name in enumerate(list_items(raw, "by")):
        place = (*path, "by", index)
        own, name = name.startswith(_FIELD_PREFIX), name.removeprefix(_FIELD_PREFIX)
        if name in GROUPS[counts] and not own:
            if name in fields and fields[name].type in _AMBIGUOUS_TYPES:
                why = Sentence(
                    "choose-one",
                    "{name!r} may be the ticket's or the field's; the field is `{prefix}{name}`",
                    name=name,
                    prefix=_FIELD_PREFIX,
                )
                draft.report_error(place, why)
            yield ReportGroup(name=name, title=HEADINGS[name])
        elif name not in fields:
            near = find_nearest(name, {*GROUPS[counts], *fields})
            pattern = "no process of the report has a field {name!r}"
            draft.report_error(place, Sentence("report-broken", pattern, name=name, meant=near))
        else:
            field = fields[name]
            if field.type not in _GROUP_TYPES:
                draft.report_error(
                    place,
                    Sentence(
                        "field-type",
                        "{name!r} is a {type} field; reports count by {group_types}",
                        name=name,
                        type=field.type,
                        group_types=", ".join(_GROUP_TYPES),
                    ),
                )
            elif field.multiline:
                draft.report_error(
                    place,
                    Sentence(
                        "field-type",
                        "{name!r} is a text of several lines; reports count by texts of one",
                        name=name,
                    ),
                )
            written = field.type in _WRITTEN
            yield ReportGroup(
                name=name, title=field.title, is_field=True, values=_value_titles(field), written=written
            )


def _check_most(
    sheet: CompanyFileDraft, raw: Mapping[str, Any], path: KeyPath, groups: Iterable[ReportGroup]
) -> None:
    most = raw.get("most")
    if most is None:
        return
    if not any(group.written for group in groups):
        why = Sentence("field-type", "nothing is counted by a text, of which it says how many have rows")
        sheet.report_error((*path, "most"), why, key=True)
    elif not 1 <= most <= MOST_TEXTS:
        sheet.report_error(
            (*path, "most"),
            Sentence("range", "1 to {most} texts have rows of their own", most=MOST_TEXTS),
        )


def _value_titles(field: Field) -> dict[str, Mapping[str, str]]:
    """The values of a field with their titles, in the order of its options."""
    if field.type is FieldType.BOOLEAN:
        return {word: WORDS[word] for word in ("true", "false")}
    return {option.value: option.title for option in field.options}


def _read_measures(
    draft: CompanyFileDraft, raw: Mapping[str, Any], path: KeyPath, scope: ReportScope
) -> Iterator[Measure]:
    for name, said in (raw.get("columns") or {}).items():
        place, column = (*path, "columns", name), said or {}
        kinds = [each for each in MEASURES if column.get(each) is not None]
        if len(kinds) != 1:
            draft.report_error(
                place,
                Sentence(
                    "missing-key", "what does it count? Name one of {measures}", measures=", ".join(MEASURES)
                ),
                key=True,
            )
            continue
        yield Measure(
            name=name,
            title=draft.check_title(column.get("title"), (*place, "title")),
            kind=kinds[0],
            value=_read_expression(draft, column, kinds[0], place, scope),
            among=_read_expression(draft, column, "among", place, scope),
        )


def _read_expression(
    draft: CompanyFileDraft, column: Mapping[str, Any], key: str, path: KeyPath, scope: ReportScope
) -> Expression | None:
    """The expression of a column; None if there is none, or it has an error."""
    source = column.get(key)
    if source is None or (source == _ALL and _EXPECTED_KINDS.get(key, "boolean") == "boolean"):
        return None
    wanted = _EXPECTED_KINDS.get(key, "boolean")
    expression = draft.parse_expression(source, (*path, key), "bool" if wanted == "boolean" else "any", scope)
    if expression is not None and expression.kind not in (wanted, "any"):
        draft.report_error(
            (*path, key),
            Sentence(
                "type", "a {wanted} is needed here; this is a {kind}", wanted=wanted, kind=expression.kind
            ),
        )
    return expression
