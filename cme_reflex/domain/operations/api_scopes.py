"""Scopes of API tokens: what a system may read."""

from enum import StrEnum


class ApiScope(StrEnum):
    """A part of the data that a token gives access to.

    Last name and confirmation number together are a sign-in, so confirmation numbers are a scope
    of their own, and no token has it unless it was asked for.
    """

    CLAIMS = "claims"
    CONTACT = "contact"
    CONFIRMATION_NUMBERS = "confirmation-numbers"
    REPORTING = "reporting"
