"""Merges shapes (`shapes.yaml`) into the processes that are `like` them; the process's own text has
precedence.

Every node keeps the file and the place it came from, so that a finding points there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce

from workflows.language.files.source import SourceFile
from workflows.language.files.yaml_parser import Node, kind
from workflows.language.findings import Finding, Findings, KeyPath, unknown
from workflows.language.schemas.load import is_about_key, is_missing, load_part
from workflows.language.schemas.workflow import ShapeSchema
from workflows.sentence import Sentence

# Values that are replaced whole: merging their keys would give a meaning that neither file states.
_REPLACED_KEYS = {"states": {"owner", "due"}, "clocks": {"due", "within"}}
_SHAPE_SCHEMA = ShapeSchema()
PlacedNode = tuple[Node, tuple[int, int]]


def read_shapes(
    source: SourceFile | None, company_findings: list[Finding], *, stored: bool = False
) -> dict[str, Node | None]:
    """The shapes by name; a shape with errors is None, and the errors are added to `company_findings`.

    Those of a `stored` version were checked when they were published, and are taken unchecked.
    """
    if source is None or source.data is None:
        return {}
    findings = source.new_findings()
    shapes: dict[str, Node | None] = {}
    if isinstance(source.data, dict):
        for name, node in source.root.children.items():
            shape = _read_shape(str(name), node, source.file, findings)
            shapes[str(name)] = _with_file(node, source.file) if stored else shape
    else:
        findings.add(
            (), Sentence("wrong-kind", "{kind} where a mapping of names belongs", kind=kind(source.data))
        )
    company_findings.extend(findings.in_file_order)
    return shapes


def _read_shape(name: str, node: Node, file: str, findings: Findings) -> Node | None:
    """One shape, of which only the keys are checked: the names it uses may belong to the process."""
    complaints = [each for each in load_part(node.data, _SHAPE_SCHEMA, (name,))[1] if not is_missing(each[1])]
    for path, message in complaints:
        findings.add(path, message, key=is_about_key(message))
    return None if complaints else _with_file(node, file)


def _with_file(node: Node, file: str) -> Node:
    """The node and its descendants, with `file` as the file in which they stand."""
    node.file = file
    for each in node.children.values():
        _with_file(each, file)
    return node


def apply_shapes(source: SourceFile, shapes: Mapping[str, Node | None], findings: Findings) -> bool:
    """Merge the shapes under `like` below the text of the process. False if one of them is unknown or has
    errors."""
    shape_nodes: list[Node] = []
    named = list(_read_like(source))
    for path, name in named:
        shape = shapes.get(name)
        if name not in shapes:
            findings.add(
                path,
                unknown("shape", name, shapes),
            )
        elif shape is None:
            findings.add(
                path, Sentence("leans-on-broken", "the shape {name!r} has problems of its own", name=name)
            )
        else:
            shape_nodes.append(shape)
    if shape_nodes and len(shape_nodes) == len(named):
        source.replace_root(reduce(_merge, [*shape_nodes, source.root]))
    return len(shape_nodes) == len(named)


def _read_like(source: SourceFile) -> Iterator[tuple[KeyPath, str]]:
    """The names under `like`, each with its path. Values that are no names are reported when the file is
    loaded."""
    like = source.data.get("like") if isinstance(source.data, dict) else None
    if isinstance(like, str):
        yield ("like",), like
    elif isinstance(like, list):
        yield from ((("like", index), name) for index, name in enumerate(like) if isinstance(name, str))


def _merge(below: Node, above: Node) -> Node:
    """One process merged over another, whose values it overrides."""
    whole = _merge_mapping(below, above)
    for key, join in (("transitions", _merge_transitions), ("invariants", _merge_lists)):
        lists = [node.children[key] for node in (below, above) if key in node.children]
        if len(lists) == 2 and all(isinstance(each.data, list) for each in lists):
            _add_child(whole, key, _list_node(lists[1], join(*lists)), whole.keys[key])
    return whole


def _merge_mapping(below: Node, above: Node, path: KeyPath = ()) -> Node:
    """A mapping merged over a mapping key by key; of any other values, the upper one."""
    if not isinstance(below.data, dict) or not isinstance(above.data, dict) or _is_replaced(path):
        return above
    whole = Node({}, above.line, above.column, above.quote_offset, file=above.file)
    for key, node in below.children.items():
        _add_child(whole, key, node, below.keys[key])
    for key, node in above.children.items():
        under = below.children.get(key)
        _add_child(whole, key, _merge_mapping(under, node, (*path, key)) if under else node, above.keys[key])
    return whole


def _is_replaced(path: KeyPath) -> bool:
    return len(path) == 3 and path[2] in _REPLACED_KEYS.get(str(path[0]), ())


def _merge_transitions(below: Node, above: Node) -> Iterator[PlacedNode]:
    """The rows of both. Rows whose trigger the upper list also has replace those of the lower one, at the
    place of its first."""
    own: dict[object, list[PlacedNode]] = {}
    for row in _merge_lists(above):
        own.setdefault(_trigger_of(row[0]), []).append(row)
    shared = {_trigger_of(row) for row in below.children.values()} & own.keys() - {None}
    for row in _merge_lists(below):
        trigger = _trigger_of(row[0])
        if trigger not in shared:
            yield row
        else:
            yield from own.pop(trigger, ())
    yield from (row for row in _merge_lists(above) if _trigger_of(row[0]) not in shared)


def _merge_lists(*lists: Node) -> Iterator[PlacedNode]:
    for each in lists:
        yield from ((node, each.keys[index]) for index, node in each.children.items())


def _trigger_of(row: Node) -> str | None:
    trigger = row.data.get("trigger") if isinstance(row.data, dict) else None
    return trigger if isinstance(trigger, str) else None


def _list_node(place: Node, items: Iterator[PlacedNode]) -> Node:
    whole = Node([], place.line, place.column, file=place.file)
    for index, (node, at) in enumerate(items):
        whole.data.append(node.data)
        whole.children[index], whole.keys[index] = node, at
    return whole


def _add_child(parent: Node, key: str | int, node: Node, place: tuple[int, int]) -> None:
    parent.data[key] = node.data
    parent.children[key], parent.keys[key] = node, place
