"""Where the boxes of states lie in the drawn diagram of a process: something can be laid over them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from workflows.language.definition import Definition

_NUMBER = r"(-?\d+(?:\.\d+)?)"
_VIEW = re.compile(rf'<svg [^>]*?viewBox="{_NUMBER} {_NUMBER} {_NUMBER} {_NUMBER}"')
_NODE = re.compile(
    r'<g class="node [^"]*" id="[^"]*-state-s(\d+)-\d+"'
    rf'[^>]* transform="translate\({_NUMBER}, {_NUMBER}\)">\s*'
    rf'<rect [^>]*? x="{_NUMBER}" y="{_NUMBER}" width="{_NUMBER}" height="{_NUMBER}"'
)


@dataclass(frozen=True, slots=True)
class DiagramBox:
    """A rectangle, in the units of the diagram."""

    x: float
    y: float
    width: float
    height: float


def find_view(picture: str) -> DiagramBox | None:
    """What of the plane an SVG shows; None if it does not say."""
    found = _VIEW.search(picture)
    return DiagramBox(*map(float, found.groups())) if found else None


def find_boxes(picture: str, definition: Definition) -> Mapping[str, DiagramBox]:
    """State → its box in the SVG of a process; empty where only its text could be shown."""
    states, boxes = list(definition.states), dict[str, DiagramBox]()
    for number, *measures in _NODE.findall(picture):
        at_x, at_y, x, y, width, height = map(float, measures)
        boxes[states[int(number)]] = DiagramBox(round(at_x + x, 1), round(at_y + y, 1), width, height)
    return boxes
