"""State of a submitted version as a proof of credit."""

from enum import StrEnum, auto

from cme_reflex.domain.claims.claim import ClaimStatus


class ProofState(StrEnum):
    """States of a submitted version. `VALID` and `REOPENED` are proofs of credit."""

    VALID = auto()
    REOPENED = auto()  # valid until a new version replaces it
    REPLACED = auto()  # by a newer version
    WITHDRAWN = auto()  # by staff

    @property
    def is_proof(self) -> bool:
        """Whether the version is a proof of credit."""
        return self in (ProofState.VALID, ProofState.REOPENED)


def proof_state(status: ClaimStatus, *, newest: bool, withdrawn: bool) -> ProofState:
    """The state of a version of a claim with this status.

    A withdrawn version never becomes a proof again: if staff reopen its claim, only a new
    version is one.
    """
    if withdrawn:
        return ProofState.WITHDRAWN
    if not newest:
        return ProofState.REPLACED
    return ProofState.REOPENED if status is ClaimStatus.REOPENED else ProofState.VALID
