"""Texts of the pages that verify a certificate's number."""

from collections.abc import Mapping
from typing import Final

from cme_reflex.domain.claims.proof import ProofState

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
STATES: Final[Mapping[ProofState, str]] = {
    ProofState.VALID: "This certificate is valid.",
    ProofState.REOPENED: "This certificate is valid. Its claim was reopened for changes, and the "
    "certificate stays valid until a newer one replaces it.",
    ProofState.REPLACED: "This certificate has been replaced by a newer one and is no longer "
    "valid. Ask its holder for the newer one.",
    ProofState.WITHDRAWN: "This certificate is not valid. {provider} withdrew it on {on}, and it "
    "is not proof of credit.",
}
PROVIDER: Final = "Provider"
MEETING: Final = "Meeting"
CLAIMED: Final = "{credits} claimed"
ITALIC: Final = "AMA PRA Category 1 Credits"
"""The AMA requires these words in italics, with the mark."""
OF_WHICH: Final = "Of which {label}"
ISSUED: Final = "Date issued"
INITIALS: Final = "Initials of the holder"
COMPARE: Final = (
    "Compare these with the certificate that you hold. We do not show more personal data here."
)
