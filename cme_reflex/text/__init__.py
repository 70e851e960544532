"""User-facing texts of screens and mails, ready for translation (docs/text.md).

There is one module per screen, named like its page, and one per subject that several screens
share. Fixed texts are constants. A sentence with values is a format string: its `.format` accepts
plain values and Reflex variables alike, and a translator can reorder its fields. Screens show
hours where the code has quarter hours, and name the time zone of every instant.
"""

from typing import Final

from cme_reflex.text import dates, errors, plural
from cme_reflex.text.certificates import account, certificate, verify
from cme_reflex.text.claims import claim, credit, home, receipt, sessions, submit, supported
from cme_reflex.text.evaluations import evaluation
from cme_reflex.text.reporting import reporting
from cme_reflex.text.sign_in import link, password, registrations, sign_in, sign_in_link, step_up
from cme_reflex.text.site import error_pages, meetings, not_found, preview, privacy, queue, shell

LANGUAGE: Final = "en"
"""The language of the texts, as a BCP 47 tag, for the pages' `lang` attribute."""

__all__ = [
    "LANGUAGE",
    "account",
    "certificate",
    "claim",
    "credit",
    "dates",
    "error_pages",
    "errors",
    "evaluation",
    "home",
    "link",
    "meetings",
    "not_found",
    "password",
    "plural",
    "preview",
    "privacy",
    "queue",
    "receipt",
    "registrations",
    "reporting",
    "sessions",
    "shell",
    "sign_in",
    "sign_in_link",
    "step_up",
    "submit",
    "supported",
    "verify",
]
