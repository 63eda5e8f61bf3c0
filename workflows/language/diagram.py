"""A process as a picture: Mermaid's state diagram, and SVG drawn from it."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.language.definition import Category, Definition, State, Titles, Transition

# Latin and Chinese both; the label's ground is white, or Mermaid paints it grey.
_THEME = """---
config:
  theme: base
  themeVariables: {fontFamily: '"Noto Sans CJK SC","Microsoft YaHei","PingFang SC",sans-serif',
    edgeLabelBackground: '#ffffff', primaryColor: '#f8fafc', primaryBorderColor: '#475569',
    primaryTextColor: '#0f172a', lineColor: '#64748b', fontSize: 14px}
---
"""
_CLASSES = {
    Category.WAITING: "fill:#fef3c7,stroke:#d97706,color:#78350f,stroke-dasharray:5 3",
    Category.CLOSED: "fill:#dcfce7,stroke:#16a34a,color:#14532d",
    Category.CANCELLED: "fill:#f1f5f9,stroke:#94a3b8,color:#475569",
}
_CURRENT = "fill:#1d4ed8,stroke:#1e3a8a,color:#ffffff,stroke-width:3px"
# The best layout first; it gives up on a tangle, the second never does.
_BACKENDS = (None, "mermaid-rs-renderer")
_AUTO = "⚡"
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
_CROWD = "fill:#ffffff,stroke:#94a3b8,color:#475569,stroke-dasharray:3 3"
_CROWDED = 3
_MOST_LABELS = 4


def mermaid(definition: Definition, language: str = "en", current: str | None = None) -> str:
    """The process as a Mermaid state diagram, its words in `language`, the state `current` marked."""
    ids = {name: f"s{index}" for index, name in enumerate(definition.states)}
    lines = ["stateDiagram-v2", "    direction TB"]
    for name, state in definition.states.items():
        lines.append(f'    state "{_label(state.title, language, name)}" as {ids[name]}')
    lines.append(f"    [*] --> {ids[definition.start.state]}")
    lines += _edges(definition, language, ids)
    lines += [
        f"    {ids[name]} --> [*]" for name, state in definition.states.items() if _final(definition, state)
    ]
    lines += _colours(definition, ids, current)
    return "\n".join(lines) + "\n"


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


def _edges(definition: Definition, language: str, ids: dict[str, str]) -> Iterator[str]:
    """One arrow from state to state, however many triggers go that way."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for row in definition.transitions:
        label = (f"{_AUTO} " if row.auto else "") + _label(row.title, language, row.trigger)
        for source in _sources(definition, row):
            labels = arrows.setdefault((source, row.to or source), [])
            if label not in labels:
                labels.append(label)
    crowds = [crowd for crowd in _CROWDS if any(source == crowd for source, _ in arrows)]
    for crowd in crowds:
        yield f'    state "{_label(_CROWDS[crowd], language, crowd)}" as {crowd}'
    for (source, to), labels in arrows.items():
        more = len(labels) - _MOST_LABELS
        shown = labels[:_MOST_LABELS] + ([f"+{more}"] if more > 0 else [])
        yield f"    {ids.get(source, source)} --> {ids.get(to, to)} : {' / '.join(shown)}"
    if crowds:
        yield f"    classDef crowd {_CROWD}"
        yield f"    class {','.join(crowds)} crowd"


def _sources(definition: Definition, row: Transition) -> tuple[str, ...]:
    """Where a row's arrows begin: one for all states, rather than one from each."""
    going = {name for name, state in definition.states.items() if not state.category.ended}
    if len(row.sources) < _CROWDED:
        return row.sources
    if len(row.sources) == len(definition.states):
        return ("everywhere",)
    return ("anyopen",) if set(row.sources) == going else row.sources


def _final(definition: Definition, state: State) -> bool:
    """Whether a state ends the ticket for good."""
    return state.category.ended and not any(row.to for row in definition.by_source[state.name])


def _colours(definition: Definition, ids: dict[str, str], current: str | None) -> Iterator[str]:
    for category, style in _CLASSES.items():
        members = [
            ids[name]
            for name, each in definition.states.items()
            if each.category is category and name != current
        ]
        if members:
            yield f"    classDef {category} {style}"
            yield f"    class {','.join(members)} {category}"
    if current in ids:
        yield f"    classDef current {_CURRENT}"
        yield f"    class {ids[current]} current"


def _label(title: Titles, language: str, name: str) -> str:
    """A title without the characters that Mermaid reads as its own."""
    text = title.get(language) or title.get("en") or name
    return " ".join(text.translate(_UNSAFE).split()) or name


_UNSAFE = str.maketrans(
    {'"': "'", ":": "：", ";": "；", "#": "＃", "%": "％", "{": "(", "}": ")", "<": "‹", ">": "›"}
)


def _as_text(source: str) -> str:
    lines = source.replace("&", "&amp;").replace("<", "&lt;").splitlines()
    words = "".join(f'<text x="10" y="{20 * row}">{line}</text>' for row, line in enumerate(lines, 1))
    size = f'width="900" height="{20 * len(lines) + 20}" font-family="monospace" font-size="13"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" {size}>{words}</svg>'
