"""Whose account it is that a provider has proved: only one that exists, and that is named without doubt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.oidc.provider_error import ProviderError
from workflows.core.people import Staff
from workflows.storage.people.people import People

MAIL = "email"  # the claim by which people are found by their mail address


def find_claimed_account(people: People, claim: str, claims: Mapping[str, Any]) -> Staff:
    """The member of staff whom the claim names: by a verified mail address, or by the account's exact name.

    Raises ProviderError if there is none that is active, or more than one.
    """
    value = claims.get(claim)
    if not isinstance(value, str) or not value:
        raise ProviderError("mail" if claim == MAIL else "no-account")
    if claim == MAIL:
        if claims.get("email_verified") is not True:
            raise ProviderError("mail")
        found = people.find_by_mail(value)
        if len(found) != 1:
            raise ProviderError("no-account")
        return found[0]
    known = people.account(value)
    if known is None or known.staff.account != value or not known.active:
        raise ProviderError("no-account")
    return known.staff
