"""Texts of a claim that several screens share: sessions, hours, conflicts and requirements."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from cme_reflex.domain.claims.claim import Requirement
from cme_reflex.domain.credit.claimable import OverlapPolicy
from cme_reflex.domain.credit.credit_type import CreditTypes
from cme_reflex.domain.credit.overlap import Window
from cme_reflex.text.claims.credit import amount
from cme_reflex.text.dates import day_span, instant
from cme_reflex.text.plural import Plural

LOCKED: Final = "Your claim is submitted, so it can no longer be changed."
WITHDRAWN: Final = "Your claim was withdrawn, so it can no longer be changed."
OPENS: Final = "Claims open on {when}."
CLOSED: Final = "Claims closed on {when}."
OPEN_AGAIN: Final = "Your claim is open again"

SESSIONS: Final = Plural(one="{count} session", other="{count} sessions")
ADDED: Final = "Added: {title}"
ADDED_OVERLAPS: Final = "Added: {title}. It overlaps with another session."
REMOVED: Final = "Removed: {title}"
BROUGHT_BACK: Final = "Restored"
UNDO: Final = "Undo"
MORE_REMOVED: Final = "and {count} more"
"""Follows `REMOVED`: sessions that Undo restores after this one."""

AMOUNT_OF: Final = "{amount} {of}"
OTHER_TYPES: Final = Plural(one="{count} more credit type", other="{count} more credit types")
CLAIMED_OF_TYPE: Final = "{label}: {claimed} claimed of {supported}"
OVERLAPS: Final = Plural(one="{count} overlap", other="{count} overlaps")

THESE_OVERLAP: Final = "These overlap"
WINDOW: Final = "{when}: {possible}"
POSSIBLE: Final = "{allowed} possible, {claimed} claimed"
POSSIBLE_OF_TYPE: Final = "{label} {allowed} possible, {claimed} claimed"
OVERLAP_ADVICE: Final[Mapping[OverlapPolicy, str]] = {
    OverlapPolicy.RESOLVE: "Before you submit, lower their hours until they fit into that time, "
    "mark one as watched on demand, or remove one.",
    OverlapPolicy.CAP: "Time that you claim twice is counted once. You do not need to change "
    "anything.",
    OverlapPolicy.ALLOW: "This meeting lets you claim both. You do not need to change anything.",
}
"""Advice on sessions that overlap, by the meeting's policy."""
LIVE_OVERLAP_ADVICE: Final[Mapping[OverlapPolicy, str]] = {
    **OVERLAP_ADVICE,
    OverlapPolicy.RESOLVE: "Before you submit, lower their hours until they fit into that time, or "
    "remove one.",
}
"""Advice if none of the sessions is offered on demand."""

OVERLAPS_WITH: Final = "Overlaps with another session"
NO_CREDIT: Final = "No longer gives credit: remove it"
LOWERED: Final = "Lowered to {credit}: the session now has less credit"
OF_SESSION: Final = " of {title}"
"""Follows the label of an amount for screen readers."""
WHY: Final = "Why less?"
ON_DEMAND: Final = "Watched on demand"
EVALUATION: Final = "Evaluation"
EVALUATION_IS: Final = "Evaluation: "
"""Precedes the progress of an evaluation in print."""
REMOVE: Final = "Remove"
ABOUT: Final = ": {title}"
"""Follows a button's label for screen readers, to name the session."""
CLAIMED_ON_DEMAND: Final = ", watched on demand"

_NEEDS: Final[Mapping[Requirement, str]] = {
    Requirement.LINES: "Add at least one session",
    Requirement.CONFLICT: "Resolve the overlapping sessions",
    Requirement.WITHDRAWN: "Remove the session that was withdrawn: {title}",
    Requirement.SESSION_QUESTION: "Evaluate {title}: {question}",
    Requirement.OVERALL_QUESTION: "Answer: {question}",
    Requirement.CREDIT: "Choose your {total}",
    Requirement.NEED: "Answer the overall evaluation for {total}",
    Requirement.NAME: "Name on certificate: {name_fault}",
    Requirement.ATTESTATION: "Confirm the attestation",
}


def need(
    kind: Requirement,
    *,
    title: str = "",
    question: str = "",
    name_fault: str = "",
    total: str = "",
) -> str:
    """A requirement for submitting, as an instruction."""
    return _NEEDS[kind].format(title=title, question=question, name_fault=name_fault, total=total)


def opens(at: datetime, zone: ZoneInfo) -> str:
    """The sentence on the start of the claim period."""
    return OPENS.format(when=instant(at, zone))


def closed(at: datetime, zone: ZoneInfo) -> str:
    """The sentence on the end of the claim period, or of a reopened claim's deadline."""
    return CLOSED.format(when=instant(at, zone))


def window(violated: Window, types: CreditTypes, zone: ZoneInfo) -> str:
    """A conflict: ``Thu, Sep 26, 8:00–10:00 am: 2.00 hours possible, 4.00 claimed``.

    Figures of further types follow where they differ.
    """
    first, *others = (types[code] for code in violated.claimed)
    possible = [
        POSSIBLE.format(
            allowed=amount(first, violated.allowed[first.code]),
            claimed=first.format(violated.claimed[first.code]),
        ),
        *(
            POSSIBLE_OF_TYPE.format(
                label=each.label,
                allowed=each.format(violated.allowed[each.code]),
                claimed=each.format(violated.claimed[each.code]),
            )
            for each in others
        ),
    ]
    return WINDOW.format(
        when=day_span(violated.starts_at, violated.ends_at, zone), possible="; ".join(possible)
    )
