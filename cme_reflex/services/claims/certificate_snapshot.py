"""Snapshot of a meeting's facts in each submitted version, so that certificates never change."""

from collections.abc import Mapping
from typing import Any

from cme_reflex.domain.credit.claimable import CreditTotals
from cme_reflex.domain.credit.quarters import Quarters
from cme_reflex.domain.meetings.meeting import Meeting

LANGUAGE = "en"  # of the certificate's fixed text


def meeting_facts(meeting: Meeting) -> dict[str, Any]:
    """The certificate's facts about the meeting and its provider, as JSON values."""
    provider = meeting.provider
    return {
        "provider": provider.name,
        "meeting": meeting.name,
        "format": meeting.format,
        "location": meeting.location,
        "starts_on": meeting.starts_on.isoformat(),
        "ends_on": meeting.ends_on.isoformat(),
        "time_zone": meeting.time_zone,
        "statements": [provider.accreditation_statement, provider.designation_statement],
        "safety_label": meeting.safety.label if meeting.safety.maximum else None,
        "paper": str(meeting.paper),
        "accent": meeting.look.accent,
        "language": LANGUAGE,
    }


def certificate_facts(document: Mapping[str, Any], meeting: Meeting) -> Mapping[str, Any]:
    """The facts as stored in a submitted version's document."""
    # Documents of form 1 were stored before there were certificates, without these facts.
    facts: Mapping[str, Any] | None = document.get("certificate")
    return meeting_facts(meeting) if facts is None else facts


def attended_credit(document: Mapping[str, Any]) -> CreditTotals:
    """The credit of all sessions of a submitted version, of which less may be claimed."""
    lines = document["lines"]
    return CreditTotals(
        Quarters(sum(line["quarters"] for line in lines)),
        Quarters(sum(line["safety"] for line in lines)),
    )
