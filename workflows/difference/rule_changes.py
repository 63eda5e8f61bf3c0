"""Who sees and who may, what is printed and kept, and the rules of the process as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workflows.difference.change import Topic, VersionChange
from workflows.difference.parts import VersionPair
from workflows.language.definition import (
    Definition,
    PassesInvariant,
    SeparationInvariant,
)
from workflows.language.print_spec import Print
from workflows.timing.durations import SECONDS_IN, Duration


def list_rule_changes(versions: VersionPair) -> Iterator[VersionChange]:
    """The changes that are about no single state or step."""
    yield from _compare_visibility(versions)
    yield from _compare_rights(versions)
    yield from _compare_papers(versions)
    yield from _compare_keeping(versions)


def _compare_visibility(versions: VersionPair) -> Iterator[VersionChange]:
    old, new = versions.old, versions.new
    for name, one, other in versions.pairs(old.fields, new.fields, versions.sides[1].former):
        if one is not None and other is not None and one.personal != other.personal:
            code = "field-personal" if other.personal else "field-open"
            yield VersionChange(
                topic=Topic.VISIBILITY, code=code, facts={"field": name, "readers": sorted(new.readers)}
            )
    yield from _more_and_less(Topic.VISIBILITY, "readers", old.readers, new.readers)
    before, after = old.visible, new.visible
    if before is None or after is None:
        if before is not after:
            code = "visible-limited" if before is None else "visible-to-all"
            told = after or before
            yield VersionChange(
                topic=Topic.VISIBILITY,
                code=code,
                roles=told.to if told else (),
                facts={"when": versions.write(told.when, 0 if after is None else 1) if told else ""},
            )
        return
    yield from _more_and_less(Topic.VISIBILITY, "visible", before.to, after.to)
    was, now = versions.write(before.when, 0), versions.write(after.when, 1)
    if was != now:
        yield VersionChange(
            topic=Topic.VISIBILITY, code="visible-condition", facts={"before": was, "after": now}
        )


def _compare_rights(versions: VersionPair) -> Iterator[VersionChange]:
    old, new = versions.old, versions.new
    for code, one, other in (("separate-less", old, new), ("separate-more", new, old)):
        for rule in _separations(one) - _separations(other):
            yield VersionChange(topic=Topic.RIGHTS, code=code, facts={"triggers": sorted(rule)})
    for code, one, other in (("passes-less", old, new), ("passes-more", new, old)):
        for passes, before in sorted(_passes(versions, one) - _passes(versions, other)):
            yield VersionChange(topic=Topic.RIGHTS, code=code, facts={"passes": passes, "reached": before})
    if bool(old.urge.roles) != bool(new.urge.roles):
        code = "urge-limited" if new.urge.roles else "urge-by-all"
        yield VersionChange(topic=Topic.RIGHTS, code=code, roles=new.urge.roles)
    else:
        yield from _more_and_less(Topic.RIGHTS, "urge", old.urge.roles, new.urge.roles)
    if old.merge is None or new.merge is None:
        if old.merge is not new.merge:
            told = new.merge or old.merge
            code = "merge-possible" if old.merge is None else "merge-impossible"
            yield VersionChange(topic=Topic.RIGHTS, code=code, roles=told.roles if told else ())
        return
    yield from _more_and_less(Topic.RIGHTS, "merge", old.merge.roles, new.merge.roles)
    if (to := versions.sides[1].former_state(new.merge.to)) != old.merge.to:
        yield VersionChange(topic=Topic.RIGHTS, code="merge-to", facts={"before": old.merge.to, "to": to})


def _compare_papers(versions: VersionPair) -> Iterator[VersionChange]:
    for name, old, new in versions.pairs(versions.old.prints, versions.new.prints, {}):
        if old is None or new is None:
            code = "print-added" if old is None else "print-removed"
            yield VersionChange(topic=Topic.PAPERS, code=code, facts={"print": name})
            continue
        for part, one, other in _print_parts(versions, old, new):
            if one != other:
                facts = {"print": name, "part": part, "before": one, "after": other}
                yield VersionChange(topic=Topic.PAPERS, code=f"print-{part}", facts=facts)


def _print_parts(versions: VersionPair, old: Print, new: Print) -> Iterator[tuple[str, object, object]]:
    yield "fields", old.fields, versions.former_fields(new.fields)
    yield "size", old.size, new.size
    yield "signatures", len(old.signatures), len(new.signatures)
    yield "each", old.each or "", versions.former_fields((new.each or "",))[0]
    yield "children", sorted(old.children.items()), sorted(new.children.items())
    yield "when", versions.write(old.when, 0), versions.write(new.when, 1)


def _compare_keeping(versions: VersionPair) -> Iterator[VersionChange]:
    old, new = versions.old, versions.new

    def change(code: str, **facts: object) -> VersionChange:
        return VersionChange(topic=Topic.KEEPING, code=code, facts=facts)

    if old.retention != new.retention:
        code = _compare_retention(old.retention, new.retention)
        yield change(f"retention-{code}", before=str(old.retention or ""), after=str(new.retention or ""))
    if old.numbering != new.numbering:
        yield change("numbering", before=old.numbering, after=new.numbering)
    summary = versions.former_fields((new.summary,) if new.summary else ())
    if summary != ((old.summary,) if old.summary else ()):
        yield change("summary", before=old.summary, after=new.summary)
    client = dict(zip(new.client, versions.former_fields(tuple(new.client.values())), strict=True))
    if dict(old.client) != client:
        yield change("client", before=dict(old.client), after=client)
    duplicates = new.duplicates and (
        versions.former_fields((new.duplicates.same,))[0],
        new.duplicates.refuses,
    )
    before = old.duplicates and (old.duplicates.same, old.duplicates.refuses)
    if before != duplicates:
        code = "duplicates-added" if not before else "duplicates-removed" if not duplicates else "duplicates"
        told = duplicates or before
        yield change(code, field=told[0] if told else "", refuses=bool(told and told[1]))
    if old.urge.raise_after != new.urge.raise_after:
        yield change("urge-raises", before=old.urge.raise_after, after=new.urge.raise_after)
    rosters = tuple(
        {
            name: (each.members, each.kept_by, each.led_by, each.rulebook, repr(each.readings))
            for name, each in some.items()
        }
        for some in (old.rosters, new.rosters)
    )
    names = [n for n in {**rosters[0], **rosters[1]} if rosters[0].get(n) != rosters[1].get(n)]
    if names:
        yield change("rosters", names=tuple(names))


def _compare_retention(old: Duration | None, new: Duration | None) -> str:
    if old is None or new is None:
        return "added" if old is None else "removed"
    before, after = (each.amount * SECONDS_IN[each.unit] for each in (old, new))
    return "longer" if after > before else "shorter"


def _more_and_less(
    topic: Topic, code: str, old: Iterable[str], new: Iterable[str]
) -> Iterator[VersionChange]:
    before, after = list(old), list(new)
    if more := tuple(sorted(set(after) - set(before))):
        yield VersionChange(topic=topic, code=f"{code}-more", roles=more)
    if less := tuple(sorted(set(before) - set(after))):
        yield VersionChange(topic=topic, code=f"{code}-less", roles=less)


def _separations(definition: Definition) -> set[frozenset[str]]:
    return {frozenset(r.triggers) for r in definition.invariants if isinstance(r, SeparationInvariant)}


def _passes(versions: VersionPair, definition: Definition) -> set[tuple[str, str]]:
    rules = (each for each in definition.invariants if isinstance(each, PassesInvariant))
    former = versions.sides[1].former_states if definition is versions.new else {}
    return {(former.get(r.passes, r.passes), former.get(r.before, r.before)) for r in rules}
