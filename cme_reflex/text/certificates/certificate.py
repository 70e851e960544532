"""Texts of a certificate that depend on its claim; all others are in its template."""

from collections.abc import Mapping
from typing import Final

from cme_reflex.domain.claims.proof import ProofState

LESS: Final = "Of {attended} hours attended, {claimed} are claimed."
LESS_OF: Final = "Of {attended} hours of {label} attended, {claimed} are claimed."
LESS_OF_TYPE: Final = "{label}: of {attended} attended, {claimed} are claimed."

SPECIMEN: Final = "Specimen"
NO_PROOF: Final = "This certificate shows its wording only. It is not proof of credit."
SPECIMEN_NAME: Final = "Name of the participant"

AWARDED: Final = "and is awarded"
PARTICIPATED: Final = "This activity was designated for {credits}. The participant claimed"

STATE_TITLES: Final[Mapping[ProofState, str]] = {
    ProofState.REOPENED: "Reopened",
    ProofState.REPLACED: "Replaced",
    ProofState.WITHDRAWN: "Withdrawn",
}
STATES: Final[Mapping[ProofState, str]] = {
    ProofState.REOPENED: "The claim was reopened for changes. This certificate is valid until a "
    "newer one replaces it.",
    ProofState.REPLACED: "A newer certificate has replaced this one, which is no longer valid.",
    ProofState.WITHDRAWN: "This certificate was withdrawn on {on} and is not proof of credit.",
}

TOO_MANY_DOWNLOADS: Final = "Too many downloads. Try again in a moment."
