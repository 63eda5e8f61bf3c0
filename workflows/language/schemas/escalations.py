"""What escalations.yaml may say: the levels of a policy, in the order in which they fire."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from marshmallow import ValidationError, post_load, validates_schema

from workflows.language.schemas.common import names
from workflows.language.schemas.containers import ListField, NestedField
from workflows.language.schemas.fields import (
    DurationField,
    FlagField,
    IntegerField,
    NameField,
    ParsedField,
    StrictSchema,
    WordField,
)
from workflows.language.schemas.load import read_spec
from workflows.language.schemas.organisation import TitledSchema
from workflows.sentence import Sentence
from workflows.timing.escalation import EscalationPolicy
from workflows.timing.escalation_levels import (
    MAX_LEVELS,
    EscalationLevel,
    RepeatedLevel,
    explain_disorder,
    parse_percent,
    repeat_level,
)


def read_policy(name: str, spec: Mapping[str, Any]) -> EscalationPolicy:
    """The policy of one entry of `escalations.yaml`, repeated levels written out; its title is judged
    elsewhere. SpecError with the path and message of every problem."""
    data = {key: value for key, value in spec.items() if key != "title"}
    return EscalationPolicy(name, **read_spec(data, _POLICY))


class PercentField(ParsedField):
    """A part of the budget: `80%`."""

    wanted = "a part of the time, from 1% to 1000%,"
    code = "level"
    pattern = "^([1-9][0-9]{0,2}|1000) ?%$"

    def read(self, value: Any) -> int:
        if type(value) is int:
            raise ValidationError(
                Sentence("level", "{value} is not from 1% to 1000%", value=value, meant=f"{value}%")
            )
        percent: int = super().read(value)
        return percent

    def parse(self, value: Any) -> int:
        return parse_percent(value)


class LevelSchema(StrictSchema):
    """When a level fires, and what happens then. One of at, after and every."""

    exactly_one = ("at", "after", "every")
    at_least_one = ("notify", "raise", "fire")
    together = (("every", "times"),)

    at_percent = PercentField(data_key="at")
    after = DurationField()
    every = DurationField()
    times = IntegerField(least=1, most=MAX_LEVELS)
    notify = names(single=True)
    raises = WordField(("priority",), data_key="raise")
    fire = NameField()
    urgent = FlagField()

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def check_when(self, _: Any, given: Mapping[str, Any], **__: Any) -> None:
        """One time is said; how often, of what repeats."""
        when = [key for key in self.exactly_one if key in given]
        if len(when) != 1:
            raise ValidationError(
                Sentence(
                    "choose-one",
                    "give one of at, after and every, not {when}",
                    when=" and ".join(when) or "none",
                )
            )
        if "times" in given and when != ["every"]:
            raise ValidationError({"times": [Sentence("misplaced-key", "times belongs to every")]})
        if when == ["every"] and "times" not in given:
            raise ValidationError(
                Sentence("missing-key", "every needs times, from 1 to {most}", most=MAX_LEVELS)
            )

    @validates_schema(pass_original=True)
    def check_action(self, _: Any, given: Mapping[str, Any], **__: Any) -> None:
        """Refuse a level that neither notifies, raises nor fires."""
        if not any(key in given for key in self.at_least_one):
            raise ValidationError(Sentence("level", "the level does nothing; give it notify, raise or fire"))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> EscalationLevel | RepeatedLevel:
        """The level, or a repeated one. The defaults stand in `EscalationLevel`."""
        every, times = data.pop("every", None), data.pop("times", 1)
        if every is not None:
            return RepeatedLevel(EscalationLevel(**data), every, times)
        if "after" in data:
            data["after"] = (data["after"],)
        return EscalationLevel(**data)


class LevelsField(ListField):
    """The levels, those that repeat written out."""

    wanted = "a list of levels such as {at: 80%, notify: assignee}"
    least = 1

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(NestedField(LevelSchema), **kwargs)

    def read(self, value: Any) -> tuple[EscalationLevel, ...]:
        wrong: dict[Any, Any] = {}
        try:
            written = super().read(value)
        except ValidationError as error:
            if not isinstance(error.messages, dict):
                raise
            written, wrong = error.valid_data or (), dict(error.messages)  # type: ignore[assignment]
        levels: list[EscalationLevel] = []
        for place, level, disorder in _write_out(written):
            levels.append(level)
            if disorder:
                wrong.setdefault(place, {"after" if level.at_percent is None else "at": [disorder]})
        if wrong:
            raise ValidationError(wrong)
        if not levels:
            raise ValidationError(Sentence("level", "the policy has no levels"))
        if len(levels) > MAX_LEVELS:
            raise ValidationError(
                Sentence(
                    "too-large",
                    "{number} levels are too many; {most} are allowed",
                    number=len(levels),
                    most=MAX_LEVELS,
                )
            )
        return tuple(levels)


class EscalationSchema(TitledSchema):
    """Who hears, and when, while a promise runs out and after it has."""

    levels = LevelsField(required=True)
    acknowledge = DurationField()

    @post_load
    def make(self, data: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        """What a policy is made of: its name is that of its entry."""
        return {name: value for name, value in data.items() if name != "title"}


_POLICY = EscalationSchema(exclude=("title",))


def _write_out(written: Sequence[Any]) -> Iterator[tuple[int, EscalationLevel, str]]:
    """Each level with its position in the list and what is wrong with its order. An entry that could not be
    read is something else, and is skipped."""
    last, percent = EscalationLevel(), 0
    for place, entry in enumerate(written):
        if isinstance(entry, RepeatedLevel):
            levels = repeat_level(entry, last)
        else:
            levels = (entry,) if isinstance(entry, EscalationLevel) else ()
        for level in levels:
            yield place, level, explain_disorder(level, last, percent)
            last, percent = level, level.at_percent or percent
