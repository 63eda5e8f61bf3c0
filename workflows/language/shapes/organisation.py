"""The shapes of organisation.yaml, and of the titles in the files of calendars and escalations."""

from __future__ import annotations

from workflows.language.shapes.fields import Flag, Name, Shape
from workflows.language.shapes.groups import ByName, Inner
from workflows.language.shapes.phrases import titles


class RoleShape(Shape):
    """A post of the organisation."""

    title = titles(required=True)
    superior = Name()
    outside = Flag()


class TitledShape(Shape):
    """What calendars and escalations have in common; the rest of them `timing` reads."""

    title = titles(required=True)


class OrganisationShape(Shape):
    """organisation.yaml."""

    roles = ByName(Name(), Inner(RoleShape), required=True)
    departments = ByName(Name(), titles(), required=True)
