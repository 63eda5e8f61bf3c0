"""What is wrong with a process is said in its place, whichever section it stands in."""

from __future__ import annotations

from tests.language.desk import COMPLAINT, after, changed

# What is missing is missed elsewhere than where it was cut out: so many lines away.
AWAY = {
    "'at' is missing": 1,
    "'calendar' is missing": 5,
    "unknown key 'fieldz'; did you mean 'fields'?": 1,
    "who may read the personal field 'complainant'?": 1,
    "who is the client?": 42,
    "which field decides?": 1,
    "needs a mapping of its answers": 1,
    "either `within` or `due`": 4,
    "`by` belongs to `within`": 1,
    "`convert` ends the ticket": 3,
    "a text field has no options": 2,
    "a choices field needs options": 1,
}


def short(value: str) -> str:
    """A word for the name of a test."""
    return str(value)[:40]


def assert_refused(old: str, new: str, message: str) -> None:
    """With `new` in place of `old`, the message names a line at most a few away from the change."""
    found = [each for each in after(old, new) if message in each]
    assert found, (message, after(old, new))
    line = int(found[0].split(":")[1])
    assert abs(line - _first_change(old, new)) <= AWAY.get(message, 0), found


def _first_change(old: str, new: str) -> int:
    """The first line that a change touches."""
    before, now = COMPLAINT.splitlines(), changed(old, new).splitlines()
    return next(line for line, (a, b) in enumerate(zip(before, now, strict=False), 1) if a != b)
