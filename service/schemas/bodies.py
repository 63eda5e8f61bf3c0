"""The bodies of requests."""

from __future__ import annotations

from marshmallow import fields
from marshmallow.validate import Length, OneOf, Range

from service.schemas.shape import LARGEST_NUMBER, LONGEST_NOTE, MOMENT, NAME, Moment, Shape, described
from workflows.language.rulebooks import LEAVES, REPORTS


class OpenTicket(Shape):
    """A ticket to be opened."""

    workflow = fields.String(required=True, validate=NAME, **described("name of the process"))
    site = fields.String(validate=NAME, **described("needed by those who belong to several sites"))
    data = fields.Dict(keys=fields.String(), load_default=dict, **described("the start form, filled in"))
    note = fields.String(load_default="", validate=Length(max=LONGEST_NOTE))


class TakeStep(Shape):
    """A step to be taken."""

    trigger = fields.String(required=True, validate=NAME, **described("one of the available transitions"))
    data = fields.Dict(keys=fields.String(), load_default=dict, **described("its form, filled in"))
    note = fields.String(load_default="", validate=Length(max=LONGEST_NOTE))


class WriteNote(Shape):
    """Something to be written down."""

    text = fields.String(required=True, validate=Length(min=1, max=LONGEST_NOTE))


class GiveTo(Shape):
    """Who is to have the ticket."""

    assignee = fields.String(
        required=True, allow_none=True, validate=NAME, **described("staff id or account; null = nobody")
    )
    note = fields.String(load_default="", validate=Length(max=LONGEST_NOTE))


class ClaimIt(Shape):
    """A claim needs no words."""

    note = fields.String(load_default="", validate=Length(max=LONGEST_NOTE))


class Nothing(Shape):
    """An empty body."""


class IssueToken(Shape):
    """A token to be issued."""

    account = fields.String(required=True, validate=NAME)
    password = fields.String(
        required=True, validate=Length(min=1, max=200), **described("", format="password")
    )
    name = fields.String(required=True, validate=Length(min=1, max=100), **described("what the token is for"))
    expires_in = fields.Integer(
        strict=True,
        validate=Range(min=60, max=LARGEST_NUMBER),
        **described("seconds; see the desk's longest"),
    )


class DefinitionText(Shape):
    """A process, as YAML."""

    text = fields.String(required=True, validate=Length(min=1, max=1_000_000))


class PutSettings(Shape):
    """What a site decides for itself."""

    values = fields.Dict(
        keys=fields.String(), required=True, **described("settings by name; one left out has its default")
    )


class AnnounceEvent(Shape):
    """An event to be announced."""

    event = fields.String(required=True, validate=NAME, **described("name of the kind of event"))
    site = fields.String(validate=NAME, **described("needed by those who belong to several sites"))
    data = fields.Dict(keys=fields.String(), load_default=dict, **described("its form, filled in"))


class RetryRun(Shape):
    """A slot that was set aside, to be opened again."""

    site = fields.String(required=True, validate=NAME)
    key = fields.String(required=True, validate=NAME, **described("as the list of schedules shows it"))


class NoteAbsence(Shape):
    """Somebody is away."""

    site = fields.String(required=True, validate=NAME)
    staff = fields.String(required=True, validate=NAME, **described("staff id or account"))
    from_ = Moment(required=True, data_key="from", **described("", type="string", pattern=MOMENT))
    to = Moment(required=True, **described("back again", type="string", pattern=MOMENT))
    substitute = fields.String(
        load_default=None,
        allow_none=True,
        validate=NAME,
        **described("staff id or account of who stands in; null = nobody"),
    )


class PutEntry(Shape):
    """Columns of an entry to be written."""

    values = fields.Dict(
        keys=fields.String(), required=True, **described("columns by name; null empties one")
    )


class ErasePersonal(Shape):
    """What is personal is to be destroyed."""

    note = fields.String(
        load_default="", validate=Length(max=2_000), **described("why; it stays in the history")
    )


class RosterEntry(Shape):
    """What is reported to a roster."""

    mark = fields.String(required=True, validate=OneOf(REPORTS))
    person = fields.String(validate=NAME, **described("staff id or account; oneself, if not given"))
    leave = fields.String(validate=OneOf(LEAVES))
    substitute = fields.String(validate=NAME, **described("who receives meanwhile: staff id or account"))
    ability = fields.Integer(
        strict=True, validate=Range(min=0, max=1_000), **described("100 = an ordinary one")
    )
    rests = fields.List(
        fields.Integer(strict=True, validate=Range(min=1, max=7)),
        validate=Length(max=6),
        **described("weekly days of rest, 1 = Monday"),
    )
    off_shift = fields.Boolean(truthy={True}, falsy={False}, load_default=False)
