"""Plural forms of counted nouns in the output of commands."""

from typing import Final

from cme_reflex.text.plural import Plural

ACCOUNTS: Final = Plural(one="{count} account", other="{count} accounts")
ATTEMPTS: Final = Plural(one="{count} attempt", other="{count} attempts")
ATTENDEES: Final = Plural(one="{count} attendee", other="{count} attendees")
CLAIMS: Final = Plural(one="{count} claim", other="{count} claims")
FAULTS: Final = Plural(one="{count} fault", other="{count} faults")
MESSAGES: Final = Plural(one="{count} message", other="{count} messages")
ROWS: Final = Plural(one="{count} row", other="{count} rows")
SIGN_INS: Final = Plural(one="{count} sign-in", other="{count} sign-ins")
WARNINGS: Final = Plural(one="{count} warning", other="{count} warnings")
