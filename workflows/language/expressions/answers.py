"""What CEL answers, as Python's values."""

from __future__ import annotations

from cel_expr_python import cel


def plain(value: cel.Value) -> object:
    """CEL's value as Python's.

    A null is never asked for its value: cel-expr-python 0.1.3 then drops a reference to `None` that it does
    not own, and CPython 3.11 dies of that some thousand answers later.
    """
    kind = value.type()
    if kind == cel.Type.NULL:
        return None
    name = kind.name()
    if name.startswith("LIST"):
        return [plain(each) for each in value.value()]
    if name.startswith("MAP"):
        return {key: plain(each) for key, each in value.value().items()}
    return value.value()
