"""A certificate for tests: change what a test is about and no more."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from cme_reflex.domain.claims.account import Credit
from cme_reflex.domain.credit.credit_type import Amount, CreditType
from cme_reflex.domain.meetings.meeting import PaperSize
from cme_reflex.formats.pdf.certificate import Certificate, CertificateSession
from tests.support.meetings import ZONE

CATEGORY1 = CreditType(
    code="category1",
    label="Category 1",
    name_one="AMA PRA Category 1 Credit™",
    name_many="AMA PRA Category 1 Credits™",
)
SAFETY = CreditType(
    code="safety",
    label="Patient Safety",
    name_one="Patient Safety",
    name_many="Patient Safety",
    part_of="category1",
)
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
            amounts={"category1": Amount(6), "safety": Amount(1)},
        )
        for number in range(count)
    )


CERTIFICATE = Certificate(
    number="TEST24-7KQM-X4WD",
    issued_at=datetime(2024, 11, 1, 12, tzinfo=UTC),
    name="Kathleen O’Brien-Núñez Jr",
    awarded=True,
    provider="Society of Tests",
    meeting="The Test Meeting 2024",
    format="Live activity",
    location="San Diego, California",
    starts_on=date(2024, 9, 26),
    ends_on=date(2024, 9, 29),
    zone=ZONE,
    statements=(ACCREDITATION, DESIGNATION),
    credit=Credit(CATEGORY1, Amount(34), Amount(36)),
    subsets=(Credit(SAFETY, Amount(8), Amount(6)),),
    sessions=sessions(6),
    paper=PaperSize.LETTER,
    accent="#0b5563",
    language="en",
    address=ADDRESS,
)


def certificate(**changes: Any) -> Certificate:
    """The certificate with something else in it."""
    return replace(CERTIFICATE, **changes)


def claiming(
    category1: int, safety: int, *, of: tuple[CertificateSession, ...] = ()
) -> Certificate:
    """The certificate with so much claimed of its sessions, or of these, in quarter hours."""
    attended = of or CERTIFICATE.sessions
    return certificate(
        sessions=attended,
        credit=_credit(CATEGORY1, category1, attended),
        subsets=(_credit(SAFETY, safety, attended),),
    )


def _credit(
    credit_type: CreditType, claimed: int, attended: tuple[CertificateSession, ...]
) -> Credit:
    amount = sum(each.amounts.get(credit_type.code, 0) for each in attended)
    return Credit(credit_type, Amount(claimed), Amount(amount))
