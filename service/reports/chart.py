"""A table as a chart: SVG without any script, so that it may be shown everywhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from xml.etree import ElementTree

import pygal
from pygal.style import Style

from service.reports.table import Table

# It puts an importer of old style before all others, for plug-ins that we have none of.
sys.meta_path[:] = [each for each in sys.meta_path if type(each).__name__ != "PluginImportFixer"]

_MOST = 40  # bars: more are not read, they are in the table
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
_KINDS = {"bar": pygal.Bar, "line": pygal.Line, "pie": pygal.Pie}


def as_svg(table: Table) -> bytes:
    """The counts of the table, row by row; a table of one number only is one bar."""
    chart = _KINDS[table.chart](
        style=_STYLE,
        js=(),
        title=table.title,
        truncate_label=-1,
        truncate_legend=-1,
        margin_bottom=30,
        legend_at_bottom=True,
        legend_at_bottom_columns=3,
        no_data_text=table.empty,
        x_label_rotation=30 if len(table.rows) > 6 else 0,
        disable_xml_declaration=True,
        explicit_size=True,
        width=960,
        height=540,
    )
    rows = table.rows[:_MOST] if table.keys else (table.total,)
    names = [" · ".join(map(str, row[: table.keys])) for row in rows]
    if table.chart == "pie":
        column = next(_drawn(table), None)
        for name, row in zip(names, rows, strict=True):
            chart.add(name, row[column] if column is not None else None)
    else:
        chart.x_labels = names
        for column in _drawn(table):
            chart.add(table.heads[column], [row[column] for row in rows])
    return _without_script(chart.render_tree())


def _drawn(table: Table) -> Iterator[int]:
    """The columns that can be drawn on one scale: the counts; without any, the other numbers."""
    counts = [index for index, kind in enumerate(table.kinds) if kind == "count"]
    others = [index for index, kind in enumerate(table.kinds) if kind in ("sum", "average", "share")]
    yield from counts or others[:1]


def _without_script(root: ElementTree.Element) -> bytes:
    for element in list(root.iter()):
        for child in list(element):
            if callable(child.tag) or child.tag.endswith("script"):  # a comment's tag is a function
                element.remove(child)
    found: bytes = ElementTree.tostring(root, encoding="utf-8")
    return found
