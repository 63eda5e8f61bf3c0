"""A process that is like others: what `shapes.yaml` says once is laid under what the process's file says.

Everything keeps its place, so that a fault is shown in the file in which it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce

from workflows.language.files.composing import Node, kind
from workflows.language.files.source import Source
from workflows.language.problems import Path, Problem, Report
from workflows.language.shapes.shaping import fitted, is_about_key, is_missing
from workflows.language.shapes.workflow import PartsShape
from workflows.timing.problems import did_you_mean

# What says one thing with several keys: half of it from the shape would be something nobody has said.
_WHOLE = {"states": {"owner", "due"}, "clocks": {"due", "within"}}
_PARTS = PartsShape()
Placed = tuple[Node, tuple[int, int]]


def read_shapes(source: Source | None, found: list[Problem]) -> dict[str, Node | None]:
    """The shapes of the company's file, by name; None for those that have problems, which `found` gets."""
    if source is None or source.data is None:
        return {}
    report = source.report()
    shapes: dict[str, Node | None] = {}
    if isinstance(source.data, dict):
        shapes = {str(n): _shape(str(n), node, source.file, report) for n, node in source.root.inner.items()}
    else:
        report.add((), f"{kind(source.data)} where a mapping of names belongs")
    found.extend(report.problems)
    return shapes


def _shape(name: str, node: Node, file: str, report: Report) -> Node | None:
    """One shape, judged by its keys alone: what it names may be the process's."""
    complaints = [each for each in fitted(node.data, _PARTS, (name,))[1] if not is_missing(each[1])]
    for path, message in complaints:
        report.add(path, message, key=is_about_key(message))
    return None if complaints else _marked(node, file)


def _marked(node: Node, file: str) -> Node:
    """The node and all in it, which know the file they stand in."""
    node.file = file
    for each in node.inner.values():
        _marked(each, file)
    return node


def liken(source: Source, shapes: Mapping[str, Node | None], report: Report) -> bool:
    """Lay the shapes that the process says it is like under its own text. False if one cannot be had."""
    found: list[Node] = []
    named = list(_named(source))
    for path, name in named:
        shape = shapes.get(name)
        if name not in shapes:
            report.add(path, f"unknown shape {name!r}{did_you_mean(name, shapes)}")
        elif shape is None:
            report.add(path, f"the shape {name!r} has problems of its own")
        else:
            found.append(shape)
    if found and len(found) == len(named):
        source.become(reduce(_laid, [*found, source.root]))
    return len(found) == len(named)


def _named(source: Source) -> Iterator[tuple[Path, str]]:
    """The names after `like`, each with its place. What is no name is complained about when it is loaded."""
    said = source.data.get("like") if isinstance(source.data, dict) else None
    if isinstance(said, str):
        yield ("like",), said
    elif isinstance(said, list):
        yield from ((("like", index), name) for index, name in enumerate(said) if isinstance(name, str))


def _laid(below: Node, above: Node) -> Node:
    """One process over another."""
    whole = _over(below, above)
    for key, join in (("transitions", _rows), ("invariants", _both)):
        lists = [node.inner[key] for node in (below, above) if key in node.inner]
        if len(lists) == 2 and all(isinstance(each.data, list) for each in lists):
            _put(whole, key, _listed(lists[1], join(*lists)), whole.keys[key])
    return whole


def _over(below: Node, above: Node, path: Path = ()) -> Node:
    """A mapping over a mapping, key by key; of everything else the upper one."""
    if not isinstance(below.data, dict) or not isinstance(above.data, dict) or _is_whole(path):
        return above
    whole = Node({}, above.line, above.column, above.inset, file=above.file)
    for key, node in below.inner.items():
        _put(whole, key, node, below.keys[key])
    for key, node in above.inner.items():
        under = below.inner.get(key)
        _put(whole, key, _over(under, node, (*path, key)) if under else node, above.keys[key])
    return whole


def _is_whole(path: Path) -> bool:
    return len(path) == 3 and path[2] in _WHOLE.get(str(path[0]), ())


def _rows(below: Node, above: Node) -> Iterator[Placed]:
    """The rows of both. Those of a trigger that the upper one has stand where the lower one's first stood."""
    own: dict[object, list[Placed]] = {}
    for row in _both(above):
        own.setdefault(_trigger(row[0]), []).append(row)
    shared = {_trigger(row) for row in below.inner.values()} & own.keys() - {None}
    for row in _both(below):
        trigger = _trigger(row[0])
        if trigger not in shared:
            yield row
        else:
            yield from own.pop(trigger, ())
    yield from (row for row in _both(above) if _trigger(row[0]) not in shared)


def _both(*lists: Node) -> Iterator[Placed]:
    for each in lists:
        yield from ((node, each.keys[index]) for index, node in each.inner.items())


def _trigger(row: Node) -> str | None:
    trigger = row.data.get("trigger") if isinstance(row.data, dict) else None
    return trigger if isinstance(trigger, str) else None


def _listed(place: Node, items: Iterator[Placed]) -> Node:
    whole = Node([], place.line, place.column, file=place.file)
    for index, (node, at) in enumerate(items):
        whole.data.append(node.data)
        whole.inner[index], whole.keys[index] = node, at
    return whole


def _put(whole: Node, key: str | int, node: Node, place: tuple[int, int]) -> None:
    whole.data[key] = node.data
    whole.inner[key], whole.keys[key] = node, place
