"""What is known when a form is handed out, and what is not known before it comes back."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from workflows.language.expressions.tree import Comprehension, FunctionCall, TreeNode, Variable, parts_of
from workflows.language.forms.field import Field
from workflows.language.forms.values import Values


@dataclass(frozen=True, slots=True, kw_only=True)
class FormFacts:
    """What is known when a form is handed out.

    asked   the names of the fields on the form
    fields  all fields of the process
    values  the ticket as it stands, without the form
    moving  names that may have changed when the form comes back, such as `now`; `actor` means all its parts
    secret  whether personal fields count as unknown: a form must not tell what its reader may not read
    """

    asked: Collection[str]
    fields: Mapping[str, Field]
    values: Values
    moving: Collection[str] = ("now",)
    secret: bool = True

    def settles(self, node: TreeNode, unknown: Collection[str] = ()) -> bool:
        """Whether the value of a part of an expression is known, whatever the form will say.

        `unknown` are the items of loops around it.
        """
        match node:
            case Variable(key=key):
                return key not in unknown and not key.startswith("@") and self.knows(key)
            case FunctionCall(function="is_open") if "now" in self.moving:
                return False  # days may be closed meanwhile
            case Comprehension():
                inner = {node.item, node.result}
                return all(
                    key in inner or key.startswith("@") or (key not in unknown and self.knows(key))
                    for key in _keys(node)
                )
        return all(self.settles(part, unknown) for part in parts_of(node))

    def knows(self, key: str) -> bool:
        """Whether the value of a name is known: it is not on the form, nor worked out from what is."""
        root, _, rest = key.partition(".")
        if key in self.asked or root in self.moving:
            return False
        if root in ("record", "missing"):
            source = self.fields[rest.partition(".")[0]]
            options = (*source.options, *source.items)
            leaned = {name for option in options if option.when for name in option.when.keys}
            return all(map(self.knows, (source.name, *leaned)))
        field = self.fields.get(key)
        if field is None:
            return True
        return not (field.personal and self.secret) and (
            field.value is None or all(map(self.knows, field.value.keys))
        )


def _keys(node: TreeNode) -> Iterator[str]:
    """All names in the tree."""
    if isinstance(node, Variable):
        yield node.key
    for part in parts_of(node):
        yield from _keys(part)
