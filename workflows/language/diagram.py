"""Draws a process as a Mermaid state diagram, and as SVG."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType

from workflows.language.definition import Definition, Transition
from workflows.language.forms.field import Titles, localize, own_titles

# Fonts for Latin and Chinese; without a white background, Mermaid paints labels grey.
_THEME = """---
config:
  theme: base
  themeVariables: {fontFamily: '"Noto Sans CJK SC","Microsoft YaHei","PingFang SC",sans-serif',
    edgeLabelBackground: '#ffffff', primaryColor: '#f8fafc', primaryBorderColor: '#475569',
    primaryTextColor: '#0f172a', lineColor: '#64748b', fontSize: 14px}
---
"""
_STYLES = {
    "waiting": "fill:#fef3c7,stroke:#d97706,color:#78350f,stroke-dasharray:5 3",
    "closed": "fill:#dcfce7,stroke:#16a34a,color:#14532d",
    "cancelled": "fill:#f1f5f9,stroke:#94a3b8,color:#475569",
    "crowd": "fill:#ffffff,stroke:#94a3b8,color:#475569,stroke-dasharray:3 3",
    "passed": "fill:#dbeafe,stroke:#1d4ed8,color:#1e3a8a",
    "current": "fill:#1d4ed8,stroke:#1e3a8a,color:#ffffff,stroke-width:3px",
}
# The first layout is better, but fails on some graphs; the second never does.
_BACKENDS = (None, "mermaid-rs-renderer")
_AUTO, _STAYS, _PASSED = "⚡", "↻", "✓ "
# Group boxes for `from: open` and `from: any`: an arrow from each state would hide all others.
_GROUP_TITLES: dict[str, Titles] = {
    "anyopen": own_titles("any open state", "任一未结状态", "任一未結狀態", "cualquier estado abierto"),
    "everywhere": own_titles("any state", "任一状态", "任一狀態", "cualquier estado"),
}
_GROUP_MINIMUM = 3
_UNSAFE = str.maketrans(
    {'"': "'", ":": "：", ";": "；", "#": "＃", "%": "％", "{": "(", "}": ")", "<": "‹", ">": "›"}
)
_MAX_LABELS = 4


NO_NOTES: Mapping[str, str] = MappingProxyType({})


def mermaid(
    definition: Definition,
    language: str = "en",
    current: str | None = None,
    notes: Mapping[str, str] = NO_NOTES,
    passed: Collection[str] = (),
) -> str:
    """The process as the text of a Mermaid state diagram, labelled in `language`; the state `current` is
    highlighted, and those that were `passed` are ticked. `notes` are written below the titles of states."""
    drawing = _Drawing(definition, language, notes, passed)
    return "\n".join(["stateDiagram-v2", *drawing.lines(current)]) + "\n"


def svg(
    definition: Definition,
    language: str = "en",
    current: str | None = None,
    notes: Mapping[str, str] = NO_NOTES,
    passed: Collection[str] = (),
) -> str:
    """The process as SVG, with `notes` in the boxes of states; if no layout engine can draw it, an SVG that
    shows its Mermaid text."""
    import mmdr  # 30 MB: loaded only when needed

    source = mermaid(definition, language, current, notes, passed)
    for backend in _BACKENDS:
        try:
            return str(mmdr.render(_THEME + source, backend=backend).svg())
        except ValueError:
            continue
    return _render_source(source)


class _Drawing:
    """The parts of one diagram: boxes, arrows and colours."""

    def __init__(
        self, definition: Definition, language: str, notes: Mapping[str, str], passed: Collection[str]
    ) -> None:
        self._definition, self._language = definition, language
        self._notes, self._passed = notes, passed
        self._ids = {name: f"s{index}" for index, name in enumerate(definition.states)}
        self._arrows: dict[
            tuple[str, str], list[str]
        ] = {}  # (from, to) -> labels: one arrow for all triggers
        for row in definition.transitions:
            label = (f"{_AUTO} " if row.auto else "") + self._escape_title(row.title, row.trigger)
            for source in _arrow_sources(definition, row):
                labels = self._arrows.setdefault((source, row.to or source), [])
                if label not in labels:
                    labels.append(label)

    def lines(self, current: str | None) -> Iterator[str]:
        """The lines of the Mermaid text."""
        states = self._definition.states
        for name, state in states.items():
            yield self._render_state(self._ids[name], name, state.title)
        crowds = [name for name in _GROUP_TITLES if any(source == name for source, _ in self._arrows)]
        for name in crowds:
            yield self._render_state(name, name, _GROUP_TITLES[name])
        yield f"[*] --> {self._ids[self._definition.start.state]}"
        yield from self._render_arrows()
        yield from (f"{self._ids[name]} --> [*]" for name in states if _is_final(self._definition, name))
        yield from self._render_classes(current, crowds)

    def _escape_title(self, title: Titles, name: str) -> str:
        """The title without the characters that have a meaning in Mermaid."""
        text = localize(title, self._language) or name
        return " ".join(text.translate(_UNSAFE).split()) or name

    def _render_state(self, box: str, name: str, title: Titles) -> str:
        """A state; the transitions that stay in it are lines of its box, since their arrows would lead back
        to it."""
        staying = [f"<br/>{_STAYS} {label}" for label in self._arrows.get((name, name), ())]
        noted = (
            [f"<br/>{' '.join(self._notes[name].translate(_UNSAFE).split())}"] if name in self._notes else []
        )
        tick = _PASSED if name in self._passed else ""
        return f'state "{tick}{self._escape_title(title, name)}{"".join([*noted, *staying])}" as {box}'

    def _render_arrows(self) -> Iterator[str]:
        for (source, to), labels in self._arrows.items():
            if source != to:
                more = len(labels) - _MAX_LABELS
                shown = [*labels[:_MAX_LABELS], f"+{more}"] if more > 0 else labels
                begin, end = self._ids.get(source, source), self._ids[to]
                yield f"{begin} --> {end} : {' / '.join(shown)}"

    def _render_classes(self, current: str | None, crowds: list[str]) -> Iterator[str]:
        members: dict[str, list[str]] = {"crowd": crowds}
        for name, state in self._definition.states.items():
            usual = "passed" if name in self._passed else state.category.value
            style = "current" if name == current else usual
            members.setdefault(style, []).append(self._ids[name])
        for style, look in _STYLES.items():
            if members.get(style):
                yield f"classDef {style} {look}"
                yield f"class {','.join(members[style])} {style}"


def _arrow_sources(definition: Definition, transition: Transition) -> tuple[str, ...]:
    """The boxes from which a row's arrows start: one group box when it leaves every (open) state."""
    going = {name for name, state in definition.states.items() if not state.category.ended}
    if len(transition.sources) < _GROUP_MINIMUM:
        return transition.sources
    if len(transition.sources) == len(definition.states):
        return ("everywhere",)
    return ("anyopen",) if set(transition.sources) == going else transition.sources


def _is_final(definition: Definition, name: str) -> bool:
    """Whether no transition leaves the state and it is closed or cancelled."""
    return definition.states[name].category.ended and not any(
        row.to for row in definition.transitions_by_source[name]
    )


def _render_source(source: str) -> str:
    lines = source.replace("&", "&amp;").replace("<", "&lt;").splitlines()
    words = "".join(f'<text x="10" y="{20 * row}">{line}</text>' for row, line in enumerate(lines, 1))
    size = f'width="900" height="{20 * len(lines) + 20}" font-family="monospace" font-size="13"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" {size}>{words}</svg>'
