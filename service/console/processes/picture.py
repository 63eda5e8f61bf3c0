"""The picture of a process, and where in it the tickets of a state can be asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from service.console.http.console_request import ConsoleRequest
from service.console.processes.standing import StateRow, write_notes
from workflows.language.definition import Definition
from workflows.language.diagram import svg
from workflows.language.diagram_boxes import DiagramBox, find_boxes, find_view


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessPicture:
    """What the picture shows of the plane, and the boxes that lead to tickets."""

    view: DiagramBox
    boxes: Sequence[tuple[StateRow, DiagramBox]]


def find_picture(
    call: ConsoleRequest, definition: Definition, rows: Sequence[StateRow]
) -> ProcessPicture | None:
    """The picture with its boxes; None where only the text of the process could be shown."""
    text = draw_process(definition, call.language, write_notes(call, rows))
    view, boxes = find_view(text), find_boxes(text, definition)
    linked = [(each, boxes[each.name]) for each in rows if each.open and each.name in boxes]
    return ProcessPicture(view=view, boxes=linked) if view and boxes else None


def draw_process(definition: Definition, language: str, notes: Mapping[str, str]) -> str:
    """The picture as SVG. To lay it out takes long, and its page and its image ask for the same."""
    return _draw(definition, language, tuple(notes.items()))


@lru_cache(maxsize=32)  # about 3 MB
def _draw(definition: Definition, language: str, notes: tuple[tuple[str, str], ...]) -> str:
    return svg(definition, language, notes=dict(notes))
