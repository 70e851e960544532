"""A certificate for tests: change what a test is about and no more."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from cme_reflex.domain.credit.quarters import Quarters
from cme_reflex.domain.meetings.meeting import PaperSize
from cme_reflex.formats.pdf.certificate import Certificate, CertificateSession
from tests.support.meetings import ZONE

ADDRESS = "https://cme.example.org/verify/TEST24-7KQM-X4WD"

ACCREDITATION = "The Society of Tests (SOT) is accredited by the ACCME."
DESIGNATION = (
    "SOT designates this live activity for a maximum of 60.75 AMA PRA Category 1 Credits™. "
    "Physicians should claim only the credit commensurate with the extent of their participation."
)


def sessions(count: int) -> tuple[CertificateSession, ...]:
    """So many sessions of 1.50 credits, 0.25 of them Patient Safety, ten a day."""
    first = datetime(2024, 9, 26, 15, tzinfo=UTC)
    return tuple(
        CertificateSession(
            title=f"Session {number}",
            starts_at=first + timedelta(days=number // 10),
            ends_at=first + timedelta(days=number // 10, minutes=90),
            on_demand=False,
            category1=Quarters(6),
            safety=Quarters(1),
        )
        for number in range(count)
    )


CERTIFICATE = Certificate(
    number="TEST24-7KQM-X4WD",
    issued_at=datetime(2024, 11, 1, 12, tzinfo=UTC),
    name="Kathleen O’Brien-Núñez Jr",
    is_physician=True,
    provider="Society of Tests",
    meeting="The Test Meeting 2024",
    format="Live activity",
    location="San Diego, California",
    starts_on=date(2024, 9, 26),
    ends_on=date(2024, 9, 29),
    zone=ZONE,
    statements=(ACCREDITATION, DESIGNATION),
    category1=Quarters(34),
    safety=Quarters(8),
    safety_label="Patient Safety",
    sessions=sessions(6),
    paper=PaperSize.LETTER,
    accent="#0b5563",
    language="en",
    address=ADDRESS,
)


def certificate(**changes: Any) -> Certificate:
    """The certificate with something else in it."""
    return replace(CERTIFICATE, **changes)
