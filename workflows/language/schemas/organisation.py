"""The marshmallow schemas of organisation.yaml, and of the titles in the files of calendars and escalation
policies."""

from __future__ import annotations

from workflows.language.schemas.common import titles
from workflows.language.schemas.containers import ListField, MappingField, NestedField, UnionField
from workflows.language.schemas.fields import FlagField, NameField, StrictSchema


class RoleSchema(StrictSchema):
    """A role of the organisation."""

    title = titles(required=True)
    superior = NameField()
    outside = FlagField()


class TitledSchema(StrictSchema):
    """What calendars and escalations have in common."""

    title = titles(required=True)


class OrganisationSchema(StrictSchema):
    """The whole of organisation.yaml."""

    roles = MappingField(NameField(), NestedField(RoleSchema), required=True)
    departments = MappingField(NameField(), titles(), required=True)
    posts = UnionField(
        ListField(NameField()),
        MappingField(NameField(), ListField(NameField())),
        choose=lambda value: isinstance(value, dict),
    )
