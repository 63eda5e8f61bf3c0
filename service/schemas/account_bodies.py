"""The bodies of requests about accounts, tokens and absences."""

from __future__ import annotations

from marshmallow import fields
from marshmallow.validate import Length, OneOf, Range, Regexp

from service.schemas.common import INSTANT, MAX_NUMBER, NAME, InstantField, RequestSchema, described
from workflows.language.forms.field import LANGUAGES


class IssueToken(RequestSchema):
    """Signing in: issuing a token for an account."""

    account = fields.String(required=True, validate=NAME)
    password = fields.String(
        required=True, validate=Length(min=1, max=200), **described("", format="password")
    )
    name = fields.String(
        required=True,
        validate=[Length(min=1, max=100), Regexp(r"^[^\x00-\x1f\x7f-\x9f]*$", error="no control characters")],
        **described("what the token is for"),
    )
    expires_in = fields.Integer(
        strict=True,
        validate=Range(min=60, max=MAX_NUMBER),
        **described("seconds; see the desk's longest"),
    )


class Contact(RequestSchema):
    """Addresses for messages; null or "" takes one away."""

    mail = fields.String(allow_none=True, validate=Length(max=254), **described("e-mail address"))
    url = fields.String(
        allow_none=True, validate=Length(max=500), **described("Apprise URL; goes before the mail")
    )


class ChangeMe(Contact):
    """Changing one's own language and addresses."""

    language = fields.String(validate=OneOf(LANGUAGES), **described("of messages and letters"))


class AccountPost(RequestSchema):
    """A post at a site."""

    site = fields.String(required=True, validate=NAME)
    role = fields.String(required=True, validate=NAME)
    department = fields.String(load_default=None, allow_none=True, validate=NAME)


class SitePost(RequestSchema):
    """A post at the site that the request is about."""

    role = fields.String(required=True, validate=NAME)
    department = fields.String(load_default=None, allow_none=True, validate=NAME)


class AddAccount(Contact):
    """A new member of staff. The account has no password: an invitation lets its holder set one."""

    account = fields.String(required=True, validate=NAME, **described("the name to sign in with"))
    name = fields.String(required=True, validate=NAME, **described("what the person is called"))
    language = fields.String(validate=OneOf(LANGUAGES), **described("default: that of the desk"))
    posts = fields.List(fields.Nested(AccountPost), required=True, validate=Length(min=1, max=50))


class ChangeAccount(Contact):
    """Changing an account: only what is given changes."""

    account = fields.String(validate=NAME, **described("another name to sign in with"))
    name = fields.String(validate=NAME)
    language = fields.String(validate=OneOf(LANGUAGES))
    active = fields.Boolean(truthy={True}, falsy={False}, **described("whether the account may sign in"))


class PutPosts(RequestSchema):
    """All posts of somebody at one site; the others are taken away."""

    site = fields.String(required=True, validate=NAME)
    posts = fields.List(fields.Nested(SitePost), required=True, validate=Length(max=50))


class Invite(RequestSchema):
    """Whether the link is sent to the person's mail address, or answered."""

    send = fields.Boolean(load_default=False, truthy={True}, falsy={False})


class ChangePassword(RequestSchema):
    """Changing one's own password."""

    current = fields.String(
        required=True, validate=Length(min=1, max=200), **described("the one that holds", format="password")
    )
    new = fields.String(
        required=True,
        validate=Length(min=8, max=200),
        **described("no easy one", format="password"),
    )


class NoteAbsence(RequestSchema):
    """Somebody is away from one instant to another, and perhaps who stands in."""

    site = fields.String(required=True, validate=NAME)
    staff = fields.String(required=True, validate=NAME, **described("staff id or account"))
    from_ = InstantField(required=True, data_key="from", **described("", type="string", pattern=INSTANT))
    to = InstantField(required=True, **described("back again", type="string", pattern=INSTANT))
    substitute = fields.String(
        load_default=None,
        allow_none=True,
        validate=NAME,
        **described("staff id or account of who stands in; null = nobody"),
    )
