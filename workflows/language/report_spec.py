"""Reports as frozen data: what is counted of the tickets of a period, for which roles, grouped by what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from workflows.language.expressions.expression import Expression
from workflows.language.forms.field import Titles, own_titles
from workflows.timing.periods import Period

Subject = Literal["tickets", "steps", "clocks"]
TicketSelection = Literal["opened", "ended", "alive"]

SUBJECTS = ("tickets", "steps", "clocks")
WHICH = ("opened", "ended", "alive")
MEASURES = ("count", "sum", "average", "share", "numbers")
CHARTS = ("bar", "line", "pie")
THIS_MONTH = Period(unit="month")
TEXTS, MOST_TEXTS = 20, 200
"""How many texts of a field have a row: the default, and the maximum."""
GROUPS: Mapping[str, tuple[str, ...]] = {
    "tickets": ("workflow", "state", "category", "department", "priority", "day", "month"),
    "steps": ("workflow", "department", "priority", "trigger", "day", "month"),
    "clocks": ("workflow", "department", "priority", "clock", "level", "verdict", "day", "month"),
}
"""By what each kind of thing may be counted, beside open fields of the form."""


HEADINGS: Mapping[str, Titles] = {
    "workflow": own_titles("Process", "流程", "流程", "Proceso"),
    "state": own_titles("State", "状态", "狀態", "Estado"),
    "category": own_titles("Standing", "情形", "情形", "Situación"),
    "department": own_titles("Department", "部门", "部門", "Departamento"),
    "priority": own_titles("Priority", "优先级", "優先級", "Prioridad"),
    "trigger": own_titles("Step", "步骤", "步驟", "Paso"),
    "clock": own_titles("Promise", "时限", "時限", "Plazo"),
    "level": own_titles("Level reached", "升级级别", "升級級別", "Nivel alcanzado"),
    "verdict": own_titles("Outcome", "结果", "結果", "Resultado"),
    "day": own_titles("Day", "日期", "日期", "Día"),
    "month": own_titles("Month", "月份", "月份", "Mes"),
}
WORDS: Mapping[str, Titles] = {
    "open": own_titles("open", "进行中", "進行中", "abierto"),
    "waiting": own_titles("waiting", "等待中", "等待中", "en espera"),
    "closed": own_titles("closed", "已关闭", "已關閉", "cerrado"),
    "cancelled": own_titles("cancelled", "已取消", "已取消", "cancelado"),
    "low": own_titles("low", "低", "低", "baja"),
    "normal": own_titles("normal", "普通", "普通", "normal"),
    "high": own_titles("high", "高", "高", "alta"),
    "urgent": own_titles("urgent", "紧急", "緊急", "urgente"),
    "met": own_titles("kept", "按时", "按時", "cumplido"),
    "missed": own_titles("kept too late", "逾期完成", "逾期完成", "cumplido tarde"),
    "running": own_titles("running", "计时中", "計時中", "en curso"),
    "overdue": own_titles("overdue", "已逾期", "已逾期", "vencido"),
    "paused": own_titles("paused", "暂停", "暫停", "en pausa"),
    "true": own_titles("yes", "是", "是", "sí"),
    "false": own_titles("no", "否", "否", "no"),
}
"""What the values of groups are called that no definition gives a title."""
ALL_OTHERS = own_titles("all others", "其他", "其他", "los demás")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportGroup:
    """What a report is grouped by: one of the words of `GROUPS`, or a field that is not personal."""

    name: str
    title: Titles
    is_field: bool = False
    values: Mapping[str, Titles] = field(default_factory=dict)  # the field's options, in their order
    written: bool = False  # its values are free texts; only the most frequent ones have rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A column of figures, over the items for which `among` holds.

    kind   count (of those for which `value` holds), share (of them, in hundredths), sum or average (of
           `value`), numbers (of their tickets)
    """

    name: str
    title: Titles
    kind: str
    value: Expression | None = None  # None: all of them
    among: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSpec:
    """What a report counts of the tickets of `workflows` (if none are named, of all), readable by `roles`.

    which  the tickets that were `opened` or `ended` in the period, or were open at some time in it (`alive`);
           for promises, those that began, ended or ran. Of steps, those taken in the period are counted
    """

    name: str
    title: Titles
    roles: tuple[str, ...]
    counts: Subject
    which: TicketSelection
    workflows: tuple[str, ...]
    measures: tuple[Measure, ...]
    period: Period = THIS_MONTH  # unless the request gives another
    where: Expression | None = None
    groups: tuple[ReportGroup, ...] = ()
    chart: str = "bar"
    most: int = TEXTS  # how many texts of a field have a row

    @property
    def headings(self) -> tuple[Titles, ...]:
        """The titles of its columns."""
        return (*(each.title for each in self.groups), *(each.title for each in self.measures))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportCatalogue:
    """All reports of a company. `broken` maps the reports that cannot be computed to the reason."""

    reports: Mapping[str, ReportSpec] = field(default_factory=dict)
    broken: Mapping[str, str] = field(default_factory=dict)


NO_REPORTS = ReportCatalogue()
