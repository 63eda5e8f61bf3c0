"""A process as a picture: Mermaid's state diagram, and SVG drawn from it."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.language.definition import Definition, Transition
from workflows.language.forms.field import Titles

# Latin and Chinese both; the label's ground is white, or Mermaid paints it grey.
_THEME = """---
config:
  theme: base
  themeVariables: {fontFamily: '"Noto Sans CJK SC","Microsoft YaHei","PingFang SC",sans-serif',
    edgeLabelBackground: '#ffffff', primaryColor: '#f8fafc', primaryBorderColor: '#475569',
    primaryTextColor: '#0f172a', lineColor: '#64748b', fontSize: 14px}
---
"""
_LOOKS = {
    "waiting": "fill:#fef3c7,stroke:#d97706,color:#78350f,stroke-dasharray:5 3",
    "closed": "fill:#dcfce7,stroke:#16a34a,color:#14532d",
    "cancelled": "fill:#f1f5f9,stroke:#94a3b8,color:#475569",
    "crowd": "fill:#ffffff,stroke:#94a3b8,color:#475569,stroke-dasharray:3 3",
    "current": "fill:#1d4ed8,stroke:#1e3a8a,color:#ffffff,stroke-width:3px",
}
# The best layout first; it gives up on a tangle, the second never does.
_BACKENDS = (None, "mermaid-rs-renderer")
_AUTO, _STAYS = "⚡", "↻"
# What stands for `from: open` and `from: any`; an arrow from each state would hide all others.
_CROWDS: dict[str, Titles] = {
    "anyopen": {
        "en": "any open state",
        "zh-Hans": "任一未结状态",
        "zh-Hant": "任一未結狀態",
        "es": "cualquier estado abierto",
    },
    "everywhere": {
        "en": "any state",
        "zh-Hans": "任一状态",
        "zh-Hant": "任一狀態",
        "es": "cualquier estado",
    },
}
_CROWDED = 3
_UNSAFE = str.maketrans(
    {'"': "'", ":": "：", ";": "；", "#": "＃", "%": "％", "{": "(", "}": ")", "<": "‹", ">": "›"}
)
_MOST_LABELS = 4


def mermaid(definition: Definition, language: str = "en", current: str | None = None) -> str:
    """The process as a Mermaid state diagram, its words in `language`, the state `current` marked."""
    return "\n".join(["stateDiagram-v2", *_Drawing(definition, language).lines(current)]) + "\n"


def svg(definition: Definition, language: str = "en", current: str | None = None) -> str:
    """The process as an SVG picture; its Mermaid text in a plain one, should no layout be found."""
    import mmdr  # 30 MB of renderer, for those who draw

    source = mermaid(definition, language, current)
    for backend in _BACKENDS:
        try:
            return str(mmdr.render(_THEME + source, backend=backend).svg())
        except ValueError:
            continue
    return _as_text(source)


class _Drawing:
    """The parts of one diagram: boxes, arrows and colours."""

    def __init__(self, definition: Definition, language: str) -> None:
        self._definition, self._language = definition, language
        self._ids = {name: f"s{index}" for index, name in enumerate(definition.states)}
        self._arrows: dict[tuple[str, str], list[str]] = {}  # one, however many triggers go that way
        for row in definition.transitions:
            label = (f"{_AUTO} " if row.auto else "") + self._word(row.title, row.trigger)
            for source in _sources(definition, row):
                labels = self._arrows.setdefault((source, row.to or source), [])
                if label not in labels:
                    labels.append(label)

    def lines(self, current: str | None) -> Iterator[str]:
        """The diagram, line by line."""
        states = self._definition.states
        for name, state in states.items():
            yield self._box(self._ids[name], name, state.title)
        crowds = [name for name in _CROWDS if any(source == name for source, _ in self._arrows)]
        for name in crowds:
            yield self._box(name, name, _CROWDS[name])
        yield f"[*] --> {self._ids[self._definition.start.state]}"
        yield from self._arrow_lines()
        yield from (f"{self._ids[name]} --> [*]" for name in states if _final(self._definition, name))
        yield from self._colours(current, crowds)

    def _word(self, title: Titles, name: str) -> str:
        """A title without the characters that Mermaid reads as its own."""
        text = title.get(self._language) or title.get("en") or name
        return " ".join(text.translate(_UNSAFE).split()) or name

    def _box(self, box: str, name: str, title: Titles) -> str:
        """A state, with the steps that stay in it written inside: their arrows would lead nowhere."""
        staying = [f"<br/>{_STAYS} {label}" for label in self._arrows.get((name, name), ())]
        return f'state "{self._word(title, name)}{"".join(staying)}" as {box}'

    def _arrow_lines(self) -> Iterator[str]:
        for (source, to), labels in self._arrows.items():
            if source != to:
                more = len(labels) - _MOST_LABELS
                shown = [*labels[:_MOST_LABELS], f"+{more}"] if more > 0 else labels
                begin, end = self._ids.get(source, source), self._ids[to]
                yield f"{begin} --> {end} : {' / '.join(shown)}"

    def _colours(self, current: str | None, crowds: list[str]) -> Iterator[str]:
        members: dict[str, list[str]] = {"crowd": crowds}
        for name, state in self._definition.states.items():
            style = "current" if name == current else state.category.value
            members.setdefault(style, []).append(self._ids[name])
        for style, look in _LOOKS.items():
            if members.get(style):
                yield f"classDef {style} {look}"
                yield f"class {','.join(members[style])} {style}"


def _sources(definition: Definition, row: Transition) -> tuple[str, ...]:
    """Where a row's arrows begin: one for all states, rather than one from each."""
    going = {name for name, state in definition.states.items() if not state.category.ended}
    if len(row.sources) < _CROWDED:
        return row.sources
    if len(row.sources) == len(definition.states):
        return ("everywhere",)
    return ("anyopen",) if set(row.sources) == going else row.sources


def _final(definition: Definition, name: str) -> bool:
    """Whether a state ends the ticket for good."""
    return definition.states[name].category.ended and not any(row.to for row in definition.by_source[name])


def _as_text(source: str) -> str:
    lines = source.replace("&", "&amp;").replace("<", "&lt;").splitlines()
    words = "".join(f'<text x="10" y="{20 * row}">{line}</text>' for row, line in enumerate(lines, 1))
    size = f'width="900" height="{20 * len(lines) + 20}" font-family="monospace" font-size="13"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" {size}>{words}</svg>'
