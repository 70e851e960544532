"""Fingerprint of a claim's content, which binds an attestation to exactly what was attested."""

import json
from hashlib import blake2b

from cme_reflex.domain.claims.claim import Claim
from cme_reflex.domain.credit.claimable import Claimable
from cme_reflex.domain.people.attendee import Attendee
from cme_reflex.domain.programme.programme import Programme

DIGEST_SIZE = 16  # bytes


def fingerprint(
    claim: Claim, claimable: Claimable, attendee: Attendee, programme: Programme
) -> str:
    """The fingerprint of all that the attestation covers, in hexadecimal digits.

    It differs whenever the page would show, or the certificate would say, something else: the
    name, the profession, a session or its credit, a total, what the sessions support, or the
    words of the attestation. Evaluation answers are not attested.
    """
    content = [
        programme.meeting.name,
        programme.meeting.claim.attestation,
        attendee.name_on_certificate,
        attendee.is_physician,
        [claim.totals.category1, claim.totals.safety],
        [claimable.category1, claimable.safety],
        [
            [
                session.code,
                session.title,
                line.starts_at.isoformat(),
                line.ends_at.isoformat(),
                line.quarters,
                line.safety,
                line.on_demand,
            ]
            for line in claim.lines
            for session in [programme.sessions[line.session_id]]
        ],
    ]
    return blake2b(json.dumps(content).encode(), digest_size=DIGEST_SIZE).hexdigest()
