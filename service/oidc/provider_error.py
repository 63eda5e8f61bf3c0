"""Why a sign-in by the provider came to nothing."""

from __future__ import annotations

from typing import Literal

ProviderFault = Literal["away", "refused", "unproven", "expired", "mail", "no-account"]


class ProviderError(Exception):
    """The sign-in came to nothing.

    away        the provider does not answer, or says nothing that can be used
    refused     it refused, or somebody has given up there
    unproven    what came back does not prove who it is
    expired     it was not begun by this browser, or too long ago
    mail        the provider has not verified the mail address
    no-account  nobody here, or more than one, has that address or name
    """

    def __init__(self, fault: ProviderFault) -> None:
        super().__init__(fault)
        self.fault: ProviderFault = fault
