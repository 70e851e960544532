"""Texts of a certificate that depend on its claim; all others are in its template."""

from collections.abc import Mapping
from typing import Final

from cme_reflex.domain.claims.proof import ProofState
from cme_reflex.domain.credit.claimable import CreditTotals
from cme_reflex.domain.credit.quarters import format_hours

LESS: Final = "Of {attended} hours attended, {claimed} are claimed."
LESS_OF: Final = "Of {attended} hours of {label} attended, {claimed} are claimed."

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


def less_claimed(
    claimed: CreditTotals, attended: CreditTotals, safety_label: str | None
) -> tuple[str, ...]:
    """A sentence for each credit type of which less is claimed than the sessions add up to.

    `safety_label` is None if the meeting has no Patient Safety credit.
    """
    sentences = []
    if claimed.category1 < attended.category1:
        sentences.append(
            LESS.format(
                attended=format_hours(attended.category1), claimed=format_hours(claimed.category1)
            )
        )
    if safety_label is not None and claimed.safety < attended.safety:
        sentences.append(
            LESS_OF.format(
                label=safety_label,
                attended=format_hours(attended.safety),
                claimed=format_hours(claimed.safety),
            )
        )
    return tuple(sentences)
