"""What reports.yaml may say: the keys of a report and of its columns."""

from __future__ import annotations

from workflows.language.report import CHARTS, SUBJECTS, WHICH
from workflows.language.shapes.fields import ANSWER, UNDERSCORES, Formula, Name, PeriodWords, Shape, Word
from workflows.language.shapes.groups import ByName, Inner, Rows
from workflows.language.shapes.phrases import names, titles


class ColumnShape(Shape):
    """A column of figures: one of count, sum, average, share and numbers, and among which of them."""

    title = titles(required=True)
    count = Formula(literal=True)
    sum = Formula(literal=True)
    average = Formula(literal=True)
    share = Formula(literal=True)
    numbers = Formula(literal=True)
    among = Formula(literal=True)


class ReportShape(Shape):
    """What is counted of the tickets of a period."""

    title = titles(required=True)
    roles = names(required=True)
    counts = Word(SUBJECTS, required=True)
    which = Word(WHICH)
    of = names(single=True)
    where = Formula()
    by = Rows(Name(UNDERSCORES), single=True)
    columns = ByName(Name(ANSWER), Inner(ColumnShape), required=True)
    period = PeriodWords()
    chart = Word(CHARTS)
