"""Reads reports.yaml: what is counted, and everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from workflows.language.building.context import Context
from workflows.language.building.kinship import effects_of
from workflows.language.definition import Definition
from workflows.language.effect import TakeFigures
from workflows.language.expressions.expression import Expression
from workflows.language.files.composing import kind
from workflows.language.files.source import Source
from workflows.language.forms.field import Field, FieldType
from workflows.language.problems import Path, Problem, Report
from workflows.language.report import (
    GROUPS,
    HEADINGS,
    MEASURES,
    NO_REPORTS,
    WORDS,
    Catalogue,
    Group,
    Measure,
    ReportSpec,
    Subject,
)
from workflows.language.reports.scope import ReportScope, shared_fields
from workflows.language.schedules.sheet import Sheet
from workflows.language.shapes.fields import HYPHENS, Name, Shape
from workflows.language.shapes.reports import ReportShape
from workflows.language.shapes.shaping import fitted, is_about_key
from workflows.timing.periods import Period
from workflows.timing.problems import did_you_mean

REPORTS = "reports.yaml"
_ALL = "true"
_GROUPED = (FieldType.CHOICE, FieldType.BOOLEAN, FieldType.DEPARTMENT)
_WANTED = {"count": "boolean", "share": "boolean", "numbers": "boolean", "sum": "number", "average": "number"}


class _Named(Shape):
    name = Name(HYPHENS)


_SHAPE, _NAMED = ReportShape(), _Named()


def read_reports(
    text: str | bytes,
    file: str,
    context: Context,
    known: Mapping[str, Definition],
    names: Collection[str] | None = None,
) -> tuple[Catalogue, tuple[Problem, ...]]:
    """The reports of a file, and everything that is wrong with it.

    `known` are the processes that can be used, `names` all that there are. A report that is wrong stands
    among the broken ones.
    """
    source = Source(text, file)
    if not source.whole or source.data is None:
        return NO_REPORTS, source.problems
    shape, report = source.report(), source.report()
    sheet = Sheet(context, known, names if names is not None else known.keys(), {}, shape, report)
    catalogue = _catalogue(sheet, source.data)
    report.take(shape)
    return catalogue, tuple(sorted((*source.problems, *report.problems)))


def report_names(text: str | bytes) -> frozenset[str]:
    """The names of the reports of a file, whatever else is wrong with it."""
    data = Source(text, REPORTS).data
    return frozenset(data) if isinstance(data, dict) else frozenset()


def check_figures(definition: Definition, reports: Collection[str], report: Report) -> None:
    """Whether the reports whose figures a process keeps are among `reports`."""
    for path, effect in effects_of(definition):
        if isinstance(effect, TakeFigures) and effect.report not in reports:
            message = f"unknown report {effect.report!r}{did_you_mean(effect.report, reports)}"
            report.add((*path, "figures"), message)


def _catalogue(sheet: Sheet, data: Any) -> Catalogue:
    if not isinstance(data, dict):
        sheet.shape.add((), f"{kind(data)} where a mapping of names belongs")
        return NO_REPORTS
    reports: dict[str, ReportSpec] = {}
    broken: dict[str, str] = {}
    for name, spec in data.items():
        found = _report(sheet, name, _shaped(sheet, spec, (name,)))
        if said := [*sheet.shape.about((name,)), *sheet.report.about((name,))]:
            broken[name] = "; ".join(said)
        elif unusable := [each for each in found.workflows if each not in sheet.known]:
            broken[name] = f"{unusable[0]} cannot be used"
        else:
            reports[name] = found
    return Catalogue(reports=reports, broken=broken)


def _shaped(sheet: Sheet, spec: object, path: Path) -> Mapping[str, Any]:
    said, complaints = fitted(spec, _SHAPE, path)
    for place, message in complaints:
        sheet.shape.add(place, message, key=is_about_key(message))
    for _, message in fitted({"name": path[-1]}, _NAMED, ())[1]:
        sheet.shape.add(path, message, key=True)
    return said


def _report(sheet: Sheet, name: str, raw: Mapping[str, Any]) -> ReportSpec:
    path: Path = (name,)
    counts: Subject = raw.get("counts") or "tickets"
    roles, workflows = _names(raw, "roles"), _names(raw, "of")
    for index, role in enumerate(roles):
        sheet.knows("role", role, sheet.context.organisation.roles, (*path, "roles", index))
    for index, workflow in enumerate(workflows):
        sheet.knows("workflow", workflow, sheet.names, (*path, "of", index))
    if counts == "steps" and "which" in raw:
        sheet.wrong((*path, "which"), "steps are those taken in the period", key=True)
    fields = _fields(sheet, workflows)
    scope = ReportScope(fields, counts)
    where = raw.get("where")
    return ReportSpec(
        name=name,
        title=sheet.titled(raw.get("title"), (*path, "title")),
        roles=roles,
        counts=counts,
        which=raw.get("which") or ("alive" if counts == "clocks" else "opened"),
        workflows=workflows,
        where=sheet.expression(where, (*path, "where"), "bool", scope) if where else None,
        groups=tuple(_groups(sheet, raw, path, counts, fields)),
        measures=tuple(_measures(sheet, raw, path, scope)),
        period=raw.get("period") or Period(unit="month"),
        chart=raw.get("chart") or "bar",
    )


def _names(raw: Mapping[str, Any], key: str) -> tuple[str, ...]:
    return tuple(each for each in raw.get(key) or () if each)


def _fields(sheet: Sheet, workflows: tuple[str, ...]) -> dict[str, Field]:
    found = (sheet.known[name] for name in workflows if name in sheet.known)
    return shared_fields(pair for each in found for pair in each.fields.items())


def _groups(
    sheet: Sheet, raw: Mapping[str, Any], path: Path, counts: str, fields: Mapping[str, Field]
) -> Iterator[Group]:
    for index, name in enumerate(_names(raw, "by")):
        place = (*path, "by", index)
        if name in GROUPS[counts]:
            yield Group(name=name, title=HEADINGS[name])
        elif sheet.knows("group", name, {*GROUPS[counts], *fields}, place):
            field = fields[name]
            if field.type not in _GROUPED:
                sheet.wrong(
                    place, f"{name!r} is a {field.type} field; reports count by {', '.join(_GROUPED)}"
                )
            yield Group(name=name, title=field.title, of_form=True, values=_answers(field))


def _answers(field: Field) -> dict[str, Mapping[str, str]]:
    """What the values of a field are called, in the order of its options."""
    if field.type is FieldType.BOOLEAN:
        return {word: WORDS[word] for word in ("true", "false")}
    return {option.value: option.title for option in field.options}


def _measures(sheet: Sheet, raw: Mapping[str, Any], path: Path, scope: ReportScope) -> Iterator[Measure]:
    for name, said in (raw.get("columns") or {}).items():
        place, column = (*path, "columns", name), said or {}
        kinds = [each for each in MEASURES if column.get(each) is not None]
        if len(kinds) != 1:
            sheet.wrong(place, f"what does it count? Name one of {', '.join(MEASURES)}", key=True)
            continue
        yield Measure(
            name=name,
            title=sheet.titled(column.get("title"), (*place, "title")),
            kind=kinds[0],
            value=_expression(sheet, column, kinds[0], place, scope),
            among=_expression(sheet, column, "among", place, scope),
        )


def _expression(
    sheet: Sheet, column: Mapping[str, Any], key: str, path: Path, scope: ReportScope
) -> Expression | None:
    """The expression of a column; None where it stands for all."""
    source = column.get(key)
    if source is None or (source == _ALL and _WANTED.get(key, "boolean") == "boolean"):
        return None
    wanted = _WANTED.get(key, "boolean")
    found = sheet.expression(source, (*path, key), "bool" if wanted == "boolean" else "any", scope)
    if found is not None and found.kind not in (wanted, "any"):
        sheet.wrong((*path, key), f"a {wanted} is needed here; this is a {found.kind}")
    return found
