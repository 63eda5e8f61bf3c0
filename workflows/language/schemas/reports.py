"""The marshmallow schemas of reports.yaml: a report and its columns."""

from __future__ import annotations

from workflows.language.report_spec import CHARTS, SUBJECTS, WHICH
from workflows.language.schemas.common import names, titles
from workflows.language.schemas.containers import ListField, MappingField, NestedField
from workflows.language.schemas.fields import (
    GROUP_NAMES,
    OPTION_NAMES,
    ExpressionField,
    IntegerField,
    NameField,
    PeriodField,
    StrictSchema,
    WordField,
)


class ReportColumnSchema(StrictSchema):
    """A column of figures: one of count, sum, average, share and numbers, and the condition `among`."""

    title = titles(required=True)
    count = ExpressionField(literal=True)
    sum = ExpressionField(literal=True)
    average = ExpressionField(literal=True)
    share = ExpressionField(literal=True)
    numbers = ExpressionField(literal=True)
    among = ExpressionField(literal=True)


class ReportSchema(StrictSchema):
    """A report: what is counted of the tickets of a period."""

    title = titles(required=True)
    roles = names(required=True)
    counts = WordField(SUBJECTS, required=True)
    which = WordField(WHICH)
    of = names(single=True)
    where = ExpressionField()
    by = ListField(NameField(GROUP_NAMES), single=True)
    columns = MappingField(NameField(OPTION_NAMES), NestedField(ReportColumnSchema), required=True)
    period = PeriodField()
    chart = WordField(CHARTS)
    most = IntegerField()
