"""The difference between two versions of a process, by what they do."""

from __future__ import annotations

from workflows.difference.cells import LIMIT
from workflows.difference.change import Difference, Topic, VersionChange
from workflows.difference.deadline_changes import list_deadline_changes
from workflows.difference.effect_changes import list_effect_changes
from workflows.difference.examples import find_scenario_values
from workflows.difference.field_changes import list_field_changes
from workflows.difference.matches import find_matches
from workflows.difference.message_changes import list_message_changes
from workflows.difference.parts import VersionPair
from workflows.difference.rule_changes import list_rule_changes
from workflows.difference.situation import VersionSide
from workflows.difference.state_changes import list_state_changes
from workflows.difference.step_changes import list_step_changes
from workflows.difference.steps import compare_steps
from workflows.difference.text_changes import list_text_changes
from workflows.language.definition import Definition


def find_difference(old: Definition, new: Definition, limit: int = LIMIT) -> Difference:
    """What `new` does otherwise than `old`. Of a step with more combinations of values than `limit`, so many
    are tried."""
    matches = find_matches(old, new)
    sides = (VersionSide(old, {}, {}), VersionSide(new, matches.new_states, matches.new_fields))
    steps = compare_steps(*sides, find_scenario_values((old, new)), limit)
    versions = VersionPair(sides)
    changes: list[VersionChange] = [
        *list_step_changes(steps, sides),
        *list_state_changes(versions),
        *list_field_changes(versions),
        *list_deadline_changes(versions),
        *list_message_changes(versions),
        *list_effect_changes(versions),
        *list_rule_changes(versions),
    ]
    order = list(Topic)
    changes.sort(key=lambda change: order.index(change.topic))
    return Difference(
        old=old,
        new=new,
        matches=matches,
        changes=tuple(changes),
        text_changes=list_text_changes(versions),
        steps=steps,
    )
