"""Bar charts of report tables: SVG without script, safe to embed anywhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any
from xml.etree import ElementTree

import pygal
from pygal.style import Style

from service.reports.table import MAX_CHART_ROWS, Cell, ReportTable
from service.text_width import text_width

# It puts an importer of old style before all others, for plug-ins that we have none of.
sys.meta_path[:] = [each for each in sys.meta_path if type(each).__name__ != "PluginImportFixer"]

_FONTS = '"Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", sans-serif'
_STYLE = Style(
    font_family=_FONTS,
    background="white",
    plot_background="white",
    guide_stroke_color="#e2e8f0",
    major_guide_stroke_color="#e2e8f0",
    guide_stroke_dasharray="0",
    major_guide_stroke_dasharray="0",
    opacity="1",
    colors=("#2563eb", "#f59e0b", "#10b981", "#ef4444", "#8b5cf6", "#64748b"),
    title_font_size=18,
    label_font_size=13,
    major_label_font_size=13,
    legend_font_size=13,
    value_font_size=12,
    no_data_font_size=16,
)
_FONT, _LATIN = 13, 0.55  # pixels of a label, and how much of it a Latin character is wide
_ACROSS, _HIGH, _ROOM = 960, 540, 860  # pixels: the picture, and what the names of its bars have side by side
_KINDS = {"bar": pygal.Bar, "line": pygal.Line}
_SPELLED = 60  # numbers that are written over standing bars; more are not read
_DAYS = 12  # names under a line


def render_svg(table: ReportTable) -> bytes:
    """The counts of the table, row by row; a table with a single number is one bar.

    Bars are horizontal if their names do not fit side by side. Of many rows only the largest are drawn, which
    the chart says.
    """
    columns = list(_drawable_columns(table))
    rows = _largest_rows(table, columns) if table.keys else (table.total,)
    if not any(row[column] for row in rows for column in columns):
        rows = ()
    names = [" · ".join(map(str, row[: table.keys])) for row in rows]
    if table.chart == "pie":
        chart = pygal.Pie(**_config(table))
        for name, row in zip(names, rows, strict=True):
            chart.add(name, row[columns[0]])
    elif table.chart == "bar" and sum(_pixels(name) + _FONT for name in names) > _ROOM:
        chart = pygal.HorizontalBar(**(_config(table) | _horizontal_options(names, len(columns))))
        _fill(chart, table, names[::-1], rows[::-1], columns)  # the first at the top
    else:
        few = {} if len(names) <= _DAYS else {"x_labels_major_count": _DAYS, "show_minor_x_labels": False}
        chart = _KINDS[table.chart](**_config(table), **few)
        _fill(chart, table, names, rows, columns)
    return _clean_svg(chart.render_tree(), lying=isinstance(chart, pygal.HorizontalBar))


def _config(table: ReportTable) -> dict[str, Any]:
    where_and_when = " · ".join([*list(table.about.values())[:2], *filter(None, [table.part])])
    return {
        "style": _STYLE,
        "js": (),
        "title": f"{table.title}\n{where_and_when}",
        "truncate_label": -1,
        "truncate_legend": -1,
        "margin_bottom": 30,
        "legend_at_bottom": True,
        "legend_at_bottom_columns": 3,
        "no_data_text": table.empty,
        "disable_xml_declaration": True,
        "explicit_size": True,
        "width": _ACROSS,
        "height": _HIGH,
        "order_min": 0 if "count" in table.kinds else None,  # no halves of a ticket
        "print_values": True,
        "print_values_position": "top",
    }


def _horizontal_options(names: Sequence[str], columns: int) -> dict[str, Any]:
    """The options of horizontal bars: height, and a margin as wide as the names."""
    guessed = max(map(len, names)) * 0.6 * _FONT  # pygal takes every letter for a Latin one
    return {
        "margin_left": 20 + max(0, round(max(map(_pixels, names)) - guessed)),
        "height": max(_HIGH, 180 + len(names) * (columns * 11 + 9)),
        "margin_right": 50,
    }


def _fill(
    chart: Any,
    table: ReportTable,
    names: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    columns: Sequence[int],
) -> None:
    chart.x_labels = names
    lying = isinstance(chart, pygal.HorizontalBar)
    spell = _format_number if lying or len(rows) * len(columns) <= _SPELLED else _no_label
    for column in columns:
        chart.add(table.heads[column], [row[column] for row in rows], formatter=spell)


def _format_number(number: float | None) -> str:
    return f"{number:,.10g}" if number else ""


def _no_label(_: float | None) -> str:
    return ""


def _pixels(text: str) -> float:
    return text_width(text) * _LATIN * _FONT


def _largest_rows(table: ReportTable, columns: Sequence[int]) -> Sequence[Sequence[Cell]]:
    """The rows to be drawn, in the order of the table."""
    if len(table.rows) <= MAX_CHART_ROWS or not columns:
        return table.rows[:MAX_CHART_ROWS]
    places = sorted(range(len(table.rows)), key=lambda at: -_to_number(table.rows[at][columns[0]]))
    return [table.rows[at] for at in sorted(places[:MAX_CHART_ROWS])]


def _to_number(cell: Cell) -> float:
    return cell if isinstance(cell, int | float) else 0


def _drawable_columns(table: ReportTable) -> Iterator[int]:
    """The columns that fit one scale: the counts; without any, the other numbers."""
    counts = [index for index, kind in enumerate(table.kinds) if kind == "count"]
    others = [index for index, kind in enumerate(table.kinds) if kind in ("sum", "average", "share")]
    yield from counts or others[:1]


def _clean_svg(root: ElementTree.Element, *, lying: bool) -> bytes:
    """The SVG without script, its second line smaller than its title. `lying`: the bars are horizontal."""
    for element in list(root.iter()):
        for child in list(element):
            if callable(child.tag) or child.tag.endswith("script"):  # a comment's tag is a function
                element.remove(child)
    if lying:
        for number in [each for each in root.iter() if each.get("class") == "value"]:
            number.set("text-anchor", "start")  # behind the end of its bar
            number.set("x", f"{float(number.get('x', 0)) + 4:.1f}")
    for under in [each for each in root.iter() if each.get("class") == "title plot_title"][1:]:
        under.set("style", f"font-size: {_FONT}px; fill: #475569")
    found: bytes = ElementTree.tostring(root, encoding="utf-8")
    return found
