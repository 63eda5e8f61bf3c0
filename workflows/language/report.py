"""Reports as neutral, frozen data: what is counted of the tickets of a period, for whom, by what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from workflows.language.expressions.expression import Expression
from workflows.language.forms.field import Titles
from workflows.timing.periods import Period

Subject = Literal["tickets", "steps", "clocks"]
Which = Literal["opened", "ended", "alive"]

SUBJECTS = ("tickets", "steps", "clocks")
WHICH = ("opened", "ended", "alive")
MEASURES = ("count", "sum", "average", "share", "numbers")
CHARTS = ("bar", "line", "pie")
GROUPS: Mapping[str, tuple[str, ...]] = {
    "tickets": ("workflow", "state", "category", "department", "priority", "day", "month"),
    "steps": ("workflow", "department", "priority", "trigger", "day", "month"),
    "clocks": ("workflow", "department", "priority", "clock", "level", "verdict", "day", "month"),
}
"""By what each kind of thing may be counted, beside open fields of the form."""


def _said(en: str, hans: str, hant: str, es: str) -> Titles:
    return {"en": en, "zh-Hans": hans, "zh-Hant": hant, "es": es}


HEADINGS: Mapping[str, Titles] = {
    "workflow": _said("Process", "流程", "流程", "Proceso"),
    "state": _said("State", "状态", "狀態", "Estado"),
    "category": _said("Standing", "情形", "情形", "Situación"),
    "department": _said("Department", "部门", "部門", "Departamento"),
    "priority": _said("Priority", "优先级", "優先級", "Prioridad"),
    "trigger": _said("Step", "步骤", "步驟", "Paso"),
    "clock": _said("Promise", "时限", "時限", "Plazo"),
    "level": _said("Level reached", "升级级别", "升級級別", "Nivel alcanzado"),
    "verdict": _said("Outcome", "结果", "結果", "Resultado"),
    "day": _said("Day", "日期", "日期", "Día"),
    "month": _said("Month", "月份", "月份", "Mes"),
}
WORDS: Mapping[str, Titles] = {
    "open": _said("open", "进行中", "進行中", "abierto"),
    "waiting": _said("waiting", "等待中", "等待中", "en espera"),
    "closed": _said("closed", "已关闭", "已關閉", "cerrado"),
    "cancelled": _said("cancelled", "已取消", "已取消", "cancelado"),
    "low": _said("low", "低", "低", "baja"),
    "normal": _said("normal", "普通", "普通", "normal"),
    "high": _said("high", "高", "高", "alta"),
    "urgent": _said("urgent", "紧急", "緊急", "urgente"),
    "met": _said("kept", "按时", "按時", "cumplido"),
    "missed": _said("kept too late", "逾期完成", "逾期完成", "cumplido tarde"),
    "running": _said("running", "计时中", "計時中", "en curso"),
    "overdue": _said("overdue", "已逾期", "已逾期", "vencido"),
    "paused": _said("paused", "暂停", "暫停", "en pausa"),
    "true": _said("yes", "是", "是", "sí"),
    "false": _said("no", "否", "否", "no"),
}
"""What the values of groups are called that no definition gives a title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """By what is counted: one of the words of `GROUPS`, or an open field."""

    name: str
    title: Titles
    of_form: bool = False
    values: Mapping[str, Titles] = field(default_factory=dict)  # the field's options, in their order


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A column of figures, over the things for which `among` holds.

    kind   count (of those for which `value` holds), share (of them in hundredths), sum, average (of `value`),
           numbers (of their tickets)
    """

    name: str
    title: Titles
    kind: str
    value: Expression | None = None  # None: all of them
    among: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSpec:
    """A report: what it counts of the tickets of `workflows` (of none named: of all), for the `roles`.

    which  tickets that were `opened` or `ended` in the period, or stood open (`alive`) at some time in it;
           likewise promises that began, ended or ran. Steps are those taken in it.
    """

    name: str
    title: Titles
    roles: tuple[str, ...]
    counts: Subject
    which: Which
    workflows: tuple[str, ...]
    measures: tuple[Measure, ...]
    period: Period  # where nobody says another
    where: Expression | None = None
    groups: tuple[Group, ...] = ()
    chart: str = "bar"

    @property
    def headings(self) -> tuple[Titles, ...]:
        """What its columns are called."""
        return (*(each.title for each in self.groups), *(each.title for each in self.measures))


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """All reports of a company. `broken` are those that cannot be worked out, with the reason."""

    reports: Mapping[str, ReportSpec] = field(default_factory=dict)
    broken: Mapping[str, str] = field(default_factory=dict)


NO_REPORTS = Catalogue()
