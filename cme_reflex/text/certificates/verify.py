"""Texts of the pages that verify a certificate's number."""

from typing import Final

TITLE: Final = "Check a certificate"
WRONG_TITLE: Final = "No such certificate"
WRONG: Final = (
    "We have not issued a certificate with this number. Compare it with the one on the "
    "certificate: it has no 0, 1, I, L, O or U after the meeting’s name."
)
NUMBER: Final = "Receipt number"
NUMBER_HINT: Final = (
    "It is on every page of the certificate, such as PSTM24-7KQM-X4WD. Capitals, spaces and "
    "dashes do not matter."
)
CHECK: Final = "Check"

LATER_TAB: Final = "Please wait"
LATER: Final = "Please wait a few minutes"
LATER_TEXT: Final = "Many certificates were checked from your network. Try again in ten minutes."

FOUND: Final = "Certificate {number}"
REPLACED: Final = (
    "This certificate has been replaced by a newer one and is no longer valid. Ask its holder for "
    "the newer one."
)
VALID: Final = "This certificate is valid."
PROVIDER: Final = "Provider"
MEETING: Final = "Meeting"
CLAIMED: Final = "{credits} claimed"
CREDITS: Final = "AMA PRA Category 1 Credits"
"""The AMA requires these words in italics, with the mark."""
OF_WHICH: Final = "Of which {safety}"
ISSUED: Final = "Date issued"
INITIALS: Final = "Initials of the holder"
COMPARE: Final = (
    "Compare these with the certificate that you hold. We do not show more personal data here."
)
