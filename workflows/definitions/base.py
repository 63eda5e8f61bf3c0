"""What a text was made from: a change that somebody else has published since is shown, never lost."""

from __future__ import annotations

from collections.abc import Callable
from difflib import unified_diff

from workflows.errors import Reason, Refusal, Stale
from workflows.storage.definitions import DefinitionStore, PublishedVersion
from workflows.timing.instants import rfc3339

IN_FORCE = "*"
"""The base of a text that was made from the version in force, whichever that is."""
MAX_LINES = 400
"""The most lines of a difference that a refusal shows."""


class BaseMissing(Refusal):
    """428: the process exists, so its new text must say which version it was made from."""

    status = 428
    slug = "precondition-required"


class Outdated(Stale):
    """412: the text was made from a version that is no longer in force."""

    slug = "outdated"


def check_base(
    store: DefinitionStore, current: PublishedVersion | None, base: str | None, text: str
) -> int | None:
    """The version that the text was made from, None for a process that is new.

    `base` is the digest of a version, or its number. One whose text is that in force will do: nothing that
    anybody wrote is lost. Raises BaseMissing without it, and Outdated with what was changed since.
    """
    if current is None or base == IN_FORCE or current.text == text:
        return current.version if current else None
    if base is None:
        message = (
            f"{current.name} is in force as version {current.version}: say which version the text was made"
            " from (If-Match with the ETag of its text)"
        )
        facts = {"name": current.name, "version": str(current.version)}
        raise BaseMissing(Reason("base-needed", message, facts=facts))
    made_from = _find_base(store, current, base)
    if made_from is not None and made_from.text == current.text:
        return made_from.version
    raise outdated([describe_change(store, made_from, current, text)])


def describe_change(
    store: DefinitionStore, made_from: PublishedVersion | None, current: PublishedVersion, text: str
) -> tuple[Reason, str]:
    """Who was quicker, and the lines that were changed between the base and the version in force; where the
    base is not known, those between the refused text and the version in force."""
    who, when = store.author_name(current.published_by), rfc3339(current.published_at)
    message = f"{current.name}: version {current.version} was published by {who} at {when}"
    message += f" ({current.reason})" if current.reason else ""
    message += "; take in what was changed, and publish again from that version"
    facts = {"name": current.name, "version": str(current.version), "by": who, "at": when}
    reason = Reason("published-meanwhile", message, field=current.name, facts=facts)
    before, label = (made_from.text, str(made_from.version)) if made_from else (text, "refused")
    return reason, show_difference(
        before, current.text, f"{current.name}@{label}", f"{current.name}@{current.version}"
    )


def outdated(changes: list[tuple[Reason, str]]) -> Outdated:
    """The refusal for these changes of others, with the difference of each."""
    refusal = Outdated([reason for reason, _ in changes])
    refusal.details = {"difference": "".join(difference for _, difference in changes)}
    return refusal


def show_difference(before: str, after: str, name: str, other: str) -> str:
    """The lines that differ, as a unified diff; a long one is cut, and says so."""
    lines = unified_diff(before.splitlines(), after.splitlines(), name, other, lineterm="")
    found = list(lines)
    more = len(found) - MAX_LINES
    shown = [*found[:MAX_LINES], f"... and {more} more lines"] if more > 0 else found
    return "".join(f"{line}\n" for line in shown)


def _find_base(store: DefinitionStore, current: PublishedVersion, base: str) -> PublishedVersion | None:
    by: Callable[[PublishedVersion], bool] = (
        (lambda each: str(each.version) == base)
        if base.isdecimal() and len(base) < 10
        else (lambda each: each.digest == base)
    )
    return next((each for each in reversed(store.versions(current.kind, current.name)) if by(each)), None)
