"""Which fields every ticket in a state has, since every walk there asks for them."""

from __future__ import annotations

from workflows.language.definition import Definition


def find_known_fields(definition: Definition) -> dict[str, frozenset[str]]:
    """State -> the fields that are required on every walk from the start to it. States that no walk reaches
    are left out."""
    known = {definition.start.state: frozenset(definition.start.requires)}
    changed = True
    while changed:
        changed = False
        for row in definition.transitions:
            for source in row.sources:
                if source not in known:
                    continue
                target, brought = row.to or source, known[source] | frozenset(row.requires)
                seen = known.get(target)
                common = brought if seen is None else seen & brought
                if common != seen:
                    known[target], changed = common, True
    return known
