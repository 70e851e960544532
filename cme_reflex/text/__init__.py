"""All words for people on screens, in one place, ready for translation; docs/text.md tells how.

A module for each screen, named as its page, and one for each thing that several screens say. Fixed
words are constants. A sentence with something to fill in is a format string: its `.format` takes
plain values and Reflex's variables alike, and a translator moves the names in it as the language
needs. Screens say hours where the code says quarters, and name the zone of every instant.
"""

from typing import Final

from cme_reflex.text import dates, errors, plural
from cme_reflex.text.certificates import account, verify
from cme_reflex.text.claims import claim, home, receipt, sessions, submit
from cme_reflex.text.evaluations import evaluation
from cme_reflex.text.reporting import reporting
from cme_reflex.text.sign_in import link, password, registrations, sign_in, sign_in_link
from cme_reflex.text.site import error_pages, not_found, preview, privacy, shell

LANGUAGE: Final = "en"
"""The language of all this, as BCP 47 names it, for `lang` in the pages."""

__all__ = [
    "LANGUAGE",
    "account",
    "claim",
    "dates",
    "error_pages",
    "errors",
    "evaluation",
    "home",
    "link",
    "not_found",
    "password",
    "plural",
    "preview",
    "privacy",
    "receipt",
    "registrations",
    "reporting",
    "sessions",
    "shell",
    "sign_in",
    "sign_in_link",
    "submit",
    "verify",
]
