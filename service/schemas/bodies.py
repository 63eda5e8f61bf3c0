"""The bodies of requests."""

from __future__ import annotations

from marshmallow import fields
from marshmallow.validate import Length, OneOf, Range

from service.schemas.common import INSTANT, MAX_NOTE, MAX_NUMBER, NAME, InstantField, RequestSchema, described
from workflows.language.reception_rulebooks import LEAVE_KINDS, ROSTER_REPORTS

MAX_BULK = 200
"""The most tickets of one request."""
MAX_SEQ = 999_999_999  # as in If-Match
BULK = Length(min=1, max=MAX_BULK)


class OpenTicket(RequestSchema):
    """Opening a ticket: the workflow, and its start form."""

    workflow = fields.String(required=True, validate=NAME, **described("name of the process"))
    site = fields.String(validate=NAME, **described("needed by those who belong to several sites"))
    data = fields.Dict(keys=fields.String(), load_default=dict, **described("the start form, filled in"))
    note = fields.String(load_default="", validate=Length(max=MAX_NOTE))
    despite_duplicates = fields.Boolean(
        truthy={True},
        falsy={False},
        load_default=False,
        **described("open it although the process refuses because the same is open already"),
    )


class TakeStep(RequestSchema):
    """Taking a step: the trigger, and its form."""

    trigger = fields.String(required=True, validate=NAME, **described("one of the available transitions"))
    data = fields.Dict(keys=fields.String(), load_default=dict, **described("its form, filled in"))
    note = fields.String(load_default="", validate=Length(max=MAX_NOTE))


class UrgeTicket(RequestSchema):
    """A further call about a ticket, and what was said in it."""

    note = fields.String(load_default="", validate=Length(max=MAX_NOTE), **described("what was said"))


class MergeTicket(RequestSchema):
    """The ticket that goes on."""

    into = fields.String(required=True, validate=NAME, **described("its number or id"))
    note = fields.String(load_default="", validate=Length(max=MAX_NOTE))


class WriteNote(RequestSchema):
    """Adding a note to a ticket, with files."""

    text = fields.String(required=True, validate=Length(min=1, max=MAX_NOTE))
    attachments = fields.List(
        fields.String(validate=Length(min=1, max=100)),
        load_default=(),
        validate=Length(max=20),
        **described("ids of files that were uploaded to the ticket, or by you for one that is not open yet"),
    )


class GiveTo(RequestSchema):
    """Assigning a ticket."""

    assignee = fields.String(
        required=True, allow_none=True, validate=NAME, **described("staff id or account; null = nobody")
    )
    note = fields.String(load_default="", validate=Length(max=MAX_NOTE))


class ClaimIt(RequestSchema):
    """Claiming a ticket; a note is optional."""

    note = fields.String(load_default="", validate=Length(max=MAX_NOTE))


class TakeUp(RequestSchema):
    """Trying a parked clock again; the note says why."""

    note = fields.String(required=True, validate=Length(min=1, max=MAX_NOTE))


class TicketReference(RequestSchema):
    """One of many tickets, and the step of it that was seen."""

    ticket = fields.String(required=True, validate=NAME, **described("its number or id"))
    site = fields.String(validate=NAME, **described("where a number is known at several sites"))
    seq = fields.Integer(
        required=True,
        strict=True,
        validate=Range(min=0, max=MAX_SEQ),
        **described("the step it was at when you saw it, as lists show it; in place of If-Match"),
    )


class TicketReferenceWithForm(TicketReference):
    """One of many tickets, with a form of its own."""

    data = fields.Dict(keys=fields.String(), **described("its form, instead of the common one"))


class BulkNotes(RequestSchema):
    """The same note for many tickets."""

    text = fields.String(required=True, validate=Length(min=1, max=MAX_NOTE))
    tickets = fields.List(fields.Nested(TicketReference), required=True, validate=BULK, **described("which"))


class BulkAssignments(RequestSchema):
    """Many tickets for one assignee."""

    assignee = fields.String(
        required=True, allow_none=True, validate=NAME, **described("staff id or account; null = nobody")
    )
    note = fields.String(load_default="", validate=Length(max=MAX_NOTE))
    tickets = fields.List(fields.Nested(TicketReference), required=True, validate=BULK, **described("which"))


class BulkTransitions(RequestSchema):
    """The same step of many tickets."""

    trigger = fields.String(required=True, validate=NAME)
    data = fields.Dict(keys=fields.String(), load_default=dict, **described("the common form, filled in"))
    note = fields.String(load_default="", validate=Length(max=MAX_NOTE))
    tickets = fields.List(
        fields.Nested(TicketReferenceWithForm), required=True, validate=BULK, **described("which")
    )


class AcknowledgeLevel(RequestSchema):
    """Until when the next level waits."""

    until = InstantField(
        required=True,
        **described("by when it is seen to; the policy limits it", type="string", pattern=INSTANT),
    )
    reason = fields.String(
        load_default="", validate=Length(max=MAX_NOTE), **described("why; it stays in the history")
    )


class Nothing(RequestSchema):
    """An empty body."""


class DefinitionText(RequestSchema):
    """A workflow as YAML, to be checked or published."""

    text = fields.String(required=True, validate=Length(min=1, max=1_000_000))


class PublishedText(DefinitionText):
    """A workflow as YAML, and why it is changed."""

    reason = fields.String(validate=Length(max=500), **described("why; kept with the version"))


class DraftText(PublishedText):
    """The text of a draft, and the version that it was made from."""

    based_on = fields.Integer(
        strict=True,
        allow_none=True,
        load_default=None,
        validate=Range(min=1, max=MAX_SEQ),
        **described("the version that the text was made from; null for a process that is new"),
    )


class ProcessReason(RequestSchema):
    """Why something becomes of a process."""

    reason = fields.String(
        required=True, validate=Length(min=1, max=500), **described("why; kept with the act")
    )


class TakeBack(ProcessReason):
    """Which version's text is to be in force again, and why."""

    to = fields.Integer(
        required=True,
        strict=True,
        validate=Range(min=1, max=MAX_SEQ),
        **described("the number of the version"),
    )


class RenameProcess(ProcessReason):
    """The new name of a process, and why."""

    to = fields.String(required=True, validate=Length(min=1, max=100), **described("the new name"))


class MigrationText(RequestSchema):
    """A plan as YAML, by which open tickets move to another version."""

    text = fields.String(required=True, validate=Length(min=1, max=1_000_000))


class UndoTickets(RequestSchema):
    """How many tickets to bring back now."""

    limit = fields.Integer(strict=True, load_default=MAX_BULK, validate=Range(min=1, max=MAX_BULK))


class MoveTickets(UndoTickets):
    """How many tickets to move now, and whether to try those again that were refused."""

    retry = fields.Boolean(truthy={True}, falsy={False}, load_default=False)


class PutSettings(RequestSchema):
    """All settings of a site."""

    values = fields.Dict(
        keys=fields.String(), required=True, **described("settings by name; one left out has its default")
    )


class PutCalendar(RequestSchema):
    """All that a site sets for one of its calendars."""

    said = fields.Dict(
        keys=fields.String(),
        required=True,
        **described(
            "hours, holidays, closed, open … as in calendars.yaml; what is left out is the company's"
        ),
    )


class AnnounceEvent(RequestSchema):
    """Announcing an event."""

    event = fields.String(required=True, validate=NAME, **described("name of the kind of event"))
    site = fields.String(validate=NAME, **described("needed by those who belong to several sites"))
    data = fields.Dict(keys=fields.String(), load_default=dict, **described("its form, filled in"))


class RetryRun(RequestSchema):
    """A slot that was set aside, to be opened again."""

    site = fields.String(required=True, validate=NAME)
    key = fields.String(required=True, validate=NAME, **described("as the list of schedules shows it"))


class PutEntry(RequestSchema):
    """Columns of an entry to be written."""

    values = fields.Dict(
        keys=fields.String(), required=True, **described("columns by name; null empties one")
    )


class ErasePersonal(RequestSchema):
    """What is personal is to be destroyed."""

    note = fields.String(
        load_default="", validate=Length(max=2_000), **described("why; it stays in the history")
    )


class EraseTicket(ErasePersonal):
    """What of a ticket is to be destroyed."""

    personal = fields.Boolean(
        truthy={True}, falsy={False}, load_default=True, **described("its personal fields")
    )
    texts = fields.List(
        fields.Integer(strict=True, validate=Range(min=1, max=MAX_NUMBER)),
        load_default=tuple,
        allow_none=True,
        validate=Length(max=1_000),
        **described("entries of the history whose free texts go as well, by seq; null = of all"),
    )


class ErasePerson(ErasePersonal):
    """Somebody who is to be forgotten."""

    site = fields.String(required=True, validate=NAME)
    value = fields.String(
        required=True, validate=Length(min=2, max=200), **described("a name, a phone number: the whole value")
    )


class RosterEntry(RequestSchema):
    """What is reported to a roster."""

    mark = fields.String(required=True, validate=OneOf(ROSTER_REPORTS))
    person = fields.String(validate=NAME, **described("staff id or account; oneself, if not given"))
    leave = fields.String(validate=OneOf(LEAVE_KINDS))
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
